"""What is said to somebody who is asked, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.references import slugs
from cli.render.text import visible
from ledger.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.blanks import Blank
    from cli.session import Session
    from ledger.errors import VigilError

#: How many sites are named.
_SITES = 20


def told(session: Session, blank: Blank) -> str:
    """What a blank means, and what may stand in it where that is a short list."""
    choices: list[str] = []
    if blank.vocabulary:
        choices = list(terms(blank.vocabulary))
    elif blank.place in ("site", "place"):
        choices = slugs(session, _SITES)
    elif blank.how == "flag":
        choices = ["y", "n"]
    needed = " (required)" if blank.required else ""
    more = ", one after another" if blank.how == "list" else ""
    return f"{blank.help}{more}{needed}{': ' if choices else ''}{', '.join(choices)}"


def explain(blank: Blank) -> None:
    """What `vigil explain` says of a blank and its list."""
    from cli.explain import story
    from cli.reference import about

    for subject in dict.fromkeys(filter(None, (blank.field, blank.vocabulary))):
        say(f"    {one}" for told in story(about(subject)) for one in told.splitlines())


def complain(error: VigilError) -> None:
    """What was refused, and the cure."""
    for one in getattr(error, "problems", [error]):
        where = f"{one.field}: " if one.field else ""
        say([f"  ! {where}{one.sentence} [{one.code}]", f"    {one.cure}"])


def say(lines: Iterable[str]) -> None:
    """Lines on standard error, for standard output has the answer."""
    for one in lines:
        click.echo(visible(one), err=True)


def read_line(session: Session, prompt: str) -> str:
    """A line, without blanks at its ends; the end of the input leaves, as Ctrl-C does."""
    while True:
        try:
            return session.world.ask(prompt).strip()
        except EOFError:
            raise click.Abort from None
        except UnicodeDecodeError:
            say(["  ! that was not UTF-8; type it again"])
