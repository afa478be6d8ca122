"""Numbers go on where the registers on paper stand: as two persons declare it, once for a series
and before its first number.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from paper_office import Paper
from tiny_office import Tiny

SERIES = "KC-2026-{serial}"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with a second person."""
    made = Tiny(tmp_path, monkeypatch, home).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    return made


def begun(office: Tiny, *numbers: str) -> None:
    """Declare where numbers go on."""
    office.do("number", "propose", *numbers, by="admin")
    office.do("number", "confirm", *numbers, by="watch01")


def findings(office: Tiny) -> list[tuple[str, str]]:
    """Give what the audit finds."""
    return [(one["code"], one["message"]) for one in office.asks("audit")["findings"]]


def series(office: Tiny) -> list[dict[str, Any]]:
    """Give what is told of the series."""
    found: list[dict[str, Any]] = office.asks("number", "list")["series"]
    return found


def test_cases_go_on_after_the_last_number_on_paper(office: Tiny) -> None:
    """The first case has the number after it, the next the one after that; the list tells by whom
    it was declared, the audit that it was, and finds nothing.
    """
    begun(office, "KC-2026-012")
    assert [office.opened(), office.opened(name="古堰画乡")] == ["KC-2026-013", "KC-2026-014"]
    assert series(office) == [
        {
            "series": SERIES,
            "last": 14,
            "on_paper": "KC-2026-012",
            "proposed_by": "admin",
            "confirmed_by": "watch01",
        }
    ]
    assert "接着纸质登记簿编号的系列 1 个：由两人声明，以前的号不在核对之内" in office.do("audit")
    assert findings(office) == []


def test_letters_go_on_after_the_last_number_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """A letter signed off has the number after it."""
    paper = Paper(tmp_path, monkeypatch, home).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    paper.do("officer", "add", "watch01", "审计员", *more, by="admin")
    begun(paper, "丽招商函〔2026〕57号")
    assert paper.issued(paper.asked())["number"] == "丽招商函〔2026〕58号"
    assert paper.findings() == []


def test_proposed_is_not_declared(office: Tiny) -> None:
    """Nothing is numbered by what one person says; who said it does not confirm it; what is read
    by somebody else must be the same.
    """
    office.do("number", "propose", "KC-2026-012", by="admin")
    assert "待确认" in office.do("number", "list")
    code, told = office.fails("number", "confirm", "KC-2026-012", by="admin")
    assert (code, "不能由同一人确认" in told) == (1, True)
    code, told = office.fails("number", "confirm", "KC-2026-013", by="watch01")
    assert (code, "与 admin 提出的不一致：KC-2026-012（您：KC-2026-013）" in told) == (1, True)
    code, told = office.fails("number", "confirm", "KC-2026-012", by="bureau01")
    assert (code, "不是管理员或审计员" in told) == (1, True)
    code, told = office.fails("number", "propose", "KC-2026-012", by="watch01")
    assert (code, "须由管理员办理" in told) == (1, True)
    assert office.opened() == "KC-2026-001"
    code, told = office.fails("number", "confirm", "KC-2026-012", by="watch01")
    assert (code, "已编到第 1 号，不能再声明起点" in told) == (1, True)
    assert findings(office) == []


def test_a_year_that_is_over_goes_on_too(office: Tiny) -> None:
    """A case of that year that is opened late is numbered after the last on its paper, too."""
    office.rest_until(datetime(2027, 1, 5, 2, tzinfo=UTC))
    begun(office, "KC-2026-012", "KC-2027-003")
    assert office.opened(on="2026-12-30") == "KC-2026-013"
    assert office.opened(name="古堰画乡", on="2027-01-05") == "KC-2027-004"
    assert findings(office) == []


def test_the_last_proposal_is_confirmed(office: Tiny) -> None:
    """Who made a slip proposes again; only what was proposed last is confirmed, once."""
    office.do("number", "propose", "KC-2026-012", by="admin")
    office.do("number", "propose", "KC-2026-021", by="admin")
    code, told = office.fails("number", "confirm", "KC-2026-012", by="watch01")
    assert (code, "与 admin 提出的不一致" in told) == (1, True)
    office.do("number", "confirm", "KC-2026-021", by="watch01", text=None)
    code, told = office.fails("number", "confirm", "KC-2026-021", by="watch01")
    assert (code, "没有待确认的编号起点" in told) == (1, True)
    assert office.opened() == "KC-2026-022"


def test_a_repeated_confirmation_has_one_effect(office: Tiny) -> None:
    """The same request sent twice is one entry."""
    office.do("number", "propose", "KC-2026-012", by="admin")
    again = ("number", "confirm", "KC-2026-012", "--request-id", "start-1")
    office.do(*again, by="watch01")
    office.do(*again, by="watch01")
    assert office.opened() == "KC-2026-013"
    assert findings(office) == []


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("KC-2027-012", "2027 年还没有到"),
        ("KC-2026-000", "顺序号要在 1 至 99999 之间"),
        ("KC-2026-100000", "顺序号要在 1 至 99999 之间"),
        ("KC-2026-12", "没有编号系列“KC-2026-12”"),
        ("KD-2026-012", "照登记簿写全最后一个号，样子如：KC-2026-001"),
    ],
)
def test_numbers_that_cannot_be_are_told(office: Tiny, number: str, message: str) -> None:
    """A year to come, no number yet, a slip, an unknown series: nothing is
    proposed.
    """
    code, told = office.fails("number", "propose", number, by="admin")
    assert (code, message in told) == (1, True), told
    assert series(office) == []


def test_one_series_is_declared_once(office: Tiny) -> None:
    """Not twice at a time, and never again once it was confirmed."""
    code, told = office.fails("number", "propose", "KC-2026-012", "KC-2026-013", by="admin")
    assert (code, "KC-2026-{serial} 写了两次" in told) == (1, True)
    begun(office, "KC-2026-012")
    code, told = office.fails("number", "propose", "KC-2026-020", by="admin")
    assert (code, "KC-2026-012 所在的系列已由两人声明过起点" in told) == (1, True)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("KC-2026-001", "KC-2026-001 低于已编的号：这一系列已编到第 2 号"),
        ("KC-2026-012", "已编到第 2 号，不能再声明起点"),
    ],
)
def test_not_after_the_first_number(office: Tiny, number: str, message: str) -> None:
    """What has given a number goes on as it is, whether the start is below or above."""
    office.opened()
    office.opened(name="古堰画乡")
    code, told = office.fails("number", "propose", number, by="admin")
    assert (code, message in told) == (1, True), told


def test_what_was_numbered_before_it_was_confirmed_waits_for_nobody(office: Tiny) -> None:
    """The list says that the proposal can be confirmed no more."""
    office.do("number", "propose", "KC-2026-012", by="admin")
    assert "待确认" in office.do("number", "list")
    assert office.opened() == "KC-2026-001"
    assert "已编过号，不能再确认" in office.do("number", "list")
    assert office.fails("number", "confirm", "KC-2026-012", by="watch01")[0] == 1


def test_a_dry_run_only_reads(office: Tiny) -> None:
    """It says what would be the next number, and records nothing."""
    told = office.do("number", "propose", "KC-2026-012", "--dry-run", by="admin")
    assert "KC-2026-012　下一个是第 13 号" in told
    assert series(office) == []


def test_a_copied_office_goes_on_too(office: Tiny, home: Home) -> None:
    """The copy of a ledger numbers on from the same place."""
    begun(office, "KC-2026-012")
    copy = office.folder / "copy.db"
    office.do("db", "copy", office.url, home.url(copy))
    office.path = copy
    assert office.opened() == "KC-2026-013"
    assert findings(office) == []


def altered(office: Tiny, statement: str, *bound: Any) -> None:
    """Alter the database behind everybody's back."""
    with office.home.outside(office.path) as database:
        database.execute(statement, bound)


def test_a_number_below_the_start_is_found(office: Tiny) -> None:
    """A book set back gives a number that is on paper already: the audit names it."""
    begun(office, "KC-2026-012")
    altered(office, "UPDATE series SET last = 5")
    assert office.opened() == "KC-2026-006"
    assert findings(office) == [
        ("number", "编号 KC-2026-006 重号或倒号：已编到第 12 号"),
        ("number", f"编号 {SERIES} 簿上记到第 6 号，实际编到第 12 号"),
    ]


def test_a_gap_after_the_start_is_found(office: Tiny) -> None:
    """The first number is the one after the last on paper, and none later."""
    begun(office, "KC-2026-012")
    altered(office, "UPDATE series SET last = 14")
    assert office.opened() == "KC-2026-015"
    assert findings(office) == [("number", "编号 KC-2026-015 断号：缺第 13 至 14 号")]


def test_a_start_that_is_in_no_book_is_found(office: Tiny) -> None:
    """The book has forgotten where the series goes on, before any number is given."""
    begun(office, "KC-2026-012")
    altered(office, "DELETE FROM series")
    assert findings(office) == [("number", f"编号 {SERIES} 簿上记到第 0 号，实际编到第 12 号")]


def test_a_start_declared_behind_the_first_number_is_found(
    office: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that does not look whether the series has begun records it: one finding, at that
    entry.
    """
    office.do("number", "propose", "KC-2026-012", by="admin")
    office.opened()
    from lifecycle.people.changes import ConfirmNumbering

    monkeypatch.setattr(ConfirmNumbering, "begins_numbers", False)
    monkeypatch.setattr("lifecycle.ledger.register.Register._begin_numbers", lambda *_: None)
    office.do("number", "confirm", "KC-2026-012", by="watch01")
    told = "声明编号起点 KC-2026-012 时，这一系列已编到第 1 号"
    assert findings(office) == [("number", told)]


def test_a_start_confirmed_by_who_proposed_it_is_found(
    office: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that does not look who confirms records it: one finding, at that entry."""
    from lifecycle.people.changes import ConfirmNumbering

    office.do("number", "propose", "KC-2026-012", by="admin")
    with monkeypatch.context() as patched:
        patched.setattr(ConfirmNumbering, "judge", lambda *_: "admin")
        office.do("number", "confirm", "KC-2026-012", by="admin")
    assert findings(office) == [("authority", "编号起点由 admin 提出，不能由同一人确认")]


def test_the_entries_say_what_was_declared(office: Tiny) -> None:
    """Both entries stand in the office's chain, in so many words."""
    begun(office, "KC-2026-012")
    with office.home.outside(office.path) as database:
        rows = database.execute("SELECT body FROM entry ORDER BY idx").fetchall()
    proposed, confirmed = (json.loads(bytes(row[0]))["intent"] for row in rows[-2:])
    start = {"series": SERIES, "number": "KC-2026-012", "year": "2026"}
    assert (proposed["type"], proposed["data"]) == ("numbering_proposed", {"starts": [start]})
    told = ("numbering_confirmed", {"proposal": proposed["eid"]})
    assert (confirmed["type"], confirmed["data"]) == told
