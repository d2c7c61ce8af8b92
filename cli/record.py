"""`vigil record FAMILY VERB [ID] --field value`: options come from the fact's class.

The lists of families and facts are static; a fact's class, and pydantic with it, is imported only
below `record FAMILY VERB`.
"""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from cli.dashes import read_dashes
from cli.main import refuse_unknown
from cli.options import with_session
from cli.references import newest_named, thing_named
from ledger.errors import VigilError
from ledger.registry import FACTS, FAMILIES, Kind

if TYPE_CHECKING:
    from cli.session import Session

#: Set by the ledger, or an argument or shared option of the command.
_NOT_OPTIONS = ("id", "version", "uuid", "recorded", "batch", "actor")


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
        return Verbs(cmd_name, help=f"Record a fact of the family {cmd_name}.")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.list_commands(ctx):
            refuse_unknown(ctx, args[0], self.list_commands(ctx), "family of facts")
        return super().resolve_command(ctx, args)

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Facts"):
            formatter.write_dl(
                [(kind.verb, kind.summary) for kind in FACTS.values() if kind.family == self.name]
            )


@click.group(cls=Families)
def record() -> None:
    """Record one fact.

    An example: vigil record movement made --from ashraf --to hurriya --count 397 --at 2012-02-18
    """


def _command(kind: Kind) -> click.Command:
    """The command that records a kind of fact."""
    from ledger.facts.base import field_name
    from ledger.registry import fact_class

    cls = fact_class(kind.name)

    @with_session
    def run(session: Session, id: str | None, expect: str | None, **given: Any) -> None:
        from ledger.notation import gather

        options = [
            (name.removeprefix("field_"), value)
            for name, values in given.items()
            for value in _each(values)
        ]
        options = read_dashes(options, session.world.input)
        fields = {"fact": kind.name, **gather(cls, options)}
        if id is not None:
            fields["id"] = id
        record_fact(session, named_whole(session, cls, fields), expect)

    params = [
        parameter
        for attribute, info in cls.model_fields.items()
        if attribute not in _NOT_OPTIONS
        for parameter in _parameters(cls, field_name(cls, attribute), info.description or "",
                                     required=info.is_required())
    ]  # fmt: skip
    command = click.Command(kind.verb, callback=run, help=f"{(cls.__doc__ or '').strip()}")
    command.params = [
        click.Argument(["id"], required=False),
        *params,
        click.Option(["--expect"], metavar="ID/n", help="Refuse unless this is its newest fact."),
        *getattr(run, "__click_params__", [])[::-1],
    ]
    return command


def _parameters(cls: Any, field: str, help: str, *, required: bool) -> list[click.Option]:
    from ledger.facts.base import parts, shape

    help = f"{help}{' (required)' if required else ''}"
    how = shape(cls, field)
    if how == "parts":
        return [
            click.Option(
                [f"--{field}-{part.replace('_', '-')}", f"{field}_{part}"], help=info.description
            )
            for part, info in parts(cls, field).items()
        ]
    names = [f"--{field.replace('_', '-')}", f"field_{field}"]
    if field == "occurred":
        names.insert(1, "--at")
    if how == "flag":
        return [click.Option(names, is_flag=True, default=None, help=help)]
    return [click.Option(names, multiple=how in ("list", "changes"), help=help)]


def _each(values: Any) -> list[Any]:
    if values is None:
        return []
    return list(values) if isinstance(values, tuple | list) else [values]


def named_whole(session: Session, cls: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a fact with every id that was typed in part written whole.

    The id of a thing that the fact begins is a new one, and stays as it is.
    """
    from ledger.facts.base import field_name, letters_of

    letters = {field_name(cls, attribute): letters_of(cls, attribute)
               for attribute in cls.model_fields}  # fmt: skip
    if not cls.kind.begins(fields):
        family = FAMILIES.get(cls.kind.family)
        letters["id"] = family.kind if family else ""
    whole = dict(fields)
    for field, kind in letters.items():
        if kind is None or field not in fields:
            continue
        try:
            named = [thing_named(session, one, kind) for one in _each(fields[field])]
        except VigilError as error:
            error.field = field
            raise
        whole[field] = named if isinstance(fields[field], list) else named[0]
    return whole


def record_fact(session: Session, fields: dict[str, Any], expect: str | None = None) -> None:
    """Record one fact and print its receipt."""
    from cli.alike import alike
    from cli.receipts import give

    companion = COMPANIONS.get(fields["fact"])
    around = import_module(f"cli.{companion}") if companion else None
    expect = newest_named(session, expect) if expect else expect
    now = session.now
    with (
        closing(session.ledger()) as ledger,
        ledger.transaction(dry_run=session.dry_run) as transaction,
    ):
        said = around.prepare(session, transaction, fields) if around else fields
        receipt = transaction.record(said, actor=session.actor, now=now, expect=expect)
    if not (session.dry_run or receipt.already):
        session.catch_up()
    if not receipt.already:
        receipt = receipt._replace(warnings=(*receipt.warnings, *alike(session, receipt.entry)))
    give(session, receipt)
    if around:
        around.follow(session, receipt)
