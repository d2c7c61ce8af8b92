"""Sums kept for large ledgers, so that a population need not read every posting there is.

A posting counts from the instant it was known, if it had happened by the day asked about; one that
was replaced stops counting at a later instant. So it is one *entry* that adds, and perhaps a second
that takes away, each with two instants: when it happened, and when it was known.

Most things become known soon. Entries are therefore told apart by their *lag*, the time from one
instant to the other. Those of one class of lag are nearly in the same order by both: as known at
`K`, all that happened before `K` less the greatest lag are known, and none that happened after `K`
less the least. Which entries of a class count is thus a question about one order alone, but for
entries of a stretch that is no longer than the class is wide.

For each class the totals of every place up to certain instants, its *marks*, are kept (see
`projections.marks`), with some hundred entries from one mark to the next. A question takes the
totals at one mark of every class, and reads the entries between there and what it asks for.
Whatever came in whatever order, the answer is that of `population.scanned`, which is the
definition; where the stretches are long, it takes as long.
"""

from __future__ import annotations

from contextlib import contextmanager
from operator import add, itemgetter
from sys import byteorder
from typing import TYPE_CHECKING, Any

from ledger.values.instants import ALWAYS, DAY, FOREVER, NEVER

if TYPE_CHECKING:
    import sqlite3
    from array import array
    from collections.abc import Iterable, Iterator, Sequence

    from projections.question import Question

#: Rows, and `HALF` for each that is open below; rows open above, and `HALF` for each marked about;
#: people at least; people at most. Counts share a number because each number takes its time.
Total = tuple[int, int, int, int]
Totals = dict[str, Total]

HALF = 1 << 32

#: A total as SQL, of rows that each count `{0}` times.
TOTAL = (
    f"SUM({{0}} * (1 + {HALF} * (low IS NULL))), SUM({{0}} * ((high IS NULL) + {HALF} * about)), "
    "COALESCE(SUM({0} * low), 0), COALESCE(SUM({0} * high), 0)"
)

#: The numbers of a total, and their bytes.
WIDTH, BYTES = 4, 32

#: The greatest lag of each class, in days; the last class has none.
LAGS = (
    *(-1024, -64, -8, -1, 1, 3, 8, 16, 32, 48, 64, 80, 96, 128, 160, 205, 256, 325, 400, 520, 650),
    *(1024, 2048, 4096),
)
CLASSES = range(len(LAGS) + 1)

_UPPER = [days * DAY for days in LAGS]

#: Before everything that may have happened.
BEFORE = ALWAYS - 1


def _class(known: str) -> str:
    cases = (
        f"WHEN {known} - occurred_to <= {upper} THEN {number}"
        for number, upper in enumerate(_UPPER)
    )
    return f"CASE {' '.join(cases)} ELSE {len(_UPPER)} END"


#: The classes of the two entries of a posting as SQL; it has the second where it was replaced.
ADDS, TAKES = _class("known_from"), _class("known_to")
ADDED, TAKEN = "rank >= 1", f"rank >= 1 AND known_to < {FOREVER}"

_INSTANTS = ", ".join(f"({number}, ?)" for number in CLASSES)
_NEAREST = f"""
    WITH wanted (class, instant) AS (VALUES {_INSTANTS})
    SELECT (SELECT upto FROM sum_marks WHERE sum_marks.class = wanted.class AND upto <= instant
            ORDER BY upto DESC LIMIT 1),
           (SELECT upto FROM sum_marks WHERE sum_marks.class = wanted.class AND upto > instant
            ORDER BY upto LIMIT 1)
    FROM wanted ORDER BY class
    """
_MARKED = f"""
    WITH wanted (class, mark) AS (VALUES {_INSTANTS})
    SELECT {{}} FROM wanted
    CROSS JOIN sum_marks ON sum_marks.class = wanted.class AND upto = mark
    """
_STRETCHES = ", ".join(
    f"({number}, ?{3 * number + 4}, ?{3 * number + 5}, ?{3 * number + 6})" for number in CLASSES
)
_WITHIN = "stretch.class AND occurred_to > after AND occurred_to <= until"


def _between(place: str) -> str:
    """What counts of the entries read, less what is in the totals of the mark."""
    return f"""
    WITH stretch (class, after, until, mark) AS (VALUES {_STRETCHES})
    SELECT place, {TOTAL.format("weight")} FROM (
        SELECT place, low, high, about,
            (known_from <= ?1 AND occurred_to <= ?2) - (occurred_to <= mark) AS weight
        FROM stretch CROSS JOIN postings INDEXED BY sum_adds
        WHERE {ADDS} = {_WITHIN} AND {ADDED} AND weight <> 0 {place}
        UNION ALL
        SELECT place, low, high, about,
            (occurred_to <= mark) - (known_to <= ?1 AND occurred_to <= ?2) AS weight
        FROM stretch CROSS JOIN postings INDEXED BY sum_takes
        WHERE {TAKES} = {_WITHIN} AND {TAKEN} AND weight <> 0 {place}
    ) GROUP BY place
    """


_ALL, _ONE = _between(""), _between("AND place = ?3")


@contextmanager
def snapshot(views: sqlite3.Connection) -> Iterator[None]:
    """Marks and postings are read one after the other; meanwhile the views may catch up."""
    if views.in_transaction:
        yield
        return
    views.execute("BEGIN")
    try:
        yield
    finally:
        views.execute("ROLLBACK")


def of(views: sqlite3.Connection, question: Question, place: str | None = None) -> Totals | None:
    """What counts in one place or in all, by place; None where no sums are kept of such.

    They are kept of everything that counts at all, not of higher ranks nor of a period. To be asked
    in a transaction.
    """
    if question.rank != 1 or question.since != ALWAYS or not kept(views):
        return None
    known, on = question.as_known, min(question.on, question.until)
    unsure = [_unsure(number, on, known) for number in CLASSES]
    marks = _nearest(views, unsure)
    stretches: list[int] = []
    for (after, until), mark in zip(unsure, marks, strict=True):
        stretches += (min(mark, after), max(mark, until), mark)
    found = _at(views, marks) if place is None else _at_of(views, marks, place)
    rows = views.execute(_ALL if place is None else _ONE, (known, on, place, *stretches))
    for where, total in by_place(rows).items():
        found[where] = plus(found.get(where), total)
    return {where: total for where, total in found.items() if total[0]}


def kept(views: sqlite3.Connection) -> bool:
    """Whether sums are kept in these views."""
    found = views.execute("SELECT 1 FROM sqlite_master WHERE name = 'sum_marks'").fetchone()
    return found is not None


def by_place(rows: Iterable[Sequence[Any]]) -> Totals:
    """Rows of a place and its total."""
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def plus(one: Sequence[int] | None, other: Sequence[int]) -> Total:
    """Two totals together."""
    return tuple(map(add, one, other)) if one else tuple(other)  # type: ignore[return-value]


def less(one: Total | None, other: Total | None) -> Total | None:
    """What is left of a total without a part of it."""
    return plus(one, [-number for number in other]) if other else one


def _unsure(number: int, on: int, known: int) -> tuple[int, int]:
    """Of a class, everything up to the first of two instants counts, and nothing after the other.

    What happened between them counts if it was known.
    """
    if known >= NEVER:
        return on, on
    after = known - _UPPER[number] if number < len(_UPPER) else BEFORE
    until = known - _UPPER[number - 1] if number else on
    return max(min(after, on), BEFORE), min(until, on)


def _nearest(views: sqlite3.Connection, unsure: Sequence[tuple[int, int]]) -> list[int]:
    """The mark of each class that is nearest to the middle of what is unsure."""
    middles = [(after + until) // 2 for after, until in unsure]
    found = []
    for near, middle in zip(views.execute(_NEAREST, middles), middles, strict=True):
        distances = [(abs(mark - middle), mark) for mark in near if mark is not None]
        found.append(min(distances, default=(0, BEFORE))[1])
    return found


def _at(views: sqlite3.Connection, marks: Sequence[int]) -> Totals:
    """The totals of all places at a mark of each class, all classes together."""
    numbers = iter(_added([totals for (totals,) in views.execute(_MARKED.format("totals"), marks)]))
    places = views.execute("SELECT place FROM sum_places ORDER BY number")
    return dict(zip(map(itemgetter(0), places), zip(*[numbers] * WIDTH, strict=True), strict=False))


def _at_of(views: sqlite3.Connection, marks: Sequence[int], place: str) -> Totals:
    """The same of one place."""
    row = views.execute("SELECT number FROM sum_places WHERE place = ?", (place,)).fetchone()
    if row is None:
        return {}
    part = f"substr(totals, {row[0] * BYTES + 1}, {BYTES})"
    parts = [one for (one,) in views.execute(_MARKED.format(part), marks)]
    return {place: tuple(_added(parts))} if any(parts) else {}  # type: ignore[dict-item]


def _added(vectors: Sequence[bytes]) -> array[int]:
    """The sums, number by number, of arrays that may end early.

    All numbers of an array are added at once, as one long integer. With its sign bit turned over
    each is itself and 2**63, never negative, so that it takes nothing from the number beside it.
    """
    from array import array

    length = max(map(len, vectors), default=0)
    excess = int.from_bytes(array("q", [-(2**63)]).tobytes() * (length // 8), byteorder)
    integers = (int.from_bytes(one.ljust(length, b"\0"), byteorder) ^ excess for one in vectors)
    added = sum(integers, excess) - len(vectors) * excess
    return array("q", (added ^ excess).to_bytes(length, byteorder))
