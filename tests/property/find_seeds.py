"""Look for the seed that catches each mutant soonest, and write `caught.py` anew:

PYTHONPATH=tests:tests/golden_ledgers:tests/property python tests/property/find_seeds.py
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from caught import CAUGHT
from mutants import ACROSS, MUTANTS, without
from trial import Tally, offices, run
from world import BrokenRuleError

Caught = tuple[int, int, str]
ENOUGH = 250
"""So many commands are few enough."""
MOST_COMMANDS, MOST_SEEDS, MORE_SEEDS = 700, 60, 2
HEAD = '''"""Which seed catches each mutant within how many commands, as which rule that is broken;
`find_seeds.py` writes it.
"""

CAUGHT: dict[str, tuple[int, int, str]] = {
'''


def soonest(rule: str, database: Path) -> Caught | None:
    """Give the seed that catches a mutant, after how many commands, and as which rule."""
    best: Caught | None = None
    tried = 0
    restless = [seed for seed in range(MOST_SEEDS) if seed % 3 == 2]
    others = [seed for seed in range(MOST_SEEDS) if seed % 3 != 2]
    for seed in (*restless[:6], *others[:8], 101, 104, *restless[6:], *others[8:]):
        tally = Tally()
        try:
            with without(rule):
                run(database, seed, best[1] - 1 if best else MOST_COMMANDS, tally)
        except BrokenRuleError as broken:
            if broken.rule != "error":
                # What is judged before a command is given counts with it.
                best = (seed, tally.given + 1, broken.rule)
        tried += best is not None
        if best is not None and (best[1] <= ENOUGH or tried > MORE_SEEDS):
            break
    return best


def write(found: Mapping[str, Caught]) -> None:
    """Write the table, in the order of the mutants."""
    lines = [f"    {rule!r}: {found[rule]},\n" for rule in MUTANTS if rule in found]
    file = Path(__file__).with_name("caught.py")
    file.write_text(HEAD + "".join(lines) + "}\n", encoding="utf-8")


def main() -> None:
    """Look for those named, or all; the others stay as they are."""
    found = {**CAUGHT}
    with offices() as database, offices(across=True) as across:
        for rule in sys.argv[1:] or MUTANTS:
            best = soonest(rule, across if rule in ACROSS else database)
            sys.stdout.write(f"{rule}: {best}\n")
            sys.stdout.flush()
            if best is not None:
                found[rule] = best
                write(found)


if __name__ == "__main__":
    main()
