"""Detaching a material that was attached by mistake (撤下): while no step has read it, by whoever
attached it. Its bytes stay in the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted, title_in
from lifecycle.engine.case import Case, File
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import without_values
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_lock
from lifecycle.engine.gates.gates import Gate, judge_role, unknown
from lifecycle.engine.taking_back import judge_unread, judge_why
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Detach(Act):
    """Detach a material, with the reason: it is missing again, and no earlier file comes back.

    The judge fills in which file it was.
    """

    material: str
    note: str
    old: File | None = None

    entry_type = "material_detached"
    verb = "撤下"

    def judge(self, docket: Docket) -> Decision:
        """Judge who may attach it, whether it is locked, and whether it can be taken back; and that
        the reason is given.
        """
        workflow, case = docket.workflow, docket.case
        material = workflow.materials.get(self.material)
        if material is None:
            docket.add(unknown("materials", "材料", self.material, workflow.materials))
            return docket.refuse()
        roles = material.by or tuple(workflow.roles)
        gate, role = judge_role(workflow, case, docket.officer, docket.moment, roles)
        docket.add(gate)
        judge_lock(docket, material.name, material.title)
        held = case.materials.get(material.name)
        if held is None:
            inputs = {"name": material.name}
            docket.add(Gate("materials", False, inputs, f"{material.title} 没有传，无从撤下"))
        else:
            judge_unread(docket, material)
        judge_why(docket, self.note, self.verb)
        old = File(held.name, held.size, held.sha256) if held else None
        return docket.close(replace(self, old=old), role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case without the material."""
        return without_values(workflow, case, (self.material,), entry.seq).after(entry)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form; the file was kept with the entry that attached it."""
        old = self.old.to_dict() if self.old else None
        data = {"material": self.material, "note": self.note, "old": old}
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        old = File.from_dict(data["old"]) if data["old"] else None
        return cls(data["material"], data["note"], old)

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        file = f"（{self.old.name}）" if self.old else ""
        title = title_in(workflow.materials, self.material)
        return f"{self.verb} {title}{file}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {title_in(workflow.materials, self.material)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; which file it was is left to the judge."""
        return isinstance(recorded, Detach) and replace(self, old=recorded.old) == recorded
