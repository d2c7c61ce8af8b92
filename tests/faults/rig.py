"""What the fault tests share: victims that can be killed, a ledger to hurt, the table of counts.

A victim is a fork of the test process, so it costs milliseconds and not a cold start. It runs
commands in-process and says on a pipe, line by line, what was acknowledged to it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shlex
import signal
import sqlite3
import traceback
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from cli.main import main
from cli.world import World
from ledger.folder import Folder, read_only
from ledger.seal.verification import verify
from projections.building import build
from projections.tables import digests
from projections.views import up_to_date
from tests.cli.conftest import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from ledger.seal.verification import Report

#: `make faults` sets it; without it the tests take a sample that fits into `make test`.
LONG = os.environ.get("VIGIL_FAULTS") == "long"
SEED = int(os.environ.get("VIGIL_FAULTS_SEED", "20130209"))

SITES = """
record site opened SIT-ASHRAF --name 'Camp Ashraf' --timezone Asia/Baghdad --at 2009-01-01 --received 2009-01-01
record site opened SIT-HURRIYA --name 'Camp Hurriya' --timezone Asia/Baghdad --at 2012-01-01 --received 2012-01-01
record movement made MOV-FIRST --from outside --to ashraf --count 3280 --at 2009-01-01 --received 2009-01-01 --opening
record movement made MOV-SECOND --from ashraf --to hurriya --count 397 --at 2012-02-18 --received 2012-02-18
"""
MOVE = "record movement made --from ashraf --to hurriya --count 1 --at 2013-02-01"


class Counts:
    """The table of faults: what was done how often, and what came of it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Counter[str]] = {}

    def add(self, fault: str, of: str, outcome: str, number: int = 1) -> None:
        self.rows.setdefault((fault, of), Counter())[outcome] += number

    def markdown(self) -> list[str]:
        lines = ["| fault | of | times | what came of it |", "|---|---|---:|---|"]
        for (fault, of), outcomes in self.rows.items():
            told = ", ".join(f"{number:,} {name}" for name, number in sorted(outcomes.items()))
            lines.append(f"| {fault} | {of} | {outcomes.total():,} | {told} |")
        return lines


COUNTS = Counts()


def vigil(folder: Path, line: str | list[str], **environment: str) -> Answer:
    """Run a command in this process, on the ledger in a folder."""
    words = shlex.split(line) if isinstance(line, str) else line
    state = {"XDG_STATE_HOME": str(folder / ".state"), "VIGIL_ACTOR": "HRO-07", **environment}
    world = World(environment=state, folder=str(folder), stdin=io.BytesIO())
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words, world)
    return Answer(code, out.getvalue(), err.getvalue())


def done(folder: Path, line: str | list[str]) -> Answer:
    """Run a command that must succeed."""
    answer = vigil(folder, line)
    assert answer.code == 0, (line, answer.err)
    return answer


def office(folder: Path) -> Path:
    """A new ledger with two sites and people in them, sealed, its views made."""
    folder.mkdir()
    done(folder, "init . --timezone Asia/Baghdad")
    for line in SITES.strip().splitlines():
        done(folder, line)
    done(folder, "query population")
    done(folder, "checkpoint")
    return folder


def facts(folder: Path) -> list[dict[str, Any]]:
    """All that was said in every fact, in order of recording, read from the file itself."""
    with closing(Folder.load(folder).connect()) as ledger:
        rows = ledger.execute("SELECT topic, state FROM stored_events ORDER BY position").fetchall()
    return [{"fact": topic.partition("/")[0], **json.loads(state)} for topic, state in rows]


def keys(folder: Path) -> Counter[str]:
    """How often each key was recorded."""
    return Counter(said["key"] for said in facts(folder) if "key" in said)


def sound(folder: Path) -> Report:
    """Nothing is altered, torn or out of order, and the views caught up are those of a rebuild."""
    home = Folder.load(folder)
    report = verify(home)
    assert report.faults == [], report.faults[:5]
    recorded = [said["recorded"] for said in facts(folder)]
    assert recorded == sorted(recorded)
    views, position = up_to_date(home, folder / ".state")
    assert position == report.size
    with closing(views):
        live = digests(views)
    scratch = folder / ".rebuilt.db"
    try:
        build(home, scratch)
        with closing(read_only(scratch)) as again:
            assert digests(again) == live
    finally:
        scratch.unlink(missing_ok=True)
    with closing(sqlite3.connect(home.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return report


class Victim:
    """A process that works until it ends or is killed. `said` is what it acknowledged."""

    def __init__(self, work: Callable[[Callable[[str], None]], object]) -> None:
        reading, writing = os.pipe()
        going, self._go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            os.close(self._go)
            _work(work, going, writing)
        os.close(writing)
        os.close(going)
        self._reading = os.fdopen(reading)
        self.said: list[str] = []

    def go(self) -> None:
        """Let it begin."""
        os.write(self._go, b"!")
        os.close(self._go)

    def heard(self) -> str:
        """Its next line; empty when it has ended."""
        line = self._reading.readline().rstrip("\n")
        if line:
            self.said.append(line)
        return line

    def close(self) -> None:
        """Hear nothing more; whoever traces it waits for its end."""
        self._reading.close()

    def kill(self) -> None:
        """SIGKILL, as a power button does it to a process."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for its end; its exit code, or minus the signal that killed it."""
        while self.heard():
            pass
        self.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _work(work: Callable[[Callable[[str], None]], object], going: int, writing: int) -> None:
    """What the child does; it never comes back into the test."""
    code = 70
    try:
        os.read(going, 1)
        work(lambda line: void(os.write(writing, f"{line}\n".encode())))
        code = 0
    except BaseException:
        told = json.dumps(traceback.format_exc(limit=-3))
        with contextlib.suppress(OSError):
            os.write(writing, f"broken {told[-3000:]}\n".encode())
    finally:
        os._exit(code)


def void(_: object) -> None:
    """Nothing."""


def chance(*about: object) -> random.Random:
    """Random numbers that are the same in every run of the same test."""
    return random.Random(f"{SEED} {about}")


def sample(cases: list[Any], number: int, *about: object) -> list[Any]:
    """All cases in the long form, in the short one some of them, the same ones every time."""
    if LONG or len(cases) <= number:
        return cases
    return sorted(chance("sample", *about).sample(cases, number))


def settled(folder: Path) -> None:
    """Move everything from the write-ahead log into the database, and remove the views."""
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for left in ("ledger.db-wal", "ledger.db-shm", "views.db", "views.db-wal", "views.db-shm"):
        (folder / left).unlink(missing_ok=True)
