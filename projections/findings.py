"""Findings: what does not fit together. Nothing here is refused, and nothing is corrected silently.

Each finding names its rule, how grave it is, both numbers and their difference, and the facts that
could explain it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.values.figure import ZERO, Figure
from ledger.values.place import ABROAD
from ledger.values.when import ALWAYS, iso
from projections import figures, movements, population

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.figures import Statement
    from projections.question import Question, Rows

#: An estimate that misses by more than this share of the larger figure is worth a warning.
TOLERANCE = 0.05

_RULES = {
    "present": "present_differs",
    "arrived_total": "arrived_differs",
    "relocated_total": "relocated_differs",
    "relocated_year": "relocated_year_differs",
    "convoy_size": "convoy_size_differs",
}


class Finding(NamedTuple):
    """One finding; `occurred_from` orders it and is not shown."""

    rule: str
    severity: str
    about: str
    text: str
    facts: list[str]
    occurred_from: int

    def as_row(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "about": self.about,
            "text": self.text,
            "facts": self.facts,
        }


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every finding of a day as known on another, in order of occurrence."""
    found = [
        *_differences(views, question),
        *_baselines(views, question),
        *_negative_presence(views, question),
        *_remarks(views, question),
    ]
    about = question.place or question.site or question.country or question.incident
    ordered = sorted(found, key=lambda f: (f.occurred_from, f.about, f.rule, f.facts))
    return [finding.as_row() for finding in ordered if about in (None, finding.about)]


def severity(stated: Figure, computed: Figure) -> str | None:
    """How grave a difference is; None where the intervals meet."""
    gap = stated.gap(computed)
    if gap == 0:
        return None
    if not (stated.about or computed.about):
        return "error"
    bounds = (stated.low, stated.high, computed.low, computed.high)
    larger = max(abs(bound) for bound in bounds if bound is not None)
    return "warning" if gap > TOLERANCE * larger else "info"


def _differences(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
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
    inward = "" if statement.measure == "present" else "AND inward "
    where, values = question.at(statement.occurred_to).counted()
    into = "place GLOB '[A-Z][A-Z][A-Z]'" if place == ABROAD else "place = ?"
    found = views.execute(
        f"SELECT fact, low, high, about FROM postings WHERE {into} {inward}"
        f"AND occurred_to > ? AND occurred_from >= ? AND {where} ORDER BY occurred_from, fact",
        [*([] if place == ABROAD else [place]), since, statement.since, *values],
    )
    return [(fact, Figure(low, high, bool(about))) for fact, low, high, about in found]


def _baselines(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
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


def _negative_presence(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
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


def _remarks(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    where, values = question.listed()
    for rule, grave, about, fact, text, occurred_from in views.execute(
        f"SELECT rule, severity, about, fact, text, occurred_from FROM remarks WHERE {where}",
        values,
    ):
        yield Finding(rule, grave, about, text, [fact], occurred_from)
