"""Running cases taken in when the ledger begins: as two persons declare them, until a day, and
never judged for what came before.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from tiny_office import TINY, Tiny

from lifecycle import places

TABLE = """\
项目名称,总投资,业主单位,环节,立项日,转入规划选址,选址论证报告
剑瓷文化体验街区,32000,owner,规划选址,2026-03-02,2026-05-06,有
温泉康养,8000,owner,考察导入,2026-06-01,,
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with a second person, which takes cases in until 31 October."""
    made = Tiny(tmp_path, monkeypatch, home).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    made.do("takeover", "until", "2026-10-31", by="admin")
    return made


def taken_in(office: Tiny, table: str = TABLE) -> list[str]:
    """Take running cases in, and give their numbers."""
    path = office.write("台账.csv", table)
    office.do("takeover", "propose", "visit", path, by="admin")
    told = office.asks("takeover", "confirm", "visit", path, by="watch01")
    return [one["number"] for one in told["cases"]]


def findings(office: Tiny) -> list[tuple[str, str, str]]:
    """Give what the audit finds."""
    found = office.asks("audit")["findings"]
    return [(one["code"], one["case"], one["message"]) for one in found]


def test_cases_come_in_as_they_are_declared(office: Tiny) -> None:
    """They stand in their states, with their facts and days; the log and the audit say that nobody
    has judged what came before; they go on under the rules.
    """
    first, second = taken_in(office)
    shown = office.asks("show", first)
    assert (shown["state"], shown["opened_on"]) == ("siting", "2026-03-02")
    assert office.asks("show", second)["state"] == "scouting"
    assert "接管前未经本系统审查" in office.do("log", first)
    assert "接管　2026-09-30 由两人声明接管，接管前未经本系统审查" in office.do("show", first)
    assert "存量接管 2 件" in office.do("audit")
    office.do("set", first, "announced_on=2026-09-01", by="bureau01")
    office.do("advance", first, "to_done", by="planning01")
    assert findings(office) == []


def test_what_was_declared_changes_only_by_a_correction(office: Tiny) -> None:
    """It counts as read: setting it anew is refused, a correction with a reason goes through."""
    first, _second = taken_in(office)
    code, told = office.fails("set", first, "investment=1", by="bureau01")
    assert (code, "是接管时声明的，不能直接更改" in told) == (1, True)
    office.do("correct", first, "investment=33000", "--note", "笔误", by="bureau01")
    assert findings(office) == []


def test_declared_transitions_count(office: Tiny) -> None:
    """What was made before counts by its day; a gate that looks for it finds it."""
    first, _second = taken_in(office)
    office.do("advance", first, "send_back", "--note", "补正", by="planning01")
    assert office.asks("show", first)["state"] == "scouting"
    assert findings(office) == []


def test_it_takes_two_persons_and_the_same_table(office: Tiny) -> None:
    """Who proposed it does not confirm it; another table is not what was proposed."""
    path = office.write("台账.csv", TABLE)
    office.do("takeover", "propose", "visit", path, by="admin")
    code, told = office.fails("takeover", "confirm", "visit", path, by="admin")
    assert (code, "不能由同一人确认" in told) == (1, True)
    other = office.write("另一份.csv", TABLE.replace("8000", "80000"))
    code, told = office.fails("takeover", "confirm", "visit", other, by="watch01")
    assert (code, "与 admin 提出的不一致" in told) == (1, True)
    assert office.asks("list")["cases"] == []
    office.do("takeover", "confirm", "visit", path, by="watch01")
    code, told = office.fails("takeover", "confirm", "visit", path, by="watch01")
    assert (code, "没有待确认的接管" in told) == (1, True)
    code, told = office.fails("takeover", "propose", "visit", path, by="admin")
    assert (code, "与 事项 KC-2026-001 相同" in told) == (1, True)


def test_not_after_the_day_that_was_set_once(office: Tiny) -> None:
    """After it nothing is proposed or confirmed, and the day is not set again."""
    path = office.write("台账.csv", TABLE)
    office.do("takeover", "propose", "visit", path, by="admin")
    code, told = office.fails("takeover", "until", "2026-12-31", by="admin")
    assert (code, "不能再定" in told) == (1, True)
    office.now = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    code, told = office.fails("takeover", "confirm", "visit", path, by="watch01")
    assert (code, "接管的截止日 2026-10-31 已过" in told) == (1, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("规划选址,2026-03-02", "办结,2026-03-02"), "“办结”是终结环节，只接管在办的"),
        (("规划选址,2026-03-02", "规划,2026-03-02"), "没有环节“规划”"),
        (("2026-05-06", "2026-02-06"), "转入规划选址 2026-02-06 早于立项日 2026-03-02"),
        (("2026-05-06", "2026-12-06"), "在接管的那天（2026-09-30）以后"),
        (("2026-05-06", "五月"), "转入规划选址 “五月” 不是日期"),
        (("32000,owner", "很多,owner"), "很多"),
        ((",有\n", ",大概\n"), "材料“选址论证报告”写了“大概”"),
        (("项目名称,", "名字,"), "名字"),
        (("规划选址,2026-03-02", "中止,2026-03-02"), "“中止”里的事项接管以后恢复不了"),
    ],
)
def test_rows_that_cannot_be_are_told(office: Tiny, change: tuple[str, str], message: str) -> None:
    """Each fault is told with its place, and nothing is proposed."""
    path = office.write("台账.csv", TABLE.replace(*change))
    code, told = office.fails("takeover", "propose", "visit", path, by="admin")
    assert (code, message in told) == (1, True), told
    good = office.write("台账.csv", TABLE)
    assert "没有待确认的接管" in office.fails("takeover", "confirm", "visit", good, by="watch01")[1]


def test_one_project_is_taken_in_once(office: Tiny) -> None:
    """Neither in two rows that differ in what it is not about, nor beside a case that is there."""
    more = "温泉康养,9000,owner,考察导入,2026-06-02,,\n"
    path = office.write("台账.csv", f"{TABLE}{more}")
    code, told = office.fails("takeover", "propose", "visit", path, by="admin")
    assert (code, "台账.csv:4: “温泉康养”与 台账.csv:3 相同：项目名称" in told) == (1, True), told
    _first, second = taken_in(office)
    path = office.write("又一份.csv", TABLE.splitlines()[0] + f"\n{more}")
    code, told = office.fails("takeover", "propose", "visit", path, by="admin")
    assert (code, f"“温泉康养”与 事项 {second} 相同：项目名称" in told) == (1, True), told
    office.do("advance", second, "close", "--note", "不办了", by="bureau01")
    office.do("takeover", "propose", "visit", path, by="admin")


def test_what_only_came_with_a_transition_is_declared_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once for all, it leaves no other way to supply what the case needs to go on."""
    office = Tiny(tmp_path, monkeypatch)
    text = (TINY / "workflows" / "visit.yaml").read_text("utf-8")
    text = text.replace("    needs: {dwell: {", "    needs: {facts: [announced_on], dwell: {")
    announce = (
        "  - {name: announce, title: 公告, kind: record, from: siting, by: bureau,"
        " asks: [announced_on]}\n"
    )
    rules = tmp_path / "workflows"
    rules.mkdir()
    changed = text.replace("  - {name: send_back,", f"{announce}  - {{name: send_back,")
    (rules / "visit.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(places, "workflows", lambda: rules)
    office.founded()
    office.do("takeover", "until", "2026-10-31", by="admin")
    head, row = "项目名称,环节,立项日,公告", "古堰画乡,规划选址,2026-03-02,2026-09-01"
    propose = ("takeover", "propose", "visit", "台账.csv", "--dry-run")
    office.write("台账.csv", f"{head}\n{row}\n")
    code, told = office.fails(*propose, by="admin")
    assert (code, "缺 公告日：办过“公告”的不能再填，“办结”要用" in told) == (1, True), told
    office.write("台账.csv", f"{head},公告日\n{row},2026-09-01\n")
    office.do(*propose, by="admin")
    office.write("台账.csv", f"{head}\n{row.removesuffix('2026-09-01')}\n")
    office.do(*propose, by="admin")


def altered(office: Tiny, statement: str, *bound: Any) -> None:
    """Alter the database behind everybody's back."""
    with office.home.outside(office.path) as database:
        database.execute(statement, bound)


def test_a_case_left_out_is_found(office: Tiny) -> None:
    """Two persons have decided on two: one whose record is gone is told."""
    _first, second = taken_in(office)
    with office.home.outside(office.path) as database:
        ((case_id,),) = database.execute("SELECT id FROM cases WHERE number = ?", (second,))
        database.execute("DELETE FROM entry WHERE case_id = ?", (case_id,))
    told = [message for _code, _case, message in findings(office)]
    assert "两人已确认接管 2 件，第 2 件没有接管记录" in told


def test_nobody_is_late_who_was_asked_by_the_taking_in(office: Tiny) -> None:
    """Entering the state asks whom it asks on the day of the taking in: before, they could not
    know; the state's own limit runs from its declared day.
    """
    _first, second = taken_in(office)
    seats = office.asks("show", second)["opinions"]
    assert {seat["due_on"] for seat in seats if seat["transition"] == "to_siting"} == {"2026-10-13"}
    (task,) = (one for one in office.asks("todo", by="land01")["tasks"] if one["kind"] == "sign")
    assert (task["number"], task["due_on"]) == (second, "2026-10-13")
    assert findings(office) == []


def test_a_table_with_a_title_is_told_row_by_row(office: Tiny) -> None:
    """Its heads are not in the first row: a line for each row says so, and how it is read."""
    path = office.write("台账.csv", "在办项目台账,,\n" + TABLE)
    _code, told = office.fails("takeover", "propose", "visit", path, by="admin")
    assert told.startswith("有 3 处填得不对：\n  台账.csv:2：B、C、D、E、F、G 列有内容，")
    assert "先用 --propose-map 照原样读" in told


def test_whoever_decides_sees_titles_and_the_day_of_entering(office: Tiny) -> None:
    """States stand with their titles, and with the day from which their limits run."""
    path = office.write("台账.csv", TABLE)
    told = office.do("takeover", "propose", "visit", path, by="admin")
    row = "台账.csv:2  剑瓷文化体验街区  规划选址  2026-05-06  2026-03-02"
    assert row in told.splitlines()
    told = office.do("takeover", "confirm", "visit", path, by="watch01")
    assert f"KC-2026-001  {row}" in told.splitlines()
    _code, told = office.fails("takeover", "confirm", "visit", path, by="watch01")
    assert "没有待确认的接管" in told, "before a row is told as there already"
