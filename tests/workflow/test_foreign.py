"""Processes that other engines are known by, written in our YAML as an administrator would, and
walked along the paths for which they are known: Plone's publication, GitHub's review, a leave
request, Camunda's invoice and a purchase in bands.

What of them the language does not say stands in docs/language.md, chapter 八.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_office import ForeignOffice

from lifecycle.workflow.reader import examine

FOREIGN = Path(__file__).parent.parent / "data" / "foreign"
STALE = "的意见已失效（其后更改了 {}），须重新会签"
PEOPLE = {
    "publication": """
site 网站办 reviewer: site01 site02
tourism 市文旅局 writer: tourism01 tourism02
forestry 市林业局 writer: forestry01
""",
    "review": """
core 核心组 maintainer author: core01 core02
bot 集成平台 machine: bot01
kernel 内核组 author: kernel01 kernel02
docs 文档组 author: docs01
web 前端组 author: web01 web02
""",
    "leave": """
personnel 人事处 personnel staff: personnel01 personnel02
finance 财务处 finance: finance01
head 主要领导办公室 head: head01
vice 分管领导办公室 vice_one: vice01
watch 纪检领导办公室 vice_two: watch01
promotion 招商处 staff: zhang01
""",
    "invoice": """
registry 收发室 assistant: registry01 registry02
accounts 财务科 accountant: accounts01 accounts02
sales 业务科: sales01
""",
    "purchase": """
lab 使用科室 user: lab01
buyer 采购办 buyer: buyer01 buyer02
finance 财务科 finance: finance01
legal 法务科 legal: legal01
watch 纪检组 audit: watch01
""",
}

Founding = Callable[[str], ForeignOffice]
"""Founds an office that works by the process of a name."""


@pytest.fixture
def founded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Founding:
    """Found an office."""

    def found(name: str) -> ForeignOffice:
        text = (FOREIGN / f"{name}.yaml").read_text("utf-8")
        return ForeignOffice(tmp_path, monkeypatch, text, PEOPLE[name])

    return found


@pytest.mark.parametrize("name", PEOPLE)
def test_each_is_checked_clean(founded: Founding, name: str) -> None:
    """Neither a fault nor a warning; and these are all."""
    file = str(FOREIGN / f"{name}.yaml")
    assert founded(name).do("workflow", "check", file) == "共检查 1 个流程文件：没有错误\n"
    assert {path.stem for path in FOREIGN.glob("*.yaml")} == set(PEOPLE)


# ── Plone: publication ──


def page(office: ForeignOffice) -> ForeignOffice:
    """Give a page of the tourism bureau, private."""
    office.opens("tourism01 publication name=古堰画乡 author_unit=市文旅局")
    office.hands_in("tourism01", "page")
    return office


def test_a_page_is_submitted_and_published(founded: Founding) -> None:
    """From private by pending to published: the author's unit submits, the reviewers publish."""
    site = page(founded("publication"))
    assert site.unmet("forestry01 advance submit") == [
        "角色　　由 撰稿单位 办理；您（市林业局 forestry01）不具备该角色"
    ]
    site.does("tourism02 advance submit")
    assert site.unmet("tourism02 advance publish") == [
        "角色　　由 审核 办理；您（市文旅局 tourism02）不具备该角色",
        "回避　　提交审核 由 tourism02 办理，须换人",
    ]
    site.does("site01 advance publish")
    assert (site.state, site.findings()) == ("published", [])


def test_a_page_is_rejected_retracted_and_published_directly(founded: Founding) -> None:
    """A rejection has a reason and gives the page back to be changed, so does a retraction, from
    pending or published; a reviewer may publish what was not submitted.
    """
    site = page(founded("publication"))
    site.does("tourism01 advance submit")
    assert site.unmet("site01 advance reject") == [
        "理由　　须说明理由　　lifecycle advance GJ-2026-001 reject --note …"
    ]
    site.does("site01 advance reject --note 图片不清")
    site.write("second.txt", "第二稿")
    site.does("tourism01 attach page second.txt", "tourism01 advance submit")
    site.does("tourism02 advance retract", "site02 advance publish")
    assert site.unmet("tourism01 attach page page.txt") == [
        "更正　　稿件 已由“发布”采用，不能直接更改"
    ]
    site.does("tourism01 advance retract", "tourism01 attach page page.txt")
    site.does("site01 advance publish", "site02 advance reject --note 链接失效")
    site.does("tourism01 advance delete --note 过时")
    assert (site.state, site.findings()) == ("deleted", [])
    assert site.do("log", site.case, "--after", "9") == (
        "GJ-2026-001 古堰画乡　共 13 条记录\n"
        "序号  日期        经办       事由\n"
        "  10  2026-09-07  tourism01  上传 稿件（page.txt）\n"
        "  11  2026-09-07  site01     发布　未公开 → 已发布\n"
        "  12  2026-09-07  site02     退稿　已发布 → 未公开：链接失效\n"
        "  13  2026-09-07  tourism01  删除　未公开 → 已删除：过时\n"
    )


# ── GitHub: review ──


def proposed(office: ForeignOffice) -> ForeignOffice:
    """Give a change that is ready for the review of its owners and of two other teams."""
    office.opens("web01 review name=修复登录 owner_team=内核组 reviewer_teams=文档组、核心组")
    office.hands_in("web01", "patch")
    office.does("web01 advance ready", "bot01 advance report_checks --set checks=通过")
    return office


def test_the_code_owner_must_approve(founded: Founding) -> None:
    """Two approvals do not do without the owners'; who approved does not merge."""
    repo = proposed(founded("review"))
    repo.does("docs01 sign merge agree", "core01 sign merge agree")
    assert repo.refused("web01 advance merge") == (
        "不能办理：PR-2026-001 修复登录　待合并 → 已合并\n"
        "  ✗ 会签　　缺 内核组 的同意意见；内核组 必须同意\n"
        "            lifecycle sign PR-2026-001 merge agree --as …\n"
        "  ✓ 角色　　作者（web01）\n"
        "  ✓ 材料　　提交（patch.txt）\n"
        "  ✓ 材料　　提交 是“报告检查结果”采用的那一份\n"
        "  ✓ 条件　　检查结果 通过，应为 通过\n"
        "依据：workflows/review.yaml:36　代码评审规定\n"
    )
    repo.does("kernel01 sign merge agree")
    assert repo.unmet("core01 advance merge") == ["回避　　core01 已在 合并 上会签，不能再由其办理"]
    repo.does("web02 advance merge")
    assert (repo.state, repo.findings()) == ("merged", [])


def test_changes_requested_block_until_they_are_withdrawn(founded: Founding) -> None:
    """Enough approvals do not outweigh a request for changes; a new push does not lift it."""
    repo = proposed(founded("review"))
    repo.does("kernel01 sign merge agree", "core01 sign merge agree")
    repo.does("docs01 sign merge object --note 缺说明")
    blocked = (
        "会签　　文档组 不同意：缺说明　　由其撤回，或由牵头单位说明处理："
        "lifecycle resolve PR-2026-001 merge reviewer/docs --note …"
    )
    assert repo.unmet("web01 advance merge") == [blocked]
    repo.write("second.txt", "补了说明")
    repo.does("web01 attach patch second.txt")
    assert repo.opinions() == {"kernel": "stale", "docs": "object", "core": "stale"}
    repo.does("bot01 advance report_checks --set checks=通过")
    repo.does("kernel02 sign merge agree", "core01 sign merge agree")
    changed = (
        "会签　　文档组 不同意：缺说明　　其后有退回或变更，由其重新会签："
        "lifecycle sign PR-2026-001 merge agree --as …；"
        "只由牵头单位处理（resolve）的，处理以后仍须其重新会签"
    )
    assert repo.unmet("web01 advance merge") == [changed]
    repo.does("docs01 sign merge agree", "web01 advance merge")
    assert repo.state == "merged"


def test_a_push_makes_approvals_and_checks_stale(founded: Founding) -> None:
    """After a push the approvals are given and the checks run anew, on that very push; failed
    checks block.
    """
    repo = proposed(founded("review"))
    repo.does("kernel01 sign merge agree", "core01 sign merge agree")
    repo.write("second.txt", "又一次提交")
    repo.does("web01 attach patch second.txt")
    assert repo.unmet("web01 advance merge") == [
        "材料　　提交 不是“报告检查结果”采用的那一份，其后换过",
        (
            f"会签　　缺 文档组 的同意意见；内核组、核心组 {STALE.format('提交')}；"
            "还需 2 家同意；内核组 必须同意"
        ),
    ]
    repo.does("kernel01 sign merge agree", "core01 sign merge agree")
    repo.does("bot01 advance report_checks --set checks=未通过")
    assert repo.unmet("web01 advance merge") == [
        "条件　　检查结果 未通过，应为 通过（检查没有通过）"
    ]
    repo.does("bot01 advance report_checks --set checks=通过", "web01 advance merge")
    assert (repo.state, repo.findings()) == ("merged", [])


def test_a_closed_request_is_reopened(founded: Founding) -> None:
    """By another person, with a reason; what had been approved is approved anew."""
    repo = proposed(founded("review"))
    repo.does("kernel01 sign merge agree", "core01 sign merge agree", "web01 advance close")
    assert repo.unmet("web01 advance reopen --note 还要") == [
        "回避　　关闭 由 web01 办理，重新打开 须换人"
    ]
    repo.does("core02 advance reopen --note 还要")
    assert repo.opinions() == {"kernel": "stale", "docs": "awaited", "core": "stale"}


# ── A leave request ──


def asked(office: ForeignOffice, to_on: str, days: int) -> ForeignOffice:
    """Ask for leave from 8 October on, in a department with a head and a deputy."""
    functions = [word for role in ("staff", "chief", "deputy") for word in ("--function", role)]
    office.do("unit", "change", "promotion", *functions, by="admin")
    for role in ("chief", "deputy"):
        words = ("officer", "add", f"{role}01", "主管", "--unit", "promotion", "--role", role)
        office.do(*words, by="admin")
    facts = f"name=张三 department=招商处 from_on=2026-10-08 to_on={to_on} days={days}"
    office.opens(f"zhang01 leave {facts}")
    return office


def test_one_of_the_heads_is_enough_and_short_leave_goes_no_further(founded: Founding) -> None:
    """或签: what one of the two says does; the days must be those between the dates, and up to
    three the department's word is the last.
    """
    leave = asked(founded("leave"), "2026-10-10", 4)
    assert [leave.tasks(code) for code in ("chief01", "deputy01")] == [
        ["lifecycle sign QJ-2026-001 endorse agree"]
    ] * 2
    assert leave.does("deputy01 sign endorse agree") == (
        "已办理：QJ-2026-001　张三　会签 主管同意　招商处 同意\n"
    )
    assert leave.unmet("zhang01 advance endorse") == [
        "条件　　天数 4，应为 3（天数与起止日期不符）"
    ]
    leave.does("zhang01 set days=3")
    assert leave.unmet("zhang01 advance endorse") == [
        f"会签　　招商处 {STALE.format('天数')}；还需 1 家同意"
    ]
    leave.does("chief01 sign endorse agree", "zhang01 advance endorse")
    assert leave.unmet("zhang01 advance countersign") == [
        "会签　　缺 人事、财务 的同意意见　　lifecycle sign QJ-2026-001 countersign agree --as …",
        "条件　　天数 3，须大于 3（三日以内的直接准假）",
    ]
    assert leave.does("personnel01 advance grant_short") == (
        "已办理：QJ-2026-001　张三　准假（三日以内）　主管已批 → 休假\n"
        "  现在“休假”，由 人事 牵头，“销假”限 2026-10-12 前\n"
    )
    leave.at("2026-10-12")
    leave.does("personnel01 advance report_back --set back_on=2026-10-12")
    assert (leave.state, leave.findings()) == ("over", [])


def test_longer_leave_is_signed_by_all_of_two(founded: Founding) -> None:
    """会签: personnel and finance both; one that refuses blocks."""
    leave = asked(founded("leave"), "2026-10-11", 4)
    leave.does("chief01 sign endorse agree", "zhang01 advance endorse")
    assert leave.unmet("personnel01 advance grant_short") == [
        "条件　　天数 4，至多 3（三日以上须人事、财务会签）"
    ]
    leave.does("personnel02 sign countersign agree")
    leave.does("finance01 sign countersign object --note 年休假已用完")
    resolve = "lifecycle resolve QJ-2026-001 countersign finance --note …"
    assert leave.unmet("zhang01 advance countersign") == [
        f"会签　　财务 不同意：年休假已用完　　由其撤回，或由牵头单位说明处理：{resolve}"
    ]
    leave.does("finance01 sign countersign agree", "zhang01 advance countersign")
    leave.does("personnel01 advance grant")
    assert (leave.state, leave.findings()) == ("away", [])


def test_the_longest_is_carried_by_a_majority(founded: Founding) -> None:
    """Two of three carry it though the head is against it."""
    leave = asked(founded("leave"), "2026-10-18", 11)
    leave.does("chief01 sign endorse agree", "zhang01 advance endorse")
    leave.does("personnel02 sign countersign agree", "finance01 sign countersign agree")
    leave.does("zhang01 advance countersign")
    assert leave.unmet("personnel01 advance grant") == [
        "条件　　天数 11，至多 10（十日以上须领导班子过半数同意）"
    ]
    leave.does("head01 sign grant_long object --note 项目正紧", "vice01 sign grant_long agree")
    assert leave.unmet("personnel01 advance grant_long") == [
        "会签　　缺 纪检领导 的同意意见；还需 1 家同意；不同意的有 主要领导"
    ]
    leave.does("watch01 sign grant_long agree", "personnel01 advance grant_long")
    assert (leave.state, leave.findings()) == ("away", [])


# ── Camunda: invoice ──


def received(office: ForeignOffice) -> ForeignOffice:
    """Give an invoice that waits for the approval of the sales department."""
    office.opens("registry01 invoice name=F-1 creditor=某公司 amount=12000 category=软件")
    office.hands_in("registry01", "scan")
    office.does("registry01 advance assign --set approver_unit=业务科")
    return office


def test_an_invoice_is_clarified_approved_paid_and_archived(founded: Founding) -> None:
    """The approver may ask back as often as needed; whoever assigned it does not approve it, and
    whoever approved it does not pay.
    """
    office = received(founded("invoice"))
    assert office.tasks("sales01") == [
        "lifecycle advance FP-2026-001 approve",
        "lifecycle advance FP-2026-001 query --note …",
    ]
    for number in ("一", "二"):
        office.does(f"sales01 advance query --note 第{number}问")
        assert office.tasks("registry02") == ["lifecycle advance FP-2026-001 clarify --note …"]
        office.does(f"registry02 advance clarify --note 第{number}答")
    assert office.unmet("registry01 advance approve") == [
        "角色　　由 审批单位 办理；您（收发室 registry01）不具备该角色",
        "回避　　指定审批人 由 registry01 办理，须换人",
    ]
    office.does("sales01 advance approve")
    office.hands_in("accounts01", "proof")
    office.does("accounts01 advance archive --set transferred_on=2026-09-07")
    assert (office.state, office.findings()) == ("archived", [])


def test_an_invoice_is_reassigned_while_it_waits(founded: Founding) -> None:
    """The approver is changed by a record with a reason; from then on it is on the other's desk and
    nobody else's.
    """
    office = received(founded("invoice"))
    office.does("registry01 advance reassign --set approver_unit=财务科 --note 业务科出差")
    assert office.unmet("sales01 advance approve") == [
        "角色　　由 审批单位 办理；您（业务科 sales01）不具备该角色"
    ]
    assert office.tasks("sales01") == []
    office.does("accounts01 advance approve")
    office.hands_in("accounts01", "proof")
    archive = "advance archive --set transferred_on=2026-09-07"
    assert office.unmet(f"accounts01 {archive}") == ["回避　　审批通过 由 accounts01 办理，须换人"]
    office.does(f"accounts02 {archive}")
    assert (office.state, office.findings()) == ("archived", [])


def test_an_invoice_that_cannot_be_clarified_is_not_processed(founded: Founding) -> None:
    """Out of the clarification only, with a reason."""
    office = received(founded("invoice"))
    office.does("sales01 advance query --note 不是我们的", "registry01 advance discard --note 退回")
    assert (office.state, office.findings()) == ("unprocessed", [])


# ── A purchase in bands ──


def wanted(office: ForeignOffice, budget: str) -> ForeignOffice:
    """Give a purchase with a budget."""
    office.opens(f"lab01 purchase name=设备 budget={budget}")
    return office


@pytest.mark.parametrize(
    ("budget", "way"),
    [
        ("49999.99", "compare"),
        ("50000", "inquire"),
        ("499999.99", "inquire"),
        ("500000", "invite"),
    ],
)
def test_the_budget_decides_the_way(founded: Founding, budget: str, way: str) -> None:
    """In each band one way is open and the other two are not, at the bounds too."""
    purchase = wanted(founded("purchase"), budget)
    for code in ("finance01", "legal01"):
        purchase.does(f"{code} sign invite agree")
    for other in {"compare", "inquire", "invite"} - {way}:
        [told] = purchase.unmet(f"buyer01 advance {other}")
        assert told.startswith(f"条件　　预算 {budget} 元，")
    purchase.does(f"buyer01 advance {way}")


def test_a_second_quotation_is_another_file(founded: Founding) -> None:
    """The same file handed in twice is no second quotation, and the price stays in the budget."""
    purchase = wanted(founded("purchase"), "49999.99")
    purchase.does("buyer01 advance compare")
    purchase.hands_in("buyer01", "quote_one", "contract")
    buy = "buyer01 advance buy_direct --set supplier=甲 --set price="
    assert purchase.unmet(f"{buy}50000")[0] == "材料　　缺 第二家报价"
    assert "lifecycle attach CG-2026-001 quote_two 文件" in purchase.refused(f"{buy}50000")
    purchase.does("buyer01 attach quote_two quote_one.txt")
    [told] = purchase.unmet(f"{buy}40000")
    assert told.endswith("（第二家报价不能与第一家是同一份文件）")
    purchase.hands_in("buyer01", "quote_two")
    assert purchase.unmet(f"{buy}50000") == [
        "条件　　成交价 50000 元，至多 预算 49999.99 元（成交价不得超过预算）"
    ]
    purchase.does(f"{buy}40000", "lab01 advance accept")
    assert (purchase.state, purchase.findings()) == ("accepted", [])


def test_an_inquiry_goes_to_three(founded: Founding) -> None:
    """Two files and one of them again are not three; whoever chose the way does not award."""
    purchase = wanted(founded("purchase"), "50000")
    purchase.does("buyer01 advance inquire")
    purchase.hands_in("buyer01", "quote_one", "quote_two", "contract")
    purchase.does("buyer01 attach quote_three quote_one.txt")
    buy = "advance buy_inquired --set supplier=甲 --set price=48000"
    [told] = purchase.unmet(f"buyer02 {buy}")
    assert told.endswith("（三家报价须是三份文件）")
    purchase.hands_in("buyer01", "quote_three")
    assert purchase.unmet(f"buyer01 {buy}") == ["回避　　转询价 由 buyer01 办理，须换人"]
    purchase.does(f"buyer02 {buy}")
    assert (purchase.state, purchase.findings()) == ("contracted", [])


def test_a_budget_that_grows_goes_back_and_another_way(founded: Founding) -> None:
    """The budget that the way was chosen on stays; after the return it is set, and then another way
    is open.
    """
    purchase = wanted(founded("purchase"), "400000")
    purchase.does("buyer01 advance inquire")
    assert purchase.unmet("lab01 set budget=500000") == [
        "更正　　预算 已由“转询价”采用，不能直接更改"
    ]
    purchase.does("buyer01 advance back --note 预算有误", "lab01 set budget=500000")
    assert purchase.unmet("buyer01 advance inquire") == [
        "条件　　预算 500000 元，须小于 500000 元（询价只用于五万元以上、五十万元以下）"
    ]


def test_a_tender_takes_twenty_days_and_a_majority_with_the_lawyers(founded: Founding) -> None:
    """The bidders have twenty days; the user's dissent is outvoted, the lawyers must agree; one
    supplement of a tenth at most follows.
    """
    purchase = wanted(founded("purchase"), "500000")
    for code in ("finance01", "legal01"):
        purchase.does(f"{code} sign invite agree")
    purchase.does("buyer01 advance invite")
    purchase.hands_in("buyer01", "tender", "report", "contract")
    purchase.does("buyer01 advance issue --set issued_on=2026-09-07")
    purchase.at("2026-09-26")
    purchase.does("lab01 sign award object --note 未到现场", "finance01 sign award agree")
    award = "buyer01 advance award --set supplier=乙 --set price=480000"
    assert purchase.unmet(award) == [
        "会签　　缺 法务 的同意意见；还需 1 家同意；不同意的有 使用单位；法务 必须同意",
        "期限　　自招标文件发出日 2026-09-07 起须满 20 日〔招标投标法第二十四条〕",
    ]
    purchase.does("legal01 sign award agree")
    purchase.at("2026-09-27")
    purchase.does(award)
    purchase.hands_in("buyer01", "supplement")
    purchase.does("watch01 sign extend agree")
    bound = "（追加不得超过原合同金额的百分之十）〔政府采购法第四十九条〕"
    assert purchase.unmet("buyer01 advance extend --set added=48000.01") == [
        f"条件　　追加金额 48000.01 元，至多 48000 元{bound}"
    ]
    purchase.does("buyer01 advance extend --set added=48000")
    assert purchase.unmet("watch01 sign extend agree") == [
        "意见　　“追加采购”已经办过（第 15 笔），不能再办，不再会签"
    ]
    assert "次数　　追加采购 已办 1 次，至多 1 次" in " ".join(
        purchase.unmet("buyer01 advance extend --set added=1")
    )
    purchase.does("lab01 advance accept")
    assert (purchase.state, purchase.findings()) == ("accepted", [])


# ── What the manual says that the language does not say ──

COSIGN = "reason: required, needs: {cosign: "
TWICE = "[{name: a, roles: accountant}, {name: b, roles: accountant}]"
COUNTED = "reason: required, needs: {counter"
UNSAID = {
    "hours": ("in: 7, unit: day", "in: 7, unit: hour", "wrong-choice"),
    "a limit that the case gives": ("in: 7, unit: day", "in: amount, unit: day", "wrong-number"),
    "no end": ("final: true", "final: false", "no-final"),
    "the person who opened it": ("by: approver, not_by", "by: open, not_by", "unknown-role"),
    "a letter on a condition": (
        "asks: [transferred_on]",
        "asks: [transferred_on], notices: [{template: a, to: assistant, when: amount > 1}]",
        "unknown-key",
    ),
    "a quorum that the case gives": (
        COUNTED,
        COSIGN + "{roles: accountant, quorum: {at_least: amount}}, counter",
        "wrong-number",
    ),
    "a role in two rounds": (COUNTED, COSIGN + TWICE + ", counter", "repeated"),
}
"""What chapter 八 of the manual says cannot be said, each written into the invoice: instead of
what, what, and the rule by which it is refused.
"""


@pytest.mark.parametrize("what", UNSAID)
def test_what_the_manual_says_cannot_be_said_is_refused(what: str) -> None:
    """Should one of these be said one day, the manual has to be told."""
    before, after, rule = UNSAID[what]
    text = (FOREIGN / "invoice.yaml").read_text("utf-8")
    assert before in text
    _, problems, _ = examine(text.replace(before, after).encode(), "invoice.yaml")
    assert rule in {problem.rule for problem in problems}
