"""The cases A8 to A11 and B10 through every other door: who may act, for whom, when and by which
name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from answers import answered
from paper_office import Paper
from tiny_office import Tiny

LATER = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
"""20 October 2026, ten in the morning in Beijing: the founding was on 30 September."""
BEFORE = "2026-10-12"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with a second officer of land, three weeks after its founding."""
    made = Tiny(tmp_path, monkeypatch).founded()
    made.do("officer", "add", "land02", "副科长", "--unit", "land", "--role", "land", by="admin")
    made.now = LATER
    return made


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch).founded()


def ready(tiny: Tiny, units: str = "wenwu", on: str = "2026-10-08") -> str:
    """Open a case that lacks but its opinions."""
    facts = ("investment=32000", "owner_unit=owner", f"x_units={units}")
    number = tiny.opened(*facts, on=on)
    tiny.write("报告.pdf", "选址论证")
    tiny.do("attach", number, "report", "报告.pdf", "--on", on, by="planning01")
    return number


def entries(tiny: Tiny, number: str) -> int:
    """Count the entries of a case."""
    return len(tiny.asks("log", number)["entries"])


# ── A8: who records holds the role when they record ──


@pytest.mark.parametrize(
    "words",
    [
        ("sign", "{n}", "to_siting", "agree", "--on", BEFORE),
        ("sign", "{n}", "转入规划选址", "同意", "--on", BEFORE, "--json"),
        ("sign", "{n}", "to_siting", "object", "--note", "不可", "--on", BEFORE, "--dry-run"),
        ("sign", "表.csv", "to_siting", "agree", "--on", BEFORE),
        ("sign", "-", "to_siting", "agree", "--on", BEFORE),
        ("sign", "表.csv", "to_siting", "agree", "--all-or-nothing", "--on", BEFORE),
        ("sign", "{n}", "to_siting", "agree", "--on", BEFORE, "--request-id", "a8"),
        ("sign", "{n}", "to_siting", "agree", "--on", BEFORE, "--role", "国土"),
    ],
    ids=" ".join,
)
def test_a8_late_is_no_door_for_who_lost_the_role(tiny: Tiny, words: tuple[str, ...]) -> None:
    """A8: of a day on which they held it they record nothing any more: one by one, in bulk, as a
    machine or under an id.
    """
    number = ready(tiny)
    tiny.do("officer", "revoke", "land01", "land", "--since", "2026-10-19", by="admin")
    tiny.write("表.csv", f"编号\n{number}\n")
    before = entries(tiny, number)
    given = [word.format(n=number) for word in (*words, "--because", "出差")]
    result = tiny.run(*given, by="land01", text=f"{number}\n")
    assert (result.exit_code, entries(tiny, number)) == (1, before), result.output


@pytest.mark.parametrize("gone", ["revoke", "leave"])
@pytest.mark.parametrize("officer", ["planning01", "land02"])
def test_a8_nobody_acts_for_who_lost_the_role(tiny: Tiny, gone: str, officer: str) -> None:
    """A8: neither a colleague nor another unit's deputy records by a delegation of somebody who no
    longer holds the role, be it of a day before; a colleague says who had done it.
    """
    number = ready(tiny)
    tiny.do("officer", "delegate", "land02", "--until", "2026-12-31", by="land01")
    words = ("land01", "land") if gone == "revoke" else ("land01",)
    tiny.do("officer", gone, *words, "--since", "2026-10-19", by="admin")
    # land02 holds the role by itself; so it shall not.
    tiny.do("officer", "revoke", "land02", "land", "--since", "2026-10-19", by="admin")
    sign = ("sign", number, "to_siting", "agree", "--for", "land01")
    for late in ((), ("--on", BEFORE)):
        assert tiny.fails(*sign, *late, by=officer)[0] == 1


def test_a8_whose_the_act_was_held_the_role_on_its_day(tiny: Tiny) -> None:
    """A8: `--done-by` names nobody who had no role on that day, nor somebody of another unit, and
    is no way to sign for two units.
    """
    number = ready(tiny)
    add = ("officer", "add", "land03", "科员", "--unit", "land", "--role", "land")
    tiny.do(*add, "--since", "2026-10-15", by="admin")
    sign = ("sign", number, "to_siting", "agree", "--on", BEFORE, "--because", "出差", "--done-by")
    for other in ("land03", "bureau01", "wenwu01", "nobody"):
        assert tiny.fails(*sign, other, by="land02")[0] == 1
    tiny.do(*sign, "land01", by="land02")
    tiny.do("sign", number, "to_siting", "agree", by="wenwu01")
    for officer in ("land02", "land01"):
        told = tiny.fails("withdraw", number, "to_siting", "--note", "　", by=officer)[1]
        assert "须写明撤回的理由" in told


# ── A9: authority does not begin in the past ──


@pytest.mark.parametrize(
    ("words", "by"),
    [
        (("officer", "add", "j1", "科员", "--unit", "land", "--role", "land"), "admin"),
        (("officer", "add", "j1", "科员", "--unit", "land"), "admin"),
        (("officer", "grant", "land02", "owner"), "admin"),
        (("officer", "delegate", "land02", "--until", "2026-12-31"), "land01"),
        (("officer", "delegate", "land02", "--for", "land01", "--until", "2026-12-31"), "admin"),
        (("unit", "add", "new", "新局", "--function", "land"), "admin"),
        (("unit", "change", "xiao", "--function", "land", "--function", "x"), "admin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["", "json"])
def test_a9_no_authority_is_dated_back(
    tiny: Tiny, words: tuple[str, ...], by: str, more: tuple[str, ...]
) -> None:
    """A9: posts, grants, functions and delegations alike, by whom it may be and for machines."""
    answer = tiny.run(*words, "--since", "2026-09-01", *more, by=by)
    assert answer.exit_code == 1, answer.output
    assert "须在 2026-09-0" in answer.output
    if more:
        assert answered(answer.stdout)["ok"] is False


@pytest.mark.parametrize("officer", ["bureau01", "watch01", "owner01"])
def test_a9_another_unit_acts_for_nobody(tiny: Tiny, officer: str) -> None:
    """A9: neither the bureau that leads, nor the auditor, nor the owner signs for the heritage
    bureau, today, late, in bulk or by letting the deputy delegate on.
    """
    add = ("officer", "add", "watch01", "审计员", "--unit", "bureau", "--role", "auditor")
    tiny.do(*add, by="admin")
    number = ready(tiny)
    tiny.run("officer", "delegate", officer, "--until", "2026-12-31", by="wenwu01")
    tiny.write("表.csv", f"编号\n{number}\n")
    for case, more in ((number, ()), (number, ("--on", "2026-10-20")), ("表.csv", ())):
        sign = ("sign", case, "to_siting", "agree", "--for", "wenwu01", *more)
        assert tiny.run(*sign, by=officer).exit_code == 1
    assert tiny.asks("show", number)["case"]["opinions"] == []


# ── A10: one person, one unit's voice; signers do not advance ──


def across(tiny: Tiny) -> str:
    """Give a case that planning01 has signed for land, as its deputy."""
    number = ready(tiny)
    tiny.do("sign", number, "to_siting", "agree", "--for", "land01", by="planning01")
    tiny.do("sign", number, "to_siting", "agree", by="wenwu01")
    return number


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--json",)], ids=["", "dry", "json"])
def test_a10_a_signer_does_not_make_what_they_signed(tiny: Tiny, more: tuple[str, ...]) -> None:
    """A10: neither the deputy, nor the principal, each of whom may make it; nor by delegation, nor
    recording for a colleague; once the opinion was taken back and a colleague signed they may.
    """
    for code, unit in (("land01", "land"), ("planning01", "planning")):
        both = ("--function", unit, "--function", "bureau")
        tiny.do("unit", "change", unit, *both, by="admin")
        tiny.do("officer", "grant", code, "bureau", by="admin")
    number = across(tiny)
    advance = ("advance", number, "to_siting", *more)
    for words, by in (
        (advance, "planning01"),
        (advance, "land01"),
        ((*advance, "--for", "land01"), "planning01"),
    ):
        answer = tiny.run(*words, by=by)
        assert answer.exit_code == 1, answer.output
        assert "会签，不能再由其办理" in answer.output
    tiny.do("withdraw", number, "to_siting", "--note", "换人", "--for", "land01", by="planning01")
    tiny.do("sign", number, "to_siting", "agree", by="land02")
    assert tiny.run(*advance, by="planning01").exit_code == 0


def test_a10_one_person_speaks_for_one_unit(tiny: Tiny) -> None:
    """A10: who signed for another unit does not sign for their own, late, by a colleague's record
    or in bulk; nor after a correction.
    """
    tiny.do("unit", "change", "planning", "--function", "planning", "--function", "x", by="admin")
    tiny.do("officer", "grant", "planning01", "x", by="admin")
    number = ready(tiny, "wenwu、planning", "2026-10-20")
    tiny.do("sign", number, "to_siting", "agree", "--for", "land01", by="planning01")
    tiny.write("表.csv", f"编号\n{number}\n")
    told = "一人只能代表一个单位"
    for case, more in ((number, ()), (number, ("--on", "2026-10-20")), ("表.csv", ())):
        answer = tiny.run("sign", case, "to_siting", "agree", "--role", "x", *more, by="planning01")
        assert (answer.exit_code, told in answer.output) == (1, True), answer.output
    tiny.do("officer", "add", "planning02", "科员", "--unit", "planning", "--role", "x", by="admin")
    for by in ("planning02", "wenwu01"):
        tiny.do("sign", number, "to_siting", "agree", by=by)
    tiny.do("advance", number, "to_siting", by="bureau01")
    tiny.do("correct", number, "investment=33000", "--note", "漏计", by="bureau01")
    confirmed = tiny.asks("confirm", number, by="bureau02")["seq"]
    tiny.do("sign", number, str(confirmed), "agree", "--for", "land01", by="planning01")
    again = ("sign", number, str(confirmed), "agree", "--role", "x")
    assert told in tiny.fails(*again, by="planning01")[1]


# ── A11: three pairs of hands ──


LETTER = "2-consultation"


def test_a11_a_redraft_does_not_wash_hands(paper: Paper) -> None:
    """A11: who drafts a letter anew neither reviews nor signs the new one, whoever had drafted the
    old; granting the duty afterwards, acting for another, `--json` and a dry run change nothing.
    """
    number = paper.asked()
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    paper.do("officer", "grant", "bureau04", "reviewer", by="admin")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau03")
    anew = paper.asks("notice", "list", number)["letters"][-1]["name"]
    approve, issue = ("notice", "approve", number, anew), ("notice", "issue", number, anew)
    assert "拟稿人 bureau03 不得核稿" in paper.fails(*approve, by="bureau03")[1]
    paper.do(*approve, by="bureau04")
    for by in ("bureau03", "bureau04"):
        for more in ((), ("--dry-run",), ("--json",), ("--request-id", f"a11-{by}")):
            answer = paper.run(*issue, *more, by=by)
            assert (answer.exit_code, "须换人" in answer.output) == (1, True), answer.output
    for principal, deputy in (("bureau03", "bureau02"), ("bureau04", "bureau02")):
        delegate = ("officer", "delegate", deputy, "--until", "2026-12-31")
        paper.do(*delegate, by=principal)
        assert "须换人" in paper.fails(*issue, "--for", principal, by=deputy)[1]


def test_a11_reviewing_anew_leaves_the_earlier_hands_on_it(paper: Paper) -> None:
    """A11: after the text was changed and reviewed by another, who reviewed it first has still had
    it in hand; a letter taken back with its record is signed off by nobody.
    """
    number = paper.asked()
    paper.do("officer", "grant", "bureau03", "signer", by="admin")
    paper.do("notice", "approve", number, LETTER, by="bureau03")
    paper.do("officer", "grant", "bureau04", "reviewer", by="admin")
    paper.do("officer", "grant", "bureau02", "reviewer", by="admin")
    paper.do("notice", "approve", number, LETTER, by="bureau02")
    assert "须换人" in paper.fails("notice", "issue", number, LETTER, by="bureau03")[1]
    paper.do("take-back", number, "ask", "--note", "发早了", by="bureau01")
    for verb, by in (("approve", "bureau02"), ("issue", "bureau04")):
        assert "已作废" in paper.fails("notice", verb, number, LETTER, by=by)[1]
    assert paper.findings() == []


# ── B10: a name is that of who bears it ──


def renamed(tiny: Tiny) -> str:
    """Rename the heritage bureau; another unit takes its old name; give a case that names it."""
    number = ready(tiny)
    tiny.do("unit", "change", "wenwu", "--title", "市文化遗产局", by="admin")
    tiny.do("unit", "add", "wenwu2", "市文物局", "--function", "x", by="admin")
    tiny.do("officer", "add", "w2", "科员", "--unit", "wenwu2", "--role", "x", by="admin")
    return number


@pytest.mark.parametrize("door", ["set", "table", "open", "stdin"])
def test_b10_the_name_means_who_bears_it_now(tiny: Tiny, door: str) -> None:
    """B10: set, in a table, on standard input or at an opening, the name is the new bearer's; who
    was asked under it before is not thereby taken off.
    """
    number = renamed(tiny)
    if door == "open":
        number = tiny.do(
            "open", "visit", "--set", "name=乙", "--set", "x_units=市文物局", by="bureau01"
        ).strip()
        assert tiny.asks("show", number)["facts"]["x_units"] == ["wenwu2"]
        return
    tiny.write("表.csv", f"编号,x 部门名单\n{number},市文物局\n")
    words = {"set": (number, "x_units=市文物局"), "table": ("表.csv",)}
    given = words.get(door, ("-", "x_units=市文物局"))
    answer = tiny.run("set", *given, by="bureau01", text=f"{number}\n")
    assert (answer.exit_code, "市文化遗产局 已送" in answer.output) == (1, True), answer.output
    assert tiny.asks("show", number)["facts"]["x_units"] == ["wenwu"]


def test_b10_asks_and_resolutions_go_to_who_bears_the_name(tiny: Tiny) -> None:
    """B10: the namesake neither is asked for, nor has its word settled for, the one renamed."""
    number = renamed(tiny)
    tiny.do("sign", number, "to_siting", "object", "--note", "不可", by="wenwu01")
    resolve = ("resolve", number, "to_siting")
    for whose in ("市文物局", "wenwu2", "x/wenwu2"):
        assert tiny.fails(*resolve, whose, "--note", "已协调", by="bureau01")[0] == 1
    assert tiny.fails("sign", number, "to_siting", "agree", by="w2")[0] == 1
    assert tiny.fails("withdraw", number, "to_siting", "--note", "x", by="w2")[0] == 1
    tiny.do(*resolve, "市文化遗产局", "--note", "已协调", by="bureau01")
    log = tiny.do("log", number)
    assert "处理 市文化遗产局 对" in log
    assert "会签 转入规划选址　市文化遗产局 不同意" in log
