"""What a letter's template may say, and what it must be supplied with."""

from __future__ import annotations

import subprocess
import sys

import pytest
from letters import SAMPLES, sample, template

from lifecycle.errors import LifecycleError, Location, WorkflowError
from lifecycle.expression.texts import LIMIT
from lifecycle.letter.kinds import kinds
from lifecycle.template import Template, read_template
from lifecycle.template.program import program
from lifecycle.template.template import KEYS, read_published


def faults(source: str | bytes) -> list[str]:
    """Read a template that must be refused; give each fault as `line:column message（mend）`."""
    raw = source.encode() if isinstance(source, str) else source
    with pytest.raises(WorkflowError) as caught:
        read_template("test", raw, "test.j2")
    return [
        f"{p.location.line}:{p.location.column} {p.message}（{p.mend}）"
        for p in caught.value.problems
    ]


def body_faults(body: str) -> list[str]:
    """Read a template with this body, which starts on line 6."""
    return faults(f"文种：函\n标题：测试\n主送：市财政局\n发文单位：市招商局\n---\n{body}\n")


def needed(body: str) -> list[str]:
    """Name what a body must be supplied with."""
    return [name for name, _ in template(body).variables]


def test_a_template_is_known_by_its_exact_bytes() -> None:
    """The digest is the SHA-256 of the bytes: line ends and a byte-order mark count, though the
    text is equal.
    """
    unix = "文种：函\n标题：测试\n主送：甲\n发文单位：乙\n---\n正文\n".encode()
    windows = b"\xef\xbb\xbf" + unix.replace(b"\n", b"\r\n")
    first, second = read_template("a", unix, "a.j2"), read_template("a", windows, "a.j2")
    assert first.source == second.source
    assert first.digest != second.digest
    assert len(first.digest) == 64


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_sound(name: str) -> None:
    """Every sample template is read without a fault, and says its kind."""
    assert sample(name).kind in kinds().statutory


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_published_is_read_without_being_judged(name: str) -> None:
    """It is the same template: all that is left out is to look for faults."""
    source = sample(name).source.encode()
    assert read_published(name, source, "x.j2") == read_template(name, source, "x.j2")


@pytest.mark.parametrize("text", [b"", b"\xff", "文种：函\n---\n{% if".encode()])
def test_what_can_no_longer_be_read_is_told_as_ever(text: bytes) -> None:
    """A text that this program cannot read as published gives the faults that it has."""
    with pytest.raises(WorkflowError) as judged:
        read_template("x", text, "x.j2")
    with pytest.raises(WorkflowError) as published:
        read_published("x", text, "x.j2")
    assert published.value.problems == judged.value.problems


def test_header_keys_take_either_colon_and_comments() -> None:
    """`键：值` and `键: 值` are both header lines; comments and blank lines between them are left
    out.
    """
    read = read_template(
        "a",
        "{# 说明\n标题：不算 #}\n文种: 函\n\n标题：甲\n主送: 乙\n发文单位：丙\n---\n正文".encode(),
        "a.j2",
    )
    assert read.header == ("文种", "标题", "主送", "发文单位")


@pytest.mark.parametrize("kind", kinds().all)
def test_statutory_kinds_and_internal_slips_are_known(kind: str) -> None:
    """The fifteen statutory kinds and the internal slips are the kinds that a template may have."""
    assert template("正文", kind=kind).kind == kind


def test_all_faults_are_told_at_once() -> None:
    """One reading tells every fault, in the file's order, each with its place and mend."""
    source = (
        "文钟：函\n标题：{{ case_title }\n发文单位：\n抄送：{{ cc | safe }}\n---\n{% if "
        "a "
        "%}x\n{{ }}\n"
    )
    assert faults(source) == [
        "1:1 没有名为“文钟”的表头（是否为“文种”？）",
        "1:1 表头缺“文种”（请加一行 文种：…）",
        "1:1 表头缺“主送”（请加一行 主送：…）",
        "2:18 式子读到 “}” 时不通（检查运算符、引号和括号）",
        "3:1 表头“发文单位”没有内容（请写成 发文单位：…）",
        "4:12 公文模板里不能用 “safe”（公文的文字一律按原样转义；请删去“| safe”）",
        "6:4 {% if %} 没有结束（请在它管的内容之后另写一行 {% endif %}；在表头里须写在同一行）",
        "7:1 花括号里是空的（请写出变量名，如 {{ case_title }}）",
    ]


def test_no_header() -> None:
    """A text without header lines is told how a header is written."""
    assert faults("你好\n") == [
        "1:1 模板没有表头（第一行起请写 文种：函 这样的表头，然后单独一行 ---）"
    ]


def test_missing_line_between_header_and_body() -> None:
    """A header that does not end is a fault at its last line."""
    found = faults("文种：函\n标题：甲\n主送：乙\n发文单位：丙\n\n正文第一段。\n")
    assert found == ["4:1 表头之后没有单独一行 ---（请在表头与正文之间加一行 ---）"]


def test_header_holds_only_keys() -> None:
    """A line of the header that is no `键：值` is a fault, and so is a key written twice."""
    found = faults("文种：函\n标题：甲\n标题：甲\n随便写\n主送：乙\n发文单位：丙\n---\n正文")
    assert found == [
        "3:1 表头“标题”写了两次（第 2 行已有；请只留一行）",
        f"4:1 表头里只能写“键：值”（表头可以写 {'、'.join((*KEYS, *kinds().attendance))}）",
    ]


def test_unknown_kind_names_the_nearest() -> None:
    """A kind that does not exist is refused with the nearest that does."""
    found = faults("文种：会议纪要\n标题：甲\n主送：乙\n发文单位：丙\n---\n正文")
    assert found == ["1:4 没有文种“会议纪要”（是否为“纪要”？）"]


@pytest.mark.parametrize("kind", ["公告", "通告", "公报", "纪要"])
def test_public_kinds_need_no_addressee(kind: str) -> None:
    """What goes to the public, and minutes, need no 主送."""
    source = f"文种：{kind}\n标题：甲\n发文单位：丙\n---\n正文"
    assert read_template("a", source.encode(), "a.j2").kind == kind


def test_empty_body() -> None:
    """A template without a body is refused."""
    assert body_faults("") == ["5:1 模板没有正文（请在 --- 之后写正文，每段一行）"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{{ a | safe }}", "6:8 公文模板里不能用 “safe”"),
        ("{% include 'x' %}", "6:4 公文模板里不能用“include”"),
        ("{% import 'x' as y %}", "6:4 公文模板里不能用“import”"),
        ("{% from 'x' import y %}", "6:13 公文模板里不能用“import”"),
        ("{% extends 'x' %}", "6:4 公文模板里不能用“extends”"),
        ("{% block a %}{% endblock %}", "6:4 公文模板里不能用“block”"),
        ("{% macro a() %}{% endmacro %}", "6:4 公文模板里不能用“macro”"),
        ("{% autoescape true %}{% endautoescape %}", "6:4 公文模板里不能用“autoescape”"),
        ("{{ range(9) }}", "6:4 没有函数 “range”"),
        ("{{ a.strftime('%Y') }}", "6:14 公文模板里不能用 “(”"),
        ("{{ a.__class__ }}", "6:5 公文模板里不能用 “.__class__”"),
        ("{{ ''.__class__.__mro__ }}", "6:6 公文模板里不能用 “.__class__”"),
        ("{{ a['__class__'] }}", "6:5 方括号里只能写名称或序号"),
        ("{{ a['__cl' ~ 'ass__'] }}", "6:5 方括号里只能写名称或序号"),
        ("{{ a[b] }}", "6:5 方括号里只能写名称或序号"),
        ("{{ a[-1] }}", "6:5 方括号里只能写名称或序号"),
        ("{{ a.__init__.__globals__ }}", "6:5 公文模板里不能用 “.__init__”"),
        ("{{ '{0.__class__}'.format(a) }}", "6:26 公文模板里不能用 “(”"),
        ("{{ '%s' | format(a) }}", "6:11 没有过滤器 “format”"),
        ("{{ a | attr('__class__') }}", "6:8 没有过滤器 “attr”"),
        ("{{ a | map(attribute='b') | first }}", "6:8 没有过滤器 “map”"),
        ("{{ a | sum(attribute='b') }}", "6:8 过滤器 sum 至多有一个参数"),
        ("{{ a | tojson }}", "6:8 没有过滤器 “tojson”"),
        ("{{ lipsum() }}", "6:4 没有函数 “lipsum”"),
        ("{{ cycler('a') }}", "6:4 没有函数 “cycler”"),
        ("{{ joiner() }}", "6:4 没有函数 “joiner”"),
        ("{{ dict(a=1) }}", "6:4 没有函数 “dict”"),
        ("{% set a = namespace(b=1) %}", "6:12 没有函数 “namespace”"),
        ("{% set a.b = 1 %}", "6:8 公文模板里不能用这种写法"),
        ("{{ open('/etc/passwd') }}", "6:4 没有函数 “open”"),
        ("{{ caller() }}", "6:4 没有函数 “caller”"),
        ("{{ self.a() }}", "6:10 公文模板里不能用 “(”"),
        ("{{ super() }}", "6:4 没有函数 “super”"),
        ("{% for x in a recursive %}{{ loop(x) }}{% endfor %}", "6:15 公文模板里不能用“recursive”"),
        ("{% call a() %}{% endcall %}", "6:4 公文模板里不能用“call”"),
        ("{% filter safe %}{% endfilter %}", "6:4 公文模板里不能用“filter”"),
        ("{% set a %}甲{% endset %}", "6:4 公文模板里不能用“set”"),
        ("{% with a = 1 %}{% endwith %}", "6:4 公文模板里不能用“with”"),
        ("{% do a.append(1) %}", "6:4 不认识的标签“do”"),
        ("{% debug %}", "6:4 不认识的标签“debug”"),
        ("{% trans %}{% endtrans %}", "6:4 不认识的标签“trans”"),
        ("{{ {'a': 1} }}", "6:4 公文模板里不能用 “{”"),
        ("{{ a[1:] }}", "6:5 方括号里只能写名称或序号"),
        ("{{ 9 ** 9 }}", "6:6 公文模板里不能用 “**”"),
        ("{{ a | title }}", "6:8 没有过滤器 “title”"),
        ("{{ a | datecn }}", "6:8 没有过滤器 “datecn”"),
        ("{% if a is definde %}{% endif %}", "6:12 没有检验 “is definde”"),
        ("{{ a if b }}", "6:6 “if” 缺少 else"),
        ("{% set a = b ~ b %}{% set c = a ~ a %}", "6:23 set 里用了另一个 set 的“a”来拼接"),
        ("{% if a %}{% endfor %}", "6:14 {% endfor %} 没有对应的开头"),
        ("{% whle a %}", "6:4 不认识的标签“whle”"),
        ("{{ a b }}", "6:6 式子读到 “b” 时不通"),
        ("{{ a（ }}", "6:5 公文模板里有不认识的符号 “（”"),
        ("甲{# 没完", "6:2 注释没有结束"),
        ("甲{{ 没完", "6:2 花括号没有结束"),
        ("\x07", "6:1 含有控制字符 U+0007"),
    ],
)
def test_what_a_body_may_not_hold(body: str, message: str) -> None:
    """Files, macros, calls, unknown filters and broken braces are refused in Chinese, at their
    place.
    """
    first, *more = body_faults(body)
    assert first.startswith(message)
    assert not any(fault.endswith("（）") for fault in (first, *more))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "括号、式子或标签套得太深，读不了"),
        ("{{ " + "not " * 3000 + "1 }}", "括号、式子或标签套得太深，读不了"),
        ("{{ " + "1+" * 50 + "1 }}", "括号、式子或标签套了 30 层以上"),
        ("{{ a" + ".b" * 50 + " }}", "括号、式子或标签套了 30 层以上"),
        ("{% if a %}" * 150 + "{% endif %}" * 150, "括号、式子或标签套了 30 层以上"),
        (
            "{% if a %}" + "{% elif a %}" * 50 + "{% endif %}",
            "一个 {% if %} 里有 30 个以上 {% elif %}",
        ),
    ],
)
def test_nesting_is_bounded(source: str, message: str) -> None:
    """What would break Jinja2's or Python's own parser is a fault of the template, not
    a traceback.
    """
    assert message in body_faults(source)[0]


def test_loops_are_not_deep() -> None:
    """Loops within loops within loops are enough for a letter."""
    body = "".join(f"{{% for a{n} in x %}}" for n in range(4)) + "{% endfor %}" * 4
    assert body_faults(body)[0].startswith("6:55 循环套了 3 层以上")


def test_tag_may_not_reach_over_header_lines() -> None:
    """An `if` in a header line ends in that line, so that every line stays one field."""
    found = faults("文种：函\n标题：{% if a %}甲\n主送：乙{% endif %}\n发文单位：丙\n---\n正文")
    assert [f.split("（")[0] for f in found] == [
        "2:7 {% if %} 没有结束",
        "3:8 {% endif %} 没有对应的开头",
    ]


def test_size_and_encoding() -> None:
    """A file that is too large or no UTF-8 is refused before it is parsed."""
    assert faults(b"x" * (LIMIT + 1)) == [
        "1:1 模板有 200001 字节，超过 200000 字节（请删减，或分成几个模板）"
    ]
    assert faults("文种：函\n标题：".encode() + "请示".encode("gbk")) == [
        "2:1 模板不是 UTF-8 文字（请另存为 UTF-8 编码）"
    ]


def test_refusal_shows_the_line() -> None:
    """The error's text is file:line:column, the line underlined, and the mend."""
    with pytest.raises(WorkflowError) as caught:
        template("总投资{{ investment | mony }}万元")
    assert str(caught.value) == (
        "test.j2:6:20: 错误：没有过滤器 “mony”\n"
        "    6 | 总投资{{ investment | mony }}万元\n"
        "      |                       ^^^^\n"
        "  改法：是否为 “money”？"
    )


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("{{ a }}{{ b.c }}{{ a }}", ["a", "b"]),
        ("{% if a %}{{ b }}{% endif %}", ["a", "b"]),
        ("{% if a is defined %}{{ a }}{% endif %}", []),
        ("{% if a is defined %}{{ a }}{% else %}{{ a }}{% endif %}", ["a"]),
        ("{% if a is not defined %}无{% else %}{{ a }}{% endif %}", []),
        ("{% if a is undefined %}无{% elif a > 1 %}{{ a }}{% endif %}", []),
        ("{% if not a is none %}{{ a }}{% endif %}", []),
        ("{% if a is defined and a > 1 %}{{ a }}{% endif %}", []),
        ("{% if a is defined or b %}{{ a }}{% endif %}", ["b", "a"]),
        ("{% if a is undefined or a < 1 %}无{% else %}{{ a }}{% endif %}", []),
        ("{{ a | default('无') }}{{ b | d(c) }}", ["c"]),
        ("{{ a if a is defined else b }}", ["b"]),
        ("{{ a | join_cn | default('无') }}", ["a"]),
        ("{% for x in a %}{{ x }}{{ loop.index }}{{ y }}{% endfor %}", ["a", "y"]),
        ("{% for k, v in a %}{{ k }}{{ v }}{% endfor %}{{ k }}", ["a", "k"]),
        (
            "{% for x in a if x is defined and x.b %}{{ x }}{% else %}{{ c }}{% endfor %}",
            ["a", "c"],
        ),
        ("{% set x = a %}{{ x }}", ["a"]),
        ("{{ x }}{% set x = 1 %}", ["x"]),
        ("{% if a %}{% set x = 1 %}{% endif %}{{ x }}", ["a", "x"]),
        ("{% if a %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}", ["a"]),
        ("{% for y in a %}{% set x = y %}{% endfor %}{{ x }}", ["a", "x"]),
        ("{{ '甲' ~ a }}{{ a + b }}{{ c['d'] }}", ["a", "b", "c"]),
    ],
)
def test_what_must_be_supplied(body: str, names: list[str]) -> None:
    """A name must be supplied unless it is local, defaulted, or tested to be defined wherever it is
    used.
    """
    assert needed(body) == names


def test_places_of_names() -> None:
    """Each name comes with its first place, from header and body alike; guarded ones are kept
    apart.
    """
    read = template(
        "甲{{ a }}\n{% if b is defined %}{{ b }}{% endif %}{{ last.open }}{{ count['sign'] }}",
        title="{{ t }}",
    )
    assert read.variables == (
        ("t", Location("test.j2", 2, 7, 1)),
        ("a", Location("test.j2", 6, 5, 1)),
        ("last", Location("test.j2", 7, 43, 4)),
        ("count", Location("test.j2", 7, 58, 5)),
    )
    assert read.optional == (("b", Location("test.j2", 7, 7, 1)),)
    assert read.paths == (
        (("last", "open"), Location("test.j2", 7, 48, 4)),
        (("count", "sign"), Location("test.j2", 7, 65, 4)),
    )


def test_guarded_paths_are_still_named() -> None:
    """A transition that `last` is asked for must exist even if the question is guarded."""
    read = template("{% if last.opne is defined %}{{ last.opne }}{% endif %}")
    assert [path for path, _ in read.paths] == [("last", "opne")]


def test_one_text_is_compiled_once() -> None:
    """Templates of one text share one compiled program."""
    first: Template = template("{{ a }}")
    assert program(first.source) is program(template("{{ a }}").source)


def test_jinja_is_not_imported_before_it_is_needed() -> None:
    """The room can be entered without paying for Jinja2."""
    code = "import sys, lifecycle.template; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_errors_are_of_the_family() -> None:
    """A refused template is an error that an officer may see, with exit code 1."""
    assert issubclass(WorkflowError, LifecycleError)
    assert WorkflowError.exit_code == 1
