"""The machine's clock, where it has jumped: `clock show|announce|confirm`."""

from __future__ import annotations

from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.people import recorded
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, command
from lifecycle.cli.terminal.output import say
from lifecycle.errors import UsageError

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
    from lifecycle.office.administration.people import clock

    line = clock(desk.office)
    document = {
        "clock": line.clock,
        "last_recorded_at": line.last,
        "most_days": line.most_days,
        "behind": line.behind,
        "jumped": line.jumped,
        "announced_by": line.announced_by,
    }

    def tell() -> None:
        say(f"系统时钟　　{line.clock_told}（北京时间）")
        say(f"上一条记录　{line.last_told or '还没有'}")
        if line.behind:
            say(
                "系统时钟早于上一条记录，不能办理：时钟慢了的，校准；以前的时钟快了的，见手册“系统时钟不对”"
            )
        elif not line.jumped:
            say(f"相隔不超过 {line.most_days} 天，照常办理")
        elif line.announced_by:
            say(
                f"相隔超过 {line.most_days} 天；{line.announced_by} 已提出，待另一人 lifecycle "
                f"clock confirm"
            )
        else:
            say(
                f"相隔超过 {line.most_days} 天，不能办理：先看时钟对不对；没错的，lifecycle "
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
    from lifecycle.office.administration.people import announce_clock

    _refuse_day(desk)
    entry, shown = announce_clock(desk.office, request_of(desk))
    recorded(
        desk,
        entry,
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
    from lifecycle.office.administration.people import confirm_clock

    _refuse_day(desk)
    entry, shown = confirm_clock(desk.office, request_of(desk))
    recorded(desk, entry, f"已确认：系统时钟 {shown} 没有错，可以照常办理")


def _refuse_day(desk: Desk) -> None:
    if desk.on is not None:
        raise UsageError("时钟的事不能补录", "去掉 --on")
