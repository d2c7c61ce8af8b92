"""A workbook is read like the CSV somebody would have made of it, and says where it cannot be."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.imports.sheets import Area
from cli.imports.workbook import open_workbook
from tests.cli.imports import books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Office

MAP = """
key = "{no}"
[[row]]
[[row.fact]]
fact = "movement.made"
occurred = "{day}"
received = "{day}"
from = "outside"
to = "hurriya"
count = "{people}"
note = "{note}"
"""
HEADER = ["no", "day", "people", "note"]
DAY = date(2012, 2, 18)


def rows(count: int = 2, **changes: Any) -> list[list[Any]]:
    """Rows of a list under its header, and some cells made something else: `C3="dozens"`."""
    made: list[list[Any]] = [HEADER, *([f"R-{n}", DAY, 20 + n, ""] for n in range(1, count + 1))]
    for cell, value in changes.items():
        made[int(cell[1:]) - 1]["ABCD".index(cell[0])] = value
    return made


def take(camp: Office, options: str = "", map: str = MAP) -> Answer:
    camp.write("map.toml", map)
    return camp(f"import list.xlsx --map map.toml -f json {options}")


def counts(camp: Office) -> list[str]:
    """The counts of the movements that were imported, in order of recording."""
    log = camp.ok("log --fact movement.made -f json").rows
    return [row["count"] for row in log if row.get("key")]


def problems(answer: Answer) -> list[tuple[int, str, str]]:
    return [(p["row"], p["code"], p["message"]) for p in answer.json["problems"]]


# Values ------------------------------------------------------------------------------------------

MINUTES = st.datetimes(datetime(1901, 1, 1), datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2090, 1, 1)),
    MINUTES,
)


def as_text(value: Any) -> str:
    """What the value is in a CSV."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(VALUES, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_was_written_in_cells_is_read_as_a_csv_would_hold_it(
    tmp_path: Path, values: list[list[Any]]
) -> None:
    path = books.write(tmp_path / "f.xlsx", {"A": [["x"], *values]})
    with open_workbook(path, "f.xlsx") as (sheet,):
        read = [line.cells for line in sheet.lines()][1:]
    expected = [[as_text(value) for value in row] for row in values]
    filled = [[(r, c, x) for c, x in enumerate(row) if x] for r, row in enumerate(expected)]
    found = [[(r, c, x) for c, x in enumerate(row) if x] for r, row in enumerate(read)]
    assert [cell for row in found for cell in row] == [cell for row in filled for cell in row]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (397.0, "397"),
        (0.5, "0.5"),
        (datetime(2012, 2, 18), "2012-02-18"),
        (datetime(2012, 2, 18, 5, 30), "2012-02-18T05:30"),
        (datetime(2012, 2, 18, 5, 30, 7), "2012-02-18T05:30:07"),
        (time(5, 30), "05:30"),
        (timedelta(hours=30), "30:00"),
    ],
)
def test_times_say_no_more_than_was_written(tmp_path: Path, value: Any, text: str) -> None:
    path = books.write(tmp_path / "f.xlsx", {"A": [["x", value]]})
    with open_workbook(path, "f.xlsx") as (sheet,):
        assert [line.cells for line in sheet.lines()] == [["x", text]]


# The table in a sheet ----------------------------------------------------------------------------


def test_a_list_under_titles_and_blank_rows_is_imported_once(camp: Office) -> None:
    above = [["Convoys to Camp Hurriya"], [], ["", "prepared by HRO-07"], []]
    books.write(camp.folder / "list.xlsx", {"List": above + rows(3)})
    assert take(camp).json["recorded"] == 3
    assert counts(camp) == ["21", "22", "23"]
    assert take(camp).json["already"] == 3


def test_problems_name_the_row_of_the_sheet(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": [["Title"], [], *rows(3, C3="dozens")]})
    assert [(row, code) for row, code, _ in problems(take(camp))] == [(5, "E2201")]


def test_a_day_merged_over_rows_is_the_day_of_each(camp: Office) -> None:
    def merge(sheets: dict[str, Any]) -> None:
        sheets["List"].merge_range(1, 1, 3, 1, "2012-05-01")

    books.write(camp.folder / "list.xlsx", {"List": rows(4)}, merge)
    assert take(camp).json["recorded"] == 4
    days = [row["occurred"][:10] for row in camp.ok("log -f json").rows[-4:]]
    assert sorted(days) == ["2012-02-18", "2012-05-01", "2012-05-01", "2012-05-01"]


def test_a_number_merged_over_rows_is_read_in_each_and_warned_of(camp: Office) -> None:
    def merge(sheets: dict[str, Any]) -> None:
        sheets["List"].merge_range(1, 2, 2, 2, 50)

    books.write(camp.folder / "list.xlsx", {"List": rows(2)}, merge)
    (warning,) = take(camp).json["warnings"]
    assert "C2:C3" in warning
    assert counts(camp) == ["50", "50"]


def test_a_header_merged_downwards_belongs_to_the_row_of_the_other_names(camp: Office) -> None:
    def merge(sheets: dict[str, Any]) -> None:
        sheets["List"].merge_range(0, 0, 1, 0, "no")
        sheets["List"].merge_range(0, 1, 0, 2, "When and how many")

    list_ = [["", "", "", ""], ["", "day", "people", "note"], *rows(2)[1:]]
    books.write(camp.folder / "list.xlsx", {"List": list_}, merge)
    assert take(camp).json["recorded"] == 2


def test_hidden_rows_and_columns_are_read_and_named(camp: Office) -> None:
    def hide(sheets: dict[str, Any]) -> None:
        for row in (2, 3, 5):
            sheets["List"].set_row(row, None, None, {"hidden": True})
        sheets["List"].set_column(3, 3, None, None, {"hidden": True})

    books.write(camp.folder / "list.xlsx", {"List": rows(6, D2="x")}, hide)
    answer = take(camp).json
    assert answer["recorded"] == 6
    assert [warning.rpartition(": ")[2] for warning in answer["warnings"]] == [
        "row 3-4, 6",
        "column D",
    ]


def test_an_error_or_a_formula_without_a_value_is_a_bad_cell(camp: Office) -> None:
    def compute(sheets: dict[str, Any]) -> None:
        sheets["List"].write_formula("C2", "=40+2", None, 42)
        sheets["List"].write_formula("C3", "=A1/0", None, "#DIV/0!")
        sheets["List"].write_formula("C4", "=40+2", None, "")
        sheets["List"].write_formula("C5", "=40+2")
        sheets["List"].write_formula("F6", "=A1/0", None, "#REF!")

    books.write(camp.folder / "list.xlsx", {"List": rows(5)}, compute)
    answer = take(camp, "--keep-going")
    uncomputed = "holds a formula that was never computed"
    assert problems(answer) == [
        (3, "E4018", "the cell C3 holds the error #DIV/0!"),
        (4, "E4018", f"the cell C4 {uncomputed}"),
        (5, "E4018", f"the cell C5 {uncomputed}"),
    ]
    assert counts(camp) == ["42", "25"], "F6 is in no column that the map reads"


def test_text_that_looks_like_a_formula_is_stored_exactly(camp: Office) -> None:
    formula = "=cmd|' /C calc'!A0"
    books.write(camp.folder / "list.xlsx", {"List": rows(1, D2=formula)})
    take(camp)
    assert camp.ok("log -f json").rows[-1]["note"] == formula
    assert camp.ok("log -f json").rows[-1]["count"] == "21"


def test_rows_after_a_blank_row_or_a_second_header_may_be_another_table(camp: Office) -> None:
    for after in ([[], ["Total", "", 43]], rows(1)):
        books.write(camp.folder / "list.xlsx", {"List": rows(2) + after})
        answer = take(camp)
        assert (answer.code, answer.error["code"]) == (4, "E4023")
        assert answer.error["row"] == (5 if after[0] == [] else 4)
    assert 'range = "A1:D3"' in answer.error["hint"]
    assert take(camp, map=f'range = "A1:D3"\n{MAP}').json["recorded"] == 2


def test_the_range_of_a_map_may_be_columns_of_a_sheet_with_two_tables_abreast(
    camp: Office,
) -> None:
    abreast = [[*row, "", *row] for row in rows(2)]
    books.write(camp.folder / "list.xlsx", {"List": abreast})
    assert take(camp).error["code"] == "E4004"
    assert take(camp, map=f'range = "F1:I3"\n{MAP}').json["recorded"] == 2


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("A4:H90", Area(4, 90, 0, 7)),
        ("4:90", Area(4, 90)),
        ("AA1:AB2", Area(1, 2, 26, 27)),
        ("A4:90", None),
        ("90:4", None),
        ("A4", None),
        ("", None),
    ],
)
def test_a_range_is_read_as_a_spreadsheet_writes_it(text: str, area: Area | None) -> None:
    assert Area.read(text) == area


def test_columns_without_a_name_are_named_by_their_letter(camp: Office) -> None:
    list_ = rows(2)
    list_[0] = ["no", "day", "", "note"]
    books.write(camp.folder / "list.xlsx", {"List": list_})
    answer = take(camp, map=MAP.replace("{people}", "{column C}"))
    assert answer.json["recorded"] == 2


def test_a_missing_column_is_named_beside_those_there_are(camp: Office) -> None:
    list_ = [["no", "date", "persons"], *rows(2)[1:]]
    books.write(camp.folder / "list.xlsx", {"List": list_})
    answer = take(camp)
    assert answer.error["code"] == "E4005"
    assert "no, date, persons" in answer.error["hint"]


def test_a_sheet_of_numbers_alone_has_no_header(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": [[1, 2], [3, 4]]})
    assert take(camp).error["code"] == "E4024"


def test_warnings_without_end_are_counted(camp: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from ledger import limits

    monkeypatch.setattr(limits, "IMPORT_PROBLEMS", 2)
    list_ = rows(5)
    for row in list_[1:]:
        row[1] = "Monday 2012-02-18"
    books.write(camp.folder / "list.xlsx", {"List": list_})
    warnings = take(camp).json["warnings"]
    assert (len(warnings), warnings[-1]) == (3, "and 3 more warnings")


# Sheets ------------------------------------------------------------------------------------------


def test_of_several_sheets_the_map_names_one(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"May": rows(1), "Empty": [], "June": rows(2)})
    answer = take(camp)
    assert (answer.code, answer.error["code"]) == (2, "E4021")
    assert "'May', 'June'" in answer.error["message"]
    assert take(camp, map=f'sheet = "June"\n{MAP}').json["recorded"] == 2
    assert take(camp, map=f'sheet = "July"\n{MAP}').error["code"] == "E4022"
    assert take(camp, map=f'sheet = "Empty"\n{MAP}').error["code"] == "E4022"


def test_a_hidden_sheet_is_not_read_and_named(camp: Office) -> None:
    def hide(sheets: dict[str, Any]) -> None:
        sheets["Old"].hide()

    books.write(camp.folder / "list.xlsx", {"List": rows(1), "Old": rows(2)}, hide)
    answer = take(camp).json
    assert (answer["recorded"], answer["warnings"]) == (1, ["the hidden sheet 'Old' was not read"])


def test_a_workbook_without_data_has_no_sheet_to_read(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"A": [], "B": []})
    assert take(camp).error["code"] == "E4022"


def test_sheets_named_after_facts_need_no_map(camp: Office) -> None:
    books.write(
        camp.folder / "list.xlsx",
        {
            "movement.made": [
                ["# fill in below"],
                ["id", "at", "from", "To", "count", "source_name", "Source grade", "residents"],
                ["# the thing", "when it happened", "", "", "how many"],
                ["", DAY, "outside", "hurriya", 6, "unhcr", "B2"],
                ["# an example", DAY, "outside", "hurriya", 7],
            ],
            "site.opened": [
                ["id", "occurred", "name", "timezone", "aliases"],
                ["SIT-NEW", DAY, "New camp", "Asia/Baghdad", "Alpha; Beta"],
            ],
            "lists": [["kinds"], ["attack"]],
        },
    )
    answer = camp.ok("import list.xlsx -f json").json
    assert (answer["recorded"], answer["warnings"]) == (2, ["the sheet 'lists' was not read"])
    made, opened = camp.ok("log -f json").rows[-2:]
    assert (made["count"], made["source"]) == ("6", {"name": "unhcr", "grade": "B2"})
    assert opened["aliases"] == ["Alpha", "Beta"]
    assert camp.ok("import list.xlsx -f json").json["already"] == 2


def test_a_problem_of_one_of_several_sheets_names_the_sheet(camp: Office) -> None:
    bad = [["occurred", "from", "to", "count"], [DAY, "outside", "hurriya", "dozens"]]
    also = [["occurred", "category", "text", "lang", "seen"], [DAY, "weather", "x", "en", "direct"]]
    books.write(camp.folder / "list.xlsx", {"movement.made": bad, "observation.made": also})
    answer = camp("import list.xlsx")
    assert "movement.made row 2: count:" in answer.out
    assert "observation.made row 2: category:" in answer.out
    answer = camp("import list.xlsx --keep-going --rejects bad.csv")
    assert (answer.code, "sheets one by one" in answer.err) == (2, True)
    assert not (camp.folder / "bad.csv").exists()


def test_a_workbook_that_is_neither_needs_a_map(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": rows(1)})
    answer = camp("import list.xlsx -f json")
    assert (answer.code, answer.error["code"]) == (2, "E4011")
    books.write(
        camp.folder / "list.xlsx", {"List": [["fact", *HEADER], ["movement.mad", *rows(1)[1]]]}
    )
    assert problems(camp("import list.xlsx -f json"))[0][:2] == (2, "E4013")


# Refused rows ------------------------------------------------------------------------------------


def test_refused_rows_are_a_csv_that_the_same_map_takes(camp: Office) -> None:
    books.write(
        camp.folder / "list.xlsx",
        {
            "List": [
                ["Title"],
                *rows(400, C21="dozens", B101="2012-02-30", C301="-4", D21='a "b", c'),
            ]
        },
    )
    answer = take(camp, "--dry-run")
    assert (answer.code, answer.json["rejected"], camp.position) == (4, 3, 6)
    answer = take(camp, "--keep-going --rejects bad.csv")
    assert (answer.code, answer.json["recorded"]) == (3, 397)
    bad = camp.folder / "bad.csv"
    assert bad.stat().st_mode & 0o777 == 0o600
    text = bad.read_text()
    assert text.splitlines()[0] == "no,day,people,note"
    camp.write("bad.csv", text.replace("dozens", "24").replace("-4", "4").replace("02-30", "02-29"))
    assert camp.ok("import bad.csv --map map.toml -f json").json["recorded"] == 3
    assert take(camp, "--keep-going").json["already"] == 397


def test_refused_rows_are_not_written_as_a_workbook(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": rows(1)})
    answer = take(camp, "--rejects bad.xlsx")
    assert (answer.code, "name it .csv" in answer.err) == (2, True)


def test_without_its_package_the_cure_is_named(
    camp: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "python_calamine", None)
    books.write(camp.folder / "list.xlsx", {"List": rows(1)})
    answer = take(camp)
    assert (answer.code, answer.error["code"]) == (8, "E1008")
    assert "vigil-ledger[xlsx]" in answer.error["hint"]
    assert json.loads(answer.err)["exit"] == 8
