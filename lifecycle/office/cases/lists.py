"""Many cases looked at: the list with its filters, and the board that counts them by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.engine.clock.standing import Standing, lights_read_today, stand
from lifecycle.engine.gates.gates import title_of
from lifecycle.engine.world.scope import scope_of
from lifecycle.errors import InvalidError, Location, UnknownError, UsageError, WorkflowError
from lifecycle.expression.expression import Expression, compile_expression
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES
from lifecycle.frozen import dataclass
from lifecycle.insight.sight import CANCELLED
from lifecycle.ledger.queries import CaseFilter, ListedCase, fits, list_page, stream
from lifecycle.ledger.queries import board as count_cases
from lifecycle.ledger.reading.as_of import cases_as_of
from lifecycle.ledger.rows.case_rows import read_case
from lifecycle.ledger.store import LostDefinitionError
from lifecycle.people.clock import in_beijing
from lifecycle.workflow.model import LINKED, OFFICER, TABLES

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.world.moment import Moment
    from lifecycle.ledger.library import Library
    from lifecycle.ledger.reading.as_of import CaseThen, Past
    from lifecycle.office.office import Office
    from lifecycle.office.view import View
    from lifecycle.workflow.model import Workflow

PAGE = 50
"""Cases of one page."""
EXPORT = ("编号", "名称", "流程", "环节", "阶段", "牵头", "进入日期", "最近办理", "期限", "灯")
EXPORT_THEN = ("截至", "录入截至", "后更正")
"""The columns that an export has besides, where cases are looked at as they were."""
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are asked for, in names as officers write them; None asks for any.

    `mine` is the officer whose cases they are to be: led by a role of theirs, or naming their unit.
    `where` is a condition, written as in a workflow.
    """

    workflow: str | None = None
    state: str | None = None
    phase: str | None = None
    unit: str | None = None
    overdue: bool = False
    mine: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """One case in a list; `stage` is its state's title, `lead` the title of who leads it, `light`
    is green, yellow or red.
    """

    number: str
    title: str
    workflow: str
    state: str
    stage: str
    phase: str | None
    lead: str | None
    final: bool
    entered_on: str
    last_on: str
    due_on: str | None
    overdue: bool
    light: str
    amended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list; `next_after` is the number to go on from, where there is more."""

    rows: tuple[ListRow, ...]
    next_after: str | None


class CaseList:
    """The cases that are asked for, as they are looked at, in the order of their numbers.

    Raises UnknownError for a name that there is not, WorkflowError for a condition that cannot be
    read.
    """

    def __init__(self, view: View, wanted: Wanted) -> None:
        self._view = view
        self._office = view.office
        self._filter = _filter(view, wanted)
        self._where = _compiled(view.office, wanted.where, self._filter.workflow)

    def page(self, after: str = "", page: int = 1) -> ListPage:
        """Give one page of those that come after a number."""
        skip = (page - 1) * PAGE
        if self._where is None and not self._view.as_of:
            store = self._office.store
            found = list_page(store, self._filter, after=after, size=PAGE + 1, skip=skip)
            rows = [list_row(self._office.library, item, self._view.moment) for item in found]
        else:
            rows = list(islice(self.stream(after), skip, skip + PAGE + 1))
        more = len(rows) > PAGE
        return ListPage(tuple(rows[:PAGE]), rows[PAGE - 1].number if more else None)

    def stream(self, after: str = "") -> Iterator[ListRow]:
        """Stream all rows."""
        if self._view.as_of:
            yield from self._stream_then(after)
            return
        library, moment = self._office.library, self._view.moment
        whole = self._where is not None
        for item in stream(self._office.store, self._filter, after=after, whole=whole):
            if self._where is None or self._holds(read_case(library.store, item.snapshot)):
                yield list_row(library, item, moment)

    def _stream_then(self, after: str) -> Iterator[ListRow]:
        """Stream the rows as they were."""
        library, moment = self._office.library, self._view.moment
        for then in cases_as_of(library, self._view.as_of, self._filter, after):
            if not fits(self._filter, then.row, then.units) or not self._is_seen(then):
                continue
            if self._where is None or self._holds(then.case(library.store)):
                yield list_row(library, then.row, moment, then.past)

    def _is_seen(self, then: CaseThen) -> bool:
        """Tell whether a case may be seen: by whom it names now, as it is shown."""
        return self._office.viewer.sees_number(then.row.number)

    def _holds(self, case: Case) -> bool:
        """Tell whether the condition holds for a case.

        What it mentions and the case lacks leaves it out.
        """
        assert self._where is not None, "asked only where there is a condition"
        workflow = self._office.workflow_of(case)
        unseen = self._office.viewer.unseen(workflow, case)
        if not unseen.names.isdisjoint(self._where.names):
            return False
        moment = self._view.moment_of(workflow, case)
        scope = scope_of(workflow, case, self._where, {}, moment)
        if not self._office.viewer.may_read(self._where, scope):
            return False
        try:
            return bool(self._where.evaluate(scope))
        except MissingName:
            return False
        except ExpressionError as error:
            raise _told(error, self._where.source) from error


def list_row(
    library: Library, item: ListedCase, moment: Moment, past: Past | None = None
) -> ListRow:
    """Name what a row of the store holds, as it stands on a day.

    `past` is the case as it was, where it has moved since.
    """
    workflow = library.workflow(item.digest)
    amended = past.amended if past else ()
    return ListRow(
        number=item.number,
        title=item.title,
        workflow=item.workflow,
        state=item.state or "cancelled",
        stage=workflow.states[item.state].title if item.state else CANCELLED,
        phase=item.phase,
        lead=workflow.roles[item.lead].title if item.lead else None,
        final=bool(item.final),
        entered_on=item.entered_on,
        last_on=item.last_on,
        due_on=item.due_on,
        overdue=item.due_on is not None and item.due_on < moment.on.isoformat(),
        light=_light(library, workflow, item, moment, past),
        amended=tuple(title_of(workflow, one.name) for one in amended),
    )


def _light(
    library: Library, workflow: Workflow, item: ListedCase, moment: Moment, past: Past | None
) -> str:
    """Give the colour on a day: as it is kept, or worked out where it changes by itself."""
    today = moment.on.isoformat()
    if not lights_read_today(workflow) or item.final:
        return Standing(yellow_on=item.yellow_on, red_on=item.red_on).light(today)
    if past is not None:
        case = past.case
    else:
        found = (
            (item.digest, item.snapshot) if item.snapshot else library.store.numbered(item.number)
        )
        assert found is not None, "a case that is listed is kept"
        case = read_case(library.store, found[1])
    return stand(workflow, case, moment.calendar, moment.on).light(today)


def write_list(file: Path, view: View, rows: Iterable[ListRow]) -> int:
    """Write rows into an XLSX or CSV file, by its extension; give how many there were.

    As of when they are is told in columns of their own.
    """
    from lifecycle.exchange.tables import write_rows

    if not view.as_of:
        return write_rows(file, "事项清单", EXPORT, map(_cells, rows))
    known = in_beijing(view.as_of.at) if view.as_of.at else ""
    told = ((*_cells(row), view.day, known, "、".join(row.amended)) for row in rows)
    return write_rows(file, "事项清单", (*EXPORT, *EXPORT_THEN), told)


def _cells(row: ListRow) -> tuple[str, ...]:
    return (
        row.number,
        row.title,
        row.workflow,
        row.stage,
        row.phase or "",
        row.lead or "",
        row.entered_on,
        row.last_on,
        row.due_on or "",
        "" if row.final else LIGHTS[row.light],
    )


def _compiled(office: Office, where: str | None, workflow: str | None) -> Expression | None:
    """Compile a condition; raises UnknownError for a name that no workflow asked about has."""
    if where is None:
        return None
    try:
        expression = compile_expression(where)
    except ExpressionError as error:
        raise _told(error, where) from error
    among = [w for w in office.workflows() if workflow in (None, w.name)]
    if not expression.names.isdisjoint((LINKED, OFFICER, TABLES)):
        raise InvalidError(
            "--where 不能用 linked、officer、tables",
            "按关联到它的事项找，用对方的清单：--workflow 对方的流程",
        )
    facts = {name for w in among for name in w.facts}
    for name in sorted(expression.names - facts - {*FUNCTIONS, *SPACES, *VARIABLES}):
        raise UnknownError("要素", name, facts)
    _see_typed(among, expression, {w.name: w for w in office.workflows()})
    return expression


def _see_typed(
    among: list[Workflow], expression: Expression, others: Mapping[str, Workflow]
) -> None:
    """See that a condition can hold in some workflow; raises WorkflowError with every fault of its
    types in the first that has all its names.
    """
    from lifecycle.workflow.conditions import type_faults

    own = expression.names - {*FUNCTIONS, *SPACES, *VARIABLES}
    found = [type_faults(w, expression, others) for w in among if own <= w.facts.keys()]
    if found and all(found):
        whole = Location("--where", length=len(expression.source))
        told = (f.error.problem(f.rule, expression.source, whole) for f in found[0])
        raise WorkflowError(told, expression.source)


def _told(error: ExpressionError, where: str) -> WorkflowError:
    """Show a faulty condition as typed, with the piece at fault underlined."""
    whole = Location("--where", length=len(where))
    return WorkflowError([error.problem("wrong-expression", where, whole)], where)


def _filter(view: View, wanted: Wanted) -> CaseFilter:
    """Turn names as officers write them into a filter; raises UnknownError."""
    office = view.office
    among = [office.workflow(wanted.workflow)] if wanted.workflow else office.workflows()
    officer = view.officer(wanted.mine) if wanted.mine else None
    return CaseFilter(
        seen_by=office.viewer.parts,
        workflow=among[0].name if wanted.workflow else None,
        state=_state(among, wanted.state) if wanted.state else None,
        phase=_phase(among, wanted.phase) if wanted.phase else None,
        unit=office.directory.unit_code(wanted.unit) if wanted.unit else None,
        overdue_on=view.day if wanted.overdue else None,
        roles=tuple(officer.held) if officer else None,
        mine=officer.unit if officer else None,
    )


def _state(among: list[Workflow], text: str) -> str:
    states = [state for workflow in among for state in workflow.states.values()]
    found = {state.name for state in states if text in (state.name, state.title)}
    if not found:
        raise UnknownError("环节", text, [n for state in states for n in (state.name, state.title)])
    if len(found) > 1:
        raise UsageError(
            f"“{text}”在几个流程中是不同的环节：{'、'.join(sorted(found))}",
            "加 --workflow，或写环节的标识",
        )
    return found.pop()


def _phase(among: list[Workflow], text: str) -> str:
    known = {s.phase for w in among for s in w.states.values() if s.phase}
    if text not in known:
        raise UnknownError("阶段", text, known)
    return text


@dataclass(frozen=True, slots=True)
class Lights:
    """How many cases are green, yellow, red."""

    green: int
    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class Stage:
    """How many cases stand in a state; one that ends a case has no lights."""

    state: str
    stage: str
    phase: str | None
    final: bool
    count: int
    lights: Lights | None


@dataclass(frozen=True, slots=True)
class Board:
    """One workflow's cases by stage, in its order.

    States that only older versions have come last.
    """

    name: str
    title: str
    total: int
    states: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards of all workflows that have cases, on a day (YYYY-MM-DD)."""

    on: str
    boards: tuple[Board, ...]


def boards(view: View, year: int | None = None) -> Boards:
    """Count cases by stage, all or those opened in a year."""
    office = view.office
    wanted = CaseFilter(year=year, seen_by=office.viewer.parts)
    if view.as_of:
        counted = _counted(office.library, _then(view, wanted), view.moment)
    else:
        counted = {
            (workflow, state): (number, yellow, red)
            for workflow, state, number, yellow, red in count_cases(office.store, view.day, wanted)
        }
        for name in _changing_by_itself(office):
            own = replace(wanted, workflow=name)
            rows = ((item, None) for item in stream(office.store, own, whole=True))
            counted |= _counted(office.library, rows, view.moment)
    found = [_board(workflow, counted) for workflow in office.workflows()]
    return Boards(view.day, tuple(board for board in found if board.total))


def _then(view: View, wanted: CaseFilter) -> Iterator[tuple[ListedCase, Past | None]]:
    office = view.office
    for then in cases_as_of(office.library, view.as_of, wanted):
        if office.viewer.sees_number(then.row.number):
            yield then.row, then.past


def _changing_by_itself(office: Office) -> list[str]:
    """Name the workflows of which some version has lights that change without an entry; of a
    version whose file is damaged, which the audit tells of, nobody knows.
    """
    found = set()
    for document in office.directory.documents:
        if document.kind == "workflow":
            with suppress(LostDefinitionError):
                if lights_read_today(office.library.workflow(document.digest)):
                    found.add(document.name)
    return sorted(found)


def _counted(
    library: Library, rows: Iterable[tuple[ListedCase, Past | None]], moment: Moment
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Count cases one by one: by workflow and state, all, the yellow ones and the red ones."""
    counts = Counter[tuple[str, str, str]]()
    for item, past in rows:
        light = _light(library, library.workflow(item.digest), item, moment, past)
        counts[item.workflow, item.state, light] += 1
    stages = {(workflow, state) for workflow, state, _light in counts}
    return {
        (workflow, state): (
            sum(counts[workflow, state, light] for light in LIGHTS),
            counts[workflow, state, "yellow"],
            counts[workflow, state, "red"],
        )
        for workflow, state in stages
    }


def _board(workflow: Workflow, counted: dict[tuple[str, str], tuple[int, int, int]]) -> Board:
    mine = {state: numbers for (name, state), numbers in counted.items() if name == workflow.name}
    states = []
    for name in dict.fromkeys((*workflow.states, *mine)):
        state = workflow.states.get(name)
        number, yellow, red = mine.get(name, (0, 0, 0))
        final = state.final if state else False
        lights = None if final else Lights(number - yellow - red, yellow, red)
        title = state.title if state else name
        states.append(Stage(name, title, state.phase if state else None, final, number, lights))
    total = sum(numbers[0] for numbers in mine.values())
    return Board(workflow.name, workflow.title, total, tuple(states))
