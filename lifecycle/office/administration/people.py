"""The office itself: units, officers, grants, delegations, leave, and its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle.engine.values import clean_text
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.ledger.record import stamp_text
from lifecycle.people.changes import (
    AddOfficer,
    AddPost,
    AddUnit,
    AnnounceClock,
    ChangeUnit,
    ConfirmClock,
    ConfirmGrant,
    Delegate,
    GrantRoles,
    HoldPost,
    MapAccount,
    NoteLeave,
    OfficeChange,
    RevokeDelegation,
    RevokeRoles,
    UnmapAccount,
)
from lifecycle.people.changes.change import is_sealed
from lifecycle.people.clock import in_beijing
from lifecycle.people.directory import SYSTEM_ROLES

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory, Grant, Person

_NO_TURN = frozenset({"admin", "auditor"})
"""Roles for whose turn no case waits."""
MOST_TITLE = 100
"""Characters of a unit's or an officer's title."""


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """An entry of the office's own chain, as it was recorded."""

    eid: str
    seq: int
    change: OfficeChange
    recorded_at: str

    @property
    def type(self) -> str:
        """Give the entry's type."""
        return self.change.entry_type

    @property
    def data(self) -> Mapping[str, Any]:
        """Give what the entry says, as it is written there."""
        data: Mapping[str, Any] = self.change.to_dict()["data"]
        return data


@dataclass(frozen=True, slots=True)
class UnitChanged:
    """A unit that was changed, with its name from then on."""

    entry: RecordedChange
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit on a day: its name, its functions (roles), how many officers serve in it."""

    code: str
    title: str
    functions: tuple[str, ...]
    officers: int


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post and who holds it from then on, "" for nobody."""

    entry: RecordedChange
    code: str
    title: str
    officer: str


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post on a day: its title, its unit's name, and the officer who holds it, "" for nobody."""

    code: str
    title: str
    unit: str
    officer: str


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant, or a delegation by `principal`: of which roles, from when until when; `waits` for
    somebody to confirm it.
    """

    id: str
    roles: tuple[str, ...]
    principal: str | None
    since: str
    until: str | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """An officer on a day: the post, the roles held, the grants, and the delegations in force.

    `accounts` are the operating-system accounts that the officer now has; `division` is the name
    of the division they are in, "" for none.
    """

    code: str
    title: str
    unit: str
    unit_title: str
    roles: tuple[str, ...]
    serves: bool
    since: str
    left: str | None
    grants: tuple[GrantLine, ...]
    delegations: tuple[GrantLine, ...]
    accounts: tuple[str, ...]
    division: str = ""


@dataclass(frozen=True, slots=True)
class Idle:
    """Roles without effect so far, because the officer's unit has no such function; `functions`
    are those that it has.
    """

    unit: str
    unit_title: str
    roles: tuple[str, ...]
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """Roles that were granted, or only `proposed`, and those of them without effect so far."""

    entry: RecordedChange
    roles: tuple[str, ...]
    idle: Idle | None
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Roles of a unit that nobody in office there holds any more."""

    unit: str
    unit_title: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """Roles of a grant or delegation that was revoked (none: all of the principal's); `since` is
    when it was to begin, where it is revoked before that, else "".
    """

    roles: tuple[str, ...]
    since: str = ""


@dataclass(frozen=True, slots=True)
class Revoked:
    """What was revoked: the entries' eids, and of each grant the roles; `vacant` is what nobody can
    do now.

    `repeated`: it was so before, under the same request id.
    """

    eids: tuple[str, ...]
    ended: tuple[Ended, ...] = ()
    repeated: bool = False
    vacant: Vacancy | None = None


@dataclass(frozen=True, slots=True)
class Delegated:
    """A delegation as recorded; `bound` are roles in which somebody of another unit cannot act."""

    entry: RecordedChange
    bound: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """An officer's leave as recorded; `vacant` is what nobody can do from then on."""

    entry: RecordedChange
    vacant: Vacancy | None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """The clock beside the last entry, in Beijing time ("": no entry yet) and as recorded."""

    clock: str
    last: str
    clock_told: str
    last_told: str
    most_days: int
    behind: bool
    jumped: bool
    announced_by: str


# Changes.


def record(office: Office, request: Request, change: OfficeChange) -> RecordedChange:
    """Record one change of units, officers, grants, delegations or the clock."""
    body = office.register.change_office(request, change)
    intent = body["intent"]
    recorded = change.from_dict(intent)
    return RecordedChange(intent["eid"], intent["seq"], recorded, body["recorded_at"])


def add_unit(
    office: Office,
    request: Request,
    code: str,
    title: str,
    *,
    functions: Sequence[str] = (),
    since: date | None = None,
) -> RecordedChange:
    """Add a unit with its functions, which are roles by name or title."""
    name = one_line(title, "单位名称")
    added = AddUnit(code, name, find_roles(office, functions), iso(since))
    return record(office, request, added)


def change_unit(
    office: Office,
    request: Request,
    unit: str,
    *,
    title: str | None = None,
    functions: Sequence[str] | None = None,
    since: date | None = None,
) -> UnitChanged:
    """Change a unit's name or functions; what is None stays as it is."""
    directory = office.directory
    code = directory.unit_code(unit)
    name = one_line(title, "单位名称") if title else None
    roles = None if functions is None else find_roles(office, functions)
    before = directory.units[code].title(office.day(request.on).isoformat(), directory.seq)
    entry = record(office, request, ChangeUnit(code, name, roles, iso(since)))
    return UnitChanged(entry, code, name or before)


def add_post(
    office: Office,
    request: Request,
    code: str,
    title: str,
    *,
    unit: str,
    since: date | None = None,
) -> RecordedChange:
    """Add a post of a unit."""
    unit_code = office.directory.unit_code(unit)
    return record(
        office, request, AddPost(code, one_line(title, "岗位名称"), unit_code, iso(since))
    )


def hold_post(
    office: Office, request: Request, post: str, officer: str, *, since: date | None = None
) -> PostHeld:
    """Say who holds a post from a day on; "" for nobody."""
    directory = office.directory
    code = directory.post_code(post)
    who = directory.officer_code(officer) if officer else ""
    entry = record(office, request, HoldPost(code, who, iso(since)))
    return PostHeld(entry, code, directory.posts[code].title, who)


def posts(office: Office, on: date | None = None) -> list[PostLine]:
    """List the posts on a day, with who holds them."""
    directory, day = office.directory, office.day(on).isoformat()
    names, held = directory.names(day), directory.posts_on(day)
    serving = {"", *directory.people_on(day)}
    return [
        PostLine(code, post.title, names[post.unit], held[code] if held[code] in serving else "")
        for code, post in sorted(directory.posts.items())
        if post.span.covers(day, directory.seq)
    ]


def add_officer(
    office: Office,
    request: Request,
    code: str,
    title: str,
    *,
    unit: str,
    roles: Sequence[str] = (),
    since: date | None = None,
) -> Granted:
    """Add an officer of a unit with their roles, by name or title."""
    unit_code = office.directory.unit_code(unit)
    added = AddOfficer(
        officer=code,
        title=one_line(title, "职务"),
        unit=unit_code,
        roles=find_roles(office, roles),
        since=iso(since),
    )
    entry = record(office, request, added)
    return Granted(entry, added.roles, _idle(office, request, unit_code, added))


def grant(
    office: Office,
    request: Request,
    code: str,
    roles: Sequence[str],
    *,
    since: date | None = None,
    until: date | None = None,
) -> Granted:
    """Grant roles, by name or title, to an officer."""
    found = find_roles(office, roles)
    directory = office.directory
    sealing = office.library.sealing(directory)
    sealed = is_sealed(directory, office.day(request.on), sealing, found)
    granted = GrantRoles(code, found, iso(since), iso(until), proposed=sealed)
    entry = record(office, request, granted)
    unit = office.directory.people[code].unit
    idle = _idle(office, request, unit, granted)
    return Granted(entry, granted.roles, idle, proposed=sealed)


def confirm_grant(office: Office, request: Request, code: str, role: str) -> Granted:
    """Confirm a role that somebody else proposed to grant to an officer."""
    (wanted,) = find_roles(office, [role])
    directory = office.directory
    waiting = [g for g in directory.grants if g.officer == code and g.waits and wanted in g.roles]
    if not waiting:
        message = f"没有待确认的授权：{code} 的 {role}"
        raise InvalidError(message, "用 lifecycle officer list 查看；先由管理员 officer grant")
    entry = record(office, request, ConfirmGrant(waiting[-1].id))
    return Granted(entry, waiting[-1].roles, None)


def _idle(
    office: Office, request: Request, unit: str, made: AddOfficer | GrantRoles
) -> Idle | None:
    """See which of the roles have no effect yet, because the unit has no such function."""
    directory, today = office.directory, office.day(request.on).isoformat()
    day = max(made.since or today, today)
    performed = directory.units[unit].performs(day, directory.seq)
    idle = tuple(role for role in made.roles if role not in performed and role not in SYSTEM_ROLES)
    if not idle:
        return None
    return Idle(unit, directory.units[unit].title(day, directory.seq), idle, performed)


def revoke(
    office: Office,
    request: Request,
    code: str,
    roles: Sequence[str] = (),
    *,
    principal: str | None = None,
    since: date | None = None,
) -> Revoked:
    """Revoke an officer's grants, or a delegation by `principal`; of some roles or of all.

    What remains of a grant of several roles is granted again, not to begin before it would have.
    """
    people = office.directory.people
    if code not in people:
        raise UnknownError("经办人", code, people)
    if request.request_id and office.store.entry(request.request_id):
        return Revoked((request.request_id,), repeated=True)
    gone = find_roles(office, roles)
    before = _held_in(office, people[code].unit, since)
    found = list(_revocable(office.directory, code, gone, principal))
    if not found:
        raise InvalidError(f"{code} 没有这样的授权或委托", "用 lifecycle officer list 查看")
    day = (since or office.day(request.on)).isoformat()
    eids, ended = [], []
    with office.register.together():
        for held in found:
            for change in _revocation(held, gone, since, day):
                eids.append(record(office, request, change).eid)
                request = replace(request, request_id=None)
            ended.append(_ended(held, gone, day))
    vacant = _vacancy(office, people[code].unit, since, before)
    return Revoked(tuple(eids), tuple(ended), vacant=vacant)


def _held_in(office: Office, unit: str, since: date | None) -> frozenset[str]:
    """Give the roles that somebody in office in a unit holds on a day, or today."""
    day = (since or office.day(None)).isoformat()
    return (office.directory.staff(day) or {}).get(unit, frozenset())


def _vacancy(
    office: Office, unit: str, since: date | None, before: frozenset[str]
) -> Vacancy | None:
    """Tell which of the roles that a unit had a holder of have none now."""
    gone = before - _held_in(office, unit, since) - _NO_TURN
    if not gone:
        return None
    day = (since or office.day(None)).isoformat()
    return Vacancy(unit, office.directory.names(day)[unit], tuple(sorted(gone)))


def _revocable(
    directory: Directory, code: str, roles: tuple[str, ...], principal: str | None
) -> Iterator[Grant]:
    """List the grants that stand, of an officer or by a principal, in which these roles are; of no
    roles all.
    """
    for held in directory.grants:
        if held.officer != code or held.principal != principal or held.revoked is not None:
            continue
        if not roles or not held.roles or set(roles) & set(held.roles):
            yield held


def _gone(held: Grant, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Name those roles of a grant that are revoked."""
    return tuple(role for role in held.roles if not roles or role in roles)


def _revocation(
    held: Grant, roles: tuple[str, ...], since: date | None, day: str
) -> Iterator[OfficeChange]:
    """Give the changes that revoke roles of a grant from a day on, and grant the others again."""
    gone = _gone(held, roles)
    left = tuple(role for role in held.roles if role not in gone)
    begins = held.span.since if held.span.since > day else iso(since)
    until = held.span.until
    if held.principal:
        yield RevokeDelegation(held.id, iso(since))
        if left:
            yield Delegate(held.officer, held.principal, left, begins, until)
    else:
        yield RevokeRoles(held.id, iso(since))
        if left:
            yield GrantRoles(held.officer, left, begins, until)


def _ended(held: Grant, roles: tuple[str, ...], day: str) -> Ended:
    """Tell what was revoked of a grant from a day on."""
    return Ended(_gone(held, roles), held.span.since if held.span.since > day else "")


def leave(office: Office, request: Request, code: str, since: date | None = None) -> Left:
    """Note that an officer has left."""
    person = office.directory.people.get(code)
    unit = person.unit if person is not None else ""
    before = _held_in(office, unit, since)
    entry = record(office, request, NoteLeave(code, iso(since)))
    return Left(entry, _vacancy(office, unit, since, before))


def delegate(
    office: Office,
    request: Request,
    code: str,
    *,
    principal: str,
    until: date,
    roles: Sequence[str] = (),
    since: date | None = None,
) -> Delegated:
    """Delegate some or all roles of `principal` to an officer."""
    made = Delegate(code, principal, find_roles(office, roles), iso(since), iso(until))
    return Delegated(record(office, request, made), _bound_to_unit(office, made))


def _bound_to_unit(office: Office, made: Delegate) -> tuple[str, ...]:
    """Name those roles of a delegation to another unit that only somebody of the principal's own
    unit may act in.
    """
    directory, people = office.directory, office.directory.people
    if people[made.principal].unit == people[made.officer].unit:
        return ()
    across = {
        role.name
        for workflow in office.workflows()
        for role in workflow.roles.values()
        if role.delegate == "across"
    }
    grants = (grant for grant in directory.grants if grant.officer == made.principal)
    held = {role for grant in grants if grant.principal is None for role in grant.roles}
    return tuple(sorted(set(made.roles or held) - across))


def map_account(office: Office, request: Request, code: str, account: str) -> RecordedChange:
    """Note that an operating-system account of this machine is an officer's."""
    return record(office, request, MapAccount(account, code))


def unmap_account(office: Office, request: Request, code: str, account: str) -> RecordedChange:
    """Note that an operating-system account is no longer an officer's."""
    return record(office, request, UnmapAccount(account, code))


def iso(day: date | None) -> str | None:
    """Write a day as entries have it."""
    return None if day is None else day.isoformat()


def one_line(text: str, what: str) -> str:
    """Read a title, which is one line; raises InvalidError."""
    title = clean_text(text, what)
    if not title or "\n" in title or len(title) > MOST_TITLE:
        raise InvalidError(f"{what}应为一行，不超过 {MOST_TITLE} 字")
    return title


def find_roles(office: Office, texts: Sequence[str]) -> tuple[str, ...]:
    """Find roles by name or title; raises UnknownError."""
    known = office.roles()
    names = {title: name for name, title in known.items()} | {name: name for name in known}
    for text in texts:
        if text not in names:
            raise UnknownError("角色", text, names)
    return tuple(dict.fromkeys(names[text] for text in texts))


# Looking.


def units(office: Office, on: date | None = None) -> list[UnitLine]:
    """List the units as they are on a day."""
    directory, day = office.directory, office.day(on).isoformat()
    seq = directory.seq
    serving = [person for person in directory.people.values() if person.serves(day, seq)]
    return [
        UnitLine(
            unit.code,
            unit.title(day, seq),
            unit.performs(day, seq),
            sum(person.unit == unit.code for person in serving),
        )
        for unit in directory.units.values()
    ]


def officers(
    office: Office, unit: str | None = None, *, everybody: bool = False, on: date | None = None
) -> list[OfficerLine]:
    """List the officers who serve on a day, of one unit or of all.

    `everybody`: also those who do not.
    """
    directory, day = office.directory, office.day(on).isoformat()
    code = directory.unit_code(unit) if unit else None
    return [
        _officer_line(directory, person, day)
        for person in directory.people.values()
        if (code is None or person.unit == code)
        and (everybody or person.serves(day, directory.seq))
    ]


def _officer_line(directory: Directory, person: Person, day: str) -> OfficerLine:
    seq = directory.seq
    serves = person.serves(day, seq)
    roles: tuple[str, ...] = ()
    if serves:
        roles = tuple(directory.officer(person.code, date.fromisoformat(day)).held)
    mine = [g for g in directory.grants if g.officer == person.code and g.revoked is None]
    return OfficerLine(
        code=person.code,
        title=person.title,
        unit=person.unit,
        unit_title=directory.units[person.unit].title(day, seq),
        roles=roles,
        serves=serves,
        since=person.span.since,
        left=person.left.since if person.left else None,
        grants=tuple(_grant_line(g) for g in mine if g.principal is None),
        delegations=tuple(
            _grant_line(g) for g in mine if g.principal is not None and g.holds(day, seq)
        ),
        accounts=directory.accounts_of(person.code),
        division=directory.division_title(person.code, day) or "",
    )


def _grant_line(held: Grant) -> GrantLine:
    span = held.span
    return GrantLine(held.id, held.roles, held.principal, span.since, span.until, held.waits)


# The clock.


def clock(office: Office) -> ClockLine:
    """Say how the clock stands to the last entry."""
    state = office.register.clock_state()
    return ClockLine(
        clock=state.clock,
        last=state.last,
        clock_told=in_beijing(state.clock),
        last_told=in_beijing(state.last) if state.last else "",
        most_days=state.most_days,
        behind=state.behind,
        jumped=state.jumped,
        announced_by=state.announced_by,
    )


def announce_clock(office: Office, request: Request) -> tuple[RecordedChange, str]:
    """Announce that the clock is right though it has jumped past the bound.

    Give the entry and what the clock shows in Beijing time.
    """
    shown = stamp_text(office.register.clock())
    entry = record(office, request, AnnounceClock(shown))
    return entry, in_beijing(entry.data["clock"])


def confirm_clock(office: Office, request: Request) -> tuple[RecordedChange, str]:
    """Confirm, as another person, what was announced last.

    Give the entry and its time in Beijing.
    """
    steps = office.directory.clock_steps
    entry = record(office, request, ConfirmClock(steps[-1].id if steps else ""))
    return entry, in_beijing(entry.recorded_at)
