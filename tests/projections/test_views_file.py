"""The views file: it may vanish, break or lag at any moment, and is made again from the facts."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from cli.world import World
from ledger.folder import read_only
from ledger.history import Entry
from projections import building, definitions, filling, views
from projections.question import Question
from projections.tables import TABLES, digests
from tests.conftest import log_of, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.application import Ledger
    from projections.question import Rows
    from projections.table import Row

ROOT = Path(__file__).parents[2]
MOVES = "\n".join(
    f"movement made MOV-{n} --from ashraf --to hurriya --count {n} --occurred 2012-02-18"
    for n in range(1, 31)
)


def digests_of(path: Path) -> dict[str, str]:
    with closing(read_only(path)) as file:
        return digests(file)


def beside(path: Path) -> tuple[Path, Path]:
    return Path(f"{path}-wal"), Path(f"{path}-shm")


@pytest.fixture
def look(ledger: Ledger, tmp_path: Path) -> Callable[[], Rows]:
    """What the views say now of Hurriya; they are made or caught up first."""

    def looked() -> Rows:
        connection, position = views.up_to_date(ledger.folder, tmp_path)[:2]
        with closing(connection):
            assert position == len(log_of(ledger)) == views.tracked(ledger.folder.views)
            return views.VIEWS["population"].query(connection, Question(place="hurriya"))

    return looked


@pytest.fixture
def live(ledger: Ledger) -> Path:
    return ledger.folder.views


def test_views_are_made_when_they_are_first_asked(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    assert not live.exists()
    assert views.tracked(live) is None
    assert look()[0]["count"]["text"] == "0"
    tell(ledger, MOVES)
    assert look()[0]["count"]["text"] == "465"


def test_deleted_views_come_back_whatever_lies_beside_them(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    expected = look()
    for stale in (b"", b"nothing of use" * 500):
        live.unlink()
        for file in beside(live):
            file.write_bytes(stale)
        assert look() == expected


def test_views_deleted_in_the_middle_of_a_write_come_back(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    expected = look()
    writer = sqlite3.connect(live, isolation_level=None)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM postings")
    writer.execute("COMMIT")
    left = [(file, file.read_bytes()) for file in beside(live)]
    assert left[0][1], "what was written lies in the log beside"
    writer.close()
    live.unlink()
    for file, content in left:
        file.write_bytes(content)
    assert look() == expected


@pytest.mark.parametrize(
    "broken",
    [
        lambda content: b"",
        lambda content: b"this is no database, and has never been one" * 100,
        lambda content: content[:100],
        lambda content: content[: len(content) // 2],
        lambda content: content[:4096],
        lambda content: content[:16] + b"\0" * 84 + content[100:],
        lambda content: content[:4096] + os.urandom(len(content) - 4096),
    ],
    ids=["empty", "text", "short", "half", "a page", "no header", "noise"],
)
def test_views_that_are_no_database_any_more_are_rebuilt(
    ledger: Ledger, live: Path, look: Callable[[], Rows], broken: Callable[[bytes], bytes]
) -> None:
    tell(ledger, MOVES)
    expected = look()
    content = live.read_bytes()
    for file in beside(live):
        file.unlink(missing_ok=True)
    live.write_bytes(broken(content))
    assert look() == expected
    assert stat.S_IMODE(live.stat().st_mode) == 0o600


def test_views_of_another_version_are_rebuilt(
    ledger: Ledger, live: Path, look: Callable[[], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ledger, MOVES)
    expected = look()
    with closing(sqlite3.connect(live)) as old, old:
        old.execute(f"PRAGMA user_version={views.VERSION + 1}")
        old.execute("DROP TABLE postings")
    assert views.tracked(live) is None
    assert look() == expected


def test_views_ahead_of_the_ledger_are_rebuilt(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    look()
    with closing(sqlite3.connect(ledger.folder.database)) as store, store:
        store.execute("DELETE FROM stored_events WHERE position > 10")
        store.execute("DELETE FROM known_things WHERE id LIKE 'MOV-%' AND id > 'MOV-8'")
        store.execute("DELETE FROM known_things WHERE id LIKE 'MOV-__'")
    assert look()[0]["count"]["text"] == str(sum(range(1, 9)))


def test_a_shadow_left_by_a_killed_process_of_the_same_number_is_in_nobodys_way(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    live.with_name(f"{live.name}.{os.getpid()}.new").write_bytes(b"half a database")
    assert look()[0]["count"]["text"] == "465"
    assert [file.name for file in live.parent.glob("*.new*")] == []


def test_what_is_read_is_of_one_moment_and_says_which(ledger: Ledger, live: Path) -> None:
    tell(ledger, MOVES)
    opened, position = views.up_to_date(ledger.folder, live.parent)
    with closing(opened):
        tell(ledger, "movement made --from ashraf --to hurriya --count 1 --occurred 2013")
        building.catch_up(ledger.folder, live)
        found = digests(opened)
    apart = live.with_name("apart.db")
    building.build(ledger.folder, apart, position)
    with closing(read_only(apart)) as file:
        assert digests(file) == found
    now, after = views.up_to_date(ledger.folder, live.parent)
    now.close()
    assert after == position + 1


def test_views_that_cannot_be_finished_leave_no_file(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "fill", full)
    with pytest.raises(OSError, match="No space left"):
        building.build(ledger.folder, tmp_path / "apart.db")
    assert not (tmp_path / "apart.db").exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_views_are_readable_by_their_owner_alone(
    ledger: Ledger, live: Path, look: Callable[[], Rows], umask: int
) -> None:
    before = os.umask(umask)
    try:
        look()
        tell(ledger, MOVES)
        look()
        building.rebuild(ledger.folder, live)
        replayed = live.with_name("replayed.db")
        building.build(ledger.folder, replayed, upto=5)
    finally:
        os.umask(before)
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode)
        for file in live.parent.iterdir()
        if file.name.startswith(("views", "replayed"))
    }
    assert set(modes.values()) == {0o600}, modes


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The facts that were read from the store, in order."""
    read: list[str] = []
    decode = Entry.decode

    def counted(topic: str, state: bytes, *more: Any) -> Entry:
        entry = decode(topic, state, *more)
        read.append(entry.fact)
        return entry

    monkeypatch.setattr(Entry, "decode", counted)
    return read


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The transactions that wrote rows of facts into views."""
    made: list[str] = []
    opened = building._open

    def traced(path: Path, **options: bool) -> building.Datastore:
        store = opened(path, **options)
        prepare = store.pool.prepare

        def also_traced(connection: sqlite3.Connection) -> None:
            prepare(connection)
            rows = [False]

            def trace(statement: str) -> None:
                if statement.startswith("INSERT INTO"):
                    rows[0] = True
                elif statement == "COMMIT":
                    made.extend(["rows"] * rows[0])
                    rows[0] = False

            connection.set_trace_callback(trace)

        store.pool.prepare = also_traced
        return store

    monkeypatch.setattr(building, "_open", traced)
    return made


def test_a_rebuild_reads_each_fact_once(ledger: Ledger, live: Path, decoded: list[str]) -> None:
    tell(ledger, MOVES)
    tell(ledger, "\n".join(f"fact retracted MOV-{n} --of 1 --reason x" for n in range(1, 19)))
    facts = sorted(entry.fact for entry in log_of(ledger))
    decoded.clear()
    assert building.rebuild(ledger.folder, live) == len(facts) == 50
    assert sorted(decoded) == facts


def test_a_catch_up_commits_once_a_batch_and_reads_only_what_grew(
    ledger: Ledger, live: Path, decoded: list[str], commits: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tell(ledger, MOVES)
    building.catch_up(ledger.folder, live)
    tell(ledger, "\n".join(f"fact retracted MOV-{n} --of 1 --reason x" for n in range(1, 21)))
    monkeypatch.setattr(building, "BATCH", 10)
    decoded.clear()
    commits.clear()
    building.catch_up(ledger.folder, live)
    assert len(commits) == 2
    assert sorted(decoded) == sorted(f"MOV-{n}/{v}" for n in range(1, 21) for v in (1, 2))


def test_a_batch_holds_ten_thousand_facts() -> None:
    assert building.BATCH == 10_000


def test_readers_during_a_rebuild_see_the_old_answers(
    ledger: Ledger, live: Path, look: Callable[[], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ledger, MOVES)
    expected = look()
    tell(
        ledger, "movement made MOV-X --from ashraf --to hurriya --count 1000 --occurred 2012-03-01"
    )
    seen: list[Rows] = []
    rows_of = filling.rows_of

    def looked_at(streams: Any) -> dict[str, list[Row]]:
        with closing(read_only(live)) as reader:
            seen.append(views.VIEWS["population"].query(reader, Question(place="hurriya")))
        return rows_of(streams)

    monkeypatch.setattr(filling, "rows_of", looked_at)
    monkeypatch.setattr(filling, "CHUNK", 5)
    with closing(read_only(live)) as before:
        before.execute("BEGIN")
        assert views.VIEWS["population"].query(before, Question(place="hurriya")) == expected
        building.rebuild(ledger.folder, live)
        assert views.VIEWS["population"].query(before, Question(place="hurriya")) == expected
    assert len(seen) > 5
    assert all(rows == expected for rows in seen)
    assert look()[0]["count"]["text"] == "1465"


def test_a_reader_never_waits_for_a_rebuild_nor_sees_half_of_one(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    expected = look()
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            try:
                with closing(read_only(live)) as reader:
                    rows = views.VIEWS["population"].query(reader, Question(place="hurriya"))
                if rows != expected:
                    wrong.append(rows)
            except sqlite3.Error as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        building.rebuild(ledger.folder, live)
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


CATCHES_UP = """
import sys
from pathlib import Path
from ledger.folder import Folder
from projections import building

building.BATCH = 3
folder = Folder.load(Path(sys.argv[1]))
for _ in range(3):
    print(building.catch_up(folder, folder.views))
    print(building.rebuild(folder, folder.views)) if sys.argv[2] == "rebuild" else None
"""


@pytest.mark.parametrize("also", ["catch up", "rebuild"])
def test_processes_that_make_views_at_once_take_turns(
    ledger: Ledger, live: Path, look: Callable[[], Rows], also: str
) -> None:
    tell(ledger, MOVES)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CATCHES_UP, str(ledger.folder.path), also],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    ends = [process.communicate() for process in processes]
    assert [errors for _, errors in ends] == ["", "", ""]
    assert {line for output, _ in ends for line in output.split()} == {str(len(log_of(ledger)))}
    with closing(read_only(live)) as one:
        made = digests(one)
    alone = live.with_name("alone.db")
    building.build(ledger.folder, alone)
    with closing(read_only(alone)) as other:
        assert digests(other) == made
    assert look()[0]["count"]["text"] == "465"


def test_a_process_killed_while_it_catches_up_leaves_whole_batches(
    ledger: Ledger, live: Path, look: Callable[[], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ledger, MOVES)
    assert look()[0]["count"]["text"] == "465"
    tell(ledger, "\n".join(f"fact retracted MOV-{n} --of 1 --reason x" for n in range(1, 26)))
    monkeypatch.setattr(building, "BATCH", 10)
    track = building.ViewsRecorder.track
    batches = [0]

    def killed(self: building.ViewsRecorder, position: int) -> None:
        track(self, position)
        batches[0] += 1
        if batches[0] == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(building.ViewsRecorder, "track", killed)
    with pytest.raises(KeyboardInterrupt):
        building.catch_up(ledger.folder, live)
    assert views.tracked(live) == 2 + 30 + 10
    monkeypatch.undo()
    assert look()[0]["count"]["text"] == str(26 + 27 + 28 + 29 + 30)


def test_a_page_that_was_overwritten_is_found_when_it_is_read(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The damage lies where only a query looks; the views are made again, and nothing is lost."""
    tell(ledger, "movement made --from outside --to ashraf --count 5 --at 2012-01-01")
    path = ledger.folder.views
    building.catch_up(ledger.folder, path)
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'postings'"
        ).fetchone()
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    world = World(environment={}, folder=str(ledger.folder.path))
    printed = StringIO()
    with redirect_stdout(printed):
        assert main(["query", "population", "--place", "ashraf", "-f", "json"], world=world) == 0
    assert json.loads(printed.getvalue())["rows"][0]["count"]["low"] == 5


def test_views_that_are_defined_otherwise_are_made_again_and_it_is_said(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    look()
    with closing(sqlite3.connect(live)) as file, file:
        file.execute("UPDATE definitions SET hash = 'other' WHERE name IN ('fund', 'sources')")
        file.execute("UPDATE postings SET low = 0")
    assert views.tracked(live) is None
    said: list[str] = []
    building.catch_up(ledger.folder, live, tell=said.append)
    assert said == ["made again, because they are defined otherwise now: fund"]
    assert look()[0]["count"]["text"] == "465"


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_no_table_keeps_its_rows_when_it_is_defined_otherwise(
    ledger: Ledger, live: Path, look: Callable[[], Rows], table: str
) -> None:
    tell(ledger, MOVES)
    look()
    with closing(sqlite3.connect(live)) as file, file:
        file.execute("UPDATE definitions SET hash = 'other' WHERE name IN (?, 'sources')", (table,))
    assert views.tracked(live) is None


def test_a_table_follows_from_the_modules_that_its_own_imports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = definitions.of_tables()
    texts = definitions._texts

    def edited(*modules: str) -> list[str]:
        return [text.replace("def adopted_figure", "def adopted") for text in texts(*modules)]

    monkeypatch.setattr(definitions, "_texts", edited)
    now = definitions.of_tables.__wrapped__()
    assert {"postings", "incidents"} <= {name for name in now if now[name] != before[name]}
    assert now["cases"] == before["cases"]


def test_sources_that_were_only_touched_make_nothing_again(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    look()
    with closing(sqlite3.connect(live)) as file, file:
        file.execute("UPDATE definitions SET hash = 'other' WHERE name = 'sources'")
    assert views.tracked(live) == len(log_of(ledger))
    with closing(read_only(live)) as file:
        assert definitions.same_sources(file)


def test_views_of_a_newer_program_are_made_again(
    ledger: Ledger, live: Path, look: Callable[[], Rows]
) -> None:
    tell(ledger, MOVES)
    look()
    with closing(sqlite3.connect(live)) as file:
        file.execute(f"PRAGMA user_version={views.VERSION + 1}")
    assert look()[0]["count"]["text"] == "465"


def test_far_behind_is_a_rebuild(
    ledger: Ledger, live: Path, look: Callable[[], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    tell(ledger, MOVES)
    monkeypatch.setattr(building, "BATCH", 10)
    rebuilt: list[Path] = []
    again = building._rebuild
    monkeypatch.setattr(
        building, "_rebuild", lambda *given: rebuilt.append(given[1]) or again(*given)
    )
    building.catch_up(ledger.folder, live)
    assert rebuilt == [live]


@pytest.mark.parametrize("begun", [0, 1])
def test_where_no_more_processes_may_begin_fewer_make_the_views(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    tell(ledger, MOVES)
    building.build(ledger.folder, tmp_path / "one.db", jobs=1)
    monkeypatch.setattr(filling, "WORTH_SHARING", 1)
    made: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def crowded(*given: Any, **more: Any) -> subprocess.Popen[bytes]:
        if len(made) == begun:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        made.append(begin(*given, **more))
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", crowded)
    building.build(ledger.folder, tmp_path / "more.db", jobs=3)
    assert digests_of(tmp_path / "one.db") == digests_of(tmp_path / "more.db")
    assert all(process.returncode is not None for process in made)
    assert sorted(path.name for path in tmp_path.glob("*.db*")) == ["more.db", "one.db"]


@pytest.mark.parametrize("jobs", [2, 3])
def test_however_many_processes_make_the_views_they_are_the_same(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    tell(ledger, MOVES)
    tell(ledger, "\n".join(f"fact retracted MOV-{n} --of 1 --reason x" for n in range(1, 19)))
    building.build(ledger.folder, tmp_path / "one.db", jobs=1)
    monkeypatch.setattr(filling, "WORTH_SHARING", 1)
    told: list[tuple[int, int]] = []
    building.build(
        ledger.folder, tmp_path / "more.db", jobs=jobs, progress=lambda *at: told.append(at)
    )
    assert digests_of(tmp_path / "one.db") == digests_of(tmp_path / "more.db")
    assert told[-1] == (50, 50)
    assert sorted(path.name for path in tmp_path.glob("*.db*")) == ["more.db", "one.db"]


def test_a_part_that_another_process_could_not_make_is_made_here(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is in the way of the first part; the parent needs none."""
    tell(ledger, MOVES)
    building.build(ledger.folder, tmp_path / "one.db", jobs=1)
    monkeypatch.setattr(filling, "WORTH_SHARING", 1)
    (tmp_path / "more.db.0").touch()
    building.build(ledger.folder, tmp_path / "more.db", jobs=2)
    assert digests_of(tmp_path / "one.db") == digests_of(tmp_path / "more.db")


REBUILDS = """
import sys
from pathlib import Path
from ledger.folder import Folder
from projections import building, filling

if __name__ == "__main__":
    filling.WORTH_SHARING = 1
    folder = Folder.load(Path(sys.argv[1]))
    building.rebuild(folder, folder.views, lambda done, total: print(done, flush=True), jobs=2)
"""


def test_a_rebuild_that_is_killed_leaves_the_old_views_and_no_process(
    ledger: Ledger, live: Path, look: Callable[[], Rows], tmp_path: Path
) -> None:
    tell(ledger, MOVES)
    expected = look()
    (tmp_path / "rebuilds.py").write_text(REBUILDS)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "rebuilds.py"), str(ledger.folder.path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()  # a part is done, and the others are under way
    process.kill()
    assert process.stdout.read() is not None  # ends when no process holds the pipe any more
    process.wait()
    assert look() == expected
    tell(ledger, "movement made --from ashraf --to hurriya --count 1 --occurred 2013")
    assert look() != expected
    while list(live.parent.glob("views.db.*.new*")):  # the other processes are about to end too
        time.sleep(0.01)
