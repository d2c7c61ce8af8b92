"""Correct, retract and assess: facts about facts, for every family alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from cli.completion import facts, list_of
from cli.dashes import read_dashes
from cli.options import Said, with_session
from cli.recording import record_fact
from cli.references import fact_named, history_of

if TYPE_CHECKING:
    from cli.blanks import Blank
    from cli.session import Session
    from ledger.history import Entry


_said = partial(click.option, cls=Said)


def _about_a_fact(command: Any) -> Any:
    """The options that facts about facts share."""
    for option in (
        _said("--source-grade", help="Admiralty code: B2."),
        _said("--source-citation", help="Where it can be read."),
        _said("--source-kind", help="What it is."),
        _said("--source-name", help="Pseudonym or publisher."),
        _said("--note", help="Free text, stored exactly."),
        _said("--key", help="What makes recording it twice harmless."),
        _said("--at", "--occurred", "occurred", help="When it was decided (now)."),
        _said("--received", help="When the office learned it (now)."),
        _said("--expect", metavar="ID/n", help="Refuse unless this is its newest fact."),
    ):
        command = option(command)
    return command


@click.command()
@click.option("--set", "changes", multiple=True, metavar="FIELD=VALUE",
              help="A field's new value; `field=` clears it, repeated it is a list.")  # fmt: skip
@click.option("--edit", is_flag=True, help="Change what it says in $VISUAL or $EDITOR.")
@_said("--reason", required=True, help="Why.")
@_about_a_fact
@click.argument("fact", shell_complete=facts)
@with_session
def correct(
    session: Session, fact: str, changes: tuple[str, ...], edit: bool, **given: Any
) -> None:
    """From now on FACT (INC-H1-42T/3) reads differently; what was known before stays known."""
    if edit and not changes:
        _correct_by_form(session, fact, given)
        return
    if edit or not changes:
        raise click.UsageError("Give --set FIELD=VALUE, or --edit.")
    for change in changes:
        if "=" not in change:
            raise click.UsageError(f"--set {change!r} is not FIELD=VALUE")
    _amend(session, "fact.corrected", fact, [("set", change) for change in changes], given)


@click.command()
@_said("--reason", required=True, help="Why.")
@click.option("--batch", metavar="IMP-...", help="Instead of FACT: all facts of one import.")
@_about_a_fact
@click.argument("fact", required=False, shell_complete=facts)
@with_session
def retract(session: Session, fact: str | None, batch: str | None, **given: Any) -> None:
    """From now on FACT is as if it had never been said; retracting a retraction restores."""
    if (fact is None) is (batch is None):
        raise click.UsageError("name a fact (INC-H1-42T/3), or an import with --batch")
    if batch is None:
        _amend(session, "fact.retracted", fact or "", [], given)
        return
    from cli.batches import retract_batch

    if given.pop("expect") is not None or given["key"] is not None:
        raise click.UsageError("--expect and --key are of one fact, not of a batch")
    options = [(name, value) for name, value in given.items() if value is not None]
    retract_batch(session, batch, options)


@click.command()
@_said(
    "--status",
    required=True,
    shell_complete=list_of("assessment_status"),
    help="reported, corroborated, verified, disputed, ...",
)
@_said("--basis", required=True, help="What the assessment rests on.")
@_said(
    "--standard",
    shell_complete=list_of("standard_of_proof"),
    help="The standard of proof; verified needs one.",
)
@_said("--reviewer", help="The second officer; verified needs one.")
@_about_a_fact
@click.argument("fact", shell_complete=facts)
@with_session
def assess(session: Session, fact: str, **given: Any) -> None:
    """Say what FACT is worth, on which basis; always reversible."""
    _amend(session, "fact.assessed", fact, [], given)


def _correct_by_form(session: Session, reference: str, given: dict[str, Any]) -> None:
    """A correction from a form that shows what the fact says now."""
    from cli.blanks import blanks
    from cli.editing import edit_reading
    from ledger.facts.base import IDENTITY
    from ledger.history import standing
    from ledger.notation import gather
    from ledger.registry import fact_class

    id, of = fact_named(session, reference)
    readings = {entry.version: entry for entry in standing(history_of(session, id))}
    if of not in readings or readings[of].kind.about_another:
        _amend(session, "fact.corrected", reference, [("set", "note=")], given)  # is refused
        return
    entry, expect = readings[of], given.pop("expect")
    form = [blank for blank in blanks(fact_class(entry.name)) if blank.field not in IDENTITY]
    options = [(option, value) for option, value in given.items() if value is not None]
    said = gather(fact_class("fact.corrected"), read_dashes(options, session.world.input))

    def use(changes: dict[str, Any]) -> None:
        fields = {"fact": "fact.corrected", "id": id, "of": of, "set": changes, **said}
        record_fact(session, fields, expect)

    present = {blank.option: _texts(entry, blank) for blank in form}
    shown = {option: texts for option, texts in present.items() if texts}
    edit_reading(session, f"{entry.fact} {entry.name}, as it reads now", form, shown, use)


def _texts(entry: Entry, blank: Blank) -> list[str]:
    """What a fact says in a blank, as it is typed."""
    value, (_, _, part) = entry.get(blank.field), blank.name.partition("-")
    value = value.get(part) if part and value is not None else value
    values = value if isinstance(value, list) else [value]
    return ["yes" if one is True else str(one) for one in values if one not in (None, False)]


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
