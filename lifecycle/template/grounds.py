"""The legal grounds that a template names: in its own words, between 《 and 》 or by a number, and
by `cite`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lifecycle.errors import Location
from lifecycle.frozen import dataclass
from lifecycle.template.template import Template
from lifecycle.workflow.bases import Bases, Understood

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_NAMED = re.compile(
    r"《[^《》{}\0]{2,80}》[^《》，。；：！？|“”\0]{0,60}|[一-龥]{2,8}〔\d{4}〕\d{1,5}号"
)
_CITED = re.compile(r"""\bcite\(\s*(['"])(?P<text>.*?)\1""")


@dataclass(frozen=True, slots=True)
class NamedGround:
    """One place at which a template names a ground: as it is written there, what is meant, and
    whether by `cite`, which writes what was in force.
    """

    text: str
    meant: Understood
    location: Location
    by_cite: bool


def grounds_named(template: Template, bases: Bases) -> Iterator[NamedGround]:
    """Give the grounds that a template names, in the order of its lines; what is written between 《
    and 》 and is none that is known is left out: most such are titles of letters.
    """
    file = template.location.file
    for number, line in enumerate(template.source.split("\n"), 1):
        for found in _CITED.finditer(line):
            text = found.group("text")
            at = Location(file, number, found.start("text") + 1, len(text))
            yield NamedGround(text, bases.understand(text), at, by_cite=True)
        plain = _FILLED_IN.sub(lambda found: "\0" * len(found.group()), line)
        for text, start, meant in grounds_in(plain, bases):
            yield NamedGround(text, meant, Location(file, number, start + 1, len(text)), False)


def grounds_in(text: str, bases: Bases) -> Iterator[tuple[str, int, Understood]]:
    """Give what a text says of known grounds: the words, where they begin, what is meant."""
    for found in _NAMED.finditer(text):
        meant = bases.understand(found.group())
        if meant.citations:
            told = _words(found.group(), meant)
            yield told, found.start(), meant


def _words(text: str, meant: Understood) -> str:
    """Give the words that name a ground, without what the sentence goes on with."""
    last = meant.citations[-1]
    if last.article.isdecimal():
        return text[: text.rindex("条") + 1]
    end = text.find("》") + 1
    after = text.find(last.article, end) if last.article else -1
    return text[: after + len(last.article)] if after >= 0 else text[: end or len(text)]
