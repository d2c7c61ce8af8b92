"""The ledger: an `eventsourcing` application whose events are facts and whose ids are text."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from eventsourcing.application import Application
from eventsourcing.utils import Environment, EnvType, register_topic

from ledger.errors.storage import LedgerDamaged
from ledger.faults import named
from ledger.folder import identity
from ledger.history import Entry
from ledger.lock import Lock
from ledger.persistence import FactMapper, FactRecorder, LedgerFactory
from ledger.seal.log import Evidence, check_not_rolled_back
from ledger.transaction import Transaction
from ledger.values.grammar import parse

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping

    from eventsourcing.persistence import Mapper

    from ledger.folder import Folder
    from ledger.receipt import Receipt
    from ledger.transaction import Held

_NEWEST = "SELECT position, topic, state FROM stored_events ORDER BY position DESC LIMIT 1"

_FACTORY = "vigil:ledger-factory"
register_topic(_FACTORY, LedgerFactory)


def system_clock() -> int:
    """The present, in microseconds since 1970-01-01T00:00Z."""
    return time.time_ns() // 1000


def random_uuid() -> str:
    """122 random bits as the hex digits of a version-4 UUID."""
    digits = os.urandom(16).hex()
    return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) & 3]}{digits[17:]}"


class Ledger(Application[str]):
    """An open ledger. Reading needs no lock; whoever writes holds it for one transaction."""

    name = "Vigil"
    recorder: FactRecorder

    def __init__(
        self,
        folder: Folder,
        *,
        clock: Callable[[], int] = system_clock,
        random: Callable[[], str] = random_uuid,
    ) -> None:
        folder.connect().close()
        self._file = identity(folder.database)
        self.folder, self.clock, self.random = folder, clock, random
        self._lock = Lock(folder.lock, folder.lock_seconds)
        self._left: _Left | None = None
        super().__init__(
            env={
                "PERSISTENCE_MODULE": _FACTORY,
                "SQLITE_DBNAME": str(folder.database),
                "SQLITE_LOCK_TIMEOUT": str(max(1, round(folder.lock_seconds))),
                "ORIGINATOR_ID_TYPE": "text",
                "CREATE_TABLE": "no",
            }
        )

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what we pass: the process environment configures nothing (see the class above)."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[str]:
        return FactMapper(transcoder=self.construct_transcoder())

    @contextmanager
    def transaction(self, *, dry_run: bool = False) -> Iterator[Transaction]:
        """Facts recorded inside are stored together at the end, or none where one is refused.

        With `dry_run` everything is checked and nothing is stored. Raises `Busy` when another
        writer does not finish in time.
        """
        with self._faults_named(), self._lock.held():
            try:
                with self.recorder.datastore.unit() as cursor:
                    left, self._left = self._left, None
                    version = cursor.execute("PRAGMA data_version").fetchone()[0]
                    if left is not None and left[:2] != (cursor.connection, version):
                        left = None
                    if left is None:
                        check_not_rolled_back(Evidence(self.folder.checkpoints), cursor)
                    held = left.held if left else None
                    transaction = Transaction(self, _plain(cursor), held)
                    yield transaction
                    transaction.store()
                    if dry_run:
                        raise _NothingKept
                    if identity(self.folder.database) != self._file:
                        # SQLite would acknowledge what nobody finds again.
                        why = "it was moved away while it was written; nothing was recorded"
                        raise LedgerDamaged(file=self.folder.database.name, why=why)
                self._left = _Left(cursor.connection, version, transaction.held)
            except _NothingKept:
                pass

    def close(self) -> None:
        self._left = None
        self._lock.close()
        super().close()

    def record(
        self, *facts: Mapping[str, Any], actor: str | None = None, **more: Any
    ) -> list[Receipt]:
        """Record facts from their fields, all together; see `Transaction.record`."""
        with self.transaction() as transaction:
            return [transaction.record(fact, actor=actor, **more) for fact in facts]

    def history(self, id: str) -> list[Entry]:
        """All facts of a thing as they were recorded, in order; empty where there is none."""
        return [Entry.decode(event.topic, event.state) for event in self.recorder.select_events(id)]

    def last_recorded(self) -> int:
        """The clock of the newest fact, in microseconds; 0 in an empty ledger."""
        return self.newest()[1]

    def newest(self) -> tuple[int, int]:
        """The position and the clock of the newest fact; both 0 in an empty ledger."""
        with self.recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute(_NEWEST)
            row = cursor.fetchone()
        if row is None:
            return 0, 0
        position, topic, state = row
        return position, parse(Entry.decode(topic, state).said["recorded"]).earliest

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """Faults of the disk under their own names; the transaction was rolled back by then."""
        try:
            yield
        except Exception as error:
            fault = named(error, self.folder.database.name, self.folder.lock_seconds)
            if fault is None:
                raise
            raise fault from error


def _plain(cursor: sqlite3.Cursor) -> sqlite3.Cursor:
    """A cursor of the same transaction whose rows are tuples; the library's are read by name."""
    own = cursor.connection.cursor()
    own.row_factory = None
    return own


class _Left(NamedTuple):
    """What the transaction before left behind, true until another connection writes.

    SQLite counts that in `data_version`, for each connection by itself.
    """

    connection: sqlite3.Connection
    version: int
    held: Held


class _NothingKept(Exception):
    """Ends a dry run: everything was checked, and is rolled back."""
