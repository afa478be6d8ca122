"""YAML as a tree of strings that remembers places."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import Location
from lifecycle.workflow.yaml import tree as yamltree
from lifecycle.workflow.yaml.tree import (
    MOST_BYTES,
    MOST_LEVELS,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Unread,
    read_tree,
)


def plain(node: Node | None) -> object:
    """Turn a tree into dicts, lists and strings."""
    if isinstance(node, Mapping):
        return {name: plain(value) for name, (_, value) in node.pairs.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def faults(text: str | bytes) -> list[tuple[str, str]]:
    """Give place and message of each fault."""
    return [
        (str(p.location)[len("f.yaml:") :], p.message) for p in read_tree(text, "f.yaml").problems
    ]


def test_every_scalar_is_a_string() -> None:
    """What YAML 1.1 would turn into booleans, numbers, dates and nothing stays as typed."""
    tree = read_tree(
        "a: no\nb: [on, 1e3, 2026-08-01, 0x1F, ~, '']\nc:\n  <<: 1:30\n? d\n: e", "f.yaml"
    )
    assert plain(tree.root) == {
        "a": "no",
        "b": ["on", "1e3", "2026-08-01", "0x1F", "~", ""],
        "c": {"<<": "1:30"},
        "d": "e",
    }
    assert tree.problems == ()


def test_places_count_characters_from_one() -> None:
    """Lines and columns count from 1, in characters: wide and astral ones count once, quotes are
    part of the span.
    """
    root = read_tree("\ufeff垟: {𡶴𡶴: '峃 漈'}\nb:\n  - x\n", "f.yaml").root
    assert root is not None
    inner = root.pairs["垟"][1]
    assert isinstance(inner, Mapping)
    key, value = inner.pairs["𡶴𡶴"]
    assert (key.line, key.column, key.length) == (1, 5, 2)
    assert isinstance(value, Scalar)
    assert (value.line, value.column, value.length, value.plain) == (1, 9, 5, False)


def test_empty_is_told_from_an_empty_string() -> None:
    """Nothing, ~ and null are empty; quotes make something of them."""
    root = read_tree("a:\nb: ~\nc: null\nd: ''\ne: 'null'\n", "f.yaml").root
    assert root is not None
    values = [value for _, value in root.pairs.values()]
    assert [isinstance(value, Scalar) and value.empty for value in values] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_all_structural_faults_are_reported_at_once() -> None:
    """Anchors, aliases, tags, duplicates, odd keys and a second document do not hide
    one another.
    """
    text = "a: &x 1\nb: *x\nc: !!str 2\na: 3\n? [k]\n: v\nd: \u202e4\n---\ne: 5\n"
    assert faults(text) == [
        ("7:4", "有看不见的控制字符 U+202E"),
        ("1:4", "不能用锚点 “&x”"),
        ("2:4", "不能用别名 “*x”"),
        ("3:4", "不能用类型标签（以 “!” 开头）"),
        ("4:1", "键 “a” 重复，第 1 行已有"),
        ("5:3", "键应为一段文字，不能是列表或映射"),
        ("8:1", "文件里有不止一个 YAML 文档"),
    ]
    root = read_tree(text, "f.yaml").root
    assert plain(root) == {"a": "1", "b": None, "c": "2", "d": "\ufffd4"}
    assert root is not None
    assert isinstance(root.pairs["b"][1], Unread)


def test_an_alias_may_not_stand_for_a_key_or_an_item() -> None:
    """A key that is an alias is dropped with its value, an item that is one is left unread."""
    assert faults("a: [&x 1, *x]\n*x : 2\n") == [
        ("1:5", "不能用锚点 “&x”"),
        ("1:11", "不能用别名 “*x”"),
        ("2:1", "不能用别名 “*x”"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("1:1", "文件是空的")),
        ("# x\n", ("1:1", "文件是空的")),
        ("~\n", ("1:1", "文件是空的")),
        ("- a\n", ("1:1", "文件的顶层应为映射（键: 值）")),
        ("\n  abc\n", ("2:3", "文件的顶层应为映射（键: 值）")),
        ("a: 1\r\n\tb: 2\r\n", ("2:1", "缩进用了制表符（Tab）")),
        ("a:\n  - b\n c: 1\n", ("3:2", "缩进与上文不一致，或括号、引号、短横没有写对")),
        ("a: ]\n", ("1:4", "缩进与上文不一致，或括号、引号、短横没有写对")),
        ("a: 1\n  b: 2\n", ("2:4", "缩进与上文不一致，或括号、引号、短横没有写对")),
        ("a: `x`\n", ("1:4", "值不能以 “`” 开头")),
        ("a: |x\n", ("1:4", "值不能以 “|” 开头")),
        (b"a: 1\nb: \xd6\xd0", ("2:4", "文件不是 UTF-8 编码（第 9 个字节是 0xD6）")),
        (b"\xff\xfea\x00", ("1:1", "文件不是 UTF-8 编码（第 1 个字节是 0xFF）")),
    ],
)
def test_each_syntax_fault_has_its_words(text: str | bytes, expected: tuple[str, str]) -> None:
    """The parser's words are translated by their cause; line ends of every kind count alike."""
    assert faults(text) == [expected]


def test_size_depth_and_line_length_are_bounded() -> None:
    """What is too large, too deep or in one endless line is refused before it can cost time or fill
    the screen.
    """
    assert faults("#" * (MOST_BYTES + 1)) == [("1:1", "文件超过 1 MB")]
    assert faults("峃" * (MOST_BYTES // 2)) == [("1:1", "文件超过 1 MB")]
    assert faults("a: " + "[" * MOST_LEVELS) == [("1:35", "嵌套超过 32 层")]
    assert faults("a: 1\nb: " + "x" * 2000) == [("2:1", "第 2 行超过 2000 字")]
    started = time.perf_counter()
    read_tree("[" * MOST_BYTES, "f.yaml")
    read_tree("- &a x\n" * (MOST_BYTES // 7), "f.yaml")
    assert time.perf_counter() - started < 10


def test_a_hopeless_file_does_not_pile_up_faults() -> None:
    """Of a hundred thousand faults so many are kept as anybody will ever look at."""
    assert (
        len(read_tree("a: &a x\n" + "\n".join(["b: &a x"] * 9000), "f.yaml").problems)
        == yamltree.MOST_PROBLEMS
    )


KEYS = st.text("abc垟𡶴 ", min_size=1, max_size=4).map(str.strip).filter(bool)
SCALARS = st.text("abc垟😀:#'\"-{}[],&*!|>%@` \n", max_size=8)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=3), max_leaves=8
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.booleans())
def test_what_a_dumper_writes_is_read_back(value: dict[str, object], flow: bool) -> None:
    """The tree says what PyYAML's own string-only loader says, in block and in flow style."""
    text = yaml.dump(value, allow_unicode=True, default_flow_style=flow, width=1000)
    tree = read_tree(text, "f.yaml")
    ignored = ("yaml-alias", "yaml-anchor")  # the dumper writes one for a value that occurs twice
    assert [p for p in tree.problems if p.rule not in ignored] == []
    if not tree.problems:
        assert plain(tree.root) == yaml.load(text, Loader=yaml.BaseLoader) == value


@given(st.text("ab: -[]{}'\"#&*!|>%\t\n，：", max_size=40))
def test_the_slow_parser_gives_the_same_tree(text: str) -> None:
    """Where PyYAML was built without libyaml, the same texts are read to the same tree, and the
    same are refused.
    """
    quick = read_tree(text, "f.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamltree, "LOADER", yaml.SafeLoader)
        slow = read_tree(text, "f.yaml")
    if not quick.problems and not slow.problems:
        assert plain(quick.root) == plain(slow.root)
    for tree in (quick, slow):
        for problem in tree.problems:
            assert isinstance(problem.location, Location)
            assert 1 <= problem.location.line <= max(1, len(tree.text.splitlines()))
