"""What the sheet tells beside facts: why a light is on, and that a case is cancelled; and which
letter of a name is shown.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_office import Bureau
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office whose steps send letters."""
    return Bureau(tmp_path, monkeypatch).founded()


def test_a_cancelled_case_says_what_that_means(tiny: Tiny) -> None:
    """Its title says it, and a line what is and is not done with its number."""
    number = tiny.opened()
    tiny.do("cancel", number, "--note", "重复立项", by="bureau01")
    assert tiny.do("show", number).splitlines()[:3] == [
        f"{number}　剑瓷文化体验街区（已撤销，编号作废）　　考察接待流程 第 1 版",
        "环节　立项已撤销　编号作废",
        (
            f"　　　2026-09-30 撤销。编号 {number} 不再使用，不能再办任何事；"
            "清单、待办、各项统计都不列，记录仍可查看"
        ),
    ]
    assert "立项已撤销（scouting）" in tiny.do("replay", number)


def test_a_light_says_why_it_is_on(tiny: Tiny) -> None:
    """Yellow and red with the title of the rule, green with none."""
    number = tiny.opened()
    assert tiny.do("show", number).splitlines()[1].endswith("● 红灯（逾期十日）")
    number = tiny.opened(name="另一件", on="2026-09-30")
    assert tiny.do("show", number).splitlines()[1].endswith("● 绿灯")


def test_of_letters_of_one_name_the_one_in_time_is_shown(bureau: Bureau) -> None:
    """After a return the same letter is drafted by hand: the earlier draft is out of time, the
    later one is shown, and the other is named. Once the step is made again, only its draft is left.
    """
    number = bureau.ready()
    bureau.do("advance", number, "to_siting", by="bureau02")
    bureau.do("advance", number, "send_back", "--note", "补正", by="planning01")
    bureau.do("notice", "draft", number, "consultation", "--to", "land", by="bureau01")
    first, second = [row["name"] for row in bureau.asks("notice", "list", number)["letters"]][:2]
    shown = bureau.run("notice", "show", number, "consultation")
    assert shown.exit_code == 0
    assert shown.stderr == (
        f"提示：看的是 {second}；已过时的 {first} 也叫“consultation”，要看写全名\n"
    )
    assert bureau.run("notice", "show", number, first).stderr == ""
    bureau.do("notice", "void", number, second, "--note", "不发", by="bureau01")
    for code in ("land01", "wenwu01"):
        bureau.do("sign", number, "to_siting", "agree", by=code)
    bureau.do("advance", number, "to_siting", by="bureau02")
    assert bureau.run("notice", "show", number, "consultation").stderr == ""
