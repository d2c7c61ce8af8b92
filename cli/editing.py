"""`--edit`: a fact, or a correction, as a form in the editor of whoever records it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.blanks import as_options, in_order
from cli.forms import kept_exactly, read_form, with_remarks, write_form
from cli.recording import fields_of, record_fact
from ledger.errors import VigilError
from ledger.errors.commands import EditorFailed, InputNotUtf8
from ledger.errors.files import DuplicateKeys
from ledger.errors.rules import ActorMissing
from ledger.errors.values import FieldUnknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.blanks import Blank
    from cli.forms import Filled
    from cli.session import Session
    from ledger.facts.base import Fact

#: Exit codes of what a form can mend; anything else is reported at once.
_MENDABLE = (2, 4, 5)

_NOTHING = "nothing was recorded: the form was left as it was, or emptied"

Options = list[tuple[str, str | None]]


def edit_fact(
    session: Session, cls: type[Fact], id: str | None, options: Options, expect: str | None
) -> None:
    """Record a fact from a form in which the fields given so far are filled in."""
    form = in_order(cls)
    given = _given(form, options, id)

    def use(filled: Filled) -> None:
        (named,) = filled.pop("id", [None])[:1]
        said = [
            option for blank in form for option in as_options(blank, filled.get(blank.option, []))
        ]
        record_fact(session, fields_of(session, cls, named, said), expect)

    _edited(session, f"{cls.kind.family} {cls.kind.verb}: {cls.kind.summary}", form, given, use)


def edit_reading(
    session: Session, heading: str, form: list[Blank], given: Filled, use: Callable[[Any], None]
) -> None:
    """Change what a fact says: `use` gets the new value of every field that was changed."""

    def changed(filled: Filled) -> None:
        use({
            blank.name: _value(blank, filled.get(blank.option, []))
            for blank in form
            if filled.get(blank.option, []) != given.get(blank.option, [])
        })  # fmt: skip

    _edited(session, heading, form, given, changed)


def _value(blank: Blank, values: list[str]) -> Any:
    """What a correction sets a field to; nothing clears it."""
    if not values:
        return None
    return values if blank.how == "list" else values[-1]


def _given(form: list[Blank], options: Options, id: str | None) -> Filled:
    ways = {blank.option.replace("-", "_"): blank for blank in form}
    given: Filled = {} if id is None else {"id": [id]}
    for name, value in options:
        said = "yes" if value is None or ways[name].how == "flag" else value
        if said == "-":
            msg = "A field from standard input cannot be combined with --edit."
            raise click.UsageError(msg)
        given.setdefault(ways[name].option, []).append(said)
    return given


def _edited(
    session: Session, heading: str, form: list[Blank], given: Filled, use: Callable[[Filled], None]
) -> None:
    """Open the form until what it says is used, or it is left as it is."""
    if session.no_input:
        msg = "--edit opens an editor and cannot be combined with --no-input."
        raise click.UsageError(msg)
    if session.actor is None:  # said before anything is written, not after
        raise ActorMissing()
    shown = write_form(heading, form, given)
    before = read_form(_plain_lines(shown))
    problem: VigilError | None = None
    with _private_file(shown, session.world.environment.get("TMPDIR")) as path:
        while True:
            _open(session, path)
            text = _read(session, path)
            if text == _plain_lines(shown) and problem is not None:
                raise problem
            try:
                filled = read_form(text)
                if not filled or filled == before:
                    click.echo(_NOTHING, err=True)
                else:
                    _check_names(form, filled, heading)
                    use(kept_exactly(before, filled, given))
            except VigilError as error:
                if error.exit not in _MENDABLE or not session.world.interactive:
                    raise
                problem, shown = error, with_remarks(text, _remarks(error))
                path.write_text(shown, encoding="utf-8", newline="")
            else:
                path.unlink()
                return


def _check_names(form: list[Blank], filled: Filled, heading: str) -> None:
    ways = {blank.option: blank.how for blank in form}
    for option, values in filled.items():
        if option not in ways:
            fact = heading.partition(":")[0]
            raise FieldUnknown(fact=fact, name=option[:60], fields=", ".join(ways), field=option)
        if len(values) > 1 and ways[option] not in ("list", "changes"):
            raise DuplicateKeys(name=option, field=option)


def _remarks(error: VigilError) -> list[str]:
    return [
        f"{f'{one.field}: ' if one.field else ''}{one.sentence} [{one.code}]\n  {one.cure}"
        for one in getattr(error, "problems", [error])
    ]


@contextmanager
def _private_file(text: str, temporary: str | None) -> Iterator[Path]:
    """A file in a folder of its own, where editors may leave theirs too; both the owner's alone.

    A file that is still there at the end holds words that were not recorded, and is kept.
    """
    folder = Path(tempfile.mkdtemp(prefix="vigil-", dir=temporary))
    path = folder / "fact.txt"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w",
                       encoding="utf-8", newline="") as file:  # fmt: skip
            file.write(text)
        yield path
    finally:
        if path.is_file() and path.read_bytes() != text.encode():
            path.chmod(0o600)
            click.echo(f"what you wrote is kept in {path}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _open(session: Session, path: Path) -> None:
    import shlex
    import subprocess

    environment, editor = session.world.environment, _editor(session)
    try:
        words = [*shlex.split(editor), str(path)]
        # The program is the choice of whoever runs this one.
        done = subprocess.run(words, env=dict(environment), check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise EditorFailed(editor=editor[:60], why=why) from None
    if done.returncode != 0:
        raise EditorFailed(editor=editor[:60], why=f"it ended with {done.returncode}")


def _editor(session: Session) -> str:
    environment = session.world.environment
    path = environment.get("PATH")
    names = ("sensible-editor", "vim", "nano")
    installed = next((name for name in names if shutil.which(name, path=path)), "vi")
    return environment.get("VISUAL") or environment.get("EDITOR") or installed


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _read(session: Session, path: Path) -> str:
    try:
        return _plain_lines(path.read_bytes().decode())
    except UnicodeDecodeError as error:
        raise InputNotUtf8(byte=error.start + 1) from None
    except OSError as error:
        why = f"it left no form to read: {error.strerror}"
        raise EditorFailed(editor=_editor(session)[:60], why=why) from None
