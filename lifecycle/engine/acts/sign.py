"""Giving one's unit's opinion on a transition (会签)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from lifecycle.engine.acts.act import Act, Intent, noted, title_in
from lifecycle.engine.case import Case, Opinion
from lifecycle.engine.case_letter import asked_about
from lifecycle.engine.docket import Decision, Docket, Refused
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.asking import asked_of
from lifecycle.engine.gates.cosign import (
    judge_turn,
    judge_voice,
    keeper_of,
    may_speak,
    who_are,
    who_is,
)
from lifecycle.engine.gates.gates import VERDICTS, Gate, judge_history
from lifecycle.engine.gates.quorum import standing_objections
from lifecycle.engine.gates.seats import Seat, seats_of, speaks_for
from lifecycle.engine.letters.owed import owed
from lifecycle.engine.transition import find_transition
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow

Verdict = Literal["agree", "conditional", "object"]
Places = tuple[tuple[str, str], ...]
"""Seats, each as its role and its unit ("" for a role that one unit holds)."""


@dataclass(frozen=True, slots=True)
class Sign(Act):
    """Give one's unit's opinion on a transition.

    Role None means the one through which the officer is asked. `unit` is the seat's, `also` are the
    other seats of the officer's unit, as (role, unit): it signs once. The judge fills in both.
    """

    transition: str
    verdict: Verdict
    note: str = ""
    role: str | None = None
    unit: str = ""
    also: Places = ()

    entry_type = "opinion_signed"
    verb = "会签"

    @property
    def is_opinion(self) -> bool:
        """Tell that it is."""
        return True

    def judge(self, docket: Docket) -> Decision:
        """Judge whether the officer's unit is asked, whose opinion stands, and that what is not
        plain is explained.
        """
        found = find_seat(docket, self.transition, self.role)
        if isinstance(found, Refused):
            return found
        judge_seats_turn(docket, self.transition, found)
        judge_reason(docket, self.verdict, self.note)
        also = other_seats(docket, self.transition, found)
        for seat in also:
            judge_own_opinion(docket, seat)
            judge_kept(docket, self.transition, seat)
        places = tuple((seat.role, seat.unit) for seat in also)
        said = replace(self, role=found.role, unit=found.unit, also=places)
        return docket.close(said, found.role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the opinion, at each seat of the unit."""
        opinions = dict(case.opinions)
        for seat in ((str(self.role), self.unit), *self.also):
            said = opinion(entry, self.transition, seat, self.verdict, self.note)
            opinions[said.key] = said
        return case.after(entry, opinions=opinions)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether this very opinion of the same person stands, and answers every letter that
        asked for it.
        """
        case, officer = docket.case, docket.officer
        transition = docket.workflow.leaving[case.state][self.transition]
        stands = next(
            (
                seat.opinion
                for seat in own_seats(docket, transition)
                if (seat.role, seat.unit) == (self.role, self.unit) and not seat.stale
            ),
            None,
        )
        return (
            stands is not None
            and (stands.verdict, stands.note) == (self.verdict, self.note)
            and (stands.persons, stands.by_unit) == (officer.persons, officer.unit)
            and stands.resolved is None
            and not _is_owed(docket, self.transition, stands)
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {"role": self.role, "unit": self.unit, "note": self.note, "verdict": self.verdict}
        return {"data": data | told_also(self.also), "files": [], "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(
            transition=intent["transition"],
            verdict=data["verdict"],
            note=data["note"],
            role=data["role"],
            unit=data["unit"],
            also=read_also(data),
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        title = workflow.titles.get(self.transition, self.transition)
        unit = seat_names(workflow, names, (str(self.role), self.unit), *self.also)
        return f"{self.verb} {title}　{unit} {VERDICTS[self.verdict]}{noted(self.note)}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb} {workflow.titles.get(self.transition, self.transition)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; the seat may have been left to the judge."""
        if not isinstance(recorded, Sign):
            return False
        role = recorded.role if self.role is None else self.role
        return replace(self, role=role, unit=recorded.unit, also=recorded.also) == recorded


def told_also(also: Places) -> dict[str, Any]:
    """Give what an entry says of the unit's other seats; nothing where it has but one."""
    return {"also": [list(seat) for seat in also]} if also else {}


def read_also(data: Mapping[str, Any]) -> Places:
    """Read what an entry says of the unit's other seats."""
    return tuple((role, unit) for role, unit in data.get("also", ()))


def _is_owed(docket: Docket, transition: str, stands: Opinion) -> bool:
    """Tell whether a letter issued since an opinion was given asks its unit for it again."""
    for letter in docket.case.letters.values():
        if asked_about(docket.workflow, letter) == transition and letter.issued_seq > stands.seq:
            waiting = owed(docket.workflow, docket.case, letter)
            if any(addressee.unit == stands.by_unit for addressee in waiting):
                return True
    return False


def find_seat(docket: Docket, name: str, role: str | None) -> Seat | Refused:
    """Find the seat that the officer may speak for and note that; refuse where there is none.

    What another officer of a unit that held the seat before has said is that unit's alone to
    change.
    """
    workflow, case, moment = docket.workflow, docket.case, docket.moment
    transition = find_transition(docket, name, lambda way: bool(own_seats(docket, way)), "会签")
    if isinstance(transition, Gate):
        return Refused((transition,))
    seat = _own_seat(docket, transition, role)
    if seat is not None and role is None:
        _judge_named(docket, transition, seat)
    if seat is None:
        named = who_are(workflow, moment, seats_of(workflow, case, transition))
        text = f"{transition.title} 不须会签"
        if named:
            text = f"{transition.title} 由 {named} 会签，您不在其中"
        return Refused((Gate("role", False, {}, text),), transition)
    docket.add(
        Gate("role", True, {"role": seat.role}, who_is(workflow, moment, seat.role, seat.unit))
    )
    judge_own_opinion(docket, seat)
    judge_kept(docket, name, seat)
    seats = seats_of(workflow, case, transition)
    for gate in judge_voice(transition.title, seats, seat, docket.officer):
        docket.add(gate)
    return seat


def _judge_named(docket: Docket, transition: Transition, seat: Seat) -> None:
    """See that who may speak for several roles, each of which signs by itself, says for which."""
    cosign = transition.cosign_of(seat.role)
    if cosign is None or not cosign.by_role:
        return
    roles = {own.role for own in own_seats(docket, transition) if own.role in cosign.roles}
    titles = [docket.workflow.roles[role].title for role in cosign.roles if role in roles]
    if len(titles) > 1:
        text = f"您可代表 {'、'.join(titles)} 会签，各角色分别表示意见，须写明是哪一个"
        docket.add(Gate("role", False, {}, text, f"加 --role {titles[0]}"))


def other_seats(docket: Docket, name: str, seat: Seat) -> list[Seat]:
    """List the other seats of the officer's unit at the co-sign where a seat is: one unit speaks
    once, whichever of its roles the officer holds, unless the workflow parts them. Who acts by
    delegation speaks where that reaches only.
    """
    workflow, case, unit = docket.workflow, docket.case, docket.officer.unit
    officer = docket.officer
    transition = workflow.leaving[case.state][name]
    cosign = transition.cosign_of(seat.role)
    if cosign is None or cosign.by_role or not unit:
        return []
    return [
        other
        for other in seats_of(workflow, case, transition)
        if other.role in cosign.roles
        and (other.role, other.unit) != (seat.role, seat.unit)
        and speaks_for(other, docket.moment) == unit
        and (not officer.delegation or may_speak(workflow, case, officer, other))
    ]


def _own_seat(docket: Docket, transition: Transition, role: str | None) -> Seat | None:
    for seat in own_seats(docket, transition):
        if role in (None, seat.role):
            return seat
    return None


def own_seats(docket: Docket, transition: Transition) -> list[Seat]:
    """List the seats at a transition's co-sign that the officer may speak for; that of an objection
    is its unit's also once it is off the panel.
    """
    workflow, case, officer = docket.workflow, docket.case, docket.officer
    seats = seats_of(workflow, case, transition)
    there = {(seat.role, seat.unit) for seat in seats}
    mine = [seat for seat in seats if may_speak(workflow, case, officer, seat)]
    off = [
        Seat(opinion.role, opinion.unit, opinion, stale=False)
        for opinion in standing_objections(case, transition)
        if (opinion.role, opinion.unit) not in there
        and opinion.by_unit == officer.unit
        and opinion.role in officer.held
    ]
    return [*mine, *off]


def judge_own_opinion(docket: Docket, seat: Seat) -> None:
    """See that an opinion which stands is changed by the unit that gave it only."""
    if seat.opinion and not seat.stale and seat.opinion.by_unit != docket.officer.unit:
        whose = docket.moment.names.get(seat.opinion.by_unit, seat.opinion.by_unit)
        docket.add(Gate("opinion", False, {}, f"已有 {whose} 的意见，只能由其更改或撤回"))


def judge_kept(docket: Docket, name: str, seat: Seat) -> None:
    """See that a seat whose opinion went stale is spoken for anew by the unit that spoke in this
    round, as long as that holds the role.
    """
    transition = docket.workflow.leaving[docket.case.state][name]
    keeper = keeper_of(docket.case, transition, seat, docket.moment) if seat.stale else ""
    if keeper not in ("", docket.officer.unit):
        docket.add(kept_by(docket, seat, keeper))


def kept_by(docket: Docket, seat: Seat, keeper: str) -> Gate:
    """Make the unmet gate for a seat that another unit keeps."""
    whose = docket.moment.names.get(keeper, keeper)
    title = docket.workflow.roles[seat.role].title
    text = f"这一席由 {whose} 会签过，意见失效后仍由其重新会签"
    mend = f"{whose} 不再担任 {title} 的，请管理员先变更其职能，再由贵单位会签"
    return Gate("opinion", False, {"role": seat.role, "unit": keeper}, text, mend)


def judge_seats_turn(docket: Docket, name: str, seat: Seat) -> None:
    """See that a seat speaks only once its turn has come, and on what was made only where it can be
    made again: once it is asked anew, where a record asks.
    """
    workflow, case, moment = docket.workflow, docket.case, docket.moment
    transition = workflow.leaving[case.state][name]
    for gate in judge_turn(workflow, case, transition, seat, moment):
        docket.add(gate)
    made, cosign = case.steps.last_of(name), transition.cosign_of(seat.role)
    if made is None or made.source != case.state or made.seq < case.cleared or cosign is None:
        return
    done = f"“{transition.title}”已经办过（第 {made.seq} 笔）"
    if any(gate.over for gate in judge_history(workflow, case, transition, moment)):
        docket.add(Gate("opinion", False, {"step": made.seq}, f"{done}，不能再办，不再会签"))
    elif cosign.asked in workflow.leaving[case.state] and not asked_of(case, transition, seat):
        asking = workflow.titles[cosign.asked]
        text = f"{done}，其后没有再送会签：办理“{asking}”时再送"
        docket.add(Gate("opinion", False, {"step": made.seq}, text))


def judge_reason(docket: Docket, verdict: Verdict, note: str) -> None:
    """See that conditions and objections are explained."""
    if verdict != "agree" and not note:
        what = "所附条件" if verdict == "conditional" else "不同意的理由"
        docket.add(Gate("reason", False, {}, f"须写明{what}", f"加 --note {what}"))


def opinion(
    entry: Entry, transition: str, seat: tuple[str, str], verdict: str, note: str
) -> Opinion:
    """Make the opinion that an entry gives for a seat: its role and its unit."""
    role, unit = seat
    return Opinion(
        transition,
        role,
        unit,
        verdict,
        note,
        entry.persons,
        entry.on,
        entry.seq,
        by_unit=entry.unit,
    )


def seat_names(workflow: Workflow, names: Mapping[str, str], *seats: tuple[str, str]) -> str:
    """Name seats for a log, a unit with several of them once."""
    named = (seat_name(workflow, names, role, unit) for role, unit in seats)
    return "、".join(dict.fromkeys(named))


def seat_name(workflow: Workflow, names: Mapping[str, str], role: str, unit: str) -> str:
    """Name a seat for a log: its unit, or else its role."""
    return names.get(unit, unit) or title_in(workflow.roles, role)
