"""A finding: what does not fit together, with both numbers, their difference and the candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ledger.values.figure import Figure

#: An estimate that misses by more than this share of the larger figure is worth a warning.
TOLERANCE = 0.05


class Finding(NamedTuple):
    """One finding; `occurred_from` orders it and is not shown."""

    rule: str
    severity: str
    about: str
    text: str
    facts: list[str]
    occurred_from: int

    def as_row(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "about": self.about,
            "text": self.text,
            "facts": self.facts,
        }


def severity(stated: Figure, computed: Figure) -> str | None:
    """How grave a difference is; None where the intervals meet."""
    gap = stated.gap(computed)
    if gap == 0:
        return None
    if not (stated.about or computed.about):
        return "error"
    bounds = (stated.low, stated.high, computed.low, computed.high)
    larger = max(abs(bound) for bound in bounds if bound is not None)
    return "warning" if gap > TOLERANCE * larger else "info"
