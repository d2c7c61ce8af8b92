"""Write docs/reference from the code: `python docs/generate.py`. A test holds them equal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.columns import COLUMNS
from cli.main import COMMANDS, vigil
from cli.reference import about_code, about_fact
from ledger.errors import catalogue
from ledger.registry import FACTS, FAMILIES
from ledger.vocabulary import edition, terms, vocabularies
from projections.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parent / "reference"
NOTICE = "<!-- Written by docs/generate.py from the code; change the code, then run it again. -->\n"


def pages() -> dict[str, str]:
    """Every page of the reference by its file name."""
    found = {
        "facts.md": _facts(),
        "lists.md": _lists(),
        "views.md": _views(),
        "commands.md": _commands(),
        "errors.md": _errors(),
    }
    return {name: NOTICE + "\n".join(lines) + "\n" for name, lines in found.items()}


def _facts() -> Iterator[str]:
    yield "# Facts\n"
    yield "What can be said. The same names serve on the command line, in files and in exports;"
    yield "`vigil explain NAME` shows one of these, `vigil record FAMILY VERB` records it.\n"
    for name in FACTS:
        fact = about_fact(name)
        family = FAMILIES.get(FACTS[name].family)
        yield f"## {name}\n\n{fact['text']}\n"
        if family is not None and family.beginning == name:
            yield f"It begins a thing; ids are `{family.kind}-...`.\n"
        yield "| field | | meaning | list |\n|---|---|---|---|"
        for field in fact["fields"]:
            required = "required" if field["required"] else ""
            listed = f"[{field['list']}](lists.md#{field['list']})" if field["list"] else ""
            yield f"| `{field['field']}` | {required} | {field['means']} | {listed} |"
        refused = [f"- [{code}](errors.md#{code.lower()}): {cause}"
                   for code, cause in fact["refused"].items()]  # fmt: skip
        yield "\nRefused:\n\n" + "\n".join(refused) if refused else ""
        yield f"\n    vigil record {fact['example']}\n"


def _lists() -> Iterator[str]:
    yield "# Lists\n"
    yield "The terms that facts may use. Codes never change; labels are for reading.\n"
    for name in vocabularies():
        yield f"## {name}\n\nEdition {edition(name)}.\n"
        yield "| code | English | Arabic | Persian | HURIDOCS |\n|---|---|---|---|---|"
        for code, term in terms(name).items():
            labels = " | ".join(str(term[language]) for language in ("en", "ar", "fa"))
            yield f"| `{code}` | {labels} | {term.get('huridocs', '')} |"
        yield ""


def _views() -> Iterator[str]:
    yield "# Views\n"
    yield "What `vigil query VIEW` answers. Every view takes `--on`, `--as-known`, `--as-recorded`,"
    yield "`--min-status` and `--explain`; JSON rows may have more keys than the table shows.\n"
    for name, view in VIEWS.items():
        yield f"## {name}\n\n{(view.query.__doc__ or '').strip()}\n"
        keys = ", ".join(f"`{key}`" for key, _ in COLUMNS[name])
        options = ", ".join(f"`--{option}`" for option in sorted(view.options)) or "nothing more"
        yield f"Row: {keys}. Options: {options}.\n"


def _commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "What each command's `--help` says. Shared options may stand before or after it.\n"
    yield from _help("vigil", vigil)
    for name in COMMANDS:
        command = vigil.get_command(click.Context(vigil), name)
        assert command is not None
        yield from _help(f"vigil {name}", command)
        if isinstance(command, click.Group) and name != "record":
            for sub in command.list_commands(click.Context(command)):
                found = command.get_command(click.Context(command), sub)
                assert found is not None
                yield from _help(f"vigil {name} {sub}", found)


def _help(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(
        command, info_name=path, terminal_width=88, help_option_names=["-h", "--help"]
    )
    yield f"## {path}\n\n```text\n{command.get_help(context).strip()}\n```\n"


def _errors() -> Iterator[str]:
    yield "# Errors\n"
    yield "Every way Vigil says no. Codes do not change. `vigil explain CODE` shows one of these.\n"
    for code in catalogue():
        error = about_code(code)
        yield f"## {code}\n\n{error['cause']}\n"
        yield f"- says: {_literal(error['message'])}\n- do: {_literal(error['cure'])}"
        yield f"- exit: {error['exit']}"
        if error["example"]:
            yield f"- as in: `{error['example']}`"
        yield ""


def _literal(text: str) -> str:
    """A template with its holes as `<name>`."""
    return text.replace("!r}", "}").replace("{", "`<").replace("}", ">`")


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
