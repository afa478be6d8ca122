"""Letters are laid out to the millimetre as GB/T 9704—2012 has them, and whatever a letter says, in
order.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from anyletter import LAYOUTS, letters
from hypothesis import given
from letters import ISSUED, issued_letter, sample_letter

from lifecycle.errors import InvalidError
from lifecycle.letter.model import Block, Letter, Paragraph, Table
from lifecycle.letter.pdf.pages import lay_out
from lifecycle.letter.pdf.sheet import (
    BOTTOM,
    HEIGHT,
    LEFT,
    MM,
    PITCH,
    RIGHT,
    TOP,
    WIDTH,
    ZI,
    Page,
    Run,
    Sheets,
)

GOLDEN = Path(__file__).parent / "golden" / "pdf"
NEAR = 1e-6


def bare(text: str) -> str:
    """Leave out the blanks, which line breaks may drop."""
    return "".join(text.split())


def content(sheets: Sheets) -> list[Run]:
    """Give the runs that are content, in reading order."""
    return [run for page in sheets.pages for run in page.runs if run.tag is not None]


def shown(sheets: Sheets) -> list[str]:
    """Give one line for each run and rule: millimetres, font, size in points, text."""
    lines = []
    for number, page in enumerate(sheets.pages, 1):
        lines.append(f"第 {number} 页")
        for run in page.runs:
            kind = "—" if run.tag is None else sheets.tags[run.tag].kind
            lines.append(
                f"{run.x / MM:7.2f} {run.y / MM:7.2f} {kind:6} {run.role:4} {run.size:4g} "
                f"{run.text}"
            )
        for rule in page.rules:
            sides = " ".join(f"{side / MM:7.2f}" for side in rule[:4])
            lines.append(f"{sides} {'红' if rule.red else '黑'}线")
        lines += [
            f"{s.x / MM:7.2f} {s.y / MM:7.2f} {s.size / MM:7.2f} 二维码" for s in page.symbols
        ]
    return lines


def the(page: Page, text: str) -> Run:
    """Give the only run with a text."""
    (found,) = [run for run in page.runs if run.text == text]
    return found


@pytest.mark.parametrize("name", ISSUED)
def test_laid_out_as_before(name: str) -> None:
    """Every run, rule and symbol of each layout stands where it stood."""
    path = GOLDEN / f"{name}.txt"
    assert shown(lay_out(issued_letter(name))) == path.read_text(encoding="utf-8").splitlines()


def test_full_lines_fill_the_text_area() -> None:
    """28 characters fill 156 mm and 22 lines fill 225 mm."""
    letter = replace(sample_letter("consultation"), body=(Paragraph(0, "国" * 2000),))
    second = lay_out(letter).pages[1]
    lines = [run for run in second.runs if run.tag is not None]
    assert {run.text for run in lines} == {"国" * 28}
    assert {(round(run.x / MM, 6), round(run.width / MM, 6)) for run in lines} == {(28, 156)}
    assert [round((run.y - TOP) / PITCH - 0.5, 6) for run in lines] == list(range(22))


def test_the_document_s_head_is_the_standard_s() -> None:
    """The mark begins 35 mm below the text area's edge; the red rule is 156 mm, 4 mm below the
    number (7.2).
    """
    page = lay_out(issued_letter("duties")).pages[0]
    mark, number = the(page, "丽水市招商局文件"), the(page, "丽招商〔2026〕12号")
    assert (mark.role, mark.size, mark.red) == ("biao", 42, True)
    assert mark.y - mark.size * 0.475 == pytest.approx(TOP + 35 * MM)
    assert mark.x - LEFT == pytest.approx(RIGHT - mark.x - mark.width)
    assert number.x - LEFT == pytest.approx(RIGHT - number.x - number.width)
    (rule,) = [rule for rule in page.rules if rule.red]
    assert rule.y + rule.height / 2 == pytest.approx(number.y + 8 + 4 * MM)
    assert (rule.x, rule.width) == (LEFT, WIDTH)


def test_what_goes_to_a_superior_names_who_signed() -> None:
    """The number stands one character from the left, 签发人 and the name in 楷体 one from the right
    (7.2.6).
    """
    page = lay_out(issued_letter("request")).pages[0]
    number, name, label = the(page, "丽招商〔2026〕1号"), the(page, "林　岚"), the(page, "签发人：")
    assert number.x == pytest.approx(LEFT + ZI)
    assert (name.role, label.role) == ("kai", "fang")
    assert name.x + name.width == pytest.approx(RIGHT - ZI)
    assert label.x + label.width == pytest.approx(name.x)


def test_several_who_signed_stand_two_to_a_line() -> None:
    """Of several who signed, two stand on a line; the number stands on the last, the rule below it
    (7.2.6).
    """
    page = lay_out(replace(issued_letter("request"), signer="林岚、王喆、赵堃")).pages[0]
    number, label, two, one = (
        the(page, text) for text in ("丽招商〔2026〕1号", "签发人：", "林岚　王喆", "赵堃")
    )
    assert (label.y, number.y, one.x) == (two.y, one.y, two.x)
    assert number.y - two.y == pytest.approx(PITCH)
    (rule,) = [rule for rule in page.rules if rule.red]
    assert rule.y + rule.height / 2 == pytest.approx(number.y + 8 + 4 * MM)


def test_a_letter_has_double_rules_and_no_number_on_its_first_page() -> None:
    """Mark 30 mm from the page's top; rules 170 mm wide, the second 20 mm from its end; no page
    number 1 (10.1).
    """
    first, second = lay_out(issued_letter("consultation")).pages
    mark, number = the(first, "丽水市招商局"), the(first, "丽招商函〔2026〕7号")
    assert mark.y - mark.size * 0.475 == pytest.approx(30 * MM)
    assert number.x + number.width == pytest.approx(RIGHT)
    thick, thin, thin2, thick2 = [rule for rule in first.rules if rule.red]
    assert thick.y == pytest.approx(mark.y + mark.size * 0.475 + 4 * MM)
    assert thick2.y + thick2.height == pytest.approx(277 * MM)
    assert thick.height == thick2.height > thin.height == thin2.height
    assert {rule.width for rule in first.rules} == {170 * MM}
    assert [run.text for run in first.runs if run.tag is None] == []
    assert [run.text for run in second.runs if run.tag is None] == ["— 2 —"]
    assert second.rules == ()


def test_page_numbers_stand_at_the_outer_edge() -> None:
    """An odd number ends one character from the right, an even one begins one character from the
    left (7.5).
    """
    numbers = [
        run
        for page in lay_out(issued_letter("duties")).pages
        for run in page.runs
        if run.tag is None
    ]
    assert [run.text for run in numbers] == ["— 1 —", "— 2 —", "— 3 —", "— 4 —"]
    assert {run.role for run in numbers} == {"song"}
    for number, run in enumerate(numbers, 1):
        edge = RIGHT - run.x - run.width if number % 2 else run.x - LEFT
        assert edge == pytest.approx(14)


def test_the_record_ends_where_the_text_area_ends() -> None:
    """The last line of the 版记 lies 35 mm above the page's end; outer ones are 0.35 mm, inner 0.25
    mm (7.4).
    """
    rules = [
        rule for rule in lay_out(issued_letter("duties")).pages[-1].rules if rule.width == WIDTH
    ]
    first, last, middle = sorted(rules, key=lambda rule: (-rule.height, rule.y))
    assert last.y + last.height / 2 == pytest.approx((297 - 35) * MM)
    assert [round(rule.height / MM, 6) for rule in (first, middle, last)] == [0.35, 0.25, 0.35]
    assert first.y < middle.y < last.y


def test_an_annex_begins_a_page() -> None:
    """附件1 stands in 黑体 on the first line, the annex's title on the third (7.3.7)."""
    page = lay_out(issued_letter("duties")).pages[2]
    label, title, *_ = page.runs
    assert (label.text, label.role, label.x, round((label.y - TOP) / PITCH, 6)) == (
        "附件1",
        "hei",
        LEFT,
        0.5,
    )
    assert (title.role, title.size, round((title.y - TOP) / PITCH, 6)) == ("biao", 22, 2.5)


def test_a_table_s_head_is_set_again_and_no_row_is_parted() -> None:
    """On each page a long table begins with its head; the rules of a row are on the page of its
    text.
    """
    table = Table(("序号", "事项"), tuple((str(n), "规划选址" * 12) for n in range(60)))
    sheets = lay_out(
        replace(sample_letter("consultation"), body=(Paragraph(0, "如下："), table), cc=())
    )
    heads = [[run.text for run in page.runs].count("事项") for page in sheets.pages]
    assert heads[:-1] == [1] * (len(heads) - 1)
    assert sum(run.text == "事项" for run in content(sheets)) == 1
    for page in sheets.pages:
        for run in page.runs:
            if run.size == 14 and run.tag is not None:
                assert any(rule.y <= run.y - 7 + NEAR for rule in page.rules)
                assert any(rule.y >= run.y + 7 - NEAR for rule in page.rules)


def test_a_table_too_wide_for_paper_is_refused() -> None:
    """A table with more columns than a page has room for is told with what to do."""
    table = Table(("列",) * 40, ())
    with pytest.raises(InvalidError) as caught:
        lay_out(replace(sample_letter("consultation"), body=(table,)))
    assert (caught.value.message, caught.value.mend) == (
        "表格有 40 列，一页排不下",
        "请减少列数，或拆成几个表",
    )


def test_many_recipients_are_moved_to_the_record() -> None:
    """Recipients that would keep the text off the first page stand above 抄送 on the last one
    (7.3.2, 7.4.2).
    """
    to = tuple(f"丽水市第{n}人民政府办公室综合协调处" for n in range(30))
    sheets = lay_out(replace(issued_letter("duties"), to=to))
    assert any(run.text.startswith("瓯江云栖") and run.size == 16 for run in sheets.pages[0].runs)
    last = [run.text for run in sheets.pages[-1].runs]
    assert last.index("主送：") < last.index("抄送：")


def test_a_signature_takes_text_along() -> None:
    """Where only signature and date would go to a new page, the last two lines of the text go with
    them.
    """
    found = set()
    for length in range(200, 900, 14):
        letter = replace(
            sample_letter("consultation"),
            body=(Paragraph(0, "国" * length),),
            attachments=(),
            contact="",
        )
        (signed,) = [
            page
            for page in lay_out(letter).pages
            if any(run.text == "2026年8月1日" for run in page.runs)
        ]
        lines = sum(run.text.startswith("国") for run in signed.runs)
        found.add(lines if signed.runs[0].text.startswith("国") else 0)
    assert found == set(range(20))


def test_a_draft_says_so() -> None:
    """Without a number 公文, 信函 and 单据 say （未编号草稿） where it would stand; minutes have no
    such line.
    """
    for layout in LAYOUTS:
        letter = replace(sample_letter("consultation"), layout=layout)
        texts_ = [run.text for run in lay_out(letter).pages[0].runs]
        assert texts_.count("（未编号草稿）") == (layout != "minutes"), layout


def test_headings_have_their_fonts() -> None:
    """一、 is set in 黑体, （一） in 楷体 and 1. in 仿宋; what follows a heading is
    仿宋 (7.3.3).
    """
    roles = {run.text: run.role for run in content(lay_out(issued_letter("consultation")))}
    assert roles["一、项目基本情况"] == "hei"
    assert roles["（二）用地需求。"] == "kai"
    assert roles["拟用地148.5亩，建筑限高36米。"] == "fang"
    assert roles["1. 是否符合产业发展指导目录和布局指南；"] == "fang"


@given(letters)
def test_no_run_leaves_the_text_area_or_overlaps(letter: Letter) -> None:
    """Whatever a letter says, its pages are few, no text leaves the 版心 or lies on other text or a
    symbol.
    """
    sheets = lay_out(letter)
    assert 1 <= len(sheets.pages) < 200
    for number, page in enumerate(sheets.pages):
        boxes = []
        for run in page.runs:
            assert run.x >= LEFT - NEAR
            assert run.x + run.width <= RIGHT + NEAR
            head = number == 0 and letter.layout == "letter"
            if run.tag is not None:
                assert run.y - run.size / 2 >= (0 if head else TOP)
                assert run.y + run.size / 2 <= BOTTOM + NEAR
            boxes.append((run.x, run.y - run.size / 2, run.x + run.width, run.y + run.size / 2))
        boxes += [(s.x, s.y, s.x + s.size, s.y + s.size) for s in page.symbols]
        for a, b in combinations(boxes, 2):
            apart = (
                a[2] <= b[0] + NEAR
                or b[2] <= a[0] + NEAR
                or a[3] <= b[1] + NEAR
                or b[3] <= a[1] + NEAR
            )
            assert apart, (a, b)
        for rule in page.rules:
            assert rule.red or (rule.x >= LEFT - NEAR and rule.x + rule.width <= RIGHT + NEAR)


@given(letters)
def test_every_character_is_placed_once_in_order(letter: Letter) -> None:
    """The runs of the parts from the body on say the letter's text, each character once and in its
    order.
    """
    sheets = lay_out(letter)
    said: dict[int, str] = {}
    for run in content(sheets):
        assert run.tag is not None
        said[run.tag] = said.get(run.tag, "") + bare(run.text)
    # The proof may stand beside the signature of an earlier page than the last.
    ordered = [tag for tag, text in said.items() if text != f"验证码：{letter.code}"]
    assert ordered == sorted(ordered)
    parts = [text for _, text in sorted(said.items())]
    expected = [bare(text) for block in letter.body for text in _said(block)]
    assert _holds(parts, [text for text in expected if text])
    assert bare(letter.title) in parts
    for annex in letter.annexes:
        assert _holds(
            parts, [text for block in annex.body for text in map(bare, _said(block)) if text]
        )


def _said(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Table):
        return [*block.head, *(text for row in block.rows for text in row)]
    return [f"{place}年月日" for place in block.places]


def _holds(parts: list[str], expected: list[str]) -> bool:
    """Tell whether all expected texts are neighbours among the parts."""
    return not expected or any(
        parts[at : at + len(expected)] == expected for at in range(len(parts) - len(expected) + 1)
    )


@given(letters)
def test_text_stands_on_the_grid(letter: Letter) -> None:
    """Lines of size 3 stand in the middle of one of the 22 rows and take at most 28 characters."""
    sheets = lay_out(letter)
    for number, page in enumerate(sheets.pages):
        for run in page.runs:
            if run.size == 16 and (number or letter.layout != "letter"):
                row = (run.y - TOP) / PITCH - 0.5
                assert row == pytest.approx(round(row), abs=1e-6)
                assert 0 <= round(row) < HEIGHT / PITCH
                assert run.width <= 28 * ZI + NEAR
