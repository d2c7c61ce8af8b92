"""The roster: who may record, under which pseudonym and in which role.

A ledger without a roster is open. With the first actor on it, only those on it may record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from ledger.errors.rules import LastOnRoster, StepNotAllowed
from ledger.facts.base import Fact, Known, term
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.text import Name, Text


def active(facts: Sequence[Entry]) -> bool:
    """Whether an actor is on the roster: added, and not deactivated since."""
    return bool(facts) and not any(fact.name == "actor.deactivated" for fact in facts)


def roster_id(pseudonym: str) -> str:
    """The id of an actor: `ACT-HRO-07` for `HRO-07`."""
    return f"ACT-{pseudonym.upper()}"


class Added(Fact):
    """Somebody comes on the roster. The id is `ACT-` and the pseudonym: `ACT-HRO-07`."""

    kind = FACTS["actor.added"]
    example = "actor added ACT-HRO-07 --role officer"

    id: str = Field(description="ACT- and the pseudonym: ACT-HRO-07")
    role: Annotated[str, term("actor_role")] = Field(description="officer, reviewer, desk, auditor")
    public_key: Name | None = Field(None, description="the key that signs for them")


class Deactivated(Fact):
    """Somebody leaves the roster; what they recorded stays."""

    kind = FACTS["actor.deactivated"]
    example = "actor deactivated ACT-HRO-07 --reason 'end of mission'"
    refusals = (LastOnRoster,)

    reason: Text = Field(description="why")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if not active(history):
            raise StepNotAllowed(
                id=fact.id, state="deactivated", fact=fact.name, possible="nothing"
            )
