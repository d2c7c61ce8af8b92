"""A map: which facts the rows of a table are, told by their values (a TOML file).

Every row has to match exactly one rule, so that nothing is dropped or doubled in silence; a rule
may say that its rows wait. docs/how-to/import-a-spreadsheet.md describes the language.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from json import dumps
from pathlib import Path
from typing import Any, NamedTuple

from cli.imports.guess import delimiter_of
from cli.imports.kobo import Kobo, key_of, plain_status
from cli.imports.lines import is_text_encoding
from cli.imports.sheets import Area
from cli.imports.templates import (
    FILTERS,
    Cells,
    Filter,
    Maker,
    Piece,
    chained,
    figure,
    filled,
    listed,
    look_up,
    nested,
)
from ledger.errors.files import ColumnMissing, MapInvalid, NoRule, TwoRules
from ledger.errors.storage import FileUnreadable
from ledger.registry import FACTS, nearest
from ledger.vocabulary import terms

_KEYS = {
    "title", "delimiter", "encoding", "sheet", "range", "kobo", "key", "figures", "tables", "first",
    "row",
}  # fmt: skip
_REFERENCE = re.compile(r"\{([^{}|]+)((?:\|[^{}|]+)*)\}")


class Mapped(NamedTuple):
    """A fact that a row gives: its fields as in a line of JSON.

    With `begin` it is made only when the thing it begins is not there.
    """

    fields: dict[str, Any]
    begin: bool


class Waiting(NamedTuple):
    """A row whose family of facts this ledger does not have yet."""

    family: str


class _Fact(NamedTuple):
    make: Maker
    begin: bool

    def mapped(self, cells: Cells) -> Mapped:
        return Mapped(self.make(cells), self.begin)


class _Condition(NamedTuple):
    """A column's value is one of `values`, or none of them."""

    column: str
    values: frozenset[str]
    positive: bool

    def holds(self, cells: Cells) -> bool:
        return (cells[self.column] in self.values) is self.positive


class _Rule(NamedTuple):
    name: str
    when: list[_Condition]
    wait: str | None
    facts: list[_Fact]

    def matches(self, cells: Cells) -> bool:
        return all(condition.holds(cells) for condition in self.when)


class Map:
    """A map as read by `Map.load`; it remembers which of its rules matched a row."""

    def __init__(self, file: str, text: dict[str, Any]) -> None:
        """Compile a parsed map; raises `MapInvalid` naming the file and where in it."""
        reading = _Reading(file, text)
        self.title = reading.text("", text, "title")
        self.delimiter = reading.delimiter()
        self.encoding = reading.encoding()
        self.sheet = reading.text("", text, "sheet")
        self.area = reading.area()
        self.kobo = reading.kobo()
        self._first = reading.first()
        self._key = reading.key()
        self._rules = reading.rules()
        self.columns = sorted(reading.columns)
        self._matched: set[str] = set()

    @classmethod
    def load(cls, path: str | Path) -> Map:
        """Read a map; raises `FileUnreadable` and `MapInvalid`."""
        try:
            text = tomllib.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            raise FileUnreadable(file=path, why=error.strerror or error) from error
        except (ValueError, RecursionError) as error:
            raise MapInvalid(file=path, why=str(error)) from error
        return cls(str(path), text)

    def check_header(self, columns: list[str]) -> None:
        """Raises `ColumnMissing` for the first column the map reads and the table lacks."""
        for name in self.columns:
            if name not in columns:
                listed = ", ".join(columns)
                if len(columns) == 1 and (other := delimiter_of(listed)) != ",":
                    say = f"delimiter = {dumps(other)}"
                    listed = f"one. Do other characters separate them? Then say {say} in the map"
                raise ColumnMissing(name=name, field=name, columns=listed)

    def first(self) -> list[Mapped]:
        """The facts that are there before any row."""
        return [fact.mapped({}) for fact in self._first]

    def facts(self, cells: Cells) -> list[Mapped] | Waiting:
        """What a row says, in the order of the map.

        Raises `NoRule`, `TwoRules` or `ValueNotInTable`; the caller knows the row and sets it.
        """
        matching = [rule for rule in self._rules if rule.matches(cells)]
        if not matching:
            raise NoRule()
        if len(matching) > 1:
            raise TwoRules(first=matching[0].name, second=matching[1].name)
        rule = matching[0]
        self._matched.add(rule.name)
        if rule.wait is not None:
            return Waiting(rule.wait)
        return [fact.mapped(cells) for fact in rule.facts]

    def key(self, cells: Cells) -> str | None:
        """The row's own key, where the map names one and the row has it."""
        if self._key is None and self.kobo is not None:
            return key_of(cells)
        return self._key(cells) if self._key else None

    def unmatched_rules(self) -> list[str]:
        """The rules that matched no row so far: misspelt, or not needed."""
        return [rule.name for rule in self._rules if rule.name not in self._matched]


class _Reading:
    """A map being compiled: its tables, and the columns met so far."""

    def __init__(self, file: str, text: dict[str, Any]) -> None:
        self.file, self.map = file, text
        self.only("", text, _KEYS)
        self.figures = {"": "#", **self.entries("figures", text.get("figures", {}))}
        tables = self.table("tables", text.get("tables", {}))
        self.tables = {name: self.entries(f"tables.{name}", tables[name]) for name in tables}
        for name in FILTERS.keys() & tables:
            raise self.bad("tables", f"{name} is a filter already; call the table something else")
        self.columns: set[str] = set()

    def bad(self, where: str, why: str) -> MapInvalid:
        return MapInvalid(file=self.file, why=f"{where}: {why}" if where else why)

    def delimiter(self) -> str:
        found = self.text("", self.map, "delimiter") or ","
        if len(found) != 1 or found in '"\r\n ':
            raise self.bad("delimiter", f"{found!r} is not one character that can separate cells")
        return found

    def encoding(self) -> str | None:
        found = self.text("", self.map, "encoding")
        if found is not None and not is_text_encoding(found):
            why = f"{found!r} is no encoding; write utf-8, windows-1256, windows-1252 or utf-16"
            raise self.bad("encoding", why)
        return found

    def area(self) -> Area | None:
        found = self.text("", self.map, "range")
        if found is None:
            return None
        area = Area.read(found)
        if area is None:
            raise self.bad("range", f"{found!r} is no range; write A4:H90, or 4:90 for whole rows")
        return area

    def kobo(self) -> Kobo | None:
        found = self.map.get("kobo", False)
        if isinstance(found, bool):
            return Kobo({}) if found else None
        self.only("kobo", self.table("kobo", found), {"assess"})
        given = self.entries("kobo.assess", found.get("assess", {}))
        for status in given.values():
            if status == "verified" or status not in terms("assessment_status"):
                why = f"{status!r} is no status that an export can give (verified needs a reviewer)"
                raise self.bad("kobo.assess", why)
        return Kobo({plain_status(name): status for name, status in given.items()})

    def key(self) -> Maker | None:
        found = self.text("", self.map, "key")
        return self.template("key", found) if found else None

    def first(self) -> list[_Fact]:
        facts = self.facts("first", self.map.get("first", []))
        if self.columns:
            raise self.bad("first", f"there is no row yet, so no {{{min(self.columns)}}}")
        return facts

    def rules(self) -> list[_Rule]:
        found = self.tables_in("row", self.map.get("row", []))
        rules = [self.rule(f"row {n}", rule) for n, rule in enumerate(found, 1)]
        names = [rule.name for rule in rules]
        for name in names:
            if names.count(name) > 1:
                raise self.bad("row", f"two rules are called {name!r}")
        return rules

    def rule(self, default: str, rule: dict[str, Any]) -> _Rule:
        name = self.text(default, rule, "name") or default
        self.only(name, rule, {"name", "when", "wait", "fact"})
        if ("wait" in rule) is bool(rule.get("fact")):
            raise self.bad(name, "a rule gives either facts or wait")
        when = self.table(f"{name}, when", rule.get("when", {}))
        return _Rule(
            name,
            [self.condition(f"{name}, when", *item) for item in when.items()],
            self.text(name, rule, "wait"),
            self.facts(name, rule.get("fact", [])),
        )

    def condition(self, where: str, column: str, wanted: Any) -> _Condition:
        positive = not isinstance(wanted, dict)
        if not positive:
            self.only(f"{where}.{column}", wanted, {"not"})
            wanted = wanted.get("not")
        values = wanted if isinstance(wanted, list) else [wanted]
        if not values or not all(isinstance(value, str) for value in values):
            raise self.bad(f"{where}.{column}", 'write "x", ["x", "y"] or { not = "x" }')
        self.columns.add(column)
        return _Condition(column, frozenset(values), positive)

    def facts(self, where: str, found: Any) -> list[_Fact]:
        tables = self.tables_in(where, found)
        return [self.fact(f"{where}, fact {n}", table) for n, table in enumerate(tables, 1)]

    def fact(self, where: str, table: dict[str, Any]) -> _Fact:
        name = self.text(where, table, "fact")
        if name not in FACTS:
            near = nearest(name or "", FACTS)
            raise self.bad(where, f"{name!r} is not a kind of fact; did you mean {near}?")
        begin = table.get("begin", False)
        if not isinstance(begin, bool):
            raise self.bad(where, "begin is true or false")
        fields = {field: value for field, value in table.items() if field != "begin"}
        return _Fact(self.nested(where, fields), begin)

    def maker(self, where: str, value: Any) -> Maker:
        """What a value of the map makes: texts are templates; numbers and truths are themselves."""
        if isinstance(value, str):
            return self.template(where, value)
        if isinstance(value, dict):
            return self.figure(where, value) if "figure" in value else self.nested(where, value)
        if isinstance(value, list):
            return listed([self.maker(where, item) for item in value])
        if isinstance(value, date | time):
            value = value.isoformat()
        return lambda _: value

    def nested(self, where: str, table: dict[str, Any]) -> Maker:
        return nested({name: self.maker(f"{where}.{name}", table[name]) for name in table})

    def template(self, where: str, text: str) -> Maker:
        between = _REFERENCE.sub("", text)
        if "{" in between or "}" in between:
            raise self.bad(where, f"{text!r} has a brace that is not part of {{column|filter}}")
        parts = [self.reference(where, *match.groups()) for match in _REFERENCE.finditer(text)]
        return filled(_REFERENCE.split(text)[::3], parts)

    def reference(self, where: str, column: str, filters: str) -> Piece:
        self.columns.add(column)
        chain = [self.filter(where, column, name) for name in filters.split("|")[1:]]
        return chained(column, chain)

    def filter(self, where: str, column: str, name: str) -> Filter:
        if name in FILTERS:
            return FILTERS[name]
        if name not in self.tables:
            known = ", ".join([*FILTERS, *self.tables])
            raise self.bad(where, f"there is no filter or table {name!r}; there are {known}")
        return look_up(name, self.tables[name], column)

    def figure(self, where: str, table: dict[str, Any]) -> Maker:
        self.only(where, table, {"figure", "bound"})
        number, bound = self.text(where, table, "figure"), self.text(where, table, "bound")
        if not number:
            raise self.bad(where, "figure names the column of a number")
        self.columns |= {number, bound} if bound else {number}
        return figure(number, bound, self.figures)

    def text(self, where: str, table: dict[str, Any], name: str) -> str | None:
        found = table.get(name)
        if found is not None and not isinstance(found, str):
            raise self.bad(where, f"{name} is a text")
        return found

    def table(self, where: str, found: Any) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise self.bad(where, "this is a table")
        return found

    def tables_in(self, where: str, found: Any) -> list[dict[str, Any]]:
        if not isinstance(found, list):
            raise self.bad(where, "this is a list of tables, written with [[ ]]")
        return [self.table(where, item) for item in found]

    def entries(self, where: str, found: Any) -> dict[str, str]:
        table = self.table(where, found)
        for name in table:
            self.text(where, table, name)
        return table

    def only(self, where: str, table: dict[str, Any], known: set[str]) -> None:
        for name in sorted(table.keys() - known):
            raise self.bad(where, f"{name!r} means nothing here")
