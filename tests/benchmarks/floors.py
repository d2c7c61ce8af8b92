"""Floors: what SQLite and Python do with the same facts when nothing is promised but the bytes.

python -m tests.benchmarks.floors NAME FOLDER
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any

from tests.benchmarks.measure import Place, Taken, answers, clock, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSERTS, BATCHED, COMMITS, QUESTIONS = 1_000, 20_000, 1_000, 200

EVERY = "SELECT position, originator_id, originator_version, topic, state FROM stored_events"
TABLE = """
CREATE TABLE facts (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL,
    topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (id, version)
)"""
INSERT = "INSERT INTO facts VALUES (?, ?, ?, ?, ?)"

#: The place of which the most is told.
LARGEST = "s000"

#: The rows of the view, and the index that answers from itself alone.
POSTINGS = """
CREATE TABLE postings AS
    SELECT place, known_from, known_to, occurred_to, rank, low, high FROM views.postings;
CREATE INDEX covering ON postings (place, known_from, known_to, occurred_to, rank, low, high);
"""
COUNTED = "known_from <= ? AND ? < known_to AND occurred_to <= ? AND rank >= 1"
ONE = f"SELECT SUM(low), SUM(high) FROM postings WHERE place = ? AND {COUNTED}"
ALL = f"SELECT place, SUM(low), SUM(high) FROM postings WHERE {COUNTED} GROUP BY place"


def _stored(place: Place, number: int = -1) -> list[tuple[Any, ...]]:
    """The first stored facts, as rows."""
    with closing(sqlite3.connect(place.database)) as ledger:
        return ledger.execute(f"{EVERY} ORDER BY position LIMIT ?", (number,)).fetchall()


@contextmanager
def _durable(place: Place) -> Iterator[sqlite3.Connection]:
    """An empty table whose commits reach the disk."""
    with place.scratch() as folder, closing(sqlite3.connect(folder / "floor.db")) as file:
        file.isolation_level = None
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute(TABLE)
        yield file


def _insert(place: Place, number: int, size: int) -> Taken:
    rows = _stored(place, number)
    with _durable(place) as file, clock() as seconds:
        for first in range(0, len(rows), size):
            file.execute("BEGIN IMMEDIATE")
            file.executemany(INSERT, rows[first : first + size])
            file.execute("COMMIT")
    return Taken(len(rows), seconds())


def insert_one(place: Place) -> Taken:
    """Durable inserts, one a transaction."""
    return _insert(place, INSERTS, 1)


def insert_hundreds(place: Place) -> Taken:
    """Durable inserts, a hundred a transaction."""
    return _insert(place, BATCHED, 100)


def _scan(place: Place, loads: Callable[[bytes], object]) -> Taken:
    number = 0
    with closing(sqlite3.connect(place.database)) as ledger, clock() as seconds:
        for _, _, _, _, state in ledger.execute(f"{EVERY} ORDER BY position"):
            loads(state)
            number += 1
    return Taken(number, seconds())


def scan_orjson(place: Place) -> Taken:
    """Read every fact and parse it: the scan floor."""
    import orjson

    return _scan(place, orjson.loads)


def scan_json(place: Place) -> Taken:
    """The same with Python's own parser."""
    return _scan(place, json.loads)


def merkle_root(ledger: sqlite3.Connection) -> tuple[int, bytes]:
    """Read every fact, hash it as a leaf is hashed, and grow the tree; no more."""
    full: list[bytes] = []
    size = 0
    for position, id, version, topic, state in ledger.execute(f"{EVERY} ORDER BY position"):
        entry = f"vigil-ledger/v1\n{id}\n{version}\n{topic}\n{sha256(state).hexdigest()}\n"
        hash = sha256(b"\x00" + entry.encode()).digest()
        size = position - 1
        while size & 1:
            hash = sha256(b"\x01" + full.pop() + hash).digest()
            size >>= 1
        full.append(hash)
        size = position
    root = full.pop()
    while full:
        root = sha256(b"\x01" + full.pop() + root).digest()
    return size, root


def scan_merkle(place: Place) -> Taken:
    """Read every fact and hash it into a tree."""
    with closing(sqlite3.connect(place.database)) as ledger, clock() as seconds:
        number, _ = merkle_root(ledger)
    return Taken(number, seconds())


def commit_a_fact(place: Place) -> Taken:
    """A view as most projections are made: a row and a position committed for each fact."""
    rows = _stored(place, COMMITS)
    with _durable(place) as file:
        file.execute("CREATE TABLE movements (id TEXT, source TEXT, place TEXT, count TEXT)")
        file.execute("CREATE TABLE tracking (position INTEGER)")
        file.execute("INSERT INTO tracking VALUES (0)")
        with clock() as seconds:
            for position, id, _, _, state in rows:
                said = json.loads(state)
                file.execute("BEGIN IMMEDIATE")
                row = (id, said.get("from"), said.get("to"), said.get("count"))
                file.execute("INSERT INTO movements VALUES (?, ?, ?, ?)", row)
                file.execute("UPDATE tracking SET position = ?", (position,))
                file.execute("COMMIT")
    return Taken(len(rows), seconds())


def questions(postings: sqlite3.Connection, number: int = QUESTIONS) -> list[tuple[int, int]]:
    """Days and knowledge times to ask about; half of them with all that is known."""
    random = Random(7)
    bounds = "SELECT MIN(occurred_to), MAX(occurred_to) FROM postings"
    first, last = postings.execute(bounds).fetchone()
    return [
        (random.randint(first, last), random.choice((last, random.randint(first, last))))
        for _ in range(number)
    ]


def _population(place: Place, *, all: bool) -> Taken:
    with place.scratch() as folder, closing(sqlite3.connect(folder / "floor.db")) as file:
        file.execute("ATTACH ? AS views", (str(place.views),))
        file.executescript(POSTINGS)
        file.execute("DETACH views")
        asked = [
            (ALL, (known, known, on)) if all else (ONE, (LARGEST, known, known, on))
            for on, known in questions(file)
        ]
        return answers(
            lambda words=words, values=values: file.execute(words, values).fetchall()
            for words, values in asked
        )


def population_one(place: Place) -> Taken:
    """The largest place's population, on a day, as known on another, from a covering index."""
    return _population(place, all=False)


def population_all(place: Place) -> Taken:
    """The population of every place, likewise."""
    return _population(place, all=True)


WORKS = {
    work.__name__: work
    for work in (
        insert_one,
        insert_hundreds,
        scan_orjson,
        scan_json,
        scan_merkle,
        commit_a_fact,
        population_one,
        population_all,
    )
}

if __name__ == "__main__":
    serve(WORKS)
