"""`kill -9` at random moments: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ledger.folder import read_only
from tests.faults.rig import (
    COUNTS,
    LONG,
    MOVE,
    Victim,
    chance,
    done,
    facts,
    keys,
    sound,
    vigil,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Say = Callable[[str], None]

#: Kills of each command: 200 in the short form, 3,000 in the long one.
KILLS = 600 if LONG else 40
#: A fresh ledger after so many, so that the checks stay cheap.
FRESH = 20
ROWS = 12


def record(folder: Path, say: Say, round: str) -> None:
    for number in range(10_000):
        done(folder, f"{MOVE} --key {round}-{number}")
        say(f"{round}-{number}")


def import_(folder: Path, say: Say, round: str) -> None:
    for number in range(10_000):
        file = folder / f"{round}-{number}.jsonl"
        file.write_text("".join(
            json.dumps({"fact": "movement.made", "occurred": "2013-02-01", "from": "ashraf",
                        "to": "hurriya", "count": 1, "key": f"{round}-{number}-{row}"}) + "\n"
            for row in range(ROWS)
        ))  # fmt: skip
        done(folder, ["import", str(file)])
        say(f"{round}-{number}")


def correct(folder: Path, say: Say, round: str) -> None:
    for number in range(10_000):
        count = 1 + 10_000 * int(round[1:]) + number
        done(folder, ["correct", "MOV-SECOND/1", "--set", f"count={count}",
                      "--reason", f"{round}-{number}"])  # fmt: skip
        say(f"{round}-{number}")


def checkpoint(folder: Path, say: Say, round: str) -> None:
    for number in range(10_000):
        done(folder, f"{MOVE} --key {round}-{number}")
        say(str(done(folder, "checkpoint -f json").json["size"]))


def rebuild(folder: Path, say: Say, round: str) -> None:
    for _ in range(10_000):
        say(str(done(folder, "replay -f json").json["position"]))


def kept_records(folder: Path, said: list[str], round: str) -> str:
    kept = keys(folder)
    mine = {key for key in kept if key.startswith(f"{round}-")}
    assert set(said) <= mine
    assert len(mine - set(said)) <= 1
    assert max(kept.values(), default=1) == 1
    last = f"{round}-{len(said)}"
    again = done(folder, f"{MOVE} --key {last} -f json").json
    assert again["already"] == (last in mine)
    assert keys(folder)[last] == 1
    return "stored, not acknowledged" if last in mine else "acknowledged or not stored"


def kept_imports(folder: Path, said: list[str], round: str) -> str:
    kept = keys(folder)
    assert max(kept.values(), default=1) == 1
    found = {
        number: sum(key.startswith(f"{round}-{number}-") for key in kept)
        for number in range(len(said) + 2)
    }
    assert all(found[number] == ROWS for number in range(len(said)))
    assert found[len(said)] in (0, ROWS)
    assert found[len(said) + 1] == 0
    file = folder / f"{round}-{len(said)}.jsonl"
    if file.exists() and file.read_text().count("\n") == ROWS:
        again = done(folder, ["import", str(file), "-f", "json"]).json
        assert (again["already"] == ROWS) == bool(found[len(said)])
        assert keys(folder)[f"{round}-{len(said)}-0"] == 1
    return "stored, not acknowledged" if found[len(said)] else "acknowledged or not stored"


def kept_corrections(folder: Path, said: list[str], round: str) -> str:
    reasons = [fact["reason"] for fact in facts(folder) if fact["fact"] == "fact.corrected"]
    mine = [reason for reason in reasons if reason.startswith(f"{round}-")]
    assert mine[: len(said)] == said
    assert len(mine) <= len(said) + 1
    return "stored, not acknowledged" if len(mine) > len(said) else "acknowledged or not stored"


def kept_checkpoints(folder: Path, said: list[str], round: str) -> str:
    for size in said:
        assert (folder / "checkpoints" / f"{size}.note").is_file()
    report = sound(folder)
    assert report.sealed >= int(said[-1] if said else 0)
    done(folder, "checkpoint")
    assert sound(folder).sealed == report.size
    further = report.sealed > int(said[-1] if said else 4)
    return "stored, not acknowledged" if further else "acknowledged or not stored"


def kept_views(folder: Path, said: list[str], round: str) -> str:
    answer = vigil(folder, "query population")
    assert answer.code == 0, answer.err
    left = [path.name for path in folder.glob("views.db.*.new*")]
    done(folder, f"{MOVE} --key {round}")
    done(folder, "replay")
    assert list(folder.glob("views.db.*.new*")) == []
    return (
        "half-made views left behind, removed by the next" if left else "acknowledged or not begun"
    )


VICTIMS = {
    "record": (record, kept_records),
    "import": (import_, kept_imports),
    "correct": (correct, kept_corrections),
    "checkpoint": (checkpoint, kept_checkpoints),
    "replay": (rebuild, kept_views),
}


@pytest.mark.parametrize("command", VICTIMS)
def test_what_was_acknowledged_survives_a_kill(command: str, template: Path, room: Path) -> None:
    work, kept = VICTIMS[command]
    moments = chance("kill", command)
    folder = room / "camp"
    for number in range(KILLS):
        if number % FRESH == 0:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(template, folder)
        if number % FRESH == FRESH // 2:  # the first checkpoint makes the key
            shutil.rmtree(folder / "checkpoints", ignore_errors=True)
            (folder / "signing.key").unlink(missing_ok=True)
        round = f"R{number}"
        victim = Victim(lambda say, name=round: work(folder, say, name))
        victim.go()
        if moments.random() < 0.5:
            victim.heard()
        time.sleep(moments.uniform(0, 0.05))
        victim.kill()
        assert victim.end() == -9, "\n".join(victim.said)
        outcome = kept(folder, victim.said, round)
        sound(folder)
        COUNTS.add("kill -9", f"`{command}`", outcome)


def test_a_backup_that_was_killed_is_whole_or_is_not_there(template: Path, room: Path) -> None:
    folder, moments = room / "camp", chance("kill", "backup")
    shutil.copytree(template, folder)
    held = done(folder, "status -f json").json["position"]

    def copy(say: Say) -> None:
        for number in range(10_000):
            done(folder, f"backup copy{number}.db")
            say(str(number))

    for _ in range(20):
        victim = Victim(copy)
        victim.go()
        time.sleep(moments.uniform(0, 0.1))
        victim.kill()
        assert victim.end() == -9, "\n".join(victim.said)
        copies = [*folder.glob("copy*.db")]
        assert len(copies) >= len(victim.said)
        for file in copies:
            with closing(read_only(file)) as ledger:
                found = ledger.execute("SELECT COUNT(*) FROM stored_events").fetchone()
            assert found == (held,)
            file.unlink()
            shutil.rmtree(f"{file}.checkpoints", ignore_errors=True)
        for left in folder.glob("copy*"):  # half a copy, under another name, or its checkpoints
            assert ".new" in left.name or left.suffix == ".checkpoints"
            shutil.rmtree(left) if left.is_dir() else left.unlink()
