"""The writers' lock: one process at a time writes to a ledger.

SQLite's own lock would do for two writers, but versions before 3.51.3 can lose pages when the
checkpoint of one connection races the commit of another, so whoever writes holds this lock from
before reading the history until the connection has committed. It is an empty SQLite file held by
`BEGIN EXCLUSIVE`: that waits fairly on every system and is released when its process dies.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.errors import Busy
from ledger.faults import named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock at `path`; raises `Busy` when it is not free within `seconds`."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise named(error, path.name) or error from None
    connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            raise Busy(seconds=f"{seconds:g}") from None
        yield
    finally:
        connection.close()
