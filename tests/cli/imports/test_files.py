"""Files become rows, and whatever is wrong with a record is a problem of that row."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from types import NoneType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports import files
from cli.imports import lines as lines_of_bytes
from cli.imports.files import Row, read_csv, read_jsonl
from ledger.errors import VigilError
from ledger.errors.files import (
    CsvBroken,
    DuplicateKeys,
    FileTooLarge,
    HeaderDuplicated,
    LineBroken,
    NotUtf8,
    QuoteNeverClosed,
    RowWidth,
)

BOM = b"\xef\xbb\xbf"
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)


def lines(data: bytes) -> list[Row]:
    return list(read_jsonl(io.BytesIO(data)))


def table(data: bytes, **options: Any) -> tuple[list[str], list[Row]]:
    header, rows = read_csv(io.BytesIO(data), **options)
    return header, list(rows)


def problems(rows: list[Row]) -> list[tuple[int, type[VigilError]]]:
    return [(row.line, type(row.problem)) for row in rows if row.problem is not None]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of at most 100 characters, so that a test need not write a million."""
    monkeypatch.setattr(files, "LINE", 100)
    monkeypatch.setattr(lines_of_bytes, "LINE", 100)
    monkeypatch.setattr(lines_of_bytes, "_LINE_BYTES", 404)


def test_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    rows = lines(BOM + b'\n{"a": 1}\r\n  \r\n{"b": "\xe2\x80\xa8"}')
    assert [(row.line, row.cells) for row in rows] == [(2, {"a": 1}), (4, {"b": "\u2028"})]
    assert [row.raw for row in rows] == ['{"a": 1}\r\n', '{"b": "\u2028"}']


@pytest.mark.parametrize(
    "text",
    [
        '{"fact": "movem',
        "[1]",
        "null",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": %s}' % ("9" * 5000),
        "[" * 50_000,
        '{"a": 1} {"b": 2}',
    ],
)
def test_a_line_that_is_not_a_json_object_is_broken_and_the_next_is_read(text: str) -> None:
    broken, good = lines(f'{text}\n{{"a": 1}}\n'.encode())
    assert isinstance(broken.problem, LineBroken)
    assert (broken.line, broken.problem.row, broken.cells) == (1, 1, {})
    assert broken.raw == text + "\n"
    assert good.cells == {"a": 1}


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"x": [{"a": 1, "b": 2, "a": 3}]}'])
def test_a_key_said_twice_is_refused_at_any_depth(text: str) -> None:
    (row,) = lines(text.encode())
    assert isinstance(row.problem, DuplicateKeys)
    assert (row.problem.field, row.problem.row) == ("a", 1)


def test_bytes_that_are_not_utf8_are_a_problem_of_their_line_only() -> None:
    data = b'{"a": 1}\n{"a": "caf\xe9"}\n{"a": 2}\n'
    rows = lines(data)
    assert problems(rows) == [(2, NotUtf8)]
    assert rows[1].problem is not None
    assert rows[1].problem.details["byte"] == data.index(b"\xe9")
    assert "".join(row.raw for row in rows).encode(errors="surrogateescape") == data


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("length", [101, 404, 405, 5000])
def test_a_line_that_is_too_long_is_passed_over_to_its_end(length: int) -> None:
    rows = lines(b"{" * length + b'\n{"a": 1}\n')
    assert problems(rows) == [(1, FileTooLarge)]
    assert (rows[0].raw, rows[1].line, rows[1].cells) == ("", 2, {"a": 1})


@given(st.binary(max_size=200))
def test_reading_bytes_of_any_kind_ends_in_rows_or_a_refusal(data: bytes) -> None:
    for row in lines(data):
        assert (row.problem is None) or not row.cells
    with suppress(VigilError):
        table(data)


@given(st.lists(st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT))))
def test_json_lines_are_read_as_they_were_written(objects: list[dict[str, Any]]) -> None:
    data = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)
    rows = lines(data.encode())
    assert [row.cells for row in rows] == objects
    assert "".join(row.raw for row in rows) == data


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_table_is_read_as_it_was_written_and_its_raw_text_is_the_file(
    cells: list[tuple[str, str]], end: str, bom: bool
) -> None:
    written = io.StringIO(newline="")
    written.write("n,a,b" + end)
    writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([str(n), *pair] for n, pair in enumerate(cells))
    data = written.getvalue()
    header, rows = table(BOM * bom + data.encode())
    assert header == ["n", "a", "b"]
    assert [(row.cells["a"], row.cells["b"]) for row in rows] == cells
    assert "n,a,b" + end + "".join(row.raw for row in rows) == data
    starts = [data[: data.index(row.raw)].count("\n") + 1 for row in rows]
    assert [row.line for row in rows] == starts


def test_cells_keep_their_blanks_and_empty_rows_are_passed_over() -> None:
    _, rows = table(b"a;b\n\n ; \n 1 ;'x;y'\n", delimiter=";", quote="'")
    assert rows == [Row(4, {"a": " 1 ", "b": "x;y"}, " 1 ;'x;y'\n")]


def test_an_empty_file_has_no_columns_and_no_rows() -> None:
    assert table(b"") == ([], [])


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(HeaderDuplicated) as caught:
        table(b"a,b,a\n1,2,3\n")
    assert (caught.value.field, caught.value.row) == ("a", 1)


def test_a_header_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(NotUtf8) as caught:
        table("a,b\n".encode("utf-16"))
    assert (caught.value.row, caught.value.details["byte"]) == (1, 0)


def test_a_row_of_another_width_is_a_problem_of_that_row() -> None:
    _, rows = table(b"a,b\n1\n1,2,3\n1,2\n")
    assert problems(rows) == [(2, RowWidth), (3, RowWidth)]
    assert rows[2].cells == {"a": "1", "b": "2"}


def test_a_cell_that_is_not_utf8_names_its_column_and_its_byte() -> None:
    data = BOM + b'a,b\n"x\ny",caf\xe9\n1,2\n'
    _, rows = table(data)
    problem = rows[0].problem
    assert isinstance(problem, NotUtf8)
    assert (problem.field, problem.row) == ("b", 2)
    assert problem.details["byte"] == data.index(b"\xe9")
    assert rows[0].raw.encode(errors="surrogateescape") == b'"x\ny",caf\xe9\n'
    assert (rows[1].line, rows[1].problem) == (4, None)


@pytest.mark.parametrize("broken", ['"x"y,2\n', '1,"never closed\n', "1,2\r3\n"])
def test_quotes_and_line_ends_that_are_not_csv_are_a_problem(broken: str) -> None:
    _, rows = table(f"a,b\n1,2\n{broken}".encode())
    assert problems(rows) == [(3, CsvBroken)]
    assert rows[1].raw == broken


def test_reading_goes_on_after_a_broken_record() -> None:
    _, rows = table(b'a,b\n"x"y,2\n3,4\n')
    assert rows[1].cells == {"a": "3", "b": "4"}


@pytest.mark.usefixtures("short")
def test_a_quote_that_is_never_closed_does_not_fill_the_memory() -> None:
    _, rows = table(b'a,b\n1,"open\n' + b"3,4\n" * 40)
    assert problems(rows) == [(2, QuoteNeverClosed)]
    assert rows[0].raw == ""


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("inside", [b"", b"\xff\n"])
def test_what_stands_in_a_cell_that_is_too_long_is_no_row(inside: bytes) -> None:
    _, rows = table(b'a,b\n5,6\n1,"open\n' + inside + b"3,4\n" * 40 + b'end"\n7,8\n')
    assert [(row.line, type(row.problem)) for row in rows] == [(2, NoneType), (3, QuoteNeverClosed)]


@pytest.mark.usefixtures("short")
def test_reading_goes_on_after_a_line_that_is_too_long() -> None:
    _, rows = table(b"a,b\n1," + b"x" * 400 + b"\n3,4\n")
    assert problems(rows) == [(2, FileTooLarge)]
    assert rows[-1].cells == {"a": "3", "b": "4"}


def test_a_cell_longer_than_the_csv_module_allows_by_itself_is_read() -> None:
    _, rows = table(b"a\n" + b"x" * 200_000 + b"\n")
    assert len(rows[0].cells["a"]) == 200_000


def test_line_ends_of_old_machines_are_refused_with_what_to_save() -> None:
    with pytest.raises(CsvBroken) as caught:
        read_csv(io.BytesIO(b"day,count\r2013-01-01,5\r"))
    assert "carriage return" in caught.value.sentence
    assert "lines end" in caught.value.cure
