"""What an audit finds: one finding, and every kind that there is."""

from __future__ import annotations

from dataclasses import dataclass

CODES = {
    "hash": "改写",
    "chain": "断链",
    "form": "形式",
    "illegal": "违规",
    "authority": "越权",
    "gates": "依据",
    "cause": "起因",
    "due": "到期",
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
"""Every kind of finding.

`unread` is what could not be checked, which is never the same as clean.
"""
NOBODY = "-"
"""Stands for the case where a finding concerns none, or none that is known."""
UNLIKE = (KeyError, TypeError, AttributeError, ValueError)
"""What is raised by an entry that is not built like one."""
MISSHAPEN = "记录的字段不对"
"""What is said of an entry that is not built like one, where nothing closer is known."""


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
