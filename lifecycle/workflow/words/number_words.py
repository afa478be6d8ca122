"""Words of case numbers: what stands in them is known when a case is opened, and can be told apart
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lifecycle.errors import Problem
from lifecycle.workflow.choice_lists import CODE
from lifecycle.workflow.model import Fact, Workflow
from lifecycle.workflow.numbers import facts_in


def check_number(workflow: Workflow, vague: frozenset[str]) -> Iterator[Problem]:
    """See that each fact in the pattern of numbers is a choice which the opening is given in any
    case; that there are such facts is seen where all names are.
    """
    for name in facts_in(workflow.number):
        fact = workflow.facts.get(name)
        if fact is not None and name not in vague:
            yield from _check_fact(workflow, fact)


def _check_fact(workflow: Workflow, fact: Fact) -> Iterator[Problem]:
    at, said = fact.location, f"要素 {fact.name} 写在编号里"
    if fact.type != "choice":
        message = f"{said}，类型却是 {fact.type}"
        mend = "编号里只能写选项（type: choice）：换一个要素，或从 number 里去掉"
        yield Problem("wrong-in-number", at, message, mend)
        return
    if fact.required is not True:
        message = f"{said}，立项时却不一定有"
        yield Problem("unsure-in-number", at, message, "补上 required: true，或从 number 里去掉")
    elif fact.name in workflow.computed:
        message = f"{said}，却由系统算出"
        mend = "编号里写填写的要素：把它从 sets 里去掉，或从 number 里去掉"
        yield Problem("unsure-in-number", at, message, mend)
    if fact.listed:
        return  # its entries have codes
    for choice in fact.choices:
        if not re.fullmatch(CODE, choice):
            message = f"{said}，选项 “{choice}” 却放不进编号"
            mend = (
                "选项改为字母或汉字开头，只用字母、数字、汉字，不超过 16 字；"
                "或写成选项表，编号里用编码"
            )
            yield Problem("wrong-in-number", at, message, mend)
