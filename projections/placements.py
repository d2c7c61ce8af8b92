"""Placements: who went to which country by the books, and what others state."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ledger.values.figure import ZERO
from ledger.values.instants import ALWAYS
from ledger.values.place import ABROAD, is_country
from projections import cases, figures, offers
from projections.population import into_country, posted, relocated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ledger.values.figure import Figure
    from projections.question import Behind, Question, Rows

TOTAL = "total"


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a country, and `total` for all of them together (stated of `abroad`)."""
    stated = figures.newest(views, question, "relocated_total")
    where, values = question.counted()
    reached = {
        place
        for (place,) in views.execute(
            f"SELECT DISTINCT place FROM postings WHERE inward AND {where}", values
        )
        if is_country(place)
    }
    offered = offers.offered(views, question)
    by_state = cases.by_state(views, question)
    countries = sorted(reached | {*filter(is_country, stated), *offered, *by_state})
    rows = [
        {
            **_row(views, question, country, country, stated),
            "offered": offered[country].as_json() if country in offered else None,
            "cases": by_state.get(country, {}),
        }
        for country in ([question.country] if question.country else countries)
    ]
    if question.country:
        return rows
    together: Counter[str] = Counter()
    for states in by_state.values():
        together.update(states)
    total = {
        **_row(views, question, TOTAL, ABROAD, stated),
        "offered": sum(offered.values(), ZERO).as_json() if offered else None,
        "cases": dict(sorted(together.items())),
    }
    return [*rows, total]


def _row(
    views: sqlite3.Connection,
    question: Question,
    country: str,
    place: str,
    stated: dict[str, figures.Statement],
) -> dict[str, Any]:
    statement = stated.get(place)
    residual: Figure | None = None
    if statement is not None:
        books = relocated(views, question.at(statement.occurred_to), place, ALWAYS)
        residual = statement.figure - books
    return {
        "country": country,
        "relocated": relocated(views, question, place, ALWAYS).as_json(),
        "stated": statement.as_json() if statement else None,
        "residual": residual.as_json() if residual else None,
    }


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The arrivals, the statement, the offers and the cases."""
    total = row["country"] == TOTAL
    into, values = into_country(ABROAD if total else row["country"])
    facts: dict[str, Sequence[tuple[str, object]]] = {
        "relocated": posted(views, question, f"{into} AND inward", values)
    }
    if row["stated"] is not None:
        facts["stated"] = [(row["stated"]["fact"], None)]
    country = None if total else row["country"]
    facts["offered"] = offers.offered_by(views, question, country)
    facts["cases"] = [
        (case["fact"], case["state"])
        for case in cases.query(views, question._replace(country=country))
        if case["country"] is not None
    ]
    return facts
