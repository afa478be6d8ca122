"""Record the golden ledgers.

python tests/golden_ledgers/record.py            everything anew: definitions, commands, ledgers, surface, samples
python tests/golden_ledgers/record.py --surface  the kept commands again; refused if a ledger is not the same
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

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
from ledgers import LEDGERS, Ledger, Recording, draw, play  # noqa: E402
from playing import Step  # noqa: E402
from samples import Samples  # noqa: E402


def main() -> int:
    """Record what was asked for; give the exit code."""
    parser = argparse.ArgumentParser(description="record the golden ledgers")
    parser.add_argument("--surface", action="store_true", help="only what is printed; the ledgers must be the same")
    surface_only = parser.parse_args().surface
    with scratch() as folder:
        definitions = folder / "definitions"
        if surface_only:
            unpack_definitions(definitions)
        else:
            gather_definitions(definitions)
            keep_definitions(definitions)
        samples: Samples = {}
        for ledger in LEDGERS.values():
            if not surface_only:
                steps = draw(ledger, folder / f"{ledger.name}-drawn", definitions)
                write_lines(f"{ledger.name}.commands", (step.to_dict() for step in steps))
            recording = _played(ledger, folder / ledger.name, definitions)
            if surface_only:
                found = differences(list(read_lines(f"{ledger.name}.ledger")), recording.ledger)
                if found:
                    print(report(ledger.name, "ledger", found), file=sys.stderr)
                    return 1
            write_lines(f"{ledger.name}.ledger", recording.ledger)
            write_lines(f"{ledger.name}.surface", recording.surface)
            samples = recording.samples | samples
        _keep_samples(samples)
    size = sum(path.stat().st_size for path in KEPT.rglob("*") if path.is_file())
    print(f"{size:,} bytes in {KEPT}")
    return 0


def _played(ledger: Ledger, folder: Path, definitions: Path) -> Recording:
    began, worked = time.perf_counter(), time.process_time()
    steps = [Step.from_dict(line) for line in read_lines(f"{ledger.name}.commands")]
    recording = play(ledger, steps, folder, definitions)
    took = time.perf_counter() - began
    share = round(100 * recording.accepted / len(steps))
    work = time.process_time() - worked
    print(f"{ledger.name}: {len(steps)} commands in {took:.1f} s ({work:.1f} s of processor), {share} % accepted")
    types = Counter(line["type"] for line in recording.ledger if line["k"] == "entry")
    print("   " + ", ".join(f"{kind} {count}" for kind, count in sorted(types.items())))
    return recording


def _keep_samples(samples: Samples) -> None:
    folder = KEPT / "samples"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, text in samples.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
