"""The figure that the office adopted of an incident, and what it was taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.history import Entry
    from ledger.values.figure import Figure


def adopted(facts: Sequence[Entry]) -> Entry | None:
    """The adoption that counts: the newest, unless its incident was merged into another."""
    adoption = newest_adoption(facts)
    merged = adoption and "incident.merged" in [fact.kind.name for fact in facts]
    return None if merged else adoption


def newest_adoption(facts: Sequence[Entry]) -> Entry | None:
    """The adoption that was received last."""
    adoptions = [fact for fact in facts if fact.kind.name == "incident.adopted"]
    return max(adoptions, key=lambda fact: (fact.known_at, fact.version), default=None)


def adopted_figure(adoption: Entry, facts: Sequence[Entry], measure: str) -> Figure | None:
    """What was adopted for a measure: its own figure, else the basis claim's."""
    figure = adoption.figure(measure)
    if figure is not None:
        return figure
    basis = adoption.get("basis")
    claim = next((f for f in facts if f.version == basis and f.name == "incident.claimed"), None)
    return claim.figure(measure) if claim else None
