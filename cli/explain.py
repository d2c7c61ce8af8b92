"""`vigil explain`: what a fact, a field, a list or an error code means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.completion import subjects
from cli.options import with_session

if TYPE_CHECKING:
    from cli.session import Session


@click.command()
@click.argument("subject", shell_complete=subjects)
@with_session
def explain(session: Session, subject: str) -> None:
    """A fact (incident.claimed), a field (occurred), a list (incident_kind), a code (E2104)."""
    from cli.reference import about

    document = about(subject)
    session.answer({"schema": "vigil.explain/1", **document}, story(document))


def story(document: dict[str, Any]) -> list[str]:
    """What is known of a fact, a field, a list or a code, as lines for people."""
    return _STORIES[document["about"]](document)


def _of_fact(fact: dict[str, Any]) -> list[str]:
    wide = max(len(field["field"]) for field in fact["fields"])
    fields = [
        f"  {field['field']:<{wide}} {'*' if field['required'] else ' '} {field['means']}"
        + (f" ({field['list']})" if field["list"] else "")
        for field in fact["fields"]
    ]
    return [
        f"{fact['name']}: {fact['summary']}",
        "",
        *fact["text"].splitlines(),
        "",
        "Fields (* required):",
        *fields,
        *(["", "Refused:"] if fact["refused"] else []),
        *(f"  {code}  {cause}" for code, cause in fact["refused"].items()),
        "",
        f"  vigil record {fact['example']}",
    ]


def _of_code(code: dict[str, Any]) -> list[str]:
    return [
        f"{code['code']} {code['name']} (exit {code['exit']})",
        f"  says   {code['message']}",
        f"  cause  {code['cause']}",
        f"  cure   {code['cure']}",
        *([f"  as in  {code['example']}"] if code["example"] else []),
    ]


def _of_list(found: dict[str, Any]) -> list[str]:
    wide = max(len(code) for code in found["terms"])
    return [
        f"{found['name']}: a list, edition {found['edition']}",
        *(f"  {code:<{wide}}  {term['en']}" for code, term in found["terms"].items()),
        *_of_field(found),
    ]


def _of_field(field: dict[str, Any]) -> list[str]:
    return [f"{field['name']}: {means}\n  in {', '.join(facts)}"
            for means, facts in field["meanings"].items()]  # fmt: skip


_STORIES = {"fact": _of_fact, "code": _of_code, "list": _of_list, "field": _of_field}
