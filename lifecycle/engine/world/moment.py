"""Who acts and on which day: what a command comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from types import MappingProxyType

from lifecycle.engine.world.others import Others
from lifecycle.engine.world.workdays import Calendar
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.choice_lists import ChoiceList

_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_NO_ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_NO_LISTS: Mapping[str, ChoiceList] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts: `held` maps each role held on that day to the grants relied on (entry ids): the one
    of that day and, for what is recorded later, the one at recording.

    Acting for somebody, `principal` is who, `delegation` the entries that allow it; unit and roles
    are the principal's. `away` says that the one who acts is of another unit. What somebody else
    had done is recorded with `done_by`: unit and roles are theirs. `because` says why they do not
    record it themselves, or why it is recorded only now. `cause` names the transition, as
    WORKFLOW.TRANSITION, of which the act is an effect: then that is the only right by which they
    act. `posts` are those that they hold on that day, `mates` the officers of their division,
    themselves included, `led` those of whose division they are in charge. A delegation may be
    `limited` to some roles; empty: it is not.
    """

    id: str
    title: str
    unit: str
    held: Mapping[str, tuple[str, ...]]
    principal: str | None = None
    delegation: tuple[str, ...] = ()
    away: bool = False
    done_by: str | None = None
    because: str = ""
    cause: str = ""
    posts: frozenset[str] = frozenset()
    limited: tuple[str, ...] = ()
    mates: frozenset[str] = frozenset()
    led: frozenset[str] = frozenset()

    @property
    def acts_as(self) -> str:
        """Name the officer whose right it is: their own, or that of whom they act for."""
        return self.principal or self.id

    @property
    def persons(self) -> tuple[str, ...]:
        """Name everybody whose act this is."""
        return tuple(name for name in (self.id, self.principal, self.done_by) if name)


def acting_for_cause(officer: Officer, cause: str) -> Officer:
    """Give an officer whose act is the effect of a transition: no role is relied on but that."""
    return replace(officer, held={cause: ()}, cause=cause)


@dataclass(frozen=True, slots=True)
class Moment:
    """The day a command takes effect, the calendar that counts its days, and the units' names for
    officers to read.

    `staff` maps each unit in which somebody is in office to the roles that they hold; None where
    nobody asks; `people` each officer in office to their unit, `posts` each post to who holds it,
    "" for nobody, `leaders` each officer in a division to who is in charge of it, "" for nobody.
    `migrations` maps each version whose open cases were taken over to what names the
    rules that they came under: the digests of the new version and of the map. `declared` maps each
    proposal of running cases that was confirmed to the digests of these, in order. `others` are the
    other cases that may be read. `recorded` is the day of recording, None for the very day. `lists`
    are the shared lists of choices in force.
    """

    on: date
    calendar: Calendar
    names: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    staff: Mapping[str, frozenset[str]] | None = None
    people: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    posts: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    migrations: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    declared: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_ROWS)
    others: Others | None = None
    recorded: date | None = None
    lists: Mapping[str, ChoiceList] = field(default_factory=lambda: _NO_LISTS)
    leaders: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)

    @property
    def today(self) -> date:
        """Give the day on which it is recorded."""
        return self.recorded or self.on

    def once_corrected(self) -> Moment:
        """Give the day with the other cases as they are read once a correction is made."""
        others = self.others
        return self if others is None else replace(self, others=others.once_corrected())
