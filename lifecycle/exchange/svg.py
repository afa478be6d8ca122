"""A workflow as an SVG picture that needs no other program.

States stand down the middle in the order written, the way forward straight between them; longer
ways run in lanes on the right, ways back in lanes on the left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from lifecycle.exchange.drawing import COLOURS, KINDS, Arrow, Graph, caption, graph_of
from lifecycle.exchange.ink import FONT, arrowhead, label, stroke, width_of
from lifecycle.workflow.model import Kind, State, Workflow

ROW, LANE, EDGE, GAP, ROUND = 24, 18, 24, 44, 7


@dataclass(slots=True)
class Box:
    """One state's box, and the rows at its two sides where arrows leave and arrive."""

    state: State
    lines: list[str]
    left: list[Arrow] = field(default_factory=list)
    right: list[Arrow] = field(default_factory=list)
    groups: list[Arrow] = field(default_factory=list)
    down: list[Arrow] = field(default_factory=list)
    enters_left: bool = False
    enters_right: bool = False
    y: float = 0
    height: float = 0

    def measure(self) -> None:
        """Find the height that text and rows need."""
        text = 34 + 18 * len(self.lines)
        left = ROW * (len(self.left) + self.enters_left)
        right = ROW * (len(self.right) + len(self.groups) + self.enters_right)
        self.height = max(text, left + 12, right + 12, 52)

    def row(self, number: int) -> float:
        """Give the height at which a row's arrow runs."""
        return self.y + 20 + ROW * number


@dataclass(slots=True)
class Lane:
    """A vertical line that gathers all arrows of a kind into one state, on one side."""

    target: str
    kind: Kind
    top: float
    bottom: float
    number: int = 0


class Picture:
    """The layout of one workflow, and its drawing."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.graph = graph_of(workflow)
        self.order = {name: index for index, name in enumerate(workflow.states)}
        self.boxes = {s.name: Box(s, self._lines(s, self.graph)) for s in workflow.states.values()}
        self._seat()
        self._stack()
        self.lanes = {side: self._lanes(side) for side in ("left", "right")}
        self._spread()

    def _lines(self, state: State, graph: Graph) -> list[str]:
        own = caption(self.workflow, state)
        return ([own] if own else []) + [f"○ {title}" for title in graph.inside.get(state.name, ())]

    def _seat(self) -> None:
        """Give each arrow its side: straight down to the next state, right for further on, left for
        back.
        """
        for arrow in self.graph.arrows:
            box, steps = (
                self.boxes[arrow.source],
                self.order[arrow.target] - self.order[arrow.source],
            )
            if steps == 1 and not box.state.final:
                box.down.append(arrow)
            elif steps > 0:
                box.right.append(arrow)
                self.boxes[arrow.target].enters_right = True
            else:
                box.left.append(arrow)
                self.boxes[arrow.target].enters_left = True
        for arrow in self.graph.grouped:
            self.boxes[arrow.target].groups.append(arrow)

    def _stack(self) -> None:
        """Set the boxes below each other, with room for phases' names and the labels between."""
        y, phase = 84.0, None
        for box in self.boxes.values():
            if box.state.phase != phase:
                phase = box.state.phase
                y += 26 if phase else 10
            box.y = y
            box.measure()
            labels = sum(len(arrow.titles) for arrow in box.down)
            y += box.height + max(GAP, 26 + 18 * labels)
        self.bottom = y

    def _lanes(self, side: str) -> dict[tuple[str, Kind], Lane]:
        """Gather a side's arrows into lanes, the short ones inside, none over another."""
        found: dict[tuple[str, Kind], Lane] = {}
        for box in self.boxes.values():
            for arrow in getattr(box, side):
                ys = (self._leaves(box, side, arrow), self.boxes[arrow.target].row(0))
                lane = found.setdefault(
                    (arrow.target, arrow.kind), Lane(arrow.target, arrow.kind, min(ys), max(ys))
                )
                lane.top, lane.bottom = min(lane.top, *ys), max(lane.bottom, *ys)
        placed: list[Lane] = []
        for lane in sorted(found.values(), key=lambda lane: lane.bottom - lane.top):
            taken = {
                other.number
                for other in placed
                if lane.top < other.bottom + ROW and other.top < lane.bottom + ROW
            }
            lane.number = next(number for number in range(len(found) + 1) if number not in taken)
            placed.append(lane)
        return found

    def _leaves(self, box: Box, side: str, arrow: Arrow) -> float:
        if side == "left":
            return box.row(box.enters_left + box.left.index(arrow))
        return box.row(box.enters_right + len(box.groups) + box.right.index(arrow))

    def _spread(self) -> None:
        """Find the columns: lanes, labels, boxes, labels, lanes."""
        texts = [(line, 12) for box in self.boxes.values() for line in box.lines]
        texts += [(box.state.title, 16) for box in self.boxes.values()]
        self.width = max(200, max(width_of(text, size) for text, size in texts) + 36)
        labels = {
            side: [_label(a) for b in self.boxes.values() for a in getattr(b, side)]
            for side in ("left", "right")
        }
        labels["right"] += [
            _group_label(arrow) for box in self.boxes.values() for arrow in box.groups
        ]
        self.label = {
            side: max((width_of(text, 12) for text in found), default=0) + 28
            for side, found in labels.items()
        }
        count = {
            side: max((lane.number + 1 for lane in lanes.values()), default=0)
            for side, lanes in self.lanes.items()
        }
        self.x = EDGE + LANE * count["left"] + self.label["left"]
        self.right = self.x + self.width
        self.total = self.right + self.label["right"] + LANE * count["right"] + EDGE
        self.total = max(self.total, width_of(self._heading(), 20) + 2 * EDGE, 660)

    def _heading(self) -> str:
        return f"{self.workflow.title}　第{self.workflow.version}版"

    def _lane_x(self, side: str, lane: Lane) -> float:
        if side == "left":
            return self.x - self.label["left"] - LANE * lane.number
        return self.right + self.label["right"] + LANE * lane.number

    def draw(self) -> str:
        """Give the whole document."""
        foot = [f"{group}均可记录：{title}" for group, title in self.graph.everywhere]
        height = self.bottom + 30 + 20 * len(foot)
        parts = [
            self._head(height),
            f"<title>{escape(self._heading())}</title>",
            "<defs>" + "".join(arrowhead(kind) for kind in COLOURS) + "</defs>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            label(EDGE, 42, self._heading(), 20, bold=True),
            label(
                EDGE,
                64,
                f"{self.workflow.name}　SHA-256 {self.workflow.digest[:16]}",
                12,
                colour="#666666",
            ),
            *self._phases(),
            *(piece for side in ("right", "left") for piece in self._side(side)),
            *(piece for box in self.boxes.values() for piece in self._box(box)),
            *(
                label(EDGE, self.bottom + 20 * n, line, 12, colour=COLOURS["record"])
                for n, line in enumerate(foot)
            ),
            *self._legend(height - 16),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _head(self, height: float) -> str:
        size = f"{self.total:.0f} {height:.0f}"
        width, tall = size.split()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width}" '
            f'height="{tall}" '
            f'font-family="{FONT}" role="img">'
        )

    def _phases(self) -> Iterable[str]:
        """Draw a band behind each run of states of one phase."""
        runs: list[list[Box]] = []
        for box in self.boxes.values():
            if runs and runs[-1][-1].state.phase == box.state.phase:
                runs[-1].append(box)
            else:
                runs.append([box])
        for run in runs:
            if not run[0].state.phase:
                continue
            top, bottom = run[0].y - 28, run[-1].y + run[-1].height + 12
            yield (
                f'<rect x="{self.x - 12:.0f}" y="{top:.0f}" width="{self.width + 24:.0f}" '
                f'height="{bottom - top:.0f}" rx="10" fill="#f1f1ec"/>'
            )
            yield label(self.x, top + 19, run[0].state.phase, 13, bold=True, colour="#6b6b5f")

    def _side(self, side: str) -> Iterable[str]:
        """Draw the arrows in the lanes of one side, with their labels beside the box that they
        leave.
        """
        edge, sign = (self.x, -1) if side == "left" else (self.right, 1)
        for box in self.boxes.values():
            for arrow in getattr(box, side):
                lane = self.lanes[side][arrow.target, arrow.kind]
                here, there = self._leaves(box, side, arrow), self.boxes[arrow.target].row(0)
                x, turn = self._lane_x(side, lane), ROUND if there > here else -ROUND
                path = (
                    f"M{edge:.0f} {here:.0f}H{x - sign * ROUND:.0f}Q{x:.0f} {here:.0f} {x:.0f} "
                    f"{here + turn:.0f}"
                    f"V{there - turn:.0f}Q{x:.0f} {there:.0f} {x - sign * ROUND:.0f} "
                    f"{there:.0f}H"
                    f"{edge + sign * 3:.0f}"
                )
                yield stroke(path, arrow.kind)
        for box in self.boxes.values():
            for arrow in getattr(box, side):
                anchor = "end" if side == "left" else "start"
                y = self._leaves(box, side, arrow) - 5
                yield label(
                    edge + sign * 12,
                    y,
                    _label(arrow),
                    12,
                    colour=COLOURS[arrow.kind],
                    anchor=anchor,
                )
            if side == "right":
                for number, arrow in enumerate(box.groups):
                    y = box.row(box.enters_right + number)
                    yield stroke(
                        f"M{edge + 12 + width_of(_group_label(arrow), 12):.0f} "
                        f"{y:.0f}H{edge + 3:.0f}",
                        arrow.kind,
                    )
                    yield label(
                        edge + 12, y - 5, _group_label(arrow), 12, colour=COLOURS[arrow.kind]
                    )

    def _box(self, box: Box) -> Iterable[str]:
        """Draw a state and the way straight down from it."""
        fill, edge = ("#e8e8e8", "#666666") if box.state.final else ("#eaf1f8", COLOURS["forward"])
        radius = 18 if box.state.final else 6
        yield (
            f'<rect x="{self.x:.0f}" y="{box.y:.0f}" width="{self.width:.0f}" '
            f'height="{box.height:.0f}" '
            f'rx="{radius}" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'
        )
        middle = self.x + self.width / 2
        yield label(middle, box.y + 24, box.state.title, 16, bold=True, anchor="middle")
        for number, line in enumerate(box.lines):
            colour = COLOURS["record"] if line.startswith("○") else "#444444"
            yield label(middle, box.y + 44 + 18 * number, line, 12, colour=colour, anchor="middle")
        if box.down:
            following = list(self.boxes.values())[self.order[box.state.name] + 1]
            kind = box.down[0].kind
            yield stroke(f"M{middle:.0f} {box.y + box.height:.0f}V{following.y - 3:.0f}", kind)
            titles = [(title, arrow.kind) for arrow in box.down for title in arrow.titles]
            for number, (title, kind) in enumerate(titles):
                y = box.y + box.height + 20 + 18 * number
                yield label(middle + 10, y, title, 12, colour=COLOURS[kind], halo=True)

    def _legend(self, y: float) -> Iterable[str]:
        used = {arrow.kind for arrow in (*self.graph.arrows, *self.graph.grouped)}
        x = float(EDGE)
        for kind in KINDS:
            if kind in used:
                yield stroke(f"M{x:.0f} {y - 4:.0f}h28", kind)
                yield label(x + 36, y, KINDS[kind], 12, colour="#444444")
                x += 90


def svg(workflow: Workflow) -> str:
    """Give the picture as SVG text; the same workflow always gives the same bytes."""
    return Picture(workflow).draw()


def _label(arrow: Arrow) -> str:
    return "／".join(arrow.titles)


def _group_label(arrow: Arrow) -> str:
    return f"{arrow.source}：{_label(arrow)}"
