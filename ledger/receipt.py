"""What became of a fact: its receipt, and whether its key was used for the same one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.history import RETRACTED, retracted
from ledger.known import beginnings_standing
from ledger.registry import SET_BY_LEDGER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ledger.facts.base import Fact
    from ledger.history import Entry

#: Left out, they do not make the same fact another one; what the ledger sets never does.
_OPTIONAL = frozenset({"id", "occurred", "received", "actor"})
_NEVER_COMPARED = frozenset(SET_BY_LEDGER)
#: A year before this one, alone, is more likely a time of day.
_LONG_AGO = "1900"


class Receipt(NamedTuple):
    """What became of one fact."""

    entry: Entry
    position: int
    already: bool
    warnings: tuple[str, ...]
    entailed: tuple[Receipt, ...] = ()

    @property
    def recorded(self) -> str:
        return str(self.entry.said["recorded"])


def differences(fact: Fact, given: Mapping[str, Any], stored: Entry) -> list[str]:
    """The fields in which a fact with a used key differs from the stored one."""
    now = fact.said()
    if stored.kind is not fact.kind:
        return ["fact"]
    return [
        field
        for field in {**now, **stored.said}
        if field not in _NEVER_COMPARED
        and not (field in _OPTIONAL and field not in given)
        and now.get(field) != stored.get(field)
    ]


def warnings_of_repeating(stored: Entry, history: Sequence[Entry]) -> tuple[str, ...]:
    """What the officer should know who says again what stands in the ledger, or stood in it."""
    gone = retracted(history)
    return tuple(
        f"{by.fact} retracted it, so it counts for nothing until {by.fact} is retracted in its turn"
        for by in history
        if by.kind is RETRACTED and by.said["of"] == stored.version and by.version not in gone
    )


def warnings_of_times(fact: Fact, history: Sequence[Entry]) -> list[str]:
    """What the officer should know of the times of a completed fact."""
    found = []
    assert fact.occurred is not None
    assert fact.received is not None
    if right := fact.occurred.weekday_wrong:
        found.append(f"{fact.occurred.text} was a {right}")
    year, after = fact.occurred.text[:4], fact.occurred.text[4:5]
    if year < _LONG_AGO and year.isdecimal() and after in ("", "["):
        found.append(f"{year} is read as a year; a time of day has a colon")
    amends = fact.kind.about_another or not history
    beginnings = [] if amends else beginnings_standing(history)
    if beginnings and fact.received.latest < beginnings[-1].known_at:
        found.append(f"received before {fact.id} began ({beginnings[-1].received.text})")
    return found
