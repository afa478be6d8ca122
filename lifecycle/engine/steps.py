"""The transitions of a case that were made and stand.

A case may have thousands. Those it had when it was read lie beneath, where a store gives what is
asked for; what was made and undone since lies over them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, overload

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class MadeStep:
    """A transition that was made and stands: from which state, when, by whom, and what it read.

    `reads` maps facts and materials to the numbers of their editions, `counts` the transitions
    that its guards looked at to (times, day, seq) as these were. `entered_on` is when the case had
    entered the state it was made from. `cause` names the transition, as WORKFLOW.TRANSITION, of
    which it was an effect.
    """

    transition: str
    source: str
    seq: int
    on: str
    persons: tuple[str, ...]
    entered_on: str
    reads: Mapping[str, int]
    counts: Mapping[str, tuple[int, str, int]]
    cause: str = ""


class KeptSteps(Protocol):
    """Steps that are kept elsewhere; each method gives them in the order in which they were
    made.
    """

    def all(self) -> Sequence[MadeStep]:
        """Give all of them."""

    def at(self, seq: int) -> MadeStep | None:
        """Give the one that the entry with this seq made; None where none stands."""

    def after(self, seq: int) -> Sequence[MadeStep]:
        """Give those made after an entry."""

    def of(self, transition: str) -> Sequence[MadeStep]:
        """Give those of a transition."""


class _None:
    """No steps."""

    def all(self) -> Sequence[MadeStep]:
        return ()

    def at(self, seq: int) -> MadeStep | None:
        return None

    def after(self, seq: int) -> Sequence[MadeStep]:
        return ()

    def of(self, transition: str) -> Sequence[MadeStep]:
        return ()


class Steps(Sequence[MadeStep]):
    """The steps that stand, in the order in which they were made.

    `made` are those made since the case was read, `undone` the seqs of those beneath that do not
    stand any more. Asking for one, for those after an entry or for those of a transition reads no
    others.
    """

    __slots__ = ("_beneath", "made", "undone")

    def __init__(
        self,
        beneath: KeptSteps | None = None,
        made: Iterable[MadeStep] = (),
        undone: Collection[int] = frozenset(),
    ) -> None:
        self._beneath = _None() if beneath is None else beneath
        self.made = tuple(made)
        self.undone = frozenset(undone)

    def plus(self, step: MadeStep) -> Steps:
        """Give them with one more."""
        return Steps(self._beneath, (*self.made, step), self.undone)

    def without(self, seqs: Collection[int]) -> Steps:
        """Give them without some, by their seqs."""
        made = tuple(step for step in self.made if step.seq not in seqs)
        return Steps(self._beneath, made, self.undone.union(seqs))

    def changed(self, change: Callable[[MadeStep], MadeStep]) -> Steps:
        """Give them, each changed."""
        steps = self._all()
        return Steps(self._beneath, map(change, steps), self.undone.union(s.seq for s in steps))

    def at(self, seq: int) -> MadeStep | None:
        """Give the step that the entry with this seq made; None where none stands."""
        for step in self.made:
            if step.seq == seq:
                return step
        return None if seq in self.undone else self._beneath.at(seq)

    def after(self, seq: int) -> list[MadeStep]:
        """Give the steps made after an entry."""
        return self._standing(self._beneath.after(seq), (s for s in self.made if s.seq > seq))

    def of(self, *transitions: str) -> list[MadeStep]:
        """Give the steps of some transitions."""
        beneath = [step for name in transitions for step in self._beneath.of(name)]
        if len(transitions) > 1:
            beneath.sort(key=lambda step: step.seq)
        return self._standing(beneath, (s for s in self.made if s.transition in transitions))

    def last_of(self, transition: str) -> MadeStep | None:
        """Give the last step of a transition; None where none stands."""
        made = self.of(transition)
        return made[-1] if made else None

    def _standing(self, beneath: Iterable[MadeStep], made: Iterable[MadeStep]) -> list[MadeStep]:
        return [*(step for step in beneath if step.seq not in self.undone), *made]

    def _all(self) -> list[MadeStep]:
        return self._standing(self._beneath.all(), self.made)

    def __iter__(self) -> Iterator[MadeStep]:
        return iter(self._all())

    def __reversed__(self) -> Iterator[MadeStep]:
        return reversed(self._all())

    @overload
    def __getitem__(self, place: int) -> MadeStep: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[MadeStep]: ...
    def __getitem__(self, place: Any) -> Any:
        if place == -1 and self.made:
            return self.made[-1]
        return self._all()[place]

    def __len__(self) -> int:
        return len(self._all())

    def __bool__(self) -> bool:
        return bool(self.made or self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by what it holds, like any sequence


def step_row(step: MadeStep) -> list[Any]:
    """Give a step as plain values, in the order of its fields; the cause only where it has one."""
    names = MadeStep.__slots__ if step.cause else MadeStep.__slots__[:-1]
    return [getattr(step, name) for name in names]


def step_in(row: Sequence[Any]) -> MadeStep:
    """Rebuild a step from `step_row`'s values, as they come back out of JSON."""
    transition, source, seq, on, persons, entered_on, reads, counts, *cause = row
    made = {name: (one[0], one[1], one[2]) for name, one in counts.items()}
    return MadeStep(transition, source, seq, on, tuple(persons), entered_on, reads, made, *cause)
