"""The command `vigil`: which commands there are, and how it says that something went wrong.

Help is static and commands are imported when they are run, so that `--help` needs click alone.
"""

from __future__ import annotations

import gc
import gettext
import os
import sys
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from cli import __version__
from cli.options import shared_options
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from ledger.errors import VigilError

#: Every command: its section, its module and function, and its help in one line.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("Start", "start:init", "Make a new ledger."),
    "demo": ("Start", "demo.command:demo", "A ledger with the public record, and what it answers."),
    "status": ("Start", "start:status", "Where this ledger stands."),
    "doctor": ("Start", "doctor:doctor", "What is wrong with this ledger, and the cure."),
    "record": ("Write", "record:record", "Record one fact."),
    "correct": ("Write", "amend:correct", "A fact reads differently from now on."),
    "retract": ("Write", "amend:retract", "Take a fact back."),
    "assess": ("Write", "amend:assess", "Say what a fact is worth, and why."),
    "attach": ("Write", "attach:attach", "Keep a file as evidence of a fact."),
    "import": ("Write", "imports.command:import_", "Record the facts of files."),
    "inspect": ("Write", "imports.inspect:inspect", "What a file is, and a map to import it by."),
    "template": ("Write", "template:template", "A sheet to fill in and import."),
    "query": ("Read", "query:query", "Ask a view: what was true then, as known when."),
    "show": ("Read", "read:show", "One thing: its facts, and what is known now."),
    "log": ("Read", "read:log", "Facts in order of recording."),
    "diff": ("Read", "diff:diff", "What changed in what was known, and which facts changed it."),
    "replay": ("Prove", "prove:replay", "Rebuild every view from the facts alone."),
    "verify": ("Prove", "seal:verify", "Compare every stored byte with what was sealed."),
    "checkpoint": ("Prove", "seal:checkpoint", "Sign the head of the log."),
    "prove": ("Prove", "seal:prove", "Prove that a fact is in the log."),
    "witness": ("Prove", "seal:witness", "Vouch for the heads of other people's ledgers."),
    "check": ("Prove", "prove:check", "What does not fit together."),
    "export": ("Share", "share:export", "Write the facts to a file."),
    "backup": ("Share", "share:backup", "A consistent copy of a ledger in use."),
    "explain": ("Help", "explain:explain", "What a fact, a field, a list or a code means."),
    "completion": ("Help", "completion:completion", "A script that completes command lines."),
}


class Vigil(click.Group):
    """A group that imports a command when it is run, and keeps "did you mean"."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][1].partition(":")
        command: click.Command = getattr(import_module(f"cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            refuse_unknown(ctx, args[0], list(COMMANDS), "command")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        from cli.completion import named

        words = named([(name, line[2]) for name, line in COMMANDS.items()], incomplete)
        return words + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(line[0] for line in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [(name, help) for name, (of, _, help) in COMMANDS.items() if of == section]
                )


def refuse_unknown(ctx: click.Context, word: str, known: Sequence[str], what: str) -> None:
    """A usage error that names the nearest word there is."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise click.UsageError(f"No such {what} {word!r}.{hint}", ctx)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"vigil {__version__}")
        ctx.exit()


@click.group(cls=Vigil, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
@shared_options
def vigil(**options: Any) -> None:
    """What happened, and what was known when: a ledger whose every number can be traced.

    Exit codes: 0 done, 1 unexpected, 2 usage, 3 partly done, 4 refused, 5 conflict, 7 findings,
    8 package missing, 10 no ledger, 11 busy, 12 key missing or wrong, 13 damaged, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None, world: World | None = None) -> int:
    """Run a command line; returns the exit code, prints errors to standard error."""
    world = world or World()
    if "_VIGIL_COMPLETE" in world.environment:
        from cli.completion import answer

        return answer(vigil, world)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = vigil.main(given, prog_name="vigil", standalone_mode=False, obj=world)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.UsageError as error:
        return _report_usage(error, given, world)
    except (click.Abort, KeyboardInterrupt):
        from ledger.errors.commands import Interrupted

        return _report(Interrupted(), given, world)
    except (BrokenPipeError, SystemExit):  # click exits when a pipe breaks, and in no other case
        _let_go_of_output()
        return 0
    except Exception as error:
        if "--debug" in given:
            raise
        return _report(_named(error), given, world)


def _let_go_of_output() -> None:
    """Nobody reads any more; the interpreter would complain when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


_ZONES = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"


def _no_catalogue(*_: object, **__: object) -> list[str]:
    return []


def run() -> None:
    """The entry point of the script `vigil`."""
    # A command makes much and drops little: looking for garbage while it imports costs a twelfth,
    # and taking the interpreter apart at the end as much again. All files are closed by then.
    gc.set_threshold(50_000)
    # Whoever closed an output wants none; a database must not be opened in its place.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    if os.name == "posix":
        # Where the zones of Python lie by default. Left to itself zoneinfo asks how Python was
        # built, which takes as long as a query; tzdata has the zones where no such folder does.
        os.environ.setdefault("PYTHONTZPATH", _ZONES)
    # Click's words are in no other language: looking for one takes as long as reading the ledger.
    gettext.find = _no_catalogue  # type: ignore[assignment]  # by no overload it finds one
    code = main()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _named(error: Exception) -> VigilError:
    """The error under a name of the catalogue."""
    from ledger.errors import VigilError
    from ledger.errors.commands import Unexpected
    from ledger.faults import named

    if isinstance(error, VigilError):
        return error
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        from ledger.errors.commands import Usage

        return Usage(
            what="a word of the command line, or the path, is not UTF-8", cure="write it so"
        )
    output = isinstance(error, OSError) and error.filename is None
    found = named(error, "the answer" if output else "the ledger or its views")
    return found or Unexpected(what=f"{type(error).__name__}: {error}")


def _say(text: str, arguments: list[str], world: World) -> None:
    """To standard error, for people."""
    from cli.render.colour import coloured, wanted

    if wanted(_chosen(arguments, "--color"), world.environment, sys.stderr):
        text = coloured(text)
    click.echo(text, err=True, color=True)


def _report_usage(error: click.UsageError, arguments: list[str], world: World) -> int:
    path = error.ctx.command_path if error.ctx else "vigil"
    hint = f"{path} --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not _wants_json(arguments):
            click.echo(error.format_message(), err=True)
            return 2
        error = click.UsageError("Missing command.", error.ctx)
    if not _wants_json(arguments):
        from cli.render.text import visible

        _say(visible(f"vigil: {error.format_message()} [E5001]\n  {hint}"), arguments, world)
        return 2
    from ledger.errors.commands import Usage

    return _report(Usage(what=error.format_message(), cure=hint), arguments, world)


def _report(error: VigilError, arguments: list[str], world: World) -> int:
    problems: list[VigilError] = getattr(error, "problems", [])
    if _wants_json(arguments):
        from json import dumps

        document = {"schema": "vigil.error/1", **_told(error)}
        if problems:
            document["problems"] = [_told(problem) for problem in problems]
        click.echo(dumps(document, ensure_ascii=False), err=True)
        return error.exit
    from cli.render.text import visible

    if problems:
        _say(f"vigil: {len(problems)} fields are refused [{error.code}]", arguments, world)
    for one in problems or [error]:
        lead, margin = ("  ", "    ") if problems else ("vigil: ", "  ")
        where = f"row {one.row}: " if one.row is not None else ""
        where += f"{one.field}: " if one.field else ""
        cure = f"\n{margin}{one.cure}" if one.cure else ""
        _say(visible(f"{lead}{where}{one.sentence} [{one.code}]{cure}"), arguments, world)
    return error.exit


def _told(error: VigilError) -> dict[str, Any]:
    return {
        "code": error.code,
        "exit": error.exit,
        "message": error.sentence,
        "hint": error.cure,
        "field": error.field,
        "row": error.row,
    }


def _wants_json(arguments: list[str]) -> bool:
    """Whether errors are wanted as JSON."""
    return _chosen(arguments, "--format", "-f") in ("json", "jsonl")


def _chosen(arguments: list[str], option: str, short: str | None = None) -> str | None:
    """What a shared option was last set to; asked of a command line that nobody understood yet."""
    chosen = None
    for word, after in pairwise([*arguments, ""]):
        if word in (option, short):
            chosen = after
        elif word.startswith(f"{option}="):
            chosen = word.removeprefix(f"{option}=")
        elif short is not None and word.startswith(short):
            chosen = word.removeprefix(short)
    return chosen
