"""What was signed does not change under the signatures: a correction has the opinions given anew, a
unit that was asked is not simply taken off, and nobody is late with what could not be known.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import small
from small import BUREAU, CALENDAR, FINANCE, LAND, Attach, Desk, File, SetFacts, Sign, officer

from lifecycle.engine.acts import (
    Advance,
    AskOpinions,
    ClearFacts,
    ConfirmCorrection,
    Correct,
    Open,
    RenewOpinion,
    ResolveObjection,
    SettleRenewal,
    TakeBack,
)
from lifecycle.engine.case import Case, dump_case, load_case
from lifecycle.engine.clock.standing import opinions_owed
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.insight.outlook import tasks_of
from lifecycle.ledger.record import canonical
from lifecycle.ledger.rows.task_rows import tasks_now
from lifecycle.workflow.reader import read_workflow

RECORDS = """
  - {name: pay, title: 兑付, kind: record, from: second, by: bureau, needs: {facts: [amount]}}
  - {name: visit, title: 走访, kind: record, from: second, by: bureau}
  - name: list_paid
    title: 登记
    kind: record
    from: second
    by: bureau
    needs: {guards: [{when: count.go >= 1, else: 尚未转入}]}
"""


SEEN = "needs: {guards: [{when: amount >= 1, else: 无金额}], counter: {of: tick"
X7 = officer("x7", "x", "u7")


def moved(*, quorum: str = "all") -> Desk:
    """Give a case that everybody agreed to move on, in the second state."""
    made = Desk(quorum=quorum, staff={})
    text = small.TEXT.replace("QUORUM", quorum) + RECORDS
    text = text.replace("unit: 万元, min: 0}", "unit: 万元, min: 0, required: second}")
    made.workflow = read_workflow(text, "small.yaml")
    made.ready()
    made.do(officer("b2", "bureau"), Advance("go"))
    return made


def finish(made: Desk) -> list[str]:
    """Say what keeps the case from its end."""
    decision = made.ask(LAND, Advance("finish", facts={"since_on": "2026-02-01"}))
    return [gate.text for gate in decision.gates if not gate.met]


def case_of(made: Desk) -> Case:
    """Give the case."""
    assert made.case is not None
    return made.case


def owed(made: Desk) -> dict[str, str]:
    """Map the roles that owe an opinion to their days."""
    found = opinions_owed(made.workflow, case_of(made), CALENDAR)
    return {item.seat.unit or item.seat.role: item.due.on.isoformat() for item in found}


def test_what_was_signed_is_signed_anew_after_a_correction() -> None:
    """Rule 2: the next step forward waits until every seat that had signed has spoken anew; they
    are asked on the day of the confirmation, and it is their task until they have.
    """
    made = moved()
    made.pass_days(7)
    made.correct({"amount": "9000"})
    told = "金额 已更正（第 7 笔），会签过“前往乙”的单位须重新表示意见"
    assert finish(made) == [f"{told}：缺 国土、财政 的意见"]
    assert owed(made) == {"land": "2026-03-12", "finance": "2026-03-12"}
    rows = tasks_now(made.workflow, case_of(made), CALENDAR)
    assert ("renew", "7", "finance", "2026-03-12") in {
        (row.kind, row.transition, row.role, row.due_on) for row in rows
    }
    [task] = tasks_of(made.workflow, case_of(made), FINANCE, Moment(made.on, CALENDAR))
    assert (task.kind, task.text, task.command, task.due_on) == (
        "sign",
        "金额 已更正（第 7 笔），须重新表示意见",
        "lifecycle sign XS-2026-001 7 agree",
        "2026-03-12",
    )
    made.do(FINANCE, RenewOpinion(7, "agree"))
    assert finish(made) == [f"{told}：缺 国土 的意见"]
    made.do(LAND, RenewOpinion(7, "conditional", "限高"))
    assert finish(made) == []
    assert owed(made) == {}
    assert list(tasks_of(made.workflow, case_of(made), FINANCE, Moment(made.on, CALENDAR))) == []


def test_an_opinion_given_anew_is_none_on_a_transition() -> None:
    """It stands beside those that the step was made with; the case read back from its row is the
    same.
    """
    made = moved()
    made.correct({"amount": "9000"})
    case = made.do(FINANCE, RenewOpinion(7, "agree"))
    assert made.entries[-1]["intent"]["data"] == {
        "correction": 7,
        "role": "finance",
        "unit": "",
        "note": "",
        "verdict": "agree",
    }
    assert {key: case.opinions[key].seq for key in case.opinions} == {
        "go/land/": 3,
        "go/finance/": 4,
    }
    assert {key: said.seq for key, said in case.renewals["7"].said.items()} == {"finance/": 8}
    assert load_case(dump_case(case), {}, case.steps) == case


def test_an_objection_said_anew_holds_the_case_until_it_is_settled() -> None:
    """It is changed by its unit, or settled by the lead with a word, like any other."""
    made = moved()
    made.correct({"amount": "9000"})
    made.do(LAND, RenewOpinion(7, "agree"))
    assert made.unmet(FINANCE, RenewOpinion(7, "object")) == ["reason"]
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    against = "金额 已更正（第 7 笔），会签过“前往乙”的单位须重新表示意见：财政 不同意"
    assert finish(made) == [against]
    assert made.unmet(FINANCE, SettleRenewal(7, "finance", "", "已调剂")) == ["role"]
    assert made.unmet(BUREAU, SettleRenewal(7, "finance", "", "")) == ["reason"]
    assert made.unmet(BUREAU, SettleRenewal(7, "land", "", "已调剂")) == ["opinion"]
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    assert finish(made) == []
    made.do(FINANCE, RenewOpinion(7, "object", "仍超出预算"))
    assert finish(made) == [against]
    made.do(FINANCE, RenewOpinion(7, "agree"))
    assert finish(made) == []


def test_only_what_rests_on_the_step_waits() -> None:
    """A record waits whose gates look at what was corrected, or at the step; one that does neither
    does not, though the value must be known by now, nor does a return; and a return past the step
    makes the opinions needless.
    """
    made = moved()
    made.correct({"amount": "9000"})
    assert made.unmet(BUREAU, Advance("pay")) == ["edition"]
    assert made.unmet(BUREAU, Advance("list_paid")) == ["edition"]
    assert made.unmet(BUREAU, Advance("visit")) == []
    made.do(LAND, Advance("back", "重来"))
    assert made.unmet(FINANCE, RenewOpinion(7, "agree")) == ["edition"]
    assert owed(made) == {"land": "2026-03-05", "finance": "2026-03-05"}  # by the way forward


def test_a_slip_leaves_opinions_standing() -> None:
    """A slip of the pen needs nobody's opinion again."""
    made = moved()
    made.correct({"amount": "9000"}, slip=True)
    assert finish(made) == []
    assert case_of(made).renewals == {}


def test_nobody_speaks_anew_for_another_or_for_two_units() -> None:
    """Who had no seat does not speak anew; nor does who spoke for another unit, or anybody on a
    correction that asks nothing.
    """
    made = moved()
    made.correct({"amount": "9000"})
    assert made.unmet(officer("t1", "owner"), RenewOpinion(7, "agree")) == ["role"]
    assert made.unmet(FINANCE, RenewOpinion(6, "agree")) == ["edition"]
    made.do(officer("d1", "land", "u8"), RenewOpinion(7, "agree"))
    both = officer("d1", "finance", "u9")
    assert made.unmet(both, RenewOpinion(7, "agree")) == ["not_by"]
    assert made.unmet(officer("l2", "land", "u9"), RenewOpinion(7, "agree")) == ["opinion"]


def test_what_has_ended_is_signed_anew_too() -> None:
    """In a final state a seat whose opinion a correction made stale may still speak; nobody else
    may do anything.
    """
    made = moved()
    made.do(LAND, Advance("finish", facts={"since_on": "2026-02-01"}))
    made.correct({"amount": "9000"})
    case = case_of(made)
    made.do(FINANCE, RenewOpinion(case.seq, "agree"))
    assert made.unmet(FINANCE, Sign("go", "agree")) == ["state"]
    assert [row.role for row in tasks_now(made.workflow, case_of(made), CALENDAR)] == ["land"]


def test_a_second_correction_asks_again_and_one_word_answers_both() -> None:
    """What was said anew is stale in its turn when the value is corrected once more; who speaks
    then has seen both.
    """
    made = moved()
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "agree"))
    made.correct({"amount": "9500"})
    told = "金额 已更正（第 {}笔），会签过“前往乙”的单位须重新表示意见：缺 {} 的意见"
    assert finish(made) == [told.format("7 ", "国土"), told.format("10 ", "国土、财政")]
    made.do(LAND, RenewOpinion(10, "agree"))
    assert finish(made) == [told.format("10 ", "财政")]
    made.do(FINANCE, RenewOpinion(10, "object", "超出预算"))
    assert len(finish(made)) == 2
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    assert finish(made) == []


def read_back(case: Case) -> Case:
    """Give a case as it comes back out of its row, with what its entries said in the order of the
    row's keys.
    """
    return load_case(json.loads(canonical(dump_case(case))), {}, case.steps)


def test_the_later_word_counts_in_a_case_read_back_too() -> None:
    """Corrections are told in the order in which they were made, the tenth after the seventh, also
    where the row of the case has them in the order of its keys.
    """
    made = moved()
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    made.correct({"amount": "9500"})
    made.do(FINANCE, RenewOpinion(10, "agree"))
    told = finish(made)
    assert [text.rpartition("：")[2] for text in told] == ["缺 国土 的意见"] * 2
    made.case = read_back(case_of(made))
    assert list(made.case.renewals) == ["7", "10"]
    assert finish(made) == told


def test_what_a_correction_of_several_things_names_is_read_back_the_same() -> None:
    """A fact and a file corrected by one entry: the confirmation names both the same whether the
    proposal was read back before or not.
    """
    found = []
    for read in (False, True):
        made = Desk(text=small.TEXT.replace("report", "account"))
        made.do(BUREAU, Attach("account", File("r.pdf", 10, "a" * 64)))
        made.do(LAND, Sign("go", "agree"))
        made.do(FINANCE, Sign("go", "agree"))
        made.do(officer("b2", "bureau"), Advance("go"))
        file = File("s.pdf", 9, "b" * 64)
        case = made.do(BUREAU, Correct({"amount": "9000"}, "填错", "account", file))
        made.case = read_back(case) if read else case
        after = made.do(officer("b2", "bureau"), ConfirmCorrection(case.seq))
        found.append(canonical(dump_case(after)))
    assert found[0] == found[1]


def test_the_unit_that_the_case_now_names_speaks() -> None:
    """Where another unit has the seat by now, that one speaks anew."""
    made = Desk(text=small.TEXT + RECORDS)
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.ready()
    made.do(officer("x7", "x", "u7"), Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    made.correct({"x_units": ["u8"]})
    made.correct({"amount": "9000"})
    assert set(owed(made)) == {"land", "finance", "u8"}
    correction = case_of(made).seq
    assert made.unmet(officer("x7", "x", "u7"), RenewOpinion(correction, "agree")) == ["role"]
    assert made.unmet(officer("x8", "x", "u8"), RenewOpinion(correction, "agree")) == []


def with_x() -> Desk:
    """Give a case that land, finance and the x unit u7 agreed to move on, and that was corrected
    then.
    """
    made = Desk(text=small.TEXT + RECORDS)
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.ready()
    made.do(X7, Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    made.correct({"amount": "9000"})
    return made


def test_what_was_said_last_counts_on_whichever_correction() -> None:
    """Who agreed on a later correction and then objects on the earlier one objects; the lead
    settles that very objection.
    """
    made = moved()
    made.correct({"amount": "9000"})
    made.correct({"amount": "9500"})
    made.do(LAND, RenewOpinion(9, "agree"))
    made.do(FINANCE, RenewOpinion(9, "agree"))
    assert finish(made) == []
    made.do(FINANCE, RenewOpinion(7, "object", "两次都超出预算"))
    told = "金额 已更正（第 7 笔），会签过“前往乙”的单位须重新表示意见：财政 不同意"
    assert finish(made) == [told]
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    assert finish(made) == []
    said = case_of(made).renewals["7"].said["finance/"]
    assert (said.resolved, said.resolved_by) == ("已调剂", ("b1",))


@pytest.mark.parametrize("spoken", [True, False])
def test_who_speaks_anew_is_not_simply_taken_off(spoken: bool) -> None:
    """A unit that a correction asks anew leaves by a correction with another person's word, be it
    set over or cleared.
    """
    made = with_x()
    if spoken:
        made.do(X7, RenewOpinion(made.entries[-1]["intent"]["seq"], "object", "不可"))
    assert made.unmet(BUREAU, SetFacts({"x_units": ["u8"]})) == ["opinion"]
    assert made.unmet(BUREAU, ClearFacts(("x_units",), "填错")) == ["opinion"]
    made.do(BUREAU, SetFacts({"x_units": ["u7", "u8"]}))
    made.do(BUREAU, Correct({"x_units": ["u8"]}, "与其无关"))
    data = made.entries[-1]["intent"]["data"]
    assert (data["proposed"], data["upsets"]) == (True, ["“前往乙”不再请 u7 会签"])


def test_an_objection_said_anew_outlives_its_seat() -> None:
    """Rule 6: off the panel its unit still takes it back, or the lead settles it; its agreement
    there counts for nobody.
    """
    made = with_x()
    correction = case_of(made).seq
    for who in (LAND, FINANCE):
        made.do(who, RenewOpinion(correction, "agree"))
    made.do(X7, RenewOpinion(correction, "object", "不可"))
    made.correct({"x_units": ["u8"]})
    told = f"金额 已更正（第 {correction} 笔），会签过“前往乙”的单位须重新表示意见："
    assert finish(made) == [f"{told}缺 u8 的意见"]
    made.do(officer("x8", "x", "u8"), RenewOpinion(correction, "agree"))
    assert finish(made) == [f"{told}u7 不同意"]
    assert made.unmet(BUREAU, SettleRenewal(correction, "x", "u7", "已协调")) == []
    made.do(X7, RenewOpinion(correction, "agree"))
    assert finish(made) == []
    assert made.unmet(X7, RenewOpinion(correction, "object", "仍不可")) == ["role"]


def returned(*said: tuple[Officer, str]) -> Desk:
    """Give a case that went on with the agreement of one unit of two, was corrected, spoken on anew
    and returned.
    """
    made = moved(quorum="any")
    correction = made.correct({"amount": "9000"}).seq
    for who, verdict in said:
        made.do(who, RenewOpinion(correction, verdict, "说明"))  # type: ignore[arg-type]
    made.do(LAND, Advance("back", "重来"))
    return made


def blocked(made: Desk) -> list[str]:
    """Say what keeps the case from going on once more, as somebody new to it asks."""
    decision = made.ask(officer("b9", "bureau"), Advance("go"))
    return [gate.text for gate in decision.gates if not gate.met]


def test_an_objection_said_anew_outlives_the_return_of_its_step() -> None:
    """Rule 6: an objection never goes stale: once a return has undone the step on which it was said
    anew, it stands on the transition, though others agree who are enough; its unit changes it there
    or the lead resolves it.
    """
    made = returned((LAND, "agree"), (FINANCE, "object"))
    made.do(LAND, Sign("go", "agree"))
    assert blocked(made) == ["财政 不同意：说明"]
    made.do(FINANCE, Sign("go", "conditional", "分期"))
    assert blocked(made) == []
    made = returned((FINANCE, "object"))
    made.do(LAND, Sign("go", "agree"))
    made.do(BUREAU, ResolveObjection("go", "finance", "", "已调剂"))
    assert blocked(made) == []


def waiting(made: Desk, who: Officer) -> list[tuple[str, str]]:
    """List what a case asks of an officer about opinions."""
    found = tasks_of(made.workflow, case_of(made), who, Moment(made.on, CALENDAR))
    return [(task.kind, task.text) for task in found if task.kind in ("sign", "resolve")]


def rows(made: Desk) -> set[tuple[str, str, str, str]]:
    """Give the rows of that: kind, transition, role and unit."""
    kept = tasks_now(made.workflow, case_of(made), CALENDAR)
    return {row[1:5] for row in kept if row.kind in ("sign", "resolve")}


def test_an_objection_that_stands_is_somebodys_task() -> None:
    """The lead has it to settle while it blocks; its unit, once things have changed since: by a
    return or by a new value. What is settled, or only counts, is nobody's.
    """
    told = "处理 财政 对 前往乙 的不同意见：说明"
    again = "会签 前往乙：其后有退回或变更，原不同意见仍在，可改变或撤回"
    for made in (returned((FINANCE, "object")), Desk(quorum="any")):
        if not case_of(made).opinions:
            made.do(FINANCE, Sign("go", "object", "说明"))
            assert (waiting(made, FINANCE), waiting(made, BUREAU)) == ([], [("resolve", told)])
            made.do(BUREAU, SetFacts({"amount": "7000"}))
        assert waiting(made, FINANCE) == [("sign", again)]
        assert waiting(made, officer("f2", "finance", "other")) == []
        old = "（其后有退回或变更：处理以后仍须其重新会签，宜请其直接重新会签）"
        assert waiting(made, BUREAU) == [("resolve", told + old)]
        assert {("sign", "go", "finance", ""), ("resolve", "go", "bureau", "")} <= rows(made)
        made.do(BUREAU, ResolveObjection("go", "finance", "", "已调剂"))
        assert waiting(made, BUREAU) == []
        assert {kind for kind, *_rest in rows(made)} == {"sign"}
    counted = Desk(quorum="any, objection: counts")
    counted.do(FINANCE, Sign("go", "object", "说明"))
    assert waiting(counted, BUREAU) == []


def test_an_objection_said_anew_is_the_leads_task() -> None:
    """Until it is settled; where objections only count there is nothing to settle."""
    made = moved()
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    assert waiting(made, BUREAU) == [("resolve", "处理 财政 对第 7 笔更正的不同意见")]
    assert waiting(made, FINANCE) == []
    assert rows(made) == {("resolve", "7", "bureau", "")}
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    assert (waiting(made, BUREAU), rows(made)) == ([], set())
    made = moved(quorum="all, objection: counts")
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    assert (waiting(made, BUREAU), rows(made)) == ([], set())


def test_only_an_objection_that_stood_outlives_the_return() -> None:
    """Not one that its unit had changed, nor one that the lead had settled, nor agreement."""
    made = returned((FINANCE, "object"), (FINANCE, "agree"), (LAND, "agree"))
    assert blocked(made) == ["国土、财政 的意见已失效（其后有退回），须重新会签；还需 1 家同意"]
    made = moved(quorum="any")
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    made.do(LAND, Advance("back", "重来"))
    assert [o.verdict for o in case_of(made).opinions.values()] == ["agree", "agree"]


def test_an_objection_that_counts_said_anew_ends_with_its_step() -> None:
    """Where objections only count, they go stale with a return like any opinion."""
    made = moved(quorum="any, objection: counts")
    made.correct({"amount": "9000"})
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    made.do(LAND, Advance("back", "重来"))
    made.do(LAND, Sign("go", "agree"))
    assert blocked(made) == []


def test_an_objection_said_anew_outlives_the_taking_back_of_its_record() -> None:
    """A record taken back leaves it standing on what would be recorded again; what the unit said of
    a later making of the same counts instead.
    """
    for later in (False, True):
        made = Desk(text=small.TEXT + GRANT.replace("needs:", "needs:\n      facts: [amount]"))
        bureau = officer("b2", "bureau")
        made.do(LAND, Sign("grant", "agree"))
        made.do(FINANCE, Sign("grant", "agree"))
        made.do(bureau, Advance("grant"))
        correction = made.correct({"amount": "9000"}).seq
        made.do(FINANCE, RenewOpinion(correction, "object", "超出预算"))
        if later:
            made.do(bureau, AskOpinions("grant"))
            made.do(FINANCE, Sign("grant", "agree"))
        made.do(bureau, TakeBack("grant", "误办"))
        decision = made.ask(BUREAU, Advance("grant"))
        told = [gate.text for gate in decision.gates if gate.kind == "cosign" and not gate.met]
        assert ("财政 不同意：超出预算" in told) is not later


def test_who_settled_an_objection_said_anew_does_not_go_on_themselves() -> None:
    """Rule 6: nor anybody for them, until somebody else has taken the case forward; a record that
    does not rest on the step they make.
    """
    text = (
        small.TEXT.replace("to: done\n    by: land", "to: done\n    by: [land, bureau]") + RECORDS
    )
    made = Desk(text=text, staff={})
    made.ready()
    made.do(officer("b2", "bureau"), Advance("go"))
    made.correct({"amount": "9000"})
    made.do(LAND, RenewOpinion(7, "agree"))
    made.do(FINANCE, RenewOpinion(7, "object", "超出预算"))
    made.do(BUREAU, SettleRenewal(7, "finance", "", "已调剂"))
    last = Advance("finish", facts={"since_on": "2026-02-01"})
    assert made.unmet(BUREAU, last) == ["not_by"]
    assert made.unmet(officer("b3", "bureau", principal="b1"), last) == ["not_by"]
    assert made.unmet(BUREAU, Advance("pay")) == ["not_by"]
    assert made.unmet(BUREAU, Advance("visit")) == []
    assert made.unmet(officer("b3", "bureau"), last) == []


def test_where_objections_count_the_vote_is_counted_again() -> None:
    """A majority that agrees anew outvotes who does not; where it is none any more, the lead's word
    does not make it one.
    """
    made = Desk(quorum="majority, objection: counts", text=small.TEXT + RECORDS)
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.ready()
    water = officer("x7", "x", "u7")
    made.do(water, Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    correction = made.correct({"amount": "9000"}).seq
    made.do(LAND, RenewOpinion(correction, "agree"))
    made.do(FINANCE, RenewOpinion(correction, "object", "超出预算"))
    assert len(finish(made)) == 1  # the third has not spoken
    made.do(water, RenewOpinion(correction, "agree"))
    assert finish(made) == []
    made.do(water, RenewOpinion(correction, "object", "占用岸线"))
    assert len(finish(made)) == 1
    assert made.unmet(BUREAU, SettleRenewal(correction, "finance", "", "已调剂")) == ["opinion"]


# ── Who was asked is not simply taken off ──


def test_a_suspension_is_no_way_round_the_second_person() -> None:
    """A correction while the case is suspended is judged by what can be done once it goes on: what
    would be a proposal before and after is one then, too.
    """
    made = Desk(text=small.TEXT.replace("needs: {counter: {of: tick", SEEN))
    made.do(BUREAU, Advance("tick"))
    made.do(BUREAU, Advance("pause", "暂缓"))
    made.do(BUREAU, Correct({"amount": "2000"}, "多写一个零"))
    data = made.entries[-1]["intent"]["data"]
    told = "金额 2000 万元，至少 3000 万元（金额不足3000万元）"
    assert (data["proposed"], data["upsets"]) == (
        True,
        [
            "恢复后的“前往乙”须有 金额",
            f"恢复后的“前往乙”，条件不再成立：{told}",
        ],
    )


@pytest.mark.parametrize("spoken", [True, False])
def test_a_unit_that_was_asked_is_taken_off_by_a_correction_only(spoken: bool) -> None:
    """Whoever was asked, or has spoken, leaves the panel with a reason and the lead's word, and the
    correction says so; adding a unit is free.
    """
    made = Desk()
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    if spoken:
        made.do(officer("x7", "x", "u7"), Sign("go", "agree"))
    made.do(BUREAU, SetFacts({"x_units": ["u7", "u8"]}))
    decision = made.ask(BUREAU, SetFacts({"x_units": ["u8"]}))
    assert [gate.text for gate in decision.gates if not gate.met] == [
        "u7 已送“前往乙”会签，不能直接去掉"
    ]
    case = made.do(BUREAU, Correct({"x_units": ["u8"]}, "与其无关"))
    upsets = made.entries[-1]["intent"]["data"]["upsets"]
    assert upsets == ["“前往乙”不再请 u7 会签"]
    assert case.facts["x_units"] == ["u7", "u8"]  # until the lead has confirmed it


def test_a_suspension_is_no_way_to_take_a_unit_off() -> None:
    """Nor can it be done while the case is suspended."""
    made = Desk()
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.do(BUREAU, Advance("pause", "暂缓"))
    assert made.unmet(BUREAU, SetFacts({"x_units": []})) == ["opinion"]
    made.do(BUREAU, SetFacts({"x_units": ["u7", "u8"]}))


def test_who_was_not_asked_is_taken_off_freely() -> None:
    """Before anybody is asked, the panel changes as it likes."""
    made = Desk(text=small.TEXT.replace("asked: entering, ", ""))
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.do(BUREAU, SetFacts({"x_units": []}))
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    made.do(BUREAU, AskOpinions("go"))
    assert made.unmet(BUREAU, SetFacts({"x_units": []})) == ["opinion"]


# ── Nobody is late with what could not be known ──


def test_what_is_recorded_late_asks_on_the_day_of_recording() -> None:
    """Rule 7: whom an act of an earlier day asks could know of it only when it was recorded: by an
    ask, by entering, by being added, by the opening.
    """
    made = Desk(text=small.TEXT.replace("asked: entering, ", ""))
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    made.recorded = made.on + timedelta(days=30)
    made.do(BUREAU, AskOpinions("go"))
    assert owed(made) == {"land": "2026-04-06", "finance": "2026-04-06"}
    made.recorded = None
    added = Desk()
    added.recorded = added.on + timedelta(days=30)
    added.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    assert owed(added) == {"land": "2026-03-05", "finance": "2026-03-05", "u7": "2026-04-06"}


def test_a_late_opening_and_a_late_entering_ask_on_the_day_of_recording() -> None:
    """The same where entering the state asks by itself."""
    made = Desk()
    made.entries.clear()
    made.case = None
    made.recorded = date(2026, 4, 1)
    made.do(BUREAU, Open({"name": "某项目", "amount": "5000"}))
    assert owed(made) == {"land": "2026-04-06", "finance": "2026-04-06"}
    made.recorded = None
    made.ready()
    made.do(officer("b2", "bureau"), Advance("go"))
    made.pass_days(1)
    made.recorded = made.on + timedelta(days=20)
    made.do(LAND, Advance("back", "重来"))
    assert owed(made) == {"land": "2026-03-26", "finance": "2026-03-26"}


def test_a_file_is_signed_anew_too() -> None:
    """A material that was signed and is corrected asks the opinions again."""
    made = moved()
    case = made.do(BUREAU, Correct({}, "交错", material="report", file=File("s.pdf", 9, "b" * 64)))
    made.do(officer("b2", "bureau"), ConfirmCorrection(case.seq))
    assert set(owed(made)) == {"land", "finance"}
    assert made.unmet(BUREAU, Attach("report", File("t.pdf", 9, "c" * 64))) == ["edition"]


def test_a_resolved_objection_that_is_stale_is_asked_anew_on_that_day() -> None:
    """Rule 7: an objection stands though what it covers has changed; once it is resolved it has
    gone stale, and its unit, which had spoken in time, is asked on the day of the resolution.
    """
    made = Desk()
    made.do(LAND, Sign("go", "object", "权属未清"))
    made.do(BUREAU, SetFacts({"amount": "6000"}))
    made.pass_days(30)
    assert "land" not in owed(made)
    made.do(BUREAU, ResolveObjection("go", "land", "", "已厘清"))
    assert owed(made) == {"land": "2026-04-06", "finance": "2026-03-05"}


def test_what_goes_stale_while_the_case_is_suspended_is_asked_anew_on_that_day() -> None:
    """Rule 7: a value that changes in the meantime asks those again who had signed it where the
    case goes back to, and nobody counts the days from before; what did not change asks nobody.
    """
    made = Desk()
    made.do(LAND, Sign("go", "agree"))
    made.pass_days(7)
    made.do(BUREAU, Advance("pause", "暂缓"))
    assert case_of(made).asked == {}
    made.pass_days(3)
    made.do(BUREAU, SetFacts({"x_units": []}))
    assert case_of(made).asked == {}
    made.do(BUREAU, SetFacts({"amount": "7000"}))
    assert set(case_of(made).asked) == {"go/land/"}
    made.do(BUREAU, Advance("resume"))
    assert owed(made)["land"] == "2026-03-17"
    assert owed(made)["finance"] < "2026-03-12"


GRANT = """
  - name: grant
    title: 批准
    kind: record
    from: first
    by: bureau
    needs:
      cosign: {roles: [land, finance], quorum: any, asked: entering, within: {in: 3, unit: workday, inner: true, basis: 内部承诺}}
"""  # noqa: E501


def test_who_owes_an_opinion_again_since_a_record_was_taken_back_is_asked_on_that_day() -> None:
    """Rule 7: from the making of a record until it is taken back nobody owed an opinion on it."""
    made = Desk(text=small.TEXT + GRANT)
    made.do(LAND, Sign("grant", "agree"))
    made.do(officer("b2", "bureau"), Advance("grant"))
    made.pass_days(7)
    made.do(officer("b2", "bureau"), TakeBack("grant", "误办"))
    grant = made.workflow.leaving["first"]["grant"]
    found = opinions_owed(made.workflow, case_of(made), CALENDAR)
    dues = {one.seat.role: one.due.on.isoformat() for one in found if one.transition is grant}
    assert dues == {"finance": "2026-03-12"}


def test_corrections_are_read_back_in_the_order_of_their_entries() -> None:
    """What is kept by the seqs of entries comes back as it was made, also where JSON has sorted 9
    behind 10.
    """
    made = Desk(text=small.TEXT)
    made.ready()
    made.do(officer("b3", "bureau"), Advance("go"))
    for value in ("9000", "9100", "9200", "9300", "9400"):
        made.do(BUREAU, Correct({"amount": value}, "填错"))
    case = made.case
    assert case is not None
    seqs = list(case.proposals)
    assert (min(map(len, seqs)), max(map(len, seqs))) == (1, 2)
    kept = json.loads(json.dumps(dump_case(case), sort_keys=True))
    assert list(kept["proposals"]) != seqs
    assert list(load_case(kept, {}, case.steps).proposals) == seqs
