"""So much of an id as makes it the only one is enough, wherever a command takes an id or a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.references import thing_named
from cli.session import Session
from cli.world import World

if TYPE_CHECKING:
    from tests.cli.conftest import Office

IDS = ("INC-ONE", "SIT-ASHRAF", "SIT-HURRIYA", "MOV-H1-16", "MOV-H1-24")


@settings(max_examples=60)
@given(id=st.sampled_from(IDS), data=st.data())
def test_every_beginning_that_one_id_has_names_it_and_any_other_is_refused(
    camp: Office, id: str, data: st.DataObject
) -> None:
    typed = id[: data.draw(st.integers(1, len(id)))]
    typed = data.draw(st.sampled_from([typed, typed.lower()]))
    meant = [one for one in IDS if one.startswith(typed.upper())]
    answer = camp(["show", typed, "-f", "json"])
    if len(meant) == 1:
        assert answer.json["asked"]["id"] == meant[0]
    else:
        assert (answer.code, answer.error["code"]) == (2, "E5021")
        assert all(one in answer.err for one in meant)


def test_every_command_takes_the_beginning_of_an_id(camp: Office) -> None:
    camp.write("photo.jpg", b"x")
    for line in (
        "record incident claimed inc --claimant unhcr --killed 6",
        "record incident closed INC-O --expect inc/3",
        "correct inc/2 --set killed=6 --reason x",
        "assess inc-o/2 --status disputed --basis x",
        "retract inc/3 --reason x",
        "attach INC/2 photo.jpg",
        "checkpoint",
        "prove inc/2 -o proof",
        "record observation made --category water --text x --incident inc",
        "record incident reopened inc --reason x",
    ):
        camp.ok(line)
    assert camp.ok("show inc -f json").rows[-1]["fact"] == "INC-ONE/8"
    assert [row["incident"] for row in camp.query("observations")] == ["INC-ONE"]
    assert len(camp.query("claims --incident inc")) == 1


def test_an_id_that_is_whole_wins_over_longer_ones(camp: Office) -> None:
    camp.ok("record incident opened INC-ONE-2 --site hurriya --kind attack --title x")
    assert camp.ok("show inc-one -f json").json["asked"]["id"] == "INC-ONE"
    assert "INC-ONE, INC-ONE-2 [E5021]" in camp("show INC-ON").err


def test_a_new_id_is_never_the_beginning_of_another(camp: Office) -> None:
    camp.ok("record incident opened INC-ON --site hurriya --kind attack --title x")
    assert camp.ok("show INC-ON -f json").rows[0]["title"] == "x"
    pledged = "--donor DEU --money '5 USD' --fund relocation --reason x --at 2013"
    receipt = camp.ok(f"record fund received FND-X1 {pledged} -f json").json
    camp.ok(f"record fund received FND-X {pledged}")
    assert receipt["id"] == "FND-X1"


def test_ids_of_another_family_are_not_meant(camp: Office) -> None:
    answer = camp("record incident claimed SIT-HUR --claimant x --killed 5")
    assert (answer.code, "[E3001]" in answer.err) == (4, True)
    camp.ok("record incident claimed I --claimant x --killed 5")


def test_no_more_than_five_ids_are_named(camp: Office) -> None:
    for _ in range(7):
        camp.ok("record incident opened --site hurriya --kind attack --title x")
    answer = camp("show INC-H1 -f json")
    assert answer.error["message"].count("INC-H1-") == 5
    assert answer.error["message"].endswith(", ...")


@pytest.mark.parametrize("text", ["", "%", "_NC-ONE", "حریه", "\ud800", "I\0", "INC-ONE/2/3"])
def test_what_no_id_begins_with_is_left_as_it_is(camp: Office, text: str) -> None:
    world = World(environment=camp.environment, folder=str(camp.folder))
    assert thing_named(Session(world, {}), text) == text
