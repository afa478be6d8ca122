"""A case that was running before there was this ledger, as two persons declare it (存量接管): what
came before is on record as they say it is, and was never judged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Self

from lifecycle.engine.case import Case, Edition, File, Fired
from lifecycle.engine.docket import Docket
from lifecycle.engine.entry import is_day
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import OPENING, Workflow

UNJUDGED = "接管前未经本系统审查"
"""What every later letter and list says of such a case."""
_PAPER = "接管时声明，原件在纸质档案"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a running case beside its facts: the state it is in, the day on which it
    was opened, the transitions that were made with their days, in their order, and the materials
    that are there on paper.

    `by` is the eid of the entry that proposed it, `row` its place among what that proposed.
    """

    state: str
    opened_on: str
    steps: tuple[tuple[str, str], ...] = ()
    materials: tuple[str, ...] = ()
    by: str = ""
    row: int = 0

    @property
    def entered_on(self) -> str:
        """Give the day on which it came to its state: that of the last transition."""
        return self.steps[-1][1] if self.steps else self.opened_on

    def to_dict(self) -> dict[str, Any]:
        """Give it as an entry names it."""
        return {
            "state": self.state,
            "opened_on": self.opened_on,
            "steps": [list(step) for step in self.steps],
            "materials": list(self.materials),
            "by": self.by,
            "row": self.row,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it as an entry names it."""
        return cls(
            data["state"],
            data["opened_on"],
            tuple((name, day) for name, day in data["steps"]),
            tuple(data["materials"]),
            data["by"],
            data["row"],
        )


def digest_of(workflow: str, facts: Mapping[str, Value], declared: Declared) -> str:
    """Give the SHA-256 of what is declared of one case under a workflow (its SHA-256): by this two
    persons have decided on the same.
    """
    told = replace(declared, by="", row=0).to_dict()
    text = json.dumps([workflow, facts, told], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def judge_declared(docket: Docket, facts: Mapping[str, Value], declared: Declared) -> None:
    """Judge that two persons have declared just this, in the time for it, and that it can be so: no
    gate of what came before is asked.
    """
    workflow, moment = docket.workflow, docket.moment
    rows = moment.declared.get(declared.by, ())
    there = 0 < declared.row <= len(rows)
    if not there or rows[declared.row - 1] != digest_of(workflow.digest, facts, declared):
        mend = "先提出、再由另一人确认：lifecycle takeover propose 流程 文件"
        docket.add(Gate("declared", False, {}, "两人没有这样声明过", mend))
    for text, mend in misfits_of(workflow, declared, moment.on.isoformat()):
        docket.add(Gate("declared", False, {}, text, mend))
    if all(gate.met for gate in docket.gates):
        inputs = {"by": declared.by, "row": declared.row}
        docket.add(Gate("declared", True, inputs, f"两人声明的存量，{UNJUDGED}"))


def misfits_of(workflow: Workflow, declared: Declared, on: str) -> Iterator[tuple[str, str]]:
    """Say what of a declaration cannot be, and how it is mended."""
    state = workflow.states.get(declared.state)
    if state is None:
        yield f"没有环节 “{declared.state}”", f"可写：{'、'.join(workflow.states)}"
    elif state.final:
        yield f"“{state.title}”是终结环节，只接管在办的", "已经办结的不接管"
    for name in (name for name, _day in declared.steps if name not in workflow.titles):
        yield f"没有流转 “{name}”", f"可写：{'、'.join(workflow.titles)}"
    for name in (name for name in declared.materials if name not in workflow.materials):
        yield f"没有材料 “{name}”", f"可写：{'、'.join(workflow.materials)}"
    days = [("立项日", declared.opened_on)]
    days += [(workflow.titles.get(name, name), day) for name, day in declared.steps]
    wrong = [(title, day) for title, day in days if not is_day(day)]
    for title, day in wrong:
        yield f"{title} “{day}” 不是日期", "写作 2026-08-01 的样子"
    if wrong:
        return
    for (before, first), (title, day) in pairwise(days):
        if day < first:
            yield f"{title} {day} 早于{before} {first}", "按先后改正日期"
    for title, day in days:
        if day > on:
            yield f"{title} {day} 在接管的那天（{on}）以后", "还没有办的，不写"


def with_declared(workflow: Workflow, case: Case, declared: Declared) -> Case:
    """Give a case that was just opened as it is declared to stand. Whatever was declared counts as
    read: it changes only by a correction.
    """
    seq = case.seq
    fired: dict[str, Fired] = {OPENING: replace(case.fired[OPENING], on=declared.opened_on)}
    for name, day in declared.steps:
        count = fired[name].count + 1 if name in fired else 1
        fired[name] = Fired(count, day, seq, ())
    names = (*case.facts, *declared.materials)
    papers = {name: File(_PAPER, 0, "", seq, case.last_on) for name in declared.materials}
    read = Edition(1, 1, seq, used=True, first_reader=seq, last_reader=seq)
    return replace(
        case,
        state=declared.state,
        opened_on=declared.opened_on,
        entered_on=declared.entered_on,
        entered={declared.state: seq},
        materials=papers,
        changed={**case.changed, **dict.fromkeys(papers, seq)},
        editions=dict.fromkeys(names, read),
        fired=fired,
        made={name: made.count for name, made in fired.items() if name != OPENING},
        declared_on=case.last_on,
    )
