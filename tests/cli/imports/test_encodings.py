"""A CSV in another encoding is read when the map says which, and named when nothing does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports.files import read_csv
from cli.imports.guess import delimiter_of, encoding_of
from cli.imports.lines import is_text_encoding

if TYPE_CHECKING:
    from tests.cli.conftest import Office

MAP = """
delimiter = ";"
[[row]]
[[row.fact]]
fact = "movement.made"
occurred = "{day}"
from = "outside"
to = "hurriya"
count = "{people}"
note = "{ملاحظة}"
"""
TEXT = "day;people;ملاحظة\r\n2012-03-01;5;وصلوا مساء\r\n2012-03-02;dozens;عادوا\r\n"


def coded(encoding: str) -> str:
    return f'encoding = "{encoding}"\n{MAP}'


@pytest.mark.parametrize("encoding", ["windows-1256", "utf-16", "utf-8", "utf-8-sig", "iso8859-6"])
def test_the_map_says_in_which_encoding_a_table_is(camp: Office, encoding: str) -> None:
    camp.write("rows.csv", TEXT.encode(encoding))
    camp.write("map.toml", coded(encoding))
    answer = camp("import rows.csv --map map.toml --keep-going --rejects bad.csv -f json")
    assert (answer.json["recorded"], answer.json["problems"][0]["row"]) == (1, 3)
    assert camp.ok("log -f json").rows[-1]["note"] == "وصلوا مساء"
    bad = (camp.folder / "bad.csv").read_bytes().decode()
    camp.write("bad.csv", bad.replace("dozens", "6"))
    assert camp.ok("import bad.csv --map map.toml -f json").json["recorded"] == 1
    assert camp.ok("log -f json").rows[-1]["note"] == "عادوا"


def test_a_unicode_text_of_a_spreadsheet_is_read(camp: Office) -> None:
    camp.write("rows.txt", TEXT.replace(";", "\t").encode("utf-16"))
    camp.write("map.toml", coded("utf-16").replace('";"', '"\\t"'))
    answer = camp("import rows.txt --map map.toml --keep-going -f json")
    assert answer.json["recorded"] == 1


def test_without_an_encoding_the_row_is_named_and_the_key_of_the_map(camp: Office) -> None:
    camp.write("rows.csv", "day;people;note\n2012-03-01;5;وصلوا\n".encode("windows-1256"))
    camp.write("map.toml", MAP.replace("ملاحظة", "note"))
    answer = camp("import rows.csv --map map.toml")
    assert "row 2: note: the file is not UTF-8" in answer.out
    assert 'encoding = "windows-1256"' in answer.out


@pytest.mark.parametrize(
    ("data", "encoding", "row"),
    [
        (TEXT.encode("utf-16")[:-31], "utf-16", 3),
        (TEXT.encode("windows-1256"), "utf-16", 1),
        (b"day;people;note\n2012-03-01;5;\x81\n", "windows-1252", 2),
    ],
)
def test_bytes_that_the_encoding_does_not_know_are_named(
    camp: Office, data: bytes, encoding: str, row: int
) -> None:
    camp.write("rows.csv", data)
    camp.write(
        "map.toml", coded(encoding).replace("ملاحظة", "note") if row == 2 else coded(encoding)
    )
    answer = camp("import rows.csv --map map.toml -f json")
    found = answer.json["problems"][0] if answer.out else answer.error
    assert (answer.code, found["code"], found["row"]) == (4, "E4017", row)
    assert camp.position == 6


@pytest.mark.parametrize("name", ["hex", "rot13", "nope", "undefined", "", "utf-8\x00"])
def test_an_encoding_that_is_none_is_refused(camp: Office, name: str) -> None:
    assert not is_text_encoding(name)
    camp.write("rows.csv", "day\n")
    camp.write("map.toml", coded(name.replace("\x00", "\\u0000")))
    answer = camp("import rows.csv --map map.toml -f json")
    assert (answer.code, answer.error["code"]) == (2, "E4009")


@given(
    st.lists(st.text("ابتث abc;\"'\n", max_size=8), min_size=1, max_size=6),
    st.sampled_from(["windows-1256", "utf-16", "utf-16-le", "utf-32", "utf-7"]),
)
def test_a_table_says_the_same_in_every_encoding(cells: list[str], encoding: str) -> None:
    text = "a,b\n" + "".join('"{}",x\n'.format(cell.replace('"', '""')) for cell in cells)
    _, plain = read_csv(io.BytesIO(text.encode()))
    _, other = read_csv(io.BytesIO(text.encode(encoding)), encoding=encoding)
    assert list(plain) == list(other)


@pytest.mark.parametrize(
    ("text", "written", "guessed"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "windows-1256", "windows-1256"),
        ("où êtes-vous; Straße über Köln", "windows-1252", "windows-1252"),
        ("plain", "ascii", "utf-8"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_an_encoding_is_guessed_from_its_letters(text: str, written: str, guessed: str) -> None:
    assert encoding_of(io.BytesIO(text.encode(written))) == guessed


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a,b", ","), ("a;b", ";"), ("a\tb,c\td", "\t"), ('"a,b,c";d', ";"), ("a", ","), ("", ",")],
)
def test_a_separator_is_guessed_from_the_header(line: str, delimiter: str) -> None:
    assert delimiter_of(line) == delimiter
