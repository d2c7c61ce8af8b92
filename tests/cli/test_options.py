"""The options that every command shares, the formats, and the exit codes."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from cli.main import COMMANDS
from ledger.registry import FACTS
from projections.views import VIEWS

if TYPE_CHECKING:
    from tests.cli.conftest import Office

MOVE = "record movement made --from ashraf --to hurriya --count 1 --at 2013-02-01"


@pytest.mark.parametrize("line", ["-f json status", "status -f json", "--format=json status"])
def test_shared_options_stand_before_and_after_the_command(camp: Office, line: str) -> None:
    assert camp.ok(line).json["position"] == 6


def test_an_option_after_the_command_wins_over_one_before_it(camp: Office) -> None:
    assert camp.ok("-f csv status -f json").json["position"] == 6


def test_shared_options_reach_the_commands_below_a_group(camp: Office) -> None:
    camp.ok("-f json -q record movement made --from ashraf --to hurriya --count 1 -n")
    camp.ok("record movement made --from ashraf --to hurriya --count 1 -q -n --no-input -v")
    assert camp.position == 6


def test_options_come_before_the_environment_and_that_before_the_settings(camp: Office) -> None:
    def actor(line: str) -> str:
        fact = camp.ok(f"{line} -f json").json["fact"]
        rows = camp.ok("log -f json").rows
        return str(next(row["actor"] for row in rows if row["fact"] == fact))

    assert actor(MOVE) == "HRO-07"
    camp.environment["VIGIL_ACTOR"] = "HRO-08"
    assert actor(MOVE) == "HRO-08"
    assert actor(f"{MOVE} --actor HRO-09") == "HRO-09"
    assert actor(f"--actor HRO-10 {MOVE}") == "HRO-10"
    assert "--actor names nobody" in camp([*MOVE.split(), "--actor", ""]).err


def test_the_ledger_is_named_by_option_environment_or_the_nearest_folder(camp: Office) -> None:
    camp.ok("init other")
    (camp.folder / "deep" / "er").mkdir(parents=True)
    home = camp.folder
    camp.folder = home / "deep" / "er"
    assert camp.ok("status -f json").json["ledger"] == str(home)
    camp.environment["VIGIL_LEDGER"] = str(home / "other")
    assert camp.ok("status -f json").json["ledger"] == str(home / "other")
    assert camp.ok(f"status -f json -L {home}").json["ledger"] == str(home)
    assert camp("status -L .").code == 10  # a folder that is named is not searched upward
    del camp.environment["VIGIL_LEDGER"]
    camp.folder = home


def test_an_output_file_is_the_owners_alone_and_replaced_whole(camp: Office) -> None:
    camp.write("rows.json", "old")
    assert camp.ok("query population -f json -o rows.json").out == ""
    path = camp.folder / "rows.json"
    assert json.loads(path.read_text())["schema"] == "vigil.query.population/1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in camp.folder.glob(".rows*")] == []


def test_files_of_a_ledger_are_the_owners_alone(camp: Office) -> None:
    camp.ok(MOVE)
    camp.ok("backup copy.db")
    camp.ok("replay --into then.db")
    for name in ("vigil.toml", "ledger.db", "views.db", "ledger.lock", "copy.db", "then.db"):
        assert stat.S_IMODE((camp.folder / name).stat().st_mode) == 0o600, name


def test_a_copy_is_a_ledger_of_its_own(camp: Office) -> None:
    (camp.folder / "copy").mkdir()
    camp.ok("backup copy/ledger.db")
    camp.write("copy/vigil.toml", (camp.folder / "vigil.toml").read_bytes())
    camp.ok(f"{MOVE} -L copy")
    assert camp.ok("status -L copy -f json").json["position"] == 7
    assert camp.position == 6


def test_colours_are_never_forced_on_anybody(camp: Office) -> None:
    plain = camp.ok("query population").out
    camp.environment["NO_COLOR"] = "1"
    assert camp.ok("query population").out == plain
    assert camp.ok("query population --color never").out == plain
    assert "\x1b" not in plain


def test_now_moves_relative_times_and_nothing_else(camp: Office) -> None:
    receipt = camp.ok(
        "record movement made --from ashraf --to hurriya --count 1 --at -20m -f json"
        " --now 2013-02-09T05:30+03:00"
    ).json
    assert receipt["occurred"] == "2013-02-09T05:10:00.000000+03:00"
    assert receipt["recorded"].startswith("2026-11-24")
    assert receipt["received"].startswith("2026-11-24")


@pytest.mark.parametrize(
    "line",
    [
        MOVE,
        "correct INC-ONE/2 --set killed=6 --reason x",
        "retract INC-ONE/2 --reason x",
        "assess INC-ONE/2 --status disputed --basis x",
        "import rows.jsonl",
    ],
)
def test_a_dry_run_checks_everything_and_writes_nothing(camp: Office, line: str) -> None:
    camp.write("rows.jsonl", '{"fact": "movement.made", "occurred": "2013", "from": "ashraf", '
                             '"to": "hurriya", "count": 1}\n')  # fmt: skip
    before = camp.ok("export facts").out
    assert camp.ok(f"{line} --dry-run").out
    assert camp.ok(f"-n {line} -f json").json["schema"] in ("vigil.receipt/1", "vigil.import/1")
    assert camp.ok("export facts").out == before
    camp.ok(line)
    assert camp.position == 7


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_every_view_answers_in_every_format(demo: Office, view: str) -> None:
    document = demo.ok(f"query {view} -f json").json
    assert document["schema"] == f"vigil.query.{view}/1"
    assert document["asked"]["view"] == view
    assert document["ledger"]["position"] == demo.position
    assert list(document) == ["schema", "asked", "ledger", "rows", "warnings"]
    rows = document["rows"]
    lines = demo.ok(f"query {view} -f jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = list(csv.reader(io.StringIO(demo.ok(f"query {view} -f csv").out)))
    assert len(table) == len(rows) + 1
    assert len(set(table[0])) == len(table[0])
    assert {len(line) for line in table} == {len(table[0])}
    assert len(demo.ok(f"query {view} -f ids").out.splitlines()) == len(rows)
    shown = demo.ok(f"query {view}").out.splitlines()
    assert shown == ["nothing"] or len(shown) == len(rows) + 2


def test_the_last_column_of_a_table_is_told_in_full(demo: Office) -> None:
    (finding,) = [row for row in demo.query("findings") if row["rule"] == "baseline_residual"]
    assert finding["text"].endswith("residual ~243")


def test_record_help_lists_every_fact(office: Office) -> None:
    out = office.ok("record --help").out
    for kind in FACTS.values():
        assert f"  {kind.family} {kind.verb} " in out
        assert kind.summary in " ".join(out.split())


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_has_help_with_its_fields(office: Office, name: str) -> None:
    from ledger.facts.base import field_name
    from ledger.registry import fact_class

    cls = fact_class(name)
    out = office.ok(["record", *name.split("."), "--help"]).out
    for attribute in cls.model_fields:
        field = field_name(cls, attribute)
        if field not in ("id", "version", "uuid", "recorded", "batch"):
            assert f"--{field.replace('_', '-')}" in out
    assert "--at" in out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_that_starts_with_a_sentence(office: Office, name: str) -> None:
    for flag in ("-h", "--help"):
        assert office.ok([name, flag]).out.startswith(f"Usage: vigil {name} ")
    assert f"\n  {name} " in office.ok("--help").out


@pytest.mark.parametrize("line", ["", "record", "record movement", "export"])
def test_half_a_command_prints_its_help_on_standard_error(office: Office, line: str) -> None:
    answer = office(line)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: vigil")
    assert office(f"{line} -f json" if line == "" else f"-f json {line}").error["exit"] == 2


def test_a_fault_of_our_own_is_named_and_shown_whole_only_on_request(
    camp: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from projections import views

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(views, "up_to_date", broken)
    answer = camp("query population")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(
        "vigil: something unexpected happened: RuntimeError: a bug [E5999]"
    )
    assert "Traceback" not in answer.err
    with pytest.raises(RuntimeError):
        camp("query population --debug")


def test_json_is_one_document_also_for_what_was_written(camp: Office) -> None:
    for line, schema in (
        (MOVE, "vigil.receipt/1"),
        ("log", "vigil.log/1"),
        ("show INC-ONE", "vigil.show/1"),
        ("status", "vigil.status/1"),
        ("replay", "vigil.replay/1"),
        ("check", "vigil.check/1"),
        ("backup copy.db", "vigil.backup/1"),
        ("init other", "vigil.init/1"),
    ):
        assert camp.ok(f"{line} -f json").json["schema"] == schema


def test_rows_of_log_and_show_name_fact_thing_and_what_was_said(camp: Office) -> None:
    for line in ("log", "show SIT-ASHRAF"):
        row = camp.ok(f"{line} -f json").rows[0]
        assert (row["fact"], row["name"], row["position"]) == ("SIT-ASHRAF/1", "site.opened", 1)
        assert row["called"] == "Camp Ashraf"
        assert row["timezone"] == "Asia/Baghdad"
        assert "--name 'Camp Ashraf'" in camp.ok(line).out


def test_what_the_log_prints_can_be_typed_again(camp: Office) -> None:
    import shlex

    camp.ok("init other --timezone Asia/Baghdad")
    for line in camp.ok("log").out.splitlines():
        words = shlex.split(line)[1:]
        words[2] = words[2].partition("/")[0]
        camp.ok(["record", *words, "-L", "other"])
    digests = [camp.ok(f"replay -f json -L {name}").json["digests"] for name in (".", "other")]
    assert digests[0] == digests[1]


def test_exported_facts_give_an_empty_ledger_the_same_digests(demo: Office) -> None:
    """Also through standard input, and twice."""
    data = demo.ok("export facts").out
    assert len(data.splitlines()) == demo.position
    demo.ok("init copy --timezone Asia/Baghdad --actor HRO-99")
    outcome = demo.ok("import - -L copy -f json", data.encode()).json
    assert outcome["facts"] == demo.position
    digests = [demo.ok(f"replay -f json{at}").json["digests"] for at in ("", " -L copy")]
    assert digests[0] == digests[1]
    assert demo.ok("import - -L copy -f json", data.encode()).json["facts"] == 0
    assert demo.ok("export facts -L copy").out.count("\n") == demo.position


def test_what_has_parts_in_a_list_is_json_in_a_cell(camp: Office) -> None:
    camp.ok("record service measured --site hurriya --indicator water_supply --value 14 "
            "--unit l_per_person_day --at 2013-02-01")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(camp.ok("query services -f csv").out))
    assert json.loads(row["verdicts"].partition("} {")[0] + "}")["result"] == "fail"


def test_the_id_of_a_finding_is_what_it_is_about(camp: Office) -> None:
    camp.ok("record movement made --from hurriya --to ashraf --count 5000 --at 2013-02-01")
    rows = camp.query("findings")
    assert camp("check -f ids").out.splitlines() == [row["about"] for row in rows] != []


@pytest.mark.parametrize("number", ["7", "9" * 20, "9" * 5000])
def test_nothing_was_recorded_since_a_position_that_no_ledger_has(
    camp: Office, number: str
) -> None:
    assert camp.ok(f"log --since {number} -f json").rows == []


@pytest.mark.parametrize(("close", "code"), [(">&-", 0), (">&- 2>&-", 0), ("2>&-", 0)])
def test_a_closed_output_is_no_fault(camp: Office, vigil: list[str], close: str, code: int) -> None:
    line = f'exec "$@" {close}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *vigil, "record", "incident", "closed", "INC-ONE"],
        cwd=camp.folder, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, b"")
    assert camp.position == 7


def test_a_folder_with_a_blank_in_its_name_can_be_typed(office: Office) -> None:
    told = office.ok(["init", "night watch", "--actor", "HRO-07"]).out
    assert told.rstrip().endswith("-L 'night watch'")
    cure = office(["init", "night watch"]).err.partition("use this one: ")[2]
    office.ok(cure)
    told = office.ok(["demo", "public record"]).out.rstrip().splitlines()[-1]
    office.ok(told)


@pytest.mark.parametrize(
    "line",
    ["init other", "demo other", "replay", "checkpoint", "prove INC-ONE/1 -o other",
     "export facts -o other", "export views -o other", "export hxl -o other", "backup other",
     "template observation.made -o other.xlsx"],
)  # fmt: skip
def test_what_cannot_be_tried_is_not_done_either(camp: Office, line: str) -> None:
    before = sorted(path.name for path in camp.folder.rglob("*"))
    answer = camp(f"{line} --dry-run")
    assert (answer.code, "[E5001]" in answer.err) == (2, True)
    assert "--dry-run means nothing for vigil" in answer.err
    assert sorted(path.name for path in camp.folder.rglob("*")) == before


def test_a_time_without_a_beginning_is_no_present(camp: Office) -> None:
    answer = camp(f"{MOVE.replace('2013-02-01', '05:30')} --now ..2013")
    assert (answer.code, "now: '..2013'" in answer.err) == (4, True)
