"""Placements: who went to which country by the books, and what others state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.place import ABROAD, is_country
from ledger.values.when import ALWAYS
from projections import figures
from projections.population import relocated

if TYPE_CHECKING:
    import sqlite3

    from ledger.values.figure import Figure
    from projections.question import Question, Rows

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
    countries = sorted(reached | {place for place in stated if is_country(place)})
    if question.country:
        return [_row(views, question, question.country, question.country, stated)]
    return [
        *(_row(views, question, country, country, stated) for country in countries),
        _row(views, question, TOTAL, ABROAD, stated),
    ]


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
