"""What values a piece of a condition can have, and the comparisons that come out one way only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError, MissingName
from lifecycle.expression.ranges import constants_of, holds_for, pieces_of, subject_of
from lifecycle.expression.sorts import Sort, find_faults

NAMES = {
    ("", "amount"): Sort("number", "要素 amount ", least=Decimal(0)),
    ("", "rounds"): Sort("number", "要素 rounds ", least=Decimal(1), most=Decimal(9), whole=True),
    ("", "heading"): Sort("text", "要素 heading "),
    ("", "trade"): Sort("text", "要素 trade ", options=("文旅", "商贸")),
    ("", "side"): Sort("text", "要素 side ", options=("农业",)),
    ("", "arrive_on"): Sort("date", "要素 arrive_on "),
    ("", "paid_on"): Sort("date", "要素 paid_on ", past=True),
    ("", "today"): Sort("date", "today"),
    ("", "ready"): Sort("yesno", "要素 ready "),
    ("", "tags"): Sort("list", "要素 tags ", of=Sort("text", "各项", options=("甲", "乙"))),
    ("count", "go"): Sort("number", "count.go ", least=Decimal(0), most=Decimal(2), whole=True),
    ("last", "go"): Sort("date", "last.go "),
    ("sha256", "plan"): Sort("text", "sha256.plan ", pattern="[0-9a-f]{64}"),
    ("sha256", "bill"): Sort("text", "sha256.bill ", pattern="[0-9a-f]{64}"),
}


def faults(source: str) -> list[str]:
    """Give the rules that a condition breaks, each with the piece that is underlined."""
    expression = Expression(source)
    found = find_faults(expression.tree, source, lambda space, name: NAMES.get((space, name)))
    return [f"{f.rule}: {source[f.error.offset : f.error.offset + f.error.length]}" for f in found]


@pytest.mark.parametrize(
    "source",
    [
        "amount >= 3000 and rounds in [1, 9] or not ready",
        "trade == '文旅' and trade != '商贸' or trade in ('文旅', '商贸') and heading != '某'",
        "arrive_on > today and days_after(arrive_on, 3) <= last.go and arrive_on - today > 3",
        "arrive_on.year == today.year and arrive_on.month in [1, 2]",
        "'甲' in tags and tags|length > 1 and tags[0] == '乙'",
        "count.go == 2 and count.go < 2 and 0 < count.go <= 1",
        "sha256.plan == sha256.bill",
        "heading is defined and amount is not defined and ready is true",
        "(amount if ready else rounds) > 3 and amount|default(0) > -1",
        "ready and heading ~ '项目' == '某项目'",
        "amount > 1.5 and -amount < -3",
        "'某' in heading and arrive_on is in [today]",
        "ready == true and ready != false",
        "amount / 2 > 3 and 1 / rounds < 0 + amount and amount % (1 - 2) > 0 and 7 // amount > 0",
        "amount / (amount - 1) > 0 and 0 / rounds < amount",
        "paid_on < today and paid_on == today and today > paid_on and arrive_on <= today",
    ],
)
def test_what_can_come_out_either_way_is_sound(source: str) -> None:
    """Nothing is said of a condition whose outcome rests on the case."""
    assert faults(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("amount == '3000'", ["impossible-value: 3000"]),
        ("'3000' != amount", ["impossible-value: 3000"]),
        ("amount == true", ["impossible-value: true"]),
        ("amount == -1", ["impossible-value: -1"]),
        ("rounds in [2, 10, 2.5]", ["impossible-value: 10", "impossible-value: 2.5"]),
        ("trade in ['文旅', '工业']", ["unknown-choice: 工业"]),
        ("trade == side", ["impossible-value: side"]),
        ("trade == 3", ["impossible-value: 3"]),
        ("heading == arrive_on", ["impossible-value: arrive_on"]),
        ("arrive_on == '2026-01-01'", ["impossible-value: 2026-01-01"]),
        ("arrive_on in ['2026-01-01', today]", ["impossible-value: 2026-01-01"]),
        ("'丙' in tags", ["unknown-choice: 丙"]),
        ("amount in tags", ["impossible-value: tags"]),
        ("amount in heading", ["impossible-value: amount"]),
        ("tags == '甲'", ["impossible-value: 甲"]),
        ("sha256.plan == 'abc'", ["impossible-value: abc"]),
        ("last.go == 3", ["impossible-value: 3"]),
        ("amount is true", ["impossible-value: amount"]),
        ("heading > 3", ["wrong-expression-type: 3"]),
        ("3 < heading", ["wrong-expression-type: 3"]),
        ("amount > 3 or arrive_on > amount", ["wrong-expression-type: amount"]),
        ("amount + heading > 3", ["wrong-expression-type: amount + heading"]),
        ("days_after(arrive_on, heading) > today", ["wrong-expression-type: heading"]),
        ("heading.year == 2026", ["wrong-expression-type: heading.year"]),
        ("heading in amount", ["wrong-expression-type: amount"]),
        ("amount / 0 > 3", ["wrong-expression-type: 0"]),
        ("amount // 0.0 > 3", ["wrong-expression-type: 0.0"]),
        ("7 % -0 > rounds", ["wrong-expression-type: -0"]),
        ("amount / (2 * 3 - 6) > 3", ["wrong-expression-type: 2 * 3 - 6"]),
        ("amount / -(1 + -1) > 3", ["wrong-expression-type: -(1 + -1"]),
        ("1 > 2", ["constant-condition: 1"]),
        ("true", ["constant-condition: true"]),
        ("amount > 3 or true", ["constant-condition: true"]),
        ("amount >= amount", ["constant-condition: amount"]),
        ("count.go >= 0", ["constant-condition: 0"]),
        ("count.go > 2", ["constant-condition: 2"]),
        ("0 > count.go", ["constant-condition: 0"]),
        ("rounds > 0 and 9 >= rounds", ["constant-condition: 0", "constant-condition: 9"]),
        ("heading", ["constant-condition: heading"]),
        ("not arrive_on", ["constant-condition: arrive_on"]),
        ("amount == none", ["constant-condition: none"]),
        ("paid_on <= today", ["constant-condition: paid_on"]),
        ("today < paid_on", ["constant-condition: paid_on"]),
        ("1 in [1, 2]", ["constant-condition: 1", "constant-condition: 2"]),
        ("[1, 2]|length > 1", ["constant-condition: [1, 2]|length > 1"]),
    ],
)
def test_what_can_come_out_one_way_only_is_a_fault(source: str, expected: list[str]) -> None:
    """Each such piece is told, wherever in the condition it stands."""
    assert faults(source) == expected


NUMBERS = st.integers(-3, 12)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@given(st.lists(st.tuples(SIGNS, NUMBERS), min_size=1, max_size=4), st.booleans(), NUMBERS)
def test_one_value_of_each_piece_tells_of_all(
    parts: list[tuple[str, int]], both: bool, value: int
) -> None:
    """Whatever value a name has, the piece that it lies in comes out as the value does."""
    source = (" and " if both else " or ").join(f"rounds {sign} {cut}" for sign, cut in parts)
    expression = Expression(source)
    subject = subject_of(expression)
    assert subject == ("", "rounds")
    for sort in (Sort("number"), Sort("number", whole=True)):
        pieces = pieces_of(sort, constants_of(expression))
        outcomes = {holds_for(expression, subject, piece.sample) for piece in pieces}
        assert holds_for(expression, subject, Decimal(value)) in outcomes


@pytest.mark.parametrize(
    ("sort", "source", "told"),
    [
        (
            Sort("number"),
            "rounds > 3 and rounds < 5",
            ["小于 3", "恰为 3", "大于 3、小于 5", "恰为 5", "大于 5"],
        ),
        (
            Sort("number", whole=True, least=Decimal(3), most=Decimal(5)),
            "rounds > 3 and rounds < 4",
            ["恰为 3", "恰为 4", "大于 4"],
        ),
        (Sort("yesno"), "rounds", ["为是", "为否"]),
        (Sort("text", options=("甲", "乙")), "rounds == '甲'", ["为“甲”", "为“乙”"]),
        (Sort("text"), "rounds == '甲'", ["为“甲”", "为其他"]),
        (Sort("date"), "rounds == 3", []),
    ],
)
def test_values_are_cut_at_the_constants(sort: Sort, source: str, told: list[str]) -> None:
    """Only values that the name can have are tried, from the least on."""
    assert [piece.told for piece in pieces_of(sort, constants_of(Expression(source)))] == told


@pytest.mark.parametrize("source", ["rounds > amount", "rounds + 1 > 3", "count.go > 3 or ready"])
def test_a_condition_on_more_than_one_name_is_not_cut(source: str) -> None:
    """What is compared with anything but constants is not judged value by value."""
    assert subject_of(Expression(source)) is None


_ATOMS = st.sampled_from(
    [
        *(
            "amount",
            "rounds",
            "heading",
            "trade",
            "arrive_on",
            "today",
            "ready",
            "tags",
            "payments",
        ),
        *("count.go", "last.go", "arrive_on.year", "tags[0]", "payments[0]"),
        *("3", "0.5", "'文旅'", "'甲'", "true", "['甲', '文旅']", "[1, 2]"),
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make larger expressions out of smaller ones, whether their types go together or not."""
    two = ("+", "-", "*", "//", "<", "<=", "==", "!=", ">", "in", "not in", "and", "or", "~")
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(two), inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("days_after({}, {})".format, inner, inner),
        st.builds("months_after({}, {})".format, inner, inner),
        st.builds("days_between({}, {})".format, inner, inner),
        st.builds(
            "({}|{})".format,
            inner,
            st.sampled_from(
                ["length", "sum", "first", "last", "min", "max", "upper", "default(3)"]
            ),
        ),
        st.builds("({} is {})".format, inner, st.sampled_from(["true", "none", "in tags"])),
    )


EXPRESSIONS = st.recursive(_ATOMS, _grown, max_leaves=6)
SAMPLE = {
    "amount": Decimal(3200),
    "rounds": 2,
    "heading": "某项目",
    "trade": "文旅",
    "arrive_on": date(2026, 3, 2),
    "today": date(2026, 9, 30),
    "ready": True,
    "tags": ["甲", "乙"],
    "payments": [Decimal(1), Decimal(2)],
    "count": {"go": 1},
    "last": {"go": date(2026, 5, 1)},
}


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_what_is_typed_soundly_never_fails_by_its_types(source: str) -> None:
    """Whatever is written, the check gives faults and no error of its own; and where it finds none,
    no case meets values that do not go together.
    """
    expression = Expression(source)
    try:
        _ = expression.compiled
    except ExpressionError:
        return  # told before types are looked at
    names = {**NAMES, ("", "payments"): Sort("list", of=Sort("number"))}
    found = find_faults(expression.tree, source, lambda space, name: names.get((space, name)))
    for fault in found:
        assert fault.error.message
        assert source[fault.error.offset : fault.error.offset + fault.error.length]
    if found:
        return
    failed = ""
    try:
        expression.evaluate(SAMPLE)
    except MissingName:
        pass
    except ExpressionError as error:
        failed = error.message
    assert failed in ("", "除数为零", "条件算不出结果"), source
