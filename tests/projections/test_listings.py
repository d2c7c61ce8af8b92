"""Lists: every fact of a family of every status, with its figures and the instants of its times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.when import When
from tests.conftest import tell

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.projections.conftest import Ask


def test_a_movement_has_a_row_with_its_figure_and_instants(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from outside --to hurriya --count ~400 --mode bus --convoy 2 --occurred 2012-03-08T05:00 --received 2012-03-09
        fact assessed MOV-1 --of 1 --status rejected --basis x
    """,
    )
    (row,) = ask("movements")
    expected = {
        "id": "MOV-1", "fact": "MOV-1/1", "from": "outside", "to": "hurriya", "mode": "bus",
        "count": {"low": 400, "high": 400, "about": True, "text": "~400"}, "convoy": "2",
        "opening": False, "status": "rejected", "received": "2012-03-09[Asia/Baghdad]",
        "occurred_from": "2012-03-08T02:00:00Z", "occurred_to": "2012-03-08T02:01:00Z",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_lists_are_in_order_of_occurrence_and_then_of_id(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-C --from ashraf --to hurriya --count 1 --occurred 2012-03-08
        movement made MOV-A --from ashraf --to hurriya --count 1 --occurred 2012-03-09
        movement made MOV-B --from ashraf --to hurriya --count 1 --occurred 2012-03-08
    """,
    )
    assert [row["id"] for row in ask("movements")] == ["MOV-B", "MOV-C", "MOV-A"]


def test_an_open_time_has_no_instant_at_its_open_end(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger, "movement made MOV-1 --from outside --to hurriya --count 1 --occurred 2012-03-08.."
    )
    (row,) = ask("movements")
    assert (row["occurred_from"], row["occurred_to"]) == ("2012-03-07T21:00:00Z", None)
    assert ask("movements", on="2025-01-01") == []


def test_a_period_bounds_a_list(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        movement made MOV-1 --from ashraf --to hurriya --count 1 --occurred 2012-03-08
        movement made MOV-2 --from ashraf --to hurriya --count 1 --occurred 2012-04-08
        movement made MOV-3 --from ashraf --to ALB --count 1 --occurred 2012-05-08
    """,
    )
    at = {month: When.parse(f"2012-0{month}-20[UTC]").earliest for month in (3, 4)}
    assert [r["id"] for r in ask("movements", since=at[3])] == ["MOV-2", "MOV-3"]
    assert [r["id"] for r in ask("movements", since=at[3], until=at[4])] == ["MOV-2"]
    assert [r["id"] for r in ask("movements", place="ALB")] == ["MOV-3"]


def test_a_stated_figure_has_a_row_with_its_fields(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        figure stated FIG-A --measure pledged_total --count 1600000 --currency USD --claimant un --occurred 2014-05
        figure stated FIG-B --measure present --place hurriya --count <1970 --claimant un --occurred 2014-06-01
    """,
    )
    rows = ask("figures")
    assert [(row["id"], row["measure"], row["currency"], row["place"]) for row in rows] == [
        ("FIG-A", "pledged_total", "USD", None), ("FIG-B", "present", None, "hurriya"),
    ]  # fmt: skip
    assert rows[1]["count"] == {"low": 0, "high": 1969, "about": False, "text": "<1970"}
    assert rows[0]["occurred_to"] == "2014-06-01T00:00:00Z"
    assert [row["id"] for row in ask("figures", place="hurriya")] == ["FIG-B"]


def test_answers_of_one_day_are_in_the_order_in_which_they_were_told(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, "engagement held ENG-A --kind meeting --subject x --occurred 2014-05-01")
    for number in range(2, 14):
        tell(
            ledger, f"engagement answered ENG-A --by iraq --summary s{number} --occurred 2014-05-02"
        )
    (row,) = ask("engagements")
    assert [answer["fact"] for answer in row["answers"]] == [f"ENG-A/{n}" for n in range(2, 14)]


def test_no_view_holds_the_clock_a_uuid_or_a_position(ledger: Ledger, ask: Ask) -> None:
    from projections.tables import TABLES

    named = {column.split()[0] for table in TABLES for column in table.columns}
    assert not named & {"recorded", "uuid", "position", "batch"}
