"""An office's directory in YAML → the changes that found it: the office itself, its units, officers
and delegations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lifecycle.errors import nearest
from lifecycle.frozen import dataclass
from lifecycle.people.changes import (
    AddDivision,
    AddOfficer,
    AddUnit,
    ChangeDivision,
    Delegate,
    FoundOffice,
    MapAccount,
    OfficeChange,
    PlaceOfficer,
)
from lifecycle.people.codes import is_account, is_code
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Scalar

_TOP = ("office", "units", "officers", "delegations", "since")
_OFFICE = ("unit", "title", "functions", "divisions", "admin", "since")
_ADMIN = ("code", "title", "roles", "accounts")
_UNIT = ("code", "title", "functions", "divisions", "since")
_OFFICER = ("code", "title", "unit", "division", "roles", "since", "accounts")
_DIVISION = ("code", "title", "leader", "since")
_DELEGATION = ("principal", "officer", "roles", "since", "until")
OWN_ROLES = (
    "；自己写的流程的角色，发布流程以后再登记（lifecycle unit change、lifecycle officer grant）"
)
"""Told of a role that is in no shipped workflow: when an office is founded it has no others."""


@dataclass(frozen=True, slots=True)
class ListedOffice:
    """What a directory file says: the founding of the office, and the changes that follow."""

    office: FoundOffice
    changes: tuple[OfficeChange, ...]


def read_directory_file(path: Path, roles: Mapping[str, str]) -> ListedOffice:
    """Read a directory; `roles` maps the known roles to their titles.

    Raises WorkflowError with every fault. `since` may be given for all at the top and for each;
    without it, the day on which the directory is entered counts.
    """
    file = YamlFile(path, known=_TOP, required=("office",))
    return _Directory(file, roles).read()


class _Directory:
    """Reads the sections in turn; what is named must stand above or in the workflows."""

    def __init__(self, file: YamlFile, roles: Mapping[str, str]) -> None:
        self.file = file
        self.roles = {
            **{title: name for name, title in roles.items()},
            **{name: name for name in roles},
        }
        self.units: dict[str, str] = {}
        self.officers: dict[str, str] = {}
        self.accounts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.divisions: dict[str, str] = {}
        self.of_unit: dict[str, str] = {}
        self.unit_of: dict[str, str] = {}
        self.leaders: list[tuple[Fields, str, str | None]] = []
        self.since = file.day(file.top, "since")

    def read(self) -> ListedOffice:
        """Give the founding and all changes; raises WorkflowError."""
        changes = [*self._office(), *self._units(), *self._officers()]
        changes += [*self._in_charge(), *self._delegations()]
        self.file.end()
        office = changes.pop(0)
        assert isinstance(office, FoundOffice), "it comes first, or there was a fault"
        return ListedOffice(office, tuple(changes))

    def _office(self) -> Iterator[OfficeChange]:
        office = self.file.top.inner(
            "office", "office ", known=_OFFICE, required=("unit", "title", "admin")
        )
        if office is None:
            return
        unit = self._code(office, "unit", "单位", self.units)
        admin = office.inner("admin", "admin ", known=_ADMIN, required=("code", "title"))
        title, functions = self._title(office), self._roles(office, "functions")
        if admin is None:
            return
        held = tuple(role for role in self._roles(admin, "roles") if role != "admin")
        code = self._code(admin, "code", "经办人", self.officers)
        self.unit_of[code] = unit
        yield FoundOffice(
            unit=unit,
            unit_title=title,
            functions=functions,
            officer=code,
            title=admin.line("title"),
            roles=("admin", *held),
            since=self._since(office),
        )
        yield from self._accounts(admin, code)
        yield from self._divisions(office, unit)

    def _units(self) -> Iterator[OfficeChange]:
        for unit in self._items("units", "单位", _UNIT, ("code", "title", "functions")):
            code = self._code(unit, "code", "单位", self.units)
            title, functions = self._title(unit), self._roles(unit, "functions")
            yield AddUnit(code, title, functions, self._since(unit))
            yield from self._divisions(unit, code)

    def _officers(self) -> Iterator[OfficeChange]:
        for officer in self._items("officers", "经办人", _OFFICER, ("code", "title", "unit")):
            code = self._code(officer, "code", "经办人", self.officers)
            unit = self._known(officer, "unit", "单位", self.units)
            self.unit_of[code] = unit
            yield AddOfficer(
                officer=code,
                title=officer.line("title"),
                unit=unit,
                roles=self._roles(officer, "roles"),
                since=self._since(officer),
            )
            yield from self._accounts(officer, code)
            if officer.has("division"):
                division = self._known(officer, "division", "处室", self.divisions)
                self._see_of_unit(officer, "division", division, code)
                yield PlaceOfficer(code, division, self._since(officer))

    def _divisions(self, unit: Fields, code: str) -> Iterator[OfficeChange]:
        """Read a unit's divisions; who is in charge of them stands among the officers, below."""
        titles: dict[str, int] = {}
        for number, (node, at) in enumerate(unit.placed("divisions"), 1):
            fields = Fields(
                self.file.reading,
                node,
                f"单位 {code} 的第 {number} 个处室",
                at,
                known=_DIVISION,
                required=("code", "title"),
            )
            division = self._code(fields, "code", "处室", self.divisions)
            self.of_unit[division] = code
            title = fields.line("title")
            if title in titles:
                message = f"处室名称“{title}”重复，第 {titles[title]} 个已有"
                fields.fault("repeated", fields.place("title"), message, "改名或删去其一")
            titles.setdefault(title, number)
            yield AddDivision(division, title, code, self._since(fields))
            if fields.has("leader"):
                self.leaders.append((fields, division, self._since(fields)))

    def _in_charge(self) -> Iterator[OfficeChange]:
        """Say who is in charge of each division, once all officers are known."""
        for fields, division, since in self.leaders:
            leader = self._known(fields, "leader", "经办人", self.officers)
            self._see_of_unit(fields, "leader", division, leader)
            yield ChangeDivision(division, None, leader, since)

    def _see_of_unit(self, fields: Fields, key: str, division: str, officer: str) -> None:
        """See that a division and an officer are of one unit; what there is not is told already."""
        own, unit = self.of_unit.get(division), self.unit_of.get(officer)
        if own and unit and own != unit:
            message = f"处室 {division} 是单位 {own} 的，{officer} 是 {unit} 的人"
            fields.fault("wrong-division", fields.place(key), message, "写同一单位的")

    def _accounts(self, fields: Fields, officer: str) -> Iterator[OfficeChange]:
        """Read which operating-system accounts are an officer's."""
        for scalar in fields.scalars("accounts"):
            name = scalar.value
            if not is_account(name):
                message = f"操作系统账户“{name}”不合规"
                fields.fault("wrong-code", scalar, message, "写登录这台机器用的账户名")
            elif name in self.accounts:
                message = f"操作系统账户 {name} 重复，{self.accounts[name]}已有"
                fields.fault("repeated", scalar, message, "一个账户只能是一个人，删去其一")
            self.accounts.setdefault(name, f"第 {scalar.line} 行")
            yield MapAccount(name, officer)

    def _delegations(self) -> Iterator[OfficeChange]:
        for item in self._items(
            "delegations", "委托", _DELEGATION, ("principal", "officer", "until")
        ):
            principal = self._known(item, "principal", "经办人", self.officers)
            delegation = Delegate(
                officer=self._known(item, "officer", "经办人", self.officers),
                principal=principal,
                roles=self._roles(item, "roles"),
                since=self._since(item),
                until=self.file.day(item, "until"),
            )
            self._see_delegation(item, delegation)
            yield delegation

    def _see_delegation(self, item: Fields, made: Delegate) -> None:
        """See that a delegation is to another person and does not end before it begins."""
        if made.principal and made.principal == made.officer:
            place = item.place("officer")
            item.fault("wrong-delegation", place, "不能委托给自己", "写另一位经办人")
        since, until = made.since, made.until
        if since and until and until < since:
            message = f"截止日 {until} 早于起始日 {since}"
            item.fault("wrong-date", item.place("until"), message, "改正其中一个日期")

    def _items(
        self, key: str, what: str, known: tuple[str, ...], required: tuple[str, ...]
    ) -> Iterator[Fields]:
        for number, node in enumerate(self.file.top.items(key, single=False), 1):
            place = self.file.reading.at(node)
            yield Fields(
                self.file.reading,
                node,
                f"第 {number} 个{what}",
                place,
                known=known,
                required=required,
            )

    def _since(self, fields: Fields) -> str | None:
        return self.file.day(fields, "since") or self.since or None

    def _code(self, fields: Fields, key: str, what: str, taken: dict[str, str]) -> str:
        """Read a new code, note where one is taken or no code, and take it."""
        scalar = fields.scalar(key)
        if scalar is None:
            return ""
        if not is_code(scalar.value):
            fields.fault(
                "wrong-code",
                scalar,
                f"{what}代码“{scalar.value}”不合规",
                "用字母、数字、点、横线，最多 40 个",
            )
        elif scalar.value in taken:
            fields.fault(
                "repeated",
                scalar,
                f"{what} {scalar.value} 重复，{taken[scalar.value]}已有",
                "改名或删去其一",
            )
        taken.setdefault(scalar.value, f"第 {scalar.line} 行")
        return scalar.value

    def _title(self, fields: Fields) -> str:
        """Read a unit's title, and note where another bears it: letters tell units by it."""
        title, scalar = fields.line("title"), fields.scalar("title")
        if scalar is not None and title in self.titles:
            message = f"单位名称“{title}”重复，{self.titles[title]}已有"
            mend = "两个单位不能同名，公文要靠名称分清"
            fields.fault("repeated", scalar, message, mend)
        elif scalar is not None:
            self.titles[title] = f"第 {scalar.line} 行"
        return title

    def _known(self, fields: Fields, key: str, what: str, known: Mapping[str, str]) -> str:
        scalar = fields.scalar(key)
        return self._named(fields, scalar, what, {code: code for code in known}) if scalar else ""

    def _roles(self, fields: Fields, key: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                self._named(fields, scalar, "角色", self.roles, OWN_ROLES)
                for scalar in fields.scalars(key)
            )
        )

    def _named(
        self, fields: Fields, scalar: Scalar, what: str, known: Mapping[str, str], more: str = ""
    ) -> str:
        if scalar.value not in known:
            near = nearest(scalar.value, known)
            mend = (
                f"是否为“{near}”？"
                if near
                else f"可用：{'、'.join(dict.fromkeys(known.values()))}{more}"
            )
            fields.fault("unknown", scalar, f"没有{what}“{scalar.value}”", mend)
        return known.get(scalar.value, scalar.value)
