"""All that is wrong with what was entered is told at once, with its place, by whatever door."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from tiny_office import Tiny

NUMBER = "总投资“很多”不是数　改法：例如 investment=32000，单位是万元，只填数字"
UNKNOWN = "没有要素“面积x”"
CHOICE = "类别不能是“工业”　改法：可选：文旅、康养、总部"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """An office with one case, KC-2026-001."""
    tiny = Tiny(tmp_path, monkeypatch).founded()
    tiny.opened(name="甲")
    return tiny


WRONG = ("总投资=很多", "kind=工业", "面积x=3", "area=-1", "owner_unit=没有的单位")


def sets(texts: tuple[str, ...]) -> list[str]:
    """Give texts as options."""
    return [part for text in texts for part in ("--set", text)]


@pytest.mark.parametrize(
    "door",
    [
        ("open", "visit", "--set", "name=乙", *sets(WRONG)),
        ("set", "KC-2026-001", *WRONG),
    ],
    ids=["open", "set"],
)
def test_every_faulty_value_is_told_at_once(office: Tiny, door: tuple[str, ...]) -> None:
    """Numbers, choices, bounds, units and names that there are not: one message, a line for each,
    each with its mend; nothing is recorded.
    """
    code, message = office.fails(*door, by="bureau01")
    first, *lines = message.splitlines()
    assert (code, first) == (1, "有 5 处填得不对：")
    assert [line.strip().partition("　改法：")[0] for line in lines] == [
        "总投资“很多”不是数",
        "类别不能是“工业”",
        "没有要素“面积x”",
        "用地面积 -1 亩不能小于 0 亩",
        "没有单位“没有的单位”",
    ]
    assert office.asks("show", "KC-2026-001")["seq"] == 1


def test_machines_are_told_each_fault(office: Tiny) -> None:
    """With --json each fault stands apart, with its place and mend."""
    error = office.asks("set", "KC-2026-001", "总投资=很多", "kind=工业", by="bureau01")["error"]
    assert error["kind"] == "several"
    assert error["details"] == {
        "faults": [
            {
                "place": "",
                "message": "总投资“很多”不是数",
                "mend": "例如 investment=32000，单位是万元，只填数字",
            },
            {"place": "", "message": "类别不能是“工业”", "mend": "可选：文旅、康养、总部"},
        ]
    }


def test_one_fault_is_told_as_ever(office: Tiny) -> None:
    """A single fault is no list."""
    assert office.fails("set", "KC-2026-001", "总投资=很多", by="bureau01") == (
        1,
        "总投资“很多”不是数\n  改法：例如 investment=32000，单位是万元，只填数字\n",
    )


def test_faulty_values_and_gates_are_told_together(office: Tiny) -> None:
    """Who may not enter them at all learns that beside the faults, and what else is missing; what
    is there but faulty is not called missing too.
    """
    assert office.fails("open", "visit", *sets(WRONG[:2]), by="land01")[1] == (
        "不能办理：考察接待流程　立项\n"
        "  ✗ 要素　　总投资“很多”不是数　　例如 investment=32000，单位是万元，只填数字\n"
        "  ✗ 要素　　类别不能是“工业”  　　可选：文旅、康养、总部\n"
        "  ✗ 角色　　由 市招商局 办理；您（市自然资源局 land01）不具备该角色\n"
        "            请 市招商局 的经办人办理；受委托的，加 --for 委托人\n"
        "  ✗ 要素　　缺 项目名称       　　--set name=…\n"
        "依据：workflows/visit.yaml　接待办法 第3条\n"
    )
    told = office.fails("set", "KC-2026-001", "总投资=很多", by="land01")[1]
    assert "总投资“很多”不是数" in told
    assert "您（市自然资源局 land01）不具备该角色" in told


def test_what_comes_with_a_transition_is_told_at_once(office: Tiny) -> None:
    """`advance --set`: each faulty value, and the gates that do not rest on it."""
    told = office.fails(
        "advance", "KC-2026-001", "to_siting", *sets(("people=0", "面积x=1")), by="bureau01"
    )[1]
    assert "到访人数 0 不能小于 1" in told
    assert UNKNOWN in told
    assert "缺 选址论证报告" in told
    told = office.fails(
        "advance", "KC-2026-001", "note_visit", *sets(("people=0", "面积x=1")), by="bureau01"
    )[1]
    assert told.startswith("有 2 处填得不对：\n")
    assert "须同时填" not in told


TABLE = "项目名称,总投资,面积x,类别\n乙,很多,,工业\n丙,5,3,文旅\n丁,5,,\n"


def test_each_row_tells_all_its_faults_with_row_and_column(office: Tiny) -> None:
    """A table: every faulty cell of a row by row and column, unknown columns named, other rows
    done.
    """
    office.write("new.csv", TABLE)
    assert office.do_not("open", "visit", "--from", "new.csv", by="bureau01") == (
        "✗ new.csv:2　有 2 处填得不对：\n"
        f"  new.csv:2:2: {NUMBER}\n"
        f"  new.csv:2:4: {CHOICE}\n"
        f"✗ new.csv:3:3: {UNKNOWN}　改法：是否为“用地面积”？\n"
        "✓ new.csv:4　KC-2026-002　丁\n"
        "已办理 1 件，未办理 2 件\n"
    )
    error = office.asks("open", "visit", "--from", "new.csv", by="bureau01")["results"][0]["error"]
    assert [fault["place"] for fault in error["details"]["faults"]] == [
        "new.csv:2:2",
        "new.csv:2:4",
    ]


def test_one_row_keeps_its_places_as_many_do(office: Tiny) -> None:
    """A file with a single row tells row and column too."""
    office.write("one.csv", "项目名称,总投资,类别\n乙,很多,工业\n")
    assert office.fails("open", "visit", "--from", "one.csv", by="bureau01")[1] == (
        f"有 2 处填得不对：\n  one.csv:2:2: {NUMBER}\n  one.csv:2:3: {CHOICE}\n"
    )
    office.write("one.yaml", "name: 乙\nkind: 工业\n")
    assert office.fails("open", "visit", "--from", "one.yaml", by="bureau01")[1] == (
        "one.yaml:2:7: 类别不能是“工业”\n  改法：可选：文旅、康养、总部\n"
    )


def test_a_cell_that_cannot_be_read_stands_beside_the_values(office: Tiny) -> None:
    """What has no head, or is no value, does not hide what is wrong with the other cells."""
    office.write("new.csv", "项目名称,总投资\n乙,很多,多\n丙,1\n")
    told = office.do_not("open", "visit", "--from", "new.csv", by="bureau01")
    assert "第 3 列（C）有内容，但表头没有这一列" in told
    assert f"new.csv:2:2: {NUMBER}" in told
    office.write("a.yaml", "- name: 乙\n  kind: {a: 1}\n  investment: 很多\n- name: 丙\n")
    told = office.do_not("open", "visit", "--from", "a.yaml", by="bureau01")
    assert "“kind”应是一个值或一个简单列表" in told
    assert f"a.yaml:3:15: {NUMBER}" in told


def test_a_row_that_cannot_be_read_gives_no_opinion(office: Tiny) -> None:
    """A table for another verb with a cell too many is refused line by line, as ever."""
    office.write("signs.csv", "编号\nKC-2026-001,多\n")
    told = office.do_not("sign", "signs.csv", "to_siting", "agree", by="land01")
    assert "第 2 列（B）有内容，但表头没有这一列" in told
    assert office.asks("show", "KC-2026-001")["seq"] == 1


def test_every_sheet_is_opened(office: Tiny) -> None:
    """No sheet of a workbook is passed over in silence."""
    book = Workbook()
    for title, name, money in (("一", "乙", 5), ("二", "丙", "很多")):
        sheet = book.create_sheet(title)
        sheet.append(["项目名称", "总投资"])
        sheet.append([name, money])
    del book["Sheet"]
    book.save(office.folder / "new.xlsx")
    assert office.do_not("open", "visit", "--from", "new.xlsx", by="bureau01") == (
        "✓ new.xlsx[一]:2　KC-2026-002　乙\n"
        f"✗ new.xlsx[二]:2:2: {NUMBER}\n"
        "已办理 1 件，未办理 1 件\n"
    )


def test_set_and_advance_from_a_table_do_the_same(office: Tiny) -> None:
    """Rows that name a case tell all faults at their places too, with the case."""
    office.write("more.csv", "编号,用地面积,面积x\nKC-2026-001,-1,1\n")
    office.write("visit.csv", "编号,到访人数,面积x\nKC-2026-001,0,1\n")
    for verb, file, told in (
        ("set", "more.csv", "用地面积 -1 亩不能小于 0 亩"),
        ("advance", "visit.csv", "到访人数 0 不能小于 1"),
    ):
        way = ("note_visit",) if verb == "advance" else ()
        assert office.do_not(verb, file, *way, by="bureau01") == (
            f"✗ {file}:2　KC-2026-001　有 2 处填得不对：\n"
            f"  {file}:2:2: {told}\n"
            f"  {file}:2:3: {UNKNOWN}　改法：是否为“用地面积”？\n"
            "已办理 0 件，未办理 1 件\n"
        )
