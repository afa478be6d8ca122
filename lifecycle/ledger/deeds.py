"""What one command has recorded so far: once committed it is done, whatever happens to
the answer.
"""

from __future__ import annotations

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

    `trouble` is what the disk said where a commit was reported as failed and yet holds.
    """

    count: int = 0
    last: Deed | None = None
    trouble: str = ""

    def add(self, deed: Deed) -> None:
        """Note one more committed entry."""
        self.count += 1
        self.last = deed

    def told(self) -> str:
        """Say what is recorded; empty where nothing is."""
        if self.count > 1:
            return f"已记入台账 {self.count} 条，末条是 {self.last}"
        return f"已记入台账：{self.last}" if self.last else ""

    def shown_by(self) -> str:
        """Name the command that shows the last entry."""
        return f"lifecycle log --request-id {self.last.eid}" if self.last else ""
