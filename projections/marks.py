"""Where the totals of `projections.sums` lie, and how they are held to the postings.

They are kept in the transaction that stores postings. What a fact recorded today changes is put
beside the marks, and among them when enough has come together. What happened lately lies after
nearly all marks, so that few change then, whatever the ledger holds. The tables follow from the
postings and are in no digest; small ledgers have none.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice, pairwise
from json import dumps
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ledger.values.instants import ALWAYS, FOREVER
from projections.spans import INDEXES
from projections.sums import ASIDE, HALF, MARK, MORE, WIDTH, added, changes, columns, count, kept

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from projections.sums import Entry

#: Below so many postings a scan is fast enough, and nothing is kept.
LEAST = 50_000
#: At least so many entries of a class lie with a mark, and at most twice as many.
STEP = 256
#: At most so many classes are there, which are found from so many postings.
CLASSES, SAMPLE = 64, 4096
#: When there are so many times as many postings, other classes are found.
GROWN = 4
#: So many entries lie beside the marks before they are put among them.
LATELY = 256
#: So many are put among them at once when all are.
PORTION = 50_000

_TABLES = {
    "sum_places": "number INTEGER PRIMARY KEY, place TEXT UNIQUE",
    # A class has lags up to `upto`, of which there are those between the least and the greatest.
    "sum_classes": "class INTEGER, upto INTEGER, least INTEGER, greatest INTEGER",
    # Entries that happened from `first` on, and the totals up to the middle one of them.
    "sum_marks": "class INTEGER, first INTEGER, entries BLOB, totals BLOB",
    # Entries that are not with a mark yet.
    "sum_lately": "happened, known, target, source, one, other",
    # How many postings there were when the classes were found.
    "sum_made": "postings INTEGER",
}

_POSTINGS = """
    SELECT occurred_to, known_from, known_to, place, other, low, high, about FROM postings
    WHERE inward AND rank >= 1
    """
_ALL = f"{_POSTINGS} ORDER BY occurred_to"
_OF_STREAMS = f"{_POSTINGS} AND stream IN (SELECT value FROM json_each(?))"

#: When some of the entries happened and were known.
_SAMPLE = f"""
    WITH RECURSIVE some (number) AS (
        SELECT 1 UNION ALL SELECT number + ?1 FROM some WHERE number + ?1 <= ?2
    )
    SELECT occurred_to, known_from FROM some CROSS JOIN postings ON postings.rowid = number
    UNION ALL
    SELECT occurred_to, known_to FROM some CROSS JOIN postings ON postings.rowid = number
    WHERE known_to < {FOREVER}
    """

#: A class has lags from one to another as well.
_WIDER = """
    UPDATE sum_classes SET least = MIN(?1, IFNULL(least, ?1)),
    greatest = MAX(?2, IFNULL(greatest, ?2)) WHERE class = ?3
    """
#: The mark of an instant in a class, and all later ones.
_MARKS = f"""
    SELECT first, rowid FROM sum_marks WHERE class = ?1
    AND (first, rowid) >= ({MARK.format("first, rowid", "?1", "?2")}) ORDER BY first, rowid
    """
_HAPPENED = itemgetter(0)


def make(cursor: sqlite3.Cursor) -> None:
    """Keep sums from now on, if there are postings enough."""
    views = cursor.connection
    last = _last(views)
    if last < LEAST or kept(views):
        return
    for name, described in _TABLES.items():
        views.execute(f"CREATE TABLE {name} ({described})")
    views.execute("CREATE INDEX sum_marks_0 ON sum_marks (class, first)")
    for index in INDEXES:
        views.execute(index)
    views.execute("INSERT INTO sum_made VALUES (?)", (last,))
    for number, upto in enumerate(_classes(views, last)):
        views.execute("INSERT INTO sum_classes VALUES (?, ?, NULL, NULL)", (number, upto))
        views.execute("INSERT INTO sum_marks VALUES (?, ?, x'', x'')", (number, ALWAYS - 1))
    entries = _entries(views, views.execute(_ALL))
    while portion := [*islice(entries, PORTION)]:
        _put(views, portion)


@contextmanager
def following(
    cursor: sqlite3.Cursor, streams: Sequence[str], older: Sequence[str]
) -> Iterator[None]:
    """Hold the sums to the postings of streams that are replaced inside; new ones have none."""
    views = cursor.connection
    if not kept(views):
        yield
        make(cursor)
        return
    replaced: Counter[Entry] = Counter()
    if older:
        replaced.subtract(_entries(views, views.execute(_OF_STREAMS, (dumps(older),))))
    yield
    replaced.update(_entries(views, views.execute(_OF_STREAMS, (dumps(streams),))))
    lately = [(*entry, times) for entry, times in replaced.items() if times]
    views.executemany("INSERT INTO sum_lately VALUES (?, ?, ?, ?, ?5 * ?7, ?6 * ?7)", lately)
    if views.execute("SELECT COUNT(*) FROM sum_lately").fetchone()[0] >= LATELY:
        _put(views, views.execute("SELECT * FROM sum_lately ORDER BY happened").fetchall())
        views.execute("DELETE FROM sum_lately")
        if _last(views) > GROWN * views.execute("SELECT postings FROM sum_made").fetchone()[0]:
            for name in _TABLES:
                views.execute(f"DROP TABLE {name}")
            make(cursor)


def _last(views: sqlite3.Connection) -> int:
    return int(views.execute("SELECT MAX(rowid) FROM postings").fetchone()[0] or 0)


def _classes(views: sqlite3.Connection, last: int) -> list[int]:
    """The greatest lag of each class; the last class takes all that are greater.

    Of a class a question reads what happened in a time as long as the class is wide. The one of
    which it reads the most is divided, again and again, until that is little.
    """
    sample = views.execute(_SAMPLE, (max(1, last // SAMPLE), last)).fetchall()
    if not sample:
        return [FOREVER]
    days = sorted(happened for happened, _ in sample)
    half = days[len(days) * 3 // 4] - days[len(days) // 4]  # in which half of all happened
    little = STEP * 2 * half * len(sample)
    classes = [sorted(known - happened for happened, known in sample)]
    while len(classes) < CLASSES:
        widest = max(classes, key=lambda one: len(one) * (one[-1] - one[0]))
        if len(widest) * (widest[-1] - widest[0]) * last // 2 <= little:
            break
        middle = bisect_left(widest, (widest[0] + widest[-1] + 1) // 2)
        classes.remove(widest)
        classes += [widest[:middle], widest[middle:]]
    return [*sorted(one[-1] for one in classes)[:-1], FOREVER]


def _entries(views: sqlite3.Connection, postings: Iterable[Sequence[Any]]) -> Iterator[Entry]:
    """The entries of postings into a place, each of which has its like out of another."""

    @cache
    def number(place: str) -> int:
        row = views.execute("SELECT number FROM sum_places WHERE place = ?", (place,)).fetchone()
        if row is None:
            new = views.execute("INSERT INTO sum_places (place) VALUES (?)", (place,))
            row = (new.lastrowid,)
        return WIDTH * int(row[0])

    for happened, known, ended, place, other, low, high, about in postings:
        target, source = number(place), number(other)
        if low == high and low is not None and not about:
            parts = [(target, source, 1, low)]
        else:
            parts = [
                *_uncertain(target, low, high, about),
                *_uncertain(source, _less(high), _less(low), about),
            ]
        for part in parts:
            yield happened, known, *part
        if ended < FOREVER:
            for target, source, rows, people in parts:
                yield happened, ended, target, source, -rows, -people


def _less(people: int | None) -> int | None:
    return None if people is None else -people


def _uncertain(
    number: int, low: int | None, high: int | None, about: int
) -> Iterator[tuple[int, int, int, int]]:
    """What one place has of people not all of whom are counted."""
    yield number, ASIDE, 1 + HALF * (low is None), low or 0
    yield number + MORE, ASIDE, (high is None) + HALF * about, (high or 0) - (low or 0)


def _put(views: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Put entries, by when they happened, among the marks of their classes."""
    bounds = [upto for (upto,) in views.execute("SELECT upto FROM sum_classes ORDER BY class")]
    classes: list[list[Entry]] = [[] for _ in bounds]
    for entry in entries:
        classes[bisect_left(bounds, entry[1] - entry[0])].append(entry)
    places = views.execute("SELECT COUNT(*) FROM sum_places").fetchone()[0]
    for number, some in enumerate(classes):
        if some:
            _put_in(views, number, some, WIDTH * (places + 1))


def _put_in(views: sqlite3.Connection, number: int, entries: list[Entry], length: int) -> None:
    """Put entries among the marks of a class; what lies after them has other totals then."""
    lags = [entry[1] - entry[0] for entry in entries]
    views.execute(_WIDER, (min(lags), max(lags), number))
    marks = views.execute(_MARKS, (number, entries[0][0])).fetchall()
    changed = array("q", bytes(8 * length))
    done = 0
    for (_, row), (until, _) in zip(marks, [*marks[1:], (FOREVER, 0)], strict=True):
        stored, totals = views.execute(
            "SELECT entries, totals FROM sum_marks WHERE rowid = ?", (row,)
        ).fetchone()
        numbers = added([totals, changed.tobytes()], length)
        begun, done = done, bisect_left(entries, until, done, key=_HAPPENED)
        if begun == done:
            views.execute("UPDATE sum_marks SET totals = ? WHERE rowid = ?", (numbers, row))
            continue
        there, new = columns(stored), entries[begun:done]
        count(numbers, changes(there, 0, len(there[0]) // 2), -1)
        together = sorted([*zip(*there, strict=True), *new], key=_HAPPENED)
        _store(views, number, row, together, numbers)
        if until < FOREVER:
            count(changed, [entry[2:] for entry in new])


def _store(
    views: sqlite3.Connection, number: int, row: int, entries: list[Entry], numbers: array[int]
) -> None:
    """Store the entries of a mark in its row, and more marks where they are many.

    `numbers` are the totals before them.
    """
    edges = [0, *range(STEP, len(entries) - STEP, STEP), len(entries)]
    for begin, end in pairwise(edges):
        some, middle = [*zip(*entries[begin:end], strict=True)], (end - begin) // 2
        count(numbers, changes(some, 0, middle))
        stored = array("q", chain.from_iterable(some))
        if begin == 0:
            views.execute(
                "UPDATE sum_marks SET entries = ?, totals = ? WHERE rowid = ?",
                (stored, numbers, row),
            )
        else:
            views.execute(
                "INSERT INTO sum_marks VALUES (?, ?, ?, ?)", (number, some[0][0], stored, numbers)
            )
        count(numbers, changes(some, middle, end))
