"""What may be said, what is refused, and how it is kept.

    from ledger import Folder, Ledger

    ledger = Ledger(Folder.find(Path.cwd(), upward=True))
    ledger.record({"fact": "movement.made", "from": "ashraf", "to": "hurriya", "count": "397"},
                  actor="HRO-07")

Names are loaded when they are first used: help and queries need neither pydantic nor eventsourcing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.application import Ledger
    from ledger.errors import Refused, VigilError
    from ledger.facts.base import Fact
    from ledger.folder import Folder
    from ledger.history import Entry, effective
    from ledger.receipt import Receipt
    from ledger.values.figure import Figure
    from ledger.values.when import When

__all__ = [
    "Entry",
    "Fact",
    "Figure",
    "Folder",
    "Ledger",
    "Receipt",
    "Refused",
    "VigilError",
    "When",
    "effective",
]

_HOMES = {
    "Entry": "history",
    "Fact": "facts.base",
    "Figure": "values.figure",
    "Folder": "folder",
    "Ledger": "application",
    "Receipt": "receipt",
    "Refused": "errors",
    "VigilError": "errors",
    "When": "values.when",
    "effective": "history",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ledger' has no attribute {name!r}")
    return getattr(import_module(f"ledger.{_HOMES[name]}"), name)
