"""What a question about the population costs, by reading all postings and with sums kept.

    python tests/benchmarks/population.py --rows 1000000 --known soon --corrected 0.08

Makes a views file of its own with that many postings of 300 sites over ten years, always the same.
Most become known within days, some after months or years, and 8 in 100 movements are corrected,
unless something else is asked for.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from ledger.values.instants import DAY, FOREVER, HOUR, NEVER
from projections import marks, population, sums
from projections.question import Question
from projections.tables import SCHEMA, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SITES = 300
DAYS = 3650
FATES = ("left", "outside", "dead", "missing", "detained")
CORRECTED = 0.08


class Asked(NamedTuple):
    """The processor's nanoseconds of one question, read from all postings and from sums."""

    scanned: int
    summed: int


def places() -> tuple[list[str], list[float]]:
    """Every place, and how often it is moved to: the first site of 6 in 100 postings."""
    names = [f"site-{number:03}" for number in range(SITES)]
    weights = [1 / (number + 1) ** 0.7 for number in range(SITES)]
    return [*names, *FATES], [*weights, *(weights[5] for _ in FATES)]


def movements(
    rows: int, known_after: str = "soon", corrections: float = CORRECTED, seed: int = 7
) -> Iterator[tuple[Any, ...]]:
    """Rows of postings, two a reading of a movement, in the order of their streams."""
    after, step = KNOWN[known_after], 2 * (1 + corrections) * DAYS / rows
    chance = random.Random(seed)
    names, weights = places()
    made = number = 0
    while made < rows:
        number += 1
        day = int(number * step) * DAY
        length = DAY if chance.random() < 0.96 else 30 * DAY
        if chance.random() < 0.1:
            occurred = (day + chance.randrange(24) * HOUR,) * 2
        else:
            occurred = (day, day + length - 1)
        known = occurred[1] // DAY * DAY + after(chance) * DAY + DAY - 1
        source, target = chance.choices(names, weights, k=2)
        count = chance.choice((1, 1, 2, 4, 5, 40))
        low, high, about = count, count, 0
        if chance.random() < 0.03:
            low, high, about = count, None, chance.randrange(2)
        readings = [(known, FOREVER, low, high, about, chance.choice((1, 1, 1, 1, 1, 1, 2, 3)))]
        if chance.random() < corrections:
            corrected = known + (1 + int(chance.expovariate(1 / 70))) * DAY
            readings[0] = (known, corrected, *readings[0][2:])
            readings.append((corrected, FOREVER, low + 1, high and high + 1, about,
                             chance.choice((0, 1, 2, 3))))  # fmt: skip
        id = f"MOV-{number:08}"
        for known_from, known_to, low, high, about, rank in readings:
            row = (id, known_from, known_to, 1)
            yield (*row, target, source, 1, *occurred, low, high, about, rank)
            out = (None if high is None else -high, -low)
            yield (*row, source, target, 0, *occurred, *out, about, rank)
            made += 2


def lag(chance: random.Random) -> int:
    """After how many days something became known."""
    kind = chance.random()
    if kind < 0.7:
        return chance.randrange(4)
    if kind < 0.9:
        return chance.randrange(4, 15)
    return chance.randrange(15, 91) if kind < 0.98 else chance.randrange(91, 730)


#: How facts become known: most within days, all on their day, all years later, at any time.
KNOWN: dict[str, Callable[[random.Random], int]] = {
    "soon": lag,
    "at-once": lambda chance: 0,
    "years-later": lambda chance: chance.randrange(1000, 3000),
    "any-time": lambda chance: chance.randrange(DAYS),
}


def statements(rows: int, seed: int = 8) -> Iterator[tuple[Any, ...]]:
    """A head count of every site in every month; fewer in a small ledger."""
    chance = random.Random(seed)
    for number in range(min(SITES * DAYS // 30, rows // 20)):
        site = f"site-{chance.randrange(SITES):03}"
        day = number * DAYS // min(SITES * DAYS // 30, rows // 20) * DAY
        known, id = day + lag(chance) * DAY + DAY - 1, f"FIG-{number:08}"
        yield (id, known, FOREVER, id, f"{id}/1", "present", site, None, None, "unhcr",
               str(chance.randrange(2000)), "2012", day, day + DAY - 1, "2012", known, known,
               "reported", 1, 0)  # fmt: skip


def make(
    path: Path, rows: int, known: str = "soon", corrections: float = CORRECTED
) -> dict[str, float]:
    """Make the views file; the processor's seconds for the indexes and the sums, and their bytes."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as views:
        views.execute("PRAGMA journal_mode=OFF")
        views.execute("PRAGMA synchronous=OFF")
        views.execute("BEGIN")
        tables = {table.name: table for table in TABLES}
        for statement in SCHEMA:
            views.execute(statement)
        views.executemany(tables["postings"].insert, movements(rows, known, corrections))
        views.executemany(tables["figures"].insert, statements(rows))
        sites = (
            (f"SIT-{n}", 0, FOREVER, f"site-{n:03}", f"Camp {n}", 1, 0, 0) for n in range(SITES)
        )
        views.executemany(tables["sites"].insert, sites)
        began = time.process_time()
        for table in TABLES:
            for statement in table.index_statements:
                views.execute(statement)
        indexed = time.process_time()
        without = size(views)
        cursor = views.cursor()
        marks.make(cursor)
        made = time.process_time()
        views.execute("COMMIT")
        return {"indexes": indexed - began, "sums": made - indexed,
                "bytes": without, "bytes of sums": size(views) - without}  # fmt: skip


def size(views: sqlite3.Connection) -> int:
    """The bytes of the file so far."""
    pages: int = views.execute("PRAGMA page_count").fetchone()[0]
    return 4096 * pages


def question(chance: random.Random, known_after: str = "soon") -> Question:
    """A day on which, and a day as known on which: a third of them today's knowledge."""
    on = chance.randrange(DAYS) * DAY + DAY - 1
    known = chance.choice(
        (NEVER, on + KNOWN[known_after](chance) * DAY, chance.randrange(DAYS) * DAY + DAY - 1)
    )
    return Question(on=on, as_known=known)


def timed(work: Callable[[], object]) -> tuple[int, object]:
    """The processor's nanoseconds for something, the least of three times, and what it gives.

    Other work on the machine only ever adds to them.
    """
    times = []
    for _ in range(3):
        began = time.process_time_ns()
        found = work()
        times.append(time.process_time_ns() - began)
    return min(times), found


def ask(
    views: sqlite3.Connection, place: str | None, times: int, known: str = "soon", seed: int = 9
) -> Iterator[Asked]:
    """Ask both ways in turn, the same questions; the answers must be equal."""
    chance = random.Random(seed)
    for _ in range(times):
        asked = question(chance, known)
        scanned, expected = timed(lambda: population.scanned(views, asked, place))  # noqa: B023
        summed, found = timed(lambda: sums.of(views, asked, place))  # noqa: B023
        assert found == expected
        yield Asked(scanned, summed)


def at(share: float, values: list[int]) -> float:
    """A quantile in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] / 1e6


def main() -> None:
    """Make the file, ask, and print a table."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--known", choices=KNOWN, default="soon")
    given.add_argument("--corrected", type=float, default=CORRECTED)
    given.add_argument("--times", type=int, default=200)
    given.add_argument("--keep", type=Path)
    options = given.parse_args()
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "views.db"
        if not path.exists():
            for name, value in make(path, options.rows, options.known, options.corrected).items():
                say(f"{name}: {value:,.2f}\n")
        with closing(sqlite3.connect(path)) as views:
            for name, place, times in (
                ("one place", "site-000", options.times),
                ("all places", None, max(20, options.times // 4)),
            ):
                taken = list(ask(views, place, times, options.known))
                for share in (0.5, 0.99):
                    scanned, summed = (at(share, list(one)) for one in zip(*taken, strict=True))
                    say(f"{name} p{share * 100:.0f}: scan {scanned:.2f} ms, "
                        f"sums {summed:.2f} ms, 1/{scanned / summed:.1f}\n")  # fmt: skip
                whole = []
                chance = random.Random(10)
                for _ in range(times):
                    asked = question(chance, options.known)._replace(place=place)
                    whole.append(timed(lambda: population.query(views, asked))[0])  # noqa: B023
                say(
                    f"{name}, the whole view: p50 {at(0.5, whole):.2f} ms, p99 {at(0.99, whole):.2f} ms\n"
                )


if __name__ == "__main__":
    main()
