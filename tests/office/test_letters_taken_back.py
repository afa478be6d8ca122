"""A receipt or a sending that was recorded by mistake is taken back while nothing rests on it, and
can then be recorded again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from homes import Home
from paper_office import Paper

from lifecycle.beside import CHANNELS, beside

LETTER = "2-consultation"
OWNER = "市文旅平台公司"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch, home).founded()


def refused(paper: Paper, *args: str, by: str, told: str) -> None:
    """A command is refused with a text."""
    code, text = paper.fails("notice", "take-back", *args, by=by)
    assert code == 1
    assert told in text, text


def addressee(paper: Paper, number: str, name: str) -> Any:
    """Give where an addressee stands."""
    (letter,) = paper.asks("show", number)["case"]["letters"]
    return next(one for one in letter["addressed"] if one["name"] == name)


def unsent(paper: Paper) -> dict[str, str]:
    """Map each addressee in the outbox to its state."""
    rows = paper.asks("notice", "outbox")["sendings"]
    return {row["addressee"]: row["state"] for row in rows}


def test_a_receipt_is_taken_back(paper: Paper) -> None:
    """By the unit that recorded it, with the reason; it owes the receipt again."""
    number = paper.asked()
    paper.issued(number)
    back = (number, LETTER, "签收")
    refused(paper, *back, "--note", "误", by="land01", told="市自然资源局 没有签收")
    paper.do("notice", "receipt", number, LETTER, by="land01")
    refused(paper, *back, by="land01", told="须说明理由")
    other = ("--unit", "市自然资源局", "--note", "误")
    refused(paper, *back, *other, by="wenwu01", told="由 市自然资源局 办理")
    told = paper.do("notice", "take-back", *back, "--note", "收错了件", by="land02")
    assert told.endswith(f"撤销签收 {LETTER}　市自然资源局：收错了件\n")
    assert addressee(paper, number, "市自然资源局")["received_on"] == ""
    paper.do("notice", "receipt", number, LETTER, by="owner01")
    assert paper.asks("todo", by="owner01")["letters"] == []
    paper.do("notice", "take-back", *back, "--note", "没有收到", by="owner01")
    kinds = [task["kind"] for task in paper.asks("todo", by="owner01")["letters"]]
    assert kinds == ["receipt"]
    paper.do("notice", "receipt", number, LETTER, by="land01")
    assert paper.findings() == []


def test_a_receipt_that_was_answered_stays(paper: Paper) -> None:
    """By a reply, or by the opinion that the letter asks for."""
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "receipt", number, LETTER, by="land01")
    paper.do("notice", "receipt", number, LETTER, by="wenwu01")
    paper.do("notice", "reply", number, LETTER, "同意", "--note", "同意", by="land01")
    paper.do("sign", number, "to_siting", "agree", by="wenwu01")
    back = (number, LETTER, "receipt", "--note", "误")
    refused(paper, *back, by="land01", told="复函，签收不能撤销")
    refused(paper, *back, by="wenwu01", told="会签，签收不能撤销")
    paper.do("withdraw", number, "to_siting", "--note", "误签", by="wenwu01")
    paper.do("notice", "take-back", *back, by="wenwu01")
    assert paper.findings() == []


def test_a_sending_is_taken_back_and_sent_again(paper: Paper) -> None:
    """What was marked by hand goes back into the outbox; delivered then by a channel, and taken
    back once more, each is an entry of its own.
    """
    number = paper.asked()
    paper.issued(number)
    back = (number, LETTER, "送达", "--unit", OWNER)
    refused(paper, *back, "--note", "误", by="clerk01", told=f"致 {OWNER} 的没有登记送达")
    paper.do("notice", "sent", number, LETTER, "--unit", OWNER, "--by", "专人送达", by="clerk01")
    assert OWNER not in unsent(paper)
    refused(paper, *back, by="clerk01", told="须说明理由")
    refused(paper, *back, "--note", "误", by="land01", told="由 市招商局 办理")
    told = paper.do("notice", "take-back", *back, "--note", "没有送出", by="clerk01")
    assert told.endswith(f"撤销送达登记 {LETTER} 致 {OWNER}：没有送出\n")
    assert unsent(paper)[OWNER] == "pending"
    assert paper.findings() == []
    (paper.folder / "exchange").mkdir()
    settings = beside(paper.home.place(paper.path), CHANNELS)
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"units:\n  owner: {{folder: {paper.folder / 'exchange'}}}\n", "utf-8")
    for _ in range(3):
        assert len(paper.asks("notice", "deliver", by="clerk01")["sent"]) == 1
        assert addressee(paper, number, OWNER)["sent_on"] != ""
        assert paper.asks("notice", "deliver", by="clerk01")["sent"] == []
        paper.do("notice", "take-back", *back, "--note", "对方没有收到", by="bureau01")
    paper.do("notice", "deliver", by="clerk01")
    paper.do("notice", "receipt", number, LETTER, by="owner01")
    refused(paper, *back, "--note", "误", by="clerk01", told="签收，送达不能撤销")
    assert paper.findings() == []


def test_a_sending_of_a_void_letter_is_cancelled(paper: Paper) -> None:
    """It is not sent again."""
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "sent", number, LETTER, "--unit", OWNER, "--by", "专人送达", by="clerk01")
    paper.do("notice", "void", number, LETTER, "--note", "文号有误", by="bureau04")
    back = (number, LETTER, "送达", "--unit", OWNER, "--note", "没有送出")
    paper.do("notice", "take-back", *back, by="clerk01")
    assert unsent(paper) == {}
    assert paper.findings() == []


def test_after_the_end_of_the_case_letters_are_mended_too(paper: Paper) -> None:
    """Letters outlive their case; by delegation they are as well, and no day before the receipt
    will do.
    """
    number = paper.asked()
    paper.issued(number)
    paper.do("advance", number, "close", "--note", "不办", by="bureau01")
    paper.do("notice", "receipt", number, LETTER, by="land01")
    back = ("notice", "take-back", number, LETTER, "签收", "--note", "误")
    paper.do(*back, "--unit", "land", "--for", "land01", by="planning01")
    paper.do("notice", "receipt", number, LETTER, by="land01")
    early = ("--on", "2026-09-29", "--done-by", "land01", "--because", "出差")
    assert "早于" in paper.fails(*back, *early, by="land02")[1]
    assert paper.findings() == []


def answers(paper: Paper, number: str) -> int:
    """Count the answers that are recorded of a case."""
    entries = paper.asks("log", number)["entries"]
    return sum(one["intent"]["type"] == "letter_answered" for one in entries)


def test_the_same_answer_again_is_none(paper: Paper) -> None:
    """The same person's same answer to the same letter is one entry; another file, another word,
    another person's, or one after it was withdrawn or the other was given, is one more.
    """
    number = paper.asked()
    paper.issued(number)
    letter, other = paper.write("复函.pdf", "同意选址"), paper.write("补充.pdf", "另附图件")
    agree = ("notice", "reply", number, LETTER, "同意", "--file", letter)
    plain = ("notice", "reply", number, LETTER, "--file", letter)
    told = f"{number}　剑瓷文化体验街区　没有变化\n"
    expected = 0
    for words, by, new in (
        (agree, "land01", True),
        (agree, "land01", False),
        ((*agree, "--note", "尽快"), "land01", True),
        ((*agree, "--note", "尽快"), "land01", False),
        ((*agree, "--note", "尽快"), "land02", True),
        (plain, "land01", True),
        (plain, "land01", False),
        ((*plain[:-1], other), "land01", True),
        (plain, "land01", True),
    ):
        said = paper.do(*words, by=by)
        expected += new
        assert (said == told, answers(paper, number)) == (not new, expected), words
    paper.do(*agree, by="land01")
    paper.do("withdraw", number, "to_siting", "--note", "误签", by="land01")
    assert paper.do(*agree, by="land01") != told
    assert paper.findings() == []
