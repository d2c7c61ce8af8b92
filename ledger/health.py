"""Whether a ledger lies well: each check looks, says what it saw, and changes nothing.

`examined` turns whatever goes wrong while looking into the finding that it is, so that one broken
thing hides no other. A ledger that is damaged is the one that needs a look most.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from json import loads
from typing import TYPE_CHECKING, NamedTuple

from ledger import limits
from ledger.errors import VigilError
from ledger.faults import named
from ledger.folder import CONFIG
from ledger.history import Entry, effective
from ledger.values.instants import MINUTE, zone_known
from ledger.values.when import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.folder import Folder

OK, WARNING, ERROR = "ok", "warning", "error"

#: Facts that may wait for a checkpoint before somebody should make one.
UNSEALED = 1_000


class Check(NamedTuple):
    """What was looked at, how it is, in a sentence, and what to do about it."""

    check: str
    state: str
    text: str
    cure: str = ""


def examined(check: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """What a look finds; what stops it is a finding too."""
    try:
        yield from look()
    except VigilError as error:
        yield Check(check, ERROR, error.sentence, error.cure)
    except (OSError, sqlite3.Error) as error:
        fault = named(error, "ledger.db")
        text = fault.sentence if fault else f"it cannot be looked at: {error}"
        yield Check(check, ERROR, text, fault.cure if fault else "")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        yield Check(check, ERROR, f"it cannot be read: {error!r}", "vigil verify says what is left")


def settings(folder: Folder) -> Iterator[Check]:
    """Where it is, its station and its zone."""
    zone_known(folder.timezone)
    text = f"{folder.path}  station {folder.station}  zone {folder.timezone}"
    yield Check("ledger", OK, text)


def files(folder: Folder) -> Iterator[Check]:
    """Who may read them, and whether they can be written."""
    names = (CONFIG, "ledger.db", "ledger.db-wal", "signing.key", "views.db")
    there = [name for name in names if (folder.path / name).exists()]
    loose = [name for name in there if (folder.path / name).stat().st_mode & 0o077]
    if loose and os.name == "posix":
        told = " ".join(loose)
        text = f"others can read {', '.join(loose)}"
        yield Check("files", WARNING, text, f"in the ledger's folder: chmod 600 {told}")
    else:
        yield Check("files", OK, "readable by their owner alone")
    if folder.path.stat().st_mode & 0o1002 == 0o002:  # a sticky folder keeps what is another's
        text = "anybody can replace them: others can write to the folder"
        yield Check("files", WARNING, text, "in the ledger's folder: chmod o-w .")
    written = (folder.path, *(folder.path / name for name in there))
    if not all(os.access(path, os.W_OK) for path in written):
        yield Check("files", WARNING, "they cannot be written; reading works",
                    "to record, mount the medium for writing or copy the folder")  # fmt: skip


def database(folder: Folder) -> Iterator[Check]:
    """Whether SQLite finds its pages in order, and the facts are all there."""
    with closing(folder.connect()) as ledger:
        (journal,) = ledger.execute("PRAGMA journal_mode").fetchone()
        broken = [row[0] for row in ledger.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
        if broken:
            text = f"ledger.db is damaged: {'; '.join(map(str, broken))}"
            cure = "stop writing, keep the folder as it is, and restore the newest backup beside it"
            yield Check("database", ERROR, " ".join(text.split()), cure)
            return
        count, last = ledger.execute("SELECT COUNT(*), MAX(position) FROM stored_events").fetchone()
    if count != (last or 0):
        text = f"{count} facts under positions 1 to {last}: some are missing"
        cure = "stop writing, and compare with a backup: vigil verify names what was sealed"
        yield Check("database", ERROR, text, cure)
        return
    yield Check(
        "database",
        OK,
        f"{count} facts, pages in order, journal {journal}, writers wait for the disk",
    )
    if journal != "wal":
        text = f"its journal is {journal}: readers and a writer wait for each other"
        yield Check("database", WARNING, text, "the next fact that is recorded sets it right")


def lock(folder: Folder) -> Iterator[Check]:
    """Whether somebody is writing at this moment."""
    if not folder.lock.exists():
        yield Check("lock", OK, "nobody has written yet")
        return
    uri = f"{folder.lock.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=0)) as connection:
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            text = "another process is writing, or was stopped while writing"
            yield Check("lock", WARNING, text, "wait for it; the lock ends with its process")
            return
    yield Check("lock", OK, "free")


def clock(folder: Folder, now: int) -> Iterator[Check]:
    """Whether the clock, in microseconds, is ahead of everything recorded."""
    with closing(folder.connect()) as ledger:
        row = ledger.execute(
            "SELECT state FROM stored_events ORDER BY position DESC LIMIT 1"
        ).fetchone()
    if row is None:
        yield Check("clock", OK, "nothing is recorded yet")
        return
    newest = When.parse(loads(row[0])["recorded"])
    behind = (newest.earliest - now) // MINUTE
    if newest.earliest <= now:
        yield Check("clock", OK, f"ahead of the newest fact, recorded {newest.text}")
        return
    yield Check(
        "clock",
        ERROR if behind > limits.CLOCK_SKEW_MINUTES else WARNING,
        f"{behind} minutes behind the newest fact, recorded {newest.text}",
        "set the clock; until it has caught up, facts are recorded under that time",
    )


def roster(folder: Folder, actor: str | None) -> Iterator[Check]:
    """Whether a roster is kept, and whether the actor of this session is on it."""
    from ledger.index import Index

    with closing(folder.connect()) as ledger:
        if not Index(ledger.cursor(), folder.station).any("ACT"):
            yield Check("roster", OK, "none is kept: anybody may record")
            return
        if actor is None:
            cure = "name one when recording: --actor, VIGIL_ACTOR or actor in vigil.toml"
            yield Check("roster", OK, "kept; this session has no actor", cure)
            return
        from ledger.facts.actors import active, roster_id

        id = roster_id(actor)
        said = ledger.execute(
            "SELECT topic, state FROM stored_events WHERE originator_id = ? "
            "ORDER BY originator_version",
            (id,),
        )
        if active(effective([Entry.decode(topic, state) for topic, state in said])):
            yield Check("roster", OK, f"kept; {actor} is on it")
        else:
            cure = f"vigil record actor added {id} --role officer, by somebody who is on it"
            yield Check("roster", WARNING, f"kept; {actor} is not on it and cannot record", cure)


def seal(folder: Folder) -> Iterator[Check]:
    """The newest checkpoint, how much was recorded since, and the key that signs."""
    from ledger.seal.log import Evidence, check_not_rolled_back

    evidence = Evidence(folder.checkpoints)
    with closing(folder.connect()) as ledger:
        (last,) = ledger.execute("SELECT MAX(position) FROM stored_events").fetchone()
        check_not_rolled_back(evidence, ledger)
    head = evidence.newest()
    sealed = head.size if head else 0
    waiting = (last or 0) - sealed
    text = f"the first {sealed} facts are sealed, {waiting} not yet" if head else (
        f"nothing is sealed, {waiting} facts wait"
    )  # fmt: skip
    state, cure = (WARNING, "vigil checkpoint") if waiting > UNSEALED else (OK, "")
    yield Check("checkpoint", state, text, cure)
    if head and not folder.key.exists():
        yield Check("key", WARNING, "signing.key is not here: nothing more can be sealed",
                    "put it back from where it is kept")  # fmt: skip
