"""The parts of a letter that not every letter has: tables, annexes, places to sign, attendance,
number and proof.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from letters import CODE, DAY, ISSUED, PROOF, issued_letter, sample_letter, template

from lifecycle.errors import InvalidError
from lifecycle.letter import Letter, Paragraph, to_html, to_text
from lifecycle.letter.cells import CELLS, width
from lifecycle.letter.images.qr import modules, svg
from lifecycle.letter.layouts import layouts
from lifecycle.letter.markdown import to_markdown
from lifecycle.letter.model import Annex, Signatures, Table, dump_letter, load_letter
from lifecycle.letter.rows import table_lines
from lifecycle.letter.text import DRAFT, annex_labels, mark, mark_size
from lifecycle.template import compose

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
ANY = st.text(max_size=200)
HAN = st.text(st.sampled_from("甲乙丙项目，。、：（）《》“”…—1a2.5-% 𡶴垟e\u0301😀"), max_size=300)


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


@pytest.mark.parametrize("name", ISSUED)
def test_golden_issued_letters(name: str) -> None:
    """A letter with every part of its layout gives the same bytes for ever, as text, HTML and
    Markdown.
    """
    letter = issued_letter(name)
    assert to_text(letter) == (GOLDEN / f"{name}-issued.txt").read_text("utf-8")
    assert to_html(letter) == (GOLDEN / f"{name}-issued.html").read_text("utf-8")
    assert to_markdown(letter) == (GOLDEN / f"{name}-issued.md").read_text("utf-8")


TABLED = """一、安排
| 事项 | 单位 | 备注 |
|---|:--:|---|
{% for x in rows %}
| {{ loop.index }}. {{ x }} | {{ unit }} |
{% endfor %}

二、签收
【签章】{{ unit }}、{{ units }}
结尾
=== {{ unit }}清单
正文一
| 甲 |
=== 第二件 ===
正文二"""


def test_rows_signatures_and_annexes_are_told_by_the_template() -> None:
    """Lines with | make a table, 【签章】 gives places to sign, === begins an annex
    with its title.
    """
    letter = compose(
        template(TABLED), {"rows": ["甲", "乙"], "unit": "某局", "units": ["丙局", "丁局"]}, on=DAY
    )
    assert letter.body == (
        Paragraph(1, "一、安排"),
        Table(("事项", "单位", "备注"), (("1. 甲", "某局", ""), ("2. 乙", "某局", ""))),
        Paragraph(1, "二、签收"),
        Signatures(("某局", "丙局", "丁局")),
        Paragraph(0, "结尾"),
    )
    assert letter.annexes == (
        Annex("某局清单", (Paragraph(0, "正文一"), Table(("甲",), ()))),
        Annex("第二件", (Paragraph(0, "正文二"),)),
    )


def test_attendance_urgency_and_layout_come_from_the_header() -> None:
    """出席, 请假, 列席 are lists in the standard's order; those without a name are left out."""
    head = "列席：{{ x }}\n出席：甲局张某、{{ x }}\n请假：{{ away }}\n紧急程度：特急\n版式：公文\n"
    letter = compose(
        template("正文", kind="纪要", head=head), {"x": ["乙、丙", "丁"], "away": []}, on=DAY
    )
    assert letter.attendance == (("出席", ("甲局张某", "乙、丙", "丁")), ("列席", ("乙、丙", "丁")))
    assert (letter.urgency, letter.layout) == ("特急", "document")


HOSTILE = st.text(st.sampled_from("甲|=【签章】-\n\r \u3000\x04\x05\x06\x01丙"), max_size=40)


@given(HOSTILE, HOSTILE)
@example("| 甲 |\n|---|\n| 乙 |", "=== 附件\n正文")
@example("--", "--")
@example("甲\n【签章】乙、丙", "\x04甲\x04\n\x05乙\n\x06丙")
def test_no_value_makes_a_table_a_place_to_sign_or_an_annex(one: str, two: str) -> None:
    """Whatever a fact says, in a paragraph, a cell, a title or a place, the letter has the
    template's parts only.
    """
    letter = compose(
        template(
            "{{ a }}\n甲{{ b }}\n| 列{{ a }} | {{ b }} |\n| {{ a }} | {{ b }} |\n"
            "【签章】某{{ a }}\n=== 题{{ b }}\n文{{ a }}"
        ),
        {"a": one, "b": two},
        on=DAY,
    )
    kinds = [type(block) for block in letter.body if not isinstance(block, Paragraph)]
    assert kinds == [Table, Signatures]
    (table,) = (block for block in letter.body if isinstance(block, Table))
    assert (len(table.head), len(table.rows)) == (2, 1)
    assert len(table.rows[0]) == 2
    assert len(letter.annexes) == 1
    assert all(isinstance(block, Paragraph) for block in letter.annexes[0].body)
    for text in (to_text(letter), to_html(letter), to_markdown(letter)):
        assert not re.search("[\x00-\x08\x0b-\x1f]", text)


NAMES = st.lists(ANY, max_size=3).map(tuple)
ROWS = st.lists(st.tuples(ANY, ANY), max_size=3).map(tuple)
BLOCKS = st.one_of(
    st.builds(Paragraph, st.integers(0, 4), ANY),
    st.builds(Table, st.tuples(ANY, ANY), ROWS),
    st.builds(Signatures, NAMES),
)
BODIES = st.lists(BLOCKS, max_size=4).map(tuple)
LETTERS = st.builds(
    Letter,
    kind=st.sampled_from(["函", "请示", "纪要", "督办单"]),
    issuer=ANY,
    title=ANY,
    to=NAMES,
    cc=NAMES,
    body=BODIES,
    attachments=NAMES,
    date=st.dates(),
    contact=ANY,
    number=st.none() | ANY,
    signer=st.none() | ANY,
    layout=st.sampled_from(list(layouts())),
    mark=ANY,
    urgency=ANY,
    attendance=st.lists(st.tuples(ANY, NAMES), max_size=2).map(tuple),
    annexes=st.lists(st.builds(Annex, ANY, BODIES), max_size=2).map(tuple),
    printed=st.none() | st.dates(),
    code=st.none() | ANY,
    proof=st.none() | ANY,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LETTERS)
def test_letters_survive_storing(letter: Letter) -> None:
    """What is dumped, written as JSON and loaded is the same letter, and dumps the same."""
    data = json.loads(json.dumps(dump_letter(letter)))
    assert load_letter(data) == letter
    assert dump_letter(load_letter(data)) == data


@given(st.lists(HAN, min_size=1, max_size=5), st.integers(0, 3))
def test_tables_fit_the_grid(head: list[str], count: int) -> None:
    """Whatever a table holds, its lines are at most 28 characters wide and lose nothing
    but blanks.
    """
    rows = tuple(tuple(f"{n}{cell}"[:60] for cell in head) for n in range(count))
    lines = table_lines(Table(tuple(head), rows))
    assert all(width(line) <= CELLS for line in lines)
    flat = "".join("".join(lines).split())
    for row in rows:
        for text in row:
            assert "".join(text.split()) in flat


def test_small_tables_have_columns_and_wide_ones_are_said() -> None:
    """A table of 28 characters' width is set in columns; a wider one row by row as 列名：值."""
    assert table_lines(Table(("序号", "单位"), (("1", "市财政局"), ("2", "")))) == [
        "序号│单位",
        "──┼────",
        "1 　│市财政局",
        "2 　│",
    ]
    wide = Table(("事项", "单位", "备注"), (("办" * 20, "市财政局", ""), ("乙", "丙" * 12, "丁")))
    assert table_lines(wide) == [
        "　　事项：" + "办" * 20 + "；单",
        "位：市财政局。",
        "　　事项：乙；单位：" + "丙" * 12 + "；备注：丁。",
    ]


def test_upward_letters_name_who_signed() -> None:
    """A 请示 has its number at the left and its 签发人 at the right, one character in; a 函 has no
    such line.
    """
    letter = issued_letter("request")
    first = to_text(letter).split("\n")[0]
    assert first == "　丽招商〔2026〕1号" + "　" * 10 + " 签发人：林　岚"
    assert width(first) == CELLS - 2
    assert "签发人：<i>林　岚</i>" in to_html(letter)
    assert "签发人" not in to_text(issued_letter("consultation"))
    assert "签发人" not in to_html(issued_letter("consultation"))


def test_facing_letters_have_no_printing_line() -> None:
    """The 版记 of a 信函 has neither 印发 nor rules (10.1); that of a document has both."""
    assert "印发" not in to_text(issued_letter("consultation"))
    assert '<div class="copies plain">' in to_html(issued_letter("consultation"))
    assert to_text(issued_letter("meeting")).split("\n")[-4].strip().endswith("2026年8月3日印发")
    assert '<div class="copies printed">' in to_html(issued_letter("meeting"))


@pytest.mark.parametrize("name", ISSUED)
def test_issued_pages_stand_alone(name: str) -> None:
    """With QR symbol, tables and all, the page asks for nothing from elsewhere, runs no script and
    is well-formed.
    """
    page = to_html(issued_letter(name))
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "<script" not in page
    seen = _Strict(page)
    assert ("svg", ("class", "role", "aria-label", "viewbox", "shape-rendering")) in seen.tags
    assert f"验证码：{CODE}" in seen.text
    for tag in ("table", "thead", "tbody", "tr", "td", "th", "div", "section", "p", "span", "svg"):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LETTERS)
def test_no_part_of_a_letter_is_ever_markup(letter: Letter) -> None:
    """Whatever any part of a letter holds, the page has the tags of the layout only."""
    known = {tag for name in ISSUED for tag, _ in _Strict(to_html(issued_letter(name))).tags}
    assert {tag for tag, _ in _Strict(to_html(letter, red=True)).tags} <= known


def test_annexes_are_numbered_as_the_list_of_attachments() -> None:
    """One annex is 附件; several, or one of several attachments, bear the number they have in the
    list.
    """
    letter = issued_letter("duties")
    assert annex_labels(letter) == ["附件1", "附件2"]
    assert annex_labels(replace(letter, annexes=letter.annexes[1:])) == ["附件2"]
    assert annex_labels(
        replace(letter, annexes=letter.annexes[1:], attachments=("进度节点表",))
    ) == ["附件"]
    assert annex_labels(replace(letter, attachments=())) == ["附件1", "附件2"]


def test_drafts_are_told_on_paper() -> None:
    """A letter without a number says so where the number will stand; the working text does not."""
    draft = sample_letter("request")
    assert DRAFT in to_html(draft, red=True)
    assert DRAFT in to_markdown(draft)
    assert DRAFT not in to_text(draft)
    assert DRAFT not in to_html(issued_letter("request"))


def test_marks_shrink_to_fit() -> None:
    """The mark is of 42 pt up to ten characters; a longer one still fits in 156 mm."""
    assert mark(sample_letter("request")) == "丽水市招商局文件"
    assert mark(sample_letter("consultation")) == "丽水市招商局"
    assert mark(sample_letter("minutes")) == "丽水市招商局会议纪要"
    assert (
        mark(replace(sample_letter("request"), mark="丽水市人民政府文件")) == "丽水市人民政府文件"
    )
    assert mark(issued_letter("supervision")) == ""
    assert [mark_size("字" * count) for count in (1, 10, 11, 20)] == [42.0, 42.0, 40.0, 22.0]


def test_symbols_are_exact() -> None:
    """The drawn QR symbol is the grid that the library makes, and nothing of its text stands in the
    drawing.
    """
    import segno

    expected = segno.make(PROOF, error="m", micro=False, boost_error=False, encoding="utf-8")
    grid = modules(PROOF)
    assert grid == tuple(tuple(map(bool, row)) for row in expected.matrix_iter(border=4))
    drawn = {
        (int(x) + n, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg(PROOF))
        for n in range(int(length))
    }
    assert drawn == {(x, y) for y, row in enumerate(grid) for x, dark in enumerate(row) if dark}
    with pytest.raises(InvalidError, match="二维码装不下"):
        modules("x" * 3000)
