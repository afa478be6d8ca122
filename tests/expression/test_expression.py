"""The expression language of guards."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lifecycle.errors import InvalidError
from lifecycle.expression.expression import Expression, compile_expression
from lifecycle.expression.faults import ExpressionError, MissingName

SCOPE: dict[str, Any] = {
    "investment": Decimal(3200),
    "rounds": 2,
    "industry": "文旅",
    "announced_on": date(2026, 9, 1),
    "today": date(2026, 9, 30),
    "x_units": ["市文广旅体局", "市林业局"],
    "ready": True,
    "sha256": {"draft": "ab", "final": "ab"},
    "count": {"relist": 2},
    "order": {"announce": 7},
    "last": {"announce": date(2026, 9, 2)},
    "days_after": lambda day, n: day + timedelta(n),
    "days_between": lambda first, last: (last - first).days,
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("investment >= 3000", True),
        ("investment * 0.1", Decimal("320.0")),
        ("1 / 4", Decimal("0.25")),
        ("7 // 2 + 7 % 2 - -1", 5),
        ("investment >= 3000 and not ready or rounds in [1, 2]", True),
        ("0 < rounds <= 2 != 3", True),
        ("0 < rounds < 2 < missing", False),
        ("industry in ('文旅', '康养')", True),
        ("industry not in ['商贸']", True),
        ("missing is defined", False),
        ("investment is defined and missing is undefined", True),
        ("missing if missing is defined else 0", 0),
        ("rounds is in [1, 2]", True),
        ("sha256.draft == sha256['final']", True),
        ("sha256.other is defined", False),
        ("count.relist", 2),
        ("count.never", 0),
        ("order.never < order.announce", True),
        ("last.announce < today", True),
        ("days_after(announced_on, 20) <= today", True),
        ("days_between(announced_on, today)", 29),
        ("announced_on.year * 100 + announced_on.month", 202609),
        ("x_units | length", 2),
        ("x_units | join('、')", "市文广旅体局、市林业局"),
        ("[1, 2, rounds] | sum", 5),
        ("[1, investment] | max", Decimal(3200)),
        ("[1, 2] | min", 1),
        ("'Ab' | lower", "ab"),
        ("'Ab' | upper", "AB"),
        ("x_units[0]", "市文广旅体局"),
        ("none", None),
        ("(1, 2)", [1, 2]),
        ("'甲' + '乙'", "甲乙"),
        ("+rounds", 2),
        ("today - announced_on", 29),
        ("'共' ~ rounds ~ '轮，' ~ today", "共2轮，2026年9月30日"),
        ("missing | default(rounds)", 2),
        ("'' | default('无', true)", "无"),
        ("x_units | first", "市文广旅体局"),
        ("investment | money ~ '万元'", "3200万元"),
        ("ready is true", True),
        ("missing is none", True),
    ],
)
def test_allowed_expressions_have_their_value(source: str, value: object) -> None:
    """What the whitelist lets in is worked out exactly, never in binary floats."""
    assert compile_expression(source).evaluate(SCOPE) == value
    assert not isinstance(compile_expression(source).evaluate(SCOPE), float)


@pytest.mark.parametrize(
    ("source", "message", "offset"),
    [
        ("", "条件是空的", 0),
        (" ", "条件是空的", 0),
        ("a" * 1001, "条件超过 1000 字", 1000),
        ("investment = 3000", "条件中的 “=” 不表示相等", 11),
        ("investment >=", "条件没有写完", 13),
        ("(investment", "条件没有写完", 11),
        ("investment >= 3000 万元", "条件读到 “万元” 时不通", 19),
        ("investment ＞ 3000", "条件中有不认识的符号 “＞”", 11),
        ("a & b", "条件中有不认识的符号 “&”", 2),
        ("a == 「甲」", "条件中有不认识的符号 “「”", 5),
        ("2 ** 9", "条件中不能用 “**”", 2),
        ("{'a': 1}", "条件中不能用 “{”", 0),
        ("x_units[0:1]", "方括号里只能写整数", 7),
        ("x_units[rounds]", "方括号里只能写整数", 7),
        ("investment.__class__", "条件中不能用 “.__class__”", 10),
        ("range(9)", "没有函数 “range”", 0),
        ("investment()", "没有函数 “investment”", 0),
        ("today.strftime('%Y')", "条件中不能用 “(”", 14),
        ("days_after(today)", "days_after 要有两个参数", 0),
        ("days_after", "days_after 不能单独使用", 0),
        ("count > 1", "count 不能单独使用", 0),
        ("count[rounds] > 1", "count 后面要写明名称", 0),
        ("rounds is odd", "没有检验 “is odd”", 10),
        ("(1 + 2) is defined", "“is defined” 前面应为名称", 11),
        ("x_units | map('upper')", "没有过滤器 “map”", 10),
        ("x_units | length(1)", "过滤器 length 不带参数", 10),
        ("x_units | join(sep='、')", "过滤器 join 至多有一个参数", 10),
        ("1 if ready", "“if” 缺少 else", 2),
        ("0.1234567890123456", "小数 0.1234567890123456 超过 15 位有效数字", 0),
        ("1e999", "数字过大", 0),
        ("(" * 400 + "1" + ")" * 400, "条件的括号嵌套过深", 0),
        ("+".join("1" * 80), "条件过于复杂", 29),
    ],
)
def test_refused_expressions_say_why_and_where(source: str, message: str, offset: int) -> None:
    """What does not parse, or is not on the whitelist, is refused with a Chinese sentence and an
    offset.
    """
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source)
    assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / (rounds - 2)", "除数为零"),
        ("investment / (rounds - 2)", "除数为零"),
        ("industry > 3", "条件中的值类型不合，不能比较或运算"),
        ("'a' * 1000000000", "“*” 的两边应为数"),
        ("'%999999999d' % 1", "“%” 的两边应为数"),
        ("today - 1 > announced_on", "条件中的值类型不合，不能比较或运算"),
        ("days_after('2026-09-01', 3)", "days_after 的第一项应为日期"),
        ("industry | sum", "sum 的第一项应为列表"),
        ("industry.year", "“.year” 只用于日期"),
        ("industry[0]", "方括号只用于列表"),
        ("days_after(today, 999999999)", "条件算不出结果"),
        ("[] | max", "条件算不出结果"),
    ],
)
def test_values_that_do_not_go_together_are_an_expression_error(source: str, message: str) -> None:
    """Whatever goes wrong while working an expression out is an ExpressionError, never a bare
    Python error.
    """
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source).evaluate(SCOPE)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("missing >= 1", "missing"),
        ("ready and missing", "missing"),
        ("last.never < today", "last.never"),
        ("sha256.other == sha256.draft", "sha256.other"),
        ("workdays_after(today, 1) > today", "workdays_after"),
        ("x_units[2] == ''", "列表的第 3 项"),
    ],
)
def test_a_missing_name_is_named(source: str, name: str) -> None:
    """A name that is not known yet is told apart from a fault, so that a guard can say what is
    lacking.
    """
    with pytest.raises(MissingName) as caught:
        compile_expression(source).evaluate(SCOPE)
    assert caught.value.name == name


def test_a_function_that_refuses_is_an_expression_error() -> None:
    """An error of the calendar keeps its sentence."""

    def refuse(day: date, number: int) -> date:
        raise InvalidError("日历到 2027 年为止")

    with pytest.raises(ExpressionError, match="日历到 2027 年为止"):
        compile_expression("workdays_after(today, 1)").evaluate({**SCOPE, "workdays_after": refuse})


def test_names_paths_and_certain_names() -> None:
    """An expression tells which names it mentions, and which of them it cannot do without."""
    compiled = compile_expression(
        "a > 1 and (b or c) and (d if e is defined else count.f) and days_after(g, 1) < today "
        "and h in ['甲', '乙']"
    ).compiled
    assert compiled.names == {"a", "b", "c", "d", "e", "count", "days_after", "g", "today", "h"}
    assert compiled.paths == Expression("count.f").paths == {("count", "f")}
    assert compiled.certain == {"a"}
    assert compiled.equalities == (("h", "甲"), ("h", "乙"))
    assert compile_expression("a < b + 1").compiled.certain == {"a", "b"}


def test_expressions_are_equal_by_their_text_and_compiled_late() -> None:
    """An expression is its text; a faulty one does no harm until it is used."""
    assert Expression("a >") == Expression("a >")
    with pytest.raises(ExpressionError):
        _ = Expression("a >").names


def test_import_is_light() -> None:
    """Importing the reader and the language brings in neither jinja2 nor difflib: a cold start must
    stay short.
    """
    code = (
        "import sys, lifecycle.expression.expression, lifecycle.workflow.reader\n"
        "lifecycle.expression.expression.Expression('a')\n"
        "assert not {'jinja2', 'difflib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ATOMS = st.sampled_from(
    ["1", "2", "30", "true", "none", "'甲'", "''", "a", "b", "c", "z", "[1, a]", "x_units"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(
                ["+", "-", "*", "//", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]
            ),
            inner,
        ),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} | {})".format, inner, st.sampled_from(["length", "sum", "upper"])),
        st.builds("({} < {} <= {})".format, inner, inner, inner),
        st.builds("({} is defined)".format, st.sampled_from(["a", "z"])),
    ),
    max_leaves=8,
)


NOTHING = object()


@given(EXPRESSIONS)
def test_the_closures_agree_with_jinja2(source: str) -> None:
    """The closures give the value that Jinja2's own sandbox gives; a name missing here is undefined
    there.
    """
    scope = {"a": 3, "b": 0, "c": "乙", "x_units": ["甲", "乙"]}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    theirs: object = NOTHING
    with suppress(UndefinedError, TypeError, ArithmeticError):
        theirs = sandbox.compile_expression(source, undefined_to_none=False)(**scope)
        theirs = NOTHING if isinstance(theirs, StrictUndefined) else theirs
    ours: object = NOTHING
    try:
        ours = compile_expression(source).evaluate(scope)
    except MissingName:
        pass
    except ExpressionError as error:
        ours = (
            theirs if "应为" in error.message else NOTHING
        )  # stricter on purpose: 'x' * 10**9 fills the memory
    assert ours == theirs


@given(st.text(max_size=60) | st.text("ab01.'\"()[]{}|~*%<>=! +-,:#", max_size=40))
def test_any_text_compiles_or_is_an_expression_error(source: str) -> None:
    """No text makes the compiler raise anything else, and every offset lies in the text."""
    with suppress(ExpressionError):
        compile_expression(source)
        return
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source)
    assert 0 <= caught.value.offset <= len(source)
