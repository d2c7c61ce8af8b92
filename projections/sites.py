"""Sites under the names they have at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.instants import NEVER
from ledger.values.place import slug_of
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question


def name_rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a name: from when on the site is called so."""
    for fact in facts:
        name = fact.get("name")
        if name is not None:
            place = slug_of(fact.id)
            yield (place, name, fact.version, fact.occurred.earliest, fact.occurred.latest)


def closure_rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a time during which the site was closed."""
    since = None
    for fact in facts:
        if fact.name == "site.closed":
            since = fact
        elif fact.name == "site.reopened" and since is not None:
            yield (slug_of(fact.id), since.fact, since.occurred.latest, fact.occurred.earliest)
            since = None
    if since is not None:
        yield (slug_of(since.id), since.fact, since.occurred.latest, NEVER)


NAMES = Table(
    "sites",
    frozenset({"site"}),
    (
        "place TEXT", "name TEXT", "version INTEGER", "occurred_from INTEGER",
        "occurred_to INTEGER",
    ),
    name_rows,
)  # fmt: skip

CLOSURES = Table(
    "closures",
    frozenset({"site"}),
    ("place TEXT", "fact TEXT", "closed_from INTEGER", "closed_until INTEGER"),
    closure_rows,
    ("place",),
)


def names(
    views: sqlite3.Connection, question: Question, place: str | None = None
) -> dict[str, str]:
    """The name of each site on a day, or of one; before its first one, the first."""
    where, values = question.known()
    if place is not None:
        where, values = f"{where} AND place = ?", [*values, place]
    statement = (
        f"SELECT place, name, occurred_to FROM sites WHERE {where} "
        "ORDER BY place, occurred_to, version"
    )
    found: dict[str, str] = {}
    for site, name, occurred_to in views.execute(statement, values):
        if site not in found or occurred_to <= question.on:
            found[site] = name
    return found
