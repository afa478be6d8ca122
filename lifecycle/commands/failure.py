"""How a command ends: its exit code, and for every failure one clear message, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, runtime_checkable

import click

from lifecycle.commands.output import warn, write_json
from lifecycle.commands.refusal import Refusal, print_refusal, refusal_json
from lifecycle.commands.wording import usage_message
from lifecycle.errors import OS_REASONS, LifecycleError

DONE, REFUSED, USAGE, FAILED = 0, 1, 2, 3
INTERRUPTED = 130  # 128 + SIGINT and 128 + SIGPIPE: what a shell reports for a program that the signal ended
PIPE_CLOSED = 141


@runtime_checkable
class Detailed(Protocol):
    """An error that has more to tell a machine than its sentence."""

    @property
    def details(self) -> Mapping[str, object]:
        """Give what goes under `details` of the JSON error: stable English keys."""
        ...


def ended(call: Callable[[], object], args: Sequence[str]) -> int:
    """Run a whole command and give its exit code; every failure is told here and nowhere else."""
    wants_json = "--json" in (args[: args.index("--")] if "--" in args else args)
    try:
        try:
            result = call()
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001 - the last line of defence: told and logged, never shown raw
            code = _told(error, wants_json)
            if not isinstance(error, OSError):  # an output that could not be written fails the same way again
                sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        return _interrupted(wants_json)
    except BrokenPipeError:
        return _pipe_closed()
    return result if isinstance(result, int) and not isinstance(result, bool) else DONE


def _told(error: Exception, wants_json: bool) -> int:
    """Tell one failure to the person and, if asked, to the machine; give the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        warn(error.format_message())
        return USAGE
    if isinstance(error, click.UsageError):
        message, mend = usage_message(error)
        _report(f"错误：{message}", mend, "usage", wants_json, error=error)
        if error.ctx is not None:
            warn(error.ctx.get_usage(), f"\n详见：{error.ctx.command_path} --help")
        return USAGE
    if isinstance(error, LifecycleError):
        _report(error.message, error.mend, _kind(error), wants_json, error=error)
        return error.exit_code
    if isinstance(error, click.Abort):
        if isinstance(error.__cause__, KeyboardInterrupt):
            return _interrupted(wants_json)
        _report("已取消，什么也没有改变", "", "aborted", wants_json)
        return REFUSED
    if isinstance(error, BrokenPipeError):
        raise error
    if isinstance(error, OSError) and error.errno in OS_REASONS:
        where = f"：{os.fsdecode(error.filename)}" if isinstance(error.filename, (str, bytes)) else ""
        _report(f"未能办理：{OS_REASONS[error.errno]}{where}", "", "unavailable", wants_json)
        return FAILED
    return _unexpected(error, wants_json)


def _report(message: str, mend: str, kind: str, wants_json: bool, error: Exception | None = None) -> None:
    if isinstance(error, Refusal):
        print_refusal(error)
    else:
        warn(message + (f"\n  改法：{mend}" if mend else ""))
    if wants_json:
        body: dict[str, object] = {"message": message.removeprefix("错误："), "mend": mend, "kind": kind}
        if isinstance(error, Refusal):
            body["details"] = refusal_json(error)
        elif isinstance(error, Detailed):
            body["details"] = dict(error.details)
        write_json({"ok": False, "error": body})


def _kind(error: LifecycleError) -> str:
    """Name an error's class for machines: `InvalidError` is `invalid`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in type(error).__name__.removesuffix("Error")).lstrip(
        "_"
    )


def _interrupted(wants_json: bool) -> int:
    with suppress(OSError):
        _report("已中断", "", "interrupted", wants_json)
    return INTERRUPTED


def _pipe_closed() -> int:
    """End quietly when the reader (`| head`) has gone; the interpreter's own last flush must not complain either."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _unexpected(error: Exception, wants_json: bool) -> int:
    from traceback import format_exception

    story = "".join(format_exception(error))
    if os.environ.get("LIFECYCLE_DEBUG") == "1":
        sys.stderr.write(story)
    log = _logged(story)
    where = f"详情已记入 {log}" if log else "详情无法记录；设环境变量 LIFECYCLE_DEBUG=1 再试一次可看到"
    _report("程序内部出错，未能办理", f"请把详情交给管理员（{where}）", "internal", wants_json)
    return FAILED


def _logged(story: str) -> str:
    """Append the details to the log in the data folder and name the file, or nothing where that cannot be done."""
    from datetime import UTC, datetime

    from lifecycle import __version__, places

    try:
        folder = places.data_folder()
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "lifecycle.log"
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{stamp} lifecycle {__version__} python {sys.version.split()[0]} {sys.platform}\n{story}\n")
    except (OSError, LifecycleError):
        return ""
    return str(log)
