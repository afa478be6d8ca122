"""Rule 7: nobody is late who was not asked; rule 6: an opinion covers what its signer was shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
import small
from small import (
    BUREAU,
    CALENDAR,
    FINANCE,
    LAND,
    START,
    Advance,
    Attach,
    Desk,
    File,
    SetFacts,
    Sign,
    officer,
)

from lifecycle.engine.acts import AskOpinions
from lifecycle.engine.case import Case
from lifecycle.engine.clock.standing import opinions_owed, stand
from lifecycle.engine.docket import Accepted
from lifecycle.engine.gates.asking import (
    AskedTooSoon,
    asked_of,
    asked_seats,
    asked_too_soon,
    due_of_seat,
    unasked,
)
from lifecycle.engine.gates.seats import seats_of
from lifecycle.engine.world.moment import Moment
from lifecycle.insight.outlook import tasks_of
from lifecycle.ledger.rows.task_rows import tasks_now
from lifecycle.workflow.reader import read_workflow


def desk(asked: str = "", *, identity: str = "") -> Desk:
    """Give a case of the small workflow whose co-sign is asked so."""
    text = small.TEXT.replace("QUORUM", "all")
    text = text.replace("asked: entering, ", f"asked: {asked}, " if asked else "")
    if identity:
        text = text.replace("basis: 测试\nnumber", f"basis: 测试\nidentity: {identity}\nnumber", 1)
    made = Desk()
    made.workflow = read_workflow(text, "small.yaml")
    return made


def shown(asked: str = "") -> Desk:
    """Give such a case with all there that the co-sign covers."""
    made = desk(asked)
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    return made


def case_of(made: Desk) -> Case:
    """Give the case."""
    assert made.case is not None
    return made.case


def asked(made: Desk) -> dict[str, str]:
    """Map the roles that were asked and have not spoken to the day on which they were."""
    case, transition = case_of(made), made.workflow.leaving["first"]["go"]
    found = {}
    for seat in asked_seats(made.workflow, case, transition):
        when = asked_of(case, transition, seat)
        assert when is not None
        found[seat.unit or seat.role] = when.on
    return found


def too_soon(made: Desk) -> list[AskedTooSoon]:
    """List whom the last entry asked too soon."""
    return list(asked_too_soon(made.workflow, case_of(made)))


def due(made: Desk) -> dict[str, str]:
    """Map the roles that owe an opinion to their days."""
    owed = opinions_owed(made.workflow, case_of(made), CALENDAR)
    return {item.seat.unit or item.seat.role: item.due.on.isoformat() for item in owed}


def missing(made: Desk) -> list[str]:
    """Say what the gate of the co-sign lacks."""
    decision = made.ask(BUREAU, Advance("go"))
    return [gate.text for gate in decision.gates if gate.kind == "cosign" and not gate.met]


def test_b1_who_was_not_asked_is_not_late_and_has_no_task() -> None:
    """B1: however long the case stays, a seat that nobody asked is never overdue, has no task and
    no row; the makers read that it was not asked, and by which command it is.
    """
    made = desk()
    made.pass_days(60)
    case = case_of(made)
    assert (asked(made), due(made)) == ({}, {})
    rows = tasks_now(made.workflow, case, CALENDAR)
    assert {row.kind for row in rows} == {"move", "lead"}
    moment = Moment(made.on, CALENDAR)
    assert list(tasks_of(made.workflow, case, LAND, moment)) == []
    assert missing(made) == ["缺 国土、财政 的同意意见（尚未送会签）"]
    gates = made.ask(BUREAU, Advance("go")).gates
    assert [gate.mend for gate in gates if gate.kind == "cosign"] == [
        "lifecycle ask XS-2026-001 go"
    ]


def test_an_early_signature_is_accepted() -> None:
    """Who signs unasked has signed; only the others remain to be asked."""
    made = desk()
    made.do(LAND, Sign("go", "agree"))
    transition = made.workflow.leaving["first"]["go"]
    assert [seat.role for seat in unasked(made.workflow, case_of(made), transition)] == ["finance"]


def test_from_the_day_of_asking_the_limit_runs() -> None:
    """Each seat has its own day: three workdays from the day on which it was asked."""
    made = shown()
    made.pass_days(7)  # Monday 9 March 2026
    made.do(BUREAU, AskOpinions("go", (("land", ""),)))
    assert due(made) == {"land": "2026-03-12"}
    made.pass_days(1)
    made.do(BUREAU, AskOpinions("go"))
    assert due(made) == {"land": "2026-03-12", "finance": "2026-03-13"}
    made.pass_days(2)  # Thursday: at the limit nobody is late
    assert missing(made) == ["缺 国土、财政 的同意意见"]
    made.pass_days(1)
    assert missing(made) == [
        "缺 财政 的同意意见；缺 国土 的同意意见（逾期未反馈，限 2026-03-12；不视为同意）"
    ]
    task = next(iter(tasks_of(made.workflow, case_of(made), LAND, Moment(made.on, CALENDAR))))
    assert (task.kind, task.due_on) == ("sign", "2026-03-12")
    assert "（已逾期，限 2026-03-12）" in task.text


def test_what_cannot_be_shown_is_not_asked() -> None:
    """Asked before the report is there, nobody is late and nobody has a task, however long it
    takes; from the day on which it comes all have their whole time. The makers read what is
    lacking, not that somebody is late.
    """
    made = desk()
    made.do(BUREAU, AskOpinions("go"))
    made.pass_days(60)
    assert (asked(made), due(made)) == ({}, {})
    assert {row.kind for row in tasks_now(made.workflow, case_of(made), CALENDAR)} == {
        "move",
        "lead",
    }
    assert missing(made) == ["缺 国土、财政 的同意意见（要看的 报告 还没有，齐了即送会签）"]
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    day = made.on.isoformat()
    assert asked(made) == {"land": day, "finance": day}
    assert missing(made) == ["缺 国土、财政 的同意意见"]
    made.pass_days(1)
    made.do(BUREAU, Attach("report", File("r2.pdf", 10, "b" * 64)))
    assert asked(made) == {"land": day, "finance": day}, "another edition asks nobody anew"


def test_who_supplies_it_is_asked_at_once() -> None:
    """A seat that has to supply what is lacking does not wait for it."""
    text = small.TEXT.replace("QUORUM", "all").replace("asked: entering, ", "")
    assert "report: {title: 报告" in text
    made = Desk()
    made.workflow = read_workflow(
        text.replace("report: {title: 报告", "report: {title: 报告, by: land"), "small.yaml"
    )
    made.do(BUREAU, AskOpinions("go"))
    assert set(asked(made)) == {"land"}
    made.pass_days(5)
    made.do(LAND, Attach("report", File("r.pdf", 10, "a" * 64)))
    assert asked(made) == {"land": START.isoformat(), "finance": made.on.isoformat()}


def test_where_the_workflow_says_when_it_asks_nothing_waits() -> None:
    """Entering the state asks, whatever is there by then; what those who are asked cannot see yet
    is told.
    """
    made = desk("entering")
    assert set(asked(made)) == {"land", "finance"}
    told = [(one.seat.role, one.names, one.rests) for one in too_soon(made)]
    assert told == [("land", ("report",), False), ("finance", ("report",), False)]
    by_hand = desk()
    by_hand.do(BUREAU, AskOpinions("go"))
    assert [one.rests for one in too_soon(by_hand)] == [True, True]
    by_hand.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    assert too_soon(by_hand) == []


def test_b2_a_departments_own_day_is_the_cases_next() -> None:
    """B2: an opinion that is due before the state's own limit is the case's next day due, in its
    row and for its light; once given, it is not.
    """
    made = desk("entering")
    case = case_of(made)
    assert stand(made.workflow, case, CALENDAR).due_on == "2026-03-05"
    rows = tasks_now(made.workflow, case, CALENDAR)
    assert {row.due_on for row in rows if row.kind == "sign"} == {"2026-03-05"}
    assert {row.due_on for row in rows if row.kind == "move"} == {"2026-03-16"}
    made.do(LAND, Sign("go", "agree"))
    made.do(FINANCE, Sign("go", "agree"))
    assert stand(made.workflow, case_of(made), CALENDAR).due_on == "2026-03-16"


def test_who_asks_is_a_maker_or_the_lead_and_asks_once() -> None:
    """Others may not ask; who was asked, or has spoken, is left out; who has no seat is refused."""
    made = shown()
    assert made.unmet(LAND, AskOpinions("go")) == ["role"]
    assert made.unmet(BUREAU, AskOpinions("go", (("x", "u9"),))) == ["opinion"]
    assert made.unmet(BUREAU, AskOpinions("tick")) == ["opinion"]
    made.do(FINANCE, Sign("go", "agree"))
    spoken = made.ask(BUREAU, AskOpinions("go", (("finance", ""), ("land", ""))))
    assert isinstance(spoken, Accepted)
    assert spoken.act == AskOpinions("go", (("land", ""),))
    made.do(BUREAU, AskOpinions("go"))
    assert asked(made) == {"land": START.isoformat()}
    nobody = made.ask(BUREAU, AskOpinions("go"))
    assert isinstance(nobody, Accepted)
    assert nobody.act == AskOpinions("go")
    assert made.unmet(BUREAU, AskOpinions("nowhere")) == ["state"]


def test_a_transition_asks_where_the_workflow_says_so() -> None:
    """The making of the named transition is the day of asking; a later one asks again only in a
    later round.
    """
    made = desk("tick")
    assert asked(made) == {}
    made.pass_days(1)
    made.do(BUREAU, Advance("tick"))
    day = made.on.isoformat()
    assert asked(made) == {"land": day, "finance": day}
    made.pass_days(10)
    made.do(BUREAU, Advance("tick"))
    assert asked(made) == {"land": day, "finance": day}


def test_a_transition_that_leads_there_asks_there() -> None:
    """Those who sign on the way out of a state are asked by the transition that enters it, on that
    day; coming back from a pause they are still, and coming in again they are anew.
    """
    text = "".join(line for line in small.TEXT.splitlines(True) if "      cosign:" not in line)
    cosign = "{roles: [bureau, finance], asked: go, within: {in: 3, unit: workday, basis: 测试}}"
    asks = "    asks: [since_on]\n    needs:\n"
    made = Desk(text=text.replace(asks, f"{asks}      cosign: {cosign}\n"))
    made.do(BUREAU, SetFacts({"amount": "5000"}))
    made.do(BUREAU, Attach("report", File("r" * 64, 1, "r.pdf")))
    made.pass_days(7)  # Monday 9 March 2026
    made.do(BUREAU, Advance("go"))
    assert due(made) == {"bureau": "2026-03-12", "finance": "2026-03-12"}
    made.do(BUREAU, Advance("pause", note="等"))
    made.pass_days(1)
    made.do(BUREAU, Advance("resume"))
    assert due(made) == {"bureau": "2026-03-12", "finance": "2026-03-12"}
    made.do(LAND, Advance("back", note="重来"))
    made.do(BUREAU, Advance("go"))
    assert due(made) == {"bureau": "2026-03-13", "finance": "2026-03-13"}


def test_a_seat_that_is_added_is_asked_that_day() -> None:
    """The others were asked on entering; who is added later has the whole limit from then on."""
    made = desk("entering")
    made.pass_days(14)
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    assert asked(made)["u7"] == made.on.isoformat()
    assert due(made)["u7"] == "2026-03-19"
    assert due(made)["land"] == "2026-03-05"


def test_a_seat_that_is_added_where_nobody_was_asked_is_not_asked() -> None:
    """It waits for the others' asking."""
    made = desk()
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    assert asked(made) == {}


def test_a_stale_seat_is_asked_anew_on_the_day_it_went_stale() -> None:
    """A change of what it covers begins its limit again; who has not spoken keeps theirs."""
    made = desk("entering")
    made.do(LAND, Sign("go", "agree"))
    made.pass_days(4)
    made.do(BUREAU, SetFacts({"amount": "9000"}))
    assert asked(made) == {"land": made.on.isoformat(), "finance": START.isoformat()}


def test_a_return_clears_asks() -> None:
    """Back in the state, whom an officer had asked is asked anew; entering asks by itself."""
    for how, expected in (("", {}), ("entering", {"land", "finance"})):
        made = desk(how)
        if not how:
            made.do(BUREAU, AskOpinions("go"))
        made.ready()
        made.do(BUREAU, Advance("go"))
        made.pass_days(3)
        made.do(LAND, Advance("back", "补材料"))
        assert set(asked(made)) == set(expected)
        assert set(asked(made).values()) <= {made.on.isoformat()}


def test_asks_stop_with_the_case() -> None:
    """While the case is suspended an inner limit of an opinion stops, too."""
    made = desk("entering")
    made.pass_days(1)
    made.do(BUREAU, Advance("pause", "等待"))
    assert due(made) == {}
    made.pass_days(7)
    made.do(BUREAU, Advance("resume"))
    # Three workdays from 2 March, less the five from the 3rd to the 9th.
    assert due(made)["land"] == "2026-03-12"


# ── Rule 6 ──


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (SetFacts({"amount": "9000"}), "金额"),  # a guard reads it
        (SetFacts({"name": "改名"}), "名称"),  # what the case is about
        (Attach("report", File("r2.pdf", 10, "b" * 64)), "报告"),  # the transition needs it
    ],
    ids=["guard", "identity", "material"],
)
def test_a4_a_change_of_what_was_shown_makes_opinions_stale(
    change: SetFacts | Attach, title: str
) -> None:
    """A4: what the gates read and what the case is about was shown to all who signed."""
    made = desk("entering", identity="[name]")
    made.ready()
    assert made.unmet(BUREAU, Advance("go")) == []
    made.do(BUREAU, change)
    assert made.unmet(BUREAU, Advance("go")) == ["cosign"]
    assert missing(made) == [f"国土、财政 的意见已失效（其后更改了 {title}），须重新会签"]


def test_adding_a_seat_makes_nobodys_opinion_stale() -> None:
    """The list of x is not what was signed."""
    made = desk("entering", identity="[name]")
    made.ready()
    made.do(BUREAU, SetFacts({"x_units": ["u7"]}))
    seats = seats_of(made.workflow, case_of(made), made.workflow.leaving["first"]["go"])
    assert [(seat.role, seat.stale) for seat in seats] == [
        ("land", False),
        ("finance", False),
        ("x", False),
    ]
    made.do(officer("x7", "x", "u7"), Sign("go", "agree"))
    assert made.unmet(BUREAU, Advance("go")) == []


def test_less_is_covered_where_the_workflow_says_so() -> None:
    """`covers` names all that an opinion covers."""
    made = desk("entering")
    text = small.TEXT.replace("QUORUM", "all, covers: [report]")
    made.workflow = read_workflow(text, "small.yaml")
    made.ready()
    made.do(BUREAU, SetFacts({"amount": "9000"}))
    assert made.unmet(BUREAU, Advance("go")) == []


def test_a_case_is_the_same_out_of_its_snapshot() -> None:
    """Asks are kept with the case."""
    from lifecycle.engine.case import dump_case, load_case

    made = shown()
    made.do(BUREAU, AskOpinions("go"))
    case = case_of(made)
    assert replace(load_case(dump_case(case), {}, case.steps), letters=case.letters) == case
    transition = made.workflow.leaving["first"]["go"]
    seat = seats_of(made.workflow, case, transition)[0]
    found = due_of_seat(made.workflow, case, transition, seat, CALENDAR)
    assert found is not None


# ── Rule 8 ──


def test_a10_who_signed_does_not_make_it() -> None:
    """A10: neither an officer who signed, nor their principal, makes the transition; a colleague
    does. Where the workflow lets them, they may.
    """
    both = officer("b2", "bureau")
    twice = replace(both, held={**both.held, "land": ("g2",)})
    for text, expected in (("", ["not_by"]), ("signers: may_make, ", [])):
        made = desk("entering")
        changed = small.TEXT.replace("asked: entering, ", f"asked: entering, {text}")
        made.workflow = read_workflow(changed.replace("QUORUM", "all"), "small.yaml")
        made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
        made.do(twice, Sign("go", "agree", role="land"))
        made.do(FINANCE, Sign("go", "agree"))
        assert made.unmet(twice, Advance("go")) == expected
        acting = replace(BUREAU, principal="b2", delegation=("d1",))
        assert made.unmet(acting, Advance("go")) == expected
        assert made.unmet(BUREAU, Advance("go")) == []


def test_a10_one_person_speaks_for_one_unit() -> None:
    """A10: who has signed for one unit does not sign for another, by delegation either."""
    made = desk("entering")
    made.do(officer("l1", "land", "u1"), Sign("go", "agree"))
    other = replace(officer("f1", "finance", "u2"), principal="l1", delegation=("d1",))
    assert made.unmet(other, Sign("go", "agree")) == ["not_by"]
    assert made.unmet(officer("f2", "finance", "u2"), Sign("go", "agree")) == []
    same = officer("l1", "finance", "u1")
    assert made.unmet(same, Sign("go", "agree", role="finance")) == []


def test_what_was_made_asks_nobody_again() -> None:
    """Opinions end with the step that was made on them: nobody is asked anew by it, though it
    enters a fact that they cover.
    """
    text = small.TEXT.replace("QUORUM", "all").replace("  - name: tick\n", RECORD, 1)
    text = text.replace("facts:\n", "facts:\n  noted_on: {title: 记录日, type: date}\n", 1)
    made = Desk()
    made.workflow = read_workflow(text, "small.yaml")
    made.do(BUREAU, AskOpinions("note"))
    made.do(LAND, Sign("note", "agree"))
    made.do(BUREAU, Advance("note", "", {"noted_on": START.isoformat()}))
    transition = made.workflow.leaving["first"]["note"]
    assert asked_seats(made.workflow, case_of(made), transition) == []
    assert case_of(made).asked.keys() == {"note/land/"}


RECORD = """\
  - name: note
    title: 记一笔
    kind: record
    from: first
    by: bureau
    asks: [noted_on]
    needs: {cosign: {roles: [land], within: {in: 3, unit: workday, inner: true, basis: 内部承诺}}}
  - name: tick
"""
"""A record with a co-sign that enters a fact."""


def test_entering_asks_for_the_first_round_only() -> None:
    """Once the transition was made, entering the state long ago asks nobody for the next time."""
    text = RECORD.replace("roles: [land], within", "roles: [land], asked: entering, within")
    whole = small.TEXT.replace("QUORUM", "all").replace("  - name: tick\n", text, 1)
    whole = whole.replace("facts:\n", "facts:\n  noted_on: {title: 记录日, type: date}\n", 1)
    made = Desk()
    made.workflow = read_workflow(whole, "small.yaml")
    transition = made.workflow.leaving["first"]["note"]
    assert [seat.role for seat in asked_seats(made.workflow, case_of(made), transition)] == ["land"]
    made.do(LAND, Sign("note", "agree"))
    made.do(BUREAU, Advance("note", "", {"noted_on": START.isoformat()}))
    assert asked_seats(made.workflow, case_of(made), transition) == []
