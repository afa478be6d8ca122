"""Mappings of a workflow file read key by key: each fault is noted with its place and its mend, and
reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from decimal import Decimal

from lifecycle.errors import Location, Problem, nearest
from lifecycle.workflow.model import Use
from lifecycle.workflow.yaml.tree import MOST_PROBLEMS, Mapping, Node, Scalar, Sequence, Unread

IDENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,9})?")
_IDENT_MEND = "以小写英文字母开头，只用小写英文字母、数字和下划线，不超过 64 字"
MOST_SHOWN = 200
"""So many faults are listed; of more, only their number."""
_MOST_LINE = 200
_MAPPING, _TEXT, _LIST = "映射（键: 值）", "一段文字", "列表（每项以 “- ” 开头）"
_SHAPES = {
    _MAPPING: "写成 {键: 值, …}，或另起一行、缩进两格写各键",
    _TEXT: "去掉方括号、花括号或下一层的各键，只写文字",
    _LIST: "写成 [第一项, 第二项]，或每项另起一行，以 “- ” 开头",
}
_NO_HINTS: Map[str, str] = {}
FLAGS = ("true", "false", "yes", "no")
"""How true and false are written; what messages offer are the first two."""
_YES = {"是": "true", "否": "false", "True": "true", "False": "false"}

MOST_COUNT = 999_999_999
"""A whole number without a bound of its own is no larger."""


class Reading:
    """The faults and the mentions of names gathered while one file is read."""

    def __init__(self, file: str, problems: tuple[Problem, ...] = ()) -> None:
        self.file = file
        self.problems = list(problems)
        self.uses: list[Use] = []
        self.vague: set[str] = set()

    def at(self, node: Node) -> Location:
        """Give a node's place."""
        return Location(node.file or self.file, node.line, node.column, node.length)

    def fault(self, rule: str, place: Node | Location, message: str, mend: str = "") -> None:
        """Note one fault."""
        if len(self.problems) < MOST_PROBLEMS:
            location = place if isinstance(place, Location) else self.at(place)
            self.problems.append(Problem(rule, location, message, mend))

    def wrong(self, place: Node | Location, what: str, wanted: str) -> None:
        """Note that a value is of the wrong shape, unless it was reported as unreadable already."""
        if not isinstance(place, Unread):
            self.fault("wrong-type", place, f"{what}应为{wanted}", _SHAPES[wanted])

    def likeliest(self, name: str, known: Iterable[str]) -> str | None:
        """Name the known word most like the given one; in a file with hundreds of faults that is
        not worth the time.
        """
        return nearest(name, known) if len(self.problems) < MOST_SHOWN else None

    def use(self, kind: str, node: Scalar, by: str) -> str:
        """Note that a name is mentioned that must name something of this kind; give the name."""
        self.uses.append(Use(kind, node.value, self.at(node), by))
        return node.value


class Fields:
    """One mapping: which keys it may and must have is judged at once, the values as they are asked
    for. `hints` say what to write for a key that is missed.
    """

    def __init__(
        self,
        reading: Reading,
        node: Node,
        owner: str,
        at: Location,
        *,
        known: tuple[str, ...],
        required: tuple[str, ...] = (),
        hints: Map[str, str] = _NO_HINTS,
    ) -> None:
        self.reading = reading
        self.owner = owner
        self.at = at
        self.pairs: dict[str, tuple[Scalar, Node]] = {}
        if not isinstance(node, Mapping):
            if isinstance(node, Scalar) and node.empty:
                reading.fault(
                    "empty-value", at, f"{owner}是空的", f"写上 {'、'.join(required or known)}"
                )
            else:
                reading.wrong(node, owner, _MAPPING)
            return
        self.pairs = node.pairs
        if not known:
            return
        meant: set[str | None] = set()
        for name, (key, value) in node.pairs.items():
            if name not in known:
                meant.add(self._unknown(key, known))
            elif isinstance(value, Scalar) and value.empty:
                self.fault("empty-value", key, f"{owner}的 {name} 是空的", "填上内容，或删去这一键")
        for name in required:
            if name not in node.pairs and name not in meant:
                self.fault(
                    "missing-key",
                    at,
                    f"{owner}缺少 {name}",
                    f"补上 {hints.get(name, f'{name}: …')}",
                )

    def _unknown(self, key: Scalar, known: tuple[str, ...]) -> str | None:
        """Report a key that is not known.

        Give the key that was most likely meant, which then is not missed as well.
        """
        near = self.reading.likeliest(key.value, known)
        mend = f"是否为 “{near}”？" if near else ""
        self.fault(
            "unknown-key",
            key,
            f"{self.owner}有不认识的键 “{key.value}”",
            f"{mend}可用的键：{'、'.join(known)}",
        )
        return near

    def fault(self, rule: str, place: Node | Location, message: str, mend: str = "") -> None:
        """Note one fault."""
        self.reading.fault(rule, place, message, mend)

    def node(self, key: str) -> Node | None:
        """Give a key's value if it is there and can be read; what is empty has been reported."""
        pair = self.pairs.get(key)
        if (
            pair is None
            or isinstance(pair[1], Unread)
            or (isinstance(pair[1], Scalar) and pair[1].empty)
        ):
            return None
        return pair[1]

    def has(self, key: str) -> bool:
        """Tell whether the key is written, with whatever value."""
        return key in self.pairs

    def place(self, key: str) -> Location:
        """Give the place of a key's value, of the key if the value is a collection, or else of the
        owner.
        """
        pair = self.pairs.get(key)
        if pair is None:
            return self.at
        return self.reading.at(pair[1] if isinstance(pair[1], Scalar) else pair[0])

    def scalar(self, key: str) -> Scalar | None:
        """Give a key's value as a scalar; a list or mapping is a fault."""
        node = self.node(key)
        if node is None or isinstance(node, Scalar):
            return node
        self.reading.wrong(node, f"{self.owner}的 {key} ", _TEXT)
        return None

    def text(self, key: str, default: str = "") -> str:
        """Read free text."""
        scalar = self.scalar(key)
        return scalar.value if scalar else default

    def line(self, key: str, default: str = "") -> str:
        """Read one line of text, such as a title."""
        scalar = self.scalar(key)
        return self.check_line(scalar, f"{self.owner}的 {key} ") if scalar else default

    def check_line(self, scalar: Scalar, what: str) -> str:
        """Give a scalar's text, which must be one line of reasonable length and not blank."""
        if not scalar.value.strip():
            self.fault("wrong-line", scalar, f"{what}是空白", "填上内容")
        elif "\n" in scalar.value or len(scalar.value) > _MOST_LINE:
            self.fault(
                "wrong-line",
                scalar,
                f"{what}应为一行，不超过 {_MOST_LINE} 字",
                "详细说明写在 note: 里",
            )
        return scalar.value

    def ident(self, scalar: Scalar, what: str) -> str:
        """Give a name that is defined here, which must be an identifier."""
        if not IDENT.fullmatch(scalar.value):
            self.fault("wrong-name", scalar, f"{what} “{scalar.value}” 不是合格的标识", _IDENT_MEND)
        return scalar.value

    def scalars(self, key: str) -> Iterator[Scalar]:
        """Give the scalars of a value that is one text or a list of texts."""
        for node in self.items(key):
            if isinstance(node, Scalar) and not node.empty:
                yield node
            elif isinstance(node, Scalar):
                self.fault(
                    "empty-value",
                    node,
                    f"{self.owner}的 {key} 有空的一项",
                    "填上内容，或删去这一项",
                )
            else:
                self.reading.wrong(node, f"{self.owner}的 {key} 的每一项", _TEXT)

    def items(self, key: str, *, single: bool = True) -> list[Node]:
        """Give the items of a list; `single` lets one value stand for a list of one."""
        node = self.node(key)
        if node is None:
            return []
        if isinstance(node, Sequence):
            return node.items
        if not single:
            self.reading.wrong(node, f"{self.owner}的 {key} ", _LIST)
            return []
        return [node]

    def placed(self, key: str, *, single: bool = False) -> list[tuple[Node, Location]]:
        """Give the items of a list, each with the place that a fault of a whole item points at."""
        alone = self.place(key)
        whole = self.node(key)
        return [
            (item, alone if item is whole else self.reading.at(item))
            for item in self.items(key, single=single)
        ]

    def integer(self, key: str, default: int = 0, *, least: int = 1, most: int = MOST_COUNT) -> int:
        """Read a whole number within bounds."""
        scalar = self.scalar(key)
        if scalar is None:
            return default
        if not _INTEGER.fullmatch(scalar.value) or not least <= int(scalar.value) <= most:
            wanted = f" {least} 以上的整数" if most == MOST_COUNT else f" {least} 至 {most} 的整数"
            self.fault(
                "wrong-number",
                scalar,
                f"{self.owner}的 {key} “{scalar.value}” 应为{wanted}",
                "用半角数字，不带单位",
            )
            return default
        return int(scalar.value)

    def number(self, key: str) -> Decimal | None:
        """Read a decimal number."""
        scalar = self.scalar(key)
        if scalar is None:
            return None
        if not _NUMBER.fullmatch(scalar.value):
            mend = "用半角数字，不带单位和逗号，例如 3000 或 0.5"
            self.fault(
                "wrong-number", scalar, f"{self.owner}的 {key} “{scalar.value}” 不是数", mend
            )
            return None
        return Decimal(scalar.value)

    def flag(self, key: str) -> bool:
        """Read true or false, which may be written yes or no too."""
        scalar = self.scalar(key)
        if scalar is not None and scalar.value in FLAGS:
            return scalar.value in ("true", "yes")
        return self.choice(key, FLAGS[:2], "false", _YES) == "true"

    def choice(
        self, key: str, options: tuple[str, ...], default: str, near: dict[str, str] | None = None
    ) -> str:
        """Read one of a few words; `near` says what some other words most likely mean."""
        scalar = self.scalar(key)
        if scalar is None or scalar.value in options:
            return scalar.value if scalar else default
        guess = (near or {}).get(scalar.value) or self.reading.likeliest(scalar.value, options)
        mend = (f"是否为 “{guess}”？" if guess else "") + f"可写：{'、'.join(options)}"
        self.fault("wrong-choice", scalar, f"{self.owner}的 {key} 不能是 “{scalar.value}”", mend)
        return guess or default

    def inner(
        self,
        key: str,
        owner: str,
        *,
        known: tuple[str, ...],
        required: tuple[str, ...] = (),
        hints: Map[str, str] = _NO_HINTS,
    ) -> Fields | None:
        """Read a mapping within this one."""
        node = self.node(key)
        if node is None:
            return None
        return Fields(
            self.reading,
            node,
            owner,
            self.reading.at(self.pairs[key][0]),
            known=known,
            required=required,
            hints=hints,
        )

    def definitions(self, key: str, what: str) -> Iterator[tuple[str, Scalar, Node]]:
        """Give the names that a section defines, each with its key and its value."""
        section = self.inner(key, f"{key} ", known=())
        for name, (scalar, node) in section.pairs.items() if section else ():
            self.ident(scalar, what)
            yield name, scalar, node
