"""Sums kept for large ledgers, so that a population need not read every posting there is.

What is posted into one place is posted out of another, so two postings are one *entry*. It counts
from the instant it was known, if it had happened by the day asked about; one that was replaced
stops counting at a later instant, which is a second entry that takes away. So each entry has two
instants: when it happened, and when it was known.

Most things become known soon. Entries are therefore told apart by their *lag*, the time from one
instant to the other, into classes that follow from the ledger itself. Those of one class are nearly
in the same order by both instants: as known at `K`, all that happened before `K` less the greatest
lag are known, and none that happened after `K` less the least. Which entries of a class count is
thus a question about one order alone, but for entries of a stretch as long as the class is wide.

In that order entries lie some hundred to a *mark*, with the totals of every place up to the middle
one of them (see `projections.marks`). A question takes the totals at one mark of every class, and
reads the entries from there to what it asks for. Whatever came in whatever order, the answer is
that of `population.scanned`, which is the definition.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from contextlib import contextmanager
from itertools import chain, compress
from operator import add
from sys import byteorder
from typing import TYPE_CHECKING, Any

from ledger.values.instants import ALWAYS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from projections.question import Question

    #: The last four numbers of entries.
    Changes = Iterable[tuple[int, int, int, int]]

#: Rows, and `HALF` for each that is open below; rows open above, and `HALF` for each marked about;
#: people at least; people at most. Counts share a number because each number takes its time.
Total = tuple[int, int, int, int]
Totals = dict[str, Total]

#: When it happened, when it was known, to which number it adds rows, and people to the next one; to
#: which it adds rows, and takes people from the next one; how many rows and people.
Entry = tuple[int, int, int, int, int, int]

HALF = 1 << 32

#: A total as SQL, of rows that each count `{0}` times.
TOTAL = (
    f"SUM({{0}} * (1 + {HALF} * (low IS NULL))), SUM({{0}} * ((high IS NULL) + {HALF} * about)), "
    "COALESCE(SUM({0} * low), 0), COALESCE(SUM({0} * high), 0)"
)

#: The numbers of a place in the totals of a mark: rows and people at least, and from `MORE` on what
#: is marked and how many more at most. The first ones are of no place; they take what is `ASIDE`.
WIDTH, MORE, ASIDE = 4, 2, 0

#: Of a class, the last mark before an instant.
MARK = (
    "SELECT {} FROM sum_marks WHERE class = {} AND first <= {} "
    "ORDER BY first DESC, rowid DESC LIMIT 1"
)
#: For each class the marks of what may or may not count, the middle one with its totals.
_MARKS = f"""
    WITH stretch (class, after, until, middle) AS (
        SELECT class, after, until, after + (until - after) / 2 FROM (
            SELECT class, MIN(?1, ?2 - greatest) AS after, MIN(?1, ?2 - least) AS until
            FROM sum_classes
        )
    )
    SELECT entries, after, until, first > middle,
        CASE WHEN sum_marks.rowid = ({MARK.format("rowid", "stretch.class", "middle")})
        THEN substr(totals, ?3, ?4) END
    FROM stretch CROSS JOIN sum_marks ON sum_marks.class = stretch.class AND first <= until
    AND (first, sum_marks.rowid) >= ({MARK.format("first, rowid", "stretch.class", "after")})
    """
#: What was recorded lately lies beside the marks.
_LATELY = "SELECT target, source, one, other FROM sum_lately WHERE happened <= ? AND known <= ?"


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
    where, values = ("", ()) if place is None else ("WHERE place = ?", (place,))
    places = views.execute(f"SELECT place, number FROM sum_places {where} ORDER BY 2", values)
    asked = places.fetchall()
    if not asked:
        return {}
    part = slice(WIDTH * asked[0][1], WIDTH * (asked[-1][1] + 1))
    numbers = iter(_numbers(views, min(question.on, question.until), question.as_known, part))
    return {
        name: (rows, marked, low, low + more)
        for (name, _), rows, low, marked, more in zip(asked, *[numbers] * WIDTH, strict=True)
        if rows
    }


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


def _numbers(views: sqlite3.Connection, on: int, known: int, part: slice) -> list[int]:
    """A part of all numbers: those of the totals, and what entries change of them."""
    (last,) = views.execute("SELECT MAX(number) FROM sum_places").fetchone()
    size = part.stop - part.start
    totals: list[bytes] = []
    adding: list[Changes] = [views.execute(_LATELY, (on, known))]
    taking: list[Changes] = []
    rows = views.execute(_MARKS, (on, known, 8 * part.start + 1, 8 * size))
    for entries, after, until, later, found in rows:
        numbers = columns(entries)
        happened, knowns = numbers[:2]
        # So many of these entries are in the totals; those that count are the sure ones, and of the
        # next ones up to the end what was known.
        included = 0 if later else len(happened)
        if found is not None:
            totals.append(found)
            included //= 2
        sure, end = bisect_right(happened, after), bisect_right(happened, until)
        half = min(max(sure, included), end)
        adding += (
            changes(numbers, included, sure),
            compress(changes(numbers, half, end), map(known.__ge__, knowns[half:end])),
        )
        taking += (
            changes(numbers, end, included),
            compress(changes(numbers, sure, half), map(known.__lt__, knowns[sure:half])),
        )
    every = [0] * (WIDTH * (last + 1))
    every[part] = added(totals, size)
    count(every, chain.from_iterable(adding))
    count(every, chain.from_iterable(taking), -1)
    return every[part]


def columns(entries: bytes) -> list[array[int]]:
    """Entries as they are stored: the first numbers of all of them, the second ones, and so on."""
    numbers = array("q", entries)
    each = len(numbers) // 6
    return [numbers[column * each : (column + 1) * each] for column in range(6)]


def changes(numbers: Sequence[Sequence[int]], begin: int, end: int) -> Changes:
    """What the entries of a stretch change; nothing where it ends before it begins."""
    return zip(*[one[begin:end] for one in numbers[2:]], strict=True) if begin < end else ()


def count(numbers: array[int] | list[int], entries: Changes, sign: int = 1) -> None:
    """Add to numbers what entries change, or take it away."""
    for target, source, one, other in entries:
        rows, people = sign * one, sign * other
        numbers[target] += rows
        numbers[target + 1] += people
        numbers[source] += rows
        numbers[source + 1] -= people


def added(vectors: Sequence[bytes], length: int) -> array[int]:
    """The sums, number by number, of arrays that may end early.

    All numbers of an array are added at once, as one long integer. With its sign bit turned over
    each is itself and 2**63, never negative, so that it takes nothing from the number beside it.
    """
    size = 8 * length
    excess = int.from_bytes(array("q", [-(2**63)]).tobytes() * length, byteorder)
    integers = (int.from_bytes(one.ljust(size, b"\0"), byteorder) ^ excess for one in vectors)
    together = sum(integers, excess) - len(vectors) * excess
    return array("q", (together ^ excess).to_bytes(size, byteorder))
