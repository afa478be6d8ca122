"""Jinja2's lexer and parser, made to tell where everything stands, and their complaints in Chinese.

Jinja2 gives its nodes line numbers only. Here the tokens carry their offset in the text instead, so
that every node and every complaint knows its column: `offset_of(node)`. An expression's tree goes
on as plain data (`plain`).

Importing this module imports Jinja2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError
from jinja2 import nodes as jinja
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

from lifecycle.expression import nodes
from lifecycle.expression.faults import CONDITION, LETTER, Dialect, ExpressionError
from lifecycle.expression.language import MOST_CHARS, MOST_DIGITS, MOST_LEVELS


def offset_of(node: jinja.Node) -> int:
    """Give where a node stands in the text it was parsed from, counted from 0."""
    return node.lineno - 1


_DEEPEST = 2 * MOST_LEVELS + 2
"""How deep a tree is read: twice as deep as expressions may be, for a comparison takes two."""


def plain(node: jinja.Node) -> nodes.Expr:
    """Give an expression's tree as plain data.

    What no expression may have, and what stands deeper than any may be, becomes `Other`.
    """
    made = _plain(node, 0)
    return made if isinstance(made, nodes.Expr) else _other(node, 0)


def _plain(node: jinja.Node, depth: int) -> nodes.Node:
    kind = nodes.KINDS.get(type(node).__name__)
    if kind is None or depth >= _DEEPEST:
        return _other(node, depth)
    values = [
        offset_of(node) if name == "offset" else _part(getattr(node, name), depth + 1)
        for name in kind.fields
    ]
    return kind(*values)


def _other(node: jinja.Node, depth: int) -> nodes.Other:
    inside = [] if depth >= _DEEPEST else list(node.iter_child_nodes())
    parts = [_plain(child, depth + 1) for child in inside if isinstance(child, jinja.Expr)]
    found = tuple(part for part in parts if isinstance(part, nodes.Expr))
    return nodes.Other(offset_of(node), type(node).__name__, found)


def _part(value: Any, depth: int) -> Any:
    """Give what one field of a node holds: nodes as plain data, anything else as it is."""
    if isinstance(value, list):
        return tuple(_part(item, depth) for item in value)
    return _plain(value, depth) if isinstance(value, jinja.Node) else value


def parse_expression(source: str, dialect: Dialect = CONDITION) -> nodes.Expr:
    """Parse one expression that is a whole text; raises ExpressionError."""
    if not source.strip():
        raise ExpressionError(f"{dialect.subject}是空的")
    if len(source) > MOST_CHARS:
        raise ExpressionError(f"{dialect.subject}超过 {MOST_CHARS} 字", MOST_CHARS)
    try:
        parser = _Parser(source, [], state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            found = parser.stream.current
            raise TemplateSyntaxError(f"unexpected '{found.value}'", found.lineno)
    except TemplateSyntaxError as error:
        raise _unparsed(error, source, dialect) from error
    except RecursionError as error:
        raise ExpressionError(f"{dialect.subject}的括号嵌套过深") from error
    return plain(tree)


def parse_template(source: str) -> jinja.Template:
    """Parse a template's text.

    Raises ExpressionError, or RecursionError where it is nested too deep.
    """
    opened: list[int] = []
    try:
        return _Parser(source, opened).parse()
    except TemplateSyntaxError as error:
        raise _tag_fault(error, source, opened) or _unparsed(error, source, LETTER) from error


@cache
def _environment() -> Environment:
    return Environment(autoescape=False)  # only its lexer and parser are used: nothing is rendered


class _Parser(Parser):
    """Jinja2's parser over tokens whose `lineno` is their offset, counted from 1.

    `opened` is where the tags stand that are being parsed, the innermost last.
    """

    def __init__(self, source: str, opened: list[int], state: str | None = None) -> None:
        self._source = source
        self._opened = opened
        super().__init__(_environment(), "", state=state)
        self.stream = TokenStream(_environment().lexer.wrap(self._tokens(state)), None, None)

    def parse_statement(self) -> jinja.Node | list[jinja.Node]:
        """Parse one tag and what belongs to it."""
        self._opened.append(self.stream.current.lineno)
        made = super().parse_statement()
        self._opened.pop()
        return made

    def _tokens(self, state: str | None) -> Iterator[tuple[int, str, str]]:
        reached = 0
        try:
            for _line, kind, value in _environment().lexer.tokeniter(
                self._source, None, None, state
            ):
                # `{%-` drops the blanks before it, and line ends are given as "\n"
                reached = max(reached, self._source.find(value, reached))
                if kind == "float":
                    self._see_float(value, reached)
                yield reached + 1, kind, value
                reached += len(value)
        except TemplateSyntaxError as error:
            raise TemplateSyntaxError(error.message or "", reached + 1) from error

    def _see_float(self, value: str, offset: int) -> None:
        """Refuse a number of which Python's binary floats would keep only a part."""
        if sum(sign.isdigit() for sign in re.split("[eE]", value)[0]) > MOST_DIGITS:
            message = f"小数 {value} 超过 {MOST_DIGITS} 位有效数字"
            raise ExpressionError(message, offset, length=len(value))


_SIGNS = {
    "&": "并且写 and",
    "!": "不等写 !=，否定写 not",
    "“": "用半角引号",
    "”": "用半角引号",
    "‘": "用半角引号",
    "’": "用半角引号",
}


def _unparsed(error: TemplateSyntaxError, source: str, dialect: Dialect) -> ExpressionError:
    """Say a parser's complaint so that whoever wrote the expression can mend it."""
    said = error.message or ""
    offset = len(source.rstrip()) if "end of template" in said else error.lineno - 1
    found = re.match(r"unexpected char (['\"])(?P<char>.+)\1 at (?P<place>\d+)", said)
    if found:
        offset = int(found["place"])
        char = source[offset]
        mend = _SIGNS.get(char, f"{dialect.inside}用半角的 > < = ( ) 等符号，文字加引号")
        return ExpressionError(f"{dialect.inside}有不认识的符号 “{char}”", offset, mend)
    rest = source[offset:].lstrip()
    if rest.startswith("=") and not rest.startswith("=="):
        return ExpressionError(f"{dialect.inside}的 “=” 不表示相等", offset, "相等写 ==")
    if not rest or re.search(r"(got|unexpected) 'end of|end of template", said):
        mend = f"补全{dialect.subject}；检查括号是否配对"
        return ExpressionError(f"{dialect.subject}没有写完", offset, mend)
    word = re.match(r"\w+|.", rest)
    read = word.group() if word else rest
    message = f"{dialect.subject}读到 “{read}” 时不通"
    return ExpressionError(message, offset, "检查运算符、引号和括号", len(read))


_TAG_FAULTS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), message, mend)
    for pattern, message, mend in (
        (
            r"Unexpected end of template.*needs to be closed is '(\w+)'",
            "{{% {0} %}} 没有结束",
            "请在它管的内容之后另写一行 {{% end{0} %}}；在表头里须写在同一行",
        ),
        (
            r"Encountered unknown tag '(end\w+|else|elif)'",
            "{{% {0} %}} 没有对应的开头",
            "请检查前面的 {{% if %}} 或 {{% for %}}",
        ),
        (r"Encountered unknown tag '(\w+)'", "不认识的标签“{0}”", "公文模板里可以用 if、for、set"),
        (r"[Mm]issing end of comment tag", "注释没有结束", "请以 #}} 结束注释"),
        (r"Missing end of raw", "{{% raw %}} 没有结束", "请删去 {{% raw %}}"),
        (
            r"Expected an expression, got 'end of",
            "花括号里是空的",
            "请写出变量名，如 {{{{ case_title }}}}",
        ),
        (r"end of template", "花括号没有结束", "请补上 }}}} 或 %}}"),
    )
)


def _tag_fault(
    error: TemplateSyntaxError, source: str, opened: list[int]
) -> ExpressionError | None:
    """Say what is wrong with the tags and braces themselves, if that is the fault."""
    said = error.message or ""
    for pattern, message, mend in _TAG_FAULTS:
        found = pattern.search(said)
        if not found:
            continue
        words = found.groups()
        offset, length = error.lineno - 1, len(words[0]) if words else 2
        if "needs to be closed" in said and opened:
            offset = opened[-1] - 1
        elif not words:
            offset = max(source.rfind(opening, 0, offset + 1) for opening in ("{{", "{%", "{#"))
        return ExpressionError(message.format(*words), max(offset, 0), mend.format(*words), length)
    return None
