"""DOCX → measures: what its styles, sections and footers say, against GB/T 9704—2012.

What only a laid-out page tells (where a page ends, which line is full) is not listed: print it to
PDF for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifecycle.letter.check.content_parts import level_of
from lifecycle.letter.check.docx_foot import footers, record
from lifecycle.letter.check.docx_look import ZI, DocxLook, look, places, red_rule
from lifecycle.letter.check.ooxml import Block, Docx, W, amount
from lifecycle.letter.check.standard import Measure, measure, place_of_number
from lifecycle.letter.html import headed
from lifecycle.letter.model import Paragraph

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MM = 72 / 25.4
_FONTS = {
    "仿宋": ("仿宋", "FangSong", "方正仿宋", "华文仿宋", "STFangsong"),
    "小标宋": ("方正小标宋", "小标宋", "FZXiaoBiaoSong", "文星简小标宋", "汉仪小标宋"),
    "黑体": ("黑体", "SimHei", "方正黑体", "STHeiti"),
    "楷体": ("楷体", "KaiTi", "方正楷体", "STKaiti"),
}
"""How the fonts of the standard are named in files."""
_DOUBLES = {"thickThin": "上粗下细", "thinThick": "上细下粗"}
"""What a double rule looks like, by how its kind begins."""
_NATURAL = 1.3
"""Height of a line in em where neither spacing nor grid fixes it, as usual fonts have it."""


def measure_docx(docx: Docx) -> tuple[DocxLook, list[Measure]]:
    """Measure a DOCX; what does not apply to its layout, or cannot be told from it, is
    not listed.
    """
    found = look(docx)
    parts = (_paper, _grid, _fonts, _head, _title, _body, footers, record, _pictures)
    return found, [row for part in parts for row in part(found)]


def _points(element: Element, name: str, attribute: str) -> float:
    """Read a length in twentieths of a point from a section."""
    child = element.find(f"{W}{name}")
    return amount(child.get(f"{W}{attribute}")) / 20 if child is not None else 0.0


def _paper(found: DocxLook) -> Iterator[Measure]:
    for key, name, attribute in (
        ("paper.width", "pgSz", "w"),
        ("paper.height", "pgSz", "h"),
        ("margin.top", "pgMar", "top"),
        ("margin.left", "pgMar", "left"),
        ("margin.right", "pgMar", "right"),
        ("margin.bottom", "pgMar", "bottom"),
    ):
        yield measure(key, _points(found.section, name, attribute) / MM, "页面设置")


# ── 行与字 ──


def _grid(found: DocxLook) -> Iterator[Measure]:
    if not found.body:
        return
    section = found.section
    pitches = [_pitch(block, section) for block in found.body]
    pitch = max(pitches, key=lambda value: abs(value - 28.99))
    high = (
        _points(section, "pgSz", "h")
        - _points(section, "pgMar", "top")
        - _points(section, "pgMar", "bottom")
    )
    wide = (
        _points(section, "pgSz", "w")
        - _points(section, "pgMar", "left")
        - _points(section, "pgMar", "right")
    )
    step = _usual([(_step(found, block), len(block.text)) for block in found.body])
    yield measure("grid.rows", int(high / pitch + 0.1) if pitch > 0 else 0, "正文样式")
    yield measure("grid.columns", int(wide / step + 0.1), "正文样式")
    yield measure("grid.pitch", pitch, "正文样式")
    yield measure("grid.step", step, "正文样式")
    yield measure("body.size", found.size, "正文样式")


def _usual(values: list[tuple[float, int]]) -> float:
    counts: dict[float, int] = {}
    for value, weight in values:
        counts[value] = counts.get(value, 0) + weight
    return max(counts, key=lambda value: counts[value])


def _pitch(block: Block, section: Element) -> float:
    """Tell how far apart a paragraph's lines are: exact, or by the grid, or as the font has it."""
    line = block.points("spacing", "line")
    rule = block.props.get("spacing", {}).get("lineRule", "auto")
    if line is not None and rule in ("exact", "atLeast"):
        return line
    times = line / 12 if line is not None else 1.0  # a line is 240 twentieths
    grid = section.find(f"{W}docGrid")
    kind = grid.get(f"{W}type", "default") if grid is not None else "default"
    off = block.props.get("snapToGrid", {}).get("val") in ("0", "false")
    if kind == "default" or off:
        return times * _NATURAL * block.size
    return times * _points(section, "docGrid", "linePitch")


def _step(found: DocxLook, block: Block) -> float:
    """Tell how far apart a paragraph's full-width characters are."""
    run = max(block.runs, key=lambda run: len(run.text))
    extra = amount(run.props.get("spacing", {}).get("val")) / 20
    grid = found.section.find(f"{W}docGrid")
    if grid is not None and grid.get(f"{W}type") in ("linesAndChars", "snapToChars"):
        extra += amount(grid.get(f"{W}charSpace")) / 4096
    return max(1.0, run.size + extra)


def _named(font: str) -> str:
    """Give the standard's name of a font's family, the font's own name for any other."""
    return next(
        (name for name, starts in _FONTS.items() if font.startswith(starts)), font or "（随主题）"
    )


def _fonts(found: DocxLook) -> Iterator[Measure]:
    """Tell the fonts of plain paragraphs and of the headings of levels 1 and 2."""
    plain = [block for block in found.body if level_of(block.text.strip()) in (0, 3, 4)]
    text = [(_named(run.font), len(run.text)) for block in plain[1:] or plain for run in block.runs]
    if text:
        counts: dict[str, int] = {}
        for name, weight in text:
            counts[name] = counts.get(name, 0) + weight
        yield measure("body.font", max(counts, key=lambda name: counts[name]), "正文样式")
    for level, key in ((1, "heading1.font"), (2, "heading2.font")):
        texts = [(block, block.text.strip()) for block in found.body]
        heads = [
            _named(b.runs[0].font)
            for b, t in texts
            if level_of(t) == level and headed(Paragraph(level, t))[0]
        ]
        if heads:
            wanted = "黑体" if level == 1 else "楷体"
            yield measure(key, next((name for name in heads if name != wanted), wanted), "各级标题")


# ── 版头 ──


def _head(found: DocxLook) -> Iterator[Measure]:
    if found.mark is not None:
        runs = [run for run in found.mark.runs if run.text.strip()]
        yield measure("mark.colour", "红色" if all(run.red for run in runs) else "不是红色", "首页")
        yield _centre("mark.centre", found.mark, on_page=found.layout.double_rules)
    if found.layout.double_rules:
        yield from _letter_head(found)
    if found.number is not None:
        wanted = place_of_number(found.layout, found.kind)
        yield measure("number.place", _place(found.blocks[found.number]), "首页", wanted=wanted)
    if found.layout.red_rule:
        yield from _ruled_head(found)


def _ruled_head(found: DocxLook) -> Iterator[Measure]:
    """Measure the head of a 公文 or 纪要 by stacking its paragraphs, whose lines are exact."""
    ruled = [block for block in found.head if red_rule(block.props)]
    yield measure("rule.count", len(ruled), "首页")
    stacked = places(found.blocks[: found.title + 1]) if found.title is not None else None
    by_block = {id(block): place for block, place in zip(found.blocks, stacked or (), strict=False)}
    mark = by_block.get(id(found.mark))
    if mark is not None:
        yield measure("mark.top", mark.ink[0] / MM, "首页")
    number = by_block.get(id(found.blocks[found.number])) if found.number is not None else None
    if mark is not None and number is not None and not found.layout.issuer_in_head:
        yield measure(
            "number.gap", int((number.square[0] - 6.5 - mark.ink[1]) / 28.99 + 0.3), "首页"
        )
    if not ruled:
        return
    border = ruled[0].props.get("pBdr.bottom", {})
    above = by_block.get(id(ruled[0]))
    title = by_block.get(id(found.blocks[found.title])) if found.title is not None else None
    if above is not None:
        rule = above.bottom + amount(border.get("space")) + amount(border.get("sz")) / 16
        yield measure("rule.gap", (rule - above.square[1]) / MM, "首页")
        if title is not None:
            yield measure("title.gap", round((title.square[0] - rule) / 28.99 - 0.1), "首页")
    yield measure("rule.width", _width(found, ruled[0]) / MM, "首页")


def _width(found: DocxLook, block: Block) -> float:
    """Give how wide a paragraph's border is: the 版心 less its indents."""
    section = found.section
    wide = (
        _points(section, "pgSz", "w")
        - _points(section, "pgMar", "left")
        - _points(section, "pgMar", "right")
    )
    return wide - (block.points("ind", "left") or 0.0) - (block.points("ind", "right") or 0.0)


def _letter_head(found: DocxLook) -> Iterator[Measure]:
    """Measure the double rules of a 信函, which stand in the header and the footer of its first
    page.
    """
    rules = []
    for kind in ("header", "footer"):
        part = found.docx.linked(found.section, kind, "first")
        blocks = found.docx.blocks(part) if part is not None else []
        rules += [(kind, block) for block in blocks if red_rule(block.props)]
    yield measure("double.count", len(rules), "首页")
    for kind, block in rules:
        side = next(side for side in ("bottom", "top") if f"pBdr.{side}" in block.props)
        name = block.props[f"pBdr.{side}"].get("val", "")
        shape = next((told for start, told in _DOUBLES.items() if name.startswith(start)), name)
        yield measure("double.upper" if kind == "header" else "double.lower", shape, "首页")
        yield measure("double.width", _width(found, block) / MM, "首页")
        if kind == "footer":
            yield measure("double.foot", _points(found.section, "pgMar", "footer") / MM, "首页")
            continue
        stacked = places((block,))
        if stacked:
            ink = stacked[0].ink
            yield measure(
                "mark.page", (_points(found.section, "pgMar", "header") + ink[0]) / MM, "首页"
            )
            space = amount(block.props[f"pBdr.{side}"].get("space"))
            yield measure("double.gap", (stacked[0].bottom + space - ink[1]) / MM, "首页")


def _place(block: Block) -> str:
    """Tell where the number stands."""
    if block.centred:
        return "居中"
    first = (block.points("ind", "left") or 0.0) + (block.points("ind", "firstLine") or 0.0)
    if (
        block.props.get("jc", {}).get("val") in ("right", "end")
        or "\t" in block.text.partition("〔")[0]
    ):
        return "居右顶格"
    blank = (len(block.text) - len(block.text.lstrip(ZI))) + first / (block.size or 16)
    return "居左空一字" if abs(blank - 1) < 0.3 else f"左空 {blank:.1f} 字"


def _centre(key: str, block: Block, *, on_page: bool = False) -> Measure:
    """Tell how far a line is off the middle of the 版心, or, for a 信函's mark, of the page if that
    is nearer.
    """
    if not block.centred:
        return measure(key, "没有居中", "首页")
    left, right = (block.points("ind", side) or 0.0 for side in ("left", "right"))
    off = (left + (block.points("ind", "firstLine") or 0.0) - right) / 2 / MM
    return measure(key, min(off, off + 1, key=abs) if on_page else off, "首页")


# ── 主体 ──


def _title(found: DocxLook) -> Iterator[Measure]:
    if found.title is None:
        return
    block = found.blocks[found.title]
    yield measure("title.size", block.size, "首页")
    fonts = [_named(run.font) for run in block.runs if run.text.strip()]
    yield measure(
        "title.font", next((name for name in fonts if name != "小标宋"), "小标宋"), "首页"
    )
    yield _centre("title.centre", block)


def _body(found: DocxLook) -> Iterator[Measure]:
    """Measure the indent of paragraphs, by character or by length, or written as blanks."""
    indents = []
    for block in found.body:
        chars = amount(block.props.get("ind", {}).get("firstLineChars"))
        length = block.points("ind", "firstLine") or 0.0
        written = len(block.text) - len(block.text.lstrip(ZI))
        indent = chars / 100 if chars else length / _step(found, block)
        if indent + written > 0.5 and not block.points("ind", "hanging"):
            indents.append((indent + written, len(block.text)))
    if indents:
        yield measure("text.indent", _usual(indents), "正文样式")


def _pictures(found: DocxLook) -> Iterator[Measure]:
    """Want words for each picture, for those who cannot see it."""
    drawn = [element for element in found.docx.document.iter() if element.tag.endswith("}docPr")]
    if drawn:
        lacking = sum(not element.get("descr") for element in drawn)
        yield measure("docx.alt", f"缺 {lacking} 处" if lacking else "有", "图片")
