"""A file as tables: the header of each and its rows, whatever kind of file it is."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from cli.imports import kobo
from cli.imports.fields import canonical
from cli.imports.files import Row, as_csv, read_csv, read_jsonl
from cli.imports.sheets import Table, looks_like_a_header, sheet_meant, table_of
from cli.imports.workbook import open_workbook
from ledger.errors.files import MapMissing
from ledger.limits import HEADER_ROWS
from ledger.registry import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.imports.mapping import Map
    from cli.imports.sources import Source
    from cli.imports.workbook import Sheet

    Warn = Callable[[str], None]

#: A hashtag of the Humanitarian Exchange Language: `#affected+killed`.
_TAG = re.compile(r"#[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
#: How a row of a fill-in sheet begins that is there to help and holds no fact.
_HELP = "#"


def tables(source: Source, map: Map | None, warn: Warn) -> Iterator[Table]:
    """The tables of a file, ready for a map or, without one, with fields of facts as columns."""
    if source.kind == ".jsonl":
        yield Table([], read_jsonl(source.stream))
    elif source.kind == ".xlsx":
        with open_workbook(source.path, source.name) as sheets:
            if map is None:
                yield from _plain_sheets(sheets, source.name, warn)
            else:
                yield _mapped_sheet(sheets, source.name, map, warn)
    elif map is None:
        header, rows = read_csv(source.stream)
        if "fact" not in header:
            raise MapMissing(file=source.name, what="column")
        yield Table(header, rows)
    else:
        header, rows = read_csv(source.stream, delimiter=map.delimiter, encoding=map.encoding)
        yield _fitted(Table(header, rows), map, [])


def is_tag_row(cells: list[str]) -> bool:
    """Whether a row holds hashtags and nothing else."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and all(_TAG.fullmatch(cell) for cell in said)


def _mapped_sheet(sheets: list[Sheet], file: str, map: Map, warn: Warn) -> Table:
    submissions = [sheet for sheet in sheets if not _is_repeat(sheet)] if map.kobo else sheets
    sheet = sheet_meant(sheets if map.sheet else submissions, file, map.sheet)
    _warn_of(sheet, warn)
    if map.sheet is None:
        _warn_of_others(sheets, [sheet], warn)
    own = [name for name in map.columns if not name.startswith(kobo.PARENT) and name != kobo.KEY]
    table = table_of(
        sheet, _fits(own, grouped=map.kobo is not None), area=map.area, delimiter=map.delimiter,
        read=lambda header: [*map.columns, *kobo.aliases(map.columns, header).values()]
        if map.kobo else map.columns,
    )  # fmt: skip
    return _fitted(table, map, sheets)


def _fits(wanted: list[str], *, grouped: bool) -> Callable[[list[str]], float]:
    """How many of the columns of a map a row names."""
    plain = kobo.ungrouped if grouped else str
    names = {plain(name) for name in wanted}

    def fits(cells: list[str]) -> float:
        share = len(names & {plain(cell) for cell in cells}) / (len(names) or 1)
        return share or min(looks_like_a_header(cells) / 1000, 0.001)

    return fits


def _fitted(table: Table, map: Map, sheets: list[Sheet]) -> Table:
    """The table with every column that the map reads, without a row of hashtags."""
    rows, names = table.rows, dict[str, str]()
    if map.kobo is not None:
        table = kobo.prepared(table, sheets, map.delimiter)
        names = kobo.aliases(map.columns, table.header)
        rows = kobo.renamed(table.rows, names)
    map.check_header([*table.header, *names])
    return table._replace(rows=_without_tags(rows))


def _without_tags(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, without the hashtags that may stand right under the header."""
    first = next(rows, None)
    if first is not None and not is_tag_row(list(first.cells.values())):
        rows = chain([first], rows)
    yield from rows


def _is_repeat(sheet: Sheet) -> bool:
    """Whether a sheet of an export belongs to the rows of another."""
    first = next((line.cells for line in sheet.lines()), [])
    return kobo.PARENT_INDEX in first


def _plain_sheets(sheets: list[Sheet], file: str, warn: Warn) -> Iterator[Table]:
    """The sheets that are named after a fact, or the one with a column `fact`."""
    filled = [sheet for sheet in sheets if not sheet.empty]
    named = [sheet for sheet in filled if sheet.name in FACTS]
    if not named:
        shown = sheet_meant(sheets, file, None)
        top = islice(shown.lines(), HEADER_ROWS)
        if not any(cell.strip().lower() == "fact" for line in top for cell in line.cells):
            raise MapMissing(file=file, what="sheet named after a fact and no column")
        named = [shown]
    _warn_of_others(sheets, named, warn)
    for sheet in named:
        _warn_of(sheet, warn)
        yield _plain_sheet(sheet)


def _plain_sheet(sheet: Sheet) -> Table:
    """Columns are fields of facts; the sheet's name is the fact where no column says it."""
    fact = sheet.name if sheet.name in FACTS else None
    read = canonical(fact)

    def fits(cells: list[str]) -> float:
        fields = [read(cell) for cell in cells]
        known = len(fields) - fields.count(None)
        sure = known * 2 >= len(cells) or "fact" in fields
        return known if sure and not cells[0].startswith(_HELP) else 0

    table = table_of(
        sheet, fits, named=lambda names: [read(name) or name for name in names],
        cure="its columns are the fields of the fact: vigil explain movement.made",
    )  # fmt: skip
    rows = (row for row in table.rows if not _helps(row))
    if fact is None or "fact" in table.header:
        return table._replace(rows=rows)
    return Table(["fact", *table.header], (_of(fact, row) for row in rows), sheet.name)


def _helps(row: Row) -> bool:
    return next(iter(row.cells.values()), "").startswith(_HELP)


def _of(fact: str, row: Row) -> Row:
    return row._replace(
        cells={"fact": fact, **row.cells}, raw=as_csv([fact], ",")[:-2] + "," + row.raw
    )


def _warn_of(sheet: Sheet, warn: Warn) -> None:
    """What may surprise in a sheet that is read whole."""
    for what in sheet.hidden_parts():
        warn(f"hidden in the sheet {sheet.name!r} and read like the rest: {what}")
    for cells in sheet.merged_numbers():
        warn(f"the merged cells {cells} of the sheet {sheet.name!r} hold a number,"
             " which is read in each of their rows")  # fmt: skip


def _warn_of_others(sheets: list[Sheet], read: list[Sheet], warn: Warn) -> None:
    for sheet in sheets:
        if not sheet.empty and sheet not in read:
            hidden = "hidden " if sheet.hidden else ""
            warn(f"the {hidden}sheet {sheet.name!r} was not read")
