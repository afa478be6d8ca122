"""The kinds of letters (文种)."""

from __future__ import annotations

KINDS = (
    *("决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知"),
    *("通报", "报告", "请示", "批复", "议案", "函", "纪要"),
)
"""The fifteen statutory kinds (党政机关公文处理工作条例 第八条; 命令 is also written 令)."""
SLIPS = ("督办单", "交办单", "移交单", "审核表")
"""Internal papers that are not statutory kinds; they have a series of numbers of their own."""
UNADDRESSED = ("公报", "公告", "通告", "纪要")
"""Kinds that go to the public or to those present, so that they need no 主送."""
