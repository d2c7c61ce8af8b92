"""`vigil doctor`: what is wrong with this ledger or where it lies, and what to do about it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from cli.options import with_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.session import Session
    from ledger.folder import Folder
    from ledger.health import Check

NO_LEDGER, FINDINGS = 10, 7


@click.command()
@with_session
def doctor(session: Session) -> int:
    """What is wrong with this ledger or with where it lies, and what to do about it.

    Looks and changes nothing, needs no actor, and works where the ledger is damaged. Exit 7 where
    something is an error, 10 where there is no ledger.
    """
    from ledger.errors import VigilError
    from ledger.errors.storage import NoLedger
    from ledger.health import ERROR, Check, examined
    from ledger.machine import program

    found = [*examined("program", program), *packages()]
    code = 0
    try:
        found += of_ledger(session, session.folder)
    except NoLedger as error:
        found.append(Check("ledger", ERROR, error.sentence, error.cure))
        code = NO_LEDGER
    except VigilError as error:
        found.append(Check("ledger", ERROR, error.sentence, error.cure))
    _print(session, found)
    return code or (FINDINGS if any(check.state == ERROR for check in found) else 0)


def of_ledger(session: Session, folder: Folder) -> Iterator[Check]:
    """Everything that is looked at of a ledger that can be found."""
    from ledger import health, machine
    from ledger.health import Check
    from projections.views import locate

    looks = {
        "ledger": lambda: health.settings(folder),
        "files": lambda: health.files(folder),
        "file system": lambda: machine.file_system(folder),
        "disk": lambda: machine.disk(folder),
        "database": lambda: health.database(folder),
        "lock": lambda: health.lock(folder),
        "clock": lambda: health.clock(folder, session.world.clock()),
        "roster": lambda: health.roster(folder, session.actor),
        "checkpoint": lambda: health.seal(folder),
        "views": lambda: views(folder, locate(folder, session.world.state_home)),
    }
    told: dict[str, str] = {}
    for name, look in looks.items():
        for check in health.examined(name, look):
            first = told.setdefault(check.text, name)
            if first == name:
                yield check
            else:
                yield Check(name, health.WARNING, f"not looked at, for what {first} says")


def views(folder: Folder, path: Path) -> Iterator[Check]:
    """Whether the views can be read and follow the facts; whatever they are, they can be remade."""
    from sqlite3 import DatabaseError

    from ledger.folder import read_only
    from ledger.health import OK, WARNING, Check
    from projections.views import VERSION, position_of, tracked

    if not path.exists():
        yield Check("views", OK, f"not made yet; the next query makes {path}")
        return
    made = tracked(path)
    if made is None:
        text = f"{path} cannot be read, or is not of version {VERSION}"
        yield Check("views", WARNING, text, "nothing is lost: the next query makes it again")
        return
    try:
        with closing(read_only(path)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except DatabaseError:
        whole = False
    if not whole:
        yield Check("views", WARNING, f"{path} is damaged", "nothing is lost: vigil replay")
        return
    with closing(folder.connect()) as ledger:
        behind = position_of(ledger) - made
    if behind < 0:
        text = f"{path} is ahead of the ledger by {-behind} facts"
        yield Check("views", WARNING, text, "the next query makes it again from the facts")
    else:
        text = f"{behind} facts behind, the next query catches up" if behind else "up to date"
        yield Check("views", OK, f"{path}  {text}  version {VERSION}")


def packages() -> Iterator[Check]:
    """Which optional packages are there."""
    from importlib.util import find_spec

    from cli.packages import EXTRAS
    from ledger.health import OK, Check

    for extra in dict.fromkeys(extra for _, extra in EXTRAS.values()):
        missing = [
            package
            for module, (package, of) in EXTRAS.items()
            if of == extra and find_spec(module) is None
        ]
        text = (
            f"{extra}: not installed ({', '.join(missing)})" if missing else f"{extra}: installed"
        )
        cure = f"where it is wanted: pip install 'vigil-ledger[{extra}]'" if missing else ""
        yield Check("packages", OK, text, cure)


def _print(session: Session, found: list[Check]) -> None:
    from cli.render import render_rows
    from cli.render.text import line

    if session.format == "table":
        shown = [check for check in found if not (session.quiet and check.state == "ok")]
        session.write("".join(f"{line(text)}\n" for check in shown for text in _lines(check)))
        return
    document: dict[str, Any] = {
        "schema": "vigil.doctor/1",
        "asked": {},
        "ledger": {},
        "rows": [check._asdict() for check in found],
        "warnings": [],
    }
    columns = [(name, name) for name in ("check", "state", "text", "cure")]
    session.write(render_rows(session.format, document, columns, "UTC"))


def _lines(check: Check) -> Iterator[str]:
    yield f"{check.state:<8} {check.check:<12} {check.text}"
    if check.cure:
        yield f"{'':<21} {check.cure}"
