"""Letters from draft to number, frozen for ever; voided, superseded, received, answered, reminded
of.
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest
from homes import IN_A_FILE, Home
from paper_office import Paper

from lifecycle.correspondence.signing_off import to_issue
from lifecycle.engine.acts import FORMS
from lifecycle.engine.case_letter import CaseLetter, load_case_letter
from lifecycle.errors import UnavailableError
from lifecycle.ledger.postgres.schema import LOCK
from lifecycle.ledger.rows import letter_rows
from lifecycle.letter.code import code_of, read_code

LETTER = "2-consultation"
SLOW_ON_A_SERVER = True


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch, home).founded()


def states(paper: Paper, number: str) -> list[tuple[str, str, str | None]]:
    """List a case's letters with their state and number."""
    rows = paper.asks("notice", "list", number)["letters"]
    return [(row["name"], row["state"], row["document_number"]) for row in rows]


def gates(paper: Paper, *args: str, by: str) -> dict[str, bool]:
    """Ask for what must be refused; give each kind of gate and whether all of its kind are met."""
    answer = paper.asks(*args, by=by)
    assert answer["ok"] is False
    found: dict[str, bool] = {}
    for gate in answer["error"]["details"]["gates"]:
        found[gate["kind"]] = found.get(gate["kind"], True) and gate["met"]
    return found


def refusals(paper: Paper) -> int:
    """Count the attempts that were refused."""
    with paper.sql() as database:
        return int(database.execute("SELECT count(*) FROM refusal").fetchone()[0])


def test_a_letter_from_draft_to_number(paper: Paper) -> None:
    """Drafted by the transition, found in order by a checker, signed off: numbered, and every form
    frozen.
    """
    number = paper.asked()
    assert states(paper, number) == [(LETTER, "draft", None)]
    issued = paper.issued(number)
    assert states(paper, number) == [(LETTER, "issued", "丽招商函〔2026〕1号")]
    assert paper.do("notice", "show", number, "1号") == paper.do("notice", "show", number, LETTER)
    assert set(issued["forms"]) == set(FORMS)  # type: ignore[call-overload]  # a JSON object
    log = paper.do("log", number).splitlines()
    assert [line.split("  ")[-1].strip() for line in log[-3:]] == [
        f"核稿 {LETTER}",
        f"签发 {LETTER}　丽招商函〔2026〕1号　关于征求剑瓷文化体验街区选址意见的函",
        f"固定版式 {LETTER}",
    ]
    assert paper.findings() == []


def test_todo_calls_a_draft_by_its_title(paper: Paper) -> None:
    """Whoever checks or signs reads what the letter is about, not only how its template is called;
    of one that cannot be written, the case; and what those who are asked cannot see yet.
    """
    number = paper.asked()
    unshown = "（会签要看的 选址论证报告 还没有，以后补上的，复函不算会签意见；宜齐了再签发）"
    title = f"关于征求剑瓷文化体验街区选址意见的函{unshown}"
    assert todo_of(paper, "bureau03") == [("approve", title)]
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    assert todo_of(paper, "bureau04") == [("issue", title)]
    text = (paper.rules / "notices" / "consultation.j2").read_text("utf-8")
    ends = text.replace("意见的函\n", "意见的函{% endif %}\n", 1)
    paper.write("consultation.j2", ends.replace("标题：", "标题：{% if area is defined %}", 1))
    paper.do("notice", "publish", "consultation.j2", by="admin")
    paper.asked("乙")
    assert todo_of(paper, "bureau03") == [("approve", f"乙　{LETTER}{unshown}")]


def todo_of(paper: Paper, officer: str) -> list[tuple[str, str]]:
    """Give the kinds and texts of what letters ask of an officer."""
    return [(row["kind"], row["text"]) for row in paper.asks("todo", by=officer)["letters"]]


def test_what_is_frozen_is_what_is_rendered(paper: Paper) -> None:
    """Each form taken out has the SHA-256 that the ledger names, also after the unit was renamed;
    drafts never do.
    """
    number = paper.asked()
    forms: Any = paper.issued(number)["forms"]
    paper.do("unit", "change", "bureau", "--title", "市投资促进局", by="admin")
    for form in FORMS:
        (path,) = paper.asks("notice", "render", number, LETTER, "--into", "公文", f"--{form}")[
            "files"
        ]
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == forms[form]
    text = paper.do("notice", "show", number, LETTER)
    assert "丽招商函〔2026〕1号" in text
    assert "请于2026年10月13日前反馈" in text, (
        "five working days after 30 September 2026, the holiday left out"
    )


def test_who_drafted_neither_checks_nor_signs(paper: Paper) -> None:
    """Checking and signing off are roles of their own, in the issuing unit, never the drafter's nor
    one person's.
    """
    number = paper.asked()
    paper.do("officer", "grant", "bureau01", "reviewer", "signer", by="admin")
    approve = ("notice", "approve", number, LETTER)
    assert gates(paper, *approve, by="bureau01") == {
        "unit": True,
        "role": True,
        "not_by": False,
        "letter": True,
    }
    assert gates(paper, *approve, by="bureau02") == {
        "unit": True,
        "role": False,
        "not_by": True,
        "letter": True,
    }
    assert gates(paper, *approve, by="land02") == {
        "unit": False,
        "role": True,
        "not_by": True,
        "letter": True,
    }
    issue = ("notice", "issue", number, LETTER)
    assert gates(paper, *issue, by="bureau04") == {
        "unit": True,
        "role": True,
        "not_by": True,
        "letter": False,
    }
    paper.do(*approve, by="bureau03")
    assert gates(paper, *issue, by="bureau01") == {
        "unit": True,
        "role": True,
        "not_by": False,
        "letter": True,
    }
    assert gates(paper, *issue, by="bureau03") == {
        "unit": True,
        "role": False,
        "not_by": False,
        "letter": True,
    }
    assert states(paper, number) == [(LETTER, "reviewed", None)], (
        "nothing refused has taken a number"
    )


def test_a_number_is_taken_on_its_day(paper: Paper) -> None:
    """No number can be dated back."""
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    paper.now = datetime(2026, 10, 8, 2, tzinfo=UTC)
    assert paper.fails("notice", "issue", number, LETTER, "--on", "2026-09-30", by="bureau04") == (
        1,
        "文号只能在签发当日编排，不能补编或倒签\n  改法：去掉 --on，今天签发\n",
    )
    assert states(paper, number) == [(LETTER, "reviewed", None)]


def test_each_series_counts_for_itself(paper: Paper) -> None:
    """Letters count per unit, kind and year: 函 and 公告 of one unit each from 1, and a new year
    starts anew.
    """
    first, second = paper.asked(), paper.asked("温泉康养")
    paper.do("advance", second, "close", "--note", "资金未落实", by="bureau01")
    assert paper.issued(first)["number"] == "丽招商函〔2026〕1号"
    assert paper.issued(second, "3-closing")["number"] == "丽招商告〔2026〕1号"
    assert paper.issued(second)["number"] == "丽招商函〔2026〕2号", "also after the case has ended"
    paper.rest_until(datetime(2027, 1, 4, 2, tzinfo=UTC))
    third = paper.asked("总部基地")
    assert paper.issued(third)["number"] == "丽招商函〔2027〕1号"
    assert paper.findings() == []


def test_a_void_number_stays_taken(paper: Paper) -> None:
    """Voiding wants the signer and a reason and keeps the number; what takes its place is linked
    both ways.
    """
    number = paper.asked()
    paper.issued(number)
    assert gates(paper, "notice", "void", number, LETTER, by="bureau04")["reason"] is False
    assert (
        gates(paper, "notice", "void", number, LETTER, "--note", "有误", by="bureau03")["role"]
        is False
    )
    paper.do("notice", "void", number, LETTER, "--note", "收文单位有误", by="bureau04")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    name = states(paper, number)[-1][0]
    paper.issued(number, name)
    assert states(paper, number) == [
        (LETTER, "void", "丽招商函〔2026〕1号"),
        (name, "issued", "丽招商函〔2026〕2号"),
    ]
    letters = {row["name"]: row for row in paper.asks("show", number)["case"]["letters"]}
    assert (letters[LETTER]["replaced_by"], letters[name]["replaces"]) == (name, LETTER)
    assert paper.findings() == []


def test_a_letter_is_superseded_when_its_successor_is_issued(paper: Paper) -> None:
    """A letter in force stays so until what replaces it is signed off; a draft that is redone is
    void at once.
    """
    number = paper.asked()
    paper.issued(number)
    paper.corrects(number, "investment=40000")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    name = states(paper, number)[-1][0]
    assert states(paper, number)[0] == (LETTER, "issued", "丽招商函〔2026〕1号")
    paper.issued(number, name)
    assert states(paper, number)[0] == (LETTER, "superseded", "丽招商函〔2026〕1号")
    assert "总投资40000万元" in paper.do("notice", "show", number, name)
    assert "总投资32000万元" in paper.do("notice", "show", number, LETTER), (
        "the paper that went out says what it said"
    )
    other = paper.asked("温泉康养")
    paper.do("notice", "draft", other, "--replace", LETTER, by="bureau01")
    assert [row[1] for row in states(paper, other)] == ["void", "draft"]
    assert paper.findings() == []


def test_an_edited_letter_goes_the_same_way(paper: Paper) -> None:
    """An officer's own text, in the template's plain form, is drafted, checked and issued as any
    other.
    """
    number = paper.asked()
    paper.write(
        "改.txt",
        "文种：函\n标题：关于征求意见的函\n主送：{{ to }}\n抄送：{{ cc }}\n发文单位：{{ issuer "
        "}}\n---\n改过的一段。\n",
    )
    paper.do("notice", "draft", number, "--replace", LETTER, "--text", "改.txt", by="bureau01")
    name = states(paper, number)[-1][0]
    assert paper.issued(number, name)["number"] == "丽招商函〔2026〕1号"
    assert "改过的一段。" in paper.do("notice", "show", number, name)
    paper.write("坏.txt", "文种：函\n---\n{{ x.__class__ }}\n")
    assert (
        paper.fails(
            "notice", "draft", number, "--replace", name, "--text", "坏.txt", by="bureau01"
        )[0]
        == 1
    )
    assert paper.findings() == []


def test_a_missing_glyph_is_refused_by_name(paper: Paper) -> None:
    """A letter with a character that no font has is not signed off; the character is named and no
    number is taken.
    """
    number = paper.asked("剑瓷🦄街区")
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    code, message = paper.fails("notice", "issue", number, LETTER, by="bureau04")
    told = (
        f"不能签发 {LETTER}，未编号：小标宋没有“🦄”（U+1F984），"
        f"见“关于征求剑瓷🦄街区选址意见的函”"
        f"；"
        "仿宋没有“🦄”（U+1F984），见“剑瓷🦄街区（KC-2026-001）总投资32000万元，"
        "已于2026年9月30日由考察导入转入考察导入。”"
    )
    assert (code, message.split("\n")[0]) == (1, told)
    assert states(paper, number) == [(LETTER, "reviewed", None)]
    assert paper.issued(paper.asked())["number"] == "丽招商函〔2026〕1号"


def test_what_stopped_before_freezing_is_made_up_for(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the machine stop between number and forms, the number stands and `freeze` completes
    it, as `todo` says.
    """
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    with monkeypatch.context() as patch:
        patch.setattr(
            "lifecycle.office.letters.letters.freeze_forms",
            lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        assert paper.run("notice", "issue", number, LETTER, by="bureau04").exit_code != 0
    assert states(paper, number) == [(LETTER, "issued", "丽招商函〔2026〕1号")]
    assert paper.asks("notice", "outbox")["sendings"] == [], (
        "nothing goes out before its forms are frozen"
    )
    assert [row["kind"] for row in paper.asks("todo", by="bureau04")["letters"]] == ["freeze"]
    paper.do("notice", "freeze", number, LETTER, by="bureau04")
    assert len(paper.asks("notice", "outbox")["sendings"]) == 3
    assert paper.fails("notice", "freeze", number, LETTER, by="bureau04")[0] == 1, "and only once"
    assert paper.findings() == []


def test_sent_again_it_is_the_same_letter(paper: Paper) -> None:
    """The same request id gives the same number, also on the next day."""
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    first = paper.asks("notice", "issue", number, LETTER, "--request-id", "r-1", by="bureau04")
    paper.now = datetime(2026, 10, 8, 2, tzinfo=UTC)
    again = paper.asks("notice", "issue", number, LETTER, "--request-id", "r-1", by="bureau04")
    assert (first["letter"], first["repeated"], again["repeated"]) == (again["letter"], False, True)
    assert len(paper.asks("notice", "list", number)["letters"]) == 1


def test_a_receipt_and_an_answer_by_file(paper: Paper) -> None:
    """A unit receives, answers with its file, and the answer is its opinion; then the project moves
    on.
    """
    number = paper.ready_but_unsigned()
    paper.issued(number, "3-consultation")
    mine = paper.asks("todo", by="land01")["letters"]
    assert [(row["kind"], row["due_on"]) for row in mine] == [("reply", "2026-10-13")]
    paper.do("notice", "receipt", number, "consult", by="land01")
    assert paper.fails("notice", "receipt", number, "consult", by="land01")[0] == 1, "once"
    paper.write("复函.pdf", "同意选址")
    paper.do("notice", "reply", number, "consult", "同意", "--file", "复函.pdf", by="land01")
    paper.do(
        "notice",
        "reply",
        number,
        "consult",
        "附条件同意",
        "--note",
        "先勘探",
        "--file",
        "复函.pdf",
        by="wenwu01",
    )
    assert paper.asks("todo", by="land01")["letters"] == []
    assert paper.do("advance", number, "to_siting", by="bureau01").startswith("已办理：")
    opinions = [(o["role"], o["verdict"]) for o in paper.asks("show", number)["case"]["opinions"]]
    assert opinions == [("land", "agree"), ("x", "conditional")]
    assert paper.findings() == []


def test_an_opinion_signed_is_an_answer(paper: Paper) -> None:
    """Who signs the transition that a letter asks about owes no answer any more."""
    number = paper.asked()
    paper.issued(number)
    paper.do("sign", number, "to_siting", "agree", by="land01")
    assert [row["kind"] for row in paper.asks("todo", by="land01")["letters"]] == []
    assert [row["kind"] for row in paper.asks("todo", by="wenwu01")["letters"]] == ["reply"]
    assert paper.findings() == []


def asked_of(paper: Paper, officer: str) -> list[tuple[str, str]]:
    """Give the kinds and texts of all that waits for an officer."""
    found = paper.asks("todo", by=officer)
    return [(row["kind"], row["text"]) for row in (*found["letters"], *found["tasks"])]


@pytest.mark.parametrize("by", ["notice reply", "sign"])
def test_an_opinion_that_is_asked_twice_is_given_once(paper: Paper, by: str) -> None:
    """What a letter asks and the co-sign asks too stands in `todo` on two lines, each of which says
    that it does for the other; when either is done both are gone.
    """
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "receipt", number, LETTER, by="land01")
    title = "丽招商函〔2026〕1号　关于征求剑瓷文化体验街区选址意见的函"
    assert asked_of(paper, "land01") == [
        ("reply", f"{title}　复函即为会签，不必另签"),
        ("sign", "会签 转入规划选址（复函 丽招商函〔2026〕1号 即为会签，只办一样）"),
    ]
    if by == "sign":
        paper.do("sign", number, "to_siting", "同意", by="land01")
    else:
        paper.do("notice", "reply", number, LETTER, "同意", "--note", "无意见", by="land01")
    assert asked_of(paper, "land01") == []


def test_an_answer_is_judged_like_an_opinion(paper: Paper) -> None:
    """No answer by others, none without file or words, no objection without a reason, no opinion
    that is not asked.
    """
    number = paper.asked()
    reply = ("notice", "reply", number, LETTER)
    assert paper.fails(*reply, "同意", by="land01")[0] == 1, "not issued yet"
    paper.issued(number)
    assert (
        gates(paper, *reply, "不同意", "--file", paper.write("x.pdf", "x"), by="land01")["reason"]
        is False
    )
    assert gates(paper, *reply, by="land01")["reason"] is False
    assert paper.fails(*reply, "--file", "x.pdf", by="xiao01")[0] == 1, "not among its recipients"
    assert paper.fails(*reply, "好的", "--file", "x.pdf", by="land01")[0] == 2
    paper.do(*reply, "不同意", "--note", "权属未清", "--file", "x.pdf", by="land01")
    assert "国土 不同意：权属未清" in paper.do("why", number, "to_siting")
    paper.do("advance", number, "close", "--note", "取消", by="bureau01")
    assert gates(paper, *reply, "同意", "--file", "x.pdf", by="wenwu01")["opinion"] is False, (
        "too late for an opinion"
    )
    paper.do(*reply, "--file", "x.pdf", by="wenwu01")
    assert paper.findings() == []


def test_what_is_overdue_is_reminded_of_once(paper: Paper) -> None:
    """Receipts and answers that are overdue appear in `todo`; the reminder is drafted once for each
    unit.
    """
    number = paper.asked()
    paper.issued(number)
    for unit in ("land", "wenwu", "owner"):
        sending = ("notice", "sent", number, LETTER, "--unit", unit, "--by", "专人")
        paper.do(*sending, by="bureau01")
    paper.now = datetime(2026, 10, 15, 2, tzinfo=UTC)
    errands = paper.asks("todo", by="bureau01")["letters"]
    assert [(row["kind"], row["due_on"]) for row in errands] == [("urge", "2026-10-13")]
    assert (
        paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"][0]["reminder"] is None
    )
    rows = paper.asks("notice", "urge", "--request-id", "u-1", by="bureau01")["reminders"]
    assert [(row["debt"], row["units"], row["due_on"]) for row in rows] == [
        ("reply", ["市自然资源局", "市文物局"], "2026-10-13"),
        ("receipt", ["市文旅平台公司"], "2026-10-09"),
    ]
    assert paper.asks("notice", "urge", by="bureau01")["reminders"] == [], (
        "they are drafted already"
    )
    reminder = paper.issued(number, rows[0]["reminder"])
    assert reminder["number"] == "丽招商函〔2026〕2号"
    text = paper.do("notice", "show", number, rows[0]["reminder"]).replace("\n", "")
    assert "丽招商函〔2026〕1号，2026年9月30日" in text
    assert "已逾期2日" in text
    paper.do("notice", "void", number, rows[1]["reminder"], "--note", "重写", by="bureau01")
    (again,) = paper.asks("notice", "urge", by="bureau01")["reminders"]
    assert again["debt"] == "receipt", "a reminder that never went out is none"
    paper.issued(number, again["reminder"])
    paper.now = datetime(2026, 11, 15, 2, tzinfo=UTC)
    assert paper.asks("notice", "urge", by="bureau01")["reminders"] == [], (
        "once each, and nobody is reminded of a reminder"
    )
    assert paper.findings() == []


def test_who_has_answered_is_not_late_with_the_receipt(paper: Paper) -> None:
    """Signing what the letter asks about is an answer, and shows that it came: neither the unit nor
    whoever reminds is told of a receipt, also once the step is made. The others are reminded.
    """
    number = paper.asked()
    paper.issued(number)
    for unit in ("land", "wenwu", "owner"):
        sending = ("notice", "sent", number, LETTER, "--unit", unit, "--by", "专人")
        paper.do(*sending, by="bureau01")
    paper.do("sign", number, "to_siting", "agree", by="land01")
    assert paper.asks("todo", by="land01")["letters"] == []
    paper.now = datetime(2026, 10, 15, 2, tzinfo=UTC)
    rows = paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"]
    assert [(row["debt"], row["units"]) for row in rows] == [
        ("reply", ["市文物局"]),
        ("receipt", ["市文旅平台公司"]),
    ]
    paper.do("notice", "reply", number, LETTER, "同意", "--note", "同意", by="wenwu01")
    rows = paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"]
    assert [(row["debt"], row["units"]) for row in rows] == [("receipt", ["市文旅平台公司"])]


def test_nobody_is_late_with_a_letter_that_was_not_handed_over(paper: Paper) -> None:
    """The time to receive runs from the sending: a letter that lies in the outbox has no day due,
    and nobody is reminded of it. The day of an opinion that was asked otherwise, too, is that of
    the seat, whether or not the letter has come.
    """

    def days(code: str) -> list[tuple[str, str | None]]:
        return [(one["kind"], one["due_on"]) for one in paper.asks("todo", by=code)["letters"]]

    number = paper.asked()
    paper.issued(number)
    paper.now = datetime(2026, 10, 15, 2, tzinfo=UTC)
    assert paper.asks("notice", "urge", by="bureau01")["reminders"] == []
    assert (days("land01"), days("owner01")) == ([("reply", "2026-10-13")], [("receipt", None)])
    for unit in ("land", "owner"):
        paper.do("notice", "sent", number, LETTER, "--unit", unit, "--by", "专人", by="bureau01")
    assert days("owner01") == [("receipt", "2026-10-19")]
    paper.now = datetime(2026, 10, 19, 2, tzinfo=UTC)
    paper.do("notice", "receipt", number, LETTER, by="land01")
    assert days("land01") == [("reply", "2026-10-13")]
    assert paper.findings() == []


def test_a_letter_redone_twice_still_supersedes(paper: Paper) -> None:
    """What replaces the draft of a replacement replaces the letter itself; who drafted any of them
    signs none off.
    """
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    second = states(paper, number)[-1][0]
    paper.do("notice", "draft", number, "--replace", second, by="bureau02")
    third = states(paper, number)[-1][0]
    assert (
        gates(paper, "notice", "draft", number, "--replace", LETTER, by="bureau02")["letter"]
        is False
    )
    paper.do("officer", "grant", "bureau01", "reviewer", by="admin")
    assert gates(paper, "notice", "approve", number, third, by="bureau01")["not_by"] is False
    paper.issued(number, third)
    assert [row[1] for row in states(paper, number)] == ["superseded", "void", "issued"]
    assert "由考察导入转入考察导入" in paper.do("notice", "show", number, third).replace("\n", "")
    assert paper.findings() == []


def test_a_letter_says_who_sends_it_and_to_whom(paper: Paper) -> None:
    """A text that names another issuer or other recipients than it has is refused before anything
    is recorded.
    """
    number = paper.asked()
    good = (
        "文种：函\n标题：关于征求意见的函\n主送：{{ to }}\n抄送：{{ cc }}\n发文单位：{{ "
        "issuer "
        "}}\n---\n一段。\n"
    )
    for old, new in (
        ("{{ issuer }}", "丽水市人民政府"),
        ("{{ to }}", "市财政局"),
        ("抄送：{{ cc }}\n", ""),
    ):
        paper.write("改.txt", good.replace(old, new))
        code, message = paper.fails(
            "notice", "draft", number, "--replace", LETTER, "--text", "改.txt", by="bureau01"
        )
        assert (code, "实际是" in message) == (1, True)
    assert len(states(paper, number)) == 1
    paper.do(
        "notice",
        "draft",
        number,
        "--replace",
        LETTER,
        "--to",
        "planning",
        "--cc",
        "land",
        by="bureau01",
    )
    name = states(paper, number)[-1][0]
    paper.issued(number, name)
    assert [row["addressee"] for row in paper.asks("notice", "outbox")["sendings"]] == [
        "市建设局",
        "市自然资源局",
    ]
    assert "市建设局：" in paper.do("notice", "show", number, name)


def test_an_answer_to_what_is_out_of_date_is_no_opinion(paper: Paper) -> None:
    """After the facts changed or the letter was replaced, the answer to the old letter is
    registered, not counted.
    """
    number = paper.asked()
    paper.issued(number)
    paper.corrects(number, "investment=90000")
    reply = ("notice", "reply", number, LETTER, "同意", "--file", paper.write("x.pdf", "x"))
    assert gates(paper, *reply, by="land01")["opinion"] is False
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    name = states(paper, number)[-1][0]
    paper.issued(number, name)
    assert gates(paper, *reply, by="land01")["opinion"] is False
    paper.do("notice", "reply", number, name, "同意", "--file", "x.pdf", by="land01")
    paper.do("advance", number, "close", "--note", "取消", by="bureau01")
    assert [row["kind"] for row in paper.asks("todo", by="wenwu01")["letters"]] == ["receipt"], (
        "no answer is owed now"
    )
    assert paper.findings() == []


def test_a_unit_with_two_seats_answers_for_both(paper: Paper) -> None:
    """A unit asked under two functions gives one answer, and it is its opinion in both."""
    paper.do("unit", "change", "land", "--function", "land", "--function", "x", by="admin")
    paper.do("officer", "grant", "land02", "x", by="admin")
    number = paper.opened("investment=32000", "owner_unit=owner", "x_units=land", on="2026-09-30")
    paper.do("advance", number, "ask", by="bureau01")
    paper.issued(number)
    paper.do("notice", "reply", number, LETTER, "同意", "--note", "同意", by="land02")
    opinions = [
        (o["role"], o["unit"], o["verdict"]) for o in paper.asks("show", number)["case"]["opinions"]
    ]
    assert opinions == [("land", "", "agree"), ("x", "land", "agree")]
    assert paper.findings() == []


def test_rules_published_meanwhile_make_no_false_finding(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules, names and calendar cannot change between the writing of a letter and the entry that
    issues it.
    """
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        with paper.sql() as other:
            if paper.home.in_files:
                busy = pytest.raises((apsw.BusyError, sqlite3.OperationalError), match="locked")
                with busy:
                    other.execute("BEGIN IMMEDIATE")
            else:
                asked = other.execute(f"SELECT pg_try_advisory_lock({LOCK})")
                assert asked.fetchall() == [(False,)]
        return to_issue(*args, **kwargs)

    monkeypatch.setattr("lifecycle.office.letters.letters.to_issue", meanwhile)
    paper.do("notice", "issue", number, LETTER, by="bureau04")
    assert paper.findings() == []


def test_a_disk_that_fills_while_freezing_is_told_with_the_number(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number stands and is told; the forms are made up for later."""
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    full = UnavailableError("磁盘已满")
    monkeypatch.setattr(
        "lifecycle.ledger.files.Files.keep_bytes", lambda *_args: (_ for _ in ()).throw(full)
    )
    code, message = paper.fails("notice", "issue", number, LETTER, by="bureau04")
    assert (code, message.split("\n")[0]) == (
        3,
        "已签发为 丽招商函〔2026〕1号，但版式文件没有固定：磁盘已满",
    )


def test_no_two_units_have_one_name(paper: Paper) -> None:
    """Letters tell units apart by their names."""
    assert (
        paper.fails("unit", "add", "land9", "市自然资源局", "--function", "x", by="admin")[0] == 1
    )
    assert paper.fails("unit", "change", "xiao", "--title", "市自然资源局", by="admin")[0] == 1


def test_codes_survive_bad_hands() -> None:
    """A code is read in lower case, without dashes and with the usual mix-ups; one wrong character
    is noticed.
    """
    code = code_of("ab" * 32)
    typed = code.replace("-", "").lower().replace("0", "o").replace("1", "l")
    assert read_code(typed) == code
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wrong = [
        code[:at] + char + code[at + 1 :]
        for at in range(len(code))
        if code[at] != "-"
        for char in alphabet
        if char != code[at]
    ]
    missed = [text for text in wrong if read_code(text) is not None]
    assert len(missed) <= len(wrong) // 100
    assert read_code("XXXX") is None


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM letter",
        "UPDATE letter SET body = ?",
    ],
)
def test_a_letter_whose_row_is_gone_is_told_as_damage(paper: Paper, damage: str) -> None:
    """Lists of letters and of what waits to be sent say that what is kept is damaged, and what to
    do, whatever is wrong with a letter's row.
    """
    see_damage_told(paper, damage)


@IN_A_FILE
def test_a_name_of_another_type_is_told_as_damage(paper: Paper) -> None:
    """So they do where a name is no text; a server keeps the types of its columns."""
    see_damage_told(paper, "UPDATE letter SET name = CAST(name AS BLOB)")


def see_damage_told(paper: Paper, damage: str) -> None:
    """Damage the letters' rows and ask for the lists."""
    number = paper.asked()
    paper.issued(number)
    with paper.sql() as opened:
        opened.execute(damage, (b"{",) if "?" in damage else ())
    told = (3, "存储的公文状态已损坏\n  改法：请运行 lifecycle audit，并从备份恢复\n")
    assert paper.fails("notice", "list", number) == told
    assert paper.fails("notice", "list") == told
    assert paper.fails("notice", "outbox") == told


def test_show_reads_only_letters_that_wait(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet counts letters by what is kept of their states, and reads those alone that are not
    issued yet, or of which somebody still owes a receipt or an answer.
    """
    read: list[str] = []

    def noting(data: Any) -> CaseLetter:
        letter = load_case_letter(data)
        read.append(letter.name)
        return letter

    def shown(number: str) -> tuple[str, list[str]]:
        read.clear()
        [line] = [line for line in paper.do("show", number).splitlines() if line[:2] == "公文"]
        return line.split("　")[1], list(read)

    number = paper.asked()
    paper.do("advance", number, "ask", by="bureau01")
    monkeypatch.setattr(letter_rows, "load_case_letter", noting)
    other = "3-consultation"
    assert shown(number) == ("草稿 2 件", [LETTER, other])
    paper.issued(number)
    waiting = "草稿 1 件、已签发 1 件；待 市自然资源局、市文物局 复函"
    assert shown(number) == (waiting, [LETTER, other])
    for code in ("land01", "wenwu01"):
        paper.do("notice", "receipt", number, "1号", by=code)
        reply = paper.write("复函.txt", "无意见")
        paper.do("notice", "reply", number, "1号", "同意", "--file", reply, by=code)
    assert shown(number) == (
        "草稿 1 件、已签发 1 件",
        [other, LETTER],
    )  # the copy is not received yet


@pytest.mark.parametrize("missing", ["fonts", "rules"])
def test_whose_it_is_comes_before_what_is_lacking(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Whoever may not sign a letter off is told that, and not first that fonts are missing or that
    a reviewed text cannot be written; the attempt is counted. Who may is told what is missing.
    """
    number = paper.asked()
    paper.do("notice", "approve", number, LETTER, by="bureau03")

    def lacking(*_args: object) -> None:
        raise UnavailableError("缺少字体", "make fonts")

    where = {
        "fonts": "lifecycle.letter.fonts.Fonts.find",
        "rules": "lifecycle.office.letters.letters.to_issue",
    }
    monkeypatch.setattr(where[missing], lambda *_args, **_words: lacking())
    before = refusals(paper)
    code, told = paper.fails("notice", "issue", number, LETTER, by="land01")
    assert code == 1
    assert told.splitlines()[0] == f"不能办理：{number} 剑瓷文化体验街区　签发 {LETTER}"
    assert "✗ 单位　　由 市招商局 办理；您属 市自然资源局" in told
    assert "✗ 角色　　由签发人办理；您（land01）不是签发人" in told
    assert "字体" not in told
    assert refusals(paper) == before + 1
    assert paper.fails("notice", "issue", number, LETTER, "--dry-run", by="bureau03")[0] == 1
    assert refusals(paper) == before + 1
    assert paper.fails("notice", "issue", number, LETTER, by="bureau04") == (
        3,
        "缺少字体\n  改法：make fonts\n",
    )


def test_freezing_says_first_whose_it_is(paper: Paper) -> None:
    """So do freezing and reviewing: of another unit's letter it is told whose it is, before
    anything about the letter itself.
    """
    number = paper.asked()
    assert "✗ 单位" in paper.fails("notice", "freeze", number, LETTER, by="land01")[1]
    assert "尚未签发" in paper.fails("notice", "freeze", number, LETTER, by="bureau01")[1]
