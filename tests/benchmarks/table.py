"""Measure floors, peers and Vigil in turn, and write what came out as a table.

    python -m tests.benchmarks.table --facts 100000 1000000 --peers .venv-bench \
        --write docs/explanation/performance.md

`--short` is the form that CI runs, without peers. The table stands between two markers of the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks import budgets, cold, floors, peers, scale, vigil
from tests.benchmarks.measure import REPETITIONS, ROOT, Place, Series, Taken, child, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

MARKERS = "<!-- measured -->", "<!-- end of what was measured -->"
#: Facts of the short form, and of a tenth of it.
SHORT = (2_000, 20_000)
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


def markdown(run: Run, command: str) -> Iterator[str]:
    """The page's table."""
    yield from heading(command)
    for number, taken in run.facts.items():
        yield from _budgets(number, taken)
    yield from _rest(run)
    yield from _floors(run)


def heading(command: str) -> Iterator[str]:
    """When, with which command, and on which machine."""
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d} with `{command}`"
    yield f"on {processor()}, {os.cpu_count()} cores, {platform.system()},"
    yield f"{platform.python_implementation()} {platform.python_version()},"
    yield f"SQLite {sqlite3.sqlite_version}."


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return " ".join(models[0].split()) if models else platform.machine()


def _budgets(number: int, taken: Mapping[str, Series]) -> Iterator[str]:
    yield from ("", f"### {number:,} facts", "")
    yield "| figure | measured | floor | of the floor | budget | stretch | |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for budget in budgets.BUDGETS:
        found = ratio(taken, budget)
        yield (
            f"| {budget.figure} | {_pace(taken[budget.work])} "
            f"| {budget.floor.partition('.')[2]} {_pace(taken[budget.floor])} | {_number(found)} "
            f"| >= {_number(budget.least)} | {_number(budget.stretch)} "
            f"| {_met(found >= budget.least) if number >= budget.facts else 'from 1,000,000 on'} |"
        )
    peak = taken["vigil.rebuild"].peak / 1e6
    most, stretch = budgets.REBUILD_MEGABYTES, budgets.REBUILD_MEGABYTES_STRETCH
    yield (
        f"| memory of a rebuild | {peak:.0f} MB | | | <= {most} MB | {stretch} MB "
        f"| {_met(peak <= most)} |"
    )


def _rest(run: Run) -> Iterator[str]:
    yield from ("", "### From nothing", "")
    yield "| command | of `import click` | budget | stretch | |"
    yield "|---|---:|---:|---:|---|"
    for start in budgets.STARTS:
        found = run.starts[start.line]
        yield (
            f"| `vigil {start.line}` | {found:.2f} | <= {start.most} | {start.stretch} "
            f"| {_met(found <= start.most)} |"
        )
    if run.growth:
        few, many = sorted(run.facts)[-2:]
        yield from ("", f"### From {few:,} to {many:,} facts", "")
        yield from ("| figure | times as long | budget | |", "|---|---:|---:|---|")
        for name, found in run.growth.items():
            most = budgets.GROWTH[name]
            yield f"| {name} | {found:.2f} | <= {most} | {_met(found <= most)} |"


def _floors(run: Run) -> Iterator[str]:
    yield from ("", "### Floors, peers and Vigil", "")
    yield from ("| what | a second | of its floor | memory |", "|---|---:|---:|---:|")
    everything = {**run.largest, **{f"peers.{name}": one for name, one in run.peers.items()}}
    modules = {"floors": floors, "vigil": vigil, "peers": peers}
    for name, taken in everything.items():
        module, _, work = name.partition(".")
        what = (modules[module].WORKS[work].__doc__ or "").strip().partition("\n")[0].rstrip(".")
        floor = next((to for like, to in FLOOR_OF.items() if work.endswith(like)), None)
        of = _number(_share(taken, run.largest[f"floors.{floor}"])) if floor else ""
        label = work if module == "floors" else f"{module}: {work}"
        yield f"| {label.replace('_', ' ')}: {what} | {_pace(taken)} | {of} | {_megabytes(taken)} |"
    for peer, why in run.missing.items():
        yield f"| {peer} | did not install: {why.replace('|', '/')} | | |"


#: Which floor a work stands beside, by how its name ends.
FLOOR_OF = {
    "save_hundreds": "insert_hundreds",
    "append_hundreds": "insert_hundreds",
    "utils_many": "insert_hundreds",
    "import_facts": "insert_hundreds",
    "import_whole": "insert_hundreds",
    "record": "insert_one",
    "save": "insert_one",
    "append": "insert_one",
    "utils_one": "insert_one",
    "read": "scan_orjson",
    "replay": "scan_orjson",
    "projection": "scan_orjson",
    "rebuild": "scan_orjson",
    "rebuild_two": "scan_orjson",
    "replay_half": "scan_orjson",
    "verify": "scan_merkle",
    "commit_a_fact": "scan_orjson",
    "scan_json": "scan_orjson",
    "scan_merkle": "scan_orjson",
}


def _share(taken: Series, floor: Series) -> float:
    """Of the floor in the same turns; peers have turns of their own."""
    same = len(taken.taken) == len(floor.taken)
    return taken.beside(floor) if same else taken.rate / floor.rate


def _pace(taken: Series) -> str:
    """How many a second; of single questions, the time that 99 of 100 answers stay below."""
    return f"{taken.seconds * 1000:.2f} ms" if taken.number == 1 else f"{taken.rate:,.0f}"


def _megabytes(taken: Series) -> str:
    return f"{taken.peak / 1e6:.0f} MB"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 10 else f"{value:.3g}"


def _met(met: bool) -> str:
    return "met" if met else "**not met**"


def replaced(page: str, table: str) -> str:
    """A page with a table between its markers."""
    begin, end = MARKERS
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        sys.exit(f"the page lacks the markers {begin} and {end}")
    return f"{before}{begin}\n\n{table}\n{end}{after}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--facts", type=int, nargs="+", metavar="N", default=[100_000, 1_000_000])
    parser.add_argument("--short", action="store_true", help="the sizes of CI, without peers")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="where peers are installed")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="default: standard output")
    given = parser.parse_args(arguments)
    sizes = SHORT if given.short else given.facts
    words = "--short" if given.short else f"--facts {' '.join(map(str, sizes))}"
    if given.repetitions != REPETITIONS:
        words += f" --repetitions {given.repetitions}"
    environment = None if given.short else given.peers
    run = measured(sizes, environment, given.repetitions)
    table = "".join(f"{line}\n" for line in markdown(run, f"make bench BENCH='{words}'"))
    if given.write is None:
        sys.stdout.write(table)
    else:
        given.write.write_text(
            replaced(given.write.read_text(encoding="utf-8"), table), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
