"""What judgements about letters have in common: the docket, and the gates of unit, duty, author and state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lifecycle.engine.case import Case, File, Moment, Officer
from lifecycle.engine.gates import Gate
from lifecycle.engine.notice import CHECKED, DRAFT, ISSUED, STATES, SUPERSEDED, VOID, Addressee, Notice
from lifecycle.engine.verdict import Accepted, Decision, Refused
from lifecycle.errors import UnknownError
from lifecycle.workflow.model import Workflow

DUTIES = {"checker": "核稿人", "signer": "签发人", "clerk": "收发员"}
"""The roles of the office through which letters pass; no workflow defines them."""

_MENDS = {
    DRAFT: "先核稿、签发：lifecycle notice approve {number} {name}",
    CHECKED: "先签发：lifecycle notice issue {number} {name}",
    ISSUED: "已签发的不能再改；要改，另拟一件替代它：lifecycle notice draft {number} --replace {name}",
    VOID: "另拟一件：lifecycle notice draft {number} --replace {name}",
    SUPERSEDED: "请用替代它的 {by}",
}
"""What to do where a letter is in this state and should be in another."""


@dataclass(frozen=True, slots=True)
class Docket:
    """All that a judgement about one letter needs."""

    workflow: Workflow
    case: Case
    officer: Officer
    moment: Moment
    notice: Notice
    gates: list[Gate] = field(default_factory=list)

    def close(self, kind: str, data: Mapping[str, Any], role: str, **more: Any) -> Decision:
        """Refuse if any gate is unmet, else accept."""
        if any(not gate.met for gate in self.gates):
            return Refused(tuple(self.gates))
        return Accepted(kind, data, role, tuple(self.gates), **more)


def unit_gate(docket: Docket, unit: str) -> Gate:
    """Judge whether the officer is of the unit whose business this is."""
    names, officer = docket.moment.names, docket.officer
    met = officer.unit == unit
    text = (
        names.get(unit, unit)
        if met
        else f"由 {names.get(unit, unit)} 办理；您属 {names.get(officer.unit, officer.unit)}"
    )
    return Gate("unit", met, {"unit": unit}, text, "" if met else "请该单位的经办人办理；受委托的，加 --for 委托人")


def duty(docket: Docket, duty: str) -> str:
    """Judge a role of the office within the issuing unit; gives the role."""
    docket.gates.append(unit_gate(docket, docket.notice.unit))
    met = duty in docket.officer.held
    title = DUTIES[duty]
    text = f"{title}（{docket.officer.id}）" if met else f"由{title}办理；您（{docket.officer.id}）不是{title}"
    mend = "" if met else f"请本单位的{title}办理（用 lifecycle officer list 查）；还没有的，请管理员授权 {duty}"
    docket.gates.append(Gate("role", met, {"role": duty} if met else {}, text, mend))
    return duty


def hands_before(notice: Notice, word: str) -> dict[str, tuple[str, ...]]:
    """Name, by what they did to a letter, those of whom none may do this next: 核稿 or 签发.

    Drafting, checking and signing off (党政机关公文处理工作条例 art. 18) are the business of three persons here.
    Whoever acted by delegation is named with the one they acted for: neither is somebody else afterwards.
    """
    drafted = {"拟稿": notice.persons}
    return drafted | {"核稿": notice.checked_by} if word == "签发" else drafted


def other_hands(docket: Docket, word: str) -> None:
    """See that nobody checks or signs off what already went through their hands, acting for whomever."""
    kinds = {"拟稿": "notice_drafted", "核稿": "notice_checked"}
    for done, persons in hands_before(docket.notice, word).items():
        same = sorted(set(persons) & set(docket.officer.persons))
        named = "、".join(persons)
        if same:
            text = _both(docket.officer, done, word, persons, same)
            mend = f"请同单位没有{done}的另一位{word}人办理；没有的，请管理员授权"
        else:
            text, mend = f"不是{done}人（{named}）" if persons else f"尚无人{done}", ""
        inputs = {"of": kinds[done], "persons": list(persons)}
        docket.gates.append(Gate("not_by", not same, inputs, text, mend))


def _both(officer: Officer, done: str, word: str, persons: tuple[str, ...], same: list[str]) -> str:
    """Say who did the one thing and would now do the other."""
    text = f"{done}人 {'、'.join(same)} 不得{word}，须换人"
    if officer.principal or len(persons) > 1:
        now = f"{officer.id} 代 {officer.principal}" if officer.principal else officer.id
        text += f"：{done}的是 {'、'.join(persons)}，这次{word}的是 {now}"
    return text


def stands(docket: Docket, *states: str, mends: Mapping[str, str] | None = None) -> None:
    """See that the letter is in one of these states of its life; `mends` says by state what to do where it is not."""
    notice = docket.notice
    met = notice.state in states
    wanted = "或".join(STATES[state] for state in states)
    text = f"公文{STATES[notice.state]}" if met else f"公文{STATES[notice.state]}，须为{wanted}"
    mend = (
        ""
        if met
        else (mends or {})
        .get(notice.state, _MENDS.get(notice.state, ""))
        .format(number=docket.case.number, name=notice.name, by=notice.replaced_by)
    )
    docket.gates.append(Gate("notice", met, {"notice": notice.name, "state": notice.state}, text, mend))


def reason(docket: Docket, note: str) -> None:
    """See that a reason is given."""
    docket.gates.append(
        Gate("reason", bool(note), {}, "已说明理由" if note else "须说明理由", "" if note else "加 --note 理由")
    )


def find_addressee(docket: Docket, name: str) -> Addressee:
    """Find an addressee by name; raises UnknownError."""
    found = next((a for a in docket.notice.addressed if a.name == name), None)
    if found is None:
        listed = [a.name for a in docket.notice.addressed]
        raise UnknownError("收文单位", name, listed, f"这件公文发给 {'、'.join(listed) or '（尚未签发）'}")
    return found


def sent_out(docket: Docket) -> None:
    """See that the letter is out: issued, with its forms frozen; what was superseded since may still be received."""
    stands(docket, ISSUED, SUPERSEDED)
    is_frozen(docket)


def is_frozen(docket: Docket) -> None:
    """See that the forms of a numbered letter are frozen."""
    if docket.notice.number and not docket.notice.forms:
        mend = f"lifecycle notice freeze {docket.case.number} {docket.notice.name}"
        docket.gates.append(Gate("notice", False, {}, "版式文件尚未固定", mend))


def files(files: Iterable[File]) -> tuple[Mapping[str, Any], ...]:
    """Give files as an entry has them."""
    return tuple({"name": f.name, "size": f.size, "sha256": f.sha256} for f in files)
