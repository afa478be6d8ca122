"""Many cases looked at: the list with its filters, and the board that counts them by stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.engine.scope import scope_of
from lifecycle.errors import Location, UnknownError, UsageError, WorkflowError
from lifecycle.expression.expression import Expression, compile_expression
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES
from lifecycle.frozen import dataclass
from lifecycle.insight.sight import CANCELLED
from lifecycle.ledger.queries import CaseFilter, ListedCase, list_page, stream
from lifecycle.ledger.queries import board as count_cases
from lifecycle.ledger.rows.case_rows import read_case

if TYPE_CHECKING:
    from lifecycle.ledger.library import Library
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

PAGE = 50
"""Cases of one page."""
EXPORT = ("编号", "名称", "流程", "环节", "阶段", "牵头", "进入日期", "最近办理", "期限", "灯")
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


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list; `next_after` is the number to go on from, where there is more."""

    rows: tuple[ListRow, ...]
    next_after: str | None


class CaseList:
    """The cases that are asked for, as they stand on a day, in the order of their numbers.

    Raises UnknownError for a name that there is not, WorkflowError for a condition that cannot be
    read.
    """

    def __init__(self, office: Office, wanted: Wanted, on: date | None = None) -> None:
        self._office = office
        self._filter = _filter(office, wanted, on)
        self._today = office.day(on).isoformat()
        self._where = _compiled(office, wanted.where, self._filter.workflow)
        self._moment = office.moment(on) if self._where else None

    def page(self, after: str = "", page: int = 1) -> ListPage:
        """Give one page of those that come after a number."""
        skip = (page - 1) * PAGE
        if self._where is None:
            store = self._office.store
            found = list_page(store, self._filter, after=after, size=PAGE + 1, skip=skip)
            rows = [list_row(self._office.library, item, self._today) for item in found]
        else:
            rows = list(islice(self.stream(after), skip, skip + PAGE + 1))
        more = len(rows) > PAGE
        return ListPage(tuple(rows[:PAGE]), rows[PAGE - 1].number if more else None)

    def stream(self, after: str = "") -> Iterator[ListRow]:
        """Stream all rows."""
        whole = self._where is not None
        for item in stream(self._office.store, self._filter, after=after, whole=whole):
            if self._holds(item):
                yield list_row(self._office.library, item, self._today)

    def _holds(self, item: ListedCase) -> bool:
        """Tell whether the condition holds for a case.

        What it mentions and the case lacks leaves it out.
        """
        if self._where is None or self._moment is None:
            return True
        case = read_case(self._office.store, item.snapshot)
        workflow = self._office.workflow_of(case)
        try:
            return bool(
                self._where.evaluate(scope_of(workflow, case, self._where, {}, self._moment))
            )
        except MissingName:
            return False
        except ExpressionError as error:
            raise _told(error, self._where.source) from error


def list_row(library: Library, item: ListedCase, today: str) -> ListRow:
    """Name what a row of the store holds, as it stands on a day."""
    workflow = library.workflow(item.digest)
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
        overdue=item.due_on is not None and item.due_on < today,
        light=_light(item, today),
    )


def _light(item: ListedCase, today: str) -> str:
    if item.red_on is not None and item.red_on <= today:
        return "red"
    if item.yellow_on is not None and item.yellow_on <= today:
        return "yellow"
    return "green"


def write_list(file: Path, rows: Iterable[ListRow]) -> int:
    """Write rows into an XLSX or CSV file, by its extension; give how many there were."""
    from lifecycle.exchange.tables import write_rows

    return write_rows(file, "事项清单", EXPORT, map(_cells, rows))


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
    facts = {name for w in among for name in w.facts}
    for name in sorted(expression.names - facts - {*FUNCTIONS, *SPACES, *VARIABLES}):
        raise UnknownError("要素", name, facts)
    _see_typed(among, expression)
    return expression


def _see_typed(among: list[Workflow], expression: Expression) -> None:
    """See that a condition can hold in some workflow; raises WorkflowError with every fault of its
    types in the first that has all its names.
    """
    from lifecycle.workflow.conditions import type_faults

    own = expression.names - {*FUNCTIONS, *SPACES, *VARIABLES}
    found = [type_faults(w, expression) for w in among if own <= w.facts.keys()]
    if found and all(found):
        whole = Location("--where", length=len(expression.source))
        told = (f.error.problem(f.rule, expression.source, whole) for f in found[0])
        raise WorkflowError(told, expression.source)


def _told(error: ExpressionError, where: str) -> WorkflowError:
    """Show a faulty condition as typed, with the piece at fault underlined."""
    whole = Location("--where", length=len(where))
    return WorkflowError([error.problem("wrong-expression", where, whole)], where)


def _filter(office: Office, wanted: Wanted, on: date | None) -> CaseFilter:
    """Turn names as officers write them into a filter; raises UnknownError."""
    among = [office.workflow(wanted.workflow)] if wanted.workflow else office.workflows()
    today = office.day(on)
    officer = office.directory.officer(wanted.mine, today) if wanted.mine else None
    return CaseFilter(
        workflow=among[0].name if wanted.workflow else None,
        state=_state(among, wanted.state) if wanted.state else None,
        phase=_phase(among, wanted.phase) if wanted.phase else None,
        unit=office.directory.unit_code(wanted.unit) if wanted.unit else None,
        overdue_on=today.isoformat() if wanted.overdue else None,
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


def boards(office: Office, on: date | None = None, year: int | None = None) -> Boards:
    """Count cases by stage, all or those opened in a year."""
    today = office.day(on).isoformat()
    counted = {
        (workflow, state): (number, yellow, red)
        for workflow, state, number, yellow, red in count_cases(
            office.store, today, CaseFilter(year=year)
        )
    }
    found = [_board(workflow, counted) for workflow in office.workflows()]
    return Boards(today, tuple(board for board in found if board.total))


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
