"""One call from outside: how an office is opened, by which clock, and what has been recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from lifecycle.callers import CallersErrand
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.frozen import dataclass
from lifecycle.ledger.deeds import Deeds
from lifecycle.office.clock import Clock, now

if TYPE_CHECKING:
    from lifecycle.office.office import Office

__all__ = ["Caller", "Deeds", "Opener", "Session", "caller_of"]


class Opener(Protocol):
    """Opens the office in a database, as `Office.open` does."""

    def __call__(self, url: str | None, *, clock: Clock, create: bool) -> Office:
        """Open it; the user's own database where none is named."""
        ...


def _open_office(url: str | None, *, clock: Clock, create: bool) -> Office:
    """Open an office as everybody does; its rooms are imported only now."""
    from lifecycle.office.office import Office

    if (url or os.environ.get("LIFECYCLE_DB", "")).startswith("unix:"):
        raise UnavailableError(
            "这个命令不经服务办理，要写明库文件", "加 --db 库文件，或先 unset LIFECYCLE_DB"
        )
    return Office.open(url, clock=clock, create=create)


@dataclass(slots=True)
class Caller:
    """Somebody at the other end of a socket, whose operating-system account the kernel told.

    `request_id` is the one that their client made for this call, `errand` the files that go to and
    fro. `renew` drops what was read of the office before. `here` is set where a command needs no
    office and is theirs to do.
    """

    account: str
    request_id: str
    errand: CallersErrand
    renew: Callable[[], None]
    here: bool = False


def caller_of(office: Office, account: str, claimed: str | None) -> str:
    """Give the officer whose an account is; `claimed` is who they say that they are, if they do.

    Raises InvalidError for an account that is nobody's, for an officer who is not in office, and
    for somebody who would be another, which is counted among the refused attempts.
    """
    directory = office.directory
    officer = directory.holder(account)
    if officer is None:
        raise InvalidError(
            f"您的操作系统账户 {account} 没有登记为经办人，不能使用这个库",
            f"请管理员运行：lifecycle officer account 工号 {account}",
        )
    directory.check_in_office(officer, office.day(None).isoformat(), directory.seq)
    if claimed not in (None, officer):
        office.register.count_refusal(officer, f"以 {claimed} 的身份办理", "account")
        raise InvalidError(
            f"您的操作系统账户 {account} 登记为 {officer}，不能以 {claimed} 的身份办理",
            f"去掉 --as（和环境变量 LIFECYCLE_OFFICER）；受其委托的，用 --for {claimed} 代办",
        )
    return officer


@dataclass(frozen=True, slots=True)
class Session:
    """What one call is given: the clock it goes by and the way into an office.

    `deeds` are what the call has recorded so far: once committed that is done, however it ends.
    `caller` is who calls through a service, None for an officer at this machine.
    """

    clock: Clock = now
    opener: Opener = _open_office
    deeds: Deeds = field(default_factory=Deeds)
    caller: Caller | None = None

    def open(self, url: str | None, *, create: bool = False) -> Office:
        """Open an office that goes by this clock and notes here what it records."""
        office = self.opener(url, clock=self.clock, create=create)
        office.store.deeds = self.deeds
        office.register.account = self.caller.account if self.caller else ""
        return office
