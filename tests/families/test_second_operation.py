"""A second operation by map alone: a survey of another shape loads without a line of code."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.imports.mapping import Map
from ledger.errors import VigilError
from ledger.errors.files import MapInvalid
from ledger.notation import write

if TYPE_CHECKING:
    from tests.cli.conftest import Office

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SCRIPT, MAP = EXAMPLES / "rounds.py", EXAMPLES / "rounds.toml"
PAGE = (ROOT / "docs" / "how-to" / "a-second-operation.md").read_text("utf-8")


def survey(*options: str) -> str:
    """What the script writes."""
    words = [sys.executable, str(SCRIPT), *options]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def operation(office: Office) -> Office:
    office.ok("init . --timezone Africa/Juba --actor HRO-01")
    return office


def load(office: Office, text: str, map: str = str(MAP)) -> str:
    office.write("rounds.csv", text)
    return office.ok(f"import rounds.csv --map {map}").out


def test_a_seed_gives_one_file(office: Office) -> None:
    assert survey() == survey("--seed", "14", "--rounds", "2") == survey()
    assert survey("--seed", "8") != survey()
    assert survey("--rounds", "3").startswith(survey())


def test_every_row_says_that_it_is_made_up() -> None:
    assert {row["data"] for row in rows(survey("--rounds", "4"))} == {"made up"}
    assert "made up" in PAGE.partition("```")[0]
    assert "invented" in SCRIPT.read_text("utf-8").splitlines()[0]


def test_the_page_shows_the_files_as_they_are() -> None:
    fences = dict(re.findall(r"```\w+ (rounds\.\w+)\n(.*?)```", PAGE, re.DOTALL))
    assert fences == {"rounds.csv": survey(), "rounds.toml": MAP.read_text("utf-8")}


def test_the_survey_loads_by_its_map_alone(operation: Office) -> None:
    assert load(operation, survey()).startswith("24 recorded (31 facts)\n")
    assert load(operation, survey()).startswith("0 recorded (0 facts), 24 already recorded\n")
    facts = [
        re.sub(r"\[.*?\]", "", write({**row, "fact": row["name"], "id": row["fact"]}))
        for row in operation.ok("log -f json").rows
    ]
    said = "\n".join(facts)
    for fact, words in {
        "movement made MOV-R1-RIVER/1": "--from outside --to river --count 780 --opening",
        "figure stated FIG-R1-NORTH/1": "--count '~260' --claimant survey --place north",
        "observation made OBS-R1-NORTH-F/1": "--text '134 women and girls (key_informant)'",
        "movement made MOV-R2-ARENA-IN/1": "--from river --to arena",
        "movement made MOV-R2-SCHOOL-OUT/1": "--from school --to left --count 33",
    }.items():
        (line,) = [line for line in said.splitlines() if line.startswith(fact)]
        assert all(word in line for word in words.split()), line


def test_what_the_survey_states_is_set_beside_what_its_flows_add_up_to(operation: Office) -> None:
    load(operation, survey())
    counted = {
        row["site_id"].lower(): row["individuals"]
        for row in rows(survey())
        if (row["round"], row["flow"], row["sex"]) == ("R2", "stock", "all")
    }
    population = {row["place"]: row for row in operation.query("population")}
    assert {place: row["stated"]["count"]["text"].lstrip("~")
            for place, row in population.items() if row["stated"]} == counted  # fmt: skip
    assert population["school"]["residual"]["text"] == "-24"
    assert sum(row["count"]["low"] for row in population.values()) == 0
    answer = operation("check -f json")
    assert answer.code == 7
    school = [row for row in answer.rows if row["about"] == "school"]
    assert [(row["rule"], row["severity"], row["facts"]) for row in school] == [
        ("present_differs", "error", ["FIG-R2-SCHOOL/1", "MOV-R2-SCHOOL-OUT/1"])
    ]
    assert len(operation.query("observations")) == 14


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_any_seed_and_any_number_of_rounds_load(operation: Office, seed: str) -> None:
    text = survey("--seed", seed, "--rounds", "4")
    assert f"{len(rows(text))} recorded" in load(operation, text)


def test_the_next_round_adds_itself_alone(operation: Office) -> None:
    load(operation, survey())
    more = survey("--rounds", "3")
    added = len(rows(more)) - 24
    assert load(operation, more).startswith(f"{added} recorded ({added} facts), 24 already")


def test_a_cell_that_the_map_does_not_know_is_refused_with_its_row(operation: Office) -> None:
    operation.write("rounds.csv", survey().replace("key_informant", "satellite", 1))
    refused = operation(f"import rounds.csv --map {MAP} -f json")
    assert (refused.code, refused.json["recorded"]) == (4, 0)
    problem = refused.json["problems"][0]
    assert (problem["row"], problem["field"], problem["code"]) == (2, "method", "E4012")
    assert operation.position == 0


# Maps that are wrong ------------------------------------------------------------------------------


def changed(before: str, after: str) -> str:
    """The map with one thing changed."""
    text = MAP.read_text("utf-8")
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("map", "code", "exit", "words"),
    [
        (changed('"figure.stated"', '"figure.sated"'), "E4009", 2, "did you mean figure.stated?"),
        (changed('"{site}"', '"{sight}"'), "E4005", 4, "no column 'sight'"),
        (changed('flow = "out"', 'flux = "out"'), "E4005", 4, "no column 'flux'"),
        (changed("begin = true", 'begin = "yes"'), "E4009", 2, "begin is true or false"),
        (changed("{method|grade}", "{method|grad}"), "E4009", 2, "no filter or table 'grad'"),
        (changed('{ flow = "out" }', '{ flow = ["in", "out"] }'), "E4014", 4, "of 24 rows"),
        (changed('{ flow = "out" }', '{ flow = "exit" }'), "E4014", 4, "1 of 24 rows were refused; nothing was written"),
        (changed('claimant = "survey"', 'teller = "survey"'), "E4014", 4, "of 24 rows"),
        ("title = ", "E4009", 2, "wrong.toml"),
    ],
    ids=["unknown_fact", "unknown_column", "unknown_column_of_a_condition", "begin", "table",
         "two_rules", "no_rule", "unknown_field", "not_toml"],
)  # fmt: skip
def test_a_wrong_map_is_refused_and_nothing_is_written(
    operation: Office, map: str, code: str, exit: int, words: str
) -> None:
    operation.write("wrong.toml", map)
    operation.write("rounds.csv", survey())
    refused = operation("import rounds.csv --map wrong.toml -f json")
    assert (refused.code, refused.error["code"]) == (exit, code)
    told = f"{refused.error['message']} {refused.error['hint']}"
    assert words in told
    assert operation.position == 0


def test_a_row_that_two_rules_match_names_both(operation: Office) -> None:
    operation.write("wrong.toml", changed('{ flow = "out" }', '{ flow = ["in", "out"] }'))
    operation.write("rounds.csv", survey())
    refused = operation("import rounds.csv --map wrong.toml -f json")
    doubled = [one["row"] for one in refused.json["problems"] if one["code"] == "E4008"]
    assert doubled == [11, 12]
    assert "arrivals and departures" in refused.json["problems"][0]["message"]


def test_a_rule_that_no_row_matches_is_a_warning(operation: Office) -> None:
    transit = '\n[[row]]\nname = "transit"\nwhen = { flow = "transit" }\nwait = "a second look"\n'
    operation.write("more.toml", MAP.read_text("utf-8") + transit)
    out = load(operation, survey(), "more.toml")
    assert out.splitlines()[:-1] == [
        "24 recorded (31 facts)",
        "warning: no row matched the rule transit",
    ]
    assert out.splitlines()[-1].startswith("batch IMP-")


def test_the_map_of_the_example_is_a_map() -> None:
    assert Map.load(MAP).title == "Rounds of a displacement survey (made up)"
    with pytest.raises(VigilError) as refused:
        Map.load(EXAMPLES / "rounds.py")
    assert isinstance(refused.value, MapInvalid)
