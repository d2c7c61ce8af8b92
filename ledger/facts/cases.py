"""Cases: one resident from registration to a country, step by step. No names, ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from ledger.errors.rules import (
    DepartureWithoutAcceptance,
    SecondCountry,
    StepNotAllowed,
    StepOutOfOrder,
)
from ledger.facts.base import CountryCode, Fact, Known, SiteName, term, thing
from ledger.history import Entry
from ledger.registry import FACTS

#: From which state a case may go to which.
STEPS = {
    "registered": ("rsd_interviewed", "accepted"),
    "rsd_interviewed": ("in_need_of_protection", "not_in_need"),
    "not_in_need": ("rsd_interviewed",),
    "in_need_of_protection": ("identified",),
    "identified": ("submitted",),
    "submitted": ("accepted", "declined"),
    "declined": ("identified", "submitted"),
    "accepted": ("documents_issued",),
    "documents_issued": ("exit_cleared", "exit_refused"),
    "exit_refused": ("documents_issued", "exit_cleared"),
    "exit_cleared": ("booked",),
    "booked": ("departed", "exit_cleared"),
    "departed": ("arrived", "exit_cleared"),
    "arrived": ("closed",),
}
#: From any open state.
EXITS = ("withdrawn", "deceased", "missing", "left", "returned_voluntarily")
#: Nothing follows.
ENDS = frozenset({"closed", "withdrawn", "deceased", "left", "returned_voluntarily"})
#: The steps after which no country is pending any more.
FREES = frozenset({"declined", "not_in_need"})


class Standing(NamedTuple):
    """Where a case stands: its state, the country that is pending, the step that led there."""

    state: str
    country: str | None
    step: Entry
    accepted: bool


def standings(history: Sequence[Entry]) -> list[Standing]:
    """Where a case stood after each of its facts."""
    found: list[Standing] = []
    before_missing = "registered"
    for fact in history:
        last = found[-1] if found else Standing("registered", None, fact, accepted=False)
        if fact.name != "case.advanced":
            found.append(Standing(last.state, last.country, fact, last.accepted))
            continue
        state = fact.said["state"]
        if state == "missing" and last.state != "missing":
            before_missing = last.state
        elif state == "found":
            state = before_missing if last.state == "missing" else last.state
        country = None if state in FREES else fact.get("country") or last.country
        accepted = state == "accepted" or (last.accepted and state not in FREES)
        found.append(Standing(state, country, fact, accepted))
    return found


def possible(state: str) -> tuple[str, ...]:
    """The steps that may follow a state."""
    if state in ENDS:
        return ()
    if state == "missing":
        return ("found", *(step for step in EXITS if step != "missing"))
    return (*STEPS[state], *EXITS)


def _listed(state: str) -> str:
    """The steps that may follow a state, as they are told to whoever tried another."""
    steps = ", ".join(possible(state)) or "nothing"
    if state == "registered":
        steps = steps.replace("accepted", "accepted (with solution consular_readmission)")
    return steps


class Registered(Fact):
    """A resident is registered, under a pseudonym."""

    kind = FACTS["case.registered"]
    example = "case registered --sex f --age-band adult --site hurriya"

    sex: Annotated[str, term("sex")] = Field(description="f, m, unknown")
    age_band: Annotated[str, term("age_band")] = Field(description="child, adult, older, unknown")
    site: SiteName | None = Field(None, description="where the resident lives")


class Advanced(Fact):
    """The case takes a step."""

    kind = FACTS["case.advanced"]
    example = (
        "case advanced RES-H1-16 --state submitted --country ALB --category LPN "
        "--solution resettlement"
    )
    refusals = (StepNotAllowed, DepartureWithoutAcceptance, SecondCountry, StepOutOfOrder)

    state: Annotated[str, term("case_state")] = Field(description="the state it reaches")
    country: CountryCode | None = Field(None, description="the country concerned")
    category: Annotated[str, term("case_category")] | None = Field(
        None, description="submission category"
    )
    secondary: Annotated[str, term("case_category")] | None = Field(
        None, description="secondary category"
    )
    solution: Annotated[str, term("solution")] | None = Field(None, description="which solution")
    movement: Annotated[str, thing("MOV")] | None = Field(
        None, description="the movement by which the resident left"
    )

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if not history:
            return
        now = standings(history)[-1]
        state = fact.said["state"]
        if state == "departed" and not now.accepted:
            raise DepartureWithoutAcceptance(id=fact.id, state=now.state, field="state")
        consular = fact.get("solution") == "consular_readmission"
        skips = now.state == "registered" and state == "accepted" and not consular
        if state not in possible(now.state) or skips:
            raise StepNotAllowed(
                id=fact.id, state=now.state, fact=state, field="state", possible=_listed(now.state)
            )
        country = fact.get("country")
        if country is not None and now.country is not None and country != now.country:
            raise SecondCountry(id=fact.id, pending=now.country, country=country, field="country")
        if fact.occurred.latest <= now.step.occurred.earliest:
            raise StepOutOfOrder(
                occurred=fact.occurred.text, before=now.step.occurred.text,
                step=now.step.fact, field="occurred",
            )  # fmt: skip
