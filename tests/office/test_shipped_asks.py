"""Whom the shipped workflow asks for opinions, and when: once there is something to judge."""

from __future__ import annotations

from pathlib import Path

import pytest
from paper_office import fonts
from walking import Walk, announced, dealt, forward, reviewed, through_gates


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Give the shipped office with a case just opened."""
    walk = Walk.begin(tmp_path, monkeypatch)
    walk.opens("剑瓷文化体验街区")
    return walk


@pytest.mark.parametrize(
    ("stage", "officer", "steps", "asked"),
    [
        ("", "reform01", ("attach lead_form", "advance request_admission"), "to_siting"),
        (
            "intent",
            "finance01",
            ("attach loi_draft due_diligence", "advance request_loi_review"),
            "sign_loi",
        ),
        (
            "agreement",
            "finance01",
            (
                "attach agreement_draft agreement_clauses=policy_clauses",
                "advance request_agreement_review",
            ),
            "sign_agreement",
        ),
    ],
    ids=["准入", "意向书", "协议"],
)
def test_opinions_are_asked_with_the_papers_and_not_on_entering(
    walk: Walk, stage: str, officer: str, steps: tuple[str, ...], asked: str
) -> None:
    """准入 is asked with the request for opinions, the letter of intent and the agreement when
    their drafts go to be reviewed.
    """
    if stage:
        forward(walk, stage)
    assert walk.owes(officer) == []
    for step in steps:
        walk.do(f"bureau01 {step}")
    assert walk.owes(officer) == [asked]


def test_opinions_on_a_design_are_asked_with_the_minutes(walk: Walk) -> None:
    """They cover what the meeting found."""
    forward(walk, "design")
    assert walk.owes("reform01") == []
    reviewed(walk)
    assert walk.owes("reform01") == ["pass_design"]


def test_the_way_is_asked_that_the_land_allows(walk: Walk) -> None:
    """With the clauses locked, opinions are asked on 挂牌 while the land is not sold, on the
    agreement once it is: never on both.
    """
    w = walk
    forward(w, "policy")
    through_gates(w)
    assert w.owes("finance01") == ["to_listing"]
    w.refused("bureau02 advance relock_clauses", "土地尚未成交，请办“锁定政策条款”")
    w.do("reform01,planning01,land01,finance01,owner001,wenlv01,xiaofang01 sign to_listing agree")
    w.do("bureau01 advance to_listing")
    announced(w)
    dealt(w)
    w.do("land01 advance close_listing")
    w.do("bureau01 advance back_to_policy --note 条款须变更")
    through_gates(w, "relock_clauses")
    assert w.owes("finance01") == ["to_agreement"]


def test_whether_to_list_again_is_asked_when_it_is_meant(walk: Walk) -> None:
    """Land that was not sold may be listed again, sited anew or given up: nobody is asked to list
    it again before the land bureau means to, and the minutes are there that they are to see.
    """
    w = walk
    forward(w, "listing")
    announced(w)
    w.later(33)
    w.do("land01 advance fail_listing --set failure_reason=无人竞买")
    assert w.owes("planning01") == []
    w.do("land01 ask relist")
    assert w.owes("planning01") == []
    w.do("bureau01 attach meeting_minutes")
    assert w.owes("planning01") == ["relist"]


def test_opinions_on_a_site_are_asked_by_the_letter_and_due_as_it_says(walk: Walk) -> None:
    """Nobody is late who was not asked: while the letter is not signed, and while what they are to
    speak on is not there, nobody owes an opinion on the site. Then all its seats do, by the day on
    which the answer to the letter is due.
    """
    fonts()
    w = walk
    forward(w, "siting")
    asked = ("reform01", "land01", "owner001", "wenlv01")
    assert [w.owes(officer) for officer in asked] == [[], [], [], []]
    letter = next(
        one["name"]
        for one in w.asks("notice", "list", w.case)["letters"]
        if one["template"] == "siting-consultation"
    )
    w.run("notice", "approve", w.case, letter, "--as", "bureau03")
    w.run("notice", "issue", w.case, letter, "--as", "bureau02")
    w.run("notice", "receipt", w.case, letter, "--as", "reform01")
    assert [w.owes(officer) for officer in asked] == [[], [], [], []]
    assert _answer_to(w, letter) is None
    w.later(10)
    w.do("planning01 attach site_report planning_conditions")
    w.do("planning01 set land_mu=42 land_use=商业 far_max=1.1 height_max=12")
    assert [w.owes(officer) for officer in asked] == [[], ["to_intent"], [], ["to_intent"]]
    w.do("land01 attach ecology_check")  # which land and the x units supply
    assert [w.owes(officer) for officer in asked] == [["to_intent"]] * 4
    tasks = w.asks("todo", "--as", "reform01")
    (opinion,) = (one["due_on"] for one in tasks["tasks"] if one["transition"] == "to_intent")
    assert opinion == _answer_to(w, letter)
    assert opinion is not None


def _answer_to(w: Walk, letter: str) -> str | None:
    """Give the day by which an officer's list says that a letter is to be answered."""
    letters = w.asks("todo", "--as", "reform01")["letters"]
    (day,) = (one["due_on"] for one in letters if one["letter"] == letter)
    found: str | None = day
    return found


@pytest.mark.parametrize(
    ("stage", "resume", "other"),
    [("", "resume_scouting", "resume"), ("siting", "resume", "resume_scouting")],
    ids=["考察导入", "规划选址"],
)
def test_whoever_was_told_of_a_stop_is_told_that_it_goes_on(
    walk: Walk, stage: str, resume: str, other: str
) -> None:
    """The letter of 恢复 goes to the units to which that of 中止 went: the owner too, once the
    project has one.
    """
    w = walk
    if stage:
        forward(w, stage)
    w.do("bureau01 attach meeting_minutes")
    w.do("bureau01 advance suspend --note 资金重组")
    w.refused(f"bureau01 advance {other} --note 重组完成", "请办“")
    w.do(f"bureau01 advance {resume} --note 重组完成")
    letters = {
        one["template"]: one["letter"]["to"] for one in w.asks("notice", "list", w.case)["letters"]
    }
    assert letters["resumption"] == letters["suspension"]
    owner = w.asks("show", w.case)["facts"]["owner_unit"]
    titles = {one["unit"]: one["title"] for one in w.asks("unit", "list")["units"]}
    assert (titles[owner] in letters["resumption"]) is bool(stage)
