"""What a template may say: faults of its Jinja2 syntax tree, and the names that a case must supply
for it.

Importing this module imports Jinja2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

from lifecycle.errors import nearest
from lifecycle.template.sandbox import FILTERS, TESTS

Path = tuple[str, str]
Fault = tuple[int, str, str, str]
"""A line, the word at fault (to find its column), the message and the mend."""

BUILT_IN_MAPS = ("last", "count")
"""Names whose attributes are transitions, not parts of a value."""
DEPTH = 3
NESTED = 30
"""Levels of expressions and tags within one another; Python's own compiler gives up at
a hundred.
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
    nodes.Pow: ("**", "公文模板里只能加减乘除"),
    nodes.Dict: ("{", "公文模板里不能写字典；请用 {% if %} 分别写出"),
    nodes.Slice: ("[", "公文模板里不能截取；请在要素里直接填写所需的内容"),
}
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign),
    *(
        nodes.Name,
        nodes.Const,
        nodes.Getattr,
        nodes.Getitem,
        nodes.Filter,
        nodes.Test,
        nodes.CondExpr,
        nodes.Call,
    ),
    *(
        nodes.Compare,
        nodes.Operand,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Neg,
        nodes.Pos,
        nodes.List,
        nodes.Tuple,
    ),
    *(
        nodes.Add,
        nodes.Sub,
        nodes.Mul,
        nodes.Div,
        nodes.FloorDiv,
        nodes.Mod,
        nodes.Concat,
        nodes.Keyword,
        nodes.Scope,
    ),
)


def refusals(tree: nodes.Template) -> Iterator[Fault]:
    """Give what the tree holds that a letter may not: other files, macros, calls, unknown filters
    and tests, growth.
    """
    deep = _nested(tree)
    if deep:
        yield (
            deep,
            "{",
            f"括号、式子或标签套了 {NESTED} 层以上",
            "请分几行写，或减少 {% if %} 的层数",
        )
        return
    for node in tree.find_all(nodes.Node):
        refused = _REFUSED.get(type(node))
        if refused:
            yield node.lineno, refused[0], f"公文模板里不能用“{refused[0]}”", refused[1]
        elif isinstance(node, nodes.Call):
            word = (
                node.node.name
                if isinstance(node.node, nodes.Name)
                else getattr(node.node, "attr", "(")
            )
            yield node.lineno, word, f"公文模板里不能调用“{word}”", "公文模板里只有过滤器，没有函数"
        elif isinstance(node, nodes.Filter):
            yield from _filter_refusals(node)
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            near = nearest(node.name, TESTS)
            mend = f"是否为“{near}”？" if near else "可以用 is defined、is none"
            yield node.lineno, node.name, f"没有名为“{node.name}”的判断", mend
        elif isinstance(node, nodes.Getattr | nodes.Getitem):
            yield from _part_refusals(node)
        elif isinstance(node, nodes.CondExpr) and node.expr2 is None:
            yield node.lineno, "if", "“… if …”没有写明不满足时写什么", "请加上 else '…'"
        elif isinstance(node, nodes.If) and len(node.elif_) > NESTED:
            yield (
                node.lineno,
                "if",
                f"一个 {{% if %}} 里有 {NESTED} 个以上 {{% elif %}}",
                "请分成几个 {% if %} 写",
            )
        elif isinstance(node, nodes.For) and node.recursive:
            yield node.lineno, "recursive", "公文模板里不能用“recursive”", "请删去 recursive"
        elif not isinstance(node, _ALLOWED):
            yield (
                node.lineno,
                "{",
                "公文模板里不能用这种写法",
                "公文模板里可以用 if、for、set 与变量",
            )
    yield from _growth(tree)
    yield from _too_deep(tree, 0)


def _nested(tree: nodes.Template) -> int:
    """Give the line where nodes stand too deep within one another, or 0."""
    level: list[nodes.Node] = [tree]
    for _ in range(NESTED):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return 0
    return level[0].lineno


def _part_refusals(node: nodes.Getattr | nodes.Getitem) -> Iterator[Fault]:
    """Refuse what names a part by anything but a plain name or a number: `a.__class__`, `a['__cl' ~
    'ass__']`.
    """
    if isinstance(node, nodes.Getattr):
        if node.attr.startswith("_"):
            yield (
                node.lineno,
                node.attr,
                f"公文模板里不能用“{node.attr}”",
                "请只用要素与内置变量的名称",
            )
        return
    key = node.arg.value if isinstance(node.arg, nodes.Const) else None
    plain = isinstance(key, int) or (isinstance(key, str) and not key.startswith("_"))
    if not plain and not isinstance(node.arg, nodes.Slice):  # a slice has its own refusal
        mend = "请直接写出名称，如 last['open']，或序号，如 opinions[0]"
        yield node.lineno, "[", "方括号里只能写名称或序号", mend


def _filter_refusals(node: nodes.Filter) -> Iterator[Fault]:
    if node.name == "safe":
        yield (
            node.lineno,
            "safe",
            "公文模板里不能用“safe”",
            "公文的文字一律按原样转义；请删去“| safe”",
        )
    elif node.name not in FILTERS:
        near = nearest(node.name, FILTERS)
        mend = f"是否为“{near}”？" if near else f"可以用 {'、'.join(sorted(FILTERS))}"
        yield node.lineno, node.name, f"没有名为“{node.name}”的过滤器", mend


def _growth(tree: nodes.Template) -> Iterator[Fault]:
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
                yield node.lineno, again[0], message, "请在要写出的地方依次写出各个变量"
        assigned |= {n.name for n in _targets(node.target)}


def _grows(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name.startswith("join")
    return isinstance(node, nodes.Concat | nodes.List | nodes.Tuple)


def _too_deep(node: nodes.Node, depth: int) -> Iterator[Fault]:
    if isinstance(node, nodes.For):
        depth += 1
        if depth > DEPTH:
            yield node.lineno, "for", f"循环套了 {DEPTH} 层以上", "请减少循环的层数"
            return
    for child in node.iter_child_nodes():
        yield from _too_deep(child, depth)


def _targets(node: nodes.Node) -> list[nodes.Name]:
    return [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))


@dataclass
class Names:
    """The names that a tree needs, those it may use, and the paths `last.X`, `count.X`; each with
    its line.
    """

    required: dict[str, int] = field(default_factory=dict)
    optional: dict[str, int] = field(default_factory=dict)
    paths: dict[Path, int] = field(default_factory=dict)


Known = frozenset[str]
"""Names that need no supply at a place: set there, looped over there, or tested to be there. Paths
are dotted.
"""


def names(tree: nodes.Template) -> Names:
    """Work out what a case must supply: everything used except what is local, defaulted or tested
    to be defined.
    """
    found = Names()
    _walk_all(tree.body, frozenset(), found)
    for name in found.required:
        found.optional.pop(name, None)
    return found


def _walk_all(children: list[nodes.Node], known: Known, found: Names) -> Known:
    for child in children:
        known = _walk(child, known, found)
    return known


def _walk(node: nodes.Node, known: Known, found: Names) -> Known:
    """Note the names of a node; give what is known after it (more only after a `set`)."""
    match node:
        case nodes.Name():
            if node.name not in known:
                found.required.setdefault(node.name, node.lineno)
        case nodes.Getattr() | nodes.Getitem():
            _walk_path(node, known, found)
        case nodes.Filter(name="default" | "d", node=nodes.Name() as name):
            _walk_optional(name, known, found)
            _walk_all([*node.args, *(k.value for k in node.kwargs)], known, found)
        case nodes.Test(name="defined" | "undefined" | "none", node=nodes.Name() as name):
            _walk_optional(name, known, found)
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
            _walk_all(list(node.iter_child_nodes()), known, found)
    return known


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
    inner = known | {n.name for n in _targets(node.target)} | {"loop"}
    if node.test is not None:
        _walk(node.test, inner, found)
        inner |= proved(node.test, True)
    _walk_all(node.body, inner, found)
    _walk_all(node.else_, known, found)


def _walk_path(node: nodes.Getattr | nodes.Getitem, known: Known, found: Names) -> None:
    path = _path(node)
    if path is None:
        _walk_all(list(node.iter_child_nodes()), known, found)
        return
    if path[0] in BUILT_IN_MAPS and path[0] not in known:
        found.paths.setdefault(path, node.lineno)
    if ".".join(path) not in known:
        _walk(node.node, known, found)


def _walk_optional(node: nodes.Name, known: Known, found: Names) -> None:
    """Note a name whose absence is provided for."""
    if node.name not in known:
        found.optional.setdefault(node.name, node.lineno)


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
