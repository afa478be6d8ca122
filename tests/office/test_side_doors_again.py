"""Ways round the rules that a hostile tester found later, each as its kind: opinions that were
used, voices of one unit, days gained and given back, corrections that mend a correction.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from foreign_office import ForeignOffice
from homes import FILES
from linked_office import LinkedOffice

PEOPLE = """
bureau 市招商局 bureau: b1 b2
owner 业主公司 owner undertaker: o1
land 市国土局 land undertaker: l1 l2
justice 市司法局 justice undertaker: j1
finance 市财政局 finance: f1 f2
"""
WORKFLOW = """\
workflow: matter
title: 事项
version: 1
basis: 内部规定
number: SX-{year}-{serial:03}
subject: name
opened_by: bureau
roles:
  bureau: 招商
  finance: 财政
  land: 国土
  justice: {title: 法制, delegate: across}
  owner: {title: 业主, unit: own}
  undertaker: {title: 承办, units: us}
facts:
  name: {title: 名称, type: text, required: true}
  own: {title: 业主单位, type: unit, by: bureau}
  us: {title: 承办单位, type: list, of: unit, by: bureau}
  score: {title: 得分, type: integer, by: finance}
  plan_ok: {title: 选址意见, type: text, by: land}
  twice: {title: 倍数, type: integer}
  from_on: {title: 起日, type: date, by: bureau}
materials:
  opinion: {title: 法律意见, by: justice}
states:
  work:
    title: 办理
    lead: bureau
    limits: [{title: 限办, in: 5, unit: day, since: from_on, done: did, basis: 内部规定}]
  paying: {title: 拨付, lead: bureau}
  done: {title: 办结, final: true}
transitions:
  - {name: vote, title: 表决, from: work, to: done, by: bureau, needs: {cosign: {roles: [owner, undertaker], quorum: majority, objection: counts}}}
  - {name: both, title: 两签, kind: record, from: work, by: bureau, needs: {cosign: {roles: [justice, undertaker]}}}
  - {name: request, title: 提请, kind: record, from: work, by: bureau}
  - {name: grant, title: 核准, kind: record, from: work, by: bureau, needs: {cosign: {roles: [finance], asked: request}}}
  - {name: once, title: 一次, kind: record, from: work, by: finance, asks: [score], needs: {counter: {of: once, at_most: 1, basis: 某法}}}
  - {name: start, title: 起算, kind: record, from: work, by: bureau, asks: [from_on]}
  - {name: extend, title: 延期, kind: record, from: work, by: bureau, asks: [from_on], renews: [from_on], prolongs: true, reason: required}
  - {name: did, title: 办了, kind: record, from: work, by: finance}
  - {name: calc, title: 测算, kind: record, from: work, by: finance, needs: {facts: [score]}, sets: {twice: score * 2}}
  - name: go
    title: 转拨付
    from: work
    to: paying
    by: bureau
    needs:
      facts: [plan_ok]
      materials: [opinion]
      guards: [{when: score >= 60, else: 得分不足}, {when: twice >= 120, else: 倍数不足}]
  - {name: back, title: 退回, kind: return, from: paying, to: work, by: bureau, reason: required}
  - {name: end, title: 办结, from: paying, to: done, by: bureau}
"""  # noqa: E501


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ForeignOffice:
    """Give the office, with a case in hand."""
    made = ForeignOffice(tmp_path, monkeypatch, WORKFLOW, PEOPLE)
    made.opens("b1 matter name=甲 own=owner us=owner、land、justice")
    return made


def test_a_unit_is_one_voice_before_it_has_spoken(office: ForeignOffice) -> None:
    """Of three units two are enough, whether the one with two seats has spoken or not; its
    objection opens nothing, and taking that back closes nothing.
    """
    office.does("l1 sign vote agree")
    told = office.unmet("b1 advance vote")
    assert told[0].startswith(
        "会签　　缺 业主公司、市司法局 的同意意见（尚未送会签）；还需 1 家同意"
    )
    office.does("o1 sign vote object --note 反对")
    assert "还需 1 家同意" in office.unmet("b1 advance vote")[0]
    office.does("j1 sign vote agree", "b1 advance vote")
    assert (office.state, office.findings()) == ("done", [])


def test_who_acts_by_delegation_speaks_where_it_reaches(office: ForeignOffice) -> None:
    """A role that goes to another unit's officer gives no voice in the unit's other roles; the unit
    has spoken once it has for all.
    """
    office.do("officer", "delegate", "f1", "--until", "2027-01-31", by="j1")
    office.does("o1 sign both agree", "l1 sign both agree", "f1 sign both agree --for j1")
    told = office.unmet("b1 advance both")
    assert told[0].startswith("会签　　缺 市司法局 的同意意见")
    office.does("j1 sign both agree", "b1 advance both")
    assert office.findings() == []


def test_an_opinion_that_was_used_is_not_taken_back(office: ForeignOffice) -> None:
    """Nor is another one given on what was made, before it is asked again."""
    office.does("b1 advance request", "f1 sign grant agree", "b1 advance grant")
    assert office.unmet("f1 withdraw grant --note 反悔") == [
        "采用　　这份意见已用于“核准”（第 4 笔），不能撤回"
    ]
    assert office.unmet("f1 sign grant object --note 反悔") == [
        "意见　　“核准”已经办过（第 4 笔），其后没有再送会签：办理“提请”时再送"
    ]
    assert office.asks("show", office.case)["opinions"][-1]["status"] == "used"
    office.does("b1 advance request", "f1 sign grant object --note 不妥")
    office.does("f1 withdraw grant --note 误")
    assert office.findings() == []


def test_days_that_were_gained_are_not_given_back_once_done(office: ForeignOffice) -> None:
    """The extension on whose account a limit was kept stands, be the limit done by now."""
    office.does("b1 advance start --set from_on=2026-09-01")
    office.does("b1 advance extend --set from_on=2026-09-05 --note 延")
    office.at("2026-09-09")
    told = "采用　　期限“限办”原限 2026-09-07，已过，其后是靠它延长的"
    assert told in office.unmet("b1 take-back extend --note 误")
    office.does("f1 advance did")
    assert told in office.unmet("b1 take-back extend --note 误")
    assert office.findings() == []


def ready(office: ForeignOffice, score: int) -> None:
    """Bring a case to its payment."""
    office.does(f"f1 advance once --set score={score}", "f1 advance calc", "l1 set plan_ok=可")
    office.hands_in("j1", "opinion")
    office.does("b1 advance go")


def test_a_correction_that_mends_another_asks_no_return(office: ForeignOffice) -> None:
    """A step whose gates hold again waits for nothing."""
    ready(office, 70)
    office.does("f1 correct score=10 --note 错", "b1 confirm")
    assert any("条件不再成立" in told for told in office.unmet("b1 advance end"))
    office.does("f1 correct score=75 --note 又错", "b1 confirm", "b1 advance end")
    assert (office.state, office.findings()) == ("done", [])


def test_who_confirms_is_told_what_lapses_with_it(office: ForeignOffice) -> None:
    """Of two corrections of one fact the other one is void, and said to be."""
    ready(office, 70)
    office.does("f1 correct score=65 --note 错", "f1 correct score=66 --note 错")
    found = office.asks("confirm", office.case, "7", by="b1")
    assert [one["message"] for one in found["hints"]] == [
        "第 8 笔更正随之失效：更正的是同一内容；仍要更正的，重新提出"
    ]


def test_who_supplies_what_others_need_has_it_on_the_list(office: ForeignOffice) -> None:
    """Facts and materials that only some roles may supply, and records that compute a fact, are
    asked of those, until they are there; the refusal says whose they are.
    """
    number = office.case
    assert office.tasks("j1") == [f"lifecycle attach {number} opinion 文件"]
    assert office.tasks("l1") == [f"lifecycle set {number} plan_ok=…"]
    assert f"lifecycle advance {number} once --set score=…" in " ".join(office.tasks("f1"))
    told = office.unmet("b1 advance go")
    assert "要素　　缺 选址意见（由 国土 填）　　lifecycle set SX-2026-001 plan_ok=…" in told
    assert any(one.startswith("材料　　缺 法律意见（由 法制 交）") for one in told)
    office.does("f1 advance once --set score=70")
    assert f"lifecycle advance {number} calc" in office.tasks("f1")
    office.does("f1 advance calc", "l1 set plan_ok=可")
    office.hands_in("j1", "opinion")
    assert [office.tasks(who) for who in ("j1", "l1", "f1")] == [[], [], []]
    assert office.findings() == []


def test_what_is_used_up_is_no_advice(office: ForeignOffice) -> None:
    """A record that cannot be made again is not offered, nor a correction of what is not there."""
    office.does("f1 advance once --set score=70", "f1 take-back once --note 误")
    assert office.unmet("f1 advance once --set score=70") == [
        "次数　　一次 已办 1 次，至多 1 次〔某法〕"
    ]
    told = " ".join(office.unmet("b1 advance go"))
    assert "advance SX-2026-001 once" not in told


@pytest.mark.parametrize("sign", ["…", "……", "..."])
def test_the_dots_of_an_example_are_no_content(office: ForeignOffice, sign: str) -> None:
    """Neither a note nor a value; nothing is recorded."""
    code, told = office.fails("set", office.case, f"name={sign}", by="b1")
    assert (code, "那是示意的省略号" in told) == (1, True)
    words = ("extend", "--set", "from_on=2026-09-05", "--note", sign)
    code, told = office.fails("advance", office.case, *words, by="b1")
    assert (code, "那是示意的省略号" in told) == (1, True)


def test_one_value_is_written_in_one_place(office: ForeignOffice) -> None:
    """What the table says and the command line too is refused, line by line."""
    table = office.write("t.csv", f"编号,name\n{office.case},乙\n")
    told = office.do_not("set", str(table), "name=丙", by="b1")
    assert "name 命令行和表格里都写了" in told
    assert office.asks("show", office.case)["title"] == "甲"


def test_a_workflow_is_asked_of_its_own_cases_only(office: ForeignOffice) -> None:
    """Replaying under another version leaves cases of other workflows alone."""
    other = WORKFLOW.replace("workflow: matter", "workflow: other")
    found = office.asks("replay", "--under", office.write("other.yaml", other))
    assert (found["ok"], found["cases"]) == (True, [])
    found = office.asks("replay", "--under", office.write("same.yaml", WORKFLOW))
    assert [one["ok"] for one in found["cases"]] == [True]


def test_who_changes_what_other_cases_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they decided stands; that there are such is said."""
    office = LinkedOffice(tmp_path, monkeypatch, FILES)
    of = office.works()
    problem = office.problem(of)
    found = office.asks("set", of, "amount=6000", by="b1")
    assert [one["message"] for one in found["hints"] if one["kind"] == "readers"] == [
        f"{problem}（问题协调）的条件读这里的 总投资：已办的不随之改变"
    ]
