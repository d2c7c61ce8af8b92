"""The whole record: all 134 rows, every answer a user checks first, every lie real data tells.

Each test holds the facts it rests on as text; `holds` looks them up in the log of the demo.
"""

# facts are one a line

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ledger.notation import read

if TYPE_CHECKING:
    from tests.cli.conftest import Office

Rows = list[dict[str, Any]]


def holds(office: Office, text: str) -> None:
    """Each line is a fact of the ledger, which may say more than the line does."""
    log = office.ok("log -f json").rows
    for line in filter(None, map(str.strip, text.splitlines())):
        said = read(line)
        name, id = said.pop("fact"), said.pop("id")
        of_thing = [row for row in log if row["id"] == id and row["name"] == name]
        assert any(said.items() <= _plain(row).items() for row in of_thing), line


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without zones, which go without saying, and without what cannot be compared."""
    return {
        field: re.sub(r"\[.*\]", "", value) if isinstance(value, str) else value
        for field, value in row.items()
    }


def one(rows: Rows, **wanted: Any) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def shown(row: dict[str, Any], *names: str) -> tuple[str | None, ...]:
    return tuple(row[name] and row[name]["text"] for name in names)


def findings(office: Office, rule: str, asked: str = "") -> Rows:
    """The findings of a rule, without zones."""
    return [
        {**row, "text": re.sub(r"\[.*?\]", "", row["text"])}
        for row in office.query(f"findings {asked}")
        if row["rule"] == rule
    ]


# Loading ------------------------------------------------------------------------------------------


def test_all_134_rows_load_as_148_facts(office: Office) -> None:
    outcome = office.ok("demo . -f json").json["import"]
    counts = {
        name: outcome[name] for name in ("recorded", "already", "waiting", "rejected", "facts")
    }
    assert counts == {"recorded": 134, "already": 0, "waiting": 0, "rejected": 0, "facts": 148}
    assert outcome["problems"] == []
    assert outcome["warnings"] == ["MOV-PR-101/1: Monday 2014-11-18[Asia/Baghdad] was a Tuesday"]


def test_importing_it_again_records_nothing(office: Office) -> None:
    office.ok("demo .")
    before = office.position
    out = office.ok(f"import {_file('csv')} --map {_file('toml')} --actor HRO-00").out
    assert out.startswith("0 recorded (0 facts), 134 already recorded\n")
    assert office.position == before == 148


def _file(kind: str) -> str:
    from cli.demo import command

    return str(command.DATA if kind == "csv" else command.MAP)


def test_every_row_is_a_fact_of_the_family_that_it_tells_of(demo: Office) -> None:
    counts = Counter(row["name"] for row in demo.ok("log -f json").rows)
    assert counts == {
        "site.opened": 2,
        "site.deadline_set": 2,
        "incident.opened": 9,
        "incident.claimed": 34,
        "movement.made": 19,
        "figure.stated": 45,
        "observation.made": 12,
        "commitment.made": 8,
        "offer.made": 5,
        "fact.corrected": 2,
        "fact.assessed": 1,
        "engagement.held": 4,
        "fund.pledged": 4,
        "fund.received": 1,
    }
    assert sum(counts.values()) == 148


def test_no_roster_is_kept(demo: Office) -> None:
    assert demo.ok("status -f json").json["roster"] == 0
    assert "none: anybody may record" in demo.ok("status").out


def test_the_confidence_of_a_row_is_a_grade(demo: Office) -> None:
    grades = Counter(
        row["source"]["grade"] for row in demo.ok("log -f json").rows if row.get("source")
    )
    assert set(grades) == {"B2", "C3", "D4"}


# Answers a user checks first ----------------------------------------------------------------------


def test_hurriya_after_the_first_convoy(demo: Office) -> None:
    """397, exact; nothing was stated yet."""
    holds(
        demo,
        "movement made MOV-PR-025 --from ashraf --to hurriya --count 397 --convoy 1 --occurred 2012-02-18",
    )
    row = one(demo.query("population --on 2012-02-18"), place="hurriya")
    assert (row["count"]["low"], row["count"]["high"], row["count"]["about"]) == (397, 397, False)
    assert (row["stated"], row["residual"]) == (None, None)


def test_hurriya_after_the_third_convoy(demo: Office) -> None:
    """About 1,196 computed, for one man died on arrival, against about 1,200 stated."""
    holds(
        demo,
        """
        movement made MOV-PR-027 --from ashraf --to hurriya --count ~400 --occurred 2012-03-08
        movement made MOV-PR-028 --from ashraf --to hurriya --count ~400 --occurred 2012-03-20
        movement made MOV-PR-029 --from hurriya --to dead --count 1 --occurred 2012-03-20
        figure stated FIG-PR-030 --measure present --place hurriya --count ~1200 --claimant khalis_official --occurred 2012-03-20
    """,
    )
    row = one(demo.query("population --on 2012-03-20"), place="hurriya")
    assert (*shown(row, "count", "residual"), row["stated"]["count"]["text"]) == (
        "~1196", "~4", "~1200",
    )  # fmt: skip


def test_relocated_to_all_countries_by_march_2014(demo: Office) -> None:
    """Stated 367, Albania 208, Germany 91; by the books 78 (71 and 7); residuals 289, 137, 91."""
    holds(
        demo,
        """
        figure stated FIG-PR-093 --measure relocated_total --place abroad --count 367 --claimant unhcr --occurred 2014-03-31
        figure stated FIG-PR-094 --measure relocated_total --place ALB --count 208 --claimant unhcr --occurred 2014-03-31
        figure stated FIG-PR-095 --measure relocated_total --place DEU --count 91 --claimant unhcr --occurred 2014-03-31
        movement made MOV-PR-065 --from hurriya --to ALB --count 14
        movement made MOV-PR-066 --from hurriya --to ALB --count 30
        movement made MOV-PR-070 --from hurriya --to ALB --count 27
        movement made MOV-PR-090 --from hurriya --to ITA --count 7
    """,
    )
    rows = demo.query("placements --on 2014-03-31")
    told = {
        row["country"]: (row["relocated"]["text"], row["stated"] and row["stated"]["count"]["text"],
                         *shown(row, "residual"))
        for row in rows
    }  # fmt: skip
    assert told["total"] == ("78", "367", "289")
    assert told["ALB"] == ("71", "208", "137")
    assert told["DEU"] == ("0", "91", "91")
    assert told["ITA"] == ("7", None, None)


def test_the_facts_behind_march_2014(demo: Office) -> None:
    rows = demo.query("placements --on 2014-03-31 --explain")
    albania = one(rows, country="ALB")["explain"]
    assert [(fact["fact"], fact["adds"]) for fact in albania["relocated"]] == [
        ("MOV-PR-065/1", "14"), ("MOV-PR-066/1", "30"), ("MOV-PR-070/1", "27"),
    ]  # fmt: skip
    assert [fact["fact"] for fact in albania["stated"]] == ["FIG-PR-094/1"]
    assert [(fact["fact"], fact["adds"]) for fact in albania["offered"]] == [
        ("OFR-PR-061/1", "210")
    ]
    assert albania["stated"][0]["source"]["grade"] == "B2"
    assert albania["stated"][0]["status"] == "reported"
    germany = one(rows, country="DEU")["explain"]
    assert [(fact["fact"], fact["adds"]) for fact in germany["offered"]] == [("OFR-PR-064/1", "98")]


def test_claims_on_february_2013_as_known_the_day_after_and_seven_weeks_later(demo: Office) -> None:
    """Five claims, killed from 5+ to 6; then nine, up to 8."""
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2013-02-09 --claimant police --killed 5+ --injured >25 --received 2013-02-09
        incident claimed INC-HURRIYA-2013-02-09 --claimant press --killed 5+ --injured ~40 --received 2013-02-09
        incident claimed INC-HURRIYA-2013-02-09 --claimant security_source --killed 6 --received 2013-02-09
        incident claimed INC-HURRIYA-2013-02-09 --claimant un_news --killed 6 --received 2013-02-09
        incident claimed INC-HURRIYA-2013-02-09 --claimant us_state --killed 6 --received 2013-02-09
        incident claimed INC-HURRIYA-2013-02-09 --claimant unhcr --killed 8 --received 2013-03-18
    """,
    )
    asked = "claims --incident INC-HURRIYA-2013-02-09 --as-known"
    then = [shown(row, "killed")[0] for row in demo.query(f"{asked} 2013-02-10")]
    later = [shown(row, "killed")[0] for row in demo.query(f"{asked} 2013-03-31")]
    assert then == ["5+", "5+", "6", "6", "6"]
    assert later == [*then, "6", "8", "7", "8"]


def test_claims_on_october_2015_in_order_of_statement(demo: Office) -> None:
    """About 20, 23, at least 26, 24: the toll fell."""
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2015-10-29 --claimant unhcr --killed ~20 --received 2015-10-29
        incident claimed INC-HURRIYA-2015-10-29 --claimant residents --killed 23 --received 2015-10-30
        incident claimed INC-HURRIYA-2015-10-29 --claimant un_sg --killed 26+ --received 2015-10-30
        incident claimed INC-HURRIYA-2015-10-29 --claimant unhcr --killed 24 --received 2015-12
    """,
    )
    rows = demo.query("claims --incident INC-HURRIYA-2015-10-29")
    assert [shown(row, "killed")[0] for row in rows] == ["~20", "23", "26+", "24"]


def test_the_injured_of_july_2016(demo: Office) -> None:
    """40 and more than 50 by the residents, 0 by UNHCR; the missing were stated by nobody."""
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2016-07-04 --claimant residents --killed 0 --injured 40
        incident claimed INC-HURRIYA-2016-07-04 --claimant residents --killed 0 --injured '>50'
        incident claimed INC-HURRIYA-2016-07-04 --claimant unhcr --killed 0 --injured 0
    """,
    )
    rows = demo.query("claims --incident INC-HURRIYA-2016-07-04")
    assert [(row["claimant"], shown(row, "injured")[0], row["missing"]) for row in rows] == [
        ("residents", "40", None), ("residents", ">50", None), ("unhcr", "0", None),
    ]  # fmt: skip


def test_arrivals_by_august_2012(demo: Office) -> None:
    """About 2,013 against 1,935; convoy 5 (338 to make the sum right), or those of about 400."""
    holds(
        demo,
        """
        movement made MOV-PR-034 --from ashraf --to hurriya --count 416 --convoy 5 --occurred 2012-05-05
        figure stated FIG-PR-039 --measure arrived_total --place hurriya --count 1935 --claimant un_sg --occurred 2012-08-01
    """,
    )
    (row,) = [
        row for row in findings(demo, "arrived_differs", "--on 2012-08-01")
        if row["facts"][0] == "FIG-PR-039/1"
    ]  # fmt: skip
    assert "1935 stated by un_sg for 2012-08-01, ~2013 by the books: residual ~-78" in row["text"]
    assert "MOV-PR-034/1 ~338 instead of 416" in row["text"]
    assert {f"MOV-PR-{number}/1" for number in ("027", "028", "032", "034")} < set(row["facts"])


def test_the_page_of_2015(demo: Office) -> None:
    """3,280 at first, about 2,400 present, about 637 relocated, one claimant: residual 243."""
    holds(
        demo,
        """
        figure stated FIG-PR-134 --measure baseline --place ashraf --count 3280 --claimant un_dpa --occurred 2015
        figure stated FIG-PR-104 --measure present --place hurriya --count ~2400 --claimant un_dpa --occurred 2015
        figure stated FIG-PR-105 --measure relocated_total --place abroad --count ~637 --claimant un_dpa --occurred 2015
    """,
    )
    (row,) = findings(demo, "baseline_residual")
    assert row["facts"] == ["FIG-PR-134/1", "FIG-PR-104/1", "FIG-PR-105/1"]
    assert row["text"].endswith("residual ~243")
    assert findings(demo, "baseline_residual", "--as-known 2014-12-31") == []


def test_the_trust_fund(demo: Office) -> None:
    """1,600,000 USD pledged, nothing recorded as paid; 20 and 50 million are another fund."""
    holds(
        demo,
        """
        fund pledged FND-PR-083 --fund trust-fund --donor USA --money '1000000 USD'
        fund pledged FND-PR-107 --fund trust-fund --donor IRQ --money '500000 USD' --note 'Government of Iraq pledge USD 500,000 - outstanding (unpaid).'
        fund pledged FND-PR-108 --fund trust-fund --donor KOR --money '100000 USD'
        figure stated FIG-PR-106 --measure pledged_total --count 1600000 --currency USD --claimant un_dpa
        fund received FND-PR-121 --fund albania --donor USA --money '20000000 USD' --reason 'A contribution without a pledge on record.'
        fund pledged FND-PR-122 --fund albania --donor USA --money '50000000 USD'
    """,
    )
    rows = demo.query("fund")
    sums = {
        (row["fund"], row["donor"]): [
            row[n] for n in ("pledged", "received", "spent", "outstanding")
        ]
        for row in rows
    }
    assert sums["trust-fund", "total"] == [1600000, 0, 0, 1600000]
    assert sums["trust-fund", "IRQ"] == [500000, 0, 0, 500000]
    assert sums["albania", "total"] == [50000000, 20000000, 0, 50000000]


# The lies real data tells -------------------------------------------------------------------------


@pytest.fixture
def mission(office: Office) -> Office:
    """A ledger with a camp that has people in it."""
    office.ok("init --timezone Asia/Baghdad --actor HRO-07")
    return office.all("""
        site opened SIT-HURRIYA --name 'Camp New Iraq' --timezone Asia/Baghdad --at 2011-12-25 --received 2011-12-25
        movement made MOV-IN --from outside --to hurriya --count 3000 --opening --at 2012-02-18 --received 2012-02-18
    """)


def test_the_same_blast_reported_by_three_officers(mission: Office) -> None:
    mission.all("""
        incident opened INC-A --site hurriya --kind attack --title 'Rockets at dawn' --at 2013-02-09T05:45 --received 2013-02-09 --actor HRO-01
        incident opened INC-B --site hurriya --kind attack --title Explosions --at 2013-02-09T06:00 --received 2013-02-09 --actor HRO-02
        incident opened INC-C --site hurriya --kind attack --title 'Attack on the camp' --at 2013-02-09 --received 2013-02-10 --actor HRO-03
        incident claimed INC-A --claimant police --killed 5+ --at 2013-02-09 --received 2013-02-09
        incident claimed INC-B --claimant police --killed 5+ --at 2013-02-09 --received 2013-02-09
    """)
    (row,) = findings(mission, "likely_duplicate")
    assert (row["severity"], set(row["facts"])) == ("info", {"INC-A/1", "INC-B/1", "INC-C/1"})
    mission.all("""
        incident merged INC-B --into INC-A --at 2013-02-12 --received 2013-02-12
        incident merged INC-C --into INC-A --at 2013-02-12 --received 2013-02-12
    """)
    assert findings(mission, "likely_duplicate") == []
    assert [row["id"] for row in mission.query("incidents")] == ["INC-A"]
    claims = mission.query("claims --incident INC-A")
    assert [row["fact"] for row in claims] == ["INC-A/2", "INC-B/2"]
    assert len(mission.query("incidents --as-known 2013-02-11")) == 3


def test_police_agencies_residents_and_the_un_with_four_tolls(demo: Office) -> None:
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2013-02-09 --claimant police --killed 5+
        incident claimed INC-HURRIYA-2013-02-09 --claimant un_news --killed 6
        incident claimed INC-HURRIYA-2013-02-09 --claimant press --killed 7
        incident claimed INC-HURRIYA-2013-02-09 --claimant residents --killed 8 --injured '>100'
    """,
    )
    rows = demo.query("claims --incident INC-HURRIYA-2013-02-09")
    assert {shown(row, "killed")[0] for row in rows} == {"5+", "6", "7", "8"}
    (incident,) = demo.query("incidents --incident INC-HURRIYA-2013-02-09")
    assert (incident["adopted"], incident["claims"]) == (None, 9)


def test_a_toll_that_falls_from_26_to_24(demo: Office) -> None:
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2015-10-29 --claimant un_sg --killed 26+ --received 2015-10-30
        incident claimed INC-HURRIYA-2015-10-29 --claimant unhcr --killed 24 --received 2015-12
    """,
    )
    known = {
        day: [
            shown(row, "killed")[0]
            for row in demo.query(f"claims --incident INC-HURRIYA-2015-10-29 --as-known {day}")
        ]
        for day in ("2015-10-29", "2015-10-30", "2015-12-30", "2015-12-31")
    }
    assert known["2015-10-29"] == ["~20"]
    assert known["2015-10-30"][-1] == known["2015-12-30"][-1] == "26+"
    assert known["2015-12-31"][-1] == "24"


def test_no_casualties_against_forty_injured(demo: Office) -> None:
    holds(
        demo,
        """
        incident claimed INC-HURRIYA-2016-07-04 --claimant unhcr --killed 0 --injured 0
        incident claimed INC-HURRIYA-2016-07-04 --claimant residents --killed 0 --injured 40
    """,
    )
    rows = demo.query("claims --incident INC-HURRIYA-2016-07-04 --explain")
    assert [fact["says"] for fact in rows[-1]["explain"]["row"]] == [
        {"killed": "0", "injured": "0"}
    ]


def test_416_or_338_in_one_convoy(demo: Office) -> None:
    """More than 400 by the residents meets 416, and 338 is what the total of the UN would need."""
    holds(
        demo,
        """
        movement made MOV-PR-034 --count 416
        figure stated FIG-PR-035 --measure convoy_size --movement MOV-PR-034 --count '>400' --claimant residents
        figure stated FIG-PR-039 --measure arrived_total --count 1935
    """,
    )
    assert findings(demo, "convoy_size_differs") == []
    assert any("MOV-PR-034/1 ~338 instead of 416" in row["text"]
               for row in findings(demo, "arrived_differs"))  # fmt: skip


def test_a_convoy_of_338_would_be_met_by_nobody_who_counted_400(mission: Office) -> None:
    mission.all("""
        movement made MOV-5 --from outside --to hurriya --count 416 --convoy 5 --at 2012-05-05 --received 2012-05-05
        figure stated FIG-5 --measure convoy_size --movement MOV-5 --count '>400' --claimant residents --at 2012-05-05 --received 2012-05-05
        fact corrected MOV-5 --of 1 --set count=338 --reason 'the running total of the UN' --received 2012-08-01
    """)
    assert findings(mission, "convoy_size_differs", "--as-known 2012-07-31") == []
    (row,) = findings(mission, "convoy_size_differs")
    assert (row["about"], row["severity"]) == ("MOV-5", "error")


def test_monday_18_november_that_was_a_tuesday(demo: Office) -> None:
    holds(
        demo,
        """
        movement made MOV-PR-101 --from hurriya --to ALB --count 120 --occurred 'Monday 2014-11-18'
        fact assessed MOV-PR-101 --status unsubstantiated
    """,
    )
    (row,) = findings(demo, "weekday_wrong")
    assert (row["facts"], row["text"][-13:]) == (["MOV-PR-101/1"], "was a Tuesday")
    albania = one(demo.query("placements --on 2014-12-31"), country="ALB")
    assert albania["relocated"]["text"] == "186"


def test_annual_totals_beside_the_groups_they_contain(demo: Office) -> None:
    """197 in 2013, 278 in 2014: the groups of a year are set beside its total, never added to it."""
    holds(
        demo,
        """
        figure stated FIG-PR-088 --measure relocated_year --place ALB --count 197 --occurred 2013-12-31
        figure stated FIG-PR-102 --measure relocated_year --place ALB --count 278 --occurred 2014-12-31
        movement made MOV-PR-100 --from hurriya --to ALB --count 115 --occurred 2014-11-11
    """,
    )
    told = {row["facts"][0]: row["text"] for row in findings(demo, "relocated_year_differs")}
    assert "197 stated by unhcr for 2013-12-31, 71 by the books" in told["FIG-PR-088/1"]
    assert "278 stated by unhcr for 2014-12-31, 115 by the books" in told["FIG-PR-102/1"]
    albania = one(demo.query("placements --on 2014-12-31"), country="ALB")
    assert albania["relocated"]["text"] == "186"


def test_a_camp_renamed_twice(mission: Office) -> None:
    mission.all("""
        site renamed SIT-HURRIYA --name 'Camp Liberty' --at 2012-01-31 --received 2012-01-31
        site renamed SIT-HURRIYA --name 'Camp Hurriya' --at 2012-06-01 --received 2012-06-20
    """)
    names = {
        day: one(mission.query(f"population --on {day}"), place="hurriya")["name"]
        for day in ("2012-01-30", "2012-01-31", "2012-06-01")
    }
    assert list(names.values()) == ["Camp New Iraq", "Camp Liberty", "Camp Hurriya"]
    before = mission.query("population --on 2012-06-01 --as-known 2012-06-19")
    assert one(before, place="hurriya")["name"] == "Camp Liberty"
    for name in ("hurriya", "Camp New Iraq", "camp liberty", "CAMP HURRIYA", "SIT-HURRIYA"):
        assert mission.query(f"population --place '{name}'")[0]["place"] == "hurriya"


def test_both_camps_of_the_record_go_by_each_of_their_names(demo: Office) -> None:
    holds(
        demo,
        """
        site opened SIT-ASHRAF --aliases 'Camp New Iraq'
        site opened SIT-HURRIYA --aliases 'Camp Liberty' --aliases TTL
    """,
    )
    for name in ("Camp Hurriya", "Camp Liberty", "ttl"):
        assert demo.query(f"population --place '{name}'")[0]["place"] == "hurriya"
    assert demo.query("population --place 'Camp New Iraq'")[0]["place"] == "ashraf"


def test_a_month_with_no_day(demo: Office) -> None:
    """One resident died in December 2012: possible from the first, counted by the last."""
    holds(demo, "movement made MOV-PR-050 --from hurriya --to dead --count 1 --occurred 2012-12")
    dead = {day: one(demo.query(f"population --on {day} --place dead"), place="dead")
            for day in ("2012-11-30", "2012-12-01", "2012-12-30", "2012-12-31")}  # fmt: skip
    assert [(row["count"]["text"], row["possible"]) for row in dead.values()] == [
        ("1", []), ("1", ["MOV-PR-050/1"]), ("1", ["MOV-PR-050/1"]), ("2", []),
    ]  # fmt: skip


def test_someone_injured_in_february_who_dies_in_march(mission: Office) -> None:
    """Killed rises in what is known now, and stays as it was in what was known then."""
    mission.all("""
        incident opened INC-A --site hurriya --kind attack --title Rockets --at 2013-02-09T05:45 --received 2013-02-09
        incident claimed INC-A --claimant unami --killed 7 --injured 50 --at 2013-02-09 --received 2013-02-12
        incident adopted INC-A --basis 2 --at 2013-02-12 --received 2013-02-12
        incident claimed INC-A --claimant residents --killed 8 --injured 49 --at 2013-03-13 --received 2013-03-14
        incident adopted INC-A --basis 4 --reason 'the eighth died of his wounds' --at 2013-03-18 --received 2013-03-18
    """)
    on = "population --on 2013-02-09 --place dead"
    then = mission.query(f"{on} --as-known 2013-03-17")
    now = mission.query(on)
    assert [shown(row, "count")[0] for row in (*then, *now)] == ["7", "8"]
    (incident,) = mission.query("incidents --as-known 2013-03-17")
    assert shown(incident["adopted"], "killed", "injured") == ("7", "50")
    (incident,) = mission.query("incidents")
    assert shown(incident["adopted"], "killed", "injured") == ("8", "49")


def test_a_pledge_that_is_never_paid(demo: Office) -> None:
    holds(demo, "fund pledged FND-PR-107 --fund trust-fund --donor IRQ --money '500000 USD'")
    row = one(findings(demo, "pledge_outstanding"), about="FND-PR-107")
    assert (row["severity"], row["facts"]) == ("info", ["FND-PR-107/1"])
    assert "500000 are outstanding" in row["text"]
    assert one(findings(demo, "pledge_outstanding", "--on 2030-01-01"), about="FND-PR-107")


def test_seven_people_missing_stay_open_until_found(demo: Office, mission: Office) -> None:
    holds(demo, "incident claimed INC-ASHRAF-2013-09-01 --claimant ohchr --killed 52 --missing 7")
    (row,) = findings(demo, "still_missing")
    assert row["about"] == "INC-ASHRAF-2013-09-01"
    assert len(row["facts"]) == 3
    assert findings(demo, "still_missing", "--on 2030-01-01") == [row]
    mission.all("""
        incident opened INC-A --site hurriya --kind attack --title x --at 2013-09-01 --received 2013-09-01
        incident claimed INC-A --claimant ohchr --killed 52 --missing 7 --at 2013-09-01 --received 2013-09-24
    """)
    assert findings(mission, "still_missing")[0]["about"] == "INC-A"
    mission.all("incident adopted INC-A --basis 2 --at 2013-10-01 --received 2013-10-01")
    assert findings(mission, "still_missing")[0]["about"] == "missing"
    mission.all(
        "movement made --from missing --to hurriya --count 6 --at 2014-01-01 --received 2014-01-01"
    )
    assert findings(mission, "still_missing")[0]["text"].startswith("1 people")
    mission.all(
        "movement made --from missing --to hurriya --count 1 --at 2016-01-01 --received 2016-01-01"
    )
    assert findings(mission, "still_missing") == []
    assert len(findings(mission, "still_missing", "--on 2015-12-31")) == 1


# One resident, from registration to Albania -------------------------------------------------------

LIFE = """
    case registered RES-A --sex f --age-band adult --site hurriya --at 2012-03-01 --received 2012-03-01
    case advanced RES-A --state rsd_interviewed --at 2012-04-10 --received 2012-04-10
    case advanced RES-A --state in_need_of_protection --at 2012-08-01 --received 2012-08-01
    case advanced RES-A --state identified --at 2012-08-20 --received 2012-08-20
    case advanced RES-A --state submitted --country ALB --category LPN --solution humanitarian_admission --at 2012-09-01 --received 2012-09-01
    case advanced RES-A --state accepted --at 2013-01-15 --received 2013-01-16
    case advanced RES-A --state documents_issued --at 2013-03-01 --received 2013-03-01
    case advanced RES-A --state exit_cleared --at 2013-04-20 --received 2013-04-20
    case advanced RES-A --state booked --at 2013-05-02 --received 2013-05-02
    movement made MOV-F --from hurriya --to ALB --count 1 --mode flight --residents RES-A --at 2013-05-16 --received 2013-05-16
    case advanced RES-A --state arrived --at 2013-05-17 --received 2013-05-18
"""


def test_a_resident_comes_to_albania_with_one_illegal_step_refused_on_the_way(
    mission: Office,
) -> None:
    steps = [line.strip() for line in LIFE.strip().splitlines()]
    for line in steps[:5]:
        mission.ok(f"record {line}")
    before = mission.position
    refused = mission("record movement made --from hurriya --to ALB --count 1 --residents RES-A "
                      "--at 2012-10-01 --received 2012-10-01 -f json")  # fmt: skip
    assert (refused.code, refused.error["code"], refused.out) == (4, "E3801", "")
    assert mission.position == before
    for line in steps[5:]:
        mission.ok(f"record {line}")
    row = one(mission.query("cases"), id="RES-A")
    assert (row["state"], row["country"], row["since"][:10]) == ("arrived", "ALB", "2013-05-17")
    assert one(mission.query("cases --as-known 2013-05-17"), id="RES-A")["state"] == "departed"
    assert one(mission.query("placements"), country="ALB")["cases"] == {"arrived": 1}
    assert one(mission.query("population"), place="ALB")["count"]["text"] == "1"
    assert mission.ok("show RES-A").out.count("case advanced RES-A/") == 10
    assert mission("check").code == 0


# What does not fit together -----------------------------------------------------------------------

#: Findings that set a number beside the books: their candidates are movements.
AGAINST_THE_BOOKS = {
    "present_differs", "arrived_differs", "relocated_differs", "relocated_year_differs",
}  # fmt: skip


def test_check_exits_with_7_and_counts_what_it_found(demo: Office) -> None:
    answer = demo("check -f json")
    assert answer.code == 7
    assert Counter(row["rule"] for row in answer.rows) == {
        "present_differs": 15,
        "arrived_differs": 5,
        "relocated_differs": 9,
        "relocated_year_differs": 3,
        "baseline_residual": 1,
        "weekday_wrong": 1,
        "pledge_outstanding": 4,
        "still_missing": 1,
    }
    assert demo("check").code == 7


def test_every_finding_names_its_facts_and_its_candidates(demo: Office) -> None:
    known = {row["fact"] for row in demo.ok("log -f json").rows}
    for row in demo("check -f json").rows:
        assert row["facts"], row
        assert set(row["facts"]) <= known
        assert len(set(row["facts"])) == len(row["facts"])
        if row["rule"] in AGAINST_THE_BOOKS:
            statement, *candidates = row["facts"]
            assert statement.startswith("FIG-")
            assert all(fact.startswith("MOV-") for fact in candidates)
            assert ("to make the sum right" in row["text"]) is bool(candidates)
            assert "by the books: residual" in row["text"]


def test_the_candidates_of_a_finding_make_its_sum_right(demo: Office) -> None:
    """Each, corrected as the finding says, and alone, is enough."""
    row = one(
        findings(demo, "relocated_differs"), about="abroad", facts=[
            "FIG-PR-073/1", "MOV-PR-065/1", "MOV-PR-066/1", "MOV-PR-070/1",
        ],
    )  # fmt: skip
    assert "135 stated by unami for 2013-07-16, 71 by the books: residual 64" in row["text"]
    for fact, right, count in (("065", 78, 14), ("066", 94, 30), ("070", 91, 27)):
        assert f"MOV-PR-{fact}/1 {right} instead of {count}" in row["text"]
        assert right - count == 135 - 71
