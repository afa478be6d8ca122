"""`doctor`: is the office kept safely, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import command
from lifecycle.cli.terminal.failure import DONE, REFUSED
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.paragraph import flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle.office.administration.doctor import FileHealth, ServerHealth

JOURNALS = {"wal": "预写日志（WAL）", "truncate": "回滚日志（TRUNCATE）"}


@command(
    "doctor",
    help="体检：数据库用的是哪个 SQLite（或哪台 PostgreSQL 服务器）、怎样落盘，占用和剩余的空间，"
    "文件的权限、正开着的事务；不妥之处各给出改法。牵头单位人手不够、有人处理不同意见后就没有别人能接着办的，也提示。"
    "退出码：0 没有问题，1 有问题，3 未能检查。",
    examples=["lifecycle doctor", "lifecycle doctor --json"],
)
@at_desk
def doctor(desk: Desk) -> int:
    """Examine the office."""
    from lifecycle.office.administration.doctor import staffing

    return examine_database(desk, staffing(desk.office))


def examine_database(desk: Desk, hints: Sequence[str] = ()) -> int:
    """Tell how the database is kept, and what else is good to know; give the exit code."""
    from lifecycle.office.administration.doctor import ServerHealth, examine

    health = examine(desk.office)
    if isinstance(health, ServerHealth):
        desk.answer({**_of_server(health), "hints": list(hints)}, lambda: _tell_server(health))
    else:
        desk.answer({**_of_file(health), "hints": list(hints)}, lambda: _tell_file(health))
    if not desk.json:
        for hint in hints:
            flow("提示：", hint)
    return REFUSED if health.findings else DONE


def _findings(health: FileHealth | ServerHealth) -> list[dict[str, str]]:
    return [
        {"code": unsafe.code, "message": unsafe.message, "mend": unsafe.mend}
        for unsafe in health.findings
    ]


def _tell_findings(health: FileHealth | ServerHealth) -> None:
    for unsafe in health.findings:
        say(paint(f"✗ {unsafe.message}", "red"))
        say(f"  改法：{unsafe.mend}")
    if not health.findings:
        say(paint("没有发现问题", "green"))


def _of_server(health: ServerHealth) -> dict[str, object]:
    return {
        "ok": not health.findings,
        "database": health.name,
        "postgresql": health.settings | {"standby": health.standby},
        "login": health.login,
        "role": health.role,
        "bytes": {
            "database": health.database,
            "entries": health.entries,
            "materials": health.materials,
        },
        "materials": health.materials_count,
        "transactions": [
            {"pid": one.pid, "login": one.login, "state": one.state, "seconds": one.seconds}
            for one in health.transactions
        ],
        "findings": _findings(health),
    }


def _tell_server(health: ServerHealth) -> None:
    found = health.settings
    standby = "，备机，只读" if health.standby else ""
    say(f"数据库　{health.name}{standby}")
    say(f"服务器　PostgreSQL {found['server_version']}，数据页校验 {found['data_checksums']}")
    say(
        f"落盘　　fsync={found['fsync']}，full_page_writes={found['full_page_writes']}，"
        f"synchronous_commit={found['synchronous_commit']}"
    )
    say(f"备机　　{found['synchronous_standby_names'] or '没有同步备机'}")
    say(f"账户　　{health.login}，以 {health.role} 办理")
    say(
        f"占用　　数据库 {_size(health.database)}，记录 {_size(health.entries)}，"
        f"材料 {_size(health.materials)}（{health.materials_count} 个文件）"
    )
    running = [f"{one.login} {one.seconds} 秒" for one in health.transactions]
    say(f"事务　　{'，'.join(running) or '没有别人开着的'}")
    _tell_findings(health)


def _of_file(health: FileHealth) -> dict[str, object]:
    sizes = health.sizes
    return {
        "ok": not health.findings,
        "database": str(health.path),
        "sqlite": {
            "library": health.library,
            "version": health.version,
            "wal_bug_fixed": health.wal_bug_fixed,
            "journal_mode": health.journal_mode,
            "synchronous": health.synchronous,
        },
        "readonly": health.readonly,
        "network": health.network or None,
        "bytes": {
            "database": sizes.database,
            "log": sizes.log,
            "materials": sizes.materials,
            "free": sizes.free,
        },
        "materials": sizes.materials_count,
        "modes": [{"file": name, "mode": mode} for name, mode in health.modes],
        "findings": _findings(health),
    }


def _tell_file(health: FileHealth) -> None:
    sizes = health.sizes
    bug = "WAL 缺陷已修复" if health.wal_bug_fixed else "有 WAL 缺陷，因此不用预写日志"
    journal = JOURNALS.get(health.journal_mode, health.journal_mode)
    written = "，以只读方式打开：这个账户不能写" if health.readonly else ""
    say(f"数据库　{health.path}{written}")
    say(f"SQLite　{health.version}（{health.library}）：{bug}")
    say(f"落盘　　{journal}，synchronous={health.synchronous}")
    say(f"位置　　{health.network or '本机磁盘'}，剩余 {_size(sizes.free)}")
    say(
        f"占用　　数据库 {_size(sizes.database)}，日志 {_size(sizes.log)}，"
        f"材料 {_size(sizes.materials)}（{sizes.materials_count} 个文件）"
    )
    say(f"权限　　{'，'.join(f'{name} {mode}' for name, mode in health.modes)}")
    _tell_findings(health)


def _size(count: int) -> str:
    """Write a number of bytes in the largest unit of which there is one."""
    size, units = float(count), ["字节", "KB", "MB", "GB", "TB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{count} 字节" if units[0] == "字节" else f"{size:.1f} {units[0]}"
