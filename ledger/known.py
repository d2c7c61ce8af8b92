"""What exists: a small index beside the facts, for "it must exist" and "that name is taken".

It lives in `ledger.db`, is written in the transaction that stores the facts, and is a function of
them: `Index.update` derives a thing's lines from its history, and `rebuild` from all histories.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ledger.errors import AliasTaken, UnknownPlace
from ledger.history import Entry, effective, standing
from ledger.registry import FAMILIES, decode_topic, nearest
from ledger.values.country import codes, countries_like
from ledger.values.identifier import counter_of
from ledger.values.place import FATES, folded, is_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ledger.registry import Kind

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

_INSERT = {
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

#: The fields in which a site may stand: of a movement, and of every other fact (whose `to` is
#: somebody who is told, or a fact).
MOVED, PLACED = ("from", "to"), ("site", "place")


def places_in(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a fact in which a place may stand."""
    return MOVED if "from" in said else PLACED


def sites_named(said: Mapping[str, Any]) -> list[str]:
    """The sites that a fact names, in order."""
    named = [said[field] for field in places_in(said) if field in said]
    sites = [place for place in named if isinstance(place, str) and is_site(place)]
    return sorted({*sites}) if len(sites) > 1 else sites


def site_named(said: Mapping[str, Any]) -> str | None:
    """The site of a fact, if it names exactly one."""
    sites = sites_named(said)
    return sites[0] if len(sites) == 1 else None


class Index:
    """The tables, on the cursor of the transaction at hand."""

    def __init__(self, cursor: sqlite3.Cursor, station: str) -> None:
        self._cursor, self._station = cursor, station
        # What was asked last of sites; a file asks the same of row after row.
        self._places: dict[str, str] = {}
        self._zones: dict[str, str | None] = {}

    def forget(self) -> None:
        """What was asked of sites may have another answer now."""
        self._places.clear()
        self._zones.clear()

    def update(self, history: Sequence[Entry], added: Entry) -> None:
        """Bring a thing's lines up to date after `added`; raises `AliasTaken`."""
        self._add_key(added)
        if added.kind.family in ("site", "fact"):
            self.forget()
        if len(history) > 1 and not (added.begins or added.kind.family in ("site", "fact")):
            return
        self._renew(history)

    def _renew(self, history: Sequence[Entry]) -> None:
        """The line of a thing, and the names of a site, from its whole history."""
        id = history[0].id
        facts = effective(history)
        beginning = (facts[0].kind, facts[0].said) if facts else None
        self._cursor.execute(_INSERT["known_things"], _line(id, beginning, self._station))
        if id[:3] == FAMILIES["site"].kind:
            self._rename(id, facts)

    def _rename(self, id: str, facts: Iterable[Entry]) -> None:
        self._cursor.execute("DELETE FROM known_names WHERE id = ?", (id,))
        for name, _, slug in _names(id, facts):
            other = self._cursor.execute(
                "SELECT id FROM known_names WHERE name = ?", (name,)
            ).fetchone()
            if other is not None:
                raise AliasTaken(name=name, site=other[0], field="aliases")
            self._cursor.execute(_INSERT["known_names"], (name, id, slug))

    def _add_key(self, entry: Entry) -> None:
        key = entry.get("key")
        if key is None:
            return
        for scope in (entry.id, entry.name) if entry.begins else (entry.id,):
            self._cursor.execute(_INSERT["known_keys"], (scope, key, entry.id, entry.version))

    def key(self, scope: str, key: str) -> tuple[str, int] | None:
        """The fact that first used a key in a stream, or among the beginnings of a kind."""
        row = self._cursor.execute(
            "SELECT id, version FROM known_keys WHERE scope = ? AND key = ?", (scope, key)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def next_serial(self, kind: str) -> int:
        """The counter of the next id of this kind that the ledger gives out."""
        row = self._cursor.execute(
            "SELECT MAX(serial) FROM known_things WHERE kind = ?", (kind,)
        ).fetchone()
        return (row[0] or 0) + 1

    def any(self, kind: str) -> bool:
        """Whether there is a thing of this kind that stands."""
        return self._one("SELECT 1 FROM known_things WHERE kind = ? AND stands", kind) is not None

    def taken(self, id: str) -> bool:
        """Whether an id ever belonged to a thing; no other thing gets it."""
        return self._one("SELECT 1 FROM known_things WHERE id = ?", id) is not None

    def exists(self, id: str) -> bool:
        """Whether a thing was begun and its beginning stands."""
        return self._one("SELECT 1 FROM known_things WHERE id = ? AND stands", id) is not None

    def ids(self, kind: str) -> list[str]:
        """Ids of one kind that stand, at most a thousand, for "did you mean"."""
        rows = self._cursor.execute(
            "SELECT id FROM known_things WHERE kind = ? AND stands LIMIT 1000", (kind,)
        )
        return [row[0] for row in rows]

    def keyed(self, kind: str, key: str) -> list[str]:
        """Ids of things of a kind in whose streams a key was used."""
        rows = self._cursor.execute(
            "SELECT id FROM known_keys WHERE key = ? AND scope = id AND substr(id, 1, 3) = ? "
            "ORDER BY id",
            (key, kind),
        )
        return [row[0] for row in rows]

    def going_on(self, kind: str, end: str) -> list[str]:
        """Ids of things of a kind that stand and may go on: no fact `end`, or one taken back."""
        said = "EXISTS (SELECT 1 FROM stored_events WHERE originator_id = id AND topic LIKE ?)"
        rows = self._cursor.execute(
            f"SELECT id FROM known_things WHERE kind = ? AND stands AND (NOT {said} OR {said}) "
            "ORDER BY id",
            (kind, f"{end}/%", "fact.retracted/%"),
        )
        return [row[0] for row in rows]

    def zone_of_site(self, slug: str) -> str | None:
        if slug not in self._zones:
            self._zones[slug] = self._one(
                "SELECT timezone FROM known_things WHERE id = ? AND stands", f"SIT-{slug.upper()}"
            )
        return self._zones[slug]

    def zone_of_thing(self, id: str) -> str | None:
        """The zone of the site that the beginning of a thing names, if it names one."""
        slug = self._one("SELECT site FROM known_things WHERE id = ?", id)
        return self.zone_of_site(slug) if slug else None

    def place(self, text: str) -> str:
        """The stored name of a place: slug, code or fate."""
        if text not in self._places:
            self._places[text] = self._place(text)
        return self._places[text]

    def _place(self, text: str) -> str:
        name = folded(text)
        if name in FATES:
            return name
        slug = self._one("SELECT slug FROM known_names WHERE name = ?", name)
        if slug is not None:
            return slug
        if text.strip().upper() in codes():
            return text.strip().upper()
        names = [row[0] for row in self._cursor.execute("SELECT name FROM known_names")]
        near = countries_like(text) or [nearest(name, [*names, *FATES])]
        raise UnknownPlace(place=text[:60], nearest=" or ".join(near))

    def _one(self, statement: str, *values: str) -> str | None:
        row = self._cursor.execute(statement, values).fetchone()
        return row[0] if row else None


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
        cursor.execute(_INSERT[table], row)


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
            yield 0, "known_things", _line(id, history[0], station)
            continue
        facts = effective([Entry(kind, said) for kind, said in history])
        beginning = (facts[0].kind, facts[0].said) if facts else None
        yield 0, "known_things", _line(id, beginning, station)
        if id[:3] == FAMILIES["site"].kind:
            for row in _names(id, facts):
                yield 0, "known_names", row


def _line(
    id: str, beginning: tuple[Kind, Mapping[str, Any]] | None, station: str
) -> tuple[str, str, int | None, int, str | None, str | None]:
    """The line of a thing in `known_things`."""
    serial = counter_of(id, id[:3], station)
    if beginning is None:
        return id, id[:3], serial, 0, None, None
    kind, said = beginning
    site = id.removeprefix("SIT-").lower() if kind.family == "site" else site_named(said)
    return id, id[:3], serial, 1, site, said.get("timezone")


def _names(id: str, facts: Iterable[Entry]) -> list[tuple[str, str, str]]:
    """The lines of a site in `known_names`: every name it ever had, its slug and its id."""
    slug = id.removeprefix("SIT-").lower()
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
