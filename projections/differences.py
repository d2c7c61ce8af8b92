"""Stated figures set beside the books, and beside what the same claimant states elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.place import ABROAD
from ledger.values.when import ALWAYS
from projections import figures, movements, population
from projections.finding import Finding, severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from ledger.values.figure import Figure
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
    if candidates:
        text += "; to make the sum right: " + ", ".join(
            f"{fact} {count + residual} instead of {count}" for fact, count in candidates
        )
    about = statement.movement or statement.place or statement.fact
    facts = [statement.fact, *(fact for fact, _ in candidates)]
    return Finding(rule, grave, about, text, facts, statement.occurred_from)


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
    by_claim: dict[tuple[str, str], dict[str, Statement]] = {}
    for statement in figures.statements(views, question):
        claim = by_claim.setdefault((statement.claimant, statement.occurred), {})
        claim[statement.measure] = statement
    for (claimant, occurred), claim in by_claim.items():
        parts = [claim.get(name) for name in ("baseline", "present", "relocated_total")]
        baseline, present, relocated = parts
        if baseline is None or present is None or relocated is None:
            continue
        accounted = present.figure + relocated.figure
        grave = severity(baseline.figure, accounted)
        if grave is None:
            continue
        text = (
            f"{claimant} for {occurred}: of {baseline.figure} at first, {present.figure} are "
            f"present and {relocated.figure} relocated; residual {baseline.figure - accounted}"
        )
        facts = [baseline.fact, present.fact, relocated.fact]
        about = baseline.place or baseline.fact
        yield Finding("baseline_residual", grave, about, text, facts, baseline.occurred_from)
