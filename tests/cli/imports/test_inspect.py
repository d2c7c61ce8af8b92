"""`inspect` says what a file is, and sketches a map that `import` can read."""

from __future__ import annotations

import io
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports.files import as_csv, read_csv
from cli.imports.guess import column_of
from cli.imports.inspection import _looked_at
from cli.imports.mapping import Map
from cli.imports.meanings import guess
from cli.imports.sheets import Table
from cli.imports.sketch import sketch
from cli.render.text import visible
from tests.cli.imports import books

if TYPE_CHECKING:
    from tests.cli.conftest import Office

DAY = date(2012, 2, 18)
LIST = [["no", "day", "from", "camp", "people", "told by"],
        *([f"R-{n}", DAY, "outside", "hurriya", 20 + n, "unhcr"] for n in range(3))]  # fmt: skip


def seen(camp: Office, file: str, options: str = "") -> dict[str, Any]:
    found: dict[str, Any] = camp.ok(f"inspect {file} -f json {options}").json
    assert found["schema"] == "vigil.inspect/1"
    return found


def test_a_list_with_plain_names_can_be_imported_by_its_sketch(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": [["Title"], [], *LIST]})
    told = camp.ok("inspect list.xlsx -o map.toml")
    assert "sheet 'List', header in row 3" in told.out
    assert camp.ok("import list.xlsx --map map.toml -f json").json["recorded"] == 3
    made = camp.ok("log -f json").rows[-1]
    assert (made["name"], made["count"], made["key"]) == ("movement.made", "22", "R-2")
    assert made["source"] == {"name": "unhcr"}


def test_a_csv_in_another_encoding_can_be_imported_by_its_sketch(camp: Office) -> None:
    text = "day;from;to;count;note\n2012-03-01;outside;hurriya;5;وصلوا مساء\n"
    camp.write("list.csv", text.encode("windows-1256"))
    found = seen(camp, "list.csv")
    assert (found["encoding"], found["delimiter"]) == ("windows-1256", ";")
    camp.write("map.toml", found["map"])
    assert camp.ok("import list.csv --map map.toml -f json").json["recorded"] == 1
    assert camp.ok("log -f json").rows[-1]["note"] == "وصلوا مساء"


def test_columns_are_told_with_what_they_hold(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": LIST, "Old": [["x"]]})
    found = seen(camp, "list.xlsx")
    kinds = {column["name"]: column["kind"] for column in found["columns"]}
    assert kinds == {"no": "text", "day": "day", "from": "text", "camp": "text",
                     "people": "whole number", "told by": "text"}  # fmt: skip
    assert found["columns"][4]["examples"] == ["20", "21", "22"]
    assert found["other_sheets"] == ["the sheet 'Old', down to row 1"]
    assert camp("inspect list.xlsx --sheet Old").code == 4


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "22"], "whole number"),
        (["1", "2.5"], "number"),
        (["2012-02-18"], "day"),
        (["2012-02-18", "2012-02-18T05:30"], "day and time"),
        (["05:30"], "time"),
        (["1/9/2013"], "day or month first?"),
        (["true", "FALSE"], "true or false"),
        (["", " "], "empty"),
        (["1", "x"], "text"),
    ],
)
def test_a_column_is_what_all_its_texts_are(texts: list[str], kind: str) -> None:
    assert column_of("x", texts, None).kind == kind


def test_hashtags_say_what_columns_mean() -> None:
    header = ["a", "b", "c", "d"]
    tags = ["#date", "#affected+killed", "#affected + f + injured", "#meta+source"]
    cells = [tags, ["2012-01-01", "1", "2", "press"]]
    data = "".join(as_csv(row, ",") for row in [header, *cells]).encode()
    found = _looked_at("f", "a CSV", Table(*read_csv(io.BytesIO(data))))
    assert [column.tag for column in found.columns] == tags
    assert (found.rows, found.columns[0].examples) == (1, ["2012-01-01"])
    from cli.imports.meanings import _meant

    meant = [_meant(column) for column in found.columns]
    assert [fields[0] for fields in meant] == ["occurred", "killed", "injured", "source-name"]


def test_values_of_a_list_say_which_field_a_column_is() -> None:
    columns = [
        column_of("date", ["2012-01-01"], None),
        column_of("typ", ["attack", "clash", "attack"], None),
        column_of("site", ["hurriya"], None),
        column_of("title", ["x"], None),
    ]
    found = guess(columns)
    assert found.fact == "incident.opened"
    assert found.columns["kind"] == "typ"


def test_a_sheet_with_two_tables_is_sketched_with_the_range_of_the_first(camp: Office) -> None:
    books.write(camp.folder / "list.xlsx", {"List": [*LIST, [], ["Total", "", "", "", 63]]})
    found = seen(camp, "list.xlsx")
    assert found["range"] == "A1:F4"
    camp.write("map.toml", found["map"])
    assert camp.ok("import list.xlsx --map map.toml -f json").json["recorded"] == 3


def test_an_export_of_kobotoolbox_is_recognised(camp: Office) -> None:
    rows = [
        ["day", "from", "to", "count", "_uuid", "_submission_time", "_validation_status"],
        ["2024-03-05", "outside", "hurriya", 5, "u-1", "2024-03-05T10:00:00", "Approved"],
    ]
    books.write(camp.folder / "list.xlsx", {"Form": rows})
    found = seen(camp, "list.xlsx")
    assert found["kobo"] is True
    camp.write("map.toml", found["map"])
    assert camp.ok("import list.xlsx --map map.toml -f json").json["facts"] == 2


def test_a_repeat_is_sketched_without_counting_its_submission_in_each_row(camp: Office) -> None:
    form = [["day", "camp", "people", "_uuid", "_index"], ["2024-03-05", "hurriya", 5, "u-1", 1]]
    needs = [["text", "category", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
             ["none for two days", "water", 1, "Form", 1, "u-1"]]  # fmt: skip
    books.write(camp.folder / "list.xlsx", {"Form": form, "needs": needs})
    found = seen(camp, "list.xlsx", "--sheet needs")
    assert 'fact = "observation.made"' in found["map"]
    assert 'occurred = "{parent.day}"' in found["map"]
    assert "{parent.people}" not in found["map"]


def test_facts_need_no_map(camp: Office) -> None:
    camp.write("facts.jsonl", '{"fact": "movement.made", "count": 5}\n')
    camp.write("facts.csv", "fact,count\nmovement.made,5\n")
    books.write(camp.folder / "facts.xlsx", {"movement.made": [["from", "to"], ["x", "y"]]})
    for file in ("facts.jsonl", "facts.csv", "facts.xlsx"):
        assert seen(camp, file)["map"] is None
        assert "no map is needed" in camp.ok(f"inspect {file}").out


def test_rows_that_cannot_be_read_are_counted(camp: Office) -> None:
    camp.write("list.csv", "a,b\n1\n1,2\n1,2,3\n")
    (warning,) = seen(camp, "list.csv")["warnings"]
    assert warning.startswith("rows that cannot be read: 2; the first is 2")


def test_a_map_that_is_there_is_not_written_over(camp: Office) -> None:
    camp.write("list.csv", "day,count\n2012-01-01,5\n")
    camp.write("map.toml", "mine")
    answer = camp("inspect list.csv -o map.toml")
    assert (answer.code, "[E1011]" in answer.err) == (2, True)
    assert (camp.folder / "map.toml").read_text() == "mine"
    camp.ok("inspect list.csv -o new.toml -q")
    assert 'count = "{count}"' in (camp.folder / "new.toml").read_text()


def test_no_ledger_is_needed(office: Office) -> None:
    office.write("list.csv", "day,count\n2012-01-01,5\n")
    assert office.ok("inspect list.csv").out.startswith("# list.csv: a CSV in utf-8")


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.lists(HOSTILE, min_size=1, max_size=5, unique=True), st.lists(HOSTILE, max_size=5))
def test_a_sketch_is_a_map_and_prints_nothing_hidden_whatever_a_file_holds(
    names: list[str], values: list[str]
) -> None:
    columns = [column_of(name, values, None) for name in names]
    found = _looked_at("f\x1b[2J.csv", "a CSV", Table([], iter(())))._replace(
        columns=columns, sheet=names[0], encoding="utf-8"
    )
    text = sketch(found, guess(columns))
    Map("sketch", tomllib.loads(text)).check_header(names)
    assert visible(text) == text
