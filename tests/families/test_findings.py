"""Findings of the whole record: what is odd, what is still open, and when it no longer is."""

# facts are one a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import tell
from tests.families.conftest import of

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.families.conftest import Ask, Rows


def found(ask: Ask, rule: str, **asked: Any) -> Rows:
    """The findings of one rule."""
    return [row for row in ask("findings", **asked) if row["rule"] == rule]


def about(rows: Rows) -> list[str]:
    return [row["about"] for row in rows]


# Offers -------------------------------------------------------------------------------------------

ARRIVALS = """
offer made OFR-A --country ALB --places 210 --occurred 2013-03-18 --received 2013-03-18
movement made MOV-IN --from outside --to hurriya --count 3000 --opening --occurred 2012-02-18 --received 2012-02-18
movement made MOV-A --from hurriya --to ALB --count 200 --occurred 2013-05-16 --received 2013-05-16
movement made MOV-B --from hurriya --to ALB --count 11 --occurred 2013-12-01 --received 2013-12-02
movement made MOV-C --from hurriya --to ITA --count 7 --occurred 2013-06-16 --received 2013-06-16
"""


def test_more_people_than_places_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS)
    (finding,) = found(ask, "offer_exceeded")
    assert (finding["about"], finding["severity"]) == ("ALB", "error")
    assert finding["text"] == "211 went to ALB, which offered 210 places: 1 more"
    assert finding["facts"] == ["OFR-A/1", "MOV-A/1", "MOV-B/1"]
    assert found(ask, "offer_exceeded", on="2013-11-30") == []
    assert found(ask, "offer_exceeded", as_known="2013-12-01") == []


def test_a_country_that_offered_nothing_exceeds_nothing(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS)
    assert "ITA" not in about(found(ask, "offer_exceeded"))


def test_an_offer_may_be_of_at_least_so_many(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS)
    tell(ledger, "offer made OFR-B --country ALB --places 1+ --occurred 2014-01-01")
    assert found(ask, "offer_exceeded") == []


def test_about_210_places_are_not_exceeded_by_an_error(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS.replace("--places 210", "--places ~210"))
    assert of(found(ask, "offer_exceeded"), about="ALB")["severity"] == "info"


def test_another_offer_settles_it(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS)
    tell(ledger, "offer made OFR-B --country ALB --places 250 --occurred 2014-03-01 "
                 "--received 2014-03-01")  # fmt: skip
    assert found(ask, "offer_exceeded") == []
    assert about(found(ask, "offer_exceeded", as_known="2014-02-28")) == ["ALB"]


# Likely duplicates --------------------------------------------------------------------------------

ONE_BLAST = """
incident opened INC-A --site hurriya --kind attack --title Rockets --occurred 2013-02-09T05:45 --received 2013-02-09 --actor HRO-01
incident opened INC-B --site hurriya --kind attack --title 'Explosions at dawn' --occurred 2013-02-09 --received 2013-02-09 --actor HRO-02
incident opened INC-C --site 'camp liberty' --kind attack --title Mortars --occurred 2013-02-09T06:10 --received 2013-02-10 --actor HRO-03
incident opened INC-D --site hurriya --kind road --title 'An accident' --occurred 2013-02-09 --received 2013-02-09 --actor HRO-03
incident opened INC-E --site ashraf --kind attack --title Shots --occurred 2013-02-09 --received 2013-02-09 --actor HRO-03
"""


def test_one_blast_that_three_officers_report_is_one_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ONE_BLAST)
    (finding,) = found(ask, "likely_duplicate")
    assert finding["severity"] == "info"
    assert set(finding["facts"]) == {"INC-A/1", "INC-B/1", "INC-C/1"}
    (before,) = found(ask, "likely_duplicate", as_known="2013-02-09")
    assert set(before["facts"]) == {"INC-A/1", "INC-B/1"}


def test_a_blast_before_midnight_by_local_time_is_of_the_local_day(
    ledger: Ledger, ask: Ask
) -> None:
    """01:00 and 22:00 in Baghdad are of one day there, and of two in Greenwich."""
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --occurred 2013-02-09T01:00
        incident opened INC-B --site hurriya --kind attack --title x --occurred 2013-02-09T22:00
    """,
    )
    assert len(found(ask, "likely_duplicate")) == 1


def test_merging_them_settles_it(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ONE_BLAST)
    tell(ledger, "incident merged INC-B --into INC-A --occurred 2013-02-12 --received 2013-02-12")
    (finding,) = found(ask, "likely_duplicate")
    assert set(finding["facts"]) == {"INC-A/1", "INC-C/1"}
    tell(ledger, "incident merged INC-C --into INC-A --occurred 2013-02-12 --received 2013-02-13")
    assert found(ask, "likely_duplicate") == []
    assert len(found(ask, "likely_duplicate", as_known="2013-02-12")) == 1
    assert len(found(ask, "likely_duplicate", as_known="2013-02-11")) == 1


def test_so_do_rejecting_and_retracting_one(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ONE_BLAST)
    tell(
        ledger,
        """
        fact assessed INC-B --of 1 --status rejected --basis 'the same as INC-A'
        fact retracted INC-C --of 1 --reason 'the same as INC-A'
    """,
    )
    assert found(ask, "likely_duplicate") == []


def test_two_claims_are_never_duplicates(ledger: Ledger, ask: Ask) -> None:
    """Claims stand side by side however alike; so do stated figures."""
    tell(
        ledger,
        """
        incident opened INC-A --site hurriya --kind attack --title x --occurred 2013-02-09
        incident claimed INC-A --claimant unhcr --killed 6 --occurred 2013-02-09
        incident claimed INC-A --claimant unhcr --killed 6 --occurred 2013-02-09
        figure stated FIG-A --measure present --place hurriya --count 3000 --claimant unhcr --occurred 2013-02-09
        figure stated FIG-B --measure present --place hurriya --count 3000 --claimant unhcr --occurred 2013-02-09
    """,
    )
    assert found(ask, "likely_duplicate") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("movement made MOV-{} --from ashraf --to hurriya --count 397 --occurred 2012-02-18",
         "--count 398"),
        ("observation made OBS-{} --category water --site hurriya --text dry --occurred 2012-02-18",
         "--text wet"),
        ("offer made OFR-{} --country ALB --places 210 --occurred 2012-02-18", "--places 250"),
        ("fund pledged FND-{} --fund trust --donor USA --money '5 USD' --occurred 2012-02-18",
         "--money '6 USD'"),
        ("fund received FND-{} --fund trust --donor USA --money '5 USD' --reason x --occurred 2012-02-18",
         "--donor KOR"),
    ],
    ids=["movement", "observation", "offer", "pledge", "payment"],
)  # fmt: skip
def test_the_same_figure_on_the_same_day_is_likely_one(
    ledger: Ledger, ask: Ask, one: str, other: str
) -> None:
    tell(ledger, f"{one.format('A')}\n{one.format('B')}\n{one.format('C')} {other}")
    tell(ledger, one.format("D").replace("2012-02-18", "2012-02-19"))
    tell(ledger, one.format("E").replace("2012-02-18", "2012-02"))
    (finding,) = found(ask, "likely_duplicate")
    assert [fact.partition("-")[2] for fact in finding["facts"]] == ["A/1", "B/1"]


# Commitments --------------------------------------------------------------------------------------

UNDERTAKEN = """
commitment made COM-A --text 'No forced return' --by government_iraq --due 2012-12-31 --occurred 2011-12-25 --received 2011-12-25
commitment made COM-B --text 'Safety' --by government_iraq --occurred 2011-12-25 --received 2011-12-25
"""


def test_a_day_that_has_passed_is_overdue(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, UNDERTAKEN)
    (finding,) = found(ask, "commitment_overdue")
    assert (finding["about"], finding["severity"]) == ("COM-A", "warning")
    assert finding["facts"] == ["COM-A/1"]
    assert about(found(ask, "commitment_overdue", on="2012-12-31")) == ["COM-A"]
    assert found(ask, "commitment_overdue", on="2012-12-30") == []


def test_nothing_is_overdue_that_is_not_due_yet(ledger: Ledger, ask: Ask) -> None:
    """Without a day asked about, what is overdue is what is overdue now."""
    tell(ledger, UNDERTAKEN)
    assert found(ask, "commitment_overdue", now="2012-12-30") == []
    assert about(found(ask, "commitment_overdue", now="2012-12-31")) == ["COM-A"]
    assert found(ask, "commitment_overdue", now="2012-12-30", on="2014-01-01") == []


def test_an_extension_gives_time(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, UNDERTAKEN)
    tell(ledger, "commitment extended COM-A --due 2013-06 --occurred 2013-01-10 "
                 "--received 2013-01-10")  # fmt: skip
    days = ("2013-01-09", "2013-01-10", "2013-06-29", "2013-06-30")
    overdue = [about(found(ask, "commitment_overdue", on=day)) for day in days]
    assert overdue == [["COM-A"], [], [], ["COM-A"]]
    assert about(found(ask, "commitment_overdue", on="2013-06-01", as_known="2013-01-09")) == [
        "COM-A"
    ]


@pytest.mark.parametrize("settled", ["breached", "fulfilled"])
def test_what_was_kept_or_broken_is_not_overdue(ledger: Ledger, ask: Ask, settled: str) -> None:
    tell(ledger, UNDERTAKEN)
    tell(ledger, f"commitment {settled} COM-A --evidence x --occurred 2013-02-01 "
                 "--received 2013-02-01")  # fmt: skip
    assert found(ask, "commitment_overdue") == []
    assert about(found(ask, "commitment_overdue", on="2013-01-31")) == ["COM-A"]
    tell(ledger, "fact assessed COM-A --of 2 --status rejected --basis 'no such report'")
    assert about(found(ask, "commitment_overdue")) == ["COM-A"]


# Pledges ------------------------------------------------------------------------------------------


def test_a_pledge_is_outstanding_until_it_is_paid_or_cancelled(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        fund pledged FND-A --fund trust --donor IRQ --money '500000 USD' --occurred 2013-10-24 --received 2013-10-24
        fund received FND-A --money '100000.50 USD' --occurred 2014-01-01 --received 2014-01-01
        fund received FND-A --money '399999.50 USD' --occurred 2014-06-01 --received 2014-06-01
        fund pledged FND-B --fund trust --donor KOR --money '100 USD' --occurred 2013-10-24 --received 2013-10-24
        fund cancelled FND-B --reason x --occurred 2014-06-01 --received 2014-06-01
        fund received FND-C --fund albania --donor USA --money '5 USD' --reason x --occurred 2013-10-24 --received 2013-10-24
    """,
    )
    (finding, other) = found(ask, "pledge_outstanding", on="2014-05-31")
    assert (finding["about"], finding["severity"]) == ("FND-A", "info")
    assert "500000 USD" in finding["text"]
    assert "399999.50 are outstanding" in finding["text"]
    assert finding["facts"] == ["FND-A/1", "FND-A/2"]
    assert other["about"] == "FND-B"
    assert found(ask, "pledge_outstanding") == []


# Closed sites -------------------------------------------------------------------------------------

CLOSED = """
movement made MOV-IN --from outside --to ashraf --count 100 --opening --occurred 2009-01-01 --received 2009-01-01
site closed SIT-ASHRAF --occurred 2013-09-12 --received 2013-09-12
movement made MOV-LAST --from ashraf --to hurriya --count 42 --occurred 2013-09-12 --received 2013-09-12
movement made MOV-AFTER --from ashraf --to hurriya --count 3 --occurred 2013-09-14 --received 2013-09-20
observation made OBS-AFTER --category property --site ashraf --text 'A gate was open.' --occurred 2013-10-01 --received 2013-10-01
incident opened INC-AFTER --site ashraf --kind property --title Looting --occurred 2013-10-02 --received 2013-10-02
site reopened SIT-ASHRAF --reason 'a caretaker group returned' --occurred 2014-01-01 --received 2014-01-01
observation made OBS-OPEN --category property --site ashraf --text x --occurred 2014-02-01 --received 2014-02-01
"""


def test_what_happens_at_a_closed_site_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, CLOSED)
    rows = found(ask, "site_closed")
    assert [row["facts"] for row in rows] == [
        ["MOV-AFTER/1", "SIT-ASHRAF/2"],
        ["OBS-AFTER/1", "SIT-ASHRAF/2"],
        ["INC-AFTER/1", "SIT-ASHRAF/2"],
    ]
    assert {(row["about"], row["severity"]) for row in rows} == {("ashraf", "warning")}
    assert len(found(ask, "site_closed", as_known="2013-09-30")) == 1
    assert found(ask, "site_closed", on="2013-09-13") == []


def test_a_closure_that_was_retracted_closed_nothing(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, CLOSED)
    tell(ledger, "fact retracted SIT-ASHRAF --of 2 --reason 'it stayed open'")
    assert found(ask, "site_closed") == []


# Missing people -----------------------------------------------------------------------------------

SEVEN = """
movement made MOV-IN --from outside --to ashraf --count 100 --opening --occurred 2013-01-01 --received 2013-01-01
incident opened INC-A --site ashraf --kind attack --title x --occurred 2013-09-01 --received 2013-09-01
incident claimed INC-A --claimant residents --killed 52 --missing 7 --occurred 2013-09-01 --received 2013-09-02
"""


def test_people_who_are_claimed_missing_stay_open(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, SEVEN)
    (finding,) = found(ask, "still_missing")
    assert (finding["about"], finding["severity"]) == ("INC-A", "warning")
    assert finding["facts"] == ["INC-A/2"]
    assert "7 by residents" in finding["text"]
    assert len(found(ask, "still_missing", on="2026-01-01")) == 1
    assert found(ask, "still_missing", as_known="2013-09-01") == []
    assert found(ask, "still_missing", on="2013-08-31") == []


def test_people_who_are_adopted_missing_stay_open_until_found(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, SEVEN)
    tell(
        ledger,
        """
        incident adopted INC-A --basis 2 --occurred 2013-09-10 --received 2013-09-10
        movement made MOV-F1 --from missing --to hurriya --count 3 --occurred 2014-01-01 --received 2014-01-05
        movement made MOV-F2 --from missing --to hurriya --count 4 --occurred 2015-01-01 --received 2015-01-01
    """,
    )
    (finding,) = found(ask, "still_missing", on="2013-12-31")
    assert (finding["about"], finding["facts"]) == ("missing", ["INC-A/3"])
    assert finding["text"] == "7 people are missing and have not been found"
    (finding,) = found(ask, "still_missing", on="2014-12-31")
    assert finding["text"].startswith("4 people")
    (finding,) = found(ask, "still_missing", on="2014-12-31", as_known="2014-01-04")
    assert finding["text"].startswith("7 people")
    assert found(ask, "still_missing") == []
    (before,) = found(ask, "still_missing", as_known="2013-09-09")
    assert before["about"] == "INC-A"


def test_whoever_goes_missing_by_a_movement_is_open_until_found(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        case registered RES-A --sex f --age-band adult --site hurriya --occurred 2012-01-01
        movement made MOV-A --from hurriya --to missing --count 1 --residents RES-A --occurred 2013-02-01
    """,
    )
    assert found(ask, "still_missing")[0]["facts"] == ["MOV-A/1"]
    tell(ledger, "movement made MOV-B --from missing --to hurriya --count 1 --residents RES-A "
                 "--occurred 2013-02-09")  # fmt: skip
    assert found(ask, "still_missing") == []
    assert ask("cases")[0]["state"] == "registered"


@pytest.mark.parametrize("claim", ["0", "0-0"])
def test_nobody_missing_is_nobody_missing(ledger: Ledger, ask: Ask, claim: str) -> None:
    tell(ledger, SEVEN.replace("--missing 7", f"--missing {claim}"))
    assert found(ask, "still_missing") == []


@pytest.mark.parametrize(
    "adoption",
    [
        "incident adopted INC-A --killed 52 --reason x",
        "incident adopted INC-A --missing unknown --reason 'nobody was seen'",
        "incident adopted INC-A --basis 2\nfact assessed INC-A --of 3 --status rejected --basis x",
    ],
    ids=["of_something_else", "of_an_unknown_number", "that_was_rejected"],
)
def test_an_adoption_that_posts_nobody_to_the_missing_leaves_the_claim_open(
    ledger: Ledger, ask: Ask, adoption: str
) -> None:
    tell(ledger, SEVEN + adoption)
    assert about(found(ask, "still_missing")) == ["INC-A"]


def test_an_adoption_of_nobody_closes_the_claim(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, SEVEN)
    tell(ledger, "incident adopted INC-A --missing 0 --reason 'all seven were in the clinic'")
    assert found(ask, "still_missing") == []


def test_a_claim_that_was_rejected_is_not_open(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, SEVEN)
    tell(ledger, "fact assessed INC-A --of 2 --status rejected --basis x")
    assert found(ask, "still_missing") == []


def test_merging_an_incident_does_not_find_its_missing(ledger: Ledger, ask: Ask) -> None:
    """They are open under the incident that stands, until that one adopts a figure."""
    tell(ledger, SEVEN)
    tell(
        ledger,
        """
        incident opened INC-B --site ashraf --kind attack --title y --occurred 2013-09-01 --received 2013-09-01
        incident opened INC-C --site ashraf --kind attack --title z --occurred 2013-09-01 --received 2013-09-01
        incident merged INC-A --into INC-B --occurred 2013-10-01 --received 2013-10-01
        incident merged INC-B --into INC-C --occurred 2013-10-02 --received 2013-10-02
    """,
    )
    (finding,) = found(ask, "still_missing")
    assert (finding["about"], finding["facts"]) == ("INC-C", ["INC-A/2"])
    assert about(found(ask, "still_missing", as_known="2013-10-01")) == ["INC-B"]
    assert about(found(ask, "still_missing", as_known="2013-09-30")) == ["INC-A"]
    tell(ledger, "incident adopted INC-C --missing 7 --reason x --occurred 2013-11-01 "
                 "--received 2013-11-01")  # fmt: skip
    assert about(found(ask, "still_missing")) == ["missing"]


# Manifests ----------------------------------------------------------------------------------------


def residents(*names: str) -> str:
    """Residents whom Germany takes back, ready to fly."""
    steps = ("accepted --solution consular_readmission --country DEU", "documents_issued",
             "exit_cleared", "booked")  # fmt: skip
    return "\n".join(
        line
        for name in names
        for line in (
            f"case registered RES-{name} --sex f --age-band adult --site hurriya --occurred 2012-01-01",
            *(f"case advanced RES-{name} --state {step} --occurred 2012-01-01" for step in steps),
        )
    )


def flight(count: str, *names: str) -> str:
    named = " ".join(f"--residents RES-{name}" for name in names)
    return (
        f"movement made MOV-A --from hurriya --to DEU --count {count} {named} --occurred 2013-05-16"
    )


def test_a_manifest_that_names_everybody_is_no_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('2', 'A', 'B')}")
    assert found(ask, "manifest_differs") == []


def test_a_movement_that_names_nobody_is_no_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, flight("14"))
    assert found(ask, "manifest_differs") == []


def test_a_manifest_that_leaves_some_unnamed_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('5', 'A', 'B')}")
    (finding,) = found(ask, "manifest_differs")
    assert finding["about"] == "MOV-A"
    assert "5" in finding["text"]
    assert "2" in finding["text"]
    assert finding["facts"] == ["MOV-A/1", "RES-A/6", "RES-B/6"]
    assert found(ask, "manifest_differs", on="2013-05-15") == []


def test_a_count_that_was_corrected_differs_from_the_manifest(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('2', 'A', 'B')}")
    tell(ledger, "fact corrected MOV-A --of 1 --set count=3 --reason 'a third was aboard'")
    (finding,) = found(ask, "manifest_differs")
    assert finding["severity"] == "error"


def test_a_step_that_was_retracted_is_missing_from_the_movement(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('2', 'A', 'B')}")
    tell(ledger, "fact retracted RES-B --of 6 --reason 'she missed the flight'")
    (finding,) = found(ask, "manifest_differs")
    assert finding["facts"] == ["MOV-A/1", "RES-A/6"]


def test_a_resident_who_arrives_by_the_same_movement_is_one_person(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('2', 'A', 'B')}")
    tell(
        ledger,
        """
        case advanced RES-A --state arrived --movement MOV-A --occurred 2013-05-17
        case advanced RES-B --state arrived --movement MOV-A --occurred 2013-05-17
    """,
    )
    assert found(ask, "manifest_differs") == []


def test_steps_that_name_a_movement_which_names_nobody_are_reconciled_with_it(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, f"{residents('A', 'B')}\n{flight('1')}")
    tell(
        ledger,
        """
        case advanced RES-A --state departed --movement MOV-A --occurred 2013-05-16
        case advanced RES-B --state departed --movement MOV-A --occurred 2013-05-16
    """,
    )
    (finding,) = found(ask, "manifest_differs")
    assert finding["facts"] == ["MOV-A/1", "RES-A/6", "RES-B/6"]


def test_a_convoy_between_two_sites_is_no_step_and_no_finding(ledger: Ledger, ask: Ask) -> None:
    """A resident who is moved from camp to camp stays where the case stood."""
    tell(ledger, residents("A", "B"))
    tell(ledger, "movement made MOV-C --from ashraf --to hurriya --count 2 --residents RES-A "
                 "--residents RES-B --occurred 2012-02-18")  # fmt: skip
    assert found(ask, "manifest_differs") == []
    assert {row["state"] for row in ask("cases")} == {"booked"}
    tell(ledger, "movement made MOV-D --from ashraf --to hurriya --count 3 --residents RES-A "
                 "--residents RES-B --occurred 2012-02-19")  # fmt: skip
    (finding,) = found(ask, "manifest_differs")
    assert finding["facts"] == ["MOV-D/1"]


def test_what_is_a_step_is_what_a_movement_entails(ledger: Ledger) -> None:
    from ledger.facts.movements import Made
    from ledger.known import EVERYTHING
    from ledger.values.place import FATES
    from projections.contradictions import is_a_step

    places = (*FATES, "hurriya", "ashraf", "ALB", "DEU")
    for source in places:
        for target in places:
            if source in ("dead", target):
                continue
            fields = {"from": source, "to": target, "count": "1", "residents": ["RES-A"]}
            fact = Made.read(fields, EVERYTHING)
            assert bool(fact.entails()) is is_a_step(source, target), f"{source} to {target}"


# Within a stream ----------------------------------------------------------------------------------


def test_a_step_that_no_longer_follows_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, residents("A"))
    tell(ledger, "fact retracted RES-A --of 3 --reason 'the papers were never printed'")
    rows = found(ask, "history_broken")
    assert ["RES-A/4"] in [row["facts"] for row in rows]
    assert {row["about"] for row in rows} == {"RES-A"}


def test_a_weekday_that_was_another_is_a_finding_in_every_family(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        offer made OFR-A --country ALB --places 5 --occurred 'Monday 2014-11-18'
        engagement held ENG-A --kind visit --subject x --occurred 'Tuesday 2014-11-18'
        observation made OBS-A --category water --text x --occurred 'Friday 2014-11-18'
    """,
    )
    rows = found(ask, "weekday_wrong")
    assert sorted(about(rows)) == ["OBS-A", "OFR-A"]
    assert all("was a Tuesday" in row["text"] for row in rows)


# The page of 2015 ---------------------------------------------------------------------------------


def test_a_page_whose_own_numbers_do_not_add_up_is_a_finding(ledger: Ledger, ask: Ask) -> None:
    tell(
        ledger,
        """
        figure stated FIG-A --measure baseline --place ashraf --count 3280 --claimant un_dpa --occurred '2015-06-01[Asia/Baghdad]'
        figure stated FIG-B --measure present --place hurriya --count ~2400 --claimant un_dpa --occurred '2015-06-01[Asia/Baghdad]'
        figure stated FIG-C --measure relocated_total --place abroad --count ~637 --claimant un_dpa --occurred '2015-06-01[Asia/Baghdad]'
        figure stated FIG-D --measure relocated_total --place abroad --count 880 --claimant press --occurred 2015-06-01
    """,
    )
    (finding,) = found(ask, "baseline_residual")
    assert finding["facts"] == ["FIG-A/1", "FIG-B/1", "FIG-C/1"]
    assert "residual ~243" in finding["text"]
    assert finding["severity"] == "warning"


def test_findings_are_asked_by_what_they_are_about(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, ARRIVALS + SEVEN.replace("MOV-IN", "MOV-IN2"))
    assert about(ask("findings", country="ALB")) == ["ALB"]
    assert about(ask("findings", incident="INC-A")) == ["INC-A"]


def test_nothing_is_found_in_a_ledger_in_which_nothing_is_odd(ledger: Ledger, ask: Ask) -> None:
    assert ask("findings") == []
