"""Cases: where each resident stands on the way from registration to a country."""

from __future__ import annotations

from collections import Counter
from functools import cache
from json import loads
from typing import TYPE_CHECKING, Any

from projections import facts
from projections.listing import row, span
from projections.question import together
from projections.table import FACT, Listed, Row, Table, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from ledger.facts.cases import Standing
    from ledger.history import Entry
    from projections.question import Behind, Question, Rows


@cache
def _standings() -> Callable[[Sequence[Entry]], list[Standing]]:
    """The steps of a case live with its facts, whose module no query needs."""
    from ledger.facts.cases import standings

    return standings


def rows(facts: Sequence[Entry]) -> list[Row]:
    """A row a step: the state it led to."""
    found = []
    for standing in _standings()(facts):
        occurred = standing.step.occurred
        found.append(
            (standing.step.version, standing.state, standing.country, occurred.earliest,
             occurred.latest)
        )  # fmt: skip
    return found


TABLE = Table(
    "cases",
    frozenset({"case"}),
    (
        "version INTEGER", "state TEXT", "country TEXT", "occurred_from INTEGER",
        "occurred_to INTEGER",
    ),
    rows,
    a_row_a_fact=True,
)  # fmt: skip

_REGISTERED, _STEP = ("site", "sex", "age_band"), ("category", "solution", "movement")

STEPS = Listed(
    "steps",
    ("case.registered", "case.advanced"),
    {"name": "name", **{field: said(field) for field in (*_REGISTERED, *_STEP)}},
)


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a resident: the last state, by when it occurred."""
    where, values = together(
        question.listed("cases."), question.known("step."), question.known("first.")
    )
    found = views.execute(
        "SELECT state, country, first.said, step.name, step.status, step.said FROM cases "
        "JOIN facts AS step ON step.stream = cases.stream AND step.version = cases.version "
        "JOIN facts AS first ON first.stream = cases.stream AND first.name = 'case.registered' "
        f"WHERE {where} ORDER BY cases.occurred_to, cases.occurred_from, cases.version",
        values,
    )
    last = {}
    for state, country, first, name, status, step in found:
        fact = facts.entry(name, status, step)
        last[fact.id] = _row(fact, state, country, loads(first))
    site = question.site or question.place
    wanted = [
        one
        for one in last.values()
        if site in (None, one["site"]) and question.country in (None, one["country"])
    ]
    return sorted(wanted, key=lambda one: (one["occurred_from"] or "", one["id"]))


def _row(
    fact: Entry, state: str, country: str | None, registered: dict[str, Any]
) -> dict[str, Any]:
    found = row(
        fact,
        state=state,
        country=country,
        since=fact.occurred.text,
        **span("since", fact.occurred),
        **{field: registered.get(field) for field in _REGISTERED},
        **{field: fact.get(field) for field in _STEP},
    )
    del found["occurred"]
    return found


def by_movement(views: sqlite3.Connection, question: Question) -> dict[str, dict[str, str]]:
    """The steps that residents took by each movement: the first of each, by resident."""
    known, values = question.known()
    found: dict[str, dict[str, str]] = {}
    for movement, resident, fact in views.execute(
        "SELECT movement, stream, fact FROM steps WHERE movement IS NOT NULL "
        f"AND {known} ORDER BY stream, version",
        values,
    ):
        found.setdefault(movement, {}).setdefault(resident, fact)
    return found


def by_state(views: sqlite3.Connection, question: Question) -> dict[str, dict[str, int]]:
    """How many cases are in each state, by the country that is concerned."""
    counts: dict[str, Counter[str]] = {}
    for case in query(views, question):
        if case["country"] is not None:
            counts.setdefault(case["country"], Counter())[case["state"]] += 1
    return {country: dict(sorted(count.items())) for country, count in counts.items()}


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """Every step of the case, in order."""
    where, values = question.listed()
    return {
        "state": views.execute(
            f"SELECT {FACT}, state FROM cases WHERE stream = ? AND {where} "
            "ORDER BY occurred_to, occurred_from, version",
            [row["id"], *values],
        ).fetchall()
    }
