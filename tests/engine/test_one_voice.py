"""Rule 8: one unit has one voice, whichever and however many of the roles it holds."""

from __future__ import annotations

import small
from small import BUREAU, CALENDAR, FINANCE, LAND, Attach, Desk, File, SetFacts, Sign, officer

from lifecycle.engine.acts import Act, Advance, ConfirmCorrection, RenewOpinion, WithdrawOpinion
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Refused
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.quorum import count_of
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.insight.outlook import tasks_of
from lifecycle.workflow.reader import read_workflow

STAFF = {
    "u-bureau": frozenset({"bureau"}),
    "both": frozenset({"land", "finance", "x"}),
    "water": frozenset({"x"}),
}
"""Land and finance are one bureau's."""


def both(code: str = "l1", *roles: str) -> Officer:
    """Make an officer of the unit that holds land and finance."""
    held = dict.fromkeys(roles or ("land", "finance"), (f"grant-{code}",))
    return Officer(code, code, "both", held)


def desk(quorum: str = "all", more: str = "") -> Desk:
    """Give a case whose panel is land, finance and one unit more."""
    text = small.TEXT.replace("quorum: QUORUM", f"quorum: QUORUM{more}")
    made = Desk(quorum, text=text, staff=STAFF)
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    made.do(BUREAU, SetFacts({"x_units": ["water"]}))
    return made


def said(made: Desk) -> dict[str, str]:
    """Map the seats that have spoken to what they said."""
    return {f"{o.role}/{o.unit}": o.verdict for o in case_of(made).opinions.values()}


def case_of(made: Desk) -> Case:
    """Give the case."""
    assert made.case is not None
    return made.case


def test_a_unit_signs_once_for_all_its_roles() -> None:
    """The entry names every seat, and its sentence does; nobody else of the unit is asked again."""
    made = desk()
    case = made.do(both(), Sign("go", "agree"))
    assert said(made) == {"land/": "agree", "finance/": "agree"}
    data = made.entries[-1]["intent"]["data"]
    assert (data["role"], data["also"]) == ("land", [["finance", ""]])
    made.do(officer("w1", "x", "water"), Sign("go", "agree"))
    assert made.unmet(officer("b2", "bureau"), Advance("go")) == []
    assert case.opinions["go/finance/"].persons == ("l1",)


def test_whoever_holds_one_of_the_roles_speaks_for_the_unit() -> None:
    """Also who was granted but one of them, and whichever is named."""
    made = desk()
    made.do(both("f1", "finance"), Sign("go", "object", "预算不足", role="finance"))
    assert said(made) == {"finance/": "object", "land/": "object"}
    assert made.unmet(both("l1", "land"), WithdrawOpinion("go", "已落实")) == []
    made.do(both("l1", "land"), WithdrawOpinion("go", "已落实"))
    assert said(made) == {}


def test_it_counts_once() -> None:
    """Two of three are a majority, but one unit is not two; the base is then two units, and both
    have to agree.
    """
    made = desk("majority")
    [cosign] = made.workflow.leaving["first"]["go"].cosigns
    go = made.workflow.leaving["first"]["go"]
    assert count_of(made.workflow, case_of(made), go, cosign).base == 3
    made.do(both(), Sign("go", "agree"))
    count = count_of(made.workflow, case_of(made), go, cosign)
    assert (count.base, count.needed, count.short) == (2, 2, 1)
    assert made.unmet(officer("b2", "bureau"), Advance("go")) == ["cosign"]
    made.do(officer("w1", "x", "water"), Sign("go", "agree"))
    assert made.unmet(officer("b2", "bureau"), Advance("go")) == []


def test_a_unit_of_the_case_may_hold_a_role_too() -> None:
    """Where the case names as one more the unit that holds a role anyway, it still speaks once."""
    made = desk()
    made.do(BUREAU, SetFacts({"x_units": ["water", "both"]}))
    made.do(both(), Sign("go", "agree"))
    assert set(said(made)) == {"land/", "finance/", "x/both"}


def test_where_two_units_hold_a_role_each_speaks_for_itself() -> None:
    """Whose the seat is cannot be told then: who signs takes their own."""
    made = desk()
    made.staff = {**STAFF, "other": frozenset({"finance"})}
    made.do(both("l1", "land"), Sign("go", "agree"))
    assert set(said(made)) == {"land/"}


def test_parted_roles_are_signed_one_by_one() -> None:
    """`seats: by_role`: each says its own, the command says whose, and each counts."""
    made = desk("majority", ", seats: by_role")
    decision = made.ask(both(), Sign("go", "agree"))
    assert [(gate.text, gate.mend) for gate in decision.gates if not gate.met] == [
        ("您可代表 国土、财政 会签，各角色分别表示意见，须写明是哪一个", "加 --role 国土")
    ]
    made.do(both(), Sign("go", "agree", role="land"))
    assert said(made) == {"land/": "agree"}
    made.do(both(), Sign("go", "agree", role="finance"))
    assert made.unmet(officer("b2", "bureau"), Advance("go")) == []


def test_after_a_correction_it_speaks_once_too() -> None:
    """One word of the unit renews all its signatures."""
    made = desk()
    made.do(both(), Sign("go", "agree"))
    made.do(officer("w1", "x", "water"), Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    case = made.correct({"amount": "9000"})
    made.do(both("f1", "finance"), RenewOpinion(case.seq, "agree"))
    assert set(case_of(made).renewals[str(case.seq)].said) == {"finance/", "land/"}
    assert made.entries[-3]["intent"]["type"] == "correction_made"
    assert made.unmet(BUREAU, ConfirmCorrection(case.seq - 1)) == ["edition"]


def test_parted_roles_speak_anew_each_by_itself() -> None:
    """After a correction, too, `seats: by_role` has each role say its own, and named."""
    made = desk(more=", seats: by_role")
    for role in ("land", "finance"):
        made.do(both(), Sign("go", "agree", role=role))
    made.do(officer("w1", "x", "water"), Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    case = made.correct({"amount": "9000"})
    assert made.unmet(both(), RenewOpinion(case.seq, "agree")) == ["role"]
    made.do(both(), RenewOpinion(case.seq, "agree", role="land"))
    renewed = made.do(both(), RenewOpinion(case.seq, "object", "超出预算", role="finance"))
    said = renewed.renewals[str(case.seq)].said
    assert {place: one.verdict for place, one in said.items()} == {
        "land/": "agree",
        "finance/": "object",
    }


def told(made: Desk) -> list[str]:
    """Give what the refusal to go on says of the co-sign."""
    decision = made.ask(BUREAU, Advance("go"))
    assert isinstance(decision, Refused)
    return [gate.text for gate in decision.gates if gate.kind == "cosign"]


def test_a_unit_with_several_seats_is_named_once() -> None:
    """What is missing names the unit, not each of its seats; only where the workflow parts these it
    names them by their roles.
    """
    for more, missing in (("", "water"), (", seats: by_role", "water（业主）、water（x 部门）")):
        made = desk(more=more)
        text = made.text.replace("roles: [land, finance, x]", "roles: [owner, x]")
        made.workflow = read_workflow(text.replace("QUORUM", "all"), "small.yaml")
        made.staff = {**STAFF, "water": frozenset({"x", "owner"})}
        made.do(BUREAU, SetFacts({"owner_unit": "water"}))
        assert told(made) == [f"缺 {missing} 的同意意见"]
    act = Sign("go", "agree", role="owner", unit="water", also=(("x", "water"),))
    entry = Entry.from_body(made.entries[-1], "h")
    names = {"water": "市水利局"}
    assert act.sentence(made.workflow, entry, names) == "会签 前往乙　市水利局 同意"


def test_said_anew_it_counts_once_too() -> None:
    """Where objections count, two seats of one unit outvote nobody after a correction either."""
    made = desk("majority, objection: counts")
    water = officer("w1", "x", "water")
    made.do(both(), Sign("go", "agree"))
    made.do(water, Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    correction = made.correct({"amount": "9000"}).seq
    made.do(both(), RenewOpinion(correction, "agree"))
    made.do(water, RenewOpinion(correction, "object", "占用岸线"))
    finish = Advance("finish", facts={"since_on": "2026-02-01"})
    assert made.unmet(both(), finish) == ["edition"]
    made.do(water, RenewOpinion(correction, "conditional", "退线"))
    assert made.unmet(both(), finish) == []


# ── A seat is that of the unit which was heard ──

TWO = {
    "u-bureau": frozenset({"bureau"}),
    "u-land": frozenset({"land"}),
    "u-finance": frozenset({"finance"}),
    "second": frozenset({"land", "water"}),
}
"""A second unit was granted the land bureau's function."""
SECOND = officer("s1", "land", "second")
KEPT = "这一席由 u-land 会签过，意见失效后仍由其重新会签"


def signed() -> Desk:
    """Give a case to which land has agreed, and whose amount has changed since: another unit has
    land's function, too, by now.
    """
    made = Desk(staff={**TWO, "second": frozenset()})
    made.ready()
    made.do(BUREAU, SetFacts({"amount": "6000"}))
    made.staff = TWO
    return made


def refusals(made: Desk, who: Officer, act: Act) -> list[str]:
    """Say what an act is refused for."""
    return [gate.text for gate in made.ask(who, act).gates if not gate.met]


def tasks(made: Desk, who: Officer) -> list[str]:
    """Name the opinions that an officer is asked for."""
    found = tasks_of(made.workflow, case_of(made), who, Moment(made.on, CALENDAR, staff=made.staff))
    return [task.text for task in found if task.kind == "sign"]


def test_a_second_unit_does_not_take_the_seat_of_the_first() -> None:
    """Rules 6, 7: whose opinion went stale is asked anew, and nobody else of its function: neither
    signs nor withdraws another, nor is it their task.
    """
    made = signed()
    assert refusals(made, SECOND, Sign("go", "agree")) == [KEPT]
    assert refusals(made, SECOND, WithdrawOpinion("go", "误")) == [KEPT]
    assert (tasks(made, SECOND), len(tasks(made, LAND))) == ([], 1)
    made.do(LAND, Sign("go", "agree"))


def test_the_second_unit_follows_who_lost_the_function() -> None:
    """Once the first unit holds the role no more, the seat is the second's."""
    made = signed()
    made.staff = {**TWO, "u-land": frozenset({"finance"})}
    assert len(tasks(made, SECOND)) == 1
    made.do(SECOND, Sign("go", "agree"))


def test_another_round_asks_the_function() -> None:
    """Once the transition was made, or the case returned, whoever holds the function is asked."""
    made = signed()
    made.do(LAND, Sign("go", "agree"))
    made.do(FINANCE, Sign("go", "agree"))
    made.do(officer("b2", "bureau"), Advance("go"))
    made.do(LAND, Advance("back", "重来"))
    made.do(SECOND, Sign("go", "agree"))


def test_a_second_unit_does_not_speak_anew_for_the_first() -> None:
    """After a correction, too, whoever had signed speaks; once it has lost the function, the second
    does.
    """
    made = Desk(staff={**TWO, "second": frozenset()})
    made.ready()
    made.do(officer("b2", "bureau"), Advance("go"))
    made.staff = TWO
    correction = made.correct({"amount": "9000"}).seq
    assert refusals(made, SECOND, RenewOpinion(correction, "agree")) == [KEPT]
    assert (tasks(made, SECOND), len(tasks(made, LAND))) == ([], 1)
    assert made.unmet(LAND, RenewOpinion(correction, "agree")) == []
    made.staff = {**TWO, "u-land": frozenset({"finance"})}
    assert len(tasks(made, SECOND)) == 1
    made.do(SECOND, RenewOpinion(correction, "agree"))
