"""Incidents: what happened, what each says it cost, and which figure the office adopts.

Competing claims stand side by side for ever. An adoption is the office's own reasoned decision; it
posts to the population, and the newest one replaces the one before as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.errors.rules import (
    AdoptionWithoutGrounds,
    BasisNotAClaim,
    ClaimEmpty,
    MergedIntoItself,
    OutsideEveryClaim,
    StepNotAllowed,
)
from ledger.facts.base import Fact, Known, SiteName, Whole, follow, term, thing
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.figure import Figure
from ledger.values.text import Name, Text

MEASURES = ("killed", "injured", "missing", "detained")

#: Claims and adoptions are accepted in every state; merging is final but for its retraction.
STEPS = {
    "open": {"incident.closed": "closed", "incident.merged": "merged"},
    "closed": {"incident.reopened": "open", "incident.merged": "merged"},
    "merged": {},
}


def state_of(history: Sequence[Entry]) -> str:
    """`open`, `closed` or `merged`, by the facts that follow the table."""
    state = "open"
    for fact in history:
        state = STEPS[state].get(fact.name, state)
    return state


def merged_into(history: Sequence[Entry]) -> str | None:
    """The incident that answers for this one; None while it stands."""
    if state_of(history) != "merged":
        return None
    into: str = next(fact.said["into"] for fact in history if fact.name == "incident.merged")
    return into


class Opened(Fact):
    """Something happened at a site."""

    kind = FACTS["incident.opened"]
    example = (
        "incident opened --site hurriya --kind attack --title 'Rockets at dawn' --at "
        "2013-02-09T05:45"
    )

    site: SiteName = Field(description="where")
    incident_kind: Annotated[str, term("incident_kind")] = Field(
        alias="kind", description="what kind of incident"
    )
    title: Name = Field(description="a neutral line about it")
    severity: Whole | None = Field(None, ge=1, le=5, description="1 (slight) to 5 (grave)")

    @staticmethod
    def check_amended(history: Sequence[Entry], known: Known) -> None:
        """Incidents merged into each other in a ring would vanish, and their dead with them."""
        if not history:
            return
        id, met = history[0].id, set[str]()
        into = first = merged_into(history)
        while into is not None and into not in met:
            if into == id:
                why = "that one is merged into it; retract that merge first"
                raise MergedIntoItself(id=id, into=first, why=why, field="of")
            met.add(into)
            into = merged_into(known.facts(into))


class _Toll(Fact):
    killed: Figure | None = Field(None, description="people killed")
    injured: Figure | None = Field(None, description="people injured")
    missing: Figure | None = Field(None, description="people missing")
    detained: Figure | None = Field(None, description="people detained")

    def _counts_something(self) -> None:
        if all(getattr(self, measure) is None for measure in MEASURES):
            raise ClaimEmpty(field="killed")


class Claimed(_Toll):
    """What somebody says the incident cost."""

    kind = FACTS["incident.claimed"]
    example = "incident claimed INC-H1-16 --claimant unhcr --killed 8 --injured 100+"
    refusals = (ClaimEmpty,)

    claimant: Name = Field(description="who says so: unhcr, residents, press")

    @model_validator(mode="after")
    def _states_a_figure(self) -> Self:
        self._counts_something()
        return self


class Adopted(_Toll):
    """The figure the office goes by. A measure left out is the basis claim's."""

    kind = FACTS["incident.adopted"]
    example = "incident adopted INC-H1-16 --basis 2 --reason 'the only count at the hospital'"
    refusals = (AdoptionWithoutGrounds, BasisNotAClaim, OutsideEveryClaim)

    basis: Whole | None = Field(None, ge=1, description="the number of the claim it follows")
    reason: Text | None = Field(None, description="why")

    @model_validator(mode="after")
    def _has_grounds(self) -> Self:
        if self.basis is None and self.reason is None:
            raise AdoptionWithoutGrounds(field="basis")
        if self.basis is None:
            self._counts_something()
        return self

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        claims = {entry.version: entry for entry in history if entry.name == "incident.claimed"}
        basis = fact.get("basis")
        if basis is not None and basis not in claims:
            listed = ", ".join(claim.fact for claim in claims.values()) or "none yet"
            raise BasisNotAClaim(id=fact.id, basis=basis, claims=listed, field="basis")
        if fact.get("reason") is not None:
            return
        for measure in MEASURES:
            figure = fact.figure(measure)
            claimed = [c for claim in claims.values() if (c := claim.figure(measure)) is not None]
            if figure is not None and not any(claim.covers(figure) for claim in claimed):
                raise OutsideEveryClaim(measure=measure, figure=figure.text, field=measure)


class Merged(Fact):
    """Two reports were of one incident: this one is answered for by another from now on."""

    kind = FACTS["incident.merged"]
    example = "incident merged INC-H1-24 --into INC-H1-16"
    refusals = (StepNotAllowed, MergedIntoItself)

    into: Annotated[str, thing("INC")] = Field(description="the incident that stands")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        follow(fact, state_of(history), STEPS)
        into = fact.said["into"]
        if into == fact.id:
            raise MergedIntoItself(id=fact.id, into=into, why="it is the same", field="into")
        if state_of(known.facts(into)) == "merged":
            raise MergedIntoItself(
                id=fact.id, into=into, why="that one is merged itself", field="into"
            )


class Closed(Fact):
    """The office is done with it; new claims are still recorded."""

    kind = FACTS["incident.closed"]
    example = "incident closed INC-H1-16 --reason 'report sent'"
    refusals = (StepNotAllowed,)

    reason: Text | None = Field(None, description="why")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        follow(fact, state_of(history), STEPS)


class Reopened(Fact):
    """The office takes it up again."""

    kind = FACTS["incident.reopened"]
    example = "incident reopened INC-H1-16 --reason 'an eighth victim died'"
    refusals = (StepNotAllowed,)

    reason: Text = Field(description="why")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        follow(fact, state_of(history), STEPS)
