"""As of a day, or as recorded at a time: how both are asked for and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.terminal.chinese import option
from lifecycle.cli.terminal.output import paint, say, warn
from lifecycle.office.clock import BEIJING

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.office.cases.show import ShownAmendment
    from lifecycle.office.view import View


class Time(click.ParamType[str]):
    """A time, written with day and clock, Beijing time unless it names its zone.

    Given as entries have it (UTC).
    """

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the time; a day alone means its end."""
        text = str(value).strip()
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"“{value}”不是时间；应写作 2026-08-01T15:30 或 2026-08-01", param, ctx)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            time += timedelta(days=1, microseconds=-1)
        time = time if time.tzinfo else time.replace(tzinfo=BEIJING)
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


as_recorded = option(
    "--as-recorded-at",
    "recorded",
    type=Time(),
    metavar="时刻",
    help="按这一时刻止已录入的来看（北京时间；只写日期的，算到当天结束）",
)
"""The option of what shows cases: beside `--on`, the day, the time of recording."""


def look(desk: Desk, recorded: str | None) -> View:
    """Look at the office as is asked for."""
    from lifecycle.office.view import view_of

    return view_of(desk.office, desk.on, recorded)


@contextmanager
def as_if_due(desk: Desk, recorded: str | None = None) -> Iterator[None]:
    """Look at the office of today as if everything were made that is due by itself; at that of a
    day or a time before as it then was.
    """
    if desk.on is not None or recorded is not None:
        yield
        return
    with desk.office.as_if_due() as made:
        if made is None:
            warn("有到期的事项还没有自动办理，库又写不了：看到的是办理以前的样子")
        yield


def as_of_json(view: View) -> dict[str, Any]:
    """Say as of when an answer is; nothing where neither a day nor a time was named."""
    if not view.asked:
        return {}
    return {"as_of": view.day, "as_recorded_at": view.as_of.at}


def print_as_of(view: View) -> None:
    """Say as of when what follows is, where it is not as it now is."""
    if view.heading:
        say(paint(view.heading, "yellow"))


def amended_json(amended: Sequence[ShownAmendment]) -> list[dict[str, Any]]:
    """Give, for machines, what was corrected later."""
    return [
        {
            "name": one.name,
            "title": one.title,
            "seq": one.seq,
            "on": one.on,
            "before": one.before,
            "after": one.after,
        }
        for one in amended
    ]


def print_amended(amended: Sequence[ShownAmendment]) -> None:
    """Print what was corrected later: the values before and after."""
    for one in amended:
        say(f"后更正　{one.title} {one.was} → {one.now}（第 {one.seq} 笔，{one.on}）")
