"""Postings around an instant: those that may or may not have happened by then, found by length.

What happened on a day lies near its day. What took longer has a class of length, and begins less
than the greatest length of its class before the instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.instants import ALWAYS, DAY
from projections.sums import kept

if TYPE_CHECKING:
    import sqlite3

    from projections.question import Clause, Question

#: The greatest length of each class, in days; the last class has none.
_LENGTHS = (32, 100, 370)

_SPAN = "occurred_to - occurred_from"
_CASES = (f"WHEN {_SPAN} <= {days * DAY} THEN {number}" for number, days in enumerate(_LENGTHS))
_CLASS = f"CASE {' '.join(_CASES)} ELSE {len(_LENGTHS)} END"
_LONG = f"{_SPAN} > {DAY}"

_INDEX = "CREATE INDEX IF NOT EXISTS"
#: Both sides of what took long, and the inward side of everything else: of that there is much.
INDEXES = (
    f"{_INDEX} sum_long ON postings ({_CLASS}, occurred_from, place) WHERE {_LONG}",
    f"{_INDEX} sum_short ON postings (occurred_from) WHERE inward AND NOT ({_LONG})",
)

_SHORT = f"sum_short WHERE inward AND NOT ({_LONG}) AND occurred_from >= ? AND occurred_from < ?"
_SHORT_IN = "postings_1 WHERE place = ? AND occurred_to > ? AND occurred_to <= ?"


def around(views: sqlite3.Connection, question: Question, place: str | None) -> Clause | None:
    """The rows of all postings that are possible on a day, and some more: those of one place, or
    for all places at least the inward ones.

    None where nothing helps to find them.
    """
    if question.rank < 1 or not kept(views):
        return None
    on, asked = question.on, [] if place is None else [place]
    short, begin = (_SHORT, on - DAY) if place is None else (_SHORT_IN, on)
    where = "" if place is None else " AND place = ?"
    rows = [f"SELECT rowid FROM postings INDEXED BY {short}"]
    values: list[object] = [*asked, begin, begin + DAY]
    for number, days in enumerate([*_LENGTHS, None]):
        rows.append(
            f"SELECT rowid FROM postings INDEXED BY sum_long WHERE {_LONG} AND {_CLASS} = {number} "
            f"AND occurred_from >= ? AND occurred_from < ?{where}"
        )
        values += [ALWAYS if days is None else on - days * DAY, on, *asked]
    return f"rowid IN ({' UNION ALL '.join(rows)})", values
