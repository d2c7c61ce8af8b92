"""Engagements and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Behind, Question, Rows


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact: the engagement, and each answer."""
    for fact in facts:
        said = fact.said
        yield (
            fact.id, fact.fact, fact.kind.verb, said.get("kind"), said.get("subject"),
            said.get("with"), said.get("states_present"), said.get("by"), said.get("summary"),
            fact.occurred.text, fact.occurred.earliest, fact.occurred.latest, fact.received.text,
            fact.status,
        )  # fmt: skip


TABLE = Table(
    "engagements",
    frozenset({"engagement"}),
    (
        "id TEXT", "fact TEXT", "verb TEXT", "kind TEXT", "subject TEXT", "with_whom TEXT",
        "states_present TEXT", "by_whom TEXT", "summary TEXT", "occurred TEXT",
        "occurred_from INTEGER", "occurred_to INTEGER", "received TEXT", "status TEXT",
    ),
    rows,
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row an engagement, with its answers."""
    where, values = question.listed()
    found = listing(
        views,
        'SELECT id, occurred, kind, subject, with_whom AS "with", states_present, status, '
        'received, fact, verb, by_whom AS "by", summary, occurred_from, occurred_to '
        f"FROM engagements WHERE {where} "
        "ORDER BY occurred_from, occurred_to, id, LENGTH(fact), fact",
        values,
        figures=("states_present",),
    )
    answers: dict[str, list[dict[str, Any]]] = {}
    held = []
    for row in found:
        verb, by, summary = (row.pop(name) for name in ("verb", "by", "summary"))
        if verb == "held":
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
