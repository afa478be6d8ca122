"""What an audit finds, and the checks of one entry that need nothing but the entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lifecycle.people.clock import recorded_day

CODES = {
    "hash": "改写",
    "chain": "断链",
    "form": "形式",
    "illegal": "违规",
    "authority": "越权",
    "gates": "依据",
    "time": "时间",
    "state": "状态",
    "definition": "定义",
    "material": "材料",
    "number": "编号",
    "lost": "缺失",
    "letter": "公文",
    "outbox": "待发",
    "clock": "时钟",
    "future": "未来",
    "checkpoint": "检查点",
    "schema": "结构",
    "unread": "未能核对",
}
"""Every kind of finding; `unread` is what could not be checked, which is never the same
as clean.
"""
NOBODY = "-"
"""Stands for the case where a finding concerns none, or none that is known."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its code, the global index of the entry (0: none), the case, and
    what it is.
    """

    code: str
    idx: int
    case: str
    message: str

    def __str__(self) -> str:
        return (
            f"entry {self.idx} case {self.case}: {CODES[self.code]}（{self.code}）：{self.message}"
        )


def check_times(body: Mapping[str, Any], last_on: str) -> Iterator[tuple[str, str]]:
    """Check how an entry's times are written and that they go together: no day to come, none before
    the last one.
    """
    intent, at = body["intent"], body["recorded_at"]
    on, signed = intent["occurred_on"], intent["signed_at"]
    if not (_STAMP.fullmatch(at) and _STAMP.fullmatch(signed) and _DAY.fullmatch(on)):
        yield "time", f"时间的写法不对：{on}、{signed}、{at}"
        return
    if signed > at:
        yield "time", f"签署时间 {signed} 晚于记录时间 {at}"
    if on < last_on:
        yield "time", f"办理日 {on} 早于上一条 {last_on}"
    # Beijing is ahead of UTC, so a day not after that of the time in UTC is settled: the usual
    # case, and cheap.
    if on > at[:10] and on > recorded_day(at):
        yield "time", f"办理日 {on} 晚于记录时间 {at}"
