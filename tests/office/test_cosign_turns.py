"""Co-signs one after another, through the office: letters, tasks, what a case shows, the audit."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from paper_office import Paper

LETTER = "3-consultation"
WITHIN = "within: {in: 5, unit: workday, basis: 内部承诺}"
ONE = "cosign: {roles: [land, x], quorum: all, asked: entering, "
TWO = (
    f"order: [land_first, then_x]\n      cosign: [{{name: land_first, roles: land, {WITHIN}}}, "
    f"{{name: then_x, roles: x, {WITHIN}}}]\n"
)


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office where the x departments sign after the land bureau."""
    made = Paper(tmp_path, monkeypatch, home)
    file = made.rules / "workflows" / "visit.yaml"
    text = file.read_text("utf-8")
    before, _, rest = text.partition(ONE)
    file.write_text(before + TWO + rest.partition("\n")[2], encoding="utf-8")
    return made.founded()


def signing(paper: Paper, code: str) -> list[str]:
    """Give the commands of the opinions that wait for an officer."""
    return [row["command"] for row in paper.asks("todo", by=code)["tasks"] if row["kind"] == "sign"]


def opinions(paper: Paper, number: str) -> list[tuple[str, str]]:
    """Tell how the opinions on a case stand."""
    return [(o["role"], o["status"]) for o in paper.asks("show", number)["opinions"]]


def test_a_letter_asks_and_its_answers_speak_in_turn(paper: Paper) -> None:
    """Issued to both, the letter asks the land bureau only. The others' answer is no opinion before
    its turn; when the land bureau has answered, they are asked, and theirs is one.
    """
    number = paper.ready_but_unsigned()
    paper.issued(number, LETTER)
    assert [len(signing(paper, code)) for code in ("land01", "wenwu01")] == [1, 0]
    assert opinions(paper, number) == [("land", "awaited"), ("x", "unasked")]
    file = paper.write("复函.pdf", "同意")
    reply = ("notice", "reply", number, LETTER, "同意", "--file", file)
    code, said = paper.fails(*reply, by="wenwu01")
    assert code == 1
    assert "还没有轮到 市文物局 会签 转入规划选址：先由 国土 会签" in said
    code, said = paper.fails("sign", number, "to_siting", "同意", by="wenwu01")
    assert code == 1
    assert f"前面的够了，即送 市文物局；还缺谁：lifecycle why {number} to_siting" in said
    paper.do(*reply, by="land01")
    assert [len(signing(paper, code)) for code in ("land01", "wenwu01")] == [0, 1]
    paper.do(*reply, by="wenwu01")
    assert opinions(paper, number) == [("land", "agree"), ("x", "agree")]
    paper.do("advance", number, "to_siting", by="bureau01")
    assert paper.findings() == []


def test_what_is_shown_says_whose_turn_it_is(paper: Paper) -> None:
    """The case says of a seat that its turn has not come, and why who has to go on waits."""
    number = paper.ready_but_unsigned()
    paper.do("ask", number, "to_siting", by="bureau01")
    assert "尚未轮到" in paper.do("show", number)
    told = paper.do("why", number, "to_siting", by="bureau01")
    assert "✗ 会签　　缺 国土 的同意意见" in told
    assert "✗ 会签　　市文物局 会签在后，待 国土 会签后再送" in told
    paper.do("sign", number, "to_siting", "同意", by="land01")
    assert "待反馈" in paper.do("show", number)
