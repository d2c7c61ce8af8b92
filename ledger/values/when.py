"""When something happened or was learned: a subset of EDTF with zone, precision and bounds.

A `When` keeps what was said ("2013-02", "Monday 2014-11-18", "05:00") and covers a span of time:
`earliest` is its first instant, `latest` the first instant after it (an exclusive end), both in
microseconds since 1970-01-01T00:00Z, or `ALWAYS` / `NEVER` where the span is open. It is *settled*
when those instants are known, that is when a zone or an offset is; only settled ones are stored.

PyPI's `edtf` was tried and is not used: it drops the time of day and has neither zones nor quarters
(docs/decisions/0002-when.md). Nothing here imports pydantic, because queries read times too.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.errors import (
    DateAmbiguous,
    DateImpossible,
    LocalTimeUnclear,
    TimeImpossible,
    TimeNotUnderstood,
    TimeRelative,
    ZoneUnknown,
)

if TYPE_CHECKING:
    from datetime import tzinfo

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: The open ends of a span. Every instant a calendar can name lies between them.
ALWAYS = -(2**62)
NEVER = 2**62

#: Years a `When` may name, so that every bound of every zone stays inside `datetime`.
FIRST_YEAR, LAST_YEAR = 1000, 9998

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()

# Patterns are compiled when they are first needed: most times are plain days or full instants.
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


class Point(NamedTuple):
    """One end of a span as it was written: local calendar fields, the unit it covers, an offset."""

    start: datetime
    unit: str
    digits: int
    offset: int | None


class When:
    """A settled or unsettled time; equal when the canonical texts are. Immutable by convention."""

    __slots__ = ("_relative", "earliest", "end", "latest", "start", "text", "weekday", "zone")

    def __init__(
        self,
        start: Point | None,
        end: Point | None,
        *,
        zone: str | None = None,
        weekday: str | None = None,
        relative: str | None = None,
    ) -> None:
        self.start, self.end = start, end
        self.weekday, self.zone = weekday, zone
        self._relative = relative
        self.earliest, self.latest = ALWAYS, NEVER
        if self.settled:
            self.earliest = _first_instant(start, zone) if start else ALWAYS
            self.latest = _end_instant(end, zone) if end else NEVER
        self.text = self._write()

    @classmethod
    def parse(cls, text: str) -> When:
        """Read a time as people write it; raises a refusal that names the accepted forms."""
        return _parse(text)

    @classmethod
    def instant(cls, micros: int, zone: str = "UTC") -> When:
        """The microsecond that begins at `micros`, written with the offset of `zone`."""
        moment = _EPOCH + timedelta(microseconds=micros)
        offset = _offset_at(moment, zone)
        local = moment + timedelta(microseconds=offset)
        point = Point(local, "fraction", 6, offset)
        return cls(point, point)

    @property
    def relative(self) -> bool:
        """Whether it is said relative to the present (`now`, `-20m`, `05:30`)."""
        return self._relative is not None

    @property
    def settled(self) -> bool:
        """Whether its instants are known: it is not relative, and no part waits for a zone."""
        if self._relative is not None:
            return False
        return self.zone is not None or not any(
            point is not None and point.offset is None for point in (self.start, self.end)
        )

    @property
    def precision(self) -> str:
        """`year quarter month day minute second fraction`, or `interval`."""
        if self.start is None or self.start is not self.end:
            return "interval"
        return self.start.unit

    @property
    def weekday_wrong(self) -> str | None:
        """The right weekday where the one that was said is wrong (`Tuesday`), else None."""
        if self.weekday is None or self.start is None:
            return None
        right = WEEKDAYS[self.start.start.weekday()]
        return None if right == self.weekday else right

    def calendar_year(self) -> When:
        """The calendar year in which it lies, in its own zone; of an interval, that of its end."""
        point = self.end or self.start
        assert point is not None
        year = Point(datetime(point.start.year, 1, 1), "year", 0, point.offset)
        return When(year, year, zone=self.zone)

    def settle(self, zone: str, now: int | None = None) -> When:
        """The same time with its zone settled; relative times are read from `now` (microseconds).

        Raises `LocalTimeUnclear` for a local time that its zone skips or repeats.
        """
        if self._relative is not None:
            if now is None:
                raise TimeRelative(text=self._relative)
            return _settle_relative(self._relative, zone, now)
        if self.settled:
            return self
        return When(self.start, self.end, zone=zone, weekday=self.weekday).with_offsets()

    def with_offsets(self) -> When:
        """Instants carry their offset from here on; the zone stays for days and longer."""
        if self.zone is None:
            return self
        start = _with_offset(self.start, self.zone)
        end = start if self.end is self.start else _with_offset(self.end, self.zone)
        waits = any(point is not None and point.offset is None for point in (start, end))
        return When(start, end, zone=self.zone if waits else None, weekday=self.weekday)

    def _write(self) -> str:
        if self._relative is not None:
            return self._relative
        if self.start is not None and self.start is self.end:
            text = _write_point(self.start)
        else:
            text = f"{_write_point(self.start)}..{_write_point(self.end)}"
        if self.weekday:
            text = f"{self.weekday} {text}"
        return f"{text}[{self.zone}]" if self.zone else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, When) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"When({self.text!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ledger.values.schema import text_value

        return text_value(cls, title="When", examples=["2012-02-18", "2013-02-09T05:00+03:00"])


def iso(micros: int) -> str | None:
    """An instant as ISO 8601 in UTC (`2012-02-17T21:00:00Z`), None where the span is open."""
    try:
        return (_EPOCH + timedelta(microseconds=micros)).isoformat() + "Z"
    except OverflowError:
        return None


def micros(moment: datetime) -> int:
    """An aware `datetime` as microseconds since 1970-01-01T00:00Z."""
    offset = moment.utcoffset()
    if offset is None:
        raise TypeError("an instant needs an offset")
    return (moment.replace(tzinfo=None) - offset - _EPOCH) // timedelta(microseconds=1)


def ascii_digits(text: str) -> str:
    """`text` with every Unicode decimal digit written as ASCII (Arabic-Indic, Persian, ...)."""
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def zone_known(zone: str) -> str:
    """`zone` if the time zone database has it; raises `ZoneUnknown`."""
    _zone(zone)
    return zone


@lru_cache(maxsize=16_384)
def _parse(given: str) -> When:
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


def _quick_point(text: str) -> Point | None:
    """The two commonest forms, read by the standard library: a day, an instant to the microsecond.

    None for every other form and whatever is wrong, so that the slow way says why.
    """
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            return Point(datetime.fromisoformat(text), "day", 0, None)
        if len(text) == 27 and text[10] == "T" and text[19] == "." and text[26] == "Z":
            return Point(datetime.fromisoformat(text[:26]), "fraction", 6, 0)
        if len(text) == 32 and text[10] == "T" and text[19] == "." and text[29] == ":":
            return Point(datetime.fromisoformat(text[:26]), "fraction", 6, _read_offset(text[26:]))
    except ValueError:
        pass
    return None


def _read_point(text: str, given: str) -> Point:
    quick = _quick_point(text)
    if quick is not None and FIRST_YEAR <= quick.start.year <= LAST_YEAR:
        return quick
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


def _settle_relative(text: str, zone: str, now: int) -> When:
    if text == "now":
        return When.instant(now, zone)
    if match := re.fullmatch(_AGO, text):
        return When.instant(now - int(match[1]) * _AGO_UNITS[match[2]], zone)
    match = re.fullmatch(_CLOCK, text)
    assert match is not None
    word, hour, minute = match.groups()
    moment = _EPOCH + timedelta(microseconds=now)
    today = (moment + timedelta(microseconds=_offset_at(moment, zone))).date()
    day = today - timedelta(days=1) if word == "yesterday" else today
    if hour is None:
        return When.parse(f"{day.isoformat()}[{zone}]")
    clock = f"{int(hour):02}:{minute}"
    when = When.parse(f"{day.isoformat()}T{clock}").settle(zone)
    if word is None and when.earliest > now:
        earlier = day - timedelta(days=1)
        when = When.parse(f"{earlier.isoformat()}T{clock}").settle(zone)
    return when


def _write_point(point: Point | None) -> str:
    if point is None:
        return ""
    start = point.start
    match point.unit:
        case "year":
            return f"{start.year:04}"
        case "quarter":
            return f"{start.year:04}-Q{(start.month + 2) // 3}"
        case "month":
            return f"{start.year:04}-{start.month:02}"
        case "day":
            return start.date().isoformat()
    text = start.isoformat(timespec="minutes" if point.unit == "minute" else "seconds")
    if point.unit == "fraction":
        text += "." + f"{start.microsecond:06}"[: point.digits]
    return text + _write_offset(point.offset)


def _write_offset(offset: int | None) -> str:
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    minutes = abs(offset) // MINUTE
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _first_instant(point: Point, zone: str | None) -> int:
    return _to_utc(point.start, point, zone)


def _end_instant(point: Point, zone: str | None) -> int:
    start = point.start
    match point.unit:
        case "year":
            after = datetime(start.year + 1, 1, 1)
        case "quarter" | "month":
            month = start.month + (3 if point.unit == "quarter" else 1)
            after = datetime(start.year + (month > 12), (month - 1) % 12 + 1, 1)
        case "day":
            after = start + timedelta(days=1)
        case _:
            unit = {"minute": MINUTE, "second": SECOND}.get(point.unit) or int(
                10 ** (6 - point.digits)
            )
            return _to_utc(start, point, zone) + unit
    return _to_utc(after, point, zone)


def _to_utc(local: datetime, point: Point, zone: str | None) -> int:
    since_epoch = (local - _EPOCH) // timedelta(microseconds=1)
    if point.offset is not None:
        return since_epoch - point.offset
    assert zone is not None
    if zone == "UTC":
        return since_epoch
    offset = local.replace(tzinfo=_zone(zone)).utcoffset()
    assert offset is not None
    return since_epoch - offset // timedelta(microseconds=1)


def _with_offset(point: Point | None, zone: str) -> Point | None:
    """An instant's local time turned into an offset; days and longer keep waiting for the zone."""
    if point is None or point.offset is not None or point.unit in _CALENDAR_UNITS:
        return point
    if zone == "UTC":
        return point._replace(offset=0)
    first = point.start.replace(tzinfo=_zone(zone))
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    if before != after:
        skipped = before < after
        raise LocalTimeUnclear(
            text=point.start.isoformat(timespec="minutes"),
            zone=zone,
            what="does not exist (the clocks went forward)"
            if skipped
            else "happened twice (the clocks went back)",
            one=_write_offset(before // timedelta(microseconds=1)),
            other=_write_offset(after // timedelta(microseconds=1)),
        )
    return point._replace(offset=before // timedelta(minutes=1) * MINUTE)


def _offset_at(moment: datetime, zone: str) -> int:
    """The offset of `zone` at a UTC moment, in microseconds (whole minutes)."""
    if zone == "UTC":
        return 0
    from datetime import UTC

    offset = moment.replace(tzinfo=UTC).astimezone(_zone(zone)).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1) * MINUTE


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ZoneUnknown(zone=name) from None


_CALENDAR_UNITS = frozenset({"year", "quarter", "month", "day"})
