"""Giving one's unit's opinion anew after a correction (更正后重新表示意见)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from lifecycle.engine.acts.act import Act, Intent, noted
from lifecycle.engine.acts.sign import (
    Places,
    Verdict,
    judge_own_opinion,
    judge_reason,
    kept_by,
    opinion,
    read_also,
    seat_names,
    told_also,
)
from lifecycle.engine.case import Case, Opinion
from lifecycle.engine.docket import Decision, Docket
from lifecycle.engine.entry import Entry
from lifecycle.engine.gates.cosign import (
    judge_voice,
    may_speak,
    signer_of,
    who_are,
    who_is,
)
from lifecycle.engine.gates.gates import VERDICTS, Gate
from lifecycle.engine.gates.renewals import (
    OpenRenewal,
    has_seat,
    parted_roles,
    place_of,
    renewals_of,
    renewals_waiting,
)
from lifecycle.engine.gates.seats import Seat, speaks_for
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class RenewOpinion(Act):
    """Give one's unit's opinion anew after the correction that the entry with the seq `correction`
    confirmed: once for all that the unit had signed before.

    Role None means the one through which the officer is asked. `unit` is the seat's, `also` are the
    other seats of the officer's unit: it speaks once. The judge fills in both.
    """

    correction: int
    verdict: Verdict
    note: str = ""
    role: str | None = None
    unit: str = ""
    also: Places = ()

    entry_type = "opinion_renewed"
    verb = "更正后重新会签"
    after_end = True

    @property
    def is_opinion(self) -> bool:
        """Tell that it is."""
        return True

    def judge(self, docket: Docket) -> Decision:
        """Judge whether this correction asks the officer's unit, and that what is not plain is
        explained.
        """
        renewal = find_renewal(docket, self.correction)
        if renewal is None:
            return docket.refuse()
        seat = self._own_seat(docket, renewal)
        if seat is None:
            asked = who_are(docket.workflow, docket.moment, renewal.seats)
            text = f"第 {self.correction} 笔更正由 {asked} 重新表示意见，您不在其中"
            docket.add(Gate("role", False, {}, text))
            return docket.refuse()
        name = who_is(docket.workflow, docket.moment, seat.role, seat.unit)
        docket.add(Gate("role", True, {"role": seat.role}, name))
        judge_own_opinion(docket, seat)
        _judge_kept(docket, renewal, seat)
        called = f"第 {self.correction} 笔更正"
        for gate in judge_voice(called, renewal.seats, seat, docket.officer):
            docket.add(gate)
        judge_reason(docket, self.verdict, self.note)
        also = self._also(docket, renewal, seat)
        for other in also:
            judge_own_opinion(docket, other)
            _judge_kept(docket, renewal, other)
        places = tuple((other.role, other.unit) for other in also)
        said = replace(self, role=seat.role, unit=seat.unit, also=places)
        return docket.close(said, seat.role)

    def _also(self, docket: Docket, renewal: OpenRenewal, seat: Seat) -> list[Seat]:
        """List the other seats of the officer's unit: it speaks once, unless the workflow parts
        them; then who may speak for several says for which.
        """
        others = [
            other
            for other in renewal.seats
            if (other.role, other.unit) != (seat.role, seat.unit)
            and speaks_for(other, docket.moment) == docket.officer.unit
        ]
        parted = parted_roles(docket.workflow, renewal)
        if seat.role not in parted:
            return [other for other in others if other.role not in parted]
        mine = [one for one in renewal.seats if one.role in parted and _may_speak(docket, one)]
        titles = [docket.workflow.roles[one.role].title for one in mine]
        if self.role is None and len(titles) > 1:
            text = f"您可代表 {'、'.join(titles)} 会签，各角色分别表示意见，须写明是哪一个"
            docket.add(Gate("role", False, {}, text, f"加 --role {titles[0]}"))
        return []

    def _own_seat(self, docket: Docket, renewal: OpenRenewal) -> Seat | None:
        """Give the seat that the officer may speak for: first one that has not spoken."""
        mine = [
            seat
            for seat in renewal.seats
            if self.role in (None, seat.role) and _may_speak(docket, seat)
        ]
        return next((seat for seat in mine if seat.opinion is None), next(iter(mine), None))

    def is_idle(self, docket: Docket) -> bool:
        """Tell whether this very opinion of the same person stands on this correction."""
        renewal = docket.case.renewals[str(self.correction)]
        said = renewal.said.get(place_of(str(self.role), self.unit))
        return (
            said is not None
            and (said.verdict, said.note) == (self.verdict, self.note)
            and said.resolved is None
            and said.persons == docket.officer.persons
        )

    def fold(self, workflow: Workflow, case: Case, entry: Entry) -> Case:
        """Give the case with the opinion, at each seat of the unit."""
        seats = ((str(self.role), self.unit), *self.also)
        said = [opinion(entry, "", seat, self.verdict, self.note) for seat in seats]
        return with_said(case, self.correction, said, entry)

    def to_dict(self) -> dict[str, Any]:
        """Give its wire form."""
        data: dict[str, Any] = {
            "correction": self.correction,
            "role": self.role,
            "unit": self.unit,
            "note": self.note,
            "verdict": self.verdict,
        }
        return {"data": data | told_also(self.also), "files": [], "transition": None}

    @classmethod
    def from_dict(cls, intent: Intent) -> Self:
        """Read its wire form."""
        data = intent["data"]
        return cls(**{**data, "also": read_also(data)})

    def sentence(self, workflow: Workflow, entry: Entry, names: Mapping[str, str]) -> str:
        """Tell of it."""
        unit = seat_names(workflow, names, (str(self.role), self.unit), *self.also)
        said = f"{unit} {VERDICTS[self.verdict]}{noted(self.note)}"
        return f"{self.verb}（第 {self.correction} 笔）　{said}"

    def wish(self, workflow: Workflow, case: Case) -> str:
        """Say what was asked for."""
        return f"{self.verb}（第 {self.correction} 笔）"

    def is_repeated_by(self, recorded: Act) -> bool:
        """Tell whether an entry's act is this one; the seat may have been left to the judge."""
        if not isinstance(recorded, RenewOpinion):
            return False
        role = recorded.role if self.role is None else self.role
        return replace(self, role=role, unit=recorded.unit, also=recorded.also) == recorded


def _may_speak(docket: Docket, seat: Seat) -> bool:
    """Tell whether the officer speaks for a seat; a unit that has none any more, for its own
    objection.
    """
    officer, said = docket.officer, seat.opinion
    if may_speak(docket.workflow, docket.case, officer, seat):
        return True
    own = said is not None and said.objects and said.by_unit == seat.unit == officer.unit
    return own and not has_seat(docket.workflow, docket.case, seat) and seat.role in officer.held


def _judge_kept(docket: Docket, renewal: OpenRenewal, seat: Seat) -> None:
    """See that a seat which has not spoken anew is spoken for by the unit that had signed, as long
    as that holds the role.
    """
    keeper = signer_of(docket.case, renewal, seat, docket.moment)
    if seat.opinion is None and keeper not in ("", docket.officer.unit):
        docket.add(kept_by(docket, seat, keeper))


def find_renewal(docket: Docket, correction: int) -> OpenRenewal | None:
    """Find a correction after which opinions have to be given anew; where there is none, note
    that.
    """
    workflow, case = docket.workflow, docket.case
    for renewal in renewals_of(workflow, case):
        if renewal.correction == correction:
            return renewal
    waiting = "、".join(f"第 {one.correction} 笔" for one in renewals_waiting(workflow, case))
    text = f"第 {correction} 笔不是须重新表示意见的更正"
    mend = f"等着重新表示意见的更正：{waiting or '无'}"
    docket.add(Gate("edition", False, {"correction": correction}, text, mend))
    return None


def with_said(case: Case, correction: int, said: Iterable[Opinion], entry: Entry) -> Case:
    """Give the case with opinions said anew on a correction, or settled."""
    renewal = case.renewals[str(correction)]
    places = {place_of(one.role, one.unit): one for one in said}
    renewed = replace(renewal, said={**renewal.said, **places})
    return case.after(entry, renewals={**case.renewals, str(correction): renewed})
