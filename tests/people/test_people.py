"""Units, officers, grants and delegations: dated, judged as held then, and never left without an
administrator.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lifecycle.engine.moment import Officer
from lifecycle.errors import InvalidError
from lifecycle.people.change import decide_office
from lifecycle.people.directory import Directory, dump_directory, evolve_directory, load_directory

ON = date(2026, 9, 1)
AT = "2026-09-01T02:00:00.000000Z"
ADMIN = Officer("admin", "管理员", "zsj", {"admin": ("e1",)})


class Chain:
    """An office folded from changes, each judged first."""

    def __init__(self) -> None:
        self.office = Directory()
        founding = {
            "unit": "zsj",
            "unit_title": "市招商局",
            "functions": ["bureau"],
            "since": "2026-01-01",
        }
        self.do(
            "office_founded",
            {**founding, "officer": "admin", "title": "管理员", "roles": ["admin"]},
        )

    def do(self, kind: str, data: dict[str, Any], who: Officer = ADMIN) -> None:
        """Judge a change and fold it in."""
        decide_office(self.office, kind, data, who, ON, at=AT)
        seq = self.office.seq + 1
        intent = {
            "type": kind,
            "data": data,
            "eid": f"e{seq}",
            "seq": seq,
            "occurred_on": ON.isoformat(),
            "files": [],
        }
        self.office = evolve_directory(
            self.office,
            {"intent": intent, "recorded_at": f"2026-09-01T02:00:{seq:02}.000000Z"},
            f"h{seq}",
        )

    def unit(self, code: str, title: str, *functions: str) -> None:
        """Add a unit since the beginning of the year."""
        self.do(
            "unit_added",
            {"unit": code, "title": title, "functions": [*functions], "since": "2026-01-01"},
        )

    def person(self, code: str, unit: str, *roles: str) -> None:
        """Add an officer since the beginning of the year."""
        data = {
            "officer": code,
            "title": f"{code} 岗",
            "unit": unit,
            "roles": [*roles],
            "since": "2026-01-01",
        }
        self.do("officer_added", data)

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
    chain.do(
        "unit_changed", {"unit": "land", "title": None, "functions": [], "since": "2026-06-01"}
    )
    assert chain.roles("land01", date(2026, 5, 31)) == ["land"]
    assert chain.roles("land01", date(2026, 6, 1)) == []


def test_a_rename_leaves_the_functions_alone_whatever_its_day(chain: Chain) -> None:
    """A rename, even one dated before the unit was registered, changes the name only."""
    chain.do(
        "unit_changed",
        {"unit": "land", "title": "自然资源局", "functions": None, "since": "2025-01-01"},
    )
    assert chain.roles("land01") == ["land"]
    chain.do(
        "unit_changed",
        {"unit": "land", "title": None, "functions": ["land", "forest"], "since": "2026-08-01"},
    )
    chain.do(
        "unit_changed",
        {"unit": "land", "title": "自然资源和规划局", "functions": None, "since": "2026-03-01"},
    )
    assert chain.office.units["land"].performs("2026-09-01", 99) == ("land", "forest")
    assert chain.office.names("2026-02-01")["land"] == "国土局"
    assert chain.office.names("2026-09-01")["land"] == "自然资源和规划局"


def test_the_only_administrator_can_neither_leave_nor_be_revoked(chain: Chain) -> None:
    """Until somebody else is administrator, the last one stays; then they may go."""
    leaving = {"officer": "admin", "since": "2026-09-01"}
    with pytest.raises(InvalidError, match="唯一的管理员"):
        chain.do("officer_left", leaving)
    with pytest.raises(InvalidError, match="唯一的管理员"):
        chain.do("role_revoked", {"grant": "e1"})
    chain.person("admin2", "zsj", "admin")
    chain.do("officer_left", leaving)
    assert chain.office.administrators() == {"admin2"}


def test_a_delegation_ends_with_its_day_and_with_its_principal(chain: Chain) -> None:
    """A delegate acts with the principal's roles while it lasts, and not once the principal has
    left.
    """
    chain.person("land02", "land")
    land01 = chain.office.officer("land01", ON)
    chain.do(
        "delegation_made",
        {"officer": "land02", "principal": "land01", "roles": [], "until": "2026-09-10"},
        land01,
    )
    assert chain.roles("land02", principal="land01") == ["land"]
    assert chain.office.principals("land02", ON) == ("land01",)
    with pytest.raises(InvalidError, match="没有委托"):
        chain.roles("land02", date(2026, 9, 11), principal="land01")
    chain.do("officer_left", {"officer": "land01", "since": "2026-09-01"})
    assert chain.office.principals("land02", ON) == ()


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (
            "delegation_made",
            {"officer": "land02", "principal": "land01", "roles": [], "until": "2020-01-01"},
            "早于起始日",
        ),
        (
            "delegation_made",
            {"officer": "land02", "principal": "land01", "roles": []},
            "委托须有截止日",
        ),
        (
            "delegation_made",
            {"officer": "land01", "principal": "land01", "roles": [], "until": "2027-01-01"},
            "给自己",
        ),
        ("officer_added", {"officer": "land01", "title": "x", "unit": "land", "roles": []}, "已有"),
        ("officer_added", {"officer": "王五", "title": "x", "unit": "land", "roles": []}, "不合规"),
        ("unit_added", {"unit": "land", "title": "x", "functions": []}, "已有"),
        ("role_revoked", {"grant": "nosuch"}, "不存在或已撤销"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    chain: Chain, kind: str, data: dict[str, Any], message: str
) -> None:
    """Each senseless change to the office has its own message."""
    chain.person("land02", "land")
    with pytest.raises(InvalidError, match=message):
        chain.do(kind, data)


def test_nobody_is_granted_anything_after_leaving(chain: Chain) -> None:
    """A role for somebody who has left is refused."""
    chain.do("officer_left", {"officer": "land01", "since": "2026-09-01"})
    with pytest.raises(InvalidError, match="已登记离任"):
        chain.do("role_granted", {"officer": "land01", "roles": ["land"]})


def test_only_an_administrator_changes_the_office(chain: Chain) -> None:
    """An ordinary officer may delegate their own roles, and nothing else."""
    with pytest.raises(InvalidError, match="须由管理员办理"):
        chain.do(
            "unit_added",
            {"unit": "x", "title": "x", "functions": []},
            chain.office.officer("land01", ON),
        )


def test_roles_are_told_as_known_at_any_entry(chain: Chain) -> None:
    """A grant recorded later, though dated earlier, does not change what was known before."""
    before = chain.office.seq
    chain.do("role_granted", {"officer": "land01", "roles": ["auditor"], "since": "2026-01-01"})
    assert chain.roles("land01") == ["land", "auditor"]
    assert chain.roles("land01", seq=before) == ["land"]


def test_an_office_survives_being_written_down(chain: Chain) -> None:
    """Dumped and loaded again, an office is the same office."""
    import json

    assert load_directory(json.loads(json.dumps(dump_directory(chain.office)))) == chain.office
