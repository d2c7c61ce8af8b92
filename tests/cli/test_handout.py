"""What is handed out: workbooks, CSV and HXL that say what the ledger says, and run nothing."""

from __future__ import annotations

import csv
import io
import stat
import sys
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cli.labels import columns_of, label, word
from cli.render import xlsx
from cli.render.sheets import Sheet, cells, columns
from cli.render.text import visible
from ledger.values.figure import Figure
from projections.views import VIEWS
from tests.ledger.strategies import figures, texts, whens

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.values.when import When
    from tests.cli.conftest import Office

FORMULA = "=cmd|' /C calc'!A0"
HOSTILE = [FORMULA, "+1+1", "-1", "@SUM(A1)", "\x00nul", "\x1b[31mred\x1b[0m",
           "\u202egpj.exe", "_x0041_", "]]>&<", "https://example.org", "'", "\ufffe", "#"]  # fmt: skip
EXCHANGED = [view for view in VIEWS if len(next(iter(columns_of(view).values()))) > 1]


def book(path: Path) -> dict[str, list[list[Any]]]:
    """The rows of a workbook by sheet; every part of it is XML."""
    with zipfile.ZipFile(path) as file:
        for name in file.namelist():
            ET.fromstring(file.read(name))
    workbook = CalamineWorkbook.from_path(str(path))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# Laws -------------------------------------------------------------------------------------------


@given(figures.map(Figure.parse))
def test_a_figure_never_says_more_in_its_columns_than_it_said(figure: Figure) -> None:
    found = [column for column in columns("claims") if column.key == "killed"]
    low, high, bound = cells(found, {"killed": figure.as_json()}, "UTC")
    assert (low, high) == (figure.low, figure.high)
    assert (bound in ("exact", "about")) == (figure.low is not None and figure.low == figure.high)
    assert (bound == "unknown") == figure.unknown
    assert str(bound).startswith("about") == figure.about
    assert ("at_least" in str(bound)) == (figure.high is None and figure.low is not None)


def test_what_is_not_known_is_empty_and_zero_is_zero() -> None:
    found = [column for column in columns("claims") if column.key == "killed"]
    assert cells(found, {"killed": None}, "UTC") == [None, None, None]
    zero = {"low": 0, "high": 0, "about": False, "text": "0"}
    assert cells(found, {"killed": zero}, "UTC") == [0, 0, "exact"]


@given(whens)
def test_a_time_is_a_date_only_where_it_is_exactly_a_day(when: When) -> None:
    found = [column for column in columns("movements", days=True) if column.key == "occurred"]
    said, first, last = cells(found, {"occurred": when.text}, "Asia/Baghdad")
    if isinstance(said, date):
        assert said == first == last
        assert when.text == f"{said.isoformat()}[Asia/Baghdad]"
    else:
        assert when.text in (said, f"{said}[Asia/Baghdad]")
    assert first is None or last is None or first <= last  # type: ignore[operator]


@given(st.lists(st.one_of(texts, st.sampled_from(HOSTILE)), min_size=1, max_size=5))
def test_any_text_is_in_a_workbook_as_a_terminal_would_show_it(said: list[str]) -> None:
    import tempfile
    from pathlib import Path

    rows = [[visible(text)[: xlsx.CELL // 2]] for text in said]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        with path.open("wb") as file:
            xlsx.write(file, [Sheet("v", "v", ["text"], [], rows)], Path(folder), None)
        (_, *read) = book(path)["v"]
        content = part(path, "xl/worksheets/sheet1.xml")
    assert "<f>" not in content
    assert "hyperlink" not in content
    assert [row[0] for row in read] == [row[0].translate(xlsx._NOT_XML) for row in rows]


# Workbooks --------------------------------------------------------------------------------------


def test_a_workbook_has_what_was_asked_and_a_sheet_a_view(demo: Office, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    demo.ok(f"export views -o {path} --on 2014 --as-known 2015 --min-status corroborated")
    sheets = book(path)
    assert list(sheets) == ["about", *VIEWS]
    about = {row[0]: row[1] for row in sheets["about"]}
    assert about["station"] == "H1"
    assert about["position"] == demo.position
    assert (about["on"], about["as_known"]) == ("2014[Asia/Baghdad]", "2015[Asia/Baghdad]")
    assert about["min_status"] == "corroborated"
    assert about["program"].startswith("vigil ")


@pytest.mark.parametrize("view", list(VIEWS))
def test_a_sheet_says_what_the_query_says(demo: Office, tmp_path: Path, view: str) -> None:
    path = tmp_path / "out.xlsx"
    demo.ok(f"export views --view {view} -o {path} --on 2014")
    header, *rows = book(path)[view]
    found = demo.query(f"{view} --on 2014")
    assert len(rows) == len(found)
    names = [column.name for column in columns(view)]
    assert header == names
    for column in columns(view):
        if column.holds != "figure" or "." in column.key:
            continue
        told = [row[names.index(column.name)] for row in rows]
        figures = [row[column.key] for row in found]
        if not column.part:
            assert told == ["" if f is None or f["low"] is None else f["low"] for f in figures]
        elif column.part == "high":
            assert told == ["" if f is None or f["high"] is None else f["high"] for f in figures]


def test_days_are_dates_and_longer_times_are_text(demo: Office, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    demo.ok(f"export views --view figures -o {path}")
    _, *rows = book(path)["figures"]
    told = {row[0]: row[1] for row in rows}
    assert told["FIG-PR-006"] == date(2009, 12, 31)
    assert told["FIG-PR-023"] == "2012-01"


def test_the_same_question_gives_the_same_bytes(demo: Office, tmp_path: Path) -> None:
    demo.ok(f"export views -o {tmp_path}/one.xlsx --on 2014")
    demo.ok(f"export views -o {tmp_path}/two.xlsx --on 2014")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert "2026-11-24" in part(tmp_path / "one.xlsx", "docProps/core.xml")


def test_headers_are_bold_frozen_and_filtered(demo: Office, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    demo.ok(f"export views --view movements -o {path}")
    sheet = part(path, "xl/worksheets/sheet2.xml")
    assert 'state="frozen"' in sheet
    assert "<autoFilter" in sheet
    assert "rightToLeft" not in sheet
    assert "<b/>" in part(path, "xl/styles.xml")


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_arabic_and_persian_sheets_run_from_right_to_left(
    demo: Office, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "out.xlsx"
    demo.ok(f"export views -o {path} --labels {language}")
    sheets = book(path)
    assert list(sheets) == [word("about", "about", language),
                            *(word("view", view, language) for view in VIEWS)]  # fmt: skip
    for number in range(1, len(sheets) + 1):
        assert 'rightToLeft="1"' in part(path, f"xl/worksheets/sheet{number}.xml")
    (header, *rows) = sheets[word("view", "incidents", language)]
    assert label("list:incident_kind", "attack", language) in {row[3] for row in rows}
    assert header[0] != "id"
    claims = sheets[word("view", "claims", language)]
    assert word("bound", "at_least", language) in {row[4] for row in claims}


def test_hostile_text_runs_nothing_and_breaks_nothing(camp: Office) -> None:
    for number, text in enumerate(HOSTILE):
        camp.ok(["record", "incident", "opened", f"INC-X{number}", "--site", "hurriya", "--kind",
                 "attack", f"--title={text}", "--at", "2013-02-10", "--received",
                 "2013-02-10"])  # fmt: skip
    camp.ok("export views --view incidents -o out.xlsx")
    path = camp.folder / "out.xlsx"
    titles = [row[4] for row in book(path)["incidents"]][2:]
    assert sorted(titles) == sorted(visible(text).replace("\ufffe", r"\ufffe") for text in HOSTILE)
    assert "<f>" not in part(path, "xl/worksheets/sheet2.xml")
    assert 'quotePrefix="1"' in part(path, "xl/styles.xml")
    told = camp.ok("export views --view incidents -o -").out
    assert "\x00" not in told
    assert "\x1b" not in told
    told_as = {row[4] for row in table(told)[2:]}
    assert f"'{FORMULA}" in told_as
    assert {text[:1] for text in told_as if text != "-1"}.isdisjoint("=+-@")


def test_a_text_that_no_cell_holds_is_refused_and_nothing_is_written(camp: Office) -> None:
    text = "x" * 40_000
    camp.ok(["record", "observation", "made", "--category", "water", "--text", text, "--at",
             "2013-02-10", "--received", "2013-02-10"])  # fmt: skip
    camp.write("out.xlsx", "old")
    answer = camp("export views -o out.xlsx -f json")
    assert (answer.code, answer.error["code"]) == (4, "E1013")
    assert "observations: row 2, column 'text': a text has 40,000" in answer.error["message"]
    assert (camp.folder / "out.xlsx").read_text() == "old"
    assert [
        path.name for path in camp.folder.glob(".*") if "out" in path.name or "vigil-" in path.name
    ] == []
    camp.ok("export views -o out")
    assert text in (camp.folder / "out" / "observations.csv").read_text()


def test_more_rows_than_a_sheet_has_are_refused(
    demo: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 10)
    answer = demo(f"export views --view movements -o {tmp_path}/out.xlsx -f json")
    assert answer.error["code"] == "E1013"
    assert "more than 9 rows" in answer.error["message"]
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(xlsx, "ROWS", 20)  # 19 movements and the header
    demo.ok(f"export views --view movements -o {tmp_path}/out.xlsx")


def test_without_the_package_it_says_which_one(
    demo: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    for line in (
        f"export views -o {tmp_path}/out.xlsx",
        f"template movement.made -o {tmp_path}/t.xlsx",
    ):
        answer = demo(f"{line} -f json")
        assert (answer.code, answer.error["code"]) == (8, "E1008")
        assert "XlsxWriter" in answer.error["message"]
        assert "vigil-ledger[xlsx]" in answer.error["hint"]
    assert list(tmp_path.iterdir()) == []
    demo.ok(f"export views -o {tmp_path}/out")


# Files ------------------------------------------------------------------------------------------


def test_a_folder_gets_a_table_a_view_and_what_was_asked(demo: Office, tmp_path: Path) -> None:
    answer = demo.ok(f"export views -o {tmp_path}/out -f json").json
    assert answer["schema"] == "vigil.export/1"
    assert answer["rows"]["movements"] == 19
    folder = tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == {f"{v}.csv" for v in ("about", *VIEWS)}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (folder / "mine.txt").write_text("kept")
    demo.ok(f"export views -o {folder} --view fund")
    assert (folder / "mine.txt").read_text() == "kept"


def test_one_view_is_a_table_of_its_own(demo: Office, tmp_path: Path) -> None:
    demo.ok(f"export views --view fund -o {tmp_path}/fund.csv")
    told = (tmp_path / "fund.csv").read_bytes().decode()
    assert demo.ok("export views --view fund -o -").out == told
    assert table(told)[0] == ["fund", "donor", "currency", "pledged", "received", "spent",
                              "outstanding"]  # fmt: skip
    assert stat.S_IMODE((tmp_path / "fund.csv").stat().st_mode) == 0o600


def test_an_export_replaces_a_file_whole(demo: Office, tmp_path: Path) -> None:
    (tmp_path / "out.xlsx").write_text("old")
    demo.ok(f"export views -o {tmp_path}/out.xlsx")
    assert "about" in book(tmp_path / "out.xlsx")
    assert stat.S_IMODE((tmp_path / "out.xlsx").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("export views", "Missing option '-o'"),
        ("export views -o out.ods", "a workbook ends in .xlsx"),
        ("export views -o out.csv", "holds one view"),
        ("export views -o -", "holds one view"),
        ("export views --view populaton -o out", "Did you mean 'population'?"),
        ("export hxl --view cases", "cases is not exchanged"),
        ("export hxl --view claim", "Did you mean 'claims'?"),
        ("export views -o out --labels de", "'de' is not one of"),
        ("export views -o out --min-status disputed", "'disputed' is not one of"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(camp: Office, line: str, says: str) -> None:
    answer = camp(line)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err
    assert not (camp.folder / "out").exists()


@pytest.mark.parametrize("name", ["nowhere/out.xlsx", "nowhere/out", "nowhere/out.csv --view fund"])
def test_a_folder_that_is_not_there_is_named(camp: Office, name: str) -> None:
    answer = camp(f"export views -o {name} -f json")
    assert (answer.code, answer.error["code"]) == (1, "E1005")
    assert (
        f"nowhere/out{'' if name.endswith('out') else name[11:].split(maxsplit=1)[0]}"
        in answer.error["message"]
    )


@pytest.mark.parametrize("name", ["out.xlsx", "out"])
def test_a_full_disk_is_named_and_leaves_nothing(
    camp: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    import errno
    import zipfile as zips

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zips.ZipFile, "write", full)
    monkeypatch.setattr("cli.handout.write_private", full)
    before = {path.name for path in camp.folder.iterdir()}
    answer = camp(f"export views -o {name} -f json")
    assert (answer.code, answer.error["code"]) == (1, "E1006")
    assert name in answer.error["message"]
    assert {path.name for path in camp.folder.iterdir()} == before


def test_all_sheets_tell_of_one_state(camp: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts that are recorded meanwhile are in no sheet, or in all."""
    from cli.render import sheets

    told = sheets.sheet

    def slow(view: str, *rest: Any, **more: Any) -> Sheet:
        if view == "population":
            camp.ok("record movement made --from ashraf --to hurriya --count 9 --at 2013-02-09")
            camp.ok("query movements")
        return told(view, *rest, **more)

    monkeypatch.setattr(sheets, "sheet", slow)
    camp.ok("export views --view population --view movements -o out")
    rows = table((camp.folder / "out" / "movements.csv").read_text())[1:]
    assert "position,6" in (camp.folder / "out" / "about.csv").read_text()
    assert len(rows) == 2


# HXL --------------------------------------------------------------------------------------------


def hxl_data(text: str, path: Path) -> Any:
    import hxl

    path.write_text(text, "utf-8", newline="")
    return hxl.data(str(path), hxl.InputOptions(allow_local=True))


SCHEMA = [
    ["#valid_tag", "#valid_datatype", "#valid_severity"],
    ["#affected,#population,#value,#capacity,#indicator+num,#severity+num", "number", "error"],
    ["#date", "date", "error"],
]


@pytest.mark.parametrize("view", EXCHANGED)
def test_an_exchanged_view_is_valid_hxl(demo: Office, tmp_path: Path, view: str) -> None:
    import hxl

    told = demo.ok(f"export hxl --view {view}").out
    data = hxl_data(told, tmp_path / "x.csv")
    header, tags, *rows = table(told)
    assert [column.header for column in data.columns] == header
    assert len(set(data.display_tags)) == len(tags)
    assert len(list(data)) == len(rows) == len(demo.query(view))
    problems: list[Any] = []
    hxl.schema(SCHEMA, callback=problems.append).validate(data)
    hxl.schema(None, callback=lambda e: problems.append(e) if e.rule.severity == "error" else None
               ).validate(data)  # fmt: skip
    assert [str(problem) for problem in problems] == []


def test_every_hashtag_is_well_formed_and_its_own() -> None:
    from hxl.model import TagPattern

    for view in EXCHANGED:
        tags = [TagPattern.parse(column.tag) for column in columns(view, days=True)]
        assert len({str(tag) for tag in tags}) == len(tags)


def test_at_least_twenty_six_is_not_twenty_six(camp: Office, tmp_path: Path) -> None:
    camp.all(
        """
        incident claimed INC-ONE --claimant a --killed 26+ --injured 0 --at 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant b --killed 5-6 --injured unknown --at 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant c --killed ~400 --at 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant d --killed <1970 --at 2013-02-09 --received 2013-02-09
    """.replace("<", "'<'")
    )
    told = camp.ok("export hxl --view claims").out
    rows = {
        row.get("#org+claimant"): (
            row.get("#affected+killed+min", default=""),
            row.get("#affected+killed+max", default=""),
            row.get("#meta+bound+killed", default=""),
            row.get("#affected+injured+min", default=""),
        )
        for row in hxl_data(told, tmp_path / "x.csv")
    }
    assert rows["a"] == ("26", "", "at_least", "0")
    assert rows["b"] == ("5", "6", "between", "")
    assert rows["c"] == ("400", "400", "about", "")
    assert rows["d"] == ("0", "1969", "at_most", "")
    assert rows["press"] == ("5", "", "at_least", "")


def test_codes_stay_codes_where_headings_are_in_words(demo: Office) -> None:
    plain = demo.ok("export hxl --view incidents").out
    assert plain == demo.ok("export hxl --view incidents -o -").out
    arabic = demo.ok("export hxl --view incidents --labels ar").out
    assert table(arabic)[0] != table(plain)[0]
    assert table(arabic)[1:] == table(plain)[1:]


def test_population_is_what_is_exchanged_unless_another_view_is_named(demo: Office) -> None:
    assert demo.ok("export hxl").out == demo.ok("export hxl --view population").out
    on = demo.ok("export hxl --on 2012-02-18 --as-known 2013").out
    assert on != demo.ok("export hxl").out


@pytest.mark.parametrize("view", list(VIEWS))
def test_every_key_of_a_hand_out_is_one_of_the_view(demo: Office, view: str) -> None:
    for row in demo.query(view):
        for key in columns_of(view):
            assert key.partition(".")[0] in row
