"""A published definition that is gone or altered: one finding, which says what could not be judged
because of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_KINDS = {"workflow": "流程", "template": "公文模板", "calendar": "工作日历", "issuing": "发文规则"}
_SHOWN = 3
"""How many of what could not be judged are named; the rest is counted."""


@dataclass(slots=True)
class Tally:
    """Counts things that come case by case, each once, and remembers the first few by name."""

    count: int = 0
    first: list[str] = field(default_factory=list)
    _case: str = ""
    _seen: set[str] = field(default_factory=set)

    def add(self, case: str, name: str, shown: str) -> None:
        """Count a thing of a case, unless it was counted already."""
        if case != self._case:
            self._case, self._seen = case, set()
        if name in self._seen:
            return
        self._seen.add(name)
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(shown)

    def told(self) -> str:
        """Name the first few."""
        return "、".join(self.first) + (" 等" if self.count > len(self.first) else "")


@dataclass(slots=True)
class Damage:
    """What is wrong with a published definition, and the tallies of what rests on it.

    `idx` is the global index of the entry that published it first, `again` those of the entries
    that did so later. `states` are cases of which nothing that is stored beside the log was
    compared, `days` those of which the due dates were not, for they are counted by the damaged
    calendar.
    """

    idx: int
    kind: str
    name: str
    digest: str
    what: str
    again: list[int] = field(default_factory=list)
    entries: Tally = field(default_factory=Tally)
    letters: Tally = field(default_factory=Tally)
    states: Tally = field(default_factory=Tally)
    days: Tally = field(default_factory=Tally)

    def entry(self, idx: int, case: str) -> None:
        """Count an entry that could not be judged."""
        self.entries.add(case, str(idx), f"{idx}（{case}）")

    def letter(self, case: str, name: str) -> None:
        """Count a letter that could not be judged."""
        self.letters.add(case, name, f"{case} {name}")

    def __str__(self) -> str:
        again = f"（第 {'、'.join(map(str, self.again))} 条又发布过）" if self.again else ""
        said = (
            f"已发布的{_KINDS.get(self.kind, self.kind)} "
            f"{self.name}（{self.digest[:12]}…"
            f"）"
            f"{self.what}{again}"
        )
        parts = [
            f"{counted} {tally.count} {unit}：{tally.told()}"
            for counted, unit, tally in (
                ("记录", "条", self.entries),
                ("公文", "件", self.letters),
                ("存储的事项状态", "个", self.states),
                ("存储的到期日", "个", self.days),
            )
            if tally.count
        ]
        rest = f"因此未能完全核对 {'；'.join(parts)}" if parts else "没有记录要靠它核对"
        return f"{said}；{rest}；请从备份恢复这份定义后再审计"
