"""Tables as five offices keep them, each by another hand, written down so that they can be read;
and the workflow that their rows become cases of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

WORKFLOW = """\
workflow: lead
title: 招商项目
version: 1
basis: 招商办法 第2条
number: ZS-{year}-{serial:05}
subject: name
opened_by: [bureau]
roles:
  bureau: 市招商局
  land: 国土
  owner: {title: 业主单位, unit: owner_unit}
facts:
  name: {title: 项目名称, type: text, required: true, pattern: ".{2,60}"}
  area: {title: 属地, type: choice, required: true, choices: [莲都区, 龙泉市, 青田县, 丽水经开区]}
  investor: {title: 投资方, type: text, required: true}
  investment: {title: 总投资, type: money, unit: 万元, min: 0}
  fixed_assets: {title: 固定资产投资, type: money, unit: 万元, min: 0}
  land_mu: {title: 用地面积, type: decimal, unit: 亩, min: 0}
  land_m2: {title: 用地面积（平方米）, type: decimal, unit: 平方米, min: 0}
  density: {title: 建筑密度, type: decimal, min: 0, max: 1}
  people: {title: 用工人数, type: integer}
  signed_on: {title: 签约日期, type: date}
  foreign: {title: 是否外资, type: yesno}
  owner_unit: {title: 业主单位, type: unit}
  code: {title: 项目代码, type: text}
  kept_by: {title: 土地证号, type: text, by: land}
  deal_on: {title: 成交日, type: date}
states:
  talking: {title: 在谈, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: to_done, title: 办结, from: talking, to: done, by: bureau, asks: [deal_on]}
"""
PEOPLE = """
bureau 市招商局 bureau: bureau01
land 市自然资源局 land: land01
wenlv 市文旅公司 owner: wenlv01
"""


def book(path: Path, **sheets: Iterable[Sequence[Any]]) -> Workbook:
    """Start a workbook of these sheets; whoever asks saves it."""
    made = Workbook()
    first = made.active
    assert first is not None
    made.remove(first)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return made


def by_the_city(path: Path) -> None:
    """The city's: a title, a unit above the table, a heading of two rows, subtotals, captions of
    groups, a form not filled in, a note below; two sheets that are none.
    """
    rows: list[list[Any]] = [
        ["丽水市招商项目台账（2026年3月）"],
        ["填报单位：市招商局", None, None, None, None, "单位：万元"],
        ["序号", "项目名称", "县（市、区）", "投资情况", None, "用地面积(亩)", "投资主体", "备注"],
        [None, None, None, "总投资（亿元）", "固定资产投资"],
        ["一、文旅类"],
        [1, "剑瓷文化园", "龙泉", 1.2, "8,000", 42, "某文旅公司", "重点"],
        [2, "古堰康养园", "莲都区", "3.5亿", "约5000", "28000平方米", "某康养公司"],
        ["小计", None, None, 4.7],
        ["二、商贸类"],
        [3, "侨乡总部", "青田县", "待定", "/", "5公顷", "某侨商"],
        [4],
        [5],
        ["合　计", 3, None, 9],
        ["注：1.总投资含土地款"],
    ]
    made = book(path, 在谈项目=rows, 填表说明=[["请于每月5日前报"]], 空表=[])
    sheet = made["在谈项目"]
    for cells in ("A1:H1", "D3:E3", "A5:H5", "A9:H9", *(f"{c}3:{c}4" for c in "ABCFGH")):
        sheet.merge_cells(cells)
    made.save(path)


def by_the_counties(path: Path) -> None:
    """The counties': a sheet for each, called like it; true dates, an investor over three rows."""
    heading = ["项目", "投资商", "投资额（万元）", "签约时间", "是否外资"]
    made = book(
        path,
        龙泉市=[
            heading,
            ["青瓷小镇", "某瓷业公司", 12000, date(2026, 3, 1), "√"],
            ["青瓷客厅", None, 3000.5, date(2026, 3, 2), "×"],
            ["青瓷工坊", None, 1e3, date(2026, 3, 3), "否"],
        ],
        青田=[heading, ["侨乡石雕城", "某石雕公司", 9000, "2026年4月5日", "是"]],
    )
    made["龙泉市"].merge_cells("B2:B4")
    made.save(path)


def by_the_zone(path: Path) -> None:
    """The zone's: serial dates, amounts in yuan, a unit that only the format of the cells says, a
    month, a formula that failed, a code too long for a number.
    """
    heading = ["name", "属地", "投资方", "总投资（元）", "签约日期", "固定资产投资", "项目代码"]
    made = book(
        path,
        Sheet1=[
            heading,
            ["数字港", "丽水经开区", "某科技公司", 120000000, 46082, 1.5, "2603-331100-04-01-1"],
            ["云谷", "丽水", "某云公司", 5e7, date(2026, 5, 1), "#REF!", 260333110004015555],
        ],
    )
    sheet = made["Sheet1"]
    sheet["F2"].number_format = '0.0"亿元"'
    sheet["E3"].number_format = 'yyyy"年"m"月"'
    made.save(path)


def by_the_company(path: Path) -> None:
    """A company's: CSV in GBK with a title, full-width digits, the unit named by the directory, a
    total at the end.
    """
    path.write_bytes(
        (
            "某公司项目表,,,,,\r\n"
            "序号,项目名称,属地,投资方,总投资（万元）,业主单位\r\n"
            '１,滨江商街,莲都区,某商业公司,"１２，０００",市文旅公司\r\n'
            "２,滨江酒店,莲都区,〃,８０００,市文旅集团\r\n"
            ",合计,,,20000,\r\n"
        ).encode("gb18030")
    )


def by_an_old_hand(path: Path) -> None:
    """An old hand's: filtered rows, the heading again on the next page, one amount for two
    projects, the same project twice, a column that nobody named.
    """
    heading = ["序号", "项目名称", "属地", "投资方", "总投资(万元)"]
    made = book(
        path,
        台账=[
            heading,
            ["1", "竹海营地", "莲都区", "某营地公司", 6000, "已开工"],
            ["2", "竹海民宿", "莲都区", "某营地公司"],
            heading,
            ["3", "竹海 营地", "莲都区", "某营地公司", 6000],
        ],
    )
    sheet = made["台账"]
    sheet.merge_cells("E2:E3")
    sheet.row_dimensions[3].hidden = True
    made.save(path)


def contacts_in_one_list(path: Path) -> None:
    """A list of all: units in merged cells, one left empty, sections, telephones, a total."""
    made = book(
        path,
        通讯录=[
            ["5+x 成员单位通讯录"],
            ["序号", "单位", "科室", "姓名", "职务", "手机号码", "备注"],
            [1, "市招商局", "项目科", "甲一", "科长", "13900000001"],
            [2, None, "项目科", "甲二", None, "13900000002"],
            [3, "国土", None, "乙一", "利用科科长", "13900000003"],
            [4, None, None, "乙二", "科员", "13900000004"],
            [5, "市文旅公司", None, "丙一", "总经理", "13900000005", "兼"],
            ["合计", "5人"],
        ],
        说明=[["本表每季度更新"]],
    )
    sheet = made["通讯录"]
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("B3:B4")
    made.save(path)


def contacts_by_sheets(path: Path) -> None:
    """A sheet for each unit, and one in which units stand as captions between the rows."""
    heading = ["姓名", "职务", "办公电话"]
    book(
        path,
        市招商局=[heading, ["甲一", "局长", "2090001"], ["甲二", "科员", "2090002"]],
        其他单位=[
            heading,
            ["一、国土"],
            ["乙一", "科长", "2090003"],
            ["二、市文旅公司"],
            ["丙一", "总经理", "2090004"],
        ],
    )
