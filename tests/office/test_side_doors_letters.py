"""The case B8, and opinions in answers, through every other door: a letter is of its step, and an
answer carries an opinion only on what was asked as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from paper_office import Paper

LETTER = "3-consultation"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued; its day is 2026-09-30."""
    return Paper(tmp_path, monkeypatch).founded()


def moved(paper: Paper) -> str:
    """Have a case go on while its consultation is reviewed, and three days go by."""
    number = paper.ready_but_unsigned()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    for code in ("land01", "wenwu01"):
        paper.do("sign", number, "to_siting", "agree", by=code)
    paper.do("advance", number, "to_siting", by="bureau02")
    paper.now = paper.now + timedelta(days=3)
    return number


def states(paper: Paper, number: str) -> dict[str, tuple[str, str | None]]:
    """Give the state and lapse of each letter."""
    rows = paper.asks("notice", "list", number)["letters"]
    return {row["name"]: (row["state"], row["lapse"]) for row in rows}


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--note", "　"),
        ("--note", ""),
        ("--json",),
        ("--dry-run",),
        ("--request-id", "late-1"),
        ("--for", "bureau04"),
    ],
    ids=" ".join,
)
def test_b8_no_door_issues_a_late_letter_without_its_reason(
    paper: Paper, more: tuple[str, ...]
) -> None:
    """B8: with an empty reason, as a machine, beforehand, under an id or for the signer: it stays a
    draft, and no number is used.
    """
    number = moved(paper)
    by = "bureau04"
    if "--for" in more:
        paper.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau04")
        by = "bureau02"
    result = paper.run("notice", "issue", number, LETTER, *more, by=by)
    assert result.exit_code == 1, result.output
    assert states(paper, number)[LETTER] == ("reviewed", "finished")
    dated = ("notice", "issue", number, LETTER, "--note", "迟发", "--on", "2026-09-30")
    assert "不能补编或倒签" in paper.fails(*dated, by="bureau04")[1]
    issued = paper.asks("notice", "issue", number, LETTER, "--note", "迟发", by="bureau04")
    assert issued["letter"]["number"] == "丽招商函〔2026〕1号"


@pytest.mark.parametrize("again", [False, True], ids=["returned", "gone again"])
def test_b8_a_return_and_the_way_again_do_not_revive_a_draft(paper: Paper, again: bool) -> None:
    """B8: what a return undid is not signed off though the same step is made anew; only the draft
    of the new one is, with which its former is void.
    """
    number = moved(paper)
    old = next(name for name in states(paper, number) if name != LETTER)
    paper.do("notice", "approve", number, old, by="bureau03")
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")
    if again:
        for code in ("land01", "wenwu01"):
            paper.do("sign", number, "to_siting", "agree", by=code)
        paper.do("advance", number, "to_siting", by="bureau02")
    for name in (LETTER, old):
        for more in ((), ("--note", "仍要发"), ("--note", "仍要发", "--json")):
            result = paper.run("notice", "issue", number, name, *more, by="bureau04")
            why = "公文已作废，须为已核稿" if again and name == old else "不能再签发"
            assert (result.exit_code, why in result.output) == (1, True)
    if again:
        anew = list(states(paper, number))[-1]
        paper.issued(number, anew)
        assert states(paper, number)[anew] == ("issued", None)
    assert paper.findings() == []


def asked(paper: Paper) -> str:
    """Issue the consultation of a case that lacks but opinions."""
    number = paper.ready_but_unsigned()
    paper.issued(number, LETTER)
    paper.write("复函.txt", "同意")
    return number


def corrected(paper: Paper, number: str) -> None:
    paper.corrects(number, "investment=40000")


def detached(paper: Paper, number: str) -> None:
    paper.do("detach", number, "report", "--note", "误传", by="bureau01")
    paper.do("attach", number, "report", "报告.pdf", by="bureau01")


def attached(paper: Paper, number: str) -> None:
    paper.do("attach", number, "report", paper.write("另一份.pdf", "另一份"), by="bureau01")


def gone_back(paper: Paper, number: str) -> None:
    for code in ("land01", "wenwu01"):
        paper.do("sign", number, "to_siting", "agree", by=code)
    paper.do("advance", number, "to_siting", by="bureau02")
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")


def voided(paper: Paper, number: str) -> None:
    paper.do("notice", "void", number, LETTER, "--note", "误发", by="bureau04")


@pytest.mark.parametrize("act", [corrected, detached, attached, gone_back, voided])
def test_an_old_letter_carries_no_opinion(paper: Paper, act: Callable[[Paper, str], None]) -> None:
    """Rule 6: what the letter asked has changed since, was taken away and put back, or the letter
    is void: its answer is no opinion, dry, for a machine or in another's name.
    """
    number = asked(paper)
    act(paper, number)
    before = paper.asks("show", number)["case"]
    reply = ("notice", "reply", number, LETTER, "同意", "--file", "复函.txt")
    for more in ((), ("--dry-run",), ("--json",)):
        assert paper.run(*reply, *more, by="land01").exit_code == 1
    assert paper.run(*reply, "--for", "land01", by="planning01").exit_code == 1
    assert paper.asks("show", number)["case"] == before


def test_an_answer_is_of_whom_it_was_asked(paper: Paper) -> None:
    """A10 by letter: neither the bureau that wrote, nor who got a copy, nor who acts for two units
    gives an opinion with it; who answered does not make the transition.
    """
    number = asked(paper)
    reply = ("notice", "reply", number, LETTER, "同意", "--file", "复函.txt")
    for code in ("bureau01", "xiao01", "owner01"):
        assert paper.run(*reply, by=code).exit_code == 1
    paper.do("unit", "change", "wenwu", "--function", "x", "--function", "bureau", by="admin")
    paper.do("officer", "grant", "wenwu01", "bureau", by="admin")
    paper.do(*reply, by="land01")
    paper.do(*reply, by="wenwu01")
    told = paper.fails("advance", number, "to_siting", by="wenwu01")[1]
    assert "wenwu01 已在 转入规划选址 上会签，不能再由其办理" in told
    for code, why in (("land01", "复函"), ("wenwu01", "复函")):
        back = ("notice", "take-back", number, LETTER, "签收", "--note", "收错")
        assert why in paper.fails(*back, by=code)[1]
    paper.do("advance", number, "to_siting", by="bureau02")
    assert paper.findings() == []
