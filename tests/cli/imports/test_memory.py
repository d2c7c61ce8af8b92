"""An import holds a few rows at a time, however many there are and whatever becomes of them."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Office

MAP = """
key = "{no}"
[[row]]
[[row.fact]]
fact = "movement.made"
occurred = "2012-03-01"
from = "outside"
to = "hurriya"
count = "{people}"
note = "{note}"
"""


def peak(camp: Office, rows: int, people: str, width: int) -> int:
    """The most memory that importing so many rows takes, in bytes."""
    with (camp.folder / "rows.csv").open("w") as file:
        file.write("no,people,note\n")
        file.writelines(f"{n},{people},{'x' * width}\n" for n in range(rows))
    tracemalloc.start()
    answer = camp("import rows.csv --map map.toml -n --keep-going --rejects bad.csv -q")
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.code == (0 if people.isdecimal() else 3)
    return memory


@pytest.mark.parametrize(("people", "width", "few"), [("5", 10, 400), ("dozens", 90_000, 40)])
def test_ten_times_the_rows_take_the_same_memory(
    camp: Office, people: str, width: int, few: int
) -> None:
    camp.write("map.toml", MAP)
    peak(camp, 1, people, width)
    small, large = (peak(camp, rows, people, width) for rows in (few, 10 * few))
    assert large < small * 1.5
