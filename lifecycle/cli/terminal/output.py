"""What leaves the program: text made safe, colours where they belong, and one JSON document for
machines.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from itertools import groupby
from typing import TextIO, TypeVar

from lifecycle.cli.terminal.text import GOES_ON, pad, safe, wrap
from lifecycle.errors import cell_width

T = TypeVar("T")

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "grey": "90", "bold": "1"}


class Painted(str):
    """Text made safe and coloured.

    `plain` is what of it takes room. Joined to other text it loses its colour.
    """

    __slots__ = ("code", "plain")
    code: str
    plain: str

    def __new__(cls, plain: str, code: str) -> Painted:
        """Wrap safe text in the terminal's codes."""
        self = super().__new__(cls, f"\x1b[{code}m{plain}\x1b[0m")
        self.code = code
        self.plain = plain
        return self

    def again(self, part: str) -> Painted:
        """Colour a part of it likewise."""
        return Painted(part, self.code)


class Closed(io.TextIOBase):
    """Standard output where the caller closed it: to write there fails as it does on any closed
    file.
    """

    def write(self, text: str) -> int:
        """Refuse the text."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_streams() -> None:
    """Put something in the place of a closed standard output or error, which Python
    leaves at None.
    """
    if sys.stdout is None:
        sys.stdout = Closed()
    if sys.stderr is None:
        sys.stderr = Closed()


def coloured(stream: TextIO | None = None) -> bool:
    """Tell whether colours belong here: on a terminal that can, unless NO_COLOR is set
    (no-color.org).
    """
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    # Older Windows consoles print the codes themselves.
    return os.name != "nt" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Colour text (red, green, yellow, grey, bold) where the stream shows colours.

    It is made safe in any case.
    """
    plain = safe(text)
    return Painted(plain, _COLOURS[colour]) if coloured(stream) else plain


def mark(met: bool | None) -> str:
    """Give ✓ for met, ✗ for unmet, － for what does not apply."""
    if met is None:
        return paint("－", "grey")
    return paint("✓", "green") if met else paint("✗", "red")


def shown(part: str, keep: str = "") -> str:
    """Make one part fit to print: painted text passes, everything else is made safe."""
    return part if isinstance(part, Painted) else safe(part, keep)


def say(*parts: str) -> None:
    """Print one result line, or several where a part holds line breaks, to standard output. On a
    terminal what is too long for a line goes on in the next, broken where it may be.
    """
    print_to(sys.stdout, *parts)


def warn(*parts: str) -> None:
    """Print a message for the person at the terminal to standard error, likewise."""
    print_to(sys.stderr, *parts)


def print_to(stream: TextIO, *parts: str) -> None:
    """Print to a stream, wrapped where it is a terminal."""
    width = columns(stream)
    text = "".join(shown(part, "\n") for part in parts)
    if width is not None:
        plain = "".join(_plain(part) for part in parts)
        if any(cell_width(line) > width for line in plain.split("\n")):
            text = _folded(parts, plain, width)
    stream.write(text + "\n")


class _Gathering(io.StringIO):
    """What is printed, kept: as wide, and as much of a terminal, as the stream in whose place it
    stands.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def isatty(self) -> bool:
        """Tell whether that stream is a terminal."""
        return self._stream.isatty()


def printed(show: Callable[[], None]) -> list[str]:
    """Give the lines that something would print to standard output."""
    with redirect_stdout(_Gathering(sys.stdout)) as found:
        show()
    return found.getvalue().splitlines()


def print_lines(told: Iterable[str]) -> None:
    """Print lines that were `printed` before, as they are."""
    sys.stdout.write("".join(f"{line}\n" for line in told))


def _plain(part: str) -> str:
    return part.plain if isinstance(part, Painted) else safe(part, "\n")


_LABEL = re.compile(r"\s*(?:[✓✗·!－] |改法：|提示：|注意：|依据：)?")
_HANG = 4
"""Cells by which the further lines of what has no label stand in."""


def _folded(parts: Sequence[str], plain: str, width: int) -> str:
    """Break lines that are too long for a terminal; each character keeps its colour."""
    codes: list[str] = []
    for part in parts:
        codes += [part.code if isinstance(part, Painted) else ""] * len(_plain(part))
    place, told = 0, []
    for line in plain.split("\n"):
        for piece in _broken(line, width):
            # What says that a command goes on is no part of the text.
            own = piece.removesuffix(GOES_ON).strip()
            start = plain.index(own, place) if own else place
            lead = piece[: len(piece) - len(piece.lstrip())]
            after = GOES_ON if piece.endswith(GOES_ON) else ""
            told.append(lead + _coloured(own, codes[start:]) + after)
            place = start + len(own)
    return "\n".join(told)


def _broken(line: str, width: int) -> list[str]:
    if cell_width(line) <= width:
        return [line.rstrip()]
    label = _LABEL.match(line)
    first = label.group() if label else ""
    hang = cell_width(first) + (0 if first.strip() else _HANG)
    room = " " * min(hang, width // 2)
    return wrap(line[len(first) :], width, first=first, rest=room).split("\n")


def _coloured(text: str, codes: Sequence[str]) -> str:
    runs = groupby(zip(text, codes, strict=False), key=lambda one: one[1])
    told = ((code, "".join(char for char, _code in run)) for code, run in runs)
    return "".join(str(Painted(run, code)) if code else run for code, run in told)


def write_json(document: object) -> None:
    """Print one JSON document to standard output; what could drive a terminal is `\\u`-escaped."""
    import json

    plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") not in ("utf8", "utf8sig")
    text = json.dumps(document, ensure_ascii=plain, allow_nan=False, default=str)
    if (
        not text.isprintable()
    ):  # json.dumps has escaped C0 already; what is left stands inside strings
        text = "".join(c if c.isprintable() or c in "\u3000\u200d" else _escaped(c) for c in text)
    sys.stdout.write(text + "\n")


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def columns(stream: TextIO | None = None) -> int | None:
    """Count the columns of the terminal, or None where the stream (standard output) is not one and
    lines may be of any length.
    """
    if not (stream or sys.stdout).isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def lines() -> int | None:
    """Count the lines of the terminal that standard output is, or None where it is none."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().lines


def screen() -> tuple[int, int] | None:
    """Give the columns and lines of the terminal that standard output is, or None where it is
    none.
    """
    width, height = columns(), lines()
    return None if width is None or height is None else (width, height)


class Bar:
    """On a terminal, how far a work has come, drawn at most ten times a second.

    Anywhere else, nothing.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.live = sys.stderr.isatty()
        self.drawn = 0.0

    def show(self, done: int, total: int | None = None) -> None:
        """Draw how far it has come."""
        if not self.live:
            return
        from time import monotonic

        if monotonic() - self.drawn >= 0.1:
            self.drawn = monotonic()
            sys.stderr.write("\r" + pad(_bar(self.title, done, total), 60))
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the drawing away, before anything else is printed and at the end."""
        if self.drawn:
            self.drawn = 0.0
            sys.stderr.write("\r" + " " * 60 + "\r")
            sys.stderr.flush()


def progress(items: Iterable[T], *, title: str, total: int | None = None) -> Iterator[T]:
    """Pass items through; on a terminal, draw how far the work has come."""
    bar = Bar(title)
    try:
        for done, item in enumerate(items, 1):
            yield item
            bar.show(done, total)
    finally:
        bar.clear()


def _bar(title: str, done: int, total: int | None) -> str:
    if not total:
        return f"{safe(title)} {done}"
    full = min(20, done * 20 // total)
    return (
        f"{safe(title)} {'█' * full}{'░' * (20 - full)} "
        f"{min(100, done * 100 // total):>3}% "
        f"{done}/{total}"
    )
