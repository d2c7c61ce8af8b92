"""Stated figures set beside the books, and beside what the same claimant states elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import ZERO, Figure
from ledger.values.instants import ALWAYS
from ledger.values.place import ABROAD
from projections import figures, movements, population
from projections.finding import Finding, severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.figures import Statement
    from projections.question import Question

_RULES = {
    "present": "present_differs",
    "arrived_total": "arrived_differs",
    "relocated_total": "relocated_differs",
    "relocated_year": "relocated_year_differs",
    "convoy_size": "convoy_size_differs",
}


def differences(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Statements against the books, and what was posted since the last one that was met."""
    met: dict[tuple[str, str | None], int] = {}
    for statement in figures.statements(views, question):
        rule = _RULES.get(statement.measure)
        computed = _computed(views, question, statement)
        if rule is None or computed is None:
            continue
        subject = (statement.measure, statement.place)
        grave = severity(statement.figure, computed)
        if grave is None:
            met[subject] = statement.occurred_to
            continue
        candidates = _candidates(views, question, statement, met.get(subject, ALWAYS))
        yield _difference(rule, grave, statement, computed, candidates)


def _difference(
    rule: str,
    grave: str,
    statement: Statement,
    computed: Figure,
    candidates: list[tuple[str, Figure]],
) -> Finding:
    residual = statement.figure - computed
    text = (
        f"{statement.measure} {statement.figure} stated by {statement.claimant} for "
        f"{statement.occurred}, {computed} by the books: residual {residual}"
    )
    mended = [
        f"{fact} {right} instead of {count}"
        for fact, count in candidates
        if (right := _mended(count, residual)) is not None
    ]
    if mended:
        text += "; to make the sum right: " + ", ".join(mended)
    about = statement.movement or statement.place or statement.fact
    facts = [statement.fact, *dict.fromkeys(fact for fact, _ in candidates)]
    return Finding(rule, grave, about, text, facts, statement.occurred_from)


def _mended(count: Figure, residual: Figure) -> Figure | None:
    """What a posting would have to be to make the sum right; None where it could not be that.

    People who came in stay people who came in, however many there were.
    """
    if count.high is not None and count.high <= 0 and count.low != 0:
        right = _mended(-count, -residual)
        return None if right is None else -right
    right = count + residual
    if right.high is not None and right.high < 0:
        return None
    return right if right.low is None or right.low >= 0 else Figure(0, right.high, right.about)


def _computed(views: sqlite3.Connection, question: Question, statement: Statement) -> Figure | None:
    """What the books hold for a statement, at the end of its `occurred`."""
    at = question.at(statement.occurred_to)
    place = statement.place or ""
    match statement.measure:
        case "present" if place != ABROAD:
            return population.present(views, at, place)
        case "arrived_total":
            return population.arrived(views, at, place, ALWAYS)
        case "relocated_total" | "relocated_year":
            return population.relocated(views, at, place, statement.since)
        case "convoy_size" if statement.movement is not None:
            return movements.count_of(views, question, statement.movement)
    return None


def _candidates(
    views: sqlite3.Connection, question: Question, statement: Statement, since: int
) -> list[tuple[str, Figure]]:
    """The postings that a statement counts, after `since`, each with what it posted."""
    if statement.measure == "convoy_size":
        return []
    place = statement.place or ""
    at = question.at(statement.occurred_to)
    period = "occurred_to > ? AND occurred_from >= ?"
    bounds = [since, statement.since]
    if statement.measure == "present":
        return population.posted(views, at, f"place = ? AND {period}", [place, *bounds])
    if statement.measure == "arrived_total":
        return population.posted(views, at, f"place = ? AND inward AND {period}", [place, *bounds])
    into, values = population.into_country(place)
    return population.posted(views, at, f"{into} AND inward AND {period}", [*values, *bounds])


def baselines(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A claimant whose own baseline, present and relocated of one time do not add up."""
    by_claim: dict[tuple[str, str], dict[str, dict[str | None, Statement]]] = {}
    for statement in figures.statements(views, question):
        # As it was said: the same day of a site and of abroad is read in two zones.
        occurred = statement.occurred.partition("[")[0]
        claim = by_claim.setdefault((statement.claimant, occurred), {})
        claim.setdefault(statement.measure, {})[statement.place] = statement
    for (claimant, occurred), claim in by_claim.items():
        parts = [_parts(claim.get(name, {})) for name in ("baseline", "present", "relocated_total")]
        if not all(parts):
            continue
        baseline, present, relocated = (sum((s.figure for s in part), ZERO) for part in parts)
        grave = severity(baseline, present + relocated)
        if grave is None:
            continue
        text = (
            f"{claimant} for {occurred}: of {baseline} at first, {present} are present and "
            f"{relocated} relocated; residual {baseline - (present + relocated)}"
        )
        facts = [statement.fact for part in parts for statement in part]
        first = parts[0][0]
        about = first.place or first.fact
        yield Finding("baseline_residual", grave, about, text, facts, first.occurred_from)


def _parts(by_place: dict[str | None, Statement]) -> list[Statement]:
    """The statements that add up: that of all countries together holds those of each."""
    return [by_place[ABROAD]] if ABROAD in by_place else list(by_place.values())
