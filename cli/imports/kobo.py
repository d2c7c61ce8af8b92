"""Exports of KoboToolbox: submissions with a `_uuid`, repeats in sheets of their own.

A row of a repeat names its submission by `_parent_index`; here it gets the submission's cells as
`parent.column`, and a `_key` that stays the same when other submissions come or go.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from cli.imports.files import Row, as_csv
from cli.imports.seen import Seen
from cli.imports.sheets import Table, table_of
from ledger.errors.files import ColumnMissing, ColumnUnclear, ParentMissing, SubmissionTwice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cli.imports.workbook import Sheet

PARENT = "parent."
KEY = "_key"
#: The marks of an export, and of a repeat in it.
UUID, INDEX, PARENT_INDEX, PARENT_SHEET = "_uuid", "_index", "_parent_index", "_parent_table_name"
#: Where the server says which submission an edited one was at first; `_uuid` is new each time.
_ROOTS = ("meta/rootUuid", "rootUuid")
_ROOTS_ABOVE = tuple(f"{PARENT}{name}" for name in _ROOTS)
_UUIDS = (UUID, "_submission__uuid", f"{PARENT}{UUID}")
_TIMES = ("_submission_time", "_submission__submission_time", f"{PARENT}_submission_time")
_STATUSES = ("_validation_status", "_submission__validation_status", f"{PARENT}_validation_status")
_SCHEME = "uuid:"
#: A sheet's name has at most this many characters, the name of a repeat more.
_SHEET_NAME = 31


class Kobo(NamedTuple):
    """What a map says of an export: the status of an assessment for each validation status."""

    assess: dict[str, str]

    def status(self, cells: Mapping[str, str]) -> tuple[str, str] | None:
        """The status that a row's facts are assessed with, and its validation status."""
        said = _first(cells, _STATUSES)
        status = self.assess.get(plain_status(said))
        return (status, said) if status else None


def plain_status(said: str) -> str:
    """`Not Approved` and `validation_status_not_approved` are one status: `not_approved`."""
    return said.strip().lower().replace(" ", "_").removeprefix("validation_status_")


def received(cells: Mapping[str, str]) -> str | None:
    """When the server got a submission; it writes UTC without saying so."""
    said = _first(cells, _TIMES).strip().replace(" ", "T")
    clock = said.partition("T")[2]
    if not clock or clock.endswith("Z") or "+" in clock or "-" in clock:
        return said or None
    return f"{said.partition('.')[0]}Z"


def key_of(cells: Mapping[str, str]) -> str | None:
    """What tells a row apart in every export of its form."""
    return _first(cells, (KEY, *_ROOTS, UUID)).removeprefix(_SCHEME) or None


def is_export(header: Iterable[str]) -> bool:
    """Whether a table looks like one of an export."""
    return not {*_UUIDS, KEY}.isdisjoint(header)


def prepared(table: Table, sheets: list[Sheet], delimiter: str) -> Table:
    """A table of an export, a repeat with what it hangs on.

    Raises `ColumnMissing` where it is no export; rows whose submission is twice in the file, or
    missing in it, have a problem.
    """
    if not is_export(table.header):
        raise ColumnMissing(name=UUID, field=UUID, columns=", ".join(table.header))
    if KEY in table.header:
        return table
    if PARENT_INDEX in table.header and sheets:
        return _joined(table, sheets, delimiter)
    return table._replace(rows=_once(table.rows)) if UUID in table.header else table


def aliases(wanted: Iterable[str], header: list[str]) -> dict[str, str]:
    """For columns of a map that the header has not: the one that has the same name in a group."""
    found = {}
    for name in wanted:
        if name not in header:
            alike = [column for column in header if ungrouped(column) == ungrouped(name)]
            if len(alike) > 1:
                raise ColumnUnclear(name=name, columns=" or ".join(alike), field=name)
            if alike:
                found[name] = alike[0]
    return found


def ungrouped(column: str) -> str:
    """A column's name without the groups it stands in: `camp` for `arrival/camp`."""
    depth, rest = 0, column
    while rest.startswith(PARENT):
        rest = rest.removeprefix(PARENT)
        depth += 1
    return PARENT * depth + rest.rpartition("/")[2]


def renamed(rows: Iterable[Row], names: Mapping[str, str]) -> Iterator[Row]:
    """The rows with cells also under the names that the map has for their columns."""
    for row in rows:
        more = {name: row.cells[column] for name, column in names.items() if column in row.cells}
        yield row._replace(cells=row.cells | more)


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows; one whose submission was there before has a problem."""
    seen = Seen()
    for row in rows:
        uuid = row.cells.get(UUID)
        times, first = seen.meet(uuid, row.line) if uuid else (1, row.line)
        if times > 1:
            twice = SubmissionTwice(uuid=uuid, first=first, second=row.line, field=UUID)
            yield row._replace(problem=row.problem or twice)
        else:
            yield row
    seen.close()


def _joined(table: Table, sheets: list[Sheet], delimiter: str) -> Table:
    """A repeat whose rows have the cells of their submission, and a key."""
    parents = _Parents(sheets, table.sheet)
    rows, above = list(table.rows), list[str]()
    for row in rows:
        above = parents.columns_above(row.cells) or above
        if above:
            break
    header = [*table.header, *above, KEY]

    def joined() -> Iterator[Row]:
        count: Counter[str] = Counter()
        for row in rows:
            cells, problem = row.cells, row.problem
            try:
                cells = cells | parents.cells_above(cells)
            except ParentMissing as error:
                problem = problem or error
            uuid = _first(cells, (*_ROOTS_ABOVE, *_UUIDS)).removeprefix(_SCHEME)
            count[uuid] += 1
            cells = {name: cells.get(name, "") for name in header}
            cells[KEY] = f"{uuid}/{table.sheet}/{count[uuid]}" if uuid else ""
            yield Row(row.line, cells, as_csv(cells.values(), delimiter), problem)

    return Table(header, joined(), table.sheet)


class _Parents:
    """The rows of the sheets that repeats hang on, by `_index`."""

    def __init__(self, sheets: list[Sheet], below: str | None) -> None:
        self._sheets = [sheet for sheet in sheets if sheet.name != below and not sheet.empty]
        self._read: dict[str, tuple[list[str], dict[str, dict[str, str]]]] = {}

    def columns_above(self, cells: Mapping[str, str]) -> list[str]:
        sheet = self._sheet(cells)
        return [f"{PARENT}{name}" for name in self._rows(sheet)[0]] if sheet else []

    def cells_above(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells of a row's parent, and of that one's parent, each as `parent.column`."""
        sheet, index = self._sheet(cells), cells.get(PARENT_INDEX, "")
        found = self._rows(sheet)[1].get(index) if sheet else None
        if found is None:
            name = sheet.name if sheet else cells.get(PARENT_SHEET, "")
            raise ParentMissing(sheet=name[:80], index=index[:40], field=PARENT_INDEX)
        return {f"{PARENT}{name}": value for name, value in found.items()}

    def _sheet(self, cells: Mapping[str, str]) -> Sheet | None:
        wanted = cells.get(PARENT_SHEET, "")
        named = [sheet for sheet in self._sheets if sheet.name in (wanted, wanted[:_SHEET_NAME])]
        return named[0] if named else None

    def _rows(self, sheet: Sheet) -> tuple[list[str], dict[str, dict[str, str]]]:
        """The header of a sheet and its rows, those above it joined."""
        if sheet.name not in self._read:
            self._read[sheet.name] = [], {}  # a sheet that hangs on itself ends here
            table = table_of(sheet, lambda cells: float(INDEX in cells))
            rows = list(table.rows)
            header = list(table.header)
            if PARENT_INDEX in header:
                header += next(filter(None, (self.columns_above(row.cells) for row in rows)), [])
            held = {}
            for row in rows:
                above = self.cells_above(row.cells) if PARENT_INDEX in table.header else {}
                held[row.cells.get(INDEX, "")] = row.cells | above
            self._read[sheet.name] = header, held
        return self._read[sheet.name]


def _first(cells: Mapping[str, str], names: Iterable[str]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")
