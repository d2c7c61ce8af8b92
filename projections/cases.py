"""Cases: where each resident stands on the way from registration to a country."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from ledger.facts.cases import Standing
    from ledger.history import Entry
    from projections.question import Behind, Question, Rows


@cache
def _standings() -> Callable[[Sequence[Entry]], list[Standing]]:
    """The steps of a case live with its facts, whose module no query needs."""
    from ledger.facts.cases import standings

    return standings


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a step: the state it led to."""
    for standing in _standings()(facts):
        fact, registered = standing.step, facts[0].said
        yield (
            fact.id, fact.fact, fact.version, standing.state, standing.country,
            registered["site"], registered["sex"], registered["age_band"], fact.get("category"),
            fact.get("solution"), fact.get("movement"), fact.occurred.text,
            fact.occurred.earliest, fact.occurred.latest, fact.received.text, fact.status,
        )  # fmt: skip


TABLE = Table(
    "cases",
    frozenset({"case"}),
    (
        "id TEXT", "fact TEXT", "version INTEGER", "state TEXT", "country TEXT", "site TEXT",
        "sex TEXT", "age_band TEXT", "category TEXT", "solution TEXT", "movement TEXT",
        "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER", "received TEXT",
        "status TEXT",
    ),
    rows,
    ("movement",),
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a resident: the last state, by when it occurred."""
    where, values = question.listed()
    found = listing(
        views,
        "SELECT id, state, country, occurred AS since, site, sex, age_band, category, solution, "
        "movement, status, received, fact, occurred_from, occurred_to FROM cases "
        f"WHERE {where} ORDER BY occurred_to, occurred_from, version",
        values,
    )
    last = {row["id"]: row for row in found}
    site = question.site or question.place
    wanted = [
        row
        for row in last.values()
        if site in (None, row["site"]) and question.country in (None, row["country"])
    ]
    return sorted(wanted, key=lambda row: (row["occurred_from"] or "", row["id"]))


def by_state(views: sqlite3.Connection, question: Question) -> dict[str, dict[str, int]]:
    """How many cases are in each state, by the country that is concerned."""
    counts: dict[str, Counter[str]] = {}
    for row in query(views, question):
        if row["country"] is not None:
            counts.setdefault(row["country"], Counter())[row["state"]] += 1
    return {country: dict(sorted(count.items())) for country, count in counts.items()}


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """Every step of the case, in order."""
    where, values = question.listed()
    return {
        "state": views.execute(
            f"SELECT fact, state FROM cases WHERE id = ? AND {where} "
            "ORDER BY occurred_to, occurred_from, version",
            [row["id"], *values],
        ).fetchall()
    }
