"""Rows as tables, JSON, JSON lines, CSV or ids."""

from __future__ import annotations

from typing import Any

Columns = list[tuple[str, str]]


def render_rows(format: str, document: dict[str, Any], columns: Columns, zone: str) -> str:
    """A reader's document in one of the formats; `zone` is the ledger's, for tables."""
    rows = document["rows"]
    if format in ("json", "jsonl"):
        from json import dumps

        if format == "jsonl":
            return "".join(f"{dumps(row, ensure_ascii=False)}\n" for row in rows)
        return dumps(document, ensure_ascii=False, indent=2) + "\n"
    if format == "csv":
        from cli.render.csv import render

        return render(rows, columns)
    if format == "ids":
        keys = [key for key, _ in columns]
        first = "about" if "about" in keys else keys[0]  # a finding has no id, it is about one
        return "".join(f"{row[first]}\n" for row in rows)
    from cli.render.table import render as table

    warnings = "".join(f"warning: {warning}\n" for warning in document["warnings"])
    return table(rows, columns, zone) + warnings
