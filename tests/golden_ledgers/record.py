"""Record the golden ledgers.

python tests/golden_ledgers/record.py everything anew: definitions, commands, ledgers, surface,
samples python tests/golden_ledgers/record.py --surface the kept commands again; refused if a ledger
is not the same
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "cli")]

from comparing import differences, report  # noqa: E402  # the folders stand on the path only now
from keeping import (  # noqa: E402
    KEPT,
    gather_definitions,
    keep_definitions,
    read_lines,
    scratch,
    unpack_definitions,
    write_lines,
)
from ledgers import LEDGERS, Recording, play  # noqa: E402
from playing import Step  # noqa: E402
from samples import Samples  # noqa: E402


def main() -> int:
    """Record what was asked for; give the exit code."""
    parser = argparse.ArgumentParser(description="record the golden ledgers")
    parser.add_argument(
        "--surface", action="store_true", help="only what is printed; the ledgers must be the same"
    )
    surface_only = parser.parse_args().surface
    with scratch() as folder:
        definitions = folder / "definitions"
        if surface_only:
            unpack_definitions(definitions)
        else:
            gather_definitions(definitions)
            keep_definitions(definitions)
        # A process for each ledger, since the working directory is a process's own; the longest
        # first.
        with ProcessPoolExecutor(
            2, mp_context=get_context("spawn"), max_tasks_per_child=1
        ) as workers:
            names = sorted(LEDGERS, key="city".__ne__)
            recorded = list(workers.map(record, names, repeat(folder), repeat(surface_only)))
    if not all(ok for ok, _ in recorded):
        return 1
    samples = {name: text for _, samples in reversed(recorded) for name, text in samples.items()}
    _keep_samples(samples)
    size = sum(path.stat().st_size for path in KEPT.rglob("*") if path.is_file())
    print(f"{size:,} bytes in {KEPT}")
    return 0


def record(name: str, folder: Path, surface_only: bool) -> tuple[bool, Samples]:
    """Record one ledger; tell whether it could be recorded, and give its samples."""
    began, worked = time.perf_counter(), time.process_time()
    steps = (
        [Step.from_dict(line) for line in read_lines(f"{name}.commands")] if surface_only else None
    )
    recording = play(LEDGERS[name], steps, folder / name, folder / "definitions")
    took, work = time.perf_counter() - began, time.process_time() - worked
    print(
        f"{name}: {took:.1f} s, of which {work:.1f} s of processor\n   {_mix(recording)}",
        flush=True,
    )
    if surface_only:
        found = differences(list(read_lines(f"{name}.ledger")), recording.ledger)
        if found:
            print(report(name, "ledger", found), file=sys.stderr)
            return False, {}
    write_lines(f"{name}.commands", (step.to_dict() for step in recording.commands))
    write_lines(f"{name}.ledger", recording.ledger)
    write_lines(f"{name}.surface", recording.surface)
    return True, recording.samples


def _mix(recording: Recording) -> str:
    """Tell how many commands there were, how many were accepted, and how many entries of each type
    they made.
    """
    codes = [line["exit"] for line in recording.surface if line["k"] == "command"]
    types = Counter(line["type"] for line in recording.ledger if line["k"] == "entry")
    made = ", ".join(f"{kind} {count}" for kind, count in sorted(types.items()))
    return f"{len(codes)} commands, {100 * codes.count(0) // len(codes)} % accepted: {made}"


def _keep_samples(samples: Samples) -> None:
    folder = KEPT / "samples"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, text in samples.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
