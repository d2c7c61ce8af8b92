"""Workbooks for tests: made by XlsxWriter, and parts of them changed by hand."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHEET = "xl/worksheets/sheet1.xml"
_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


def write(
    path: Path,
    sheets: dict[str, list[list[Any]]],
    then: Callable[[dict[str, Any]], None] | None = None,
) -> Path:
    """A workbook of rows of values; `then` may do more to its sheets."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    made = {}
    for name, rows in sheets.items():
        made[name] = sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if type(value) in formats:
                    sheet.write_datetime(number, column, value, formats[type(value)])
                else:
                    sheet.write(number, column, value)
    if then is not None:
        then(made)
    book.close()
    return path


def change(path: Path, part: str, new: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one part of it made anew."""
    with zipfile.ZipFile(path) as zip:
        parts = {name: zip.read(name) for name in zip.namelist()}
    parts[part] = new(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zip:
        for name, data in parts.items():
            zip.writestr(name, data)
    return path
