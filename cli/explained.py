"""The facts behind every number of an answer, each with its status and its source."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from cli.session import Session
    from ledger.history import Entry
    from projections.question import Question, Rows
    from projections.views import View

#: What a fact says of itself in a few words: the fields that hold its number or its step.
_SAYS = ("count", "places", "money", "state", "killed", "injured", "missing", "detained")


def explained(
    session: Session, views: sqlite3.Connection, view: View, question: Question, rows: Rows
) -> Rows:
    """Rows with `explain`: for each number its facts, as known at the question's time.

    Nothing counts that was recorded after what the views hold: they may be of a position.
    """
    (position,) = views.execute("SELECT MAX(notification_id) FROM tracking").fetchone()
    with closing(session.folder.connect()) as ledger:
        seen: dict[str, dict[str, Any]] = {}
        return [
            {
                **row,
                "explain": {
                    number: [
                        {**_fact(ledger, position, question, fact, seen), "adds": _text(adds)}
                        for fact, adds in facts
                    ]
                    for number, facts in view.behind(views, question, row).items()
                },
            }
            for row in rows
        ]


def _fact(
    ledger: sqlite3.Connection,
    position: int,
    question: Question,
    reference: str,
    seen: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    if reference not in seen:
        id, _, version = reference.partition("/")
        entry = _as_known(ledger, position, id, int(version), question.as_known)
        seen[reference] = {
            "fact": reference,
            "name": entry.name,
            "occurred": entry.occurred.text,
            "received": entry.received.text,
            "status": entry.status,
            "actor": entry.get("actor"),
            "source": entry.get("source"),
            "says": {field: entry.get(field) for field in _SAYS if entry.get(field) is not None},
        }
    return seen[reference]


def _as_known(
    ledger: sqlite3.Connection, position: int, id: str, version: int, as_known: int
) -> Entry:
    """A fact as it read at a knowledge time, by what was recorded up to a position."""
    from ledger.history import Entry, standing

    history = [
        Entry.decode(topic, state)
        for topic, state in ledger.execute(
            "SELECT topic, state FROM stored_events WHERE originator_id = ? AND position <= ? "
            "ORDER BY originator_version",
            (id, position),
        )
    ]
    readings = {entry.version: entry for entry in standing(history, as_known)}
    return readings.get(version, history[version - 1])


def _text(adds: object) -> Any:
    return adds if adds is None or isinstance(adds, int | float) else str(adds)
