"""Observations, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections import facts
from projections.listing import row
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Question, Rows

_FIELDS = ("category", "text", "site", "severity", "lang", "seen", "incident")


LIST = Listed("observations", ("observation.made",), {field: said(field) for field in _FIELDS})


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every observation, of every status."""
    wanted = [question.listed(), facts.named("observation.made")]
    if site := question.site or question.place:
        wanted.append(("site = ?", [site]))
    if question.incident:
        wanted.append((f"{said('incident')} = ?", [question.incident]))
    return [
        row(fact, **{field: fact.get(field) for field in _FIELDS})
        for fact in facts.found(views, *wanted)
    ]
