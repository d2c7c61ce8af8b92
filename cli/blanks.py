"""The blanks of a fact: what its options, its form and its questions are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.facts.base import (
    Fact,
    field_name,
    is_time,
    letters_of,
    parts,
    place_of,
    shape,
    vocabulary_of,
)
from ledger.registry import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.registry import Kind

#: Set by the ledger, or an argument or shared option of the command.
_NOT_BLANKS = ("id", "version", "uuid", "recorded", "batch", "actor")


class Blank(NamedTuple):
    """One thing that may be said in a fact: `option` as it is typed (`source-grade`), the `field`
    it belongs to (`source`), and `how` it is written: `text`, `list`, `flag` or `changes`.

    Where its values are of a list, ids, places or times, it says which.
    """

    option: str
    field: str
    how: str
    help: str
    required: bool = False
    vocabulary: str | None = None
    letters: str | None = None
    place: str | None = None
    time: bool = False

    @property
    def name(self) -> str:
        """What a correction calls it: the field, or `source-grade`."""
        part = self.option[len(self.field) + 1 :].replace("-", "_")
        return f"{self.field}-{part}" if part else self.field


def blanks(cls: type[Fact]) -> list[Blank]:
    """Every blank of a fact but its id, in the order of its class."""
    return [
        blank
        for attribute in cls.model_fields
        if attribute not in _NOT_BLANKS
        for blank in _blanks(cls, attribute)
    ]


def in_order(cls: type[Fact]) -> list[Blank]:
    """Every blank as it is best filled in: what is needed, then when, the fact's own, the rest."""
    id, own = id_of(cls.kind), cls.model_fields["id"]
    if own.is_required():  # a site and an officer are called by their ids, so none is given out
        id = id._replace(help=own.description or "", required=True)
    return sorted([id, *blanks(cls)], key=_place_in_order)


def _place_in_order(blank: Blank) -> int:
    if blank.required:
        return 0 if blank.option == "id" else 1
    if blank.field in ("id", "occurred", "received"):
        return 2
    return 4 if blank.field in Fact.model_fields else 3


def _blanks(cls: type[Fact], attribute: str) -> Iterator[Blank]:
    info, field = cls.model_fields[attribute], field_name(cls, attribute)
    how, required = shape(cls, field), info.is_required()
    if how == "parts":
        for part, of in parts(cls, field).items():
            option = f"{field}-{part.replace('_', '-')}"
            needed = required and of.is_required()
            yield Blank(option, field, "text", of.description or "", needed)
        return
    yield Blank(
        field.replace("_", "-"), field, how, info.description or "", required,
        vocabulary_of(cls, attribute), letters_of(cls, attribute), place_of(cls, attribute),
        is_time(cls, field),
    )  # fmt: skip


def id_of(kind: Kind) -> Blank:
    """The blank of the thing: needed unless the fact begins it or the ledger finds it."""
    family = FAMILIES.get(kind.family)
    letters = family.kind if family else ""
    if kind.begins({}):
        return Blank("id", "id", "text", f"its id, {letters}-...; left out, the next number")
    # A watch that is not named is the officer's own; some facts begin a thing by what they say.
    found = kind.family == "watch" or (family is not None and family.orphan == kind.name)
    return Blank("id", "id", "text", "the thing it speaks of", not found, letters=letters)


def as_options(blank: Blank, values: list[str]) -> Iterator[tuple[str, Any]]:
    """What was filled in, as options of a command line."""
    for value in values:
        yield blank.option, None if blank.how == "flag" else value
