"""Take back everything that one import recorded."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from cli.render.text import line
from ledger.history import Entry, retracted, standing
from ledger.values.place import slug_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from cli.session import Session

_STORED = "SELECT topic, state FROM stored_events ORDER BY position DESC"
#: So many batches are listed where one is not known.
_LISTED = 5
#: So many facts that no longer stand are named, the others counted.
_NAMED = 20


def retract_batch(session: Session, batch: str, options: list[tuple[str, str | None]]) -> None:
    """Retract the facts of a batch that still stand, the newest first: all of them or none."""
    from ledger.errors.commands import BatchUnknown
    from ledger.notation import gather
    from ledger.registry import fact_class

    said = {"fact": "fact.retracted", **gather(fact_class("fact.retracted"), options)}
    now = session.now
    with (
        closing(session.ledger()) as ledger,
        ledger.transaction(dry_run=session.dry_run) as transaction,
        closing(session.folder.connect()) as reading,
    ):
        facts = [
            fact for fact in _stored(reading, batch.encode()) if fact.get("batch") == batch
        ]  # fmt: skip
        if not facts:
            raise BatchUnknown(batch=batch[:60], newest=_newest(reading))
        ids = dict.fromkeys(fact.id for fact in facts)
        before = {id: _standing(transaction.history(id)) for id in ids}
        done = 0
        for fact in facts:
            if fact.version not in retracted(transaction.history(fact.id)):
                fields = {**said, "id": fact.id, "of": fact.version}
                transaction.record(fields, actor=session.actor, now=now)
                done += 1
        mine = {fact.fact for fact in facts}
        after = {id: _standing(transaction.history(id)) for id in ids}
        others = {name for id in ids for name in before[id] - after[id]} - mine
        gone = {id for id in ids if before[id] and not after[id]}
        naming = [
            fact.fact
            for fact in _naming(reading, gone)
            if fact.fact not in mine | others
            and fact.fact in _standing(transaction.history(fact.id))
        ]
    if done and not session.dry_run:
        session.catch_up()
    _report(session, {
        "schema": "vigil.retract/1", "batch": batch, "retracted": done,
        "before": len(facts) - done, "no_longer_count": sorted(others),
        "name_what_is_gone": sorted(naming),
    })  # fmt: skip


def _stored(ledger: sqlite3.Connection, text: bytes = b"") -> Iterator[Entry]:
    """Stored facts in whose bytes a text occurs, the newest first."""
    for topic, state in ledger.execute(_STORED):
        if text in state:
            yield Entry.decode(topic, state)


def _standing(history: list[Entry]) -> set[str]:
    """The facts of a thing that count: where its beginning is gone, none does."""
    stands = standing(history)
    return {fact.fact for fact in stands} if any(fact.begins for fact in stands) else set()


def _naming(ledger: sqlite3.Connection, gone: set[str]) -> Iterator[Entry]:
    """Facts of other things that name one of these."""
    names = gone | {slug_of(id) for id in gone if id.startswith("SIT-")}
    for fact in _stored(ledger) if gone else ():
        values = [value for name, value in fact.said.items() if name not in ("id", "key")]
        texts = {one for value in values for one in (value if isinstance(value, list) else [value])
                 if isinstance(one, str)}  # fmt: skip
        if fact.id not in gone and texts & names:
            yield fact


def _newest(ledger: sqlite3.Connection) -> str:
    counts = Counter[str]()
    for fact in _stored(ledger, b'"batch"'):
        batch = fact.get("batch")
        if batch is not None and (batch in counts or len(counts) < _LISTED):
            counts[batch] += 1
    found = [f"{batch} ({count} facts)" for batch, count in counts.items()]
    return ", ".join(found) or "no import has recorded anything yet"


def _report(session: Session, document: dict[str, Any]) -> None:
    session.answer(document, _lines(document, dry_run=session.dry_run))


def _lines(document: dict[str, Any], *, dry_run: bool) -> Iterator[str]:
    would = " (dry run: nothing is written)" if dry_run else ""
    before = document["before"]
    passed = f", {before} had been before" if before else ""
    yield line(f"{document['retracted']} facts of {document['batch']} retracted{passed}{would}")
    if others := document["no_longer_count"]:
        yield line(f"warning: not of this batch, and without their beginning: {_named(others)}")
    if others := document["name_what_is_gone"]:
        yield line(f"warning: not of this batch, and naming what is gone: {_named(others)}")


def _named(facts: list[str]) -> str:
    more = f" and {len(facts) - _NAMED} more" if len(facts) > _NAMED else ""
    return ", ".join(facts[:_NAMED]) + more
