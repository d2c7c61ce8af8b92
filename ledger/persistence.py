"""How facts are kept: the `eventsourcing` library on SQLite, by its own extension points.

What we change and why (see docs/decisions/0003-storage.md):
- an explicit `position INTEGER PRIMARY KEY`, dense from 1, because the library's notification id is
  the implicit rowid;
- every call inside `unit()` joins one `BEGIN IMMEDIATE` transaction, so that reading a history,
  checking a rule and storing the fact are one thing, and two officers both succeed, in turn;
- `synchronous=FULL`, set and read back: what was acknowledged survives a power cut;
- the stored bytes are the fact's JSON, with `id`, `version` and `uuid` inside.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import Mapper, Notification, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)

from ledger import known
from ledger.errors.storage import LedgerDamaged
from ledger.folder import APPLICATION_ID, FORMAT, TABLE
from ledger.history import Entry
from ledger.registry import fact_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ledger.facts.base import Fact


#: One fact: its position, its stream, its place there, its topic, its bytes.
INSERT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)"


class FactMapper(Mapper[str]):
    """Between facts and stored bytes; the topic is the fact's name and version, never a path."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        from ledger.values.schema import state_of

        fact: Fact = domain_event
        return StoredEvent(
            originator_id=fact.originator_id,
            originator_version=fact.originator_version,
            topic=fact.kind.topic,
            state=state_of(fact.said()),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        entry = Entry.decode(stored_event.topic, stored_event.state)
        return fact_class(entry.name).read(entry.said, known.EVERYTHING)


class _Pool(SQLiteConnectionPool):
    prepare: Callable[[sqlite3.Connection], None]

    def _create_connection(self) -> SQLiteConnection:
        return SQLiteConnection(self.connect(), max_age=None)

    def connect(self) -> sqlite3.Connection:
        """A new connection, prepared."""
        connection = sqlite3.connect(
            self.db_name,
            timeout=float(self.lock_timeout or 0),
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        self.prepare(connection)
        return connection


class Datastore(SQLiteDatastore):
    """A datastore whose calls join the unit of work that is open, if one is.

    `prepare` sets and asserts the pragmas of each new connection.
    """

    def __init__(
        self, db_name: str, lock_timeout: int, prepare: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._writer: sqlite3.Connection | None = None
        super().__init__(db_name, originator_id_type="text")
        self.pool.close()
        self.pool: _Pool = _Pool(db_name=db_name, lock_timeout=lock_timeout)
        self.pool.prepare = prepare
        self._unit: sqlite3.Cursor | None = None

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Any]:
        """A cursor of `sqlite3`, which the library annotates as the wrapper that it enters."""
        if self._unit is not None:
            yield self._unit
        elif commit:
            with self.unit() as cursor:
                yield cursor
        else:
            with super().transaction(commit=False) as cursor:
                yield cursor

    @contextmanager
    def unit(self) -> Iterator[sqlite3.Cursor]:
        """One write transaction for everything that happens inside; rolled back by an exception.

        It takes the write lock at its beginning, not at its first write. Its connection stays out
        of the pool, whose queue is for threads: one writes here.
        """
        if self._writer is None:
            self._writer = self.pool.connect()
        cursor = self._writer.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        self._unit = cursor
        try:
            yield cursor
            self._writer.commit()
        except BaseException:
            self._writer.rollback()
            raise
        finally:
            self._unit = None
            cursor.close()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        super().close()


class FactRecorder(SQLiteApplicationRecorder):
    """Stored events under dense positions."""

    datastore: Datastore

    def construct_create_table_statements(self) -> list[str]:
        return [TABLE]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        first = (self._max_notification_id(c) or 0) + 1
        positions = range(first, first + len(stored_events))
        c.executemany(
            INSERT,
            [
                (position, event.originator_id, event.originator_version, event.topic, event.state)
                for position, event in zip(positions, stored_events, strict=True)
            ],
        )
        return positions

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Facts in order of recording; see the library's recorder for the arguments."""
        first = start if start is not None else 1
        wanted = f"AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT position, originator_id, originator_version, topic, state "
                f"FROM stored_events WHERE position >= ? AND position <= ? {wanted} "
                "ORDER BY position LIMIT ?",
                (
                    first if inclusive_of_start else first + 1,
                    stop if stop is not None else 2**63 - 1,
                    *topics,
                    limit,
                ),
            )
            return [
                Notification(
                    id=position,
                    originator_id=originator_id,
                    originator_version=originator_version,
                    topic=topic,
                    state=state,
                )
                for position, originator_id, originator_version, topic, state in c.fetchall()
            ]


class LedgerFactory(SQLiteFactory):
    """Makes the recorder on a datastore of ours."""

    application_recorder_class = FactRecorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.close()
        self.datastore = Datastore(
            self.env.get(self.SQLITE_DBNAME) or "",
            int(self.env.get(self.SQLITE_LOCK_TIMEOUT) or 0),
            durable,
        )


def create(path: Path) -> None:
    """Make an empty ledger database in an empty file."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={FORMAT}")
        for statement in (TABLE, *known.TABLES):
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()


def durable(connection: sqlite3.Connection) -> None:
    """Every commit reaches the disk before it is acknowledged; asserted, not assumed."""
    connection.execute("PRAGMA synchronous=FULL")
    # Where the log has been written before, a commit takes half as long as where it grows.
    connection.execute("PRAGMA wal_autocheckpoint=400")
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or level != 2:
        raise LedgerDamaged(file="ledger.db", why=f"journal {mode}, synchronous {level}")
