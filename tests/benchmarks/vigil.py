"""What Vigil does with the same facts, in a process of its own, as the command `vigil` does it.

python -m tests.benchmarks.vigil NAME FOLDER
"""

from __future__ import annotations

import gc
import io
import os
import sys
from contextlib import closing, redirect_stdout

from cli.imports.importer import import_sources
from cli.imports.sources import Source
from cli.main import main
from ledger.application import Ledger
from ledger.folder import Folder, read_only
from ledger.history import Entry
from ledger.notation import read as fact
from ledger.seal.verification import verify as verify_ledger
from ledger.values.schema import loads
from projections import building
from projections.question import Question
from projections.views import VIEWS, position_of
from tests.benchmarks import floors
from tests.benchmarks.measure import Place, Taken, answers, clock, serve, warm

RECORDS, IMPORTED = 600, 10_000
ACTOR = "HRO-07"
MOVE = "movement made --from s001 --to s002 --count 1"


def _said(*words: str) -> str:
    said = io.StringIO()
    with redirect_stdout(said):
        code = main(words)
    if code != 0:
        sys.exit(said.getvalue())
    return said.getvalue()


def load(place: Place) -> Taken:
    """The ledger of the place, made by `init` and `import`: its views up to date, and sealed."""
    _said("init", str(place.ledger), "--timezone", "Asia/Baghdad", "--actor", ACTOR)
    with clock() as seconds:
        _said("import", str(place.facts), "-L", str(place.ledger))
    return Taken(_facts(place), seconds())


def _facts(place: Place) -> int:
    with closing(Folder.load(place.ledger).connect()) as ledger:
        return position_of(ledger)


def record(place: Place) -> Taken:
    """One fact a transaction, durable, checked by its rules, the views caught up each time."""
    folder = Folder.load(place.ledger)
    building.catch_up(folder, folder.views)
    move = fact(MOVE)
    with (
        closing(Ledger(folder)) as ledger,
        closing(building.Follower(folder, folder.views)) as views,
    ):
        ledger.record(move, actor=ACTOR)  # the first one loads its class
        views.catch_up()
        with clock() as seconds:
            for _ in range(RECORDS):
                ledger.record(move, actor=ACTOR)
                views.catch_up()
    return Taken(RECORDS, seconds())


def import_facts(place: Place) -> Taken:
    """Lines into an empty ledger: parsed, validated, checked by their rules, stored."""
    lines = place.lines(IMPORTED)
    _imported(place, lines)  # the first facts load their classes
    return Taken(len(lines), _imported(place, lines))


def _imported(place: Place, lines: list[bytes]) -> float:
    """The seconds that it takes to import lines into an empty ledger."""
    with place.scratch() as scratch:
        folder = Folder.create(scratch / "ledger", station="H1", timezone="Asia/Baghdad")
        source = Source("facts.jsonl", ".jsonl", io.BytesIO(b"".join(lines)), place.facts)
        with closing(Ledger(folder)) as ledger, clock() as seconds:
            outcome = import_sources(ledger, [source], actor=ACTOR)
    assert outcome.facts == len(lines)
    return seconds()


def import_whole(place: Place) -> Taken:
    """The command `import`: the same, then the views, and a signature under the log."""
    lines = place.lines(IMPORTED)
    with place.scratch() as scratch:
        _said("init", str(scratch / "ledger"), "--timezone", "Asia/Baghdad", "--actor", ACTOR)
        (scratch / "facts.jsonl").write_bytes(b"".join(lines))
        with clock() as seconds:
            _said("import", str(scratch / "facts.jsonl"), "-L", str(scratch / "ledger"))
    return Taken(len(lines), seconds())


def read(place: Place) -> Taken:
    """The whole log, decoded to typed facts in today's shape."""
    number = 0
    ledger = Folder.load(place.ledger).connect()
    with closing(ledger), clock() as seconds:
        rows = ledger.execute("SELECT topic, state FROM stored_events ORDER BY position")
        for topic, state in rows:
            Entry.decode(topic, state, loads)
            number += 1
    return Taken(number, seconds())


def _rebuild(place: Place, jobs: int) -> Taken:
    folder = Folder.load(place.ledger)
    with place.scratch() as scratch, clock() as seconds:
        number = building.rebuild(folder, scratch / "views.db", jobs=jobs)
    return Taken(number, seconds())


def rebuild(place: Place) -> Taken:
    """Every view from the facts alone, in one process."""
    return _rebuild(place, 1)


def rebuild_two(place: Place) -> Taken:
    """The same in two processes."""
    return _rebuild(place, 2)


def replay_half(place: Place) -> Taken:
    """`replay --to` the middle of the log: every view as it was then, and its digest."""
    half = _facts(place) // 2
    with clock() as seconds:
        _said("replay", "--to", str(half), "-L", str(place.ledger))
    return Taken(half, seconds())


def _population(place: Place, *, all: bool) -> Taken:
    folder = Folder.load(place.ledger)
    building.catch_up(folder, folder.views)
    query = VIEWS["population"].query
    warm(folder.views)
    with closing(read_only(folder.views)) as views:
        asked = [
            Question(on=on, as_known=known, place=None if all else floors.LARGEST)
            for on, known in floors.questions(views)
        ]
        return answers(lambda question=question: query(views, question) for question in asked)


def population_one(place: Place) -> Taken:
    """`query population --place P --on T --as-known K`, views open."""
    return _population(place, all=False)


def population_all(place: Place) -> Taken:
    """`query population --on T --as-known K`, views open."""
    return _population(place, all=True)


def verify(place: Place) -> Taken:
    """Every hash, every root, every signature."""
    with clock() as seconds:
        report = verify_ledger(Folder.load(place.ledger), deep=False)
    assert not report.faults
    return Taken(report.size, seconds())


WORKS = {
    work.__name__: work
    for work in (
        load,
        record,
        import_facts,
        import_whole,
        read,
        rebuild,
        rebuild_two,
        replay_half,
        population_one,
        population_all,
        verify,
    )
}

if __name__ == "__main__":
    gc.set_threshold(50_000)  # as `run` of cli/main.py does
    serve(WORKS)
    sys.stdout.flush()
    os._exit(0)
