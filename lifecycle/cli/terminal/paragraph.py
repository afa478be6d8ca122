"""A paragraph on a terminal: wrapped with a hanging indent, a command at its end unbroken."""

from __future__ import annotations

import sys
from typing import TextIO

from lifecycle.cli.terminal.output import Painted, columns, say, warn
from lifecycle.cli.terminal.text import wrap
from lifecycle.errors import cell_width

GAP = "　"
HINT = "提示："


def wrapped(text: str, stream: TextIO | None = None, *, lead: str = "", rest: str = "") -> str:
    """Wrap a paragraph after `lead` to the terminal that a stream (standard output) is; whole where
    it is none.
    """
    width = columns(stream)
    return lead + text if width is None else wrap(text, width, first=lead, rest=rest)


def hint(text: str) -> None:
    """Say beside the answer, on standard error, what somebody should know."""
    warn(wrapped(text, sys.stderr, lead=HINT, rest=" " * cell_width(HINT)))


def flow(
    lead: str, text: str, *, command: str = "", rest: str | None = None, sign: str = ""
) -> None:
    """Print a paragraph whose lines after the first are led by `rest`, by default as wide as
    `lead`. The command that follows it gets a line of its own where the last one has no room for
    it. `sign` may be painted and comes before all else. Into a file or pipe all is one line.
    """
    width = columns()
    after = f"{GAP}{command}" if command else ""
    if width is None:
        say(sign, lead + text + after)
        return
    room = " " * cell_width(sign.plain if isinstance(sign, Painted) else sign)
    indent = room + " " * cell_width(lead) if rest is None else rest
    told = wrap(text.replace("\n", " "), width, first=room + lead, rest=indent)
    last = told.rpartition("\n")[2]
    told = told.removeprefix(room)
    if not command or cell_width(last + after) <= width:
        say(sign, told + after)
    else:
        say(sign, f"{told}\n{indent}{command}")
