"""A ledger is a folder: `vigil.toml`, `ledger.db`, the writers' lock, and views that come and go.

Imported by every command, so nothing here needs pydantic or eventsourcing.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import contextmanager, suppress
from errno import EEXIST, EINVAL, ENOSPC, ENOTSUP
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import limits
from ledger.errors.storage import (
    ConfigUnreadable,
    LedgerDamaged,
    LedgerExists,
    LedgerNewer,
    LedgerReadOnly,
    NoLedger,
    NotAVigilFile,
)
from ledger.values.instants import zone_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONFIG = "vigil.toml"
#: How the names end of a database and of what SQLite puts beside it.
_BESIDE = ("", "-wal", "-shm", "-journal")

STATION = "a station is 1 to 8 of A-Z and 0-9"
#: What no setting that is a number exceeds.
_MOST = 1_000_000
_SETTINGS: dict[str, tuple[type, ...]] = {
    "station": (str,),
    "timezone": (str,),
    "actor": (str,),
    "lock_seconds": (int, float),
    "evidence_megabytes": (int, float),
    "gap_minutes": (int,),
}


def read_settings(text: str) -> dict[str, Any]:
    """The settings of a text in TOML; raises `ValueError`.

    Lines as `init` writes them are read here, for every command reads them and the library takes as
    long to load as a query to answer. It reads everything else.
    """
    settings: dict[str, Any] = {}
    for line in text.split("\n"):
        name, _, value = line.partition(" = ")
        inner = value[1:-1]
        if not line:
            continue
        if name in settings or not (name.isascii() and name.isidentifier()):
            break
        if value == f'"{inner}"' and inner.isprintable() and not {'"', "\\"} & {*inner}:
            settings[name] = inner
        elif value.isascii() and value.isdecimal() and value == str(int(value)):
            settings[name] = int(value)
        else:
            break
    else:
        return settings
    import tomllib

    return tomllib.loads(text)


def is_station(text: str) -> bool:
    """Whether a text can be a station, the part of an id that says which office gave it out."""
    return re.fullmatch(r"[A-Z0-9]{1,8}", text) is not None


class Folder(NamedTuple):
    """Where a ledger lies, and its settings."""

    path: Path
    station: str = "H1"
    timezone: str = "UTC"
    actor: str | None = None
    lock_seconds: float = limits.LOCK_SECONDS
    evidence_megabytes: float = limits.EVIDENCE_MEGABYTES
    gap_minutes: int = limits.GAP_MINUTES

    @property
    def database(self) -> Path:
        return self.path / "ledger.db"

    @property
    def lock(self) -> Path:
        return self.path / "ledger.lock"

    @property
    def checkpoints(self) -> Path:
        """Where signed heads of the log are kept, outside the database."""
        return self.path / "checkpoints"

    @property
    def evidence(self) -> Path:
        """Where attached files are kept, by their hash."""
        return self.path / "evidence"

    @property
    def key(self) -> Path:
        """The private key that signs them."""
        return self.path / "signing.key"

    @property
    def views(self) -> Path:
        return self.path / "views.db"

    @classmethod
    def find(cls, start: Path, *, upward: bool) -> Folder:
        """The ledger in `start`, or the nearest one above it; raises `NoLedger`."""
        for folder in (start, *(start.parents if upward else ())):
            if (folder / CONFIG).is_file():
                return cls.load(folder)
        raise NoLedger(folder=start)

    @classmethod
    def load(cls, path: Path) -> Folder:
        """The settings of `vigil.toml`; raises `ConfigUnreadable`."""
        file = path / CONFIG
        try:
            settings = read_settings(file.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise ConfigUnreadable(file=file, why=error) from None
        for name, value in settings.items():
            if name not in _SETTINGS:
                raise ConfigUnreadable(file=file, why=f"{name} is not a setting")
            if not isinstance(value, _SETTINGS[name]) or isinstance(value, bool):
                raise ConfigUnreadable(file=file, why=f"{name} cannot be {value!r}")
            # Neither `nan` nor `inf` lies between them.
            if isinstance(value, (int, float)) and not 0 <= value <= _MOST:
                raise ConfigUnreadable(file=file, why=f"{name} is from 0 to {_MOST}")
        if settings.get("gap_minutes", 1) < 1:
            raise ConfigUnreadable(file=file, why="gap_minutes is at least 1")
        if not is_station(settings.get("station", "H1")):
            raise ConfigUnreadable(file=file, why=STATION)
        return cls(path, **settings)

    @classmethod
    def create(cls, path: Path, *, station: str, timezone: str, actor: str | None = None) -> Folder:
        """Make a folder with an empty ledger; raises `LedgerExists`, never writes into one."""
        from json import dumps
        from shlex import quote

        from ledger.persistence import create

        zone_known(timezone)
        if not is_station(station):
            raise ConfigUnreadable(file=CONFIG, why=STATION)
        folder = cls(path, station, timezone, actor)
        if (path / CONFIG).exists() or folder.database.exists():
            raise LedgerExists(folder=path, typed=quote(str(path)))
        lines = [f'station = "{station}"', f'timezone = "{timezone}"']
        lines += [f"actor = {dumps(actor)}"] if actor else []
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with made_whole(path / CONFIG) as config, made_whole(folder.database) as database:
                config.write_text("\n".join(lines) + "\n", encoding="utf-8")
                create(database)
            sync_folder(path)
        except OSError as error:
            if error.errno == ENOSPC:
                raise
            raise LedgerReadOnly(file=path, why=error.strerror) from None
        return folder

    def with_environment(self, environment: Mapping[str, str]) -> Folder:
        """The settings with those that the environment overrides."""
        seconds = environment.get("VIGIL_LOCK_SECONDS")
        if not seconds:
            return self
        given = float(seconds)
        if not 0 <= given <= _MOST:
            raise ValueError(f"it is from 0 to {_MOST} seconds")
        return self._replace(lock_seconds=given)

    @property
    def names(self) -> set[str]:
        """What lies in the folder that is the ledger's, at one time or another."""
        locked = (self.database, self.lock, self.views, self.views.with_suffix(".lock"))
        beside = {f"{file.name}{end}" for file in locked for end in _BESIDE}
        return {CONFIG, self.key.name, self.checkpoints.name, self.evidence.name, *beside}

    @classmethod
    def keeps(cls, file: Path) -> bool:
        """Whether a file is one of a ledger's own, or a ledger: nothing else may be put there."""
        target = file.resolve()
        for folder in (target, *target.parents):
            if (folder / CONFIG).is_file():
                inside = target.relative_to(folder).parts
                return not inside or inside[0] in cls(folder).names
        return False

    def connect(self) -> sqlite3.Connection:
        """A connection that only reads; raises what is wrong with the file."""
        if not self.database.is_file():
            raise LedgerDamaged(file=self.database, why="it is missing")
        try:
            connection = read_only(self.database)
        except sqlite3.DatabaseError as error:
            from ledger.faults import named

            raise named(error, self.database.name) or LedgerDamaged(
                file=self.database.name, why=error
            ) from None
        try:
            application, found = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version")
            )
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LedgerDamaged(file=self.database.name, why=error) from None
        if application != APPLICATION_ID:
            connection.close()
            raise NotAVigilFile(file=self.database, what="ledger", why="its mark is missing")
        if found > FORMAT:
            connection.close()
            raise LedgerNewer(file=self.database, found=found, known=FORMAT)
        return connection


#: `PRAGMA application_id` of a ledger ("VIGI"), and the newest layout this program knows.
APPLICATION_ID = 0x56494749
FORMAT = 1

#: Where the facts lie.
TABLE = """
CREATE TABLE IF NOT EXISTS stored_events (
    position INTEGER PRIMARY KEY,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
)"""
#: The facts of a thing.
STREAM = (
    "SELECT topic, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
)


def make_private(path: Path) -> None:
    """Create a file with mode 0600; SQLite would make it readable by everybody."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there; None where none does."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """Where to make a file that is new: it gets its name when it is finished, or there is none.

    Raises `FileExistsError`.
    """
    made = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    try:
        make_private(made)
        yield made
        if path.exists():
            raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path))
        made.rename(path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename == str(made):
            error.filename = str(path)  # the name that somebody asked for
        for end in _BESIDE:
            with suppress(OSError):
                made.with_name(f"{made.name}{end}").unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where its file system knows how."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (EINVAL, ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def read_only(path: Path) -> sqlite3.Connection:
    """A reading connection that works on read-only media too, where WAL cannot make its files."""
    from urllib.parse import quote

    uri = f"file:{quote(str(path.absolute()))}"
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=limits.LOCK_SECONDS)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        if "unable to open" not in str(error) and "readonly" not in str(error):
            raise
    return sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True)
