"""Letters of cases that are taken over into a new version: what was drafted before goes out and is
answered after, on what the transition is called by then.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from paper_office import Paper

MAP = "map: visit\nstates: {siting: placing}\ntransitions: {to_siting: to_placing}\n"
BACK = "map: visit\nstates: {placing: siting}\ntransitions: {to_placing: to_siting}\n"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued; an auditor confirms."""
    made = Paper(tmp_path, monkeypatch).founded()
    more = ("--unit", "bureau", "--role", "auditor")
    made.do("officer", "add", "watch01", "审计员", *more, by="admin")
    return made


def taken_over(paper: Paper, version: int) -> None:
    """Take the open cases over into a version: those of even numbers call 规划选址 otherwise."""
    text = (paper.rules / "workflows" / "visit.yaml").read_text("utf-8")
    text = text.replace("version: 1", f"version: {version}")
    if version % 2 == 0:
        text = re.sub(r"(?<![\w-])(to_)?siting\b", r"\1placing", text)
    paper.do("workflow", "publish", paper.write("visit.yaml", text), by="admin")
    path = paper.write("map.yaml", MAP if version % 2 == 0 else BACK)
    words = ("workflow", "migrate", "visit", "--from", str(version - 1), "--map", path)
    paper.do(*words, by="admin")
    paper.do("workflow", "confirm", "visit", by="watch01")


def test_an_answer_is_an_opinion_on_what_it_is_called_now(paper: Paper) -> None:
    """The letter asked for opinions on a transition that the new version calls otherwise."""
    number = paper.ready_but_unsigned()
    taken_over(paper, 2)
    paper.issued(number, "3-consultation")
    for code in ("land01", "wenwu01"):
        paper.do("notice", "receipt", number, "1号", by=code)
        file = paper.write(f"{code}.txt", "同意")
        paper.do("notice", "reply", number, "1号", "同意", "--file", file, by=code)
    told = paper.do("advance", number, "to_placing", by="bureau01")
    assert "考察导入 → 规划选址" in told
    assert paper.findings() == []


def test_it_is_so_after_two_new_versions(paper: Paper) -> None:
    """What the letter asks is called as at first; what is kept of it says so, too."""
    number = paper.ready_but_unsigned()
    taken_over(paper, 2)
    taken_over(paper, 3)
    assert paper.findings() == []
    paper.issued(number, "3-consultation")
    paper.do("notice", "receipt", number, "1号", by="land01")
    reply = ("notice", "reply", number, "1号", "同意", "--file", paper.write("复函.txt", "同意"))
    paper.do(*reply, by="land01")
    said = [one for one in paper.asks("show", number)["opinions"] if one["verdict"]]
    found = [(one["transition"], one["role"], one["verdict"]) for one in said]
    assert found == [("to_siting", "land", "agree")]
    assert paper.findings() == []


def test_what_was_drafted_before_goes_out_late_after(paper: Paper) -> None:
    """The case had gone on before it was taken over: the letter goes out with the reason."""
    number = paper.ready_but_unsigned()
    for code in ("land01", "wenwu01"):
        paper.do("sign", number, "to_siting", "agree", by=code)
    paper.do("notice", "approve", number, "3-consultation", by="bureau03")
    paper.do("advance", number, "to_siting", "--on", "2026-09-30", by="bureau01")
    paper.rest_until(paper.now.replace(month=10, day=9))
    taken_over(paper, 2)
    issue = ("notice", "issue", number, "3-consultation")
    status, told = paper.fails(*issue, by="bureau04")
    assert (status, "所属环节已于 2026-09-30 办结" in told) == (1, True), told
    paper.do(*issue, "--note", "迟发", by="bureau04")
    assert paper.findings() == []
