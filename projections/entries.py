"""Entries: the instants at which an officer recorded something of a site.

They show that a watch was kept. A fact whose hour is not known shows nothing of an hour, and the
facts of a watch itself are in `watches`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.known import sites_named
from ledger.registry import FAMILIES
from projections.table import Row, Table
from projections.watches import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row for each site that a fact names, else for the one that its thing names."""
    for fact in facts:
        at = moment(fact.occurred)
        if at is None:
            continue
        for site in _sites(fact) or _sites(facts[0]):
            yield (
                fact.fact, fact.said["actor"], site, at, fact.occurred.earliest,
                fact.occurred.latest, fact.rank,
            )  # fmt: skip


def _sites(fact: Entry) -> list[str]:
    if fact.kind.family == "site":
        return [fact.id.removeprefix("SIT-").lower()]
    return sites_named(fact.said)


TABLE = Table(
    "entries",
    frozenset(FAMILIES) - {"watch"},
    (
        "fact TEXT", "actor TEXT", "site TEXT", "at INTEGER", "occurred_from INTEGER",
        "occurred_to INTEGER", "rank INTEGER",
    ),
    rows,
    ("actor, site, at",),
)  # fmt: skip
