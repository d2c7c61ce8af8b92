"""The writers' lock: one process at a time writes to a ledger.

SQLite's own lock would do for two writers, but versions before 3.51.3 can lose pages when the
checkpoint of one connection races the commit of another, so whoever writes holds this lock from
before reading the history until the connection has committed. It is an empty SQLite file held by
`BEGIN EXCLUSIVE`: that waits fairly on every system and is released when its process dies.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from ledger.errors.storage import Busy
from ledger.faults import named
from ledger.folder import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock at `path`; raises `Busy` when it is not free within `seconds`."""
    with closing(Lock(path, seconds)) as lock, lock.held():
        yield


class Lock:
    """The lock at a path; its file stays open for whoever takes it again and again."""

    def __init__(self, path: Path, seconds: float) -> None:
        """Whoever wants it waits so many seconds at most."""
        self._path, self._seconds = path, seconds
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it; raises `Busy` when it is not free in time."""
        try:
            connection = self._opened()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise Busy(seconds=f"{self._seconds:g}") from None
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        """The file as it lies there now: one that was taken away locks nobody out.

        One that is there is not opened beside SQLite: to close it would drop the locks that this
        process holds on it.
        """
        try:
            try:
                status = self._path.stat()
            except FileNotFoundError:
                with suppress(FileExistsError):
                    make_private(self._path)
                status = self._path.stat()
        except OSError as error:
            raise named(error, self._path.name) or error from None
        file = (status.st_dev, status.st_ino)
        if self._connection is None or file != self._file:
            self.close()
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.execute(f"PRAGMA busy_timeout={int(self._seconds * 1000)}")
            # Nothing is ever written, so there is nothing to keep a journal of beside it.
            self._connection.execute("PRAGMA journal_mode=MEMORY")
            self._file = file
        return self._connection
