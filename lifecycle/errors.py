"""What can go wrong, as values: a fault in a file is a `Problem`, a fault in a command a
`LifecycleError`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from lifecycle.frozen import dataclass

_ONE_LINE = 40
"""Cells up to which several names are told in one line."""
MOST_TOLD = 200
"""So many faults of what was entered are told to people; of more, how many more."""

OS_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件或目录不存在",
    errno.EISDIR: "这是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
    errno.EIO: "磁盘读写出错",
    errno.EBADF: "输出已关闭",
    errno.EFBIG: "文件太大",
    errno.EEXIST: "已经存在",
    errno.ELOOP: "符号链接绕圈",
    errno.EBUSY: "正被占用",
    errno.ETXTBSY: "正被占用",
    errno.EINVAL: "不是能读写的普通文件",
    errno.ENXIO: "不是能读写的普通文件",
    errno.ENODEV: "设备不在",
    errno.ESTALE: "网络磁盘已断开",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不够",
    errno.EAGAIN: "系统资源暂时不够",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EXDEV: "不在同一个磁盘上",
    errno.ETIMEDOUT: "等不到应答",
    errno.ECONNREFUSED: "对方没有开放这个端口",
    errno.ECONNRESET: "连接被对方断开",
    errno.ECONNABORTED: "连接中断",
    errno.EPIPE: "连接被对方断开",
    errno.EHOSTUNREACH: "到不了对方主机",
    errno.ENETUNREACH: "网络不通",
    errno.ENETDOWN: "网络不通",
    errno.EADDRNOTAVAIL: "地址不可用",
}


def os_reason(error: OSError) -> str:
    """Say in Chinese why the system refused; where there is no saying, by its number."""
    told = OS_REASONS.get(error.errno or 0)
    if told is None and error.errno:
        return f"系统错误 {errno.errorcode.get(error.errno, error.errno)}"
    return told or "系统没有说明原因"


@dataclass(frozen=True, slots=True)
class Location:
    """A span in a text file; line and column count from 1, length in characters."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a file: which rule it breaks, where, what is wrong and how to mend it (both
    Chinese).

    A warning says what is most likely not meant; the file may be used all the same.
    """

    rule: str
    location: Location
    message: str
    mend: str = ""
    warning: bool = False

    @property
    def word(self) -> str:
        """Say in Chinese how grave it is."""
        return "警告" if self.warning else "错误"

    def render(self, source: str | Mapping[str, str] | None = None) -> str:
        """Give `file:line:col: 错误：…` (or 警告), then the faulty line underlined when its text is
        at hand, then the mend.
        """
        lines = [f"{self.location}: {self.word}：{self.message}"]
        if isinstance(source, Mapping):
            source = source.get(self.location.file)
        text = source.splitlines() if source else []
        if 0 < self.location.line <= len(text):
            line = text[self.location.line - 1]
            lead = "".join(
                c if c == "\t" else " " * cell_width(c) for c in line[: self.location.column - 1]
            )
            marked = line[
                self.location.column - 1 : self.location.column - 1 + self.location.length
            ]
            lines.append(f"{self.location.line:>5} | {line}")
            lines.append(f"      | {lead}{'^' * max(1, cell_width(marked))}")
        if self.mend:
            lines.append(f"  改法：{self.mend}")
        return "\n".join(lines)


def faults_among(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give the problems for which a file cannot be used: all but warnings."""
    return tuple(problem for problem in problems if not problem.warning)


def cell_width(text: str) -> int:
    """Count the terminal cells that a text occupies (wide East Asian characters take two; Unicode
    Annex 11).
    """
    from unicodedata import category, east_asian_width

    if text.isascii():
        return len(text)
    shown = [c for c in text if category(c) not in ("Mn", "Me", "Cf")]
    return len(shown) + sum(east_asian_width(c) in "WF" for c in shown)


class LifecycleError(Exception):
    """The family of errors that an officer may see; `exit_code` is the command line's."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class InvalidError(LifecycleError):
    """The input is wrong in itself: a type, a unit, a date, a file."""


@dataclass(frozen=True, slots=True)
class EnteredFault:
    """A fault in one thing that was entered, and where it stands (`list.csv:3:2`), if in a file."""

    place: str
    error: LifecycleError

    @property
    def message(self) -> str:
        """Say what is wrong, with the place before it."""
        return f"{self.place}: {self.error.message}" if self.place else self.error.message


class SeveralError(InvalidError):
    """Several faults in what was entered, told at once."""

    def __init__(self, faults: Iterable[EnteredFault]) -> None:
        self.faults = tuple(faults)
        lines = (
            f"\n  {fault.message}" + (f"　改法：{fault.error.mend}" if fault.error.mend else "")
            for fault in self.faults[:MOST_TOLD]
        )
        rest = len(self.faults) - MOST_TOLD
        more = f"\n  另有 {rest} 处，改好以上各处再看" if rest > 0 else ""
        super().__init__(f"有 {len(self.faults)} 处填得不对：{''.join(lines)}{more}")

    @property
    def details(self) -> Mapping[str, object]:
        """Give each fault for machines."""
        told = (
            {"place": fault.place, "message": fault.error.message, "mend": fault.error.mend}
            for fault in self.faults
        )
        return {"faults": list(told)}


def at_once(faults: Sequence[EnteredFault]) -> LifecycleError:
    """Give the error that tells all these faults; there must be one."""
    if len(faults) > 1:
        return SeveralError(faults)
    fault = faults[0]
    return InvalidError(fault.message, fault.error.mend) if fault.place else fault.error


class UsageError(LifecycleError):
    """The command was called in a way that says too little or too much."""

    exit_code = 2


class UnknownError(LifecycleError):
    """A name that nothing here bears; `otherwise` is the mend where nothing known is like it."""

    def __init__(
        self, kind: str, name: str, known: Iterable[str] = (), otherwise: str = ""
    ) -> None:
        near = nearest(name, known)
        super().__init__(f"没有{kind}“{name}”", f"是否为“{near}”？" if near else otherwise)
        self.kind = kind
        self.name = name


class AmbiguousError(LifecycleError):
    """A name that several things bear; `found` names them, each in a line of its own where they do
    not fit in one.
    """

    def __init__(self, kind: str, name: str, found: Iterable[str], mend: str = "") -> None:
        each = tuple(found)
        example = f"请写得更完整些，如：{each[0].split(' ')[0]}"
        super().__init__(f"{kind}“{name}”不止一个：{_listed(each)}", mend or example)


class ChoiceError(LifecycleError):
    """Of what a command left out there is more than one: `what` says of what, `found` names each,
    in a line of its own where they do not fit in one.
    """

    def __init__(self, what: str, found: Iterable[str], mend: str) -> None:
        super().__init__(f"{what}不止一项：{_listed(tuple(found))}", mend)


def _listed(each: tuple[str, ...]) -> str:
    """List names in one line, or in a line each where they do not fit."""
    listed = "、".join(each)
    if cell_width(listed) > _ONE_LINE:
        return "".join(f"\n  {one}" for one in each)
    return listed


class WorkflowError(LifecycleError):
    """A workflow or template file with faults; every fault is listed."""

    def __init__(
        self, problems: Iterable[Problem], source: str | Mapping[str, str] | None = None
    ) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(p.render(source) for p in self.problems))


class ConflictError(LifecycleError):
    """Somebody else was first."""


class UnavailableError(LifecycleError):
    """It could not be done or could not be checked: database away, locked, full, not
    ours, damaged.
    """

    exit_code = 3


class UncertainError(UnavailableError):
    """Whether it was recorded cannot be told: the commit failed, and reading back gave no answer.

    `eids` are those of the entries in question; the first one is what `lifecycle log --request-id`
    asks for.
    """

    def __init__(self, message: str, eids: Iterable[str]) -> None:
        self.eids = tuple(eids)
        super().__init__(
            f"不知道是否已写入（{message}）；查明用 lifecycle log --request-id {self.eids[0]}",
            _resend(self.eids),
        )


def _resend(eids: tuple[str, ...]) -> str:
    """Say how the same command may safely be sent again."""
    if len(eids) == 1:
        return f"也可以加上 --request-id {eids[0]} 重发同一指令：只生效一次，不会重复"
    return (
        "原来写了 --request-id 的，可用同一编号重发同一指令，不会重复；"
        "没有写的，"
        "先查明再决定是否重办"
    )


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Name the known word most like the given one, if any is like it at all: by `cutoff`, of 1 for
    the very same.
    """
    from difflib import get_close_matches

    found = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return found[0] if found else None
