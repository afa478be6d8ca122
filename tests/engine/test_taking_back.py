"""What is taken back is as if it had not been done, and only while nothing rests on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from small import BUREAU, FINANCE, LAND, Desk, officer
from small import TEXT as SMALL
from test_editions import TEXT, file

from lifecycle.engine.acts import (
    Act,
    Advance,
    Attach,
    CancelOpening,
    ClearFacts,
    ConfirmCorrection,
    Correct,
    Detach,
    SetFacts,
    Sign,
    TakeBack,
    read_act,
)
from lifecycle.engine.case import Case, dump_case, load_case
from lifecycle.engine.case_letter import ISSUED, VOID
from lifecycle.engine.docket import Refused
from lifecycle.engine.gates.seats import seats_of

LAND2 = officer("l2", "land")
FOR_LAND = officer("l2", "land", principal="l1")
BACK = TakeBack("announce", "登记到别的地块了")


@pytest.fixture
def desk() -> Desk:
    """A case that is sold: its plan attached, its area set."""
    made = Desk(text=TEXT, first={"name": "某地块"})
    made.do(LAND, Attach("plan", file("a")))
    made.do(LAND, SetFacts({"area": "10"}))
    made.do(BUREAU, SetFacts({"buyer": "某公司"}))
    made.do(BUREAU, Advance("begin"))
    return made


PROLONGED = """
workflow: small
title: 意向
version: 1
basis: 测试
number: YX-{year}-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 招商局}
facts:
  name: {title: 名称, type: text, required: true}
  valid_to: {title: 有效期至, type: date, future: yes}
states:
  intent:
    title: 意向
    lead: bureau
    due: {in: 1, unit: day, inner: true, basis: 内部承诺}
    limits: [{title: 届满, in: 1, unit: day, since: valid_to, roll: none, inner: true, basis: 内部承诺}]
  done: {title: 办结, final: true}
transitions:
  - {name: agree_on, title: 签订, kind: record, from: intent, by: bureau, asks: [valid_to], needs: {counter: {of: agree_on, at_most: 1}}}
  - {name: renew, title: 续期, kind: record, from: intent, by: bureau, asks: [valid_to], renews: [valid_to], prolongs: true, needs: {counter: {of: renew, at_most: 1, inner: true}}}
  - {name: finish, title: 办结, from: intent, to: done, by: bureau}
"""  # noqa: E501


def announce(desk: Desk, price: str = "100") -> Case:
    """Announce today."""
    facts = {"announced_on": desk.on.isoformat(), "price": price}
    return desk.do(LAND, Advance("announce", facts=facts))


def told(desk: Desk, who: Any, act: Act) -> list[str]:
    """Give the texts of the gates that refuse an act."""
    decision = desk.ask(who, act)
    assert isinstance(decision, Refused), decision
    return [gate.text for gate in decision.gates if not gate.met]


def unlike(one: Case, other: Case) -> set[str]:
    """Name what of two cases differs, apart from where they are in their chain."""
    left, right = dump_case(one), dump_case(other)
    chain = {"seq", "head", "last_at", "last_on", "readable"}
    return {name for name in left if left[name] != right[name]} - chain


def test_a_record_taken_back_leaves_the_case_as_it_was(desk: Desk) -> None:
    """Its facts, count and steps are those of before; every time that was ever made still counts,
    and which facts changed last is known.
    """
    before = desk.case
    assert before is not None
    announce(desk)
    after = desk.do(LAND, BACK)
    assert unlike(before, after) == {"made", "changed", "editions"}
    assert after.made["announce"] == 1
    assert after.editions["price"].number == 0
    assert dump_case(load_case(dump_case(after), {}, after.steps)) == dump_case(after)
    announce(desk)
    assert told(desk, LAND, Advance("announce", facts={"price": "100"}))


def test_the_legal_counter_counts_what_was_taken_back(desk: Desk) -> None:
    """At most three announcements, taken back or not."""
    for _ in range(3):
        seq = announce(desk).seq
        desk.do(LAND, replace(BACK, step=seq))
    facts = {"announced_on": desk.on.isoformat(), "price": "100"}
    assert told(desk, LAND, Advance("announce", facts=facts)) == ["公告 已办 3 次，至多 3 次"]


def test_an_inner_counter_shrinks(desk: Desk) -> None:
    """Extended once at most, an extension taken back may be made again, and the term is as it
    was.
    """
    announce(desk)
    desk.do(FINANCE, Sign("close", "agree"))
    desk.pass_days(21)
    term = (desk.on + timedelta(days=30)).isoformat()
    desk.do(LAND, Advance("close", facts={"term": term}))
    later = (desk.on + timedelta(days=60)).isoformat()
    desk.do(BUREAU, Advance("extend", facts={"term": later}))
    assert told(desk, BUREAU, Advance("extend", facts={"term": later}))
    after = desk.do(BUREAU, TakeBack("extend", "延错了"))
    assert after.facts["term"] == term
    desk.do(BUREAU, Advance("extend", facts={"term": later}))


def test_a_record_that_stands_through_returns_is_taken_back(desk: Desk) -> None:
    """A payment of the wrong case: what was paid before is there again, as often as need be."""
    for number, paid in enumerate(("100", "200", "300")):
        desk.do(FINANCE, Attach("voucher", file(str(number))))
        desk.do(FINANCE, Advance("pay", facts={"paid": paid}))
    back = TakeBack("pay", "付到别的地块了")
    assert desk.do(FINANCE, back).facts["paid"] == "200"
    assert desk.do(FINANCE, replace(back, step=9)).facts["paid"] == "100"
    assert "paid" not in desk.do(FINANCE, replace(back, step=7)).facts


def test_asking_twice_takes_back_one_record(desk: Desk) -> None:
    """The same request sent again takes back no other one: whoever means the one before says
    which.
    """
    back = TakeBack("pay", "付到别的地块了")
    for number, paid in enumerate(("100", "200")):
        desk.do(FINANCE, Attach("voucher", file(str(number))))
        desk.do(FINANCE, Advance("pay", facts={"paid": paid}))
    assert desk.do(FINANCE, back).facts["paid"] == "100"
    assert told(desk, FINANCE, back) == ["“付款”已有收回或退回的，还要收回第 7 笔的，须写明"]
    assert told(desk, FINANCE, replace(back, step=9)) == ["第 9 笔不是“付款”的最后一笔"]
    desk.do(FINANCE, Attach("voucher", file("3")))
    desk.do(FINANCE, Advance("pay", facts={"paid": "300"}))
    assert told(desk, FINANCE, replace(back, step=7)) == ["第 7 笔不是“付款”的最后一笔"]
    assert desk.do(FINANCE, replace(back, step=12)).facts["paid"] == "100"
    assert "paid" not in desk.do(FINANCE, replace(back, step=7)).facts


LATE = "办理之日起 5 个工作日内可以收回（至 2026-03-09），现在已过"


def test_a_record_is_taken_back_within_five_workdays(desk: Desk) -> None:
    """A mistake shows by then; what stood longer, others have gone by. Dating the taking back
    earlier does not help.
    """
    announce(desk)
    desk.on = date(2026, 3, 9)
    assert desk.unmet(LAND, BACK) == []
    desk.on = date(2026, 3, 10)
    assert told(desk, LAND, BACK) == [LATE]
    desk.on, desk.recorded = date(2026, 3, 2), date(2026, 6, 1)
    assert told(desk, LAND, BACK) == [LATE]


def test_what_was_recorded_late_may_be_taken_back_at_once(desk: Desk) -> None:
    """Its five workdays count from the recording, as long as it is the last entry."""
    desk.recorded = date(2026, 6, 1)
    announce(desk)
    desk.recorded = date(2026, 6, 8)
    assert desk.unmet(LAND, BACK) == []
    desk.recorded = date(2026, 6, 9)
    assert desk.unmet(LAND, BACK) == ["relied"]
    desk.recorded = date(2026, 6, 2)
    desk.do(FINANCE, Sign("close", "agree"))
    assert told(desk, LAND, BACK) == [LATE]


def test_a_record_that_kept_a_limit_is_not_taken_back() -> None:
    """Prolonged on the last day: once the old day has passed, the days since were spent on its
    account, and its count is not won back. What does not prolong is free to go, whatever else is
    overdue.
    """
    for word, refused in (("prolongs: true", ["relied"]), ("prolongs: false", [])):
        made = Desk(text=PROLONGED.replace("prolongs: true", word), first={"name": "某"})
        made.do(BUREAU, Advance("agree_on", facts={"valid_to": "2026-03-03"}))
        made.do(BUREAU, Advance("renew", facts={"valid_to": "2026-03-20"}))
        back = TakeBack("renew", "不续了")
        made.on = date(2026, 3, 4)
        assert made.unmet(BUREAU, back) == []
        made.on = date(2026, 3, 5)
        assert made.unmet(BUREAU, back) == refused
    made.on = date(2026, 3, 4)
    assert made.do(BUREAU, back).facts["valid_to"] == "2026-03-03"


def test_only_who_made_it_takes_a_record_back(desk: Desk) -> None:
    """Not a colleague in their own name, nor another unit; a delegate does it in the maker's."""
    announce(desk)
    whose = "办理“公告”（第 6 笔）的是 l1，只能由本人收回"
    assert told(desk, LAND2, BACK) == [whose]
    assert told(desk, BUREAU, replace(BACK, note="")) == [
        "由 国土 办理；您（u-bureau b1）不具备该角色",
        whose,
        "须写明收回的理由",
    ]
    desk.do(FOR_LAND, BACK)
    assert told(desk, LAND, BACK) == ["“公告”没有办过，或已退回、收回"]


def test_a_record_that_a_later_step_read_stays(desk: Desk) -> None:
    """Once the sale is closed on its price and day; and when a return has undone it, there is
    nothing to take back.
    """
    announce(desk)
    desk.do(FINANCE, Sign("close", "agree"))
    desk.pass_days(21)
    desk.do(LAND, Advance("close", facts={"term": "2027-01-01"}))
    assert told(desk, LAND, BACK) == ["其后的“成交”（第 8 笔）以“公告”为据", LATE]
    desk.do(LAND, Advance("resell", "重新出让"))
    assert desk.unmet(LAND, BACK) == ["state"]


def test_a_move_is_not_taken_back(desk: Desk) -> None:
    """Going back is a return, with its own gates."""
    assert told(desk, BUREAU, TakeBack("begin", "办错了")) == ["“开始出让”改变了环节，不能收回"]
    assert desk.unmet(BUREAU, TakeBack("nowhere", "无")) == ["state"]


def test_a_record_that_was_corrected_stays(desk: Desk) -> None:
    """What two persons decided is not undone by one."""
    announce(desk)
    proposed = desk.do(LAND, Correct({"price": "90"}, "少写了一位"))
    if proposed.proposals:
        desk.do(BUREAU, ConfirmCorrection(proposed.seq))
    assert "“公告”填报的 起始价 已经更正过" in told(desk, LAND, BACK)[0]


def test_opinions_on_what_was_taken_back_go_stale(desk: Desk) -> None:
    """Whoever agreed to the price agreed to that one."""
    announce(desk)
    desk.do(FINANCE, Sign("close", "agree"))
    after = desk.do(LAND, BACK)
    (seat,) = seats_of(desk.workflow, after, desk.workflow.leaving["selling"]["close"])
    assert seat.stale


def test_a_cleared_fact_does_not_come_back_by_a_return(desk: Desk) -> None:
    """The editions before a cleared one stay bound to who read them, and are nobody's now."""
    desk.do(LAND, SetFacts({"month": "一月"}))
    desk.do(LAND, Advance("report"))
    desk.do(LAND, SetFacts({"month": "二月"}))
    cleared = desk.do(LAND, ClearFacts(("month",), "填错了"))
    assert "month" not in cleared.facts
    assert [one.undone for one in cleared.past["month"]] == [True]
    back = desk.do(LAND, Attach("minutes", file("m")))
    back = desk.do(LAND, Advance("replan", "重新筹划"))
    assert "month" not in back.facts


def test_what_is_locked_is_not_cleared_nor_detached() -> None:
    """Unlock it first, by the transition that says so."""
    small = Desk()
    small.ready()
    small.do(BUREAU, Advance("go"))
    small.do(LAND, Attach("clauses", file("c")))
    small.do(BUREAU, Advance("lock"))
    assert "lock" in small.unmet(LAND, Detach("clauses", "传错了"))
    desk = Desk(text=TEXT, first={"name": "某地块"})
    desk.do(LAND, Attach("plan", file("a")))
    desk.do(LAND, SetFacts({"remark": "无", "area": "10"}))
    desk.do(BUREAU, SetFacts({"buyer": "某公司"}))
    desk.do(BUREAU, Advance("begin"))
    assert desk.unmet(LAND, ClearFacts(("remark",), "误")) == ["lock"]


def test_taking_back_frees_what_the_record_locked() -> None:
    """Its locks lapse with it."""
    small = Desk()
    small.ready()
    small.do(BUREAU, Advance("go"))
    small.do(LAND, Attach("clauses", file("c")))
    small.do(BUREAU, Advance("lock"))
    after = small.do(BUREAU, TakeBack("lock", "还没有定稿"))
    assert after.locked == ()
    small.do(LAND, Detach("clauses", "传错了"))


@pytest.mark.parametrize(
    "act",
    [
        BACK,
        replace(BACK, step=6),
        ClearFacts(("price", "area"), "误", {"price": "1", "area": "2"}),
        Detach("plan", "误", file("a")),
        CancelOpening("重复"),
    ],
)
def test_the_wire_form_is_read_back(act: Act) -> None:
    """What an entry records is the act."""
    intent = {"type": act.entry_type, **act.to_dict()}
    assert read_act(intent) == act


def with_letter() -> Desk:
    """A record that sends a letter, made by the bureau."""
    notice = "    needs: {counter: {of: tick, at_most: 2, basis: 测试}}\n"
    text = SMALL.replace(notice, notice + "    notices: [{template: note, to: land}]\n")
    desk = Desk(text=text)
    desk.do(BUREAU, Advance("tick"))
    return desk


def test_the_drafts_of_a_record_are_void_with_it() -> None:
    """Nobody issues a letter of what is taken back."""
    after = with_letter().do(BUREAU, TakeBack("tick", "办错了"))
    assert [(one.name, one.state) for one in after.letters.values()] == [("2-note", VOID)]


def test_a_record_whose_letter_is_out_stays_until_it_is_void() -> None:
    """A letter drafted in the place of its own counts as its own."""
    desk = with_letter()
    case = desk.case
    assert case is not None
    letter = case.letters["2-note"]
    stand_in = replace(letter, name="3-note", seq=3, state=ISSUED, number="某函〔2026〕1号")
    drafted = replace(letter, state=VOID, replaced_by="3-note")
    desk.case = replace(case, letters=case.letters.after(drafted, stand_in))
    back = TakeBack("tick", "办错了")
    assert told(desk, BUREAU, back) == ["“记一次”的公文 某函〔2026〕1号 已经签发"]
    desk.case = replace(case, letters=case.letters.after(drafted, replace(stand_in, state=VOID)))
    assert desk.unmet(BUREAU, back) == []
