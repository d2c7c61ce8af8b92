"""Coverage: for each post and day, the hours with an entry and the silences between entries.

"Round the clock" is a claim about the office itself. A watch's own facts are entries, and so is
every fact that its officer recorded of the site while having the watch. A silence is the time from
one entry of a post to the next, whether somebody was on watch or nobody was.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from json import loads
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from ledger.values.instants import ALWAYS, HOUR, MINUTE, NEVER, iso, micros
from projections.table import said
from projections.timeline import places_of
from projections.watches import bounded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from projections.question import Behind, Question, Rows

#: Days in a longer silence are not listed after so many; the silence itself is, whole.
LISTED_DAYS = 31

#: What an hour shows, and its sign in a table.
SIGNS = {"entry": "#", "nil": "o", "silent": ".", "unwatched": "-"}

Post = tuple[str, str]
Span = TypeVar("Span")


class Point(NamedTuple):
    """Something that was entered, or a bound of a watch whose hour nobody knows (`bound`)."""

    at: int
    fact: str
    kind: str
    ends: bool = False

    @property
    def within(self) -> int:
        """The instant whose hour it shows: the end of a report is of the hour before it."""
        return self.at - self.ends


class Shift(NamedTuple):
    """The time in which one officer has a watch; `until` is None while it goes on."""

    watch: str
    fact: str
    site: str
    post: str
    officer: str
    state: str
    since: int
    until: int | None
    points: tuple[Point, ...]

    @property
    def last(self) -> int:
        return max((point.at for point in self.points), default=self.since)

    def end(self, present: int) -> int:
        """Its end; of one that goes on the present, and without a present its last entry."""
        if self.until is not None:
            return self.until
        return self.last if present == NEVER else max(present, self.last)


class Silence(NamedTuple):
    """The time between two entries of a post that follow each other."""

    since: int
    until: int
    facts: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return (self.until - self.since) // MINUTE


def shifts(views: sqlite3.Connection, question: Question) -> list[Shift]:
    """Every shift of every watch as it had gone by `on`, with its entries, by watch and start.

    A least status asks for entries of that status; who had the watch when is told by all that
    counts.
    """
    question = question._replace(since=ALWAYS, until=NEVER)
    where, values = question._replace(rank=1).counted()
    by_watch: dict[str, list[tuple[Any, ...]]] = {}
    for id, *step in views.execute(
        "SELECT id, fact, site, post, officer, state, verb, nil, at, until_at, occurred_from, "
        f"occurred_to, rank FROM watches WHERE {where} ORDER BY id, step",
        values,
    ):
        by_watch.setdefault(id, []).append(tuple(step))
    return [
        shift
        for id, steps in by_watch.items()
        if steps[0][5] == "started"
        for shift in _shifts(views, question, id, steps)
    ]


def _shifts(
    views: sqlite3.Connection, question: Question, id: str, steps: Sequence[tuple[Any, ...]]
) -> Iterator[Shift]:
    running: Shift | None = None
    for fact, site, post, officer, state, verb, nil, at, until_at, earliest, latest, rank in steps:
        if verb == "started" and earliest > ALWAYS:
            when = earliest
        else:
            when = bounded(at, earliest, latest)
        kind = "bound" if at is None or rank < question.rank else "nil" if nil else "entry"
        bounds = verb in ("started", "ended")
        points = [Point(when, fact, kind)] if bounds or kind != "bound" else []
        if until_at is not None and until_at > when and kind != "bound":
            points.append(Point(until_at, fact, kind, ends=True))
        if running is None:
            running = Shift(id, fact, site, post, officer, state, when, None, tuple(points))
            continue
        when = max(when, running.since)
        running = running._replace(
            state=state,
            points=(*running.points, *(p for p in points if p.at >= running.since)),
        )
        if officer != running.officer:
            yield _entered(views, question, running._replace(until=when))
            running = running._replace(
                fact=fact, officer=officer, since=when, points=(Point(when, fact, "bound"),)
            )
        elif verb == "ended" and running.until is None:
            running = running._replace(until=when)
    if running is not None:
        yield _entered(views, question, running)


def _entered(views: sqlite3.Connection, question: Question, shift: Shift) -> Shift:
    """A shift with what its officer recorded of the site meanwhile."""
    where, values = question.counted()
    until = NEVER if shift.until is None else shift.until
    found = views.execute(
        "SELECT occurred_from, stream || '/' || version, site, said FROM facts "
        f"WHERE occurred_from BETWEEN ? AND ? AND occurred_to - occurred_from <= ? AND {where} "
        f"AND name NOT GLOB 'watch.*' AND {said('actor')} = ?",
        [shift.since, until, HOUR, *values, shift.officer],
    )
    points = {point for point in shift.points if point.at <= until}
    points |= {
        Point(at, fact, "entry")
        for at, fact, site, told in found
        if shift.site in places_of(loads(told), site)
    }
    return shift._replace(points=tuple(sorted(points)))


def present(question: Question) -> int:
    """Until when a watch that goes on has lasted; `NEVER` where nobody asks about a time."""
    return min(question.on, question.watched_until)


def by_post(found: Sequence[Shift]) -> dict[Post, list[Shift]]:
    """Shifts by site and post, in the order of these."""
    posts: dict[Post, list[Shift]] = {}
    for shift in sorted(found, key=lambda s: (s.site, s.post, s.since, s.watch)):
        posts.setdefault((shift.site, shift.post), []).append(shift)
    return posts


def silences(kept: Sequence[Shift], now: int) -> list[Silence]:
    """The times between the entries of one post, in order, to its last entry or the present."""
    points = sorted({point for shift in kept for point in shift.points})
    found = [
        Silence(before.at, then.at, tuple(dict.fromkeys((before.fact, then.fact))))
        for before, then in pairwise(points)
        if then.at > before.at
    ]
    going = [shift for shift in kept if shift.until is None]
    if points and going and now != NEVER and now > points[-1].at:
        found.append(Silence(points[-1].at, now, (points[-1].fact,)))
    return found


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a post and day, in the ledger's zone: what each hour shows, and the silences.

    An hour shows an `entry`, a `nil` report, is `silent` under a watch, or is `unwatched`. `gaps`
    counts the silences that touch the day and are longer than `gap_minutes` in `vigil.toml`.
    """
    now = present(question)
    wanted = question.site or question.place
    rows = []
    for (site, post), kept in by_post(shifts(views, question)).items():
        if wanted not in (None, site):
            continue
        between = silences(kept, now)
        watched = _by_day(kept, lambda shift: (shift.since, shift.end(now)), question.zone)
        silent = _by_day(between, lambda silence: (silence.since, silence.until), question.zone)
        rows += [
            _row(site, post, str(day), watched(day), silent(day), now, question)
            for day in _days(kept, between, question)
        ]
    return sorted(rows, key=lambda row: (row["site"], row["post"], row["day"]))


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The entries of the day, and the facts at both ends of each gap."""
    bounds = hours_of(row["day"], question.zone)
    entered = [
        point.fact
        for shift in shifts(views, question)
        if (shift.site, shift.post) == (row["site"], row["post"])
        for point in shift.points
        if bounds[0] <= point.within < bounds[-1]
    ]
    gaps = [fact for gap in row["silences"] for fact in gap["facts"]]
    return {
        "hours": [(fact, None) for fact in dict.fromkeys(entered)],
        "gaps": [(fact, None) for fact in dict.fromkeys(gaps)],
    }


def _by_day(
    spans: Iterable[Span], bounds: Callable[[Span], tuple[int, int]], zone: str
) -> Callable[[date], list[Span]]:
    """Which spans may touch a day, found without looking at all of them for each day."""
    short: dict[date, list[Span]] = {}
    long: list[Span] = []
    for span in spans:
        first, last = (_day(bound, zone) for bound in bounds(span))
        if (last - first).days > LISTED_DAYS:
            long.append(span)
        else:
            for number in range((last - first).days + 1):
                short.setdefault(first + timedelta(days=number), []).append(span)
    return lambda day: [*short.get(day, ()), *long]


def _days(kept: Sequence[Shift], between: Sequence[Silence], question: Question) -> list[date]:
    """The days of a post, without those far inside a long silence."""
    zone = question.zone
    spans = [(silence.since, silence.until) for silence in between]
    spans += [(point.within, point.within) for shift in kept for point in shift.points]
    days: set[date] = set()
    for since, until in spans:
        last = _day(min(max(until - 1, since), question.until), zone)
        first = min(_day(max(since, question.since), zone), last)
        length = min((last - first).days, LISTED_DAYS)
        days |= {last, *(first + timedelta(days=number) for number in range(length + 1))}
    return [
        day
        for day in sorted(days)
        if hours_of(str(day), zone)[-1] > question.since
        and hours_of(str(day), zone)[0] < question.until
    ]


def _row(
    site: str,
    post: str,
    day: str,
    kept: Sequence[Shift],
    between: Sequence[Silence],
    now: int,
    question: Question,
) -> dict[str, Any]:
    bounds = hours_of(day, question.zone)
    start, end = bounds[0], bounds[-1]
    points = {point for shift in kept for point in shift.points if start <= point.within < end}
    hours = [_hour(since, until, points, kept, now) for since, until in pairwise(bounds)]
    touching = sorted(s for s in between if s.since < end and s.until > start)
    gaps = [silence for silence in touching if silence.minutes > question.gap_minutes]
    nil = {point.fact for point in points if point.kind == "nil"}
    return {
        "site": site,
        "post": post,
        "day": day,
        "hours": hours,
        "clock": "".join(SIGNS[hour] for hour in hours),
        "hours_entered": sum(hour in ("entry", "nil") for hour in hours),
        "nil_reports": len(nil),
        "gaps": len(gaps),
        "longest_gap_minutes": max((silence.minutes for silence in touching), default=0),
        "silences": [
            {"from": iso(gap.since), "to": iso(gap.until), "minutes": gap.minutes,
             "facts": list(gap.facts)}
            for gap in gaps
        ],
        "officers": sorted({s.officer for s in kept if s.since < end and s.end(now) >= start}),
    }  # fmt: skip


def _hour(since: int, until: int, points: set[Point], kept: Sequence[Shift], now: int) -> str:
    kinds = {point.kind for point in points if since <= point.within < until}
    if "entry" in kinds:
        return "entry"
    if "nil" in kinds:
        return "nil"
    watched = any(shift.since < until and shift.end(now) > since for shift in kept)
    return "silent" if watched else "unwatched"


#: The instants that a date can name in every zone.
_FIRST, _LAST = (micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (2, 9999))


def _day(instant: int, zone: str) -> date:
    return _local(instant, zone).date()


def _local(instant: int, zone: str) -> datetime:
    """An instant by the clock of a zone; one beyond every calendar is at its end."""
    named = max(_FIRST, min(instant, _LAST))
    moment = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(microseconds=named)
    return moment.astimezone(ZoneInfo(zone))


def minute_of(instant: int, zone: str) -> str:
    """An instant to the minute, by the clock of a zone: `2013-02-09T05:45+03:00`."""
    return _local(instant, zone).isoformat(timespec="minutes")


@cache
def hours_of(day: str, zone: str) -> tuple[int, ...]:
    """The instants at which the hours of a day begin by its clock, and its end: 25 in all."""
    midnight = datetime.fromisoformat(day)
    clock = [midnight.replace(hour=hour) for hour in range(24)] + [midnight + timedelta(days=1)]
    return tuple(micros(time.replace(tzinfo=ZoneInfo(zone))) for time in clock)
