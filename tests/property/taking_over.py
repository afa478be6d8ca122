"""Random commands on the shipped workflow while new versions of it come into force, in which some
states and transitions are called otherwise, and the open cases are taken over into them.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from chance import Chance
from world import ROOT, BrokenRuleError, World, world

from lifecycle.engine.case import Case
from lifecycle.ledger.register import Request
from lifecycle.office.administration.migration import confirm_migration, propose_migration
from lifecycle.office.administration.workflow_publication import publish_workflows
from lifecycle.people.changes import AddOfficer

SHIPPED = (ROOT / "workflows" / "project.yaml").read_text("utf-8")
STATES = {"siting": "placing", "listing": "auction", "design": "drawing"}
TRANSITIONS = {
    "sign_loi": "sign_letter",
    "back_to_policy": "once_more",
    "lock_clauses": "close_clauses",
    "send_back": "give_back",
    "call_meeting": "convene",
    "pass_design": "accept_design",
}
"""What versions of even numbers call otherwise: none that a letter's template names."""
ADMIN, CONFIRMER = Request("admin"), Request("watch01")


def version(number: int) -> str:
    """Give the text of a version."""
    text = SHIPPED.replace("version: 1\n", f"version: {number}\n", 1)
    if number % 2:
        return text
    for old, new in {**STATES, **TRANSITIONS}.items():
        text = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text)
    return text


def map_into(number: int) -> str:
    """Give the map from the version before."""
    lines = ["map: project"]
    for kind, named in (("states", STATES), ("transitions", TRANSITIONS)):
        pairs = named.items() if number % 2 == 0 else [(new, old) for old, new in named.items()]
        lines += [f"{kind}:", *(f"  {old}: {new}" for old, new in pairs)]
    return "\n".join(lines) + "\n"


class MovingWorld(World):
    """A world whose cases are under several versions: the one meant is that of the case read last
    or, where none is, that in force.
    """

    def case(self, case_id: str) -> Case:
        """Read a case, and mean its rules."""
        found = super().case(case_id)
        self._workflow = self.office.library.workflow(found.workflow)
        return found


class MovingChance(Chance):
    """Draws as ever; a case is opened under the version in force."""

    def open(self) -> None:
        """Open a case."""
        self.world._workflow = None
        super().open()


def walk(database: Path, seed: int, commands: int, every: int) -> int:
    """Give so many commands, and after each so many turns take the open cases over: proposed, and a
    few turns later confirmed. Give how many were; raises BrokenRuleError.
    """
    folder = database.parent.parent / f"taking-over-{seed}"
    moved = 0
    try:
        with world(database, folder) as first:
            there = MovingWorld(first.office, first.turn)
            since = there.today.isoformat()
            there.change(ADMIN, AddOfficer("watch01", "审计员", "bureau", ("auditor",), since))
            chance, turns, number = MovingChance(there, seed), 0, 1
            while there.given < commands:
                chance.draw()
                turns += 1
                if turns % every == 0:
                    number += 1
                    _propose(there, folder, number)
                elif turns % every == 4 and number > 1:
                    moved += len(_done(there, confirm_migration, CONFIRMER, "project").cases)
                    _audited(there)
            _audited(there)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return moved


def _propose(there: World, folder: Path, number: int) -> None:
    text, pairs = folder / "project.yaml", folder / "map.yaml"
    text.write_text(version(number), "utf-8")
    pairs.write_text(map_into(number), "utf-8")
    _done(there, publish_workflows, ADMIN, [str(text)])
    _done(there, propose_migration, ADMIN, "project", str(number - 1), str(pairs))


def _done(there: World, work: Any, *given: Any) -> Any:
    """Do what must not be refused."""
    came = there.give(lambda: work(there.office, *given))
    if isinstance(came, Exception):
        raise BrokenRuleError("taken over", str(came)) from came
    return came


def _audited(there: World) -> None:
    findings = there.findings()
    there.see("a", not findings, "；".join(findings[:3]))
