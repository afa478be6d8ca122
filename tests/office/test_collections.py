"""Collections: many cases read as one, as they stood on a day; what was read is pinned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from hypothesis import given
from hypothesis import strategies as st
from linked_office import LinkedOffice

from lifecycle.expression.expression import compile_expression
from lifecycle.expression.kleene import decided
from lifecycle.ledger.across import collecting, others


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with projects and their rating."""
    return LinkedOffice(tmp_path, monkeypatch, home, "collected")


def plan(office: LinkedOffice, name: str, **facts: str) -> str:
    """Open a project of 2025 in 龙泉 of 20 000, half of which has come."""
    usual = {"area": "龙泉", "amount": "20000", "agreed_on": "2025-03-01", "funds": "10000"}
    sets = {"name": name, **usual, **facts}
    words = [word for key, value in sets.items() if value for word in ("--set", f"{key}={value}")]
    return office.do("open", "plan", *words, by="b1").strip()


def rating(office: LinkedOffice, area: str = "龙泉", as_of: str = "2026-09-07") -> str:
    """Open a rating of an area."""
    words = ("--set", "title=三季度", "--set", f"area={area}", "--set", f"as_of={as_of}")
    return office.do("open", "rating", *words, by="b1").strip()


def figures(office: LinkedOffice, number: str) -> dict[str, Any]:
    """Approve a rating, and give its facts."""
    office.do("advance", number, by="b1")
    found: dict[str, Any] = office.asks("show", number)["case"]["facts"]
    return found


def test_figures_are_made_of_the_cases_for_which_a_condition_holds(office: LinkedOffice) -> None:
    """By area, by amount at the very limit, by year at the very limit; the rate is of sums."""
    plan(office, "甲", amount="10000", funds="5000")
    plan(office, "乙", amount="9999.99")
    plan(office, "丙", agreed_on="2024-01-01", amount="30000", funds="1")
    plan(office, "丁", agreed_on="2023-12-31", amount="90000")
    plan(office, "戊", area="云和")
    found = figures(office, rating(office))
    assert (found["signed"], found["total"], found["rate"]) == (2, "40000", "0.125")
    assert found["biggest"] == "90000"
    assert office.findings() == []


def test_a_row_that_one_condition_excludes_is_out_and_others_are_named(
    office: LinkedOffice,
) -> None:
    """A small project without a day of signing is no matter; a big one without it refuses, and is
    named.
    """
    plan(office, "甲")
    plan(office, "小", amount="10", agreed_on="")
    number = rating(office)
    assert office.asks("why", number, "approve", by="b1")["allowed"] is True
    plan(office, "大", agreed_on="")
    (told,) = office.refusal("advance", number, by="b1")
    undecided = "近三年大项目 1 件，另有 XM-2026-003 大缺要素或算不出，定不了算不算"
    assert told == f"条件 {undecided}（尚不能判断：没有大项目，不评）"


def test_a_member_that_lacks_a_figure_is_told(office: LinkedOffice) -> None:
    """What is added up is there in every member, or nothing is computed."""
    plan(office, "甲", funds="")
    (told,) = office.refusal("advance", rating(office), by="b1")
    assert told == "计算 资金到位率 算不出：缺 到位资金（XM-2026-001 甲）"


def test_a_rank_has_ties_and_wants_every_member_known(office: LinkedOffice) -> None:
    """The greatest is first, equals share a place and the next one's counts them; who has no figure
    leaves no place to be told, unless only those that have one are ranked.
    """
    for name, funds in zip("甲乙丙丁", ("9000", "7000", "7000", "5000"), strict=True):
        plan(office, name, funds=funds)
    number = rating(office)
    for mark, place in (("9000.01", 1), ("9000", 1), ("7000", 2), ("6999.99", 4), ("5000", 4)):
        office.do("advance", number, "rank", "--set", f"mark={mark}", by="b1")
        facts = office.asks("show", number)["case"]["facts"]
        assert (facts["place"], facts["told"]) == (place, 4)
    plan(office, "空", funds="")
    (told,) = office.refusal("advance", number, "rank", "--set", "mark=1", by="b1")
    assert told == "计算 名次 算不出：缺 到位资金（XM-2026-005 空）"
    assert office.findings() == []


def test_what_is_read_is_the_world_of_the_day(office: LinkedOffice) -> None:
    """A value of a later day, and a case opened later, do not count for an earlier day; one that is
    entered late for that day does.
    """
    first = plan(office, "甲", funds="5000")
    office.at("2026-09-20")
    office.do("set", first, "funds=20000", by="b1")
    plan(office, "乙")
    found = figures(office, rating(office, as_of="2026-09-19"))
    assert (found["signed"], found["rate"]) == (1, "0.25")
    facts = {"name": "丙", "area": "龙泉", "amount": "20000", "agreed_on": "2025-03-01"}
    words = [word for key, value in facts.items() for word in ("--set", f"{key}={value}")]
    office.do("open", "plan", *words, "--set", "funds=0", "--on", "2026-09-18", by="b1")
    found = figures(office, rating(office, as_of="2026-09-19"))
    assert (found["signed"], found["rate"]) == (2, "0.125")
    assert office.findings() == []


def test_twins_are_refused(office: LinkedOffice) -> None:
    """A second open project of one name is refused at the opening; once the first has ended it is
    not.
    """
    first = plan(office, "甲")
    words = ("open", "plan", "--set", "name=甲")
    (told,) = office.refusal(*words, by="b1")
    assert told == "条件 同名的在办项目 1 件（XM-2026-001 甲），应为 0（已有同一投资方的在办项目）"
    office.do("advance", first, "pause", by="b1")
    assert len(office.refusal(*words, by="b1")) == 1
    office.do("advance", first, "go_on", by="b1")
    office.do("advance", first, "finish", by="b1")
    plan(office, "甲")
    assert office.findings() == []


def test_what_an_opening_rested_on_is_not_changed_by_the_side_door(office: LinkedOffice) -> None:
    """A project opened under another name cannot take the first one's afterwards: it is set no
    more, and the correction, the lead's, says that the opening does not hold with it.
    """
    first, second = plan(office, "甲"), plan(office, "乙")
    told = office.refusal("set", second, "name=甲", by="b1")
    assert told == ["更正 名称 已由“立项”采用，不能直接更改"]
    office.do("set", second, "amount=3", by="b1")
    office.do("correct", second, "name=丙", "--note", "笔误", by="b1")
    assert "“立项”" not in office.do("show", second)
    office.do("confirm", second, "3", by="b2")
    assert office.asks("show", second)["case"]["title"] == "丙"
    printed = office.do("correct", second, "name=甲", "--note", "同一家", by="b1")
    upset = f"“立项”（第 1 笔）的条件不再成立：同名的在办项目 1 件（{first} 甲），应为 0"
    assert upset in printed
    (wants,) = office.refusal("confirm", second, "5", by="b2")
    assert wants == "理由 “立项”（第 1 笔）更正后条件不再成立，又没有退回可办，须凭文件补正"
    assert office.findings() == []


def test_what_a_collection_reads_of_its_own_case_is_read(office: LinkedOffice) -> None:
    """The area by which cases were collected is as settled as what the guard names itself; what
    another area would have given is judged with the correction.
    """
    plan(office, "甲")
    number = rating(office)
    office.do("set", number, "title=二季度", by="b1")
    office.do("advance", number, "rank", "--set", "mark=1", by="b1")
    told = office.refusal("set", number, "area=云和", by="b1")
    assert told == ["更正 属地 已由“排名”采用，不能直接更改"]
    printed = office.do("correct", number, "area=云和", "--note", "填错", by="b1")
    assert "算出的 名次 用到 属地" in printed
    assert "现在的“审定”，条件不再成立：近三年大项目 0 件" in printed
    assert office.findings() == []


def test_a_cancelled_case_is_in_no_collection(office: LinkedOffice) -> None:
    """Its opening was a mistake."""
    first = plan(office, "甲")
    office.do("cancel", first, "--note", "重了", by="b1")
    plan(office, "甲")


def test_a_fact_of_this_case_that_is_missing_is_an_error(office: LinkedOffice) -> None:
    """It is never an empty collection."""
    plan(office, "甲")
    words = ("--set", "title=三季度", "--set", "as_of=2026-09-07")
    number = office.do("open", "rating", *words, by="b1").strip()
    (told,) = office.refusal("advance", number, by="b1")
    assert told.startswith("条件 近三年大项目：本事项缺 属地")


def test_a_collection_short_of_a_member_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office that leaves one case out gives one finding, at the entry."""
    plan(office, "甲")
    plan(office, "乙", amount="50000")
    number = rating(office)
    honest = collecting._cases

    def short(*asked: Any) -> Any:
        return list(honest(*asked))[:1]

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "_cases", short)
        office.do("advance", number, by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("illegal", number)


def test_values_read_before_they_were_changed_are_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world that was read as it had been is found, though the figures would be the same."""
    first = plan(office, "甲", area="云和")
    plan(office, "乙")
    number = rating(office)
    honest = collecting.collect
    with office.home.outside(office.path) as database:
        ((last,),) = database.execute("SELECT max(idx) FROM entry")
    office.do("set", first, "funds=1", by="b1")

    def stale(log: Any, *asked: Any) -> Any:
        return honest(replace(log, before=last + 1), *asked)

    with monkeypatch.context() as patch:
        patch.setattr(others, "collect", stale)
        office.do("advance", number, by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("gates", number)


NAMES = ("a", "b", "c")
LEAVES = st.sampled_from(NAMES)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda t: f"(not {t})"),
    ),
    max_leaves=6,
)


@given(TREES, st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.booleans())))
def test_undecided_is_what_may_come_out_either_way_as_far_as_the_parts_tell(
    text: str, known: dict[str, bool]
) -> None:
    """What is decided stays so whatever the missing values turn out to be; with all values it is
    what the expression gives.
    """
    expression = compile_expression(text)
    found = decided(expression, known)
    for bits in range(8):
        whole = {name: bool(bits >> place & 1) for place, name in enumerate(NAMES)} | known
        if found is not None:
            assert bool(expression.evaluate(whole)) is found
        assert decided(expression, whole) is bool(expression.evaluate(whole))


def test_why_tells_of_ranks_and_of_what_a_member_lacks(office: LinkedOffice) -> None:
    """In what among whom a value has its place, without a unit; who has no figure is named."""
    path = office.rules / "rating.yaml"
    text = path.read_text("utf-8").replace("version: 1", "version: 2")
    old = "guards: [{when: window|count >= 1, else: 没有大项目，不评}]"
    assert old in text
    new = """guards:
        - {when: "window|known('funds')|count >= 2", else: 太少}
        - {when: "window|rank('amount', mark) <= 1", else: 太后}
        - {when: "window|sum('funds') > 0", else: 不够}"""
    path.write_text(text.replace(old, new), "utf-8")
    office.do("workflow", "publish", "rules/rating.yaml", by="admin")
    plan(office, "甲")
    number = rating(office)
    office.do("advance", number, "rank", "--set", "mark=1", by="b1")
    plan(office, "乙", funds="")
    told = office.refusal("advance", number, "approve", by="b1")
    assert told == [
        "条件 近三年大项目（已填到位资金的） 1 件（XM-2026-001 甲），至少 2（太少）",
        "条件 到位资金 在近三年大项目的总投资里的名次 为 3，至多 1（太后）",
        (
            "条件 近三年大项目的合计 算不出：缺 到位资金（XM-2026-002 乙），须大于 0"
            "（尚不能判断：不够）"
        ),
    ]
