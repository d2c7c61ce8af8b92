"""What the books hold and cannot be: more left than were there, more came than were offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import ZERO, Figure
from ledger.values.instants import ALWAYS
from ledger.values.place import is_country
from projections import likenesses, offers, population
from projections.finding import Finding, severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.question import Question


def negative_presence(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """More people left a place than the books ever held there."""
    where, values = question.counted()
    found = views.execute(
        "SELECT place, fact, occurred, occurred_from, low, high, about FROM postings "
        f"WHERE place != 'outside' AND {where} "
        "ORDER BY place, occurred_to, inward DESC, fact, other",
        values,
    )
    held: dict[str, Figure] = {}
    for place, fact, occurred, occurred_from, low, high, about in found:
        before = held.get(place, ZERO)
        after = held[place] = before + Figure(low, high, bool(about))
        if _below_zero(after) and not _below_zero(before):
            text = f"{fact} of {occurred} leaves {after} in {place}, which held {before}"
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
        into, values = population.into_country(country)
        arrivals = population.posted(views, question, f"{into} AND inward", values)
        facts = [fact for fact, _ in (*offers.offered_by(views, question, country), *arrivals)]
        text = f"{came} went to {country}, which offered {offered} places: {excess} more"
        grave = severity(offered, came) or "error"
        yield Finding("offer_exceeded", grave, country, text, facts, ALWAYS)


def manifests(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A movement that counts other people than are named or have their case advanced by it."""
    where, values = question.counted()
    for id, fact, source, target, count, named, occurred_from in views.execute(
        "SELECT id, fact, source, target, count, residents, occurred_from FROM movements "
        f"WHERE {where} ORDER BY occurred_from, id",
        values,
    ).fetchall():
        known, asked = question.known()
        steps = dict[str, str]()  # a resident may depart and arrive by one movement
        for resident, step in views.execute(
            f"SELECT id, fact FROM cases WHERE movement = ? AND {known} ORDER BY id, version",
            [id, *asked],
        ):
            steps.setdefault(resident, step)
        moved = len(steps) if steps or is_a_step(source, target) else named
        each = Figure(moved, moved)
        people = Figure.parse(count)
        if (not steps and not named) or people.meets(each):
            continue
        what = "took their step by it" if moved == len(steps) else "are named"
        text = f"{id} counts {people} people; the cases of {each} {what}"
        grave = severity(people, each) or "error"
        facts = [fact, *steps.values()]
        yield Finding("manifest_differs", grave, id, text, facts, occurred_from)


def is_a_step(source: str, target: str) -> bool:
    """Whether a move advances the case of who is named (`ledger.facts.movements.Made.entails`)."""
    departs = is_country(target) and not is_country(source)
    return departs or target in ("dead", "missing", "left") or source == "missing"


def at_closed_sites(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Something happened at a site while it was closed."""
    places = (("postings", "place"), ("incidents", "site"), ("observations", "site"),
              ("watches", "site"), ("services", "site"))  # fmt: skip
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
    for likeness, found in likenesses.alike(views, question).items():
        if len(found) > 1:
            found.sort(key=lambda fact: (fact.occurred.earliest, fact.id))
            first, ids = found[0], ", ".join(fact.id for fact in found)
            text = f"{ids} look like one: {likeness}"
            names = [fact.fact for fact in found]
            yield Finding(
                "likely_duplicate", "info", first.id, text, names, first.occurred.earliest
            )
