"""The command that an entry answers, so that it can be judged again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lifecycle.engine.case import File
from lifecycle.engine.command import (
    Advance,
    Attach,
    CheckNotice,
    Command,
    DispatchNotice,
    DraftNotice,
    FreezeNotice,
    IssueNotice,
    Open,
    ReceiveNotice,
    Record,
    ReplyNotice,
    Resolve,
    Sign,
    VoidNotice,
    Withdraw,
)
from lifecycle.errors import InvalidError

Intent = Mapping[str, Any]


def command_of(body: Mapping[str, Any]) -> Command:
    """Give the command that an entry answers; raises InvalidError where its type is unknown."""
    intent = body["intent"]
    recall = _COMMANDS.get(intent["type"])
    if recall is None:
        raise InvalidError(f"记录种类“{intent['type']}”不认识")
    return recall(intent, intent["data"])


def _files(intent: Intent) -> tuple[File, ...]:
    return tuple(File(file["name"], file["size"], file["sha256"]) for file in intent["files"])


def _file(intent: Intent) -> File | None:
    return next(iter(_files(intent)), None)


def _draft(intent: Intent, data: Intent) -> Command:
    return DraftNotice(
        data["template"], tuple(data["to"]), tuple(data["cc"]), data["note"], data["replaces"], data["about"],
        tuple(data["units"]), data["debt"], _file(intent),
    )  # fmt: skip


def _issue(_intent: Intent, data: Intent) -> Command:
    return IssueNotice(
        data["notice"], data["letter"], data["digest"], data["series"], data["rules"], data["template"],
        tuple(data["addressed"]), data["writer"],
    )  # fmt: skip


def _dispatch(_intent: Intent, data: Intent) -> Command:
    return DispatchNotice(
        data["notice"], data["addressee"], data["channel"], data["address"], data["parcel"], data["answer"]
    )


_COMMANDS: dict[str, Callable[[Intent, Intent], Command]] = {
    "transition_made": lambda intent, data: Advance(intent["transition"], data["note"], data["facts"]),
    "opinion_signed": lambda intent, data: Sign(intent["transition"], data["verdict"], data["note"], data["role"]),
    "facts_recorded": lambda _intent, data: Record(data["facts"]),
    "material_attached": lambda intent, data: Attach(data["material"], _files(intent)[0]),
    "case_opened": lambda _intent, data: Open(data["facts"]),
    "opinion_withdrawn": lambda intent, data: Withdraw(intent["transition"], data["note"], data["role"]),
    "objection_resolved": lambda intent, data: Resolve(intent["transition"], data["role"], data["unit"], data["note"]),
    "notice_drafted": _draft,
    "notice_checked": lambda _intent, data: CheckNotice(data["notice"], data["letter"], data["writer"]),
    "notice_issued": _issue,
    "notice_frozen": lambda intent, data: FreezeNotice(
        data["notice"], tuple(data["forms"]), _files(intent), data["made_with"]
    ),
    "notice_voided": lambda _intent, data: VoidNotice(data["notice"], data["note"]),
    "notice_dispatched": _dispatch,
    "notice_received": lambda _intent, data: ReceiveNotice(data["notice"], data["addressee"], data["note"]),
    "notice_replied": lambda intent, data: ReplyNotice(
        data["notice"], data["addressee"], data["note"], data["verdict"], _file(intent)
    ),
}
