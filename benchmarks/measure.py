"""How things are timed and told: side by side, in turn, medians and ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from lifecycle.errors import cell_width


def paired(
    ours: Callable[[], float], floor: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Time two things in turn, so that a drifting machine slows both; give the medians
    in seconds.
    """
    ours(), floor()
    pairs = [(ours(), floor()) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def timed(work: Callable[[], object]) -> float:
    """Time one piece of work, in seconds, with the collector quiet."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(what: str, size: str, ours: float, floor: float, aim: str) -> None:
    """Print one measurement; times in microseconds."""
    name = what + " " * (30 - cell_width(what))
    print(
        f"{name}{size:>8}{ours * 1e6:>12.1f} µs{floor * 1e6:>12.1f} µs{ours / floor:>8.2f} ×   "
        f"{aim}",
        flush=True,
    )
