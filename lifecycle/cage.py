"""`caged`: run a function in a child process that may neither go on for long, nor fill the memory,
nor write files.

For templates that are not in force yet: reading and trying one must not hold up or harm the process
that does so. What the letter's own budget (`meter`) cannot see, such as Jinja2's parser and regular
expressions, the system bounds here.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from lifecycle.errors import (
    InvalidError,
    LifecycleError,
    Location,
    Problem,
    UnavailableError,
    WorkflowError,
    os_reason,
)

MOST_BYTES = 4 << 20
"""Bytes of a result; a letter's limit is far below."""
_MEMORY, _WIDE = b"m", b"w"
_PIPE = 3
_MOST_FILES = 16
"""File descriptors that the child may have: its own four, and what importing a module takes."""
_MEND = "请检查模板里的循环和拼接"


def caged(
    function: Callable[..., Any],
    *args: object,
    cpu_seconds: float = 2,
    memory_mb: int = 256,
    wall_seconds: float = 5,
    what: str = "模板",
) -> Any:
    """Give what `function(*args)` gives, computed in a child process with limits.

    The result must be plain JSON values. `memory_mb` is what the child may take beyond what this
    process has. A LifecycleError is raised here as it was there. Raise InvalidError when the time
    of the processor or the memory runs out, UnavailableError when the child does not end in time
    otherwise or dies. Where processes cannot be forked (Windows), the function runs here, bounded
    only by the letter's own budget.
    """
    if not hasattr(os, "fork"):
        return function(*args)
    reader, writer = os.pipe()
    try:
        pid = _fork()
        if pid == 0:
            _child(writer, function, args, cpu_seconds, memory_mb, wall_seconds)
    except OSError as error:
        os.close(reader)
        raise UnavailableError(f"{what}检查不了：{os_reason(error)}", "请稍后再试") from error
    finally:
        os.close(writer)
    raw: bytes | None = None
    try:
        raw = _receive(reader, time.monotonic() + wall_seconds)
    finally:  # also when the wait is broken off: no child is left behind, running or dead
        os.close(reader)
        status = _ended(pid)
    return _result(raw, status, what, limits=(cpu_seconds, memory_mb, wall_seconds))


def _fork() -> int:
    # Python 3.12 warns of threads that may hold locks at this moment; the child uses none of
    # theirs. A filter for good (set once, however often) instead of `catch_warnings`, which is not
    # safe where there are
    # threads.
    warnings.filterwarnings("ignore", "This process", DeprecationWarning, __name__)
    return os.fork()


def _receive(reader: int, until: float) -> bytes | None:
    """Read what the child says to its end; None when it is not done in time."""
    parts: list[bytes] = []
    while sum(map(len, parts)) <= MOST_BYTES:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return None
        part = os.read(reader, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return _WIDE


def _ended(pid: int) -> int:
    """End the child if it still runs, and take its status, so that no zombie stays.

    0 if somebody else took it.
    """
    try:
        os.kill(pid, signal.SIGKILL)  # nothing to a child that is ending: its status is settled
        return os.waitpid(pid, 0)[1]
    except (ChildProcessError, ProcessLookupError):
        return 0


def _result(raw: bytes | None, status: int, what: str, limits: tuple[float, int, float]) -> Any:
    """Give the result, or raise what the child raised or died of."""
    cpu, memory, wall = limits
    if raw is None:
        mend = f"机器繁忙时可再试一次；仍不行的，{_MEND}"
        raise UnavailableError(f"{what}在 {wall:g} 秒内没有检查完，已停止", mend)
    dead = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if dead in (signal.SIGXCPU, signal.SIGPROF):
        raise InvalidError(f"{what}运行超过时限 {cpu:g} 秒，已停止", _MEND)
    if raw == _MEMORY:
        raise InvalidError(f"{what}要用的内存超过 {memory} MB，已停止", _MEND)
    if raw == _WIDE:
        raise InvalidError(f"{what}写出的内容超过 {MOST_BYTES >> 20} MB，已停止", _MEND)
    try:
        said = json.loads(raw)
    except ValueError:
        how = f"信号 {dead}" if dead else "内部错误"
        raise UnavailableError(
            f"{what}检查不了：检查进程中断（{how}）", "请稍后再试；仍不行的，请报告"
        ) from None
    if "error" in said:
        raise _raised(said)
    return said["result"]


def _raised(said: dict[str, Any]) -> LifecycleError:
    if said["problems"]:
        problems = (
            Problem(rule, Location(*at), message, mend, warning)
            for rule, at, message, mend, warning in said["problems"]
        )
        error = WorkflowError(problems)
        error.args, error.message = (
            (said["message"],),
            said["message"],
        )  # with the lines of the source shown
        return error
    kind = UnavailableError if said["error"] == 3 else InvalidError
    return kind(said["message"], said["mend"])


def _child(
    pipe: int,
    function: Callable[..., Any],
    args: tuple[object, ...],
    cpu: float,
    memory: int,
    wall: float,
) -> NoReturn:
    """Be the child: shut everything but the pipe, take on the limits, compute, answer, and end
    without any cleaning up.

    Nothing of the parent's is touched or collected: its databases, threads and buffers are only
    copies here.
    """
    try:
        _shut(pipe)
        _limit(cpu, memory, wall)
        answer = _answer(function, args)
        while answer:
            answer = answer[os.write(_PIPE, answer) :]
    except BaseException:  # noqa: BLE001 - whatever it is, the child must not go on into the parent's code
        os._exit(2)
    os._exit(0)


def _shut(pipe: int) -> None:
    import gc

    gc.freeze()
    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGPROF, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    pipe = os.dup(pipe) if pipe < _PIPE else pipe
    sys.stdin = sys.stdout = sys.stderr = None  # as `pythonw` has it: print does nothing
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(_PIPE):
        os.dup2(nowhere, stream)
    os.dup2(pipe, _PIPE, inheritable=False)
    os.closerange(_PIPE + 1, os.sysconf("SC_OPEN_MAX"))


def _limit(cpu: float, memory: int, wall: float) -> None:
    import resource

    whole = math.ceil(cpu)
    wanted = [
        (resource.RLIMIT_CPU, whole, whole + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES, _MOST_FILES),
        (resource.RLIMIT_AS, _taken() + (memory << 20), resource.RLIM_INFINITY),
    ]
    for what, soft, hard in wanted:
        most = resource.getrlimit(what)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = (
                min(soft, most),
                most if hard == resource.RLIM_INFINITY else min(hard, most),
            )
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            if what != resource.RLIMIT_AS:  # macOS knows no limit of the address space
                raise
    signal.setitimer(
        signal.ITIMER_PROF, cpu
    )  # to the millisecond, where RLIMIT_CPU counts whole seconds
    signal.setitimer(
        signal.ITIMER_REAL, wall + 1
    )  # ends the child even if this process is killed meanwhile


def _taken() -> int:
    """Count the bytes of address space that this process has already, where the system tells."""
    try:
        with open("/proc/self/statm", "rb") as handle:  # noqa: PTH123 - no more than must be is allocated here
            return int(handle.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 32


def _answer(function: Callable[..., Any], args: tuple[object, ...]) -> bytes:
    try:
        return json.dumps({"result": function(*args)}).encode()
    except MemoryError:
        return _MEMORY
    except RecursionError:
        return _told(
            InvalidError("括号、式子或标签套得太深，读不了", "请减少括号、式子和 {% if %} 的层数")
        )
    except LifecycleError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001 - told by its kind alone: what it says is not for officers
        return _told(UnavailableError(f"检查时出错（{type(error).__name__}）", "请报告这一错误"))


def _told(error: LifecycleError) -> bytes:
    problems = error.problems if isinstance(error, WorkflowError) else ()
    found = [(p.rule, _place(p.location), p.message, p.mend, p.warning) for p in problems]
    document = {
        "error": error.exit_code,
        "message": error.message,
        "mend": error.mend,
        "problems": found,
    }
    return json.dumps(document).encode()


def _place(at: Location) -> tuple[str, int, int, int]:
    return at.file, at.line, at.column, at.length
