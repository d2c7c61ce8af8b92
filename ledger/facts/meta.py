"""Facts about facts: one correction, one retraction and one assessment for every family alike.

They live in the stream of the fact they speak of. What they do is in `ledger.history`; whether one
may be recorded is in `ledger.amendments`.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ledger.errors.rules import (
    CorrectionInvalid,
    FieldNotCorrectable,
    NothingCorrected,
    OtherBeginningStands,
    ReviewedByOneself,
    ReviewerMissing,
    StandardMissing,
    TargetIsMeta,
    TargetRetracted,
    TargetUnknown,
)
from ledger.facts.base import Fact, Whole, term
from ledger.registry import FACTS
from ledger.values.text import Pseudonym, Text


class Corrected(Fact):
    """From its `received` on, the target reads as corrected."""

    kind = FACTS["fact.corrected"]
    example = (
        "fact corrected MOV-PR-034 --of 1 --set count=338 --reason 'the running total of the UN'"
    )
    refusals = (
        TargetUnknown,
        TargetIsMeta,
        TargetRetracted,
        FieldNotCorrectable,
        CorrectionInvalid,
        NothingCorrected,
    )

    of: Whole = Field(description="the number of the fact it corrects", ge=1)
    set: dict[str, Any] = Field(description="fields and their new values; null clears")
    reason: Text = Field(description="why")


class Retracted(Fact):
    """From its `received` on, the target is as if it had never been said."""

    kind = FACTS["fact.retracted"]
    example = "fact retracted MOV-PR-101 --of 1 --reason 'the same group as MOV-PR-100'"
    refusals = (TargetUnknown, TargetRetracted, OtherBeginningStands)

    of: Whole = Field(description="the number of the fact it takes back", ge=1)
    reason: Text = Field(description="why")


class Assessed(Fact):
    """Verification travels with the number: a status with basis, standard and reviewer."""

    kind = FACTS["fact.assessed"]
    example = (
        "fact assessed INC-HURRIYA-2013-02-09 --of 6 --status corroborated --basis 'two "
        "sources that do not depend on each other'"
    )
    refusals = (
        TargetUnknown,
        TargetIsMeta,
        TargetRetracted,
        StandardMissing,
        ReviewerMissing,
        ReviewedByOneself,
    )

    of: Whole = Field(description="the number of the fact it assesses", ge=1)
    status: Annotated[str, term("assessment_status")] = Field(description="what it is worth")
    standard: Annotated[str, term("standard_of_proof")] | None = Field(
        None, description="the standard of proof that was met"
    )
    basis: Text = Field(description="what the assessment rests on")
    reviewer: Pseudonym | None = Field(None, description="the second officer")

    @model_validator(mode="after")
    def _verified_is_proved(self) -> Self:
        if self.status == "verified" and self.standard is None:
            raise StandardMissing(field="standard")
        if self.status == "verified" and self.reviewer is None:
            raise ReviewerMissing(field="reviewer")
        return self
