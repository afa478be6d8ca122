"""Roles that two persons grant (`sealing`): one proposes, another confirms; nobody delegates."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.ledger.library import Library


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office of the second day, with an auditor, in which whoever pays is sealed."""
    made = LinkedOffice(tmp_path, monkeypatch, home, "sealed")
    made.do("unit", "change", "zsj", "--function", "bureau", "--function", "payer", by="admin")
    made.do("officer", "add", "aud", "审计员", "--unit", "gt", "--role", "auditor", by="admin")
    made.at("2026-09-08")
    return made


def opened(office: LinkedOffice) -> str:
    """Open a payment; gives its number."""
    return office.do("open", "payment", "--set", "name=剑瓷园", by="b1").strip()


def waits(office: LinkedOffice, who: str) -> list[str]:
    """Name the roles of an officer that wait for somebody to confirm them."""
    found = office.asks("officer", "list")["officers"]
    (one,) = [line for line in found if line["officer"] == who]
    return [role for grant in one["grants"] if grant["waits"] for role in grant["roles"]]


def test_a_sealed_role_holds_once_another_person_confirms_it(office: LinkedOffice) -> None:
    """Until then it is shown as waiting, and gives nothing."""
    number = opened(office)
    told = office.do("officer", "grant", "b1", "payer", by="admin")
    assert told.startswith("已提出授予 b1：拨付人（payer）；另一名管理员或审计员确认以后生效：")
    assert waits(office, "b1") == ["payer"]
    assert "待另一人确认" in office.do("officer", "list")
    assert office.refusal("advance", number, "pay", by="b1")
    office.do("officer", "confirm", "b1", "拨付人", by="aud")
    assert waits(office, "b1") == []
    office.do("advance", number, "pay", by="b1")
    assert office.findings() == []


@pytest.mark.parametrize("who", ["admin", "b1", "b2"])
def test_neither_who_proposed_nor_who_gets_it_nor_anybody_else_confirms(
    office: LinkedOffice, who: str
) -> None:
    """Not even as an auditor or administrator of their own."""
    office.do("officer", "grant", "b1", "auditor", by="admin")
    office.do("officer", "grant", "b1", "payer", by="admin")
    assert office.fails("officer", "confirm", "b1", "payer", by=who)[0] == 1
    assert waits(office, "b1") == ["payer"]


def test_what_was_withdrawn_cannot_be_confirmed(office: LinkedOffice) -> None:
    """Nor what was confirmed already, or never proposed."""
    assert office.fails("officer", "confirm", "b1", "payer", by="aud")[0] == 1
    office.do("officer", "grant", "b1", "payer", by="admin")
    office.do("officer", "revoke", "b1", "payer", by="admin")
    assert office.fails("officer", "confirm", "b1", "payer", by="aud")[0] == 1
    office.do("officer", "grant", "b1", "payer", by="admin")
    office.do("officer", "confirm", "b1", "payer", by="aud")
    assert office.fails("officer", "confirm", "b1", "payer", by="aud")[0] == 1
    assert office.findings() == []


def test_no_other_way_gives_it(office: LinkedOffice) -> None:
    """Not with a new officer, not among other roles, not by delegation."""
    number = opened(office)
    add = ("officer", "add", "b9", "出纳", "--unit", "zsj", "--role", "payer")
    assert "须两人授权" in office.fails(*add, by="admin")[1]
    both = ("officer", "grant", "b1", "bureau", "payer")
    assert "单独授予" in office.fails(*both, by="admin")[1]
    office.do("officer", "grant", "b1", "payer", by="admin")
    office.do("officer", "confirm", "b1", "payer", by="aud")
    office.do("officer", "delegate", "b2", "--until", "2026-09-30", by="b1")
    told = office.refusal("advance", number, "pay", "--for", "b1", by="b2")
    assert told[0].startswith("角色 拨付人 须两人授权，不能委托")


def test_on_the_day_of_its_founding_one_person_is_enough(office: LinkedOffice) -> None:
    """There may be one only; what was granted then holds."""
    office.at("2026-09-07", "18:00")
    office.do("officer", "grant", "b2", "payer", by="admin")
    assert waits(office, "b2") == []
    number = opened(office)
    office.do("advance", number, "pay", by="b2")
    assert office.findings() == []


def test_a_grant_by_one_person_is_found(office: LinkedOffice) -> None:
    """What an office that asked nobody else has recorded is judged again, and told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Library, "sealing", lambda _self, _directory: frozenset())
        office.do("officer", "grant", "b1", "payer", by="admin")
    (found,) = office.findings()
    assert found[0] == "authority"
    assert "payer 须两人授权，只能先提出" in found[2]
