"""Signing a reviewed letter off (签发), which gives it its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.acts.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates import Gate
from lifecycle.engine.letter_gates import (
    find_letter,
    judge_duty,
    judge_hands,
    judge_stage,
    moved_to,
)
from lifecycle.engine.notice import CHECKED, ISSUED, SUPERSEDED, Addressee, Notice
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class IssueLetter(LetterAct):
    """Sign a reviewed letter off.

    `letter` is the letter's data, `digest` the SHA-256 of its draft, `series` what the number
    counts in, `rules` and `template` the SHA-256 of the definitions gone by, `addressed` who gets
    it. `replaces` is left to the judge.
    """

    notice: str
    letter: Mapping[str, Any]
    digest: str
    series: str
    rules: str
    template: str
    addressed: tuple[Mapping[str, Any], ...]
    writer: int
    replaces: str = ""

    entry_type = "notice_issued"
    verb = "签发"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a signer of the issuing unit does it through whose hands it did not go, and
        that it is what was reviewed.
        """
        notice = find_letter(docket, self.notice)
        if notice is None:
            return docket.refuse()
        role = judge_duty(docket, notice, "signer")
        judge_hands(docket, notice, self.verb)
        judge_stage(docket, notice, CHECKED)
        self._judge_text(docket, notice)
        self._judge_date(docket)
        return docket.close(replace(self, replaces=notice.replaces), role)

    def _judge_text(self, docket: Docket, notice: Notice) -> None:
        inputs = {"letter": self.digest}
        if self.digest == notice.digest or notice.state != CHECKED:
            docket.add(Gate("notice", True, inputs, "与核稿时一致"))
        else:
            docket.add(Gate("notice", False, inputs, "与核稿时的内容不一致", "请重新拟稿、核稿"))

    def _judge_date(self, docket: Docket) -> None:
        dated, today = self.letter["date"], docket.moment.on.isoformat()
        text = f"成文日期 {dated}"
        if dated != today:
            text += f"，须为签发日 {today}"
        docket.add(Gate("notice", dated == today, {"date": dated}, text))

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter in force.

        What it replaces no longer is, who it reminds has been reminded.
        """
        notice = case.notices[self.notice]
        issued = replace(
            notice,
            state=ISSUED,
            number=entry.numbers["notice"],
            title=self.letter["title"],
            issued_on=entry.on,
            issued_by=entry.persons,
            issued_seq=entry.seq,
            entry=entry.digest,
            addressed=tuple(Addressee(a["name"], a["unit"], a["copy"]) for a in self.addressed),
        )
        others = (*_replaced(case, notice), *_reminded(case, notice))
        return case.after(entry, notices=moved_to(case.notices, issued, *others))

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "notice": self.notice,
            "letter": dict(self.letter),
            "digest": self.digest,
            "series": self.series,
            "rules": self.rules,
            "template": self.template,
            "addressed": [dict(addressee) for addressee in self.addressed],
            "replaces": self.replaces,
            "writer": self.writer,
        }
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(
            notice=data["notice"],
            letter=data["letter"],
            digest=data["digest"],
            series=data["series"],
            rules=data["rules"],
            template=data["template"],
            addressed=tuple(data["addressed"]),
            writer=data["writer"],
            replaces=data["replaces"],
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        return f"{self.verb} {self.notice}　{entry.numbers['notice']}　{self.letter['title']}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one: the letter decides, the day and the rules may
        have changed since.
        """
        return isinstance(recorded, IssueLetter) and recorded.notice == self.notice


def _replaced(case: Case, notice: Notice) -> Iterator[Notice]:
    old = case.notices.get(notice.replaces)
    if old is not None and old.in_force:
        yield replace(old, state=SUPERSEDED, replaced_by=notice.name)
    elif old is not None and old.number:
        yield replace(old, replaced_by=notice.name)


def _reminded(case: Case, notice: Notice) -> Iterator[Notice]:
    """Note whom a reminder reminds; only one that goes out is a reminder."""
    about = case.notices.get(notice.about)
    if about is None:
        return
    addressed = []
    for addressee in about.addressed:
        if addressee.unit in notice.units:
            addressee = replace(addressee, urged=(*addressee.urged, notice.debt))
        addressed.append(addressee)
    yield replace(about, addressed=tuple(addressed))
