"""A letter as composed, and as laid out in text and HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from unicodedata import east_asian_width, is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import DAY, SAMPLES, SCOPE, sample, sample_letter, template

from lifecycle.errors import InvalidError, cell_width
from lifecycle.expression.texts import LIMIT
from lifecycle.letter import Letter, Paragraph, to_html, to_text
from lifecycle.letter.cells import CELLS, CLOSING, OPENING, cell, width, wrap
from lifecycle.letter.title import title_lines
from lifecycle.template import MissingError, compose, read_template

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
ANY = st.text(max_size=200)
HAN = st.text(st.sampled_from("甲乙丙项目，。、：（）《》“”…—1a2.5-% 𡶴垟e\u0301😀"), max_size=300)


def body(source: str, **scope: object) -> list[tuple[int, str]]:
    """Compose a letter with this body; give its paragraphs."""
    return [
        (p.level, p.text)
        for p in compose(template(source), scope, on=DAY).body
        if isinstance(p, Paragraph)
    ]


def written(source: str, **scope: object) -> str:
    """Compose a letter with this one paragraph; give it."""
    ((_, text),) = body(source, **scope)
    return text


@pytest.mark.parametrize("name", SAMPLES)
def test_golden_letters(name: str) -> None:
    """The same template and facts give the same bytes for ever, as text and as HTML."""
    letter = sample_letter(name)
    assert to_text(letter) == (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert to_html(letter) == (GOLDEN / f"{name}.html").read_text("utf-8")
    assert sample_letter(name) == letter


def test_letter_is_typed() -> None:
    """A letter holds its parts as data, with lists taken apart."""
    letter = sample_letter("report")
    assert letter == Letter(
        kind="报告",
        issuer="丽水市招商局",
        title="关于瓯江云栖康养度假综合体项目意向书签订情况的报告",
        to=("丽水市人民政府",),
        cc=(),
        body=letter.body,
        attachments=(),
        date=date(2026, 8, 1),
        contact="",
        number=None,
        signer=None,
        layout="document",
    )


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、基本情况", 1),
        ("十二、其他", 1),
        ("（一）投资主体。", 2),
        ("(三)用地", 2),
        ("1. 项目", 3),
        ("12．项目", 3),
        ("（1）按投资", 4),
        ("(12)按投资", 4),
        ("　　二、首行有空格", 1),
        ("正文", 0),
        ("1.5亿元以上的项目", 0),
        ("2026年8月", 0),
        ("一是加强调度", 0),
        ("（略）", 0),
        ("2026.08.01", 0),
    ],
)
def test_levels_are_told_by_numbering(line: str, level: int) -> None:
    """一、 is level 1, （一） 2, 1. 3, （1） 4; a decimal or a date is no numbering."""
    assert body(line) == [(level, line.strip("　"))]


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ a }}", date(2026, 8, 1), "2026年8月1日"),
        ("{{ a | date_cn }}", "2026-08-01", "2026年8月1日"),
        ("{{ a }}", Decimal("126000.00"), "126000"),
        ("{{ a }}", Decimal("1.26E+5"), "126000"),
        ("{{ a }}", Decimal("0.50"), "0.5"),
        ("{{ a }}", Decimal("-0.00"), "0"),
        ("{{ a | money }}", "126000.50", "126000.5"),
        ("{{ a * 0.2 }}", Decimal(31185), "6237"),
        ("{{ a / 4 }}", 10, "2.5"),
        ("{{ a + 1 }}", 2, "3"),
        ("{{ a }}", True, "是"),
        ("{{ a }}", ["甲", "乙"], "甲、乙"),
        ("{{ a | join_cn }}", ["甲", date(2026, 8, 1)], "甲、2026年8月1日"),
        ("{{ a | join('；') }}", ["甲", "乙"], "甲；乙"),
        ("{{ '致' ~ a ~ '：' }}", ["甲", "乙"], "致甲、乙："),
        ("{{ a | length }}{{ a | first }}{{ a | last }}", ["甲", "乙"], "2甲乙"),
        ("{{ a | default('无') }}", None, "无"),
        ("{% if a %}有{% else %}无{% endif %}", None, "无"),
        ("{% if a is defined %}有{% else %}无{% endif %}", None, "无"),
        ("{{ a }}", "e\u0301", "é"),
        ("{{ a }}", "甲\u202e乙\x00丙\u200b丁\ud800", "甲乙丙丁"),
        ("{{ a }}", "甲\t乙", "甲 乙"),
        ("{{ a }}", "<b>&", "<b>&"),
        ("{{ a }}", "{{ b }}", "{{ b }}"),
    ],
)
def test_values_are_printed_as_letters_write_them(source: str, value: object, text: str) -> None:
    """Dates, numbers, lists, blanks and odd characters come out as an official letter has them."""
    assert written(source, a=value) == text


def test_lines_of_a_value_are_paragraphs_of_the_body_but_not_of_the_header() -> None:
    """A note of several lines gives several paragraphs; in a title it cannot forge another header
    line.
    """
    letter = compose(
        template("{{ a }}", title="关于{{ a }}的函", head="附件：{{ b }}\n"),
        {"a": "甲\r\n发文单位：市政府", "b": ["x、y", "1.z"]},
        on=DAY,
    )
    assert letter.body == (Paragraph(0, "甲"), Paragraph(0, "发文单位：市政府"))
    assert letter.title == "关于甲 发文单位：市政府的函"
    assert letter.issuer == "丽水市招商局"
    assert letter.attachments == ("x、y", "z")


def test_recipients_are_taken_apart_outside_brackets() -> None:
    """A 、 within brackets or within one name of a list separates nothing; nobody is
    named twice.
    """
    source = "标题：甲\n文种：函\n主送：各县（市、区）人民政府、{{ to }}\n发文单位：乙\n---\n正文"
    letter = compose(
        read_template("a", source.encode(), "a.j2"), {"to": ["甲", "丙、丁", "甲"]}, on=DAY
    )
    assert letter.to == ("各县（市、区）人民政府", "甲", "丙、丁")


@pytest.mark.parametrize(
    ("source", "scope", "name", "line"),
    [
        ("首段\n{{ a }}", {}, "a", 7),
        ("{% if a %}{% endif %}", {}, "a", 6),
        ("{{ a }}", {"a": None}, "a", 6),
        ("首段\n{{ a | money }}", {"a": None}, "a", 7),
        ("{{ a + 1 }}", {}, "a", 6),
        ("{{ last.open }}", {"last": {}}, "open", 6),
    ],
)
def test_missing_names_are_told(
    source: str, scope: dict[str, object], name: str, line: int
) -> None:
    """A name that the case does not supply is named in Chinese, with the template's line."""
    with pytest.raises(MissingError) as caught:
        body(source, **scope)
    assert (caught.value.name, caught.value.line) == (name, line)
    assert caught.value.message == f"公文模板 test 第 {line} 行要写“{name}”，而该事项没有这一内容"


@pytest.mark.parametrize(
    ("source", "scope", "message"),
    [
        ("{{ a | money }}", {"a": "十万"}, "公文模板 test 第 6 行：“十万”不是金额，不能用 money"),
        (
            "{{ a | date_cn }}",
            {"a": "明天"},
            "公文模板 test 第 6 行：“明天”不是日期，不能用 date_cn",
        ),
        (
            "{{ a }}",
            {"a": {"b": 1}},
            "公文模板 test 第 6 行：有一处要写的内容不是文字、数、日期或列表",
        ),
        ("{{ a / 0 }}", {"a": 1}, "公文模板 test 第 6 行：除数为零"),
        ("{{ a * 1000000000 }}", {"a": "x"}, "公文模板 test 第 6 行：“*” 的两边应为数"),
        ("{{ 'x' * 1000000000 }}", {}, "公文模板 test 第 6 行：“*” 的两边应为数"),
        ("{{ '%1000000000d' % 1 }}", {}, "公文模板 test 第 6 行：“%” 的两边应为数"),
        (
            "{% if a > 1 %}{% endif %}",
            {"a": "x"},
            "公文模板 test 第 6 行：式子中的值类型不合，不能比较或运算",
        ),
        (
            "{% for x in a %}{% for y in a %}甲乙丙{% endfor %}{% endfor %}",
            {"a": range(300)},
            "公文模板 test 写出的公文超过 200000 字",
        ),
        (
            "{{ a }}",
            {"a": "x" * (LIMIT + 1)},
            "公文模板 test 第 6 行：一项内容超过 200000 字，无法写入公文",
        ),
        ("{{ a }}", {"a": ""}, "公文模板 test 写出的正文是空的"),
    ],
)
def test_what_cannot_be_written_is_refused(
    source: str, scope: dict[str, object], message: str
) -> None:
    """No wrong value, sum or size gives a letter, a repr or a full memory: each is one Chinese
    sentence.
    """
    with pytest.raises(InvalidError) as caught:
        body(source, **scope)
    assert caught.value.message == message


def test_empty_recipients_are_refused() -> None:
    """A letter to nobody is not written, unless its kind has no addressee."""
    with pytest.raises(InvalidError, match="写出的主送是空的"):
        compose(sample("report"), {**SCOPE, "to": []}, on=DAY)


def test_same_inputs_same_letter_in_any_order_of_facts() -> None:
    """The order in which facts are held does not show in a letter."""
    turned = dict(reversed(SCOPE.items()))
    assert compose(sample("minutes"), turned, on=DAY) == compose(sample("minutes"), SCOPE, on=DAY)


class _Strict(HTMLParser):
    """Collects tags and text, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(
    ANY,
    st.sampled_from(["case_title", "investor", "case_number", "issuer", "contact", "next_stage"]),
)
def test_no_fact_is_ever_markup(text: str, fact: str) -> None:
    """Whatever a fact holds, the page has the tags of the layout only, and the text of
    the letter.
    """
    hostile = f"甲{text}</p><script src=//x>'\"&lt;"
    letter = compose(sample("consultation"), {**SCOPE, fact: hostile}, on=DAY)
    page = _Strict(to_html(letter))
    tags = {tag for tag, _ in page.tags}
    assert tags <= {
        *("html", "head", "meta", "title", "style", "body", "article", "h1", "span", "p", "b"),
        "div",
        "ol",
        "li",
    }
    assert {name for _, names in page.tags for name in names} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
    }
    for paragraph in letter.body:
        assert isinstance(paragraph, Paragraph)
        assert paragraph.text in page.text


@given(ANY | HAN)
def test_no_line_exceeds_the_grid(text: str) -> None:
    """Whatever a fact holds, no line of the text is wider than 28 full-width characters, and
    nothing is lost.
    """
    scope = {**SCOPE, "case_title": f"甲{text}", "investor": f"甲{text}", "note": f"甲{text}"}
    for name in ("consultation", "minutes"):
        letter = compose(sample(name), scope, on=DAY)
        laid = to_text(letter)
        assert laid.endswith("\n")
        assert laid == to_text(letter)
        assert is_normalized("NFC", laid)
        for line in laid.split("\n"):
            assert width(line) <= CELLS
            assert cell_width(line) <= CELLS
        flat = re.sub(r"\s", "", laid)
        for paragraph in letter.body:
            assert isinstance(paragraph, Paragraph)
            assert re.sub(r"\s", "", paragraph.text) in flat


@given(
    st.text(st.sampled_from("甲乙丙丁项目，。、：（）《》“”1a2.5- 𡶴"), min_size=60, max_size=300)
)
def test_lines_begin_and_end_as_they_may(text: str) -> None:
    """No line begins with closing or ends with opening punctuation, or splits a number, if half of
    it can be kept.
    """
    lines = wrap(text)
    assert [c for line in lines for c in line if c != " "] == [c for c in text if c != " "]
    for line, following in pairwise(lines):
        if re.search("[甲乙丙丁项目]{2}", line[len(line) // 2 + 1 :]):
            assert following[0] not in CLOSING
            assert line[-1] not in OPENING


def test_width_counts_chinese_type() -> None:
    """All characters of GBK beyond ASCII are full-width, as the fast count takes for granted."""
    for code in range(0x80, 0x10000):
        char = chr(code)
        try:
            raw = char.encode("gbk")
        except UnicodeEncodeError:
            continue
        assert len(raw) == cell(char) == 2, (hex(code), east_asian_width(char))


def test_numbers_and_words_stay_whole() -> None:
    """A number or a code is not broken over two lines."""
    text = "甲" * 26 + "126000万元，编号LS-F-2026-001"
    assert wrap(text) == ["甲" * 26, "126000万元，编号LS-F-2026-001"]
    assert wrap("a" * 100) == ["a" * 56, "a" * 44]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于报送材料的函", ("关于报送材料的函",)),
        (
            "关于征求瓯江云栖康养度假综合体项目准入意见的函",
            ("关于征求瓯江云栖康养度假", "综合体项目准入意见的函"),
        ),
        (
            "关于提请对侨乡世界商品展贸中心项目政策事项进行公平竞争审查的函",
            ("关于提请对侨乡世界商品展贸中心", "项目政策事项进行公平竞争审查的函"),
        ),
        (
            "关于印发《丽水市市区非工招商项目“5+x”推进流程》的通知",
            ("关于印发《丽水市市区非工招商", "项目“5+x”推进流程》的通知"),
        ),
    ],
)
def test_titles_break_evenly_between_words(title: str, lines: tuple[str, ...]) -> None:
    """A long title breaks into even lines of at most 20 characters, between words and not before
    的.
    """
    assert title_lines(title) == lines


@given(HAN)
def test_titles_keep_their_text(title: str) -> None:
    """Whatever the title, its lines are at most 20 full-width characters and lose nothing but
    blanks.
    """
    lines = title_lines(title)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(width(line) <= 40 for line in lines)


def test_date_starts_two_characters_right_of_the_issuer() -> None:
    """Without a seal the issuer ends two characters from the right; a longer date does so itself
    (7.3.5.2).
    """
    usual = to_text(sample_letter("report")).split("\n")[-3:-1]
    assert usual == ["　" * 20 + "丽水市招商局", "　" * 22 + "2026年8月1日"]
    short = to_text(replace(sample_letter("report"), issuer="某局", date=date(2026, 12, 31))).split(
        "\n"
    )[-3:-1]
    assert short == ["　" * 17 + "某局", "　" * 19 + "2026年12月31日"]


def test_number_and_signer_have_their_place() -> None:
    """A letter that has been issued shows its number above the title, in text and in HTML."""
    letter = replace(sample_letter("report"), number="丽招商〔2026〕12号")
    assert to_text(letter).split("\n")[0].strip() == "丽招商〔2026〕12号"
    assert "丽招商〔2026〕12号" in to_html(letter, red=True)


def test_page_stands_alone() -> None:
    """The page asks for nothing from elsewhere and runs no script."""
    page = to_html(sample_letter("request"), red=True)
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_marks_with_the_issuer_are_optional() -> None:
    """The red mark and line are there when asked for, and only then."""
    letter = sample_letter("request")
    assert '<hr class="rule">' in to_html(letter, red=True)
    assert '<hr class="rule">' not in to_html(letter)


def test_headings_are_parted_from_what_follows() -> None:
    """The first sentence of a level 1 or 2 paragraph is its heading, unless it runs on
    in clauses.
    """
    source = "一、基本情况\n（一）投资主体。甲公司。\n二、请于月底前反馈，逾期催办。\n1. 项目。"
    page = to_html(compose(template(source), {}, on=DAY))
    assert re.findall(r'<p class="level\d">.*</p>', page) == [
        '<p class="level1"><b>一、基本情况</b></p>',
        '<p class="level2"><b>（一）投资主体。</b>甲公司。</p>',
        '<p class="level1">二、请于月底前反馈，逾期催办。</p>',
        '<p class="level3">1. 项目。</p>',
    ]


def test_long_parts_wrap_under_their_first_character() -> None:
    """Long names of attachments and recipients go on under their first character; a long issuer
    stays on the page.
    """
    letter = replace(
        sample_letter("minutes"),
        issuer="某" * 40,
        attachments=("附" * 30,),
        cc=("甲" * 30,),
        contact="电话" + "1" * 60,
    )
    lines = to_text(letter).split("\n")
    assert "　　附件：" + "附" * 23 in lines
    assert "　" * 5 + "附" * 7 in lines
    assert "　抄送：" + "甲" * 23 in lines
    assert "　" * 4 + "甲" * 7 + "。" in lines
    assert "　　（电话" + "1" * 46 in lines
    signed = to_text(replace(letter, kind="函")).split("\n")
    assert [line.strip() for line in signed if "某" in line] == ["某" * 24, "某" * 16]


def test_very_long_titles_are_only_wrapped() -> None:
    """What is too long for a title is still set, 20 characters a line."""
    assert title_lines("题" * 200) == ("题" * 20,) * 10
