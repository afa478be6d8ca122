"""`workflow new` and `workflow test`: a workflow to begin with, and scenarios as an administrator
sees them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answers import answered
from click.testing import CliRunner, Result

from lifecycle.cli.root import root
from lifecycle.office.session import Session


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without any database."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    """Run a command line."""
    return CliRunner().invoke(root, ["workflow", *args], prog_name="lifecycle", obj=Session())


def test_a_new_workflow_is_sound_and_passes_its_scenarios(folder: Path) -> None:
    """Both files are written; the one has neither fault nor warning, each of the others' scenarios
    comes as expected, and every state and transition is touched.
    """
    made = run("new", "purchase", "--title", "采购")
    assert (made.exit_code, made.stderr) == (0, "")
    assert (
        "已写出流程 workflows/purchase.yaml 和情景 workflows/tests/purchase.test.yaml"
        in made.stdout
    )
    check = run("check", "workflows/purchase.yaml")
    assert (check.exit_code, check.stdout) == (0, "共检查 1 个流程文件：没有错误\n")
    tested = run("test", "workflows/tests")
    assert tested.exit_code == 0
    assert tested.stdout.splitlines() == [
        "采购：走到环节 4/4，流转 4/4，关口 7/11（关口须见过满足和不满足）",
        "共 1 个文件、7 个情景：全部相符",
    ]


def test_every_key_of_a_new_workflow_is_explained(folder: Path) -> None:
    """Each section and each key at the top has a Chinese remark on its line."""
    run("new", "purchase")
    lines = (folder / "workflows" / "purchase.yaml").read_text("utf-8").splitlines()
    top = [line for line in lines if line and line[0].isalpha()]
    assert len(top) > 10
    assert [line for line in top if "#" not in line] == []
    assert not any("{name}" in line or "{title}" in line for line in lines)


def test_nothing_is_written_over(folder: Path) -> None:
    """Where either file is there already, nothing is written and it is said which."""
    tests = folder / "workflows" / "tests"
    tests.mkdir(parents=True)
    (tests / "purchase.test.yaml").write_text("我的", encoding="utf-8")
    refused = run("new", "purchase")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "workflows/tests/purchase.test.yaml 已存在，不会覆盖" in refused.stderr
    assert [path.name for path in (folder / "workflows").iterdir()] == ["tests"]
    assert (tests / "purchase.test.yaml").read_text("utf-8") == "我的"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["Purchase"], "“Purchase”不是合格的流程标识"),
        (["purchase", "--title", "采购: 甲"], "“采购: 甲”不能作流程的名称"),
        (["purchase", "--title", " "], "“ ”不能作流程的名称"),
    ],
)
def test_a_name_that_is_none_is_refused(folder: Path, args: list[str], message: str) -> None:
    """Nothing is written for a name or a title that the file could not have."""
    refused = run("new", *args)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert message in refused.stderr
    assert list(folder.iterdir()) == []


def broken(folder: Path) -> None:
    """Write a workflow with its scenarios, and a rule of it turned round."""
    run("new", "purchase")
    path = folder / "workflows" / "purchase.yaml"
    path.write_text(path.read_text("utf-8").replace("amount <= 50000", "amount <= 90000"), "utf-8")


def test_what_comes_otherwise_is_told_one_a_line(folder: Path) -> None:
    """The place, what was expected, what came and what the office said; then a summary; exit 1."""
    broken(folder)
    tested = run("test", "workflows/tests")
    assert tested.exit_code == 1
    lines = tested.stdout.splitlines()
    assert lines[0] == (
        "workflows/tests/purchase.test.yaml:25:40: 不符：应被拒绝：金额超过 50000 元，"
        "实际被拒绝，但不因此　情景“缺材料、缺会签、超过限额，一次说全”"
    )
    assert lines[1].startswith("    ✗ 材料　缺 申请书")
    assert lines[-1] == "共 1 个文件、7 个情景：1 个不符"


def test_coverage_names_what_no_scenario_touches(folder: Path) -> None:
    """With --coverage each state, transition and gate that was not touched has its line."""
    run("new", "purchase")
    told = run("test", "workflows/tests", "--coverage").stdout
    assert "  没有走到的关口　支付（pay）　要素 paid_on：未见不满足" in told.splitlines()


def test_machines_are_told_the_same(folder: Path) -> None:
    """One document: each scenario, each step that failed with its place, what was touched."""
    broken(folder)
    data = answered(run("test", "workflows/tests", "--json", "--coverage").stdout)
    assert (data["ok"], data["files"], data["problems"]) == (False, 1, [])
    assert [one["passed"] for one in data["scenarios"]] == [True, False, *[True] * 5]
    (failed,) = data["failed"]
    assert (failed["line"], failed["column"]) == (25, 40)
    assert failed["scenarios"] == ["缺材料、缺会签、超过限额，一次说全"]
    (covered,) = data["coverage"]
    assert (covered["workflow"], covered["states"]) == (
        "purchase",
        {"touched": 4, "all": 4, "missed": []},
    )
    plain = answered(run("test", "workflows/tests", "--json").stdout)
    assert plain["coverage"][0]["states"] == {"touched": 4, "all": 4}


def test_faults_of_scenario_files_are_told_as_of_workflows(folder: Path) -> None:
    """`file:line:col: 错误：…　改法：…`, all at once; nothing is played."""
    run("new", "purchase")
    path = folder / "workflows" / "tests" / "purchase.test.yaml"
    path.write_text(path.read_text("utf-8").replace("sign: approve", "sign: aprove"), "utf-8")
    tested = run("test", str(path))
    assert tested.exit_code == 1
    first, *_, last = tested.stdout.splitlines()
    assert first.endswith(":13:30: 错误：没有流转“aprove”　改法：是否为“approve”？")
    assert last == "共检查 1 个情景文件：2 处错误"
    data = answered(run("test", str(path), "--json").stdout)
    assert (data["ok"], data["scenarios"]) == (False, [])
    assert {problem["rule"] for problem in data["problems"]} == {"unknown"}


def test_no_scenarios_and_no_files(folder: Path) -> None:
    """A folder without scenarios or a file that is not there ends with 1, no file at all with 2."""
    (folder / "empty").mkdir()
    assert "没有找到情景" in run("test", "empty").stderr
    assert run("test", "empty").exit_code == 1
    missing = run("test", "nowhere.yaml")
    assert (missing.exit_code, "没有文件 nowhere.yaml" in missing.stderr) == (1, True)
    assert run("test").exit_code == 2


def test_the_workflow_that_is_named_is_the_one_tried(folder: Path) -> None:
    """Where scenarios name no workflow file, --workflow says which one."""
    run("new", "purchase")
    path = folder / "workflows" / "tests" / "purchase.test.yaml"
    path.write_text(path.read_text("utf-8").replace("files: [", "#"), "utf-8")
    assert run("test", str(path)).exit_code == 0, "the folder workflows here"
    other = folder / "other.yaml"
    text = (folder / "workflows" / "purchase.yaml").read_text("utf-8")
    other.write_text(text.replace("amount <= 50000", "amount <= 90000"), "utf-8")
    assert run("test", str(path), "--workflow", "other.yaml").exit_code == 1


def test_the_example_of_the_manual_passes(folder: Path) -> None:
    """The scenarios shown in docs/language.md are those of the workflow that `new` writes."""
    run("new", "purchase")
    manual = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
    (example,) = [
        block.split("```")[0]
        for block in manual.split("```yaml\n")
        if block.startswith("workflow: purchase ")
    ]
    (folder / "example.yaml").write_text(example, encoding="utf-8")
    tested = run("test", "example.yaml")
    assert tested.stdout.splitlines()[-1] == "共 1 个文件、2 个情景：全部相符"


def test_every_key_of_the_reader_stands_in_the_manual() -> None:
    """The manual has each key that a file of scenarios and a step may have."""
    from lifecycle.office.scenarios import reading

    manual = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
    _, _, told = manual.partition("### 写情景试流程")
    told, _, _ = told.partition("## 四、每个键")
    missing = [
        key
        for key in (*reading.TOP_KEYS, *reading.STEP_KEYS)
        if not re.search(rf"`{key}[`:]", told)
    ]
    assert missing == []
