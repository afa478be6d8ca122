"""What every command has before it: the database, the officer, the day, the kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from lifecycle.cli.terminal.answer import write_answer
from lifecycle.cli.terminal.chinese import Command, CommonOption
from lifecycle.cli.terminal.output import say
from lifecycle.errors import InvalidError, UsageError
from lifecycle.office.session import caller_of

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.office.session import Caller, Session

P = ParamSpec("P")
R = TypeVar("R")


class Day(click.ParamType[date]):
    """A calendar day, written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day."""
        day = None
        with suppress(ValueError):
            # Python 3.11 also reads 20260801 and 2026-W31-6: one way of writing is enough.
            day = date.fromisoformat(value) if len(value) == 10 and value[4:8:3] == "--" else None
        return day or self.fail(f"“{value}”不是日期；应写作 YYYY-MM-DD，如 2026-08-01", param, ctx)


@dataclass(frozen=True)
class Desk:
    """The place from which one command is given; the office behind it opens when first needed."""

    db: str | None
    officer_code: str | None
    on: date | None
    json: bool
    request_id: str | None
    session: Session

    @cached_property
    def office(self) -> Office:
        """Open the office; it is closed with the command."""
        return self.opened(create=False)

    def opened(self, *, create: bool) -> Office:
        """Open the office, making its database where there is none if asked to."""
        office = self.session.open(self.db, create=create)
        office.looks(self.officer_code)
        click.get_current_context().find_root().call_on_close(office.close)
        return office

    @property
    def officer(self) -> str:
        """Give the officer's code, or say how to give one."""
        if not self.officer_code:
            raise UsageError(
                "没有说明由谁办理", "加 --as 工号，或先运行 export LIFECYCLE_OFFICER=工号"
            )
        return self.officer_code

    def answer(
        self,
        document: Mapping[str, object],
        print_for_people: Callable[[], object],
        *,
        following: Sequence[str] = (),
    ) -> None:
        """Answer with one JSON document, or print for people.

        `ok` of the document, true where it says nothing, tells whether all went well; the rest is
        the command's own. `following` are commands that may come next.
        """
        if self.json:
            data = {key: value for key, value in document.items() if key != "ok"}
            write_answer(data, following, ok=bool(document.get("ok", True)))
        else:
            print_for_people()

    def tell(self, text: str) -> None:
        """Print a remark for people; a machine is not told."""
        if not self.json:
            say(text)


_OPTIONS = (
    click.option(
        "--db",
        cls=CommonOption,
        metavar="URL",
        envvar="LIFECYCLE_DB",
        show_envvar=True,
        help="数据库",
    ),
    click.option(
        "--as",
        "officer_code",
        cls=CommonOption,
        metavar="工号",
        envvar="LIFECYCLE_OFFICER",
        show_envvar=True,
        help="以谁的身份办理",
    ),
    click.option(
        "--on",
        cls=CommonOption,
        type=Day(),
        metavar="YYYY-MM-DD",
        help="办理的，是补录：事情发生在哪一天；查看的，看截至哪一天。默认今天",
    ),
    click.option("--json", cls=CommonOption, is_flag=True, help="输出一个 JSON 文档，供程序读取"),
    click.option(
        "--request-id",
        cls=CommonOption,
        metavar="编号",
        help="重发同一指令时用同一编号，只生效一次",
    ),
)

_COMMON = ("db", "officer_code", "on", "json", "request_id")


def _called(desk: Desk, caller: Caller, command: click.Command) -> Desk:
    """Seat the officer whose the account is that calls a service; nobody else sits there.

    Ends the command where it is to be done elsewhere, or where files must be sent first. Raises
    InvalidError for what the account may not do.
    """
    assert isinstance(command, Command), "every command is made by `command`"
    if command.here:
        caller.here = True
        raise click.exceptions.Exit(0)
    if command.alone:
        raise InvalidError(
            f"{_typed()} 不能通过服务办理：{command.alone}",
            "在服务的机器上以服务的账户运行，用 --db 写明库文件；见手册 docs/serve.md",
        )
    if desk.db and not desk.db.startswith("unix:"):
        raise InvalidError("服务只办它自己的库", "去掉 --db，或改为 --db unix:服务的套接字")
    if command.afresh:
        caller.renew()
    office = replace(desk, db=None, officer_code=None).office
    officer = caller_of(office, caller.account, desk.officer_code)
    if caller.errand.missing():
        raise click.exceptions.Exit(0)
    office.looks(officer)
    return replace(desk, db=None, officer_code=officer)


def _typed() -> str:
    """Give the words that call the command, without the program's name."""
    return click.get_current_context().command_path.partition(" ")[2]


def at_desk(function: Callable[Concatenate[Desk, P], R]) -> Callable[P, R]:
    """Give a command the options that all have, and its function a `Desk` as first argument."""

    @wraps(function)
    def seated(*args: P.args, **kwargs: P.kwargs) -> R:
        given: dict[str, Any] = dict(kwargs)
        common = {name: given.pop(name) for name in _COMMON}
        context = click.get_current_context()
        desk = Desk(**common, session=context.obj)
        if desk.session.caller is not None:
            desk = _called(desk, desk.session.caller, context.command)
        return function(desk, *args, **given)

    for option in reversed(_OPTIONS):
        option(seated)
    # Click stacks options in reverse: those declared below @at_desk are the command's own and come
    # first.
    return seated
