"""A ledger as others get it: notes, proofs, tiles, a backup; and the tools that check them.

What others have comes from commands run in processes of their own. Foreign tools run under `make
interop` (pytest --interop) alone; elsewhere their tests are skipped. A tool that is missing then
fails its tests, unless the registry that has it could not be reached: that skips, and says so.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ledger.folder import Folder
from ledger.seal.sealing import seal
from ledger.seal.tiles import write

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = ROOT / ".venv-interop"
X_MOD = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")

#: How many facts were sealed when: less than a tile, more than one, more than two.
SIZES = (148, 348, 648)
#: Facts on both sides of every border between tiles and checkpoints, by leaf index.
BORDERS = (0, 1, 147, 148, 255, 256, 347, 348, 511, 512, 646, 647)


class Log(NamedTuple):
    """What somebody has who was given a copy of a ledger, and the key that a witness made."""

    folder: Path
    vkey: str
    witness: str = ""

    @property
    def backup(self) -> Path:
        return self.folder / "copy.db"

    @property
    def tiles(self) -> Path:
        return self.folder / "tiles"

    @property
    def cosigned(self) -> Path:
        """The newest note with the witness's signature under it."""
        return self.folder / "cosigned.note"

    def note(self, size: int) -> Path:
        return self.folder / "checkpoints" / f"{size}.note"

    def proof(self, index: int) -> Path:
        return self.folder / f"{index}.tlog-proof"

    def entry(self, index: int) -> Path:
        return self.folder / f"{index}.entry"

    def request(self, old: int) -> Path:
        """The proof that the first `old` facts grew into the newest note."""
        return self.folder / f"{old}.request"


def vigil(folder: Path, *words: str) -> str:
    """Run a command in a process of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run()", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / ".state")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"vigil {' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program that is not ours."""
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A log that was sealed at every one of SIZES; tests only read it."""
    folder = tmp_path_factory.mktemp("log")
    vigil(folder, "demo", ".")
    for old, size in pairwise(SIZES):
        (folder / "more.jsonl").write_text(incidents(old, size), encoding="utf-8")
        vigil(folder, "import", "more.jsonl", "--actor", "HRO-07")
    head = json.loads(vigil(folder, "checkpoint", "-f", "json"))
    assert head["size"] == SIZES[-1]
    for old in (0, *SIZES):
        vigil(folder, "checkpoint", "--request", str(old), "-o", f"{old}.request")
    vigil(folder, "backup", "copy.db")
    vigil(folder, "export", "tiles", "-o", "tiles")
    witness = vigil(folder, "witness", "new", "witness.example").strip()
    signature = vigil(folder, "witness", "cosign", "0.request", "--key", head["vkey"])
    log = Log(folder, head["vkey"], witness)
    log.cosigned.write_text(head["note"] + signature, encoding="utf-8")
    with closing(sqlite3.connect(log.backup)) as copy:
        for index in BORDERS:
            id, version, topic, state = copy.execute(
                "SELECT originator_id, originator_version, topic, state FROM stored_events "
                "WHERE position = ?",
                (index + 1,),
            ).fetchone()
            vigil(folder, "prove", f"{id}/{version}", "-o", log.proof(index).name)
            digest = sha256(state).hexdigest()
            text = f"vigil-ledger/v1\n{id}\n{version}\n{topic}\n{digest}\n"
            log.entry(index).write_text(text, encoding="utf-8")
    return log


def incidents(first: int, last: int) -> str:
    """As many facts, as lines for `vigil import`."""
    said = {
        "fact": "incident.opened",
        "site": "hurriya",
        "kind": "attack",
        "title": "Attack",
        "occurred": "2014-01-01",
        "received": "2014-01-01",
    }
    lines = (json.dumps({**said, "id": f"INC-X{number}"}) for number in range(first, last))
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A log of a thousand full tiles and a bit, so that tiles lie in folders and have three levels.

    Its facts are invented; nothing but their bytes counts here.
    """
    folder = Folder.create(tmp_path_factory.mktemp("wide") / "wide", station="H1", timezone="UTC")
    rows = (
        (number, f"INC-{number}", 1, "incident.opened/1", b"%d" % number)
        for number in range(1, 256_301)
    )
    with closing(sqlite3.connect(folder.database)) as ledger, ledger:
        ledger.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", rows)
    sealed = seal(folder)
    write(folder, folder.path / "tiles")
    return Log(folder.path, str(sealed.key))


@pytest.fixture(scope="session")
def go(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of `go/`, compiled."""
    need(request.config, "go", (TOOLS / "bin" / "go").exists())
    need(request.config, "x-mod", X_MOD.is_dir())
    # A copy, for -mod=mod may write to go.mod.
    source = tmp_path_factory.mktemp("go") / "check"
    shutil.copytree(HERE / "go", source)
    settings = {
        "GOPROXY": "off",
        "GOFLAGS": "-mod=mod",
        "GOTOOLCHAIN": "local",
        "GOPATH": str(TOOLS / "go"),
        "GOCACHE": str(TOOLS / "go-cache"),
        "PATH": os.environ["PATH"],
    }
    words = [TOOLS / "bin" / "go", "build", "-o", source / "check", "."]
    done = subprocess.run(
        words, cwd=source, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return source / "check"


@pytest.fixture(scope="session")
def scales(request: pytest.FixtureRequest) -> Path:
    """The folder of programs where tlog-scales is installed."""
    need(request.config, "tlog-scales", (TOOLS / "bin" / "tlog-tiles").exists())
    return TOOLS / "bin"


@pytest.fixture(scope="session")
def openssl(request: pytest.FixtureRequest) -> str:
    """OpenSSL 3 or newer, which signs and verifies raw messages."""
    found = shutil.which("openssl")
    version = run(found, "version").stdout.split() if found else []
    new = version[:1] == ["OpenSSL"] and int(version[1].partition(".")[0]) >= 3
    need(request.config, "openssl", new)
    return str(found)


def need(config: pytest.Config, tool: str, there: bool) -> None:
    """Skip but under `make interop`; there fail, or skip, where a tool is not there."""
    if not config.getoption("--interop", default=False):
        pytest.skip(f"{tool} checks this only under: make interop")
    if there:
        return
    told = TOOLS / "missing.json"
    missing = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    reason = missing.get(tool, {"why": "nobody tried to install it", "unreachable": False})
    why = reason["why"].splitlines()[-1]
    if reason["unreachable"]:
        pytest.skip(f"NOT CHECKED: {tool} is not installed, for no registry answered: {why}")
    pytest.fail(f"{tool} is not installed: {why}", pytrace=False)


def mutations(file: Path, every: int = 1) -> Iterator[bytes]:
    """A file with one byte changed, in turn.

    The change is of bit 0x20: it makes another letter, or what is no letter. Other bits of the last
    letter of a base64 text may stand for nothing, and Go reads them as nothing.
    """
    data = file.read_bytes()
    for at in range(0, len(data), every):
        yield data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--interop", action="store_true", help="fail where a foreign tool is missing")
