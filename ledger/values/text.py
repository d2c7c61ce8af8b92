"""Texts are stored exactly as they were given, in any script; only their size is limited."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from ledger import limits
from ledger.errors import TextEmpty, TextTooLong, TextUnstorable


def _checked(text: str, limit: int) -> str:
    if not text.strip():
        raise TextEmpty()
    if len(text) > limit:
        raise TextTooLong(length=len(text), limit=limit)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TextUnstorable() from None
    return text


def _name(text: str) -> str:
    return _checked(text, limits.NAME)


def _text(text: str) -> str:
    return _checked(text, limits.TEXT)


def _pseudonym(text: str) -> str:
    return _checked(text, limits.ID)


#: A line: a name, a title, a claimant.
Name = Annotated[str, AfterValidator(_name)]
#: Free text, perhaps pages of it.
Text = Annotated[str, AfterValidator(_text)]
#: Who speaks or acts, never a person's name: `HRO-07`.
Pseudonym = Annotated[str, AfterValidator(_pseudonym)]
