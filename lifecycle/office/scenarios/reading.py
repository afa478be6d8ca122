"""A file of scenarios in YAML → scenarios, or every fault at once with its place and mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from os.path import normpath
from pathlib import Path
from typing import cast

from lifecycle.engine.acts import Verdict
from lifecycle.engine.gates.gates import LABELS, VERDICTS
from lifecycle.engine.values import Entered
from lifecycle.errors import InvalidError, Location
from lifecycle.infile import read_file
from lifecycle.office.scenarios.scenario import (
    AND_OTHERS,
    Expectation,
    Scenario,
    ScenarioAct,
    ScenarioStep,
    Verb,
    WantedGate,
    WantedLetter,
)
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Mapping as Mapped
from lifecycle.workflow.yaml.tree import Node, Scalar, Sequence

TOP_KEYS = (
    "scenario",
    "workflow",
    "files",
    "uses",
    "office",
    "start",
    "by",
    "open",
    "paths",
    "after",
    "steps",
    "scenarios",
)
_SCENARIO = ("scenario", "start", "by", "open", "after", "steps")
_PATH = ("after", "steps")
_COMMON = ("day", "by", "on", "case")
_EXPECTED = (
    "refused",
    "state",
    "facts",
    "without",
    "letters",
    "late",
    "due",
    "limits",
    "light",
)
_WITH: dict[str, tuple[str, ...]] = {
    "open": ("workflow",),
    "advance": ("set", "note"),
    "set": (),
    "attach": ("same",),
    "sign": ("verdict", "note", "role"),
    "ask": ("whom",),
    "withdraw": ("note", "role"),
    "resolve": ("whom", "note"),
    "correct": ("material", "note"),
    "confirm": ("note",),
    "decline": ("note",),
    "clear": ("note",),
    "detach": ("note",),
    "take_back": ("note",),
    "cancel": ("note",),
    "tick": (),
}
"""What a step can do, and the keys that may come with it."""
_WORDS = {
    "open": "立项",
    "advance": "办理",
    "set": "填报",
    "attach": "上传",
    "sign": "会签",
    "tick": "到期自动办理",
}
_EXTRAS = tuple(dict.fromkeys(key for keys in _WITH.values() for key in keys))
STEP_KEYS = (*_COMMON, *dict.fromkeys((*_WITH, *_EXTRAS)), *_EXPECTED)
_FACTS = ("open", "set", "correct")
"""The verbs under whose key facts stand."""
_BARE = ("confirm", "decline", "cancel", "tick")
"""The verbs that are about nothing in particular: `yes` stands under their key."""
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红"}
_LETTER = ("to", "cc", "reply")
_SPAN = re.compile(r"[1-9][0-9]{0,2} (day|workday|month)")
_LATER = re.compile(r"\+[0-9]{1,4}")
"""So many days after the step before."""
_MOST_USES = 8


@dataclass
class _Path:
    """Steps that scenarios go on from, and the path that these go on from themselves."""

    after: Scalar | None
    steps: list[ScenarioStep]


@dataclass
class _Given:
    """What a file says for all its scenarios, with what it takes over from the file it uses."""

    workflow: str = ""
    files: tuple[Path, ...] = ()
    office: Path | None = None
    start: str = ""
    by: tuple[str, ...] = ()
    opens: dict[str, Entered] | None = None
    opens_at: Location | None = None
    paths: dict[str, _Path] = field(default_factory=dict)


class ScenarioReader:
    """Reads files of scenarios; what several of them use is read once."""

    def __init__(self) -> None:
        self._used: dict[Path, _Given] = {}

    def read(self, path: Path) -> list[Scenario]:
        """Read the scenarios of a file; raises WorkflowError with every fault.

        A file that only has what others use has none.
        """
        return _ScenarioFile(self, path, ()).scenarios()

    def given(self, path: Path, users: tuple[Path, ...]) -> _Given:
        """Read what a file gives to those that use it."""
        key = path.resolve()
        if key not in self._used:
            read = _ScenarioFile(self, path, users)
            read.file.end()
            self._used[key] = read.given
        return self._used[key]


class _ScenarioFile:
    """One file being read."""

    def __init__(self, reader: ScenarioReader, path: Path, users: tuple[Path, ...]) -> None:
        if path.is_file() and is_workflow(path):
            mend = "流程文件用 --workflow 指明，情景另写一个文件"
            raise InvalidError(f"{path} 是流程文件，不是情景文件", mend)
        self.reader = reader
        self.path = path
        self.users = (*users, path.resolve())
        self.file = YamlFile(path, known=TOP_KEYS, required=())
        self.top = self.file.top
        self.given = self._given()

    def _given(self) -> _Given:
        top = self.top
        used = self._uses() or _Given()
        given = _Given(
            workflow=top.text("workflow", used.workflow),
            files=tuple(self._beside(name) for name in top.scalars("files")) or used.files,
            office=self._named("office") or used.office,
            start=self.file.day(top, "start") or used.start,
            by=tuple(scalar.value for scalar in top.scalars("by")) or used.by,
            opens=used.opens,
            opens_at=used.opens_at,
            paths=dict(used.paths),
        )
        if top.has("open"):
            given.opens = {**(used.opens or {}), **_facts(top, "open")}
            given.opens_at = self.file.reading.at(top.pairs["open"][0])
        for name, key, node in top.definitions("paths", "路径"):
            given.paths[name] = self._path(name, key, node)
        return given

    def _uses(self) -> _Given | None:
        found = self._named("uses")
        if found is None:
            return None
        scalar = self.top.scalar("uses")
        assert scalar is not None, "it was named"
        if found.resolve() in self.users or len(self.users) > _MOST_USES:
            message = f"uses 绕了回来：{found}"
            self.top.fault("circular-uses", scalar, message, "删去其中一处 uses")
            return None
        if not found.is_file():
            self.top.fault("unknown", scalar, f"没有文件 {found}", "路径从本文件所在的文件夹算起")
            return None
        return self.reader.given(found, self.users)

    def _named(self, key: str) -> Path | None:
        scalar = self.top.scalar(key)
        return self._beside(scalar) if scalar else None

    def _beside(self, scalar: Scalar) -> Path:
        """Give the file of a name, which is meant from the folder of this file; one file has one
        path, from wherever it is named.
        """
        return Path(normpath(self.path.parent / scalar.value))

    def _path(self, name: str, key: Scalar, node: Node) -> _Path:
        owner, place = f"路径 {name} ", self.file.reading.at(key)
        if isinstance(node, Sequence):
            return _Path(None, list(self._steps(node.items, owner)))
        fields = Fields(self.file.reading, node, owner, place, known=_PATH, required=("steps",))
        return _Path(
            fields.scalar("after"), list(self._steps(fields.items("steps", single=False), owner))
        )

    def scenarios(self) -> list[Scenario]:
        """Read the scenarios; raises WorkflowError with every fault."""
        found: list[Scenario] = []
        if self.top.has("scenario") or self.top.has("steps"):
            found += self._scenario(self.top, self.top.at)
        for number, node in enumerate(self.top.items("scenarios", single=False), 1):
            place = self.file.reading.at(node)
            fields = Fields(
                self.file.reading,
                node,
                f"第 {number} 个情景",
                place,
                known=_SCENARIO,
                required=("scenario", "steps"),
            )
            found += self._scenario(fields, place)
        self.file.end()
        return found

    def _scenario(self, fields: Fields, place: Location) -> Iterator[Scenario]:
        title = fields.line("scenario") or self.path.stem
        start = self.file.day(fields, "start") or self.given.start
        steps = list(self._steps(fields.items("steps", single=False), f"情景“{title}”"))
        opening = self._opening(fields)
        whole = [*([opening] if opening else ()), *self._before(fields), *steps]
        if not start:
            if not (fields.has("start") or self.top.has("start")):
                mend = "补上 start: 2026-03-02（从哪一天起）"
                fields.fault("missing-key", place, f"情景“{title}”没有写 start", mend)
            return
        self._see_order(start, whole)
        head = fields.pairs.get("scenario")
        at = self.file.reading.at(head[1]) if head else place
        given = self.given
        yield Scenario(title, at, start, given.workflow, given.office, given.files, tuple(whole))

    def _opening(self, fields: Fields) -> ScenarioStep | None:
        """Give the step that opens the case; None where the file opens none for its scenarios."""
        own = fields is not self.top and fields.has("open")
        if not own and self.given.opens is None:
            return None
        facts = {**(self.given.opens or {}), **(_facts(fields, "open") if own else {})}
        place = self.file.reading.at(fields.pairs["open"][0]) if own else self.given.opens_at
        assert place is not None, "what is opened is written somewhere"
        by = tuple(scalar.value for scalar in fields.scalars("by")) or self.given.by
        act = ScenarioAct("open", facts=facts)
        return ScenarioStep(place, "", by, "", "", act, Expectation())

    def _before(self, fields: Fields) -> list[ScenarioStep]:
        """Give the steps of the path that a scenario goes on from, and of those before it."""
        steps: list[ScenarioStep] = []
        after, seen = fields.scalar("after"), set[str]()
        while after is not None:
            name = after.value
            path = self.given.paths.get(name)
            if path is None or name in seen:
                self._wrong_path(after, circular=path is not None)
                return steps
            seen.add(name)
            steps = [*path.steps, *steps]
            after = path.after
        return steps

    def _wrong_path(self, after: Scalar, *, circular: bool) -> None:
        paths = self.given.paths
        if circular:
            message = f"路径“{after.value}”绕了回来"
            self.top.fault("circular-path", after, message, "删去其中一处 after")
            return
        near = self.file.reading.likeliest(after.value, paths)
        listed = f"可写：{'、'.join(paths)}" if paths else "在 paths: 下写出来"
        mend = f"是否为“{near}”？{listed}" if near else listed
        self.top.fault("unknown", after, f"没有路径“{after.value}”", mend)

    def _see_order(self, start: str, steps: list[ScenarioStep]) -> None:
        """See that no step comes before the one above it."""
        today = date.fromisoformat(start)
        for step in steps:
            day = day_after(today, step.day)
            if day < today:
                message = f"{step.day} 在上一步的 {today} 之前"
                mend = "各步按日期先后写；补录的，day 写录入那天，on 写实际那天"
                self.top.fault("wrong-order", step.place("day"), message, mend)
                return
            today = day

    # Steps.

    def _steps(self, nodes: list[Node], owner: str) -> Iterator[ScenarioStep]:
        for number, node in enumerate(nodes, 1):
            place = self.file.reading.at(node)
            who = f"{owner}的第 {number} 步"
            fields = Fields(self.file.reading, node, who, place, known=STEP_KEYS)
            if fields.pairs:
                yield self._step(fields, place)

    def _step(self, fields: Fields, place: Location) -> ScenarioStep:
        verb = self._verb(fields)
        act = self._act(fields, verb) if verb else None
        by = tuple(scalar.value for scalar in fields.scalars("by"))
        if act is not None and not by and verb != "tick":
            fields.fault("missing-key", place, f"{fields.owner}没有写由谁办", "补上 by: 角色或工号")
        expected = self._expected(fields)
        if act is None and expected.refused is not None:
            message = f"{fields.owner}什么也没有办，不会被拒绝"
            mend = "写明办什么，例如 advance: 流转"
            fields.fault("lone-key", fields.place("refused"), message, mend)
        if expected.refused is not None and act is not None:
            self._see_one(fields, by, act)
        return ScenarioStep(
            at=place,
            day=self._day(fields),
            by=by,
            on=self.file.day(fields, "on") or "",
            case=fields.text("case"),
            act=act,
            expected=expected,
            places={name: self.file.reading.at(key) for name, (key, _) in fields.pairs.items()},
        )

    def _see_one(self, fields: Fields, by: tuple[str, ...], act: ScenarioAct) -> None:
        """See that what has to be refused is one thing, asked for by one officer: else the second
        would never be tried.
        """
        for key, names in (("by", by), (act.verb, act.names)):
            if len(names) > 1 and act.verb != "clear":
                message = f"{fields.owner}应被拒绝，{key} 却写了 {len(names)} 项"
                fields.fault(
                    "several-refused", fields.pairs[key][0], message, "分成几步，各写 refused"
                )

    def _verb(self, fields: Fields) -> Verb | None:
        """Find what a step does: one thing, or nothing where it only says what is expected."""
        found = [key for key in _WITH if fields.has(key)]
        taken = {extra for key in found for extra in _WITH[key]}
        verbs = [key for key in found if key not in taken]
        if not verbs:
            if not any(fields.has(key) for key in _EXPECTED) and fields.pairs.keys() <= {
                *STEP_KEYS
            }:
                told = "、".join(f"{key}（{word}）" for key, word in _WORDS.items())
                message = f"{fields.owner}既没有办什么，也没有写应当怎样"
                fields.fault("missing-key", fields.at, message, f"办什么：{told}等")
            self._see_extras(fields, "", found)
            return None
        for extra in verbs[1:]:
            message = f"{fields.owner}一步办了两件事：{verbs[0]} 和 {extra}"
            fields.fault("two-acts", fields.pairs[extra][0], message, "分成两步写")
        self._see_extras(fields, verbs[0], verbs)
        return cast(Verb, verbs[0])

    def _see_extras(self, fields: Fields, verb: str, verbs: list[str]) -> None:
        """See that what comes with an act belongs to it."""
        for key in _EXTRAS:
            if not fields.has(key) or key in verbs or key in _WITH.get(verb, ()):
                continue
            owners = "、".join(name for name, extras in _WITH.items() if key in extras)
            place = fields.pairs[key][0]
            fields.fault("lone-key", place, f"{fields.owner}的 {key} 没有用", f"它只随 {owners} 写")

    def _day(self, fields: Fields) -> str:
        """Read a day, or how many days later (`+3`)."""
        scalar = fields.scalar("day")
        if scalar is None:
            return ""
        text = scalar.value
        if _LATER.fullmatch(text):
            return text
        if text.startswith("+"):
            message, mend = f"“{text}” 不是天数", "写作 +3（上一步三天以后），最多四位数"
            fields.fault("wrong-date", scalar, message, mend)
            return ""
        return self.file.check_day(scalar, text) or ""

    def _act(self, fields: Fields, verb: Verb) -> ScenarioAct:
        names: tuple[str, ...] = ()
        facts: dict[str, Entered] = {}
        if verb in _FACTS:
            facts = _facts(fields, verb)
        elif verb not in _BARE:
            names = tuple(scalar.value for scalar in fields.scalars(verb))
        if verb == "advance":
            facts = _facts(fields, "set") if fields.has("set") else {}
        if len(names) > 1 and verb not in ("attach", "clear"):
            message = f"{fields.owner}的 {verb} 只能写一项"
            fields.fault("wrong-type", fields.place(verb), message, "分成几步写")
        return ScenarioAct(
            verb=verb,
            names=names,
            facts=facts,
            note=fields.text("note") if "note" in _WITH[verb] else "",
            verdict=self._verdict(fields) if verb == "sign" else "agree",
            role=(fields.text("role") or None) if "role" in _WITH[verb] else None,
            whom=tuple(scalar.value for scalar in fields.scalars("whom")),
            same=fields.text("same"),
            material=fields.text("material"),
            workflow=fields.text("workflow") if verb == "open" else "",
        )

    def _verdict(self, fields: Fields) -> Verdict:
        titles = {title: name for name, title in VERDICTS.items()}
        scalar = fields.scalar("verdict")
        if scalar is not None and scalar.value in titles:
            return cast(Verdict, titles[scalar.value])
        return cast(Verdict, fields.choice("verdict", tuple(VERDICTS), "agree"))

    # What is expected.

    def _expected(self, fields: Fields) -> Expectation:
        gates, and_others = self._refused(fields)
        late, letters = fields.has("late"), fields.has("letters")
        light = {word: name for name, word in LIGHTS.items()}
        given = fields.scalar("light")
        colour = given.value.removesuffix("灯") if given else ""
        return Expectation(
            refused=gates,
            and_others=and_others,
            state=fields.text("state") or None,
            facts=_facts(fields, "facts") if fields.has("facts") else {},
            without=tuple(scalar.value for scalar in fields.scalars("without")),
            letters=tuple(self._letters(fields)) if letters else None,
            late=tuple(scalar.value for scalar in fields.scalars("late")) if late else None,
            due=self._due(fields),
            limits=self._limits(fields),
            light=light.get(colour) or fields.choice("light", tuple(LIGHTS), "") or None,
        )

    def _refused(self, fields: Fields) -> tuple[tuple[WantedGate, ...] | None, bool]:
        """Read what has to stand in the way: texts, kinds of gates, or `{kind: text}`."""
        if not fields.has("refused"):
            return None, False
        found: list[WantedGate] = []
        others = False
        for node in fields.items("refused"):
            if isinstance(node, Scalar) and node.value in AND_OTHERS:
                others = True
            elif isinstance(node, Scalar):
                found.append(_gate(node.value))
            elif isinstance(node, Mapped):
                found += self._kinds(fields, node)
        if not found:
            message = f"{fields.owner}的 refused 没有写因何被拒绝"
            mend = (
                "写上提示里的几个字，例如 refused: [总投资不足]，或关口的种类，例如 refused: 会签"
            )
            fields.fault("empty-value", fields.pairs["refused"][0], message, mend)
        return tuple(found), others

    def _kinds(self, fields: Fields, node: Mapped) -> Iterator[WantedGate]:
        """Read gates under their kinds."""
        for key, value in node.pairs.values():
            kind = _kind(key.value)
            if kind is None:
                listed = "、".join(f"{title}（{name}）" for name, title in LABELS.items())
                message = f"没有“{key.value}”这种关口"
                fields.fault("unknown", key, message, f"可写：{listed}")
            for item in value.items if isinstance(value, Sequence) else [value]:
                if isinstance(item, Scalar):
                    yield WantedGate(kind or "", item.value)

    def _letters(self, fields: Fields) -> Iterator[WantedLetter]:
        """Read templates: a list of them or, with who gets each, a mapping."""
        node = fields.node("letters")
        if not isinstance(node, Mapped):
            for scalar in fields.scalars("letters"):
                yield WantedLetter(scalar.value)
            return
        section = Fields(
            fields.reading, node, f"{fields.owner}的 letters ", fields.place("letters"), known=()
        )
        for name in section.pairs:
            if isinstance(section.node(name), Mapped):
                yield self._letter(section, name)
            else:
                yield WantedLetter(name, tuple(scalar.value for scalar in section.scalars(name)))

    def _letter(self, section: Fields, name: str) -> WantedLetter:
        """Read who gets a letter as addressee and as copy, and how long they have to answer."""
        owner = f"{section.owner}的 {name} "
        inner = section.inner(name, owner, known=_LETTER)
        assert inner is not None, "it is a mapping"
        reply = inner.text("reply") or None
        if reply is not None and reply not in NO_DAY and not _SPAN.fullmatch(reply):
            message, mend = f"{owner}的 reply “{reply}” 不是时限", "写作 5 workday、10 day，或 无"
            inner.fault("wrong-number", inner.place("reply"), message, mend)
        return WantedLetter(
            name,
            to=_names(inner, "to"),
            cc=_names(inner, "cc"),
            reply=NO_DAY[0] if reply in NO_DAY else reply,
        )

    def _due(self, fields: Fields) -> str | None:
        scalar = fields.scalar("due")
        if scalar is None or scalar.value in NO_DAY:
            return scalar.value if scalar else None
        return self.file.check_day(scalar, scalar.value)

    def _limits(self, fields: Fields) -> dict[str, str]:
        """Read days by the titles of limits; 无 for one that must not run."""
        found: dict[str, str] = {}
        section = fields.inner("limits", f"{fields.owner}的 limits ", known=())
        for name in section.pairs if section else ():
            scalar = section.scalar(name) if section else None
            if scalar is not None and scalar.value in NO_DAY:
                found[name] = NO_DAY[0]
            elif scalar is not None:
                found[name] = self.file.check_day(scalar, scalar.value) or ""
        return found


_WORKFLOW = re.compile(rb"^(transitions|states):", re.MULTILINE)


def is_workflow(path: Path) -> bool:
    """Tell whether a file is a workflow, to judge by its sections."""
    return _WORKFLOW.search(read_file(path)) is not None


NO_DAY = ("无", "none")
"""How it is said that there is no day due."""


def day_after(today: date, text: str) -> date:
    """Give the day of a step after that of the one before it."""
    if not text:
        return today
    if text.startswith("+"):
        return today + timedelta(days=int(text[1:]))
    return date.fromisoformat(text)


def _names(fields: Fields, key: str) -> tuple[str, ...] | None:
    """Read names, None where the key is not written."""
    return tuple(scalar.value for scalar in fields.scalars(key)) if fields.has(key) else None


def _facts(fields: Fields, key: str) -> dict[str, Entered]:
    """Read facts as officers enter them: one value, or the items of a list."""
    section = fields.inner(key, f"{fields.owner}的 {key} ", known=())
    found: dict[str, Entered] = {}
    for name in section.pairs if section else ():
        assert section is not None, "it has keys"
        if isinstance(section.node(name), Sequence):
            found[name] = tuple(scalar.value for scalar in section.scalars(name))
        elif (scalar := section.scalar(name)) is not None:
            found[name] = scalar.value
    return found


def _kind(text: str) -> str | None:
    """Find the kind of a gate by its name or title."""
    if text in LABELS:
        return text
    return next((name for name, title in LABELS.items() if title == text), None)


def _gate(text: str) -> WantedGate:
    """Read one thing that stands in the way: the kind of a gate alone, or a part of its text."""
    kind = _kind(text)
    return WantedGate(kind, "") if kind else WantedGate("", text)
