"""The answer to somebody who recorded a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.render.text import line
from ledger.values.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.session import Session
    from ledger.history import Entry
    from ledger.receipt import Receipt
    from ledger.values.when import When


def as_document(receipt: Receipt) -> dict[str, Any]:
    """The receipt as `vigil.receipt/1`."""
    entry = receipt.entry
    return {
        "schema": "vigil.receipt/1",
        "id": entry.id,
        "fact": entry.fact,
        "name": entry.name,
        "position": receipt.position,
        "occurred": entry.occurred.text,
        "received": entry.received.text,
        "recorded": receipt.recorded,
        "already": receipt.already,
        "warnings": list(receipt.warnings),
        "entailed": [one.entry.fact for one in receipt.entailed],
        **({"open_items": entry.get("open_items") or []} if _hands_over(entry) else {}),
    }


def _hands_over(entry: Entry) -> bool:
    """Whether there is a sheet for the next officer."""
    return entry.name == "watch.handed_over"


def give(session: Session, receipt: Receipt, below: Iterable[str] = ()) -> None:
    """Print a receipt: id, times with offset and in UTC, position, warnings, the next step.

    What stands `below` it is for people.
    """
    entry = receipt.entry
    verb = "already recorded" if receipt.already else "recorded"
    if session.dry_run:
        verb = "would be recorded"
    session.answer(
        as_document(receipt),
        [
            f"{verb}: {entry.fact}  {entry.name}  position {receipt.position}",
            f"  occurred  {resolved(entry.occurred)}",
            f"  received  {resolved(entry.received)}",
            *(f"  with it   {one.entry.fact}  {one.entry.name}" for one in receipt.entailed),
            *(line(f"  warning: {warning}") for warning in receipt.warnings),
            *([] if session.dry_run else [f"  next: vigil show {entry.id}"]),
            *map(line, below),
        ],
    )


def resolved(when: When) -> str:
    """A time as it was understood: with its offset, and its bounds in UTC."""
    return f"{when.text}  ({iso(when.earliest) or '..'} to {iso(when.latest) or '..'})"
