"""Sheets to fill in: their columns are fields, their lists drop down, and a row of one is a fact."""

from __future__ import annotations

import csv
import io
import re
import stat
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import click
import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from cli.imports.fields import said_in
from cli.record import record
from ledger.facts.base import field_name
from ledger.notation import read
from ledger.registry import FACTS, fact_class
from ledger.vocabulary import terms
from tests.cli.imports import books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Office

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as file:
        for each in file.namelist():
            if each.endswith((".xml", ".rels", ".vml")):
                ET.fromstring(file.read(each))
        return file.read(name).decode()


def drop_downs(path: Path, fact: str) -> dict[str, list[str]]:
    """What drops down in each column of the first sheet, read as a spreadsheet program reads it."""
    header = rows(path, fact)[0]
    lists = rows(path, "lists")
    found = {}
    sheet = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    for one in sheet.iter(f"{_MAIN}dataValidation"):
        assert one.get("type") == "list"
        area = re.fullmatch(r"lists!\$([A-Z]+)\$2:\$\1\$(\d+)", one[0].text or "")
        assert area
        cells = re.fullmatch(r"([A-Z]+)3:\1(\d+)", str(one.get("sqref")))
        assert cells
        assert int(cells[2]) > 500
        column = number(area[1])
        found[header[number(cells[1])]] = [row[column] for row in lists[1 : int(area[2])]]
    return found


def number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - ord("A") + 1
    return total - 1


def options(name: str) -> set[str]:
    """The options of `vigil record` for a fact, and its argument."""
    command: Any = record
    for word in name.split("."):
        command = command.get_command(click.Context(command), word)
    return {option for param in command.params for option in param.opts}


@pytest.mark.parametrize("name", list(FACTS))
def test_every_column_is_an_option_of_record(office: Office, name: str) -> None:
    office.ok(f"template {name} -o t.xlsx")
    header, help = rows(office.folder / "t.xlsx", name)
    known = options(name)
    for column in header:
        assert column in ("id", "actor") or f"--{column.replace('_', '-')}" in known
    assert len(set(header)) == len(header)
    assert header[:2] == ["id", "occurred"]
    assert help[0].startswith("# ")
    assert all(help)
    cls = fact_class(name)
    for attribute, info in cls.model_fields.items():
        if info.is_required():
            field = field_name(cls, attribute)
            assert any(column == field or column.startswith(f"{field}-") for column in header)


def test_a_sheet_that_was_filled_in_is_a_fact(camp: Office) -> None:
    camp.ok("template movement.made -o t.xlsx")
    header = rows(camp.folder / "t.xlsx", "movement.made")[0]
    said = {
        "id": "MOV-AA", "occurred": "2013-02", "from": "ashraf", "to": "hurriya", "count": "5-6",
        "opening": "no", "source-name": "SRC-1", "source-grade": "B2", "received": "2013-03-01",
    }  # fmt: skip
    assert set(said) <= set(header)
    out = io.StringIO()
    csv.writer(out).writerows([["fact", *header],
                               ["movement.made", *(said.get(column, "") for column in header)]])  # fmt: skip
    camp.write("t.csv", out.getvalue())
    camp.ok("import t.csv")
    typed = " ".join(
        f"--{column}={value}" for column, value in said.items() if column not in ("id", "opening")
    )
    camp.ok(f"record movement made MOV-BB {typed}")
    first, second = camp.query("movements --from 2013")
    for key in ("occurred", "from", "to", "count", "grade", "opening", "received"):
        assert first[key] == second[key]


def test_lists_flags_sites_and_countries_drop_down(camp: Office) -> None:
    camp.ok("template case.advanced -o t.xlsx")
    found = drop_downs(camp.folder / "t.xlsx", "case.advanced")
    assert found["state"] == list(terms("case_state"))
    assert found["category"] == found["secondary"] == list(terms("case_category"))
    assert "ALB" in found["country"]
    camp.ok("template movement.made -o t.xlsx")
    found = drop_downs(camp.folder / "t.xlsx", "movement.made")
    assert found["from"][:2] == ["ashraf", "hurriya"]
    assert {"dead", "missing", "IRQ"} <= set(found["to"])
    assert found["opening"] == ["yes", "no"]
    camp.ok("template figure.stated -o t.xlsx")
    found = drop_downs(camp.folder / "t.xlsx", "figure.stated")
    assert found["measure"] == list(terms("measure"))
    camp.ok("template incident.opened -o t.xlsx")
    found = drop_downs(camp.folder / "t.xlsx", "incident.opened")
    assert found["site"] == ["ashraf", "hurriya"]


def test_no_ledger_is_needed_and_then_sites_are_typed(office: Office) -> None:
    office.ok("template incident.opened -o t.xlsx")
    found = drop_downs(office.folder / "t.xlsx", "incident.opened")
    assert set(found) == {"kind"}
    assert office("template incident.opened -o t.xlsx -L nowhere").code == 10
    assert not (office.folder / "vigil.toml").exists()


def test_cells_are_text_so_that_no_program_makes_days_of_them(office: Office) -> None:
    office.ok("template movement.made -o t.xlsx")
    path = office.folder / "t.xlsx"
    styles = ET.fromstring(part(path, "xl/styles.xml"))
    formats = [xf.get("numFmtId") for xf in styles.find(f"{_MAIN}cellXfs") or []]
    sheet = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    looks = [column.get("style") for column in sheet.iter(f"{_MAIN}col")]
    assert looks
    assert {formats[int(str(look))] for look in looks} == {"49"}  # Excel's number for text


def test_what_has_to_be_filled_is_coloured_and_explained(office: Office) -> None:
    office.ok("template movement.made -o t.xlsx")
    path = office.folder / "t.xlsx"
    sheet = ET.fromstring(part(path, "xl/worksheets/sheet1.xml"))
    header, help = rows(path, "movement.made")
    first = next(sheet.iter(f"{_MAIN}row"))
    looks = {name: cell.get("s") for name, cell in zip(header, first, strict=True)}
    coloured = {name for name in header if looks[name] == looks["count"]}
    assert coloured == {"occurred", "from", "to", "count"}
    assert {
        name for name, said in zip(header, help, strict=True) if "(required)" in said
    } == coloured
    assert "the place people left (required)" in part(path, "xl/comments1.xml")


def test_facts_have_a_sheet_each_and_the_lists_are_hidden(office: Office) -> None:
    office.ok("template incident.opened incident.claimed incident.opened -o t.xlsx")
    book = CalamineWorkbook.from_path(str(office.folder / "t.xlsx"))
    shown = [
        sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
    ]
    assert shown == ["incident.opened", "incident.claimed"]
    assert book.sheet_names[-1] == "lists"
    every = " ".join(FACTS)
    office.ok(f"template {every} -o all.xlsx")
    assert CalamineWorkbook.from_path(str(office.folder / "all.xlsx")).sheet_names[:-1] == list(
        FACTS
    )


@pytest.mark.parametrize(("language", "word"), [("ar", "هجوم"), ("fa", "حمله")])
def test_help_is_in_the_language_and_fields_keep_their_names(
    office: Office, language: str, word: str
) -> None:
    office.ok("template incident.opened -o plain.xlsx")
    office.ok(f"template incident.opened -o t.xlsx --labels {language}")
    path = office.folder / "t.xlsx"
    header, help = rows(path, "incident.opened")
    assert header == rows(office.folder / "plain.xlsx", "incident.opened")[0]
    assert f"attack = {word}" in help[header.index("kind")]
    assert 'rightToLeft="1"' in part(path, "xl/worksheets/sheet1.xml")
    assert word in {cell for row in rows(path, "lists") for cell in row}
    assert drop_downs(path, "incident.opened")["kind"] == list(terms("incident_kind"))


def filled(fact: str, said: dict[str, Any]) -> dict[str, str]:
    """What is typed into the columns of a sheet to say this."""
    cells = {}
    for field, value in said.items():
        match value:
            case dict() if field == "set":
                cells[field] = "; ".join(f"{name}={new or ''}" for name, new in value.items())
            case dict():
                cells |= {f"{field}-{name.replace('_', '-')}": new for name, new in value.items()}
            case list():
                cells[field] = "; ".join(value)
            case _:
                cells[field] = value
    return cells


@pytest.mark.parametrize("fact", FACTS)
def test_a_sheet_can_say_whatever_the_example_of_its_fact_says(office: Office, fact: str) -> None:
    said = read(fact_class(fact).example)
    cells = filled(fact, said)
    office.ok(f"template {fact} -o t.xlsx")
    assert {*cells} <= {"fact", *rows(office.folder / "t.xlsx", fact)[0]}
    assert said_in(cells) == said


def test_a_sheet_of_corrections_and_one_of_evidence_are_imported(camp: Office) -> None:
    camp.ok("record movement made MOV-A --from ashraf --to hurriya --count 5 --at 2012-02-18")
    said = {"id": "MOV-A", "occurred": "2012-02-19", "of": "1", "reason": "counted again",
            "set": "count=6; note=six; or so; mode=; source-grade=B2"}  # fmt: skip
    books.write(camp.folder / "t.xlsx", {"fact.corrected": [[*said], [*said.values()]]})
    assert camp.ok("import t.xlsx -f json").json["recorded"] == 1
    assert camp.ok("import t.xlsx -f json").json["already"] == 1
    changes = camp.ok("log --fact fact.corrected -f json").rows[0]["set"]
    assert changes == {"count": "6", "note": "six; or so", "mode": None, "source-grade": "B2"}
    counts = {row["id"]: row["count"]["text"] for row in camp.query("movements")}
    assert counts["MOV-A"] == "6"
    said = {"id": "EVD-A", "occurred": "2012-02-19", "to": "MOV-A/1", "file-name": "list.pdf",
            "file-sha256": "0" * 64, "file-bytes": "5", "file-media-type": "application/pdf"}  # fmt: skip
    books.write(camp.folder / "t.xlsx", {"evidence.attached": [[*said], [*said.values()]]})
    assert camp.ok("import t.xlsx -f json").json["recorded"] == 1


def test_a_sheet_replaces_a_file_whole_and_is_the_owners_alone(office: Office) -> None:
    office.write("t.xlsx", "old")
    answer = office.ok("template movement.made -o t.xlsx -f json").json
    assert answer == {"schema": "vigil.template/1", "path": "t.xlsx", "facts": ["movement.made"]}
    path = office.folder / "t.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    office.ok("template movement.made -o t.xlsx")
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("line", "code", "exit", "says"),
    [
        ("template movement.mad -o t.xlsx", "E2605", 4, "did you mean movement.made?"),
        ("template ../evil -o t.xlsx", "E2605", 4, "is not a kind of fact"),
        ("template movement.made", "E5001", 2, "Missing option '-o'"),
        ("template movement.made -o t.csv", "E5001", 2, "ends in .xlsx"),
        ("template -o t.xlsx", "E5001", 2, "Missing argument"),
        ("template movement.made -o nowhere/t.xlsx", "E1005", 1, "nowhere/t.xlsx cannot be"),
    ],
)
def test_what_cannot_be_a_sheet_is_refused(
    office: Office, line: str, code: str, exit: int, says: str
) -> None:
    answer = office(f"{line} -f json")
    error = answer.error
    assert (answer.code, error["code"]) == (exit, code)
    assert says in f"{error['message']} {error['hint']}"
    assert list(office.folder.glob("*t.*")) == []
