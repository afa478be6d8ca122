"""A workflow as a picture: what is drawn (`Graph`), and its Mermaid and DOT texts; SVG is in `svg`.

A transition that leaves many states would hide all others under its arrows, so it is drawn once,
from a group's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from lifecycle.errors import InvalidError
from lifecycle.workflow.model import PREVIOUS, Kind, State, Workflow

MANY = 3
"""A transition from more states than this is drawn from a group."""
COLOURS: dict[Kind, str] = {
    "forward": "#1f4e79",
    "return": "#b45f06",
    "withdraw": "#666666",
    "suspend": "#6a3d9a",
    "resume": "#6a3d9a",
    "terminate": "#a61c1c",
    "record": "#38761d",
}
KINDS: dict[Kind, str] = {
    "forward": "推进",
    "return": "退回",
    "withdraw": "撤回",
    "suspend": "中止",
    "resume": "恢复",
    "terminate": "终止",
    "record": "记录",
}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more transitions of a kind from one state (or a group of states) to one state."""

    source: str
    target: str
    kind: Kind
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn: arrows between states, arrows from groups, and what is done within a state."""

    arrows: tuple[Arrow, ...]
    grouped: tuple[Arrow, ...]
    inside: dict[str, tuple[str, ...]]
    everywhere: tuple[tuple[str, str], ...]
    """What may be recorded in a whole group of states, as (group, title)."""


def graph_of(workflow: Workflow) -> Graph:
    """Sort a workflow's transitions into what is drawn how."""
    arrows: dict[tuple[str, str, Kind], list[str]] = {}
    grouped: dict[tuple[str, str, Kind], list[str]] = {}
    inside: dict[str, list[str]] = {}
    everywhere = []
    for transition in workflow.transitions:
        many = len(transition.sources) > MANY
        for source in [group_title(workflow, transition.sources)] if many else transition.sources:
            target = transition.to
            if target is None or target in (PREVIOUS, source):
                text = transition.title + ("（回到原环节）" if target == PREVIOUS else "")
                if many:
                    everywhere.append((source, text))
                else:
                    inside.setdefault(source, []).append(text)
            else:
                (grouped if many else arrows).setdefault(
                    (source, target, transition.kind), []
                ).append(transition.title)
    return Graph(
        _joined(arrows),
        _joined(grouped),
        {state: tuple(titles) for state, titles in inside.items()},
        tuple(everywhere),
    )


def _joined(found: dict[tuple[str, str, Kind], list[str]]) -> tuple[Arrow, ...]:
    return tuple(Arrow(*key, tuple(dict.fromkeys(titles))) for key, titles in found.items())


def group_title(workflow: Workflow, sources: tuple[str, ...]) -> str:
    """Name a group of states as briefly as is exact: any, those of a phase, all but a few, or one
    by one.
    """
    chosen = set(sources)
    running = [state for state in workflow.states.values() if not state.final]
    if chosen.issuperset(state.name for state in running):
        return "任一环节"
    for phase in dict.fromkeys(state.phase for state in running if state.phase):
        if chosen == {state.name for state in running if state.phase == phase}:
            return f"{phase}各环节"
    rest = [state.title for state in running if state.name not in chosen]
    if len(rest) <= MANY:
        return f"除{'、'.join(rest)}外各环节"
    return "、".join(workflow.states[name].title for name in sources)


def caption(workflow: Workflow, state: State) -> str:
    """Say who leads a state and how long it may take."""
    parts = []
    if state.lead:
        parts.append(f"{workflow.roles[state.lead].title}牵头")
    if state.due:
        unit = {"day": "日", "workday": "个工作日", "month": "个月"}[state.due.unit]
        parts.append(f"限{state.due.amount}{unit}")
    return "，".join(parts) or ("终点" if state.final else "")


def draw(workflow: Workflow, file: str) -> str:
    """Draw a workflow in the format that a file's extension asks for; raises InvalidError for any
    other.
    """
    from lifecycle.exchange.svg import svg

    formats: dict[str, Callable[[Workflow], str]] = {
        ".mmd": mermaid,
        ".mermaid": mermaid,
        ".dot": dot,
        ".gv": dot,
        ".svg": svg,
    }
    found = formats.get(PurePath(file).suffix.lower())
    if found is None:
        raise InvalidError(
            f"不会画 {PurePath(file).suffix or file} 格式的图",
            "扩展名可用 .svg、.mmd（Mermaid）或 .dot",
        )
    return found(workflow)


def mermaid(workflow: Workflow) -> str:
    """Give the flowchart as Mermaid text."""
    graph = graph_of(workflow)
    lines = ["flowchart TD"]
    for phase in dict.fromkeys(state.phase for state in workflow.states.values()):
        members = [state for state in workflow.states.values() if state.phase == phase]
        if phase:
            lines.append(f'  subgraph p{len(lines)}["{_mermaid_text(phase)}"]')
        for state in members:
            label = "<br/>".join(
                map(
                    _mermaid_text,
                    (state.title, caption(workflow, state), *graph.inside.get(state.name, ())),
                )
            )
            opening, closing = ("([", "])") if state.final else ("[", "]")
            lines.append(f'    s_{state.name}{opening}"{label}"{closing}')
        if phase:
            lines.append("  end")
    colours = []
    for number, arrow in enumerate((*graph.arrows, *graph.grouped)):
        source = f"s_{arrow.source}"
        if arrow in graph.grouped:
            source = f"g{number}"
            lines.append(f'  {source}(["{_mermaid_text(arrow.source)}"])')
        line = "-->" if arrow.kind == "forward" else "-.->"
        lines.append(
            f'  {source} {line}|"{"<br/>".join(map(_mermaid_text, arrow.titles))}"| '
            f"s_{arrow.target}"
        )
        colours.append(f"  linkStyle {number} stroke:{COLOURS[arrow.kind]}")
    lines += [
        f'  r{n}(["{_mermaid_text(group)}：{_mermaid_text(title)}"])'
        for n, (group, title) in enumerate(graph.everywhere)
    ]
    return "\n".join(lines + colours) + "\n"


def _mermaid_text(text: str) -> str:
    """Write text as Mermaid's character codes want it, inside double quotes."""
    for char, code in (
        ("#", "#35;"),
        ("&", "#amp;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("`", "#96;"),
    ):
        text = text.replace(char, code)
    return " ".join(text.split())


def dot(workflow: Workflow) -> str:
    """Give the graph as Graphviz text."""
    graph = graph_of(workflow)
    lines = [
        f"digraph {_dot_text(workflow.name)} {{",
        (
            f"  label={_dot_text(f'{workflow.title}　第{workflow.version}版')}; labelloc=t; "
            f"rankdir=TB;"
        ),
        (
            '  node [shape=box, style="rounded,filled", fillcolor="#f3f6fa", '
            'fontname="Noto Sans CJK SC"];'
        ),
        '  edge [fontname="Noto Sans CJK SC", fontsize=11];',
    ]
    for number, phase in enumerate(
        dict.fromkeys(state.phase for state in workflow.states.values())
    ):
        if phase:
            lines.append(f"  subgraph cluster_{number} {{ label={_dot_text(phase)}; color=gray;")
        for state in (state for state in workflow.states.values() if state.phase == phase):
            text = "\n".join(
                filter(
                    None, (state.title, caption(workflow, state), *graph.inside.get(state.name, ()))
                )
            )
            ends = ", peripheries=2" if state.final else ""
            lines.append(f"  {_dot_text(state.name)} [label={_dot_text(text)}{ends}];")
        if phase:
            lines.append("  }")
    for number, arrow in enumerate((*graph.arrows, *graph.grouped)):
        source = _dot_text(arrow.source)
        if arrow in graph.grouped:
            lines.append(f'  group_{number} [label={source}, shape=plaintext, style=""];')
            source = f"group_{number}"
        look = f'color="{COLOURS[arrow.kind]}"' + (
            "" if arrow.kind == "forward" else ", style=dashed"
        )
        back = ", constraint=false" if arrow.kind == "return" else ""
        lines.append(
            f"  {source} -> {_dot_text(arrow.target)} "
            f"[label={_dot_text(chr(10).join(arrow.titles))}, "
            f"{look}{back}];"
        )
    for number, (group, title) in enumerate(graph.everywhere):
        lines.append(
            f"  everywhere_{number} [label={_dot_text(f'{group}：{title}')}, shape=plaintext, "
            f'style=""];'
        )
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
