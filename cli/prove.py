"""Replay the facts, and check what they add up to."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.columns import COLUMNS
from cli.options import with_session
from cli.query import position_at

if TYPE_CHECKING:
    from cli.session import Session

FINDINGS = 7


@click.command()
@click.option("--to", "upto", metavar="POSITION|TIME", help="Only the facts up to there.")
@click.option("--into", metavar="FILE", help="Keep the views made in a file of their own.")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="By so many processes.")
@with_session
def replay(session: Session, upto: str | None, into: str | None, jobs: int | None) -> None:
    """Rebuild every view from the facts alone, and print one digest a view.

    With --to or --into the live views stay as they are.
    """
    from projections.building import mend_index, rebuild
    from projections.tables import digests
    from projections.views import locate, opened

    if upto is None and into is None:
        path = locate(session.folder, session.world.state_home)
        mend_index(session.folder)
        rebuild(session.folder, path, session.progress("facts"), jobs)
        views, position = opened(path)
        with closing(views):
            found = digests(views)
    else:
        last = position_at(session, upto) if upto is not None else None
        position, found = _apart(session, into, last, jobs)
    session.answer(
        {"schema": "vigil.replay/1", "position": position, "digests": found},
        [
            f"replayed {position} facts",
            *(f"  {name:<12} {digest}" for name, digest in found.items()),
        ],
    )


def _apart(
    session: Session, into: str | None, last: int | None, jobs: int | None
) -> tuple[int, dict[str, str]]:
    """Views in a file of their own, kept where `into` names one."""
    from tempfile import TemporaryDirectory

    from ledger.errors.storage import FileExists
    from ledger.folder import read_only
    from projections.building import build
    from projections.tables import digests

    kept = session.world.at(into) if into is not None else None
    if kept is not None and kept.exists():
        raise FileExists(file=into, field="into")
    with TemporaryDirectory(prefix="vigil-") as folder:
        path = kept or Path(folder) / "views.db"
        position = build(session.folder, path, last, session.progress("facts"), jobs)
        with closing(read_only(path)) as views:
            return position, digests(views)


@click.command()
@with_session
def check(session: Session) -> int:
    """What does not fit together; exit 7 when a finding is an error."""
    from projections.findings import query as findings
    from projections.views import locate, remember_findings

    views, position = session.views()
    with closing(views):
        rows = findings(views, session.today)
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for row in rows:
        counts[row["severity"]] += 1
    remember_findings(locate(session.folder, session.world.state_home), position, counts)
    session.rows(
        "vigil.check/1", rows, asked={}, position=position, columns=COLUMNS["findings"],
        view="findings",
    )  # fmt: skip
    return FINDINGS if counts["error"] else 0
