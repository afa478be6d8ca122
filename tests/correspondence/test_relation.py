"""Who may write what to whom, and what `notice lint` finds in one template."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.correspondence.rules.lint import template_faults
from lifecycle.correspondence.rules.relations import (
    FILE,
    Relations,
    read_relations,
    relation_faults,
    sent,
    template_relation_faults,
)
from lifecycle.errors import Problem, WorkflowError
from lifecycle.letter.kinds import kinds
from lifecycle.template import Template, read_template
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import examine, read_workflow

FLOW = """
workflow: flow
title: 流程
version: 1
basis: 测试
number: XS-{year}-{serial:03}
subject: name
opened_by: bureau
roles: {bureau: 招商局, finance: 财政, land: 国土, owner: {title: 业主, unit: owner_unit}, leader: 市领导}
parties: {government: 市人民政府, county: 县人民政府, investor: 投资方, public: 社会公众, bank: 银行}
facts:
  name: {title: 名称, type: text, required: true}
  owner_unit: {title: 业主单位, type: unit, required: true}
states: {first: {title: 甲}, done: {title: 办结, final: true}}
transitions:
  - {name: go, title: 办结, from: first, to: done, by: BY, notices: [{template: t, to: TO, cc: CC}]}
"""  # noqa: E501


def relations() -> Relations:
    """Read the shipped relations."""
    return read_relations((places.notices() / FILE).read_bytes())


def flow(to: str, *, by: str = "bureau", cc: str = "") -> Workflow:
    """Make a workflow that sends one letter."""
    text = FLOW.replace("BY", by).replace("TO", to).replace(", cc: CC", f", cc: {cc}" if cc else "")
    return read_workflow(text, "flow.yaml")


def made(kind: str, body: str = "正文") -> Template:
    """Make a template of a kind."""
    head = f"文种：{kind}\n标题：测试\n主送：{{{{ to }}}}\n发文单位：{{{{ issuer }}}}\n---\n"
    return read_template("t", (head + body).encode(), "t.j2")


def judged(
    kind: str, to: str, *, by: str = "bureau", cc: str = "", body: str = "正文"
) -> list[str]:
    """Give what is wrong with a letter."""
    found = relation_faults(flow(to, by=by, cc=cc), {"t": made(kind, body)}, relations())
    assert all(p.location.file == "flow.yaml" and p.location.line == 16 and p.mend for p in found)
    return [p.message for p in found]


ALLOWED = {
    "finance": ("函", "意见", "纪要", *kinds().slips),
    "owner": ("函", "意见", "纪要", *kinds().slips),
    "leader": kinds().slips,
    "government": ("请示", "报告", "意见"),
    "county": ("函", "意见", "纪要", *kinds().slips),
    "investor": ("函",),
    "bank": ("函",),
    "public": ("公告", "通告"),
}


@pytest.mark.parametrize("to", ALLOWED)
def test_each_recipient_gets_only_the_kinds_of_its_level(to: str) -> None:
    """Of all kinds, only those of the table are let through to each recipient, and nothing else."""
    assert tuple(kind for kind in kinds().all if not judged(kind, to)) == tuple(
        kind for kind in kinds().all if kind in ALLOWED[to]
    )


def test_fault_names_kind_recipient_level_and_basis() -> None:
    """A fault says which letter goes wrongly to whom, by which article, and what to
    write instead.
    """
    (problem,) = relation_faults(flow("[finance, land]"), {"t": made("请示")}, relations())
    assert problem.render() == (
        "flow.yaml:16:83: 错误：流转 go 的公文 t 是“请示”，不能发给财政、"
        "国土（不相隶属的平级单位）"
        "："
        "条例第八条第十四项：函适用于不相隶属机关之间商洽工作、询问和答复问题、"
        "请求批准和答复审批事项"
        "\n"
        "  改法：部门之间用函；内部催办、交办可用督办单、交办单"
    )


@pytest.mark.parametrize(
    ("body", "sound"),
    [
        ("经市政府同意，现将有关事项通知如下。", True),
        ("经市人民政府同意，现将有关事项通知如下。", True),
        ("{% if a %}经市政府同意{% else %}经市政府同意{% endif %}。", True),
        ("{% if a %}经市政府同意{% endif %}。", False),
        ("{% for x in a %}经市政府同意{% endfor %}。", False),
        ("{# 经市政府同意 #}正文。", False),
        ("正文。", False),
    ],
)
def test_notice_to_a_county_says_that_the_government_agreed(body: str, sound: bool) -> None:
    """A 通知 goes to a county's government only if each of its letters says 经市政府同意
    (第十六条第二项).
    """
    found = judged("通知", "county", body=body)
    message = (
        "流转 go 的公文 t 是“通知”，正文没有写明“经市政府同意”，不能发给县人民政府（县（市、区）"
        "人民政府）："
        "条例第十六条第二项：部门不得向下级党委、政府发布指令性公文；经政府同意由部门行文的，"
        "文中须注明已经政府同意"
    )
    assert found == ([] if sound else [message])


def test_authority_may_give_notice_to_whom_it_governs() -> None:
    """A 通知 goes to an investor only from a competent authority, whoever of those named by the
    transition acts.
    """
    assert judged("通知", "investor", by="land") == []
    assert judged("通知", "owner", by="land") == []
    assert len(judged("通知", "investor", by="[land, bureau]")) == 1
    assert len(judged("通知", "finance", by="land")) == 1


def test_upward_letter_has_one_addressee_and_no_copy_downward() -> None:
    """A letter to a superior goes to nobody else, and a lower government gets no copy
    (第十五条第一项).
    """
    assert judged("报告", "government", cc="[finance, owner]") == []
    assert [m.split("：")[0] for m in judged("报告", "government", cc="[county, finance]")] == [
        "流转 go 的公文 t 是上行文，不能抄送县人民政府（县（市、区）人民政府）"
    ]
    assert [m.split("：")[0] for m in judged("报告", "[government, finance]")] == [
        "流转 go 的公文 t 主送了 2 个单位，其中有市人民政府（上级机关）",
        "流转 go 的公文 t 是“报告”，不能发给财政（不相隶属的平级单位）",
    ]


def test_slips_stay_inside() -> None:
    """A slip is no official letter: it goes to nobody outside, not even as a copy."""
    assert judged("督办单", "owner", cc="leader") == []
    assert judged("督办单", "owner", cc="investor") == [
        "流转 go 的公文 t 是内部单据“督办单”，不能抄送投资方（机关以外的单位）"
    ]


def test_letter_without_template_is_passed_over() -> None:
    """That a template lacks is for the workflow's check to tell."""
    assert relation_faults(flow("finance"), {}, relations()) == []


def test_lint_points_at_the_template() -> None:
    """The same judgement by template: at its 文种, once for each transition that sends it."""
    workflow = flow("finance")
    (problem,) = template_relation_faults(made("通报"), sent([workflow], "t"), relations())
    assert problem.message == (
        "用于 flow 的流转 go 时是“通报”，正文没有写明“经市政府同意”，"
        "不能发给财政（不相隶属的平级单位）"
        "："
        "条例第八条第十四项：函适用于不相隶属机关之间商洽工作、询问和答复问题、"
        "请求批准和答复审批事项"
    )
    assert (str(problem.location), problem.location.length) == ("t.j2:1:4", 2)
    assert template_relation_faults(made("通报"), sent([workflow], "other"), relations()) == []


def said(problems: Iterable[Problem]) -> list[str]:
    """Give problems as `line:column message（mend）`."""
    return [f"{p.location.line}:{p.location.column} {p.message}（{p.mend[:16]}）" for p in problems]


def test_lint_finds_unknown_names() -> None:
    """A name that no case supplies is found where it stands, also where `is defined` would hide it
    for ever.
    """
    template = made(
        "函",
        "{{ nmae }}{% if onwer_unit is defined %}甲{% endif %}{{ last.gone }}{{ on }}{{ lipsum }}",
    )
    expected = [
        "6:4 流程 flow 没有名为“nmae”的要素，也没有这一内置变量（是否为“name”？）",
        "6:17 流程 flow 没有名为“onwer_unit”的要素，也没有这一内置变量（是否为“owner_unit”？）",
        "6:61 流程 flow 没有名为“gone”的流转（是否为“go”？）",
        "6:79 流程 flow 没有名为“lipsum”的要素，也没有这一内置变量（是否为“limits”？）",
    ]
    assert said(template_faults(template, [flow("finance")], relations())) == expected


def test_lint_of_an_unused_template_knows_the_facts_of_all() -> None:
    """A template that nothing uses yet may name any workflow's facts, and is not judged by
    recipients.
    """
    text = FLOW.replace("workflow: flow", "workflow: other").replace("owner_unit", "user_unit")
    other = read_workflow(
        text.replace(", notices: [{template: t, to: TO, cc: CC}]", "").replace("BY", "bureau"), "o"
    )
    template = read_template(
        "new", made("通报", "{{ owner_unit }}{{ user_unit }}{{ x }}").source.encode(), "new.j2"
    )
    found = template_faults(template, [flow("finance"), other], relations())
    assert [p.message for p in found] == ["现有流程都没有名为“x”的要素，也没有这一内置变量"]
    assert found[0].mend.endswith(
        "新流程的，把流程文件放在 notices 旁边的 workflows 文件夹里一起检查"
    )


def test_lint_finds_a_day_by_which_that_says_so_twice() -> None:
    """What is due by a day is written with “前” already; anything else may follow."""
    template = made(
        "函", "请于{{ due_text }}前办理，{{ reply_due_text }}函复，限{{due_text}}以前。"
    )
    told = "期限已写成“××年×月×日前”或“××个工作日内”，后面又写了"
    assert said(template_faults(template, [flow("finance")], relations())) == [
        f"6:17 {told}“前”（删去“前”）",
        f"6:57 {told}“以前”（删去“以前”）",
    ]


def test_shipped_letters_are_of_the_right_kind() -> None:
    """Every letter of the shipped workflows keeps the rules, seen from the workflow and from the
    template.
    """
    templates = {
        p.stem: read_template(p.stem, p.read_bytes(), p.name) for p in places.notices().glob("*.j2")
    }
    workflows = []
    for path in places.workflow_files():
        workflow, _problems, _text = examine(path.read_bytes(), path.name, templates, checked=False)
        assert workflow is not None
        assert relation_faults(workflow, templates, relations()) == []
        workflows.append(workflow)
    for template in templates.values():
        assert template_faults(template, workflows, relations()) == []


def test_faults_of_the_file_are_told_at_once() -> None:
    """Relations that name an unknown kind, a level twice or a missing default are refused with each
    place.
    """
    text = """relations: 甲
basis: 乙
default: {role: peer, party: gone}
levels:
  peer: {title: 平级, names: [a, a], basis: 丙, mend: 丁, allow: [{kinds: [涵], basis: 戊}]}
  lower: {title: 下级, names: a, basis: 丙, mend: 丁, allow: [], insde: true}
"""
    with pytest.raises(WorkflowError) as caught:
        read_relations(text.encode(), "r.yaml")
    assert [f"{p.location} {p.message}" for p in caught.value.problems] == [
        "r.yaml:3:30 default 的 party 写了未定义的类别 “gone”",
        "r.yaml:5:32 “a” 归了两个类别",
        "r.yaml:5:72 没有文种 “涵”",
        "r.yaml:6:29 “a” 归了两个类别",
        "r.yaml:6:62 类别 lower 有不认识的键 “insde”",
    ]


def test_relations_travel_with_the_templates() -> None:
    """The file lies in the folder that is built into the wheel."""
    assert (places.notices() / FILE).is_file()
    assert isinstance(places.notices(), Path)
