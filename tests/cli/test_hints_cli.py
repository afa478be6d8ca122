"""What an officer is told of characters that no letter could be printed with: at once, and the
entry is made all the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from paper_office import fonts
from tiny_office import Tiny

HINT = "“项目名称”里的〔🦄〕（U+1F984）不能排印，写进公文前要改"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office, where there are fonts."""
    fonts()
    return Tiny(tmp_path, monkeypatch).founded()


def test_open_tells_beside_the_number(tiny: Tiny) -> None:
    """The number stands alone on standard output; the case is opened under the name typed."""
    result = tiny.run("open", "visit", "--set", "name=🦄乐园", "--on", "2026-09-01", by="bureau01")
    assert (result.exit_code, result.stdout) == (0, "KC-2026-001\n")
    assert result.stderr == (
        "已立项：🦄乐园　现在“考察导入”，由 市招商局 牵头，限 2026-09-15，已逾期 15 日\n"
        f"提示：{HINT}\n"
    )


def test_set_tells_of_each_text(tiny: Tiny) -> None:
    """Each character is told once for each fact that has it, also in a list and in a dry run."""
    number = tiny.opened()
    texts = ("name=🦄🦄ά", "tags=甲", "tags=🦄")
    wanted = [
        f"提示：{HINT}",
        "提示：“项目名称”里的〔ά〕（U+03AC）用黑体、小标宋不能排印，写进公文前要改",
        "提示：“标签”里的〔🦄〕（U+1F984）不能排印，写进公文前要改",
    ]
    for more in (("--dry-run",), ()):
        result = tiny.run("set", number, *texts, *more, by="bureau01")
        assert (result.exit_code, result.stderr.splitlines()) == (0, wanted)
    assert tiny.asks("show", number)["title"] == "🦄🦄ά"


def test_advance_tells_of_facts_and_note(tiny: Tiny) -> None:
    """The note counts too, since letters may repeat it."""
    number = tiny.opened()
    result = tiny.run("advance", number, "close", "--note", "🦄", by="bureau01")
    assert result.exit_code == 0
    assert result.stderr == "提示：“说明”里的〔🦄〕（U+1F984）不能排印，写进公文前要改\n"


def test_bulk_tells_at_each_line(tiny: Tiny) -> None:
    """Each line of a table has its own hint, and only those that need one."""
    tiny.write("立项.csv", "name\n🦄乐园\n瓯江小镇\n")
    shown = tiny.do("open", "visit", "--from", "立项.csv", by="bureau01").splitlines()
    assert shown == [
        f"✓ 立项.csv:2　KC-2026-001　🦄乐园　提示：{HINT}",
        "✓ 立项.csv:3　KC-2026-002　瓯江小镇",
        "已办理 2 件，未办理 0 件",
    ]


def test_json_lists_hints(tiny: Tiny) -> None:
    """`hints` says what, where and in which fonts, in a bulk for each line; empty where there is
    none.
    """
    hint = {
        "kind": "unprintable",
        "fact": "name",
        "char": "🦄",
        "code": "U+1F984",
        "fonts": ["仿宋", "楷体", "黑体", "小标宋"],
        "message": HINT,
    }
    assert tiny.asks("open", "visit", "--set", "name=🦄", by="bureau01")["hints"] == [hint]
    tiny.write("填报.csv", "case,name\nKC-2026-001,🦄\nKC-2026-001,瓯江\n")
    results = tiny.asks("set", "填报.csv", by="bureau01")["results"]
    assert [line["hints"] for line in results] == [[hint], []]


def test_without_fonts_there_is_no_hint(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without fonts nothing is known of them, and nothing is said."""
    monkeypatch.setattr("lifecycle.places.fonts", lambda: iter([tmp_path / "none"]))
    assert tiny.asks("open", "visit", "--set", "name=🦄", by="bureau01")["hints"] == []
