"""What the audit says of cases taken over into a new version: what is lost, who was left out, and
nothing of who rightly stayed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from test_migration import MAP, SECOND, VISIT, entries, findings, migrated, shown
from test_migration_doors import in_siting, office, once_more
from tiny_office import Tiny

from lifecycle.ledger.record import hash_of

__all__ = ["office"]


@pytest.mark.parametrize("lost", ["map", "second", "first"])
def test_a_lost_definition_is_told_with_what_rests_on_it(office: Tiny, lost: str) -> None:
    """One finding says which entries and whose state could not be judged; nothing that is sound is
    called wrong.
    """
    number = in_siting(office)
    migrated(office)
    body = {"map": MAP, "second": SECOND, "first": VISIT}[lost].encode()
    with office.home.outside(office.path) as database:
        database.execute("DELETE FROM definition WHERE sha256 = ?", (hash_of(body),))
        database.execute("DELETE FROM compiled")
    (found,) = office.asks("audit")["findings"]
    assert (found["code"], found["case"]) == ("definition", "office")
    resting = 6 if lost == "first" else 1
    assert f"未能完全核对 记录 {resting} 条" in found["message"]
    assert f"存储的事项状态 1 个：{number}" in found["message"]


REOPENING = VISIT.replace(
    "lights:\n",
    "  - {name: reopen, title: 重新办理, kind: reopen, from: closed, to: scouting, by: bureau,"
    " reason: required}\n"
    "  - {name: lapse, title: 搁置, by: clock, from: scouting, to: paused,"
    " after: {in: 5, unit: day, since: entered, basis: 内部承诺}}\n"
    "lights:\n",
)


def test_a_case_reopened_after_the_decision_stays_under_its_version(office: Tiny) -> None:
    """It had ended when the others were taken over: that the clock moves it on is no fault, and
    a later decision takes it over, too.
    """
    office.do(
        "workflow",
        "publish",
        office.write("visit.yaml", REOPENING.replace("version: 1", "version: 2")),
        by="admin",
    )
    number = office.opened(on="2026-09-30")
    office.do("advance", number, "close", "--note", "不来了", by="bureau01")
    third = REOPENING.replace("version: 1", "version: 3")
    once_more(office, third, 2)
    office.do("advance", number, "reopen", "--note", "又来了", by="bureau02")
    office.rest_until(datetime(2026, 10, 8, 2, 0, tzinfo=UTC))
    office.do("tick", by="admin")
    assert shown(office, number)["state"] == "paused"
    assert findings(office) == []
    office.do("workflow", "migrate", "visit", "--from", "2", by="admin")
    office.do("workflow", "confirm", "visit", by="watch01")
    assert "迁到新版流程（第 3 版）" in office.do("log", number)
    assert findings(office) == []


def test_a_case_left_out_of_a_second_decision_is_found(office: Tiny) -> None:
    """That its version was decided on before, when it had ended, is no excuse."""
    text = REOPENING.replace("version: 1", "version: 2")
    office.do("workflow", "publish", office.write("visit.yaml", text), by="admin")
    number = office.opened(on="2026-09-30")
    office.do("advance", number, "close", "--note", "不来了", by="bureau01")
    once_more(office, REOPENING.replace("version: 1", "version: 3"), 2)
    office.do("advance", number, "reopen", "--note", "又来了", by="bureau02")
    office.do("workflow", "migrate", "visit", "--from", "2", by="admin")
    office.do("workflow", "confirm", "visit", by="watch01")
    count = entries(office, number)
    with office.home.outside(office.path) as database:
        (case_id,) = database.execute("SELECT id FROM cases WHERE number = ?", (number,)).fetchone()
        database.execute("DELETE FROM entry WHERE case_id = ? AND seq = ?", (case_id, count))
    found: list[dict[str, Any]] = office.asks("audit")["findings"]
    assert "已决定把在办事项迁到新版流程，本事项没有迁" in [one["message"] for one in found]
