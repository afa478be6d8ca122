"""What is judged before any command is given: what officers write as the items of a list, and what
administrators write as conditions.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from lifecycle.engine import values
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import examine

See = Callable[[str, bool, str], None]
ITEMS = ("普惠1号", "普惠2号", "丽政发〔2026〕3号", "100", "2.6")
RULES = """\
workflow: small
title: 小流程
version: 1
number: X-{serial}
subject: heading
opened_by: clerk
roles: {clerk: 经办}
facts:
  heading: {title: 名称, type: text, required: true}
  amount: {title: 总额, type: money, unit: 万元, min: 0}
  trade: {title: 行业, type: choice, choices: [文旅, 商贸]}
  holder: {title: 单位, type: unit}
states:
  drafting: {title: 起草}
  done: {title: 办结, final: true}
transitions:
  - {name: finish, title: 办结, from: drafting, to: done, by: clerk, needs: {facts: [amount, trade, holder], guards: [{when: "CONDITION", else: 不符}]}}
"""  # noqa: E501
SOUND = ("amount >= 3000", "trade in ['文旅']", "holder == 'land'", "trade != '商贸'")
NEVER = (
    "amount != '3000'",
    "trade == '工业'",
    "trade in ['工业', '农业']",
    "holder == '市林业局'",
    "state == 'nowhere'",
    "1 > 2",
    "amount >= 0",
)
"""Conditions that compare with what can never be, or say always the same."""


def judge_reading(workflow: Workflow, seed: int, see: See) -> None:
    """See that a list keeps what was entered, order and equal values too (rule 4), and that what
    can never hold is a fault, and what can is none (rule 16).
    """
    drawn = random.Random(seed)
    items = [drawn.choice(ITEMS) for _ in range(drawn.randint(1, 5))]
    items.insert(drawn.randint(0, len(items)), items[0])
    for entered in ("、".join(items), "\n".join(items), tuple(items)):
        kept = values.parse_fact(workflow.facts["policy_ids"], entered)
        see("4", kept == items, f"of {entered!r} there is {kept}")
    for condition, fits in ((drawn.choice(NEVER), False), (drawn.choice(SOUND), True)):
        problems = examine(RULES.replace("CONDITION", condition), "small.yaml")[1]
        faults = [one.message for one in problems if not one.warning]
        see("16", (not faults) is fits, f"{condition}: {faults}")
