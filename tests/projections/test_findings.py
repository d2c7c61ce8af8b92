"""Findings: each rule, how grave it is, both numbers and the facts that could explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import tell

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.projections.conftest import Ask


def found(rows: list[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["rule"] == rule]


def test_a_head_count_that_meets_the_books_is_no_finding(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 395-400 --occurred 2012-02-18
        figure stated FIG-A --measure present --place hurriya --claimant un --count 400+ --occurred 2012-02-18
    """,
    )
    assert ask("findings") == []


def test_a_head_count_that_misses_the_books_is_an_error_with_both_numbers(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 397 --occurred 2012-02-18
        figure stated FIG-A --measure present --place hurriya --claimant un --count 400 --occurred 2012-02-18
    """,
    )
    (row,) = ask("findings")
    assert (row["rule"], row["severity"], row["about"]) == ("present_differs", "error", "hurriya")
    assert row["facts"] == ["FIG-A/1", "MOV-1/1"]
    assert all(number in row["text"] for number in ("400", "397", "residual 3"))
    assert ask("findings", place="ashraf") == []
    assert ask("findings", on="2012-02-17") == []


@pytest.mark.parametrize(
    ("stated", "grave"), [("~422", "warning"), ("~421", "info"), ("~380", "info"), ("~379", "warning")]
)  # fmt: skip
def test_an_estimate_that_misses_by_more_than_a_twentieth_is_a_warning(
    ledger: Ledger, ask: Ask, stated: str, grave: str
) -> None:
    tell(
        ledger,
        f"""
        movement made MOV-1 --from outside --to hurriya --count 400 --occurred 2012-02-18
        figure stated FIG-A --measure present --place hurriya --claimant un --count {stated} --occurred 2012-02-18
    """,
    )
    (row,) = ask("findings")
    assert row["severity"] == grave


def test_an_estimate_in_the_books_makes_the_difference_one_too(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count ~400 --occurred 2012-02-18
        figure stated FIG-A --measure present --place hurriya --claimant un --count 401 --occurred 2012-02-18
    """,
    )
    assert [row["severity"] for row in ask("findings")] == ["info"]


def test_candidates_are_the_postings_since_the_last_statement_that_was_met(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 10 --occurred 2012-02-01
        figure stated FIG-A --measure present --place hurriya --claimant un --count 10 --occurred 2012-02-02
        movement made MOV-2 --from outside --to hurriya --count 20 --occurred 2012-02-03
        figure stated FIG-B --measure present --place hurriya --claimant un --count 31 --occurred 2012-02-04
        movement made MOV-3 --from outside --to hurriya --count 40 --occurred 2012-02-05
        movement made MOV-4 --from outside --to ashraf --count 40 --occurred 2012-02-05
        figure stated FIG-C --measure present --place hurriya --claimant un --count 72 --occurred 2012-02-06
        movement made MOV-5 --from outside --to hurriya --count 80 --occurred 2012-02-07
        figure stated FIG-D --measure arrived_total --place hurriya --claimant un --count 150 --occurred 2012-02-08
    """,
    )
    assert [row["facts"] for row in found(ask("findings"), "present_differs")] == [
        ["FIG-B/1", "MOV-2/1"], ["FIG-C/1", "MOV-2/1", "MOV-3/1"],
    ]  # fmt: skip
    assert found(ask("findings"), "arrived_differs") == []


def test_an_adoption_that_posts_twice_out_of_a_place_is_one_candidate(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 10 --occurred 2012-02-01
        incident opened INC-A --site hurriya --kind attack --title x --occurred 2012-02-02
        incident adopted INC-A --killed 2 --missing 1 --detained 0 --reason seen
        figure stated FIG-A --measure present --place hurriya --claimant un --count 8 --occurred 2012-02-03
    """,
    )
    (row,) = found(ask("findings"), "present_differs")
    assert row["facts"] == ["FIG-A/1", "MOV-1/1", "INC-A/2"]


def test_arrivals_are_all_who_came_in_and_not_who_left(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from ashraf --to hurriya --count 10 --occurred 2012-02-01
        movement made MOV-2 --from hurriya --to ALB --count 4 --occurred 2012-02-02
        figure stated FIG-A --measure arrived_total --place hurriya --claimant un --count 10 --occurred 2012-02-03
        figure stated FIG-B --measure arrived_total --place hurriya --claimant press --count 11 --occurred 2012-02-03
    """,
    )
    (row,) = found(ask("findings"), "arrived_differs")
    assert row["facts"] == ["FIG-B/1"], "the statement of the same day was met"
    assert "residual 1" in row["text"]


def test_relocated_totals_are_of_one_country_or_of_all(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from hurriya --to ALB --count 5 --occurred 2013-02-01
        movement made MOV-2 --from ALB --to DEU --count 4 --occurred 2013-02-02
        figure stated FIG-A --measure relocated_total --place abroad --claimant un --count 5 --occurred 2013-02-03
        figure stated FIG-B --measure relocated_total --place DEU --claimant un --count 4 --occurred 2013-02-03
        figure stated FIG-C --measure relocated_total --place abroad --claimant un --count 9 --occurred 2013-02-01
    """,
    )
    rows = found(ask("findings"), "relocated_differs")
    assert [(row["about"], row["facts"]) for row in rows] == [
        ("abroad", ["FIG-C/1", "MOV-1/1"]), ("DEU", ["FIG-B/1"]),
    ]  # fmt: skip


def test_relocated_in_a_year_counts_within_the_calendar_year_of_the_statement(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from hurriya --to ALB --count 5 --occurred 2013-12-20
        movement made MOV-2 --from hurriya --to ALB --count 6 --occurred 2014-01-20
        movement made MOV-3 --from hurriya --to ALB --count 7 --occurred 2014-06-20
        movement made MOV-4 --from hurriya --to ALB --count 8 --occurred 2014-07-20
        figure stated FIG-A --measure relocated_year --place ALB --claimant un --count 13 --occurred 2014-06-30
        figure stated FIG-B --measure relocated_year --place abroad --claimant un --count 22 --occurred 2014
    """,
    )
    (row,) = found(ask("findings"), "relocated_year_differs")
    assert row["facts"] == ["FIG-B/1", "MOV-2/1", "MOV-3/1", "MOV-4/1"]
    assert "21 by the books: residual 1" in row["text"]


def test_the_size_of_a_convoy_is_the_count_of_that_movement(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from ashraf --to hurriya --count 416 --occurred 2012-02-01
        figure stated FIG-A --measure convoy_size --movement MOV-1 --claimant un --count 416 --occurred 2012-02-03
        figure stated FIG-B --measure convoy_size --movement MOV-1 --claimant press --count 338 --occurred 2012-02-03
    """,
    )
    (row,) = found(ask("findings"), "convoy_size_differs")
    assert (row["severity"], row["about"], row["facts"]) == ("error", "MOV-1", ["FIG-B/1"])


def test_a_claimants_own_numbers_that_do_not_add_up_leave_a_residual(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        figure stated FIG-A --measure baseline --place ashraf --claimant un --count 3280 --occurred 2015
        figure stated FIG-B --measure present --place hurriya --claimant un --count ~2400 --occurred 2015
        figure stated FIG-C --measure relocated_total --place abroad --claimant un --count ~637 --occurred 2015
        figure stated FIG-D --measure relocated_total --place ALB --claimant un --count 400 --occurred 2015
        figure stated FIG-E --measure present --place hurriya --claimant press --count 3280 --occurred 2015
    """,
    )
    (row,) = found(ask("findings"), "baseline_residual")
    assert (row["severity"], row["facts"]) == ("warning", ["FIG-A/1", "FIG-B/1", "FIG-C/1"])
    assert "residual ~243" in row["text"]


def test_more_people_leaving_than_were_there_is_an_error(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-02-01
        movement made MOV-2 --from hurriya --to left --count 10 --occurred 2012-02-02
        movement made MOV-3 --from hurriya --to left --count 1+ --occurred 2012-02-03
        movement made MOV-4 --from outside --to hurriya --count 100 --occurred 2012-02-04
    """,
    )
    (row,) = found(ask("findings"), "negative_presence")
    assert (row["severity"], row["about"], row["facts"]) == ("error", "hurriya", ["MOV-2/1"])


def test_a_place_that_may_still_hold_somebody_is_not_negative(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5+ --occurred 2012-02-01
        movement made MOV-2 --from hurriya --to left --count 10 --occurred 2012-02-02
    """,
    )
    assert found(ask("findings"), "negative_presence") == []


def test_negative_presence_at_an_open_end_is_found_too(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, "movement made MOV-1 --from hurriya --to left --count 10 --occurred 2012-02-02..")
    assert [row["facts"] for row in found(ask("findings"), "negative_presence")] == [["MOV-1/1"]]


def test_a_wrong_weekday_is_kept_and_found(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        observation made OBS-A --category water --text x --site hurriya --occurred 'Monday 2014-11-18'
        observation made OBS-B --category water --text y --site hurriya --occurred 'Tuesday 2014-11-18'
    """,
    )
    (row,) = found(ask("findings"), "weekday_wrong")
    assert row["facts"] == ["OBS-A/1"]
    assert "Tuesday" in row["text"]


def test_facts_that_no_longer_follow_are_found_from_then_on(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --occurred 2013-02-09 --received 2013-02-09
        incident closed INC-A --received 2013-03-01
        incident reopened INC-A --reason x --received 2013-04-01
        fact retracted INC-A --of 2 --reason x --received 2013-05-01
    """,
    )
    (row,) = found(ask("findings"), "history_broken")
    assert row["facts"] == ["INC-A/3"]
    assert found(ask("findings", as_known="2013-04-30"), "history_broken") == []


def test_a_finding_is_of_what_counts(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 397 --occurred 2012-02-18
        figure stated FIG-A --measure present --place hurriya --claimant un --count 400 --occurred 2012-02-18
        fact assessed FIG-A --of 1 --status rejected --basis x
    """,
    )
    assert ask("findings") == []


def test_findings_are_in_order_of_occurrence(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        observation made OBS-A --category water --text x --site hurriya --occurred 'Monday 2014-11-18'
        movement made MOV-1 --from hurriya --to left --count 10 --occurred 2012-02-02
    """,
    )
    assert [row["rule"] for row in ask("findings")] == ["negative_presence", "weekday_wrong"]


def test_money_that_came_for_two_pledges_looks_like_nothing_but_money(
    ledger: Ledger, ask: Ask
) -> None:
    """Only what begins a thing can be that thing said twice."""
    tell(
        ledger,
        """
        fund pledged FND-A --fund x --donor usa --money '100 USD' --occurred 2014-05-01
        fund pledged FND-B --fund x --donor deu --money '100 USD' --occurred 2014-05-01
        fund received FND-A --money '50 USD' --occurred 2014-05-02
        fund received FND-B --money '50 USD' --occurred 2014-05-02
        fund received FND-C --fund x --donor nor --money '50 USD' --reason unpledged --occurred 2014-05-02
        fund received FND-D --fund x --donor nor --money '50 USD' --reason unpledged --occurred 2014-05-02
    """,
    )
    alike = [row for row in ask("findings") if row["rule"] == "likely_duplicate"]
    assert [row["facts"] for row in alike] == [["FND-C/1", "FND-D/1"]]
