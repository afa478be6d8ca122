"""The pattern of a workflow's case numbers: `LS-{area}-{year}-{serial:03}`.

Each slot but the serial is filled by the opening: its day, or a choice that it was given. What is
then left is the series that the serial counts in, so that each area, quarter or kind runs 1, 2, 3 …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lifecycle.frozen import dataclass
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.model import Workflow

SERIAL = "serial"
DATED = ("year", "quarter", "month")
"""The slots that the day of the opening fills."""
_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,63})(?::0([1-9]))?\}")
_WHOLE_SERIAL = re.compile(r"\{serial(?::0([1-9]))?\}")


_DATES = {"year": "[0-9]{4}", "quarter": "[1-4]", "month": "0[1-9]|1[0-2]", SERIAL: "[0-9]{1,12}"}
"""What stands in a number for the slots that are no facts."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number as read by a pattern: the series that it counts in, its serial, and the year that it
    names, "" for none.
    """

    series: str
    serial: int
    year: str


def slots_in(pattern: str) -> tuple[str, ...]:
    """Name the slots of a pattern, in their order."""
    return tuple(match[1] for match in _SLOT.finditer(pattern))


def facts_in(pattern: str) -> tuple[str, ...]:
    """Name the facts that stand in a pattern, each once."""
    named = (name for name in slots_in(pattern) if name not in (SERIAL, *DATED))
    return tuple(dict.fromkeys(named))


def faults_in(pattern: str) -> Iterator[str]:
    """Say what keeps a pattern from being one, each time how to mend it."""
    rest = _SLOT.sub("", pattern)
    slots = slots_in(pattern)
    padded = [match[1] for match in _SLOT.finditer(pattern) if match[2]]
    if "{" in rest or "}" in rest or slots.count(SERIAL) != 1 or set(padded) - {SERIAL}:
        yield (
            "花括号里写 {year}、{quarter}、{month}、选项要素的标识，"
            "和一处 {serial}（或 {serial:03}，不足三位补零）"
        )
        return
    if "year" not in slots and not {"quarter", "month"}.isdisjoint(slots):
        yield "写了 {quarter}、{month} 的，也写 {year}：不然各年的编在一起"
    between = _SLOT.split(pattern)[3:-1:3]
    for place, text in enumerate(between):
        pair = slots[place : place + 2]
        if set(pair) - {SERIAL, *DATED} and re.search(r"[^\w]", text) is None:
            shown = " 和 ".join(f"{{{name}}}" for name in pair)
            yield f"{shown} 之间用 - 之类的符号隔开：不然分不清哪里是选项，哪里是顺序号"


def codes_of(
    workflow: Workflow, facts: Mapping[str, object], lists: Mapping[str, ChoiceList]
) -> dict[str, str]:
    """Give what stands in a number for each fact of its pattern: the code of an entry of a shared
    list, or the choice itself. Raises KeyError for a fact that is not there.
    """
    found: dict[str, str] = {}
    for name in facts_in(workflow.number):
        value, listed = str(facts[name]), workflow.facts[name].listed
        found[name] = lists[listed].titled[value].code if listed else value
    return found


def pattern_of(workflow: Workflow, on: date, codes: Mapping[str, str]) -> str:
    """Fill a workflow's pattern for an opening on a day; only the serial is left."""
    dated = {
        "year": str(on.year),
        "quarter": str((on.month + 2) // 3),
        "month": f"{on.month:02}",
    }
    filled = {**codes, **dated}

    def text(match: re.Match[str]) -> str:
        return match[0] if match[1] == SERIAL else filled[match[1]]

    return _SLOT.sub(text, workflow.number)


def series_of(pattern: str) -> str:
    """Name the series that a filled pattern counts in.

    Two workflows, or two versions of one, that number alike so share one series, and no number
    comes twice.
    """
    return _WHOLE_SERIAL.sub("{serial}", pattern)


def number_of(pattern: str, serial: int) -> str:
    """Give the number with a serial, of a filled pattern."""
    return _WHOLE_SERIAL.sub(lambda match: f"{serial:0{match[1] or 1}}", pattern)


def serial_in(pattern: str, number: str) -> int | None:
    """Read the serial out of a number; None where the number is not of the filled pattern."""
    serial = serial_of(series_of(pattern), number)
    if serial is None:
        return None
    return serial if number_of(pattern, serial) == number else None


def serial_of(series: str, number: str) -> int | None:
    """Read the serial out of a number; None where the number is not of the series."""
    before, _, after = series.partition("{serial}")
    found = re.fullmatch(re.escape(before) + r"(\d{1,12})" + re.escape(after), number, re.ASCII)
    return int(found[1]) if found else None


def read_number(pattern: str, number: str, codes: Mapping[str, Iterable[str]]) -> ReadNumber | None:
    """Read a number by a pattern, of which the slots that are no dates may stand for these `codes`;
    None where it is none of the pattern's.
    """
    named: set[str] = set()

    def expected(slot: str) -> str:
        if slot in named:
            return f"(?P={slot})"
        named.add(slot)
        allowed = _DATES.get(slot) or "|".join(re.escape(code) for code in codes[slot])
        return f"(?P<{slot}>{allowed})"

    words, end = "", 0
    for slot in _SLOT.finditer(pattern):
        words += re.escape(pattern[end : slot.start()]) + expected(slot[1])
        end = slot.end()
    found = re.fullmatch(words + re.escape(pattern[end:]), number)
    if found is None:
        return None
    filled = _SLOT.sub(lambda slot: slot[0] if slot[1] == SERIAL else found[slot[1]], pattern)
    serial = serial_in(filled, number)
    if serial is None:
        return None
    return ReadNumber(series_of(filled), serial, found.groupdict().get("year", ""))
