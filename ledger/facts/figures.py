"""Stated figures: numbers that somebody published. Assertions beside the books, never in them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from ledger.errors.rules import CurrencyMisplaced, MeasureUnknown, PlaceMissing
from ledger.facts.base import Fact, known_by, looks_up, thing
from ledger.registry import FACTS
from ledger.values.figure import Figure
from ledger.values.money import currencies
from ledger.values.place import ABROAD
from ledger.values.text import Name
from ledger.vocabulary import terms

#: The measures that count people somewhere, and are set beside the books of that place.
OF_A_PLACE = frozenset({"present", "arrived_total", "relocated_total", "relocated_year"})
OF_MONEY = "pledged_total"


@looks_up("list:measure")
def _measure(text: str) -> str:
    if text not in terms("measure"):
        raise MeasureUnknown(measure=text[:60], choices=", ".join(terms("measure")))
    return text


@looks_up("place")
def _place_or_abroad(text: str, info: ValidationInfo) -> str:
    return ABROAD if text.strip().lower() == ABROAD else known_by(info).place(text)


class Stated(Fact):
    """A head count, a running total, a baseline: as stated by the claimant."""

    kind = FACTS["figure.stated"]
    example = (
        "figure stated --measure present --place hurriya --count ~1200 --claimant unhcr "
        "--at 2012-03-20"
    )
    refusals = (MeasureUnknown, CurrencyMisplaced, PlaceMissing)

    measure: Annotated[str, AfterValidator(_measure)] = Field(description="what is counted")
    count: Figure = Field(description="the number")
    claimant: Name = Field(description="who states it")
    place: Annotated[Name, AfterValidator(_place_or_abroad)] | None = Field(
        None, description="where; abroad is all countries together"
    )
    movement: Annotated[str, thing("MOV")] | None = Field(
        None, description="the movement whose size it states"
    )
    currency: str | None = Field(None, description="ISO 4217, for pledged_total")

    @model_validator(mode="after")
    def _fits_its_measure(self) -> Self:
        if (self.currency is not None) != (self.measure == OF_MONEY):
            what = "needs" if self.measure == OF_MONEY else "has not"
            raise CurrencyMisplaced(measure=self.measure, what=what, field="currency")
        if self.currency is not None and self.currency not in currencies():
            raise CurrencyMisplaced(measure=self.measure, what="needs", field="currency")
        if self.measure in OF_A_PLACE and self.place is None:
            raise PlaceMissing(measure=self.measure, field="place")
        return self
