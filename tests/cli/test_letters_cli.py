"""`notice …`: letters listed, read, saved; templates judged and put into force without touching
what was sent.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ledger_office import CLOSING, Bureau, with_letters


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with a history."""
    return Bureau(tmp_path, monkeypatch).walked()


def test_letters_are_listed(bureau: Bureau) -> None:
    """Each letter with its case, name, day, kind, title and recipients."""
    assert bureau.do("notice", "list") == (
        "   事项         公文            状态                    文号  日期        文种  标题    "
        "                              主送\n"
        "✓  KC-2026-001  9-consultation  草稿（所属环节已办结）        2026-09-05  函    "
        "关于征求剑瓷文化体验街区选址意见的"
        "函"
        "  市建设局、市自然资源局、市文物局\n"
        "✓  KC-2026-002  2-closing       草稿                          2026-09-21  公告  "
        "关于终止温泉康养的公告\n"
    )
    assert bureau.do("notice", "list", "KC-2026-003").endswith("还没有公文\n")
    letters = bureau.asks("notice", "list", "KC-2026-001")["letters"]
    assert [(row["name"], row["seq"], row["letter"]["to"]) for row in letters] == [
        ("9-consultation", 9, ["市建设局", "市自然资源局", "市文物局"])
    ]


def test_a_letter_is_shown(bureau: Bureau) -> None:
    """The letter as laid out, found by its name or a part of it."""
    lines = bureau.do("notice", "show", "温泉", "closing").split("\n")
    assert [line.strip() for line in lines if line] == [
        "关于终止温泉康养的公告",
        "温泉康养因资金未落实，自2026年9月21日起终止。",
        "市招商局",
        "2026年9月21日",
    ]
    answer = bureau.asks("notice", "show", "KC-2026-001", "9-consultation")
    assert answer["title"] == "关于征求剑瓷文化体验街区选址意见的函"
    assert answer["text"] == bureau.do("notice", "show", "KC-2026-001", "9-consultation")


def test_a_letter_that_is_not_there_is_told(bureau: Bureau) -> None:
    """An unknown name is told with the nearest one."""
    assert bureau.fails("notice", "show", "温泉", "2-closnig") == (
        1,
        "没有公文“2-closnig”\n  改法：是否为“2-closing”？\n",
    )
    assert bureau.fails("notice", "show", "没有", "x")[0] == 1


def test_letters_are_saved_the_same_every_time(bureau: Bureau) -> None:
    """Saved as web page or text, byte for byte the same each time, also after the case moved on."""
    assert (
        bureau.do("notice", "render", "KC-2026-001", "--into", "公文")
        == "公文/KC-2026-001-9-consultation.html\n"
    )
    bureau.do("notice", "render", "KC-2026-001", "9-consultation", "--into", "文本", "--text")
    page = Path("公文/KC-2026-001-9-consultation.html")
    first = page.read_bytes()
    assert first[:15].lower() == b"<!doctype html>"
    bureau.do("unit", "change", "bureau", "--title", "市投资促进局", by="admin")
    bureau.do("notice", "render", "KC-2026-001", "--into", "公文")
    assert page.read_bytes() == first
    text = Path("文本/KC-2026-001-9-consultation.txt").read_text(encoding="utf-8")
    assert text.rstrip("\n") == bureau.do("notice", "show", "KC-2026-001", "consult").rstrip("\n")
    assert bureau.asks("notice", "render", "KC-2026-003", "--into", "公文")["files"] == []
    assert sorted(p.name for p in Path("公文").iterdir()) == [".lifecycle-exports", page.name], (
        "no draft is left"
    )


def test_a_folder_that_cannot_be_written_is_told(bureau: Bureau) -> None:
    """Where a letter cannot be saved: why, and what to do."""
    bureau.write("占用", "x")
    code, message = bureau.fails("notice", "render", "KC-2026-001", "--into", "占用")
    assert (code, message) == (1, "占用 是文件，不是文件夹\n  改法：请换一个文件夹名\n")


def test_the_catalogue_says_who_is_written_to(bureau: Bureau) -> None:
    """Which transition of which states sends what to whom."""
    rows = bureau.asks("notice", "catalogue")["letters"]
    assert [
        (r["states"], r["transition"], r["template"], r["kind"], r["to"], r["cc"]) for r in rows
    ] == [
        (
            "考察导入",
            "转入规划选址",
            "consultation",
            "函",
            "建设（规划）、国土、x 部门",
            "项目业主单位",
        ),
        ("考察导入、规划选址、中止", "终止", "closing", "公告", "社会公众", ""),
    ]
    assert "转入规划选址" in bureau.do("notice", "catalogue", "--workflow", "visit")


def test_faulty_templates_are_told_line_by_line(bureau: Bureau) -> None:
    """`notice lint` prints one line per fault, as editors read them, and a summary; exit 1."""
    bureau.write("good.j2", CLOSING)
    bureau.write("bad.j2", "文种：信\n标题：{{ x\n主送：{{ to }}\n---\n正文\n")
    assert bureau.do("notice", "lint", "good.j2") == "共检查 1 个模板：没有错误\n"
    result = bureau.run("notice", "lint", "good.j2", "bad.j2")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(re.match(r"bad\.j2:\d+:\d+: 错误：", line) for line in lines[:-1])
    assert {"没有文种“信”", "表头缺“发文单位”"} <= {
        line.split("错误：")[1].split("　改法")[0] for line in lines[:-1]
    }
    assert lines[-1] == f"共检查 2 个模板：{len(lines) - 1} 处错误"
    answer = bureau.asks("notice", "lint", "bad.j2")
    assert answer["ok"] is False
    assert {p["file"] for p in answer["problems"]} == {"bad.j2"}


def test_a_new_template_serves_later_letters_only(bureau: Bureau) -> None:
    """A template published later changes what is sent from then on, and no letter sent before."""
    before = bureau.do("notice", "show", "温泉", "closing")
    bureau.write("closing.j2", CLOSING.replace("起终止。", "起不再推进。"))
    assert bureau.do("notice", "publish", "closing.j2", by="admin").startswith(
        "已发布公文模板 closing（"
    )
    bureau.do(
        "advance", "KC-2026-003", "close", "--note", "另行选址", "--on", "2026-09-29", by="bureau01"
    )
    assert bureau.do("notice", "show", "温泉", "closing") == before
    assert "起不再推进。" in bureau.do("notice", "show", "KC-2026-003", "closing")
    assert (
        bureau.do("notice", "publish", "closing.j2", by="admin")
        == "closing 与现行的相同，未重复发布\n"
    )
    assert bureau.findings() == []


def test_only_the_administrator_publishes(bureau: Bureau) -> None:
    """Publishing is an entry by an administrator; others are refused and nothing is published."""
    bureau.write("closing.j2", CLOSING.replace("起终止。", "起不再推进。"))
    before = bureau.checkpoint()
    assert bureau.fails("notice", "publish", "closing.j2", by="land01")[0] == 1
    assert bureau.fails("notice", "publish", "closing.j2")[0] == 2
    assert bureau.checkpoint() == before


def test_a_template_that_a_workflow_cannot_fill_is_not_published(bureau: Bureau) -> None:
    """A name that the cases of a workflow in force cannot supply is found at once; then no file is
    published.
    """
    bureau.write("closing.j2", CLOSING.replace("{{ note }}", "{{ announced_on | date_cn }}"))
    bureau.write(
        "consultation.j2", (bureau.rules / "notices" / "consultation.j2").read_bytes() + b"\n"
    )
    before = bureau.checkpoint()
    code, message = bureau.fails("notice", "publish", "consultation.j2", "closing.j2", by="admin")
    assert code == 1
    assert "announced_on" in message
    assert bureau.checkpoint() == before
    bureau.write("坏 名.j2", CLOSING)
    assert bureau.fails("notice", "publish", "坏 名.j2", by="admin")[0] == 1


def test_a_template_edited_on_disk_changes_nothing(bureau: Bureau) -> None:
    """Letters are written from the published bytes, whatever stands in the folder now."""
    before = bureau.do("notice", "show", "温泉", "closing")
    (bureau.rules / "notices" / "closing.j2").write_text("垃圾", encoding="utf-8")
    assert bureau.do("notice", "show", "温泉", "closing") == before
    bureau.do(
        "advance", "KC-2026-003", "close", "--note", "另行选址", "--on", "2026-09-29", by="bureau01"
    )
    assert "另行选址" in bureau.do("notice", "show", "KC-2026-003", "closing")


def test_two_letters_of_one_template_have_names_of_their_own(bureau: Bureau) -> None:
    """A transition may send one template to two circles; each letter can be asked for."""
    two = "notices: [{template: closing, to: public}, {template: closing, to: public}]"
    text = (
        with_letters()
        .replace("notices: [{template: closing, to: public}]", two)
        .replace("version: 1", "version: 2")
    )
    bureau.write("visit.yaml", text)
    bureau.do("workflow", "publish", "visit.yaml", by="admin")
    number = bureau.opened(name="双发", on="2026-09-29")
    bureau.do("advance", number, "close", "--note", "取消", "--on", "2026-09-29", by="bureau01")
    names = [row["name"] for row in bureau.asks("notice", "list", number)["letters"]]
    assert names == ["2-closing", "2-closing-2"]
    assert bureau.fails("notice", "show", number, "clos")[0] == 1
    bureau.do("notice", "show", number, "2-closing")


def test_a_letter_that_cannot_be_written_is_marked(bureau: Bureau) -> None:
    """A letter whose template is gone is listed with the reason; the others are not held up; exit
    1.
    """
    with bureau.sql() as database:
        database.execute("DELETE FROM definition WHERE name = 'closing'")
    result = bureau.run("notice", "list")
    assert result.exit_code == 1
    assert "✗  KC-2026-002  2-closing" in result.stdout
    assert "✓  KC-2026-001" in result.stdout
    assert bureau.run("notice", "render", "温泉", "--into", "公文").exit_code == 1
