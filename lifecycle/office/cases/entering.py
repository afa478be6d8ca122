"""Facts as officers enter them: each read, and all that is wrong told at once – values that cannot
be, names that there are not, and every gate of the act that they come with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.engine.acts import Advance
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import Entered, Value, parse_fact
from lifecycle.errors import (
    AmbiguousError,
    EnteredFault,
    InvalidError,
    LifecycleError,
    at_once,
)
from lifecycle.frozen import dataclass
from lifecycle.ledger.rows.search_rows import named
from lifecycle.workflow.naming import find_fact

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle.engine.acts import Act
    from lifecycle.engine.case import Case
    from lifecycle.engine.tables.entering import EnteredTable
    from lifecycle.ledger.register import Outcome, Request
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Fact, Workflow


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what was entered stands, by the names under which it was entered, and what of it could
    not even be read.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[LifecycleError, ...] = ()


TYPED = Origin()
"""Typed on the command line: it stands nowhere."""


@dataclass(frozen=True, slots=True)
class FactEntry:
    """What was entered, as read: the facts that may be, and the faults of the others.

    `unread` are the facts of which the value is faulty, with what was entered.
    """

    facts: Mapping[str, Value]
    faults: tuple[EnteredFault, ...]
    unread: Mapping[str, str]


def read_entry(
    office: Office, workflow: Workflow, texts: Mapping[str, Entered], origin: Origin = TYPED
) -> FactEntry:
    """Read facts as officers enter them: by name or title; units, officers and posts by code or
    name, choices of a shared list by any of their names.
    """
    facts: dict[str, Value] = {}
    unread: dict[str, str] = {}
    faults = [EnteredFault("", error) for error in origin.faults]
    for name, entered in texts.items():
        place = origin.places.get(name, "")
        try:
            fact = find_fact(workflow, name)
        except LifecycleError as error:
            faults.append(EnteredFault(place, error))
            continue
        if fact.name in facts or fact.name in unread:
            message = f"{fact.title}（{fact.name}）写了两次，一次用标识，一次用名称"
            faults.append(EnteredFault(place, InvalidError(message, "只留一处")))
            continue
        try:
            if fact.is_table:
                facts[fact.name] = _table(office, fact, entered)
            else:
                facts[fact.name] = _value(office, fact, entered)
        except _TableError as error:
            unread[fact.name] = "？"
            faults += (EnteredFault(place, one) for one in error.faults)
        except LifecycleError as error:
            written = entered if isinstance(entered, str) else "、".join(entered)
            # What a case may mean that cannot be found, is not looked for by another way.
            unread[fact.name] = "？" if fact.is_link else written
            faults.append(EnteredFault(place, error))
    return FactEntry(facts, tuple(faults), unread)


FILE_SIGN = "@"
"""How a table begins that stands in a file: `agenda=@rows.xlsx`."""


class _TableError(Exception):
    """All that is wrong with one table."""

    def __init__(self, faults: Sequence[LifecycleError]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def _table(office: Office, fact: Fact, entered: Entered) -> Value:
    """Read a table: out of a file, or row by row as it is written. Raises _TableError, or
    LifecycleError where it is no table at all.
    """
    # Not at the top: most commands enter no table.
    from lifecycle.engine.tables.entering import parse_table, table_in

    text = entered if isinstance(entered, str) else "\n".join(entered)
    if text.startswith(FILE_SIGN):
        given = _table_of_file(fact, file_named(text.removeprefix(FILE_SIGN)))
    else:
        given = table_in(fact, text)
    rows, faults = parse_table(fact, given, lambda column, cell: _value(office, column, cell))
    if faults:
        raise _TableError(faults)
    return rows


def _table_of_file(fact: Fact, path: Path) -> EnteredTable:
    """Read the rows of a CSV or XLSX file under their heads; no more than may be, and one."""
    from lifecycle.engine.tables.entering import EnteredRow, EnteredTable
    from lifecycle.exchange.tables import read_rows

    found = list(islice(read_rows(path), fact.max_rows + 1))
    rows = tuple(
        EnteredRow({head: str(cell) for head, cell in row.values.items()}, str(row.place))
        for row in found
    )
    faults = tuple(fault for row in found for fault in row.faults)
    return EnteredTable(rows, len(found) > fact.max_rows, faults)


def _value(office: Office, fact: Fact, entered: Entered) -> Value:
    value = parse_fact(fact, entered)
    if fact.listed:
        return _chosen(office, fact, value)
    if fact.is_link:
        return _linked(office, fact, str(value))
    if fact.type == "unit":
        return office.directory.unit_code(str(value))
    if fact.type == "officer":
        return office.directory.officer_code(str(value))
    if fact.type == "post":
        return office.directory.post_code(str(value))
    if fact.of == "unit" and isinstance(value, list):
        return list(dict.fromkeys(office.directory.unit_code(str(item)) for item in value))
    return value


def _chosen(office: Office, fact: Fact, value: Value) -> Value:
    """Give what is chosen from a shared list under the titles of its entries; raises InvalidError
    for what it does not have. Whether they may be chosen on the day, the judge says.
    """
    shared = office.library.lists(office.directory).get(fact.listed)
    if shared is None:
        return value
    titles = [shared.meant(str(item)) for item in (value if isinstance(value, list) else [value])]
    day = office.day(None).isoformat()
    for title in titles:
        refused = shared.refusal(title, day)
        if title not in shared.titled and refused is not None:
            why, mend = refused
            raise InvalidError(f"{fact.title}{why}", mend)
    return titles if isinstance(value, list) else titles[0]


def _linked(office: Office, fact: Fact, text: str) -> str:
    """Give the number of the case that a link means, as officers name cases: of the workflow that
    it leads to, whatever else is called so.
    """
    seen_by = office.viewer.parts
    rows = [
        row
        for row in named(office.store, text, seen_by=seen_by)
        if _is_of(office, row[0], fact.workflow)
    ]
    exact = [row for row in rows if text in row]
    found = exact if len(exact) == 1 else rows
    if len(found) == 1:
        return found[0][0]
    if len(found) > 1:
        raise AmbiguousError(fact.title, text, [f"{number} {title}" for number, title in found])
    return office.case(text).number


def _is_of(office: Office, number: str, workflow: str) -> bool:
    found = office.store.numbered(number)
    return found is not None and office.library.workflow(found[0]).is_a(workflow)


def submit_entry(
    office: Office,
    request: Request,
    workflow: Workflow | None,
    case: Case | None,
    entry: FactEntry,
    make: Callable[[Mapping[str, Value]], Act],
) -> Outcome:
    """Have the act judged and recorded that these facts come with.

    Faults in what was entered are raised together with the gates that the rest would meet.
    """
    case_id = case.id if case else None
    if case is not None:
        office.viewer.check_enters(case, {*entry.facts, *entry.unread})
    if not entry.faults:
        return office.register.submit(request, workflow, case_id, make(entry.facts))
    trial = replace(request, dry_run=True, request_id=None)
    act = make(entry.facts)
    if not isinstance(act, Advance):
        # So that it is judged whose these facts are; no condition is worked out with them.
        act = make({**entry.facts, **entry.unread})
    try:
        office.register.submit(trial, workflow, case_id, act)
    except RefusedError as refused:
        others = tuple(gate for gate in refused.gates if gate.met or not _about(gate, entry))
        if any(not gate.met for gate in others):
            gates = (*map(_fault_gate, entry.faults), *others)
            raise RefusedError(refused.case, refused.asked_for, gates, refused.basis) from None
    except LifecycleError:
        pass  # who asks, and when, is told once what they enter can be judged
    raise at_once(entry.faults)


def _fault_gate(fault: EnteredFault) -> Gate:
    return Gate("facts", False, {}, fault.message, fault.error.mend)


def _about(gate: Gate, entry: FactEntry) -> bool:
    """Tell whether an unmet gate only says of a fact with a faulty value that it is not there, or
    not right.
    """
    if gate.kind == "facts":
        return not gate.inputs or bool(gate.inputs.keys() & entry.unread.keys())
    if gate.kind == "unit":
        return gate.inputs.get("unit") in entry.unread.values()
    if gate.kind == "guard":
        return not entry.unread.keys().isdisjoint(re.findall(r"\w+", gate.inputs["when"]))
    return False
