"""Texts are stored exactly as they were given, in any script; only their size is limited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic_core import core_schema

from ledger import limits
from ledger.errors.values import TextEmpty, TextTooLong, TextUnstorable

if TYPE_CHECKING:
    from ledger.errors import VigilError

#: The kind of error that pydantic tells of a text that was refused.
REFUSED = "text_refused"

#: Something but blanks, as Python counts them: four control characters more than others do.
_SAYS_SOMETHING = r"[^\s\x1c-\x1f]"


class _UpTo(NamedTuple):
    """A text of at most so many characters. Pydantic checks it, and `refusal` says what is wrong:
    nearly every text is right, and a fact has many."""

    limit: int

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.custom_error_schema(
            core_schema.str_schema(max_length=self.limit, pattern=_SAYS_SOMETHING),
            custom_error_type=REFUSED,
            custom_error_message="Input should be a valid string",
            custom_error_context={"limit": self.limit},
        )


def refusal(text: str, limit: int) -> VigilError:
    """What is wrong with a text that was refused."""
    if not text.strip():
        return TextEmpty()
    return TextTooLong(length=len(text), limit=limit) if len(text) > limit else TextUnstorable()


#: A line: a name, a title, a claimant.
Name = Annotated[str, _UpTo(limits.NAME)]
#: Free text, perhaps pages of it.
Text = Annotated[str, _UpTo(limits.TEXT)]
#: Who speaks or acts, never a person's name: `HRO-07`.
Pseudonym = Annotated[str, _UpTo(limits.ID)]
