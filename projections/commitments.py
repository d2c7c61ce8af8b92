"""Commitments: the last that is known of each, and when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.when import When
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows


#: After these, more evidence changes nothing; an extension takes the commitment up again.
SETTLED = ("breached", "fulfilled")


def occurrence(fact: Entry) -> tuple[int, int, int]:
    """What orders the facts of a thing in time: what had happened by a day is a beginning of it."""
    return (fact.occurred.latest, fact.occurred.earliest, fact.version)


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact, in the order of occurrence: the state it led to, and the day due by then."""
    due = state = None
    for fact in [*facts[:1], *sorted(facts[1:], key=occurrence)]:
        due = fact.get("due") or due
        verb = fact.kind.verb
        after = state if verb == "evidenced" and state in SETTLED else verb
        state = after if fact.rank else state
        said = facts[0].said
        day = When.parse(due) if due else None
        yield (
            fact.id, fact.fact, fact.version, after, said["text"], said.get("by"),
            said.get("to"), said.get("clause"), due, day and day.earliest,
            day and day.latest, fact.get("evidence"), fact.get("for_or_against"),
            fact.occurred.text, fact.occurred.earliest, fact.occurred.latest,
            fact.received.text, fact.status, fact.rank,
        )  # fmt: skip


TABLE = Table(
    "commitments",
    frozenset({"commitment"}),
    (
        "id TEXT", "fact TEXT", "version INTEGER", "state TEXT", "text TEXT", "by_whom TEXT",
        "towards TEXT", "clause TEXT", "due TEXT", "due_from INTEGER", "due_to INTEGER",
        "evidence TEXT", "for_or_against TEXT", "occurred TEXT", "occurred_from INTEGER",
        "occurred_to INTEGER", "received TEXT", "status TEXT", "rank INTEGER",
    ),
    rows,
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a commitment: its last state, by when it occurred."""
    where, values = question.listed()
    found = listing(
        views,
        'SELECT id, occurred, state, text, by_whom AS "by", towards AS "to", clause, due, '
        "evidence, for_or_against, status, received, fact, occurred_from, occurred_to, "
        "due_from, due_to "
        f"FROM commitments WHERE {where} ORDER BY occurred_to, occurred_from, version",
        values,
        times=("received",),
    )
    last = {row["id"]: row for row in found}
    return sorted(last.values(), key=lambda row: (row["occurred_from"] or "", row["id"]))
