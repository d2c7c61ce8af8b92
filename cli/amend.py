"""Correct, retract and assess: facts about facts, for every family alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.dashes import read_dashes
from cli.options import with_session
from cli.record import record_fact
from cli.references import fact_named, history_of

if TYPE_CHECKING:
    from cli.session import Session


def _about_a_fact(command: Any) -> Any:
    """The options that facts about facts share."""
    for option in (
        click.option("--source-grade", help="Admiralty code: B2."),
        click.option("--source-citation", help="Where it can be read."),
        click.option("--source-kind", help="What it is."),
        click.option("--source-name", help="Pseudonym or publisher."),
        click.option("--note", help="Free text, stored exactly."),
        click.option("--key", help="What makes recording it twice harmless."),
        click.option("--at", "--occurred", "occurred", help="When it was decided (now)."),
        click.option("--received", help="When the office learned it (now)."),
        click.option("--expect", metavar="ID/n", help="Refuse unless this is its newest fact."),
        click.argument("fact"),
    ):
        command = option(command)
    return command


@click.command()
@click.option("--set", "changes", multiple=True, metavar="FIELD=VALUE", required=True,
              help="A field's new value; `field=` clears it, repeated it is a list.")  # fmt: skip
@click.option("--reason", required=True, help="Why.")
@_about_a_fact
@with_session
def correct(session: Session, fact: str, changes: tuple[str, ...], **given: Any) -> None:
    """From now on FACT (INC-H1-42T/3) reads differently; what was known before stays known."""
    for change in changes:
        if "=" not in change:
            raise click.UsageError(f"--set {change!r} is not FIELD=VALUE")
    _amend(session, "fact.corrected", fact, [("set", change) for change in changes], given)


@click.command()
@click.option("--reason", required=True, help="Why.")
@_about_a_fact
@with_session
def retract(session: Session, fact: str, **given: Any) -> None:
    """From now on FACT is as if it had never been said; retracting a retraction restores."""
    _amend(session, "fact.retracted", fact, [], given)


@click.command()
@click.option("--status", required=True, help="reported, corroborated, verified, disputed, ...")
@click.option("--basis", required=True, help="What the assessment rests on.")
@click.option("--standard", help="The standard of proof; verified needs one.")
@click.option("--reviewer", help="The second officer; verified needs one.")
@_about_a_fact
@with_session
def assess(session: Session, fact: str, **given: Any) -> None:
    """Say what FACT is worth, on which basis; always reversible."""
    _amend(session, "fact.assessed", fact, [], given)


def _amend(
    session: Session,
    name: str,
    reference: str,
    options: list[tuple[str, str | None]],
    given: dict[str, Any],
) -> None:
    from ledger.notation import gather
    from ledger.registry import fact_class

    expect = given.pop("expect")
    id, of = fact_named(session, reference)
    options += [(option, value) for option, value in given.items() if value is not None]
    options = read_dashes(options, session.world.input)
    fields = {"fact": name, "id": id, "of": of, **gather(fact_class(name), options)}
    if name == "fact.corrected":
        fields["set"] = _lists_whole(session, id, of, fields["set"])
    record_fact(session, fields, expect)


def _lists_whole(session: Session, id: str, of: int, changes: dict[str, Any]) -> dict[str, Any]:
    """A single value for a field that holds a list is a list of one."""
    from ledger.errors import VigilError
    from ledger.facts.base import shape
    from ledger.registry import fact_class

    history = history_of(session, id)
    if not 1 <= of <= len(history):
        return changes
    cls = fact_class(history[of - 1].name)
    found = {}
    for field, value in changes.items():
        try:
            is_list = shape(cls, field) == "list"
        except VigilError:
            is_list = False
        found[field] = [value] if is_list and isinstance(value, str) else value
    return found
