"""Asking the index of known things, and keeping it with each fact of a transaction.

Its lines wait in memory like the facts they follow from, and go into the tables with them, many at
a time. Whoever asks sees those that wait like those that are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.errors.rules import AliasTaken
from ledger.errors.values import UnknownPlace
from ledger.history import effective
from ledger.known import INSERT, line_of, names_of
from ledger.registry import nearest
from ledger.values.country import codes, countries_like
from ledger.values.place import FATES, folded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from ledger.history import Entry
    from ledger.known import Name, Thing


#: Lines of things that are kept in memory once they were found in the tables.
REMEMBERED = 512


class Index:
    """The tables on the cursor of a transaction, and the lines of it that wait."""

    def __init__(self, cursor: sqlite3.Cursor, station: str) -> None:
        self._cursor, self._station = cursor, station
        # The lines that wait, by what is asked of them: of an id the newest, of a key the first.
        # The names of a site replace all those it had.
        self._things: dict[str, Thing] = {}
        self._keys: dict[tuple[str, str], tuple[str, int]] = {}
        self._renamed: dict[str, list[Name]] = {}
        self._names: dict[str, Name] = {}
        # Each line that came in: among which, under what, and what was there before.
        self._came: list[tuple[dict[Any, Any], Any, Any]] = []
        # What was found in the tables; a file asks the same of row after row.
        self._stored: dict[str, Thing | None] = {}
        self._places: dict[str, str] = {}
        self._zones: dict[str, str | None] = {}

    @property
    def number(self) -> int:
        """How many lines came in since the last were stored."""
        return len(self._came)

    def update(self, history: Sequence[Entry], added: Entry) -> None:
        """Bring a thing's lines up to date after `added`; raises `AliasTaken`."""
        id, kind, key = added.id, added.kind, added.said.get("key")
        begins = kind.begins(added.said)
        if key is not None:
            for used in ((id, key), (kind.name, key)) if begins else ((id, key),):
                if used not in self._keys:
                    self._keys[used] = id, added.version
                    self._came.append((self._keys, used, None))
        if len(history) > 1 and not (begins or kind.family in ("site", "fact")):
            return
        facts = history if len(history) == 1 and begins else effective(history)
        beginning = (facts[0].kind, facts[0].said) if facts else None
        self._come(self._things, id, line_of(id, beginning, self._station))
        if id.startswith("SIT-"):
            self._rename(id, names_of(id, facts))

    def drop(self, length: int) -> None:
        """Forget the lines that came in after there were `length`."""
        renamed = False
        while len(self._came) > length:
            lines, name, before = self._came.pop()
            if before is None:
                del lines[name]
            else:
                lines[name] = before
            renamed = renamed or lines is self._renamed
        if renamed:
            self._name_anew()

    def store(self) -> None:
        """Put the lines that wait into the tables."""
        for id in self._stored.keys() & self._things.keys():
            self._stored[id] = self._things[id]
        if not self._came:
            return
        renamed = [(id,) for id in self._renamed]
        # In order, so that what lies together in a table is put there together.
        keys = sorted((*scope, *first) for scope, first in self._keys.items())
        self._cursor.executemany(INSERT["known_things"], sorted(self._things.values()))
        self._cursor.executemany(INSERT["known_keys"], keys)
        self._cursor.executemany("DELETE FROM known_names WHERE id = ?", renamed)
        self._cursor.executemany(INSERT["known_names"], self._names.values())
        for lines in (self._things, self._keys, self._renamed, self._names):
            lines.clear()
        self._came.clear()

    def _come(self, lines: dict[Any, Any], name: Any, line: Any) -> None:
        self._came.append((lines, name, lines.get(name)))
        lines[name] = line

    def _rename(self, id: str, names: list[Name]) -> None:
        for name, _, _ in names:
            other = self._named(name)
            if other is not None and other[1] != id:
                raise AliasTaken(name=name, site=other[1], field="aliases")
        self._come(self._renamed, id, names)
        self._name_anew()

    def _name_anew(self) -> None:
        """What sites are called has changed."""
        self._names = {name[0]: name for names in self._renamed.values() for name in names}
        self._places.clear()
        self._zones.clear()

    def key(self, scope: str, key: str) -> tuple[str, int] | None:
        """The fact that first used a key in a stream, or among the beginnings of a kind."""
        row = self._cursor.execute(
            "SELECT id, version FROM known_keys WHERE scope = ? AND key = ?", (scope, key)
        ).fetchone()
        return (row[0], row[1]) if row else self._keys.get((scope, key))

    def next_serial(self, kind: str) -> int:
        """The counter of the next id of this kind that the ledger gives out."""
        row = self._cursor.execute(
            "SELECT MAX(serial) FROM known_things WHERE kind = ?", (kind,)
        ).fetchone()
        waiting = (thing[2] or 0 for thing in self._things.values() if thing[1] == kind)
        return max(row[0] or 0, *waiting, 0) + 1

    def any(self, kind: str) -> bool:
        """Whether there is a thing of this kind that stands."""
        return bool(self.ids(kind, 1))

    def taken(self, id: str) -> bool:
        """Whether an id ever belonged to a thing; no other thing gets it."""
        return self._thing(id) is not None

    def exists(self, id: str) -> bool:
        """Whether a thing was begun and its beginning stands."""
        thing = self._thing(id)
        return thing is not None and bool(thing[3])

    def ids(self, kind: str, limit: int = 1000) -> list[str]:
        """Ids of one kind that stand, the first of them, for "did you mean"."""
        waiting = [thing for thing in self._things.values() if thing[1] == kind]
        found = dict(self._cursor.execute(
            "SELECT id, serial FROM known_things WHERE kind = ? AND stands "
            "ORDER BY serial, id LIMIT ?", (kind, limit + len(waiting)),
        ).fetchall())  # fmt: skip
        for id, _, serial, stands, *_ in waiting:
            found.pop(id, None)
            if stands:
                found[id] = serial
        return sorted(found, key=lambda one: (found[one] or 0, one))[:limit]

    def keyed(self, kind: str, key: str) -> list[str]:
        """Ids of things of a kind in whose streams a key was used."""
        rows = self._cursor.execute(
            "SELECT id FROM known_keys WHERE key = ? AND scope = id AND substr(id, 1, 3) = ?",
            (key, kind),
        )
        waiting = (id for (scope, used), (id, _) in self._keys.items()
                   if used == key and scope == id and id[:3] == kind)  # fmt: skip
        return sorted({*(row[0] for row in rows), *waiting})

    def going_on(self, kind: str, end: str) -> list[str]:
        """Ids of things of a kind that stand and may go on: no fact `end`, or one taken back.

        What waits is not asked.
        """
        said = "EXISTS (SELECT 1 FROM stored_events WHERE originator_id = id AND topic LIKE ?)"
        rows = self._cursor.execute(
            f"SELECT id FROM known_things WHERE kind = ? AND stands AND (NOT {said} OR {said}) "
            "ORDER BY id",
            (kind, f"{end}/%", "fact.retracted/%"),
        )
        return [row[0] for row in rows]

    def zone_of_site(self, slug: str) -> str | None:
        if slug not in self._zones:
            site = self._thing(f"SIT-{slug.upper()}")
            self._zones[slug] = site[5] if site is not None and site[3] else None
        return self._zones[slug]

    def zone_of_thing(self, id: str) -> str | None:
        """The zone of the site that the beginning of a thing names, if it names one."""
        thing = self._thing(id)
        return self.zone_of_site(thing[4]) if thing is not None and thing[4] else None

    def place(self, text: str) -> str:
        """The stored name of a place: slug, code or fate."""
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = self._place(text)
        return place

    def _place(self, text: str) -> str:
        name = folded(text)
        if name in FATES:
            return name
        named = self._named(name)
        if named is not None:
            return named[2]
        if text.strip().upper() in codes():
            return text.strip().upper()
        rows = self._cursor.execute("SELECT name, id FROM known_names").fetchall()
        names = [name for name, id in rows if id not in self._renamed]
        near = countries_like(text) or [nearest(name, [*names, *self._names, *FATES])]
        raise UnknownPlace(place=text[:60], nearest=" or ".join(near))

    def look_up(self, ids: Iterable[str]) -> None:
        """Remember the lines of these ids, or that there are none."""
        wanted = {id for id in ids if id.isascii()}
        self._make_room(len(wanted))
        wanted -= self._stored.keys()
        marks = ", ".join("?" * len(wanted))
        statement = f"SELECT * FROM known_things WHERE id IN ({marks})"
        self._stored |= dict.fromkeys(wanted)
        self._stored |= {thing[0]: thing for thing in self._cursor.execute(statement, [*wanted])}

    def _thing(self, id: str) -> Thing | None:
        """The line of an id, None where nothing was ever said of it."""
        thing = self._things.get(id)
        if thing is not None or not id.isascii():  # no thing has such an id
            return thing
        if id not in self._stored:
            self._make_room(1)
            statement = "SELECT * FROM known_things WHERE id = ?"
            self._stored[id] = self._cursor.execute(statement, (id,)).fetchone()
        return self._stored[id]

    def _make_room(self, number: int) -> None:
        if len(self._stored) + number > REMEMBERED:
            self._stored.clear()

    def _named(self, name: str) -> Name | None:
        """The site of a name, as a line of `known_names`."""
        if name in self._names:
            return self._names[name]
        statement = "SELECT * FROM known_names WHERE name = ?"
        row: Name | None = self._cursor.execute(statement, (name,)).fetchone()
        return None if row is not None and row[1] in self._renamed else row
