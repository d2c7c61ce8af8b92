"""All that is in the views file, and one digest a view: what a rebuild must give again."""

from __future__ import annotations

from functools import cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING

from projections import (
    cases,
    claims,
    commitments,
    engagements,
    facts,
    figures,
    fund,
    incidents,
    movements,
    observations,
    offers,
    population,
    services,
    sites,
    timeline,
    watches,
)
from projections.views import VIEWS

if TYPE_CHECKING:
    import sqlite3

    from projections.table import Listed, Table

TABLES: tuple[Table, ...] = (
    facts.TABLE,
    sites.NAMES,
    population.POSTINGS,
    incidents.INCIDENTS,
    figures.TABLE,
    cases.TABLE,
    offers.TABLE,
    commitments.TABLE,
    fund.TABLE,
    watches.TABLE,
    sites.CLOSURES,
)

#: What is read out of the first of them.
LISTS: tuple[Listed, ...] = (
    claims.LIST,
    cases.STEPS,
    movements.LIST,
    observations.LIST,
    engagements.LIST,
    services.LIST,
    timeline.LIST,
)

#: All of them as SQL; indexes are made when the rows are there.
SCHEMA = (
    *(statement for table in TABLES for statement in table.statements),
    *(listed.statement for listed in LISTS),
)


def digests(views: sqlite3.Connection) -> dict[str, str]:
    """One SHA-256 a view, over the rows of its tables in a fixed order, as hex digits."""
    of = cache(partial(_digest, views))  # several views show one table
    return {
        name: sha256("".join(map(of, view.tables)).encode()).hexdigest()
        for name, view in VIEWS.items()
        if view.tables
    }


def _digest(views: sqlite3.Connection, name: str) -> str:
    columns = views.execute(f"SELECT * FROM {name} LIMIT 0").description
    order = ", ".join(str(number) for number in range(1, len(columns) + 1))
    digest = sha256()
    for row in views.execute(f"SELECT * FROM {name} ORDER BY {order}"):
        digest.update(repr(row).encode())
    return digest.hexdigest()
