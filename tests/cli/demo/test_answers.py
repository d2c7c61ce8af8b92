"""What a user checks first in the public record of 2009-2016: each answer is a sentence here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.conftest import Office

Rows = list[dict[str, Any]]


def texts(row: dict[str, Any], *fields: str) -> tuple[str | None, ...]:
    """Figures of a row by their texts."""
    return tuple(row[field] and row[field]["text"] for field in fields)


def one(rows: Rows, **wanted: str) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


# Population --------------------------------------------------------------------------------------


def test_397_people_were_at_hurriya_after_the_first_convoy(demo: Office) -> None:
    """On 18 February 2012: 397 exact, the first convoy, and nothing stated yet."""
    (row,) = demo.query("population --on 2012-02-18 --place hurriya")
    assert texts(row, "count", "stated", "residual") == ("397", None, None)
    assert row["count"]["about"] is False
    (movement,) = demo.query("movements --place hurriya --to 2012-02-18")
    assert (movement["id"], movement["convoy"]) == ("MOV-PR-025", "1")


def test_about_1196_against_about_1200_stated_after_the_third_convoy(demo: Office) -> None:
    """On 20 March 2012: 397 + about 400 + about 400, and one man who died on arrival."""
    rows = demo.query("population --on 2012-03-20")
    row = one(rows, place="hurriya")
    assert texts(row, "count", "residual") == ("~1196", "~4")
    assert texts(row["stated"], "count") == ("~1200",)
    assert texts(one(rows, place="dead"), "count") == ("1",)


def test_nobody_is_created_or_lost_by_the_books(demo: Office) -> None:
    """The sum over all places is zero on every day, as known on every other."""
    for day in ("2009-06-30", "2012-02-18", "2012-08-01", "2013-09-12"):
        for known in ("", f" --as-known {day}"):
            rows = demo.query(f"population --on {day}{known}")
            assert rows
            assert sum(row["count"]["low"] for row in rows) == 0
            assert sum(row["count"]["high"] for row in rows) == 0
    # Later an arrival of "at least" is open above; then what one place gains another may lose.
    counts = [row["count"] for row in demo.query("population --on 2016-09-10")]
    assert [c["low"] for c in counts].count(None) == [c["high"] for c in counts].count(None) == 1


def test_a_camp_goes_by_each_of_its_names(demo: Office) -> None:
    """Camp Hurriya, Camp Liberty and TTL are one place; so are Camp Ashraf and Camp New Iraq."""
    names = ("hurriya", "Camp Hurriya", "camp liberty", "TTL", "SIT-HURRIYA")
    asked = [f"population --on 2012-03-20 --place '{name}'" for name in names]
    answers = [demo.query(line) for line in asked]
    assert all(answer == answers[0] for answer in answers)
    assert demo.query("population --place 'Camp New Iraq'") == demo.query(
        "population --place ashraf"
    )


# Placements --------------------------------------------------------------------------------------


def test_367_were_stated_relocated_by_march_2014_and_78_are_in_the_books(demo: Office) -> None:
    """On 31 March 2014: stated 367, of which Albania 208 and Germany 91; computed from groups 78,
    71 to Albania and 7 to Italy; residuals 289, 137 and 91."""
    rows = demo.query("placements --on 2014-03-31")
    found = {
        row["country"]: (
            *texts(row, "relocated"),
            row["stated"] and row["stated"]["count"]["text"],
            *texts(row, "residual"),
        )
        for row in rows
    }
    assert found["total"] == ("78", "367", "289")
    assert found["ALB"] == ("71", "208", "137")
    assert found["DEU"] == ("0", "91", "91")
    assert found["ITA"] == ("7", None, None)
    assert [row["country"] for row in rows][-1] == "total"


def test_annual_totals_stand_beside_the_groups_they_contain(demo: Office) -> None:
    """What UNHCR states for all of 2013 (197 to Albania) is compared with that year's groups."""
    finding = one(demo.query("findings --on 2013-12-31"), rule="relocated_year_differs")
    assert (finding["about"], finding["severity"]) == ("ALB", "error")
    assert "197 stated" in finding["text"]
    assert "71 by the books: residual 126" in finding["text"]


# Claims ------------------------------------------------------------------------------------------


def test_five_claims_were_known_the_day_after_the_attack_of_february_2013(demo: Office) -> None:
    """As known on 10 February 2013: five claims, killed from 5+ to 6."""
    rows = demo.query("claims --incident INC-HURRIYA-2013-02-09 --as-known 2013-02-10")
    assert [texts(row, "killed")[0] for row in rows] == ["5+", "5+", "6", "6", "6"]
    assert len({row["claimant"] for row in rows}) == 5


def test_nine_claims_were_known_seven_weeks_later(demo: Office) -> None:
    """As known on 31 March 2013: nine claims, killed up to 8; side by side, none merged.

    Somebody injured in February who dies in March: killed rises in what is known now, and stays as
    it was in what was known then.
    """
    rows = demo.query("claims --incident INC-HURRIYA-2013-02-09 --as-known 2013-03-31")
    assert len(rows) == 9
    assert {texts(row, "killed")[0] for row in rows} == {"5+", "6", "7", "8"}
    assert max(row["killed"]["low"] for row in rows) == 8
    now = demo.query("claims --incident INC-HURRIYA-2013-02-09")
    assert now == rows


def test_the_toll_of_october_2015_fell(demo: Office) -> None:
    """Claims on 29 October 2015 in order of statement: about 20, 23, at least 26, then 24."""
    rows = demo.query("claims --incident INC-HURRIYA-2015-10-29")
    assert [texts(row, "killed")[0] for row in rows] == ["~20", "23", "26+", "24"]
    known = demo.query("claims --incident INC-HURRIYA-2015-10-29 --as-known 2015-11-30")
    assert [texts(row, "killed")[0] for row in known] == ["~20", "23", "26+"]


def test_no_casualties_is_not_unknown(demo: Office) -> None:
    """Injured on 4 July 2016: 40 and more than 50 (residents), 0 (UNHCR)."""
    rows = demo.query("claims --incident INC-HURRIYA-2016-07-04")
    assert [(row["claimant"], *texts(row, "injured")) for row in rows] == [
        ("residents", "40"), ("residents", ">50"), ("unhcr", "0"),
    ]  # fmt: skip
    assert all(row["missing"] is None for row in rows)


def test_competing_tolls_stay_beside_each_other(demo: Office) -> None:
    """28 July 2009: 11, 9 and at least 9 killed, by three claimants; nobody's is preferred."""
    rows = demo.query("claims --incident INC-ASHRAF-2009-07-28")
    assert sorted(texts(row, "killed")[0] or "" for row in rows) == ["11", "9", "9+"]
    assert {row["status"] for row in rows} == {"reported"}


def test_seven_missing_stay_missing(demo: Office) -> None:
    """1 September 2013: 52 killed and seven missing, of whom nobody has said more."""
    rows = demo.query("claims --incident INC-ASHRAF-2013-09-01")
    assert {texts(row, "missing")[0] for row in rows} == {"7"}


# Findings ----------------------------------------------------------------------------------------


def test_arrivals_by_august_2012_differ_and_convoy_five_could_explain_it(demo: Office) -> None:
    """On 1 August 2012: about 2,013 computed against 1,935 stated; the candidates are convoy 5
    (416, or 338 to make the sum right) and the convoys given as about 400."""
    findings = demo.query("findings --on 2012-08-01 --place hurriya")
    (finding,) = [
        row for row in findings
        if row["rule"] == "arrived_differs" and "FIG-PR-039/1" in row["facts"]
    ]  # fmt: skip
    assert "1935 stated by un_sg" in finding["text"]
    assert "~2013 by the books: residual ~-78" in finding["text"]
    assert "MOV-PR-034/1 ~338 instead of 416" in finding["text"]
    assert {"MOV-PR-027/1", "MOV-PR-028/1", "MOV-PR-032/1", "MOV-PR-034/1"} < set(finding["facts"])
    (convoy,) = [row for row in demo.query("movements") if row["id"] == "MOV-PR-034"]
    assert (convoy["convoy"], convoy["grade"]) == ("5", "D4")


def test_416_or_more_than_400_in_one_convoy_do_not_contradict(demo: Office) -> None:
    """The residents' more than 400 and the official's 416 meet, so that is no finding."""
    assert not [row for row in demo.query("findings") if row["rule"] == "convoy_size_differs"]
    (size,) = [row for row in demo.query("figures") if row["measure"] == "convoy_size"]
    assert texts(size, "count") == (">400",)


def test_the_page_of_2015_does_not_add_up_by_243(demo: Office) -> None:
    """3,280 at first, about 2,400 present, about 637 relocated, by one claimant: residual 243."""
    finding = one(demo.query("findings"), rule="baseline_residual")
    assert finding["about"] == "ashraf"
    for words in ("un_dpa", "3280", "~2400", "~637", "residual ~243"):
        assert words in finding["text"]
    assert len(finding["facts"]) == 3


def test_a_monday_that_was_a_tuesday_is_a_finding(demo: Office) -> None:
    finding = one(demo.query("findings"), rule="weekday_wrong")
    assert finding["facts"] == ["MOV-PR-101/1"]
    assert finding["text"].endswith("was a Tuesday")


def test_what_was_found_wanting_is_listed_and_not_counted(demo: Office) -> None:
    """PR-101, a group that nobody confirmed, is assessed unsubstantiated: it stays in the list."""
    (row,) = [row for row in demo.query("movements") if row["id"] == "MOV-PR-101"]
    assert row["status"] == "unsubstantiated"
    with_it = demo.query("population --on 2014-11-30 --place hurriya")
    before = demo.query("population --on 2014-11-17 --place hurriya")
    others = [
        row for row in demo.query("movements --from 2014-11-18 --to 2014-11-30 --place hurriya")
        if row["status"] == "reported"
    ]  # fmt: skip
    moved = sum(row["count"]["low"] * (1 if row["to"] == "hurriya" else -1) for row in others)
    assert with_it[0]["count"]["low"] == before[0]["count"]["low"] + moved


def test_a_month_with_no_day_happened_by_its_end_and_possibly_before(demo: Office) -> None:
    """The residents' 3,200 of January 2012 counts from the end of that month."""
    on = {
        day: one(demo.query(f"population --on {day} --place ashraf"), place="ashraf")["stated"]
        for day in ("2012-01-30", "2012-01-31")
    }
    assert on["2012-01-30"]["fact"] == "FIG-PR-021/1"
    assert on["2012-01-31"]["fact"] == "FIG-PR-023/1"
    assert on["2012-01-31"]["count"]["text"] == "3200"


def test_what_the_ledger_finds_wrong_is_exit_7(demo: Office) -> None:
    answer = demo("check -f json")
    assert answer.code == 7
    counts = demo.ok("status -f json").json["findings"]
    for severity in ("error", "warning", "info"):
        assert counts[severity] == sum(row["severity"] == severity for row in answer.rows)


# The fund ----------------------------------------------------------------------------------------


def test_1600000_dollars_were_pledged_and_none_is_recorded_as_paid(demo: Office) -> None:
    """The trust fund: 1,600,000 USD pledged, no payment recorded, so all of it outstanding; the
    statement that Iraq's 500,000 is unpaid stands beside it; Albania's millions are another."""
    rows = demo.query("fund")
    total = one(rows, fund="trust-fund", donor="total")
    assert (total["pledged"], total["received"], total["outstanding"]) == (1600000, 0, 1600000)
    iraq = one(rows, fund="trust-fund", donor="IRQ")
    assert iraq["outstanding"] == 500000
    assert {row["fund"] for row in rows} == {"trust-fund", "albania"}


# The demo itself ---------------------------------------------------------------------------------


def test_every_row_of_the_record_is_recorded_or_waits(demo: Office) -> None:
    """134 rows, none refused; every fact but those of the map's beginning has its source."""
    outcome = demo.ok("demo . -f json").json["import"]
    assert outcome["recorded"] == outcome["rejected"] == 0
    assert outcome["already"] + outcome["waiting"] == 134
    facts = demo.ok("log -f json").rows
    sourced = [row for row in facts if row.get("source")]
    assert len(sourced) >= 90
    assert all(row["actor"] == "HRO-00" for row in facts)


def test_the_three_commands_that_the_demo_suggests_work(office: Office) -> None:
    office.ok("init elsewhere")  # the suggestions name the demo's folder
    out = office.ok("demo").out
    suggested = out.partition("Next, try:\n")[2].strip().splitlines()
    assert len(suggested) == 3
    for line in suggested:
        assert office.ok(line.strip()).out
