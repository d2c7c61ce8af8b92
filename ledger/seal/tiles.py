"""A log as a directory of C2SP `tlog-tiles`, that any static web server can offer."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from ledger.errors.seal import NotSealed
from ledger.seal.log import Evidence, entry, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.folder import Folder

#: Hashes a tile.
WIDTH = 256


def tiles(folder: Folder) -> Iterator[tuple[str, bytes]]:
    """Every file of the directory by its path: hashes, entries, the newest checkpoint."""
    evidence = Evidence(folder.checkpoints)
    head = evidence.newest()
    if head is None:
        raise NotSealed(fact="the log")
    level, size = 0, head.size
    while size > 0:
        for first in range(0, size, WIDTH):
            count = min(WIDTH, size - first)
            hashes = [evidence.node(8 * level, first + i) for i in range(count)]
            yield f"tile/{level}/{path_of(first // WIDTH, count)}", b"".join(hashes)
        level, size = level + 1, size // WIDTH
    yield from _entries(folder, head.size)
    yield "checkpoint", evidence.note(head.size).encode()


def path_of(index: int, count: int) -> str:
    """The path of a tile: three digits a folder (`x001/234`), and how full it is."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if count == WIDTH else f"{path}.p/{count}"


def write(folder: Folder, to: Path) -> int:
    """Write the directory, the checkpoint last; returns how many files it has."""
    written = 0
    for name, data in tiles(folder):
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(data)
        path.chmod(0o600)
        written += 1
    return written


def _entries(folder: Folder, size: int) -> Iterator[tuple[str, bytes]]:
    """Bundles of entries, each after its length in two bytes. They reveal no content."""
    bundle: list[bytes] = []
    with closing(folder.connect()) as ledger:
        for number, fact in enumerate(stored(ledger, 0, size), 1):
            data = entry(fact.id, fact.version, fact.topic, fact.state)
            bundle.append(len(data).to_bytes(2) + data)
            if len(bundle) == WIDTH or number == size:
                first = (number - 1) // WIDTH
                yield f"tile/entries/{path_of(first, len(bundle))}", b"".join(bundle)
                bundle = []
