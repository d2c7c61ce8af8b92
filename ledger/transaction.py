"""Recording: facts come in one after another, and all are stored together or none is.

A transaction holds the writers' lock and one database transaction from reading the history to the
commit, so what a rule saw is still true when the fact is stored, and `recorded` never goes back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import limits
from ledger.amendments import changes_of, check_amendment, target_of, warnings_of
from ledger.errors import VigilError
from ledger.errors.rules import (
    ActorMissing,
    AlreadyBegun,
    BeganDifferently,
    BeginningRetracted,
    Expected,
    IdMissing,
    InTheFuture,
    KeyConflict,
    LastOnRoster,
    NoOpenWatch,
    NotOnRoster,
    SeveralOpenWatches,
    UnknownThing,
)
from ledger.errors.values import FieldMissing, FieldSetByLedger, FieldWrongType
from ledger.facts.actors import active, roster_id
from ledger.facts.meta import Assessed, Corrected
from ledger.facts.watches import meant
from ledger.history import Entry, effective
from ledger.index import Index
from ledger.known import beginning_of, beginnings_standing, site_named
from ledger.pending import Pending
from ledger.receipt import Receipt, differences, warnings_of_repeating, warnings_of_times
from ledger.registry import FAMILIES, SET_BY_LEDGER, fact_class, nearest
from ledger.values import identifier
from ledger.values.instants import MINUTE, iso
from ledger.values.place import MOVED, PLACED
from ledger.values.when import When

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ledger.application import Ledger
    from ledger.facts.base import Fact

#: What decides in which zone the times of a fact are read.
_ZONED = (*MOVED, *PLACED, "timezone")


class Held(NamedTuple):
    """What is known of the ledger between two transactions: by its tables, of its streams, of who
    acts, and the clock of the newest fact."""

    known: Index
    pending: Pending
    roster: dict[str, bool]
    newest: int


class Transaction:
    """Facts that are stored together. Also answers what a value may ask about the ledger."""

    def __init__(self, ledger: Ledger, cursor: sqlite3.Cursor, held: Held | None = None) -> None:
        """`held` is what the transaction before knew, where nobody else has written since."""
        self._ledger = ledger
        if held is None:
            last, newest = ledger.newest()
            index, pending = Index(cursor, ledger.folder.station), Pending(cursor, last)
            held = Held(index, pending, {}, newest)
        self._index, self._pending, self._roster, newest = self.held = held
        self.place, self.exists, self.ids = self._index.place, self._index.exists, self._index.ids
        self.inside = False
        self.recorded = max(ledger.clock(), newest)
        self._future = self.recorded + limits.CLOCK_SKEW_MINUTES * MINUTE
        self._now: dict[str, When] = {}

    def look_up(self, ids: Iterable[str]) -> None:
        """Ask now which of these things there are, all at once: facts of them follow."""
        self._index.look_up(ids)

    def holds(self, id: str, version: int) -> bool:
        return self.exists(id) and 1 <= version <= len(self.history(id))

    def history(self, id: str) -> list[Entry]:
        """All facts of a thing, with those of this transaction; empty where there is none."""
        if self._pending.remembers(id) or self._index.taken(id):
            return self._pending.history(id)
        return []

    def facts(self, id: str) -> Sequence[Entry]:
        return effective(self.history(id))

    def together(self) -> _Together:
        """Facts recorded inside are stored together or, where one is refused, not at all."""
        return _Together(self)

    def waiting(self) -> tuple[int, int]:
        """How many facts and lines wait; where they are many, they are stored before."""
        if self._pending.full:
            self.store()
        return self._pending.number, self._index.number

    def take_back(self, facts: int, lines: int) -> None:
        """Forget what was recorded since so many facts and lines waited."""
        self._roster.clear()
        self._pending.drop(facts)
        self._index.drop(lines)

    def store(self) -> None:
        """Put what was recorded into the database, at the latest before the commit."""
        if self._pending.number:
            self.held = self.held._replace(newest=self.recorded)
        self._pending.store()
        self._index.store()

    def record(
        self,
        fields: Mapping[str, Any],
        *,
        actor: str | None = None,
        batch: str | None = None,
        now: int | None = None,
        expect: str | None = None,
    ) -> Receipt:
        """Record one fact from its fields as people write them (`fact`, `id`, `occurred`, ...).

        `actor` records it where the fields name nobody; `now` (microseconds) is what relative times
        are read from; without it they are refused. Raises the refusal; then nothing is stored.
        """
        if self.inside:
            return self._record(fields, actor, batch, now, expect)
        with self.together():
            return self._record(fields, actor, batch, now, expect)

    def _record(
        self,
        fields: Mapping[str, Any],
        actor: str | None,
        batch: str | None,
        now: int | None,
        expect: str | None,
    ) -> Receipt:
        given = self._given(fields)
        cls = fact_class(given.pop("fact"))
        fact = cls.read(given, self)
        if fact.id is None:
            self._address(fact, actor)
        zone = None
        if fact.received is None or fact.unsettled():
            zone = self._zone_of(fact.named(_ZONED), fact.id)
            fact.settle(zone, now)
        history = self.history(fact.id) if fact.id is not None else []
        if fact.key is not None and (history or fact.id is None):
            already = self._already(fact, fact.key, given, history, now)
            if already is not None:
                return already
        self._check_thing(fact, history)
        if expect is not None and (not history or history[-1].fact != expect):
            newest = history[-1].fact if history else "nothing"
            id = fact.id or expect.partition("/")[0]
            raise Expected(expected=expect, id=id, newest=newest)
        self._complete(fact, history, actor, batch, zone)
        return self._store(fact, history, now)

    def _given(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(fields)
        if None in given.values():
            given = {name: value for name, value in given.items() if value is not None}
        if not given.keys().isdisjoint(SET_BY_LEDGER):
            name = next(name for name in SET_BY_LEDGER if name in given)
            raise FieldSetByLedger(name=name, field=name)
        if not isinstance(given.get("fact"), str):
            raise FieldMissing(name="fact", command="FAMILY VERB", field="fact")
        if not isinstance(given.get("id", ""), str):
            raise FieldWrongType(text=given["id"], why="an id is text", command="", field="id")
        return given

    def _address(self, fact: Fact, actor: str | None) -> None:
        """A fact of a watch that names none means the one of its actor."""
        if fact.kind.family == "watch" and not fact.begins:
            id = self.watch_meant(fact.kind.name, fact.actor or actor, fact.key)
            fact.complete({"id": id})

    def watch_meant(self, name: str, actor: str | None, key: str | None) -> str:
        """The watch that a fact of this name means without an id: the actor's open one, or the one
        handed over to the actor.

        Where its key was used before it means that watch, so that saying it twice is harmless.
        Raises `NoOpenWatch` or `SeveralOpenWatches`.
        """
        if actor is None:
            raise ActorMissing()
        letters = FAMILIES["watch"].kind
        ids = self._index.keyed(letters, key) if key is not None else []
        if not ids:
            # Not stored first: a refusal would take facts back that had been waiting before.
            going_on = {
                *self._index.going_on(letters, "watch.ended"), *self._pending.ids(letters),
            }  # fmt: skip
            ids = [id for id in sorted(going_on) if meant(self.facts(id), name, actor)]
        what = "to accept" if name == "watch.accepted" else "that is open"
        if not ids:
            raise NoOpenWatch(actor=actor, what=what, field="id")
        if len(ids) > 1:
            listed = ", ".join(ids)
            raise SeveralOpenWatches(actor=actor, what=what, ids=listed, field="id")
        return ids[0]

    def _zone_of(self, said: Mapping[str, Any], id: str | None) -> str:
        """The zone of the fact's site if it names exactly one, else of its thing's, else ours."""
        slug = site_named(said)
        zone = said.get("timezone") or (self._index.zone_of_site(slug) if slug else None)
        if zone is None and id is not None:
            zone = self._index.zone_of_thing(id)
        return zone or self._ledger.folder.timezone

    def _already(
        self,
        fact: Fact,
        key: str,
        given: Mapping[str, Any],
        history: Sequence[Entry],
        now: int | None,
    ) -> Receipt | None:
        """The receipt of a fact whose key was used before with the same content."""
        if fact.id is None:
            found = self._index.key(fact.kind.name, key)
            if found is None:
                return None
            history = self.history(found[0])
            stored = history[found[1] - 1]
        else:
            used = [entry for entry in history if entry.said.get("key") == key]
            if not used:
                return None
            stored = used[0]
        if isinstance(fact, Corrected):
            with suppress(VigilError):
                set = self._canonical(fact, history[: stored.version - 1], now)
                fact.complete({"set": set})
        differs = differences(fact, given, stored)
        if differs:
            raise KeyConflict(key=key, fact=stored.fact, fields=", ".join(differs))
        position = self._pending.position_of(stored)
        return Receipt(
            stored, position, already=True, warnings=warnings_of_repeating(stored, history)
        )

    def _check_thing(self, fact: Fact, history: Sequence[Entry]) -> None:
        """Refuse what cannot be said of the fact's thing, by what the ledger holds of it."""
        kind = fact.kind
        if fact.begins:
            if fact.id is not None:
                letters = FAMILIES[kind.family].kind
                station = self._ledger.folder.station
                identifier.check(fact.id, kind=letters, family=kind.family, station=station)
            if history:
                self._check_beginning(fact, history)
        elif fact.id is None:
            raise IdMissing(fact=kind.name, field="id")
        elif not history or not (kind.about_another or history[0].kind.family == kind.family):
            near = nearest(fact.id, self._index.ids(_letters(fact)))
            raise UnknownThing(id=fact.id[:60], nearest=near, field="id")
        elif not kind.about_another and not beginnings_standing(history):
            raise BeginningRetracted(id=fact.id, field="id")

    def _check_beginning(self, fact: Fact, history: Sequence[Entry]) -> None:
        standing_now = beginnings_standing(history)
        if standing_now:
            raise AlreadyBegun(id=fact.id, fact=standing_now[-1].fact, field="id")
        before = beginning_of(history)
        if before is not None and before.kind is not fact.kind:
            raise BeganDifferently(id=fact.id, before=before.name, now=fact.kind.name)

    def _complete(
        self,
        fact: Fact,
        history: Sequence[Entry],
        actor: str | None,
        batch: str | None,
        zone: str | None,
    ) -> None:
        """Fill in everything that the ledger says; refused where the times are not in order.

        `zone` is the one of a fact that does not say when it was received.
        """
        id, uuid, actor = fact.id or self._new_id(fact), self._ledger.random(), fact.actor or actor
        if actor is None:
            raise ActorMissing()
        if not self._roster.get(actor):
            self._check_roster(actor, "actor")
        if isinstance(fact, Assessed) and fact.status == "verified" and fact.reviewer is not None:
            self._check_roster(fact.reviewer, "reviewer")
        occurred, received = fact.occurred or fact.received, fact.received
        if received is None:
            assert zone is not None
            received = self._now_in(zone)
            occurred = occurred or received
            of = fact.named(("of",)).get("of")
            if fact.kind.about_another and of is not None and of <= len(history):
                target = history[of - 1].received
                received = target if target.latest > received.latest else received
        assert occurred is not None
        for time, field in ((occurred, "occurred"), (received, "received")):
            if time.earliest > self._future:
                raise InTheFuture(time=time.text, now=iso(self.recorded), field=field)
        fact.complete({
            "id": id,
            "version": len(history) + 1,
            "uuid": uuid,
            "occurred": occurred,
            "received": received,
            "recorded": self._now_in("UTC"),
            "actor": actor,
            "batch": batch,
        })  # fmt: skip
        fact.check_times()

    def _now_in(self, zone: str) -> When:
        """The clock of this transaction, written in a zone."""
        if zone not in self._now:
            self._now[zone] = When.instant(self.recorded, zone)
        return self._now[zone]

    def _new_id(self, fact: Fact) -> str:
        kind, station = FAMILIES[fact.kind.family].kind, self._ledger.folder.station
        if fact.key is not None:
            made = identifier.from_key(kind, fact.key, station)
            if made is not None and not self._index.taken(made):
                return made
        return identifier.give_out(kind, station, self._index.next_serial(kind))

    def _store(self, fact: Fact, history: Sequence[Entry], now: int | None) -> Receipt:
        warnings: list[str] = []
        if isinstance(fact, Corrected):
            fact.complete({"set": self._canonical(fact, history, now)})
        entry = Entry(fact.kind, fact.said())
        if fact.kind.about_another:
            target = target_of(fact, entry.said["of"], history)
            check_amendment(entry, target, history)
            fact_class(history[0].name).check_amended(effective([*history, entry]), self)
            warnings += warnings_of(entry, history)
        elif fact.has_rule():
            fact.check(entry, effective(history), self)
        warnings += warnings_of_times(fact, history)
        position = self._pending.add(entry)
        self._index.update([*history, entry], entry)
        if entry.id.startswith("ACT-"):
            self._roster.clear()
            self._check_somebody_may_act(entry)
        entailed = tuple(self._entail(fact, entry)) if fact.entails() else ()
        return Receipt(entry, position, False, tuple(warnings), entailed)

    def _canonical(
        self, fact: Corrected, history: Sequence[Entry], now: int | None
    ) -> dict[str, Any]:
        """The new values of a correction, written as they are stored."""
        target = target_of(fact, fact.of, history)
        zone = self._zone_of(target.said, fact.id)
        return changes_of(fact.set, target, history, self, zone, now)

    def _entail(self, fact: Fact, entry: Entry) -> Iterator[Receipt]:
        """Record what a fact entails: by the same officer, at the same times, under its name."""
        for fields in fact.entails():
            shared = {name: entry.said[name] for name in ("occurred", "received", "actor")}
            try:
                yield self.record({**shared, **fields, "key": entry.fact}, batch=entry.get("batch"))
            except VigilError as error:
                error.field = "residents"
                raise

    def _check_somebody_may_act(self, entry: Entry) -> None:
        """A roster on which nobody is active would refuse everything, even its own mending."""
        actors = self._index.ids("ACT")
        if actors and not any(active(self.facts(id)) for id in actors):
            raise LastOnRoster(id=entry.id, field="id")

    def _check_roster(self, actor: str, field: str) -> None:
        """Where the ledger keeps a roster, only those on it act."""
        if actor not in self._roster:
            kept = self._index.any("ACT")
            self._roster[actor] = not kept or active(self.facts(roster_id(actor)))
        if not self._roster[actor]:
            raise NotOnRoster(actor=actor, id=roster_id(actor), field=field)


class _Together:
    """A block of a transaction; one inside of another stands or falls with it."""

    __slots__ = ("_transaction", "_waiting")

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._waiting: tuple[int, int] | None = None

    def __enter__(self) -> None:
        if not self._transaction.inside:
            self._transaction.inside = True
            self._waiting = self._transaction.waiting()

    def __exit__(self, refused: type[BaseException] | None, *_: object) -> None:
        if self._waiting is not None:
            self._transaction.inside = False
            if refused is not None:
                self._transaction.take_back(*self._waiting)


def _letters(fact: Fact) -> str:
    family = FAMILIES.get(fact.kind.family)
    return family.kind if family else (fact.id or "")[:3]
