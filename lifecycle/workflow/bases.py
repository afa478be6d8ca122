"""The legal grounds (法规依据) that rules and letters name: laws, documents, standards, each with
the days on which it was in force.

What a `basis:` says is read here too: which ground, which of its articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from lifecycle.errors import InvalidError, Location, nearest
from lifecycle.frozen import dataclass
from lifecycle.places import BASES

Sure = Literal["read", "press", "unread"]
UNSURE = "[自]"
"""What marks that nobody has checked something against its source."""
SURE: Mapping[Sure, str] = {"read": "已核原文", "press": "据转载", "unread": UNSURE}
NAME = "bases"
"""Under which name, and as which kind, an office publishes them."""

_NUMBERS = r"[\d一二三四五六七八九十百零〇、—]+"
_ARTICLES = re.compile(
    rf"[\s、和]*第(?P<numbers>{_NUMBERS})条(?P<tail>(?:第{_NUMBERS}[款项目])*)(?:（[^第）]*）)?"
)
_LOOKS_CITED = re.compile(rf"第{_NUMBERS}条|〔\d{{4}}〕\d+号|令第\d+号")
_BARE = re.compile(rf"(条例|办法|规定|细则|法)?(?=第{_NUMBERS}条|第\d+章|\d+(\.\d+)+)")
_WITH_NUMBER = re.compile(r"（[^（）]*[号订正]）")
_LEADS = ("参照", "根据", "依照", "依据", "按照")
_PARTS = re.compile("[；;]")
_DIGITS = "零一二三四五六七八九"
_HUNDRED, _TEN = 100, 10


@dataclass(frozen=True, slots=True)
class Article:
    """One article that something names: what it says in one line, and how sure that is.

    `was` is what stood in its place before its ground was in force, written as a `basis` is.
    """

    name: str
    says: str
    sure: Sure
    location: Location
    was: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A law, rule, standard or document. `name` is what a `basis` calls it, `title` its full name.

    It is in force from `since` (that day included) to `to` (excluded); "" where that is not known,
    or open. `cited` is how letters write it, where that is not 《title》.
    """

    name: str
    title: str
    location: Location
    sure: Sure
    aliases: tuple[str, ...] = ()
    number: str = ""
    issuer: str = ""
    since: str = ""
    to: str = ""
    successor: str = ""
    cited: str = ""
    note: str = ""
    articles: tuple[Article, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Give what it alone is called; its title may be that of an older version of it, too."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.number, *self.aliases))))

    @property
    def written(self) -> str:
        """Give how letters name it."""
        return self.cited or f"《{self.title}》"

    def stands_on(self, day: str) -> bool:
        """Tell whether it was in force on a day (YYYY-MM-DD)."""
        return self.since <= day and (not self.to or day < self.to)

    def article(self, name: str) -> Article | None:
        """Give one of its articles; None where it is not registered."""
        return next((one for one in self.articles if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Citation:
    """A ground as something names it: with an article ("": the whole) and what of it (第二款)."""

    ground: Ground
    article: str = ""
    tail: str = ""

    @property
    def registered(self) -> Article | None:
        """Give the article that is named; None where it is not registered, or none is named."""
        return self.ground.article(self.article)

    @property
    def told(self) -> str:
        """Say it as a `basis` is written: 公平竞争审查条例第14条."""
        article = f"第{self.article}条" if self.article.isdecimal() else f" {self.article}"
        return self.ground.name + (article if self.article else "") + self.tail


@dataclass(frozen=True, slots=True)
class Understood:
    """What a `basis` says: the grounds that it names, whether it is a promise or rule of the
    office's own (`inner`), whether it is marked as unverified, and what looks like a ground but is
    none that is known (`lost`).
    """

    citations: tuple[Citation, ...]
    inner: bool
    unsure: bool
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Bases:
    """The grounds as published. `digest` is the SHA-256 of the file's bytes; `inner` are the words
    with which a basis begins that is the office's own.
    """

    title: str
    digest: str
    grounds: tuple[Ground, ...]
    inner: tuple[str, ...]
    location: Location

    @cached_property
    def titled(self) -> dict[str, tuple[Ground, ...]]:
        """Map titles to the grounds that have them, the latest first."""
        found: dict[str, list[Ground]] = {}
        for ground in sorted(self.grounds, key=lambda one: one.since, reverse=True):
            found.setdefault(ground.title, []).append(ground)
        return {title: tuple(grounds) for title, grounds in found.items()}

    @cached_property
    def named(self) -> dict[str, Ground]:
        """Map all that the grounds are called to them; a title to the latest that has it."""
        titles = {title: grounds[0] for title, grounds in self.titled.items()}
        return titles | {name: ground for ground in self.grounds for name in ground.names}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(self.named, key=len, reverse=True))

    def likeliest(self, text: str) -> str | None:
        """Give the name of a ground most like what was written."""
        return nearest(re.split("第|（| ", text.strip("《》"))[0], self.named)

    def understand(self, text: str, within: str = "") -> Understood:
        """Read what a `basis` says. `within` is the basis of the whole file, of which a bare 第八条
        is an article.
        """
        found: list[Citation] = []
        lost: list[str] = []
        inner = False
        ground = self._first_of(within)
        for part in _PARTS.split(text.replace(UNSURE, "")):
            head = re.split("[：:]", part)[0].strip()
            inner = inner or head.startswith(self.inner)
            cited = list(self._citations(head, ground))
            if cited:
                ground = cited[-1].ground
            elif _LOOKS_CITED.search(head) and not head.startswith(self.inner):
                lost.append(head)
            found += cited
        return Understood(tuple(found), inner, UNSURE in text, tuple(lost))

    def _first_of(self, text: str) -> Ground | None:
        citations = self.understand(text).citations if text else ()
        return citations[0].ground if citations else None

    def _citations(self, head: str, within: Ground | None) -> Iterator[Citation]:
        """Give the places of the ground with which a piece of a basis begins, each article once."""
        for lead in _LEADS:
            head = head.removeprefix(lead)
        name = next((name for name in self._names if _begins(head, name)), None)
        if name is not None:
            ground = self.named[name]
            rest = head[len(name) + 2 * head.startswith("《") :]
        else:
            bare = _BARE.match(head)
            if within is None or bare is None or not within.name.endswith(bare.group(1) or ""):
                return
            ground, rest = within, head[bare.end() :]
        rest = rest[len(found.group()) :] if (found := _WITH_NUMBER.match(rest)) else rest
        articles = list(_articles(ground, rest))
        yield from articles or [Citation(ground)]

    def in_force(self, citation: Citation, day: str) -> tuple[Citation, ...]:
        """Give what was in force on a day of what is named: itself, or what stood in its place
        before; raises InvalidError where nothing was.
        """
        ground = citation.ground
        if ground.stands_on(day):
            return (citation,)
        if ground.since <= day:
            now = f"，由{self.named[ground.successor].title}接替" if ground.successor else ""
            message = f"{ground.written}自 {ground.to} 起失效{now}，{day} 不能引用"
            raise InvalidError(message, "改引当时施行的依据")
        message = f"{ground.written}自 {ground.since} 起施行，{day} 还不能引用"
        article = citation.registered
        if citation.article:
            if article is None or not article.was:
                raise InvalidError(message, "改引当时施行的依据，或改写这一句")
            before = self.understand(article.was).citations
        else:
            before = tuple(
                Citation(one)
                for one in self.grounds
                if one.successor == ground.name and one.stands_on(day)
            )
        if not before:
            raise InvalidError(message, "改引当时施行的依据，或改写这一句")
        return tuple(found for one in before for found in self.in_force(one, day))

    def cite(self, text: str, day: str) -> str:
        """Write grounds as letters do, in the law of a day: 《公平竞争审查条例》第十四条. Raises
        InvalidError for what is not known, or nothing of which was in force.
        """
        meant = self.understand(text)
        if meant.lost or not meant.citations:
            near = self.likeliest(text)
            mend = f"是否为“{near}”？" if near else f"先在 {BASES} 里登记"
            raise InvalidError(f"{BASES} 里没有“{(*meant.lost, text)[0]}”", mend)
        told: dict[Citation, None] = {}
        for citation in meant.citations:
            told |= dict.fromkeys(self.in_force(citation, day))
        return written(tuple(told))


def written(citations: tuple[Citation, ...]) -> str:
    """Write grounds one after the other as letters do, each named once with its articles."""
    parts: list[str] = []
    last: Ground | None = None
    for citation in citations:
        name = "" if citation.ground is last else citation.ground.written
        parts.append(name + _article_written(citation))
        last = citation.ground
    return "、".join(parts)


def _article_written(citation: Citation) -> str:
    if citation.article.isdecimal():
        tail = re.sub(r"\d+", lambda found: numeral(int(found.group())), citation.tail)
        return f"第{numeral(int(citation.article))}条{tail}"
    return citation.article + citation.tail


def numeral(number: int) -> str:
    """Write a number below a thousand as articles are counted: 二十五, 一百零九, 四百九十五."""
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not number else "")


def number_of_numeral(text: str) -> str:
    """Give the digits of a number that is written as `numeral` does, or with digits already."""
    if text.isdecimal() and text.isascii():
        return text
    number, held = 0, 0
    for sign in text.replace("〇", "零"):
        if sign in "百十":
            number += (held or 1) * (_HUNDRED if sign == "百" else _TEN)
            held = 0
        else:
            held = _DIGITS.index(sign)
    return str(number + held)


def _begins(head: str, name: str) -> bool:
    """Tell whether a piece begins with a name, bare or between 《 and 》."""
    return head.startswith((name, f"《{name}》"))


def _articles(ground: Ground, rest: str) -> Iterator[Citation]:
    """Give the articles that follow the name of a ground."""
    at = 0
    while found := _ARTICLES.match(rest, at):
        for name in _numbered(found.group("numbers")):
            yield Citation(ground, name, found.group("tail"))
        at = found.end()
    if at:
        return
    text = rest.strip()
    fitting = [one.name for one in ground.articles if text.startswith(one.name)]
    if fitting:
        yield Citation(ground, max(fitting, key=len))
    elif clause := re.match(r"\d+(\.\d+)+|第\d+章", text):
        yield Citation(ground, clause.group())


def _numbered(text: str) -> Iterator[str]:
    """Give the numbers of 第8—11、18条, one by one."""
    for piece in text.split("、"):
        ends = piece.split("—")
        first = number_of_numeral(ends[0])
        last = number_of_numeral(ends[-1])
        yield from map(str, range(int(first), int(last) + 1))
