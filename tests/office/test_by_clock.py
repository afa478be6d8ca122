"""`by: clock`: what makes itself on a day is made before anything else, once, on that day."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.engine.acts import advance
from lifecycle.engine.case import Case
from lifecycle.engine.clock import by_clock
from lifecycle.engine.clock.by_clock import Falling
from lifecycle.engine.world.workdays import Calendar, Due
from lifecycle.ledger import register
from lifecycle.ledger.across import due
from lifecycle.workflow.model import Workflow


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with leads that are held for a time, and deals over them."""
    return LinkedOffice(tmp_path, monkeypatch, home, "clock")


def lead(office: LinkedOffice, name: str = "剑瓷园", until: str = "") -> str:
    """Open a lead and, until a day, hold it; gives its number."""
    number = office.do("open", "lead", "--set", f"name={name}", by="b1").strip()
    if until:
        office.do("advance", number, "hold", "--set", f"valid_to={until}", by="b1")
    return number


def opened(office: LinkedOffice, workflow: str, **facts: str) -> str:
    """Open a case, and give its number."""
    words = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    return office.do("open", workflow, *words, by="b1").strip()


def state(office: LinkedOffice, number: str) -> str:
    """Give the state in which a case is recorded, whatever is due."""
    found: str = office.asks("list", "--on", office.now.date().isoformat())["cases"]
    return next(one["state"] for one in found if one["number"] == number)  # type: ignore[index]


def made(office: LinkedOffice, number: str) -> list[tuple[str, str, str]]:
    """List by whom, on which day, which transitions of a case were made."""
    found: list[dict[str, Any]] = office.asks("log", number)["entries"]
    intents = [one["intent"] for one in found]
    return [
        (intent["actor"]["id"], intent["occurred_on"], intent["transition"])
        for intent in intents
        if intent["type"] == "transition_made"
    ]


def test_tick_makes_what_is_due_on_its_day(office: LinkedOffice) -> None:
    """On the day after the last day, be that a Sunday, however late the tick; for the unit that
    leads, with its letter as a draft; once. The audit finds nothing.
    """
    number = lead(office, until="2026-09-12")
    office.at("2026-09-12")
    assert office.asks("tick")["made"] == []
    office.at("2026-09-21")
    (one,) = office.asks("tick")["made"]
    assert (one["number"], one["transition"], one["on"]) == (number, "release", "2026-09-13")
    assert made(office, number)[-1] == ("clock", "2026-09-13", "release")
    assert office.asks("tick")["made"] == []
    (letter,) = office.asks("notice", "list", number)["letters"]
    assert letter["state"] == "draft"
    assert "剑瓷园占用至2026年9月12日" in office.do("notice", "show", number, letter["name"])
    assert office.findings() == []
    assert office.asks("replay", number)["ok"] is True


def test_a_lapsed_hold_cannot_be_used_though_the_clock_slept(office: LinkedOffice) -> None:
    """What is due is made before any act, and stands though that act is refused."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    told = office.refusal("advance", number, "sign", by="b1")
    assert told[0].startswith("环节 现为“未占用”")
    assert made(office, number)[-1] == ("clock", "2026-09-13", "release")
    assert office.findings() == []


def test_a_gate_of_another_case_reads_it_as_lapsed(office: LinkedOffice) -> None:
    """By its link, and by a collection in which it is one of many."""
    number = lead(office, until="2026-09-12")
    deal = office.do("open", "deal", "--set", "name=谈", "--set", f"lead={number}", by="b1").strip()
    office.at("2026-09-21")
    assert "须在占用期内" in office.refusal("advance", deal, "close", by="b1")[0]
    other = lead(office, "青瓷", until="2026-09-25")
    office.do("advance", deal, "count", by="b1")
    office.at("2026-09-28")
    assert "没有占用中的" in office.refusal("advance", deal, "count", by="b1")[0]
    assert made(office, other)[-1] == ("clock", "2026-09-26", "release")
    assert office.findings() == []


def test_what_is_only_looked_at_is_seen_as_if_it_were_made(office: LinkedOffice) -> None:
    """`why`, `show` and a dry run say what an act would meet, and record nothing."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    assert office.asks("show", number)["case"]["state"] == "free"
    assert "现为“未占用”" in office.do("why", number, "sign", by="b1")
    assert "未占用" in office.refusal("advance", number, "sign", "--dry-run", by="b1")[0]
    assert made(office, number)[-1][2] == "hold"


def test_what_was_prolonged_in_time_runs_on(office: LinkedOffice) -> None:
    """The day that is in hand counts; a record of before the day due is refused once that is
    made: what was truly done in time is late.
    """
    number = lead(office, until="2026-09-12")
    office.do("advance", number, "prolong", "--set", "valid_to=2026-09-20", by="b1")
    office.at("2026-09-14")
    assert office.asks("tick")["made"] == []
    office.at("2026-09-21")
    told = office.refusal("advance", number, "sign", "--on", "2026-09-20", by="b1")
    assert "2026-09-21" in told[0]
    assert made(office, number)[-1] == ("clock", "2026-09-21", "release")


def test_a_record_of_the_clock_is_made_once_in_a_round(office: LinkedOffice) -> None:
    """Urged after two workdays, escalated after five, each once; a new round urges anew. Who may
    make it, too, may make it sooner.
    """
    number = lead(office, until="2027-09-12")
    office.do("advance", number, "ask", by="b1")
    office.at("2026-09-30")
    assert [one["transition"] for one in office.asks("tick")["made"]] == ["urge", "escalate"]
    assert made(office, number)[-2:] == [
        ("clock", "2026-09-09", "urge"),
        ("clock", "2026-09-14", "escalate"),
    ]
    facts = office.asks("show", number)["case"]["facts"]
    assert facts["urged_on"] == "2026-09-09"
    office.do("advance", number, "answer", "--set", "answer=可", by="l1")
    office.do("advance", number, "ask", by="b1")
    office.at("2026-10-15")
    (again,) = office.asks("tick")["made"][:1]
    assert again["transition"] == "urge"
    assert office.findings() == []


def test_what_lacks_a_gate_is_not_due(office: LinkedOffice) -> None:
    """It waits, is told as waiting, and is made on the day on which the last thing came."""
    number = lead(office, until="2027-09-12")
    office.do("advance", number, "ask", by="b1")
    office.at("2026-11-20")
    assert [one["transition"] for one in office.asks("tick")["made"]] == ["urge", "escalate"]
    assert state(office, number) == "late"
    path = office.write("minutes.txt", "首谈")
    office.do("attach", number, "minutes", path, by="b1")
    (one,) = office.asks("tick")["made"]
    assert (one["transition"], one["on"]) == ("lapse", "2026-11-20")
    assert office.findings() == []


def test_nobody_makes_it_by_hand(office: LinkedOffice) -> None:
    """What the clock makes is refused to officers, who are told the day."""
    number = lead(office, until="2026-09-12")
    told = office.refusal("advance", number, "release", by="b1")
    assert told[0] == "角色 “到期释放”到期自动办理，不能由人办"
    assert "2026-09-13 才到期" in told[1]


def test_what_would_do_what_is_refused_is_not_due(office: LinkedOffice) -> None:
    """An effect that the other case refuses leaves the clock's act undone and told; once it can be
    done it is, with its effect, on the day of the other case.
    """
    parent = office.do("open", "deal", "--set", "name=谈", "--set", "lead=" + lead(office), by="b1")
    child = opened(office, "term", title="催谈", deal=parent.strip())
    office.do("advance", parent.strip(), "rest", by="b1")
    office.at("2026-09-21")
    ticked = office.asks("tick")
    assert ticked["made"] == []
    assert [one["lacks"] for one in ticked["waiting"]] == [["带动的事项办不成"]]
    office.do("advance", parent.strip(), "wake", by="b1")
    (one,) = office.asks("tick")["made"]
    assert (one["number"], one["on"], one["due_on"], one["effects"]) == (
        child,
        "2026-09-21",
        "2026-09-10",
        1,
    )
    assert made(office, parent.strip())[-1] == ("clock", "2026-09-21", "note")
    assert office.findings() == []
    assert office.asks("replay", child)["ok"] is True


def test_a_bulk_makes_first_what_is_due(office: LinkedOffice) -> None:
    """Before the first row, for all; what a row makes due is made before the next."""
    first, second = lead(office, "甲", "2026-09-12"), lead(office, "乙", "2026-12-31")
    office.at("2026-09-21")
    table = office.write("t.csv", f"编号\n{first}\n{second}\n")
    told = office.run("advance", str(table), "sign", by="b1")
    assert told.exit_code == 1
    before = f"此前已到期的一项，先自动办理了：lifecycle log {first}（第 3 条）"
    assert told.stderr.strip() == before
    assert made(office, first)[-1][2] == "release"
    assert made(office, second)[-1][2] == "sign"
    assert office.findings() == []


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ("holidays: [09-14], workdays: []", "2026-09-16"),
        ("holidays: [], workdays: [09-12, 09-13]", "2026-09-13"),
    ],
)
def test_a_calendar_published_anew_counts_from_then_on(
    office: LinkedOffice, days: str, day: str
) -> None:
    """What is not made yet falls due by it, be that later or sooner."""
    number = lead(office, until="2027-09-12")
    office.at("2026-09-11")
    office.do("advance", number, "ask", by="b1")
    year = f'  "2026": {{announced: true, basis: 试, {days}}}'
    office.put_calendar(year)
    office.at(day)
    office.do("advance", number, "answer", "--set", "answer=可", by="l1")
    assert made(office, number)[-2] == ("clock", day, "urge")
    assert office.findings() == []


def test_two_machines_tick_at_once(office: LinkedOffice) -> None:
    """Each thing is made once."""
    numbers = [lead(office, f"线索{n}", "2026-09-12") for n in range(6)]
    office.at("2026-09-21")

    def ticking() -> None:
        with closing(office.office()) as machine:
            machine.register.make_due()

    machines = [threading.Thread(target=ticking) for _ in range(4)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    for number in numbers:
        assert [name for _who, _on, name in made(office, number)] == ["hold", "release"]
    assert office.findings() == []


# ── Honest to a dishonest store ──


def hidden(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, *words: str, by: str) -> None:
    """Do something by a register that does not see what is due."""
    with monkeypatch.context() as patch:
        patch.setattr(register, "cases_due", lambda *_told: [])
        office.do(*words, by=by)


def test_what_was_skipped_is_found(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first act on the case that came instead; once, however many follow."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    hidden(office, monkeypatch, "advance", number, "ask", by="b1")
    hidden(office, monkeypatch, "advance", number, "answer", "--set", "answer=可", by="l1")
    told = "“到期释放”2026-09-13 已到期，应先自动办理，记录里没有"
    assert office.findings() == [("due", number, told)]


@pytest.mark.parametrize("later", [True, False])
def test_what_was_hidden_from_a_reader_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, *, later: bool
) -> None:
    """At the case that was read while something was due of it, be that made later or never."""
    number = lead(office, until="2026-09-12")
    deal = opened(office, "deal", name="谈", lead=number)
    office.at("2026-09-21")
    hidden(office, monkeypatch, "advance", deal, "close", by="b1")
    if later:
        office.do("tick")
    ((code, case, message),) = office.findings()
    assert (code, case) == ("due", number)
    assert "2026-09-13 已到期，第" in message


def forged_step(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, number: str, *lies: tuple[Any, str, Any]
) -> list[tuple[str, str, str]]:
    """Have the clock make something of a case once by a register that is lied to; give what the
    audit finds.
    """
    with monkeypatch.context() as patch, closing(office.office()) as opened_office:
        for where, name, lie in lies:
            patch.setattr(where, name, lie)
        made_one = opened_office.register._make(opened_office.case(number).id)
        assert made_one is not None
    return office.findings()


def test_what_was_made_early_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not due."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-09")
    early = (by_clock, "due_of", lambda *_told: Due(date(2026, 9, 8)))
    found = forged_step(office, monkeypatch, number, early)
    assert {(code, case) for code, case, _message in found} == {("illegal", number)}
    assert found[0][2] == "到期：2026-09-13 才到期"


def test_what_was_made_on_another_day_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of the day on which it fell due."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    found = forged_step(
        office,
        monkeypatch,
        number,
        (due, "day_with_others", lambda *_told: date(2026, 9, 15)),
        (by_clock, "day_with_others", lambda *_told: date(2026, 9, 15)),
    )
    assert found == [("illegal", number, "到期：到期办理的日期应为 2026-09-13，不是 2026-09-15")]


def test_what_was_made_twice_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is not due in this round."""
    number = lead(office, until="2027-09-12")
    office.do("advance", number, "ask", by="b1")
    office.at("2026-09-10")
    office.do("tick")

    def again(workflow: Workflow, case: Case, calendar: Calendar) -> list[Falling]:
        day = date.fromisoformat(case.last_on)
        return [Falling(workflow.leaving[case.state]["urge"], Due(day), day)]

    found = forged_step(
        office,
        monkeypatch,
        number,
        (due, "falling", again),
        (advance, "judge_its_day", lambda *_told: None),
    )
    assert found == [("illegal", number, "到期：这一轮没有到期的，或已经办过")]


def test_the_clock_of_another_unit_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It acts for the unit that leads."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    other = (by_clock, "_leading_unit", lambda *_told: "gt")
    found = forged_step(office, monkeypatch, number, other)
    assert found == [("authority", number, "记录写的经办人或其单位与重新判定的结果不符")]


def test_nobody_passes_for_the_clock(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that bears its name and does not say that it fell due is nobody's."""
    number = lead(office, until="2026-09-12")
    office.at("2026-09-21")
    found = forged_step(office, monkeypatch, number, (register, "BY_CLOCK", None))
    assert [(code, case) for code, case, _message in found] == [("illegal", number)]
    assert "没有经办人" in found[0][2]
    _code, told = office.fails("officer", "add", "clock", "时钟", "--unit", "zsj", by="admin")
    assert told.startswith("经办人代码不能是 clock")
