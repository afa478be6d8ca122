"""The judge: what each gate asks, in what words it refuses, and what an opinion is worth when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import (
    BUREAU,
    CALENDAR,
    FINANCE,
    LAND,
    START,
    Advance,
    Attach,
    Desk,
    File,
    ResolveObjection,
    SetFacts,
    Sign,
    WithdrawOpinion,
    officer,
)

from lifecycle.engine.acts import Act, Verdict, VoidLetter
from lifecycle.engine.clock.standing import open_limits
from lifecycle.engine.docket import Accepted, Refused
from lifecycle.workflow.model import Quorum

WENWU, LINYE = officer("w1", "x", "wenwu"), officer("y1", "x", "linye")


def test_every_unmet_gate_is_told_at_once() -> None:
    """A refusal lists every gate, met or not, each with what it saw and how to meet it."""
    desk = Desk()
    decision = desk.ask(LAND, Advance("go"))
    assert isinstance(decision, Refused)
    assert [(g.label, g.met, g.text, g.mend) for g in decision.gates] == [
        (
            "角色",
            False,
            "由 招商局 办理；您（u-land l1）不具备该角色",
            "请 招商局 的经办人办理；受委托的，加 --for 委托人",
        ),
        ("回避", True, "不与 记一次 同一人", ""),
        ("要素", True, "金额 5000 万元", ""),
        ("材料", False, "缺 报告", "lifecycle attach XS-2026-001 report 文件"),
        ("会签", False, "缺 国土、财政 的同意意见", "lifecycle sign XS-2026-001 go agree --as …"),
        ("条件", True, "金额 5000 万元，至少 3000 万元", ""),
    ]


def test_an_accepted_command_says_what_it_relied_on() -> None:
    """An accepted transition names its role, where it leads, and the inputs of every gate."""
    desk = Desk()
    desk.ready()
    decision = desk.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Accepted)
    assert (decision.act, decision.role, decision.source, decision.target) == (
        Advance("go"),
        "bureau",
        "first",
        "second",
    )
    assert [(g.kind, dict(g.inputs)) for g in decision.gates] == [
        ("role", {"role": "bureau"}),
        ("not_by", {"of": "tick", "persons": []}),
        ("facts", {"amount": "5000"}),
        ("materials", {"report": "a" * 64}),
        (
            "cosign",
            {
                "needed": 2,
                "opinions": [["land", "", "agree", 3, None], ["finance", "", "agree", 4, None]],
            },
        ),
        ("guard", {"when": "amount >= 3000", "with": {"amount": "5000"}}),
    ]


def test_extra_units_count_only_if_the_case_has_any() -> None:
    """Without x units nobody extra is asked; with two, each of them is, and only its own officer
    may speak for it.
    """
    desk = Desk()
    desk.ready()
    assert desk.unmet(BUREAU, Advance("go")) == []
    desk.do(BUREAU, SetFacts({"x_units": ["wenwu", "linye"]}))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]
    assert desk.unmet(officer("z1", "x", "other"), Sign("go", "agree")) == ["role"]
    desk.do(WENWU, Sign("go", "agree"))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]
    desk.do(LINYE, Sign("go", "conditional", "须避让古树"))
    assert desk.unmet(BUREAU, Advance("go")) == []


def test_an_objection_blocks_until_withdrawn() -> None:
    """One objection blocks even with enough agreement, until its own unit takes it back."""
    desk = Desk(quorum="any")
    desk.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    desk.do(LAND, Sign("go", "agree"))
    desk.do(FINANCE, Sign("go", "object", "测算不足"))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]
    desk.do(FINANCE, WithdrawOpinion("go"))
    assert desk.unmet(BUREAU, Advance("go")) == []


def test_an_objection_blocks_until_the_lead_says_how_it_was_resolved() -> None:
    """The lead, and nobody else, settles an objection by writing how; it then counts as heard, and
    another of its officers makes the transition.
    """
    desk = Desk(staff={})
    desk.ready()
    desk.do(FINANCE, Sign("go", "object", "测算不足"))
    assert desk.unmet(FINANCE, ResolveObjection("go", "finance", "", "已补充测算")) == ["role"]
    assert desk.unmet(BUREAU, ResolveObjection("go", "finance", "", "")) == ["reason"]
    desk.do(BUREAU, ResolveObjection("go", "finance", "", "已补充测算"))
    assert desk.unmet(BUREAU, Advance("go")) == ["not_by"]
    assert desk.unmet(officer("b2", "bureau"), Advance("go")) == []
    assert desk.unmet(BUREAU, ResolveObjection("go", "finance", "", "再次")) == ["opinion"]


def test_an_objection_stands_through_a_return_and_off_the_panel() -> None:
    """Rule 6: neither a return nor taking its unit off the panel removes it; its unit may still
    take it back.
    """
    desk = Desk()
    desk.ready()
    unit = officer("x7", "x", "u7")
    desk.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    desk.do(unit, Sign("go", "object", "在保护范围内"))
    desk.correct({"x_units": ["u8"]})
    desk.do(officer("x8", "x", "u8"), Sign("go", "agree"))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]
    desk.do(unit, WithdrawOpinion("go", "已避让"))
    assert desk.unmet(BUREAU, Advance("go")) == []


@pytest.mark.parametrize("verdict", ["object", "conditional"])
def test_an_objection_and_a_condition_must_be_written(verdict: Verdict) -> None:
    """Objecting, or agreeing on a condition, without saying why or which is refused."""
    assert Desk().unmet(LAND, Sign("go", verdict)) == ["reason"]


def test_a_change_to_what_an_opinion_covered_makes_it_stale() -> None:
    """After the report is replaced by another, those who had agreed are asked again; the same file
    changes nothing.
    """
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Attach("report", File("same.pdf", 10, "a" * 64)))
    assert desk.unmet(BUREAU, Advance("go")) == []
    desk.do(BUREAU, Attach("report", File("new.pdf", 10, "b" * 64)))
    decision = desk.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Refused)
    assert [g.text for g in decision.gates if not g.met] == [
        "国土、财政 的意见已失效（其后更改了 报告），须重新会签"
    ]
    desk.do(BUREAU, SetFacts({"name": "改名的项目"}))
    desk.do(LAND, Sign("go", "agree"))
    desk.do(FINANCE, Sign("go", "agree"))
    assert desk.unmet(BUREAU, Advance("go")) == []


def test_a_return_makes_every_opinion_stale() -> None:
    """What was agreed before a return does not carry the case forward a second time."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    desk.do(LAND, Advance("back", "高度超限"))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]


def test_silence_past_its_limit_is_told_and_is_no_consent() -> None:
    """After three workdays the missing are named as late, and the gate stays closed."""
    desk = Desk()
    desk.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    desk.pass_days(4)
    decision = desk.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Refused)
    assert [g.text for g in decision.gates if not g.met] == [
        "缺 国土、财政 的同意意见（逾期未反馈，限 2026-03-05；不视为同意）"
    ]


def test_separation_of_duties_sees_through_delegation() -> None:
    """Who did one thing in person may not do the other for somebody else, nor have it done in their
    name.
    """
    desk = Desk()
    desk.ready()
    desk.do(officer("b2", "bureau"), Advance("tick"))
    assert desk.unmet(officer("b2", "bureau"), Advance("go")) == ["not_by"]
    assert desk.unmet(officer("b2", "bureau", principal="b9"), Advance("go")) == ["not_by"]
    assert desk.unmet(officer("b8", "bureau", principal="b2"), Advance("go")) == ["not_by"]
    assert desk.unmet(BUREAU, Advance("go")) == []


def test_a_counter_closes_after_its_number() -> None:
    """What may be done at most twice is refused the third time, with the count."""
    desk = Desk()
    desk.do(BUREAU, Advance("tick"))
    desk.do(BUREAU, Advance("tick"))
    decision = desk.ask(BUREAU, Advance("tick"))
    assert isinstance(decision, Refused)
    assert [g.text for g in decision.gates if not g.met] == ["记一次 已办 2 次，至多 2 次"]


def test_a_bound_role_belongs_to_the_unit_that_the_case_names() -> None:
    """The owner role is held by officers of the named unit only, and by nobody before
    one is named.
    """
    desk = Desk()
    own, other = officer("o1", "owner", "own"), officer("o2", "owner", "other")
    assert desk.unmet(own, Advance("tick")) == ["role"]
    desk.do(BUREAU, SetFacts({"owner_unit": "own"}))
    assert desk.unmet(own, Advance("tick")) == []
    assert desk.unmet(other, Advance("tick")) == ["role"]


def test_twenty_clear_days_lie_between() -> None:
    """Announced on the 2nd with twenty whole days between, the 23rd is the first day; the 22nd is
    refused.
    """
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    desk.on = START + timedelta(days=20)
    assert desk.unmet(LAND, Advance("finish", facts={"since_on": START.isoformat()})) == ["dwell"]
    desk.on = START + timedelta(days=21)
    assert desk.unmet(LAND, Advance("finish", facts={"since_on": START.isoformat()})) == []


def test_what_a_transition_asks_for_comes_with_it() -> None:
    """A fact that is asked for must come with the command, and no other fact may."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    assert "facts" in desk.unmet(LAND, Advance("finish"))
    assert "facts" in desk.unmet(
        LAND, Advance("finish", facts={"since_on": "2026-03-01", "amount": "1"})
    )


def test_locked_material_stays_until_unlocked() -> None:
    """Once locked, the clauses cannot be replaced; the return that unlocks them lets them be."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    desk.do(BUREAU, Attach("clauses", File("c.pdf", 10, "c" * 64)))
    desk.do(BUREAU, Advance("lock"))
    assert desk.unmet(BUREAU, Attach("clauses", File("d.pdf", 10, "d" * 64))) == ["lock"]
    desk.do(LAND, Advance("back", "条款须改"))
    assert desk.unmet(BUREAU, Attach("clauses", File("d.pdf", 10, "d" * 64))) == []


def test_suspension_stops_the_clock() -> None:
    """Resumed after thirty days, the case is in the state it left and has as many days left there
    as before.
    """
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    desk.pass_days(2)
    assert desk.case
    before = next(open_limits(desk.workflow, desk.case, CALENDAR)).due.on
    desk.do(BUREAU, Advance("pause", "等待调规"))
    assert desk.unmet(LAND, Sign("go", "agree")) == ["state"]
    desk.pass_days(28)
    case = desk.do(BUREAU, Advance("resume"))
    assert (case.state, case.suspension) == ("second", None)
    assert next(open_limits(desk.workflow, case, CALENDAR)).due.on == before + timedelta(days=28)


def test_a_final_state_refuses_every_command() -> None:
    """A finished case takes no transition, fact, material or opinion."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    desk.on = START + timedelta(days=30)
    desk.do(LAND, Advance("finish", facts={"since_on": START.isoformat()}))
    for command in (
        Advance("go"),
        SetFacts({"amount": "1"}),
        Attach("report", File("r", 1, "a" * 64)),
        Sign("go", "agree"),
    ):
        assert desk.unmet(BUREAU, command) == ["state"]
    refused = desk.ask(BUREAU, Advance("go"))
    assert isinstance(refused, Refused)
    assert refused.gates[0].mend == "本环节没有流转：已终结"


def test_a_transition_from_elsewhere_says_who_was_here_last() -> None:
    """Whoever comes second is told where the case now is, and who moved it when."""
    desk = Desk()
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    decision = desk.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Refused)
    here = "现为“乙环节”，前往乙 须在“甲环节”办理"
    last = "上一步“前往乙”由 b1 于 2026-03-02 办理"
    assert decision.gates[0].text == f"{here}；{last}"
    desk.do(BUREAU, Attach("clauses", File("c", 1, "a" * 64)))
    desk.do(BUREAU, Advance("lock"))
    decision = desk.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Refused)
    made = "它已由 b1 于 2026-03-02 办理（第 5 笔）"
    assert decision.gates[0].text == f"{here}；{made}；{last.replace('前往乙', '锁定')}"


def test_names_that_nothing_bears_are_refused_with_the_nearest() -> None:
    """The judge is total: an unknown transition, fact, material, role or letter is a refusal that
    names what is near.
    """
    desk = Desk()
    file = File("r", 1, "a" * 64)
    cases: list[tuple[Act, tuple[str, str, str]]] = [
        (Advance("goo"), ("state", "没有流转“goo”", "是否为“go”？")),
        (Attach("reprt", file), ("materials", "没有材料“reprt”", "是否为“report”？")),
        (
            VoidLetter("9-x", "误发"),
            ("letter", "没有公文“9-x”", "用 lifecycle notice list XS-2026-001 查看"),
        ),
    ]
    for act, gate in cases:
        decision = desk.ask(BUREAU, act)
        assert isinstance(decision, Refused)
        assert [(g.kind, g.text, g.mend) for g in decision.gates] == [gate]
    decision = desk.ask(BUREAU, SetFacts({"amont": "1", "amount": "-1"}))
    assert isinstance(decision, Refused)
    texts = [gate.text for gate in decision.gates if not gate.met]
    assert texts == ["没有要素“amont”", "金额 -1 万元不能小于 0 万元"]
    assert desk.unmet(BUREAU, ResolveObjection("go", "nobody", "", "阅")) == ["opinion"]


@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 9))
def test_a_quorum_is_never_more_than_all_nor_none_of_some(asked: int, number: int, of: int) -> None:
    """However it is written, a quorum asks for at least one of those asked and at most for all of
    them.
    """
    for quorum in (
        Quorum("all"),
        Quorum("any"),
        Quorum("majority"),
        Quorum("at_least", number),
        Quorum("share", min(number, of), of),
    ):
        assert min(1, asked) <= quorum.needed(asked) <= asked


ACTS = st.lists(
    st.sampled_from(
        [
            (BUREAU, Advance("go")),
            (BUREAU, Advance("tick")),
            (LAND, Advance("back", "理由")),
            (BUREAU, Advance("lock")),
            (BUREAU, Advance("pause", "理由")),
            (BUREAU, Advance("resume")),
            (LAND, Sign("go", "agree")),
            (FINANCE, Sign("go", "agree")),
            (FINANCE, Sign("go", "object", "不可")),
            (FINANCE, WithdrawOpinion("go")),
            (BUREAU, ResolveObjection("go", "finance", "", "已处理")),
            (BUREAU, SetFacts({"amount": "2000"})),
            (BUREAU, SetFacts({"amount": "9000"})),
            (BUREAU, Attach("report", File("r", 1, "a" * 64))),
            (BUREAU, Attach("clauses", File("c", 1, "b" * 64))),
            (WENWU, Sign("go", "agree")),
            (BUREAU, SetFacts({"x_units": ["wenwu"]})),
        ]
    ),
    max_size=25,
)


@given(ACTS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_tried_in_any_order_is_accepted_or_refused_with_reasons(
    acts: list[tuple[object, object]],
) -> None:
    """No sequence of commands breaks the kernel; the case never leaves first while a gate of `go`
    is unmet.
    """
    desk = Desk()
    for who, command in acts:
        desk.pass_days(1)
        decision = desk.ask(who, command)  # type: ignore[arg-type]
        if isinstance(decision, Refused):
            assert any(not gate.met for gate in decision.gates)
            continue
        assert all(gate.met for gate in decision.gates)
        desk.do(who, command)  # type: ignore[arg-type]
    assert desk.case
    assert date.fromisoformat(desk.case.entered_on) <= desk.on


def test_an_objection_outlives_what_it_covered_and_its_seat() -> None:
    """Neither changing a covered fact and back, nor taking the unit off the panel, removes an
    objection.
    """
    desk = Desk(quorum="any")
    desk.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    desk.do(BUREAU, SetFacts({"x_units": ["wenwu"]}))
    desk.do(WENWU, Sign("go", "object", "文物保护范围"))
    desk.do(BUREAU, SetFacts({"amount": "6000"}))
    desk.do(BUREAU, SetFacts({"amount": "5000"}))
    desk.correct({"x_units": []})
    desk.do(LAND, Sign("go", "agree"))
    assert desk.unmet(BUREAU, Advance("go")) == ["cosign"]
    desk.do(BUREAU, ResolveObjection("go", "x", "wenwu", "已避让"))
    assert desk.unmet(BUREAU, Advance("go")) == []


def test_one_unit_cannot_overwrite_anothers_opinion() -> None:
    """Where two units share a function, the one that spoke is the one to change or withdraw its
    opinion.
    """
    desk = Desk()
    desk.do(officer("l1", "land", "land-a"), Sign("go", "object", "权属未清"))
    other = officer("l2", "land", "land-b")
    assert desk.unmet(other, Sign("go", "agree")) == ["opinion"]
    assert desk.unmet(other, WithdrawOpinion("go")) == ["opinion"]
    assert desk.unmet(officer("l3", "land", "land-a"), Sign("go", "agree")) == []


def test_a_resolved_objection_is_no_agreement_where_some_must_agree() -> None:
    """With a quorum of any, an objection that the lead has resolved does not carry the transition
    by itself.
    """
    desk = Desk(quorum="any")
    desk.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    desk.do(FINANCE, Sign("go", "object", "不可"))
    desk.do(BUREAU, ResolveObjection("go", "finance", "", "阅"))
    assert desk.unmet(officer("b2", "bureau"), Advance("go")) == ["cosign"]


def test_recording_nothing_is_refused() -> None:
    """A record of no facts is no entry."""
    assert Desk().unmet(BUREAU, SetFacts({})) == ["facts"]


MAY = """
  - {name: agree_on, title: 补充约定, kind: record, from: first, by: bureau, may: [amount, since_on]}
  - {name: note, title: 记一笔, kind: record, from: first, by: bureau, asks: [x_units], may: [since_on]}
  - {name: leave, title: 离开, from: first, to: done, by: bureau, may: [since_on]}
"""  # noqa: E501


def test_a_record_that_may_ask_enters_something() -> None:
    """A record that asks nothing and may ask some facts enters one of them at least: else nothing
    is recorded, and what it rested on is used up. What asks, or moves the case, needs none.
    """
    desk = Desk(text=small.TEXT + MAY)
    decision = desk.ask(BUREAU, Advance("agree_on"))
    assert isinstance(decision, Refused)
    [gate] = [gate for gate in decision.gates if not gate.met]
    assert (gate.kind, gate.text) == ("facts", "须同时填 金额、公告日 中至少一项")
    assert gate.mend == "lifecycle advance XS-2026-001 agree_on --set amount=…"
    assert gate.act == "agree_on"
    assert desk.unmet(BUREAU, Advance("agree_on", facts={"since_on": "2026-03-01"})) == []
    assert desk.unmet(BUREAU, Advance("note", facts={"x_units": ["u7"]})) == []
    assert desk.unmet(BUREAU, Advance("leave")) == []


def test_the_only_fact_that_it_may_ask_has_to_come() -> None:
    """Where there is but one, it is that."""
    desk = Desk(text=small.TEXT + MAY.replace("may: [amount, since_on]", "may: [amount]"))
    gates = [gate.text for gate in desk.ask(BUREAU, Advance("agree_on")).gates if not gate.met]
    assert gates == ["须同时填 金额"]
