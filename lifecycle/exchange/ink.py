"""The few strokes that an SVG picture is made of."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lifecycle.errors import cell_width
from lifecycle.exchange.drawing import COLOURS
from lifecycle.workflow.model import Kind

FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',SimHei,sans-serif"


def width_of(text: str, size: float) -> float:
    """Estimate a text's width in pixels: a wide character is as wide as the type is high."""
    return cell_width(text) * size * 0.53


def label(
    x: float,
    y: float,
    text: str,
    size: int,
    *,
    bold: bool = False,
    colour: str = "#1a1a1a",
    anchor: str = "start",
    halo: bool = False,
) -> str:
    """Write text at a place; `halo` keeps a line behind it away."""
    look = ' font-weight="bold"' if bold else ""
    look += f' text-anchor="{anchor}"' if anchor != "start" else ""
    look += ' stroke="#ffffff" stroke-width="4" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" '
        f'font-size="{size}" '
        f'fill="{colour}"{look}>{escape(_visible(text))}</text>'
    )


def _visible(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return "".join(
        char
        for char in text
        if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )


def stroke(way: str, kind: Kind) -> str:
    """Draw an arrow along a way, in its kind's colour; only the way forward is unbroken."""
    dash = "" if kind == "forward" else ' stroke-dasharray="6 3"'
    return (
        f'<path d="{way}" fill="none" stroke="{COLOURS[kind]}" '
        f'stroke-width="1.5"{dash} '
        f'marker-end="url(#{kind})"/>'
    )


def arrowhead(kind: Kind) -> str:
    """Define the head of a kind's arrows."""
    return (
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{COLOURS[kind]}"/></marker>'
    )
