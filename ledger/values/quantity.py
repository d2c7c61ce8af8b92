"""A measured quantity: a decimal number, 0 or more, kept as it was read: `14.5`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from ledger.errors.rules import QuantityNotUnderstood
from ledger.values.digits import ascii_digits

_FORM = re.compile(r"\d{1,12}(\.\d{1,6})?")


def _quantity(text: str) -> str:
    plain = ascii_digits(text).strip().replace("\N{ARABIC DECIMAL SEPARATOR}", ".")
    if not _FORM.fullmatch(plain):
        raise QuantityNotUnderstood(text=text[:60])
    return plain


#: In which unit is said elsewhere.
Quantity = Annotated[str, AfterValidator(_quantity)]
