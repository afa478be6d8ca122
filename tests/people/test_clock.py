"""A clock that has jumped records nothing until two people have confirmed it; the audit judges the
jump again (C2).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ledger_office import Bureau

from lifecycle.ledger.audit.finding import Finding
from lifecycle.people.clock import ClockRules, seconds_between, shipped_rules

JUMPED = datetime(2036, 9, 30, 2, 0, tzinfo=UTC)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with one case, a second person who may confirm, and a clock that
    stands still.
    """
    made = Bureau(tmp_path, monkeypatch).founded()
    made.opened(name="剑瓷", on="2026-09-01")
    made.do(
        "officer", "add", "audit01", "审计员", "--unit", "bureau", "--role", "auditor", by="admin"
    )
    return made


def set_area(bureau: Bureau) -> tuple[int, str]:
    """Try an ordinary command; give its exit code and what it says."""
    result = bureau.run("set", "剑瓷", "area=3", "--on", "2026-09-02", by="bureau01")
    return result.exit_code, result.stderr


def count(bureau: Bureau) -> int:
    """Count the entries."""
    with bureau.sql() as database:
        return int(database.execute("SELECT count(*) FROM entry").fetchone()[0])


def last(bureau: Bureau) -> dict[str, Any]:
    """Give the body of the last entry."""
    with bureau.sql() as database:
        found: dict[str, Any] = json.loads(
            database.execute("SELECT body FROM entry ORDER BY idx DESC LIMIT 1").fetchone()[0]
        )
    return found


def test_the_bound_is_a_setting() -> None:
    """C2: the shipped settings allow 92 days between two entries and five minutes between two
    machines.
    """
    assert shipped_rules() == ClockRules(most_days=92, skew_minutes=5)


def test_a_clock_far_ahead_stops_nothing_but_itself(bureau: Bureau) -> None:
    """C2: under a clock ten years ahead nothing is recorded, both times and the mend are told."""
    before, entries = bureau.now, count(bureau)
    bureau.now = JUMPED
    code, message = set_area(bureau)
    assert code == 3
    assert message == (
        "系统时钟 2036-09-30 10:00:02 比上一条记录 2026-09-30 10:00:25 晚了 3652 天，超过 92 "
        "天（北京时间），"
        "未写入\n"
        "  改法：时钟不对的，校准后重办；时钟没错（久未使用）的，管理员先办 lifecycle clock "
        "announce，"
        "另一名管理员或审计员当天再办 lifecycle clock confirm\n"
    )
    refused = bureau.run("unit", "add", "water", "市水利局", by="admin")
    assert (refused.exit_code, "未写入" in refused.stderr) == (3, True)
    assert bureau.run("set", "剑瓷", "area=3", "--dry-run", by="bureau01").exit_code == 3
    assert count(bureau) == entries
    bureau.now = before
    assert set_area(bureau) == (0, "")
    assert bureau.findings() == []


def test_the_bound_itself_is_allowed(bureau: Bureau) -> None:
    """C2: 92 days after the last entry an office goes on as ever; a second later it does not."""
    at = datetime.fromisoformat(last(bureau)["recorded_at"])
    bureau.now = at + timedelta(days=92, seconds=1)  # it moves on a second at every look
    assert set_area(bureau)[0] == 3
    bureau.now = at + timedelta(days=92, seconds=-20)
    assert set_area(bureau) == (0, "")
    assert bureau.findings() == []


def test_two_people_confirm_a_jump(bureau: Bureau) -> None:
    """C2: an administrator announces, another person confirms on the same day, both as entries;
    then all goes on.
    """
    held = last(bureau)["recorded_at"]
    bureau.now = JUMPED
    assert "不能办理：先看时钟对不对" in bureau.do("clock", "show")
    told = bureau.do("clock", "announce", by="admin")
    assert told.startswith("已提出：系统时钟 2036-09-30 10:00:")
    announced = last(bureau)
    assert (announced["recorded_at"], announced["intent"]["occurred_on"]) == (held, "2026-09-30")
    assert announced["intent"]["data"]["clock"].startswith("2036-09-30T02:00:")
    assert set_area(bureau)[0] == 3, "one person alone moves nothing"
    assert "admin 已提出，待另一人" in bureau.do("clock", "show")
    bureau.do("clock", "confirm", by="audit01")
    confirmed = last(bureau)
    assert confirmed["recorded_at"].startswith("2036-09-30T02:00:")
    assert confirmed["intent"]["data"] == {"step": announced["intent"]["eid"]}
    assert (confirmed["authority"]["role"], confirmed["intent"]["actor"]["id"]) == (
        "auditor",
        "audit01",
    )
    assert set_area(bureau) == (0, "")
    bureau.now = JUMPED + timedelta(days=40)
    bureau.opened(name="温泉", on="2036-10-01")
    assert bureau.findings() == []


def test_who_announced_does_not_confirm(bureau: Bureau) -> None:
    """C2: not the same person, nobody without the role, not on another day, not twice, and nothing
    unannounced.
    """
    bureau.now = JUMPED
    assert bureau.fails("clock", "confirm", by="audit01") == (
        1,
        "没有待确认的时钟\n  改法：管理员先办：lifecycle clock announce --as 管理员\n",
    )
    assert "不是管理员" in bureau.fails("clock", "announce", by="land01")[1]
    bureau.do("clock", "announce", by="admin")
    assert bureau.fails("clock", "confirm", by="admin") == (
        1,
        (
            "时钟由 admin 提出，不能由同一人确认\n  改法：请另一名管理员或审计员运行：lifecycle "
            "clock confirm\n"
        ),
    )
    assert "不能确认时钟" in bureau.fails("clock", "confirm", by="land01")[1]
    bureau.now = JUMPED + timedelta(days=1)
    code, message = bureau.fails("clock", "confirm", by="audit01")
    assert (code, "不在同一天" in message) == (1, True)
    bureau.do("clock", "announce", by="admin")
    bureau.do("clock", "confirm", by="audit01")
    assert bureau.fails("clock", "confirm", by="audit01")[0] == 1
    assert "不需要确认" in bureau.fails("clock", "announce", by="admin")[1]
    assert "不能补录" in bureau.fails("clock", "announce", "--on", "2026-09-01", by="admin")[1]
    assert bureau.findings() == []


def test_an_announcement_under_a_wrong_clock_does_no_harm(bureau: Bureau) -> None:
    """C2: once the clock is right again, an announcement made under the wrong one stops nothing."""
    before = bureau.now
    bureau.now = JUMPED
    bureau.do("clock", "announce", by="admin")
    bureau.now = before
    assert set_area(bureau) == (0, "")
    assert "不在同一天" in bureau.fails("clock", "confirm", by="audit01")[1]
    assert bureau.findings() == []


def test_acts_sent_again_count_once(bureau: Bureau) -> None:
    """C2, B7: announcing and confirming again under the same request ids adds nothing."""
    bureau.now = JUMPED
    for verb, code, request in (("announce", "admin", "a"), ("confirm", "audit01", "c")) * 2:
        bureau.do("clock", verb, "--request-id", request, by=code)
    assert count(bureau) == 22
    assert bureau.findings() == []


def test_an_administrator_alone_appoints_somebody_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C2: where nobody is left to confirm, the one administrator appoints a second person after the
    announcement.
    """
    bureau = Bureau(tmp_path, monkeypatch).founded()
    bureau.now = JUMPED
    adding = ("officer", "add", "audit01", "审计员", "--unit", "bureau", "--role", "auditor")
    assert bureau.run(*adding, by="admin").exit_code == 3, "not before the announcement"
    bureau.do("clock", "announce", by="admin")
    bureau.do(*adding, by="admin")
    again = ("officer", "add", "audit02", "审计员", "--unit", "bureau", "--role", "auditor")
    assert bureau.run(*again, by="admin").exit_code == 3, "now there is somebody"
    bureau.do("clock", "confirm", by="audit01")
    bureau.do(*again, by="admin")
    assert bureau.findings() == []


def dated(bureau: Bureau, idx: int, at: str) -> None:
    """Rewrite an entry's recording time."""

    def change(body: dict[str, Any]) -> None:
        body["recorded_at"] = body["intent"]["signed_at"] = at

    bureau.forge(idx, change)


def test_the_audit_finds_a_jump_that_nobody_confirmed(bureau: Bureau) -> None:
    """C2: an entry more than the bound after its predecessor is a finding, once, at that entry;
    nothing after it is.
    """
    number = bureau.opened(name="温泉", on="2026-09-01")
    bureau.opened(name="总部", on="2026-09-01")
    idx, case_id, _ = bureau.entry("case_opened", 1)
    after, _, _ = bureau.entry("case_opened", 2)
    for place in (idx, after):
        dated(bureau, place, "2027-03-01T02:00:00.000000Z")
    bureau.rechain(case_id)
    bureau.now = datetime(2027, 3, 2, tzinfo=UTC)
    told = (
        "记录时间 2027-03-01T02:00:00.000000Z 比前一序号的 2026-09-30T02:00:25.000000Z 晚了 151 "
        "天，"
        "超过 92 天而没有两人确认时钟"
    )
    assert [f for f in bureau.findings() if f.code == "clock"] == [
        Finding("clock", idx, number, told)
    ]


def test_the_audit_judges_the_confirmation_again(bureau: Bureau) -> None:
    """C2: a confirmation rewritten to be by the one who announced is found."""
    bureau.now = JUMPED
    bureau.do("clock", "announce", by="admin")
    bureau.do("clock", "confirm", by="audit01")
    idx, _, _ = bureau.entry("clock_step_confirmed")
    bureau.forge(idx, lambda body: body["intent"]["actor"].update(id="admin"))
    bureau.rechain("office")
    told = "时钟由 admin 提出，不能由同一人确认"
    assert Finding("authority", idx, "office", told) in bureau.findings()


def test_entries_later_than_the_auditors_clock_are_one_finding(bureau: Bureau) -> None:
    """C2: entries of a time to come are told once, at the first, with their number; five minutes
    are allowed.
    """
    recorded = datetime.fromisoformat(last(bureau)["recorded_at"])
    for n in range(4):
        bureau.now = recorded + timedelta(hours=n + 1)
        bureau.do("set", "剑瓷", f"area={n + 3}", "--on", "2026-09-02", by="bureau01")
    idx, _, name = bureau.entry("facts_recorded", 1)
    bureau.now = recorded + timedelta(hours=1)
    (found,) = bureau.findings()
    assert (found.code, found.idx, found.case) == ("future", idx, name)
    assert "晚于审计时的系统时钟 2026-09-30T03:00:" in found.message
    assert "这样的记录共 3 条；请先核对审计所用机器的时钟" in found.message
    result = bureau.run("audit")
    assert (result.exit_code, "未来（future）" in result.stdout) == (1, True)
    bureau.now = recorded + timedelta(hours=4, minutes=-4)
    assert bureau.findings() == []


def test_the_bound_stays_that_of_the_founding(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C2: what the shipped settings say later changes neither what an older office may do nor how
    it is judged.
    """
    monkeypatch.setattr(
        "lifecycle.people.clock.shipped_rules", lambda: ClockRules(most_days=1, skew_minutes=5)
    )
    bureau.now = bureau.now + timedelta(days=60)
    assert set_area(bureau) == (0, "")
    assert bureau.findings() == []
    founding = bureau.body(1)["intent"]["data"]
    assert founding["clock_days"] == 92


def test_nothing_is_sent_that_could_not_be_recorded(bureau: Bureau) -> None:
    """C2: under a jumped clock no letter leaves the house."""
    bureau.write("office.db.delivery.yaml", "units: {}\n")
    bureau.now = JUMPED
    code, message = bureau.fails("notice", "deliver", by="bureau01")
    assert (code, "比上一条记录" in message) == (3, True)


def test_a_clock_that_is_a_little_behind_says_by_how_much(bureau: Bureau) -> None:
    """Of two times that look the same to the second the difference is told, too."""
    bureau.do("set", "剑瓷", "area=3", by="bureau01")
    bureau.now -= timedelta(seconds=90)
    assert (
        "（北京时间），慢了 85 秒，未写入\n"
        in (bureau.fails("set", "剑瓷", "area=4", by="bureau01")[1])
    )
    assert seconds_between("2026-09-30T02:00:28.000000Z", "2026-09-30T02:00:28.250000Z") == "0.25"


def test_a_clock_that_is_behind_is_told_first(bureau: Bureau) -> None:
    """C2: under a clock before the last entry nothing is recorded, the clock is named before any
    day that follows from it, and `clock show` says so.
    """
    bureau.do("set", "剑瓷", "area=3", by="bureau01")
    bureau.now -= timedelta(days=400)
    code, told = bureau.fails("set", "剑瓷", "area=4", by="bureau01")
    assert (code, told.split("（")[0][:4], "早于上一条记录的" in told) == (3, "系统时钟", True)
    assert bureau.asks("clock", "show", by="admin")["behind"] is True
    assert "不能办理" in bureau.do("clock", "show", by="admin")
