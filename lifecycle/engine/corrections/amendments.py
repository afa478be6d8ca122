"""What corrections make of the values that a case had before: each amends the edition that was in
hand, from the day on from which that one held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lifecycle.engine.case import Case, File
from lifecycle.engine.editions import edition_of
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction of one edition of a fact or material: by which entry, of which day, and the
    value or file before and after.
    """

    name: str
    edition: int
    seq: int
    on: str
    before: Value | File
    after: Value | File


def amendments_of(before: Case | None, after: Case) -> Iterator[Amendment]:
    """List the editions that the last entry of a case has amended."""
    for name, edition in after.editions.items():
        if before is not None and edition.amended == after.seq:
            was, now = _held(before, name), _held(after, name)
            yield Amendment(name, edition.number, after.seq, after.last_on, was, now)


def with_amendments(
    workflow: Workflow, case: Case, later: Iterable[Amendment]
) -> tuple[Case, tuple[Amendment, ...]]:
    """Give a case with the editions that it has in hand as later entries amended them, and for
    each what it was and what it came to be; an edition that came after it is none of its own.

    Opinions, and all that was decided, stay as they were.
    """
    found: dict[str, Amendment] = {}
    for one in later:
        if one.edition == edition_of(case, one.name).number:
            first = found.get(one.name, one)
            found[one.name] = replace(one, before=first.before)
    values = {name: one.after for name, one in found.items()}
    files = {name: value for name, value in values.items() if isinstance(value, File)}
    facts = {name: value for name, value in values.items() if not isinstance(value, File)}
    now = {**case.facts, **facts}
    amended = replace(
        case,
        facts=now,
        title=str(now.get(workflow.subject, case.title)),
        materials={**case.materials, **files},
    )
    return amended, tuple(found.values())


def _held(case: Case, name: str) -> Value | File:
    return case.materials[name] if name in case.materials else case.facts[name]
