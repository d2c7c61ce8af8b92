"""How things are measured: each in a process of its own, in turn, and the median counts.

A work is a function that takes a `Place` and returns how much it did in how many seconds; a module
of works ends with `serve(WORKS)`, and `python -m that.module NAME FOLDER` does one and prints it.
What a work needs beforehand is not counted, nor is the start of its process. Needs Python alone, so
that works of other environments can be served too.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
REPETITIONS = 5


class Place(NamedTuple):
    """A folder with `facts.jsonl`, and `ledger`, which holds the same facts."""

    folder: Path

    @property
    def facts(self) -> Path:
        return self.folder / "facts.jsonl"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    @property
    def database(self) -> Path:
        return self.ledger / "ledger.db"

    @property
    def views(self) -> Path:
        return self.ledger / "views.db"

    def lines(self, number: int) -> list[bytes]:
        """The first so many facts, as they stand in the file."""
        with self.facts.open("rb") as file:
            return [line for line, _ in zip(file, range(number), strict=False)]

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder on the same disk, for what is made and thrown away."""
        path = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield path
        finally:
            shutil.rmtree(path)


class Taken(NamedTuple):
    """What a work did: how many of what it counts, in how many seconds, with how many bytes at most.

    For a question asked many times, `seconds` is what 99 of 100 stay below, and `number` is 1.
    """

    number: int
    seconds: float
    peak: int = 0

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.number / self.seconds


@contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """The seconds since the block began; after it, those that it took."""
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.perf_counter()) - began
    ended.append(time.perf_counter())


#: Asked before the clock runs: a budget is said of a program that is loaded and of warm caches.
WARMING = 20


def answers(questions: Iterable[Callable[[], object]]) -> Taken:
    """Ask in turn; the time that 99 of 100 answers take at most."""
    asked, times = [*questions], []
    for ask in asked[:WARMING]:
        ask()
    for ask in asked:
        with clock() as seconds:
            ask()
        times.append(seconds())
    return Taken(1, sorted(times)[ceil(len(times) * 0.99) - 1])


def warm(file: Path) -> None:
    """Read a file through: some machines take idle pages out of the page cache again."""
    with file.open("rb", buffering=0) as content:
        while content.read(1 << 20):
            pass


def serve(works: Mapping[str, Callable[[Place], Taken]]) -> None:
    """Do the work that the command line names, in the folder that it names."""
    name, folder = sys.argv[1:]
    number, seconds, _ = works[name](Place(Path(folder)))
    print(json.dumps([number, seconds, peak()]))  # noqa: T201


def peak() -> int:
    """The most bytes that this process held, or one that it started.

    `getrusage` starts at what the parent held, so Linux is asked for this process alone.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
        own = int(found[1]) if found else 0
    else:
        own = getrusage(RUSAGE_SELF).ru_maxrss
    return max(own, getrusage(RUSAGE_CHILDREN).ru_maxrss) * 1024


def child(words: Sequence[str | Path]) -> Taken:
    """Run a work in a process of its own."""
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Taken(*json.loads(done.stdout.splitlines()[-1]))


class Series(NamedTuple):
    """A work done again and again: of its times the median counts, of its memory the most."""

    taken: tuple[Taken, ...]

    @property
    def number(self) -> int:
        return self.taken[-1].number

    @property
    def rate(self) -> float:
        """How many a second."""
        return median(one.rate for one in self.taken)

    @property
    def seconds(self) -> float:
        return self.number / self.rate

    @property
    def peak(self) -> int:
        return max(one.peak for one in self.taken)

    def beside(self, other: Series) -> float:
        """How many a second, as a multiple of the other.

        Each time is compared with the other's in the same turn: a disk that was busy then was busy
        for both.
        """
        pairs = zip(self.taken, other.taken, strict=True)
        return median(one.rate / floor.rate for one, floor in pairs)


def in_turn(
    works: Mapping[str, Callable[[], Taken]],
    repetitions: int,
    tell: Callable[[str], object] = lambda text: None,
) -> dict[str, Series]:
    """Do works one after another, and then all of them again."""
    taken: dict[str, list[Taken]] = {name: [] for name in works}
    for repetition in range(1, repetitions + 1):
        for name, work in works.items():
            tell(f"{repetition} of {repetitions}: {name}")
            taken[name].append(work())
    return {name: Series(tuple(all)) for name, all in taken.items()}
