"""Late recording and late days as side doors: who has lost a role does nothing in it of the days
before, whatever it is; a deal is of the end of the listing, whenever it is recorded or corrected;
and who has to urge is told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tiny_office import Tiny
from walking import Walk, announced, forward

LATER = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
"""20 October 2026, ten in the morning in Beijing: the founding was on 30 September."""
LATE = ("--on", "2026-10-12", "--because", "当时未及录入")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with a second officer of land, three weeks after its founding."""
    made = Tiny(tmp_path, monkeypatch).founded()
    made.do("officer", "add", "land02", "副科长", "--unit", "land", "--role", "land", by="admin")
    made.now = LATER
    return made


def under_way(tiny: Tiny) -> str:
    """Give a case of 8 October with a record and facts of bureau02, an objection of land, and a
    correction that waits.
    """
    number = tiny.opened("investment=32000", "owner_unit=owner", "x_units=wenwu", on="2026-10-08")
    for words, by in (
        (("advance", number, "note_visit", "--set", "people=3"), "bureau02"),
        (("set", number, "kind=文旅"), "bureau02"),
        (("sign", number, "to_siting", "object", "--note", "权属", "--because", "外出"), "land01"),
        (("correct", number, "people=4", "--note", "数错"), "bureau01"),
    ):
        tiny.do(*words, "--on", "2026-10-09", by=by)
    return number


@pytest.mark.parametrize(
    ("words", "by", "role"),
    [
        (("ask", "{n}", "to_siting"), "bureau02", "bureau"),
        (("resolve", "{n}", "to_siting", "land", "--note", "已理清"), "bureau02", "bureau"),
        (("withdraw", "{n}", "to_siting", "--note", "再议"), "land01", "land"),
        (("sign", "{n}", "to_siting", "agree"), "land01", "land"),
        (("advance", "{n}", "suspend", "--note", "暂缓"), "bureau02", "bureau"),
        (("advance", "{n}", "note_visit", "--set", "people=9"), "bureau02", "bureau"),
        (("set", "{n}", "investment=9000"), "bureau02", "bureau"),
        (("correct", "{n}", "people=5", "--note", "数错"), "bureau02", "bureau"),
        (("open", "visit", "--set", "name=补立的项目"), "bureau02", "bureau"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a8_nothing_is_done_late_in_a_role_that_is_lost(
    tiny: Tiny, words: tuple[str, ...], by: str, role: str
) -> None:
    """A8: of a day on which they held it, by themselves or in somebody's name, nothing is recorded
    once they have it no more; a colleague records it as theirs, with the reason.
    """
    number = under_way(tiny)
    colleague = {"bureau02": "bureau01", "land01": "land02"}[by]
    given = [word.format(n=number) for word in words]
    tiny.do("officer", "delegate", colleague, "--until", "2026-12-31", by=by)
    tiny.do("officer", "revoke", by, role, "--since", "2026-10-19", by="admin")
    before = tiny.asks("list")["cases"], len(tiny.asks("log", number)["entries"])
    assert tiny.run(*given, *LATE, by=by).exit_code == 1
    assert tiny.run(*given, *LATE, "--json", by=by).exit_code == 1
    assert tiny.run(*given, *LATE, "--for", by, by=colleague).exit_code == 1
    assert (tiny.asks("list")["cases"], len(tiny.asks("log", number)["entries"])) == before
    tiny.do(*given, *LATE, "--done-by", by, by=colleague)
    assert tiny.run("audit").exit_code == 0


def test_b5_what_is_recorded_late_changes_no_day_that_was_told(tiny: Tiny) -> None:
    """B5: what was recorded on the 20th of the 12th was not there as recorded on the 15th, nor the
    reason why it was not; and the opinion's day stays that of the ask.
    """
    number = tiny.opened("investment=32000", "x_units=wenwu", on="2026-10-08")
    tiny.do("sign", number, "to_siting", "agree", *LATE, by="land01")
    for when, seen in (("2026-10-15 12:00", 0), ("2026-10-20 18:00", 1)):
        words = ("--on", "2026-10-15", "--as-recorded-at", when)
        shown = tiny.run("show", number, *words, "--json", by="bureau01")
        assert ('"land01"' in shown.stdout) == bool(seen), shown.stdout
    assert tiny.run("audit").exit_code == 0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Found the shipped office once."""
    with pytest.MonkeyPatch.context() as patch:
        return Walk.begin(tmp_path_factory.mktemp("office"), patch)


@pytest.fixture
def walk(office: Walk, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Give the shipped office; each test opens a case of its own."""
    monkeypatch.setenv("LIFECYCLE_DB", str(office.folder / "lifecycle.db"))
    return office


DEAL = "--set deal_price=5200 --set winner=意向方公司 --set winner_is_investor=是"


def test_a3_a_deal_is_of_the_end_of_the_listing(walk: Walk) -> None:
    """A3: on the last day of the listing, not on the one before, recorded then or later; nor is it
    corrected to that day, or the end of the listing to a day after it, by one person.
    """
    w = walk
    w.opens("挂牌截止才成交的书院", on=str(w.day))
    forward(w, "listing")
    announced(w)
    end = w.day + timedelta(days=32)
    w.later(31)
    w.do("land01 attach deal_confirmation")
    told = "挂牌期限届满才能确定竞得人"
    w.refused(f"land01 advance deal --set deal_on={w.day} {DEAL}", told)
    w.later(1)
    before = end - timedelta(days=1)
    for more in ("", f" --on {before}", " --dry-run"):
        w.refused(f"land01 advance deal --set deal_on={before} {DEAL}{more}", told)
    w.do(f"land01 advance deal --set deal_on={end} {DEAL}")
    (proposed,) = w.do(f"land01 correct deal_on={before} --note 实为前一日")
    assert "待 市招商局 的另一人确认" in proposed.stdout
    w.do("bureau01 decline --note 挂牌尚未截止")
    (proposed,) = w.do(f"land01 correct listing_end_on={end + timedelta(days=1)} --note 实为次日")
    assert "“成交确认”" in proposed.stdout
    w.do("bureau01 decline --note 公告写的就是这一日")
    shown = w.asks("show", w.case)["case"]["facts"]
    assert (shown["deal_on"], shown["listing_end_on"]) == (str(end), str(end))


def test_b2_the_bureau_is_told_to_urge_a_late_start(walk: Walk) -> None:
    """B2: once the agreed start has passed, 催办 is on the bureau's list, not on the owner's, until
    it is made.
    """
    w = walk
    w.opens("逾期未开工的山庄", on=str(w.day))
    forward(w, "construction")
    due = w.asks("show", w.case)["case"]["facts"]["start_due_on"]
    w.until(w.day.fromisoformat(due))
    w.awaits("bureau01")
    w.later(1)
    w.awaits("bureau01", "remind")
    w.awaits("bureau02", "remind")
    assert "remind" not in [
        task["transition"]
        for task in w.asks("todo", "--as", "owner001")["tasks"]
        if task["number"] == w.case
    ]
    w.do("bureau01 advance remind --note 请说明原因并报开工计划")
    w.awaits("bureau01")
