"""`vigil completion SHELL`: a script to source, and what the shell then asks for.

Nothing here needs pydantic or eventsourcing: a shell asks at every press of a key. Where there is
no ledger, or anything else is amiss, there is nothing to suggest, and no error.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from cli.options import shared_given, with_session
from cli.session import Session
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

    from cli.options import Complete

#: The variable by which the scripts ask.
VARIABLE = "_VIGIL_COMPLETE"
#: How many ids are suggested.
LIMIT = 50


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@with_session
def completion(session: Session, shell: str) -> None:
    """Print a script that completes commands, options and ids: source <(vigil completion bash)."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    assert made is not None
    script = made(root, {}, "vigil", VARIABLE)
    session.write(script.source_template % script.source_vars())


def answer(root: click.Command, world: World) -> int:
    """Print what may come next on the command line that the shell tells of."""
    from click.shell_completion import shell_complete

    try:
        return shell_complete(root, {"obj": world}, "vigil", VARIABLE, world.environment[VARIABLE])
    except Exception:
        return 1


def named(words: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem[str]]:
    """The words that begin so, each with its help."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, help=help) for word, help in words if word.startswith(incomplete)]


def _of(words: Callable[[Session, str], Iterable[str]]) -> Complete:
    """Complete a parameter with words that may be asked of the ledger."""

    def complete(
        context: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        session = Session(context.find_object(World) or World(), shared_given(context))
        try:
            return named([(word, "") for word in words(session, incomplete)], incomplete)
        except Exception:
            return []

    return complete


def ids(letters: str = "") -> Complete:
    """Complete the id of a thing."""

    def found(session: Session, incomplete: str) -> list[str]:
        from cli.references import beginning_with

        given = incomplete.upper()
        suggested = beginning_with(session, given, letters, LIMIT)
        return [incomplete + id[len(incomplete) :] for id in suggested if id.startswith(given)]

    return _of(found)


def _facts(session: Session, incomplete: str) -> list[str]:
    """Ids; where only one is left, its facts as well."""
    from cli.references import beginning_with

    given, slash, _ = incomplete.upper().partition("/")
    found = beginning_with(session, given, "", LIMIT)
    if slash or len(found) == 1:
        found = found[:1] + _numbered(session, found[0])
    return [incomplete + one[len(incomplete) :] for one in found
            if one.startswith(incomplete.upper())]  # fmt: skip


def _numbered(session: Session, id: str) -> list[str]:
    with closing(session.folder.connect()) as ledger:
        rows = ledger.execute(
            "SELECT originator_version FROM stored_events WHERE originator_id = ? "
            "ORDER BY originator_version LIMIT ?",
            (id, LIMIT),
        )
        return [f"{id}/{version}" for (version,) in rows]


def _places(session: Session, incomplete: str) -> list[str]:
    from ledger.values.place import FATES

    return [*_sites(session, incomplete), *FATES, *_codes(session, incomplete)]


def _sites(session: Session, incomplete: str) -> list[str]:
    from cli.references import slugs

    return slugs(session, LIMIT)


def _codes(session: Session, incomplete: str) -> list[str]:
    from ledger.values.country import codes

    return sorted(codes())


def _views(session: Session, incomplete: str) -> Iterable[str]:
    from projections.views import VIEWS

    return VIEWS


def _standards(session: Session, incomplete: str) -> Iterable[str]:
    from projections.services import standards

    return standards()


def _kinds(session: Session, incomplete: str) -> Iterable[str]:
    from ledger.registry import FACTS

    return FACTS


def _subjects(session: Session, incomplete: str) -> list[str]:
    from ledger.errors import catalogue
    from ledger.vocabulary import vocabularies

    return [*_kinds(session, incomplete), *vocabularies(), *catalogue()]


def list_of(vocabulary: str) -> Complete:
    """Complete a term of a list."""

    def found(session: Session, incomplete: str) -> Iterable[str]:
        from ledger.vocabulary import terms

        return terms(vocabulary)

    return _of(found)


facts, sites, places, countries = _of(_facts), _of(_sites), _of(_places), _of(_codes)
views, standards, kinds, subjects = _of(_views), _of(_standards), _of(_kinds), _of(_subjects)


def for_blank(blank: Any) -> Complete | None:
    """How a blank of a fact is completed, if its values are known."""
    if blank.vocabulary:
        return list_of(blank.vocabulary)
    if blank.letters:
        return ids(blank.letters)
    return {"site": sites, "place": places, "country": countries}.get(blank.place)
