"""Sheets to fill in: a header of fields, a row that explains them, and lists that drop down.

Every cell is text, so that `2013-02` and `5-6` stay what was typed and no program makes a date of
them. Choices stand on a sheet of their own, which is hidden: a list in the cell itself may have
255 characters and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from cli.labels import field, label, word
from cli.render.xlsx import workbook
from ledger.values.country import codes
from ledger.values.place import FATES
from ledger.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Rows below the header in which lists drop down.
ROWS = 1_000

#: The first row under the header begins with it; import passes over such rows.
HELP = "#"

_LISTS = "lists"

_FORMATS: dict[str, dict[str, Any]] = {
    "required": {"bold": True, "bg_color": "#FFE699", "bottom": 1},
    "optional": {"bold": True, "bottom": 1},
    "help": {"italic": True, "font_color": "#595959", "text_wrap": True, "valign": "top"},
    "text": {"num_format": 49},  # Excel's number for text
}


class Field(NamedTuple):
    """A column: the field's name, what it means, whether it must be filled, what is on offer.

    `offers` is `flag`, `site`, `place`, `country` or `list:NAME`; None where anything may stand.
    """

    name: str
    means: str
    required: bool
    offers: str | None = None


def write(
    file: BinaryIO,
    facts: dict[str, list[Field]],
    sites: list[str],
    language: str | None,
    *,
    right_to_left: bool = False,
) -> None:
    """Write a sheet a fact, named by it, and the lists."""
    offered = dict.fromkeys(f.offers for fields in facts.values() for f in fields if f.offers)
    choices = {offers: listed for offers in offered if (listed := _choices(offers, sites))}
    with workbook(file, None, in_memory=True) as book:
        formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        pages = {name: book.add_worksheet(name) for name in facts}
        sources = _write_lists(book.add_worksheet(_LISTS), choices, language or "en")
        for name, fields in facts.items():
            page = pages[name]
            if right_to_left:
                page.right_to_left()
            page.freeze_panes(2, 0)
            lines = max(3, *(_labels(one, language).count("\n") for one in fields))
            page.set_row(1, min(15 * (lines + 1), 400))
            for number, one in enumerate(fields):
                _write_column(page, number, one, formats, language)
                if one.offers in sources:
                    _drop_down(page, number, one.offers, sources[one.offers], language or "en")


def _write_column(
    page: Any, number: int, one: Field, formats: dict[str, Any], language: str | None
) -> None:
    page.set_column(number, number, max(len(one.name) + 2, 16), formats["text"])
    page.write_string(0, number, one.name, formats["required" if one.required else "optional"])
    must = f" ({word('form', 'required', language or 'en')})" if one.required else ""
    page.write_comment(0, number, f"{one.means}{must}", {"author": "vigil"})
    told = f"{field(one.name, language)}: {one.means}" if language else one.means
    mark = f"{HELP} " if number == 0 else ""
    page.write_string(1, number, f"{mark}{told}{must}{_labels(one, language)}", formats["help"])


def _labels(one: Field, language: str | None) -> str:
    """The codes of a list with their labels, a line each."""
    sort, _, name = (one.offers or "").partition(":")
    if language is None or sort != "list":
        return ""
    return "".join(f"\n{code} = {label(f'list:{name}', code, language)}" for code in terms(name))


def _choices(offers: str, sites: list[str]) -> list[str]:
    sort, _, name = offers.partition(":")
    if sort == "list":
        return list(terms(name))
    return {
        "flag": lambda: ["yes", "no"],
        "site": lambda: sites,
        "place": lambda: [*sites, *FATES, *sorted(codes())],
        "country": lambda: sorted(codes()),
    }[sort]()


def _write_lists(page: Any, choices: dict[str, list[str]], language: str) -> dict[str, str]:
    """Each list in a column with its labels in the next; where it stands, by what it offers."""
    page.hide()
    sources = {}
    for number, (offers, listed) in enumerate(choices.items()):
        column = 2 * number
        page.write_string(0, column, offers)
        for row, (code, shown) in enumerate(_labelled(offers, listed, language), 1):
            page.write_string(row, column, code)
            page.write_string(row, column + 1, shown)
        sources[offers] = _area(column, len(listed))
    return sources


def _labelled(offers: str, listed: Iterable[str], language: str) -> Iterator[tuple[str, str]]:
    holds = "place" if offers in ("site", "place", "country") else offers
    return ((code, str(label(holds, code, language))) for code in listed)


def _area(column: int, length: int) -> str:
    """The cells of a list: `=lists!$A$2:$A$11`."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"={_LISTS}!${letters}$2:${letters}${length + 1}"


def _drop_down(page: Any, number: int, offers: str, source: str, language: str) -> None:
    """A list of codes is all there is; a place may also be said by another of its names."""
    closed = offers == "flag" or offers.startswith("list:")
    page.data_validation(
        2, number, ROWS + 1, number,
        {
            "validate": "list",
            "source": source,
            "error_type": "stop" if closed else "warning",
            "error_title": word("form", "title", language),
            "error_message": word("form", "choose" if closed else "place", language),
        },
    )  # fmt: skip
