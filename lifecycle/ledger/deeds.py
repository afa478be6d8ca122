"""What one command has recorded so far: once committed it is done, whatever happens to
the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """One committed entry: its eid, its place in its chain, and the case's number ("" for the
    office).
    """

    eid: str
    seq: int
    number: str

    def __str__(self) -> str:
        return f"{self.number or '单位记录'} 第 {self.seq} 条（记录号 {self.eid}）"


@dataclass(slots=True)
class Deeds:
    """How many entries one command has committed, or found committed before under its request id,
    and the last of them.

    `due` counts those that fell due by themselves and had to be made before, and `last_due` is the
    last of them. `trouble` is what the disk said where a commit was reported as failed and yet
    holds.
    """

    count: int = 0
    last: Deed | None = None
    due: int = 0
    last_due: Deed | None = None
    trouble: str = ""
    _by_itself: bool = False

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Note what is committed meanwhile as having fallen due."""
        self._by_itself = True
        try:
            yield
        finally:
            self._by_itself = False

    def add(self, deed: Deed) -> None:
        """Note one more committed entry."""
        if self._by_itself:
            self.due += 1
            self.last_due = deed
        else:
            self.count += 1
            self.last = deed

    def told_due(self) -> str:
        """Say what fell due by itself and was made before; empty where nothing was."""
        if self.last_due is None:
            return ""
        shown = f"lifecycle log {self.last_due.number}"
        if self.due > 1:
            return f"此前已到期的 {self.due} 项，先自动办理了；末一项：{shown}"
        return f"此前已到期的一项，先自动办理了：{shown}（第 {self.last_due.seq} 条）"

    def told(self) -> str:
        """Say what is recorded; empty where nothing is."""
        if self.count > 1:
            return f"已记入台账 {self.count} 条，末条是 {self.last}"
        return f"已记入台账：{self.last}" if self.last else ""

    def shown_by(self) -> str:
        """Name the command that shows the last entry."""
        return f"lifecycle log --request-id {self.last.eid}" if self.last else ""
