"""Files of scenarios: what comes out, and what each fault says."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.errors import InvalidError
from lifecycle.office.scenarios.reading import ScenarioReader
from lifecycle.office.scenarios.running import run_scenarios
from lifecycle.office.scenarios.scenario import (
    Expectation,
    ScenarioAct,
    WantedGate,
    WantedLetter,
)

SPECIMENS = Path(__file__).parents[1] / "specimens" / "scenarios"
FAULTY = sorted(path.name for path in SPECIMENS.glob("*.yaml"))
VISIT = places.demo() / "visit.yaml"


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and give its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_says_what_is_wrong_where_and_how_to_mend_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every specimen gives exactly the faults that are written beside it, and nothing is played."""
    monkeypatch.chdir(SPECIMENS)
    report = run_scenarios([name], [str(VISIT)])
    told = "".join(f"{problem.render()}\n" for problem in report.problems)
    assert told == (SPECIMENS / name).with_suffix(".expected").read_text("utf-8")
    assert (report.ok, report.results, report.failed) == (False, (), ())


def test_a_scenario_comes_out_as_written(tmp_path: Path) -> None:
    """The opening comes first, then the path it goes on from, then its own steps; each key is where
    it belongs.
    """
    path = write(
        tmp_path,
        "a.yaml",
        """\
workflow: visit
start: 2026-03-02
by: office
open: {name: 考察, people: 3}
paths:
  ready: [{by: office, attach: [plan, bill]}]
scenarios:
  - scenario: 同意
    after: ready
    open: {people: 5}
    steps:
      - {by: [finance, leader], day: +1, sign: approve, verdict: 附条件同意, note: 节俭}
      - by: office
        day: 2026-03-05
        on: 2026-03-04
        advance: approve
        set: {arrive_on: 2026-03-09}
        refused: [预算, 会签, {材料: 方案}, …]
      - {state: visiting, letters: {visit-invitation: guest}, late: [], light: 黄灯, due: 无}
""",
    )
    (scenario,) = ScenarioReader().read(path)
    assert (scenario.title, scenario.start, scenario.workflow) == ("同意", "2026-03-02", "visit")
    opening, ready, signed, made, looked = scenario.steps
    assert (opening.by, opening.act) == (
        ("office",),
        ScenarioAct("open", facts={"name": "考察", "people": "5"}),
    )
    assert ready.act == ScenarioAct("attach", ("plan", "bill"))
    assert (signed.day, signed.by) == ("+1", ("finance", "leader"))
    assert signed.act == ScenarioAct("sign", ("approve",), verdict="conditional", note="节俭")
    assert (made.day, made.on) == ("2026-03-05", "2026-03-04")
    assert made.act == ScenarioAct("advance", ("approve",), {"arrive_on": "2026-03-09"})
    assert made.expected == Expectation(
        refused=(WantedGate("", "预算"), WantedGate("cosign", ""), WantedGate("materials", "方案")),
        and_others=True,
    )
    assert looked.act is None
    assert looked.expected == Expectation(
        state="visiting",
        letters=(WantedLetter("visit-invitation", ("guest",)),),
        late=(),
        due="无",
        light="yellow",
    )
    assert (made.place("refused").line, made.place("refused").column) == (18, 9)


def test_a_file_takes_over_what_it_uses(tmp_path: Path) -> None:
    """Workflow, day, opening and paths come from the file used; what stands here goes before."""
    write(
        tmp_path,
        "common.yaml",
        "workflow: visit\nstart: 2026-03-02\nby: office\nopen: {name: 考察, people: 3}\n"
        "paths: {ready: [{by: office, attach: plan}]}\n",
    )
    path = write(
        tmp_path,
        "a.yaml",
        "uses: common.yaml\nstart: 2026-04-01\nopen: {people: 4}\n"
        "scenarios: [{scenario: 甲, after: ready, steps: [{state: asked}]}]\n",
    )
    reader = ScenarioReader()
    (scenario,) = reader.read(path)
    assert (scenario.workflow, scenario.start) == ("visit", "2026-04-01")
    assert [step.act and step.act.verb for step in scenario.steps] == ["open", "attach", None]
    assert scenario.steps[0].act == ScenarioAct("open", facts={"name": "考察", "people": "4"})
    assert reader.read(tmp_path / "common.yaml") == []


def test_no_scenario_at_all_is_said(tmp_path: Path) -> None:
    """A folder without scenarios is no clean run."""
    with pytest.raises(InvalidError, match="没有找到情景"):
        run_scenarios([str(tmp_path)], [str(VISIT)])


def test_a_workflow_is_no_scenario(tmp_path: Path) -> None:
    """Among the files of a folder it is passed over; named itself, it is refused."""
    write(tmp_path, "visit.yaml", VISIT.read_text("utf-8"))
    step = "{by: office, open: {name: 甲}, refused: [缺 来访单位名称, …]}"
    write(tmp_path, "a.yaml", f"start: 2026-03-02\nsteps: [{step}]\n")
    report = run_scenarios([str(tmp_path)], [str(VISIT)])
    assert (report.files, len(report.results)) == (1, 1)
    with pytest.raises(InvalidError, match="是流程文件，不是情景文件"):
        run_scenarios([str(VISIT)], [str(VISIT)])


def test_one_workflow_is_told_of_once(tmp_path: Path) -> None:
    """Scenarios in several folders that name one file by different paths are of one workflow."""
    write(tmp_path, "visit.yaml", VISIT.read_text("utf-8"))
    for name, way in (("one", "../visit.yaml"), ("two", "../one/../visit.yaml")):
        (tmp_path / name).mkdir()
        facts = "{name: 甲, guest_name: 乙, area: 丙, category: 文旅, host_unit: host}"
        text = f"start: 2026-03-02\nfiles: {way}\nsteps: [{{by: office, open: {facts}}}]\n"
        write(tmp_path / name, "a.yaml", text)
    report = run_scenarios([str(tmp_path)])
    assert (report.ok, len(report.results), len(report.coverage)) == (True, 2, 1)


def test_a_faulty_workflow_is_told_as_its_check_tells_it(tmp_path: Path) -> None:
    """Where the workflow cannot be used, its faults come out and nothing is played."""
    bad = write(tmp_path, "bad.yaml", VISIT.read_text("utf-8").replace("to: visiting", "to: vist"))
    path = write(tmp_path, "a.yaml", "start: 2026-03-02\nsteps: [{by: office, attach: plan}]\n")
    report = run_scenarios([str(path)], [str(bad)])
    assert [(p.rule, p.location.file) for p in report.problems][:1] == [("unknown-state", str(bad))]
    assert report.results == ()
