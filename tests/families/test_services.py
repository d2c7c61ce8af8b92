"""What was measured, for each person, and whether it is enough by which standard."""

# facts are one a line

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.values.figure import Figure
from ledger.vocabulary import terms
from projections import services
from projections.services import standards
from tests.conftest import tell
from tests.families.conftest import ends, of

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.cli.conftest import Office
    from tests.families.conftest import Ask

PEOPLE = "movement made MOV-A --from outside --to hurriya --count {} --occurred 2012-03-01 --received 2012-03-01\n"


def measured(value: str, unit: str = "l_per_day", indicator: str = "water_supply") -> str:
    return (
        f"service measured SVC-A --site hurriya --indicator {indicator} --value {value} "
        f"--unit {unit} --occurred 2012-03-15 --received 2012-03-15"
    )


def row(ask: Ask, **asked: Any) -> dict[str, Any]:
    return of(ask("services", **asked), id="SVC-A")


@pytest.mark.parametrize(
    ("people", "value", "unit", "amount", "result"),
    [
        ("1000", "15000", "l_per_day", "15", "pass"),
        ("1000", "14999", "l_per_day", "14.99", "fail"),
        ("1000", "14", "m3_per_day", "14", "fail"),
        ("~1000", "20", "m3_per_day", "~20", "pass"),
        ("900-1100", "15000", "l_per_day", "13.63-16.66", "unknown"),
        ("900-1100", "20000", "l_per_day", "18.18-22.22", "pass"),
        ("1000+", "14000", "l_per_day", "0-14", "fail"),
        ("1000+", "16000", "l_per_day", "0-16", "unknown"),
        ("<5", "16000", "l_per_day", "unknown", "unknown"),
        ("1000", "14.5", "l_per_person_day", "14.5", "fail"),
    ],
)
def test_litres_of_a_camp_are_litres_of_a_person_by_the_population_of_that_day(
    ledger: Ledger, ask: Ask, people: str, value: str, unit: str, amount: str, result: str
) -> None:
    tell(ledger, PEOPLE.format(people) + measured(value, unit))
    found = row(ask, standard="sphere-2018")
    assert (found["amount"], found["result"]) == (amount, result)
    assert found["amount_unit"] == "l_per_person_day"
    if unit != "l_per_person_day" and people != "<5":
        assert people in found["basis"]


def test_where_nobody_is_in_the_books_the_result_is_unknown(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, measured("15000"))
    found = row(ask)
    assert (found["amount"], found["result"]) == ("unknown", "unknown")
    assert "unknown" in found["basis"]


def test_the_population_is_that_of_the_day_as_known_then(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, PEOPLE.format("1000") + measured("15000"))
    tell(
        ledger,
        """
        movement made MOV-B --from outside --to hurriya --count 500 --occurred 2012-03-10 --received 2012-04-10
        movement made MOV-C --from outside --to hurriya --count 9000 --occurred 2012-03-16 --received 2012-03-16
    """,
    )
    assert (row(ask)["amount"], row(ask)["result"]) == ("10", "fail")
    assert row(ask, as_known="2012-04-09")["result"] == "pass"
    assert row(ask, since=ends("2012-03-13"))["amount"] == "10"


def test_a_standard_is_asked_by_its_name_and_never_kept(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, PEOPLE.format("1000") + measured("15000"))
    both = row(ask)["verdicts"]
    assert [verdict["standard"] for verdict in both] == ["sphere-2018", "mou-2011"]
    (verdict,) = row(ask, standard="mou-2011")["verdicts"]
    assert verdict == {"standard": "mou-2011", "edition": "2011-12-25", "clause": "mou-standards",
                       "at_least": "15", "result": "pass"}  # fmt: skip


def test_what_no_standard_names_has_no_result(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, measured("20", "hours_per_day", "electricity"))
    assert (row(ask)["result"], row(ask)["verdicts"]) == (None, [])


def test_a_limit_from_above_is_kept_at_the_limit(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, measured("20", "people_per_toilet", "toilets"))
    assert row(ask)["result"] == "pass"
    tell(ledger, "fact corrected SVC-A --of 1 --set value=21 --reason 'one is broken'")
    assert row(ask)["result"] == "fail"
    assert row(ask, as_known="2012-03-15")["result"] == "pass"


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (measured("1500", "l_per_person_day"), 1),
        (measured("1500000"), 1),
        (measured("25", "hours_per_day", "electricity"), 1),
        (measured("1000", "l_per_person_day"), 0),
    ],
)
def test_what_cannot_be_is_a_finding(ledger: Ledger, ask: Ask, line: str, count: int) -> None:
    tell(ledger, PEOPLE.format("1000") + line)
    found = [one for one in ask("findings") if one["rule"] == "service_implausible"]
    assert len(found) == count
    assert all(one["facts"] == ["SVC-A/1"] for one in found)


def test_every_threshold_and_every_indicator_is_of_the_lists() -> None:
    indicators, units = terms("service_indicator"), terms("service_unit")
    for standard in standards().values():
        assert standard["title"]
        assert standard["edition"]
        assert set(standard["thresholds"]) <= set(indicators)
        for threshold in standard["thresholds"].values():
            assert set(threshold) <= {"at_least", "at_most"}
            assert len(threshold) == 1
    for indicator in indicators.values():
        first, *others = indicator["units"]
        assert "times" not in units[first]
        assert all("times" in units[unit] for unit in others)
        assert Fraction(indicator["plausible"]) > 0
    assert {unit for one in indicators.values() for unit in one["units"]} == set(units)


def test_a_standard_that_nobody_knows_is_named_with_those_that_are(camp: Office) -> None:
    told = camp("query services --standard sphere-1898")
    assert (told.code, "sphere-2018, mou-2011" in told.err) == (2, True)
    assert camp("query population --standard sphere-2018").code == 2


def test_what_a_camp_got_says_how_it_became_that_of_a_person(camp: Office) -> None:
    camp.all("service measured SVC-A --site hurriya --indicator water_supply --value 28 "
             "--unit m3_per_day --at 2012-03-01 --received 2012-03-01")  # fmt: skip
    (found,) = camp.query("services --standard sphere-2018 --explain")
    assert found["basis"] == (
        "28 m3_per_day / 2000 people at 2012-03-01[Asia/Baghdad] = 14 l_per_person_day"
    )
    assert [fact["fact"] for fact in found["explain"]["population"]] == ["MOV-OPENING/1"]


@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(0, 10**6))
def test_a_figure_that_is_less_sure_is_never_judged_otherwise(
    people: int, more: int, litres: int
) -> None:
    exact = services._amount(str(litres), "l_per_day", Figure(people, people))
    wide = services._amount(str(litres), "l_per_day", Figure(max(1, people - more), people + more))
    sure = services._result("at_least", Fraction(15), exact)
    assert services._result("at_least", Fraction(15), wide) in (sure, "unknown")
