"""The office as its entries make it: units, officers, grants and definitions, dated, and as known
at any entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, field
from datetime import date
from typing import Any, Self, TypeVar

from lifecycle.engine.letters.letter_gates import DUTIES
from lifecycle.engine.values import naming
from lifecycle.engine.world.moment import Officer
from lifecycle.errors import AmbiguousError, InvalidError, UnknownError, nearest
from lifecycle.frozen import dataclass, replace
from lifecycle.people.clock_step import ClockStep
from lifecycle.people.decided import Declaration, Migration, Numbering, SeriesStart
from lifecycle.workflow.migration import key_of
from lifecycle.workflow.model import Role

SYSTEM_ROLES = {
    "admin": "管理员",
    "auditor": "审计员",
    **DUTIES,
}
"""Roles that no workflow defines and no unit's function bestows: the product's own words, for its
gates are written in terms of them, so they stand beside that code and not among the bureau's rules.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when something is so (both days included; None: open), and in which entry
    that became known.
    """

    since: str
    until: str | None
    seq: int

    def covers(self, on: str, seq: int) -> bool:
        """Tell whether it was so on a day, as known after so many office entries."""
        return self.seq <= seq and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Unit:
    """A department: its names and its functions (roles), each dated.

    The one that began last holds.
    """

    code: str
    titles: tuple[tuple[str, Span], ...]
    functions: tuple[tuple[tuple[str, ...], Span], ...]

    def title(self, on: str, seq: int) -> str:
        """Give its name on a day; its first name before that."""
        return _latest(self.titles, on, seq, self.titles[0][0])

    def performs(self, on: str, seq: int) -> tuple[str, ...]:
        """Name the roles whose function it had on a day."""
        return _latest(self.functions, on, seq, ())


T = TypeVar("T")


def _also(then: Officer, now: Officer) -> Officer:
    """Give an officer with what they hold at recording, too."""
    held = {
        role: tuple(dict.fromkeys((*grants, *now.held[role])))
        for role, grants in then.held.items()
        if role in now.held
    }
    delegation = tuple(dict.fromkeys((*then.delegation, *now.delegation)))
    return replace(
        then,
        held=held,
        delegation=delegation,
        away=then.away or now.away,
        posts=then.posts & now.posts,
        mates=then.mates & now.mates,
        led=then.led & now.led,
    )


def _latest(dated: Iterable[tuple[T, Span]], on: str, seq: int, before: T) -> T:
    """Give what began last of all that holds on a day; of two that began together the one recorded
    later.
    """
    held = [(span.since, span.seq, value) for value, span in dated if span.covers(on, seq)]
    return max(held, key=lambda item: item[:2])[2] if held else before


@dataclass(frozen=True, slots=True)
class Person:
    """An officer's post in a unit; `left` says since when no longer, `divisions` in which of the
    unit's divisions, "" for none: the one that began last.
    """

    code: str
    title: str
    unit: str
    span: Span
    left: Span | None = None
    divisions: tuple[tuple[str, Span], ...] = ()

    def serves(self, on: str, seq: int) -> bool:
        """Tell whether the officer was in office on a day."""
        return self.span.covers(on, seq) and not (self.left and self.left.covers(on, seq))

    def division(self, on: str, seq: int) -> str:
        """Name the division in which they are on a day, "" for none."""
        return _latest(self.divisions, on, seq, "")


@dataclass(frozen=True, slots=True)
class Division:
    """A part of a unit (处室): its names, and who is in charge of it (分管领导; "": nobody), each
    dated. The one that began last holds.
    """

    code: str
    unit: str
    titles: tuple[tuple[str, Span], ...]
    leaders: tuple[tuple[str, Span], ...] = ()

    def title(self, on: str, seq: int) -> str:
        """Give its name on a day; its first name before that."""
        return _latest(self.titles, on, seq, self.titles[0][0])

    def leader(self, on: str, seq: int) -> str:
        """Name the officer in charge of it on a day, "" for nobody."""
        return _latest(self.leaders, on, seq, "")


@dataclass(frozen=True, slots=True)
class Post:
    """A position of a unit, kept when its holder changes: the holder that began last has it; ""
    says that nobody has.
    """

    code: str
    title: str
    unit: str
    span: Span
    holders: tuple[tuple[str, Span], ...] = ()

    def holder(self, on: str, seq: int) -> str:
        """Name the officer who had it on a day, "" for nobody."""
        return _latest(self.holders, on, seq, "") if self.span.covers(on, seq) else ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role granted to an officer, or with `roles` a delegation to them by `principal`.

    `id` is the entry's eid. One that two persons make is `proposed_by` the first, and holds once
    the second has `confirmed` it, by the office entry of that number.
    """

    id: str
    officer: str
    roles: tuple[str, ...]
    span: Span
    principal: str | None = None
    revoked: Span | None = None
    proposed_by: str = ""
    confirmed: int | None = None

    @property
    def waits(self) -> bool:
        """Tell whether it waits for somebody to confirm it."""
        return bool(self.proposed_by) and self.confirmed is None and self.revoked is None

    def holds(self, on: str, seq: int) -> bool:
        """Tell whether it was in force on a day."""
        if self.proposed_by and (self.confirmed is None or seq < self.confirmed):
            return False
        return self.span.covers(on, seq) and not (self.revoked and self.revoked.covers(on, seq))


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system account of this machine and the officer whose it is, from the office
    entry `seq` on; `ended` is the entry that took it away again.

    It holds from entry to entry, not from day to day: who is at the keyboard is a matter of the
    moment of recording, whatever day is recorded.
    """

    name: str
    officer: str
    seq: int
    ended: int | None = None

    def holds(self, seq: int) -> bool:
        """Tell whether it held after so many office entries."""
        return self.seq <= seq and (self.ended is None or seq < self.ended)


@dataclass(frozen=True, slots=True)
class Document:
    """A published definition: kind (workflow, template, calendar), name, SHA-256, the entry that
    published it, and the workflows that a variant was made from.
    """

    kind: str
    name: str
    digest: str
    seq: int
    variant_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarProposal:
    """A calendar that an officer proposed: the entry's eid and place, who, the calendar's name and
    SHA-256, and who confirmed it.
    """

    id: str
    seq: int
    officer: str
    name: str
    digest: str
    confirmed_by: str | None = None


_COMMON = re.compile("^[省市县区]|(局|委|办|厅|部|处|科|中心|支队|公司|部门|委员会|办公室)$")
"""What names of units begin and end with, whosever they are."""


def nearest_unit(text: str, names: Iterable[str]) -> str | None:
    """Name the unit that somebody may have meant: by what is a name's own, for all bureaus of a
    city are called 市…局.
    """
    owned = {_own(name): name for name in names}
    wanted = _own(text)
    near = nearest(wanted, owned, cutoff=0.6)
    if near is None and len(wanted) > 1:
        near = next((own for own in owned if wanted in own), None)
    return owned[near] if near is not None else None


def _coded(
    what: str, text: str, known: Mapping[str, object], titles: Mapping[str, str], mend: str
) -> str:
    """Find the code of what is named by code or by a title that only one bears."""
    if text in known:
        return text
    bearers = [code for code, title in titles.items() if title == text]
    if len(bearers) == 1:
        return bearers[0]
    if bearers:
        raise AmbiguousError(what, text, [f"{code} {titles[code]}" for code in bearers])
    near = nearest(text, [*known, *titles.values()])
    raise UnknownError(what, text, (), f"是否为“{near}”？" if near else mend)


def _own(name: str) -> str:
    """Give the part of a unit's name that others have not."""
    return _COMMON.sub("", _COMMON.sub("", name))


@dataclass(frozen=True)
class Directory:
    """The office after `seq` entries; `head` is the hash of the last.

    `take_over_until` is the last day on which running cases may be taken in, "" for none set.
    `clock_days` is the bound of the clock that it was founded with, 0 if with none; `founded_on`
    the day on which that was recorded; `early_workdays` by how many workdays an appointment may
    begin before its recording, None where it was founded without such a bound: then neither who
    may act for whom nor who is in office is asked where it was not asked before.
    """

    seq: int = 0
    head: str = ""
    last_at: str = ""
    last_on: str = ""
    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    documents: tuple[Document, ...] = ()
    clock_days: int = 0
    founded_on: str = ""
    early_workdays: int | None = None
    clock_steps: tuple[ClockStep, ...] = ()
    accounts: tuple[Account, ...] = ()
    proposals: tuple[CalendarProposal, ...] = ()
    posts: Mapping[str, Post] = field(default_factory=dict)
    migrations: tuple[Migration, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    take_over_until: str = ""
    numberings: tuple[Numbering, ...] = ()
    divisions: Mapping[str, Division] = field(default_factory=dict)

    @property
    def has_calendar(self) -> bool:
        """Tell whether some calendar has been put into force."""
        return any(document.kind == "calendar" for document in self.documents)

    @property
    def open_proposal(self) -> CalendarProposal | None:
        """Give the calendar that was proposed last, where it is not in force and none was put into
        force since.
        """
        last = self.proposals[-1] if self.proposals else None
        if last is None or last.confirmed_by is not None:
            return None
        later = any(d.kind == "calendar" and d.seq > last.seq for d in self.documents)
        return None if later else last

    def proposal(self, eid: str) -> CalendarProposal | None:
        """Give the calendar that an entry proposed, by its eid; None where it proposed none."""
        return next((one for one in self.proposals if one.id == eid), None)

    def document(self, kind: str, name: str, seq: int | None = None) -> str | None:
        """Give the SHA-256 of the definition of that name in force after so many office entries
        (now, if not said).
        """
        last = self.seq if seq is None else seq
        found = (
            d.digest
            for d in reversed(self.documents)
            if d.kind == kind and d.name == name and d.seq <= last
        )
        return next(found, None)

    def migration(self, name: str) -> Migration | None:
        """Give what was last proposed for a workflow and is not confirmed yet, where no other
        version has been put into force since.
        """
        last = next((one for one in reversed(self.migrations) if one.name == name), None)
        if last is None or last.confirmed or self.document("workflow", name) != last.after:
            return None
        return last

    def migrated(self, seq: int | None = None) -> dict[str, str]:
        """Map each version whose open cases were taken over, after so many office entries (now, if
        not said), to what names the rules that they came under.
        """
        last = self.seq if seq is None else seq
        return {
            one.before: key_of(one.after, one.map)
            for one in self.migrations
            if 0 < one.confirmed <= last
        }

    def declaration(self, workflow: str) -> Declaration | None:
        """Give what was last proposed of running cases of a workflow and is not confirmed yet."""
        last = next((one for one in reversed(self.declarations) if one.name == workflow), None)
        return None if last is None or last.confirmed else last

    def declared(self, seq: int | None = None) -> dict[str, tuple[str, ...]]:
        """Map what was confirmed of running cases, after so many office entries (now, if not said),
        to the digests of these.
        """
        last = self.seq if seq is None else seq
        return {one.id: one.rows for one in self.declarations if 0 < one.confirmed <= last}

    def starts(self) -> dict[str, SeriesStart]:
        """Map each series that two persons let go on from paper to where it stood there."""
        confirmed = (one.starts for one in self.numberings if one.confirmed)
        return {start.series: start for starts in confirmed for start in starts}

    def last_migration(self, before: str, seq: int | None = None) -> Migration | None:
        """Give the taking over of a version's open cases that was confirmed last, after so many
        office entries (now, if not said).
        """
        last = self.seq if seq is None else seq
        found = (one for one in self.migrations if one.before == before)
        done = [one for one in found if 0 < one.confirmed <= last]
        return max(done, key=lambda one: one.confirmed, default=None)

    def family(self, workflow: str) -> tuple[str, ...]:
        """Name a workflow and all that were ever published as variants of it."""
        variants = (d.name for d in self.documents if workflow in d.variant_of)
        return tuple(dict.fromkeys((workflow, *variants)))

    def origins(self, workflow: str) -> tuple[str, ...]:
        """Name a workflow and all those of which it was ever published as a variant."""
        found = (d.variant_of for d in self.documents if d.name == workflow)
        return tuple(dict.fromkeys((workflow, *(name for names in found for name in names))))

    def names(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map each unit's code to its name on a day."""
        last = self.seq if seq is None else seq
        return {code: unit.title(on, last) for code, unit in self.units.items()}

    def contact(self, actor: Mapping[str, str], on: str, seq: int) -> str:
        """Name whom to ask about an act: who did it or, where the clock did, the first officer by
        code of the unit that it acted for; that unit where there is none.
        """
        if actor["id"] in self.people:
            return self.people[actor["id"]].title
        there = sorted(
            code
            for code, person in self.people.items()
            if person.unit == actor["unit"] and person.span.seq <= seq and person.serves(on, seq)
        )
        if there:
            return self.people[there[0]].title
        return self.names(on, seq).get(actor["unit"], actor["unit"])

    def staff(self, on: str, seq: int | None = None) -> dict[str, frozenset[str]] | None:
        """Map each unit in which somebody was in office on a day to the roles that they held; None
        for an office that does not ask.
        """
        if self.early_workdays is None:
            return None
        last = self.seq if seq is None else seq
        held: dict[str, set[str]] = {}
        for person in self.people.values():
            if person.span.seq <= last and person.serves(on, last):
                held.setdefault(person.unit, set())
        for grant in self.grants:
            person = self.people[grant.officer]
            own = grant.principal is None and grant.holds(on, last)
            if own and person.unit in held and person.serves(on, last):
                held[person.unit].update(grant.roles)
        return {
            unit: frozenset(roles & {*self.units[unit].performs(on, last), *SYSTEM_ROLES})
            for unit, roles in held.items()
        }

    def people_on(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map each officer in office on a day to their unit."""
        last = self.seq if seq is None else seq
        return {
            person.code: person.unit
            for person in self.people.values()
            if person.span.seq <= last and person.serves(on, last)
        }

    def posts_on(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map each post to the officer who holds it on a day, "" for nobody."""
        last = self.seq if seq is None else seq
        return {
            code: post.holder(on, last)
            for code, post in self.posts.items()
            if post.span.seq <= last
        }

    def divisions_on(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map each officer in office on a day who is in a division to its code."""
        if not self.divisions:
            return {}
        last = self.seq if seq is None else seq
        placed = {code: self.people[code].division(on, last) for code in self.people_on(on, last)}
        return {code: division for code, division in placed.items() if division}

    def division_title(self, officer: str, on: str, seq: int | None = None) -> str | None:
        """Give the name of the division in which an officer was on a day, None for none."""
        last = self.seq if seq is None else seq
        person = self.people.get(officer)
        found = self.divisions.get(person.division(on, last)) if person else None
        return found.title(on, last) if found is not None else None

    def leaders_on(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map each officer in office on a day who is in a division to who is in charge of it, ""
        for nobody.
        """
        last = self.seq if seq is None else seq
        led = {code: one.leader(on, last) for code, one in self.divisions.items()}
        return {code: led[division] for code, division in self.divisions_on(on, last).items()}

    def titles(self, on: str, seq: int | None = None) -> dict[str, str]:
        """Map units to their names on a day, and officers and posts, each with its sign, to
        theirs.
        """
        people = {naming("officer", code): one.title for code, one in self.people.items()}
        posts = {naming("post", code): one.title for code, one in self.posts.items()}
        return {**people, **posts, **self.names(on, seq)}

    def unit_code(self, text: str, on: str | None = None) -> str:
        """Find a unit by code, or by the name that it bears on a day (None: its last day on
        record).

        Raises UnknownError, and InvalidError for a name that it no longer bears or does not bear
        yet: whoever writes that may mean another.
        """
        if text in self.units:
            return text
        day = on or "9999-12-31"
        bearers = [c for c, unit in self.units.items() if unit.title(day, self.seq) == text]
        if bearers:
            return bearers[0]
        for code, unit in self.units.items():
            if any(title == text for title, _ in unit.titles):
                now = unit.title(day, self.seq)
                raise InvalidError(
                    f"“{text}”不是 {code} 在这一天的名称，这一天叫“{now}”",
                    f"要写的是它，就写 {code} 或 {now}；不是它，请核对",
                )
        known = [*self.units, *(t for u in self.units.values() for t, _ in u.titles)]
        near = nearest_unit(text, known)
        mend = f"是否为“{near}”？" if near else "用 lifecycle unit list 查单位的代码和名称"
        raise UnknownError("单位", text, (), mend)

    def officer_code(self, text: str) -> str:
        """Find an officer by code, or by a title that only one of those not left bears.

        Raises UnknownError, AmbiguousError.
        """
        titles = {code: one.title for code, one in self.people.items() if not one.left}
        mend = "用 lifecycle officer list 查工号"
        return _coded("经办人", text, self.people, titles, mend)

    def post_code(self, text: str) -> str:
        """Find a post by code or title. Raises UnknownError, AmbiguousError."""
        titles = {code: post.title for code, post in self.posts.items()}
        return _coded("岗位", text, self.posts, titles, "用 lifecycle post list 查岗位的代码和名称")

    def division_code(self, text: str, unit: str | None = None) -> str:
        """Find a division by code, or by a name that only one (of a unit) bears.

        Raises UnknownError, AmbiguousError.
        """
        titles = {
            code: one.titles[-1][0]
            for code, one in self.divisions.items()
            if unit in (None, one.unit)
        }
        mend = "用 lifecycle division list 查处室的代码和名称"
        return _coded("处室", text, self.divisions, titles, mend)

    def seat_of(self, role: Role, name: str) -> str | None:
        """Name the unit of the officer or post that a case names for a role; None if there is no
        such one.
        """
        found = self.posts.get(name) if role.post else self.people.get(name)
        return found.unit if found is not None else None

    def units_with(self, role: str, on: str, seq: int | None = None) -> tuple[str, ...]:
        """Name the units that had a function on a day."""
        last = self.seq if seq is None else seq
        return tuple(code for code, unit in self.units.items() if role in unit.performs(on, last))

    def _held(self, person: Person, on: str, seq: int) -> Iterator[tuple[str, str]]:
        functions = self.units[person.unit].performs(on, seq)
        for grant in self.grants:
            if grant.principal is None and grant.officer == person.code and grant.holds(on, seq):
                for role in grant.roles:
                    if role in SYSTEM_ROLES or role in functions:
                        yield role, grant.id

    def officer(
        self,
        code: str,
        on: date,
        *,
        principal: str | None = None,
        done_by: str | None = None,
        because: str = "",
        recorded: str | None = None,
        seq: int | None = None,
    ) -> Officer:
        """Say who an officer was on a day and what roles they held, as known after so many office
        entries.

        With `principal`, the officer acts for that one, with the roles delegated. What is
        `recorded` on a later day (YYYY-MM-DD; None: on the day itself) needs the same roles then
        too: whoever records holds the role at recording; `because` says why it is recorded only
        then. With `done_by`, the officer records what that one did on the day. Raises UnknownError,
        InvalidError.
        """
        last = self.seq if seq is None else seq
        day = on.isoformat()
        now = recorded or day
        if done_by is not None:
            return self._recording(code, done_by, because, (day, now), last)
        then = self._acting(code, principal, day, last)
        if now == day:
            if because:
                raise InvalidError("--because 只用于补录以前的日子", "去掉 --because")
            return then
        return replace(_also(then, self._acting(code, principal, now, last)), because=because)

    def _acting(self, code: str, principal: str | None, day: str, seq: int) -> Officer:
        """Say who an officer was on one day, by themselves or for a principal."""
        person = self._person(code, day, seq)
        if principal is None:
            held = {role: (grant,) for role, grant in self._held(person, day, seq)}
            return Officer(
                code,
                person.title,
                person.unit,
                held,
                posts=self._posts_of(code, day, seq),
                mates=self._mates_of(code, day, seq),
                led=self._led_by(code, day, seq),
            )
        behalf = self._person(principal, day, seq)
        held = {role: (grant,) for role, grant in self._held(behalf, day, seq)}
        for grant in reversed(self.grants):
            if (grant.officer, grant.principal) == (code, principal) and grant.holds(day, seq):
                roles = {
                    role: held[role] for role in held if not grant.roles or role in grant.roles
                }
                away = self.early_workdays is not None and person.unit != behalf.unit
                return Officer(
                    code,
                    person.title,
                    behalf.unit,
                    roles,
                    principal,
                    (grant.id,),
                    away=away,
                    posts=self._posts_of(principal, day, seq),
                    limited=grant.roles,
                    mates=self._mates_of(principal, day, seq),
                    led=self._led_by(principal, day, seq),
                )
        if any(
            (grant.officer, grant.principal) == (code, principal)
            and grant.span.seq <= seq
            and grant.span.since > day
            for grant in self.grants
        ):
            raise InvalidError(
                f"{principal} 在 {day} 还没有委托 {code} 代办：补录以前的事，当时也须已经委托",
                f"由 {principal} 补录；当时是 {principal} 办的，其同单位、同角色的经办人也可补录："
                f"--done-by {principal} --because 理由",
            )
        raise InvalidError(
            f"{principal} 在 {day} 没有委托 {code} 代办",
            f"请 {principal} 先办：lifecycle officer delegate {code} --until 日期 --as {principal}",
        )

    def _posts_of(self, code: str, day: str, seq: int) -> frozenset[str]:
        """Name the posts that an officer had on a day."""
        mine = (post.code for post in self.posts.values() if post.holder(day, seq) == code)
        return frozenset(mine)

    def _mates_of(self, code: str, day: str, seq: int) -> frozenset[str]:
        """Name those who were in an officer's division on a day, themselves included."""
        placed = self.divisions_on(day, seq)
        own = placed.get(code)
        return frozenset(one for one, division in placed.items() if own and division == own)

    def _led_by(self, code: str, day: str, seq: int) -> frozenset[str]:
        """Name those of whose division an officer was in charge on a day."""
        led = self.leaders_on(day, seq)
        return frozenset(one for one, leader in led.items() if leader == code)

    def _recording(
        self, code: str, done_by: str, because: str, days: tuple[str, str], seq: int
    ) -> Officer:
        """Say as whom an officer records what somebody else did on an earlier day: in the same
        unit, or in the one that has the function now.
        """
        day, now = days
        if not day < now:
            raise InvalidError(
                "--done-by 只用于补录以前的日子", "当天的事，请本人办理，或由其委托：--for"
            )
        if not because:
            raise InvalidError("没有说明为什么由别人补录", "加 --because 理由")
        if done_by == code:
            raise InvalidError("--done-by 写的就是本人", "去掉 --done-by 和 --because")
        then = self._acting(done_by, None, day, seq)
        mine = self._acting(code, None, now, seq)
        heirs = self.units[then.unit].performs(now, seq)
        held = {
            role: tuple(dict.fromkeys((*grants, *mine.held[role])))
            for role, grants in then.held.items()
            if role in mine.held and (mine.unit == then.unit or role not in (*heirs, *SYSTEM_ROLES))
        }
        if not held:
            raise InvalidError(
                f"{code} 不能补录 {done_by} 在 {day} 办的事：现在没有其当时的角色，"
                "或不在同一单位（职能也没有转来）",
                "请现在同一单位、同一角色的经办人补录",
            )
        return Officer(
            code,
            mine.title,
            then.unit,
            held,
            done_by=done_by,
            because=because,
            posts=then.posts & mine.posts,
            mates=then.mates & mine.mates,
            led=then.led & mine.led,
        )

    def check_in_office(self, code: str, day: str, seq: int) -> None:
        """Refuse somebody who is not in office on a day: who has left records nothing more, however
        it is dated.
        """
        self._person(code, day, seq)

    def _person(self, code: str, day: str, seq: int) -> Person:
        person = self.people.get(code)
        if person is None or person.span.seq > seq:
            raise UnknownError("经办人", code, self.people)
        if not person.serves(day, seq):
            mend = "请由在岗的经办人办理"
            if day < person.span.since:
                mend += f"：{code} 自 {person.span.since} 起在岗，建库时名册可写更早的 since"
            raise InvalidError(f"{code}（{person.title}）在 {day} 不在岗", mend)
        return person

    def acting(self, code: str, on: date, seq: int | None = None) -> list[Officer]:
        """Give an officer as of a day, and after them everybody for whom they act by delegation, as
        known after so many office entries (now, if not said).
        """
        principals = (None, *self.principals(code, on, seq))
        return [self.officer(code, on, principal=principal, seq=seq) for principal in principals]

    def principals(self, code: str, on: date, seq: int | None = None) -> tuple[str, ...]:
        """Name those in office for whom an officer may act on a day."""
        day, last = on.isoformat(), self.seq if seq is None else seq
        found = (
            g.principal
            for g in self.grants
            if g.officer == code and g.principal and g.holds(day, last)
        )
        return tuple(name for name in dict.fromkeys(found) if self.people[name].serves(day, last))

    def holder(self, account: str, seq: int | None = None) -> str | None:
        """Give the officer whose an operating-system account was after so many office entries (now,
        if not said); None for an account that is nobody's.
        """
        last = self.seq if seq is None else seq
        held = (one.officer for one in self.accounts if one.name == account and one.holds(last))
        return next(held, None)

    def accounts_of(self, officer: str) -> tuple[str, ...]:
        """Name the operating-system accounts that an officer now has."""
        mine = (one for one in self.accounts if one.officer == officer and one.holds(self.seq))
        return tuple(one.name for one in mine)

    def administrators(self) -> set[str]:
        """Name those who are administrators and have not left or been told to."""
        granted = (
            g for g in self.grants if "admin" in g.roles and g.principal is None and not g.revoked
        )
        return {
            g.officer for g in granted if not self.people[g.officer].left and g.span.until is None
        }

    def grant(self, eid: str) -> Grant | None:
        """Give the grant or delegation that an entry made, by its eid; None where it made none."""
        return next((grant for grant in self.grants if grant.id == eid), None)

    def with_grant(
        self,
        eid: str,
        officer: str,
        roles: tuple[str, ...],
        span: Span,
        principal: str | None = None,
        *,
        proposed_by: str = "",
    ) -> Self:
        """Give the office with a grant or delegation to an officer who is there."""
        if officer not in self.people:
            return self
        grant = Grant(eid, officer, roles, span, principal, proposed_by=proposed_by)
        return replace(self, grants=(*self.grants, grant))

    def with_confirmed(self, eid: str, seq: int) -> Self:
        """Give the office in which a grant that waited is confirmed by an entry."""
        grants = (replace(g, confirmed=seq) if g.id == eid and g.waits else g for g in self.grants)
        return replace(self, grants=tuple(grants))

    def without_grant(self, eid: str, span: Span) -> Self:
        """Give the office in which the grant of an entry is revoked."""
        grants = (replace(g, revoked=span) if g.id == eid else g for g in self.grants)
        return replace(self, grants=tuple(grants))


def dump_directory(directory: Directory) -> dict[str, Any]:
    """Give the office as plain values for canonical JSON."""
    values = asdict(directory)
    for name in (
        "clock_days",
        "founded_on",
        "early_workdays",
        "clock_steps",
        "accounts",
        "proposals",
        "posts",
        "migrations",
        "declarations",
        "take_over_until",
        "numberings",
        "divisions",
    ):  # left out where empty: so are they in offices older than these
        if values[name] in ((), {}, "", None) or (name == "clock_days" and not values[name]):
            del values[name]
    for person in values["people"].values():
        if not person["divisions"]:
            del person["divisions"]
    for grant in values["grants"]:
        if not grant["proposed_by"]:
            del grant["proposed_by"], grant["confirmed"]
    for document in values["documents"]:
        if not document["variant_of"]:
            del document["variant_of"]
    return values


def load_directory(data: Mapping[str, Any]) -> Directory:
    """Rebuild the office from `dump_directory`'s values."""
    units = {
        code: Unit(
            code,
            tuple((title, Span(**span)) for title, span in unit["titles"]),
            tuple((tuple(roles), Span(**span)) for roles, span in unit["functions"]),
        )
        for code, unit in data["units"].items()
    }
    people = {
        code: Person(
            code,
            p["title"],
            p["unit"],
            Span(**p["span"]),
            Span(**p["left"]) if p["left"] else None,
            _load_dated(p.get("divisions", ())),
        )
        for code, p in data["people"].items()
    }
    grants = tuple(
        Grant(
            g["id"],
            g["officer"],
            tuple(g["roles"]),
            Span(**g["span"]),
            g["principal"],
            Span(**g["revoked"]) if g["revoked"] else None,
            g.get("proposed_by", ""),
            g.get("confirmed"),
        )
        for g in data["grants"]
    )
    documents = tuple(
        Document(**{**d, "variant_of": tuple(d.get("variant_of", ()))}) for d in data["documents"]
    )
    steps = tuple(ClockStep(**step) for step in data.get("clock_steps", ()))
    accounts = tuple(Account(**account) for account in data.get("accounts", ()))
    proposals = tuple(CalendarProposal(**proposal) for proposal in data.get("proposals", ()))
    posts = {
        code: Post(
            code,
            post["title"],
            post["unit"],
            Span(**post["span"]),
            tuple((holder, Span(**span)) for holder, span in post["holders"]),
        )
        for code, post in data.get("posts", {}).items()
    }
    return Directory(
        data["seq"],
        data["head"],
        data["last_at"],
        data["last_on"],
        units,
        people,
        grants,
        documents,
        data.get("clock_days", 0),
        data.get("founded_on", ""),
        data.get("early_workdays"),
        steps,
        accounts,
        proposals,
        posts,
        tuple(Migration(**one) for one in data.get("migrations", ())),
        tuple(
            Declaration(**{**one, "rows": tuple(one["rows"])})
            for one in data.get("declarations", ())
        ),
        data.get("take_over_until", ""),
        tuple(
            Numbering(**{**one, "starts": tuple(SeriesStart(**start) for start in one["starts"])})
            for one in data.get("numberings", ())
        ),
        {
            code: Division(
                code, one["unit"], _load_dated(one["titles"]), _load_dated(one["leaders"])
            )
            for code, one in data.get("divisions", {}).items()
        },
    )


def _load_dated(values: Iterable[Any]) -> tuple[tuple[str, Span], ...]:
    """Rebuild names that hold from day to day."""
    return tuple((name, Span(**span)) for name, span in values)
