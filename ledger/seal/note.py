"""C2SP signed notes: a text that anybody can read, with Ed25519 signatures under it.

A key is written as a verifier key, `name+8 hex digits+base64`. A signature of kind 0x01 is the
log's own, one of kind 0x04 a witness's cosignature, which says when it saw the checkpoint
(C2SP `signed-note`, `tlog-cosignature`). Needs the package `cryptography`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors.seal import KeyMalformed, NoteMalformed
from ledger.limits import SIGNATURES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519, COSIGNATURE = 0x01, 0x04
_DASH = "— "


class Signature(NamedTuple):
    """A line under a note: who signs, the first four bytes of the key's hash, the signature."""

    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """A text that ends with a line end, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: str) -> Note:
        """Read a note; raises `NoteMalformed`."""
        text, blank, lines = data.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteMalformed(why="a note is a text, a blank line and signatures")
        if not _encodable(data) or any(c < " " and c != "\n" for c in data):
            raise NoteMalformed(why="it holds characters that a note cannot have")
        signatures = lines[:-1].split("\n")
        if len(signatures) > SIGNATURES:
            raise NoteMalformed(why=f"it has more than {SIGNATURES} signatures")
        return cls(text + "\n", tuple(_signature(line) for line in signatures))

    def __str__(self) -> str:
        lines = "".join(
            f"{_DASH}{name} {b64encode(key_id + signature).decode()}\n"
            for name, key_id, signature in self.signatures
        )
        return f"{self.text}\n{lines}"


class VerifierKey(NamedTuple):
    """Who signs, with which kind of signature, by which public key (32 bytes)."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+hash+base64`; raises `KeyMalformed`."""
        name, _, rest = text.strip().partition("+")
        id, _, encoded = rest.partition("+")
        data = _decoded(encoded)
        if not _name_is_valid(name) or data is None or len(data) != 33:
            raise KeyMalformed(text=text[:80], why="it is not name+hash+base64")
        key = cls(name, data[0], data[1:])
        if data[0] not in (ED25519, COSIGNATURE):
            raise KeyMalformed(text=text[:80], why=f"kind {data[0]} is not known")
        if key.id.hex() != id:
            raise KeyMalformed(text=text[:80], why="its hash does not fit")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        encoded = b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def verify(self, note: Note) -> int | None:
        """Whether this key signed the note: None where it did not, else when.

        The time is in seconds since 1970 for a cosignature, and 0 for a signature without one. The
        key's first signature decides, as in Go's `note.Open`: if it is false, so is the note.
        """
        for signature in note.signatures:
            if signature.name == self.name and signature.key_id == self.id:
                time, signed, message = _parts(self.kind, signature.signature, note.text)
                return time if _holds(self.public, signed, message) else None
        return None


class SigningKey(NamedTuple):
    """A private key with its name and the kind of signature it makes."""

    name: str
    kind: int
    private: bytes

    @classmethod
    def new(cls, name: str, kind: int) -> SigningKey:
        """A fresh random key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read `PRIVATE+KEY+name+hash+base64`; raises `KeyMalformed`."""
        if not text.startswith("PRIVATE+KEY+"):
            raise KeyMalformed(text="the file", why="it is not a private key")
        name, _, rest = text.strip().removeprefix("PRIVATE+KEY+").partition("+")
        data = _decoded(rest.partition("+")[2])
        if not _name_is_valid(name) or data is None or len(data) != 33:
            raise KeyMalformed(text="the file", why="it is damaged")
        if data[0] not in (ED25519, COSIGNATURE):
            raise KeyMalformed(text="the file", why=f"kind {data[0]} is not known")
        key = cls(name, data[0], data[1:])
        if key.verifier.id.hex() != rest.partition("+")[0]:
            raise KeyMalformed(text="the file", why="its hash does not fit")
        return key

    @property
    def verifier(self) -> VerifierKey:
        """The key with which others check."""
        public = _private_key(self.private).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def __str__(self) -> str:
        encoded = b64encode(bytes([self.kind]) + self.private).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{encoded}"

    def sign(self, text: str, time: int = 0) -> Signature:
        """Sign a text that ends with a line end; a cosignature says the time, in seconds."""
        key = _private_key(self.private)
        stamp = time.to_bytes(8) if self.kind == COSIGNATURE else b""
        message = _message(self.kind, time, text)
        return Signature(self.name, self.verifier.id, stamp + key.sign(message))


def _private_key(private: bytes) -> Ed25519PrivateKey:
    # Imported when a signature is made or checked: whoever only records facts need not wait for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private)


def _holds(public: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _message(kind: int, time: int, text: str) -> bytes:
    head = f"cosignature/v1\ntime {time}\n" if kind == COSIGNATURE else ""
    return (head + text).encode()


def _parts(kind: int, signature: bytes, text: str) -> tuple[int, bytes, bytes]:
    """The time, the 64 bytes and the message that they sign."""
    if kind != COSIGNATURE:
        return 0, signature, _message(kind, 0, text)
    time = int.from_bytes(signature[:8])
    return time, signature[8:], _message(kind, time, text)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = _decoded(encoded)
    if not line.startswith(_DASH) or not _name_is_valid(name) or data is None or len(data) < 5:
        raise NoteMalformed(why=f"{line[:60]!r} is not a signature")
    return Signature(name, data[:4], data[4:])


def _decoded(text: str) -> bytes | None:
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if b64encode(data).decode() == text else None


def _name_is_valid(name: str) -> bool:
    return bool(name) and _encodable(name) and not any(c.isspace() or c == "+" for c in name)


def _encodable(text: str) -> bool:
    """Whether it is UTF-8; arguments that are not arrive with surrogates."""
    return not any("\ud800" <= c <= "\udfff" for c in text)
