"""`vigil template FACT -o F.xlsx`: a sheet to fill in, whose columns are the fields of a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.files import private_file
from cli.options import with_session
from cli.references import slugs

if TYPE_CHECKING:
    from cli.render.form import Field
    from cli.session import Session


@click.command()
@click.argument("facts", nargs=-1, required=True, metavar="FACT...")
@with_session
def template(session: Session, facts: tuple[str, ...]) -> None:
    """A workbook to fill in, a sheet a FACT (movement.made), to -o FILE.xlsx.

    Fields that have to be filled are coloured, and lists, sites and countries drop down. A row is a
    fact; vigil import takes the sheet when it is filled.
    """
    from cli.labels import RIGHT_TO_LEFT
    from cli.render.form import write
    from ledger.registry import kind_of

    names = list(dict.fromkeys(kind_of(name).name for name in facts))
    path = session.output or ""
    if not path.lower().endswith(".xlsx"):
        msg = (
            f"-o {path}: a sheet to fill in ends in .xlsx."
            if path
            else "Missing option '-o': FILE.xlsx."
        )
        raise click.UsageError(msg)
    sites = _sites(session)
    fields = {name: _fields(name) for name in names}
    with private_file(session.world.at(path)) as file:
        write(file, fields, sites, session.labels, right_to_left=session.labels in RIGHT_TO_LEFT)
    session.output = None
    session.answer(
        {"schema": "vigil.template/1", "path": path, "facts": names},
        [f"wrote {', '.join(names)} to {path}"],
    )


def _sites(session: Session) -> list[str]:
    """The sites of the ledger at hand, by slug; none where there is no ledger."""
    return [] if session.folder_if_any is None else slugs(session)


def _fields(name: str) -> list[Field]:
    """The columns of a fact: which thing and when, its own fields, then those of every fact."""
    from cli.reference import SET_BY_LEDGER
    from cli.render.form import Field
    from ledger.facts.base import Fact, field_name, looked_up, parts, shape
    from ledger.registry import FAMILIES, fact_class

    cls = fact_class(name)
    family = FAMILIES.get(cls.kind.family)
    begins = family is not None and family.beginning == name
    found = []
    for attribute, info in cls.model_fields.items():
        called, means = field_name(cls, attribute), info.description or ""
        if called in SET_BY_LEDGER:
            continue
        required = info.is_required() or called == "occurred" or (called == "id" and not begins)
        inner = parts(cls, called)
        for part, of_part in inner.items():
            dashed = f"{called}-{part.replace('_', '-')}"
            needed = required and of_part.is_required()
            found.append(Field(dashed, of_part.description or "", needed))
        if not inner:
            offers = looked_up(cls, attribute)
            if offers is not None and offers.startswith("thing:"):
                offers = None  # ids are many, and new ones come every day
            flag = shape(cls, called) == "flag"
            found.append(Field(called, means, required, "flag" if flag else offers))
    first = ("id", "occurred")
    every = {field for field in Fact.model_fields if field not in first}
    return sorted(
        found, key=lambda field: (field.name not in first, field.name.partition("-")[0] in every)
    )
