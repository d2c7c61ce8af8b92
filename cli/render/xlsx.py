"""Sheets as a workbook that a spreadsheet program opens without running anything in it.

Every text is written as text, never as a formula or a link. The same sheets give the same bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from io import BytesIO
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from cli.packages import optional
from ledger.errors.storage import SheetTooLarge
from ledger.values.instants import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cli.render.sheets import Cell, Sheet

#: What Excel can hold: rows of a sheet, UTF-16 units of a cell.
ROWS = 1_048_576
CELL = 32_767

#: Excel believes that 1900 was a leap year; before March of it, its days are not ours.
_FIRST_DAY = date(1900, 3, 1)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: No XML can hold these two, and `visible` lets them pass.
_NOT_XML = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}

_WIDEST = 60


@contextmanager
def workbook(file: BinaryIO, created: datetime | None, **options: Any) -> Iterator[Any]:
    """A workbook that is written into `file` when it is done; it never says the present time.

    It is packed in memory: an archive that a full disk cuts short complains once more, and to
    everybody, when it is forgotten.
    """
    xlsxwriter = optional("xlsxwriter")
    packed = BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(packed, {**safe, **options})
    book.set_properties({"created": created or EPOCH})
    yield book
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:  # it wraps what the disk said
        raise error.args[0] from None
    file.write(packed.getbuffer())


def write(
    file: BinaryIO,
    sheets: Iterable[Sheet],
    scratch: Path,
    created: datetime | None,
    *,
    right_to_left: bool = False,
) -> dict[str, int]:
    """Write sheets one after the other, a row at a time; the number of rows of each by its view.

    Rows wait in files of the folder `scratch` and not in memory. Raises `SheetTooLarge`.
    """
    rows = {}
    with (
        TemporaryDirectory(dir=scratch, prefix=".vigil-") as waiting,
        workbook(file, created, constant_memory=True, tmpdir=waiting) as book,
    ):
        formats = Formats(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            if right_to_left:
                page.right_to_left()
            rows[sheet.view] = _fill(page, sheet, formats)
    return rows


class Formats:
    """How cells look: headers, days, and text that would be a formula if it were typed."""

    def __init__(self, book: Any) -> None:
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})


def _fill(page: Any, sheet: Sheet, formats: Formats) -> int:
    page.freeze_panes(1, 0)
    widths = [len(heading) for heading in sheet.header]
    for number, heading in enumerate(sheet.header):
        page.write_string(0, number, heading, formats.header)
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count >= ROWS:
            raise SheetTooLarge(sheet=sheet.name, what=f"it has more than {ROWS - 1:,} rows")
        for number, cell in enumerate(row):
            _write_cell(page, count, number, cell, formats, sheet)
            widths[number] = max(widths[number], _width(cell))
    for number, width in enumerate(widths):
        page.set_column(number, number, min(width, _WIDEST) + 2)
    page.autofilter(0, 0, count, len(sheet.header) - 1)
    return count


def _write_cell(
    page: Any, row: int, column: int, cell: Cell, formats: Formats, sheet: Sheet
) -> None:
    """Write a cell as what it is; raises `SheetTooLarge` where a text would be cut."""
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif isinstance(cell, date) and cell >= _FIRST_DAY:
        page.write_datetime(row, column, cell, formats.day)
    else:
        text = str(cell).translate(_NOT_XML)
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if units > CELL:
            where = f"{sheet.name}: row {row + 1}, column {sheet.header[column]!r}"
            raise SheetTooLarge(sheet=where, what=f"a text has {units:,} characters")
        looks = formats.quoted if text.startswith(_FORMULA) else formats.text
        page.write_string(row, column, text, looks)


def _width(cell: Cell) -> int:
    return max(map(len, str(cell).split("\n"))) if cell is not None else 0
