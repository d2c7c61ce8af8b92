"""A ledger of the demo, where commands run from nothing."""

from __future__ import annotations

import pytest

from tests.benchmarks import cold


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> cold.Desk:
    """The demo's ledger, its views up to date."""
    return cold.demo(tmp_path_factory.mktemp("cold"))
