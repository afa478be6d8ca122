"""What letters are given besides the facts of their case: one table.

The reserved names of facts, the checks of workflows and templates, what letters and samples are
written with (`letter_names.LetterNames`) and the table in docs/letters.md come from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterVariable:
    """One name: what kind of value it holds, what it is, and when it is there (empty: always).

    What is there only at times is tested with `is defined`.
    """

    name: str
    holds: str
    says: str
    when: str = ""


LETTER_VARIABLES = (
    LetterVariable("to", "清单", "主送单位的名称"),
    LetterVariable("cc", "清单", "抄送单位的名称，可能一个也没有"),
    LetterVariable("issuer", "文字", "发文单位的名称"),
    LetterVariable("case_number", "文字", "事项编号"),
    LetterVariable("case_title", "文字", "事项名称"),
    LetterVariable("stage", "文字", "办理前的环节"),
    LetterVariable("next_stage", "文字", "办理后的环节"),
    LetterVariable("on", "日期", "拟稿日期；签发时成文日期以签发日为准"),
    LetterVariable("note", "文字", "办理时 --note 写的说明", "办理时写了说明的"),
    LetterVariable("contact", "文字", "拟稿人的岗位名称"),
    LetterVariable("division", "文字", "拟稿人所在处室的名称", "拟稿人登记了处室的"),
    LetterVariable("due_on", "日期", "最近一项办理时限的日期", "还有办理时限的"),
    LetterVariable(
        "due_text",
        "文字",
        "最近一项办理时限，写成“2026年8月1日前”，后面不再写“前”；工作日历未公布的年份写“××个工作日内”",
        "还有办理时限的",
    ),
    LetterVariable("materials", "清单", "已有材料的名称"),
    LetterVariable(
        "opinions", "表", "会签意见，每项有 unit（单位）、verdict（意见）、note（说明）"
    ),
    LetterVariable("last", "按流转", "last.流转：该流转上次办成的日期", "该流转办成过的"),
    LetterVariable("count", "按流转", "count.流转：该流转办成的次数，没有办过是 0"),
    LetterVariable("linked", "按流程", "linked.流程：关联到本事项的各件，逐件写其要素"),
    LetterVariable(
        "limits",
        "表",
        "各项时限，每项有 title（名称）、due_text（期限）、basis（依据）、inner（内部时限）",
    ),
    LetterVariable(
        "reply_due_text",
        "文字",
        "复函期限：草稿里是“××个工作日内”，签发时能定的换成“2026年8月1日前”，后面不再写“前”",
        "要求复函的公文（reply）",
    ),
    LetterVariable("letter_title", "文字", "所催公文的标题", "催办函"),
    LetterVariable("letter_number", "文字", "所催公文的文号", "催办函"),
    LetterVariable("letter_date", "日期", "所催公文的签发日期", "催办函"),
    LetterVariable("overdue_days", "整数", "复函逾期的日数；0 是尚未签收", "催办函"),
)
"""In the order that messages list them."""

STAGE = "stage"
"""What a letter calls the title of the state of another case, after a dot: `project.stage`."""
LETTER_NAMES = tuple(variable.name for variable in LETTER_VARIABLES)
"""Their names alone."""
