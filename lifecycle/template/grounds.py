"""The legal grounds that a template names: in its own words, between 《 and 》 or by a number, and
by `cite`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lifecycle.errors import InvalidError, Location, Problem
from lifecycle.frozen import dataclass
from lifecycle.places import BASES
from lifecycle.template.template import Template
from lifecycle.workflow.bases import Bases, Citation, Understood

_OPEN, _CLOSE = "〔﹝[【（(", "〕﹞]】）)"
"""How people write the brackets around the year of a document's number."""
_AS_PRINTED = str.maketrans(_OPEN + _CLOSE, "〔" * len(_OPEN) + "〕" * len(_CLOSE))
_ORDER = re.compile(r"(?P<issuer>.+)令第(?P<number>\d+)号")
_SAID_OTHERWISE = re.compile(r"第(\d+)号令")
_BEFORE = r"(?:(?<![一-龥\d])|(?<=[据照按依由和与及的院府厅局委]))(?:中华人民共和国)?"
"""What may stand before a ground that is named without 《 and 》: not the first half of a longer
name.
"""
_ARTICLE = r"第[\d一二三四五六七八九十百零〇、—]+条"
_SHORTEST = 4
"""A shorter name, like 办法, may be the end of any other."""
_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_NAMED = re.compile(r"《[^《》{}\0]{2,80}》[^《》，。；：！？|“”\0]{0,60}")
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
    """Give what a text says of known grounds: the words, where they begin, what is meant; between
    《 and 》, by the number of a document, or by a bare name that an article follows.
    """
    found: list[tuple[int, int, str, Understood]] = []
    for one in _NAMED.finditer(text):
        meant = bases.understand(one.group())
        if meant.citations:
            found.append((one.start(), one.end(), _words(one.group(), meant), meant))
    titled = list(found)
    for one in _unquoted(bases).finditer(text):
        meant = bases.understand(_as_registered(one.group("name")) + (one.group("article") or ""))
        within = (its for start, end, _words, its in titled if start <= one.start() < end)
        if meant.citations and not any(_are_same(its, meant) for its in within):
            found.append(
                (
                    one.start("name"),
                    one.end(),
                    one.group()[one.start("name") - one.start() :],
                    meant,
                )
            )
    for start, _end, words, meant in sorted(found, key=lambda one: one[0]):
        yield words, start, meant


def is_by_number(words: str) -> bool:
    """Tell whether words name a ground by its number, which its other versions do not have."""
    return "《" not in words and bool(re.search(r"\d\s*号", words))


def _are_same(one: Understood, other: Understood) -> bool:
    return one.citations[0].ground == other.citations[0].ground


@lru_cache(maxsize=2)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Give what finds the grounds that a text names without 《 and 》."""
    numbers = "|".join(filter(None, map(_written_number, names)))
    others = "|".join(
        re.escape(name) for name in names if len(name) >= _SHORTEST and not _written_number(name)
    )
    parts = [f"(?:{numbers})"] if numbers else []
    parts += [f"(?:{others})(?={_ARTICLE})"] if others else []
    name = "|".join(parts) or "(?!)"
    return re.compile(f"{_BEFORE}(?P<name>{name})(?P<article>{_ARTICLE})?")


def _unquoted(bases: Bases) -> re.Pattern[str]:
    return _pattern(tuple(sorted(bases.named, key=lambda name: (-len(name), name))))


def _written_number(name: str) -> str:
    """Give a pattern for how people write the number of a document; "" for other names."""
    order = _ORDER.fullmatch(name)
    if order:
        issuer, number = re.escape(order.group("issuer")), order.group("number")
        return rf"{issuer}(?:令\s*第\s*{number}\s*号|第\s*{number}\s*号令)"
    if not re.fullmatch(r".+〔\d{4}〕.*\d+号", name):
        return ""
    head, _open, rest = name.partition("〔")
    year, _close, number = rest.partition("〕")
    opened, closed = (f"[{re.escape(those)}]" for those in (_OPEN, _CLOSE))
    number = re.escape(number.removesuffix("号"))
    return rf"{re.escape(head)}\s*{opened}\s*{year}\s*{closed}\s*{number}\s*号"


def _as_registered(written: str) -> str:
    """Give a name as the grounds have it."""
    if not re.search(r"\d\s*号", written):
        return written
    plain = re.sub(r"\s", "", written).translate(_AS_PRINTED)
    return _SAID_OTHERWISE.sub(r"令第\1号", plain)


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
