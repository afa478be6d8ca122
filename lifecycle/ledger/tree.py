"""One hash for the whole log: the Merkle tree of RFC 6962 over all entries by index, and its
checkpoint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256

from lifecycle.errors import InvalidError

_WRITTEN = re.compile(r"(\d{1,15}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """So many entries and the tree's root over them.

    Noted down elsewhere, it shows every change to those entries.
    """

    size: int
    root: str

    def __str__(self) -> str:
        return f"{self.size}:{self.root}"


def read_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint as an audit prints it, `entries:root`; raises InvalidError."""
    found = _WRITTEN.fullmatch(text.strip().lower())
    if found is None:
        raise InvalidError(
            f"检查点“{text[:80]}”写得不对", "照抄以前审计末行的检查点：条数:64 位十六进制数"
        )
    return Checkpoint(int(found[1]), found[2])


@dataclass(slots=True)
class Tree:
    """A tree that grows leaf by leaf.

    It keeps one hash for each whole subtree, so some 20 for a million entries.
    """

    size: int = 0
    _peaks: list[bytes] = field(default_factory=list)

    def add(self, raw: bytes) -> None:
        """Append an entry's bytes."""
        node, at = sha256(b"\x00" + raw).digest(), self.size
        while at & 1:
            node, at = sha256(b"\x01" + self._peaks.pop() + node).digest(), at >> 1
        self._peaks.append(node)
        self.size += 1

    def checkpoint(self) -> Checkpoint:
        """Give the root over the entries so far (RFC 6962 §2.1; the empty tree's is the hash of
        nothing).
        """
        if not self._peaks:
            return Checkpoint(0, sha256().hexdigest())
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = sha256(b"\x01" + peak + node).digest()
        return Checkpoint(self.size, node.hex())
