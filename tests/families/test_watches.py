"""What the watch shows of itself: hours with an entry, silences, lapses, what is handed over."""

# facts are one a line

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.folder import read_only
from ledger.values.instants import HOUR, MINUTE, NEVER
from ledger.values.when import When
from projections import coverage
from projections.building import catch_up
from projections.coverage import Point, Shift, silences
from projections.question import Question
from projections.views import VIEWS
from tests.conftest import tell
from tests.families.conftest import of

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.cli.conftest import Office
    from tests.families.conftest import Ask

BAGHDAD = "Asia/Baghdad"

A_NIGHT = """
watch started WCH-A --site hurriya --post gate --occurred 2013-02-08T22:00 --received 2013-02-08T22:00
observation made OBS-A --category water --site hurriya --text x --occurred 2013-02-08T22:40 --received 2013-02-08T22:40
watch reported WCH-A --nil --occurred 2013-02-08T23:00 --until 2013-02-09T00:00 --received 2013-02-09T00:00
incident opened INC-A --site hurriya --kind attack --title x --occurred 2013-02-09T02:15 --received 2013-02-09T02:20
incident claimed INC-A --claimant unhcr --killed 5+ --occurred 2013-02-09T03:00 --received 2013-02-09T03:05
watch ended WCH-A --occurred 2013-02-09T04:00 --received 2013-02-09T04:00
"""


def at(text: str) -> int:
    return When.parse(text).settle(BAGHDAD).earliest


def night(ask: Ask, view: str = "coverage", **asked: Any) -> list[dict[str, Any]]:
    return ask(view, zone=BAGHDAD, **asked)


def test_a_night_is_shown_hour_by_hour_in_the_zone_of_the_ledger(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    first, second = night(ask)
    assert (first["site"], first["post"], first["day"]) == ("hurriya", "gate", "2013-02-08")
    assert len(first["hours"]) == len(second["hours"]) == 24
    assert first["clock"] == "-" * 22 + "#o"
    assert second["clock"] == "..###" + "-" * 19
    assert (first["nil_reports"], second["nil_reports"]) == (1, 0)
    assert (first["hours_entered"], second["hours_entered"]) == (2, 3)
    assert first["officers"] == ["HRO-07"]


def test_a_silence_longer_than_the_limit_is_a_gap(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    first, second = night(ask)
    assert (first["gaps"], first["longest_gap_minutes"]) == (0, 60)
    assert (second["gaps"], second["longest_gap_minutes"]) == (1, 135)
    assert second["silences"] == [
        {"from": "2013-02-08T21:00:00Z", "to": "2013-02-08T23:15:00Z", "minutes": 135,
         "facts": ["WCH-A/2", "INC-A/1"]}
    ]  # fmt: skip
    (finding,) = night(ask, "findings")
    assert (finding["rule"], finding["about"]) == ("watch_gap", "hurriya")
    assert "135 minutes, from 2013-02-09T00:00+03:00 to 2013-02-09T02:15+03:00" in finding["text"]
    assert finding["facts"] == ["WCH-A/2", "INC-A/1"]


def test_the_limit_is_that_of_the_ledger(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    assert [row["gaps"] for row in night(ask, gap_minutes=135)] == [0, 0]
    assert [row["gaps"] for row in night(ask, gap_minutes=30)] == [2, 3]


def test_a_gap_is_closed_by_what_was_learned_later_and_open_as_known_before(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, A_NIGHT)
    tell(ledger, "observation made --category other --site hurriya --text x "
                 "--occurred 2013-02-09T01:00 --received 2013-02-11")  # fmt: skip
    assert [row["longest_gap_minutes"] for row in night(ask)] == [60, 75]
    assert night(ask)[1]["clock"][:2] == ".#"
    assert [row["longest_gap_minutes"] for row in night(ask, as_known="2013-02-10")] == [60, 135]


def test_a_retracted_entry_opens_a_gap_and_a_corrected_one_moves_it(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, A_NIGHT)
    tell(ledger, "fact corrected INC-A --of 1 --set occurred=2013-02-09T01:00 --reason x")
    assert night(ask)[1]["longest_gap_minutes"] == 120
    tell(ledger, "fact retracted INC-A --of 1 --reason 'another camp'")
    assert night(ask)[1]["longest_gap_minutes"] == 240
    assert night(ask, as_known="2013-02-10")[1]["longest_gap_minutes"] == 135


def test_a_watch_that_goes_on_is_silent_up_to_the_present_and_not_beyond(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, A_NIGHT.rpartition("watch ended")[0])
    assert [row["gaps"] for row in night(ask)] == [0, 1]
    (_, row) = night(ask, watched_until=at("2013-02-09T05:30"))
    assert (row["gaps"], row["longest_gap_minutes"]) == (2, 150)
    assert row["clock"] == "..##.." + "-" * 18


def test_on_a_day_before_the_end_the_watch_goes_on(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    asked = {"on": "2013-02-08", "watched_until": at("2026-11-24")}  # a day of UTC: to 03:00
    assert of(night(ask, "watches", on="2013-02-08"), id="WCH-A")["state"] == "open"
    assert [row["clock"][:5] for row in night(ask, **asked)] == ["-----", "..#--"]


@pytest.mark.parametrize(
    "entry",
    [
        "observation made --category other --site ashraf --text x --occurred 2013-02-09T01:00",
        "observation made --category other --site hurriya --text x --occurred 2013-02-09",
        "observation made --category other --text x --occurred 2013-02-09T01:00",
        "observation made --category other --site hurriya --text x --actor HRO-08 --occurred 2013-02-09T01:00",
    ],
    ids=["at_another_site", "of_no_hour", "of_no_site", "by_another_officer"],
)
def test_what_shows_nothing_of_the_watch_is_no_entry(ledger: Ledger, ask: Ask, entry: str) -> None:
    tell(ledger, A_NIGHT + entry)
    assert night(ask)[1]["longest_gap_minutes"] == 135


@pytest.mark.parametrize(
    "entry",
    [
        "movement made --from hurriya --to outside --count 1 --occurred 2013-02-09T01:00",
        "figure stated --measure present --place hurriya --claimant un --count 5 --occurred 2013-02-09T01:00",
        "incident closed INC-A --occurred 2013-02-09T01:00",
        "watch reported WCH-A --text x --occurred 2013-02-09T01:00 --received 2013-02-09T04:00",
    ],
    ids=["a_movement", "a_figure", "a_step_of_an_incident", "a_report"],
)
def test_any_fact_of_the_site_by_the_officer_is_an_entry(
    ledger: Ledger, ask: Ask, entry: str
) -> None:
    tell(ledger, A_NIGHT.replace("watch ended", f"{entry}\nwatch ended"))
    assert night(ask)[1]["longest_gap_minutes"] == 75


def test_after_the_acceptance_the_entries_are_those_of_the_next_officer(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        watch started WCH-A --site hurriya --post gate --occurred 2013-02-09T00:00 --received 2013-02-09T00:00
        watch handed_over WCH-A --to HRO-08 --occurred 2013-02-09T01:00 --received 2013-02-09T01:00
        watch accepted WCH-A --actor HRO-08 --occurred 2013-02-09T01:10 --received 2013-02-09T01:10
        observation made --category other --site hurriya --text x --occurred 2013-02-09T02:00 --received 2013-02-09T02:00
        observation made --category other --site hurriya --text y --actor HRO-08 --occurred 2013-02-09T03:00 --received 2013-02-09T03:00
        watch ended WCH-A --actor HRO-08 --occurred 2013-02-09T04:00 --received 2013-02-09T04:00
    """,
    )
    (row,) = night(ask)
    assert row["clock"][:5] == "##.##"
    assert (row["longest_gap_minutes"], row["officers"]) == (110, ["HRO-07", "HRO-08"])
    watch = of(night(ask, "watches"), id="WCH-A")
    assert (watch["state"], watch["officer"], watch["to"]) == ("ended", "HRO-08", None)
    assert night(ask, "watches", as_known="2013-02-07") == []


def test_the_time_between_two_watches_of_a_post_is_a_gap(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    tell(
        ledger,
        """
        watch started WCH-B --site hurriya --post gate --occurred 2013-02-11T04:00 --received 2013-02-11T04:00
        watch ended WCH-B --occurred 2013-02-11T04:30 --received 2013-02-11T04:30
        watch started WCH-C --site hurriya --post clinic --occurred 2013-02-10T04:00 --received 2013-02-10T04:00
    """,
    )
    rows = {row["day"]: row for row in night(ask) if row["post"] == "gate"}
    assert list(rows) == ["2013-02-08", "2013-02-09", "2013-02-10", "2013-02-11"]
    assert rows["2013-02-10"]["clock"] == "-" * 24
    assert rows["2013-02-10"]["gaps"] == 1
    assert rows["2013-02-10"]["longest_gap_minutes"] == 48 * 60
    assert [row["day"] for row in night(ask) if row["post"] == "clinic"] == ["2013-02-10"]


def test_a_least_status_asks_for_entries_of_that_status(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    tell(ledger, "fact assessed INC-A --of 1 --status corroborated --basis x")
    assert [row["clock"] for row in night(ask, rank=2)] == ["-" * 22 + "..", "..#.-" + "-" * 19]
    tell(ledger, "fact assessed WCH-A --of 1 --status rejected --basis 'nobody was there'")
    assert night(ask) == []


def test_a_report_reaches_no_further_than_its_watch(ledger: Ledger, ask: Ask) -> None:
    late = "--occurred 2013-02-09T03:30 --until 2013-02-09T06:00 --received 2013-02-09T06:00"
    tell(ledger, A_NIGHT.replace("watch ended", f"watch reported WCH-A --nil {late}\nwatch ended"))
    row = night(ask)[1]
    assert (row["clock"], row["longest_gap_minutes"]) == ("..###" + "-" * 19, 135)


def test_coverage_is_asked_by_site_and_by_period(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    assert night(ask, site="ashraf") == []
    (row,) = night(ask, site="hurriya", since=at("2013-02-09"))
    assert (row["day"], row["longest_gap_minutes"]) == ("2013-02-09", 135)
    (row,) = night(ask, until=at("2013-02-09"))
    assert (row["day"], row["gaps"]) == ("2013-02-08", 0)


def test_a_silence_of_years_lists_no_days_without_end(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, "watch started --site hurriya --post gate --occurred 1013-02-09T22:00")
    assert len(night(ask, watched_until=at("2026-11-24"))) < 40


def test_a_day_of_summer_time_has_24_hours_of_its_clock() -> None:
    for day in ("2013-03-31", "2013-10-27", "2013-06-01"):
        bounds = coverage.hours_of(day, "Europe/Berlin")
        assert len(bounds) == 25
        assert list(bounds) == sorted(bounds)


moments = st.lists(st.integers(0, 3000), min_size=1, max_size=12)


@given(moments, st.integers(0, 1000))
def test_silences_are_the_time_from_the_first_entry_to_the_last_and_nothing_else(
    minutes: list[int], more: int
) -> None:
    points = tuple(Point(minute * MINUTE, f"OBS-{minute}/1", "entry") for minute in minutes)
    first, last = min(points).at, max(points).at
    ended = Shift("WCH-A", "WCH-A/1", "s", "p", "HRO-07", "ended", first, last, points)
    found = silences([ended], last + more * MINUTE)
    assert sum(s.until - s.since for s in found) == last - first
    assert all(before.until == then.since for before, then in pairwise(found))
    going = silences([ended._replace(until=None, state="open")], last + more * MINUTE)
    assert sum(s.until - s.since for s in going) == last + more * MINUTE - first


@given(st.dates(min_value=datetime(1990, 1, 1).date(), max_value=datetime(2030, 1, 1).date()))
def test_the_hours_of_a_day_follow_those_of_the_day_before(day: Any) -> None:
    today = coverage.hours_of(str(day), BAGHDAD)
    before = coverage.hours_of(str(day - timedelta(days=1)), BAGHDAD)
    assert before[-1] == today[0]
    assert 23 * HOUR <= today[-1] - today[0] <= 25 * HOUR


# Lapses -------------------------------------------------------------------------------------------


def found(ask: Ask, rule: str, **asked: Any) -> list[dict[str, Any]]:
    return [row for row in night(ask, "findings", **asked) if row["rule"] == rule]


def test_two_watches_of_one_post_at_one_time_are_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    tell(
        ledger,
        """
        watch started WCH-B --site hurriya --post gate --actor HRO-08 --occurred 2013-02-09T03:30 --received 2013-02-09T03:30
        watch started WCH-C --site hurriya --post clinic --actor HRO-09 --occurred 2013-02-09T03:30 --received 2013-02-09T03:30
        watch started WCH-D --site ashraf --post gate --actor HRO-10 --occurred 2013-02-09T03:30 --received 2013-02-09T03:30
    """,
    )
    (finding,) = found(ask, "watch_overlap")
    assert finding["facts"] == ["WCH-A/1", "WCH-B/1"]
    assert "WCH-A (HRO-07) and WCH-B (HRO-08)" in finding["text"]
    assert found(ask, "watch_overlap", as_known="2013-02-08") == []


def test_a_relief_on_the_minute_is_no_overlap(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_NIGHT)
    tell(ledger, "watch started WCH-B --site hurriya --post gate --actor HRO-08 "
                 "--occurred 2013-02-09T04:00 --received 2013-02-09T04:00")  # fmt: skip
    assert found(ask, "watch_overlap") == []


def test_a_watch_that_nobody_ended_for_over_16_hours_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, "watch started WCH-A --site hurriya --post gate --occurred 2013-02-08T22:00 "
                 "--received 2013-02-08T22:00")  # fmt: skip
    assert found(ask, "watch_long", watched_until=at("2013-02-09T14:00")) == []
    (finding,) = found(ask, "watch_long", watched_until=at("2013-02-09T14:01"))
    assert finding["facts"] == ["WCH-A/1"]


def test_an_officer_who_is_relieved_in_time_has_no_long_watch(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        watch started WCH-A --site hurriya --post gate --occurred 2013-02-09T00:00 --received 2013-02-09T00:00
        watch handed_over WCH-A --to HRO-08 --occurred 2013-02-09T12:00 --received 2013-02-09T12:00
        watch accepted WCH-A --actor HRO-08 --occurred 2013-02-09T12:00 --received 2013-02-09T12:00
        watch ended WCH-A --actor HRO-08 --occurred 2013-02-09T23:00 --received 2013-02-09T23:00
    """,
    )
    assert found(ask, "watch_long") == []


@pytest.mark.parametrize(
    ("report", "contradicted"),
    [
        ("--nil --occurred 2013-02-09T02:00 --until 2013-02-09T03:00", True),
        ("--nil --occurred 2013-02-09T03:00", True),
        ("--nil --occurred 2013-02-09T02:15", True),
        ("--nil --occurred 2013-02-09T02:00", False),
        ("--nil --occurred 2013-02-09T01:00 --until 2013-02-09T02:00", False),
        ("--text x --occurred 2013-02-09T03:00", False),
    ],
)
def test_a_nil_report_of_an_hour_that_holds_an_incident_is_a_finding(
    ledger: Ledger, ask: Ask, report: str, contradicted: bool
) -> None:
    line = f"watch reported WCH-A {report} --received 2013-02-09T04:00\nwatch ended"
    tell(ledger, A_NIGHT.replace("watch ended", line))
    rows = found(ask, "nil_contradicted")
    assert [row["facts"] for row in rows] == ([["WCH-A/3", "INC-A/1"]] if contradicted else [])


# On the command line ------------------------------------------------------------------------------


def test_a_file_gets_the_receipt_and_the_sheet(camp: Office) -> None:
    camp.ok("record watch started WCH-A --site hurriya --post gate")
    camp.ok("record watch handed_over --to HRO-08 -o sheet.txt")
    told = (camp.folder / "sheet.txt").read_text()
    assert told.startswith("recorded: WCH-A/2")
    assert "HRO-08 takes it over with: " in told


def test_the_command_that_takes_over_can_be_typed_whatever_the_officer_is_called(
    camp: Office,
) -> None:
    camp.ok("record watch started WCH-A --site hurriya --post gate")
    sheet = camp.ok(["record", "watch", "handed_over", "--to", "HRO 8'; x"]).out
    refused = camp("record watch accepted WCH-A").err
    for told in (sheet.partition("with: ")[2], refused.partition("accepts it: ")[2]):
        camp.ok(f"{told.strip()} -n")


def test_a_handover_collects_what_is_open_and_prints_it(camp: Office) -> None:
    camp.all("""
        incident opened INC-A --site hurriya --kind attack --title 'rockets hit the camp' --at 2013-02-09T05:45 --received 2013-02-09T05:50
        incident opened INC-B --site ashraf --kind attack --title 'elsewhere' --at 2013-02-09T05:45 --received 2013-02-09T05:50
        incident opened INC-C --site hurriya --kind attack --title 'done with' --at 2013-02-09T05:45 --received 2013-02-09T05:50
        incident closed INC-C --at 2013-02-09T06:50 --received 2013-02-09T06:50
        incident claimed INC-A --claimant unhcr --missing 2 --at 2013-02-09T06:00 --received 2013-02-09T06:00
        commitment made COM-A --text 'Repair the wall' --by government_iraq --due 2013-01-31 --at 2013-01-01 --received 2013-01-01
        watch started WCH-A --site hurriya --post gate
    """)
    told = camp.ok("record watch handed_over --to HRO-08 --open-items 'the generator' --key k")
    sheet = told.out.partition("handover of WCH-A by HRO-07 to HRO-08")[2]
    for words in ("the generator", "open: INC-A attack", "not assessed: INC-A/2 claim by unhcr",
                  "overdue: COM-A was due 2013-01-31", "missing: ", "2 by unhcr",
                  "vigil record watch accepted WCH-A --actor HRO-08"):  # fmt: skip
        assert words in sheet
    assert "INC-B" not in sheet
    assert "INC-C" not in sheet
    again = camp.ok("record watch handed_over --to HRO-08 --key k -f json").json
    assert (again["already"], again["fact"]) == (True, "WCH-A/2")
    assert again["open_items"][0] == "the generator"
    assert len(again["open_items"]) == 6
    assert camp.ok("record watch accepted --actor HRO-08").out.startswith("recorded: WCH-A/3")


def test_what_was_assessed_or_learned_today_does_not_wait(camp: Office) -> None:
    camp.all("""
        observation made OBS-A --category water --site hurriya --text old --at 2013-02-09 --received 2013-02-09
        observation made OBS-B --category water --site hurriya --text seen --at 2013-02-09 --received 2013-02-09
        observation made OBS-C --category water --site hurriya --text new
        fact assessed OBS-B --of 1 --status corroborated --basis x
        watch started WCH-A --site hurriya --post gate
    """)
    sheet = camp.ok("record watch handed_over --to HRO-08").out
    assert "not assessed: OBS-A/1" in sheet
    assert "OBS-B" not in sheet
    assert "OBS-C" not in sheet


def test_a_file_of_a_night_needs_no_ids_of_its_watch(camp: Office) -> None:
    camp.write(
        "night.jsonl",
        """{"fact": "watch.started", "site": "hurriya", "post": "gate", "occurred": "2013-02-08T22:00", "received": "2013-02-08T22:00"}
{"fact": "watch.reported", "nil": true, "occurred": "2013-02-08T23:00", "received": "2013-02-08T23:00"}
{"fact": "watch.ended", "occurred": "2013-02-09T00:30", "received": "2013-02-09T00:30"}
""",
    )
    assert camp.ok("import night.jsonl").out.startswith("3 recorded")
    assert camp.ok("import night.jsonl").out.startswith("0 recorded (0 facts), 3 already")
    rows = camp.query("coverage")
    assert [(row["day"], row["gaps"]) for row in rows] == [("2013-02-08", 1), ("2013-02-09", 1)]


def test_what_is_shown_of_a_post_is_safe_to_show(camp: Office) -> None:
    camp.ok(["record", "watch", "started", "--site", "hurriya", "--post", "gate\x1b[2J\u202e"])
    camp.ok(["record", "watch", "handed_over", "--to", "HRO-08", "--open-items", "a\x1b[2J\nb"])
    for line in ("status", "query watches", "query coverage", "check"):
        assert "\x1b" not in camp.ok(line).out


def test_a_handover_to_oneself_prints_no_sheet(camp: Office) -> None:
    camp.all("watch started WCH-A --site hurriya --post gate")
    told = camp("record watch handed_over --to HRO-07")
    assert (told.code, "E3841" in told.err, told.out) == (4, True, "")


def test_status_shows_the_open_watch_and_what_is_overdue(camp: Office) -> None:
    from json import loads

    camp.all("""
        commitment made COM-A --text 'Repair the wall' --by government_iraq --due 2013-01-31 --at 2013-01-01 --received 2013-01-01
        watch started WCH-A --site hurriya --post gate --at 2013-02-09T22:00 --received 2013-02-09T22:00
    """)
    out = camp.ok("status").out
    assert "watch     WCH-A  gate of hurriya, HRO-07 since 2013-02-09T22:00+03:00" in out
    assert "overdue: the limit is 60" in out
    assert "overdue   COM-A was due 2013-01-31" in out
    (watch,) = loads(camp.ok("status -f json").out)["watches"]
    assert (watch["id"], watch["state"]) == ("WCH-A", "open")
    assert watch["minutes_since_entry"] > watch["gap_minutes"] == 60
    camp.all("watch ended")
    assert loads(camp.ok("status -f json").out)["watches"] == []


@pytest.mark.parametrize("setting", ["gap_minutes = 0", "gap_minutes = 'x'", "gap_minutes = true"])
def test_the_limit_is_a_number_of_minutes(camp: Office, setting: str) -> None:
    file = camp.folder / "vigil.toml"
    before = file.read_text()
    file.write_text(before + setting + "\n")
    told = camp("status")
    file.write_text(before)
    assert (told.code, "E1009" in told.err) == (10, True)


def test_a_question_about_the_end_of_time_has_an_answer(ledger: Ledger) -> None:
    tell(ledger, "watch started WCH-A --site hurriya --post gate --occurred 2013-02-09T05:00")
    catch_up(ledger.folder, ledger.folder.views)
    with closing(read_only(ledger.folder.views)) as views:
        rows = VIEWS["coverage"].query(views, Question(on=NEVER - 1))
    assert rows[0]["day"] == "2013-02-09"
