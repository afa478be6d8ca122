"""A workflow as judged and frozen: what the YAML says, with every name resolved and every place
remembered.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lifecycle.errors import Location
from lifecycle.frozen import dataclass

if TYPE_CHECKING:
    from lifecycle.expression.expression import Expression

FactType = Literal[
    "text",
    "integer",
    "decimal",
    "money",
    "date",
    "choice",
    "yesno",
    "list",
    "unit",
    "officer",
    "post",
    "case",
    "table",
]
Kind = Literal[
    "forward", "return", "withdraw", "suspend", "resume", "terminate", "reopen", "record"
]
Span = Literal["day", "workday", "month"]
Missing = Literal["refuse", "skip", "zero"]
PeriodKind = Literal["month", "quarter", "year"]
LightColour = Literal["yellow", "red"]

ENTERED = "entered"
"""The `since` of a limit or dwell that counts from the day the case entered its state."""
SINCE_WHEN = "@"
"""Stands in the name of a state of a version before, ahead of which version that was."""
OPENING = "open"
"""The name of the opening among the transitions of a case, also in `not_by`."""
ENTERING = "entering"
"""What asks a co-sign's seats: that the case enters the state."""
OFFICER = "officer"
"""The name under which what is computed knows who acts: `officer.unit`."""
THIS = "this"
ROW = "row"
"""The name under which the condition of a collection knows the case that reads it."""
PERIOD, BEFORE = "period", "before"
"""The names under which what is opened every period knows that period and the one before."""
TABLES = "tables"
"""The name under which conditions know the decision tables: `tables.TABLE`."""
LINKED = "linked"
"""The name under which conditions know the cases that link to theirs: `linked.WORKFLOW`."""
CLOCK = "clock"
"""What stands in `by` for a transition that makes itself on a day, and who makes it then."""
PREVIOUS = "previous"
"""The `to` of a resume: the state from which the case was suspended."""


@dataclass(frozen=True, slots=True)
class Role:
    """A function held by a unit of the directory, or by whom a fact of the case names: a `unit`,
    several `units`, a `person`, or whoever holds a `post`.

    `held_by`: whoever was granted it, or anyone in office in the unit that the case names; of a
    person, that one, or anyone of that one's division, or the division's leader in charge.
    `delegate`: within the unit only, or across units. `sealing`: granted by two persons, and never
    delegated.
    """

    name: str
    title: str
    location: Location
    unit: str | None = None
    units: str | None = None
    person: str | None = None
    post: str | None = None
    held_by: Literal["grant", "any", "division", "leader"] = "grant"
    delegate: Literal["unit", "across"] = "unit"
    sealing: bool = False

    @property
    def bound(self) -> str | None:
        """Name the fact that says which unit or units hold this role, if one does."""
        return self.unit or self.units

    @property
    def named(self) -> str | None:
        """Name the fact that says which officer or which post holds this role, if one does."""
        return self.person or self.post

    @property
    def binding(self) -> str | None:
        """Name the fact that says who holds this role, if one does."""
        return self.bound or self.named


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside the directory who receives letters.

    `fact` names the fact that holds the party's name.
    """

    name: str
    title: str
    location: Location
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """The “5+x” panel: who leads, the core roles, and the role of the extra units."""

    lead: str
    core: tuple[str, ...]
    extra: str | None
    location: Location


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed field of a case.

    `required` is the state from which it must be known, or True from the opening on. `search` says
    that cases are found by it. `visible` are the roles that may see it; empty: all who see the
    case. `future`: a date may lie after the day of the act that enters it.
    What `renews` may be set again after a step has read it: that is a new edition, not a
    correction. One of type `case` is a link: it names a case of the workflow of that name. The
    choices are its own, or those of the shared list that `listed` names. One of type `table` has
    rows, from `min_rows` to `max_rows` of them, of `columns`, each a field as a fact is; which of
    these must be filled says their `required`.
    """

    name: str
    title: str
    type: FactType
    location: Location
    unit: str | None = None
    min: Decimal | str | None = None
    max: Decimal | str | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    of: FactType = "text"
    future: bool = False
    required: bool | str = False
    renews: bool = False
    by: tuple[str, ...] = ()
    search: bool = False
    visible: tuple[str, ...] = ()
    workflow: str = ""
    note: str = ""
    basis: str = ""
    listed: str = ""
    columns: tuple[Fact, ...] = ()
    min_rows: int = 0
    max_rows: int = 0

    @property
    def is_table(self) -> bool:
        """Tell whether it has rows of several columns."""
        return self.type == "table"

    @property
    def is_link(self) -> bool:
        """Tell whether it names another case."""
        return self.type == "case"


@dataclass(frozen=True, slots=True)
class Material:
    """A required document. `keep` is `permanent` or a number of years such as `30y`.

    `max_mb` bounds one file. What `renews` may be attached again after a step has read it.
    `visible` are the roles that may see it; empty: all who see the case.
    """

    name: str
    title: str
    location: Location
    keep: str = "10y"
    max_mb: int = 100
    renews: bool = False
    by: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    note: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: so many days, workdays or months since a day, met once one of
    `done` is there. One that is `fresh` came with a new version: it runs at the earliest from the
    day on which the case was taken over into that (1: the first taking over, and so on).
    """

    title: str
    amount: int
    unit: Span
    basis: str
    location: Location
    since: str = ENTERED
    done: tuple[str, ...] = ()
    roll: bool = True
    inner: bool = False
    stops: bool = False
    fresh: int = field(default=0, metadata={"compiled": False})

    @property
    def pauses(self) -> bool:
        """Tell whether it stops while the case is suspended."""
        return self.inner or self.stops


@dataclass(frozen=True, slots=True)
class State:
    """A state; in project.yaml a stage.

    `due` is the limit of the whole stage, `limits` those within it.
    """

    name: str
    title: str
    location: Location
    phase: str | None = None
    lead: str | None = None
    due: Limit | None = None
    limits: tuple[Limit, ...] = ()
    final: bool = False
    note: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of all seats, asked or not, must agree: all, any, the majority, at least `number`,
    or a share `number`/`of`.
    """

    kind: Literal["all", "any", "majority", "at_least", "share"] = "all"
    number: int = 0
    of: int = 1

    def __str__(self) -> str:
        """Give it as a file has it."""
        if self.kind == "at_least":
            return f"{{at_least: {self.number}}}"
        return f"{{share: {self.number}/{self.of}}}" if self.kind == "share" else self.kind

    def needed(self, asked: int) -> int:
        """Count the agreements needed among so many asked: never more than all, and never none of
        some.
        """
        if self.kind == "all":
            return asked
        if self.kind == "any":
            return min(1, asked)
        if self.kind == "majority":
            return min(asked, asked // 2 + 1)
        if self.kind == "at_least":
            return min(self.number, asked)
        return min(asked, -(-asked * self.number // self.of))


@dataclass(frozen=True, slots=True)
class Cosign:
    """Whose opinions a transition needs; `name` tells one of several apart.

    `covers` are the facts and materials that an opinion covers where the workflow says so (`less`);
    else it covers all that the transition reads. `signers_may_make`: who signed may make the
    transition, too. A unit that has several of the roles signs once, or `by_role`. `asked` says
    what asks the seats by itself: `entering` the state, or the making of the transition of that
    name. An objection `blocks` until it is withdrawn or resolved, or it `counts` as one that does
    not agree. The seats of the roles in `must` agree in any case.
    """

    roles: tuple[str, ...]
    location: Location
    quorum: Quorum = Quorum()
    within: Limit | None = None
    covers: tuple[str, ...] = ()
    basis: str = ""
    asked: str = ""
    less: bool = False
    signers_may_make: bool = False
    by_role: bool = False
    objection: Literal["blocks", "counts"] = "blocks"
    must: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the facts, with the text that a refusal shows."""

    when: Expression
    otherwise: str
    location: Location
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Dwell:
    """A least time since a day, which goes on while the case is suspended unless `stops`.

    With `clear_days` so many whole days must lie between (start >= since + n + 1).
    """

    amount: int
    unit: Span
    basis: str
    location: Location
    since: str = ENTERED
    clear_days: bool = False
    inner: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """How often a transition may have been made in one case.

    An `inner` one counts what stands only; any other every time that it was ever made.
    """

    of: str
    at_most: int
    basis: str
    location: Location
    inner: bool = False


@dataclass(frozen=True, slots=True)
class SameEdition:
    """The items whose edition must be the very one that the last standing `step` read."""

    items: tuple[str, ...]
    step: str
    location: Location


@dataclass(frozen=True, slots=True)
class Reply:
    """By when a letter's recipients owe an answer, counted from its receipt.

    `cosign`: it is their opinion on that.
    """

    limit: Limit
    cosign: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """A letter that a transition sends; recipients are roles or parties."""

    template: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    location: Location
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A fact that a transition computes and records; nobody types it."""

    fact: str
    value: Expression
    location: Location


@dataclass(frozen=True, slots=True)
class Effect:
    """What making a transition does to other cases: one is opened under the workflow that it
    `opens`, or for `each` case of a collection; or a transition is made of the case that the link
    `on` names, or of each case of the collection `on`.

    `facts` are what the other case is given, by the names that it has there.
    """

    location: Location
    on: str = ""
    transition: str = ""
    opens: str = ""
    each: str = ""
    facts: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from states to a state.

    `to` is None for a record (the case stays) and PREVIOUS for a resume. It enters the facts that
    it `asks` and those that it `may` ask; of the facts in `renews` also where another transition
    entered what a step has read. Where it `prolongs`, a date that it enters moves the limit that
    counts from there, though that is not done. What `urges` is a record to be made once a limit has
    passed. Items in `fresh` must be of an edition that no step
    has read. Of its co-signs those named in `order` come one after another. Once made it stands
    until a return undoes it; where it `stands` none does, but those of `until`. What it `does` are
    its effects on other cases; `causes` name the transitions of other workflows, as
    WORKFLOW.TRANSITION, of which it may be an effect itself; where CLOCK is among them, it makes
    itself once the time `after` is over.
    """

    name: str
    title: str
    kind: Kind
    sources: tuple[str, ...]
    to: str | None
    by: tuple[str, ...]
    location: Location
    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    renews: tuple[str, ...] = ()
    prolongs: bool = False
    urges: bool = False
    facts: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    read_by: tuple[SameEdition, ...] = ()
    cosigns: tuple[Cosign, ...] = ()
    order: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    dwells: tuple[Dwell, ...] = ()
    counters: tuple[Counter, ...] = ()
    not_by: tuple[str, ...] = ()
    reason: bool = False
    notices: tuple[NoticeRule, ...] = ()
    sets: tuple[Setting, ...] = ()
    does: tuple[Effect, ...] = ()
    causes: tuple[str, ...] = ()
    after: Limit | None = None
    locks: tuple[str, ...] = ()
    unlocks: tuple[str, ...] = ()
    stands: bool = False
    until: tuple[str, ...] = ()
    note: str = ""
    basis: str = ""

    @property
    def set_facts(self) -> tuple[str, ...]:
        """Name the facts that it computes."""
        return tuple(setting.fact for setting in self.sets)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """List the expressions that are worked out when it is made."""
        guards = (guard.when for guard in self.guards)
        return (*guards, *(setting.value for setting in self.settings))

    @property
    def settings(self) -> tuple[Setting, ...]:
        """List what it computes: facts of its own case, and those that its effects carry."""
        return (*self.sets, *(setting for effect in self.does for setting in effect.facts))

    def cosign_of(self, role: str) -> Cosign | None:
        """Give the co-sign at which a role is asked; it is one at most."""
        return next((cosign for cosign in self.cosigns if role in cosign.roles), None)

    def before(self, cosign: Cosign) -> tuple[Cosign, ...]:
        """Give the co-signs that have to be met before one's turn comes."""
        if cosign.name not in self.order:
            return ()
        earlier = self.order[: self.order.index(cosign.name)]
        return tuple(one for one in self.cosigns if one.name in earlier)

    @property
    def must_enter(self) -> bool:
        """Tell whether it has to enter one at least of the facts that it may ask: a record that
        asks no other.
        """
        return self.kind == "record" and not self.asks and bool(self.may)

    @property
    def undoes(self) -> bool:
        """Tell whether making it undoes what was made since its target was last entered."""
        return self.kind in ("return", "withdraw")

    @property
    def reopens(self) -> bool:
        """Tell whether it leads out of a state that ended the case."""
        return self.kind == "reopen"

    @property
    def clears(self) -> bool:
        """Tell whether opinions and asks of before it count no more."""
        return self.undoes or self.reopens

    @property
    def undoable(self) -> bool:
        """Tell whether a return may undo it; what is neither a move forward nor a record always
        stands.
        """
        return self.kind in ("forward", "record") and not self.stands


@dataclass(frozen=True, slots=True)
class Light:
    """When the progress board turns yellow or red: so long overdue, or whenever a condition on the
    facts holds.
    """

    light: LightColour
    title: str
    location: Location
    overdue: int | None = None
    unit: Span = "day"
    when: Expression | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """Many cases of a workflow that are read as one: those for which a condition holds, as they
    stood on the day that the fact `at` names, or on the act's.

    `missing` says what becomes of a case that lacks what the condition or a figure needs: it is
    refused, left out, or read as zero.
    """

    name: str
    title: str
    over: str
    where: Expression
    location: Location
    at: str = ""
    missing: Missing = "refuse"

    @property
    def of_this(self) -> frozenset[str]:
        """Name what it reads of the case that reads it."""
        names = {parts[1] for parts in self.where.parts if parts[0] == THIS and len(parts) > 1}
        return frozenset({*names, self.at} - {""})


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a decision table: what it gives where its condition holds; `when` None: in all
    other cases.
    """

    when: Expression | None
    then: Decimal | str
    location: Location


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A value that a case's facts decide: what the first row gives whose condition holds."""

    name: str
    title: str
    rows: tuple[TableRow, ...]
    location: Location
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Every:
    """What the clock opens once in every period: a case of the workflow that it `opens`, at the end
    of a time `after` the day before the period begins.

    `facts` are what that case is given, by the names that it has there.
    """

    period: PeriodKind
    after: Limit
    opens: str
    facts: tuple[Setting, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of a name in the YAML: what it must name, where it stands, and the words that a
    fault begins with.
    """

    kind: str
    name: str
    location: Location
    by: str


@dataclass(frozen=True, slots=True, eq=False)
class Former:
    """What a state was in a version before: that version, the state's name there, what it is called
    now, and the ways that led out of it, by what they are called now.
    """

    workflow: Workflow
    state: str
    now: str
    ways: dict[str, Transition]


@dataclass(frozen=True, eq=False)
class Workflow:
    """A YAML state machine, judged sound.

    `digest` is the SHA-256 of its exact bytes and names the version. `opening` says what is asked
    and what must hold when a case is opened, as a transition that leaves no state; None where the
    workflow only says who opens. `visible` are the roles that may see a case; empty: everybody.
    `variant_of` names the workflows that it was made from, the nearest first.

    For a case that was taken over from another version, `ghosts` are the ways that led out of the
    former states, `former` says what these were, and `past_items` are the facts and materials that
    only the versions before have.
    """

    name: str
    title: str
    version: int
    basis: str
    number: str
    subject: str
    opened_by: tuple[str, ...]
    roles: dict[str, Role]
    parties: dict[str, Party]
    panel: Panel | None
    facts: dict[str, Fact]
    materials: dict[str, Material]
    states: dict[str, State]
    transitions: tuple[Transition, ...]
    lights: tuple[Light, ...]
    digest: str
    location: Location
    identity: tuple[str, ...] = ()
    note: str = ""
    opening: Transition | None = None
    collections: dict[str, Collection] = field(default_factory=dict)
    tables: dict[str, DecisionTable] = field(default_factory=dict)
    every: tuple[Every, ...] = ()
    visible: tuple[str, ...] = ()
    variant_of: tuple[str, ...] = ()
    ghosts: dict[str, dict[str, Transition]] = field(
        default_factory=dict, repr=False, metadata={"compiled": False}
    )
    former: dict[str, Former] = field(
        default_factory=dict, repr=False, metadata={"compiled": False}
    )
    past_items: frozenset[str] = field(default=frozenset(), metadata={"compiled": False})
    uses: tuple[Use, ...] = field(default=(), repr=False, metadata={"compiled": False})

    def is_a(self, name: str) -> bool:
        """Tell whether it is a workflow of that name, or a variant of it."""
        return name == self.name or name in self.variant_of

    @property
    def initial(self) -> str:
        """Name the first state: the one written first."""
        return next(iter(self.states))

    @cached_property
    def leaving(self) -> dict[str, dict[str, Transition]]:
        """Map each state to its transitions by name."""
        table: dict[str, dict[str, Transition]] = {name: {} for name in self.states}
        for transition in self.transitions:
            for source in transition.sources:
                if source in table:  # one that is not defined is told by the checks
                    table[source][transition.name] = transition
        return table | self.ghosts

    def present(self, state: str) -> str:
        """Give what a state is called now: one of a version before, or one of this."""
        former = self.former.get(state)
        return state if former is None else former.now

    @property
    def before_this(self) -> Workflow:
        """Give what governed a case before it was last taken over."""
        return next(reversed(self.former.values())).workflow

    @cached_property
    def ever(self) -> tuple[Transition, ...]:
        """List the transitions, and before them those by which a case may have come here from the
        versions before.
        """
        past = {id(way): way for ways in self.ghosts.values() for way in ways.values()}
        return (*past.values(), *self.transitions)

    @cached_property
    def sealing(self) -> frozenset[str]:
        """Name the roles that two persons grant."""
        return frozenset(role.name for role in self.roles.values() if role.sealing)

    @cached_property
    def secret(self) -> dict[str, tuple[str, ...]]:
        """Map the facts and materials that not all may see who see the case to those roles that
        may.
        """
        facts = {fact.name: fact.visible for fact in self.facts.values()}
        materials = {one.name: one.visible for one in self.materials.values()}
        return {name: roles for name, roles in {**facts, **materials}.items() if roles}

    @cached_property
    def links(self) -> tuple[Fact, ...]:
        """List the facts that name other cases."""
        return tuple(fact for fact in self.facts.values() if fact.is_link)

    @cached_property
    def ways(self) -> tuple[Transition, ...]:
        """List the transitions, and before them the opening where it is one."""
        return (*((self.opening,) if self.opening else ()), *self.transitions)

    @cached_property
    def computed(self) -> dict[str, tuple[Transition, ...]]:
        """Map the facts that are computed to the transitions that compute them."""
        found: dict[str, tuple[Transition, ...]] = {}
        for way in self.ways:
            for setting in way.sets:
                found[setting.fact] = (*found.get(setting.fact, ()), way)
        return found

    @property
    def reads_others(self) -> bool:
        """Tell whether a judgement may read other cases."""
        return bool(self.links or self.linking or self.collections or self.has_effects)

    @cached_property
    def has_effects(self) -> bool:
        """Tell whether a transition does something to other cases."""
        return any(way.does for way in self.transitions)

    @cached_property
    def timed(self) -> dict[str, tuple[Transition, ...]]:
        """Map those states to their transitions that make themselves on a day that have any."""
        found = {
            state: tuple(way for way in ways.values() if way.after is not None)
            for state, ways in self.leaving.items()
        }
        return {state: ways for state, ways in found.items() if ways}

    @cached_property
    def linking(self) -> tuple[str, ...]:
        """Name the workflows whose cases, as far as they link to one of this, its conditions
        read.
        """
        read = {
            name
            for way in self.ways
            for expression in way.expressions
            for space, name in expression.paths
            if space == LINKED
        }
        return tuple(sorted(read))

    @cached_property
    def ordered(self) -> dict[str, tuple[Transition, ...]]:
        """Map those states to their transitions with co-signs one after another that have any."""
        found = {
            state: tuple(transition for transition in ways.values() if transition.order)
            for state, ways in self.leaving.items()
        }
        return {state: ways for state, ways in found.items() if ways}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Map each transition's name, and that of the opening, to its title (the first one's where
        several states share the name).
        """
        past = (way for ways in self.ghosts.values() for way in ways.values())
        return {t.name: t.title for t in (*past, *reversed(self.ways))}
