"""Files of a caller who is elsewhere.

A service runs a command for somebody at the other end of a socket. What that person names on the
command line lies on their side: they send the bytes of what is read, and get the bytes of what is
written. Every name that an officer types becomes a path by `file_named`; while a command runs for a
caller that is a `CallersPath`, which leads to the bytes sent or nowhere. So no name that a client
gives is ever opened with the service's rights.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PosixPath

STDIN = "-"
"""The name under which a caller's standard input is sent."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file for the caller to write: the name, what it is in Chinese, where its bytes lie until
    they are sent, and whether nothing may be replaced by it.
    """

    name: str
    kind: str
    place: Path
    once: bool


@dataclass(slots=True)
class CallersErrand:
    """What one command is given and gives back in files.

    `sent` maps a name to where its bytes lie, or to the errno with which the caller failed to read
    it. `wanted` are the names that the command reads, `folders` those that it would make; `scratch`
    is a folder for this command alone.
    """

    scratch: Path
    sent: dict[str, Path | int] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def missing(self) -> list[str]:
        """Name what the command reads and the caller has not sent yet."""
        return [name for name in dict.fromkeys(self.wanted) if name not in self.sent]

    def draft(self, suffix: str) -> Path:
        """Name a file that is not there yet, for bytes that the caller is to get."""
        return self.scratch / f"out-{len(self.kept)}-{os.urandom(4).hex()}{suffix}"

    def keep(self, target: Path, kind: str, place: Path, *, once: bool) -> None:
        """Note a file for the caller to write."""
        self.kept.append(Kept(str(target), kind, place, once))


_current: list[CallersErrand] = []
"""The errand that this process runs now, if any: it runs one command at a time."""


def errand() -> CallersErrand | None:
    """Give the errand that is being run, None where an officer is at this machine."""
    return _current[-1] if _current else None


@contextmanager
def running(one: CallersErrand) -> Iterator[None]:
    """Run a command for a caller who is elsewhere."""
    _current.append(one)
    try:
        yield
    finally:
        _current.pop()


class CallersPath(PosixPath):
    """A path as the caller names it. It leads to the bytes that were sent under that name; whatever
    else is tried with it fails as for a file that there is not.
    """

    def __fspath__(self) -> str:
        now = errand()
        name = str(self)
        found = now.sent.get(name, errno.ENOENT) if now else errno.ENOENT
        if isinstance(found, int):
            raise OSError(found, "", name)
        return str(found)


def file_named(text: str) -> Path:
    """Give the path that an officer means by a name."""
    return Path(text) if errand() is None else CallersPath(text)


def want(text: str) -> None:
    """Note that the command will read a file that its caller named."""
    now = errand()
    if now is not None:
        now.wanted.append(text if text == STDIN else str(CallersPath(text)))
