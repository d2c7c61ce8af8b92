"""The handover of a watch: what is open is collected from the ledger, and printed as a sheet."""

from __future__ import annotations

from contextlib import closing
from shlex import quote
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.receipt import Receipt
    from ledger.transaction import Transaction


def prepare(session: Session, transaction: Transaction, fields: dict[str, Any]) -> dict[str, Any]:
    """A handover with its open items: those that were given, then those the views hold.

    Under a key that was used before it is what was said then, so that saying it again is harmless.
    """
    from projections.handover import open_items

    key = fields.get("key")
    id = fields.get("id") or transaction.watch_meant(fields["fact"], session.actor, key)
    watch = transaction.facts(id)
    if not watch or watch[0].kind.family != "watch":
        return fields
    for said in watch:
        if key is not None and said.get("key") == key:
            return {**fields, "open_items": said.get("open_items")}
    views, _ = session.views()
    with closing(views):
        found = open_items(views, session.today, watch[0].said["site"])
    return {**fields, "open_items": [*(fields.get("open_items") or ()), *found] or None}


def follow(session: Session, receipt: Receipt) -> None:
    """Seal the log that is handed over."""
    if not (session.dry_run or receipt.already):
        session.seal()


def sheet(receipt: Receipt) -> list[str]:
    """What the next officer has to know; a document has it in `open_items`."""
    handed = receipt.entry
    items = handed.get("open_items") or []
    to, actor = handed.said["to"], handed.said["actor"]
    return [
        "",
        f"handover of {handed.id} by {actor} to {to}, {handed.occurred.text}",
        *(f"  {item}" for item in items or ["nothing is open"]),
        f"{to} takes it over with: vigil record watch accepted {handed.id} --actor {quote(to)}",
    ]
