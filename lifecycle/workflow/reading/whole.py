"""A workflow file as it is read and published: by itself or, if it is a variant, made whole with
the workflow that it extends.
"""

from __future__ import annotations

from collections.abc import Mapping

from lifecycle.errors import Problem
from lifecycle.frozen import dataclass
from lifecycle.workflow.reading.variants import FAMILY, Parents, is_variant, merge
from lifecycle.workflow.yaml.tree import Mapping as Mapped
from lifecycle.workflow.yaml.tree import Scalar, Sequence, read_tree
from lifecycle.workflow.yaml.writing import write_tree

__all__ = ["Parents", "Texts", "Whole", "read_whole"]

Texts = str | Mapping[str, str]
"""The text of a file or, of a variant, those of all its files by what they are called."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file as one tree (None where it cannot be read), its faults, its text, and the bytes that
    are published: its own or, of a variant, those of the whole.
    """

    root: Mapped | None
    problems: tuple[Problem, ...]
    text: Texts
    body: bytes


def read_whole(text: str | bytes, file: str, parents: Parents | None = None) -> Whole:
    """Read a workflow file; `parents` gives the files that a variant extends, none if not given."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    tree = read_tree(text, file)
    if not is_variant(tree):
        return Whole(tree.root, tree.problems, tree.text, data)
    made = merge(tree, file, parents or _none)
    body = write_tree(made.root).encode("utf-8", "surrogatepass") if made.root else data
    return Whole(made.root, made.problems, made.texts, body)


def family_of(body: bytes) -> tuple[str, ...]:
    """Name the workflows that a published one was made from, the nearest first."""
    root = read_tree(body, "").root
    value = root.pairs.get(FAMILY, (None, None))[1] if root is not None else None
    items = value.items if isinstance(value, Sequence) else [value]
    return tuple(item.value for item in items if isinstance(item, Scalar))


def _none(_name: str) -> None:
    """Know no other file."""
