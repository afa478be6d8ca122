"""A second opinion on a ledger, from its entries alone: it keeps its own account of editions,
steps, opinions, asks, limits and people, and says where the product's rules did not hold.

It shares the reading of the YAML, the running of a condition and the calendar's counting with the
product, and nothing of the judge: written anew from language.md §2, so that a fault in the judge's
own way of asking cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from world import BrokenRuleError

from lifecycle.engine.world.workdays import Calendar
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.workflow.model import Cosign, Dwell, Limit, Transition, Workflow

Place = tuple[str, str]
"""A seat: its role and its unit."""
SYSTEM = ("admin", "auditor", "reviewer", "signer", "clerk")
OPINIONS = (
    "opinion_signed",
    "opinion_withdrawn",
    "objection_resolved",
    "opinion_renewed",
    "renewal_settled",
)
"""The types of entries that say what somebody thinks; an answer to a letter may, too."""
OF_LETTERS = (
    "letter_drafted",
    "letter_reviewed",
    "letter_issued",
    "letter_frozen",
    "letter_sent",
    "letter_received",
    "letter_voided",
    "receipt_taken_back",
    "sending_taken_back",
)
"""The types of entries that no gate can read; an answer that carries no opinion is another."""


def known_on(body: Mapping[str, Any]) -> str:
    """Give the day from which others could know of an entry."""
    recorded = datetime.fromisoformat(body["recorded_at"]) + timedelta(hours=8)
    return max(str(body["intent"]["occurred_on"]), recorded.date().isoformat())


def recorded_on(body: Mapping[str, Any]) -> str:
    """Give the day of recording."""
    return (datetime.fromisoformat(body["recorded_at"]) + timedelta(hours=8)).date().isoformat()


# ── The office ──


@dataclass
class People:
    """Who was in office where, holding what, as the office's entries say."""

    posts: dict[str, dict[str, str]] = field(default_factory=dict)
    functions: dict[str, list[tuple[str, int, list[str]]]] = field(default_factory=dict)
    grants: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, body: Mapping[str, Any]) -> None:
        """Take one entry of the office down."""
        intent = body["intent"]
        kind, data, seq = intent["type"], intent["data"], intent["seq"]
        since = data.get("since", intent["occurred_on"])
        if (
            kind in ("office_founded", "unit_added", "unit_changed")
            and data["functions"] is not None
        ):
            listed = self.functions.setdefault(data["unit"], [])
            listed.append((since, seq, data["functions"]))
        if kind in ("office_founded", "officer_added"):
            self.posts[data["officer"]] = {"unit": data["unit"], "since": since}
            self._grant(intent, since)
        elif kind in ("role_granted", "delegation_made"):
            self._grant(intent, since)
        elif kind == "officer_left":
            self.posts[data["officer"]]["left"] = since
        elif kind in ("role_revoked", "delegation_revoked"):
            self.grants[data["grant"]]["ended"] = since

    def _grant(self, intent: Mapping[str, Any], since: str) -> None:
        data = intent["data"]
        until = data.get("until") or "9999"
        principal = data.get("principal")
        made = {"officer": data["officer"], "roles": data["roles"], "since": since}
        self.grants[intent["eid"]] = {**made, "until": until, "for": principal}

    def serves(self, officer: str, day: str) -> bool:
        """Tell whether somebody was in office on a day."""
        post = self.posts.get(officer)
        return post is not None and post["since"] <= day < post.get("left", "9999")

    def performs(self, unit: str, day: str) -> list[str]:
        """List the functions of a unit on a day."""
        begun = [one for one in self.functions.get(unit, ()) if one[0] <= day]
        return max(begun, key=lambda one: one[:2])[2] if begun else []

    def unit(self, officer: str) -> str:
        """Name the unit of an officer."""
        return self.posts[officer]["unit"]

    def _in_force(self, grant: Mapping[str, Any], day: str) -> bool:
        return bool(grant["since"] <= day <= grant["until"] and day < grant.get("ended", "9999"))

    def holds(self, officer: str, role: str, day: str) -> bool:
        """Tell whether somebody held a role on a day."""
        if not self.serves(officer, day):
            return False
        if role not in SYSTEM and role not in self.performs(self.unit(officer), day):
            return False
        return any(
            one["officer"] == officer and not one["for"] and role in one["roles"]
            for one in self.grants.values()
            if self._in_force(one, day)
        )

    def delegated(self, officer: str, principal: str, role: str, day: str) -> bool:
        """Tell whether somebody acted for another in a role on a day."""
        return any(
            (one["officer"], one["for"]) == (officer, principal)
            and (not one["roles"] or role in one["roles"])
            for one in self.grants.values()
            if self._in_force(one, day)
        )

    def staffed(self, unit: str, role: str, day: str) -> bool:
        """Tell whether somebody of a unit held a role on a day."""
        return any(
            self.holds(code, role, day) for code, post in self.posts.items() if post["unit"] == unit
        )


# ── One case ──


@dataclass
class Edition:
    """One edition of a fact or material: what entered it, its values one after another, whether it
    was ever read, and whether it is gone (undone, cleared).
    """

    number: int
    seq: int
    by: str
    persons: tuple[str, ...]
    values: list[Any]
    amended: int = 0
    used: bool = False
    gone: bool = False

    @property
    def value(self) -> Any:
        """Give the value as amended; of a file its digest."""
        now = self.values[-1]
        return now["sha256"] if isinstance(now, dict) else now


@dataclass
class Step:
    """A transition made, with all that it was judged on."""

    way: Transition
    source: str
    seq: int
    on: str
    known: str
    persons: tuple[str, ...]
    entered_on: str
    reads: dict[str, Edition]
    made: dict[str, tuple[int, str, int]]
    signers: dict[Place, Said] = field(default_factory=dict)


@dataclass
class Said:
    """An opinion: what it says, by which entry, whose, and who settled it."""

    verdict: str
    seq: int
    persons: tuple[str, ...]
    unit: str
    settled: tuple[str, ...] = ()
    note: str = ""


@dataclass
class Stay:
    """A stay that a suspension interrupted: in which state, when that was entered, and since when
    it stops.
    """

    state: str
    entered_on: str
    stopped_on: str


@cache
def dominated(workflow: Workflow) -> dict[str, set[str]]:
    """Map each state to those without which it is not reached over forward moves, and itself."""
    moves = [way for way in workflow.transitions if way.kind == "forward"]

    def reached(but: str) -> set[str]:
        found = {workflow.initial} - {but}
        while True:
            more = {
                str(way.to)
                for way in moves
                for source in way.sources
                if source in found and way.to != but
            }
            if more <= found:
                return found
            found |= more

    everywhere = reached("")
    needed = {state: {state} for state in workflow.states}
    for gate in workflow.states:
        for state in everywhere - reached(gate):
            needed[state].add(gate)
    return needed


class Record:
    """The account of one case. `see` is told of each rule whether it holds, and why it matters."""

    def __init__(
        self,
        workflow: Workflow,
        people: People,
        calendar: Callable[[], Calendar],
        see: Callable[[str, bool, str], None],
    ) -> None:
        self.workflow = workflow
        self.people = people
        self.calendar = calendar
        self.see = see
        self.state = workflow.initial
        self.seq = 0
        self.opened_on = self.entered_on = self.last_on = ""
        self.opener: tuple[str, ...] = ()
        self.cleared = 0
        self.editions: dict[str, list[Edition]] = {}
        self.steps: list[Step] = []
        self.ever: dict[str, int] = {}
        self.entered: dict[str, tuple[int, str]] = {}
        self.suspensions: list[Stay] = []
        self.stops: list[tuple[str, str]] = []
        self.opinions: dict[tuple[str, str, str], Said] = {}
        self.changed: dict[str, int] = {}
        self.asks: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
        self.anew: dict[tuple[str, str, str], int] = {}
        self.letters: dict[str, dict[str, Any]] = {}
        self.proposals: dict[int, Mapping[str, Any]] = {}
        self.unsettled: dict[int, int] = {}
        self.renewals: dict[int, dict[str, Any]] = {}
        self.others: bool = False
        self.cancelled = False

    # Reading.

    def hand(self, name: str) -> Edition | None:
        """Give the edition in hand."""
        return next((one for one in reversed(self.editions.get(name, [])) if not one.gone), None)

    def value(self, name: str) -> Any:
        """Give the value in hand, None for none."""
        edition = self.hand(name)
        return edition.value if edition else None

    def values(self) -> dict[str, Any]:
        """Give all values in hand."""
        return {name: self.value(name) for name in self.editions if self.hand(name)}

    def fired(self) -> dict[str, tuple[int, str, int]]:
        """Map transitions to how often they stand, and the day and seq of the last."""
        found = {"open": (1, self.opened_on, 1)}
        for step in self.steps:
            count = found.get(step.way.name, (0, "", 0))[0]
            found[step.way.name] = (count + 1, step.on, step.seq)
        return found

    def last(self, name: str) -> Step | None:
        """Give the last standing step of a transition."""
        return next((s for s in reversed(self.steps) if s.way.name == name), None)

    def units(self, role: str) -> list[str]:
        """List the units that hold a role, [""] for a role that no fact binds."""
        bound = self.workflow.roles[role].bound
        if not bound:
            return [""]
        value = self.value(bound)
        if value is None:
            return []
        return value if isinstance(value, list) else [str(value)]

    def needed(self, way: Transition, source: str) -> list[str]:
        """List the facts that a transition needs, or that are required where it leads."""
        found = list(way.facts)
        if way.kind in ("forward", "record"):
            before = dominated(self.workflow)[way.to or source]
            facts = self.workflow.facts.values()
            found += [f.name for f in facts if f.required is True or f.required in before]
        return list(dict.fromkeys(found))

    def items(self, way: Transition, source: str) -> set[str]:
        """Name all facts and materials that a transition reads."""
        found = {*self.needed(way, source), *way.materials, *way.fresh}
        found |= {item for same in way.read_by for item in same.items}
        found |= {one.since for one in way.dwells if one.since != "entered"}
        for guard in way.guards:
            found |= guard.when.names & self.workflow.facts.keys()
            found |= {name for space, name in guard.when.paths if space == "sha256"}
        found |= {item for cosign in way.cosigns for item in cosign.covers}
        if any(not cosign.less for cosign in way.cosigns):
            found |= set(self.workflow.identity)
        return found

    def covers(self, way: Transition, source: str, cosign: Cosign) -> set[str]:
        """Name what an opinion at a co-sign covers."""
        if cosign.less:
            return set(cosign.covers)
        return self.items(way, source) - {*way.asks, *way.may} | (
            set(self.workflow.identity) - {*way.asks, *way.may}
        )

    def looked_at(self, way: Transition) -> set[str]:
        """Name the transitions that a transition counts or asks the day or place of."""
        found = {same.step for same in way.read_by} | {one.of for one in way.counters}
        for guard in way.guards:
            found |= {n for space, n in guard.when.paths if space in ("count", "last", "order")}
        return found

    def floor(self, way: Transition, cosign: Cosign) -> int:
        """Give the seq before which opinions do not count."""
        last = self.last(way.name)
        changes = (self.changed.get(n, 0) for n in self.covers(way, self.state, cosign))
        return max(self.cleared, last.seq if last else 0, *changes, 0)

    def since_round(self, way: Transition) -> int:
        """Give the seq at which the present round of a transition began."""
        last = self.last(way.name)
        return max(self.cleared, last.seq if last else 0, self.entered[self.state][0])

    # Gates.

    def unmet(self, step: Step) -> Iterator[str]:
        """Tell which facts, materials, conditions and least times a step does not have, on the
        editions that it read as amended by now, on its day and with the counters of then.
        """
        known = {name: edition.value for name, edition in step.reads.items()}
        for name in self.needed(step.way, step.source):
            if name not in known:
                yield f"fact {name}"
        for name in step.way.materials:
            if name not in known:
                yield f"material {name}"
        for guard in step.way.guards:
            try:
                met = bool(guard.when.evaluate(self._scope(step, known, guard.when)))
            except (MissingName, ExpressionError, ArithmeticError):
                met = False
            if not met:
                yield f"guard {guard.when.source}"
        for dwell in step.way.dwells:
            if not self._is_over(step, known, dwell):
                yield f"dwell {dwell.since}"

    def _scope(self, step: Step, known: Mapping[str, Any], when: Any) -> dict[str, object]:
        made = step.made
        spaces: dict[str, object] = {
            "count": {name: made.get(name, (0, "", 0))[0] for _space, name in when.paths},
            "order": {name: made.get(name, (0, "", 0))[2] for _space, name in when.paths},
            "last": {
                name: date.fromisoformat(made[name][1]) for _s, name in when.paths if name in made
            },
            "sha256": {name: known[name] for _space, name in when.paths if name in known},
            "entered_on": date.fromisoformat(step.entered_on),
            "opened_on": date.fromisoformat(self.opened_on),
            "state": step.source,
            "today": date.fromisoformat(step.on),
            "workdays_after": lambda day, n: self.calendar().add(day, int(n), "workday").on,
        }
        facts = {
            name: self._typed(name, known[name])
            for name in when.names
            if name in self.workflow.facts and name in known
        }
        return {name: spaces[name] for name in when.names if name in spaces} | facts

    def _typed(self, name: str, value: Any) -> object:
        kind = self.workflow.facts[name].type
        if kind in ("decimal", "money"):
            return Decimal(value)
        return date.fromisoformat(value) if kind == "date" else value

    def _is_over(self, step: Step, known: Mapping[str, Any], dwell: Dwell) -> bool:
        since = step.entered_on if dwell.since == "entered" else known.get(dwell.since)
        if since is None or dwell.stops:
            return dwell.stops  # none of project.yaml stops
        last = self.calendar().add(date.fromisoformat(since), dwell.amount, dwell.unit).on
        return date.fromisoformat(step.on) >= last + timedelta(days=dwell.clear_days)

    # Who rests on what.

    def readers(self, name: str) -> list[Step]:
        """List the standing steps that read the edition in hand, since it was last unlocked."""
        edition = self.hand(name)
        unlocked = max((s.seq for s in self.steps if name in s.way.unlocks), default=0)
        return [
            step
            for step in self.steps
            if edition and step.reads.get(name) is edition and step.seq > unlocked
        ]

    def renews(self, name: str) -> bool:
        """Tell whether a fact or material is entered anew though it was read."""
        if name in self.workflow.materials:
            return self.workflow.materials[name].renews
        counted = {
            limit.since
            for state in self.workflow.states.values()
            for limit in ((state.due,) if state.due else ()) + state.limits
        }
        lasting = name in self.workflow.identity or name in counted
        return self.workflow.facts[name].renews and not lasting

    def locked(self) -> set[str]:
        """Name what is locked."""
        found: set[str] = set()
        for step in self.steps:
            found = (found - set(step.way.unlocks)) | set(step.way.locks)
        return found

    # The entries.

    def add(self, body: Mapping[str, Any]) -> None:
        """Judge one entry by what is known before it, then take it down."""
        intent = body["intent"]
        kind = intent["type"]
        self.seq = intent["seq"]
        told = f"{kind} {self.seq} {intent['transition'] or ''} {intent['data']}"
        actor = intent["actor"]
        persons = tuple(actor[key] for key in ("id", "for", "done_by") if key in actor)
        self._judge_authority(body, told)
        self._judge_days(body, told)
        before = self.values()
        seats, rounds = self._all_seats(), self._rounds()
        kept = self._kept(seats) if kind == "facts_recorded" else {}
        self._judge_values(kind, intent, told)
        handler = getattr(self, f"_{kind}", None)
        if handler is not None:
            handler(body, intent, persons, told)
        if kind != "case_opened" and not set(persons) & set(self.opener):
            self.others = True
        slip = kind == "correction_confirmed" and self._was_slip(intent["data"]["proposal"])
        slip = slip or (kind == "correction_made" and intent["data"]["slip"])
        if not slip:
            after = self.values()
            for name in before.keys() | after.keys():
                if before.get(name) != after.get(name):
                    self.changed[name] = self.seq
        if kind == "facts_recorded":
            gone = [
                key for key, asked in kept.items() if asked and key[2] not in self.units(key[1])
            ]
            self.see("7", not gone, f"{gone} were asked: {told}")
        if kind != "case_opened":
            self._ask_by_change(seats, rounds, body)

    def _was_slip(self, seq: int) -> bool:
        return bool(self.proposals.get(seq, {}).get("slip"))

    def _judge_authority(self, body: Mapping[str, Any], told: str) -> None:
        """Rule 13: who records holds the role at recording, and whose act it is held it then."""
        role, actor = body["authority"]["role"], body["intent"]["actor"]
        if not role:
            return
        on, now = body["intent"]["occurred_on"], recorded_on(body)
        people, officer = self.people, actor["id"]
        whose = actor.get("for") or actor.get("done_by") or officer
        self.see("13", people.holds(whose, role, on), f"{whose} was no {role} on {on}: {told}")
        self.see("13", people.serves(officer, now), f"{officer} had left: {told}")
        if "for" in actor:
            self.see("13", people.holds(whose, role, now), f"{whose} is no {role}: {told}")
            for day in (on, now):
                held = people.delegated(officer, whose, role, day)
                self.see("13", held, f"{officer} not for {whose} on {day}: {told}")
            same = people.unit(officer) == people.unit(whose)
            across = role in SYSTEM or self.workflow.roles[role].delegate == "across"
            self.see("13", same or across, f"across units: {told}")
        else:
            self.see("13", people.holds(officer, role, now), f"{officer} is no {role}: {told}")
        if role in self.workflow.roles and self.workflow.roles[role].bound and self.opened_on:
            its = actor["unit"] in self.units(role)
            off = any(key[1] == role and said.unit == actor["unit"] for key, said in self._said())
            self.see("13", its or off, f"not its unit: {told}")

    def _judge_days(self, body: Mapping[str, Any], told: str) -> None:
        """Rules 12 and 13: letters do not move the case's clock; an opinion that is recorded late
        says why only now.
        """
        intent = body["intent"]
        answers = intent["type"] == "letter_answered" and intent["data"]["verdict"] is not None
        if intent["type"] in OPINIONS or answers:
            late = recorded_on(body) > intent["occurred_on"]
            self.see("13", not late or "because" in intent["actor"], f"late, no reason: {told}")
        if answers or intent["type"] not in (*OF_LETTERS, "letter_answered"):
            self.see("12", intent["occurred_on"] >= self.last_on, f"after {self.last_on}: {told}")
            self.last_on = intent["occurred_on"]

    def _said(self) -> list[tuple[tuple[str, str, str], Said]]:
        """List the objections that stand, also of units that are off the panel by now."""
        return [(key, said) for key, said in self.opinions.items() if self._objects(said)]

    def _judge_values(self, kind: str, intent: Mapping[str, Any], told: str) -> None:
        """Rules 4 and 14: no date lies after the day of its entry; a unit can act."""
        facts = intent["data"].get("facts")
        if not isinstance(facts, dict):
            return
        on = intent["occurred_on"]
        for name, value in facts.items():
            fact = self.workflow.facts[name]
            if fact.type == "date" and not fact.future:
                self.see("4", value <= on, f"{name} {value} after {on}: {told}")
            for role in self.workflow.roles.values():
                if role.bound == name and role.held_by == "grant":
                    for unit in value if isinstance(value, list) else [value]:
                        staffed = self.people.staffed(unit, role.name, on)
                        self.see("14", staffed, f"nobody in {unit} is {role.name}: {told}")
        if kind in ("facts_recorded", "correction_made"):
            locked = sorted(self.locked() & facts.keys())
            self.see("lock", not locked, f"{locked} locked: {told}")

    def _enter(self, name: str, value: Any, by: str, persons: tuple[str, ...]) -> Edition:
        listed = self.editions.setdefault(name, [])
        listed.append(Edition(len(listed) + 1, self.seq, by, persons, [value]))
        return listed[-1]

    def _case_opened(
        self, body: Mapping[str, Any], intent: Mapping[str, Any], persons: Any, told: str
    ) -> None:
        self.opened_on = self.entered_on = intent["occurred_on"]
        self.opener = persons
        self.entered[self.state] = (1, known_on(body))
        for name, value in intent["data"]["facts"].items():
            asking = [way for way in self.workflow.transitions if name in way.asks]
            first = [w for w in self.workflow.leaving[self.state].values() if name in w.may]
            free = not asking or first or self.workflow.facts[name].required is True
            self.see("1", bool(free), f"{name} at the opening: {told}")
            self._enter(name, value, "", persons)

    def _opening_cancelled(
        self, _body: Any, _intent: Any, persons: tuple[str, ...], told: str
    ) -> None:
        self.see("15", bool(set(persons) & set(self.opener)), f"not the opener: {told}")
        self.see("15", not self.others and not self.steps, f"others acted: {told}")
        self.cancelled = True

    def _set_one(self, name: str, value: Any, persons: tuple[str, ...], told: str) -> bool:
        """Enter something by itself; tell whether that changes anything."""
        known = value["sha256"] if isinstance(value, dict) else value
        edition = self.hand(name)
        readers = self.readers(name)
        free = self.renews(name) or not readers
        same = edition is not None and edition.value == known
        if not same:
            read = [(step.way.name, step.seq) for step in readers]
            self.see("1", free, f"{name} is read by {read}: {told}")
            self.see("lock", name not in self.locked(), f"{name} locked: {told}")
        if edition is not None and same and not (edition.used and free):
            renamed = isinstance(value, dict) and edition.values[-1]["name"] != value["name"]
            if isinstance(value, dict):
                edition.values[-1] = value
            return renamed
        self._enter(name, value, "", persons)
        return True

    def _facts_recorded(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        changes = []
        for name, value in intent["data"]["facts"].items():
            doors = [way.name for way in self.workflow.transitions if name in way.asks]
            self.see("1", not doors, f"{name} has doors {doors}: {told}")
            changes.append(self._set_one(name, value, persons, told))
        self.see("f", any(changes), f"nothing is new: {told}")

    def _material_attached(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        changes = self._set_one(intent["data"]["material"], intent["files"][0], persons, told)
        self.see("f", changes, f"nothing is new: {told}")

    def _clear(self, names: Iterable[str], persons: tuple[str, ...], told: str) -> None:
        for name in names:
            edition = self.hand(name)
            assert edition is not None, told
            read = [s.seq for s in self.steps if s.reads.get(name) is edition]
            self.see("15", not read, f"{name} is read by {read}: {told}")
            self.see("15", not edition.by and not edition.amended, f"{name} entered so: {told}")
            own = set(edition.persons) & set(persons)
            self.see("15", bool(own), f"{name} is not theirs: {told}")
            for one in self.editions[name]:
                one.gone = True

    def _facts_cleared(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        self._clear(intent["data"]["facts"], persons, told)

    def _material_detached(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        self._clear([intent["data"]["material"]], persons, told)

    # Corrections.

    def _correction_made(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data = intent["data"]
        values = dict(data["facts"])
        if data["material"]:
            values[data["material"]] = intent["files"][0]
        for name in values:
            self.see("lock", name not in self.locked(), f"{name} locked: {told}")
            edition = self.hand(name)
            assert edition is not None, told
            old = data["old"][name]
            old = old["sha256"] if isinstance(old, dict) else old
            self.see("2", edition.value == old, f"{name} was {edition.value}: {told}")
        self.see("2", bool(data["note"]), f"no reason: {told}")
        held = {name: self.hand(name) for name in values}
        if data["proposed"]:
            states = {n: (e.number, e.amended) for n, e in held.items() if e}
            kept = {"values": values, "slip": data["slip"], "persons": persons, "on": states}
            self.proposals[self.seq] = kept
            return
        self.see("2", not data["slip"], f"a slip by one person: {told}")
        touched = [s for s in self.steps if any(s.reads.get(n) is held[n] for n in values)]
        for step in touched:
            demanded = {*self.needed(step.way, step.source), *step.way.materials}
            demanded |= {
                n for one in step.way.cosigns for n in self.covers(step.way, step.source, one)
            }
            named = sorted(demanded & values.keys())
            read = [n for n in named if step.reads.get(n) is held[n]]
            self.see("2", not read, f"at once, though step {step.seq} has {read}: {told}")
        before = {step.seq: list(self.unmet(step)) for step in touched}
        self._amend(values)
        for step in touched:
            same = before[step.seq] == list(self.unmet(step))
            self.see("2", same, f"at once, though step {step.seq} differs: {told}")

    def _amend(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            edition = self.hand(name)
            if edition is not None:
                edition.values.append(value)
                edition.amended = self.seq

    def _correction_declined(
        self, _body: Any, intent: Mapping[str, Any], _persons: Any, _told: str
    ) -> None:
        self.proposals.pop(intent["data"]["proposal"], None)

    def _correction_confirmed(
        self,
        body: Mapping[str, Any],
        intent: Mapping[str, Any],
        persons: tuple[str, ...],
        told: str,
    ) -> None:
        data = intent["data"]
        proposal = self.proposals[data["proposal"]]
        both = sorted(set(proposal["persons"]) & set(persons))
        self.see("2", not both, f"{both} proposed it: {told}")
        values = proposal["values"]
        for name, state in proposal["on"].items():
            edition = self.hand(name)
            now = (edition.number, edition.amended) if edition else None
            self.see("2", now == state, f"{name} changed meanwhile: {told}")
        held = {name: self.hand(name) for name in values}
        before = {step.seq: list(self.unmet(step)) for step in self.steps}
        self._amend(values)
        for step in self.steps:
            broken = [gate for gate in self.unmet(step) if gate not in before[step.seq]]
            if not broken:
                continue
            named = step.seq in data["unsettled"]
            decided = intent["files"] and data["note"] and self._is_told(step.seq, data["upsets"])
            self.see("3", named or bool(decided), f"step {step.seq} {broken}: {told}")
            self.unsettled[step.seq] = self.seq
            if not named:
                self.unsettled[step.seq] = -self.seq
        self._settle_again(data.get("settled", []), told)
        if not proposal["slip"]:
            self._ask_anew(body, data, values, held, told)
        lapsed = [
            seq
            for seq, one in self.proposals.items()
            if seq == data["proposal"] or self._has_lapsed(one)
        ]
        for seq in lapsed:
            if seq == data["proposal"]:
                self.proposals[seq] = {**self.proposals[seq], "on": {"": None}}

    def _settle_again(self, settled: list[int], told: str) -> None:
        """Rule 2: what an earlier correction broke waits no more once all of it holds again, and
        only then.
        """
        for step in self.steps:
            waits = self.unsettled.get(step.seq, 0) > 0
            holds = waits and not list(self.unmet(step))
            self.see("2", (step.seq in settled) is holds, f"step {step.seq} settled: {told}")
            if holds:
                del self.unsettled[step.seq]

    def _has_lapsed(self, proposal: Mapping[str, Any]) -> bool:
        for name, state in proposal["on"].items():
            edition = self.hand(name)
            if (edition and (edition.number, edition.amended)) != state:
                return True
        return False

    @staticmethod
    def _is_told(seq: int, upsets: Iterable[str]) -> bool:
        return any(f"（第 {seq} 笔）" in text and "不再成立" in text for text in upsets)

    def _ask_anew(
        self,
        body: Mapping[str, Any],
        data: Mapping[str, Any],
        values: Mapping[str, Any],
        held: Mapping[str, Edition | None],
        told: str,
    ) -> None:
        """See that whoever signed what a correction changed is asked once more."""
        asked = {tuple(seat) for seat in data["asked"]}
        signed = []
        for step in self.steps:
            for cosign in step.way.cosigns:
                covers = self.covers(step.way, step.source, cosign)
                if not any(n in covers and step.reads.get(n) is held[n] for n in values):
                    continue
                for (role, unit), said in step.signers.items():
                    now = self.opinions.get((step.way.name, role, unit))
                    if role in cosign.roles and now is not None and now.seq == said.seq:
                        signed.append((step.seq, role, unit))
        for seq, role, unit in signed:
            there = (role, unit) in asked and seq in data["unsigned"]
            self.see("2", there, f"{role}/{unit} signed step {seq}: {told}")
        if asked:
            steps = list(data["unsigned"])
            self.renewals[self.seq] = {
                "on": known_on(body),
                "steps": steps,
                "seats": asked,
                "said": {},
            }

    def _opinion_renewed(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data = intent["data"]
        renewal = self.renewals[data["correction"]]
        said = Said(data["verdict"], self.seq, persons, intent["actor"]["unit"], (), data["note"])
        places = [(data["role"], data["unit"]), *map(tuple, data.get("also", ()))]
        new = False
        for place in places:
            old = renewal["said"].get(place)
            new = (
                new
                or old is None
                or (old.verdict, old.note, old.persons, old.settled)
                != (
                    said.verdict,
                    said.note,
                    said.persons,
                    (),
                )
            )
            renewal["said"][place] = replace(said)
        self.see("f", new, f"nothing is new: {told}")
        correction = data["correction"]
        counting = [self._later(correction, place)[-1]["said"][place] for place in renewal["said"]]
        self._see_voice(counting, told)

    def _renewal_settled(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data = intent["data"]
        place = (data["role"], data["unit"])
        found = [one["said"][place] for one in self._later(data["correction"], place)]
        objects = bool(found) and found[-1].verdict == "object" and not found[-1].settled
        self.see("2", objects, f"no objection: {told}")
        if found:
            found[-1].settled = persons

    def _later(self, correction: int, place: Place) -> list[dict[str, Any]]:
        """List the corrections, from one on, on which a seat has spoken; the last word last."""
        found = [
            one for seq, one in self.renewals.items() if seq >= correction and place in one["said"]
        ]
        return sorted(found, key=lambda one: one["said"][place].seq)

    # Opinions.

    def _places(self, intent: Mapping[str, Any]) -> list[Place]:
        data = intent["data"]
        if "seats" in data:
            return [(role, unit) for role, unit in data["seats"]]
        return [(data["role"], data["unit"]), *((r, u) for r, u in data.get("also", ()))]

    def _opinion_signed(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data, name = intent["data"], intent["transition"]
        way = self.workflow.leaving[self.state][name]
        unit = intent["actor"]["unit"]
        new = False
        for role, seat in self._places(intent):
            cosign = way.cosign_of(role)
            assert cosign is not None, told
            old = self.opinions.get((name, role, seat))
            floor = self.floor(way, cosign)
            whole = (data["verdict"], data["note"], persons, unit)
            same = old is not None and whole == (old.verdict, old.note, old.persons, old.unit)
            answered = old is not None and self._is_answered(name, unit, old.seq)
            if old is None or not same or old.settled or old.seq < floor or not answered:
                new = True
            lasts = old is not None and (old.seq >= floor or self._objects(old))
            if old is not None and lasts:
                self.see("8", old.unit == unit, f"{role}/{seat} is {old.unit}'s: {told}")
            said = Said(data["verdict"], self.seq, persons, unit, (), data["note"])
            self.opinions[name, role, seat] = said
        self.see("f", new, f"nothing is new: {told}")
        self._see_voice(self._standing(way), told)

    @staticmethod
    def _objects(said: Said) -> bool:
        return said.verdict == "object" and not said.settled

    def _is_answered(self, name: str, unit: str, seq: int) -> bool:
        """Tell whether no letter that asks a unit was issued since an entry."""
        return not any(
            letter.get("asks") == name and letter.get("issued", 0) > seq and unit in letter["units"]
            for letter in self.letters.values()
        )

    def _standing(self, way: Transition) -> list[Said]:
        """List the opinions on a transition that count."""
        found = []
        for cosign in way.cosigns:
            floor = self.floor(way, cosign)
            for role in cosign.roles:
                for unit in self.units(role):
                    said = self.opinions.get((way.name, role, unit))
                    if said is not None and (said.seq >= floor or self._objects(said)):
                        found.append(said)
        return found

    def _see_voice(self, said: list[Said], told: str) -> None:
        """Rule 8: nobody speaks for two units."""
        for one in said:
            for other in said:
                both = sorted(set(one.persons) & set(other.persons))
                if one.unit != other.unit:
                    self.see("8", not both, f"{both} for {one.unit} and {other.unit}: {told}")

    def _opinion_withdrawn(
        self, _body: Any, intent: Mapping[str, Any], _persons: Any, told: str
    ) -> None:
        for role, seat in self._places(intent):
            said = self.opinions.pop((intent["transition"], role, seat), None)
            self.see("6", said is not None, f"no opinion: {told}")
            if said is not None:
                whose = intent["actor"]["unit"]
                way = self.workflow.leaving[self.state][intent["transition"]]
                cosign = way.cosign_of(role)
                lasts = cosign and (said.seq >= self.floor(way, cosign) or self._objects(said))
                if lasts:
                    self.see("6", said.unit == whose, f"{said.unit}'s: {told}")

    def _objection_resolved(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data = intent["data"]
        said = self.opinions.get((intent["transition"], data["role"], data["unit"]))
        self.see("6", said is not None and self._objects(said), f"no objection: {told}")
        if said is not None:
            said.settled = persons

    def _opinions_asked(
        self, body: Mapping[str, Any], intent: Mapping[str, Any], _persons: Any, told: str
    ) -> None:
        seats = [(role, unit) for role, unit in intent["data"]["seats"]]
        self.see("f", bool(seats), f"nobody: {told}")
        for role, unit in seats:
            way = self.workflow.leaving[self.state][intent["transition"]]
            self.see("7", unit in self.units(role), f"no seat {role}/{unit}: {told}")
            asked = self.evidence(way, role, unit)
            self.see("f", not asked, f"{role}/{unit} was asked: {told}")
            self.asks.setdefault((way.name, role, unit), []).append((self.seq, known_on(body)))

    # Letters.

    def _letter_issued(
        self, body: Mapping[str, Any], intent: Mapping[str, Any], _persons: Any, told: str
    ) -> None:
        data = intent["data"]
        letter = self.letters.get(data["letter"], {})
        stands = any(step.seq == letter.get("step") for step in self.steps)
        self.see("12", "step" not in letter or stands, f"its step was undone: {told}")
        letter["issued"] = self.seq
        letter["units"] = [one["unit"] for one in data["addressed"] if not one["copy"]]
        asks = letter.get("asks")
        way = self.workflow.leaving[self.state].get(asks) if asks else None
        if way is not None:
            for role in letter["to"]:
                if way.cosign_of(role):
                    for unit in self.units(role):
                        key = (way.name, role, unit)
                        self.asks.setdefault(key, []).append((self.seq, known_on(body)))

    def _letter_answered(
        self, _body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        data = intent["data"]
        if data["verdict"] is None:
            return
        way = self.workflow.leaving[self.state][intent["transition"]]
        issued = self.letters[data["letter"]]["issued"]
        for role, unit in self._places(intent):
            cosign = way.cosign_of(role)
            assert cosign is not None, told
            self.see("6", issued >= self.floor(way, cosign), f"changed since: {told}")
            said = Said(data["verdict"], self.seq, persons, intent["actor"]["unit"])
            self.opinions[way.name, role, unit] = replace(said, note=data["note"])
        self._see_voice(self._standing(way), told)

    # Transitions.

    def _transition_made(
        self,
        body: Mapping[str, Any],
        intent: Mapping[str, Any],
        persons: tuple[str, ...],
        told: str,
    ) -> None:
        way = self.workflow.leaving[self.state][intent["transition"]]
        facts = intent["data"]["facts"]
        self._judge_doors(way, facts, told)
        self._judge_makers(way, persons, told)
        self._judge_editions(way, facts, told)
        self._judge_settled(way, told)
        self._judge_counters(way, told)
        for name in way.asks:
            self.see("1", name in facts, f"{name} is not given: {told}")
        empty = way.kind == "record" and way.may and not way.asks and not facts
        self.see("1", not empty, f"records nothing: {told}")
        for name in facts if way.prolongs else ():
            held = self.value(name)
            later = held is None or str(facts[name]) > str(held)
            self.see("11", later, f"{name} is not prolonged from {held}: {told}")
        self.see("reason", not way.reason or bool(intent["data"]["note"]), f"no reason: {told}")
        reads = {n: e for n in self.items(way, self.state) if (e := self.hand(n)) is not None}
        step = Step(
            way,
            self.state,
            self.seq,
            intent["occurred_on"],
            known_on(body),
            persons,
            self.entered_on,
            reads,
            self.fired(),
            self._judge_cosigns(way, told),
        )
        self._make(step, intent, facts)
        unmet = list(self.unmet(step))
        demanded = "5" if any(one.startswith("fact") for one in unmet) else "3"
        self.see(demanded, not unmet, f"{unmet}: {told}")

    def _make(self, step: Step, intent: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        way, to = step.way, str(intent["to"] or step.source)
        if way.undoes:
            self._undo(way, to)
        for name, value in facts.items():
            edition = self._enter(name, value, way.name, step.persons)
            if name in self.items(way, step.source):
                step.reads[name] = edition
        for edition in step.reads.values():
            edition.used = True
        self.steps.append(step)
        self.ever[way.name] = self.ever.get(way.name, 0) + 1
        if way.clears:
            self.cleared = self.seq
        if way.kind != "record":
            self._go(step, to)
        for rule in way.notices:
            asks = rule.reply.cosign if rule.reply else None
            drafted: dict[str, Any] = {"asks": asks, "to": rule.to, "units": [], "step": self.seq}
            self.letters[f"{self.seq}-{rule.template}"] = drafted
        if way.undoes and to == step.source:
            for other in self.workflow.leaving[self.state].values():
                for cosign in other.cosigns:
                    if cosign.asked == "entering":
                        self._note(other, cosign, step.known)

    def _go(self, step: Step, to: str) -> None:
        """Note where the case is by now; a resume enters nothing, nor does a return to there."""
        if step.way.kind != "resume" and to != step.source:
            self.entered[to] = (self.seq, step.known)
        if step.way.kind == "suspend":
            self.suspensions.append(Stay(step.source, self.entered_on, step.on))
            self.entered_on = step.on
        elif step.way.kind == "resume":
            stay = self.suspensions.pop()
            self.entered_on = stay.entered_on
            if stay.stopped_on != step.on:
                self.stops.append((stay.stopped_on, step.on))
        else:
            if to != step.source:
                self.entered_on = step.on
            self.suspensions = []
        self.state = to

    def _note(self, way: Transition, cosign: Cosign, day: str) -> None:
        for role in cosign.roles:
            for unit in self.units(role):
                self.asks.setdefault((way.name, role, unit), []).append((self.seq, day))

    def _undo(self, way: Transition, target: str) -> None:
        since = self.entered.get(target, self.entered.get(self.state, (0, "")))[0]
        gone = set()
        for step in self.steps:
            made = step.way
            if made.kind not in ("forward", "record") or made.stands:
                continue
            if made.until:
                if way.name in made.until:
                    gone.add(step.seq)
            elif step.seq > since:
                gone.add(step.seq)
        self._drop(gone)

    def _drop(self, gone: set[int]) -> None:
        for seq, renewal in self.renewals.items():
            for step in self.steps:
                if step.seq in gone and step.seq in renewal["steps"]:
                    self._keep_objections(seq, renewal, step)
        self.steps = [step for step in self.steps if step.seq not in gone]
        for listed in self.editions.values():
            for one in listed:
                if one.by and one.seq in gone:
                    one.gone = True

    def _keep_objections(self, seq: int, renewal: Mapping[str, Any], step: Step) -> None:
        """Rule 6: what a unit last objected when it spoke anew on a step outlives that."""
        for role, unit in {*renewal["seats"], *renewal["said"]}:
            said = [one["said"][role, unit] for one in self._later(seq, (role, unit))]
            key = (step.way.name, role, unit)
            known = self.opinions.get(key)
            sits = step.way.cosign_of(role) is not None
            if (
                said
                and sits
                and self._objects(said[-1])
                and (not known or known.seq < said[-1].seq)
            ):
                self.opinions[key] = replace(said[-1])

    def _judge_doors(self, way: Transition, facts: Mapping[str, Any], told: str) -> None:
        locked = self.locked() - set(way.unlocks)
        for name in facts:
            self.see("1", name in (*way.asks, *way.may), f"{name} is not asked: {told}")
            self.see("lock", name not in locked, f"{name} locked: {told}")
            edition = self.hand(name)
            if edition is None or edition.by in ("", way.name) or name in way.renews:
                continue
            read = [(one.way.name, one.seq) for one in self.readers(name)]
            self.see("1", not read, f"{name} is read by {read}: {told}")

    def _judge_makers(self, way: Transition, persons: tuple[str, ...], told: str) -> None:
        for other in way.not_by:
            last = self.last(other)
            done = self.opener if other == "open" else (last.persons if last else ())
            both = sorted(set(done) & set(persons))
            self.see("not_by", not both, f"{both} made {other}: {told}")
        if way.reopens and self.steps:
            both = sorted(set(self.steps[-1].persons) & set(persons))
            self.see("not_by", not both, f"{both} ended it: {told}")

    def _judge_cosigns(self, way: Transition, told: str) -> dict[Place, Said]:
        """Rules 6 to 9: everybody asked has signed what there is now, nobody objects, and whoever
        signed or settled an objection does not make it. Gives who signed.
        """
        intent_persons = set(self._persons_now)
        signed: dict[Place, Said] = {}
        for (name, role, unit), said in self.opinions.items():
            objects = name == way.name and self._objects(said)
            self.see("6", not (way.cosigns and objects), f"{role}/{unit} objects: {told}")
        for cosign in way.cosigns:
            floor = self.floor(way, cosign)
            for role in cosign.roles:
                units = self.units(role)
                extra = self.workflow.panel.extra if self.workflow.panel else None
                self.see("9", bool(units) or role == extra, f"no unit for {role}: {told}")
                for unit in units:
                    given = self.opinions.get((way.name, role, unit))
                    fresh = given is not None and given.seq >= floor
                    seq = given.seq if given else 0
                    self.see("6", fresh, f"{role}/{unit} signed {seq}, floor {floor}: {told}")
                    if given is not None:
                        signed[role, unit] = given
            for (name, role, unit), said in self.opinions.items():
                if name == way.name and role in cosign.roles and said.seq >= floor and said.settled:
                    both = sorted(set(said.settled) & intent_persons)
                    self.see("8", not both, f"{both} settled {role}/{unit}: {told}")
            if not cosign.signers_may_make:
                for (role, unit), said in signed.items():
                    both = sorted(set(said.persons) & intent_persons)
                    self.see("8", not both, f"{both} signed {role}/{unit}: {told}")
        self._see_voice(list(signed.values()), told)
        return signed

    _persons_now: tuple[str, ...] = ()

    def _judge_editions(self, way: Transition, facts: Mapping[str, Any], told: str) -> None:
        for name in way.fresh:
            edition = self.hand(name)
            if edition is not None:
                self.see("1", not edition.used, f"{name} was read: {told}")
                old = [
                    s.seq
                    for s in self.steps
                    if (e := s.reads.get(name)) is not None
                    and e is not edition
                    and e.value == edition.value
                ]
                self.see("1", not old, f"{name} is the file of {old}: {told}")
        for same in way.read_by:
            last = self.last(same.step)
            for name in same.items:
                edition = self.hand(name)
                read = last.reads.get(name) if last else None
                fits = edition is not None and edition is read
                fits = fits and last is not None and edition.amended <= last.seq  # type: ignore[union-attr]
                self.see("1", fits, f"{name} is not that of {same.step}: {told}")

    def _judge_settled(self, way: Transition, told: str) -> None:
        """Rule 2: after a correction nothing goes forward on what does not hold any more."""
        if way.kind != "forward":
            return
        standing = {step.seq for step in self.steps}
        for seq, by in self.unsettled.items():
            if by > 0:
                self.see("2", seq not in standing, f"step {seq} does not hold: {told}")
        for seq, renewal in sorted(self.renewals.items()):
            if not standing & set(renewal["steps"]):
                continue
            for role, unit in renewal["seats"]:
                if unit and unit not in self.units(role):
                    continue
                said = [one["said"][role, unit] for one in self._later(seq, (role, unit))]
                agreed = bool(said) and not self._objects(said[-1])
                self.see("2", agreed, f"{role}/{unit} not again on {seq}: {told}")

    def _judge_counters(self, way: Transition, told: str) -> None:
        reopened = max((s.seq for s in self.steps if s.way.reopens), default=0)
        for counter in way.counters:
            made = self.ever.get(counter.of, 0)
            if counter.inner:
                made = sum(s.way.name == counter.of and s.seq > reopened for s in self.steps)
            self.see("counter", made < counter.at_most, f"{counter.of} {made} times: {told}")

    def _record_taken_back(
        self, body: Any, intent: Mapping[str, Any], persons: tuple[str, ...], told: str
    ) -> None:
        name, seq = intent["transition"], intent["data"]["step"]
        step = self.last(name)
        assert step is not None, told
        self.see("15", step.seq == seq and step.way.kind == "record", f"no record: {told}")
        self.see("15", bool(set(step.persons) & set(persons)), f"not theirs: {told}")
        soon = self.calendar().add(date.fromisoformat(step.known), 5, "workday").on.isoformat()
        self.see("15", recorded_on(body) <= soon, f"too late: {told}")
        entered = [e for listed in self.editions.values() for e in listed if e.by and e.seq == seq]
        for later in self.steps:
            if later.seq > seq:
                read = [e.number for e in entered if e in later.reads.values()]
                counted = name in self.looked_at(later.way)
                rests = bool(read) or counted
                self.see("15", not rests, f"step {later.seq} {later.way.name} rests on it: {told}")
        for edition in entered:
            self.see("15", not edition.amended, f"corrected since: {told}")
        self._drop({seq})

    # Whom a change asks.

    def _all_seats(self) -> dict[tuple[str, str, str], bool]:
        """Map each seat out of the present state, and of those that a suspended case left, to
        whether what it said has gone stale.
        """
        if not self.opened_on or self.workflow.states[self.state].final:
            return {}
        found = {}
        for name, state in self._sources().items():
            way = self.workflow.leaving[state][name]
            for cosign in way.cosigns:
                with self._at(state):
                    floor = self.floor(way, cosign)
                for role in cosign.roles:
                    for unit in self.units(role):
                        said = self.opinions.get((way.name, role, unit))
                        stale = said is not None and said.seq < floor and not self._objects(said)
                        found[way.name, role, unit] = stale
        return found

    def _sources(self) -> dict[str, str]:
        """Map the transitions out of the present state, and of those left, to where they start."""
        found: dict[str, str] = {}
        for state in (self.state, *(stay.state for stay in reversed(self.suspensions))):
            for name in self.workflow.leaving[state]:
                found.setdefault(name, state)
        return found

    @contextmanager
    def _at(self, state: str) -> Iterator[None]:
        """Look from another state."""
        here, self.state = self.state, state
        try:
            yield
        finally:
            self.state = here

    def _kept(self, seats: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], bool]:
        """Map seats to whether they were asked or have spoken."""
        found, sources = {}, self._sources()
        for key in seats:
            state = sources[key[0]]
            with self._at(state):
                way = self.workflow.leaving[state][key[0]]
                found[key] = key in self.opinions or bool(self.evidence(way, key[1], key[2]))
        return found

    def _rounds(self) -> dict[tuple[str, str], int]:
        """Map each transition out of these states to the seq at which its round began."""
        found = {}
        for name, state in self._sources().items() if self.opened_on else ():
            with self._at(state):
                found[state, name] = self.since_round(self.workflow.leaving[state][name])
        return found

    def _ask_by_change(
        self,
        before: Mapping[tuple[str, str, str], bool],
        rounds: Mapping[tuple[str, str], int],
        body: Mapping[str, Any],
    ) -> None:
        """Note whom an entry asks because what they signed went stale, or because they came to
        others that were asked. What begins a round asks nobody so.
        """
        sources = self._sources()
        for key, stale in self._all_seats().items():
            state = sources[key[0]]
            with self._at(state):
                self._ask_one(key, stale, before, rounds, known_on(body))

    def _ask_one(
        self,
        key: tuple[str, str, str],
        stale: bool,
        before: Mapping[tuple[str, str, str], bool],
        rounds: Mapping[tuple[str, str], int],
        day: str,
    ) -> None:
        name, role, unit = key
        way = self.workflow.leaving[self.state][name]
        was, now = rounds.get((self.state, name), -1), self.since_round(way)
        if now < was and (key not in self.opinions or stale):
            # Whoever was asked is so again, also who has answered and whose answer went stale
            # while the record stood.
            if self.evidence_since(now, way, role, unit, answered=False):
                self.asks.setdefault(key, []).append((self.seq, day))
            self.anew[key] = self.seq
        if now != was:
            return
        went_stale = stale and before.get(key) is False
        came = key not in before and any(
            other[0] == name
            and way.cosign_of(other[1]) is way.cosign_of(role)
            and self.evidence(way, other[1], other[2])
            for other in before
        )
        if went_stale or came:
            self.asks.setdefault(key, []).append((self.seq, day))

    def evidence(self, way: Transition, role: str, unit: str) -> list[str]:
        """List the days on which a seat learnt in this round that it is asked; none where nobody
        asked it.
        """
        since = max(self.since_round(way), self.anew.get((way.name, role, unit), 0))
        return self.evidence_since(since, way, role, unit)

    def evidence_since(
        self, since: int, way: Transition, role: str, unit: str, *, answered: bool = True
    ) -> list[str]:
        """List those of the entries from one on; what was `answered` since counts no more."""
        said = self.opinions.get((way.name, role, unit))
        if said is not None and answered:
            cosign = way.cosign_of(role)
            if cosign is None or said.seq < self.floor(way, cosign):
                since = max(since, said.seq)  # who has spoken is asked again once it went stale
        cosign = way.cosign_of(role)
        kept = self.asks.get((way.name, role, unit), ())
        found = [day for seq, day in kept if seq >= since]
        if cosign is not None and cosign.asked == "entering":
            seq, day = self.entered[self.state]
            found += [day] if seq >= since else []
        elif cosign is not None and cosign.asked:
            made = [step for step in self.steps if step.way.name == cosign.asked]
            found += [step.known for step in made if step.seq > since]
        return found

    # Limits.

    def limits(self) -> dict[str, str]:
        """Map the titles of the limits that run to their days."""
        state = self.workflow.states[self.state]
        found = {}
        for limit in ((state.due,) if state.due else ()) + state.limits:
            since = self._since(limit)
            if since is not None:
                found[limit.title] = self._due(limit, since).isoformat()
        return found

    def _since(self, limit: Limit) -> str | None:
        """Give the day from which a limit counts in its present round; None where it is done or has
        not begun.
        """
        entered = self.entered[self.state][0]
        if limit.since == "entered":
            ended = [seq for seq, _day in self._ends(limit) if seq > entered]
            return None if ended else self.entered_on
        listed = [one for one in self.editions.get(limit.since, ()) if not one.gone]
        earlier = [one for one in listed if one.seq <= entered]
        listed = earlier[-1:] + [one for one in listed if one.seq > entered]
        if not listed:
            return None
        first = listed[0]
        began, day, typed = first.seq, first.value, first
        for one in listed[1:]:
            prolongs = any(w.prolongs for w in self.workflow.transitions if w.name == one.by)
            ended = [s for s, d in self._ends(limit) if s > began or (d and d >= day)]
            done = any(seq <= one.seq for seq in ended)
            if prolongs or (not one.by and not typed.used):
                day = one.value
            elif done or not one.by:
                began, day = one.seq, one.value
            typed = one
        ended = [s for s, d in self._ends(limit) if s > began or (d and d >= day)]
        return None if ended else str(day)

    def _ends(self, limit: Limit) -> Iterator[tuple[int, str]]:
        for name in limit.done:
            last = self.last(name)
            edition = self.hand(name)
            if last is not None:
                yield last.seq, last.on
            elif edition is not None:
                dated = self.workflow.facts[name].type == "date"
                yield edition.seq, str(edition.value) if dated else ""

    def _due(self, limit: Limit, since: str) -> date:
        """Count a limit day by day: those of a suspension that began before it was over do not
        count, where it stops.
        """
        calendar, start = self.calendar(), date.fromisoformat(since)
        due = calendar.add(start, limit.amount, limit.unit, roll=limit.roll).on
        if not (limit.inner or limit.stops):
            return due
        extra = 0
        for stopped, resumed in self.stops:
            first, until = date.fromisoformat(stopped), date.fromisoformat(resumed)
            if until <= start or first > due:
                continue
            # Of a limit of 0 days the day itself counts, of a longer one the day after it.
            day = max(first, start + timedelta(days=1) if limit.amount else start)
            while day < until:
                extra += limit.unit != "workday" or calendar.is_workday(day)
                day += timedelta(days=1)
            if limit.unit == "month":
                due = calendar.add(start, limit.amount, "month").on + timedelta(days=extra)
            else:
                due = calendar.add(start, limit.amount + extra, limit.unit).on
            while limit.unit != "workday" and limit.roll and not calendar.is_workday(due):
                due += timedelta(days=1)
        return due


# ── All of it ──


class Witness:
    """Keeps an account of all cases, and compares it with what the product says of them."""

    def __init__(self, workflow: Callable[[], Workflow], calendar: Callable[[], Calendar]) -> None:
        self.workflow = workflow
        self.calendar = calendar
        self.people = People()
        self.cases: dict[str, Record] = {}

    @staticmethod
    def see(rule: str, holds: bool, told: str) -> None:
        """See that a rule holds; raises BrokenRuleError."""
        if not holds:
            raise BrokenRuleError(rule, told)

    def add(self, body: Mapping[str, Any]) -> Record | None:
        """Judge one entry and take it down; gives the account of its case."""
        intent = body["intent"]
        if intent["workflow"] is None:
            self.people.add(body)
            return None
        record = self.cases.get(intent["case"])
        if record is None:
            record = Record(self.workflow(), self.people, self.calendar, self.see)
            self.cases[intent["case"]] = record
        actor = intent["actor"]
        record._persons_now = tuple(actor[k] for k in ("id", "for", "done_by") if k in actor)
        record.add(body)
        return record
