"""Side by side with the floor – the same work done raw – in the same run: ratios, no verdicts.

`python benchmarks/bench.py [--quick] [--big] [GROUP …]` prints a line for each measurement: what,
size, least and median of ours and of the floor, their ratios, the aim, and the figure of before.
`--quick` only tries whether everything runs: its figures say nothing. `--big` audits a million
entries. Groups: advances, writers, processes, replays, pages, cases, ticks, look_backs, servers,
letters.
"""

from __future__ import annotations

import compileall
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.advances import bench_advances
from benchmarks.cases import bench_cases
from benchmarks.letters import bench_letter, bench_paper
from benchmarks.look_backs import bench_look_backs
from benchmarks.measure import heading
from benchmarks.offices import ROOT
from benchmarks.pages import bench_pages
from benchmarks.processes import bench_processes
from benchmarks.replays import bench_replays
from benchmarks.servers import bench_servers
from benchmarks.ticks import bench_ticks
from benchmarks.writers import bench_writers


def main() -> None:
    """Run the groups that are named, or all."""
    quick, big = "--quick" in sys.argv, "--big" in sys.argv
    groups: dict[str, Callable[[], None]] = {
        "advances": lambda: bench_advances(quick=quick),
        "writers": lambda: bench_writers(quick=quick),
        "processes": lambda: bench_processes(quick=quick),
        "replays": lambda: bench_replays(quick=quick, big=big),
        "pages": lambda: bench_pages(quick=quick),
        "cases": lambda: bench_cases(quick=quick),
        "ticks": lambda: bench_ticks(quick=quick),
        "look_backs": lambda: bench_look_backs(quick=quick),
        "servers": lambda: bench_servers(quick=quick),
        "letters": lambda: _letters(quick=quick),
    }
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    unknown = sorted(set(named) - set(groups))
    if unknown:
        raise SystemExit(f"没有 {'、'.join(unknown)}；有 {'、'.join(groups)}")
    # An installed program has its bytecode; a checkout may not, and may be told to write none.
    compileall.compile_dir(ROOT / "lifecycle", quiet=1)
    heading()
    for name in named or groups:
        groups[name]()


def _letters(*, quick: bool) -> None:
    bench_letter(quick=quick)
    bench_paper(quick=quick)


if __name__ == "__main__":
    main()
