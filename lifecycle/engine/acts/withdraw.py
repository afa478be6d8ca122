"""Taking one's unit's opinion on a transition back (撤回)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.sign import (
    Places,
    find_seat,
    other_seats,
    read_also,
    seat_names,
    told_also,
)
from lifecycle.engine.case import Case, Opinion, opinion_key
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class WithdrawOpinion(Act):
    """Take one's unit's opinion on a transition back, at all its seats."""

    transition: str
    note: str = ""
    role: str | None = None
    unit: str = ""
    also: Places = ()

    entry_type = "opinion_withdrawn"
    verb = "撤回"

    @property
    def is_opinion(self) -> bool:
        """Tell that it is."""
        return True

    def judge(self, docket: Docket) -> Decision:
        """Judge whether the officer's unit is asked and has an opinion to take back."""
        found = find_seat(docket, self.transition, self.role)
        if isinstance(found, Refused):
            return found
        if found.opinion is None:
            docket.add(Gate("opinion", False, {}, "贵单位尚无意见可撤回"))
        else:
            _judge_unused(docket, self.transition, found.opinion)
        also = tuple(
            (seat.role, seat.unit)
            for seat in other_seats(docket, self.transition, found)
            if seat.opinion is not None and seat.opinion.by_unit == docket.officer.unit
        )
        gone = replace(self, role=found.role, unit=found.unit, also=also)
        return docket.close(gone, found.role)

    def lacking(self, docket: Docket) -> tuple[Gate, ...]:
        """Ask for the reason."""
        late = Act.lacking(self, docket)
        if self.note:
            return late
        return (*late, Gate("reason", False, {}, "须写明撤回的理由", "加 --note 理由"))

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case without the opinion."""
        seats = ((str(self.role), self.unit), *self.also)
        gone = {opinion_key(self.transition, role, unit) for role, unit in seats}
        return case.after(entry, opinions={k: o for k, o in case.opinions.items() if k not in gone})

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"role": self.role, "unit": self.unit, "note": self.note}
        return {"data": data | told_also(self.also), "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(
            transition=intent["transition"],
            note=data["note"],
            role=data["role"],
            unit=data["unit"],
            also=read_also(data),
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        unit = seat_names(workflow, names, (str(self.role), self.unit), *self.also)
        return f"撤回对 {title} 的意见　{unit}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"撤回对下列流转的意见：{workflow.titles.get(self.transition, self.transition)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; the seat may have been left to the judge."""
        if not isinstance(recorded, WithdrawOpinion):
            return False
        role = recorded.role if self.role is None else self.role
        return replace(self, role=role, unit=recorded.unit, also=recorded.also) == recorded


def _judge_unused(docket: Docket, name: str, said: Opinion) -> None:
    """See that nobody takes back an opinion on which the transition was made since."""
    made = docket.case.steps.last_of(name)
    if made is not None and made.seq > said.seq:
        title = docket.workflow.titles[name]
        text = f"这份意见已用于“{title}”（第 {made.seq} 笔），不能撤回"
        mend = "这一笔办错了的，退回、收回或更正；再办时另行会签"
        docket.add(Gate("relied", False, {"step": made.seq}, text, mend))
