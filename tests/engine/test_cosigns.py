"""Rule 9: several co-signs on one transition, and one after another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import (
    BUREAU,
    CALENDAR,
    FINANCE,
    LAND,
    START,
    TEXT,
    Advance,
    Attach,
    Desk,
    File,
    SetFacts,
    Sign,
    WithdrawOpinion,
    officer,
)

from lifecycle.engine.acts import AskOpinions
from lifecycle.engine.case import Case, dump_case, load_case
from lifecycle.engine.clock.standing import opinions_owed
from lifecycle.engine.docket import Refused
from lifecycle.engine.gates.asking import asked_of, asked_seats
from lifecycle.engine.gates.seats import seats_of
from lifecycle.engine.world.moment import Moment
from lifecycle.insight.outlook import tasks_of
from lifecycle.insight.sight import opinion_status
from lifecycle.ledger.rows.task_rows import tasks_now
from lifecycle.workflow.model import Transition

LEADER = officer("g1", "leader")
WATER = officer("w1", "x", "water")
WITHIN = "within: {in: 3, unit: workday, inner: true, basis: 内部承诺}"
STAFF = f"{{name: staff, roles: [land, finance, x], quorum: majority, asked: entering, {WITHIN}}}"
HEADS = f"{{name: heads, roles: leader, {WITHIN}}}"


def desk(staff: str = STAFF, heads: str = HEADS, order: str = "[staff, heads]") -> Desk:
    """Give a case of the small workflow where `go` needs two co-signs, and the report is there."""
    start = TEXT.index("      cosign: {roles: [land")
    end = TEXT.index("\n", start)
    ordered = f"\n      order: {order}" if order else ""
    text = TEXT[:start] + f"      cosign: [{staff}, {heads}]{ordered}" + TEXT[end:]
    text = text.replace("  finance: 财政\n", "  finance: 财政\n  leader: 分管领导\n", 1)
    first = {"name": "某项目", "amount": "5000"}
    made = Desk(text=text, first={**first, "x_units": ["water"]})
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    return made


def case_of(made: Desk) -> Case:
    """Give the case."""
    assert made.case is not None
    return made.case


def go(made: Desk) -> Transition:
    """Give the transition with the two co-signs."""
    return made.workflow.leaving["first"]["go"]


def agree(made: Desk, *officers: object) -> None:
    """Have officers agree."""
    for one in officers:
        made.do(one, Sign("go", "agree"))  # type: ignore[arg-type]


def gates(made: Desk) -> list[tuple[bool, str]]:
    """Give what the gates of the co-signs say."""
    decision = made.ask(officer("b9", "bureau"), Advance("go"))
    return [(gate.met, gate.text) for gate in decision.gates if gate.kind == "cosign"]


def asked(made: Desk) -> dict[str, str]:
    """Map the seats that were asked and have not spoken to the day on which they were."""
    case, transition = case_of(made), go(made)
    found = {}
    for seat in asked_seats(made.workflow, case, transition):
        when = asked_of(case, transition, seat)
        assert when is not None
        found[seat.unit or seat.role] = when.on
    return found


def status(made: Desk, role: str) -> tuple[str, str]:
    """Tell how a seat's opinion stands."""
    case, moment = case_of(made), Moment(made.on, CALENDAR)
    seats = {seat.role: seat for seat in seats_of(made.workflow, case, go(made))}
    return opinion_status(made.workflow, go(made), seats[role], case, moment)


def refusal(made: Desk, who: object, act: object) -> list[tuple[str, str]]:
    """Say why an act is refused: what is unmet and how to mend it."""
    decision = made.ask(who, act)  # type: ignore[arg-type]
    assert isinstance(decision, Refused)
    return [(gate.text, gate.mend) for gate in decision.gates if not gate.met]


def test_who_comes_later_is_not_asked_before_their_turn() -> None:
    """However long the first co-sign takes, the second has no task, no row, no limit and no ask; it
    is told to be later.
    """
    made = desk()
    made.pass_days(30)
    assert set(asked(made)) == {"land", "finance", "water"}
    assert {row.role for row in tasks_now(made.workflow, case_of(made), CALENDAR)} == {
        "land",
        "finance",
        "x",
        "bureau",
    }
    moment = Moment(made.on, CALENDAR)
    assert list(tasks_of(made.workflow, case_of(made), LEADER, moment)) == []
    assert status(made, "leader") == ("unasked", "尚未轮到")
    agree(made, LAND)
    assert gates(made)[1:] == [(False, "分管领导 会签在后，待 财政、water 会签后再送")]


def test_an_early_signature_of_a_later_co_sign_is_refused() -> None:
    """It says that it is not their turn, and whose it is; nor may anybody ask them."""
    made = desk()
    agree(made, LAND)
    told = [
        (
            "还没有轮到 分管领导 会签 前往乙：先由 财政、water 会签",
            "前面的够了，即送 分管领导；还缺谁：lifecycle why XS-2026-001 go",
        )
    ]
    assert refusal(made, LEADER, Sign("go", "agree")) == told
    assert refusal(made, BUREAU, AskOpinions("go", (("leader", ""),))) == told
    assert refusal(made, BUREAU, AskOpinions("go")) == [
        ("前往乙 没有现在要送的单位；排在后面的，轮到时自动送", "")
    ]


def test_the_second_is_asked_on_the_day_on_which_the_first_is_met() -> None:
    """Two of three are the majority: one is not enough, with the second the leader is asked that
    day and has the whole limit from then on.
    """
    made = desk()
    made.pass_days(7)  # Monday 9 March 2026
    agree(made, LAND)
    assert "leader" not in asked(made)
    made.pass_days(1)
    agree(made, WATER)
    assert asked(made) == {"finance": START.isoformat(), "leader": "2026-03-10"}
    owed = opinions_owed(made.workflow, case_of(made), CALENDAR)
    assert {item.seat.role: item.due.on.isoformat() for item in owed} == {
        "finance": "2026-03-05",
        "leader": "2026-03-13",
    }
    tasks = tasks_of(made.workflow, case_of(made), LEADER, Moment(made.on, CALENDAR))
    assert [(task.kind, task.due_on) for task in tasks] == [("sign", "2026-03-13")]
    made.pass_days(1)
    agree(made, FINANCE)  # more agree, and nobody is asked again
    assert asked(made) == {"leader": "2026-03-10"}
    assert gates(made) == [(True, "国土、财政、water 已会签"), (False, "缺 分管领导 的同意意见")]
    agree(made, LEADER)
    assert made.unmet(BUREAU, Advance("go")) == []


def test_when_the_first_is_open_again_the_second_waits() -> None:
    """A withdrawn opinion takes the turn back: the leader has no task any more, may take back what
    they said but say nothing new; what they signed stands. Once the first is met again, they are
    asked anew that day.
    """
    made = desk()
    agree(made, LAND, FINANCE)
    assert set(asked(made)) == {"water", "leader"}
    made.pass_days(1)
    made.do(FINANCE, WithdrawOpinion("go"))
    assert set(asked(made)) == {"water", "finance"}
    made.pass_days(3)
    agree(made, WATER)
    assert asked(made)["leader"] == made.on.isoformat()
    agree(made, LEADER)
    made.do(WATER, WithdrawOpinion("go"))
    assert made.unmet(BUREAU, Advance("go")) == ["cosign"]
    assert made.unmet(LEADER, Sign("go", "object", "不可")) == ["opinion"]
    assert made.unmet(LEADER, WithdrawOpinion("go")) == []
    agree(made, FINANCE)
    assert made.unmet(BUREAU, Advance("go")) == []


def test_an_objection_in_the_first_keeps_the_second_waiting() -> None:
    """It blocks the first, though enough agree."""
    made = desk()
    agree(made, LAND, WATER)
    made.do(FINANCE, Sign("go", "object", "不可"))
    assert set(asked(made)) == set()
    assert gates(made) == [
        (False, "财政 不同意：不可"),
        (False, "分管领导 会签在后，待 财政 会签后再送"),
    ]


def test_a_change_of_what_was_shown_begins_with_the_first_again() -> None:
    """All opinions go stale; the leader is asked only when the first is met anew."""
    made = desk()
    agree(made, LAND, FINANCE, LEADER)
    made.pass_days(2)
    made.do(BUREAU, SetFacts({"amount": "6000"}))
    assert set(asked(made)) == {"land", "finance", "water"}
    assert made.unmet(LEADER, Sign("go", "agree")) == ["opinion"]
    made.pass_days(1)
    agree(made, LAND, FINANCE)
    assert asked(made)["leader"] == made.on.isoformat()


def test_a_return_begins_with_the_first_again() -> None:
    """Back in the state, the first is asked by entering, the second when its turn comes."""
    made = desk()
    agree(made, LAND, FINANCE, LEADER)
    made.do(BUREAU, Advance("go"))
    made.pass_days(5)
    made.do(LAND, Advance("back", "补材料"))
    assert set(asked(made)) == {"land", "finance", "water"}
    agree(made, LAND, FINANCE)
    assert asked(made)["leader"] == made.on.isoformat()


def test_where_nobody_sits_at_the_first_the_second_is_asked_at_once() -> None:
    """A first co-sign of x units, of which the case names none, is met from the opening on."""
    made = desk(staff="{name: staff, roles: x}")
    made.first.pop("x_units")
    again = Desk(text=made.text, first=made.first)
    assert asked(again) == {"leader": START.isoformat()}
    again.do(BUREAU, SetFacts({"x_units": ["water"]}))
    assert asked(again) == {}
    assert again.unmet(LEADER, Sign("go", "agree")) == ["opinion"]


def test_a_first_whose_unit_is_not_known_keeps_the_second_waiting() -> None:
    """While the case does not name the unit, nobody knows who signs first: the role is named."""
    made = desk(staff="{name: staff, roles: owner}")
    assert gates(made) == [
        (False, "业主 尚未确定，无从会签"),
        (False, "分管领导 会签在后，待 业主 会签后再送"),
    ]
    made.do(BUREAU, SetFacts({"owner_unit": "u5"}))
    agree(made, officer("o1", "owner", "u5"))
    assert asked(made) == {"leader": START.isoformat()}


NOTE = (
    "  - {name: note, title: 记一笔, kind: record, from: first, by: bureau, "
    "needs: {cosign: COSIGN}}\n"
    "  - {name: again, title: 重来, kind: return, from: first, to: first, by: land, "
    "reason: required}\n"
)
"""A second transition with co-signs, and a return to the state where the case is."""


def with_note(made: Desk, cosign: str) -> Desk:
    """Give a case of the same workflow with the two transitions more."""
    text = made.text + NOTE.replace("COSIGN", cosign)
    again = Desk(text=text, first=made.first)
    again.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    return again


def owing(made: Desk) -> set[tuple[str, str]]:
    """Name the transitions and seats of which an opinion is asked."""
    rows = tasks_now(made.workflow, case_of(made), CALENDAR)
    return {(row.transition, row.unit or row.role) for row in rows if row.kind == "sign"}


def test_a_turn_that_ends_and_one_that_comes_are_each_followed() -> None:
    """A change of what `go` covers takes the leader's turn there back; a unit that leaves brings it
    at `note`, where nobody signs before them any more.
    """
    cosign = "[{name: staff, roles: x}, {name: heads, roles: leader}], order: [staff, heads]"
    made = with_note(desk(), cosign)
    agree(made, LAND, FINANCE)
    assert ("go", "leader") in owing(made)
    assert ("note", "leader") not in owing(made)
    made.do(BUREAU, SetFacts({"amount": "6000"}))
    assert {("go", "leader"), ("note", "leader")} & owing(made) == set()
    made.correct({"x_units": []})
    assert owing(made) == {("go", "land"), ("go", "finance"), ("note", "leader")}


def test_a_return_to_where_the_case_is_asks_all_whom_entering_asks() -> None:
    """At each transition, also who had been asked anew before the return."""
    made = with_note(desk(), "{roles: owner, asked: entering}")
    made.do(BUREAU, SetFacts({"owner_unit": "u5"}))
    agree(made, LAND)
    made.do(BUREAU, SetFacts({"amount": "6000"}))  # which asks the land bureau anew
    made.do(LAND, Advance("again", "重来"))
    expected = {("go", "land"), ("go", "finance"), ("go", "water"), ("note", "u5")}
    assert owing(made) == expected


def test_without_an_order_they_stand_side_by_side() -> None:
    """Both sign when they like; each counts by itself, on its own ground; both are needed."""
    made = desk(
        staff=STAFF.replace("asked: entering, ", "basis: 办法甲, "),
        heads=HEADS.replace("leader, ", "leader, asked: entering, basis: 办法乙, "),
        order="",
    )
    assert asked(made) == {"leader": START.isoformat()}
    agree(made, LEADER)
    decision = made.ask(BUREAU, Advance("go"))
    assert [(g.met, g.basis) for g in decision.gates if g.kind == "cosign"] == [
        (False, "办法甲"),
        (True, "办法乙"),
    ]
    agree(made, LAND, WATER)
    assert made.unmet(BUREAU, Advance("go")) == []


def test_each_covers_its_own() -> None:
    """What only one covers makes only its opinions stale."""
    made = desk(heads=HEADS.replace("leader, ", "leader, covers: [report], "))
    agree(made, LAND, FINANCE, LEADER)
    made.do(BUREAU, SetFacts({"amount": "6000"}))
    stale = [s.role for s in seats_of(made.workflow, case_of(made), go(made)) if s.stale]
    assert stale == ["land", "finance"]


def test_who_signs_may_make_it_where_that_co_sign_says_so() -> None:
    """The maker signed at one that lets them; at the other they may not have."""
    both = replace(BUREAU, held={"bureau": ("g",), "leader": ("h",), "land": ("i",)})
    made = desk(heads=HEADS.replace("leader, ", "leader, signers: may_make, "))
    agree(made, FINANCE, WATER)
    made.do(both, Sign("go", "agree", role="leader"))
    assert made.unmet(both, Advance("go")) == []
    made.do(both, Sign("go", "agree", role="land"))
    assert made.unmet(both, Advance("go")) == ["not_by"]


def test_who_sits_at_both_reads_which_role_to_sign_with() -> None:
    """The command of each task names the role, for the unit has a seat at either co-sign."""
    both = replace(LAND, held={"land": ("i",), "leader": ("h",)})
    made = desk()
    agree(made, FINANCE, WATER)
    tasks = tasks_of(made.workflow, case_of(made), both, Moment(made.on, CALENDAR))
    assert [task.command for task in tasks if task.kind == "sign"] == [
        "lifecycle sign XS-2026-001 go agree --role land",
        "lifecycle sign XS-2026-001 go agree --role leader",
    ]


def test_three_come_one_after_another() -> None:
    """The third waits for both before it."""
    made = desk(
        staff="{name: staff, roles: land}, {name: money, roles: finance}",
        order="[staff, money, heads]",
    )
    agree(made, LAND)
    assert gates(made) == [
        (True, "国土 已会签"),
        (False, "缺 财政 的同意意见"),
        (False, "分管领导 会签在后，待 财政 会签后再送"),
    ]
    agree(made, FINANCE)
    assert asked(made) == {"leader": START.isoformat()}


def test_a_case_is_the_same_out_of_its_snapshot() -> None:
    """Whose turn it is follows from what a case keeps already."""
    made = desk()
    agree(made, LAND, FINANCE)
    case = case_of(made)
    assert replace(load_case(dump_case(case), {}, case.steps), letters=case.letters) == case


# ── Against a plain model ──

PEOPLE = {"land": LAND, "finance": FINANCE, "x": WATER, "leader": LEADER}


@dataclass
class Model:
    """Who agrees and who objects, by role; and since when the leader is asked, None before."""

    said: dict[str, str] = field(default_factory=dict)
    asked_on: date | None = None

    @property
    def staff_met(self) -> bool:
        """Tell whether two of the three agree and none objects."""
        said = [self.said.get(role) for role in ("land", "finance", "x")]
        return said.count("agree") >= 2 and "object" not in said

    def follow(self, on: date) -> None:
        """Note whether the leader is asked after an act of that day."""
        if not self.staff_met:
            self.asked_on = None
        elif self.asked_on is None:
            self.asked_on = on


STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(PEOPLE)),
        st.sampled_from(["agree", "agree", "object", "withdraw", "change"]),
        st.integers(0, 2),
    ),
    max_size=16,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_turns_come_as_in_a_plain_model(steps: list[tuple[str, str, int]]) -> None:
    """Whatever is signed, withdrawn and changed: the leader may sign exactly while the first
    co-sign is met, was asked on the day on which it last came to be, and `go` is open exactly when
    both are met.
    """
    made, model, amount = desk(), Model(), 5000
    for role, act, days in steps:
        made.pass_days(days)
        who = PEOPLE[role]
        if act == "change":
            amount += 1
            made.do(BUREAU, SetFacts({"amount": str(amount)}))
            model.said = {name: said for name, said in model.said.items() if said == "object"}
        elif act == "withdraw":
            if role in model.said:
                made.do(who, WithdrawOpinion("go"))
                del model.said[role]
        elif role == "leader" and not model.staff_met:
            assert made.unmet(who, Sign("go", "agree")) == ["opinion"]
        else:
            made.do(who, Sign("go", act, "说明"))  # type: ignore[arg-type]
            model.said[role] = act
        model.follow(made.on)
        waiting = model.asked_on if "leader" not in model.said else None
        assert asked(made).get("leader") == (waiting.isoformat() if waiting else None)
        is_open = model.staff_met and model.said.get("leader") == "agree"
        assert (made.unmet(officer("b9", "bureau"), Advance("go")) == []) is is_open


@pytest.mark.parametrize("order", ["[staff, heads]", "[heads, staff]"])
def test_the_order_is_what_is_written_not_the_place_in_the_file(order: str) -> None:
    """The one that is named first comes first."""
    made = desk(staff=STAFF.replace("asked: entering, ", ""), order=order)
    early = made.unmet(LEADER, Sign("go", "agree"))
    assert early == ([] if order.startswith("[heads") else ["opinion"])
