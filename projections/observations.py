"""Observations, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows

_FIELDS = ("category", "text", "site", "severity", "lang", "seen", "incident")


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: the observation."""
    for fact in facts[:1]:
        yield (
            fact.id, fact.fact, fact.occurred.text, fact.occurred.earliest, fact.occurred.latest,
            *(fact.get(field) for field in _FIELDS), fact.received.text, fact.status,
        )  # fmt: skip


TABLE = Table(
    "observations",
    frozenset({"observation"}),
    (
        "id TEXT", "fact TEXT", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "category TEXT", "text TEXT", "site TEXT", "severity INTEGER", "lang TEXT", "seen TEXT",
        "incident TEXT", "received TEXT", "status TEXT",
    ),
    rows,
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every observation, of every status."""
    where, values = question.listed()
    for column, wanted in (
        ("site", question.site or question.place),
        ("incident", question.incident),
    ):
        if wanted:
            where += f" AND {column} = ?"
            values.append(wanted)
    return listing(
        views,
        f"SELECT id, occurred, {', '.join(_FIELDS)}, status, received, fact, occurred_from, "
        f"occurred_to FROM observations WHERE {where} ORDER BY occurred_from, occurred_to, id",
        values,
    )
