"""Notes, keys, checkpoints, proofs and requests as texts: what is written is read, the rest refused."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors.seal import KeyMalformed, NoteMalformed
from ledger.seal.checkpoint import AddCheckpoint, Checkpoint, Proof
from ledger.seal.merkle import EMPTY_ROOT
from ledger.seal.note import COSIGNATURE, ED25519, Note, Signature, SigningKey, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable

HASHES = st.binary(min_size=32, max_size=32)
SIZES = st.one_of(st.integers(0, 2**63 - 1), st.sampled_from([0, 1, 9, 10, 2**63 - 1]))
#: Whatever a file or an argument can hold: the latter also bytes that are not UTF-8, as surrogates.
ANYTHING = st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]))
NAMES = st.text(min_size=1, max_size=40).filter(
    lambda name: not any(c.isspace() or c == "+" or c < " " for c in name)
)
LINES = st.text(max_size=60).map(lambda line: "".join(c for c in line if c >= " "))
TEXTS = st.lists(LINES, min_size=1, max_size=6).map(lambda lines: "\n".join(lines) + "\n")
SIGNATURES = st.builds(
    Signature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=90)
)
NOTES = st.builds(Note, TEXTS, st.lists(SIGNATURES, min_size=1, max_size=4).map(tuple))
HEADS = st.builds(Checkpoint, NAMES, SIZES, HASHES)
SIGNED_HEADS = st.builds(
    lambda head, signatures: Note(str(head), tuple(signatures)),
    HEADS,
    st.lists(SIGNATURES, min_size=1, max_size=3),
)
PATHS = st.lists(HASHES, max_size=63).map(tuple)
PROOFS = st.builds(Proof, SIZES, PATHS, SIGNED_HEADS)
REQUESTS = st.builds(AddCheckpoint, SIZES, PATHS, SIGNED_HEADS)
KEYS = st.builds(SigningKey, NAMES, st.sampled_from([ED25519, COSIGNATURE]), HASHES)

LOG = SigningKey("ledger.example/site-a", ED25519, bytes([7]) * 32)
HEAD = Checkpoint(LOG.name, 300, EMPTY_ROOT)
NOTE = Note(str(HEAD), (LOG.sign(str(HEAD)),))
PROOF = Proof(12, (EMPTY_ROOT, bytes(32)), NOTE)
REQUEST = AddCheckpoint(12, (EMPTY_ROOT, bytes(32)), NOTE)

READERS: list[tuple[Callable[[str], Any], str]] = [
    (Note.parse, str(NOTE)),
    (Checkpoint.parse, str(HEAD)),
    (Proof.parse, str(PROOF)),
    (AddCheckpoint.parse, str(REQUEST)),
    (VerifierKey.parse, str(LOG.verifier)),
    (SigningKey.parse, str(LOG)),
]


@given(NOTES)
def test_a_note_that_is_written_is_read(note: Note) -> None:
    assert Note.parse(str(note)) == note


@given(HEADS)
def test_a_checkpoint_that_is_written_is_read(head: Checkpoint) -> None:
    assert Checkpoint.parse(str(head)) == head


@given(PROOFS)
def test_a_proof_that_is_written_is_read(proof: Proof) -> None:
    assert Proof.parse(str(proof)) == proof


@given(REQUESTS)
def test_a_request_that_is_written_is_read(request: AddCheckpoint) -> None:
    assert AddCheckpoint.parse(str(request)) == request


@given(KEYS, TEXTS, st.integers(1, 2**63))
def test_a_key_that_is_written_is_read_and_what_it_signs_holds(
    key: SigningKey, text: str, time: int
) -> None:
    assert SigningKey.parse(str(key)) == key
    verifier = VerifierKey.parse(str(key.verifier))
    assert verifier == key.verifier
    note = Note.parse(str(Note(text, (key.sign(text, time),))))
    assert verifier.verify(note) == (time if key.kind == COSIGNATURE else 0)
    assert verifier.verify(Note(f"{text}.\n", note.signatures)) is None


@pytest.mark.parametrize("reader", range(len(READERS)), ids=lambda at: READERS[at][0].__qualname__)
@settings(max_examples=400)
@given(data=st.data())
def test_what_is_malformed_is_refused_by_name(reader: int, data: st.DataObject) -> None:
    """Anything at all, and good texts with a piece cut out, doubled or replaced."""
    parse, good = READERS[reader]
    first = data.draw(st.integers(0, len(good)))
    last = data.draw(st.integers(first, len(good)))
    piece = data.draw(
        st.sampled_from(["", good[first:last] * 2, "\n", " ", "0", "9" * 5_000]) | ANYTHING
    )
    text = data.draw(ANYTHING | st.just(good[:first] + piece + good[last:]))
    try:
        read = parse(text)
    except (NoteMalformed, KeyMalformed) as error:
        assert error.sentence
        return
    assert isinstance(str(read), str)
    if isinstance(read, Note):
        assert str(read) == text
        LOG.verifier.verify(read)
    elif isinstance(read, Proof | AddCheckpoint):
        LOG.verifier.verify(read.note)
        assert "extra " in text or str(read) == text
    elif isinstance(read, VerifierKey):
        read.verify(NOTE)
        assert str(read) == text.strip()


@given(NAMES, st.binary(max_size=100), st.sampled_from([ED25519, COSIGNATURE]), HASHES, TEXTS)
def test_a_signature_of_any_bytes_does_not_hold(
    name: str, signature: bytes, kind: int, public: bytes, text: str
) -> None:
    """Neither with a public key that is no point of the curve."""
    key = VerifierKey(name, kind, public)
    assert key.verify(Note(text, (Signature(name, key.id, signature),))) is None


@pytest.mark.parametrize(
    "line",
    [
        "", "-1", "01", "+1", "1 ", " 1", "1_0", "1.0", "0x1", "١", "9" * 5_000,
        str(2**63),
    ],
)  # fmt: skip
def test_a_size_is_written_in_one_way(line: str) -> None:
    """C2SP `tlog-checkpoint`: a decimal without leading zeros."""
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(str(HEAD).replace("\n300\n", f"\n{line}\n"))
    with pytest.raises(NoteMalformed):
        Proof.parse(str(PROOF).replace("index 12\n", f"index {line}\n"))
    with pytest.raises(NoteMalformed):
        AddCheckpoint.parse(str(REQUEST).replace("old 12\n", f"old {line}\n"))


def test_a_hash_is_written_in_one_way() -> None:
    """Base64 has spare bits at the end of 32 bytes: all but one spelling are refused."""
    good = b64encode(EMPTY_ROOT).decode()
    others = [
        good[:-2] + chr(ord(good[-2]) + 1) + "=",
        good.removesuffix("="),
        good.replace("+", "-").replace("/", "_") if set("+/") & set(good) else good + "=",
        f" {good}",
        b64encode(EMPTY_ROOT[:31]).decode(),
        b64encode(EMPTY_ROOT + b"\0").decode(),
    ]
    for other in others:
        for parse, text in ((Checkpoint.parse, str(HEAD)), (Proof.parse, str(PROOF))):
            with pytest.raises(NoteMalformed):
                parse(text.replace(good, other, 1))


def test_a_proof_may_say_something_more_before_its_index() -> None:
    """C2SP `tlog-proof` has one optional line of extra data."""
    first, rest = str(PROOF).split("\n", 1)
    assert Proof.parse(f"{first}\nextra c29tZXRoaW5n\n{rest}") == PROOF
    for lines in ("extra a\nextra b", "EXTRA a", "extra"):
        with pytest.raises(NoteMalformed):
            Proof.parse(f"{first}\n{lines}\n{rest}")


def test_a_proof_has_at_most_63_hashes() -> None:
    for parse, text in ((Proof.parse, str(PROOF)), (AddCheckpoint.parse, str(REQUEST))):
        hash = f"{b64encode(bytes(32)).decode()}\n"
        assert len(parse(text.replace(hash, hash * 62)).path) == 63
        with pytest.raises(NoteMalformed):
            parse(text.replace(hash, hash * 63))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n\n— ", "\n— "),
        ("\n\n— ", "\n\n- "),
        ("\n\n— ", "\n\n—  "),
        ("\n\n— ", "\n\n—\u00a0"),
        ("site-a ", "site-a  "),
        ("site-a ", "site-a\t"),
        ("site-a 6", "site+a 6"),
        ("— ledger.example/site-a ", "— "),
        ("\n300\n", "\n300\r\n"),
        ("\n300\n", "\n300\x00\n"),
        ("=\n\n", "=\n\ud800\n\n"),
    ],
)
def test_a_note_that_is_not_one(before: str, after: str) -> None:
    assert before in str(NOTE)
    with pytest.raises(NoteMalformed):
        Note.parse(str(NOTE).replace(before, after))


def test_a_note_without_its_last_line_end_or_its_signatures_is_not_one() -> None:
    for text in (str(NOTE)[:-1], NOTE.text, f"{NOTE.text}\n", "", "\n\n", "\n\n\n"):
        with pytest.raises(NoteMalformed):
            Note.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "x+", "x+00000000+", "ledger.example/site-a+eaa8ea94",
        str(LOG.verifier).replace("eaa8ea94", "eaa8ea95"),
        str(LOG.verifier).replace("eaa8ea94", "EAA8EA94"),
        str(LOG.verifier).replace("site-a", "site-b"),
        str(LOG.verifier).replace("site-a", "site a"),
        str(LOG.verifier).replace("site-a", "site\udcff"),
        str(LOG.verifier)[:-4], f"{LOG.verifier}AAAA",
        str(VerifierKey("a", 2, bytes(32))),
    ],
)  # fmt: skip
def test_a_verifier_key_that_is_not_one(text: str) -> None:
    with pytest.raises(KeyMalformed):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", str(LOG.verifier), str(LOG)[:-4], str(LOG).replace("eaa8ea94", "eaa8ea95"),
        str(LOG).replace("site-a", "site-b"), str(LOG).replace("site-a", "\udcff"),
        "PRIVATE+KEY+x",
    ],
)  # fmt: skip
def test_a_private_key_that_is_not_one_is_not_shown(text: str) -> None:
    with pytest.raises(KeyMalformed) as caught:
        SigningKey.parse(text)
    assert "BwcHBw" not in str(caught.value)
