"""The judge of letters: who may check, sign off, void, send and answer them, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lifecycle.engine.case import Case, File, Moment, Officer
from lifecycle.engine.command import (
    CheckNotice,
    DispatchNotice,
    DraftNotice,
    FreezeNotice,
    IssueNotice,
    ReceiveNotice,
    ReplyNotice,
    VoidNotice,
)
from lifecycle.engine.cosign import asked, who_is
from lifecycle.engine.gates import Gate, holds
from lifecycle.engine.notice import (
    CHECKED,
    DRAFT,
    ISSUED,
    STATES,
    SUPERSEDED,
    VOID,
    Addressee,
    Notice,
    rule_of,
)
from lifecycle.engine.verdict import Accepted, Decision, Refused
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.workflow.model import Transition, Workflow

NoticeCommand = (
    DraftNotice | CheckNotice | IssueNotice | FreezeNotice | VoidNotice | DispatchNotice | ReceiveNotice | ReplyNotice
)
DUTIES = {"checker": "核稿人", "signer": "签发人", "clerk": "收发员"}
"""The roles of the office through which letters pass; no workflow defines them."""
FORMS = ("text", "html", "pdf", "docx", "markdown")
"""The forms that are frozen with a letter, in their order."""


@dataclass(frozen=True, slots=True)
class _Docket:
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


def decide_notice(workflow: Workflow, case: Case, command: NoticeCommand, officer: Officer, moment: Moment) -> Decision:
    """Judge a command about a letter; letters may be dealt with in every state, also after the case has ended."""
    if isinstance(command, DraftNotice):
        return _decide_draft(workflow, case, command, officer, moment)
    if command.notice not in case.notices:
        raise UnknownError("公文", command.notice, case.notices)
    docket = _Docket(workflow, case, officer, moment, case.notices[command.notice])
    match command:
        case CheckNotice():
            return _decide_check(docket, command)
        case IssueNotice():
            return _decide_issue(docket, command)
        case FreezeNotice():
            return _decide_freeze(docket, command)
        case VoidNotice():
            return _decide_void(docket, command)
        case DispatchNotice():
            return _decide_dispatch(docket, command)
        case ReceiveNotice():
            return _decide_receive(docket, command)
        case ReplyNotice():
            return _decide_reply(docket, command)


def _unit_gate(docket: _Docket, unit: str) -> Gate:
    """Judge whether the officer is of the unit whose business this is."""
    names, officer = docket.moment.names, docket.officer
    met = officer.unit == unit
    text = (
        names.get(unit, unit)
        if met
        else f"由 {names.get(unit, unit)} 办理；您属 {names.get(officer.unit, officer.unit)}"
    )
    return Gate("unit", met, {"unit": unit}, text, "" if met else "请该单位的经办人办理；受委托的，加 --for 委托人")


def _duty(docket: _Docket, duty: str) -> str:
    """Judge a role of the office within the issuing unit; gives the role."""
    docket.gates.append(_unit_gate(docket, docket.notice.unit))
    met = duty in docket.officer.held
    title = DUTIES[duty]
    text = f"{title}（{docket.officer.id}）" if met else f"由{title}办理；您（{docket.officer.id}）不是{title}"
    mend = "" if met else f"请管理员授权：lifecycle officer grant 工号 {duty}"
    docket.gates.append(Gate("role", met, {"role": duty} if met else {}, text, mend))
    return duty


def _not_drafter(docket: _Docket, word: str) -> None:
    """See that nobody checks or signs off what they drafted."""
    same = sorted(set(docket.notice.persons) & set(docket.officer.persons))
    inputs = {"of": "notice_drafted", "persons": list(docket.notice.persons)}
    text = (
        f"拟稿人 {'、'.join(same)} 不得{word}，须换人" if same else f"不是拟稿人（{'、'.join(docket.notice.persons)}）"
    )
    mend = f"请同单位的另一位{word[:2]}人办理" if same else ""
    docket.gates.append(Gate("not_by", not same, inputs, text, mend))


def _stands(docket: _Docket, *states: str, mend: str = "") -> None:
    """See that the letter is in one of these states of its life."""
    notice = docket.notice
    met = notice.state in states
    wanted = "或".join(STATES[state] for state in states)
    text = f"公文{STATES[notice.state]}" if met else f"公文{STATES[notice.state]}，须为{wanted}"
    docket.gates.append(Gate("notice", met, {"notice": notice.name, "state": notice.state}, text, "" if met else mend))


def _reason(docket: _Docket, note: str) -> None:
    docket.gates.append(
        Gate("reason", bool(note), {}, "已说明理由" if note else "须说明理由", "" if note else "加 --note 理由")
    )


def _decide_draft(workflow: Workflow, case: Case, command: DraftNotice, officer: Officer, moment: Moment) -> Decision:
    old = case.notices.get(command.replaces)
    about = case.notices.get(command.about)
    for name, found in ((command.replaces, old), (command.about, about)):
        if name and found is None:
            raise UnknownError("公文", name, case.notices)
    for name in (*command.to, *command.cc):
        if name not in workflow.roles and name not in workflow.parties:
            raise UnknownError("收文方", name, (*workflow.roles, *workflow.parties))
    whose = old or about
    docket = _Docket(workflow, case, officer, moment, whose or Notice("", "", 0, "", officer.unit, ()))
    role = next((role for role in workflow.roles if holds(workflow, case, officer, role)), "")
    text = f"{workflow.roles[role].title}（{officer.id}）" if role else "由参与本事项的单位拟稿；您没有本流程的角色"
    docket.gates.append(Gate("role", bool(role), {"role": role} if role else {}, text))
    if whose is not None:
        docket.gates.append(_unit_gate(docket, whose.unit))
    if old is not None:
        _stands(docket, DRAFT, CHECKED, ISSUED, VOID, mend="该公文已被替代，请改替代它的一件")
        taken = next((n.name for n in case.notices.values() if n.replaces == old.name and n.state != VOID), "")
        if taken:
            docket.gates.append(Gate("notice", False, {"notice": taken}, f"已另拟 {taken} 替代它", f"请改 {taken}"))
    elif not command.to and not command.units:
        docket.gates.append(Gate("reason", False, {}, "没有写发给谁", "加 --to 角色或收文方"))
    if about is not None:
        yet = [a.name for a in about.addressed if a.unit in command.units and not a.urged]
        met = bool(yet) and len(yet) == len(command.units)
        text = f"催 {'、'.join(yet)}" if met else "其中有的单位不是收文单位，或已催办过"
        docket.gates.append(Gate("notice", met, {"notice": about.name, "units": list(command.units)}, text))
    data = {
        "template": command.template, "to": list(command.to), "cc": list(command.cc), "note": command.note,
        "replaces": command.replaces, "about": command.about, "units": list(command.units),
    }  # fmt: skip
    return docket.close("notice_drafted", data, role, files=_files((command.text,) if command.text else ()))


def _files(files: Iterable[File]) -> tuple[Mapping[str, Any], ...]:
    return tuple({"name": f.name, "size": f.size, "sha256": f.sha256} for f in files)


def _decide_check(docket: _Docket, command: CheckNotice) -> Decision:
    role = _duty(docket, "checker")
    _not_drafter(docket, "核稿")
    _stands(docket, DRAFT)
    return docket.close("notice_checked", {"notice": docket.notice.name, "letter": command.letter}, role)


def _decide_issue(docket: _Docket, command: IssueNotice) -> Decision:
    role = _duty(docket, "signer")
    _not_drafter(docket, "签发")
    notice, case = docket.notice, docket.case
    _stands(docket, CHECKED, mend=f"请核稿人先办：lifecycle notice approve {case.number} {notice.name} --as …")
    same = command.digest == notice.digest or notice.state != CHECKED
    text = "与核稿时一致" if same else "与核稿时的内容不一致"
    docket.gates.append(Gate("notice", same, {"letter": command.digest}, text, "" if same else "请重新拟稿、核稿"))
    dated = command.letter["date"] == docket.moment.on.isoformat()
    text = f"成文日期 {command.letter['date']}" + ("" if dated else f"，须为签发日 {docket.moment.on}")
    docket.gates.append(Gate("notice", dated, {"date": command.letter["date"]}, text))
    data = {
        "notice": notice.name, "letter": dict(command.letter), "digest": command.digest, "series": command.series,
        "rules": command.rules, "template": command.template, "addressed": [dict(a) for a in command.addressed],
        "replaces": notice.replaces,
    }  # fmt: skip
    return docket.close("notice_issued", data, role)


def _decide_freeze(docket: _Docket, command: FreezeNotice) -> Decision:
    docket.gates.append(_unit_gate(docket, docket.notice.unit))
    _stands(docket, ISSUED)
    if docket.notice.forms:
        docket.gates.append(Gate("notice", False, {}, "版式文件已固定，不能更换"))
    if command.forms != FORMS or len(command.files) != len(FORMS):
        raise InvalidError("公文的版式文件不齐", f"须有 {'、'.join(FORMS)}")
    data = {"notice": docket.notice.name, "forms": list(command.forms), "made_with": dict(command.made_with)}
    return docket.close("notice_frozen", data, "", files=_files(command.files))


def _decide_void(docket: _Docket, command: VoidNotice) -> Decision:
    notice = docket.notice
    role = _duty(docket, "signer") if notice.number else ""
    if not notice.number:
        docket.gates.append(_unit_gate(docket, notice.unit))
    _stands(docket, DRAFT, CHECKED, ISSUED)
    _reason(docket, command.note)
    return docket.close("notice_voided", {"notice": notice.name, "note": command.note}, role)


def _addressee(docket: _Docket, name: str) -> Addressee:
    found = next((a for a in docket.notice.addressed if a.name == name), None)
    if found is None:
        raise UnknownError("收文单位", name, [a.name for a in docket.notice.addressed])
    return found


def _sent_out(docket: _Docket) -> None:
    """See that the letter is out: issued, with its forms frozen; what was superseded since may still be received."""
    _stands(docket, ISSUED, SUPERSEDED, mend="公文尚未签发，或已作废")
    _is_frozen(docket)


def _is_frozen(docket: _Docket) -> None:
    if docket.notice.number and not docket.notice.forms:
        mend = f"lifecycle notice freeze {docket.case.number} {docket.notice.name}"
        docket.gates.append(Gate("notice", False, {}, "版式文件尚未固定", mend))


def _decide_dispatch(docket: _Docket, command: DispatchNotice) -> Decision:
    role = "clerk" if "clerk" in docket.officer.held else ""
    if not role:
        docket.gates.append(_unit_gate(docket, docket.notice.unit))
    # A letter voided while it was on its way was sent all the same: the record says what happened.
    _stands(docket, ISSUED, SUPERSEDED, VOID)
    _is_frozen(docket)
    addressee = _addressee(docket, command.addressee)
    if addressee.sent_on:
        docket.gates.append(Gate("notice", False, {}, f"{addressee.name} 已于 {addressee.sent_on} 送达，不重复登记"))
    data = {
        "notice": docket.notice.name, "addressee": addressee.name, "channel": command.channel,
        "address": command.address, "parcel": command.parcel, "answer": command.answer,
    }  # fmt: skip
    return docket.close("notice_dispatched", data, role)


def _own_gate(docket: _Docket, addressee: Addressee) -> Gate:
    """Judge who may answer: the unit itself; for a party outside the directory, the unit that wrote to it."""
    return _unit_gate(docket, addressee.unit or docket.notice.unit)


def _decide_receive(docket: _Docket, command: ReceiveNotice) -> Decision:
    addressee = _addressee(docket, command.addressee)
    docket.gates.append(_own_gate(docket, addressee))
    _sent_out(docket)
    if addressee.received_on:
        docket.gates.append(Gate("notice", False, {}, f"{addressee.name} 已于 {addressee.received_on} 签收"))
    data = {"notice": docket.notice.name, "addressee": addressee.name, "note": command.note}
    return docket.close("notice_received", data, "")


def _decide_reply(docket: _Docket, command: ReplyNotice) -> Decision:
    addressee = _addressee(docket, command.addressee)
    docket.gates.append(_own_gate(docket, addressee))
    _sent_out(docket)
    data: dict[str, Any] = {
        "notice": docket.notice.name, "addressee": addressee.name, "note": command.note, "verdict": command.verdict,
        "role": "", "unit": "",
    }  # fmt: skip
    more: dict[str, Any] = {"files": _files((command.file,) if command.file else ())}
    role = ""
    if command.file is None and not command.note:
        docket.gates.append(Gate("reason", False, {}, "没有复函文件，也没有写明意见", "给出复函文件，或加 --note 意见"))
    if command.verdict is not None:
        seat = _judge_opinion(docket, command)
        if seat is not None:
            role = data["role"] = seat[0]
            data["unit"], more["transition"] = seat[1], seat[2]
    return docket.close("notice_replied", data, role, **more)


def _judge_opinion(docket: _Docket, command: ReplyNotice) -> tuple[str, str, str] | None:
    """Judge the opinion in an answer by the co-sign's rules; gives role and unit of the seat, and the transition."""
    rule = rule_of(docket.workflow, docket.notice)
    name = rule.reply.cosign if rule and rule.reply else None
    if name is None:
        mend = "去掉意见（agree 等），只登记复函"
        docket.gates.append(Gate("opinion", False, {}, "这件公文不是征求会签意见的，复函不带意见", mend))
        return None
    transition = docket.workflow.leaving[docket.case.state].get(name)
    if transition is None:
        here = docket.workflow.states[docket.case.state].title
        text = f"现为“{here}”，不在征求 {docket.workflow.titles[name]} 意见的环节"
        docket.gates.append(Gate("opinion", False, {}, text, "去掉意见，只登记复函"))
        return None
    if command.verdict != "agree" and not command.note:
        what = "所附条件" if command.verdict == "conditional" else "不同意的理由"
        docket.gates.append(Gate("reason", False, {}, f"须写明{what}", f"加 --note {what}"))
    for seat in _seats(docket, transition):
        return *seat, name
    wanted = "、".join(
        who_is(docket.workflow, docket.moment, s.role, s.unit) for s in asked(docket.workflow, docket.case, transition)
    )
    docket.gates.append(
        Gate("role", False, {}, f"{transition.title} 由 {wanted} 会签，您不在其中", "去掉意见，只登记复函")
    )
    return None


def _seats(docket: _Docket, transition: Transition) -> Iterator[tuple[str, str]]:
    """List the seats of a co-sign that the officer may speak for, unless another unit has spoken for one."""
    for seat in asked(docket.workflow, docket.case, transition):
        own = seat.unit in ("", docket.officer.unit) and holds(docket.workflow, docket.case, docket.officer, seat.role)
        if not own:
            continue
        if seat.opinion and not seat.stale and seat.opinion.by_unit != docket.officer.unit:
            whose = docket.moment.names.get(seat.opinion.by_unit, seat.opinion.by_unit)
            docket.gates.append(Gate("opinion", False, {}, f"已有 {whose} 的意见，只能由其更改或撤回"))
        yield seat.role, seat.unit
