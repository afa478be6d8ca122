"""The table of layouts: one entry is a layout in every form, and what is wrong in it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from fontset import fonts, needs_fonts
from papers import letter, out

import lifecycle.letter
from lifecycle.errors import InvalidError
from lifecycle.letter import layouts as table
from lifecycle.letter.check.check import check_docx, check_pdf
from lifecycle.letter.docx.docx import to_docx
from lifecycle.letter.html import to_html
from lifecycle.letter.kinds import kinds
from lifecycle.letter.layouts import Layout, by_word, layouts, read_layouts
from lifecycle.letter.model import Letter, layout_of
from lifecycle.letter.pdf.press import to_pdf
from lifecycle.letter.shipped import shipped_text
from lifecycle.letter.text import mark, printed_on

ROOM = Path(lifecycle.letter.__file__).parent
TEXT = shipped_text("layouts.yaml")
ORDER = """
  order:
    {word: 命令, title: 命令格式, mark: 令, told_by: 令, page: document, head: document, printed: recorded,
     red_rule: true, record_ruled: true, basis: GB/T 9704—2012 10.2}
"""  # noqa: E501


PLAIN = Layout(
    name="",
    word="",
    title="",
    page="",
    head="",
    printed="shown",
    mark=None,
    told_by="",
    double_rules=False,
    red_rule=False,
    signer=False,
    issuer_in_head=False,
    unnumbered=False,
    number_below=False,
    record_ruled=True,
)
"""What most layouts are."""
DOCUMENT = replace(
    PLAIN,
    name="document",
    word="公文",
    title="公文",
    page="document",
    head="document",
    printed="recorded",
    mark="文件",
    told_by="文件",
    red_rule=True,
    signer=True,
)
LETTER = replace(
    PLAIN,
    name="letter",
    word="信函",
    title="信函格式",
    page="facing",
    head="letter",
    printed="never",
    mark="",
    double_rules=True,
    record_ruled=False,
)
MINUTES = replace(
    PLAIN,
    name="minutes",
    word="纪要",
    title="纪要格式",
    page="minutes",
    head="minutes",
    mark="会议纪要",
    told_by="纪要",
    red_rule=True,
    issuer_in_head=True,
    unnumbered=True,
)
SLIP = replace(
    PLAIN,
    name="slip",
    word="单据",
    title="内部单据",
    page="slip",
    head="slip",
    number_below=True,
)


def test_the_layouts() -> None:
    """The four layouts, and what tells them apart in every form."""
    assert list(layouts().items()) == [
        ("document", DOCUMENT),
        ("letter", LETTER),
        ("minutes", MINUTES),
        ("slip", SLIP),
    ]


def test_what_the_table_names_is_there() -> None:
    """Each word is one layout's, each kind has a layout, and each head is drawn by the template."""
    assert len(by_word()) == len(layouts())
    assert {layout_of(kind) for kind in kinds().all} == set(layouts())
    template = (ROOM / "pdf" / "letter.typ").read_text("utf-8")
    (heads,) = re.findall(r"#let heads = \((.*?)\)", template, re.DOTALL)
    assert {layout.head for layout in layouts().values()} == set(re.findall(r"(\w+): ", heads))


@pytest.fixture
def order() -> Iterator[Letter]:
    """Add a layout by one entry, and give a letter of it."""
    with pytest.MonkeyPatch.context() as patch:
        _forget()
        patch.setattr(table, "shipped_text", lambda _name: TEXT + ORDER)
        yield replace(letter("duties"), layout="order")
        _forget()


def _forget() -> None:
    layouts.cache_clear()
    by_word.cache_clear()


def test_an_entry_is_a_layout_in_text_html_and_docx(order: Letter) -> None:
    """A layout of an entry alone is set with its mark and day of 印发, and the checker knows it."""
    assert layout_of("通知", "命令") == "order"
    assert (mark(order), bool(printed_on(order))) == ("丽水市招商局令", True)
    page = to_html(order)
    assert 'class="letter document"' in page
    assert "丽水市招商局令</p>" in page
    report = check_docx(to_docx(order))
    assert (report.layout, report.layout_title, out(report)) == ("order", "命令格式", [])


@pytest.mark.parametrize("ruled", [True, False])
def test_a_layout_has_a_red_rule_in_docx_where_its_entry_says_so(*, ruled: bool) -> None:
    """One entry with the trait and one without: the number stands over a red rule, or over none."""
    entry = ORDER if ruled else ORDER.replace("     red_rule: true, ", "     ")
    assert ("red_rule" in entry) is ruled
    with pytest.MonkeyPatch.context() as patch:
        _forget()
        patch.setattr(table, "shipped_text", lambda _name: TEXT + entry)
        with ZipFile(BytesIO(to_docx(replace(letter("duties"), layout="order")))) as archive:
            page = archive.read("word/document.xml").decode()
        _forget()
    rules = re.findall(r'<w:bottom [^>]*w:color="E60012"', page)
    assert len(rules) == int(ruled)


@needs_fonts
def test_an_entry_is_a_layout_in_pdf(order: Letter) -> None:
    """So is its PDF, whose head is one that the template has."""
    report = check_pdf(to_pdf(order, fonts()))
    assert (report.layout, report.layout_title, out(report)) == ("order", "命令格式", [])


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "printed: never",
            "printed: no",
            "letter 有误：printed 写成 recorded、shown、never 之一，不能是 no",
        ),
        ("signer: true", "signer: yes", "document 有误：signer 只能写 true，不是的不写"),
        ("signer: true", "signed: true", "document 有误：有不认识的键 signed"),
        ("word: 信函, ", "", "letter 有误：缺少 word"),
        ("layouts:\n", "layouts: 公文\nlayout:\n", "layouts.yaml 有误：有不认识的键 layout"),
    ],
)
def test_wrong_layouts_are_told(right: str, wrong: str, told: str) -> None:
    """What is wrong in the table is told by the layout."""
    assert right in TEXT
    with pytest.raises(InvalidError) as caught:
        read_layouts(TEXT.replace(right, wrong, 1))
    assert caught.value.message.endswith(told)
    assert caught.value.mend == "请改正该文件，或重新安装 lifecycle"
