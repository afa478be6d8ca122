"""The expression language of guards: Jinja2's grammar, of which only what can neither loop nor
reach outside is let in.

Jinja2 parses; a whitelist judges the tree; closures carry it out. No template code is generated or
run, so there is nothing to break out of, and a guard costs well under a microsecond instead of
seven. Numbers never are binary floats: 0.1 is Decimal("0.1"), and 1 / 3 is a Decimal too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from lifecycle.errors import InvalidError, LifecycleError

if TYPE_CHECKING:
    from jinja2.environment import Environment
    from jinja2.lexer import Token

FUNCTIONS = ("days_after", "workdays_after", "months_after", "days_between")
"""The functions that an expression may call; each takes two arguments and comes with the scope."""
SPACES = ("sha256", "count", "last", "order")
"""The names that are only used with a dot: `sha256.MATERIAL`, and `count.`, `last.` and
`order.TRANSITION`.

`last` is the day a transition was last made; `order` its place among the case's entries, 0 if
never, so that what was made on one day can be told apart too.
"""
VARIABLES = ("today", "entered_on", "opened_on", "state")
"""The names that every scope has besides the facts of the case."""
MOST_CHARS = 1000
MOST_DIGITS = 15

Scope = Mapping[str, Any]
Step = Callable[[Scope], Any]


class ExpressionError(InvalidError):
    """An expression that does not parse, uses what is not allowed, or cannot be worked out;
    `offset` counts from 0.
    """

    def __init__(self, message: str, offset: int = 0, mend: str = "") -> None:
        super().__init__(message, mend)
        self.offset = offset


class MissingName(InvalidError):  # noqa: N818 - it names the thing that is missing; an unmet guard is no fault
    """A name that an expression needs and the scope lacks: a fact not yet known, a `last.x` never
    made.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"缺 {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression made ready: how to work it out, and which names it mentions.

    `certain` are the names without which it can never be worked out; `equalities` pairs a name with
    the constants it is compared with.
    """

    run: Step
    names: frozenset[str]
    paths: frozenset[tuple[str, str]]
    certain: frozenset[str]
    equalities: tuple[tuple[str, object], ...]


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
        """Work the expression out; raises MissingName, or ExpressionError where values do not go
        together.
        """
        try:
            return self.compiled.run(scope)
        except (ExpressionError, MissingName):
            raise
        except ZeroDivisionError as error:
            raise ExpressionError("除数为零") from error
        except TypeError as error:
            raise ExpressionError("条件中的值类型不合，不能比较或运算") from error
        except LifecycleError as error:
            raise ExpressionError(error.message) from error
        except (ArithmeticError, ValueError, LookupError, RecursionError) as error:
            raise ExpressionError("条件算不出结果") from error


def compile_expression(text: str) -> Expression:
    """Compile an expression now; raises ExpressionError with the offset of the fault."""
    expression = Expression(text)
    _ = expression.compiled
    return expression


@lru_cache(maxsize=4096)
def _compile(source: str) -> Compiled:
    from jinja2 import TemplateSyntaxError

    if not source.strip():
        raise ExpressionError("条件是空的")
    if len(source) > MOST_CHARS:
        raise ExpressionError(f"条件超过 {MOST_CHARS} 字", MOST_CHARS)
    from lifecycle.expression.steps import Builder

    tape = _Tape(_environment(), source)
    try:
        tree = tape.parse()
        builder = Builder(source)
        run = builder.step(tree)
    except TemplateSyntaxError as error:
        raise _translate(error, source, tape.offset) from error
    except RecursionError as error:
        raise ExpressionError("条件的括号嵌套过深") from error
    return Compiled(
        run,
        frozenset(builder.names),
        frozenset(builder.paths),
        frozenset(builder.certain),
        tuple(builder.equalities),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(autoescape=False)  # only its lexer and parser are used: nothing is rendered


class _Tape:
    """The tokens of an expression, with the offset of the one that the parser has reached."""

    def __init__(self, environment: Environment, source: str) -> None:
        self.environment = environment
        self.source = source
        self.offset = 0

    def parse(self) -> Any:
        """Parse the whole source into a Jinja2 tree; raises TemplateSyntaxError."""
        from jinja2.exceptions import TemplateSyntaxError
        from jinja2.lexer import TokenStream
        from jinja2.parser import Parser

        parser = Parser(self.environment, "", state="variable")
        parser.stream = TokenStream(self._wrapped(), None, None)
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError(f"unexpected '{parser.stream.current.value}'", 1)
        return tree

    def _wrapped(self) -> Iterator[Token]:
        return self.environment.lexer.wrap(self._raw())

    def _raw(self) -> Iterator[tuple[int, str, str]]:
        reached = 0
        for line, kind, value in self.environment.lexer.tokeniter(
            self.source, None, None, "variable"
        ):
            if kind != "whitespace":
                self.offset = reached
            if (
                kind == "float"
                and sum(sign.isdigit() for sign in re.split("[eE]", value)[0]) > MOST_DIGITS
            ):
                raise ExpressionError(f"小数 {value} 超过 {MOST_DIGITS} 位有效数字", reached)
            reached += len(value)
            yield line, kind, value
        self.offset = reached


_SIGNS = {
    "&": "并且写 and",
    "!": "不等写 !=，否定写 not",
    "“": "用半角引号",
    "”": "用半角引号",
    "‘": "用半角引号",
    "’": "用半角引号",
}
_WHOLE = str.maketrans("＞＜＝（）［］，．：＋－＊／％！≥≤≠；", "><=()[],.:+-*/%!>><;")


def _translate(error: Exception, source: str, offset: int) -> ExpressionError:
    """Say a parser's complaint so that whoever wrote the condition can mend it."""
    said = str(error)
    found = re.match(r"unexpected char (['\"])(?P<char>.+)\1 at (?P<place>\d+)", said)
    if found:
        char, offset = source[int(found["place"])], int(found["place"])
        mend = _SIGNS.get(char, "条件里用半角的 > < = ( ) 等符号，文字加引号")
        return ExpressionError(f"条件中有不认识的符号 “{char}”", offset, mend)
    rest = source[offset:].strip()
    if rest.startswith("="):
        return ExpressionError("条件中的 “=” 不表示相等", offset, "相等写 ==")
    if not rest or "end of" in said:
        return ExpressionError("条件没有写完", len(source.rstrip()), "补全条件；检查括号是否配对")
    word = re.match(r"\w+|.", rest)
    return ExpressionError(
        f"条件读到 “{word.group() if word else rest}” 时不通", offset, "检查运算符、引号和括号"
    )
