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

from lifecycle.engine import computing
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
    wanted = "填报 问题件数 由 “完工” 自动填写，不能填"
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
