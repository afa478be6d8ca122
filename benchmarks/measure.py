"""How things are timed and told: sides in turn, least and median of each, ratios of both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from lifecycle.errors import cell_width

Side = Callable[[], float]
"""Does a piece of work once and gives the seconds that it took."""


class Times(NamedTuple):
    """What one side took, in seconds."""

    least: float
    median: float


def compared(sides: Sequence[Side], rounds: int) -> list[Times]:
    """Time several things in turn, so that a drifting machine slows all of them."""
    for side in sides:
        side()
    taken = [[side() for side in sides] for _ in range(rounds)]
    columns = zip(*taken, strict=True)
    return [Times(min(column), statistics.median(column)) for column in columns]


def paired(ours: Side, floor: Side, rounds: int) -> tuple[Times, Times]:
    """Time two things in turn."""
    first, second = compared((ours, floor), rounds)
    return first, second


def timed(work: Callable[[], object]) -> float:
    """Time one piece of work, in seconds, with the collector quiet."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def heading() -> None:
    """Print what the columns of the table are."""
    print(
        f"{_wide('项目', 34)}{_wide('规模', 14)}{_wide('本系统 最小／中位', 22)}"
        f"{_wide('底线 最小／中位', 22)}{_wide('倍数 最小／中位', 18)}目标；此前"
    )


def say(what: str, size: str, ours: Times, floor: Times, aim: str, before: str = "") -> None:
    """Print one measurement, times in microseconds: ours, the floor, how many times the floor ours
    is, the aim, and what was measured before the work on it.
    """
    ratios = f"{ours.least / floor.least:.2f}／{ours.median / floor.median:.2f} ×"
    told = [part for part in (aim, f"此前 {before}" if before else "") if part]
    print(
        f"{_wide(what, 34)}{_wide(size, 14)}{_wide(_micro(ours), 22)}{_wide(_micro(floor), 22)}"
        f"{_wide(ratios, 18)}{'；'.join(told)}",
        flush=True,
    )


def note(text: str) -> None:
    """Print a line that is no ratio, or why there is none."""
    print(text, flush=True)


def peak_memory() -> float:
    """Give the most memory that this process has had, in MB: its own, not that of the process that
    it was started by, which the kernel's ru_maxrss carries on through exec.
    """
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _micro(times: Times) -> str:
    return f"{times.least * 1e6:.0f}／{times.median * 1e6:.0f} µs"


def _wide(text: str, cells: int) -> str:
    return text + " " * max(1, cells - cell_width(text))
