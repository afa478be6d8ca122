"""What a command on a case did, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lifecycle.cli.terminal.refusal import gate_json

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Done, Hint, Recorded


def done_json(done: Done) -> dict[str, Any]:
    """Give what was done for machines; a dry run has no entry, nor has what changes nothing."""
    unchanged = {"unchanged": True} if done.unchanged else {}
    return {
        "number": done.number,
        "title": done.title,
        "id": done.id,
        "state": done.state,
        "seq": done.seq,
        "dry_run": done.dry_run,
        "repeated": done.repeated,
        "gates": [gate_json(gate) for gate in done.gates],
        "entry": _entry_json(done.entry) if done.entry else None,
        "effects": [asdict(effect) for effect in done.effects],
        "hints": [
            *map(_hint_json, done.hints),
            *({"kind": one.kind, "message": one.message} for one in done.remarks),
        ],
        **unchanged,
    }


def _hint_json(hint: Hint) -> dict[str, Any]:
    return {
        "kind": "unprintable",
        "fact": hint.fact,
        "char": hint.char,
        "code": _code(hint),
        "fonts": list(hint.fonts),
        "message": hint_line(hint),
    }


def hint_line(hint: Hint) -> str:
    """Say which character could not be printed, where it was entered, and what to do."""
    fonts = "" if hint.nowhere else f"用{'、'.join(hint.fonts)}"
    return f"“{hint.title}”里的〔{hint.char}〕（{_code(hint)}）{fonts}不能排印，写进公文前要改"


def _code(hint: Hint) -> str:
    return f"U+{ord(hint.char):04X}"


def hinted(line: str, done: Done) -> str:
    """Add to a line of a bulk what its officer should know."""
    return "　".join([line, *(f"提示：{text}" for text in hint_lines(done))])


def hint_lines(done: Done) -> list[str]:
    """List what should be known of what was done."""
    return [*map(hint_line, done.hints), *(one.message for one in done.remarks)]


def _entry_json(entry: Recorded) -> dict[str, Any]:
    return {
        "eid": entry.eid,
        "hash": entry.hash,
        "type": entry.type,
        "transition": entry.transition,
        "from": entry.source,
        "to": entry.target,
        "officer": entry.officer,
        "role": entry.role,
        "occurred_on": entry.occurred_on,
        "recorded_at": entry.recorded_at,
    }


def done_line(done: Done) -> str:
    """Say in one line what was done, or what a dry run would do."""
    if done.unchanged:
        return f"{done.title}　没有变化"
    if done.entry is None:
        return f"{done.title}　可以办理（未写入），办后为“{done.stage}”"
    again = "（此前已办，未重复写入）" if done.repeated else ""
    return f"{done.title}　{done.sentence}{again}"


MOST_EFFECTS = 5
"""So many of the cases that were moved with one are told one by one."""


def effect_lines(done: Done) -> Iterator[str]:
    """Tell what was done, or would be done, to other cases with it."""
    for effect in done.effects[:MOST_EFFECTS]:
        letters = f"　公文 {effect.letters} 件" if effect.letters else ""
        yield f"  带动　{effect.number or '新立'} {effect.title}　{effect.sentence}{letters}"
    if len(done.effects) > MOST_EFFECTS:
        yield f"  带动　共 {len(done.effects)} 件"


def following(done: Done) -> list[str]:
    """List the commands that may come after what was done."""
    if done.entry is None or done.entry.type not in ("case_opened", "transition_made"):
        return []
    letters = [f"lifecycle notice list {done.number}"] if done.letters else []
    return [f"lifecycle show {done.number}", *letters]


def next_line(done: Done) -> str:
    """Say who leads the case now and by when."""
    if done.final:
        return f"本事项已“{done.stage}”"
    lead = f"，由 {done.lead} 牵头" if done.lead else ""
    provisional = "（暂定）" if done.provisional else ""
    which = f"“{done.due_title}”" if done.due_title else ""
    due = f"，{which}限 {done.due_on} 前{provisional}" if done.due_on else ""
    if done.days_late:
        due = f"，{which}限 {done.due_on}{provisional}，已逾期 {done.days_late} 日"
    return f"现在“{done.stage}”{lead}{due}"
