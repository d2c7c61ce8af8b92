"""Offers of places by countries; what was taken up are movements."""

from __future__ import annotations

from pydantic import Field

from ledger.facts.base import CountryCode, Fact
from ledger.registry import FACTS
from ledger.values.figure import Figure


class Made(Fact):
    """A country offers places."""

    kind = FACTS["offer.made"]
    example = "offer made --country ALB --places 210 --at 2013-03-18"

    country: CountryCode = Field(description="ISO 3166 alpha-3")
    places: Figure = Field(description="how many people it would take")


class Withdrawn(Fact):
    """The country takes places back: so many, or all that are left."""

    kind = FACTS["offer.withdrawn"]
    example = "offer withdrawn OFR-H1-16 --places 10"

    places: Figure | None = Field(None, description="how many; left out, all of them")
