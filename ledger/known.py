"""What exists: a small index beside the facts, for "it must exist" and "that name is taken".

It lives in `ledger.db`, is written in the transaction that stores the facts, and is a function of
them: a thing's lines derive from its history. `ledger.index` keeps them as facts come in, `rebuild`
makes them anew from all histories.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ledger.history import Entry, effective, standing
from ledger.registry import FAMILIES, decode_topic
from ledger.values.identifier import counter_of
from ledger.values.place import folded, is_site, places_in, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ledger.registry import Kind

    #: A line of `known_things`, one of `known_names`.
    Thing = tuple[str, str, int | None, int, str | None, str | None]
    Name = tuple[str, str, str]
    #: The position that decides which line of several counts, the table, the line.
    _Line = tuple[int, str, tuple[Any, ...]]

TABLES = (
    """CREATE TABLE IF NOT EXISTS known_things (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, serial INTEGER, stands INTEGER NOT NULL,
        site TEXT, timezone TEXT
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS known_serials ON known_things (kind, serial)",
    """CREATE TABLE IF NOT EXISTS known_names (
        name TEXT PRIMARY KEY, id TEXT NOT NULL, slug TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS known_names_of ON known_names (id)",
    """CREATE TABLE IF NOT EXISTS known_keys (
        scope TEXT, key TEXT, id TEXT NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (scope, key)
    ) WITHOUT ROWID""",
)

#: The tables, by their names.
NAMES = ("known_things", "known_names", "known_keys")

#: What is raised where the lines of a fact that was damaged are wanted.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)

INSERT = {
    "known_things": "INSERT OR REPLACE INTO known_things VALUES (?, ?, ?, ?, ?, ?)",
    "known_names": "INSERT INTO known_names VALUES (?, ?, ?)",
    "known_keys": "INSERT OR IGNORE INTO known_keys VALUES (?, ?, ?, ?)",
}

_SCHEMA = (
    "SELECT name, tbl_name, sql FROM sqlite_master "
    "WHERE tbl_name LIKE 'known!_%' ESCAPE '!' ORDER BY name"
)
_STREAMS = (
    "SELECT originator_id, originator_version, position, topic, state FROM stored_events "
    "ORDER BY originator_id, originator_version"
)


def site_named(said: Mapping[str, Any]) -> str | None:
    """The site of a fact, if it names exactly one."""
    site = None
    for field in places_in(said):
        place = said.get(field)
        if isinstance(place, str) and place != site and is_site(place):
            if site is not None:
                return None
            site = place
    return site


def _follows(ledger: sqlite3.Connection, station: str) -> bool:
    """Whether the tables hold just what follows from the facts; quick, by a fingerprint.

    A no is uncertain: of two lines with one key only the first is stored.
    """
    found = 0
    for _, table, row in _lines(ledger, station):
        found ^= hash((table, row))
    for table in NAMES:
        rows = ledger.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        for row in rows:
            found ^= hash((table, row))
        blobs = " OR ".join(f"typeof({column}) = 'blob'" for column in columns)  # hash as text does
        if ledger.execute(f"SELECT 1 FROM {table} WHERE {blobs} LIMIT 1").fetchone():
            return False
    return found == 0


def differing(ledger: sqlite3.Connection, station: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The lines, with their table, that are there and should not be, or should be and are not."""
    for table in NAMES:
        for row in ledger.execute(f"PRAGMA integrity_check({table})"):
            if row != ("ok",):
                yield table, row
    with closing(sqlite3.connect(":memory:")) as scratch:
        for statement in TABLES:
            scratch.execute(statement)
        made, right = (set(one.execute(_SCHEMA)) for one in (ledger, scratch))
        yield from (("sqlite_master", row) for row in made ^ right)
        if made == right and _follows(ledger, station):
            return
        _make(scratch.cursor(), _lines(ledger, station))
        for table in NAMES:
            rows, right = (set(one.execute(f"SELECT * FROM {table}")) for one in (ledger, scratch))
            for row in sorted(rows ^ right, key=repr):
                yield table, row


def rebuild(cursor: sqlite3.Cursor, station: str) -> None:
    """Make the tables anew from the facts, in the transaction at hand.

    They are dropped and not emptied, so that what is damaged in them is not read.
    """
    lines = list(_lines(cursor.connection, station))
    for table in NAMES:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    _make(cursor, lines)


def _make(cursor: sqlite3.Cursor, lines: Iterable[_Line]) -> None:
    """The first fact that used a key has it, in order of recording."""
    for statement in TABLES:
        cursor.execute(statement)
    for _, table, row in sorted(lines, key=itemgetter(0)):
        cursor.execute(INSERT[table], row)


def _lines(ledger: sqlite3.Connection, station: str) -> Iterator[_Line]:
    """Every line that follows from the facts, each stream read once."""
    rows = ledger.execute(_STREAMS)
    for id, stream in groupby(rows, key=itemgetter(0)):
        history = []
        for _, version, position, topic, state in stream:
            kind, said = decode_topic(topic, json.loads(state.decode()))
            history.append((kind, said))
            key = said.get("key")
            if key is not None:
                for scope in (id, kind.name) if kind.begins(said) else (id,):
                    yield position, "known_keys", (scope, key, id, version)
        kind, said = history[0]
        if len(history) == 1 and kind.begins(said) and kind.family != "site":
            yield 0, "known_things", line_of(id, history[0], station)
            continue
        facts = effective([Entry(kind, said) for kind, said in history])
        beginning = (facts[0].kind, facts[0].said) if facts else None
        yield 0, "known_things", line_of(id, beginning, station)
        if id[:3] == FAMILIES["site"].kind:
            for row in names_of(id, facts):
                yield 0, "known_names", row


def line_of(id: str, beginning: tuple[Kind, Mapping[str, Any]] | None, station: str) -> Thing:
    """The line of a thing in `known_things`."""
    serial = counter_of(id, id[:3], station)
    if beginning is None:
        return id, id[:3], serial, 0, None, None
    kind, said = beginning
    site = slug_of(id) if kind.family == "site" else site_named(said)
    return id, id[:3], serial, 1, site, said.get("timezone")


def names_of(id: str, facts: Iterable[Entry]) -> list[Name]:
    """The lines of a site in `known_names`: every name it ever had, its slug and its id."""
    slug = slug_of(id)
    names = {
        name for fact in facts for name in (fact.get("name"), *(fact.get("aliases") or ())) if name
    }
    if not names:
        return []
    folds = {folded(name) for name in names} | {slug, folded(id)}
    return [(name, id, slug) for name in sorted(folds)]


class Everything:
    """A `Known` that agrees to everything: for facts that were let in before."""

    def place(self, text: str) -> str:
        return text

    def exists(self, id: str) -> bool:
        return True

    def holds(self, id: str, version: int) -> bool:
        return True

    def ids(self, kind: str) -> list[str]:
        return []

    def facts(self, id: str) -> list[Entry]:
        return []


EVERYTHING = Everything()


def beginning_of(history: Sequence[Entry]) -> Entry | None:
    """The newest fact that began a thing, whether it stands or not."""
    begun = [entry for entry in history if entry.begins]
    return begun[-1] if begun else None


def beginnings_standing(history: Sequence[Entry]) -> list[Entry]:
    """The beginnings that are not retracted: one, none, or two while one is being restored."""
    return [entry for entry in standing(history) if entry.begins] if history else []
