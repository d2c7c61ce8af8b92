"""Watches: who has each, since when, and the last that was said of it."""

from __future__ import annotations

from json import dumps, loads
from typing import TYPE_CHECKING, Any

from ledger.values.instants import HOUR, NEVER
from ledger.values.when import When
from projections.commitments import occurrence
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact, in the order of occurrence: how the watch stood after it."""
    if not facts:
        return
    from ledger.facts.watches import after, began

    stands, said = began(facts[0]), facts[0].said
    for step, fact in enumerate([facts[0], *sorted(facts[1:], key=occurrence)]):
        if step and fact.rank:
            stands = after(stands, fact)
        items = fact.get("open_items")
        until = fact.get("until")
        yield (
            fact.id, fact.fact, step, fact.kind.verb, said["site"], said["post"], stands.state,
            stands.officer, stands.to, facts[0].occurred.text, fact.get("text"),
            bool(fact.get("nil")), until, moment(When.parse(until)) if until else None,
            dumps(items, ensure_ascii=False) if items else None, fact.occurred.text,
            fact.occurred.earliest, fact.occurred.latest, moment(fact.occurred),
            fact.received.text, fact.status, fact.rank,
        )  # fmt: skip


def moment(when: When) -> int | None:
    """The instant of an entry in the watch; None where not even its hour is known."""
    return when.earliest if when.latest - when.earliest <= HOUR else None


TABLE = Table(
    "watches",
    frozenset({"watch"}),
    (
        "id TEXT", "fact TEXT", "step INTEGER", "verb TEXT", "site TEXT", "post TEXT", "state TEXT",
        "officer TEXT", "next_officer TEXT", "since TEXT", "text TEXT", "nil INTEGER",
        "until TEXT", "until_at INTEGER", "open_items TEXT", "occurred TEXT",
        "occurred_from INTEGER", "occurred_to INTEGER", "at INTEGER", "received TEXT",
        "status TEXT", "rank INTEGER",
    ),
    rows,
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a watch: its last state, by when it occurred, and the last that was said of it."""
    where, values = question.listed()
    site = question.site or question.place
    if site:
        where += " AND site = ?"
        values.append(site)
    found = listing(
        views,
        'SELECT id, occurred, site, post, officer, state, next_officer AS "to", since, text, nil, '
        "until, open_items, status, received, fact, occurred_from, occurred_to "
        f"FROM watches WHERE {where} ORDER BY id, step",
        values,
        times=("since", "until", "received"),
    )
    last = {row["id"]: _shown(row) for row in found}
    return sorted(last.values(), key=lambda row: (row["occurred_from"] or "", row["id"]))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    items = row["open_items"]
    return {**row, "nil": bool(row["nil"]), "open_items": loads(items) if items else []}


def bounded(instant: int | None, earliest: int, latest: int) -> int:
    """An instant, or the end of its span that is known."""
    if instant is not None:
        return instant
    return latest if latest < NEVER else earliest
