"""The fields of facts under the names that people write over columns."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ledger.facts.base import field_names, parts, shape
from ledger.notation import gather
from ledger.registry import FACTS, fact_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What the ledger sets; an export has it, and an import leaves it aside.
_ALSO = ("fact", "recorded", "uuid")


def fields_of(fact: str) -> list[str]:
    """The columns that a fact may have: its fields, those of `source` as `source-name`."""
    cls = fact_class(fact)
    names = []
    for field in field_names(cls):
        joined = [f"{field}-{part.replace('_', '-')}" for part in parts(cls, field)]
        names += joined or [field]
    return names


@cache
def shapes_of(fact: str) -> dict[str, str]:
    """How each field of a fact is written; nothing of a fact that is not known."""
    if fact not in FACTS:
        return {}
    cls = fact_class(fact)
    return {field: shape(cls, field) for field in field_names(cls)}


def said_in(cells: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a fact from the cells of a row, those that are empty left out.

    Parts join with a dash (`source-name`); a list has its items between semicolons, and `set` its
    changes: `count=338; note=counted again`.
    """
    fields: dict[str, Any] = {}
    shapes = shapes_of(cells.get("fact", ""))
    for name, value in cells.items():
        if value == "":
            continue
        whole, _, part = name.partition("-")
        if part and shapes.get(whole) == "parts":
            fields.setdefault(whole, {})[part.replace("-", "_")] = value
        elif shapes.get(name) == "list":
            fields[name] = [item.strip() for item in value.split(";") if item.strip()]
        elif shapes.get(name) == "changes":
            fields |= gather(fact_class(cells["fact"]), [(name, one) for one in _changes(value)])
        else:
            fields[name] = value
    return fields


def _changes(text: str) -> list[str]:
    """A semicolon parts two changes where the next one begins after it."""
    return [one.strip() for one in re.split(r";\s*(?=[a-z][a-z_-]*\s*=|$)", text) if one.strip()]


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
