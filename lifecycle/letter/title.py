"""Where a letter's title breaks: centred lines of even length that keep words and brackets whole
(词意完整).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from lifecycle.letter.cells import CLOSING, OPENING, cell, width, wrap
from lifecycle.letter.shipped import shipped_yaml

LINE = 40
"""Cells in one line of a title: 20 characters of size 2 (22 pt) in 156 mm (GB/T
9704—2012 7.3.1).
"""

_RUN = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,+-/%×")
_BRACKETED = re.compile(r"[（(《“〔\[][^）)》”〕\]]{1,24}[）)》”〕\]]")
_WEAK_FIRST = "的了等和与及暨之"
_WEAK_LAST = "和与及暨对将为向在"
_SPLIT_WORD, _SPLIT_BRACKET, _WEAK, _GOOD = 90, 150, 110, -30
_WINDOW = 14
_MOST = 6
"""Lines up to which a title is set evenly; a longer one is no title, and is only wrapped."""


class Words(NamedTuple):
    """Words that a title keeps whole, by the pairs of characters inside them, at their start and at
    their end.
    """

    inner: frozenset[str]
    starts: frozenset[str]
    ends: frozenset[str]


@cache
def words() -> Words:
    """Read the words that travel with the program (title.yaml)."""
    groups = shipped_yaml("title.yaml")["words"].values()
    listed = [word for group in groups for word in group.split()]
    pairs = (word[i : i + 2] for word in listed for i in range(len(word) - 1))
    return Words(
        frozenset(pairs),
        frozenset(word[:2] for word in listed),
        frozenset(word[-2:] for word in listed),
    )


@lru_cache(maxsize=512)
def title_lines(title: str) -> tuple[str, ...]:
    """Break a title into as few lines of at most 20 full-width characters as it needs, as even as
    its words allow.
    """
    cells = width(title)
    if cells <= LINE:
        return (title,)
    ends = [0, *accumulate(map(cell, title))]
    least = -(-cells // LINE)
    for count in (least, least + 1) if least <= _MOST else ():
        breaks = _best_breaks(title, ends, count)
        if breaks:
            return tuple(title[a:b].strip() for a, b in pairwise((0, *breaks, len(title))))
    return tuple(line.strip() for line in wrap(title, LINE))


def _price(title: str, place: int, bracketed: list[tuple[int, int]]) -> int | None:
    """Price a break at a place by what it parts; None where no title may break."""
    last, following = title[place - 1], title[place]
    if (
        following in CLOSING
        or last in OPENING
        or (last in _RUN and following in _RUN)
        or not cell(following)
    ):
        return None
    price = 0
    for start, end in bracketed:
        if start < place < end:
            price = _SPLIT_BRACKET
            break
    else:
        kept = words()
        if last + following in kept.inner:
            price = _SPLIT_WORD
        elif title[place - 2 : place] in kept.ends or title[place : place + 2] in kept.starts:
            price = _GOOD
    if following in _WEAK_FIRST or last in _WEAK_LAST or title[place - 2 : place] == "关于":
        price += _WEAK
    return price


def _best_breaks(title: str, ends: list[int], count: int) -> tuple[int, ...] | None:
    """Choose `count` − 1 places so that the lines are most even for the least price.

    None if no choice fits.
    """
    bracketed = [found.span() for found in _BRACKETED.finditer(title)]
    even = ends[-1] / count
    if count == 2:
        return _middle(title, ends, bracketed)
    best: list[tuple[float, tuple[int, ...], int]] = [(0.0, (), 0)]
    """What was spent, the breaks, and the cells before the last of them."""
    for line in range(1, count):
        low, high = (
            bisect_left(ends, even * line - _WINDOW),
            bisect_left(ends, even * line + _WINDOW),
        )
        reached = []
        for place in range(max(low, 1), min(high + 1, len(title))):
            price = _price(title, place, bracketed)
            if price is None:
                continue
            at = ends[place]
            options = [
                (spent + (at - start - even) ** 2 + price, (*breaks, place), at)
                for spent, breaks, start in best
                if 0 < at - start <= LINE
            ]
            if options:
                reached.append(options[0] if len(options) == 1 else min(options))
        best = reached
    finished = [
        (spent + (ends[-1] - start - even) ** 2, breaks)
        for spent, breaks, start in best
        if ends[-1] - start <= LINE
    ]
    return min(finished)[1] if finished else None


def _middle(
    title: str, ends: list[int], bracketed: list[tuple[int, int]]
) -> tuple[int, ...] | None:
    """Choose the one break of a title of two lines, from the middle outward, for as long as the
    price can matter.
    """
    even = ends[-1] / 2
    low, high = bisect_left(ends, even - _WINDOW), bisect_left(ends, even + _WINDOW)
    low, high = max(low, 1), min(high + 1, len(title))
    centre = bisect_left(ends, even)
    least: tuple[float, int] | None = None
    for step in range(max(centre - low + 1, high - centre)):
        for place in (centre - step, centre + step) if step else (centre,):
            if (
                not low <= place < high
                or not 0 < ends[place] <= LINE
                or ends[-1] - ends[place] > LINE
            ):
                continue
            spent = 2 * (ends[place] - even) ** 2
            if least is not None and spent + _GOOD > least[0]:
                continue
            price = _price(title, place, bracketed)
            if price is not None and (least is None or (spent + price, place) < least):
                least = (spent + price, place)
    return (least[1],) if least else None
