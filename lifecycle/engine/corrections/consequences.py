"""What a correction changes: which steps that stand, which ways out, which limits, opinions and
letters are not as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lifecycle.engine.case import Case, File, Proposal
from lifecycle.engine.clock.by_clock import judge_due
from lifecycle.engine.clock.standing import open_limits
from lifecycle.engine.editions import (
    as_read,
    called_step,
    edition_of,
    readers_of,
    rules_of_step,
    transition_of,
)
from lifecycle.engine.gates.asking import places_of, seats_dropped
from lifecycle.engine.gates.gates import Gate, judge_supplies, judge_values, title_of
from lifecycle.engine.gates.seats import covered, seats_of
from lifecycle.engine.steps import MadeStep
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import CLOCK, OPENING, THIS, Setting, Transition, Workflow
from lifecycle.workflow.reliance import names_read, reads_of, required_by


@dataclass(frozen=True, slots=True)
class Upset:
    """One thing that a correction changes, in words.

    `step` is the seq of a standing step whose gate no longer holds, `renewal` that of one whose
    opinions went stale; each is 0 for anything else. `only_used`: what is corrected only has to
    be there, and nothing is judged otherwise. `broken` is the transition whose gate no longer holds
    and the gate's text: of a record that can be made again it is told of the step and of the way.
    """

    text: str
    step: int = 0
    renewal: int = 0
    only_used: bool = False
    broken: tuple[str, str] | None = None


def in_words(recorded: tuple[str, ...], found: list[Upset]) -> tuple[str, ...]:
    """Give what a correction changes as it is recorded: in the words that were shown when it was
    judged first. How they are worded may change between versions; how many they are may not.
    """
    return recorded if len(recorded) == len(found) else tuple(upset.text for upset in found)


# ── Amending ──


def amended(
    workflow: Workflow,
    case: Case,
    facts: Mapping[str, Value],
    material: str,
    file: File | None,
    *,
    seq: int,
    slip: bool,
) -> Case:
    """Give the case with the editions in hand amended; a slip leaves opinions standing."""
    names = (*facts, material) if material else tuple(facts)
    changed = {} if slip else dict.fromkeys(names, seq)
    editions = {name: replace(edition_of(case, name), amended=seq) for name in names}
    now = {**case.facts, **facts}
    return replace(
        case,
        facts=now,
        title=str(now.get(workflow.subject, case.title)),
        materials={**case.materials, material: file} if file else case.materials,
        changed={**case.changed, **changed},
        editions={**case.editions, **editions},
    )


def amended_as_proposed(workflow: Workflow, case: Case, proposal: Proposal, *, seq: int) -> Case:
    """Give the case as it is once the entry with that seq confirms a correction."""
    return amended(
        workflow,
        case,
        proposal.facts,
        proposal.material,
        proposal.file,
        seq=seq,
        slip=proposal.slip,
    )


def edition_states(case: Case, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Give, by name, the number of the edition in hand and the seq that last amended it."""
    found = {name: edition_of(case, name) for name in names}
    return {name: (edition.number, edition.amended) for name, edition in found.items()}


def has_lapsed(case: Case, proposal: Proposal) -> bool:
    """Tell whether what a correction was proposed on has changed meanwhile."""
    return edition_states(case, proposal.editions) != dict(proposal.editions)


def waiting_proposals(case: Case) -> list[Proposal]:
    """List the corrections that wait for the lead, the oldest first."""
    return [one for one in case.proposals.values() if not has_lapsed(case, one)]


def left_after(case: Case, settled: int) -> dict[str, Proposal]:
    """Give, by seq, the corrections that still wait once the one with that seq is settled."""
    return {str(one.seq): one for one in waiting_proposals(case) if one.seq != settled}


# ── The gates again ──


def gates_of_step(workflow: Workflow, case: Case, step: MadeStep, moment: Moment) -> list[Gate]:
    """Judge the facts, materials, guards and dwells of a standing step on the editions that it
    read, as amended since, on its own day and with the counters of then; and, where the clock made
    it, whether it was due.
    """
    rules, state, transition = rules_of_step(workflow, step)
    then, day = as_read(case, step, moment)
    then = replace(then, state=state)
    gates = judged_again(rules, then, transition, day)
    if step.cause == CLOCK and transition.by:
        gates.append(judge_due(then, transition, day))
    return gates


def judged_again(
    workflow: Workflow, case: Case, transition: Transition, moment: Moment
) -> list[Gate]:
    """Judge the facts, materials, guards and dwells of a transition, nothing coming with it, and of
    one that nobody makes whether it is due.
    """
    timed = transition.after is not None and not transition.by
    return [
        *judge_supplies(workflow, case, transition, {}, moment),
        *judge_values(workflow, case, transition, {}, moment),
        *((judge_due(case, transition, moment),) if timed else ()),
    ]


# ── Before and after ──


def upsets_of(
    workflow: Workflow, before: Case, after: Case, names: Iterable[str], moment: Moment
) -> list[Upset]:
    """List what is not as it was when a case before is corrected to what it is after."""
    wanted = tuple(names)
    found = list(_steps_upset(workflow, before, after, wanted, moment))
    # Where the case was suspended from it goes on one day: what can be done there counts, too.
    places = list(zip(places_of(before), places_of(after), strict=True))
    for old, new in places:
        found += _ways_upset(workflow, old, new, wanted, moment)
    for old, new in places:
        found += _limits_upset(workflow, old, new, moment)
    return [*found, *_letters_upset(workflow, before, wanted)]


def _steps_upset(
    workflow: Workflow, before: Case, after: Case, names: tuple[str, ...], moment: Moment
) -> Iterator[Upset]:
    for dropped in seats_dropped(workflow, before, after):
        unit = moment.names.get(dropped.seat.unit, dropped.seat.unit)
        yield Upset(f"“{dropped.transition.title}”不再请 {unit} 会签")
    for name in names:
        maker = before.steps.at(edition_of(before, name).seq)
        if maker is not None and maker.transition != OPENING:
            called = called_step(workflow, maker)
            yield Upset(f"{called}填报的就是 {title_of(workflow, name)}")
    readers = {step.seq: step for name in names for step in readers_of(before, name)}
    for seq, step in sorted(readers.items()):
        transition = transition_of(workflow, step)
        called = f"“{transition.title}”（第 {seq} 笔）"
        demanded = _demanded(workflow, step.source, transition)
        covers = {
            name
            for cosign in transition.cosigns
            for name in covered(workflow, step.source, transition, cosign)
        }
        read = [name for name in names if name in step.reads]
        for name in read:
            if name in demanded:
                yield Upset(f"{called}须有 {title_of(workflow, name)}", only_used=True)
            if name in covers:
                text = f"{called}的会签以 {title_of(workflow, name)} 为据，须重新会签"
                yield Upset(text, renewal=seq)
            yield from _computed_from(workflow, transition, called, name)
        gates = gates_of_step(workflow, before, step, moment)
        anew = gates_of_step(workflow, after, step, moment.once_corrected())
        for was, now in zip(gates, anew, strict=True):
            if was.met and not now.met:
                broken = (step.transition, now.text)
                yield Upset(f"{called}的{now.label}不再成立：{now.text}", seq, broken=broken)
            elif was.met != now.met:
                yield Upset(f"{called}的{now.label}由不成立变为成立：{now.text}")


def _computed_from(
    workflow: Workflow, transition: Transition, called: str, name: str
) -> Iterator[Upset]:
    """Tell which facts a step has computed from one: they stay as they were recorded."""
    for setting in transition.sets:
        if name in names_read(workflow, setting.value.names):
            computed, used = (title_of(workflow, n) for n in (setting.fact, name))
            yield Upset(f"{called}算出的 {computed} 用到 {used}，照原来的留着")
    for effect in transition.does:
        used = title_of(workflow, name)
        if name in names_read(workflow, {effect.on, effect.each} - {""}):
            yield Upset(f"{called}带动哪些事项看的是 {used}：已带动的照旧")
        if any(name in _carried(workflow, setting) for setting in effect.facts):
            yield Upset(f"{called}带到别的事项的内容用到 {used}：那里照旧，要改的在那里更正")


def _carried(workflow: Workflow, setting: Setting) -> set[str]:
    """Name what is read of the case for what an effect carries."""
    parts = setting.value.parts
    own = {path[1] for path in parts if path[0] == THIS and len(path) > 1}
    return names_read(workflow, setting.value.names) | own


def _demanded(workflow: Workflow, source: str, transition: Transition) -> set[str]:
    """Name what a transition only demands to be there."""
    required = required_by(workflow, source, transition.name)
    return {*transition.facts, *required, *transition.materials}


def _ways_upset(
    workflow: Workflow, before: Case, after: Case, names: tuple[str, ...], moment: Moment
) -> Iterator[Upset]:
    left = {suspension.state for suspension in before.suspensions}
    when = "恢复后" if before.state in left else "现在"
    for transition in workflow.leaving[before.state].values():
        called = f"{when}的“{transition.title}”"
        demanded = _demanded(workflow, before.state, transition)
        for name in names:
            if name in demanded:
                yield Upset(f"{called}须有 {title_of(workflow, name)}", only_used=True)
        was = judged_again(workflow, before, transition, moment)
        now = judged_again(workflow, after, transition, moment.once_corrected())
        for old, new in zip(was, now, strict=True):
            if old.met != new.met:
                word = "变为成立" if new.met else "不再成立"
                broken = None if new.met else (transition.name, new.text)
                yield Upset(f"{called}，{new.label}{word}：{new.text}", broken=broken)
        old_seats = {(s.role, s.unit): s for s in seats_of(workflow, before, transition)}
        new_seats = {(s.role, s.unit): s for s in seats_of(workflow, after, transition)}
        both = old_seats.keys() & new_seats.keys()
        if any(new_seats[place].stale and not old_seats[place].stale for place in both):
            yield Upset(f"{called}，已签的意见失效")


def _limits_upset(workflow: Workflow, before: Case, after: Case, moment: Moment) -> Iterator[Upset]:
    was = {item.limit.title: item.due.on for item in open_limits(workflow, before, moment.calendar)}
    now = {item.limit.title: item.due.on for item in open_limits(workflow, after, moment.calendar)}
    for title in {**was, **now}:
        if was.get(title) != now.get(title):
            old, new = was.get(title, "不计"), now.get(title, "不计")
            yield Upset(f"期限“{title}”：{old} → {new}")


def _letters_upset(workflow: Workflow, case: Case, names: tuple[str, ...]) -> Iterator[Upset]:
    """Tell of the issued letters that may print what is corrected: those of steps that entered or
    read it, and those that an officer drafted.
    """
    for letter in case.letters.values():
        if not letter.in_force:
            continue
        printed = set(names)
        if letter.transition:
            transition = workflow.leaving[letter.source][letter.transition]
            reads = reads_of(workflow, letter.source, letter.transition)
            printed &= {*transition.asks, *transition.may, *reads.facts, *reads.materials}
        if printed:
            titles = "、".join(title_of(workflow, name) for name in names if name in printed)
            yield Upset(f"已签发的 {letter.number or letter.name} 可能写有 {titles}")
