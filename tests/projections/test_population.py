"""Population: postings add up, statements stand beside them, nobody is created or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conftest import tell
from tests.projections.conftest import Ask, rows_by, texts

if TYPE_CHECKING:
    from ledger.application import Ledger

CONVOYS = """
movement made MOV-0 --from outside --to ashraf --count 3280 --opening --occurred 2009-01-02
movement made MOV-1 --from ashraf --to hurriya --count 397 --occurred 2012-02-18
movement made MOV-2 --from ashraf --to hurriya --count ~400 --occurred 2012-03-08
movement made MOV-3 --from hurriya --to dead --count 1 --occurred 2012-03-10
"""


def places(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["place"]: row["count"]["text"] for row in rows if row["count"]["text"] != "0"}


def test_every_movement_posts_out_of_one_place_and_into_another(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, CONVOYS)
    assert places(ask("population", on="2012-02-18")) == {
        "ashraf": "2883", "hurriya": "397", "outside": "-3280",
    }  # fmt: skip
    assert places(ask("population")) == {
        "ashraf": "~2483", "hurriya": "~796", "dead": "1", "outside": "-3280",
    }  # fmt: skip


def test_places_are_in_order_of_their_codes_and_every_site_has_a_row(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, "movement made --from ashraf --to ALB --count 5 --occurred 2012-05")
    assert [row["place"] for row in ask("population")] == ["ALB", "ashraf", "hurriya"]
    assert [row["place"] for row in ask("population", place="hurriya")] == ["hurriya"]
    assert texts(ask("population", place="dead")[0], "count") == ["0"]


def test_balances_may_be_negative_and_open_below(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, "movement made MOV-1 --from ashraf --to hurriya --count 26+ --occurred 2012-02-18")
    counts = {row["place"]: row["count"] for row in ask("population")}
    assert counts == {
        "ashraf": {"low": None, "high": -26, "about": False, "text": "..-26"},
        "hurriya": {"low": 26, "high": None, "about": False, "text": "26+"},
    }
    tell(ledger, "movement made MOV-2 --from outside --to ashraf --count 30+ --occurred 2012-02-19")
    assert rows_by("place", ask("population"))["ashraf"]["count"] == {
        "low": None, "high": None, "about": False, "text": "unknown",
    }  # fmt: skip
    tell(ledger, "movement made MOV-3 --from hurriya --to left --count ~5-6 --occurred 2012-02-20")
    assert rows_by("place", ask("population"))["hurriya"]["count"] == {
        "low": 20, "high": None, "about": True, "text": "~20+",
    }  # fmt: skip


def test_what_may_have_happened_is_listed_and_not_counted(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03
        movement made MOV-2 --from outside --to hurriya --count 6 --occurred 2012-03-10
        movement made MOV-3 --from outside --to hurriya --count 7 --occurred 2012-04-01
    """,
    )
    (row,) = ask("population", place="hurriya", on="2012-03-15")
    assert (row["count"]["text"], row["possible"]) == ("6", ["MOV-1/1"])
    (row,) = ask("population", place="hurriya", on="2012-03-31")
    assert (row["count"]["text"], row["possible"]) == ("11", ["MOV-3/1"]), (
        "the first of April began at Hurriya while it was still March in the ledger's zone"
    )
    assert ask("population", place="hurriya")[0]["possible"] == []


def test_what_may_have_happened_has_the_status_that_counts(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03
        fact assessed MOV-1 --of 1 --status rejected --basis 'nobody came'
    """,
    )
    assert ask("population", place="hurriya", on="2012-03-15")[0]["possible"] == []


def test_an_adoption_that_may_have_happened_is_listed_once(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --occurred 2012-03
        incident adopted INC-A --killed 5 --missing 7 --reason 'seen' --occurred 2012-04-01
    """,
    )
    (row,) = ask("population", place="hurriya", on="2012-03-15")
    assert row["possible"] == ["INC-A/2"]


def test_the_newest_statement_is_the_last_by_occurred_and_then_by_received(
    ledger: Ledger, ask: Ask
) -> None:
    def newest() -> str | None:
        stated = ask("population", place="hurriya")[0]["stated"]
        return stated and stated["fact"]

    assert newest() is None
    say = "figure stated {} --measure present --place hurriya --claimant un --count 5 {}"
    for id, times, expected in (
        ("FIG-B", "--occurred 2012-03 --received 2012-06-01", "FIG-B/1"),
        ("FIG-C", "--occurred 2012-03-20 --received 2012-07-01", "FIG-B/1"),
        ("FIG-D", "--occurred 2012-03-31 --received 2012-05-01", "FIG-D/1"),
        ("FIG-E", "--occurred 2012-03-31 --received 2012-04-30", "FIG-D/1"),
        ("FIG-F", "--occurred 2012-03-31 --received 2012-05-02", "FIG-F/1"),
        ("FIG-A", "--occurred 2012-03-31 --received 2012-05-02", "FIG-F/1"),
        ("FIG-G", "--occurred 2012-03-31 --received 2012-05-02", "FIG-G/1"),
    ):
        tell(ledger, say.format(id, times))
        assert newest() == expected, id


def test_a_statement_that_does_not_count_is_not_the_newest(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        figure stated FIG-A --measure present --place hurriya --claimant un --count 5 --occurred 2012-03-20
        figure stated FIG-B --measure present --place hurriya --claimant press --count 9 --occurred 2012-03-21
        fact assessed FIG-B --of 1 --status unsubstantiated --basis 'no source'
    """,
    )
    assert ask("population", place="hurriya")[0]["stated"]["fact"] == "FIG-A/1"


def test_a_count_that_disagrees_leaves_a_residual_at_the_end_of_its_own_day(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, CONVOYS)
    tell(
        ledger,
        """
        figure stated FIG-A --measure present --place hurriya --claimant un --count ~1200 --occurred 2012-03-09
        movement made MOV-9 --from ashraf --to hurriya --count 100 --occurred 2012-05-05
    """,
    )
    (row,) = ask("population", place="hurriya")
    assert texts(row, "count", "residual") == ["~896", "~403"]
    assert row["stated"] == {
        "count": {"low": 1200, "high": 1200, "about": True, "text": "~1200"},
        "claimant": "un", "occurred": "2012-03-09[Asia/Baghdad]", "fact": "FIG-A/1",
    }  # fmt: skip
    assert ask("population", place="hurriya", on="2012-03-08")[0]["stated"] is None
    assert ask("population", place="hurriya", on="2012-03-08")[0]["residual"] is None


def test_a_residual_is_of_what_was_known(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03-01 --received 2012-03-01
        figure stated FIG-A --measure present --place hurriya --claimant un --count 9 --occurred 2012-03-02 --received 2012-03-02
        movement made MOV-2 --from outside --to hurriya --count 4 --occurred 2012-03-01 --received 2012-06-01
    """,
    )
    assert texts(ask("population", place="hurriya")[0], "residual") == ["0"]
    assert texts(ask("population", place="hurriya", as_known="2012-05-01")[0], "residual") == ["4"]


def test_a_status_counts_by_its_rank(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 1 --occurred 2012-03-01
        movement made MOV-2 --from outside --to hurriya --count 2 --occurred 2012-03-01
        movement made MOV-3 --from outside --to hurriya --count 4 --occurred 2012-03-01
        movement made MOV-4 --from outside --to hurriya --count 8 --occurred 2012-03-01
        movement made MOV-5 --from outside --to hurriya --count 16 --occurred 2012-03-01
        movement made MOV-6 --from outside --to hurriya --count 32 --occurred 2012-03-01
        fact assessed MOV-2 --of 1 --status disputed --basis x
        fact assessed MOV-3 --of 1 --status corroborated --basis x
        fact assessed MOV-4 --of 1 --status verified --standard reasonable_grounds --reviewer HRO-99 --basis x
        fact assessed MOV-5 --of 1 --status unsubstantiated --basis x
        fact assessed MOV-6 --of 1 --status rejected --basis x
    """,
    )
    counts = [
        texts(ask("population", place="hurriya", rank=rank)[0], "count") for rank in (1, 2, 3)
    ]
    assert counts == [["15"], ["12"], ["8"]]


def test_the_newest_assessment_is_the_one_last_received(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03-01 --received 2012-03-01
        fact assessed MOV-1 --of 1 --status rejected --basis x --received 2012-06-01
        fact assessed MOV-1 --of 1 --status corroborated --basis x --received 2012-05-01
    """,
    )
    assert texts(ask("population", place="hurriya")[0], "count") == ["0"]
    assert texts(ask("population", place="hurriya", as_known="2012-05-02")[0], "count") == ["5"]


def test_corrections_apply_in_the_order_in_which_they_were_received(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 416 --occurred 2012-03-01 --received 2012-03-01
        fact corrected MOV-1 --of 1 --set count=338 --reason x --received 2012-06-01
        fact corrected MOV-1 --of 1 --set count=400 --reason x --received 2012-05-01
    """,
    )
    counts = [
        texts(ask("population", place="hurriya", as_known=day)[0], "count")[0]
        for day in ("2012-04-30", "2012-05-01", "2012-05-31", "2012-06-01")
    ]
    assert counts == ["416", "400", "400", "338"]


def test_a_fact_is_known_when_the_last_day_it_may_have_come_has_ended(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03-01 --received 2012-03
    """,
    )
    assert texts(ask("population", place="hurriya", as_known="2012-03-30")[0], "count") == ["0"]
    assert texts(ask("population", place="hurriya", as_known="2012-03-31")[0], "count") == ["5"]


def test_a_retraction_is_unsaid_by_its_own_retraction(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count 5 --occurred 2012-03-01 --received 2012-03-01
        fact retracted MOV-1 --of 1 --reason x --received 2012-04-01
        fact retracted MOV-1 --of 2 --reason x --received 2012-05-01
    """,
    )
    counts = [
        texts(ask("population", place="hurriya", as_known=day)[0], "count")[0]
        for day in ("2012-03-01", "2012-04-01", "2012-05-01")
    ]
    assert counts == ["5", "0", "5"]


def test_a_place_has_the_name_of_the_day(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        site renamed SIT-HURRIYA --name 'Camp Liberty TTL' --occurred 2013-01-01 --received 2013-01-01
        site renamed SIT-HURRIYA --name 'Camp of Freedom' --occurred 2012-06-01 --received 2014-01-01
    """,
    )

    def name(**question: str) -> str:
        return ask("population", place="hurriya", **question)[0]["name"]

    assert name() == "Camp Liberty TTL"
    assert name(on="2012-12-31") == "Camp of Freedom"
    assert name(on="2012-12-31", as_known="2013-06-01") == "Camp Hurriya"
    assert name(on="2011-01-01") == "Camp Hurriya", "before its first name it has that one"
    assert ask("population", place="ALB")[0]["name"] == "ALB"
