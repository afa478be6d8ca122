"""PDF → measures: where things stand on its pages, against GB/T 9704—2012."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from lifecycle.letter.check.pdf_look import (
    BOTTOM,
    FOLIO,
    LEFT,
    PITCH,
    RIGHT,
    STEP,
    TOP,
    Look,
    annexes,
    look,
)
from lifecycle.letter.check.pdf_margins import body, grid, is_body, margins, paper, worst
from lifecycle.letter.check.pdf_page import MM, Row, Stroke
from lifecycle.letter.check.standard import Measure, measure, place_of_number

if TYPE_CHECKING:
    from lifecycle.letter.check.pdf_page import Seen

_CENTRE = (LEFT + RIGHT) / 2
_NEAR = 0.3
"""Lines by which blank lines may be short where the text below stands on the grid of 22."""
_DASHES = "—―─"


def measure_pdf(seen: Seen) -> tuple[Look, list[Measure]]:
    """Measure the pages of a PDF.

    What does not apply to its layout, or cannot be told from it, is not listed.
    """
    found = look(seen)
    parts = (paper, margins, grid, _head, _below_head, _annexes, _folios, _record)
    return found, [row for part in parts for row in part(found)]


# ── 版头 ──


def _head(found: Look) -> Iterator[Measure]:
    if found.mark:
        ink = [glyph for row in found.mark for glyph in row.glyphs if glyph.char >= "\u3400"]
        top = min(glyph.top for glyph in ink or found.mark[0].glyphs) / MM
        yield (
            measure("mark.page", top, "首页")
            if found.layout.double_rules
            else measure("mark.top", top - 37, "首页")
        )
        yield measure(
            "mark.colour", "红色" if all(row.red for row in found.mark) else "不是红色", "首页"
        )
        off = worst([_off(row) for row in found.mark], 0)
        # The rules of a 信函 are centred on the page (10.1), 1 mm left of the 版心's middle; so may
        # its mark be.
        yield measure(
            "mark.centre", min(off, off + 1, key=abs) if found.layout.double_rules else off, "首页"
        )
    if found.layout.double_rules:
        yield from _doubles(found)
    yield from _number(found)
    if found.layout.red_rule:
        yield from _rule(found)


def _off(row: Row) -> float:
    return min((((left + right) / 2 - _CENTRE) / MM for left, right in row.edges), key=abs)


def _mark_foot(found: Look) -> float | None:
    return max((glyph.bottom for row in found.mark for glyph in row.glyphs), default=None)


def _blank_lines(found: Look, above: float, below: Row) -> int:
    """Count the blank lines between y and a line of text."""
    return int((below.middle - found.pitch / 2 - above) / found.pitch + _NEAR)


def _number(found: Look) -> Iterator[Measure]:
    row, foot = found.number, _mark_foot(found)
    if row is None:
        return
    doubles = _pairs(found)
    if found.layout.double_rules and doubles:
        under = doubles[0][1]
        yield measure(
            "number.under", (row.middle - row.size / 2 - under.y - under.thickness) / MM, "首页"
        )
    elif foot is not None and found.layout.red_rule and not found.layout.issuer_in_head:
        yield measure("number.gap", _blank_lines(found, foot, row), "首页")
    wanted = place_of_number(found.layout, found.kind)
    yield measure("number.place", _place(row), "首页", wanted=wanted)


def _place(row: Row) -> str:
    """Tell where a line stands in the 版心; one with a 签发人 at its right is told by its left."""
    signed = "签发人" in row.text
    if abs(_off(row)) < 1 and not signed:
        return "居中"
    if any(abs(left - LEFT - STEP) < 0.3 * STEP for left, _ in row.edges):
        return "居左空一字"
    if any(abs(right - RIGHT) < 0.3 * STEP for _, right in row.edges) and not signed:
        return "居右顶格"
    return f"左空 {(row.left - LEFT) / STEP:.1f} 字"


def _rule(found: Look) -> Iterator[Measure]:
    yield measure("rule.count", len(found.rules), "首页")
    if not found.rules:
        return
    rule = found.rules[0]
    above = [row for row in found.first.rows if row.middle < rule.y]
    if above:
        yield measure(
            "rule.gap",
            (rule.y + rule.thickness / 2 - above[-1].middle - above[-1].size / 2) / MM,
            "首页",
        )
    yield measure("rule.width", rule.width / MM, "首页")


def _pairs(found: Look) -> list[tuple[Stroke, Stroke]]:
    """Give the red double rules, from above."""
    pairs = zip(found.rules, found.rules[1:], strict=False)
    return [(one, two) for one, two in pairs if two.y - one.y - one.thickness < 3 * MM]


def _doubles(found: Look) -> Iterator[Measure]:
    pairs, foot = _pairs(found), _mark_foot(found)
    yield measure("double.count", len(pairs), "首页")
    for (one, two), key, shape in zip(
        pairs[:2], ("double.upper", "double.lower"), ("上粗下细", "上细下粗"), strict=False
    ):
        if key == "double.upper" and foot is not None:
            yield measure("double.gap", (one.y - foot) / MM, "首页")
        elif key == "double.lower":
            yield measure("double.foot", (found.first.height - two.y - two.thickness) / MM, "首页")
        told = "上粗下细" if one.thickness > two.thickness else "上细下粗"
        if one.thickness == two.thickness:
            told = "一样粗"
        yield measure(key, told, "首页", wanted=shape)
        yield measure("double.width", worst([one.width / MM, two.width / MM], 170), "首页")


# ── 主体 ──


def _below_head(found: Look) -> Iterator[Measure]:
    if found.title:
        yield measure("title.size", worst([row.size for row in found.title], 22), "首页")
        yield measure("title.centre", worst([_off(row) for row in found.title], 0), "首页")
        above = _above_title(found)
        if above is not None:
            yield measure("title.gap", _blank_lines(found, above, found.title[0]), "首页")
    first = [spot.row for spot in found.text if spot.page == 0]
    to = next(
        (n for n, row in enumerate(first) if row.text.endswith(("：", ":")) and row.size > 15), None
    )
    started = bool(first) and abs(first[0].left - found.left) < 0.5 * STEP
    if started and found.title:
        last = max(
            [*found.title, *([found.number] if found.number else [])], key=lambda row: row.middle
        )
        yield measure("to.gap", round((first[0].middle - last.middle) / found.pitch) - 1, "首页")
    said = first[to + 1 :] if started and to is not None else first
    yield measure("text.first", "有" if any(is_body(found, row) for row in said) else "无", "首页")
    indents = [(row.left - found.left) / found.step for row in body(found) if not row.bracketed]
    usual = [indent for indent in indents if 0.5 < indent < 4.5]
    if usual:
        yield measure("text.indent", median(usual), "正文")


def _above_title(found: Look) -> float | None:
    """Give the y from which the lines above the title are counted: the red rule, or a 信函's
    number.
    """
    if found.layout.double_rules and found.number is not None:
        return found.number.middle + found.number.size / 2
    return found.rules[0].y if found.layout.red_rule and found.rules else None


def _annexes(found: Look) -> Iterator[Measure]:
    for n, label, title in annexes(found):
        where = f"第 {n + 1} 页"
        yield measure("annex.label", round((label.middle - TOP) / PITCH + 0.5), where)
        if title is not None:
            yield measure("annex.title", round((title.middle - TOP) / PITCH + 0.5), where)
            yield measure("title.centre", _off(title), where)


# ── 页码、版记 ──


def _folios(found: Look) -> Iterator[Measure]:
    skipped = 1 if found.layout.double_rules else 0
    right = [
        spot for spot in found.folios if _told(spot.row) == spot.page + 1 and spot.page >= skipped
    ]
    wrong = len(found.folios) - len(right)
    # A page number that is wrong, or on the first page of a 信函, counts against those that are
    # right.
    yield measure("folio.count", len(right) - wrong, "各页", wanted=len(found.seen.pages) - skipped)
    if not found.folios:
        return
    rows = [spot.row for spot in found.folios]
    yield measure("folio.size", worst([row.size for row in rows], 14), "各页")
    dashed = all(row.text[0] in _DASHES and row.text[-1] in _DASHES for row in rows)
    yield measure("folio.dash", "一字线" if dashed else "无一字线", "各页")
    drops = [((row.glyphs[0].top if dashed else row.middle) - BOTTOM) / MM for row in rows]
    yield measure("folio.drop", worst(drops, 7), "各页")
    odd = [(RIGHT - spot.row.glyphs[-1].right) / 14 for spot in found.folios if spot.page % 2 == 0]
    even = [(spot.row.glyphs[0].left - LEFT) / 14 for spot in found.folios if spot.page % 2]
    if odd:
        yield measure("folio.odd", worst(odd, 1), "单页")
    if even:
        yield measure("folio.even", worst(even, 1), "双页")


def _told(row: Row) -> int:
    found = FOLIO.fullmatch(row.text)
    return int(found.group(1)) if found else 0


def _record(found: Look) -> Iterator[Measure]:
    if not found.record:
        return
    where = "末页"
    yield measure("record.size", worst([row.size for row in found.record], 14), where)
    yield measure("record.indent", (found.record[0].left - LEFT) / 14, where)
    if not found.layout.record_ruled:
        yield measure("record.rules", len(found.closing), where)
        return
    rules = found.closing
    if not rules:
        yield measure("record.outer", 0, where)
        return
    yield measure("record.outer", worst([rules[n].thickness / MM for n in (0, -1)], 0.35), where)
    if len(rules) > 2:
        yield measure(
            "record.inner", worst([rule.thickness / MM for rule in rules[1:-1]], 0.25), where
        )
    yield measure("record.width", worst([rule.width / MM for rule in rules], 156), where)
    yield measure("record.bottom", (rules[-1].y + rules[-1].thickness / 2 - BOTTOM) / MM, where)
