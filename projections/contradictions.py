"""What the books hold and cannot be: more left than were there, more came than were offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import ZERO, Figure
from ledger.values.when import ALWAYS, iso
from projections import offers, population
from projections.finding import Finding, severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.question import Question


def negative_presence(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """More people left a place than the books ever held there."""
    where, values = question.counted()
    found = views.execute(
        "SELECT place, fact, occurred_from, occurred_to, low, high, about FROM postings "
        f"WHERE place != 'outside' AND {where} ORDER BY place, occurred_to, inward DESC, fact",
        values,
    )
    held: dict[str, Figure] = {}
    for place, fact, occurred_from, occurred_to, low, high, about in found:
        before = held.get(place, ZERO)
        after = held[place] = before + Figure(low, high, bool(about))
        if _below_zero(after) and not _below_zero(before):
            text = f"{fact} leaves {after} in {place} on {iso(occurred_to - 1)}; it held {before}"
            yield Finding("negative_presence", "error", place, text, [fact], occurred_from)


def _below_zero(figure: Figure) -> bool:
    return figure.high is not None and figure.high < 0


def remarks(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """What is odd within one stream."""
    where, values = question.listed()
    for rule, grave, about, fact, text, occurred_from in views.execute(
        f"SELECT rule, severity, about, fact, text, occurred_from FROM remarks WHERE {where}",
        values,
    ):
        yield Finding(rule, grave, about, text, [fact], occurred_from)


def offers_exceeded(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """More people went to a country than it offered places."""
    for country, offered in offers.offered(views, question).items():
        came = population.relocated(views, question, country, ALWAYS)
        excess = came - offered
        if excess.low is None or excess.low <= 0:
            continue
        facts = [fact for fact, _ in offers.offered_by(views, question, country)]
        text = f"{came} went to {country}, which offered {offered} places: {excess} more"
        grave = severity(offered, came) or "error"
        yield Finding("offer_exceeded", grave, country, text, facts, ALWAYS)


def manifests(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A movement that counts other people than are named or have their case advanced by it."""
    where, values = question.listed()
    for id, fact, count, named, occurred_from in views.execute(
        f"SELECT id, fact, count, residents, occurred_from FROM movements WHERE {where} "
        "ORDER BY occurred_from, id",
        values,
    ).fetchall():
        known, asked = question.known()
        steps = [
            row[0]
            for row in views.execute(
                f"SELECT fact FROM cases WHERE movement = ? AND {known} ORDER BY fact",
                [id, *asked],
            )
        ]
        each = Figure(len(steps), len(steps))
        people = Figure.parse(count)
        if (not steps and not named) or people.meets(each):
            continue
        text = f"{id} counts {people} people; the cases of {each} took their step by it"
        grave = severity(people, each) or "error"
        yield Finding("manifest_differs", grave, id, text, [fact, *steps], occurred_from)


def at_closed_sites(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Something happened at a site while it was closed."""
    places = (("postings", "place"), ("incidents", "site"), ("observations", "site"))
    known, asked = question.known("closures.")
    where, values = question.listed()
    for table, column in places:
        found = views.execute(
            f"SELECT DISTINCT happened.fact, happened.{column}, closures.fact, "
            "happened.occurred_from FROM closures, "
            f"(SELECT * FROM {table} WHERE {where}) AS happened "
            f"WHERE happened.{column} = closures.place "
            "AND happened.occurred_from >= closures.closed_from "
            "AND happened.occurred_from < closures.closed_until "
            f"AND {known} ORDER BY 1",
            [*values, *asked],
        )
        for fact, place, closure, occurred_from in found:
            text = f"{fact} happened at {place} after it closed ({closure})"
            yield Finding("site_closed", "warning", place, text, [fact, closure], occurred_from)


def likely_duplicates(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Two things of one kind, place, day and figure: perhaps one thing that two people reported."""
    where, values = question.counted()
    alike: dict[str, list[tuple[str, str, int]]] = {}
    for likeness, id, fact, occurred_from in views.execute(
        f"SELECT likeness, id, fact, occurred_from FROM likenesses WHERE {where} "
        "ORDER BY likeness, occurred_from, id",
        values,
    ):
        alike.setdefault(likeness, []).append((id, fact, occurred_from))
    for likeness, found in alike.items():
        if len(found) > 1:
            ids = ", ".join(id for id, _, _ in found)
            text = f"{ids} look like one: {likeness}"
            facts = [fact for _, fact, _ in found]
            yield Finding("likely_duplicate", "info", found[0][0], text, facts, found[0][2])
