"""A case as the entries so far make it, and the officer and the day that a command comes with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from lifecycle.engine.case_letter import CaseLetter, Letters
from lifecycle.engine.entry import Entry
from lifecycle.engine.steps import Steps
from lifecycle.engine.values import Value
from lifecycle.frozen import dataclass, replace

if TYPE_CHECKING:
    from lifecycle.workflow.model import Workflow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """One material's file: its name, size in bytes, SHA-256, and the seq and day it was
    attached.
    """

    name: str
    size: int
    sha256: str
    seq: int = 0
    on: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give the file as an entry names it."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it as an entry names it."""
        return cls(data["name"], data["size"], data["sha256"])


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of a fact or material is in hand; `number` 0 says that there is none.

    `latest` is the highest number so far, `seq` the entry that began it, `by` the transition that
    entered it ("" for one that was set, attached or given at the opening), `amended` the entry that
    last corrected it, 0 for none. `used`: a step has read it, be that undone since. `first_reader`
    and `last_reader` are the seqs of the first and the last step that read it and stand, 0 for
    none.
    """

    number: int
    latest: int
    seq: int
    by: str = ""
    amended: int = 0
    used: bool = False
    first_reader: int = 0
    last_reader: int = 0


@dataclass(frozen=True, slots=True)
class PastEdition:
    """An earlier edition with its value: a step that stands has read it, or a return may bring it
    back. `undone` ones do not come back.
    """

    edition: Edition
    value: Value | File
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction that waits for the lead: by whom, of what, to which values, and why.

    `editions` maps what it corrects to the edition (number, entry that last amended it) that it
    was proposed on; once that is another, it has lapsed. `slip`: a slip of the pen.
    """

    seq: int
    on: str
    persons: tuple[str, ...]
    unit: str
    facts: Mapping[str, Value]
    material: str
    file: File | None
    note: str
    slip: bool
    editions: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One unit's verdict on a transition: agree, conditional, object.

    `resolved`: how the lead settled it, `resolved_by`: who did. `unit` is the seat's, empty where a
    role has but one; `by_unit` is the unit whose officer spoke.
    """

    transition: str
    role: str
    unit: str
    verdict: str
    note: str
    persons: tuple[str, ...]
    on: str
    seq: int
    by_unit: str = ""
    resolved: str | None = None
    resolved_by: tuple[str, ...] = ()

    @property
    def objects(self) -> bool:
        """Tell whether it is an objection that nobody has resolved."""
        return self.verdict == "object" and self.resolved is None

    @property
    def key(self) -> str:
        """Name its place among a case's opinions."""
        return opinion_key(self.transition, self.role, self.unit)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a correction made stale and has to be said anew: the seq of the entry that confirmed it,
    the day on which the seats were asked, what it changed (facts and materials), the seqs of the
    steps whose opinions covered that, whose these were as (role, unit), and what was said since by
    `role/unit`.
    """

    correction: int
    on: str
    names: tuple[str, ...]
    steps: tuple[int, ...]
    seats: tuple[tuple[str, str], ...]
    said: Mapping[str, Opinion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fired:
    """How often a transition was made, and when, by whom and at which seq it last was; what a
    return undid does not count.
    """

    count: int
    on: str
    seq: int
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """On which day, and by which entry, a seat was asked for its opinion."""

    on: str
    seq: int


class AskingLetter(NamedTuple):
    """A letter that asked a seat for its opinion, and the unit to which it went for that seat; ""
    where no addressee holds it.
    """

    letter: str
    unit: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """From which state and since when a case is suspended, and when it had entered that state."""

    state: str
    on: str
    entered_on: str


_Recorded = tuple[int, tuple[str, ...], "_Recorded | None"]
"""An entry's seq, whose act it is, and the one before it."""


class Recorders(Mapping[int, tuple[str, ...]]):
    """Who made each entry of a case, by its seq: everybody whose act it is.

    `since` are the entries made since the case was read, the last first, each with those before
    it. The earlier ones lie beneath, where a store gives each when it is asked for: what is taken
    back is rare, and cases may be long.
    """

    __slots__ = ("_beneath", "_since")

    def __init__(
        self,
        beneath: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
        since: _Recorded | None = None,
    ) -> None:
        self._beneath = beneath
        self._since = since

    def after(self, seq: int, persons: tuple[str, ...]) -> Recorders:
        """Give them with those of one more entry."""
        return Recorders(self._beneath, (seq, persons, self._since))

    def _made_since(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        link = self._since
        while link is not None:
            seq, persons, link = link
            yield seq, persons

    def __getitem__(self, seq: int) -> tuple[str, ...]:
        for known, persons in self._made_since():
            if known == seq:
                return persons
        return self._beneath[seq]

    def __iter__(self) -> Iterator[int]:
        yield from self._beneath
        yield from (seq for seq, _persons in self._made_since())

    def __len__(self) -> int:
        return len(self._beneath) + sum(1 for _made in self._made_since())


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a workflow after `seq` entries.

    `head` is the hash of the last. Days are YYYY-MM-DD; `last_on` is that of the last entry which a
    gate can read, so that of no letter. `suspensions` are those under way, the
    innermost last; `stops` the days from and to which earlier ones lasted. `steps` are those that
    stand, in order; `made` is how often each transition was ever made, `entered` the seq at which
    each state was last entered. `proposals` are corrections by the seq that proposed them;
    `unsettled` maps the seq of a step whose gates no longer hold to that of the correction which
    says so, `renewals` that of a correction to the opinions that have to be given anew. `asking`
    are the letters that asked a seat, by the place of its opinion.
    `cancelled`: the opening was a mistake and is cancelled; the number stays as void. `readable`
    are the seq and the hash of the last entry that a gate of another case can read. `migrated_on`
    are the days on which it was taken over into another version of its workflow; `declared_on` that
    on which it came in as a running case, with what two persons declared of it.
    """

    id: str
    number: str
    workflow: str
    title: str
    state: str
    seq: int
    head: str
    opened_on: str
    entered_on: str
    last_on: str
    last_at: str
    facts: Mapping[str, Value]
    changed: Mapping[str, int]
    materials: Mapping[str, File]
    opinions: Mapping[str, Opinion]
    fired: Mapping[str, Fired]
    locked: tuple[str, ...] = ()
    cleared: int = 0
    suspensions: tuple[Suspension, ...] = ()
    stops: tuple[tuple[str, str], ...] = ()
    editions: Mapping[str, Edition] = field(default_factory=dict)
    past: Mapping[str, tuple[PastEdition, ...]] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)
    made: Mapping[str, int] = field(default_factory=dict)
    entered: Mapping[str, int] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    unsettled: Mapping[str, int] = field(default_factory=dict)
    renewals: Mapping[str, Renewal] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    asking: Mapping[str, tuple[AskingLetter, ...]] = field(default_factory=dict)
    cancelled: bool = False
    readable: tuple[int, str] = (0, "")
    migrated_on: tuple[str, ...] = ()
    declared_on: str = ""
    letters: Letters = field(default_factory=Letters)
    recorders: Recorders = field(default_factory=Recorders, compare=False)

    @property
    def suspension(self) -> Suspension | None:
        """Give the suspension under way: the innermost, where one was suspended again."""
        return self.suspensions[-1] if self.suspensions else None

    def after(self, entry: Entry, **change: Any) -> Case:
        """Give the case after an entry that changes this of it."""
        return replace(
            self,
            seq=entry.seq,
            head=entry.digest,
            last_on=entry.on,
            last_at=entry.at,
            readable=(entry.seq, entry.digest),
            recorders=self.recorders.after(entry.seq, entry.persons),
            **change,
        )

    def beside(self, entry: Entry, **change: Any) -> Case:
        """Give the case after an entry that changes this of it and does not move its clock."""
        return replace(
            self,
            seq=entry.seq,
            head=entry.digest,
            last_at=entry.at,
            recorders=self.recorders.after(entry.seq, entry.persons),
            **change,
        )

    def has_ended(self, workflow: Workflow) -> bool:
        """Tell whether nothing can be done to it any more, but what comes after the end."""
        return self.cancelled or workflow.states[self.state].final

    def bound_units(self, name: str | None) -> tuple[str, ...]:
        """Name the units that a fact of type unit, or list of unit, holds.

        None when it is not known.
        """
        value = self.facts.get(name) if name else None
        if value is None:
            return ()
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def moved_facts(before: Case | None, after: Case) -> dict[str, Value | None]:
    """Give the facts in which a case differs from what it was, with their values; None for one that
    was cleared.
    """
    known: Mapping[str, Value] = before.facts if before else {}
    cleared: dict[str, Value | None] = dict.fromkeys(known.keys() - after.facts.keys())
    changed = {
        name: value
        for name, value in after.facts.items()
        if name not in known or known[name] != value
    }
    return cleared | changed


def opinion_key(transition: str, role: str, unit: str) -> str:
    """Name the place of one opinion among a case's opinions."""
    return f"{transition}/{role}/{unit}"


def dump_case(case: Case) -> dict[str, Any]:
    """Give a case without its letters and steps as plain values for canonical JSON.

    The same case always gives the same bytes. Letters and steps are kept one by one: see
    `dump_case_letter` and `step_row`. Who made its entries stands in these.
    """
    return {name: dump_part(name, part) for name, part in kept_parts(case).items()}


def kept_parts(case: Case) -> dict[str, Any]:
    """Give the fields of a case of which `dump_case` gives the plain values.

    What few cases have is left out where there is none: a row is read at every command.
    """
    parts = _plain(case)
    del parts["letters"], parts["steps"], parts["recorders"]
    for name in ("cancelled", "migrated_on", "declared_on", "renewals", "asking"):
        if not parts[name]:
            del parts[name]
    return parts


def dump_part(name: str, part: Any) -> Any:
    """Give the plain values of one field of a case."""
    dump = _DUMPED.get(name)
    return part if dump is None else dump(part)


@cache
def _values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Give what reads all fields of an object of a class, in their order."""
    return attrgetter(*kind.__slots__)


def _plain(item: Any) -> dict[str, Any]:
    kind: Any = type(item)
    return dict(zip(kind.__slots__, _values_of(kind)(item), strict=True))


def _dump_opinion(opinion: Opinion) -> dict[str, Any]:
    data = _plain(opinion)
    if not opinion.resolved_by:
        del data["resolved_by"]
    return data


def _dump_renewal(renewal: Renewal) -> dict[str, Any]:
    said = {place: _dump_opinion(opinion) for place, opinion in renewal.said.items()}
    return {**_plain(renewal), "said": said}


def _row(item: Edition) -> list[Any]:
    """Give an edition as a list in the order of its fields: of these a case may have hundreds."""
    return list(_values_of(Edition)(item))


def _dump_past(past: PastEdition) -> dict[str, Any]:
    file = isinstance(past.value, File)
    return {
        "edition": _row(past.edition),
        "file" if file else "value": _plain(past.value) if file else past.value,
        "undone": past.undone,
    }


def _dump_pasts(past: tuple[PastEdition, ...]) -> list[Any]:
    return [_dump_past(one) for one in past]


def _load_past(data: Mapping[str, Any]) -> PastEdition:
    value = File(**data["file"]) if "file" in data else data["value"]
    return PastEdition(Edition(*data["edition"]), value, data["undone"])


def _dump_proposal(proposal: Proposal) -> dict[str, Any]:
    file = _plain(proposal.file) if proposal.file else None
    return {**_plain(proposal), "file": file}


def _each(dump: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Give what dumps all items of a mapping."""
    return lambda items: {key: dump(item) for key, item in items.items()}


_DUMPED: Mapping[str, Callable[[Any], Any]] = {
    "materials": _each(_plain),
    "fired": _each(_plain),
    "asked": _each(_plain),
    "asking": _each(lambda letters: [list(one) for one in letters]),
    "renewals": _each(_dump_renewal),
    "opinions": _each(_dump_opinion),
    "suspensions": lambda suspensions: [_plain(one) for one in suspensions],
    "proposals": _each(_dump_proposal),
    "editions": _each(_row),
    "past": _each(_dump_pasts),
}
"""What gives the plain values of those fields of a case that are not plain themselves."""


def _load_proposal(data: Mapping[str, Any]) -> Proposal:
    editions = {name: (pair[0], pair[1]) for name, pair in data["editions"].items()}
    file = File(**data["file"]) if data["file"] else None
    persons = tuple(data["persons"])
    return Proposal(**{**data, "file": file, "persons": persons, "editions": editions})


def _load_opinion(item: Mapping[str, Any]) -> Opinion:
    people = {name: tuple(item[name]) for name in ("persons", "resolved_by") if name in item}
    return Opinion(**{**item, **people})


def _load_renewal(item: Mapping[str, Any]) -> Renewal:
    return Renewal(
        correction=item["correction"],
        on=item["on"],
        names=tuple(item["names"]),
        steps=tuple(item["steps"]),
        seats=tuple((role, unit) for role, unit in item["seats"]),
        said={place: _load_opinion(opinion) for place, opinion in item["said"].items()},
    )


def _by_seq(load: Callable[[Any], T], data: Mapping[str, Any]) -> dict[str, T]:
    """Load what is kept by the seqs of entries, in their order: JSON has sorted them as texts."""
    return {key: load(data[key]) for key in sorted(data, key=int)}


def load_case(
    data: Mapping[str, Any],
    letters: Mapping[str, CaseLetter] = MappingProxyType({}),
    steps: Steps | None = None,
) -> Case:
    """Rebuild a case from `dump_case`'s values, as they come back out of JSON, its letters and
    steps.
    """
    return Case(
        **{
            **data,
            "materials": {name: File(**item) for name, item in data["materials"].items()},
            "opinions": {k: _load_opinion(item) for k, item in data["opinions"].items()},
            "fired": {
                name: Fired(**{**item, "persons": tuple(item["persons"])})
                for name, item in data["fired"].items()
            },
            "locked": tuple(data["locked"]),
            "suspensions": tuple(Suspension(**one) for one in data["suspensions"]),
            "readable": tuple(data["readable"]),
            "migrated_on": tuple(data.get("migrated_on", ())),
            "stops": tuple((stopped, resumed) for stopped, resumed in data["stops"]),
            "asked": {key: Asked(**item) for key, item in data["asked"].items()},
            "asking": {
                key: tuple(AskingLetter(*one) for one in letters)
                for key, letters in data.get("asking", {}).items()
            },
            "editions": {name: Edition(*item) for name, item in data["editions"].items()},
            "past": {name: tuple(map(_load_past, items)) for name, items in data["past"].items()},
            "proposals": _by_seq(_load_proposal, data["proposals"]),
            "renewals": _by_seq(_load_renewal, data.get("renewals", {})),
            "letters": Letters(letters),
            "steps": Steps() if steps is None else steps,
        }
    )
