"""Who acts, for whom, and who did what is recorded only now: the options of every act."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from lifecycle.cli.terminal.chinese import option
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.cli.desk import Desk
    from lifecycle.office.cases.cases import Request

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _keep(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    ctx.meta[f"lifecycle.{param.name}"] = value


_OPTIONS: tuple[_Decorator, ...] = (
    option("--for", "principal", metavar="工号", help="代谁办理；须有其委托"),
    option(
        "--done-by",
        metavar="工号",
        expose_value=False,
        callback=_keep,
        help="补录时：当时是谁办的；须是同一单位、同一角色",
    ),
    option(
        "--because",
        metavar="理由",
        expose_value=False,
        callback=_keep,
        help="补录时：为什么现在才录入，或不由其本人补录；补录意见必写",
    ),
)


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say whose act it is; `principal` becomes its parameter."""
    for add in reversed(_OPTIONS):
        function = add(function)
    return function


def request_of(desk: Desk, principal: str | None = None, *, dry_run: bool = False) -> Request:
    """Say who acts, for whom and when, and who had done it.

    Raises UsageError for options that do not go together.
    """
    from lifecycle.office.cases.cases import Request

    caller = desk.session.caller
    request_id = desk.request_id
    if request_id is None and caller is not None:
        request_id = caller.request_id
    meta = click.get_current_context().meta
    done_by, because = meta.get("lifecycle.done_by"), meta.get("lifecycle.because") or ""
    if done_by and principal:
        raise UsageError("--done-by 和 --for 不能一起写", "补录别人办的事，不再代人办理")
    return Request(desk.officer, principal, desk.on, request_id, dry_run, done_by, because.strip())
