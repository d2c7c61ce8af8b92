"""Files into facts: all rows or none in one transaction, every bad row named with its cure."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from cli.imports.files import Row, read_csv, read_jsonl
from cli.imports.mapping import Map, Mapped, Waiting
from ledger import limits
from ledger.errors import (
    FileKindUnknown,
    FileUnreadable,
    ImportRefused,
    MapMissing,
    OccurredMissing,
    Several,
    VigilError,
)
from ledger.values.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cli.world import World
    from ledger.application import Ledger
    from ledger.transaction import Receipt, Transaction

#: What an export's lines hold and an import leaves aside: it is the ledger's to set.
_LEFT_ASIDE = ("recorded", "uuid")


class Source(NamedTuple):
    """An open file, its name for messages, and what it is: `.csv` or `.jsonl`."""

    name: str
    kind: str
    stream: BinaryIO


class Problem(NamedTuple):
    """A row that was refused: what is wrong with it, and its text."""

    file: str
    row: int | None
    error: VigilError
    raw: str

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "row": self.row,
            "field": self.error.field,
            "code": self.error.code,
            "message": self.error.sentence,
            "hint": self.error.cure,
        }


class Outcome:
    """What became of the rows; `facts` counts facts, the others rows."""

    def __init__(self) -> None:
        self.recorded = self.already = self.rejected = self.waiting = self.facts = 0
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.rejects: list[str] = []

    @property
    def rows(self) -> int:
        return self.recorded + self.already + self.rejected + self.waiting

    def refuse(self, file: str, row: Row, error: VigilError) -> None:
        """Count a refused row; each refused field of it is a problem of its own."""
        self.rejected += 1
        self.rejects.append(row.raw)
        for one in error.problems if isinstance(error, Several) else [error]:
            if len(self.problems) < limits.IMPORT_PROBLEMS:
                self.problems.append(Problem(file, row.line, one, row.raw))

    def as_json(self) -> dict[str, Any]:
        """The document `vigil.import/1`."""
        return {
            "schema": "vigil.import/1",
            "recorded": self.recorded,
            "already": self.already,
            "rejected": self.rejected,
            "waiting": self.waiting,
            "facts": self.facts,
            "problems": [problem.as_json() for problem in self.problems],
            "warnings": self.warnings,
        }


def import_sources(
    ledger: Ledger,
    sources: Iterable[Source],
    *,
    map: Map | None = None,
    actor: str | None = None,
    keep_going: bool = False,
    dry_run: bool = False,
    outcome: Outcome | None = None,
) -> Outcome:
    """Record the facts of files in one transaction.

    Where a row is refused nothing is stored and `ImportRefused` is raised, unless `keep_going`;
    `outcome` then tells what became of each row all the same.
    """
    outcome = outcome if outcome is not None else Outcome()
    with ledger.transaction(dry_run=dry_run) as transaction:
        run = _Run(transaction, map, actor, outcome)
        for source in sources:
            run.read(source)
        if outcome.rejected and not keep_going:
            rows = outcome.rows
            outcome.recorded = outcome.facts = 0
            raise ImportRefused(rejected=outcome.rejected, rows=rows)
    if map is not None and outcome.rows:
        outcome.warnings += [f"no row matched the rule {rule}" for rule in map.unmatched_rules()]
    return outcome


@contextmanager
def opened(names: Iterable[str], world: World) -> Iterator[list[Source]]:
    """The files of a command line, open; `-` is standard input, JSON lines."""
    sources: list[Source] = []
    try:
        for name in names:
            if name == "-":
                sources.append(Source("-", ".jsonl", world.input))
                continue
            path = world.at(name)
            kind = path.suffix.lower()
            if kind not in (".jsonl", ".csv"):
                raise FileKindUnknown(file=name)
            try:
                stream = path.open("rb")  # closed below, with the others
                sources.append(Source(name, kind, stream))
            except OSError as error:
                raise FileUnreadable(file=name, why=error.strerror) from None
        yield sources
    finally:
        for source in sources:
            if source.name != "-":
                source.stream.close()


class _Run:
    """One import: rows in, counts and problems out."""

    def __init__(
        self, transaction: Transaction, map: Map | None, actor: str | None, outcome: Outcome
    ) -> None:
        self._transaction, self._map, self._actor = transaction, map, actor
        self._outcome = outcome
        self._batch = f"IMP-{iso(transaction.recorded)}"
        self._began = False

    def read(self, source: Source) -> None:
        """Record the facts of one file."""
        seen: Counter[str] = Counter()
        for row in self._rows(source):
            try:
                if row.problem is not None:
                    raise row.problem
                facts = self._facts_of(source, row)
                if isinstance(facts, Waiting):
                    self._outcome.waiting += 1
                    continue
                key = self._key(row.cells, source)
                seen[key] += 1
                if seen[key] > 1:
                    key = f"{key}#{seen[key]}"
                with self._transaction.together():
                    receipts = self._record(facts, key)
            except VigilError as error:
                error.row = row.line
                self._outcome.refuse(source.name, row, error)
            else:
                self._count(receipts)

    def _rows(self, source: Source) -> Iterator[Row]:
        if source.kind == ".jsonl":
            yield from read_jsonl(source.stream)
            return
        header, rows = read_csv(source.stream, delimiter=self._map.delimiter if self._map else ",")
        if self._map is not None:
            self._map.check_header(header)
            self._record_first()
        elif "fact" not in header:
            raise MapMissing(file=source.name)
        yield from rows

    def _record_first(self) -> None:
        """What the map says is there before any row."""
        assert self._map is not None
        if self._began:
            return
        self._began = True
        receipts = self._record(self._map.first(), None)
        self._outcome.facts += sum(not receipt.already for receipt in receipts)

    def _facts_of(self, source: Source, row: Row) -> list[Mapped] | Waiting:
        if source.kind == ".csv" and self._map is not None:
            return self._map.facts(row.cells)
        return [Mapped(_plain(row.cells, source.kind), begin=False)]

    def _key(self, cells: Mapping[str, Any], source: Source) -> str:
        """The row's own key, else one from its content."""
        mapped = self._map.key(cells) if self._map is not None and source.kind == ".csv" else None
        if mapped is not None:
            return mapped
        if self._map is None or source.kind == ".jsonl":
            given = cells.get("key")
            if isinstance(given, str) and given:
                return given
        said = {name: value for name, value in cells.items() if name not in _LEFT_ASIDE}
        return sha256(dumps(said, sort_keys=True, ensure_ascii=False).encode(
            errors="surrogatepass")).hexdigest()[:32]  # fmt: skip

    def _record(self, facts: list[Mapped], key: str | None) -> list[Receipt]:
        """Record the facts of a row: the first under its key, the n-th under `key/n`."""
        receipts = []
        for number, (said, begin) in enumerate(facts, 1):
            if begin and self._transaction.exists(str(said.get("id"))):
                continue
            if said.get("occurred") is None:
                raise OccurredMissing(field="occurred")
            own = {} if key is None else {"key": key if number == 1 else f"{key}/{number}"}
            fields = said if said.get("key") else {**said, **own}
            receipts.append(self._transaction.record(fields, actor=self._actor, batch=self._batch))
        return receipts

    def _count(self, receipts: list[Receipt]) -> None:
        new = [receipt for receipt in receipts if not receipt.already]
        self._outcome.facts += len(new)
        if new:
            self._outcome.recorded += 1
        else:
            self._outcome.already += 1
        for receipt in new:
            self._outcome.warnings += [
                f"{receipt.entry.fact}: {warning}" for warning in receipt.warnings
            ]


def _plain(cells: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A row whose columns are the fields of a fact; parts of `source` join with a dash."""
    fields: dict[str, Any] = {}
    for name, value in cells.items():
        if name in _LEFT_ASIDE or (kind == ".csv" and value == ""):
            continue
        whole, _, part = name.partition("-")
        if kind == ".csv" and whole == "source" and part:
            fields.setdefault("source", {})[part] = value
        else:
            fields[name] = value
    return fields
