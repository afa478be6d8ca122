"""Taking back a record that was made by mistake (收回): by whoever made it, while nothing rests on
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import VOID, CaseLetter, void_drafts
from lifecycle.engine.clock.standing import OpenLimit, begun_limits
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import edition_of, editions_of_step, transition_of, without_record
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.asking import places_of
from lifecycle.engine.gates.gates import Gate, judge_maker, made_by, title_of
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.taking_back import judge_own, judge_soon, judge_why
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow


@dataclass(frozen=True, slots=True)
class TakeBack(Act):
    """Take back the last record of a transition that stands, with the reason.

    What it entered is as it was before, what it locked is free, and it counts no more, but where
    every time counts. `step` is the seq of the entry that is taken back; the judge fills it in, but
    where one of the transition is undone already: then it has to be said.
    """

    transition: str
    note: str
    step: int = 0

    entry_type = "record_taken_back"
    verb = "收回"

    def judge(self, docket: Docket) -> Decision:
        """Judge that it is a record that stands, that whoever made it takes it back soon and still
        may make it, that no step, correction, letter or limit rests on it, and that the reason is
        given.
        """
        workflow, case = docket.workflow, docket.case
        step = case.steps.last_of(self.transition)
        if step is None:
            title = workflow.titles.get(self.transition, self.transition)
            text = f"“{title}”没有办过，或已退回、收回"
            docket.add(Gate("state", False, {"transition": self.transition}, text))
            return docket.refuse()
        made = transition_of(workflow, step)
        if made.kind == "record":
            self._judge_named(docket, step)
        gate, role = judge_maker(workflow, case, made, docket.officer, docket.moment)
        docket.add(gate)
        judge_own(docket, step.persons, f"办理“{made.title}”（第 {step.seq} 笔）")
        if made.kind != "record":
            text = f"“{made.title}”改变了环节，不能收回"
            mend = f"要回到以前的环节，办理退回：lifecycle show {case.number}"
            docket.add(Gate("state", False, {"kind": made.kind}, text, mend))
        _judge_apart(docket, made, step)
        for gate in _resting(workflow, case, step):
            docket.add(gate)
        if made.kind == "record":
            judge_soon(docket, step)
            _judge_prolonged(docket, step)
        judge_why(docket, self.note, self.verb)
        return docket.close(replace(self, step=step.seq), role)

    def _judge_named(self, docket: Docket, last: MadeStep) -> None:
        """See that nobody takes back one record more by asking twice."""
        case, title = docket.case, docket.workflow.titles[self.transition]
        inputs = {"step": last.seq}
        standing = len(case.steps.of(self.transition))
        if self.step not in (0, last.seq):
            text = f"第 {self.step} 笔不是“{title}”的最后一笔"
            mend = f"收回的只能是最后一笔：第 {last.seq} 笔"
            docket.add(Gate("state", False, inputs, text, mend))
        elif not self.step and case.made[self.transition] > standing:
            text = f"“{title}”已有收回或退回的，还要收回第 {last.seq} 笔的，须写明"
            docket.add(Gate("state", False, inputs, text, f"加 --entry {last.seq}"))

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case without the record, its drafted letters void."""
        drafts = void_drafts(letters_of_step(case, self.step))
        after = without_record(workflow, case, self.step, entry.seq)
        return after.after(entry, letters=case.letters.after(*drafts))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"note": self.note, "step": self.step}
        return {"data": data, "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(intent["transition"], data["note"], data["step"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        return f"{self.verb} {title}（第 {self.step} 笔）{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {workflow.titles.get(self.transition, self.transition)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; which record it was may be left to the judge."""
        if not isinstance(recorded, TakeBack):
            return False
        return replace(self, step=self.step or recorded.step) == recorded


def _judge_apart(docket: Docket, made: Transition, step: MadeStep) -> None:
    """See that it is no effect, and has none: those are done together or not at all."""
    inputs = {"step": step.seq}
    if step.cause:
        text = f"“{made.title}”{made_by(step.cause)}，不能单独收回"
        docket.add(Gate("relied", False, inputs, text, "由其后的流转改正"))
    if made.does:
        text = f"“{made.title}”带动了别的事项，不能收回"
        docket.add(Gate("relied", False, inputs, text, "在那些事项上分别改正"))


def _judge_prolonged(docket: Docket, step: MadeStep) -> None:
    """See that no limit would have run out by now but for the record that prolonged it, be it done
    meanwhile: the days since were spent on its account.
    """
    workflow, case, moment = docket.workflow, docket.case, docket.moment
    if not transition_of(workflow, step).prolongs:
        return
    present = [(one.limit, one.due) for one in _limits(docket, case)]
    before = without_record(workflow, case, step.seq, case.seq + 1)
    for item in _limits(docket, before):
        if item.due.on < moment.today and (item.limit, item.due) not in present:
            text = f"期限“{item.limit.title}”原限 {item.due.on}，已过，其后是靠它延长的"
            mend = f"填错的，更正：lifecycle correct {case.number} …"
            docket.add(Gate("relied", False, {"limit": item.due.on.isoformat()}, text, mend))


def _limits(docket: Docket, case: Case) -> Iterator[OpenLimit]:
    """List the limits that have begun, where the case is and where it was suspended from."""
    for place in places_of(case):
        yield from begun_limits(docket.workflow, place, docket.moment.calendar)


def letters_of_step(case: Case, step: int) -> list[CaseLetter]:
    """List the letters that a step sends, and those drafted in their place."""
    found: dict[str, CaseLetter] = {}
    for letter in case.letters.values():
        stood_in = any(one.replaced_by == letter.name for one in found.values())
        if letter.seq == step or letter.replaces in found or stood_in:
            found[letter.name] = letter
    return list(found.values())


def _resting(workflow: Workflow, case: Case, step: MadeStep) -> Iterator[Gate]:
    """Give an unmet gate for all that rests on a step: a later step that has read what it entered
    or counted it, a correction of that, a change of what it unlocked, a letter that is out.
    """
    entered = editions_of_step(case, step.seq)
    called = f"“{workflow.titles[step.transition]}”"
    for later in case.steps.after(step.seq):
        if _rests(workflow, later, step, entered):
            text = f"其后的“{workflow.titles[later.transition]}”（第 {later.seq} 笔）以{called}为据"
            mend = "要撤销的，办理退回；只是填错的，更正"
            yield Gate("relied", False, {"step": later.seq}, text, mend)
    for name in entered:
        amended = edition_of(case, name).amended
        if edition_of(case, name).seq == step.seq and amended:
            text = f"{called}填报的 {title_of(workflow, name)} 已经更正过（第 {amended} 笔）"
            yield Gate("relied", False, {"name": name}, text, "再有错的，仍用更正")
    for name in transition_of(workflow, step).unlocks:
        if edition_of(case, name).seq > step.seq:
            text = f"{called}解除锁定的 {title_of(workflow, name)} 其后已经换过"
            yield Gate("relied", False, {"name": name}, text)
    for letter in letters_of_step(case, step.seq):
        if letter.number and letter.state != VOID:
            mend = f"先作废：lifecycle notice void {case.number} {letter.name} --note 理由"
            text = f"{called}的公文 {letter.number} 已经签发"
            yield Gate("letter", False, {"letter": letter.name}, text, mend)


def _rests(workflow: Workflow, later: MadeStep, step: MadeStep, entered: Mapping[str, int]) -> bool:
    """Tell whether a later step has read what a step entered, or counted it."""
    read = any(later.reads.get(name) == number for name, number in entered.items())
    counters = transition_of(workflow, later).counters
    counted = step.transition in later.counts or any(c.of == step.transition for c in counters)
    return read or counted
