"""A first map for a file: what could be guessed is written, the rest stands in comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.imports.meanings import Guess, fields_with_meaning, listed
from cli.render.text import line
from ledger.registry import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cli.imports.guess import Column
    from cli.imports.inspection import Inspection

_WIDTH = 40
#: What a template cannot name, because its own signs stand in it, or TOML cannot.
_UNNAMEABLE = re.compile("[{}|\ud800-\udfff]|^\\s*$")
_KEYS = re.compile(r"(no|nr|id|ref|code|key|number|reference|uuid)", re.IGNORECASE)

_KOBO = """\
# What a validation status in KoboToolbox says a fact is worth here. It is one office's look at the
# form: `verified` needs a second officer, and is given with vigil assess.
[kobo.assess]
approved = "corroborated"
not_approved = "rejected"
on_hold = "disputed"
"""


def sketch(found: Inspection, guess: Guess) -> str:
    """The text of a map that `vigil import --map` reads."""
    return (
        "\n".join([*described(found, "# "), "", *_settings(found), "", *_rule(found, guess)]) + "\n"
    )


def described(found: Inspection, margin: str = "") -> Iterator[str]:
    """What a file is, and what its columns hold, a line each; nothing in it is obeyed."""
    where = f", sheet {found.sheet!r}, header in row {found.header_row}" if found.sheet else ""
    coded = f" in {found.encoding}" if found.encoding else ""
    split = f", separated by {found.delimiter!r}" if found.delimiter else ""
    export = ", an export of KoboToolbox" if found.kobo else ""
    tags = ", with hashtags (HXL)" if any(column.tag for column in found.columns) else ""
    yield margin + line(f"{found.file}: {found.kind}{coded}{split}{where}{export}{tags}")
    for sheet in found.other_sheets:
        yield margin + line(f"not read: {sheet}")
    more = "at least " if found.more else ""
    columns = counted(len(found.columns), "column")
    yield margin + f"{more}{counted(found.rows, 'row')}, {columns}:"
    wide = min(_WIDTH, max((len(_short(column.name)) for column in found.columns), default=0))
    for column in found.columns:
        examples = ", ".join(_short(text) for text in column.values or column.examples)
        tag = f" {_short(column.tag)}" if column.tag else ""
        told = f"  {_short(column.name):<{wide}}  {column.kind}{tag}"
        yield margin + told + (f": {examples}" if examples else "")
    for warning in found.warnings:
        yield margin + line(f"note: {warning}")


def counted(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _settings(found: Inspection) -> Iterator[str]:
    yield f"title = {_toml(found.file)}"
    if found.delimiter not in (None, ","):
        yield f"delimiter = {_toml(found.delimiter)}"
    if found.encoding not in (None, "utf-8"):
        yield f"encoding = {_toml(found.encoding)}"
    if found.sheet is not None:
        yield f"sheet = {_toml(found.sheet)}"
    if found.range is not None:
        yield f"range = {_toml(found.range)}  # the rows after it looked like another table"
    if found.kobo:
        yield "# The _uuid of a submission is its key, its _submission_time is `received`."
        yield f"\n{_KOBO.rstrip()}"
        return
    key = _key(found.columns)
    if key is not None:
        yield f"key = {_toml(_hole(key))}  # what tells a row apart, in every version of the file"
    else:
        yield '# key = "{...}"  # a column that tells a row apart; without it, all its cells do'


def _rule(found: Inspection, guess: Guess) -> Iterator[str]:
    yield '# Exactly one rule has to match a row; when = { column = "value" } tells rows apart.'
    yield "[[row]]"
    yield 'name = "every row"'
    yield ""
    yield "[[row.fact]]"
    yield f'fact = "{guess.fact}"  # guessed; vigil explain {guess.fact} says what it means'
    meanings = fields_with_meaning(guess.fact)
    used = {column for column in guess.columns.values() if _UNNAMEABLE.search(column) is None}
    for field, (means, required) in meanings.items():
        column = guess.columns.get(field)
        must = " (required)" if required or field == "occurred" else ""
        if field == "key" or (field == "received" and found.kobo):
            continue
        name = field.replace("source-", "source.").replace("-", "_")
        terms = (
            f"; one of {', '.join(listed(guess.fact, field))}" if listed(guess.fact, field) else ""
        )
        if field == "id" and column not in used and (key := _key(found.columns)) and not found.kobo:
            kind = FAMILIES[guess.fact.partition(".")[0]].kind
            yield f"# id = {_toml(kind + '-{' + key + '|upper}')}  # {means}"
        elif column in used:
            yield f"{name} = {_toml(_hole(column))}"
        else:
            yield f'# {name} = "..."  # {means}{terms}{must}'
    left = [column.name for column in found.columns if column.name not in used]
    if left:
        yield f"# columns that no field reads: {', '.join(map(_short, left))}"


def _key(columns: Iterable[Column]) -> str | None:
    """The first column that is filled and different in every row, and is called like a key."""
    for column in columns:
        if (
            column.unique
            and not _UNNAMEABLE.search(column.name)
            and _KEYS.fullmatch(column.name.strip())
            and column.kind != "day"
        ):
            return column.name
    return None


def _hole(column: str) -> str:
    return f"{{{column}}}"


def _short(text: str) -> str:
    shown = line(text)
    return shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 1]}\u2026"


def _toml(text: str) -> str:
    """A text as TOML writes it, every hidden character as an escape."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if line(c) == c else f"\\U{ord(c):08x}" for c in plain) + '"'
