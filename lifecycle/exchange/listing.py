"""YAML as a table: a list of mappings, one for each row, or a single mapping.

Every value is text as it was typed. A list within a row stays the list that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lifecycle.engine.values import Entered
from lifecycle.errors import InvalidError
from lifecycle.exchange.rows import SheetPlace, SheetRow
from lifecycle.workflow.yaml.tree import (
    MOST_BYTES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlTree,
    decode,
    read_tree,
)

_KEY = "rows"
_LIST = re.compile(r"(?:\s*(?:#.*)?\n)*-(?:\s|$)")


def read_yaml(path: Path) -> Iterator[SheetRow]:
    """Read the rows; raises InvalidError with every fault that makes the file unreadable."""
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        raise InvalidError(
            f"{path.name} 超过 {MOST_BYTES >> 20} MB", "请拆成几个文件，或改用 XLSX、CSV"
        )
    text, broken = decode(data)
    if broken:
        raise InvalidError(
            f"{path.name}:{broken[0]}:{broken[1]}: {broken[2]}", "在编辑器里另存为 UTF-8"
        )
    text = re.sub(r"\A---[ \t]*(?=\r?\n)", "", text)
    if not re.sub(r"(?m)^\s*#.*$", "", text).strip():
        raise InvalidError(f"{path.name} 里什么也没有", "写成列表，每项一个事项：- fact: 值")
    if not _LIST.match(text):
        return iter([_row(path.name, _root(read_tree(text, path.name), text))])
    # The tree reader wants a mapping at the top, so the list is hung under a key, one line above.
    tree = read_tree(f"{_KEY}:\n{text}", path.name)
    shifted = tuple(
        replace(p, location=replace(p.location, line=p.location.line - 1)) for p in tree.problems
    )
    root = _root(replace(tree, problems=shifted), text)
    node = root.pairs[_KEY][1]
    assert isinstance(node, Sequence), "the text begins with the sign of a list item"
    return (_row(path.name, item, shift=1) for item in node.items)


def _root(tree: YamlTree, text: str) -> Mapping:
    if tree.problems or tree.root is None:
        raise InvalidError("\n".join(problem.render(text) for problem in tree.problems))
    return tree.root


def _row(file: str, node: Node, shift: int = 0) -> SheetRow:
    place = SheetPlace(file, node.line - shift)
    if not isinstance(node, Mapping):
        fault = InvalidError(f"{place}：这一项不是映射", "每项写成 “键: 值” 的若干行")
        return SheetRow(place, faults=(fault,))
    values: dict[str, Entered] = {}
    places: dict[str, str] = {}
    faults: list[InvalidError] = []
    for name, (key, value) in node.pairs.items():
        entered = _entered(value)
        if entered is None:
            here = SheetPlace(file, key.line - shift)
            mend = "列表的每一项只写一个值，不能空着"
            faults.append(InvalidError(f"{here}：“{name}”应是一个值或一个简单列表", mend))
        elif entered:
            values[name] = entered
            places[name] = SheetPlace(file, value.line - shift).cell(value.column)
    return SheetRow(place, values, tuple(faults), places)


def _entered(node: Node) -> Entered | None:
    """Give a value as an officer enters it.

    None for a list with an empty item, or anything deeper.
    """
    if isinstance(node, Scalar):
        return "" if node.empty else node.value.strip()
    if not isinstance(node, Sequence):
        return None
    items = [
        item.value.strip() for item in node.items if isinstance(item, Scalar) and not item.empty
    ]
    return tuple(items) if len(items) == len(node.items) else None
