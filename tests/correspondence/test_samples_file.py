"""What samples say stands in notices/samples.yaml, which does not contradict itself or the
workflows.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from test_samples import LETTERS, catalogue

from lifecycle import places
from lifecycle.correspondence.samples_file import Own, read_samples, shipped_samples
from lifecycle.errors import WorkflowError
from lifecycle.letter import to_text
from lifecycle.workflow.model import Fact

BODY = (places.notices() / "samples.yaml").read_bytes()


def facts() -> dict[str, Fact]:
    """Give the facts of the shipped workflows."""
    return {name: fact for use in catalogue() for name, fact in use.workflow.facts.items()}


def faults(text: str) -> list[str]:
    """Read samples that are wrong; give each fault with its mend."""
    with pytest.raises(WorkflowError) as caught:
        read_samples(text.encode(), "samples.yaml")
    return [f"{p.location.line} {p.message} {p.mend}" for p in caught.value.problems]


def test_the_area_is_the_same_in_both_units() -> None:
    """E6: 15 mu are 10 000 square metres, in the file and in each sample that names both."""
    said = shipped_samples().facts
    mu, metres = said["land_mu"], said["land_m2"]
    assert isinstance(mu, str)
    assert isinstance(metres, str)
    assert Decimal(mu) * 10_000 == Decimal(metres) * 15
    pairs = {
        found
        for letter in LETTERS.values()
        for found in re.findall(r"([\d.]+)亩（([\d.]+)平方米）", to_text(letter))
    }
    assert pairs == {("45", "30000")}


def test_no_sample_counts_days_below_nothing() -> None:
    """E6: no sample is late by a negative number of days."""
    found = {
        name: re.findall(r"[-−]\d+(?:个工作)?日", to_text(letter))
        for name, letter in LETTERS.items()
    }
    assert {name: days for name, days in found.items() if days} == {}


def test_idle_land_has_been_idle_for_a_year() -> None:
    """E6: the letters about idle land tell of a day to start that has gone by for more than a
    year.
    """
    for name in ("idle-clue", "idle-identified"):
        (days,) = re.findall(r"已超过(\d+)日", to_text(LETTERS[name]))
        assert int(days) > 365


def test_every_fact_that_the_file_names_is_one() -> None:
    """A name that no workflow has would be written for nothing, as would one of a letter that is
    not there.
    """
    known, said = set(facts()), shipped_samples()
    named = {*said.facts, *said.days} - {"other"}
    for own in said.letters.values():
        named |= {*own.facts, *own.days, *own.without}
    assert named - known == set()
    assert set(said.letters) - set(LETTERS) == set()


def test_values_fit_their_facts() -> None:
    """A choice is one of its choices, a text is as its pattern wants it, a number within its
    bounds.
    """
    said, known = shipped_samples(), facts()
    written = dict(said.facts)
    for own in said.letters.values():
        written |= own.facts
    for name, value in written.items():
        fact = known[name]
        assert isinstance(value, str)
        assert not fact.choices or value in fact.choices
        assert fact.pattern is None or re.fullmatch(fact.pattern, value)
        for bound, beyond in ((fact.min, -1), (fact.max, 1)):
            if isinstance(bound, Decimal):
                assert Decimal(value).compare(bound) != beyond


def test_a_letter_says_otherwise_only_what_it_must() -> None:
    """Values of one letter are given beside those of all; a letter without any says what all
    say.
    """
    said = shipped_samples()
    assert said.own("idle-identified").facts == {"idle_kind": "闲置满一年"}
    assert said.own("progress-reminder") == Own({}, {}, ("accepted_on",))
    assert said.own("siting-consultation") == Own({}, {}, ())
    assert said.day == date(2026, 9, 30)


def test_a_wrong_file_is_told_by_its_lines() -> None:
    """All faults are told at once, each with its place and how to mend it."""
    text = BODY.decode()
    text = text.replace("day: 2026-09-30", "day: 九月")
    text = text.replace("  - {verdict: agree}", "  - {verdict: 同意}")
    text = text.replace("numbers: {money: 32000,", "numbers: {money: 三万,")
    lines = text.split("\n")
    at = {
        word: lines.index(next(one for one in lines if word in one)) + 1
        for word in ("day: 九月", "verdict: 同意", "三万")
    }
    assert faults(text) == [
        f"{at['day: 九月']} “九月” 不是日期 写作 2026-08-01 的样子",
        f"{at['verdict: 同意']} 意见的 verdict 不能是 “同意” 可写：agree、conditional、object",
        f"{at['三万']} numbers 的 money “三万” 不是数 用半角数字，不带单位和逗号，例如 3000 或 0.5",
    ]


def test_more_opinions_than_units_are_a_fault() -> None:
    """An opinion that nobody gave would be left out without a word."""
    text = BODY.decode().replace(
        "units: [市自然资源局（示例）, 市生态环境局（示例）]", "units: [市自然资源局（示例）]"
    )
    (fault,) = faults(text)
    assert fault.endswith("opinions 有 2 条，而 units 只有 1 个单位 补上单位")
