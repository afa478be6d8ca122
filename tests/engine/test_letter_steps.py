"""Which drafts are out of time: their step was undone, or the case has left where it led to."""

from __future__ import annotations

from dataclasses import replace

from small import BUREAU, LAND, Advance, Desk, officer

from lifecycle.engine.acts import DraftLetter, IssueLetter
from lifecycle.engine.case_letter import ISSUED, REVIEWED, Addressee
from lifecycle.engine.docket import Accepted
from lifecycle.engine.letters.letter_steps import lapse_of, outlived
from lifecycle.engine.letters.owed import owed, sent_before, unanswered

TEXT = """
workflow: rounds
title: 流程
version: 1
number: L-{serial}
subject: name
opened_by: bureau
roles: {bureau: 招商局, land: 国土}
facts: {name: {title: 名称, type: text, required: true}}
states:
  first: {title: 甲}
  second: {title: 乙}
  third: {title: 丙}
  paused: {title: 中止}
  done: {title: 办结, final: true}
transitions:
  - {name: ask, title: 征求, kind: record, from: [first, second], by: bureau, notices: [{template: ask, to: land, reply: {in: 5, unit: workday, basis: 内部承诺}}]}
  - {name: pay, title: 付款, kind: record, from: second, by: bureau, stands: true, notices: [{template: pay, to: land}]}
  - {name: go, title: 前往乙, from: first, to: second, by: bureau, notices: [{template: go, to: land}]}
  - {name: on, title: 前往丙, from: second, to: third, by: bureau}
  - {name: back, title: 退回甲, kind: return, from: [second, third], to: first, by: bureau, notices: [{template: back, to: land}]}
  - {name: pause, title: 中止, kind: suspend, from: [first, second], to: paused, by: bureau, notices: [{template: pause, to: land}]}
  - {name: resume, title: 恢复, kind: resume, from: paused, to: previous, by: bureau, notices: [{template: resume, to: land}]}
  - {name: quit, title: 不办, kind: terminate, from: [paused], to: done, by: bureau}
  - {name: finish, title: 办结, from: third, to: done, by: bureau, notices: [{template: finish, to: land}]}
"""  # noqa: E501


class Letters(Desk):
    """A case whose transitions draft letters."""

    def __init__(self) -> None:
        super().__init__(text=TEXT, first={"name": "某项目"})

    def make(self, *transitions: str) -> None:
        """Make transitions on one day."""
        for transition in transitions:
            self.do(BUREAU, Advance(transition))

    def lapsed(self) -> dict[str, str]:
        """Give why each letter is out of time today, those that are not left out."""
        assert self.case is not None
        found = {}
        for name, letter in self.case.letters.items():
            lapse = lapse_of(self.workflow, self.case, letter, self.on.isoformat())
            if lapse is not None:
                found[name] = lapse.text
        return found


def test_letters_go_out_on_the_day_on_which_the_case_goes_on() -> None:
    """On that day what was recorded in the state may still be issued, on the next it is late; what
    led to where the case is now is not.
    """
    desk = Letters()
    desk.make("ask", "go")
    assert desk.lapsed() == {}
    left = desk.on.isoformat()
    desk.pass_days(1)
    assert desk.lapsed() == {"2-ask": f"所属环节已于 {left} 办结"}
    desk.make("on")
    desk.pass_days(1)
    assert set(desk.lapsed()) == {"2-ask", "3-go"}


def test_a_return_undoes_letters_at_once() -> None:
    """What the return undid is told the same day; its own letter, and that of a step which stands,
    are not undone.
    """
    desk = Letters()
    desk.make("go", "pay", "ask", "back")
    assert desk.lapsed() == {"2-go": "所属流转已退回", "4-ask": "所属流转已退回"}
    desk.pass_days(1)
    assert (
        desk.lapsed()["3-pay"] == f"所属环节已于 {desk.entries[-1]['intent']['occurred_on']} 办结"
    )
    desk.make("go")
    assert set(desk.lapsed()) == {"4-ask"}, "the case is where the payment was made"


def test_what_is_drafted_anew_after_a_return_is_late() -> None:
    """Drafted again in the place of what was undone, a letter may go out, belated, but not on the
    very day of the return; and is undone like the others by the next return.
    """
    desk = Letters()
    desk.make("go", "ask")
    desk.do(BUREAU, DraftLetter("ask", replaces="3-ask"))
    assert desk.lapsed() == {}
    desk.make("back")
    assert desk.lapsed() == {"2-go": "所属流转已退回", "4-ask": "所属流转已退回"}
    desk.do(BUREAU, DraftLetter("ask", replaces="4-ask"))
    assert desk.lapsed() == {"2-go": "所属流转已退回"}
    desk.pass_days(1)
    assert desk.lapsed()["6-ask"] == "所属流转退回后重拟"
    desk.make("go", "back")
    assert desk.lapsed()["6-ask"] == "所属流转已退回"


def outlived_by(desk: Letters, *issued: str) -> set[str]:
    """Name the letters that tell of an undone step, once some are issued."""
    case = desk.case
    assert case is not None
    letters = {**case.letters}
    for name in issued:
        letters[name] = replace(letters[name], state=ISSUED)
    return {name for name, letter in letters.items() if outlived(case, letter)}


def test_an_issued_letter_of_an_undone_step_is_told() -> None:
    """Rule 12: whoever got it goes by what is no more. Not one of a step that stands, nor one that
    was drafted anew after the return and issued late; that one, after the next return.
    """
    desk = Letters()
    desk.make("go", "pay", "ask")
    assert outlived_by(desk, "2-go", "3-pay", "4-ask") == set()
    desk.make("back")
    assert outlived_by(desk) == set(), "a draft is told of as such"
    assert outlived_by(desk, "2-go", "3-pay", "4-ask", "5-back") == {"2-go", "4-ask"}
    desk.do(BUREAU, DraftLetter("ask", replaces="4-ask"))
    desk.do(LAND, DraftLetter("note", to=("bureau",)))
    assert outlived_by(desk, "6-ask", "7-note") == set()
    desk.make("go", "back")
    assert outlived_by(desk, "6-ask", "7-note") == {"6-ask"}


def kept(desk: Letters) -> dict[str, tuple[str, str, str]]:
    """Give where each letter stands, whose place it takes, and what takes its own."""
    assert desk.case is not None
    letters = desk.case.letters.values()
    return {one.name: (one.state, one.replaces, one.replaced_by) for one in letters}


def issue(desk: Letters, name: str) -> None:
    """Have a letter in force, as it is once it was signed off."""
    assert desk.case is not None
    letter = replace(desk.case.letters[name], state=ISSUED, number=f"{name}号")
    desk.case = replace(desk.case, letters=desk.case.letters.after(letter))


def test_what_is_made_again_after_a_return_takes_the_place_of_its_letters() -> None:
    """One letter, one proposal: what was undone and not signed off is void with the new draft, be
    it drafted anew by hand; what is in force is superseded by it. Its entry says so. Letters of
    what stands, and of other transitions, are let alone.
    """
    desk = Letters()
    desk.make("go", "pay", "ask", "ask")
    issue(desk, "4-ask")
    desk.make("back")
    desk.do(BUREAU, DraftLetter("ask", replaces="4-ask"))
    desk.make("go")
    assert kept(desk)["2-go"] == ("void", "", "8-go")
    desk.make("pay", "ask")
    assert kept(desk) == {
        "2-go": ("void", "", "8-go"),
        "3-pay": ("draft", "", ""),
        "4-ask": ("issued", "", ""),
        "5-ask": ("void", "", "10-ask"),
        "6-back": ("draft", "", ""),
        "7-ask": ("void", "4-ask", "10-ask"),
        "8-go": ("draft", "", ""),
        "9-pay": ("draft", "", ""),
        "10-ask": ("draft", "4-ask", ""),
    }
    told = desk.entries[-1]["intent"]["data"]
    assert told["instead"] == [[0, "5-ask"], [0, "7-ask"]]
    desk.make("ask")
    assert kept(desk)["11-ask"] == ("draft", "", ""), "that one stands, and is let alone"


def test_each_letter_in_force_is_replaced_once() -> None:
    """A record made twice, undone and made twice again: each new letter takes the place of one."""
    desk = Letters()
    desk.make("go", "ask", "ask")
    issue(desk, "3-ask")
    issue(desk, "4-ask")
    desk.make("back", "go", "ask", "ask")
    assert (kept(desk)["7-ask"][1], kept(desk)["8-ask"][1]) == ("4-ask", "3-ask")


def test_the_same_record_in_another_state_sends_another_letter() -> None:
    """What was asked in the state that was left is not what is asked where the case came back."""
    desk = Letters()
    desk.make("go", "ask", "back", "ask")
    assert kept(desk)["3-ask"] == ("draft", "", "")


def again(desk: Letters, name: str) -> list[str]:
    """Name the letters that say the same as a draft and are not done with."""
    assert desk.case is not None
    found = sent_before(desk.workflow, desk.case, desk.case.letters[name])
    return [letter.name for letter in found]


def test_a_record_made_again_is_told_of_its_former_letter() -> None:
    """As long as that is not signed off, or somebody owes an answer on it; it is not made void, for
    each may be about something else.
    """
    desk = Letters()
    desk.make("ask", "ask")
    assert (again(desk, "2-ask"), again(desk, "3-ask")) == ([], ["2-ask"])
    issue(desk, "2-ask")
    assert desk.case is not None
    sent = replace(desk.case.letters["2-ask"], addressed=(Addressee("国土局", "land"),))
    desk.case = replace(desk.case, letters=desk.case.letters.after(sent))
    assert again(desk, "3-ask") == ["2-ask"]
    answered = sent.marked("国土局", replied_on=desk.on.isoformat())
    desk.case = replace(desk.case, letters=desk.case.letters.after(answered))
    assert again(desk, "3-ask") == []


def test_a_suspension_ends_no_state() -> None:
    """While a case is suspended, letters of the state it stopped in are in time; that of the
    suspension is late once it is over, that of the resumption is not.
    """
    desk = Letters()
    desk.make("ask", "pause")
    desk.pass_days(3)
    assert desk.lapsed() == {}
    desk.make("resume")
    resumed = desk.on.isoformat()
    desk.pass_days(3)
    assert desk.lapsed() == {"3-pause": f"所属环节已于 {resumed} 办结"}


def test_a_stage_ends_when_the_case_goes_on_not_when_it_is_resumed() -> None:
    """A suspension within the stage, and its end, are no end of the stage: that is the day of the
    step that led on from there.
    """
    desk = Letters()
    desk.make("ask", "pause")
    desk.pass_days(3)
    desk.make("resume")
    desk.pass_days(3)
    desk.make("go")
    left = desk.on.isoformat()
    desk.pass_days(1)
    assert desk.lapsed()["2-ask"] == f"所属环节已于 {left} 办结"


def test_a_stage_ends_when_the_case_goes_on_for_good() -> None:
    """After a return the letter of a step that stands is of a stage that is made again, and ends
    with the step that leads on from there; so is what ends while it is suspended there.
    """
    desk = Letters()
    desk.make("go", "pay", "on")
    desk.pass_days(3)
    desk.make("back")
    returned = desk.on.isoformat()
    desk.pass_days(3)
    assert desk.lapsed()["3-pay"] == f"所属环节已于 {returned} 办结", "no step from there stands"
    desk.make("go")
    desk.pass_days(3)
    desk.make("pause", "quit")
    left = desk.on.isoformat()
    desk.pass_days(1)
    assert desk.lapsed()["3-pay"] == f"所属环节已于 {left} 办结"


def test_what_was_recorded_of_a_late_letter_stands() -> None:
    """Versions that took the first resumption for the end of the stage recorded that day: judged
    again, such an entry is found as it was recorded, and still wants its reason.
    """
    desk = Letters()
    desk.make("ask", "pause", "resume")
    resumed = desk.on.isoformat()
    desk.pass_days(3)
    desk.make("go")
    desk.pass_days(1)
    assert desk.case is not None
    letter, on = desk.case.letters["2-ask"], desk.on.isoformat()
    former = f"所属环节已于 {resumed} 办结"
    issue = IssueLetter(
        letter="2-ask",
        content={"date": on, "title": "征求意见函"},
        digest=letter.digest,
        series="",
        rules="",
        template="",
        addressed=(),
        writer=0,
        belated=former,
    )
    signer = officer("b3", "signer", "u-bureau")
    desk.case = replace(desk.case, letters=desk.case.letters.after(replace(letter, state=REVIEWED)))
    assert desk.unmet(signer, issue) == ["reason"]
    accepted = desk.ask(signer, replace(issue, note="领导出差"))
    assert isinstance(accepted, Accepted)
    assert accepted.act == replace(issue, note="领导出差")
    fresh = desk.ask(signer, replace(issue, note="领导出差", belated=""))
    assert isinstance(fresh, Accepted)
    assert isinstance(fresh.act, IssueLetter)
    assert fresh.act.belated == f"所属环节已于 {desk.entries[-1]['intent']['occurred_on']} 办结"


def test_letters_of_the_end_are_in_time() -> None:
    """B8: a case that has ended has letters of its end, and drafts of all that was before it."""
    desk = Letters()
    desk.make("ask", "go", "on", "finish")
    desk.pass_days(400)
    assert set(desk.lapsed()) == {"2-ask", "3-go"}


def test_an_officers_own_letter_tells_of_no_step() -> None:
    """A letter that an officer drafts is out of time with no step."""
    desk = Letters()
    desk.do(BUREAU, DraftLetter("note", to=("land",)))
    desk.make("go", "back")
    desk.pass_days(9)
    assert set(desk.lapsed()) == {"3-go"}


def test_letters_have_an_order_of_their_own() -> None:
    """A draft is dated before the case's last day, but neither before the case nor before what it
    redoes; the case's last day stays where it was.
    """
    desk = Letters()
    desk.pass_days(5)
    desk.make("ask")
    last = desk.on.isoformat()
    desk.pass_days(-3)
    own = desk.do(LAND, DraftLetter("note", to=("bureau",)))
    assert (own.last_on, own.letters["3-note"].on) == (last, desk.on.isoformat())
    assert desk.unmet(BUREAU, DraftLetter("ask", replaces="2-ask")) == ["letter"]
    assert lapse_of(desk.workflow, own, own.letters["3-note"], "2199-01-01") is None
    desk.pass_days(-3)
    assert desk.unmet(LAND, DraftLetter("note", to=("bureau",))) == ["letter"]


def test_nobody_owes_an_answer_once_the_step_is_undone() -> None:
    """Rules 7 and 12: a return clears what a letter asked; who has not answered is known all the
    same. What is drafted anew after it asks again.
    """
    desk = Letters()
    desk.make("go", "ask")
    assert asked_of(desk, "3-ask") == (["land"], ["land"])
    desk.make("back")
    assert asked_of(desk, "3-ask") == ([], ["land"])
    desk.do(BUREAU, DraftLetter("ask", replaces="3-ask"))
    assert asked_of(desk, "5-ask") == (["land"], ["land"])
    desk.make("go")
    assert asked_of(desk, "3-ask") == ([], ["land"]), "nor once the case is there again"


def asked_of(desk: Letters, name: str) -> tuple[list[str], list[str]]:
    """Name the units that owe an answer to a letter, were it issued, and that have not answered."""
    case = desk.case
    assert case is not None
    addressed = (Addressee("国土局", "land"),)
    letter = replace(case.letters[name], state=ISSUED, addressed=addressed)
    found = (owed, unanswered)
    owing, silent = ([a.unit for a in ask(desk.workflow, case, letter)] for ask in found)
    return owing, silent
