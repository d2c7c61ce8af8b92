"""Keys, `--expect`, ids that are given out, and facts that are recorded together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.errors import Refused
from ledger.errors.rules import Expected, KeyConflict
from ledger.notation import read
from ledger.values.identifier import give_out
from tests.conftest import log_of, tell

if TYPE_CHECKING:
    from ledger.application import Ledger

INCIDENT = "incident opened INC-A --site hurriya --kind attack --title x"
CLAIM = "incident claimed INC-A --claimant press --killed 5"


def test_a_key_conflict_exits_with_5_and_names_the_fields(ledger: Ledger) -> None:
    tell(ledger, "movement made --key k --from ashraf --to hurriya --count 5")
    with pytest.raises(KeyConflict) as caught:
        tell(ledger, "movement made --key k --from ashraf --to ALB --count 6")
    assert caught.value.exit == 5
    assert caught.value.details["fields"] == "to, count"


def test_what_is_already_recorded_is_answered_by_its_receipt(ledger: Ledger) -> None:
    line = "movement made --key k --from ashraf --to hurriya --count 5"
    first, again = tell(ledger, f"{line}\n{line}")
    assert (first.already, again.already) == (False, True)
    assert again.entry.said == first.entry.said
    assert again.position == first.position == 3


def test_what_is_said_again_after_its_retraction_is_warned_of(ledger: Ledger) -> None:
    line = "movement made MOV-A --key k --from ashraf --to hurriya --count 5"
    *_, again = tell(ledger, f"{line}\nfact retracted MOV-A --of 1 --reason x\n{line}")
    assert again.already
    assert "MOV-A/2 retracted it" in again.warnings[0]
    *_, again = tell(ledger, f"fact retracted MOV-A --of 2 --reason y\n{line}")
    assert again.warnings == ()


def test_a_key_makes_the_id_where_its_characters_allow(ledger: Ledger) -> None:
    line = "movement made --from ashraf --to hurriya --count 5 --key"
    ids = [tell(ledger, f"{line} {key}")[0].entry.id for key in
           ("PR-025", "pr-026", "H1-7", "'a b'", "-X", "A" * 36, "A" * 37)]  # fmt: skip
    given_out = [give_out("MOV", "H1", counter) for counter in range(1, 6)]
    assert ids == ["MOV-PR-025", *given_out[:4], f"MOV-{'A' * 36}", given_out[4]]


def test_an_id_that_was_taken_before_is_not_made_again_from_a_key(ledger: Ledger) -> None:
    tell(ledger, "movement made MOV-PR-025 --from ashraf --to hurriya --count 5")
    (receipt,) = tell(ledger, "movement made --key PR-025 --from ashraf --to hurriya --count 6")
    assert receipt.entry.id == "MOV-H1-16"


def test_ids_are_given_out_in_order_and_never_twice(ledger: Ledger) -> None:
    line = "movement made --from ashraf --to hurriya --count 5"
    first, second = tell(ledger, f"{line}\n{line}")
    tell(ledger, f"fact retracted {second.entry.id} --of 1 --reason x")
    (third,) = tell(ledger, line)
    assert [r.entry.id for r in (first, second, third)] == ["MOV-H1-16", "MOV-H1-24", "MOV-H1-32"]


def test_each_kind_counts_for_itself(ledger: Ledger) -> None:
    tell(ledger, "movement made --from ashraf --to hurriya --count 5")
    (receipt,) = tell(ledger, "incident opened --site hurriya --kind attack --title x")
    assert receipt.entry.id == "INC-H1-16"


def test_an_id_of_ones_own_with_our_station_counts_on(ledger: Ledger) -> None:
    tell(ledger, "incident opened INC-H1-42T --site hurriya --kind attack --title x")
    (receipt,) = tell(ledger, "incident opened --site hurriya --kind attack --title x")
    assert receipt.entry.id.startswith("INC-H1-43")


def test_expecting_the_newest_fact_records(ledger: Ledger) -> None:
    tell(ledger, INCIDENT)
    (receipt,) = ledger.record(read(CLAIM), actor="HRO-07", expect="INC-A/1")
    assert receipt.entry.fact == "INC-A/2"


@pytest.mark.parametrize(("given", "newest"), [(f"{INCIDENT}\n{CLAIM}", "INC-A/2")])
def test_expecting_an_older_fact_is_a_conflict(ledger: Ledger, given: str, newest: str) -> None:
    tell(ledger, given)
    with pytest.raises(Expected) as caught:
        ledger.record(read(CLAIM), actor="HRO-07", expect="INC-A/1")
    assert (caught.value.code, caught.value.exit) == ("E3902", 5)
    assert caught.value.details["newest"] == newest


def test_what_is_already_recorded_expects_nothing(ledger: Ledger) -> None:
    tell(ledger, f"{INCIDENT}\n{CLAIM} --key k\n{CLAIM}")
    (receipt,) = ledger.record(read(f"{CLAIM} --key k"), actor="HRO-07", expect="INC-A/1")
    assert receipt.already


def test_facts_together_are_all_or_none(ledger: Ledger) -> None:
    before = [entry.fact for entry in log_of(ledger)]
    with pytest.raises(Refused):
        ledger.record(read(INCIDENT), read(CLAIM), read("incident reopened INC-A --reason x"),
                      actor="HRO-07")  # fmt: skip
    assert [entry.fact for entry in log_of(ledger)] == before
    assert ledger.history("INC-A") == []
    first, second = ledger.record(read(INCIDENT), read(CLAIM), actor="HRO-07")
    assert (first.position, second.position) == (3, 4)


def test_facts_together_see_one_another(ledger: Ledger) -> None:
    ledger.record(
        read("site opened SIT-X1 --name 'New Camp' --timezone UTC"),
        read("movement made --from ashraf --to 'new camp' --count 5"),
        actor="HRO-07",
    )
    assert [entry.name for entry in log_of(ledger)][2:] == ["site.opened", "movement.made"]


def test_what_is_refused_within_a_transaction_leaves_no_trace_there(ledger: Ledger) -> None:
    """`import --keep-going` goes on after a row of several facts is refused."""
    with ledger.transaction() as transaction:
        with pytest.raises(Refused), transaction.together():
            transaction.record(read(f"{INCIDENT} --key k"), actor="HRO-07")
            transaction.record(read("incident reopened INC-A --reason x"), actor="HRO-07")
        transaction.record(read(f"{INCIDENT} --key k --severity 3"), actor="HRO-07")
    assert [entry.fact for entry in log_of(ledger)][2:] == ["INC-A/1"]


def test_a_site_that_was_refused_leaves_its_names_free(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        with pytest.raises(Refused):
            transaction.record(
                read("site opened SIT-X1 --name alpha --aliases 'camp liberty' --timezone UTC"),
                actor="HRO-07",
            )
        transaction.record(read("site opened SIT-X2 --name alpha --timezone UTC"), actor="HRO-07")
    assert [entry.fact for entry in log_of(ledger)][2:] == ["SIT-X2/1"]


def test_a_departure_takes_the_case_of_each_resident_with_it(ledger: Ledger) -> None:
    tell(
        ledger,
        """
        case registered RES-A --sex f --age-band adult --site hurriya
        case advanced RES-A --state accepted --solution consular_readmission --country ALB
        case advanced RES-A --state documents_issued
        case advanced RES-A --state exit_cleared
        case advanced RES-A --state booked
    """,
    )
    (receipt,) = tell(
        ledger, "movement made MOV-A --from hurriya --to ALB --count 1 --residents RES-A"
    )
    (step,) = receipt.entailed
    assert step.entry.get("state") == "departed"
    assert step.entry.get("movement") == "MOV-A"
    assert step.position == receipt.position + 1


def test_a_departure_that_one_case_refuses_moves_nobody(ledger: Ledger) -> None:
    tell(
        ledger,
        """
        case registered RES-A --sex f --age-band adult --site hurriya
        case registered RES-B --sex m --age-band adult --site hurriya
    """,
    )
    before = [entry.fact for entry in log_of(ledger)]
    with pytest.raises(Refused):
        tell(ledger, "movement made --from hurriya --to dead --count 1 --residents RES-A "
                     "--residents RES-B")  # fmt: skip
    assert [entry.fact for entry in log_of(ledger)] == before


def test_a_roster_that_was_refused_is_forgotten(ledger: Ledger) -> None:
    move = read("movement made --from ashraf --to hurriya --count 5")
    with ledger.transaction() as transaction:
        with pytest.raises(Refused), transaction.together():
            transaction.record(read("actor added ACT-HRO-07 --role officer"), actor="HRO-07")
            transaction.record(move, actor="HRO-99")
        transaction.record(move, actor="HRO-99")
    assert [entry.name for entry in log_of(ledger)][2:] == ["movement.made"]
