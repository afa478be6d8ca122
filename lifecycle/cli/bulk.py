"""One command for many cases: from standard input or a table, a result for each line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.done import done_json, hinted
from lifecycle.cli.terminal.answer import write_answer
from lifecycle.cli.terminal.output import mark, progress, say
from lifecycle.cli.terminal.refusal import Refusal, refusal_json
from lifecycle.errors import (
    InvalidError,
    LifecycleError,
    SeveralError,
    UncertainError,
    UsageError,
)
from lifecycle.office.cases.bulk import BulkLine, Do, Result, read_table, run_lines

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.office.cases.cases import Done, Request

TABLES = (".xlsx", ".xls", ".csv", ".tsv", ".yaml", ".yml")
MOST_LINES = 100_000


def is_bulk(given: str) -> bool:
    """Tell whether many cases are meant: `-`, or the name of a table.

    No case number ends like one.
    """
    return given == "-" or given.lower().endswith(TABLES)


def read_lines(given: str, *, with_case: bool = True) -> list[BulkLine]:
    """Read the lines of a bulk.

    Raises InvalidError where there are none or the file is no table.
    """
    lines = list(_typed() if given == "-" else read_table(file_named(given), with_case=with_case))
    if not lines:
        raise InvalidError("没有读到任何事项", "每行写一个事项编号；表格的第一行写列名")
    if len(lines) > MOST_LINES:
        raise InvalidError(f"一次最多 {MOST_LINES} 行，这里有 {len(lines)} 行", "请拆成几个文件")
    return lines


def _typed() -> Iterator[BulkLine]:
    for number, text in enumerate(sys.stdin, 1):
        case = text.strip()
        if case and not case.startswith("#"):
            yield BulkLine(f"-:{number}", case, {})


def run_bulk(
    desk: Desk,
    request: Request,
    lines: list[BulkLine],
    do: Do,
    *,
    title: str,
    whole: bool,
    told: Callable[[Done], str],
    beside: Mapping[str, object] | None = None,
) -> int:
    """Do every line and print its result; `beside` is what a machine is told beside the results.

    Give the exit code: 0 all done, 1 some not, 3 if the database went away. With `whole`, one line
    that cannot be done undoes all others.
    """

    unheard: list[OSError] = []

    def seen(result: Result) -> None:
        if desk.json or unheard:
            return
        try:
            _print(result, told)
        except (
            OSError
        ) as error:  # nobody hears the answer; the lines that are left are done all the same
            unheard.append(error)

    shown = progress(lines, title=title, total=len(lines))
    results = run_lines(desk.office, request, shown, do, whole=whole, seen=seen)
    if unheard:
        raise unheard[0]
    return _conclude(desk, request, results, len(lines), whole=whole, beside=beside or {})


def _print(result: Result, told: Callable[[Done], str]) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 60 + "\r")  # the result takes the progress bar's place
        sys.stderr.flush()
    where = result.line.place + (f"　{result.line.case}" if result.line.case else "")
    if result.done is not None:
        say(mark(True), f" {where}　{hinted(told(result.done), result.done)}")
    elif result.error is not None:
        say(mark(False), f" {_failed(result.line, where, result.error)}")


def _failed(line: BulkLine, where: str, error: LifecycleError) -> str:
    """Tell why a line was not done; its place stands there once."""
    message = error.message
    place, sign, said = message.partition(": ")
    if line.place and message.startswith(line.place):
        message = f"{place}　{line.case}　{said}" if sign and line.case else message
    else:
        message = f"{where}　{message}"
    mend = f"　改法：{error.mend}" if error.mend else ""
    return f"{message}{mend}"


def _conclude(
    desk: Desk,
    request: Request,
    results: list[Result],
    total: int,
    *,
    whole: bool,
    beside: Mapping[str, object],
) -> int:
    same = sum(result.done is not None and result.done.unchanged for result in results)
    done = sum(result.error is None for result in results) - same
    undone = whole and done + same < total
    errors = [result.error for result in results if result.error]
    doubtful = sum(isinstance(error, UncertainError) for error in errors)
    failed = len(errors) - doubtful
    if desk.json:
        answer = {
            "dry_run": request.dry_run,
            "total": total,
            "done": 0 if undone else done,
            "failed": failed,
            "uncertain": doubtful,
        }
        answer |= {"unchanged": same} if same else {}
        items = [_json(result, undone=undone) for result in results]
        write_answer({**answer, **beside, "results": items}, (), ok=not errors)
    elif undone:
        say(f"{len(errors)} 件不能办理，其余也未办理：没有写入任何内容")
    else:
        left = total - len(results)
        alike = f"，没有变化 {same} 件" if same else ""
        rest = f"，{left} 件未轮到" if left else ""
        doubt = f"，{doubtful} 件不知道是否已写入" if doubtful else ""
        verb = "可以办理" if request.dry_run else "已办理"
        say(f"{verb} {done} 件{alike}，未办理 {failed} 件{doubt}{rest}")
    return max((error.exit_code for error in errors), default=0)


def _json(result: Result, *, undone: bool) -> dict[str, Any]:
    head = {"line": result.line.place, "given": result.line.case}
    if result.error is None and result.done is not None:
        return {**head, "ok": True, "undone": undone, **done_json(result.done)}
    error: dict[str, Any] = {}
    if result.error is not None:
        error = {"message": result.error.message, "mend": result.error.mend}
        if isinstance(result.error, Refusal):
            error["details"] = refusal_json(result.error)
        elif isinstance(result.error, SeveralError):
            error["details"] = result.error.details
    return {**head, "ok": False, "error": error}


def refuse_options_of_bulk(*, whole: bool) -> None:
    """Refuse `--all-or-nothing` where one case is named."""
    if whole:
        raise UsageError("--all-or-nothing 只用于成批办理", "事项处写 - 或表格文件")
