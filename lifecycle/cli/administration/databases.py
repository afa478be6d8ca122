"""`db copy`, `db check`: a database as such, in a file or on a server."""

from __future__ import annotations

from lifecycle.cli.administration.doctor import examine_database
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command
from lifecycle.cli.terminal.output import Bar, say

db = Group(
    "db",
    help="数据库：从文件抄到服务器，或抄回来；看存放得是否稳妥。",
    sections={
        "命令": {
            "copy": Verb(f"{__name__}:db_copy", "把整个台账抄到另一个库"),
            "check": Verb(f"{__name__}:db_check", "看设置、占用、落盘和正开着的事务"),
        }
    },
)


@command(
    "copy",
    help="把整个台账（记录、定义、材料、固定的公文）抄到另一个库：从文件到 PostgreSQL 服务器，"
    "或抄回来。抄完逐条核对，检查点相同；在那以前，新库谁也打不开。"
    "中途停下的，再运行一次同样的命令就接着抄。",
    examples=[
        "lifecycle db copy lifecycle.db postgresql+psycopg://管理员@主机/office",
        "lifecycle db copy postgresql+psycopg://管理员@主机/office 新库.db",
    ],
    alone="抄库须由两个库的主人做",
)
@argument("source", metavar="来源", help="来源：文件或 postgresql+psycopg://…")
@argument("target", metavar="新库", help="新库：还没有的文件，或服务器上的空库")
@at_desk
def db_copy(desk: Desk, source: str, target: str) -> None:
    """Copy a ledger into another database."""
    from lifecycle.office.administration.database import copy

    bar = Bar("抄库")

    def tell(what: str, done: int, total: int) -> None:
        bar.title = what
        bar.show(done, total)

    try:
        made = copy(source, target, tell)
    finally:
        bar.clear()
    document = {
        "from": made.source,
        "to": made.target,
        "entries": made.entries,
        "files": made.files,
        "checkpoint": made.checkpoint,
    }

    def told() -> None:
        say(f"已抄到 {made.target}：记录 {made.entries} 条，材料 {made.files} 件，逐条核对相同")
        say(f"检查点　{made.checkpoint}")

    desk.answer(document, told)


@command(
    "check",
    help="看数据库的设置、占用、落盘方式和正开着的事务；不妥之处各给出改法。",
    examples=["lifecycle db check"],
)
@at_desk
def db_check(desk: Desk) -> int:
    """Examine the database."""
    return examine_database(desk)
