"""One run of everything: ledgers are made, and floors, Vigil and peers measured in turn."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks import budgets, cold, floors, peers, scale, vigil
from tests.benchmarks.measure import ROOT, Place, Series, Taken, child, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

#: Facts of the short form, and of a tenth of it.
SHORT = (20_000, 200_000)
#: Where a ledger has so many facts, the repetitions are fewer.
LARGE, FEWER = 500_000, 3


class Run(NamedTuple):
    """What was measured: by number of facts, and from nothing."""

    facts: dict[int, dict[str, Series]]
    peers: dict[str, Series]
    missing: dict[str, str]
    starts: dict[str, float]
    queries: dict[int, float]

    @property
    def largest(self) -> dict[str, Series]:
        return self.facts[max(self.facts)]

    @property
    def growth(self) -> dict[str, float]:
        """How many times as long as in the smaller ledger things take in the larger one."""
        if len(self.facts) < 2:
            return {}
        few, many = sorted(self.facts)[-2:]
        query = self.queries[many] / self.queries[few]
        return {**grown(self.facts[few], self.facts[many]), "query from nothing": query}


#: The works whose time is compared between ledgers of different sizes, by the name of the budget.
GROWN = {
    "record": "vigil.record",
    "population of a place": "vigil.population_one",
    "rebuild": "vigil.rebuild",
}


def grown(few: Mapping[str, Series], many: Mapping[str, Series]) -> dict[str, float]:
    """How many times as long things take in a larger ledger."""
    return {
        name: few[work].beside(many[work]) * many[work].number / few[work].number
        for name, work in GROWN.items()
    }


def ratio(taken: Mapping[str, Series], budget: budgets.Budget) -> float:
    """How many a second a work does, as a multiple of what its floor does."""
    return taken[budget.work].beside(taken[budget.floor])


def place(folder: Path, size: scale.Size) -> tuple[Place, Taken]:
    """A place of so many facts in a new folder, and what it took to load them."""
    made = Place(folder / str(size.number))
    made.folder.mkdir(parents=True)
    scale.write(size, 1, made.facts)
    return made, works(made, ["vigil.load"])["vigil.load"]()


def works(place: Place, names: Iterable[str]) -> dict[str, Callable[[], Taken]]:
    """The works of floors and Vigil, by the names of their module and function."""
    found = {}
    for name in names:
        module, _, work = name.partition(".")
        words = [sys.executable, "-m", f"tests.benchmarks.{module}", work, str(place.folder)]
        found[name] = lambda words=words: child(words)
    return found


#: All of them, each floor just before what is compared with it.
ALL = tuple(
    dict.fromkeys(
        (
            *(name for budget in budgets.BUDGETS for name in (budget.floor, budget.work)),
            *(f"floors.{name}" for name in floors.WORKS),
            *(f"vigil.{name}" for name in vigil.WORKS if name != "load"),
        )
    )
)


def taken_in_turn(
    places: Mapping[int, tuple[Place, Iterable[str]]], repetitions: int
) -> dict[int, dict[str, Series]]:
    """The works named for each place, by number of facts; the same work in all places in a row."""
    found = {number: works(place, names) for number, (place, names) in places.items()}
    names = dict.fromkeys(name for these in found.values() for name in these)
    every = {
        f"{number} {name}": these[name]
        for name in names
        for number, these in found.items()
        if name in these
    }
    series = in_turn(every, repetitions, tell)
    return {
        number: {name: series[f"{number} {name}"] for name in these}
        for number, these in found.items()
    }


def measured(sizes: Iterable[int], environment: Path | None, repetitions: int) -> Run:
    """Everything, in turn. `environment` is where the peers are installed; None leaves them out."""
    with room() as folder:
        places = {}
        for number in sizes:
            tell(f"making a ledger of {number:,} facts")
            places[number], _ = place(folder, scale.Size.facts(number))
        repetitions = min(repetitions, FEWER) if max(places) >= LARGE else repetitions
        facts = taken_in_turn({number: (made, ALL) for number, made in places.items()}, repetitions)
        compared, missing = _compared(places[min(places)], environment, repetitions)
        (folder / "demo").mkdir()
        desk = cold.demo(folder / "demo")
        starts = {start.line: cold.ratio(desk, start.line, start.code) for start in budgets.STARTS}
        return Run(facts, compared, missing, starts, _queries(desk, places))


@contextmanager
def room() -> Iterator[Path]:
    """A folder beside the code: on a disk, which /tmp may not be."""
    base = ROOT / "build"
    base.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=base) as folder:
        yield Path(folder)


def _queries(desk: cold.Desk, places: Mapping[int, Place]) -> dict[int, float]:
    """The time of a query of one place from nothing, in each ledger, taken in turn."""
    line = "query population --place s001 --on 2012-03-20 --as-known 2013-03-20 -L"
    times: dict[int, list[int]] = {number: [] for number in places}
    for _ in range(cold.ROUNDS):
        for number, made in places.items():
            times[number].append(desk.run([*cold.SCRIPT, *line.split(), str(made.ledger)]))
    return {number: median(all) / 1e9 for number, all in times.items()}


def _compared(
    place: Place, environment: Path | None, repetitions: int
) -> tuple[dict[str, Series], dict[str, str]]:
    """What the peers do, and why some do nothing."""
    if environment is None:
        return {}, {}
    file = environment / "missing.json"
    missing = dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}
    python = str((environment / "bin" / "python").absolute())
    found = {
        name: lambda name=name: child(
            [python, "-m", "tests.benchmarks.peers", name, str(place.folder)]
        )
        for name in peers.WORKS
        if not any(name.startswith(peer) for peer in missing)
    }
    return in_turn(found, repetitions, tell), missing


def tell(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
