"""Mappings of a workflow file read as the language's table says (`language`).

How a key is written – which words, which bounds, the name of what – is never said again where it is
read: whoever reads a key that the table does not have, or reads it as something else than the table
says, gets an error at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from lifecycle.errors import Location
from lifecycle.workflow.language import (
    FORMS,
    Bound,
    Computed,
    Defined,
    Form,
    FreeText,
    Inner,
    Mention,
    Mentions,
    OneLine,
    OneWord,
    Patterned,
    Several,
    TextList,
    WholeNumber,
    YesNo,
    ways_of,
)
from lifecycle.workflow.yaml.fields import MOST_COUNT, Fields, Reading
from lifecycle.workflow.yaml.tree import Node, Scalar, Sequence

V = TypeVar("V")
CAUSE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
"""How a transition of another workflow is named."""


def form_within(fields: Fields, key: str, owner: str, form: str) -> FormFields | None:
    """Read the mapping under a key of any YAML file as one of the language's forms."""
    node = fields.node(key)
    if node is None:
        return None
    at = fields.reading.at(fields.pairs[key][0])
    return FormFields(fields.reading, node, owner, at, form)


class FormFields(Fields):
    """One mapping of a workflow file; `also` are keys that are required here beyond the table."""

    def __init__(
        self,
        reading: Reading,
        node: Node,
        owner: str,
        at: Location,
        form: str,
        *,
        also: tuple[str, ...] = (),
    ) -> None:
        self.form: Form = FORMS[form]
        super().__init__(
            reading,
            node,
            owner,
            at,
            known=self.form.names,
            required=(*self.form.required, *also),
            hints=self.form.hints,
        )

    def way(self, key: str, wanted: type[V]) -> V:
        """Give how the table says that a key is written, which must be the wanted way or one of
        several.
        """
        for way in ways_of(self.form.by_name[key].value):
            if isinstance(way, wanted):
                return way
        raise TypeError(f"{self.form.name}.{key} is not written as {wanted.__name__}")

    def text(self, key: str, default: str = "") -> str:
        """Read free text."""
        self.way(key, FreeText)
        return super().text(key, default)

    def line(self, key: str, default: str = "") -> str:
        """Read one line of text; `default` is what it is if it is not written."""
        way = self.way(key, OneLine)
        return super().line(key, default or way.default)

    def matched(self, key: str) -> str | None:
        """Read one line that a pattern must match; None where it does not: the caller tells it."""
        way = self.way(key, Patterned)
        text = super().line(key, way.default)
        return text if re.fullmatch(way.pattern, text) else None

    def written(self, key: str) -> str:
        """Give what was written, as it stands."""
        scalar = self.scalar(key)
        return scalar.value if scalar else ""

    def count(self, key: str) -> int:
        """Read a whole number."""
        way = self.way(key, WholeNumber)
        return self.integer(key, way.default, least=way.least, most=way.most or MOST_COUNT)

    def bound(self, key: str) -> Decimal | None:
        """Read the number that bounds a fact."""
        self.way(key, Bound)
        return self.number(key)

    def flag(self, key: str) -> bool:
        """Read true or false."""
        self.way(key, YesNo)
        return super().flag(key)

    def word(self, key: str) -> str:
        """Read one of the key's words."""
        way = self.way(key, OneWord)
        return self.choice(key, way.names, way.default, way.meant)

    def texts(self, key: str) -> list[Scalar]:
        """Read one text or a list of texts."""
        way = self.way(key, TextList)
        found = list(self.scalars(key))
        if way.some and self.node(key) is not None and not self.items(key):
            self.empty_list(key)
        return found

    def one(self, key: str, said: str = "") -> str | None:
        """Read the name of one thing that is defined elsewhere, or a word that stands for one."""
        way = self.way(key, Mention)
        scalar = self.scalar(key)
        if scalar is None or scalar.value in way.words:
            return scalar.value if scalar else None
        return self.reading.use(way.kind, scalar, said or f"{self.owner}的 {key} 写了")

    def many(self, key: str, said: str = "") -> tuple[str, ...]:
        """Read one name or a list of names of things defined elsewhere; what may be caused by a
        transition of another workflow is known there.
        """
        way = self.way(key, Mentions)
        said = said or f"{self.owner}的 {key} 写了"
        found: dict[str, None] = {}
        for scalar in self.scalars(key):
            name = scalar.value
            if name in found:
                message = f"{self.owner}的 {key} 重复写了 “{name}”"
                self.fault("repeated", scalar, message, "删去重复的一处")
            found[name] = None
            if way.caused and CAUSE.fullmatch(name):
                continue
            if name not in way.words:
                self.reading.use(way.kind, scalar, said)
        node = self.node(key)
        if way.some and isinstance(node, Sequence) and not node.items:
            self.empty_list(key)
        return tuple(found)

    def computed(self, key: str) -> Iterator[tuple[str, Scalar]]:
        """Read facts with the expressions that they are computed by: the name, and the text."""
        way = self.way(key, Computed)
        section = self.inner(key, f"{self.owner}的 {key} ", known=())
        for name, (scalar, node) in section.pairs.items() if section else ():
            if not way.elsewhere:
                self.reading.use("fact", scalar, f"{self.owner}的 {key} 写了")
            if isinstance(node, Scalar) and not node.empty:
                yield name, node
            else:
                message = f"{self.owner}的 {key} 没有写 {name} 怎样算"
                self.fault("empty-value", scalar, message, f"例如 {name}: officer.unit")

    def empty_list(self, key: str) -> None:
        """Note that a list that wants something has nothing."""
        message = f"{self.owner}的 {key} 是空的列表"
        self.fault("empty-value", self.pairs[key][0], message, "至少写一项")

    def inside(self, key: str, owner: str = "") -> FormFields | None:
        """Read a mapping within this one."""
        way = self.way(key, Inner)
        return form_within(self, key, owner or f"{self.owner}的 {key} ", way.form)

    def each(self, key: str, owner: str) -> list[FormFields]:
        """Read the mappings of a list."""
        way = self.way(key, Several)
        return [
            FormFields(self.reading, node, owner, at, way.form)
            for node, at in self.placed(key, single=way.single)
        ]

    def defined(self, key: str) -> Iterator[tuple[str, Scalar, Node]]:
        """Give the names that a section defines, each with its key and its value."""
        way = self.way(key, Defined)
        return self.definitions(key, FORMS[way.form].title)

    def entry(self, key: str, name: Scalar, node: Node, owner: str) -> FormFields:
        """Read what a section says of one name."""
        way = self.way(key, Defined)
        return FormFields(self.reading, node, owner, self.reading.at(name), way.form)
