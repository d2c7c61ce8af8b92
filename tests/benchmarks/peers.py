"""What people would take instead, with the same facts: each does what its own guide shows first.

    .venv-bench/bin/python -m tests.benchmarks.peers NAME FOLDER

Their packages are installed by `install.py` into an environment of its own and never into Vigil's.
No peer answers for a day as known on another, and none checks a rule; they are given less to do.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.benchmarks.measure import Place, Taken, clock, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Small numbers: most of these do some thousands a second.
FEW, MANY, SIZE = 1_000, 10_000, 400


def _facts(place: Place, number: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.lines(number)]


# eventsourcing, as it comes: an application on SQLite, its default transcoder.


def _application(folder: Path) -> Any:
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Told(Aggregate):
        @event("Told")
        def __init__(self, said: dict[str, Any]) -> None:
            self.said = said

    class Facts(Application):  # type: ignore[type-arg]
        pass

    settings = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "eventsourcing.db"),
    }
    return Told, Facts, settings


def eventsourcing_save(place: Place) -> Taken:
    """Save aggregates of one event, one at a time."""
    with place.scratch() as folder:
        told, facts, settings = _application(folder)
        application = facts(env=settings)
        said = _facts(place, FEW)
        with clock() as seconds:
            for fact in said:
                application.save(told(fact))
        application.close()
    return Taken(FEW, seconds())


def eventsourcing_save_hundreds(place: Place) -> Taken:
    """Save 400 aggregates of one event at a time."""
    with place.scratch() as folder:
        told, facts, settings = _application(folder)
        application = facts(env=settings)
        said = _facts(place, MANY)
        with clock() as seconds:
            for first in range(0, len(said), SIZE):
                application.save(*[told(fact) for fact in said[first : first + SIZE]])
        application.close()
    return Taken(len(said), seconds())


def eventsourcing_read(place: Place) -> Taken:
    """Read the log and decode it to events."""
    with place.scratch() as folder:
        told, facts, settings = _application(folder)
        application = facts(env=settings)
        application.save(*[told(fact) for fact in _facts(place, MANY)])
        number, start = 0, 1
        with clock() as seconds:
            while notes := application.recorder.select_notifications(start, 1_000):
                for note in notes:
                    application.mapper.to_domain_event(note)
                number += len(notes)
                start = notes[-1].id + 1
        application.close()
    return Taken(number, seconds())


def eventsourcing_projection(place: Place) -> Taken:
    """One projection of one row a fact, run by ProjectionRunner until it has caught up.

    Its SQLite recorder has no subscriptions, so the log is in memory; the view is on SQLite.
    """
    from eventsourcing.dispatch import singledispatchmethod
    from eventsourcing.projection import Projection, ProjectionRunner
    from eventsourcing.sqlite import SQLiteTrackingRecorder

    class Rows(SQLiteTrackingRecorder):
        def construct_create_table_statements(self) -> list[str]:
            return [*super().construct_create_table_statements(),
                    "CREATE TABLE IF NOT EXISTS facts (name TEXT, source TEXT, place TEXT)"]  # fmt: skip

        def add(self, said: dict[str, Any], tracking: Any) -> None:
            with self.datastore.transaction(commit=True) as cursor:
                row = (said["fact"], said.get("from"), said.get("to"))
                cursor.execute("INSERT INTO facts VALUES (?, ?, ?)", row)
                self._insert_tracking(cursor, tracking)

    class Facts(Projection):  # type: ignore[type-arg]
        name = "rows"
        topics = ()

        @singledispatchmethod
        def process_event(self, event: Any, tracking: Any) -> None:
            self.view.add(event.said, tracking)

    with place.scratch() as folder:
        told, facts, _ = _application(folder)
        views = {"ROWS_PERSISTENCE_MODULE": "eventsourcing.sqlite",
                 "ROWS_SQLITE_DBNAME": str(folder / "views.db")}  # fmt: skip
        runner = ProjectionRunner(
            application_class=facts, projection_class=Facts, view_class=Rows, env=views
        )
        with runner, clock() as seconds:
            runner.app.save(*[told(fact) for fact in _facts(place, FEW)])
            runner.wait(FEW, timeout=120)
    return Taken(FEW, seconds())


# django-simple-history: a model whose every save leaves a row of history.


def _people(folder: Path) -> Any:
    import django
    from django.conf import settings

    office = ModuleType("office")
    office.__path__ = [str(folder)]
    sys.modules["office"] = office
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "simple_history",
            "office",
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "django.db")}
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.db import connection, models
    from simple_history.models import HistoricalRecords

    class Movement(models.Model):
        source = models.CharField(max_length=40)
        place = models.CharField(max_length=40)
        count = models.IntegerField()
        history = HistoricalRecords()

        class Meta:
            app_label = "office"

    connection.cursor().execute("PRAGMA journal_mode=WAL")
    with connection.schema_editor() as editor:
        for model in (django.contrib.auth.get_user_model(), Movement, Movement.history.model):
            editor.create_model(model)
    return Movement


def django_append(place: Place) -> Taken:
    """Create one row, and with it its history, in one transaction each."""
    with place.scratch() as folder:
        movement = _people(folder)
        with clock() as seconds:
            for number in range(FEW):
                movement.objects.create(source="s001", place="s002", count=number)
    return Taken(FEW, seconds())


def django_as_of(place: Place) -> Taken:
    """All rows as they stood at a time: of 10,000 rows of history, half of them changed once."""
    from django.db.models import Sum

    with place.scratch() as folder:
        movement = _people(folder)
        history, began = movement.history.model, datetime(2012, 1, 1, tzinfo=UTC)
        history.objects.bulk_create(
            history(id=number % (MANY // 2), source="s001", place="s002", count=number,
                    history_date=began + timedelta(minutes=number), history_type="+")
            for number in range(MANY)
        )  # fmt: skip
        times = [began + timedelta(minutes=number) for number in range(0, MANY, MANY // 10)]
        with clock() as seconds:
            for time in times:
                movement.history.as_of(time).aggregate(Sum("count"))
    return Taken(len(times), seconds())


# event-sourcery, on SQLAlchemy and SQLite.


def _store(folder: Path) -> Any:
    from event_sourcery import Event
    from event_sourcery_sqlalchemy import SQLAlchemyBackend, configure_models
    from sqlalchemy import create_engine, event
    from sqlalchemy.orm import Session, declarative_base

    class Told(Event):
        said: dict[str, Any]

    base = declarative_base()
    configure_models(base)
    engine = create_engine(f"sqlite:///{folder / 'sourcery.db'}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
    base.metadata.create_all(engine)

    @contextmanager
    def opened() -> Iterator[Any]:
        with Session(engine) as session:
            yield SQLAlchemyBackend().configure(session).event_store
            session.commit()

    return Told, opened


def sourcery_append(place: Place) -> Taken:
    """Append one event to a stream of its own, in a session of its own, committed."""
    from event_sourcery import StreamId

    with place.scratch() as folder:
        told, opened = _store(folder)
        said = _facts(place, FEW)
        with clock() as seconds:
            for fact in said:
                with opened() as store:
                    store.append(told(said=fact), stream_id=StreamId(uuid4()))
    return Taken(FEW, seconds())


def sourcery_replay(place: Place) -> Taken:
    """Load streams of one event each."""
    from event_sourcery import StreamId

    with place.scratch() as folder:
        told, opened = _store(folder)
        ids = [StreamId(uuid4()) for _ in range(FEW)]
        with opened() as store:
            for id, fact in zip(ids, _facts(place, FEW), strict=True):
                store.append(told(said=fact), stream_id=id)
        with opened() as store, clock() as seconds:
            for id in ids:
                store.load_stream(id)
    return Taken(FEW, seconds())


# sqlite-utils: rows as they are, no history and no events.


def sqlite_utils_one(place: Place) -> Taken:
    """Insert one row a transaction."""
    from sqlite_utils import Database

    with place.scratch() as folder:
        database = Database(folder / "utils.db")
        database.enable_wal()
        said = _facts(place, FEW)
        database["facts"].insert_all(said, pk="id", alter=True, replace=True)
        with clock() as seconds:
            for fact in said:
                database["facts"].insert(fact, replace=True)
    return Taken(FEW, seconds())


def sqlite_utils_many(place: Place) -> Taken:
    """Insert many rows at once."""
    from sqlite_utils import Database

    with place.scratch() as folder:
        database = Database(folder / "utils.db")
        database.enable_wal()
        said = _facts(place, MANY)
        with clock() as seconds:
            database["facts"].insert_all(said, alter=True)
    return Taken(len(said), seconds())


# UmaDB: a server on this machine, and its client for Python.


def _umadb(place: Place, work: Callable[[Any, list[Any]], int]) -> Taken:
    from umadb import Client, Event

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    events = [
        Event(event_type=fact["fact"], data=json.dumps(fact).encode(), tags=[fact["id"]])
        for fact in _facts(place, MANY)
    ]
    with place.scratch() as folder:
        program = Path(sys.executable).with_name("umadb")
        words = [program, "--listen", address, "--db-path", folder / "uma.db"]
        server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            client = Client(f"http://{address}")
            _until(client.head)
            if work is _uma_read:
                _uma_append(client, events)
            with clock() as seconds:
                number = work(client, events)
        finally:
            server.kill()
            server.wait()
    return Taken(number, seconds())


def _until(answers: Callable[[], object]) -> None:
    for _ in range(100):
        try:
            answers()
        except Exception:  # whatever it says until it is up
            time.sleep(0.1)
        else:
            return
    sys.exit("the server does not answer")


def _uma_one(client: Any, events: list[Any]) -> int:
    for event in events[:FEW]:
        client.append([event])
    return FEW


def _uma_append(client: Any, events: list[Any]) -> int:
    for first in range(0, len(events), SIZE):
        client.append(events[first : first + SIZE])
    return len(events)


def _uma_read(client: Any, events: list[Any]) -> int:
    return sum(1 for event in client.read() if json.loads(event.event.data))


def umadb_append(place: Place) -> Taken:
    """Append one event at a time, from one client."""
    return _umadb(place, _uma_one)


def umadb_append_hundreds(place: Place) -> Taken:
    """Append 400 events at a time."""
    return _umadb(place, _uma_append)


def umadb_read(place: Place) -> Taken:
    """Read every event and parse it."""
    return _umadb(place, _uma_read)


# beancount: plain text, double entry, valid time only.


def beancount_population(place: Place) -> Taken:
    """Load a file of movements, and sum every account up to a day."""
    from beancount.core.inventory import Inventory
    from beancount.loader import load_string

    moved = [fact for fact in _facts(place, MANY) if fact["fact"] == "movement.made"][: 2 * FEW]
    places = sorted({where for fact in moved for where in (fact["from"], fact["to"])})
    account = {where: f"Assets:{where.capitalize()}" for where in places}
    lines = [f"2000-01-01 open {name} PPL" for name in account.values()]
    for fact in moved:
        count = fact["count"].strip("~")
        lines += [
            f'{fact["occurred"][:10]} * "{fact["id"]}"',
            f"  {account[fact['from']]}  -{count} PPL",
            f"  {account[fact['to']]}  {count} PPL",
        ]
    day = datetime(2012, 12, 31, tzinfo=UTC).date()
    with clock() as seconds:
        entries, errors, _ = load_string("\n".join(lines))
        sums: dict[str, Inventory] = {}
        for entry in entries:
            for posting in getattr(entry, "postings", ()):
                if entry.date <= day:
                    sums.setdefault(posting.account, Inventory()).add_position(posting)
    assert not errors, errors[:1]
    assert sums
    return Taken(len(moved), seconds())


WORKS = {
    work.__name__: work
    for work in (
        eventsourcing_save,
        eventsourcing_save_hundreds,
        eventsourcing_read,
        eventsourcing_projection,
        django_append,
        django_as_of,
        sourcery_append,
        sourcery_replay,
        sqlite_utils_one,
        sqlite_utils_many,
        umadb_append,
        umadb_append_hundreds,
        umadb_read,
        beancount_population,
    )
}

if __name__ == "__main__":
    serve(WORKS)
