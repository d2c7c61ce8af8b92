"""What can be looked up: facts, fields, lists and error codes, told by the code itself.

`vigil explain` shows one, `docs/reference` all of them; there is no second description anywhere.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from ledger.errors import VigilError, catalogue
from ledger.errors.commands import NothingToExplain
from ledger.facts.base import Fact, field_name, vocabulary_of
from ledger.registry import FACTS, fact_class, nearest
from ledger.vocabulary import edition, terms, vocabularies

#: Set by the ledger; nobody gives them.
SET_BY_LEDGER = ("version", "uuid", "recorded", "batch")


def about(subject: str) -> dict[str, Any]:
    """What is known of a fact, a field, a list or a code; raises `NothingToExplain`."""
    if subject in FACTS:
        return about_fact(subject)
    if subject.upper() in catalogue():
        return about_code(subject.upper())
    if subject in vocabularies():
        return about_list(subject)
    if subject in fields():
        return {"about": "field", "name": subject, "meanings": fields()[subject]}
    known = [*FACTS, *catalogue(), *vocabularies(), *fields()]
    raise NothingToExplain(subject=subject[:60], nearest=nearest(subject, known))


def about_fact(name: str) -> dict[str, Any]:
    """A kind of fact: what it says, its fields, an example."""
    cls = fact_class(name)
    return {
        "about": "fact",
        "name": name,
        "summary": FACTS[name].summary,
        "text": inspect.cleandoc(cls.__doc__ or ""),
        "fields": [
            {
                "field": field_name(cls, attribute),
                "required": info.is_required(),
                "means": info.description,
                "list": vocabulary_of(cls, attribute),
            }
            for attribute, info in cls.model_fields.items()
            if attribute not in SET_BY_LEDGER
        ],
        "refused": {refusal.code: _cause(refusal) for refusal in cls.refusals},
        "example": cls.example,
    }


def about_code(code: str) -> dict[str, Any]:
    """An error code: what it says, its cause, its cure, what provokes it."""
    cls = catalogue()[code]
    return {
        "about": "code",
        "code": code,
        "name": cls.__name__,
        "exit": cls.exit,
        "message": cls.message,
        "cause": _cause(cls),
        "cure": cls.hint,
        "example": cls.example,
    }


def _cause(error: type[VigilError]) -> str:
    return inspect.cleandoc(error.__doc__ or "").replace("\n", " ")


def about_list(name: str) -> dict[str, Any]:
    """A list of terms, and what the fields of its name mean."""
    return {
        "about": "list",
        "name": name,
        "edition": edition(name),
        "terms": terms(name),
        "meanings": fields().get(name, {}),
    }


@cache
def fields() -> dict[str, dict[str, list[str]]]:
    """Every field by its name: what it means, and in which facts it means that."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in FACTS:
        cls = fact_class(name)
        for attribute, info in cls.model_fields.items():
            inherited = attribute in Fact.model_fields and attribute != "id"
            facts = found.setdefault(field_name(cls, attribute), {}).setdefault(
                info.description or "", []
            )
            if not inherited:
                facts.append(name)
            elif not facts:
                facts.append("every fact")
    return found
