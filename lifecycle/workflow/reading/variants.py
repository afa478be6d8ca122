"""A variant: a workflow file that says only in what it differs from another one.

The trees of both files are made one before anything is read of them, so that a variant is read,
judged and published as a whole; each node remembers the file in which it was written. Mappings are
merged key by key, transitions by their names; all else that the variant writes takes the place of
what it had; `KEY+` adds to a list; `removes` names what is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field

from lifecycle.errors import Location, Problem, nearest
from lifecycle.frozen import dataclass
from lifecycle.workflow.language import FORMS, Defined, Form, Several, Value, ways_of
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar, Sequence, YamlTree, read_tree

Parents = Callable[[str], tuple[str, bytes] | None]
"""Gives what a workflow's file is called, and its bytes, by the workflow's name; None where it is
not at hand.
"""
EXTENDS, REMOVES, AFTER, FAMILY, ADDED = "extends", "removes", "after", "variant_of", "+"
_NAME = re.compile(r"[\w-]+")
"""What may be looked for as a file's name: no path to another folder."""
_OWN = ("workflow", "title", "version")
"""What a variant must say for itself."""
_KINDS = {
    "roles": "角色",
    "parties": "收文方",
    "facts": "要素",
    "collections": "汇集",
    "tables": "判定表",
    "materials": "材料",
    "states": "环节",
    "transitions": "流转",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """A variant made whole: the tree of all its files as one (None where it cannot be made), its
    faults, and the texts of the files by what they are called.
    """

    root: Mapping | None
    problems: tuple[Problem, ...]
    texts: dict[str, str] = field(default_factory=dict)


def is_variant(tree: YamlTree) -> bool:
    """Tell whether a file extends another one."""
    return tree.root is not None and EXTENDS in tree.root.pairs


def merge(tree: YamlTree, file: str, parents: Parents) -> Merged:
    """Make a variant whole with the workflow that it extends, which may be a variant itself."""
    return _Merging(parents).whole(tree, file, ())


class _Merging:
    """The files that are made one, and the faults found on the way."""

    def __init__(self, parents: Parents) -> None:
        self.parents = parents
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}

    def whole(self, tree: YamlTree, file: str, below: tuple[str, ...]) -> Merged:
        root = self._whole(tree, file, below)
        return Merged(root, tuple(self.problems), self.texts)

    def _whole(self, tree: YamlTree, file: str, below: tuple[str, ...]) -> Mapping | None:
        """Give the whole tree of a file; `below` are the names of the variants that lead to it."""
        self.problems += tree.problems
        self.texts[file] = tree.text
        if tree.root is None:
            return None
        written_in(tree.root, file)
        if EXTENDS not in tree.root.pairs:
            return tree.root
        own, name = tree.root, tree.root.pairs[EXTENDS][1]
        if not isinstance(name, Scalar) or not _NAME.fullmatch(name.value):
            place = tree.root.pairs[EXTENDS][0]
            self._fault("wrong-type", place, "extends 应写一个流程的标识", "例如 extends: project")
            return None
        for key in _OWN:
            if key not in own.pairs:
                message, mend = f"变体缺少 {key}", f"补上 {key}：变体有自己的标识、名称和版本"
                self._fault("missing-key", tree.root.pairs[EXTENDS][0], message, mend)
        chain = (*below, _named(own))
        if name.value in chain:
            circle = " → ".join((*chain[chain.index(name.value) :], name.value))
            mend = "一个流程不能由自己变来：改写其中一个的 extends"
            self._fault("circular-variant", name, f"extends 绕成了圈：{circle}", mend)
            return None
        found = self.parents(name.value)
        if found is None:
            mend = f"把 {name.value}.yaml 放在同一文件夹，或与它一起写在命令里，或先发布它"
            self._fault("unknown-parent", name, f"找不到 extends 的流程 “{name.value}”", mend)
            return None
        base_file, body = found
        there = read_tree(body, base_file)
        if there.root is not None and _named(there.root) != name.value:
            self.problems += there.problems
            message = f"{base_file} 里写的不是流程 “{name.value}”，是 “{_named(there.root)}”"
            mend = "extends 写流程的标识，文件以流程的标识为名"
            self._fault("unknown-parent", name, message, mend)
            return None
        base = self._whole(there, base_file, chain)
        if base is None:
            return None
        return self._joined(base, own, name)

    def _joined(self, base: Mapping, own: Mapping, name: Scalar) -> Mapping:
        """Make one tree of that of the workflow extended and the variant's own."""
        family = _family(base, name)
        base.pairs.pop(FAMILY, None)
        self._remove(base, own, name.value)
        pairs = {key: pair for key, pair in own.pairs.items() if key not in (EXTENDS, REMOVES)}
        for key in (FAMILY, FAMILY + ADDED):
            if key in pairs:
                mend = f"删去：由 {name.value} 变来，合并时自动写上"
                self._fault("wrong-type", pairs.pop(key)[0], f"变体不写 {FAMILY}", mend)
        written = pairs.pop("transitions", None)
        after = _taken_after(pairs)
        self._see_known(base, pairs, name.value)
        made = self._merged(base, _with(own, pairs))
        if written is not None:
            self._merge_transitions(made, *written, name.value)
        for state, place in after.items():
            self._put_after(made, state, place)
        return _with_family(made, family)

    def _remove(self, base: Mapping, own: Mapping, parent: str) -> None:
        """Take out of the workflow extended what the variant leaves out."""
        if REMOVES not in own.pairs:
            return
        for path in _items(own.pairs[REMOVES][1]):
            if not isinstance(path, Scalar):
                mend = "每项写成 transitions.流转、facts.要素、states.环节.due 的样子"
                self._fault("wrong-type", path, "removes 的每一项应为一段文字", mend)
                continue
            *before, last = path.value.split(".")
            at: Node | None = base
            for part in before:
                at = _inner(at, part)
            if not _removed(at, last):
                near = nearest(last, _names(at))
                there = "、".join(list(dict.fromkeys(_names(at)))[:8])
                mend = f"是否为 “{'.'.join((*before, near))}”？" if near else ""
                mend += f"那里有：{there}" if there else "写成 transitions.流转 的样子"
                self._fault("unknown-removed", path, f"{parent} 里没有 “{path.value}”", mend)

    def _see_known(self, base: Mapping, pairs: dict[str, tuple[Scalar, Node]], parent: str) -> None:
        """See that what is not whole changes something that there is."""
        for section in _KINDS.keys() & pairs.keys():
            node = pairs[section][1]
            there = base.pairs.get(section, (None, None))[1]
            known = there.pairs if isinstance(there, Mapping) else {}
            if isinstance(node, Mapping):
                node.pairs = {
                    name: (key, entry)
                    for name, (key, entry) in node.pairs.items()
                    if name in known or self._is_whole(section, key, entry, known, parent)
                }

    def _is_whole(
        self, section: str, key: Scalar, entry: Node, known: dict[str, tuple[Scalar, Node]], p: str
    ) -> bool:
        """Tell whether a new entry says all that it must; one that does not was meant to change
        what there is.
        """
        required = _form_of(section).required
        lacking = [
            name for name in required if isinstance(entry, Mapping) and name not in entry.pairs
        ]
        if lacking:
            near = nearest(key.value, known)
            mend = f"是否为 “{near}”？" if near else ""
            mend += f"新增的要写 {'、'.join(lacking)}"
            message = f"{p} 里没有{_KINDS[section]} “{key.value}”"
            self._fault("not-inherited", key, message, mend)
        return not lacking

    def _merged(self, base: Mapping, own: Mapping) -> Mapping:
        """Merge two mappings key by key."""
        pairs = dict(base.pairs)
        for name, (key, node) in own.pairs.items():
            target = name.removesuffix(ADDED)
            there = pairs.get(target)
            if target != name:
                self._add(pairs, target, key, node)
            elif there is not None and isinstance(there[1], Mapping) and isinstance(node, Mapping):
                pairs[name] = (there[0], self._merged(there[1], node))
            else:
                pairs[name] = (key, _without_added(node))
        return _with(base, pairs)

    def _add(
        self, pairs: dict[str, tuple[Scalar, Node]], target: str, key: Scalar, node: Node
    ) -> None:
        """Put further items behind those of a list."""
        there = pairs.get(target)
        items = [*_items(there[1]), *_items(node)] if there else _items(node)
        known = there[0] if there else _renamed(key, target)
        made = Sequence(node.line, node.column, items, node.length)
        made.file = node.file
        pairs[target] = (known, made)

    def _merge_transitions(self, made: Mapping, key: Scalar, node: Node, parent: str) -> None:
        """Merge the transitions that a variant writes into those that there are, by name; where
        several have the name, by name and `from`.
        """
        there = made.pairs.get("transitions", (key, None))[1]
        items = list(there.items) if isinstance(there, Sequence) else []
        if not isinstance(node, Sequence):
            made.pairs["transitions"] = (key, node)  # told by the reader
            return
        for own in node.items:
            name, source = _text(own, "name"), _text(own, "from")
            meant = [n for n, one in enumerate(items) if _text(one, "name") == name]
            if len(meant) > 1:
                meant = [n for n in meant if _text(items[n], "from") == source]
                if len(meant) != 1:
                    place = own.pairs["name"][1] if isinstance(own, Mapping) else own
                    mend = "写上同样的 from，指明是哪一条"
                    self._fault("ambiguous-variant", place, f"{parent} 有几条流转叫 “{name}”", mend)
                    continue
            if name and meant and isinstance(own, Mapping):
                known = items[meant[0]]
                assert isinstance(known, Mapping), "what has a name is a mapping"
                items[meant[0]] = self._merged(known, own)
                continue
            if isinstance(own, Mapping) and name and not {"from", "to"} & own.pairs.keys():
                names = [_text(one, "name") for one in items]
                place = own.pairs["name"][1]
                near = nearest(name, names)
                mend = (
                    f"是否为 “{near}”？新增的要写 from、by 等" if near else "新增的要写 from、by 等"
                )
                self._fault("not-inherited", place, f"{parent} 里没有流转 “{name}”", mend)
                continue
            items.append(_without_added(own))
        section = Sequence(node.line, node.column, items, node.length)
        section.file = node.file
        made.pairs["transitions"] = (key, section)

    def _put_after(self, made: Mapping, state: str, place: Node) -> None:
        """Put a state right behind another one."""
        section = made.pairs["states"][1]
        assert isinstance(section, Mapping), "a state stands in a mapping"
        other = place.value if isinstance(place, Scalar) else ""
        if other not in section.pairs or other == state:
            near = nearest(other, section.pairs)
            mend = f"是否为 “{near}”？" if near else "写前一个环节的标识"
            self._fault("unknown-place", place, f"环节 {state} 的 after 写了未定义的环节", mend)
            return
        moved = section.pairs.pop(state)
        pairs = {}
        for name, pair in section.pairs.items():
            pairs[name] = pair
            if name == other:
                pairs[state] = moved
        section.pairs = pairs

    def _fault(self, rule: str, node: Node, message: str, mend: str) -> None:
        self.problems.append(Problem(rule, _place(node), message, mend))


def written_in(node: Node, file: str) -> None:
    """Note in which file a tree was written."""
    node.file = file
    if isinstance(node, Sequence):
        for item in node.items:
            written_in(item, file)
    elif isinstance(node, Mapping):
        for key, value in node.pairs.values():
            key.file = file
            written_in(value, file)


def _place(node: Node) -> Location:
    return Location(node.file, node.line, node.column, node.length)


def _named(root: Mapping) -> str:
    return _text(root, "workflow")


def _text(node: Node | None, key: str) -> str:
    """Give what stands under a key, as text; "" where there is none."""
    value = node.pairs.get(key, (None, None))[1] if isinstance(node, Mapping) else None
    if isinstance(value, Scalar):
        return value.value
    return ",".join(item.value for item in _items(value) if isinstance(item, Scalar))


def _items(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.items if isinstance(node, Sequence) else [node]


def _with(node: Mapping, pairs: dict[str, tuple[Scalar, Node]]) -> Mapping:
    made = Mapping(node.line, node.column, pairs, node.length)
    made.file = node.file
    return made


def _renamed(key: Scalar, name: str) -> Scalar:
    made = Scalar(name, key.plain, key.line, key.column, len(name))
    made.file = key.file
    return made


def _without_added(node: Node) -> Node:
    """Give what is new with each `KEY+` as the key alone: there is nothing to add to."""
    if isinstance(node, Sequence):
        node.items = [_without_added(item) for item in node.items]
    elif isinstance(node, Mapping):
        node.pairs = {
            name.removesuffix(ADDED): (_renamed(key, name.removesuffix(ADDED)), _without_added(one))
            for name, (key, one) in node.pairs.items()
        }
    return node


def _taken_after(pairs: dict[str, tuple[Scalar, Node]]) -> dict[str, Node]:
    """Take the `after` of each state out; give by state what it says."""
    section = pairs.get("states", (None, None))[1]
    found = {}
    for name, (_key, state) in section.pairs.items() if isinstance(section, Mapping) else ():
        if isinstance(state, Mapping) and AFTER in state.pairs:
            found[name] = state.pairs.pop(AFTER)[1]
    return found


def _inner(node: Node | None, part: str) -> Node | None:
    """Give what a part of a path names: a key, or the entry of a list with that name."""
    if isinstance(node, Mapping):
        return node.pairs.get(part, (None, None))[1]
    return next((one for one in _items(node) if _text(one, "name") == part), None)


def _names(node: Node | None) -> list[str]:
    """Name what a path may name next."""
    if isinstance(node, Mapping):
        return list(node.pairs)
    items = _items(node)
    return [one.value if isinstance(one, Scalar) else _text(one, "name") for one in items]


def _removed(node: Node | None, name: str) -> bool:
    """Take what is named out; tell whether it was there."""
    if isinstance(node, Mapping):
        return node.pairs.pop(name, None) is not None
    if not isinstance(node, Sequence):
        return False
    left = [item for item, told in zip(node.items, _names(node), strict=True) if told != name]
    found = len(left) < len(node.items)
    node.items = left
    return found


def _family(base: Mapping, name: Scalar) -> list[Scalar]:
    """Give the names of all that a variant comes from, the nearest first."""
    older = base.pairs.get(FAMILY, (None, None))[1]
    return [name, *(one for one in _items(older) if isinstance(one, Scalar))]


def _with_family(made: Mapping, family: list[Scalar]) -> Mapping:
    """Give a tree that says from what it comes, right behind its own name."""
    listed = Sequence(family[0].line, family[0].column, list(family), family[0].length)
    listed.file = family[0].file
    pair = (_renamed(family[0], FAMILY), listed)
    pairs: dict[str, tuple[Scalar, Node]] = {}
    for name, one in made.pairs.items():
        pairs[name] = one
        if name == "workflow":
            pairs[FAMILY] = pair
    return _with(made, pairs)


def _form_of(section: str) -> Form:
    """Give the form of what a section of a workflow lists."""
    return FORMS[next(_listed(FORMS["workflow"].by_name[section].value))]


def _listed(value: Value) -> Iterator[str]:
    for way in ways_of(value):
        if isinstance(way, Defined | Several):
            yield way.form
