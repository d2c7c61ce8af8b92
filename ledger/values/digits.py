"""Digits of any script, written as ASCII."""

from __future__ import annotations


def whole(value: object) -> object:
    """What may be a whole number, in whatever digits it is written; true and false are none."""
    if isinstance(value, bool):
        raise ValueError("it is no number")
    return ascii_digits(value).strip() if isinstance(value, str) else value


def ascii_digits(text: str) -> str:
    """`text` with every Unicode decimal digit written as ASCII (Arabic-Indic, Persian, ...)."""
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)
