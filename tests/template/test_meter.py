"""What a template can reach while a letter is written, and how much the letter may cost."""

from __future__ import annotations

import time

import pytest
from letters import DAY, template

from lifecycle.errors import InvalidError
from lifecycle.template import MissingError, compose
from lifecycle.template.program import environment


def test_no_global_and_no_file_can_be_named() -> None:
    """There is nothing in the letters' environment but their filters and tests: no globals, no
    loader, no extension.
    """
    made = environment()
    assert (made.globals, made.loader, made.extensions) == ({}, None, {})
    assert made.sandboxed
    for name in ("lipsum", "cycler", "joiner", "namespace", "range", "dict", "caller"):
        with pytest.raises(MissingError):
            compose(template(f"甲{{{{ {name} }}}}"), {}, on=DAY)


@pytest.mark.parametrize(
    "source",
    [
        "{{ a.strip }}",
        "{{ a.format }}",
        "{{ l.append }}",
        "{{ l.copy }}",
        "{{ d.year.real.numerator.bit_length }}",
        "{{ a | first | first }}{{ l.sort }}",
        "{{ e }}",
    ],
)
def test_no_method_is_ever_written(source: str) -> None:
    """Whatever attribute of a value is reached, only text, numbers, dates and lists of them can be
    written.
    """
    scope = {"a": "甲", "l": ["乙"], "d": DAY, "e": InvalidError("x")}
    with pytest.raises(InvalidError):
        compose(template(source), scope, on=DAY)


MANY = [1] * 1000
"""A list such as no case has, but that a template could be given."""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% for x in m %}{% for y in m %}{% endfor %}{% endfor %}", "循环超过 100000 步，已停止"),
        (
            "{% for x in m %}{% for y in m if y == 0 %}{% endfor %}{% endfor %}",
            "循环超过 100000 步，已停止",
        ),
        ("{% for x in m %}{% for y in g %}{% endfor %}{% endfor %}", "循环超过 100000 步，已停止"),
        ("{% for x in m %}{% for y in s %}{% endfor %}{% endfor %}", "循环超过 100000 步，已停止"),
        (
            "{% for x in m %}{% for y in t %}"
            + "{% if 2 in m %}{% endif %}" * 9
            + "{% endfor %}{% endfor %}",
            "循环超",
        ),
        (
            "{% for x in m %}{% for y in t %}{% if 1 is in m %}{% endif %}{% endfor %}{% endfor %}",
            "循环超过 100000 步",
        ),
        ("{% for x in m %}" + "{{ '' }}" * 6000 + "{% endfor %}", "循环超过 100000 步，已停止"),
        ("{% for x in m %}{% set y = s ~ s %}{% endfor %}", "拼接的文字超过 2000000 字，已停止"),
        ("{% for x in m %}{% set y = s + s %}{% endfor %}", "拼接的文字超过 2000000 字，已停止"),
        ("{% for x in m %}{% set y = m | join(s) %}{% endfor %}", "一项内容超过 200000 字"),
        (
            "{% for x in m %}{% set y = [s, s] | join_cn %}{% endfor %}",
            "拼接的文字超过 2000000 字，已停止",
        ),
        ("{{ [" + "s," * 999 + "] }}", "一项内容超过 200000 字"),
        ("{% set y = [" + "s," * 999 + "] | join_cn %}", "一项内容超过 200000 字"),
        ("{% set a = 9999999999 %}" + "{% set a = a * a %}" * 60, "算出的数太大或太小"),
        (
            "{% set a = 1e300 %}" + "{% set a = a * a %}" * 9 + "{{ a }}",
            "算出的数太大或太小，无法写入公文",
        ),
    ],
)
def test_letter_has_a_budget(source: str, message: str) -> None:
    """Loops, joins and sums that would go on for hours or fill the memory are stopped at once, with
    their line.
    """
    scope = {"m": MANY, "t": MANY[:90], "g": (iter(range(10**9))), "s": "甲" * 2000}
    start = time.process_time()
    with pytest.raises(InvalidError) as caught:
        compose(template(f"甲\n{source}"), scope, on=DAY)
    assert caught.value.message.startswith(f"公文模板 test 第 7 行：{message}")
    assert time.process_time() - start < 10


def test_budget_is_of_one_letter() -> None:
    """Each letter has its own budget, and a loop of usual size is far from its end."""
    made = template(
        "{% for x in m %}{% for y in m %}{% endfor %}{% endfor %}甲{% for x in m %}{{ x ~ '、' "
        "}}{% endfor %}"
    )
    letters = {compose(made, {"m": MANY[:300]}, on=DAY) for _ in range(20)}
    assert [letter.title for letter in letters] == ["关于测试的函"]
