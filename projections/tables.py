"""Every table of the views file, and one digest a view: what a rebuild must give again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from projections import (
    cases,
    commitments,
    engagements,
    figures,
    fund,
    incidents,
    likenesses,
    movements,
    observations,
    offers,
    population,
    remarks,
    services,
    sites,
    timeline,
    watches,
)
from projections.views import VIEWS

if TYPE_CHECKING:
    import sqlite3

    from projections.table import Table

TABLES: tuple[Table, ...] = (
    sites.NAMES,
    population.POSTINGS,
    movements.TABLE,
    incidents.INCIDENTS,
    incidents.CLAIMS,
    figures.TABLE,
    observations.TABLE,
    cases.TABLE,
    offers.TABLE,
    commitments.TABLE,
    fund.TABLE,
    engagements.TABLE,
    services.TABLE,
    watches.TABLE,
    sites.CLOSURES,
    likenesses.TABLE,
    remarks.TABLE,
    timeline.TABLE,
)


def digests(views: sqlite3.Connection) -> dict[str, str]:
    """One SHA-256 a view, over the rows of its tables in a fixed order, as hex digits."""
    tables = {table.name: _digest(views, table) for table in TABLES}
    return {
        name: sha256("".join(tables[table] for table in view.tables).encode()).hexdigest()
        for name, view in VIEWS.items()
        if view.tables
    }


def _digest(views: sqlite3.Connection, table: Table) -> str:
    order = ", ".join(str(number) for number in range(1, len(table.columns) + 4))
    digest = sha256()
    for row in views.execute(f"SELECT * FROM {table.name} ORDER BY {order}"):
        digest.update(repr(row).encode())
    return digest.hexdigest()
