"""Watches: who kept which post, what they reported, and to whom they handed it over.

A watch is open until it is ended. Handing over names the next officer and leaves the watch with the
one who has it; only that officer's acceptance passes it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import ClassVar, NamedTuple, Self

from pydantic import Field, model_validator

from ledger.errors import VigilError
from ledger.errors.rules import (
    AcceptedByAnother,
    HandedToOneself,
    NoOpenWatch,
    ReportEmpty,
    ReportOutOfTime,
    SeveralOpenWatches,
    StepNotAllowed,
)
from ledger.facts.base import Fact, Known, SiteName, follow
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.place import folded
from ledger.values.text import Name, Pseudonym, Text
from ledger.values.when import When

STEPS = {
    "open": {
        "watch.reported": "open",
        "watch.handed_over": "handed_over",
        "watch.ended": "ended",
    },
    "handed_over": {
        "watch.reported": "handed_over",
        "watch.handed_over": "handed_over",
        "watch.accepted": "open",
        "watch.ended": "ended",
    },
    "ended": {},
}


class Standing(NamedTuple):
    """How a watch stands: its state, the officer who has it, and who is to take it over."""

    state: str
    officer: str
    to: str | None = None


def began(fact: Entry) -> Standing:
    """How a watch stands when it is started; without `officer` its actor keeps it."""
    return Standing("open", fact.get("officer") or fact.said["actor"])


def after(before: Standing, fact: Entry) -> Standing:
    """How a watch stands after a fact; one that does not follow changes nothing."""
    state = STEPS[before.state].get(fact.name)
    if state is None:
        return before
    match fact.kind.verb:
        case "handed_over":
            return Standing(state, before.officer, fact.said["to"])
        case "accepted":
            return Standing(state, before.to or before.officer)
        case "ended":
            return Standing(state, before.officer)
    return before._replace(state=state)


def standing_of(history: Sequence[Entry]) -> Standing:
    """How a watch stands after its effective facts, of which there is at least one."""
    stands = began(history[0])
    for fact in history[1:]:
        stands = after(stands, fact)
    return stands


def meant(history: Sequence[Entry], name: str, actor: str) -> bool:
    """Whether a fact that names no watch means this one: the actor has it, or is to accept it."""
    if not history:
        return False
    stands = standing_of(history)
    if name == "watch.accepted":
        return stands.state == "handed_over" and stands.to == actor
    return stands.state != "ended" and stands.officer == actor


class Started(Fact):
    """An officer takes up a post at a site."""

    kind = FACTS["watch.started"]
    example = "watch started --site hurriya --post gate --at 22:00"

    site: SiteName = Field(description="the site")
    post: Name = Field(description="the post that is kept there: gate")
    officer: Pseudonym | None = Field(None, description="who keeps it, where not the actor")


#: What every fact of a watch that goes on is refused for.
_NOT_OPEN = (NoOpenWatch, SeveralOpenWatches, StepNotAllowed)


class _OfAWatch(Fact):
    refusals: ClassVar[tuple[type[VigilError], ...]] = _NOT_OPEN

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        """The watch is open, and its steps are those of the table."""
        follow(fact, standing_of(history).state, STEPS)


class Reported(_OfAWatch):
    """What there was, or that there was nothing. Without an id it is of the actor's open watch."""

    kind = FACTS["watch.reported"]
    example = "watch reported WCH-H1-16 --nil --at 23:00 --until 00:00"
    refusals = (ReportEmpty, ReportOutOfTime, *_NOT_OPEN)

    text: Text | None = Field(None, description="what there was to report")
    nil: bool | None = Field(None, description="there was nothing to report")
    until: When | None = Field(None, description="the end of the time it speaks of")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.nil:
            raise ReportEmpty(field="text")
        return self

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        _OfAWatch.check(fact, history, known)
        if (text := fact.get("until")) is None:
            return
        until = When.parse(text)
        if until.latest <= fact.occurred.earliest or until.earliest >= fact.received.latest:
            raise ReportOutOfTime(
                until=text, occurred=fact.occurred.text, received=fact.received.text, field="until"
            )


class HandedOver(_OfAWatch):
    """The next officer is told what is open. The watch is theirs once they accept it."""

    kind = FACTS["watch.handed_over"]
    example = "watch handed_over WCH-H1-16 --to HRO-08"
    refusals = (HandedToOneself, *_NOT_OPEN)

    to: Pseudonym = Field(description="the officer who takes it over: HRO-08")
    open_items: tuple[Text, ...] | None = Field(
        None, description="what is open; vigil record adds what it finds in the ledger"
    )

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        _OfAWatch.check(fact, history, known)
        to = fact.said["to"]
        selves = (standing_of(history).officer, fact.said["actor"])
        if folded(to) in map(folded, selves):
            raise HandedToOneself(to=to, id=fact.id, field="to")


class Accepted(_OfAWatch):
    """The next officer takes the watch over. Without an id it is the one handed to the actor."""

    kind = FACTS["watch.accepted"]
    example = "watch accepted WCH-H1-16 --actor HRO-08"
    refusals = (AcceptedByAnother, *_NOT_OPEN)

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        _OfAWatch.check(fact, history, known)
        to = standing_of(history).to
        if fact.said["actor"] != to:
            raise AcceptedByAnother(
                actor=fact.said["actor"], to=to, typed=quote(str(to)), id=fact.id, field="actor"
            )


class Ended(_OfAWatch):
    """The watch is over. Without an id it is the actor's open watch."""

    kind = FACTS["watch.ended"]
    example = "watch ended WCH-H1-16 --at 06:00"
