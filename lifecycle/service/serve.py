"""`lifecycle serve`: the service, and the unit with which systemd runs it."""

from __future__ import annotations

import sys
from pathlib import Path

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command, option
from lifecycle.cli.terminal.output import say, warn
from lifecycle.errors import UnavailableError

SOCKET = "/run/lifecycle/lifecycle.sock"


@command(
    "serve",
    help="开服务：多名经办人各用自己的操作系统账户，经一个套接字使用同一个库；库和材料只归服务的账户。"
    "内核报出调用者的账户，名册（officer account）说账户是谁的，就以谁的身份办理。"
    "各人只须 export LIFECYCLE_DB=unix:套接字，命令照旧。",
    examples=[
        "lifecycle serve --db sqlite:////var/lib/lifecycle/lifecycle.db",
        "lifecycle serve --print-unit > /etc/systemd/system/lifecycle.service",
    ],
    alone="服务已经开着",
)
@option("--socket", "path", default=SOCKET, show_default=True, metavar="文件", help="套接字")
@option("--limits", metavar="文件", help="限度，默认用随程序的 settings/service.yaml")
@option("--print-unit", "unit", is_flag=True, help="只打印 systemd 的单元文件，不开服务")
@at_desk
def serve(desk: Desk, path: str, limits: str | None, unit: bool) -> None:
    """Run the service until it is told to stop."""
    if unit:
        text = unit_text(path)
        desk.answer({"unit": text}, lambda: say(text.rstrip("\n")))
        return
    if not sys.platform.startswith("linux"):
        raise UnavailableError("服务只能在 Linux 上开：别处的内核不这样报出调用者", "换一台机器")
    from lifecycle.service.limits import read_limits
    from lifecycle.service.server import serve as run
    from lifecycle.service.socket_file import allow_files, listen, see_private

    allowed = read_limits(Path(limits) if limits else None)
    office = desk.session.open(desk.db)  # closed before workers open it for themselves
    store = office.store
    place = store.place.absolute()
    if place.exists():  # a database on a server lies nowhere here
        see_private(place)
    accounts = sum(len(office.directory.accounts_of(code)) for code in office.directory.people)
    office.close()
    allow_files(allowed.connections)
    listener = listen(Path(path))

    def ready() -> None:
        warn(f"服务已开：{path}　库 {store.name}　已登记账户 {accounts} 个")
        if not accounts:
            warn("还没有人能用：请管理员先登记账户：lifecycle officer account 工号 账户")

    try:
        run(listener, store.url, place, allowed, ready)
    finally:
        Path(path).unlink(missing_ok=True)
    warn("服务已停")


def unit_text(path: str) -> str:
    """Write the unit for systemd: an account of its own, its data private, nothing else
    writable.
    """
    program = Path(sys.argv[0]).resolve()
    template = Path(__file__).with_name("lifecycle.service").read_text("utf-8")
    return template.replace("{program}", str(program)).replace("{socket}", path)
