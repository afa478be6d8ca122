"""Attaching a file as a material (上传)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, title_in
from lifecycle.engine.case import Case, File
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.editions import changes_file, with_file
from lifecycle.engine.entry import Entry
from lifecycle.engine.fact_gates import judge_lock, judge_present, judge_relied_on
from lifecycle.engine.gates.gates import Gate, judge_role, unknown
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import Material, Workflow


@dataclass(frozen=True, slots=True)
class Attach(Act):
    """Attach a file as a material.

    A later file of the same material takes the earlier one's place.
    """

    material: str
    file: File

    entry_type = "material_attached"
    verb = "上传"

    def judge(self, docket: Docket) -> Decision:
        """Judge who may attach it, whether it is locked, and how large the file is."""
        workflow = docket.workflow
        material = workflow.materials.get(self.material)
        if material is None:
            docket.add(unknown("materials", "材料", self.material, workflow.materials))
            return docket.refuse()
        roles = material.by or tuple(workflow.roles)
        gate, role = judge_role(workflow, docket.case, docket.officer, docket.moment, roles)
        docket.add(gate)
        judge_present(docket, material)
        judge_lock(docket, material.name, material.title)
        judge_relied_on(docket, material, same=_is_held(docket.case, self))
        _judge_size(docket, material, self.file.size)
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the file attached.

        The same bytes again change nothing that was signed.
        """
        held = File(self.file.name, self.file.size, self.file.sha256, entry.seq, entry.on)
        return with_file(workflow, case, self.material, held).after(entry)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether this very file is there already, under the same name."""
        return not changes_file(docket.workflow, docket.case, self.material, self.file)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {
            "data": {"material": self.material},
            "files": [self.file.to_dict()],
            "transition": None,
        }

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls(intent["data"]["material"], File.from_dict(intent["files"][0]))

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {title_in(workflow.materials, self.material)}（{self.file.name}）"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {title_in(workflow.materials, self.material)}"


def _is_held(case: Case, act: Attach) -> bool:
    held = case.materials.get(act.material)
    return held is not None and held.sha256 == act.file.sha256


def _judge_size(docket: Docket, material: Material, size: int) -> None:
    if 0 < size <= material.max_mb * 2**20:
        return
    wrong = f"超过 {material.max_mb} MB" if size else "是空的"
    text = f"{material.title} 的文件 {size} 字节，{wrong}"
    docket.add(Gate("materials", False, {"size": size}, text, "请换一个文件"))
