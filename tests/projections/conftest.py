"""How tests of views ask: a view by name, days as text, rows as dictionaries."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ledger.values.when import When
from projections.question import Question
from projections.views import VIEWS, up_to_date

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.application import Ledger


class Ask(Protocol):
    def __call__(self, view: str, **question: Any) -> list[dict[str, Any]]: ...


@pytest.fixture
def ask(ledger: Ledger, tmp_path: Path) -> Ask:
    """The rows of a view; `on` and `as_known` are days of the ledger's zone."""

    def asked(view: str, **question: Any) -> list[dict[str, Any]]:
        for name in ("on", "as_known"):
            if name in question:
                question[name] = When.parse(question[name]).settle("UTC").latest
        views, _ = up_to_date(ledger.folder, tmp_path)[:2]
        with closing(views):
            return VIEWS[view].query(views, Question(**question))

    return asked


def rows_by(column: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows by one of their columns, each value once."""
    found = {row[column]: row for row in rows}
    assert len(found) == len(rows)
    return found


def texts(row: dict[str, Any] | None, *columns: str) -> list[str | None]:
    """Figures of a row as their texts."""
    assert row is not None
    return [row[column] and row[column]["text"] for column in columns]
