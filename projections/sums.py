"""Sums kept for large ledgers, so that a population need not read every posting there is.

A posting counts from the instant it was known, if it had happened by the day asked about; one that
was replaced stops counting at a later instant. So it is one *entry* that adds, and perhaps a second
that takes away, each with two instants: when it happened, and when it was known.

Most things become known soon. Entries are therefore told apart by their *lag*, the time from one
instant to the other. Those of one class of lag are nearly in the same order by both: by `K`, all
that happened before `K` less the greatest lag are known, and none that happened after `K` less the
least. Which entries of a class count is then a question about one order only, but for the entries
of a stretch no longer than the class is wide.

For each class the totals of every place up to certain instants, its *marks*, are kept; between two
marks lie about `STEP` entries. A question takes the totals at the nearest mark of every class, and
reads the entries between there and what it asks for. Whatever the order of the facts the answer is
that of the plain scan in `population`, which stays the definition; where lags are such that the
stretches are long, it is as slow as the scan.

Marks are kept in the transaction that stores postings. What is recorded today lies after nearly all
marks, so that it changes few. The tables follow from the postings and are in no digest.
"""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from operator import add, itemgetter
from sys import byteorder
from typing import TYPE_CHECKING, Any

from ledger.values.instants import ALWAYS, DAY, NEVER
from projections.kernel import FOREVER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from projections.question import Clause, Question

#: Below so many postings a scan is fast enough, and nothing is kept.
LEAST = 50_000

#: About so many entries of a class lie between two marks.
STEP = 256

#: The greatest lag of each class, in days; the last class has none.
LAGS = (
    *(-1024, -64, -8, -1, 0, 1, 2, 3, 5, 8, 11, 15, 25, 40, 60, 90, 130, 180, 256, 360, 512, 724),
    *(1024, 2048, 4096),
)

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

_WIDTH = 4
_BYTES = 8 * _WIDTH
_BEFORE = ALWAYS - 1
_UPPER = [days * DAY for days in LAGS]


def _class(known: str) -> str:
    """The class of an entry as SQL."""
    cases = " ".join(
        f"WHEN {known} - occurred_to <= {upper} THEN {number}"
        for number, upper in enumerate(_UPPER)
    )
    return f"CASE {cases} ELSE {len(_UPPER)} END"


_IN, _OUT = _class("known_from"), _class("known_to")
_ENDED = f"rank >= 1 AND known_to < {FOREVER}"
_SAID = "place, low, high, about"
_COVERS = f"{_SAID}, rank"

#: Classes of postings by the longest time in which they may have happened, in days.
_LONG = (32, 100, 370)

_SPAN = "occurred_to - occurred_from"
_LONGER = f"{_SPAN} > {DAY}"
_LENGTH = "CASE " + " ".join(
    f"WHEN {_SPAN} <= {days * DAY} THEN {number}" for number, days in enumerate(_LONG)
) + f" ELSE {len(_LONG)} END"  # fmt: skip

_TABLES = (
    "CREATE TABLE sum_places (number INTEGER PRIMARY KEY, place TEXT UNIQUE)",
    "CREATE TABLE sum_marks (class INTEGER, upto INTEGER, totals BLOB)",
    "CREATE UNIQUE INDEX sum_marks_0 ON sum_marks (class, upto)",
    "CREATE TABLE sum_reach (row INTEGER)",
    f"CREATE INDEX sum_in ON postings ({_IN}, occurred_to, known_from, {_COVERS}) WHERE rank >= 1",
    f"CREATE INDEX sum_long ON postings ({_LENGTH}, occurred_from) WHERE {_LONGER}",
    f"CREATE INDEX sum_out ON postings ({_OUT}, occurred_to, known_to, {_COVERS}) WHERE {_ENDED}",
)

_WALK = f"""
    SELECT occurred_to, 1, {_SAID} FROM postings INDEXED BY sum_in
    WHERE {_IN} = ?1 AND occurred_to > ?2 AND rank >= 1
    UNION ALL
    SELECT occurred_to, -1, {_SAID} FROM postings INDEXED BY sum_out
    WHERE {_OUT} = ?1 AND occurred_to > ?2 AND {_ENDED}
    ORDER BY 1
"""
_ANY = ", ".join(map(str, range(len(LAGS) + 1)))
_STRETCHES = ", ".join(["(?4, ?, ?, ?)", *["(?, ?, ?, ?)"] * len(LAGS)])
_COUNTS = "(known_{} <= ?1 AND occurred_to <= ?2)"
_BETWEEN = "class AND occurred_to > after AND occurred_to <= until"


def _between(place: str) -> str:
    """What lies between the marks and the question: what counts, less what the marks count."""
    return f"""
    WITH stretch (class, after, until, mark) AS (VALUES {_STRETCHES})
    SELECT place, {TOTAL.format("w")} FROM (
        SELECT {_SAID}, {_COUNTS.format("from")} - (occurred_to <= mark) AS w
        FROM stretch CROSS JOIN postings INDEXED BY sum_in
        WHERE {_IN} = {_BETWEEN} AND rank >= 1 AND w <> 0 {place}
        UNION ALL
        SELECT {_SAID}, (occurred_to <= mark) - {_COUNTS.format("to")} AS w
        FROM stretch CROSS JOIN postings INDEXED BY sum_out
        WHERE {_OUT} = {_BETWEEN} AND {_ENDED} AND w <> 0 {place}
    ) GROUP BY place
    """


_ALL, _ONE = _between(""), _between("AND place = ?3")


def of(views: sqlite3.Connection, question: Question, place: str | None = None) -> Totals | None:
    """What counts in one place or in all, by place; None where no sums are kept of such.

    They are kept of everything that counts at all, not of higher ranks nor of a period.
    """
    if question.rank != 1 or question.since != ALWAYS or not _kept(views):
        return None
    known, on = question.as_known, min(question.on, question.until)
    stretches: list[int] = []
    marks = []
    for number in range(len(LAGS) + 1):
        after, until = _unsure(number, on, known)
        mark, row = _nearest(views, number, (after + until) // 2)
        stretches += (number, min(mark, after), max(mark, until), mark)
        if row:
            marks.append(row)
    found = _at_marks(views, marks) if place is None else _at_marks_of(views, marks, place)
    rows = views.execute(_ALL if place is None else _ONE, (known, on, place, *stretches))
    for where, total in by_place(rows).items():
        found[where] = _plus(found.get(where), total)
    return {where: total for where, total in found.items() if total[0]}


def around(views: sqlite3.Connection, question: Question) -> Clause | None:
    """The rows of all postings that may or may not have happened by `on`, and of some more.

    None where nothing is kept. The long ones are found by their beginnings, by classes of length.
    """
    if question.rank < 1 or not _kept(views):
        return None
    on = question.on
    short = (
        f"SELECT rowid FROM postings INDEXED BY sum_in WHERE {_IN} IN ({_ANY}) "
        "AND occurred_to > ? AND occurred_to <= ? AND rank >= 1"
    )
    rows, values = [short], [on, on + DAY]
    for number, days in enumerate([*_LONG, None]):
        rows.append(
            f"SELECT rowid FROM postings INDEXED BY sum_long WHERE {_LENGTH} = {number} "
            f"AND occurred_from >= ? AND occurred_from < ? AND {_LONGER}"
        )
        values += [ALWAYS if days is None else on - days * DAY, on]
    return " UNION ALL ".join(rows), values


def by_place(rows: Iterable[Sequence[Any]]) -> Totals:
    """Rows of a place and its total."""
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def less(total: Total | None, part: Total | None) -> Total | None:
    """What is left of a total."""
    if total is None or part is None:
        return total
    return _plus(total, [-number for number in part])


def _unsure(number: int, on: int, known: int) -> tuple[int, int]:
    """Of a class, everything up to the first of two instants counts, and nothing after the other.

    What happened between them counts if it was known.
    """
    if known >= NEVER:
        return on, on
    after = known - _UPPER[number] if number < len(_UPPER) else _BEFORE
    until = known - _UPPER[number - 1] if number else on
    return max(min(after, on), _BEFORE), min(until, on)


def _nearest(views: sqlite3.Connection, number: int, instant: int) -> tuple[int, int]:
    """The mark of a class that is nearest to an instant, and its row; 0 for no row."""
    near = views.execute(
        "SELECT * FROM (SELECT upto, rowid FROM sum_marks WHERE class = ?1 AND upto <= ?2 "
        "ORDER BY upto DESC LIMIT 1) UNION ALL SELECT * FROM (SELECT upto, rowid FROM sum_marks "
        "WHERE class = ?1 AND upto > ?2 ORDER BY upto LIMIT 1)",
        (number, instant),
    ).fetchall()
    return min(near, key=lambda mark: abs(mark[0] - instant), default=(_BEFORE, 0))


def _at_marks(views: sqlite3.Connection, rows: Sequence[int]) -> Totals:
    wanted = ", ".join(map(str, rows))
    marks = views.execute(f"SELECT totals FROM sum_marks WHERE rowid IN ({wanted})")
    numbers = iter(_added([totals for (totals,) in marks]))
    places = views.execute("SELECT place FROM sum_places ORDER BY number")
    return dict(
        zip(map(itemgetter(0), places), zip(*[numbers] * _WIDTH, strict=True), strict=False)
    )


def _added(vectors: Sequence[bytes]) -> array[int]:
    """The sums, number by number, of arrays that may end early.

    All numbers are added at once, as one long integer: with the sign bit turned over a number is
    itself and 2**63, never negative, so that nothing is carried from one to the next but what the
    excess of the other arrays carries, which is taken off.
    """
    length = max(map(len, vectors), default=0)
    excess = int.from_bytes(array("q", [-(2**63)]).tobytes() * (length // 8), byteorder)
    integers = (int.from_bytes(one.ljust(length, b"\0"), byteorder) ^ excess for one in vectors)
    added = sum(integers, excess) - len(vectors) * excess
    return array("q", (added ^ excess).to_bytes(length, byteorder))


def _at_marks_of(views: sqlite3.Connection, rows: Sequence[int], place: str) -> Totals:
    number = _number(views, place)
    if number is None:
        return {}
    found: Total | None = None
    for row in rows:
        (part,) = views.execute(
            f"SELECT substr(totals, ?, {_BYTES}) FROM sum_marks WHERE rowid = ?",
            (number * _BYTES + 1, row),
        ).fetchone()
        found = _plus(found, array("q", part) or [0] * _WIDTH)
    return {place: found} if found else {}


def _plus(one: Sequence[int] | None, other: Sequence[int]) -> Total:
    return tuple(map(add, one, other)) if one else tuple(other)  # type: ignore[return-value]


def _totals(views: sqlite3.Connection, row: int) -> array[int]:
    found = views.execute("SELECT totals FROM sum_marks WHERE rowid = ?", (row,)).fetchone()
    return array("q", found[0])


def _number(views: sqlite3.Connection, place: str) -> int | None:
    found = views.execute("SELECT number FROM sum_places WHERE place = ?", (place,)).fetchone()
    return found[0] if found else None


def _kept(views: sqlite3.Connection) -> bool:
    found = views.execute("SELECT 1 FROM sqlite_master WHERE name = 'sum_marks'").fetchone()
    return found is not None


# Keeping them -----------------------------------------------------------------------------------


def make(cursor: sqlite3.Cursor) -> None:
    """Keep sums from now on, if there are enough postings to matter."""
    if _last_row(cursor.connection) < LEAST or _kept(cursor.connection):
        return
    for statement in _TABLES:
        cursor.execute(statement)
    _grow(cursor.connection)


@contextmanager
def kept(cursor: sqlite3.Cursor, streams: Sequence[str]) -> Iterator[None]:
    """Hold the sums to the postings of streams that are replaced inside."""
    views = cursor.connection
    if not _kept(views):
        yield
        make(cursor)
        return
    changes: dict[tuple[int, int, str], Total] = {}
    _note(views, streams, -1, changes)
    yield
    _note(views, streams, 1, changes)
    for number in {change[0] for change in changes}:
        parts = sorted((at, place, change) for (one, at, place), change in changes.items()
                       if one == number and any(change))  # fmt: skip
        _shift(views, number, parts)
    if _last_row(views) - views.execute("SELECT row FROM sum_reach").fetchone()[0] >= STEP:
        _grow(views)


def _last_row(views: sqlite3.Connection) -> int:
    return int(views.execute("SELECT MAX(rowid) FROM postings").fetchone()[0] or 0)


def _note(
    views: sqlite3.Connection, streams: Sequence[str], sign: int,
    changes: dict[tuple[int, int, str], Total],
) -> None:  # fmt: skip
    """Add up the entries of streams by class, instant and place."""
    statement = (
        f"SELECT {_IN}, {_OUT}, known_to, occurred_to, {_SAID} FROM postings "
        "WHERE stream = ? AND rank >= 1"
    )
    for stream in streams:
        for began, ended, known_to, at, place, *said in views.execute(statement, (stream,)):
            entries = [(began, sign)] + [(ended, -sign)] * (known_to < FOREVER)
            for number, weight in entries:
                key = (number, at, place)
                changes[key] = _plus(changes.get(key), _entry(weight, *said))


def _entry(sign: int, low: int | None, high: int | None, about: int) -> Total:
    rows = 1 + HALF * (low is None)
    marks = (high is None) + HALF * about
    return (sign * rows, sign * marks, sign * (low or 0), sign * (high or 0))


def _shift(views: sqlite3.Connection, number: int, parts: Sequence[tuple[int, str, Total]]) -> None:
    """Change the totals at the marks of a class that lie at or after each part."""
    if not parts:
        return
    marks = views.execute(
        "SELECT upto, rowid FROM sum_marks WHERE class = ? AND upto >= ? ORDER BY upto",
        (number, parts[0][0]),
    ).fetchall()
    so_far: dict[str, Total] = {}
    left = iter([*parts, (NEVER + 1, "", None)])
    at, place, change = next(left)
    for upto, row in marks:
        while change is not None and at <= upto:
            so_far[place] = _plus(so_far.get(place), change)
            at, place, change = next(left)
        totals = _totals(views, row)
        for where, total in so_far.items():
            _add(totals, _WIDTH * _numbered(views, where), total)
        views.execute("UPDATE sum_marks SET totals = ? WHERE rowid = ?", (totals.tobytes(), row))


def _add(totals: array[int], first: int, total: Total) -> None:
    if len(totals) < first + _WIDTH:
        totals.extend([0] * (first + _WIDTH - len(totals)))
    for offset, value in enumerate(total):
        totals[first + offset] += value


def _numbered(views: sqlite3.Connection, place: str) -> int:
    """The number of a place, a new one if it has none."""
    number = _number(views, place)
    if number is None:
        number = int(views.execute("SELECT COUNT(*) FROM sum_places").fetchone()[0])
        views.execute("INSERT INTO sum_places VALUES (?, ?)", (number, place))
    return number


def _grow(views: sqlite3.Connection) -> None:
    """Make marks where enough entries lie after the last one of a class."""
    numbers = dict(views.execute("SELECT place, number FROM sum_places").fetchall())
    for number in range(len(LAGS) + 1):
        last = views.execute(
            "SELECT upto, totals FROM sum_marks WHERE class = ? ORDER BY upto DESC LIMIT 1",
            (number,),
        ).fetchone() or (_BEFORE, b"")
        totals, at, since = array("q", last[1]), last[0], 0
        for occurred, sign, place, low, high, about in views.execute(_WALK, (number, at)):
            if since >= STEP and occurred > at:
                mark = (number, at, totals.tobytes())
                views.execute("INSERT INTO sum_marks VALUES (?, ?, ?)", mark)
                since = 0
            first = numbers.get(place)
            if first is None:
                first = numbers[place] = _numbered(views, place)
            at, since, first = occurred, since + 1, first * _WIDTH
            if first >= len(totals):
                totals.extend([0] * (first + _WIDTH - len(totals)))
            if about or low is None or low != high:
                _add(totals, first, _entry(sign, low, high, about))
            else:
                totals[first] += sign
                totals[first + 2] += sign * low
                totals[first + 3] += sign * high
    views.execute("DELETE FROM sum_reach")
    views.execute("INSERT INTO sum_reach VALUES (?)", (_last_row(views),))
