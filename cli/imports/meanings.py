"""Which field of which fact a column may mean: by its name, its hashtag, and what it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cli.imports.fields import canonical, fields_of
from cli.imports.kobo import PARENT, ungrouped
from cli.reference import about_fact
from ledger.registry import FACTS, FAMILIES
from ledger.vocabulary import terms, vocabularies

if TYPE_CHECKING:
    from cli.imports.guess import Column

#: Words that people write over columns, and the fields they may mean, the likeliest first.
_WORDS = {
    "date": ("occurred",),
    "day": ("occurred",),
    "when": ("occurred",),
    "time": ("occurred",),
    "heard": ("received",),
    "reported": ("received",),
    "reported on": ("received",),
    "people": ("count",),
    "persons": ("count",),
    "individuals": ("count",),
    "number": ("count",),
    "total": ("count",),
    "origin": ("from",),
    "departure": ("from",),
    "destination": ("to",),
    "camp": ("to", "site", "place"),
    "site": ("site", "to", "place"),
    "location": ("site", "to", "place"),
    "place": ("place", "site", "to"),
    "source": ("source-name", "claimant"),
    "told by": ("source-name", "claimant"),
    "reported by": ("source-name", "claimant"),
    "dead": ("killed",),
    "deaths": ("killed",),
    "wounded": ("injured",),
    "remarks": ("note", "text"),
    "comment": ("note", "text"),
    "comments": ("note", "text"),
    "description": ("text", "title", "note"),
}
#: The same for hashtags of the Humanitarian Exchange Language, attributes before those without.
_TAGS = {
    "#date+reported": ("received",),
    "#date": ("occurred",),
    "#affected+killed": ("killed",),
    "#affected+injured": ("injured",),
    "#affected+missing": ("missing",),
    "#affected": ("count",),
    "#population": ("count",),
    "#reached": ("count",),
    "#loc+origin": ("from",),
    "#loc+dest": ("to",),
    "#loc": ("site", "to", "place"),
    "#event+type": ("kind",),
    "#event": ("title",),
    "#meta+source": ("source-name", "claimant"),
    "#description": ("note", "text"),
}
#: Said of every fact, or given by the ledger: they do not tell one fact from another.
_ENVELOPE = {"fact", "id", "occurred", "received", "actor", "source", "key", "note", "recorded",
             "uuid", "batch", "version"}  # fmt: skip
#: What all rows of a repeat have from their submission.
_SHARED = ("occurred", "site", "place", "source-name", "claimant")
_FALLBACK = "observation.made"


class Guess(NamedTuple):
    """A fact that each row may be, and for its fields the column that may hold them."""

    fact: str
    columns: dict[str, str]


def guess(columns: list[Column]) -> Guess:
    """The fact whose own fields the columns name best, the less missing the better.

    A row of a repeat takes from its submission when and where, and nothing that would be counted
    once for each row.
    """
    own = [column for column in columns if not column.name.startswith(PARENT)]
    above = [column for column in columns if column.name.startswith(PARENT)]
    best = max((_columns_for(fact, own) for fact in _beginnings()), key=_worth)
    if _worth(best) <= 0:
        best = _columns_for(_FALLBACK, own)
    shared = _columns_for(best.fact, above).columns
    return Guess(
        best.fact, {field: shared[field] for field in _SHARED if field in shared} | best.columns
    )


def fields_with_meaning(fact: str) -> dict[str, tuple[str, bool]]:
    """The fields of a fact, parts of the source too: what each means, whether it is required."""
    about = {field["field"]: field for field in about_fact(fact)["fields"]}
    return {
        name: (about.get(name.partition("-")[0], {}).get("means", ""),
               bool(about.get(name, {}).get("required")))
        for name in fields_of(fact) if name not in ("uuid", "recorded", "batch", "version", "actor")
    }  # fmt: skip


def listed(fact: str, field: str) -> list[str]:
    """The terms that a field takes, where it takes those of a list."""
    names = [entry["list"] for entry in about_fact(fact)["fields"] if entry["field"] == field]
    return list(terms(names[0])) if names and names[0] in vocabularies() else []


def _beginnings() -> list[str]:
    return [family.beginning for family in FAMILIES.values() if family.beginning in FACTS]


def _columns_for(fact: str, columns: list[Column]) -> Guess:
    fields = set(fields_of(fact))
    read = canonical(fact)
    found: dict[str, str] = {}
    for column in columns:
        for field in [read(_bare(column)), *_meant(column), *_by_terms(fact, column)]:
            if field in fields and field not in found:
                found[field] = column.name
                break
    return Guess(fact, found)


def _bare(column: Column) -> str:
    return ungrouped(column.name).replace(PARENT, "")


def _meant(column: Column) -> tuple[str, ...]:
    words = re.sub(r"[_\s]+", " ", _bare(column)).strip().lower()
    tag = re.sub(r"\s+", "", column.tag or "").lower()
    by_tag = next((fields for start, fields in _TAGS.items() if tag and _tagged(tag, start)), ())
    return by_tag or _WORDS.get(words, ())


def _tagged(tag: str, wanted: str) -> bool:
    """Whether a hashtag is the wanted one, with at least its attributes."""
    name, *attributes = wanted.split("+")
    said, *given = tag.split("+")
    return said == name and set(attributes) <= set(given)


def _by_terms(fact: str, column: Column) -> list[str]:
    """The field whose list holds every value of a column."""
    if not column.values:
        return []
    return [field for field in fields_of(fact)
            if set(column.values) <= set(listed(fact, field))]  # fmt: skip


def _worth(guess: Guess) -> float:
    meanings = fields_with_meaning(guess.fact)
    own = [name for name in meanings if name.partition("-")[0] not in _ENVELOPE]
    found = sum(name in guess.columns for name in own)
    missing = sum(meanings[name][1] and name not in guess.columns for name in own)
    return found - missing / 4 if found else 0.0
