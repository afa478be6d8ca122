"""Opening a case: who opens it may enter then what is theirs to enter, and nothing of
other roles.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from walking import Walk

from lifecycle.office.administration.audit import Audit

NAMED = (
    "--set",
    "name=瓯江茶旅小镇",
    "--set",
    "area=景宁县",
    "--set",
    "category=茶旅",
    "--set",
    "investor=某公司",
)
OWN = ("open", "project", *NAMED, "--set", "investment=26000", "--set", "x_units=linye")
FOREIGN = ("--set", "far_max=19", "--set", "height_max=999", "--set", "deal_price=1")
REFUSED = """\
不能办理：市区非工招商项目“5+x”推进流程　立项
  ✗ 角色　　容积率上限 由 建设（规划） 填，立项的人不能填
            立项时去掉，立项后由其填：lifecycle set 编号 far_max=…
  ✗ 角色　　建筑高度上限 由 建设（规划） 填，立项的人不能填
            立项时去掉，立项后由其填：lifecycle set 编号 height_max=…
  ✗ 角色　　成交价 由 国土 填，立项的人不能填
            立项时去掉，由其办理“成交确认”时填：lifecycle advance 编号 deal --set deal_price=…
  ✓ 角色　　市招商局（bureau01）
依据：workflows/project.yaml　改革方案 二（三）2
"""


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Give the shipped office."""
    monkeypatch.chdir(tmp_path)
    return Walk.begin(tmp_path, monkeypatch, on=date(2026, 9, 1))


def test_facts_of_other_roles_are_refused_at_the_opening(walk: Walk) -> None:
    """A5: each fact whose `by:` names others is one unmet gate that says who enters it, when, by
    which command.
    """
    refused = walk.run(*OWN, *FOREIGN, "--as", "bureau01", code=1)
    assert refused.stderr == REFUSED
    assert walk.run(*OWN, *FOREIGN, "--as", "bureau01", "--dry-run", code=1).stderr == REFUSED
    assert walk.asks("list")["cases"] == []


def test_what_is_the_openers_is_entered(walk: Walk) -> None:
    """A5: facts of the opener's own role, and those without `by:`, come with the opening."""
    walk.run(*OWN, "--as", "bureau01")
    facts = walk.asks("show", "瓯江")["facts"]
    assert facts == {
        "name": "瓯江茶旅小镇",
        "area": "景宁县",
        "category": "茶旅",
        "investor": "某公司",
        "investment": "26000",
        "x_units": ["linye"],
    }


def test_an_opening_for_somebody_has_their_roles(walk: Walk) -> None:
    """A5: who opens for a principal enters what is the principal's, and no more."""
    walk.run("officer", "delegate", "clerk01", "--until", "2026-12-31", "--as", "bureau01")
    deputy = ("--as", "clerk01", "--for", "bureau01")
    refused = walk.run(*OWN, *FOREIGN, *deputy, code=1).stderr
    assert refused == REFUSED.replace("（bureau01）", "（clerk01）")
    walk.run(*OWN, *deputy)
    assert walk.asks("audit")["ok"]


def test_a_bulk_opening_refuses_line_by_line(walk: Walk) -> None:
    """A5: in a table, the row with a fact of another role is refused, the others are opened."""
    rows = (
        "name,area,category,investor,容积率上限\n甲乙,景宁县,茶旅,某公司,\n丙丁,景宁县,"
        "茶旅,"
        "某公司,1.2\n"
    )
    (walk.folder / "new.csv").write_text(rows, encoding="utf-8")
    result = walk.run("open", "project", "--from", "new.csv", "--as", "bureau01", code=1)
    assert result.stdout == (
        "✓ new.csv:2　LS-F-2026-001　甲乙\n"
        "✗ new.csv:3　不能办理：市区非工招商项目“5+x”推进流程　立项"
        "（角色：容积率上限 由 建设（规划） 填，立项的人不能填）\n"
        "已办理 1 件，未办理 1 件\n"
    )


def test_the_audit_judges_openings_again(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A5: an opening with facts of other roles, however it came into the log, is a finding."""

    def blind(*_: object) -> None:
        pass

    with monkeypatch.context() as patched:
        patched.setattr("lifecycle.engine.acts.open._judge_keeper", blind)
        walk.run(*OWN, *FOREIGN, "--as", "bureau01")
    office = walk.office()
    findings = [str(finding) for finding in Audit(office).findings()]
    office.close()
    told = ("成交价 由 国土", "容积率上限 由 建设（规划）", "建筑高度上限 由 建设（规划）")
    entry = f"entry {findings[0].split()[1]} case LS-F-2026-001: 越权（authority）：角色："
    assert findings == [f"{entry}{fact} 填，立项的人不能填" for fact in told]
