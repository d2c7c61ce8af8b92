"""The steps of a case as a table: every one that is allowed, and all the others refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.errors.rules import DepartureWithoutAcceptance, StepNotAllowed
from ledger.facts.cases import ENDS, EXITS, STEPS, Standing, possible, standings
from ledger.history import effective
from ledger.notation import read
from ledger.vocabulary import terms
from tests.conftest import tell

if TYPE_CHECKING:
    from ledger.application import Ledger

#: From where to where, as `facts.md` has it; the exits come with every open state.
ALLOWED = {
    "registered": "rsd_interviewed accepted",
    "rsd_interviewed": "in_need_of_protection not_in_need",
    "not_in_need": "rsd_interviewed",
    "in_need_of_protection": "identified",
    "identified": "submitted",
    "submitted": "accepted declined",
    "declined": "identified submitted",
    "accepted": "documents_issued",
    "documents_issued": "exit_cleared exit_refused",
    "exit_refused": "documents_issued exit_cleared",
    "exit_cleared": "booked",
    "booked": "departed exit_cleared",
    "departed": "arrived exit_cleared",
    "arrived": "closed",
    "missing": "found",
    "closed": "",
    "withdrawn": "",
    "deceased": "",
    "left": "",
    "returned_voluntarily": "",
}
LEAVING = {"withdrawn", "deceased", "missing", "left", "returned_voluntarily"}
OVER = {"closed", "withdrawn", "deceased", "left", "returned_voluntarily"}

#: The shortest way to each state, from registration.
TO_ACCEPTED = ("rsd_interviewed", "in_need_of_protection", "identified", "submitted", "accepted")
WAYS = {
    "registered": (),
    **{state: TO_ACCEPTED[: n + 1] for n, state in enumerate(TO_ACCEPTED)},
    "not_in_need": ("rsd_interviewed", "not_in_need"),
    "declined": (*TO_ACCEPTED[:4], "declined"),
    "documents_issued": (*TO_ACCEPTED, "documents_issued"),
    "exit_refused": (*TO_ACCEPTED, "documents_issued", "exit_refused"),
    "exit_cleared": (*TO_ACCEPTED, "documents_issued", "exit_cleared"),
    "booked": (*TO_ACCEPTED, "documents_issued", "exit_cleared", "booked"),
    "departed": (*TO_ACCEPTED, "documents_issued", "exit_cleared", "booked", "departed"),
    "arrived": (*TO_ACCEPTED, "documents_issued", "exit_cleared", "booked", "departed", "arrived"),
    "closed": (*TO_ACCEPTED, "documents_issued", "exit_cleared", "booked", "departed", "arrived",
               "closed"),
    **{state: (state,) for state in LEAVING},
}  # fmt: skip


def step(state: str) -> str:
    consular = " --solution consular_readmission" if state == "accepted" else ""
    return f"case advanced RES-A --state {state}{consular}"


def stand(ledger: Ledger, state: str) -> None:
    """A resident whose case has come to a state."""
    tell(ledger, "case registered RES-A --sex f --age-band adult --site hurriya")
    tell(ledger, "\n".join(map(step, WAYS[state])))
    assert now(ledger).state == state


def now(ledger: Ledger) -> Standing:
    return standings(effective(ledger.history("RES-A")))[-1]


def allowed(state: str) -> set[str]:
    leaving = LEAVING - ({state} if state == "missing" else set())
    return {*ALLOWED[state].split(), *(set() if state in OVER else leaving)}


def test_the_table_is_that_of_the_contract() -> None:
    assert {state: set(steps) for state, steps in STEPS.items()} == {
        state: set(steps.split()) for state, steps in ALLOWED.items() if state in STEPS
    }
    assert set(EXITS) == LEAVING
    assert set(ENDS) == OVER
    assert all(set(possible(state)) == allowed(state) for state in ALLOWED)


def test_every_state_of_the_list_is_reached_by_the_table_and_no_other() -> None:
    reached = {"registered"}.union(*map(allowed, ALLOWED))
    assert reached == set(terms("case_state"))


@pytest.mark.parametrize("state", ALLOWED)
def test_from_a_state_only_the_steps_of_the_table_are_taken(ledger: Ledger, state: str) -> None:
    """Each allowed step is recorded (and taken back, for the next one); all others are refused."""
    stand(ledger, state)
    for other in terms("case_state"):
        if other in allowed(state):
            (receipt,) = tell(ledger, step(other))
            assert now(ledger).state == (other if other != "found" else "registered")
            back = f"fact retracted RES-A --of {receipt.entry.version} --reason 'to try another'"
            tell(ledger, back)
        else:
            with pytest.raises((StepNotAllowed, DepartureWithoutAcceptance)):
                tell(ledger, step(other))


@pytest.mark.parametrize("state", sorted(set(ALLOWED) - OVER - {"missing"}))
def test_whoever_is_found_stands_where_the_case_stood(ledger: Ledger, state: str) -> None:
    stand(ledger, state)
    before = now(ledger)
    tell(ledger, f"{step('missing')}\n{step('found')}")
    found = now(ledger)
    assert (found.state, found.country, found.accepted) == (state, None, before.accepted)
    assert set(possible(found.state)) == allowed(state)


def test_whoever_goes_missing_twice_is_found_twice(ledger: Ledger) -> None:
    stand(ledger, "identified")
    lost = ("missing", "found", "missing", "found")
    tell(ledger, "\n".join(map(step, lost)))
    assert now(ledger).state == "identified"


def test_whoever_is_found_and_was_never_known_to_be_missing_stays_where_the_case_stood(
    ledger: Ledger,
) -> None:
    """The disappearance is retracted; the find stands, no longer follows, and moves nothing."""
    stand(ledger, "identified")
    tell(ledger, f"{step('missing')}\n{step('found')}")
    version = len(ledger.history("RES-A"))
    tell(ledger, f"fact retracted RES-A --of {version - 1} --reason 'she was in the clinic'")
    assert now(ledger).state == "identified"


def test_only_a_consular_readmission_skips_the_interview(ledger: Ledger) -> None:
    stand(ledger, "registered")
    for solution in set(terms("solution")) - {"consular_readmission"}:
        with pytest.raises(StepNotAllowed):
            tell(ledger, f"case advanced RES-A --state accepted --solution {solution}")
    with pytest.raises(StepNotAllowed) as refused:
        tell(ledger, "case advanced RES-A --state accepted")
    assert "accepted (with solution consular_readmission)" in refused.value.cure
    tell(ledger, "case advanced RES-A --state accepted --solution consular_readmission")


@pytest.mark.parametrize(
    ("way", "then"),
    [
        ("declined identified submitted accepted", "documents_issued"),
        ("declined submitted accepted", "documents_issued"),
        ("accepted documents_issued exit_refused documents_issued exit_cleared", "booked"),
        ("accepted documents_issued exit_refused exit_cleared", "booked"),
        ("accepted documents_issued exit_cleared booked exit_cleared booked", "departed"),
        ("accepted documents_issued exit_cleared booked departed exit_cleared booked", "departed"),
    ],
    ids=["declined", "declined_at_once", "exit_refused", "exit_appealed", "missed_flight",
         "returned_from_the_airport"],
)  # fmt: skip
def test_what_goes_back_goes_on(ledger: Ledger, way: str, then: str) -> None:
    stand(ledger, "submitted")
    tell(ledger, "\n".join(map(step, (*way.split(), then))))
    assert now(ledger).state == then


def test_an_appeal_leads_to_another_interview_and_another_answer(ledger: Ledger) -> None:
    stand(ledger, "not_in_need")
    tell(ledger, "\n".join(map(step, ("rsd_interviewed", "in_need_of_protection"))))
    assert now(ledger).state == "in_need_of_protection"


def test_a_forgotten_step_is_inserted_by_retracting_the_later_ones(ledger: Ledger) -> None:
    """Retracting a step that others follow warns; then all are said again, in their order."""
    tell(
        ledger,
        """
        case registered RES-A --sex f --age-band adult --site hurriya --occurred 2012-03-01
        case advanced RES-A --state rsd_interviewed --occurred 2012-04-10
        case advanced RES-A --state in_need_of_protection --occurred 2012-08-01
    """,
    )
    (receipt,) = tell(ledger, "fact retracted RES-A --of 2 --reason 'there was no interview then'")
    assert any("RES-A/3" in warning for warning in receipt.warnings)
    tell(
        ledger,
        """
        fact retracted RES-A --of 3 --reason 'to be said again after the interview'
        case advanced RES-A --state rsd_interviewed --occurred 2012-06-01
        case advanced RES-A --state in_need_of_protection --occurred 2012-08-01
    """,
    )
    stood = standings(effective(ledger.history("RES-A")))
    assert [(one.state, one.step.occurred.text[:10]) for one in stood] == [
        ("registered", "2012-03-01"),
        ("rsd_interviewed", "2012-06-01"),
        ("in_need_of_protection", "2012-08-01"),
    ]


def test_the_refusal_of_a_step_lists_those_that_are_possible(ledger: Ledger) -> None:
    stand(ledger, "submitted")
    with pytest.raises(StepNotAllowed) as refused:
        ledger.record(read("case advanced RES-A --state booked"), actor="HRO-07")
    assert refused.value.field == "state"
    for state in allowed("submitted"):
        assert state in refused.value.cure
