"""What was decided stays decided, whatever officers do: random commands on the shipped workflow,
with a witness who reads the log beside the judge; and a product with one rule switched off is
caught.

The seeds of the mutants are those that catch them soonest. Where drawing, workflow or engine change
so that one catches nothing any more, `python tests/property/find_seeds.py` looks for another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from caught import CAUGHT
from mutants import ACROSS, MUTANTS, without
from taking_over import walk
from trial import Tally, offices, run
from world import BrokenRuleError

COMMANDS = 600
"""So many commands a trial has: enough for one or two cases to get into the later stages."""
STAGES = {
    "scouting",
    "siting",
    "intent",
    "design",
    "policy",
    "listing",
    "unsold",
    "agreement",
    "construction",
    "stopped",
    "acceptance",
    "suspended",
    "completed",
}


@pytest.fixture(scope="module")
def database() -> Iterator[Path]:
    """Found an office, of which each trial has a copy."""
    with offices() as founded:
        yield founded


@pytest.fixture(scope="module")
def across() -> Iterator[Path]:
    """Found one whose roles may be delegated across units."""
    with offices(across=True) as founded:
        yield founded


@pytest.mark.parametrize("seed", [3, 17])
def test_random_commands_break_no_rule(database: Path, seed: int) -> None:
    """A few trials: the log, what is kept beside it and the witness agree after each command, every
    step holds at the end, and the audit finds nothing.
    """
    tally = Tally()
    run(database, seed, COMMANDS, tally)
    assert tally.accepted > COMMANDS / 3
    assert tally.unchanged > 0


@pytest.mark.parametrize("seed", [2, 101])
def test_taken_over_again_and_again(database: Path, seed: int) -> None:
    """New versions come into force, and the open cases are taken over: nothing raises, and what is
    kept is what follows from the log.
    """
    assert walk(database, seed, 300, 40) > 2


@pytest.mark.slow
def test_what_catches_a_mutant_breaks_nothing_by_itself(database: Path, across: Path) -> None:
    """The product as it is goes through the same commands unharmed."""
    for seed in sorted({seed for seed, _commands, _broken in CAUGHT.values()}):
        run(database, seed, COMMANDS)
    for rule in ACROSS:
        run(across, CAUGHT[rule][0], COMMANDS)


@pytest.mark.slow
def test_fifty_thousand_random_commands_break_no_rule(database: Path, across: Path) -> None:
    """The same many times over, a tenth of it where roles may be delegated across units; the cases
    get into every stage but that of stopped works, which these seeds do not come to.
    """
    tally = Tally()
    seed = 1000
    while tally.given < 50_000:
        run(across if seed % 10 == 0 else database, seed, COMMANDS, tally)
        seed += 1
    assert tally.states.keys() >= STAGES - {"stopped"}


def test_every_mutant_is_tried() -> None:
    """No rule is switched off without being looked for."""
    assert CAUGHT.keys() == MUTANTS.keys()


@pytest.mark.parametrize("rule", CAUGHT)
def test_a_product_without_a_rule_is_caught(rule: str, database: Path, across: Path) -> None:
    """Each of them breaks the property within so many commands of a seed, at the rule meant."""
    seed, commands, broken = CAUGHT[rule]
    with without(rule), pytest.raises(BrokenRuleError) as caught:
        run(across if rule in ACROSS else database, seed, commands)
    assert caught.value.rule == broken
