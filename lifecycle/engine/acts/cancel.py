"""Cancelling an opening that was a mistake (撤销立项), before anybody else acted on the case. The
number stays as void.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import void_drafts
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate, judge_maker, judge_role, made_by
from lifecycle.engine.taking_back import judge_own, judge_why
from lifecycle.engine.world.others import NO_OTHERS
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import OPENING, Workflow


@dataclass(frozen=True, slots=True)
class CancelOpening(Act):
    """Cancel the opening of the case, with the reason; nothing is done to it any more."""

    note: str

    entry_type = "opening_cancelled"
    verb = "撤销立项"

    def judge(self, docket: Docket) -> Decision:
        """Judge that whoever opened it does it, that nobody else has acted, that no transition was
        made and no letter issued, and that the reason is given.
        """
        workflow, case = docket.workflow, docket.case
        officer, moment = docket.officer, docket.moment
        if workflow.opening is not None and not workflow.opened_by:
            gate, role = judge_maker(workflow, case, workflow.opening, officer, moment)
        else:
            gate, role = judge_role(workflow, case, officer, moment, workflow.opened_by)
        docket.add(gate)
        opened = case.steps.at(case.fired[OPENING].seq)
        if opened is not None and opened.cause:
            text = f"{made_by(opened.cause)}立项，不能单独撤销"
            docket.add(Gate("relied", False, {"step": opened.seq}, text, "不再办的，办理终止"))
        opener = case.fired[OPENING].persons
        judge_own(docket, opener, "立项")
        made = next(iter(case.steps.after(case.fired[OPENING].seq)), None)
        if made is not None:
            title = workflow.titles[made.transition]
            inputs = {"step": made.seq}
            mend = "误办的记录先收回（lifecycle take-back）；已推进的，办理终止"
            docket.add(Gate("relied", False, inputs, f"已办理“{title}”", mend))
        else:
            _judge_alone(docket, opener)
        for letter in case.letters.values():
            if letter.number:
                text = f"已签发 {letter.number}"
                docket.add(Gate("letter", False, {"letter": letter.name}, text))
        _judge_unlinked(docket)
        judge_why(docket, self.note, "撤销")
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case cancelled, and its drafts void."""
        drafts = void_drafts(case.letters.values())
        return case.after(entry, cancelled=True, letters=case.letters.after(*drafts))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {"data": {"note": self.note}, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(intent["data"]["note"])

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb}，编号作废{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return self.verb


def _judge_alone(docket: Docket, opener: tuple[str, ...]) -> None:
    """See that every entry is the opener's, also where others acted in their name."""
    for seq, persons in docket.case.recorders.items():
        if not set(persons) & set(opener):
            text = f"第 {seq} 笔由 {'、'.join(persons)} 办理：别人已经办过，不能撤销"
            mend = "不再推进的，办理终止"
            docket.add(Gate("relied", False, {"seq": seq}, text, mend))
            return


def _judge_unlinked(docket: Docket) -> None:
    """See that no other case links to it."""
    others = docket.moment.others or NO_OTHERS
    for linking in others.linking.values():
        for one in linking:
            text = f"{one.number} {one.title} 关联到本事项"
            mend = f"先撤销或更正它：lifecycle show {one.number}"
            inputs = {"cases": [list(one.pin)]}
            docket.add(Gate("link", False, inputs, text, mend))
