"""Making views: catch-up after new facts, and a rebuild from nothing. Same kernel, same bytes.

The position up to which the views are made is stored by the library's tracking in the transaction
that stores the rows, so views never claim more than they hold, whatever stops the process.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from eventsourcing.persistence import Tracking
from eventsourcing.sqlite import SQLiteTrackingRecorder

from ledger import known, limits
from ledger.folder import Folder, identity, made_whole, make_private, read_only
from ledger.lock import Lock, held
from ledger.persistence import Datastore, durable
from projections import definitions, marks
from projections.filling import fill, history_of, insert, processors
from projections.tables import SCHEMA, TABLES
from projections.views import UPSTREAM, VERSION, position_of, reached, tracked

#: Facts with which live views catch up in one transaction.
BATCH = 10_000

#: Called with the facts done and the facts there are.
Progress = Callable[[int, int], None]
#: Called with a sentence for people.
Tell = Callable[[str], None]


class ViewsRecorder(SQLiteTrackingRecorder):
    """The views file, under the library's tracking."""

    datastore: Datastore

    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), *SCHEMA]

    def finish(self, position: int, jobs: int) -> None:
        """Indexes last: they are made faster from all rows than row by row."""
        with self.datastore.unit() as cursor:
            cursor.execute(f"PRAGMA threads={jobs - 1}")  # which sort for an index
            for table in TABLES:
                for statement in table.index_statements:
                    cursor.execute(statement)
            marks.make(cursor)
            self.track(position)
            definitions.keep(cursor)
            cursor.execute(f"PRAGMA user_version={VERSION}")

    def track(self, position: int) -> None:
        """Say up to which position the rows are made, in the transaction that stores them."""
        self.insert_tracking(Tracking(UPSTREAM, position))


def catch_up(
    folder: Folder, path: Path, progress: Progress | None = None, tell: Tell | None = None
) -> int:
    """Bring the views at `path` up to date; returns the position they reach.

    Views that are missing, of another version, ahead of the ledger or far behind it are rebuilt.
    """
    with closing(Follower(folder, path)) as follower:
        return follower.catch_up(progress, tell)


class Follower:
    """Brings views up to date again and again, for whoever records again and again.

    It keeps the ledger and the views open: closing the views folds their write-ahead log into them,
    which takes longer than all else. Others may meanwhile put another file in their place.
    """

    def __init__(self, folder: Folder, path: Path) -> None:
        self._folder, self._path = folder, path
        self._ledger = folder.connect()
        self._lock = Lock(_lock(path), folder.lock_seconds)
        self._opened: tuple[ViewsRecorder, sqlite3.Connection] | None = None
        self._file: tuple[int, int] | None = None

    def close(self) -> None:
        self._let_go()
        self._lock.close()
        self._ledger.close()

    def catch_up(self, progress: Progress | None = None, tell: Tell | None = None) -> int:
        """Bring the views up to date, as `catch_up` does."""
        path, folder = self._path, self._folder
        if self._opened is None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock.held():
            if self._opened is None:
                _clear(path)
            made, last = self._made(), position_of(self._ledger)
            if made is None and tell and (changed := _changed(path)):
                tell(f"made again, because they are defined otherwise now: {', '.join(changed)}")
            if made is None or made > last or last - made > max(made, BATCH):
                self._let_go()
                return _rebuild(folder, path, progress)
            for first in range(made + 1, last + 1, BATCH):
                until = min(first + BATCH - 1, last)
                _replace(self._recorder(), self._ledger, first, until)
                if progress:
                    progress(until, last)
        return last

    def _made(self) -> int | None:
        """The position that the views reach; None where they are to be rebuilt."""
        if self._opened is not None and self._file == identity(self._path):
            return reached(self._opened[1])
        self._let_go()
        return tracked(self._path)

    def _recorder(self) -> ViewsRecorder:
        if self._opened is None:
            self._opened = ViewsRecorder(_open(self._path)), read_only(self._path)
            self._file = identity(self._path)
        return self._opened[0]

    def _let_go(self) -> None:
        if self._opened is not None:
            recorder, views = self._opened
            views.close()
            recorder.datastore.close()
            self._opened = None


def _changed(path: Path) -> list[str]:
    """The views at `path` that are defined otherwise now; none where there is no such file."""
    with suppress(OSError, sqlite3.DatabaseError), closing(read_only(path)) as views:
        if views.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return definitions.changed(views)
    return []


def rebuild(
    folder: Folder, path: Path, progress: Progress | None = None, jobs: int | None = None
) -> int:
    """Rebuild the views at `path` from the facts alone; the old ones stay readable until then."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder, path):
        return _rebuild(folder, path, progress, jobs)


def mend_index(folder: Folder) -> None:
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
    folder: Folder,
    path: Path,
    upto: int | None = None,
    progress: Progress | None = None,
    jobs: int | None = None,
) -> int:
    """Make a new views file at `path` of the facts up to a position; returns that position.

    There is none where it could not be finished.
    """
    with made_whole(path) as made:
        return _make(folder, made, upto, progress, jobs)


def _make(
    folder: Folder, path: Path, upto: int | None, progress: Progress | None, jobs: int | None
) -> int:
    """Make the views in an empty file; who calls takes it away where that fails."""
    with closing(folder.connect()) as ledger, closing(_open(path, new=True)) as store:
        last = position_of(ledger)
        last = last if upto is None else min(upto, last)
        recorder = ViewsRecorder(store)
        recorder.create_table()
        jobs = jobs or processors()
        fill(folder, path, last, _counting(progress, last), jobs)
        recorder.finish(last, jobs)
    return last


def _counting(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Shows how many of all facts are done, as they are."""
    done = 0

    def told(facts: int) -> None:
        nonlocal done
        done += facts
        if progress:
            progress(done, total)

    return told


def _rebuild(folder: Folder, path: Path, progress: Progress | None, jobs: int | None = None) -> int:
    """Build a shadow file, then copy it into place in one transaction that readers never see.

    Only where the old file has a write-ahead log do its readers and that transaction not wait for
    each other, so the shadow gets one before it takes an empty place.
    """
    shadow = path.with_name(f"{path.name}.{os.getpid()}.new")
    shadow_files = (shadow, Path(f"{shadow}-wal"), Path(f"{shadow}-shm"))
    try:
        make_private(shadow)
        position = _make(folder, shadow, None, progress, jobs)
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
        "SELECT originator_id, MIN(originator_version) FROM stored_events "
        "WHERE position BETWEEN ? AND ? GROUP BY originator_id",
        (first, last),
    ).fetchall()
    ids = [id for id, _ in grown]
    older = [id for id, version in grown if version > 1]  # those that may have rows by now
    gone = [(id,) for id in older]
    with recorder.datastore.unit() as cursor, marks.following(cursor, ids, older):
        for table in TABLES if older else ():
            cursor.executemany(f"DELETE FROM {table.name} WHERE stream = ?", gone)
        insert(cursor, ((id, history_of(ledger, id, last)) for id in ids))
        recorder.track(last)


def _open(path: Path, *, new: bool = False) -> Datastore:
    def prepare(connection: sqlite3.Connection) -> None:
        # Views can be made again, so they need not survive a power cut, only a killed process.
        connection.execute("PRAGMA journal_mode=" + ("OFF" if new else "WAL"))
        connection.execute("PRAGMA synchronous=OFF" if new else "PRAGMA synchronous=NORMAL")
        # A fact touches the same pages again and again, at the ends of tables: folding four times
        # as many into the file at once writes each of them less often.
        connection.execute("PRAGMA wal_autocheckpoint=4000")

    return Datastore(str(path), round(limits.LOCK_SECONDS), prepare)


@contextmanager
def _alone(folder: Folder, path: Path) -> Iterator[None]:
    """Nobody else makes the views at `path` meanwhile."""
    with held(_lock(path), folder.lock_seconds):
        _clear(path)
        yield


def _clear(path: Path) -> None:
    """A killed process leaves its shadow behind; who holds the lock knows that nobody needs it."""
    for left in path.parent.glob(f"{path.name}.*.new*"):
        left.unlink(missing_ok=True)


def _lock(path: Path) -> Path:
    return path.with_suffix(".lock")
