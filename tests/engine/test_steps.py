"""The steps of a case are the same list, be they kept beneath or made since."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from small import TEXT, Desk

from lifecycle.engine.gates.gates import confirmers_of
from lifecycle.engine.steps import MadeStep, Steps, step_in, step_row
from lifecycle.frozen import replace


class Beneath:
    """Steps kept elsewhere, that says for what it was asked."""

    def __init__(self, steps: Sequence[MadeStep]) -> None:
        self.steps = steps
        self.asked: list[str] = []

    def all(self) -> Sequence[MadeStep]:
        """Give all of them."""
        self.asked.append("all")
        return self.steps

    def at(self, seq: int) -> MadeStep | None:
        """Give one of them."""
        return next((step for step in self.steps if step.seq == seq), None)

    def after(self, seq: int) -> Sequence[MadeStep]:
        """Give those after an entry."""
        return [step for step in self.steps if step.seq > seq]

    def of(self, transition: str) -> Sequence[MadeStep]:
        """Give those of a transition."""
        return [step for step in self.steps if step.transition == transition]


def step(seq: int, transition: str) -> MadeStep:
    """Make a step."""
    return MadeStep(transition, "here", seq, "2026-09-01", ("b1",), "2026-08-01", {"a": 1}, {})


def made_of(names: Sequence[str], first: int = 1) -> list[MadeStep]:
    """Make steps, an entry apart."""
    return [step(seq, name) for seq, name in enumerate(names, first)]


NAMES = st.lists(st.sampled_from("abc"), max_size=6)


@given(NAMES, NAMES, st.sets(st.integers(1, 12)), NAMES)
def test_they_are_the_list_that_they_stand_for(
    kept: list[str], since: list[str], gone: set[int], later: list[str]
) -> None:
    """Whatever lies beneath, was made since, undone, and made again: every question gets the answer
    of the plain list.
    """
    plain = [*made_of(kept), *made_of(since, 7)]
    steps = Steps(Beneath(made_of(kept)))
    for made in made_of(since, 7):
        steps = steps.plus(made)
    plain = [one for one in plain if one.seq not in gone]
    steps = steps.without(gone)
    for made in made_of(later, 20):
        plain.append(made)
        steps = steps.plus(made)
    assert steps == plain
    assert (len(steps), bool(steps), steps[1:]) == (len(plain), bool(plain), plain[1:])
    assert list(reversed(steps)) == plain[::-1]
    for seq in range(26):
        assert steps.at(seq) == next((one for one in plain if one.seq == seq), None)
        assert steps.after(seq) == [one for one in plain if one.seq > seq]
    for name in "abc":
        assert steps.of(name) == [one for one in plain if one.transition == name]
        assert steps.last_of(name) == next(
            (one for one in reversed(plain) if one.transition == name), None
        )
    assert steps.of("c", "a") == [one for one in plain if one.transition != "b"]


def test_nobody_reads_all_who_asks_for_some() -> None:
    """One step, those after an entry, those of a transition, the last made: the others are not
    read.
    """
    beneath = Beneath(made_of("abc"))
    steps = Steps(beneath).plus(step(7, "c")).without({2})
    _ = steps.at(1), steps.after(2), steps.of("a", "c"), steps.last_of("b"), steps[-1], bool(steps)
    assert beneath.asked == []


def test_a_step_comes_back_out_of_plain_values() -> None:
    """What `step_row` gives, `step_in` reads, lists for tuples."""
    made = MadeStep(
        "go", "here", 3, "2026-09-01", ("a", "b"), "2026-08-01", {"x": 2}, {"t": (1, "d", 2)}
    )
    row = step_row(made)
    row[4], row[7] = list(row[4]), {"t": [1, "d", 2]}
    assert step_in(row) == made


def test_who_confirms_is_told_without_the_steps_where_the_state_has_a_lead() -> None:
    """A to-do list asks it of many cases: they are read only where the lead of a state before is
    looked for.
    """
    panel = "panel: {lead: bureau, core: [land, finance], extra: x}\n"
    desk = Desk(text=TEXT.replace(panel, "opened_by: bureau\n"))
    beneath = Beneath(made_of("a"))
    assert desk.case is not None
    led = replace(desk.case, steps=Steps(beneath))
    assert (confirmers_of(desk.workflow, led), beneath.asked) == (("bureau",), [])
