"""Packages that only some commands need: installed as extras, asked for when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

#: The packages of each extra, by the name they are imported under.
EXTRAS = {
    "python_calamine": ("python-calamine", "xlsx"),
    "xlsxwriter": ("XlsxWriter", "xlsx"),
}


def optional(module: str) -> ModuleType:
    """An optional package; raises `PackageMissing`, which says what to install."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        from ledger.errors.storage import PackageMissing

        package, extra = EXTRAS[module]
        raise PackageMissing(package=package, extra=extra) from None
