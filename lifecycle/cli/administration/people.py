"""Officers: `officer add|list|grant|revoke|leave|delegate`; and what changes to the office have in
common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command, option
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import InvalidError, UnknownError

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory, Grant, Person

since_option = option(
    "--since", type=Day(), metavar="YYYY-MM-DD", help="从哪天起；默认今天，可写过去的日期"
)


def change(desk: Desk, kind: str, data: Mapping[str, Any], told: str) -> None:
    """Make one change to the office and tell it."""
    from lifecycle.ledger.register import Request

    body = desk.office.change(Request(desk.officer, None, desk.on, desk.request_id), kind, data)
    change_told(desk, body, told)


def change_told(desk: Desk, body: Mapping[str, Any], told: str) -> None:
    """Tell a change that was made to the office."""
    intent = body["intent"]
    entry = {
        "eid": intent["eid"],
        "seq": intent["seq"],
        "type": intent["type"],
        "data": intent["data"],
    }
    desk.answer(
        {"ok": True, "entry": {**entry, "recorded_at": body["recorded_at"]}}, lambda: say(told)
    )


def dated(data: dict[str, Any], **days: date | None) -> dict[str, Any]:
    """Add the days that are given."""
    return {**data, **{name: day.isoformat() for name, day in days.items() if day is not None}}


def title_of(text: str, what: str) -> str:
    from lifecycle.engine.values import clean_text

    title = clean_text(text, what)
    if not title or "\n" in title or len(title) > 100:
        raise InvalidError(f"{what}应为一行，不超过 100 字")
    return title


def roles_of(office: Office, texts: tuple[str, ...]) -> list[str]:
    """Find roles by name or title; raises UnknownError."""
    known = office.roles()
    names = {**{title: name for name, title in known.items()}, **{name: name for name in known}}
    for text in texts:
        if text not in names:
            raise UnknownError("角色", text, names)
    return list(dict.fromkeys(names[text] for text in texts))


def named(roles: Any, titles: Mapping[str, str]) -> str:
    return (
        "、".join(f"{titles[r]}（{r}）" if r in titles and titles[r] != r else r for r in roles)
        or "－"
    )


officer = Group(
    "officer",
    help="经办人：登记、列出、授权、撤销授权、离任、委托。",
    sections={
        "命令": {
            "add": Verb(f"{__name__}:officer_add", "登记经办人"),
            "list": Verb(f"{__name__}:officer_list", "列出经办人、角色和委托"),
            "grant": Verb(f"{__name__}:officer_grant", "授予角色"),
            "revoke": Verb(f"{__name__}:officer_revoke", "撤销授权或委托"),
            "leave": Verb(f"{__name__}:officer_leave", "离任"),
            "delegate": Verb(f"{__name__}:officer_delegate", "委托他人代办"),
        }
    },
)


@command(
    "add",
    help="登记经办人；其角色须是所在单位的职能，或 admin（管理员）、auditor（审计员）。",
    examples=["lifecycle officer add land01 国土科经办人 --unit land --role land --as admin"],
)
@argument("code", metavar="CODE", help="工号：字母、数字、点、横线；不可重复使用")
@argument("title", metavar="职务", help="职务")
@option("--unit", "unit_name", required=True, metavar="UNIT", help="单位的代码或名称")
@option("--role", "roles", multiple=True, metavar="角色", help="角色，可写多次")
@since_option
@at_desk
def officer_add(
    desk: Desk, code: str, title: str, unit_name: str, roles: tuple[str, ...], since: date | None
) -> None:
    """Add an officer."""
    office = desk.office
    unit_code = office.directory.unit_code(unit_name)
    data = {
        "officer": code,
        "title": title_of(title, "职务"),
        "unit": unit_code,
        "roles": roles_of(office, roles),
    }
    change(desk, "officer_added", dated(data, since=since), f"已登记经办人 {code} {title}")
    _warn_idle(desk, unit_code, data["roles"], since)


def _warn_idle(desk: Desk, unit_code: str, roles: Any, since: date | None) -> None:
    """Say which of the roles have no effect yet, because the unit has no such function."""
    from lifecycle.people.directory import SYSTEM_ROLES

    directory = desk.office.directory
    day = max(since or desk.office.day(desk.on), desk.office.day(desk.on)).isoformat()
    performed = directory.units[unit_code].performs(day, directory.seq)
    idle = [role for role in roles if role not in performed and role not in SYSTEM_ROLES]
    if idle:
        name = directory.units[unit_code].title(day, directory.seq)
        desk.tell(
            f"注意：{name} 没有职能 {'、'.join(idle)}，暂不能行使；可用 lifecycle unit change "
            f"{unit_code} --function …"
        )


@command("list", help="列出经办人、角色和委托。")
@option("--unit", "unit_name", metavar="UNIT", help="只列一个单位的")
@option("--all", "everybody", is_flag=True, help="包括已离任的")
@at_desk
def officer_list(desk: Desk, unit_name: str | None, everybody: bool) -> None:
    """List officers."""
    directory, day = desk.office.directory, desk.office.day(desk.on).isoformat()
    code = directory.unit_code(unit_name) if unit_name else None
    titles = desk.office.roles()
    found = [
        _officer_json(directory, person, day)
        for person in directory.people.values()
        if (code is None or person.unit == code)
        and (everybody or person.serves(day, directory.seq))
    ]

    def tell() -> None:
        rows = []
        for person in found:
            name = directory.units[person["unit"]].title(day, directory.seq)
            roles = named(person["roles"], titles) + ("" if person["serves"] else "（不在岗）")
            notes = "；".join(f"代 {g['principal']} 至 {g['until']}" for g in person["delegations"])
            rows.append((person["officer"], person["title"], name, roles, notes))
        write_table(("工号", "职务", "单位", "角色", "受委托"), rows)

    desk.answer({"ok": True, "on": day, "officers": found}, tell)


def _officer_json(directory: Directory, person: Person, day: str) -> dict[str, Any]:
    seq = directory.seq
    serves = person.serves(day, seq)
    roles = list(directory.officer(person.code, date.fromisoformat(day)).held) if serves else []
    mine = [g for g in directory.grants if g.officer == person.code and g.revoked is None]
    return {
        "officer": person.code,
        "title": person.title,
        "unit": person.unit,
        "roles": roles,
        "serves": serves,
        "since": person.span.since,
        "left": person.left.since if person.left else None,
        "grants": [_grant_json(g) for g in mine if g.principal is None],
        "delegations": [
            _grant_json(g) for g in mine if g.principal is not None and g.holds(day, seq)
        ],
    }


def _grant_json(grant: Grant) -> dict[str, Any]:
    span = {"since": grant.span.since, "until": grant.span.until}
    return {"id": grant.id, "roles": list(grant.roles), "principal": grant.principal, **span}


@command("grant", help="授予角色。", examples=["lifecycle officer grant land01 land --as admin"])
@argument("code", metavar="CODE", help="工号")
@argument("roles", nargs=-1, required=True, metavar="角色 …", help="角色的标识或名称")
@since_option
@option("--until", type=Day(), metavar="YYYY-MM-DD", help="到哪天止（含当天）")
@at_desk
def officer_grant(
    desk: Desk, code: str, roles: tuple[str, ...], since: date | None, until: date | None
) -> None:
    """Grant roles."""
    names = roles_of(desk.office, roles)
    data = dated({"officer": code, "roles": names}, since=since, until=until)
    change(desk, "role_granted", data, f"已授予 {code}：{'、'.join(names)}")
    _warn_idle(desk, desk.office.directory.people[code].unit, names, since)


@command(
    "revoke",
    help="撤销授权或委托。写角色的，撤销其中这些角色；写 --delegated-by 的，撤销该人对他的委托。",
    examples=["lifecycle officer revoke land01 land --as admin"],
)
@argument("code", metavar="CODE", help="工号")
@argument("roles", nargs=-1, metavar="[角色 …]", help="角色的标识或名称；不写则撤销全部")
@option("--delegated-by", "principal", metavar="工号", help="撤销此人的委托")
@since_option
@at_desk
def officer_revoke(
    desk: Desk, code: str, roles: tuple[str, ...], principal: str | None, since: date | None
) -> None:
    """Revoke grants or a delegation; what remains of a grant of several roles is granted again."""
    from lifecycle.ledger.register import Request

    office = desk.office
    if code not in office.directory.people:
        raise UnknownError("经办人", code, office.directory.people)
    told = f"已撤销 {code} 的{'委托' if principal else '授权'}"
    if desk.request_id and office.recorded(desk.request_id):
        desk.answer(
            {"ok": True, "entries": [desk.request_id]},
            lambda: say(f"{told}（此前已办，未重复写入）"),
        )
        return
    steps = list(_revocations(office.directory, code, roles_of(office, roles), principal, since))
    if not steps:
        raise InvalidError(f"{code} 没有这样的授权或委托", "用 lifecycle officer list 查看")
    request = Request(desk.officer, None, desk.on, desk.request_id)
    eids = []
    with office.together():
        for kind, data in steps:
            eids.append(office.change(request, kind, data)["intent"]["eid"])
            request = replace(request, request_id=None)
    desk.answer({"ok": True, "entries": eids}, lambda: say(told))


def _revocations(
    directory: Directory, code: str, roles: list[str], principal: str | None, since: date | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = "delegation_revoked" if principal else "role_revoked"
    for grant in directory.grants:
        if grant.officer != code or grant.principal != principal or grant.revoked is not None:
            continue
        gone = [role for role in grant.roles if role in roles] if roles else list(grant.roles)
        if not gone and grant.roles:
            continue
        yield kind, dated({"grant": grant.id}, since=since)
        left = [role for role in grant.roles if role not in gone]
        if left:
            data: dict[str, Any] = {"officer": code, "roles": left}
            if principal:
                data["principal"] = principal
            if grant.span.until:
                data["until"] = grant.span.until
            yield "delegation_made" if principal else "role_granted", dated(data, since=since)


@command(
    "leave",
    help="离任：从某天起不再在岗。",
    examples=["lifecycle officer leave land01 --since 2026-09-01 --as admin"],
)
@argument("code", metavar="CODE", help="工号")
@since_option
@at_desk
def officer_leave(desk: Desk, code: str, since: date | None) -> None:
    """Note that an officer has left."""
    day = since or desk.office.day(desk.on)
    change(
        desk, "officer_left", dated({"officer": code}, since=since), f"{code} 自 {day} 起不再在岗"
    )


@command(
    "delegate",
    help="委托他人代办。由本人办（--as 本人）；管理员可代为登记（加 --for 本人）。",
    examples=["lifecycle officer delegate land02 --until 2026-08-31 --as land01"],
)
@argument("code", metavar="CODE", help="受委托人的工号")
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
    giver = principal or desk.officer
    data = {"officer": code, "principal": giver, "roles": roles_of(desk.office, roles)}
    told = f"{giver} 委托 {code} 代办至 {until}"
    change(desk, "delegation_made", dated(data, since=since, until=until), told)
