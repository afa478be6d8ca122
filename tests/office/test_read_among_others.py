"""What a case reads among others is settled like what it reads of itself, and no other case can
stop it: found by hostile eyes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from linked_office import LinkedOffice


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office of nodes."""
    return LinkedOffice(tmp_path, monkeypatch, rules="nodes")


def node(office: LinkedOffice, name: str, **facts: str) -> str:
    """Open a node, and give its number."""
    sets = {"name": name, **facts}
    words = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
    return office.do("open", "node", *words, by="b1").strip()


def counted(office: LinkedOffice, number: str, way: str, *words: str) -> int:
    """Count, and give the number."""
    office.do("advance", number, way, *words, by="b1")
    found: int = office.asks("show", number)["case"]["facts"]["n"]
    return found


def upsets(office: LinkedOffice, number: str) -> str:
    """Give what the last entry of a case says that a correction changes."""
    found: list[str] = office.asks("log", number)["entries"][-1]["intent"]["data"]["upsets"]
    return "；".join(found)


def test_a_signature_covers_what_collections_read_of_the_case(office: LinkedOffice) -> None:
    """Another area after the signature, by which others would be counted, makes it stale."""
    number = node(office, "甲", area="龙泉")
    office.do("sign", number, "go", "agree", by="l1")
    office.do("set", number, "area=云和", by="b1")
    assert any("失效" in told for told in office.refusal("advance", number, "go", by="b1"))


def test_a_link_is_corrected_in_the_world_of_the_step(office: LinkedOffice) -> None:
    """The case proposed is judged as it stood when the step was made: one that would not have done
    upsets it, and what is told is what is recorded; one that would have does not.
    """
    number = node(office, "子", area="龙泉")
    good, small, fit = (
        node(office, name, area="云和", x=x) for name, x in (("父", "5"), ("小", "1"), ("宜", "2"))
    )
    office.do("advance", number, "link", "--set", f"parent={good}", by="b1")
    office.do("sign", number, "go", "agree", by="l1")
    office.do("advance", number, "go", by="b1")
    told = office.do("correct", number, f"parent={small}", "--note", "错", by="b1")
    assert "“前往乙”（第 4 笔）的条件不再成立" in upsets(office, number)
    assert "“前往乙”（第 4 笔）的条件不再成立" in told
    office.do("correct", number, f"parent={fit}", "--note", "错", by="b1")
    assert "不再成立" not in upsets(office, number)
    assert office.findings() == []


def test_a_title_in_a_condition_is_that_of_then(office: LinkedOffice) -> None:
    """Who is called otherwise later changes nothing that was counted."""
    first, second = node(office, "同名"), node(office, "同名")
    assert counted(office, first, "count_alike") == 2
    office.do("set", second, "name=改名", by="b1")
    assert office.findings() == []
    assert counted(office, first, "count_alike") == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("x=很多", "数“很多”不是数"),
        ("on_day=昨天", "某日“昨天”不是有效日期"),
        ("on_day=2026-02-30", "某日“2026-02-30”不是有效日期"),
    ],
)
def test_a_wrong_value_is_refused_in_words(office: LinkedOffice, wrong: str, said: str) -> None:
    """What a fact cannot be is no condition's trouble: at the opening or later."""
    number = node(office, "乙")
    for words in (("open", "node", "--set", "name=甲", "--set", wrong), ("set", number, wrong)):
        (told,) = office.refusal(*words, by="b1")
        assert told.startswith(said)


def test_a_case_that_cannot_be_computed_stops_nobody(office: LinkedOffice) -> None:
    """A division by zero in one case is undecided there; every page goes on."""
    number = node(office, "甲", x="100", y="0")
    node(office, "乙", x="100", y="100")
    assert counted(office, number, "count_even") == 1
    for words in (("show", number), ("why", number, "go"), ("todo",)):
        assert office.run(*words, by="b1").exit_code == 0, words
    assert office.findings() == []


def test_zero_is_a_figure_and_no_member(office: LinkedOffice) -> None:
    """A case without the figure is judged as having 0."""
    number = node(office, "甲", x="100")
    node(office, "缺")
    assert counted(office, number, "count_big") == 1


def test_today_in_a_condition_is_the_day_of_the_act(office: LinkedOffice) -> None:
    """It is the same for every case of the collection."""
    number = node(office, "甲", on_day="2026-09-01")
    node(office, "乙", on_day="2020-09-01")
    assert counted(office, number, "count_late") == 1


def test_nothing_after_the_act_is_read(office: LinkedOffice) -> None:
    """A day to come, from which a collection is to be read, reads no more than there is."""
    number = node(office, "甲", x="1", until="2026-12-31")
    office.at("2026-09-10")
    node(office, "后", x="1")
    assert counted(office, number, "count_then", "--on", "2026-09-08") == 1
    assert office.findings() == []


def test_what_only_counts_as_zero_is_not_known(office: LinkedOffice) -> None:
    """Those that have the figure are told apart from those that are merely read as 0."""
    number = node(office, "甲", x="100")
    node(office, "缺")
    assert counted(office, number, "count_told") == 1


def test_a_step_is_judged_again_on_the_editions_that_it_read(office: LinkedOffice) -> None:
    """Where the case has come to another zone since, the step is still judged by the cases of the
    zone that it read.
    """
    number = node(office, "甲", zone="东", y="5")
    for name in ("乙", "丙"):
        node(office, name, zone="西")
    office.do("advance", number, "fit", by="b1")
    office.do("set", number, "zone=西", by="b1")
    office.do("correct", number, "y=1", "--note", "错", by="b1")
    assert "“核定”（第 2 笔）的条件不再成立：另数 1 万元" in upsets(office, number)
    assert office.findings() == []


def test_what_an_opening_computed_from_stays(office: LinkedOffice) -> None:
    """An opening that only computes has read what it computes from; what else was typed with it is
    free, and nothing is told of the opening where it judged nothing.
    """
    words = ("--set", "name=甲", "--set", "amount=100", "--set", "other=1")
    number = office.do("open", "pair", *words, by="b1").strip()
    assert office.refusal("set", number, "amount=90", by="b1") == [
        "更正 数 已由“立项”采用，不能直接更改"
    ]
    office.do("set", number, "other=2", by="b1")
    office.do("correct", number, "amount=90", "--note", "错", by="b1")
    told = upsets(office, number)
    assert "“立项”（第 1 笔）算出的 两倍 用到 数，照原来的留着" in told
    assert "填报的就是" not in told
    assert office.findings() == []
