"""What officers do to cases: `open`, `set`, `attach`, `sign`, `withdraw`, `resolve`, `advance`; to
one or to many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lifecycle.callers import file_named
from lifecycle.cli.acting import acting, request_of
from lifecycle.cli.bulk import is_bulk, read_lines, refuse_options_of_bulk, run_bulk
from lifecycle.cli.cases.sheet_maps import lines_by_map, tell_map_of_opening
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.done import (
    done_json,
    done_line,
    effect_lines,
    following,
    hint_lines,
    next_line,
)
from lifecycle.cli.files import CASES, INPUT, SETTING
from lifecycle.cli.terminal.chinese import Choice, argument, command, option
from lifecycle.cli.terminal.output import say, warn
from lifecycle.cli.terminal.paragraph import flow, hint, wrapped
from lifecycle.errors import InvalidError, UsageError
from lifecycle.office.cases.bulk import BulkLine, Do

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Done, Entered, Request, Verdict

VERDICTS: Mapping[str, Verdict] = {
    "agree": "agree",
    "object": "object",
    "conditional": "conditional",
    "同意": "agree",
    "不同意": "object",
    "附条件同意": "conditional",
    "附条件": "conditional",
    "有条件同意": "conditional",
}
CASE_HELP = "事项编号，或编号、名称中不重复的一段；多个事项写 -（从标准输入读编号）或表格文件"

_dry_run = option("--dry-run", is_flag=True, help="只看能不能办，不写入")
_whole = option("--all-or-nothing", "whole", is_flag=True, help="成批办理时，有一件不能办就都不办")
_note = option("--note", default="", metavar="文字", help="理由、意见或说明")
_role = option("--role", metavar="角色", help="以哪个角色会签；本单位只有一个角色时不必写")


def pairs(texts: tuple[str, ...]) -> dict[str, Entered]:
    """Read `fact=value` as typed.

    What is written several times are the items of a list. Raises UsageError.
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"“{text}”应写作 要素=值", "例如 investment=32000 或 总投资=32000")
        found.setdefault(name.strip(), []).append(value)
    return {
        name: values[0] if len(values) == 1 else tuple(values) for name, values in found.items()
    }


def once(common: Mapping[str, Entered], line: Mapping[str, Entered]) -> dict[str, Entered]:
    """Put what stands on the command line for all together with what a line says; raises
    InvalidError where both say something of one thing.
    """
    both = [name for name in common if name in line]
    if both:
        message = f"{'、'.join(both)} 命令行和表格里都写了"
        raise InvalidError(message, "只写一处：每件相同的写在命令行，各不相同的写在表格")
    return {**common, **line}


def perform(desk: Desk, given: str, request: Request, do: Do, *, title: str, whole: bool) -> int:
    """Do something to one case, or to each of many."""
    if is_bulk(given):
        lines = read_lines(given)
        return run_bulk(desk, request, lines, do, title=title, whole=whole, told=done_line)
    refuse_options_of_bulk(whole=whole)
    done = do(request, BulkLine("", given, {}))
    desk.answer(done_json(done), lambda: _print(done), following=following(done))
    return 0


def _print(done: Done) -> None:
    if done.entry is None:
        flow("", f"{done.number}　{done_line(done)}", rest="  ")
        _say_effects(done)
        _hint(done)
        return
    flow("", f"已办理：{done.number}　{done_line(done)}", rest="  ")
    _say_effects(done)
    if done.entry.type == "transition_made" and not done.repeated:
        say(f"  {next_line(done)}")
        if done.letters:
            say(f"  公文 {done.letters} 件：lifecycle notice list {done.number}")
    _hint(done)


def _say_effects(done: Done) -> None:
    for line in effect_lines(done):
        say(wrapped(line, rest=" " * 8))


def _hint(done: Done) -> None:
    """Say beside the answer what the officer should know of what was entered."""
    for text in hint_lines(done):
        hint(text)


@command(
    "open",
    help="立项：开启一个事项，打印它的编号。用 --from 可从 YAML 或表格一次立多项，"
    "列名写要素的标识或名称"
    "。表格不必改样子：先用 --propose-map 提出一份对照，核对后用 --map 读。",
    examples=[
        "lifecycle open project --set name=剑瓷文化体验街区 --set investment=32000 --as bureau01",
        "lifecycle open project --from 台账.xlsx --propose-map 对照.yaml",
        "lifecycle open project --from 台账.xlsx --map 对照.yaml --dry-run",
    ],
)
@argument("workflow", metavar="流程", help="流程的标识或名称")
@option(
    "--set",
    "texts",
    type=SETTING,
    multiple=True,
    metavar="要素=值",
    help="要素，可写多次；同一清单写几次就是几项，单位、数、日期也可用顿号隔开",
)
@option(
    "--from", "source", type=INPUT, metavar="文件", help="从 YAML、XLSX 或 CSV 读要素，每行一项"
)
@option("--map", "map_file", type=INPUT, metavar="文件", help="对照：表里哪一列是哪个要素，怎么读")
@option(
    "--propose-map",
    "target",
    metavar="文件",
    help="只提出一份对照，存到这个文件，供核对、改正；不写入任何事项",
)
@_whole
@acting
@_dry_run
@at_desk
def open_(
    desk: Desk,
    workflow: str,
    texts: tuple[str, ...],
    source: str | None,
    map_file: str | None,
    target: str | None,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Open one case, or one for each line."""
    from lifecycle.office.cases import cases

    _see_map_options(source, map_file, target, texts)
    request = request_of(desk, principal, dry_run=dry_run)
    common = pairs(texts)
    found = desk.office.workflow(workflow)
    if source and target:
        return tell_map_of_opening(desk, request, found.name, source, target)

    def do(request: Request, line: BulkLine) -> Done:
        texts = once(common, line.values)
        return cases.open_case(desk.office, request, found, texts, line.origin)

    told = done_line if dry_run else _opened_line
    if source and map_file:
        lines, beside = lines_by_map(desk, request, found.name, source, map_file)
        return run_bulk(
            desk, request, lines, do, title="立项", whole=whole, told=told, beside=beside
        )
    lines = read_lines(source, with_case=False) if source else [BulkLine("", "", {})]
    if len(lines) > 1 or lines[0].fault:
        return run_bulk(desk, request, lines, do, title="立项", whole=whole, told=told)
    refuse_options_of_bulk(whole=whole)
    done = do(request, lines[0])
    desk.answer(done_json(done), lambda: _print_opened(done), following=following(done))
    return 0


def _see_map_options(
    source: str | None, map_file: str | None, target: str | None, texts: tuple[str, ...]
) -> None:
    """Refuse options of maps that do not go together."""
    if (map_file or target) and not source:
        raise UsageError("没有写是哪个表格", "加 --from 文件.xlsx")
    if map_file and target:
        mend = "没有对照的，先 --propose-map；有了的，只写 --map"
        raise UsageError("--map 和 --propose-map 不能一起写", mend)
    if target and texts:
        mend = "去掉 --set；各行相同的，立项时再写，或写在对照的 always 里"
        raise UsageError("--propose-map 只提出对照，用不上 --set", mend)


def _opened_line(done: Done) -> str:
    return f"{done.number}　{done.title}"


def _print_opened(done: Done) -> None:
    """Print the number alone, so that a script can take it, and tell the rest beside it."""
    if done.entry is None:
        say(f"可以立项（未写入）：{done.title}")
        _hint(done)
        return
    say(str(done.number))
    again = "（此前已立项，未重复写入）" if done.repeated else ""
    warn(f"已立项：{done.title}{again}　{next_line(done)}")
    _hint(done)


@command(
    "set",
    help="填报或更改要素。改动会签过的要素，会使相关意见失效。",
    examples=["lifecycle set LS-F-2026-003 investment=32000 用地面积=42 --as bureau01"],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument(
    "texts",
    nargs=-1,
    type=SETTING,
    metavar="要素=值 …",
    help="要素的标识或名称，等号，值；表格中每列一个要素；类型是表格的要素可写 要素=@文件",
)
@_whole
@acting
@_dry_run
@at_desk
def set_(
    desk: Desk, case: str, texts: tuple[str, ...], whole: bool, principal: str | None, dry_run: bool
) -> int:
    """Set facts."""
    from lifecycle.office.cases import cases

    common = pairs(texts)

    def do(request: Request, line: BulkLine) -> Done:
        found = desk.office.case(line.case)
        texts = once(common, line.values)
        return cases.set_facts(desk.office, request, found, texts, line.origin)

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="填报", whole=whole
    )


@command(
    "attach",
    help="上传一份材料；同名材料以后传的为准，先传的仍然保存。",
    examples=["lifecycle attach LS-F-2026-003 选址论证报告 report.pdf --as planning01"],
)
@argument("case", metavar="事项", help="事项编号，或编号、名称中不重复的一段")
@argument("material", metavar="材料", help="材料的标识或名称")
@argument("file", type=INPUT, metavar="文件", help="文件")
@acting
@_dry_run
@at_desk
def attach(
    desk: Desk, case: str, material: str, file: str, principal: str | None, dry_run: bool
) -> int:
    """Attach a file."""
    from lifecycle.office.cases import cases

    if is_bulk(case):
        raise UsageError("材料须一件一件上传", "写一个事项的编号，一件一件地传")

    def do(request: Request, line: BulkLine) -> Done:
        found = desk.office.case(line.case)
        return cases.attach(desk.office, request, found, material, file_named(file))

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="上传", whole=False
    )


@command(
    "sign",
    help="会签：对一项流转表示 agree（同意）、object（不同意）或 conditional（附条件同意）；"
    "更正后须重新表示意见的，写更正的编号。",
    examples=[
        "lifecycle sign LS-F-2026-003 to_siting agree --as land01",
        "lifecycle sign LS-F-2026-003 102 agree --as land01",
    ],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument("transition", metavar="流转", help="流转的标识或名称，或更正的编号")
@argument(
    "verdict",
    metavar="意见",
    type=Choice(list(VERDICTS)),
    help="agree、object、conditional 或中文",
)
@_note
@_role
@_whole
@acting
@_dry_run
@at_desk
def sign(
    desk: Desk,
    case: str,
    transition: str,
    verdict: str,
    note: str,
    role: str | None,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Give an opinion."""
    from lifecycle.office.cases import cases

    meant = VERDICTS[verdict]

    def do(request: Request, line: BulkLine) -> Done:
        line.see_readable("note", "意见", "说明")
        said = line.pick("note", "意见", "说明") or note
        found = desk.office.case(line.case)
        return cases.sign(desk.office, request, found, transition, meant, note=said, role=role)

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="会签", whole=whole
    )


@command(
    "ask",
    help="送会签：把一项流转送给各会签单位，从这一天起算会签期限；不写单位的，送还没有送过的各家。",
    examples=[
        "lifecycle ask LS-F-2026-003 to_siting --as bureau01",
        "lifecycle ask LS-F-2026-003 to_siting --to 国土 --to 市文物局 --as bureau01",
    ],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument("transition", metavar="流转", help="流转的标识或名称")
@option("--to", "whom", multiple=True, metavar="角色或单位", help="只送给谁，可写多次")
@_whole
@acting
@_dry_run
@at_desk
def ask(
    desk: Desk,
    case: str,
    transition: str,
    whom: tuple[str, ...],
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Ask for opinions."""
    from lifecycle.office.cases import cases

    def do(request: Request, line: BulkLine) -> Done:
        line.see_readable()
        return cases.ask(desk.office, request, desk.office.case(line.case), transition, whom)

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="送会签", whole=whole
    )


@command(
    "withdraw",
    help="撤回本单位对一项流转的意见，写明理由。",
    examples=["lifecycle withdraw LS-F-2026-003 to_siting --note 已协商一致 --as land01"],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument("transition", metavar="流转", help="流转的标识或名称")
@_note
@_role
@_whole
@acting
@_dry_run
@at_desk
def withdraw(
    desk: Desk,
    case: str,
    transition: str,
    note: str,
    role: str | None,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Take an opinion back."""
    from lifecycle.office.cases import cases

    def do(request: Request, line: BulkLine) -> Done:
        line.see_readable("note", "说明")
        said = line.pick("note", "说明") or note
        found = desk.office.case(line.case)
        return cases.withdraw(desk.office, request, found, transition, note=said, role=role)

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="撤回", whole=whole
    )


@command(
    "resolve",
    help="由牵头单位说明一项不同意见是如何处理的；处理后不再阻碍办理，原意见留存。",
    examples=[
        "lifecycle resolve LS-F-2026-003 to_siting 国土 --note 已按意见调减用地 --as bureau01"
    ],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument("transition", metavar="流转", help="流转的标识或名称，或更正的编号")
@argument("whose", metavar="谁的意见", help="谁的意见：角色，或 角色/单位，或单位")
@_note
@_whole
@acting
@_dry_run
@at_desk
def resolve(
    desk: Desk,
    case: str,
    transition: str,
    whose: str,
    note: str,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Record how an objection was resolved."""
    from lifecycle.office.cases import cases

    def do(request: Request, line: BulkLine) -> Done:
        line.see_readable("note", "说明")
        said = line.pick("note", "说明") or note
        found = desk.office.case(line.case)
        return cases.resolve(desk.office, request, found, transition, whose, note=said)

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="处理", whole=whole
    )


@command(
    "advance",
    help="办理一项流转，把事项推进到下一环节。只有一项可推进的流转时，可以不写它的名称。",
    examples=[
        "lifecycle advance LS-F-2026-003 to_siting --as bureau01",
        "lifecycle advance LS-F-2026-003 --dry-run",
    ],
)
@argument("case", type=CASES, metavar="事项", help=CASE_HELP)
@argument("transition", metavar="[流转]", required=False, help="流转的标识或名称")
@option(
    "--set",
    "texts",
    type=SETTING,
    multiple=True,
    metavar="要素=值",
    help="该流转要求随办理一并填报的要素，可写多次",
)
@_note
@_whole
@acting
@_dry_run
@at_desk
def advance(
    desk: Desk,
    case: str,
    transition: str | None,
    texts: tuple[str, ...],
    note: str,
    whole: bool,
    principal: str | None,
    dry_run: bool,
) -> int:
    """Make a transition."""
    from lifecycle.office.cases import cases

    common = pairs(texts)
    heads = ("note", "说明", "理由", "transition", "流转")

    def do(request: Request, line: BulkLine) -> Done:
        name = line.pick("transition", "流转") or transition
        said = line.pick("note", "说明", "理由") or note
        found = desk.office.case(line.case)
        facts = once(common, line.others(*heads))
        return cases.advance(
            desk.office, request, found, name, note=said, texts=facts, origin=line.origin
        )

    return perform(
        desk, case, request_of(desk, principal, dry_run=dry_run), do, title="办理", whole=whole
    )
