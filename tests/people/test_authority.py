"""Who may record what: the role is held at recording, authority does not begin in the past, a
delegation stays in the unit, a unit that is named has somebody who can act.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tiny_office import TINY, Tiny

LATER = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
"""20 October 2026, ten in the morning in Beijing: the founding was on 30 September."""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with a second officer of two units, three weeks after its founding."""
    made = Tiny(tmp_path, monkeypatch).founded()
    for code, unit, role in (("land02", "land", "land"), ("wenwu02", "wenwu", "x")):
        made.do("officer", "add", code, "副科长", "--unit", unit, "--role", role, by="admin")
    made.now = LATER
    return made


def signing(tiny: Tiny) -> str:
    """Open a case in which land and wenwu are asked, and give its number."""
    return tiny.opened("x_units=wenwu", on="2026-10-08")


def test_a8_who_lost_the_role_records_nothing_of_the_days_before(tiny: Tiny) -> None:
    """A8: whoever records holds the role at recording; a colleague who holds it may record what was
    done, saying why, and both have done it.
    """
    number = signing(tiny)
    tiny.do("officer", "revoke", "land01", "land", "--since", "2026-10-19", by="admin")
    sign = ("sign", number, "to_siting", "agree", "--on", "2026-10-12", "--because", "已调岗")
    assert tiny.fails(*sign, by="land01")[0] == 1
    tiny.do(*sign, "--done-by", "land01", by="land02")
    actor = tiny.asks("log", number)["entries"][-1]["intent"]["actor"]
    assert actor == {"id": "land02", "unit": "land", "done_by": "land01", "because": "已调岗"}
    tiny.do("sign", number, "to_siting", "agree", by="wenwu01")
    assert "land02（补 land01 所办：已调岗）" in tiny.do("log", number)
    assert tiny.run("audit").exit_code == 0


@pytest.mark.parametrize(
    ("words", "by", "told"),
    [
        (("--done-by", "land01"), "land02", "没有说明为什么由别人补录"),
        (("--done-by", "land02", "--because", "忘了"), "land02", "--done-by 写的就是本人"),
        (("--done-by", "wenwu01", "--because", "忘了"), "land02", "不能补录 wenwu01"),
        (
            ("--done-by", "land01", "--because", "忘了", "--for", "land01"),
            "land02",
            "--done-by 和 --for 不能一起写",
        ),
    ],
)
def test_what_another_did_is_recorded_by_their_like_only(
    tiny: Tiny, words: tuple[str, ...], by: str, told: str
) -> None:
    """With a reason, for somebody else, of the same unit and role, and not for a third one."""
    number = signing(tiny)
    code, message = tiny.fails(
        "sign", number, "to_siting", "agree", "--on", "2026-10-12", *words, by=by
    )
    assert (code in (1, 2), told in message) == (True, True)


def test_todays_acts_are_done_by_oneself(tiny: Tiny) -> None:
    """What is done today needs nobody to record it for another."""
    number = signing(tiny)
    words = ("--done-by", "land01", "--because", "忘了")
    message = tiny.fails("sign", number, "to_siting", "agree", *words, by="land02")[1]
    assert message.startswith("--done-by 只用于补录以前的日子")


def test_who_recorded_for_another_counts_for_the_separation_of_duties(tiny: Tiny) -> None:
    """Neither the one who did it nor the one who recorded it makes the next step that must be
    another's.
    """
    tiny.do(
        "officer", "add", "bureau03", "科员", "--unit", "bureau", "--role", "bureau", by="admin"
    )
    number = tiny.opened("investment=32000", "owner_unit=owner", "x_units=wenwu", on="2026-10-08")
    tiny.write("报告.pdf", "选址论证")
    tiny.do("attach", number, "report", "报告.pdf", by="planning01")
    for code in ("land01", "wenwu01"):
        tiny.do("sign", number, "to_siting", "agree", by=code)
    tiny.now = datetime(2026, 10, 22, 2, 0, tzinfo=UTC)
    words = ("--on", "2026-10-20", "--done-by", "bureau01", "--because", "出差")
    tiny.do("advance", number, "to_siting", *words, by="bureau02")
    persons = tiny.asks("log", number)["entries"][-1]["intent"]["actor"]
    assert (persons["id"], persons["done_by"]) == ("bureau02", "bureau01")
    assert tiny.run("audit").exit_code == 0


def test_a9_authority_does_not_begin_in_the_past(tiny: Tiny) -> None:
    """A9: a grant, a post, a function or a delegation begins at most five workdays before it is
    recorded; the audit lists those that begin before, the founding's in one line.
    """
    add = ("officer", "add", "late01", "科员", "--unit", "land", "--role", "land")
    # 13 October is the fifth workday before 20 October 2026: 14, 15, 16, 19, 20.
    code, message = tiny.fails(*add, "--since", "2026-10-12", by="admin")
    told = "任职从 2026-10-12 起生效，须在 2026-10-19 以前登记：今天是 2026-10-20，"
    told += "最多早于登记 5 个工作日"
    assert (code, message.split("\n")[0]) == (1, told)
    tiny.do(*add, "--since", "2026-10-13", by="admin")
    grant = ("officer", "grant", "wenwu02", "x", "--since", "2026-09-01")
    assert tiny.fails(*grant, by="admin")[0] == 1
    delegate = ("officer", "delegate", "land02", "--until", "2026-12-31", "--since", "2026-01-01")
    assert tiny.fails(*delegate, by="land01")[0] == 1
    change = ("unit", "change", "xiao", "--function", "land", "--since", "2026-02-01")
    assert tiny.fails(*change, by="admin")[0] == 1
    tiny.do("unit", "change", "xiao", "--title", "消防支队", "--since", "2026-02-01", by="admin")
    audited = tiny.asks("audit")
    assert [(one["officer"], one["since"]) for one in audited["early"]] == [
        ("late01", "2026-10-13")
    ]
    told = tiny.do("audit")
    assert "late01 的任职自 2026-10-13 起，2026-10-20 登记" in told
    assert "建库当天登记、自更早的日子起生效的职能、任职和授权" in told


def test_a9_a_delegation_stays_in_the_unit(tiny: Tiny) -> None:
    """A9: somebody of another unit acts for the holder only in a role that may be delegated across
    units, and then once the principal is gone no longer.
    """
    number = signing(tiny)
    for code, principal in (("xiao01", "wenwu01"), ("wenwu02", "wenwu01")):
        tiny.do("officer", "delegate", code, "--until", "2026-12-31", by=principal)
    sign = ("sign", number, "to_siting", "agree", "--for", "wenwu01")
    assert tiny.fails(*sign, by="xiao01")[0] == 1
    tiny.do(*sign, by="wenwu02")
    tiny.do("sign", number, "to_siting", "agree", "--for", "land01", by="planning01")
    assert tiny.run("audit").exit_code == 0


def test_a_delegation_lapses_with_its_principals_office(tiny: Tiny) -> None:
    """Also for what was done while the principal was in office, and is recorded later."""
    number = signing(tiny)
    tiny.do("officer", "delegate", "wenwu02", "--until", "2026-12-31", by="wenwu01")
    tiny.do("officer", "leave", "wenwu01", "--since", "2026-10-21", by="admin")
    tiny.now = datetime(2026, 10, 22, 2, 0, tzinfo=UTC)
    sign = ("sign", number, "to_siting", "agree", "--for", "wenwu01", "--on", "2026-10-20")
    code, message = tiny.fails(*sign, by="wenwu02")
    assert (code, "wenwu01" in message, "不在岗" in message) == (1, True, True)


def test_a_unit_without_anybody_who_can_act_is_refused_when_named(tiny: Tiny) -> None:
    """Rule 14: at the opening, by `set`, in bulk, for each unit of a list; once somebody is there
    it is taken.
    """
    tiny.do("unit", "add", "linye", "市林业局", "--function", "x", by="admin")
    number = signing(tiny)
    for words in (
        ("set", number, "x_units=市林业局"),
        ("set", number, "x_units=wenwu、市林业局"),
        ("open", "visit", "--set", "name=乙", "--set", "x_units=linye"),
    ):
        code, message = tiny.fails(*words, by="bureau01")
        assert (code, "市林业局 没有能以 x 部门 身份办理的人" in message) == (1, True)
    tiny.do("officer", "add", "linye01", "科员", "--unit", "linye", "--role", "x", by="admin")
    tiny.do("set", number, "x_units=wenwu、市林业局", by="bureau01")
    assert tiny.run("audit").exit_code == 0


def test_b10_a_name_is_that_of_who_bears_it(tiny: Tiny) -> None:
    """B10: a former name is asked back; once another unit bears it, it means that one."""
    number = signing(tiny)
    tiny.do("unit", "change", "wenwu", "--title", "市文化遗产局", by="admin")
    code, message = tiny.fails("set", number, "x_units=市文物局", by="bureau01")
    told = "“市文物局”不是 wenwu 在这一天的名称，这一天叫“市文化遗产局”\n"
    mend = "  改法：要写的是它，就写 wenwu 或 市文化遗产局；不是它，请核对\n"
    assert (code, message) == (1, told + mend)
    tiny.do("unit", "add", "wenwu2", "市文物局", "--function", "x", by="admin")
    tiny.do("officer", "add", "w2", "科员", "--unit", "wenwu2", "--role", "x", by="admin")
    tiny.do("set", number, "x_units=市文化遗产局、市文物局", by="bureau01")
    assert "wenwu2" in str(tiny.asks("show", number)["facts"])


def test_anyone_in_office_holds_a_role_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`held_by: any`: no grant is needed, in `todo`, at the act and in the audit; another unit's
    officers do not hold it.
    """
    tiny = Tiny(tmp_path, monkeypatch).founded()
    text = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2")
    text = text.replace("unit: owner_unit}", "unit: owner_unit, held_by: any}")
    text = text.replace("cosign: {roles: [land, x]", "cosign: {roles: [land, owner]")
    tiny.write("visit.yaml", text)
    tiny.do("workflow", "publish", "visit.yaml", by="admin")
    tiny.do("officer", "add", "clerk9", "文员", "--unit", "owner", by="admin")
    number = tiny.opened("owner_unit=owner", on="2026-09-30")
    assert number in tiny.do("todo", by="clerk9")
    assert tiny.fails("sign", number, "to_siting", "agree", by="xiao01")[0] == 1
    tiny.do("sign", number, "to_siting", "agree", by="clerk9")
    assert tiny.run("audit").exit_code == 0
