"""Where the totals of `projections.sums` lie, and how they are held to the postings.

They are kept in the transaction that stores postings. What happened lately lies after nearly all
marks, so that a fact recorded today changes few, whatever the ledger holds. The tables follow from
the postings and are in no digest; small ledgers have none.
"""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from ledger.values.instants import FOREVER
from projections.spans import INDEX
from projections.sums import ADDED, ADDS, BEFORE, CLASSES, HALF, TAKEN, TAKES, WIDTH, kept, plus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from projections.sums import Total

    #: What an entry adds, in a class, at an instant, to a place.
    Change = tuple[int, int, str, Total]

#: Below so many postings a scan is fast enough, and nothing is kept.
LEAST = 50_000

#: About so many entries of a class lie between two marks.
STEP = 256

_SAID = "place, low, high, about"
_TABLES = (
    "CREATE TABLE sum_places (number INTEGER PRIMARY KEY, place TEXT UNIQUE)",
    "CREATE TABLE sum_marks (class INTEGER, upto INTEGER, totals BLOB)",
    "CREATE UNIQUE INDEX sum_marks_0 ON sum_marks (class, upto)",
    # The last posting when marks were added, and how many entries came amid marks since then.
    "CREATE TABLE sum_state (last INTEGER, amid INTEGER)",
    "INSERT INTO sum_state VALUES (0, 0)",
    (
        f"CREATE INDEX sum_adds ON postings ({ADDS}, occurred_to, known_from, {_SAID}, rank) "
        f"WHERE {ADDED}"
    ),
    (
        f"CREATE INDEX sum_takes ON postings ({TAKES}, occurred_to, known_to, {_SAID}, rank) "
        f"WHERE {TAKEN}"
    ),
    INDEX,
)
_ENTRIES = f"""
    SELECT occurred_to, 1, {_SAID} FROM postings INDEXED BY sum_adds
    WHERE {ADDS} = ?1 AND occurred_to > ?2 AND {ADDED}
    UNION ALL
    SELECT occurred_to, -1, {_SAID} FROM postings INDEXED BY sum_takes
    WHERE {TAKES} = ?1 AND occurred_to > ?2 AND {TAKEN}
    ORDER BY 1
    """
_OF_A_STREAM = f"""
    SELECT {ADDS}, {TAKES}, known_to < {FOREVER}, occurred_to, {_SAID} FROM postings
    WHERE stream = ? AND {ADDED}
    """


def make(cursor: sqlite3.Cursor) -> None:
    """Keep sums from now on, if there are postings enough."""
    views = cursor.connection
    if _last(views) < LEAST or kept(views):
        return
    for statement in _TABLES:
        views.execute(statement)
    _grow(views)


@contextmanager
def following(cursor: sqlite3.Cursor, streams: Sequence[str]) -> Iterator[None]:
    """Hold the sums to the postings of streams that are replaced inside."""
    views = cursor.connection
    if not kept(views):
        yield
        make(cursor)
        return
    changes: dict[tuple[int, int, str], Total] = {}
    _note(views, streams, -1, changes)
    yield
    _note(views, streams, 1, changes)
    changed = sorted((*where, total) for where, total in changes.items() if any(total))
    amid = sum(
        _shift(views, number, list(group))
        for number, group in groupby(changed, key=lambda change: change[0])
    )
    views.execute("UPDATE sum_state SET amid = amid + ?", (amid,))
    last, crowded = views.execute("SELECT last, amid > last / 2 FROM sum_state").fetchone()
    if crowded:
        views.execute("DELETE FROM sum_marks")
        views.execute("UPDATE sum_state SET amid = 0")
    if crowded or _last(views) - last >= STEP:
        _grow(views)


def _last(views: sqlite3.Connection) -> int:
    return int(views.execute("SELECT MAX(rowid) FROM postings").fetchone()[0] or 0)


def _note(
    views: sqlite3.Connection, streams: Sequence[str], sign: int,
    changes: dict[tuple[int, int, str], Total],
) -> None:  # fmt: skip
    """Add up the entries of streams by class, instant and place."""
    for stream in streams:
        for adds, takes, replaced, at, place, *said in views.execute(_OF_A_STREAM, (stream,)):
            for number, weight in ((adds, sign), (takes, -sign))[: 1 + replaced]:
                key = (number, at, place)
                changes[key] = plus(changes.get(key), _total(weight, *said))


def _total(weight: int, low: int | None, high: int | None, about: int) -> Total:
    rows = 1 + HALF * (low is None)
    marked = (high is None) + HALF * about
    return (weight * rows, weight * marked, weight * (low or 0), weight * (high or 0))


def _shift(views: sqlite3.Connection, number: int, changes: Sequence[Change]) -> int:
    """Change the totals at the marks at or after each change; how many lie before a mark."""
    marks = views.execute(
        "SELECT upto, rowid FROM sum_marks WHERE class = ? AND upto >= ? ORDER BY upto",
        (number, changes[0][1]),
    ).fetchall()
    so_far: dict[str, Total] = {}
    done = 0
    for upto, row in marks:
        while done < len(changes) and changes[done][1] <= upto:
            _, _, place, total = changes[done]
            so_far[place] = plus(so_far.get(place), total)
            done += 1
        found = views.execute("SELECT totals FROM sum_marks WHERE rowid = ?", (row,)).fetchone()
        totals = array("q", found[0])
        for place, total in so_far.items():
            _add(totals, _offset(views, place), total)
        views.execute("UPDATE sum_marks SET totals = ? WHERE rowid = ?", (totals.tobytes(), row))
    return done


def _add(totals: array[int], offset: int, total: Total) -> None:
    if len(totals) < offset + WIDTH:
        totals.extend([0] * (offset + WIDTH - len(totals)))
    for place, number in enumerate(total, start=offset):
        totals[place] += number


def _offset(views: sqlite3.Connection, place: str) -> int:
    """Where the total of a place begins; a new place is the last."""
    found = views.execute("SELECT number FROM sum_places WHERE place = ?", (place,)).fetchone()
    if found is None:
        found = views.execute("SELECT COUNT(*) FROM sum_places").fetchone()
        views.execute("INSERT INTO sum_places VALUES (?, ?)", (found[0], place))
    return WIDTH * int(found[0])


def _grow(views: sqlite3.Connection) -> None:
    """Add marks where enough entries lie after the last mark of a class."""
    for number in CLASSES:
        upto, totals = views.execute(
            "SELECT upto, totals FROM sum_marks WHERE class = ? ORDER BY upto DESC LIMIT 1",
            (number,),
        ).fetchone() or (BEFORE, b"")
        for mark in _marks(views, number, upto, array("q", totals)):
            views.execute("INSERT INTO sum_marks VALUES (?, ?, ?)", (number, *mark))
    views.execute("UPDATE sum_state SET last = ?", (_last(views),))


def _marks(
    views: sqlite3.Connection, number: int, upto: int, totals: array[int]
) -> Iterator[tuple[int, bytes]]:
    """New marks of a class: as many entries further on as a step, at the end of an instant."""
    offsets: dict[str, int] = {}
    since = 0
    for at, sign, place, low, high, about in views.execute(_ENTRIES, (number, upto)):
        if since >= STEP and at > upto:
            yield upto, totals.tobytes()
            since = 0
        upto, since = at, since + 1
        offset = offsets.get(place)
        if offset is None:
            offset = offsets[place] = _offset(views, place)
            _add(totals, offset, (0, 0, 0, 0))
        if about or low is None or low != high:
            _add(totals, offset, _total(sign, low, high, about))
        else:
            totals[offset] += sign
            totals[offset + 2] += sign * low
            totals[offset + 3] += sign * low
    if since >= STEP:
        yield upto, totals.tobytes()
