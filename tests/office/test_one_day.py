"""Rule 7: by when an opinion is owed is one day, wherever it is told. It is the earliest of the
co-sign's `within`, from the day of the ask, and of the time to answer of a letter that asked, from
its receipt, which counts as given the workday after sending.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from paper_office import Paper

LETTER = "2-consultation"
ENTERING = "asked: entering, within: {in: 5, unit: workday, basis: 内部承诺}"
WITHIN = "within: {in: 5, unit: workday, basis: 内部承诺}"


class Office:
    """An office whose case asks opinions on `to_siting` by a letter, and the days that it tells."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, cosign: str, reply: str) -> None:
        self.paper = Paper(folder, patch)
        file = self.paper.rules / "workflows" / "visit.yaml"
        text = file.read_text(encoding="utf-8")
        assert ENTERING in text
        assert "reply: {in: 5, unit: workday" in text
        text = text.replace(ENTERING, cosign).replace("reply: {in: 5, unit: workday", reply)
        file.write_text(text.replace("quorum: all, }", "quorum: all}"), encoding="utf-8")
        self.paper.founded()
        self.number = self.paper.asked()

    def shown(self) -> None:
        """Supply what the opinions are to be on."""
        report = self.paper.write("报告.pdf", "选址论证")
        self.paper.do("attach", self.number, "report", report, by="bureau01")

    def day(self, day: int) -> None:
        """Let it be a day of October 2026."""
        self.paper.now = datetime(2026, 10, day, 2, tzinfo=UTC)

    def sent(self) -> None:
        """Record that the letter was handed to both units."""
        for unit in ("land", "wenwu"):
            words = ("notice", "sent", self.number, LETTER, "--unit", unit, "--by", "专人")
            self.paper.do(*words, by="bureau01")

    def told(self, code: str) -> set[str | None]:
        """Give the days by which a unit is told, wherever, that it owes its opinion."""
        paper = self.paper
        todo = paper.asks("todo", by=code)
        days = {task["due_on"] for task in todo["tasks"] if task["kind"] == "sign"}
        days |= {one["due_on"] for one in todo["letters"] if one["kind"] == "reply"}
        role = {"land01": "land", "wenwu01": "x"}[code]
        opinions = paper.asks("show", self.number)["opinions"]
        return days | {one["due_on"] for one in opinions if one["role"] == role}

    def printed(self) -> str:
        """Give what the letter says of the time to answer."""
        text = self.paper.do("notice", "show", self.number, LETTER).replace("\n", "")
        return text.partition("二、请于")[2].partition("反馈")[0]

    def next_day(self) -> str | None:
        """Give the day that the lists tell of the case."""
        [row] = self.paper.asks("list")["cases"]
        day: str | None = row["due_on"]
        return day


def test_the_paper_names_the_day_of_the_seat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked earlier than by the letter, the seat owes its opinion from then on: the letter, issued
    a week later, names that day and not one that counts from its own; so do all screens. The
    receipt moves nothing.
    """
    office = Office(tmp_path, monkeypatch, WITHIN, "reply: {in: 5, unit: workday")
    office.shown()
    office.paper.do("ask", office.number, "to_siting", by="bureau01")
    office.day(9)
    office.paper.issued(office.number)
    assert office.printed() == "2026年10月13日前"
    assert office.told("land01") == {"2026-10-13"}
    office.sent()
    office.day(10)
    office.paper.do("notice", "receipt", office.number, LETTER, by="land01")
    assert office.told("land01") == office.told("wenwu01") == {"2026-10-13"}
    assert office.next_day() == "2026-10-13"
    assert office.paper.findings() == []
    office.paper.do("replay", office.number)


def test_a_letter_that_alone_asks_counts_from_its_issue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked before the letter is signed off; its paper names the day that counts from
    then.
    """
    office = Office(tmp_path, monkeypatch, WITHIN, "reply: {in: 5, unit: workday")
    office.shown()
    assert office.told("land01") == {None}
    office.day(9)
    office.paper.issued(office.number)
    assert office.printed() == "2026年10月15日前"
    assert office.told("land01") == {"2026-10-15"}


def test_the_shorter_time_counts_and_runs_from_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workdays to answer within five to sign: the paper says both, since its receipt is not
    known yet; a receipt noted on the day counts from then, one that is never noted from the workday
    after the sending. Overdue by that day, the case is on the list, the units are reminded, and the
    refusal says since when.
    """
    office = Office(tmp_path, monkeypatch, ENTERING, "reply: {in: 2, unit: workday")
    office.day(8)
    office.paper.issued(office.number)
    assert office.printed() == "收到本函之日起2个工作日内（会签至迟2026年10月13日）"
    assert office.told("land01") == {"2026-10-13"}, "not sent yet"
    office.sent()
    office.paper.do("notice", "receipt", office.number, LETTER, by="land01")
    assert office.told("land01") == {"2026-10-10"}, "a Saturday on which offices work"
    assert office.told("wenwu01") == {"2026-10-12"}
    assert office.next_day() == "2026-10-10"
    office.day(11)
    rows = office.paper.asks("list", "--overdue")["cases"]
    assert [row["number"] for row in rows] == [office.number]
    [reminder] = office.paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"]
    assert (reminder["units"], reminder["due_on"]) == (["市自然资源局"], "2026-10-10")
    assert "逾期未反馈，限 2026-10-10" in office.paper.do("why", office.number, "to_siting")
    assert "逾期未反馈（限 2026-10-10）" in office.paper.do("show", office.number)
    assert office.paper.findings() == []


def test_a_receipt_noted_late_gains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as given the workday after sending, whenever it is noted."""
    office = Office(tmp_path, monkeypatch, "", "reply: {in: 2, unit: workday")
    office.shown()
    office.day(8)
    office.paper.issued(office.number)
    assert office.printed() == "收到本函之日起2个工作日内", "nothing else limits it"
    office.sent()
    assert office.told("land01") == {"2026-10-12"}
    office.day(12)
    office.paper.do("notice", "receipt", office.number, LETTER, by="land01")
    assert office.told("land01") == {"2026-10-12"}


def test_who_is_asked_anew_is_not_held_to_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once what an opinion covered has changed, the seat is asked on that day, and no more by the
    letter, an answer to which would be no opinion.
    """
    office = Office(tmp_path, monkeypatch, WITHIN, "reply: {in: 2, unit: workday")
    office.shown()
    office.day(8)
    office.paper.issued(office.number)
    office.sent()
    office.paper.do("sign", office.number, "to_siting", "agree", by="land01")
    office.day(9)
    report = office.paper.write("报告.pdf", "选址论证（修改）")
    office.paper.do("attach", office.number, "report", report, by="bureau01")
    assert office.told("land01") == {"2026-10-15"}


def test_a_letter_that_came_too_late_names_no_day_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed off after the seats' day, a letter says that this goes first, and names none."""
    office = Office(tmp_path, monkeypatch, ENTERING, "reply: {in: 5, unit: workday")
    office.day(20)
    office.paper.issued(office.number)
    assert office.printed() == "收到本函之日起5个工作日内（会签期限在先的，以会签期限为准）"
    assert office.told("land01") == {"2026-10-13"}


def test_an_answer_that_is_no_opinion_counts_from_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that only wants an answer names no day either that its addressees' lists do not."""
    reply = "reply: {in: 5, unit: workday"
    office = Office(tmp_path, monkeypatch, ENTERING, reply)
    file = office.paper.rules / "workflows" / "visit.yaml"
    text = file.read_text(encoding="utf-8").replace(", cosign: to_siting}", "}")
    file.write_text(text.replace("version: 1", "version: 2", 1), encoding="utf-8")
    office.paper.do("workflow", "publish", str(file), by="admin")
    office.number = office.paper.asked("另一项目")
    office.paper.issued(office.number)
    assert office.printed() == "收到本函之日起5个工作日内"
    office.sent()
    [errand] = office.paper.asks("todo", by="land01")["letters"]
    assert (errand["kind"], errand["due_on"]) == ("reply", "2026-10-14")


def test_a_letter_asks_nobody_for_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is not there yet: reviewer and signer are told, the letter asks no opinion and
    names no day, and nobody is late, however long it takes. From the day on which the report comes
    the seats are asked, and the letter does not count for them any more.
    """
    office = Office(tmp_path, monkeypatch, WITHIN, "reply: {in: 5, unit: workday")
    paper = office.paper
    office.day(9)
    told = "会签要看的 选址论证报告 还没有，以后补上的，复函不算会签意见"
    [task] = paper.asks("todo", by="bureau03")["letters"]
    assert task["text"].endswith(f"（{told}；宜齐了再签发）")
    reviewed = paper.do("notice", "approve", office.number, LETTER, by="bureau03")
    assert f"下一步由签发人办（{told}；宜齐了再签发）：" in reviewed.replace("\n", "")
    issued = paper.do("notice", "issue", office.number, LETTER, by="bureau04")
    assert told in issued
    assert office.printed() == "收到本函之日起5个工作日内"
    office.sent()
    office.day(30)
    waiting = paper.asks("todo", by="land01")
    assert [one["kind"] for one in waiting["tasks"]] == []
    [errand] = waiting["letters"]
    assert errand["text"].endswith("会签要看的 选址论证报告 还没有，齐了即送会签")
    assert "要看的 选址论证报告 还没有，齐了即送会签" in paper.do("show", office.number)
    report = paper.write("报告.pdf", "选址论证")
    paper.do("attach", office.number, "report", report, by="bureau01")
    [task] = paper.asks("todo", by="land01")["tasks"]
    assert (task["kind"], task["due_on"]) == ("sign", "2026-11-06")
    assert paper.findings() == []
    paper.do("replay", office.number)


def test_who_asks_too_soon_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer who asks learns what those would speak on that is not there, and what that
    means; one whose record asks, that their time has begun.
    """
    office = Office(tmp_path, monkeypatch, WITHIN, "reply: {in: 5, unit: workday")
    paper, ask = office.paper, ("ask", office.number, "to_siting")
    lacking = "“转入规划选址”会签，国土、市文物局 要看的 选址论证报告 还没有填报或上传"
    hints = paper.asks(*ask, by="bureau01")["hints"]
    assert hints == [{"kind": "unshown", "message": f"{lacking}：齐了的那天起才算送会签"}]
    by_record = "asked: ask, within: {in: 5, unit: workday, basis: 内部承诺}"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", monkeypatch, by_record, "reply: {in: 5, unit: workday")
    [hint] = [
        one["message"]
        for one in other.paper.asks("advance", other.number, "ask", by="bureau01")["hints"]
        if one["kind"] == "unshown"
    ] or [""]
    assert hint == "", "asked in this round already"
    number = other.paper.opened("investment=32000", "owner_unit=owner", name="乙", on="2026-09-29")
    hints = other.paper.asks("advance", number, "ask", by="bureau01")["hints"]
    told = "“转入规划选址”会签，国土 要看的 选址论证报告 还没有填报或上传：期限已经起算，请尽快补齐"
    assert hints == [{"kind": "unshown", "message": told}]
