"""A YAML text as a tiny tree that remembers places: every scalar is a string, and nothing happens
behind one's back.

`on`, `no`, `1e3` and dates stay what was typed; anchors, aliases, tags and duplicate keys are
faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Any, cast

import yaml

from lifecycle.errors import Location, Problem
from lifecycle.frozen import dataclass
from lifecycle.workflow.yaml.fault import explain

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML may be built without libyaml.

Its own parser is ten times slower and gives the same events.
"""
MOST_BYTES = 1 << 20
MOST_LEVELS = 32
MOST_COLUMNS = 2000
MOST_PROBLEMS = 1000
# What YAML cannot hold (YAML 1.1 §4.1), and what nobody sees but a terminal obeys: line separators,
# and marks that turn the reading order of a rule (CVE-2021-42574, "Trojan Source"). Written as what
# is refused: as what is allowed, the pattern takes 5 ms to compile, at every start
# of the program.
STRANGE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-"
    "\udfff\ufeff\ufffe\uffff]"
)
_BREAK = re.compile(r"\r\n|\r|\n")
_EMPTY = ("", "~", "null")


@dataclass(slots=True, eq=False)
class Scalar:
    """A string; `plain` when it stands without quotes. `file` is where it was written, of a tree
    that was made of several files.
    """

    value: str
    plain: bool
    line: int
    column: int
    length: int
    file: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing at all was written (a quoted empty string is something)."""
        return self.plain and self.value in _EMPTY


@dataclass(slots=True, eq=False)
class Sequence:
    """A list, with the place of its first sign."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    length: int = 1
    file: str = ""


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in the order written, with the place of the first key or brace."""

    line: int
    column: int
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    length: int = 1
    pending: Scalar | None = None
    file: str = ""


@dataclass(slots=True, eq=False)
class Unread:
    """A value that could not be read.

    Its fault has been reported, so nobody need complain again.
    """

    line: int
    column: int
    length: int = 1
    file: str = ""


Node = Scalar | Sequence | Mapping | Unread
_SKIPPED = Scalar("", False, 1, 1, 1)
"""Stands in `pending` for a key that cannot be used: its value is read and dropped."""


@dataclass(frozen=True, slots=True)
class YamlTree:
    """What was read: the root (None when there is no mapping to speak of), the faults and the text
    they stand in.
    """

    root: Mapping | None
    problems: tuple[Problem, ...]
    text: str


def read_tree(data: str | bytes, file: str) -> YamlTree:
    """Read one YAML document into a tree; every fault is a Problem, nothing is raised."""
    if len(data) > MOST_BYTES or (
        isinstance(data, str) and len(data.encode("utf-8", "replace")) > MOST_BYTES
    ):
        message = f"文件超过 {MOST_BYTES >> 20} MB"
        return YamlTree(
            None,
            (
                Problem(
                    "yaml-size", Location(file), message, "一个流程写一个文件，长篇说明放到别处"
                ),
            ),
            "",
        )
    typed, place = decode(data)
    text = STRANGE.sub("\ufffd", typed)
    if place:
        line, column, message = place
        return YamlTree(
            None,
            (
                Problem(
                    "yaml-encoding", Location(file, line, column), message, "在编辑器里另存为 UTF-8"
                ),
            ),
            text,
        )
    long = next((n for n, line in enumerate(text.splitlines(), 1) if len(line) > MOST_COLUMNS), 0)
    if long:
        shown = "\n".join(
            line if len(line) <= MOST_COLUMNS else line[:60] + "…" for line in text.splitlines()
        )
        message = f"第 {long} 行超过 {MOST_COLUMNS} 字"
        return YamlTree(
            None, (Problem("yaml-line", Location(file, long), message, "分成几行写"),), shown
        )
    builder = _TreeBuilder(file, text)
    if text != typed:
        builder.problems.extend(islice(_find_strange(typed, file), MOST_PROBLEMS))
    root = builder.build()
    return YamlTree(root, tuple(builder.problems), text)


def decode(data: str | bytes) -> tuple[str, tuple[int, int, str] | None]:
    """Give the text without byte order mark; or the text before the first byte not in UTF-8, and
    the fault.
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff"), None
    try:
        return data.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        lines = _BREAK.split(before)
        message = f"文件不是 UTF-8 编码（第 {error.start + 1} 个字节是 0x{data[error.start]:02X}）"
        return before + "\ufffd", (len(lines), len(lines[-1]) + 1, message)


def _find_strange(text: str, file: str) -> Iterator[Problem]:
    for number, line in enumerate(_BREAK.split(text), 1):
        for match in STRANGE.finditer(line):
            message = f"有看不见的控制字符 U+{ord(match.group()):04X}"
            yield Problem(
                "yaml-character", Location(file, number, match.start() + 1), message, "删去该字符"
            )


class _TreeBuilder:
    """Builds the tree from the parser's events.

    Goes on after every fault that leaves the structure readable.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self.stack: list[Mapping | Sequence] = []
        self.root: Node | None = None

    def build(self) -> Mapping | None:
        """Read all events; the root only if the document was read to its end and is a mapping."""
        try:
            if not self._read():
                return None
        except yaml.YAMLError as error:
            self.problems.append(explain(error, self.text, self.file))
            return None
        if isinstance(self.root, Mapping):
            return self.root
        if self.root is None or (isinstance(self.root, Scalar) and self.root.empty):
            self.problems.append(
                Problem("yaml-empty", Location(self.file), "文件是空的", "写上 workflow: 等各项")
            )
        elif not isinstance(self.root, Unread):
            place = Location(self.file, self.root.line, self.root.column, self.root.length)
            self.problems.append(
                Problem(
                    "yaml-root",
                    place,
                    "文件的顶层应为映射（键: 值）",
                    "顶层写 workflow:、title: 等各键",
                )
            )
        return None

    def _read(self) -> bool:
        """Take the events in turn; False once nothing sensible can follow."""
        for event in cast(Iterator[Any], yaml.parse(self.text, Loader=LOADER)):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                mark = event.start_mark
                self._open(Mapping(mark.line + 1, mark.column + 1), event)
            elif kind is yaml.SequenceStartEvent:
                mark = event.start_mark
                self._open(Sequence(mark.line + 1, mark.column + 1), event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.stack.pop()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent and self.root is not None:
                mark = event.start_mark
                mend = "一个文件只写一个流程：删去多余的 “---”，或拆成两个文件"
                self._fault(
                    "yaml-documents",
                    mark.line + 1,
                    mark.column + 1,
                    3,
                    "文件里有不止一个 YAML 文档",
                    mend,
                )
                return True
            if len(self.stack) > MOST_LEVELS:
                mark = event.start_mark
                self._fault(
                    "yaml-depth",
                    mark.line + 1,
                    mark.column + 1,
                    1,
                    f"嵌套超过 {MOST_LEVELS} 层",
                    "减少括号或缩进的层数",
                )
                return False
        return True

    def _scalar(self, event: Any) -> None:
        start, end, value = event.start_mark, event.end_mark, event.value
        if event.anchor is not None or event.tag is not None:
            self._marked(event)
        length = (
            end.column - start.column if start.line == end.line else len(value.split("\n", 1)[0])
        )
        scalar = Scalar(
            value,
            event.style is None or event.style == "",
            start.line + 1,
            start.column + 1,
            length or 1,
        )
        parent = self.stack[-1] if self.stack else None
        if type(parent) is Mapping and parent.pending is None:
            parent.pending = scalar
        else:
            self._add(scalar)

    def _open(self, node: Mapping | Sequence, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._marked(event)
        parent = self.stack[-1] if self.stack else None
        if type(parent) is Mapping and parent.pending is None:
            self._fault(
                "yaml-key",
                node.line,
                node.column,
                1,
                "键应为一段文字，不能是列表或映射",
                "每个键写成 “名称: 值”",
            )
            parent.pending = _SKIPPED
        else:
            self._add(node)
        self.stack.append(node)

    def _alias(self, event: Any) -> None:
        mark, length = event.start_mark, len(event.anchor) + 1
        mend = "把所引用的内容完整写出来"
        self._fault(
            "yaml-alias",
            mark.line + 1,
            mark.column + 1,
            length,
            f"不能用别名 “*{event.anchor}”",
            mend,
        )
        parent = self.stack[-1] if self.stack else None
        if type(parent) is Mapping and parent.pending is None:
            parent.pending = _SKIPPED
        else:
            self._add(Unread(mark.line + 1, mark.column + 1, length))

    def _add(self, node: Node) -> None:
        """Put a finished value where it belongs: at the root, in a list, or under the key just
        read.
        """
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if type(parent) is Sequence:
            parent.items.append(node)
        elif type(parent) is Mapping and parent.pending is not None:
            key, parent.pending = parent.pending, None
            if key is _SKIPPED:
                return
            if (
                key.plain
                and ":" in key.value
                and isinstance(node, Scalar)
                and node.empty
                and node.length == 1
            ):
                mend = f"写成 “{key.value.replace(':', ': ', 1)}”"
                self._fault(
                    "yaml-space",
                    key.line,
                    key.column,
                    key.length,
                    f"“{key.value}” 的冒号后缺一个空格",
                    mend,
                )
                name = key.value.split(":", 1)[0]
                place = (key.line, key.column, len(name))
                parent.pairs.setdefault(name, (Scalar(name, True, *place), Unread(*place)))
            elif key.value in parent.pairs:
                first = parent.pairs[key.value][0].line
                message = f"键 “{key.value}” 重复，第 {first} 行已有"
                self._fault(
                    "yaml-duplicate",
                    key.line,
                    key.column,
                    key.length,
                    message,
                    "两处合为一处，或改名",
                )
            else:
                parent.pairs[key.value] = (key, node)

    def _marked(self, event: Any) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.anchor is not None:
            message = f"不能用锚点 “&{event.anchor}”"
            self._fault(
                "yaml-anchor",
                line,
                column,
                len(event.anchor) + 1,
                message,
                "删去该锚点，把内容完整写出来",
            )
        if event.tag is not None:
            mend = "删去该标签：流程文件里一切都按文字读，类型由键决定"
            self._fault("yaml-tag", line, column, 1, "不能用类型标签（以 “!” 开头）", mend)

    def _fault(
        self, rule: str, line: int, column: int, length: int, message: str, mend: str
    ) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                Problem(rule, Location(self.file, line, column, length), message, mend)
            )
