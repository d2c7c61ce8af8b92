"""Commands from nothing: the time of a whole process, beside that of `import click`."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import cli
import ledger
import projections

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUNDS = 15

#: What the script `vigil` is: an import and a call.
SCRIPT = [sys.executable, "-c", "import sys; from cli.main import run; sys.exit(run())"]
FLOOR = [sys.executable, "-c", "import click"]


class Desk(NamedTuple):
    """Where commands run, and their environment."""

    folder: Path
    environment: dict[str, str]

    def run(self, words: Sequence[str], code: int = 0) -> int:
        """The nanoseconds a process takes; it must end with this code."""
        began = time.perf_counter_ns()
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment, check=False, capture_output=True
        )
        taken = time.perf_counter_ns() - began
        assert done.returncode == code, done.stderr.decode()
        return taken


def desk(folder: Path) -> Desk:
    """A folder to run commands in, and bytecode for everything that they import.

    Users have bytecode from the first run on; PYTHONDONTWRITEBYTECODE may be set where tests run.
    """
    for room in (cli, ledger, projections):
        compileall.compile_dir(str(Path(room.__path__[0])), quiet=2)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "VIGIL_LEDGER", "VIGIL_ACTOR")
    }
    environment["PYTHONPATH"] = str(Path(cli.__path__[0]).parent)
    return Desk(folder, environment)


def demo(folder: Path) -> Desk:
    """The demo's ledger, its views up to date."""
    place = desk(folder)
    place.run([*SCRIPT, "demo", "."])
    place.run([*SCRIPT, "query", "population"])
    return place


def ratio(desk: Desk, line: str, code: int = 0, rounds: int = ROUNDS) -> float:
    """The median of a command over the median of its floor, run in turn."""
    words = [*SCRIPT, *line.split()]
    taken = [(desk.run(words, code), desk.run(FLOOR)) for _ in range(rounds)]
    command, floor = (median(times) for times in zip(*taken, strict=True))
    return command / floor
