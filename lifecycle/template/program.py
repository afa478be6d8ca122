"""A judged template made ready to be rendered.

Jinja2 drives the tags (`if`, `for`, `set`) and puts the text out; every expression is worked out by
the closures of `lifecycle.expression`, as a condition's are. To this end each expression in
Jinja2's tree is replaced by a filter over the names it needs. So the code that Jinja2 generates
looks up names and calls that filter, and nothing else: it holds no operator, no attribute and no
call. The environment is the immutable sandbox all the same, strict about what is undefined.

Importing this module imports Jinja2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, cast

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2 import Template as Rendering
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lifecycle.expression import meter
from lifecycle.expression.builder import Compiled, build
from lifecycle.expression.faults import LETTER, EmptyError, MissingName, explained
from lifecycle.expression.syntax import parse_template, plain
from lifecycle.template.grammar import own_names
from lifecycle.template.printing import printed
from lifecycle.template.script import Script, script, split

FILENAME = "<notice>"
"""What a compiled template calls its file, so that a failure's place can be found."""
_WORKED, _LOOP = "as value", "as loop"
"""The filters that work an expression out and that count a loop's turns.

No template can write them.
"""
_AS_THEY_ARE = (nodes.TemplateData, nodes.Name, nodes.Const)
"""What is put out without the interpreter: text, and the values of names and constants."""
STEPS = "\x08"
"""The name under which a letter's names hold the closures; no template can write it."""


class Missing(StrictUndefined):
    """A name that the case cannot supply: whatever is done with it but asking `is defined` raises
    its name.
    """

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name or self._undefined_hint or "")


class _Loop(Mapping[str, Any]):
    """What a template may ask of the loop it is in."""

    _KNOWN = ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth")

    def __init__(self, loop: LoopContext) -> None:
        self._loop = loop

    def __getitem__(self, name: str) -> Any:
        if name not in self._KNOWN:
            raise KeyError(name)
        return getattr(self._loop, name)

    def __contains__(self, name: object) -> bool:
        return name in self._KNOWN

    def __iter__(self) -> Iterator[str]:
        return iter(self._KNOWN)

    def __len__(self) -> int:
        return len(self._KNOWN)


def _put_out(value: object) -> str:
    """Write the value of one `{{ … }}`; raises MissingName for a name that is not there."""
    if type(value) is Missing:
        raise MissingName(str(value._undefined_name))
    return printed(value)


@pass_context
def _worked(context: Context, number: int, names: dict[str, Any]) -> Any:
    """Work out the expression of this number with the names it mentions."""
    outer = context.parent
    scope = {name: value for name, value in names.items() if type(value) is not Missing}
    if type(scope.get("loop")) is LoopContext:
        scope["loop"] = _Loop(scope["loop"])
    scope[meter.SPENT] = outer[meter.SPENT]
    try:
        return outer[STEPS][number](scope)
    except MissingName:
        raise
    except TypeError as error:
        empty = [name for name, value in scope.items() if value is None]
        if empty:
            raise EmptyError(empty[0]) from error
        raise explained(error, LETTER) from error
    except Exception as error:
        raise explained(error, LETTER) from error


@pass_context
def _turns(context: Context, value: Any, weight: float) -> Any:
    """Count a loop's turns before they are taken."""
    return meter.stepped(context.parent, value, weight)


class Program:
    """A template compiled: Jinja2's part, the closures, and where its text stands in the file."""

    def __init__(self, source: str) -> None:
        self.script: Script = script(*split(source))
        tree = parse_template(self.script.text)
        own = own_names(tree)
        self.compiled: list[Compiled] = []
        for node in list(tree.find_all(nodes.Stmt)):
            self._weave(node, own)
        env = environment()
        tree.set_environment(env)
        code = env.compile(tree, filename=FILENAME)
        self.rendering: Rendering = env.template_class.from_code(env, code, {})
        self.steps = [made.run for made in self.compiled]

    def render(self, names: Mapping[str, object]) -> Iterator[str]:
        """Give the text piece by piece; raises whatever goes wrong in an expression."""
        known = {**names, meter.SPENT: list(meter.BUDGET), STEPS: self.steps}
        made: Iterator[str] = self.rendering.root_render_func(
            self.rendering.new_context(known, shared=True)
        )
        return made

    def line(self, error: BaseException) -> int:
        """Give the template's line at which rendering failed, or 0 if none can be told."""
        line = 0
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILENAME:
                offset = self.rendering.get_corresponding_lineno(trace.tb_lineno) - 1
                line = self.script.place(offset)[0]
            trace = trace.tb_next
        return line

    def _weave(self, node: nodes.Node, own: frozenset[str]) -> None:
        """Put the interpreter in the place of a tag's expressions."""
        if isinstance(node, nodes.Output):
            node.nodes = [
                part if isinstance(part, _AS_THEY_ARE) else self._work(part, own)
                for part in node.nodes
            ]
        elif isinstance(node, nodes.If):
            node.test = self._work(node.test, own)
        elif isinstance(node, nodes.Assign):
            node.node = self._work(node.node, own)
        elif isinstance(node, nodes.For):
            size = sum(1 for part in node.body for _ in part.find_all(nodes.Node))
            weight = nodes.Const(1 + size // meter.MANY, lineno=node.lineno)
            items = self._work(node.iter, own)
            node.iter = nodes.Filter(items, _LOOP, [weight], [], None, None, lineno=node.lineno)
            if node.test is not None:
                node.test = self._work(node.test, own)

    def _work(self, node: nodes.Node, own: frozenset[str]) -> nodes.Expr:
        made, faults = build(plain(node), self.script.text, LETTER, own)
        if faults:
            raise faults[0]
        self.compiled.append(made)
        line = node.lineno
        number = nodes.Const(len(self.compiled) - 1, lineno=line)
        pairs = [
            nodes.Pair(
                nodes.Const(name, lineno=line),
                cast(nodes.Expr, nodes.Name(name, "load", lineno=line)),
                lineno=line,
            )
            for name in sorted(made.names)
        ]
        names = nodes.Dict(pairs, lineno=line)
        return nodes.Filter(number, _WORKED, [names], [], None, None, lineno=line)


@lru_cache(maxsize=256)
def program(source: str) -> Program:
    """Compile a judged template's text, once for each."""
    return Program(source)


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Give the one environment of all letters: no loader, no globals, no filters but our two, no
    autoescape (the letter is plain text).
    """
    made = ImmutableSandboxedEnvironment(undefined=Missing, finalize=_put_out, autoescape=False)
    made.globals.clear()
    made.filters.clear()
    made.filters.update({_WORKED: _worked, _LOOP: _turns})
    made.tests.clear()
    return made
