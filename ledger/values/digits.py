"""Digits of any script, written as ASCII."""

from __future__ import annotations


def ascii_digits(text: str) -> str:
    """`text` with every Unicode decimal digit written as ASCII (Arabic-Indic, Persian, ...)."""
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)
