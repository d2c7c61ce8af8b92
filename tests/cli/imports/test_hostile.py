"""A file that is called .xlsx and is something else, too large, or damaged does no harm."""

from __future__ import annotations

import random
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from cli.imports import container, sheet_marks
from cli.imports.workbook import open_workbook
from ledger.errors import VigilError
from tests.cli.imports import books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Office

MAP = '[[row]]\n[[row.fact]]\nfact = "movement.made"\noccurred = "{day}"\ncount = "{people}"\n'
ROWS = [["day", "people"], ["2012-01-01", 5]]
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(camp: Office) -> dict[str, Any]:
    camp.write("map.toml", MAP)
    before = camp.position
    answer = camp("import list.xlsx --map map.toml -f json")
    assert camp.position == before
    assert answer.code == 2
    found: dict[str, Any] = answer.error
    return found


@pytest.mark.parametrize(
    ("data", "what", "cure"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page", "save it as .xlsx"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "a web page", "save it as .xlsx"),
        (b"day,people\n2012-01-01,5\n", "a CSV", "rename it to .csv"),
        ("day\tpeople\n".encode("utf-16"), "a text in UTF-16", 'encoding = "utf-16"'),
        (b'<?xml version="1.0"?><Workbook/>', "a file of XML", "save it as .xlsx"),
        (b"%PDF-1.7", "a PDF", "ask for the table"),
        (OLD + bytes(4000), "an old workbook (.xls)", "save it as .xlsx"),
        (OLD + bytes(4000) + "EncryptedPackage".encode("utf-16-le"), "a password", "without one"),
        (b"", "empty", "once more"),
        (b"PK\x03\x04 and no more", "cut short", "once more"),
        (bytes(100), "something else", "save it as .xlsx"),
    ],
)
def test_what_a_file_seems_to_be_is_said_with_the_cure(
    camp: Office, data: bytes, what: str, cure: str
) -> None:
    camp.write("list.xlsx", data)
    error = refusal(camp)
    assert error["code"] == "E4019"
    assert what in error["message"]
    assert cure in error["hint"]


@pytest.mark.parametrize(
    ("member", "what"),
    [("content.xml", ".ods"), ("xl/workbook.bin", ".xlsb"), ("x", "another kind of zip")],
)
def test_another_kind_of_zip_is_named(camp: Office, member: str, what: str) -> None:
    with zipfile.ZipFile(camp.folder / "list.xlsx", "w") as zip:
        zip.writestr(member, "x")
    assert what in refusal(camp)["message"]


@pytest.mark.parametrize("name", ["list.xls", "list.ods", "list"])
def test_a_file_of_another_kind_is_to_be_saved_as_a_workbook(camp: Office, name: str) -> None:
    camp.write(name, b"x")
    answer = camp(f"import {name}")
    assert (answer.code, "[E4010]" in answer.err) == (2, True)
    assert "save it as .xlsx" in answer.err


def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = books.write(tmp_path / "list.xlsx", {"A": ROWS})
    data = path.read_bytes()
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        with pytest.raises(VigilError), open_workbook(path, "list.xlsx"):
            pass


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte, and a thousand cells, are too many."""
    monkeypatch.setattr(container, "WORKBOOK_MEGABYTES", 1.0)
    monkeypatch.setattr(sheet_marks, "WORKBOOK_CELLS", 1000)
    monkeypatch.setattr(sheet_marks, "_TEXT", 1_000_000)
    monkeypatch.setattr(sheet_marks, "MERGED_CELLS", 100)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("lying", [False, True])
def test_a_few_bytes_that_unpack_to_very_many_are_refused(camp: Office, lying: bool) -> None:
    path = books.write(camp.folder / "list.xlsx", {"A": ROWS})
    books.change(path, books.SHEET, lambda xml: xml + b" " * 3_000_000)
    assert path.stat().st_size < 20_000
    if lying:
        path.write_bytes(said_to_be_small(path.read_bytes(), books.SHEET))
    error = refusal(camp)
    assert (error["code"], "when it is unpacked" in error["message"]) == ("E4020", True)


def said_to_be_small(data: bytes, member: str) -> bytes:
    """The same zip whose directory says that a member has a hundred bytes."""
    changed = bytearray(data)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        (length,) = struct.unpack_from("<H", data, at + 28)
        if data[at + 46 : at + 46 + length] == member.encode():
            struct.pack_into("<I", changed, at + 24, 100)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


@pytest.mark.usefixtures("small")
def test_a_cell_far_away_does_not_take_the_memory_between(camp: Office) -> None:
    path = books.write(camp.folder / "list.xlsx", {"A": ROWS})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    books.change(path, books.SHEET, lambda xml: xml.replace(b"</sheetData>", far))
    error = refusal(camp)
    assert (error["code"], "1048576 rows" in error["message"]) == ("E4020", True)


@pytest.mark.usefixtures("small")
def test_many_sheets_that_are_small_are_counted_together(camp: Office) -> None:
    rows = [["day"], *([[n] for n in range(300)])]
    books.write(camp.folder / "list.xlsx", dict.fromkeys("ABC", rows))
    assert refusal(camp)["code"] == "E4021"
    books.write(camp.folder / "list.xlsx", dict.fromkeys("ABCD", rows))
    assert refusal(camp)["code"] == "E4020"


@pytest.mark.usefixtures("small")
def test_merged_cells_without_end_are_refused(camp: Office) -> None:
    path = books.write(camp.folder / "list.xlsx", {"A": ROWS})
    merged = b"".join(b'<mergeCell ref="A%d:A%d"/>' % (n, n + 1) for n in range(1, 301, 2))
    all_merged = b"</sheetData><mergeCells>" + merged + b"</mergeCells>"
    books.change(path, books.SHEET, lambda xml: xml.replace(b"</sheetData>", all_merged))
    assert refusal(camp)["code"] == "E4020"


@pytest.mark.usefixtures("small")
def test_a_long_text_that_stands_in_many_cells_is_counted_in_each(camp: Office) -> None:
    rows = [["day", "people"], *([["x" * 30_000, n] for n in range(40)])]
    books.write(camp.folder / "list.xlsx", {"A": rows})
    error = refusal(camp)
    assert (error["code"], "more text" in error["message"]) == ("E4020", True)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (books.SHEET, b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        (books.SHEET, b"</sheetData>", b""),
        (books.SHEET, b'r="B2"', b'r="B4294967295"'),
        (books.SHEET, b'r="B2"', b'r="XFE2"'),
        (books.SHEET, b'<row r="2"', b'<row r="0"'),
        (books.SHEET, b'<row r="2"', b'<row r="-3"'),
        ("xl/sharedStrings.xml", b'uniqueCount="3"', b'uniqueCount="99999999999"'),
        ("xl/sharedStrings.xml", b"<si>", b""),
        ("xl/workbook.xml", b"rId1", b"rId9"),
    ],
)
def test_a_damaged_part_is_refused_and_takes_no_memory(
    camp: Office, part: str, old: bytes, new: bytes
) -> None:
    path = books.write(camp.folder / "list.xlsx", {"A": ROWS})

    def damage(xml: bytes) -> bytes:
        assert old in xml
        return xml.replace(old, new, 1)

    books.change(path, part, damage)
    error = refusal(camp)
    assert (error["code"], "damaged" in error["message"]) == ("E4019", True)


@pytest.mark.parametrize("seed", range(150))
def test_a_workbook_damaged_at_random_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    """Nothing else comes of it, and least of all the end of the process."""
    chance = random.Random(seed)
    path = books.write(tmp_path / "list.xlsx", {"A": [*ROWS, ["x", 1.5], ["y", True]]})
    parts = [books.SHEET, "xl/styles.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]

    def damage(xml: bytes) -> bytes:
        changed = bytearray(xml)
        digits = [n for n, byte in enumerate(xml) if chr(byte).isdecimal()]
        at = chance.choice(digits)
        much = [b"9999999999", b"-1", b"", b"4294967295", b"1e308", b"0"]
        changed[at : at + 1] = chance.choice(much)
        at = chance.randrange(len(changed))
        changed[at] = chance.choice([changed[at], 60, 0, 255])
        return bytes(changed)

    books.change(path, chance.choice(parts), damage)
    try:
        with open_workbook(path, "list.xlsx") as sheets:
            for sheet in sheets:
                list(sheet.lines())
                sheet.hidden_parts()
                sheet.merged_numbers()
    except VigilError as error:
        assert error.code in ("E4019", "E4020")
