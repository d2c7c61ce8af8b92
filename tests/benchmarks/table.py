"""Measure floors, peers and Vigil in turn, and write what came out as a table.

    python -m tests.benchmarks.table --facts 100000 1000000 --peers .venv-bench \
        --write docs/explanation/performance.md

`--short` is the form that CI runs, without peers. The table stands between two markers of the page.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import budgets, floors, peers, vigil
from tests.benchmarks.measure import REPETITIONS
from tests.benchmarks.run import SHORT, measured, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.benchmarks.measure import Series
    from tests.benchmarks.run import Run

MARKERS = "<!-- measured -->", "<!-- end of what was measured -->"


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
    yield f"SQLite {sqlite3.sqlite_version}. {_busy()}"


def _busy() -> str:
    """Whether others were at work: what waits for the disk then flatters whoever waits for it less."""
    load = os.getloadavg()[2]
    busy = load > (os.cpu_count() or 1)
    shared = " **Others were at work on the machine; measure again before you quote this.**"
    return f"Load over the last quarter of an hour: {load:.1f}.{shared if busy else ''}"


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
