"""Divisions of a unit (处室) and who is in charge of them (分管领导): in the directory, as holders
of roles, and in the to-do list.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.people.changes import ChangeDivision, PlaceOfficer


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with two divisions: b1 and b2 in 项目科, b3 in 综合科, b9 in charge of
    both.
    """
    made = LinkedOffice(tmp_path, monkeypatch, home, "divided")
    for code, title in (("b3", "科员三"), ("b9", "副局长")):
        made.do("officer", "add", code, title, "--unit", "zsj", "--role", "bureau", by="admin")
    for code, title in (("xm", "项目科"), ("zh", "综合科")):
        made.do("division", "add", code, title, "--unit", "zsj", by="admin")
        made.do("division", "change", code, "--leader", "b9", by="admin")
    for code, division in (("b1", "项目科"), ("b2", "xm"), ("b3", "综合科")):
        made.do("division", "place", code, division, by="admin")
    return made


def visit(office: LinkedOffice, handler: str = "b1", name: str = "剑瓷园") -> str:
    """Open a visit that an officer is to make; gives its number."""
    number = office.do("open", "visit", "--set", f"name={name}", by="b1").strip()
    office.do("set", number, f"handler={handler}", by="b1")
    return number


def reported(office: LinkedOffice) -> str:
    """Open a visit that is reported and signed, and waits for the leader; gives its number."""
    number = visit(office)
    office.do("set", number, "result=有意向", by="b2")
    office.do("advance", number, "tell", by="b2")
    office.do("sign", number, "approve", "agree", by="b1")
    return number


def asked(office: LinkedOffice, who: str, *more: str) -> list[str]:
    """List the acts for which an officer is told that a case waits."""
    return [one["kind"] for one in office.asks("todo", *more, by=who)["tasks"]]


def test_the_list_says_who_is_where_and_in_charge(office: LinkedOffice) -> None:
    """By division and by officer."""
    assert office.asks("division", "list")["divisions"] == [
        {
            "division": "xm",
            "title": "项目科",
            "unit": "zsj",
            "leader": "b9",
            "officers": ["b1", "b2"],
        },
        {"division": "zh", "title": "综合科", "unit": "zsj", "leader": "b9", "officers": ["b3"]},
    ]
    assert "项目科" in office.do("officer", "list")
    assert office.asks("division", "list", "--unit", "gt")["divisions"] == []
    assert office.findings() == []


def test_anyone_of_the_handlers_division_acts_and_nobody_else(office: LinkedOffice) -> None:
    """A colleague of the same division does, one of another division of the unit does not."""
    number = visit(office)
    assert asked(office, "b2")
    assert not asked(office, "b3")
    told = office.refusal("set", number, "result=有意向", by="b3")
    assert "走访处室" in told[0]
    office.do("set", number, "result=有意向", by="b2")
    office.do("advance", number, "tell", by="b2")
    assert office.findings() == []
    assert office.asks("replay", number, by="b1")["ok"] is True


def test_the_leader_in_charge_acts(office: LinkedOffice) -> None:
    """Who is in charge of the handler's division approves, not who is in it; with the next leader
    the task moves, and the case stays as it is.
    """
    number = reported(office)
    assert asked(office, "b9") == ["advance"]
    assert office.refusal("advance", number, "approve", by="b2")[0].startswith(
        "角色 由 分管领导 办理"
    )
    office.at("2026-09-08")
    office.do("division", "change", "项目科", "--leader", "b3", by="admin")
    assert (asked(office, "b3"), asked(office, "b9")) == (["advance"], [])
    office.do("advance", number, "approve", by="b3")
    assert office.findings() == []


def test_who_is_in_no_division_is_not_named(office: LinkedOffice) -> None:
    """Neither who is in none, nor whose division nobody is in charge of."""
    number = office.do("open", "visit", "--set", "name=甲", by="b1").strip()
    told = office.refusal("set", number, "handler=l1", by="b1")
    assert told == [
        "人员 l1 没有登记在哪个处室，走访处室 没有人担任",
        "人员 l1 没有登记在哪个处室，分管领导 没有人担任",
    ]
    office.do("division", "change", "zh", "--no-leader", by="admin")
    told = office.refusal("set", number, "handler=b3", by="b1")
    assert told == ["人员 b3 所在的处室没有分管领导，分管领导 没有人担任"]


def test_a_division_sees_what_waits_for_it_and_the_leader_for_all_his(office: LinkedOffice) -> None:
    """With who of it can do it; who is in no division, and in charge of none, is told so."""
    visit(office)
    visit(office, "b3", "温泉康养")
    own = office.asks("todo", "--division", by="b2")
    assert {(one["number"], *one["who"]) for one in own["tasks"]} == {("ZF-2026-001", "b1", "b2")}
    his = office.asks("todo", "--division", by="b9")
    assert {(one["number"], *one["who"]) for one in his["tasks"]} == {
        ("ZF-2026-001", "b1", "b2"),
        ("ZF-2026-002", "b3"),
    }
    assert "b1、b2：" in office.do("todo", "--division", by="b9")
    assert "who" not in office.asks("todo", by="b1")["tasks"][0]
    code, told = office.fails("todo", "--division", by="l1")
    assert (code, "l1 不在任何处室，也不分管处室" in told) == (1, True)


def test_a_letter_names_the_division_of_who_drafted_it(office: LinkedOffice) -> None:
    """As it was called on that day; of whoever is in none it says nothing."""
    number = visit(office)
    office.do("set", number, "result=有意向", by="b2")
    office.do("advance", number, "tell", by="b2")
    (letter,) = (one["name"] for one in office.asks("notice", "list", number)["letters"])
    assert "（联系人：项目科，经办人）" in office.do("notice", "show", number, letter)
    office.at("2026-09-09")
    office.do("division", "change", "项目科", "--title", "项目一科", by="admin")
    assert "（联系人：项目科，经办人）" in office.do("notice", "show", number, letter)
    assert office.findings() == []


def test_of_an_earlier_day_who_was_there_then(office: LinkedOffice) -> None:
    """Who has moved to another division since does not act for the first any more, and the case
    waits for those who are there.
    """
    number = visit(office)
    office.at("2026-09-09")
    office.do("division", "place", "b2", "zh", by="admin")
    assert not asked(office, "b2")
    assert office.refusal("set", number, "result=有", "--on", "2026-09-08", by="b2")
    office.do("division", "place", "b3", "xm", by="admin")
    office.do("set", number, "result=有", by="b3")
    assert office.findings() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", "xm", "别的科", "--unit", "zsj"), "处室 xm 已有"),
        (("add", "x2", "项目科", "--unit", "zsj"), "处室名称“项目科”已是本单位 xm 的名称"),
        (("add", "项目", "项目二科", "--unit", "zsj"), "处室代码“项目”不合规"),
        (("add", "x2", "项目二科", "--unit", "nix"), "没有单位“nix”"),
        (("change", "xm", "--leader", "l1"), "l1 是 gt 的人，xm 是 zsj 的处室"),
        (("change", "法规科", "--leader", "b9"), "没有处室“法规科”"),
        (("change", "xm", "--title", "综合科"), "处室名称“综合科”已是本单位 zh 的名称"),
        (("place", "l1", "xm"), "l1 是 gt 的人，xm 是 zsj 的处室"),
        (("place", "b1", "xm"), "b1 在 2026-09-07 已在 xm"),
        (("place", "b9", "--none"), "b9 在 2026-09-07 不在任何处室"),
        (("place", "b3", "项目课"), "是否为“项目科”？"),
    ],
)
def test_what_cannot_be_is_refused(
    office: LinkedOffice, words: tuple[str, ...], message: str
) -> None:
    """Each with what is wrong."""
    office.at("2026-09-07", "11:00")
    code, told = office.fails("division", *words, by="admin")
    assert (code, message in told) == (1, True), told


def test_being_in_charge_begins_at_most_a_week_before_it_is_recorded(office: LinkedOffice) -> None:
    """It gives authority, and so does being in a division; a name gives none."""
    office.at("2026-09-24")
    early = ("--since", "2026-09-08")
    for words in (("change", "xm", "--leader", "b1"), ("place", "b3", "xm")):
        code, told = office.fails("division", *words, *early, by="admin")
        assert (code, "最多早于登记 5 个工作日" in told) == (1, True), told
    office.do("division", "change", "xm", "--title", "项目一科", *early, by="admin")


def test_only_an_administrator_changes_them(office: LinkedOffice) -> None:
    """Officers look."""
    code, told = office.fails("division", "add", "fg", "法规科", "--unit", "zsj", by="b1")
    assert (code, "须由管理员办理" in told) == (1, True)


def test_one_who_has_left_leads_and_joins_nothing(office: LinkedOffice) -> None:
    """And is in no division any more."""
    office.do("officer", "leave", "b3", by="admin")
    office.at("2026-09-09")
    assert office.fails("division", "change", "xm", "--leader", "b3", by="admin")[0] == 1
    assert office.fails("division", "place", "b3", "xm", by="admin")[0] == 1
    assert office.asks("division", "list")["divisions"][1]["officers"] == []


def test_a_division_and_its_leader_see_what_only_they_may(office: LinkedOffice) -> None:
    """Where the workflow lets only these roles see its cases, others of the unit find none."""
    text = (office.rules / "visit.yaml").read_text("utf-8")
    limited = text.replace("version: 1", "version: 2")
    limited = limited.replace(
        "opened_by: bureau\n", "opened_by: land\nvisible: [land, section, leader, handler]\n"
    ).replace("by: [bureau, section]", "by: [land, section]")
    office.do("workflow", "publish", office.write("第二版.yaml", limited), by="admin")
    number = office.do("open", "visit", "--set", "name=甲", by="l1").strip()
    office.do("set", number, "handler=b1", by="l1")
    for who, sees in (("b1", True), ("b2", True), ("b9", True), ("l1", True), ("b3", False)):
        assert (office.run("show", number, by=who).exit_code == 0) is sees, who
    office.at("2026-09-09")
    office.do("division", "place", "b2", "zh", by="admin")
    assert office.run("show", number, by="b2").exit_code == 1
    assert office.findings() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (PlaceOfficer, ("place", "l1", "xm")),
        (ChangeDivision, ("change", "xm", "--leader", "l1")),
    ],
)
def test_a_forged_placing_is_found(
    office: LinkedOffice,
    monkeypatch: pytest.MonkeyPatch,
    change: type[PlaceOfficer] | type[ChangeDivision],
    words: tuple[str, ...],
) -> None:
    """A register that does not look of which unit somebody is: one finding, at that entry."""
    with monkeypatch.context() as patched:
        patched.setattr(change, "judge", lambda *_: "admin")
        if words[0] == "place":
            patched.setattr(
                "lifecycle.people.directory.Directory.division_code", lambda *_args: "xm"
            )
        office.do("division", *words, by="admin")
    (found,) = office.findings()
    assert "l1 是 gt 的人，xm 是 zsj 的处室" in str(found)


SCENARIOS = """\
workflow: visit
start: 2026-09-07
by: bureau
open: {name: 剑瓷园}
scenarios:
  - scenario: 处室的人报告，分管领导批阅
    steps:
      - {by: bureau, set: {handler: handler}}
      - {by: section, set: {result: 有意向}}
      - {by: leader, advance: tell, refused: 角色}
      - {by: handler, advance: tell, state: told}
      - {by: section, sign: approve, verdict: agree}
      - {by: handler, advance: approve, refused: 角色}
      - {by: leader, advance: approve, state: done}
"""


def test_scenarios_have_a_division_and_its_leader(office: LinkedOffice) -> None:
    """Who is named as a person is in one division; the officer of the role that its leader holds is
    in charge of it.
    """
    path = office.write("情景.yaml", SCENARIOS)
    told = office.do("workflow", "test", path, "--workflow", str(office.rules / "visit.yaml"))
    assert "1 个情景" in told
