"""Funds: what was pledged, received and spent, a thing a pledge, one currency a thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ledger.errors.rules import OtherCurrency, ReceivedAbovePledged
from ledger.errors.values import DonorIsTotal, FieldMissing
from ledger.facts.base import Fact, Known
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.money import Money
from ledger.values.text import Name, Text


def total(history: Sequence[Entry], name: str) -> int:
    """The sum of the facts of one name, in hundredths."""
    return sum(Money.parse(fact.said["money"]).cents for fact in history if fact.name == name)


def _no_total(donor: str) -> str:
    if donor.strip().casefold() == "total":
        raise DonorIsTotal(donor=donor)
    return donor


#: A country's code, or a name that is not the one of a sum.
Donor = Annotated[Name, AfterValidator(_no_total)]


class Pledged(Fact):
    """A donor promises money."""

    kind = FACTS["fund.pledged"]
    example = "fund pledged --fund trust-fund --donor USA --money '1000000 USD' --at 2013-10-24"

    fund: Name = Field(description="the fund: trust-fund")
    donor: Donor = Field(description="who promises: a country's code or a name")
    money: Money = Field(description="how much: 1000000 USD")


class _Money(Fact):
    money: Money = Field(description="how much: 500000 USD")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        """Money of a thing is of one currency."""
        if not history:
            return
        pledged = Money.parse(history[0].said["money"]).currency
        given = Money.parse(fact.said["money"]).currency
        if given != pledged:
            raise OtherCurrency(given=given, pledged=pledged, field="money")


class Received(_Money):
    """Money arrives. Money that nobody pledged begins a thing of its own, with its reason."""

    kind = FACTS["fund.received"]
    example = "fund received FND-H1-16 --money '500000 USD'"
    refusals = (OtherCurrency, ReceivedAbovePledged)

    fund: Name | None = Field(None, description="the fund, where there is no pledge")
    donor: Donor | None = Field(None, description="who gave it, where there is no pledge")
    reason: Text | None = Field(
        None, description="why there is more than was pledged, or no pledge"
    )

    @model_validator(mode="after")
    def _names_its_donor_or_its_pledge(self) -> Self:
        if self.fund is not None or self.donor is not None:
            for field in ("fund", "donor", "reason"):
                if getattr(self, field) is None:
                    raise FieldMissing(name=field, command="fund received", field=field)
        return self

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        _Money.check(fact, history, known)
        if not history or fact.get("reason") is not None or history[0].name != "fund.pledged":
            return
        received = total([*history, fact], "fund.received")
        if received > total(history, "fund.pledged"):
            raise ReceivedAbovePledged(pledged=history[0].said["money"], field="reason")


class Spent(_Money):
    """Money is spent, for a purpose."""

    kind = FACTS["fund.spent"]
    example = "fund spent FND-H1-16 --money '12500.50 USD' --purpose 'two flights'"
    refusals = (OtherCurrency,)

    purpose: Text = Field(description="what for")


class Cancelled(Fact):
    """What is left of a pledge will not come."""

    kind = FACTS["fund.cancelled"]
    example = "fund cancelled FND-H1-16 --reason 'withdrawn by the donor'"

    reason: Text = Field(description="why")
