"""What differs between kept lines and those that came, told so that one knows where to
look first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger_lines import Line

NAMES = ("k", "n", "at", "case", "seq", "table")
"""The fields that say which line a line is; `seq` does so for an entry only."""
MOST = 3


def key(line: Line) -> tuple[Any, ...]:
    """Give what a line is known by: an entry by its place, a command by its number, the rest by
    what it tells of.
    """
    names = ("k", "case", "seq") if line["k"] == "entry" else ("k", "n", "at", "case", "table")
    return tuple(line.get(name) for name in names)


def differences(expected: Sequence[Line], came: Sequence[Line]) -> list[str]:
    """Tell the lines that differ, the first ones in full."""
    wanted = {key(line): line for line in expected}
    found = {key(line): line for line in came}
    wrong = [
        name
        for name in [*wanted, *(n for n in found if n not in wanted)]
        if wanted.get(name) != found.get(name)
    ]
    told = [_told(wanted.get(name), found.get(name)) for name in wrong[:MOST]]
    return told + ([f"… and {len(wrong) - MOST} lines more"] if len(wrong) > MOST else [])


def _told(expected: Line | None, came: Line | None) -> str:
    line = expected or came or {}
    where = ", ".join(f"{name} {line[name]}" for name in (*NAMES, "type", "argv") if name in line)
    if expected is None or came is None:
        return f"{where}: {'has come, but was not there' if expected is None else 'was there, but has not come'}"  # noqa: E501
    fields = [name for name in expected | came if expected.get(name) != came.get(name)]
    lines = [f"{where}: {', '.join(fields)}"]
    for name in fields:
        if name == "parts":
            changed = sorted(part for part, _ in expected[name].items() ^ came[name].items())
            lines.append(f"  parts of the entry that differ: {', '.join(dict.fromkeys(changed))}")
        else:
            lines += [
                f"  {name} expected {expected.get(name)!r}",
                f"  {name} came     {came.get(name)!r}",
            ]
    return "\n".join(lines)


def report(name: str, layer: str, found: Sequence[str]) -> str:
    """Write the differences of a ledger's layer with what to do about them."""
    command = "python tests/golden_ledgers/record.py" + (" --surface" if layer == "surface" else "")
    why = (
        "Entries, states and audit may change with the schema or the definitions only."
        if layer == "ledger"
        else "What is printed may change on purpose: say why in the commit."
    )
    return "\n".join(
        [
            f"{name}: its {layer} is not what was recorded.",
            *found,
            why,
            f"To record anew: {command}",
        ]
    )
