"""Which sheet of a workbook is meant, where its header stands, and its rows under it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cli.imports.files import Row, as_csv, header_of
from cli.imports.sheet_marks import column_letters, column_number
from ledger.errors.files import CellBroken, HeaderMissing, SheetMissing, SheetUnclear, TwoTables
from ledger.limits import HEADER_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cli.imports.workbook import Line, Sheet

_RANGE = re.compile(r"([A-Z]{1,3})?([0-9]{1,7}):([A-Z]{1,3})?([0-9]{1,7})")

_NUMBER = re.compile(r"[-+\d.,:/T ]+")


class Area(NamedTuple):
    """The part of a sheet that is the table: rows from 1, columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int = 0
    last_column: int = 1 << 14

    @classmethod
    def read(cls, text: str) -> Area | None:
        """`A4:H90`, or `4:90` for whole rows; None for anything else."""
        match = _RANGE.fullmatch(text)
        if match is None or (match[1] is None) is not (match[3] is None):
            return None
        rows = int(match[2]), int(match[4])
        columns = (column_number(match[1]), column_number(match[3])) if match[1] else ()
        return cls(*rows, *columns) if rows[0] <= rows[1] else None


class Table(NamedTuple):
    """The header of a table and its rows; `sheet` where it is one of a workbook's."""

    header: list[str]
    rows: Iterator[Row]
    sheet: str | None = None


def sheet_meant(sheets: list[Sheet], file: str, name: str | None) -> Sheet:
    """The sheet of that name, else the only one that is shown and holds data."""
    listed = ", ".join(repr(sheet.name) for sheet in sheets)
    if name is not None:
        for sheet in sheets:
            if sheet.name == name and not sheet.empty:
                return sheet
        raise SheetMissing(file=file, what=f"{name!r} with data", sheets=listed)
    shown = [sheet for sheet in sheets if not sheet.hidden and not sheet.empty]
    if not shown:
        raise SheetMissing(file=file, what="that is shown and holds data", sheets=listed or "none")
    if len(shown) > 1:
        listed = ", ".join(repr(sheet.name) for sheet in shown)
        raise SheetUnclear(file=file, sheets=listed, first=shown[0].name)
    return shown[0]


def table_of(
    sheet: Sheet,
    fits: Callable[[list[str]], float],
    *,
    area: Area | None = None,
    delimiter: str = ",",
    read: Callable[[list[str]], Iterable[str]] = list,
    named: Callable[[list[str]], list[str]] = list,
    cure: str = "say in the map which cells are the table, its header first: range = ...",
) -> Table:
    """The table of a sheet.

    `fits` says how well the texts of a row fit as a header, 0 for not at all; the first of the best
    is taken. `named` gives the columns their names, `read` says of which columns
    a bad cell matters. Raises `HeaderMissing` and `HeaderDuplicated`; bad cells are a problem of
    their row. Raises `TwoTables` from the rows.
    """
    line = header_line(sheet, fits, area)
    if line is None:
        raise HeaderMissing(sheet=sheet.name, cure=cure)
    columns = _columns(line, area, sheet)
    names = [line.cells[column].strip() for column in columns]
    names = [name or f"column {column_letters(columns[n])}" for n, name in enumerate(names)]
    header = header_of(named(names), line.number)
    wanted = set(read(header))
    matter = {column: name for column, name in zip(columns, header, strict=True) if name in wanted}

    def rows() -> Iterator[Row]:
        for found in _under(sheet, line, columns, area):
            cells = [found.cells[column] for column in columns]
            raw = as_csv(cells, delimiter)
            said = dict(zip(header, cells, strict=True))
            yield Row(found.number, said, raw, _broken(sheet, found.number, matter))

    return Table(header, rows(), sheet.name)


def header_line(
    sheet: Sheet, fits: Callable[[list[str]], float], area: Area | None = None
) -> Line | None:
    """The row that fits best as a header, the first of equals; with an area its first row."""
    if area is not None:
        return next((line for line in sheet.lines() if line.number == area.first_row), None)
    best, found = 0.0, None
    filled = (line for line in sheet.lines() if any(cell.strip() for cell in line.cells))
    for line in islice(filled, HEADER_ROWS):
        fit = fits([cell.strip() for cell in line.cells if cell.strip()])
        if fit > best:
            best, found = fit, line
    return found


def looks_like_a_header(cells: list[str]) -> float:
    """How many names stand in a row of several that holds no number and no day."""
    return len(cells) if len(cells) > 1 and not any(map(_NUMBER.fullmatch, cells)) else 0


def _columns(line: Line, area: Area | None, sheet: Sheet) -> list[int]:
    """The columns of the table: from the first to the last that has a name or a value."""
    if area is not None:
        last = min(area.last_column, len(line.cells) - 1)
        return list(range(area.first_column, last + 1))
    used = {n for n, cell in enumerate(line.cells) if cell.strip()}
    used |= {
        n
        for found in sheet.lines()
        if found.number > line.number
        for n, cell in enumerate(found.cells)
        if cell.strip()
    }
    return sorted(used)


def _under(sheet: Sheet, header: Line, columns: list[int], area: Area | None) -> Iterator[Line]:
    """The rows under the header that hold something."""
    bad_rows = {row for row, column in sheet.marks.bad if column in columns}
    names = [header.cells[column] for column in columns]
    blank, any_yet = None, False
    for line in sheet.lines():
        if line.number <= header.number:
            continue
        if area is not None and line.number > area.last_row:
            return
        cells = [line.cells[column] for column in columns]
        if not any(cell.strip() for cell in cells) and line.number - 1 not in bad_rows:
            blank = blank or (line.number if any_yet else None)
            continue
        if area is None and (blank is not None or cells == names):
            raise TwoTables(
                row=line.number, sheet=sheet.name,
                what="a blank row" if blank is not None else "a second header",
                range=_range(header, columns, (blank or line.number) - 1),
            )  # fmt: skip
        any_yet = True
        yield line


def _range(header: Line, columns: list[int], last: int) -> str:
    letters = column_letters(columns[0]), column_letters(columns[-1])
    return f"{letters[0]}{header.number}:{letters[1]}{last}"


def _broken(sheet: Sheet, number: int, columns: dict[int, str]) -> CellBroken | None:
    """The first bad cell of a row, among columns that matter."""
    if not sheet.marks.bad:
        return None
    for column, name in columns.items():
        what = sheet.marks.bad.get((number - 1, column))
        if what is not None:
            cell = f"{column_letters(column)}{number}"
            return CellBroken(cell=cell, what=what, field=name, row=number)
    return None
