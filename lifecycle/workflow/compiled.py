"""A workflow, a shared list or the legal grounds as data: what their YAML says once it is read and
judged, in JSON, so that a command needs neither the YAML nor Jinja2 to judge by it.

It is a cache of what `read_workflow`, `read_list` and `read_bases` give and is never truth: the
audit reads the YAML again. Nothing here knows a key of the language. A dataclass is written as its
name and the values of its fields in their order, so that whatever the model or the trees of
expressions gain is kept too.

    ["Role", "lead", "牵头单位", ["@", 12, 3, 4], null, null]

A list begins with what it is: the name of a dataclass, `Decimal`, `@` for a place in the file, or
"" for a tuple; an empty one is an empty tuple. Texts, numbers, yes and no, none, and tables by name
stand as JSON has them.
"""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar

from lifecycle.errors import Location
from lifecycle.expression import nodes
from lifecycle.expression.expression import Expression
from lifecycle.expression.faults import ExpressionError
from lifecycle.version import __version__
from lifecycle.workflow import model
from lifecycle.workflow.bases import Article, Bases, Ground
from lifecycle.workflow.choice_lists import ChoiceList, ListEntry
from lifecycle.workflow.model import Workflow

PROGRAM = f"{__version__}/26"
"""By which program a workflow was compiled: what another one wrote is not read.

The number after the stroke is raised when what is compiled from the same YAML changes before the
next release: a field of the model or of a tree, or what the reader makes of a key.
"""


Made = TypeVar("Made", Workflow, ChoiceList, Bases)


class NotCompiledError(ValueError):
    """Bytes that are no compiled workflow."""


_PLACE, _TUPLE, _NUMBER = "@", "", "Decimal"
_NESTED = (list, dict)
_MODEL: list[tuple[str, Any]] = list(vars(model).items())
_CLASSES: dict[str, type[Any]] = {
    **{name: made for name, made in _MODEL if hasattr(made, "__dataclass_fields__")},
    **nodes.KINDS,
    **{made.__name__: made for made in (ChoiceList, ListEntry, Bases, Ground, Article)},
    "Expression": Expression,
    _NUMBER: Decimal,
}
"""What may be made when a compiled workflow is read, by name. `Location` has a sign of its own."""
del _CLASSES["Location"]


def compile_definition(definition: Workflow | ChoiceList | Bases) -> bytes:
    """Write a definition as data: the same bytes for the same YAML, whatever its
    file is called.
    """
    data = _written(definition)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def load_compiled(body: bytes, file: str, made: type[Made]) -> Made:
    """Read what `compile_definition` wrote of what is to be `made`; `file` is what its places call
    the file.

    Raises NotCompiledError for anything else.
    """
    found = _loaded(body, file)
    if not isinstance(found, made):
        raise NotCompiledError(f"not a {made.__name__}")
    return found


@lru_cache(maxsize=16)
def _loaded(body: bytes, file: str) -> Any:
    """Read it once for all offices that a process opens, one after the other: what it gives is
    never changed, and has its guards compiled once.
    """
    try:
        return _read(json.loads(body), file)
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, RecursionError) as error:
        raise NotCompiledError(str(error)) from error


def _written(value: Any) -> Any:
    if isinstance(value, Location):
        return [_PLACE, value.line, value.column, value.length]
    if isinstance(value, Expression):
        return ["Expression", value.source, _written(_tree(value))]
    if isinstance(value, tuple):
        return [_TUPLE, *map(_written, value)] if value else []
    if isinstance(value, dict):
        return {name: _written(inner) for name, inner in value.items()}
    if isinstance(value, Decimal):
        return [_NUMBER, str(value)]
    name = type(value).__name__
    if name in _CLASSES:
        return [name, *(_written(getattr(value, field)) for field in _fields(name))]
    assert value is None or isinstance(value, str | int | float), type(value)
    return value


def _tree(expression: Expression) -> nodes.Expr | None:
    """Give the tree of an expression, None for one that is none: it says so when it is used."""
    try:
        return expression.tree
    except ExpressionError:
        return None


@cache
def _fields(name: str) -> tuple[str, ...]:
    made = _CLASSES[name]
    if issubclass(made, nodes.Node):
        return made.fields
    return tuple(field.name for field in fields(made) if field.metadata.get("compiled", True))


def _read(data: Any, file: str) -> Any:
    kind = type(data)
    if kind is list:
        return _made(data, file) if data else ()
    if kind is dict:
        return {name: _read(inner, file) for name, inner in data.items()}
    return data


def _made(data: list[Any], file: str) -> Any:
    tag = data[0]
    if tag == _PLACE:
        return Location(file, *data[1:])
    parts = [_read(part, file) if type(part) in _NESTED else part for part in data[1:]]
    if tag == _TUPLE:
        return tuple(parts)
    return _CLASSES[tag](*parts)
