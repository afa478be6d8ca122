"""What was decided stays decided: one door, corrections, what a return undoes, and what `required`
wants where.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from small import BUREAU, CALENDAR, FINANCE, LAND, START, Desk, officer

from lifecycle.engine.acts import (
    Advance,
    Attach,
    ConfirmCorrection,
    Correct,
    DeclineCorrection,
    Open,
    SetFacts,
    Sign,
)
from lifecycle.engine.case import Case, File, dump_case, load_case
from lifecycle.engine.docket import Accepted, Refused
from lifecycle.engine.evolve import evolve
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.insight.outlook import tasks_of
from lifecycle.ledger.rows.task_rows import tasks_now
from lifecycle.workflow.reader import read_workflow
from lifecycle.workflow.reliance import reads_of, required_by

TEXT = """\
workflow: sale
title: 土地出让
version: 1
basis: 测试
number: CR-{year}-{serial:03}
subject: name
identity: [name, buyer]
roles: {bureau: 招商局, land: 国土, finance: 财政}
panel: {lead: bureau, core: [land, finance], extra: finance}
facts:
  name: {title: 名称, type: text, required: true, by: bureau}
  buyer: {title: 受让方, type: text, by: bureau, required: selling}
  area: {title: 面积, type: decimal, by: land, required: selling}
  price: {title: 起始价, type: money, unit: 万元, by: land}
  announced_on: {title: 公告日, type: date, by: land}
  paid: {title: 已付, type: money, unit: 万元, by: finance}
  month: {title: 月份, type: text, by: land, renews: true}
  remark: {title: 备注, type: text, by: land}
  levy: {title: 规费, type: money, unit: 万元, by: land}
  term: {title: 期限, type: date, future: yes, by: bureau}
materials:
  plan: {title: 方案, keep: 10y, by: land}
  voucher: {title: 凭证, keep: 10y, by: finance, renews: true}
  minutes: {title: 纪要, keep: 10y, renews: true}
states:
  planning: {title: 筹划, lead: bureau}
  selling: {title: 出让, lead: land, limits: [{title: 成交, in: 30, unit: day, since: announced_on, done: close, basis: 测试}]}
  signed: {title: 签约, lead: bureau}
  paused: {title: 中止, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - name: begin
    title: 开始出让
    from: planning
    to: selling
    by: bureau
    locks: [remark]
    needs: {materials: [plan]}
  - name: announce
    title: 公告
    kind: record
    from: selling
    by: land
    asks: [announced_on, price]
    needs:
      guards:
        - {when: price >= area * 10, else: 起始价偏低}
        - {when: count.announce == 0, else: 已公告}
      counter: {of: announce, at_most: 3}
  - name: pay
    title: 付款
    kind: record
    from: [selling, signed]
    by: finance
    stands: true
    asks: [paid]
    needs: {materials: [voucher], fresh: [voucher]}
  - name: close
    title: 成交
    from: selling
    to: signed
    by: land
    asks: [term]
    needs:
      facts: [price]
      materials: [plan]
      read_by: {items: [plan], step: begin}
      dwell: {at_least: 20, unit: day, since: announced_on, basis: 测试}
      cosign: {roles: [finance], covers: [price]}
  - {name: extend, title: 展期, kind: record, from: signed, by: bureau, asks: [term], renews: [term], needs: {guards: [{when: term > today, else: 须晚于今天}], counter: {of: extend, at_most: 1, inner: true}}}
  - {name: note_term, title: 改记期限, kind: record, from: signed, by: bureau, may: [term, buyer]}
  - {name: report, title: 月报, kind: record, from: [selling, signed], by: land, needs: {guards: [{when: month != '', else: 无}]}}
  - {name: resell, title: 退回出让, kind: return, from: signed, to: selling, by: land, reason: required}
  - {name: replan, title: 退回筹划, kind: return, from: [selling, signed], to: planning, by: land, reason: required, needs: {materials: [minutes], fresh: [minutes]}}
  - {name: pause, title: 中止, kind: suspend, from: selling, to: paused, by: bureau}
  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: bureau}
  - {name: finish, title: 办结, from: signed, to: done, by: bureau, needs: {facts: [paid]}}
"""  # noqa: E501
EMPTY_OR_HIGH = """\
    needs: {materials: [plan], guards: [{when: levy is not defined or levy >= 10, else: 过低}]}
  - name: announce
"""
"""What 开始出让 needs where it wants the levy empty, or high."""
BUREAU2 = officer("b2", "bureau")


def file(letter: str) -> File:
    """Give a file whose digest is one letter repeated."""
    return File(f"{letter}.pdf", 10, letter * 64)


@pytest.fixture
def desk() -> Desk:
    """A case in planning."""
    return Desk(text=TEXT, first={"name": "某地块"})


def selling(desk: Desk) -> None:
    """Take the case to 出让."""
    desk.do(BUREAU, SetFacts({"buyer": "甲公司"}))
    desk.do(LAND, SetFacts({"area": "10", "remark": "无"}))
    desk.do(LAND, Attach("plan", file("a")))
    desk.do(BUREAU, Advance("begin"))


def announced(desk: Desk) -> None:
    """Announce on that day."""
    facts = {"announced_on": desk.on.isoformat(), "price": "100"}
    desk.do(LAND, Advance("announce", facts=facts))


def signed(desk: Desk) -> None:
    """Take the case to 签约."""
    selling(desk)
    announced(desk)
    desk.pass_days(20)
    desk.do(FINANCE, Sign("close", "agree"))
    desk.do(LAND, Advance("close", facts={"term": "2027-01-01"}))


def gates(desk: Desk, who: Any, act: Any) -> list[tuple[str, str, str]]:
    """Give the unmet gates of an act."""
    decision = desk.ask(who, act)
    assert isinstance(decision, Refused)
    return [(g.kind, g.text, g.mend) for g in decision.gates if not g.met]


# ── Rule 1: one door ──


def test_what_a_transition_asks_is_entered_with_it_only(desk: Desk) -> None:
    """A1: `set` of a fact that some transition asks is refused everywhere and names the door."""
    door = "公告日 随 “公告” 填报，不能单独填"
    set_day = SetFacts({"announced_on": "2020-01-01"})
    assert gates(desk, LAND, set_day) == [("door", door, "在“出让”办理 “公告” 时填")]
    selling(desk)
    here = "随“公告”填：lifecycle advance XS-2026-001 announce --set announced_on=… --set price=…"
    assert gates(desk, LAND, set_day) == [("door", door, here)]
    announced(desk)
    assert desk.unmet(LAND, set_day) == ["door"]


def test_the_opening_enters_no_fact_that_is_asked_later() -> None:
    """A5: who opens a case cannot give what a later transition asks, unless one that leaves the
    first state may ask it.
    """
    workflow = read_workflow(TEXT, "sale.yaml")
    desk = Desk(text=TEXT, first={"name": "某地块", "buyer": "甲公司"})
    desk.case = None
    opening = Open({"name": "某地块", "term": "2030-01-01"})
    assert desk.unmet(BUREAU, opening) == ["door"]
    assert workflow.facts["term"].by == ("bureau",)
    desk.workflow = read_workflow(TEXT.replace("locks: [remark]", "may: [term]"), "sale.yaml")
    assert desk.unmet(BUREAU, opening) == []


def test_other_facts_and_files_are_free_until_a_step_has_read_them(desk: Desk) -> None:
    """A2, A6: before the first reader a value or file is replaced as one likes, afterwards only
    corrected; the refusal names who rests on it.
    """
    desk.do(LAND, SetFacts({"area": "10"}))
    desk.do(LAND, SetFacts({"area": "20"}))
    desk.do(LAND, Attach("plan", file("c")))
    selling(desk)
    assert gates(desk, LAND, SetFacts({"area": "11"})) == [
        (
            "edition",
            "面积 已由“开始出让”采用，不能直接更改",
            "确属填错的，更正：lifecycle correct XS-2026-001 area=… --note 理由",
        )
    ]
    command = "lifecycle correct XS-2026-001"
    assert gates(desk, LAND, Attach("plan", file("b"))) == [
        (
            "edition",
            "方案 已由“开始出让”采用，不能直接更改",
            f"确属交错的，更正：{command} --material plan --file 文件 --note 理由",
        )
    ]
    assert desk.unmet(LAND, SetFacts({"area": "10"})) == []
    assert desk.unmet(LAND, Attach("plan", file("a"))) == []


def test_what_comes_along_with_a_transition_is_told_where_it_belongs(desk: Desk) -> None:
    """A fact that does not come with a transition is set first or, once a step has read it,
    corrected; the refusal says which.
    """
    desk.do(BUREAU, SetFacts({"buyer": "甲公司"}))
    desk.do(LAND, SetFacts({"area": "10", "remark": "无"}))
    desk.do(LAND, Attach("plan", file("a")))
    text = "开始出让 不随办理填报 面积"
    along = Advance("begin", facts={"area": "11"})
    way = "请先办：lifecycle set XS-2026-001 area=…"
    assert gates(desk, BUREAU, along) == [("facts", text, way)]
    desk.do(BUREAU, Advance("begin"))
    facts = {"announced_on": desk.on.isoformat(), "price": "110", "area": "11"}
    assert gates(desk, LAND, Advance("announce", facts=facts)) == [
        (
            "facts",
            "公告 不随办理填报 面积",
            "确属填错的，更正：lifecycle correct XS-2026-001 area=… --note 理由",
        )
    ]


def test_what_a_step_found_empty_is_not_filled_in_against_it() -> None:
    """A condition that held while a fact was empty was read as any value is: the fact is not filled
    in later where that upsets the condition, until a return undoes the step; where the condition
    holds all the same, it is.
    """
    plain = "    needs: {materials: [plan]}\n  - name: announce\n"
    made = Desk(text=TEXT.replace(plain, EMPTY_OR_HIGH), first={"name": "某地块"})
    selling(made)
    text = (
        "“开始出让”（第 5 笔）是在 规费 空着时办的，填了其条件不再成立："
        "规费 已填，须未填；或 规费 7 万元，至少 10 万元（过低）"
    )
    refused = ("edition", text, "先退回：退回筹划（replan），再填")
    assert gates(made, LAND, SetFacts({"levy": "7"})) == [refused]
    assert isinstance(made.ask(LAND, SetFacts({"levy": "12"})), Accepted)
    made.do(LAND, Attach("minutes", file("f")))
    made.do(LAND, Advance("replan", "重办"))
    made.do(LAND, SetFacts({"levy": "7"}))


def test_what_renews_is_a_new_edition(desk: Desk) -> None:
    """A fact or material that renews is entered anew after a step has read it, and the step keeps
    the edition that it read.
    """
    selling(desk)
    desk.do(LAND, SetFacts({"month": "一月"}))
    desk.do(LAND, Advance("report"))
    desk.do(LAND, SetFacts({"month": "二月"}))
    case = desk.do(LAND, Advance("report"))
    assert [step.reads["month"] for step in case.steps if step.transition == "report"] == [1, 2]
    assert [one.value for one in case.past["month"]] == ["一月"]


def test_identity_does_not_renew_and_changes_by_a_transition_that_may_ask_it(desk: Desk) -> None:
    """A4, A6: a fact of the identity is not set again once read; a transition that may ask it
    enters a new edition, and its own steps keep the old one.
    """
    text = TEXT.replace("buyer: {title: 受让方,", "buyer: {title: 受让方, renews: true,")
    desk.workflow = read_workflow(text, "sale.yaml", checked=False)
    signed(desk)
    assert desk.unmet(BUREAU, SetFacts({"buyer": "乙公司"})) == ["edition"]
    case = desk.do(BUREAU, Advance("note_term", facts={"buyer": "乙公司"}))
    assert (case.facts["buyer"], case.editions["buyer"].number) == ("乙公司", 2)
    assert case.steps[0].reads["buyer"] == 1


def test_a_second_door_must_say_that_it_renews(desk: Desk) -> None:
    """Where another transition entered what a step has read, only one that renews it replaces
    it.
    """
    signed(desk)
    assert desk.unmet(BUREAU, Advance("note_term", facts={"term": "2027-06-01"})) == []
    desk.do(BUREAU, Advance("extend", facts={"term": "2027-06-01"}))
    assert desk.unmet(BUREAU, Advance("note_term", facts={"term": "2027-07-01"})) == ["edition"]
    assert desk.unmet(BUREAU, Advance("extend", facts={"term": "2027-07-01"})) == ["counter"]


def test_what_must_be_fresh_was_never_read(desk: Desk) -> None:
    """A voucher pays once; another file is new, the same bytes handed in again are not."""
    selling(desk)
    desk.do(FINANCE, Attach("voucher", file("v")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
    text = "凭证 已由“付款”用过，须是新的"
    mend = "lifecycle attach XS-2026-001 voucher 文件"
    assert gates(desk, FINANCE, Advance("pay", facts={"paid": "10"})) == [("materials", text, mend)]
    desk.do(FINANCE, Attach("voucher", file("v")))
    assert desk.unmet(FINANCE, Advance("pay", facts={"paid": "10"})) == ["materials"]
    desk.do(FINANCE, Attach("voucher", file("w")))
    case = desk.do(FINANCE, Advance("pay", facts={"paid": "20"}))
    assert case.fired["pay"].count == 2


def test_the_same_edition_is_asked_for_where_a_review_read_it(desk: Desk) -> None:
    """`read_by` holds for the very edition that the other step read, not for what a correction made
    of it.
    """
    selling(desk)
    announced(desk)
    desk.pass_days(20)
    desk.do(FINANCE, Sign("close", "agree"))
    close = Advance("close", facts={"term": "2027-01-01"})
    assert desk.unmet(LAND, close) == []
    case = desk.do(LAND, Correct({}, "交错了", "plan", file("b")))
    desk.do(BUREAU, ConfirmCorrection(case.seq))
    assert desk.unmet(LAND, close) == ["materials"]


# ── Standing steps and returns ──


def test_a_return_undoes_what_was_made_since_its_target_was_entered(desk: Desk) -> None:
    """What an undone step asked is missing again, what it locked is free, its count is gone; what
    `stands` stays; returns stand.
    """
    selling(desk)
    announced(desk)
    desk.do(FINANCE, Attach("voucher", file("v")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
    desk.do(LAND, Attach("minutes", file("m")))
    assert desk.case
    assert desk.case.locked == ("remark",)
    case = desk.do(LAND, Advance("replan", "地块调整"))
    assert (case.state, case.locked) == ("planning", ())
    assert [step.transition for step in case.steps] == ["pay", "replan"]
    assert dict(case.facts) == {
        "name": "某地块",
        "buyer": "甲公司",
        "area": "10",
        "remark": "无",
        "paid": "10",
    }
    assert sorted(case.fired) == ["open", "pay", "replan"]
    assert dict(case.made) == {"announce": 1, "begin": 1, "pay": 1, "replan": 1}
    assert desk.unmet(LAND, SetFacts({"area": "11"})) == ["edition"], "the payment rests on it"
    assert desk.unmet(LAND, SetFacts({"remark": "有"})) == []
    assert desk.unmet(LAND, Attach("plan", file("b"))) == []
    desk.do(BUREAU, Advance("begin"))
    assert desk.unmet(LAND, Advance("replan", "再次")) == ["materials"]


def test_a_counter_counts_every_step_ever_made_unless_it_is_inner(desk: Desk) -> None:
    """Three announcements are three, however often the case was returned; an inner counter begins
    again.
    """
    selling(desk)
    for letter in "mno":
        announced(desk)
        desk.do(LAND, Attach("minutes", file(letter)))
        desk.do(LAND, Advance("replan", "重来"))
        desk.do(BUREAU, Advance("begin"))
    facts: dict[str, Any] = {"announced_on": "2026-03-02", "price": "100"}
    assert gates(desk, LAND, Advance("announce", facts=facts)) == [
        ("counter", "公告 已办 3 次，至多 3 次", "")
    ]


def test_a_step_that_stands_until_is_undone_by_those_only() -> None:
    """`stands: {until: …}` holds a step through other returns, wherever they lead, and goes with
    those that it names.
    """
    text = TEXT.replace("asks: [paid]", "asks: [paid]").replace(
        "    stands: true\n", "    stands: {until: [resell]}\n"
    )
    for back, left in (("resell", []), ("replan", ["pay"])):
        desk = Desk(text=text, first={"name": "某地块"})
        selling(desk)
        desk.do(FINANCE, Attach("voucher", file("v")))
        desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
        announced(desk)
        desk.pass_days(20)
        desk.do(FINANCE, Sign("close", "agree"))
        desk.do(LAND, Advance("close", facts={"term": "2027-01-01"}))
        desk.do(LAND, Attach("minutes", file("m")))
        case = desk.do(LAND, Advance(back, "退回"))
        assert [s.transition for s in case.steps if s.transition == "pay"] == left
        assert ("paid" in case.facts) == bool(left)


def test_what_a_step_replaced_comes_back_when_it_is_undone(desk: Desk) -> None:
    """A value that an undone step had replaced is again what it was, and the next edition has a
    number of its own.
    """
    signed(desk)
    case = desk.do(BUREAU, Advance("note_term", facts={"buyer": "乙公司"}))
    assert case.facts["buyer"] == "乙公司"
    case = desk.do(LAND, Advance("resell", "重来"))
    assert (case.facts["buyer"], case.editions["buyer"].number) == ("甲公司", 1)
    assert "term" not in case.facts
    assert case.editions["buyer"].latest == 2


def test_a_return_that_unlocks_opens_what_other_steps_rest_on(desk: Desk) -> None:
    """What a standing step has read may be entered anew after a later step unlocked it: the step
    keeps its edition.
    """
    desk.workflow = read_workflow(
        TEXT.replace("to: planning, by: land,", "to: planning, by: land, unlocks: [area],"),
        "sale.yaml",
    )
    selling(desk)
    desk.do(FINANCE, Attach("voucher", file("v")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
    desk.do(LAND, Attach("minutes", file("m")))
    desk.do(LAND, Advance("replan", "换地块"))
    case = desk.do(LAND, SetFacts({"area": "20"}))
    pay = next(step for step in case.steps if step.transition == "pay")
    assert (pay.reads["area"], case.editions["area"].number) == (1, 2)
    assert [one.value for one in case.past["area"]] == ["10"]


def test_a_resume_enters_nothing(desk: Desk) -> None:
    """After a pause a return undoes the steps made before it, too."""
    selling(desk)
    announced(desk)
    desk.do(BUREAU, Advance("pause"))
    desk.do(BUREAU, Advance("go_on"))
    desk.pass_days(20)
    desk.do(FINANCE, Sign("close", "agree"))
    desk.do(LAND, Advance("close", facts={"term": "2027-01-01"}))
    case = desk.do(LAND, Advance("resell", "重来"))
    assert [step.transition for step in case.steps] == ["begin", "pause", "go_on", "resell"]


def test_the_case_is_the_same_out_of_its_snapshot(desk: Desk) -> None:
    """Editions, past values, steps and proposals come out of the stored state as they went in, and
    replaying the entries gives the same.
    """
    signed(desk)
    desk.do(BUREAU, Advance("extend", facts={"term": "2027-06-01"}))
    desk.do(LAND, Correct({}, "交错了", "plan", file("b")))
    case = desk.do(BUREAU, Correct({"buyer": "丙公司"}, "写错了"))
    assert len(case.proposals) == 2
    assert load_case(dump_case(case), {}, case.steps) == case
    again: Case | None = None
    for seq, body in enumerate(desk.entries, 1):
        again = evolve(desk.workflow, again, body, f"h{seq}")
    assert again == case


# ── Rule 2: corrections ──


def test_a_correction_that_changes_no_judgement_is_recorded_at_once(desk: Desk) -> None:
    """What only a guard reads, and still holds, is corrected by its owner with a reason; old and
    new value are in the entry.
    """
    text = TEXT.replace(
        "area: {title: 面积, type: decimal, by: land, required: selling}",
        "area: {title: 面积, type: decimal, by: land}",
    )
    desk = Desk(text=text, first={"name": "某地块"})
    selling(desk)
    announced(desk)
    assert desk.unmet(LAND, Correct({"area": "9"}, "")) == ["reason"]
    assert desk.unmet(BUREAU, Correct({"area": "9"}, "量错")) == ["role"]
    case = desk.do(LAND, Correct({"area": "9"}, "量错"))
    data = desk.entries[-1]["intent"]["data"]
    assert (data["old"], data["facts"], data["proposed"]) == ({"area": "10"}, {"area": "9"}, False)
    assert (case.facts["area"], case.editions["area"].number) == ("9", 1)
    assert case.editions["area"].amended == case.seq


def test_a_correction_that_changes_something_waits_for_the_lead(desk: Desk) -> None:
    """A2, A3: presence counts as changed whenever the value differs; nothing changes until another
    person of the lead confirms.
    """
    signed(desk)
    case = desk.do(LAND, Correct({"price": "120"}, "漏写"))
    assert case.facts["price"] == "100"
    assert desk.entries[-1]["intent"]["data"]["upsets"] == [
        "“公告”（第 6 笔）填报的就是 起始价",
        "“成交”（第 8 笔）须有 起始价",
        "“成交”（第 8 笔）的会签以 起始价 为据，须重新会签",
    ]
    assert desk.unmet(LAND, ConfirmCorrection(case.seq)) == ["role", "not_by"]
    confirmed = desk.do(BUREAU, ConfirmCorrection(case.seq))
    assert (confirmed.facts["price"], confirmed.proposals) == ("120", {})


def test_what_a_correction_changes_is_recorded_in_the_words_of_then(desk: Desk) -> None:
    """Another wording of as many consequences is no other judgement; fewer of them are."""
    signed(desk)
    older = Correct({"price": "120"}, "漏写", upsets=("旧一", "旧二", "旧三"))
    judged = desk.ask(LAND, older)
    assert isinstance(judged, Accepted)
    assert judged.act.to_dict()["data"]["upsets"] == ["旧一", "旧二", "旧三"]
    fewer = desk.ask(LAND, Correct({"price": "120"}, "漏写", upsets=("旧一",)))
    assert isinstance(fewer, Accepted)
    assert len(fewer.act.to_dict()["data"]["upsets"]) == 3


def test_who_proposed_does_not_confirm(desk: Desk) -> None:
    """The lead corrects its own fact, and another of its officers confirms; acting for somebody
    does not help.
    """
    signed(desk)
    case = desk.do(BUREAU, Correct({"buyer": "乙公司"}, "写错了"))
    assert desk.unmet(BUREAU, ConfirmCorrection(case.seq)) == ["not_by"]
    delegate = officer("b9", "bureau", principal="b1")
    assert desk.unmet(delegate, ConfirmCorrection(case.seq)) == ["not_by"]
    assert desk.unmet(BUREAU2, ConfirmCorrection(case.seq)) == []


def test_a_proposal_is_declined_or_lapses(desk: Desk) -> None:
    """The lead declines with a reason, who proposed may take it back; and what has changed
    meanwhile cannot be confirmed.
    """
    signed(desk)
    first = desk.do(LAND, Correct({"price": "120"}, "漏写")).seq
    assert desk.unmet(BUREAU, DeclineCorrection(first, "")) == ["reason"]
    assert desk.unmet(FINANCE, DeclineCorrection(first, "不对")) == ["role"]
    assert desk.unmet(LAND, DeclineCorrection(first, "收回")) == []
    second = desk.do(LAND, Correct({"price": "130"}, "又漏写")).seq
    desk.do(BUREAU, ConfirmCorrection(second))
    assert gates(desk, BUREAU, ConfirmCorrection(first)) == [
        ("edition", f"第 {first} 笔不是待确认的更正", "待确认的更正：无")
    ]
    assert desk.case
    assert desk.case.facts["price"] == "130"


def test_a_broken_gate_holds_up_the_way_forward_until_a_return(desk: Desk) -> None:
    """A3: corrected to a day by which a dwell was not full, the case goes forward only after a
    return past that step.
    """
    signed(desk)
    desk.do(FINANCE, Attach("voucher", file("v")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
    late = (START + timedelta(days=5)).isoformat()
    seq = desk.do(LAND, Correct({"announced_on": late}, "写错")).seq
    assert desk.unmet(BUREAU, Advance("finish")) == []
    case = desk.do(BUREAU, ConfirmCorrection(seq))
    close = next(step.seq for step in case.steps if step.transition == "close")
    assert dict(case.unsettled) == {str(close): case.seq}
    assert gates(desk, BUREAU, Advance("finish")) == [
        (
            "edition",
            f"第 {case.seq} 笔更正以后，“成交”（第 {close} 笔）的条件不再成立",
            "须先退回重办：退回出让（resell）、退回筹划（replan）",
        )
    ]
    desk.do(LAND, Advance("resell", "公告未满"))
    announced(desk)
    desk.pass_days(20)
    desk.do(FINANCE, Sign("close", "agree"))
    assert desk.case
    assert desk.unmet(LAND, Advance("close", facts={"term": "2027-01-01"})) == []


def test_where_no_return_leads_past_a_document_decides(desk: Desk) -> None:
    """In a final state a correction that breaks a gate is confirmed on a document and a reason
    only, and then nothing waits.
    """
    signed(desk)
    desk.do(FINANCE, Attach("voucher", file("v")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "10"}))
    desk.do(BUREAU, Advance("finish"))
    late = (START + timedelta(days=5)).isoformat()
    assert desk.unmet(LAND, SetFacts({"month": "三月"})) == ["state"]
    seq = desk.do(LAND, Correct({"announced_on": late}, "写错")).seq
    assert desk.unmet(BUREAU, ConfirmCorrection(seq)) == ["reason"]
    case = desk.do(BUREAU, ConfirmCorrection(seq, "会议决定", file("d")))
    assert (case.facts["announced_on"], dict(case.unsettled)) == (late, {})


def test_a_slip_of_the_pen_leaves_opinions_standing(desk: Desk) -> None:
    """A correction makes the opinions that cover it stale; one that two persons mark as a slip does
    not.
    """
    for slip, left in ((False, ["cosign"]), (True, [])):
        desk = Desk(text=TEXT, first={"name": "某地块"})
        selling(desk)
        announced(desk)
        desk.pass_days(20)
        desk.do(FINANCE, Sign("close", "agree"))
        seq = desk.do(LAND, Correct({"price": "101"}, "漏写", slip=slip)).seq
        desk.do(BUREAU, ConfirmCorrection(seq))
        assert desk.unmet(LAND, Advance("close", facts={"term": "2027-01-01"})) == left


def test_what_can_still_be_set_needs_no_correction_and_what_is_locked_has_none(desk: Desk) -> None:
    """Correcting is for what a step rests on: not what is free, missing, the same, or locked."""
    desk.do(LAND, SetFacts({"area": "10"}))
    assert gates(desk, LAND, Correct({"area": "9"}, "量错")) == [
        (
            "edition",
            "还没有流转采用 面积，不必更正",
            "直接改：lifecycle set XS-2026-001 area=…",
        )
    ]
    assert desk.unmet(LAND, Correct({"price": "9"}, "量错")) == ["edition"]
    selling(desk)
    assert desk.unmet(LAND, Correct({"area": "10"}, "量错")) == ["edition"]
    assert desk.unmet(LAND, Correct({"remark": "有"}, "漏写")) == ["lock", "edition"]


# ── Rule 5: required ──


def test_required_holds_in_every_state_that_lies_behind(desk: Desk) -> None:
    """What is required on entering a state is required by forward moves and records of that state
    and of those that every way forward reaches through it; never of returns and pauses.
    """
    workflow = desk.workflow
    wanted = {
        ("planning", "begin"): ("name", "buyer", "area"),
        ("selling", "announce"): ("name", "buyer", "area"),
        ("selling", "close"): ("name", "buyer", "area"),
        ("signed", "extend"): ("name", "buyer", "area"),
        ("signed", "finish"): ("name", "buyer", "area"),
        ("signed", "resell"): (),
        ("selling", "pause"): (),
        ("paused", "go_on"): (),
    }
    assert {key: required_by(workflow, *key) for key in wanted} == wanted


def test_what_a_transition_reads_comes_from_its_gates(desk: Desk) -> None:
    """Guards, needs, `required`, dwells and what a co-sign covers; and what its guards look back
    at.
    """
    reads = reads_of(desk.workflow, "selling", "close")
    assert reads.facts == ("name", "buyer", "area", "price", "announced_on")
    assert (reads.materials, reads.transitions) == (("plan",), ("begin",))
    assert reads_of(desk.workflow, "selling", "announce").transitions == ("announce",)


BOUND = """
workflow: supervision
title: 督办
version: 1
basis: 测试
number: DB-{year}-{serial:03}
subject: name
opened_by: bureau
roles:
  bureau: 招商局
  leader: 领导
  undertaker: {title: 承办单位, unit: undertaker_unit}
facts:
  name: {title: 名称, type: text, required: true}
  undertaker_unit: {title: 承办单位, type: unit, by: bureau}
  deadline_on: {title: 办结时限, type: date, future: yes, by: bureau}
states:
  filed: {title: 立项, lead: LEAD}
  handling:
    title: 办理
    lead: undertaker
    limits: [{title: 办结, in: 1, unit: day, since: deadline_on, basis: 测试}]
  closed: {title: 销号, final: true}
transitions:
  - {name: assign, title: 交办, from: filed, to: handling, by: bureau, needs: {facts: [undertaker_unit, deadline_on]}}
  - {name: close, title: 销号, from: handling, to: closed, by: bureau}
"""  # noqa: E501
LEADER = officer("d1", "leader")
UNDERTAKER = officer("t1", "undertaker", "forestry")


@pytest.mark.parametrize(
    ("lead", "confirms"), [("leader", LEADER), ("bureau", BUREAU2), ("undertaker", BUREAU2)]
)
def test_who_is_bound_by_it_confirms_no_correction(lead: str, confirms: Officer) -> None:
    """Rule 2: the unit that the case names to do something leads its state, but does not decide
    when it has to be done: the lead before it does, or who opened the case.
    """
    first = {"name": "某事", "undertaker_unit": "forestry", "deadline_on": "2026-04-01"}
    desk = Desk(text=BOUND.replace("LEAD", lead), first={**first})
    desk.do(BUREAU, Advance("assign"))
    case = desk.do(BUREAU, Correct({"deadline_on": "2026-09-01"}, "写错"))
    act = ConfirmCorrection(case.seq)
    for who in (LEADER, BUREAU2, UNDERTAKER):
        assert desk.unmet(who, act) == ([] if who is confirms else ["role"])
        told = tasks_of(desk.workflow, case, who, Moment(desk.on, CALENDAR))
        assert ("confirm" in {task.kind for task in told}) is (who is confirms)
        assert desk.unmet(who, DeclineCorrection(case.seq, "不改")) == (
            [] if who is confirms else ["role"]
        )
    rows = tasks_now(desk.workflow, case, CALENDAR)
    [role] = confirms.held
    assert [row.role for row in rows if row.kind == "confirm"] == [role]
