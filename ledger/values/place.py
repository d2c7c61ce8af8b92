"""Where people are: a site (by its slug), a country, or a fate.

Which sites there are only the ledger knows, so a place is read with its `known` in hand and stored
as the slug; see `ledger.facts.base`.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What becomes of people who are in no site and no country. `outside` is where they come from.
FATES = ("dead", "missing", "detained", "left", "outside")

#: In stated figures: all countries together.
ABROAD = "abroad"

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


_NO_SITES = frozenset({*FATES, ABROAD})


#: The fields in which a site may stand: of a movement, and of every other fact (whose `to` is
#: somebody who is told, or a fact).
MOVED, PLACED = ("from", "to"), ("site", "place")


def places_in(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a fact in which a place may stand."""
    return MOVED if "from" in said else PLACED


def slug_of(id: str) -> str:
    """The slug of a site's id: `hurriya` of `SIT-HURRIYA`."""
    return id.removeprefix("SIT-").lower()


def is_country(place: str) -> bool:
    """Whether a stored place is a country: its code is the only one in capitals."""
    return len(place) == 3 and place.isupper()


def is_site(place: str) -> bool:
    """Whether a stored place is a site."""
    return place not in _NO_SITES and not is_country(place)


def folded(name: str) -> str:
    """How names are compared: without case, in one Unicode form, with single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
