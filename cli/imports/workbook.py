"""An .xlsx workbook: its sheets, and the cells of a sheet as texts, row by row.

A cell's text is what a CSV would hold: `397` for a whole number, `2012-02-18` for a day,
`2012-02-18T05:30` for a time of a day, `true`. Rows are numbered as the sheet numbers them.
"""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.imports.container import check_workbook
from cli.imports.sheet_marks import Marker, Marks, column_letters
from cli.packages import optional
from ledger.errors.files import NotAWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A number of more digits is not exact in a spreadsheet, and not written as a whole one.
_EXACT = 10**15


class Line(NamedTuple):
    """A row of a sheet: its number from 1, and its texts from column A on."""

    number: int
    cells: list[str]


class Sheet:
    """A sheet with its marks; its lines can be read more than once."""

    def __init__(self, name: str, hidden: bool, marks: Marks, values: Any) -> None:
        self.name, self.hidden, self.marks = name, hidden, marks
        self._values = values

    @property
    def empty(self) -> bool:
        return self.marks.rows == 0

    def lines(self) -> Iterator[Line]:
        """Every row; a cell that is merged downwards says the same in each of its rows."""
        width = self.marks.columns
        margin = [""] * (self._values.start or (0, 0))[1]
        merges = self._merged_down()
        down: dict[int, tuple[int, str]] = {}
        for number, values in enumerate(self._values.iter_rows()):
            cells = margin + [text(value) for value in values]
            cells = (cells + [""] * (width - len(cells)))[:width]
            for column, last in merges.get(number, ()):
                down[column] = last, cells[column]
            for column, (last, value) in list(down.items()):
                if number > last:
                    del down[column]
                else:
                    cells[column] = value
            yield Line(number + 1, cells)

    def _merged_down(self) -> dict[int, list[tuple[int, int]]]:
        """By the first row: the column and the last row of each range merged downwards."""
        found: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in self._values.merged_cell_ranges or ():
            if bottom > top and left < self.marks.columns:
                found.setdefault(top, []).append((left, bottom))
        return found

    def merged_numbers(self) -> list[str]:
        """The ranges merged downwards that hold a number: it is read in each of their rows."""
        merges = self._merged_down()
        return [
            f"{column_letters(column)}{line.number}:{column_letters(column)}{last + 1}"
            for line in (self.lines() if merges else ())
            for column, last in merges.get(line.number - 1, ())
            if line.cells[column].replace(".", "", 1).isdecimal()
        ]

    def hidden_parts(self) -> list[str]:
        """Which rows and columns are hidden, in words."""
        rows = _spans([row + 1 for row in self.marks.hidden_rows if row < self.marks.rows])
        columns = [
            column_letters(first) if first == last else
            f"{column_letters(first)}-{column_letters(min(last, self.marks.columns - 1))}"
            for first, last in self.marks.hidden_columns if first < self.marks.columns
        ]  # fmt: skip
        return [f"{what} {', '.join(which)}" for what, which in (("row", rows), ("column", columns))
                if which]  # fmt: skip


@contextmanager
def open_workbook(path: Path, name: str) -> Iterator[list[Sheet]]:
    """The sheets of a workbook, in its order.

    Raises `PackageMissing`, `NotAWorkbook` and `WorkbookTooLarge`; `name` is for messages.
    """
    calamine = optional("python_calamine")
    check_workbook(path, name)
    try:
        with zipfile.ZipFile(path) as zip:
            marker = Marker(zip, name)
            marked = [(sheet, marker.marks(sheet)) for sheet in marker.sheets]
        book = calamine.CalamineWorkbook.from_path(path)
        sheets = [
            Sheet(file.name, file.hidden, marks, book.get_sheet_by_name(file.name))
            for file, marks in marked
            if file.path.startswith("xl/worksheets/")
        ]
    except BaseException as error:
        if not (isinstance(error, calamine.CalamineError | zipfile.BadZipFile) or _panic(error)):
            raise
        what = f"a damaged workbook ({error})"
        raise NotAWorkbook(file=name, what=what, cure="get the file once more") from None
    try:
        yield sheets
    finally:
        book.close()


def _panic(error: BaseException) -> bool:
    """Whether the reader of values gave up on itself; that is no `Exception`, and has no class."""
    return type(error).__name__ == "PanicException"


def text(value: Any) -> str:
    """What a CSV would hold for the value of a cell."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, time):
        return _moment(datetime.combine(date(2000, 1, 1), value)).partition("T")[2] or "00:00"
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value)


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _moment(value: datetime) -> str:
    """To the second, and no more than is said: a day at midnight is a day."""
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(timespec="seconds" if value.second else "minutes")


def _spans(numbers: list[int]) -> list[str]:
    """Numbers in order, those that follow each other as `9-12`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [str(first) if first == last else f"{first}-{last}" for first, last in spans]
