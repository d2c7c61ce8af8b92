"""Ask the views of a ledger that a test has told its facts."""

# facts are one a line

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from ledger.folder import read_only
from ledger.values.when import When
from projections.building import catch_up
from projections.question import Question
from projections.views import VIEWS
from tests.cli.conftest import demo, folder, office  # noqa: F401  # fixtures

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.application import Ledger
    from tests.cli.conftest import Office

    Rows = list[dict[str, Any]]
    Ask = Callable[..., Rows]


def ends(text: str) -> int:
    """The end of a day, in microseconds; the fixtures' ledger counts days in UTC."""
    return When.parse(text).settle("UTC").latest


@pytest.fixture
def ask(ledger: Ledger) -> Ask:
    """`ask("cases", on="2013-01-01", as_known="2013-02-01", country="ALB")` gives rows."""

    def rows(
        view: str,
        *,
        on: str | None = None,
        as_known: str | None = None,
        now: str = "2026-11-24",
        **more: Any,
    ) -> Rows:
        catch_up(ledger.folder, ledger.folder.views)
        question = Question(now=ends(now), **more)
        question = question if on is None else question.at(ends(on))
        question = question if as_known is None else question._replace(as_known=ends(as_known))
        with closing(read_only(ledger.folder.views)) as views:
            return VIEWS[view].query(views, question)

    return rows


@pytest.fixture
def camp(office: Office) -> Office:  # noqa: F811
    """An office (zone Asia/Baghdad, actor HRO-07) with two sites and people in one of them."""
    office.ok("init --timezone Asia/Baghdad --actor HRO-07")
    return office.all("""
        site opened SIT-ASHRAF --name 'Camp Ashraf' --timezone Asia/Baghdad --at 2009-01-01 --received 2009-01-01
        site opened SIT-HURRIYA --name 'Camp Hurriya' --timezone Asia/Baghdad --at 2011-12-25 --received 2011-12-25 --aliases 'Camp Liberty'
        movement made MOV-OPENING --from outside --to hurriya --count 2000 --opening --at 2012-02-18 --received 2012-02-18
    """)


def of(rows: Rows, **wanted: Any) -> dict[str, Any]:
    """The only row with these values."""
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, rows
    return found[0]


def texts(row: dict[str, Any], *names: str) -> tuple[str | None, ...]:
    """The texts of figures of a row."""
    return tuple(row[name] and row[name]["text"] for name in names)
