"""The settings of a ledger: read quickly as `init` writes them, and by the library as anything."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.folder import Folder, read_settings

if TYPE_CHECKING:
    from pathlib import Path

VALUES = (
    st.text(max_size=8).map(lambda text: f'"{text}"')
    | st.integers(-3, 10**6).map(str)
    | st.sampled_from(["007", "1_000", "2.5", "true", "'x'", "[1]", "٣", '"a" # b', '"""x"""', ""])
)
NAMES = st.sampled_from(["station", "timezone", "lock_seconds", "b-c", "ünder", "a.b", "3", "[x]"])
LINES = st.tuples(NAMES, st.sampled_from([" = ", "=", " =  "]), VALUES).map("".join)
TEXTS = st.lists(LINES | st.sampled_from(["", "# note", "[table]", "\t"]), max_size=4).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r", "\u2028"]).map(lambda end: end.join(lines))
)


def read(text: str, how: object) -> object:
    try:
        return how(text)  # type: ignore[operator]
    except ValueError:
        return ValueError


@given(TEXTS)
@example('station = "H1"\ntimezone = "Asia/Baghdad"\nactor = "HRO-07"\nlock_seconds = 30\n')
@example('station = "a"b"\n')
@example('station = "\n')
@example('station = "a\x7f"\n')
def test_settings_are_those_that_the_library_reads(text: str) -> None:
    assert read(text, read_settings) == read(text, tomllib.loads)


def test_the_settings_that_init_writes_need_no_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Folder.create(tmp_path / "ledger", station="H1", timezone="Asia/Baghdad", actor="HRO-07")
    monkeypatch.setitem(sys.modules, "tomllib", None)
    assert Folder.load(made.path) == made
    with (made.path / "vigil.toml").open("a", encoding="utf-8") as file:
        file.write("gap_minutes = 30  # agreed on\n")
    with pytest.raises(ImportError):
        Folder.load(made.path)
