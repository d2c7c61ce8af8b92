"""Put what Vigil is compared with into an environment of its own, and say what could not be had.

python -m tests.benchmarks.install .venv-bench
"""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

from tests.interop.install import from_pypi

#: Each with what it needs beside itself to run as its guide says.
PACKAGES = {
    "eventsourcing": ("eventsourcing",),
    "django": ("django-simple-history",),
    "sourcery": ("python-event-sourcery[sqlalchemy]", "sqlalchemy<2.1"),
    "sqlite_utils": ("sqlite-utils",),
    "umadb": ("umadb",),
    "beancount": ("beancount",),
}


def main(folder: Path) -> None:
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
    missing = {}
    for peer, packages in PACKAGES.items():
        for package in packages:
            why = from_pypi(folder, package)
            if why is not None:
                missing[peer] = why.splitlines()[-1]
                sys.stderr.write(f"NOT INSTALLED: {package}: {missing[peer]}\n")
    (folder / "missing.json").write_text(json.dumps(missing, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
