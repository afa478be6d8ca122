"""An office that works by one workflow, which a test writes as the administrator of another engine
would; commands are typed as `officer verb words…` for the case in hand.
"""

from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from tiny_office import Tiny

from lifecycle import places
from lifecycle.engine.entry import BEIJING


def directory(people: str, roles: set[str]) -> str:
    """Write the directory of an office from lines `unit title role…: officer…`, the first of which
    is the office's own unit. Units of which the workflow knows none of the roles are left out.
    """
    units, officers = [], []
    for line in people.strip().splitlines():
        unit, title, *functions = line.partition(":")[0].split()
        held = [role for role in functions if role in roles]
        if functions and not held:
            continue
        units.append({"code": unit, "title": title, "functions": held})
        officers += [
            {"code": code, "title": "经办人", "unit": unit, "roles": held}
            for code in line.partition(":")[2].split()
        ]
    first, *others = units
    own = {"unit": first["code"], "title": first["title"], "functions": first["functions"]}
    admin = {"code": "admin", "title": "系统管理员"}
    office = {**own, "admin": admin}
    listed = {"since": "2026-01-01", "office": office, "units": others, "officers": officers}
    return json.dumps(listed, ensure_ascii=False, indent=1)


class ForeignOffice(Tiny):
    """An office with a workflow and people of its own, on Monday 7 September 2026."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, workflow: str, people: str
    ) -> None:
        super().__init__(folder, monkeypatch)
        rules = folder / "rules"
        (rules / "notices").mkdir(parents=True)
        (rules / "workflow.yaml").write_text(workflow, encoding="utf-8")
        monkeypatch.setattr(places, "workflows", lambda: rules)
        monkeypatch.setattr(places, "notices", lambda: rules / "notices")
        self.case = ""
        listed = directory(people, set(yaml.safe_load(workflow)["roles"]))
        self.at("2026-09-07")
        self.do("init", "--from", self.write("directory.yaml", listed))

    def at(self, day: str, time: str = "10:00") -> None:
        """Let it be a time of a day in Beijing."""
        self.now = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BEIJING)

    def opens(self, line: str) -> str:
        """Open a case as `officer workflow fact=value…`, take it in hand and give its number."""
        who, workflow, *facts = shlex.split(line)
        sets = [word for fact in facts for word in ("--set", fact)]
        self.case = self.do("open", workflow, *sets, by=who).strip()
        return self.case

    def does(self, *lines: str) -> str:
        """Type commands that must succeed, and give what the last one prints."""
        printed = ""
        for line in lines:
            who, verb, *words = shlex.split(line)
            printed = self.do(verb, self.case, *words, by=who)
        return printed

    def hands_in(self, who: str, *materials: str) -> None:
        """Attach a file of its own to each of some materials."""
        for material in materials:
            self.do("attach", self.case, material, self.write(f"{material}.txt", material), by=who)

    def refused(self, line: str) -> str:
        """Type a command that must be refused and change nothing; give the whole refusal."""
        before = self.shown()
        who, verb, *words = shlex.split(line)
        code, told = self.fails(verb, self.case, *words, by=who)
        assert code == 1, told
        assert self.shown() == before
        return told

    def unmet(self, line: str) -> list[str]:
        """Type a command that must be refused; give what it says of each gate that is not met."""
        gates = [g for g in self.refused(line).splitlines() if g.startswith("  ✗ ")]
        return [gate.removeprefix("  ✗ ") for gate in gates]

    def shown(self) -> object:
        """Give all that is kept of the case in hand."""
        return self.asks("show", self.case)["case"]

    @property
    def state(self) -> str:
        """Give the state of the case in hand."""
        return str(self.asks("show", self.case)["state"])

    def opinions(self) -> dict[str, str]:
        """Give how each seat at the co-signs of the case in hand stands, by its unit or role."""
        told = self.asks("show", self.case)["opinions"]
        return {one["unit"] or one["role"]: one["status"] for one in told}

    def tasks(self, who: str) -> list[str]:
        """Give the commands that an officer's to-do list offers, in order."""
        return [task["command"] for task in self.asks("todo", by=who)["tasks"]]

    def findings(self) -> list[object]:
        """Give what the audit finds."""
        found: list[object] = self.asks("audit")["findings"]
        return found
