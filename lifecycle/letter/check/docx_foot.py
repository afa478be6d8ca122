"""The foot of a DOCX: page numbers in its footers, and the 版记 in its table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifecycle.letter.check.docx_look import DocxLook
from lifecycle.letter.check.ooxml import Block, W, amount
from lifecycle.letter.check.standard import Measure, measure

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MM = 72 / 25.4
_DASHES = "—―─"
_BASE, _MIDDLE = 0.8, 0.38
"""Where in an exact line the base line is; where above it, in em, a 一字线 is."""
_FOLIO = 14.0
"""Points of a page number, by whose characters its indent is told (7.5)."""


def footers(found: DocxLook) -> Iterator[Measure]:
    """Measure the page numbers, and where the file says that odd and even pages differ.

    `evenAndOddHeaders` counts in settings.xml only; inside a section's properties Word does not
    look at it.
    """
    section, settings = found.section, found.docx.settings
    told = "settings.xml" if _is_on(settings, "evenAndOddHeaders") else "无"
    misplaced = found.docx.document.find(f".//{W}sectPr/{W}evenAndOddHeaders") is not None
    yield measure("docx.even", "sectPr" if misplaced and told == "无" else told, "设置")
    first = "是" if _is_on(section, "titlePg") else "否"
    yield measure("docx.first", first, "设置", wanted="是" if found.layout.double_rules else "否")
    for key, which, side in (("docx.odd", "default", "odd"), ("docx.pair", "even", "even")):
        block = _numbered(found, which)
        yield measure(key, "页码域" if block else "无", "页脚")
        if block is not None:
            yield from _folio(found, block, side)


def _is_on(parent: Element | None, name: str) -> bool:
    element = parent.find(f"{W}{name}") if parent is not None else None
    return element is not None and element.get(f"{W}val", "true") not in ("0", "false", "off")


def _numbered(found: DocxLook, which: str) -> Block | None:
    """Give the footer's paragraph that has the page's number in it."""
    part = found.docx.linked(found.section, "footer", which)
    if part is None:
        return None
    fields = [element.text or "" for element in part.iter(f"{W}instrText")]
    fields += [element.get(f"{W}instr", "") for element in part.iter(f"{W}fldSimple")]
    if not any("PAGE" in field.split() for field in fields):
        return None
    return next((block for block in found.docx.blocks(part) if block.text.strip()), None)


def _folio(found: DocxLook, block: Block, side: str) -> Iterator[Measure]:
    where = "单页页脚" if side == "odd" else "双页页脚"
    yield measure("folio.size", block.size, where)
    text = block.text.strip()
    yield measure(
        "folio.dash", "一字线" if text[0] in _DASHES and text[-1] in _DASHES else "无一字线", where
    )
    line, foot = block.points("spacing", "line"), _length(found.section, "pgMar", "footer")
    if line is not None and block.props.get("spacing", {}).get("lineRule") == "exact" and foot:
        lift = (block.points("spacing", "after") or 0.0) + (1 - _BASE) * line + _MIDDLE * block.size
        high, bottom = (
            _length(found.section, "pgSz", "h"),
            _length(found.section, "pgMar", "bottom"),
        )
        yield measure("folio.drop", (high - foot - lift - (high - bottom)) / MM, where)
    aligned = block.props.get("jc", {}).get("val", "left")
    wanted, edge = ("right", "right") if side == "odd" else ("left", "left")
    right = aligned in (
        wanted,
        {"right": "end", "left": "start"}[wanted],
        "both" if side == "even" else wanted,
    )
    written = _blanks(block.text, at_end=side == "odd")
    indent = (block.points("ind", edge) or 0.0) / _FOLIO + written
    told: float | str = indent if right else f"对齐为 {aligned}"
    yield measure(f"folio.{side}", told, where)


def _blanks(text: str, *, at_end: bool) -> int:
    return len(text) - len(text.rstrip("\u3000") if at_end else text.lstrip("\u3000"))


def _length(section: Element, name: str, attribute: str) -> float:
    element = section.find(f"{W}{name}")
    return amount(element.get(f"{W}{attribute}")) / 20 if element is not None else 0.0


def record(found: DocxLook) -> Iterator[Measure]:
    """Measure the 版记: its size and indent, and the lines of the table that it stands in."""
    if not found.record:
        return
    block = found.record[0]
    yield measure(
        "record.size", max((b.size for b in found.record), key=lambda size: abs(size - 14)), "版记"
    )
    left = (block.points("ind", "left") or 0.0) + (block.points("ind", "firstLine") or 0.0)
    left -= block.points("ind", "hanging") or 0.0
    yield measure("record.indent", left / 14 + _blanks(block.text, at_end=False), "版记")
    table = _table(found)
    if table is None:
        return
    lines = {side: _line(table, side) for side in ("top", "insideH", "bottom")}
    if not found.layout.record_ruled:
        yield measure("record.rules", sum(thick > 0 for thick in lines.values()), "版记")
        return
    outer = max((lines["top"], lines["bottom"]), key=lambda thick: abs(thick - 0.35))
    yield measure("record.outer", outer, "版记")
    if len(found.record) > 1:
        yield measure("record.inner", lines["insideH"], "版记")
    width = table.find(f"{W}tblPr/{W}tblW")
    if width is not None and width.get(f"{W}type") == "dxa":
        yield measure("record.width", amount(width.get(f"{W}w")) / 20 / MM, "版记")
    place = table.find(f"{W}tblPr/{W}tblpPr")
    fixed = (
        place is not None
        and place.get(f"{W}tblpYSpec") == "bottom"
        and place.get(f"{W}vertAnchor") == "margin"
    )
    yield measure("record.bottom", 0 if fixed else "没有固定在版心下边缘", "版记")


def _table(found: DocxLook) -> Element | None:
    """Give the table that the 版记 stands in: the last one that says 抄送 or 印发."""
    tables = [
        table
        for table in found.docx.document.iter(f"{W}tbl")
        if any(
            word in "".join(t.text or "" for t in table.iter(f"{W}t")) for word in ("抄送", "印发")
        )
    ]
    return tables[-1] if tables else None


def _line(table: Element, side: str) -> float:
    """Give the thickness in mm of a border; it is written in eighths of a point."""
    border = table.find(f"{W}tblPr/{W}tblBorders/{W}{side}")
    if border is None or border.get(f"{W}val") in ("nil", "none"):
        return 0.0
    return amount(border.get(f"{W}sz")) / 8 / MM
