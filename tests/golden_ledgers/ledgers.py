"""The four ledgers that are kept: how the commands of each come about, and how a ledger is made
from them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from drawing import Drawer
from ledger_lines import Line, checkpoint_lines, entry_lines, replay_surface
from playing import Player, Step, stage
from samples import Samples, samples_of
from test_walk import BRANCHES
from walking import FOUNDED, Walk, WalkClock

PREFIX = 600
"""After so many commands a checkpoint is kept, so that a first part can be compared alone."""
INIT = Step(("init", "--from", "definitions/demo/office.yaml"))
PEOPLE = (
    ("bureau03", "办公室核稿人", "--unit", "bureau", "--role", "bureau", "--role", "reviewer"),
    ("bureau04", "分管负责人", "--unit", "bureau", "--role", "bureau", "--role", "signer"),
    ("clerk01", "机要收发员", "--unit", "bureau", "--role", "clerk"),
)
"""Those through whose hands the letters of the tiny office pass."""
CHANNELS = "units:\n  reform: {folder: 交换/发改}\n  land: {folder: 交换/国土}\n"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger: its name, whose definitions it goes by, when its first command is given, and how to
    draw them.
    """

    name: str
    office: str
    start: str
    draw: Callable[[Player], None]


@dataclass(frozen=True, slots=True)
class Recording:
    """What is kept of a ledger: `ledger` may not change, `surface` only on purpose; `samples` show
    its documents.
    """

    commands: list[Step]
    ledger: list[Line]
    surface: list[Line]
    samples: Samples


def _draw_demo(player: Player) -> None:
    """The worked example, and a look at each of its cases."""
    player.play(Step(("demo", "--into", ".")))
    for shape in ((), ("--json",)):
        for words in (
            ("list",),
            ("board",),
            ("todo", "--as", "bureau01"),
            ("tick",),
            ("search", "云", "公司"),
            ("search", "茶旅"),
            ("search", " "),
            ("notice", "list"),
            ("notice", "outbox"),
        ):
            player.play(Step((*words, *shape)))
    for case in player.asks("list")["cases"]:
        for verb in ("show", "log", "replay"):
            player.play(Step((verb, case["number"])))
            player.play(Step((verb, case["number"], "--json")))


class _Walked(Walk):
    """The long walk, as given to a player; of what it only asks, every tenth question is kept."""

    def __init__(self, player: Player) -> None:
        super().__init__(Path(), WalkClock(FOUNDED))
        self.player = player
        self.asked = 0
        self.run(*INIT.argv)

    def run(self, *words: str, code: int = 0) -> Result:
        if words[-1] == "--json":
            self.asked += 1
            if self.asked % 10:
                return self.player.give(*words)
        named = [word for word in words if word.endswith(".txt") and Path(word).exists()]
        files = {name: Path(name).read_text(encoding="utf-8") for name in named}
        self.clock.tick()
        seconds = int((self.clock.now - self.player.turn.now).total_seconds())
        played = self.player.play(Step(words, seconds, files))
        assert played.code == code, played
        return self.player.result


def _draw_walk(player: Player) -> None:
    """The long walk through every stage and transition."""
    _Walked(player).together(BRANCHES)


def _draw_city(player: Player) -> None:
    """4000 random commands on projects and supervision orders."""
    folders = {f"交换/{name}/.keep": "" for name in ("发改", "国土")}
    player.play(Step(INIT.argv, 1, {"lifecycle.db.delivery.yaml": CHANNELS, **folders}))
    for unit, officer in (
        ("owner-liandu", "owner001"),
        ("owner-jkq", "owner002"),
        ("owner-longquan", "owner003"),
    ):
        functions = ("--function", "owner", "--function", "undertaker")
        player.play(Step(("unit", "change", unit, *functions, "--as", "admin")))
        player.play(Step(("officer", "grant", officer, "undertaker", "--as", "admin")))
    files = [Path("definitions/workflows") / f"{name}.yaml" for name in ("project", "supervision")]
    drawer = Drawer(player, 20260302, files, {"project": "bureau01", "supervision": "bureau01"})
    while player.turn.number < 4000:
        drawer.draw()


def _draw_tiny(player: Player) -> None:
    """1000 random commands on the tiny workflow of the tests."""
    player.play(INIT)
    for words in PEOPLE:
        player.play(Step(("officer", "add", *words, "--as", "admin")))
    drawer = Drawer(
        player, 20260303, [Path("definitions/workflows/visit.yaml")], {"visit": "bureau01"}
    )
    while player.turn.number < 1000:
        drawer.draw()


LEDGERS = {
    ledger.name: ledger
    for ledger in (
        Ledger("demo", "city", "2026-11-20T02:00:00", _draw_demo),
        Ledger("walk", "city", "2023-01-03T01:00:00", _draw_walk),
        Ledger("city", "city", "2026-03-02T01:00:00", _draw_city),
        Ledger("tiny", "tiny", "2026-03-02T01:00:00", _draw_tiny),
    )
}


def play(
    ledger: Ledger, steps: Iterable[Step] | None, folder: Path, definitions: Path
) -> Recording:
    """Give a ledger's commands, or draw them anew where there are none, and tell what came of them.

    What is told at `PREFIX` is the same however many commands follow.
    """
    told: list[Line] = []
    shown: list[Line] = []

    def tell() -> None:
        told.extend(checkpoint_lines(player))
        shown.extend(replay_surface(player))

    def tell_at_prefix() -> None:
        if player.turn.number == PREFIX:
            tell()

    with stage(folder, ledger.start, definitions / ledger.office) as player:
        player.after_each = tell_at_prefix
        if steps is None:
            ledger.draw(player)
        else:
            for step in steps:
                player.play(step)
        if player.turn.number != PREFIX:
            tell()
        entries = list(entry_lines(player.played))
    commands = [played.step for played in player.played]
    surface = [played.surface() for played in player.played]
    return Recording(
        commands, [*entries, *told], [*surface, *shown], samples_of(ledger.name, player.played)
    )


def upto(lines: Iterable[Line], number: int) -> Iterator[Line]:
    """Take of kept lines those that the first commands make."""
    return (line for line in lines if (line["n"] if "n" in line else line["at"]) <= number)
