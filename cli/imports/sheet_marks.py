"""What the XML of a sheet says and the reader of its values does not.

The reader gives an empty cell for an error, and for a formula of which no value was saved; it says
nothing of hidden rows and columns; and it takes memory for the whole rectangle that the cells span.
All of that is read here, as a stream, before the reader is asked for anything.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from ledger.errors import VigilError
from ledger.errors.files import NotAWorkbook, WorkbookTooLarge
from ledger.limits import MERGED_CELLS, WORKBOOK_CELLS, WORKBOOK_MEGABYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zipfile import ZipFile

_PIECE = 1 << 16
_TEXT = int(WORKBOOK_MEGABYTES * 1_000_000)
#: So many rows and columns a sheet can have.
_ROWS, _COLUMNS = 1 << 20, 1 << 14
#: The reader of values takes memory for as many texts as a workbook says it holds.
_STRINGS = 10 * WORKBOOK_CELLS
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Marks(NamedTuple):
    """Rows and columns count from 0; `bad` says what is wrong with a cell."""

    rows: int
    columns: int
    hidden_rows: list[int]
    hidden_columns: list[tuple[int, int]]
    bad: dict[tuple[int, int], str]


class SheetFile(NamedTuple):
    """Where a sheet stands in the zip, and whether it is shown."""

    name: str
    path: str
    hidden: bool


class Marker:
    """Reads the marks of the sheets of one workbook."""

    def __init__(self, zip: ZipFile, name: str) -> None:
        self._zip, self._name = zip, name
        self._uncomputed = False
        self._cells = self._characters = 0
        self.sheets = self._sheets()
        self._lengths = self._string_lengths()

    def _sheets(self) -> list[SheetFile]:
        found: list[tuple[str, str, bool]] = []
        targets: dict[str, str] = {}

        def in_workbook(tag: str, given: Mapping[str, str]) -> None:
            if tag == "sheet":
                ref = next((v for k, v in given.items() if k.rpartition(":")[2] == "id"), "")
                hidden = given.get("state", "visible") != "visible"
                found.append((given.get("name", ""), ref, hidden))
            elif tag == "calcPr" and given.get("fullCalcOnLoad") in ("1", "true"):
                self._uncomputed = True

        def in_relations(tag: str, given: Mapping[str, str]) -> None:
            if tag == "Relationship":
                target = given.get("Target", "")
                path = target[1:] if target.startswith("/") else f"xl/{target}"
                targets[given.get("Id", "")] = path

        self._parse("xl/workbook.xml", in_workbook)
        self._parse("xl/_rels/workbook.xml.rels", in_relations)
        return [SheetFile(name, targets.get(ref, ""), hidden) for name, ref, hidden in found]

    def _string_lengths(self) -> array[int]:
        """How long each shared text is: a long one may stand in many cells."""
        lengths = array("L")

        def start(tag: str, given: Mapping[str, str]) -> None:
            if tag == "si":
                lengths.append(0)
            elif tag == "sst" and int(given.get("uniqueCount", 0)) > _STRINGS:
                raise ValueError("it says it holds more texts than it can")

        def text(piece: str) -> None:
            if lengths:
                lengths[-1] += len(piece)

        if "xl/sharedStrings.xml" in self._zip.namelist():
            self._parse("xl/sharedStrings.xml", start, text=text)
        return lengths

    def marks(self, sheet: SheetFile) -> Marks:
        """Raises `NotAWorkbook` and `WorkbookTooLarge`."""
        reading = _Reading(self._lengths, self._uncomputed, self._check_size)
        if sheet.path in self._zip.namelist():
            self._parse(sheet.path, reading.start, reading.end, reading.text)
        self._cells += reading.rows * reading.columns
        self._characters += reading.characters
        return Marks(reading.rows, reading.columns, reading.hidden_rows, reading.hidden_columns,
                     reading.bad)  # fmt: skip

    def _check_size(self, reading: _Reading) -> None:
        """All sheets of a workbook are held at once; a sheet takes memory for its rectangle."""
        what = None
        if self._cells + reading.rows * reading.columns > WORKBOOK_CELLS:
            what = f"too many cells: a sheet of {reading.rows} rows and {reading.columns} columns"
        elif self._characters + reading.characters > _TEXT:
            what = "more text than fits into the memory"
        elif reading.merged > MERGED_CELLS:
            what = f"more than {MERGED_CELLS} merged cells"
        if what is not None:
            raise WorkbookTooLarge(file=self._name, what=what)

    def _parse(
        self,
        path: str,
        start: Callable[[str, Mapping[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Read a member of the zip, tags without their prefixes; a DTD has no business in it."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, given: start(tag.rpartition(":")[2], given)
        parser.StartDoctypeDeclHandler = _refuse
        if end is not None:
            parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            with self._zip.open(path) as stream:
                while piece := stream.read(_PIECE):
                    parser.Parse(piece)
                parser.Parse(b"", True)
        except VigilError:
            raise
        except Exception as error:  # zip and XML each have several ways to be damaged
            what = f"a damaged workbook ({path}: {error})"
            raise NotAWorkbook(file=self._name, what=what, cure="get the file once more") from None


def _refuse(*_: object) -> None:
    raise ValueError("it has a document type")


class _Reading:
    """The marks of a sheet as its cells go by."""

    def __init__(
        self, lengths: array[int], uncomputed: bool, check_size: Callable[[_Reading], None]
    ) -> None:
        self._lengths, self._uncomputed, self._check_size = lengths, uncomputed, check_size
        self.rows = self.columns = self.characters = self.merged = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.bad: dict[tuple[int, int], str] = {}
        self._row = self._column = -1
        self._kind = self._value = ""
        self._formula = self._in_value = self._filled = False

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "row":
            self._move(int(given.get("r", self._row + 2)) - 1, -1)
            if given.get("hidden") in ("1", "true") and len(self.hidden_rows) < _ROWS:
                self.hidden_rows.append(self._row)
        elif tag == "col" and given.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(given.get("min", 1)) - 1, int(given.get("max", 1)) - 1))
        elif tag == "c":
            self._cell_begins(given.get("r"))
            self._kind, self._value = given.get("t", "n"), ""
            self._formula = self._filled = False
        elif tag == "f":
            self._formula = True
        elif tag == "v":
            self._in_value = True
        elif tag == "is":
            self._filled = True
        elif tag == "mergeCell":
            self.merged += 1
            self._check_size(self)

    def _cell_begins(self, place: str | None) -> None:
        if place is None:
            self._move(self._row, self._column + 1)
            return
        match = _CELL.fullmatch(place)
        if match is None:
            raise ValueError(f"{place[:20]!r} names no cell")
        self._move(int(match[2]) - 1, column_number(match[1]))

    def _move(self, row: int, column: int) -> None:
        """The reader of values trusts that rows go downwards, and takes memory for the last."""
        if not self._row <= row < _ROWS or column >= _COLUMNS:
            raise ValueError(f"row {row + 1} comes after row {self._row + 1}")
        self._row, self._column = row, column

    def text(self, piece: str) -> None:
        if self._in_value:
            self._value += piece

    def end(self, tag: str) -> None:
        if tag == "v":
            self._in_value = False
        elif tag == "c":
            self._cell()

    def _cell(self) -> None:
        what = self._wrong()
        if what is not None:
            self.bad[self._row, self._column] = what
        if what is None and not self._filled and self._value == "":
            return
        self.rows = max(self.rows, self._row + 1)
        self.columns = max(self.columns, self._column + 1)
        if self._kind == "s" and self._value.isdecimal() and int(self._value) < len(self._lengths):
            self.characters += self._lengths[int(self._value)]
        self._check_size(self)

    def _wrong(self) -> str | None:
        if self._kind == "e":
            return f"the error {self._value[:20] or '?'}"
        if not self._formula or self._kind == "str":
            return None
        # A program that computes nothing saves no value, or 0 and the wish to be computed.
        if self._value == "" or (self._value == "0" and self._uncomputed and self._kind == "n"):
            return "a formula that was never computed"
        return None


def column_number(letters: str) -> int:
    """The place of a column, from 0: 0 for `A`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def column_letters(number: int) -> str:
    """The name of a column: `A` for 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
