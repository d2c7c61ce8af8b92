"""What a file is, found by looking at its beginning."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.imports import kobo
from cli.imports.files import read_csv, read_jsonl
from cli.imports.guess import Column, column_of, delimiter_of, encoding_of
from cli.imports.lines import lines
from cli.imports.sheets import (
    Table,
    header_line,
    looks_like_a_header,
    sheet_meant,
    table_of,
)
from cli.imports.tables import is_tag_row
from cli.imports.workbook import open_workbook
from ledger.errors import VigilError
from ledger.errors.files import SheetUnclear, TwoTables

if TYPE_CHECKING:
    from cli.imports.files import Row
    from cli.imports.sources import Source
    from cli.imports.workbook import Sheet

#: So many rows are looked at.
ROWS = 1000


class Inspection(NamedTuple):
    """The table of a file; `more` where it goes on after the rows that were looked at."""

    file: str
    kind: str
    columns: list[Column]
    rows: int
    more: bool
    warnings: list[str]
    kobo: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    range: str | None = None
    other_sheets: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        columns = [column._asdict() for column in self.columns]
        return {"schema": "vigil.inspect/1", **self._asdict(), "columns": columns}


def inspect_source(source: Source, sheet: str | None) -> Inspection:
    """Raises what reading the file raises."""
    if source.kind == ".xlsx":
        with open_workbook(source.path, source.name) as sheets:
            return _of_workbook(source.name, sheets, sheet)
    if source.kind == ".jsonl":
        return _looked_at(source.name, "JSON lines", _as_table(source))
    encoding = encoding_of(source.stream)
    source.stream.seek(0)
    first = next(lines(source.stream, encoding), None)
    delimiter = delimiter_of(first.text if first else "")
    source.stream.seek(0)
    header, rows = read_csv(source.stream, delimiter, encoding=encoding)
    found = _looked_at(source.name, "a CSV", Table(header, rows))
    return found._replace(encoding=encoding, delimiter=delimiter)


def _of_workbook(file: str, sheets: list[Sheet], name: str | None) -> Inspection:
    try:
        sheet = sheet_meant(sheets, file, name)
    except SheetUnclear:
        sheet = next(one for one in sheets if not one.hidden and not one.empty)
    line = header_line(sheet, looks_like_a_header)
    table = table_of(sheet, looks_like_a_header, cure="vigil inspect FILE --sheet NAME")
    if kobo.is_export(table.header):
        table = kobo.prepared(table, sheets, ",")
    found = _looked_at(file, "an .xlsx workbook", table)
    hidden = [f"hidden in the sheet: {what}" for what in sheet.hidden_parts()]
    merged = [f"merged cells that hold a number: {cells}" for cells in sheet.merged_numbers()]
    return found._replace(
        sheet=sheet.name, header_row=line.number if line else None,
        warnings=[*hidden, *merged, *found.warnings],
        other_sheets=tuple(
            f"the {'hidden ' if one.hidden else ''}sheet {one.name!r}, down to row {one.marks.rows}"
            for one in sheets if one is not sheet and not one.empty
        ),
    )  # fmt: skip


def _as_table(source: Source) -> Table:
    rows = list(islice(read_jsonl(source.stream), ROWS + 1))
    header = list(dict.fromkeys(name for row in rows for name in row.cells))
    texts = [row._replace(cells={name: str(row.cells.get(name, "")) for name in header})
             for row in rows]  # fmt: skip
    return Table(header, iter(texts))


def _looked_at(file: str, kind: str, table: Table) -> Inspection:
    rows, warnings, area = _first_rows(table)
    more = len(rows) > ROWS
    del rows[ROWS:]
    broken = [row for row in rows if row.problem is not None]
    if broken:
        error = broken[0].problem
        said = error.sentence if error is not None else ""
        first = f"the first is {broken[0].line}: {said}"
        warnings.append(f"rows that cannot be read: {len(broken)}; {first}")
    read = [row.cells for row in rows if row.cells]
    tags: dict[str, str] = {}
    if read and is_tag_row(list(read[0].values())):
        tags = read.pop(0)
    columns = [
        column_of(name, (cells.get(name, "") for cells in read), tags.get(name) or None)
        for name in table.header
    ]
    return Inspection(file, kind, columns, len(rows) - bool(tags), more, warnings,
                      kobo.is_export(table.header), range=area)  # fmt: skip


def _first_rows(table: Table) -> tuple[list[Row], list[str], str | None]:
    """The first rows, what stopped the reading, and the range that it stopped at."""
    rows: list[Row] = []
    try:
        rows.extend(islice(table.rows, ROWS + 1))
    except TwoTables as error:
        return rows, [f"row {error.row}: {error.sentence}"], str(error.details["range"])
    except VigilError as error:
        return rows, [f"row {error.row}: {error.sentence}"], None
    return rows, [], None
