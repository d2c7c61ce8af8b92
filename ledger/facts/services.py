"""Services: what was measured at a site. A standard says later whether it is enough."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.errors.rules import QuantityNotUnderstood, UnitOfAnother
from ledger.facts.base import Fact, SiteName, term
from ledger.registry import FACTS
from ledger.values.quantity import Quantity
from ledger.values.text import Text
from ledger.vocabulary import terms


class Measured(Fact):
    """Something that people need was measured: of each person, or of the whole camp."""

    kind = FACTS["service.measured"]
    example = (
        "service measured --site hurriya --indicator water_supply --value 21000 --unit l_per_day "
        "--method 'tankers counted at the gate'"
    )
    refusals = (QuantityNotUnderstood, UnitOfAnother)

    site: SiteName = Field(description="where it was measured")
    indicator: Annotated[str, term("service_indicator")] = Field(description="what was measured")
    value: Quantity = Field(description="how much, a decimal number: 14.5")
    unit: Annotated[str, term("service_unit")] = Field(description="in which unit")
    method: Text | None = Field(None, description="how it was measured")

    @model_validator(mode="after")
    def _is_in_a_unit_of_its_own(self) -> Self:
        units = terms("service_indicator")[self.indicator]["units"]
        if self.unit not in units:
            raise UnitOfAnother(
                indicator=self.indicator, unit=self.unit, units=", ".join(units), field="unit"
            )
        return self
