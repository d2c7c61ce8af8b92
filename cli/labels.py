"""Labels for people: headings of columns and names of codes, in English, Arabic or Persian.

Codes never change; a label stands in their place only where somebody reads, never in JSON, in ids
or in the CSV of `query`. What is here is imported only when labels are asked for.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from cli.render.text import Label
from ledger.values.place import is_country
from ledger.vocabulary import terms

#: Written from right to left.
RIGHT_TO_LEFT = ("ar", "fa")

_RENDER = Path(__file__).parent / "render"


def heading(view: str, key: str, language: str) -> str:
    """What a column is called; the parts of `stated.count` are named one after the other."""
    own = _headings().get("columns_of", {}).get(view, {})
    every = _headings()["columns"]
    parts = (own.get(part) or every[part] for part in key.split("."))
    return ": ".join(str(part[language]) for part in parts)


def field(name: str, language: str) -> str:
    """What a field of a fact is called in a sheet to fill in: `source-name`."""
    return heading("", name.replace("-", ".", 1).replace("-", "_"), language)


def word(kind: str, code: str, language: str) -> str:
    """The label of a code of one of the lists in headings.toml; the code where it has none."""
    return str(_headings()["words"][kind].get(code, {}).get(language, code))


def label(holds: str, value: Any, language: str) -> Any:
    """A value with a label in the place of its code; `holds` is as in columns.toml."""
    sort, _, name = holds.partition(":")
    if value is None:
        return None
    if sort == "list":
        return terms(name).get(value, {}).get(language, value)
    if sort == "words":
        return word(name, value, language)
    if sort == "place":
        return country(value, language) if is_country(value) else word("place", value, language)
    if sort == "tally":
        return {label(f"list:{name}", code, language): count for code, count in value.items()}
    return value


@cache
def country(code: str, language: str) -> str:
    """The name of a country in a language, the code where there is none."""
    import gettext

    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    if found is None:
        return code
    common = getattr(found, "common_name", found.name)
    if language == "en":
        return str(common)
    names = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
    )
    translated = (names.gettext(name) for name in (common, found.name))
    return next((name for name in translated if not name.isascii()), str(common))


def labelled(
    view: str, rows: list[dict[str, Any]], columns: list[tuple[str, str]], language: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The rows and columns of a table, as people of a language read them."""
    holds = columns_of(view)
    shown = [
        {key: _shown(view, key, value, holds, language) for key, value in row.items()}
        for row in rows
    ]
    return shown, [(key, Label(heading(view, key, language))) for key, _ in columns]


def _shown(view: str, key: str, value: Any, holds: dict[str, list[str]], language: str) -> Any:
    """A value of a row; one with parts of its own (`adopted`) gets headings in it as well."""
    if key in holds:
        shown = label(holds[key][0], value, language)
        return Label(shown) if isinstance(shown, str) and shown != value else shown
    if not isinstance(value, dict) or "claimant" in value:
        return value
    inner = {part: f"{key}.{part}" for part in value}
    return {
        heading(view, part, language): label(holds[whole][0], value[part], language)
        for part, whole in inner.items()
        if whole in holds
    } or value


@cache
def columns_of(view: str) -> dict[str, list[str]]:
    """The columns of a view by key: what each holds and, where it is exchanged, its hashtag."""
    found: dict[str, list[str]] = _toml("columns.toml")[view]
    return found


@cache
def _headings() -> dict[str, Any]:
    return _toml("headings.toml")


@cache
def _toml(name: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads((_RENDER / name).read_text(encoding="utf-8"))
