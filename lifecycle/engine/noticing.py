"""The judge of letters: who may check, sign off, void, send and answer them, and when."""

from __future__ import annotations

from lifecycle.engine.answering import decide_dispatch, decide_receive, decide_reply
from lifecycle.engine.case import Case, Moment, Officer
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
from lifecycle.engine.gates import Gate, holds
from lifecycle.engine.notice import CHECKED, DRAFT, ISSUED, VOID, Notice
from lifecycle.engine.noticegates import Docket, duty, files, other_hands, reason, stands, unit_gate
from lifecycle.engine.verdict import Decision
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.workflow.model import Workflow

NoticeCommand = (
    DraftNotice | CheckNotice | IssueNotice | FreezeNotice | VoidNotice | DispatchNotice | ReceiveNotice | ReplyNotice
)
FORMS = ("text", "html", "pdf", "docx", "markdown")
"""The forms that are frozen with a letter, in their order."""


def decide_notice(workflow: Workflow, case: Case, command: NoticeCommand, officer: Officer, moment: Moment) -> Decision:
    """Judge a command about a letter; letters may be dealt with in every state, also after the case has ended."""
    if isinstance(command, DraftNotice):
        return _decide_draft(workflow, case, command, officer, moment)
    if command.notice not in case.notices:
        raise UnknownError("公文", command.notice, case.notices, f"用 lifecycle notice list {case.number} 查看")
    docket = Docket(workflow, case, officer, moment, case.notices[command.notice])
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
            return decide_dispatch(docket, command)
        case ReceiveNotice():
            return decide_receive(docket, command)
        case ReplyNotice():
            return decide_reply(docket, command)


def _decide_draft(workflow: Workflow, case: Case, command: DraftNotice, officer: Officer, moment: Moment) -> Decision:
    old = case.notices.get(command.replaces)
    about = case.notices.get(command.about)
    for name, found in ((command.replaces, old), (command.about, about)):
        if name and found is None:
            raise UnknownError("公文", name, case.notices)
    for name in (*command.to, *command.cc):
        if name not in workflow.roles and name not in workflow.parties:
            raise UnknownError(
                "收文方",
                name,
                (*workflow.roles, *workflow.parties),
                f"可写 {'、'.join((*workflow.roles, *workflow.parties))}",
            )
    whose = old or about
    docket = Docket(workflow, case, officer, moment, whose or Notice("", "", 0, "", officer.unit, ()))
    role = next((role for role in workflow.roles if holds(workflow, case, officer, role)), "")
    text = f"{workflow.roles[role].title}（{officer.id}）" if role else "由参与本事项的单位拟稿；您没有本流程的角色"
    docket.gates.append(Gate("role", bool(role), {"role": role} if role else {}, text))
    if whose is not None:
        docket.gates.append(unit_gate(docket, whose.unit))
    if old is not None:
        stands(docket, DRAFT, CHECKED, ISSUED, VOID)
        taken = next((n.name for n in case.notices.values() if n.replaces == old.name and n.state != VOID), "")
        if taken:
            docket.gates.append(Gate("notice", False, {"notice": taken}, f"已另拟 {taken} 替代它", f"请改 {taken}"))
    elif not command.to and not command.units:
        docket.gates.append(Gate("reason", False, {}, "没有写发给谁", "加 --to 角色或收文方"))
    if about is not None:
        docket.gates.append(_reminder_gate(case, about, command))
    data = {
        "template": command.template, "to": list(command.to), "cc": list(command.cc), "note": command.note,
        "replaces": command.replaces, "about": command.about, "units": list(command.units), "debt": command.debt,
    }  # fmt: skip
    return docket.close("notice_drafted", data, role, files=files((command.text,) if command.text else ()))


def _reminder_gate(case: Case, about: Notice, command: DraftNotice) -> Gate:
    """See that a reminder goes to units that got the letter, were not reminded of this yet, and are not about to be."""
    others = [n for n in case.notices.values() if (n.about, n.debt) == (about.name, command.debt) and n.state in _OPEN]
    asked = {unit for n in others for unit in n.units}
    able = {a.unit: a.name for a in about.addressed if a.unit and command.debt not in a.urged and a.unit not in asked}
    met = bool(command.units) and all(unit in able for unit in command.units)
    names = "、".join(able.get(unit, unit) for unit in command.units)
    text = f"催 {names}" if met else f"{names} 不是收文单位，或已催办过、催办函已拟好"
    inputs = {"notice": about.name, "units": list(command.units), "debt": command.debt}
    return Gate("notice", met, inputs, text)


_OPEN = (DRAFT, CHECKED)


def _decide_check(docket: Docket, command: CheckNotice) -> Decision:
    role = duty(docket, "checker")
    other_hands(docket, "核稿")
    stands(docket, DRAFT, CHECKED)  # once more, where its wording has changed with the software
    return docket.close(
        "notice_checked", {"notice": docket.notice.name, "letter": command.letter, "writer": command.writer}, role
    )


def _decide_issue(docket: Docket, command: IssueNotice) -> Decision:
    role = duty(docket, "signer")
    other_hands(docket, "签发")
    notice = docket.notice
    stands(docket, CHECKED)
    same = command.digest == notice.digest or notice.state != CHECKED
    text = "与核稿时一致" if same else "与核稿时的内容不一致"
    docket.gates.append(Gate("notice", same, {"letter": command.digest}, text, "" if same else "请重新拟稿、核稿"))
    dated = command.letter["date"] == docket.moment.on.isoformat()
    text = f"成文日期 {command.letter['date']}" + ("" if dated else f"，须为签发日 {docket.moment.on}")
    docket.gates.append(Gate("notice", dated, {"date": command.letter["date"]}, text))
    data = {
        "notice": notice.name, "letter": dict(command.letter), "digest": command.digest, "series": command.series,
        "rules": command.rules, "template": command.template, "addressed": [dict(a) for a in command.addressed],
        "replaces": notice.replaces, "writer": command.writer,
    }  # fmt: skip
    return docket.close("notice_issued", data, role)


def _decide_freeze(docket: Docket, command: FreezeNotice) -> Decision:
    docket.gates.append(unit_gate(docket, docket.notice.unit))
    stands(docket, ISSUED)
    if docket.notice.forms:
        docket.gates.append(Gate("notice", False, {}, "版式文件已固定，不能更换"))
    if command.forms != FORMS or len(command.files) != len(FORMS):
        raise InvalidError("公文的版式文件不齐", f"须有 {'、'.join(FORMS)}")
    data = {"notice": docket.notice.name, "forms": list(command.forms), "made_with": dict(command.made_with)}
    return docket.close("notice_frozen", data, "", files=files(command.files))


def _decide_void(docket: Docket, command: VoidNotice) -> Decision:
    notice = docket.notice
    role = duty(docket, "signer") if notice.number else ""
    if not notice.number:
        docket.gates.append(unit_gate(docket, notice.unit))
    stands(docket, DRAFT, CHECKED, ISSUED)
    reason(docket, command.note)
    return docket.close("notice_voided", {"notice": notice.name, "note": command.note}, role)
