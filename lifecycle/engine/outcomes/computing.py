"""What a transition computes and records: nobody types it, and an audit computes it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lifecycle.engine.case import Case
from lifecycle.engine.docket import Docket
from lifecycle.engine.fact_gates import judge_fitting, judge_lock, judge_renewed
from lifecycle.engine.gates.gates import Gate, barred_by, inputs_of
from lifecycle.engine.values import Value, check_value, plain_decimal, show_value
from lifecycle.engine.world.others import NO_OTHERS, CaseRecord
from lifecycle.engine.world.scope import scope_of
from lifecycle.errors import InvalidError
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.workflow.model import OFFICER, Fact, Setting, Transition

NOT_APPLICABLE = "不适用"
"""What a computed value is where it was divided by zero: none."""


def compute(
    docket: Docket, case: Case, transition: Transition, facts: Mapping[str, Value]
) -> dict[str, Value | None]:
    """Compute what a transition sets, and note for each a gate: what it was computed from, or why
    it cannot be. None is not applicable. A value may rest on those before it.
    """
    found: dict[str, Value | None] = {}
    for setting in transition.sets:
        fact = docket.workflow.facts[setting.fact]
        if docket.opened is not None:
            if fact.name not in transition.unlocks:
                judge_lock(docket, fact.name, fact.title)
            judge_renewed(docket, transition, fact)
        entered = {**facts, **{name: value for name, value in found.items() if value is not None}}
        for gate, value in _computed(docket, case, setting, entered):
            docket.add(gate)
            if gate.met:
                found[setting.fact] = value
            if gate.met and value is not None:
                judge_fitting(docket, fact, value)
    return found


def entered_with(
    facts: Mapping[str, Value], sets: Mapping[str, Value | None]
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Give the facts that a transition enters, typed and computed, and those that it leaves
    empty.
    """
    known = {name: value for name, value in sets.items() if value is not None}
    return {**facts, **known}, tuple(name for name, value in sets.items() if value is None)


def scope_of_setting(
    docket: Docket, case: Case, expression: Expression, facts: Mapping[str, Value]
) -> dict[str, object]:
    """Supply the names of what is computed: those that a condition knows, and who acts."""
    scope = scope_of(docket.workflow, case, expression, facts, docket.moment)
    if OFFICER in expression.names:
        scope[OFFICER] = {"unit": docket.officer.unit, "code": docket.officer.id}
    return scope


def _computed(
    docket: Docket, case: Case, setting: Setting, facts: Mapping[str, Value]
) -> Iterator[tuple[Gate, Value | None]]:
    workflow, moment = docket.workflow, docket.moment
    fact, expression = workflow.facts[setting.fact], setting.value
    scope = scope_of_setting(docket, case, expression, facts)
    inputs = {"fact": fact.name, **inputs_of(expression, scope, moment)}
    barred = barred_by(workflow, expression, moment)
    if barred is not None:
        text, mend = barred
        yield Gate("sets", False, inputs, f"{fact.title} 算不出：{text}", mend, fact.basis), None
        return
    try:
        value = recorded_value(fact, expression.evaluate(scope))
    except MissingName as missing:
        which = f"（{missing.of}）" if missing.of else ""
        text = f"{fact.title} 算不出：缺 {_title(docket, missing.name)}{which}"
        yield Gate("sets", False, inputs, text, "", fact.basis), None
    except ExpressionError as error:
        if isinstance(error.__cause__, ZeroDivisionError):
            yield Gate("sets", True, inputs, f"{fact.title} {NOT_APPLICABLE}（除数为零）"), None
        else:
            text = f"{fact.title} 算不出：{error.message}"
            yield Gate("sets", False, inputs, text, error.mend, fact.basis), None
    except InvalidError as error:
        text = f"{fact.title} 算出的不能用：{error.message}"
        yield Gate("sets", False, inputs, text, "请管理员改正流程文件", fact.basis), None
    else:
        told = NOT_APPLICABLE if value is None else show_value(fact, value, moment.names)
        yield Gate("sets", True, inputs, f"{fact.title} {told}"), value


def _title(docket: Docket, name: str) -> str:
    own = docket.workflow.facts.get(name)
    return own.title if own else (docket.moment.others or NO_OTHERS).title_of(name) or name


def recorded_value(fact: Fact, value: object) -> Value | None:
    """Give a computed value as it is recorded, a case by its number; raises InvalidError where the
    fact cannot have it.
    """
    if value is None:
        return None
    if isinstance(value, list | tuple):
        listed: Any = [_plain(fact.of or "", item) for item in value]
        check_value(fact, listed)
        items: Value = listed
        return items
    made = _plain(fact.type, value)
    check_value(fact, made)
    result: Value = made
    return result


def _plain(kind: str, value: object) -> Any:
    """Give one computed value as JSON has it."""
    if isinstance(value, CaseRecord):
        return value.case.number
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        number = Decimal(value)
        if kind != "integer":
            return plain_decimal(number)
        if number != number.to_integral_value():
            raise InvalidError(f"{plain_decimal(number)} 不是整数")
        return int(number)
    return value.isoformat() if isinstance(value, date) else value
