"""The cases A1 to A7 through every other door: standard input, tables, `--json`, titles, clearing,
taking back, correcting, slips, suspensions, late recording and used request ids.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from answers import answered
from click.testing import CliRunner, Result
from walking import Walk, X, announced, forward, signed_loi, supervised

from lifecycle.cli.root import root
from lifecycle.office.session import Session


def agreed(w: Walk) -> None:
    """Take a project in hand that all agreed to move on."""
    w.do("bureau01 attach lead_form survey_report")
    w.do("bureau01 advance request_admission")
    w.do("reform01 attach admission_opinion")
    w.do(f"reform01,land01,{X} sign to_siting agree")


def with_loi(w: Walk) -> None:
    """Take a project in hand whose letter of intent was signed."""
    forward(w, "intent")
    signed_loi(w)


def listed(w: Walk) -> None:
    """Take a project in hand whose land was announced."""
    forward(w, "listing")
    announced(w)


STAGES: dict[str, Callable[[Walk], None]] = {
    "agreed": agreed,
    "loi": with_loi,
    "listed": listed,
    "built": lambda w: forward(w, "construction"),
}


class Desks:
    """The shipped office, and a case at each stage where one is tried."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.cases: dict[str, str] = {}
        for stage, goes in STAGES.items():
            walk.opens(f"侧门{stage}街区", on=str(walk.day))
            goes(walk)
            self.cases[stage] = walk.case
        supervised(walk)
        self.cases["supervised"] = walk.case

    def at(self, stage: str) -> Walk:
        """Give the walk with the case of that stage in hand."""
        self.walk.case = self.cases[stage]
        return self.walk

    def types(self, *words: str, text: str) -> Result:
        """Run a command line that reads standard input."""
        self.walk.clock.tick()
        session = Session(clock=self.walk.clock)
        return CliRunner().invoke(root, words, prog_name="lifecycle", input=text, obj=session)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    """Found the shipped office once, and take its cases there."""
    with pytest.MonkeyPatch.context() as patch:
        return Desks(Walk.begin(tmp_path_factory.mktemp("office"), patch))


@pytest.fixture
def desks(shared: Desks, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """Give the office; what a test changes it changes in a case of its own."""
    monkeypatch.setenv("LIFECYCLE_DB", str(shared.walk.folder / "lifecycle.db"))
    return shared


SET = [
    ("A1", "loi", "bureau01", "loi_valid_to", "意向书有效期至", "2030-01-01", "不能单独填"),
    ("A2", "built", "land01", "deal_price", "成交价", "1", "不能单独填"),
    ("A3", "listed", "land01", "listing_start_on", "挂牌起始日", "2020-02-01", "不能单独填"),
    ("A4", "agreed", "bureau01", "area", "属地", "龙泉市", "不能直接更改"),
    ("A6", "built", "bureau01", "investment", "总投资", "1", "不能直接更改"),
    ("A7", "supervised", "bureau01", "deadline_on", "办结时限", "2030-01-01", "不能单独填"),
]
"""Case, stage, officer, fact, its title, a value and what the refusal tells."""


@pytest.mark.parametrize(
    ("stage", "officer", "fact", "title", "value", "told"),
    [row[1:] for row in SET],
    ids=[row[0] for row in SET],
)
def test_a_fact_is_set_through_no_other_door(
    desks: Desks, stage: str, officer: str, fact: str, title: str, value: str, told: str
) -> None:
    """A1 to A4, A6, A7: numbers typed on standard input, tables with titles for columns, all or
    nothing, machines and a bulk sent again under one id are judged like a single command.
    """
    w = desks.at(stage)
    before = w.asks("show", w.case)["case"]
    typed = desks.types("set", "-", f"{fact}={value}", "--as", officer, text=f"{w.case}\n")
    assert (typed.exit_code, told in typed.stdout) == (1, True), typed.output
    table = w.folder / "门.csv"
    table.write_text(f"编号,{title}\n{w.case},{value}\n", encoding="utf-8")
    for more in ((), ("--all-or-nothing",), ("--request-id", f"door-{stage}-{fact}")):
        answer = w.run("set", str(table), *more, "--as", officer, code=1)
        assert told in answer.output, answer.output
    machine = w.run("set", w.case, f"{title}={value}", "--json", "--as", officer, code=1)
    document = answered(machine.stdout)
    gates = [gate for gate in document["error"]["details"]["gates"] if not gate["met"]]
    assert (document["ok"], [told in gate["text"] for gate in gates]) == (False, [True])
    assert w.asks("show", w.case)["case"] == before


REFUSED = [
    ("loi", "bureau01 clear loi_valid_to --note 填错", "不能单独清除"),
    ("loi", "bureau01 clear 意向书有效期至 --note 填错", "不能单独清除"),
    ("loi", "bureau01 advance renew_loi --set loi_valid_to=2030-01-01 --note 　", "须说明理由"),
    ("loi", "bureau01 advance 续期意向书 --set loi_valid_to=2030-01-01 --note 急", "不超过6个月"),
    ("loi", "bureau01 correct loi_valid_to=2030-01-01 --note 　", "须写明更正的理由"),
    ("loi", "bureau02 take-back sign_loi --note 误办", "只能由本人收回"),
    ("listed", "land01 clear announced_on --note 填错", "不能单独清除"),
    ("listed", "land01 take-back announce --note 误办", "只能由本人收回"),
    ("listed", "land02 clear planning_conditions --note 填错", "没有要素"),
    ("listed", "planning01 detach planning_conditions --note 传错", "已锁定"),
    ("listed", "planning01 attach planning_conditions", "已锁定"),
    ("agreed", "bureau01 clear name --note 填错", "立项起就须有，不能清除"),
    ("agreed", "bureau01 clear investor --note 填错", "立项起就须有，不能清除"),
    ("agreed", "bureau01 clear x_units --note 填错", "已送"),
    ("agreed", "bureau01 set x_units=linye", "已送"),
    ("agreed", "bureau01 detach lead_form --note 传错", "已由"),
    ("built", "land01 clear deal_price --note 填错", "不能单独清除"),
    ("built", "land01 correct deal_price=1 --note 填错 --slip --for bureau01", "代"),
    ("built", "finance01 correct deal_price=1 --note 填错", "不具备该角色"),
    ("built", "land01 take-back deal --note 误办", "采用"),
    ("built", "bureau02 take-back sign_agreement --note 误办", "改变了环节，不能收回"),
    ("built", "bureau01 detach decision_minutes --note 传错", "已由"),
    ("supervised", "bureau01 clear deadline_on --note 填错", "采用"),
    (
        "supervised",
        "bureau01 advance 同意延期 --set deadline_on=2030-01-01 --note 　",
        "须说明理由",
    ),
]


@pytest.mark.parametrize(("stage", "line", "told"), REFUSED, ids=[row[1] for row in REFUSED])
def test_nothing_is_taken_back_round_a_step(desks: Desks, stage: str, line: str, told: str) -> None:
    """A1 to A7: what a step entered or has read is neither cleared, detached nor taken back, nor
    changed with an empty reason, in another's name or by who does not own it.
    """
    w = desks.at(stage)
    before = w.asks("show", w.case)["case"]
    for result in w.do(line, code=1):
        assert told in result.output, result.output
    assert w.asks("show", w.case)["case"] == before


CORRECTED = [
    ("loi", "bureau01", "loi_valid_to=2030-01-01", "bureau02"),
    ("listed", "land01", "announced_on=2020-01-01", "bureau01"),
    ("agreed", "bureau01", "name=另一处街区", "bureau02"),
    ("built", "land01", "deal_price=1", "bureau01"),
    ("built", "bureau01", "owner_unit=owner-longquan", "bureau02"),
    ("supervised", "bureau01", "deadline_on=2030-01-01", "bureau02"),
]


@pytest.mark.parametrize("slip", [(), ("--slip",)], ids=["error", "slip"])
@pytest.mark.parametrize(
    ("stage", "officer", "change", "lead"), CORRECTED, ids=[row[2] for row in CORRECTED]
)
def test_a_correction_takes_two_persons_however_it_is_called(
    desks: Desks, stage: str, officer: str, change: str, lead: str, slip: tuple[str, ...]
) -> None:
    """A1 to A7: called an error or a slip, it is a proposal that changes nothing; who made it does
    not confirm it, nor does a colleague in their name, nor the same person for a principal.
    """
    w = desks.at(stage)
    fact = change.partition("=")[0]
    before = w.asks("show", w.case)["case"]["facts"]
    answer = w.asks("correct", w.case, change, "--note", "填错", *slip, "--as", officer)
    assert (answer["ok"], answer["proposal"]) == (True, answer["seq"])
    until = str(w.day + timedelta(days=30))
    w.run("officer", "delegate", "bureau03", "--until", until, "--as", "bureau01")
    told = w.run("confirm", w.case, "--as", officer, code=1).stderr
    assert "提请，须换人" in told
    if officer == "bureau01":
        told = w.run("confirm", w.case, "--as", "bureau03", "--for", "bureau01", code=1).stderr
        assert "提请，须换人" in told
    assert w.asks("show", w.case)["case"]["facts"][fact] == before[fact]
    if stage == "supervised":  # the unit that is to do it does not decide by when
        told = w.run("confirm", w.case, "--as", "linye01", code=1).stderr
        assert "由 市招商局 办理" in told
    w.run("decline", w.case, "--note", "原值无误", "--as", lead)
    assert w.asks("show", w.case)["case"]["facts"] == before


def test_a_used_request_id_carries_no_other_value(desks: Desks) -> None:
    """A1: an id under which something was set sets nothing else, and sent again sets nothing."""
    w = desks.at("loi")
    leader = ("set", w.case, "contact_leader=甲", "--request-id", "door-1", "--as", "bureau01")
    w.run(*leader)
    other = ("set", w.case, "contact_leader=乙", "--request-id", "door-1", "--as", "bureau01")
    assert "已用于另一条指令" in w.run(*other, code=1).stderr
    renew = ("advance", w.case, "renew_loi", "--set", "loi_valid_to=2030-01-01", "--note", "x")
    told = w.run(*renew, "--request-id", "door-1", "--as", "bureau01", code=1).stderr
    assert "已用于另一条指令" in told
    assert "此前已办" in w.run(*leader).stdout


@pytest.mark.parametrize("door", ["set", "table", "title", "json"])
def test_a5_the_opening_enters_no_other_units_facts(
    desks: Desks, door: str, tmp_path: Path
) -> None:
    """A5: one by one, in a table, by its title or by a machine, an opening with what planning or
    land enters, or what a step asks, opens nothing.
    """
    w = desks.walk
    facts = {"项目名称": "抢填的街区", "属地": "莲都区", "项目类型": "文旅", "投资方": "甲公司"}
    for name, value in (("容积率上限", "19"), ("成交价", "1"), ("意向书有效期至", "2030-01-01")):
        given = {**facts, name: value}
        sets = [word for pair in given.items() for word in ("--set", "=".join(pair))]
        before = w.asks("list")["cases"]
        if door == "table":
            table = tmp_path / "立项.csv"
            lines = (",".join(given), ",".join(given.values()))
            table.write_text("\n".join(lines) + "\n", encoding="utf-8")
            w.run("open", "project", "--from", str(table), "--as", "bureau01", code=1)
        else:
            more = {"json": ("--json",), "title": ("--dry-run",), "set": ()}[door]
            result = w.run("open", "project", *sets, *more, "--as", "bureau01", code=1)
            assert name in result.output
        assert w.asks("list")["cases"] == before


def test_a1_after_taking_the_signature_back_the_same_gates_stand(desks: Desks) -> None:
    """A1: whoever takes the signing of the letter of intent back signs it for six months at most,
    and what it says meanwhile is nothing.
    """
    w = desks.walk
    w.opens("收回重签的街区", on=str(w.day))
    with_loi(w)
    w.do("bureau01 take-back sign_loi --note 日期写错")
    assert "loi_valid_to" not in w.asks("show", w.case)["case"]["facts"]
    w.refused("bureau01 set loi_valid_to=2030-01-01", "不能单独填")
    far = f"--set loi_on={w.day} --set loi_valid_to=2030-01-01"
    w.refused(f"bureau01 advance sign_loi {far}", "意向书有效期")
    w.refused("bureau01 advance renew_loi --set loi_valid_to=2030-01-01 --note x", "尚未签订意向书")


@pytest.mark.parametrize("again", [False, True], ids=["suspended", "resumed"])
def test_a_suspension_opens_no_door(desks: Desks, again: bool) -> None:
    """A1, A4: while a project is suspended, and once it goes on, facts that a step entered or read
    are as closed as before, and its units stay.
    """
    w = desks.walk
    w.opens(f"中止的街区{again}", on=str(w.day))
    agreed(w)
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance suspend --note 暂缓")
    if again:
        w.do("bureau01 advance resume_scouting --note 恢复")
    w.refused("bureau01 set area=龙泉市", "属地 已由“征求准入意见”采用")
    w.refused("bureau01 set x_units=linye", "已送")
    w.refused("bureau01 clear x_units --note 填错", "已送")
    w.refused("bureau01 detach lead_form --note 传错", "已由")


def test_a6_a_return_and_the_way_again_ask_all_that_was_asked(desks: Desks) -> None:
    """A4, A6: a return does not carry opinions over: after it every seat signs again, though the
    same values are set again.
    """
    w = desks.walk
    w.opens("退回重来的街区", on=str(w.day))
    forward(w, "siting")
    w.do("planning01 advance send_back --note 补充材料")
    w.do("bureau01 set area=莲都区 investment=32000")
    w.refused("bureau01 advance to_siting", "的意见已失效", "须重新会签")
    w.do("bureau01 set investment=31000")
    w.do(f"reform01,land01,{X} sign to_siting agree")
    w.do("bureau01 set investment=32000")
    w.refused("bureau01 advance to_siting", "的意见已失效")


@pytest.mark.parametrize("earlier", [1, 1000])
def test_a3_an_announcement_is_not_older_than_its_plan(desks: Desks, earlier: int) -> None:
    """A3: the statutory days are not typed in the announcement itself either: it names no day
    before the plan was submitted.
    """
    w = desks.walk
    w.opens(f"倒填{earlier}日的地块", on=str(w.day))
    forward(w, "listing")
    w.do("land01 attach transfer_draft price_decision")
    w.do("land01 advance approve_plan")
    w.do("land01 attach transfer_plan listing_notice listing_conditions=planning_conditions")
    days = [w.day - timedelta(days=earlier) + timedelta(days=more) for more in (0, 21, 32)]
    names = ("announced_on", "listing_start_on", "listing_end_on")
    sets = [f"--set {name}={day}" for name, day in zip(names, days, strict=True)]
    prices = "--set start_price=5000 --set deposit=1000"
    line = f"land02 advance announce {' '.join(sets)} {prices}"
    w.refused(line, "公告日早于出让方案报批")


def test_the_audit_finds_nothing_behind_the_doors(desks: Desks) -> None:
    """All that was tried left entries that are judged again without a finding."""
    audit = desks.walk.asks("audit")
    assert (audit["ok"], audit["findings"]) == (True, [])
