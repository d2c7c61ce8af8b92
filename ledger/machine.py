"""The machine that a ledger lies on: its SQLite, its disk, and whether it shares the folder."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING

from ledger.health import ERROR, OK, WARNING, Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.folder import Folder

#: Room that a ledger should have beside it, in bytes, however small it is.
ROOM = 100_000_000

#: File systems whose machines share files and not the memory through which SQLite's log is read.
_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "beegfs",
     "davfs", "fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "vboxsf", "fuse.vmhgfs-fuse"}
)  # fmt: skip


def program() -> Iterator[Check]:
    """Python, and the SQLite that it brings."""
    yield Check("python", OK, ".".join(map(str, sys.version_info[:3])))
    version = sqlite3.sqlite_version
    if not loses_pages(sqlite3.sqlite_version_info):
        yield Check("sqlite", OK, version)
        return
    yield Check(
        "sqlite",
        WARNING,
        f"{version} may lose pages where two programs write or checkpoint at once (WAL-reset bug); "
        "Vigil's own writers take turns, which keeps them from it",
        "let no other program write to ledger.db; mended in SQLite 3.51.3, 3.50.7 and 3.44.6",
    )


def loses_pages(version: tuple[int, ...]) -> bool:
    """Whether a SQLite has the WAL-reset bug (https://sqlite.org/wal.html#walresetbug).

    It came with the write-ahead log in 3.7.0 and went with 3.51.3; two older lines were mended too.
    """
    mended = ((3, 44, 6) <= version < (3, 45)) or ((3, 50, 7) <= version < (3, 51))
    return (3, 7) <= version < (3, 51, 3) and not mended


def file_system(folder: Folder, mounts: Path = Path("/proc/mounts")) -> Iterator[Check]:
    """Whether the ledger lies on this machine; known where the system lists its mounts."""
    if not mounts.exists():
        yield Check("file system", OK, "not known: this system lists no mounts")
        return
    kind = mounted(folder.path.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    if kind not in _REMOTE:
        yield Check("file system", OK, f"{kind}, no network share")
        return
    text = f"{kind} is shared over a network: two machines that write at once can damage a ledger"
    yield Check(
        "file system",
        WARNING,
        text,
        "keep the ledger on a disk of the machine that writes, and send copies by vigil backup",
    )


def mounted(path: Path, mounts: str) -> str:
    """The kind of file system that holds a path; of several at one point the last one hides all."""
    found, kind = Path(), "unknown"
    for line in mounts.splitlines():
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        at = Path(point.encode().decode("unicode_escape"))
        if path.is_relative_to(at) and len(at.parts) >= len(found.parts):
            found, kind = at, rest.partition(" ")[0]
    return kind


def disk(folder: Folder) -> Iterator[Check]:
    """Whether there is room for a copy of the ledger."""
    free, size = disk_usage(folder.path).free, _size(folder.database)
    wanted = max(size, ROOM)
    text = f"{_megabytes(free)} free, the ledger takes {_megabytes(size)}"
    if free < wanted:
        yield Check("disk", ERROR, text, f"make room for {_megabytes(wanted)} at least")
    else:
        yield Check("disk", OK, text)


def _size(path: Path) -> int:
    files = (path, Path(f"{path}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
