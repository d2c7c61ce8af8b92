"""Ids and facts as people type them: whole, or so much of the beginning that only one is meant."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.history import Entry

#: How many ids are named where several begin alike.
CANDIDATES = 5

_REFERENCE = r"([A-Z0-9-]+)(?:/(\d{1,9}))?"


def thing_named(session: Session, text: str, letters: str = "") -> str:
    """The id that is meant: `text` itself where there is such a thing, else the only id that
    begins with it, in any case; with `letters` only of the things whose ids begin with these.

    What no id begins with is given back, for the ledger to say so. Raises `IdAmbiguous`.
    """
    return _meant(session, text, letters) or text


def _meant(session: Session, text: str, letters: str) -> str | None:
    """The id of a thing that there is; None where no id begins so. Raises `IdAmbiguous`."""
    given = text.upper()
    if not given or not given.isascii():
        return None
    found = beginning_with(session, given, letters, CANDIDATES + 1)
    if len(found) > 1 and given not in found:
        from ledger.errors.commands import IdAmbiguous

        more = ["..."] if len(found) > CANDIDATES else []
        listed = ", ".join([*found[:CANDIDATES], *more])
        raise IdAmbiguous(text=text[:60], ids=listed, field="id")
    return found[0] if found else None


def existing(session: Session, text: str, letters: str, field: str) -> str:
    """The id that is meant, of a thing that the ledger knows; raises `UnknownThing`."""
    id = _meant(session, text, letters)
    if id is None:
        from ledger.errors.rules import UnknownThing
        from ledger.registry import nearest

        known = beginning_with(session, "", letters, 1000)
        raise UnknownThing(id=text[:60], nearest=nearest(text, known), field=field)
    return id


def beginning_with(session: Session, given: str, letters: str, limit: int) -> list[str]:
    """Ids that begin so, in order, so that one given whole comes first. Asks an index."""
    family = f"{letters}-" if letters else ""
    if not given.startswith(family) and not family.startswith(given):
        return []
    first = max(given, family, key=len)
    with closing(session.folder.connect()) as ledger:
        rows = ledger.execute(
            "SELECT id FROM known_things WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            (first, f"{first}~", limit),
        )
        return [row[0] for row in rows]


def fact_named(session: Session, text: str) -> tuple[str, int]:
    """The thing and the number of a fact; the number may be left off where there is one fact.

    Raises `IdAmbiguous`, `FactReferenceMalformed` and `FactReferenceAmbiguous`.
    """
    from ledger.errors.commands import FactReferenceAmbiguous, FactReferenceMalformed

    match = re.fullmatch(_REFERENCE, text.upper())
    if match is None:
        raise FactReferenceMalformed(text=text[:60])
    id, number = thing_named(session, match[1]), match[2]
    if number is not None:
        return id, int(number)
    facts = [entry for entry in history_of(session, id) if not entry.kind.about_another]
    if len(facts) > 1:
        raise FactReferenceAmbiguous(id=id, count=len(facts))
    return id, facts[0].version if facts else 1


def newest_named(session: Session, text: str) -> str:
    """The `ID/n` of `--expect`, with its id written whole."""
    id, slash, number = text.partition("/")
    return f"{thing_named(session, id)}{slash}{number}"


def slugs(session: Session, limit: int = -1) -> list[str]:
    """The sites there are, by slug, in order; all of them, or the first so many."""
    with closing(session.folder.connect()) as ledger:
        rows = ledger.execute(
            "SELECT DISTINCT slug FROM known_names ORDER BY slug LIMIT ?", (limit,)
        )
        return [row[0] for row in rows]


def history_of(session: Session, id: str) -> list[Entry]:
    """All facts of a thing, read without opening the ledger for writing."""
    from ledger.history import Entry

    with closing(session.folder.connect()) as ledger:
        rows = ledger.execute(
            "SELECT topic, state FROM stored_events WHERE originator_id = ? "
            "ORDER BY originator_version",
            (id,),
        )
        return [Entry.decode(topic, state) for topic, state in rows]
