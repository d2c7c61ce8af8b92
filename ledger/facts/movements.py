"""Movements: people go from one place to another. Population is the sum of these."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ledger.errors.rules import (
    CountUnknown,
    FromDead,
    MoreResidentsThanPeople,
    ResidentTwice,
    SamePlace,
)
from ledger.facts.base import Fact, PlaceName, thing
from ledger.registry import FACTS
from ledger.values.figure import Figure
from ledger.values.place import is_country
from ledger.values.text import Name

#: The step that a move to a fate is for the case of each resident who is named.
STEP_TO = {"dead": "deceased", "missing": "missing", "left": "left"}


class Made(Fact):
    """An arrival, a departure, a death, a return: always from a place to a place."""

    kind = FACTS["movement.made"]
    example = "movement made --from ashraf --to hurriya --count 397 --convoy 1 --at 2012-02-18"
    refusals = (SamePlace, FromDead, CountUnknown, ResidentTwice, MoreResidentsThanPeople)

    from_: PlaceName = Field(alias="from", description="the place people left")
    to: PlaceName = Field(description="the place people reached")
    count: Figure = Field(description="how many people")
    mode: Name | None = Field(None, description="bus, flight, on foot, ...")
    convoy: Name | None = Field(None, description="the convoy's name or number")
    residents: tuple[Annotated[str, thing("RES")], ...] | None = Field(
        None, description="the residents, where they are named; each case takes its step"
    )
    opening: bool | None = Field(None, description="an opening balance, not a journey")

    @model_validator(mode="after")
    def _can_be_posted(self) -> Self:
        if self.from_ == self.to:
            raise SamePlace(place=self.to, field="to")
        if self.from_ == "dead":
            raise FromDead(field="from")
        if self.count.unknown:
            raise CountUnknown(field="count")
        self._check_manifest()
        return self

    def _check_manifest(self) -> None:
        if self.residents is None:
            return
        named = Counter(self.residents)
        for resident, times in named.items():
            if times > 1:
                raise ResidentTwice(resident=resident, field="residents")
        if self.count.high is not None and len(named) > self.count.high:
            raise MoreResidentsThanPeople(
                named=len(named), count=self.count.text, field="residents"
            )

    def entails(self) -> list[dict[str, Any]]:
        """The step of each named resident's case: a departure, a death, a return."""
        if self.residents is None:
            return []
        step = STEP_TO.get(self.to)
        if is_country(self.to) and not is_country(self.from_):
            step = "departed"
        elif self.from_ == "missing" and step is None:
            step = "found"
        if step is None:
            return []
        country = {"country": self.to} if step == "departed" else {}
        return [
            {"fact": "case.advanced", "id": resident, "state": step, "movement": self.id, **country}
            for resident in self.residents
        ]
