"""The QR symbol that proves a letter, as a grid of modules, and drawn as SVG."""

from __future__ import annotations

from functools import lru_cache

from lifecycle.errors import InvalidError

QUIET = 4
"""Modules of blank on each side (ISO/IEC 18004:2015 6.3.8)."""


@lru_cache(maxsize=256)
def modules(proof: str) -> tuple[tuple[bool, ...], ...]:
    """Make the symbol of a text, of error correction M (15 %): rows of modules, True is dark, with
    its quiet zone.

    Raise InvalidError for a text that no symbol can hold (over 2 331 bytes).
    """
    from segno import DataOverflowError, make

    try:
        symbol = make(proof, error="m", micro=False, boost_error=False, encoding="utf-8")
    except (DataOverflowError, ValueError) as error:
        raise InvalidError("验证内容太长，二维码装不下", "请缩短验证内容") from error
    return tuple(tuple(bool(module) for module in row) for row in symbol.matrix_iter(border=QUIET))


def svg(proof: str) -> str:
    """Draw the symbol as one SVG element, one unit to a module.

    Numbers are all that the text decides.
    """
    grid = modules(proof)
    size = len(grid)
    path = "".join(
        f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(grid) for x, length in runs(row)
    )
    return (
        f'<svg class="symbol" role="img" aria-label="验证二维码" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )


def runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Give the runs of dark modules in a row as (start, length)."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
