"""Units, officers, grants and delegations: dated, judged as held then, and never left without an
administrator.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lifecycle.engine.world.moment import Officer
from lifecycle.errors import InvalidError
from lifecycle.people.changes import (
    AddOfficer,
    AddUnit,
    ChangeUnit,
    Delegate,
    FoundOffice,
    GrantRoles,
    NoteLeave,
    OfficeChange,
    OfficeDocket,
    RevokeRoles,
)
from lifecycle.people.directory import Directory, dump_directory, load_directory
from lifecycle.people.evolve import evolve_directory

ON = date(2026, 9, 1)
AT = "2026-09-01T02:00:00.000000Z"
ADMIN = Officer("admin", "管理员", "zsj", {"admin": ("e1",)})


class Chain:
    """An office folded from changes, each judged first."""

    def __init__(self) -> None:
        self.office = Directory()
        self.do(
            FoundOffice(
                unit="zsj",
                unit_title="市招商局",
                functions=("bureau",),
                officer="admin",
                title="管理员",
                roles=("admin",),
                since="2026-01-01",
            )
        )

    def do(self, change: OfficeChange, who: Officer = ADMIN) -> None:
        """Judge a change and fold it in."""
        change.judge(OfficeDocket(self.office, who, ON, AT))
        seq = self.office.seq + 1
        intent = {
            **change.to_dict(),
            "type": change.entry_type,
            "eid": f"e{seq}",
            "seq": seq,
            "occurred_on": ON.isoformat(),
            "actor": {"id": who.id},
        }
        self.office = evolve_directory(
            self.office,
            {"intent": intent, "recorded_at": f"2026-09-01T02:00:{seq:02}.000000Z"},
            f"h{seq}",
        )

    def unit(self, code: str, title: str, *functions: str) -> None:
        """Add a unit since the beginning of the year."""
        self.do(AddUnit(code, title, functions, "2026-01-01"))

    def person(self, code: str, unit: str, *roles: str) -> None:
        """Add an officer since the beginning of the year."""
        self.do(AddOfficer(code, f"{code} 岗", unit, roles, "2026-01-01"))

    def roles(self, code: str, on: date = ON, **how: Any) -> list[str]:
        """Name the roles an officer holds on a day."""
        return list(self.office.officer(code, on, **how).held)


@pytest.fixture
def chain() -> Chain:
    """An office with a land department and one officer in it."""
    made = Chain()
    made.unit("land", "国土局", "land")
    made.person("land01", "land", "land")
    return made


def test_a_role_needs_both_the_grant_and_the_units_function(chain: Chain) -> None:
    """When the function moves to another unit, those left behind hold the role no longer, from that
    day on.
    """
    chain.do(ChangeUnit("land", None, (), "2026-06-01"))
    assert chain.roles("land01", date(2026, 5, 31)) == ["land"]
    assert chain.roles("land01", date(2026, 6, 1)) == []


def test_a_rename_leaves_the_functions_alone_whatever_its_day(chain: Chain) -> None:
    """A rename, even one dated before the unit was registered, changes the name only."""
    chain.do(ChangeUnit("land", "自然资源局", None, "2025-01-01"))
    assert chain.roles("land01") == ["land"]
    chain.do(ChangeUnit("land", None, ("land", "forest"), "2026-08-01"))
    chain.do(ChangeUnit("land", "自然资源和规划局", None, "2026-03-01"))
    assert chain.office.units["land"].performs("2026-09-01", 99) == ("land", "forest")
    assert chain.office.names("2026-02-01")["land"] == "国土局"
    assert chain.office.names("2026-09-01")["land"] == "自然资源和规划局"


def test_the_only_administrator_can_neither_leave_nor_be_revoked(chain: Chain) -> None:
    """Until somebody else is administrator, the last one stays; then they may go."""
    leaving = NoteLeave("admin", "2026-09-01")
    with pytest.raises(InvalidError, match="唯一的管理员"):
        chain.do(leaving)
    with pytest.raises(InvalidError, match="唯一的管理员"):
        chain.do(RevokeRoles("e1"))
    chain.person("admin2", "zsj", "admin")
    chain.do(leaving)
    assert chain.office.administrators() == {"admin2"}


def test_a_delegation_ends_with_its_day_and_with_its_principal(chain: Chain) -> None:
    """A delegate acts with the principal's roles while it lasts, and not once the principal has
    left.
    """
    chain.person("land02", "land")
    land01 = chain.office.officer("land01", ON)
    chain.do(Delegate("land02", "land01", (), until="2026-09-10"), land01)
    assert chain.roles("land02", principal="land01") == ["land"]
    assert chain.office.principals("land02", ON) == ("land01",)
    with pytest.raises(InvalidError, match="没有委托"):
        chain.roles("land02", date(2026, 9, 11), principal="land01")
    chain.do(NoteLeave("land01", "2026-09-01"))
    assert chain.office.principals("land02", ON) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Delegate("land02", "land01", (), until="2020-01-01"), "早于起始日"),
        (Delegate("land02", "land01", ()), "委托须有截止日"),
        (Delegate("land01", "land01", (), until="2027-01-01"), "给自己"),
        (AddOfficer("land01", "x", "land"), "已有"),
        (AddOfficer("王五", "x", "land"), "不合规"),
        (AddUnit("land", "x", ()), "已有"),
        (RevokeRoles("nosuch"), "不存在或已撤销"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    chain: Chain, change: OfficeChange, message: str
) -> None:
    """Each senseless change to the office has its own message."""
    chain.person("land02", "land")
    with pytest.raises(InvalidError, match=message):
        chain.do(change)


def test_nobody_is_granted_anything_after_leaving(chain: Chain) -> None:
    """A role for somebody who has left is refused."""
    chain.do(NoteLeave("land01", "2026-09-01"))
    with pytest.raises(InvalidError, match="已登记离任"):
        chain.do(GrantRoles("land01", ("land",)))


def test_only_an_administrator_changes_the_office(chain: Chain) -> None:
    """An ordinary officer may delegate their own roles, and nothing else."""
    with pytest.raises(InvalidError, match="须由管理员办理"):
        chain.do(AddUnit("x", "x", ()), chain.office.officer("land01", ON))


def test_roles_are_told_as_known_at_any_entry(chain: Chain) -> None:
    """A grant recorded later, though dated earlier, does not change what was known before."""
    before = chain.office.seq
    chain.do(GrantRoles("land01", ("auditor",), "2026-01-01"))
    assert chain.roles("land01") == ["land", "auditor"]
    assert chain.roles("land01", seq=before) == ["land"]


def test_an_office_survives_being_written_down(chain: Chain) -> None:
    """Dumped and loaded again, an office is the same office."""
    import json

    assert load_directory(json.loads(json.dumps(dump_directory(chain.office)))) == chain.office
