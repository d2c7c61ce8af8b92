"""`vigil record FAMILY VERB [ID] --field value`: options come from the fact's class.

The lists of families and facts are static; a fact's class, and pydantic with it, is imported only
below `record FAMILY VERB`.
"""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cli.completion import for_blank, named
from cli.dashes import read_dashes
from cli.main import refuse_unknown
from cli.options import with_session
from cli.references import newest_named, thing_named
from ledger.errors import VigilError
from ledger.registry import FACTS, Kind

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cli.blanks import Blank
    from cli.session import Session
    from ledger.facts.base import Fact
    from ledger.transaction import Receipt

#: Facts around which a module here does more: `prepare` completes the fields before they are
#: recorded, `follow` does what is to be done afterwards.
COMPANIONS = {"watch.handed_over": "handover"}


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
    if not session.may_ask:
        raise click.exceptions.NoArgsIsHelpError(context)
    from cli.asking import ask, askable

    ask(session, askable(family))


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
            for value in _each(values)
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
    multiple = blank.how in ("list", "changes")
    return click.Option(names, multiple=multiple, help=help, shell_complete=for_blank(blank))


def _each(values: Any) -> list[Any]:
    if values is None:
        return []
    return list(values) if isinstance(values, tuple | list) else [values]


def fields_of(
    session: Session, cls: type[Fact], id: str | None, options: list[tuple[str, str | None]]
) -> dict[str, Any]:
    """The fields of a fact from what was typed, with ids that were typed in part written whole."""
    from ledger.notation import gather

    fields = {"fact": cls.kind.name, **gather(cls, options)}
    if id is not None:
        fields["id"] = id
    return _named_whole(session, cls, fields)


def _named_whole(session: Session, cls: type[Fact], fields: dict[str, Any]) -> dict[str, Any]:
    """The id of a thing that the fact begins is a new one, and stays as it is."""
    from cli.blanks import blanks, id_of

    kinds = {blank.field: blank.letters for blank in blanks(cls)}
    if not cls.kind.begins(fields):
        kinds["id"] = id_of(cls.kind).letters
    whole = dict(fields)
    for field, letters in kinds.items():
        if letters is None or field not in fields:
            continue
        try:
            named = [thing_named(session, one, letters) for one in _each(fields[field])]
        except VigilError as error:
            error.field = field
            raise
        whole[field] = named if isinstance(fields[field], list) else named[0]
    return whole


def recorded(
    session: Session, fields: dict[str, Any], expect: str | None = None, *, dry_run: bool
) -> Receipt:
    """Record one fact, or with `dry_run` only check it; raises the refusal."""
    around = _companion(fields)
    expect = newest_named(session, expect) if expect else expect
    now = session.now
    with (
        closing(session.ledger()) as ledger,
        ledger.transaction(dry_run=dry_run) as transaction,
    ):
        said = around.prepare(session, transaction, fields) if around else fields
        return transaction.record(said, actor=session.actor, now=now, expect=expect)


def record_fact(session: Session, fields: dict[str, Any], expect: str | None = None) -> None:
    """Record one fact and print its receipt."""
    from cli.alike import alike
    from cli.receipts import give

    receipt = recorded(session, fields, expect, dry_run=session.dry_run)
    if not (session.dry_run or receipt.already):
        session.catch_up()
    if not receipt.already:
        receipt = receipt._replace(warnings=(*receipt.warnings, *alike(session, receipt.entry)))
    give(session, receipt)
    around = _companion(fields)
    if around:
        around.follow(session, receipt)


def _companion(fields: dict[str, Any]) -> Any:
    name = COMPANIONS.get(fields["fact"])
    return import_module(f"cli.{name}") if name else None
