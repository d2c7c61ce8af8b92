"""The grammar of times: what people write, in EDTF's spirit, and what they nearly write."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from ledger.errors.values import DateAmbiguous, DateImpossible, TimeImpossible, TimeNotUnderstood
from ledger.values.digits import ascii_digits
from ledger.values.instants import (
    DAY,
    EPOCH,
    HOUR,
    MICROSECOND,
    MINUTE,
    SECOND,
    offset_at,
    zone_known,
)
from ledger.values.point import WEEKDAYS, Point, utc_of
from ledger.values.when import When

#: Years a `When` may name, so that every bound of every zone stays inside `datetime`.
FIRST_YEAR, LAST_YEAR = 1000, 9998


# Patterns are compiled when they are first needed: most times are days or instants as stored.
_DAY = r"\d{4}-\d\d-\d\d"
_LONGEST = len("2013-02-09T05:45:10.123456+03:00")
_TIME = r"(\d\d):(\d\d)(Z|[+-]\d\d:\d\d)"
_POINT = (
    r"(?P<year>\d{4})(?:-Q(?P<quarter>\d)|-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?P<offset>Z|[+-]\d{2}:\d{2})?)?)?)?"
)
_ZONE = r"(.*)\[([^\[\]]+)\]"
_WEEKDAY = r"([A-Za-z]{3,9}),?\s+(.+)"
_CLOCK = r"(?i:(today|yesterday)(?:\s+|$))?(?:(\d{1,2}):(\d{2}))?"
_AGO = r"-(\d{1,5})\s*([mhd])"
_SLASHED = r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})"
_DOTTED_TIME = r"(\d{1,2})\.(\d{2})"
_AGO_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}


def parse(given: str) -> When:
    """Read a time; raises a refusal that names the accepted forms."""
    # Instants and days, as a log holds them by the million, before what people write besides.
    mark = given[10:11]
    if mark == "T" and len(given) <= _LONGEST:  # else what is remembered of them could be anything
        midnight, clock = _midnight(given[:10]), _clock(given[11:])
        if midnight is not None and clock is not None:
            begins = midnight + clock[0]
            return When.canonical(given, begins, begins + clock[1])
    return _zoned_day(given) if mark == "[" else understood(given)


@lru_cache(maxsize=16_384)
def _midnight(text: str) -> int | None:
    """When a day as it is stored begins in UTC, in microseconds; None where it is written else."""
    if not re.fullmatch(_DAY, text, re.ASCII):
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        return None
    return (start - EPOCH) // timedelta(microseconds=1)


def _clock(text: str) -> tuple[int, int] | None:
    """A time of day with its offset as it is stored: how long after midnight UTC it begins, and how
    long it lasts, in microseconds; None where it is written otherwise.
    """
    offset = -1 if text.endswith("Z") else -6
    begins, seconds = _minute(text[:5] + text[offset:]), text[5:offset]
    if begins is None:
        return None
    if not seconds:
        return begins, MINUTE
    second, point, fraction = _second(seconds[:3]), seconds[3:4], seconds[4:]
    if second is None:
        return None
    if not point:
        return begins + second, SECOND
    if point == "." and len(fraction) == 6 and fraction.isascii() and fraction.isdecimal():
        return begins + second + int(fraction), MICROSECOND
    return None


@lru_cache(maxsize=16_384)
def _minute(text: str) -> int | None:
    """How long after midnight UTC a minute with its offset begins, in microseconds."""
    match = re.fullmatch(_TIME, text, re.ASCII)
    if match is None:
        return None
    hour, minute, offset = match.groups()
    try:
        ahead = _read_offset(offset)
    except ValueError:
        return None
    if int(hour) > 23 or int(minute) > 59 or ahead is None or (ahead == 0 and offset != "Z"):
        return None
    return int(hour) * HOUR + int(minute) * MINUTE - ahead


@lru_cache(maxsize=256)
def _second(text: str) -> int | None:
    """Seconds after their colon, in microseconds."""
    return int(text[1:]) * SECOND if re.fullmatch(":[0-5][0-9]", text) else None


@lru_cache(maxsize=16_384)
def _zoned_day(text: str) -> When:
    """A day with its zone."""
    day, zone = text[:10], text[11:-1]
    if _midnight(day) is None or not text.endswith("]") or not zone or "[" in zone or "]" in zone:
        return understood(text)
    zone_known(zone)
    start = datetime.fromisoformat(day)
    begins, ends = utc_of(start, zone), utc_of(start + timedelta(days=1), zone)
    return When.canonical(text, begins, ends) if begins < ends else understood(text)


@lru_cache(maxsize=16_384)
def understood(given: str) -> When:
    """A time in whatever form it is written."""
    text = ascii_digits(given).strip()
    if not text[:4].isdigit() and (relative := _read_relative(text)) is not None:
        return relative
    zone = None
    if text.endswith("]") and (match := re.fullmatch(_ZONE, text)):
        text, zone = match[1].strip(), zone_known(match[2])
    weekday = None
    if text[:1].isalpha() and (match := re.fullmatch(_WEEKDAY, text)):
        weekday = _read_weekday(match[1])
        text = match[2] if weekday else text
    if ".." in text:
        first, _, last = text.partition("..")
        start = _read_point(first, given) if first.strip() else None
        end = _read_point(last, given) if last.strip() else None
        if start is None and end is None:
            raise TimeNotUnderstood(text=given)
    else:
        start = end = _read_point(text, given)
    if weekday and (
        start is not end or start is None or start.unit in ("year", "quarter", "month")
    ):
        raise TimeNotUnderstood(text=given)
    when = When(start, end, zone=zone, weekday=weekday).with_offsets()
    span = when if when.settled else when.settle("UTC")
    if span.earliest >= span.latest:
        raise DateImpossible(text=given, why="it ends before it begins")
    return when


def _read_weekday(word: str) -> str | None:
    for name in WEEKDAYS:
        if word.lower() in (name.lower(), name[:3].lower()):
            return name
    return None


def _read_point(text: str, given: str) -> Point:
    match = re.fullmatch(_POINT, text.strip())
    if not match:
        raise _not_understood(text.strip(), given)
    part = match.groupdict()
    year = int(part["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateImpossible(text=given, why=f"years run from {FIRST_YEAR} to {LAST_YEAR}")
    if part["quarter"]:
        quarter = int(part["quarter"])
        if not 1 <= quarter <= 4:
            raise DateImpossible(text=given, why="a year has quarters Q1 to Q4")
        return Point(datetime(year, 3 * quarter - 2, 1), "quarter", 0, None)
    try:
        day = date(year, int(part["month"] or 1), int(part["day"] or 1))
    except ValueError as error:
        raise DateImpossible(text=given, why=str(error)) from None
    unit = "day" if part["day"] else "month" if part["month"] else "year"
    if part["hour"] is None:
        return Point(datetime(day.year, day.month, day.day), unit, 0, None)
    fraction = part["fraction"] or ""
    try:
        moment = datetime(
            day.year, day.month, day.day, int(part["hour"]), int(part["minute"]),
            int(part["second"] or 0), int(fraction.ljust(6, "0")) if fraction else 0,
        )  # fmt: skip
        offset = _read_offset(part["offset"])
    except ValueError as error:
        raise TimeImpossible(text=given, why=str(error)) from None
    unit = "fraction" if fraction else "second" if part["second"] else "minute"
    return Point(moment, unit, len(fraction), offset)


@lru_cache(maxsize=256)
def _read_offset(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if text[0] not in "+-" or hours > 14 or minutes > 59:
        raise ValueError("an offset is at most 14:00")
    offset = hours * HOUR + minutes * MINUTE
    return -offset if text[0] == "-" else offset


def _not_understood(text: str, given: str) -> Exception:
    """The refusal that helps most: many wrong forms have one obvious meaning."""
    if match := re.fullmatch(_SLASHED, text):
        return DateAmbiguous(text=given, first=match[1], second=match[2])
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})", text):
        return TimeImpossible(text=given, why="a day has 00:00 to 23:59")
    if match := re.fullmatch(_DOTTED_TIME, text):
        return TimeImpossible(text=given, why=f"write {match[1]:0>2}:{match[2]}")
    return TimeNotUnderstood(text=given)


def _read_relative(text: str) -> When | None:
    if text.lower() == "now" or re.fullmatch(_AGO, text):
        return When(None, None, relative=text.lower())
    match = re.fullmatch(_CLOCK, text)
    if match and text and (match[1] or match[2]):
        if match[2] and (int(match[2]) > 23 or int(match[3]) > 59):
            raise TimeImpossible(text=text, why="a day has 00:00 to 23:59")
        return When(None, None, relative=text.lower())
    return None


def settle_relative(text: str, zone: str, now: int) -> When:
    """The time that a relative form means, read from `now` (microseconds) in a zone."""
    if text == "now":
        return When.instant(now, zone)
    if match := re.fullmatch(_AGO, text):
        return When.instant(now - int(match[1]) * _AGO_UNITS[match[2]], zone)
    match = re.fullmatch(_CLOCK, text)
    assert match is not None
    word, hour, minute = match.groups()
    moment = EPOCH + timedelta(microseconds=now)
    today = (moment + timedelta(microseconds=offset_at(moment, zone))).date()
    day = today - timedelta(days=1) if word == "yesterday" else today
    if hour is None:
        return When.parse(f"{day.isoformat()}[{zone}]")
    clock = f"{int(hour):02}:{minute}"
    when = When.parse(f"{day.isoformat()}T{clock}").settle(zone)
    if word is None and when.earliest > now:
        earlier = day - timedelta(days=1)
        when = When.parse(f"{earlier.isoformat()}T{clock}").settle(zone)
    return when
