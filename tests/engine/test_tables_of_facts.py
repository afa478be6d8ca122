"""A table as the judge sees it: its shape, its rows, its cells; and how a change of it is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.engine.tables.entering import EnteredTable, parse_table, table_in
from lifecycle.engine.tables.telling import told_rows
from lifecycle.engine.values import Row, check_value, is_typed, parse_fact, shown_rows, typed
from lifecycle.errors import InvalidError, Location
from lifecycle.workflow.model import Fact

AT = Location("w.yaml", 1, 1)
COLUMNS = (
    Fact("item", "科目", "text", AT, required=True),
    Fact("amount", "金额", "money", AT, unit="元", min=Decimal(0)),
    Fact("paid", "已付", "yesno", AT),
)
FEES = Fact("fees", "费用", "table", AT, columns=COLUMNS, min_rows=1, max_rows=3)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("甲", "费用应为表格"),
        (["甲"], "费用应为表格"),
        ([], "费用（fees）只有 0 行，至少 1 行"),
        ([{"item": "甲"}] * 4, "费用（fees）有 4 行，最多 3 行"),
        ([{"amount": "1"}], "费用第 1 行缺 科目"),
        ([{"item": "甲", "rest": "1"}], "费用没有 rest 这一列"),
        ([{"item": "甲", "amount": 1}], "金额的值“1”类型不对"),
        ([{"item": "甲", "amount": "1.0a"}], "金额“1.0a”不是规范写法的数"),
        ([{"item": "甲", "amount": "-1"}], "金额 -1 元不能小于 0 元"),
        ([{"item": "甲", "paid": "是"}], "已付的值“是”类型不对"),
    ],
)
def test_what_is_no_table_of_the_fact_is_refused(value: Any, said: str) -> None:
    """Also where nobody typed it: what an entry holds is judged by the same words."""
    with pytest.raises(InvalidError) as refused:
        check_value(FEES, value)
    assert refused.value.message.startswith(said)


def test_a_table_is_typed_cell_by_cell() -> None:
    """Numbers are decimals, what is not filled is not there; what is no table has no type."""
    rows: list[Row] = [{"item": "甲", "amount": "1.5"}, {"item": "乙", "paid": True}]
    assert typed(FEES, rows) == [
        {"item": "甲", "amount": Decimal("1.5")},
        {"item": "乙", "paid": True},
    ]
    assert is_typed(FEES, rows)
    wrong: list[Row] = [{"item": "甲", "amount": "x"}]
    assert not is_typed(FEES, wrong)
    for other in ("？", ["甲"], [{"rest": "甲"}]):
        assert not is_typed(FEES, other)  # type: ignore[arg-type]
    assert shown_rows(FEES, rows, {}) == [("甲", "1.5 元", ""), ("乙", "", "是")]


def entered(text: str) -> list[Row]:
    """Read a table that is written in a text."""
    rows, faults = parse_table(FEES, table_in(FEES, text), parse_fact)
    assert faults == []
    return rows


@pytest.mark.parametrize(
    "text",
    [
        "甲|1；乙||是",
        "甲 | 1 ; 乙 | | 是 ;",
        "甲｜1\n\n乙｜｜是\n",
        '[{"科目": "甲", "amount": 1}, {"item": "乙", "已付": true, "amount": null}]',
    ],
)
def test_the_ways_to_write_rows_mean_the_same(text: str) -> None:
    """Half-width and full-width signs, lines, JSON."""
    assert entered(text) == [{"item": "甲", "amount": "1"}, {"item": "乙", "paid": True}]


def test_very_many_faults_are_counted() -> None:
    """Twenty are told, of the rest their number."""
    many = Fact("fees", "费用", "table", AT, columns=COLUMNS, max_rows=500)
    given_rows = table_in(many, "；".join(["甲|x"] * 100))
    _, faults = parse_table(many, given_rows, parse_fact)
    assert len(faults) == 21
    assert faults[-1].message == "费用 另有 80 处错误没有列出"
    assert (
        parse_table(FEES, EnteredTable(given_rows.rows[:4], more=True), parse_fact)[1][0].message
        == "费用（fees）有 3 行以上，最多 3 行"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("甲|1；乙|2", "甲|1；乙|3", "第 2 行 金额 2 元 → 3 元"),
        ("甲|1；乙|2", "甲|1；丙|5；乙|2", "增加第 2 行 丙 | 5 元"),
        ("甲|1；丙|5；乙|2", "甲|1；乙|2", "删去原第 2 行 丙 | 5 元"),
        ("甲|1", "甲||是", "第 1 行 金额 1 元 → （空）、已付 （空） → 是"),
        ("甲|1；乙|2", "乙|2；甲|1", "增加第 1 行 乙 | 2 元，删去原第 2 行 乙 | 2 元"),
        ("甲|1", "甲|1", ""),
    ],
)
def test_a_change_is_told_by_rows(old: str, new: str, told: str) -> None:
    """What came, what went, which cells are others."""
    assert told_rows(FEES, entered(old), entered(new), {}) == told


ROWS = st.lists(
    st.fixed_dictionaries(
        {"item": st.sampled_from(["甲", "乙", "丙"])},
        optional={"amount": st.sampled_from(["0", "1", "2.5"]), "paid": st.booleans()},
    ),
    min_size=1,
    max_size=3,
)


@given(ROWS, ROWS)
def test_nothing_is_told_where_nothing_changed(old: list[Row], new: list[Row]) -> None:
    """And something wherever anything did."""
    assert (told_rows(FEES, old, new, {}) == "") is (old == new)


@given(ROWS)
def test_what_is_shown_can_be_entered_again(rows: list[Row]) -> None:
    """A table's cells on one line each are the table."""
    lines = "\n".join("|".join(cells) for cells in shown_rows(FEES, rows, {}))
    assert entered(lines) == rows
