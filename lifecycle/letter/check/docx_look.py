"""What is what in a DOCX: mark, number, title, text, 版记, and where the head's lines come to stand
on the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle.errors import UnavailableError
from lifecycle.letter.check.content_parts import NUMBER, Line, Role, kind_of
from lifecycle.letter.check.ooxml import Block, Docx, Props, amount, is_red
from lifecycle.letter.layouts import Layout, layout_seen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ZI = "\u3000"
_LARGE, _TITLE = 26, 17.5
_RECORD = re.compile(r"\s*抄送[：:].*|.*\d日印发\s*", re.DOTALL)
_BASE, _RISE, _DROP, _MIDDLE = 0.8, 0.84, 0.09, 0.36
"""Where in an exact line the base line is; in em, how far a mark's ink goes above and below it, and
its middle.
"""


@dataclass(frozen=True, slots=True)
class DocxLook:
    """The parts of a letter as found.

    Indexes are of `blocks`. `body` are the paragraphs of running text.
    """

    docx: Docx
    blocks: tuple[Block, ...]
    layout: Layout
    kind: str
    mark: Block | None
    number: int | None
    title: int | None
    body: tuple[Block, ...]
    record: tuple[Block, ...]
    size: float

    @property
    def section(self) -> Element:
        """Give the properties of the last section, which are those of the letter."""
        return self.docx.sections()[-1]

    @property
    def head(self) -> tuple[Block, ...]:
        """Give what stands above the title."""
        return self.blocks[: self.title] if self.title is not None else ()


@dataclass(frozen=True, slots=True)
class HeadPlace:
    """Where a paragraph of the head stands, in points below the 版心's upper edge: its lines' box
    and what is in it.
    """

    top: float
    bottom: float
    line: float
    size: float

    @property
    def ink(self) -> tuple[float, float]:
        """Give the upper edge of the first line's ink and the lower edge of the last line's."""
        above = _BASE * self.line - _RISE * self.size
        return self.top + above, self.bottom - (1 - _BASE) * self.line + _DROP * self.size

    @property
    def square(self) -> tuple[float, float]:
        """Give the upper edge of the first line's characters and the lower edge of the
        last line's.
        """
        middle = _BASE * self.line - _MIDDLE * self.size
        return self.top + middle - self.size / 2, self.bottom - self.line + middle + self.size / 2


def look(docx: Docx) -> DocxLook:
    """Find out what is what."""
    blocks = tuple(docx.blocks())
    bare = [n for n, block in enumerate(blocks) if block.text.strip()]
    if not bare:
        raise UnavailableError("DOCX 里没有文字，量不了", "请检查文件，或用 Word、WPS 另存为 .docx")
    header = _first_header(docx)
    marks = [n for n in bare[:8] if _is_mark(blocks[n])]
    mark = blocks[marks[0]] if marks else next((block for block in header if _is_mark(block)), None)
    number = next((n for n in bare[:8] if _number(blocks[n])), None)
    title = _title(blocks, [n for n in bare[:12] if n not in marks and n != number], number)
    size = _usual_size(blocks)
    record = tuple(
        block for n, block in enumerate(blocks) if n in bare and _RECORD.fullmatch(block.text)
    )
    body = tuple(
        block
        for n, block in enumerate(blocks)
        if n in bare
        and (title is None or n > title)
        and n != number
        and not block.cell
        and block not in record
        and abs(block.size - size) < 0.6
    )
    kind = kind_of(blocks[title].text.replace("\n", "")) if title is not None else ""
    return DocxLook(
        docx,
        blocks,
        _layout(mark, marks, blocks, header),
        kind,
        mark,
        number,
        title,
        body,
        record,
        size,
    )


def _first_header(docx: Docx) -> list[Block]:
    header = docx.linked(docx.sections()[-1], "header", "first")
    return docx.blocks(header) if header is not None else []


def _is_mark(block: Block) -> bool:
    runs = [run for run in block.runs if run.text.strip()]
    return bool(runs) and (
        all(run.red for run in runs) or (block.size >= _LARGE and not kind_of(block.text))
    )


def _number(block: Block) -> bool:
    return bool(NUMBER.search(block.text.partition("签发人")[0].rstrip("\t ")))


def _title(blocks: tuple[Block, ...], order: list[int], number: int | None) -> int | None:
    """Find the title by its size, else by its kind's name at its end."""
    large = next((n for n in order if blocks[n].size >= _TITLE), None)
    if large is not None:
        return large
    return next(
        (n for n in order if (number is None or n > number) and kind_of(blocks[n].text)), None
    )


def _usual_size(blocks: tuple[Block, ...]) -> float:
    counts: dict[float, int] = {}
    for block in blocks:
        for run in block.runs if not block.cell else ():
            counts[run.size] = counts.get(run.size, 0) + len(run.text.strip())
    return max(counts, key=lambda size: counts[size], default=0.0) or 16.0


def _layout(
    mark: Block | None, marks: list[int], blocks: tuple[Block, ...], header: list[Block]
) -> Layout:
    if mark is None:
        return layout_seen("", doubled=False, red=any(red_rule(block.props) for block in blocks))
    # Only a 信函 has its mark in the header of the first page, or a double rule.
    doubled = any(
        "thi" in block.props.get("pBdr.bottom", {}).get("val", "") for block in (*header, *blocks)
    )
    return layout_seen(mark.text.strip(), doubled=doubled or not marks, red=True)


def red_rule(props: Props) -> bool:
    """Tell whether a paragraph has a red line below or above it."""
    return any(is_red(props.get(f"pBdr.{side}", {}).get("color", "")) for side in ("top", "bottom"))


def places(blocks: tuple[Block, ...]) -> list[HeadPlace] | None:
    """Stack paragraphs from the 版心's upper edge; None if the height of one is not exact."""
    y, found = 0.0, []
    for block in blocks:
        line = block.points("spacing", "line")
        if line is None or block.props.get("spacing", {}).get("lineRule") != "exact" or block.cell:
            return None
        top = y + (block.points("spacing", "before") or 0.0)
        bottom = top + line * (block.text.count("\n") + 1)
        found.append(HeadPlace(top, bottom, line, block.size or 1.0))
        y = bottom + (block.points("spacing", "after") or 0.0)
    return found


def lines_of(found: DocxLook) -> list[Line]:
    """Give the paragraphs as lines for the lint, indented as they will be.

    The line's number is the paragraph's.
    """
    lines: list[Line] = []
    for n, block in enumerate(found.blocks):
        text = block.text.replace("\n", "").strip(" \t\u3000")
        role = _role(found, n)
        if role == "mark" or (not text and block.size == 0 and not lines):
            continue
        if (block.points("spacing", "before") or 0) > 20 or not text:
            lines.append(Line(1, n + 1, ""))
        if text:
            cells = _indent(block, found.size)
            text = (
                text.partition("签发人")[0].strip() if role == "number" else text.replace("\t", ZI)
            )
            lines.append(Line(1, n + 1, ZI * (cells // 2) + " " * (cells % 2) + text, role))
    return lines


def _role(found: DocxLook, n: int) -> Role:
    block = found.blocks[n]
    if block is found.mark:
        return "mark"
    if n == found.number:
        return "number"
    if n == found.title:
        return "title"
    if found.title is not None and n < found.title:
        return "head"
    if block.cell and block not in found.record:
        return "cell"
    return "annex" if block.size >= _TITLE else ""


def _indent(block: Block, size: float) -> int:
    """Count the cells from the left edge to the first character."""
    if block.props.get("jc", {}).get("val") in ("right", "center", "end"):
        return 40 - min(30, len(block.text))
    written = len(block.text) - len(block.text.lstrip(" \u3000"))
    first = block.points("ind", "firstLine") or -(block.points("ind", "hanging") or 0.0)
    chars = amount(block.props.get("ind", {}).get("firstLineChars")) / 100
    left = block.points("ind", "left") or 0.0
    return max(0, round(((first if not chars else chars * size) + left) / size * 2) + 2 * written)
