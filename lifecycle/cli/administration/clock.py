"""The machine's clock, where it has jumped: `clock show|announce|confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.cli.administration.people import change_told
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, command
from lifecycle.cli.terminal.output import say
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request

clock = Group(
    "clock",
    help="系统时钟：距上一条记录太久的，办理先停，由两个人确认时钟没错以后继续。",
    sections={
        "命令": {
            "show": Verb(f"{__name__}:clock_show", "看系统时钟和上一条记录的时间"),
            "announce": Verb(f"{__name__}:clock_announce", "提出：时钟没错"),
            "confirm": Verb(f"{__name__}:clock_confirm", "确认：另一个人看过，时钟没错"),
        }
    },
)


@command("show", help="看系统时钟、上一条记录的时间，以及还能不能照常办理。")
@at_desk
def clock_show(desk: Desk) -> None:
    """Show the clock beside the last entry."""
    from lifecycle.people.clock import in_beijing

    state = desk.office.clock_state()
    document = {
        "ok": True,
        "clock": state.clock,
        "last_recorded_at": state.last,
        "most_days": state.most_days,
        "jumped": state.jumped,
        "announced_by": state.announced_by,
    }

    def tell() -> None:
        say(f"系统时钟　　{in_beijing(state.clock)}（北京时间）")
        say(f"上一条记录　{in_beijing(state.last) if state.last else '还没有'}")
        if not state.jumped:
            say(f"相隔不超过 {state.most_days} 天，照常办理")
        elif state.announced_by:
            say(
                f"相隔超过 {state.most_days} 天；{state.announced_by} 已提出，待另一人 lifecycle "
                f"clock confirm"
            )
        else:
            say(
                f"相隔超过 {state.most_days} 天，不能办理：先看时钟对不对；没错的，lifecycle "
                f"clock announce"
            )

    desk.answer(document, tell)


@command(
    "announce",
    help="提出：距上一条记录已久，系统时钟没有错。由管理员办；记录时间仍记为上一条的时间，"
    "到另一人确认为止。",
    examples=["lifecycle clock announce --as admin"],
)
@at_desk
def clock_announce(desk: Desk) -> None:
    """Announce a jump of the clock."""
    from lifecycle.people.clock import in_beijing

    body = desk.office.announce_clock(_act(desk))
    shown = in_beijing(body["intent"]["data"]["clock"])
    change_told(
        desk,
        body,
        f"已提出：系统时钟 {shown} 没有错；请另一名管理员或审计员当天 lifecycle clock confirm",
    )


@command(
    "confirm",
    help="确认别人提出的时钟：须是另一名管理员或审计员，在提出的同一天（北京时间）。"
    "确认后照常办理。",
    examples=["lifecycle clock confirm --as auditor01"],
)
@at_desk
def clock_confirm(desk: Desk) -> None:
    """Confirm a jump of the clock."""
    from lifecycle.people.clock import in_beijing

    body = desk.office.confirm_clock(_act(desk))
    change_told(
        desk, body, f"已确认：系统时钟 {in_beijing(body['recorded_at'])} 没有错，可以照常办理"
    )


def _act(desk: Desk) -> Request:
    from lifecycle.ledger.register import Request

    if desk.on is not None:
        raise UsageError("时钟的事不能补录", "去掉 --on")
    return Request(desk.officer, None, None, desk.request_id)
