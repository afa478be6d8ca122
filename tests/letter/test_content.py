"""What a letter may not say, each rule with one specimen; the same rules serve data and text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import issued_letter, sample_letter

from lifecycle.letter import Letter, Paragraph, to_text
from lifecycle.letter.check.content import ContentFault, lint_letter, lint_text
from lifecycle.letter.check.content_parts import (
    Line,
    kind_of,
    level_of,
    parts_of_letter,
    parts_of_lines,
)
from lifecycle.letter.check.content_rules import content_rules
from lifecycle.letter.model import Block, Signatures, Table

CLEAN = Letter(
    kind="函",
    issuer="丽水市招商局",
    title="关于征求云和木玩乐园项目选址意见的函",
    to=("市自然资源和规划局", "市财政局"),
    cc=("莲都区人民政府",),
    body=(
        Paragraph(
            0,
            "根据《浙江省城乡规划条例》第三十四条和浙政发〔2025〕3号文件，"
            "现就该项目选址征求贵单位意见"
            "。",
        ),
        Paragraph(1, "一、基本情况"),
        Paragraph(2, "（一）投资主体。总投资1.5亿元（固定资产1.2亿元）。"),
        Paragraph(2, "（二）用地。拟用地148.5亩。"),
        Paragraph(1, "二、反馈要求"),
        Paragraph(3, "1. 请于2026年8月15日前书面反馈。"),
        Paragraph(3, "2. 逾期未反馈的，我局将予催办。"),
        Paragraph(0, "专此函商，请予支持。"),
    ),
    attachments=("项目建议书", "投资方资信材料（营业执照、信用报告）"),
    date=date(2026, 8, 1),
    contact="投资促进处，电话0578-2091000",
    number="丽招商函〔2026〕7号",
)
REQUEST = replace(
    CLEAN,
    kind="请示",
    title="关于云和木玩乐园项目政策事项的请示",
    to=("丽水市人民政府",),
    cc=("市财政局",),
    body=(Paragraph(0, "现将该项目政策条款报请审定，恳请同意。妥否，请批示。"),),
    layout="document",
)
REPORT = replace(
    REQUEST,
    kind="报告",
    title="关于云和木玩乐园项目进展情况的报告",
    body=(Paragraph(0, "政策条款已经市政府批准。特此报告。"),),
)
NOTICE = replace(
    REQUEST,
    kind="通知",
    title="关于做好开工准备的通知",
    to=("市建设局",),
    cc=(),
    body=(Paragraph(0, "由市建设局牵头，于2026年9月30日前完成净地交付。"),),
)
MINUTES = replace(
    NOTICE,
    kind="纪要",
    title="云和木玩乐园项目会商纪要",
    body=(Paragraph(0, "会议议定，规划条件由市自然资源局于2026年8月15日前提出。"),),
    layout="minutes",
)


def body(letter: Letter, *texts: str) -> Letter:
    """Give the letter with these paragraphs."""
    return replace(letter, body=tuple(Paragraph(level_of(text), text) for text in texts))


def lines(letter: Letter) -> list[Line]:
    """Give a letter's text as lines."""
    return [Line(1, number, text) for number, text in enumerate(to_text(letter).split("\n"), 1)]


def rules(findings: Iterable[ContentFault]) -> list[str]:
    """Name the rules that were broken."""
    return [finding.rule for finding in findings]


SPECIMENS: dict[str, tuple[Letter, str]] = {
    "number-brackets": (replace(CLEAN, number="丽招商函[2026]7号"), "丽招商函[2026]7号"),
    "number-ordinal": (replace(CLEAN, number="丽招商函〔2026〕第7号"), "丽招商函〔2026〕第7号"),
    "number-zero": (replace(CLEAN, number="丽招商函〔2026〕07号"), "丽招商函〔2026〕07号"),
    "number-year": (replace(CLEAN, number="丽招商函〔26〕7号"), "丽招商函〔26〕7号"),
    "date-words": (
        body(CLEAN, "请于二〇二六年八月十五日前反馈。"),
        "请于二〇二六年八月十五日前反馈。",
    ),
    "date-zero": (body(CLEAN, "请于2026年08月15日前反馈。"), "请于2026年08月15日前反馈。"),
    "title-mark": (replace(CLEAN, title="关于征求选址意见的函。"), "关于征求选址意见的函。"),
    "title-junk": (replace(CLEAN, title="关于征求<br/>选址意见的函"), "关于征求<br/>选址意见的函"),
    "title-mixed": (replace(REPORT, title="关于政策事项的请示报告"), "关于政策事项的请示报告"),
    "title-kind": (replace(CLEAN, title="关于做好准备"), "关于做好准备"),
    "kind-differs": (replace(NOTICE, title="关于做好开工准备的通报"), "关于做好开工准备的通报"),
    "attachment-mark": (replace(CLEAN, attachments=("项目建议书；",)), "项目建议书；"),
    "attachment-quotes": (replace(CLEAN, attachments=("《项目建议书》",)), "《项目建议书》"),
    "request-matters": (
        replace(REQUEST, title="关于拨付补助并核拨经费的请示"),
        "关于拨付补助并核拨经费的请示",
    ),
    "request-more": (
        body(REQUEST, "恳请同意政策条款。同时，恳请追加经费。妥否，请批示。"),
        "恳请同意政策条款。同时，恳请追加经费。妥否，请批",
    ),
    "request-to": (replace(REQUEST, to=("丽水市人民政府", "市委")), "丽水市人民政府"),
    "request-contact": (replace(REQUEST, contact=""), REQUEST.title),
    "request-copies": (replace(REQUEST, cc=("莲都区人民政府",)), "莲都区人民政府"),
    "request-parts": (
        body(REQUEST, "一、请示事项：补助", "二、请示事项：经费", "妥否，请批示。"),
        "二、请示事项：经费",
    ),
    "report-asks": (
        body(REPORT, "现将进展报告如下。以上妥否，请批示。"),
        "现将进展报告如下。以上妥否，请批示。",
    ),
    "letter-orders": (body(CLEAN, "请贵局务必于8月15日前反馈。"), "请贵局务必于8月15日前反馈。"),
    "minutes-open": (body(MINUTES, "用地指标另行研究。"), "用地指标另行研究。"),
    "minutes-signed": (
        replace(MINUTES, body=(*MINUTES.body, Signatures(("市财政局",)))),
        "市财政局（签章）",
    ),
    "notice-duty": (body(NOTICE, "开工准备于2026年9月30日前完成。"), NOTICE.title),
    "notice-due": (body(NOTICE, "由市建设局牵头做好净地交付。"), NOTICE.title),
    "heading-mark": (body(CLEAN, "第一、该项目拟选址莲都区。"), "第一、该项目拟选址莲都区。"),
    "half-brackets": (body(CLEAN, "总投资(含税)一亿元。"), "总投资(含税)一亿元。"),
    "half-marks": (body(CLEAN, "该项目,拟选址莲都区。"), "该项目,拟选址莲都区。"),
    "straight-quotes": (body(CLEAN, '按"五加x"推进。'), '按"五加x"推进。'),
    "placeholder": (body(CLEAN, "总投资{{ investment }}万元。"), "总投资{{ investment }}万元。"),
    "layer-order": (body(CLEAN, "一、情况", "1. 投资", "（一）主体", "二、要求"), "（一）主体"),
    "layer-gap": (body(CLEAN, "一、情况", "三、要求"), "三、要求"),
}
"""For each rule a letter that breaks it and no other, and what of it the finding shows."""
WRITTEN: dict[str, tuple[str, str, str]] = {
    "to-colon": (
        "市自然资源和规划局、市财政局：",
        "市自然资源和规划局、市财政局:",
        "市自然资源和规划局、市财政局:",
    ),
    "cc-stop": ("莲都区人民政府。", "莲都区人民政府", "莲都区人民政府"),
    "note-brackets": (
        "（联系人：投资促进处，电话0578-2091000）",
        "联系人：投资促进处，电话0578-2091000",
        "联系人：投资促进处，电话0578-2091000",
    ),
    "date-form": ("2026年8月1日\n", "2026-8-1\n", "2026-8-1"),
}
"""Rules that only paper can break: what its text has, what the specimen has instead, and what is
shown.
"""


@pytest.mark.parametrize(
    "letter", [CLEAN, REQUEST, REPORT, NOTICE, MINUTES], ids=lambda letter: letter.kind
)
def test_a_careful_letter_has_no_findings(letter: Letter) -> None:
    """A letter written with care is clean as data and as text."""
    assert lint_letter(letter) == []
    assert lint_text(lines(letter)) == []


@pytest.mark.parametrize("rule", SPECIMENS)
def test_each_rule_finds_its_specimen_and_nothing_else(rule: str) -> None:
    """One specimen breaks one rule, and the finding shows the text with its mend and basis."""
    letter, shown = SPECIMENS[rule]
    (finding,) = lint_letter(letter)
    assert (finding.rule, finding.text) == (rule, shown)
    assert finding.message
    assert finding.mend
    assert finding.basis


@pytest.mark.parametrize(
    "rule", [rule for rule in SPECIMENS if rule not in ("kind-differs", "title-kind")]
)
def test_the_same_rules_serve_text(rule: str) -> None:
    """What is found in a letter as data is found in its text; the kind that a title lacks is known
    to data only.
    """
    letter, _ = SPECIMENS[rule]
    assert rules(lint_text(lines(letter))) == [rule]


@pytest.mark.parametrize("rule", WRITTEN)
def test_what_only_paper_can_get_wrong(rule: str) -> None:
    """Colon, full stop, brackets and form of date are the laying out's; on somebody else's paper
    they may be wrong.
    """
    right, wrong, shown = WRITTEN[rule]
    text = to_text(CLEAN)
    assert right in text
    made = [Line(1, n, line) for n, line in enumerate(text.replace(right, wrong).split("\n"), 1)]
    (finding,) = lint_text(made)
    assert (finding.rule, finding.text) == (rule, shown[:24])
    assert made[finding.line - 1].text.strip().endswith(shown)


def test_minutes_need_no_place_to_seal() -> None:
    """A place to seal that is written into minutes is found like one that is made."""
    assert rules(lint_letter(body(MINUTES, "会议议定如上。（盖章）"))) == ["minutes-signed"]


def test_every_rule_has_a_specimen() -> None:
    """No rule stands in the tables without a specimen here."""
    known = content_rules()
    names = {rule.name for rule in known.patterns} | set(known.judged)
    assert names == set(SPECIMENS) | set(WRITTEN)


def test_a_finding_says_where() -> None:
    """A finding in data counts paragraphs, one in text gives the page and the line where its part
    begins.
    """
    letter, _ = SPECIMENS["layer-gap"]
    assert [(f.page, f.line) for f in lint_letter(letter)] == [(0, 2)]
    made = [line._replace(page=2) for line in lines(letter)]
    (found,) = lint_text(made)
    assert (found.page, made[found.line - 1].text.strip()) == (2, "三、要求")


def test_a_word_broken_by_a_line_end_is_found() -> None:
    """Paragraphs are put together from their lines before they are judged."""
    text = "　　" + "该项目各项准备工作进展顺利并已经按照有关规定办理完毕以上妥" + "\n否，请批示。"
    made = to_text(replace(REPORT, body=(Paragraph(0, "甲"),))).replace("　　甲", text)
    assert rules(lint_text([Line(1, n, line) for n, line in enumerate(made.split("\n"), 1)])) == [
        "report-asks"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "依法责令改正违法行为的，按规定办理。",
        "根据国土资源部令第39号第8条办理。",
        "该项目位于云和县，依据为GB/T 9704(2012)。",
        "时间为2026年10月8日，编号LS-F-2026-001。",
        "第一，依法办理；第二，及时反馈。",
        "联系邮箱a.b@c.cn，详见www.a.cn。",
        "该事项经市政府批准后实施，报请批准的材料见附件。",
        "必须依照规划条件出让。",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    """Wording that only looks like a fault is none."""
    assert lint_letter(body(CLEAN, text)) == []


def test_a_table_is_judged_too() -> None:
    """What stands in a table's cells is read like the rest."""
    table: tuple[Block, ...] = (Table(("事项", "时限"), (("选址", "2026年08月15日"),)),)
    assert rules(lint_letter(replace(CLEAN, body=table))) == ["date-zero"]


@pytest.mark.parametrize("name", ["consultation", "request", "report"])
def test_sample_letters_are_clean(name: str) -> None:
    """The samples that the golden files hold have no findings, as data and as text."""
    letter = sample_letter(name)
    assert (lint_letter(letter), lint_text(lines(letter))) == ([], [])


@pytest.mark.parametrize("name", ["consultation", "request", "duties", "supervision"])
def test_issued_letters_are_clean(name: str) -> None:
    """So are issued ones, with number, tables, annexes, places to sign and all."""
    letter = issued_letter(name)
    assert (lint_letter(letter), lint_text(lines(letter))) == ([], [])


def test_parts_are_told_from_text() -> None:
    """Number, title, recipients, paragraphs, attachments, signature, date, note and copies are told
    apart.
    """
    told = parts_of_lines(lines(CLEAN))
    known = parts_of_letter(CLEAN)
    assert told.kind == known.kind == "函"
    assert [part.text for part in told.of("body", "attachment")] == [
        p.text for p in known.of("body", "attachment")
    ]
    assert [
        (part.role, part.text) for part in told.parts if part.role not in ("body", "attachment")
    ] == [
        ("number", "丽招商函〔2026〕7号"),
        ("title", "关于征求云和木玩乐园项目选址意见的函"),
        ("to", "市自然资源和规划局、市财政局："),
        ("signature", "丽水市招商局"),
        ("date", "2026年8月1日"),
        ("note", "（联系人：投资促进处，电话0578-2091000）"),
        ("cc", "莲都区人民政府。"),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于征求意见的函", "函"),
        ("关于印发办法的通知（试行）", "通知"),
        ("会商纪要", "纪要"),
        ("关于做好工作的通知。", "通知"),
        ("项目督办单", "督办单"),
        ("关于征求选址意见", ""),
    ],
)
def test_kind_is_told_by_the_titles_end(title: str, kind: str) -> None:
    """The kind ends the title, whatever brackets and marks follow."""
    assert kind_of(title) == kind


@given(
    st.lists(
        st.text(
            st.sampled_from("一二（1）、.。：附件抄送2026年8月日〔〕号　 请示函\n"), max_size=30
        ),
        max_size=20,
    )
)
def test_any_lines_are_read(texts: list[str]) -> None:
    """Whatever a paper says, reading it ends without an error and findings are of known rules."""
    found = lint_text([Line(1, number, text) for number, text in enumerate(texts, 1)])
    assert set(rules(found)) <= set(SPECIMENS) | set(WRITTEN)
