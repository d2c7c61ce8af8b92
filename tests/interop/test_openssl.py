"""Plain OpenSSL verifies the signature of a note."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import pytest

from tests.interop.conftest import SIZES, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.conftest import Log

#: SubjectPublicKeyInfo of an Ed25519 key, up to its 32 bytes (RFC 8410).
DER = bytes.fromhex("302a300506032b6570032100")


def parts(note: str) -> tuple[bytes, bytes]:
    """What is signed, and the last signature."""
    text, _, lines = note.rpartition("\n\n")
    return f"{text}\n".encode(), b64decode(lines.splitlines()[-1].split(" ")[2])[4:]


def verifies(openssl: str, folder: Path, vkey: str, text: bytes, signature: bytes) -> bool:
    encoded = b64encode(DER + b64decode(vkey.split("+", 2)[2])[1:]).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n"
    (folder / "key.pem").write_text(pem, encoding="ascii")
    (folder / "text").write_bytes(text)
    (folder / "signature").write_bytes(signature)
    words = ("-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "text")
    done = run(openssl, "pkeyutl", *words, "-sigfile", "signature", cwd=folder)
    told = "Signature Verified Successfully" in done.stdout
    assert told == (done.returncode == 0), done.stderr
    return told


@pytest.mark.parametrize("size", SIZES)
def test_the_logs_signature_verifies(log: Log, openssl: str, tmp_path: Path, size: int) -> None:
    text, signature = parts(log.note(size).read_text(encoding="utf-8"))
    assert verifies(openssl, tmp_path, log.vkey, text, signature)


def test_a_text_or_signature_with_any_byte_changed_does_not_verify(
    log: Log, openssl: str, tmp_path: Path
) -> None:
    text, signature = parts(log.note(SIZES[-1]).read_text(encoding="utf-8"))
    for at in range(len(text)):
        forged = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        assert not verifies(openssl, tmp_path, log.vkey, forged, signature)
    for at in range(len(signature)):
        forged = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not verifies(openssl, tmp_path, log.vkey, text, forged)


def test_a_signature_does_not_verify_under_another_note_or_key(
    log: Log, openssl: str, tmp_path: Path
) -> None:
    text, signature = parts(log.note(SIZES[-1]).read_text(encoding="utf-8"))
    older, _ = parts(log.note(SIZES[0]).read_text(encoding="utf-8"))
    assert not verifies(openssl, tmp_path, log.vkey, older, signature)
    assert not verifies(openssl, tmp_path, log.witness, text, signature)


def test_a_witness_signed_the_time_and_the_text(log: Log, openssl: str, tmp_path: Path) -> None:
    text, stamped = parts(log.cosigned.read_text(encoding="utf-8"))
    time, signature = int.from_bytes(stamped[:8]), stamped[8:]
    for claimed in (time, time + 1):
        message = f"cosignature/v1\ntime {claimed}\n".encode() + text
        holds = verifies(openssl, tmp_path, log.witness, message, signature)
        assert holds == (claimed == time)
