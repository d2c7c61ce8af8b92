"""A `When` keeps what was said and covers it: round trips, bounds, refusals."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.errors import VigilError
from ledger.values.grammar import understood
from ledger.values.instants import (
    ALWAYS,
    DAY,
    HOUR,
    MICROSECOND,
    MINUTE,
    NEVER,
    SECOND,
    iso,
    micros,
    zone_known,
)
from ledger.values.point import WEEKDAYS
from ledger.values.when import When
from tests.ledger.strategies import ZONES, when_texts, whens

NOW = micros(datetime(2026, 11, 24, 10, tzinfo=UTC))


def span(text: str, zone: str = "UTC") -> tuple[str | None, str | None]:
    when = When.parse(text).settle(zone)
    return iso(when.earliest), iso(when.latest)


# What holds of all ------------------------------------------------------------------------------


@given(whens)
def test_a_settled_time_reads_as_itself(when: When) -> None:
    again = When.parse(when.text)
    assert again == when
    assert again.settled
    assert (again.earliest, again.latest) == (when.earliest, when.latest)
    assert (again.precision, again.weekday, again.zone) == (when.precision, when.weekday, when.zone)


@given(whens | when_texts.map(lambda text: f"{text}[Asia/Baghdad]"))
def test_a_time_read_the_short_way_is_what_the_grammar_makes_of_it(said: When | str) -> None:
    made = []
    for read in (When.parse, understood):
        try:
            when = read(str(said))
        except VigilError as error:
            made.append([error.code, error.sentence])
            continue
        made.append([
            when.text, when.earliest, when.latest, when.settled, when.start, when.end,
            when.start is when.end, when.zone, when.weekday, when.precision, when.relative,
            when.weekday_wrong, when.calendar_year(), when.with_offsets(),
        ])  # fmt: skip
    assert made[0] == made[1]


@pytest.mark.parametrize("text", ["2013-02-09T" + "0" * 90, "2013-02-09[" + "x" * 90 + "]"])
def test_what_is_longer_than_any_stored_time_is_refused_like_the_rest(text: str) -> None:
    with pytest.raises(VigilError):
        When.parse(text)


@given(whens)
def test_a_time_covers_something(when: When) -> None:
    assert ALWAYS <= when.earliest < when.latest <= NEVER


@given(whens, st.sampled_from(ZONES))
def test_a_settled_time_is_never_settled_again(when: When, zone: str) -> None:
    assert when.settle(zone) is when


@given(whens, whens)
def test_times_are_equal_when_their_texts_are(one: When, other: When) -> None:
    assert (one == other) == (one.text == other.text)
    assert one != one.text
    assert len({one, When.parse(one.text)}) == 1


@given(when_texts)
def test_what_was_said_reads_as_itself_before_it_is_settled(text: str) -> None:
    try:
        when = When.parse(text)
    except VigilError:
        assume(False)
    assert When.parse(when.text) == when


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        When.parse(text)
    except VigilError as error:
        assert error.code in {"E2101", "E2102", "E2103", "E2105", "E2106", "E2107"}
        assert error.cure


@given(when_texts, st.integers(0, 9))
def test_arabic_and_persian_digits_are_digits(text: str, digit: int) -> None:
    try:
        plain = When.parse(text)
    except VigilError:
        assume(False)
    for zero in (0x660, 0x6F0):
        other = "".join(chr(zero + int(c)) if c.isdecimal() else c for c in text)
        assert When.parse(other) == plain


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.sampled_from(ZONES))
def test_an_instant_is_one_microsecond_written_in_its_zone(moment: datetime, zone: str) -> None:
    at = micros(moment.replace(tzinfo=UTC))
    when = When.instant(at, zone)
    assert (when.earliest, when.latest) == (at, at + MICROSECOND)
    assert When.parse(when.text) == when


# What it covers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "end", "precision"),
    [
        ("2013-02-09T05:00Z", "2013-02-09T05:00:00Z", "2013-02-09T05:01:00Z", "minute"),
        ("2013-02-09 05:00Z", "2013-02-09T05:00:00Z", "2013-02-09T05:01:00Z", "minute"),
        ("2013-02-09T05:00+03:00", "2013-02-09T02:00:00Z", "2013-02-09T02:01:00Z", "minute"),
        ("2013-02-09T05:00-03:30", "2013-02-09T08:30:00Z", "2013-02-09T08:31:00Z", "minute"),
        ("2013-02-09T05:00:07Z", "2013-02-09T05:00:07Z", "2013-02-09T05:00:08Z", "second"),
        ("2013-02-09T05:00:07.25Z", "2013-02-09T05:00:07.250000Z",
         "2013-02-09T05:00:07.260000Z", "fraction"),
        ("2013-02-09T05:00:07.000001Z", "2013-02-09T05:00:07.000001Z",
         "2013-02-09T05:00:07.000002Z", "fraction"),
        ("2013-02-09", "2013-02-09T00:00:00Z", "2013-02-10T00:00:00Z", "day"),
        ("2013-02-09[Asia/Baghdad]", "2013-02-08T21:00:00Z", "2013-02-09T21:00:00Z", "day"),
        ("2013-02", "2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z", "month"),
        ("2012-02", "2012-02-01T00:00:00Z", "2012-03-01T00:00:00Z", "month"),
        ("2012-12", "2012-12-01T00:00:00Z", "2013-01-01T00:00:00Z", "month"),
        ("2013-Q1", "2013-01-01T00:00:00Z", "2013-04-01T00:00:00Z", "quarter"),
        ("2013-Q4", "2013-10-01T00:00:00Z", "2014-01-01T00:00:00Z", "quarter"),
        ("2013", "2013-01-01T00:00:00Z", "2014-01-01T00:00:00Z", "year"),
        ("2013-02-09..2013-02-12", "2013-02-09T00:00:00Z", "2013-02-13T00:00:00Z", "interval"),
        ("2013-02 .. 2013-Q4", "2013-02-01T00:00:00Z", "2014-01-01T00:00:00Z", "interval"),
        ("2013-02..", "2013-02-01T00:00:00Z", None, "interval"),
        ("..2013-02", None, "2013-03-01T00:00:00Z", "interval"),
        ("Saturday 2013-02-09", "2013-02-09T00:00:00Z", "2013-02-10T00:00:00Z", "day"),
        ("2013-02-09T24:00Z".replace("24:00", "23:59"), "2013-02-09T23:59:00Z",
         "2013-02-10T00:00:00Z", "minute"),
    ],
)  # fmt: skip
def test_it_covers_its_last_unit(text: str, first: str, end: str, precision: str) -> None:
    assert span(text) == (first, end)
    assert When.parse(text).precision == precision


@pytest.mark.parametrize("year", [1900, 2000, 2011, 2012, 2100, 2400])
def test_years_months_and_days_add_up_in_leap_years_and_others(year: int) -> None:
    whole = When.parse(f"{year}").settle("UTC")
    assert whole.latest - whole.earliest == (366 if calendar.isleap(year) else 365) * DAY
    at = whole.earliest
    for month in range(1, 13):
        part = When.parse(f"{year}-{month:02}").settle("UTC")
        assert part.earliest == at
        for number in range(1, calendar.monthrange(year, month)[1] + 1):
            one = When.parse(f"{year}-{month:02}-{number:02}").settle("UTC")
            assert (one.earliest, one.latest) == (at, at + DAY)
            at += DAY
        assert part.latest == at
    assert whole.latest == at


@pytest.mark.parametrize(
    ("day", "hours"), [("2013-03-31", 23), ("2013-10-27", 25), ("2013-06-01", 24)]
)
def test_a_day_is_as_long_as_its_zone_makes_it(day: str, hours: int) -> None:
    when = When.parse(day).settle("Europe/Berlin")
    assert when.latest - when.earliest == hours * HOUR


def test_a_zone_stays_with_days_and_an_offset_with_instants() -> None:
    assert When.parse("2012-02-18").settle("Asia/Baghdad").text == "2012-02-18[Asia/Baghdad]"
    assert When.parse("2012-02-18T05:00").settle("Asia/Baghdad").text == "2012-02-18T05:00+03:00"
    assert When.parse("2012-02-18T05:00[Asia/Baghdad]").text == "2012-02-18T05:00+03:00"
    assert When.parse("2013-07-09T05:00").settle("Europe/Berlin").text == "2013-07-09T05:00+02:00"
    assert When.parse("2013-02-09T05:00").settle("UTC").text == "2013-02-09T05:00Z"


def test_an_interval_of_an_instant_and_a_day_has_both() -> None:
    when = When.parse("2013-02-09T05:00..2013-02-10").settle("Asia/Baghdad")
    assert when.text == "2013-02-09T05:00+03:00..2013-02-10[Asia/Baghdad]"
    assert When.parse(when.text).latest == when.latest


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Monday 2014-11-18", "Tuesday"),
        ("Tue 2014-11-18", None),
        ("sunday, 2014-11-18T05:00Z", "Tuesday"),
    ],
)
def test_a_wrong_weekday_is_kept_and_known(said: str, right: str | None) -> None:
    when = When.parse(said)
    assert when.weekday_wrong == right
    assert when.weekday in WEEKDAYS
    assert when.text.startswith(f"{when.weekday} 2014-11-18")


@given(st.dates())
def test_weekdays_are_those_of_the_calendar(day: datetime) -> None:
    assume(1000 <= day.year <= 9998)
    right = WEEKDAYS[day.weekday()]
    assert When.parse(f"{right} {day.isoformat()}").weekday_wrong is None
    wrong = WEEKDAYS[(day.weekday() + 1) % 7]
    assert When.parse(f"{wrong} {day.isoformat()}").weekday_wrong == right


def test_a_calendar_year_is_that_of_the_zone() -> None:
    assert When.parse("2013-02-09T05:00+03:00").calendar_year().latest == micros(
        datetime(2013, 12, 31, 21, tzinfo=UTC)
    )
    year = When.parse("2013-02").settle("Asia/Baghdad").calendar_year()
    assert year.text == "2013[Asia/Baghdad]"
    assert When.parse("2012-12-30..2013-02").settle("UTC").calendar_year().text == "2013[UTC]"


# Relative forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("now", "2026-11-24T13:00:00.000000+03:00"),
        ("NOW", "2026-11-24T13:00:00.000000+03:00"),
        ("-20m", "2026-11-24T12:40:00.000000+03:00"),
        ("-2h", "2026-11-24T11:00:00.000000+03:00"),
        ("-1d", "2026-11-23T13:00:00.000000+03:00"),
        ("today", "2026-11-24[Asia/Baghdad]"),
        ("yesterday", "2026-11-23[Asia/Baghdad]"),
        ("yesterday 22:10", "2026-11-23T22:10+03:00"),
        ("today 05:30", "2026-11-24T05:30+03:00"),
        ("5:30", "2026-11-24T05:30+03:00"),
        ("12:59", "2026-11-24T12:59+03:00"),
        ("13:30", "2026-11-23T13:30+03:00"),
        ("۰۵:۳۰", "2026-11-24T05:30+03:00"),
    ],
)
def test_a_relative_time_is_read_from_now_in_the_zone(text: str, settled: str) -> None:
    when = When.parse(text)
    assert when.relative
    assert not when.settled
    assert when.settle("Asia/Baghdad", NOW).text == settled


def test_today_is_the_day_of_the_zone() -> None:
    late = NOW + 12 * HOUR
    assert When.parse("today").settle("UTC", late).text == "2026-11-24[UTC]"
    assert When.parse("today").settle("Asia/Baghdad", late).text == "2026-11-25[Asia/Baghdad]"


@pytest.mark.parametrize("text", ["now", "-20m", "05:30", "yesterday", "today 10:00"])
def test_a_relative_time_in_a_file_is_refused(text: str) -> None:
    with pytest.raises(VigilError) as caught:
        When.parse(text).settle("UTC")
    assert caught.value.code == "E2108"


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E2101"), (" ", "E2101"), ("spring", "E2101"), ("2013-2-9", "E2101"),
        ("201302", "E2101"), ("2013-02-09T05", "E2101"),
        ("2013-02-09T05:00 +03:00", "E2101"), ("2013-02-09T05:00+3", "E2101"), ("..", "E2101"),
        ("2013-02-09...2013-02-10", "E2101"), ("Monday 2013", "E2101"), ("Monday 2013-02", "E2101"),
        ("Monday 2013-02-09..2013-02-10", "E2101"), ("Someday 2013-02-09", "E2101"),
        ("2013-02-09T05:00:00.1234567Z", "E2101"), ("Feb 2013", "E2101"),
        ("1/9/2013", "E2102"), ("01.09.2013", "E2102"), ("1-9-13", "E2102"), ("13-02-09", "E2102"),
        ("2013-02-30", "E2103"), ("2013-02-29", "E2103"), ("2013-13", "E2103"),
        ("2013-00-01", "E2103"), ("2013-Q5", "E2103"), ("2013-Q0", "E2103"), ("0999", "E2103"),
        ("9999", "E2103"), ("0000-01-01", "E2103"), ("2013-03..2013-02", "E2103"),
        ("2013-02-10..2013-02-09T23:59", "E2103"),
        ("2013-02-09T25:10", "E2105"), ("2013-02-09T24:00", "E2105"), ("2013-02-09T05:60", "E2105"),
        ("2013-02-09T05:00:60", "E2105"), ("25:10", "E2105"), ("13.30", "E2105"),
        ("yesterday 25:10", "E2105"), ("2013-02-09T05:00+15:00", "E2105"),
        ("2013-02-09T05:00+03:75", "E2105"),
        ("2013-03-31T02:30[Europe/Berlin]", "E2106"), ("2013-10-27T02:30[Europe/Berlin]", "E2106"),
        ("2013-03-31T02:00[Europe/Berlin]", "E2106"), ("2013-02-09[Mars]", "E2107"),
        ("2013-02-09[../../etc/passwd]", "E2107"), ("2013-02-09[]", "E2101"),
    ],
)  # fmt: skip
def test_what_is_not_a_time_is_refused_by_its_code(text: str, code: str) -> None:
    with pytest.raises(VigilError) as caught:
        When.parse(text)
    assert caught.value.code == code, caught.value.sentence


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2013-03-31T01:59", "+01:00"), ("2013-03-31T03:00", "+02:00"),
        ("2013-10-27T01:59", "+02:00"), ("2013-10-27T03:00", "+01:00"),
    ],
)  # fmt: skip
def test_the_hours_beside_a_change_of_clocks_are_clear(text: str, offset: str) -> None:
    assert When.parse(text).settle("Europe/Berlin").text == text + offset


def test_a_repeated_hour_names_both_offsets_first_things_first() -> None:
    with pytest.raises(VigilError) as caught:
        When.parse("2013-10-27T02:30").settle("Europe/Berlin")
    assert caught.value.cure.endswith("2013-10-27T02:30+02:00 or 2013-10-27T02:30+01:00")


@pytest.mark.parametrize("zone", ["Asia/Bagdad", "", "GMT+25", "\0", "/etc/localtime", "Asia"])
def test_a_zone_that_the_database_has_not_is_refused(zone: str) -> None:
    with pytest.raises(VigilError) as caught:
        zone_known(zone)
    assert caught.value.code == "E2107"


def test_offsets_of_seconds_are_written_in_whole_minutes_and_cover_what_they_say() -> None:
    """Before 1918 Baghdad kept local mean time, 2:57:40 or so ahead of Greenwich."""
    when = When.parse("1900-01-01T00:00").settle("Asia/Baghdad")
    assert When.parse(when.text).earliest == when.earliest
    assert when.latest - when.earliest == MINUTE


def test_an_aware_moment_is_needed_for_micros() -> None:
    assert micros(datetime(1970, 1, 1, 1, tzinfo=UTC)) == HOUR
    with pytest.raises(TypeError):
        micros(datetime(1970, 1, 1) + timedelta(microseconds=SECOND))
