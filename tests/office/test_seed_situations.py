"""Situations that the bureau's plan names, each in a few small workflows of tests/data/situations.

Others of them stand elsewhere: a problem that blocks its works until it is solved (test_links), a
transfer that moves the locality (test_effects), a project reported twice (test_collections), a hold
that has lapsed while the clock slept (test_by_clock).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from homes import Home
from linked_office import LinkedOffice

Project = dict[str, str]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with projects, their rates, policies, claims and inspections."""
    return LinkedOffice(tmp_path, monkeypatch, home, "situations")


def opened(office: LinkedOffice, workflow: str, **facts: str) -> str:
    """Open a case, and give its number."""
    words = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    return office.do("open", workflow, *words, by="b1").strip()


def facts_of(office: LinkedOffice, number: str) -> dict[str, Any]:
    """Give the facts of a case."""
    found: dict[str, Any] = office.asks("show", number)["case"]["facts"]
    return found


# ── Rates ──


def shares(total: int, count: int) -> Iterator[int]:
    """Share an amount among projects, what is left over to the first."""
    each = total // count
    yield total - each * (count - 1)
    yield from [each] * (count - 1)


def projects(
    area: str,
    signed: int,
    performed: int,
    started: tuple[int, int],
    funds: tuple[int, int],
    running: tuple[int, int],
) -> Iterator[Project]:
    """Give the big projects of an area: of so many signed, so many have performed, have started
    and run of those that were to, and so much of what was to come has come (万元).
    """
    came, to_come = (list(shares(total, signed)) for total in funds)
    for index in range(signed):
        project = {
            "name": f"{area}项目之{index + 1}",
            "area": area,
            "investment": "10000",
            "agreed_on": f"{2024 + index % 3}-01-01",
            "start_due_on": "2026-09-30" if index < started[1] else "2026-10-01",
            "finish_due_on": "2026-09-30" if index < running[1] else "2026-10-01",
            "funds_actual": str(came[index]),
            "funds_plan": str(to_come[index]),
        }
        if index < performed:
            project["performed_on"] = "2026-08-01"
        if index < started[0]:
            project["started_on"] = "2026-08-01"
        if index < running[0]:
            project["opened_on_day"] = "2026-09-01"
        yield project


JINYUN = list(projects("缙云县", 11, 11, (9, 9), (312000, 305000), (5, 6)))
JINGNING = list(projects("景宁县", 3, 3, (1, 2), (22000, 40000), (0, 0)))
NOT_COUNTED: list[Project] = [
    {**JINGNING[0], "name": "不满一亿", "investment": "9999.99"},
    {**JINGNING[0], "name": "三年以前", "agreed_on": "2023-12-31"},
]


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        pytest.param("缙云县", ("11", "100", "100", "100", "83.33", "95.83", "绿"), id="capped"),
        pytest.param("景宁县", ("3", "100", "50", "55", None, "68.33", "黄"), id="nothing due"),
    ],
)
def test_the_rates_of_an_area_come_from_what_its_projects_entered(
    office: LinkedOffice, area: str, expected: tuple[str | None, ...]
) -> None:
    """Funds beyond the plan count as all of it; where nothing was to run there is no such rate, and
    the others share its weight. What came after the day is not in it, nor projects that are small,
    old or of another area.
    """
    rows = [*JINYUN, *JINGNING, *NOT_COUNTED]
    path = office.write("projects.yaml", yaml.safe_dump(rows, allow_unicode=True))
    office.do("open", "project", "--from", path, by="b1")
    office.at("2026-10-08")
    office.do("set", "景宁县项目之2", "funds_actual=90000", "started_on=2026-10-07", by="b1")
    number = opened(office, "rates", subject="三季度", area=area, as_of="2026-09-30")
    office.do("advance", number, by="b1")
    found = facts_of(office, number)
    names = ("signed", "performance", "start", "funds", "opening", "score")
    figures = [None if found.get(name) is None else Decimal(found[name]) for name in names]
    assert figures == [None if one is None else Decimal(one) for one in expected[:6]]
    assert found["light"] == expected[6]
    assert office.findings() == []


# ── Policies and claims on them ──


def policy(office: LinkedOffice, fund: str = "300") -> str:
    """Issue a policy with so much money (万元), and give its number."""
    number = opened(office, "policy", title="文旅扶持", fund=fund)
    office.do("advance", number, "issue", by="b1")
    return number


def claim(office: LinkedOffice, of: str, amount: str) -> str:
    """Claim an amount by a policy, and give the claim's number."""
    return opened(office, "claim", subject=f"兑现{amount}", policy=of, amount=amount)


def test_a_policy_that_is_repealed_grants_nothing(office: LinkedOffice) -> None:
    """Nobody claims by it any more, and what was claimed before is not granted after; what was
    granted before is paid.
    """
    of = policy(office)
    before, waiting = claim(office, of, "100"), claim(office, of, "100")
    office.do("advance", before, "grant", by="b1")
    office.do("advance", of, "repeal", "--note", "另有新办法", by="b1")
    new = ("open", "claim", "--set", "subject=又一件", "--set", f"policy={of}", "--set", "amount=1")
    (refused,) = office.refusal(*new, by="b1")
    assert refused.endswith("（所依据的政策未施行或已废止）")
    (refused,) = office.refusal("advance", waiting, "grant", by="b1")
    assert refused.endswith("（所依据的政策已废止）")
    office.do("advance", before, "pay", by="b1")
    assert office.findings() == []


def test_a_policy_grants_no_more_than_its_money(office: LinkedOffice) -> None:
    """Of 300, 100 and 100 are granted, and 200 are not; paid or not, what was granted counts, and
    what is given back can be granted again.
    """
    of = policy(office)
    other = claim(office, policy(office), "300")
    first, second, third = (claim(office, of, amount) for amount in ("100", "100", "200"))
    for number in (other, first, second):
        office.do("advance", number, "grant", by="b1")
    office.do("advance", first, "pay", by="b1")
    (refused,) = office.refusal("advance", third, "grant", by="b1")
    assert refused.endswith("（超过政策的资金总额）")
    office.do("advance", second, "refuse", "--note", "申请人放弃", by="b1")
    office.do("advance", third, "grant", by="b1")
    assert office.findings() == []


# ── A quarter's inspections ──


def test_a_quarter_is_closed_when_all_its_inspections_are(office: LinkedOffice) -> None:
    """One launch opens an inspection for every open project and for no other; while one is open,
    the quarter is.
    """
    numbers = [opened(office, "project", name=name, area="云和县") for name in ("甲", "乙", "丙")]
    office.do("advance", numbers[1], "finish", by="b1")
    quarter = opened(office, "quarter", title="三季度")
    launched = office.asks("advance", quarter, "launch", by="b1")
    first, last = (effect["number"] for effect in launched["effects"])
    assert [facts_of(office, one)["project"] for one in (first, last)] == [numbers[0], numbers[2]]
    opened(office, "project", name="立于其后", area="云和县")
    for inspection in (first, last):
        (refused,) = office.refusal("advance", quarter, "close", by="b1")
        assert refused.endswith("（还有督查件没有办结）")
        late = "是" if inspection == first else "否"
        office.do("advance", inspection, "report", "--set", f"late={late}", by="l1")
    office.do("advance", quarter, "close", by="b1")
    found = facts_of(office, quarter)
    assert (found["launched"], found["behind"]) == (2, 1)
    assert office.findings() == []
