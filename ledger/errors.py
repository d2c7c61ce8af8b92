"""Every way Vigil says no: one class a situation, its sentence and its cure; the whole catalogue.

A caller raises `UnknownPlace(place="liberti", nearest="liberty")` and never writes a sentence. The
docstring of a class is its cause, `hint` its cure, `example` a line that provokes it. Codes do not
change: E1 the ledger and its files, E2 values, E3 rules, E4 files to import, E5 the command line.
"""

from __future__ import annotations

from typing import Any, ClassVar


class VigilError(ValueError):
    """Something Vigil refuses or cannot do. A `ValueError`, so that pydantic collects it."""

    code: ClassVar[str] = "E1000"
    exit: ClassVar[int] = 1
    message: ClassVar[str] = "{what}"
    hint: ClassVar[str] = ""
    example: ClassVar[str] = ""

    def __init__(self, *, field: str | None = None, row: int | None = None, **details: Any) -> None:
        self.field, self.row, self.details = field, row, details
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What is wrong and where, without the cure."""
        return _sayable(self.message.format(**self.details))

    @property
    def cure(self) -> str:
        """What to do next."""
        return _sayable(self.hint.format(**self.details))


def _sayable(text: str) -> str:
    """A sentence as every file and terminal can hold it: half a character as its escape."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


class Refused(VigilError):
    """A rule or a value refuses what was said; nothing is written."""

    exit = 4


class Several(Refused):
    """More than one field of a fact is refused; each is a problem of its own."""

    code = "E2000"
    message = "{summary}"
    hint = "{cures}"

    def __init__(self, problems: list[VigilError]) -> None:
        self.problems = problems
        summary = "; ".join(f"{p.field}: {p.sentence}" if p.field else p.sentence for p in problems)
        cures = "; ".join(dict.fromkeys(p.cure for p in problems if p.cure))
        super().__init__(field=problems[0].field, summary=summary, cures=cures)


# E1: the ledger and its files ------------------------------------------------------------------


class NoLedger(VigilError):
    """There is no `vigil.toml` in the folder named or in any folder above it."""

    code, exit = "E1001", 10
    message = "there is no ledger in {folder} or above it"
    hint = "make one with `vigil init`, or name one with --ledger DIR or VIGIL_LEDGER"
    example = "vigil status -L /tmp"


class LedgerNewer(VigilError):
    """The ledger was written by a newer program that may know facts this one does not."""

    code, exit = "E1002", 10
    message = "{file} has format {found}; this program knows up to {known}"
    hint = "install a newer vigil-ledger; this one has changed nothing"


class LedgerExists(Refused):
    """`init` and `demo` never write into a folder that already holds a ledger."""

    code = "E1003"
    message = "{folder} already holds a ledger"
    hint = "choose another folder, or use this one: vigil status -L {typed}"
    example = "vigil init . && vigil init ."


class Busy(VigilError):
    """Another process held the writers' lock longer than the limit."""

    code, exit = "E1004", 11
    message = "another process has been writing to this ledger for over {seconds} s"
    hint = "try again when it is done; nothing was written (VIGIL_LOCK_SECONDS sets the limit)"


class LedgerReadOnly(VigilError):
    """The folder or the medium does not allow writing."""

    code = "E1005"
    message = "{file} cannot be written: {why}"
    hint = (
        "make its folder, mount the medium for writing or copy the ledger; reading works as it is"
    )


class DiskFull(VigilError):
    """The disk filled up while writing. Nothing is half-written; a last fact may have been kept."""

    code = "E1006"
    message = "there is no room left on the disk that holds {file}"
    hint = "free some room, look whether it was kept (vigil log), and if not say it again"


class LedgerDamaged(VigilError):
    """A stored fact or the database itself cannot be read."""

    code, exit = "E1007", 13
    message = "{file} is damaged: {why}"
    hint = "stop writing, keep the folder as it is, and restore the newest backup beside it"


class PackageMissing(VigilError):
    """An optional package that this command needs is not installed."""

    code, exit = "E1008", 8
    message = "this needs the package {package}"
    hint = "install it: pip install 'vigil-ledger[{extra}]'"


class ConfigUnreadable(VigilError):
    """`vigil.toml` is not TOML, or a setting in it has a value it cannot have."""

    code, exit = "E1009", 10
    message = "{file}: {why}"
    hint = "mend the file; docs/reference/commands.md lists its settings"


class FileUnreadable(VigilError):
    """A file named on the command line cannot be opened."""

    code, exit = "E1010", 2
    message = "{file} cannot be read: {why}"
    hint = "check the name and the permissions"
    example = "vigil import nowhere.csv"


class FileExists(VigilError):
    """A command that makes a file never replaces one."""

    code, exit = "E1011", 2
    message = "{file} already exists"
    hint = "name another file, or move this one away first"


class NotAVigilFile(VigilError):
    """The file is an SQLite database or something else, but not what its name says."""

    code, exit = "E1012", 10
    message = "{file} is not a Vigil {what}: {why}"
    hint = "check the name; nothing was changed"


class SheetTooLarge(Refused):
    """A sheet of a workbook has 1,048,576 rows, and a cell 32,767 characters (UTF-16 units)."""

    code = "E1013"
    message = "a workbook cannot hold {sheet}: {what}"
    hint = "write CSV instead: -o FOLDER"


class FileOfLedger(VigilError):
    """An answer would take the place of a ledger's own file, or of one that is read."""

    code, exit = "E1014", 2
    message = "{file} is {what}; nothing was written"
    hint = "name another file"
    example = "vigil log -o ledger.db"


# E2: values ------------------------------------------------------------------------------------


class TimeNotUnderstood(Refused):
    """A time is in none of the accepted forms."""

    code = "E2101"
    message = "{text!r} is not a time Vigil understands"
    hint = (
        "write 2013-02-09, 2013-02-09T05:00+03:00, 2013-02, 2013-Q1, 2013, 2013-02-09..2013-02-12, "
        "a.., ..b; on the command line also 05:30, yesterday 22:10, -20m, now"
    )
    example = "vigil query population --on spring"


class DateAmbiguous(Refused):
    """A date with slashes or dots can be read as day-month or as month-day."""

    code = "E2102"
    message = "{text!r} is ambiguous: is {first} the day or the month?"
    hint = "write the year first: 2013-09-01"
    example = "vigil query population --on 1/9/2013"


class DateImpossible(Refused):
    """The calendar has no such day, month or year, or an interval ends before it begins."""

    code = "E2103"
    message = "{text!r} is impossible: {why}"
    hint = "check the date; write what is known and no more (2013-02 for a month without its day)"
    example = "vigil query population --on 2013-02-30"


class UnknownPlace(Refused):
    """A place is neither a site of this ledger (slug, id, past or present name), nor a country
    code, nor a fate."""

    code = "E2104"
    message = "{place!r} is not a place this ledger knows"
    hint = (
        "did you mean {nearest}? A place is a site (vigil query population), an ISO 3166 code "
        "such as ALB, or dead, missing, detained, left, outside"
    )
    example = "vigil record movement made --from ashraff --to hurriya --count 5"


class TimeImpossible(Refused):
    """The clock has no such time, or an offset is out of range."""

    code = "E2105"
    message = "{text!r} is impossible: {why}"
    hint = "hours run from 00 to 23 and minutes from 00 to 59: 05:30, 2013-02-09T05:30"
    example = "vigil query population --on 2013-02-09T25:10"


class LocalTimeUnclear(Refused):
    """A local time that the zone skips in spring or repeats in autumn."""

    code = "E2106"
    message = "{text} in {zone} {what}"
    hint = "write the offset: {text}{one} or {text}{other}"


class ZoneUnknown(Refused):
    """The IANA time zone database has no such zone."""

    code = "E2107"
    message = "{zone!r} is not a time zone"
    hint = "use a name of the IANA database, such as Asia/Baghdad or UTC"
    example = "vigil init . --timezone Bagdad"


class TimeRelative(Refused):
    """A file must read the same on every day, so it may not say `now` or `-20m`."""

    code = "E2108"
    message = "{text!r} depends on when the file is read"
    hint = "write the date: 2013-02-09T05:30"


class FigureNotUnderstood(Refused):
    """A count is not a Figure."""

    code = "E2201"
    message = "{text!r} is not a figure"
    hint = "write 397, 26+, ~400, 5-6, <1970, >900 or unknown; whole numbers, without separators"
    example = "vigil record movement made --from ashraf --to hurriya --count dozens"


class FigureNegative(Refused):
    """People are counted from zero."""

    code = "E2202"
    message = "{text!r} is negative"
    hint = "a count is 0 or more; people who leave are a movement the other way"
    example = "vigil record movement made --from ashraf --to hurriya --count=-5"


class FigureBackwards(Refused):
    """The upper bound of a figure is below its lower bound."""

    code = "E2203"
    message = "{text!r} runs backwards"
    hint = "write the smaller number first: {low}-{high}"
    example = "vigil record movement made --from ashraf --to hurriya --count 9-5"


class FigureTooLarge(Refused):
    """No camp, country or fund holds that many."""

    code = "E2204"
    message = "{text!r} is more than {limit}"
    hint = "check the number"


class CountryUnknown(Refused):
    """A country is not an ISO 3166 alpha-3 code."""

    code = "E2301"
    message = "{text!r} is not an ISO 3166 alpha-3 country code"
    hint = "{suggestion}"
    example = "vigil query placements --country UK"


class IdentifierMalformed(Refused):
    """An id has characters or a length that ids cannot have, or another kind's letters."""

    code = "E2401"
    message = "{text!r} is not an id of the family {family}"
    hint = "an id is {kind}- and then A-Z, 0-9 and -, at most 40 characters in all"
    example = "vigil record incident opened inc_1 --site hurriya --kind attack --title x"


class CheckCharacterWrong(Refused):
    """An id with this ledger's station in it was not given out by it, or was mistyped."""

    code = "E2402"
    message = "{text!r} has a wrong check character"
    hint = (
        "look the id up (vigil log); an id of your own must not have {station} as its second part"
    )


class GradeUnknown(Refused):
    """A grade is not a code of the Admiralty system."""

    code = "E2403"
    message = "{text!r} is not an Admiralty grade"
    hint = "a letter A-F for the source and a digit 1-6 for the information: B2"


class SourceEmpty(Refused):
    """A source was given with nothing in it."""

    code = "E2404"
    message = "the source says nothing"
    hint = "give at least one of source-name, source-kind, source-citation, source-grade"


class TextTooLong(Refused):
    """A text is longer than its field allows."""

    code = "E2501"
    message = "the text has {length} characters; at most {limit} fit here"
    hint = "shorten it; what is longer goes into note, or into a file: vigil attach --help"


class TextEmpty(Refused):
    """A text is empty or only white space."""

    code = "E2502"
    message = "the text is empty"
    hint = "leave the field out, or say something"


class TextUnstorable(Refused):
    """A text holds half of a character (a lone surrogate), which UTF-8 cannot store."""

    code = "E2503"
    message = "the text cannot be stored as UTF-8"
    hint = "save the file as UTF-8 and try again"


class MoneyNotUnderstood(Refused):
    """An amount is not a number with a currency."""

    code = "E2511"
    message = "{text!r} is not an amount of money"
    hint = "write the amount and an ISO 4217 code: 1000000 USD, 12.50 EUR"


class DonorIsTotal(Refused):
    """The rows of a fund name their sum `total`, so no donor may be called that."""

    code = "E2512"
    message = "{donor!r} is what the sum of all donors is called"
    hint = "write the donor's full name"


class NotInVocabulary(Refused):
    """A value is not in its list."""

    code = "E2601"
    message = "{text!r} is not in the list {vocabulary}"
    hint = "use one of {choices}"
    example = "vigil record incident opened --site hurriya --kind bombing --title x"


class FieldUnknown(Refused):
    """A fact has no such field."""

    code = "E2602"
    message = "{fact} has no field {name!r}"
    hint = "its fields: {fields}"


class FieldMissing(Refused):
    """A field that the fact needs is missing."""

    code = "E2603"
    message = "{name} is missing"
    hint = "give {name}; vigil record {command} --help lists the fields"


class FieldWrongType(Refused):
    """A field has a value of another kind: a list for a text, a text for a number."""

    code = "E2604"
    message = "{text} does not fit here: {why}"
    hint = "vigil record {command} --help shows what each field takes"


class FactUnknown(Refused):
    """The registry has no fact of this name."""

    code = "E2605"
    message = "{name!r} is not a kind of fact"
    hint = "did you mean {nearest}? vigil record --help lists them all"


class FieldSetByLedger(Refused):
    """`recorded`, `uuid`, `version` and `batch` are the ledger's own."""

    code = "E2606"
    message = "{name} is set by the ledger"
    hint = "leave it out"


# E3: rules -------------------------------------------------------------------------------------


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


# E6: the seal ---------------------------------------------------------------------------------


class NoteMalformed(VigilError):
    """A signed note, checkpoint or proof is not in its C2SP format."""

    code, exit = "E6001", 13
    message = "this is not a signed note: {why}"
    hint = "check whether the file is complete and has not been edited"


class KeyMalformed(VigilError):
    """A verifier key or a private key is not one."""

    code, exit = "E6002", 12
    message = "{text} is not a key: {why}"
    hint = "a verifier key is one line: name+8 hex digits+base64"


class RolledBack(VigilError):
    """The log has fewer facts than a checkpoint sealed: an older copy took its place."""

    code, exit = "E6003", 13
    message = "the ledger has {found} facts, and {sealed} were sealed"
    hint = "an older copy took its place; keep it aside, restore the newest one, then vigil verify"


class LogContradicted(VigilError):
    """What is stored is not what was sealed."""

    code, exit = "E6004", 13
    message = "the log is not the one that was sealed: {why}"
    hint = "write nothing more; vigil verify names the facts that differ"


class KeyMissing(VigilError):
    """The key that signs checkpoints is missing, or is another log's."""

    code, exit = "E6005", 12
    message = "{file} cannot sign: {why}"
    hint = "restore it from where it was kept; without it no new checkpoint continues the old ones"


class NotSealed(Refused):
    """A proof needs a checkpoint that covers the fact."""

    code = "E6006"
    message = "{fact} is not in a checkpoint"
    hint = "check the name (vigil log), or seal the log first: vigil checkpoint"


class WitnessRefused(VigilError):
    """A witness does not vouch for a log that contradicts what it has seen."""

    code, exit = "E6007", 13
    message = "no cosignature for {origin}: {why}"
    hint = "compare the notes that both sides kept; ask from the size that the witness saw last"


# E4: files to import ---------------------------------------------------------------------------


class LineBroken(Refused):
    """A line is not a JSON object: often half a line at the end of a file cut short."""

    code = "E4001"
    message = "this line is not a JSON object: {why}"
    hint = "check whether the file is complete; each line holds one object"


class DuplicateKeys(Refused):
    """A JSON object names one key twice; most readers silently take the last."""

    code = "E4002"
    message = "the key {name!r} occurs twice"
    hint = "keep one of them"


class NotUtf8(Refused):
    """The file is not UTF-8."""

    code = "E4003"
    message = "the file is not UTF-8 (byte {byte})"
    hint = (
        "save it as UTF-8 (a spreadsheet program calls it CSV UTF-8), or say in a map what it is: "
        'encoding = "windows-1256"; vigil inspect FILE guesses'
    )


class HeaderDuplicated(Refused):
    """Two columns of a table have one name."""

    code = "E4004"
    message = "the column {name!r} occurs twice"
    hint = "rename one of them"


class ColumnMissing(Refused):
    """The map reads a column that the file does not have."""

    code = "E4005"
    message = "the file has no column {name!r}, which the map reads"
    hint = "its columns: {columns}"


class RowWidth(Refused):
    """A row has more or fewer cells than the header."""

    code = "E4006"
    message = "the row has {cells} cells and the header {columns}"
    hint = "check the separators and quotes of this row"


class NoRule(Refused):
    """No rule of the map matches the row."""

    code = "E4007"
    message = "no rule of the map matches this row"
    hint = 'add a [[row]] whose `when` matches it, with wait = "..." if it has to wait'


class TwoRules(Refused):
    """Two rules of the map match one row."""

    code = "E4008"
    message = "the rules {first} and {second} of the map both match this row"
    hint = "make their `when` exclude each other"


class MapInvalid(VigilError):
    """The map is not TOML, or says something a map cannot say."""

    code, exit = "E4009", 2
    message = "{file}: {why}"
    hint = "docs/how-to/import-a-spreadsheet.md describes maps"


class FileKindUnknown(VigilError):
    """Import reads a file by its extension."""

    code, exit = "E4010", 2
    message = "{file} is neither .jsonl, .csv nor .xlsx"
    hint = "rename it, or save it as .xlsx in a spreadsheet program (.xls and .ods are not read)"


class MapMissing(VigilError):
    """A CSV whose columns are not the fields of facts needs a map."""

    code, exit = "E4011", 2
    message = "{file} has no {what} `fact`, so it needs a map"
    hint = "give --map MAP.toml; docs/how-to/import-a-spreadsheet.md shows how to write one"


class ValueNotInTable(Refused):
    """A table of the map has no entry for a cell's value."""

    code = "E4012"
    message = "the map's table {table!r} has no entry for {value!r}"
    hint = "add it to the map, or mend the cell"


class OccurredMissing(Refused):
    """In a file every fact says when it occurred; `now` would be the time of the import."""

    code = "E4013"
    message = "occurred is missing"
    hint = "give occurred: a file is read on another day than it tells of"


class ImportRefused(Refused):
    """At least one row was refused, so nothing of the file was written."""

    code = "E4014"
    message = "{rejected} of {rows} rows were refused; nothing was written"
    hint = "mend them (--rejects F writes them to a file), or take the good ones with --keep-going"


class FileTooLarge(Refused):
    """A line or cell is larger than any fact can be."""

    code = "E4015"
    message = "a line or record has more than {limit} characters"
    hint = "check the file; a quote that was never closed swallows the lines after it"


class QuoteNeverClosed(Refused):
    """A quoted cell has gone on over lines for longer than any fact can be: where it ends, and so
    which lines are rows, cannot be known.
    """

    code = "E4028"
    message = "a cell that begins here goes on for more than {limit} characters"
    hint = "close its quote, and import the file again: what follows was not read"


class CsvBroken(Refused):
    """A record's quotes or line ends are not those of CSV."""

    code = "E4016"
    message = "this record is not CSV: {why}"
    hint = (
        "a quote inside a quoted cell is doubled, and each quote that opens a cell closes it; "
        "lines end as on Windows or Unix"
    )


class NotInEncoding(Refused):
    """The file is not in the encoding that the map says."""

    code = "E4017"
    message = "the file is not in the encoding {encoding}: {why}"
    hint = "change `encoding` in the map; vigil inspect FILE guesses"


class CellBroken(Refused):
    """A cell of a workbook holds an error, or a formula of which no value was saved."""

    code = "E4018"
    message = "the cell {cell} holds {what}"
    hint = "mend the formula, or type the value; open and save the workbook so that it is computed"


class NotAWorkbook(VigilError):
    """A file that is called .xlsx and is something else, locked, or cut short."""

    code, exit = "E4019", 2
    message = "{file} is no .xlsx workbook that can be read: it seems to be {what}"
    hint = "{cure}"


class WorkbookTooLarge(VigilError):
    """A workbook that would fill the memory: often a few bytes that unpack to very many."""

    code, exit = "E4020", 2
    message = "{file} holds {what}"
    hint = "delete what does not belong to the table, or save the sheet as CSV"


class SheetUnclear(VigilError):
    """Several sheets of a workbook could be meant, and the map names none."""

    code, exit = "E4021", 2
    message = "{file} has several sheets with data: {sheets}"
    hint = 'say in the map which is meant: sheet = "{first}"'


class SheetMissing(VigilError):
    """The workbook has no such sheet, or none with data."""

    code, exit = "E4022", 2
    message = "{file} has no sheet {what}"
    hint = "its sheets: {sheets}"


class TwoTables(Refused):
    """A sheet goes on after a blank row or under a second header; it may be another table."""

    code = "E4023"
    message = "the sheet {sheet!r} goes on here after {what}: is it another table?"
    hint = 'say in the map which cells are the table, its header first: range = "{range}"'


class HeaderMissing(Refused):
    """None of the first rows of a sheet can be a header."""

    code = "E4024"
    message = "no row at the top of the sheet {sheet!r} looks like a header"
    hint = "{cure}"


class ColumnUnclear(Refused):
    """A column of the map could be one of several of the export, in different groups."""

    code = "E4025"
    message = "the column {name!r} of the map could be {columns}"
    hint = "write it in the map with its group, as in the export"


class SubmissionTwice(Refused):
    """One submission of a KoboToolbox export stands in it twice."""

    code = "E4026"
    message = "the submission {uuid} stands in row {first} and in row {second}"
    hint = "export again, or delete one of them"


class ParentMissing(Refused):
    """A row of a repeat names a submission that is not in the workbook."""

    code = "E4027"
    message = "no row of the sheet {sheet!r} has the _index {index!r}"
    hint = "export all sheets together, and delete no row of the submissions alone"


# E5: the command line --------------------------------------------------------------------------


class Usage(VigilError):
    """The command line cannot be understood."""

    code, exit = "E5001", 2
    message = "{what}"
    hint = "{cure}"
    example = "vigil query populations"


class OptionNotForView(VigilError):
    """An option that the view has no use for; ignoring it would give a wrong answer."""

    code, exit = "E5002", 2
    message = "{option} means nothing for {view}"
    hint = "{view} takes {options}"


class PositionUnknown(VigilError):
    """There is no such position in the log."""

    code, exit = "E5003", 2
    message = "the ledger has positions 0 to {last}, not {position}"
    hint = "vigil log lists them"


class FactReferenceMalformed(VigilError):
    """A fact is named by its thing and its number."""

    code, exit = "E5004", 2
    message = "{text!r} does not name a fact"
    hint = "write ID/n, such as INC-H1-42T/3; vigil show ID lists the facts"


class FactReferenceAmbiguous(VigilError):
    """The number may be left off only when the thing has one fact."""

    code, exit = "E5005", 2
    message = "{id} has {count} facts; which one?"
    hint = "vigil show {id} lists them; write {id}/1"


class BatchUnknown(VigilError):
    """No fact of the ledger came with such an import."""

    code, exit = "E5008", 2
    message = "there is no batch {batch!r}"
    hint = "the newest: {newest}"
    example = "vigil retract --batch IMP-1 --reason x"


class NothingToExplain(VigilError):
    """`explain` knows facts, fields, lists and codes."""

    code, exit = "E5006", 2
    message = "there is nothing called {subject!r} to explain"
    hint = "did you mean {nearest}? Facts are listed by vigil record --help"
    example = "vigil explain incident.claim"


class KnowledgeReversed(VigilError):
    """A difference goes from an earlier knowledge time to a later one."""

    code, exit = "E5007", 2
    message = "{later} is after {earlier}: nothing is learned backwards"
    hint = "name the earlier time first: vigil diff {typed}"
    example = "vigil diff 2013 2012"


class IdAmbiguous(VigilError):
    """More than one id begins with what was typed, and none is just that."""

    code, exit = "E5021", 2
    message = "{text!r} may be {ids}"
    hint = "type more of the id"
    example = "vigil show INC"


class InputNotUtf8(Refused):
    """A text that is read from standard input or from a form is not UTF-8."""

    code = "E5022"
    message = "what was read is not UTF-8 (byte {byte})"
    hint = "save the text as UTF-8, or convert it with iconv, and say it again"


class FormMalformed(VigilError):
    """A line of a form is neither a field, nor the text of one, nor a comment."""

    code, exit = "E5023", 2
    message = "line {line} of the form is neither a field nor part of one"
    hint = "write name: value, and begin the further lines of a text with a space"


class EditorFailed(VigilError):
    """The editor cannot be started, or ended with an error."""

    code, exit = "E5024", 2
    message = "the editor {editor!r} failed: {why}"
    hint = "set VISUAL or EDITOR to an editor that works; nothing was recorded"


class Interrupted(VigilError):
    """Somebody pressed Ctrl-C."""

    code, exit = "E5998", 130
    message = "interrupted; nothing half-done was kept"
    hint = "run it again; an import passes over what is recorded already"


class Unexpected(VigilError):
    """A fault of Vigil itself."""

    code, exit = "E5999", 1
    message = "something unexpected happened: {what}"
    hint = "nothing half-done was kept; run it again with --debug and report what it prints"
