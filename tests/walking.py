"""Officers at a command line with a case in hand, and how they take it forward from
stage to stage.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Semaphore
from typing import Any, Self

import pytest
from answers import answered
from click.testing import CliRunner, Result

from lifecycle import places
from lifecycle.cli.root import root
from lifecycle.office.clock import BEIJING
from lifecycle.office.office import Office
from lifecycle.office.session import Session

X = "wenlv01,xiaofang01"
FOUNDED = date(2023, 1, 3)
"""The day from which the shipped office is there."""
MOST_DAYS = 90
"""After so many days without an entry the clock is confirmed first."""


class WalkClock:
    """The clock of a walk: it only goes forward, a minute for each command, from nine o'clock of
    each day on.
    """

    def __init__(self, day: date) -> None:
        self.now = datetime.combine(day, time(9), BEIJING)

    def __call__(self) -> datetime:
        return self.now

    @property
    def day(self) -> date:
        """Give the day that it is."""
        return self.now.date()

    def go_to(self, day: date) -> None:
        """Let it become a day, which may not be over."""
        assert day >= self.day, f"{day} is over on {self.day}"
        if day > self.day:
            self.now = datetime.combine(day, time(9), BEIJING)

    def tick(self) -> None:
        """Let a minute go by."""
        self.now += timedelta(minutes=1)


class _GivenUpError(Exception):
    """Another walker failed."""


class Relay:
    """Walkers of one office who take turns: it is always on whoever has to act on the earliest day.

    Each walks in a thread of its own, but never two at once, so the order is always the same.
    """

    def __init__(self) -> None:
        self._back = Semaphore(0)
        self._waiting: dict[int, tuple[date, Semaphore]] = {}
        self._given_up = False

    def wait(self, number: int, day: date) -> None:
        """Let others act until a day has come."""
        turn = Semaphore(0)
        self._waiting[number] = (day, turn)
        self._back.release()
        turn.acquire()
        if self._given_up:
            raise _GivenUpError

    def run(self, walks: Sequence[Callable[[], None]]) -> None:
        """Let all walk to their end; what one of them raises is raised here."""
        with ThreadPoolExecutor(len(walks)) as pool:
            ends = []
            for walk in walks:
                ends.append(pool.submit(self._guarded, walk))
                self._back.acquire()
            while self._waiting:
                number = min(self._waiting, key=lambda one: (self._waiting[one][0], one))
                self._waiting.pop(number)[1].release()
                self._back.acquire()
        for end in ends:
            end.result()

    def _guarded(self, walk: Callable[[], None]) -> None:
        arrived = False
        try:
            with suppress(_GivenUpError):
                walk()
                arrived = True
        finally:
            self._given_up |= not arrived
            self._back.release()


class Walk:
    """An office, the case in hand and the day it is; `do` types a command for that case."""

    def __init__(self, folder: Path, clock: WalkClock) -> None:
        self.folder = folder
        self.clock = clock
        self.commands = 0
        self.case = ""
        self.files = 0
        self.relay: Relay | None = None
        self.number = 0

    @classmethod
    def begin(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, *, on: date = FOUNDED) -> Self:
        """Found the shipped office on a day."""
        monkeypatch.setenv("LIFECYCLE_DB", str(folder / "lifecycle.db"))
        walk = cls(folder, WalkClock(on))
        walk.run("init", "--from", str(places.demo() / "office.yaml"))
        return walk

    def together(self, branches: Sequence[Callable[[Self], None]]) -> list[Self]:
        """Walk branches in this office, each with a case of its own, in the order of their days.

        Give their walkers.
        """
        relay = Relay()
        walkers = []
        for number, _ in enumerate(branches):
            walker = copy(self)
            walker.relay, walker.number = relay, number
            walkers.append(walker)
        relay.run([_walking(*pair) for pair in zip(branches, walkers, strict=True)])
        return walkers

    def run(self, *words: str, code: int = 0) -> Result:
        """Run one command line and check its exit code."""
        self.clock.tick()
        result = CliRunner().invoke(
            root, words, prog_name="lifecycle", obj=Session(clock=self.clock)
        )
        assert result.exit_code == code, f"{shlex.join(words)}\n{result.output}"
        return result

    def office(self) -> Office:
        """Open the office itself, at the same clock; whoever asks closes it."""
        return Office.open(f"sqlite:///{self.folder / 'lifecycle.db'}", clock=self.clock)

    @property
    def day(self) -> date:
        """Give the day that it is."""
        return self.clock.day

    def until(self, day: date) -> None:
        """Let time go by until a day; where nobody else had anything to do for long, two officers
        confirm the clock.
        """
        if self.relay is not None:
            self.relay.wait(self.number, day)
        idle = (day - self.clock.day).days
        self.clock.go_to(day)
        if idle > MOST_DAYS:
            self.run("clock", "announce", "--as", "admin")
            self.run("clock", "confirm", "--as", "auditor01")

    def later(self, days: int) -> None:
        """Let days go by."""
        self.until(self.day + timedelta(days=days))

    def asks(self, *words: str) -> Any:
        """Run one command line for its JSON document."""
        return answered(self.run(*words, "--json").stdout)

    def opens(self, name: str, *, on: str = "2024-01-08", investment: int = 32000) -> None:
        """Open a case and take it in hand."""
        self.until(date.fromisoformat(on))
        self.commands += 1
        known = (
            "area=莲都区",
            "area_government=莲都区人民政府",
            "category=文旅",
            "investor=意向方公司",
        )
        units = ("owner_unit=owner-liandu", "x_units=wenlv、xiaofang")
        facts = (f"name={name}", *known, f"investment={investment}", *units)
        sets = [word for fact in facts for word in ("--set", fact)]
        self.case = self.run("open", "project", *sets, "--as", "bureau01").stdout.strip()

    def do(self, line: str, code: int = 0) -> list[Result]:
        """Type `officer,officer verb words…` for the case in hand: once for each officer, and for
        each material.

        `attach a=b` uploads as `a` the same file as last for `b`.
        """
        who, verb, *words = shlex.split(line)
        if verb == "attach":
            given = [[word.partition("=")[0], self.file(word), "--as", who] for word in words]
        else:
            given = [[*words, "--as", one] for one in who.split(",")]
        self.commands += len(given)
        return [self.run(verb, self.case, *one, code=code) for one in given]

    def file(self, word: str) -> str:
        """Write a file for a material, or give the one that another was written to."""
        name, _, same = word.partition("=")
        path = self.folder / f"{self.case} {same or name}.txt"
        if not same:
            self.files += 1
            path.write_text(f"{name} {self.files}", encoding="utf-8")
        return str(path)

    def refused(self, line: str, *told: str) -> None:
        """Type a command that must be refused with all these words, and that must
        change nothing.
        """
        before = self.asks("show", self.case)["case"]
        for result in self.do(line, code=1):
            assert result.stderr.startswith("不能办理："), result.output
            assert not [text for text in told if text not in result.stderr], result.stderr
        assert self.asks("show", self.case)["case"] == before

    def awaits(self, officer: str, *transitions: str) -> None:
        """Check which records and ways of the case in hand are on an officer's list as ones that
        can be made now.
        """
        tasks = self.asks("todo", "--as", officer)["tasks"]
        mine = [one for one in tasks if one["number"] == self.case and one["kind"] == "advance"]
        assert [one["transition"] for one in mine] == list(transitions)

    def owes(self, officer: str) -> list[str]:
        """Name the transitions of the case in hand on which an officer's opinion is asked."""
        tasks = self.asks("todo", "--as", officer)["tasks"]
        mine = [one for one in tasks if one["number"] == self.case and one["kind"] == "sign"]
        return [one["transition"] for one in mine]

    def stands(self, state: str) -> None:
        """Check the stage of the case in hand."""
        assert self.asks("show", self.case)["state"] == state


def _walking(branch: Callable[[Any], None], walker: Walk) -> Callable[[], None]:
    return lambda: branch(walker)


# ── The way forward, stage by stage, as it goes when nothing is in the way ──


def to_siting(w: Walk) -> None:
    """S1 考察导入."""
    w.later(2)
    w.do("bureau01 attach lead_form survey_report")
    w.do("bureau01 advance request_admission")
    w.do("reform01 attach admission_opinion")
    w.do(f"reform01,land01,{X} sign to_siting agree")
    w.do("bureau01 advance to_siting")


def to_intent(w: Walk) -> None:
    """S2 规划选址."""
    w.later(10)
    w.do("planning01 attach site_report planning_conditions")
    w.do("land01 attach ecology_check")
    w.do("planning01 set land_mu=42 land_use=商业 far_max=1.1 height_max=12")
    w.do(f"reform01,land01,owner001,{X} sign to_intent agree")
    w.do("planning01 advance to_intent")


def signed_loi(w: Walk) -> None:
    """S3, up to the signature."""
    w.later(5)
    w.do("bureau01 attach loi_draft due_diligence")
    w.do("bureau01 advance request_loi_review")
    w.do("justice01 attach loi_legal_opinion")
    w.do("finance01,justice01,owner001 sign sign_loi agree")
    until = w.day + timedelta(days=150)
    w.do(f"bureau01 advance sign_loi --set loi_on={w.day} --set loi_valid_to={until}")


def to_design(w: Walk) -> None:
    """S3 签订前期意向书."""
    signed_loi(w)
    w.do("bureau01 advance 转入设计评审")


def reviewed(w: Walk) -> None:
    """S4, up to a held review."""
    w.later(5)
    w.do("owner001 attach design_scheme design_indicators")
    w.do("planning01 attach expert_list")
    w.do("planning01 advance hold_review --note 会议定于三日后在规划局召开。")
    w.later(3)
    w.do(
        "planning01 advance issue_minutes --set present_units=planning、land、wenlv --note "
        "逐条意见见各单位书面意见"
        "。"
    )
    w.do("planning01 attach review_minutes")


def to_policy(w: Walk) -> None:
    """S4 设计评审."""
    reviewed(w)
    w.do("owner001 set design_far=1.0 design_height=12")
    w.do(f"reform01,land01,owner001,{X} sign pass_design agree")
    w.do("planning01 advance pass_design")


def through_gates(w: Walk, lock: str = "lock_clauses") -> None:
    """S5, the three hard gates, up to the locked clauses."""
    w.later(5)
    w.do("bureau01 attach policy_clauses")
    w.do("finance01 attach affordability")
    w.do("bureau01 advance request_fair_review")
    w.do("market01 attach fair_competition")
    w.do("market01 advance fair_review")
    w.do("justice01 attach policy_legal_opinion")
    w.do("justice01 advance legal_review")
    w.do("bureau01 attach decision_minutes")
    w.do("bureau01 advance collective_decision")
    w.do("bureau01 attach policy_approval")
    w.do(f"bureau02 advance {lock}")


def to_listing(w: Walk) -> None:
    """S5 政策洽谈."""
    through_gates(w)
    w.do(f"reform01,planning01,land01,finance01,owner001,{X} sign to_listing agree")
    w.do("bureau01 advance to_listing")


def announced(w: Walk) -> None:
    """S6, up to the announcement: 20 clear days, then ten days of listing."""
    w.later(2)
    w.do("land01 attach transfer_draft price_decision")
    w.do("land01 advance approve_plan")
    w.do("land01 attach transfer_plan listing_notice listing_conditions=planning_conditions")
    start, end = w.day + timedelta(days=21), w.day + timedelta(days=32)
    w.do(
        f"land02 advance announce --set announced_on={w.day} --set listing_start_on={start} "
        f"--set "
        f"listing_end_on={end}"
        " --set start_price=5000 --set deposit=1000"
    )


def dealt(w: Walk, winner: str = "意向方公司", *, same: str = "是") -> None:
    """S6, the deal."""
    w.later(32)
    w.do("land01 attach deal_confirmation")
    w.do(
        f"land01 advance deal --set deal_on={w.day} --set deal_price=5200 --set winner={winner}"
        f" --set winner_is_investor={same}"
    )
    w.later(5)
    w.do(f"land01 advance publish_result --set result_on={w.day}")
    w.do(f"land01 set deposit_returned_on={w.day}")


def to_agreement(w: Walk) -> None:
    """S6 挂牌出让."""
    announced(w)
    dealt(w)
    w.do("land01 advance close_listing")


def drafted(w: Walk) -> None:
    """S7, up to what is there to be signed."""
    w.later(5)
    w.do("land01 attach land_contract")
    w.do(
        f"land01 set contract_on={w.day} first_payment_on={w.day} "
        f"land_start_due_on="
        f"{w.day + timedelta(days=90)}"
    )
    w.do("bureau01 attach agreement_draft agreement_clauses=policy_clauses")
    w.do("bureau01 advance request_agreement_review")
    w.do("justice01 attach agreement_legal_opinion")
    w.do(
        f"bureau01 set start_due_on={w.day + timedelta(days=90)} "
        f"finish_due_on="
        f"{w.day + timedelta(days=700)}"
    )
    w.do("bureau01 advance request_signing")


def to_construction(w: Walk) -> None:
    """S7 签订正式协议."""
    drafted(w)
    w.do("owner001,finance01,justice01,land01 sign sign_agreement agree")
    w.do(f"bureau02 advance sign_agreement --set agreement_on={w.day}")


def started(w: Walk) -> None:
    """S8, up to the start of the works."""
    w.later(30)
    w.do("owner001 attach construction_permit start_photo")
    w.do(f"owner001 advance record_permit --set permit_on={w.day} --set record_code=2024-331102-01")
    w.do(f"owner001 advance start_work --set started_on={w.day}")


def to_acceptance(w: Walk) -> None:
    """S8 建设."""
    w.later(200)
    w.do("owner001 attach acceptance_report")
    w.do("bureau01,planning01 sign complete_work agree")
    w.do("owner001 advance complete_work")


FORWARD: dict[str, Callable[[Walk], None]] = {
    "siting": to_siting,
    "intent": to_intent,
    "design": to_design,
    "policy": to_policy,
    "listing": to_listing,
    "agreement": to_agreement,
    "construction": to_construction,
    "acceptance": to_acceptance,
}


def supervised(w: Walk) -> None:
    """Take a supervision in hand, received by whom it was assigned to."""
    sets = {
        "subject": "整改进度滞后",
        "basis_text": "督查通报",
        "undertaker_unit": "市林业局",
        "task": "逐月报告",
        "deadline_on": str(w.day + timedelta(days=30)),
    }
    given = [word for name, value in sets.items() for word in ("--set", f"{name}={value}")]
    w.case = w.run("open", "supervision", *given, "--as", "bureau01").stdout.strip()
    w.do("bureau01 advance assign")
    w.do("linye01 advance receive")


def forward(w: Walk, state: str) -> None:
    """Take the case in hand forward to a stage."""
    stages = list(FORWARD)
    here = w.asks("show", w.case)["state"]
    done = stages.index(here) + 1 if here in stages else 0
    for stage in stages[done : stages.index(state) + 1]:
        if stage == "acceptance":
            started(w)
        FORWARD[stage](w)
    w.stands(state)
