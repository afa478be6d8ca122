"""Roles held by whom a case names: an officer, or whoever holds a post."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with visits, each made by the officer that it names."""
    made = LinkedOffice(tmp_path, monkeypatch, home, "named")
    made.do("post", "add", "trade", "分管招商的领导", "--unit", "zsj", by="admin")
    made.do("post", "hold", "trade", "b2", by="admin")
    return made


def visit(office: LinkedOffice, handler: str = "b1") -> str:
    """Open a visit that an officer is to make; gives its number."""
    facts = ("--set", "name=剑瓷园", "--set", "leader_post=trade")
    number = office.do("open", "visit", *facts, by="b1").strip()
    if handler:
        office.do("set", number, f"handler={handler}", by="b1")
    return number


def asked(office: LinkedOffice, who: str) -> list[str]:
    """List the acts for which an officer is told that a case waits."""
    return [one["kind"] for one in office.asks("todo", by=who)["tasks"]]


def test_who_is_named_acts_without_a_grant_and_nobody_else_does(office: LinkedOffice) -> None:
    """An officer of another unit, granted nothing of the kind, acts since the case names them; a
    colleague of those who opened it does not.
    """
    number = visit(office, "l1")
    assert office.refusal("set", number, "result=有意向", by="b2")
    office.do("set", number, "result=有意向", by="l1")
    told = office.refusal("advance", number, "tell", by="b2")
    assert told[0] == "角色 由 走访人 办理；您（市招商局 b2）不具备该角色"
    office.do("advance", number, "tell", by="l1")
    assert office.findings() == []


def test_while_nobody_is_named_nobody_acts_and_the_refusal_says_how_to_name(
    office: LinkedOffice,
) -> None:
    """The mend is the command that names the officer."""
    number = visit(office, "")
    code, told = office.fails("advance", number, "tell", by="b1")
    assert code == 1
    assert f"先指定走访人姓名：lifecycle set {number} handler=…" in told


def test_a_handover_is_a_new_name_and_moves_the_task(office: LinkedOffice) -> None:
    """Who hands over names the next; then the task is theirs, and the first acts no more."""
    number = visit(office, "b1")
    assert asked(office, "b1")
    assert not asked(office, "l1")
    office.do("set", number, "handler=l1", by="b1")
    assert asked(office, "l1")
    assert office.refusal("set", number, "result=有意向", by="b1")
    assert "走访人姓名" in office.do("log", number)
    assert office.findings() == []


@pytest.mark.parametrize("who", ["zhang", "clock"])
def test_only_an_officer_in_office_can_be_named(office: LinkedOffice, who: str) -> None:
    """Neither an unknown code nor one who has left, whatever the command."""
    number = visit(office, "")
    code, told = office.fails("set", number, f"handler={who}", by="b1")
    assert code == 1
    assert "经办人" in told


def test_one_who_has_left_cannot_be_named(office: LinkedOffice) -> None:
    """Rule 14: who cannot act is refused when named."""
    number = visit(office, "")
    office.do("officer", "leave", "l1", by="admin")
    office.at("2026-09-09")
    told = office.refusal("set", number, "handler=l1", by="b1")
    assert told == ["人员 走访人姓名 l1：当日没有工号为 l1 的人在岗"]


def test_a_delegation_of_one_role_gives_no_other(office: LinkedOffice) -> None:
    """Who may act for the named officer under another role only does not act as the one named;
    without such a limit they do.
    """
    number = visit(office, "b1")
    office.do("officer", "delegate", "b2", "--role", "bureau", "--until", "2026-09-30", by="b1")
    assert office.refusal("set", number, "result=有意向", "--for", "b1", by="b2")
    office.do("officer", "delegate", "b2", "--until", "2026-09-30", by="b1")
    office.do("set", number, "result=有意向", "--for", "b1", by="b2")
    assert "b1" in office.do("log", number)
    assert office.findings() == []


def test_what_another_signed_as_the_one_named_goes_stale_with_the_name(
    office: LinkedOffice,
) -> None:
    """The opinion of the officer named before does not stand for the one named now."""
    number = visit(office, "b1")
    office.do("set", number, "result=有意向", by="b1")
    office.do("advance", number, "tell", by="b1")
    office.do("sign", number, "approve", "agree", by="b1")
    office.do("set", number, "handler=l1", by="b1")
    (seat,) = office.asks("show", number)["opinions"]
    assert seat["status"] == "stale"
    assert office.findings() == []


def reported(office: LinkedOffice) -> str:
    """Open a visit that is reported, signed, and waits for the leader; gives its number."""
    number = visit(office, "b1")
    office.do("set", number, "result=有意向", by="b1")
    office.do("advance", number, "tell", by="b1")
    office.do("ask", number, "approve", by="b2")
    office.do("sign", number, "approve", "agree", by="b1")
    return number


def test_who_holds_the_post_acts_and_the_case_stays_as_it_is(office: LinkedOffice) -> None:
    """The task moves with the post; the first holder acts no more, and of an earlier day who held
    it then.
    """
    number = reported(office)
    assert asked(office, "b2")
    office.at("2026-09-08")
    office.do("post", "hold", "分管招商的领导", "l1", by="admin")
    assert asked(office, "l1")
    assert not asked(office, "b2")
    told = office.refusal("advance", number, "approve", by="b2")
    assert told[0].startswith("角色 由 分管领导 办理")
    office.do("advance", number, "approve", by="l1")
    assert office.findings() == []
    assert office.asks("replay", number, by="b1")["ok"] is True


def test_a_vacant_post_cannot_be_named_and_nobody_acts_in_it(office: LinkedOffice) -> None:
    """Nobody holds it, or who does has left."""
    number = reported(office)
    office.do("post", "vacate", "trade", by="admin")
    assert office.refusal("advance", number, "approve", by="b2")
    told = office.refusal(
        "open", "visit", "--set", "name=乙", "--set", "leader_post=trade", by="b1"
    )
    assert told == ["人员 分管岗位 trade：当日没有人在这个岗位上"]


def test_posts_are_listed_with_their_holders(office: LinkedOffice) -> None:
    """On the day; a post whose holder has left is vacant."""
    (one,) = office.asks("post", "list")["posts"]
    assert (one["post"], one["officer"]) == ("trade", "b2")
    office.at("2026-09-09")
    office.do("officer", "leave", "b2", by="admin")
    assert office.asks("post", "list")["posts"][0]["officer"] is None
    assert office.asks("post", "list", "--on", "2026-09-08")["posts"][0]["officer"] == "b2"
    assert "（空缺）" in office.do("post", "list")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "trade", "别的", "--unit", "zsj"), "岗位 trade 已有"),
        (("add", "other", "分管招商的领导", "--unit", "zsj"), "已是 trade 的名称"),
        (("add", "a b", "别的", "--unit", "zsj"), "不合规"),
        (("add", "other", "别的", "--unit", "none"), "单位"),
        (("hold", "none", "b1"), "岗位"),
        (("hold", "trade", "nobody"), "经办人"),
        (("hold", "trade", "b2"), "已由 b2 担任"),
        (("hold", "trade", "b1", "--since", "2026-09-08"), "早"),
    ],
)
def test_a_wrong_post_is_told(office: LinkedOffice, words: tuple[str, ...], told: str) -> None:
    """What is wrong, in Chinese; nothing is recorded."""
    office.at("2026-09-28")
    code, said = office.fails("post", *words, by="admin")
    assert code == 1
    assert told in said
    assert office.fails("post", *words, by="b1")[0] == 1
