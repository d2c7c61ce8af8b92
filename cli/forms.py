"""A fact as a form that an editor fills in, and the form read again.

A field is `name: value`; what follows in lines that begin with a space belongs to it. Fields may
repeat, empty ones do not count, and neither do lines that begin with `#`.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from ledger.errors.commands import FormMalformed
from ledger.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cli.blanks import Blank

_FIELD = re.compile(r"([a-z][a-z0-9_-]*):(.*)", re.DOTALL)
_INDENT = "    "

Filled = dict[str, list[str]]


def write_form(heading: str, blanks: Iterable[Blank], filled: Mapping[str, list[str]]) -> str:
    """A form: fields that are needed or filled in stand ready, all others as comments."""
    lines = [
        f"# {heading}",
        "# A text goes on in lines that begin with a space. Lines that begin with # do not count.",
        "# Save and close to record it; to record nothing, leave the form as it is or empty it.",
    ]
    for blank in blanks:
        lines += ["", f"# {_told(blank)}"]
        values = filled.get(blank.option, [])
        lines += [_written(blank.option, value) for value in values]
        if not values:
            lines.append(f"{'' if blank.required else '# '}{blank.option}:")
    return "\n".join(lines) + "\n"


def _told(blank: Blank) -> str:
    notes = [
        *(["required"] if blank.required else []),
        *(["may repeat"] if blank.how in ("list", "changes") else []),
        *(["yes, or leave it empty"] if blank.how == "flag" else []),
        *([f"one of {', '.join(terms(blank.vocabulary))}"] if blank.vocabulary else []),
    ]
    return f"{blank.help} ({'; '.join(notes)})" if notes else blank.help


def _written(option: str, value: str) -> str:
    if "\n" not in value:
        return f"{option}: {value}"
    return "\n".join([f"{option}:", *(f"{_INDENT}{line}" for line in value.split("\n"))])


def read_form(text: str) -> Filled:
    """What a form says, by option; raises `FormMalformed`, which names the line."""
    fields: list[tuple[str, str, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#"):
            continue
        if not line.strip() or line[0] in " \t":
            if line.strip() and not fields:
                raise FormMalformed(line=number)
            if fields:
                fields[-1][2].append(line)
        elif match := _FIELD.fullmatch(line):
            fields.append((match[1], match[2].strip(), []))
        else:
            raise FormMalformed(line=number)
    filled: Filled = {}
    for option, first, rest in fields:
        value = "\n".join([*([first] if first else []), dedent("\n".join(rest))]).strip()
        if value:
            filled.setdefault(option, []).append(value)
    return filled


def with_remarks(text: str, remarks: Iterable[str]) -> str:
    """A form with remarks as comments at its top, in the place of earlier ones."""
    kept = [line for line in text.split("\n") if not line.startswith("#!")]
    said = [f"#! {line}" for remark in remarks for line in remark.split("\n")]
    return "\n".join([*said, *kept])


def kept_exactly(before: Filled, after: Filled, given: Mapping[str, list[str]]) -> Filled:
    """What a form says, where fields that nobody touched are what they were before the form.

    A form loses blanks at the ends of a text; a field that was left alone must not change by it.
    """
    return {
        option: given[option] if option in given and values == before.get(option) else values
        for option, values in after.items()
    }
