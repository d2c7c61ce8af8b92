"""Go's own golang.org/x/mod/sumdb, which guards the modules of every Go program, agrees with us."""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import pytest

from ledger.errors.seal import NoteMalformed
from ledger.seal.checkpoint import Checkpoint
from ledger.seal.note import Note, VerifierKey
from tests.interop.conftest import BORDERS, SIZES, mutations, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.interop.conftest import Log

GROWN = SIZES[-1]


@pytest.mark.parametrize("size", SIZES)
def test_a_checkpoint_opens(log: Log, go: Path, size: int) -> None:
    done = run(go, "note", log.vkey, log.note(size))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"signed: {size} entries")


def test_a_checkpoint_with_any_byte_changed_does_not_open(
    log: Log, go: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.note"
    for data in mutations(log.note(GROWN)):
        forged.write_bytes(data)
        assert run(go, "note", log.vkey, forged).returncode == 1, data


def test_we_open_what_go_opens_and_nothing_else(log: Log, go: Path, tmp_path: Path) -> None:
    key = VerifierKey.parse(log.vkey)
    file = tmp_path / "changed.note"
    opened = 0
    for data in changed(log.note(GROWN).read_text(encoding="utf-8")):
        file.write_bytes(data)
        by_go = run(go, "note", log.vkey, file).returncode == 0
        assert opens(key, data) == by_go, data
        opened += by_go
    assert opened == 4


def changed(note: str) -> Iterator[bytes]:
    """A note with a byte gone or put in, and with other signatures besides."""
    data = note.encode()
    for at in range(len(data)):
        yield data[:at] + data[at + 1 :]
        yield from (data[:at] + bytes([byte]) + data[at:] for byte in b"\n\r A=\x00\xc2")
    text, _, good = note.rpartition("\n\n")
    mark, name, encoded = good.split()
    made = b64decode(encoded)
    false, short = (
        f"{mark} {name} {b64encode(bad).decode()}\n"
        for bad in (made[:-1] + bytes([made[-1] ^ 1]), made[:40])
    )
    unknown = f"{mark} another {b64encode(bytes(68)).decode()}\n"
    for signatures in (
        good + good, good + false, good + unknown, unknown + good,
        false + good, short + good, false, short, unknown, "",
    ):  # fmt: skip
        yield f"{text}\n\n{signatures}".encode()


def opens(key: VerifierKey, data: bytes) -> bool:
    """Whether we open a note as a checkpoint of the key's log."""
    try:
        note = Note.parse(data.decode())
        return key.verify(note) is not None and Checkpoint.parse(note.text).origin == key.name
    except (UnicodeDecodeError, NoteMalformed):
        return False


def test_a_checkpoint_does_not_open_with_the_key_of_another_log(
    go: Path, log: Log, wide: Log
) -> None:
    assert run(go, "note", wide.vkey, log.note(GROWN)).returncode == 1


@pytest.mark.parametrize("index", BORDERS)
def test_a_proof_holds_for_its_own_entry_alone(log: Log, go: Path, index: int) -> None:
    done = run(go, "proof", log.vkey, log.proof(index), log.entry(index))
    assert (done.returncode, done.stdout) == (0, f"included: entry {index} of {GROWN}\n")
    for other in BORDERS:
        if other != index:
            assert run(go, "proof", log.vkey, log.proof(index), log.entry(other)).returncode == 1


def test_a_proof_with_any_byte_changed_does_not_hold(log: Log, go: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.tlog-proof"
    for data in mutations(log.proof(255)):
        forged.write_bytes(data)
        assert run(go, "proof", log.vkey, forged, log.entry(255)).returncode == 1, data


def test_a_proof_of_an_entry_with_any_byte_changed_does_not_hold(
    log: Log, go: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.entry"
    for data in mutations(log.entry(255)):
        forged.write_bytes(data)
        assert run(go, "proof", log.vkey, log.proof(255), forged).returncode == 1, data


@pytest.mark.parametrize("old", SIZES)
def test_a_kept_checkpoint_grew_into_the_newest(log: Log, go: Path, old: int) -> None:
    done = run(go, "consistency", log.vkey, log.note(old), log.request(old))
    assert (done.returncode, done.stdout) == (0, f"consistent: {old} entries grew into {GROWN}\n")


def test_a_proof_of_growth_with_any_byte_changed_does_not_hold(
    log: Log, go: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.request"
    for data in mutations(log.request(148)):
        forged.write_bytes(data)
        done = run(go, "consistency", log.vkey, log.note(148), forged)
        assert done.returncode == 1, data


def test_a_kept_checkpoint_did_not_grow_out_of_another(log: Log, go: Path) -> None:
    for old, other in ((148, 348), (348, 148)):
        done = run(go, "consistency", log.vkey, log.note(old), log.request(other))
        assert done.returncode == 1


def test_tiles_are_complete(log: Log, go: Path) -> None:
    done = run(go, "tiles", log.vkey, log.tiles)
    assert done.returncode == 0, done.stderr
    # Three tiles of hashes and three bundles of entries, one tile above, the checkpoint.
    assert done.stdout == f"complete: {GROWN} entries in 8 files\n"


def test_tiles_with_a_byte_changed_in_any_file_are_refused(
    log: Log, go: Path, tmp_path: Path
) -> None:
    tiles = tmp_path / "tiles"
    shutil.copytree(log.tiles, tiles)
    files = [path for path in tiles.rglob("*") if path.is_file()]
    assert len(files) == 8
    for file in files:
        whole = file.read_bytes()
        for data in mutations(file, every=max(1, len(whole) // 15)):
            file.write_bytes(data)
            assert run(go, "tiles", log.vkey, tiles).returncode == 1, file
        file.write_bytes(whole)
    assert run(go, "tiles", log.vkey, tiles).returncode == 0


def test_tiles_with_a_file_missing_cut_or_added_are_refused(
    log: Log, go: Path, tmp_path: Path
) -> None:
    tiles = tmp_path / "tiles"
    shutil.copytree(log.tiles, tiles)
    for file in [path for path in tiles.rglob("*") if path.is_file()]:
        whole = file.read_bytes()
        file.write_bytes(whole[:-32])
        assert run(go, "tiles", log.vkey, tiles).returncode == 1, file
        file.unlink()
        assert run(go, "tiles", log.vkey, tiles).returncode == 1, file
        file.write_bytes(whole)
    (tiles / "tile" / "0" / "003").write_bytes(b"")
    assert run(go, "tiles", log.vkey, tiles).returncode == 1


def test_tiles_lie_in_folders_where_there_are_more_than_a_thousand(go: Path, wide: Log) -> None:
    done = run(go, "tiles", wide.vkey, wide.tiles)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("complete: 256300 entries")
    assert (wide.tiles / "tile" / "0" / "x001" / "000").is_file()
    top = wide.tiles / "tile" / "2" / "000.p" / "3"
    whole = top.read_bytes()
    for data in mutations(top, every=16):
        top.write_bytes(data)
        assert run(go, "tiles", wide.vkey, wide.tiles).returncode == 1
    top.write_bytes(whole)
