"""What a transition sets: computed at the transition, typed by nobody, computed again by the
audit.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_office import LinkedOffice

from lifecycle.engine.outcomes import computing
from lifecycle.expression.texts import rounded


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office with works and their problems."""
    return LinkedOffice(tmp_path, monkeypatch)


def ended(office: LinkedOffice, amount: str, *costs: str) -> str:
    """Open works of an amount with solved problems of these costs, end them, give the number."""
    works = office.works(amount=amount)
    for cost in costs:
        office.do("advance", office.problem(works, cost=cost), by="b1")
    office.do("advance", works, "finish", by="b1")
    return works


def facts_of(office: LinkedOffice, number: str) -> dict[str, object]:
    """Give the facts of a case."""
    found: dict[str, object] = office.asks("show", number)["case"]["facts"]
    return found


def test_a_transition_records_what_it_computes(office: LinkedOffice) -> None:
    """From linked cases, from values computed before, from who acts, and from the day."""
    found = facts_of(office, ended(office, "3000", "10", "20.5"))
    assert (found["problems"], found["spent"], found["share"]) == (2, "30.5", "0.0102")
    assert (found["ended_by"], found["ended_on"]) == ("zsj", "2026-09-07")
    assert office.findings() == []


@pytest.mark.parametrize(
    ("spent", "amount", "share"),
    [("0.5", "10000", "0.0001"), ("0.49", "10000", "0"), ("1.5", "10000", "0.0002")],
)
def test_a_half_is_rounded_up(office: LinkedOffice, spent: str, amount: str, share: str) -> None:
    """At the very half, and just below it."""
    assert facts_of(office, ended(office, amount, spent))["share"] == share


@given(st.decimals(-1000, 1000, places=4), st.integers(0, 4))
def test_rounding_is_half_up_away_from_zero(number: Decimal, places: int) -> None:
    """What is rounded is at most half a unit of the last place away; at a half, further from
    zero.
    """
    unit = Decimal(1).scaleb(-places)
    found = rounded(number, places)
    assert found % unit == 0
    assert abs(found - number) <= unit / 2
    if abs(found - number) == unit / 2:
        assert abs(found) > abs(number)


def test_divided_by_zero_is_not_applicable(office: LinkedOffice) -> None:
    """No rate is recorded, never 100 %; the answer says so."""
    works = office.works(amount="0")
    gates = office.asks("advance", works, "finish", "--dry-run", by="b1")["gates"]
    told = [gate["text"] for gate in gates if gate["kind"] == "sets"]
    assert told[2] == "花费占总投资 不适用（除数为零）"
    office.do("advance", works, "finish", by="b1")
    assert "share" not in facts_of(office, works)
    assert office.findings() == []


def test_what_cannot_be_computed_is_told(office: LinkedOffice) -> None:
    """A fact that is missing is named; nothing is recorded."""
    works = office.do("open", "works", "--set", "name=无额园", by="b1").strip()
    office.do("advance", works, "begin", by="b1")
    assert office.refusal("advance", works, "finish", by="b1") == [
        "计算 花费占总投资 算不出：缺 总投资"
    ]


def test_nobody_types_what_is_computed(office: LinkedOffice) -> None:
    """Neither at the opening, nor by `set`, nor with the transition, nor by a correction."""
    works = office.works()
    wanted = "填报 问题件数 由 “完工” 自动填写，不能填、不能改"
    for words in (
        ("open", "works", "--set", "name=甲", "--set", "problems=1"),
        ("set", works, "problems=1"),
        ("advance", works, "finish", "--set", "problems=1"),
    ):
        assert any(told.startswith(wanted) for told in office.refusal(*words, by="b1"))
    office.do("advance", works, "finish", by="b1")
    told = office.refusal("correct", works, "problems=9", "--note", "错", by="b1")
    assert any(one.startswith(wanted) for one in told)


def test_a_value_off_by_one_is_found(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that records another figure than it computed gives one finding, at the entry."""
    works = office.works()
    honest = computing.compute

    def off_by_one(*asked: object) -> dict[str, object]:
        found = honest(*asked)  # type: ignore[arg-type]
        return {**found, "problems": 1}

    with monkeypatch.context() as patch:
        patch.setattr("lifecycle.engine.acts.advance.compute", off_by_one)
        office.do("advance", works, "finish", by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("illegal", works)


def test_the_same_request_again_has_one_effect(office: LinkedOffice) -> None:
    """What was computed is no part of what was asked."""
    works = office.works()
    for _ in range(2):
        office.do("advance", works, "finish", "--request-id", "once", by="b1")
    assert office.asks("show", works)["seq"] == 3


def test_a_correction_of_what_it_was_computed_from_names_the_step(office: LinkedOffice) -> None:
    """The figure stays as it was recorded; who corrects the amount is told what used it."""
    works = ended(office, "3000", "30")
    office.do("correct", works, "amount=6000", "--note", "多写了", by="b1")
    upsets = "".join(office.asks("show", works)["entries"][-1]["intent"]["data"]["upsets"])
    assert upsets == "“完工”（第 3 笔）算出的 花费占总投资 用到 总投资，照原来的留着"


RULES = """\
workflow: made
title: 计算
version: 1
basis: 内部承诺
number: JS-{year}-{serial:03}
subject: name
opening:
  by: [bureau, land]
  asks: [name, base, total]
  sets: {raiser: officer.unit}
roles:
  bureau: 市招商局
  land: 国土
  holder: {title: 承办单位, unit: who}
facts:
  name: {title: 名称, type: text, required: true}
  base: {title: 基数, type: decimal, renews: true}
  total: {title: 总数, type: decimal, renews: true}
  rate: {title: 比率, type: decimal}
  raiser: {title: 提出单位, type: unit, required: true}
  who: {title: 承办, type: unit}
  late: {title: 以后的日子, type: date}
  times: {title: 次数, type: integer, required: done}
states:
  begun: {title: 在办, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: rec, title: 计算, kind: record, from: begun, by: bureau, sets: {rate: total / base}}
  - {name: count_it, title: 计次, kind: record, from: begun, by: bureau, sets: {times: count.rec}}
  - {name: lock, title: 锁定, kind: record, from: begun, by: bureau, locks: [rate]}
  - {name: give, title: 交办, kind: record, from: begun, by: bureau, sets: {who: officer.unit}}
  - name: look
    title: 展望
    kind: record
    from: begun
    by: bureau
    sets: {late: "days_after(today, 3)"}
  - {name: finish, title: 办结, from: begun, to: done, by: bureau, sets: {times: count.rec}}
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office with a workflow that computes."""
    office = LinkedOffice(tmp_path, monkeypatch)
    office.do("workflow", "publish", office.write("made.yaml", RULES), by="admin")
    return office


def opened(made: LinkedOffice, base: str = "4", total: str = "8") -> str:
    """Open a case of it."""
    facts = ("--set", "name=甲", "--set", f"base={base}", "--set", f"total={total}")
    return made.do("open", "made", *facts, by="b1").strip()


def test_what_is_computed_is_locked_and_fits_like_what_is_typed(made: LinkedOffice) -> None:
    """A lock holds, a day does not lie ahead, a unit has somebody who can act."""
    number = opened(made)
    made.do("advance", number, "rec", by="b1")
    made.do("advance", number, "lock", by="b1")
    assert made.refusal("advance", number, "rec", by="b1")[0].startswith("锁定 比率 已锁定")
    (ahead,) = made.refusal("advance", number, "look", by="b1")
    assert ahead.startswith("要素 以后的日子 2026-09-10，最迟 2026-09-07")
    (nobody,) = made.refusal("advance", number, "give", by="b1")
    assert nobody.startswith("单位 市招商局 没有能以 承办单位 身份办理的人")


def test_what_was_there_before_not_applicable_comes_back(made: LinkedOffice) -> None:
    """A record that computed nothing is taken back: the value is what it was."""
    number = opened(made)
    made.do("advance", number, "rec", by="b1")
    made.do("set", number, "base=0", by="b1")
    made.do("advance", number, "rec", by="b1")
    assert "rate" not in facts_of(made, number)
    made.do("take-back", number, "rec", "--note", "算错", by="b1")
    assert facts_of(made, number)["rate"] == "2"
    assert made.findings() == []


def test_what_the_opening_computed_is_not_cleared(made: LinkedOffice) -> None:
    """Nobody could enter it again."""
    number = opened(made)
    told = made.refusal("clear", number, "raiser", "--note", "错", by="b1")
    assert any("自动填写，不能填、不能改" in one for one in told)


def test_what_a_state_requires_is_computed_on_the_way_into_it(made: LinkedOffice) -> None:
    """It is there by then, and nothing asks it before; the log tells it."""
    number = opened(made)
    made.do("advance", number, "rec", by="b1")
    made.do("advance", number, "finish", by="b1")
    assert facts_of(made, number)["times"] == 1
    assert "办结　在办 → 办结　填 次数 1" in made.do("log", number)
    assert made.findings() == []
