"""A list of convoys as an office keeps it in a workbook. Nothing in it ever happened.

    python convoys.py convoys.xlsx [--seed 7]

The sheet has what such sheets have: a title, a day merged over the convoys of that day, a row that
somebody has hidden, a sheet of notes beside it, and three rows that nobody can count. One seed
gives one list. It needs the package XlsxWriter.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("no", "day", "from", "to", "people", "how", "told by", "remarks")
CAMPS = ("North camp", "River bank", "Old school")
FIRST = date(2025, 3, 3)
CONVOYS = 400
#: What was typed over a cell: the convoy, the column, and what stands there.
TYPED = ((46, "people", "about 20?"), (203, "to", "Rivr bank"), (310, "day", "31/06/2025"))
TITLE_ROWS = 3
HIDDEN = 120


def convoys(seed: int) -> Iterator[list[Any]]:
    """The rows of the list; one to six convoys a day."""
    random = Random(seed)  # noqa: S311  # a made-up list is to be repeatable, not secret
    day, left = FIRST, random.randint(1, 6)
    for number in range(1, CONVOYS + 1):
        start, end = random.sample(CAMPS, 2)
        how = random.choice(["counted", "counted", "about"])
        people = random.randint(8, 60)
        yield [
            f"K-{number:03}",
            day,
            start,
            end,
            people,
            how,
            random.choice(["driver", "camp"]),
            "",
        ]
        left -= 1
        if left == 0:
            day, left = day + timedelta(days=1), random.randint(1, 6)


def write(path: str, seed: int) -> None:
    """Write the workbook."""
    rows = list(convoys(seed))
    for number, column, text in TYPED:
        rows[number - 1][COLUMNS.index(column)] = text
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Convoys")
        sheet.write(0, 0, "Convoys between the camps (made up)")
        sheet.write_row(TITLE_ROWS - 1, 0, COLUMNS)
        for number, row in enumerate(rows):
            sheet.write_row(TITLE_ROWS + number, 0, [*row[:1], "", *row[2:]])
        for first, last, when in days(rows):
            write_day(sheet, TITLE_ROWS + first, TITLE_ROWS + last, when, day)
        sheet.set_row(TITLE_ROWS + HIDDEN, None, None, {"hidden": True})
        notes = book.add_worksheet("Notes")
        notes.write(0, 0, "The drivers count who gets in; the camps, who gets out.")
        notes.hide()


def days(rows: list[list[Any]]) -> Iterator[tuple[int, int, Any]]:
    """The first and the last row of each day, and the day."""
    first = 0
    for number, row in enumerate(rows):
        following = rows[number + 1][1] if number + 1 < len(rows) else None
        if following != row[1]:
            yield first, number, row[1]
            first = number + 1


def write_day(sheet: Any, first: int, last: int, when: Any, form: Any) -> None:
    """A day in one cell, which spans all its convoys."""
    if first < last:
        sheet.merge_range(first, 1, last, 1, "", form)
    if isinstance(when, date):
        sheet.write_datetime(first, 1, when, form)
    else:
        sheet.write_string(first, 1, when, form)


def main() -> None:
    """Write the list of a seed."""
    options = argparse.ArgumentParser(description="Convoys that never were.")
    options.add_argument("file")
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    write(given.file, given.seed)


if __name__ == "__main__":
    main()
