"""Replay: a case rebuilt from its entries, each judged again by `decide` under the workflow pinned
to it.

An entry is right if its bytes are those that the register would write today for the same command;
`differences` says in which respect they are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lifecycle.engine.acts import IssueLetter, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Refused
from lifecycle.engine.evolve import evolve
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.audit.finding import check_times
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import (
    GENESIS,
    OFFICE,
    Place,
    Stamp,
    canonical,
    case_entry,
    hash_of,
    read,
)
from lifecycle.ledger.sqlite.store import LostDefinitionError
from lifecycle.people.clock import recorded_day
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import Workflow

Problem = tuple[str, str]
"""What is wrong with an entry: a code of the audit, and the message."""
_CODES = {
    "log": "chain",
    "case": "chain",
    "seq": "chain",
    "prev": "chain",
    "eid": "chain",
    "v": "form",
    "actor": "authority",
    "authority": "authority",
    "gates": "gates",
    "numbers": "number",
    "calendar": "definition",
    "workflow": "definition",
    "office": "authority",
    "signatures": "form",
    "software": "form",
}
_WORDS = {
    "actor": "经办人或其单位",
    "authority": "所依据的角色与授权",
    "gates": "各关口的依据",
    "numbers": "编号",
    "data": "内容",
    "files": "文件",
    "from": "所在环节",
    "to": "去往的环节",
    "workflow": "所依据的流程",
    "transition": "流转",
    "type": "种类",
}
_UNDER = frozenset(("from", "to", "transition", "type", "data"))
"""What may be compared with another workflow's judgement: the rest is pinned to the entry's own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry replayed: its global index, body and hash, the case after it, and what is wrong
    with it by code.
    """

    idx: int
    body: Mapping[str, Any]
    hash: str
    case: Case | None
    problems: tuple[Problem, ...]


def rejudge(
    library: Library,
    directory: Directory,
    workflow: Workflow,
    case: Case | None,
    body: Mapping[str, Any],
    raw: bytes,
) -> Iterator[Problem]:
    """Judge an entry again: yield (code, message) for each way in which it is not what the rules
    give.
    """
    intent = body["intent"]
    try:
        officer = library.officer(directory, intent["actor"], intent["occurred_on"], body["office"])
        directory.check_in_office(
            intent["actor"]["id"], recorded_day(body["recorded_at"]), body["office"]
        )
        moment = library.moment(intent["occurred_on"], body["calendar"])
        decision = decide(workflow, case, read_act(intent), officer, moment)
    except UnavailableError:
        raise
    except LifecycleError as error:
        yield "illegal", error.message
        return
    if isinstance(decision, Refused):
        for gate in decision.gates:
            if not gate.met:
                yield (
                    ("authority" if gate.kind == "role" else "illegal"),
                    f"{gate.label}：{gate.text}",
                )
        return
    pinned = case.workflow if case else intent["workflow"]
    place = Place(
        intent["log"], case.id if case else intent["eid"], *_next_to(case), body["office"]
    )
    stamp = Stamp(
        intent["eid"], body["recorded_at"], intent["signed_at"], body["software"], "declared"
    )
    wanted = case_entry(place, stamp, decision, officer, moment, workflow=pinned)
    if case is None:
        wanted["numbers"] = {"case": body["numbers"]["case"]}
    elif isinstance(decision.act, IssueLetter):
        wanted["numbers"] = {"notice": body["numbers"]["notice"]}
    if canonical(wanted) != raw:
        foreign = workflow.digest != pinned
        yield from differences(wanted, body, _UNDER if foreign else None)


def _next_to(case: Case | None) -> tuple[int, str]:
    return (case.seq + 1, case.head) if case else (1, GENESIS)


def differences(
    wanted: Mapping[str, Any], body: Mapping[str, Any], only: frozenset[str] | None = None
) -> Iterator[Problem]:
    """Say in which respects an entry's body is not the one wanted; `only` names those that are
    asked about.

    `check_link` has spoken about seq and prev already.
    """
    found = False
    for mine, its in ((wanted["intent"], body["intent"]), (wanted, body)):
        for key in mine:
            if key == "intent" or canonical(mine[key]) == canonical(its[key]):
                continue
            found = True
            if (key in only) if only is not None else (key not in ("seq", "prev")):
                yield (
                    _CODES.get(key, "illegal"),
                    f"记录写的{_WORDS.get(key, key)}与重新判定的结果不符",
                )
    if not found and only is None:
        yield "form", "记录不是规范形式"


def check_link(
    body: Mapping[str, Any], digest: str, raw: bytes, seq: int, head: str
) -> Iterator[Problem]:
    """Check an entry's bytes against its hash, and its place against the entry before it: that
    one's seq and hash.
    """
    if hash_of(raw) != digest:
        yield "hash", "记录的内容与其哈希不符"
    intent = body["intent"]
    if intent["seq"] != seq + 1:
        yield "chain", f"应为第 {seq + 1} 条，写的是第 {intent['seq']} 条"
    if intent["prev"] != head:
        yield "chain", "与上一条记录接不上"


def unreadable(digest: str, raw: bytes) -> list[Problem]:
    """Say what is wrong with an entry that cannot be read."""
    changed = [("hash", "记录的内容与其哈希不符")] if hash_of(raw) != digest else []
    return [*changed, ("form", "记录不是规范形式")]


def replay_case(
    library: Library, directory: Directory, case_id: str, *, under: Workflow | None = None
) -> Iterator[Step]:
    """Replay one case entry by entry; `under` judges it by another workflow instead of the pinned
    one.
    """
    rows = ((idx, digest, raw) for idx, _seq, digest, raw in library.store.entries(case_id))
    yield from _fold(library, directory, rows, under)


def replay_all(
    library: Library, directory: Directory, *, under: Workflow | None = None
) -> Iterator[tuple[str, Iterator[Step]]]:
    """Replay every case, one after the other, as (id, steps); the steps are to be taken before the
    next case.
    """
    store = library.store
    for case_id, rows in groupby(
        store.all_entries(upto=store.last_index()), key=lambda row: row[0]
    ):
        if case_id != OFFICE:
            yield (
                case_id,
                _fold(library, directory, ((row[2], row[3], row[4]) for row in rows), under),
            )


def _fold(
    library: Library,
    directory: Directory,
    rows: Iterable[tuple[int, str, bytes]],
    under: Workflow | None,
) -> Iterator[Step]:
    case: Case | None = None
    for idx, digest, raw in rows:
        step = replay_entry(library, directory, case, idx, digest, raw, under=under)
        yield step
        if step.case is None:
            return
        case = step.case


def replay_entry(
    library: Library,
    directory: Directory,
    case: Case | None,
    idx: int,
    digest: str,
    raw: bytes,
    *,
    under: Workflow | None = None,
    judged: bool = True,
) -> Step:
    """Replay one entry on the case before it; a step without a case cannot be followed by another.

    Raises UnavailableError where the database fails; everything that a forged entry does wrong is a
    problem instead.
    """
    body: Mapping[str, Any] = {}
    problems: list[Problem] = []
    try:
        body = read(raw)
        seq, head = _next_to(case)
        problems += check_link(body, digest, raw, seq - 1, head)
        problems += check_times(body, case.last_on if case else "")
        if case is None and body["intent"]["type"] != "case_opened":
            return Step(idx, body, digest, None, (*problems, ("chain", "第一条记录不是立项")))
        workflow = under or library.workflow(case.workflow if case else body["intent"]["workflow"])
        if judged:
            problems += rejudge(library, directory, workflow, case, body, raw)
        return Step(idx, body, digest, evolve(workflow, case, body, digest), tuple(problems))
    except LostDefinitionError as error:
        problems.append(("definition", error.message))
    except UnavailableError:
        raise
    except LifecycleError as error:
        problems.append(("illegal", error.message))
    except Exception:  # noqa: BLE001 - a forged entry may make any step of the judgement stumble
        problems += (
            [("illegal", "记录的内容与流程对不上，无法回放")] if body else unreadable(digest, raw)
        )
    return Step(idx, body, digest, None, tuple(problems))
