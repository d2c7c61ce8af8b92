"""Filling a new views file: every stream read once, by one process or by several.

Streams know nothing of each other, so other processes may each make a part of the rows, in a file
of its own. In which order rows lie in a table depends on that, and no query and no digest does.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import IO, TYPE_CHECKING, NamedTuple

from ledger.errors.storage import LedgerDamaged
from ledger.folder import make_private
from ledger.history import Entry
from ledger.values.schema import loads
from projections.kernel import known_rows, readings
from projections.tables import SCHEMA, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ledger.folder import Folder
    from projections.kernel import Reading
    from projections.table import Row, Table

    Cursor = sqlite3.Cursor | sqlite3.Connection
    Stream = tuple[str, list[Entry]]
    Told = Callable[[int], None]

#: Facts handled at once: so few that they stay in a processor's cache.
CHUNK = 64
#: Parts that each process makes: so many that all end at about the same time.
SHARE = 8
#: Fewer facts than this are done by one process before a second one has started.
WORTH_SHARING = 20_000

_FACTS = "SELECT originator_id, topic, state FROM stored_events"


def processors() -> int:
    """How many processes make views unless somebody says so: two, where there are two processors.

    Each takes some 50 MB, and the budget of a rebuild is 250.
    """
    return min(2, os.cpu_count() or 1)


class Part(NamedTuple):
    """The streams whose ids begin at `first` and end before `end`."""

    first: str
    end: str

    def streams(self, ledger: sqlite3.Connection, last: int) -> Iterator[Stream]:
        """Each of them, with its facts up to a position."""
        rows = ledger.execute(
            f"{_FACTS} WHERE originator_id >= ? AND originator_id < ? AND position <= ? "
            "ORDER BY originator_id, originator_version",
            (self.first, self.end, last),
        )
        for id, facts in groupby(rows, itemgetter(0)):
            yield id, [Entry.decode(topic, state, loads) for _, topic, state in facts]


_AFTER_ALL = "\U0010ffff"
WHOLE = Part("", _AFTER_ALL)


def parts_of(ledger: sqlite3.Connection, number: int) -> list[Part]:
    """All streams in at most `number` parts that hold about as many facts each."""
    facts = ledger.execute("SELECT COUNT(*) FROM stored_events").fetchone()[0]
    edges = {
        ledger.execute(
            "SELECT originator_id FROM stored_events ORDER BY originator_id LIMIT 1 OFFSET ?",
            (facts * edge // number,),
        ).fetchone()[0]
        for edge in range(1, number)
    }
    return [Part(*edge) for edge in pairwise(["", *sorted(edges), _AFTER_ALL])]


def history_of(ledger: sqlite3.Connection, id: str, last: int) -> list[Entry]:
    """The facts of one stream up to a position."""
    rows = ledger.execute(
        f"{_FACTS} WHERE originator_id = ? AND position <= ? ORDER BY originator_version",
        (id, last),
    )
    return [Entry.decode(topic, state, loads) for _, topic, state in rows]


def insert(views: Cursor, streams: Iterable[Stream], told: Told | None = None) -> int:
    """Insert the rows of whole streams; returns the number of their facts.

    `told` is called with the number of facts just done.
    """
    done = 0
    for facts, chunk in _chunks(streams):
        for name, rows in rows_of(chunk).items():
            if rows:
                views.executemany(_INSERT[name], rows)
        done += facts
        if told:
            told(facts)
    return done


def _chunks(streams: Iterable[Stream]) -> Iterator[tuple[int, list[Stream]]]:
    """Streams by the chunk, with the number of their facts."""
    chunk: list[Stream] = []
    facts = 0
    for stream in streams:
        chunk.append(stream)
        facts += len(stream[1])
        if facts >= CHUNK:
            yield facts, chunk
            facts, chunk = 0, []
    if chunk:
        yield facts, chunk


def rows_of(streams: Sequence[Stream]) -> dict[str, list[Row]]:
    """The rows of whole streams, by table."""
    try:
        return _rows_of(streams)
    except (LookupError, TypeError):
        # A fact that lacks what every fact of its kind has was damaged after it was stored.
        for stream in streams:
            try:
                _rows_of([stream])
            except (LookupError, TypeError) as error:
                why = f"the facts of {stream[0]} cannot be read: {error!r}"
                raise LedgerDamaged(file="ledger.db", why=why) from error
        raise


def _rows_of(streams: Sequence[Stream]) -> dict[str, list[Row]]:
    families: dict[str, list[tuple[str, list[Reading]]]] = {}
    for id, history in streams:
        families.setdefault(history[0].kind.family, []).append((id, readings(history)))
    rows: dict[str, list[Row]] = {}
    for family, known in families.items():
        for table in _tables_of(family):
            rows.setdefault(table.name, []).extend(known_rows(table, known))
    return rows


_INSERT = {table.name: table.insert for table in TABLES}


@cache
def _tables_of(family: str) -> tuple[Table, ...]:
    return tuple(table for table in TABLES if family in table.families)


def fill(folder: Folder, path: Path, last: int, told: Told, jobs: int = 1) -> None:
    """Fill the empty tables of the views file at `path` with the facts up to a position."""
    with closing(folder.connect()) as ledger, closing(_unsafe(path)) as views:
        if jobs == 1 or last < WORTH_SHARING or not sys.executable:
            _insert_part(views, WHOLE, ledger, last, told)
            return
        parts = parts_of(ledger, jobs * SHARE)
        with _shared_out(folder, parts, last, path, jobs) as made:
            for part, (file, facts) in zip(parts, made, strict=True):
                if facts is None:  # whatever stopped the other process has a name here
                    _insert_part(views, part, ledger, last, told)
                else:
                    _take_in(views, file)
                    told(facts)


def _unsafe(path: Path) -> sqlite3.Connection:
    """A connection for a file that is thrown away unless it is finished: no journal, no syncing."""
    views = sqlite3.connect(path, isolation_level=None)
    views.execute("PRAGMA journal_mode=OFF")
    views.execute("PRAGMA synchronous=OFF")
    return views


def _insert_part(
    views: sqlite3.Connection,
    part: Part,
    ledger: sqlite3.Connection,
    last: int,
    told: Told | None = None,
) -> int:
    views.execute("BEGIN")
    facts = insert(views, part.streams(ledger, last), told)
    views.execute("COMMIT")
    return facts


def _take_in(views: sqlite3.Connection, file: Path) -> None:
    """Copy the rows of another file, whole records at a time, and remove it."""
    views.execute("ATTACH ? AS part", (str(file),))
    for table in TABLES:
        views.execute(f"INSERT INTO main.{table.name} SELECT * FROM part.{table.name}")
    views.execute("DETACH part")
    file.unlink()


@contextmanager
def _shared_out(
    folder: Folder, parts: list[Part], last: int, path: Path, jobs: int
) -> Iterator[Iterator[tuple[Path, int | None]]]:
    """The files that other processes make of the parts, in order, with their numbers of facts.

    Each is told its parts at once and answers with a line a part. It has no connection of ours,
    whose locks it could drop, and no terminal. What it reads from us ends when we do; so does it.
    """
    import subprocess

    files = [path.with_name(f"{path.name}.{number}") for number in range(len(parts))]
    code = f"import sys; sys.path[:] = {sys.path!r}; from projections.filling import work; work()"
    processes: list[subprocess.Popen[bytes]] = []

    def answers() -> Iterator[tuple[Path, int | None]]:
        for number, file in enumerate(files):
            process = processes[number % jobs] if number % jobs < len(processes) else None
            said = pipe(process.stdout).readline() if process else b""
            yield file, json.loads(said or b"null")

    def pipe(end: IO[bytes] | None) -> IO[bytes]:
        assert end is not None
        return end

    try:
        with suppress(OSError):  # where the system has no room for so many, their parts stay ours
            processes.extend(
                subprocess.Popen(  # noqa: S603  # our own program
                    [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, start_new_session=True,
                )
                for _ in range(jobs)
            )  # fmt: skip
        for number, process in enumerate(processes):
            mine = [[*parts[i], str(files[i])] for i in range(number, len(parts), jobs)]
            told = json.dumps([str(folder.path), last, mine])
            with suppress(BrokenPipeError):
                pipe(process.stdin).write(f"{told}\n".encode())
                pipe(process.stdin).flush()
        yield answers()
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for end in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    pipe(end).close()
        for file in files:
            file.unlink(missing_ok=True)


def work() -> None:
    """What another process does: make the parts that standard input names, and say of each how
    many facts it has. Null says that it could not be made; the parent then finds out why.
    """
    import gc
    from pathlib import Path
    from threading import Thread

    from ledger.folder import Folder

    gc.set_threshold(50_000)  # as the command itself does
    folder, last, parts = json.loads(sys.stdin.buffer.readline())
    files = [Path(file) for *_, file in parts]
    Thread(target=_end_with_parent, args=(files,), daemon=True).start()
    for (first, end, _), file in zip(parts, files, strict=True):
        facts = _make(Folder.load(Path(folder)), last, Part(first, end), file)
        print(json.dumps(facts), flush=True)  # noqa: T201  # the answer to the parent


def _end_with_parent(files: list[Path]) -> None:
    """Wait for the end of what the parent says; nobody needs these files then."""
    os.read(0, 1)  # and not sys.stdin, whose lock the interpreter wants when it ends
    for file in files:
        file.unlink(missing_ok=True)
    os._exit(1)


def _make(folder: Folder, last: int, part: Part, file: Path) -> int | None:
    """Make the rows of a part in a file of its own; returns the number of its facts."""
    try:
        make_private(file)
        with closing(folder.connect()) as ledger, closing(_unsafe(file)) as views:
            for statement in SCHEMA:
                views.execute(statement)
            return _insert_part(views, part, ledger, last)
    except Exception:
        return None
