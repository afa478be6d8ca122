"""A small workflow with one of everything, and a case moved through it by the pure kernel alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lifecycle.engine.acts import (
    Act,
    Advance,
    Attach,
    ConfirmCorrection,
    Correct,
    Open,
    ResolveObjection,
    SetFacts,
    Sign,
    WithdrawOpinion,
)
from lifecycle.engine.case import Case, File
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Accepted, Refused
from lifecycle.engine.evolve import evolve
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.engine.world.workdays import Calendar
from lifecycle.workflow.reader import read_workflow

TEXT = """
workflow: small
title: 小流程
version: 1
basis: 测试
number: XS-{year}-{serial:03}
subject: name
roles:
  bureau: 招商局
  land: 国土
  finance: 财政
  owner: {title: 业主, unit: owner_unit}
  x: {title: x 部门, units: x_units}
panel: {lead: bureau, core: [land, finance], extra: x}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 金额, type: money, unit: 万元, min: 0}
  owner_unit: {title: 业主单位, type: unit}
  x_units: {title: x 部门, type: list, of: unit}
  since_on: {title: 公告日, type: date}
materials:
  report: {title: 报告, keep: 10y, max_mb: 1}
  clauses: {title: 条款, keep: permanent}
states:
  first: {title: 甲环节, phase: 前期, lead: bureau, due: {in: 10, unit: workday, inner: true, basis: 内部承诺}}
  second: {title: 乙环节, phase: 前期, lead: land, due: {in: 5, unit: day, inner: true, basis: 内部承诺}}
  paused: {title: 中止}
  done: {title: 办结, final: true}
transitions:
  - name: go
    title: 前往乙
    from: first
    to: second
    by: bureau
    not_by: [tick]
    needs:
      facts: [amount]
      materials: [report]
      cosign: {roles: [land, finance, x], quorum: QUORUM, asked: entering, within: {in: 3, unit: workday, inner: true, basis: 内部承诺}}
      guards:
        - {when: amount >= 3000, else: 金额不足3000万元}
  - name: tick
    title: 记一次
    kind: record
    from: first
    by: [bureau, owner]
    needs: {counter: {of: tick, at_most: 2, basis: 测试}}
  - {name: back, title: 退回甲, kind: return, from: second, to: first, by: land, reason: required, unlocks: [clauses]}
  - {name: lock, title: 锁定, kind: record, from: second, by: bureau, needs: {materials: [clauses]}, locks: [clauses]}
  - name: finish
    title: 办结
    from: second
    to: done
    by: land
    asks: [since_on]
    needs:
      dwell: {at_least: 20, unit: day, since: since_on, clear_days: true, basis: 39号令第8条}
  - {name: pause, title: 中止, kind: suspend, from: [first, second], to: paused, by: bureau, reason: required}
  - {name: resume, title: 恢复, kind: resume, from: paused, to: previous, by: bureau}
"""  # noqa: E501
CALENDAR = Calendar("c" * 64, {})
START = date(2026, 3, 2)


def officer(code: str, role: str, unit: str = "", principal: str | None = None) -> Officer:
    """Make an officer who holds one role; of the unit that does, where none is named."""
    held = {role: (f"grant-{code}",)}
    delegation = ("d1",) if principal else ()
    return Officer(code, code, unit or f"u-{role}", held, principal, delegation)


BUREAU, LAND, FINANCE = officer("b1", "bureau"), officer("l1", "land"), officer("f1", "finance")


@dataclass
class Desk:
    """One case of the small workflow, moved by commands; `on` is the day, `recorded` that of
    recording where it is a later one. `staff` says who is in office.
    """

    quorum: str = "all"
    text: str = TEXT
    first: dict[str, Value] = field(default_factory=lambda: {"name": "某项目", "amount": "5000"})
    on: date = START
    recorded: date | None = None
    staff: dict[str, frozenset[str]] | None = None
    case: Case | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workflow = read_workflow(self.text.replace("QUORUM", self.quorum), "small.yaml")
        self.do(BUREAU, Open(self.first))

    def ask(self, who: Officer, command: Act) -> Accepted | Refused:
        """Judge a command without any effect."""
        moment = Moment(self.on, CALENDAR, staff=self.staff, recorded=self.recorded)
        return decide(self.workflow, self.case, command, who, moment)

    def do(self, who: Officer, command: Act) -> Case:
        """Judge a command that must be accepted, and let the case evolve."""
        decision = self.ask(who, command)
        assert isinstance(decision, Accepted), decision
        seq = len(self.entries) + 1
        request = decision.act
        intent: dict[str, Any] = {
            "type": request.entry_type,
            "case": "c1",
            "seq": seq,
            "workflow": self.workflow.digest,
        }
        intent |= request.to_dict()
        intent |= {
            "from": decision.source,
            "to": decision.target,
            "occurred_on": self.on.isoformat(),
        }
        intent["actor"] = {"id": who.id, "unit": who.unit} | (
            {"for": who.principal} if who.principal else {}
        )
        at = f"{self.recorded or self.on}T04:00:00.{seq:06}Z"
        body = {"intent": intent, "numbers": {"case": "XS-2026-001"}, "recorded_at": at}
        self.entries.append(body)
        self.case = evolve(self.workflow, self.case, body, f"h{seq}")
        return self.case

    def correct(self, facts: dict[str, Value], *, slip: bool = False) -> Case:
        """Have facts corrected by one officer of the lead and confirmed by another."""
        case = self.do(BUREAU, Correct(facts, "填错", slip=slip))
        return self.do(officer("b2", "bureau"), ConfirmCorrection(case.seq))

    def unmet(self, who: Officer, command: Act) -> list[str]:
        """Give the kinds of the gates that refuse a command; none when it would be accepted."""
        decision = self.ask(who, command)
        return (
            [g.kind for g in decision.gates if not g.met] if isinstance(decision, Refused) else []
        )

    def pass_days(self, days: int) -> None:
        """Let days go by."""
        self.on += timedelta(days=days)

    def ready(self) -> None:
        """Attach the report and have everybody agree, so that `go` is open."""
        self.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
        self.do(LAND, Sign("go", "agree"))
        self.do(FINANCE, Sign("go", "agree"))


__all__ = [
    "BUREAU",
    "CALENDAR",
    "FINANCE",
    "LAND",
    "START",
    "Advance",
    "Attach",
    "Desk",
    "File",
    "Open",
    "ResolveObjection",
    "SetFacts",
    "Sign",
    "WithdrawOpinion",
    "officer",
]
