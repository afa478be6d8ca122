"""Random commands that get a project deep into its stages, and now and then do what cannot be
right.

The drawer asks the judge what a way out of the present stage lacks, and mostly supplies it; between
it corrects, returns, suspends, records late, delegates, has people leave and units change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from world import World, judge_figures

from lifecycle.engine.acts import (
    Act,
    Advance,
    AskOpinions,
    Attach,
    CancelOpening,
    ClearFacts,
    ConfirmCorrection,
    Correct,
    DeclineCorrection,
    Detach,
    Open,
    RenewOpinion,
    ResolveObjection,
    SetFacts,
    SettleRenewal,
    Sign,
    TakeBack,
    Verdict,
    WithdrawOpinion,
)
from lifecycle.engine.case import Case, File
from lifecycle.engine.decide import decide
from lifecycle.engine.docket import Refused
from lifecycle.engine.gates.gates import Gate, holds
from lifecycle.engine.gates.renewals import renewals_waiting
from lifecycle.engine.gates.seats import seats_of
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Officer
from lifecycle.errors import LifecycleError
from lifecycle.ledger.register import Outcome, Request
from lifecycle.office.letters import letters, replies
from lifecycle.people.changes import (
    AddOfficer,
    ChangeUnit,
    Delegate,
    GrantRoles,
    NoteLeave,
    RevokeDelegation,
    RevokeRoles,
)
from lifecycle.workflow.model import Fact, Transition, Workflow

KIND_WEIGHTS = {
    "forward": 5.0,
    "record": 0.4,
    "return": 0.35,
    "suspend": 0.6,
    "terminate": 0.02,
    "resume": 2.0,
    "reopen": 3.0,
}
DISORDERLY = 100
"""From this seed on those whose role has ended go on as if it had not."""
VERDICTS: tuple[Verdict, ...] = ("agree", "conditional", "object")
ANSWERS: tuple[Verdict | None, ...] = (None, "agree", "agree", "object")
PATIENCE = 14
"""So many commands at most are drawn towards one way out before another is thought of."""
SAME_FILE = {"listing_conditions": "planning_conditions", "agreement_clauses": "policy_clauses"}
"""Materials that have to be the same file as another."""
REASONS = ("资料不全", "投资方来函要求", "地块边界有调整", "经会商同意")
ROLES = ("bureau", "reform", "planning", "land", "finance", "owner", "x", "justice", "market_reg")


class Chance:
    """Draws commands for one world and gives them at once, so that each is drawn with what came of
    those before.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.former = seed >= DISORDERLY
        self.calm = (0.1, 0.4, 1.0)[seed % 3]
        self.files: dict[str, File] = {}
        self.goals: dict[str, tuple[str, int]] = {}
        self.named = 0
        self.known: tuple[tuple[str, date], list[Officer]] = (("", date.min), [])
        self.last: tuple[Request, str, Act] | None = None

    # Chance, days and people.

    def chance(self, share: float) -> bool:
        """Tell with this probability."""
        return self.random.random() < share

    def pick(self, among: Iterable[Any]) -> Any:
        """Pick one, None of none."""
        known = list(among)
        return self.random.choice(known) if known else None

    @property
    def workflow(self) -> Workflow:
        """Give the workflow."""
        return self.world.workflow

    def serving(self) -> list[str]:
        """Name who is in office today."""
        directory, day = self.world.office.directory, self.world.today.isoformat()
        people = directory.people.values()
        return [p.code for p in people if p.serves(day, directory.seq)]

    def officer(self, code: str, principal: str | None = None) -> Officer | None:
        """Say who an officer is today."""
        try:
            return self.world.office.directory.officer(code, self.world.today, principal=principal)
        except LifecycleError:
            return None

    def actors(self) -> list[Officer]:
        """List everybody who can act today, also in another's name."""
        directory, day = self.world.office.directory, self.world.today
        key = (directory.head, day)
        if self.known[0] != key:
            serving = self.serving()
            found = [self.officer(code) for code in serving]
            for code in serving:
                found += [self.officer(code, name) for name in directory.principals(code, day)]
            self.known = (key, [officer for officer in found if officer is not None])
        return self.known[1]

    def able(self, case: Case, roles: Sequence[str]) -> Officer | None:
        """Pick one who holds one of the roles in a case; now and then anybody at all."""
        everybody = self.actors()
        if self.former and self.chance(0.08):
            return self._once_able(roles) or self.random.choice(everybody)
        if not self.chance(0.05):
            wanted = [
                officer
                for officer in everybody
                if any(holds(self.workflow, case, officer, role) for role in roles)
            ]
            if wanted:
                return self.random.choice(wanted)
        return self.random.choice(everybody) if everybody else None

    def _once_able(self, roles: Sequence[str]) -> Officer | None:
        """Pick one to whom one of the roles was granted once, be it in force or not."""
        grants = self.world.office.directory.grants
        known = {grant.officer for grant in grants if set(grant.roles) & set(roles)}
        return self.officer(self.random.choice(sorted(known))) if known else None

    def request(self, officer: Officer, case: Case | None) -> Request:
        """Give the request of an officer: today's, or of an earlier day, perhaps by another's
        hand.
        """
        on: date | None = None
        done_by, because = None, ""
        if self.chance(0.25):
            first = date.fromisoformat(case.last_on) if case else self.world.today
            if case is None or self.chance(0.05):
                first -= timedelta(days=3)
            days = max(0, (self.world.today - first).days)
            on = first + timedelta(days=self.random.randint(0, days))
        code = officer.id
        if on is not None and on < self.world.today and self.chance(0.3):
            others = [c for c in self.serving() if c != code]
            same = [c for c in others if self._unit(c) == self._unit(code)]
            mate = self.pick(same if not self.chance(0.2) else others)
            if mate is not None and not officer.principal:
                code, done_by, because = mate, code, "当时未及登记"
        if on is not None and on < self.world.today and done_by is None and self.world.given % 8:
            because = "当时未及录入"
        key = self.world.turn.number
        request_id = f"r-{key}" if self.chance(0.03) else None
        return Request(code, officer.principal, on, request_id, False, done_by, because)

    def _unit(self, code: str) -> str:
        return self.world.office.directory.people[code].unit

    def submit(self, officer: Officer | None, case: Case | None, act: Act) -> Any:
        """Give an act; some of those that were recorded are given again at once."""
        if officer is None:
            return None
        request = self.request(officer, case)
        case_id = case.id if case else None
        came = self.world.submit(request, case_id, act)
        if isinstance(came, Outcome) and case_id is not None:
            self.last = (request, case_id, act)
            if request.request_id or self.chance(0.06):
                self.repeat(came)
        return came

    def repeat(self, first: Outcome) -> None:
        """Give the last act once more: under its id it is the same entry."""
        if self.last is None:
            return
        request, case_id, act = self.last
        before = self.world.accepted
        came = self.world.submit(request, case_id, act)
        if request.request_id and isinstance(came, Outcome):
            repeated = came.repeated or came.unchanged
            self.world.see("f", repeated and self.world.accepted == before, f"{act} again")
        elif not isinstance(act, Advance | TakeBack):  # made twice, they are done twice
            self.world.see("f", self.world.accepted == before, f"{act} again")

    # One turn.

    def draw(self) -> None:
        """Let some time go by and draw one turn."""
        gaps = ((60, 60), (3600, 12), (6 * 3600, 6), (30 * 3600, 9), (4 * 86400, 3))
        (seconds,) = self.random.choices([g for g, _ in gaps], [w for _, w in gaps])
        self.world.turn.next(seconds)
        if len(self.world.cases) < 1 or (len(self.world.cases) < 3 and self.chance(0.01)):
            self.open()
            return
        case = self.world.case(self.pick(self.world.cases))
        if case.suspensions and self.chance(0.4):
            self.world.turn.next(3 * 86400)
        across = any(role.delegate == "across" for role in self.workflow.roles.values())
        changes = 0.12 if self.former else 0.035
        turns: list[tuple[Callable[[Case], object], float]] = [
            (self.push, 0.70 / self.calm),
            (self.correct, 0.05),
            (self.settle, 0.08),
            (self.take_back, 0.035),
            (self.opine, 0.03),
            (self.write_letters, 0.035),
            (self.change_office, 0.3 if across else changes),
            (self.stray, 0.06),
        ]
        (turn,) = self.random.choices([t for t, _ in turns], [w for _, w in turns])
        turn(case)

    def open(self) -> None:
        """Open a case."""
        self.named += 1
        facts: dict[str, Value] = {"name": f"康养小镇{self.named}号"}
        wanted = ("area", "category", "investor", "investment", "owner_unit", "x_units")
        for name in (*wanted, "area_government"):
            facts[name] = self.value(None, self.workflow.facts[name])
        if self.chance(0.1):
            stray = self.pick(self.workflow.facts.values())
            facts[stray.name] = self.value(None, stray)
        officer = self.officer("bureau01") or self.pick(self.actors())
        self.submit(officer, None, Open(facts))

    # Towards a way out.

    def push(self, case: Case) -> None:
        """Take a case a step on towards a way out of its stage."""
        ways = self.workflow.leaving[case.state]
        if not ways or case.cancelled:
            self.world.cases.remove(case.id)
            return
        name, left = self.goals.get(case.id, ("", 0))
        if name not in ways or left <= 0:
            weights = [self._liking(way) for way in ways.values()]
            (name,) = self.random.choices(list(ways), weights)
            left = PATIENCE
        self.goals[case.id] = (name, left - 1)
        self.attempt(case, ways[name], 4)

    def _liking(self, way: Transition) -> float:
        weight = KIND_WEIGHTS[way.kind]
        if way.kind in ("return", "suspend", "terminate", "record"):
            weight *= self.calm
        if way.name in ("identify_idle", "back_to_policy", "fail_listing", "transfer_out"):
            return weight * 0.15
        return weight * (2.0 if way.name in ("extend", "supplement", "renew_loi") else 1.0)

    def attempt(self, case: Case, way: Transition, depth: int) -> None:
        """Make a transition, or supply one thing that it lacks."""
        facts = {name: self.value(case, self.workflow.facts[name]) for name in way.asks}
        if way.may and self.chance(0.9):
            fact = self.workflow.facts[self.pick(way.may)]
            facts[fact.name] = self.value(case, fact)
        note = self.random.choice(REASONS) if way.reason or self.chance(0.1) else ""
        act = Advance(way.name, note, facts)
        officer = self.able(case, way.by)
        if officer is None:
            return
        moment = self.world.office.register.moment(self.world.office.directory, self.world.today)
        decision = decide(self.workflow, case, act, officer, moment)
        unmet = [gate for gate in decision.gates if not gate.met]
        for gate in unmet:
            judge_figures(gate)
        if not isinstance(decision, Refused) or self.chance(0.08) or depth == 0:
            came = self.submit(officer, case, act)
            if isinstance(came, Outcome):
                self.goals.pop(case.id, None)
            return
        curable = [gate for gate in unmet if gate.kind not in ("role", "not_by", "counter")]
        for gate in self.random.sample(curable, min(len(curable), 2)):
            self.supply(case, way, gate, depth)
            case = self.world.case(case.id)
            if case.state not in way.sources:
                return
        if not curable:
            self.goals[case.id] = (way.name, self.goals.get(case.id, ("", 0))[1] - 4)

    def supply(self, case: Case, way: Transition, gate: Gate, depth: int) -> None:
        """Do something about an unmet gate."""
        other = self.workflow.leaving[case.state].get(gate.act)
        if other is not None and other.name != way.name:
            self.attempt(case, other, depth - 1)
        elif gate.kind == "materials":
            for name in sorted(gate.inputs.keys() & self.workflow.materials.keys()):
                self.attach(case, name)
            if "name" in gate.inputs:
                self._renew_item(case, way, str(gate.inputs["name"]), depth)
        elif gate.kind == "facts":
            for name in sorted(gate.inputs.keys() & self.workflow.facts.keys()):
                self.set(case, name)
        elif gate.kind == "cosign":
            self.sign(case, way)
        elif gate.kind == "edition":
            for _ in range(self.random.choice((1, 2, 3))):
                self.settle(self.world.case(case.id), urgent=True)
        elif gate.kind == "dwell" or "起可办" in gate.mend:
            self.wait(gate.mend)
        elif gate.kind == "guard":
            self._meet(case, way, gate, depth)

    def _renew_item(self, case: Case, way: Transition, name: str, depth: int) -> None:
        """Hand something in anew, or have the step made anew that read it."""
        steps = [same.step for same in way.read_by if name in same.items]
        ways = self.workflow.leaving[case.state]
        if steps and steps[0] in ways and self.chance(0.7):
            self.attempt(case, ways[steps[0]], depth - 1)
        elif name in self.workflow.materials:
            self.attach(case, name)

    def _meet(self, case: Case, way: Transition, gate: Gate, depth: int) -> None:
        names = re.findall(r"\w+", str(gate.inputs.get("when", "")))
        ways = self.workflow.leaving[case.state]
        steps = [name for name in names if name in ways and name != way.name]
        facts = [n for n in names if n in self.workflow.facts and n not in way.asks]
        files = [name for name in names if name in self.workflow.materials]
        if steps and self.chance(0.7):
            self.attempt(case, ways[self.pick(steps)], depth - 1)
        elif files:
            self.attach(case, self.pick(files))
        elif facts:
            self.set(case, self.pick(facts))

    def wait(self, mend: str) -> None:
        """Let time go by until a day."""
        found = re.search(r"(\d{4}-\d\d-\d\d)", mend)
        if found is None or self.chance(0.3):
            return
        days = (date.fromisoformat(found[1]) - self.world.today).days
        if 0 < days < 400:
            for part in range(0, days, 20):
                self.world.turn.next(min(20, days - part) * 86400)
                self.world.change(Request("admin"), GrantRoles("clerk01", ("clerk",)))

    def set(self, case: Case, name: str) -> None:
        """Set one fact."""
        fact = self.workflow.facts[name]
        roles = fact.by or ("bureau", self.workflow.states[case.state].lead or "bureau")
        facts = {name: self.value(case, fact)}
        self.submit(self.able(case, roles), case, SetFacts(facts))

    def file(self, material: str) -> File:
        """Give one of a few files of a material."""
        title = SAME_FILE.get(material, material)
        number = self.random.choice((1, 1, 1, 1, 2, 3, 4))
        renews = self.workflow.materials[material].renews
        if renews:
            number = self.random.randint(1, 60)
        name = f"{title}-{number}.txt"
        if name not in self.files:
            self.files[name] = self.world.office.store.files.keep_bytes(name.encode(), name)
        return self.files[name]

    def attach(self, case: Case, name: str) -> None:
        """Attach a file."""
        roles = self.workflow.materials[name].by or tuple(self.workflow.roles)
        self.submit(self.able(case, roles), case, Attach(name, self.file(name)))

    def value(self, case: Case | None, fact: Fact) -> Value:
        """Draw a value of a fact; now and then one that does not do."""
        kind = fact.type
        if kind == "choice":
            return str(self.random.choice(fact.choices))
        if kind == "date":
            return self._day(fact)
        if kind == "yesno":
            return self.chance(0.75)
        if kind == "unit":
            return self._unit_for(fact.name)
        if kind == "list":
            if fact.of != "unit":
                return [f"政策{self.random.randint(1, 9)}"]
            units = ["wenlv", "linye", "shuili"]
            if self.chance(0.06):
                units += ["empty", "finance"]
            return self.random.sample(units, self.random.choice((1, 1, 2, 2, 3)))
        if kind == "text":
            return self._text(case, fact.name)
        return self._number(fact)

    def _unit_for(self, name: str) -> str:
        if self.chance(0.06):
            return str(self.pick(self.world.office.directory.units))
        if name == "owner_unit":
            return self.random.choice(("owner-a", "owner-a", "owner-b"))
        return self.random.choice(("reform", "wenlv", "owner-a"))

    def _day(self, fact: Fact) -> str:
        today = self.world.today
        days = self.random.choice((0, 0, 0, 0, -1, -4))
        name = fact.name
        if self.chance(0.05):
            days = self.random.choice((1, 30, -40))
        elif name == "listing_start_on":
            days = 21
        elif name == "listing_end_on":
            days = 32
        elif name == "new_start_due_on":
            days = self.random.choice((60, 150, 200))
        elif fact.future and name not in ("announced_on", "publicized_on"):
            days = self.random.choice((5, 20, 60, 120, 170))
        return (today + timedelta(days=days)).isoformat()

    def _text(self, case: Case | None, name: str) -> str:
        if name == "month":
            return f"{self.world.today:%Y-%m}"
        if name == "quarter":
            return f"{self.world.today.year}年第{self.random.choice('一二三四')}季度"
        if name in ("investor", "winner"):
            return f"{self.random.choice('甲乙丙')}公司"
        self.named += 1
        return f"{self.random.choice('云瓯畲茶')}{self.named}号"

    def _number(self, fact: Fact) -> Value:
        amounts = {"investment": (900, 3000, 12000), "start_price": (100, 500)}
        amounts |= {"deposit": (100, 20, 200), "deal_price": (500, 600, 90)}
        amounts |= {"design_far": (1, 2), "far_max": (2, 3), "design_height": (12, 30)}
        amounts |= {"height_max": (30, 24), "density_max": (1,), "green_min": (1,)}
        number = self.random.choice(amounts.get(fact.name, (1, 5, 12)))
        if fact.name == "duty_year":
            number = self.world.today.year
        if self.chance(0.02):
            number = -5
        return number if fact.type == "integer" else str(number)

    # Opinions.

    def sign(self, case: Case, way: Transition) -> None:
        """Have some of those asked sign, or ask them."""
        roles = [role for cosign in way.cosigns for role in cosign.roles]
        if self.chance(0.15):
            asker = self.able(case, (*way.by, "bureau"))
            self.submit(asker, case, AskOpinions(way.name))
            return
        seats = seats_of(self.workflow, case, way)
        missing = [seat.role for seat in seats if seat.is_open] or roles
        for _ in range(self.random.choice((1, 2, 3))):
            case = self.world.case(case.id)
            objecting = [
                o for o in case.opinions.values() if o.objects and o.transition == way.name
            ]
            if objecting and self.chance(0.6):
                self._resolve(case, objecting[0])
                continue
            role = self.pick(missing if self.chance(0.93) else roles)
            (verdict,) = self.random.choices(VERDICTS, (86, 6, 8))
            note = "" if verdict == "agree" and self.chance(0.8) else self.pick(REASONS)
            named = role if self.chance(0.2) else None
            self.submit(self.able(case, (role,)), case, Sign(way.name, verdict, note, named))

    def _resolve(self, case: Case, opinion: Any) -> None:
        if self.chance(0.3):
            signer = self.officer(opinion.persons[0])
            self.submit(signer, case, WithdrawOpinion(opinion.transition, "须再核"))
            return
        lead = self.workflow.states[case.state].lead or "bureau"
        act = ResolveObjection(opinion.transition, opinion.role, opinion.unit, "已协调")
        self.submit(self.able(case, ("bureau", lead)), case, act)

    def opine(self, case: Case) -> None:
        """Take back or change an opinion, or sign early."""
        opinion = self.pick(case.opinions.values())
        ways = [w for w in self.workflow.leaving[case.state].values() if w.cosigns]
        if opinion is not None and self.chance(0.6):
            if opinion.objects and self.chance(0.5):
                self._resolve(case, opinion)
                return
            signer = self.officer(opinion.persons[0])
            act = WithdrawOpinion(opinion.transition, "须再核", opinion.role)
            self.submit(signer, case, act)
        elif ways:
            self.sign(case, self.pick(ways))

    # Corrections.

    def correct(self, case: Case) -> None:
        """Correct what some step has read."""
        read = {name for step in case.steps for name in step.reads if name in case.editions}
        asked = {name for name, edition in case.editions.items() if edition.by}
        judged = {
            name
            for step in case.steps
            for guard in self.workflow.leaving[step.source][step.transition].guards
            for name in guard.when.names
        }
        name = self.pick(sorted(read & judged if self.chance(0.5) else read | asked))
        if name is None:
            return
        note = "填错" if not self.chance(0.03) else ""
        slip = self.chance(0.15)
        if name in self.workflow.materials:
            roles = self.workflow.materials[name].by or tuple(self.workflow.roles)
            act = Correct({}, note, name, self.file(name), slip)
        else:
            fact = self.workflow.facts[name]
            roles = fact.by or ("bureau",)
            value = self.value(case, fact)
            if fact.type == "date" and self.chance(0.4):
                day = date.fromisoformat(str(case.facts.get(name, self.world.today)))
                value = (day - timedelta(days=self.random.choice((1, 8, 40)))).isoformat()
            act = Correct({name: value}, note, slip=slip)
        came = self.submit(self.able(case, roles), case, act)
        if isinstance(came, Outcome) and self.chance(0.7):
            self.settle(self.world.case(case.id))

    def settle(self, case: Case, *, urgent: bool = False) -> None:
        """Confirm or decline a correction, renew an opinion, or settle an objection to one."""
        waiting = list(case.proposals.values())
        if waiting and self.chance(0.8):
            proposal = self.pick(waiting)
            if self.chance(0.15):
                act: Act = DeclineCorrection(proposal.seq, "不同意")
            else:
                document = self.file("meeting_minutes") if self.chance(0.6) else None
                act = ConfirmCorrection(proposal.seq, "凭文件" if document else "", document)
            self.submit(self.able(case, ("bureau",)), case, act)
            return
        renewals = renewals_waiting(self.workflow, case) if urgent else ()
        renewal = self.pick([one.renewal for one in renewals] or case.renewals.values())
        if renewal is None:
            return
        owing = [s for s in renewal.seats if f"{s[0]}/{s[1]}" not in renewal.said]
        objecting = [o for o in renewal.said.values() if o.objects]
        if objecting and self.chance(0.5):
            one = objecting[0]
            settle = SettleRenewal(renewal.correction, one.role, one.unit, "已协调")
            self.submit(self.able(case, ("bureau",)), case, settle)
            return
        seat = self.pick(owing or renewal.seats)
        (verdict,) = self.random.choices(VERDICTS, (85, 5, 10))
        note = "" if verdict == "agree" else self.pick(REASONS)
        act = RenewOpinion(renewal.correction, verdict, note)
        self.submit(self.able(case, (seat[0],)), case, act)

    # Taking back.

    def take_back(self, case: Case) -> None:
        """Take back what was entered or made, mostly by whoever did."""
        note = "误填" if not self.chance(0.05) else ""
        doing = self.random.random()
        if doing < 0.4 and case.steps:
            step = self.pick(case.steps[-4:])
            last = next(s for s in reversed(case.steps) if s.transition == step.transition)
            named = last.seq if step.seq % 2 else 0
            self.submit(self._own(step.persons), case, TakeBack(step.transition, note, named))
        elif doing < 0.7 and case.facts:
            name = self.pick(case.facts)
            self.submit(self._entered(case, name), case, ClearFacts((name,), note))
        elif doing < 0.97 and case.materials:
            name = self.pick(case.materials)
            self.submit(self._entered(case, name), case, Detach(name, note))
        else:
            opener = case.fired["open"].persons
            self.submit(self._own(opener), case, CancelOpening(note))

    def _own(self, persons: Sequence[str]) -> Officer | None:
        if self.chance(0.15):
            return self.random.choice(self.actors())
        return self.officer(persons[0])

    def _entered(self, case: Case, name: str) -> Officer | None:
        edition = case.editions.get(name)
        return self._own(case.recorders[edition.seq]) if edition else None

    # Letters.

    def write_letters(self, case: Case) -> None:
        """Take a letter a step on in its life: mostly one that asks for an opinion."""
        world, directory = self.world, self.world.office.directory
        day = world.today.isoformat()
        drafts = [one for one in case.letters.values() if one.state in ("draft", "reviewed")]
        asking = [one for one in drafts if self._asks(one)]
        drafts = asking[-6:] if asking and self.chance(0.8) else drafts[-6:]
        issued = [one for one in case.letters.values() if one.in_force]
        office = world.office
        if issued and self.chance(0.5):
            letter = self.pick(issued[-6:])
            addressee = self.pick([one for one in letter.addressed if one.unit])
            people = [c for c in self.serving() if addressee and self._unit(c) == addressee.unit]
            code = self.pick(people)
            if code is None:
                return
            request = Request(code)
            if self.chance(0.4):
                world.give(lambda: replies.receive(office, request, case.number, letter.name))
                return
            verdict = self.random.choice(ANSWERS)
            world.give(
                lambda: replies.reply(
                    office, request, case.number, letter.name, verdict=verdict, note="复如上"
                )
            )
            return
        letter = self.pick(drafts)
        if letter is None:
            return
        if letter.state == "draft":
            code = self._duty(letter, "reviewer", directory, day)
            request = Request(code)
            world.give(lambda: letters.review(office, request, case.number, letter.name))
        if letter.state == "reviewed" or self.chance(0.7):
            code = self._duty(letter, "signer", directory, day)
            request = Request(code)
            world.give(lambda: letters.issue(office, request, case.number, letter.name, "迟发"))

    def _asks(self, letter: Any) -> bool:
        way = self.workflow.leaving.get(letter.source, {}).get(letter.transition)
        rule = way.notices[letter.index] if way else None
        return rule is not None and rule.reply is not None and rule.reply.cosign is not None

    def _duty(self, letter: Any, duty: str, directory: Any, day: str) -> str:
        held = [
            officer.id
            for officer in self.actors()
            if duty in officer.held and officer.unit == letter.unit
        ]
        return str(self.pick(held) or self.pick(self.serving()))

    # The office.

    def change_office(self, case: Case) -> None:
        """Change who serves as what, in which unit, and for whom."""
        if self.former and self.chance(0.25):
            self._haunt(case)
            return
        directory = self.world.office.directory
        today = self.world.today
        admin = Request("admin")
        code = self.pick(self.serving())
        unit = self._unit(code)
        doing = self.random.random()
        across = any(role.delegate == "across" for role in self.workflow.roles.values())
        begins = today + timedelta(days=self.random.choice((0, 0, -2, -5, -20, 3)))
        since = begins.isoformat()
        if doing < 0.35 or (doing < 0.9 and self.chance(across)):
            other = self.pick(self.serving())
            until = (today + timedelta(days=self.random.choice((5, 20, 60)))).isoformat()
            self.world.change(Request(code), Delegate(other, code, (), since, until))
        elif doing < 0.5:
            self.named += 1
            roles = (self.pick(ROLES),)
            self.world.change(admin, AddOfficer(f"new{self.named}", "新任", unit, roles, since))
        elif doing < 0.65:
            self.world.change(admin, GrantRoles(code, (self.pick(ROLES),), since))
        elif doing < 0.75:
            if code.startswith("new") or self.chance(0.3):
                left = max(begins, today - timedelta(days=5)).isoformat()
                if code not in ("admin", "bureau01", "bureau02"):
                    self.world.change(admin, NoteLeave(code, left))
        elif doing < 0.85:
            grants = [g for g in directory.grants if g.revoked is None and not g.principal]
            grant = self.pick([g for g in grants if g.officer.startswith("new")])
            if grant is not None:
                self.world.change(admin, RevokeRoles(grant.id, since))
        elif doing < 0.92:
            grant = self.pick([g for g in directory.grants if g.principal and not g.revoked])
            if grant is not None:
                request = Request(str(grant.principal))
                self.world.change(request, RevokeDelegation(grant.id, since))
        else:
            self._move_function(admin, since)

    def _haunt(self, case: Case) -> None:
        """Take a role from somebody whose unit has another in it, and have them sign in it all the
        same, of the day before.
        """
        today = self.world.today
        before = max(today - timedelta(days=1), date.fromisoformat(case.last_on))
        ways = self.workflow.leaving[case.state].values()
        seats = [(way.name, seat) for way in ways for seat in seats_of(self.workflow, case, way)]
        if not seats or before == today:
            return
        way, seat = self.random.choice(seats)
        known = self.world.office.directory.grants
        grants = [g for g in known if g.revoked is None and not g.principal]
        mine = [g for g in grants if seat.role in g.roles and g.officer.endswith(("02", "03"))]
        grant = self.pick([g for g in mine if seat.unit in ("", self._unit(g.officer))])
        if grant is not None:
            self.world.change(Request("admin"), RevokeRoles(grant.id, today.isoformat()))
            request = Request(grant.officer, on=before, because="当时未及录入")
            self.world.submit(request, case.id, Sign(way, "agree"))

    def _move_function(self, admin: Request, since: str) -> None:
        """Have the planning bureau take the land's function over, or give it back."""
        directory, day = self.world.office.directory, self.world.today.isoformat()
        merged = "land" in directory.units["planning"].performs(day, directory.seq)
        moved: dict[str, tuple[str, ...]]
        moved = {"planning": ("planning", "undertaker"), "land": ("land", "undertaker")}
        if not merged:
            moved = {"planning": ("planning", "land", "undertaker"), "land": ()}
        for unit, functions in moved.items():
            self.world.change(admin, ChangeUnit(unit, None, functions, since))

    # What cannot be right.

    def stray(self, case: Case) -> None:
        """Do anything, whoever it is."""
        officer = self.pick(self.actors())
        fact = self.pick(self.workflow.facts.values())
        material = self.pick(self.workflow.materials)
        way = self.pick(self.workflow.transitions)
        owner = self.able(case, fact.by or ("bureau",))
        keeper = self.able(case, self.workflow.materials[material].by or ("bureau",))
        held = self.pick(case.facts)
        kept = self.pick(case.materials)
        shape: list[tuple[Officer | None, Act]] = [
            (owner, SetFacts({fact.name: self.value(case, fact)})),
            (keeper, Attach(material, self.file(material))),
            (officer, Advance(way.name, "试", {fact.name: self.value(case, fact)})),
            (officer, Sign(way.name, "agree")),
            (officer, AskOpinions(way.name)),
            (officer, TakeBack(way.name, "试")),
            (officer, ConfirmCorrection(self.random.randint(1, case.seq))),
            (officer, RenewOpinion(self.random.randint(1, case.seq), "agree")),
            (officer, Correct({fact.name: self.value(case, fact)}, "试")),
            (officer, SetFacts({})),
        ]
        if held is not None:
            known = self.workflow.facts[held]
            by = self.able(case, known.by or ("bureau",))
            shape += [(by, SetFacts({held: self.value(case, known)}))] * 4
        if kept is not None:
            by = self.able(case, self.workflow.materials[kept].by or ("bureau",))
            shape += [(by, Attach(kept, self.file(kept)))] * 3
        who, act = self.pick(shape)
        self.submit(who, case, act)
