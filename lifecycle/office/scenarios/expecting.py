"""What came of a step against what was expected of it: each difference, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING

from lifecycle.engine.case_letter import rule_of
from lifecycle.engine.clock.standing import (
    limits_of_others,
    opinions_owed,
    running_limits,
    stand,
)
from lifecycle.engine.docket import RefusedError
from lifecycle.engine.gates.gates import LABELS
from lifecycle.engine.gates.seats import typed
from lifecycle.engine.values import show_value
from lifecycle.errors import LifecycleError, Location, SeveralError
from lifecycle.frozen import dataclass
from lifecycle.office.cases.entering import read_entry
from lifecycle.office.scenarios.reading import LIGHTS, NO_DAY
from lifecycle.workflow.naming import find_fact, find_recipient, find_role

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.engine.world.moment import Moment
    from lifecycle.office.scenarios.playing import Came
    from lifecycle.office.scenarios.scenario import ScenarioStep, WantedGate, WantedLetter
    from lifecycle.office.scenarios.trial_office import TrialOffice
    from lifecycle.workflow.model import Workflow

MADE = "办成了"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came otherwise than was expected: where that is written, both in words, and
    what the office said of it, line by line.

    `ends`: what follows in the scenario would make no sense.
    """

    location: Location
    expected: str
    came: str
    told: tuple[str, ...] = ()
    ends: bool = False


def differences(trial: TrialOffice, step: ScenarioStep, came: Came) -> list[Difference]:
    """List in what a step came otherwise than was expected; none where all is as it should be."""
    wanted, error = step.expected, came.error
    if wanted.refused is None and error is not None:
        place = step.place(step.act.verb) if step.act else step.at
        return [Difference(place, MADE, "被拒绝", tuple(_told(error)), ends=True)]
    found: list[Difference] = []
    if wanted.refused is not None:
        place = step.place("refused")
        if error is None:
            expected = "被拒绝：" + "、".join(map(str, wanted.refused))
            return [Difference(place, expected, MADE, ends=True)]
        found += _refusal(step, error)
    if came.number:
        try:
            found += _Looking(trial, step, came).differences()
        except LifecycleError as error:  # a unit or an officer that is not in this office
            told = tuple(filter(None, [error.mend]))
            found.append(Difference(step.at, "能核对", error.message, told))
    return found


def _told(error: LifecycleError) -> Iterator[str]:
    """Tell an error line by line, each with how to mend it."""
    if isinstance(error, RefusedError):
        for gate in error.gates:
            if not gate.met:
                yield f"✗ {gate.label}　{gate.text}" + (f"　→ {gate.mend}" if gate.mend else "")
        return
    yield from error.message.splitlines()
    if error.mend:
        yield f"改法：{error.mend}"


def _refusal(step: ScenarioStep, error: LifecycleError) -> Iterator[Difference]:
    """Compare what stands in the way with what was expected to."""
    wanted = step.expected.refused or ()
    there = list(_reasons(error))
    place = step.place("refused")
    missing = [one for one in wanted if not any(_is(one, *reason) for reason in there)]
    others = [text for kind, text in there if not any(_is(one, kind, text) for one in wanted)]
    told = tuple(_told(error))
    beyond = [] if step.expected.and_others else others
    if missing:
        expected = "被拒绝：" + "、".join(map(str, missing))
        came = "被拒绝，因 " + "；".join(beyond) if beyond else "被拒绝，但不因此"
        yield Difference(place, expected, came, told)
    elif beyond:
        expected = "只因 " + "、".join(map(str, wanted)) + " 被拒绝"
        yield Difference(place, expected, "还因 " + "；".join(beyond), told)


def _reasons(error: LifecycleError) -> Iterator[tuple[str, str]]:
    """Give what stands in the way, each with the kind of its gate ("" for what is no gate)."""
    if isinstance(error, RefusedError):
        yield from ((gate.kind, gate.text) for gate in error.gates if not gate.met)
    elif isinstance(error, SeveralError):
        yield from (("", fault.message) for fault in error.faults)
    else:
        yield "", error.message


def _is(wanted: WantedGate, kind: str, text: str) -> bool:
    """Tell whether a reason is one that was expected."""
    if wanted.kind and wanted.kind != kind:
        return False
    return wanted.part in text or wanted.part == f"{LABELS.get(kind, '')}：{text}"


class _Looking:
    """A case looked at after a step."""

    def __init__(self, trial: TrialOffice, step: ScenarioStep, came: Came) -> None:
        self.trial = trial
        self.step = step
        self.came = came
        self.case: Case = trial.case(came.number)
        self.workflow: Workflow = trial.workflow_of(self.case)
        self.moment: Moment = trial.office.moment()

    def differences(self) -> Iterator[Difference]:
        """List in what the case is otherwise than was expected."""
        wanted = self.step.expected
        if wanted.state is not None:
            yield from self._state(wanted.state)
        yield from self._facts(wanted.facts)
        for name in wanted.without:
            yield from self._without(name)
        if wanted.letters is not None:
            yield from self._letters(wanted.letters)
        if wanted.late is not None:
            yield from self._late(wanted.late)
        if wanted.due is not None:
            yield from self._due(wanted.due)
        yield from self._limits(wanted.limits)
        if wanted.light is not None:
            yield from self._light(wanted.light)

    def _state(self, wanted: str) -> Iterator[Difference]:
        state = self.workflow.states[self.case.state]
        if wanted not in (state.name, state.title):
            came = f"在“{state.title}”（{state.name}）"
            yield Difference(self.step.place("state"), f"在“{wanted}”", came, ends=True)

    def _facts(self, wanted: Mapping[str, object]) -> Iterator[Difference]:
        for name, entered in wanted.items():
            place = self.step.place("facts")
            assert isinstance(entered, str | tuple), "so the reader reads it"
            try:
                fact = find_fact(self.workflow, name)
                read = read_entry(self.trial.office, self.workflow, {name: entered})
            except LifecycleError as error:
                yield Difference(place, f"{name} 为 {entered}", error.message, (error.mend,))
                continue
            if read.faults:
                told = tuple(fault.message for fault in read.faults)
                yield Difference(place, f"{name} 为 {entered}", "值写得不对", told)
                continue
            value, have = read.facts[fact.name], self.case.facts.get(fact.name)
            if value != have:
                names = self.moment.names
                shown = "没有填" if have is None else show_value(fact, have, names)
                expected = f"{fact.title} 为 {show_value(fact, value, names)}"
                yield Difference(place, expected, shown)

    def _without(self, name: str) -> Iterator[Difference]:
        facts = {fact.name: fact.title for fact in self.workflow.facts.values()}
        titles = facts | {one.name: one.title for one in self.workflow.materials.values()}
        found = [key for key, title in titles.items() if name in (key, title)]
        have = {**self.case.facts, **self.case.materials}
        if any(key in have for key in found):
            yield Difference(self.step.place("without"), f"没有 {name}", "有")

    def _letters(self, wanted: tuple[WantedLetter, ...]) -> Iterator[Difference]:
        """Compare the letters that the step drafted, whom each goes to, and by when they answer."""
        place = self.step.place("letters")
        there = [
            letter for name, letter in self.case.letters.items() if name not in self.came.letters
        ]
        drafted = sorted(letter.template for letter in there)
        if drafted != sorted(one.template for one in wanted):
            expected = "拟 " + ("、".join(one.template for one in wanted) or "无公文")
            yield Difference(place, expected, "拟了 " + ("、".join(drafted) or "无"))
            return
        for one in wanted:
            same = [letter for letter in there if letter.template == one.template]
            found = [_Addressing.of(self.workflow, letter) for letter in same]
            read = _Addressing.wanted(self.workflow, one)
            if not any(sent.fits(read) for sent in found):
                came = "；".join(sent.told(self.workflow) for sent in found)
                expected = f"{one.template} {read.told(self.workflow)}"
                yield Difference(place, expected, came)

    def _late(self, wanted: tuple[str, ...]) -> Iterator[Difference]:
        there = dict(self._who_is_late())
        names = {self._late_name(name) for name in wanted}
        if not _same_seats(names, there.keys()):
            expected = "逾期的 " + ("、".join(sorted(names)) or "无")
            came = "、".join(sorted(there)) or "无"
            yield Difference(self.step.place("late"), expected, came, tuple(there.values()))

    def _late_name(self, name: str) -> str:
        """Give who is meant, as role or role/unit."""
        role, _, unit = name.partition("/")
        found = find_role(self.workflow, role)
        return typed(found, self.trial.office.directory.unit_code(unit) if unit else "")

    def _who_is_late(self) -> Iterator[tuple[str, str]]:
        """Give who is late on the day, as role or role/unit, and with what."""
        case, workflow, calendar = self.case, self.workflow, self.moment.calendar
        if case.has_ended(workflow):
            return
        others = [(item, fact.by) for item, fact in limits_of_others(workflow, case, calendar)]
        for item in running_limits(workflow, case, calendar):
            if item.due.on >= self.moment.on:
                continue
            lead = workflow.states[item.state].lead
            theirs = [role for other, by in others if other == item for role in by]
            for role in theirs or filter(None, [lead]):
                yield role, f"{workflow.roles[role].title}：{item.limit.title}，限 {item.due.on}"
        for owed in opinions_owed(workflow, case, calendar):
            if owed.due.on < self.moment.on:
                what = owed.transition.title if owed.transition else "更正"
                title = workflow.roles[owed.seat.role].title
                name = typed(owed.seat.role, owed.seat.unit)
                yield name, f"{title}：会签 {what}，限 {owed.due.on}"

    def _due(self, wanted: str) -> Iterator[Difference]:
        due = stand(self.workflow, self.case, self.moment.calendar, self.moment.on).due_on
        if (due or NO_DAY[0]) != (NO_DAY[0] if wanted in NO_DAY else wanted):
            told = tuple(self._told_limits())
            came = f"{due or NO_DAY[0]}"
            yield Difference(self.step.place("due"), f"最近的期限 {wanted}", came, told)

    def _limits(self, wanted: Mapping[str, str]) -> Iterator[Difference]:
        running = {
            item.limit.title: str(item.due.on)
            for item in running_limits(self.workflow, self.case, self.moment.calendar)
        }
        for title, day in wanted.items():
            came = running.get(title, NO_DAY[0])
            if came != day:
                told = tuple(self._told_limits())
                place = self.step.place("limits")
                yield Difference(place, f"期限“{title}” {day}", came, told)

    def _told_limits(self) -> Iterator[str]:
        case, workflow, calendar = self.case, self.workflow, self.moment.calendar
        for item in running_limits(workflow, case, calendar):
            yield f"{item.limit.title}：限 {item.due.on}"
        for owed in opinions_owed(workflow, case, calendar):
            title = workflow.roles[owed.seat.role].title
            unit = f"（{typed(owed.seat.role, owed.seat.unit)}）" if owed.seat.unit else ""
            yield f"{title}{unit} 会签：限 {owed.due.on}"

    def _light(self, wanted: str) -> Iterator[Difference]:
        standing = stand(self.workflow, self.case, self.moment.calendar, self.moment.on)
        came = standing.light(str(self.moment.on))
        if came != wanted:
            told = tuple(self._told_limits())
            expected = f"{LIGHTS[wanted]}灯"
            yield Difference(self.step.place("light"), expected, f"{LIGHTS[came]}灯", told)


def _same_seats(wanted: Set[str], there: Set[str]) -> bool:
    """Tell whether those who are there are those wanted; a role alone stands for all its units."""

    def is_one(name: str, seat: str) -> bool:
        return name in (seat, seat.partition("/")[0])

    every = all(any(is_one(name, seat) for name in wanted) for seat in there)
    return every and all(any(is_one(name, seat) for seat in there) for name in wanted)


@dataclass(frozen=True, slots=True)
class _Addressing:
    """Who gets a letter and how long they have to answer; None is not looked at."""

    all: frozenset[str] | None
    to: frozenset[str] | None
    cc: frozenset[str] | None
    reply: str | None

    @classmethod
    def of(cls, workflow: Workflow, letter: CaseLetter) -> _Addressing:
        """Give that of a letter as drafted."""
        rule = rule_of(workflow, letter)
        to = frozenset((*letter.to, *(rule.to if rule else ())))
        cc = frozenset((*letter.cc, *(rule.cc if rule else ())))
        limit = rule.reply.limit if rule and rule.reply else None
        reply = f"{limit.amount} {limit.unit}" if limit else NO_DAY[0]
        return cls(to | cc, to, cc, reply)

    @classmethod
    def wanted(cls, workflow: Workflow, letter: WantedLetter) -> _Addressing:
        """Give that of a letter as it has to be."""
        every, to, cc = (
            _found(workflow, names) for names in (letter.receivers, letter.to, letter.cc)
        )
        return cls(every, to, cc, letter.reply)

    def fits(self, wanted: _Addressing) -> bool:
        """Tell whether it is as it has to be."""
        pairs = (
            (wanted.all, self.all),
            (wanted.to, self.to),
            (wanted.cc, self.cc),
            (wanted.reply, self.reply),
        )
        return all(want is None or want == have for want, have in pairs)

    def told(self, workflow: Workflow) -> str:
        """Tell it in words."""
        titles = {party.name: party.title for party in workflow.parties.values()}
        titles |= {role.name: role.title for role in workflow.roles.values()}

        def named(names: frozenset[str]) -> str:
            return "、".join(titles[name] for name in sorted(names)) or "无"

        parts = []
        if self.to is not None or self.cc is not None:
            parts.append(f"发 {named(self.to or frozenset())}")
            parts.append(f"抄送 {named(self.cc or frozenset())}")
        elif self.all is not None:
            parts.append(f"发 {named(self.all)}")
        if self.reply is not None:
            parts.append(f"限 {self.reply} 答复" if self.reply not in NO_DAY else "不要求答复")
        return "，".join(parts)


def _found(workflow: Workflow, names: tuple[str, ...] | None) -> frozenset[str] | None:
    """Find receivers by name or title; None where none are written."""
    return None if names is None else frozenset(find_recipient(workflow, name) for name in names)
