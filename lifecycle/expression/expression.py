"""An expression that is a text of its own: a guard, a light, a `--where`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lifecycle.expression.faults import CONDITION, ExpressionError, MissingName, explained

if TYPE_CHECKING:
    from lifecycle.expression.builder import Compiled


@dataclass(frozen=True)
class Expression:
    """An expression as written; it is compiled when first used."""

    source: str

    @cached_property
    def compiled(self) -> Compiled:
        """Compile the source; raises ExpressionError."""
        return _compile(self.source)

    @property
    def names(self) -> frozenset[str]:
        """Name the facts, variables, spaces and functions used."""
        return self.compiled.names

    @property
    def paths(self) -> frozenset[tuple[str, str]]:
        """Name what is used with a dot, such as ("count", "relist")."""
        return self.compiled.paths

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
def _compile(source: str) -> Compiled:
    from lifecycle.expression.builder import build
    from lifecycle.expression.syntax import parse_expression

    made, faults = build(parse_expression(source), source, CONDITION)
    if faults:
        raise faults[0]
    return made
