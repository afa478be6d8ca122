"""Correcting what a step rests on (更正): at once where nothing is judged otherwise, else as a
proposal to the lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.changes import told_correction
from lifecycle.engine.acts.set_facts import titles_of
from lifecycle.engine.case import Case, File, Proposal
from lifecycle.engine.corrections.consequences import (
    amended,
    edition_states,
    in_words,
    upsets_of,
    waiting_proposals,
)
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import edition_of
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_lock, judge_relinked, judge_value
from lifecycle.engine.gates.asking import seats_dropped_by
from lifecycle.engine.gates.gates import Gate, judge_role, leads_of, title_of, unknown
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Fact, Material, Workflow
from lifecycle.workflow.reliance import doors_of


@dataclass(frozen=True, slots=True)
class Correct(Act):
    """Correct facts, or the file of a material, with the reason; `slip` marks a slip of the pen.

    The judge fills in the `old` values (of a material its file), what is judged otherwise by it
    (`upsets`), and whether it waits for the lead (`proposed`).
    """

    facts: Mapping[str, Value]
    note: str
    material: str = ""
    file: File | None = None
    slip: bool = False
    old: Mapping[str, Any] = field(default_factory=dict)
    upsets: tuple[str, ...] = ()
    proposed: bool = False

    entry_type = "correction_made"
    verb = "更正"
    after_end = True

    def judge(self, docket: Docket) -> Decision:
        """Judge who corrects, that there is something to correct, and what it changes: if anything,
        it is a proposal.
        """
        role = self._judge_items(docket)
        if not self.note:
            docket.add(Gate("reason", False, {}, "须写明更正的理由", "加 --note 理由"))
        if any(not gate.met for gate in docket.gates):
            return docket.refuse()
        judge_relinked(docket, self.facts)
        if any(not gate.met for gate in docket.gates):
            return docket.refuse()
        workflow, case = docket.workflow, docket.case
        after = amended(
            workflow, case, self.facts, self.material, self.file, seq=case.seq + 1, slip=self.slip
        )
        found = upsets_of(workflow, case, after, self.names, docket.moment)
        made = replace(
            self,
            old={name: _held(case, name) for name in self.names},
            upsets=in_words(self.upsets, found),
            proposed=bool(found) or self.slip or any(workflow.facts[n].is_link for n in self.facts),
        )
        return docket.close(made, role)

    @property
    def names(self) -> tuple[str, ...]:
        """Name the facts and the material that it corrects."""
        return (*self.facts, self.material) if self.material else tuple(self.facts)

    def _judge_items(self, docket: Docket) -> str:
        """Judge each fact and the material; gives the role relied on."""
        workflow, role = docket.workflow, ""
        if not self.names:
            docket.add(Gate("facts", False, {}, "没有写要更正什么"))
        for name, value in sorted(self.facts.items()):  # as the entry has them
            fact = judge_value(docket, name, value)
            if fact is not None:
                held = docket.case.facts.get(name) == value
                drops = bool(seats_dropped_by(workflow, docket.case, name, value))
                role = _judge_item(docket, fact, same=held, drops=drops) or role
        if self.material:
            material = workflow.materials.get(self.material)
            if material is None:
                docket.add(unknown("materials", "材料", self.material, workflow.materials))
            elif self.file is None:
                text = f"没有附上 {material.title} 更正后的文件"
                docket.add(Gate("materials", False, {}, text, "加 --file 文件"))
            else:
                file = docket.case.materials.get(self.material)
                same = file is not None and file.sha256 == self.file.sha256
                role = _judge_item(docket, material, same=same) or role
        return role

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether the same person's very proposal waits for the lead."""
        return any(
            one.persons == docket.officer.persons and one.note == self.note and self.is_as(one)
            for one in waiting_proposals(docket.case)
        )

    def is_as(self, other: Correct | Proposal) -> bool:
        """Tell whether another one corrects the same things to the same values, whoever proposed
        it and why.
        """
        return (other.facts, other.material, other.slip) == (
            self.facts,
            self.material,
            self.slip,
        ) and (other.file and other.file.sha256) == (self.file and self.file.sha256)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case corrected, or with the proposal noted."""
        file = replace(self.file, seq=entry.seq, on=entry.on) if self.file else None
        if not self.proposed:
            return amended(
                workflow, case, self.facts, self.material, file, seq=entry.seq, slip=self.slip
            ).after(entry)
        proposal = Proposal(
            seq=entry.seq,
            on=entry.on,
            persons=entry.persons,
            unit=entry.unit,
            facts=dict(self.facts),
            material=self.material,
            file=file,
            note=self.note,
            slip=self.slip,
            editions=edition_states(case, self.names),
        )
        waiting = {str(one.seq): one for one in (*waiting_proposals(case), proposal)}
        return case.after(entry, proposals=waiting)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "facts": dict(self.facts),
            "material": self.material,
            "note": self.note,
            "slip": self.slip,
            "old": dict(self.old),
            "upsets": list(self.upsets),
            "proposed": self.proposed,
        }
        files = [self.file.to_dict()] if self.file else []
        return {"data": data, "files": files, "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, files = intent["data"], intent["files"]
        return cls(
            facts=data["facts"],
            note=data["note"],
            material=data["material"],
            file=File.from_dict(files[0]) if files else None,
            slip=data["slip"],
            old=data["old"],
            upsets=tuple(data["upsets"]),
            proposed=data["proposed"],
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        word = "提请更正" if self.proposed else self.verb
        slip = "（笔误）" if self.slip else ""
        waits = "　待牵头单位确认" if self.proposed else ""
        return f"{word} {self.change(workflow, names)}{slip}{noted(self.note)}{waits}"

    def change(self, workflow: Workflow, names: Mapping[str, str]) -> str:
        """Tell what it corrects, old and new; once judged, which fills in the old."""
        new: dict[str, Any] = dict(self.facts)
        if self.material and self.file is not None:
            new[self.material] = self.file.to_dict()
        return told_correction(workflow, self.old, new, names)

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {titles_in(workflow, self.names)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; what it changes was left to the judge."""
        if not isinstance(recorded, Correct):
            return False
        judged = replace(self, old=recorded.old, upsets=recorded.upsets, proposed=recorded.proposed)
        return judged == recorded


def titles_in(workflow: Workflow, names: Iterable[str]) -> str:
    """Name facts and materials; what there is not, as it was written."""
    wanted = list(names)
    facts = titles_of(workflow, wanted)
    others = [name for name in wanted if name not in workflow.facts]
    known = [title_of(workflow, name) if name in workflow.materials else name for name in others]
    return "、".join([facts, *known] if facts else known)


def _judge_item(docket: Docket, item: Fact | Material, *, same: bool, drops: bool = False) -> str:
    """Judge one fact or material: that it is there, that it cannot simply be entered anew, who may
    correct it, and that it is another value. What `drops` a seat that was asked cannot.
    """
    workflow, case = docket.workflow, docket.case
    gate, role = judge_role(
        workflow, case, docket.officer, docket.moment, correctors(workflow, case, item)
    )
    if gate not in docket.gates:
        docket.add(gate)
    judge_lock(docket, item.name, item.title)
    if not edition_of(case, item.name).number:
        docket.add(Gate("edition", False, {"name": item.name}, f"{item.title} 尚无，无从更正"))
    elif same:
        text = f"{item.title} 与现在的相同，没有可更正的"
        docket.add(Gate("edition", False, {"name": item.name}, text))
    elif item.name not in workflow.computed and not drops and _is_open(workflow, case, item):
        text = f"还没有流转采用 {item.title}，不必更正"
        command = "attach" if isinstance(item, Material) else "set"
        rest = f"{item.name} 文件" if isinstance(item, Material) else f"{item.name}=…"
        mend = f"直接改：lifecycle {command} {case.number} {rest}"
        docket.add(Gate("edition", False, {"name": item.name}, text, mend))
    return role


def _is_open(workflow: Workflow, case: Case, item: Fact | Material) -> bool:
    """Tell whether something can be entered anew by itself, so that nothing needs correcting."""
    if workflow.states[case.state].final or doors_of(workflow, item.name).asking:
        return False
    if isinstance(item, Fact) and item.is_link:
        return False
    return not edition_of(case, item.name).last_reader


def correctors(workflow: Workflow, case: Case, item: Fact | Material) -> tuple[str, ...]:
    """Name the roles that own a fact or material: its own, else those of the transitions that enter
    it, else the lead; of a material without an owner any.
    """
    if item.by:
        return item.by
    if isinstance(item, Material):
        return tuple(workflow.roles)
    doors = doors_of(workflow, item.name)
    by = tuple(dict.fromkeys(role for way in (*doors.asking, *doors.maybe) for role in way.by))
    return by or leads_of(workflow, case)


def _held(case: Case, name: str) -> Any:
    if name in case.materials:
        return case.materials[name].to_dict()
    return case.facts[name]
