"""As of a day: what letters asked of whom, and how they stood."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from paper_office import Paper

OFFICERS = ("bureau01", "bureau03", "bureau04", "land01", "wenwu01", "owner01")
LETTER = "2-consultation"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office that issues letters."""
    return Paper(tmp_path, monkeypatch, home).founded()


def told(paper: Paper, *args: str) -> Any:
    """Tell what waits for each, the letters of each case as `show` counts them, and the list."""
    cases = paper.asks("list", *args)["cases"]
    for row in cases:
        row.pop("amended", None)
    letters = {}
    for row in cases:
        shown = paper.do("show", row["number"], *args).splitlines()
        letters[row["number"]] = [line for line in shown if line.startswith("公文　")]
    todo = {code: paper.asks("todo", *args, by=code) for code in OFFICERS}
    waits = {code: [one["letters"], one["tasks"]] for code, one in todo.items()}
    return cases, letters, waits


def test_what_each_evening_told_is_told_of_that_day(paper: Paper) -> None:
    """What was told in the evening of each day is what is told of that day later, and of what was
    known that evening: drafts to check and sign off, receipts and answers owed, reminders due, for
    cases that have moved since and for those that have not.
    """
    first = paper.asked()
    paper.asked(name="一直未动")
    steps: dict[int, tuple[str, ...]] = {
        8: ("notice", "approve", first, LETTER, "--as", "bureau03"),
        9: ("notice", "issue", first, LETTER, "--as", "bureau04"),
        10: ("notice", "receipt", first, LETTER, "--as", "land01"),
        13: ("notice", "reply", first, LETTER, "同意", "--note", "无异议", "--as", "wenwu01"),
        14: ("open", "visit", "--set", "name=温泉康养", "--as", "bureau01"),
        20: ("open", "visit", "--set", "name=温泉康养二期", "--as", "bureau01"),
        28: ("sign", first, "to_siting", "agree", "--as", "land01"),
        29: ("advance", first, "close", "--note", "另行选址", "--as", "bureau01"),
    }
    evenings = {}
    for number, words in steps.items():
        paper.now = datetime(2026, 10, number, 2, tzinfo=UTC)
        paper.do(*words)
        evenings[f"2026-10-{number:02}"] = told(paper)
    kinds = {
        letter["kind"]
        for _cases, _letters, waits in evenings.values()
        for letters, _tasks in waits.values()
        for letter in letters
    }
    assert kinds == {"approve", "issue", "receipt", "reply", "urge"}
    paper.now = datetime(2026, 10, 31, 2, tzinfo=UTC)
    for day, evening in evenings.items():
        assert told(paper, "--on", day) == evening
        assert told(paper, "--as-recorded-at", f"{day}T23:00") == evening
