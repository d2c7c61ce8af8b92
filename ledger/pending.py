"""Facts of a transaction that are not yet in the database: they are put there many at a time.

A rule sees them like those that are stored, under the positions they will have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.folder import STREAM
from ledger.history import Entry
from ledger.persistence import INSERT
from ledger.values.schema import loads, state_of

if TYPE_CHECKING:
    import sqlite3

#: Facts that are inserted by one statement, so few that they stay in a processor's cache, and bytes
#: of them that are held until then.
BATCH, BATCH_BYTES = 64, 2**20
#: Facts of histories that are kept in memory from one batch to the next.
REMEMBERED = 1_280

_POSITION = "SELECT position FROM stored_events WHERE originator_id = ? AND originator_version = ?"


class Pending:
    """The facts of one transaction that wait, in order of recording."""

    def __init__(self, cursor: sqlite3.Cursor, last: int) -> None:
        self._cursor, self._last = cursor, last
        self._rows: list[tuple[int, str, int, str, bytes]] = []
        self._bytes = 0
        # Whole histories, those that were asked for last at the end: a file tells of the same
        # thing again and again.
        self._histories: dict[str, list[Entry]] = {}
        self._remembered = 0

    @property
    def number(self) -> int:
        """How many facts wait."""
        return len(self._rows)

    @property
    def full(self) -> bool:
        """Whether it is time to put them into the database."""
        return len(self._rows) >= BATCH or self._bytes >= BATCH_BYTES

    def add(self, entry: Entry) -> int:
        """Let a fact wait, whose history was asked for; returns the position it will have."""
        state = state_of(entry.said)
        position = self._last + len(self._rows) + 1
        self._rows.append((position, entry.id, entry.version, entry.kind.topic, state))
        self._bytes += len(state)
        self._histories.setdefault(entry.id, []).append(entry)
        self._remembered += 1
        return position

    def remembers(self, id: str) -> bool:
        """Whether the history of a thing need not be read."""
        return id in self._histories

    def history(self, id: str) -> list[Entry]:
        """All facts of a thing, stored and waiting; empty where there is none."""
        history = self._histories.pop(id, None)
        if history is None:
            rows = self._cursor.execute(STREAM, (id,)).fetchall()
            history = [Entry.decode(topic, state, loads) for topic, state in rows]
            self._remembered += len(history)
        self._histories[id] = history
        return history.copy()

    def ids(self, kind: str) -> list[str]:
        """Ids of things of a kind of which facts wait."""
        return list({id: None for _, id, *_ in self._rows if id.startswith(f"{kind}-")})

    def position_of(self, entry: Entry) -> int:
        """Where in the log a fact stands or will stand, from 1."""
        for position, id, version, *_ in reversed(self._rows):
            if (id, version) == (entry.id, entry.version):
                return position
        row = self._cursor.execute(_POSITION, (entry.id, entry.version)).fetchone()
        return int(row[0])

    def drop(self, length: int) -> None:
        """Forget those that were added after there were `length`."""
        for _, id, _, _, state in self._rows[length:]:
            self._histories[id].pop()
            self._remembered -= 1
            self._bytes -= len(state)
        del self._rows[length:]

    def store(self) -> None:
        """Put them into the database."""
        self._cursor.executemany(INSERT, self._rows)
        self._last += len(self._rows)
        self._rows.clear()
        self._bytes = 0
        while self._remembered > REMEMBERED:
            self._remembered -= len(self._histories.pop(next(iter(self._histories))))
