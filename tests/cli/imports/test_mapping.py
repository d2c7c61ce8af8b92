"""A map sends each row to its facts, by exactly one rule, or says what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports.files import read_csv
from cli.imports.mapping import Map, Mapped, Waiting
from ledger.errors.files import ColumnMissing, MapInvalid, NoRule, TwoRules, ValueNotInTable
from ledger.errors.storage import FileUnreadable

if TYPE_CHECKING:
    from tests.cli.conftest import Office

ROOT = Path(__file__).parents[3]
HOW_TO = ROOT / "docs" / "how-to" / "import-a-spreadsheet.md"
DEMO = ROOT / "cli" / "demo"

FIGURES = """
[figures]
at_least = "#+"
more_than = ">#"
about = "~#"
"""


def read(text: str, folder: Path) -> Map:
    file = folder / "map.toml"
    file.write_text(text, "utf-8")
    return Map.load(file)


def made(fields: str, cells: dict[str, str], folder: Path, rest: str = "") -> dict[str, Any]:
    """The fields of the one fact of a rule that matches every row."""
    text = f'{rest}\n[[row]]\n[[row.fact]]\nfact = "movement.made"\n{fields}\n'
    mapped = read(text, folder).facts(cells)
    assert isinstance(mapped, list)
    assert mapped[0].fields.pop("fact") == "movement.made"
    return mapped[0].fields


def test_a_template_fills_in_columns_and_changes_them(tmp_path: Path) -> None:
    fields = made(
        'id = "MOV-{no|strip|upper}"\nnote = "{a b|lower}, {no}"',
        {"no": " x1 ", "a b": "Q"},
        tmp_path,
    )
    assert fields == {"id": "MOV-X1", "note": "q,  x1 "}


def test_a_value_that_the_row_does_not_give_is_no_field(tmp_path: Path) -> None:
    text = """
    note = "{a}{b}"
    convoy = "no {a}"
    residents = ["{a}", "{b}"]
    source = { citation = "{a}", grade = "{a}" }
    """
    assert made(text, {"a": "", "b": ""}, tmp_path) == {}
    assert made(text, {"a": "", "b": "x"}, tmp_path) == {"note": "x", "residents": ["x"]}


def test_values_that_are_not_texts_pass_as_they_are_and_dates_become_texts(tmp_path: Path) -> None:
    fields = made("opening = true\nconvoy = 5\noccurred = 2012-02-18", {}, tmp_path)
    assert fields == {"opening": True, "convoy": 5, "occurred": "2012-02-18"}


@pytest.mark.parametrize(
    ("number", "bound", "figure"),
    [("26", "", "26"), ("26", "at_least", "26+"), ("0", "about", "~0"), ("", "about", None)],
)
def test_a_bound_turns_a_number_into_a_figure(
    number: str, bound: str, figure: str | None, tmp_path: Path
) -> None:
    text = 'count = { figure = "n", bound = "b" }'
    fields = made(text, {"n": number, "b": bound}, tmp_path, FIGURES)
    assert fields.get("count") == figure


@given(st.integers(min_value=0, max_value=10**9))
def test_a_figure_without_a_bound_is_the_number(number: int) -> None:
    text = {"row": [{"fact": [{"fact": "movement.made", "count": {"figure": "n"}}]}]}
    mapped = Map("m", text).facts({"n": str(number)})
    assert isinstance(mapped, list)
    assert mapped[0].fields["count"] == str(number)


def test_a_table_looks_a_value_up_and_may_keep_it(tmp_path: Path) -> None:
    tables = '[tables.place]\nhere = "hurriya"\n"" = "abroad"\n"*" = "#"'
    text = 'to = "{p|place}"'
    places = [made(text, {"p": p}, tmp_path, tables)["to"] for p in ("here", "", "ALB")]
    assert places == ["hurriya", "abroad", "ALB"]


def test_an_empty_cell_without_an_entry_is_no_field(tmp_path: Path) -> None:
    assert made('to = "{p|place}"', {"p": ""}, tmp_path, '[tables.place]\n"*" = "x"') == {}


@pytest.mark.parametrize(
    ("text", "table"),
    [('note = "{p|place}"', "place"), ('count = { figure = "p", bound = "p" }', "figures")],
)
def test_a_value_that_is_not_in_its_table_is_refused(text: str, table: str, tmp_path: Path) -> None:
    with pytest.raises(ValueNotInTable) as caught:
        made(text, {"p": "moon"}, tmp_path, '[tables.place]\nhere = "hurriya"')
    assert caught.value.field == "p"
    assert caught.value.details == {"table": table, "value": "moon"}


RULES = """
key = "{id}"
[[row]]
name = "one"
when = { kind = "a", size = "" }
wait = "offer"
[[row]]
name = "two"
when = { kind = ["b", "c"] }
wait = "fund"
[[row]]
name = "three"
when = { kind = { not = ["a", "b", "z"] }, size = { not = "" } }
wait = "case"
"""


def test_a_rule_matches_by_equality_membership_or_absence(tmp_path: Path) -> None:
    rules = read(RULES, tmp_path)
    assert rules.facts({"kind": "a", "size": ""}) == Waiting("offer")
    assert rules.unmatched_rules() == ["two", "three"]
    assert rules.facts({"kind": "c", "size": ""}) == Waiting("fund")
    assert rules.facts({"kind": "d", "size": "1"}) == Waiting("case")
    assert rules.unmatched_rules() == []


def test_a_row_that_no_rule_matches_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRule):
        read(RULES, tmp_path).facts({"kind": "z", "size": ""})


def test_a_row_that_two_rules_match_is_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(TwoRules, match="two and three"):
        read(RULES, tmp_path).facts({"kind": "c", "size": "1"})


def test_a_column_that_the_file_does_not_have_is_refused_before_any_row(tmp_path: Path) -> None:
    rules = read(RULES, tmp_path)
    rules.check_header(["size", "kind", "id", "more"])
    with pytest.raises(ColumnMissing) as caught:
        rules.check_header(["size", "kind"])
    assert caught.value.field == "id"


def test_a_row_has_the_key_that_the_map_names(tmp_path: Path) -> None:
    rules = read(RULES, tmp_path)
    assert rules.key({"id": "PR-1"}) == "PR-1"
    assert rules.key({"id": ""}) is None
    assert read("", tmp_path).key({}) is None


def test_the_facts_before_any_row_and_those_that_begin_things_are_marked(tmp_path: Path) -> None:
    text = '[[first]]\nfact = "site.opened"\nbegin = true\nid = "SIT-X"\naliases = ["Y"]'
    fields = {"fact": "site.opened", "id": "SIT-X", "aliases": ["Y"]}
    assert read(text, tmp_path).first() == [Mapped(fields, begin=True)]


FACT = '[[row]]\n[[row.fact]]\nfact = "movement.made"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "Invalid value"),
        ("a = " + "[" * 5000, ""),
        ("titel = 'x'", "'titel' means nothing here"),
        ("title = 1", "title is a text"),
        ("delimiter = ', '", "delimiter"),
        ("row = 1", "row: this is a list of tables"),
        ("row = [1]", "row: this is a table"),
        ("tables = 1", "tables: this is a table"),
        ("[tables]\nx = { a = 1 }", "tables.x: a is a text"),
        ("[tables.upper]\na = 'b'", "upper is a filter already"),
        ("[[row]]\nname = 'r'\nwenn = {}\nwait = 'x'", "r: 'wenn' means nothing here"),
        ("[[row]]\nname = 'r'", "r: a rule gives either facts or wait"),
        ("[[row]]\nname = 'r'\nfact = []", "r: a rule gives either facts or wait"),
        (FACT + "[[row]]\nwait = 'x'\nname = 'row 1'", "two rules are called 'row 1'"),
        ("[[row]]\nwait = 'x'\nwhen = { a = 1 }", "row 1, when.a: write"),
        ("[[row]]\nwait = 'x'\nwhen = { a = [] }", "row 1, when.a: write"),
        ("[[row]]\nwait = 'x'\nwhen = { a = { no = 'x' } }", "row 1, when.a: 'no' means nothing"),
        ("[[row]]\nname = 'r'\n[[row.fact]]\nid = 'x'", "r, fact 1: None is not a kind of fact"),
        ("[[row]]\n[[row.fact]]\nfact = 'movement.mad'", "did you mean movement.made?"),
        (FACT + "begin = 'yes'", "row 1, fact 1: begin is true or false"),
        (FACT + "note = '{a'", "row 1, fact 1.note: '{a' has a brace"),
        (FACT + "note = '{a|grad}'", "row 1, fact 1.note: there is no filter or table 'grad'"),
        (
            FACT + "count = { figure = 'n', bond = 'b' }",
            "row 1, fact 1.count: 'bond' means nothing",
        ),
        (FACT + "count = { figure = '' }", "row 1, fact 1.count: figure names the column"),
        ("[[first]]\nfact = 'site.opened'\nname = '{a}'", "first: there is no row yet, so no {a}"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused_with_its_place(
    text: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(MapInvalid) as caught:
        read(text, tmp_path)
    assert "map.toml: " in str(caught.value)
    assert why in str(caught.value)


def test_a_map_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(MapInvalid):
        Map.load(tmp_path / "map.toml")


def test_a_map_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        Map.load(tmp_path / "nowhere.toml")


# The public record -----------------------------------------------------------------------------


def mapped_rows(map_file: Path, table: Path) -> tuple[Map, dict[str | None, Any]]:
    """What each row of a table gives, by the row's key."""
    rules = Map.load(map_file)
    with table.open("rb") as stream:
        header, rows = read_csv(stream, rules.delimiter)
        rules.check_header(header)
        found = {}
        for row in rows:
            assert row.problem is None
            found[rules.key(row.cells)] = rules.facts(row.cells)
    return rules, found


@pytest.fixture(scope="module")
def record() -> dict[str | None, Any]:
    rules, found = mapped_rows(DEMO / "public_record.toml", DEMO / "public_record.csv")
    assert rules.unmatched_rules() == []
    return found


def test_every_row_of_the_public_record_is_a_fact(record: dict[str, Any]) -> None:
    assert len(record) == 134
    assert not any(isinstance(row, Waiting) for row in record.values())
    facts = Counter(
        fact.fields["fact"] for row in record.values() if isinstance(row, list) for fact in row
    )
    assert facts == {
        "incident.opened": 34,
        "incident.claimed": 34,
        "movement.made": 18,
        "fact.assessed": 1,
        "figure.stated": 45,
        "site.deadline_set": 2,
        "observation.made": 12,
        "commitment.made": 8,
        "offer.made": 5,
        "fact.corrected": 2,
        "engagement.held": 4,
        "fund.pledged": 4,
        "fund.received": 1,
    }


def test_the_sites_and_the_opening_balance_come_before_any_row() -> None:
    first = Map.load(DEMO / "public_record.toml").first()
    assert [(fact.fields["id"], fact.begin) for fact in first] == [
        ("SIT-ASHRAF", True),
        ("SIT-HURRIYA", True),
        ("MOV-OPENING", False),
    ]
    assert len({fact.fields["key"] for fact in first}) == 3


@pytest.mark.parametrize(
    ("key", "n", "expected"),
    [
        ("PR-025", 0, {"id": "MOV-PR-025", "from": "ashraf", "to": "hurriya", "count": "397"}),
        ("PR-029", 0, {"from": "hurriya", "to": "dead", "count": "1", "received": "2012-03-21"}),
        ("PR-128", 0, {"from": "hurriya", "to": "ALB", "count": "155+"}),
        ("PR-051", 0, {"id": "INC-HURRIYA-2013-02-09", "kind": "attack", "site": "hurriya"}),
        ("PR-051", 1, {"claimant": "police", "killed": "5+", "injured": ">25"}),
        ("PR-056", 0, {"received": "2013-02-09"}),
        ("PR-056", 1, {"received": "2013-03-01", "occurred": "2013-02-09"}),
        ("PR-069", 1, {"killed": "2", "injured": "0-50"}),
        ("PR-103", 0, {"kind": "detention"}),
        ("PR-103", 1, {"detained": "1"}),
        ("PR-126", 1, {"killed": "0", "injured": "0"}),
        ("PR-101", 0, {"occurred": "Monday 2014-11-18", "count": "120"}),
        ("PR-101", 1, {"id": "MOV-PR-101", "of": 1, "status": "unsubstantiated"}),
        ("PR-105", 0, {"measure": "relocated_total", "place": "abroad", "count": "~637"}),
        ("PR-094", 0, {"measure": "relocated_total", "place": "ALB", "count": "208"}),
        ("PR-117", 0, {"measure": "present", "place": "hurriya", "count": "<1970"}),
        ("PR-119", 0, {"measure": "present", "place": "ALB"}),
        ("PR-106", 0, {"measure": "pledged_total", "count": "1600000", "currency": "USD"}),
        ("PR-035", 0, {"measure": "convoy_size", "movement": "MOV-PR-034", "count": ">400"}),
        ("PR-022", 0, {"id": "SIT-ASHRAF", "deadline": "2011-12-31", "received": "2012-02"}),
        ("PR-022", 1, {"id": "SIT-ASHRAF", "deadline": "2012-04-30", "occurred": "2011-12-31"}),
    ],
)
def test_rows_of_the_public_record_say_what_the_domain_says(
    key: str, n: int, expected: dict[str, Any], record: dict[str, Any]
) -> None:
    fields = record[key][n].fields
    assert {name: fields[name] for name in expected} == expected


def test_a_claim_keeps_its_source_and_grade(record: dict[str, Any]) -> None:
    source = record["PR-053"][1].fields["source"]
    assert source == {"citation": "https://www.masress.com/elbalad/392954", "grade": "D4"}


def test_a_claim_without_a_figure_for_something_says_nothing_of_it(record: dict[str, Any]) -> None:
    fields = record["PR-054"][1].fields
    assert {"injured", "missing", "detained"}.isdisjoint(fields)


def test_the_example_of_the_how_to_works(tmp_path: Path) -> None:
    blocks = re.findall(r"```(\w+) (rounds\.\w+)\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    for _, name, text in blocks:
        (tmp_path / name).write_text(text, "utf-8")
    rules, found = mapped_rows(tmp_path / "rounds.toml", tmp_path / "rounds.csv")
    assert rules.unmatched_rules() == []
    assert found["R-1"][0].fields["count"] == "397"
    assert found["R-2"][0].fields["count"] == "~1200"
    assert found["R-3"] == Waiting("translation")


KEYED = """
key = "{no}"
[[row]]
[[row.fact]]
fact = "movement.made"
occurred = "2013-05-01"
from = "ashraf"
to = "hurriya"
count = "{count}"
"""


def test_the_same_key_with_other_content_is_a_conflict(camp: Office) -> None:
    camp.write("map.toml", KEYED)
    camp.write("rows.csv", "no,count\nK1,5\nK1,7\nK1,5\n")
    answer = camp("import rows.csv --map map.toml -f json")
    assert (answer.code, answer.json["recorded"], camp.position) == (4, 0, 6)
    (problem,) = answer.json["problems"]
    assert (problem["row"], problem["code"]) == (3, "E3901")


def test_the_same_key_with_the_same_content_is_one_row_said_twice(camp: Office) -> None:
    camp.write("map.toml", KEYED)
    camp.write("rows.csv", "no,count\nK1,5\nK1,5\n")
    outcome = camp.ok("import rows.csv --map map.toml -f json").json
    assert (outcome["recorded"], outcome["already"], outcome["facts"]) == (1, 1, 1)


@pytest.mark.parametrize(("sep", "cure"), [(";", 'delimiter = ";"'), ("\t", r'delimiter = "\t"')])
def test_a_header_read_as_one_cell_has_another_delimiter(camp: Office, sep: str, cure: str) -> None:
    camp.write("map.toml", KEYED)
    camp.write("rows.csv", f"no{sep}count\nK1{sep}5\n")
    answer = camp("import rows.csv --map map.toml -f json")
    assert (answer.code, answer.error["code"]) == (4, "E4005")
    assert cure in answer.error["hint"]
    camp.write("map.toml", f"{cure}\n{KEYED}")
    camp.ok("import rows.csv --map map.toml")
