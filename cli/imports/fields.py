"""The fields of facts under the names that people write over columns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ledger.facts.base import field_names, parts, shape
from ledger.registry import FACTS, fact_class

if TYPE_CHECKING:
    from collections.abc import Callable

#: What the ledger sets; an export has it, and an import leaves it aside.
_ALSO = ("fact", "recorded", "uuid")


def fields_of(fact: str) -> list[str]:
    """The columns that a fact may have: its fields, those of `source` as `source-name`."""
    cls = fact_class(fact)
    names = []
    for field in field_names(cls):
        if shape(cls, field) == "parts":
            names += [f"{field}-{part.replace('_', '-')}" for part in parts(cls, field)]
        else:
            names.append(field)
    return names


@cache
def lists_of(fact: str) -> frozenset[str]:
    """The fields of a fact that hold lists; none of a fact that is not known."""
    if fact not in FACTS:
        return frozenset()
    cls = fact_class(fact)
    return frozenset(field for field in field_names(cls) if shape(cls, field) == "list")


def canonical(fact: str | None) -> Callable[[str], str | None]:
    """What reads a name over a column: the field it means, or None.

    `source-name`, `source_name` and `Source name *` are one field; `at` is `occurred`, as on the
    command line.
    """
    facts = [fact] if fact is not None else list(FACTS)
    known = {name for one in facts for name in fields_of(one)} | set(_ALSO)
    plain = {_plain(name): name for name in sorted(known)} | {"at": "occurred"}
    return lambda written: plain.get(_plain(written))


def _plain(name: str) -> str:
    return name.rstrip("* ").strip().lower().replace("-", "_").replace(" ", "_")
