"""Taking a case over into another version of its workflow, as the office has decided for every open
case of the version before: two persons decide it once, and each case has its entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeVar

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.case import Asked, AskingLetter, Case, Edition, Opinion, opinion_key
from lifecycle.engine.case_letter import CaseLetter
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.gates.seats import covered
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.transition import judge_ended
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.migration import key_of, own_version
from lifecycle.workflow.model import ENTERING, Transition, Workflow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Migrate(Act):
    """Take the case over; its rules are from then on those that its entry names."""

    entry_type = "case_migrated"
    verb = "迁到新版流程"

    def judge(self, docket: Docket) -> Decision:
        """Judge that the office has so decided, and that what is filled in still has its type.

        `docket.workflow` is what governs the case from then on.
        """
        workflow, case = docket.workflow, docket.case
        decided = docket.moment.migrations.get(own_version(case.workflow))
        if decided is None or workflow.digest != key_of(decided, case.workflow):
            text = "单位没有决定把这一版的在办事项迁到那一版"
            mend = "管理员提出、另一人确认：lifecycle workflow migrate"
            docket.add(Gate("migration", False, {}, text, mend))
        else:
            docket.add(Gate("migration", True, {"decided": decided}, "两人已决定迁到新版"))
            if workflow.before_this.states[case.state].final:
                docket.add(judge_ended(workflow.before_this, case))
            for gate in unfit(workflow, case):
                docket.add(gate)
        role = next((role for role in ("admin", "auditor") if role in docket.officer.held), "")
        return docket.close(self, role)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case under its new rules: where it is by what that is called there, its steps
        and letters under the version that made them, and those opinions and asks that still have a
        seat. A replay under one file throughout (no rules of before) leaves the case as it is.
        """
        if not workflow.former:
            return case.after(entry)
        moved = _Moved(workflow, case)
        return case.after(
            entry,
            workflow=workflow.digest,
            state=moved.state(case.state),
            title=str(case.facts.get(workflow.subject, case.title)),
            opinions=moved.opinions(),
            fired=moved.by_transition(case.fired),
            made=moved.by_transition(case.made),
            entered=moved.entered(),
            suspensions=tuple(
                replace(one, state=moved.state(one.state)) for one in case.suspensions
            ),
            editions={name: moved.edition(one) for name, one in case.editions.items()},
            past={
                name: tuple(replace(one, edition=moved.edition(one.edition)) for one in past)
                for name, past in case.past.items()
            },
            steps=case.steps.changed(moved.step),
            asked=moved.asked(entry),
            asking=moved.asking(),
            letters=case.letters.after(*map(moved.letter, moved.letters())),
            migrated_on=(*case.migrated_on, entry.on),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return {"data": {}, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        return cls()

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb}（第 {workflow.version} 版）"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb}（第 {workflow.version} 版）"


def unfit(workflow: Workflow, case: Case) -> Iterator[Gate]:
    """Give an unmet gate for each fact that is filled in and is of another type, or measured
    otherwise, in the version that a case is to be taken over into.
    """
    former = workflow.before_this
    for name in case.facts:
        was, now = former.facts.get(name), workflow.facts.get(name)
        if was is None or now is None:
            continue
        kinds = [
            (
                one.type,
                one.of if one.type == "list" else "",
                one.workflow,
                [(column.name, column.type) for column in one.columns],
            )
            for one in (was, now)
        ]
        text = ""
        if kinds[0] != kinds[1]:
            text = f"{now.title}（{name}）由 {was.type} 改成了 {now.type}，已填的不能照搬"
        elif was.unit != now.unit:
            units = [one.unit or "不写单位" for one in (was, now)]
            text = f"{now.title}（{name}）由 {units[0]} 改成了 {units[1]}，已填的不能照搬"
        if text:
            yield Gate("migration", False, {"name": name}, text, "新版另起一个要素的标识")


def left_behind(workflow: Workflow, case: Case) -> list[Opinion]:
    """List the opinions that count and that a case loses by being taken over."""
    kept = _Moved(workflow, case).opinions()
    told = {(one.role, one.unit, one.seq) for one in kept.values()}
    return [one for one in case.opinions.values() if (one.role, one.unit, one.seq) not in told]


class _Moved:
    """What of a case is called how under its new rules."""

    def __init__(self, workflow: Workflow, case: Case) -> None:
        self.workflow = workflow
        self.case = case
        self.before = workflow.before_this
        self.ghosts = {
            one.state: name for name, one in workflow.former.items() if one.workflow is self.before
        }
        self.names: dict[str, str] = {}
        for former in workflow.former.values():
            if former.workflow is self.before:
                self.names |= {way.name: now for now, way in former.ways.items()}

    def state(self, name: str) -> str:
        """Give what the state of a case is called now."""
        return self.workflow.former[self.ghosts[name]].now

    def transition(self, name: str) -> str:
        """Give what a transition is called now."""
        return self.names.get(name, name)

    def by_transition(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Give what is kept by transition, by what these are called now."""
        return {self.transition(name): item for name, item in found.items()}

    def entered(self) -> dict[str, int]:
        """Give the seqs at which states were entered; of several that are one now, the last."""
        found: dict[str, int] = {}
        for name, seq in self.case.entered.items():
            now = self.state(name)
            found[now] = max(seq, found.get(now, 0))
        return found

    def edition(self, edition: Edition) -> Edition:
        """Give an edition with the transition that entered it."""
        return replace(edition, by=self.transition(edition.by)) if edition.by else edition

    def step(self, step: MadeStep) -> MadeStep:
        """Give a step as one of the version that made it."""
        source = self.ghosts.get(step.source, step.source)  # one of an older version has its name
        return replace(step, source=source, transition=self.transition(step.transition))

    def letters(self) -> list[CaseLetter]:
        """List the letters that a transition sent."""
        return [letter for letter in self.case.letters.values() if letter.transition]

    def letter(self, letter: CaseLetter) -> CaseLetter:
        """Give a letter as one of the version that sent it."""
        source = self.ghosts.get(letter.source, letter.source)
        return replace(letter, source=source, transition=self.transition(letter.transition))

    def opinions(self) -> dict[str, Opinion]:
        """Give the opinions whose seat is still there, on what leads where it did and shows no
        more; an objection stays whatever that is, and without a seat, too.
        """
        found = {}
        for opinion in self.case.opinions.values():
            now = replace(opinion, transition=self.transition(opinion.transition))
            ways = [way for way in self._ways(now.transition) if way.cosign_of(opinion.role)]
            if opinion.objects or (ways and self._means_the_same(opinion, ways)):
                found[now.key] = now
        return found

    def _means_the_same(self, opinion: Opinion, ways: list[Transition]) -> bool:
        """Tell whether what a seat has agreed to leads where it did, and shows no more."""
        before = [way for way in self.before.transitions if way.name == opinion.transition]
        led = {self.state(way.to) if way.to in self.ghosts else way.to for way in before}
        return {way.to for way in ways} <= led and not self._covers_more(opinion, ways)

    def _ways(self, name: str) -> list[Transition]:
        return [way for way in self.workflow.transitions if way.name == name]

    def _covers_more(self, opinion: Opinion, ways: list[Transition]) -> bool:
        """Tell whether a seat is shown more by now than when it has spoken."""
        shown = {
            name
            for source, leaving in self.before.leaving.items()
            for name in self._shown(self.before, source, leaving.get(opinion.transition), opinion)
        }
        return any(
            not shown.issuperset(self._shown(self.workflow, source, way, opinion))
            for way in ways
            for source in way.sources
        )

    @staticmethod
    def _shown(
        workflow: Workflow, source: str, way: Transition | None, opinion: Opinion
    ) -> tuple[str, ...]:
        cosign = way.cosign_of(opinion.role) if way is not None else None
        return covered(workflow, source, way, cosign) if way is not None and cosign else ()

    def _of_seats(self, kept: Mapping[str, T]) -> dict[str, T]:
        """Give what is kept by seat of those who still have one, by what they are called now."""
        found = {}
        for key, item in kept.items():
            name, role, unit = key.split("/")
            now = self.transition(name)
            if any(way.cosign_of(role) for way in self._ways(now)):
                found[opinion_key(now, role, unit)] = item
        return found

    def asking(self) -> dict[str, tuple[AskingLetter, ...]]:
        """Give the letters that asked those who still have a seat."""
        return self._of_seats(self.case.asking)

    def asked(self, entry: Entry) -> dict[str, Asked]:
        """Give the asks of those who still have a seat; who has one only now, and is asked by the
        state's being entered, is asked on the day of the taking over.
        """
        found: dict[str, Asked] = self._of_seats(self.case.asked)
        here, was = self.state(self.case.state), self.before.leaving[self.case.state]
        seats = {self.transition(name): way for name, way in was.items()}
        for name, way in self.workflow.leaving[here].items():
            for cosign in (one for one in way.cosigns if one.asked == ENTERING):
                known = seats.get(name)
                new = [r for r in cosign.roles if known is None or not known.cosign_of(r)]
                for role in new:
                    found.setdefault(opinion_key(name, role, ""), Asked(entry.known_on, entry.seq))
        return found
