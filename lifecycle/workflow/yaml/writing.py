"""A tree written as YAML: what is read from it again is the same tree, without its comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lifecycle.errors import cell_width
from lifecycle.workflow.yaml.tree import STRANGE, Mapping, Node, Scalar, Sequence, Unread

_WIDTH = 96
_INDENT = "  "
# What may stand without quotes anywhere, also within brackets: no sign that YAML knows at its
# beginning, no colon or hash that it would take for its own, no comma or bracket.
_PLAIN = re.compile(r"""[^\s\-?:,\[\]{}#&*!|>'"%@`=<][^,\[\]{}:#\n]*""")


def write_tree(root: Mapping) -> str:
    """Write a tree: short lists and mappings on one line, others with a line for each item."""
    return "".join(f"{line}\n" for line in _block(root, ""))


def write_text(text: str) -> str:
    """Write one text as a value or key, in quotes where it must be."""
    scalar = Scalar(text, True, 1, 1, 1)
    return json.dumps(text, ensure_ascii=False) if scalar.empty else _scalar(scalar)


def _block(node: Mapping | Sequence, indent: str) -> Iterator[str]:
    """Give the lines of a mapping or list that has something in it."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _entry(f"{indent}-", item, indent)
        return
    for key, value in node.pairs.values():
        yield from _entry(f"{indent}{_key(key)}:", value, indent)


def _entry(lead: str, node: Node, indent: str) -> Iterator[str]:
    """Give the lines of one item behind what leads it in."""
    short = _flow(node)
    if isinstance(node, Scalar) or cell_width(lead + short) < _WIDTH or short in ("[]", "{}"):
        yield from _folded(lead, short, node, indent)
        return
    assert isinstance(node, Mapping | Sequence), "what is long has items"
    deeper = indent + _INDENT
    lines = _block(node, deeper)
    if lead.endswith("-"):
        # A mapping of a list begins behind its dash.
        yield f"{lead} {next(lines).lstrip()}"
    else:
        yield lead
    yield from lines


def _folded(lead: str, short: str, node: Node, indent: str) -> Iterator[str]:
    """Give one line or, of a long text with spaces, the lines of a folded one."""
    words = node.value.split(" ") if isinstance(node, Scalar) else []
    if (
        cell_width(short) <= _WIDTH
        or len(words) < 2
        or "" in words
        or "\n" in short
        or "\\" in short
    ):
        yield f"{lead} {short}"
        return
    yield f"{lead} >-"
    line = ""
    for word in words:
        if line and cell_width(line + word) >= _WIDTH:
            yield f"{indent}{_INDENT}{line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield f"{indent}{_INDENT}{line}"


def _flow(node: Node) -> str:
    """Write a node on one line."""
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Unread):
        return "~"
    if isinstance(node, Sequence):
        return f"[{', '.join(map(_flow, node.items))}]"
    pairs = (f"{_key(key)}: {_flow(value)}" for key, value in node.pairs.values())
    return f"{{{', '.join(pairs)}}}"


def _key(key: Scalar) -> str:
    return _scalar(key) if key.value else '""'


def _scalar(scalar: Scalar) -> str:
    """Write a text, in quotes where it was or where it must be."""
    value = scalar.value
    if scalar.empty:
        return value or "~"
    if scalar.plain and _PLAIN.fullmatch(value) and value == value.strip():
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return STRANGE.sub(lambda found: f"\\u{ord(found.group()):04X}", quoted)
