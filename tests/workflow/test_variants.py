"""Variants: what a file that extends another one is made into, and that what is written of it reads
as it was.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import places
from lifecycle.workflow.reader import examine
from lifecycle.workflow.reading.whole import family_of, read_whole
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar, Sequence, read_tree
from lifecycle.workflow.yaml.writing import write_tree

BASE = """\
workflow: base
title: 样例
version: 3
number: D-{serial}
subject: name
opened_by: clerk
roles: {clerk: 经办, chief: 负责人}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 金额, type: money, unit: 万元}
materials:
  plan: {title: 方案}
states:
  open: {title: 待办, lead: clerk, due: {in: 5, unit: workday, basis: 内部承诺}}
  done: {title: 归档, final: true}
transitions:
  - name: finish
    title: 归档
    from: open
    to: done
    by: clerk
    needs: {materials: [plan], guards: [{when: amount >= 3000, else: 不足}]}
  - {name: drop, title: 不办, from: open, to: done, by: clerk, reason: required}
"""
HEAD = "workflow: hill\nextends: base\ntitle: 山区\nversion: 1\n"
MIDDLE = "workflow: middle\nextends: base\ntitle: 中间\nversion: 1\nremoves: [transitions.drop]\n"
FILES = {"base": BASE, "middle": MIDDLE}


def parents(name: str) -> tuple[str, bytes] | None:
    """Give the files that variants here extend."""
    return (f"{name}.yaml", FILES[name].encode()) if name in FILES else None


def made(own: str) -> dict[str, Any]:
    """Make a variant whole, and read it as any YAML."""
    whole = read_whole(HEAD + own, "hill.yaml", parents)
    assert whole.problems == ()
    found: dict[str, Any] = yaml.safe_load(whole.body)
    return found


def base() -> dict[str, Any]:
    """Give the workflow that is extended, under the variant's names."""
    found: dict[str, Any] = yaml.safe_load(BASE)
    own = {"workflow": "hill", "title": "山区", "version": 1, "variant_of": ["base"]}
    return {**found, **own}


def test_a_variant_has_all_that_it_does_not_change() -> None:
    """Nothing but its name, title and version, and what it comes from, is its own."""
    assert made("") == base()


def test_mappings_are_merged_and_all_else_is_replaced() -> None:
    """A limit is another, and the rest of its state stays; a list takes the place of the list."""
    found = made(
        "states: {open: {due: {in: 8}}}\ntransitions: [{name: finish, needs: {materials: []}}]\n"
    )
    wanted = base()
    wanted["states"]["open"]["due"]["in"] = 8
    wanted["transitions"][0]["needs"]["materials"] = []
    assert found == wanted


def test_a_plus_adds_to_a_list() -> None:
    """What was there stays, before what is added; where nothing was there, it is all."""
    found = made(
        "materials: {report: {title: 报告}}\n"
        "transitions: [{name: finish, needs: {materials+: [report], facts+: amount}}]\n"
    )
    wanted = base()
    wanted["materials"]["report"] = {"title": "报告"}
    wanted["transitions"][0]["needs"] |= {"materials": ["plan", "report"], "facts": ["amount"]}
    assert found == wanted


def test_what_is_removed_is_gone() -> None:
    """A transition by its name, a key of a state, an item of a list."""
    found = made(
        "removes: [transitions.drop, states.open.due, transitions.finish.needs.materials.plan]\n"
    )
    wanted = base()
    del wanted["transitions"][1], wanted["states"]["open"]["due"]
    wanted["transitions"][0]["needs"]["materials"] = []
    assert found == wanted


def test_a_state_goes_where_it_is_put() -> None:
    """A new state stands behind the one that `after` names; transitions lead through it."""
    found = made(
        "states: {check: {title: 论证, after: open}}\n"
        "transitions:\n"
        "  - {name: finish, to: check}\n"
        "  - {name: passed, title: 通过, from: check, to: done, by: chief}\n"
    )
    assert list(found["states"]) == ["open", "check", "done"]
    assert found["states"]["check"] == {"title": "论证"}
    assert [(way["from"], way["to"]) for way in found["transitions"]] == [
        ("open", "check"),
        ("open", "done"),
        ("check", "done"),
    ]


def test_a_variant_of_a_variant_names_both() -> None:
    """It is a variant of all that it comes from, the nearest first, also once it is written."""
    whole = read_whole(HEAD.replace("base", "middle"), "hill.yaml", parents)
    assert family_of(whole.body) == ("middle", "base")
    assert "drop" not in whole.body.decode()


def test_a_fault_points_into_the_file_that_causes_it() -> None:
    """One in the workflow extended is told of that file and shows its line."""
    own = HEAD + "removes: [materials.plan, facts.amount.unit]\nfacts: {amount: {type: text}}\n"
    workflow, problems, texts = examine(own, "hill.yaml", parents=parents)
    assert workflow is not None
    shown = [problem.render(texts).splitlines()[:2] for problem in problems]
    assert shown == [
        [
            "base.yaml:22:25: 错误：流转 finish 的 needs 的 materials 写了未定义的材料 “plan”",
            "   22 |     needs: {materials: [plan], guards: [{when: amount >= 3000, else: 不足}]}",
        ],
        [
            "base.yaml:22:58: 错误：要素 amount 是文字，不能与数 3000 比大小",
            "   22 |     needs: {materials: [plan], guards: [{when: amount >= 3000, else: 不足}]}",
        ],
    ]


def test_the_digest_is_that_of_the_whole() -> None:
    """What is published is the whole: another version of what it extends makes another variant."""
    first, _, _ = examine(HEAD, "hill.yaml", parents=parents)
    again, problems, _ = examine(read_whole(HEAD, "x", parents).body, "published")
    assert first is not None
    assert again is not None
    assert (again.digest, again.variant_of, problems) == (first.digest, ("base",), ())
    changed = {"base": BASE.replace("3000", "4000")}
    other, _, _ = examine(HEAD, "h.yaml", parents=lambda name: (name, changed[name].encode()))
    assert other is not None
    assert other.digest != first.digest


def test_without_its_own_names_a_variant_is_not_whole() -> None:
    """It must say what it is called, and which version it is."""
    whole = read_whole("extends: base\n", "hill.yaml", parents)
    assert [problem.message for problem in whole.problems] == [
        f"变体缺少 {key}" for key in ("workflow", "title", "version")
    ]


def plainly(node: Node) -> Any:
    """Give what a tree says, without places."""
    if isinstance(node, Scalar):
        return node.value, node.empty
    if isinstance(node, Sequence):
        return [plainly(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {key: plainly(value) for key, (_, value) in node.pairs.items()}


def tree_of(value: Any) -> Node:
    """Make a tree of texts, lists and mappings."""
    if isinstance(value, str):
        return Scalar(value, False, 1, 1, 1)
    if isinstance(value, list):
        return Sequence(1, 1, [tree_of(item) for item in value])
    pairs = {key: (Scalar(key, True, 1, 1, 1), tree_of(item)) for key, item in value.items()}
    return Mapping(1, 1, pairs)


TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
    ),
    max_size=300,
)
TREES = st.dictionaries(
    TEXTS.filter(bool),
    st.recursive(
        TEXTS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


@given(TREES)
def test_a_tree_that_is_written_is_read_as_it_was(value: dict[str, Any]) -> None:
    """Whatever texts it holds: colons, brackets, quotes, spaces, nothing at all."""
    root = tree_of(value)
    assert isinstance(root, Mapping)
    again = read_tree(write_tree(root), "again.yaml")
    assert again.problems == ()
    assert again.root is not None
    assert plainly(again.root) == plainly(root)


@pytest.mark.parametrize("path", places.workflow_files(), ids=lambda path: path.stem)
def test_the_shipped_workflows_are_written_as_they_are(path: Any) -> None:
    """Every one can be extended without losing a word."""
    tree = read_tree(path.read_bytes(), path.name)
    assert tree.root is not None
    again = read_tree(write_tree(tree.root), path.name)
    assert again.root is not None
    assert plainly(again.root) == plainly(tree.root)


def told(own: str) -> list[str]:
    """Say what is wrong with a variant."""
    return [one.message for one in examine(own, "hill.yaml", parents=parents)[1]]


def test_a_state_removed_that_ways_leave_is_told() -> None:
    """No way out of what is not there is looked for."""
    again = (
        "transitions:\n"
        "  - {name: take_up, title: 又办, kind: reopen, from: done, to: open, by: chief,"
        " reason: required}\n"
    )
    assert told(HEAD + again + "removes: [states.done]\n") == [
        "流转 finish 去往未定义的环节 “done”",
        "流转 drop 去往未定义的环节 “done”",
        "流程没有终结环节",
        "流转 take_up 出自未定义的环节 “done”",
    ]


@pytest.mark.parametrize("name", ["../base", "/etc/base", "'base '", "[base]", ""])
def test_what_is_extended_is_a_name_not_a_path(name: str) -> None:
    """Nobody has another file read by it."""
    own = HEAD.replace("extends: base", f"extends: {name}")
    assert told(own) == ["extends 应写一个流程的标识"]


def test_a_file_that_holds_another_workflow_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variant is one of what its parent calls itself; nor do such files go round in a circle."""
    odd = "workflow: {}\nextends: {}\ntitle: 甲\nversion: 1\n"
    monkeypatch.setitem(FILES, "one", odd.format("uno", "two"))
    monkeypatch.setitem(FILES, "two", odd.format("due", "one"))
    assert told(HEAD.replace("extends: base", "extends: one")) == [
        "one.yaml 里写的不是流程 “one”，是 “uno”"
    ]


@pytest.mark.parametrize("key", ["variant_of", "variant_of+"])
def test_a_variant_says_of_nothing_else_that_it_comes_from_it(key: str) -> None:
    """What it comes from is what it extends."""
    assert told(f"{HEAD}{key}: [works]\n") == ["变体不写 variant_of"]


@pytest.mark.parametrize("sign", ["\\x85", "\\u2028", "\\ufeff", "\\x7f", "\\u202e", "\\x00"])
def test_signs_that_no_file_may_have_stay_escaped(sign: str) -> None:
    """What is published of a variant can be read again, whatever its quotes hide."""
    whole = read_whole(f'{HEAD}note: "a{sign}b"\n', "hill.yaml", parents)
    again = read_tree(whole.body, "flat.yaml")
    assert (whole.problems, again.problems) == ((), ())
    assert whole.root is not None
    assert again.root is not None
    read, written = (one.pairs["note"][1] for one in (again.root, whole.root))
    assert isinstance(read, Scalar)
    assert isinstance(written, Scalar)
    assert read.value == written.value
