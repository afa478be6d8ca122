"""The co-sign of a transition: who is asked, what stands, and whether enough agree.

Silence is never consent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from lifecycle.engine.case import Case, Opinion, opinion_key
from lifecycle.engine.gates.asking import asked_of, due_of_seat, round_of, unasked
from lifecycle.engine.gates.gates import Gate, command_of, holds, title_of
from lifecycle.engine.gates.quorum import (
    OpinionCount,
    blocking_objections,
    count_of,
    is_met,
    is_turn,
    lasting_objections,
    unseated,
)
from lifecycle.engine.gates.renewals import OpenRenewal
from lifecycle.engine.gates.seats import Seat, covered, floor_of, rests_on, seats_of, typed
from lifecycle.engine.world.moment import Moment, Officer
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Cosign, Transition, Workflow

FEW = 3
"""So many of the items that were changed are named."""


def judge_makers(
    workflow: Workflow, case: Case, transition: Transition, officer: Officer, moment: Moment
) -> Iterator[Gate]:
    """Judge that nobody makes a transition whose signature it rests on, unless the workflow lets
    them; and nobody who settled an objection to it.
    """
    if not case.opinions:
        return
    settled = {
        person
        for opinion in _opinions_in_force(workflow, case, transition)
        for person in opinion.resolved_by
    }
    same = sorted(settled & set(officer.persons))
    # An office founded before this rule did otherwise, and is judged as it was then.
    if same and moment.staff is not None:
        text = f"{'、'.join(same)} 处理过 {transition.title} 的不同意见，不能再由其办理"
        yield Gate("not_by", False, {"settled": same}, text, "请同单位的另一位经办人办理")
    lenient = {r for cosign in transition.cosigns if cosign.signers_may_make for r in cosign.roles}
    valid = [
        seat.opinion
        for seat in seats_of(workflow, case, transition)
        if seat.opinion and not seat.stale and seat.role not in lenient
    ]
    signed = {person for opinion in valid for person in opinion.persons}
    same = sorted(signed & set(officer.persons))
    if same:
        text = f"{'、'.join(same)} 已在 {transition.title} 上会签，不能再由其办理"
        yield Gate("not_by", False, {"signed": same}, text, "请同单位的另一位经办人办理")


def _opinions_in_force(workflow: Workflow, case: Case, transition: Transition) -> list[Opinion]:
    """List the opinions on a transition that have not gone stale, of seats removed since too."""
    floors = {
        role: floor_of(workflow, case, transition, cosign)
        for cosign in transition.cosigns
        for role in cosign.roles
    }
    return [
        opinion
        for opinion in case.opinions.values()
        if opinion.transition == transition.name and opinion.seq >= floors.get(opinion.role, 0)
    ]


def may_speak(workflow: Workflow, case: Case, officer: Officer, seat: Seat) -> bool:
    """Tell whether an officer may speak for a seat: they hold its role, for its unit."""
    return seat.unit in ("", officer.unit) and holds(workflow, case, officer, seat.role)


def keeper_of(case: Case, transition: Transition, seat: Seat, moment: Moment) -> str:
    """Name the unit whose seat it is since it spoke there in this round, be its opinion stale by
    now, and may still: another one that holds the role, too, does not take its place. "" where no
    unit has spoken, or holds the role no more.
    """
    opinion = seat.opinion
    if opinion is None or moment.staff is None or opinion.seq < round_of(case, transition):
        return ""
    return opinion.by_unit if may_still(seat.role, opinion.by_unit, moment) else ""


def signer_of(case: Case, renewal: OpenRenewal, seat: Seat, moment: Moment) -> str:
    """Name the unit that had signed at a seat what a correction has signed anew, as far as it still
    holds the role; "" for none.
    """
    if seat.unit or moment.staff is None:
        return seat.unit
    keys = (opinion_key(step.transition, seat.role, "") for step in reversed(renewal.steps))
    signed = (case.opinions[key].by_unit for key in keys if key in case.opinions)
    return next((unit for unit in signed if may_still(seat.role, unit, moment)), "")


def may_still(role: str, unit: str, moment: Moment) -> bool:
    """Tell whether somebody in a unit holds a role on that day."""
    return role in (moment.staff or {}).get(unit, ())


def judge_voice(what: str, seats: Iterable[Seat], seat: Seat, officer: Officer) -> Iterator[Gate]:
    """Judge that one person speaks for one unit only, among the seats that sign what is called
    so.
    """
    for other in seats:
        opinion = other.opinion
        if opinion is None or other.stale or opinion.by_unit == officer.unit:
            continue
        same = sorted(set(opinion.persons) & set(officer.persons))
        if same and (other.role, other.unit) != (seat.role, seat.unit):
            text = f"{'、'.join(same)} 已代表别的单位会签 {what}，一人只能代表一个单位"
            yield Gate("not_by", False, {"signed": same}, text, "请本单位的另一位经办人会签")


def judge_turn(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat, moment: Moment
) -> Iterator[Gate]:
    """Judge that the turn of a seat has come, where co-signs come one after another."""
    cosign = transition.cosign_of(seat.role)
    if cosign is not None and not is_turn(workflow, case, transition, cosign):
        name = who_is(workflow, moment, seat.role, seat.unit)
        first = awaited(workflow, case, transition, cosign, moment)
        text = f"还没有轮到 {name} 会签 {transition.title}：先由 {first} 会签"
        mend = f"前面的够了，即送 {name}；还缺谁：lifecycle why {case.number} {transition.name}"
        yield Gate("opinion", False, {"role": seat.role, "unit": seat.unit}, text, mend)


def awaited(
    workflow: Workflow, case: Case, transition: Transition, cosign: Cosign, moment: Moment
) -> str:
    """Name those whose agreement is still missing before a co-sign's turn comes, and the roles
    whose unit is not known yet.
    """
    names: list[str] = []
    for earlier in transition.before(cosign):
        if not is_met(workflow, case, transition, earlier):
            count = count_of(workflow, case, transition, earlier)
            missing = [seat for seat in count.seats if seat not in count.agreed]
            names += [who_is(workflow, moment, seat.role, seat.unit) for seat in missing]
            names += [workflow.roles[role].title for role in unseated(workflow, case, earlier)]
    return "、".join(dict.fromkeys(names)) or "前面各家"


def who_is(workflow: Workflow, moment: Moment, role: str, unit: str) -> str:
    """Name for an officer whoever is asked under a role."""
    if unit:
        return moment.names.get(unit, unit)
    return workflow.roles[role].title if role in workflow.roles else role


def judge_objection(
    workflow: Workflow,
    moment: Moment,
    place: tuple[str, str],
    objecting: Collection[tuple[str, str]],
    told: tuple[str, str],
) -> Gate | None:
    """Give the unmet gate of a place (role and unit) that does not object, None for one that does;
    of a role without a unit, it names those under the role that do, as a command names them. `told`
    is to what, in words, and the command that settles it, up to the place.
    """
    if place in objecting:
        return None
    role, unit = place
    what, command = told
    whose = who_is(workflow, moment, role, unit)
    under = [one for one in objecting if one[0] == role and not unit]
    if not under:
        return Gate("opinion", False, {}, f"{whose} 对 {what} 没有待处理的不同意见")
    named = "、".join(f"{who_is(workflow, moment, *one)}（{typed(*one)}）" for one in under)
    text = f"{whose} 对 {what} 的不同意见按单位处理：{named}"
    mend = f"写明处理哪一家的：{command} {typed(*under[0])} --note …"
    return Gate("opinion", False, {}, text, mend)


def who_are(workflow: Workflow, moment: Moment, seats: Iterable[Seat]) -> str:
    """Name for an officer those at some seats: a unit with several of them once."""
    names = (who_is(workflow, moment, seat.role, seat.unit) for seat in seats)
    return "、".join(dict.fromkeys(names))


def judge_cosign(
    workflow: Workflow, case: Case, transition: Transition, moment: Moment
) -> Iterator[Gate]:
    """Judge each co-sign: enough agreement, and no objection standing that blocks.

    Silence never counts as consent.
    """
    for cosign in transition.cosigns:
        count = count_of(workflow, case, transition, cosign)
        yield from _Judging(workflow, case, transition, cosign, moment, count).gates()


def must_speak_anew(
    workflow: Workflow, case: Case, transition: Transition, objection: Opinion
) -> bool:
    """Tell whether a standing objection, once it is settled, leaves its seat to speak anew: it is
    older than what the seat would speak on now.
    """
    seated = any(
        (seat.role, seat.unit) == (objection.role, objection.unit)
        for seat in seats_of(workflow, case, transition)
    )
    return seated and objection in lasting_objections(workflow, case, transition)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One co-sign of a transition, counted, as it is judged on a day."""

    workflow: Workflow
    case: Case
    transition: Transition
    cosign: Cosign
    moment: Moment
    count: OpinionCount

    def gates(self) -> Iterator[Gate]:
        """Give the gates: one for each objection that blocks and each unit that is not known yet,
        then what the count lacks, or that it is enough.
        """
        workflow, case = self.workflow, self.case
        objections = blocking_objections(case, self.transition, self.cosign)
        unknown = list(unseated(workflow, case, self.cosign))
        for objection in objections:
            yield self._objection(objection)
        for role in unknown:
            fact = workflow.facts[str(workflow.roles[role].binding)]
            text = f"{workflow.roles[role].title} 尚未确定，无从会签"
            if role in self.cosign.must:
                text += "（必须同意，至少一家）"
            yield self._gate(text, f"lifecycle set {case.number} {fact.name}=…")
        if not self.count.is_enough:
            yield from self._lacking(certain=not unknown)
        elif not objections and not unknown:
            yield self._passed()

    def _gate(self, text: str, mend: str, *, met: bool = False, counted: bool = False) -> Gate:
        count = self.count
        opinions = [seat.opinion for seat in count.seats if seat.opinion and not seat.stale]
        inputs = {
            "needed": count.needed,
            "opinions": [[o.role, o.unit, o.verdict, o.seq, o.resolved] for o in opinions],
        }
        given = f"已同意 {count.voices(count.agreed)} 家" if counted else ""
        wanted = f"须 {count.needed} 家同意" if counted else ""
        if counted and count.must:
            wanted += f"，其中须有 {self._names(count.must)}"
        return Gate("cosign", met, inputs, text, mend, self.cosign.basis, given, wanted)

    def _name(self, seat: Seat) -> str:
        """Name who is asked; where a unit speaks for several roles apart, with the role."""
        name = who_is(self.workflow, self.moment, seat.role, seat.unit)
        mine = [other for other in self.count.seats if seat.unit and other.unit == seat.unit]
        if self.cosign.by_role and len(mine) > 1:
            return f"{name}（{self.workflow.roles[seat.role].title}）"
        return name

    def _names(self, seats: Iterable[Seat]) -> str:
        return "、".join(dict.fromkeys(map(self._name, seats)))

    def _objection(self, objection: Opinion) -> Gate:
        name = who_is(self.workflow, self.moment, objection.role, objection.unit)
        who = typed(objection.role, objection.unit)
        named = f"{self.case.number} {self.transition.name}"
        mend = f"由其撤回，或由牵头单位说明处理：lifecycle resolve {named} {who} --note …"
        if must_speak_anew(self.workflow, self.case, self.transition, objection):
            mend = f"其后有退回或变更，由其重新会签：lifecycle sign {named} agree --as …"
            mend += "；只由牵头单位处理（resolve）的，处理以后仍须其重新会签"
        return self._gate(f"{name} 不同意：{objection.note}", mend)

    def _passed(self) -> Gate:
        spoken = [seat for seat in self.count.seats if not seat.is_open]
        told = (self._name(seat) + _verdict_mark(seat) for seat in spoken)
        names = "、".join(dict.fromkeys(told))
        text = f"{names or '无须会签的单位'} 已会签"
        return self._gate(text, "", met=True, counted=True)

    def _lacking(self, *, certain: bool) -> Iterator[Gate]:
        """Say what the count lacks, and where it can no longer pass, that; while a unit is not
        known yet, nobody can tell.
        """
        if certain and self.count.is_lost:
            yield self._gate(self._lost_text(), self._lost_mend(), counted=True)
            return
        later = not is_turn(self.workflow, self.case, self.transition, self.cosign)
        text = self._later_text() if later else self._missing_text()
        if text:  # where only objections stand between, they have said so
            number, name = self.case.number, self.transition.name
            mend = f"lifecycle sign {number} {name} agree --as …"
            waiting = unasked(self.workflow, self.case, self.transition)
            act = ""
            if any(seat.role in self.cosign.roles for seat in waiting):
                mend, act = self._how_to_ask()
            gate = self._gate(text, "" if later else mend, counted=True)
            yield replace(gate, act="" if later else act)

    def _how_to_ask(self) -> tuple[str, str]:
        """Say how the units are asked: by the record that asks them, where it can be made and does,
        else by an officer.
        """
        case = self.case
        record = self.workflow.leaving[case.state].get(self.cosign.asked)
        made = case.fired.get(self.cosign.asked)
        if record is None or (made and made.seq >= round_of(case, self.transition)):
            return f"lifecycle ask {case.number} {self.transition.name}", ""
        return f"办理“{record.title}”即送会签：{command_of(case, record)}", record.name

    def _later_text(self) -> str:
        names = self._names(self.count.silent)
        first = awaited(self.workflow, self.case, self.transition, self.cosign, self.moment)
        return f"{names} 会签在后，待 {first} 会签后再送" if names else ""

    def _lost_text(self) -> str:
        count = self.count
        against = f"不同意 {count.voices(count.against)} 家（{self._names(count.against)}）"
        agreed, silent = count.voices(count.agreed), count.voices(count.silent)
        parts = [
            f"已不能通过：共 {count.base} 家，须 {count.needed} 家同意",
            f"已同意 {agreed} 家，未表态 {silent} 家，{against}",
        ]
        opposed = [seat for seat in count.must if seat in count.against]
        if opposed:
            parts.append(f"{self._names(opposed)} 必须同意")
        return "；".join(parts)

    def _lost_mend(self) -> str:
        number, name = self.case.number, self.transition.name
        mend = (
            f"由不同意的单位改变意见（lifecycle sign {number} {name} agree --as …）"
            f"或撤回（lifecycle withdraw {number} {name} --as …）"
        )
        ways = [way for way in self.workflow.leaving[self.case.state].values() if way.undoes]
        if ways:
            mend += f"；或退回：{'、'.join(f'{way.title}（{way.name}）' for way in ways)}"
        return mend

    def _missing_text(self) -> str:
        """Say whose opinions are missing: who is asked, who is late since when, who was not
        asked; once enough agree, only of those who have to.
        """
        count = self.count
        wanted = count.seats if count.short else count.lacking
        silent: dict[str, list[Seat]] = {}
        for seat in wanted:
            if seat.opinion is None:
                why = _why_silent(self.workflow, self.case, self.transition, seat, self.moment)
                silent.setdefault(why, []).append(seat)
        parts = [f"缺 {self._names(silent[why])} 的同意意见{why}" for why in sorted(silent)]
        stale: dict[str, list[Seat]] = {}
        for seat in wanted:
            if seat.stale and seat.opinion is not None:
                stale.setdefault(self._why_stale(seat.opinion), []).append(seat)
        for why, seats in stale.items():
            unasked = [s for s in seats if asked_of(self.case, self.transition, s) is None]
            more = "（尚未送）" if unasked else ""
            parts.append(f"{self._names(seats)} 的意见已失效（{why}），须重新会签{more}")
        if count.short and self.cosign.quorum.kind != "all":
            parts.append(f"还需 {count.short} 家同意")
        if count.against and self.cosign.objection == "counts":
            parts.append(f"不同意的有 {self._names(count.against)}")
        if count.lacking:
            parts.append(f"{self._names(count.lacking)} 必须同意")
        return "；".join(parts)

    def _why_stale(self, opinion: Opinion) -> str:
        """Say why an opinion counts no more: it was used, a return came after it, or of what it
        covers this was changed.
        """
        case, transition = self.case, self.transition
        made = case.fired.get(transition.name)
        if case.cleared > opinion.seq:
            reopened = any(
                way.reopens and way.name in case.fired and case.fired[way.name].seq == case.cleared
                for way in self.workflow.transitions
            )
            return "其后重新办理" if reopened else "其后有退回"
        if made is not None and opinion.seq < made.seq:
            return "已用于上一次办理"
        workflow = self.workflow
        titles = {name: fact.title for name, fact in workflow.facts.items()}
        titles |= {name: material.title for name, material in workflow.materials.items()}
        changed = [
            titles[name]
            for name in covered(workflow, case.state, transition, self.cosign)
            if case.changed.get(name, 0) > opinion.seq and name not in workflow.secret
        ]
        if not changed:
            return "其后有内容变更"
        more = f" 等 {len(changed)} 项" if len(changed) > FEW else ""
        return f"其后更改了 {'、'.join(changed[:FEW])}{more}"


def _verdict_mark(seat: Seat) -> str:
    """Say in brackets that a seat does not agree, "" for one that does."""
    if seat.opinion is None or seat.opinion.verdict != "object":
        return ""
    return "（不同意）" if seat.opinion.resolved is None else "（不同意，已处理）"


def _why_silent(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat, moment: Moment
) -> str:
    """Say in brackets why a seat has said nothing, "" for one that has time left."""
    if asked_of(case, transition, seat) is None:
        return "（尚未送会签）"
    lacking = rests_on(workflow, case, transition, seat.role)
    if lacking:
        titles = "、".join(title_of(workflow, name) for name in lacking)
        return f"（要看的 {titles} 还没有，齐了即送会签）"
    late = overdue_since(workflow, case, transition, seat, moment)
    return f"（逾期未反馈，限 {late}；不视为同意）" if late else ""


def overdue_since(
    workflow: Workflow, case: Case, transition: Transition, seat: Seat, moment: Moment
) -> date | None:
    """Give the day by which an asked seat owed its opinion, once it has passed."""
    due = due_of_seat(workflow, case, transition, seat, moment.calendar)
    return due.on if due is not None and moment.on > due.on else None
