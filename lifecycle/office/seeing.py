"""What of the office whoever looks may see: cases, the facts that a workflow keeps from some, and
what is said of them in passing.

While `--as` is a declaration this is advice; it is real where only a service has the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import Gate, title_of
from lifecycle.engine.visibility import seen_by, sees, sees_all, unseen_items, with_their_unit
from lifecycle.engine.world.others import CaseRecord
from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.ledger.queries import is_limited, unseen_in
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.rows.link_rows import cases_linking, workflows_linking
from lifecycle.ledger.store import END_OF_LOG, LostDefinitionError
from lifecycle.workflow.model import LINKED

if TYPE_CHECKING:
    from datetime import date

    from lifecycle.engine.case import Case
    from lifecycle.engine.world.moment import Officer
    from lifecycle.expression.expression import Expression
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
        self._parts: tuple[str, tuple[str, ...]] = ("", ())
        self._secrets = ("", False)

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
        return (with_their_unit(one, staff) for one in directory.acting(person.code, day))

    @property
    def is_named(self) -> bool:
        """Tell whether it is an officer who looks."""
        return self._code is not None

    @property
    def _store(self) -> Store:
        return self._library.store

    @property
    def parts(self) -> tuple[str, ...] | None:
        """Give by what cases are seen, as `role/unit`; None where all are."""
        if not is_limited(self._store) or sees_all(self.officers):
            return None
        head = self._library.directory().head
        if self._parts[0] != head:
            roles = (role for one in self._published() for role in one.roles.values())
            found = seen_by(self.officers, roles)
            self._parts = head, tuple(sorted(f"{role}/{unit}" for role, unit in found))
        return self._parts[1]

    def _published(self) -> Iterator[Workflow]:
        """Give every version of every workflow: cases keep theirs. One whose file is damaged, which
        the audit tells of, nobody knows.
        """
        for document in self._library.directory().documents:
            if document.kind == "workflow":
                with suppress(LostDefinitionError):
                    yield self._library.workflow(document.digest)

    @property
    def sees_everything(self) -> bool:
        """Tell whether there is nothing that may not be seen, neither a case nor a fact."""
        if sees_all(self.officers):
            return True
        return self.parts is None and not self._keeps_secrets()

    def _keeps_secrets(self) -> bool:
        """Tell whether some workflow keeps a fact or material from somebody."""
        head = self._library.directory().head
        if self._secrets[0] != head:
            self._secrets = head, any(one.secret for one in self._published())
        return self._secrets[1]

    def check_sees_all(self) -> None:
        """Refuse a look at everything to an officer who may not see all of it: an audit of a part
        is none. Who names nobody has the file itself.

        Raises InvalidError.
        """
        if not self.is_named or self.sees_everything:
            return
        if any("admin" in one.held and not one.away for one in self.officers):
            return
        raise InvalidError("台账里有不对您公开的事项，不能全部查看", "请审计员或管理员办理")

    def sees(self, workflow: Workflow, case: Case) -> bool:
        """Tell whether a case may be seen."""
        return not workflow.visible or sees(workflow, case, self.officers)

    def sees_number(self, number: str) -> bool:
        """Tell whether the case of a number may be seen."""
        return not unseen_in(self._store, number, self.parts)

    def may_read(self, expression: Expression, scope: Mapping[str, object]) -> bool:
        """Tell whether all may be seen that an expression reads of other cases, along links."""
        for name, *rest in expression.parts:
            value = scope.get(name)
            number = value.case.number if isinstance(value, CaseRecord) else str(value)
            if not self._may_read_along(number, rest):
                return False
        return True

    def may_rest_on(self, inputs: Mapping[str, Any]) -> bool:
        """Tell whether all may be seen that a condition was worked out with, of other cases, along
        links; `inputs` as the gate has them, and the entry.
        """
        read = inputs.get("with")
        if not isinstance(read, Mapping):
            return True
        paths = (name.split(".") for name in read if "." in name)
        return all(self._may_read_along(str(read.get(link)), names) for link, *names in paths)

    def _may_read_along(self, number: str, names: list[str]) -> bool:
        """Tell whether all may be seen that is read along names from the case of a number on."""
        found = self._store.numbered(number)
        if found is None:
            return True
        workflow, case = self._library.workflow(found[0]), read_case(self._store, found[1])
        if not self.sees(workflow, case):
            return False
        if not names:
            return True
        name, *rest = names
        fact = workflow.facts.get(name)
        if name in self.unseen(workflow, case).names:
            return False
        is_link = fact is not None and fact.is_link
        return not is_link or self._may_read_along(str(case.facts.get(name)), rest)

    def may_print(self, case: Case, words: Container[str]) -> bool:
        """Tell whether all may be seen that a letter of a case can print of other cases: those to
        which links lead that are among its words, and those that link to the case where it names
        their workflow.
        """
        return all(self._may_print(other, words, deep=3) for other in self._reached(case, words))

    def _may_print(self, number: str, words: Container[str], *, deep: int) -> bool:
        found = self._store.numbered(number)
        if found is None:
            return True
        workflow, case = self._library.workflow(found[0]), read_case(self._store, found[1])
        if not self.sees(workflow, case):
            return False
        if any(name in words for name in self.unseen(workflow, case).names):
            return False
        links = (case.facts.get(one.name) for one in workflow.links if one.name in words)
        return not deep or all(
            self._may_print(str(link), words, deep=deep - 1) for link in links if link
        )

    def _reached(self, case: Case, words: Container[str]) -> Iterator[str]:
        """Give the numbers of the cases of which a letter of a case can print something."""
        workflow = self._library.workflow(case.workflow)
        yield from (
            str(case.facts[one.name])
            for one in workflow.links
            if one.name in words and one.name in case.facts
        )
        for name in workflows_linking(self._store, case.number) if LINKED in words else ():
            called = self._library.directory().origins(name)
            if not any(one in words for one in called):
                continue
            ids = cases_linking(self._store, case.number, [name], END_OF_LOG)
            for case_id in ids:
                found = self._store.case(case_id)
                if found is not None:
                    yield read_case(self._store, found[1]).number

    def check_enters(self, case: Case, names: Iterable[str]) -> None:
        """Refuse an officer what they may not see of a case before it is judged: the gates would
        tell whether it is there, from whom, and whether a guess at it is right.

        Raises InvalidError.
        """
        if not self.is_named:
            return
        workflow = self._library.workflow(case.workflow)
        hidden = self.unseen(workflow, case).names & frozenset(names)
        titles = "、".join(title_of(workflow, name) for name in sorted(hidden))
        if hidden:
            raise InvalidError(f"{titles} 不对您公开，您不能填、不能改", "请看得到它的人办理")

    def unseen(self, workflow: Workflow, case: Case) -> Unseen:
        """Give what of a case that is seen may not be: by whom it names now, also where it is
        looked at as it was, for what was corrected since is told with that.
        """
        if not workflow.secret:
            return Unseen(workflow, frozenset())
        found = self._store.numbered(case.number)
        now = read_case(self._store, found[1]) if found else case
        return Unseen(workflow, unseen_items(workflow, now, self.officers))

    def _hidden_in(self, text: str) -> _Hidden:
        """Find the cases that a text names and that may not be seen."""
        numbers = sorted(unseen_in(self._store, text, self.parts), key=len, reverse=True)
        return _Hidden(tuple((number, self._title_of(number)) for number in numbers))

    def _title_of(self, number: str) -> str:
        found = self._store.numbered(number)
        return read_case(self._store, found[1]).title if found else ""

    def tell(self, text: str) -> str:
        """Give a text without the numbers, and the titles beside these, of cases that may not be
        seen.
        """
        return self._hidden_in(text).tell(text)

    def tell_document(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a document of JSON values without the numbers of cases that may not be seen, and
        without what conditions read of other cases that may not be.
        """
        if self.sees_everything:
            return document
        hidden = self._hidden_in(json.dumps(document, ensure_ascii=False))
        told: Mapping[str, Any] = _told_value(document, hidden, self.may_rest_on)
        return told

    def tell_gate(self, gate: Gate) -> Gate:
        """Give a gate without the numbers of cases that may not be seen; one that rests on what may
        not be seen of other cases, or that such a case's own gates make, says only that it does.
        """
        hidden = _Hidden(())
        if self.parts is not None:
            words = (gate.text, gate.mend, gate.given, json.dumps(gate.inputs, default=str))
            hidden = self._hidden_in("\n".join(words))
        if (hidden and gate.kind == "does") or not self.may_rest_on(gate.inputs):
            return Gate(gate.kind, gate.met, {}, _OF_THE_UNSEEN, basis=gate.basis)
        if not hidden:
            return gate
        mend = gate.mend if hidden.tell(gate.mend) == gate.mend else ""
        return replace(gate, text=hidden.tell(gate.text), mend=mend, given=hidden.tell(gate.given))

    def tell_of(self, case: Case, text: str) -> str:
        """Give a text about a case as it may be told."""
        unseen = self.unseen(self._library.workflow(case.workflow), case)
        return unseen.tell_text(self.tell(text))

    def tell_gates(self, case: Case | None, gates: Iterable[Gate]) -> tuple[Gate, ...]:
        """Give the gates of an act on a case, None for an opening, as they may be told."""
        if case is None:
            return tuple(map(self.tell_gate, gates))
        unseen = self.unseen(self._library.workflow(case.workflow), case)
        return tuple(unseen.tell_gate(self.tell_gate(gate)) for gate in gates)

    def tell_refusal(self, refused: RefusedError) -> RefusedError:
        """Give a refusal as it may be told: neither what of its case may not be seen nor other
        cases that may not be.
        """
        gates = self.tell_gates(refused.case, refused.gates)
        if gates == refused.gates:
            return refused
        return RefusedError(refused.case, refused.asked_for, gates, refused.basis)


def workflows_in_force(library: Library) -> list[Workflow]:
    """List the workflows in force."""
    directory = library.directory()
    names = dict.fromkeys(d.name for d in directory.documents if d.kind == "workflow")
    return [library.workflow(str(directory.document("workflow", name))) for name in names]


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Cases that may not be seen, each with its number and title."""

    cases: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.cases)

    def tell(self, text: str) -> str:
        """Give a text without them."""
        for number, title in self.cases:
            text = text.replace(f"{number} {title}", UNSEEN).replace(number, UNSEEN)
        return text


def _told_value(
    value: Any, hidden: _Hidden, may_rest_on: Callable[[Mapping[str, Any]], bool]
) -> Any:
    """Give a JSON value without hidden cases: of a pin, which is number, entry and hash, and of
    what a condition rests on that may not be seen, nothing is left.
    """
    if isinstance(value, str):
        return hidden.tell(value)
    if isinstance(value, Mapping):
        if not may_rest_on(value):
            value = {**value, "with": UNSEEN}
        return {
            hidden.tell(key): _told_value(item, hidden, may_rest_on) for key, item in value.items()
        }
    if not isinstance(value, list | tuple):
        return value
    if value and any(value[0] == number for number, _title in hidden.cases):
        return [UNSEEN]
    return [_told_value(item, hidden, may_rest_on) for item in value]


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
        """Give how an entry is told: by what it records, and by what is told of another one that
        it settles.
        """
        if not self.names:
            return sentence
        return _OF_THE_UNSEEN if self.is_in(body) or self._is_named_in(sentence) else sentence

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
