"""The judge answers every act, whatever stands in its fields: accepted or refused, no error."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any

import pytest
from small import BUREAU, LAND, Desk

from lifecycle.engine.acts import ACTS, Act, SetFacts, Sign
from lifecycle.engine.case import File
from lifecycle.engine.docket import Accepted, Refused

TRIES = 60
PAPER = File("r", 1, "a" * 64)
CHOICES: tuple[tuple[str, list[Any]], ...] = (
    ("Mapping", [{}, {"nix": "1"}, {"amount": "x"}, {"amount": "5"}]),
    ("Places", [(), (("nobody", "nowhere"),), (("finance", ""),)]),
    ("tuple[tuple", [(), (("nobody", "nowhere"),), (("finance", ""),)]),
    ("tuple[File", [(), (PAPER,)]),
    ("tuple", [(), ("nix",), ("amount",), ("go",)]),
    ("bool", [True, False]),
    ("int", [0, 1, 2, 99, -1]),
    ("Verdict", ["agree", "object"]),
    ("File | None", [None, PAPER]),
    ("File", [PAPER]),
    ("None", [None, "nix", "land", ""]),
    ("", ["", "nix", "go", "land", "amount", "report", "2-x", "2026-03-02"]),
)
"""What a field of a type may hold, by what its annotation has in it; the first that fits."""


def drawn(kind: type[Act], chance: random.Random) -> Act:
    """Draw an act of a kind, its fields filled with what belongs there and what does not."""
    values = []
    made: Any = kind  # every act is a dataclass
    for field in fields(made):
        written = str(field.type)
        choices = next(found for part, found in CHOICES if part in written)
        values.append(chance.choice(choices))
    return kind(*values)


@pytest.mark.parametrize("kind", ACTS.values(), ids=list(ACTS))
def test_the_judge_answers_every_act(kind: type[Act]) -> None:
    """In a new case and in one that was signed, to whoever asks."""
    new, signed = Desk(), Desk()
    signed.do(BUREAU, SetFacts({"amount": "2000"}))
    signed.do(LAND, Sign("go", "agree"))
    chance = random.Random(kind.__name__)
    for _ in range(TRIES):
        act = drawn(kind, chance)
        for desk in (new, signed):
            for who in (BUREAU, LAND):
                assert isinstance(desk.ask(who, act), Accepted | Refused), act
