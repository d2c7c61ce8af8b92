"""Movements as they were reported, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import Figure
from projections.listing import listing
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Question, Rows


LIST = Listed(
    "movements",
    ("movement.made",),
    {
        "source": said("from"), "target": said("to"), "count": said("count"), "mode": said("mode"),
        "convoy": said("convoy"), "opening": said("opening"), "grade": said("source.grade"),
        "residents": "COALESCE(json_array_length(said, '$.residents'), 0)",
    },
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
        f"SELECT count FROM movements WHERE stream = ? AND {where}", [id, *values]
    ).fetchone()
    return Figure.parse(row[0]) if row else None
