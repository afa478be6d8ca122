"""Conditions in words: what is given, what is wanted, with their values, and how to get there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from small import BUREAU, CALENDAR, FINANCE, LAND, START, Desk, File
from small import TEXT as SMALL

from lifecycle.engine.acts import Advance, Attach
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.transition import judge_transition
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment
from lifecycle.insight.outlook import tasks_of
from lifecycle.workflow.reader import read_workflow

FACTS = """\
facts:
  valid_to: {title: 有效期至, type: date, future: yes}
  signed_on: {title: 签订日, type: date}
  far: {title: 容积率, type: decimal}
  far_max: {title: 容积率上限, type: decimal}
  kind: {title: 类别, type: choice, choices: [文旅, 康养, 总部]}
  winner: {title: 竞得人即意向方, type: yesno}
  payments: {title: 各期, type: list, of: money, unit: 万元}
"""
ELSE = "不合"


def desk(when: str, *, asks: str = "[]", more: str = "") -> Desk:
    """Give a case of the small workflow in which one condition stands before `go`."""
    guard = f'guards:\n        - {{when: "{when}", else: {ELSE}}}\n'
    text = SMALL.replace("QUORUM", "all").replace("facts:\n", FACTS, 1)
    start = text.index("      guards:\n")
    end = text.index("  - name: tick")
    text = text[:start] + f"      {guard}    asks: {asks}\n{more}" + text[end:]
    made = Desk(on=START)
    made.workflow = read_workflow(text, "small.yaml")
    return made


def gate_of(made: Desk, **facts: Any) -> Gate:
    """Judge the condition, with facts that come with the command."""
    assert made.case is not None
    transition = made.workflow.leaving["first"]["go"]
    moment = Moment(made.on, CALENDAR, {"u1": "市林业局"})
    gates, _role = judge_transition(
        made.workflow, made.case, transition, BUREAU, moment, note="", facts=facts
    )
    (found,) = (gate for gate in gates if gate.kind == "guard")
    return found


UNMET = [
    ("valid_to <= months_after(today, 6)", "有效期至 2030-01-01，最迟 2026-09-02"),
    ("valid_to < today", "有效期至 2030-01-01，须早于 办理日 2026-03-02"),
    ("today >= valid_to", "办理日 2026-03-02，最早 有效期至 2030-01-01"),
    ("valid_to == signed_on", "有效期至 2030-01-01，应为 签订日 2026-02-01"),
    ("signed_on >= days_after(valid_to, 20)", "签订日 2026-02-01，最早 2030-01-21"),
    ("months_after(today, 6) >= valid_to", "有效期至 2030-01-01，最迟 2026-09-02"),
    ("signed_on.year > 2026", "签订日的年份 2026，须大于 2026"),
    ("days_between(signed_on, today) >= 30", "签订日至办理日相隔的日数 为 29，至少 30"),
    ("valid_to - today < 30", "有效期至－办理日 为 1401，须小于 30"),
    ("far <= far_max", "容积率 2.5，至多 容积率上限 2"),
    ("amount >= 10000", "金额 5000 万元，至少 10000 万元"),
    ("10000 <= amount", "金额 5000 万元，至少 10000 万元"),
    ("not amount < 10000", "金额 5000 万元，至少 10000 万元"),
    ("amount * 2 > 10000.5", "金额×2 为 10000 万元，须大于 10000.5 万元"),
    ("6000 <= amount < 9000", "金额 5000 万元，至少 6000 万元"),
    ("kind == '文旅'", "类别 康养，应为 文旅"),
    ("kind in ['文旅', '总部']", "类别 康养，应为 文旅、总部 之一"),
    ("kind not in ['康养', '总部']", "类别 康养，不能是 康养、总部"),
    ("'u2' in x_units", "x 部门 市林业局，须含 u2"),
    ("winner", "竞得人即意向方 否，应为 是"),
    ("payments|sum >= 500", "各期的合计 为 300 万元，至少 500 万元"),
    ("payments|length == 3", "各期的个数 为 2，应为 3"),
    ("winner is not defined", "竞得人即意向方 已填，须未填"),
    ("order.tick > order.go", "“记一次”未办过，须先办"),
    ("count.tick >= 1", "“记一次”未办过，至少 1 次"),
    (
        "count.tick > count.back or winner",
        "“记一次”未办过，须多于“退回甲”的 0 次；或 竞得人即意向方 否，应为 是",
    ),
    (
        "amount > 10000 and kind == '康养' and winner",
        "金额 5000 万元，须大于 10000 万元；竞得人即意向方 否，应为 是",
    ),
    ("last.tick <= today", "“记一次”办理之日 未办过，最迟 办理日 2026-03-02"),
    (
        "sha256.report == sha256.clauses",
        "报告（a.pdf，aaaaaaaa），须与条款（b.pdf，bbbbbbbb）为同一文件",
    ),
    ("state == 'second'", "环节 甲环节，应为 乙环节"),
]
GIVEN: dict[str, Value] = {
    "valid_to": "2030-01-01",
    "signed_on": "2026-02-01",
    "far": "2.5",
    "far_max": "2",
    "kind": "康养",
    "winner": False,
    "payments": ["100", "200"],
    "x_units": ["u1"],
}


def ready(made: Desk) -> Desk:
    """Give the case its facts, through whatever door they came, and its materials."""
    assert made.case is not None
    made.case = replace(made.case, facts={**made.case.facts, **GIVEN})
    made.do(BUREAU, Attach("report", File("a.pdf", 9, "a" * 64)))
    made.do(BUREAU, Attach("clauses", File("b.pdf", 9, "b" * 64)))
    return made


@pytest.mark.parametrize(("when", "told"), UNMET)
def test_b12_an_unmet_condition_shows_what_is_given_and_wanted(when: str, told: str) -> None:
    """B12: the values of both sides stand before the words of the workflow, never its code; of
    several conditions only those that fail are told.
    """
    gate = gate_of(ready(desk(when)))
    words = f"尚不能判断：{ELSE}" if told.startswith("“记一次”办理之日 未办过") else ELSE
    assert (gate.met, gate.text) == (False, f"{told}（{words}）")
    assert gate.given
    assert gate.wanted in gate.text or "；" in gate.wanted


def test_what_is_given_and_wanted_stand_apart_too() -> None:
    """Machines read the two parts of the sentence."""
    gate = gate_of(ready(desk("valid_to <= months_after(today, 6)")))
    assert (gate.given, gate.wanted) == ("有效期至 2030-01-01", "最迟 2026-09-02")


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("valid_to > today", "有效期至 2030-01-01，须晚于 办理日 2026-03-02"),
        (
            "amount >= 3000 and kind == '康养'",
            "金额 5000 万元，至少 3000 万元；类别 康养，应为 康养",
        ),
        ("winner or amount >= 3000", "金额 5000 万元，至少 3000 万元"),
        ("order.tick == 0", "“记一次”未办过"),
        ("not winner", "竞得人即意向方 否，应为 否"),
        ("kind ~ '类' == '康养类'", "类别 为 康养类，应为 康养类"),
    ],
)
def test_b12_a_met_condition_says_why(when: str, told: str) -> None:
    """B12: a condition that holds is told with its values, not as a list of what was looked at."""
    gate = gate_of(ready(desk(when)))
    assert (gate.met, gate.text) == (True, told)


@pytest.mark.parametrize(
    ("when", "told", "mend"),
    [
        (
            "valid_to <= months_after(today, 6)",
            "有效期至 未填，最迟 2026-09-02",
            "lifecycle set XS-2026-001 valid_to=…",
        ),
        (
            "signed_on <= months_after(valid_to, 6)",
            "签订日 未填，最迟 有效期至后6个月（有效期至 未填）",
            "lifecycle set XS-2026-001 signed_on=…",
        ),
        (
            "far <= far_max",
            "容积率 未填，至多 容积率上限（未填）",
            "lifecycle set XS-2026-001 far=…",
        ),
        (
            "today <= workdays_after(valid_to, 5)",
            "办理日 2026-03-02，最迟 有效期至后第5个工作日（有效期至 未填）",
            "lifecycle set XS-2026-001 valid_to=…",
        ),
        (
            "sha256.report == sha256.clauses",
            "报告（未交），须与条款（未交）为同一文件",
            "lifecycle attach XS-2026-001 report 文件",
        ),
        (
            "last.tick >= valid_to",
            "“记一次”办理之日 未办过，最早 有效期至（未填）",
            "lifecycle advance XS-2026-001 tick",
        ),
        ("order.tick > 0", "“记一次”未办过，须先办", "lifecycle advance XS-2026-001 tick"),
        ("winner is defined", "竞得人即意向方 未填，须填", "lifecycle set XS-2026-001 winner=…"),
    ],
)
def test_what_is_missing_is_told_with_what_is_wanted(when: str, told: str, mend: str) -> None:
    """A fact that is not there yet keeps nobody from learning the limit, and the command that
    supplies it stands beside. What the workflow says where the condition fails is not said to be
    so, unless that the fact is there is all that is asked.
    """
    gate = gate_of(desk(when))
    decided = "defined" in when or "order" in when
    words = ELSE if decided else f"尚不能判断：{ELSE}"
    assert (gate.met, gate.text, gate.mend) == (False, f"{told}（{words}）", mend)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (
            "amount > 10000 and far <= far_max",
            f"金额 5000 万元，须大于 10000 万元；容积率 未填，至多 容积率上限（未填）（{ELSE}）",
        ),
        (
            "amount > 10000 or winner",
            (
                "金额 5000 万元，须大于 10000 万元；或 竞得人即意向方 未填，应为 是"
                f"（尚不能判断：{ELSE}）"
            ),
        ),
        ("kind in x_units", f"类别 未填，须在 x 部门（未填） 之中（尚不能判断：{ELSE}）"),
        (
            "valid_to >= last.tick",
            f"有效期至 未填，最早 “记一次”办理之日（未办过）（尚不能判断：{ELSE}）",
        ),
    ],
)
def test_what_is_not_there_is_not_held_against_anybody(when: str, told: str) -> None:
    """Where one of several conditions that must all hold fails for certain, the workflow's words
    are so; where one that would do cannot be judged yet, nothing is.
    """
    assert gate_of(desk(when)).text == told


def test_a_value_that_comes_with_the_command_is_told_and_mended_there() -> None:
    """What the transition asks is changed by the same command."""
    gate = gate_of(
        ready(desk("valid_to <= months_after(today, 6)", asks="[valid_to]")), valid_to="2029-01-01"
    )
    assert gate.text == f"有效期至 2029-01-01，最迟 2026-09-02（{ELSE}）"
    assert gate.mend == "lifecycle advance XS-2026-001 go --set valid_to=…"
    assert gate.act == "go"


PERMIT = "  - {name: permit, title: 领证, kind: record, from: first, by: bureau, asks: [far_max]}\n"


def test_what_another_step_supplies_stands_before_what_comes_with_the_command() -> None:
    """Where the transition asks one side and a record the other, that record is to be made first:
    `why` and `todo` say so, and the transition is not called open.
    """
    made = desk("far <= far_max", asks="[far]", more=PERMIT)
    for given in ({}, {"far": Decimal("1.5")}):
        gate = gate_of(made, **given)
        assert (gate.mend, gate.act) == (
            "lifecycle advance XS-2026-001 permit --set far_max=…",
            "permit",
        )
    offered, waiting = tasks(made)
    assert offered[1:] == (gate.mend, "可办 领证")
    assert waiting[2].startswith("前往乙 尚不能办：先办 领证（招商局）；缺 报告；缺 国土、财政")


def test_a_day_that_has_to_come_is_named() -> None:
    """Where only time is lacking, the mend is the day."""
    assert gate_of(ready(desk("today > valid_to"))).mend == "2030-01-02 起可办"
    assert gate_of(ready(desk("today >= valid_to"))).mend == "2030-01-01 起可办"


def test_of_two_files_the_one_that_is_not_locked_is_to_be_replaced() -> None:
    """The command names the material that can be changed."""
    made = ready(desk("sha256.clauses == sha256.report"))
    assert gate_of(made).mend == "lifecycle attach XS-2026-001 clauses 文件"
    assert made.case is not None
    made.case = replace(made.case, locked=("clauses",))
    assert gate_of(made).mend == "lifecycle attach XS-2026-001 report 文件"


def tasks(made: Desk) -> list[tuple[str, str, str]]:
    """Give what waits for the bureau: kind, command, text."""
    assert made.case is not None
    found = tasks_of(made.workflow, made.case, BUREAU, Moment(made.on, CALENDAR))
    return [(task.kind, task.command, task.text) for task in found]


STEPS = """\
  - {name: ask_review, title: 提请审查, kind: record, from: first, by: bureau, reason: required}
  - name: review
    title: 审查通过
    kind: record
    from: first
    by: land
    asks: [far]
    needs: {guards: [{when: order.ask_review > order.review, else: 未提请}]}
"""


def test_the_near_step_stands_before_the_distant_gate() -> None:
    """`todo` offers the record that has to be made first, whatever lies between, then says of the
    transition what it waits for and whose step comes first.
    """
    made = ready(desk("order.review > 0", more=STEPS))
    first, second, *_ = tasks(made)
    assert first == (
        "advance",
        "lifecycle advance XS-2026-001 ask_review --note …",
        "可办 提请审查",
    )
    assert second[:2] == ("supply", "lifecycle why XS-2026-001 go")
    assert second[2].startswith("前往乙 尚不能办：先办 提请审查（招商局）；缺 国土、财政")
    made.do(BUREAU, Advance("ask_review", "请审"))
    (only,) = tasks(made)
    assert only[2].startswith("前往乙 尚不能办：先办 审查通过（国土）；缺 国土、财政")


def test_whoever_makes_a_record_is_told_that_others_wait_for_it() -> None:
    """Whoever has to make a record has it on the list, also where the way on is made by somebody
    else, and whoever leads the stage; nobody else is bothered.
    """
    text = "order.review > 0"
    made = ready(desk(text, more=STEPS))
    made.do(BUREAU, Advance("ask_review", "请审"))
    assert made.case is not None
    first = made.workflow.states["first"]
    for lead in ("bureau", "land"):
        states = {**made.workflow.states, "first": replace(first, lead=lead)}
        workflow = replace(made.workflow, states=states)
        for who, told in ((LAND, ["可办 审查通过"]), (FINANCE, [])):
            found = tasks_of(workflow, made.case, who, Moment(made.on, CALENDAR))
            assert [task.text for task in found if task.kind == "advance"] == told


def test_a_fact_that_a_record_asks_is_entered_by_it() -> None:
    """A missing fact that a record of this state asks is supplied by that record, not by `set`."""
    gate = gate_of(desk("far <= 3", more=STEPS))
    assert (gate.mend, gate.act) == ("lifecycle advance XS-2026-001 review --set far=…", "review")


def test_numbers_in_words_are_plain() -> None:
    """No exponent and no trailing zeros reach an officer."""
    gate = gate_of(ready(desk("far > 3.50")), far=str(Decimal("2.50").normalize()))
    assert gate.text == f"容积率 2.5，须大于 3.5（{ELSE}）"


def test_the_day_of_the_judgement_counts() -> None:
    """A condition on today is told with the day of the act."""
    made = ready(desk("today >= valid_to"))
    made.on = date(2026, 5, 1)
    assert gate_of(made).given == "办理日 2026-05-01"
