"""Engagements and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections import facts
from projections.listing import row
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from ledger.history import Entry
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
    rows = []
    answers: dict[str, list[dict[str, Any]]] = {}
    for fact in facts.found(views, question.listed(), facts.named(*LIST.facts)):
        if fact.name == "engagement.held":
            rows.append(_row(fact, answers.setdefault(fact.id, [])))
        else:
            answer = {name: fact.get(name) for name in ("by", "summary", "occurred")}
            answers.setdefault(fact.id, []).append({**answer, "fact": fact.fact})
    return rows


def _row(fact: Entry, answers: list[dict[str, Any]]) -> dict[str, Any]:
    said = {name: fact.get(name) for name in ("kind", "subject", "with")}
    present = fact.figure("states_present")
    shown = present.as_json() if present is not None else None
    return {**row(fact, **said, states_present=shown), "answers": answers}


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The engagement and its answers."""
    return {
        "row": [(row["fact"], None)],
        "answers": [(answer["fact"], None) for answer in row["answers"]],
    }
