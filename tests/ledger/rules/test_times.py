"""What the ledger fills in: times, zones, and its own clock, which never goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import Clock, tell

if TYPE_CHECKING:
    from ledger.application import Ledger


def only(ledger: Ledger, line: str) -> dict[str, object]:
    return dict(tell(ledger, line)[0].entry.said)


def test_received_and_occurred_default_to_now_to_the_microsecond(ledger: Ledger) -> None:
    said = only(ledger, "movement made --from outside --to ALB --count 5")
    assert said["received"] == said["occurred"] == said["recorded"]
    assert said["recorded"] == "2026-11-24T10:00:03.000000Z"


def test_occurred_defaults_to_received_where_that_is_given(ledger: Ledger) -> None:
    said = only(ledger, "movement made --from outside --to ALB --count 5 --received 2013-02-09")
    assert said["occurred"] == said["received"] == "2013-02-09[UTC]"


def test_recorded_is_in_utc_wherever_the_fact_is(ledger: Ledger) -> None:
    said = only(ledger, "movement made --from outside --to hurriya --count 5")
    assert said["recorded"] == "2026-11-24T10:00:03.000000Z"
    assert said["received"] == "2026-11-24T13:00:03.000000+03:00"


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("movement made --from outside --to hurriya --count 5", "Asia/Baghdad"),
        ("movement made --from hurriya --to ALB --count 5", "Asia/Baghdad"),
        ("movement made --from ashraf --to hurriya --count 5", "UTC"),
        ("movement made --from outside --to ALB --count 5", "UTC"),
        ("incident opened --site hurriya --kind attack --title x", "Asia/Baghdad"),
        ("figure stated --measure present --count 5 --claimant un --place hurriya", "Asia/Baghdad"),
        ("figure stated --measure relocated_total --count 5 --claimant un --place abroad", "UTC"),
        ("site opened SIT-TEHRAN --name x --timezone Asia/Tehran", "Asia/Tehran"),
        ("site renamed SIT-HURRIYA --name x", "Asia/Baghdad"),
    ],
)
def test_a_time_without_offset_is_read_in_the_zone_of_its_one_site_else_in_ours(
    ledger: Ledger, line: str, zone: str
) -> None:
    assert only(ledger, f"{line} --occurred 2012-02-18")["occurred"] == f"2012-02-18[{zone}]"


def test_a_time_of_a_fact_that_names_no_site_is_read_in_the_zone_of_its_thing(
    ledger: Ledger,
) -> None:
    tell(ledger, "incident opened INC-A --site hurriya --kind attack --title x")
    said = only(
        ledger, "incident claimed INC-A --claimant un --killed 5 --occurred 2013-02-09T05:00"
    )
    assert said["occurred"] == "2013-02-09T05:00+03:00"


def test_a_zone_is_settled_when_recorded_and_never_again(ledger: Ledger) -> None:
    tell(ledger, "movement made MOV-A --from outside --to hurriya --count 5 --occurred 2012-02-18")
    tell(ledger, "fact corrected SIT-HURRIYA --of 1 --set timezone=UTC --reason x")
    assert ledger.history("MOV-A")[0].said["occurred"] == "2012-02-18[Asia/Baghdad]"
    said = only(ledger, "movement made --from outside --to hurriya --count 5 --occurred 2012-02-19")
    assert said["occurred"] == "2012-02-19[UTC]"


def test_a_zone_that_is_given_is_kept(ledger: Ledger) -> None:
    said = only(
        ledger,
        "movement made --from outside --to hurriya --count 5 --occurred 2012-02-18[Asia/Tehran]",
    )
    assert said["occurred"] == "2012-02-18[Asia/Tehran]"


def test_relative_times_are_read_from_the_moment_they_are_said(ledger: Ledger) -> None:
    line = {"fact": "movement.made", "from": "outside", "to": "hurriya", "count": "5"}
    now = ledger.clock()
    (receipt,) = ledger.record({**line, "occurred": "yesterday 22:10"}, actor="HRO-07", now=now)
    assert receipt.entry.said["occurred"] == "2026-11-23T22:10+03:00"


def test_recorded_never_goes_back_when_the_clock_does(ledger: Ledger, clock: Clock) -> None:
    line = "movement made --from outside --to ALB --count 5 --occurred 2013"
    first = only(ledger, line)
    clock.set("2020-01-01")
    second = only(ledger, line)
    assert second["recorded"] == first["recorded"]
    clock.set("2026-12-01")
    assert only(ledger, line)["recorded"] == "2026-12-01T00:00:01.000000Z"


def test_facts_recorded_together_share_their_clock(ledger: Ledger) -> None:
    line = {"fact": "movement.made", "from": "outside", "to": "hurriya", "count": "5"}
    receipts = ledger.record(line, line, actor="HRO-07")
    assert len({receipt.recorded for receipt in receipts}) == 1
