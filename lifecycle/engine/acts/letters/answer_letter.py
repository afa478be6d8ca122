"""Recording an addressee's answer to a letter (复函); with a verdict it is the unit's opinion as
well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.letters.letter_act import LetterAct
from lifecycle.engine.acts.sign import (
    Verdict,
    judge_kept,
    judge_own_opinion,
    judge_reason,
    judge_seats_turn,
    opinion,
    other_seats,
    own_seats,
)
from lifecycle.engine.case import Case, File
from lifecycle.engine.case_letter import (
    CaseLetter,
    asked_about,
)
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.cosign import judge_voice, who_are
from lifecycle.engine.gates.gates import VERDICTS, Gate
from lifecycle.engine.gates.quorum import has_turn
from lifecycle.engine.gates.seats import Seat, floor_of, seats_of
from lifecycle.engine.letters.letter_gates import (
    find_addressee,
    find_letter,
    judge_day,
    judge_out,
    judge_unit,
)
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Transition, Workflow

_ONLY = "去掉意见（同意 等），只登记复函"


@dataclass(frozen=True, slots=True)
class AnswerLetter(LetterAct):
    """Record an addressee's answer with its file.

    With a verdict it is also the opinion of the seats (role, unit) on `transition`, which the judge
    fills in.
    """

    letter: str
    addressee: str
    note: str = ""
    verdict: Verdict | None = None
    file: File | None = None
    seats: tuple[tuple[str, str], ...] = ()
    transition: str | None = None

    entry_type = "letter_answered"
    verb = "复函"
    matter = ("letter", "addressee")

    @property
    def is_opinion(self) -> bool:
        """Tell whether it is an opinion, too."""
        return self.verdict is not None

    @property
    def moves_clock(self) -> bool:
        """Tell whether it is an opinion, too: that a gate reads."""
        return self.is_opinion

    def judge(self, docket: Docket) -> Decision:
        """Judge that the addressee answers, and with what.

        An opinion by the rules of the co-sign that was asked.
        """
        letter = find_letter(docket, self.letter)
        addressee = find_addressee(docket, letter, self.addressee) if letter else None
        if letter is None or addressee is None:
            return docket.refuse()
        judge_unit(docket, addressee.unit or letter.unit)
        judge_out(docket, letter)
        before = (("送达", addressee.sent_on), ("签收", addressee.received_on))
        judge_day(docket, self.verb, ("签发", letter.issued_on), *before)
        if self.file is None and not self.note:
            text = "没有复函文件，也没有写明意见"
            docket.add(Gate("reason", False, {}, text, "给出复函文件，或加 --note 意见"))
        answer = replace(self, seats=(), transition=None)
        if self.verdict is not None:
            answer = self._judge_opinion(docket, letter, self.verdict)
        return docket.close(answer, answer.seats[0][0] if answer.seats else "")

    def _judge_opinion(self, docket: Docket, letter: CaseLetter, verdict: Verdict) -> AnswerLetter:
        """Judge the opinion in the answer.

        Gives the answer with the seats that it speaks for, and the transition.
        """
        workflow, case = docket.workflow, docket.case
        nothing = replace(self, seats=(), transition=None)
        name = asked_about(workflow, letter)
        if name is None:
            text = "这件公文不是征求会签意见的，复函不带意见"
            docket.add(Gate("opinion", False, {}, text, _ONLY))
            return nothing
        transition = workflow.leaving[case.state].get(name)
        if transition is None:
            here = workflow.states[case.state].title
            text = f"现为“{here}”，不在征求 {workflow.titles[name]} 意见的环节"
            docket.add(Gate("opinion", False, {}, text, _ONLY))
            return nothing
        roles = {seat.role for seat in own_seats(docket, transition)}
        mine = [cosign for cosign in transition.cosigns if not roles.isdisjoint(cosign.roles)]
        floors = [
            floor_of(workflow, case, transition, cosign) for cosign in mine or transition.cosigns
        ]
        if not letter.in_force or letter.issued_seq < max(floors, default=0):
            text = "公文发出后已被替代，或内容已变更、项目已退回，据此的意见不算"
            sign = f"lifecycle sign {case.number} {name} agree"
            mend = f"看过现在的内容再会签：{sign}；或{_ONLY}"
            docket.add(Gate("opinion", False, {}, text, mend))
        judge_reason(docket, verdict, self.note)
        return replace(self, seats=_judge_seats(docket, transition), transition=name)

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether the addressee has answered and, where this is an opinion, that very opinion
        of the same person stands; what came with the answer stands in its entry only.
        """
        case, officer = docket.case, docket.officer
        addressed = case.letters[self.letter].addressed
        answered = any(one.replied_on for one in addressed if one.name == self.addressee)
        stand = {(seat.role, seat.unit): seat for seat in self._seats_now(docket)}
        given = [stand[place].opinion for place in self.seats if place in stand]
        return answered and all(
            opinion is not None
            and (opinion.verdict, opinion.note) == (self.verdict, self.note)
            and (opinion.persons, opinion.by_unit) == (officer.persons, officer.unit)
            and opinion.resolved is None
            for opinion in given
        )

    def _seats_now(self, docket: Docket) -> tuple[Seat, ...]:
        """List the seats that it speaks for, those off the panel left out."""
        if self.transition is None:
            return ()
        transition = docket.workflow.leaving[docket.case.state][self.transition]
        return seats_of(docket.workflow, docket.case, transition)

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the answer noted, who answers having received, and with the opinion if
        it gives one.
        """
        letter = case.letters[self.letter]
        marked = letter.marked(self.addressee, received_on=entry.on, replied_on=entry.on)
        opinions = dict(case.opinions)
        for seat in self.seats:
            said = opinion(entry, str(self.transition), seat, str(self.verdict), self.note)
            opinions[said.key] = said
        change: dict[str, Any] = {"letters": case.letters.after(marked)}
        if not self.moves_clock:
            return case.beside(entry, **change)
        return case.after(entry, opinions=opinions, **change)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data = {
            "letter": self.letter,
            "addressee": self.addressee,
            "note": self.note,
            "verdict": self.verdict,
            "seats": [list(seat) for seat in self.seats],
        }
        files = [self.file.to_dict()] if self.file else []
        return {"data": data, "files": files, "transition": self.transition}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data, files = intent["data"], intent["files"]
        return cls(
            letter=data["letter"],
            addressee=data["addressee"],
            note=data["note"],
            verdict=data["verdict"],
            file=File.from_dict(files[0]) if files else None,
            seats=tuple((role, unit) for role, unit in data["seats"]),
            transition=intent["transition"],
        )

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        said = ""
        if self.verdict:
            title = workflow.titles.get(str(self.transition), "")
            said = f" 对 {title}　{VERDICTS[self.verdict]}"
        file = f"（{self.file.name}）" if self.file else ""
        return f"{self.verb} {self.letter}　{self.addressee}{said}{file}{noted(self.note)}"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; the seats were left to the judge."""
        if not isinstance(recorded, AnswerLetter):
            return False
        return replace(self, seats=recorded.seats, transition=recorded.transition) == recorded


def _with_others(docket: Docket, transition: Transition, mine: list[Seat]) -> list[Seat]:
    """Give seats with the others of the unit at the same co-signs: it speaks once for all."""
    found = {(seat.role, seat.unit): seat for seat in mine}
    for seat in mine:
        for other in other_seats(docket, transition.name, seat):
            found.setdefault((other.role, other.unit), other)
    return list(found.values())


def _judge_seats(docket: Docket, transition: Transition) -> tuple[tuple[str, str], ...]:
    """Find the seats of a co-sign that the officer may speak for, unless another unit has spoken
    for one.
    """
    workflow, case = docket.workflow, docket.case
    mine, asked = own_seats(docket, transition), seats_of(workflow, case, transition)
    # Who is asked at a later co-sign too speaks there once its turn comes.
    due = [seat for seat in mine if has_turn(workflow, case, transition, seat.role)]
    seats = _with_others(docket, transition, due or mine)
    for seat in seats:
        judge_seats_turn(docket, transition.name, seat)
        judge_own_opinion(docket, seat)
        judge_kept(docket, transition.name, seat)
        for gate in judge_voice(transition.title, asked, seat, docket.officer):
            docket.add(gate)
    if not seats:
        wanted = who_are(docket.workflow, docket.moment, asked)
        text = f"{transition.title} 由 {wanted} 会签，您不在其中"
        docket.add(Gate("role", False, {}, text, _ONLY))
    return tuple((seat.role, seat.unit) for seat in seats)
