"""What signing a letter off asks for: three pairs of hands, and that it can be printed with the
number it gets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ledger_office import forged
from paper_office import ISSUING, Paper

LETTER = "2-consultation"
BEAST = "仿宋没有“🦄”（U+1F984），见"
EDITED = """\
文种：函
标题：关于征求意见的函
主送：{{ to }}
抄送：{{ cc }}
发文单位：{{ issuer }}
---
"""


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch).founded()


# Hands.


def unmet(paper: Paper, *args: str, by: str) -> list[tuple[str, str]]:
    """Ask for what must be refused; give the gates that are not met, with what they say."""
    answer = paper.asks(*args, by=by)
    assert answer["ok"] is False
    return [
        (gate["kind"], gate["text"])
        for gate in answer["error"]["details"]["gates"]
        if not gate["met"]
    ]


def delegated(paper: Paper, principal: str, officer: str) -> None:
    """Let somebody act for another."""
    paper.do("officer", "delegate", officer, "--until", "2026-12-31", by=principal)


def test_who_checked_a_letter_does_not_sign_it_off(paper: Paper) -> None:
    """A11: one person with both duties checks a letter and is refused its signing-off, also when
    asking beforehand.
    """
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    issue = ("notice", "issue", number, LETTER)
    told = [("not_by", "核稿人 bureau03 不得签发，须换人")]
    assert unmet(paper, *issue, by="bureau03") == told
    assert unmet(paper, *issue, "--dry-run", by="bureau03") == told
    assert paper.asks(*issue, by="bureau04")["letter"]["number"] == "丽招商函〔2026〕1号"
    assert paper.findings() == []


def test_who_checked_does_not_sign_off_for_the_signer(paper: Paper) -> None:
    """A11: whoever checked a letter is refused its signing-off on behalf of the signer."""
    delegated(paper, "bureau04", "bureau03")
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    assert unmet(paper, "notice", "issue", number, LETTER, "--for", "bureau04", by="bureau03") == [
        (
            "not_by",
            (
                "核稿人 bureau03 不得签发，须换人：核稿的是 bureau03，这次签发的是 bureau03 代 "
                "bureau04"
            ),
        ),
    ]


@pytest.mark.parametrize("signer", ["bureau05", "bureau03"])
def test_neither_who_checked_for_another_nor_that_other_signs_off(
    paper: Paper, signer: str
) -> None:
    """A11: a check by delegation is that of both: neither deputy nor principal signs off, both
    being signers.
    """
    paper.do(
        "officer", "add", "bureau05", "副科长", "--unit", "bureau", "--role", "signer", by="admin"
    )
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    delegated(paper, "bureau03", "bureau05")
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, "--for", "bureau03", by="bureau05")
    assert unmet(paper, "notice", "issue", number, LETTER, by=signer) == [
        (
            "not_by",
            f"核稿人 {signer} 不得签发，须换人：核稿的是 bureau05、bureau03，这次签发的是 {signer}",
        ),
    ]


def test_nobody_signs_off_for_who_checked(paper: Paper) -> None:
    """A11: a third person does not sign off on behalf of the one who checked."""
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    delegated(paper, "bureau03", "bureau02")
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    assert unmet(paper, "notice", "issue", number, LETTER, "--for", "bureau03", by="bureau02") == [
        (
            "not_by",
            (
                "核稿人 bureau03 不得签发，须换人：核稿的是 bureau03，这次签发的是 bureau02 代 "
                "bureau03"
            ),
        ),
    ]


def test_the_drafter_does_neither_for_another(paper: Paper) -> None:
    """A11: the drafter neither checks for the checker nor signs off for the signer, and nobody does
    so for him.
    """
    delegated(paper, "bureau03", "bureau01")
    delegated(paper, "bureau04", "bureau01")
    number = paper.asked()
    assert unmet(
        paper, "notice", "approve", number, LETTER, "--for", "bureau03", by="bureau01"
    ) == [
        (
            "not_by",
            (
                "拟稿人 bureau01 不得核稿，须换人：拟稿的是 bureau01，这次核稿的是 bureau01 代 "
                "bureau03"
            ),
        ),
    ]
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    assert unmet(paper, "notice", "issue", number, LETTER, "--for", "bureau04", by="bureau01") == [
        (
            "not_by",
            (
                "拟稿人 bureau01 不得签发，须换人：拟稿的是 bureau01，这次签发的是 bureau01 代 "
                "bureau04"
            ),
        ),
    ]


def test_a_second_check_does_not_free_the_first_checker(paper: Paper) -> None:
    """A11: who once checked a letter does not sign it off after a colleague has checked
    it again.
    """
    paper.do(
        "officer", "add", "bureau05", "副科长", "--unit", "bureau", "--role", "reviewer", by="admin"
    )
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    number = paper.asked()
    for checker in ("bureau03", "bureau05"):
        paper.do("notice", "approve", number, LETTER, by=checker)
    assert unmet(paper, "notice", "issue", number, LETTER, by="bureau03") == [
        (
            "not_by",
            "核稿人 bureau03 不得签发，须换人：核稿的是 bureau03、bureau05，这次签发的是 bureau03",
        ),
    ]


def test_todo_offers_no_signing_off_to_who_checked(paper: Paper) -> None:
    """A11: `todo` offers signing off neither to the checker nor for one, and still to the other
    signer.
    """
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    delegated(paper, "bureau03", "bureau02")
    delegated(paper, "bureau04", "bureau03")
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    offered = {
        by: [row["kind"] for row in paper.asks("todo", by=by)["letters"]]
        for by in ("bureau02", "bureau03")
    }
    assert offered == {"bureau02": [], "bureau03": []}
    assert [row["kind"] for row in paper.asks("todo", by="bureau04")["letters"]] == ["issue"]


def test_the_audit_finds_one_person_in_two_places(paper: Paper) -> None:
    """A11: the same judge sits in the audit: a record of one person checking and signing off is a
    violation.
    """
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    paper.issued(paper.asked())
    damage = forged("letter_issued", lambda body: body["intent"]["actor"].update(id="bureau03"))
    idx, case = damage(paper)
    told = [
        f.message for f in paper.findings() if (f.code, f.idx, f.case) == ("illegal", idx, case)
    ]
    assert told == ["回避：核稿人 bureau03 不得签发，须换人"]


# Glyphs.


def rules(change: Callable[[str], str]) -> Callable[[Paper], str]:
    """Publish other issuing rules; the letter is the usual one."""

    def prepare(paper: Paper) -> str:
        number = paper.asked()
        paper.write("issuing.yaml", change(ISSUING))
        paper.do("notice", "publish", "issuing.yaml", by="admin")
        return number

    return prepare


def renamed(unit: str) -> Callable[[Paper], str]:
    """Give a unit another name before the letter is drafted."""

    def prepare(paper: Paper) -> str:
        paper.do("unit", "change", unit, "--title", "市🦄局", by="admin")
        return paper.asked()

    return prepare


def edited(text: str, *, attachment: str = "考察报告") -> Callable[[Paper], str]:
    """Draft the letter anew from a text that an officer edited."""

    def prepare(paper: Paper) -> str:
        number = paper.asked()
        listed = EDITED.replace("发文单位：", f"附件：{attachment}\n发文单位：")
        paper.write("改.txt", listed + text)
        paper.do("notice", "draft", number, "--replace", LETTER, "--text", "改.txt", by="bureau01")
        return number

    return prepare


def reminder(paper: Paper) -> str:
    """Remind of a letter in the name of an officer whose post no font can write."""
    number = paper.asked()
    paper.issued(number)
    sending = ("notice", "sent", number, LETTER, "--unit", "land", "--by", "专人")
    paper.do(*sending, by="bureau01")
    paper.now = datetime(2026, 10, 15, 2, tzinfo=UTC)
    paper.do(
        "officer",
        "add",
        "bureau09",
        "🦄科经办人",
        "--unit",
        "bureau",
        "--role",
        "bureau",
        by="admin",
    )
    paper.do("notice", "urge", by="bureau09")
    return number


DOORS: dict[str, tuple[Callable[[Paper], str], str]] = {
    "number": (
        rules(lambda text: text.replace("code: 丽招商", "code: 丽🦄商")),
        f"{BEAST}“丽🦄商函〔2026〕1号”",
    ),
    "series": (
        rules(lambda text: text.replace("{code}函〔", "{code}🦄函〔")),
        f"{BEAST}“丽招商🦄函〔2026〕1号”",
    ),
    "issuer": (
        rules(lambda text: text.replace("name: 丽水市招商局", "name: 丽水🦄局")),
        f"小标宋没有“🦄”（U+1F984），见“丽水🦄局”；{BEAST}“丽水🦄局”",
    ),
    "addressee": (renamed("land"), f"{BEAST}“市🦄局、市文物局：”"),
    "copy": (renamed("owner"), f"{BEAST}“抄送：市🦄局。”"),
    "table": (edited("| 项目 | 内容 |\n| 🦄 | 一 |\n"), f"{BEAST}“🦄”"),
    "attachment": (edited("请支持。\n", attachment="考察🦄报告"), f"{BEAST}“考察🦄报告”"),
    "heading alone": (
        edited("请Łódź方面支持。\n一、Łódź\n"),
        "黑体没有“Ł”（U+0141），见“一、Łódź”",
    ),
    "reminder": (reminder, f"{BEAST}“（联系人：🦄科经办人）”"),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_printed_takes_no_number(paper: Paper, door: str) -> None:
    """B14: each part of the printed letter is looked at in its own font; refused, dry run alike, no
    number is taken.
    """
    prepare, told = DOORS[door]
    number = prepare(paper)
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    before = _series(paper)
    paper.do("notice", "approve", number, name, by="bureau03")
    issue = ("notice", "issue", number, name)
    assert _refused(paper, *issue, "--dry-run") == f"不能签发 {name}，未编号：{told}"
    assert _refused(paper, *issue) == f"不能签发 {name}，未编号：{told}"
    assert (_series(paper), _state(paper, number, name)) == (before, ("reviewed", None))
    assert paper.findings() == []


def test_all_that_is_missing_is_told_together(paper: Paper) -> None:
    """B14: the number's and the text's missing characters come in one refusal; mended, the number
    is the first.
    """
    number = rules(lambda text: text.replace("code: 丽招商", "code: 丽🦄商"))(paper)
    paper.write("改.txt", f"{EDITED}请🦕村、🦖村支持。\n")
    paper.do("notice", "draft", number, "--replace", LETTER, "--text", "改.txt", by="bureau01")
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    paper.do("notice", "approve", number, name, by="bureau03")
    line = "见“请🦕村、🦖村支持。”"
    assert _refused(paper, "notice", "issue", number, name) == (
        f"不能签发 {name}，未编号：{BEAST}“丽🦄商函〔2026〕1号”；"
        f"仿宋没有“🦕”（U+1F995），{line}；仿宋没有“🦖”（U+1F996），{line}"
    )
    paper.write("issuing.yaml", ISSUING)
    paper.do("notice", "publish", "issuing.yaml", by="admin")
    paper.write("改.txt", f"{EDITED}请两村支持。\n")
    paper.do("notice", "draft", number, "--replace", name, "--text", "改.txt", by="bureau01")
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    assert paper.issued(number, name)["number"] == "丽招商函〔2026〕1号"


def test_a_dry_run_looks_at_the_number_that_would_be_taken(paper: Paper) -> None:
    """B14: a dry run tells the number that the letter would get, and takes none."""
    paper.issued(paper.asked())
    number = paper.asked("温泉康养")
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    for _ in range(2):
        answer = paper.asks("notice", "issue", number, LETTER, "--dry-run", by="bureau04")
        assert answer["letter"]["number"] == "丽招商函〔2026〕2号"
    assert (
        paper.asks("notice", "issue", number, LETTER, by="bureau04")["letter"]["number"]
        == "丽招商函〔2026〕2号"
    )
    assert paper.findings() == []


def _refused(paper: Paper, *args: str) -> str:
    code, message = paper.fails(*args, by="bureau04")
    assert code == 1
    return message.split("\n")[0]


def _series(paper: Paper) -> list[Any]:
    with paper.sql() as database:
        return list(database.execute("SELECT name, last FROM series ORDER BY name"))


def _state(paper: Paper, number: str, name: str) -> tuple[str, str | None]:
    rows = paper.asks("notice", "list", number)["letters"]
    return next((row["state"], row["document_number"]) for row in rows if row["name"] == name)
