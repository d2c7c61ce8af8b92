"""What the views of the whole record answer at (T, K), by example."""

# facts are one a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import tell
from tests.families.conftest import of, texts

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.families.conftest import Ask

# Cases --------------------------------------------------------------------------------------------

A_CASE = """
case registered RES-A --sex f --age-band adult --site hurriya --occurred 2012-03-01 --received 2012-03-01
case registered RES-B --sex m --age-band older --site ashraf --occurred 2012-03-01 --received 2012-03-01
case advanced RES-A --state rsd_interviewed --occurred 2012-04-10 --received 2012-04-12
case advanced RES-A --state in_need_of_protection --occurred 2012-08-01 --received 2012-09-15
case advanced RES-A --state identified --occurred 2012-09-20 --received 2012-09-20
case advanced RES-A --state submitted --country ALB --category LPN --solution resettlement --occurred 2012-10-01 --received 2012-10-01
case advanced RES-A --state accepted --occurred 2013-01-15 --received 2013-01-20
"""


@pytest.mark.parametrize(
    ("on", "as_known", "state", "country", "since"),
    [
        ("2012-03-01", None, "registered", None, "2012-03-01"),
        ("2012-04-09", None, "registered", None, "2012-03-01"),
        ("2012-04-10", None, "rsd_interviewed", None, "2012-04-10"),
        ("2012-04-10", "2012-04-11", "registered", None, "2012-03-01"),
        ("2012-08-01", "2012-09-14", "rsd_interviewed", None, "2012-04-10"),
        ("2012-08-01", "2012-09-15", "in_need_of_protection", None, "2012-08-01"),
        (None, "2013-01-19", "submitted", "ALB", "2012-10-01"),
        (None, None, "accepted", "ALB", "2013-01-15"),
    ],
)
def test_a_case_stands_where_its_last_step_of_a_day_led_as_known_on_another(
    ledger: Ledger, ask: Ask, on: str, as_known: str, state: str, country: str, since: str
) -> None:
    tell(ledger, A_CASE)
    row = of(ask("cases", on=on, as_known=as_known), id="RES-A")
    assert (row["state"], row["country"], row["since"][:10]) == (state, country, since)


def test_nobody_is_a_case_before_the_office_knew_of_them(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_CASE)
    assert ask("cases", as_known="2012-02-29") == []
    assert ask("cases", on="2012-02-29") == []


def test_cases_are_asked_by_the_site_and_by_the_country_that_is_concerned(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, A_CASE)
    assert [row["id"] for row in ask("cases", site="ashraf")] == ["RES-B"]
    assert [row["id"] for row in ask("cases", country="ALB")] == ["RES-A"]
    assert ask("cases", country="ALB", on="2012-09-30") == []


def test_a_country_that_declined_is_no_longer_concerned(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_CASE)
    tell(ledger, "fact retracted RES-A --of 6 --reason 'it was another resident'")
    tell(ledger, "case advanced RES-A --state declined --occurred 2013-02-01 --received 2013-02-01")
    row = of(ask("cases"), id="RES-A")
    assert (row["state"], row["country"]) == ("declined", None)
    assert of(ask("placements"), country="total")["cases"] == {}


def test_whoever_was_found_stands_where_the_case_stood(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, A_CASE)
    tell(
        ledger,
        """
        case advanced RES-A --state missing --occurred 2013-02-01 --received 2013-02-02
        case advanced RES-A --state found --occurred 2013-02-09 --received 2013-02-20
    """,
    )
    states = {
        known: of(ask("cases", as_known=known), id="RES-A")["state"]
        for known in ("2013-02-01", "2013-02-02", "2013-02-19", "2013-02-20")
    }
    assert list(states.values()) == ["accepted", "missing", "missing", "accepted"]


def test_a_step_corrected_to_another_day_was_always_of_that_day_from_then_on(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, A_CASE)
    tell(ledger, "fact corrected RES-A --of 2 --set occurred=2012-04-01 --reason 'the protocol' "
                 "--received 2012-05-01")  # fmt: skip
    at = {"on": "2012-04-05"}
    assert of(ask("cases", **at), id="RES-A")["state"] == "rsd_interviewed"
    assert of(ask("cases", as_known="2012-04-30", **at), id="RES-A")["state"] == "registered"


# Observations -------------------------------------------------------------------------------------


def test_observations_are_listed_with_what_was_said(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title Rockets --occurred 2013-02-09 --received 2013-02-09
        observation made OBS-A --category water --site hurriya --severity 3 --seen direct --lang ar --text 'لم تصل الشاحنة' --occurred 2012-06-01 --received 2012-06-03
        observation made OBS-B --category security --site 'Camp Liberty' --incident INC-A --text 'Two craters.' --occurred 2013-02-10 --received 2013-02-10
        observation made OBS-C --category legal --text 'An opinion.' --occurred 2012-11 --received 2012-11-23
    """,
    )
    rows = ask("observations")
    assert [row["id"] for row in rows] == ["OBS-A", "OBS-C", "OBS-B"]
    assert rows[0]["text"] == "لم تصل الشاحنة"
    assert [rows[0][field] for field in ("category", "site", "severity", "lang", "seen")] == [
        "water", "hurriya", 3, "ar", "direct",
    ]  # fmt: skip
    assert [row["id"] for row in ask("observations", incident="INC-A")] == ["OBS-B"]
    assert [row["id"] for row in ask("observations", site="hurriya")] == ["OBS-A", "OBS-B"]
    assert ask("observations", as_known="2012-06-02") == []
    assert [row["id"] for row in ask("observations", on="2012-11-29")] == ["OBS-A"]
    assert [row["id"] for row in ask("observations", on="2012-11-30")] == ["OBS-A", "OBS-C"]


def test_an_observation_that_was_rejected_stays_in_the_list(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        observation made OBS-A --category water --site hurriya --text x --occurred 2012-06-01 --received 2012-06-01
        fact assessed OBS-A --of 1 --status rejected --basis 'the tanker log' --received 2012-07-01
    """,
    )
    assert ask("observations")[0]["status"] == "rejected"
    assert ask("observations", as_known="2012-06-30")[0]["status"] == "reported"


# Offers -------------------------------------------------------------------------------------------

OFFERS = """
offer made OFR-A --country ALB --places 210 --occurred 2013-03-18 --received 2013-03-18
offer made OFR-B --country DEU --places ~100 --occurred 2013-04-05 --received 2013-04-05
offer made OFR-C --country ALB --places 40+ --occurred 2013-11-01 --received 2013-11-10
offer withdrawn OFR-A --places 10 --occurred 2013-06-01 --received 2013-06-05
"""


def test_an_offer_is_what_was_offered_less_what_was_taken_back(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, OFFERS)
    rows = ask("offers")
    told = [(row["id"], *texts(row, "places", "withdrawn", "left")) for row in rows]
    assert told == [
        ("OFR-A", "210", "10", "200"),
        ("OFR-B", "~100", "0", "~100"),
        ("OFR-C", "40+", "0", "40+"),
    ]
    assert texts(ask("offers", on="2013-05-31", country="ALB")[0], "left") == ("210",)
    assert texts(ask("offers", as_known="2013-06-04", country="ALB")[0], "left") == ("210",)


def test_an_offer_withdrawn_whole_leaves_nothing(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, OFFERS)
    tell(ledger, "offer withdrawn OFR-A --occurred 2013-07-01 --received 2013-07-01")
    assert texts(of(ask("offers"), id="OFR-A"), "withdrawn", "left") == ("210", "0")
    assert texts(of(ask("placements"), country="ALB"), "offered") == ("40+",)
    assert texts(of(ask("placements", on="2013-10-31"), country="ALB"), "offered") == ("0",)


def test_places_taken_back_before_the_rest_and_told_later_are_not_counted_twice(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        offer made OFR-A --country ALB --places 210 --occurred 2013-03-18 --received 2013-03-18
        offer withdrawn OFR-A --occurred 2013-07-01 --received 2013-07-01
        offer withdrawn OFR-A --places 10 --occurred 2013-06-01 --received 2013-08-01
    """,
    )
    assert texts(ask("offers")[0], "withdrawn", "left") == ("210", "0")
    assert texts(ask("offers", on="2013-06-15")[0], "withdrawn", "left") == ("10", "200")


def test_only_offers_that_count_are_added_up(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, OFFERS)
    tell(ledger, "fact assessed OFR-C --of 1 --status unsubstantiated --basis 'only a rumour' "
                 "--received 2014-01-01")  # fmt: skip
    assert texts(of(ask("placements"), country="ALB"), "offered") == ("200",)
    before = of(ask("placements", as_known="2013-12-31"), country="ALB")
    assert texts(before, "offered") == ("240+",)
    assert len(ask("offers")) == 3


# Placements ---------------------------------------------------------------------------------------


def test_placements_set_arrivals_statements_offers_and_cases_side_by_side(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, OFFERS + A_CASE)
    tell(
        ledger,
        """
        movement made MOV-A --from hurriya --to ALB --count 14 --occurred 2013-05-16 --received 2013-05-16
        movement made MOV-B --from hurriya --to ITA --count 7 --occurred 2013-06-16 --received 2013-06-16
        figure stated FIG-A --measure relocated_total --place ALB --count 20 --claimant unhcr --occurred 2013-06-30 --received 2013-07-02
        figure stated FIG-B --measure relocated_total --place abroad --count ~30 --claimant unhcr --occurred 2013-06-30 --received 2013-07-02
    """,
    )
    rows = ask("placements")
    assert [row["country"] for row in rows] == ["ALB", "DEU", "ITA", "total"]
    told = {row["country"]: texts(row, "relocated", "residual", "offered") for row in rows}
    assert told["ALB"] == ("14", "6", "240+")
    assert told["DEU"][:2] == ("0", None)
    assert told["ITA"][:2] == ("7", None)
    assert told["total"] == ("21", "~9", "~340+")
    assert of(rows, country="ALB")["cases"] == {"accepted": 1}
    assert of(rows, country="total")["cases"] == {"accepted": 1}
    (only,) = ask("placements", country="ALB")
    assert only == of(rows, country="ALB")
    assert [r["country"] for r in ask("placements", on="2012-12-31")] == ["ALB", "total"]


# Commitments --------------------------------------------------------------------------------------

COMMITMENT = """
commitment made COM-A --text 'Monitoring day and night' --by un --to residents --clause mou-6 --due 2012-12-31 --occurred 2011-12-25 --received 2011-12-25
commitment evidenced COM-A --for-or-against for --evidence 'watch log of March' --occurred 2012-03-31 --received 2012-04-02
commitment extended COM-A --due 2013-06-30 --occurred 2012-12-20 --received 2012-12-20
commitment fulfilled COM-A --evidence 'final report' --occurred 2013-06-01 --received 2013-06-10
"""


def state(row: dict[str, Any]) -> tuple[str, str | None]:
    return row["state"], row["due"] and row["due"][:10]


def test_a_commitment_stands_where_its_last_fact_left_it(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, COMMITMENT)
    days = ("2011-12-25", "2012-03-31", "2012-12-20", "2013-06-01")
    assert [state(ask("commitments", on=day)[0]) for day in days] == [
        ("made", "2012-12-31"),
        ("evidenced", "2012-12-31"),
        ("extended", "2013-06-30"),
        ("fulfilled", "2013-06-30"),
    ]
    assert ask("commitments", as_known="2013-06-09")[0]["state"] == "extended"
    assert ask("commitments", on="2011-12-24") == []
    row = ask("commitments")[0]
    assert [row[field] for field in ("by", "to", "clause", "evidence")] == [
        "un", "residents", "mou-6", "final report",
    ]  # fmt: skip


def test_an_extension_is_not_known_of_by_what_happened_before_it(ledger: Ledger, ask: Ask) -> None:
    """Evidence of November that was recorded after the extension of December."""
    tell(ledger, COMMITMENT)
    tell(ledger, "commitment evidenced COM-A --for-or-against against --evidence 'a gap' "
                 "--occurred 2012-11-01 --received 2013-07-01")  # fmt: skip
    assert state(ask("commitments", on="2012-11-30")[0]) == ("evidenced", "2012-12-31")
    assert state(ask("commitments")[0]) == ("fulfilled", "2013-06-30")


@pytest.mark.parametrize("settled", ["fulfilled", "breached"])
def test_more_evidence_does_not_open_a_commitment_that_was_settled(
    ledger: Ledger, ask: Ask, settled: str
) -> None:
    tell(
        ledger,
        f"""
        commitment made COM-A --text 'No forced return' --by government_iraq --due 2012-12-31 --occurred 2011-12-25 --received 2011-12-25
        commitment {settled} COM-A --evidence 'a report' --occurred 2012-06-01 --received 2012-06-01
        commitment evidenced COM-A --for-or-against for --evidence 'a photograph' --occurred 2012-07-01 --received 2012-07-01
    """,
    )
    row = ask("commitments")[0]
    due = row["due"], row["due_from"], row["due_to"]
    assert due == ("2012-12-31[UTC]", "2012-12-31T00:00:00Z", "2013-01-01T00:00:00Z")
    assert (row["state"], row["evidence"]) == (settled, "a photograph")
    assert not [f for f in ask("findings") if f["rule"] == "commitment_overdue"]


# The fund -----------------------------------------------------------------------------------------

FUND = """
fund pledged FND-USA --fund trust --donor USA --money '1000000 USD' --occurred 2013-10-24 --received 2013-10-24
fund pledged FND-IRQ --fund trust --donor IRQ --money '500000 USD' --occurred 2013-10-24 --received 2013-10-24
fund pledged FND-KOR --fund trust --donor KOR --money '100000.50 USD' --occurred 2013-12-01 --received 2013-12-01
fund pledged FND-EUR --fund trust --donor DEU --money '0.10 EUR' --occurred 2014-01-01 --received 2014-01-01
fund received FND-USA --money '400000.10 USD' --occurred 2014-02-01 --received 2014-02-03
fund received FND-USA --money '0.20 USD' --occurred 2014-03-01 --received 2014-03-01
fund spent FND-USA --money '12500.50 USD' --purpose flights --occurred 2014-04-01 --received 2014-04-01
fund received FND-ALB --fund albania --donor USA --money '20000000 USD' --reason 'no pledge' --occurred 2014-05-01 --received 2014-05-01
"""


def sums(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("pledged", "received", "spent", "outstanding"))


def test_a_fund_has_a_row_a_donor_and_a_total_a_currency(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, FUND)
    rows = ask("fund")
    assert [(row["fund"], row["currency"], row["donor"]) for row in rows] == [
        ("albania", "USD", "USA"), ("albania", "USD", "total"),
        ("trust", "EUR", "DEU"), ("trust", "EUR", "total"),
        ("trust", "USD", "IRQ"), ("trust", "USD", "KOR"), ("trust", "USD", "USA"),
        ("trust", "USD", "total"),
    ]  # fmt: skip
    dollars = {row["donor"]: sums(row) for row in rows if row["fund"] == "trust"}
    assert dollars["USA"] == (1000000, 400000.3, 12500.5, 599999.7)
    assert dollars["KOR"] == (100000.5, 0, 0, 100000.5)
    assert dollars["total"] == (1600000.5, 400000.3, 12500.5, 1200000.2)
    assert dollars["DEU"] == (0.1, 0, 0, 0.1)
    assert sums(rows[0]) == (0, 20000000, 0, 0)
    assert all(isinstance(value, int) for value in sums(rows[0]))


def test_a_fund_is_what_was_known_and_had_happened(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, FUND)
    at = [
        of(ask("fund", **when), fund="trust", currency="USD", donor="total")
        for when in ({"on": "2013-10-31"}, {"on": "2014-02-01"}, {"as_known": "2014-02-02"})
    ]
    assert [sums(row) for row in at] == [
        (1500000, 0, 0, 1500000),
        (1600000.5, 400000.1, 0, 1200000.4),
        (1600000.5, 0, 0, 1600000.5),
    ]


def test_what_was_cancelled_is_not_outstanding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, FUND)
    tell(ledger, "fund cancelled FND-IRQ --reason 'withdrawn' --occurred 2015-01-01 "
                 "--received 2015-01-01")  # fmt: skip
    assert sums(of(ask("fund"), donor="IRQ")) == (500000, 0, 0, 0)
    assert sums(of(ask("fund", on="2014-12-31"), donor="IRQ")) == (500000, 0, 0, 500000)


def test_one_donor_who_paid_too_much_does_not_pay_for_another(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        fund pledged FND-A --fund trust --donor KOR --money '100 USD' --occurred 2014-01-01
        fund pledged FND-B --fund trust --donor KOR --money '50 USD' --occurred 2014-01-01
        fund received FND-A --money '130 USD' --reason 'the rate of the day' --occurred 2014-02-01
    """,
    )
    assert sums(of(ask("fund"), donor="KOR")) == (150, 130, 0, 50)


def test_money_that_was_not_substantiated_does_not_count(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, FUND)
    tell(ledger, "fact assessed FND-USA --of 2 --status rejected --basis 'the bank' "
                 "--received 2014-06-01")  # fmt: skip
    assert sums(of(ask("fund"), fund="trust", donor="USA"))[1] == 0.2
    verified = ask("fund", rank=3)
    assert verified == []


def test_currencies_are_never_added_even_where_a_pledge_was_corrected(
    ledger: Ledger, ask: Ask
) -> None:
    """The pledge turns out to have been in euros; what arrived in dollars stays in dollars."""
    tell(
        ledger,
        """
        fund pledged FND-A --fund trust --donor DEU --money '100 USD' --occurred 2014-01-01
        fund received FND-A --money '40 USD' --occurred 2014-02-01
    """,
    )
    (receipt,) = tell(
        ledger, "fact corrected FND-A --of 1 --set 'money=100 EUR' --reason 'the note'"
    )
    assert any("FND-A/2" in warning for warning in receipt.warnings)
    rows = {(row["currency"], row["donor"]): sums(row) for row in ask("fund")}
    assert rows["EUR", "DEU"] == (100, 0, 0, 100)
    assert rows["USD", "DEU"] == (0, 40, 0, 0)
    assert of(ask("findings"), rule="history_broken")["facts"] == ["FND-A/2"]


# Engagements --------------------------------------------------------------------------------------


def test_an_engagement_stands_with_its_answers(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        engagement held ENG-A --kind note_verbale --subject 'Access to the clinic' --with government_iraq --occurred 2012-06-01 --received 2012-06-01
        engagement held ENG-B --kind meeting --subject Places --states-present ~40 --occurred 2014-02-14 --received 2014-02-14
        engagement answered ENG-A --by government_iraq --summary 'Will look into it.' --occurred 2012-07-01 --received 2012-07-03
        engagement answered ENG-A --by government_iraq --summary 'Access is granted.' --occurred 2012-08-01 --received 2012-08-01
    """,
    )
    rows = ask("engagements")
    assert [row["id"] for row in rows] == ["ENG-A", "ENG-B"]
    assert texts(rows[1], "states_present") == ("~40",)
    assert rows[0]["with"] == "government_iraq"
    answers = [(answer["fact"], answer["summary"]) for answer in rows[0]["answers"]]
    assert answers == [("ENG-A/2", "Will look into it."), ("ENG-A/3", "Access is granted.")]
    assert ask("engagements", as_known="2012-07-02")[0]["answers"] == []
    assert len(ask("engagements", on="2012-07-31")[0]["answers"]) == 1
    assert rows[1]["answers"] == []
