"""Every letter of a case that was taken in says in its note that nobody has judged what came
before: whatever its template, in every form, and the audit sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from homes import Home
from ledger_office import forged
from paper_office import Paper
from pdfreading import read

from lifecycle.correspondence import writing
from lifecycle.letter.check.content import lint_text
from lifecycle.letter.check.content_parts import Line
from lifecycle.letter.model import Letter, Paragraph
from lifecycle.letter.text import closing_note, to_text

TABLE = """\
项目名称,总投资,业主单位,x 部门名单,环节,立项日
剑瓷文化体验街区,32000,owner,wenwu,考察导入,2026-03-02
"""
REMARK = "本事项系2026年9月30日接管的存量事项，接管前未经本系统审查"
PLAIN = re.compile(r"\s")


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office with a case that was taken in, KC-2026-001."""
    made = Paper(tmp_path, monkeypatch, home).founded()
    made.do(
        "officer", "add", "watch01", "审计员", "--unit", "bureau", "--role", "auditor", by="admin"
    )
    made.do("takeover", "until", "2026-10-31", by="admin")
    path = made.write("台账.csv", TABLE)
    made.do("takeover", "propose", "visit", path, by="admin")
    made.do("takeover", "confirm", "visit", path, by="watch01")
    return made


def forms(paper: Paper, letter: str) -> dict[str, str]:
    """Give the words of each form of a letter, without blanks."""
    words = {}
    for form in ("text", "pdf", "docx", "html", "markdown"):
        asked = ("notice", "render", "KC-2026-001", letter, "--into", f"公文-{form}", f"--{form}")
        path = Path(paper.asks(*asked)["files"][0])
        body = path.read_bytes()
        if form == "pdf":
            told = "".join(read(body))
        elif form == "docx":
            with ZipFile(path) as archive:
                told = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
        else:
            told = body.decode()
        words[form] = PLAIN.sub("", told)
    return words


def test_every_form_says_it_after_whom_to_ask(paper: Paper) -> None:
    """The draft says so, and once it is issued all its frozen forms; nothing is found."""
    paper.do("advance", "KC-2026-001", "ask", by="bureau01")
    (draft,) = [one["name"] for one in paper.asks("notice", "list", "KC-2026-001")["letters"]]
    assert REMARK in PLAIN.sub("", paper.do("notice", "show", "KC-2026-001", draft))
    paper.issued("KC-2026-001", draft)
    for form, told in forms(paper, draft).items():
        assert f"；{REMARK}）" in told.replace("\\", ""), form
    assert paper.findings() == []


def test_where_nobody_is_to_be_asked_it_stands_alone(paper: Paper) -> None:
    """A template without 联系人 gets the note all the same."""
    paper.do("advance", "KC-2026-001", "close", "--note", "投资方放弃", by="bureau01")
    (draft,) = [one["name"] for one in paper.asks("notice", "list", "KC-2026-001")["letters"]]
    paper.issued("KC-2026-001", draft)
    for form, told in forms(paper, draft).items():
        assert f"（{REMARK}）" in told.replace("\\", ""), form
    assert paper.findings() == []


def test_a_case_that_was_judged_says_nothing(paper: Paper) -> None:
    """A case opened here has no such note."""
    number = paper.asked("温泉康养")
    told = paper.do("notice", "show", number, "2-consultation")
    assert "接管" not in told


def without(body: dict[str, Any]) -> None:
    """Leave the remark out of a letter."""
    del body["intent"]["data"]["content"]["remark"]


def milder(body: dict[str, Any]) -> None:
    """Say it otherwise."""
    body["intent"]["data"]["content"]["remark"] = "本事项系接管的存量事项"


@pytest.mark.parametrize("change", [without, milder])
def test_a_letter_that_hides_it_is_found(
    paper: Paper, change: Callable[[dict[str, Any]], None]
) -> None:
    """A store that issues the letter without it, or with less, is found at that entry."""
    paper.do("advance", "KC-2026-001", "ask", by="bureau01")
    paper.issued("KC-2026-001")
    idx, case = forged("letter_issued", change)(paper)
    found = {(one.code, one.idx, one.case) for one in paper.findings()}
    assert ("letter", idx, case) in found


def test_a_weakened_writer_misses_it(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the writing of letters that sees to it: where that forgets, the audit finds that the
    letter issued before says more.
    """
    paper.do("advance", "KC-2026-001", "ask", by="bureau01")
    paper.issued("KC-2026-001")
    monkeypatch.setattr(writing, "_remark", lambda _drafted: "")
    assert {one.code for one in paper.findings()} == {"letter"}


def made(**more: Any) -> Letter:
    """Make a short 请示."""
    return Letter(
        "请示",
        "丽水市招商局",
        "关于试办有关事项的请示",
        ("丽水市人民政府",),
        (),
        (Paragraph(0, "妥否，请批示。"),),
        (),
        date(2026, 9, 30),
        **more,
    )


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({}, ""),
        ({"contact": "张三"}, "（联系人：张三）"),
        ({"contact": "联系电话：1"}, "（联系电话：1）"),
        ({"remark": REMARK}, f"（{REMARK}）"),
        ({"contact": "张三", "remark": REMARK}, f"（联系人：张三；{REMARK}）"),
    ],
)
def test_a_note_names_whom_to_ask_first(more: dict[str, str], note: str) -> None:
    """One note in one pair of brackets (GB/T 9704—2012 7.3.6)."""
    assert closing_note(made(**more)) == note


@pytest.mark.parametrize(
    ("more", "lacks"), [({"remark": REMARK}, True), ({"contact": "张三", "remark": REMARK}, False)]
)
def test_a_remark_is_nobody_to_ask(more: dict[str, str], lacks: bool) -> None:
    """A 请示 still needs whom to ask, also where its lines on paper are all that is known; the
    remark is read as part of the note, not of the body.
    """
    lines = [
        Line(1, number, text) for number, text in enumerate(to_text(made(**more)).split("\n"), 1)
    ]
    assert ("request-contact" in [one.rule for one in lint_text(lines)]) is lacks
