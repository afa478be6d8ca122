"""An expression that is a text of its own: a guard, a light, a `--where`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lifecycle.expression.faults import CONDITION, ExpressionError, MissingName, explained

if TYPE_CHECKING:
    from lifecycle.expression.builder import Compiled
    from lifecycle.expression.nodes import Expr


@dataclass(frozen=True)
class Expression:
    """An expression as written; it is compiled when first used.

    `parsed` is its tree where that is known already, as in a workflow kept as data; then Jinja2 is
    not asked for it.
    """

    source: str
    parsed: Expr | None = field(default=None, compare=False, repr=False)

    @cached_property
    def tree(self) -> Expr:
        """Give its tree; raises ExpressionError."""
        return self.parsed or _parse(self.source)

    @cached_property
    def compiled(self) -> Compiled:
        """Make it ready to be worked out; raises ExpressionError."""
        from lifecycle.expression.builder import build

        made, faults = build(self.tree, self.source, CONDITION)
        if faults:
            raise faults[0]
        return made

    @property
    def names(self) -> frozenset[str]:
        """Name the facts, variables, spaces and functions used."""
        return self.compiled.names

    @property
    def paths(self) -> frozenset[tuple[str, str]]:
        """Name what is used with a dot, such as ("count", "relist")."""
        return self.compiled.paths

    @property
    def parts(self) -> frozenset[tuple[str, ...]]:
        """Name what of a fact is used with dots, such as ("claim", "policy", "state")."""
        return self.compiled.parts

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """Work the expression out.

        Raises MissingName, or ExpressionError where values do not go together.
        """
        try:
            return self.compiled.run(scope)
        except (MissingName, ExpressionError):
            raise
        except Exception as error:
            told = explained(error, CONDITION)
            if isinstance(told, ExpressionError):
                raise told from error
            raise ExpressionError(told.message, mend=told.mend, length=0) from error


def compile_expression(text: str) -> Expression:
    """Compile an expression now; raises ExpressionError with the place of the fault."""
    expression = Expression(text)
    _ = expression.compiled
    return expression


@lru_cache(maxsize=4096)
def _parse(source: str) -> Expr:
    from lifecycle.expression.syntax import parse_expression

    return parse_expression(source)
