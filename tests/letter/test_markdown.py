"""A letter as Markdown to paste into a chat."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ISSUED, issued_letter, sample_letter

from lifecycle.letter import Paragraph
from lifecycle.letter.markdown import escaped, to_markdown
from lifecycle.letter.model import Table

SPECIAL = "\\`*_~[]<>|#$&!{}^@"
TEXT = st.text(st.sampled_from("甲乙。：/.-+=1()w \n\u3000" + SPECIAL), max_size=40)


def shown(text: str) -> str:
    """Give what CommonMark shows of escaped text: a backslash before ASCII punctuation is not seen
    (2.4).
    """
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def test_letters_read_well_in_a_chat() -> None:
    """Title, number, recipients, headings, a table, the signature and the code each have their
    Markdown.
    """
    lines = to_markdown(issued_letter("duties")).split("\n")
    assert lines[:9] == [
        "**加急**",
        "",
        "**丽水市招商局文件**",
        "",
        "# 关于印发《瓯江云栖康养度假综合体项目开工前责任清单》的通知",
        "",
        "丽招商〔2026〕12号",
        "",
        "**主送**：市发展和改革委员会、市自然资源和规划局、市生态环境局、市财政局、市林业局",
    ]
    assert "**一、目标任务**" in lines
    assert "**（一）用地保障**。拟用地148.5亩，由市自然资源和规划局牵头，做好净地交付。" in lines
    assert "1\\. 临时用电于开工前十五日送达；" in lines
    at = lines.index("| 序号 | 事项 | 责任单位 | 完成时限 |")
    assert lines[at - 1 : at + 5] == [
        "",
        "| 序号 | 事项 | 责任单位 | 完成时限 |",
        "| --- | --- | --- | --- |",
        "| 1 | 规划选址 | 市发展和改革委员会 | 2026年8月15日 |",
        "| 2 | 规划选址 | 市自然资源和规划局 | 2026年8月15日 |",
        "",
    ]
    assert lines[-6:] == [
        "抄送：市文化和广电旅游体育局、莲都区人民政府。",
        "",
        "丽水市招商局　2026年8月3日印发",
        "",
        "验证码：K7QM-3F9T-X2HD",
        "",
    ]


@pytest.mark.parametrize("name", ISSUED)
def test_no_html_is_in_it(name: str) -> None:
    """There is no tag and no entity, for WeCom and DingTalk show such as they please."""
    assert not re.search("[<&]", to_markdown(issued_letter(name)))


@given(TEXT)
def test_values_are_only_text(text: str) -> None:
    """Whatever a value says, it stays on its line and shows as itself: nothing that formats is left
    unescaped.
    """
    line = escaped(text)
    assert shown(line) == " ".join(text.split())
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)
    assert not set(bare) & set(SPECIAL)
    assert not re.match(r"[-+=:]|\d+[.)]( |$)", line)
    assert "://" not in bare
    assert not re.search(r"(?i)\bwww\.", line)


@given(TEXT, TEXT)
def test_tables_keep_their_cells(one: str, two: str) -> None:
    """A cell with | or a line break makes no further cell or row."""
    letter = replace(sample_letter("report"), body=(Table((one, "列"), ((two, one), ("", two))),))
    rows = [line for line in to_markdown(letter).split("\n") if line.startswith("| ")]
    assert [len(re.split(r"(?<!\\)\|", re.sub(r"\\\\", "", row))) for row in rows] == [4] * 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[点此](http://x)", "\\[点此\\](http\\://x)"),
        ("www.example.com", "www\\.example.com"),
        ("mailto:a@b", "mailto\\:a\\@b"),
        ("![图](x)", "\\!\\[图\\](x)"),
        ("1. 甲", "1\\. 甲"),
        ("- 甲", "\\- 甲"),
        ("2026-08-01", "2026-08-01"),
        ("1.5亿元", "1.5亿元"),
        ("# 甲\n# 乙", "\\# 甲 \\# 乙"),
        ("<b>&lt;", "\\<b\\>\\&lt;"),
        ("C:\\x", "C:\\\\x"),
    ],
)
def test_links_pictures_lists_and_tags_are_escaped(text: str, line: str) -> None:
    """What a renderer would make something of is shown as written."""
    assert escaped(text) == line


def test_headings_end_bold_before_their_stop() -> None:
    """The stop after a heading is outside the bold, which would else not end before a Chinese
    character.
    """
    letter = replace(
        sample_letter("report"), body=(Paragraph(2, "（一）甲。乙**丙"), Paragraph(1, "一、甲"))
    )
    text = to_markdown(letter)
    assert "**（一）甲**。乙\\*\\*丙" in text
    assert "**一、甲**\n" in text


def test_drafts_upward_and_minutes() -> None:
    """A draft says so; a 请示 names its signer; minutes give issuer, day and who was there; one
    attachment has no 1.
    """
    assert "（未编号草稿）" in to_markdown(sample_letter("report"))
    assert "丽招商〔2026〕1号　签发人：林 岚" in to_markdown(issued_letter("request"))
    minutes = to_markdown(issued_letter("meeting"))
    assert "丽水市招商局　2026年8月1日" in minutes
    assert "**请假**：市生态环境局" in minutes
    assert "**附件**：甲\n" in to_markdown(replace(sample_letter("report"), attachments=("甲",)))
