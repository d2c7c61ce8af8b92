"""Every kind of fact there is: its name, where its class lives, and what it says in one line.

A kind of fact is one line here and one class. The line is enough for help, completion and reading
stored facts, so this module imports neither pydantic nor the classes; `fact_class` does when asked.

A stored topic is the name with its schema version (`movement.made/1`). When a class changes its
shape, its line gets the next version and an upcaster that turns the stored fields of the one before
into the new ones; the old golden file stays (tests/ledger/golden).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.errors.values import FactUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.facts.base import Fact

#: Fields that the ledger sets and nobody may give.
SET_BY_LEDGER = ("version", "uuid", "recorded", "batch")

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Family(NamedTuple):
    """The letters its ids begin with, and the fact that begins a thing.

    An `orphan` begins one too where nothing came before, and then names the family's field:
    money that nobody pledged says which `fund` received it.
    """

    kind: str
    beginning: str
    orphan: str | None = None


FAMILIES = {
    "site": Family("SIT", "site.opened"),
    "incident": Family("INC", "incident.opened"),
    "movement": Family("MOV", "movement.made"),
    "figure": Family("FIG", "figure.stated"),
    "observation": Family("OBS", "observation.made"),
    "case": Family("RES", "case.registered"),
    "offer": Family("OFR", "offer.made"),
    "commitment": Family("COM", "commitment.made"),
    "fund": Family("FND", "fund.pledged", "fund.received"),
    "engagement": Family("ENG", "engagement.held"),
    "watch": Family("WCH", "watch.started"),
    "service": Family("SVC", "service.measured"),
    "actor": Family("ACT", "actor.added"),
    "evidence": Family("EVD", "evidence.attached"),
}


class Kind:
    """One line of the registry. What is read of it for every fact is worked out once, here."""

    __slots__ = (
        "_always_begins", "_orphan", "about_another", "family", "name", "path", "summary", "topic",
        "upcasts", "verb", "version",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        path: str,
        summary: str,
        version: int = 1,
        upcasts: tuple[Upcast, ...] = (),
    ) -> None:
        self.name, self.path, self.summary = name, path, summary
        self.version, self.upcasts = version, upcasts
        self.family, _, self.verb = name.partition(".")
        self.topic = f"{name}/{version}"
        #: Whether it speaks of a fact: a correction, a retraction, an assessment.
        self.about_another = self.family == "fact"
        family = FAMILIES.get(self.family)
        self._always_begins = family is not None and name == family.beginning
        self._orphan = family is not None and name == family.orphan

    def begins(self, said: Mapping[str, Any]) -> bool:
        """Whether it is the first fact of its thing, by what is said in it."""
        return self._always_begins or (self._orphan and said.get(self.family) is not None)

    def __repr__(self) -> str:
        return f"Kind({self.name})"


FACTS = {
    kind.name: kind
    for kind in (
        Kind("fact.corrected", "meta:Corrected", "a fact reads differently from now on"),
        Kind("fact.retracted", "meta:Retracted", "a fact is taken back"),
        Kind("fact.assessed", "meta:Assessed", "a fact is verified, disputed or rejected"),
        Kind("site.opened", "sites:Opened", "a site that people live in or pass through"),
        Kind("site.renamed", "sites:Renamed", "a site gets another name"),
        Kind("site.capacity_set", "sites:CapacitySet", "how many people a site is meant for"),
        Kind("site.deadline_set", "sites:DeadlineSet", "when a site is to close, and who says so"),
        Kind("site.closed", "sites:Closed", "a site closes"),
        Kind("site.reopened", "sites:Reopened", "a closed site opens again"),
        Kind("incident.opened", "incidents:Opened", "something happened at a site"),
        Kind("incident.claimed", "incidents:Claimed", "what somebody says it cost"),
        Kind("incident.adopted", "incidents:Adopted", "the figure the office adopts, and why"),
        Kind("incident.merged", "incidents:Merged", "two reports were of one incident"),
        Kind("incident.closed", "incidents:Closed", "the office is done with it"),
        Kind("incident.reopened", "incidents:Reopened", "the office takes it up again"),
        Kind("movement.made", "movements:Made", "people go from one place to another"),
        Kind("figure.stated", "figures:Stated", "a number somebody stated, set beside the books"),
        Kind("observation.made", "observations:Made", "what an officer saw, was told, or read"),
        Kind("case.registered", "cases:Registered", "a resident is registered"),
        Kind("case.advanced", "cases:Advanced", "a resident's case takes a step"),
        Kind("offer.made", "offers:Made", "a country offers places"),
        Kind("offer.withdrawn", "offers:Withdrawn", "a country takes places back"),
        Kind("commitment.made", "commitments:Made", "somebody undertakes something"),
        Kind("commitment.extended", "commitments:Extended", "there is more time for it"),
        Kind("commitment.evidenced", "commitments:Evidenced", "what speaks for or against it"),
        Kind("commitment.breached", "commitments:Breached", "it was not kept"),
        Kind("commitment.fulfilled", "commitments:Fulfilled", "it was kept"),
        Kind("fund.pledged", "fund:Pledged", "a donor promises money"),
        Kind("fund.received", "fund:Received", "money arrives"),
        Kind("fund.spent", "fund:Spent", "money is spent"),
        Kind("fund.cancelled", "fund:Cancelled", "what is left of a pledge will not come"),
        Kind("engagement.held", "engagements:Held", "a meeting, a note, a visit, a briefing"),
        Kind("engagement.answered", "engagements:Answered", "somebody answers"),
        Kind("watch.started", "watches:Started", "an officer takes up a post"),
        Kind("watch.reported", "watches:Reported", "what there was, or that there was nothing"),
        Kind("watch.handed_over", "watches:HandedOver", "the next officer is told what is open"),
        Kind("watch.accepted", "watches:Accepted", "the next officer takes the watch over"),
        Kind("watch.ended", "watches:Ended", "the watch is over"),
        Kind("service.measured", "services:Measured", "what people need was measured"),
        Kind("actor.added", "actors:Added", "somebody comes on the roster"),
        Kind("actor.deactivated", "actors:Deactivated", "somebody leaves the roster"),
        Kind("evidence.attached", "evidence:Attached", "a file is kept as evidence of a fact"),
    )
}

TOPICS = {kind.topic: kind for kind in FACTS.values()}


def kind_of(name: str) -> Kind:
    """The registry's line for a name; raises `FactUnknown`, which names the nearest."""
    try:
        return FACTS[name]
    except KeyError:
        raise FactUnknown(name=name[:80], nearest=nearest(name, FACTS), field="fact") from None


@cache
def fact_class(name: str) -> type[Fact]:
    """The class of a kind of fact."""
    module, _, cls = kind_of(name).path.partition(":")
    found: type[Fact] = getattr(import_module(f"ledger.facts.{module}"), cls)
    return found


def decode_topic(topic: str, fields: dict[str, Any]) -> tuple[Kind, dict[str, Any]]:
    """The kind of a stored topic and its fields in today's shape."""
    kind = TOPICS.get(topic)
    if kind is not None:
        return kind, fields
    name, _, version = topic.partition("/")
    kind = kind_of(name)
    for upcast in kind.upcasts[int(version) - 1 :]:
        fields = upcast(fields)
    return kind, fields


def topic_known(topic: str) -> bool:
    """Whether facts stored under a topic can be read: its kind, in this version or an older one."""
    if topic in TOPICS:
        return True
    name, _, version = topic.partition("/")
    return name in FACTS and version.isdecimal() and 0 < int(version) < FACTS[name].version


def nearest(text: str, choices: Any) -> str:
    """The choice most like `text`, for "did you mean"; the first one where none is alike."""
    from difflib import get_close_matches

    known = sorted(choices)
    close = get_close_matches(text, known, n=1, cutoff=0.4)
    return close[0] if close else known[0] if known else "nothing yet"
