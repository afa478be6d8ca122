"""What `show` prints on a terminal: what matters now of one case, as much as one screen has room
for, and how much more there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lifecycle.cli.cases.as_of import print_amended, print_as_of
from lifecycle.cli.cases.sheet import (
    limit_pairs,
    limits_of,
    other_way,
    print_corrections,
    print_due,
    print_letters,
    print_light,
    print_links,
    print_way,
    since_pairs,
    told_facts,
    told_in_flow,
    ways_of,
)
from lifecycle.cli.terminal.output import print_lines, printed
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.table import write_block
from lifecycle.cli.terminal.text import cut, wrap

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Gate
    from lifecycle.office.cases.show import Sheet, ShownOpinion, ShownWay
    from lifecycle.office.view import View

MOST_GATES = 6
"""Gates of a way on that a screen has room for."""
HISTORY = 3
"""Last entries on a screen."""
FACTS = 2
"""Lines of facts on a screen."""
PROMPT = 1
"""Rows of a screen that are left to what is typed next."""
BESIDE = 4
"""Rows that are kept for what stands beside the ways on, before these show more gates."""
HANG = "　　　"


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines of the sheet; those with the lowest `rank` come first where room is short. `left`
    says what is missing where they are left out.
    """

    rank: int
    lines: tuple[str, ...]
    left: str = ""


def print_screen(sheet: Sheet, view: View, size: tuple[int, int], *, asked: bool) -> None:
    """Print the sheet for a screen of so many columns and rows: always the stage, its first limit,
    the ways on with what they lack and the command, and the corrections that wait; then what there
    is room for. `asked`: an officer looks, who is told what is theirs to do.
    """
    columns, rows = size
    head = printed(lambda: _print_head(sheet, view))
    parts = [part for part in _parts(sheet, columns, asked=asked) if part.lines]
    never = _never_told(sheet, columns, asked=asked)
    longest = printed(lambda: _print_left(sheet, [*never, *_left(parts)]))
    room = rows - PROMPT - len(head) - len(longest)
    ways = _fitting_ways(sheet, room, asked=asked, past=bool(view.as_of))
    shown = _fitting(parts, room - len(ways))
    missing = [part for part in parts if part not in shown]
    print_lines([*head, *ways, *(line for part in shown for line in part.lines)])
    _print_left(sheet, [*never, *_left(missing)])


def _print_head(sheet: Sheet, view: View) -> None:
    print_as_of(view)
    void = "（已撤销，编号作废）" if sheet.cancelled else ""
    flow("", f"{sheet.number}　{sheet.title}{void}", rest=HANG)
    print_light(sheet)
    if not sheet.cancelled:
        write_block(limit_pairs(sheet, limits_of(sheet)[:1]))


def _fitting_ways(sheet: Sheet, room: int, *, asked: bool, past: bool) -> list[str]:
    """Write the ways on, with as many gates each as there is room for, but one at least; then the
    corrections that wait.
    """
    for most in range(MOST_GATES, 0, -1):
        ways = printed(partial(_print_ways, sheet, most, asked=asked, past=past))
        if len(ways) + BESIDE <= room:
            break
    return ways


def _print_ways(sheet: Sheet, most: int, *, asked: bool, past: bool) -> None:
    forward, alone, _others = ways_of(sheet)
    unready = [way for way in forward if way.missing]
    for way in forward:
        why = f"lifecycle why {sheet.number} {way.name}"
        if way in unready[1:]:
            told_in_flow("未齐　", f"{other_way(way)}　缺 {len(way.missing)} 项", why)
            continue
        gates = _nearest_first(way, sheet.ways)
        print_way(way, asked=asked, past=past, gates=gates[:most])
        if len(gates) > most:
            flow("      ", f"另缺 {len(gates) - most} 项", command=why)
    for way in alone:
        print_due(way)
    print_corrections(sheet)


def _nearest_first(way: ShownWay, ways: Sequence[ShownWay]) -> list[Gate]:
    """List what a way lacks: first what a step meets that can be made now."""
    ready = {one.name for one in ways if not one.missing}
    return sorted(way.missing, key=lambda gate: not (gate.mend and gate.act in ready))


def _fitting(parts: Sequence[_Part], room: int) -> list[_Part]:
    """Choose the parts that so many rows have room for."""
    chosen: list[_Part] = []
    for part in sorted(parts, key=lambda part: part.rank):
        if len(part.lines) <= room:
            chosen.append(part)
            room -= len(part.lines)
    return [part for part in parts if part in chosen]


def _parts(sheet: Sheet, columns: int, *, asked: bool) -> Iterator[_Part]:
    """Write what stands below the ways on, in the order of the sheet."""
    if not sheet.cancelled:
        yield _part(4, partial(write_block, since_pairs(sheet)), "牵头和进入的日子")
        for limit in limits_of(sheet)[1:]:
            yield _part(2, partial(write_block, limit_pairs(sheet, [limit])), "其他时限")
    mine = _mine(sheet, asked=asked)
    if mine:
        yield _part(3, partial(told_in_flow, "另可　", "、".join(mine)), "另可办的")
    for title, told in _opinions_told(_alive(sheet)):
        yield _part(1, partial(told_in_flow, "会签　", f"{title}：{told}"), "会签")
    yield _part(5, partial(print_links, sheet), "关联")
    yield _part(5, partial(print_amended, sheet.amended), "后更正")
    yield _part(6, partial(print_letters, sheet), "公文")
    facts = _fact_lines(sheet, columns)
    has_more = len(facts) > FACTS
    if has_more:
        facts = [*facts[: FACTS - 1], f"{cut(facts[FACTS - 1], columns - 2).rstrip('；…')}…"]
    yield _Part(7, tuple(facts), "" if has_more else "要素")
    for entry in sheet.last[:HISTORY]:
        line = cut(f"{entry.on}　{entry.who}　{entry.sentence}", columns)
        yield _Part(8, (line,), "" if sheet.seq > HISTORY else "最近的记录")


def _part(rank: int, show: Callable[[], None], left: str) -> _Part:
    return _Part(rank, tuple(printed(show)), left)


def _mine(sheet: Sheet, *, asked: bool) -> list[str]:
    """Name what the officer can do besides."""
    _forward, _alone, others = ways_of(sheet)
    return [other_way(way) for way in others if asked and way.mine and not way.missing]


def _alive(sheet: Sheet) -> list[ShownOpinion]:
    return [one for one in sheet.opinions if one.status not in ("used", "unasked")]


def _opinions_told(opinions: Sequence[ShownOpinion]) -> Iterator[tuple[str, str]]:
    """Tell the opinions on each transition in a clause for each that is alike: whose, and what they
    say of it.
    """
    for name in dict.fromkeys(one.transition for one in opinions):
        among = [one for one in opinions if one.transition == name]
        clauses: dict[str, list[str]] = {}
        for one in among:
            note = f"：{one.note}" if one.note else ""
            clauses.setdefault(f"{one.text}{note}", []).append(one.holder)
        told = "；".join(f"{'、'.join(whose)} {text}" for text, whose in clauses.items())
        yield among[0].title, told


def _fact_lines(sheet: Sheet, columns: int) -> list[str]:
    return wrap(f"要素　{told_facts(sheet)}", columns, rest=HANG).split("\n")


def _left(parts: Sequence[_Part]) -> list[str]:
    """Say what parts that are left out told."""
    return list(dict.fromkeys(part.left for part in parts if part.left))


def _never_told(sheet: Sheet, columns: int, *, asked: bool) -> list[str]:
    """Count what a screen never has."""
    _forward, _alone, others = ways_of(sheet)
    has_more_facts = len(_fact_lines(sheet, columns)) > FACTS
    counted = (
        ("其他流转", len(others) - len(_mine(sheet, asked=asked)), "项"),
        ("未送或已用的会签", len(sheet.opinions) - len(_alive(sheet)), "项"),
        ("材料", len(sheet.materials), "份"),
        ("要素共", len(sheet.facts) if has_more_facts else 0, "项"),
        ("记录共", sheet.seq if sheet.seq > HISTORY else 0, "条"),
    )
    return [f"{what} {count} {unit}" for what, count, unit in counted if count]


def _print_left(sheet: Sheet, left: Sequence[str]) -> None:
    """Say what is left out, and where it is told."""
    if left:
        command = f"lifecycle show {sheet.number} --full"
        flow("", f"没有列出：{'、'.join(left)}", command=command, rest="")
