"""Corrections against knowledge times: what is refused, and which fact the refusal names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.errors import VigilError
from ledger.errors.rules import CorrectionInvalid
from ledger.history import effective
from ledger.values.when import When
from tests.conftest import tell

if TYPE_CHECKING:
    from ledger.application import Ledger

CLAIM = """
incident opened INC-A --site hurriya --kind attack --title x --received 2013-02-09
incident claimed INC-A --claimant press --killed 5 --received 2013-02-10
"""


def as_known(ledger: Ledger, id: str, day: str) -> list[dict[str, object]]:
    at = When.parse(day).settle("UTC").latest
    return [fact.said for fact in effective(ledger.history(id), at)]


def test_a_correction_that_leaves_an_earlier_reading_invalid_names_what_to_retract(
    ledger: Ledger,
) -> None:
    tell(ledger, CLAIM)
    tell(ledger, "fact corrected INC-A --of 2 --set injured=3 --reason x --received 2013-02-20")
    with pytest.raises(CorrectionInvalid) as caught:
        tell(ledger, "fact corrected INC-A --of 2 --set killed= --reason x --received 2013-02-15")
    assert caught.value.code == "E3205"
    assert caught.value.field == "set"
    assert caught.value.details["target"] == "INC-A/2"
    assert caught.value.details["at"].startswith("2013-02-15T")
    assert caught.value.cure == "give it a received from which on it holds"


def test_a_correction_that_a_later_one_makes_invalid_names_the_later_one(ledger: Ledger) -> None:
    tell(ledger, CLAIM)
    tell(
        ledger,
        """
        fact corrected INC-A --of 2 --set injured=3 --reason x --received 2013-02-11
        fact corrected INC-A --of 2 --set killed= --reason x --received 2013-02-20
    """,
    )
    with pytest.raises(CorrectionInvalid) as caught:
        tell(ledger, "fact corrected INC-A --of 2 --set injured= --set killed=6 --reason x"
                     " --received 2013-02-15")  # fmt: skip
    assert caught.value.cure == "retract INC-A/4 first"
    assert caught.value.details["at"].startswith("2013-02-20T")


def test_the_retraction_of_a_correction_that_others_need_names_them(ledger: Ledger) -> None:
    tell(ledger, CLAIM)
    tell(
        ledger,
        """
        fact corrected INC-A --of 2 --set injured=3 --reason x --received 2013-02-11
        fact corrected INC-A --of 2 --set killed= --reason x --received 2013-02-12
    """,
    )
    with pytest.raises(CorrectionInvalid) as caught:
        tell(ledger, "fact retracted INC-A --of 3 --reason x --received 2013-02-13")
    assert caught.value.field == "of"
    assert caught.value.cure == "retract INC-A/4 first"
    tell(ledger, "fact retracted INC-A --of 4 --reason x --received 2013-02-13")
    tell(ledger, "fact retracted INC-A --of 3 --reason x --received 2013-02-13")


def test_a_correction_is_refused_by_a_mirror_of_its_own_movement(ledger: Ledger) -> None:
    tell(
        ledger,
        """
        movement made MOV-A --from ashraf --to hurriya --count 5 --received 2013-02-09
        fact corrected MOV-A --of 1 --set from=outside --reason x --received 2013-02-20
    """,
    )
    with pytest.raises(CorrectionInvalid) as caught:
        tell(ledger, "fact corrected MOV-A --of 1 --set to=ashraf --reason x --received 2013-02-15")
    assert caught.value.details["why"] == "from and to are both ashraf"


def test_a_corrected_time_is_valid_at_every_knowledge_time(ledger: Ledger) -> None:
    tell(
        ledger,
        """
        movement made MOV-A --from ashraf --to hurriya --count 5 --received 2013-02-09
        fact corrected MOV-A --of 1 --set occurred=2013-02-07 --reason x --received 2013-02-20
        """,
    )
    with pytest.raises(VigilError) as caught:
        tell(ledger, "fact corrected MOV-A --of 1 --set occurred=2014 --reason x")
    assert caught.value.code == "E3101"


def test_a_correction_reads_from_its_receipt_on(ledger: Ledger) -> None:
    tell(ledger, CLAIM)
    tell(ledger, "fact corrected INC-A --of 2 --set killed=6 --reason x --received 2013-02-15")
    assert as_known(ledger, "INC-A", "2013-02-14")[1]["killed"] == "5"
    assert as_known(ledger, "INC-A", "2013-02-15")[1]["killed"] == "6"
    assert ledger.history("INC-A")[1].said["killed"] == "5"


def test_the_correction_received_last_counts_not_the_one_recorded_last(ledger: Ledger) -> None:
    tell(ledger, CLAIM)
    tell(
        ledger,
        """
        fact corrected INC-A --of 2 --set killed=8 --reason x --received 2013-02-20
        fact corrected INC-A --of 2 --set killed=7 --reason x --received 2013-02-15
    """,
    )
    readings = [as_known(ledger, "INC-A", day)[1]["killed"] for day in
                ("2013-02-14", "2013-02-15", "2013-02-20")]  # fmt: skip
    assert readings == ["5", "7", "8"]


def test_an_earlier_correction_that_a_later_one_hides_now_still_changes_what_was_known(
    ledger: Ledger,
) -> None:
    tell(ledger, CLAIM)
    tell(
        ledger,
        """
        fact corrected INC-A --of 2 --set killed=8 --reason x --received 2013-02-20
        fact corrected INC-A --of 2 --set killed=8 --reason x --received 2013-02-15
    """,
    )
    assert as_known(ledger, "INC-A", "2013-02-16")[1]["killed"] == "8"


def test_retracting_a_retraction_restores(ledger: Ledger) -> None:
    tell(ledger, CLAIM)
    tell(
        ledger,
        """
        fact retracted INC-A --of 2 --reason x --received 2013-02-11
        fact retracted INC-A --of 3 --reason x --received 2013-02-12
    """,
    )
    known = {day: len(as_known(ledger, "INC-A", day)) for day in
             ("2013-02-09", "2013-02-10", "2013-02-11", "2013-02-12")}  # fmt: skip
    assert known == {"2013-02-09": 1, "2013-02-10": 2, "2013-02-11": 1, "2013-02-12": 2}


def test_a_corrected_value_is_stored_canonical(ledger: Ledger) -> None:
    tell(ledger, "movement made MOV-A --from outside --to hurriya --count 5 --occurred 2012-02-18")
    (receipt,) = tell(
        ledger,
        "fact corrected MOV-A --of 1 --set from='Camp Ashraf' --set count=٦ "
        "--set occurred='2012-02-17 05:00' --set mode= --reason x",
    )
    assert receipt.entry.said["set"] == {
        "from": "ashraf", "count": "6", "occurred": "2012-02-17T05:00+03:00", "mode": None,
    }  # fmt: skip


def test_a_single_new_alias_is_stored_as_a_list(ledger: Ledger) -> None:
    (receipt,) = tell(ledger, "fact corrected SIT-HURRIYA --of 1 --set aliases=TTL --reason x")
    assert receipt.entry.said["set"] == {"aliases": ["TTL"]}
    assert effective(ledger.history("SIT-HURRIYA"))[0].said["aliases"] == ["TTL"]
    tell(ledger, "movement made --from ashraf --to ttl --count 5")


def test_a_part_of_the_source_is_corrected_and_the_rest_stays(ledger: Ledger) -> None:
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --source-name S
        fact corrected INC-A --of 1 --set source-grade=b2 --reason x
        fact corrected INC-A --of 1 --set source-grade=c3 --reason x
    """,
    )
    assert effective(ledger.history("INC-A"))[0].said["source"] == {"name": "S", "grade": "C3"}
    tell(ledger, "fact corrected INC-A --of 1 --set source-grade= --set source-name= --reason x")
    assert "source" not in effective(ledger.history("INC-A"))[0].said


def test_a_correction_follows_the_name_that_a_site_had_then(ledger: Ledger) -> None:
    """A value that a correction does not touch is not asked about again."""
    tell(
        ledger,
        """
        site opened SIT-X1 --name X1 --timezone UTC
        movement made MOV-A --from x1 --to hurriya --count 5
        fact retracted SIT-X1 --of 1 --reason x
        fact corrected MOV-A --of 1 --set count=6 --reason x
    """,
    )
    assert effective(ledger.history("MOV-A"))[0].said["count"] == "6"


def test_an_assessment_without_received_is_received_when_its_target_ends(ledger: Ledger) -> None:
    _, assessed = tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --received 2026-11
        fact assessed INC-A --of 1 --status disputed --basis x
    """,
    )
    assert assessed.entry.received.text == "2026-11[Asia/Baghdad]"


def test_a_fact_about_another_is_received_now_where_its_target_ended_before(ledger: Ledger) -> None:
    _, assessed = tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --received 2013-02
        fact assessed INC-A --of 1 --status disputed --basis x
    """,
    )
    assert assessed.entry.received.text.startswith("2026-11-24T13:00:")
