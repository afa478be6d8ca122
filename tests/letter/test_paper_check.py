"""The checker passes our own papers, refuses what cannot be judged, and prints what it found."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from answers import answered
from click.testing import CliRunner
from fontset import fonts, needs_fonts
from letters import ISSUED
from papers import SETTINGS, letter, out, rewritten

from lifecycle.cli.checking import notice_check
from lifecycle.errors import UnavailableError
from lifecycle.letter.check.check import BYTES, check_docx, check_file, check_pdf
from lifecycle.letter.check.standard import NORMS, Measure, measure
from lifecycle.letter.docx.docx import to_docx
from lifecycle.letter.pdf.press import to_pdf

# ── Our own papers ──


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_our_pdfs_pass(name: str) -> None:
    """Each layout, issued and as a draft, is in tolerance in every measure, and is taken for what
    it is.
    """
    for made in (
        letter(name),
        replace(letter(name), number=None, code=None, proof=None, printed=None),
    ):
        report = check_pdf(to_pdf(made, fonts()))
        assert (out(report), report.findings, report.layout) == ([], (), made.layout)


@pytest.mark.parametrize("name", ISSUED)
def test_our_docx_pass(name: str) -> None:
    """So is each DOCX by what its styles and settings say."""
    report = check_docx(to_docx(letter(name)))
    assert (out(report), report.findings, report.layout) == ([], (), letter(name).layout)


@needs_fonts
def test_what_is_measured_of_a_document() -> None:
    """A 公文 of several pages with annexes and a 版记 is measured in all that applies to it."""
    report = check_pdf(to_pdf(letter("duties"), fonts()))
    apart = {
        "mark.page",
        "number.under",
        "record.rules",
        "body.font",
        "title.font",
        "heading1.font",
        "heading2.font",
    }
    expected = [
        key for key in NORMS if key not in apart and not key.startswith(("double.", "docx."))
    ]
    assert {row.key for row in report.measures} == set(expected)


def office(name: str, folder: Path) -> bytes:
    """Print a letter's DOCX to PDF with LibreOffice, in the fonts that the tests have."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    known = {"仿宋_GB2312": "FandolFang", "楷体_GB2312": "LXGW WenKai", "黑体": "Noto Sans CJK SC"}
    known |= {"宋体": "Noto Serif CJK SC", "方正小标宋简体": "Noto Serif CJK SC"}
    instead = "".join(
        f'<alias binding="same"><family>{a}</family><prefer><family>{b}</family></prefer></alias>'
        for a, b in known.items()
    )
    folders = {face.file.parent for chain in fonts().chains.values() for face in chain}
    where = "".join(f"<dir>{path}</dir>" for path in sorted(folders))
    config = f"<fontconfig>{where}<cachedir>{folder}/cache</cachedir>{instead}</fontconfig>"
    (folder / "fonts.conf").write_text(f'<?xml version="1.0"?>{config}', encoding="utf-8")
    (folder / "a.docx").write_bytes(to_docx(letter(name)))
    env = {**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    command = [
        "soffice",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "a.docx"),
    ]
    subprocess.run(command, env=env, capture_output=True, check=True, timeout=120)
    return (folder / "a.pdf").read_bytes()


@needs_fonts
@pytest.mark.parametrize("name", ISSUED)
def test_our_docx_printed_by_libreoffice_pass(name: str, tmp_path: Path) -> None:
    """What a word processor makes of our DOCX is measured like any PDF, and is in tolerance.

    LibreOffice 7 sets a quarter of a character between digits and Chinese whatever `autoSpaceDE`
    says, so that there the date of a letter without a seal may hang over the edge.
    """
    report = check_pdf(office(name, tmp_path))
    assert [row.found for row in report.measures if row.key == "text.beyond"] in ([0], [1])
    rest = [key for key in out(report) if key != "text.beyond"]
    assert (rest, report.findings, report.layout) == ([], (), letter(name).layout)


# ── Files that cannot be judged ──


def bomb() -> bytes:
    """Make a DOCX whose document unpacks to more than is looked at."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (31 << 20) + b"</a>")
    return file.getvalue()


def with_document(xml: bytes) -> bytes:
    """Make a DOCX of this document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
WIDE = f'<?xml version="1.0" encoding="UTF-16"?>{ENTITY}'
LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count "
    b"0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<"
    + b"00" * 32
    + b">/U<"
    + b"00" * 32
    + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[<00><00>]>>\n"
)


def blank(pages: int) -> bytes:
    """Make a PDF of empty pages."""
    import pypdfium2

    file = io.BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(pages):
            document.new_page(595, 842)
        document.save(file)
    return file.getvalue()


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "空": (lambda: b"", "不是 PDF 或 DOCX"),
    "文本": ("通知".encode, "不是 PDF 或 DOCX"),
    "坏 PDF": (lambda: b"%PDF-1.7\nnothing", "已损坏"),
    "加密 PDF": (lambda: LOCKED, "加了密"),
    "扫描件": (lambda: blank(1), "没有文字"),
    "五百零一页": (lambda: blank(501), "超过 500 页"),
    "没有字": (lambda: with_document(b"<a/>"), "没有文字"),
    "旧 DOC": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "加了密，或是旧版"),
    "坏 ZIP": (lambda: b"PK\x03\x04nothing", "已损坏"),
    "半个 ZIP": (lambda: to_docx(letter("request"))[:400], "已损坏"),
    "没有正文": (lambda: with_document(b"<a/>").replace(b"document", b"docuMent"), "没有正文"),
    "压缩炸弹": (bomb, "超过 30 MB"),
    "外部实体": (lambda: with_document(ENTITY.encode()), "文档类型声明"),
    "UTF-16 实体": (lambda: with_document(WIDE.encode("utf-16")), "文档类型声明"),
    "坏 XML": (lambda: with_document(b"<a><b></a>"), "不是合格的 XML"),
    "太大": (lambda: b"%PDF-" + b"0" * BYTES, "超过 50 MB"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    """A file that is broken, locked, hostile, too large or of another kind is refused with the
    reason, exit code 3.
    """
    made, told = UNREADABLE[name]
    file = tmp_path / "a.pdf"
    file.write_bytes(made())
    with pytest.raises(UnavailableError, match=told) as caught:
        check_file(file)
    assert caught.value.exit_code == 3
    assert caught.value.mend


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file and a folder are told apart."""
    with pytest.raises(UnavailableError, match="没有文件"):
        check_file(tmp_path / "a.pdf")
    with pytest.raises(UnavailableError, match="不是文件"):
        check_file(tmp_path)


@needs_fonts
def test_a_truncated_file_never_ends_in_a_traceback(tmp_path: Path) -> None:
    """Our files cut short or with bytes turned are measured or refused, nothing else."""
    for data in (to_pdf(letter("request"), fonts()), to_docx(letter("request"))):
        for step in range(1, 40):
            at = len(data) * step // 40
            for broken in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
                file = tmp_path / "a"
                file.write_bytes(broken)
                with suppress(UnavailableError):
                    check_file(file)


# ── The table and the command ──


def test_a_measure_is_judged_at_the_edge_of_its_tolerance() -> None:
    """What is just in tolerance passes, what is just out of it does not; a text must be the one
    wanted.
    """
    assert [measure("margin.top", found).ok for found in (36.0, 38.0, 38.02, 35.9)] == [
        True,
        True,
        False,
        False,
    ]
    assert [measure("title.font", found).ok for found in ("小标宋", "宋体")] == [True, False]
    assert measure("folio.count", 3, "各页", wanted=4) == Measure(
        "有页码的面", 4, 3, "面", 0, False, "7.5", "各页", "folio.count", "A"
    )


def run(*words: str) -> tuple[int, str]:
    """Run the command; give its exit code and what it printed."""
    result = CliRunner().invoke(notice_check, words, prog_name="lifecycle notice check")
    return result.exit_code, result.output


def test_the_table_is_printed(tmp_path: Path) -> None:
    """A row for each measure with ✓ or ✗, then findings as file:page:line, then the verdict; exit
    code 1.
    """
    file = tmp_path / "a.docx"
    made = to_docx(replace(letter("request"), title="关于云栖项目政策事项的请示。"))
    file.write_bytes(rewritten(made, SETTINGS, "<w:evenAndOddHeaders/>", ""))
    code, printed = run(str(file))
    assert code == 1
    *table, finding, verdict = printed.splitlines()
    rows = [line.split() for line in table]
    assert rows[0] == ["项目", "标准", "实测", "允差", "结论", "条款", "处"]
    assert ["天头", "37", "mm", "37.01", "mm", "±1", "✓", "5.2.1", "页面设置"] in rows
    assert ["奇偶页不同的设置处", "settings.xml", "无", "✗", "7.5", "设置"] in rows
    told = "标题末尾有标点：关于云栖项目政策事项的请示。　改法：请删去标题末尾的标点"
    assert finding == f"{file}:1:3: {told}（党政机关公文处理工作条例第九条）"
    assert verdict == f"公文，共量 {len(rows) - 1} 项：1 项超出允差，文字 1 处问题"


def test_a_good_paper_is_told(tmp_path: Path) -> None:
    """Everything in tolerance gives exit code 0."""
    file = tmp_path / "a.docx"
    file.write_bytes(to_docx(letter("request")))
    code, printed = run(str(file))
    assert (code, printed.splitlines()[-1].partition("：")[2]) == (0, "都在允差内，文字没有问题")


def test_json_has_every_measure(tmp_path: Path) -> None:
    """A program gets the same as one document."""
    file = tmp_path / "a.docx"
    file.write_bytes(rewritten(to_docx(letter("request")), SETTINGS, "<w:evenAndOddHeaders/>", ""))
    code, printed = run(str(file), "--json")
    told = answered(printed)
    assert (code, told["ok"], told["kind"], told["layout"], told["findings"]) == (
        1,
        False,
        "docx",
        "document",
        [],
    )
    assert [row for row in told["measures"] if not row["ok"]] == [
        {
            "item": "奇偶页不同的设置处",
            "wanted": "settings.xml",
            "found": "无",
            "unit": "",
            "tolerance": 0,
            "ok": False,
            "clause": "7.5",
            "where": "设置",
            "key": "docx.even",
            "sure": "A",
        }
    ]


@pytest.mark.parametrize("words", [(), ("a.pdf", "b.pdf"), ("--frobnicate", "a.pdf")])
def test_wrong_usage_is_told(words: tuple[str, ...]) -> None:
    """A command without its file, or with too much, ends with 2."""
    assert run(*words)[0] == 2


def test_an_unreadable_file_ends_with_3(tmp_path: Path) -> None:
    """A file that cannot be judged ends with 3, in words."""
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    code, printed = run(str(file))
    assert (code, printed) == (
        3,
        f"{file} 不是 PDF 或 DOCX，量不了\n  改法：请检查由 Word、WPS 或本程序导出的 PDF 或 DOCX\n",
    )
