"""The cases A1 to A7 of the trial: what was decided cannot be undone by a side door, whichever way
one comes through it.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from walking import Walk, X, announced, forward, signed_loi, supervised


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Found the shipped office once."""
    with pytest.MonkeyPatch.context() as patch:
        return Walk.begin(tmp_path_factory.mktemp("office"), patch)


@pytest.fixture
def walk(office: Walk, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Give the shipped office; each test opens a case of its own."""
    monkeypatch.setenv("LIFECYCLE_DB", str(office.folder / "lifecycle.db"))
    return office


def opens(w: Walk, name: str) -> None:
    """Open a case today."""
    w.opens(name, on=str(w.day))


def refused_everywhere(w: Walk, officer: str, fact: str, *told: str) -> None:
    """A `set` is refused typed at once, dated back, as a dry run, for a principal, and in bulk."""
    w.refused(f"{officer} set {fact}", *told)
    w.refused(f"{officer} set {fact} --on {w.day - timedelta(days=0)}", *told)
    w.refused(f"{officer} set {fact} --dry-run", *told)
    helper = {"bureau01": "bureau02", "land01": "land02", "finance01": "finance02"}.get(officer)
    if helper is not None:
        until = str(w.day + timedelta(days=30))
        w.run("officer", "delegate", helper, "--until", until, "--as", officer)
        w.refused(f"{helper} set {fact} --for {officer}", *told)
    name, _, value = fact.partition("=")
    table = w.folder / "bulk.yaml"
    table.write_text(f"- 编号: {w.case}\n  {name}: {value}\n", encoding="utf-8")
    answer = w.run("set", str(table), "--as", officer, code=1)
    assert not [text for text in told if text not in answer.stdout], answer.stdout


def test_a1_the_letter_of_intent_is_prolonged_by_its_own_transition(walk: Walk) -> None:
    """A1: loi_valid_to is not set; renewing asks it, at most six months."""
    opens(walk, "意向书不能直接改的营地")
    forward(walk, "intent")
    signed_loi(walk)
    door = "意向书有效期至 随 “签订意向书”“续期意向书” 填报，不能单独填"
    way = "随“签订意向书”填：lifecycle advance"
    refused_everywhere(walk, "bureau01", "loi_valid_to=2030-01-01", door)
    walk.refused("bureau01 set loi_valid_to=2030-01-01", way)
    walk.refused(
        "bureau01 advance renew_loi --set loi_valid_to=2030-01-01 --note 早", "续期不超过6个月"
    )


def test_a2_verdict_grant_and_price_stay(walk: Walk) -> None:
    """A2: stages later, neither the verdict, nor the grant, nor the price is set; a correction
    waits for another person of the lead, with what it changes.
    """
    opens(walk, "评价不能直接改的小镇")
    w = walk
    forward(w, "acceptance")
    w.do("owner001 attach joint_acceptance rectification_report")
    w.do("planning01 attach planning_verification")
    w.do(f"planning01 advance accept_verification --set accepted_for_verification_on={w.day}")
    w.do(f"planning01 advance verify_planning --set planning_verified_on={w.day}")
    w.do(f"planning01,{X} sign pass_acceptance agree")
    w.do(f"owner001 advance pass_acceptance --set accepted_on={w.day}")
    w.do(f"owner001 advance file_record --set record_filed_on={w.day}")
    w.do("bureau01 attach evaluation_report")
    w.do("owner001 sign evaluate agree")
    w.do("bureau01 advance evaluate --set evaluation=不达标")
    refused_everywhere(w, "owner001", "evaluation=达标", "评价结论 随 “项目评价” 填报，不能单独填")
    w.refused("land01 set deal_price=1 deal_on=2199-12-31", "成交价 随", "成交日 随")
    w.refused("finance01 set grant_amount=9999", "兑现金额 随 “申请政策兑现” 填报")
    (proposed,) = w.do("owner001 correct evaluation=达标 --note 写错了")
    assert "“项目评价”" in proposed.stdout
    assert "待 市招商局 的另一人确认" in proposed.stdout
    w.refused("owner001 confirm", "由 市招商局 办理", "须换人")
    shown = w.asks("show", w.case)["case"]
    assert (shown["facts"]["evaluation"], len(shown["corrections"])) == ("不达标", 1)
    waiting = [
        task for task in w.asks("todo", "--as", "bureau01")["tasks"] if task["number"] == w.case
    ]
    assert "confirm" in [task["kind"] for task in waiting]
    w.do("bureau01 decline --note 评价报告写的就是不达标")
    assert w.asks("show", w.case)["case"]["corrections"] == []
    w.refused("owner001 advance apply_cash_in --set grant_amount=380", "评价不达标，不得兑现")


def test_a3_the_statutory_twenty_days_are_not_typed(walk: Walk) -> None:
    """A3: after the announcement its days are not set; they are corrected by two persons, and where
    the announcement's gates then no longer hold, on a document only, which the log names.
    """
    opens(walk, "公告日不能直接改的地块")
    w = walk
    forward(w, "listing")
    announced(w)
    facts = "announced_on=2020-01-01 listing_start_on=2020-02-01 listing_end_on=2020-03-01"
    w.refused(f"land01 set {facts}", "挂牌公告日 随 “发布挂牌公告” 填报，不能单独填")
    refused_everywhere(w, "land01", "announced_on=2020-01-01", "不能单独填")
    late = w.day + timedelta(days=5)
    w.do(f"land01 correct announced_on={late} --note 实际晚了五日刊登")
    assert w.asks("show", w.case)["case"]["facts"]["announced_on"] == str(w.day)
    w.refused("bureau02 confirm --note 以刊登日为准", "没有退回可办，须凭文件补正")
    w.refused("land02 confirm --note 以刊登日为准", "由 市招商局 办理")
    decision = w.folder / "补正决定.txt"
    decision.write_text("补正决定", encoding="utf-8")
    (confirmed,) = w.do(f"bureau02 confirm --note 以刊登日为准 --file {decision}")
    assert "不再成立：挂牌起始日 " in confirmed.stdout
    assert "（公告日与挂牌起始日之间须满20个整日）" in confirmed.stdout
    assert "（凭 补正决定.txt）：以刊登日为准" in w.run("log", w.case).stdout


def test_a4_what_identifies_the_project_is_not_set_after_the_first_step(walk: Walk) -> None:
    """A4: once anything was done on them, name, area, category and investor are corrected only; who
    signs is not swapped behind the signatures.
    """
    opens(walk, "会签后不能改名的街区")
    w = walk
    w.do("bureau01 attach lead_form survey_report")
    w.do("bureau01 advance request_admission")
    w.do("reform01 attach admission_opinion")
    w.do(f"reform01,land01,{X} sign to_siting agree")
    for fact, title in (
        ("name=另一处街区", "项目名称"),
        ("area=龙泉市", "属地"),
        ("category=总部", "项目类型"),
        ("investor=另一家公司", "投资方"),
    ):
        told = f"{title} 已由“征求准入意见”采用，不能直接更改"
        refused_everywhere(w, "bureau01", fact, told)
    w.refused(
        "bureau01 set name=另一处街区 area=龙泉市 category=总部 investor=另一家公司",
        "项目名称 已由",
        "属地 已由",
        "项目类型 已由",
        "投资方 已由",
    )
    w.do("bureau01 advance to_siting")


def test_a6_in_construction_owner_and_investment_stay(walk: Walk) -> None:
    """A6: years later, owner, investment and the day of the agreement are neither set nor handed in
    again; a real change of the owner has a document and signatures.
    """
    opens(walk, "业主不能直接换的酒店")
    w = walk
    forward(w, "construction")
    refused_everywhere(w, "bureau01", "owner_unit=linye", "项目业主单位 已由“转入规划选址”")
    w.refused("bureau01 set owner_unit=linye", "随“变更项目主体”填")
    refused_everywhere(w, "bureau01", "investment=1", "总投资 已由“转入规划选址”")
    refused_everywhere(w, "bureau01", "agreement_on=2020-01-01", "随 “签订正式协议，转入建设” 填报")
    w.refused("land01 attach planning_conditions", "不具备该角色", "规划条件 已锁定")
    w.refused("bureau01 attach decision_minutes", "集体决策会议纪要 已由“集体决策通过”")
    change = "bureau01 advance change_parties --set owner_unit=owner-longquan --note 平台公司重组"
    w.refused(change, "缺 主体变更的协议或批复", "缺 发改、国土 的同意意见")
    w.refused("bureau01 advance change_parties --set investment=1 --note 顺带", "不随办理填报")


def test_a7_the_deadline_is_postponed_by_its_own_transition(walk: Walk) -> None:
    """A7: where postponing is refused for want of a reason, `set` is refused too."""
    w = walk
    supervised(w)
    later = w.day + timedelta(days=90)
    w.refused(f"bureau01 advance postpone --set deadline_on={later}", "须说明理由", "缺 延期申请")
    refused_everywhere(
        w, "bureau01", f"deadline_on={later}", "随 “同意延期”“退回重办”“约谈后继续办理” 填报"
    )


def test_what_a_return_undoes_is_undone_and_no_more(walk: Walk) -> None:
    """Back from 签订协议 to 政策洽谈, the three hard gates and the lock are undone, the deal
    stands; the land is not sold twice.
    """
    opens(walk, "退回以后的商务楼")
    w = walk
    forward(w, "agreement")
    w.do("bureau01 advance back_to_policy --note 条款须变更")
    shown = w.asks("show", w.case)["case"]
    made = {name: made["count"] for name, made in shown["transitions"].items()}
    assert {"fair_review", "legal_review", "collective_decision", "lock_clauses"}.isdisjoint(made)
    assert (made["deal"], made["announce"], shown["locked"]) == (1, 1, ["planning_conditions"])
    assert shown["facts"]["deal_price"] == "5200"
    w.refused("bureau02 advance lock_clauses", "缺本轮公平竞争审查结论", "缺本轮集体决策")
    w.refused("bureau01 advance to_listing", "土地已成交")
    w.do("bureau01 attach policy_clauses")


def test_the_audit_finds_nothing(walk: Walk) -> None:
    """All this, corrections and refusals too, is judged again without a finding, and every replay
    is what is stored.
    """
    audit = walk.asks("audit")
    assert (audit["ok"], audit["findings"]) == (True, [])
    for row in walk.asks("list")["cases"]:
        replayed = walk.asks("replay", row["number"])
        assert (replayed["ok"], replayed["same_as_stored"]) == (True, True)


def test_a_started_case_can_be_accepted_after_a_correction(walk: Walk, tmp_path: Path) -> None:
    """A file handed in by mistake is corrected, and the log tells both."""
    opens(walk, "交错了材料的剧场")
    w = walk
    forward(w, "siting")
    w.refused("bureau01 attach survey_report", "考察报告 已由“转入规划选址”采用")
    right = tmp_path / "对的.txt"
    right.write_text("对的考察报告", encoding="utf-8")
    words = ("--material", "考察报告", "--file", str(right))
    dry = w.run("correct", w.case, *words, "--note", "交错", "--dry-run", "--as", "bureau01")
    assert "可以办理（未写入）" in dry.stdout
    answer = w.asks("correct", w.case, *words, "--note", "交错", "--as", "bureau01")
    assert (answer["proposal"], answer["entry"]["type"]) == (answer["seq"], "correction_made")
    assert "“转入规划选址”" in "".join(answer["changes"])
    confirmed = w.asks("confirm", w.case, "--as", "bureau02")
    assert (confirmed["proposal"], confirmed["ok"]) == (None, True)
    log = w.run("log", w.case).stdout
    change = f"考察报告 {w.case} survey_report.txt → 对的.txt"
    assert f"提请更正 {change}：交错　待牵头单位确认" in log
    assert f"确认更正 {change}（第 {answer['proposal']} 笔）" in log
