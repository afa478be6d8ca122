"""Tables as offices keep them become cases: a map is proposed, corrected by a clerk, and read; what
cannot be told is asked about, and nothing of it is guessed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from foreign_office import ForeignOffice
from office_tables import (
    PEOPLE,
    WORKFLOW,
    book,
    by_an_old_hand,
    by_the_city,
    by_the_company,
    by_the_counties,
    by_the_zone,
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ForeignOffice:
    """Give an office whose cases are leads."""
    return ForeignOffice(tmp_path, monkeypatch, WORKFLOW, PEOPLE)


def proposed(office: ForeignOffice, table: str) -> str:
    """Propose a map of a table and give it."""
    (office.folder / "map.yaml").unlink(missing_ok=True)
    office.do("open", "lead", "--from", table, "--propose-map", "map.yaml", by="bureau01")
    return (office.folder / "map.yaml").read_text("utf-8")


def mended(office: ForeignOffice, *changes: tuple[str, str]) -> None:
    """Correct the map as a clerk would: each text is there once and becomes another."""
    text = (office.folder / "map.yaml").read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1, (before, text)
        text = text.replace(before, after)
    office.write("map.yaml", text)


def asked(office: ForeignOffice, table: str) -> list[str]:
    """Read a table by its map, which must be refused; give what is asked, without the mends."""
    code, told = office.fails("open", "lead", "--from", table, "--map", "map.yaml", by="bureau01")
    assert code == 1
    assert len(office.asks("list")["cases"]) == 0, "nothing is recorded while something is asked"
    lines = told.splitlines()
    lines = lines[1:] if lines[0].startswith("有 ") else lines[:1]
    return [line.strip().partition("　改法")[0] for line in lines]


def opened(office: ForeignOffice, table: str) -> list[dict[str, object]]:
    """Read a table by its map and give the facts of each case."""
    before = len(office.asks("list")["cases"])
    answer = office.asks("open", "lead", "--from", table, "--map", "map.yaml", by="bureau01")
    numbers = [one["number"] for one in answer["results"]]
    assert len(office.asks("list")["cases"]) == before + len(numbers)
    return [office.asks("show", number)["case"]["facts"] for number in numbers]


def test_the_map_of_the_city_says_what_and_why(office: ForeignOffice) -> None:
    """A map names each sheet, the rows of its heading, each column with the reason, some values and
    the unit, and all that is left out with why; what must be decided stands there as a comment.
    """
    by_the_city(office.folder / "台账.xlsx")
    answer = office.asks(
        "open", "lead", "--from", "台账.xlsx", "--propose-map", "map.yaml", by="bureau01"
    )
    assert answer == {
        "ok": True,
        "map": "map.yaml",
        "sheets": ["在谈项目"],
        "rows": 3,
        "columns": [
            "在谈项目!B 项目名称 → 项目名称",
            "在谈项目!C 县（市、区） → 属地",
            "在谈项目!D 投资情况/总投资（亿元） → 总投资",
            "在谈项目!E 投资情况/固定资产投资 → 固定资产投资",
            "在谈项目!F 用地面积(亩) → 用地面积",
            "在谈项目!G 投资主体 → 投资方",
        ],
        "left_columns": ["在谈项目!A 序号", "在谈项目!H 备注"],
        "left_rows": [
            "在谈项目!5 一、文旅类",
            "在谈项目!8 小计",
            "在谈项目!9 二、商贸类",
            "在谈项目!13 合 计",
            "在谈项目!14 注：1.总投资含土地款",
        ],
        "left_sheets": ["填表说明", "空表"],
        "missing": [],
    }
    assert len(office.asks("list")["cases"]) == 0
    text = (office.folder / "map.yaml").read_text("utf-8")
    body = text[text.index("workflow:") :]
    assert body == CITY_MAP


CITY_MAP = """\
workflow: lead
sheets:
  - sheet: 在谈项目 # 3 行
    # 另有 2 行只有序号，不读
    head: [3, 4]
    columns:
      - column: B
        head: 项目名称
        fact: name # 项目名称。根据：列名就是要素的名称
        # 例：剑瓷文化园、古堰康养园、侨乡总部
      - column: C
        head: 县（市、区）
        fact: area # 属地。根据：各行的值是“属地”的可选项
        # 例：龙泉、莲都区、青田县
        values:
          龙泉: 龙泉市 # “属地”里只有它相近
      - column: D
        head: 投资情况/总投资（亿元）
        fact: investment # 总投资。根据：列名就是要素的名称
        unit: 亿元 # 表头写的单位
        # 例：1.2、3.5亿、待定
        # values:
          # 下面各值程序不猜，请写明是什么；
          # 去掉它前面的 #，连同 values: 前面的：
          # 待定: … # D10：总投资“待定”：还没有定，还是不用填
      - column: E
        head: 投资情况/固定资产投资
        fact: fixed_assets # 固定资产投资。根据：列名就是要素的名称
        unit: 万元 # 表上方写的单位
        # 例：8,000、约5000、/
        values:
          /: "" # 看作没有填
          # 下面各值程序不猜，请写明是什么；
          # 去掉它前面的 #，连同 values: 前面的：
          # 约5000: … # E7：固定资产投资“约5000”不是一个确定的数
      - column: F
        head: 用地面积(亩)
        fact: land_mu # 用地面积。根据：列名就是要素的名称
        unit: 亩 # 表头写的单位
        # 例：42、28000平方米、5公顷
      - column: G
        head: 投资主体
        fact: investor # 投资方。根据：“投资主体”是“投资方”的另一种说法
        # 例：某文旅公司、某康养公司、某侨商
    left_out: # 不读的列
      - {column: A, head: 序号, why: 序号}
      - {column: H, head: 备注, why: 没有相近的要素（例：重点）}
    skip: # 不读的行
      - {row: 5, text: 一、文旅类, why: 只有一格有字，像是分组的标题或说明}
      - {row: 8, text: 小计, why: 合计行}
      - {row: 9, text: 二、商贸类, why: 只有一格有字，像是分组的标题或说明}
      - {row: 13, text: 合 计, why: 合计行}
      - {row: 14, text: 注：1.总投资含土地款, why: 说明或落款}
left_sheets: # 不读的工作表
  - {sheet: 填表说明, why: 里没有认得的表头}
  - {sheet: 空表, why: 是空的}
"""


def test_the_city_is_asked_and_then_read(office: ForeignOffice) -> None:
    """What cannot be told is asked at once, each with its cell and how to mend it; with the clerk's
    decisions in the map it is read, each amount in the unit of its fact.
    """
    by_the_city(office.folder / "台账.xlsx")
    proposed(office, "台账.xlsx")
    assert office.fails(
        "open", "lead", "--from", "台账.xlsx", "--map", "map.yaml", by="bureau01"
    ) == (
        1,
        (
            "有 2 处填得不对：\n"
            "  在谈项目!E7: 固定资产投资“约5000”不是一个确定的数　"
            "改法：填准确的数，单位万元；改表，或在对照这一列写 values: {约5000: 值}\n"
            "  在谈项目!D10: 总投资“待定”：还没有定，还是不用填　"
            "改法：定了的填上，没有的空着；改表，或在对照这一列写 values: {待定: 值}\n"
        ),
    )
    mended(
        office,
        ("        # values:", "        values:"),
        ("# 待定: …", '待定: ""'),
        ("# 约5000: …", "约5000: 5000"),
    )
    trial = office.do(
        "open", "lead", "--from", "台账.xlsx", "--map", "map.yaml", "--dry-run", by="bureau01"
    )
    assert trial == (
        "有 9 个值不照原样读：\n"
        "  在谈项目!C6　属地“龙泉” → 龙泉市　（对照写明）\n"
        "  在谈项目!D6　总投资“1.2” → 12000 万元\n"
        "  在谈项目!E6　固定资产投资“8,000” → 8000 万元\n"
        "  在谈项目!D7　总投资“3.5亿” → 35000 万元\n"
        "  在谈项目!E7　固定资产投资“约5000” → 5000 万元　（对照写明）\n"
        "  在谈项目!F7　用地面积“28000平方米” → 42 亩\n"
        "  在谈项目!D10　总投资“待定” → 不填　（对照写明）\n"
        "  在谈项目!E10　固定资产投资“/” → 不填　（对照写明）\n"
        "  在谈项目!F10　用地面积“5公顷” → 75 亩\n"
        "✓ 台账.xlsx[在谈项目]:6　剑瓷文化园　可以办理（未写入），办后为“在谈”\n"
        "✓ 台账.xlsx[在谈项目]:7　古堰康养园　可以办理（未写入），办后为“在谈”\n"
        "✓ 台账.xlsx[在谈项目]:10　侨乡总部　可以办理（未写入），办后为“在谈”\n"
        "可以办理 3 件，未办理 0 件\n"
    )
    assert opened(office, "台账.xlsx") == [
        {
            "name": "剑瓷文化园",
            "area": "龙泉市",
            "investor": "某文旅公司",
            "investment": "12000",
            "fixed_assets": "8000",
            "land_mu": "42",
        },
        {
            "name": "古堰康养园",
            "area": "莲都区",
            "investor": "某康养公司",
            "investment": "35000",
            "fixed_assets": "5000",
            "land_mu": "42",
        },
        {"name": "侨乡总部", "area": "青田县", "investor": "某侨商", "land_mu": "75"},
    ]


def test_a_sheet_for_each_county(office: ForeignOffice) -> None:
    """Where sheets are called like a choice of a required fact, the map says it of all their rows;
    merged cells of a text are proposed for each of their rows; two heads for one thing are known.
    """
    by_the_counties(office.folder / "台账.xlsx")
    text = proposed(office, "台账.xlsx")
    assert re.findall(r"always:.*\n.*", text) == [
        "always: # 根据：工作表的名称\n      area: 龙泉市",
        "always: # 根据：工作表的名称\n      area: 青田县",
    ]
    assert "merged: each # 合并的格 B2:B4，各行都是它" in text
    facts = {"area": "龙泉市", "investor": "某瓷业公司"}
    assert opened(office, "台账.xlsx") == [
        facts
        | {"name": "青瓷小镇", "investment": "12000", "signed_on": "2026-03-01", "foreign": True},
        facts
        | {"name": "青瓷客厅", "investment": "3000.5", "signed_on": "2026-03-02", "foreign": False},
        facts
        | {"name": "青瓷工坊", "investment": "1000", "signed_on": "2026-03-03", "foreign": False},
        {
            "name": "侨乡石雕城",
            "area": "青田县",
            "investor": "某石雕公司",
            "investment": "9000",
            "signed_on": "2026-04-05",
            "foreign": True,
        },
    ]


def test_what_a_cell_shows_and_holds_differ(office: ForeignOffice) -> None:
    """A unit that only a format says, a month shown where a day is kept, a failed formula, digits
    that a spreadsheet lost, and a choice that a word may but need not mean are asked about.
    """
    by_the_zone(office.folder / "台账.xlsx")
    text = proposed(office, "台账.xlsx")
    assert "# 2026-05-01: … # E3：表里只显示到月，存的却是 2026-05-01，要写明哪一天\n" in text
    assert asked(office, "台账.xlsx") == [
        (
            "Sheet1!F2: 固定资产投资“1.5”：这一格存的是 1.5，单位“亿元”只在显示格式里，"
            "改成直接写出单位"
        ),
        "Sheet1!B3: 属地“丽水”不在可选项里，是否为“丽水经开区”？",
        "Sheet1!E3: 签约日期“2026-05-01”：表里只显示到月，存的却是 2026-05-01，要写明哪一天",
        "Sheet1!F3: 固定资产投资“#REF!”：公式出错，改正公式，或直接填值",
        (
            "Sheet1!G3: 项目代码“260333110004015616”："
            "表里的数只保留 15 位，后面的位数已经丢失；编码、证号要存成文本"
        ),
    ]


def test_csv_in_gbk(office: ForeignOffice) -> None:
    """A CSV of an old spreadsheet has a title and a total too; digits of any width, 〃 for what
    stands above, units as the directory calls them: one that it does not know is asked about.
    """
    by_the_company(office.folder / "台账.csv")
    proposed(office, "台账.csv")
    assert asked(office, "台账.csv") == ["表格!F4: 没有单位“市文旅集团”"]
    mended(
        office,
        (
            "        fact: owner_unit",
            "        values: {市文旅集团: 市文旅公司}\n        fact: owner_unit",
        ),
    )
    both = {"area": "莲都区", "investor": "某商业公司", "owner_unit": "wenlv"}
    assert opened(office, "台账.csv") == [
        both | {"name": "滨江商街", "investment": "12000"},
        both | {"name": "滨江酒店", "investment": "8000"},
    ]


def test_one_amount_for_two_and_one_name_twice(office: ForeignOffice) -> None:
    """An amount in merged cells is nobody's until it is said whose; two rows of one name are asked
    about, whatever blanks are in it; a heading repeated on the next page is no row.
    """
    by_an_old_hand(office.folder / "台账.xlsx")
    text = proposed(office, "台账.xlsx")
    assert "# 其中 1 行是隐藏的（多半是筛选），照样读；不要的写进 skip" in text
    assert '{column: F, head: "", why: 没有列名（例：已开工）}' in text
    assert "{row: 4, text: 序号, why: 表头重复}" in text
    assert asked(office, "台账.xlsx") == [
        "台账!E2: 总投资“6000”占着合并的格 E2:E3：各是这么多，还是一共这么多？",
        "台账!B5: “竹海 营地”与 台账!B2 同名，像是同一个项目",
    ]
    mended(
        office,
        ("        # merged: each", "        merged: each"),
        ("workflow: lead", "same_names: [竹海营地]\nworkflow: lead"),
    )
    assert [(one["name"], one["investment"]) for one in opened(office, "台账.xlsx")] == [
        ("竹海营地", "6000"),
        ("竹海民宿", "6000"),
        ("竹海 营地", "6000"),
    ]


def test_a_map_speaks_in_the_units_of_its_columns(office: ForeignOffice) -> None:
    """What a map says instead of a cell is read as if it stood there; what it says of all rows is
    in the unit of the fact. What can be no value is a fault of the map.
    """
    heading = ["项目名称", "属地", "总投资（亿元）"]
    book(office.folder / "台账.xlsx", 台账=[heading, ["竹海营地", "龙泉", "约1.2"]])
    text = proposed(office, "台账.xlsx")
    assert "# 立项必填、表里没有找到的要素：\n#   投资方（investor）\n" in text
    mended(
        office,
        ("        # values:", "        values:"),
        ("# 约1.2: …", "约1.2: 一亿"),
        (
            "    columns:",
            "    always: {投资方: 某公司, 用地面积: 2.8公顷, 用工人数: 几个}\n    columns:",
        ),
    )
    code, told = office.fails(
        "open", "lead", "--from", "台账.xlsx", "--map", "map.yaml", by="bureau01"
    )
    assert code == 1
    assert re.findall(r"(?m)^map.yaml:\d+:\d+: 错误：(.*)$", told) == [
        "用工人数“几个”看不出是多少",
        "总投资“一亿”看不出是多少",
    ]
    mended(office, ("约1.2: 一亿", "约1.2: 1.25"), (", 用工人数: 几个", ""))
    assert opened(office, "台账.xlsx") == [
        {
            "name": "竹海营地",
            "area": "龙泉市",
            "investment": "12500",
            "investor": "某公司",
            "land_mu": "42",
        }
    ]


def test_a_table_is_not_opened_twice(office: ForeignOffice) -> None:
    """A row that is called like a case that there is, is asked about; the same command sent again
    under its id opens nothing anew, and asks nothing.
    """
    heading = ["项目名称", "属地", "投资方"]
    book(office.folder / "台账.xlsx", 台账=[heading, ["竹海营地", "莲都区", "某公司"]])
    proposed(office, "台账.xlsx")
    command = ("open", "lead", "--from", "台账.xlsx", "--map", "map.yaml")
    first = office.asks(*command, "--request-id", "t-1", by="bureau01")
    again = office.asks(*command, "--request-id", "t-1", by="bureau01")
    assert [one["number"] for one in first["results"]] == ["ZS-2026-00001"]
    assert [(one["number"], one["repeated"]) for one in again["results"]] == [
        ("ZS-2026-00001", True)
    ]
    assert office.fails(*command, by="bureau01") == (
        1,
        (
            "台账!A2: “竹海营地”与 事项 ZS-2026-00001 同名，像是同一个项目\n"
            "  改法：是同一个的，只留一处；不是的，改得不同名，或在对照里写 same_names: [名称]\n"
        ),
    )


def test_what_the_opening_refuses_is_proposed_to_be_left_out(office: ForeignOffice) -> None:
    """A column that is a fact which this officer cannot enter when a case is opened is left out of
    the map, with the reason that the judge of openings gives.
    """
    heading = ["项目名称", "属地", "投资方", "成交日", "土地证号"]
    rows = [heading, ["竹海营地", "莲都区", "某公司", "2026.3.1", "浙0001"]]
    book(office.folder / "台账.xlsx", 台账=rows)
    text = proposed(office, "台账.xlsx")
    assert text[text.index("    left_out:") :] == (
        "    left_out: # 不读的列\n"
        "      - {column: D, head: 成交日, why: 像是“成交日”，成交日 随 “办结” 填报，立项时不填}\n"
        "      - {column: E, head: 土地证号, "
        "why: 像是“土地证号”，土地证号 由 国土 填，立项的人不能填}\n"
    )
    assert [one["name"] for one in opened(office, "台账.xlsx")] == ["竹海营地"]


def test_a_total_is_never_a_case(office: ForeignOffice) -> None:
    """A total that the map does not leave out, as in a row added later, is asked about; so is a row
    that has nothing in the columns that are read.
    """
    rows = [["项目名称", "属地", "投资方", "备注"], ["竹海营地", "莲都区", "某公司"]]
    book(office.folder / "台账.xlsx", 台账=rows)
    proposed(office, "台账.xlsx")
    book(
        office.folder / "台账.xlsx",
        台账=[*rows, ["莲都区小计", "莲都区", "1个"], [None, None, None, "见附件"]],
    )
    assert asked(office, "台账.xlsx") == [
        "台账!A3: 像是合计行，不能立项",
        "台账!A4: “见附件”这一行在要读的各列里没有内容",
    ]


def test_faults_of_a_map_are_told_like_those_of_yaml(office: ForeignOffice) -> None:
    """Every fault of a map is told at once with its line and column: names that there are not,
    heads and rows that are not what the map says, columns and sheets that it forgets.
    """
    by_the_city(office.folder / "台账.xlsx")
    office.write(
        "map.yaml",
        """\
workflow: leads
sheets:
  - sheet: 在谈项目
    head: [3, 4]
    colums: []
    columns:
      - {column: B, head: 项目, fact: nam}
      - {column: D, head: 投资情况/总投资（亿元）, fact: investment, unit: 亩}
      - {column: E, head: 投资情况/固定资产投资, fact: investment, values: {约5000: }}
      - {column: Z, head: 项目, fact: name}
      - {column: F, head: 用地面积(亩), fact: land_mu, merged: all}
    skip:
      - {row: 8, text: 合计, why: 合计行}
  - sheet: 在谈
    head: 表头
    columns: []
left_sheets:
  - {sheet: 空表}
""",
    )
    code, told = office.fails(
        "open", "lead", "--from", "台账.xlsx", "--map", "map.yaml", by="bureau01"
    )
    assert code == 1
    assert re.findall(r"(?m)^map.yaml:(\d+:\d+: 错误：.*)$", told) == [
        "1:1: 错误：台账.xlsx 有工作表“填表说明”，对照没有写",
        "1:11: 错误：这份对照是给流程 leads 的，这里办的是 lead",
        "3:5: 错误：“在谈项目”的 A 列“序号”对照没有写",
        "3:5: 错误：“在谈项目”的 C 列“县（市、区）”对照没有写",
        "3:5: 错误：“在谈项目”的 G 列“投资主体”对照没有写",
        "3:5: 错误：“在谈项目”的 H 列“备注”对照没有写",
        "5:5: 错误：第 1 张表有不认识的键 “colums”",
        "7:27: 错误：B 列的列名是“项目名称”，对照写的是“项目”",
        "7:37: 错误：没有要素“nam”",
        "8:65: 错误：总投资单位是万元，“亩”换算不过去",
        "9:46: 错误：总投资（investment）写了两次，第 8 行已有",
        "9:67: 错误：“约5000”后面没有写是什么",
        "10:18: 错误：表里 Z 列没有列名，也没有内容",
        "11:59: 错误：第 1 张表的第 5 列的 merged 不能是 “all”",
        "13:24: 错误：“在谈项目”第 8 行开头是“小计”，对照写的是“合计”",
        "14:12: 错误：台账.xlsx 没有看得见的工作表“在谈”",
        "15:11: 错误：第 2 张表的 head “表头” 不是行号",
    ]


def test_files_that_are_no_table_to_read(office: ForeignOffice) -> None:
    """An old or encrypted workbook, an empty one, one without a heading that is known, and YAML are
    refused with one message that says what to do; no map is written then, and none is ever
    replaced.
    """
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    office.write("旧.xls", ole)
    office.write("密.xlsx", ole + "EncryptedPackage".encode("utf-16-le"))
    book(office.folder / "空.xlsx", 台账=[])
    book(office.folder / "别.xlsx", 名单=[["甲", "乙"], ["1", "2"]], 头=[["项目名称", "属地", "x"]])
    office.write("a.yaml", "- name: 竹海\n")
    propose = ("--propose-map", "map.yaml")
    told = {
        name: office.fails("open", "lead", "--from", name, *propose, by="bureau01")
        for name in ("旧.xls", "密.xlsx", "空.xlsx", "别.xlsx", "a.yaml")
    }
    mend = "  改法：核对选的文件和流程；表头写要素的名称，如 项目名称、总投资（万元）\n"
    assert told == {
        "旧.xls": (
            1,
            "旧.xls 是旧的 .xls 格式\n  改法：在 Excel 或 WPS 中另存为 .xlsx，再试一次\n",
        ),
        "密.xlsx": (
            1,
            "密.xlsx 加了密码，打不开\n  改法：在 Excel 或 WPS 中打开，取消密码后另存，再试一次\n",
        ),
        "空.xlsx": (1, f"空.xlsx 里没有能读的表：“台账”是空的\n{mend}"),
        "别.xlsx": (
            1,
            f"别.xlsx 里没有能读的表：“名单”里没有认得的表头；“头”只有表头，没有内容\n{mend}",
        ),
        "a.yaml": (
            1,
            (
                "a.yaml 是 YAML，不是表格\n"
                "  改法：对照用于 XLSX、CSV；YAML 的键写要素的标识或名称，直接读\n"
            ),
        ),
    }
    assert not (office.folder / "map.yaml").exists()
    by_the_city(office.folder / "台账.xlsx")
    mine = proposed(office, "台账.xlsx")
    assert office.fails("open", "lead", "--from", "台账.xlsx", *propose, by="bureau01") == (
        1,
        "map.yaml 已存在，不会覆盖\n  改法：请换一个文件名\n",
    )
    assert (office.folder / "map.yaml").read_text("utf-8") == mine


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_long_table(office: ForeignOffice, count: int) -> None:
    """A sheet of ten thousand rows is proposed and read; of ten thousand questions the first two
    hundred are told, and how many more there are.
    """
    heading = ["序号", "项目名称", "属地", "投资方", "总投资（万元）"]
    rows = [[n, f"项目{n:05}号", "龙泉", "某公司", f"约{n}"] for n in range(1, count + 1)]
    book(office.folder / "台账.xlsx", 台账=[heading, *rows])
    text = proposed(office, "台账.xlsx")
    assert f"  - sheet: 台账 # {count} 行" in text
    assert f"# …… 另有 {count - 60} 种，试读时逐格列出" in text
    told = asked(office, "台账.xlsx")
    assert len(told) == 201
    assert told[0] == "台账!E2: 总投资“约1”不是一个确定的数"
    assert told[200] == f"另有 {count - 200} 处，改好以上各处再看"


@pytest.mark.parametrize("words", [("--map", "x.yaml"), ("--propose-map", "x.yaml")])
def test_a_map_needs_a_table(office: ForeignOffice, words: tuple[str, str]) -> None:
    """Both options speak of the table that `--from` names."""
    assert office.fails("open", "lead", *words, by="bureau01") == (
        2,
        "没有写是哪个表格\n  改法：加 --from 文件.xlsx\n",
    )
