"""Numbers of cases with choices and quarters in them: a series for each, without a gap."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.workflow.numbers import faults_in, number_of, serial_in, series_of


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office whose landings are numbered by area, kind and quarter."""
    return LinkedOffice(tmp_path, monkeypatch, home, "listed")


def opened(office: LinkedOffice, area: str, kind: str = "工业", *more: str) -> str:
    """Open a landing, and give its number."""
    facts = ("name=剑瓷园", f"area={area}", f"kind={kind}")
    sets = [word for fact in facts for word in ("--set", fact)]
    return office.do("open", "landing", *sets, *more, by="b1").strip()


def test_each_area_kind_and_quarter_counts_by_itself(office: LinkedOffice) -> None:
    """An entry of a list stands there by its code, a choice of the workflow by itself; whichever
    name was typed. The audit finds the same.
    """
    assert [
        opened(office, "龙泉"),
        opened(office, "莲都"),
        opened(office, "LQ"),
        opened(office, "龙泉市", "文旅"),
        opened(office, "龙泉", "工业", "--on", "2026-06-30"),
        opened(office, "龙泉"),
    ] == [
        "LD-LQ-工业-2026Q3-001",
        "LD-LD-工业-2026Q3-001",
        "LD-LQ-工业-2026Q3-002",
        "LD-LQ-文旅-2026Q3-001",
        "LD-LQ-工业-2026Q2-001",
        "LD-LQ-工业-2026Q3-003",
    ]
    assert office.findings() == []


def test_a_trial_takes_no_number(office: LinkedOffice) -> None:
    """The next opening has the one that a dry run would have had."""
    assert "未写入" in opened(office, "青田", "工业", "--dry-run")
    assert opened(office, "青田") == "LD-QT-工业-2026Q3-001"


def test_a_later_change_does_not_renumber(office: LinkedOffice) -> None:
    """The number keeps what the case was opened with; the next one of that area follows it."""
    number = opened(office, "龙泉")
    office.do("set", number, "area=莲都", by="b1")
    assert office.asks("show", number, by="b1")["case"]["facts"]["area"] == "莲都区"
    assert opened(office, "龙泉") == "LD-LQ-工业-2026Q3-002"
    assert opened(office, "莲都") == "LD-LD-工业-2026Q3-001"
    assert office.findings() == []


def test_what_is_not_said_gives_no_number(office: LinkedOffice) -> None:
    """Without the area nothing is opened, and no number is used up."""
    sets = ("--set", "name=甲", "--set", "kind=工业")
    assert office.refusal("open", "landing", *sets, by="b1") == ["要素 缺 属地 --set area=…"]
    assert opened(office, "龙泉").endswith("-001")


def test_a_list_that_grows_numbers_what_it_gained(office: LinkedOffice) -> None:
    """Each opening is numbered by the version of the list that it pins."""
    opened(office, "龙泉")
    path = office.rules / "lists" / "areas.yaml"
    text = path.read_text("utf-8") + "  - {code: 景宁, title: 景宁县}\n"
    path.write_text(text, encoding="utf-8")
    office.do("choices", "publish", str(path), by="admin")
    assert opened(office, "景宁县") == "LD-景宁-工业-2026Q3-001"
    assert office.findings() == []


def forged(office: LinkedOffice, number: str, other: str) -> list[tuple[str, str]]:
    """Put another number into the entry of an opening; give what the audit says of numbers."""
    with sqlite3.connect(office.path) as database:
        found = "SELECT idx, body FROM entry WHERE instr(body, ?) ORDER BY idx LIMIT 1"
        idx, raw = database.execute(found, (number.encode(),)).fetchone()
        body = bytes(raw).replace(number.encode(), other.encode())
        change = "UPDATE entry SET body = ?, hash = ? WHERE idx = ?"
        database.execute(change, (body, sha256(body).hexdigest(), idx))
    return [(code, text) for code, _case, text in office.findings() if code == "number"]


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (
            "LD-LD-工业-2026Q3-002",
            "不合“LD-{area}-{kind}-{year}Q{quarter}-{serial:03}”的样式（{area} 是 LQ",
        ),
        ("LD-LQ-工业-2026Q4-002", "不合“LD-{area}-{kind}-{year}Q{quarter}-{serial:03}”的样式"),
        ("LD-LQ-工业-2026Q3-003", "断号：缺第 2 号"),
        ("LD-LQ-工业-2026Q3-001", "重号或倒号：已编到第 1 号"),
    ],
)
def test_a_number_of_another_series_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str, wanted: str
) -> None:
    """Another area, another quarter, a gap, one twice: the audit says what is wrong with it."""
    office = LinkedOffice(tmp_path, monkeypatch, rules="listed")
    opened(office, "龙泉")
    number = opened(office, "龙泉")
    found = forged(office, number, other)
    assert any(f"编号 {other} {wanted}" in text for _code, text in found), found


def test_a_damaged_list_leaves_the_series_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers given by a list that is altered are followed by the series that they fit: one finding
    in all.
    """
    office = LinkedOffice(tmp_path, monkeypatch, rules="listed")
    for area in ("龙泉", "莲都", "龙泉"):
        opened(office, area)
    with sqlite3.connect(office.path) as database:
        database.execute("UPDATE definition SET body = body || ' ' WHERE kind = 'list'")
    ((code, _case, message),) = office.findings()
    assert (code, "选项表 areas" in message, "记录 3 条" in message) == ("definition", True, True)


@pytest.mark.parametrize(
    ("pattern", "faults"),
    [
        ("LS-F-{year}-{serial:03}", 0),
        ("{area}-{kind}/{serial}", 0),
        ("丽招{area}〔{year}〕{serial}号", 0),
        ("{year}{quarter}{month}{serial:04}", 0),
        ("{area}{serial}", 1),
        ("{area}字{serial}", 1),
        ("{year}{area}-{serial}", 1),
        ("{month}-{serial}", 1),
        ("{year}-{serial}-{serial}", 1),
        ("{year}", 1),
        ("{area:03}-{serial}", 1),
        ("{{year}}-{serial}", 1),
        ("{}-{serial}", 1),
    ],
)
def test_a_pattern_can_be_told_apart(pattern: str, faults: int) -> None:
    """A choice is parted from what stands beside it, so that no number is of two series."""
    assert len(list(faults_in(pattern))) == faults


def test_a_serial_is_read_as_it_was_written() -> None:
    """With its zeros, and no others."""
    pattern = "LD-LQ-{serial:03}"
    assert series_of(pattern) == "LD-LQ-{serial}"
    assert number_of(pattern, 7) == "LD-LQ-007"
    assert number_of(pattern, 1234) == "LD-LQ-1234"
    texts = ("LD-LQ-007", "LD-LQ-1234", "LD-LQ-7", "LD-LQ-0007", "LD-LD-007", "LD-LQ-", "LD-LQ-٠٠٧")
    assert [serial_in(pattern, text) for text in texts] == [7, 1234, None, None, None, None, None]
