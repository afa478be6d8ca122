"""What the sheet tells beside facts: why a light is on, and that a case is cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


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
