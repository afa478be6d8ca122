"""督办 as shipped, worked by the officers of the shipped office: from filing to every end, by every
branch.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from walking import Walk

from lifecycle import places

FACTS = (
    "subject=古堰康养园进度滞后",
    "basis_text=2026年第二季度督查通报（7月10日）",
    "source=黄灯项目",
    "project_number=LS-F-2026-001",
    "undertaker_unit=市林业局",
    "task=核实滞后原因，提出整改计划；逐月报告",
    "deadline_on=2026-08-10",
)
DRAFTED = {
    "filed_and_closed": {
        "supervision-slip",
        "supervision-extension",
        "supervision-return",
        "supervision-closed",
    },
    "escalated": {"supervision-slip", "supervision-return", "supervision-closed"},
    "overdue": {"supervision-slip"},
    "declined_and_cancelled": {"supervision-slip"},
}


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Give the shipped office."""
    monkeypatch.chdir(tmp_path)
    return Walk.begin(tmp_path, monkeypatch, on=date(2026, 7, 6))


def files(w: Walk, *, undertaker: str = "市林业局") -> None:
    """File a matter and take it in hand."""
    w.until(date(2026, 7, 13))
    facts = [
        f"undertaker_unit={undertaker}" if fact.startswith("undertaker_unit") else fact
        for fact in FACTS
    ]
    sets = [word for fact in facts for word in ("--set", fact)]
    w.case = w.run("open", "supervision", *sets, "--as", "bureau01").stdout.strip()


def on(w: Walk, day: str, *lines: str) -> None:
    """Type commands on a day."""
    w.until(date.fromisoformat(day))
    for line in lines:
        w.do(line)


def filed_and_closed(w: Walk) -> None:
    """交办、签收、填报、延期、反馈、退回重办、再反馈、销号, by a department."""
    files(w)
    w.refused("linye01 advance assign", "由 市招商局 办理")
    on(w, "2026-07-14", "bureau01 advance assign")
    w.refused("wenlv01 advance receive", "由 承办单位 办理")
    on(w, "2026-07-15", "linye01 advance receive")
    on(w, "2026-07-31", "linye01 advance report --set progress=已核实原因；正在编制整改计划")
    w.refused("bureau01 advance postpone --set deadline_on=2026-08-20 --note 汛期", "缺 延期申请")
    on(w, "2026-08-05", "linye01 attach delay_application")
    on(
        w,
        "2026-08-06",
        "bureau01 advance postpone --set deadline_on=2026-08-20 --note 汛期施工受阻",
    )
    w.refused("bureau01 advance postpone --set deadline_on=2026-08-30 --note 再延", "至多 1 次")
    on(
        w,
        "2026-08-18",
        "linye01 attach feedback_report evidence",
        "linye01 advance submit --set result=已完成整改",
    )
    w.refused("bureau01 advance close", "须换人")
    on(
        w,
        "2026-08-19",
        "bureau02 advance send_back --set deadline_on=2026-08-28 --note 佐证材料不足，请补充",
    )
    w.stands("handling")
    on(w, "2026-08-26", "linye01 attach evidence", "linye01 advance submit --set result=已补充佐证")
    on(w, "2026-08-27", "bureau02 advance close")
    w.stands("closed")


def escalated(w: Walk) -> None:
    """退回两次后升级、约谈后继续办理, then closed, by the county's own department."""
    files(w, undertaker="遂昌县招商部门")
    on(w, "2026-07-14", "bureau01 advance assign")
    w.refused("bureau01 advance escalate --note 尚未逾期", "尚未逾期，退回也不满两次")
    on(w, "2026-07-15", "suichang01 advance receive", "suichang01 attach feedback_report evidence")
    for day in ("2026-07-20", "2026-07-22"):
        on(w, day, "suichang01 advance submit --set result=已办")
        w.do("bureau02 advance send_back --set deadline_on=2026-08-12 --note 没有说明原因")
    on(w, "2026-07-24", "suichang01 advance submit --set result=已办")
    w.refused(
        "bureau02 advance send_back --set deadline_on=2026-08-14 --note 仍没有说明", "至多 2 次"
    )
    on(w, "2026-07-27", "bureau02 advance escalate --note 两次退回仍未说明原因")
    w.stands("escalated")
    resumed = (
        "bureau02 advance resume_handling --set deadline_on=2026-08-20 --note 约谈后承诺按期办结"
    )
    w.refused(resumed, "缺 约谈记录")
    on(w, "2026-07-31", "bureau01 attach talk_minutes", resumed)
    on(
        w,
        "2026-08-17",
        "suichang01 advance submit --set result=已说明原因并整改",
        "bureau02 advance close",
    )
    w.stands("closed")


def overdue(w: Walk) -> None:
    """逾期升级, once not received and once not handled, by an owner."""
    files(w, undertaker="庆元县生态产业公司（示例）")
    on(w, "2026-07-14", "bureau01 advance assign")
    on(
        w,
        "2026-08-11",
        "bureau01 advance escalate --note 逾期未签收",
        "bureau01 attach talk_minutes",
    )
    on(
        w,
        "2026-08-12",
        "bureau01 advance resume_handling --set deadline_on=2026-08-14 --note 约谈后继续",
    )
    on(w, "2026-08-17", "bureau01 advance escalate --note 逾期未办结")
    w.stands("escalated")
    on(w, "2026-08-18", "bureau01 advance cancel --note 项目终止，不再督办")
    w.stands("cancelled")


def declined_and_cancelled(w: Walk) -> None:
    """退回交办 (not the unit's business), 改派 another unit, 撤销."""
    files(w)
    on(w, "2026-07-14", "bureau01 advance assign")
    on(w, "2026-07-15", "linye01 advance decline --note 属市自然资源局职责")
    w.stands("filed")
    on(w, "2026-07-16", "bureau01 set undertaker_unit=市自然资源局", "bureau01 advance assign")
    w.refused("linye01 advance receive", "由 承办单位 办理")
    on(
        w,
        "2026-07-17",
        "land01 advance receive",
        "bureau02 advance cancel --note 会商议定不再单独督办",
    )
    w.stands("cancelled")


BRANCHES = (filed_and_closed, escalated, overdue, declined_and_cancelled)


def test_supervision_is_worked_in_the_shipped_office(walk: Walk) -> None:
    """Every transition is made and every state entered by officers of the demo's office; the audit
    is clean.
    """
    made, seen, drafted = set(), set(), {}
    walkers = walk.together(BRANCHES)
    for branch, walker in zip(BRANCHES, walkers, strict=True):
        replayed = walk.asks("replay", walker.case)
        assert (replayed["ok"], replayed["same_as_stored"]) == (True, True)
        made |= set(walk.asks("show", walker.case)["case"]["made"])
        seen |= {entry["state"] for entry in replayed["entries"]}
        found = walk.asks("notice", "list", walker.case)
        assert found["ok"], found
        assert [letter["error"] for letter in found["letters"] if letter["error"]] == []
        drafted[branch.__name__] = {letter["name"].partition("-")[2] for letter in found["letters"]}
    office = walk.office()
    workflow = office.workflow("supervision")
    office.close()
    assert set(workflow.titles) - made == set()
    assert set(workflow.states) == seen
    assert drafted == DRAFTED
    audit = walk.asks("audit")
    assert (audit["ok"], audit["complete"], audit["findings"], audit["cases"]) == (
        True,
        True,
        [],
        len(BRANCHES),
    )


def test_the_undertaker_finds_it_on_the_desk(walk: Walk) -> None:
    """The assigned unit's officer sees what to do next; the letter names the unit and
    the leader.
    """
    files(walk)
    on(walk, "2026-07-14", "bureau01 advance assign")
    assert f"lifecycle advance {walk.case} receive" in walk.run("todo", "--as", "linye01").stdout
    assert walk.case not in walk.run("todo", "--as", "wenlv01").stdout
    letter = walk.run("notice", "show", walk.case, "supervision-slip").stdout
    assert [
        text
        for text in ("市林业局", "市级联系领导", "核实滞后原因，提出整改计划；逐月报告")
        if text not in letter
    ] == []


def test_every_role_of_the_shipped_workflows_is_held(walk: Walk) -> None:
    """Each role is held in the shipped office, by somebody in every unit that has the function."""
    office = walk.office()
    directory, day = office.directory, "2026-09-30"
    idle = {}
    for workflow in office.workflows():
        for role in workflow.roles:
            units = directory.units_with(role, day)
            able = {
                person.unit
                for code, person in directory.people.items()
                if role in directory.officer(code, date.fromisoformat(day)).held
            }
            if not units or set(units) != able:
                idle[f"{workflow.name}.{role}"] = sorted(set(units) ^ able)
    named = sorted(workflow.name for workflow in office.workflows())
    office.close()
    assert named == sorted(path.stem for path in places.workflow_files())
    assert idle == {}
