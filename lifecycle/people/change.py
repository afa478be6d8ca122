"""`decide_office`, the judge of changes to the office: the same function at the counter and in an
audit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lifecycle.engine.moment import Officer
from lifecycle.engine.workdays import Calendar
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.people.appointments import WEEKDAYS, check_beginning
from lifecycle.people.clock import check_announcement, check_confirmation
from lifecycle.people.clock_step import ANNOUNCED, CONFIRMED
from lifecycle.people.directory import Directory
from lifecycle.workflow.model import CLOCK

KINDS = {"workflow": "流程", "template": "公文模板", "calendar": "日历", "issuing": "发文规则"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,63}")
"""What `useradd` admits (shadow's default and --badname without blanks), and names of a domain."""


def is_code(text: str) -> bool:
    """Tell whether a text may be the code of a unit or an officer."""
    return _CODE.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """Tell whether a text may be the name of an operating-system account."""
    return _ACCOUNT.fullmatch(text) is not None


def decide_office(
    directory: Directory,
    kind: str,
    data: Mapping[str, Any],
    officer: Officer | None,
    on: date,
    *,
    at: str,
    calendar: Calendar | None = WEEKDAYS,
) -> str:
    """Judge one change to the office, recorded at a time (UTC); give the role relied on.

    `calendar` counts workdays; None where the one in force cannot be read, so that what needs it
    is left unjudged.

    Raises InvalidError or UnknownError with the reason.
    """
    if kind == "office_founded":
        if directory.seq:
            raise InvalidError("本单位已经建立，不能重复建立")
        _check_unit(directory, {**data, "title": data["unit_title"]}, new=True)
        _check_code(data)
        _check_days(data, on)
        _check_bound(data)
        return "admin"
    if officer is None:
        raise InvalidError("须指明经办人", "加 --as 代码")
    role = _authority(directory, kind, data, officer)
    if kind in _CLOCK_CHECKS:
        _CLOCK_CHECKS[kind](directory, data, officer, at)
    else:
        _CHECKS[kind](directory, data)
    _check_days(data, on)
    if calendar is not None:
        check_beginning(directory, kind, data, on, at=at, calendar=calendar)
    return role


def _authority(directory: Directory, kind: str, data: Mapping[str, Any], officer: Officer) -> str:
    if "admin" in officer.held and not officer.principal:
        return "admin"
    if kind == CONFIRMED:
        if "auditor" in officer.held and not officer.principal:
            return "auditor"
        raise InvalidError(
            f"{officer.id} 不是管理员或审计员，不能确认时钟", "请另一名管理员或审计员确认"
        )
    if kind == "delegation_made" and data.get("principal") == officer.id:
        return "self"
    if kind == "delegation_revoked":
        grant = next((g for g in directory.grants if g.id == data["grant"]), None)
        if grant is not None and grant.principal == officer.id:
            return "self"
    raise InvalidError(
        f"须由管理员办理；您（{officer.id} {officer.title}）不是管理员", "请管理员办理"
    )


def _check_bound(data: Mapping[str, Any]) -> None:
    days = data.get("clock_days", 0)
    if not isinstance(days, int) or not 0 <= days <= 3650:
        raise InvalidError(f"时钟的最大间隔“{days}”不对", "写 1 至 3650 的整数（天）")
    early = data.get("early_workdays", 0)
    if not isinstance(early, int) or not 0 <= early <= 250:
        raise InvalidError(f"授权可早于登记的工作日数“{early}”不对", "写 0 至 250 的整数")


def _check_days(data: Mapping[str, Any], on: date) -> None:
    since, until = data.get("since"), data.get("until")
    for day in (since, until):
        if day is not None:
            try:
                date.fromisoformat(day)
            except ValueError as error:
                raise InvalidError(f"日期“{day}”无效", "请写成 2026-08-01 的样子") from error
    first = since or on.isoformat()
    if until and until < first:
        raise InvalidError(f"截止日 {until} 早于起始日 {first}")


def _check_unit(directory: Directory, data: Mapping[str, Any], *, new: bool) -> None:
    if new and data["unit"] in directory.units:
        raise InvalidError(f"单位 {data['unit']} 已有", "改名或改职能请用 lifecycle unit change")
    if not new and data["unit"] not in directory.units:
        raise UnknownError("单位", data["unit"], directory.units)
    same = [
        code
        for code, unit in directory.units.items()
        if code != data["unit"] and unit.titles[-1][0] == data["title"]
    ]
    if same:
        raise InvalidError(
            f"单位名称“{data['title']}”已是 {same[0]} 的名称", "两个单位不能同名，公文要靠名称分清"
        )
    if (
        not is_code(data["unit"])
        or data["title"] == ""
        or (new and None in (data["title"], data["functions"]))
    ):
        raise InvalidError(
            f"单位代码“{data['unit']}”不合规", "用字母、数字、点、横线，最多 40 个，并写明名称"
        )


def _check_person(directory: Directory, data: Mapping[str, Any]) -> None:
    if data["officer"] in directory.people:
        raise InvalidError(f"经办人 {data['officer']} 已有", "代码不可重复使用")
    _check_code(data)
    if data["unit"] not in directory.units:
        raise UnknownError("单位", data["unit"], directory.units)


def _check_code(data: Mapping[str, Any]) -> None:
    if data["officer"] == CLOCK:
        message = "经办人代码不能是 clock：到期自动办理的，记在这个代码下"
        raise InvalidError(message, "换一个代码")
    if not is_code(data["officer"]) or not data["title"]:
        raise InvalidError(
            f"经办人代码“{data['officer']}”不合规", "用字母、数字、点、横线，最多 40 个，并写明职务"
        )


def _check_known(directory: Directory, data: Mapping[str, Any]) -> None:
    if data["officer"] not in directory.people:
        raise UnknownError("经办人", data["officer"], directory.people)


def _check_leaving(directory: Directory, data: Mapping[str, Any]) -> None:
    _check_known(directory, data)
    if directory.people[data["officer"]].left:
        raise InvalidError(f"经办人 {data['officer']} 已登记离任")
    _check_last_administrator(directory, data["officer"])


def _check_last_administrator(directory: Directory, officer: str) -> None:
    if directory.administrators() == {officer}:
        raise InvalidError(
            f"{officer} 是唯一的管理员，不能离任或撤权",
            "先授予另一人 admin 角色：lifecycle officer grant",
        )


def _check_grant(directory: Directory, data: Mapping[str, Any]) -> None:
    _check_known(directory, data)
    if directory.people[data["officer"]].left:
        raise InvalidError(f"经办人 {data['officer']} 已登记离任，不能授权", "请另行登记经办人")
    if not data["roles"]:
        raise InvalidError("未写明授予什么角色")


def _check_delegation(directory: Directory, data: Mapping[str, Any]) -> None:
    _check_known(directory, data)
    if data["principal"] not in directory.people:
        raise UnknownError("经办人", data["principal"], directory.people)
    if data["principal"] == data["officer"]:
        raise InvalidError("不能委托给自己")
    if not data.get("until"):
        raise InvalidError("委托须有截止日", "加 --until 日期")


def _check_mapping(directory: Directory, data: Mapping[str, Any]) -> None:
    _check_known(directory, data)
    if directory.people[data["officer"]].left:
        raise InvalidError(f"经办人 {data['officer']} 已登记离任，不能登记账户")
    if not is_account(data["account"]):
        raise InvalidError(
            f"操作系统账户“{data['account']}”不合规", "写登录这台机器用的账户名，如 zhang"
        )
    holder = directory.holder(data["account"])
    if holder == data["officer"]:
        raise InvalidError(f"操作系统账户 {data['account']} 已登记为 {holder}，不必重复登记")
    if holder is not None:
        raise InvalidError(
            f"操作系统账户 {data['account']} 已登记为 {holder}，一个账户只能是一个人",
            f"先撤下：lifecycle officer account {holder} {data['account']} --remove",
        )


def _check_unmapping(directory: Directory, data: Mapping[str, Any]) -> None:
    _check_known(directory, data)
    if directory.holder(data["account"]) != data["officer"]:
        raise InvalidError(
            f"操作系统账户 {data['account']} 没有登记为 {data['officer']}",
            "用 lifecycle officer list 查看",
        )


def _check_revocation(directory: Directory, data: Mapping[str, Any], *, delegated: bool) -> None:
    grant = next((g for g in directory.grants if g.id == data["grant"]), None)
    if grant is None or grant.revoked is not None or (grant.principal is not None) != delegated:
        raise InvalidError("该授权不存在或已撤销", "用 lifecycle officer list 查看")
    if "admin" in grant.roles and grant.principal is None:
        _check_last_administrator(directory, grant.officer)


def _check_publication(_directory: Directory, data: Mapping[str, Any]) -> None:
    if data["kind"] not in KINDS:
        raise UnknownError("定义种类", data["kind"], KINDS)


_CLOCK_CHECKS = {ANNOUNCED: check_announcement, CONFIRMED: check_confirmation}
_CHECKS = {
    "unit_added": lambda directory, data: _check_unit(directory, data, new=True),
    "unit_changed": lambda directory, data: _check_unit(directory, data, new=False),
    "officer_added": _check_person,
    "officer_left": _check_leaving,
    "role_granted": _check_grant,
    "role_revoked": lambda directory, data: _check_revocation(directory, data, delegated=False),
    "delegation_made": _check_delegation,
    "delegation_revoked": lambda directory, data: _check_revocation(
        directory, data, delegated=True
    ),
    "definition_published": _check_publication,
    "account_mapped": _check_mapping,
    "account_unmapped": _check_unmapping,
}
