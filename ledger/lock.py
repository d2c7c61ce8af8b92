"""The writers' lock: one process at a time writes to a ledger.

SQLite's own lock would do for two writers, but versions before 3.51.3 can lose pages when the
checkpoint of one connection races the commit of another, so whoever writes holds this lock from
before reading the history until the connection has committed. It is an empty SQLite file held by
`BEGIN EXCLUSIVE`: that waits fairly on every system and is released when its process dies.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from ledger.errors import Busy
from ledger.faults import named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock at `path`; raises `Busy` when it is not free within `seconds`."""
    with closing(Lock(path)) as lock, lock.held(seconds):
        yield


class Lock:
    """The lock at a path; its file stays open for whoever takes it again and again."""

    def __init__(self, path: Path) -> None:
        self._path, self._name = path, str(path)  # asked for by name: a path takes its time
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int, int] | None = None

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Hold it; raises `Busy` when it is not free within `seconds`."""
        try:
            connection = self._opened(int(seconds * 1000))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise Busy(seconds=f"{seconds:g}") from None
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self, milliseconds: int) -> sqlite3.Connection:
        """The file as it lies there now: one that was taken away locks nobody out.

        One that is there is not opened beside SQLite: to close it would drop the locks that this
        process holds on it.
        """
        try:
            try:
                status = os.stat(self._name)  # noqa: PTH116
            except FileNotFoundError:
                with suppress(FileExistsError):
                    os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                status = self._path.stat()
        except OSError as error:
            raise named(error, self._path.name) or error from None
        file = (status.st_dev, status.st_ino, milliseconds)
        if self._connection is None or file != self._file:
            self.close()
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.execute(f"PRAGMA busy_timeout={milliseconds}")
            # Nothing is ever written, so there is nothing to keep a journal of beside it.
            self._connection.execute("PRAGMA journal_mode=MEMORY")
            self._file = file
        return self._connection
