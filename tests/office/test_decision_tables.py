"""Decision tables: a value by bands, the same in settings and conditions, with the version's own
rows.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office that grades projects by a table."""
    return LinkedOffice(tmp_path, monkeypatch, home, "decided")


def opened(office: LinkedOffice, amount: str, veto: str = "否") -> str:
    """Open a case, and give its number."""
    facts = ("--set", "name=剑瓷园", "--set", f"amount={amount}", "--set", f"veto={veto}")
    return office.do("open", "admission", *facts, by="b1").strip()


@pytest.mark.parametrize(
    ("amount", "veto", "grade", "days"),
    [
        ("10000", "否", "重大", 20),
        ("9999.99", "否", "重点", 20),
        ("3000", "否", "重点", 20),
        ("2999.99", "否", "一般", 10),
        ("0", "否", "一般", 10),
        ("10000", "是", "不予准入", 20),
    ],
)
def test_the_first_row_that_holds_decides(
    office: LinkedOffice, amount: str, veto: str, grade: str, days: int
) -> None:
    """At each bound and beside it; a row above goes before those below. The audit computes the
    same.
    """
    number = opened(office, amount, veto)
    office.do("advance", number, "rate", by="b1")
    values = office.asks("show", number, by="b1")["case"]["facts"]
    assert (values["grade"], values["days"]) == (grade, days)
    assert office.findings() == []
    assert office.asks("replay", number, by="b1")["ok"] is True


def test_a_condition_tells_the_value_given_and_the_one_wanted(office: LinkedOffice) -> None:
    """The table is called by its title."""
    number = opened(office, "5000")
    office.do("advance", number, "rate", by="b1")
    told = office.refusal("advance", number, "admit", by="b1")
    assert told == ["条件 项目等级 为 重点，应为 重大（只有重大项目可以准入）"]


def test_a_table_that_lacks_a_fact_names_it(office: LinkedOffice) -> None:
    """Nothing is decided without what a row has to look at."""
    facts = ("--set", "name=剑瓷园", "--set", "veto=否")
    number = office.do("open", "admission", *facts, by="b1").strip()
    told = office.refusal("advance", number, "rate", by="b1")
    assert told[0].startswith("计算 等级 算不出：缺 总投资")


def test_what_a_table_read_is_read(office: LinkedOffice) -> None:
    """A figure that a standing step graded by changes by a correction only."""
    number = opened(office, "5000")
    office.do("advance", number, "rate", by="b1")
    assert office.refusal("set", number, "amount=20000", by="b1")
    told = office.do("correct", number, "amount=20000", "--note", "报告有误", by="b1")
    assert "等级" in told


def test_a_new_version_has_rows_of_its_own(office: LinkedOffice) -> None:
    """A case that began under the old table is graded by it."""
    number = opened(office, "5000")
    path = office.rules / "admission.yaml"
    text = path.read_text("utf-8").replace(
        "amount >= 3000, then: 重点", "amount >= 6000, then: 重点"
    )
    path.write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    office.do("workflow", "publish", str(path), by="admin")
    office.do("advance", number, "rate", by="b1")
    assert office.asks("show", number, by="b1")["case"]["facts"]["grade"] == "重点"
    later = opened(office, "5000")
    office.do("advance", later, "rate", by="b1")
    assert office.asks("show", later, by="b1")["case"]["facts"]["grade"] == "一般"
    assert office.findings() == []
