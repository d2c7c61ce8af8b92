"""A question about the population, as a share of what reading all postings takes.

Both are asked in turn in one run, from the best index there is for a scan. The shares get smaller
with the ledger, and here it is small; `python tests/benchmarks/population.py` measures large ones.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING

import pytest

from ledger.values.instants import DAY, FOREVER
from projections import marks, population
from tests.benchmarks.population import DAYS, ask, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 300_000
ATTEMPTS = 3


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("population") / "views.db"
    make(path, ROWS)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("place", "times", "typical", "slow"),
    [("site-000", 60, 1 / 3, 1 / 3), (None, 30, 1 / 25, 1 / 25)],
    ids=["one place", "all places"],
)
def test_a_population_takes_a_small_share_of_a_scan(
    views: sqlite3.Connection, place: str | None, times: int, typical: float, slow: float
) -> None:
    best = (float("inf"), float("inf"))
    for _ in range(ATTEMPTS):
        taken = list(ask(views, place, times))
        scanned, summed = (sorted(times) for times in zip(*taken, strict=True))
        best = min(best, (median(summed) / median(scanned), summed[-2] / scanned[-2]))
        if best[0] <= typical and best[1] <= slow:
            break
    shares = " and ".join(f"1/{1 / share:.1f}" for share in best)
    print(f"{place or 'all places'}: {shares} of a scan, at the median and nearly at worst")  # noqa: T201
    assert best[0] <= typical
    assert best[1] <= slow


def test_what_is_recorded_today_changes_few_rows_of_the_sums(views: sqlite3.Connection) -> None:
    """Whatever the ledger holds; where a hundred marks were changed each time, it would not do."""
    today, number = DAYS * DAY, 4 * marks.LATELY
    before = views.total_changes
    for one in range(number):
        stream, happened = f"MOV-X{one}", today - one % 9 * DAY
        row = (stream, today, FOREVER, 1)
        when = (happened, happened)
        views.execute("BEGIN")
        with marks.following(views.cursor(), [stream], [stream]):
            views.execute(
                population.POSTINGS.insert, (*row, "left", "site-001", 1, *when, 1, 1, 0, 1)
            )
            views.execute(
                population.POSTINGS.insert, (*row, "site-001", "left", 0, *when, -1, -1, 0, 1)
            )
        views.execute("COMMIT")
    assert views.total_changes - before <= 6 * number
