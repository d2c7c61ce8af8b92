"""What became of the rows of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import limits
from ledger.errors import Several, VigilError
from ledger.errors.files import ImportRefused

if TYPE_CHECKING:
    from cli.imports.files import Row
    from cli.imports.rejects import Rejects
    from cli.imports.sheets import Table


class Problem(NamedTuple):
    """A row that was refused, the sheet of a workbook it stands in, and what is wrong with it.

    It keeps words and not the error, which would hold the row and all that led to it.
    """

    file: str | None
    sheet: str | None
    row: int | None
    field: str | None
    code: str
    message: str
    hint: str


class Outcome:
    """What became of the rows; `facts` counts facts, the others rows.

    Lists hold at most `limits.IMPORT_PROBLEMS`; refused rows go to `rejects` as they come.
    """

    def __init__(self, rejects: Rejects | None = None) -> None:
        self.recorded = self.already = self.rejected = self.waiting = self.facts = 0
        self.batch: str | None = None
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.unlisted_warnings = 0
        self.rejects = rejects
        self.reading: str | None = None
        self.read_through = True

    @property
    def rows(self) -> int:
        return self.recorded + self.already + self.rejected + self.waiting

    @property
    def told(self) -> list[str]:
        """The warnings, and how many more there were."""
        more = self.unlisted_warnings
        return [*self.warnings, *([f"and {more} more warnings"] if more else [])]

    def warn(self, warning: str) -> None:
        if len(self.warnings) < limits.IMPORT_PROBLEMS:
            self.warnings.append(warning)
        else:
            self.unlisted_warnings += 1

    def refuse(self, file: str, table: Table, row: Row, error: VigilError) -> None:
        """Count a refused row; each refused field of it is a problem of its own."""
        self.rejected += 1
        if self.rejects is not None:
            self.rejects.add(row.raw)
        for one in error.problems if isinstance(error, Several) else [error]:
            if len(self.problems) < limits.IMPORT_PROBLEMS:
                what = one.field, one.code, one.sentence, one.cure
                self.problems.append(Problem(file, table.sheet, row.line, *what))

    def abandon(self, error: VigilError) -> None:
        """Nothing is recorded: rows were refused, or a file as a whole."""
        self.recorded = self.facts = self.unlisted_warnings = 0
        self.warnings.clear()
        if not isinstance(error, ImportRefused):
            self.read_through = False
            what = error.field, error.code, error.sentence, error.cure
            self.problems.append(Problem(self.reading, None, error.row, *what))

    def as_json(self) -> dict[str, Any]:
        """The document `vigil.import/1`."""
        return {
            "schema": "vigil.import/1",
            "recorded": self.recorded,
            "already": self.already,
            "rejected": self.rejected,
            "waiting": self.waiting,
            "facts": self.facts,
            "batch": self.batch,
            "problems": [problem._asdict() for problem in self.problems],
            "warnings": self.told,
        }
