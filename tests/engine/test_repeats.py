"""What is asked for and is so already changes nothing: it is accepted and idle. A stale opinion, or
an edition that a step has read, is entered again all the same.
"""

from __future__ import annotations

from small import BUREAU, CALENDAR, FINANCE, LAND, Desk, officer

from lifecycle.engine.acts import Act, Advance, AskOpinions, Attach, Correct, SetFacts, Sign
from lifecycle.engine.case import File
from lifecycle.engine.docket import Accepted, Docket
from lifecycle.engine.world.moment import Moment, Officer

RENEWED = "  amount: {title: 金额, type: money, unit: 万元, min: 0, renews: true}\n"
LAND2 = officer("l2", "land")


def idle(desk: Desk, who: Officer, act: Act) -> bool:
    """Tell whether an act, which must be accepted, would change nothing."""
    decision = desk.ask(who, act)
    assert isinstance(decision, Accepted), decision
    assert isinstance(decision.act, Act)
    moment = Moment(desk.on, CALENDAR)
    return decision.act.is_idle(Docket(desk.workflow, desk.case, who, moment))


def test_values_that_are_there_are_set_idly() -> None:
    """All of them must be there: one that is not is recorded with the others."""
    desk = Desk()
    assert idle(desk, BUREAU, SetFacts({"amount": "5000"}))
    assert idle(desk, BUREAU, SetFacts({"amount": "5000", "name": "某项目"}))
    assert not idle(desk, BUREAU, SetFacts({"amount": "5000", "name": "别的项目"}))


def test_a_file_is_attached_idly_under_the_same_name_only() -> None:
    """The same bytes under another name are recorded."""
    desk = Desk()
    file = File("r.pdf", 10, "a" * 64)
    assert not idle(desk, BUREAU, Attach("report", file))
    desk.do(BUREAU, Attach("report", file))
    assert idle(desk, LAND, Attach("report", file))
    assert not idle(desk, BUREAU, Attach("report", File("s.pdf", 10, "a" * 64)))
    assert not idle(desk, BUREAU, Attach("report", File("r.pdf", 10, "b" * 64)))


def test_what_a_step_has_read_begins_another_edition() -> None:
    """The same value again, once read and where it renews, is another edition, not a repeat."""
    text = Desk().text.replace(
        "  amount: {title: 金额, type: money, unit: 万元, min: 0}\n", RENEWED
    )
    desk = Desk(text=text)
    assert idle(desk, BUREAU, SetFacts({"amount": "5000"}))
    desk.ready()
    desk.do(BUREAU, Advance("go"))
    assert not idle(desk, LAND, SetFacts({"amount": "5000"}))


def test_an_opinion_is_repeated_idly_by_the_same_person() -> None:
    """Another verdict, note or person is another opinion; so is one that went stale."""
    desk = Desk()
    desk.do(LAND, Sign("go", "agree"))
    assert idle(desk, LAND, Sign("go", "agree"))
    assert not idle(desk, LAND, Sign("go", "agree", "见附件"))
    assert not idle(desk, LAND, Sign("go", "object", "权属未清"))
    assert not idle(desk, LAND2, Sign("go", "agree"))
    assert not idle(desk, FINANCE, Sign("go", "agree"))
    desk.do(BUREAU, SetFacts({"amount": "6000"}))
    assert not idle(desk, LAND, Sign("go", "agree"))


def test_who_was_asked_is_asked_idly() -> None:
    """Once all were asked, or have spoken, asking changes nothing."""
    desk = Desk(text=Desk().text.replace("asked: entering, ", ""))
    assert not idle(desk, BUREAU, AskOpinions("go"))
    desk.do(BUREAU, AskOpinions("go", (("land", ""),)))
    assert idle(desk, BUREAU, AskOpinions("go", (("land", ""),)))
    assert not idle(desk, BUREAU, AskOpinions("go"))
    desk.do(FINANCE, Sign("go", "agree"))
    assert idle(desk, BUREAU, AskOpinions("go"))


def test_a_correction_is_proposed_idly_while_the_same_waits() -> None:
    """Another value, reason or person is another proposal; and one that has lapsed is made anew."""
    desk = Desk()
    desk.ready()
    desk.do(officer("b2", "bureau"), Advance("go"))
    wrong = Correct({"amount": "9000"}, "填错")
    assert not idle(desk, BUREAU, wrong)
    desk.do(BUREAU, wrong)
    assert idle(desk, BUREAU, wrong)
    assert not idle(desk, BUREAU, Correct({"amount": "9000"}, "填错", slip=True))
    assert not idle(desk, BUREAU, Correct({"amount": "9000"}, "漏填"))
    assert not idle(desk, officer("b2", "bureau"), wrong)
    file = File("s.pdf", 9, "b" * 64)
    desk.do(BUREAU, Correct({}, "交错", "report", file))
    assert idle(desk, BUREAU, Correct({}, "交错", "report", file))
    assert not idle(desk, BUREAU, Correct({}, "交错", "report", File("t.pdf", 9, "c" * 64)))
    desk.correct({"amount": "7000"})
    assert not idle(desk, BUREAU, wrong)
