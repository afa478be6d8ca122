"""What a transition does to other cases: planned when it is judged, as part of its decision.

Each effect is then an act of its own on the other case, judged by the workflow of that; here it is
only said which there are. An audit plans them again and compares what was done with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lifecycle.engine.case import Case
from lifecycle.engine.docket import Docket, PlannedEffect
from lifecycle.engine.gates.gates import Gate, title_of
from lifecycle.engine.outcomes.computing import recorded_value, scope_of_setting
from lifecycle.engine.values import Value
from lifecycle.engine.world.collected import MOST_NAMED, Collected, CollectedCase, ThisCase
from lifecycle.engine.world.others import (
    NO_OTHERS,
    OtherCase,
    Others,
    pins_of,
    recorded_pins,
)
from lifecycle.errors import InvalidError
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.frozen import dataclass
from lifecycle.workflow.model import ROW, THIS, Effect, Setting, Transition, Workflow

MOST_EFFECTS = 2000
"""So many other cases are moved or opened by one act."""


def plan_effects(
    docket: Docket, case: Case, transition: Transition, facts: Mapping[str, Value]
) -> tuple[PlannedEffect, ...]:
    """Plan what making a transition does, with the facts that come with it, and note a gate for
    each rule: what it is done to, or why it cannot be.
    """
    planned: list[PlannedEffect] = []
    for effect in transition.does:
        planning = _Planning(docket, case, effect, facts)
        planned += planning.plan()
    return tuple(planned)


@dataclass(frozen=True, slots=True)
class _Target:
    """A case that an effect is for: the one to be moved (None: one is opened), and the row of the
    collection that it comes from, if it does.
    """

    other: OtherCase | None
    row: CollectedCase | None


@dataclass(frozen=True, slots=True)
class _Planning:
    """One rule as it is planned."""

    docket: Docket
    case: Case
    effect: Effect
    facts: Mapping[str, Value]

    @property
    def others(self) -> Others:
        """Give the cases that may be read."""
        return self.docket.moment.others or NO_OTHERS

    def plan(self) -> list[PlannedEffect]:
        """Plan the rule, and note its gate."""
        many = self._many()
        barred = self._barred(many)
        if barred is not None:
            self.docket.add(barred)
            return []
        targets = list(self._targets(many))
        if len(targets) > MOST_EFFECTS:
            text = f"要带动 {len(targets)} 件，一次最多 {MOST_EFFECTS} 件"
            self.docket.add(Gate("does", False, {}, text, "请管理员把汇集的条件写窄"))
            return []
        planned = []
        for target in targets:
            if target.other is not None and target.other.final:
                continue  # what has ended is left alone
            gate, made = self._planned(target)
            if gate is not None:
                self.docket.add(gate)
            elif made is not None:
                planned.append(made)
        self.docket.add(self._gate(targets, many))
        return planned

    def _many(self) -> Collected | None:
        """Give the collection that the rule goes through."""
        return self.others.collected.get(self.effect.each or self.effect.on)

    def _barred(self, many: Collected | None) -> Gate | None:
        """Give the unmet gate where it cannot be told which cases there are."""
        if many is None:
            return None
        if many.lacks:
            known = self.docket.workflow.facts
            title = (
                title_of(self.docket.workflow, many.lacks) if many.lacks in known else many.lacks
            )
            return Gate("does", False, {}, f"{many.title}：本事项缺 {title}")
        if many.undecided:
            return Gate("does", False, {}, many.told_undecided(), "补齐那几件的要素")
        return None

    def _targets(self, many: Collected | None) -> Iterator[_Target]:
        effect, moved = self.effect, self.others.moved
        if many is not None:
            for row in many.members:
                if effect.on and row.number == self.case.number:
                    continue  # no transition reaches its own case
                other = None if effect.opens else moved.get(row.number)
                if effect.opens or other is not None:
                    yield _Target(other, row)
        elif effect.opens:
            yield _Target(None, None)
        else:
            number = self.facts.get(effect.on, self.case.facts.get(effect.on))
            if number is not None and str(number) in moved:
                yield _Target(moved[str(number)], None)

    def _planned(self, target: _Target) -> tuple[Gate | None, PlannedEffect | None]:
        """Plan the effect on one case, or say why it cannot be."""
        effect, other, on = self.effect, target.other, self.docket.moment.on.isoformat()
        workflow = other.workflow if other else self.others.opened.get(effect.opens)
        if workflow is None:
            return Gate("does", False, {}, f"流程 {effect.opens} 没有发布"), None
        if other is not None and other.last_on > on:
            text = f"{other.number} {other.title} 已办到 {other.last_on}，不能在 {on} 带动"
            return Gate("does", False, {}, text, f"用 {other.last_on} 或以后的日期"), None
        if other is not None and effect.transition not in workflow.titles:
            version = f"按第 {workflow.version} 版流程办理，没有“{effect.transition}”"
            text = f"{_called(workflow, other)} {version}"
            return Gate("does", False, {}, text, "先把它迁移到新版"), None
        try:
            facts = dict(self._carried(workflow, target.row))
        except (InvalidError, ExpressionError) as error:
            return Gate("does", False, {}, f"{_called(workflow, other)}：{error.message}"), None
        number = other.number if other else ""
        return None, PlannedEffect(workflow.name, number, effect.transition, facts)

    def _carried(
        self, workflow: Workflow, row: CollectedCase | None
    ) -> Iterator[tuple[str, Value]]:
        """Compute what the other case is given. Raises InvalidError or ExpressionError."""
        for setting in self.effect.facts:
            fact = workflow.facts.get(setting.fact)
            if fact is None:
                raise InvalidError(f"流程 {workflow.title} 没有要素 {setting.fact}")
            try:
                value = recorded_value(fact, setting.value.evaluate(self._scope(setting, row)))
            except MissingName as missing:
                lacks = self._lacking(missing, row)
                raise InvalidError(f"{fact.title} 算不出：缺 {lacks}") from missing
            except ExpressionError as error:
                if not isinstance(error.__cause__, ZeroDivisionError):
                    raise
                raise InvalidError(f"{fact.title} 算不出：除数为零") from error
            if value is None:
                raise InvalidError(f"{fact.title} 算不出：没有值")
            yield setting.fact, value

    def _scope(self, setting: Setting, row: CollectedCase | None) -> dict[str, object]:
        scope = scope_of_setting(self.docket, self.case, setting.value, self.facts)
        if THIS in setting.value.names:
            scope[THIS] = ThisCase(
                self.docket.workflow, self.case, {**self.case.facts, **self.facts}
            )
        if row is not None:
            scope[ROW] = row.known  # what only counts as zero is not there to be carried
        return scope

    def _lacking(self, missing: MissingName, row: CollectedCase | None) -> str:
        """Name what is missing, and of which case."""
        own, of = self.docket.workflow.facts.get(missing.name), missing.of
        if row is not None and missing.name in row.workflow.facts and missing.name not in row:
            own, of = row.workflow.facts[missing.name], f"{row.number} {row.title}"
        title = own.title if own else self.others.title_of(missing.name) or missing.name
        return f"{title}（{of}）" if of else title

    def _gate(self, targets: Sequence[_Target], many: Collected | None) -> Gate:
        """Give the gate of a rule that can be done: what it reaches, and what it was read from."""
        effect = self.effect
        others = [target.other for target in targets if target.other is not None]
        ended = [other for other in others if other.final]
        count = len(targets) - len(ended)
        inputs = {
            "count": count,
            "ended": recorded_pins(sorted(other.pin for other in ended)),
            **self._read(many),
        }
        if effect.opens:
            opened = self.others.opened.get(effect.opens)
            inputs["open"] = effect.opens
            text = f"立 {opened.title if opened else effect.opens} {count} 件"
        else:
            inputs["transition"] = effect.transition
            inputs["on"] = recorded_pins(sorted(other.pin for other in others))
            made = next((one.workflow.titles.get(effect.transition) for one in others), None)
            named = [f"{one.number} {one.title}" for one in others if not one.final]
            text = f"办“{made or effect.transition}” {count} 件"
            text += f"：{_listed(named)}" if named else ""
        if ended:
            text += f"；{_listed([one.number for one in ended])} 已终结，不带动"
        return Gate("does", True, inputs, text)

    def _read(self, many: Collected | None) -> dict[str, object]:
        """Give what of other cases what is carried was read from."""
        pins = {
            pin
            for setting in self.effect.facts
            for pin in pins_of(setting.value, self._scope(setting, None))
        }
        read: dict[str, object] = {"cases": recorded_pins(sorted(pins))} if pins else {}
        named = {name for setting in self.effect.facts for name in setting.value.names}
        collected = {n: one for n, one in self.others.collected.items() if n in named}
        if many is not None:
            collected[self.effect.each or self.effect.on] = many
        if collected:
            read["collections"] = {n: one.to_dict() for n, one in sorted(collected.items())}
        return read


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 件" if len(names) > MOST_NAMED else ""
    return "、".join(names[:MOST_NAMED]) + more


def _called(workflow: Workflow, other: OtherCase | None) -> str:
    return f"{other.number} {other.title}" if other else f"新立的{workflow.title}"
