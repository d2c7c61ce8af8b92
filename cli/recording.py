"""From what was typed to a recorded fact and its receipt."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cli.references import newest_named, thing_named
from ledger.errors import VigilError

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.facts.base import Fact
    from ledger.receipt import Receipt

#: Facts around which a module here does more: `prepare` completes the fields before they are
#: recorded, `sheet` is printed below the receipt, `follow` does what is to be done afterwards.
COMPANIONS = {"watch.handed_over": "handover"}


def fields_of(
    session: Session, cls: type[Fact], id: str | None, options: list[tuple[str, str | None]]
) -> dict[str, Any]:
    """The fields of a fact from what was typed, with ids that were typed in part written whole."""
    from ledger.notation import gather

    fields = {"fact": cls.kind.name, **gather(cls, options)}
    if id is not None:
        fields["id"] = id
    return _named_whole(session, cls, fields)


def _named_whole(session: Session, cls: type[Fact], fields: dict[str, Any]) -> dict[str, Any]:
    """The id of a thing that the fact begins is a new one, and stays as it is."""
    from cli.blanks import blanks, id_of

    kinds = {blank.field: blank.letters for blank in blanks(cls)}
    if not cls.kind.begins(fields):
        kinds["id"] = id_of(cls.kind).letters
    whole = dict(fields)
    for field, letters in kinds.items():
        if letters is None or field not in fields:
            continue
        try:
            named = [thing_named(session, one, letters) for one in each(fields[field])]
        except VigilError as error:
            error.field = field
            raise
        whole[field] = named if isinstance(fields[field], list) else named[0]
    return whole


def recorded(
    session: Session, fields: dict[str, Any], expect: str | None = None, *, dry_run: bool
) -> Receipt:
    """Record one fact, or with `dry_run` only check it; raises the refusal."""
    around = _companion(fields)
    expect = newest_named(session, expect) if expect else expect
    now = session.now
    with (
        closing(session.ledger()) as ledger,
        ledger.transaction(dry_run=dry_run) as transaction,
    ):
        said = around.prepare(session, transaction, fields) if around else fields
        return transaction.record(said, actor=session.actor, now=now, expect=expect)


def record_fact(session: Session, fields: dict[str, Any], expect: str | None = None) -> None:
    """Record one fact and print its receipt."""
    from cli.alike import alike
    from cli.receipts import give

    receipt = recorded(session, fields, expect, dry_run=session.dry_run)
    if not (session.dry_run or receipt.already):
        session.catch_up()
    if not receipt.already:
        receipt = receipt._replace(warnings=(*receipt.warnings, *alike(session, receipt.entry)))
    around = _companion(fields)
    give(session, receipt, around.sheet(receipt) if around else ())
    if around:
        around.follow(session, receipt)


def _companion(fields: dict[str, Any]) -> Any:
    name = COMPANIONS.get(fields["fact"])
    return import_module(f"cli.{name}") if name else None


def each(values: Any) -> list[Any]:
    """What was typed for a field, perhaps several times, perhaps not at all."""
    if values is None:
        return []
    return list(values) if isinstance(values, tuple | list) else [values]
