"""Scenarios played: each expectation is met or told, by the office's own judge and by nobody
else's.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from lifecycle import places
from lifecycle.office.scenarios.running import ScenarioReport, run_scenarios

VISIT = (
    (places.demo() / "visit.yaml").read_text("utf-8").replace("asks: [people]", "asks: [handler]")
)
"""The small example, in which the number of guests is set like any other fact."""
HEAD = """\
workflow: visit
start: 2026-03-02
by: office
open: {name: 考察, guest_name: 某市, area: 莲都, category: 文旅, host_unit: host}
paths:
  ready:
    - {by: office, attach: plan}
    - {by: office, set: {people: 3, cost: 900}}
    - {by: [finance, leader], day: +1, sign: approve}
scenarios:
  - scenario: 甲
    after: ready
    steps:
"""
MADE = "- {by: office, day: +1, advance: approve, set: {arrive_on: 2026-03-09}, note: 办}\n"


class Trial:
    """Scenarios of the small example, to be run with steps of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "a.yaml"
        self.visit = folder / "visit.yaml"
        self.visit.write_text(VISIT, encoding="utf-8")

    def run_all(self, text: str, *others: str) -> ScenarioReport:
        """Play the scenarios of a text."""
        self.path.write_text(text, encoding="utf-8")
        return run_scenarios([str(self.path)], [str(self.visit), *others])

    def run(self, *steps: str, head: str = HEAD) -> ScenarioReport:
        """Play one scenario with these steps; there must be no fault in the file."""
        lines = "".join(step if step.endswith("\n") else f"{step}\n" for step in steps)
        report = self.run_all(head + indent(lines, " " * 6))
        assert report.problems == ()
        return report

    def passes(self, *steps: str, head: str = HEAD) -> None:
        """See that all came as expected."""
        report = self.run(*steps, head=head)
        assert [failed.difference for failed in report.failed] == []
        assert report.ok

    def differs(self, *steps: str, head: str = HEAD) -> list[tuple[int, str, str]]:
        """Give in what it came otherwise: the line, what was expected, what came."""
        report = self.run(*steps, head=head)
        assert not report.ok
        assert [result.passed for result in report.results] == [False]
        found = [failed.difference for failed in report.failed]
        return [(one.location.line, one.expected, one.came) for one in found]


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Give a folder for scenarios."""
    return Trial(tmp_path)


FIRST = HEAD.count("\n") + 1
"""The line of a test's own first step."""


def test_a_step_has_to_be_made(trial: Trial) -> None:
    """What is refused though it had to be made is told with every unmet gate as an officer reads
    it, and ends the scenario.
    """
    later = "- {by: office, advance: approve, refused: 理由}"
    report = trial.run("- {by: finance, advance: approve}", later)
    (failed,) = report.failed
    assert (failed.difference.expected, failed.difference.came) == ("办成了", "被拒绝")
    labels = [line.split("　")[0] for line in failed.difference.told]
    assert labels == ["✗ 角色", "✗ 回避", "✗ 理由", "✗ 要素", "✗ 条件"]
    assert "由 办公室 办理" in failed.difference.told[0]
    assert failed.scenarios == ("甲",)
    trial.passes(MADE)


def test_a_refusal_names_all_that_stands_in_the_way(trial: Trial) -> None:
    """A gate that nobody named is told, and so is one named that does not stand in the way; `…`
    lets others be.
    """
    step = "- {{by: office, advance: approve, set: {{arrive_on: 2026-03-01}}, refused: {}}}"
    trial.passes(step.format("[理由, 到访日期须晚于今天]"))
    trial.passes(step.format("[{条件: 到访日期}, reason]"))
    trial.passes(step.format("[理由, …]"))
    others = trial.differs(step.format("理由"))
    assert [(line, expected) for line, expected, _ in others] == [(FIRST, "只因 理由 被拒绝")]
    assert others[0][2].startswith("还因 ")
    assert "到访日期须晚于今天" in others[0][2]
    missing = trial.differs(step.format("[理由, 到访日期须晚于今天, 会签]"))
    assert missing == [(FIRST, "被拒绝：会签", "被拒绝，但不因此")]


def test_what_is_made_though_it_had_to_be_refused_is_told(trial: Trial) -> None:
    """It ends the scenario: what follows would make no sense."""
    step = MADE.replace("note: 办", "note: 办, refused: 会签")
    told = trial.differs(step, "- {state: asked}")
    assert told == [(FIRST, "被拒绝：会签", "办成了")]


def test_state_facts_and_letters_after_a_step(trial: Trial) -> None:
    """Each is compared whole: values as officers write them, letters with all who get them."""
    made = MADE.rstrip()[:-1]
    right = "state: 接待, facts: {人数: 3}, letters: {visit-invitation: [guest, 接待单位, helpers]}"
    trial.passes(f"{made}, {right.replace('人数', '来访人数')}}}")
    trial.passes(f"{made}, letters: visit-invitation, without: [bill, paid_on]}}")
    assert trial.differs(f"{made}, state: asked}}") == [
        (FIRST, "在“asked”", "在“接待”（visiting）")
    ]
    assert trial.differs(f"{made}, facts: {{people: 4}}}}") == [(FIRST, "来访人数 为 4", "3")]
    assert trial.differs(f"{made}, facts: {{paid_on: 2026-03-09}}}}")[0][2] == "没有填"
    assert trial.differs(f"{made}, without: [plan, 到访日期]}}") == [
        (FIRST, "没有 plan", "有"),
        (FIRST, "没有 到访日期", "有"),
    ]
    assert trial.differs(f"{made}, letters: []}}") == [
        (FIRST, "拟 无公文", "拟了 visit-invitation")
    ]
    few = trial.differs(f"{made}, letters: {{visit-invitation: guest}}}}")
    sent = "发 来访单位，抄送 协办单位、接待单位，不要求答复"
    assert few == [(FIRST, "visit-invitation 发 来访单位", sent)]


def test_a_letter_with_those_addressed_those_copied_and_the_time_to_answer(trial: Trial) -> None:
    """Each that is written is compared; what is not, is not looked at."""
    made = MADE.rstrip()[:-1]
    letter = "{made}, letters: {{visit-invitation: {{{inner}}}}}}}"
    for right in ("to: guest", "cc: [host, helpers]", "reply: 无", "to: guest, reply: none"):
        trial.passes(letter.format(made=made, inner=right))
    for wrong in ("to: [guest, host]", "cc: host", "reply: 5 workday", "to: guest, cc: []"):
        assert len(trial.differs(letter.format(made=made, inner=wrong))) == 1


def test_who_is_late_what_is_due_and_the_light(trial: Trial) -> None:
    """On a day: the lead of a limit that is over, the seats whose opinion is overdue; the next day
    due; the light. A day earlier nobody is.
    """
    there = HEAD.partition("  ready:\n")[2].partition("    - {by: [finance")[0]
    head = HEAD.replace("after: ready", "after: there")
    head = head.replace("scenarios:\n", f"  there:\n{there}scenarios:\n")
    ask = "- {by: office, day: 2026-03-03, ask: approve, whom: finance}"
    trial.passes(ask, "- {day: 2026-03-06, late: [], due: 2026-03-06, light: green}", head=head)
    late = "- {day: 2026-03-09, late: [财务, 办公室], light: 黄, limits: {申请: 2026-03-09}}"
    assert trial.differs(ask, late, head=head)[0][1:] == ("逾期的 finance、office", "finance")
    trial.passes(ask, late.replace("2026-03-09, late", "2026-03-10, late"), head=head)
    assert trial.differs("- {due: 2026-03-08}", head=head) == [
        (FIRST + 3, "最近的期限 2026-03-08", "2026-03-09")
    ]
    assert trial.differs("- {light: red}", head=head) == [(FIRST + 3, "红灯", "绿灯")]
    assert trial.differs("- {limits: {报销: 2026-03-08}}", head=head) == [
        (FIRST + 3, "期限“报销” 2026-03-08", "无")
    ]


def test_a_unit_that_is_not_there_is_told_at_its_step(trial: Trial) -> None:
    """What only the office can tell is told where it is written, and the scenario has failed."""
    assert trial.differs("- {late: [host/nowhere]}") == [(FIRST, "能核对", "没有单位“nowhere”")]
    unknown = trial.run("- {by: nobody, attach: bill}")
    (failed,) = unknown.failed
    assert (failed.difference.came, failed.difference.told[0]) == (
        "被拒绝",
        "没有经办人“nobody”",
    )


def test_what_happens_by_itself_is_made_on_its_day(trial: Trial) -> None:
    """The clock of the scenario is the office's: a transition that falls due is made once it is
    looked for, and not a day before.
    """
    pause = "- {by: office, advance: pause, note: 客商改期}"
    trial.passes(pause, "- {day: +89, tick: yes, state: paused}")
    trial.passes(pause, "- {day: +90, tick: yes, state: refused}")


def test_the_same_bytes_and_the_second_person(trial: Trial) -> None:
    """`same` attaches what was attached as another material; `finance.2` is another officer of the
    same unit.
    """
    head = HEAD.replace("attach: plan", "attach: [plan, bill]")
    same = "- {by: office, attach: bill, same: plan}"
    paid = "- {by: finance, set: {paid_on: 2026-03-10}}"
    close = "- {by: finance.2, day: 2026-03-10, advance: close, state: closed}"
    trial.passes(MADE, same, paid.replace("by: f", "day: 2026-03-10, by: f"), close, head=head)


def test_other_acts_are_done_by_their_own_use_cases(trial: Trial) -> None:
    """Ask, withdraw, object, resolve, correct, clear, detach, take back, cancel: each as the
    command of that name.
    """
    trial.passes(
        "- {by: finance, withdraw: approve, note: 再议}",
        "- {by: finance, sign: approve, verdict: object, note: 超支}",
        "- {by: office, advance: approve, set: {arrive_on: 2026-03-09}, note: 办, refused: 超支}",
        "- {by: office, resolve: approve, whom: finance, note: 已压减}",
        "- {by: office, advance: approve, set: {arrive_on: 2026-03-09}, note: 办, refused: 回避}",
        "- {by: office.2, advance: approve, set: {arrive_on: 2026-03-09}, note: 办, state: 接待}",
        "- {by: office, correct: {people: 9}, note: 数错了}",
        "- {by: office.2, decline: yes, note: 没有数错, facts: {people: 3}}",
        "- {by: office, correct: {people: 4}, note: 数错了, facts: {people: 3}}",
        "- {by: office.2, confirm: yes, facts: {people: 4}}",
        "- {by: office, advance: note_people, set: {handler: host}, facts: {handler: host}}",
        "- {by: office, take_back: note_people, note: 误办, without: [handler]}",
    )
    trial.passes(
        "- {by: office, detach: plan, note: 传错了, without: plan}",
        "- {by: office, clear: [people], note: 填错了, without: [people]}",
    )
    head = HEAD.replace("    after: ready\n", "")
    trial.passes("- {by: office, cancel: yes, note: 立重了}", head=head)


def test_what_is_done_in_one_scenario_is_not_there_in_the_next(trial: Trial) -> None:
    """Scenarios that begin alike are played together, but none sees what another did; numbers begin
    anew.
    """
    text = HEAD + indent(MADE, " " * 6)
    for name in ("乙", "丙"):
        text += f"  - scenario: {name}\n    after: ready\n    steps:\n"
        text += "      - {by: office, advance: approve, refused: [理由, 到访日期, …]}\n"
        text += "      - {case: JD-2026-001, state: asked, without: [arrive_on]}\n"
    report = trial.run_all(text)
    assert report.failed == ()
    assert [(one.title, one.passed) for one in report.results] == [
        ("甲", True),
        ("乙", True),
        ("丙", True),
    ]


def test_a_shared_step_that_fails_is_told_once_with_all_scenarios(trial: Trial) -> None:
    """The step stands in one place; every scenario that goes on from it has failed."""
    text = HEAD.replace("attach: plan", "advance: close") + "      - {state: asked}\n"
    text += "  - {scenario: 乙, after: ready, steps: [{state: asked}]}\n"
    text += "  - {scenario: 丙, steps: [{state: asked}]}\n"
    report = trial.run_all(text)
    (failed,) = report.failed
    assert (failed.difference.location.line, failed.scenarios) == (7, ("甲", "乙"))
    assert [one.passed for one in report.results] == [False, False, True]


def test_a_changed_rule_fails_its_scenario(trial: Trial) -> None:
    """The very file that is named is judged: with a rule turned round, its scenario fails."""
    step = MADE.replace("arrive_on: 2026-03-09", "arrive_on: 2026-03-01").rstrip()[:-1]
    refused = f"{step}, refused: 到访日期须晚于今天}}"
    assert trial.run(refused).ok
    changed = VISIT.replace("arrive_on > today", "arrive_on < today")
    trial.visit.write_text(changed, encoding="utf-8")
    assert not trial.run(refused).ok


def test_an_office_of_ones_own(trial: Trial, tmp_path: Path) -> None:
    """A directory file, as `init` reads it, gives units and officers; a role then means the first
    who holds it.
    """
    (tmp_path / "office.yaml").write_text(
        "office: {unit: hall, title: 机关事务局, functions: [office],"
        " admin: {code: root, title: 管理员}}\n"
        "units:\n  - {code: money, title: 市财政局, functions: [finance, host]}\n"
        "  - {code: top, title: 市政府, functions: [leader]}\n"
        "officers:\n  - {code: wang, title: 科员, unit: hall, roles: [office]}\n"
        "  - {code: qian, title: 科员, unit: money, roles: [finance, host]}\n"
        "  - {code: feng, title: 副市长, unit: top, roles: [leader]}\n",
        encoding="utf-8",
    )
    head = HEAD.replace("workflow: visit\n", "workflow: visit\noffice: office.yaml\n")
    head = head.replace("by: office\n", "by: wang\n").replace(
        "host_unit: host", "host_unit: 市财政局"
    )
    head = head.replace("by: [finance, leader]", "by: [qian, feng]")
    trial.passes(
        MADE.replace("by: office", "by: 办公室"), "- {facts: {host_unit: money}}", head=head
    )


def test_coverage_counts_what_was_touched(trial: Trial) -> None:
    """States, transitions, and gates seen both met and unmet; what was not is named, with why."""
    report = trial.run(
        "- {by: finance, advance: pause, refused: [角色, 理由]}",
        "- {by: office, advance: pause, note: 改期}",
        "- {by: office, advance: go_on}",
    )
    (one,) = report.coverage
    assert (one.workflow, one.states.touched, one.states.all) == ("visit", 2, 5)
    assert one.states.missed == ("接待（visiting）", "办结（closed）", "不接待（refused）")
    assert (one.transitions.touched, one.transitions.all) == (2, 8)
    assert one.transitions.missed[0] == "同意接待（approve）"
    assert one.gates.touched == 2
    assert "恢复（go_on）　角色：未见不满足" in one.gates.missed
    assert "同意接待（approve）　会签：没有判过" in one.gates.missed
    assert not any("pause" in missed for missed in one.gates.missed)


def test_two_workflows_play_together(trial: Trial, tmp_path: Path) -> None:
    """A step may open a case of another workflow; later steps name it as officers do."""
    other = tmp_path / "errand.yaml"
    other.write_text(
        "workflow: errand\ntitle: 差事\nversion: 1\nbasis: 内部承诺\nnumber: CS-{serial}\n"
        "subject: name\nopened_by: office\nroles: {office: 办公室}\n"
        "facts:\n  name: {title: 名称, type: text, required: true}\n"
        "states:\n  begun: {title: 在办}\n  done: {title: 办结, final: true}\n"
        "transitions:\n  - {name: end, title: 了结, from: begun, to: done, by: office}\n",
        encoding="utf-8",
    )
    text = HEAD + indent(
        "- {by: office, open: {name: 买花}, workflow: errand}\n"
        "- {case: 买花, state: begun}\n"
        "- {by: office, case: 买花, advance: end, state: done}\n"
        "- {state: asked}\n",
        " " * 6,
    )
    report = trial.run_all(text, str(other))
    assert (report.problems, report.failed) == ((), ())
    assert [(one.workflow, one.transitions.touched) for one in report.coverage] == [
        ("visit", 0),
        ("errand", 1),
    ]


def test_an_opinion_may_be_recorded_late(trial: Trial) -> None:
    """A step that is recorded on a later day than it was done on is so, opinions too: a scenario
    tries rules, and has a reason by itself.
    """
    head = HEAD.replace("[finance, leader], day: +1, sign", "finance, day: +1, sign")
    late = "- {by: leader, day: 2026-03-05, on: 2026-03-04, sign: approve}\n"
    today = "- {by: leader, day: 2026-03-05, on: 2026-03-05, sign: approve}\n"
    trial.passes(late, MADE, head=head)
    trial.passes(today, MADE, head=head)
