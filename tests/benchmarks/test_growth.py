"""The driver of the growth of ledgers runs, and what it writes is what it measured."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import growth, plot, table
from tests.benchmarks.measure import Series, Taken, in_turn

if TYPE_CHECKING:
    from pathlib import Path


def test_two_small_ledgers_are_measured_tabled_and_plotted(tmp_path: Path) -> None:
    page = tmp_path / "scale.md"
    page.write_text(f"# Scale\n\n{table.MARKERS[0]}\nold\n{table.MARKERS[1]}\n\nafter\n")
    growth.main(["--people", "200", "1000", "--into", str(tmp_path)])
    with (tmp_path / "scale-growth.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["people"] for row in rows] == ["200", "1000"]
    assert int(rows[1]["facts"]) > 1_000
    assert all(float(value) > 0 for row in rows for value in row.values())
    drawing = ET.parse(tmp_path / "scale-growth.svg").getroot()
    assert len(drawing.findall("{*}polyline")) == len(growth.PLOTTED)
    assert not drawing.findall("{*}style")
    text = page.read_text(encoding="utf-8")
    assert "| facts |" in text
    assert "\nold\n" not in text
    assert text.endswith("after\n")


def test_a_line_ten_times_as_high_is_a_decade_higher() -> None:
    drawing = ET.fromstring(plot.svg({"time": [(10, 1), (1_000, 100)]}, "facts", "seconds"))
    line = drawing.find("{*}polyline")
    assert line is not None
    (left, low), (right, high) = (point.split(",") for point in line.attrib["points"].split())
    assert float(left) == plot.LEFT
    assert float(right) == plot.WIDTH - plot.RIGHT
    assert (float(low), float(high)) == (plot.HEIGHT - plot.BOTTOM, plot.TOP)


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="markers"):
        table.replaced("# a page", "a table")


def test_works_take_turns_and_the_median_counts() -> None:
    done: list[str] = []
    seconds = iter([1.0, 9.0, 2.0, 9.0, 30.0, 9.0])

    def work(name: str) -> Taken:
        done.append(name)
        return Taken(10, next(seconds), peak=len(done))

    taken = in_turn({"one": lambda: work("one"), "two": lambda: work("two")}, repetitions=3)
    assert done == ["one", "two"] * 3
    one, two = taken["one"], taken["two"]
    assert (one.seconds, one.peak) == (pytest.approx(2.0), 5)
    assert two.rate == pytest.approx(10 / 9)
    assert one.beside(two) == pytest.approx(9 / 2)


def test_a_time_in_which_everything_was_slow_does_not_count() -> None:
    slow, quick = [Taken(1, 50.0), Taken(1, 1.0), Taken(1, 1.0)], [Taken(1, 0.1)] * 2
    floor = Series((Taken(1, 5.0), *quick))
    assert Series(tuple(slow)).beside(floor) == pytest.approx(0.1)
