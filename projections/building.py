"""Making views: catch-up after new facts, and a rebuild from nothing. Same kernel, same bytes.

The position up to which the views are made is stored by the library's tracking in the transaction
that stores the rows, so views never claim more than they hold, whatever stops the process.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from eventsourcing.persistence import Tracking
from eventsourcing.sqlite import SQLiteTrackingRecorder

from ledger import known, limits
from ledger.errors import LedgerDamaged
from ledger.folder import Folder, read_only
from ledger.history import Entry
from ledger.lock import held
from ledger.persistence import Datastore, durable
from projections import marks
from projections.kernel import known_rows, readings
from projections.tables import TABLES
from projections.views import UPSTREAM, VERSION, position_of, tracked

if TYPE_CHECKING:
    from projections.table import Row, Table

#: Facts handled in one transaction.
BATCH = 10_000

Progress = Callable[[int, int], None]

_FACTS = "SELECT topic, state FROM stored_events"


class ViewsRecorder(SQLiteTrackingRecorder):
    """The views file, under the library's tracking."""

    datastore: Datastore

    def construct_create_table_statements(self) -> list[str]:
        tables = [statement for table in TABLES for statement in table.statements]
        return [*super().construct_create_table_statements(), *tables]

    def add(self, facts: Iterable[tuple[str, list[Entry]]], position: int) -> None:
        """Insert the rows of whole streams, and track the position in the same transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            for table, rows in _rows(facts):
                cursor.executemany(table.insert, rows)
            self._insert_tracking(cursor, Tracking(UPSTREAM, position))

    def finish(self) -> None:
        """Indexes last: they are made faster from all rows than row by row."""
        with self.datastore.unit() as cursor:
            for table in TABLES:
                for statement in table.index_statements:
                    cursor.execute(statement)
            marks.make(cursor)
            cursor.execute(f"PRAGMA user_version={VERSION}")


def catch_up(folder: Folder, path: Path, progress: Progress | None = None) -> int:
    """Bring the views at `path` up to date; returns the position they reach.

    Views that are missing, of another version, or ahead of the ledger are rebuilt.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(folder.connect()) as ledger, held(_lock(path), folder.lock_seconds):
        made = tracked(path)
        last = position_of(ledger)
        if made is None or made > last:
            return _rebuild(folder, path, progress)
        with closing(_open(path)) as store:
            recorder = ViewsRecorder(store)
            for first in range(made + 1, last + 1, BATCH):
                until = min(first + BATCH - 1, last)
                _replace(recorder, ledger, first, until)
                if progress:
                    progress(until, last)
        return last


def rebuild(folder: Folder, path: Path, progress: Progress | None = None) -> int:
    """Rebuild the views at `path` from the facts alone; the old ones stay readable until then."""
    _mend_index(folder)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(_lock(path), folder.lock_seconds):
        return _rebuild(folder, path, progress)


def _mend_index(folder: Folder) -> None:
    """The index beside the facts follows from them too; it is written only where it does not."""
    with closing(folder.connect()) as ledger, suppress(sqlite3.DatabaseError):
        ledger.execute("BEGIN")
        try:
            if next(known.differing(ledger, folder.station), None) is None:
                return
        except known.UNREADABLE:
            return  # no index follows from facts that cannot be read; making the views will say so
    with (
        held(folder.lock, folder.lock_seconds),
        closing(Datastore(str(folder.database), round(folder.lock_seconds), durable)) as store,
        store.unit() as cursor,
    ):
        known.rebuild(cursor, folder.station)


def build(
    folder: Folder, path: Path, upto: int | None = None, progress: Progress | None = None
) -> int:
    """Make a new views file at `path` of the facts up to a position; returns that position."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(folder.connect()) as ledger, closing(_open(path, new=True)) as store:
        recorder = ViewsRecorder(store)
        recorder.create_table()
        last = position_of(ledger)
        last = last if upto is None else min(upto, last)
        done, added, batch = 0, 0, list[tuple[str, list[Entry]]]()
        for id, history in _streams(ledger, last):
            batch.append((id, history))
            done += len(history)
            if done - added >= BATCH:
                recorder.add(batch, done)
                added, batch = done, []
                if progress:
                    progress(done, last)
        if done > 0 and batch:
            recorder.add(batch, done)
        recorder.finish()
    return last


def _rebuild(folder: Folder, path: Path, progress: Progress | None) -> int:
    """Build a shadow file, then copy it into place in one transaction that readers never see.

    Only where the old file has a write-ahead log do its readers and that transaction not wait for
    each other, so the shadow gets one before it takes an empty place.
    """
    shadow = path.with_name(f"{path.name}.{os.getpid()}.new")
    shadow_files = (shadow, Path(f"{shadow}-wal"), Path(f"{shadow}-shm"))
    # A killed process leaves its shadow behind; who holds the lock knows that nobody needs it.
    for left in path.parent.glob(f"{path.name}.*.new*"):
        left.unlink(missing_ok=True)
    try:
        position = build(folder, shadow, progress=progress)
        if path.exists() and _is_logged_ahead(path):
            with closing(sqlite3.connect(shadow)) as new, closing(sqlite3.connect(path)) as live:
                live.execute(f"PRAGMA busy_timeout={int(folder.lock_seconds * 1000)}")
                new.backup(live)
        else:
            with closing(sqlite3.connect(shadow)) as new:
                new.execute("PRAGMA journal_mode=WAL")
            for stale in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                stale.unlink(missing_ok=True)
            shadow.replace(path)
    finally:
        for left in shadow_files:
            left.unlink(missing_ok=True)
    return position


def _is_logged_ahead(path: Path) -> bool:
    try:
        with closing(read_only(path)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")
    except sqlite3.DatabaseError:
        return False


def _replace(recorder: ViewsRecorder, ledger: sqlite3.Connection, first: int, last: int) -> None:
    """Recompute the streams that grew between two positions, and replace their rows."""
    grown = ledger.execute(
        "SELECT DISTINCT originator_id FROM stored_events WHERE position BETWEEN ? AND ?",
        (first, last),
    )
    ids = [row[0] for row in grown]
    with recorder.datastore.unit() as cursor, marks.following(cursor, ids):
        for table in TABLES:
            cursor.executemany(f"DELETE FROM {table.name} WHERE stream = ?", [(id,) for id in ids])
        recorder.add(((id, _history(ledger, id, last)) for id in ids), last)


def _history(ledger: sqlite3.Connection, id: str, last: int) -> list[Entry]:
    rows = ledger.execute(
        f"{_FACTS} WHERE originator_id = ? AND position <= ? ORDER BY originator_version",
        (id, last),
    )
    return [Entry.decode(topic, state) for topic, state in rows]


def _streams(ledger: sqlite3.Connection, last: int) -> Iterator[tuple[str, list[Entry]]]:
    """Every stream once, each of its facts read once."""
    rows = ledger.execute(
        f"{_FACTS} WHERE position <= ? ORDER BY originator_id, originator_version", (last,)
    )
    entries = (Entry.decode(topic, state) for topic, state in rows)
    for id, history in groupby(entries, key=lambda entry: entry.id):
        yield id, list(history)


def _rows(facts: Iterable[tuple[str, list[Entry]]]) -> Iterator[tuple[Table, list[Row]]]:
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    for id, history in facts:
        # A fact that lacks what every fact of its kind has was damaged after it was stored.
        try:
            known = readings(history)
            for table in _tables_of(history[0].kind.family):
                found[table.name] += known_rows(table, id, known)
        except (LookupError, TypeError) as error:
            why = f"the facts of {id} cannot be read: {error!r}"
            raise LedgerDamaged(file="ledger.db", why=why) from error
    for table in TABLES:
        yield table, found[table.name]


@cache
def _tables_of(family: str) -> tuple[Table, ...]:
    return tuple(table for table in TABLES if family in table.families)


def _open(path: Path, *, new: bool = False) -> Datastore:
    def prepare(connection: sqlite3.Connection) -> None:
        # Views can be made again, so they need not survive a power cut, only a killed process.
        connection.execute("PRAGMA journal_mode=" + ("OFF" if new else "WAL"))
        connection.execute("PRAGMA synchronous=OFF" if new else "PRAGMA synchronous=NORMAL")

    return Datastore(str(path), round(limits.LOCK_SECONDS), prepare)


def _lock(path: Path) -> Path:
    return path.with_suffix(".lock")
