"""One command for many cases: the lines of a table, done one by one, or all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.errors import (
    EnteredFault,
    InvalidError,
    LifecycleError,
    UncertainError,
    at_once,
)
from lifecycle.frozen import dataclass
from lifecycle.office.cases.entering import Origin

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Done, Entered, Request
    from lifecycle.office.office import Office

CASE_HEADS = ("case", "number", "编号", "事项", "项目编号", "事项编号")
"""Under which heads of a table the case is named."""
PASSED_OVER = ("名称", "项目名称", "事项名称", "title", "name", "序号")
"""Heads of columns that say to a reader which case is meant, and are not read."""

_RESEND = "加 --request-id {} 重发整个指令是安全的：已写入的各件不会重复"
_FIND_OUT = "先查明这一件；重发时只写没有写入的和没有轮到的各件"


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One line of a bulk: its place, the case that it names, its other cells with their places, and
    the faults that make some of it unreadable.
    """

    place: str
    case: str
    values: Mapping[str, Entered]
    faults: tuple[LifecycleError, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def fault(self) -> LifecycleError | None:
        """Give all that is unreadable, as one error."""
        return at_once([EnteredFault("", error) for error in self.faults]) if self.faults else None

    def see_readable(self, *heads: str) -> None:
        """Raise what is unreadable, where no fact is entered that could be told beside it; and name
        the columns that would not be read: only those under `heads` are.
        """
        if self.fault is not None:
            raise self.fault
        stray = [head for head in self.values if head not in (*heads, *PASSED_OVER)]
        if stray:
            known = "、".join(dict.fromkeys(("编号", *heads, "名称")))
            raise InvalidError(
                f"用不上的列：{'、'.join(stray)}",
                f"这里不读这些列，请先删去；可以有的列：{known}",
            )

    @property
    def origin(self) -> Origin:
        """Say where what it enters stands, and what of it is unreadable."""
        return Origin(self.places, self.faults)

    def pick(self, *heads: str) -> str:
        """Give the first filled cell under one of these heads.

        Raises InvalidError where it is a list.
        """
        head = next((head for head in heads if head in self.values), None)
        if head is None:
            return ""
        cell = self.values[head]
        if not isinstance(cell, str):
            raise InvalidError(f"“{head}”应是一个值，不能是列表", "写成一段文字")
        return cell

    def others(self, *heads: str) -> dict[str, Entered]:
        """Give the cells under all other heads."""
        return {head: value for head, value in self.values.items() if head not in heads}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a line: done, or why not."""

    line: BulkLine
    done: Done | None
    error: LifecycleError | None


Do = Callable[["Request", BulkLine], "Done"]
"""What is done for one line."""


class _NotAllError(Exception):
    """Raised to undo the whole transaction."""


def read_table(path: Path, *, with_case: bool) -> Iterator[BulkLine]:
    """Read the lines of a table (XLSX, CSV, YAML); raises InvalidError where the file is none.

    A line that cannot be read, or names no case though it should, carries its fault.
    """
    from lifecycle.exchange.tables import read_rows

    for row in read_rows(path):
        place, values = str(row.place), dict(row.values)
        head = next((head for head in CASE_HEADS if head in values), None) if with_case else None
        case = values.pop(head) if head else ""
        faults: tuple[LifecycleError, ...] = row.faults
        if with_case and (head is None or not isinstance(case, str)):
            mend = f"列名用其中之一：{'、'.join(CASE_HEADS)}"
            case, unnamed = "", InvalidError(f"{place} 没有写事项编号", mend)
            faults, values = (*faults, unnamed) if values or not faults else faults, {}
        yield BulkLine(place, str(case), values, faults, row.places)


def run_lines(
    office: Office,
    request: Request,
    lines: Iterable[BulkLine],
    do: Do,
    *,
    whole: bool,
    seen: Callable[[Result], object],
) -> list[Result]:
    """Do every line; `seen` is told of each result as it comes.

    It ends with the first line of which the database fails. With `whole`, one line that cannot be
    done undoes all others. A dry run does every line after those before it, and undoes all. Under a
    request id, each line has its own: the id and the line's number.
    """
    results: list[Result] = []
    try:
        with _in_one(office, request, whole=whole):
            for number, line in enumerate(lines, 1):
                result = _do_line(office, _numbered(request, number), line, do)
                results.append(result)
                seen(result)
                if result.error is not None and result.error.exit_code == 3:
                    break
            if whole and any(result.error for result in results):
                raise _NotAllError
    except _NotAllError:
        pass
    return results


def _in_one(office: Office, request: Request, *, whole: bool) -> AbstractContextManager[None]:
    """Give the transaction in which all lines are done, where they are done in one."""
    if request.dry_run:
        return office.rehearsing()
    return office.together() if whole else nullcontext()


def _numbered(request: Request, number: int) -> Request:
    if not request.request_id:
        return request
    return replace(request, request_id=f"{request.request_id}:{number}")


def _do_line(office: Office, request: Request, line: BulkLine, do: Do) -> Result:
    """Do a line; one that cannot be done leaves nothing to those after it."""
    if line.fault is not None and not line.values:
        return Result(line, None, line.fault)
    try:
        with office.store.apart():
            return Result(line, do(request, line), None)
    except UncertainError as error:
        whole = (request.request_id or "").rpartition(":")[0]
        error.mend = _RESEND.format(whole) if whole else _FIND_OUT
        return Result(line, None, error)
    except LifecycleError as error:
        return Result(line, None, error)
