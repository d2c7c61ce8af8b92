"""What exists: a small index beside the facts, for "it must exist" and "that name is taken".

It lives in `ledger.db`, is written in the transaction that stores the facts, and is a function of
them: `Index.update` derives a thing's lines from its history, and `rebuild` from all histories.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ledger.errors import AliasTaken, UnknownPlace
from ledger.history import Entry, effective, standing
from ledger.registry import FAMILIES, nearest
from ledger.values.country import codes, countries_like
from ledger.values.identifier import counter_of
from ledger.values.place import FATES, folded, is_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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

_STREAMS = (
    "SELECT originator_id, position, topic, state FROM stored_events "
    "ORDER BY originator_id, originator_version"
)

#: The fields of each family in which a site may stand, for the zone in which its times are read.
SITE_FIELDS = ("site", "place", "from", "to")


def site_named(said: Mapping[str, Any]) -> str | None:
    """The site of a fact, if it names exactly one."""
    sites = {
        place
        for field in SITE_FIELDS
        if isinstance(place := said.get(field), str) and is_site(place)
    }
    return sites.pop() if len(sites) == 1 else None


class Index:
    """The tables, on the cursor of the transaction at hand."""

    def __init__(self, cursor: sqlite3.Cursor, station: str) -> None:
        self._cursor, self._station = cursor, station

    def update(self, history: Sequence[Entry], added: Entry) -> None:
        """Bring a thing's lines up to date after `added`; raises `AliasTaken`."""
        self._add_key(added)
        if len(history) > 1 and not (added.begins or added.kind.family in ("site", "fact")):
            return
        self._renew(history)

    def _renew(self, history: Sequence[Entry]) -> None:
        """The line of a thing, and the names of a site, from its whole history."""
        id, kind = history[0].id, history[0].id[:3]
        facts = effective(history)
        beginning = facts[0] if facts else None
        self._cursor.execute(
            "INSERT OR REPLACE INTO known_things VALUES (?, ?, ?, ?, ?, ?)",
            (
                id,
                kind,
                counter_of(id, kind, self._station),
                beginning is not None,
                _site_of_thing(beginning) if beginning else None,
                beginning.get("timezone") if beginning else None,
            ),
        )
        if kind == FAMILIES["site"].kind:
            self._rename(id, facts)

    def _rename(self, id: str, facts: Iterable[Entry]) -> None:
        slug = id.removeprefix("SIT-").lower()
        names = {
            name
            for fact in facts
            for name in (fact.get("name"), *(fact.get("aliases") or ()))
            if name
        }
        self._cursor.execute("DELETE FROM known_names WHERE id = ?", (id,))
        if not names:
            return
        for name in sorted({folded(name) for name in names} | {slug, folded(id)}):
            other = self._cursor.execute(
                "SELECT id FROM known_names WHERE name = ?", (name,)
            ).fetchone()
            if other is not None:
                raise AliasTaken(name=name, site=other[0], field="aliases")
            self._cursor.execute("INSERT INTO known_names VALUES (?, ?, ?)", (name, id, slug))

    def _add_key(self, entry: Entry) -> None:
        key = entry.get("key")
        if key is None:
            return
        for scope in (entry.id, entry.name) if entry.begins else (entry.id,):
            self._cursor.execute(
                "INSERT OR IGNORE INTO known_keys VALUES (?, ?, ?, ?)",
                (scope, key, entry.id, entry.version),
            )

    def derive(self, ledger: sqlite3.Connection) -> None:
        """Make the lines of every fact of a ledger; the tables are empty before.

        The first fact that used a key has it, in order of recording, not of streams.
        """
        keyed: list[tuple[int, Entry]] = []
        histories = groupby(ledger.execute(_STREAMS), key=lambda row: row[0])
        for _, rows in histories:
            history = []
            for _, position, topic, state in rows:
                entry = Entry.decode(topic, state)
                history.append(entry)
                if "key" in entry.said:
                    keyed.append((position, entry))
            self._renew(history)
        for _, entry in sorted(keyed, key=itemgetter(0)):
            self._add_key(entry)

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

    def zone_of_site(self, slug: str) -> str | None:
        return self._one(
            "SELECT timezone FROM known_things WHERE id = ? AND stands", f"SIT-{slug.upper()}"
        )

    def zone_of_thing(self, id: str) -> str | None:
        """The zone of the site that the beginning of a thing names, if it names one."""
        slug = self._one("SELECT site FROM known_things WHERE id = ?", id)
        return self.zone_of_site(slug) if slug else None

    def place(self, text: str) -> str:
        """The stored name of a place: slug, code or fate."""
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


def differing(ledger: sqlite3.Connection, station: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The lines, with their table, that are there and should not be, or should be and are not."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        for statement in TABLES:
            scratch.execute(statement)
        Index(scratch.cursor(), station).derive(ledger)
        for table in NAMES:
            rows, right = (set(one.execute(f"SELECT * FROM {table}")) for one in (ledger, scratch))
            for row in sorted(rows ^ right, key=repr):
                yield table, row


def rebuild(cursor: sqlite3.Cursor, station: str) -> None:
    """Make the tables anew from the facts, in the transaction at hand.

    They are dropped and not emptied, so that what is damaged in them is not read.
    """
    for table in NAMES:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in TABLES:
        cursor.execute(statement)
    Index(cursor, station).derive(cursor.connection)


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


def _site_of_thing(beginning: Entry) -> str | None:
    if beginning.kind.family == "site":
        return beginning.id.removeprefix("SIT-").lower()
    return site_named(beginning.said)


def beginning_of(history: Sequence[Entry]) -> Entry | None:
    """The newest fact that began a thing, whether it stands or not."""
    begun = [entry for entry in history if entry.begins]
    return begun[-1] if begun else None


def beginnings_standing(history: Sequence[Entry]) -> list[Entry]:
    """The beginnings that are not retracted: one, none, or two while one is being restored."""
    return [entry for entry in standing(history) if entry.begins]
