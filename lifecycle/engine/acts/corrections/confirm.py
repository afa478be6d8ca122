"""Confirming a correction that was proposed (确认更正), as the lead and another person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.corrections.correct import titles_in
from lifecycle.engine.case import Case, File, Proposal, Renewal
from lifecycle.engine.corrections.consequences import (
    Upset,
    amended_as_proposed,
    gates_of_step,
    has_lapsed,
    in_words,
    left_after,
    upsets_of,
    waiting_proposals,
)
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import called_step
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_lock, judge_relinked, judge_value
from lifecycle.engine.gates.gates import Gate, confirmers_of, judge_role
from lifecycle.engine.gates.renewals import spoken_for
from lifecycle.engine.gates.settled import returns_past
from lifecycle.engine.steps import MadeStep
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class ConfirmCorrection(Act):
    """Confirm the correction that the entry with the seq `proposal` proposed.

    `file` is the document on which the lead decides that a step whose gates no longer hold stands
    all the same, where no return leads past it. The judge fills in what is judged otherwise
    (`upsets`), which steps now wait for a return (`unsettled`), the opinions on which steps went
    stale (`unsigned`), and whose these are, as (role, unit): they are `asked` anew. Which steps an
    earlier correction had broken hold again (`settled`).
    """

    proposal: int
    note: str = ""
    file: File | None = None
    upsets: tuple[str, ...] = ()
    unsettled: tuple[int, ...] = ()
    unsigned: tuple[int, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    settled: tuple[int, ...] = ()

    entry_type = "correction_confirmed"
    verb = "确认更正"
    after_end = True

    def judge(self, docket: Docket) -> Decision:
        """Judge it again: that it has not lapsed, who leads, that it is another person, and what it
        changes now.
        """
        workflow, case = docket.workflow, docket.case
        proposal = find_proposal(docket, self.proposal)
        gate, role = judge_role(
            workflow, case, docket.officer, docket.moment, confirmers_of(workflow, case)
        )
        docket.add(gate)
        if proposal is None:
            return docket.refuse()
        judge_other(docket, proposal)
        for name, value in proposal.facts.items():
            fact = judge_value(docket, name, value)
            if fact is not None:
                judge_lock(docket, name, fact.title)
        judge_relinked(docket, proposal.facts)
        if proposal.material:
            judge_lock(docket, proposal.material, workflow.materials[proposal.material].title)
        found = _upsets(docket, proposal)
        broken = {upset.step for upset in found if upset.step}
        stuck = {
            step.seq
            for step in case.steps
            if step.seq in broken and not returns_past(workflow, case, step)
        }
        if stuck and (self.file is None or not self.note):
            titles = "、".join(
                called_step(workflow, step) for step in case.steps if step.seq in stuck
            )
            text = f"{titles}更正后条件不再成立，又没有退回可办，须凭文件补正"
            mend = f"lifecycle confirm {case.number} {self.proposal} --file 文件 --note 理由"
            docket.add(Gate("reason", False, {"steps": sorted(stuck)}, text, mend))
        unsigned = () if proposal.slip else tuple(_unsigned(docket, found))
        seats = (seat for step in unsigned for seat in spoken_for(workflow, case, step))
        made = replace(
            self,
            upsets=in_words(self.upsets, found),
            unsettled=tuple(sorted(broken - stuck)),
            unsigned=tuple(step.seq for step in unsigned),
            asked=tuple(dict.fromkeys(seats)),
            settled=tuple(_settled(docket, proposal, broken)),
        )
        return docket.close(made, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case corrected."""
        proposal = case.proposals[str(self.proposal)]
        after = amended_as_proposed(workflow, case, proposal, seq=entry.seq)
        kept = {seq: by for seq, by in case.unsettled.items() if int(seq) not in self.settled}
        unsettled = {str(step): entry.seq for step in self.unsettled}
        names = tuple(sorted(proposal.editions))
        renewal = Renewal(entry.seq, entry.known_on, names, self.unsigned, self.asked)
        renewals = {str(entry.seq): renewal} if self.asked else {}
        return after.after(
            entry,
            proposals=left_after(after, self.proposal),
            unsettled={**kept, **unsettled},
            renewals={**case.renewals, **renewals},
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "proposal": self.proposal,
            "note": self.note,
            "upsets": list(self.upsets),
            "unsettled": list(self.unsettled),
            "unsigned": list(self.unsigned),
            "asked": [list(seat) for seat in self.asked],
            **({"settled": list(self.settled)} if self.settled else {}),
        }
        files = [self.file.to_dict()] if self.file else []
        return {"data": data, "files": files, "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, files = intent["data"], intent["files"]
        return cls(
            proposal=data["proposal"],
            note=data["note"],
            file=File.from_dict(files[0]) if files else None,
            upsets=tuple(data["upsets"]),
            unsettled=tuple(data["unsettled"]),
            unsigned=tuple(data["unsigned"]),
            asked=tuple((role, unit) for role, unit in data["asked"]),
            settled=tuple(data.get("settled", ())),
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        file = f"（凭 {self.file.name}）" if self.file else ""
        return f"{self.verb}（第 {self.proposal} 笔）{file}{noted(self.note)}"

    def told_of(self, change: str) -> str:
        """Tell of it with what it changes."""
        file = f"（凭 {self.file.name}）" if self.file else ""
        return f"{self.verb} {change}（第 {self.proposal} 笔）{file}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return wish_of(self.verb, workflow, case, self.proposal)

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; what it changes was left to the judge."""
        if not isinstance(recorded, ConfirmCorrection):
            return False
        judged = replace(
            self,
            upsets=recorded.upsets,
            unsettled=recorded.unsettled,
            unsigned=recorded.unsigned,
            asked=recorded.asked,
            settled=recorded.settled,
        )
        return judged == recorded


def _settled(docket: Docket, proposal: Proposal, broken: Collection[int]) -> Iterator[int]:
    """Give the steps that wait for a return since an earlier correction and whose gates all hold
    again with this one.
    """
    workflow, case, moment = docket.workflow, docket.case, docket.moment
    after = amended_as_proposed(workflow, case, proposal, seq=case.seq + 1)
    for seq in sorted(map(int, case.unsettled)):
        step = case.steps.at(seq)
        if step is not None and seq not in broken:
            gates = gates_of_step(workflow, after, step, moment.once_corrected())
            if all(gate.met for gate in gates):
                yield seq


def _unsigned(docket: Docket, found: list[Upset]) -> Iterator[MadeStep]:
    """Give the steps whose opinions a correction makes stale, as far as somebody had spoken."""
    stale = {upset.renewal for upset in found if upset.renewal}
    for step in docket.case.steps:
        if step.seq in stale and spoken_for(docket.workflow, docket.case, step):
            yield step


def _upsets(docket: Docket, proposal: Proposal) -> list[Upset]:
    """List what the correction changes as things now stand."""
    workflow, case = docket.workflow, docket.case
    after = amended_as_proposed(workflow, case, proposal, seq=case.seq + 1)
    return upsets_of(workflow, case, after, proposal.editions, docket.moment)


def wish_of(verb: str, workflow: Workflow, case: Case, seq: int) -> str:
    """Say which proposal something was asked of."""
    proposal = case.proposals.get(str(seq))
    what = titles_in(workflow, proposal.editions) if proposal else f"第 {seq} 笔"
    return f"{verb} {what}"


def find_proposal(docket: Docket, seq: int) -> Proposal | None:
    """Find a correction that still waits; where there is none, note that."""
    case = docket.case
    proposal = case.proposals.get(str(seq))
    waiting = "、".join(f"第 {one.seq} 笔" for one in waiting_proposals(case))
    mend = f"待确认的更正：{waiting or '无'}"
    if proposal is None:
        text = f"第 {seq} 笔不是待确认的更正"
        docket.add(Gate("edition", False, {"proposal": seq}, text, mend))
        return None
    if has_lapsed(case, proposal):
        text = f"第 {seq} 笔更正已失效：所更正的其后又变了"
        docket.add(Gate("edition", False, {"proposal": seq}, text, mend))
        return None
    return proposal


def judge_other(docket: Docket, proposal: Proposal) -> None:
    """See that nobody confirms what went through their own hands, acting for whomever."""
    inputs = {"of": "correction_made", "persons": list(proposal.persons)}
    same = sorted(set(proposal.persons) & set(docket.officer.persons))
    if same:
        text = f"更正由 {'、'.join(same)} 提请，须换人确认"
        mend = "请牵头单位的另一位经办人确认"
        docket.add(Gate("not_by", False, inputs, text, mend))
    else:
        docket.add(Gate("not_by", True, inputs, "不是提请更正的人"))
