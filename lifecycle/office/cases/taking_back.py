"""What officers take back: facts, materials and records that nothing rests on yet, and
openings.
"""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle.engine.acts import Act, CancelOpening, ClearFacts, Detach, TakeBack
from lifecycle.engine.case import Case
from lifecycle.errors import EnteredFault, InvalidError, LifecycleError, at_once
from lifecycle.ledger.register import Request
from lifecycle.office.cases.cases import Done, done
from lifecycle.office.office import Office, clean
from lifecycle.workflow.naming import find_fact, find_material, find_transition_name

__all__ = ["cancel", "clear", "detach", "take_back"]


def clear(office: Office, request: Request, case: Case, facts: Sequence[str], *, note: str) -> Done:
    """Clear facts that were set by mistake; raises every name that there is not at once."""
    workflow = office.workflow_of(case)
    if not facts:
        raise InvalidError(
            "没有写要清除什么", "例如：lifecycle clear 编号 总投资 --note 填错了项目"
        )
    found: dict[str, None] = {}
    faults = []
    for name in facts:
        try:
            found[find_fact(workflow, name).name] = None
        except LifecycleError as error:
            faults.append(EnteredFault("", error))
    if faults:
        raise at_once(faults)
    office.viewer.check_enters(case, found)
    return _submit(office, request, case, ClearFacts(tuple(found), clean(note)))


def detach(office: Office, request: Request, case: Case, material: str, *, note: str) -> Done:
    """Detach a material that was attached by mistake."""
    found = find_material(office.workflow_of(case), material)
    office.viewer.check_enters(case, (found.name,))
    return _submit(office, request, case, Detach(found.name, clean(note)))


def cancel(office: Office, request: Request, case: Case, *, note: str) -> Done:
    """Cancel an opening that was a mistake."""
    return _submit(office, request, case, CancelOpening(clean(note)))


def take_back(
    office: Office, request: Request, case: Case, transition: str, *, note: str, entry: int = 0
) -> Done:
    """Take back the last record of a transition; `entry` is its number in the log, 0 where it need
    not be said. That what it made is not made now is what was wanted: nothing more is said of it.
    """
    name = find_transition_name(office.workflow_of(case), transition)
    act = TakeBack(name, clean(note), entry)
    return done(office, office.register.submit(request, None, case.id, act))


def _submit(office: Office, request: Request, case: Case, act: Act) -> Done:
    outcome = office.register.submit(request, None, case.id, act)
    before = None if outcome.repeated or outcome.case.cancelled else case
    return done(office, outcome, before=before)
