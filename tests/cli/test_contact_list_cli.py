"""An office's contact list becomes a directory that a clerk corrects, and with which the office is
then founded.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from office_tables import WORKFLOW, book, contacts_by_sheets, contacts_in_one_list
from tiny_office import Tiny

from lifecycle import places


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a folder in which no office is founded yet, with one workflow shipped."""
    made = Tiny(tmp_path, monkeypatch)
    rules = tmp_path / "rules"
    (rules / "notices").mkdir(parents=True)
    (rules / "lead.yaml").write_text(WORKFLOW, encoding="utf-8")
    monkeypatch.setattr(places, "workflows", lambda: rules)
    monkeypatch.setattr(places, "notices", lambda: rules / "notices")
    return made


def test_one_list_becomes_a_directory(tiny: Tiny) -> None:
    """Units in merged cells, or left empty below the first, have their officers; a unit called like
    a role has its function, nobody has a role; telephones are in no line of the file.
    """
    contacts_in_one_list(tiny.folder / "通讯录.xlsx")
    told = tiny.do("init", "--from", "通讯录.xlsx", "--propose-map", "名册.yaml")
    assert told == (
        "已提出名册 名册.yaml，没有建库\n"
        "  单位 3 个，人员 5 名\n"
        "  没有保留的列：手机号码、备注\n"
        "  没有读的工作表：说明\n"
        "请核对、改正 名册.yaml（代码、职能、角色），然后建库：\n"
        "  lifecycle init --from 名册.yaml\n"
    )
    assert not tiny.path.exists()
    text = (tiny.folder / "名册.yaml").read_text("utf-8")
    assert text[text.index("office:") :] == (
        "office:\n"
        "  unit: bureau\n"
        "  title: 市招商局 # 本单位，请核对\n"
        "  functions: [bureau]\n"
        "  divisions: [{code: bureau-1, title: 项目科}] # 处室，leader 是分管领导\n"
        "  admin: {code: admin, title: 系统管理员}\n"
        "units:\n"
        "  - {code: land, title: 国土, functions: [land]}\n"
        "  - {code: u03, title: 市文旅公司, functions: []}\n"
        "officers:\n"
        "  # 市招商局\n"
        "  - {code: bureau01, title: 项目科科长, unit: bureau, division: bureau-1} # 甲一\n"
        "  - {code: bureau02, title: 项目科经办人, unit: bureau, division: bureau-1} # 甲二\n"
        "  # 国土\n"
        "  - {code: land01, title: 利用科科长, unit: land} # 乙一\n"
        "  - {code: land02, title: 科员, unit: land} # 乙二；单位空着，按上一行\n"
        "  # 市文旅公司\n"
        "  - {code: u0301, title: 总经理, unit: u03} # 丙一\n"
    )
    assert "139" not in text
    tiny.do("init", "--from", "名册.yaml")
    officers = tiny.asks("officer", "list")["officers"]
    assert [(one["officer"], one["title"]) for one in officers] == [
        ("admin", "系统管理员"),
        ("bureau01", "项目科科长"),
        ("bureau02", "项目科经办人"),
        ("land01", "利用科科长"),
        ("land02", "科员"),
        ("u0301", "总经理"),
    ]


def test_divisions_and_who_is_in_charge_of_them_are_read(tiny: Tiny) -> None:
    """A column of divisions, and one of those that a leader is in charge of: the directory has
    them, and the office that is founded with it.
    """
    book(
        tiny.folder / "通讯录.xlsx",
        通讯录=[
            ["单位", "处室", "姓名", "职务", "分管处室", "手机"],
            ["市招商局", None, "甲零", "副局长", "项目科、综 合科，法规科", "13900000000"],
            ["市招商局", "项目科", "甲一", "科长", None, "13900000001"],
            ["市招商局", "综合科", "甲二", "科员", None, "13900000002"],
            ["市招商局", "项目科", "甲三", "科员", None, "13900000003"],
            ["国土", "利用科", "乙一", "科长", None, "13900000004"],
        ],
    )
    tiny.do("init", "--from", "通讯录.xlsx", "--propose-map", "名册.yaml")
    text = (tiny.folder / "名册.yaml").read_text("utf-8")
    assert (
        "  divisions: [{code: bureau-1, title: 项目科, leader: bureau01}, "
        "{code: bureau-2, title: 综合科, leader: bureau01}] # 处室，leader 是分管领导\n"
    ) in text
    assert "functions: [land], divisions: [{code: land-1, title: 利用科}]}\n" in text
    assert "# 甲零；分管的“法规科”不在表里的处室中\n" in text
    assert "{code: bureau03, title: 综合科科员, unit: bureau, division: bureau-2} # 甲二\n" in text
    tiny.do("init", "--from", "名册.yaml")
    assert [
        (one["division"], one["leader"], one["officers"])
        for one in tiny.asks("division", "list")["divisions"]
    ] == [
        ("bureau-1", "bureau01", ["bureau02", "bureau04"]),
        ("bureau-2", "bureau01", ["bureau03"]),
        ("land-1", None, ["land01"]),
    ]
    assert tiny.asks("audit")["findings"] == []


def test_roles_come_only_from_what_is_decided(tiny: Tiny) -> None:
    """A file says which titles are which roles, in all units or in one, and the codes and functions
    of units; the proposal follows it.
    """
    contacts_by_sheets(tiny.folder / "通讯录.xlsx")
    tiny.write(
        "职务.yaml",
        "office: 国土\n"
        "units:\n"
        "  市文旅公司: {code: wenlv, functions: [业主单位]}\n"
        "duties:\n"
        "  科长: [land]\n"
        "  市招商局/科员: [bureau, auditor]\n"
        "  总经理: owner\n",
    )
    tiny.do("init", "--from", "通讯录.xlsx", "--propose-map", "名册.yaml", "--map", "职务.yaml")
    text = (tiny.folder / "名册.yaml").read_text("utf-8")
    assert text[text.index("office:") :] == (
        "office:\n"
        "  unit: land\n"
        "  title: 国土 # 本单位，请核对\n"
        "  functions: [land]\n"
        "  admin: {code: admin, title: 系统管理员}\n"
        "units:\n"
        "  - {code: bureau, title: 市招商局, functions: [bureau]}\n"
        "  - {code: wenlv, title: 市文旅公司, functions: [owner]}\n"
        "officers:\n"
        "  # 国土\n"
        "  - {code: land01, title: 科长, unit: land, roles: [land]} # 乙一\n"
        "  # 市招商局\n"
        "  - {code: bureau01, title: 局长, unit: bureau} # 甲一\n"
        "  - {code: bureau02, title: 科员, unit: bureau, roles: [bureau, auditor]} # 甲二\n"
        "  # 市文旅公司\n"
        "  - {code: wenlv01, title: 总经理, unit: wenlv, roles: [owner]} # 丙一\n"
    )
    tiny.do("init", "--from", "名册.yaml")


def test_faults_of_what_is_decided(tiny: Tiny) -> None:
    """Units, titles and roles that there are not, and codes that are none, are told at once."""
    contacts_by_sheets(tiny.folder / "通讯录.xlsx")
    tiny.write(
        "职务.yaml",
        "office: 国土局\nunits:\n  市文旅集团: {code: 文旅, functions: [onwer]}\n"
        "duties:\n  处长: [land]\n  科长: [lnd]\n",
    )
    code, told = tiny.fails(
        "init", "--from", "通讯录.xlsx", "--propose-map", "名册.yaml", "--map", "职务.yaml"
    )
    assert code == 1
    assert re.findall(r"(?m)^职务.yaml:(.*)$", told) == [
        "1:9: 错误：表里没有单位“国土局”",
        "3:3: 错误：表里没有单位“市文旅集团”",
        "3:17: 错误：单位代码“文旅”不合规",
        "3:33: 错误：没有角色“onwer”",
        "5:3: 错误：表里没有职务“处长”",
        "6:8: 错误：没有角色“lnd”",
    ]
    assert not (tiny.folder / "名册.yaml").exists()


def test_a_list_founds_no_office_by_itself(tiny: Tiny) -> None:
    """A table is proposed from, never founded with; what is no contact list is refused, and options
    that need one another are asked for together.
    """
    contacts_by_sheets(tiny.folder / "通讯录.xlsx")
    book(tiny.folder / "别.xlsx", 表=[["甲", "乙"], [1, 2]])
    assert tiny.fails("init", "--from", "通讯录.xlsx") == (
        1,
        (
            "通讯录.xlsx 是表格，不能直接建库\n"
            "  改法：先提出名册，核对、改正后再建库："
            "lifecycle init --from 通讯录.xlsx --propose-map 名册.yaml\n"
        ),
    )
    assert tiny.fails("init", "--from", "别.xlsx", "--propose-map", "名册.yaml") == (
        1,
        (
            "别.xlsx 里没有认得的通讯录\n"
            "  改法：表头要有 姓名 或 职务，单位写在“单位”列，或一个单位一张工作表\n"
        ),
    )
    assert tiny.fails("init", "--propose-map", "名册.yaml") == (
        2,
        "没有写是哪个通讯录\n  改法：加 --from 通讯录.xlsx\n",
    )
    assert tiny.fails("init", "--map", "职务.yaml") == (
        2,
        "--map 只在提出名册时用\n  改法：加 --propose-map 名册.yaml\n",
    )
    assert not tiny.path.exists()
