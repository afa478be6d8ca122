"""`workflow …` and `calendar …`: rules judged, drawn, compared and put into force; running cases
keep theirs.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ledger_office import Bureau, with_letters


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office just founded, with a workflow file of the second version at hand."""
    made = Bureau(tmp_path, monkeypatch).founded()
    made.write("visit.yaml", with_letters().replace("version: 1", "version: 2"))
    return made


def test_workflows_in_force_are_listed(bureau: Bureau) -> None:
    """Name, title, version, size and SHA-256."""
    (row,) = bureau.asks("workflow", "list")["workflows"]
    assert (row["workflow"], row["title"], row["version"], row["states"], row["transitions"]) == (
        "visit",
        "考察接待流程",
        1,
        5,
        7,
    )
    lines = bureau.do("workflow", "list").splitlines()
    assert lines[1].split() == [
        "visit",
        "考察接待流程",
        "第",
        "1",
        "版",
        "5",
        "7",
        row["sha256"][:12],
    ]


def test_a_sound_workflow_has_no_faults(bureau: Bureau) -> None:
    """Exit 0 and a summary; needs no database."""
    bureau.path.unlink()
    assert (
        bureau.do("workflow", "check", "visit.yaml", "--notices", "rules/notices")
        == "共检查 1 个流程文件：没有错误\n"
    )


def test_faults_are_told_one_a_line(bureau: Bureau) -> None:
    """All faults at once, each in a line that editors and CI can parse, then a summary; exit 1."""
    bad = (
        with_letters()
        .replace("to: siting\n", "to: sitting\n")
        .replace("lead: planning,", "lead: plannning,")
    )
    bureau.write("bad.yaml", bad)
    result = bureau.run("workflow", "check", "bad.yaml", "visit.yaml", "--notices", "rules/notices")
    assert result.exit_code == 1
    *lines, last = result.stdout.splitlines()
    assert all(line.startswith("bad.yaml:") and ": 错误：" in line for line in lines)
    assert any("“sitting”" in line and "改法：是否为 “siting”？" in line for line in lines)
    assert last == f"共检查 2 个流程文件：{len(lines)} 处错误"
    answer = bureau.asks("workflow", "check", "bad.yaml", "--notices", "rules/notices")
    assert answer["ok"] is False
    assert len(answer["problems"]) == len(lines)
    assert {"rule", "level", "file", "line", "column", "message", "mend"} == set(
        answer["problems"][0]
    )


def test_b13_a_warning_is_told_and_keeps_nothing_from_being_published(bureau: Bureau) -> None:
    """B13: guards that leave exactly 3000 out: `check` says so and ends with 0, publishing says so
    and publishes.
    """
    text = with_letters().replace("version: 1", "version: 2", 1)
    own = "needs: {dwell:"
    assert own in text
    text = text.replace(
        own, "needs: {guards: [{when: area > 3000, else: 用地不合}], dwell:", 1
    ).replace(
        "by: [planning, land], reason: required}",
        "by: [planning, land], reason: required, "
        "needs: {guards: [{when: area < 3000, else: 用地不合}]}}",
        1,
    )
    bureau.write("gap.yaml", text)
    told = "警告：环节“规划选址”：要素 area（用地面积）恰为 3000 时，“办结”、“退回补正”都不能办"
    checked = bureau.do("workflow", "check", "gap.yaml", "--notices", "rules/notices")
    assert told in checked
    assert checked.endswith("共检查 1 个流程文件：没有错误，1 处警告\n")
    published = bureau.run("workflow", "publish", "gap.yaml", by="admin")
    assert published.exit_code == 0, published.output
    assert told in published.stderr
    assert "已发布流程 visit" in published.stdout


def test_a_missing_letter_is_a_fault(bureau: Bureau) -> None:
    """A workflow that sends a letter without a template is not sound."""
    Path("leer").mkdir()
    result = bureau.run("workflow", "check", "visit.yaml", "--notices", "leer")
    assert result.exit_code == 1
    assert "没有模板" in result.stdout
    assert bureau.fails("workflow", "check", "没有.yaml") == (
        1,
        "没有文件 没有.yaml\n  改法：请核对文件名和所在目录\n",
    )


@pytest.mark.parametrize(
    ("name", "sign"), [("a.svg", "<svg"), ("a.mmd", "flowchart"), ("a.dot", "digraph")]
)
def test_a_workflow_is_drawn(bureau: Bureau, name: str, sign: str) -> None:
    """By the extension asked for; from a workflow in force or from a file."""
    assert bureau.do("workflow", "graph", "考察接待流程", "-o", name) == f"已画到 {name}\n"
    first = Path(name).read_text(encoding="utf-8")
    assert sign in first
    bureau.write("same.yaml", with_letters())
    bureau.do("workflow", "graph", "same.yaml", "-o", name)
    assert Path(name).read_text(encoding="utf-8") == first


def test_a_drawing_of_an_unknown_kind_is_told(bureau: Bureau) -> None:
    """Neither an unknown extension nor an unknown workflow makes a file."""
    assert bureau.fails("workflow", "graph", "visit", "-o", "a.png")[0] == 1
    assert bureau.fails("workflow", "graph", "vsit", "-o", "a.svg") == (
        1,
        "没有流程“vsit”\n  改法：是否为“visit”？\n",
    )
    assert not Path("a.png").exists()
    told = "文件夹 无 不存在\n  改法：请先建好文件夹\n"
    assert bureau.fails("workflow", "graph", "visit", "-o", "无/a.svg") == (1, told)


def test_the_schema_is_json(bureau: Bureau) -> None:
    """The language's JSON Schema, the same with --json."""
    schema = json.loads(bureau.do("workflow", "schema"))
    assert {"ok": True, **schema} == bureau.asks("workflow", "schema")


def test_differences_are_listed_item_by_item(bureau: Bureau) -> None:
    """What is added, removed and changed, with the old and the new; comments and order do not
    count.
    """
    text = (
        with_letters()
        .replace("version: 1", "version: 2")
        .replace("investment >= 3000", "investment >= 5000")
    )
    text = text.replace(
        "  foreign: {title: 是否外资, type: yesno}\n", "  brand: {title: 品牌, type: text}\n"
    )
    bureau.write("visit.yaml", "# 修订\n" + text)
    told = bureau.do("workflow", "diff", "visit", "visit.yaml")
    lines = told.splitlines()
    assert "～ 流程 visit（考察接待流程）　version：1 → 2" in lines
    assert "－ 要素 foreign（是否外资）" in lines
    assert "＋ 要素 brand（品牌）" in lines
    changed = next(line for line in lines if line.startswith("～ 流转 to_siting"))
    assert "investment >= 3000" in changed
    assert "investment >= 5000" in changed
    assert lines[-1] == "共 4 处不同"
    bureau.write("same.yaml", "# 只加注释\n" + with_letters())
    assert bureau.do("workflow", "diff", "visit", "same.yaml") == "没有不同\n"
    (row,) = bureau.asks("workflow", "list")["workflows"]
    assert (
        bureau.asks("workflow", "diff", row["sha256"][:8], "visit.yaml")["changes"][0]["field"]
        == "version"
    )


def test_a_new_version_governs_new_cases_only(bureau: Bureau) -> None:
    """A case keeps the version it was opened under; one opened later has the new one."""
    old = bureau.opened(name="旧", on="2026-09-01")
    stricter = (
        with_letters()
        .replace("version: 1", "version: 2")
        .replace("title: 考察导入,", "title: 考察,")
    )
    bureau.write("visit.yaml", stricter)
    assert bureau.do("workflow", "publish", "visit.yaml", by="admin").startswith(
        "已发布流程 visit（"
    )
    new = bureau.opened(name="新", on="2026-09-02")
    assert bureau.asks("show", old)["case"]["state_title"] == "考察导入"
    assert bureau.asks("show", new)["case"]["state_title"] == "考察"
    assert bureau.asks("workflow", "list")["workflows"][0]["version"] == 2
    assert bureau.findings() == []


def test_a_workflow_edited_on_disk_changes_nothing(bureau: Bureau) -> None:
    """Rules are the published bytes, whatever stands in the folder now."""
    number = bureau.opened(name="旧", on="2026-09-01")
    (bureau.rules / "workflows" / "visit.yaml").write_text("workflow: 垃圾", encoding="utf-8")
    bureau.do("set", number, "investment=1", "--on", "2026-09-02", by="bureau01")
    assert bureau.opened(name="新", on="2026-09-02") == "KC-2026-002"
    assert bureau.findings() == []


def test_the_same_bytes_are_not_published_twice(bureau: Bureau) -> None:
    """Publishing what is in force says so and records nothing."""
    before = bureau.checkpoint()
    told = bureau.do("workflow", "publish", "rules/workflows/visit.yaml", by="admin")
    assert told == "visit 与现行的相同，未重复发布\n"
    assert bureau.checkpoint() == before


def test_a_version_has_one_text(bureau: Bureau) -> None:
    """Another text under a version number that is in force already is refused."""
    bureau.write("visit.yaml", with_letters() + "\n# 改动\n")
    assert bureau.fails("workflow", "publish", "visit.yaml", by="admin") == (
        1,
        "流程 visit 现行的是第 1 版，文件写的是第 1 版\n  改法：请把 visit 的 version 改为 2\n",
    )


def test_a_faulty_workflow_is_not_published(bureau: Bureau) -> None:
    """Faults are told with line, column and mend; nothing is recorded; nor by somebody who is no
    administrator.
    """
    before = bureau.checkpoint()
    bureau.write("bad.yaml", with_letters().replace("to: siting\n", "to: sitting\n"))
    code, message = bureau.fails("workflow", "publish", "bad.yaml", by="admin")
    assert code == 1
    assert message.startswith("bad.yaml:")
    assert "改法：是否为 “siting”？" in message
    assert bureau.fails("workflow", "publish", "visit.yaml", by="bureau01")[0] == 1
    assert bureau.checkpoint() == before


def test_letters_that_a_new_workflow_lacks_are_published_with_it(bureau: Bureau) -> None:
    """A workflow brings the shipped letters it uses; without them it is not published."""
    other = (
        with_letters()
        .replace("workflow: visit", "workflow: other")
        .replace("template: closing", "template: ending")
    )
    bureau.write("other.yaml", other.replace("考察接待流程", "另一流程"))
    assert bureau.fails("workflow", "publish", "other.yaml", by="admin")[0] == 1
    closing = (bureau.rules / "notices" / "closing.j2").read_bytes()
    (bureau.rules / "notices" / "ending.j2").write_bytes(closing)
    lines = bureau.do("workflow", "publish", "other.yaml", by="admin").splitlines()
    assert [line.split("（")[0] for line in lines] == ["已发布公文模板 ending", "已发布流程 other"]
    assert bureau.findings() == []


def test_letters_beside_a_new_workflow_are_published_with_it(bureau: Bureau) -> None:
    """Those of the folder `notices` beside its own that it sends and that are not in force: they
    are linted against it before anything is published. A faulty one keeps back both.
    """
    other = (
        with_letters()
        .replace("workflow: visit", "workflow: other")
        .replace("template: closing", "template: ending")
        .replace(
            "  name: {title", "  bill: {title: 账单, type: text, required: true}\n  name: {title", 1
        )
    )
    own = Path("own")
    (own / "workflows").mkdir(parents=True)
    (own / "notices").mkdir()
    (own / "workflows" / "other.yaml").write_text(other, "utf-8")
    closing = (bureau.rules / "notices" / "closing.j2").read_text("utf-8")
    ending = own / "notices" / "ending.j2"
    ending.write_text(closing + "{{ bill }}\n", "utf-8")
    (own / "notices" / "unused.j2").write_text(closing, "utf-8")
    assert bureau.do("notice", "lint", str(ending)) == "共检查 1 个模板：没有错误\n"
    ending.write_text(closing + "{{ bill\n", "utf-8")
    publish = ("workflow", "publish", str(own / "workflows" / "other.yaml"))
    code, told = bureau.fails(*publish, by="admin")
    assert (code, "ending.j2:" in told) == (1, True)
    ending.write_text(closing + "{{ bill }}\n", "utf-8")
    lines = bureau.do(*publish, by="admin").splitlines()
    assert [line.split("（")[0] for line in lines] == ["已发布公文模板 ending", "已发布流程 other"]
    ending.write_text(closing + "{{ bil }}\n", "utf-8")
    assert "流程 other 没有名为“bil”的要素" in bureau.run("notice", "lint", str(ending)).stdout


def test_the_calendar_lists_its_years(bureau: Bureau) -> None:
    """Announced years, and those whose limits are provisional."""
    years = {row["year"]: row["announced"] for row in bureau.asks("calendar", "list")["years"]}
    assert years[2026] is True
    assert "未公布，期限暂定" in bureau.do("calendar", "list")


def test_an_announced_year_is_merged_in(bureau: Bureau) -> None:
    """A file with one year replaces that year only; entries made before keep their calendar."""
    number = bureau.opened(name="旧", on="2026-09-01")
    last = max(row["year"] for row in bureau.asks("calendar", "list")["years"])
    bureau.write(
        "year.yaml",
        f'years:\n  "{last}":\n    announced: true\n    holidays: [01-01, 01-02]\n    workdays: '
        f"[]\n",
    )
    bureau.do("officer", "grant", "land01", "auditor", by="admin")
    assert bureau.do("calendar", "publish", "year.yaml", by="admin").startswith("已提出日历 CN（")
    bureau.do("calendar", "confirm", "year.yaml", by="land01")
    years = {row["year"]: row["announced"] for row in bureau.asks("calendar", "list")["years"]}
    assert (years[last], years[2026]) == (True, True)
    assert (
        bureau.do("calendar", "publish", "year.yaml", by="admin") == "CN 与现行的相同，未重复发布\n"
    )
    bureau.do("set", number, "area=3", "--on", "2026-09-02", by="bureau01")
    assert bureau.findings() == []


def test_a_faulty_calendar_is_not_published(bureau: Bureau) -> None:
    """A day that does not exist is told with its place; others than administrators are refused."""
    bureau.write("year.yaml", 'years:\n  "2027":\n    announced: true\n    holidays: [02-30]\n')
    code, message = bureau.fails("calendar", "publish", "year.yaml", by="admin")
    assert code == 1
    assert message.startswith("year.yaml:4:")
    bureau.write("year.yaml", 'years:\n  "2027":\n    announced: true\n    holidays: [02-20]\n')
    assert bureau.fails("calendar", "publish", "year.yaml", by="land01")[0] == 1
