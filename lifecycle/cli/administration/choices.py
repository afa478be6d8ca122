"""The shared lists of choices: `choices list|show|check|diff|publish|schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.acting import request_of
from lifecycle.cli.administration.rules import tell_changes
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.faults import tell_faults, tell_published
from lifecycle.cli.files import INPUT
from lifecycle.cli.terminal.chinese import Group, Verb, argument, command
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.table import write_table

if TYPE_CHECKING:
    from lifecycle.office.administration.choices import ListEntry

choices = Group(
    "choices",
    help="选项表：几个流程共用的选项，例如市县区。列出、查看、检查、比较、发布。",
    sections={
        "命令": {
            "list": Verb(f"{__name__}:choices_list", "列出现行的选项表"),
            "show": Verb(f"{__name__}:choices_show", "一张表的各项：编码、名称、别名、起止"),
            "check": Verb(f"{__name__}:choices_check", "检查选项表文件，列出全部错误"),
            "diff": Verb(f"{__name__}:choices_diff", "比较两张表，逐项列出不同"),
            "publish": Verb(f"{__name__}:choices_publish", "发布选项表（管理员）"),
            "schema": Verb(f"{__name__}:choices_schema", "输出 JSON Schema，供编辑器提示"),
        }
    },
)


@command("list", help="列出现行的选项表。", examples=["lifecycle choices list"])
@at_desk
def choices_list(desk: Desk) -> None:
    """List the lists in force."""
    from lifecycle.office.administration.choices import lists_in_force

    found = lists_in_force(desk.office)
    heads = ("选项表", "名称", "可选", "共", "用它的流程", "SHA-256")
    rows = [
        (
            line.name,
            line.title,
            str(line.offered),
            str(line.entries),
            "、".join(line.workflows),
            line.sha256[:12],
        )
        for line in found
    ]
    names = ("name", "title", "sha256", "office_seq", "offered", "entries", "workflows")
    document = {"lists": [{name: getattr(line, name) for name in names} for line in found]}

    def tell() -> None:
        if not write_table(heads, rows, align="<<>>"):
            say("还没有选项表；发布：lifecycle choices publish 文件")

    desk.answer(document, tell)


@command(
    "show",
    help="一张现行的选项表：各项的编码、名称、别名和起止日，今天还能不能选。",
    examples=["lifecycle choices show areas"],
)
@argument("name", metavar="选项表", help="现行选项表的标识或名称")
@at_desk
def choices_show(desk: Desk, name: str) -> None:
    """Show the entries of a list in force."""
    from lifecycle.office.administration.choices import list_in_force

    shared, offered = list_in_force(desk.office, name)
    heads = ("编码", "名称", "别名", "起用", "停用", "今天", "说明")
    rows = [
        (
            entry.code,
            entry.title,
            "、".join(entry.aliases),
            entry.since,
            entry.until,
            "可选" if offered[entry.title] else paint("不可选", "yellow"),
            entry.note,
        )
        for entry in shared.entries
    ]
    document = {
        "list": shared.name,
        "title": shared.title,
        "basis": shared.basis,
        "sha256": shared.digest,
        "entries": [_entry_json(entry, offered[entry.title]) for entry in shared.entries],
    }

    def tell() -> None:
        say(f"{shared.title}（{shared.name}，{shared.digest[:12]}）")
        write_table(heads, rows)

    desk.answer(document, tell)


def _entry_json(entry: ListEntry, offered: bool) -> dict[str, Any]:
    return {
        "code": entry.code,
        "title": entry.title,
        "aliases": list(entry.aliases),
        "from": entry.since or None,
        "until": entry.until or None,
        "note": entry.note,
        "offered": offered,
    }


@command(
    "check",
    help="检查选项表文件，一次列出全部错误，每个一行“文件:行:列: …”；有错误时退出码为 1。",
    examples=["lifecycle choices check workflows/lists/*.yaml"],
    here=True,
)
@argument("files", nargs=-1, required=True, metavar="文件 …", help="选项表文件（YAML）")
@at_desk
def choices_check(desk: Desk, files: tuple[str, ...]) -> int:
    """Judge files of shared lists."""
    from lifecycle.office.administration.choices import check_lists

    return tell_faults(desk, check_lists(files), count=len(files), what="选项表文件")


@command(
    "diff",
    help="比较两张选项表，逐项列出增、删、改。可写文件，或现行选项表的名称。",
    examples=["lifecycle choices diff areas workflows/lists/areas.yaml"],
)
@argument("before", type=INPUT, metavar="原来的", help="原来的：文件或名称")
@argument("after", type=INPUT, metavar="新的", help="新的：文件或名称")
@at_desk
def choices_diff(desk: Desk, before: str, after: str) -> None:
    """Compare two lists."""
    from lifecycle.office.administration.choices import compare_list

    tell_changes(desk, compare_list(lambda: desk.office, before, after))


@command(
    "publish",
    help="发布选项表：此后填写的都照它，各流程不必重新发布；已填的不变。先检查，有错误就不发布。"
    "已发布的各项不能删、不能改名称和编码，不再用的写 until 和 note。",
    examples=["lifecycle choices publish workflows/lists/areas.yaml --as admin"],
)
@argument("file", type=INPUT, metavar="文件", help="选项表文件（YAML）")
@at_desk
def choices_publish(desk: Desk, file: str) -> None:
    """Put a list into force."""
    from lifecycle.office.administration.choices import publish_list

    tell_published(desk, publish_list(desk.office, request_of(desk), file))


@command(
    "schema",
    help="输出选项表的 JSON Schema；编辑器用它提示键名、检查写法。",
    examples=["lifecycle choices schema > choices.schema.json"],
    here=True,
)
@at_desk
def choices_schema(desk: Desk) -> None:
    """Print the schema of a list's file; it is a JSON document either way."""
    from lifecycle.office.administration.choices import CHOICE_LIST, schema, schema_text

    desk.answer(schema(CHOICE_LIST), lambda: say(schema_text(CHOICE_LIST).rstrip("\n")))
