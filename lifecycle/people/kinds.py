"""The kinds of definitions that an office publishes, and what officers call them."""

from __future__ import annotations

KINDS = {
    "workflow": "流程",
    "template": "公文模板",
    "calendar": "日历",
    "issuing": "发文规则",
    "list": "选项表",
    "bases": "法规依据表",
}
