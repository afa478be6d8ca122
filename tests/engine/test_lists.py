"""Facts that are lists: every way of entering one keeps what was entered, in order and as often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tiny_office import Tiny

WORKFLOW = """
workflow: grant
title: 资金拨付
version: 1
basis: 测试
number: ZJ-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 市招商局}
facts:
  name: {title: 名称, type: text, required: true}
  payments: {title: 各期拨付, type: list, of: money, unit: 万元, min: 0}
  decisions: {title: 议定事项, type: list}
  days: {title: 拨付日, type: list, of: date}
  kinds: {title: 类别, type: list, of: choice, choices: [康养, 文化、旅游, 总部]}
  codes: {title: 政策编号, type: list, pattern: '[^、，,；;]+', note: 一项一个编号}
  units: {title: 会签单位, type: list, of: unit}
states:
  going: {title: 在办, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: decide, title: 议定, kind: record, from: going, by: bureau, may: [decisions]}
  - {name: finish, title: 办结, from: going, to: done, by: bureau}
"""
SENTENCE = "同意选址，由国土、规划办理；限10日"


@pytest.fixture
def grants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """An office with a workflow that has a list of every type, and one case of it, ZJ-001."""
    tiny = Tiny(tmp_path, monkeypatch).founded()
    tiny.write("grant.yaml", WORKFLOW)
    tiny.do("workflow", "publish", "grant.yaml", by="admin")
    tiny.do("open", "grant", "--set", "name=甲", by="bureau01")
    return tiny


def fact(tiny: Tiny, name: str, case: str = "ZJ-001") -> Any:
    """Give a fact as recorded."""
    return tiny.asks("show", case)["facts"][name]


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["各期拨付=100、100、100"], ["100", "100", "100"]),
        (["payments=300；100;300"], ["300", "100", "300"]),
        (["payments=35,000、10,050.5万元、35，000"], ["35000", "10050.5", "35000"]),
        (["payments=35,000,000"], ["35000000"]),
        (["payments=100", "payments=1,000,200", "payments=100"], ["100", "1000200", "100"]),
        ([f"decisions={SENTENCE}"], [SENTENCE]),
        ([f"decisions={SENTENCE}\n另行选址"], [SENTENCE, "另行选址"]),
        (
            [f"decisions={SENTENCE}", "decisions=另行选址", f"decisions={SENTENCE}"],
            [SENTENCE, "另行选址", SENTENCE],
        ),
        (["days=2026年8月2日，2026.8.1、2026-8-2"], ["2026-08-02", "2026-08-01", "2026-08-02"]),
        (["kinds=文化、旅游"], ["文化、旅游"]),
        (["kinds=总部，文化、旅游;总部"], ["总部", "文化、旅游", "总部"]),
        (["codes=乙-2、甲-1，乙-2"], ["乙-2", "甲-1", "乙-2"]),
        (["units=xiao、市文物局,xiao，land"], ["xiao", "wenwu", "land"]),
        (["units=xiao", "units=市消防救援支队", "units=wenwu"], ["xiao", "wenwu"]),
    ],
)
def test_a_list_keeps_what_was_typed(grants: Tiny, texts: list[str], value: list[str]) -> None:
    """B11: order and equal items stay, of units each counts once; only what no item can contain
    parts them.
    """
    name = texts[0].partition("=")[0].replace("各期拨付", "payments")
    grants.do("set", "ZJ-001", *texts, by="bureau01")
    assert fact(grants, name) == value
    sets = [word for text in texts for word in ("--set", text)]
    number = grants.do("open", "grant", "--set", "name=乙", *sets, by="bureau01").strip()
    assert fact(grants, name, number) == value


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ["payments=1,000,200"],
            (
                "各期拨付“1,000,200”分不清是一个数还是几个数\n"
                "  改法：一个数写作 1000200，几个数用顿号隔开，例如 1000、200\n"
            ),
        ),
        (
            ["payments=100，200"],
            (
                "各期拨付“100,200”分不清是一个数还是几个数\n  改法：一个数写作 100200，"
                "几个数用顿号隔开，例如 100、"
                "200\n"
            ),
        ),
        (
            ["payments=1,2"],
            (
                "各期拨付“1,2”中的逗号不是每三位一个的千分位\n"
                "  改法：千分位写作 32,000，小数点写作 2.6；几个数之间用顿号\n"
            ),
        ),
        (
            ["payments=35", "payments=000"],
            (
                "各期拨付的一项“000”以 0 开头，像是一个数在千分位逗号处断开了\n  改法："
                "去掉千分位逗号，例如 "
                "35000\n"
            ),
        ),
        (
            ["codes=甲-1", "codes=乙-2、丙-3"],
            "政策编号“乙-2、丙-3”不合规定的写法\n  改法：一项一个编号\n",
        ),
        (["decisions=甲", "decisions="], "议定事项（decisions）不能为空\n"),
        *(
            (
                [typed],
                f"{title}的第{place}项是空的\n  改法：补上这一项，或删去多余的分隔符\n",
            )
            for typed, title, place in (
                ("各期拨付=100、、100", "各期拨付（payments）", 2),
                ("payments=100、100；", "各期拨付（payments）", 3),
                ("payments=、100", "各期拨付（payments）", 1),
                ("codes=乙-2、 ，丙-3", "政策编号（codes）", 2),
                ("units=xiao,,land", "会签单位（units）", 2),
                ("decisions=甲\n \n乙", "议定事项（decisions）", 2),
            )
        ),
        (
            ["name=甲", "name=乙"],
            "名称（name）只有一个值，这里写了 2 个\n  改法：只留一个；清单才可以写几项\n",
        ),
        (
            ["decisions=甲", "议定事项=乙"],
            "议定事项（decisions）写了两次，一次用标识，一次用名称\n  改法：只留一处\n",
        ),
    ],
)
def test_what_cannot_be_told_is_asked_back(grants: Tiny, texts: list[str], message: str) -> None:
    """B11: where a comma might group digits or part numbers, or a name stands twice, nothing is
    guessed.
    """
    assert grants.fails("set", "ZJ-001", *texts, by="bureau01") == (1, message)
    assert grants.asks("show", "ZJ-001")["facts"] == {"name": "甲"}
    options = [word for text in texts for word in ("--set", text)]
    assert grants.fails("open", "grant", "--set", "name=丁", *options, by="bureau01")[0] == 1


def test_every_table_keeps_a_list(grants: Tiny) -> None:
    """B11: a cell of CSV or XLSX has one text a line; a list in YAML is taken as it is, whatever
    its items contain.
    """
    grants.write(
        "a.csv", f'名称,议定事项,各期拨付\n乙,"{SENTENCE}\r\n另行选址\r\n另行选址",100、100\n'
    )
    book = Workbook()
    book.active.append(["名称", "议定事项", "各期拨付"])  # type: ignore[union-attr]
    book.active.append(["丙", f"{SENTENCE}\n另行选址\n另行选址", "100；100"])  # type: ignore[union-attr]
    book.save(grants.folder / "b.xlsx")
    listed = f"[{SENTENCE}, 另行选址, 另行选址]"
    grants.write("c.yaml", f"名称: 丁\n议定事项: {listed}\n各期拨付: ['100', '1,000,200', '100']\n")
    for file in ("a.csv", "b.xlsx", "c.yaml"):
        grants.do("open", "grant", "--from", file, by="bureau01")
    decided = [SENTENCE, "另行选址", "另行选址"]
    found = [
        (fact(grants, "decisions", case), fact(grants, "payments", case))
        for case in ("乙", "丙", "丁")
    ]
    assert found == [
        (decided, ["100", "100"]),
        (decided, ["100", "100"]),
        (decided, ["100", "1000200", "100"]),
    ]
    grants.write("d.yaml", f"- 编号: ZJ-001\n  议定事项: {listed}\n")
    grants.do("set", "d.yaml", by="bureau01")
    assert fact(grants, "decisions") == decided


def test_a_transition_and_a_filter_keep_a_list(grants: Tiny) -> None:
    """B11: `advance --set`, alone or from a table, takes a list as `set` does; `--where` sees each
    item whole.
    """
    grants.do("advance", "ZJ-001", "decide", "--set", f"议定事项={SENTENCE}", by="bureau01")
    assert fact(grants, "decisions") == [SENTENCE]
    grants.write(
        "e.yaml", f"- 编号: ZJ-001\n  流转: decide\n  议定事项: [{SENTENCE}, {SENTENCE}]\n"
    )
    grants.do("advance", "e.yaml", by="bureau01")
    assert fact(grants, "decisions") == [SENTENCE, SENTENCE]
    grants.do("set", "ZJ-001", "payments=100、100", by="bureau01")
    conditions = [
        f"'{SENTENCE}' in decisions",
        "payments == [100, 100]",
        "'同意选址' in decisions",
        "payments == [100]",
    ]
    assert [
        len(grants.asks("list", "--where", condition)["cases"]) for condition in conditions
    ] == [1, 1, 0, 0]


def test_a_list_is_shown_item_by_item(grants: Tiny) -> None:
    """What stands within an item is told from what stands between; a text that looks like a unit is
    a text.
    """
    grants.do(
        "set",
        "ZJ-001",
        "payments=100、100",
        "decisions=land\n另行选址",
        "units=land",
        by="bureau01",
    )
    shown = grants.do("show", "ZJ-001", "--full")
    assert "各期拨付  100、100 万元" in shown
    assert "议定事项  land、另行选址" in shown
    assert "会签单位  市自然资源局" in shown
    grants.do("set", "ZJ-001", f"decisions={SENTENCE}\n另行选址", by="bureau01")
    assert f"“{SENTENCE}”、“另行选址”" in grants.do("show", "ZJ-001", "--full")


def test_the_audit_accepts_equal_items(grants: Tiny) -> None:
    """A list with equal items is judged again as it was recorded."""
    grants.do("set", "ZJ-001", "payments=100、100、100", by="bureau01")
    assert grants.asks("audit", by="admin")["ok"]
    assert grants.asks("replay", "ZJ-001")["same_as_stored"]


def test_a_list_is_no_note(grants: Tiny) -> None:
    """A column that is one text, such as the note, refuses a list, and a case is named
    by one text.
    """
    grants.write("f.yaml", "- 编号: ZJ-001\n  流转: finish\n  理由: [甲, 乙]\n- 编号: [ZJ-001]\n")
    assert grants.do_not("advance", "f.yaml", by="bureau01") == (
        "✗ f.yaml:1　ZJ-001　“理由”应是一个值，不能是列表　改法：写成一段文字\n"
        "✗ f.yaml:4 没有写事项编号　改法：列名用其中之一：case、number、编号、事项、"
        "项目编号、事项编号\n"
        "已办理 0 件，未办理 2 件\n"
    )
