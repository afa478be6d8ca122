"""Letters beside the bare libraries doing the same work in the same run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from html import escape
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import paired, say, timed
from lifecycle.letter import to_text
from lifecycle.template import compose

if TYPE_CHECKING:
    import typst

    from lifecycle.letter import Letter
    from lifecycle.letter.fonts import Fonts


def bench_letter(*, quick: bool = False) -> None:
    """Time a text letter from a kept template against the bare library rendering the same template
    text, compiled once.

    The floor is Jinja2 as it must be used for templates that others write: the immutable sandbox,
    strict about what is undefined. It gives the filled-in lines and nothing more, so a second floor
    also breaks them into lines of 28 characters with Python's own `textwrap`. Each letter is about
    another project: a letter written before costs less, but nobody writes it twice.
    """
    from textwrap import wrap

    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from lifecycle.template import read_template

    source = (Path(__file__).parent / "letter.j2").read_bytes()
    template = read_template("letter", source, "letter.j2")
    bare = ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(source.decode())
    scope = {
        "to": "市发改委、市自然资源局",
        "cc": "市财政局",
        "issuer": "市招商局",
        "due_text": "10个工作日内",
    }
    on = date(2026, 9, 1)
    number = count()

    def next_scope(rows: int) -> dict[str, object]:
        turn = next(number)
        text = f"由牵头单位会同有关部门按职责分工推进第{turn}号事项落实，重大问题及时提请会商研究。"
        return {
            **scope,
            "name": f"剑瓷文化街区{turn}期",
            "rows": [f"第{n}项工作{text}" for n in range(rows)],
        }

    def composed(names: dict[str, object]) -> object:
        return compose(template, names, on=on)

    def laid_out(names: dict[str, object]) -> object:
        return to_text(compose(template, names, on=on))

    def bare_lines(names: dict[str, object]) -> object:
        return [wrap(line, 28) for line in bare.render(names).split("\n")]

    for rows in (1, 10):
        for what, ours, floor, aim in (
            ("公文（填成要件）", composed, bare.render, ""),
            ("公文（文本）", laid_out, bare.render, "≤ 2 ×"),
            ("公文（文本，底线也分行）", laid_out, bare_lines, ""),
        ):
            supply = partial(next_scope, rows)
            sides = (partial(timed_each, ours, supply), partial(timed_each, floor, supply))
            found = paired(*sides, 2 if quick else 9)
            say(what, f"{rows} 段", *found, aim=aim)


def timed_each(
    work: Callable[[dict[str, object]], object], supply: Callable[[], dict[str, object]]
) -> float:
    """Time one of many letters, in seconds; what they are about is made beforehand."""
    scopes = [supply() for _ in range(300)]
    return timed(lambda: [work(scope) for scope in scopes]) / 300


def bench_paper(*, quick: bool = False) -> None:
    """Time PDF and DOCX of the catalogue's samples against what the bare libraries take for the
    same text.

    PDF: typst setting the letter's plain text in the same fonts, with no layout, tags or metadata;
    and, where it is installed, WeasyPrint over the letter's text in HTML. DOCX: the same paragraphs
    by python-docx, with none of the standard's geometry.
    """
    from lifecycle.errors import UnavailableError
    from lifecycle.letter.docx.docx import to_docx
    from lifecycle.letter.fonts import Fonts
    from lifecycle.letter.pdf.press import to_pdf

    letters = _samples()[: 3 if quick else None]
    each, rounds = len(letters), 2 if quick else 5

    def per_letter(work: Callable[[Letter], object]) -> Callable[[], float]:
        return lambda: timed(lambda: [work(letter) for letter in letters]) / each

    say(
        "公文（DOCX）",
        f"{each} 种",
        *paired(per_letter(to_docx), per_letter(_bare_docx), rounds),
        aim="≤ 30 000 µs",
    )
    try:
        fonts = Fonts.find()
    except UnavailableError as error:
        print(f"公文（PDF）没有测：{error.message}")
        return
    ours = per_letter(partial(to_pdf, fonts=fonts))
    floor = per_letter(partial(_bare_pdf, _bare_typst(fonts)))
    say("公文（PDF，底线只排文字）", f"{each} 种", *paired(ours, floor, rounds), aim="")
    try:
        from weasyprint import HTML  # type: ignore[import-not-found]  # no dependency: measured where it is installed
    except (ImportError, OSError):
        print("公文（PDF，底线 WeasyPrint）没有测：本机没有装 WeasyPrint")
        return
    pages = {
        letter: f"<pre style='font: 16pt serif'>{escape(to_text(letter))}</pre>"
        for letter in letters
    }
    bare = per_letter(lambda letter: HTML(string=pages[letter]).write_pdf())
    say("公文（PDF，底线 WeasyPrint）", f"{each} 种", *paired(ours, bare, 2), aim="≤ 1.3 ×")


def _samples() -> list[Letter]:
    """Write a sample of every letter of the catalogue."""
    from lifecycle import places
    from lifecycle.correspondence.sample import sample_letter, uses
    from lifecycle.template import read_template
    from lifecycle.workflow.reader import read_workflow

    templates = {
        p.stem: read_template(p.stem, p.read_bytes(), p.name) for p in places.notices().glob("*.j2")
    }
    workflows = [
        read_workflow(p.read_bytes(), p.name) for p in sorted(places.workflows().glob("*.yaml"))
    ]
    return [sample_letter(use) for use in uses(workflows, templates)]


def _bare_docx(letter: Letter) -> bytes:
    """Write the letter's lines with python-docx as it comes."""
    from docx import Document

    document = Document()
    for line in to_text(letter).split("\n"):
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


_BARE = (
    b'#set text(font: ("FandolFang R", "LXGW WenKai"), size: 16pt, lang: "zh")\n#sys.inputs.text'
)


def _bare_typst(fonts: Fonts) -> typst.Compiler:
    """Open typst with the folders of the fonts."""
    import typst

    folders = sorted({str(face.file.parent) for chain in fonts.chains.values() for face in chain})
    return typst.Compiler(font_paths=folders, ignore_system_fonts=True)


def _bare_pdf(compiler: typst.Compiler, letter: Letter) -> object:
    """Set the letter's lines one below the other."""
    return compiler.compile(
        input=_BARE, sys_inputs={"text": to_text(letter)}, format="pdf", pdf_tags=False
    )
