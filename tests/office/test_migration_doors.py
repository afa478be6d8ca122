"""Side doors of taking open cases over into a new version: what was decided under the old one is
neither undone by it nor lost, and readers, letters and the audit go on.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice
from test_migration import VISIT, findings, migrated, publish, shown
from tiny_office import Tiny

SAME = VISIT.replace("version: 1", "version: 2")
"""A second version in which everything is called as it was."""
NO_MAP = "map: visit\n"
LATER = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give an office with an auditor, who confirms."""
    made = Tiny(tmp_path, monkeypatch, home).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    return made


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office in which problems link to works; b2 confirms."""
    made = LinkedOffice(tmp_path, monkeypatch)
    made.do("officer", "grant", "b2", "auditor", by="admin")
    return made


def once_more(office: Tiny, text: str, before: int) -> None:
    """Publish a further version of the same names, and take the open cases over into it."""
    publish(office, text)
    office.do("workflow", "migrate", "visit", "--from", str(before), by="admin")
    office.do("workflow", "confirm", "visit", by="watch01")


def limits(office: Tiny, number: str) -> dict[str, str]:
    """Give a case's limits with the days on which they are due."""
    return {one["title"]: one["due_on"] for one in shown(office, number)["limits"]}


def in_siting(office: Tiny) -> str:
    """Give a case in 规划选址 since 4 September."""
    number = office.ready()
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    return number


# ── What was said ──


def test_an_objection_stays_without_its_seat(office: Tiny) -> None:
    """A version that does not ask 国土 any more does not overrule its word; the lead does."""
    number = office.opened("investment=32000", "owner_unit=owner", "x_units=wenwu")
    office.do("sign", number, "to_siting", "object", "--note", "占耕地", by="land01")
    plan = migrated(office, SAME.replace("roles: [land, x], quorum", "roles: [x], quorum"), NO_MAP)
    assert plan["cases"][0]["opinions_lost"] == []
    office.do("attach", number, "report", office.write("报告.pdf", "论证"), by="planning01")
    office.do("sign", number, "to_siting", "agree", by="wenwu01")
    code, told = office.fails("advance", number, "to_siting", by="bureau01")
    assert (code, "✗ 会签　　国土 不同意" in told) == (1, True), told
    office.do("resolve", number, "to_siting", "land", "--note", "已避让耕地", by="bureau02")
    office.do("advance", number, "to_siting", by="bureau01")
    assert findings(office) == []


def test_an_objection_comes_back_with_its_seat(office: Tiny) -> None:
    """Nor does a version in between, from which the cases are taken over into one that asks."""
    number = office.opened("investment=32000", "owner_unit=owner", "x_units=wenwu")
    office.do("sign", number, "to_siting", "object", "--note", "占耕地", by="land01")
    migrated(office, SAME.replace("roles: [land, x], quorum", "roles: [x], quorum"), NO_MAP)
    once_more(office, VISIT.replace("version: 1", "version: 3"), 2)
    (objection,) = [one for one in shown(office, number)["opinions"] if one["verdict"] == "object"]
    assert (objection["role"], objection["note"]) == ("land", "占耕地")


def test_who_agreed_to_another_end_speaks_again(office: Tiny) -> None:
    """Agreeing that a case goes to 规划选址 is not agreeing that it is put off."""
    number = office.ready()
    other = (
        SAME.replace(
            "    title: 转入规划选址\n    from: scouting\n    to: siting\n",
            "    title: 转入规划选址\n    from: scouting\n    to: later\n",
        )
        .replace("  paused:", "  later: {title: 缓办, phase: 前期, lead: bureau}\n  paused:")
        .replace(
            "  - name: to_done\n",
            "  - {name: take_up, title: 重启, from: later, to: siting, by: bureau}\n"
            "  - name: to_done\n",
        )
    )
    plan = migrated(office, other, NO_MAP)
    lost = ["国土（市自然资源局）", "x 部门（市文物局）"]
    assert plan["cases"][0]["opinions_lost"] == lost
    code, told = office.fails("advance", number, "to_siting", by="bureau01")
    assert (code, "缺 国土、市文物局 的同意意见" in told) == (1, True), told


# ── What runs ──


def test_a_new_limit_counted_from_a_fact_runs_from_the_taking_over(office: Tiny) -> None:
    """Nobody is late at once by a limit that nobody knew, whatever it is counted from."""
    number = in_siting(office)
    office.do("set", number, "announced_on=2026-09-04", by="bureau01")
    new = "{title: 复核, in: 7, unit: day, since: announced_on, done: to_done, basis: 办法 第9条}"
    migrated(office, SAME.replace("limits: [", f"limits: [{new}, "), NO_MAP)
    assert limits(office, number) == {
        "规划选址": "2026-09-24",
        "公告满二十日": "2026-09-24",
        "复核": "2026-10-08",  # 7 October is a holiday
    }
    assert findings(office) == []


def test_a_limit_called_otherwise_does_not_start_again(office: Tiny) -> None:
    """A statutory limit is the same by another title: it goes on from where it began."""
    number = in_siting(office)
    office.now = LATER
    law = "{title: 法定, in: 10, unit: day, done: to_done, basis: 办法 第8条}"
    first = SAME.replace("limits: [", f"limits: [{law}, ")
    migrated(office, first, NO_MAP)
    before = limits(office, number)
    office.now = datetime(2026, 10, 27, 2, 0, tzinfo=UTC)
    once_more(office, first.replace("version: 2", "version: 3").replace("法定,", "法定期限,"), 2)
    after = limits(office, number)
    assert (before["法定"], after["法定期限"]) == ("2026-10-30", "2026-10-30")
    assert findings(office) == []


def test_a_limit_that_came_later_runs_on_from_when_it_came(office: Tiny) -> None:
    """Taken over once more, it neither starts again nor runs from before it was there."""
    number = office.opened()
    text = SAME.replace(
        "  scouting: {title: 考察导入, phase: 前期, lead: bureau,",
        "  scouting: {title: 考察导入, phase: 前期, lead: bureau, limits: [{title: 回访, in: 5, "
        "unit: workday, done: note_visit, basis: 内部承诺}],",
    )
    migrated(office, text, NO_MAP)
    before = limits(office, number)
    office.now = LATER
    once_more(office, text.replace("version: 2", "version: 3"), 2)
    assert limits(office, number) == before == {"考察导入": "2026-09-15", "回访": "2026-10-13"}
    assert findings(office) == []


LAPSE = (
    "  - {name: lapse, title: 搁置, by: clock, from: scouting, to: closed,"
    " after: {in: 5, unit: day, since: entered, basis: 内部承诺}}\n"
)


def test_what_the_clock_makes_only_now_is_not_due_at_once(office: Tiny) -> None:
    """A case of four weeks is not ended on the day on which nobody had known that it would be."""
    number = office.opened()
    migrated(office, SAME.replace("lights:\n", f"{LAPSE}lights:\n"), NO_MAP)
    office.do("tick", by="admin")
    assert shown(office, number)["state"] == "scouting"
    office.now = datetime(2026, 10, 4, 2, 0, tzinfo=UTC)
    office.do("tick", by="admin")
    assert shown(office, number)["state"] == "scouting"
    office.now = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
    office.do("tick", by="admin")
    assert shown(office, number)["state"] == "closed"
    assert findings(office) == []


# ── What is locked, and by which rules ──


def test_what_a_new_version_says_unlocks_nothing_by_itself(office: Tiny) -> None:
    """A record that unlocks by the new version did not where it was made: what a step has read is
    bound, until the record is made by the new rules.
    """
    number = office.ready()
    visit = ("note_visit", "--set", "people=3")
    office.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau01")
    anywhere = SAME.replace("kind: record, from: scouting,", "kind: record, from: siting,")
    migrated(office, anywhere, NO_MAP)
    office.do("advance", number, *visit, by="bureau01")
    third = anywhere.replace("version: 2", "version: 3")
    once_more(office, third.replace("asks: [people]}", "asks: [people], unlocks: [investment]}"), 2)
    code, told = office.fails("set", number, "investment=3100", by="bureau01")
    assert (code, "总投资" in told) == (1, True)
    office.do("advance", number, *visit, by="bureau01")
    office.do("set", number, "investment=3100", by="bureau01")
    assert findings(office) == []


TABLED = VISIT.replace(
    "materials:\n",
    "tables:\n  grade:\n    title: 规模\n"
    "    rows: [{when: investment >= 3000, then: 大}, {then: 小}]\n"
    "materials:\n",
    1,
).replace(
    "guards: [{when: investment >= 3000,",
    "guards: [{when: tables.grade == '大', else: 太小}, {when: investment >= 30,",
)


def test_a_step_is_judged_by_the_table_of_its_own_version(office: Tiny) -> None:
    """The new version's table calls 20 000 small; the step was made where it was big."""
    old = office.write("visit.yaml", TABLED.replace("version: 1", "version: 2"))
    office.do("workflow", "publish", old, by="admin")
    number = in_siting(office)
    new = TABLED.replace("version: 1", "version: 3")
    once_more(
        office,
        new.replace("{when: investment >= 3000, then", "{when: investment >= 30000, then"),
        2,
    )
    told = office.do("correct", number, "investment=20000", "--note", "核减", by="bureau01")
    assert "不再成立" not in told
    told = office.do("correct", number, "investment=2000", "--note", "核减", by="bureau01")
    assert "不再成立" in told
    assert findings(office) == []


def test_a_figure_measured_otherwise_stops_it_all(office: Tiny) -> None:
    """32 000 万元 do not become 32 000 元."""
    number = office.opened("investment=32000")
    publish(office, SAME.replace("unit: 万元", "unit: 元"))
    code, told = office.fails("workflow", "migrate", "visit", "--from", "1", by="admin")
    assert code == 1
    assert f"{number}：总投资（investment）由 万元 改成了 元，已填的不能照搬" in told


# ── Who else reads it ──


def test_other_workflows_are_published_beside_readers_taken_over(linked: LinkedOffice) -> None:
    """What governs a case that was taken over is its version: of that it is told who reads what."""
    linked.problem(linked.works())
    problem = (linked.rules / "problem.yaml").read_text("utf-8")
    works = (linked.rules / "works.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    second = linked.write("problem.yaml", problem.replace("version: 1", "version: 2"))
    linked.do("workflow", "publish", second, by="admin")
    linked.do("workflow", "migrate", "problem", "--from", "1", by="admin")
    linked.do("workflow", "confirm", "problem", by="b2")
    said = linked.run(
        "workflow",
        "publish",
        linked.write("works.yaml", works.replace("begun", "started")),
        by="admin",
    )
    assert said.exit_code == 0, said.output
    assert "现行的流程 problem（问题协调）读不成了" in said.output
    assert "第 2 版还在办" not in said.output
    assert linked.findings() == []


# ── How it is told ──


def test_old_steps_are_told_in_their_own_names(office: Tiny) -> None:
    """A case's page and a replay say what the log says, no identifiers of a former version."""
    number = in_siting(office)
    migrated(office)
    for told in (office.do("show", number), office.do("replay", number)):
        assert "转入规划选址　考察导入 → 规划选址" in told
        assert "siting" not in told
    assert "规划选址（siting）" in office.do("replay", number, "--at", "2026-09-10")


def test_a_replay_under_one_file_passes_over_the_taking_over(office: Tiny) -> None:
    """It asks what the file would have said of every entry, from the first to the last."""
    number = in_siting(office)
    migrated(office)
    told = office.do("replay", number, "--under", office.write("first.yaml", VISIT))
    assert "✗" not in told
    assert "回放至第 6 条：规划选址（siting）" in told


READING = "  - {name: inspect, title: 检查, kind: record, from: begun, by: land}\n"
CHECK = """\
  - name: check
    title: 核对
    kind: record
    from: begun
    by: bureau
    needs:
      guards: [{when: linked.problem|sum('cost') <= amount, else: 花费超过总投资}]
"""


def test_a_correction_reads_the_other_cases_as_the_old_version_did(linked: LinkedOffice) -> None:
    """The new version reads no other case; the step of before did, and is judged by that."""
    text = (linked.rules / "works.yaml").read_text("utf-8")
    first = text.replace("version: 1", "version: 2").replace(READING, READING + CHECK)
    linked.do("workflow", "publish", linked.write("works.yaml", first), by="admin")
    works = linked.works()
    linked.problem(works, cost="50")
    linked.do("advance", works, "check", by="b1")
    blind = text.replace("version: 1", "version: 3").partition("    sets:\n")[0]
    linked.do("workflow", "publish", linked.write("works.yaml", blind), by="admin")
    linked.do("workflow", "migrate", "works", "--from", "2", by="admin")
    linked.do("workflow", "confirm", "works", by="b2")
    told = linked.do("correct", works, "amount=4000", "--note", "核减", by="b1")
    assert "提请更正" not in told
    told = linked.do("correct", works, "amount=40", "--note", "核减", by="b1")
    assert "提请更正" in told
    assert linked.findings() == []
