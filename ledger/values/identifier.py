"""Ids of things: `INC-H1-42T` is incident 42 of station H1, with a check character.

The check is ISO 7064 MOD 37,36 over station and counter, so a mistyped character is always
noticed, and two swapped ones nearly always. An id of one's own (`INC-HURRIYA-2013-02-09`) has no
check character, unless its second part is this ledger's station.
"""

from __future__ import annotations

import re

from ledger.errors.values import CheckCharacterWrong, IdentifierMalformed
from ledger.limits import ID

_FORM = re.compile(r"[A-Z]{3}-[A-Z0-9]+(?:-[A-Z0-9]+)*")


def give_out(kind: str, station: str, counter: int) -> str:
    """The id with this counter: `give_out("INC", "H1", 42)` is `INC-H1-42T`."""
    from stdnum.iso7064 import mod_37_36

    return f"{kind}-{station}-{counter}{mod_37_36.calc_check_digit(f'{station}{counter}')}"


def check(text: str, *, kind: str, family: str, station: str) -> str:
    """`text` if it is an id of this kind; raises a refusal that says what an id looks like."""
    if not _FORM.fullmatch(text) or len(text) > ID or not text.startswith(f"{kind}-"):
        raise IdentifierMalformed(text=text[:60], family=family, kind=kind, field="id")
    if station in text:
        second, _, rest = text[len(kind) + 1 :].partition("-")
        if second == station and counter_of(text, kind, station) is None:
            raise CheckCharacterWrong(text=text, station=station, rest=rest, field="id")
    return text


def counter_of(text: str, kind: str, station: str) -> int | None:
    """The counter of an id that this station gave out, else None."""
    prefix = f"{kind}-{station}-"
    if not text.startswith(prefix):
        return None
    rest = text[len(prefix) :]
    if not rest[:-1].isdigit() or rest[0] == "0":
        return None
    from stdnum.iso7064 import mod_37_36

    return int(rest[:-1]) if mod_37_36.is_valid(f"{station}{rest}") else None


def from_key(kind: str, key: str, station: str) -> str | None:
    """The id that a key makes, where its characters allow (`PR-025` makes `MOV-PR-025`)."""
    text = f"{kind}-{key}"
    allowed = _FORM.fullmatch(text) and len(text) <= ID and key.partition("-")[0] != station
    return text if allowed else None
