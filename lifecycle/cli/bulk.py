"""One command for many cases: from standard input or a table, a result for each line, all or
nothing if asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.terminal.output import mark, progress, say, write_json
from lifecycle.errors import InvalidError, LifecycleError, UncertainError, UsageError

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.engine.values import Entered
    from lifecycle.ledger.register import Outcome, Request

TABLES = (".xlsx", ".xls", ".csv", ".tsv", ".yaml", ".yml")
CASE_HEADS = ("case", "number", "编号", "事项", "项目编号", "事项编号")
MOST_LINES = 100_000

Do = Callable[["Request", "Line"], "Outcome"]
"""What is done for one line."""

_RESEND = "用同一 --request-id 重发整个指令是安全的：已写入的各件不会重复"
_FIND_OUT = "先查明这一件；重发时只写没有写入的和没有轮到的各件"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bulk: its place, the case that it names, its other cells, or the fault that
    made it unreadable.
    """

    place: str
    case: str
    values: Mapping[str, Entered]
    fault: LifecycleError | None = None

    def pick(self, *heads: str) -> str:
        """Give the first filled cell under one of these heads; raises InvalidError where it is a
        list.
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
class _Result:
    line: Line
    outcome: Outcome | None
    error: LifecycleError | None


class _NotAllError(Exception):
    """Raised to undo the whole transaction."""


def is_bulk(given: str) -> bool:
    """Tell whether many cases are meant: `-`, or the name of a table; no case number
    ends like one.
    """
    return given == "-" or given.lower().endswith(TABLES)


def read_lines(given: str, *, with_case: bool = True) -> list[Line]:
    """Read the lines of a bulk; raises InvalidError where there are none or the file is
    no table.
    """
    lines = list(_typed() if given == "-" else _tabled(Path(given), with_case=with_case))
    if not lines:
        raise InvalidError("没有读到任何事项", "每行写一个事项编号；表格的第一行写列名")
    if len(lines) > MOST_LINES:
        raise InvalidError(f"一次最多 {MOST_LINES} 行，这里有 {len(lines)} 行", "请拆成几个文件")
    return lines


def _typed() -> Iterator[Line]:
    for number, text in enumerate(sys.stdin, 1):
        case = text.strip()
        if case and not case.startswith("#"):
            yield Line(f"-:{number}", case, {})


def _tabled(path: Path, *, with_case: bool) -> Iterator[Line]:
    from lifecycle.exchange.tables import read_rows

    for row in read_rows(path):
        place, values = str(row.place), dict(row.values)
        if row.fault is not None:
            yield Line(place, "", {}, row.fault)
            continue
        head = next((head for head in CASE_HEADS if head in values), None) if with_case else None
        case = values.pop(head) if head else ""
        if with_case and (head is None or not isinstance(case, str)):
            fault = InvalidError(
                f"{place} 没有写事项编号", f"列名用其中之一：{'、'.join(CASE_HEADS)}"
            )
            yield Line(place, "", {}, fault)
            continue
        yield Line(place, str(case), values)


def run_bulk(
    desk: Desk,
    request: Request,
    lines: list[Line],
    do: Do,
    *,
    title: str,
    whole: bool,
    told: Callable[[Outcome], str],
) -> int:
    """Do every line and print its result; give the exit code: 0 all done, 1 some not, 3 if the
    database went away.

    With `whole`, one line that cannot be done undoes all others.
    """
    results: list[_Result] = []
    try:
        with desk.office.together() if whole and not request.dry_run else nullcontext():
            for number, line in enumerate(progress(lines, title=title, total=len(lines)), 1):
                one = (
                    replace(request, request_id=f"{request.request_id}:{number}")
                    if request.request_id
                    else request
                )
                results.append(_done(one, line, do))
                if not desk.json:
                    _print(results[-1], told)
                if results[-1].error is not None and results[-1].error.exit_code == 3:
                    break
            if whole and any(result.error for result in results):
                raise _NotAllError
    except _NotAllError:
        pass
    return _conclude(desk, request, results, len(lines), whole=whole)


def _done(request: Request, line: Line, do: Do) -> _Result:
    if line.fault is not None:
        return _Result(line, None, line.fault)
    try:
        return _Result(line, do(request, line), None)
    except UncertainError as error:
        error.mend = _RESEND if request.request_id else _FIND_OUT
        return _Result(line, None, error)
    except LifecycleError as error:
        return _Result(line, None, error)


def _print(result: _Result, told: Callable[[Outcome], str]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 60 + "\r")  # the result takes the progress bar's place
        sys.stderr.flush()
    where = result.line.place + (f"　{result.line.case}" if result.line.case else "")
    if result.outcome is not None:
        say(mark(True), f" {where}　{told(result.outcome)}")
    elif result.error is not None:
        mend = f"　改法：{result.error.mend}" if result.error.mend else ""
        say(mark(False), f" {where}　{result.error.message}{mend}")


def _conclude(
    desk: Desk, request: Request, results: list[_Result], total: int, *, whole: bool
) -> int:
    from lifecycle.cli.answer import outcome_json

    done = sum(result.error is None for result in results)
    undone = whole and done < total
    errors = [result.error for result in results if result.error]
    doubtful = sum(isinstance(error, UncertainError) for error in errors)
    if desk.json:
        items = [_json(result, outcome_json, undone=undone) for result in results]
        answer = {
            "ok": not errors,
            "dry_run": request.dry_run,
            "total": total,
            "done": 0 if undone else done,
        }
        counts = {"failed": len(errors) - doubtful, "uncertain": doubtful}
        write_json({**answer, **counts, "results": items})
    elif undone:
        say(f"{len(errors)} 件不能办理，其余也未办理：没有写入任何内容")
    else:
        left = total - len(results)
        rest = f"，{left} 件未轮到" if left else ""
        doubt = f"，{doubtful} 件不知道是否已写入" if doubtful else ""
        failed = len(errors) - doubtful
        say(
            f"{'可以办理' if request.dry_run else '已办理'} {done} 件，未办理 {failed} "
            f"件{doubt}{rest}"
        )
    return max((error.exit_code for error in errors), default=0)


def _json(
    result: _Result, outcome_json: Callable[[Outcome], dict[str, Any]], *, undone: bool
) -> dict[str, Any]:
    from lifecycle.cli.refusal import Refusal, refusal_json

    head = {"line": result.line.place, "given": result.line.case}
    if result.error is None and result.outcome is not None:
        return {**head, "ok": True, "undone": undone, **outcome_json(result.outcome)}
    error: dict[str, Any] = {}
    if result.error is not None:
        error = {"message": result.error.message, "mend": result.error.mend}
        if isinstance(result.error, Refusal):
            error["details"] = refusal_json(result.error)
    return {**head, "ok": False, "error": error}


def refuse_options_of_bulk(*, whole: bool) -> None:
    """Refuse `--all-or-nothing` where one case is named."""
    if whole:
        raise UsageError("--all-or-nothing 只用于成批办理", "事项处写 - 或表格文件")
