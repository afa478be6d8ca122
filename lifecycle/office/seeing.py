"""What of the office whoever looks may see: cases, the facts that a workflow keeps from some, and
what is said of them in passing.

While `--as` is a declaration this is advice; it is real where only a service has the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.letters.letter_gates import DUTIES
from lifecycle.engine.visibility import sees, sees_all, unseen_items
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.queries import is_limited, unseen_in

if TYPE_CHECKING:
    from datetime import date

    from lifecycle.engine.case import Case
    from lifecycle.engine.world.moment import Officer
    from lifecycle.ledger.library import Library
    from lifecycle.ledger.store import Store
    from lifecycle.people.directory import Directory
    from lifecycle.workflow.model import Workflow

UNSEEN = "（不对您公开）"
"""What stands in place of what somebody may not see."""
_OF_THE_UNSEEN = "涉及不对您公开的内容"


class Viewer:
    """Whoever looks at an office: an officer with those for whom they act, or nobody in particular,
    who sees what everybody may.
    """

    def __init__(self, library: Library, today: Callable[[], date], code: str | None) -> None:
        self._library = library
        self._today = today
        self._code = code
        self._known: tuple[str, tuple[Officer, ...]] = ("", ())

    @property
    def officers(self) -> tuple[Officer, ...]:
        """Give who looks, and for whom they act, today; nobody where they are not in office."""
        directory = self._library.directory()
        if self._known[0] != directory.head:
            self._known = (directory.head, tuple(self._acting(directory)))
        return self._known[1]

    def _acting(self, directory: Directory) -> Iterable[Officer]:
        day = self._today()
        on = day.isoformat()
        person = directory.people.get(self._code or "")
        if person is None or not person.serves(on, directory.seq):
            return ()
        staff = directory.staff(on) or {}
        return (_with_their_unit(one, staff) for one in directory.acting(person.code, day))

    @property
    def _store(self) -> Store:
        return self._library.store

    @property
    def parts(self) -> tuple[str, ...] | None:
        """Give by what cases are seen, as `role/unit`; None where all are."""
        if not is_limited(self._store) or sees_all(self.officers):
            return None
        from lifecycle.insight.waiting import parts_of

        roles = [role for one in workflows_in_force(self._library) for role in one.roles.values()]
        common = [role.name for role in roles if role.held_by == "any"]
        found = parts_of(self.officers, common, (role.name for role in roles if role.named))
        return tuple(sorted(f"{role}/{unit}" for role, unit in found))

    def check_sees_all(self) -> None:
        """Refuse a look at everything to an officer who may not see all of it: an audit of a part
        is none. Who names nobody has the file itself.

        Raises InvalidError.
        """
        if self._code is None or self.parts is None:
            return
        if any("admin" in officer.held for officer in self.officers):
            return
        raise InvalidError("台账里有不对您公开的事项，不能全部查看", "请审计员或管理员办理")

    def sees(self, workflow: Workflow, case: Case) -> bool:
        """Tell whether a case may be seen."""
        return not workflow.visible or sees(workflow, case, self.officers)

    def sees_number(self, number: str) -> bool:
        """Tell whether the case of a number may be seen."""
        return not unseen_in(self._store, number, self.parts)

    def unseen(self, workflow: Workflow, case: Case) -> Unseen:
        """Give what of a case that is seen may not be."""
        officers = self.officers if workflow.secret else ()
        return Unseen(workflow, unseen_items(workflow, case, officers))

    def tell(self, text: str) -> str:
        """Give a text without the numbers of cases that may not be seen."""
        parts = self.parts
        if parts is None:
            return text
        for number in sorted(unseen_in(self._store, text, parts), key=len, reverse=True):
            text = text.replace(number, UNSEEN)
        return text

    def tell_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a document of JSON values without the numbers of cases that may not be seen."""
        parts = self.parts
        if parts is None:
            return document
        text = json.dumps(document, ensure_ascii=False)
        told: Mapping[str, Any] = json.loads(self.tell(text))
        return told

    def tell_gate(self, gate: Gate) -> Gate:
        """Give a gate without the numbers of cases that may not be seen."""
        text, mend, given = self.tell(gate.text), self.tell(gate.mend), self.tell(gate.given)
        if (text, mend, given) == (gate.text, gate.mend, gate.given):
            return gate
        return replace(gate, text=text, mend="" if mend != gate.mend else mend, given=given)

    def tell_refusal(self, refused: RefusedError) -> RefusedError:
        """Give a refusal as it may be told."""
        gates = tuple(map(self.tell_gate, refused.gates))
        if gates == refused.gates:
            return refused
        return RefusedError(refused.case, refused.asked_for, gates, refused.basis)


def workflows_in_force(library: Library) -> list[Workflow]:
    """List the workflows in force."""
    directory = library.directory()
    names = dict.fromkeys(d.name for d in directory.documents if d.kind == "workflow")
    return [library.workflow(str(directory.document("workflow", name))) for name in names]


def _with_their_unit(officer: Officer, staff: Mapping[str, frozenset[str]]) -> Officer:
    """Let who checks, signs or sends a unit's letters see what their unit's officers see."""
    if officer.held.keys().isdisjoint(DUTIES):
        return officer
    theirs: dict[str, tuple[str, ...]] = dict.fromkeys(staff.get(officer.unit, ()), ())
    return replace(officer, held={**theirs, **officer.held})


@dataclass(frozen=True, slots=True)
class Unseen:
    """The facts and materials of a case that whoever looks may not see."""

    workflow: Workflow
    names: frozenset[str]

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.names)

    def among(self, items: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out of what stands by name what may not be seen."""
        return {name: item for name, item in items.items() if name not in self.names}

    def is_in(self, value: object) -> bool:
        """Tell whether something of an entry, as stored, is about what may not be seen."""
        if isinstance(value, Mapping):
            return any(key in self.names or self.is_in(item) for key, item in value.items())
        if isinstance(value, list | tuple):
            return any(map(self.is_in, value))
        return isinstance(value, str) and value in self.names

    def tell_body(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give an entry as stored; of one that is about what may not be seen only who, when, and
        what kind of act.
        """
        if not self.names or not self.is_in(body):
            return body
        intent = {**body["intent"], "data": UNSEEN, "files": UNSEEN}
        return {**body, "intent": intent, "gates": UNSEEN}

    def tell_sentence(self, body: Mapping[str, Any], sentence: str) -> str:
        """Give how an entry is told."""
        return _OF_THE_UNSEEN if self.names and self.is_in(body) else sentence

    def tell_gate(self, gate: Gate) -> Gate:
        """Give a gate; one that is about what may not be seen says only that it is."""
        if not self.names or not (self.is_in(gate.inputs) or self._is_named_in(gate.text)):
            return gate
        return Gate(gate.kind, gate.met, {}, _OF_THE_UNSEEN, basis=gate.basis)

    def tell_text(self, text: str) -> str:
        """Give a text; one that names what may not be seen says only that."""
        return _OF_THE_UNSEEN if self._is_named_in(text) else text

    def _is_named_in(self, text: str) -> bool:
        facts, materials = self.workflow.facts, self.workflow.materials
        items = (facts.get(name) or materials[name] for name in self.names)
        return any(item.title in text for item in items)
