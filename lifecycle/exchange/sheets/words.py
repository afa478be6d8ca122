"""The words by which offices write their tables, read from `words.yaml` beside this file: how
totals, notes, units, yes and no are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from lifecycle.frozen import dataclass
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Scalar

FILE = Path(__file__).parent / "words.yaml"
_LISTS = (
    "serial",
    "totals",
    "notes",
    "blank",
    "pending",
    "vague",
    "ditto",
    "yes",
    "no",
    "counters",
)
_MAPPINGS = ("multipliers", "units", "plain", "contacts")
_RATIO = re.compile(r"[1-9][0-9]*(/[1-9][0-9]*)?")
_KEYS = (*_LISTS, *_MAPPINGS, "synonyms")
CONTACTS = ("unit", "office", "person", "duty", "leads", "unkept")
"""What a column of a contact list may hold."""


@dataclass(frozen=True, slots=True)
class UnitSize:
    """What a unit measures, and how many of the smallest unit of that kind it is."""

    of: str
    size: Fraction


@dataclass(frozen=True, slots=True)
class SheetWords:
    """The lists of `words.yaml`, each word as `folded` gives it."""

    lists: Mapping[str, tuple[str, ...]]
    multipliers: Mapping[str, int]
    units: Mapping[str, UnitSize]
    plain: Mapping[str, str]
    contacts: Mapping[str, tuple[str, ...]]
    synonyms: tuple[frozenset[str], ...]

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self.lists[name]

    def measure(self, text: str) -> UnitSize | None:
        """Give what a unit measures, with the multipliers before it (万元, 千万元, 万平方米); None
        for a word that is no unit.
        """
        times, unit = self.parted(text)
        found = self.units.get(folded(text))
        if found is None and unit in self.units:
            base = self.units[unit]
            found = UnitSize(base.of, base.size * times)
        return found

    def parted(self, text: str) -> tuple[int, str]:
        """Part a unit from the multipliers before it: 万元 is 10000 and 元, 亿 is 100000000 and
        nothing.
        """
        times, rest = 1, folded(text)
        while rest and rest[0] in self.multipliers and rest not in self.units:
            times *= self.multipliers[rest[0]]
            rest = rest[1:]
        return times, rest

    def simple(self, unit: str) -> str:
        """Give the unit that a multiplier alone is taken with, in a column of this unit: 3.5亿 in a
        column of 万元 is 3.5 亿元.
        """
        measure = self.measure(unit)
        _times, rest = self.parted(unit)
        if measure is not None and rest not in self.units:
            return self.plain.get(measure.of, unit)
        return rest or unit

    def alike(self, one: str, other: str) -> bool:
        """Tell whether two heads are two words for one thing."""
        return any(one in group and other in group for group in self.synonyms)


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Give a text as it is compared: NFKC, without blanks and signs that nobody sees."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if char.isprintable() and not char.isspace())


@cache
def sheet_words(path: Path = FILE) -> SheetWords:
    """Read the words; raises WorkflowError with every fault of the file."""
    file = YamlFile(path, known=_KEYS, required=_KEYS)
    lists = {
        name: tuple(folded(scalar.value) for scalar in file.top.scalars(name)) for name in _LISTS
    }
    found = SheetWords(
        lists=lists,
        multipliers={key: int(size) for key, size in _sizes(file, "multipliers").items()},
        units=_units(file),
        plain=_texts(file, "plain"),
        contacts=_contacts(file),
        synonyms=_synonyms(file),
    )
    file.end()
    return found


def _contacts(file: YamlFile) -> dict[str, tuple[str, ...]]:
    """Read the heads of contact lists."""
    section = file.top.inner("contacts", "contacts ", known=CONTACTS, required=CONTACTS)
    if section is None:
        return {}
    return {
        name: tuple(folded(scalar.value) for scalar in section.scalars(name)) for name in CONTACTS
    }


def _texts(file: YamlFile, key: str) -> dict[str, str]:
    section = file.top.inner(key, f"{key} ", known=())
    return {name: section.line(name) for name in section.pairs} if section else {}


def _sizes(file: YamlFile, key: str) -> dict[str, Fraction]:
    """Read numbers by name; noting those that are none."""
    section = file.top.inner(key, f"{key} ", known=())
    found = {}
    for name in section.pairs if section else ():
        scalar = section.scalar(name) if section else None
        if scalar is not None:
            found[folded(name)] = _ratio(file, scalar)
    return found


def _units(file: YamlFile) -> dict[str, UnitSize]:
    section = file.top.inner("units", "units ", known=())
    found = {}
    for name in section.pairs if section else ():
        fields = (
            section.inner(name, f"units 的 {name} ", known=("of", "is"), required=("of", "is"))
            if section
            else None
        )
        size = fields.scalar("is") if fields else None
        if fields is not None and size is not None:
            found[folded(name)] = UnitSize(fields.line("of"), _ratio(file, size))
    return found


def _ratio(file: YamlFile, scalar: Scalar) -> Fraction:
    if _RATIO.fullmatch(scalar.value):
        return Fraction(scalar.value)
    file.reading.fault(
        "wrong-number", scalar, f"“{scalar.value}” 不是数", "写整数或分数，如 2000/3"
    )
    return Fraction(1)


def _synonyms(file: YamlFile) -> tuple[frozenset[str], ...]:
    groups = []
    for node in file.top.items("synonyms", single=False):
        items = getattr(node, "items", [])
        groups.append(frozenset(folded(one.value) for one in items if isinstance(one, Scalar)))
    return tuple(groups)
