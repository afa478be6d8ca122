"""What every act has: a wire form, a judge, a fold, and the words that logs and refusals use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.workflow.model import Transition, Workflow

Intent = Mapping[str, Any]
"""The part of an entry's body that says what was asked for: type, data, files, transition, actor,
day, place.
"""


class Act(ABC):
    """What an officer asks for, frozen and typed; once accepted, it is what one entry records.

    A field that is left to the judge (the seat one signs for) is empty in what is asked and filled
    in what is accepted.
    """

    __slots__ = ()

    entry_type: ClassVar[str]
    """The `type` of the entries that record it."""
    verb: ClassVar[str]
    """What officers call doing it."""
    after_end: ClassVar[bool] = False
    """Whether it may be done to a case that has ended."""
    matter: ClassVar[tuple[str, ...]] = ()
    """The fields that say what it is about, where a case does not keep all that it says: whether it
    is idle is then told from the last entry on the same matter, too.
    """

    @property
    def moves_clock(self) -> bool:
        """Tell whether its day is one of the case's days, which never go back: those of entries
        that a gate can read. Acts on letters are dated by the letter's own order.
        """
        return True

    @property
    def is_opinion(self) -> bool:
        """Tell whether it says, for a unit or for the lead, what is thought of a matter: what gates
        count, and by which somebody is late or not.
        """
        return False

    @abstractmethod
    def judge(self, docket: Docket) -> Decision:
        """Judge every gate; accept, or refuse with all of them."""

    @abstractmethod
    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case after the entry that records this act.

        Trusts that the judge accepted it.
        """

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Give the `data`, `files` and `transition` of the entry that records it.

        The only place that knows the keys.
        """

    @classmethod
    @abstractmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read it back from an entry's intent."""

    @abstractmethod
    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell in one line what the entry did; `names` are the units' names by code."""

    @abstractmethod
    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say in the words of a refusal what was asked for."""

    def ground(self, workflow: Workflow, transition: Transition | None) -> str:
        """Name the place in the rules by which it is refused, and its ground."""
        if transition is None:
            return f"workflows/{workflow.name}.yaml　{workflow.basis}"
        place = f"workflows/{workflow.name}.yaml:{transition.location.line}"
        return f"{place}　{transition.basis or workflow.basis}"

    def lacking(self, docket: Docket) -> tuple[Gate, ...]:
        """Give the unmet gates for what has to come with a command today and what entries recorded
        by older versions may lack: so the register asks, and the judge does not.
        """
        on, today = docket.moment.on, docket.moment.today
        if not self.is_opinion or on == today or docket.officer.because:
            return ()
        text = f"意见是 {on} 的，{today} 才录入：须写明为什么补录"
        return (Gate("reason", False, {}, text, "加 --because 理由"),)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether this act, as accepted, would leave the case as it is: then nothing is
        recorded.

        The judge does not ask: what older versions recorded of the kind is judged as it was.
        """
        return False

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one, sent before under the same request id."""
        return self == recorded


def noted(note: str) -> str:
    """Give a note as it follows a sentence."""
    return f"：{note}" if note else ""


def title_in(known: Mapping[str, Any], name: str) -> str:
    """Give the title of what is called so, or the name itself where nothing is."""
    return str(known[name].title) if name in known else name
