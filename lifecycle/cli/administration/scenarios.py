"""A workflow tried out before it is published: `workflow test`, `workflow new`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.faults import problem_json, tell_faults
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.failure import DONE, REFUSED
from lifecycle.cli.terminal.output import paint, say
from lifecycle.errors import faults_among

if TYPE_CHECKING:
    from lifecycle.office.scenarios.running import CoverageReport, FailedStep, ScenarioReport

MOST_NAMED = 3
"""So many scenarios are named in which one step fails."""


@command(
    "test",
    help="按情景文件试流程：在临时的库里照各步办一遍，核对办没办成、因何被拒绝、到了哪个环节、"
    "拟了什么公文、谁逾期。不符的逐条列出“文件:行:列: …”，退出码为 1。"
    "情景怎样写，见 docs/language.md。",
    examples=[
        "lifecycle workflow test workflows/tests",
        "lifecycle workflow test 情景.yaml --workflow workflows/project.yaml --coverage",
    ],
    here=True,
)
@argument(
    "given", nargs=-1, required=True, metavar="文件夹或文件 …", help="情景文件，或其所在文件夹"
)
@option(
    "--workflow",
    "workflows",
    multiple=True,
    metavar="文件",
    help="要试的流程文件，可写几次；默认是当前文件夹下的 workflows/",
)
@option("--coverage", is_flag=True, help="列出没有情景走到的环节、流转、关口")
@at_desk
def workflow_test(
    desk: Desk, given: tuple[str, ...], workflows: tuple[str, ...], coverage: bool
) -> int:
    """Play scenarios."""
    from lifecycle.office.scenarios.running import run_scenarios

    report = run_scenarios(given, workflows)
    if faults_among(report.problems) and not desk.json:
        return tell_faults(desk, report.problems, count=report.files, what="情景文件")
    document = _json(report, coverage=coverage)
    desk.answer(document, lambda: _print(report, coverage=coverage))
    return DONE if report.ok else REFUSED


def _print(report: ScenarioReport, *, coverage: bool) -> None:
    for failed in report.failed:
        _print_failed(failed)
    for one in report.coverage:
        _print_coverage(one, every=coverage)
    wrong = sum(not result.passed for result in report.results)
    verdict = paint(f"{wrong} 个不符", "red") if wrong else paint("全部相符", "green")
    say(f"共 {report.files} 个文件、{len(report.results)} 个情景：", verdict)


def _print_failed(failed: FailedStep) -> None:
    one = failed.difference
    named = "”“".join(failed.scenarios[:MOST_NAMED])
    more = f"等 {len(failed.scenarios)} 个" if len(failed.scenarios) > MOST_NAMED else ""
    say(
        f"{one.location}: ",
        paint("不符", "red"),
        f"：应{one.expected}，实际{one.came}　情景“{named}”{more}",
    )
    for line in one.told:
        say(f"    {line}")


def _print_coverage(report: CoverageReport, *, every: bool) -> None:
    parts = (("环节", report.states), ("流转", report.transitions), ("关口", report.gates))
    told = "，".join(f"{word} {part.touched}/{part.all}" for word, part in parts)
    say(f"{report.title}：走到{told}（关口须见过满足和不满足）")
    for word, part in parts if every else ():
        for name in part.missed:
            say(f"  没有走到的{word}　{name}")


def _json(report: ScenarioReport, *, coverage: bool) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "files": report.files,
        "problems": list(map(problem_json, report.problems)),
        "scenarios": [
            {
                "scenario": result.title,
                "file": result.location.file,
                "line": result.location.line,
                "passed": result.passed,
            }
            for result in report.results
        ],
        "failed": [
            {
                "file": one.difference.location.file,
                "line": one.difference.location.line,
                "column": one.difference.location.column,
                "expected": one.difference.expected,
                "came": one.difference.came,
                "told": list(one.difference.told),
                "scenarios": list(one.scenarios),
            }
            for one in report.failed
        ],
        "coverage": [_coverage_json(one, every=coverage) for one in report.coverage],
    }


def _coverage_json(report: CoverageReport, *, every: bool) -> dict[str, Any]:
    """Give what was touched; what was not is named where it is asked for."""
    parts = {"states": report.states, "transitions": report.transitions, "gates": report.gates}
    document: dict[str, Any] = {"workflow": report.workflow, "title": report.title}
    for word, part in parts.items():
        missed = {"missed": list(part.missed)} if every else {}
        document[word] = {"touched": part.touched, "all": part.all, **missed}
    return document


@command(
    "new",
    help="新写一个流程：写出一份逐键有说明的流程文件，和一份试它的情景文件（在 tests/ 下），"
    "照着改成自己的。已有的文件不会覆盖。",
    examples=[
        "lifecycle workflow new purchase --title 采购",
        "lifecycle workflow new purchase --into 流程",
    ],
    here=True,
)
@argument("name", metavar="标识", help="流程的标识：小写英文字母、数字、下划线")
@option("--title", metavar="名称", help="流程的名称，默认与标识相同")
@option("--into", default="workflows", show_default=True, metavar="文件夹", help="写到哪个文件夹")
@at_desk
def workflow_new(desk: Desk, name: str, title: str | None, into: str) -> None:
    """Write a workflow to begin with."""
    from lifecycle.office.scenarios.scaffold import new_workflow

    made = new_workflow(name, title, into)
    following = [
        f"lifecycle workflow check {made.workflow}",
        f"lifecycle workflow test {made.scenarios}",
    ]

    def tell() -> None:
        say(f"已写出流程 {made.workflow} 和情景 {made.scenarios}")
        say("照说明改成自己的，每改一次运行：")
        for line in following:
            say(f"  {line}")

    document = {"workflow": made.workflow, "scenarios": made.scenarios}
    desk.answer(document, tell, following=following)
