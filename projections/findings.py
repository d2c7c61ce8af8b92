"""Findings: what does not fit together. Nothing here is refused, and nothing is corrected silently.

Each finding names its rule, how grave it is, both numbers and their difference, and the facts that
could explain it. A new check is a function from a question to findings, and a line in `CHECKS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections import contradictions, differences, lapses, loose_ends, services

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Behind, Question, Rows

CHECKS = (
    differences.differences,
    differences.baselines,
    contradictions.negative_presence,
    contradictions.offers_exceeded,
    contradictions.manifests,
    contradictions.at_closed_sites,
    contradictions.likely_duplicates,
    contradictions.weekdays,
    contradictions.broken_histories,
    loose_ends.still_missing,
    loose_ends.commitments_overdue,
    loose_ends.pledges_outstanding,
    lapses.gaps,
    lapses.overlaps,
    lapses.long_watches,
    lapses.nil_contradicted,
    services.implausible,
)


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every finding of a day as known on another, in order of occurrence."""
    found = [finding for check in CHECKS for finding in check(views, question)]
    about = question.place or question.site or question.country or question.incident
    ordered = sorted(found, key=lambda f: (f.occurred_from, f.about, f.rule, f.facts))
    return [finding.as_row() for finding in ordered if about in (None, finding.about)]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The facts that a finding names."""
    return {"finding": [(fact, None) for fact in row["facts"]]}
