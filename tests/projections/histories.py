"""Valid ledgers at random: candidates are told to a real ledger, which itself refuses what is not.

`logs()` gives the entries of such a ledger in order of recording. Nothing is stored: they are told
inside a transaction that is rolled back. `views_of` makes views of entries in memory; `written` a
ledger's folder that holds exactly these entries, whatever the rules would say.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ledger.application import Ledger
from ledger.errors import VigilError
from ledger.folder import Folder
from ledger.history import CORRECTED, Entry, standing
from ledger.registry import FAMILIES
from ledger.values.instants import DAY
from ledger.values.when import When
from projections.filling import insert
from projections.tables import SCHEMA
from projections.views import VIEWS
from tests.conftest import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from projections.question import Question

#: Databases of a test's many small ledgers lie in memory where the system has such a folder.
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None

FIRST_DAY = date(2012, 1, 1)
STEP = 12
LAST_STEP = 30
_FIRST_INSTANT = When.parse("2012-01-01").settle("UTC").earliest

ID = re.compile(r"\b([A-Z]{3}-[A-Z0-9]+(?:-[A-Z0-9]+)*)/(\d+)\b")

# Values -----------------------------------------------------------------------------------------

EXACT = st.sampled_from(["0", "1", "5", "8", "30"])
COUNTS = EXACT | st.sampled_from(["~10", "5-6", "3+", ">4", "<7", "~8+", "~5-9"])
TOLLS = COUNTS | st.just("unknown")
SITES = st.sampled_from(["ashraf", "hurriya", "transit"])
COUNTRIES = st.sampled_from(["ALB", "DEU"])
FATES = st.sampled_from(["dead", "missing", "detained", "left", "outside"])
TEXTS = st.sampled_from(["one", "two", "three"])
_numbers = st.integers(1, 5)
_money = st.sampled_from(["100 USD", "250 USD", "40 USD"])
_claimants = st.sampled_from(["unhcr", "press", "residents"])


def _day(step: int) -> str:
    return (FIRST_DAY + timedelta(days=STEP * step)).isoformat()


def _when(step: int, form: str) -> str:
    day = _day(step)
    match form:
        case "minute":
            return f"{day}T05:00"
        case "instant":
            return f"{day}T05:00:30Z"
        case "month":
            return day[:7]
        case "quarter":
            return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"
        case "year":
            return day[:4]
        case "span":
            return f"{day}..{_day(step + 2)}"
        case "since":
            return f"{day}.."
        case "until":
            return f"..{day}"
        case "weekday":
            return f"Monday {day}"
    return day


_FORMS = ["day"] * 6 + ["minute", "instant", "month", "quarter", "year", "span", "since", "until",
                        "weekday"]  # fmt: skip
_FORMS_RECEIVED = ["day"] * 8 + ["minute", "month", "span", "since"]
OCCURRED = st.builds(_when, st.integers(0, LAST_STEP), st.sampled_from(_FORMS))

# Facts ------------------------------------------------------------------------------------------

_toll = dict.fromkeys(("killed", "injured", "missing", "detained"), TOLLS)

#: The fields of each kind: those that are needed, and those that may be left out.
SPEC: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "site.opened": ({"name": TEXTS, "timezone": st.just("Asia/Baghdad")}, {"country": COUNTRIES}),
    "site.renamed": ({"name": st.sampled_from(["Camp A", "Camp B", "Camp C"])}, {}),
    "site.closed": ({}, {}),
    "site.reopened": ({"reason": TEXTS}, {}),
    "movement.made": (
        {"from": SITES | st.sampled_from(["outside", "missing", "ALB"]),
         "to": COUNTRIES | FATES | SITES, "count": COUNTS},
        {"mode": TEXTS, "convoy": TEXTS, "opening": st.just(True), "note": TEXTS,
         "residents": st.lists(st.sampled_from(["RES-A", "RES-B"]), min_size=1, unique=True)},
    ),
    "incident.opened": (
        {"site": SITES, "kind": st.sampled_from(["attack", "clash", "road"]), "title": TEXTS},
        {"severity": _numbers},
    ),
    "incident.claimed": ({"claimant": _claimants}, _toll),
    "incident.adopted": ({}, {**_toll, "basis": st.integers(2, 4), "reason": TEXTS}),
    "incident.merged": ({"into": st.sampled_from(["INC-A", "INC-B", "INC-C"])}, {}),
    "incident.closed": ({}, {"reason": TEXTS}),
    "incident.reopened": ({"reason": TEXTS}, {}),
    "figure.stated": (
        {"measure": st.sampled_from(["present", "present", "arrived_total", "relocated_total",
                                     "relocated_year", "baseline", "convoy_size"]),
         "count": TOLLS, "claimant": _claimants, "place": SITES | COUNTRIES | st.just("abroad")},
        {"movement": st.sampled_from(["MOV-A", "MOV-B"])},
    ),
    "observation.made": (
        {"category": st.sampled_from(["water", "food"]), "text": TEXTS, "site": SITES},
        {"severity": _numbers, "incident": st.sampled_from(["INC-A", "INC-B"])},
    ),
    "case.registered": (
        {"sex": st.sampled_from(["f", "m"]), "age_band": st.just("adult"), "site": SITES}, {},
    ),
    "case.advanced": (
        {"state": st.sampled_from(["rsd_interviewed", "in_need_of_protection", "identified",
                                   "missing", "found", "withdrawn", "left"])},
        {"country": COUNTRIES},
    ),
    "offer.made": ({"country": COUNTRIES, "places": COUNTS}, {}),
    "offer.withdrawn": ({}, {"places": COUNTS}),
    "commitment.made": ({"text": TEXTS}, {"by": TEXTS, "due": OCCURRED}),
    "commitment.extended": ({"due": OCCURRED}, {}),
    "commitment.fulfilled": ({"evidence": TEXTS}, {}),
    "commitment.breached": ({"evidence": TEXTS}, {}),
    "fund.pledged": ({"fund": TEXTS, "donor": TEXTS, "money": _money}, {}),
    "fund.received": ({"money": _money}, {"reason": TEXTS}),
    "fund.spent": ({"money": _money}, {"purpose": TEXTS}),
    "fund.cancelled": ({"reason": TEXTS}, {}),
    "engagement.held": (
        {"kind": st.sampled_from(["meeting", "visit"]), "subject": TEXTS}, {"with": TEXTS},
    ),
    "engagement.answered": ({"by": TEXTS, "summary": TEXTS}, {}),
    "watch.started": (
        {"site": SITES, "post": st.sampled_from(["gate", "clinic"])},
        {"officer": st.sampled_from(["HRO-07", "HRO-08"])},
    ),
    "watch.reported": ({"nil": st.just(True)}, {"text": TEXTS, "until": OCCURRED}),
    "watch.handed_over": ({"to": st.sampled_from(["HRO-08", "HRO-09"])}, {}),
    "watch.ended": ({}, {}),
    "service.measured": (
        {"site": SITES, "indicator": st.just("water_supply"),
         "value": st.sampled_from(["0", "14.5", "900"]),
         "unit": st.sampled_from(["l_per_person_day", "l_per_day", "m3_per_day"])},
        {"method": TEXTS},
    ),
}  # fmt: skip
_ENVELOPE = {"note": TEXTS}
_CORRECTIONS = {**_ENVELOPE, "source-name": TEXTS, "source-grade": st.sampled_from(["A1", "C3"])}

_POOLS = {
    "site": ["SIT-ASHRAF", "SIT-HURRIYA", "SIT-TRANSIT"],
    "movement": ["MOV-A", "MOV-B", "MOV-C", "MOV-D"],
    "incident": ["INC-A", "INC-B", "INC-C"],
    "figure": ["FIG-A", "FIG-B", "FIG-C"],
    "case": ["RES-A", "RES-B"],
}
_LATER = {
    family: [
        name
        for name in SPEC
        for _ in range(3 if name in ("incident.claimed", "incident.adopted") else 1)
        if name.startswith(f"{family}.") and name != FAMILIES[family].beginning
    ]
    for family in FAMILIES
}
#: How often things of a family are begun, and how often something more is said of one.
_BEGUN = ["movement"] * 6 + ["incident"] * 4 + ["figure"] * 4 + [
    "observation", "offer", "commitment", "fund", "engagement", "case", "watch", "watch",
    "service",
]  # fmt: skip
_GOES_ON = {"movement": 5, "incident": 12, "figure": 5, "site": 1}
_AT_LEAST = {"incident.claimed": 1, "incident.adopted": 2}
_ACTS = ["begin"] * 5 + ["go on"] * 5 + ["correct"] * 4 + ["retract"] * 3 + ["assess"] * 2


def _pool(family: str) -> list[str]:
    letters = FAMILIES[family].kind
    return _POOLS.get(family, [f"{letters}-A", f"{letters}-B"])


def _exactly(strategy: Any, exact: bool) -> Any:
    return EXACT if exact and strategy in (COUNTS, TOLLS) else strategy


def _family(id: str) -> str:
    return next(name for name, family in FAMILIES.items() if family.kind == id[:3])


def _later(id: str) -> list[str]:
    """The kinds of fact that may follow the beginning of a thing."""
    return _LATER[_family(id)]


#: Where a strategy leans to the first of many, it leans to incidents.
_IDS = sorted(
    {id for family in FAMILIES for id in _pool(family)},
    key=lambda thing: (-_GOES_ON.get(_family(thing), 2), thing),
)


@st.composite
def candidates(
    draw: st.DrawFn, histories: Mapping[str, Sequence[Entry]], exact: bool = False
) -> dict[str, Any]:
    """One fact that may follow, or be refused, as people would write it."""
    act = draw(st.sampled_from(_ACTS))
    begun = [id for id in _IDS if id in histories and (act != "go on" or _later(id))]
    if act == "begin" or not begun:
        family = draw(st.sampled_from(_BEGUN))
        missing = [id for id in _pool(family) if not _stands(histories.get(id, ()))]
        id = draw(st.sampled_from(missing or _pool(family)))
        return _fact(draw, FAMILIES[family].beginning, id, 0, exact)
    id = draw(st.sampled_from([id for id in begun for _ in range(_GOES_ON.get(_family(id), 2))]))
    history = histories[id]
    if act == "go on":
        return _fact(draw, draw(st.sampled_from(_later(id))), id, 0, exact)
    target = draw(st.sampled_from(list(history)))
    step = _step_of(target)
    if act == "retract" or target.kind.about_another:
        return _fact(draw, "fact.retracted", id, step) | {"of": target.version, "reason": "no"}
    if act == "assess":
        status = draw(st.sampled_from(["reported", "corroborated", "verified", "disputed",
                                       "unsubstantiated", "rejected"]))  # fmt: skip
        grounds = {"standard": "reasonable_grounds", "reviewer": "HRO-99"}
        return _fact(draw, "fact.assessed", id, step) | {
            "of": target.version, "status": status, "basis": "two sources",
            **(grounds if status == "verified" else {}),
        }  # fmt: skip
    needed, optional = SPEC[target.name]
    fields = {**needed, **optional, **_CORRECTIONS, "occurred": OCCURRED}
    names = draw(st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=2, unique=True))
    changes = {}
    for name in names:
        clears = name in optional and target.get(name) is not None and draw(st.booleans())
        changes[name] = None if clears else draw(_exactly(fields[name], exact))
    return _fact(draw, "fact.corrected", id, step) | {
        "of": target.version, "set": changes, "reason": "why",
    }  # fmt: skip


def _fact(draw: st.DrawFn, name: str, id: str, step: int, exact: bool = False) -> dict[str, Any]:
    needed, optional = SPEC.get(name, ({}, {}))
    received = draw(st.integers(step, LAST_STEP + 1))
    occurred = draw(st.integers(0, received))
    fact = {
        "fact": name, "id": id,
        "occurred": _when(occurred, draw(st.sampled_from(_FORMS))),
        "received": _when(received, draw(st.sampled_from(_FORMS_RECEIVED))),
        **{field: draw(_exactly(strategy, exact)) for field, strategy in needed.items()},
    }  # fmt: skip
    if optional:
        few = 1 if name in ("movement.made", "figure.stated") else 3
        chosen = draw(
            st.lists(
                st.sampled_from(sorted(optional)),
                min_size=_AT_LEAST.get(name, 0), max_size=few, unique=True,
            )
        )  # fmt: skip
        fact |= {field: draw(_exactly(optional[field], exact)) for field in chosen}
    return fact


def _step_of(target: Entry) -> int:
    """The first step by which a fact was received."""
    late = 0 if target.received.precision in ("day", "minute") else STEP * DAY - 1
    return max(0, min(LAST_STEP, (target.known_at + late - _FIRST_INSTANT) // (STEP * DAY)))


def _stands(history: Sequence[Entry]) -> bool:
    return any(entry.begins for entry in standing(history)) if history else False


# Ledgers ----------------------------------------------------------------------------------------


def new_ledger(path: Path) -> Ledger:
    """An empty ledger whose clock and randomness are fixed."""
    numbers = count(1)
    return Ledger(
        Folder.create(path, station="H1", timezone="UTC"),
        clock=Clock("2026-11-24T10:00Z"),
        random=lambda: f"{next(numbers):032x}",
    )


@cache
def _scratch() -> Ledger:
    folder = Path(tempfile.mkdtemp(prefix="vigil-", dir=MEMORY))
    atexit.register(shutil.rmtree, folder)
    return new_ledger(folder / "ledger")


SITES_OPENED = tuple(
    {"fact": "site.opened", "id": f"SIT-{name}", "name": f"Camp {name.title()}",
     "timezone": "Asia/Baghdad", "occurred": "2009-01-01", "received": "2009-01-01"}
    for name in ("ASHRAF", "HURRIYA", "TRANSIT")
)  # fmt: skip


_FIRST = (
    ("movement.made", "MOV-A"), ("incident.opened", "INC-A"), ("incident.claimed", "INC-A"),
    ("incident.claimed", "INC-A"), ("incident.opened", "INC-B"), ("incident.adopted", "INC-A"),
    ("incident.claimed", "INC-B"), ("movement.made", "MOV-B"), ("figure.stated", "FIG-A"),
)  # fmt: skip


@st.composite
def logs(draw: st.DrawFn, max_size: int = 26, exact: bool = False) -> list[Entry]:
    """The entries of a valid ledger in order of recording."""
    log: list[Entry] = []
    histories: dict[str, list[Entry]] = {}
    ledger = _scratch()
    numbers = count(1)
    ledger.random = lambda: f"{next(numbers):032x}"
    with ledger.transaction(dry_run=True) as transaction:

        def tell(fields: Mapping[str, Any]) -> None:
            try:
                with transaction.together():
                    receipt = transaction.record(fields, actor="HRO-07")
            except VigilError:
                return
            for entry in (receipt.entry, *(entailed.entry for entailed in receipt.entailed)):
                log.append(entry)
                histories.setdefault(entry.id, []).append(entry)

        for fields in SITES_OPENED:
            tell(fields)
        for name, id in _FIRST:
            tell(_fact(draw, name, id, 0, exact))
        for _ in range(draw(st.integers(5, max_size))):
            tell(draw(candidates(histories, exact)))
    return log


def streams(log: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The histories of the things in a log."""
    found: dict[str, list[Entry]] = {}
    for entry in log:
        found.setdefault(entry.id, []).append(entry)
    return found


def views_of(log: Iterable[Entry]) -> sqlite3.Connection:
    """Views in memory, made by the kernel from all histories."""
    views = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        views.execute(statement)
    insert(views, sorted(streams(log).items()))
    return views


def written(path: Path, log: Iterable[Entry]) -> Folder:
    """A ledger's folder that holds these entries."""
    folder = Folder.create(path, station="H1", timezone="UTC")
    with closing(sqlite3.connect(folder.database)) as store, store:
        store.executemany(
            "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
            [
                (
                    position,
                    entry.id,
                    entry.version,
                    entry.kind.topic,
                    json.dumps(entry.said).encode(),
                )
                for position, entry in enumerate(log, start=1)
            ],
        )
    return folder


# Another telling of the same ---------------------------------------------------------------------


#: Added to the number of a fact that is not told any more.
GONE = 1000


class Retold:
    """A log told again without some of its facts, and with others told differently.

    Versions, `of` and `basis` are renumbered; `back` leads from the new names to the old ones.
    """

    def __init__(
        self,
        log: Sequence[Entry],
        keep: Callable[[Entry], bool],
        told: Callable[[Entry], Mapping[str, Any]] = lambda entry: entry.said,
    ) -> None:
        # A basis that is not in this telling keeps its old number, out of the way of the new ones.
        self.old = {(entry.id, GONE + entry.version): entry.version for entry in log}
        new: dict[tuple[str, int], int] = {}
        kept = [entry for entry in log if keep(entry)]
        lengths: dict[str, int] = {}
        for entry in kept:
            version = lengths[entry.id] = lengths.get(entry.id, 0) + 1
            new[entry.id, entry.version] = version
            self.old[entry.id, version] = entry.version
        self.log = [renumbered(entry, told(entry), new) for entry in kept]

    def back(self, text: str) -> str:
        """A text in which facts are named as they were."""
        return ID.sub(lambda m: f"{m[1]}/{self.old.get((m[1], int(m[2])), '?')}", text)


def renumbered(entry: Entry, said: Mapping[str, Any], new: Mapping[tuple[str, int], int]) -> Entry:
    """A fact under its new number, naming others by theirs; a basis that is gone stays gone."""
    said = {**said, "version": new[entry.id, entry.version]}
    if entry.kind.about_another:
        said["of"] = new[entry.id, said["of"]]
    if entry.kind is CORRECTED:
        said["set"] = _with_basis(entry.id, said["set"], new)
    elif not entry.kind.about_another:
        said = _with_basis(entry.id, said, new)
    return Entry(entry.kind, said)


def _with_basis(
    id: str, said: Mapping[str, Any], new: Mapping[tuple[str, int], int]
) -> dict[str, Any]:
    basis = said.get("basis")
    return dict(said) if basis is None else {**said, "basis": new.get((id, basis), GONE + basis)}


def without_corrections(log: Sequence[Entry]) -> Retold:
    """What would have been told, had everything been told right the first time."""
    histories = streams(log)
    now = {
        (fact.id, fact.version): fact.said
        for history in histories.values()
        for fact in standing(history)
    }

    def about_a_correction(entry: Entry) -> bool:
        while entry.kind.about_another:
            if entry.kind is CORRECTED:
                return True
            entry = histories[entry.id][entry.said["of"] - 1]
        return False

    return Retold(
        log,
        lambda entry: not about_a_correction(entry),
        lambda entry: now.get((entry.id, entry.version), entry.said),
    )


def answers(
    views: sqlite3.Connection, question: Question, back: Callable[[str], str] = lambda text: text
) -> dict[str, Any]:
    """The rows of every view, facts under the names that `back` gives them."""
    found = {}
    for name, view in VIEWS.items():
        rows = view.query(views, question)
        if name == "incidents":
            rows = [_without_number(row) for row in rows]
        rows = json.loads(back(json.dumps(rows)))
        if name == "findings":
            rows = sorted((_finding(row) for row in rows), key=json.dumps)
        found[name] = rows
    return found


def _without_number(row: dict[str, Any]) -> dict[str, Any]:
    """`basis` is a number by itself; it is compared as the name of a fact."""
    adopted = row["adopted"]
    if adopted is None or adopted["basis"] is None:
        return row
    return {**row, "adopted": {**adopted, "basis": f"{row['id']}/{adopted['basis']}"}}


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    """Facts of one stream may change places where `/10` was `/9`; a refusal names numbers."""
    text = None if row["rule"] == "history_broken" else row["text"]
    return {**row, "facts": sorted(row["facts"]), "text": text}
