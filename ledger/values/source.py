"""Where a fact comes from. Sources are pseudonyms or publications, never names of people."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ledger.errors.values import GradeUnknown, SourceEmpty
from ledger.values.text import Name, Text

_GRADE = re.compile(r"[A-F][1-6]")


@lru_cache(maxsize=256)
def _grade(text: str) -> str:
    grade = text.strip().upper()
    if not _GRADE.fullmatch(grade):
        raise GradeUnknown(text=text[:20])
    return grade


Grade = Annotated[str, AfterValidator(_grade)]


class Source(BaseModel):
    """Source and information are graded apart, by the Admiralty code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = Field(None, description="pseudonym or publisher (SRC-...)")
    kind: Name | None = Field(None, description="what it is: witness, press, UN, government")
    citation: Text | None = Field(None, description="where it can be read")
    grade: Grade | None = Field(None, description="Admiralty code, A-F and 1-6: B2")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.name, self.kind, self.citation, self.grade)):
            raise SourceEmpty()
        return self
