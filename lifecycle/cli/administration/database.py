"""`backup`, `restore`, `upgrade`: the database as a whole."""

from __future__ import annotations

from pathlib import Path

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import argument, command
from lifecycle.cli.terminal.output import say


@command(
    "backup",
    help="备份整个台账到一个文件：数据库、全部材料和校验清单。办理照常进行，"
    "备份的是同一时刻的内容"
    "。",
    examples=["lifecycle backup 2026-08-01.tar"],
    alone="备份包含全部材料，须由库的主人做",
)
@argument("target", metavar="文件", help="备份文件，不能已经存在")
@at_desk
def backup(desk: Desk, target: str) -> None:
    """Write a backup."""
    from lifecycle.office.administration.database import back_up

    made = back_up(desk.office, Path(target))
    document = {"file": target, "files": made.files, "bytes": made.bytes}
    told = f"已备份到 {target}：{made.files} 个文件，{made.bytes} 字节"
    desk.answer(document, lambda: say(told))


@command(
    "restore",
    help="从备份恢复到一个新的位置；先逐个核对校验值，有一个不符就不恢复。不会覆盖已有的数据库。",
    examples=["lifecycle restore 2026-08-01.tar --db sqlite:///恢复/lifecycle.db"],
    alone="恢复是另建一个库",
)
@argument("source", metavar="文件", help="备份文件")
@at_desk
def restore(desk: Desk, source: str) -> None:
    """Restore a backup."""
    from lifecycle.office.administration.database import restore as put_back

    made = put_back(Path(source), desk.db)
    document = {"database": made.database, "files": made.files}
    told = f"已恢复到 {made.database}：{made.files} 个文件。请接着运行 lifecycle audit"
    desk.answer(document, lambda: say(told))


@command(
    "upgrade",
    help="把旧版式的数据库升级到本版本；先留一份副本。",
    examples=["lifecycle upgrade"],
    alone="升级须先停下服务，由库的主人做",
)
@at_desk
def upgrade(desk: Desk) -> None:
    """Bring an older database to this version's schema."""
    from lifecycle.office.administration.database import upgrade as bring_up

    made = bring_up(desk.db)
    copy = str(made.copy) if made.copy else None
    document = {"from": made.before, "to": made.after, "copy": copy}
    told = f"已是本版本的版式（{made.after}），无须升级"
    if copy:
        told = f"已由版式 {made.before} 升级到 {made.after}，原库的副本在 {copy}"
    desk.answer(document, lambda: say(told))
