"""Facts of a transaction that are not yet in the database: they are put there many at a time.

A rule sees them like those that are stored, under the positions they will have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eventsourcing.persistence import StoredEvent

    from ledger.application import Ledger
    from ledger.facts.base import Fact
    from ledger.history import Entry

#: Facts that are inserted by one statement, and bytes of them that are held until then.
BATCH, BATCH_BYTES = 256, 2**20


class Pending:
    """The facts of one transaction that wait, in order of recording."""

    def __init__(self, ledger: Ledger, last: int) -> None:
        self._ledger, self._last = ledger, last
        self._events: list[StoredEvent] = []
        self._entries: list[Entry] = []
        self._of: dict[str, list[Entry]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def full(self) -> bool:
        """Whether it is time to put them into the database."""
        return len(self._events) >= BATCH or self._bytes >= BATCH_BYTES

    def add(self, fact: Fact, entry: Entry) -> int:
        """Let a fact wait; returns the position it will have."""
        event = self._ledger.mapper.to_stored_event(fact)
        self._events.append(event)
        self._entries.append(entry)
        self._of.setdefault(entry.id, []).append(entry)
        self._bytes += len(event.state)
        return self._last + len(self._events)

    def history(self, id: str) -> list[Entry]:
        """All facts of a thing, stored and waiting; empty where there is none."""
        return [*self._ledger.history(id), *self._of.get(id, ())]

    def ids(self, kind: str) -> list[str]:
        """Ids of things of a kind of which facts wait."""
        return [id for id in self._of if id.startswith(f"{kind}-")]

    def position_of(self, entry: Entry) -> int:
        """Where in the log a fact stands or will stand, from 1."""
        if entry in self._of.get(entry.id, ()):
            return self._last + self._entries.index(entry) + 1
        return self._ledger.position_of(entry)

    def drop(self, length: int) -> None:
        """Forget those that were added after there were `length`."""
        for entry in reversed(self._entries[length:]):
            self._of[entry.id].pop()
        self._bytes -= sum(len(event.state) for event in self._events[length:])
        del self._events[length:], self._entries[length:]

    def store(self) -> None:
        """Put them into the database."""
        if self._events:
            self._ledger.recorder.insert_events(self._events)
            self._last += len(self._events)
            self._events, self._entries, self._of, self._bytes = [], [], {}, 0
