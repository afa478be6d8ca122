"""How a command ends: its exit code, and for every failure one clear message, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, runtime_checkable

import click

from lifecycle.cli.terminal.answer import write_answer
from lifecycle.cli.terminal.output import warn
from lifecycle.cli.terminal.refusal import Refusal, print_refusal, refusal_json
from lifecycle.cli.terminal.wording import usage_message
from lifecycle.errors import OS_REASONS, LifecycleError
from lifecycle.office.session import Deeds

DONE, REFUSED, USAGE, FAILED = 0, 1, 2, 3
INTERRUPTED = (
    130  # 128 + SIGINT and 128 + SIGPIPE: what a shell reports for a program that the signal ended
)
PIPE_CLOSED = 141


@runtime_checkable
class Detailed(Protocol):
    """An error that has more to tell a machine than its sentence."""

    @property
    def details(self) -> Mapping[str, object]:
        """Give what goes under `details` of the JSON error: stable English keys."""
        ...


def ended(call: Callable[[], object], args: Sequence[str], deeds: Deeds) -> int:
    """Run a whole command and give its exit code; every failure is told here and nowhere else.

    `deeds` are what the command has recorded when it ends: that is done, however it ends.
    """
    wants_json = "--json" in (args[: args.index("--")] if "--" in args else args)
    end = _End(wants_json, deeds)
    try:
        try:
            result = call()
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001 - the last line of defence: told and logged, never shown raw
            code = end.tell(error)
            if not isinstance(
                error, OSError
            ):  # an output that could not be written fails the same way again
                sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        return end.interrupted()
    except BrokenPipeError:
        return end.pipe_closed()
    except OSError as error:  # the answer of a failed command could not be written either
        return end.tell(error)
    end.remark()
    return result if isinstance(result, int) and not isinstance(result, bool) else DONE


class _End:
    """How one command ended: what there is to tell, to whom, and what it had recorded by then."""

    def __init__(self, wants_json: bool, deeds: Deeds) -> None:
        self.wants_json = wants_json
        self.deeds = deeds

    def tell(self, error: Exception) -> int:
        """Tell one failure to the person and, if asked, to the machine; give the exit code."""
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            _warn(error.format_message())
            return USAGE
        if isinstance(error, click.UsageError):
            message, mend = usage_message(error)
            self._report(f"错误：{message}", mend, "usage", error)
            if error.ctx is not None:
                _warn(error.ctx.get_usage(), f"\n详见：{error.ctx.command_path} --help")
            return USAGE
        if isinstance(error, LifecycleError):
            self._report(error.message, error.mend, _kind(error), error)
            return error.exit_code
        if isinstance(error, click.Abort):
            if isinstance(error.__cause__, KeyboardInterrupt):
                return self.interrupted()
            nothing = "" if self.deeds.count else "，什么也没有改变"
            self._report(f"已取消{nothing}", "", "aborted")
            return REFUSED
        if isinstance(error, BrokenPipeError):
            raise error
        if isinstance(error, OSError) and error.errno in OS_REASONS:
            message, mend = _unwritten(error)
            self._report(message, "" if self.deeds.count else mend, "unavailable")
            return FAILED
        return self._unexpected(error)

    def remark(self) -> None:
        """Tell what a command that succeeded leaves in doubt, and what was made before it."""
        if self.deeds.due:
            _warn(f"  {self.deeds.told_due()}")
        if self.deeds.trouble:
            _warn(
                f"注意：磁盘在写入的最后一步报错（{self.deeds.trouble}）。读回核对，"
                f"{self.deeds.told()}；"
                "不要重办。但断电后是否还在没有保证：请尽快检查磁盘并 lifecycle backup"
            )

    def interrupted(self) -> int:
        """Tell that the user stopped it."""
        with suppress(OSError):
            self._report("已中断", "", "interrupted")
        return INTERRUPTED

    def pipe_closed(self) -> int:
        """End quietly when the reader (`| head`) has gone, unless there is a record to speak of.

        The interpreter's own last flush must not complain either.
        """
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if self.deeds.count:
            self._report("答复没能全部输出：读取的一方已关闭", "", "unavailable")
        return PIPE_CLOSED

    def _report(self, message: str, mend: str, kind: str, error: Exception | None = None) -> None:
        if isinstance(error, Refusal):
            with suppress(OSError):
                print_refusal(error)
        else:
            _warn(message + (f"\n  改法：{mend}" if mend else ""))
        if self.deeds.due:
            _warn(f"  {self.deeds.told_due()}")
        if self.deeds.last is not None:
            _warn(f"  {self.deeds.told()}。这是办成了的，不要重办；查看：{self.deeds.shown_by()}")
        if self.wants_json:
            try:
                self._report_to_machine(message, mend, kind, error)
            except BrokenPipeError:
                raise
            except OSError:
                pass  # the person was told, and the exit code says it

    def _report_to_machine(
        self, message: str, mend: str, kind: str, error: Exception | None
    ) -> None:
        body: dict[str, object] = {
            "message": message.removeprefix("错误："),
            "mend": mend,
            "kind": kind,
        }
        if isinstance(error, Refusal):
            body["details"] = refusal_json(error)
        elif isinstance(error, Detailed):
            body["details"] = dict(error.details)
        data: dict[str, object] = {"error": body}
        last = self.deeds.last
        if last is not None:
            entry = {"eid": last.eid, "seq": last.seq, "number": last.number or None}
            data["recorded"] = {"count": self.deeds.count, "last": entry}
        write_answer(data, _following(error), ok=False)

    def _unexpected(self, error: Exception) -> int:
        from traceback import format_exception

        story = "".join(format_exception(error))
        if os.environ.get("LIFECYCLE_DEBUG") == "1":
            sys.stderr.write(story)
        log = _logged(story)
        where = (
            f"详情已记入 {log}"
            if log
            else "详情无法记录；设环境变量 LIFECYCLE_DEBUG=1 再试一次可看到"
        )
        failed = "" if self.deeds.count else "，未能办理"
        self._report(f"程序内部出错{failed}", f"请把详情交给管理员（{where}）", "internal")
        return FAILED


def _unwritten(error: OSError) -> tuple[str, str]:
    """Tell of a file that could not be used, or of an answer that could not be written: an error
    without a file's name is of the output.
    """
    reason = OS_REASONS[error.errno or 0]
    if isinstance(error.filename, (str, bytes)):
        return f"未能办理：{reason}：{os.fsdecode(error.filename)}", ""
    if error.errno == errno.ENOSPC:
        reason = "输出的地方已满"
    return f"答复没能全部输出：{reason}", "命令可能已经办成：先查看，不要急着重办"


def _following(error: Exception | None) -> list[str]:
    """List the commands that would meet the gates of a refusal."""
    if not isinstance(error, Refusal):
        return []
    mends = (gate.mend for gate in error.gates if not gate.met)
    return [mend for mend in dict.fromkeys(mends) if mend.startswith("lifecycle ")]


def _warn(*parts: str) -> None:
    """Print for the person; where nobody can be told, the exit code still says it."""
    with suppress(OSError):
        warn(*parts)


def _kind(error: LifecycleError) -> str:
    """Name an error's class for machines: `InvalidError` is `invalid`."""
    return "".join(
        f"_{c.lower()}" if c.isupper() else c for c in type(error).__name__.removesuffix("Error")
    ).lstrip("_")


def _logged(story: str) -> str:
    """Append the details to the log in the data folder and name the file, or nothing where that
    cannot be done.
    """
    from datetime import UTC, datetime

    from lifecycle import places
    from lifecycle.version import __version__

    try:
        folder = places.data_folder()
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "lifecycle.log"
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(
                f"{stamp} lifecycle {__version__} python {sys.version.split()[0]} "
                f"{sys.platform}\n{story}"
                f"\n"
            )
    except (OSError, LifecycleError):
        return ""
    return str(log)
