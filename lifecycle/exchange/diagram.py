"""A workflow as a picture, in the format that a file's extension asks for.

Mermaid and DOT are written here, SVG in `svg`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from lifecycle.errors import InvalidError
from lifecycle.exchange.drawing import COLOURS, caption, graph_of
from lifecycle.exchange.svg import svg
from lifecycle.workflow.model import Workflow


def draw(workflow: Workflow, file: str) -> str:
    """Draw a workflow in the format that a file's extension asks for.

    Raises InvalidError for any other.
    """
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
        back = ", constraint=false" if arrow.kind in ("return", "reopen") else ""
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
