"""Movements as they were reported, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import Figure
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: the movement."""
    for fact in facts[:1]:
        said = fact.said
        yield (
            fact.id, fact.fact, fact.occurred.text, fact.occurred.earliest, fact.occurred.latest,
            said["from"], said["to"], said["count"], said.get("mode"), said.get("convoy"),
            said.get("opening", False),
            len(said.get("residents", ())), (said.get("source") or {}).get("grade"),
            fact.received.text, fact.received.latest, fact.status, fact.rank,
        )  # fmt: skip


TABLE = Table(
    "movements",
    frozenset({"movement"}),
    (
        "id TEXT", "fact TEXT", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "source TEXT", "target TEXT", "count TEXT", "mode TEXT", "convoy TEXT", "opening INTEGER",
        "residents INTEGER",
        "grade TEXT", "received TEXT", "received_to INTEGER", "status TEXT", "rank INTEGER",
    ),
    rows,
    ("id",),
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every movement, of every status."""
    where, values = question.listed()
    place = question.place or question.site or question.country
    if place:
        where += " AND ? IN (source, target)"
        values.append(place)
    rows = listing(
        views,
        'SELECT id, occurred, source AS "from", target AS "to", count, status, mode, convoy, '
        "opening, residents, grade, received, fact, occurred_from, occurred_to FROM movements "
        f"WHERE {where} ORDER BY occurred_from, occurred_to, id",
        values,
        figures=("count",),
    )
    return [{**row, "opening": bool(row["opening"])} for row in rows]


def count_of(views: sqlite3.Connection, question: Question, id: str) -> Figure | None:
    """How many people a movement counts, as known; None where it is not known."""
    where, values = question.known()
    row = views.execute(
        f"SELECT count FROM movements WHERE id = ? AND {where}", [id, *values]
    ).fetchone()
    return Figure.parse(row[0]) if row else None
