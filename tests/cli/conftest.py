"""An office to run commands in: a folder, a clock that a test sets, uuids that count."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import shlex
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cli.main import main
from cli.world import World
from ledger.folder import read_only
from ledger.values.instants import MINUTE
from ledger.values.when import When
from projections.tables import digests

if TYPE_CHECKING:
    from collections.abc import Iterator

START = "2026-11-24T08:00Z"


class Answer(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error document."""
        return json.loads(self.err)

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.json["rows"]
        return rows


class Office:
    """Runs command lines in a folder. Each takes a minute of the office's clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {"XDG_STATE_HOME": str(folder / ".state")}
        self.now = When.parse(START).earliest
        self.serial = 0

    def at(self, time: str) -> Office:
        """The clock set to a time."""
        self.now = When.parse(time).earliest
        return self

    def __call__(self, line: str | list[str], stdin: bytes = b"") -> Answer:
        words = shlex.split(line) if isinstance(line, str) else list(line)
        if words[:1] == ["vigil"]:
            del words[0]
        world = World(
            environment=self.environment,
            clock=lambda: self.now,
            random=self._uuid,
            folder=str(self.folder),
            stdin=io.BytesIO(stdin),
        )
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(words, world)
        self.now += MINUTE
        return Answer(code, _text(out), _text(err))

    def ok(self, line: str | list[str], stdin: bytes = b"") -> Answer:
        """Run a command that must succeed."""
        answer = self(line, stdin)
        assert answer.code == 0, answer.err or answer.out
        return answer

    def all(self, lines: str) -> Office:
        """Record facts written one a line."""
        for line in lines.strip().splitlines():
            if line.strip():
                self.ok(f"record {line.strip()}")
        return self

    def query(self, line: str) -> list[dict[str, Any]]:
        return self.ok(f"query {line} -f json").rows

    @property
    def position(self) -> int:
        """How many facts the ledger holds."""
        return int(self.ok("status -f json").json["position"])

    def verify(self) -> None:
        """The live views, caught up fact by fact, are those of a rebuild."""
        self.ok("query movements")
        with contextlib.closing(read_only(self.folder / "views.db")) as views:
            live = digests(views)
        assert live == self.ok("replay -f json").json["digests"]

    def write(self, name: str, text: str | bytes) -> str:
        """A file in the folder; returns its name."""
        data = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)
        return name

    def _uuid(self) -> str:
        self.serial += 1
        return f"00000000000040008000{self.serial:012x}"


def on_terminal(office: Office, line: str, rows: int = 12, **environment: str) -> tuple[int, str]:
    """The exit code of a command in a process of its own, and what its terminal showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 1000, 0, 0))
    words = [sys.executable, "-c", "from cli.main import run; run()", *line.split()]
    around = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        **environment,
    }
    with subprocess.Popen(
        words, cwd=office.folder, stdin=theirs, stdout=theirs, stderr=theirs, env=around
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # how Linux says that nobody writes to it any more
                break
            if not data:
                break
            shown += data
    os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    data = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return str(data.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    """An office without a ledger. Whatever a test did, a replay gives the live views at the end."""
    office = Office(folder)
    yield office
    if (folder / "vigil.toml").exists():
        office.verify()


@pytest.fixture(scope="session")
def _camp(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("camp"))
    office.ok("init --timezone Asia/Baghdad --actor HRO-07")
    office.all("""
        site opened SIT-ASHRAF --name 'Camp Ashraf' --timezone Asia/Baghdad --at 2009-01-01 --received 2009-01-01
        site opened SIT-HURRIYA --name 'Camp Hurriya' --timezone Asia/Baghdad --at 2011-12-25 --received 2011-12-25 --aliases 'Camp Liberty' --aliases TTL
        movement made --from outside --to ashraf --count 3280 --at 2009-01-01 --received 2009-01-01 --opening
        movement made --from ashraf --to hurriya --count 397 --at 2012-02-18 --received 2012-02-18
        incident opened INC-ONE --site hurriya --kind attack --title Attack --at 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant press --killed 5+ --at 2013-02-09 --received 2013-02-09
    """)
    office.ok("backup copy.db")
    (office.folder / "copy.db").replace(office.folder / "ledger.db")
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (office.folder / left).unlink(missing_ok=True)
    return office


@pytest.fixture
def camp(office: Office, _camp: Office) -> Office:
    """A ledger (zone Asia/Baghdad, actor HRO-07) with two sites, people in one, an incident."""
    for name in ("vigil.toml", "ledger.db"):
        shutil.copy(_camp.folder / name, office.folder / name)
    office.now, office.serial = _camp.now, _camp.serial
    office.ok("query population")
    return office


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo's ledger; tests only read it."""
    office = Office(tmp_path_factory.mktemp("demo"))
    office.ok("demo .")
    office.environment["VIGIL_LEDGER"] = str(office.folder)
    yield office


@pytest.fixture
def vigil() -> list[str]:
    """The words that start the installed program in a process of its own."""
    return [sys.executable, "-c", "from cli.main import run; run()"]
