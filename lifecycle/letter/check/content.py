"""Content lint: what a letter says, judged by the rules of official writing.

The same for data, PDF and DOCX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from lifecycle.letter.check.content_parts import (
    Line,
    Part,
    Written,
    kind_of,
    level_of,
    parts_of_letter,
    parts_of_lines,
)
from lifecycle.letter.check.content_rules import content_rules
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import REMARK

if TYPE_CHECKING:
    from lifecycle.letter.model import Letter

_SHOWN = 24
"""Characters of a part that a finding shows."""
_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")}


class ContentFault(NamedTuple):
    """One fault of content: its rule, page and line (page 0: a letter that is data), the text,
    message and mend.
    """

    rule: str
    page: int
    line: int
    text: str
    message: str
    mend: str
    basis: str


def lint_letter(letter: Letter) -> list[ContentFault]:
    """Judge a letter's content, draft or issued."""
    written = parts_of_letter(letter)
    found = lint(written)
    if (kind := kind_of(letter.title)) and kind != letter.kind:
        found.append(_finding("kind-differs", Part("title", letter.title)))
    return found


def lint_text(lines: Iterable[Line]) -> list[ContentFault]:
    """Judge the content of a letter that is known only as the lines on its pages."""
    written = parts_of_lines(lines)
    found = lint(written)
    for part in written.of("cc")[-1:]:
        if not part.text.endswith("。"):
            found.append(_finding("cc-stop", part))
    to = written.of("to")
    if to and not to[-1].text.endswith("："):
        found.append(_finding("to-colon", to[-1]))
    for part in written.of("note"):
        if not part.text.startswith("（") or not part.text.endswith("）"):
            found.append(_finding("note-brackets", part))
    return found


def lint(written: Written) -> list[ContentFault]:
    """Apply every rule to a letter's parts; the findings stand in the order of its parts."""
    found = [finding for part in written.parts for finding in _patterns(written.kind, part)]
    for judge in _JUDGES:
        found += judge(written)
    return found


def _patterns(kind: str, part: Part) -> Iterator[ContentFault]:
    for rule in content_rules().patterns:
        if part.role in rule.roles and (not rule.kinds or kind in rule.kinds):
            match = rule.pattern.search(part.text)
            if match:
                start = max(0, min(match.start(), match.end() - _SHOWN) - 4)
                text = part.text[start : max(match.end(), start + _SHOWN)]
                yield ContentFault(
                    rule.name, part.page, part.line, text, rule.message, rule.mend, rule.basis
                )


def _finding(rule: str, part: Part) -> ContentFault:
    basis, message, mend = content_rules().judged[rule]
    return ContentFault(rule, part.page, part.line, part.text[:_SHOWN], message, mend, basis)


def _titles(written: Written) -> Iterator[ContentFault]:
    """Want the kind at the end of the title (GB/T 9704—2012 7.3.1).

    A paper of no statutory kind may do without.
    """
    titles = written.of("title")
    title = "".join(part.text for part in titles)
    is_form = not written.kind and title.endswith(("单", "表"))
    if titles and written.kind in (*kinds().statutory, "") and not kind_of(title) and not is_form:
        yield _finding("title-kind", titles[0])


def _requests(written: Written) -> Iterator[ContentFault]:
    """Want one matter, one superior, no subordinates and a contact in a 请示."""
    if written.kind != "请示":
        return
    named = [part for part in written.of("to") for _ in re.split("、", part.text.rstrip("：:"))]
    if len(named) > 1:
        yield _finding("request-to", named[0])
    if all(part.text.startswith(f"（{REMARK}") for part in written.of("note")):
        yield _finding("request-contact", written.of("title")[0])
    issuer = "".join(part.text for part in written.of("signature")[:1])
    below = content_rules().finds["below"]
    for part in written.of("cc"):
        for name in part.text.rstrip("。").split("、"):
            # A county's own bureau has the county's name too: that is no subordinate of it.
            if below.search(name) and not issuer.startswith(name[:3]):
                yield _finding("request-copies", part._replace(text=name))
    headings = [
        part for part in written.of("body") if level_of(part.text) and "请示事项" in part.text[:20]
    ]
    if len(headings) > 1:
        yield _finding("request-parts", headings[1])


def _notices(written: Written) -> Iterator[ContentFault]:
    """Want who does it and until when in a 通知 that asks for something."""
    if written.kind != "通知":
        return
    said = "\n".join(part.text for part in written.of("to", "body", "annex", "cell"))
    for rule, wanted in (("notice-duty", "duty"), ("notice-due", "due")):
        if not content_rules().finds[wanted].search(said):
            yield _finding(rule, written.of("title")[0])


def _minutes(written: Written) -> Iterator[ContentFault]:
    """Want neither signature nor seal below minutes (GB/T 9704—2012 10.3)."""
    if written.kind in kinds().unsigned:
        for part in written.of("signature")[:1]:
            yield _finding("minutes-signed", part)


def _layers(written: Written) -> Iterator[ContentFault]:
    """Want the layers in their order and each counted without gaps; an annex counts anew."""
    for role in ("body", "annex"):
        open_: dict[int, int] = {}
        for part in written.of("body" if role == "body" else "annex"):
            level = level_of(part.text)
            if not level:
                continue
            number = _count(part.text)
            outer = max((n for n in open_ if n < level), default=0)
            # （一） below 1. and （1） straight below 一、 are out of order; 1. straight below 一、
            # is usual.
            crossed = level == 2 and 3 in open_ and 2 not in open_ and 1 in open_
            if crossed or (level == 4 and outer in (1, 2)):
                yield _finding("layer-order", part)
            if level < 3 and number not in (1, open_.get(level, 0) + 1):
                yield _finding("layer-gap", part)
            open_ = {n: count for n, count in open_.items() if n < level} | {level: number}


def _count(text: str) -> int:
    """Read the number that a paragraph begins with."""
    numeral = re.match(r"[（(]?(\d+|[一二三四五六七八九十百]+)", text)
    word = numeral.group(1) if numeral else "0"
    if word.isdecimal():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    return (_DIGIT.get(tens[-1:], 1) * 10 if ten else 0) + _DIGIT.get(ones, 0)


_JUDGES: tuple[Callable[[Written], Iterable[ContentFault]], ...] = (
    _titles,
    _requests,
    _notices,
    _minutes,
    _layers,
)
