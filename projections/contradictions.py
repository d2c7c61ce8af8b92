"""What the books hold and cannot be: more left than were there, more came than were offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import ZERO, Figure
from ledger.values.instants import ALWAYS
from ledger.values.place import is_country
from projections import cases, facts, likenesses, offers, population
from projections.finding import Finding, severity
from projections.table import FACT, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.question import Question


def negative_presence(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """More people left a place than the books ever held there."""
    where, values = question.counted()
    found = views.execute(
        f"SELECT place, stream, {FACT} AS fact, occurred_from, low, high, about FROM postings "
        f"WHERE place != 'outside' AND {where} "
        "ORDER BY place, occurred_to, inward DESC, fact, other",
        values,
    )
    held: dict[str, Figure] = {}
    for place, id, fact, occurred_from, low, high, about in found:
        before = held.get(place, ZERO)
        after = held[place] = before + Figure(low, high, bool(about))
        if _below_zero(after) and not _below_zero(before):
            first = next(facts.things(views, question.known(), ("stream = ?", [id])))[0]
            text = f"{fact} of {first.occurred} leaves {after} in {place}, which held {before}"
            yield Finding("negative_presence", "error", place, text, [fact], occurred_from)


def _below_zero(figure: Figure) -> bool:
    return figure.high is not None and figure.high < 0


def weekdays(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A day that was another day of the week than was said."""
    written = f"{said('occurred')} GLOB '[A-Z]*'"
    for fact in facts.each(views, question.listed(), (written, [])):
        occurred = fact.occurred
        if right := occurred.weekday_wrong:
            text = f"{occurred} was a {right}"
            yield Finding("weekday_wrong", "warning", fact.id, text, [fact.fact], occurred.earliest)


def broken_histories(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A step that does not follow from those before it, as they read."""
    where, values = question.listed()
    for about, fact, text, occurred_from in views.execute(
        f"SELECT stream, {FACT}, broken, occurred_from FROM facts "
        f"WHERE broken NOT NULL AND {where}",
        values,
    ):
        yield Finding("history_broken", "warning", about, text, [fact], occurred_from)


def offers_exceeded(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """More people went to a country than it offered places."""
    for country, offered in offers.offered(views, question).items():
        came = population.relocated(views, question, country, ALWAYS)
        excess = came - offered
        if excess.low is None or excess.low <= 0:
            continue
        into, values = population.into_country(country)
        arrivals = population.posted(views, question, f"{into} AND inward", values)
        names = [fact for fact, _ in (*offers.offered_by(views, question, country), *arrivals)]
        text = f"{came} went to {country}, which offered {offered} places: {excess} more"
        grave = severity(offered, came) or "error"
        yield Finding("offer_exceeded", grave, country, text, names, ALWAYS)


def manifests(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A movement that counts other people than are named or have their case advanced by it."""
    where, values = question.counted()
    taken = cases.by_movement(views, question)
    for id, fact, source, target, count, named, occurred_from in views.execute(
        "SELECT id, fact, source, target, count, residents, occurred_from FROM movements "
        f"WHERE {where} ORDER BY occurred_from, id",
        values,
    ).fetchall():
        steps = taken.get(id, {})  # a resident may depart and arrive by one movement
        moved = len(steps) if steps or is_a_step(source, target) else named
        each = Figure(moved, moved)
        people = Figure.parse(count)
        if (not steps and not named) or people.meets(each):
            continue
        what = "took their step by it" if moved == len(steps) else "are named"
        text = f"{id} counts {people} people; the cases of {each} {what}"
        grave = severity(people, each) or "error"
        names = [fact, *steps.values()]
        yield Finding("manifest_differs", grave, id, text, names, occurred_from)


def is_a_step(source: str, target: str) -> bool:
    """Whether a move advances the case of who is named (`ledger.facts.movements.Made.entails`)."""
    departs = is_country(target) and not is_country(source)
    return departs or target in ("dead", "missing", "left") or source == "missing"


#: What happens at a site; movements and adopted figures do so where they post.
_AT_SITES = "'incident.opened', 'observation.made', 'service.measured'"


def at_closed_sites(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Something happened at a site while it was closed."""
    known, asked = question.known("closures.")
    where, values = question.listed()
    found = views.execute(
        "SELECT happened.fact, happened.place, closures.fact, happened.occurred_from FROM closures "
        f"JOIN (SELECT {FACT} AS fact, place, occurred_from FROM postings WHERE {where} UNION "
        f"SELECT {FACT}, site, occurred_from FROM facts WHERE {where} "
        f"AND (name IN ({_AT_SITES}) OR name GLOB 'watch.*')) AS happened USING (place) "
        "WHERE happened.occurred_from >= closures.closed_from "
        f"AND happened.occurred_from < closures.closed_until AND {known} ORDER BY 1, 3",
        [*values, *values, *asked],
    )
    for fact, place, closure, occurred_from in found:
        text = f"{fact} happened at {place} after it closed ({closure})"
        yield Finding("site_closed", "warning", place, text, [fact, closure], occurred_from)


def likely_duplicates(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Two things of one kind, place, day and figure: perhaps one thing that two people reported."""
    for likeness, found in likenesses.alike(views, question).items():
        found.sort(key=lambda fact: (fact.occurred.earliest, fact.id))
        first, ids = found[0], ", ".join(fact.id for fact in found)
        text, names = f"{ids} look like one: {likeness}", [fact.fact for fact in found]
        since = first.occurred.earliest
        yield Finding("likely_duplicate", "info", first.id, text, names, since)
