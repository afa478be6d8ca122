"""Operating-system accounts of this machine: whose each is."""

from __future__ import annotations

from typing import Any, Self

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass, replace
from lifecycle.people.changes.change import OfficeChange, OfficeDocket, OfficeEntry, wire
from lifecycle.people.changes.wire import Intent, data_of, text
from lifecycle.people.codes import is_account
from lifecycle.people.directory import Account, Directory


@dataclass(frozen=True, slots=True)
class MapAccount(OfficeChange):
    """Note that an account is an officer's."""

    account: str
    officer: str

    entry_type = "account_mapped"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator notes an account that is nobody's, of somebody in office."""
        role = docket.administrator()
        if docket.person(self.officer).left:
            raise InvalidError(f"经办人 {self.officer} 已登记离任，不能登记账户")
        if not is_account(self.account):
            message = f"操作系统账户“{self.account}”不合规"
            raise InvalidError(message, "写登录这台机器用的账户名，如 zhang")
        holder = docket.directory.holder(self.account)
        if holder == self.officer:
            raise InvalidError(f"操作系统账户 {self.account} 已登记为 {holder}，不必重复登记")
        if holder is not None:
            raise InvalidError(
                f"操作系统账户 {self.account} 已登记为 {holder}，一个账户只能是一个人",
                f"先撤下：lifecycle officer account {holder} {self.account} --remove",
            )
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which the account is the officer's."""
        account = Account(self.account, self.officer, entry.seq)
        return replace(directory, accounts=(*directory.accounts, account))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"account": self.account, "officer": self.officer})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "account"), text(data, "officer"))


@dataclass(frozen=True, slots=True)
class UnmapAccount(OfficeChange):
    """Note that an account is no longer an officer's."""

    account: str
    officer: str

    entry_type = "account_unmapped"

    def judge(self, docket: OfficeDocket) -> str:
        """Judge that an administrator takes away an account from whose it is."""
        role = docket.administrator()
        docket.person(self.officer)
        if docket.directory.holder(self.account) != self.officer:
            message = f"操作系统账户 {self.account} 没有登记为 {self.officer}"
            raise InvalidError(message, "用 lifecycle officer list 查看")
        return role

    def fold(self, directory: Directory, entry: OfficeEntry) -> Directory:
        """Give the office in which the account is nobody's."""
        accounts = (
            replace(one, ended=entry.seq) if self._is_this(one) else one
            for one in directory.accounts
        )
        return replace(directory, accounts=tuple(accounts))

    def _is_this(self, account: Account) -> bool:
        return account.name == self.account and account.ended is None

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        return wire({"account": self.account, "officer": self.officer})

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = data_of(intent)
        return cls(text(data, "account"), text(data, "officer"))
