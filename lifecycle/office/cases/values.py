"""The facts of a case as officers read them, and what later corrections have made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.engine.case import File
from lifecycle.engine.gates.gates import title_of
from lifecycle.engine.values import Value, show_value, shown_rows
from lifecycle.frozen import dataclass, replace

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.corrections.amendments import Amendment
    from lifecycle.office.seeing import Viewer
    from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact of the case; `text` is its value as officers read it. Of a table, `heads` are the
    titles of its columns and `rows` its cells.
    """

    name: str
    title: str
    text: str
    locked: bool
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAmendment:
    """A correction made later of a value that a case had: by which entry, of which day.

    `before` and `after` are the values as recorded, of a material its file; `was` and `now` are
    they as officers read them.
    """

    name: str
    title: str
    seq: int
    on: str
    before: Any
    after: Any
    was: str
    now: str


def shown_facts(
    workflow: Workflow, case: Case, names: Mapping[str, str], left_out: Collection[str] = ()
) -> Iterator[ShownFact]:
    """Tell the facts in the order of the workflow, but for some."""
    for name, fact in workflow.facts.items():
        if name in case.facts and name not in left_out:
            value, locked = case.facts[name], name in case.locked
            text = show_value(fact, value, names)
            if fact.is_table:
                heads = tuple(column.title for column in fact.columns)
                rows = tuple(shown_rows(fact, value, names))
                yield ShownFact(name, fact.title, text, locked, heads, rows)
            else:
                yield ShownFact(name, fact.title, text, locked)


def shown_amendments(
    workflow: Workflow, amended: Iterable[Amendment], names: Mapping[str, str]
) -> Iterator[ShownAmendment]:
    """Tell what was corrected later."""
    for one in amended:
        yield ShownAmendment(
            name=one.name,
            title=title_of(workflow, one.name),
            seq=one.seq,
            on=one.on,
            before=_recorded(one.before),
            after=_recorded(one.after),
            was=_shown(workflow, one.name, one.before, names),
            now=_shown(workflow, one.name, one.after, names),
        )


def amendment_told(viewer: Viewer, one: ShownAmendment) -> ShownAmendment:
    """Give a later correction without the cases that whoever looks may not see."""
    told = {"before": one.before, "after": one.after, "was": one.was, "now": one.now}
    return replace(one, **viewer.tell_document(told))


def _recorded(value: Value | File) -> Any:
    return value.to_dict() if isinstance(value, File) else value


def _shown(workflow: Workflow, name: str, value: Value | File, names: Mapping[str, str]) -> str:
    if isinstance(value, File):
        return value.name
    return show_value(workflow.facts[name], value, names)
