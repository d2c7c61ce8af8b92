"""When something happened or was learned: a subset of EDTF with zone, precision and bounds.

A `When` keeps what was said ("2013-02", "Monday 2014-11-18", "05:00") and covers a span of time:
`earliest` is its first instant, `latest` the first instant after it (an exclusive end), both in
microseconds since 1970-01-01T00:00Z, or `ALWAYS` / `NEVER` where the span is open. It is *settled*
when those instants are known, that is when a zone or an offset is; only settled ones are stored.

PyPI's `edtf` was tried and is not used: it drops the time of day and has neither zones nor quarters
(docs/decisions/0002-when.md). Nothing here imports pydantic, because queries read times too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ledger.errors.values import TimeRelative
from ledger.values.instants import ALWAYS, EPOCH, MICROSECOND, NEVER, offset_at
from ledger.values.point import (
    WEEKDAYS,
    Point,
    end_instant,
    first_instant,
    with_offset,
    write_offset,
    write_point,
)


class _Said(NamedTuple):
    """What was said of a time, part by part."""

    start: Point | None
    end: Point | None
    zone: str | None = None
    weekday: str | None = None
    relative: str | None = None


class When:
    """A settled or unsettled time; equal when the canonical texts are. Immutable by convention."""

    __slots__ = ("_parts", "earliest", "latest", "settled", "text")

    def __init__(
        self,
        start: Point | None,
        end: Point | None,
        *,
        zone: str | None = None,
        weekday: str | None = None,
        relative: str | None = None,
    ) -> None:
        self._parts: _Said | None = _Said(start, end, zone, weekday, relative)
        #: Whether its instants are known: it is not relative, and no part waits for a zone.
        self.settled = relative is None and (
            zone is not None
            or ((start is None or start.offset is not None)
                and (end is None or end.offset is not None))
        )  # fmt: skip
        self.earliest, self.latest = ALWAYS, NEVER
        if self.settled:
            self.earliest = first_instant(start, zone) if start else ALWAYS
            self.latest = end_instant(end, zone) if end else NEVER
        self.text = _write(self._parts)

    @classmethod
    def parse(cls, text: str) -> When:
        """Read a time as people write it; raises a refusal that names the accepted forms."""
        from ledger.values.grammar import parse

        return parse(text)

    @classmethod
    def instant(cls, micros: int, zone: str = "UTC") -> When:
        """The microsecond that begins at `micros`, written with the offset of `zone`."""
        moment = EPOCH + timedelta(microseconds=micros)
        offset = offset_at(moment, zone)
        local = moment + timedelta(microseconds=offset)
        text = local.isoformat(timespec="microseconds") + write_offset(offset)
        return cls.canonical(text, micros, micros + MICROSECOND)

    @classmethod
    def canonical(cls, text: str, earliest: int, latest: int) -> When:
        """The settled time of a canonical text that names no weekday, and the span that it covers.

        A log holds little else, so its parts are read only when somebody asks for them.
        """
        self = cls.__new__(cls)
        self.text, self.earliest, self.latest = text, earliest, latest
        self.settled, self._parts = True, None
        return self

    @property
    def _said(self) -> _Said:
        if self._parts is None:
            from ledger.values.grammar import understood

            whole = understood(self.text)
            self._parts = _Said(whole.start, whole.end, whole.zone)
        return self._parts

    @property
    def start(self) -> Point | None:
        """Its first point; None where it is open or relative."""
        return self._said.start

    @property
    def end(self) -> Point | None:
        """Its last point, the first one itself where there is but one."""
        return self._said.end

    @property
    def zone(self) -> str | None:
        """The zone in which its days are read; None where it has offsets, or waits for one."""
        return self._said.zone

    @property
    def weekday(self) -> str | None:
        """The weekday that was said beside the day."""
        return self._said.weekday

    @property
    def relative(self) -> bool:
        """Whether it is said relative to the present (`now`, `-20m`, `05:30`)."""
        return self._said.relative is not None

    @property
    def precision(self) -> str:
        """`year quarter month day minute second fraction`, or `interval`."""
        start, end, *_ = self._said
        return "interval" if start is None or start is not end else start.unit

    @property
    def weekday_wrong(self) -> str | None:
        """The right weekday where the one that was said is wrong (`Tuesday`), else None."""
        if self._parts is None:  # see `canonical`
            return None
        start, _, _, weekday, _ = self._parts
        if weekday is None or start is None:
            return None
        right = WEEKDAYS[start.start.weekday()]
        return None if right == weekday else right

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
        if self.settled:
            return self
        start, end, _, weekday, relative = self._said
        if relative is None:
            return When(start, end, zone=zone, weekday=weekday).with_offsets()
        if now is None:
            raise TimeRelative(text=relative)
        from ledger.values.grammar import settle_relative

        return settle_relative(relative, zone, now)

    def with_offsets(self) -> When:
        """Instants carry their offset from here on; the zone stays for days and longer."""
        start, end, zone, weekday, _ = self._said
        if zone is None:
            return self
        first = with_offset(start, zone)
        last = first if end is start else with_offset(end, zone)
        waits = any(point is not None and point.offset is None for point in (first, last))
        return When(first, last, zone=zone if waits else None, weekday=weekday)

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
        from ledger.values.grammar import parse
        from ledger.values.schema import text_value

        examples = ["2012-02-18", "2013-02-09T05:00+03:00"]
        return text_value(cls, parse, title="When", examples=examples)


def _write(said: _Said) -> str:
    """The canonical text."""
    start, end, zone, weekday, relative = said
    if relative is not None:
        return relative
    if start is not None and start is end:
        text = write_point(start)
    else:
        text = f"{write_point(start)}..{write_point(end)}"
    if weekday:
        text = f"{weekday} {text}"
    return f"{text}[{zone}]" if zone else text
