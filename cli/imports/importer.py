"""Files into facts: all rows or none in one transaction, every bad row named with its cure."""

from __future__ import annotations

from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING, Any

from cli.imports import kobo
from cli.imports.fields import said_in
from cli.imports.files import as_csv
from cli.imports.mapping import Mapped, Waiting
from cli.imports.outcome import Outcome
from cli.imports.seen import Seen
from cli.imports.tables import tables
from ledger.errors import VigilError
from ledger.errors.commands import Usage
from ledger.errors.files import ImportRefused, OccurredMissing
from ledger.values.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cli.imports.files import Row
    from cli.imports.mapping import Map
    from cli.imports.sheets import Table
    from cli.imports.sources import Source
    from ledger.application import Ledger
    from ledger.receipt import Receipt
    from ledger.transaction import Transaction

#: Rows that are read ahead, and the characters of them at which it is enough.
FEW, FEW_CHARACTERS = 32, 2**18

#: What an export's lines hold and an import leaves aside: it is the ledger's to set.
_LEFT_ASIDE = ("recorded", "uuid")


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
        run = _Run(ledger, transaction, map, actor, outcome)
        for source in sources:
            outcome.reading = source.name
            run.read(source)
        if outcome.rejected and not keep_going:
            raise ImportRefused(rejected=outcome.rejected, rows=outcome.rows)
        if outcome.facts and not dry_run:
            outcome.batch = run.batch
    if map is not None and outcome.rows:
        for rule in map.unmatched_rules():
            outcome.warn(f"no row matched the rule {rule}")
    return outcome


class _Run:
    """One import: rows in, counts and problems out."""

    def __init__(
        self,
        ledger: Ledger,
        transaction: Transaction,
        map: Map | None,
        actor: str | None,
        outcome: Outcome,
    ) -> None:
        self._ledger, self._transaction = ledger, transaction
        self._map, self._actor, self._outcome = map, actor, outcome
        self.batch = _batch(ledger, transaction)
        self._began = False

    def read(self, source: Source) -> None:
        """Record the facts of one file."""
        seen = Seen()
        for number, table in enumerate(tables(source, self._map, self._outcome.warn)):
            if self._map is not None and source.kind != ".jsonl":
                self._record_first()
            if self._outcome.rejects is not None:
                if number:
                    what = "--rejects takes the rows of one table, and this workbook has several"
                    raise Usage(what=what, cure="import it without, or its sheets one by one")
                self._outcome.rejects.begin(self._head(source, table))
            for rows in _few(table.rows):
                ids = (row.cells.get("id") for row in rows)
                self._transaction.look_up(id for id in ids if isinstance(id, str))
                for row in rows:
                    self._take(source, table, row, seen)
        seen.close()

    def _take(self, source: Source, table: Table, row: Row, seen: Seen) -> None:
        """Record the facts of one row, or count what became of it."""
        try:
            if row.problem is not None:
                raise row.problem
            facts = self._facts_of(source, row)
            if isinstance(facts, Waiting):
                self._outcome.waiting += 1
                return
            key = self._given_key(row.cells, source)
            if key is None:
                key = _content_key(row.cells)
                times, _ = seen.meet(key, row.line)
                key = key if times == 1 else f"{key}#{times}"
            with self._transaction.together():
                receipts = self._record(facts, key)
                receipts += self._assess(receipts, row, key)
        except VigilError as error:
            error.row = row.line
            self._outcome.refuse(source.name, table, row, error)
        else:
            self._count(receipts)

    def _head(self, source: Source, table: Table) -> str:
        """What stands above refused rows, so that the same map reads them again."""
        if source.kind == ".jsonl":
            return ""
        mark = "\ufeff" if self._map is not None and self._map.encoding else ""
        return mark + as_csv(table.header, self._map.delimiter if self._map else ",")

    def _record_first(self) -> None:
        """What the map says is there before any row."""
        assert self._map is not None
        if self._began:
            return
        self._began = True
        receipts = self._record(self._map.first(), None)
        self._outcome.facts += sum(not receipt.already for receipt in receipts)

    def _facts_of(self, source: Source, row: Row) -> list[Mapped] | Waiting:
        if source.kind != ".jsonl" and self._map is not None:
            facts = self._map.facts(row.cells)
            if self._map.kobo is not None and not isinstance(facts, Waiting):
                came = {"received": kobo.received(row.cells)}
                return [fact._replace(fields={**came, **fact.fields}) for fact in facts]
            return facts
        return [Mapped(_plain(row.cells, source.kind), begin=False)]

    def _given_key(self, cells: Mapping[str, Any], source: Source) -> str | None:
        """The key that the row has, itself or by the map: the same again is the same row."""
        if self._map is not None and source.kind != ".jsonl":
            return self._map.key(cells)
        given = cells.get("key")
        return given if isinstance(given, str) and given else None

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
            receipts.append(self._transaction.record(fields, actor=self._actor, batch=self.batch))
        return receipts

    def _assess(self, receipts: list[Receipt], row: Row, key: str) -> list[Receipt]:
        """What the validation status of a row says its facts are worth, where it says it anew."""
        found = self._map.kobo.status(row.cells) if self._map and self._map.kobo else None
        if found is None:
            return []
        status, said = found
        basis = f"validation status in KoboToolbox: {said}"
        made = []
        for number, receipt in enumerate(receipts, 1):
            entry = receipt.entry
            if entry.kind.about_another:
                continue
            own = f"{key}/assessed/{number}/"
            given = [
                said for said in self._transaction.history(entry.id)
                if str(said.get("key")).startswith(own) and said.get("of") == entry.version
            ]  # fmt: skip
            if given and given[-1].get("status") == status:
                continue
            fields = {
                "fact": "fact.assessed", "id": entry.id, "of": entry.version, "status": status,
                "basis": basis, "key": f"{own}{len(given) + 1}",
            }  # fmt: skip
            made.append(self._transaction.record(fields, actor=self._actor, batch=self.batch))
        return made

    def _count(self, receipts: list[Receipt]) -> None:
        facts = 0
        for entry, _, already, warnings, _ in receipts:
            facts += not already
            for warning in warnings:
                self._outcome.warn(f"{entry.fact}: {warning}")
        self._outcome.facts += facts
        if facts:
            self._outcome.recorded += 1
        else:
            self._outcome.already += 1


def _content_key(cells: Mapping[str, Any]) -> str:
    """A key for a row that has none."""
    said = {name: value for name, value in cells.items() if name not in _LEFT_ASIDE}
    text = dumps(said, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _few(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows a few at a time: reading many lines in a row takes less than one now and then."""
    few: list[Row] = []
    held = 0
    for row in rows:
        few.append(row)
        held += len(row.raw)
        if len(few) >= FEW or held >= FEW_CHARACTERS:
            yield few
            few, held = [], 0
    yield few


def _batch(ledger: Ledger, transaction: Transaction) -> str:
    """The name of an import; a clock that stands still does not give two of them one name."""
    name = f"IMP-{iso(transaction.recorded)}"
    if transaction.recorded > ledger.last_recorded():
        return name
    return f"{name}-{ledger.recorder.max_notification_id() or 0}"


def _plain(cells: dict[str, Any], kind: str) -> dict[str, Any]:
    """A row whose columns are the fields of a fact, without what is the ledger's to set."""
    own = cells
    if "recorded" in cells or "uuid" in cells:
        own = {name: value for name, value in cells.items() if name not in _LEFT_ASIDE}
    return own if kind == ".jsonl" else said_in(own)
