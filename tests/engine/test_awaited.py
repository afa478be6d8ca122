"""Whose turn it is before a case can move on: the records that its ways forward wait for."""

from __future__ import annotations

import pytest
from small import BUREAU, CALENDAR, FINANCE, LAND, Advance, Desk, officer

from lifecycle.engine.case import Case
from lifecycle.engine.gates.awaited import awaited_records
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.insight.outlook import tasks_of
from lifecycle.ledger.rows.task_rows import tasks_now

TEXT = """
workflow: waiting
title: 等人办
version: 1
basis: 测试
number: DB-{year}-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 招商局, land: 国土, finance: 财政, owner: 业主}
facts:
  name: {title: 名称, type: text, required: true}
  checked_on: {title: 核实日, type: date}
states:
  first: {title: 甲环节}
  done: {title: 办结, final: true}
transitions:
  - name: go
    title: 办结
    from: first
    to: done
    by: bureau
    needs: {NEEDS}
  - {name: apply, title: 申请, kind: record, from: first, by: owner}
  - {name: approve, title: 审核, kind: record, from: first, by: bureau, needs: {guards: [{when: order.apply > order.pay, else: 没有申请}]}}
  - {name: pay, title: 拨付, kind: record, from: first, by: finance, needs: {guards: [{when: order.approve > order.apply, else: 尚未审核}]}}
  - {name: check, title: 核实, kind: record, from: first, by: land, asks: [checked_on]}
"""  # noqa: E501
OWNER = officer("o1", "owner")


def desk(needs: str) -> Desk:
    """Give a case of a workflow whose way forward has these needs."""
    return Desk(text=TEXT.replace("NEEDS", needs), first={"name": "某事"})


def guards(*conditions: str) -> str:
    """Write conditions as `needs`."""
    return f"guards: [{', '.join(f'{{when: {one!r}, else: 未办}}' for one in conditions)}]"


def awaited(made: Desk) -> set[str]:
    """Name the records that are awaited."""
    assert made.case is not None
    return {record.name for record in awaited_records(made.workflow, made.case)}


def asked(made: Desk) -> set[tuple[str, str]]:
    """Give who is asked for which record, by the rows that are kept."""
    assert made.case is not None
    rows = tasks_now(made.workflow, made.case, CALENDAR)
    return {(row.transition, row.role) for row in rows if row.kind == "step"}


def told(made: Desk, who: Officer) -> list[tuple[str, str]]:
    """Give the kinds and names of what waits for an officer."""
    assert isinstance(made.case, Case)
    tasks = tasks_of(made.workflow, made.case, who, Moment(made.on, CALENDAR))
    return [(task.kind, task.transition.name if task.transition else "") for task in tasks]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("count.apply > 0", {"apply"}),
        ("count.apply >= 2", {"apply"}),
        ("count.apply == 1", {"apply"}),
        ("count.apply != 0", {"apply"}),
        ("0 < count.apply", {"apply"}),
        ("not count.apply == 0", {"apply"}),
        ("count.apply > 0 or count.check > 0", {"apply", "check"}),
        ("count.apply == 0", set()),
        ("count.apply <= 1", set()),
        ("order.pay >= order.apply", set()),
        ("today >= last.apply", {"apply"}),
        ("name != '某' and count.check > 0", {"check"}),
    ],
)
def test_a_condition_names_the_records_that_it_wants_made(condition: str, wanted: set[str]) -> None:
    """What a comparison of counts, places or days wants made is awaited; what it wants not made, or
    what holds already, is not.
    """
    made = desk(guards(condition))
    assert awaited(made) == wanted
    assert {name for name, _role in asked(made)} == wanted


def test_who_has_to_make_a_record_is_asked_in_turn() -> None:
    """Each unit has the record in its list once it is its turn, and no longer once it is made; the
    rows name it from the moment that the way forward waits for it.
    """
    made = desk(guards("order.pay >= order.apply"))
    assert asked(made) == set()
    assert told(made, FINANCE) == []
    made.do(OWNER, Advance("apply"))
    assert asked(made) == {("pay", "finance"), ("approve", "bureau")}
    assert told(made, FINANCE) == []
    assert told(made, BUREAU) == [("advance", "approve"), ("supply", "go")]
    made.do(BUREAU, Advance("approve"))
    assert asked(made) == {("pay", "finance")}
    assert told(made, FINANCE) == [("advance", "pay")]
    assert told(made, BUREAU) == [("supply", "go")]
    made.do(FINANCE, Advance("pay"))
    assert asked(made) == set()
    assert told(made, FINANCE) == []
    assert told(made, BUREAU) == [("advance", "go")]


def test_two_times_wanted_are_awaited_until_both_are_made() -> None:
    """A record that is wanted twice is awaited after the first."""
    made = desk(guards("count.apply >= 2"))
    made.do(OWNER, Advance("apply"))
    assert awaited(made) == {"apply"}
    made.do(OWNER, Advance("apply"))
    assert awaited(made) == set()


def test_a_fact_that_one_record_enters_is_awaited_of_its_maker() -> None:
    """Where the way forward needs a fact that only a record of another unit enters, that unit is
    asked for it.
    """
    made = desk("facts: [checked_on]")
    assert asked(made) == {("check", "land")}
    assert told(made, LAND) == [("advance", "check")]
    made.do(LAND, Advance("check", facts={"checked_on": "2026-03-02"}))
    assert awaited(made) == set()


def test_what_can_be_made_no_more_waits_for_nobody() -> None:
    """A way that is closed by what was made is in nobody's list, and neither are steps before it;
    one that was used up says how a mistake in it is mended.
    """
    made = desk(f"{guards('count.apply == 0', 'count.check > 0')}")
    assert ("supply", "go") in told(made, BUREAU)
    made.do(OWNER, Advance("apply"))
    assert told(made, BUREAU) == []
    assert told(made, LAND) == []


def test_a_counter_that_is_used_up_says_how_a_mistake_is_mended() -> None:
    """What was entered is corrected; what was made by mistake is taken back where that frees it."""
    text = TEXT.replace("asks: [checked_on]}", "asks: [checked_on], needs: {counter: COUNTER}}")
    counter = "{of: check, at_most: 1, inner: true, basis: 测试}"
    for wanted, rule in ((2, counter), (1, counter.replace("inner: true, ", ""))):
        made = Desk(
            text=text.replace("NEEDS", guards("count.check > 0")).replace("COUNTER", rule),
            first={"name": "某事"},
        )
        made.do(LAND, Advance("check", facts={"checked_on": "2026-03-02"}))
        decision = made.ask(LAND, Advance("check", facts={"checked_on": "2026-03-02"}))
        [mend] = [gate.mend for gate in decision.gates if gate.kind == "counter"]
        number = made.case.number if made.case else ""
        correct = f"填错的，更正：lifecycle correct {number} checked_on=… --note 理由"
        take_back = f"误办的，由办理人收回：lifecycle take-back {number} check --note 理由"
        assert mend == "；".join((correct, take_back)[:wanted])
