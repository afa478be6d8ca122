"""Running cases taken in from a table as an office keeps it, by a map: what `open --propose-map`
writes, or `takeover propose --propose-map`, which knows states, days and papers too.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from office_tables import book
from tiny_office import Tiny

ROWS: list[list[Any]] = [
    ["丽水市考察接待项目进展表（截至2026年9月）"],
    ["填报单位：市招商局", None, None, None, None, None, "单位：万元"],
    [
        "序号",
        "项目名称",
        "总投资（亿元）",
        "进展",
        "立项日期",
        "转入规划选址",
        "选址论证报告",
        "备注",
    ],
    [1, "剑瓷文化体验街区", 3.2, "规划选址", date(2026, 3, 2), "2026.5.6", "√", "重点"],
    [2, "温泉康养", "8000万", "考察导入", "2026年6月1日", None, "无", None],
    ["合　计", 2, 4.0],
]
MAP = """\
workflow: visit
sheets:
  - sheet: 台账 # 2 行
    head: 3
    columns:
      - column: B
        head: 项目名称
        fact: name # 项目名称。根据：列名就是要素的名称
        # 例：剑瓷文化体验街区、温泉康养
      - column: C
        head: 总投资（亿元）
        fact: investment # 总投资。根据：列名就是要素的名称
        unit: 亿元 # 表头写的单位
        # 例：3.2、8000万
      - column: D
        head: 进展
        fact: 环节 # 环节。根据：各行的值是“环节”的可选项
        # 例：规划选址、考察导入
      - column: E
        head: 立项日期
        fact: 立项日 # 立项日。根据：“立项日期”是“立项日”的另一种说法
        # 例：2026-03-02、2026年6月1日
      - column: F
        head: 转入规划选址
        fact: 转入规划选址 # 转入规划选址。根据：列名就是要素的名称
        # 例：2026.5.6
      - column: G
        head: 选址论证报告
        fact: 选址论证报告 # 选址论证报告。根据：列名就是要素的名称
        # 例：√、无
    left_out: # 不读的列
      - {column: A, head: 序号, why: 序号}
      - {column: H, head: 备注, why: 没有相近的要素（例：重点）}
    skip: # 不读的行
      - {row: 6, text: 合 计, why: 合计行}
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with a second person, which takes cases in until 31 October, and its table."""
    made = Tiny(tmp_path, monkeypatch).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    made.do("takeover", "until", "2026-10-31", by="admin")
    book(made.folder / "台账.xlsx", 台账=ROWS)
    return made


def proposed(office: Tiny, *more: str) -> None:
    """Have a map proposed, and let both persons take the table in by it."""
    by_map = ("visit", "台账.xlsx", "--map", "对照.yaml", *more)
    office.do("takeover", "propose", *by_map, by="admin")
    office.do("takeover", "confirm", *by_map, by="watch01")


def test_a_messy_table_is_taken_in(office: Tiny) -> None:
    """The map names the state, the day of the opening, transitions and papers; both persons read
    the table by it; what comes in is what is written, in the workflow's units.
    """
    told = office.do(
        "takeover", "propose", "visit", "台账.xlsx", "--propose-map", "对照.yaml", by="admin"
    )
    assert "lifecycle takeover propose visit 台账.xlsx --map 对照.yaml --dry-run" in told
    text = (office.folder / "对照.yaml").read_text("utf-8")
    assert text[text.index("workflow:") :] == MAP
    proposed(office)
    first, second = (one["number"] for one in office.asks("list")["cases"])
    shown = office.asks("show", first)
    assert (shown["state"], shown["opened_on"]) == ("siting", "2026-03-02")
    assert shown["case"]["facts"] == {"name": "剑瓷文化体验街区", "investment": "32000"}
    assert list(shown["case"]["materials"]) == ["report"]
    shown = office.asks("show", second)
    assert (shown["state"], shown["opened_on"]) == ("scouting", "2026-06-01")
    assert shown["case"]["facts"]["investment"] == "8000"
    assert shown["case"]["materials"] == {}
    assert office.asks("audit")["findings"] == []


def test_the_map_of_open_does_too(office: Tiny) -> None:
    """It leaves out what no opening can say; where all rows stand is said with --at."""
    office.do("open", "visit", "--from", "台账.xlsx", "--propose-map", "对照.yaml", by="bureau01")
    proposed(office, "--at", "考察导入")
    assert [one["state"] for one in office.asks("list")["cases"]] == ["scouting", "scouting"]


def test_the_state_of_a_whole_sheet_is_said_once(office: Tiny) -> None:
    """A sheet called like a state is proposed with it; the map may say so itself, too."""
    head, *rows = ROWS[2:5]
    columns = [0, 1, 2]
    book(
        office.folder / "台账.xlsx",
        规划选址=[[row[column] for column in columns] for row in (head, *rows)],
    )
    office.do("takeover", "propose", "visit", "台账.xlsx", "--propose-map", "对照.yaml", by="admin")
    text = (office.folder / "对照.yaml").read_text("utf-8")
    assert "    always: # 根据：工作表的名称\n      环节: 规划选址\n" in text
    proposed(office)
    assert [one["state"] for one in office.asks("list")["cases"]] == ["siting", "siting"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("fact: 环节 #", "fact: 环结 #"), "是否为“环节”？"),
        (("fact: 立项日 #", "fact: 环节 #"), "环节写了两次，第 17 行已有"),
        (("      - {row: 6, text: 合 计, why: 合计行}\n", ""), "像是合计行，不能立项"),
    ],
)
def test_what_the_map_says_wrong_is_told(
    office: Tiny, change: tuple[str, str], message: str
) -> None:
    """A name that is none, one thing read twice, a total that would become a case."""
    text = MAP.replace(*change).replace(
        "    skip: # 不读的行\n", "" if not change[1] else "    skip:\n"
    )
    office.write("对照.yaml", text)
    code, told = office.fails(
        "takeover", "propose", "visit", "台账.xlsx", "--map", "对照.yaml", by="admin"
    )
    assert (code, message in told) == (1, True), told


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("E4", "2026年3月", "立项日“2026年3月”只写到月"),
        ("F4", "5月上旬", "转入规划选址“5月上旬”不是确定的一天"),
        ("D4", "选址", "环节“选址”不在可选项里，是否为“规划选址”？"),
        ("D4", "办结", "“办结”是终结环节，只接管在办的"),
        ("G4", "大概有", "材料“选址论证报告”写了“大概有”"),
        ("C4", "约3亿", "总投资“约3亿”不是一个确定的数"),
        ("F4", "2026-02-01", "转入规划选址 2026-02-01 早于立项日 2026-03-02"),
    ],
)
def test_what_cannot_be_told_is_asked(office: Tiny, cell: str, value: str, message: str) -> None:
    """Cell by cell; nothing is proposed."""
    made = book(office.folder / "台账.xlsx", 台账=ROWS)
    made["台账"][cell] = value
    made.save(office.folder / "台账.xlsx")
    office.write("对照.yaml", MAP)
    code, told = office.fails(
        "takeover", "propose", "visit", "台账.xlsx", "--map", "对照.yaml", by="admin"
    )
    assert (code, message in told) == (1, True), told


def test_an_opening_says_nothing_of_states(office: Tiny) -> None:
    """The map of running cases opens none: what it names beside facts is no fact."""
    office.write("对照.yaml", MAP)
    code, told = office.fails(
        "open", "visit", "--from", "台账.xlsx", "--map", "对照.yaml", by="bureau01"
    )
    assert (code, "没有要素“环节”" in told) == (1, True), told


def test_a_map_is_read_or_proposed(office: Tiny) -> None:
    """Not both at once."""
    both = ("--map", "对照.yaml", "--propose-map", "另.yaml")
    office.write("对照.yaml", MAP)
    code, told = office.fails("takeover", "propose", "visit", "台账.xlsx", *both, by="admin")
    assert (code, "不能一起写" in told) == (2, True)
