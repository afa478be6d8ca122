"""A calendar beyond the first takes two persons: one proposes, another confirms, and only then is
anything counted by it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ledger_office import Bureau

from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.record import hash_of

YEAR = (
    'years:\n  "2035":\n    announced: true\n    holidays: [01-01, 02-08]\n    workdays: [02-11]\n'
)
OTHER = YEAR.replace("02-08", "02-09")


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office with one administrator, and a file with another year."""
    made = Bureau(tmp_path, monkeypatch).founded()
    made.write("2035.yaml", YEAR)
    return made


def with_auditor(bureau: Bureau) -> Bureau:
    """Give the office with somebody who may confirm."""
    bureau.do(
        "officer", "add", "audit01", "审计员", "--unit", "bureau", "--role", "auditor", by="admin"
    )
    return bureau


def known(bureau: Bureau) -> list[int]:
    """List the announced years of the calendar in force."""
    return [row["year"] for row in bureau.asks("calendar", "list")["years"] if row["announced"]]


def refused(bureau: Bureau, *args: str, by: str) -> str:
    """Give the first line of what a command is refused with."""
    code, message = bureau.fails(*args, by=by)
    assert code == 1
    return message.splitlines()[0]


def test_one_proposes_and_another_confirms(bureau: Bureau) -> None:
    """Between the two nothing is in force, and everybody sees what waits."""
    with_auditor(bureau)
    told = bureau.do("calendar", "publish", "2035.yaml", by="admin").splitlines()
    assert told[0].startswith("已提出日历 CN（")
    assert told[0].endswith("），还没有生效")
    assert told[1:] == [
        "  2035　已公布　放假工作日 2 天　调休上班 1 天",
        "请另一名管理员或审计员（audit01）核对后确认：lifecycle calendar confirm 文件",
    ]
    assert 2035 not in known(bureau)
    waiting = bureau.asks("calendar", "list")["proposed"]
    assert (waiting["officer"], waiting["confirmers"]) == ("admin", ["audit01"])
    assert "admin 提出的日历待确认" in bureau.do("calendar", "list")
    assert "已经提出过" in bureau.do("calendar", "publish", "2035.yaml", by="admin")
    bureau.do("calendar", "confirm", "2035.yaml", by="audit01")
    assert 2035 in known(bureau)
    assert "proposed" not in bureau.asks("calendar", "list")
    assert refused(bureau, "calendar", "confirm", "2035.yaml", by="audit01") == "没有待确认的日历"
    assert bureau.findings() == []


def test_the_proposer_cannot_confirm_neither_by_delegation(bureau: Bureau) -> None:
    """Nor does whoever stands in for the proposer, or for the auditor."""
    with_auditor(bureau)
    until = ("--until", "2026-10-30")
    bureau.do("officer", "delegate", "admin", *until, by="audit01")
    bureau.do("officer", "delegate", "bureau01", *until, by="admin")
    bureau.do("officer", "delegate", "land01", *until, by="audit01")
    bureau.do("calendar", "publish", "2035.yaml", by="admin")
    confirm = ("calendar", "confirm", "2035.yaml")
    own = "日历由 admin 提出，不能由同一人确认"
    assert refused(bureau, *confirm, by="admin") == own
    for code, principal in (("admin", "audit01"), ("bureau01", "admin"), ("land01", "audit01")):
        bureau.fails(*confirm, "--for", principal, by=code)
    assert refused(bureau, *confirm, by="land01") == "land01 不是管理员或审计员，不能确认日历"
    assert 2035 not in known(bureau)
    assert bureau.findings() == []


def test_an_administrator_alone_is_told_whom_to_appoint(bureau: Bureau) -> None:
    """The proposal waits until somebody is there who may confirm it."""
    told = bureau.do("calendar", "publish", "2035.yaml", by="admin").splitlines()[-1]
    assert told == (
        "除 admin 外没有别的管理员或审计员，还没有人能确认：先请一人担任，lifecycle officer grant "
        "工号 auditor（没有登记的，lifecycle officer add … --role auditor），再由其运行 "
        "lifecycle calendar confirm 文件"
    )
    bureau.do("officer", "grant", "land01", "auditor", by="admin")
    bureau.do("calendar", "confirm", "2035.yaml", by="land01")
    assert 2035 in known(bureau)
    assert bureau.findings() == []


def test_what_is_confirmed_is_what_was_proposed(bureau: Bureau) -> None:
    """The file of whoever confirms says the same; of two proposals the last one counts."""
    with_auditor(bureau)
    bureau.write("other.yaml", OTHER)
    bureau.do("calendar", "publish", "other.yaml", by="admin")
    assert refused(bureau, "calendar", "confirm", "2035.yaml", by="audit01") == (
        "文件与 admin 提出的日历不一致：2035 年"
    )
    bureau.do("calendar", "publish", "2035.yaml", by="admin")
    assert "2035 年" in refused(bureau, "calendar", "confirm", "other.yaml", by="audit01")
    bureau.do("calendar", "confirm", "2035.yaml", by="audit01")
    assert bureau.findings() == []


def test_a_confirmation_sent_twice_is_one(bureau: Bureau) -> None:
    """Under the same request id it is the same entry."""
    with_auditor(bureau)
    bureau.do("calendar", "publish", "2035.yaml", by="admin")
    words = ("calendar", "confirm", "2035.yaml", "--request-id", "once")
    first = bureau.asks(*words, by="audit01")
    assert bureau.asks(*words, by="audit01") == first


def forge(bureau: Bureau, kind: str, change: Any) -> int:
    """Rewrite the last entry of a kind in the office's chain, which fits together again."""
    idx, _, _ = bureau.entry(kind, -1)
    bureau.forge(idx, change)
    bureau.rechain("office")
    return idx


def test_the_audit_finds_a_calendar_that_nobody_confirmed(bureau: Bureau) -> None:
    """Whoever writes the proposal as a publication has put a calendar into force alone."""
    bureau.do("calendar", "publish", "2035.yaml", by="admin")

    def published(body: dict[str, Any]) -> None:
        body["intent"]["type"] = "definition_published"
        body["intent"]["data"]["kind"] = "calendar"

    idx = forge(bureau, "calendar_proposed", published)
    told = "已有现行的日历，新的须由一人提出、另一人确认，不能一人发布"
    assert Finding("authority", idx, "office", told) in bureau.findings()


def test_the_audit_judges_the_confirmation_again(bureau: Bureau) -> None:
    """A confirmation rewritten to be by the one who proposed is found."""
    with_auditor(bureau)
    bureau.do("calendar", "publish", "2035.yaml", by="admin")
    bureau.do("calendar", "confirm", "2035.yaml", by="audit01")
    idx = forge(
        bureau, "calendar_confirmed", lambda body: body["intent"]["actor"].update(id="admin")
    )
    told = "日历由 admin 提出，不能由同一人确认"
    assert Finding("authority", idx, "office", told) in bureau.findings()


def test_the_audit_finds_a_proposal_whose_bytes_are_others(bureau: Bureau) -> None:
    """What was proposed lies there as it was, from the day of the proposal."""
    bureau.do("calendar", "publish", "2035.yaml", by="admin")
    digest = bureau.asks("calendar", "list")["proposed"]["sha256"]
    with bureau.sql() as database:
        (body,) = database.execute(
            "SELECT body FROM definition WHERE sha256 = ?", (digest,)
        ).fetchone()
        assert hash_of(body) == digest
        other = json.dumps({"years": {}}).encode()
        database.execute("UPDATE definition SET body = ? WHERE sha256 = ?", (other, digest))
    assert [f.code for f in bureau.findings()] == ["definition"]
