"""Facts that are tables: entered by rows, judged whole, read by conditions and letters, told by
what changed.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.exchange.tables import read_rows

TWO = "选址方案|国土局|10；供地方案|gt|35|2026-09-01|审议|龙泉|是"
TYPED: list[dict[str, Any]] = [
    {"topic": "选址方案", "unit": "gt", "cost": "10"},
    {
        "topic": "供地方案",
        "unit": "gt",
        "cost": "35",
        "on": "2026-09-01",
        "kind": "审议",
        "area": "龙泉市",
        "urgent": True,
    },
]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office whose meetings have an agenda."""
    return LinkedOffice(tmp_path, monkeypatch, home, "tabled")


def opened(office: LinkedOffice, agenda: str = "") -> str:
    """Open a meeting, and give its number."""
    sets = ("--set", f"agenda={agenda}") if agenda else ()
    return office.do("open", "meeting", "--set", "name=九月会商", *sets, by="b1").strip()


def agenda(office: LinkedOffice, number: str) -> list[dict[str, Any]]:
    """Give the rows of a case's agenda as recorded."""
    found: list[dict[str, Any]] = office.asks("show", number, by="b1")["case"]["facts"]["agenda"]
    return found


@pytest.mark.parametrize("how", ["line", "lines", "csv", "xlsx", "json"])
def test_a_table_is_entered_in_many_ways(office: LinkedOffice, how: str) -> None:
    """On one line, a row at a time, out of a file under its heads, as JSON: the same is recorded,
    units by code and choices by their own names.
    """
    number = opened(office)
    heads = "序号,议题,汇报单位,金额（万元）,on,类别,属地,急件\n"
    text = f"{heads}1,选址方案,国土局,10,,,,\n2,供地方案,gt,35.0,2026/9/1,审议,LQ,是\n"
    first, second = TWO.split("；")
    if how == "csv":
        words = [f"agenda=@{office.write('rows.csv', text)}"]
    elif how == "xlsx":
        from openpyxl import Workbook

        book = Workbook()
        for line in text.splitlines():
            book.active.append(line.split(","))  # type: ignore[union-attr]
        book.save(office.folder / "rows.xlsx")
        words = ["议程=@rows.xlsx"]
    else:
        said = [{"议题": "选址方案", "unit": "国土局", "cost": 10}, {**TYPED[1], "urgent": True}]
        written = {
            "line": [f"agenda={TWO}"],
            "lines": [f"agenda={first}", f"agenda={second}"],
            "json": [f"agenda={json.dumps(said, ensure_ascii=False)}"],
        }
        words = written[how]
    office.do("set", number, *words, by="b1")
    assert agenda(office, number) == TYPED
    assert "没有变化" in office.do("set", number, *words, by="b1")
    assert office.findings() == []


def test_all_faults_are_told_at_once_by_row_and_column(office: LinkedOffice) -> None:
    """A head that means no column, cells that cannot be, cells that are missing; nothing is
    recorded.
    """
    number = opened(office)
    rows = "议题,单位,金额,类别,属地\n选址方案,国土局,abc,,\n,,-5,审核,剑池市\n一,,1,,\n"
    office.write("rows.csv", rows)
    _, told = office.fails("set", number, "agenda=@rows.csv", "name=", by="b1")
    assert [line.strip().split("　改法：")[0] for line in told.splitlines()[1:]] == [
        "议程没有“单位”这一列",
        "议程 第 1 行（rows.csv:2）“金额”：金额“abc”不是数",
        "议程 第 2 行（rows.csv:3）“金额”：金额 -5 万元不能小于 0 万元",
        "议程 第 2 行（rows.csv:3）“类别”：类别不能是“审核”",
        "议程 第 2 行（rows.csv:3）“属地”：属地不能是“剑池市”，选项表“市县区”里没有",
        "议程 第 2 行（rows.csv:3）缺 议题",
        "议程 第 3 行（rows.csv:4）“议题”：议题“一”不合规定的写法",
        "名称（name）不能为空",
    ]
    assert "agenda" not in office.asks("show", number, by="b1")["case"]["facts"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("无", "议程（agenda）只有 0 行，至少 1 行"),
        (
            "甲甲|gt|1|2026-09-01|审议|龙泉|是|多",
            "议程“甲甲|gt|1|2026-09-01|审议|龙泉|是|多”有 8 格，表只有 7 列",
        ),
        ("[{]", "议程不是完好的 JSON"),
        ('["甲"]', "议程第 1 项不是一行"),
        ('[{"topic": ["甲"]}]', "议程第 1 行有一格不是文字、数或是否"),
        ('[{"topic": "甲甲", "议题": "乙乙"}]', "议程 第 1 行“议题”写了两次"),
        ("；".join(["议题甲"] * 31), "议程（agenda）有 31 行，最多 30 行"),
        ("；".join(["题" * 1000] * 10), "议程太大：10 行共 30131 字节，最多 28672"),
        ("@no.csv", "没有文件 no.csv"),
    ],
)
def test_what_is_no_table_is_refused(office: LinkedOffice, written: str, said: str) -> None:
    """With what is wrong: too few, too many, too large, not to be read."""
    _, told = office.fails("set", opened(office), f"agenda={written}", by="b1")
    assert said in told


def test_a_file_of_ten_thousand_rows_is_refused_at_once(office: LinkedOffice) -> None:
    """In one message; no more of it is read than shows that it is too long."""
    number = opened(office)
    office.write("rows.csv", "议题,金额\n" + "甲,abc\n" * 10_000)
    began = time.perf_counter()
    _, told = office.fails("set", number, "agenda=@rows.csv", by="b1")
    assert told.startswith("议程（agenda）有 30 行以上，最多 30 行")
    assert len(told.splitlines()) <= 2
    assert time.perf_counter() - began < 5


def test_the_judge_sees_each_cell(office: LinkedOffice) -> None:
    """A day that is still to come is refused by its column; the list is pinned by the column that
    chose from it.
    """
    number = opened(office)
    told = office.refusal("set", number, "agenda=甲甲||| 2026-09-08；乙乙|||||龙泉", by="b1")
    assert told == ["要素 议程 的 提交日期 2026-09-08，最迟 2026-09-07（不能填办理之日以后的日子）"]
    office.do("set", number, f"agenda={TWO}", by="b1")
    last = office.asks("log", number, by="b1")["entries"][-1]
    pins = [inputs for kind, inputs in last["gates"] if kind == "list"]
    assert [(one["fact"], one["column"]) for one in pins] == [("agenda", "area")]
    assert office.findings() == []


def test_conditions_and_settings_read_a_table(office: LinkedOffice) -> None:
    """Counts, sums and ranks over a column, told with its title and its unit; an entry names the
    rows that it read by their digest.
    """
    number = opened(office, "选址方案||10；供地方案||95")
    assert office.refusal("advance", number, "hold", by="b1") == [
        "条件 议程的金额合计 为 105 万元，至多 100 万元（超过 100 万元的另议）"
    ]
    office.do("set", number, "agenda=选址方案||10", by="b1")
    assert office.refusal("advance", number, "hold", by="b1") == [
        "条件 议程的行数 为 1，至少 2（议题太少）"
    ]
    office.do("set", number, f"agenda={TWO}", by="b1")
    office.do("advance", number, "hold", by="b1")
    assert office.asks("show", number, by="b1")["case"]["facts"]["score"] == 2
    gates = office.asks("log", number, by="b1")["entries"][-1]["gates"]
    read = [inputs["agenda"] for _kind, inputs in gates if "agenda" in inputs]
    assert {json.dumps(one) for one in read} == {json.dumps(read[0])}
    assert (read[0]["rows"], len(read[0]["sha256"])) == (2, 64)
    assert office.findings() == []


def test_a_missing_cell_stops_a_sum(office: LinkedOffice) -> None:
    """What is not filled is not zero: the condition cannot be worked out."""
    number = opened(office, "选址方案||10；供地方案")
    told = office.refusal("advance", number, "hold", by="b1")
    assert any("缺" in line or "未填" in line for line in told), told


def test_a_change_is_told_by_the_rows_that_changed(office: LinkedOffice) -> None:
    """Cells as old and new, rows that came and went; a step that read the table makes of a change a
    correction, as of any fact.
    """
    number = opened(office, TWO)
    said = office.do("set", number, "agenda=选址方案|gt|12；土地方案；供地方案", by="b1")
    assert "第 1 行 金额 10 万元 → 12 万元，" in said
    assert "供地方案" in said
    office.do("set", number, f"agenda={TWO}", by="b1")
    office.do("advance", number, "hold", by="b1")
    assert office.refusal("set", number, "agenda=选址方案||1；供地方案||2", by="b1")
    change = TWO.replace("方案|国土局|10", "方案|国土局|15")
    office.do("correct", number, f"agenda={change}", "--note", "报告有误", by="b1")
    place = office.asks("log", number, by="b1")["entries"][-1]["intent"]["seq"]
    office.do("confirm", number, str(place), "--note", "属实", by="b2")
    assert agenda(office, number)[0]["cost"] == "15"
    assert "第 1 行 金额 10 万元 → 15 万元" in office.do("log", number, by="b1")
    assert office.findings() == []


def test_a_table_is_shown_and_written_as_one(office: LinkedOffice) -> None:
    """Columns below their heads; what is written to a file can be entered as it is."""
    number = opened(office, TWO)
    shown = office.do("show", number, "--full", by="b1").splitlines()
    start = shown.index("议程（2 行）")
    assert [line.split() for line in shown[start + 1 : start + 4]] == [
        ["议题", "汇报单位", "金额", "提交日期", "类别", "属地", "急件"],
        ["选址方案", "国土局", "10", "万元"],
        ["供地方案", "国土局", "35", "万元", "2026-09-01", "审议", "龙泉市", "是"],
    ]
    for name in ("rows.xlsx", "rows.csv"):
        office.do("show", number, "--table", "议程", "-o", name, by="b1")
        first = next(iter(read_rows(office.folder / name)))
        assert first.values == {"议题": "选址方案", "汇报单位": "国土局", "金额（万元）": "10"}
        assert "没有变化" in office.do("set", number, f"agenda=@{name}", by="b1")
    assert "不是表格" in office.fails("show", number, "--table", "name", "-o", "a.csv", by="b1")[1]
    assert "一起写" in office.fails("show", number, "--table", "agenda", by="b1")[1]


def test_a_letter_goes_through_the_rows(office: LinkedOffice) -> None:
    """Units by their names, and what is not filled as the template provides."""
    number = opened(office, f"{TWO}；三方案||5")
    office.do("advance", number, "hold", by="b1")
    (letter,) = office.asks("notice", "list", number, by="b1")["letters"]
    text = office.do("notice", "show", number, letter["name"], by="b1")
    joined = "".join(text.split())
    assert "议题共3项，金额合计50万元。" in joined
    assert "1．选址方案（国土局，10万元）。" in joined
    assert "3．三方案（未定，5万元）。" in joined
    assert office.findings() == []
