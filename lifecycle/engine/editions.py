"""What was decided rests on what was then in hand: the editions of facts and materials, and the
steps that read them and stand.

A value or file that is entered begins a new edition. A step names the editions that it read. A
return undoes the steps made since the state that it leads to was last entered; what they entered
is then as it was before, and what they locked is free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from lifecycle.engine.case import Case, Edition, File, Fired, PastEdition
from lifecycle.engine.entry import Entry
from lifecycle.engine.steps import MadeStep, Steps
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Moment
from lifecycle.frozen import replace
from lifecycle.workflow.model import Transition, Workflow
from lifecycle.workflow.reliance import counting_states, reads_of, renews, way_of

NO_EDITION = Edition(0, 0, 0)


# ── Who has read what ──


def edition_of(case: Case, name: str) -> Edition:
    """Give the edition of a fact or material that is in hand."""
    return case.editions.get(name, NO_EDITION)


def readers_of(case: Case, name: str) -> list[MadeStep]:
    """List the standing steps that read the edition in hand."""
    edition = edition_of(case, name)
    if not edition.last_reader:
        return []
    return [step for step in case.steps if is_read(case, step, name)]


def editions_of_step(case: Case, seq: int) -> dict[str, int]:
    """Map what a step entered to the editions that these are, in hand or past."""
    found = {
        name: one.edition.number
        for name, items in case.past.items()
        for one in items
        if one.edition.by and one.edition.seq == seq
    }
    in_hand = {
        name: edition.number
        for name, edition in case.editions.items()
        if edition.by and edition.seq == seq
    }
    return {**found, **in_hand}


def binding_readers(workflow: Workflow, case: Case, name: str) -> list[MadeStep]:
    """List those readers of the edition in hand on account of which it may not be replaced: none
    that came before a standing step which unlocked it.
    """
    unlocked = _unlocked_at(workflow, case, name)
    return [step for step in readers_of(case, name) if step.seq > unlocked]


def is_bound(workflow: Workflow, case: Case, name: str) -> bool:
    """Tell whether the edition in hand may not be replaced on account of a step that read it."""
    return edition_of(case, name).last_reader > _unlocked_at(workflow, case, name)


def unlocked_since(workflow: Workflow, case: Case, name: str, step: MadeStep) -> bool:
    """Tell whether a standing step that came after another one unlocked a fact or material."""
    return _unlocked_at(workflow, case, name) >= step.seq


def _unlocked_at(workflow: Workflow, case: Case, name: str) -> int:
    """Give the seq of the last standing step that unlocked a fact or material, 0 for none."""
    if workflow.former:  # what a step of a version before unlocked says that version
        unlocks = dict.fromkeys(t.name for t in workflow.ever if name in t.unlocks)
        made = case.steps.of(*unlocks)
        own = (step.seq for step in made if name in transition_of(workflow, step).unlocks)
        return max(own, default=0)
    unlocking = (t.name for t in workflow.transitions if name in t.unlocks)
    return max((case.fired[way].seq for way in unlocking if way in case.fired), default=0)


def is_free(workflow: Workflow, case: Case, name: str) -> bool:
    """Tell whether a fact or material may be entered anew: no standing step has read the edition in
    hand since it was last unlocked, or it renews.
    """
    return renews(workflow, name) or not is_bound(workflow, case, name)


def reads_by_now(
    workflow: Workflow, case: Case, transition: Transition, facts: Mapping[str, Value]
) -> dict[str, int]:
    """Map what a transition reads to the editions that it would read now, with these facts."""
    reads = reads_of(workflow, case.state, transition.name)
    numbers = {}
    for name in reads.facts:
        if name in facts:
            numbers[name] = edition_of(case, name).latest + 1
        elif name in case.facts:
            numbers[name] = edition_of(case, name).number
    for name in reads.materials:
        if name in case.materials:
            numbers[name] = edition_of(case, name).number
    return numbers


# ── Entering ──


def with_values(
    workflow: Workflow, case: Case, facts: Mapping[str, Value], seq: int, by: str = ""
) -> Case:
    """Give the case with facts entered by the entry with this seq, through the transition `by` if
    it was one.

    The same value again is no new edition, but where a transition asked for it or a step has read
    the one in hand.
    """
    if not facts:
        return case
    editions, past = {**case.editions}, {**case.past}
    changed = {**case.changed}
    for name, value in facts.items():
        same = case.facts.get(name) == value
        if not same:
            changed[name] = seq
        if same and not by and not _begins_again(workflow, case, name):
            continue
        before = edition_of(case, name)
        if name in case.facts:
            past[name] = (*past.get(name, ()), PastEdition(before, case.facts[name]))
        editions[name] = Edition(before.latest + 1, before.latest + 1, seq, by)
    entered = {**case.facts, **facts}
    title = str(entered.get(workflow.subject, case.title))
    after = replace(case, facts=entered, title=title, changed=changed, editions=editions, past=past)
    # What a step entered may go again with it, which is known only once the step is there.
    return after if by else _pruned(workflow, after, facts)


def with_file(workflow: Workflow, case: Case, name: str, file: File) -> Case:
    """Give the case with a file attached; the same bytes again are no new edition, but where a step
    has read those in hand.
    """
    held = case.materials.get(name)
    same = held is not None and held.sha256 == file.sha256
    changed = {**case.changed} if same else {**case.changed, name: file.seq}
    after = replace(case, materials={**case.materials, name: file}, changed=changed)
    if same and not _begins_again(workflow, case, name):
        return after
    before = edition_of(case, name)
    past = {**case.past}
    if held is not None:
        past[name] = (*past.get(name, ()), PastEdition(before, held))
    edition = Edition(before.latest + 1, before.latest + 1, file.seq)
    after = replace(after, editions={**case.editions, name: edition}, past=past)
    return _pruned(workflow, after, (name,))


def changes_value(workflow: Workflow, case: Case, name: str, value: Value) -> bool:
    """Tell whether a value that is set by itself is another one, or begins another edition."""
    return case.facts.get(name) != value or _begins_again(workflow, case, name)


def changes_file(workflow: Workflow, case: Case, name: str, file: File) -> bool:
    """Tell whether a file that is attached is another one, or begins another edition."""
    held = case.materials.get(name)
    return (
        held is None
        or (held.name, held.sha256) != (file.name, file.sha256)
        or _begins_again(workflow, case, name)
    )


def without_values(workflow: Workflow, case: Case, names: Iterable[str], seq: int) -> Case:
    """Give the case without some facts and materials: the entry with that seq took back what was
    entered. No earlier value comes back, now or by a return.
    """
    gone = tuple(names)
    past = {
        name: tuple(replace(one, undone=True) for one in items) if name in gone else items
        for name, items in case.past.items()
    }
    editions = {name: Edition(0, edition_of(case, name).latest, seq) for name in gone}
    after = replace(
        case,
        facts={name: value for name, value in case.facts.items() if name not in gone},
        materials={name: file for name, file in case.materials.items() if name not in gone},
        changed={**case.changed, **dict.fromkeys(gone, seq)},
        editions={**case.editions, **editions},
        past=past,
    )
    return _pruned(workflow, after, gone)


def _begins_again(workflow: Workflow, case: Case, name: str) -> bool:
    """Tell whether the same value or file, entered again, is a new edition all the same."""
    return edition_of(case, name).used and is_free(workflow, case, name)


def _pruned(workflow: Workflow, case: Case, names: Iterable[str]) -> Case:
    """Forget the earlier editions that no standing step has read, no return can bring back and no
    limit may count from.
    """
    kept = {name: _kept(workflow, case, name) for name in names if name in case.past}
    if not kept:
        return case
    past = {name: items for name, items in {**case.past, **kept}.items() if items}
    return replace(case, past=past)


def _kept(workflow: Workflow, case: Case, name: str) -> tuple[PastEdition, ...]:
    since = _counted_since(workflow, case, name)
    found = []
    later = edition_of(case, name)
    comes_back = True
    for one in reversed(case.past[name]):
        maker = case.steps.at(later.seq) if later.by else None
        comes_back = comes_back and _may_go(workflow, maker)
        counts = since is not None and later.seq > since
        if one.edition.last_reader or ((comes_back or counts) and not one.undone):
            found.append(one)
        if not one.undone:
            later = one.edition
    return tuple(reversed(found))


def _counted_since(workflow: Workflow, case: Case, name: str) -> int | None:
    """Give the seq at which a state with a limit that counts from a fact was entered: of what was
    in hand from then on the limit's rounds are told. None where no such state was entered yet.
    """
    states = counting_states(workflow, name)
    return min((case.entered[state] for state in states if state in case.entered), default=None)


def _may_go(workflow: Workflow, step: MadeStep | None) -> bool:
    """Tell whether a return may undo a step, or its maker may take it back."""
    if step is None:
        return False
    made = transition_of(workflow, step)
    return made.undoable or made.kind == "record"


# ── Making a step, and undoing ──


def with_opening(workflow: Workflow, case: Case, entry: Entry) -> Case:
    """Give a case that was just opened with the opening as a step, if that judged or computed
    anything, or is an effect: what it read is then no more replaced than what any step has read.
    """
    opening = workflow.opening
    if opening is None or not (opening.guards or opening.sets or entry.cause):
        return case
    step = MadeStep(
        transition=opening.name,
        source=workflow.initial,
        seq=entry.seq,
        on=entry.on,
        persons=entry.persons,
        entered_on=entry.on,
        reads=reads_by_now(workflow, case, opening, {}),
        counts={},
        cause=entry.cause,
    )
    editions = _as_read_by(case.editions, step, step.reads)
    return replace(case, steps=case.steps.plus(step), editions=editions)


def with_step(
    workflow: Workflow,
    case: Case,
    transition: Transition,
    facts: Mapping[str, Value],
    entry: Entry,
    empty: Iterable[str] = (),
) -> Case:
    """Give the case with a transition made: its facts entered, those emptied that it computed to
    nothing and, where it is a return, the steps undone that it undoes.

    The place of the case and its letters are the act's own business.
    """
    looked_at = reads_of(workflow, case.state, transition.name).transitions
    step = MadeStep(
        transition=transition.name,
        source=case.state,
        seq=entry.seq,
        on=entry.on,
        persons=entry.persons,
        entered_on=case.entered_on,
        reads=reads_by_now(workflow, case, transition, facts),
        counts={
            name: (case.fired[name].count, case.fired[name].on, case.fired[name].seq)
            for name in looked_at
            if name in case.fired
        },
        cause=entry.cause,
    )
    editions = _as_read_by(case.editions, step, step.reads)
    after = replace(case, steps=case.steps.plus(step), editions=editions)
    if transition.undoes:
        after = _undone(workflow, after, transition, str(entry.target), entry.seq)
    after = with_values(workflow, after, facts, entry.seq, transition.name)
    if facts:
        after = replace(after, editions=_as_read_by(after.editions, step, facts))
    after = _emptied(after, empty, entry.seq, transition.name)
    before = after.fired.get(transition.name)
    fired = Fired((before.count if before else 0) + 1, entry.on, entry.seq, entry.persons)
    locked = (set(after.locked) - set(transition.unlocks)) | set(transition.locks)
    entered = after.entered
    # Neither a resume nor a return to where the case is enters a state: it never left that.
    if transition.kind not in ("record", "resume") and entry.target != case.state:
        entered = {**entered, str(entry.target): entry.seq}
    after = replace(
        after,
        fired={**after.fired, transition.name: fired},
        made={**after.made, transition.name: after.made.get(transition.name, 0) + 1},
        locked=tuple(sorted(locked)),
        entered=entered,
    )
    return _pruned(workflow, after, tuple(after.past) if transition.undoes else tuple(facts))


def _as_read_by(
    editions: Mapping[str, Edition], step: MadeStep, names: Iterable[str]
) -> Mapping[str, Edition]:
    """Give the editions in hand with those of some marked that a step has read."""
    read = {}
    for name in names:
        edition = editions.get(name)
        if edition is None or step.reads.get(name) != edition.number:
            continue
        read[name] = Edition(
            number=edition.number,
            latest=edition.latest,
            seq=edition.seq,
            by=edition.by,
            amended=edition.amended,
            used=True,
            first_reader=edition.first_reader or step.seq,
            last_reader=step.seq,
        )
    return {**editions, **read} if read else editions


def _emptied(case: Case, names: Iterable[str], seq: int, by: str) -> Case:
    """Give the case with some facts empty from a step on; what they were comes back with the step's
    undoing.
    """
    emptied = [name for name in names if name in case.facts]
    if not emptied:
        return case
    facts, past = {**case.facts}, {**case.past}
    editions, changed = {**case.editions}, {**case.changed}
    for name in emptied:
        before = edition_of(case, name)
        past[name] = (*past.get(name, ()), PastEdition(before, facts.pop(name)))
        editions[name] = Edition(0, before.latest, seq, by)
        changed[name] = seq
    return replace(case, facts=facts, past=past, editions=editions, changed=changed)


def _undone(workflow: Workflow, case: Case, transition: Transition, target: str, seq: int) -> Case:
    """Give the case without the steps that a return to a state undoes."""
    since = _since(case, target)
    held = [t.name for t in workflow.ever if transition.name in t.until]
    gone = {
        step.seq: step
        for step in (*case.steps.of(*held), *case.steps.after(since))
        if _is_undone(transition_of(workflow, step), step, transition, since)
    }
    return _without_steps(workflow, case, gone, seq) if gone else case


def without_record(workflow: Workflow, case: Case, record: int, seq: int) -> Case:
    """Give the case without the record with one seq, taken back by the entry with another."""
    step = case.steps.at(record)
    gone = {record: step} if step is not None else {}
    after = _without_steps(workflow, case, gone, seq)
    return _pruned(workflow, after, tuple(after.past))


def _without_steps(workflow: Workflow, case: Case, gone: Mapping[int, MadeStep], seq: int) -> Case:
    """Give the case without some steps, by their seqs, as of the entry with that seq: what they
    entered is as it was before, what they locked is free, and they count no more, but where every
    time counts.
    """
    steps = case.steps.without(gone)
    facts, changed = {**case.facts}, {**case.changed}
    editions, past = {**case.editions}, {**case.past}
    for name, known in case.editions.items():
        edition = editions[name] = _read_without(steps, name, known, gone)
        past[name] = tuple(
            PastEdition(
                _read_without(steps, name, one.edition, gone),
                one.value,
                one.undone or _is_by(one.edition, gone),
            )
            for one in past.get(name, ())
        )
        if not _is_by(edition, gone):
            continue
        back = next((one for one in reversed(past[name]) if not one.undone), None)
        past[name] = tuple(one for one in past[name] if one is not back)
        if name in case.facts:
            past[name] += (PastEdition(edition, case.facts[name], undone=True),)
        if back is None or isinstance(back.value, File):
            editions[name] = Edition(0, edition.latest, seq)
            facts.pop(name, None)
        else:
            editions[name] = replace(back.edition, latest=edition.latest)
            facts[name] = back.value
        if facts.get(name) != case.facts.get(name):
            changed[name] = seq
    return replace(
        case,
        facts=facts,
        title=str(facts.get(workflow.subject, case.title)),
        changed=changed,
        editions=editions,
        past={name: kept for name, kept in past.items() if kept},
        steps=steps,
        fired=_fired(case, steps, gone),
        locked=_locked(workflow, steps),
    )


def would_undo(workflow: Workflow, case: Case, transition: Transition, step: MadeStep) -> bool:
    """Tell whether a return that can be made now would undo a step."""
    since = _since(case, str(transition.to))
    return _is_undone(transition_of(workflow, step), step, transition, since)


def _since(case: Case, target: str) -> int:
    """Give the seq after which steps go with a return to a state: where that was last entered, or
    where the present one was if it never was.
    """
    return case.entered.get(target, case.entered.get(case.state, 0))


def _is_undone(made: Transition, step: MadeStep, by: Transition, since: int) -> bool:
    """Tell whether a step goes: `stands: {until: …}` holds it until one of those, wherever that
    leads.
    """
    if not made.undoable:
        return False
    if made.until:
        return by.name in made.until
    return step.seq > since


def _is_by(edition: Edition, gone: Collection[int]) -> bool:
    return bool(edition.by) and edition.seq in gone


def transition_of(workflow: Workflow, step: MadeStep) -> Transition:
    """Give the transition that a step made."""
    return way_of(workflow, step.source, step.transition)


def rules_of_step(workflow: Workflow, step: MadeStep) -> tuple[Workflow, str, Transition]:
    """Give what a step was made by: the workflow, be it a version before, and what the state and
    the transition are there.
    """
    former = workflow.former.get(step.source)
    if former is None:
        return workflow, step.source, transition_of(workflow, step)
    return former.workflow, former.state, former.ways[step.transition]


def called_step(workflow: Workflow, step: MadeStep) -> str:
    """Name a step for an officer: its transition and its entry."""
    return f"“{workflow.titles[step.transition]}”（第 {step.seq} 笔）"


def _read_without(steps: Steps, name: str, edition: Edition, gone: Collection[int]) -> Edition:
    """Give an edition as it was read by the steps that stand now that some are gone."""
    first, last = edition.first_reader, edition.last_reader
    if first not in gone and last not in gone:
        return edition
    readers = []
    if first != last:
        readers = [step.seq for step in steps if step.reads.get(name) == edition.number]
    first, last = (readers[0], readers[-1]) if readers else (0, 0)
    return replace(edition, first_reader=first, last_reader=last)


def _fired(case: Case, steps: Steps, gone: Mapping[int, MadeStep]) -> dict[str, Fired]:
    """Give how often each transition was made, of the steps that stand now that some are gone."""
    fired = {**case.fired}
    for name in {step.transition for step in gone.values()}:
        left = steps.of(name)
        if left:
            last = left[-1]
            fired[name] = Fired(len(left), last.on, last.seq, last.persons)
        else:
            del fired[name]
    return fired


def _locked(workflow: Workflow, steps: Steps) -> tuple[str, ...]:
    """Name what is locked by the steps that stand."""
    locked: set[str] = set()
    for step in steps.of(*dict.fromkeys(t.name for t in workflow.ever if t.locks or t.unlocks)):
        transition = transition_of(workflow, step)
        locked = (locked - set(transition.unlocks)) | set(transition.locks)
    return tuple(sorted(locked))


# ── A step as it was judged ──


def as_read(case: Case, step: MadeStep, moment: Moment) -> tuple[Case, Moment]:
    """Give the case and the day as a standing step saw them: the editions that it read, as amended
    since, and the counters of then.
    """
    seen = {name: value_of(case, name, number) for name, number in step.reads.items()}
    files = {name: value for name, value in seen.items() if isinstance(value, File)}
    facts = facts_read(case, step)
    fired = {name: Fired(*made, ()) for name, made in step.counts.items()}
    then = replace(
        case,
        state=step.source,
        entered_on=step.entered_on,
        facts=facts,
        materials=files,
        fired=fired,
        made={name: made.count for name, made in fired.items()},
        opinions={},
        suspensions=(),
        stops=tuple(stop for stop in case.stops if stop[1] <= step.on),
    )
    others = moment.others
    if others is not None:
        others = others.then.get(step.seq, others)
    return then, replace(moment, on=date.fromisoformat(step.on), others=others)


def facts_read(case: Case, step: MadeStep) -> dict[str, Value]:
    """Give the facts as a standing step has read them, as amended since."""
    seen = {name: value_of(case, name, number) for name, number in step.reads.items()}
    return {name: value for name, value in seen.items() if not isinstance(value, File)}


def is_read(case: Case, step: MadeStep, name: str) -> bool:
    """Tell whether a standing step has read the edition in hand of a fact or material."""
    return step.reads.get(name) == edition_of(case, name).number


def value_of(case: Case, name: str, number: int) -> Value | File:
    """Give the value of an edition, as amended; a KeyError where nothing stands on it any more."""
    if edition_of(case, name).number == number:
        return case.materials[name] if name in case.materials else case.facts[name]
    for one in case.past[name]:
        if one.edition.number == number:
            return one.value
    raise KeyError(name)
