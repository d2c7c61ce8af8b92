"""Evidence files: kept by their hash, named by a fact, hashed again when the ledger is verified."""

from __future__ import annotations

import stat
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Office


@pytest.fixture
def photograph(camp: Office) -> Path:
    path = camp.folder / "photograph.jpg"
    path.write_bytes(b"\xff\xd8 not really one")
    return path


def kept(camp: Office) -> list[Path]:
    return sorted((camp.folder / "evidence").iterdir())


def test_a_file_is_kept_by_its_hash_for_its_owner_alone(camp: Office, photograph: Path) -> None:
    camp.ok("attach INC-ONE/2 photograph.jpg")
    (file,) = kept(camp)
    assert file.name == sha256(photograph.read_bytes()).hexdigest()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = camp.ok("log --fact evidence.attached -f json").json["rows"]
    assert row["to"] == "INC-ONE/2"
    assert row["file"] == {
        "name": "photograph.jpg",
        "sha256": file.name,
        "bytes": 17,
        "media_type": "image/jpeg",
    }


def test_the_same_file_again_is_already_recorded(camp: Office, photograph: Path) -> None:
    camp.ok("attach INC-ONE/2 photograph.jpg")
    before = camp.position
    assert camp.ok("attach INC-ONE/2 photograph.jpg -f json").json["already"] is True
    assert camp.position == before


def test_verify_names_a_file_that_is_missing_or_changed(camp: Office, photograph: Path) -> None:
    camp.ok("attach INC-ONE/2 photograph.jpg")
    camp.ok("verify")
    (file,) = kept(camp)
    file.write_bytes(b"another picture")
    changed = camp("verify -f json")
    assert changed.code == 13
    assert [fault["kind"] for fault in changed.json["faults"]] == ["evidence_changed"]
    file.unlink()
    missing = camp("verify")
    assert missing.code == 13
    assert "photograph.jpg is not in evidence/" in missing.out


def test_who_retracts_an_attachment_answers_for_its_file(camp: Office, photograph: Path) -> None:
    attached = camp.ok("attach INC-ONE/2 photograph.jpg -f json").json["fact"]
    (file,) = kept(camp)
    file.unlink()
    told = camp("verify")
    assert told.code == 13
    assert "put it back, or retract" in told.out
    taken_back = camp.ok(["retract", attached, "--reason", "lost in the fire"])
    camp.ok("verify")
    camp.ok(["retract", taken_back.out.split()[1], "--reason", "it is to be found again"])
    assert camp("verify").code == 13


def test_a_file_over_the_limit_is_refused_and_not_kept(camp: Office, photograph: Path) -> None:
    with (camp.folder / "vigil.toml").open("a") as settings:
        settings.write("evidence_megabytes = 0.000001\n")
    answer = camp("attach INC-ONE/2 photograph.jpg")
    assert answer.code == 4
    assert "[E3832]" in answer.err
    assert not (camp.folder / "evidence").exists()


def test_a_fact_that_is_not_there_has_no_evidence(camp: Office, photograph: Path) -> None:
    before = camp.position
    assert "[E3201]" in camp("attach INC-ONE/99 photograph.jpg").err
    assert camp.position == before


def test_a_dry_run_keeps_nothing(camp: Office, photograph: Path) -> None:
    camp.ok("attach INC-ONE/2 photograph.jpg --dry-run")
    assert not (camp.folder / "evidence").exists()


def test_a_file_that_cannot_be_read_is_named(camp: Office) -> None:
    answer = camp("attach INC-ONE/2 nowhere.pdf")
    assert answer.code == 2
    assert "[E1010]" in answer.err
