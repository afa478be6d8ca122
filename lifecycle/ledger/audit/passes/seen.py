"""Cases that an officer named in a link though nobody may have shown them to that officer.

The office finds no case for whoever may not see it. So an entry by which such a case was linked to
was not written by it: somebody was told what they may not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lifecycle.engine.acts import Advance, Correct, Open, read_act
from lifecycle.engine.entry import recorded_day
from lifecycle.engine.visibility import sees, with_their_unit
from lifecycle.engine.world.moment import Officer
from lifecycle.errors import LifecycleError
from lifecycle.ledger.reading.chain import CaseStep, Problem
from lifecycle.ledger.record import CAUSE
from lifecycle.ledger.replay import Basis
from lifecycle.ledger.store import LostDefinitionError


def check_seen(basis: Basis, step: CaseStep) -> Iterator[Problem]:
    """Look at the links that an officer entered by hand: the cases that they lead to could be seen
    by that officer, or by one of those for whom they act.
    """
    intent = step.body["intent"]
    if step.after is None or CAUSE in intent:
        return
    links = basis.library.workflow(step.after.workflow).links
    act = read_act(intent) if links else None
    if not isinstance(act, Advance | Correct | Open):
        return
    if isinstance(act, Open) and act.declared:
        return  # two persons decided on it, whoever entered it
    for fact in (fact for fact in links if fact.name in act.facts):
        number = str(act.facts[fact.name])
        if _is_hidden(basis, step, number):
            yield "authority", f"{fact.title} {number} 不对经办人公开，不能由其填报"


def _is_hidden(basis: Basis, step: CaseStep, number: str) -> bool:
    """Tell whether whoever made an entry could not see a case then; of one that was not there, or
    whose rules are damaged, others speak.
    """
    library = basis.library
    found = library.store.numbered(number)
    try:
        if found is None or not library.workflow(found[0]).visible:
            return False
        workflow, case = basis.numbered(step.row, number)
    except (LostDefinitionError, ValueError):
        return False
    return not sees(workflow, case, _looking(basis, step))


def _looking(basis: Basis, step: CaseStep) -> list[Officer]:
    """Give who made an entry as known when it was recorded, and those for whom they could act;
    nobody where they were not in office, which the judge says.
    """
    directory, seq = basis.directory, step.body["office"]
    day = recorded_day(step.body["recorded_at"])
    staff = directory.staff(day, seq) or {}
    try:
        acting = directory.acting(step.body["intent"]["actor"]["id"], date.fromisoformat(day), seq)
    except LifecycleError:
        return []
    return [with_their_unit(officer, staff) for officer in acting]
