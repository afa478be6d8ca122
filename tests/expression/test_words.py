"""One expression language: conditions and letters know the same words and give the same values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import DAY, template

from lifecycle.errors import InvalidError, LifecycleError, WorkflowError
from lifecycle.expression.builder import MAKERS
from lifecycle.expression.expression import compile_expression
from lifecycle.expression.language import (
    ARITHMETIC,
    COMPARISONS,
    FILTERS,
    FORMS,
    FUNCTIONS,
    TESTS,
    TYPES,
    Function,
)
from lifecycle.letter import Paragraph
from lifecycle.template import compose
from lifecycle.template.printing import printed

SCOPE: dict[str, Any] = {
    "a": 3,
    "b": Decimal("0.30"),
    "c": "乙",
    "d": date(2026, 9, 30),
    "e": None,
    "n": 0,
    "x_units": ["甲", "乙"],
    "sums": [Decimal("1.10"), 2],
    "workdays_after": lambda day, n: day + timedelta(int(n)),
}
TABLES = (FUNCTIONS, FILTERS, TESTS, COMPARISONS, ARITHMETIC)
FAILED = "不能算"


def by_condition(source: str) -> str:
    """Work an expression out as a condition does; give what a letter would print of it."""
    try:
        return printed(compile_expression(source).evaluate(SCOPE))
    except LifecycleError:
        return FAILED


def by_letter(source: str) -> str:
    """Write an expression into a letter; give what is printed."""
    try:
        (block,) = compose(template(f"甲{{{{ {source} }}}}"), SCOPE, on=DAY).body
    except (WorkflowError, InvalidError):
        return FAILED
    assert isinstance(block, Paragraph)
    return block.text.removeprefix("甲")


ATOMS = st.sampled_from(
    ["1", "2.50", "0", "true", "none", "'甲'", "''", "[1, a]", "[]", *SCOPE, "z", "d.year"]
).filter(lambda name: name != "workdays_after")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from([*ARITHMETIC, *COMPARISONS, "and", "or", "~"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} | {})".format, inner, st.sampled_from([*FILTERS])),
        st.builds("({} | default({}))".format, inner, inner),
        st.builds("({} | join({}))".format, inner, inner),
        st.builds("({} is {})".format, inner, st.sampled_from([*TESTS])),
        st.builds("{}({}, {})".format, st.sampled_from([*FUNCTIONS]), inner, inner),
        st.builds("({} < {} <= {})".format, inner, inner, inner),
    )


@given(st.recursive(ATOMS, _larger, max_leaves=6))
def test_conditions_and_letters_agree(source: str) -> None:
    """What a condition works out is what a letter prints, or both refuse: decimals, dates, missing
    names, division by zero and values of different types included.
    """
    assert by_letter(source) == by_condition(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("0.1 + 0.2", "0.3"),
        ("a / n", FAILED),
        ("n / n", FAILED),
        ("z + 1", FAILED),
        ("e + 1", FAILED),
        ("e is defined", "否"),
        ("c < a", FAILED),
        ("c == a", "否"),
        ("d - days_after(d, -29)", "29"),
        ("d + 1", FAILED),
        ("months_after(d, 5)", "2027年2月28日"),
        ("workdays_after(d, 1)", "2026年10月1日"),
        ("days_between(d, days_after(d, 3))", "3"),
        ("sums | sum", "3.1"),
        ("sums | max", "2"),
        ("x_units | join('和')", "甲和乙"),
        ("x_units | first ~ (x_units | last)", "甲乙"),
        ("z | default('无')", "无"),
        ("x_units | upper", FAILED),
        ("'x' * 9", FAILED),
    ],
)
def test_both_give(source: str, text: str) -> None:
    """The value of each is the same in a condition and in a letter."""
    assert (by_condition(source), by_letter(source)) == (text, text)


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for table in TABLES for name, word in table.items()]
)
def test_every_word_is_explained_and_typed(name: str, word: Function) -> None:
    """Each word has a Chinese title and explanation, and takes and gives known types."""
    assert not word.title.isascii()
    assert not word.explains.isascii()
    assert {part for takes in word.takes for part in takes.split("|")} <= TYPES.keys(), name
    assert word.gives in TYPES


def test_every_form_is_carried_out() -> None:
    """The kinds of nodes that are let in are those that the interpreter has closures for."""
    assert MAKERS.keys() == FORMS.keys()
