"""The legal grounds that a template names: in its own words, between 《 and 》 or by a number, and
by `cite`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lifecycle.errors import InvalidError, Location, Problem
from lifecycle.frozen import dataclass
from lifecycle.places import BASES
from lifecycle.template.template import Template
from lifecycle.workflow.bases import Bases, Citation, Understood

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


def ground_faults(template: Template, bases: Bases, day: str) -> Iterator[Problem]:
    """Tell what a template names that is not registered, or that its letters of a day cannot name,
    since it is not in force.
    """
    for one in grounds_named(template, bases):
        if one.by_cite and (one.meant.lost or not one.meant.citations):
            piece = (*one.meant.lost, one.text)[0]
            near = bases.likeliest(piece)
            mend = f"是否为“{near}”？" if near else f"先在 {BASES} 里登记它"
            yield Problem("unknown-ground", one.location, f"依据“{piece}”没有登记", mend)
        for citation in one.meant.citations:
            if citation.article and citation.ground.articles and citation.registered is None:
                message = f"{BASES} 里没有“{citation.told}”"
                mend = f"核对条号，或在 {citation.ground.name} 的 articles 里写明它说什么"
                yield Problem("unregistered-article", one.location, message, mend, warning=True)
            yield from _not_in_force(one, citation, bases, day)


def _not_in_force(
    one: NamedGround, citation: Citation, bases: Bases, day: str
) -> Iterator[Problem]:
    if citation.ground.stands_on(day):
        return
    try:
        bases.in_force(citation, day)
    except InvalidError as error:
        yield Problem("lapsed-ground", one.location, error.message, error.mend)
        return
    if not one.by_cite:
        message = f"{citation.ground.written}自 {citation.ground.since} 起才施行"
        mend = f"写成 {{{{ cite('{citation.told}') }}}}，引用当时施行的"
        yield Problem("lapsed-ground", one.location, message, mend)


def _words(text: str, meant: Understood) -> str:
    """Give the words that name a ground, without what the sentence goes on with."""
    last = meant.citations[-1]
    if last.article.isdecimal():
        return text[: text.rindex("条") + 1]
    end = text.find("》") + 1
    after = text.find(last.article, end) if last.article else -1
    return text[: after + len(last.article)] if after >= 0 else text[: end or len(text)]
