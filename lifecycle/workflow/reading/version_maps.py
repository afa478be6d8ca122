"""The map between two versions of a workflow: a file that says what is called otherwise."""

from __future__ import annotations

from pathlib import Path

from lifecycle.errors import Problem, nearest
from lifecycle.frozen import replace
from lifecycle.workflow.migration import VersionMap
from lifecycle.workflow.model import SINCE_WHEN, Workflow
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Scalar

_KINDS = {"states": "环节", "transitions": "流转"}


def read_version_map(body: bytes, file: str) -> VersionMap:
    """Read a map's file; raises WorkflowError with all its faults.

    Whether it fits two versions is asked by `misfits`.
    """
    source = YamlFile(Path(file), known=("map", *_KINDS), required=("map",), body=body)
    source.top.line("map")
    named = {kind: _pairs(source.top, kind, title) for kind, title in _KINDS.items()}
    source.end()
    return VersionMap(**named)


def _pairs(top: Fields, kind: str, title: str) -> dict[str, str]:
    """Read what is called otherwise: the name of before, and the name of now."""
    found = {}
    for name, _key, node in top.definitions(kind, title):
        if isinstance(node, Scalar) and not node.empty:
            found[name] = node.value
        else:
            mend = f"写成 {name}: 新版的标识"
            top.fault("wrong-type", node, f"{kind} 的 {name} 应写新版的标识", mend)
    return found


def misfits(moved: VersionMap, before: Workflow, after: Workflow, file: str) -> list[Problem]:
    """List what is wrong with a map between two versions: names that are not there, and states that
    the new one has not and the map leaves out.
    """
    place = replace(before.location, file=file, line=1, column=1, length=1)
    problems = []
    versions = f"第 {before.version} 版", f"第 {after.version} 版"
    for kind, title in _KINDS.items():
        old = _names(before, kind)
        new = _names(after, kind)
        for source, target in getattr(moved, kind).items():
            for name, known, version in ((source, old, versions[0]), (target, new, versions[1])):
                if name not in known:
                    near = nearest(name, known)
                    mend = f"是否为 “{near}”？" if near else f"那里有：{'、'.join(sorted(known))}"
                    message = f"对照写了{version}没有的{title} “{name}”"
                    problems.append(Problem("unknown-mapped", place, message, mend))
    called: dict[str, list[str]] = {}
    for name in sorted(_names(before, "transitions")):
        called.setdefault(moved.transition(name), []).append(name)
    for target, several in called.items():
        if len(several) > 1:
            message = f"{'、'.join(several)} 都改叫 {target}，分不清办过几次"
            problems.append(Problem("mapped-twice", place, message, "各改各的名称，或不写其中几条"))
    lost = sorted(_names(before, "states") - {*moved.states} - _names(after, "states"))
    if lost:
        titles = "、".join(f"{name}（{before.states[name].title}）" for name in lost)
        mend = f"在对照的 states 里写它们改到哪个环节，如 {lost[0]}: {after.initial}"
        message = f"{versions[1]}没有环节 {titles}，对照也没有写"
        problems.append(Problem("state-left-out", place, message, mend))
    return problems


def _names(workflow: Workflow, kind: str) -> set[str]:
    if kind == "transitions":
        return {way.name for way in workflow.transitions}
    return {name for name in workflow.states if SINCE_WHEN not in name}
