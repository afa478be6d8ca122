"""The long walk: officers take cases through all nine stages and every branch, typing command by
command.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from walking import (
    Walk,
    X,
    announced,
    dealt,
    drafted,
    forward,
    reviewed,
    signed_loi,
    through_gates,
    to_acceptance,
)

from lifecycle.engine.entry import recorded_day
from lifecycle.ledger.record import OFFICE, stored


def not_admitted(w: Walk) -> None:
    """S1: 补正、门槛、会签意见、不准入; a closed case takes nothing any more."""
    w.opens("门槛以下的民宿", investment=2000)
    w.refused("bureau01 advance invite_visit", "须说明理由")
    w.do("bureau01 advance invite_visit --note 拟于一月下旬考察两日")
    w.refused("bureau01 advance request_correction --note 缺资信材料", "缺 一次性补正清单")
    w.do("bureau01 attach correction_list")
    w.refused("bureau01 advance request_correction", "须说明理由")
    w.do("bureau01 advance request_correction --note 缺资信材料，请十个工作日内补齐")
    w.refused(
        "land01 advance to_siting",
        "不具备该角色",
        "缺 考察报告",
        "缺 发改、国土",
        "按属地一般项目办理",
    )
    w.do("reform01 sign to_siting object --note 不符合产业目录")
    w.do("land01 sign to_siting conditional --note 不得占用基本农田")
    w.refused("bureau01 advance to_siting", "发改 不同意：不符合产业目录")
    w.do("bureau02 resolve to_siting 发改 --note 已按目录调整业态")
    w.do("land01 withdraw to_siting --note 另行出具")
    w.refused("bureau01 advance to_siting", "缺 国土")
    w.refused("planning01 sign to_siting agree", "您不在其中")
    w.refused("bureau01 advance reject_admission --note 投资规模不足", "缺 产业准入意见")
    w.do("reform01 attach admission_opinion")
    w.do("bureau01 advance reject_admission --note 投资规模不足")
    w.stands("rejected")
    w.refused("bureau01 advance terminate --note 再办", "现为“不准入”")
    w.refused("bureau01 set investment=5000", "不再受理")


def stopped_while_scouting(w: Walk) -> None:
    """中止、恢复 and 终止 as early as in S1, each with its grounds."""
    w.opens("考察期的康养村", on="2024-01-09")
    w.refused("bureau01 advance suspend --note 投资方重组", "缺 会商纪要")
    minutes = "bureau01 advance confer --set present_units=bureau、reform --note 同意中止"
    w.refused(minutes, "尚未召集会商")
    w.do("bureau01 advance call_meeting --note 明日上午在招商局会商")
    w.do(minutes)
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance suspend --note 投资方重组")
    w.stands("suspended")
    w.refused("bureau01 advance to_siting", "现为“中止”")
    w.later(20)
    w.do("bureau01 advance resume_scouting --note 重组完成")
    w.stands("scouting")
    w.refused("bureau01 advance suspend --note 再次重组", "会商纪要 已由“中止”用过，须是新的")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance suspend --note 再次重组")
    w.refused("bureau01 advance terminate", "须说明理由", "会商纪要 已由“中止”用过")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance terminate --note 投资方放弃")
    w.stands("terminated")


def no_site(w: Walk) -> None:
    """S2: 退回补正 makes every opinion stale; 选址不可行 hands the case, step by step, to another
    place.
    """
    w.opens("选址不可行的度假村", on="2024-01-10")
    forward(w, "siting")
    w.refused("land01 advance send_back", "须说明理由")
    w.do("land01 advance send_back --note 占用基本农田，请调整边界")
    w.stands("scouting")
    w.refused("bureau01 advance to_siting", "意见已失效", "须重新会签")
    w.do(f"reform01,land01,{X} sign to_siting agree")
    w.do("bureau01 advance to_siting")
    w.do(
        "planning01 advance survey_site --set present_units=planning、land、wenlv --note "
        "地块在生态红线内，"
        "不宜选址"
    )
    receiver = "--set transfer_to=龙泉市 --set transfer_government=龙泉市人民政府"
    w.refused(f"bureau01 advance recommend_transfer {receiver}", "尚未认定统筹流转")
    w.refused("bureau01 advance confirm_transfer", "尚未推荐承接地", "缺 承接地")
    w.do("bureau01 advance recognize_transfer --note 选址在生态红线内，本地无替代地块")
    w.do(f"bureau01 advance recommend_transfer {receiver}")
    w.do("bureau01 advance confirm_transfer")
    w.refused("bureau01 advance transfer_out --note 无替代地块", "缺 会商纪要")
    w.do("bureau01 attach meeting_minutes")
    w.refused(
        "bureau01 advance transfer_out --set transfer_to=云和县 --note 无替代地块", "不随办理填报"
    )
    w.do("bureau01 advance transfer_out --note 选址在生态红线内，无替代地块")
    w.stands("transferred")


def letter_of_intent(w: Walk) -> None:
    """S3: 退回重新选址, 六个月, 续期一次, 失效."""
    w.opens("意向书会失效的营地", on="2024-01-11")
    forward(w, "intent")
    w.refused("bureau01 advance to_design", "尚未签订意向书")
    w.do("bureau01 advance return_siting --note 投资方要求换地块")
    w.stands("siting")
    w.do(f"reform01,land01,owner001,{X} sign to_intent agree")
    w.do("planning01 advance to_intent")
    w.refused(
        "bureau01 advance renew_loi --set loi_valid_to=2024-12-31 --note 早", "尚未签订意向书"
    )
    w.refused(
        "bureau01 advance sign_loi --set loi_on=2024-02-01 --set loi_valid_to=2024-09-01",
        "不超过6个月",
    )
    signed_loi(w)
    w.refused("bureau01 advance expire_loi", "仍在有效期内")
    w.later(140)
    w.refused(
        "bureau01 advance renew_loi --set loi_valid_to=2026-01-01 --note 方案未定",
        "续期不超过6个月",
    )
    w.do(
        f"bureau01 advance renew_loi --set loi_valid_to={w.day + timedelta(days=100)} --note "
        f"方案未定"
    )
    w.refused(
        f"bureau01 advance renew_loi --set loi_valid_to={w.day + timedelta(days=120)} --note "
        f"还未定",
        "至多 1 次",
    )
    w.later(101)
    w.refused("bureau01 advance to_design", "已过有效期")
    w.do("bureau01 advance expire_loi")
    w.stands("expired")
    w.refused("bureau01 advance reopen_intent --note 投资方来函确认继续", "须换人")
    w.do("bureau02 advance reopen_intent --note 投资方来函确认继续")
    w.stands("intent")
    w.refused("bureau01 advance to_design", "已过有效期")


def three_reviews(w: Walk) -> None:
    """S4: 超高不通过, 修改后再审, at most three rounds, 不通过则重新选址."""
    w.opens("改了三轮的文化街区", on="2024-01-12")
    forward(w, "design")
    w.refused(
        "planning01 advance pass_design", "须经评审会复审", "缺 规划设计方案", "缺 方案建筑高度"
    )
    w.refused(
        "planning01 advance issue_minutes --set present_units=planning --note 早",
        "本轮评审会尚未召开",
    )
    for height in ("13.8", "12.6", "12.2"):
        reviewed(w)
        w.do(f"owner001 set design_far=1.0 design_height={height}")
        w.refused("planning01 advance pass_design", "方案建筑高度超过规划条件")
        w.do(f"planning01 advance revise_design --note 屋面高{height}米，超规划条件12米")
        w.refused("planning01 advance revise_design --note 再改", "须先召开本轮评审会")
    w.refused("planning01 advance hold_review --note 第四轮", "已办 3 次，至多 3 次")
    w.do("planning01 advance reject_design --note 三轮仍不符合规划条件")
    w.stands("siting")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance terminate --note 方案不可行")


def hard_gates(w: Walk) -> None:
    """S5: none of the three gates can be left out, taken in another order, or taken by the one who
    asked.
    """
    w.opens("三道硬门前的酒店", on="2024-01-15")
    forward(w, "policy")
    w.do("bureau01 attach policy_clauses")
    w.refused("bureau01 advance request_fair_review", "缺 财政承受能力测算")
    w.do("finance01 attach affordability")
    w.do("market01 attach fair_competition")
    w.do("justice01 attach policy_legal_opinion")
    w.do("bureau01 attach decision_minutes policy_approval")
    w.refused("market01 advance fair_review", "尚未就本轮条款提请审查")
    w.refused("market01 advance reject_clauses --note 无依据", "尚未就本轮条款提请审查")
    w.do("bureau01 advance request_fair_review")
    w.refused("justice01 advance legal_review", "须先通过本轮公平竞争审查")
    w.refused(
        "bureau02 advance lock_clauses",
        "缺本轮公平竞争审查结论",
        "缺本轮合法性审查结论",
        "缺本轮集体决策",
    )
    w.do("market01 advance reject_clauses --note 按税收贡献返还没有依据，请修改")
    w.refused("market01 advance fair_review", "尚未就本轮条款提请审查")
    w.do("bureau01 attach policy_clauses")
    w.do("bureau01 advance request_fair_review")
    w.do("market01 advance fair_review")
    w.refused("bureau01 advance collective_decision", "缺本轮合法性审查结论")
    w.refused("bureau02 advance lock_clauses", "缺本轮合法性审查结论")
    w.do("justice01 advance legal_review")
    w.refused("bureau02 advance lock_clauses", "缺本轮集体决策")
    w.do("bureau01 advance collective_decision")
    w.refused("bureau01 advance lock_clauses", "集体决策通过 由 bureau01 办理，须换人")
    w.refused("bureau01 advance to_listing", "政策条款尚未锁定")
    w.do("bureau02 advance lock_clauses")
    w.refused("bureau01 attach policy_clauses", "政策条款清单 已锁定")
    w.refused("planning01 attach planning_conditions", "规划条件 已锁定")
    w.do("bureau01 advance return_design --note 投资方要求增加客房")
    w.stands("design")
    w.do("bureau01 attach policy_clauses meeting_minutes")
    w.do("bureau01 advance terminate --note 投资方退出")


def unsold(w: Walk) -> None:
    """S6: 公告、挂牌 and 成交 in time and by different people; 流拍 three times, 重新挂牌 twice, on
    new conditions.
    """
    w.opens("流拍三次的茶旅小镇", on="2024-01-16")
    forward(w, "listing")
    w.refused("land02 advance fail_listing --set failure_reason=无人", "本轮尚未公告")
    w.do(
        "land01 attach transfer_draft transfer_plan price_decision listing_notice "
        "listing_conditions"
    )
    soon, start, end = (w.day + timedelta(days=n) for n in (20, 21, 31))
    when = f"--set announced_on={w.day} --set listing_start_on={start} --set listing_end_on={end}"
    price = "--set start_price=5000 --set deposit=1000"
    w.refused(
        f"land02 advance announce {when} {price}", "本轮出让方案尚未报批", "与锁定的规划条件不一致"
    )
    w.do("land01 advance approve_plan")
    w.do("land01 attach listing_conditions=planning_conditions")
    w.refused(f"land01 advance announce {when} {price}", "报批出让方案 由 land01 办理，须换人")
    early = when.replace(str(start), str(soon))
    w.refused(
        f"land02 advance announce {early} --set start_price=5000 --set deposit=999",
        "20个整日",
        "不低于起始价的20%",
    )
    short = when.replace(str(end), str(start + timedelta(days=9)))
    w.refused(f"land02 advance announce {short} {price}", "挂牌时间不得少于10日")
    w.do(f"land02 advance announce {when} {price}")
    w.refused(f"land02 advance announce {when} {price}", "变更须补充公告")
    w.later(20)
    w.do("land01 attach deal_confirmation")
    deal = (
        f"advance deal --set deal_on={w.day} --set deal_price=4000 --set winner=意向方公司 "
        f"--set "
        f"winner_is_investor=是"
    )
    w.refused(f"land02 {deal}", "发布挂牌公告 由 land02 办理，须换人")
    w.refused(f"land01 {deal}", "须满 20 日", "挂牌期限届满才能确定竞得人", "低于起始价")
    w.refused("land01 advance fail_listing --set failure_reason=无人报价", "挂牌尚未截止")
    w.later(11)
    for left in (2, 1, 0):
        w.do("land01 advance fail_listing --set failure_reason=无人报价")
        w.stands("unsold")
        w.do("bureau01 attach meeting_minutes")
        if left:
            w.do("bureau01,planning01 sign relist agree")
            w.do("land01 advance relist --note 调整建筑密度")
            w.do("planning01 attach planning_conditions")
            announced(w)
            w.refused("planning01 attach planning_conditions", "规划条件 已锁定")
            w.later(32)
    w.refused("bureau01,planning01 sign relist agree", "不能再办，不再会签")
    w.refused("land01 advance relist --note 第三次", "重新挂牌 已办 2 次，至多 2 次")
    w.do("land01 advance resite --note 换地块再议")
    w.stands("siting")
    w.do("planning01 attach planning_conditions")
    w.refused("bureau01 advance transfer_out --note 流拍", "尚未经三方确认", "缺 承接地")
    w.do("bureau01 advance recognize_transfer --note 三次流拍，本地无合适地块")
    w.do(
        "bureau01 advance recommend_transfer --set transfer_to=景宁县 "
        "--set transfer_government=景宁县人民政府"
    )
    w.do("bureau01 advance confirm_transfer")
    w.do("bureau01 advance transfer_out --note 三次流拍，本地无合适地块")
    w.stands("transferred")


def won_by_another(w: Walk) -> None:
    """S6: 竞得人≠意向方 goes back to 政策洽谈 and through all gates again; the land is not sold
    twice.
    """
    w.opens("被别人竞得的商务楼", on="2024-01-17")
    forward(w, "listing")
    announced(w)
    w.refused("land01 advance back_to_policy --note 早", "本轮尚未成交")
    w.refused(
        f"land01 advance publish_result --set result_on={w.day}", "本轮尚未成交", "缺 成交确认书"
    )
    dealt(w, "另一家公司", same="否")
    w.refused("land01 advance close_listing", "竞得人不是意向方")
    w.do("land01 advance back_to_policy --note 竞得人为另一家公司")
    w.stands("policy")
    w.refused("bureau02 advance relock_clauses", "缺本轮公平竞争审查结论")
    w.refused("bureau02 advance lock_clauses", "土地已成交，请办“重新锁定政策条款”")
    w.refused("bureau01 advance return_design --note 重做", "土地已成交")
    w.refused("bureau01 advance to_agreement", "政策条款尚未重新锁定", "把投资方改为竞得人")
    w.refused("bureau01 set investor=另一家公司", "投资方 已由“征求准入意见”“转入规划选址”")
    change = "bureau01 advance change_parties --set investor=另一家公司 --note 竞得人为另一家公司"
    w.refused(change, "缺 主体变更的协议或批复", "缺 发改、国土")
    w.do("bureau01 attach parties_document")
    w.do("reform01,land01 sign change_parties agree")
    w.do(change)
    through_gates(w, "relock_clauses")
    w.refused("bureau01 advance to_listing", "土地已成交")
    assert w.owes("finance01") == ["to_agreement"], "and nobody is asked of the other way"
    w.do(f"reform01,planning01,land01,finance01,owner001,{X} sign to_agreement agree")
    w.do("bureau01 advance to_agreement")
    w.stands("agreement")
    forward(w, "construction")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance terminate --note 竞得人另有安排，依法解除")


def agreement(w: Walk) -> None:
    """S7: the clauses must be the locked ones to the byte; 条款变更 goes back; 竞得人拒签 is as
    good as unsold.
    """
    w.opens("条款对不上的乐园", on="2024-01-18")
    forward(w, "agreement")
    w.refused(
        "bureau02 advance sign_agreement --set agreement_on=2024-01-01",
        "缺 出让合同签订日",
        "缺 投资协议文本",
    )
    w.do("bureau01 attach agreement_draft agreement_clauses")
    w.refused("bureau01 advance request_signing", "与政策洽谈锁定的版本不一致")
    w.do("owner001,finance01,justice01,land01 sign sign_agreement agree")
    signing = f"advance sign_agreement --set agreement_on={w.day}"
    w.refused(f"bureau02 {signing}", "与政策洽谈锁定的版本不一致")
    drafted(w)
    w.refused("bureau01 attach policy_clauses", "政策条款清单 已锁定")
    w.refused("bureau01 attach agreement_clauses", "已由“提请协议合法性审查”“签约请示”采用")
    signing = f"advance sign_agreement --set agreement_on={w.day}"
    w.refused(f"bureau02 {signing}", "意见已失效")
    w.do("owner001,finance01,justice01,land01 sign sign_agreement agree")
    w.refused(f"bureau01 {signing}", "提请协议合法性审查 由 bureau01 办理，须换人")
    w.refused(
        f"bureau02 advance sign_agreement --set agreement_on={w.day - timedelta(days=9)}",
        "不得早于出让合同",
    )
    w.do("bureau01 advance back_to_policy --note 投资方要求分期")
    through_gates(w, "relock_clauses")
    w.do(f"reform01,planning01,land01,finance01,owner001,{X} sign to_agreement agree")
    w.do("bureau01 advance to_agreement")
    w.do("land01 advance winner_defaults --note 竞得人拒签出让合同")
    w.stands("unsold")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01,planning01 sign relist agree")
    w.do("land01 advance relist --note 重新公告")
    announced(w)
    dealt(w)
    w.do("land01 advance close_listing")
    forward(w, "construction")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance terminate --note 协议解除")


def late_start(w: Walk) -> None:
    """S8: 延期 at most twice; 闲置预警, 认定, 恢复."""
    w.opens("迟迟不开工的展贸中心", on="2023-01-09")
    forward(w, "construction")
    due = w.asks("show", w.case)["case"]["facts"]["start_due_on"]
    first, second, beyond = (date.fromisoformat(due) + timedelta(days=n) for n in (60, 120, 400))
    once = f"bureau01 advance extend --set new_start_due_on={first} --note 施工图审查未毕"
    w.refused(once, "缺 延期申请", "缺 国土、建设（规划）")
    w.do("owner001 attach extension_application")
    w.do("land01,planning01 sign extend agree")
    w.refused(
        f"bureau01 advance extend --set new_start_due_on={beyond} --note 图审", "延期不超过一年"
    )
    w.do(once)
    again = f"bureau01 advance extend --set new_start_due_on={second} --note 资金"
    w.refused(again, "意见已失效", "延期申请 已由“批准延期开工”用过，须是新的")
    w.do("owner001 attach extension_application")
    w.do("land01,planning01 sign extend agree")
    w.do(f"bureau01 advance extend --set new_start_due_on={second} --note 资金未到位")
    w.until(first - timedelta(days=30))
    assert w.asks("show", w.case)["light"] == "green", "past the day agreed, within the extension"
    due = w.asks("show", w.case)["case"]["facts"]["finish_due_on"]
    later = date.fromisoformat(due) + timedelta(days=60)
    w.refused(f"bureau01 set finish_due_on={later}", "约定竣工日 已由“签订正式协议，转入建设”")
    w.do("bureau01 attach supplementary_agreement")
    w.do("land01,owner001 sign supplement agree")
    w.do(f"bureau01 advance supplement --set finish_due_on={later} --note 开工延后，竣工顺延")
    w.refused(f"land01 correct finish_due_on={due}", "不具备该角色", "须写明更正的理由")
    w.do(f"bureau01 correct finish_due_on={due} --note 协议写的是原来的日子")
    w.refused("bureau01 set investment=1", "总投资 已由“转入规划选址”", "lifecycle correct")
    w.do("bureau02 decline --note 补充协议已经改了")
    w.refused("bureau02 confirm 1", "不是待确认的更正")
    w.do("bureau01 correct investment=32500 --note 合同总额含税")
    w.refused("bureau01 confirm", "须换人确认")
    w.do("bureau02 confirm")
    again = w.asks("show", w.case)["case"]["seq"]
    w.do("owner001 attach extension_application")
    w.refused("land01,planning01 sign extend agree", "不能再办，不再会签")
    w.refused(
        f"bureau01 advance extend --set new_start_due_on={second} --note 又延",
        "批准延期开工 已办 2 次，至多 2 次",
    )
    w.refused("bureau01 advance warn_idle", "距满一年尚超过90日")
    w.do("bureau01 advance remind --note 已逾约定开工日")
    quarter = "bureau01 advance publish_quarter --set rating=黄灯 --note 未按约定开工"
    w.refused(f"{quarter} --set quarter=2023年第二季度", "缺 市政府同意发文的审定件")
    w.do("bureau01 attach circular_consent")
    w.do(f"{quarter} --set quarter=2023年第二季度")
    w.later(250)
    w.do("bureau01 advance warn_idle")
    w.refused(
        "land02 advance identify_idle --set idle_kind=闲置满一年", "未满一年", "缺 闲置土地调查材料"
    )
    w.later(100)
    w.do("land01 attach idle_survey")
    w.refused(
        "land02 advance identify_idle --set idle_kind=非闲置",
        "不转闲置处置",
        f"总投资 已更正（第 {again} 笔），会签过",
    )
    w.refused(f"bureau01 sign {again} agree", "您不在其中")
    w.do(f"land01,planning01,reform01,finance01,justice01,owner001,{X} sign {again} agree")
    w.do("land02 advance identify_idle --set idle_kind=闲置满一年")
    w.stands("idle")
    w.refused("land01 advance leave_idle --note 已缴费", "缺 会商纪要")
    w.do("bureau01 attach meeting_minutes")
    w.do("land01 advance leave_idle --note 已缴闲置费并开工在即")
    w.stands("construction")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance terminate --note 收回土地")


def whole_way(w: Walk) -> None:
    """From 考察导入 to 办结, with 中止, 停工, 整改 and 兑现 on the way."""
    w.opens("走完全程的康养综合体", on="2023-02-01")
    forward(w, "policy")
    w.do("bureau01 advance call_meeting --note 明日上午在招商局会商")
    w.do(
        "bureau01 advance confer --set present_units=bureau、planning --note 列入责任清单；"
        "规划调整期间中止"
    )
    w.do("bureau01 attach meeting_minutes circular_consent")
    w.do("bureau01 advance list_duty --set duty_year=2023 --set duty_goal=完成挂牌出让并签约")
    issue = "bureau01 advance assign_issue --set issue_unit=planning --note 上位规划调整进度不明"
    w.refused(f"{issue} --set issue_due_on={w.day}", "须晚于今天")
    w.do(f"{issue} --set issue_due_on={w.day + timedelta(days=20)}")
    w.refused("bureau01 advance suspend --note 等待上位规划", "已由“交办问题”用过")
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance suspend --note 等待上位规划")
    w.later(30)
    w.do("bureau01 advance resume --note 规划已批")
    w.stands("policy")
    forward(w, "construction")
    works(w)
    acceptance(w)
    cash_in(w)


def works(w: Walk) -> None:
    """S8: 未批先建, 开工一次, 月报与到资, 停工与复工."""
    w.refused(f"owner001 advance start_work --set started_on={w.day}", "缺 施工许可证", "未批先建")
    w.do("owner001 attach construction_permit start_photo")
    w.do(f"owner001 advance record_permit --set permit_on={w.day} --set record_code=2024-331102-02")
    yesterday = w.day - timedelta(days=1)
    w.refused(f"owner001 advance start_work --set started_on={yesterday}", "未批先建")
    w.refused("owner002 advance start_work", "不具备该角色")
    w.do(f"owner001 advance start_work --set started_on={w.day}")
    w.refused(f"owner001 advance start_work --set started_on={w.day}", "已办 1 次，至多 1 次")
    w.later(30)
    w.do(
        f"owner001 advance report_progress --set month={w.day:%Y-%m} --set progress=基础施工 "
        f"--set funds_plan=9000"
    )
    w.do("owner001 attach funds_voucher")
    w.do("owner001 advance receive_funds --set funds_actual=6800")
    assert w.asks("show", w.case)["light"] != "green"
    w.do("bureau01 advance stop_work --set stop_reason=塔吊检修 --note 安全隐患")
    w.stands("stopped")
    w.refused("owner001 advance complete_work", "现为“停工”")
    w.refused("owner001 advance resume_work", "缺 整改报告", "缺 建设（规划）")
    w.do("owner001 advance report_stop --note 塔吊检修，已向发证机关报告")
    w.do("owner001 attach rectification_report")
    w.do("planning01 sign resume_work agree")
    w.do("owner001 advance resume_work")
    w.stands("construction")
    to_acceptance(w)


def acceptance(w: Walk) -> None:
    """S9: 规划核实 first, 不合格 until 整改, 备案 and 评价."""
    w.do("owner001 advance form_acceptance_group --note 拟于五日后现场验收")
    w.do("owner001 attach joint_acceptance")
    passing = f"owner001 advance pass_acceptance --set accepted_on={w.day + timedelta(days=20)}"
    w.refused(passing, "缺 规划核实日", "缺 规划核实意见", f"最迟 {w.day}")
    w.do("planning01 attach planning_verification")
    verifying = f"planning01 advance verify_planning --set planning_verified_on={w.day}"
    w.refused(verifying, "尚未受理规划核实")
    w.awaits("planning01", "accept_verification")
    accepting = f"planning01 advance accept_verification --set accepted_for_verification_on={w.day}"
    w.do(accepting)
    w.refused(accepting, "上一次受理的尚未核实")
    w.awaits("planning01", "verify_planning")
    w.do(verifying)
    w.do("planning01 advance fail_acceptance --note 消防通道不足")
    w.do(f"planning01,{X} sign pass_acceptance agree")
    passing = f"owner001 advance pass_acceptance --set accepted_on={w.day}"
    w.refused(passing, "整改尚未完毕")
    w.do("owner001 attach rectification_report")
    w.do("owner001 advance rectify")
    w.refused("owner001 advance rectify", "没有待整改的事项")
    w.do(passing)
    w.later(10)
    w.do(f"owner001 advance file_record --set record_filed_on={w.day}")
    w.refused("bureau01 advance finish", "缺 开业（投运）日", "须先验收合格并完成项目评价")
    w.do(f"owner001 set opened_business_on={w.day}")
    w.do("bureau01 attach evaluation_report")
    w.do("owner001 sign evaluate agree")
    w.do("bureau01 advance evaluate --set evaluation=达标")


def cash_in(w: Walk) -> None:
    """S9: 申请, 审核 by another than the evaluator or whoever acts for them, 公示五个工作日, 拨付,
    办结.
    """
    w.refused("bureau02 advance approve_cash_in", "没有待审核的兑现申请", "缺 政策兑现审核表")
    w.do("owner001 attach cash_in_form")
    w.do("owner001 advance apply_cash_in --set grant_amount=380")
    w.refused("owner001 advance apply_cash_in --set grant_amount=400", "须是新的")
    w.do("owner001 sign approve_cash_in agree")
    w.refused("finance02 sign approve_cash_in agree", "您不在其中")
    until = str(w.day + timedelta(days=30))
    w.run("officer", "delegate", "finance02", "--until", until, "--as", "finance01")
    w.do("finance02 sign approve_cash_in agree --for finance01")
    w.refused("bureau01 advance approve_cash_in", "项目评价 由 bureau01 办理，须换人")
    w.run("officer", "delegate", "bureau02", "--until", until, "--as", "bureau01")
    w.refused(
        "bureau02 advance approve_cash_in --for bureau01", "项目评价 由 bureau01 办理，须换人"
    )
    w.refused("finance01 advance pay_cash_in", "兑现申请尚未审核", "缺 兑现公示起始日")
    w.awaits("finance01")
    w.do("bureau02 advance approve_cash_in")
    w.do(f"finance01 set publicized_on={w.day}")
    w.later(3)
    w.refused("finance01 advance pay_cash_in", "须满 5 个工作日")
    w.do("owner001,finance01 sign finish agree")
    w.refused("bureau01 advance finish", "尚有未办结的政策兑现")
    w.later(7)
    w.awaits("finance01", "pay_cash_in")
    w.do("finance01 advance pay_cash_in")
    w.awaits("finance01")
    w.do("bureau01 advance finish")
    w.stands("completed")
    w.refused("bureau01 advance remind --note 再催", "现为“办结”", "本环节没有您现在能办的流转")
    w.refused("bureau01 advance reopen_acceptance --note 兑现审核表有误", "须换人")
    w.do("bureau02 advance reopen_acceptance --note 兑现审核表有误")
    w.stands("acceptance")


BRANCHES = (
    not_admitted,
    stopped_while_scouting,
    no_site,
    letter_of_intent,
    three_reviews,
    hard_gates,
    unsold,
    won_by_another,
    agreement,
    late_start,
    whole_way,
)


def test_every_branch_leaves_a_clean_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least 200 commands through every stage and transition, those of all branches in the order
    of their days; then the audit is clean and replay equals show.
    """
    w = Walk.begin(tmp_path, monkeypatch)
    walkers = w.together(BRANCHES)
    assert sum(walker.commands for walker in walkers) >= 200

    made, seen = set(), set()
    for number in [row["number"] for row in w.asks("list")["cases"]]:
        shown = w.asks("show", number)["case"]
        replayed = w.asks("replay", number)
        assert (replayed["ok"], replayed["same_as_stored"], replayed["case"]) == (True, True, shown)
        made |= set(shown["made"])
        seen |= {entry["state"] for entry in replayed["entries"]}
    office = w.office()
    workflow = office.workflow("project")
    rows = list(office.store.log(upto=office.store.last_index()))
    office.close()
    bodies = [stored(row.raw) for row in rows if row.case != OFFICE]
    days = [(recorded_day(b["recorded_at"]), b["intent"]["occurred_on"]) for b in bodies]
    assert [pair for pair in days if pair[0] != pair[1]] == []
    assert sum(one.case != other.case for one, other in pairwise(rows)) > 80
    assert set(workflow.titles) - made == set()
    assert set(workflow.states) == seen

    audit = w.asks("audit")
    assert (audit["ok"], audit["complete"], audit["findings"], audit["cases"]) == (
        True,
        True,
        [],
        len(BRANCHES),
    )
    assert audit["refused_attempts"] > 80
    assert w.asks("notice", "list")["ok"]
