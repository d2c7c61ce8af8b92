"""The columns of each view as a table for people; programs get every key of a row."""

from __future__ import annotations

#: Key of the row, heading.
COLUMNS: dict[str, list[tuple[str, str]]] = {
    "population": [
        ("place", "place"), ("name", "name"), ("count", "count"), ("stated", "stated"),
        ("residual", "residual"), ("possible", "possible"),
    ],
    "movements": [
        ("id", "id"), ("occurred", "occurred"), ("from", "from"), ("to", "to"),
        ("count", "count"), ("status", "status"),
    ],
    "incidents": [
        ("id", "id"), ("occurred", "occurred"), ("site", "site"), ("kind", "kind"),
        ("title", "title"), ("state", "state"), ("status", "status"), ("claims", "claims"),
        ("adopted", "adopted"),
    ],
    "claims": [
        ("fact", "fact"), ("claimant", "claimant"), ("killed", "killed"),
        ("injured", "injured"), ("missing", "missing"), ("detained", "detained"),
        ("received", "received"), ("status", "status"),
    ],
    "placements": [
        ("country", "country"), ("relocated", "relocated"), ("stated", "stated"),
        ("residual", "residual"), ("offered", "offered"), ("cases", "cases"),
    ],
    "figures": [
        ("id", "id"), ("occurred", "occurred"), ("measure", "measure"), ("place", "place"),
        ("count", "count"), ("claimant", "claimant"), ("status", "status"),
    ],
    "observations": [
        ("id", "id"), ("occurred", "occurred"), ("category", "category"), ("site", "site"),
        ("status", "status"), ("text", "text"),
    ],
    "cases": [
        ("id", "id"), ("state", "state"), ("country", "country"), ("since", "since"),
        ("site", "site"),
    ],
    "offers": [
        ("id", "id"), ("occurred", "occurred"), ("country", "country"), ("places", "places"),
        ("withdrawn", "withdrawn"), ("left", "left"), ("status", "status"),
    ],
    "commitments": [
        ("id", "id"), ("occurred", "occurred"), ("state", "state"), ("by", "by"), ("to", "to"),
        ("clause", "clause"), ("due", "due"), ("status", "status"),
    ],
    "fund": [
        ("fund", "fund"), ("donor", "donor"), ("currency", "currency"), ("pledged", "pledged"),
        ("received", "received"), ("spent", "spent"), ("outstanding", "outstanding"),
    ],
    "engagements": [
        ("id", "id"), ("occurred", "occurred"), ("kind", "kind"), ("with", "with"),
        ("states_present", "states"), ("status", "status"), ("subject", "subject"),
    ],
    "services": [
        ("id", "id"), ("occurred", "occurred"), ("site", "site"), ("indicator", "indicator"),
        ("value", "value"), ("unit", "unit"), ("amount", "amount"), ("amount_unit", "in"),
        ("standards", "standards"), ("status", "status"),
    ],
    "watches": [
        ("id", "id"), ("since", "since"), ("site", "site"), ("post", "post"),
        ("officer", "officer"), ("state", "state"), ("to", "to"), ("occurred", "last said"),
        ("status", "status"),
    ],
    "coverage": [
        ("site", "site"), ("post", "post"), ("day", "day"), ("clock", "hours 0 to 23"),
        ("nil_reports", "nil"), ("gaps", "gaps"), ("longest_gap_minutes", "longest (minutes)"),
    ],
    "timeline": [
        ("fact", "fact"), ("occurred", "occurred"), ("name", "what"), ("site", "site"),
        ("status", "status"), ("text", "says"),
    ],
    "findings": [
        ("severity", "severity"), ("rule", "rule"), ("about", "about"), ("text", "finding"),
    ],
}  # fmt: skip
