"""A workflow drawn: nothing left out, nothing over anything else, no text that breaks
the format.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lifecycle.errors import InvalidError, Location
from lifecycle.exchange.diagram import draw
from lifecycle.exchange.drawing import graph_of, group_title
from lifecycle.exchange.svg import Picture
from lifecycle.workflow.model import Kind, Limit, Role, State, Transition, Workflow
from lifecycle.workflow.reader import read_workflow

HERE = Location("test.yaml")
NASTY = '"引号"<b>&\\#；]|`'


def state(name: str, title: str, phase: str | None = None, **more: Any) -> State:
    """Make a state."""
    return State(name, title, HERE, phase=phase, **more)


def move(name: str, title: str, source: str, to: str | None, kind: Kind = "forward") -> Transition:
    """Make a transition from states named in one string."""
    return Transition(name, title, kind, tuple(source.split()), to, ("bureau",), HERE)


def workflow(states: list[State], transitions: list[Transition]) -> Workflow:
    """Make a workflow of states and transitions only."""
    return Workflow(
        name="project",
        title="项目推进流程",
        version=1,
        basis="",
        number="",
        subject="",
        opened_by=("bureau",),
        roles={"bureau": Role("bureau", "市招商局", HERE)},
        parties={},
        panel=None,
        facts={},
        materials={},
        states={s.name: s for s in states},
        transitions=tuple(transitions),
        lights=(),
        digest="0" * 64,
        location=HERE,
    )


DUE = Limit("", 10, "workday", "内部承诺", HERE)
STATES = [
    state("scouting", "考察导入", "前期", lead="bureau", due=DUE),
    state("siting", "规划选址", "前期", lead="bureau"),
    state("intent", "签订意向书", "前期"),
    state("talks", "政策洽谈", "落地"),
    state("listing", "挂牌出让", "落地"),
    state("paused", "中止"),
    state("closed", "终止", final=True),
]
ALL = "scouting siting intent talks listing"
MOVES = [
    move("to_siting", "转入规划选址", "scouting", "siting"),
    move("to_intent", "转入意向", "siting", "intent"),
    move("to_talks", "转入洽谈", "intent", "talks"),
    move("to_listing", "转入挂牌", "talks", "listing"),
    move("skip", "直接挂牌", "siting", "listing"),
    move("refuse", "不准入", "scouting", "closed", "terminate"),
    move("send_back", "退回补正", "siting intent", "scouting", "return"),
    move("other_bidder", "竞得人非意向方", "listing", "talks", "return"),
    move("suspend", "中止", ALL, "paused", "suspend"),
    move("resume", "恢复", "paused", "previous", "resume"),
    move("close", "终止", ALL + " paused", "closed", "terminate"),
    move("extend", "延期", "listing", None, "record"),
    move("monthly", "月度进展", "siting intent talks listing", None, "record"),
    move("finish", "办结", "listing", "closed"),
]
PROJECT = workflow(STATES, MOVES)
DRAWN = ["a.svg", "a.mmd", "a.dot"]


@pytest.mark.parametrize("file", DRAWN)
def test_every_state_and_transition_is_drawn(file: str) -> None:
    """Each title stands in the picture, in every format."""
    text = draw(PROJECT, file)
    for title in [s.title for s in STATES] + [t.title for t in MOVES]:
        assert title in text, title


def test_transitions_from_many_states_are_drawn_from_a_group() -> None:
    """More than three sources become a group named exactly; what stays in its state is written
    inside.
    """
    graph = graph_of(PROJECT)
    assert [(a.source, a.target, a.titles) for a in graph.grouped] == [
        ("除中止外各环节", "paused", ("中止",)),
        ("任一环节", "closed", ("终止",)),
    ]
    assert graph.inside == {"paused": ("恢复（回到原环节）",), "listing": ("延期",)}
    assert graph.everywhere == (("除考察导入、中止外各环节", "月度进展"),)
    assert group_title(PROJECT, ("scouting", "siting", "intent")) == "前期各环节"
    assert group_title(PROJECT, ("scouting", "listing")) == "考察导入、挂牌出让"


@pytest.mark.parametrize("file", DRAWN)
def test_titles_cannot_break_the_format(file: str) -> None:
    """Quotes, brackets and markup in a title stay text."""
    nasty = workflow(
        [state("a", NASTY, NASTY), state("b", "乙", final=True)], [move("go", NASTY, "a", "b")]
    )
    text = draw(nasty, file)
    if file.endswith("svg"):
        root = ET.fromstring(text)
        assert [e.text for e in root.iter() if e.tag.endswith("text") and e.text == NASTY] == [
            NASTY
        ] * 3
    elif file.endswith("dot"):
        assert re.fullmatch(r'(?:[^"]|"(?:\\.|[^"\\])*")*', text)
        assert text.count("{") == text.count("}")
    else:
        assert "<b>" not in text
        for line in text.splitlines():
            assert line.count('"') in (0, 2)


def test_svg_boxes_and_lanes_do_not_overlap() -> None:
    """Boxes stand apart, lanes in one column stand apart, and all of it lies inside the picture."""
    picture = Picture(PROJECT)
    boxes = list(picture.boxes.values())
    for above, below in pairwise(boxes):
        assert above.y + above.height + 20 <= below.y
    for side in ("left", "right"):
        lanes = list(picture.lanes[side].values())
        for lane in lanes:
            assert 0 < picture._lane_x(side, lane) < picture.total
            for other in lanes:
                apart = lane.bottom < other.top or other.bottom < lane.top
                assert lane is other or lane.number != other.number or apart


def test_svg_rows_of_a_box_fit_it() -> None:
    """However many arrows leave a state, each has a row of its own within the box."""
    states = [
        state("a", "甲"),
        *(state(f"s{n}", f"环节{n}") for n in range(12)),
        state("z", "终", final=True),
    ]
    moves = [move(f"m{n}", f"去往{n}", "a", f"s{n}") for n in range(12)]
    picture = Picture(workflow(states, moves))
    box = picture.boxes["a"]
    rows = [picture._leaves(box, "right", arrow) for arrow in box.right]
    assert len(set(rows)) == 11
    assert max(rows) < box.y + box.height


def test_the_same_workflow_gives_the_same_picture() -> None:
    """A picture can be kept under version control."""
    assert [draw(PROJECT, f) for f in DRAWN] == [draw(PROJECT, f) for f in DRAWN]


def test_an_unknown_format_is_refused() -> None:
    """The message lists what can be drawn."""
    with pytest.raises(InvalidError) as caught:
        draw(PROJECT, "a.png")
    assert (caught.value.message, caught.value.mend) == (
        "不会画 .png 格式的图",
        "扩展名可用 .svg、.mmd（Mermaid）或 .dot",
    )


def test_what_a_transition_does_to_other_cases_is_drawn() -> None:
    """Each picture names it beside the transition: what is moved, and what is opened."""
    folder = Path(__file__).parents[1] / "data" / "effects"
    for name, told in (
        ("batch", "发起（带动 inspection）"),
        ("batch", "结束（带动 inspection.archive）"),
        ("transfer", "确认（带动 works.move）"),
    ):
        workflow = read_workflow((folder / f"{name}.yaml").read_bytes(), name)
        for picture in (draw(workflow, "a.mmd"), draw(workflow, "a.dot")):
            assert told in picture
