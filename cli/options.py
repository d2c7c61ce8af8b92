"""Options that every command takes, before and after its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.session import FORMATS, LANGUAGES, Session
from cli.world import World

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

Command = TypeVar("Command", bound=Callable[..., Any])


def paths(kind: str) -> Complete:
    """Complete a `file` or a `dir`; the shell itself knows them."""

    def complete(
        context: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=kind)]

    return complete


def completed(name: str, *of: str) -> Complete:
    """Complete by something of `cli.completion`, which is imported when a shell asks."""

    def complete(
        context: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        from cli import completion

        found: Any = getattr(completion, name)
        by: Complete = found(*of) if of else found
        return by(context, param, incomplete)

    return complete


_SHARED = (
    click.option(
        "-L",
        "--ledger",
        metavar="DIR",
        shell_complete=paths("dir"),
        help="The ledger (default: the nearest above).",
    ),
    click.option("--actor", metavar="WHO", help="Who records: HRO-07."),
    click.option("-f", "--format", type=click.Choice(FORMATS), help="How to print (table)."),
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        shell_complete=paths("file"),
        help="Where to print (standard output).",
    ),
    click.option("-q", "--quiet", is_flag=True, default=None, help="Print less."),
    click.option("-v", "--verbose", is_flag=True, default=None, help="Print more."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colours."),
    click.option("--labels", type=click.Choice(LANGUAGES), help="Headings and codes in words."),
    click.option("--no-pager", is_flag=True, default=None, help="Print, however long it is."),
    click.option("--now", metavar="T", help="What relative times are read from."),
    click.option("-n", "--dry-run", is_flag=True, default=None, help="Check, and write nothing."),
    click.option("--no-input", is_flag=True, default=None, help="Never ask."),
    click.option("--debug", is_flag=True, default=None, help="Show tracebacks."),
)
SHARED = ("ledger", "actor", "format", "output", "quiet", "verbose", "color", "labels", "no_pager",
          "now", "dry_run", "no_input", "debug")  # fmt: skip

#: Commands that check nothing before they write, so that they cannot do the one without the other.
_WRITES_AT_ONCE = [[name] for name in ("init", "demo", "replay", "checkpoint", "prove", "witness",
                                       "export", "backup", "template")]  # fmt: skip


class Said(click.Option):
    """An option for what a fact says. Given twice it is refused: one of the two would be lost."""

    def __init__(self, names: Sequence[str], **attributes: Any) -> None:
        super().__init__(names, **attributes | {"multiple": True})

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        given = super().process_value(ctx, value)
        if len(given) > 1:
            raise click.BadParameter("it is given twice", ctx=ctx, param=self)
        return given[0] if given else None


def shared_options(command: Command) -> Command:
    """Add the shared options to a command; they may stand before its name as well."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def shared_given(context: click.Context) -> dict[str, Any]:
    """The shared options of a command, its own and those before its name; its own win."""
    above = shared_given(context.parent) if context.parent is not None else {}
    given = {name: context.params.get(name) for name in SHARED}
    return above | {name: value for name, value in given.items() if value is not None}


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its `Session` instead of the shared options."""

    def run(*args: Any, **given: Any) -> Any:
        context = click.get_current_context()
        options = shared_given(context)
        for name in SHARED:
            given.pop(name, None)
        session = Session(context.find_object(World) or World(), options)
        if session.dry_run and context.command_path.split()[1:2] in _WRITES_AT_ONCE:
            msg = f"--dry-run means nothing for {context.command_path}: it would write."
            raise click.UsageError(msg)
        if session.output and session.output != "-":
            from cli.files import refuse_kept

            refuse_kept(session.world.at(session.output))
        return command(session, *args, **given)

    return shared_options(update_wrapper(run, command))
