"""What a disk may hold after a power cut: every state that the syncs of one run permit.

A run is recorded by strace. What was written to a file and not synced may be there or not, each
write by itself; so may names made or removed in the folder and not synced with it. A write cut in
the middle is one of the states too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TypeVar

CALLS = "openat,close,pwrite64,write,ftruncate,fsync,fdatasync,unlink"
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_SECTOR = 512


@dataclass
class Inode:
    """A file's content as it is for certain, and the writes that are not synced yet.

    A write is an offset and bytes; bytes None cut the file off there.
    """

    content: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Make all that was written certain."""
        self.content = written(self.content, self.pending)
        self.pending = []


@dataclass
class Disk:
    """One folder: the names that are there for certain, and those made and removed since."""

    names: dict[str, Inode]
    pending: list[tuple[str, Inode | None]] = field(default_factory=list)

    def now(self) -> dict[str, Inode]:
        """Give the folder as programs see it."""
        return renamed(self.names, self.pending)


T = TypeVar("T")
State = tuple[tuple[str, bytes], ...]
"""Names and contents after a power cut."""


def written(content: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
    """Apply writes."""
    raw = bytearray(content)
    for offset, data in writes:
        if data is None:
            raw = raw[:offset].ljust(offset, b"\0")
        else:
            raw = raw.ljust(offset, b"\0")
            raw[offset : offset + len(data)] = data
    return bytes(raw)


def renamed(names: dict[str, Inode], changes: list[tuple[str, Inode | None]]) -> dict[str, Inode]:
    """Apply changes of names."""
    found = dict(names)
    for name, inode in changes:
        if inode is None:
            found.pop(name, None)
        else:
            found[name] = inode
    return found


def states(trace: Path, folder: Path, begun: dict[str, bytes]) -> Iterator[tuple[State, int]]:
    """Give every state of a folder after a cut at any moment of a run, and how many acts had been
    acknowledged by then: lines `ack` on standard output.

    Of many unsynced writes not every subset is tried: none, all, all but one, one alone, those up
    to one, and some by chance. The memory shared by processes (-shm) is no part of a state.
    """
    chance = random.Random(1)
    disk = Disk({name: Inode(raw) for name, raw in begun.items()})
    open_files: dict[int, Inode | None] = {}
    acks = 0
    for line in trace.read_text(encoding="ascii").splitlines():
        found = _CALL.match(line)
        if found is None or found[3] == "-1":
            continue
        name, arguments, result = found[1], found[2], int(found[3])
        if name == "write" and arguments.startswith("1,"):
            acks += 1
            continue
        if not _applied(disk, open_files, folder, name, arguments, result):
            continue
        for state in _after_cut(disk, chance):
            yield state, acks


def _applied(
    disk: Disk,
    open_files: dict[int, Inode | None],
    folder: Path,
    name: str,
    arguments: str,
    result: int,
) -> bool:
    """Apply a call; tell whether it was one that changes what a cut may leave."""
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
    if name in ("openat", "unlink"):
        path = Path(texts[0].decode())
        if name == "openat":
            open_files.pop(result, None)
        if path == folder and name == "openat":
            open_files[result] = None
        if path.parent != folder or path.name.endswith(("-shm", ".queue")):
            return False
        if name == "unlink":
            disk.pending.append((path.name, None))
            return True
        inode = disk.now().get(path.name)
        if inode is None:
            inode = Inode()
            disk.pending.append((path.name, inode))
        open_files[result] = inode
        return False
    number = int(arguments.split(",", maxsplit=1)[0])
    if number not in open_files:
        return False
    if name == "close":
        open_files.pop(number)
        return False
    inode = open_files[number]
    if name in ("fsync", "fdatasync"):
        if inode is None:
            disk.names, disk.pending = disk.now(), []
        else:
            inode.sync()
        return False
    assert inode is not None
    if name == "ftruncate":
        inode.pending.append((int(arguments.split(",")[1]), None))
    else:
        inode.pending.append((int(arguments.rsplit(",", 1)[1]), texts[0]))
    return True


def _after_cut(disk: Disk, chance: random.Random) -> Iterator[State]:
    for changes in _subsets(disk.pending, chance):
        names = renamed(disk.names, changes)
        inodes = list(names.values())
        writes = [(index, write) for index, i in enumerate(inodes) for write in i.pending]
        for kept in _subsets(writes, chance):
            yield tuple(
                (name, written(inode.content, [write for at, write in kept if at == index]))
                for index, (name, inode) in enumerate(names.items())
            )
        if writes and writes[-1][1][1] is not None:
            index, (offset, data) = writes[-1]
            assert data is not None
            half = (offset, data[: len(data) // 2 // _SECTOR * _SECTOR or len(data) // 2])
            torn = [*writes[:-1], (index, half)]
            yield tuple(
                (name, written(inode.content, [write for at, write in torn if at == place]))
                for place, (name, inode) in enumerate(names.items())
            )


def _subsets(items: list[T], chance: random.Random) -> Iterator[list[T]]:
    if len(items) <= 3:
        for size in range(len(items) + 1):
            yield from (list(some) for some in combinations(items, size))
        return
    yield []
    for index in range(len(items)):
        yield items[: index + 1]
        yield [items[index]]
        yield items[:index] + items[index + 1 :]
    for _ in range(8):
        yield [item for item in items if chance.random() < 0.5]
