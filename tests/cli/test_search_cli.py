"""`search`: cases found by a few words."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny

from lifecycle.office.cases.search import MOST_CHARACTERS, MOST_WORDS


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with three cases, one of them closed."""
    tiny = Tiny(tmp_path, monkeypatch).founded()
    tiny.opened(name="瓯江茶旅小镇", on="2026-09-01")
    tiny.opened("owner_unit=owner", "x_units=xiao", name="温泉康养", on="2026-09-14")
    tiny.opened("tags=瓯江南岸", name="总部基地", on="2026-09-28")
    tiny.do("advance", "温泉", "close", "--note", "资金未落实", by="bureau01")
    return tiny


def numbers(tiny: Tiny, *words: str) -> list[str]:
    """Give the last digits of the cases that are found, in their order."""
    return [case["number"][-3:] for case in tiny.asks("search", *words)["cases"]]


def test_the_found_are_told_with_where_they_were_found(tiny: Tiny) -> None:
    """By number before by title before by facts, each with the fact that has the word; what has
    ended says so.
    """
    assert tiny.do("search", "瓯江") == (
        "编号         名称          环节      牵头      期限        灯   见于\n"
        "KC-2026-001  瓯江茶旅小镇  考察导入  市招商局  2026-09-15  ●红  名称\n"
        "KC-2026-003  总部基地      考察导入  市招商局  2026-10-13  ●绿  标签 瓯江南岸\n"
        "共 2 件\n"
    )
    assert tiny.do("search", "消防", "kc") == (
        "编号         名称      环节  牵头  期限  灯    见于\n"
        "KC-2026-002  温泉康养  终止              终结  编号；x 部门名单 市消防救援支队\n"
        "共 1 件\n"
    )


def test_every_word_must_be_there(tiny: Tiny) -> None:
    """Words may stand apart, in any order, in capitals or full width; one that is missing finds
    nothing.
    """
    assert numbers(tiny, "小镇", "瓯江") == numbers(tiny, "小镇 瓯江") == ["001"]
    assert numbers(tiny, "ｋｃ－２０２６") == ["003", "002", "001"]
    assert numbers(tiny, "镇") == ["001"]
    assert numbers(tiny, "瓯江", "温泉") == []
    assert tiny.do("search", "瓯江", "温泉") == (
        "没有找到；几个词要都有才算，少写一个或换一个试试\n"
    )


def test_a_unit_is_found_by_its_names_and_its_code(tiny: Tiny) -> None:
    """A unit's name of today, an earlier one and its code find the cases that name it."""
    tiny.do(
        "unit", "change", "xiao", "--title", "市应急消防总队", "--since", "2026-09-20", by="admin"
    )
    assert (
        numbers(tiny, "应急消防") == numbers(tiny, "救援支队") == numbers(tiny, "xiao") == ["002"]
    )
    assert numbers(tiny, "文旅平台") == ["002"]


def test_the_document_says_what_list_says_and_where(tiny: Tiny) -> None:
    """A machine gets each case as from `list`, and where the words were found."""
    found = tiny.asks("search", "瓯江", "KC")
    assert {key: found[key] for key in ("words", "total", "page", "pages")} == {
        "words": ["瓯江", "kc"],
        "total": 2,
        "page": 1,
        "pages": 1,
    }
    by_title, by_fact = found["cases"]
    where = ("in_number", "in_title", "facts")
    assert [by_title[key] for key in where] == [True, True, []]
    assert [by_fact[key] for key in where] == [
        True,
        False,
        [{"name": "tags", "title": "标签", "text": "瓯江南岸"}],
    ]
    listed = {case["number"]: case for case in tiny.asks("list")["cases"]}
    for case in found["cases"]:
        assert {key: case[key] for key in case if key not in where} == listed[case["number"]]


def test_a_page_has_fifty(tiny: Tiny) -> None:
    """The latest opened come first, and the rest on the next page, whose command is told."""
    for n in range(50):
        tiny.opened(name=f"瓯江{n:02}", on="2026-09-29")
    assert numbers(tiny, "瓯江", "--page", "2") == ["001", "003"]
    assert tiny.do("search", "瓯江").endswith("共 52 件，还有更多：加 --page 2\n")
    result = tiny.run("search", "瓯江", "--json")
    assert '"next": ["lifecycle search 瓯江 --page 2"]' in result.stdout
    assert numbers(tiny, "瓯江") == [f"{n:03}" for n in range(53, 3, -1)]
    assert tiny.do("search", "瓯江", "--page", "3") == "只有 2 页，共 52 件\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "没有写要找什么"),
        (("  ", "\u3000"), "没有写要找什么"),
        (tuple("甲乙丙丁戊己庚辛壬"), f"要找的词太多：9 个，最多 {MOST_WORDS} 个"),
        (("甲" * 61,), f"要找的字太多：61 个，最多 {MOST_CHARACTERS} 个"),
    ],
)
def test_too_little_or_too_much_is_told(tiny: Tiny, words: tuple[str, ...], told: str) -> None:
    """Nothing to look for, and more than anybody looks for, is one message that says how."""
    code, message = tiny.fails("search", *words)
    assert (code, message.split("\n")[0]) == (2, told)
    assert message.split("\n")[1].startswith("  改法：")


def test_what_is_not_searched_is_not_found(tiny: Tiny) -> None:
    """A fact whose workflow does not say `search: true` finds nothing."""
    tiny.do("set", "总部", "kind=康养", by="bureau01")
    assert numbers(tiny, "康养") == ["002"]
