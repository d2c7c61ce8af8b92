"""A fact as one line of text: what people type after `vigil record`, tests and docs show, and
`vigil log` prints.

    movement made MOV-PR-025 --from ashraf --to hurriya --count 397 --occurred 2012-02-18

Options that take a list repeat; the parts of `source` join with a dash; `set` takes `field=value`,
where an empty value clears the field.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from ledger.errors.values import FactUnknown, FieldMissing
from ledger.registry import FACTS, fact_class, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ledger.facts.base import Fact

#: What an option is short for.
SHORT = {"at": "occurred"}


def read(line: str) -> dict[str, Any]:
    """The fields of a fact written as a line."""
    words = shlex.split(line)
    name = ".".join(words[:2])
    if name not in FACTS:
        raise FactUnknown(name=name[:80], nearest=nearest(name, FACTS), field="fact")
    rest = words[2:]
    fields: dict[str, Any] = {"fact": name}
    if rest and not rest[0].startswith("--"):
        fields["id"] = rest.pop(0)
    return fields | gather(fact_class(name), _options(rest))


def write(line: Mapping[str, Any]) -> str:
    """A fact, given as a line of an export, written as text; `read` gives it back."""
    words = line["fact"].split(".")
    if "id" in line:
        words.append(line["id"])
    for field, value in line.items():
        if field not in ("fact", "id"):
            words += option(field, value)
    return " ".join(words)


def gather(cls: type[Fact], options: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """Fields of a fact from options in the order given: `("source-grade", "B2")`.

    A value of None is a flag that stands alone.
    """
    from ledger.facts.base import field_names, parts, shape

    fields: dict[str, Any] = {}
    for option, value in options:
        name = SHORT.get(option, option).replace("_", "-")
        whole, _, part = name.partition("-")
        part = part.replace("-", "_")
        if whole in field_names(cls) and part in parts(cls, whole):
            fields.setdefault(whole, {})[part] = value
            continue
        name = name.replace("-", "_")
        match shape(cls, name):
            case "list":
                fields.setdefault(name, []).append(value)
            case "changes":
                field, _, new = (value or "").partition("=")
                _change(fields.setdefault(name, {}), field, new or None)
            case "flag":
                fields[name] = True if value is None else value
            case _:
                fields[name] = value
    return fields


def _change(changes: dict[str, Any], field: str, value: str | None) -> None:
    """A field set twice is a list, given whole."""
    if field in changes and value is not None:
        before = changes[field]
        changes[field] = [*(before if isinstance(before, list) else [before]), value]
    else:
        changes[field] = value


def _options(words: list[str]) -> Iterable[tuple[str, str | None]]:
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            raise FieldMissing(name="the option before " + word, command="...", field=None)
        option, equals, value = word[2:].partition("=")
        if equals:
            yield option, value
        elif words and not words[0].startswith("--"):
            yield option, words.pop(0)
        else:
            yield option, None


def option(field: str, value: Any) -> list[str]:
    """A field of a fact and what was said in it, written as options."""
    name = f"--{field.replace('_', '-')}"
    if value is True:
        return [name]
    if isinstance(value, list):
        return [_said(name, item) for item in value]
    if isinstance(value, dict) and field != "set":
        parts = value.items()
        return [_said(f"{name}-{part.replace('_', '-')}", item) for part, item in parts]
    if isinstance(value, dict):
        return [_said(name, item) for item in _changes(value)]
    return [_said(name, value)]


def _said(option: str, value: Any) -> str:
    """An option and its value; `=` joins one that would read as an option itself."""
    joint = "=" if str(value).startswith("-") else " "
    return f"{option}{joint}{shlex.quote(str(value))}"


def _changes(changes: Mapping[str, Any]) -> Iterable[str]:
    for field, value in changes.items():
        if isinstance(value, list):
            yield from (f"{field}={item}" for item in value)
        elif isinstance(value, dict):
            yield from (f"{field}-{part}={item}" for part, item in value.items())
        else:
            yield f"{field}={'' if value is None else value}"
