"""Movements as they were reported, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.figure import Figure
from projections import facts
from projections.listing import row
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from ledger.history import Entry
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
    wanted = [question.listed(), facts.named("movement.made")]
    if place := question.place or question.site or question.country:
        wanted.append((f"? IN ({said('from')}, {said('to')})", [place]))
    return [_row(fact) for fact in facts.found(views, *wanted)]


def _row(fact: Entry) -> dict[str, Any]:
    return row(
        fact,
        **{field: fact.said[field] for field in ("from", "to")},
        count=Figure.parse(fact.said["count"]).as_json(),
        status=fact.status,  # its place in a CSV file
        mode=fact.get("mode"),
        convoy=fact.get("convoy"),
        opening=bool(fact.get("opening")),
        residents=len(fact.get("residents") or ()),
        grade=(fact.get("source") or {}).get("grade"),
    )


def count_of(views: sqlite3.Connection, question: Question, id: str) -> Figure | None:
    """How many people a movement counts, as known; None where it is not known."""
    where, values = question.known()
    row = views.execute(
        f"SELECT count FROM movements WHERE stream = ? AND {where}", [id, *values]
    ).fetchone()
    return Figure.parse(row[0]) if row else None
