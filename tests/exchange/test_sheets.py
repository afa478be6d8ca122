"""Values as people write them are read exactly or not at all; headings are found wherever they
stand; and what is written into a map is read from it again.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_tables import WORKFLOW, book

from lifecycle.errors import InvalidError, WorkflowError
from lifecycle.exchange.sheets.figures import (
    like_choice,
    perhaps_choice,
    plain_decimal_of,
    read_figure,
)
from lifecycle.exchange.sheets.grid import Grid, Merge, read_sheets
from lifecycle.exchange.sheets.layout import HeadColumn, find_table, unit_in
from lifecycle.exchange.sheets.matching import match_columns
from lifecycle.exchange.sheets.words import FILE, sheet_words
from lifecycle.workflow.reader import read_workflow
from lifecycle.workflow.yaml.tree import Scalar, read_tree
from lifecycle.workflow.yaml.writing import write_text

FACTS = read_workflow(WORKFLOW.encode(), "lead", checked=False).facts
EPOCH = date(1899, 12, 30)


@pytest.mark.parametrize(
    ("fact", "text", "unit", "read"),
    [
        ("investment", "35,000", "", "35000"),
        ("investment", "35，000.50", "万元", "35000.5"),
        ("investment", "３５０００", "", "35000"),
        ("investment", "3.5亿", "万元", "35000"),
        ("investment", "3.5亿", "", "35000"),
        ("investment", "1.2亿元", "亿元", "12000"),
        ("investment", "1.2", "亿元", "12000"),
        ("investment", "3千万", "亿元", "3000"),
        ("investment", "5000（万元）", "亿元", "5000"),
        ("investment", "1元", "", "0.0001"),
        ("land_mu", "28000㎡", "", "42"),
        ("land_mu", "2.8", "公顷", "42"),
        ("land_mu", "1.2万", "亩", "12000"),
        ("land_m2", "3.5万", "", "35000"),
        ("land_m2", "3.5", "万平方米", "35000"),
        ("land_m2", "42 亩", "", "28000"),
        ("density", "35%", "", "0.35"),
        ("people", "1.2万人", "", "12000"),
        ("people", "120", "人", "120"),
        ("signed_on", "2026.3.1", "", "2026-03-01"),
        ("signed_on", "2026年3月1日", "", "2026-03-01"),
        ("signed_on", "2026/3/1", "", "2026-03-01"),
        ("signed_on", "２０２６－３－１", "", "2026-03-01"),
        ("signed_on", "2026-03-01 08:30:00", "", "2026-03-01"),
        ("signed_on", "20260301", "", "2026-03-01"),
        ("signed_on", "46082", "", "2026-03-01"),
        ("foreign", "√", "", "是"),
        ("foreign", "×", "", "否"),
        ("area", "龙泉", "", "龙泉市"),
        ("area", " 龙 泉 市", "", "龙泉市"),
        ("name", "3.5亿工程", "", "3.5亿工程"),
    ],
)
def test_figures_are_read(fact: str, text: str, unit: str, read: str) -> None:
    """Numbers with their units, days, yes and no, and choices are read as people write them."""
    assert read_figure(FACTS[fact], text, unit, EPOCH) == read


@pytest.mark.parametrize(
    ("fact", "text", "unit", "told"),
    [
        ("investment", "约5000", "", "总投资“约5000”不是一个确定的数"),
        ("investment", "5000左右", "", "总投资“5000左右”不是一个确定的数"),
        ("investment", "3000-5000", "", "总投资“3000-5000”不是一个确定的数"),
        ("investment", "5000+", "", "总投资“5000+”不是一个确定的数"),
        ("investment", "3,50", "", "总投资“3,50”看不出是多少"),
        ("investment", "五千万", "", "总投资“五千万”看不出是多少"),
        ("investment", "待定", "", "总投资“待定”：还没有定，还是不用填"),
        ("investment", "500万美元", "", "总投资“500万美元”的单位“万美元”换算不成万元"),
        ("investment", "50亩", "", "总投资“50亩”的单位“亩”换算不成万元"),
        ("investment", "35%", "", "总投资“35%”是百分数，这里要填万元"),
        (
            "land_m2",
            "50亩",
            "",
            "用地面积（平方米）“50亩”换算成平方米除不尽（约 33333.3333）",
        ),
        (
            "land_m2",
            "50",
            "亩",
            "用地面积（平方米）“50”（亩）换算成平方米除不尽（约 33333.3333）",
        ),
        ("people", "120元", "", "用工人数“120元”的单位“元”换算不成没有单位的数"),
        ("signed_on", "2026年初", "", "签约日期“2026年初”不是确定的一天"),
        ("signed_on", "2026.3", "", "签约日期“2026.3”只写到月"),
        ("signed_on", "26.3.1", "", "签约日期“26.3.1”不是有效日期"),
        ("signed_on", "2026.2.30", "", "签约日期“2026.2.30”不是有效日期"),
        ("signed_on", "99999", "", "签约日期“99999”不是有效日期"),
        ("area", "丽水", "", "属地“丽水”不在可选项里，是否为“丽水经开区”？"),
        ("name", "待定", "", "项目名称“待定”：还没有定，还是不用填"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(fact: str, text: str, unit: str, told: str) -> None:
    """Estimates, ranges, months, other currencies, and what has no last digit are refused."""
    with pytest.raises(InvalidError) as caught:
        read_figure(FACTS[fact], text, unit, EPOCH)
    assert caught.value.message == told
    assert caught.value.mend


def test_serial_dates_count_from_the_days_of_their_table() -> None:
    """Workbooks of old Macintoshes count from 1904."""
    assert read_figure(FACTS["signed_on"], "44620", "", date(1904, 1, 1)) == "2026-03-01"


def test_a_word_between_two_choices_is_neither() -> None:
    """Likeness counts only where it leads to one choice."""
    fact = dataclasses.replace(FACTS["area"], choices=("龙泉市", "龙泉县", "青田县"))
    assert (like_choice(fact, "龙泉"), perhaps_choice(fact, "龙泉")) == (None, None)
    assert (like_choice(fact, "青田"), like_choice(fact, "青")) == ("青田县", None)
    assert perhaps_choice(fact, "浙江青田县") == "青田县"


@given(
    st.decimals("0", "1e12", places=6), st.sampled_from(["元", "千元", "万元", "千万元", "亿元"])
)
def test_money_is_converted_exactly(number: object, unit: str) -> None:
    """What an amount is worth does not change with the unit it is written in."""
    read = read_figure(FACTS["investment"], f"{number:f}{unit}", "", EPOCH)
    measure = sheet_words().measure(unit)
    assert measure is not None
    assert Fraction(read) * 10_000 == Fraction(str(number)) * measure.size
    assert plain_decimal_of(Fraction(read)) == read


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("总投资（万元）", "万元"),
        ("用地面积(亩)", "亩"),
        ("投资额（单位：亿元）", "亿元"),
        ("用地（含代征）（公顷）", "公顷"),
        ("县（市、区）", ""),
        ("总投资", ""),
        ("密度（%）", "%"),
    ],
)
def test_units_in_heads(head: str, unit: str) -> None:
    """A head names its unit in brackets; what else stands in brackets is none."""
    assert unit_in(head) == unit


def rows_of(text: str) -> dict[int, tuple[str, ...]]:
    """Write the rows of a grid as lines of cells between bars."""
    lines = text.strip().splitlines()
    return {n: tuple(c.strip() for c in line.split("|")) for n, line in enumerate(lines, 1)}


def test_a_heading_is_found_below_titles() -> None:
    """The row with most known heads is the heading, whatever stands above it; a head over several
    columns has others below it, also where nothing else is merged.
    """
    rows = rows_of("""
        某市项目表
        说明：名称以批文为准
        序号 | 名称 | 投资 |      | 备注
             |      | 总   | 其中 |
        1    | 甲   | 5    | 3    |
    """)
    grid = Grid("表", rows, (Merge(3, 2, 3, 3),))
    table = find_table(grid, lambda head: head in ("名称", "总"))
    assert table is not None
    assert (table.head, table.rows) == ((3, 4), (5,))
    assert [column.text for column in table.columns] == [
        "序号",
        "名称",
        "投资/总",
        "投资/其中",
        "备注",
    ]
    assert find_table(grid, lambda _head: False) is not None, "序号 is known by itself"
    assert find_table(Grid("表", rows_of("甲 | 乙\n1 | 2")), lambda _head: False) is None


def test_a_project_whose_name_begins_like_a_total_is_none() -> None:
    """总计划展示中心 is no total; 龙泉市小计, 合计（3个） and 合　计 are."""
    rows = rows_of("""
        名称 | 投资
        总计划展示中心 | 5
        龙泉市小计 | 5
        合计（3个） | 5
        合　计 | 5
    """)
    table = find_table(Grid("表", rows), lambda head: head in ("名称", "投资"))
    assert table is not None
    assert table.rows == (2,)
    assert [left.why for left in table.left_out] == ["合计行"] * 3


@given(st.text(max_size=40))
def test_what_is_written_into_a_map_is_read_again(text: str) -> None:
    """Any text that YAML can hold is written so that it is read as the same text, as a value within
    braces, too.
    """
    tree = read_tree(f"a: {{b: {write_text(text)}}}\n", "map.yaml")
    if tree.root is None or tree.problems:
        assert any(not char.isprintable() for char in text)
        return
    inner = tree.root.pairs["a"][1]
    value = inner.pairs["b"][1]  # type: ignore[union-attr]
    assert isinstance(value, Scalar)
    assert (value.value, value.empty) == (text, False)


def test_the_words_are_judged(tmp_path: Path) -> None:
    """A fault in the file of words is told with its place."""
    path = tmp_path / "words.yaml"
    path.write_text(FILE.read_text("utf-8").replace("is: 2000/3", "is: 三分之二"), "utf-8")
    with pytest.raises(WorkflowError) as caught:
        sheet_words(path)
    assert [problem.message for problem in caught.value.problems] == ["“三分之二” 不是数"]


def test_a_head_is_first_the_fact_that_is_called_just_so() -> None:
    """用地面积（平方米） is the fact of that title, 用地面积（亩） the one without brackets; a head
    over another may be part of the name.
    """
    paths = [("用地面积（平方米）",), ("用地面积（亩）",), ("项目", "名称"), ("用工", "人数")]
    columns = [HeadColumn(index, path) for index, path in enumerate(paths)]
    found = match_columns(columns, list(FACTS.values()), {}, EPOCH)
    assert {index: match.fact.name for index, match in found.items()} == {
        0: "land_m2",
        1: "land_mu",
        2: "name",
        3: "people",
    }


def test_rows_that_are_no_item() -> None:
    """A caption with its Chinese number, a note and whoever filled in the form are left out; a row
    that has only its number and a name is an item, and so is one that begins with 负责人.
    """
    rows = rows_of("""
        序号 | 名称 | 投资 | 备注
        一   | 在谈
        1    | 甲
        2    | 乙   | 5
        备注：以协议为准
        注1. 含税
        填表人：张三 | | 审核人：李四 | 电话：2
        负责人 | 丙 | 6
        序号 | 名称 | 投资 | 备注
    """)
    table = find_table(Grid("表", rows), lambda head: head in ("名称", "投资"))
    assert table is not None
    assert table.rows == (3, 4, 8)
    assert [(left.row, left.why) for left in table.left_out] == [
        (2, "只有编次和一格有字，像是分组的标题"),
        (5, "说明或落款"),
        (6, "说明或落款"),
        (7, "说明或落款"),
        (9, "表头重复"),
    ]


def test_a_formula_without_its_value_is_a_question(tmp_path: Path) -> None:
    """A workbook that was never calculated has no values: each such cell is one of its own."""
    book(tmp_path / "a.xlsx", 表=[["项目名称", "总投资"], ["甲园", "=1+1"], ["乙园", "=1+1"]])
    grid = read_sheets(tmp_path / "a.xlsx").grids[0]
    assert (grid.text(2, 1), grid.text(3, 1)) == ("（公式 B2）", "（公式 B3）")
    assert dict(grid.doubts) == dict.fromkeys(
        [(2, 1), (3, 1)], "公式没有算出的值，用 Excel 或 WPS 打开并保存一次"
    )


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    """They are named, so that a map can say so."""
    from openpyxl import Workbook

    made = Workbook()
    made.create_sheet("底稿").append(["甲"])
    made["底稿"].sheet_state = "hidden"
    made.save(tmp_path / "a.xlsx")
    found = read_sheets(tmp_path / "a.xlsx")
    assert ([grid.title for grid in found.grids], found.hidden) == (["Sheet"], ("底稿",))
