"""What a template may say besides its expressions: tags, loops, sets; and the names that a case
must supply for it.

Importing this module imports Jinja2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

from lifecycle.expression.builder import build
from lifecycle.expression.faults import LETTER, ExpressionError
from lifecycle.expression.syntax import offset_of, parse_template, plain

Path = tuple[str, str]

BUILT_IN_MAPS = ("last", "count", "linked")
"""Names whose attributes are transitions or workflows, not parts of a value."""
DEPTH = 3
NESTED = 30
"""Levels of expressions and tags within one another.

Python's own compiler gives up at a hundred.
"""

_REFUSED: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Include: ("include", "公文模板不能引用别的文件；请把内容直接写在本模板里"),
    nodes.Import: ("import", "公文模板不能引用别的文件；请把内容直接写在本模板里"),
    nodes.FromImport: ("import", "公文模板不能引用别的文件；请把内容直接写在本模板里"),
    nodes.Extends: ("extends", "公文模板不能继承别的文件；请把内容直接写在本模板里"),
    nodes.Block: ("block", "公文模板没有可替换的块；请删去 {% block %} 与 {% endblock %}"),
    nodes.Macro: ("macro", "公文模板不能定义宏；请直接写出文字"),
    nodes.CallBlock: ("call", "公文模板不能调用宏；请直接写出文字"),
    nodes.FilterBlock: ("filter", "请把过滤器写在变量后面，如 {{ on | date_cn }}"),
    nodes.AssignBlock: ("set", "请写成 {% set 名称 = 值 %}"),
    nodes.With: ("with", "请用 {% set 名称 = 值 %}"),
    nodes.ScopedEvalContextModifier: (
        "autoescape",
        "公文是纯文字，网页上的转义由系统做；请删去该标签",
    ),
}
_TAGS = (nodes.Output, nodes.If, nodes.For, nodes.Assign)


def parse_faults(text: str) -> list[ExpressionError]:
    """Find what does not parse: every `{{ … }}` by itself, then the whole."""
    faults = []
    rest = text
    for found in re.finditer(r"\{\{.*?\}\}", text, re.DOTALL):
        try:
            parse_template(found.group())
        except ExpressionError as error:
            error.offset += found.start()
            faults.append(error)
            blank = re.sub(r"[^\n]", " ", found.group())
            rest = rest[: found.start()] + blank + rest[found.end() :]
    try:
        parse_template(rest)
    except ExpressionError as error:
        faults.append(error)
    return faults


def refusals(tree: nodes.Template, text: str) -> Iterator[ExpressionError]:
    """Give what a template holds that a letter may not: other files, macros, words that the
    language lacks, growth.
    """
    deep = _nested(tree)
    if deep is not None:
        mend = "请分几行写，或减少 {% if %} 的层数"
        yield ExpressionError(f"括号、式子或标签套了 {NESTED} 层以上", deep, mend)
        return
    for node in tree.find_all(nodes.Stmt):
        refused = _REFUSED.get(type(node))
        if refused:
            word, mend = refused
            message = f"公文模板里不能用“{word}”"
            yield ExpressionError(message, _word_at(text, node, word), mend, len(word))
        elif not isinstance(node, (*_TAGS, nodes.Scope)):
            yield _odd(node)
        else:
            yield from _tag_refusals(node, text)
    own = own_names(tree)
    for expression in expressions(tree):
        yield from build(plain(expression), text, LETTER, own)[1]
    yield from _growth(tree)
    yield from _too_deep(tree, 0)


def _odd(node: nodes.Node) -> ExpressionError:
    mend = "公文模板里可以用 if、for、set 与变量"
    return ExpressionError("公文模板里不能用这种写法", offset_of(node), mend)


def _word_at(text: str, node: nodes.Node, word: str) -> int:
    return max(text.find(word, offset_of(node)), 0)


def _tag_refusals(node: nodes.Stmt, text: str) -> Iterator[ExpressionError]:
    if isinstance(node, nodes.If) and len(node.elif_) > NESTED:
        message = f"一个 {{% if %}} 里有 {NESTED} 个以上 {{% elif %}}"
        yield ExpressionError(message, offset_of(node), "请分成几个 {% if %} 写", 2)
    elif isinstance(node, nodes.For) and node.recursive:
        at = _word_at(text, node, "recursive")
        yield ExpressionError("公文模板里不能用“recursive”", at, "请删去 recursive", 9)
    elif isinstance(node, nodes.Assign):
        yield from (_odd(found) for found in node.target.find_all(nodes.NSRef))
        if isinstance(node.target, nodes.NSRef):
            yield _odd(node.target)


def expressions(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Give every expression of a template, each whole."""
    for node in tree.find_all(nodes.Stmt):
        if isinstance(node, nodes.Output):
            yield from (part for part in node.nodes if not isinstance(part, nodes.TemplateData))
        elif isinstance(node, nodes.If):
            yield node.test
        elif isinstance(node, nodes.For):
            yield node.iter
            if node.test is not None:
                yield node.test
        elif isinstance(node, nodes.Assign):
            yield node.node


def own_names(tree: nodes.Template) -> frozenset[str]:
    """Give the names that a template gives itself, by `set` and `for`."""
    given = [
        *(node.target for node in tree.find_all(nodes.For)),
        *(node.target for node in tree.find_all(nodes.Assign)),
    ]
    return frozenset(name.name for target in given for name in _targets(target))


def _nested(tree: nodes.Template) -> int | None:
    """Give where nodes stand too deep within one another, if any do."""
    level: list[nodes.Node] = [tree]
    for _ in range(NESTED):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return None
    return offset_of(level[0])


def _growth(tree: nodes.Template) -> Iterator[ExpressionError]:
    """Refuse a `set` that joins what other `set`s joined: line by line, it can double a text
    without end.
    """
    assigned: set[str] = set()
    for node in tree.find_all(nodes.Assign):
        used = {n.name for n in node.node.find_all(nodes.Name)}
        if isinstance(node.node, nodes.Name):
            used.add(node.node.name)
        if any(_grows(part) for part in (node.node, *node.node.find_all(nodes.Expr))):
            again = sorted(used & assigned)
            if again:
                message = f"set 里用了另一个 set 的“{again[0]}”来拼接"
                mend = "请在要写出的地方依次写出各个变量"
                yield ExpressionError(message, offset_of(node), mend)
        assigned |= {n.name for n in _targets(node.target)}


def _grows(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name.startswith("join")
    return isinstance(node, nodes.Concat | nodes.List | nodes.Tuple)


def _too_deep(node: nodes.Node, depth: int) -> Iterator[ExpressionError]:
    if isinstance(node, nodes.For):
        depth += 1
        if depth > DEPTH:
            message = f"循环套了 {DEPTH} 层以上"
            yield ExpressionError(message, offset_of(node), "请减少循环的层数", 3)
            return
    for child in node.iter_child_nodes():
        yield from _too_deep(child, depth)


def _targets(node: nodes.Node) -> list[nodes.Name]:
    return [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))


@dataclass
class Names:
    """The names that a tree needs, those it may use, the paths such as `last.X`, and other names
    with dots, such as `project.investment`.

    Each with its first offset. `cells` are what a loop over a name reads of each of its items, such
    as ("agenda", "topic"), `perhaps` those of them whose absence is provided for; `whole`
    are names that are printed as they are.
    """

    required: dict[str, int] = field(default_factory=dict)
    optional: dict[str, int] = field(default_factory=dict)
    paths: dict[Path, int] = field(default_factory=dict)
    parts: dict[tuple[str, ...], int] = field(default_factory=dict)
    cells: dict[Path, int] = field(default_factory=dict)
    perhaps: dict[Path, int] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)


Known = frozenset[str]
"""Names that need no supply at a place: set there, looped over there, or tested to be there.

Paths are dotted. `row∈agenda` says that a name stands for each item of another one.
"""
_OF = "∈"


def names(tree: nodes.Template) -> Names:
    """Work out what a case must supply: everything used except what is local, defaulted or tested
    to be defined.
    """
    found = Names()
    _walk_all(tree.body, frozenset(), found)
    for name in found.required:
        found.optional.pop(name, None)
    for cell in found.cells:
        found.perhaps.pop(cell, None)
    return found


def _walk_all(children: list[nodes.Node], known: Known, found: Names) -> Known:
    for child in children:
        known = _walk(child, known, found)
    return known


def _walk(node: nodes.Node, known: Known, found: Names) -> Known:
    """Note the names of a node; give what is known after it (more only after a `set`)."""
    if _is_guarded(node, known):
        _walk_guarded(node, known, found)
        return known
    match node:
        case nodes.Name():
            if node.name not in known:
                found.required.setdefault(node.name, offset_of(node))
        case nodes.Getattr() | nodes.Getitem():
            _walk_path(node, known, found)
        case nodes.Call(node=nodes.Name()):  # the function comes with the language
            _walk_all([*node.args, *(word.value for word in node.kwargs)], known, found)
        case nodes.And() | nodes.Or():
            _walk(node.left, known, found)
            _walk(node.right, known | proved(node.left, isinstance(node, nodes.And)), found)
        case nodes.CondExpr():
            _walk(node.test, known, found)
            _walk(node.expr1, known | proved(node.test, True), found)
            if node.expr2 is not None:
                _walk(node.expr2, known | proved(node.test, False), found)
        case nodes.If():
            return _walk_if(node, known, found)
        case nodes.For():
            _walk_for(node, known, found)
        case nodes.Assign():
            _walk(node.node, known, found)
            return known | {n.name for n in _targets(node.target)}
        case _:
            _note_printed(node, known, found)
            _walk_all(list(node.iter_child_nodes()), known, found)
    return known


def _is_guarded(node: nodes.Node, known: Known) -> bool:
    """Tell whether a piece provides for the absence of a name, or of a part of each item of one."""
    match node:
        case nodes.Filter(name="default" | "d") | nodes.Test(name="defined" | "undefined" | "none"):
            of = node.node
            return isinstance(of, nodes.Name) or _cell(of, known) is not None
    return False


def _walk_guarded(node: nodes.Node, known: Known, found: Names) -> None:
    assert isinstance(node, nodes.Filter | nodes.Test)
    if isinstance(node.node, nodes.Name):
        if node.node.name not in known:
            found.optional.setdefault(node.node.name, offset_of(node.node))
    else:
        _walk_cell(node.node, known, found.perhaps)
    if isinstance(node, nodes.Filter):
        _walk_all([*node.args, *(k.value for k in node.kwargs)], known, found)


def _note_printed(node: nodes.Node, known: Known, found: Names) -> None:
    """Note the names that are printed as they are."""
    if isinstance(node, nodes.Output):
        for one in node.nodes:
            if isinstance(one, nodes.Name) and one.name not in known:
                found.whole.setdefault(one.name, offset_of(one))


def _walk_if(node: nodes.If, known: Known, found: Names) -> Known:
    added = []
    past = known
    for branch in (node, *node.elif_):
        _walk(branch.test, past, found)
        inside = past | proved(branch.test, True)
        added.append(_walk_all(branch.body, inside, found) - inside)
        past |= proved(branch.test, False)
    added.append(_walk_all(node.else_, past, found) - past)
    return known | frozenset.intersection(*added)


def _walk_for(node: nodes.For, known: Known, found: Names) -> None:
    _walk(node.iter, known, found)
    own = {n.name for n in _targets(node.target)}
    left = frozenset(one for one in known if one.partition(_OF)[0] not in own or _OF not in one)
    inner = left | own | {"loop"} | _items_of(node, known)
    if node.test is not None:
        _walk(node.test, inner, found)
        inner |= proved(node.test, True)
    _walk_all(node.body, inner, found)
    _walk_all(node.else_, known, found)


def _items_of(node: nodes.For, known: Known) -> Known:
    """Say of what a loop's name is each item, where it goes through a name that a case supplies, or
    those rows of it that have something (`known`): that is surely there.
    """
    among, filled = node.iter, []
    while isinstance(among, nodes.Filter) and among.name == "known" and among.node is not None:
        filled += [arg.value for arg in among.args if isinstance(arg, nodes.Const)]
        among = among.node
    if not isinstance(among, nodes.Name) or not isinstance(node.target, nodes.Name):
        return frozenset()
    if among.name in known:
        return frozenset()
    own = node.target.name
    return frozenset((f"{own}{_OF}{among.name}", *(f"{own}.{part}" for part in filled)))


def _cell(node: nodes.Node | None, known: Known) -> Path | None:
    """Give what of each item of which name is read: of `row.topic` ("agenda", "topic"); None for
    anything else.
    """
    if not isinstance(node, nodes.Getattr) or not isinstance(node.node, nodes.Name):
        return None
    found = (one.partition(_OF) for one in known)
    of = next((of for name, sign, of in found if sign and name == node.node.name), None)
    return None if of is None else (of, node.attr)


def _walk_cell(node: nodes.Node | None, known: Known, cells: dict[Path, int]) -> None:
    cell = _cell(node, known)
    if cell is not None and node is not None:
        cells.setdefault(cell, offset_of(node))


def _walk_path(node: nodes.Getattr | nodes.Getitem, known: Known, found: Names) -> None:
    dotted = _chain(node)
    if dotted and dotted[0] not in (*BUILT_IN_MAPS, *known):
        found.parts.setdefault(dotted, offset_of(node))
    path = _path(node)
    if isinstance(node, nodes.Getattr) and path is not None:
        sure = ".".join(path) in known
        _walk_cell(node, known, found.perhaps if sure else found.cells)
    if path is None:
        _walk_all(list(node.iter_child_nodes()), known, found)
        return
    if path[0] in BUILT_IN_MAPS and path[0] not in known:
        found.paths.setdefault(path, offset_of(node))
    if ".".join(path) not in known:
        _walk(node.node, known, found)


def _chain(node: nodes.Node) -> tuple[str, ...]:
    """Give `name.part` or `name.part.part` as names; () for anything else."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if not isinstance(node, nodes.Getattr):
        return ()
    before = _chain(node.node)
    return (*before, node.attr) if before else ()


def _path(node: nodes.Node) -> Path | None:
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return node.node.name, node.attr
    if (
        isinstance(node, nodes.Getitem)
        and isinstance(node.node, nodes.Name)
        and isinstance(node.arg, nodes.Const)
    ):
        return node.node.name, str(node.arg.value)
    return None


def proved(test: nodes.Node, outcome: bool) -> Known:
    """Give the names (and dotted paths) that must be there if the test comes out so."""
    match test:
        case nodes.Not():
            return proved(test.node, not outcome)
        case nodes.And() | nodes.Or():
            left, right = proved(test.left, outcome), proved(test.right, outcome)
            return left | right if isinstance(test, nodes.And) is outcome else left & right
        case nodes.Test(name="defined"):
            return _dotted(test.node) if outcome else frozenset()
        case nodes.Test(name="undefined" | "none"):
            return frozenset() if outcome else _dotted(test.node)
    return frozenset()


def _dotted(node: nodes.Node) -> Known:
    if isinstance(node, nodes.Name):
        return frozenset((node.name,))
    path = _path(node)
    return frozenset((".".join(path),)) if path else frozenset()
