"""Where an answer goes: never in the place of a ledger's own file, nor of one that is read."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Answer, Office

OWN = ("ledger.db", "ledger.lock", "views.db", "vigil.toml", "signing.key", "checkpoints/6.note",
       "checkpoints", "evidence/x", ".", "ledger.db-wal")  # fmt: skip
BAD = "fact,occurred,from,to,count\nmovement.made,2013-05-01,ashraf,nowhere,5\n"


def refused(answer: Answer) -> bool:
    return (answer.code, answer.error["code"]) == (2, "E1014")


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    "line", ["log", "query population", "export facts", "status", "explain E1001",
             "record observation made --category water --site hurriya --text x"],
)  # fmt: skip
def test_no_answer_takes_the_place_of_a_ledgers_own_file(
    camp: Office, line: str, name: str
) -> None:
    camp.ok("checkpoint")
    assert refused(camp(f"{line} -f json -o {name}"))
    assert camp.position == 6
    camp.ok("verify --deep")


def test_another_ledgers_file_is_safe_too_also_by_a_link(camp: Office) -> None:
    camp.ok("init other")
    (camp.folder / "link").symlink_to("other/ledger.db")
    assert refused(camp("log -f json -o other/ledger.db"))
    assert refused(camp("log -f json -o link"))
    camp.ok("log -o other/log.txt")


def test_refused_rows_replace_neither_a_ledger_nor_what_is_read(camp: Office) -> None:
    camp.write("rows.csv", BAD)
    camp.write("map.toml", "")
    for name in ("ledger.db", "rows.csv", "./rows.csv"):
        assert refused(camp(f"import rows.csv -f json --rejects {name}"))
    assert refused(camp("import rows.csv -f json -o rows.csv"))
    assert refused(camp("import rows.csv -f json --map map.toml -o map.toml"))
    assert (camp.folder / "rows.csv").read_text() == BAD


def test_an_answer_goes_where_a_link_leads(camp: Office) -> None:
    camp.write("kept.txt", "before")
    (camp.folder / "link").symlink_to("kept.txt")
    camp.ok("log -o link")
    assert (camp.folder / "link").is_symlink()
    assert (camp.folder / "kept.txt").read_text() == camp.ok("log").out
    assert (camp.folder / "kept.txt").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_to_and_not_replaced(camp: Office) -> None:
    os.mkfifo(camp.folder / "pipe")
    came: list[str] = []
    reader = threading.Thread(target=lambda: came.append((camp.folder / "pipe").read_text()))
    reader.start()
    camp.ok("log -o pipe")
    reader.join()
    assert came == [camp.ok("log").out]
    assert (camp.folder / "pipe").is_fifo()


def test_a_folder_is_no_place_for_an_answer(camp: Office) -> None:
    (camp.folder / "folder").mkdir()
    for name in ("folder", "/", "nowhere/log.txt"):
        answer = camp(f"log -f json -o {name}")
        assert (answer.code, answer.error["code"]) == (1, "E1005")
