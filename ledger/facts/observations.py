"""Observations: what an officer saw, was told, or read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ledger.facts.base import Fact, SiteName, Whole, term, thing
from ledger.registry import FACTS
from ledger.values.text import Name, Text


class Made(Fact):
    """Something was observed; nothing is concluded from it."""

    kind = FACTS["observation.made"]
    example = (
        "observation made --category water --site hurriya --text 'The tanker did not "
        "come.' --severity 3 --seen direct"
    )

    category: Annotated[str, term("observation_category")] = Field(description="what it is about")
    text: Text = Field(description="what was observed, stored exactly")
    site: SiteName | None = Field(None, description="where")
    severity: Whole | None = Field(None, ge=1, le=5, description="1 (slight) to 5 (grave)")
    lang: Name | None = Field(None, description="the language of the text, BCP 47: fa")
    seen: Annotated[str, term("seen")] | None = Field(None, description="how the observer knows")
    incident: Annotated[str, thing("INC")] | None = Field(
        None, description="the incident it belongs to"
    )
