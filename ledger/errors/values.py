"""Values."""

from __future__ import annotations

from ledger.errors import Refused


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
