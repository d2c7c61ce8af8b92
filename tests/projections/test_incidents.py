"""Incidents: competing claims, one adopted figure, and what a merge leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import tell
from tests.projections.conftest import Ask, rows_by, texts

if TYPE_CHECKING:
    from ledger.application import Ledger

ATTACK = """
incident opened INC-A --site hurriya --kind attack --title 'Rockets' --severity 5 --occurred 2013-02-09 --received 2013-02-09
incident claimed INC-A --claimant unhcr --killed 5 --injured 40 --missing 2 --detained 1 --received 2013-02-09
incident claimed INC-A --claimant residents --killed 5-6 --injured 50 --received 2013-02-10
"""
MEASURES = ("killed", "injured", "missing", "detained")


def population(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["place"]: row["count"]["text"] for row in rows if row["count"]["text"] != "0"}


def test_claims_alone_post_nothing(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    (row,) = ask("incidents")
    assert row["adopted"] is None
    assert row["claims"] == 2
    assert population(ask("population")) == {}


def test_an_adopted_figure_posts_the_killed_missing_and_detained_and_not_the_injured(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, ATTACK)
    tell(ledger, "incident adopted INC-A --basis 2 --received 2013-02-11")
    assert population(ask("population")) == {
        "hurriya": "-8", "dead": "5", "missing": "2", "detained": "1",
    }  # fmt: skip
    (row,) = ask("incidents")
    assert texts(row["adopted"], *MEASURES) == ["5", "40", "2", "1"]
    assert (row["adopted"]["basis"], row["adopted"]["fact"]) == (2, "INC-A/4")


def test_an_adopted_figure_posts_on_the_day_of_the_incident(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(ledger, "incident adopted INC-A --basis 2 --occurred 2013-03-01 --received 2013-03-01")
    assert population(ask("population", on="2013-02-08")) == {}
    assert population(ask("population", on="2013-02-09"))["dead"] == "5"
    assert population(ask("population", on="2013-02-09", as_known="2013-02-28")) == {}


def test_a_measure_left_out_is_the_claims_and_without_a_claim_it_is_null(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, ATTACK)
    tell(ledger, "incident adopted INC-A --basis 3 --killed 7 --reason 'two died later'")
    (row,) = ask("incidents")
    assert texts(row["adopted"], *MEASURES) == ["7", "50", None, None]
    tell(ledger, "incident adopted INC-A --killed 7 --reason 'hospital list'")
    (row,) = ask("incidents")
    assert texts(row["adopted"], *MEASURES) == ["7", None, None, None]
    assert row["adopted"]["basis"] is None
    assert population(ask("population")) == {"hurriya": "-7", "dead": "7"}


def test_a_corrected_claim_corrects_the_figure_that_follows_it(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2 --received 2013-02-11
        fact corrected INC-A --of 2 --set killed=6 --reason 'one more' --received 2013-03-01
    """,
    )
    assert population(ask("population"))["dead"] == "6"
    assert population(ask("population", as_known="2013-02-28"))["dead"] == "5"


def test_unknown_posts_nothing_and_zero_is_not_unknown(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(ledger, "incident adopted INC-A --killed unknown --missing 0 --reason x")
    (row,) = ask("incidents")
    assert texts(row["adopted"], *MEASURES) == ["unknown", None, "0", None]
    rows = rows_by("place", ask("population"))
    assert "dead" not in rows
    assert texts(rows["missing"], "count") == ["0"]


def test_the_newest_adoption_replaces_the_one_before_as_a_whole(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2 --received 2013-02-12
        incident adopted INC-A --killed 9 --reason x --received 2013-02-11
    """,
    )
    assert population(ask("population"))["dead"] == "5", "the newest is the last one received"
    assert population(ask("population", as_known="2013-02-11")) == {"hurriya": "-9", "dead": "9"}
    tell(ledger, "incident adopted INC-A --killed 7 --reason x --received 2013-02-13")
    assert population(ask("population")) == {"hurriya": "-7", "dead": "7"}


def test_where_the_newest_adoption_does_not_count_nothing_posts(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2 --received 2013-02-11
        incident adopted INC-A --killed 7 --reason x --received 2013-02-13
        fact assessed INC-A --of 5 --status rejected --basis x --received 2013-02-14
    """,
    )
    assert population(ask("population")) == {}
    assert population(ask("population", as_known="2013-02-13"))["dead"] == "7"


def test_the_adoption_has_a_status_of_its_own_and_the_incidents_never_matters(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2
        fact assessed INC-A --of 1 --status rejected --basis x
        fact assessed INC-A --of 2 --status rejected --basis x
    """,
    )
    assert population(ask("population"))["dead"] == "5"
    assert population(ask("population", rank=2)) == {}
    tell(ledger, "fact assessed INC-A --of 4 --status corroborated --basis x")
    assert population(ask("population", rank=2))["dead"] == "5"
    assert ask("incidents")[0]["status"] == "rejected"


def test_claims_stand_side_by_side_in_the_order_in_which_they_were_received(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident claimed INC-A --claimant police --killed 0 --received 2013-02-09
        incident claimed INC-A --claimant press --killed 8 --received 2013-03-31
        fact assessed INC-A --of 5 --status disputed --basis x --received 2013-04-01
    """,
    )
    rows = ask("claims")
    assert [(row["claimant"], *texts(row, "killed", "injured")) for row in rows] == [
        ("unhcr", "5", "40"), ("police", "0", None), ("residents", "5-6", "50"),
        ("press", "8", None),
    ]  # fmt: skip
    assert [row["status"] for row in rows] == ["reported", "reported", "reported", "disputed"]
    assert {row["incident"] for row in rows} == {"INC-A"}
    assert rows[0]["fact"] == "INC-A/2"
    assert rows[0]["received"] == "2013-02-09[Asia/Baghdad]"
    assert rows[0]["received_from"] == "2013-02-08T21:00:00Z"
    assert len(ask("claims", as_known="2013-02-10")) == 3


def test_a_claim_is_of_the_day_of_its_incident(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    assert ask("claims", on="2013-02-08") == []
    assert len(ask("claims", on="2013-02-09")) == 2
    assert ask("incidents", on="2013-02-08") == []


def test_an_incident_is_in_the_state_of_its_last_step(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    for line, state in (
        ("incident closed INC-A --received 2014-01-01", "closed"),
        ("incident claimed INC-A --claimant late --killed 1 --received 2014-02-01", "closed"),
        ("incident reopened INC-A --reason x --received 2014-03-01", "open"),
    ):
        tell(ledger, line)
        assert ask("incidents")[0]["state"] == state
    assert ask("incidents", as_known="2014-01-31")[0]["state"] == "closed"


TWICE = f"""{ATTACK}
incident adopted INC-A --basis 2 --received 2013-02-11
incident opened INC-B --site hurriya --kind attack --title 'Blast' --occurred 2013-02-10 --received 2013-02-10
incident claimed INC-B --claimant press --killed 7 --received 2013-02-09
incident adopted INC-B --basis 2 --received 2013-02-12
incident merged INC-A --into INC-B --received 2013-05-01
"""


def test_a_merged_incident_posts_nothing_and_leaves_the_list(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, TWICE)
    assert population(ask("population")) == {"hurriya": "-7", "dead": "7"}
    assert [(row["id"], row["claims"]) for row in ask("incidents")] == [("INC-B", 3)]
    assert population(ask("population", as_known="2013-04-30"))["dead"] == "12"
    assert [row["id"] for row in ask("incidents", as_known="2013-04-30")] == ["INC-A", "INC-B"]


def test_the_claims_of_a_merged_incident_answer_for_both_ids(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, TWICE)
    assert [(r["incident"], r["merged_into"]) for r in ask("claims", incident="INC-B")] == [
        ("INC-A", "INC-B"), ("INC-A", "INC-B"), ("INC-B", None),
    ]  # fmt: skip
    assert len(ask("claims", incident="INC-A")) == 2
    assert len(ask("claims", incident="INC-B", as_known="2013-04-30")) == 1


def test_claims_follow_a_chain_of_merges(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, TWICE)
    tell(
        ledger,
        """
        incident opened INC-C --site hurriya --kind attack --title x --occurred 2013-02-11 --received 2013-02-11
        incident merged INC-B --into INC-C --received 2013-06-01
    """,
    )
    assert [(row["id"], row["claims"]) for row in ask("incidents")] == [("INC-C", 3)]
    assert {row["incident"] for row in ask("claims", incident="INC-C")} == {"INC-A", "INC-B"}
    assert ask("claims", incident="INC-C", as_known="2013-05-31") == []


def test_a_retracted_merge_brings_the_incident_back(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, TWICE)
    tell(ledger, "fact retracted INC-A --of 5 --reason 'two after all' --received 2013-07-01")
    assert [row["id"] for row in ask("incidents")] == ["INC-A", "INC-B"]
    assert population(ask("population"))["dead"] == "12"
    assert [r["merged_into"] for r in ask("claims", incident="INC-A")] == [None, None]


def test_a_merge_that_no_longer_follows_is_a_finding_and_not_a_merge(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, TWICE)
    tell(
        ledger,
        """
        incident opened INC-C --site hurriya --kind attack --title x --occurred 2013-02-11
        fact retracted INC-A --of 5 --reason x
        incident merged INC-A --into INC-C
        fact retracted INC-A --of 6 --reason x
    """,
    )
    assert {row["merged_into"] for row in ask("claims", incident="INC-A")} == {"INC-B"}
    broken = [row for row in ask("findings") if row["rule"] == "history_broken"]
    assert [row["facts"] for row in broken] == [["INC-A/7"]]


def test_an_incident_begun_again_has_its_other_facts_back(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ATTACK)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2
        fact retracted INC-A --of 1 --reason 'wrong camp'
    """,
    )
    assert ask("incidents") == ask("claims") == []
    assert population(ask("population")) == {}
    tell(
        ledger, "incident opened INC-A --site ashraf --kind attack --title y --occurred 2013-02-07"
    )
    (row,) = ask("incidents")
    assert (row["site"], row["title"], row["claims"]) == ("ashraf", "y", 2)
    assert population(ask("population"))["ashraf"] == "-8"
    assert [row["rule"] for row in ask("findings") if row["rule"] == "history_broken"] == []


@pytest.mark.parametrize("column", ["site", "kind", "title", "severity", "state", "occurred"])
def test_an_incident_has_a_row_with_its_fields(ledger: Ledger, ask: Ask, column: str) -> None:
    tell(ledger, ATTACK)
    (row,) = ask("incidents")
    expected = {
        "site": "hurriya", "kind": "attack", "title": "Rockets", "severity": 5, "state": "open",
        "occurred": "2013-02-09[Asia/Baghdad]",
    }  # fmt: skip
    assert row[column] == expected[column]
    assert row["occurred_from"] == "2013-02-08T21:00:00Z"
    assert row["occurred_to"] == "2013-02-09T21:00:00Z"
