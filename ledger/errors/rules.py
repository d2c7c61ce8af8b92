"""Rules."""

from __future__ import annotations

from ledger.errors import Refused, VigilError


class UnknownThing(Refused):
    """A fact speaks of something that was never begun, or refers to it."""

    code = "E3001"
    message = "there is no {id}"
    hint = "did you mean {nearest}? Begin it first, or check the id with vigil log"
    example = "vigil record incident claimed INC-NONE --claimant press --killed 5"


class IdMissing(Refused):
    """Only a fact that begins a thing may leave out the id."""

    code = "E3002"
    message = "{fact} speaks of a thing that exists; which one?"
    hint = "give its id"


class AlreadyBegun(Refused):
    """A thing is begun once."""

    code = "E3003"
    message = "{id} already exists ({fact})"
    hint = "record what happened to it since, correct {fact}, or choose another id"


class BeginningRetracted(Refused):
    """The thing's first fact was retracted, so there is nothing to say more about."""

    code = "E3004"
    message = "the beginning of {id} was retracted"
    hint = "begin it again, or retract the retraction"


class BeganDifferently(Refused):
    """A thing whose beginning was retracted may be begun again only by the same kind of fact."""

    code = "E3005"
    message = "{id} was begun by {before}, not by {now}"
    hint = "begin it by {before}, or choose another id"


class OccurredAfterReceived(Refused):
    """The office cannot have learned of something before it happened."""

    code = "E3101"
    message = "it occurred ({occurred}) after it was received ({received})"
    hint = "check both times; what is planned is not a fact yet"


class InTheFuture(Refused):
    """A time that lies more than ten minutes after the ledger's clock."""

    code = "E3102"
    message = "{time} is in the future (the ledger's clock says {now})"
    hint = (
        "what is planned is not a fact yet; check the date and the zone, and write 2013-02-09, "
        "2013-02, 2013-02-09T05:30, 05:30, yesterday 22:10, -20m or now"
    )


class ReceivedBeforeTarget(Refused):
    """A correction cannot have been received before what it corrects."""

    code = "E3103"
    message = "it is received ({received}) before the fact it speaks of ({target})"
    hint = "leave received out, or give a time from {target} on"


class TargetUnknown(Refused):
    """A fact about another names a version that the thing does not have."""

    code = "E3201"
    message = "{id} has no fact {of}"
    hint = "vigil show {id} lists its facts"


class TargetIsMeta(Refused):
    """Corrections, retractions and assessments are themselves only retracted."""

    code = "E3202"
    message = "{target} is a {name}; it can only be retracted"
    hint = "vigil retract {target} --reason ..., then say it anew"


class TargetRetracted(Refused):
    """What was taken back cannot be corrected, assessed or taken back again."""

    code = "E3203"
    message = "{target} is retracted"
    hint = "retract the retraction first: vigil show {id}"


class FieldNotCorrectable(Refused):
    """The envelope's identity fields stay as they were recorded."""

    code = "E3204"
    message = "{name} may not be corrected"
    hint = "retract the fact and record it again"


class CorrectionInvalid(Refused):
    """After this the fact would be invalid at some knowledge time."""

    code = "E3205"
    message = "{target} would be invalid as known at {at}: {why}"
    hint = "{first}"


class OtherBeginningStands(Refused):
    """A thing has one beginning at a time."""

    code = "E3206"
    message = "{id} was begun again by {fact}"
    hint = "retract {fact} first"


class NothingCorrected(Refused):
    """A correction sets no field, or sets each to what it is."""

    code = "E3207"
    message = "this would change nothing"
    hint = "give --set field=value with another value"


class StandardMissing(Refused):
    """`verified` is a finding of proof and names its standard."""

    code = "E3301"
    message = "verified needs a standard of proof"
    hint = "give --standard reasonable_grounds, balance_of_probabilities or clear_and_convincing"


class ReviewerMissing(Refused):
    """`verified` needs a second officer."""

    code = "E3302"
    message = "verified needs a reviewer"
    hint = "give --reviewer, an officer other than the one who recorded the fact"


class ReviewedByOneself(Refused):
    """Nobody verifies what they recorded themselves."""

    code = "E3303"
    message = "{reviewer} recorded {target} and cannot verify it"
    hint = "ask another officer to review it"


class AliasTaken(Refused):
    """A name leads to one site only."""

    code = "E3401"
    message = "{name!r} already names {site}"
    hint = "choose another name, or correct {site}"


class SlugReserved(Refused):
    """A slug may not be a fate, `abroad` or a country code."""

    code = "E3402"
    message = "a site cannot be called {slug!r}: that is {what}"
    hint = "choose a longer slug, such as {slug}-camp"


class SiteIsClosed(Refused):
    """A closed site is not renamed or given a capacity or deadline."""

    code = "E3403"
    message = "{id} is closed"
    hint = "reopen it first: vigil record site reopened {id} --reason ..."


class SiteNotClosed(Refused):
    """Only a closed site can be reopened."""

    code = "E3404"
    message = "{id} is not closed"
    hint = "there is nothing to reopen"


class StepNotAllowed(Refused):
    """The lifecycle has no such step."""

    code = "E3405"
    message = "{id} is {state}; {fact} is not possible"
    hint = "possible now: {possible}"


class MergedIntoItself(Refused):
    """An incident is merged into another one that itself stands."""

    code = "E3501"
    message = "{id} cannot be merged into {into}: {why}"
    hint = "merge it into the incident that stands"


class ClaimEmpty(Refused):
    """A claim or adoption states at least one figure."""

    code = "E3502"
    message = "a claim needs at least one of killed, injured, missing, detained"
    hint = "give the figure; what nobody counted is unknown"
    example = "vigil record incident claimed INC-H1-16 --claimant press"


class AdoptionWithoutGrounds(Refused):
    """An adopted figure follows a claim or gives its reason."""

    code = "E3503"
    message = "an adopted figure needs a basis or a reason"
    hint = "give --basis (the version of the claim) or --reason"


class BasisNotAClaim(Refused):
    """The basis of an adoption is a claim of the same incident that stands."""

    code = "E3504"
    message = "{id}/{basis} is not a claim that stands"
    hint = "claims of {id}: {claims}"


class OutsideEveryClaim(Refused):
    """An adopted figure that no claim covers needs a reason."""

    code = "E3505"
    message = "{measure} {figure} is outside every claim"
    hint = "give --reason, or adopt a figure that somebody claimed"


class SamePlace(Refused):
    """A movement goes from one place to another."""

    code = "E3601"
    message = "from and to are both {place}"
    hint = "name the place people left and the place they reached"


class FromDead(Refused):
    """Nobody returns from the dead; a wrong report is retracted."""

    code = "E3602"
    message = "nobody moves from dead"
    hint = "retract the death that was reported wrongly"


class CountUnknown(Refused):
    """A movement of an unknown number of people cannot be posted."""

    code = "E3603"
    message = "a movement needs a count"
    hint = "write 1+ where only that somebody moved is known"


class MeasureUnknown(Refused):
    """A stated figure measures something on the list."""

    code = "E3701"
    message = "{measure!r} is not a measure"
    hint = "use one of {choices}"


class CurrencyMisplaced(Refused):
    """Money has a currency, and nothing else has."""

    code = "E3702"
    message = "{measure} {what} a currency"
    hint = "give --currency (ISO 4217, such as USD) with pledged_total, and only there"


class PlaceMissing(Refused):
    """A number of people is a number of people somewhere."""

    code = "E3703"
    message = "{measure} needs a place"
    hint = "give --place: a site, a country, or abroad for all countries together"


class DepartureWithoutAcceptance(Refused):
    """Nobody departs for a country that has not accepted them."""

    code = "E3801"
    message = "{id} is {state} and no country has accepted it"
    hint = "record the steps that are missing first: vigil show {id}"


class SecondCountry(Refused):
    """A case is before one country at a time."""

    code = "E3802"
    message = "{id} is pending with {pending}; {country} would be a second country"
    hint = "record what {pending} decided first (declined), or name {pending}"


class StepOutOfOrder(Refused):
    """A step surely happened before the one it follows."""

    code = "E3803"
    message = "it occurred ({occurred}) before {step} ({before})"
    hint = "to insert a forgotten step, retract the later ones and record them again after it"


class ResidentTwice(Refused):
    """A manifest names a resident more than once."""

    code = "E3804"
    message = "{resident} is named twice"
    hint = "name each resident once"


class MoreResidentsThanPeople(Refused):
    """A manifest names more residents than people moved."""

    code = "E3805"
    message = "{named} residents are named and {count} people moved"
    hint = "check the count and the manifest"


class OtherCurrency(Refused):
    """Money of a pledge is of the pledge's currency."""

    code = "E3811"
    message = "the pledge is in {pledged}, not in {given}"
    hint = "give the amount in {pledged}, or record a thing of its own"


class ReceivedAbovePledged(Refused):
    """More arrived than was pledged."""

    code = "E3812"
    message = "with this more is received than the {pledged} pledged"
    hint = "give --reason, or correct the pledge"


class NotOnRoster(Refused):
    """The ledger keeps a roster, and this actor is not on it or was deactivated."""

    code = "E3821"
    message = "{actor} is not on the roster"
    hint = "add them: vigil record actor added {id} --role officer; or act as somebody on it"


class LastOnRoster(Refused):
    """Without anybody on the roster nobody could record anything more."""

    code = "E3822"
    message = "{id} is the last one on the roster"
    hint = "add somebody else first"


class HandedToOneself(Refused):
    """A watch is handed to another officer than the one who has it or records it."""

    code = "E3841"
    message = "{id} cannot be handed over to {to}, who has it or records this"
    hint = "name the next officer, or end it: vigil record watch ended {id}"


class AcceptedByAnother(Refused):
    """Only the officer to whom a watch was handed over accepts it."""

    code = "E3842"
    message = "{id} was handed over to {to}, not to {actor}"
    hint = "{to} accepts it: vigil record watch accepted {id} --actor {typed}"


class NoOpenWatch(Refused):
    """A fact that names no watch is of the actor's open one, and there is none."""

    code = "E3843"
    message = "{actor} has no watch {what}"
    hint = "name one that vigil query watches lists, or start one: vigil record watch started"


class SeveralOpenWatches(Refused):
    """A fact that names no watch is of the actor's open one, and there are several."""

    code = "E3844"
    message = "{actor} has more than one watch {what}: {ids}"
    hint = "name the one you mean"


class ReportEmpty(Refused):
    """A report says what there was, or that there was nothing."""

    code = "E3845"
    message = "a report needs a text or --nil"
    hint = "give --text with what there was, or --nil where there was nothing"


class ReportOutOfTime(Refused):
    """A report speaks of a time after it begins and before the office has it."""

    code = "E3846"
    message = "a report of {occurred}, received {received}, cannot speak of the time to {until}"
    hint = "give --at with the start of the time and --until with its end, which has passed"


class UnitOfAnother(Refused):
    """Each indicator is measured in units of its own."""

    code = "E3851"
    message = "{indicator} is not measured in {unit}"
    hint = "its units: {units}"


class QuantityNotUnderstood(Refused):
    """A measured quantity is a decimal number, 0 or more; its unit stands in a field of its own."""

    code = "E3852"
    message = "{text!r} is not a quantity"
    hint = "write a decimal number without its unit: 14.5"


class KeyConflict(VigilError):
    """The same key was used before with other content."""

    code, exit = "E3901", 5
    message = "key {key!r} already belongs to {fact}, which differs in {fields}"
    hint = "give the new fact a key of its own, or correct {fact}"


class Expected(VigilError):
    """`--expect` named a fact that is no longer the thing's newest."""

    code, exit = "E3902", 5
    message = "{expected} is no longer the newest fact of {id}; {newest} is"
    hint = "look at what happened since (vigil show {id}) and say it again"


class ActorMissing(VigilError):
    """Every fact says who records it."""

    code, exit = "E3903", 2
    message = "who records this?"
    hint = "give --actor HRO-07, set VIGIL_ACTOR, or put actor into vigil.toml"


class HashMalformed(Refused):
    """A SHA-256 is not 64 hexadecimal digits."""

    code = "E3831"
    message = "{text!r} is not a SHA-256"
    hint = "attach the file with vigil attach, which hashes and keeps it"


class FileTooLargeForEvidence(Refused):
    """An evidence file is larger than the limit in `vigil.toml`."""

    code = "E3832"
    message = "{file} is larger than {limit} MB"
    hint = "raise evidence_megabytes in vigil.toml, or attach a part of it"
