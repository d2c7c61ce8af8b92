"""Checkpoints, proofs, witnesses and tiles by the commands that make them."""

from __future__ import annotations

import json
import shutil
import stat
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from ledger.errors import VigilError
from ledger.folder import Folder
from ledger.seal.checkpoint import AddCheckpoint, Checkpoint, Proof
from ledger.seal.log import Evidence, Stored, stored
from ledger.seal.merkle import EMPTY_ROOT, includes, leaf_hash, root_of
from ledger.seal.note import COSIGNATURE, ED25519, Note, SigningKey, VerifierKey
from tests.cli.seal.conftest import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Answer, Office

FACT = "INC-ASHRAF-2011-04-08/3"


# Checkpoints -------------------------------------------------------------------------------------


def test_the_first_checkpoint_makes_the_key_and_the_origin(camp: Office) -> None:
    """The origin is random, never the name of a place; the key is its owner's alone."""
    made = camp.ok("checkpoint -f json --copy-to stick/notes").json
    assert made["schema"] == "vigil.checkpoint/1"
    name, _, digits = made["origin"].partition("/")
    assert name == "vigil"
    assert (len(digits), bytes.fromhex(digits).hex()) == (32, digits)
    assert made["size"] == 6
    path = camp.folder / "checkpoints" / "6.note"
    assert made["path"] == str(path)
    assert path.read_text("utf-8") == made["note"]
    assert (camp.folder / "stick" / "notes" / "6.note").read_text("utf-8") == made["note"]
    key = camp.folder / "signing.key"
    assert {stat.S_IMODE(p.stat().st_mode) for p in (key, *path.parent.iterdir())} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (
        SigningKey.parse(key.read_text("ascii")).private
        not in (camp.folder / "ledger.db").read_bytes()
    )
    head = Checkpoint.parse(Note.parse(made["note"]).text)
    assert tuple(head) == (made["origin"], 6, b64decode(made["root"]))
    assert head.root == root_of(fact.leaf for fact in _facts(camp.folder))
    assert VerifierKey.parse(made["vkey"]).verify(Note.parse(made["note"])) == 0


def test_the_same_head_again_gives_the_same_note(camp: Office) -> None:
    first = camp.ok("checkpoint -f json").json
    files = _files(camp.folder / "checkpoints")
    assert camp.ok("checkpoint -f json").json == first
    assert _files(camp.folder / "checkpoints") == files
    camp.ok("record movement made --from ashraf --to hurriya --count 1")
    second = camp.ok("checkpoint -f json").json
    assert (second["size"], second["origin"], second["vkey"]) == (7, first["origin"], first["vkey"])
    assert (camp.folder / "checkpoints" / "6.note").read_text("utf-8") == first["note"]
    camp.ok("verify")


def test_an_empty_ledger_has_a_checkpoint_that_the_first_fact_continues(office: Office) -> None:
    office.ok("init --timezone UTC --actor HRO-07")
    made = office.ok("checkpoint -f json").json
    assert (made["size"], b64decode(made["root"])) == (0, EMPTY_ROOT)
    office.ok("record site opened SIT-ONE --name One --timezone UTC")
    assert office.ok("checkpoint -f json").json["size"] == 1
    assert office.ok("verify -f json").json["sealed"] == 1


def test_a_checkpoint_that_was_cut_short_is_made_again(camp: Office) -> None:
    """The hashes were on the disk and the note was not: they count for nothing until it is."""
    camp.ok("checkpoint")
    for number in range(3):
        camp.ok(f"record movement made --from ashraf --to hurriya --count {number + 1}")
    camp.ok("checkpoint")
    note = camp.folder / "checkpoints" / "9.note"
    note.unlink()
    leaves = camp.folder / "checkpoints" / "leaves"
    for left in (leaves.read_bytes(), leaves.read_bytes()[:-40], leaves.read_bytes() + bytes(70)):
        leaves.write_bytes(left)
        assert " 3 not yet: nothing was altered" in camp.ok("verify").out
        assert camp.ok("prove SIT-HURRIYA/1").code == 0
        assert camp.ok("checkpoint -f json").json["size"] == 9
        assert len(leaves.read_bytes()) == 9 * 32
        camp.ok("verify")
        note.unlink()
    camp.ok("checkpoint")


def test_without_its_key_a_log_is_not_continued(sealed: Sealed) -> None:
    key = sealed.folder / "signing.key"
    kept = key.read_text("ascii")
    sealed.move("ONE")
    origin = Checkpoint.parse(Note.parse(sealed.note.read_text("utf-8")).text).origin
    wrong = [
        (None, "E6005", "it is not there"),
        (f"{SigningKey.new('vigil/other', ED25519)}\n", "E6005", "it signs for vigil/other"),
        (f"{SigningKey.new(origin, ED25519)}\n", "E6005", "not the key that signed"),
        (f"{SigningKey.new(origin, COSIGNATURE)}\n", "E6005", "not the key that signed"),
        (kept[:-3], "E6002", "is not a key"),
        ("", "E6002", "is not a key"),
        ("\udcff", "E6002", "is not a key"),
    ]
    for text, code, why in wrong:
        key.unlink(missing_ok=True)
        if text is not None:
            key.write_text(text, "utf-8", "surrogateescape")
        files = _files(sealed.checkpoints)
        refused = sealed("checkpoint -f json")
        assert (refused.code, refused.error["code"]) == (12, code), text
        assert why in refused.error["message"]
        assert _files(sealed.checkpoints) == files
        sealed.ok("verify")
    key.write_text(kept, "ascii")
    sealed.ok("checkpoint")
    sealed.ok("verify")


def test_a_size_below_nothing_is_no_size(sealed: Sealed) -> None:
    assert sealed("checkpoint --request -1").code == 2
    refused = sealed("checkpoint --request 9999 -f json")
    assert (refused.code, refused.error["code"]) == (13, "E6007")


# Heads that others kept --------------------------------------------------------------------------


def test_a_head_that_somebody_else_kept_is_checked(sealed: Sealed) -> None:
    """Whoever keeps a note elsewhere needs nothing of the folder `checkpoints/`."""
    sealed.ok("checkpoint --copy-to stick")
    note, vkey = f"stick/{sealed.note.name}", sealed.vkey
    sealed.ok(["verify", "--against", note, "--key", vkey])
    shutil.rmtree(sealed.checkpoints)
    (sealed.folder / "signing.key").unlink()
    sealed.sql("UPDATE stored_events SET state = CAST(replace(state, 'killed', 'injured') AS BLOB)")
    sealed.ok("checkpoint")  # a new log over what was altered, with a key of its own
    assert sealed("verify").code == 0
    answer = sealed(["verify", "--against", note, "--key", vkey])
    assert answer.code == 13
    assert "are not those of the checkpoint" in answer.out


def test_a_head_needs_its_key_and_a_true_signature(sealed: Sealed) -> None:
    sealed.ok("checkpoint --copy-to stick")
    note = f"stick/{sealed.note.name}"
    other = str(SigningKey.new("vigil/other", ED25519).verifier)
    for words, code in (
        (["--against", note], 2),
        (["--key", other], 2),
        (["--against", note, "--key", other], 13),
        (["--against", note, "--key", f"{other}x"], 12),
        (["--against", note, "--key", "\udcff+00000000+AA"], 12),
        (["--against", "vigil.toml", "--key", other], 13),
        (["--against", "nowhere", "--key", other], 2),
    ):
        answer = sealed(["verify", *words])
        assert answer.code == code, (words, answer)
        assert "Traceback" not in answer.err


# Proofs ------------------------------------------------------------------------------------------


def test_a_proof_verifies_by_what_it_says_and_the_key_alone(sealed: Sealed) -> None:
    sealed.move("ONE")
    sealed.ok("checkpoint")
    for fact in [f for f in _facts(sealed.folder) if f.position in (1, 2, 64, 65, 128, 149)]:
        sealed.ok(f"prove {fact.id}/{fact.version} -o fact.tlog-proof")
        data = (sealed.folder / "fact.tlog-proof").read_bytes()
        assert _proved(data, fact, sealed.vkey)


def test_a_proof_with_any_byte_changed_proves_nothing(sealed: Sealed) -> None:
    data = sealed.ok(f"prove {FACT}").out.encode()
    fact = next(f for f in _facts(sealed.folder) if f"{f.id}/{f.version}" == FACT)
    vkey = sealed.vkey
    assert _proved(data, fact, vkey)
    for place, byte in enumerate(data):
        for other in (byte ^ 1, byte ^ 0x20, byte ^ 0x80, ord("\n"), ord("A")):
            if other != byte:
                changed = data[:place] + bytes([other]) + data[place + 1 :]
                assert not _proved(changed, fact, vkey), (place, other)
        assert not _proved(data[:place] + data[place + 1 :], fact, vkey), place
        assert not _proved(data[:place], fact, vkey), place


def test_what_is_not_sealed_is_not_proved(sealed: Sealed) -> None:
    sealed.move("ONE")
    for fact in ("MOV-ONE/1", "MOV-NOWHERE/1", f"{FACT}0", "SIT-ASHRAF/0"):
        refused = sealed(f"prove {fact} -f json")
        assert (refused.code, refused.error["code"]) == (4, "E6006"), fact
    for fact in (
        "SIT-ASHRAF/x",
        "/",
        "SIT-ASHRAF/-1",
        f"X/{'9' * 30}",
        f"X/{'9' * 5000}",
    ):
        refused = sealed(f"prove {fact} -f json")
        assert (refused.code, refused.error["code"]) == (2, "E5004"), refused
    sealed.ok("checkpoint")
    assert sealed.ok("prove MOV-ONE").out == sealed.ok("prove MOV-ONE/1").out


def test_a_ledger_without_checkpoints_proves_nothing(camp: Office) -> None:
    for line in ("prove SIT-ASHRAF/1", "export tiles -o tiles"):
        refused = camp(f"{line} -f json")
        assert (refused.code, refused.error["code"]) == (4, "E6006")
    assert " 0 sealed, 6 not yet: nothing was altered" in camp.ok("verify").out


# Witnesses ---------------------------------------------------------------------------------------


@pytest.fixture
def court(sealed: Sealed) -> Sealed:
    """Somebody else's office, with a witness's key."""
    folder = sealed.folder / "court"
    folder.mkdir()
    court = Sealed(folder)
    court.ok("witness new witness.example/court")
    return court


def _asks(log: Sealed, court: Sealed, old: int, key: str | None = None) -> Answer:
    """What a log asks, by file, and what the witness answers."""
    court.write("ask", log.ok(f"checkpoint --request {old}").out)
    return court(["witness", "cosign", "ask", *(["--key", key] if key else [])])


def _vouches(court: Sealed) -> str:
    key = SigningKey.parse(
        (court.folder / ".state" / "vigil" / "witness" / "witness.key").read_text("ascii")
    )
    return str(key.verifier)


def test_a_witness_vouches_and_verify_says_so(sealed: Sealed, court: Sealed) -> None:
    size = len(sealed.rows())
    answer = _asks(sealed, court, 0, sealed.vkey)
    assert answer.code == 0, answer.err
    sealed.write("cosignature", answer.out)
    kept = ["checkpoint", "--cosignature", "cosignature", "--key", _vouches(court)]
    assert f"vouches for the first {size} facts" in sealed.ok(kept).out
    note = sealed.note.read_text("utf-8")
    assert note.endswith(answer.out)
    assert sealed.ok(kept).code == 0
    assert sealed.note.read_text("utf-8") == note  # kept once

    (_, witness) = sealed.ok("verify -f json").json["vouchers"]
    assert (witness["name"], witness["size"]) == ("witness.example/court", size)
    assert witness["time"] > 1_700_000_000
    sealed.move("ONE")
    sealed.ok("checkpoint")
    told = sealed.ok("verify").out
    assert f"witness.example/court vouches for the first {size} facts, seen 20" in told
    sealed.ok(["verify", "--against", f"checkpoints/{size}.note", "--key", _vouches(court)])

    again = _asks(sealed, court, size)
    assert again.code == 0, again.err
    sealed.write("cosignature", again.out)
    sealed.ok(kept)
    assert {v["size"] for v in sealed.ok("verify -f json").json["vouchers"]} == {size + 1}


def test_a_witness_refuses_a_log_that_forked(sealed: Sealed, court: Sealed) -> None:
    """Two copies of a ledger with one key, recorded in differently: one of them is not seen."""
    fork = Sealed(sealed.folder / "fork")
    fork.folder.mkdir()
    for name in ("vigil.toml", "signing.key", "ledger.db"):
        shutil.copy(sealed.folder / name, fork.folder / name)
    shutil.copytree(sealed.checkpoints, fork.checkpoints)
    fork.now, fork.serial = sealed.now, 2_000_000
    size = len(sealed.rows())
    assert _asks(sealed, court, 0, sealed.vkey).code == 0
    for log, key in ((sealed, "ONE"), (fork, "TWO")):
        log.move(key)
        log.ok("checkpoint")
    assert _asks(sealed, court, size).code == 0
    refused = _asks(fork, court, size)
    assert refused.code == 13
    assert "was seen last" in refused.err
    refused = _asks(fork, court, size + 1)  # the same size with another root
    assert refused.code == 13
    assert "it contradicts what was seen before" in refused.err
    fork.move("THREE")
    refused = _asks(fork, court, size + 1)
    assert refused.code == 13
    assert "it contradicts what was seen before" in refused.err
    assert _asks(sealed, court, size + 1).code == 0  # what was seen is vouched for again
    fork.ok("verify")  # alone, neither copy can know


def test_a_witness_begins_where_it_stopped(sealed: Sealed, court: Sealed) -> None:
    size = len(sealed.rows())
    refused = _asks(sealed, court, 5, sealed.vkey)
    assert refused.code == 13
    assert "begins at 5 and 0 was seen last" in refused.err
    assert _asks(sealed, court, 0, sealed.vkey).code == 0
    sealed.move("ONE")
    for old in (0, size - 1, size + 1):
        refused = _asks(sealed, court, old)
        assert refused.code == 13
        assert f"{size} was seen last" in refused.err
    assert _asks(sealed, court, size).code == 0


def test_a_witness_knows_whose_log_it_is(sealed: Sealed, court: Sealed) -> None:
    unknown = _asks(sealed, court, 0)
    assert (unknown.code, "its key is not known" in unknown.err) == (13, True)
    origin = sealed.vkey.partition("+")[0]
    for key in (SigningKey.new(origin, ED25519), SigningKey.new("vigil/x", ED25519)):
        refused = _asks(sealed, court, 0, str(key.verifier))
        assert (refused.code, "its own signature does not hold" in refused.err) == (13, True)
    assert _asks(sealed, court, 0, sealed.vkey).code == 0
    request = AddCheckpoint.parse((court.folder / "ask").read_text("utf-8"))
    text = request.note.text.replace("vigil/", "vigil/0")
    court.write("ask", str(request._replace(note=Note(text, request.note.signatures))))
    refused = court(["witness", "cosign", "ask", "--key", sealed.vkey])
    assert (refused.code, "its own signature does not hold" in refused.err) == (13, True)


def test_a_witness_without_a_key_and_files_that_are_none(sealed: Sealed, court: Sealed) -> None:
    sealed.write("ask", sealed.ok("checkpoint --request 0").out)
    refused = sealed(["witness", "cosign", "ask", "--key", sealed.vkey])
    assert (refused.code, "there is no witness here" in refused.err) == (12, True)
    for text in ("", "old 0\n", "old -1\n\n", "x", "\x00"):
        court.write("ask", text)
        assert court("witness cosign ask").code == 13
    assert "already" in court("witness new again").err or court("witness new again").code != 0


def test_a_cosignature_of_something_else_is_not_kept(sealed: Sealed, court: Sealed) -> None:
    answer = _asks(sealed, court, 0, sealed.vkey)
    note = sealed.note.read_text("utf-8")
    stranger = SigningKey.new("witness.example/stranger", COSIGNATURE)
    sealed.write("cosignature", answer.out)
    refused = sealed(
        ["checkpoint", "--cosignature", "cosignature", "--key", str(stranger.verifier)]
    )
    assert (refused.code, "signed none of the kept checkpoints" in refused.err) == (13, True)
    signature = stranger.sign("vigil/x\n1\nx\n", 7)
    sealed.write("cosignature", str(Note("", (signature,))).lstrip("\n"))
    assert (
        sealed(["checkpoint", "--cosignature", "cosignature", "--key", str(stranger.verifier)]).code
        == 13
    )
    sealed.write("cosignature", "nothing")
    assert (
        sealed(["checkpoint", "--cosignature", "cosignature", "--key", _vouches(court)]).code == 13
    )
    assert sealed("checkpoint --cosignature cosignature").code == 2
    assert sealed.note.read_text("utf-8") == note


def test_a_witness_of_the_year_30000_is_still_named(sealed: Sealed) -> None:
    witness = SigningKey.new("witness.example/late", COSIGNATURE)
    text = Note.parse(sealed.note.read_text("utf-8")).text
    for time in (884_541_340_800, 2**63 - 1, 2**64 - 1):
        sealed.write("cosignature", str(Note("", (witness.sign(text, time),))).lstrip("\n"))
        sealed.ok(["checkpoint", "--cosignature", "cosignature", "--key", str(witness.verifier)])
        assert "witness.example/late vouches for the first" in sealed.ok("verify").out


# Tiles -------------------------------------------------------------------------------------------


def test_the_tiles_have_the_root_that_was_signed(sealed: Sealed) -> None:
    """By C2SP tlog-tiles alone: entries in bundles, leaf hashes in tiles, a checkpoint."""
    lines = [
        json.dumps({"fact": "incident.claimed", "id": FACT.partition("/")[0], "claimant": "press",
                    "killed": n, "occurred": "2013", "received": "2013", "key": f"K-{n}"})
        for n in range(1, 401)
    ]  # fmt: skip
    sealed.write("more.jsonl", "\n".join(lines) + "\n")
    sealed.ok("import more.jsonl")
    size = len(sealed.rows())
    sealed.ok("export tiles -o tiles")
    tiles = sealed.folder / "tiles"
    names = {str(path.relative_to(tiles)) for path in tiles.rglob("*") if path.is_file()}
    rest = size - 512
    assert names == {
        "checkpoint",
        "tile/0/000", "tile/0/001", f"tile/0/002.p/{rest}", "tile/1/000.p/2",
        "tile/entries/000", "tile/entries/001", f"tile/entries/002.p/{rest}",
    }  # fmt: skip
    note = Note.parse((tiles / "checkpoint").read_text("utf-8"))
    head = Checkpoint.parse(note.text)
    assert VerifierKey.parse(sealed.vkey).verify(note) == 0
    assert head.size == size
    hashes = [(tiles / f"tile/0/{name}").read_bytes() for name in ("000", "001", f"002.p/{rest}")]
    leaves = [b"".join(hashes)[at : at + 32] for at in range(0, 32 * size, 32)]
    assert root_of(leaves) == head.root
    upper = (tiles / "tile/1/000.p/2").read_bytes()
    assert upper == root_of(leaves[:256]) + root_of(leaves[256:512])
    bundles = [(tiles / f"tile/entries/{n}").read_bytes() for n in ("000", "001", f"002.p/{rest}")]
    entries = list(_entries(b"".join(bundles)))
    assert [leaf_hash(entry) for entry in entries] == leaves
    assert entries[0].startswith(b"vigil-ledger/v1\nSIT-ASHRAF\n1\nsite.opened/1\n")
    assert b"Camp Ashraf" not in b"".join(entries)  # they reveal no content


def _entries(bundle: bytes) -> Iterator[bytes]:
    while bundle:
        length = int.from_bytes(bundle[:2])
        yield bundle[2 : 2 + length]
        bundle = bundle[2 + length :]


def _facts(folder: Path) -> list[Stored]:
    ledger = Folder.load(folder).connect()
    try:
        return list(stored(ledger))
    finally:
        ledger.close()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _proved(data: bytes, fact: Stored, vkey: str) -> bool:
    """What whoever gets a proof does: read it, check who signed, check the path."""
    try:
        proof = Proof.parse(data.decode())
        head = Checkpoint.parse(proof.note.text)
    except (VigilError, UnicodeDecodeError):
        return False
    if VerifierKey.parse(vkey).verify(proof.note) is None:
        return False
    return includes(head.root, head.size, fact.leaf, proof.leaf, proof.path)


def test_evidence_of_a_folder_that_is_not_there_is_none(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "nowhere")
    assert (evidence.sizes(), evidence.newest(), evidence.leaves()) == ([], None, b"")
    assert (evidence.own_key(), evidence.witnesses()) == (None, [])
