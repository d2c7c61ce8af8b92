"""Validating every stored fact again, by the class that let it in."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from ledger.errors import VigilError
from ledger.history import Entry
from ledger.known import EVERYTHING
from ledger.registry import fact_class
from ledger.seal.log import stored
from ledger.seal.verification import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.folder import Folder


def deep_faults(folder: Folder) -> Iterator[Fault]:
    """Facts whose stored fields no longer read as what they claim to be."""
    with closing(folder.connect()) as ledger:
        for fact in stored(ledger):
            name = f"{fact.id}/{fact.version}"
            try:
                entry = Entry.decode(fact.topic, fact.state)
                read = fact_class(entry.name).read(entry.said, EVERYTHING)
            except (VigilError, ValueError, KeyError) as error:
                yield Fault("invalid", fact.position, name, str(error))
                continue
            if read.said() != entry.said:
                yield Fault("invalid", fact.position, name, "it is not written as Vigil writes")
