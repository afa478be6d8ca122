"""A published definition that is gone or altered: one finding, which says what could not be judged
because of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

_KINDS = {
    "workflow": "流程",
    "template": "公文模板",
    "calendar": "工作日历",
    "issuing": "发文规则",
    "list": "选项表",
    "bases": "法规依据表",
    "map": "新旧版对照",
}
_SHOWN = 3
"""How many of what could not be judged are named; the rest is counted."""
Unchecked = Literal["entries", "letters", "states", "days"]
"""What may rest on a definition: entries and letters to be judged.

`states` are cases of whose stored state only what their entries say themselves was compared,
`days` those of which the due dates were not, for they are counted by a damaged calendar.
"""


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


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a published definition, and the tallies of what rests on it.

    `idx` is the global index of the entry that published it first, `again` those of the entries
    that did so later.
    """

    idx: int
    kind: str
    name: str
    digest: str
    what: str
    again: tuple[int, ...] = ()
    entries: Tally = field(default_factory=Tally)
    letters: Tally = field(default_factory=Tally)
    states: Tally = field(default_factory=Tally)
    days: Tally = field(default_factory=Tally)

    def __str__(self) -> str:
        again = f"（第 {'、'.join(map(str, self.again))} 条又发布过）" if self.again else ""
        kind = _KINDS.get(self.kind, self.kind)
        said = f"已发布的{kind} {self.name}（{self.digest[:12]}…）{self.what}{again}"
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


@dataclass(frozen=True, slots=True)
class Resting:
    """One thing that could not be fully checked, for it rests on a damaged definition.

    `name` tells it from others of its kind in the case, `shown` is how a finding names it.
    """

    digest: str
    kind: Unchecked
    case: str
    name: str
    shown: str


def resting_entry(digest: str, case: str, idx: int, letter: str = "") -> Iterator[Resting]:
    """Say that an entry rests on a damaged definition, and the letter that it is about."""
    yield Resting(digest, "entries", case, str(idx), f"{idx}（{case}）")
    if letter:
        yield Resting(digest, "letters", case, letter, f"{case} {letter}")


def resting_case(digest: str, kind: Unchecked, case: str) -> Resting:
    """Say that a case's stored state, or its due dates, rest on a damaged definition."""
    return Resting(digest, kind, case, kind, case)


class Tallies:
    """Counts what rests on damaged definitions: on each of them, and on all together."""

    def __init__(self) -> None:
        self.entries = Tally()
        self.letters = Tally()
        self._of: dict[tuple[str, Unchecked], Tally] = {}

    def add(self, resting: Resting) -> None:
        """Count one thing."""
        case, name = resting.case, resting.name
        self.of(resting.digest, resting.kind).add(case, name, resting.shown)
        if resting.kind == "entries":
            self.entries.add(case, name, resting.shown)
        elif resting.kind == "letters":
            self.letters.add(case, name, resting.shown)

    def of(self, digest: str, kind: Unchecked) -> Tally:
        """Give the tally of what of a kind rests on a definition."""
        return self._of.setdefault((digest, kind), Tally())

    def counted(self, damage: Damage) -> Damage:
        """Give a damage with all that was found to rest on it."""
        return replace(
            damage,
            entries=self.of(damage.digest, "entries"),
            letters=self.of(damage.digest, "letters"),
            states=self.of(damage.digest, "states"),
            days=self.of(damage.digest, "days"),
        )
