"""Engagements: meetings, interventions, notes, visits and briefings, and what was answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ledger.facts.base import Fact, term
from ledger.registry import FACTS
from ledger.values.figure import Figure
from ledger.values.text import Name, Text


class Held(Fact):
    """The office met, wrote to or briefed somebody."""

    kind = FACTS["engagement.held"]
    example = (
        "engagement held --kind meeting --subject 'Places for the residents' --with "
        "'resettlement States' --states-present ~40"
    )

    engagement_kind: Annotated[str, term("engagement_kind")] = Field(
        alias="kind", description="what it was"
    )
    subject: Text = Field(description="what it was about")
    with_: Name | None = Field(None, alias="with", description="with whom: government_iraq")
    states_present: Figure | None = Field(None, description="how many States took part")


class Answered(Fact):
    """Somebody answered."""

    kind = FACTS["engagement.answered"]
    example = "engagement answered ENG-H1-16 --by government_iraq --summary 'Will look into it.'"

    by: Name = Field(description="who answered")
    summary: Text = Field(description="what the answer was")
