"""Commitments: what somebody undertook to do, by when, and what speaks for or against it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ledger.facts.base import Fact, term
from ledger.registry import FACTS
from ledger.values.text import Name, Text
from ledger.values.when import When


class Made(Fact):
    """Somebody undertakes something, perhaps by a day."""

    kind = FACTS["commitment.made"]
    example = (
        "commitment made --text 'Monitoring day and night' --by un --to residents "
        "--clause mou-monitoring --due 2012-12-31"
    )

    text: Text = Field(description="what was undertaken")
    by: Name | None = Field(None, description="who undertook it: government_iraq")
    to: Name | None = Field(None, description="towards whom: residents")
    clause: Name | None = Field(None, description="where it is written: mou-safety")
    due: When | None = Field(None, description="the day by which it is to be done")


class Extended(Fact):
    """There is more time to do it."""

    kind = FACTS["commitment.extended"]
    example = "commitment extended COM-H1-16 --due 2013-06-30"

    due: When = Field(description="the new day by which it is to be done")


class Evidenced(Fact):
    """Something speaks for or against its being kept."""

    kind = FACTS["commitment.evidenced"]
    example = "commitment evidenced COM-H1-16 --for-or-against for --evidence 'watch log of March'"

    for_or_against: Annotated[str, term("evidence_side")] = Field(description="for or against")
    evidence: Text = Field(description="what speaks for or against it")


class Breached(Fact):
    """It was not kept, on the evidence."""

    kind = FACTS["commitment.breached"]
    example = "commitment breached COM-H1-16 --evidence 'no watch from 1 to 4 May'"

    evidence: Text = Field(description="what shows it")


class Fulfilled(Fact):
    """It was kept, on the evidence."""

    kind = FACTS["commitment.fulfilled"]
    example = "commitment fulfilled COM-H1-16 --evidence 'final report'"

    evidence: Text = Field(description="what shows it")
