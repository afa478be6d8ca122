"""The audit's look at letters: what signing off recorded is what the rules of that time give, and
each number is due.

Words are compared for letters of this program's own way of writing (`WRITER`): another's stand as
they were frozen. The judge that admitted the entry cannot write letters, for it is pure; this works
the letter out again from the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lifecycle.correspondence.drafts import Drafted, drafted_by
from lifecycle.correspondence.rules.issuing_rules import ISSUING
from lifecycle.correspondence.signing_off import digest_of, issue_of, ungrounded
from lifecycle.correspondence.writing import UnpublishedError, write_citing, write_letter
from lifecycle.engine.acts import IssueLetter, ReviewLetter, read_act
from lifecycle.engine.case import Case
from lifecycle.engine.entry import recorded_day
from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.people.directory import Directory
from lifecycle.template.compose import WRITER

if TYPE_CHECKING:
    from lifecycle.ledger.reading.chain import CaseStep, Problem

_WORDS = {
    "content": "正文或格式各要素",
    "answer_on": "复函期限",
    "digest": "核稿时的内容",
    "series": "文号系列",
    "addressed": "收文单位",
}


class LetterJudge:
    """Follows one case after another; `look` is told of every step of each."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._drafts: dict[str, Drafted] = {}

    def look(self, directory: Directory, step: CaseStep) -> Iterator[Problem]:
        """Yield what is wrong with an entry about a letter."""
        if step.before is None:
            self._drafts = {}
            return
        for drafted in drafted_by(self.library, step, self._drafts):
            self._drafts[drafted.name] = drafted
        if step.body["intent"]["type"] in (ReviewLetter.entry_type, IssueLetter.entry_type):
            try:
                yield from self._judge(directory, step.before, step.body)
            except UnpublishedError as error:
                yield "letter", error.message
            except UnavailableError:
                raise
            except LifecycleError as error:
                yield "letter", error.message

    def _judge(
        self, directory: Directory, case: Case, body: Mapping[str, Any]
    ) -> Iterator[Problem]:
        intent, seq = body["intent"], body["office"]
        act = read_act(intent)
        assert isinstance(act, ReviewLetter | IssueLetter)
        drafted = self._drafts.get(act.letter)
        if drafted is None:
            yield "letter", f"没有拟过 {act.letter}"
            return
        own = act.writer == WRITER
        if isinstance(act, ReviewLetter):
            if own and digest_of(write_letter(self.library, directory, drafted)) != act.digest:
                yield "letter", f"{act.letter} 核稿的不是这份内容"
            return
        yield from _pinned(directory, drafted, act, body)
        on = intent["occurred_on"]
        moment = self.library.moment(on, body["calendar"], directory.titles(on, seq))
        actor = intent["actor"]
        title = directory.people[actor.get("for", actor["id"])].title
        wanted = issue_of(
            self.library, directory, drafted, moment=moment, case=case, signer=title, seq=seq
        )
        for name, words in _WORDS.items():
            if name in ("content", "answer_on", "digest") and not own:
                continue
            if getattr(act, name) != getattr(wanted, name):
                yield "letter", f"{act.letter} 签发的{words}与按当时规则写出的不符"
        if own:
            written = write_citing(self.library, directory, drafted)
            wrong = ungrounded(self.library.bases(directory, seq), written, on)
            yield from [("letter", f"{act.letter} {wrong}")] if wrong else []
        yield from _numbered(wanted, body)


def _pinned(
    directory: Directory, drafted: Drafted, act: IssueLetter, body: Mapping[str, Any]
) -> Iterator[Problem]:
    """See what no definition's text is needed for: which definitions were in force, and the day of
    the number.
    """
    if act.rules != directory.document(ISSUING, ISSUING, body["office"]):
        yield "letter", f"{act.letter} 签发的所依据的发文规则与按当时规则写出的不符"
    letter = drafted.letter
    if act.template != (
        letter.text or directory.document("template", letter.template, drafted.body["office"])
    ):
        yield "letter", f"{act.letter} 签发的所用的模板与按当时规则写出的不符"
    number, on = body["numbers"]["letter"], body["intent"]["occurred_on"]
    if on != recorded_day(body["recorded_at"]):
        yield "number", f"文号 {number} 的成文日期 {on} 不是编号当日（补编或倒签）"


def _numbered(wanted: IssueLetter, body: Mapping[str, Any]) -> Iterator[Problem]:
    """See that the number is of its series."""
    number = body["numbers"]["letter"]
    before, after = wanted.series.split("{serial}")
    serial = number[len(before) : len(number) - len(after)]
    if not (
        number.startswith(before)
        and number.endswith(after)
        and serial.isdecimal()
        and serial[:1] != "0"
    ):
        yield "number", f"文号 {number} 不是系列 {wanted.series} 的号"
