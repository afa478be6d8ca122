"""The parts of a DOCX that stand as XML files in `parts/`: those the same for all letters, and
those with a few places to fill in.

The files are written for people: comments, line ends and indents go before the bytes are used.
"""

from __future__ import annotations

import re
from functools import cache
from string import Template

from lifecycle.letter.shipped import shipped_text

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FOR_PEOPLE = re.compile(r"<\?xml.*?\?>|<!--.*?-->", re.DOTALL)
_BESIDE_A_TAG = re.compile(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)")
_INSIDE_A_TAG = re.compile(r"\s*\n\s*")


@cache
def part(name: str) -> str:
    """Give a whole part, such as `styles`."""
    return XML + fragment(name)


@cache
def fragment(name: str) -> str:
    """Give the elements of a file, without declaration."""
    text = _FOR_PEOPLE.sub("", shipped_text(f"docx/parts/{name}.xml")).strip()
    return _INSIDE_A_TAG.sub(" ", _BESIDE_A_TAG.sub("", text))


@cache
def _template(name: str) -> Template:
    return Template(fragment(name))


def filled(name: str, /, **places: str | int) -> str:
    """Give the elements of a file with its places (`$title`) filled in by XML already escaped."""
    return _template(name).substitute(places)
