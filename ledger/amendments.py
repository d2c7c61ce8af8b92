"""Whether a correction, retraction or assessment may be recorded, and what it breaks.

What they do to a history is in `ledger.history`; here is only what is refused, and the warnings.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ledger.errors import VigilError
from ledger.errors.rules import (
    CorrectionInvalid,
    FieldNotCorrectable,
    NothingCorrected,
    OtherBeginningStands,
    ReceivedBeforeTarget,
    ReviewedByOneself,
    TargetIsMeta,
    TargetRetracted,
    TargetUnknown,
)
from ledger.errors.values import FieldMissing, FieldUnknown, UnknownPlace
from ledger.facts.base import IDENTITY, Fact, Known, field_names, parts, shape
from ledger.history import (
    ASSESSED,
    CORRECTED,
    RETRACTED,
    Entry,
    changed,
    effective,
    knowledge_times,
    retracted,
    standing,
)
from ledger.known import EVERYTHING, Everything
from ledger.registry import fact_class
from ledger.values.instants import iso
from ledger.values.place import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def target_of(fact: Fact, of: int, history: Sequence[Entry]) -> Entry:
    """The fact of which an amendment speaks; refused where nothing may be said of it."""
    if of > len(history):
        raise TargetUnknown(id=fact.id, of=of, field="of")
    target = history[of - 1]
    if target.kind.about_another and fact.kind is not RETRACTED:
        raise TargetIsMeta(target=target.fact, name=target.name, field="of")
    if of in retracted(history):
        raise TargetRetracted(target=target.fact, id=target.id, field="of")
    return target


def changes_of(
    given: Mapping[str, Any],
    target: Entry,
    history: Sequence[Entry],
    known: Known,
    zone: str,
    now: int | None,
) -> dict[str, Any]:
    """The `set` of a correction as it is stored: each value canonical, None where it clears.

    Times are read in `zone`, relative ones from `now` (microseconds; None refuses them).
    Raises what the corrected fact would raise if it were recorded now.
    """
    cls = fact_class(target.name)
    for name in given:
        _check_settable(cls, name)
    given = {name: _listed(cls, name, value) for name, value in given.items()}
    current = next(fact for fact in standing(history) if fact.version == target.version)
    said = changed(current.said, given)
    read = cls.read(said, _Trusting(known, cls, current))
    read.settle(zone, now)
    read.check_times()
    if read.occurred is None:
        raise FieldMissing(name="occurred", command=target.name.replace(".", " "), field="occurred")
    corrected = Entry(target.kind, read.said())
    if corrected.begins != current.begins:
        family = target.kind.family
        raise FieldNotCorrectable(name=family, field=family)
    facts = effective(history)
    place = next((n for n, fact in enumerate(facts) if fact.version == target.version), 0)
    before = facts[:place]
    if facts and _refusal(current, before, EVERYTHING) is None:
        cls.check(corrected, before, known)
    return {name: _part(corrected.said, name) for name in given}


def check_amendment(fact: Entry, target: Entry, history: Sequence[Entry]) -> None:
    """Refuse an amendment that came too early, breaks a reading, or is vouched for by oneself."""
    if fact.known_at < target.known_at:
        raise ReceivedBeforeTarget(
            received=fact.received.text, target=target.received.text, field="received"
        )
    if fact.kind is ASSESSED:
        reviewer = fact.get("reviewer")
        verified = fact.get("status") == "verified"
        if verified and folded(reviewer) == folded(target.said["actor"]):
            raise ReviewedByOneself(reviewer=reviewer, target=target.fact, field="reviewer")
        return
    if fact.kind is CORRECTED:
        _check_changes(fact, history)
    else:
        _check_one_beginning(fact, history)
    _check_readings(fact, _root(target, history), history)


def warnings_of(fact: Entry, history: Sequence[Entry]) -> list[str]:
    """What the officer should know: an assessment that is kept, facts that no longer follow."""
    after = [*history, fact]
    found = []
    if fact.kind is CORRECTED:
        target = next((e for e in standing(history) if e.version == fact.said["of"]), None)
        if target is not None and target.assessed is not None:
            found.append(f"{target.fact} stays {target.status}; assess it again if that changes")
    if fact.kind is not ASSESSED:
        was = {fact.version for fact, _ in broken(effective(history))}
        found += [
            f"{fact.fact} ({fact.name}) no longer follows: {why}"
            for fact, why in broken(effective(after))
            if fact.version not in was
        ]
    return found


def broken(facts: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """The facts of an effective history that do not follow from those before them, and why."""
    return [
        (fact, why)
        for number, fact in enumerate(facts)
        if fact_class(fact.name).has_rule()
        and (why := _refusal(fact, facts[:number], EVERYTHING)) is not None
    ]


def _refusal(fact: Entry, history: Sequence[Entry], known: Known) -> str | None:
    try:
        fact_class(fact.name).check(fact, history, known)
    except VigilError as error:
        return error.sentence
    return None


def _check_settable(cls: type[Fact], name: str) -> None:
    whole, _, part = name.partition("-")
    if whole in IDENTITY:
        raise FieldNotCorrectable(name=name, field=name)
    fields = field_names(cls)
    if whole not in fields or (part and part.replace("-", "_") not in parts(cls, whole)):
        settable = [field for field in fields if field not in IDENTITY]
        raise FieldUnknown(fact=cls.kind.name, name=name, fields=", ".join(settable), field=name)


def _listed(cls: type[Fact], name: str, value: Any) -> Any:
    """One value for a field that takes a list is a list of one."""
    alone = isinstance(value, str) and "-" not in name and shape(cls, name) == "list"
    return [value] if alone else value


def _check_changes(fact: Entry, history: Sequence[Entry]) -> None:
    """At some knowledge time the target reads otherwise than it would without the correction."""
    after = [*history, fact]
    for at in knowledge_times(after):
        if at >= fact.known_at:
            with_it, without = (
                next((e.said for e in standing(facts, at) if e.version == fact.said["of"]), None)
                for facts in (after, history)
            )
            if with_it != without:
                return
    raise NothingCorrected(field="set")


def _check_one_beginning(fact: Entry, history: Sequence[Entry]) -> None:
    """Restoring a beginning is refused while the thing has been begun again."""
    begun = [e for e in standing([*history, fact]) if e.begins]
    if len(begun) > 1:
        raise OtherBeginningStands(id=fact.id, fact=begun[-1].fact, field="of")


def _root(target: Entry, history: Sequence[Entry]) -> Entry:
    """The fact of a family at the end of a chain of facts about facts."""
    while target.kind.about_another:
        target = history[target.said["of"] - 1]
    return target


def _check_readings(fact: Entry, root: Entry, history: Sequence[Entry]) -> None:
    """The root stays valid by itself at each knowledge time from this fact's `received` on."""
    after = [*history, fact]
    cls = fact_class(root.name)
    for at in knowledge_times(after):
        if at < fact.known_at:
            continue
        reading = next((e for e in standing(after, at) if e.version == root.version), None)
        if reading is None:
            continue
        try:
            cls.read(reading.said, EVERYTHING)
        except VigilError as error:
            raise CorrectionInvalid(
                target=root.fact,
                at=iso(at - 1) or "any time",
                why=error.sentence,
                first=_retract_first(fact, root, after, at),
                field="set" if fact.kind is CORRECTED else "of",
            ) from None


def _retract_first(fact: Entry, root: Entry, history: Sequence[Entry], at: int) -> str:
    known = [entry for entry in history if entry.known_at <= at]
    gone = retracted(known)
    others = [
        entry
        for entry in known
        if entry.kind is CORRECTED
        and entry.said["of"] == root.version
        and entry.version not in gone | {fact.version}
    ]
    if not others:
        return "give it a received from which on it holds"
    newest = max(others, key=lambda entry: (entry.known_at, entry.version))
    return f"retract {newest.fact} first"


def _part(said: Mapping[str, Any], name: str) -> Any:
    whole, dash, part = name.partition("-")
    value = said.get(whole)
    return (value or {}).get(part) if dash else value


class _Trusting:
    """A `Known` that asks again only about what a correction brings in."""

    def __init__(self, known: Known, cls: type[Fact], current: Entry) -> None:
        self._known, self._cls, self._current = known, cls, current

    @cached_property
    def _before(self) -> _Asked:
        """What was asked about when the fact was let in, as it reads now."""
        asked = _Asked()
        self._cls.read(self._current.said, asked)
        return asked

    def place(self, text: str) -> str:
        try:
            place = self._known.place(text)
        except UnknownPlace:
            if text in self._before.places:
                return text
            raise
        return text if place != text and text in self._before.places else place

    def exists(self, id: str) -> bool:
        return self._known.exists(id) or id in self._before.things

    def holds(self, id: str, version: int) -> bool:
        return self._known.holds(id, version) or f"{id}/{version}" in self._before.things

    def ids(self, kind: str) -> Sequence[str]:
        return self._known.ids(kind)

    def facts(self, id: str) -> Sequence[Entry]:
        return self._known.facts(id)


class _Asked(Everything):
    """A `Known` that agrees to everything and remembers what it was asked about."""

    def __init__(self) -> None:
        self.places: set[str] = set()
        self.things: set[str] = set()

    def place(self, text: str) -> str:
        self.places.add(text)
        return text

    def exists(self, id: str) -> bool:
        self.things.add(id)
        return True

    def holds(self, id: str, version: int) -> bool:
        self.things.add(f"{id}/{version}")
        return True
