"""Signing a reviewed letter off (签发), which gives it its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.case import Case
from lifecycle.engine.case_letter import (
    ISSUED,
    REVIEWED,
    SUPERSEDED,
    Addressee,
    CaseLetter,
)
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.asking import (
    seats_asked_by,
    transition_asked_by,
    with_asked,
    with_letter,
)
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.gates.seats import Seat
from lifecycle.engine.letters.letter_gates import (
    find_letter,
    judge_duty,
    judge_hands,
    judge_stage,
)
from lifecycle.engine.letters.letter_steps import lapse_as_recorded
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow

Asks = tuple[tuple[str, str, str], ...]
"""Seats as (role, unit), each with the unit to which a letter goes for it."""


@dataclass(frozen=True, slots=True)
class IssueLetter(LetterAct):
    """Sign a reviewed letter off.

    `content` is the letter's data, `digest` the SHA-256 of its draft, `series` what the number
    counts in, `rules` and `template` the SHA-256 of the definitions gone by, `addressed` who gets
    it, `answer_on` the day that it names for the answer, "" for none. `replaces` is left to the
    judge, and so are `belated`: why the letter is out of time, which wants a reason (`note`), or
    ""; and `asks`: the seats (role, unit) whose opinion it asks, each with the unit that gets the
    letter for it, or "". These two are None for what was recorded without being asked that.
    """

    letter: str
    content: Mapping[str, Any]
    digest: str
    series: str
    rules: str
    template: str
    addressed: tuple[Mapping[str, Any], ...]
    writer: int
    replaces: str = ""
    note: str = ""
    belated: str | None = ""
    answer_on: str = ""
    asks: Asks | None = ()

    entry_type = "letter_issued"
    verb = "签发"

    def judge(self, docket: Docket) -> Decision:
        """Judge that a signer of the issuing unit does it through whose hands it did not go, and
        that it is what was reviewed.
        """
        letter = find_letter(docket, self.letter)
        if letter is None:
            return docket.refuse()
        role = judge_duty(docket, letter, "signer")
        judge_hands(docket, letter, self.verb)
        judge_stage(docket, letter, REVIEWED)
        self._judge_text(docket, letter)
        self._judge_date(docket)
        belated = self.belated if self.belated is None else self._judge_lapse(docket, letter)
        asks = self.asks if self.asks is None else self._asks(docket, letter)
        made = replace(self, replaces=letter.replaces, belated=belated, asks=asks)
        return docket.close(made, role)

    def _asks(self, docket: Docket, letter: CaseLetter) -> Asks:
        """Say whose opinions the letter asks, and which addressee has it for each of them."""
        found = []
        units = [one["unit"] for one in self.addressed if one["unit"] and not one["copy"]]
        for seat in seats_asked_by(docket.workflow, docket.case, letter):
            theirs = (seat.unit,) if seat.unit else _holding(docket, seat.role)
            mine = [unit for unit in units if unit in theirs]
            found += [(seat.role, seat.unit, unit) for unit in mine or ("",)]
        return tuple(found)

    def _judge_lapse(self, docket: Docket, letter: CaseLetter) -> str:
        """Judge whether the step that the letter tells of is still in hand; give in words what is
        not so, or "".
        """
        case, on = docket.case, docket.moment.on.isoformat()
        recorded = self.belated or ""
        lapse = lapse_as_recorded(docket.workflow, case, letter, on, recorded)
        if lapse is None:
            return ""
        inputs = {"step": letter.step, "lapse": lapse.kind}
        if lapse.kind == "undone":
            mend = f"作废：lifecycle notice void {case.number} {letter.name} --note 理由；"
            mend += f"仍要发文的，按现在的情况重拟：lifecycle notice draft {case.number} "
            mend += f"--replace {letter.name}"
            docket.add(Gate("letter", False, inputs, f"{lapse.text}，不能再签发", mend))
        elif not self.note:
            mend = f"作废，或写明迟发的理由：lifecycle notice issue {case.number} {letter.name} "
            docket.add(Gate("reason", False, inputs, lapse.text, f"{mend}--note 理由"))
        else:
            docket.add(Gate("reason", True, inputs, f"{lapse.text}，已说明迟发的理由"))
        return lapse.text

    def _judge_text(self, docket: Docket, letter: CaseLetter) -> None:
        inputs = {"digest": self.digest}
        if self.digest == letter.digest or letter.state != REVIEWED:
            docket.add(Gate("letter", True, inputs, "与核稿时一致"))
        else:
            docket.add(Gate("letter", False, inputs, "与核稿时的内容不一致", "请重新拟稿、核稿"))

    def _judge_date(self, docket: Docket) -> None:
        dated, today = self.content["date"], docket.moment.on.isoformat()
        text = f"成文日期 {dated}"
        if dated != today:
            text += f"，须为签发日 {today}"
        docket.add(Gate("letter", dated == today, {"date": dated}, text))

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the letter in force.

        What it replaces no longer is, who it reminds has been reminded.
        """
        letter = case.letters[self.letter]
        issued = replace(
            letter,
            state=ISSUED,
            number=entry.numbers["letter"],
            title=self.content["title"],
            issued_on=entry.on,
            issued_by=entry.persons,
            issued_seq=entry.seq,
            entry=entry.digest,
            addressed=tuple(Addressee(a["name"], a["unit"], a["copy"]) for a in self.addressed),
            answer_on=self.answer_on,
        )
        others = (*_replaced(case, letter), *_reminded(case, letter))
        change = self._asked(workflow, case, letter, entry)
        return case.beside(entry, letters=case.letters.after(issued, *others), **change)

    def _asked(
        self, workflow: Workflow, case: Case, letter: CaseLetter, entry: Entry
    ) -> dict[str, Any]:
        """Give what changes of a case by whom the letter asks."""
        transition = transition_asked_by(workflow, case, letter)
        if transition is None:
            return {}
        if not self.asks:
            seats = seats_asked_by(workflow, case, letter)
            return {"asked": with_asked(case, transition, seats, entry)}
        asks = [
            (Seat(role, unit, None, stale=False), addressee) for role, unit, addressee in self.asks
        ]
        return with_letter(case, transition, asks, entry, letter.name)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "letter": self.letter,
            "content": dict(self.content),
            "digest": self.digest,
            "series": self.series,
            "rules": self.rules,
            "template": self.template,
            "addressed": [dict(addressee) for addressee in self.addressed],
            "replaces": self.replaces,
            "writer": self.writer,
            **({"note": self.note} if self.note else {}),
            **({"belated": self.belated} if self.belated else {}),
            **({"answer_on": self.answer_on} if self.answer_on else {}),
            **({"asks": [list(one) for one in self.asks]} if self.asks else {}),
        }
        return {"data": data, "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(
            letter=data["letter"],
            content=data["content"],
            digest=data["digest"],
            series=data["series"],
            rules=data["rules"],
            template=data["template"],
            addressed=tuple(data["addressed"]),
            writer=data["writer"],
            replaces=data["replaces"],
            note=data.get("note", ""),
            belated=data.get("belated"),
            answer_on=data.get("answer_on", ""),
            asks=_read_asks(data),
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        late = f"（{self.belated}，迟发）" if self.belated else ""
        said = f"{entry.numbers['letter']}　{self.content['title']}{late}{noted(self.note)}"
        return f"{self.verb} {self.letter}　{said}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one: the letter decides, the day and the rules may
        have changed since.
        """
        return isinstance(recorded, IssueLetter) and recorded.letter == self.letter


def _read_asks(data: Mapping[str, Any]) -> Asks | None:
    found = data.get("asks")
    return None if found is None else tuple((role, unit, to) for role, unit, to in found)


def _holding(docket: Docket, role: str) -> list[str]:
    """Name the units in which somebody holds a role on that day."""
    return [unit for unit, roles in (docket.moment.staff or {}).items() if role in roles]


def _replaced(case: Case, letter: CaseLetter) -> Iterator[CaseLetter]:
    old = case.letters.get(letter.replaces)
    if old is not None and old.in_force:
        yield replace(old, state=SUPERSEDED, replaced_by=letter.name)
    elif old is not None and old.number:
        yield replace(old, replaced_by=letter.name)


def _reminded(case: Case, letter: CaseLetter) -> Iterator[CaseLetter]:
    """Note whom a reminder reminds; only one that goes out is a reminder."""
    about = case.letters.get(letter.about)
    if about is None:
        return
    addressed = []
    for addressee in about.addressed:
        if addressee.unit in letter.units:
            addressee = replace(addressee, urged=(*addressee.urged, letter.debt))
        addressed.append(addressee)
    yield replace(about, addressed=tuple(addressed))
