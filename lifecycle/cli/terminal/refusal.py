"""Gates in print, and the refusal that teaches: all of them at once, each unmet one with how to
meet it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TextIO, runtime_checkable

from lifecycle.cli.terminal.output import columns, paint, print_to, shown
from lifecycle.cli.terminal.paragraph import wrapped
from lifecycle.cli.terminal.text import pad, wrap
from lifecycle.errors import cell_width

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Gate

GAP = "　　"
_BASIS = "依据："
WIDEST = 28
"""Cells up to which a gate's text leaves room for its mend on the same line."""


@runtime_checkable
class Refusal(Protocol):
    """What is printed of a refused command."""

    @property
    def asked_for(self) -> str:
        """Say what was asked for."""
        ...

    @property
    def gates(self) -> Sequence[Gate]:
        """Give every gate as judged."""
        ...

    @property
    def basis(self) -> str:
        """Name the ground."""
        ...


def print_refusal(refusal: Refusal, stream: TextIO | None = None) -> None:
    """Print a refusal, to standard error if not told otherwise: what was asked for, every gate, the
    ground.
    """
    stream = stream or sys.stderr
    print_to(stream, paint("不能办理：", "bold", stream), refusal.asked_for)
    print_gates(refusal.gates, stream=stream)
    if refusal.basis:
        stream.write(based(refusal.basis, stream) + "\n")


def based(basis: str, stream: TextIO | None = None) -> str:
    """Write on which ground something is judged, wrapped on a terminal."""
    return wrapped(shown(basis), stream, lead=_BASIS, rest=" " * cell_width(_BASIS))


def print_gates(gates: Sequence[Gate], *, stream: TextIO | None = None, indent: str = "  ") -> None:
    """Print gates, the unmet ones first, those together that one command meets.

    Mends stand in a column of their own, or under a text that is too long; one that several gates
    have stands once, with the last of them.
    """
    stream = stream or sys.stdout
    for line in gate_lines(gates, stream, indent):
        stream.write(line + "\n")


def gate_lines(gates: Sequence[Gate], stream: TextIO, indent: str) -> Iterator[str]:
    """Write gates line by line: mark, label, text, mend.

    On a terminal a long text is wrapped, and no command is broken that fits a line of its own.
    """
    ordered = [(gate, _told(gate)) for gate in _together(gates)]
    widths = [cell_width(text) for gate, text in ordered if gate.mend]
    column = max((width for width in widths if width <= WIDEST), default=0)
    limit = columns(stream)
    after = [gate.mend for gate, _text in ordered[1:]]
    for (gate, text), next_mend in zip(ordered, [*after, ""], strict=True):
        sign = paint("✓", "green", stream) if gate.met else paint("✗", "red", stream)
        lead = f"{indent}{sign} {gate.label}{GAP}"
        rest = indent + " " * (2 + cell_width(gate.label + GAP))
        mend = shown("" if gate.mend == next_mend else gate.mend)
        beside = f"{pad(text, column)}{GAP}{mend}"
        if mend and cell_width(text) <= column and _fits(rest + beside, limit):
            yield lead + beside
            continue
        told = text if limit is None else wrap(text, limit, first=rest, rest=rest)
        yield lead + told.removeprefix(rest)
        yield from _mend_lines(mend, rest, limit)


def _together(gates: Sequence[Gate]) -> list[Gate]:
    """Put the unmet gates first, and those that one command meets next to each other."""
    first: dict[str, int] = {}
    for place, gate in enumerate(gates):
        first.setdefault(gate.mend, place)
    places = [first[gate.mend] if gate.mend else place for place, gate in enumerate(gates)]
    order = sorted(range(len(gates)), key=lambda n: (gates[n].met, places[n], n))
    return [gates[n] for n in order]


def _mend_lines(mend: str, rest: str, limit: int | None) -> Iterator[str]:
    """Write a mend under its text, wrapped; a command that would be broken begins a line."""
    if mend:
        yield rest + mend if limit is None else wrap(mend, limit, first=rest, rest=rest)


def _fits(line: str, limit: int | None) -> bool:
    return limit is None or cell_width(line) <= limit


def _told(gate: Gate) -> str:
    """Give a gate's text and, where it is unmet, the ground that is its own."""
    return shown(gate.text if gate.met or not gate.basis else f"{gate.text}〔{gate.basis}〕")


def gate_json(gate: Gate) -> dict[str, Any]:
    """Give a gate for machines."""
    return {
        "kind": gate.kind,
        "label": gate.label,
        "met": gate.met,
        "text": gate.text,
        "given": gate.given,
        "wanted": gate.wanted,
        "act": gate.act or None,
        "mend": gate.mend,
        "basis": gate.basis,
    }


def refusal_json(refusal: Refusal) -> Mapping[str, Any]:
    """Give what a machine learns of a refusal beside its sentence."""
    return {
        "asked_for": refusal.asked_for,
        "basis": refusal.basis,
        "gates": [gate_json(gate) for gate in refusal.gates],
    }
