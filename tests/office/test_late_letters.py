"""Letters and the case's clock: neither holds the other up, and what is out of time goes out late,
with the reason, or not at all.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_office import CONSULTATION, copied, forged
from paper_office import Paper

from lifecycle.ledger.rows.task_rows import REPLACE, kept_tasks

LETTER = "3-consultation"
BEGUN, TODAY = "2026-09-29", "2026-09-30"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued; its day is 2026-09-30."""
    return Paper(tmp_path, monkeypatch).founded()


def begun(paper: Paper) -> str:
    """Open a case and ask for opinions on the day before, recorded today; everybody agreed."""
    number = paper.opened("investment=32000", "owner_unit=owner", "x_units=wenwu", on=BEGUN)
    report = paper.write("报告.pdf", "选址论证")
    paper.do("attach", number, "report", report, "--on", BEGUN, by="bureau01")
    paper.do("advance", number, "ask", "--on", BEGUN, by="bureau01")
    for code in ("land01", "wenwu01"):
        late = ("--on", BEGUN, "--because", "当时未及录入")
        paper.do("sign", number, "to_siting", "agree", *late, by=code)
    return number


def goes_on(paper: Paper, number: str) -> None:
    """Have the case go on to the next state on the day before."""
    paper.do("advance", number, "to_siting", "--on", BEGUN, by="bureau01")


def days_pass(paper: Paper, days: int) -> None:
    """Let days go by."""
    paper.now = paper.now + timedelta(days=days)


def lapses(paper: Paper, number: str) -> dict[str, str | None]:
    """Give why each letter is out of time, by its name."""
    return {row["name"]: row["lapse"] for row in paper.asks("notice", "list", number)["letters"]}


def test_a_letter_of_today_holds_up_nothing_of_yesterday(paper: Paper) -> None:
    """After a letter was reviewed, signed off, sent and received, what was done on the day before
    is recorded all the same; the case's last day is that of what a gate reads.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    paper.do("notice", "sent", number, "1号", "--unit", "市文物局", "--by", "专人", by="bureau01")
    paper.do("notice", "receipt", number, "1号", by="land01")
    assert paper.asks("show", number)["last_on"] == BEGUN
    paper.do("advance", number, "note_visit", "--set", "people=3", "--on", BEGUN, by="bureau01")
    rows = paper.asks("list")["cases"]
    assert [(row["number"], row["last_on"]) for row in rows] == [(number, BEGUN)]
    assert paper.findings() == []
    paper.do("replay", number)


def test_what_a_case_has_recorded_holds_up_no_receipt(paper: Paper) -> None:
    """A receipt of an earlier day is recorded after the case went on; an answer that carries an
    opinion is not, one without is.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    days_pass(paper, 5)
    paper.do("advance", number, "note_visit", "--set", "people=3", by="bureau01")
    paper.do("notice", "receipt", number, "1号", "--on", "2026-10-02", by="land01")
    file = paper.write("复函.txt", "无意见")
    reply = ("notice", "reply", number, "1号")
    code, said = paper.fails(*reply, "同意", "--file", file, "--on", "2026-10-03", by="land01")
    assert (code, said.splitlines()[0]) == (
        1,
        f"办理日 2026-10-03 早于 {number} 上一条记录的 2026-10-05",
    )
    paper.do(*reply, "--file", file, "--on", "2026-10-03", by="land01")
    assert paper.asks("show", number)["last_on"] == "2026-10-05"
    assert paper.findings() == []


def test_a_letter_has_an_order_of_its_own(paper: Paper) -> None:
    """It is reviewed on or after the day of its draft, received on or after that of its signing
    off and sending, answered on or after its receipt.
    """
    number = begun(paper)

    paper.issued(number, LETTER)
    days_pass(paper, 5)
    sent = ("notice", "sent", number, "1号", "--unit", "市自然资源局", "--by", "专人")
    assert (
        "送达日 2026-09-29 早于签发日 2026-09-30"
        in paper.fails(*sent, "--on", BEGUN, by="bureau01")[1]
    )
    paper.do(*sent, "--on", "2026-10-02", by="bureau01")
    receipt = ("notice", "receipt", number, "1号")
    assert (
        "签收日 2026-10-01 早于送达日 2026-10-02"
        in paper.fails(*receipt, "--on", "2026-10-01", by="land01")[1]
    )
    assert (
        "签收日 2026-09-29 早于签发日 2026-09-30"
        in paper.fails(*receipt, "--on", BEGUN, by="wenwu01")[1]
    )
    paper.do(*receipt, "--on", "2026-10-03", by="land01")
    file = paper.write("复函.txt", "无意见")
    reply = ("notice", "reply", number, "1号", "--file", file)
    assert (
        "复函日 2026-10-02 早于签收日 2026-10-03"
        in paper.fails(*reply, "--on", "2026-10-02", by="land01")[1]
    )
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    anew = list(lapses(paper, number))[-1]
    review = ("notice", "approve", number, anew)
    assert (
        "核稿日 2026-10-02 早于拟稿日 2026-10-05"
        in paper.fails(*review, "--on", "2026-10-02", by="bureau03")[1]
    )
    paper.issued(number, anew)
    void = ("notice", "void", number, anew, "--note", "有误")
    assert (
        "作废日 2026-10-02 早于签发日 2026-10-05"
        in paper.fails(*void, "--on", "2026-10-02", by="bureau04")[1]
    )
    own = ("reply-reminder", "--to", "land", "--note", "催")
    assert (
        "拟稿日 2026-09-28 早于立项日 2026-09-29"
        in paper.fails("notice", "draft", number, *own, "--on", "2026-09-28", by="land01")[1]
    )
    assert paper.findings() == []


def test_b8_a_finished_step_wants_a_reason(paper: Paper) -> None:
    """B8: the day after the case went on, a draft is told as such, to everybody whose business it
    is; it is signed off with the reason, and the record says that it went out late.
    """
    number = begun(paper)
    goes_on(paper, number)
    told = paper.do("notice", "approve", number, LETTER, by="bureau03")
    assert told.endswith(
        "  下一步由签发人办（所属环节已于 2026-09-29 办结，迟发须写明理由；不发的作废）："
        f"lifecycle notice issue {number} {LETTER} --note 理由\n"
    )
    assert lapses(paper, number) == {LETTER: "finished", "6-consultation": None}
    assert "；未签发的里 所属环节已办结 1 件" in paper.do("show", number)
    assert "已核稿（所属环节已办结）" in paper.do("notice", "list", number)
    [task] = [
        one for one in paper.asks("todo", by="bureau04")["letters"] if one["letter"] == LETTER
    ]
    assert task["command"] == f"lifecycle notice issue {number} {LETTER} --note 理由"
    issue = ("notice", "issue", number, LETTER)
    code, said = paper.fails(*issue, by="bureau04")
    assert code == 1
    assert "✗ 理由　　所属环节已于 2026-09-29 办结" in said
    paper.do(*issue, "--note", "领导出差", by="bureau04")
    assert "（所属环节已于 2026-09-29 办结，迟发）：领导出差" in paper.do("log", number)
    assert paper.findings() == []


def test_b8_on_the_day_itself_no_reason_is_wanted(paper: Paper) -> None:
    """A letter goes out on the day on which the case goes on."""
    number = begun(paper)
    paper.do("advance", number, "to_siting", by="bureau01")
    assert lapses(paper, number) == {LETTER: None, "6-consultation": None}
    paper.issued(number, LETTER)
    assert "迟发" not in paper.do("log", number)


def test_b8_what_a_return_undid_is_not_signed_off(paper: Paper) -> None:
    """B8: a draft of an undone step is void or drafted anew; the new one goes out late, with the
    reason.
    """
    number = begun(paper)
    goes_on(paper, number)
    back = ("advance", number, "send_back", "--note", "重报", "--on", BEGUN)
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    paper.do(*back, by="planning01")
    assert lapses(paper, number) == {LETTER: "undone", "6-consultation": "undone"}
    [task] = [
        one for one in paper.asks("todo", by="bureau04")["letters"] if one["letter"] == LETTER
    ]
    assert (task["kind"], task["command"]) == (
        "void",
        f"lifecycle notice void {number} {LETTER} --note 理由",
    )
    code, said = paper.fails("notice", "issue", number, LETTER, "--note", "仍要发", by="bureau04")
    assert code == 1
    assert "所属流转已退回，不能再签发" in said
    paper.do("notice", "void", number, "6-consultation", "--note", "已退回", by="bureau01")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    anew = "10-consultation"
    assert lapses(paper, number)[anew] == "redrafted"
    paper.do("notice", "approve", number, anew, by="bureau03")
    assert "所属流转退回后重拟" in paper.fails("notice", "issue", number, anew, by="bureau04")[1]
    paper.do("notice", "issue", number, anew, "--note", "重新征求", by="bureau04")
    assert paper.findings() == []


def test_what_went_out_before_a_return_undid_its_step_is_told(paper: Paper) -> None:
    """Rule 12: it is listed, and counted by `show`, until it is replaced or void."""
    number = begun(paper)
    paper.issued(number, LETTER)
    goes_on(paper, number)
    told = "；已签发的里 所属流转已退回，须替代或作废 1 件"
    assert (lapses(paper, number)[LETTER], told in paper.do("show", number)) == (None, False)
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")
    assert lapses(paper, number)[LETTER] == "outlived"
    assert told in paper.do("show", number)
    assert "已签发（所属流转已退回，须替代或作废）" in paper.do("notice", "list", number)
    paper.do("notice", "void", number, LETTER, "--note", "项目已退回", by="bureau04")
    assert (lapses(paper, number)[LETTER], told in paper.do("show", number)) == (None, False)


def errands(paper: Paper, code: str) -> list[tuple[str, str]]:
    """Give what letters ask of an officer, as (kind, letter)."""
    return [(one["kind"], one["letter"]) for one in paper.asks("todo", by=code)["letters"]]


def test_what_is_made_again_after_a_return_is_proposed_once(paper: Paper) -> None:
    """The letter that was drafted anew by hand and the one that the step drafts when it is made
    again are one: the hand-made draft is void, the new one supersedes what was issued, and nobody
    is asked to draft or to review another.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    paper.do("advance", number, "to_siting", by="bureau01")
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")
    assert errands(paper, "bureau01") == [("draft", LETTER)]
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    by_hand = last(paper, number)
    assert ("approve", by_hand) in errands(paper, "bureau03")
    made = paper.do("advance", number, "ask", by="bureau01")
    anew = last(paper, number)
    assert anew != by_hand
    assert f"公文替代 {by_hand}" in paper.do("log", number), made
    reviewing = [one for one in errands(paper, "bureau03") if one[0] == "approve"]
    assert (reviewing, errands(paper, "bureau01")) == ([("approve", anew)], [])
    paper.issued(number, anew)
    rows = {row["name"]: row["state"] for row in paper.asks("notice", "list", number)["letters"]}
    assert (rows[LETTER], rows[by_hand], rows[anew]) == ("superseded", "void", "issued")
    assert paper.findings() == []
    paper.do("replay", number)


def test_what_is_drafted_anew_on_the_day_of_the_return_is_not_late(paper: Paper) -> None:
    """On the day of the return it goes out without a reason; the next day it wants one."""
    number = begun(paper)
    paper.issued(number, LETTER)
    paper.do("advance", number, "to_siting", by="bureau01")
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    anew = last(paper, number)
    assert lapses(paper, number)[anew] is None
    paper.issued(number, anew)
    assert "迟发" not in paper.do("log", number)
    paper.do("notice", "draft", number, "--replace", anew, by="bureau01")
    anew = last(paper, number)
    paper.do("notice", "approve", number, anew, by="bureau03")
    days_pass(paper, 1)
    assert "所属流转退回后重拟" in paper.fails("notice", "issue", number, anew, by="bureau04")[1]
    assert paper.findings() == []


def test_a_letter_of_a_finished_stage_need_not_be_drafted_anew(paper: Paper) -> None:
    """What it prints was corrected: while its stage is in hand, and as long as an answer is owed,
    it is to be replaced; once the case has gone on, its service is done.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    paper.corrects(number, "investment=33000")
    for code in ("land01", "wenwu01"):
        paper.do("sign", number, "to_siting", "agree", by=code)
    assert ("draft", LETTER) in errands(paper, "bureau01")
    paper.do("advance", number, "to_siting", by="bureau01")
    assert ("draft", LETTER) in errands(paper, "bureau01"), "on the day itself"
    days_pass(paper, 1)
    assert ("draft", LETTER) not in errands(paper, "bureau01")
    assert paper.findings() == []


def test_a_record_made_again_tells_of_the_letter_that_is_still_out(paper: Paper) -> None:
    """Made twice, it drafts two letters: whoever makes it is told of the first, and so is who would
    review the second; nothing is void, for they may be about two things.
    """
    number = begun(paper)
    remarks = paper.asks("advance", number, "ask", by="bureau01")["hints"]
    second = last(paper, number)
    void = f"lifecycle notice void {number} {LETTER} --note 理由"
    told = f"先前拟的 {LETTER} 尚未签发，这次又拟了 {second}；只发一件的：{void}"
    assert remarks == [{"kind": "again", "message": told}]
    [text] = [
        one["text"]
        for one in paper.asks("todo", by="bureau03")["letters"]
        if one["letter"] == second
    ]
    assert text.endswith(f"（同一流转先前所拟的 {LETTER} 还没有办完；不必再发的，作废其一）")
    paper.do("notice", "void", number, LETTER, "--note", "以后一件为准", by="bureau01")
    assert "先前拟的" not in paper.do("notice", "approve", number, second, by="bureau03")
    assert paper.findings() == []


def to_be_replaced(paper: Paper, number: str) -> list[str]:
    """Name the letters of a case that its rows say are to be replaced; the audit sees no others."""
    assert paper.findings() == []
    with closing(paper.office()) as office:
        kept = kept_tasks(office.store, office.case(number).id)
    return sorted(row.transition for row in kept if row.kind == REPLACE)


def test_the_rows_follow_what_is_to_be_replaced(paper: Paper) -> None:
    """A letter in force whose step was undone stands in the rows, whatever else is recorded, until
    another is drafted in its place; again once that one is void; and no more once it is void.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    goes_on(paper, number)
    assert to_be_replaced(paper, number) == []
    paper.do("advance", number, "send_back", "--note", "重报", by="planning01")
    assert to_be_replaced(paper, number) == [LETTER]
    paper.do("advance", number, "note_visit", "--set", "people=3", by="bureau01")
    assert to_be_replaced(paper, number) == [LETTER]
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    assert to_be_replaced(paper, number) == []
    *_, anew = lapses(paper, number)
    paper.do("notice", "void", number, anew, "--note", "误拟", by="bureau01")
    assert to_be_replaced(paper, number) == [LETTER]
    paper.do("notice", "void", number, LETTER, "--note", "项目已退回", by="bureau04")
    assert to_be_replaced(paper, number) == []


def test_the_rows_follow_a_correction(paper: Paper) -> None:
    """What a letter in force may print is corrected: it stands in the rows from then on."""
    number = begun(paper)
    paper.issued(number, LETTER)
    goes_on(paper, number)
    paper.corrects(number, "investment=33000")
    assert to_be_replaced(paper, number) == [LETTER]


def test_b8_a_late_letter_promises_no_day_of_the_left_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8: what still says by when the left state was due is moot: its signer is told to void it,
    and how it is drafted anew, with days of now, where it has to go out all the same.
    """
    paper = Paper(tmp_path, monkeypatch)
    (paper.rules / "notices" / "consultation.j2").write_text(CONSULTATION, encoding="utf-8")
    paper.founded()
    number = begun(paper)
    goes_on(paper, number)
    reviewed = paper.do("notice", "approve", number, LETTER, by="bureau03")
    dead = "写着“2026年10月19日前”，所属环节已于 2026-09-29 办结，期限已不算数"
    anew = f"lifecycle notice draft {number} --replace {LETTER}"
    assert f"  {dead}，应重拟或作废：{anew}\n" in reviewed
    [task] = [
        one for one in paper.asks("todo", by="bureau04")["letters"] if one["letter"] == LETTER
    ]
    assert f"（{dead}，应作废；确须补发的，先重拟：{anew}）" in task["text"]
    void = f"lifecycle notice void {number} {LETTER} --note 理由"
    assert (task["kind"], task["command"]) == ("void", void)
    issue = ("notice", "issue", number, LETTER, "--note", "迟了")
    code, said = paper.fails(*issue, by="bureau04")
    assert (code, said.splitlines()) == (
        1,
        [
            f"{LETTER} 写着“2026年10月19日前”，所属环节已于 2026-09-29 办结，期限已不算数",
            f"  改法：按现在的情况重拟：lifecycle notice draft {number} --replace {LETTER}",
        ],
    )
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    [anew] = [name for name in lapses(paper, number) if name not in (LETTER, "6-consultation")]
    paper.do("notice", "approve", number, anew, by="bureau03")
    paper.do("notice", "issue", number, anew, "--note", "迟了", by="bureau04")
    assert paper.findings() == []


def test_what_is_drafted_anew_promises_no_day_of_a_later_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafted anew while the case is where its transition led, a letter says by when that is due;
    once the case has gone on, it promises no day: not that of the later state as its own.
    """
    paper = Paper(tmp_path, monkeypatch)
    (paper.rules / "notices" / "consultation.j2").write_text(CONSULTATION, encoding="utf-8")
    paper.founded()
    number = begun(paper)
    assert asked_by(paper, number, LETTER) == "二、请于2026年10月19日前反馈。"
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    anew = last(paper, number)
    assert asked_by(paper, number, anew) == "二、请于2026年10月19日前反馈。"
    goes_on(paper, number)
    assert asked_by(paper, number, last(paper, number)) == "二、请于2026年10月26日前反馈。"
    for _twice in range(2):
        paper.do("notice", "draft", number, "--replace", anew, by="bureau01")
        anew = last(paper, number)
        assert asked_by(paper, number, last(paper, number)) == "二、请于收到本函后反馈。"
    assert paper.findings() == []


def last(paper: Paper, number: str) -> str:
    """Name the letter of a case that was drafted last."""
    return list(lapses(paper, number))[-1]


def asked_by(paper: Paper, number: str, name: str) -> str:
    """Give the line of a letter that says by when it asks for an answer."""
    shown = paper.do("notice", "show", number, name)
    [line] = [line.strip() for line in shown.splitlines() if "请于" in line]
    return line


def test_a_late_letter_without_its_reason_is_found(paper: Paper, tmp_path: Path) -> None:
    """Whoever takes the reason out of the record is found by the audit."""
    number = begun(paper)
    goes_on(paper, number)
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    paper.do("notice", "issue", number, LETTER, "--note", "领导出差", by="bureau04")
    other = copied(paper, tmp_path / "copy")
    damage = forged("letter_issued", lambda body: body["intent"]["data"].pop("note"))
    idx, _case = damage(other)
    assert (idx, "illegal") in {(finding.idx, finding.code) for finding in other.findings()}


def letters_of(paper: Paper, officer: str) -> list[tuple[str, str, str]]:
    """Give the kind, command and text of what `todo` says of letters to be replaced."""
    tasks = paper.asks("todo", by=officer)["letters"]
    return [
        (task["kind"], task["command"], task["text"])
        for task in tasks
        if "已签发；" in task["text"]
    ]


def test_an_issued_letter_that_is_not_so_any_more_is_a_task(paper: Paper) -> None:
    """Whoever may draft in the issuing unit is asked to replace an issued letter that prints a
    value which was corrected since, whoever only signs for it to void it; nobody of another unit,
    and nobody before the correction is confirmed, nor once another letter is drafted in its place.
    The audit finds the rows in order.
    """
    words = ("--unit", "bureau", "--role", "signer")
    paper.do("officer", "add", "chief01", "局长", *words, by="admin")
    number = paper.asked()
    paper.issued(number)
    assert letters_of(paper, "bureau01") == []
    paper.do("correct", number, "investment=35000", "--note", "填错了", by="bureau01")
    assert letters_of(paper, "bureau01") == []
    paper.do("confirm", number, by="bureau02")
    name = "2-consultation"
    void = f"lifecycle notice void {number} {name} --note 理由"
    told = "丽招商函〔2026〕1号　关于征求剑瓷文化体验街区选址意见的函"
    told += "（已签发；其后更正了 总投资，印的是原来的）"
    draft = f"lifecycle notice draft {number} --replace {name}"
    text = f"{told}：另拟一件替代，不再发的由签发人作废：{void}"
    assert letters_of(paper, "bureau01") == [("draft", draft, text)]
    assert letters_of(paper, "chief01") == [("void", void, f"{told}：作废或替代")]
    assert letters_of(paper, "land01") == letters_of(paper, "clerk01") == []
    assert paper.findings() == []
    paper.do("notice", "draft", number, "--replace", name, by="bureau01")
    assert letters_of(paper, "bureau01") == letters_of(paper, "chief01") == []
    assert paper.findings() == []


def test_an_issued_letter_whose_step_was_undone_is_a_task(paper: Paper) -> None:
    """So is one whose step a return undid, until it is void; as of a day before, it was none."""
    number = paper.ready()
    paper.do("advance", number, "to_siting", by="bureau02")
    name = paper.asks("notice", "list", number)["letters"][0]["name"]
    paper.issued(number, name)
    paper.do("advance", number, "send_back", "--note", "补正", by="planning01")
    ((kind, command, text),) = letters_of(paper, "bureau01")
    assert (kind, command) == ("draft", f"lifecycle notice draft {number} --replace {name}")
    assert "（已签发；所属流转已退回）" in text
    assert paper.findings() == []
    paper.do("notice", "void", number, name, "--note", "已退回", by="bureau04")
    assert letters_of(paper, "bureau01") == []
    assert paper.findings() == []


def handed_over(paper: Paper) -> str:
    """Ask two units for an answer and one for its receipt only, and hand the letter over; one of
    the two has received it, nobody has answered.
    """
    number = begun(paper)
    paper.issued(number, LETTER)
    for unit in ("land", "wenwu", "owner"):
        paper.do("notice", "sent", number, LETTER, "--unit", unit, "--by", "专人", by="bureau01")
    paper.do("notice", "receipt", number, LETTER, by="land01")
    return number


def comes_back(paper: Paper, number: str) -> None:
    """Go on to the next state and return from it."""
    paper.do("advance", number, "to_siting", by="bureau01")
    paper.do("advance", number, "send_back", "--note", "补正", by="planning01")


def owed_on(paper: Paper, *as_of: str) -> dict[str, list[tuple[str, str | None]]]:
    """Give what `todo` says that each unit owes on letters, and by when; who owes nothing is left
    out.
    """
    todos = {code: paper.asks("todo", *as_of, by=code) for code in ("land01", "wenwu01", "owner01")}
    found = {
        code: [(row["kind"], row["due_on"]) for row in todo["letters"] if row["letter"] == LETTER]
        for code, todo in todos.items()
    }
    return {code: errands for code, errands in found.items() if errands}


def test_nobody_owes_an_answer_to_a_letter_whose_step_was_undone(paper: Paper) -> None:
    """Rules 7 and 12: a return undoes what the letter asked, so `todo` and `show` name nobody who
    owes the answer, on that day and later; who has not received it may still do so, and is not late
    with that. As of a day before, both were owed.
    """
    number = handed_over(paper)
    before = {
        "land01": [("reply", "2026-10-13")],
        "wenwu01": [("reply", "2026-10-14")],  # whose receipt counts as given the next workday
        "owner01": [("receipt", "2026-10-09")],
    }
    assert owed_on(paper) == before
    assert "；待 市自然资源局、市文物局 复函" in paper.do("show", number)
    days_pass(paper, 9)
    comes_back(paper, number)
    received = {"wenwu01": [("receipt", None)], "owner01": [("receipt", None)]}
    assert owed_on(paper) == received
    assert "复函" not in paper.do("show", number).partition("\n要素")[0]
    text = paper.asks("todo", by="wenwu01")["letters"][0]["text"]
    assert text.endswith("　所属流转已退回，只签收")
    assert owed_on(paper, "--on", "2026-10-08") == before
    assert "；待 市自然资源局、市文物局 复函" in paper.do("show", number, "--on", "2026-10-08")
    paper.do("notice", "receipt", number, LETTER, by="wenwu01")
    assert owed_on(paper) == {"owner01": [("receipt", None)]}
    paper.do("advance", number, "ask", by="bureau01")
    days_pass(paper, 30)
    assert owed_on(paper) == {"owner01": [("receipt", None)]}, "nor after the case was there again"
    assert "复函" not in paper.do("show", number).partition("\n要素")[0]
    assert owed_on(paper, "--on", "2026-10-09") == {"owner01": [("receipt", None)]}
    assert paper.findings() == []


def test_nobody_is_reminded_of_a_letter_whose_step_was_undone(paper: Paper) -> None:
    """Neither of the answer nor of the receipt; a reminder that was drafted before the return is to
    be voided: who would review it is told so.
    """
    number = handed_over(paper)
    days_pass(paper, 15)
    rows = paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"]
    assert [(row["debt"], row["units"]) for row in rows] == [
        ("reply", ["市自然资源局", "市文物局"]),
        ("receipt", ["市文旅平台公司"]),
    ]
    kinds = [row["kind"] for row in paper.asks("todo", by="bureau01")["letters"]]
    assert "urge" in kinds
    reminders = paper.asks("notice", "urge", number, by="bureau01")["reminders"]
    name = reminders[0]["reminder"]
    comes_back(paper, number)
    paper.do("notice", "void", number, reminders[1]["reminder"], "--note", "已退回", by="bureau01")
    assert paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"] == []
    kinds = [row["kind"] for row in paper.asks("todo", by="bureau01")["letters"]]
    assert "urge" not in kinds
    [told] = [one for one in paper.asks("todo", by="bureau03")["letters"] if one["letter"] == name]
    assert (told["kind"], told["command"]) == (
        "void",
        f"lifecycle notice void {number} {name} --note 理由",
    )
    assert told["text"].endswith("（丽招商函〔2026〕1号 所属流转已退回，不必再催）")
    paper.do("notice", "void", number, name, "--note", "已退回", by="bureau04")
    assert paper.asks("notice", "urge", "--dry-run", by="bureau01")["reminders"] == []


def test_an_answer_to_a_letter_whose_step_was_undone_is_recorded(paper: Paper) -> None:
    """It carries no opinion, and who gave it received the letter."""
    number = handed_over(paper)
    comes_back(paper, number)
    reply = ("notice", "reply", number, LETTER, "--note", "原则同意")
    assert "据此的意见不算" in paper.fails(*reply, "同意", by="wenwu01")[1]
    paper.do(*reply, by="wenwu01")
    assert owed_on(paper) == {"owner01": [("receipt", None)]}
    assert paper.findings() == []


def test_what_is_drafted_anew_after_a_return_is_answered(paper: Paper) -> None:
    """What is issued in the place of a letter whose step was undone asks anew: its answer is owed,
    and the old letter is out of the lists.
    """
    number = handed_over(paper)
    comes_back(paper, number)
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    anew = last(paper, number)
    paper.do("notice", "approve", number, anew, by="bureau03")
    paper.do("notice", "issue", number, anew, "--note", "重新征求", by="bureau04")
    assert owed_on(paper) == {}
    letters = paper.asks("todo", by="land01")["letters"]
    assert [(row["kind"], row["letter"]) for row in letters] == [("reply", anew)]
    assert "；待 市自然资源局、市文物局 复函" in paper.do("show", number)
