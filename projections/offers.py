"""Offers of places, and what is left of them after withdrawals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.figure import ZERO, Figure
from projections.commitments import occurrence
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Behind, Question, Rows


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact, in the order of occurrence: places offered, or taken back (below zero)."""
    left = ZERO
    for fact in [*facts[:1], *sorted(facts[1:], key=occurrence)]:
        given = fact.figure("places")
        places = given if fact.name == "offer.made" else -(left if given is None else given)
        assert places is not None, "an offer has places"
        left = left + places
        yield (
            fact.id, fact.fact, fact.name == "offer.made", facts[0].said["country"], places.low,
            places.high, places.about, fact.occurred.text, fact.occurred.earliest,
            fact.occurred.latest, fact.received.text, fact.status, fact.rank,
        )  # fmt: skip


TABLE = Table(
    "offers",
    frozenset({"offer"}),
    (
        "id TEXT", "fact TEXT", "made INTEGER", "country TEXT", "low INTEGER", "high INTEGER",
        "about INTEGER", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "received TEXT", "status TEXT", "rank INTEGER",
    ),
    rows,
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row an offer: what was offered, what was taken back, what is left."""
    where, values = question.listed()
    if question.country:
        where += " AND country = ?"
        values.append(question.country)
    found = listing(
        views,
        "SELECT id, occurred, country, low, high, about, made, status, received, fact, "
        f"occurred_from, occurred_to FROM offers WHERE {where} "
        "ORDER BY occurred_from, occurred_to, id",
        values,
        times=("received",),
    )
    offers, withdrawn = [], dict[str, Figure]()
    for row in found:
        places = Figure(row.pop("low"), row.pop("high"), bool(row.pop("about")))
        if row.pop("made"):
            offers.append((row, places))
        else:
            withdrawn[row["id"]] = withdrawn.get(row["id"], ZERO) - places
    return [
        {
            **row,
            "places": places.as_json(),
            "withdrawn": withdrawn.get(row["id"], ZERO).as_json(),
            "left": (places - withdrawn.get(row["id"], ZERO)).as_json(),
        }
        for row, places in offers
    ]


def offered(views: sqlite3.Connection, question: Question) -> dict[str, Figure]:
    """The sum of the counted offers of each country, without what was taken back."""
    sums: dict[str, Figure] = {}
    for country, _, places in _counted(views, question):
        sums[country] = sums.get(country, ZERO) + places
    return sums


def offered_by(
    views: sqlite3.Connection, question: Question, country: str | None
) -> list[tuple[str, Figure]]:
    """The facts of those sums, of one country or of all, each with what it adds."""
    counted = _counted(views, question)
    return [(fact, places) for of, fact, places in counted if country in (None, of)]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The offer, and what was taken back, of every status."""
    where, values = question.listed()
    found = _places(views, f"id = ? AND {where}", [row["id"], *values])
    return {"left": [(fact, places) for _, fact, places in found]}


def _counted(views: sqlite3.Connection, question: Question) -> Iterator[tuple[str, str, Figure]]:
    return _places(views, *question.counted())


def _places(
    views: sqlite3.Connection, where: str, values: list[Any]
) -> Iterator[tuple[str, str, Figure]]:
    for country, fact, low, high, about in views.execute(
        f"SELECT country, fact, low, high, about FROM offers WHERE {where} "
        "ORDER BY occurred_from, fact",
        values,
    ):
        yield country, fact, Figure(low, high, bool(about))
