"""Open cases taken over into a new version of their workflow: by two persons, all or none; what was
done before stays as it was judged.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from tiny_office import TINY, Tiny

from lifecycle.ledger.record import canonical, hash_of

VISIT = (TINY / "workflows" / "visit.yaml").read_text("utf-8")
SECOND = (
    VISIT.replace("version: 1", "version: 2")
    .replace("siting", "placing")
    .replace("规划选址", "落地选址")
    .replace("  area: {title: 用地面积, type: decimal, unit: 亩, min: 0}\n", "")
    .replace(
        "  paused: {title: 中止, phase: 前期, lead: bureau}\n",
        "  paused: {title: 中止, phase: 前期, lead: bureau}\n",
    )
)
MAP = """\
map: visit
states: {siting: placing}
transitions: {to_siting: to_placing}
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with a second administrator."""
    made = Tiny(tmp_path, monkeypatch, home).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    return made


def publish(office: Tiny, text: str = SECOND) -> str:
    """Put a second version into force; give what is told of it."""
    return office.do("workflow", "publish", office.write("visit.yaml", text), by="admin")


def migrated(office: Tiny, text: str = SECOND, moved: str = MAP) -> dict[str, Any]:
    """Publish a second version, and take the open cases over into it."""
    publish(office, text)
    path = office.write("map.yaml", moved)
    office.do("workflow", "migrate", "visit", "--from", "1", "--map", path, by="admin")
    found: dict[str, Any] = office.asks("workflow", "confirm", "visit", by="watch01")
    assert found.get("done"), found
    return found


def findings(office: Tiny) -> list[tuple[str, str]]:
    """Give what the audit finds: code and case."""
    return [(one["code"], one["case"]) for one in office.asks("audit")["findings"]]


def entries(office: Tiny, number: str) -> int:
    """Count the entries of a case."""
    return len(office.asks("log", number)["entries"])


def shown(office: Tiny, number: str) -> dict[str, Any]:
    """Show a case."""
    found: dict[str, Any] = office.asks("show", number)
    return found


def test_a_case_goes_on_under_the_new_version(office: Tiny) -> None:
    """It stands in the state that the map names, goes on by the new ways, and the audit is clean;
    the log tells what was done under the old version by its own names.
    """
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    plan = migrated(office)
    assert plan["cases"] == [
        {
            "number": number,
            "title": "剑瓷文化体验街区",
            "state_before": "规划选址",
            "state_after": "落地选址",
            "opinions_lost": [],
            "left_behind": [],
        }
    ]
    assert shown(office, number)["state"] == "placing"
    told = office.do("log", number)
    assert "转入规划选址" in told
    assert "迁到新版流程（第 2 版）" in told
    office.do("set", number, "announced_on=2026-09-04", by="bureau01")
    office.now = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)
    office.do("advance", number, "to_done", by="planning01")
    assert findings(office) == []
    assert office.asks("replay")["ok"]


def test_what_was_made_counts_by_its_new_name(office: Tiny) -> None:
    """Who made the transition before may not make the one that others are to make, though it is
    called otherwise by now; a return undoes what was made before it.
    """
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    migrated(office)
    office.do("advance", number, "send_back", "--note", "补正", by="planning01")
    assert shown(office, number)["state"] == "scouting"
    for officer in ("land01", "wenwu01"):
        office.do("sign", number, "to_placing", "agree", by=officer)
    told = office.do("advance", number, "to_placing", by="bureau01")
    assert "落地选址" in told
    code, told = office.fails("advance", number, "to_done", by="bureau01")
    assert (code, "✗ 回避" in told) == (1, True)
    office.do("set", number, "announced_on=2026-09-04", by="bureau01")
    assert findings(office) == []


def test_opinions_that_cover_no_more_stay(office: Tiny) -> None:
    """What two units signed is not asked again; where the new version shows them more, it is."""
    number = office.ready()
    migrated(office)
    office.do("advance", number, "to_placing", by="bureau01")
    assert findings(office) == []


def test_opinions_that_would_cover_more_are_lost(office: Tiny) -> None:
    """A new guard reads what the signers were not shown: they have to speak again."""
    number = office.ready()
    more = SECOND.replace(
        "guards: [{when: investment >= 3000,",
        "guards: [{when: tags is undefined, else: 有标签}, {when: investment >= 3000,",
    )
    plan = migrated(office, more)
    assert plan["cases"][0]["opinions_lost"] == ["国土（市自然资源局）", "x 部门（市文物局）"]
    code, told = office.fails("advance", number, "to_placing", by="bureau01")
    assert code == 1
    assert "会签" in told
    for officer in ("land01", "wenwu01"):
        office.do("sign", number, "to_placing", "agree", by=officer)
    office.do("advance", number, "to_placing", by="bureau01")
    assert findings(office) == []


def test_facts_that_the_new_version_has_not_stay_on_record(office: Tiny) -> None:
    """They are shown, and told beforehand; nobody sets them any more."""
    number = office.opened("area=30", "investment=32000")
    plan = migrated(office)
    assert plan["cases"][0]["left_behind"] == ["用地面积"]
    assert shown(office, number)["facts"]["area"] == "30"
    code, told = office.fails("set", number, "area=40", by="bureau01")
    assert code == 1
    assert "新版流程没有这个要素" in told
    assert findings(office) == []


def test_a_fact_of_another_type_stops_it_all(office: Tiny) -> None:
    """What is filled in would mean nothing: no case is taken over, and which it is, is told."""
    number = office.opened("kind=文旅")
    other = SECOND.replace(
        "kind: {title: 类别, type: choice, choices: [文旅, 康养, 总部]}",
        "kind: {title: 类别, type: integer}",
    )
    publish(office, other)
    path = office.write("map.yaml", MAP)
    code, told = office.fails(
        "workflow", "migrate", "visit", "--from", "1", "--map", path, by="admin"
    )
    assert code == 1
    assert f"{number}：类别（kind）由 choice 改成了 integer，已填的不能照搬" in told


def test_a_map_that_leaves_a_state_out_is_refused(office: Tiny) -> None:
    """Every state must be found again; the mend names it."""
    office.opened()
    publish(office)
    code, told = office.fails("workflow", "migrate", "visit", "--from", "1", by="admin")
    assert code == 1
    assert "第 2 版没有环节 siting（规划选址），对照也没有写" in told
    assert "写一份对照，两行：“map: visit”和“states: {siting: placing}”" in told


def test_whoever_publishes_is_told_what_runs_under_the_version_before(office: Tiny) -> None:
    """And by which command it is seen what a taking over would do."""
    office.opened()
    told = publish(office)
    assert "第 1 版在办的 1 件仍按第 1 版" in told
    assert "lifecycle workflow migrate visit --from 1 --dry-run" in told


def test_a_version_that_is_not_there_is_told_with_those_that_are(office: Tiny) -> None:
    """Who names the one in force, or none, is told which there were."""
    publish(office)
    for version in ("2", "9"):
        _code, told = office.fails("workflow", "migrate", "visit", "--from", version, by="admin")
        assert "改法：可写：1；现行的是第 2 版" in told


@pytest.mark.parametrize(
    ("moved", "message"),
    [
        ("map: visit\nstates: {siting: plcing}\n", "对照写了第 2 版没有的环节 “plcing”"),
        ("map: visit\nstates: {sitng: placing}\n", "对照写了第 1 版没有的环节 “sitng”"),
        (MAP.replace("to_siting: to_placing", "close: suspend"), "close、suspend 都改叫 suspend"),
        ("map: visit\nfacts: {a: b}\n", "文件有不认识的键 “facts”"),
        ("map: visit\nstates: {siting: }\n", "states 的 siting 应写新版的标识"),
    ],
)
def test_a_map_that_fits_nothing_is_refused(office: Tiny, moved: str, message: str) -> None:
    """Each fault of a map is told."""
    office.opened()
    publish(office)
    path = office.write("map.yaml", moved)
    code, told = office.fails(
        "workflow", "migrate", "visit", "--from", "1", "--map", path, by="admin"
    )
    assert (code, message in told) == (1, True), told


def test_it_takes_two_persons(office: Tiny) -> None:
    """Who proposed it does not confirm it; until somebody else does, no case is touched."""
    number = office.opened()
    publish(office)
    path = office.write("map.yaml", MAP)
    office.do("workflow", "migrate", "visit", "--from", "1", "--map", path, by="admin")
    code, told = office.fails("workflow", "confirm", "visit", by="admin")
    assert (code, "不能由同一人确认" in told) == (1, True)
    assert entries(office, number) == 1
    office.do("workflow", "confirm", "visit", by="watch01")
    assert entries(office, number) == 2
    code, told = office.fails("workflow", "confirm", "visit", by="watch01")
    assert (code, "没有待确认的迁移" in told) == (1, True)
    assert findings(office) == []


def test_a_dry_run_does_nothing(office: Tiny) -> None:
    """Neither the proposal nor the confirmation is recorded; the list is the same."""
    number = office.opened()
    publish(office)
    path = office.write("map.yaml", MAP)
    words = ("workflow", "migrate", "visit", "--from", "1", "--map", path)
    looked = office.asks(*words, "--dry-run", by="admin")
    assert looked["cases"] == office.asks(*words, by="admin")["cases"]
    office.do("workflow", "confirm", "visit", "--dry-run", by="watch01")
    assert entries(office, number) == 1


def test_ended_cases_stay_where_they_are(office: Tiny) -> None:
    """What has ended is taken over nowhere, and the audit does not ask for it."""
    number = office.opened()
    office.do("advance", number, "close", "--note", "不来了", by="bureau01")
    assert migrated(office)["cases"] == []
    assert shown(office, number)["state"] == "closed"
    assert findings(office) == []


def test_a_suspended_case_comes_back_to_what_its_state_is_called_now(office: Tiny) -> None:
    """It resumes into the state that the map names."""
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    office.do("advance", number, "suspend", "--note", "资金未到", by="bureau01")
    migrated(office)
    office.do("advance", number, "go_on", by="bureau01")
    assert shown(office, number)["state"] == "placing"
    assert findings(office) == []


def test_twice_over(office: Tiny) -> None:
    """A case may be taken over again: its first steps are still those of the first version."""
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    migrated(office)
    third = SECOND.replace("version: 2", "version: 3").replace("placing", "settling")
    publish(office, third)
    path = office.write(
        "map.yaml",
        "map: visit\nstates: {placing: settling}\ntransitions: {to_placing: to_settling}\n",
    )
    office.do("workflow", "migrate", "visit", "--from", "2", "--map", path, by="admin")
    office.do("workflow", "confirm", "visit", by="watch01")
    assert shown(office, number)["state"] == "settling"
    office.do("correct", number, "investment=33000", "--note", "笔误", by="bureau01")
    assert findings(office) == []


def test_a_new_limit_runs_from_the_taking_over(office: Tiny) -> None:
    """Nobody is late on that day with what nobody had asked."""
    number = office.opened()
    limited = SECOND.replace(
        "  scouting: {title: 考察导入, phase: 前期, lead: bureau,",
        "  scouting: {title: 考察导入, phase: 前期, lead: bureau, limits: [{title: 回访, in: 5, "
        "unit: day, done: note_visit, basis: 内部承诺}],",
    )
    migrated(office, limited)
    limits = {one["title"]: one["due_on"] for one in shown(office, number)["limits"]}
    assert limits["回访"] == "2026-10-08"  # 5 October is a holiday
    assert findings(office) == []


def test_a_correction_of_what_an_old_step_read_is_judged_by_the_old_rules(office: Tiny) -> None:
    """The new version wants 30 000; the step was made where 3 000 was enough: a correction to
    20 000 upsets nothing, one to 2 000 does.
    """
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    migrated(office, SECOND.replace("investment >= 3000", "investment >= 30000"))
    told = office.do("correct", number, "investment=20000", "--note", "核减", by="bureau01")
    assert "不再成立" not in told
    told = office.do("correct", number, "investment=2000", "--note", "核减", by="bureau01")
    assert "不再成立" in told
    assert findings(office) == []


def forge(office: Tiny, number: str, change: Any) -> None:
    """Alter the last entry of a case as somebody with the program at hand would."""
    with office.home.outside(office.path) as database:
        (case_id,) = database.execute("SELECT id FROM cases WHERE number = ?", (number,)).fetchone()
        idx, raw = database.execute(
            "SELECT idx, body FROM entry WHERE case_id = ? ORDER BY seq DESC", (case_id,)
        ).fetchone()
        body = json.loads(bytes(raw))
        change(body)
        new = canonical(body)
        database.execute(
            "UPDATE entry SET body = ?, hash = ? WHERE idx = ?", (new, hash_of(new), idx)
        )


def test_a_case_that_was_left_out_is_found(office: Tiny) -> None:
    """Every open case follows the decision: one whose entry is taken away is named."""
    first, second = office.opened(), office.opened(name="温泉康养")
    migrated(office)
    with office.home.outside(office.path) as database:
        (case_id,) = database.execute("SELECT id FROM cases WHERE number = ?", (second,)).fetchone()
        database.execute("DELETE FROM entry WHERE case_id = ? AND seq = 2", (case_id,))
    found = office.asks("audit")["findings"]
    assert ("illegal", second, "已决定把在办事项迁到新版流程，本事项没有迁") in [
        (one["code"], one["case"], one["message"]) for one in found
    ]
    assert first not in [one["case"] for one in found]


def test_a_case_taken_over_without_a_decision_is_found(office: Tiny) -> None:
    """An entry that names rules on which nobody has decided is refused by the audit."""
    number = office.opened()
    migrated(office)
    forge(
        office, number, lambda body: body["intent"].update(workflow=body["intent"]["workflow"][65:])
    )
    assert ("definition", number) in findings(office)
