"""Stated figures: who states which number, and the newest one of each measure and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.values.figure import Figure
from ledger.values.instants import ALWAYS
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: the statement."""
    for fact in facts[:1]:
        said = fact.said
        year = fact.occurred.calendar_year() if said["measure"] == "relocated_year" else None
        yield (
            fact.id, fact.fact, said["measure"], said.get("place"), said.get("movement"),
            said.get("currency"), said["claimant"], said["count"], fact.occurred.text,
            fact.occurred.earliest, fact.occurred.latest, fact.received.text,
            fact.received.earliest, fact.received.latest, fact.status, fact.rank,
            year.earliest if year else ALWAYS,
        )  # fmt: skip


TABLE = Table(
    "figures",
    frozenset({"figure"}),
    (
        "id TEXT", "fact TEXT", "measure TEXT", "place TEXT", "movement TEXT", "currency TEXT",
        "claimant TEXT", "count TEXT", "occurred TEXT", "occurred_from INTEGER",
        "occurred_to INTEGER", "received TEXT", "received_from INTEGER", "received_to INTEGER",
        "status TEXT", "rank INTEGER", "since INTEGER",
    ),
    rows,
    (
        "measure, place, occurred_to, occurred_from, received_to, id, known_from, known_to, rank",
    ),
)  # fmt: skip

_COLUMNS = (
    "fact, measure, place, movement, claimant, count, occurred, occurred_from, occurred_to, since"
)

#: Each place of a measure, found by a step from one to the next.
_PLACES = """
    WITH RECURSIVE places (measured, of) AS (
        SELECT measure, MIN(place) FROM figures WHERE measure = ? AND place IS NOT NULL
        UNION ALL
        SELECT measured, (SELECT MIN(place) FROM figures WHERE measure = measured AND place > of)
        FROM places WHERE of IS NOT NULL
    ) SELECT of FROM places
    """


class Statement(NamedTuple):
    """A stated figure, set beside the books."""

    fact: str
    measure: str
    place: str | None
    movement: str | None
    claimant: str
    figure: Figure
    occurred: str
    occurred_from: int
    occurred_to: int
    since: int

    def as_json(self) -> dict[str, Any]:
        """The shape of `stated` in every JSON row."""
        return {
            "count": self.figure.as_json(),
            "claimant": self.claimant,
            "occurred": self.occurred,
            "fact": self.fact,
        }


def statements(views: sqlite3.Connection, question: Question) -> list[Statement]:
    """Every statement that counts, oldest first; the last one of a measure and place is newest."""
    where, values = question.counted()
    found = views.execute(
        f"SELECT {_COLUMNS} FROM figures WHERE {where} "
        "ORDER BY occurred_to, occurred_from, received_to, id",
        values,
    )
    return [_statement(row) for row in found]


def _statement(row: Sequence[Any]) -> Statement:
    return Statement._make((*row[:5], Figure.parse(row[5]), *row[6:]))


def newest(
    views: sqlite3.Connection, question: Question, measure: str, place: str | None = None
) -> dict[str, Statement]:
    """The newest counted statement of a measure, by place; of one place, or of each."""
    where, values = question.counted()
    places, asked = (_PLACES, [measure]) if place is None else ("SELECT ? AS of", [place])
    found = views.execute(
        f"SELECT {_COLUMNS} FROM ({places}) CROSS JOIN figures ON figures.rowid = ("
        f"SELECT rowid FROM figures WHERE measure = ? AND place = of AND {where} "
        "ORDER BY occurred_to DESC, occurred_from DESC, received_to DESC, id DESC LIMIT 1)",
        [*asked, measure, *values],
    )
    return {row[2]: _statement(row) for row in found}


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every statement, of every status."""
    where, values = question.listed()
    place = question.place or question.site or question.country
    if place:
        where += " AND place = ?"
        values.append(place)
    return listing(
        views,
        "SELECT id, occurred, measure, place, count, claimant, movement, currency, status, "
        "received, fact, occurred_from, occurred_to, received_from, received_to FROM figures "
        f"WHERE {where} ORDER BY occurred_from, occurred_to, id",
        values,
        figures=("count",),
    )
