"""Observations, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.listing import listing
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Question, Rows

_FIELDS = ("category", "text", "site", "severity", "lang", "seen", "incident")


LIST = Listed("observations", ("observation.made",), {field: said(field) for field in _FIELDS})


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every observation, of every status."""
    where, values = question.listed()
    for column, wanted in (
        ("site", question.site or question.place),
        ("incident", question.incident),
    ):
        if wanted:
            where += f" AND {column} = ?"
            values.append(wanted)
    return listing(
        views,
        f"SELECT id, occurred, {', '.join(_FIELDS)}, status, received, fact, occurred_from, "
        f"occurred_to FROM observations WHERE {where} ORDER BY occurred_from, occurred_to, id",
        values,
    )
