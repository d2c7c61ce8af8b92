"""JSON lines and CSV read into rows, one record at a time; a bad record is a row with a problem.

Both readers take a binary stream, so that bytes which are not UTF-8 are noticed where they stand,
and hold no more than one record of at most `limits.LINE` characters.
"""

from __future__ import annotations

import csv
import io
import json
from math import isinf
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, NoReturn

from cli.imports.lines import Line, lines, misread
from ledger.errors import VigilError
from ledger.errors.files import (
    CsvBroken,
    DuplicateKeys,
    FileTooLarge,
    HeaderDuplicated,
    LineBroken,
    NotInEncoding,
    NotUtf8,
    QuoteNeverClosed,
    RowWidth,
)
from ledger.limits import LINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLANK = " \t\r\n"
_SECOND_BOM = "Unexpected UTF-8 BOM (decode using utf-8-sig)"


class Row(NamedTuple):
    """One record of a file.

    `line` is the physical line it starts on, from 1. `cells` maps columns to texts (CSV, nothing
    stripped) or is the object (JSON lines); it is empty, or holds what could be read, when there is
    a `problem`. `raw` is the
    record as it stood, its line end included; write it with `errors="surrogateescape"`, which
    gives bytes that were not UTF-8 back, and expect "" for a record too long to keep.
    """

    line: int
    cells: dict[str, Any]
    raw: str
    problem: VigilError | None = None


def read_jsonl(stream: BinaryIO) -> Iterator[Row]:
    """The objects of a file of JSON lines; blank lines are passed over.

    Problems: `LineBroken` (also for NaN and numbers too large to keep), `DuplicateKeys` at any
    depth, `NotUtf8`, `FileTooLarge`.
    """
    for number, text, problem in lines(stream):
        if problem is not None:
            yield Row(number, {}, text, problem)
        elif text.strip(_BLANK):
            yield _parsed(number, text)


def read_csv(
    stream: BinaryIO, delimiter: str = ",", quote: str = '"', encoding: str | None = None
) -> tuple[list[str], Iterator[Row]]:
    """The header of a table (empty for an empty file) and its rows; empty rows are passed over.

    Raises `HeaderDuplicated`, or what is wrong with the header as a record. Problems of rows:
    `RowWidth`, `CsvBroken`, `NotUtf8` or `NotInEncoding` (naming the column), `FileTooLarge`.
    """
    csv.field_size_limit(LINE)
    tee = _Tee(lines(stream, encoding))
    reader = csv.reader(tee, delimiter=delimiter, quotechar=quote, strict=True)
    records = _records(tee, reader)
    line, header, _, problem = next(records, _Record(1, [], "", None))
    if problem is not None:
        raise problem
    header = header_of(header, line)
    return header, (_row(header, record) for record in records)


def _parsed(number: int, text: str) -> Row:
    """A line of JSON as a row."""
    try:
        cells, end = _JSON.raw_decode(text) if text[0] == "{" else (None, 0)
        if end == 0 or text[end:].strip(_BLANK):
            cells = _JSON.decode(text)  # which passes over blanks, and says what is wrong
        if isinstance(cells, dict):
            return Row(number, cells, text)
        problem: VigilError = LineBroken(why="it holds something else")
    except VigilError as error:
        problem = error
    except json.JSONDecodeError as error:
        why = _SECOND_BOM if text.startswith("\ufeff") else error.msg
        problem = LineBroken(why=f"{why} (character {error.pos + 1})")
    except RecursionError:
        problem = LineBroken(why="it is nested too deeply")
    except ValueError:
        problem = LineBroken(why="a number has too many digits")
    problem.row = number
    return Row(number, {}, text, problem)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) and (name := _twice(name for name, _ in pairs)) is not None:
        raise DuplicateKeys(name=name[:80], field=name[:80])
    return found


def header_of(names: list[str], row: int) -> list[str]:
    """The names of the columns of a table; raises `HeaderDuplicated`."""
    if (name := _twice(names)) is not None:
        raise HeaderDuplicated(name=name[:80], field=name[:80], row=row)
    return names


def as_csv(cells: Iterable[str], delimiter: str) -> str:
    """A record as it stands in a CSV, its line end included."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerow(cells)
    return out.getvalue()


def _twice(names: Iterable[str]) -> str | None:
    """The first name that was there before."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _not_a_number(text: str) -> NoReturn:
    raise LineBroken(why=f"{text} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        _not_a_number(text[:40])
    return number


_JSON = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_not_a_number, parse_float=_finite
)


class _Record(NamedTuple):
    """A record of a CSV, not yet set beside the header."""

    line: int
    cells: list[str]
    raw: str
    problem: VigilError | None


class _Tee:
    """Hands lines to the CSV reader and keeps those of the record it is in.

    Raises `FileTooLarge` into the reader when a line is too long, and `QuoteNeverClosed` when a
    record of several lines is.
    """

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._last = 0
        self.begin()

    def begin(self) -> None:
        """Forget the record before."""
        self.line = self._last + 1
        self._kept: list[str] = []
        self._length = 0
        self.misread: VigilError | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._last, text, problem = next(self._lines)
        self._length += len(text)
        if isinstance(problem, FileTooLarge) or self._length > LINE:
            within = bool(self._kept)
            self._kept.clear()
            raise (QuoteNeverClosed if within else FileTooLarge)(limit=LINE, row=self.line)
        self._kept.append(text)
        self.misread = self.misread or problem
        return text

    def text(self) -> str:
        """The record as it stood; "" when it was too long."""
        return "".join(self._kept)


def _records(tee: _Tee, reader: Iterator[list[str]]) -> Iterator[_Record]:
    """Records that are not empty. After a broken one the reader starts again on the next line,
    but not after a quote that was never closed: what a cell holds is no row.
    """
    while True:
        tee.begin()
        cells: list[str] = []
        problem: VigilError | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except QuoteNeverClosed as error:
            yield _Record(tee.line, [], "", error)
            return
        except FileTooLarge as error:
            problem = error
        except csv.Error as error:
            problem = _broken(str(error), tee.line)
        problem = tee.misread or problem
        if problem is not None or any(cell.strip() for cell in cells):
            yield _Record(tee.line, cells, tee.text(), problem)


def _broken(why: str, row: int) -> CsvBroken:
    if why.startswith("new-line character"):  # and asks for a mode that nobody here can choose
        why = "a carriage return alone ends no line"
    return CsvBroken(why=why, row=row)


def _row(header: list[str], record: _Record) -> Row:
    line, cells, raw, problem = record
    if isinstance(problem, NotUtf8 | NotInEncoding):
        problem.field, problem.row = _column_misread(header, cells), line
    elif problem is None and len(cells) != len(header):
        problem = RowWidth(cells=len(cells), columns=len(header), row=line)
    if problem is not None:
        return Row(line, {}, raw, problem)
    return Row(line, dict(zip(header, cells, strict=True)), raw)


def _column_misread(header: list[str], cells: list[str]) -> str | None:
    """The first column with bytes that its encoding does not know."""
    for name, cell in zip(header, cells, strict=False):
        if misread(cell):
            return name
    return None
