"""Every way Vigil says no: one class a situation, its sentence and its cure; the whole catalogue.

A caller raises `UnknownPlace(place="liberti", nearest="liberty")` and never writes a sentence. The
docstring of a class is its cause, `hint` its cure, `example` a line that provokes it. Codes do not
change: E1 the ledger and its files (`storage`), E2 `values`, E3 `rules`, E4 `files` to import, E5
the command line (`commands`), E6 the `seal`. Each has a module of its own, because a command that
only reads starts without most of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar


class VigilError(ValueError):
    """Something Vigil refuses or cannot do. A `ValueError`, so that pydantic collects it."""

    code: ClassVar[str] = "E1000"
    exit: ClassVar[int] = 1
    message: ClassVar[str] = "{what}"
    hint: ClassVar[str] = ""
    example: ClassVar[str] = ""

    def __init__(self, *, field: str | None = None, row: int | None = None, **details: Any) -> None:
        self.field, self.row, self.details = field, row, details
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What is wrong and where, without the cure."""
        return _sayable(self.message.format(**self.details))

    @property
    def cure(self) -> str:
        """What to do next."""
        return _sayable(self.hint.format(**self.details))


def _sayable(text: str) -> str:
    """A sentence as every file and terminal can hold it: half a character as its escape."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


class Refused(VigilError):
    """A rule or a value refuses what was said; nothing is written."""

    exit = 4


class Several(Refused):
    """More than one field of a fact is refused; each is a problem of its own."""

    code = "E2000"
    message = "{summary}"
    hint = "{cures}"

    def __init__(self, problems: list[VigilError]) -> None:
        self.problems = problems
        summary = "; ".join(f"{p.field}: {p.sentence}" if p.field else p.sentence for p in problems)
        cures = "; ".join(dict.fromkeys(p.cure for p in problems if p.cure))
        super().__init__(field=problems[0].field, summary=summary, cures=cures)


@cache
def catalogue() -> dict[str, type[VigilError]]:
    """Every error by its code, in the order of the codes."""
    from ledger.errors import commands, files, rules, seal, storage, values

    found: dict[str, type[VigilError]] = {Several.code: Several}
    for module in (commands, files, rules, seal, storage, values):
        own = (
            one
            for one in vars(module).values()
            if getattr(one, "__module__", "") == module.__name__
        )
        found |= {one.code: one for one in own}
    return dict(sorted(found.items()))
