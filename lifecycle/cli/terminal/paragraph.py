"""A paragraph on a terminal: wrapped with a hanging indent, a command at its end unbroken."""

from __future__ import annotations

from lifecycle.cli.terminal.output import columns, say
from lifecycle.cli.terminal.text import wrap
from lifecycle.errors import cell_width

GAP = "　"


def flow(lead: str, text: str, *, command: str = "", rest: str | None = None) -> None:
    """Print a paragraph whose lines after the first are led by `rest`, by default as wide as
    `lead`. The command that follows it gets a line of its own where the last one has no room for
    it. Into a file or pipe all is one line.
    """
    width = columns()
    after = f"{GAP}{command}" if command else ""
    if width is None:
        say(lead + text + after)
        return
    indent = " " * cell_width(lead) if rest is None else rest
    told = wrap(text.replace("\n", " "), width, first=lead, rest=indent)
    last = told.rpartition("\n")[2]
    if not command or cell_width(last + after) <= width:
        say(told + after)
    else:
        say(f"{told}\n{indent}{command}")
