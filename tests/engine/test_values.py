"""Typed facts: what officers may write, what is recorded, and what is refused with which words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.engine.values import (
    check_value,
    clean_text,
    parse_date,
    parse_fact,
    plain_decimal,
    show_value,
    typed,
)
from lifecycle.errors import InvalidError, Location
from lifecycle.workflow.model import Fact

HERE = Location("x")
MONEY = Fact(
    "investment", "总投资", "money", HERE, unit="万元", min=Decimal(0), max=Decimal(1_000_000)
)
DAY = Fact("announced_on", "挂牌公告日", "date", HERE, min="2016-01-01")
CHOICE = Fact("category", "类型", "choice", HERE, choices=("康养", "文旅"))
FLAG = Fact("is_winner", "竞得人即意向方", "yesno", HERE)
UNITS = Fact("x_units", "x 部门", "list", HERE, of="unit")
LISTS = (
    Fact("payments", "各期拨付", "list", HERE, of="money", unit="万元"),
    Fact("decisions", "议定事项", "list", HERE),
    Fact("codes", "政策编号", "list", HERE, pattern="[^、，,；;]+"),
)
NAME = Fact("name", "项目名称", "text", HERE, pattern=".{2,40}")


@pytest.mark.parametrize(
    "text", ["32000", "32,000", "32000.00", "３２０００", "32000万元", " 32000 万元 "]
)
def test_money_is_recorded_one_way_however_it_is_written(text: str) -> None:
    """Commas, full-width digits, trailing zeros and the right unit are all the same amount."""
    assert parse_fact(MONEY, text) == "32000"


@pytest.mark.parametrize("text", ["2026-08-01", "2026/8/1", "2026.8.1", "2026年8月1日"])
def test_a_day_is_recorded_one_way_however_it_is_written(text: str) -> None:
    """The usual ways of writing a day are the same day."""
    assert parse_fact(DAY, text) == "2026-08-01"


@pytest.mark.parametrize(
    ("fact", "text", "message", "mend"),
    [
        (MONEY, "3亿元", "总投资“3亿元”不是数", "例如 investment=32000，单位是万元，只填数字"),
        (MONEY, "-1", "总投资 -1 万元不能小于 0 万元", ""),
        (MONEY, "1e9", "总投资 1000000000 万元不能大于 1000000 万元", ""),
        (MONEY, "nan", "总投资“nan”不是数", "例如 investment=32000，单位是万元，只填数字"),
        (DAY, "2026-02-30", "挂牌公告日“2026-02-30”不是有效日期", "请写成 2026-08-01 的样子"),
        (DAY, "2015-01-01", "挂牌公告日 2015-01-01 不能小于 2016-01-01", ""),
        (
            DAY,
            "9999-12-31",
            "挂牌公告日“9999-12-31”不是有效日期",
            "请写成 2026-08-01 的样子，年份在 1900 至 2199 之间",
        ),
        (CHOICE, "文化", "类型不能是“文化”", "可选：康养、文旅（是否为“文旅”？）"),
        (FLAG, "也许", "竞得人即意向方应填“是”或“否”，不能是“也许”", ""),
        (NAME, "  ", "项目名称（name）不能为空", ""),
        (
            NAME,
            "甲\u202e乙丙",
            "项目名称第 2 个字符 U+202E 是不可见的控制字符",
            "请删去该字符后重试",
        ),
        (NAME, "甲\x07乙", "项目名称第 2 个字符 U+0007 是不可见的控制字符", "请删去该字符后重试"),
        (
            NAME,
            "长" * 20_000,
            "项目名称太长：20000 字，最多 10000 字",
            "较长的内容请作为材料上传（lifecycle attach）",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_words_that_mend_it(
    fact: Fact, text: str, message: str, mend: str
) -> None:
    """Each kind of wrong value has one message and, where it helps, one mend."""
    with pytest.raises(InvalidError) as refused:
        parse_fact(fact, text)
    assert (refused.value.message, refused.value.mend) == (message, mend)


def test_rare_characters_are_text() -> None:
    """Place and person names with 生僻字, and emoji, are recorded as they are."""
    for name in ("大垟村", "石峃", "漈头", "𡶴下", "项目🏨"):
        assert clean_text(name, "名称") == name


def test_a_list_of_units_takes_any_separator_once_each() -> None:
    """Units may be listed with 、 or commas; doubles count once."""
    assert parse_fact(UNITS, "文物、消防,文物；林业") == ["文物", "消防", "林业"]


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_texts_entered_one_by_one_stay_as_they_are(items: list[str]) -> None:
    """B11: whatever a text contains, a list of texts entered item by item is recorded as it is."""
    try:
        whole = [clean_text(item, "议定事项") for item in items]
    except InvalidError:
        return
    if all(whole):
        assert parse_fact(LISTS[1], tuple(items)) == whole


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
    )
)
def test_a_recorded_decimal_reads_back_as_itself(number: Decimal) -> None:
    """Writing a decimal plainly loses nothing, and writing it again changes nothing."""
    text = plain_decimal(number)
    assert Decimal(text) == number
    assert plain_decimal(Decimal(text)) == text


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_one_clear_refusal(text: str) -> None:
    """Whatever is typed for any fact is recorded in a form that passes the check again, or refused
    as invalid.
    """
    for fact in (MONEY, DAY, CHOICE, FLAG, UNITS, NAME, *LISTS):
        try:
            value = parse_fact(fact, text)
        except InvalidError:
            continue
        check_value(fact, value)
        typed(fact, value)
        assert show_value(fact, value, {})


def test_a_date_needs_all_three_parts() -> None:
    """A month alone is no day."""
    with pytest.raises(InvalidError, match="签订日“2026-08”不是有效日期"):
        parse_date("2026-08", "签订日")
