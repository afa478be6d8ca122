"""The judge of what happens to a letter once it is out: handed over, received, answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifecycle.engine.command import DispatchNotice, ReceiveNotice, ReplyNotice
from lifecycle.engine.cosign import asked, floor_of, who_is
from lifecycle.engine.gates import Gate, holds
from lifecycle.engine.notice import ISSUED, SUPERSEDED, VOID, Addressee, rule_of
from lifecycle.engine.noticegates import Docket, files, find_addressee, is_frozen, sent_out, stands, unit_gate
from lifecycle.engine.verdict import Decision
from lifecycle.workflow.model import Transition


def decide_dispatch(docket: Docket, command: DispatchNotice) -> Decision:
    """Judge that a letter was handed over: once for each addressee, by a clerk or the issuing unit."""
    role = "clerk" if "clerk" in docket.officer.held else ""
    if not role:
        docket.gates.append(unit_gate(docket, docket.notice.unit))
    # A letter voided while it was on its way was sent all the same: the record says what happened.
    stands(docket, ISSUED, SUPERSEDED, VOID)
    is_frozen(docket)
    addressee = find_addressee(docket, command.addressee)
    if addressee.sent_on:
        docket.gates.append(Gate("notice", False, {}, f"{addressee.name} 已于 {addressee.sent_on} 送达，不重复登记"))
    data = {
        "notice": docket.notice.name, "addressee": addressee.name, "channel": command.channel,
        "address": command.address, "parcel": command.parcel, "answer": command.answer,
    }  # fmt: skip
    return docket.close("notice_dispatched", data, role)


def _own_gate(docket: Docket, addressee: Addressee) -> Gate:
    """Judge who may answer: the unit itself; for a party outside the directory, the unit that wrote to it."""
    return unit_gate(docket, addressee.unit or docket.notice.unit)


def decide_receive(docket: Docket, command: ReceiveNotice) -> Decision:
    """Judge a receipt: by the addressee itself, once."""
    addressee = find_addressee(docket, command.addressee)
    docket.gates.append(_own_gate(docket, addressee))
    sent_out(docket)
    if addressee.received_on:
        docket.gates.append(Gate("notice", False, {}, f"{addressee.name} 已于 {addressee.received_on} 签收"))
    data = {"notice": docket.notice.name, "addressee": addressee.name, "note": command.note}
    return docket.close("notice_received", data, "")


def decide_reply(docket: Docket, command: ReplyNotice) -> Decision:
    """Judge an answer; with a verdict it is judged as an opinion as well."""
    addressee = find_addressee(docket, command.addressee)
    docket.gates.append(_own_gate(docket, addressee))
    sent_out(docket)
    data: dict[str, Any] = {
        "notice": docket.notice.name, "addressee": addressee.name, "note": command.note, "verdict": command.verdict,
        "seats": [],
    }  # fmt: skip
    more: dict[str, Any] = {"files": files((command.file,) if command.file else ())}
    if command.file is None and not command.note:
        docket.gates.append(Gate("reason", False, {}, "没有复函文件，也没有写明意见", "给出复函文件，或加 --note 意见"))
    if command.verdict is not None:
        data["seats"], more["transition"] = _judge_opinion(docket, command)
    role = data["seats"][0][0] if data["seats"] else ""
    return docket.close("notice_replied", data, role, **more)


def _judge_opinion(docket: Docket, command: ReplyNotice) -> tuple[list[list[str]], str | None]:
    """Judge the opinion in an answer by the co-sign's rules; gives the seats it speaks for, and the transition."""
    rule = rule_of(docket.workflow, docket.notice)
    name = rule.reply.cosign if rule and rule.reply else None
    if name is None:
        docket.gates.append(Gate("opinion", False, {}, "这件公文不是征求会签意见的，复函不带意见", _ONLY))
        return [], None
    transition = docket.workflow.leaving[docket.case.state].get(name)
    if transition is None:
        here = docket.workflow.states[docket.case.state].title
        text = f"现为“{here}”，不在征求 {docket.workflow.titles[name]} 意见的环节"
        docket.gates.append(Gate("opinion", False, {}, text, _ONLY))
        return [], None
    if not docket.notice.in_force or docket.notice.issued_seq < floor_of(docket.case, transition):
        text = "公文发出后已被替代，或内容已变更、项目已退回，据此的意见不算"
        mend = f"看过现在的内容再会签：lifecycle sign {docket.case.number} {name} agree；或{_ONLY}"
        docket.gates.append(Gate("opinion", False, {}, text, mend))
    if command.verdict != "agree" and not command.note:
        what = "所附条件" if command.verdict == "conditional" else "不同意的理由"
        docket.gates.append(Gate("reason", False, {}, f"须写明{what}", f"加 --note {what}"))
    seats = list(_seats(docket, transition))
    if not seats:
        everybody = asked(docket.workflow, docket.case, transition)
        wanted = "、".join(who_is(docket.workflow, docket.moment, s.role, s.unit) for s in everybody)
        docket.gates.append(Gate("role", False, {}, f"{transition.title} 由 {wanted} 会签，您不在其中", _ONLY))
    return seats, name


_ONLY = "去掉意见（同意 等），只登记复函"


def _seats(docket: Docket, transition: Transition) -> Iterator[list[str]]:
    """List the seats of a co-sign that the officer may speak for, unless another unit has spoken for one."""
    for seat in asked(docket.workflow, docket.case, transition):
        own = seat.unit in ("", docket.officer.unit) and holds(docket.workflow, docket.case, docket.officer, seat.role)
        if not own:
            continue
        if seat.opinion and not seat.stale and seat.opinion.by_unit != docket.officer.unit:
            whose = docket.moment.names.get(seat.opinion.by_unit, seat.opinion.by_unit)
            docket.gates.append(Gate("opinion", False, {}, f"已有 {whose} 的意见，只能由其更改或撤回"))
        yield [seat.role, seat.unit]
