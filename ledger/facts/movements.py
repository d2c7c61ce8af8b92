"""Movements: people go from one place to another. Population is the sum of these."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ledger.errors import CountUnknown, FromDead, SamePlace
from ledger.facts.base import Fact, PlaceName
from ledger.registry import FACTS
from ledger.values.figure import Figure
from ledger.values.text import Name


class Made(Fact):
    """An arrival, a departure, a death, a return: always from a place to a place."""

    kind = FACTS["movement.made"]

    from_: PlaceName = Field(alias="from", description="the place people left")
    to: PlaceName = Field(description="the place people reached")
    count: Figure = Field(description="how many people")
    mode: Name | None = Field(None, description="bus, flight, on foot, ...")
    convoy: Name | None = Field(None, description="the convoy's name or number")
    opening: bool | None = Field(None, description="an opening balance, not a journey")

    @model_validator(mode="after")
    def _can_be_posted(self) -> Self:
        if self.from_ == self.to:
            raise SamePlace(place=self.to, field="to")
        if self.from_ == "dead":
            raise FromDead(field="from")
        if self.count.unknown:
            raise CountUnknown(field="count")
        return self
