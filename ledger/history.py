"""Facts as the ledger holds them, and the one place where corrections happen.

`effective(history, as_known)` is the whole of it: the facts of one stream as they stood at a
knowledge time. The write side asks it without a time before it checks a step; the read side asks it
at every time. No family of facts and no view knows that corrections exist.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from ledger.errors import VigilError
from ledger.errors.storage import LedgerDamaged
from ledger.registry import FACTS, TOPICS, Kind, decode_topic
from ledger.values.figure import Figure
from ledger.values.grammar import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ledger.values.when import When

CORRECTED, RETRACTED, ASSESSED = (
    FACTS[name] for name in ("fact.corrected", "fact.retracted", "fact.assessed")
)

#: How much a status counts: sums take rank 1 and above, `--min-status` raises the bar.
RANKS = {
    "reported": 1,
    "disputed": 1,
    "corroborated": 2,
    "verified": 3,
    "unsubstantiated": 0,
    "rejected": 0,
}


class Entry:
    """One fact of a stream: its kind and what was said, each value as its one text.

    `said` is the stored JSON object, never changed in place. `assessed` is the status that the
    assessment which counts gave it; an entry fresh from the store has none and is `reported`.
    """

    __slots__ = ("_occurred", "_received", "_state", "assessed", "id", "kind", "said", "version")

    def __init__(
        self,
        kind: Kind,
        said: Mapping[str, Any],
        assessed: str | None = None,
        state: bytes | None = None,
    ) -> None:
        self.kind, self.said, self.assessed = kind, said, assessed
        self.id: str = said["id"]
        self.version: int = said["version"]
        self._state = state
        self._occurred: When | None = None
        self._received: When | None = None

    @classmethod
    def decode(
        cls, topic: str, state: bytes, loads: Callable[[bytes], dict[str, Any]] = json.loads
    ) -> Entry:
        """The entry of stored bytes, in today's shape; `loads` may be a faster reader of JSON."""
        try:
            said = loads(state)
            kind = TOPICS.get(topic)
            if kind is not None:  # all but those of an older shape
                return cls(kind, said, None, state)
            return cls(*decode_topic(topic, said))
        except VigilError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            why = f"a fact stored as {topic} cannot be read: {error!r}"
            raise LedgerDamaged(file="ledger.db", why=why) from error

    @property
    def occurred(self) -> When:
        """When it happened; read when it is first asked for."""
        if self._occurred is None:
            self._occurred = parse(self.said["occurred"])
        return self._occurred

    @property
    def received(self) -> When:
        """When the office learned it; read when it is first asked for."""
        if self._received is None:
            self._received = parse(self.said["received"])
        return self._received

    @property
    def fact(self) -> str:
        """How people name it: `INC-H1-42T/3`."""
        return f"{self.id}/{self.version}"

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def begins(self) -> bool:
        """Whether it is the first fact of its thing."""
        return self.kind.begins(self.said)

    @property
    def known_at(self) -> int:
        """The instant from which the office knew it, in microseconds."""
        return self.received.latest

    @property
    def status(self) -> str:
        return self.assessed or "reported"

    @property
    def rank(self) -> int:
        return RANKS[self.status]

    def get(self, field: str) -> Any:
        """What was said in a field, None where nothing was."""
        return self.said.get(field)

    def figure(self, field: str) -> Figure | None:
        """What was said in a field that holds a count."""
        text = self.said.get(field)
        return None if text is None else Figure.parse(text)

    def reading(self, changes: Mapping[str, Any]) -> Entry:
        """The same fact, read with these fields changed."""
        return Entry(self.kind, changed(self.said, changes), self.assessed)

    def rated(self, status: str) -> Entry:
        """The same fact with the status that an assessment gave it."""
        return Entry(self.kind, self.said, status, self._state)

    @property
    def text(self) -> str:
        """What was said, as JSON: the stored text where it reads as it was stored."""
        if self._state is not None:
            return self._state.decode()
        return _state_of()(self.said).decode()

    def line(self) -> dict[str, Any]:
        """The fact as a line of an export: its name and all that was said, without `batch`."""
        said = {k: v for k, v in self.said.items() if k not in ("version", "batch")}
        return {"fact": self.name, **said}

    def __repr__(self) -> str:
        return f"Entry({self.fact} {self.name})"


@cache
def _state_of() -> Callable[[Mapping[str, Any]], bytes]:
    """What facts are stored by; it brings pydantic, which no query needs."""
    from ledger.values.schema import state_of

    return state_of


def effective(history: Sequence[Entry], as_known: int | None = None) -> list[Entry]:
    """The facts of a stream as they stood at a knowledge time (None: with all that is held).

    Corrections are applied, what was retracted is gone, assessments are attached. The beginning of
    the thing comes first, even where it was begun again after other facts; those follow in the
    order of versions. A thing whose beginning is gone or not yet known has no facts; where two
    beginnings stand, the later one counts.
    """
    if not history:
        return []
    if len(history) == 1 and as_known is None:  # most streams
        return [*history] if history[0].begins else []
    facts = standing(history, as_known)
    beginnings = [fact for fact in facts if fact.begins]
    if not beginnings:
        return []
    if len(beginnings) == 1 and facts[0] is beginnings[0]:
        return facts
    return [beginnings[-1], *(fact for fact in facts if not fact.begins)]


def standing(history: Sequence[Entry], as_known: int | None = None) -> list[Entry]:
    """Like `effective`, but of a thing that may lack its beginning or have two."""
    known = (
        list(history)
        if as_known is None
        else [entry for entry in history if entry.known_at <= as_known]
    )
    if not [entry for entry in known if entry.kind.about_another]:
        return known
    gone = retracted(known)
    facts = {e.version: e for e in known if not e.kind.about_another and e.version not in gone}
    amendments = (e for e in known if e.kind.about_another and e.version not in gone)
    for amendment in sorted(amendments, key=lambda e: (e.known_at, e.version)):
        target = facts.get(amendment.said["of"])
        if target is None:
            continue
        if amendment.kind is CORRECTED:
            facts[target.version] = target.reading(amendment.said["set"])
        elif amendment.kind is ASSESSED:
            facts[target.version] = target.rated(amendment.said["status"])
    return list(facts.values())


def retracted(known: Iterable[Entry]) -> set[int]:
    """The versions that are taken back, among facts that are all known.

    A fact is retracted only by a later one, so going backwards settles each retraction before the
    one it may have taken back.
    """
    gone: set[int] = set()
    for entry in sorted(known, key=lambda entry: -entry.version):
        if entry.kind is RETRACTED and entry.version not in gone:
            gone.add(entry.said["of"])
    return gone


def knowledge_times(history: Iterable[Entry]) -> list[int]:
    """The instants at which what was known of a stream may have changed, in order."""
    return sorted({entry.known_at for entry in history})


def changed(said: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with changes applied: None clears, `source-grade` changes one part of `source`."""
    result = dict(said)
    for field, value in changes.items():
        whole, dash, part = field.partition("-")
        new = changed(result.get(whole) or {}, {part: value}) or None if dash else value
        if new is None:
            result.pop(whole, None)
        else:
            result[whole] = new
    return result
