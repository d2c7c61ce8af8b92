"""Faults of disk and database under their names of the catalogue; one place for all rooms."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from errno import ENOSPC
from typing import TYPE_CHECKING

from ledger.errors.storage import Busy, DiskFull, LedgerDamaged, LedgerReadOnly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.errors import VigilError


def named(error: BaseException, file: object, seconds: float | None = None) -> VigilError | None:
    """The refusal that a fault amounts to; None where it is a fault of the program.

    `file` is what was being read or written, `seconds` the time limit of a lock. The storage
    library wraps SQLite's errors; what it wrapped decides.
    """
    if isinstance(error.__cause__, sqlite3.Error):
        error = error.__cause__
    if isinstance(error, OSError) and (error.filename is not None or error.errno == ENOSPC):
        return _of_system(error, error.filename or file)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, file, seconds)
    return None


@contextmanager
def faults_named(file: object) -> Iterator[None]:
    """Faults of disk and database under their names, whatever is done inside."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        fault = named(error, file)
        if fault is None and isinstance(error, OSError):
            fault = LedgerReadOnly(file=file, why=error.strerror or error)
        if fault is None:
            raise
        raise fault from error


def _of_system(error: OSError, file: object) -> VigilError:
    if error.errno == ENOSPC:
        return DiskFull(file=file)
    return LedgerReadOnly(file=file, why=error.strerror or error)


def _of_sqlite(error: sqlite3.Error, file: object, seconds: float | None) -> VigilError | None:
    name = getattr(error, "sqlite_errorname", "")
    if name in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"):
        return DiskFull(file=file)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return LedgerReadOnly(file=file, why=error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(seconds="some" if seconds is None else f"{seconds:g}")
    # A constraint fails where the index lost a thing of which there are facts.
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR", "SQLITE_CONSTRAINT")):
        return LedgerDamaged(file=file, why=error)
    if str(error).startswith("Could not decode to UTF-8"):  # Python's own, without SQLite's name
        return LedgerDamaged(file=file, why=error)
    return None
