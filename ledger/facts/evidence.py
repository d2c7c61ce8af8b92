"""Evidence files: what a fact rests on, named by its hash, kept beside the ledger."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from ledger.errors.rules import HashMalformed, TargetUnknown
from ledger.facts.base import Fact, Whole, known_by
from ledger.registry import FACTS
from ledger.values.text import Name

_HASH = re.compile(r"[0-9a-f]{64}")
_FACT = re.compile(r"([A-Z0-9-]+)/([1-9]\d{0,8})")


def _sha256(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise HashMalformed(text=text[:80])
    return text


def _fact(text: str, info: ValidationInfo) -> str:
    match = _FACT.fullmatch(text)
    if match is None or not known_by(info).holds(match[1], int(match[2])):
        id, _, number = text[:60].partition("/")
        raise TargetUnknown(id=id, of=number or "named")
    return text


class File(BaseModel):
    """A file as it was when it was attached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = Field(description="what it was called")
    sha256: Annotated[str, AfterValidator(_sha256)] = Field(description="its hash, 64 hex digits")
    bytes: Whole = Field(ge=0, description="its size")
    media_type: Name = Field(description="what it is: image/jpeg")


class Attached(Fact):
    """A file is kept as evidence of a fact. `vigil attach` records this and keeps the file."""

    kind = FACTS["evidence.attached"]
    example = (
        "evidence attached --to INC-H1-16/2 --file-name list.pdf --file-bytes 51200 "
        "--file-media-type application/pdf --file-sha256 "
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    refusals = (TargetUnknown, HashMalformed)

    file: File = Field(description="the file: name, sha256, bytes, media_type")
    to: Annotated[str, AfterValidator(_fact)] = Field(description="the fact it is evidence of")
