"""Officers: `officer add|list|grant|revoke|leave|delegate|account`; and what changes to the office
have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import request_of
from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table

if TYPE_CHECKING:
    from lifecycle.office.administration.people import (
        Ended,
        Granted,
        GrantLine,
        OfficerLine,
        RecordedChange,
        Vacancy,
    )

since_option = option(
    "--since", type=Day(), metavar="YYYY-MM-DD", help="从哪天起；默认今天，可写过去的日期"
)


def recorded(desk: Desk, entry: RecordedChange, told: str) -> None:
    """Answer with the entry that records a change of the office, or tell it."""
    document = {
        "eid": entry.eid,
        "seq": entry.seq,
        "type": entry.type,
        "data": entry.data,
        "recorded_at": entry.recorded_at,
    }
    desk.answer({"entry": document}, lambda: say(told))


def named(roles: Iterable[str], titles: Mapping[str, str]) -> str:
    """Name roles by title and identifier; "－" where there is none."""
    return "、".join(_named(role, titles.get(role, role)) for role in roles) or "－"


def _named(role: str, title: str) -> str:
    return role if title == role else f"{title}（{role}）"


officer = Group(
    "officer",
    help="经办人：登记、列出、授权、撤销授权、离任、委托、机器账户。",
    sections={
        "命令": {
            "add": Verb(f"{__name__}:officer_add", "登记经办人"),
            "list": Verb(f"{__name__}:officer_list", "列出经办人、角色和委托"),
            "grant": Verb(f"{__name__}:officer_grant", "授予角色"),
            "confirm": Verb(f"{__name__}:officer_confirm", "确认别人提出的授权"),
            "revoke": Verb(f"{__name__}:officer_revoke", "撤销授权或委托"),
            "leave": Verb(f"{__name__}:officer_leave", "离任"),
            "delegate": Verb(f"{__name__}:officer_delegate", "委托他人代办"),
            "account": Verb(f"{__name__}:officer_account", "登记机器账户，供服务认人"),
        }
    },
)


@command(
    "add",
    help="登记经办人；其角色须是所在单位的职能，或 admin（管理员）、auditor（审计员）。",
    examples=["lifecycle officer add land01 国土科经办人 --unit land --role land --as admin"],
)
@argument("code", metavar="工号", help="工号：字母、数字、点、横线；不可重复使用")
@argument("title", metavar="职务", help="职务")
@option("--unit", "unit_name", required=True, metavar="单位", help="单位的代码或名称")
@option("--role", "roles", multiple=True, metavar="角色", help="角色，可写多次")
@since_option
@at_desk
def officer_add(
    desk: Desk, code: str, title: str, unit_name: str, roles: tuple[str, ...], since: date | None
) -> None:
    """Add an officer."""
    from lifecycle.office.administration.people import add_officer

    granted = add_officer(
        desk.office, request_of(desk), code, title, unit=unit_name, roles=roles, since=since
    )
    told = f"：{_titled(desk, granted.roles)}" if granted.roles else "，还没有角色"
    recorded(desk, granted.entry, f"已登记经办人 {code} {title}{told}{_from(desk, since)}")
    _warn_idle(desk, granted)


def _titled(desk: Desk, roles: Iterable[str]) -> str:
    """Name roles by title and identifier."""
    return named(roles, desk.office.roles())


def _from(desk: Desk, since: date | None) -> str:
    """Say from when something is so, where that is not today."""
    return f"，自 {since} 起" if since is not None and since != desk.office.day(desk.on) else ""


def _warn_idle(desk: Desk, granted: Granted) -> None:
    """Say which of the roles have no effect yet, because the unit has no such function."""
    idle = granted.idle
    if idle is not None:
        functions = "".join(f" --function {role}" for role in (*idle.functions, *idle.roles))
        desk.tell(
            f"注意：{idle.unit_title} 没有职能 {_titled(desk, idle.roles)}，暂不能行使；"
            f"确有该职能的：lifecycle unit change {idle.unit}{functions}"
        )


def _warn_vacant(desk: Desk, vacant: Vacancy | None) -> None:
    """Say which roles of a unit nobody there can act in any more."""
    if vacant is not None:
        desk.tell(
            f"注意：{vacant.unit_title} 再没有能以 {_titled(desk, vacant.roles)} 身份办理的人，"
            f"等 {vacant.unit_title} 办的事项会停住；"
            f"请另行授权：lifecycle officer grant 工号 {' '.join(vacant.roles)}"
        )


@command("list", help="列出经办人、角色和委托。")
@option("--unit", "unit_name", metavar="单位", help="只列一个单位的")
@option("--all", "everybody", is_flag=True, help="包括已离任的")
@at_desk
def officer_list(desk: Desk, unit_name: str | None, everybody: bool) -> None:
    """List officers."""
    from lifecycle.office.administration.people import officers

    office = desk.office
    found = officers(office, unit_name, everybody=everybody, on=desk.on)

    def tell() -> None:
        titles = office.roles()
        heads = ["工号", "职务", "单位", "角色", "受委托"]
        rows = [_officer_row(line, titles) for line in found]
        if any(line.division for line in found):
            heads.insert(3, "处室")
            rows = [
                (*row[:3], line.division, *row[3:]) for row, line in zip(rows, found, strict=True)
            ]
        if any(line.accounts for line in found):
            heads.append("机器账户")
            rows = [(*row, "、".join(line.accounts)) for row, line in zip(rows, found, strict=True)]
        write_table(heads, rows)

    rows = [_officer_json(line) for line in found]
    desk.answer({"on": office.day(desk.on).isoformat(), "officers": rows}, tell)


def _officer_row(line: OfficerLine, titles: Mapping[str, str]) -> tuple[str, ...]:
    roles = named(line.roles, titles) + ("" if line.serves else "（不在岗）")
    told = [f"代 {held.principal} 至 {held.until}" for held in line.delegations]
    told += [f"{named(held.roles, titles)} 待另一人确认" for held in line.grants if held.waits]
    notes = "；".join(told)
    return line.code, line.title, line.unit_title, roles, notes


def _officer_json(line: OfficerLine) -> dict[str, Any]:
    return {
        "officer": line.code,
        "title": line.title,
        "unit": line.unit,
        "roles": list(line.roles),
        "serves": line.serves,
        "since": line.since,
        "left": line.left,
        "grants": [_grant_json(held) for held in line.grants],
        "delegations": [_grant_json(held) for held in line.delegations],
        "accounts": list(line.accounts),
        **({"division": line.division} if line.division else {}),
    }


def _grant_json(held: GrantLine) -> dict[str, Any]:
    return {
        "id": held.id,
        "roles": list(held.roles),
        "principal": held.principal,
        "since": held.since,
        "until": held.until,
        "waits": held.waits,
    }


@command("grant", help="授予角色。", examples=["lifecycle officer grant land01 land --as admin"])
@argument("code", metavar="工号", help="工号")
@argument("roles", nargs=-1, required=True, metavar="角色 …", help="角色的标识或名称")
@since_option
@option("--until", type=Day(), metavar="YYYY-MM-DD", help="到哪天止（含当天）")
@at_desk
def officer_grant(
    desk: Desk, code: str, roles: tuple[str, ...], since: date | None, until: date | None
) -> None:
    """Grant roles."""
    from lifecycle.office.administration.people import grant

    granted = grant(desk.office, request_of(desk), code, roles, since=since, until=until)
    what = f"{code}：{_titled(desk, granted.roles)}{_from(desk, since)}"
    told = f"已授予 {what}"
    if granted.proposed:
        (role,) = granted.roles
        mend = f"另一名管理员或审计员确认以后生效：lifecycle officer confirm {code} {role}"
        told = f"已提出授予 {what}；{mend}"
    recorded(desk, granted.entry, told)
    _warn_idle(desk, granted)


@command(
    "confirm",
    help="确认别人提出的授权：须两人授权的角色，确认以后才生效。提出的人、得到的人自己不能确认。",
    examples=["lifecycle officer confirm finance01 payer --as auditor01"],
)
@argument("code", metavar="工号", help="工号")
@argument("role", metavar="角色", help="角色的标识或名称")
@at_desk
def officer_confirm(desk: Desk, code: str, role: str) -> None:
    """Confirm a grant."""
    from lifecycle.office.administration.people import confirm_grant

    granted = confirm_grant(desk.office, request_of(desk), code, role)
    recorded(desk, granted.entry, f"已确认授予 {code}：{_titled(desk, granted.roles)}")


@command(
    "revoke",
    help="撤销授权或委托。写角色的，撤销其中这些角色；写 --delegated-by 的，撤销该人对他的委托。",
    examples=["lifecycle officer revoke land01 land --as admin"],
)
@argument("code", metavar="工号", help="工号")
@argument("roles", nargs=-1, metavar="[角色 …]", help="角色的标识或名称；不写则撤销全部")
@option("--delegated-by", "principal", metavar="工号", help="撤销此人的委托")
@since_option
@at_desk
def officer_revoke(
    desk: Desk, code: str, roles: tuple[str, ...], principal: str | None, since: date | None
) -> None:
    """Revoke grants or a delegation."""
    from lifecycle.office.administration.people import revoke

    revoked = revoke(desk.office, request_of(desk), code, roles, principal=principal, since=since)
    again = "（此前已办，未重复写入）" if revoked.repeated else ""
    what = f"{principal} 对 {code} 的委托" if principal else f"{code} 的授权"
    ended = "；".join(_ended(desk, one) for one in revoked.ended)
    told = f"已撤销 {what}{f'：{ended}' if ended else ''}{_from(desk, since)}{again}"
    desk.answer({"entries": list(revoked.eids)}, lambda: say(told))
    _warn_vacant(desk, revoked.vacant)


def _ended(desk: Desk, ended: Ended) -> str:
    """Tell what was revoked of a grant; of one that had not begun yet, when it would have."""
    roles = _titled(desk, ended.roles) if ended.roles else "全部角色"
    return f"{roles}（原定 {ended.since} 起，不再生效）" if ended.since else roles


@command(
    "leave",
    help="离任：从某天起不再在岗。",
    examples=["lifecycle officer leave land01 --since 2026-09-01 --as admin"],
)
@argument("code", metavar="工号", help="工号")
@since_option
@at_desk
def officer_leave(desk: Desk, code: str, since: date | None) -> None:
    """Note that an officer has left."""
    from lifecycle.office.administration.people import leave

    left = leave(desk.office, request_of(desk), code, since)
    recorded(desk, left.entry, f"{code} 自 {since or desk.office.day(desk.on)} 起不再在岗")
    _warn_vacant(desk, left.vacant)


@command(
    "delegate",
    help="委托他人代办。由本人办（--as 本人）；管理员可代为登记（加 --for 本人）。",
    examples=["lifecycle officer delegate land02 --until 2026-08-31 --as land01"],
)
@argument("code", metavar="工号", help="受委托人的工号")
@option("--until", type=Day(), required=True, metavar="YYYY-MM-DD", help="到哪天止（含当天）")
@option("--role", "roles", multiple=True, metavar="角色", help="只委托这些角色；默认全部")
@option("--for", "principal", metavar="工号", help="委托人；默认 --as 的本人")
@since_option
@at_desk
def officer_delegate(
    desk: Desk,
    code: str,
    until: date,
    roles: tuple[str, ...],
    principal: str | None,
    since: date | None,
) -> None:
    """Delegate roles."""
    from lifecycle.office.administration.people import delegate

    giver = principal or desk.officer
    made = delegate(
        desk.office,
        request_of(desk),
        code,
        principal=giver,
        until=until,
        roles=roles,
        since=since,
    )
    recorded(desk, made.entry, f"{giver} 委托 {code} 代办至 {until}")
    if made.bound:
        desk.tell(
            f"注意：{code} 是别的单位的人，不能代办 {_titled(desk, made.bound)}："
            "流程没有写明这些角色可以跨单位委托（delegate: across）"
        )


@command(
    "account",
    help="登记经办人在这台机器上的操作系统账户（管理员）。服务（lifecycle serve）凭它认人：内核报出"
    "调用者的账户，账户是谁的，就以谁的身份办理。一人可有几个账户，一个账户只能是一个人。",
    examples=[
        "lifecycle officer account land01 zhang --as admin",
        "lifecycle officer account land01 zhang --remove --as admin",
    ],
)
@argument("code", metavar="工号", help="工号")
@argument("account", metavar="账户", help="登录这台机器用的账户名")
@option("--remove", is_flag=True, help="撤下这个账户")
@at_desk
def officer_account(desk: Desk, code: str, account: str, remove: bool) -> None:
    """Map an operating-system account to an officer, or take it away."""
    from lifecycle.office.administration.people import map_account, unmap_account

    if remove:
        entry = unmap_account(desk.office, request_of(desk), code, account)
        recorded(desk, entry, f"机器账户 {account} 不再是 {code}")
        return
    entry = map_account(desk.office, request_of(desk), code, account)
    recorded(desk, entry, f"已登记：机器账户 {account} 是 {code}")
