"""`vigil record FAMILY VERB [ID] --field value`: options come from the fact's class.

The lists of families and facts are static; a fact's class, and pydantic with it, is imported only
below `record FAMILY VERB`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.completion import for_blank, named
from cli.dashes import read_dashes
from cli.main import refuse_unknown
from cli.options import Said, with_session
from cli.recording import each, fields_of, record_fact
from ledger.registry import FACTS, Kind

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cli.blanks import Blank
    from cli.session import Session
    from ledger.facts.base import Fact


class Families(click.Group):
    """The first word of a fact's name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(dict.fromkeys(kind.family for kind in FACTS.values()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return _family(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx):
            refuse_unknown(ctx, args[0], self.list_commands(ctx), "family of facts")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        words = named([(family, "") for family in self.list_commands(ctx)], incomplete)
        return words + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Facts"):
            formatter.write_dl(
                [(f"{kind.family} {kind.verb}", kind.summary) for kind in FACTS.values()]
            )


class Verbs(click.Group):
    """The second word of a fact's name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [kind.verb for kind in FACTS.values() if kind.family == self.name]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        kind = FACTS.get(f"{self.name}.{cmd_name}")
        return _command(kind) if kind else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx):
            refuse_unknown(ctx, args[0], self.list_commands(ctx), "fact")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        verbs = self.list_commands(ctx)
        words = [(verb, FACTS[f"{self.name}.{verb}"].summary) for verb in verbs]
        return named(words, incomplete) + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Facts"):
            formatter.write_dl(
                [(kind.verb, kind.summary) for kind in FACTS.values() if kind.family == self.name]
            )


@click.group(cls=Families, invoke_without_command=True)
@with_session
def record(session: Session) -> None:
    """Record one fact. On a terminal, and with nothing more, it asks for one.

    An example: vigil record movement made --from ashraf --to hurriya --count 397 --at 2012-02-18
    """
    _ask_or_help(session, None)


def _family(name: str) -> click.Group:
    """The facts of a family."""

    @with_session
    def family(session: Session) -> None:
        _ask_or_help(session, name)

    group = Verbs(name, help=f"Record a fact of the family {name}.", callback=family,
                  invoke_without_command=True)  # fmt: skip
    group.params = getattr(family, "__click_params__", [])[::-1]
    return group


def _ask_or_help(session: Session, family: str | None) -> None:
    """What a group does by itself: where it stands before a command, nothing."""
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        return
    if session.may_ask:
        from cli.asking import ask, askable

        if names := askable(family):
            ask(session, names)
            return
    raise click.exceptions.NoArgsIsHelpError(context)


def _command(kind: Kind) -> click.Command:
    """The command that records a kind of fact."""
    from cli.blanks import blanks, id_of
    from ledger.registry import fact_class

    cls = fact_class(kind.name)

    @with_session
    def run(session: Session, id: str | None, expect: str | None, edit: bool, **given: Any) -> None:
        options = [
            (name.removeprefix("field_"), value)
            for name, values in given.items()
            for value in each(values)
        ]
        if edit:
            from cli.editing import edit_fact

            edit_fact(session, cls, id, options, expect)
            return
        if not (options or id or expect) and session.may_ask and _needs_something(cls):
            from cli.asking import ask

            ask(session, [kind.name])
            return
        options = read_dashes(options, session.world.input)
        record_fact(session, fields_of(session, cls, id, options), expect)

    command = click.Command(kind.verb, callback=run, help=f"{(cls.__doc__ or '').strip()}")
    command.params = [
        click.Argument(["id"], required=False, shell_complete=for_blank(id_of(kind))),
        *(_option(blank) for blank in blanks(cls)),
        click.Option(["--edit"], is_flag=True, help="Fill in a form in $VISUAL or $EDITOR."),
        click.Option(["--expect"], metavar="ID/n", help="Refuse unless this is its newest fact."),
        *getattr(run, "__click_params__", [])[::-1],
    ]
    return command


def _needs_something(cls: type[Fact]) -> bool:
    """Whether a fact of this kind cannot be recorded with nothing said in it."""
    from cli.blanks import in_order

    return any(blank.required for blank in in_order(cls))


def _option(blank: Blank) -> click.Option:
    help = f"{blank.help}{' (required)' if blank.required else ''}"
    names = [f"--{blank.option}", f"field_{blank.option.replace('-', '_')}"]
    if blank.option == "occurred":
        names.insert(1, "--at")
    if blank.how == "flag":
        return click.Option(names, is_flag=True, default=None, help=help)
    complete = for_blank(blank)
    if blank.how in ("list", "changes"):
        return click.Option(names, multiple=True, help=help, shell_complete=complete)
    return Said(names, help=help, shell_complete=complete)
