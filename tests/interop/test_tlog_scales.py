"""The PyPI package tlog-scales, which was written for other logs, agrees with us."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.interop.conftest import BORDERS, HERE, SIZES, mutations, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.interop.conftest import Log

    Check = Callable[..., str | None]

GROWN = SIZES[-1]


@pytest.fixture
def check(scales: Path) -> Check:
    """What tlog-scales has against a thing; None where it has nothing."""
    words = [scales / "python", HERE / "scales.py"]
    program = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdin is not None and program.stdout is not None

    def ask(*words: object) -> str | None:
        program.stdin.write(f"{json.dumps([str(word) for word in words])}\n")
        program.stdin.flush()
        answer: str | None = json.loads(program.stdout.readline())
        return answer

    yield ask
    program.stdin.close()
    assert program.wait(timeout=10) == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_checkpoint_is_signed(log: Log, check: Check, size: int) -> None:
    assert check("note", log.vkey, log.note(size)) is None


def test_a_witness_signed_too(log: Log, check: Check, tmp_path: Path) -> None:
    assert check("note", log.vkey, log.cosigned) is None
    assert check("note", log.witness, log.cosigned) is None
    assert check("note", log.witness, log.note(GROWN)) is not None
    forged = tmp_path / "forged.note"
    text = log.cosigned.read_text(encoding="utf-8")
    forged.write_text(text.replace(f"\n{GROWN}\n", f"\n{GROWN + 1}\n"), encoding="utf-8")
    assert check("note", log.witness, forged) is not None


def test_a_checkpoint_with_a_byte_changed_is_refused(
    log: Log, check: Check, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.note"
    *changed, last = mutations(log.note(GROWN))
    for data in changed:
        forged.write_bytes(data)
        assert check("note", log.vkey, forged) is not None, data
    # It is lax where nothing is signed: what is no base64 at the end it reads as nothing.
    forged.write_bytes(last)
    assert check("note", log.vkey, forged) is None


@pytest.mark.parametrize("index", BORDERS)
def test_a_proof_holds_for_its_own_entry_alone(log: Log, check: Check, index: int) -> None:
    for other in BORDERS:
        found = check("proof", log.vkey, log.proof(index), log.entry(other))
        assert (found is None) == (other == index), found


def test_a_proof_with_a_byte_changed_does_not_hold(log: Log, check: Check, tmp_path: Path) -> None:
    forged = tmp_path / "forged.tlog-proof"
    *changed, _ = mutations(log.proof(255))
    for data in changed:
        forged.write_bytes(data)
        assert check("proof", log.vkey, forged, log.entry(255)) is not None, data


def test_a_proof_of_an_entry_with_a_byte_changed_does_not_hold(
    log: Log, check: Check, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.entry"
    for data in mutations(log.entry(255)):
        forged.write_bytes(data)
        assert check("proof", log.vkey, log.proof(255), forged) is not None, data


@pytest.mark.parametrize("index", BORDERS)
def test_it_makes_the_same_proof_from_our_tiles(log: Log, scales: Path, index: int) -> None:
    made = run(scales / "tlog-tiles", "gen-proof", str(log.tiles), str(index))
    assert made.returncode == 0, made.stderr
    assert made.stdout == log.proof(index).read_text(encoding="utf-8")


@pytest.mark.parametrize("index", BORDERS)
def test_it_finds_each_entry_in_our_tiles(log: Log, scales: Path, index: int) -> None:
    found = run(scales / "tlog-tiles", "get-leaf", "--check", str(log.tiles), str(index))
    assert found.returncode == 0, found.stderr
    assert found.stdout == log.entry(index).read_text(encoding="utf-8")


@pytest.mark.parametrize("old", SIZES)
def test_a_kept_checkpoint_grew_into_the_newest(log: Log, check: Check, old: int) -> None:
    assert check("consistency", log.vkey, log.note(old), log.request(old)) is None


def test_a_proof_of_growth_with_a_byte_changed_does_not_hold(
    log: Log, check: Check, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.request"
    *changed, _ = mutations(log.request(148))
    for data in changed:
        forged.write_bytes(data)
        assert check("consistency", log.vkey, log.note(148), forged) is not None, data


def test_tiles_are_complete(log: Log, check: Check) -> None:
    assert check("tiles", log.vkey, log.tiles) is None


def test_tiles_with_a_byte_changed_in_any_file_are_refused(
    log: Log, check: Check, tmp_path: Path
) -> None:
    tiles = tmp_path / "tiles"
    shutil.copytree(log.tiles, tiles)
    for file in [path for path in tiles.rglob("*") if path.is_file()]:
        whole = file.read_bytes()
        for data in mutations(file, every=max(1, len(whole) // 5)):
            file.write_bytes(data)
            assert check("tiles", log.vkey, tiles) is not None, file
        file.write_bytes(whole)
    assert check("tiles", log.vkey, tiles) is None


def test_tiles_lie_in_folders_where_there_are_more_than_a_thousand(scales: Path, wide: Log) -> None:
    for index in (0, 255_999, 256_000, 256_299):
        words = ("get-leaf", "--check", str(wide.tiles), str(index))
        found = run(scales / "tlog-tiles", *words)
        assert found.returncode == 0, found.stderr
        assert found.stdout.startswith(f"vigil-ledger/v1\nINC-{index + 1}\n1\n")
