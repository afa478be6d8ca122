"""Situations that users of other workflow engines have reported, tried here from the command line:
each on a small workflow of its own, with the whole answer. Where a report was at hand, its public
thread is named.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_office import ForeignOffice

HEAD = """\
workflow: matter
title: 事项
version: 1
basis: 内部规定
number: SX-{year}-{serial:03}
subject: name
opened_by: office
"""
PEOPLE = """
office 市办公室 office: office01 office02
finance 市财政局 finance: finance01 finance02 finance03
legal 市司法局 legal: legal01 legal02
land 市自然资源局 land planning: land01 land02
forestry 市林业局 helper: forestry01
culture 市文旅局 helper: culture01
water 市水利局 helper: water01
"""
NOT_AGREED = "的意见已失效（其后有退回），须重新会签"
SIGN = "            lifecycle sign SX-2026-001 approve agree --as …\n"

Working = Callable[[str], ForeignOffice]
"""Founds an office that works by a workflow."""


@pytest.fixture
def works_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Working:
    """Found an office by a workflow of which the head is the same for all."""
    return lambda text: ForeignOffice(tmp_path, monkeypatch, HEAD + text, PEOPLE)


# ── Opinions ──

SIGNED = """
roles: {office: 办公室, finance: 财政, legal: 司法, land: 国土}
facts:
  name: {title: 名称, type: text, required: true}
materials:
  text: {title: 稿子}
states:
  draft: {title: 起草, lead: office}
  approved: {title: 已批, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: approve, title: 批准, from: draft, to: approved, by: office, needs: {materials: [text], cosign: {roles: [finance, legal], asked: entering}}}
  - {name: back, title: 退回, kind: return, from: approved, to: draft, by: office, reason: required}
  - {name: close, title: 办结, from: approved, to: closed, by: office}
"""  # noqa: E501


def test_opinions_of_before_a_return_do_not_count_after_it(works_by: Working) -> None:
    """After a return the same opinions have to be given anew, each by its unit; until all are, it
    does not go on (dotCMS/core#33031: the second round passed on the approvals of the first).
    """
    office = works_by(SIGNED)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    office.does("finance01 sign approve agree", "legal01 sign approve agree")
    office.does("office01 advance approve", "office01 advance back --note 漏了附件")
    assert office.opinions() == {"finance": "stale", "legal": "stale"}
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 已批\n"
        f"  ✗ 会签　　财政、司法 {NOT_AGREED}\n{SIGN}"
        "  ✓ 角色　　办公室（office01）\n"
        "  ✓ 材料　　稿子（text.txt）\n"
        "依据：workflows/matter.yaml:19　内部规定\n"
    )
    assert office.tasks("finance02") == ["lifecycle sign SX-2026-001 approve agree"]
    office.does("finance02 sign approve agree")
    assert office.unmet("office01 advance approve") == [f"会签　　司法 {NOT_AGREED}"]
    office.does("legal01 sign approve agree", "office01 advance approve")
    assert (office.state, office.findings()) == ("approved", [])


def test_what_is_pushed_after_an_approval_has_to_be_approved(works_by: Working) -> None:
    """A new draft makes the approvals of the earlier one stale, and the earlier one handed in again
    does not revive them; after the transition the draft cannot be exchanged at all.
    """
    office = works_by(SIGNED)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    office.does("finance01 sign approve agree", "legal01 sign approve agree")
    office.write("second.txt", "第二稿")
    office.does("office01 attach text second.txt")
    assert office.opinions() == {"finance": "stale", "legal": "stale"}
    office.does("office01 attach text text.txt")
    assert office.unmet("office01 advance approve") == [
        "会签　　财政、司法 的意见已失效（其后更改了 稿子），须重新会签"
    ]
    office.does("finance01 sign approve agree", "legal01 sign approve agree")
    office.does("office01 advance approve")
    assert office.refused("office01 attach text second.txt") == (
        "不能办理：SX-2026-001 甲　上传 稿子\n"
        "  ✗ 更正　　稿子 已由“批准”采用，不能直接更改\n"
        "            确属交错的，更正：lifecycle correct SX-2026-001 --material text --file 文件"
        " --note 理由\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )


HELPED = """
roles: {office: 办公室, helper: {title: 协办单位, units: helpers}}
facts:
  name: {title: 名称, type: text, required: true}
  helpers: {title: 协办名单, type: list, of: unit}
states:
  draft: {title: 起草, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: approve, title: 批准, from: draft, to: closed, by: office, needs: {cosign: {roles: helper, asked: entering, within: {in: 3, unit: workday, basis: 内部承诺}}}}
"""  # noqa: E501


def due_days(office: ForeignOffice) -> dict[str, str | None]:
    """Give by when each unit owes its opinion."""
    return {o["unit"]: o["due_on"] for o in office.asks("show", office.case)["opinions"]}


def test_a_signer_added_midway_is_asked_and_the_others_stay(works_by: Working) -> None:
    """Whoever is added is asked on that day and has its own time; what was said stands, and what
    was asked is due when it was (flowable/flowable-engine#2036).
    """
    office = works_by(HELPED)
    office.opens("office01 matter name=甲 helpers=市林业局、市文旅局")
    office.does("forestry01 sign approve agree")
    office.at("2026-09-09")
    office.does("office01 set helpers=市林业局、市文旅局、市水利局")
    assert office.opinions() == {"forestry": "agree", "culture": "awaited", "water": "awaited"}
    assert due_days(office) == {"forestry": None, "culture": "2026-09-10", "water": "2026-09-14"}
    office.does("culture01 sign approve agree")
    assert office.unmet("office01 advance approve") == [
        "会签　　缺 市水利局 的同意意见　　lifecycle sign SX-2026-001 approve agree --as …"
    ]
    office.does("water01 sign approve agree", "office01 advance approve")
    assert (office.state, office.findings()) == ("closed", [])


def test_a_signer_is_removed_midway_by_two_persons_and_a_reason(works_by: Working) -> None:
    """Nobody takes an asked signer off alone: it is corrected with a reason and confirmed by
    another person; the opinions of the others stand (flowable/flowable-engine#3133).
    """
    office = works_by(HELPED)
    office.opens("office01 matter name=甲 helpers=市林业局、市文旅局")
    office.does("forestry01 sign approve agree")
    assert office.refused("office01 set helpers=市林业局") == (
        "不能办理：SX-2026-001 甲　填报 协办名单\n"
        "  ✗ 意见　　市文旅局 已送“批准”会签，不能直接去掉\n"
        "            要增加的，连同原有的单位一起写；确不须其会签的，更正："
        "lifecycle correct SX-2026-001 helpers=… --note 理由\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    assert office.does("office01 correct helpers=市林业局 --note 不涉及") == (
        "已办理：SX-2026-001　甲　提请更正 协办名单 市林业局、市文旅局 → 市林业局：不涉及　"
        "待牵头单位确认\n"
        "  · “批准”不再请 市文旅局 会签\n"
        "  待 办公室 的另一人确认　lifecycle confirm SX-2026-001 3\n"
    )
    assert office.unmet("office01 confirm") == ["回避　　更正由 office01 提请，须换人确认"]
    office.does("office02 confirm")
    assert office.opinions() == {"forestry": "agree"}
    assert office.tasks("culture01") == []
    assert office.does("office01 advance approve") == (
        "已办理：SX-2026-001　甲　批准　起草 → 办结\n  本事项已“办结”\n"
    )


def test_who_objects_is_not_got_rid_of_by_taking_it_off_the_list(works_by: Working) -> None:
    """The objection of a unit that is no signer any more goes on blocking until that unit takes it
    back or the lead says how it was settled.
    """
    office = works_by(HELPED)
    office.opens("office01 matter name=甲 helpers=市林业局、市文旅局")
    office.does("forestry01 sign approve agree", "culture01 sign approve object --note 有异议")
    office.does("office01 correct helpers=市林业局 --note 不涉及", "office02 confirm")
    assert office.opinions() == {"forestry": "agree"}
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 办结\n"
        "  ✗ 会签　　市文旅局 不同意：有异议　　由其撤回，或由牵头单位说明处理："
        "lifecycle resolve SX-2026-001 approve helper/culture --note …\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml:17　内部规定\n"
    )
    office.does("culture01 withdraw approve --note 已协商一致", "office01 advance approve")
    assert office.state == "closed"


ALL_OF_THREE = SIGNED.replace("roles: [finance, legal],", "roles: [finance, legal, land],")
MAJORITY = ALL_OF_THREE.replace(
    "legal, land],", "legal, land], quorum: majority, objection: counts,"
)


def test_one_of_all_refuses(works_by: Working) -> None:
    """One refusal blocks, with its reason told; the case waits where it is, and nobody but the lead
    settles it – who does, does not make the transition (blackholll/loonflow#426).
    """
    office = works_by(ALL_OF_THREE)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    office.does("finance01 sign approve agree", "land01 sign approve agree")
    assert office.unmet("legal01 sign approve object") == [
        "理由　　须写明不同意的理由　　加 --note 不同意的理由"
    ]
    office.does("legal01 sign approve object --note 没有依据")
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 已批\n"
        "  ✗ 会签　　司法 不同意：没有依据　　由其撤回，或由牵头单位说明处理："
        "lifecycle resolve SX-2026-001 approve legal --note …\n"
        "  ✓ 角色　　办公室（office01）\n"
        "  ✓ 材料　　稿子（text.txt）\n"
        "依据：workflows/matter.yaml:19　内部规定\n"
    )
    assert office.unmet("finance01 resolve approve legal --note 已补") == [
        "角色　　由 办公室 办理；您（市财政局 finance01）不具备该角色"
    ]
    office.does("office01 resolve approve legal --note 已补充依据")
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 已批\n"
        "  ✗ 回避　　office01 处理过 批准 的不同意见，不能再由其办理\n"
        "            请同单位的另一位经办人办理\n"
        "  ✓ 角色　　办公室（office01）\n"
        "  ✓ 材料　　稿子（text.txt）\n"
        "  ✓ 会签　　财政、司法（不同意，已处理）、国土 已会签\n"
        "依据：workflows/matter.yaml:19　内部规定\n"
    )
    office.does("office02 advance approve")
    assert (office.state, office.findings()) == ("approved", [])


def test_a_majority_carries_it_over_a_dissent(works_by: Working) -> None:
    """Two of three carry it, conditions being consent; the dissent stays on record, and silence is
    never counted for it (sartography/SpiffWorkflow#199).
    """
    office = works_by(MAJORITY)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    office.does("legal01 sign approve object --note 没有依据", "finance01 sign approve agree")
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 已批\n"
        "  ✗ 会签　　缺 国土 的同意意见；还需 1 家同意；不同意的有 司法\n"
        f"{SIGN}"
        "  ✓ 角色　　办公室（office01）\n"
        "  ✓ 材料　　稿子（text.txt）\n"
        "依据：workflows/matter.yaml:19　内部规定\n"
    )
    office.does("land01 sign approve conditional --note 限一年", "office01 advance approve")
    assert office.do("log", office.case, "--after", "2") == (
        "SX-2026-001 甲　共 6 条记录\n"
        "序号  日期        经办       事由\n"
        "   3  2026-09-07  legal01    会签 批准　司法 不同意：没有依据\n"
        "   4  2026-09-07  finance01  会签 批准　财政 同意\n"
        "   5  2026-09-07  land01     会签 批准　国土 附条件同意：限一年\n"
        "   6  2026-09-07  office01   批准　起草 → 已批\n"
    )


def test_a_majority_against_it_is_told_at_once(works_by: Working) -> None:
    """Where those left cannot carry it any more, it says so with the figures, and who can change
    that; it does not wait for the last vote, nor end by itself.
    """
    office = works_by(MAJORITY)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    for who in ("legal01", "land01"):
        office.does(f"{who} sign approve object --note 没有依据")
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　起草 → 已批\n"
        "  ✗ 会签　　已不能通过：共 3 家，须 2 家同意；已同意 0 家，未表态 1 家，"
        "不同意 2 家（司法、国土）\n"
        "            由不同意的单位改变意见（lifecycle sign SX-2026-001 approve agree --as …）"
        "或撤回（lifecycle withdraw SX-2026-001 approve --as …）\n"
        "  ✓ 角色　　办公室（office01）\n"
        "  ✓ 材料　　稿子（text.txt）\n"
        "依据：workflows/matter.yaml:19　内部规定\n"
    )


ORDERED = """
roles: {office: 办公室, finance: 财政, legal: 司法, land: 国土}
facts:
  name: {title: 名称, type: text, required: true}
states:
  draft: {title: 起草, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - name: approve
    title: 批准
    from: draft
    to: closed
    by: office
    needs:
      cosign:
        - {name: first, roles: finance, asked: entering, within: {in: 2, unit: workday, basis: 内部承诺}}
        - {name: then, roles: [legal, land], within: {in: 2, unit: workday, basis: 内部承诺}}
      order: [first, then]
"""  # noqa: E501


def test_signing_one_after_another(works_by: Working) -> None:
    """The later ones are not asked, cannot sign and are not late before the first has agreed; then
    they are asked that day. If the first takes it back they wait again, and what they said stands.
    """
    office = works_by(ORDERED)
    office.opens("office01 matter name=甲")
    assert (office.tasks("legal01"), office.opinions()) == (
        [],
        {"finance": "awaited", "legal": "unasked", "land": "unasked"},
    )
    assert office.refused("legal01 sign approve agree") == (
        "不能办理：SX-2026-001 甲　会签 批准\n"
        "  ✗ 意见　　还没有轮到 司法 会签 批准：先由 财政 会签\n"
        "            前面的够了，即送 司法；还缺谁：lifecycle why SX-2026-001 approve\n"
        "  ✓ 角色　　司法\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    office.at("2026-09-16")
    office.does("finance01 sign approve agree")
    dues = [o["due_on"] for o in office.asks("show", office.case)["opinions"]]
    assert dues == [None, "2026-09-18", "2026-09-18"]
    office.does("legal01 sign approve agree", "finance01 withdraw approve --note 再核")
    assert office.opinions() == {"finance": "overdue", "legal": "agree", "land": "unasked"}
    assert office.unmet("land01 sign approve agree") == [
        "意见　　还没有轮到 国土 会签 批准：先由 财政 会签"
    ]
    office.does("finance01 sign approve agree", "land01 sign approve agree")
    office.does("office01 advance approve")
    assert (office.state, office.findings()) == ("closed", [])


TWO_SEATS = """
roles: {office: 办公室, finance: 财政, land: 国土, planning: 规划}
facts:
  name: {title: 名称, type: text, required: true}
states:
  draft: {title: 起草, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: approve, title: 批准, from: draft, to: closed, by: office, needs: {cosign: {roles: [finance, land, planning], quorum: majority, asked: entering}}}
"""  # noqa: E501


def test_one_unit_in_two_roles_signs_once_and_is_one_voice(works_by: Working) -> None:
    """A unit that holds two of three roles does not carry a majority alone: it signs once, and is
    one of two.
    """
    office = works_by(TWO_SEATS)
    office.opens("office01 matter name=甲")
    assert office.does("land01 sign approve agree") == (
        "已办理：SX-2026-001　甲　会签 批准　国土、规划 同意\n"
    )
    assert office.unmet("office01 advance approve") == ["会签　　缺 财政 的同意意见；还需 1 家同意"]
    office.does("finance01 sign approve agree", "office01 advance approve")
    assert office.state == "closed"


def test_where_the_workflow_parts_the_roles_each_is_named(works_by: Working) -> None:
    """With `seats: by_role` the same unit has two voices, and says each time for which role."""
    office = works_by(TWO_SEATS.replace("quorum:", "seats: by_role, quorum:"))
    office.opens("office01 matter name=甲")
    assert office.unmet("land01 sign approve agree") == [
        "角色　　您可代表 国土、规划 会签，各角色分别表示意见，须写明是哪一个"
    ]
    office.does("land01 sign approve agree --role land")
    assert office.opinions() == {"finance": "awaited", "land": "agree", "planning": "awaited"}
    office.does("land01 sign approve agree --role planning", "office01 advance approve")
    assert office.state == "closed"


# ── People ──


def test_who_leaves_in_mid_round_is_stood_in_for_by_the_unit(works_by: Working) -> None:
    """What a leaver has signed stands (danmunn/redmine_dmsf#880: it was lost); what they had not is
    on the desk of whoever else of the unit holds the role. The last one to leave is told so.
    """
    office = works_by(SIGNED)
    office.opens("office01 matter name=甲")
    office.hands_in("office01", "text")
    office.does("finance01 sign approve agree")
    for code in ("finance01", "legal01"):
        office.do("officer", "leave", code, by="admin")
    assert office.opinions() == {"finance": "agree", "legal": "awaited"}
    assert office.refused("legal01 sign approve agree") == (
        "legal01（经办人）在 2026-09-07 不在岗\n  改法：请由在岗的经办人办理\n"
    )
    assert office.tasks("legal02") == ["lifecycle sign SX-2026-001 approve agree"]
    assert office.do("officer", "leave", "legal02", by="admin") == (
        "legal02 自 2026-09-07 起不再在岗\n"
        "注意：市司法局 再没有能以 司法（legal） 身份办理的人，等 市司法局 办的事项会停住；"
        "请另行授权："
        "lifecycle officer grant 工号 legal\n"
    )
    assert office.unmet("office01 advance approve") == [
        "会签　　缺 司法 的同意意见　　lifecycle sign SX-2026-001 approve agree --as …"
    ]
    office.do(
        "officer", "add", "legal03", "法规科", "--unit", "legal", "--role", "legal", by="admin"
    )
    assert office.tasks("legal03") == ["lifecycle sign SX-2026-001 approve agree"]
    office.does("legal03 sign approve agree", "office01 advance approve")
    assert (office.state, office.findings()) == ("approved", [])


def test_a_unit_in_which_nobody_is_left_is_not_named_again(works_by: Working) -> None:
    """A case that waits for an empty unit goes on once two persons have taken it off; a new case
    cannot name it.
    """
    office = works_by(HELPED)
    office.opens("office01 matter name=甲 helpers=市林业局、市文旅局")
    office.do("officer", "leave", "forestry01", by="admin")
    opening = ("open", "matter", "--set", "name=乙", "--set", "helpers=市林业局")
    _, told = office.fails(*opening, by="office01")
    assert told == (
        "不能办理：事项　立项\n"
        "  ✗ 单位　　市林业局 没有能以 协办单位 身份办理的人，不能作 协办单位\n"
        "            请管理员为该单位登记职能（原有的一并写上）并授权："
        "lifecycle unit change forestry --function helper；"
        "lifecycle officer grant 工号 helper\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    office.does("office01 correct helpers=市文旅局 --note 该局无人", "office02 confirm")
    office.does("culture01 sign approve agree", "office01 advance approve")
    assert office.state == "closed"


def test_nobody_delegates_to_oneself(works_by: Working) -> None:
    """A delegation to oneself is refused, typed by oneself or by the administrator."""
    office = works_by(SIGNED)
    words = ("officer", "delegate", "finance01", "--until", "2026-12-31")
    refusal = (1, "不能委托给自己\n")
    assert office.fails(*words, by="finance01") == refusal
    assert office.fails(*words, "--for", "finance01", by="admin") == refusal


def test_delegations_in_a_circle_end_nowhere(works_by: Working) -> None:
    """Two may stand in for each other, but a delegation is not handed on: the third of a chain does
    not act for the first. It ends when its principal leaves.
    """
    office = works_by(SIGNED)
    office.opens("office01 matter name=甲")
    circle = {"finance01": "finance02", "finance02": "finance03", "finance03": "finance01"}
    for giver, taker in circle.items():
        office.do("officer", "delegate", taker, "--until", "2026-12-31", by=giver)
    assert office.refused("finance03 sign approve agree --for finance01") == (
        "finance01 在 2026-09-07 没有委托 finance03 代办\n"
        "  改法：请 finance01 先办：lifecycle officer delegate finance03 --until 日期"
        " --as finance01\n"
    )
    office.does("finance02 sign approve agree --for finance01")
    assert office.do("log", office.case, "--after", "1") == (
        "SX-2026-001 甲　共 2 条记录\n"
        "序号  日期        经办                       事由\n"
        "   2  2026-09-07  finance02（代 finance01）  会签 批准　财政 同意\n"
    )
    office.do("officer", "leave", "finance01", by="admin")
    assert office.refused("finance02 sign approve object --for finance01") == (
        "finance01（经办人）在 2026-09-07 不在岗\n  改法：请由在岗的经办人办理\n"
    )
    assert (office.opinions()["finance"], office.findings()) == ("agree", [])


# ── What must be there, and what it was decided on ──


def test_a_mandatory_field_is_not_skipped_by_another_way_in(works_by: Working) -> None:
    """What a state requires is asked on every way forward into it, by whichever transition
    (frappe/frappe#34038); ending the case asks nothing.
    """
    office = works_by(
        """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
  ground: {title: 批准依据, type: text, required: approved}
states:
  draft: {title: 起草, lead: office}
  review: {title: 审核, lead: office}
  approved: {title: 已批, lead: office}
  closed: {title: 办结, final: true}
  dropped: {title: 撤销, final: true}
transitions:
  - {name: send, title: 送审, from: draft, to: review, by: office}
  - {name: approve, title: 批准, from: review, to: approved, by: office}
  - {name: express, title: 急件直批, from: draft, to: approved, by: office}
  - {name: close, title: 办结, from: approved, to: closed, by: office}
  - {name: drop, title: 撤销, kind: terminate, from: [draft, review], to: dropped, by: office, reason: required}
"""  # noqa: E501
    )
    refusal = (
        "  ✗ 要素　　缺 批准依据　　lifecycle set SX-2026-001 ground=…\n"
        "  ✓ 角色　　办公室（office01）\n"
    )
    office.opens("office01 matter name=甲")
    assert office.refused("office01 advance express") == (
        f"不能办理：SX-2026-001 甲　起草 → 已批\n{refusal}"
        "依据：workflows/matter.yaml:22　内部规定\n"
    )
    office.does("office01 advance send")
    assert office.refused("office01 advance approve") == (
        f"不能办理：SX-2026-001 甲　审核 → 已批\n{refusal}"
        "依据：workflows/matter.yaml:21　内部规定\n"
    )
    office.does("office01 advance drop --note 不办了")
    assert office.state == "dropped"
    office.opens("office01 matter name=乙 ground=会议纪要第三条")
    office.does("office01 advance express")
    assert office.state == "approved"


AMOUNT = """
roles: {office: 办公室, finance: 财政}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 金额, type: money, unit: 元, min: 0, required: true}
  paid: {title: 付款额, type: money, unit: 元, min: 0}
states:
  draft: {title: 起草, lead: office}
  approved: {title: 已批, lead: office}
  paying: {title: 付款, lead: finance}
  closed: {title: 办结, final: true}
transitions:
  - {name: approve, title: 批准, from: draft, to: approved, by: office, needs: {cosign: {roles: finance, asked: entering}, guards: [{when: amount < 5000, else: 5000 元以上的另行报批}]}}
  - {name: back, title: 退回, kind: return, from: [approved, paying], to: draft, by: office, reason: required}
  - {name: order, title: 下单, from: approved, to: paying, by: office}
  - {name: pay, title: 付款, from: paying, to: closed, by: finance, asks: [paid], needs: {guards: [{when: paid <= amount, else: 付款不得超过批准的金额}]}}
"""  # noqa: E501


def approved(office: ForeignOffice) -> None:
    """Have 4000 元 approved."""
    office.opens("office01 matter name=甲 amount=4000")
    office.does("finance01 sign approve agree", "office01 advance approve")


def test_an_approved_amount_is_not_set_anew(works_by: Working) -> None:
    """After the approval the amount is neither set, nor typed along with the next transition, nor
    changed in bulk; each refusal says how it is corrected, or by whom it was relied on.
    """
    office = works_by(AMOUNT)
    approved(office)
    correct = "确属填错的，更正：lifecycle correct SX-2026-001 amount=… --note 理由"
    assert office.refused("office01 set amount=9000") == (
        "不能办理：SX-2026-001 甲　填报 金额\n"
        "  ✗ 更正　　金额 已由“批准”采用，不能直接更改\n"
        f"            {correct}\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    assert office.refused("office01 advance order --set amount=9000") == (
        "不能办理：SX-2026-001 甲　已批 → 付款\n"
        f"  ✗ 要素　　下单 不随办理填报 金额　　{correct}\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml:22　内部规定\n"
    )
    office.write("改.csv", f"编号,金额\n{office.case},9000\n")
    assert office.do_not("set", "改.csv", by="office01") == (
        "✗ 改.csv:2　SX-2026-001　不能办理：SX-2026-001 甲　填报 金额"
        "（更正：金额 已由“批准”采用，不能直接更改）\n"
        "已办理 0 件，未办理 1 件\n"
    )
    office.does("office01 advance order")
    assert office.unmet("finance01 advance pay --set paid=4000.01") == [
        "条件　　付款额 4000.01 元，至多 金额 4000 元（付款不得超过批准的金额）"
    ]
    office.does("finance01 advance pay --set paid=4000")
    assert (office.state, office.findings()) == ("closed", [])


def test_a_corrected_amount_is_approved_again(works_by: Working) -> None:
    """A correction is proposed with all that it upsets, confirmed by another person, and then the
    approval it rests on holds up the way forward: it is gone back to, signed and approved anew.
    """
    office = works_by(AMOUNT)
    approved(office)
    upset = (
        "  · “批准”（第 3 笔）的会签以 金额 为据，须重新会签\n"
        "  · “批准”（第 3 笔）的条件不再成立：金额 9000 元，须小于 5000 元"
        "（5000 元以上的另行报批）\n"
        "  · 另有 2 处只是用到，判定不变\n"
    )
    back = "“批准”（第 3 笔）的条件不再成立"
    assert office.does("office01 correct amount=9000 --note 漏计运费") == (
        "已办理：SX-2026-001　甲　提请更正 金额 4000 元 → 9000 元：漏计运费　待牵头单位确认\n"
        f"{upset}"
        f"  ! {back}：确认后须先退回重办，才能往下办（退回（back））\n"
        "  待 办公室 的另一人确认　lifecycle confirm SX-2026-001 4\n"
    )
    assert office.unmet("office01 confirm") == ["回避　　更正由 office01 提请，须换人确认"]
    assert office.does("office02 confirm") == (
        "已办理：SX-2026-001　甲　确认更正 金额 4000 元 → 9000 元（第 4 笔）\n"
        f"{upset}"
        f"  ! {back}，须先退回重办，才能往下办（退回（back））\n"
        "  请重新表示意见：财政　lifecycle sign SX-2026-001 5 agree\n"
    )
    assert office.refused("office01 advance order") == (
        "不能办理：SX-2026-001 甲　已批 → 付款\n"
        "  ✗ 更正　　第 5 笔更正以后，“批准”（第 3 笔）的条件不再成立\n"
        "            须先退回重办：退回（back）\n"
        "  ✗ 更正　　金额 已更正（第 5 笔），会签过“批准”的单位须重新表示意见：缺 财政 的意见\n"
        "            lifecycle sign SX-2026-001 5 agree --as …\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml:22　内部规定\n"
    )
    office.does("office01 advance back --note 超出权限", "office01 set amount=4999.99")
    office.does("finance01 sign approve agree", "office01 advance approve")
    office.does("office01 advance order")
    assert (office.state, office.findings()) == ("paying", [])


BANDS = """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 金额, type: money, unit: 元, min: 0, required: true}
states:
  draft: {title: 起草, lead: office}
  small: {title: 科长批, lead: office}
  large: {title: 领导批, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: to_small, title: 送科长, from: draft, to: small, by: office, needs: {guards: [{when: amount < 5000, else: 5000 元以上的送领导}]}}
  - {name: to_large, title: 送领导, from: draft, to: large, by: office, needs: {guards: [{when: amount >= 5000, else: 不足 5000 元的送科长}]}}
  - {name: close, title: 办结, from: [small, large], to: closed, by: office}
"""  # noqa: E501


@pytest.mark.parametrize(
    ("amount", "open_way", "shut_way", "told"),
    [
        ("4999.99", "to_small", "to_large", "4999.99 元，至少 5000 元（不足 5000 元的送科长）"),
        ("5000", "to_large", "to_small", "5000 元，须小于 5000 元（5000 元以上的送领导）"),
        ("5,000.00", "to_large", "to_small", "5000 元，须小于 5000 元（5000 元以上的送领导）"),
        ("5000.01", "to_large", "to_small", "5000.01 元，须小于 5000 元（5000 元以上的送领导）"),
    ],
)
def test_the_boundary_of_two_bands_is_exact(
    works_by: Working, amount: str, open_way: str, shut_way: str, told: str
) -> None:
    """Amounts are decimal, to the cent: below the bound one way is open, on it and above the other,
    never both and never none.
    """
    office = works_by(BANDS)
    office.opens(f"office01 matter name=甲 amount={amount}")
    assert office.unmet(f"office01 advance {shut_way}") == [f"条件　　金额 {told}"]
    office.does(f"office01 advance {open_way}")
    assert office.state == open_way.removeprefix("to_")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("amount >= 5000", "amount > 5000", "都不能办　改法：补上漏掉的值，或另写一条出路"),
        ("amount < 5000", "amount <= 5000", "都可以办　改法：把两处的界限对齐"),
    ],
)
def test_bands_that_leave_the_bound_out_or_share_it_are_warned_of(
    works_by: Working, right: str, wrong: str, told: str
) -> None:
    """The checker names the very amount at which no way out is open, or both are."""
    office = works_by(BANDS)
    office.write("bands.yaml", HEAD + BANDS.replace(right, wrong))
    assert office.do("workflow", "check", "bands.yaml") == (
        "bands.yaml:20:94: 警告：环节“起草”：要素 amount（金额）恰为 5000 时，"
        f"“送科长”、“送领导”{told}\n"
        "共检查 1 个流程文件：没有错误，1 处警告\n"
    )


# ── Twice, late, and again ──


def test_a_double_click_makes_a_transition_once(works_by: Working) -> None:
    """The same command again is refused by the state that the first led to, which names who was
    there before; the same opinion again writes nothing (OregonDigital/oregondigital#919).
    """
    office = works_by(AMOUNT)
    office.opens("office01 matter name=甲 amount=4000")
    sign = "finance01 sign approve agree"
    assert [office.does(sign), office.does(sign)] == [
        "已办理：SX-2026-001　甲　会签 批准　财政 同意\n",
        "SX-2026-001　甲　没有变化\n",
    ]
    office.does("office01 advance approve")
    assert office.refused("office01 advance approve") == (
        "不能办理：SX-2026-001 甲　批准\n"
        "  ✗ 环节　　现为“已批”，批准 须在“起草”办理；"
        "上一步“批准”由 office01 于 2026-09-07 办理\n"
        "            您现在能办的：下单（order）、退回（back）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    assert office.asks("show", office.case)["seq"] == 3


def test_a_double_click_under_one_request_id_has_one_answer(works_by: Working) -> None:
    """With a request id the second answer is that of the first and nothing is written; under
    another command or by another officer the id is refused. Without one, opening twice makes two.
    """
    office = works_by(AMOUNT)
    approved(office)
    order = "office01 advance order --request-id r-1"
    done = "已办理：SX-2026-001　甲　下单　已批 → 付款"
    lead = "\n  现在“付款”，由 财政 牵头\n"
    assert [office.does(order), office.does(order)] == [
        f"{done}{lead}",
        f"{done}（此前已办，未重复写入）\n",
    ]
    taken = "--request-id r-1 已用于另一条指令\n  改法：请换一个编号\n"
    assert office.refused("office01 advance back --note 误点 --request-id r-1") == taken
    assert office.refused(order.replace("office01", "office02")) == taken
    assert office.asks("show", office.case)["seq"] == 4
    opening = ("open", "matter", "--set", "name=乙", "--set", "amount=1")
    once = [office.do(*opening, "--request-id", "r-2", by="office01") for _ in range(2)]
    twice = [office.do(*opening, by="office01") for _ in range(2)]
    assert (once, twice) == (["SX-2026-002\n"] * 2, ["SX-2026-003\n", "SX-2026-004\n"])


def limits(office: ForeignOffice) -> dict[str, str]:
    """Give by when each limit of the case in hand is due."""
    return {one["title"]: one["due_on"] for one in office.asks("show", office.case)["limits"]}


def test_a_suspension_leaves_the_rest_of_an_inner_limit(works_by: Working) -> None:
    """What was left of an inner limit is left after the suspension, in its own unit; a statutory
    limit runs on, but where the law lets it stop (camunda/camunda#57549).
    """
    office = works_by(
        """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
states:
  work:
    title: 办理
    lead: office
    due: {in: 5, unit: workday, inner: true, basis: 内部承诺}
    limits:
      - {title: 法定时限, in: 10, unit: workday, basis: 某法第三条}
      - {title: 可停的法定时限, in: 10, unit: day, stops: true, basis: 某法第四条}
  paused: {title: 暂缓, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: pause, title: 暂缓, kind: suspend, from: work, to: paused, by: office, reason: required}
  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: office}
  - {name: close, title: 办结, from: work, to: closed, by: office}
"""
    )
    office.opens("office01 matter name=甲")
    before = {"办理": "2026-09-14", "法定时限": "2026-09-20", "可停的法定时限": "2026-09-17"}
    assert limits(office) == before
    office.at("2026-09-09")
    office.does("office01 advance pause --note 待批")
    office.at("2026-09-16")
    assert office.does("office01 advance go_on") == (
        "已办理：SX-2026-001　甲　恢复　暂缓 → 办理\n"
        "  现在“办理”，由 办公室 牵头，限 2026-09-20 前\n"
    )
    after = {"办理": "2026-09-20", "法定时限": "2026-09-20", "可停的法定时限": "2026-09-24"}
    assert limits(office) == after


@pytest.mark.parametrize(
    ("since", "due"),
    [
        # Sunday 20 September is worked: the third workday is Monday.
        ("2026-09-17", {"工作日": "2026-09-21", "日": "2026-09-20", "不顺延": "2026-09-20"}),
        # 1 to 7 October are off, Saturday the 10th is worked.
        ("2026-09-30", {"工作日": "2026-10-10", "日": "2026-10-08", "不顺延": "2026-10-03"}),
        # From the last day off: a Saturday that is worked ends both.
        ("2026-10-07", {"工作日": "2026-10-10", "日": "2026-10-10", "不顺延": "2026-10-10"}),
        # Spring Festival: Saturday 14 February is worked, then nine days are off.
        ("2026-02-12", {"工作日": "2026-02-24", "日": "2026-02-24", "不顺延": "2026-02-15"}),
    ],
)
def test_business_days_over_the_shifted_holidays_of_2026(
    works_by: Working, since: str, due: dict[str, str]
) -> None:
    """A weekend that is worked counts, a weekday off does not, and a day that ends on a day off
    moves on to the next that is worked, be it a Saturday.
    """
    office = works_by(
        """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
  since_on: {title: 起算日, type: date, required: true}
states:
  work:
    title: 办理
    lead: office
    limits:
      - {title: 工作日, in: 3, unit: workday, since: since_on, basis: 内部承诺}
      - {title: 日, in: 3, unit: day, since: since_on, basis: 内部承诺}
      - {title: 不顺延, in: 3, unit: day, since: since_on, roll: none, basis: 内部承诺}
  closed: {title: 办结, final: true}
transitions:
  - {name: close, title: 办结, from: work, to: closed, by: office}
"""
    )
    office.at("2026-10-07")
    office.opens(f"office01 matter name=甲 since_on={since}")
    assert limits(office) == due


def test_the_day_ends_at_midnight_in_beijing(works_by: Working) -> None:
    """At 23:59 the last day is not over, at 00:01 it is, though it is the same day in UTC; a day is
    what Beijing calls so, for limits, least times and dates (margince/margince#3285).
    """
    office = works_by(
        """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
  held_on: {title: 开会日, type: date}
states:
  draft: {title: 起草, lead: office, due: {in: 1, unit: workday, basis: 内部承诺}}
  closed: {title: 办结, final: true}
transitions:
  - {name: close, title: 办结, from: draft, to: closed, by: office, needs: {dwell: {at_least: 1, unit: day, basis: 内部承诺}}}
lights:
  - {light: red, title: 逾期, overdue: 1, unit: day, basis: 内部承诺}
"""  # noqa: E501
    )
    office.at("2026-09-07", "23:59")
    office.opens("office01 matter name=甲")
    assert office.unmet("office01 advance close") == [
        "期限　　自进入本环节 2026-09-07 起须满 1 日〔内部承诺〕"
    ]
    waits = "自进入本环节 2026-09-07 起须满 1 日（2026-09-08 起可办）"
    assert f"　　办结 尚不能办：{waits}\n" in office.do("todo", by="office01")
    assert office.unmet("office01 set held_on=2026-09-08") == [
        "要素　　开会日 2026-09-08，最迟 2026-09-07（不能填办理之日以后的日子）"
    ]
    office.at("2026-09-08", "00:01")
    office.does("office01 set held_on=2026-09-08")
    assert office.asks("why", office.case, "close", by="office01")["ok"]
    office.at("2026-09-08", "23:59")
    command = "lifecycle advance SX-2026-001 close"
    task = f"\n  SX-2026-001 甲　限 2026-09-08\n    可办　{command}　　可办 办结\n"
    assert office.do("todo", by="office01") == f"今天到期{task}"
    assert office.do("list", "--overdue") == "没有符合条件的事项\n"
    office.at("2026-09-09", "00:01")
    assert office.do("todo", by="office01") == f"已逾期{task}"
    assert office.do("list", "--overdue") == (
        "编号         名称  环节  牵头    进入        期限        灯\n"
        "SX-2026-001  甲    起草  办公室  2026-09-07  2026-09-08  ●红\n"
    )
    office.does("office01 advance close --on 2026-09-08")
    entry = office.asks("log", office.case)["entries"][-1]
    assert (entry["intent"]["occurred_on"], entry["recorded_at"]) == (
        "2026-09-08",
        "2026-09-08T16:01:00.000000Z",
    )
    assert office.findings() == []


def test_a_finished_case_is_reopened_by_another_person(works_by: Working) -> None:
    """After the end nothing is done but by reopening it, with a reason, as another person; then the
    opinions are asked anew, and what the law counts goes on counting.
    """
    office = works_by(
        """
roles: {office: 办公室, finance: 财政}
facts:
  name: {title: 名称, type: text, required: true}
  result: {title: 结果, type: text}
states:
  work: {title: 办理, lead: office}
  closed: {title: 办结, final: true}
  dropped: {title: 撤销, final: true}
transitions:
  - {name: close, title: 办结, from: work, to: closed, by: office, asks: [result], needs: {cosign: {roles: finance, asked: entering}, counter: {of: close, at_most: 2, basis: 某法第五条}}}
  - {name: drop, title: 撤销, kind: terminate, from: work, to: dropped, by: office, reason: required}
  - {name: reopen, title: 重新办理, kind: reopen, from: closed, to: work, by: office, reason: required}
"""  # noqa: E501
    )
    office.opens("office01 matter name=甲")
    close = "office01 advance close --set result=已办"
    office.does("finance01 sign close agree", close)
    for line in ("office02 set name=乙", "finance01 sign close object --note 不对"):
        assert office.unmet(line) == ["环节　　本事项已是“办结”，不再受理任何办理"]
    assert office.unmet("office01 advance reopen") == [
        "回避　　办结 由 office01 办理，重新办理 须换人",
        "理由　　须说明理由　　lifecycle advance SX-2026-001 reopen --note …",
    ]
    assert office.does("office02 advance reopen --note 漏项") == (
        "已办理：SX-2026-001　甲　重新办理　办结 → 办理：漏项\n  现在“办理”，由 办公室 牵头\n"
    )
    assert office.unmet(close) == ["会签　　财政 的意见已失效（其后重新办理），须重新会签"]
    office.does("finance01 sign close agree", close, "office02 advance reopen --note 又漏")
    office.does("finance01 sign close agree")
    assert office.unmet(close) == ["次数　　办结 已办 2 次，至多 2 次〔某法第五条〕"]
    office.does("office01 advance drop --note 不再办")
    assert office.refused("office02 advance reopen --note 还要办") == (
        "不能办理：SX-2026-001 甲　重新办理\n"
        "  ✗ 环节　　现为“撤销”，重新办理 须在“办结”办理；"
        "它已由 office02 于 2026-09-07 办理（第 7 笔）；"
        "上一步“撤销”由 office01 于 2026-09-07 办理\n"
        "            本环节没有流转：已终结\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    assert office.findings() == []


RESUBMITTED = """
roles: {office: 办公室, finance: 财政, legal: 司法}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 金额, type: money, unit: 元, min: 0, required: true}
states:
  draft: {title: 起草, lead: office}
  review: {title: 审核, lead: finance}
  closed: {title: 通过, final: true}
transitions:
  - {name: submit, title: 报审, from: draft, to: review, by: office, needs: {facts: [amount], counter: {of: submit, at_most: 3}}}
  - {name: reject, title: 驳回, kind: return, from: review, to: draft, by: finance, reason: required}
  - {name: accept, title: 通过, from: review, to: closed, by: finance, needs: {facts: [amount], cosign: {roles: legal, asked: entering}}}
"""  # noqa: E501


def test_a_rejected_case_is_amended_and_submitted_again(works_by: Working) -> None:
    """Under review the amount stays; after the rejection it is set anew and submitted, under the
    same number, with the rejection on record. So often as the workflow says, and no more.
    """
    office = works_by(RESUBMITTED)
    office.opens("office01 matter name=甲 amount=4000")
    office.does("office01 advance submit", "legal01 sign accept agree")
    assert office.unmet("office01 set amount=3000") == [
        "角色　　由 财政 办理；您（市办公室 office01）不具备该角色",
        "更正　　金额 已由“报审”采用，不能直接更改",
    ]
    office.does("finance01 advance reject --note 超标准", "office01 set amount=3000")
    office.does("office01 advance submit")
    assert office.unmet("finance01 advance accept") == [f"会签　　司法 {NOT_AGREED}"]
    office.does("legal01 sign accept agree", "finance01 advance reject --note 再核")
    office.does("office01 advance submit", "finance01 advance reject --note 仍超")
    assert office.unmet("office01 advance submit") == ["次数　　报审 已办 3 次，至多 3 次"]
    assert office.do("log", office.case, "--after", "8") == (
        "SX-2026-001 甲　共 10 条记录\n"
        "序号  日期        经办       事由\n"
        "   9  2026-09-07  office01   报审　起草 → 审核\n"
        "  10  2026-09-07  finance01  驳回　审核 → 起草：仍超\n"
    )


def test_an_objection_lasts_through_a_rejection(works_by: Working) -> None:
    """Submitted again, the case still has the objection that was raised: unlike an agreement it is
    never forgotten, until the one who raised it says otherwise.
    """
    office = works_by(RESUBMITTED)
    office.opens("office01 matter name=甲 amount=4000")
    office.does("office01 advance submit", "legal01 sign accept object --note 超标准")
    office.does("finance01 advance reject --note 超标准", "office01 set amount=3000")
    office.does("office01 advance submit")
    assert office.opinions() == {"legal": "object"}
    assert office.refused("finance01 advance accept") == (
        "不能办理：SX-2026-001 甲　审核 → 通过\n"
        "  ✗ 会签　　司法 不同意：超标准　　其后有退回或变更，由其重新会签："
        "lifecycle sign SX-2026-001 accept agree --as …；"
        "只由牵头单位处理（resolve）的，处理以后仍须其重新会签\n"
        "  ✓ 角色　　财政（finance01）\n"
        "  ✓ 要素　　金额 3000 元\n"
        "依据：workflows/matter.yaml:20　内部规定\n"
    )
    office.does("legal01 sign accept agree", "finance01 advance accept")
    assert (office.state, office.findings()) == ("closed", [])


def test_persons_of_one_unit_vote_each_for_themselves(works_by: Working) -> None:
    """Seats are of roles: where each of three persons of a unit holds one and the workflow parts
    them, two carry it over the third.
    """
    office = works_by(
        """
roles: {office: 办公室, land: 委员甲, planning: 委员乙, third: 委员丙}
facts:
  name: {title: 名称, type: text, required: true}
states:
  draft: {title: 起草, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: approve, title: 表决, from: draft, to: closed, by: office, needs: {cosign: {roles: [land, planning, third], quorum: majority, objection: counts, seats: by_role, asked: entering}}}
"""  # noqa: E501
    )
    functions = [w for role in ("land", "planning", "third") for w in ("--function", role)]
    office.do("unit", "change", "land", *functions, by="admin")
    for role in ("land", "planning", "third"):
        words = ("officer", "add", f"{role}99", "委员", "--unit", "land", "--role", role)
        office.do(*words, by="admin")
    office.opens("office01 matter name=甲")
    office.does("land99 sign approve agree", "planning99 sign approve object --note 不妥")
    assert office.unmet("office01 advance approve") == [
        "会签　　缺 委员丙 的同意意见；还需 1 家同意；不同意的有 委员乙"
    ]
    assert office.tasks("third99") == ["lifecycle sign SX-2026-001 approve agree"]
    office.does("third99 sign approve agree", "office01 advance approve")
    assert (office.state, office.findings()) == ("closed", [])


def test_the_lead_is_told_what_ends_a_limit(works_by: Working) -> None:
    """A limit that ends by a fact or by a record, and not by leaving the state, is told to who
    leads with the command that ends it, in the list of what is to be done and on the sheet; once
    it has ended, no more.
    """
    office = works_by(
        """
roles: {office: 办公室, finance: 财政}
facts:
  name: {title: 名称, type: text, required: true}
  held_on: {title: 开标日, type: date, by: office}
  returned_on: {title: 保证金退还日, type: date, by: office}
states:
  draft:
    title: 起草
    lead: office
    limits:
      - {title: 退还保证金, in: 5, unit: workday, since: held_on, done: returned_on, basis: 内部}
      - {title: 报告, in: 10, unit: workday, since: held_on, done: report, basis: 内部承诺}
  closed: {title: 办结, final: true}
transitions:
  - {name: report, title: 报告结果, kind: record, from: draft, by: office, reason: required}
  - {name: close, title: 办结, from: draft, to: closed, by: finance}
lights:
  - {light: red, title: 逾期, overdue: 1, unit: day, basis: 内部承诺}
"""
    )
    office.at("2026-09-07", "10:00")
    office.opens("office01 matter name=甲")
    office.does("office01 set held_on=2026-09-07")
    set_it = "lifecycle set SX-2026-001 returned_on=…"
    report = "lifecycle advance SX-2026-001 report --note …"

    def told() -> list[tuple[str, str, str, str]]:
        tasks = office.asks("todo", by="office01")["tasks"]
        return [(one["kind"], one["due_on"], one["text"], one["command"]) for one in tasks]

    refund = ("supply", "2026-09-14", "填 保证金退还日（期限“退还保证金”）", set_it)
    reporting = ("advance", "2026-09-20", "可办 报告结果（期限“报告”）", report)
    assert told() == [refund, reporting]
    limits = office.asks("show", office.case)["limits"]
    assert [one["ends"] for one in limits] == [
        [{"text": "填 保证金退还日（办公室）", "command": set_it}],
        [{"text": "办理 报告结果（办公室）", "command": report}],
    ]
    assert f"以此办结：填 保证金退还日（办公室）　{set_it}\n" in office.do("show", office.case)
    office.does("office01 set returned_on=2026-09-07")
    assert told() == [reporting]
    office.does("office01 advance report --note 已报")
    assert told() == []
    assert office.findings() == []


def test_what_ends_a_limit_of_others_is_proposed_as_it_is_done(works_by: Working) -> None:
    """A limit that runs for another than the lead ends by a fact which a transition asks: its list
    proposes that transition, once and with the limit's day, and never a `set`, which is refused;
    what is proposed is recorded, and is asked no more.
    """
    office = works_by(
        """
roles: {office: 办公室, finance: 财政}
facts:
  name: {title: 名称, type: text, required: true}
  taken_on: {title: 受理日, type: date}
  checked_on: {title: 核实日, type: date, by: finance}
materials:
  opinion: {title: 核实意见}
states:
  draft:
    title: 起草
    lead: office
    limits:
      - {title: 核实, in: 15, unit: workday, since: taken_on, done: checked_on, basis: 内部}
  closed: {title: 办结, final: true}
transitions:
  - name: check
    title: 核实
    kind: record
    from: draft
    by: finance
    asks: [checked_on]
    needs: {materials: [opinion]}
  - {name: close, title: 办结, from: draft, to: closed, by: office, needs: {facts: [checked_on]}}
"""
    )
    office.opens("office01 matter name=甲")
    office.does("office01 set taken_on=2026-09-07")

    def told() -> list[tuple[str, str | None, str, str]]:
        tasks = office.asks("todo", by="finance01")["tasks"]
        return [(one["kind"], one["due_on"], one["text"], one["command"]) for one in tasks]

    lacking = "核实 尚不能办：缺 核实意见（期限“核实”）"
    assert told() == [("supply", "2026-09-28", lacking, "lifecycle why SX-2026-001 check")]
    office.hands_in("finance01", "opinion")
    check = "lifecycle advance SX-2026-001 check --set checked_on=…"
    assert told() == [("advance", "2026-09-28", "可办 核实（期限“核实”）", check)]
    assert office.unmet("finance01 set checked_on=2026-09-07") == [
        "填报　　核实日 随 “核实” 填报，不能单独填"
    ]
    office.does("finance01 advance check --set checked_on=2026-09-07")
    assert told() == []
    assert office.findings() == []


def test_a_role_means_the_one_under_it_that_objects(works_by: Working) -> None:
    """Who settles an objection may name the role alone where one unit under it objects, and the
    same request sent again is the same; of several, the refusal names each as it is typed.
    """
    office = works_by(HELPED)
    office.opens("office01 matter name=甲 helpers=市林业局、市文旅局")
    office.does(
        "forestry01 sign approve object --note 占林地",
        "culture01 sign approve object --note 近文物",
    )
    resolve = "office01 resolve approve {} --note 已协调"
    assert office.refused(resolve.format("helper")) == (
        "不能办理：SX-2026-001 甲　处理不同意见：批准\n"
        "  ✗ 意见　　协办单位 对 批准 的不同意见按单位处理：市文旅局（helper/culture）、"
        "市林业局（helper/forestry）\n"
        "            写明处理哪一家的：lifecycle resolve SX-2026-001 approve helper/culture "
        "--note …\n"
        "  ✓ 角色　　办公室（office01）\n"
        "依据：workflows/matter.yaml　内部规定\n"
    )
    office.does(resolve.format("helper/forestry"))
    settled = "处理 市文旅局 对 批准 的不同意见：已协调"
    again = resolve.format("协办单位") + " --request-id same"
    assert settled in office.does(again)
    seq = office.asks("show", office.case)["seq"]
    assert settled in office.does(again)
    assert office.asks("show", office.case)["seq"] == seq
    assert office.unmet(resolve.format("helper")) == [
        "意见　　协办单位 对 批准 没有待处理的不同意见"
    ]
    assert office.findings() == []


def test_of_two_steps_that_lack_the_same_the_next_one_is_named(works_by: Working) -> None:
    """Two steps that an officer may not make lack one material: their list asks for it once, for
    the step that comes next, and not for the one that another step in the case's past would have
    opened; once that was made, for that one.
    """
    office = works_by(
        """
roles: {office: 办公室}
facts:
  name: {title: 名称, type: text, required: true}
materials:
  reply: {title: 批复}
states:
  draft: {title: 起草, lead: office}
  listed: {title: 挂牌, lead: office}
  closed: {title: 办结, final: true}
transitions:
  - {name: list, title: 转入挂牌, from: draft, to: listed, by: office}
  - {name: deal, title: 成交, kind: record, from: listed, by: office}
  - {name: anew, title: 重议, from: listed, to: draft, by: office}
  - name: lock
    title: 锁定
    kind: record
    from: draft
    by: office
    not_by: [open]
    needs: {materials: [reply], guards: [{when: count.deal == 0, else: 已成交}]}
  - name: relock
    title: 重新锁定
    kind: record
    from: draft
    by: office
    not_by: [open]
    needs: {materials: [reply], guards: [{when: count.deal > 0, else: 未成交}]}
  - name: close
    title: 办结
    from: draft
    to: closed
    by: office
    needs: {guards: [{when: count.lock > 0, else: 未锁定}]}
  - name: close_sold
    title: 成交办结
    from: draft
    to: closed
    by: office
    needs: {guards: [{when: count.relock > 0, else: 未重新锁定}]}
"""
    )
    office.opens("office01 matter name=甲")
    attach = "lifecycle attach SX-2026-001 reply 文件"

    def asked_for() -> list[str]:
        tasks = office.asks("todo", by="office01")["tasks"]
        return [one["text"].split("：")[0] for one in tasks if one["command"] == attach]

    assert asked_for() == ["锁定 尚缺"]
    office.does("office01 advance list", "office01 advance deal", "office01 advance anew")
    assert asked_for() == ["重新锁定 尚缺"]
