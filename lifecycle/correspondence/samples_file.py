"""What sample letters say: `notices/samples.yaml`, read as strictly as the rules beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from lifecycle import places
from lifecycle.engine.gates.gates import VERDICTS
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile

FILE = "samples.yaml"
"""The file's name, in the folder of the templates."""
_LINES = (
    "issuer",
    "signer",
    "number",
    "serial",
    "contact",
    "division",
    "note",
    "case_title",
    "owner",
)
_LISTS = ("units", "policies")
_SECTIONS = ("limit", "reply", "letter", "numbers", "facts", "days")
_KEYS = ("samples", "basis", "day", *_LINES, *_LISTS, "opinions", *_SECTIONS, "letters")
_OTHER = "other"
_FARTHEST = 36_500

Values = Mapping[str, str | tuple[str, ...]]
"""Facts as they are written, by their identifiers."""


@dataclass(frozen=True, slots=True)
class Own:
    """What one letter says otherwise, so that it does not contradict itself."""

    facts: Values
    days: Mapping[str, int]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The letter that a reminder is about: when it was sent, and by how many days its answer is
    late.
    """

    title: str
    number: str
    days: int
    overdue: int


@dataclass(frozen=True, slots=True)
class SampleLimit:
    """The limit that a sample names, in days from the sample's day."""

    title: str
    days: int
    basis: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The file as judged; dates are so many `days` from `day`, those not named `other_days`."""

    day: date
    lines: Mapping[str, str]
    units: tuple[str, ...]
    policies: tuple[str, ...]
    opinions: tuple[tuple[str, str], ...]
    limit: SampleLimit
    reply_days: int
    earlier: Earlier
    numbers: Mapping[str, Decimal]
    facts: Values
    days: Mapping[str, int]
    other_days: int
    letters: Mapping[str, Own]

    def own(self, template: str) -> Own:
        """Give what the letter of a template says otherwise."""
        return self.letters.get(template) or Own({}, {}, ())


def shipped_samples() -> Samples:
    """Read the file that stands beside the shipped templates."""
    return read_samples((places.shipped("notices") / FILE).read_bytes())


@lru_cache(maxsize=2)
def read_samples(body: bytes, file: str = f"notices/{FILE}") -> Samples:
    """Read the samples; raises WorkflowError with every fault."""
    required = tuple(key for key in _KEYS if key != "letters")
    yaml = YamlFile(Path(file), known=_KEYS, required=required, body=body)
    top = yaml.top
    days = _days(top)
    letters = top.inner("letters", "letters ", known=())
    samples = Samples(
        day=date.fromisoformat(yaml.day(top, "day") or "2000-01-01"),
        lines={key: top.line(key) for key in _LINES},
        units=_words(top, "units"),
        policies=_words(top, "policies"),
        opinions=tuple(_opinions(yaml)),
        limit=_limit(top),
        reply_days=_reply_days(top),
        earlier=_earlier(top),
        numbers=_numbers(top),
        facts=_facts(top),
        days=days,
        other_days=days.get(_OTHER, 0),
        letters={name: _own(yaml, name, letters) for name in letters.pairs} if letters else {},
    )
    yaml.end()
    return samples


def _opinions(yaml: YamlFile) -> list[tuple[str, str]]:
    """Read what each unit said at a co-sign, in the order of the units."""
    found = []
    for node, at in yaml.top.placed("opinions"):
        fields = Fields(
            yaml.reading, node, "意见", at, known=("verdict", "note"), required=("verdict",)
        )
        verdict = fields.choice("verdict", tuple(VERDICTS), "agree")
        found.append((VERDICTS[verdict], fields.line("note")))
    units = len(_words(yaml.top, "units"))
    if len(found) > units:
        message = f"opinions 有 {len(found)} 条，而 units 只有 {units} 个单位"
        yaml.reading.fault("wrong-number", yaml.top.place("opinions"), message, "补上单位")
    return found


def _limit(top: Fields) -> SampleLimit:
    keys = ("title", "in", "basis")
    limit = top.inner("limit", "limit ", known=keys, required=keys)
    if limit is None:
        return SampleLimit("", 0, "")
    return SampleLimit(limit.line("title"), limit.integer("in"), limit.line("basis"))


def _reply_days(top: Fields) -> int:
    reply = top.inner("reply", "reply ", known=("in",), required=("in",))
    return reply.integer("in") if reply else 0


def _earlier(top: Fields) -> Earlier:
    keys = ("title", "number", "days", "overdue")
    letter = top.inner("letter", "letter ", known=keys, required=keys)
    if letter is None:
        return Earlier("", "", 0, 0)
    return Earlier(
        letter.line("title"),
        letter.line("number"),
        _count(letter, "days"),
        letter.integer("overdue"),
    )


def _numbers(top: Fields) -> dict[str, Decimal]:
    keys = ("money", "decimal", "integer")
    numbers = top.inner("numbers", "numbers ", known=keys, required=keys)
    if numbers is None:
        return {}
    return {key: numbers.number(key) or Decimal(0) for key in keys}


def _facts(fields: Fields) -> Values:
    section = fields.inner("facts", "facts ", known=())
    return {name: _value(section, name) for name in section.pairs} if section else {}


def _value(fields: Fields, name: str) -> str | tuple[str, ...]:
    written = _words(fields, name)
    return written[0] if len(written) == 1 else written


def _days(fields: Fields) -> dict[str, int]:
    section = fields.inner("days", "days ", known=())
    return {name: _count(section, name) for name in section.pairs} if section else {}


def _count(fields: Fields, key: str) -> int:
    return fields.integer(key, least=-_FARTHEST, most=_FARTHEST)


def _own(yaml: YamlFile, name: str, letters: Fields) -> Own:
    own = Fields(
        yaml.reading,
        letters.pairs[name][1],
        f"letters 的 {name} ",
        letters.place(name),
        known=("facts", "days", "without"),
    )
    return Own(_facts(own), _days(own), _words(own, "without"))


def _words(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(scalar.value for scalar in fields.scalars(key))
