"""What was proposed for the office stands on the to-do list of whoever may confirm it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tiny_office import TINY, Tiny

CALENDAR = """\
name: CN
years:
  "2035":
    announced: true
    basis: 示范
    holidays: [01-01]
    workdays: []
"""
ROWS = "项目名称,总投资,业主单位,环节\n温泉康养,8000,owner,考察导入\n"
NUMBER = "KC-2026-057"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with a second person."""
    made = Tiny(tmp_path, monkeypatch).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    return made


def waiting(office: Tiny, by: str = "watch01") -> list[str]:
    """Give the commands of what waits for somebody's confirmation."""
    return [one["command"] for one in office.asks("todo", by=by).get("decisions", ())]


def test_numbers_wait_until_confirmed_or_begun(office: Tiny) -> None:
    """They wait for the second person only, and no more once they hold, or a number was given."""
    office.do("number", "propose", NUMBER, by="admin")
    assert waiting(office) == ["lifecycle number confirm 编号 …"]
    told = office.do("todo", by="watch01")
    assert "待您确认\n  确认　lifecycle number confirm 编号 …\n" in told
    assert "admin 提出：编号起点，对照登记簿再写一遍（KC-2026-…）" in told
    assert [waiting(office, by) for by in ("admin", "bureau01")] == [[], []]
    assert waiting(office, "watch01") != []
    office.do("number", "confirm", NUMBER, by="watch01")
    assert waiting(office) == []


def test_numbers_that_were_begun_wait_no_more(office: Tiny) -> None:
    """What can no more be confirmed is not asked for."""
    office.do("number", "propose", NUMBER, by="admin")
    office.opened(on="2026-09-30")
    assert waiting(office) == []


def test_a_taking_in_waits_until_its_last_day(office: Tiny) -> None:
    """It waits with how many cases and until when, the last that was proposed only."""
    office.do("takeover", "until", "2026-10-31", by="admin")
    path = office.write("台账.csv", ROWS)
    office.do("takeover", "propose", "visit", path, by="admin")
    office.do("takeover", "propose", "visit", path, by="admin")
    assert waiting(office) == ["lifecycle takeover confirm visit 文件"]
    assert "接管 1 件在办事项" in office.do("todo", by="watch01")
    office.now = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    assert waiting(office) == []


def test_a_taking_over_and_a_calendar_wait(office: Tiny) -> None:
    """Both are there, each with its command; confirmed, they are gone."""
    office.opened()
    body = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    path = office.write("visit.yaml", body.replace("version: 1", "version: 2", 1))
    office.do("workflow", "publish", path, by="admin")
    office.do("workflow", "migrate", "visit", "--from", "1", by="admin")
    year = office.write("2035.yaml", CALENDAR)
    office.do("calendar", "publish", year, by="admin")
    both = ["lifecycle calendar confirm 文件", "lifecycle workflow confirm visit"]
    assert waiting(office) == both
    assert "第 1 版的在办事项迁到第 2 版" in office.do("todo", by="watch01")
    office.do("workflow", "confirm", "visit", by="watch01")
    office.do("calendar", "confirm", year, by="watch01")
    assert waiting(office) == []


def test_of_another_day_nothing_waits(office: Tiny) -> None:
    """Who looks at the past is asked nothing."""
    office.do("number", "propose", NUMBER, by="admin")
    told = office.asks("todo", "--as-recorded-at", "2026-09-30 10:00", by="watch01")
    assert "decisions" not in told
