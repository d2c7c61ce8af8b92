"""Make a ledger, and say where one stands."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from cli.options import with_session

if TYPE_CHECKING:
    from pathlib import Path

    from cli.session import Session
    from ledger.folder import Folder


@click.command()
@click.argument("directory", default=".", metavar="[DIR]")
@click.option("--station", default="H1", help="The station's code, part of ids it gives out (H1).")
@click.option("--timezone", default="UTC", help="The IANA zone of its days (UTC).")
@with_session
def init(session: Session, directory: str, station: str, timezone: str) -> None:
    """Make a new ledger in DIR (here), for one station.

    The folder gets vigil.toml and ledger.db, readable by you alone.
    """
    from ledger.folder import STATION, Folder, is_station

    if not is_station(station):
        raise click.BadParameter(STATION, param_hint="--station")
    folder = Folder.create(
        session.world.at(directory),
        station=station,
        timezone=timezone,
        actor=session.actor_given,
    )
    where = "" if directory == "." else f" -L {quote(directory)}"
    session.answer(
        {"schema": "vigil.init/1", "ledger": str(folder.path), "station": station,
         "timezone": timezone},
        [
            f"a ledger in {folder.path}: station {station}, zone {timezone}",
            f"next: vigil record site opened SIT-NAME --name ... --timezone ...{where}",
        ],
    )  # fmt: skip


@click.command()
@with_session
def status(session: Session) -> None:
    """Where this ledger stands: facts, views, findings as last computed."""
    from cli.render.text import line
    from projections.views import VIEWS, locate, remembered_findings, tracked

    folder = session.folder
    with_facts = folder.connect()
    try:
        position, recorded = _newest(with_facts)
        roster = _roster(with_facts)
    finally:
        with_facts.close()
    checkpoint = _newest_checkpoint(folder)
    path = locate(folder, session.world.state_home)
    made = tracked(path)
    findings = remembered_findings(path) if made is not None else None
    watches, overdue = _open(session, path) if made is not None else ([], [])
    document: dict[str, Any] = {
        "schema": "vigil.status/1",
        "ledger": str(folder.path),
        "station": folder.station,
        "timezone": folder.timezone,
        "position": position,
        "recorded": recorded,
        "checkpoint": checkpoint,
        "unsealed": position - (checkpoint["size"] if checkpoint else 0),
        "roster": roster,
        "views": dict.fromkeys(VIEWS, made or 0),
        "findings": findings,
        "watches": watches,
        "overdue": overdue,
    }
    behind = position - (made or 0)
    counted = (
        ", ".join(f"{count} {severity}" for severity, count in findings.items())
        if findings is not None
        else "not computed yet (vigil check)"
    )
    session.answer(
        document,
        [
            f"ledger    {folder.path}  station {folder.station}  zone {folder.timezone}",
            f"facts     {position}, the last recorded {recorded or 'never'}",
            f"views     {'up to date' if not behind else f'{behind} facts behind'}",
            f"findings  {counted}",
            f"sealed    {_sealed(checkpoint, position)}",
            f"roster    {f'{roster} actors' if roster else 'none: anybody may record'}",
            *(line(f"watch     {_watch(one)}") for one in watches),
            *(line(f"overdue   {one}") for one in overdue),
        ],
    )


def _open(session: Session, path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The watches that go on, and the commitments that are overdue, by the views as they are."""
    from contextlib import closing

    from ledger.folder import read_only
    from ledger.values.instants import MINUTE
    from projections import coverage, loose_ends
    from projections.coverage import minute_of

    question = session.today
    with closing(read_only(path)) as views:
        going = [s for s in coverage.shifts(views, question) if s.until is None]
        overdue = [f.text for f in loose_ends.commitments_overdue(views, question)]
    watches = [
        {
            "id": shift.watch,
            "site": shift.site,
            "post": shift.post,
            "officer": shift.officer,
            "state": shift.state,
            "since": minute_of(shift.since, question.zone),
            "minutes_since_entry": max(0, (question.now - shift.last) // MINUTE),
            "gap_minutes": question.gap_minutes,
        }
        for shift in going
    ]
    return watches, overdue


def _watch(watch: dict[str, Any]) -> str:
    minutes, limit = watch["minutes_since_entry"], watch["gap_minutes"]
    late = f", overdue: the limit is {limit}" if minutes > limit else ""
    handed = ", handed over and not accepted" if watch["state"] == "handed_over" else ""
    return (
        f"{watch['id']}  {watch['post']} of {watch['site']}, {watch['officer']} since "
        f"{watch['since']}{handed}; last entry {minutes} minutes ago{late}"
    )


def _newest(ledger: Any) -> tuple[int, str | None]:
    from json import loads

    row = ledger.execute(
        "SELECT position, state FROM stored_events ORDER BY position DESC LIMIT 1"
    ).fetchone()
    return (int(row[0]), str(loads(row[1])["recorded"])) if row else (0, None)


def _roster(ledger: Any) -> int:
    """How many actors are on the roster; 0 leaves the ledger open."""
    row = ledger.execute(
        "SELECT COUNT(*) FROM known_things WHERE kind = 'ACT' AND stands"
    ).fetchone()
    return int(row[0])


def _newest_checkpoint(folder: Folder) -> dict[str, Any] | None:
    from base64 import b64encode

    from ledger.seal.log import Evidence

    head = Evidence(folder.checkpoints).newest()
    if head is None:
        return None
    root = b64encode(head.root).decode()
    return {"origin": head.origin, "size": head.size, "root": root}


def _sealed(checkpoint: dict[str, Any] | None, position: int) -> str:
    if checkpoint is None:
        return "nothing yet (vigil checkpoint)"
    return f"the first {checkpoint['size']} facts, {position - checkpoint['size']} not yet"
