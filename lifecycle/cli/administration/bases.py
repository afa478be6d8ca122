"""The legal grounds: `bases`, what rests on each, and what nobody has verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.office.clock import today

if TYPE_CHECKING:
    from lifecycle.office.administration.bases import BasesReport, GroundLine, GroundUse

MOST_WORDS = 40
"""Characters of a basis that a line of the table shows."""


@command(
    "bases",
    help="法规依据：各项规则、公文依据哪部法律、哪份文件，各自从哪一天施行、到哪一天失效。"
    "写了名称的，列出它的各条、依据它的每一项规则和公文、涉及的在办事项。"
    "没有数据库的，列随程序安装的。",
    examples=[
        "lifecycle bases",
        "lifecycle bases 公平竞争审查条例",
        "lifecycle bases --unsure",
        "lifecycle bases --on 2027-01-01",
    ],
)
@argument("name", required=False, metavar="依据", help="简称、全称、文号或别名")
@option("--unsure", is_flag=True, help="只列没有核对原文的依据和标 [自] 的规则")
@at_desk
def bases(desk: Desk, name: str | None, unsure: bool) -> None:
    """Tell what rests on which ground."""
    from lifecycle.office.administration.bases import bases_report

    report = bases_report(
        lambda: desk.office, name, unsure=unsure, on=desk.on, today=today(desk.session.clock)
    )
    desk.answer(_json(report), lambda: _tell(report, one=name is not None, unsure=unsure))


def _json(report: BasesReport) -> dict[str, Any]:
    return {
        "on": report.on,
        "sha256": report.digest or None,
        "grounds": [_ground_json(line) for line in report.grounds],
        "uses": [_use_json(use) for use in report.uses],
        "cases": [
            {
                "number": case.number,
                "title": case.title,
                "workflow": case.workflow,
                "version": case.version,
                "stage": case.stage,
                "now": case.now,
            }
            for case in report.cases
        ],
    }


def _ground_json(line: GroundLine) -> dict[str, Any]:
    ground = line.ground
    return {
        "name": ground.name,
        "title": ground.title,
        "aliases": list(ground.aliases),
        "number": ground.number,
        "issuer": ground.issuer,
        "from": ground.since or None,
        "to": ground.to or None,
        "successor": ground.successor or None,
        "sure": ground.sure,
        "note": ground.note,
        "in_force": line.stands,
        "rules": line.rules,
        "letters": line.letters,
        "articles": [
            {
                "article": article.name,
                "says": article.says,
                "sure": article.sure,
                "was": article.was or None,
            }
            for article in ground.articles
        ],
    }


def _use_json(use: GroundUse) -> dict[str, Any]:
    return {
        "kind": use.kind,
        "name": use.file,
        "title": use.title,
        "version": use.version or None,
        "what": use.what,
        "basis": use.text,
        "line": use.line,
        "grounds": list(use.grounds),
        "articles": list(use.articles),
        "unsure": use.unsure,
    }


def _tell(report: BasesReport, *, one: bool, unsure: bool) -> None:
    if one and not unsure:
        for line in report.grounds:
            _tell_ground(line, report.on)
    else:
        _tell_grounds(report)
        if unsure:
            _tell_articles(report)
    if one or unsure:
        _tell_uses(report)
    if one:
        _tell_cases(report)


def _state(line: GroundLine, on: str) -> str:
    """Say whether a ground is in force on the day that is looked at."""
    if line.stands:
        return "施行"
    return "未施行" if on < line.ground.since else "已失效"


def _painted(line: GroundLine, on: str) -> str:
    """Say it in red where something rests on what is not in force."""
    state = _state(line, on)
    return paint(state, "red") if not line.stands and line.rules + line.letters else state


def _tell_grounds(report: BasesReport) -> None:
    from lifecycle.office.administration.bases import SURE

    heads = ("依据", "文号", "施行", "失效", report.on, "核对", "规则", "公文")
    rows = (
        (
            line.ground.name,
            line.ground.number,
            line.ground.since,
            line.ground.to,
            _painted(line, report.on),
            SURE[line.ground.sure],
            str(line.rules),
            str(line.letters),
        )
        for line in report.grounds
    )
    write_table(heads, rows, align="<<<<<<>>")


def _tell_ground(line: GroundLine, on: str) -> None:
    from lifecycle.office.administration.bases import SURE

    ground, state = line.ground, _state(line, on)
    named = "，".join(filter(None, (ground.title, ground.number, ground.issuer)))
    say(f"{ground.name}　{named}")
    since = f"自 {ground.since} 起施行" if ground.since else "施行日没有登记"
    until = f"，{ground.to} 起失效" if ground.to else ""
    later = f"，由{ground.successor}接替" if ground.successor else ""
    say(f"  {since}{until}{later}；{on} {state}　{SURE[ground.sure]}")
    if ground.note:
        say(f"  {ground.note}")
    for article in ground.articles:
        was = f"（以前：{article.was}）" if article.was else ""
        told = f"第{article.name}条" if article.name.isdigit() else article.name
        say(f"  {told}　{SURE[article.sure]}　{article.says}{was}")


def _tell_articles(report: BasesReport) -> None:
    from lifecycle.office.administration.bases import SURE

    rows = [
        (line.ground.name, article.name, SURE[article.sure], article.says)
        for line in report.grounds
        for article in line.ground.articles
        if article.sure != "read"
    ]
    if rows:
        say("没有核对原文的条款：")
        write_table(("依据", "条", "核对", "内容"), rows)


def _tell_uses(report: BasesReport) -> None:
    rows = [
        (
            f"{use.file} 第 {use.version} 版" if use.version else f"公文 {use.file}",
            str(use.line),
            "引用（cite）" if use.what == "cite" else use.what,
            use.text[:MOST_WORDS],
        )
        for use in report.uses
    ]
    if rows:
        say("规则和公文：")
        write_table(("在哪里", "行", "什么", "依据"), rows, align="<><<")


def _tell_cases(report: BasesReport) -> None:
    rows = [
        (case.number, case.title, case.stage, "本环节就涉及" if case.now else "")
        for case in report.cases
    ]
    say(f"在办事项 {len(rows)} 件：" if rows else "没有涉及的在办事项")
    if rows:
        write_table(("编号", "名称", "环节", ""), rows)
