"""The legal grounds: the file that registers them, what a `basis` says, and what letters cite."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import places
from lifecycle.errors import InvalidError
from lifecycle.template.grounds import grounds_named
from lifecycle.template.template import read_template
from lifecycle.workflow.bases import Bases, number_of_numeral, numeral
from lifecycle.workflow.reading.bases import examine_bases, read_bases
from lifecycle.workflow.words.basis_words import bases_in, check_bases

ROOT = Path(__file__).parents[2]
SPECIMENS = ROOT / "tests" / "specimens"
SMALL = read_bases(
    """\
bases: 法规依据
inner: [内部承诺]
grounds:
  - name: 公平竞争审查条例
    number: 国务院令第783号
    from: 2024-08-01
    sure: read
    articles:
      - {article: 10, says: 不得给予特定经营者优惠, sure: read, was: 国发〔2016〕34号}
      - {article: 14, says: 先行初审, sure: read, was: 国发〔2016〕34号}
      - {article: 18, says: 未经审查不得出台}
  - name: 国发〔2016〕34号
    title: 建立公平竞争审查制度的意见
    cited: 《建立公平竞争审查制度的意见》（国发〔2016〕34号）
    from: 2016-06-01
    to: 2024-08-01
    successor: 公平竞争审查条例
  - {name: 城乡规划法, title: 中华人民共和国城乡规划法, from: 2008-01-01}
  - {name: 民营经济法, from: 2030-01-01}
  - {name: 旧办法, from: 2001-01-01, to: 2012-07-01}
  - {name: 国土资源部令第39号, title: 挂牌出让规定, aliases: [39号令], from: 2007-11-01}
  - {name: GB/T 9704—2012, title: 公文格式, from: 2012-07-01}
  - name: 改革方案
    from: 2016-12-13
    articles:
      - {article: 二（三）2, says: 会商}
""".encode(),
    "bases.yaml",
)
"""A few grounds of each kind."""
TODAY = "2026-12-01"


@pytest.mark.parametrize(
    "path", sorted((SPECIMENS / "bases").glob("*.yaml")), ids=lambda path: path.stem
)
def test_each_fault_of_the_file_says_what_the_specimen_expects(path: Path) -> None:
    """Every message about a file of grounds stands in a small file of its own."""
    _, problems, source = examine_bases(path.read_bytes(), path.name)
    shown = "".join(problem.render(source) + "\n" for problem in problems)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert path.stem.startswith("several") or any(
        path.stem.startswith(problem.rule) for problem in problems
    )


@pytest.mark.parametrize(
    "path", sorted((SPECIMENS / "basis").glob("*.yaml")), ids=lambda path: path.stem
)
def test_each_warning_about_a_basis_says_what_the_specimen_expects(path: Path) -> None:
    """Every message about what a workflow says of its grounds, each with its place; all warn."""
    body = path.read_bytes()
    problems = list(check_bases(body, path.name, SMALL, TODAY))
    shown = "".join(problem.render(body.decode()) + "\n" for problem in problems)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert all(problem.warning and path.stem == problem.rule for problem in problems)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("公平竞争审查条例第14条", ["公平竞争审查条例第14条"]),
        ("《公平竞争审查条例》第十四条第二款", ["公平竞争审查条例第14条第二款"]),
        ("国务院令第783号第14条", ["公平竞争审查条例第14条"]),
        ("公平竞争审查条例（国务院令第783号）第10条", ["公平竞争审查条例第10条"]),
        (
            "公平竞争审查条例第14、18条：须审查",
            ["公平竞争审查条例第14条", "公平竞争审查条例第18条"],
        ),
        ("39号令第8条（条号 [自]）", ["国土资源部令第39号第8条"]),
        (
            "公平竞争审查条例第8—10条；城乡规划法第38条",
            [f"公平竞争审查条例第{n}条" for n in (8, 9, 10)] + ["城乡规划法第38条"],
        ),
        ("公平竞争审查条例第10条；第14条", ["公平竞争审查条例第10条", "公平竞争审查条例第14条"]),
        ("条例第八条第十四项", ["公平竞争审查条例第8条第十四项"]),
        ("参照中华人民共和国城乡规划法第一百零八条", ["城乡规划法第108条"]),
        ("改革方案 二（三）2 定期和不定期会商", ["改革方案 二（三）2"]),
        ("GB/T 9704—2012 7.2.5", ["GB/T 9704—2012 7.2.5"]),
        ("国发〔2016〕34号", ["国发〔2016〕34号"]),
        ("城乡规划", []),
        ("内部承诺：第10条", []),
    ],
)
def test_what_a_basis_names(text: str, named: list[str]) -> None:
    """A ground is named by what it is called, with its articles in digits or in words; a bare
    article is one of the ground named before it, or of the file's own.
    """
    meant = SMALL.understand(text, within="公平竞争审查条例第10条")
    assert [citation.told for citation in meant.citations] == named
    assert meant.lost == ()


def test_what_looks_like_a_ground_and_is_none() -> None:
    """A misspelt ground is not taken for a remark, though another one stands beside it."""
    meant = SMALL.understand("城乡规划法第38条；建筑法第9条 [自]")
    assert (meant.lost, meant.unsure, meant.inner) == (("建筑法第9条",), True, False)
    assert SMALL.understand("内部承诺：5日内").inner


@pytest.mark.parametrize(
    ("text", "day", "written"),
    [
        ("公平竞争审查条例第14条", "2024-08-01", "《公平竞争审查条例》第十四条"),
        ("公平竞争审查条例第14、18条", "2026-01-01", "《公平竞争审查条例》第十四条、第十八条"),
        (
            "公平竞争审查条例第10、14条",
            "2024-07-31",
            "《建立公平竞争审查制度的意见》（国发〔2016〕34号）",
        ),
        ("公平竞争审查条例", "2023-05-09", "《建立公平竞争审查制度的意见》（国发〔2016〕34号）"),
        (
            "城乡规划法第38条；公平竞争审查条例第10条第2款",
            "2026-01-01",
            "《中华人民共和国城乡规划法》第三十八条、《公平竞争审查条例》第十条第二款",
        ),
    ],
)
def test_letters_cite_what_was_in_force(text: str, day: str, written: str) -> None:
    """The day of the act decides; the first day of a law is its own, the last day of the one before
    is that one's.
    """
    assert SMALL.cite(text, day) == written


@pytest.mark.parametrize(
    ("text", "day", "message"),
    [
        ("公平竞争审查条例第18条", "2024-07-31", "自 2024-08-01 起施行，2024-07-31 还不能引用"),
        ("国发〔2016〕34号", "2024-08-01", "自 2024-08-01 起失效，由公平竞争审查条例接替"),
        ("公平竞争审查条例第14条", "2016-05-31", "自 2016-06-01 起施行，2016-05-31 还不能引用"),
        ("旧办法第2条", "2012-07-01", "自 2012-07-01 起失效，2012-07-01 不能引用"),
        ("公平竞争审查条列第14条", "2026-01-01", "bases.yaml 里没有“公平竞争审查条列第14条”"),
        ("城乡规划法第38条；建筑法第9条", "2026-01-01", "bases.yaml 里没有“建筑法第9条”"),
    ],
)
def test_what_was_not_in_force_is_not_cited(text: str, day: str, message: str) -> None:
    """Nothing is cited of which nothing was in force, nor what is not registered."""
    with pytest.raises(InvalidError, match=re.escape(message)):
        SMALL.cite(text, day)


@given(st.integers(0, 999))
def test_numerals_are_read_as_written(number: int) -> None:
    """Article numbers go from digits to words and back."""
    assert number_of_numeral(numeral(number)) == str(number)


def test_numerals_are_written_as_laws_do() -> None:
    """As in 第十条, 第二十五条, 第一百零九条, 第四百九十五条."""
    written = [numeral(n) for n in (8, 10, 14, 25, 30, 100, 109, 110, 495)]
    assert written == [
        "八",
        "十",
        "十四",
        "二十五",
        "三十",
        "一百",
        "一百零九",
        "一百一十",
        "四百九十五",
    ]


def shipped() -> Bases:
    """Read the grounds that we ship."""
    path = places.workflows() / places.BASES
    return read_bases(path.read_bytes(), path.name)


FILES = sorted(
    chain(
        places.workflow_files(),
        *((ROOT / folder).rglob("*.yaml") for folder in ("workflows/lists", "notices", "demo")),
        *((ROOT / folder).rglob("*.yaml") for folder in ("calendars", "settings")),
        (ROOT / "lifecycle" / "letter").rglob("*.yaml"),
    )
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_we_ship_rests_on_what_is_registered_and_in_force(path: Path) -> None:
    """Each `basis` of a workflow, list, calendar, rule on letters or setting is a ground that is
    registered, with that article, and in force today; or it is marked.
    """
    today = date.today().isoformat()  # noqa: DTZ011 - a day is near enough
    problems = list(check_bases(path.read_bytes(), path.name, shipped(), today))
    assert [problem.render() for problem in problems] == []


def test_templates_name_what_is_registered() -> None:
    """Whatever our letters name of laws with an article is registered, with that article."""
    bases = shipped()
    lacking = []
    for path in sorted(places.notices().glob("*.j2")):
        template = read_template(path.stem, path.read_bytes(), path.name)
        named = list(grounds_named(template, bases))
        lacking += [
            f"{path.name}:{one.location.line} {citation.told}"
            for one in named
            for citation in one.meant.citations
            if citation.article and citation.ground.articles and citation.registered is None
        ]
        known = {(one.location.line, one.location.column) for one in named}
        for number, line in enumerate(template.source.split("\n"), 1):
            for found in re.finditer("《[^《》]+》第[^条]+条", line):
                if (number, found.start() + 1) not in known:
                    lacking.append(f"{path.name}:{number} {found.group()}")
    assert lacking == []


def test_most_of_what_we_ship_is_checked() -> None:
    """The test above looks at the rules: so many bases there are, of all sections."""
    body = (places.workflows() / "project.yaml").read_bytes()
    found = list(bases_in(body, "project.yaml"))
    assert len(found) > 150
    assert {one.section for one in found} == {
        "", "facts", "materials", "states", "transitions", "lights"
    }  # fmt: skip
    limit = next(one for one in found if "规划核实" in one.what and one.section == "states")
    assert (limit.name, limit.what) == ("acceptance", "环节 验收 时限 规划核实")
