"""Random commands, about half of which the office accepts: drawn once, while recording, and then
kept.

The drawer looks at how a case stands (`show`), picks a way out of its stage, and mostly does what
`show` says is missing; now and then it does something that cannot be right. It is needed for
recording only: a comparison gives the kept commands again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from playing import Played, Player, Step, reading

WORDS = (
    "康养",
    "云栖",
    "瓯江",
    "畲乡",
    "古堰",
    "青瓷",
    "香菇",
    "木玩",
    "侨乡",
    "仙都",
    "松阴",
    "茶旅",
)
REASONS = (
    "资料不全",
    "投资方来函要求",
    "地块边界有调整",
    "等待上位规划批复",
    "经会商同意",
    "资金尚未到位",
)
OUTSIDERS = ("nobody", "admin", "auditor01", "clerk01")
HOUR = 3600


class Drawer:
    """Draws commands for one office and gives them at once, so that each is drawn with what came of
    those before.
    """

    def __init__(
        self, player: Player, seed: int, files: Sequence[Path], openers: Mapping[str, str]
    ) -> None:
        self.player = player
        self.random = random.Random(seed)
        self.rules = {rules["workflow"]: rules for rules in map(_yaml, files)}
        self.openers = openers
        self.cases: dict[str, str] = {}
        self.officers: list[dict[str, Any]] = []
        self.units: list[str] = []
        self.functions: dict[str, list[str]] = {}
        self.named = 0
        self.look_at_people()

    # What there is.

    def look_at_people(self) -> None:
        """See who serves as what by now."""
        self.officers = self.player.asks("officer", "list")["officers"]
        units = self.player.asks("unit", "list")["units"]
        self.units = [unit["unit"] for unit in units]
        self.functions = {unit["unit"]: unit["functions"] for unit in units}

    def chance(self, share: float) -> bool:
        """Tell with this probability."""
        return self.random.random() < share

    @property
    def today(self) -> date:
        """Give the day in Beijing."""
        return (self.player.turn.now + timedelta(hours=8)).date()

    def holders(self, role: str, units: Sequence[str] | None = None) -> list[str]:
        """List who serves in a role, of these units only where they are named."""
        return [
            person["officer"]
            for person in self.officers
            if person["serves"]
            and role in person["roles"]
            and (units is None or person["unit"] in units)
        ]

    def able(self, workflow: str, role: str, facts: Mapping[str, Any]) -> list[str]:
        """List who can act in a role of a case, which may be bound to the units that a
        fact names.
        """
        rules = self.rules[workflow]["roles"].get(role)
        bound = (rules.get("unit") or rules.get("units")) if isinstance(rules, dict) else None
        if bound is None:
            return self.holders(role)
        value = facts.get(bound) or []
        return self.holders(role, [value] if isinstance(value, str) else value)

    def someone(self, officers: Sequence[str]) -> str:
        """Pick one of those who can, and now and then anybody at all."""
        if not officers or self.chance(0.06):
            return str(
                self.random.choice([*(person["officer"] for person in self.officers), *OUTSIDERS])
            )
        return self.random.choice(officers)

    def case(self) -> str:
        """Pick a case, rather a late one; now and then one that there is not."""
        if self.chance(0.01):
            return "LS-F-2019-999"
        numbers = list(self.cases)
        return numbers[-1 - int(len(numbers) * self.random.random() ** 1.5)]

    def shown(self, number: str) -> Any:
        """Ask how a case stands; one that there is not has no way out."""
        found = self.player.asks("show", number)
        return found if found and "transitions" in found else {"transitions": []}

    # Giving a command.

    def give(
        self, *argv: str, files: Mapping[str, str] | None = None, stdin: str | None = None
    ) -> Played:
        """Give a command some time after the one before; a third asks for JSON."""
        words = [*argv, "--json"] if "--json" not in argv and self.chance(0.35) else list(argv)
        seconds = self.random.choice((1, 60, HOUR // 2, HOUR, HOUR, 2 * HOUR))
        return self.player.play(Step(tuple(words), seconds, files or {}, stdin))

    def act(
        self,
        words: Sequence[str],
        officer: str,
        last_on: str = "",
        files: Mapping[str, str] | None = None,
    ) -> Played:
        """Give a command as an officer: perhaps for somebody, on an earlier day, dry, or with an id
        and then again.
        """
        tail = ["--as", officer]
        principals = [
            delegation["principal"]
            for person in self.officers
            if person["officer"] == officer
            for delegation in person["delegations"]
        ]
        if principals and self.chance(0.5):
            tail += ["--for", str(self.random.choice(principals))]
        if last_on and self.chance(0.3):
            tail += ["--on", self.earlier_day(last_on)]
            if self.chance(0.7):
                tail += ["--because", "当时未及录入"]
        if words[0] in ("advance", "sign", "set", "open") and self.chance(0.04):
            tail.append("--dry-run")
        if not self.chance(0.06):
            return self.give(*words, *tail, files=files)
        tail += ["--request-id", f"r-{self.player.turn.number}"]
        self.give(*words, *tail, files=files)
        again = [
            self.random.choice(REASONS) if word in REASONS and self.chance(0.2) else word
            for word in words
        ]
        return self.give(*again, *tail)

    def earlier_day(self, last_on: str) -> str:
        """Pick a day since the case's last entry; now and then one before it, or one to come."""
        if self.chance(0.05):
            return str(self.today + timedelta(days=self.random.choice((1, 40))))
        first = date.fromisoformat(last_on)
        if self.chance(0.05):
            return str(first - timedelta(days=3))
        return str(
            first + timedelta(days=self.random.randint(0, max(0, (self.today - first).days)))
        )

    def draw(self) -> None:
        """Draw one turn: a command, or a few that belong together."""
        turns: list[tuple[Callable[[], object], float]] = [
            (self.open, 0.05 if self.cases else 1.0),
            (self.push, 0.48),
            (self.mend, 0.08),
            (self.write_letters, 0.2),
            (self.change_office, 0.04),
            (self.read, 0.13),
            (self.blunder, 0.04),
        ]
        if not self.cases:
            turns = turns[:1]
        (turn,) = self.random.choices([turn for turn, _ in turns], [weight for _, weight in turns])
        turn()

    # Values of facts.

    def value(self, name: str, rules: Mapping[str, Any]) -> str:
        """Draw a value as an officer writes it; now and then one that does not do."""
        if self.chance(0.03):
            return self.random.choice(("二十", "-5", "2026-02-30", "无此项", ""))
        kind = rules["type"]
        if kind == "choice":
            return str(self.random.choice(rules["choices"]))
        if kind == "date":
            return str(self.today + timedelta(days=self._days(name)))
        if kind == "yesno":
            return self.random.choice(("是", "是", "否"))
        if kind in ("unit", "list"):
            return self._unit_value(name, rules)
        if kind == "text":
            return self._text(name)
        return self._number(name, rules)

    def _days(self, name: str) -> int:
        if name.startswith("listing_start"):
            return 21
        if name.startswith("listing_end"):
            return 32
        if "due" in name or "deadline" in name or name.endswith("_to"):
            return self.random.choice((-2, 3, 10, 30, 90, 150))
        return self.random.choice((0, 0, 0, 0, -1, -5))

    def _unit_value(self, name: str, rules: Mapping[str, Any]) -> str:
        if rules["type"] == "list" and rules.get("of") != "unit":
            return "、".join(self.random.sample(WORDS, 2))
        role = {"owner_unit": "owner", "x_units": "x", "undertaker_unit": "undertaker"}.get(name)
        known = [
            unit for unit in self.units if role is None or role in self.functions[unit]
        ] or self.units
        if rules["type"] == "unit":
            return self.random.choice(known)
        return "、".join(
            self.random.sample(known, min(len(known), self.random.choice((1, 2, 2, 3))))
        )

    def _text(self, name: str) -> str:
        if name == "month":
            return f"{self.today:%Y-%m}"
        if name == "quarter":
            return f"{self.today.year}年第{self.random.choice('一二三四')}季度"
        self.named += 1
        return f"{self.random.choice(WORDS)}{self.random.choice(WORDS)}{self.named}号"

    def _number(self, name: str, rules: Mapping[str, Any]) -> str:
        if name.startswith("design_"):
            return "0.9"
        if name in ("investment", "fixed_assets"):
            return str(self.random.choice((900, 3000, 12000, 32000, 60000)))
        if name.endswith("_year"):
            return str(self.today.year)
        return str(self.random.choice((1, 5, 12, 30)) if rules.get("max", 99) >= 30 else 1)

    # Cases.

    def open(self) -> None:
        """Open a case with the facts that are required, or without one of them."""
        workflow = self.random.choice(list(self.rules))
        facts = self.rules[workflow]["facts"]
        wanted = {
            "owner_unit",
            "x_units",
            "investment",
            "undertaker_unit",
            "task",
            "deadline_on",
            "area_government",
        }
        names = [name for name, rules in facts.items() if rules.get("required") or name in wanted]
        if self.chance(0.08):
            names.remove(self.random.choice(names))
        sets = [
            word for name in names for word in ("--set", f"{name}={self.value(name, facts[name])}")
        ]
        first = str(self.today - timedelta(days=self.random.choice((0, 3, 20))))
        officer = self.someone([self.openers[workflow]])
        played = self.act(("open", workflow, *sets), officer, first if self.chance(0.5) else "")
        number = re.search(r"\b[A-Z-]+-20\d\d-\d{3,}\b", played.out)
        if played.code == 0 and number and "--dry-run" not in played.step.argv:
            self.cases[number[0]] = workflow

    def push(self) -> None:
        """Take a case a step on: supply what one of its ways out lacks, or make it."""
        number = self.case()
        shown = self.shown(number)
        if not shown["transitions"]:
            self.give("show", number)
            if self.chance(0.9):
                self.cases.pop(number, None)
            return
        weights = {"record": 1.5, "return": 0.4, "suspend": 0.15, "terminate": 0.05, "resume": 4}
        ways = shown["transitions"]
        (way,) = self.random.choices(ways, [weights.get(way["kind"], 6) for way in ways])
        facts = shown["case"]["facts"]
        if self._opinion_again(number, shown):
            return
        lacking = [
            gate
            for gate in way["gates"]
            if not gate["met"] and gate["mend"].startswith("lifecycle ")
        ]
        lacking = [gate for gate in lacking if gate["mend"].split()[1] in ("set", "attach", "sign")]
        asked_about = self._asked_about(self.cases[number], way)
        if lacking and self.chance(0.88):
            for gate in self.random.sample(
                lacking, min(len(lacking), self.random.choice((1, 2, 3)))
            ):
                self._supply(number, way, gate["mend"].split(), shown)
        elif asked_about and self.chance(0.6):
            self._set(number, [self.random.choice(asked_about)], shown)
        elif self.chance(0.04):
            self._set(
                number, [self.random.choice(list(self.rules[self.cases[number]]["facts"]))], shown
            )
        elif all(gate["met"] or gate["kind"] != "guard" for gate in way["gates"]) or self.chance(
            0.4
        ):
            self._advance(number, way, facts, shown["last_on"])

    def _asked_about(self, workflow: str, way: Mapping[str, Any]) -> list[str]:
        """List the facts that the unmet conditions of a way out speak of."""
        if all(gate["met"] or gate["kind"] != "guard" for gate in way["gates"]):
            return []
        rules = next(
            rules for rules in self.rules[workflow]["transitions"] if rules["name"] == way["name"]
        )
        words = re.findall(
            r"\w+",
            " ".join(str(guard["when"]) for guard in rules.get("needs", {}).get("guards", [])),
        )
        return [word for word in words if word in self.rules[workflow]["facts"]]

    def _opinion_again(self, number: str, shown: Mapping[str, Any]) -> bool:
        """Resolve an objection, or take an opinion back."""
        workflow = self.cases[number]
        for opinion in shown["case"]["opinions"]:
            seat = opinion["role"] + (f"/{opinion['unit']}" if opinion["unit"] else "")
            if opinion["verdict"] == "object" and not opinion["resolved"] and self.chance(0.35):
                lead = self.able(workflow, shown["lead"]["role"], shown["case"]["facts"])
                words = (
                    "resolve",
                    number,
                    opinion["transition"],
                    seat,
                    "--note",
                    self.random.choice(REASONS),
                )
                self.act(words, self.someone(lead), shown["last_on"])
                return True
            if self.chance(0.015):
                self.act(
                    ("withdraw", number, opinion["transition"], "--note", "须再核"),
                    opinion["persons"][0],
                    shown["last_on"],
                )
                return True
        return False

    def _supply(
        self, number: str, way: Mapping[str, Any], mend: Sequence[str], shown: Mapping[str, Any]
    ) -> None:
        if mend[1] == "attach":
            self._attach(number, mend[3], shown)
        elif mend[1] == "set":
            self._set(number, re.findall(r"(\w+)=", " ".join(mend[3:])), shown)
        elif mend[3].isdigit():
            lead = self.someone(self.holders(self.openers[self.cases[number]]))
            for renewal in shown["case"].get("renewals", []):
                if str(renewal["correction"]) == mend[3]:
                    self._renew(number, renewal, lead, shown)
        else:
            self._sign(number, way["name"], shown)

    def _attach(self, number: str, material: str, shown: Mapping[str, Any]) -> None:
        workflow = self.cases[number]
        by = _listed(self.rules[workflow]["materials"][material].get("by") or shown["lead"]["role"])
        officers = [
            officer for role in by for officer in self.able(workflow, role, shown["case"]["facts"])
        ]
        # What has to be the same file as another is, more often than not.
        same = {"listing_conditions": "planning_conditions", "agreement_clauses": "policy_clauses"}
        title = same.get(material, material)
        version = self.random.choice((1, 1, 1, 2))
        name = f"材料/{number} {material}.txt"
        words = ("attach", number, material, name)
        self.act(
            words, self.someone(officers), shown["last_on"], {name: f"{number} {title} {version}\n"}
        )

    def _set(self, number: str, names: Sequence[str], shown: Mapping[str, Any]) -> None:
        workflow = self.cases[number]
        facts = self.rules[workflow]["facts"]
        by = _listed(facts[names[0]].get("by") or shown["lead"]["role"])
        officers = [
            officer for role in by for officer in self.able(workflow, role, shown["case"]["facts"])
        ]
        given = [f"{name}={self.value(name, facts[name])}" for name in names]
        self.act(("set", number, *given), self.someone(officers), shown["last_on"])

    def _sign(self, number: str, transition: str, shown: Mapping[str, Any]) -> None:
        workflow, facts = self.cases[number], shown["case"]["facts"]
        rules = next(
            t
            for t in self.rules[workflow]["transitions"]
            if t["name"] == transition and "cosign" in t["needs"]
        )
        signed = {
            person
            for opinion in shown["case"]["opinions"]
            if opinion["transition"] == transition and self.chance(0.8)
            for person in opinion["persons"]
        }
        roles = _listed(rules["needs"]["cosign"]["roles"])
        left = [o for role in roles for o in self.able(workflow, role, facts) if o not in signed]
        for officer in self.random.sample(left, min(len(left), self.random.choice((1, 2, 4)))):
            (verdict,) = self.random.choices(("agree", "conditional", "object"), (85, 8, 7))
            note = (
                ("--note", self.random.choice(REASONS))
                if verdict != "agree" and self.chance(0.85)
                else ()
            )
            self.act(("sign", number, transition, verdict, *note), officer, str(self.today))

    def _advance(
        self, number: str, way: Mapping[str, Any], facts: Mapping[str, Any], last_on: str
    ) -> None:
        workflow = self.cases[number]
        rules = next(t for t in self.rules[workflow]["transitions"] if t["name"] == way["name"])
        known = self.rules[workflow]["facts"]
        sets = [
            w
            for name in rules.get("asks", [])
            for w in ("--set", f"{name}={self.value(name, known[name])}")
        ]
        reason = rules.get("reason") == "required" and self.chance(0.95)
        note = ("--note", self.random.choice(REASONS)) if reason or self.chance(0.1) else ()
        officers = [o for by in way["by"] for o in self.able(workflow, by["role"], facts)]
        # Who drafts a letter neither checks it nor signs it off.
        drafters = [
            o for o in officers if o not in self.holders("reviewer") + self.holders("signer")
        ]
        officers = drafters if drafters and self.chance(0.85) else officers
        self.act(("advance", number, way["name"], *sets, *note), self.someone(officers), last_on)

    # What was done by mistake.

    def mend(self) -> None:
        """Correct what a step rests on, hear again who had signed, take back, or ask for opinions:
        what the case calls for first.
        """
        number = self.case()
        shown = self.shown(number)
        if not shown.get("case"):
            return
        case = shown["case"]
        lead = self.someone(self.holders(self.openers[self.cases.get(number, "project")]))
        renewals = [one for one in case.get("renewals", []) if _waiting(one)]
        if case["corrections"] and self.chance(0.7):
            self._settle(number, case["corrections"][-1]["seq"], shown)
        elif renewals and self.chance(0.8):
            self._renew(number, self.random.choice(renewals), lead, shown)
        elif case["facts"] and self.chance(0.5):
            self._correct(number, shown)
        else:
            self._take_back(number, lead, shown)

    def _settle(self, number: str, seq: int, shown: Mapping[str, Any]) -> None:
        officers = self.able(
            self.cases.get(number, "project"), self._lead(number), shown["case"]["facts"]
        )
        note = ("--note", self.random.choice(REASONS))
        if self.chance(0.15):
            self.act(("decline", number, str(seq), *note), self.someone(officers))
            return
        name = f"材料/{number} 补正.txt"
        file = ("--file", name) if self.chance(0.3) else ()
        words = ("confirm", number, str(seq), *note, *file)
        self.act(words, self.someone(officers), files={name: f"{number} 补正\n"} if file else {})

    def _renew(
        self, number: str, renewal: Mapping[str, Any], lead: str, shown: Mapping[str, Any]
    ) -> None:
        correction = str(renewal["correction"])
        note = ("--note", self.random.choice(REASONS))
        objecting = [seat for seat in _waiting(renewal) if seat["verdict"]]
        if objecting and self.chance(0.5):
            seat = "/".join(part for part in (objecting[0]["role"], objecting[0]["unit"]) if part)
            self.act(("resolve", number, correction, seat, *note), lead)
            return
        facts = shown["case"]["facts"]
        workflow = self.cases.get(number, "project")
        for owing in _waiting(renewal)[:3]:
            (verdict,) = self.random.choices(("agree", "object"), (9, 1))
            officer = self.someone(self.able(workflow, owing["role"], facts))
            self.act(("sign", number, correction, verdict, *note), officer)

    def _correct(self, number: str, shown: Mapping[str, Any]) -> None:
        workflow = self.cases.get(number, "project")
        known, facts = self.rules[workflow]["facts"], shown["case"]["facts"]
        name = self.random.choice([name for name in facts if name in known])
        by = _listed(known[name].get("by") or self._lead(number))
        officers = [officer for role in by for officer in self.able(workflow, role, facts)]
        words = ["correct", number, f"{name}={self.value(name, known[name])}"]
        words += ["--note", self.random.choice(REASONS)]
        if self.chance(0.15):
            words.append("--slip")
        self.act(words, self.someone(officers), shown["last_on"])

    def _take_back(self, number: str, lead: str, shown: Mapping[str, Any]) -> None:
        case, ways = shown["case"], shown["transitions"]
        note = ("--note", self.random.choice(REASONS))
        last = shown["entries"][-1]["intent"] if shown["entries"] else {"actor": {"id": lead}}
        maker = str(last["actor"]["id"])
        choices: list[tuple[tuple[str, ...], str]] = [
            (("ask", number, way["name"]), lead) for way in ways if way["kind"] == "forward"
        ]
        choices += [(("clear", number, name, *note), maker) for name in case["facts"]]
        choices += [(("detach", number, name, *note), maker) for name in case["materials"]]
        if last.get("transition"):
            back = ("take-back", number, str(last["transition"]), *note)
            choices += [(back, maker)] * 8
        if case["seq"] < 3:
            choices += [(("cancel", number, *note), maker)] * 3
        if choices:
            words, officer = self.random.choice(choices)
            self.act(words, self.someone([officer]))

    def _lead(self, number: str) -> str:
        """Name the role that leads a case's workflow."""
        panel = self.rules[self.cases.get(number, "project")].get("panel")
        return panel["lead"] if panel else "bureau"

    # Letters.

    def write_letters(self) -> None:
        """Do something with a letter: what its state calls for, or something else."""
        with reading() as database:
            found = database.execute(
                "SELECT c.number, n.name, n.state, n.unit, coalesce(n.number, ''), "
                "coalesce(n.code, '') FROM letter n"
                " JOIN cases c ON c.id = n.case_id ORDER BY n.rowid DESC LIMIT 60"
            ).fetchall()
        if not found:
            self.give("notice", "list")
            return
        issued = [letter for letter in found if letter[2] == "issued"]
        among = issued if issued and self.chance(0.35) else found
        number, name, state, unit, document, code = self.random.choice(among)
        meant = document if document and self.chance(0.5) else name
        if self.chance(0.12):
            self._look_at_letter(number, meant, code)
        elif self.chance(0.08):
            self._draft(number, name, unit)
        elif self.chance(0.04):
            note = ("--note", self.random.choice(REASONS)) if self.chance(0.8) else ()
            officers = self.holders("signer", [unit]) + self.holders("bureau", [unit])
            self.act(("notice", "void", number, meant, *note), self.someone(officers))
        elif state == "draft":
            self.act(
                ("notice", "approve", number, meant), self.someone(self.holders("reviewer", [unit]))
            )
        elif state == "reviewed":
            note = ("--note", self.random.choice(REASONS)) if self.chance(0.6) else ()
            self.act(
                ("notice", "issue", number, meant, *note),
                self.someone(self.holders("signer", [unit])),
            )
        elif state == "issued":
            self._answer(number, meant)
        else:
            self._look_at_letter(number, meant, code)

    def _draft(self, number: str, name: str, unit: str) -> None:
        officers = [
            person["officer"]
            for person in self.officers
            if person["unit"] == unit and person["serves"]
        ]
        if self.chance(0.4):
            words = ["notice", "draft", number, "--replace", name]
        else:
            template = self.random.choice(
                ("progress-reminder", "suspension", "consultation", "no-such-letter")
            )
            words = [
                "notice",
                "draft",
                number,
                template,
                "--to",
                self.random.choice(("owner", "planning", "x")),
            ]
        self.act((*words, "--note", self.random.choice(REASONS)), self.someone(officers))

    def _answer(self, number: str, meant: str) -> None:
        with reading() as database:
            rows = database.execute(
                "SELECT o.addressee, o.unit, o.state FROM outbox o JOIN cases c ON c.id = o.case_id"
                " JOIN letter n ON n.case_id = o.case_id AND n.name = o.name"
                " WHERE c.number = ? AND ? IN (n.name, n.number) ORDER BY o.id",
                (number, meant),
            ).fetchall()
        if not rows or self.chance(0.12):
            self.act(("notice", "deliver"), self.someone(self.holders("clerk")))
            return
        addressee, unit, state = self.random.choice(rows)
        officers = [
            person["officer"]
            for person in self.officers
            if person["unit"] == unit and person["serves"]
        ]
        if state == "pending" and self.chance(0.5):
            words = ("notice", "sent", number, meant, "--unit", addressee, "--by", "机要交换")
            self.act(words, self.someone(self.holders("clerk")))
        elif self.chance(0.4):
            self.act(("notice", "receipt", number, meant), self.someone(officers))
        else:
            verdict = (
                (self.random.choice(("同意", "同意", "附条件同意", "不同意")),)
                if self.chance(0.6)
                else ()
            )
            name = f"复函/{number} {unit or '外单位'}.txt"
            note = ("--note", self.random.choice(REASONS)) if self.chance(0.7) else ()
            words = ("notice", "reply", number, meant, *verdict, "--file", name, *note)
            self.act(words, self.someone(officers), files={name: f"{addressee} 复 {meant}\n"})

    def _look_at_letter(self, number: str, meant: str, code: str) -> None:
        form = self.random.choice(("--text", "--html", "--markdown"))
        self.give(
            *self.random.choice(
                (
                    ("notice", "show", number, meant),
                    ("notice", "list", number),
                    ("notice", "render", number, meant, "--into", "公文", form),
                    ("notice", "verify", code or "ZZZZ-ZZZZ-ZZZZ"),
                    ("notice", "outbox"),
                    ("notice", "urge", "--dry-run", "--as", "bureau01"),
                    ("notice", "urge", number, "--as", "bureau01"),
                )
            )
        )

    # The office, and reading.

    def change_office(self) -> None:
        """Change who serves as what."""
        admin = "admin" if self.chance(0.9) else "bureau01"
        person = self.random.choice(self.officers)
        other = self.random.choice(self.officers)
        self.named += 1
        until = str(self.today + timedelta(days=self.random.choice((2, 10, 40))))
        functions = self.functions[person["unit"]] or ["x"]
        role = self.random.choice([*functions, "reviewer", "signer"])
        delegate = (
            "officer",
            "delegate",
            other["officer"],
            "--until",
            until,
            "--as",
            person["officer"],
        )
        add = (
            "officer",
            "add",
            f"new{self.named}",
            "新任经办人",
            "--unit",
            person["unit"],
            "--role",
            role,
        )
        changes: list[tuple[tuple[str, ...], float]] = [
            (delegate, 5),
            (("officer", "grant", person["officer"], role, "--as", admin), 3),
            ((*add, "--as", admin), 3),
            (
                (
                    "unit",
                    "add",
                    f"u{self.named}",
                    f"新设单位{self.named}",
                    "--function",
                    "x",
                    "--as",
                    admin,
                ),
                1,
            ),
            (
                (
                    "unit",
                    "change",
                    person["unit"],
                    "--title",
                    f"改名单位{self.named}",
                    "--as",
                    admin,
                ),
                0.5,
            ),
        ]
        if person["officer"].startswith("new"):
            changes.append((("officer", "leave", person["officer"], "--as", admin), 6))
            changes.append((("officer", "revoke", person["officer"], "--as", admin), 3))
        for delegation in person["delegations"]:
            by = ("--delegated-by", delegation["principal"], "--as", delegation["principal"])
            changes.append((("officer", "revoke", person["officer"], *by), 5))
        if self.chance(0.05):
            changes.append((("officer", "leave", "admin", "--as", admin), 5))
        (words,) = self.random.choices(
            [words for words, _ in changes], [weight for _, weight in changes]
        )
        self.give(*words)
        self.look_at_people()

    def read(self) -> None:
        """Ask for something."""
        number, officer = self.case(), self.someone([])
        shown = self.shown(number)
        ways = [way["name"] for way in shown["transitions"]]
        questions: list[tuple[tuple[str, ...], float]] = [
            (("show", number, "--as", officer), 4),
            (("why", number, self.random.choice([*ways, "to_nowhere"]), "--as", officer), 4),
            (("log", number), 2),
            (("replay", number), 1),
            (("todo", "--as", officer), 3),
            (("list",), 0.5),
            (("list", "--overdue"), 0.5),
            (("list", "--mine", "--as", officer), 0.5),
            (
                (
                    "list",
                    "--where",
                    "investment >= 10000" if "project" in self.rules else "investment > 1",
                ),
                0.5,
            ),
            (("board",), 1),
            (("officer", "list"), 0.3),
            (("unit", "list"), 0.3),
            (("notice", "outbox"), 1),
            (("workflow", "list"), 0.3),
            (("calendar", "list"), 0.2),
            (("show", number, "--on", str(self.today - timedelta(days=30))), 1),
        ]
        (words,) = self.random.choices(
            [words for words, _ in questions], [weight for _, weight in questions]
        )
        self.give(*words)

    def blunder(self) -> None:
        """Do what cannot be right, or what many cases take at once."""
        number = self.case()
        several = "".join(
            f"{other}\n" for other in self.random.sample(list(self.cases), min(3, len(self.cases)))
        )
        blunders: list[tuple[tuple[str, ...], str | None]] = [
            (("advance", number, "to_nowhere", "--as", "bureau01"), None),
            (("advance", number), None),
            (("advance", number, "--as", "bureau01"), None),
            (("sign", number, "to_siting", "perhaps", "--as", "land01"), None),
            (("sign", "-", "to_siting", "agree", "--as", "land01"), several),
            (("sign", "-", "to_siting", "agree", "--all-or-nothing", "--as", "land01"), several),
            (("set", number, "no_such_fact=1", "--as", "bureau01"), None),
            (("set", "-", "investment=5000", "--as", "bureau01"), several),
            (("set", number, "--as", "bureau01"), None),
            (("attach", number, "no_such_material", "nowhere.txt", "--as", "bureau01"), None),
            (("attach", number, "survey_report", "nowhere.txt", "--as", "bureau01"), None),
            (("show", "考"), None),
            (("shwo", number), None),
            (("show", number, "--on", "2026-13-01"), None),
            (("open", "no_such_workflow", "--as", "bureau01"), None),
            (("resolve", number, "to_siting", "land", "--as", "bureau01"), None),
            (("officer", "grant", "nobody", "bureau", "--as", "admin"), None),
            (("notice", "issue", number, "no-such-letter", "--as", "bureau02"), None),
            (("set", number, "name=甲\u202e乙", "--as", "bureau01"), None),
            (("set", number, f"name={'长' * 70}", "--as", "bureau01"), None),
        ]
        words, stdin = self.random.choice(blunders)
        self.give(*words, stdin=stdin)


def _yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _waiting(renewal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the seats that have not spoken since a correction, or object."""
    return [
        seat
        for seat in renewal["seats"]
        if seat["verdict"] is None or (seat["verdict"] == "object" and not seat["resolved"])
    ]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
