"""Drafting a letter by hand (拟稿): of a template, in place of another letter, or to
remind of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.case import Case, File
from lifecycle.engine.case_letter import (
    DRAFT,
    ISSUED,
    REVIEWED,
    UNISSUED,
    VOID,
    CaseLetter,
)
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate, holds, unknown
from lifecycle.engine.letters.letter_gates import RULES, judge_day, judge_stage, judge_unit
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow


@dataclass(frozen=True, slots=True)
class DraftLetter(Act):
    """Draft a letter of a template to roles and parties of the workflow.

    `replaces` an earlier one of the case. `about`, `units` and `debt`: it reminds these units of
    the `receipt` or `reply` that they owe on that letter. `text`: as edited, instead of the
    template.
    """

    template: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    note: str = ""
    replaces: str = ""
    about: str = ""
    units: tuple[str, ...] = ()
    debt: str = ""
    text: File | None = None

    entry_type = "letter_drafted"
    verb = "拟稿"
    after_end = True

    @property
    def moves_clock(self) -> bool:
        """Tell that no gate reads it."""
        return False

    def judge(self, docket: Docket) -> Decision:
        """Judge who may draft it, that it goes to somebody, and that what it replaces or is about
        allows it.
        """
        if not self._names_are_known(docket):
            return docket.refuse()
        case = docket.case
        old, about = case.letters.get(self.replaces), case.letters.get(self.about)
        role = self._judge_role(docket)
        whose = old or about
        if whose is not None:
            judge_unit(docket, whose.unit)
        if old is not None:
            self._judge_replaced(docket, old)
        elif not self.to and not self.units:
            docket.add(Gate("reason", False, {}, "没有写发给谁", "加 --to 角色或收文方"))
        if about is not None:
            docket.add(self._judge_reminder(case, about))
        judge_day(docket, self.verb, ("立项", case.opened_on))
        for other in (old, about):
            if other is not None:
                judge_day(docket, self.verb, ("拟稿", other.on), ("签发", other.issued_on))
        return docket.close(self, role)

    def _names_are_known(self, docket: Docket) -> bool:
        workflow, case = docket.workflow, docket.case
        known = (*workflow.roles, *workflow.parties)
        for name in (self.replaces, self.about):
            if name and name not in case.letters:
                docket.add(unknown("letter", "公文", name, case.letters))
        for name in (*self.to, *self.cc):
            if name not in known:
                docket.add(unknown("letter", "收文方", name, known, f"可写 {'、'.join(known)}"))
        return not docket.gates

    def _judge_role(self, docket: Docket) -> str:
        workflow, officer = docket.workflow, docket.officer
        held = (role for role in workflow.roles if holds(workflow, docket.case, officer, role))
        role = next(held, "")
        if role:
            text = f"{workflow.roles[role].title}（{officer.id}）"
            docket.add(Gate("role", True, {"role": role}, text))
        else:
            docket.add(Gate("role", False, {}, "由参与本事项的单位拟稿；您没有本流程的角色"))
        return role

    def _judge_replaced(self, docket: Docket, old: CaseLetter) -> None:
        judge_stage(docket, old, DRAFT, REVIEWED, ISSUED, VOID)
        others = docket.case.letters.values()
        taken = next((n.name for n in others if n.replaces == old.name and n.state != VOID), "")
        if taken:
            gate = Gate(
                "letter",
                False,
                {"letter": taken},
                f"已另拟 {taken} 替代 {old.name}",
                f"请改 {taken}",
            )
            docket.add(gate)

    def _judge_reminder(self, case: Case, about: CaseLetter) -> Gate:
        """See that a reminder goes to units that got the letter and were neither reminded of this
        nor are about to be.
        """
        pending = {
            unit
            for letter in case.letters.values()
            if (letter.about, letter.debt) == (about.name, self.debt) and letter.state in UNISSUED
            for unit in letter.units
        }
        able = {
            a.unit: a.name
            for a in about.addressed
            if a.unit and self.debt not in a.urged and a.unit not in pending
        }
        met = bool(self.units) and all(unit in able for unit in self.units)
        names = "、".join(able.get(unit, unit) for unit in self.units)
        text = f"催 {names}" if met else f"{names} 不是收文单位，或已催办过、催办函已拟好"
        inputs = {"letter": about.name, "units": list(self.units), "debt": self.debt}
        return Gate("letter", met, inputs, text)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the draft.

        One that was to be replaced and has no number is void with it.
        """
        made = CaseLetter(
            name=f"{entry.seq}-{self.template}",
            template=self.template,
            seq=entry.seq,
            on=entry.on,
            unit=entry.unit,
            persons=entry.persons,
            to=self.to,
            cc=self.cc,
            text=self.text.sha256 if self.text else "",
            replaces=self.replaces,
            about=self.about,
            units=self.units,
            debt=self.debt,
        )
        old = case.letters.get(self.replaces)
        if old is None:
            return case.beside(entry, letters=case.letters.after(made))
        made = _in_place_of(old, made, entry)
        if old.number:
            return case.beside(entry, letters=case.letters.after(made))
        void = replace(old, state=VOID, replaced_by=made.name)
        made = replace(made, replaces=old.replaces)  # what the old one was to replace, this one is
        return case.beside(entry, letters=case.letters.after(void, made))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "template": self.template,
            "to": list(self.to),
            "cc": list(self.cc),
            "note": self.note,
            "replaces": self.replaces,
            "about": self.about,
            "units": list(self.units),
            "debt": self.debt,
        }
        return {
            "data": data,
            "files": [self.text.to_dict()] if self.text else [],
            "transition": None,
        }

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, files = intent["data"], intent["files"]
        return cls(
            template=data["template"],
            to=tuple(data["to"]),
            cc=tuple(data["cc"]),
            note=data["note"],
            replaces=data["replaces"],
            about=data["about"],
            units=tuple(data["units"]),
            debt=data["debt"],
            text=File.from_dict(files[0]) if files else None,
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        instead = ""
        if self.replaces:
            instead = f"，替代 {self.replaces}"
        elif self.about:
            instead = f"，催 {self.about}"
        return f"{self.verb} {entry.seq}-{self.template}{instead}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {self.template}"

    def ground(self, workflow: Workflow, transition: Transition | None) -> str:
        """Name the rules by which letters are refused."""
        return RULES


def _in_place_of(old: CaseLetter, made: CaseLetter, entry: Entry) -> CaseLetter:
    """Give a draft the rule, the recipients and the authors of the letter whose place it takes."""
    own = bool(made.to or made.cc)
    return replace(
        made,
        source=old.source,
        transition=old.transition,
        index=old.index,
        to=made.to if own else old.to,
        cc=made.cc if own else old.cc,
        persons=tuple(
            dict.fromkeys((*entry.persons, *old.persons))
        ),  # nobody signs off what they once drafted
        about=old.about,
        units=old.units,
        debt=old.debt,
        first=old.step if old.transition else 0,
    )
