"""What other hands do to a sealed ledger with sqlite3 or an editor, and what `verify` says of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ledger.seal.note import ED25519, Note, SigningKey

if TYPE_CHECKING:
    from tests.cli.seal.conftest import Sealed

CLAIM = "INC-ASHRAF-2011-04-08/3"  # in the middle of its stream
OF_CLAIM = "WHERE originator_id = 'INC-ASHRAF-2011-04-08' AND originator_version = 3"
ALONE = "MOV-PR-128/1"  # the only fact of its thing
OF_ALONE = "WHERE originator_id = 'MOV-PR-128'"
CLOSE_UP = """
    UPDATE stored_events SET position = -position WHERE position > {at};
    UPDATE stored_events SET position = -position - 1 WHERE position < 0;
"""


class Deed(NamedTuple):
    """What is done to the database, the kinds of fault, and what is said of which fact."""

    name: str
    sql: str
    kinds: set[str]
    fact: str | None
    text: str


DEEDS = [
    Deed(
        "a figure in a state is edited",
        f"UPDATE stored_events SET state = CAST(replace(state, 'killed', 'injured') AS BLOB) {OF_CLAIM}",
        {"altered", "root"}, CLAIM, "is not what was sealed",
    ),
    Deed(
        "one blank is added to a state",
        f"UPDATE stored_events SET state = CAST(replace(state, ',', ', ') AS BLOB) {OF_CLAIM}",
        {"altered", "root"}, CLAIM, "is not what was sealed",
    ),
    Deed(
        "a state is stored as text",
        f"UPDATE stored_events SET state = CAST(state AS TEXT) {OF_CLAIM}",
        {"altered"}, CLAIM, "another type of value",
    ),
    Deed(
        "a state is no JSON any more",
        f"UPDATE stored_events SET state = CAST('[' AS BLOB) {OF_CLAIM}",
        {"misfiled", "altered", "root"}, CLAIM, "nothing readable",
    ),
    Deed(
        "a topic is changed",
        f"UPDATE stored_events SET topic = 'incident.closed/1' {OF_CLAIM}",
        {"altered", "root"}, CLAIM, "is not what was sealed",
    ),
    Deed(
        "a topic is made up",
        f"UPDATE stored_events SET topic = 'incident.claimed/99' {OF_CLAIM}",
        {"unknown_topic", "altered", "root"}, CLAIM, "'incident.claimed/99' is not a kind of fact",
    ),
    Deed(
        "an id is changed",
        f"UPDATE stored_events SET originator_id = 'MOV-PR-999' {OF_ALONE}",
        {"misfiled", "altered", "root"}, "MOV-PR-999/1", "its state says that it is MOV-PR-128/1",
    ),
    Deed(
        "a version is changed",
        f"UPDATE stored_events SET originator_version = 2 {OF_ALONE}",
        {"version_gap", "misfiled", "altered", "root"}, "MOV-PR-128/2", "it was MOV-PR-128/1",
    ),
    Deed(
        "a version is no number",
        f"UPDATE stored_events SET originator_version = 'x' {OF_CLAIM}",
        {"version_gap", "misfiled", "altered", "root"}, "INC-ASHRAF-2011-04-08/x", CLAIM,
    ),
    Deed(
        "a version leaves a gap, in its state too",
        f"""UPDATE stored_events SET originator_version = 2,
            state = CAST(replace(state, '"version":1', '"version":2') AS BLOB) {OF_ALONE}""",
        {"version_gap", "altered", "root"}, "MOV-PR-128/2", "before it is number 0",
    ),
    Deed(
        "a uuid is another fact's",
        f"""UPDATE stored_events SET state = CAST(replace(state, substr(state, instr(state, 'uuid')),
            (SELECT substr(state, instr(state, 'uuid')) FROM stored_events {OF_CLAIM})) AS BLOB)
            {OF_ALONE}""",
        {"duplicate_uuid", "altered", "root"}, ALONE, "another fact has the same uuid",
    ),
    Deed(
        "a fact in the middle is deleted",
        f"DELETE FROM stored_events {OF_CLAIM}",
        {"position", "version_gap", "missing", "rolled_back"},
        "INC-ASHRAF-2011-04-08/4", "the newest fact of INC-ASHRAF-2011-04-08 before it is number 2",
    ),
    Deed(
        "a fact is deleted and the others close up",
        f"DELETE FROM stored_events {OF_ALONE};" + CLOSE_UP,
        {"missing", "rolled_back"}, None, "after it came MOV-PR-129/1",
    ),
    Deed(
        "the last fact is deleted",
        "DELETE FROM stored_events WHERE position = (SELECT MAX(position) FROM stored_events)",
        {"missing_tail", "rolled_back"}, None, "were sealed and are not there",
    ),
    Deed(
        "all facts are deleted",
        "DELETE FROM stored_events",
        {"missing_tail", "rolled_back"}, None, "facts 1 to",
    ),
    Deed(
        "a fact is put in between",
        """UPDATE stored_events SET position = -position WHERE position > {at};
           UPDATE stored_events SET position = -position + 1 WHERE position < 0;
           INSERT INTO stored_events SELECT {at} + 1, 'MOV-NEW', 1, topic,
           CAST(replace(replace(state, 'MOV-PR-128', 'MOV-NEW'), '"uuid":"', '"uuid":"0') AS BLOB)
           FROM stored_events """ + OF_ALONE,
        {"inserted", "root"}, "MOV-NEW/1", "a fact that was never sealed lies at",
    ),
    Deed(
        "two facts change places",
        """UPDATE stored_events SET position = -1 WHERE position = {at};
           UPDATE stored_events SET position = {at} WHERE position = {at} + 1;
           UPDATE stored_events SET position = {at} + 1 WHERE position = -1""",
        {"reordered", "root"}, "MOV-PR-129/1", "lies the fact that was sealed at",
    ),
    Deed(
        "the table is gone",
        "DROP TABLE stored_events",
        {"unreadable", "rolled_back"}, None, "no such table",
    ),
]  # fmt: skip


def test_the_demo_is_sealed_and_nothing_was_altered(sealed: Sealed) -> None:
    answer = sealed.ok("verify")
    facts = len(sealed.rows())
    first, vouched, limits = answer.out.splitlines()
    assert first == f"{facts} facts read, {facts} sealed, 0 not yet: nothing was altered"
    assert vouched.strip().startswith("vigil/")
    assert "not that a fact is true" in limits
    report = sealed.ok("verify --deep -f json").json
    assert (report["faults"], report["unsealed"]) == ([], 0)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_what_is_done_to_the_database_is_named(sealed: Sealed, deed: Deed) -> None:
    sealed.sql(deed.sql.replace("{at}", str(sealed.position_of(ALONE))))
    answer = sealed("verify -f json")
    assert (answer.code, answer.err) == (13, "")
    faults = answer.json["faults"]
    assert {fault["kind"] for fault in faults} == deed.kinds
    assert any(f["fact"] == deed.fact and deed.text in f["text"] for f in faults), faults
    told = sealed("verify")
    assert (told.code, told.err) == (13, "")
    assert deed.text in told.out
    assert told.out.splitlines()[0].endswith(" faults")


@pytest.mark.parametrize(
    "state",
    [
        "[]", "1", "null", '"x"', "{}", '{"id":1}', '{"id":"x","version":1,"uuid":[],"of":"x"}',
        '{"id":"x","version":' + "9" * 5_000 + ',"uuid":"x","of":1}', "[" * 100_000, "\x00",
        '{"a":1,"residents":7,"into":[],"of":true,"file":"x","movement":{}}',
        '{"a":1,"file":{"sha256":["x"]}}',
    ],
    ids=range(12),
)  # fmt: skip
def test_a_state_of_any_content_is_a_fault_and_no_traceback(sealed: Sealed, state: str) -> None:
    sealed.sql(
        f"UPDATE stored_events SET state = CAST('{state}' AS BLOB), topic = 'fact.corrected/1' {OF_CLAIM}"
        if "\x00" not in state
        else f"UPDATE stored_events SET state = x'00ff' {OF_CLAIM}"
    )
    for line in ("verify", "verify --deep"):
        answer = sealed(line)
        assert (answer.code, answer.err) == (13, "")
        assert CLAIM in answer.out


def test_many_faults_are_counted_and_the_first_are_told(sealed: Sealed) -> None:
    sealed.sql("UPDATE stored_events SET topic = 'site.closed/1'")
    lines = sealed("verify").out.splitlines()
    count = len(sealed.rows()) + 1  # each fact that is no site.closed, and the root
    assert lines[0].endswith(f"{count} faults")
    assert f"and {count - 20} more" in lines


def test_what_was_not_yet_sealed_is_not_proved(sealed: Sealed) -> None:
    """The report says how many facts that are: nothing tells that one of them was removed."""
    sealed.move("ONE")
    sealed.move("TWO")
    answer = sealed.ok("verify")
    assert " 2 not yet: nothing was altered" in answer.out
    assert "nor anything after the last" in answer.out
    sealed.sql(
        "DELETE FROM stored_events WHERE position = (SELECT MAX(position) FROM stored_events)"
    )
    assert " 1 not yet: nothing was altered" in sealed.ok("verify").out


# What is kept outside the database ---------------------------------------------------------------


def test_a_note_that_was_edited_is_forged(sealed: Sealed) -> None:
    note = sealed.note
    text = note.read_text("utf-8")
    root = text.splitlines()[2]
    for other in (
        text.replace(root, "A" + root[1:] if root[0] != "A" else "B" + root[1:]),
        text.replace(f"\n{note.stem}\n", f"\n{int(note.stem) - 1}\n"),
        text.replace("vigil/", "vigil/0"),
        text[:-10],
        "",
        "\udcff",
    ):
        note.write_text(other, "utf-8", "surrogateescape")
        answer = sealed("verify -f json")
        assert answer.code == 13
        faults = answer.json["faults"]
        assert {fault["kind"] for fault in faults} == {"forged_note"}
        assert f"checkpoints/{note.stem}.note" in faults[0]["text"]
        assert answer.json["sealed"] == 0


def test_a_note_by_another_key_of_the_same_name_is_forged(sealed: Sealed) -> None:
    text = Note.parse(sealed.note.read_text("utf-8")).text
    other = SigningKey.new(text.splitlines()[0], ED25519)
    sealed.note.write_text(str(Note(text, (other.sign(text),))), "utf-8")
    answer = sealed("verify")
    assert answer.code == 13
    assert "is not signed by this log's key" in answer.out


def test_a_note_under_another_size_is_forged(sealed: Sealed) -> None:
    shutil.copy(sealed.note, sealed.checkpoints / "3.note")
    answer = sealed("verify")
    assert answer.code == 13
    assert "forged_note: the ledger: checkpoints/3.note" in answer.out


def test_files_that_are_no_notes_are_left_alone(sealed: Sealed) -> None:
    for name in ("x.note", "007.note", "٣.note", "-1.note", ".1.note.77", "1e3.note"):
        (sealed.checkpoints / name).write_text("x", "utf-8")
    sealed.ok("verify")


def test_a_key_beside_the_notes_that_was_lost_or_damaged_is_a_fault(sealed: Sealed) -> None:
    vkey = sealed.checkpoints / "vkey"
    for damage in (b"x", b"\xff", b""):
        vkey.write_bytes(damage)
        answer = sealed("verify")
        assert (answer.code, answer.err) == (13, "")
        assert "forged_note" in answer.out
    vkey.unlink()
    assert sealed("verify").code == 13


def test_leaf_hashes_that_were_edited_are_a_fault_of_theirs_alone(sealed: Sealed) -> None:
    """The facts still have the root that was signed, so no fact is accused."""
    leaves = sealed.checkpoints / "leaves"
    data = bytearray(leaves.read_bytes())
    data[100] ^= 1
    leaves.write_bytes(data)
    answer = sealed("verify -f json")
    assert answer.code == 13
    assert [fault["kind"] for fault in answer.json["faults"]] == ["evidence"]
    assert "the facts are those of the checkpoint" in answer.json["faults"][0]["text"]
    sealed.move("ONE")
    refused = sealed("checkpoint -f json")
    assert (refused.code, refused.error["code"]) == (13, "E6004")


@pytest.mark.parametrize("kept", [None, 0, 32, -32, -1])
def test_leaf_hashes_that_were_cut_short_are_a_fault(sealed: Sealed, kept: int | None) -> None:
    leaves = sealed.checkpoints / "leaves"
    data = leaves.read_bytes()
    if kept is None:
        leaves.unlink()
    else:
        leaves.write_bytes(data[:kept])
    answer = sealed("verify")
    assert (answer.code, answer.err) == (13, "")
    assert "evidence: the ledger: checkpoints/leaves" in answer.out
    for line in ("record movement made --from ashraf --to hurriya --count 1", "checkpoint",
                 f"prove {ALONE}", "export tiles -o tiles"):  # fmt: skip
        refused = sealed(f"{line} -f json")
        assert (refused.code, refused.error["code"]) == (13, "E6004"), line
        assert "checkpoints/leaves" in refused.error["message"]


def test_a_fact_that_was_altered_is_not_proved(sealed: Sealed) -> None:
    sealed.sql(f"UPDATE stored_events SET topic = 'incident.closed/1' {OF_CLAIM}")
    answer = sealed(f"prove {CLAIM} -f json")
    assert (answer.code, answer.error["code"]) == (13, "E6004")
    assert f"{CLAIM} is not what was sealed" in answer.error["message"]
    sealed.ok(f"prove {ALONE}")


# An older copy -----------------------------------------------------------------------------------


def test_an_older_copy_in_its_place_is_refused_for_writing_and_named(sealed: Sealed) -> None:
    older = (sealed.folder / "ledger.db").read_bytes()
    facts = len(sealed.rows())
    sealed.move("ONE")
    sealed.ok("checkpoint")
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (sealed.folder / left).unlink(missing_ok=True)
    (sealed.folder / "ledger.db").write_bytes(older)

    for line in ("record movement made --from ashraf --to hurriya --count 1 --key TWO",
                 f"retract {ALONE} --reason x", "checkpoint"):  # fmt: skip
        refused = sealed(f"{line} -f json")
        assert (refused.code, refused.error["code"]) == (13, "E6003"), line
        assert f"{facts} facts, and {facts + 1} were sealed" in refused.error["message"]
        assert "restore the newest one, then vigil verify" in refused.error["hint"]
    assert len(sealed.rows()) == facts
    answer = sealed("verify")
    assert answer.code == 13
    assert (
        f"rolled_back: the ledger: {facts} facts are there, and {facts + 1} were sealed"
        in answer.out
    )


def test_an_older_copy_that_grew_again_is_another_log(sealed: Sealed) -> None:
    """As many facts as were sealed, but not the same: writing is refused, the fact named."""
    older = (sealed.folder / "ledger.db").read_bytes()
    sealed.move("ONE")
    sealed.ok("checkpoint")
    kept = sealed.folder / "kept"
    sealed.checkpoints.rename(kept)
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (sealed.folder / left).unlink(missing_ok=True)
    (sealed.folder / "ledger.db").write_bytes(older)
    sealed.move("TWO")
    kept.rename(sealed.checkpoints)

    refused = sealed("record movement made --from ashraf --to hurriya --count 1 -f json")
    assert (refused.code, refused.error["code"]) == (13, "E6004")
    answer = sealed("verify")
    assert answer.code == 13
    assert "altered: MOV-TWO/1: fact " in answer.out
