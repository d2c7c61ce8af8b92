"""Engagements and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections.listing import listing
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Behind, Question, Rows


LIST = Listed(
    "engagements",
    ("engagement.held", "engagement.answered"),
    {
        "name": "name", "kind": said("kind"), "subject": said("subject"), "with_whom": said("with"),
        "states_present": said("states_present"), "by_whom": said("by"), "summary": said("summary"),
    },
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row an engagement, with its answers."""
    where, values = question.listed()
    found = listing(
        views,
        'SELECT id, occurred, kind, subject, with_whom AS "with", states_present, status, '
        'received, fact, name, by_whom AS "by", summary, occurred_from, occurred_to '
        f"FROM engagements WHERE {where} "
        "ORDER BY occurred_from, occurred_to, id, version",
        values,
        figures=("states_present",),
    )
    answers: dict[str, list[dict[str, Any]]] = {}
    held = []
    for row in found:
        name, by, summary = (row.pop(column) for column in ("name", "by", "summary"))
        if name == "engagement.held":
            held.append(row)
        else:
            answer = {"by": by, "summary": summary, "occurred": row["occurred"]}
            answers.setdefault(row["id"], []).append({**answer, "fact": row["fact"]})
    return [{**row, "answers": answers.get(row["id"], [])} for row in held]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The engagement and its answers."""
    return {
        "row": [(row["fact"], None)],
        "answers": [(answer["fact"], None) for answer in row["answers"]],
    }
