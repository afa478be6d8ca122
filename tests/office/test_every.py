"""`every`: one case is opened in each period, once, on its day, before anything may read it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.ledger import register
from lifecycle.ledger.across import every
from lifecycle.ledger.rows.task_rows import put_tasks


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office that reviews each quarter, founded on 7 September 2026."""
    return LinkedOffice(tmp_path, monkeypatch, home, "periods")


def opened(office: LinkedOffice, workflow: str, **facts: str) -> str:
    """Open a case, and give its number."""
    words = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    return office.do("open", workflow, *words, by="b1").strip()


def hidden(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, **facts: str) -> str:
    """Open a review by a register that does not see what is due, and give its number."""
    with monkeypatch.context() as patch:
        patch.setattr(register, "cases_due", lambda *_told: [])
        return opened(office, "review", **facts)


def reviews(office: LinkedOffice) -> list[tuple[str, str]]:
    """List the titles of the reviews and the days on which they were opened."""
    found = office.asks("list", "--workflow", "review", "--on", office.now.date().isoformat())
    return [(one["title"], one["entered_on"]) for one in found["cases"]]


def test_one_is_opened_in_every_period(office: LinkedOffice) -> None:
    """From the publication on, on its day, once, however late the tick; what each is given is
    computed from the period.
    """
    assert office.asks("tick")["made"] == []
    office.at("2026-10-12")
    assert office.asks("tick")["made"] == []
    office.at("2026-10-13")
    (one,) = office.asks("tick")["made"]
    assert (one["title"], one["on"], one["transition"]) == (
        "2026年第三季度评议",
        "2026-10-13",
        "open",
    )
    facts = office.asks("show", one["number"])["case"]["facts"]
    assert (facts["quarter"], facts["from_day"]) == ("2026Q3", "2026-07-01")
    office.at("2026-10-20")
    assert office.asks("tick")["made"] == []
    assert office.findings() == []
    assert office.asks("replay")["ok"] is True


def test_a_clock_that_slept_opens_all_that_it_missed(office: LinkedOffice) -> None:
    """Each for its own period, on its own day, before anything that may read them."""
    office.at("2026-10-01")
    opened(office, "lead", name="x")
    assert reviews(office) == []
    office.at("2026-12-30")
    opened(office, "lead", name="y")
    assert reviews(office) == [("2026年第三季度评议", "2026-10-13")]
    office.at("2027-01-20")
    number = opened(office, "review", title="另加", quarter="2026Q4", from_day="2026-10-01")
    assert [title for title, _on in reviews(office)] == [
        "2026年第三季度评议",
        "2026年第四季度评议",
        "另加",
    ]
    assert "同一季度有两件" in office.refusal("advance", number, "close", by="b1")[0]
    assert office.findings() == []


def test_nobody_takes_the_name_of_a_period(office: LinkedOffice) -> None:
    """A request id that an opening of a period would have is refused to all."""
    _code, told = office.fails(
        "open", "lead", "--set", "name=x", "--request-id", "every:review.quarter:2026Q4", by="b1"
    )
    assert told.startswith("--request-id 不能以 every: 开头")


def test_a_new_version_goes_on_from_its_publication(office: LinkedOffice) -> None:
    """What was due before stays due by the old one; from then on the new one says when."""
    office.at("2026-10-16")
    path = office.rules / "review.yaml"
    text = path.read_text("utf-8").replace("version: 1", "version: 2")
    path.write_text(text.replace("quarter: {in: 5", "month: {in: 1"), "utf-8")
    office.do("workflow", "publish", "rules/review.yaml", by="admin")
    office.at("2026-12-02")
    office.do("tick")
    assert reviews(office) == [
        ("2026年第三季度评议", "2026-10-13"),
        ("2026年10月评议", "2026-11-02"),
        ("2026年11月评议", "2026-12-01"),
    ]
    assert office.findings() == []


MINE = {"title": "另加", "quarter": "2026Q3", "from_day": "2026-07-01"}


def test_what_was_not_opened_in_its_period_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first act that might have read it, also where it was opened later."""
    office.at("2026-10-20")
    hidden(office, monkeypatch, **MINE)
    told = "2026年第四季度的 review2026-10-13 应自动立项，第 10 号记录以前没有立"
    assert office.findings() == [("due", "-", told)]
    office.do("tick")
    assert office.findings() == [("due", "-", told)]


@pytest.mark.parametrize(
    ("where", "name", "lie", "told"),
    [
        ("every", "facts_in", {"title": "甲", "quarter": "2026Q1"}, "所填的与应填的不符"),
        ("PeriodDue", "eid", "x1", "流程或记录号不是那一期的"),
        (
            "PeriodDue",
            "cause",
            {"by": "clock", "every": "review.quarter", "period": "2026Q3"},
            "那一天却没有到期的这一期",
        ),
    ],
)
def test_what_was_opened_otherwise_is_found(
    office: LinkedOffice,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    name: str,
    lie: object,
    told: str,
) -> None:
    """With other facts, under another name, for another period: each at that entry."""
    office.at("2026-10-20")
    with monkeypatch.context() as patch:
        if where == "every":
            patch.setattr(every, name, lambda *_told: lie)
        else:
            patch.setattr(every.PeriodDue, name, property(lambda _self: lie))
        patch.setattr(register, "put_every", lambda *_told: None)
        patch.setattr(register, "cases_due", lambda *_told: [every.EVERY])
        with closing(office.office()) as looked:
            looked.register._make(every.EVERY)
    found = [(code, message) for code, _case, message in office.findings()]
    assert ("due", f"记录写的是按期自动立项，{told}") in found or any(
        code == "due" and told in message for code, message in found
    )


def test_a_row_that_does_not_follow_from_the_log_is_found(office: LinkedOffice) -> None:
    """Which period comes next is kept beside the log, and compared."""
    with closing(office.office()) as looked, looked.store.writing():
        put_tasks(looked.store, every.EVERY, set())
    assert office.findings() == [("state", "-", "存储的按期立项与回放结果不一致")]
