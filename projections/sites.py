"""Sites under the names they have at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a name: from when on the site is called so."""
    if not facts:
        return
    place = facts[0].id.removeprefix("SIT-").lower()
    for fact in facts:
        name = fact.get("name")
        if name is not None:
            yield (place, name, fact.version, fact.occurred.earliest, fact.occurred.latest)


TABLE = Table(
    "sites",
    frozenset({"site"}),
    (
        "place TEXT", "name TEXT", "version INTEGER", "occurred_from INTEGER",
        "occurred_to INTEGER",
    ),
    rows,
)  # fmt: skip


def names(views: sqlite3.Connection, question: Question) -> dict[str, str]:
    """The name of each site on a day; before its first one, the first."""
    where, values = question.known()
    statement = (
        f"SELECT place, name, occurred_to FROM sites WHERE {where} "
        "ORDER BY place, occurred_to, version"
    )
    found: dict[str, str] = {}
    for place, name, occurred_to in views.execute(statement, values):
        if place not in found or occurred_to <= question.on:
            found[place] = name
    return found


def name_of_place(place: str) -> str:
    """The name of a place that is not a site: a country's code or a fate stands for itself."""
    return place
