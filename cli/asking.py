"""`vigil record` alone on a terminal: which fact, then field by field.

Nothing is written, and no lock held, while somebody thinks: each answer is checked by a dry run,
and the fact is recorded when its summary was confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.blanks import as_options, in_order
from cli.prompts import complain, explain, read_line, say, told
from cli.recording import fields_of, record_fact, recorded
from cli.render.text import line
from ledger.errors import VigilError
from ledger.errors.rules import ActorMissing
from ledger.registry import FACTS, FAMILIES, fact_class, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cli.blanks import Blank
    from cli.session import Session
    from ledger.facts.base import Fact
    from ledger.receipt import Receipt

#: Exit codes of what another answer can mend; anything else ends the asking.
_MENDABLE = (2, 4, 5)

KEYS = "Enter skips, < goes back, ? explains, - empties, . ends; Ctrl-C leaves and writes nothing."


def ask(session: Session, names: Sequence[str]) -> None:
    """Ask for a fact of one of these kinds, and record it when that is confirmed."""
    if session.actor is None:
        raise ActorMissing()
    name = names[0] if len(names) == 1 else _kind(session, names)
    say([f"{name.replace('.', ' ')}: {FACTS[name].summary}", KEYS])
    _Sheet(session, fact_class(name)).fill()


def askable(family: str | None = None) -> list[str]:
    """The facts that are asked for; facts about facts and files have commands of their own."""
    return [
        kind.name
        for kind in FACTS.values()
        if not kind.about_another and kind.family != "evidence" and family in (None, kind.family)
    ]


def _kind(session: Session, names: Sequence[str]) -> str:
    """The kind of fact that is meant by a number, a name, or the beginning of one."""
    shown = list(names)
    _list(shown)
    while True:
        said = read_line(session, "which fact? ").lower()
        if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(shown):
            return shown[int(said) - 1]
        typed = ".".join(said.replace(".", " ").split())
        if typed in names:
            return typed
        found = [name for name in shown if _begins_with(name, typed)]
        if len(found) == 1:
            return found[0]
        if not found and typed not in ("", "?"):
            say([f"no fact is called {said[:60]!r}; did you mean {nearest(typed, names)}?"])
            continue
        shown = found or list(names)
        _list(shown)


def _begins_with(name: str, typed: str) -> bool:
    return name.startswith(typed) or FACTS[name].verb.startswith(typed)


def _list(names: Iterable[str]) -> None:
    say(f"{number:>4} {name.replace('.', ' '):<25} {FACTS[name].summary}"
         for number, name in enumerate(names, 1))  # fmt: skip


class _Sheet:
    """The answers so far, and what is still to be asked."""

    def __init__(self, session: Session, cls: type[Fact]) -> None:
        self._session, self._cls = session, cls
        self._blanks = in_order(cls)
        self._answers: dict[str, list[str]] = {}

    def fill(self) -> None:
        """Ask until the fact is recorded, or declined."""
        at = 0
        while True:
            while at < len(self._blanks):
                at = self._turn(at)
            try:
                receipt = self._checked()
            except VigilError as error:
                if error.exit not in _MENDABLE:
                    raise
                complain(error)
                at = self._at_fault(error)
                continue
            fields = self._resolved(receipt)
            self._summary(receipt, fields)
            said = read_line(self._session, "record it? [y/N] ").lower()
            if said in ("y", "yes"):
                record_fact(self._session, fields)
                return
            if said != "<":
                say(["nothing was recorded"])
                return
            at = len(self._blanks) - 1

    def _turn(self, at: int) -> int:
        """Ask for one blank; which one comes next."""
        blank = self._blanks[at]
        before = self._answers.get(blank.option, [])
        say([f"  {told(self._session, blank)}"])
        kept = f" [{line(', '.join(before))}]" if before else ""
        said = read_line(self._session, f"{blank.option}{kept}: ")
        if said in ("", ".") and blank.required and not before:
            say([f"{blank.option} is needed"])
        elif said == "?":
            explain(blank)
        elif said == "-":
            self._answers.pop(blank.option, None)
        else:
            return self._moved(at, said)
        return at

    def _moved(self, at: int, said: str) -> int:
        match said:
            case "<":
                return max(at - 1, 0)
            case "":
                return at + 1
            case ".":
                needed = (number for number, blank in enumerate(self._blanks)
                          if blank.required and blank.option not in self._answers)  # fmt: skip
                return next(needed, len(self._blanks))
        return self._answered(at, said)

    def _answered(self, at: int, said: str) -> int:
        blank = self._blanks[at]
        before = self._answers.get(blank.option)
        if blank.how == "flag" and said.lower() not in ("y", "yes"):
            self._answers.pop(blank.option, None)
            return at + 1
        repeats = blank.how in ("list", "changes")
        self._answers[blank.option] = [*(before or []), said] if repeats else [said]
        problem = self._problem_of(blank)
        if problem is None:
            return at if repeats else at + 1
        if before is None:
            del self._answers[blank.option]
        else:
            self._answers[blank.option] = before
        complain(problem)
        return at

    def _problem_of(self, blank: Blank) -> VigilError | None:
        """What is wrong with an answer, by a dry run of what is known so far."""
        try:
            self._checked()
        except VigilError as error:
            problems: list[VigilError] = getattr(error, "problems", [error])
            at_fault = (blank.option, blank.name, blank.field)
            return next((one for one in problems if one.field in at_fault), None)
        return None

    def _at_fault(self, error: VigilError) -> int:
        """Where to ask again: the blank that the refusal names, else the first."""
        for number, blank in enumerate(self._blanks):
            if error.field in (blank.option, blank.name, blank.field):
                return number
        return 0

    def _fields(self) -> dict[str, Any]:
        said = [
            option
            for blank in self._blanks
            if blank.option != "id"
            for option in as_options(blank, self._answers.get(blank.option, []))
        ]
        (id,) = self._answers.get("id", [None])
        return fields_of(self._session, self._cls, id, said)

    def _checked(self) -> Receipt:
        # What is relative is read from the moment of its summary, not of the first question.
        vars(self._session).pop("now", None)
        fields = self._fields()
        if "id" in fields and not self._cls.kind.begins(fields):
            self._check_exists(fields["id"])
        return recorded(self._session, fields, dry_run=True)

    def _check_exists(self, id: str) -> None:
        """The ledger looks at the id last; whoever types it wants to know at once."""
        from cli.references import existing

        existing(self._session, id, FAMILIES[self._cls.kind.family].kind, "id")

    def _resolved(self, receipt: Receipt) -> dict[str, Any]:
        """The fields with every time as it was understood, so that it stays what was confirmed."""
        said = receipt.entry.said
        times = {blank.field for blank in self._blanks if blank.time}
        return {
            field: said.get(field, value) if field in times else value
            for field, value in self._fields().items()
        }

    def _summary(self, receipt: Receipt, fields: dict[str, Any]) -> None:
        from cli.alike import alike
        from cli.receipts import resolved
        from ledger.notation import write

        entry = receipt.entry
        shown = {option: ", ".join(values) for option, values in self._answers.items()}
        shown |= {"occurred": resolved(entry.occurred), "received": resolved(entry.received)}
        wide = max(map(len, shown))
        warnings = [*receipt.warnings, *alike(self._session, entry)]
        say([
            "",
            entry.name.replace(".", " "),
            *(line(f"  {option:<{wide}}  {value}") for option, value in shown.items()),
            *(line(f"  warning: {warning}") for warning in warnings),
            line(f"  vigil record {write(fields)}{self._session.named}"),
        ])  # fmt: skip
