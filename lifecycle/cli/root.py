"""The command `lifecycle`: its verbs, each imported when called."""

from __future__ import annotations

import click

from lifecycle.cli.terminal.chinese import Group, Option, Verb
from lifecycle.cli.terminal.output import say
from lifecycle.version import __version__

SECTIONS = {
    "办理": {
        "open": Verb("lifecycle.cli.cases.cases:open_", "立项，打印新编号"),
        "set": Verb("lifecycle.cli.cases.cases:set_", "填报或更改要素"),
        "attach": Verb("lifecycle.cli.cases.cases:attach", "上传材料"),
        "ask": Verb("lifecycle.cli.cases.cases:ask", "送会签：从这天起算会签期限"),
        "sign": Verb("lifecycle.cli.cases.cases:sign", "会签：同意、不同意或附条件同意"),
        "withdraw": Verb("lifecycle.cli.cases.cases:withdraw", "撤回本单位的意见"),
        "resolve": Verb("lifecycle.cli.cases.cases:resolve", "说明不同意见如何处理"),
        "advance": Verb("lifecycle.cli.cases.cases:advance", "办理流转，进入下一环节"),
        "clear": Verb("lifecycle.cli.cases.taking_back:clear", "清除误填的要素"),
        "detach": Verb("lifecycle.cli.cases.taking_back:detach", "撤下误传的材料"),
        "take-back": Verb("lifecycle.cli.cases.taking_back:take_back", "收回误办的一笔记录"),
        "cancel": Verb("lifecycle.cli.cases.taking_back:cancel", "撤销误立的项，编号作废"),
        "correct": Verb("lifecycle.cli.cases.corrections:correct", "更正已被流转采用的内容"),
        "confirm": Verb("lifecycle.cli.cases.corrections:confirm", "确认更正"),
        "decline": Verb("lifecycle.cli.cases.corrections:decline", "不同意更正"),
    },
    "查看": {
        "todo": Verb("lifecycle.cli.cases.todo:todo", "等我办的事"),
        "show": Verb("lifecycle.cli.cases.views:show", "一个事项现在怎样：谁办、何时、缺什么"),
        "why": Verb("lifecycle.cli.cases.views:why", "一项流转能不能办，为什么"),
        "list": Verb("lifecycle.cli.cases.lists:list_", "事项清单，可筛选、导出"),
        "search": Verb("lifecycle.cli.cases.search:search", "按几个字找事项，已终结的也找"),
        "board": Verb("lifecycle.cli.cases.lists:board", "各环节的事项数和红黄绿灯"),
        "log": Verb("lifecycle.cli.cases.views:log", "一个事项的全部记录"),
    },
    "单位和人员": {
        "init": Verb("lifecycle.cli.init:init", "建库，登记单位和人员，发布流程"),
        "unit": Verb("lifecycle.cli.administration.units:unit", "单位：登记、更改、列出"),
        "post": Verb("lifecycle.cli.administration.posts:post", "岗位：登记、由谁担任、列出"),
        "division": Verb(
            "lifecycle.cli.administration.divisions:division", "处室：登记、由谁分管、有哪些人"
        ),
        "officer": Verb(
            "lifecycle.cli.administration.people:officer", "经办人：登记、授权、委托、离任"
        ),
    },
    "公文和规则": {
        "notice": Verb(
            "lifecycle.cli.letters.letters:notice", "公文：列出、查看、导出；模板的检查和发布"
        ),
        "workflow": Verb(
            "lifecycle.cli.administration.rules:workflow", "流程：列出、检查、画图、比较、发布"
        ),
        "choices": Verb(
            "lifecycle.cli.administration.choices:choices", "选项表：几个流程共用的选项"
        ),
        "bases": Verb("lifecycle.cli.administration.bases:bases", "法规依据：各项规则依据什么"),
        "calendar": Verb(
            "lifecycle.cli.administration.rules:calendar", "工作日历：列出、发布新的年份"
        ),
        "takeover": Verb(
            "lifecycle.cli.administration.taking_over:takeover", "存量接管：建库前就在办的事项"
        ),
        "number": Verb(
            "lifecycle.cli.administration.numbering:number", "编号起点：接着纸质登记簿往下编"
        ),
    },
    "台账": {
        "tick": Verb("lifecycle.cli.cases.tick:tick", "办理已到期、由系统自动办的"),
        "replay": Verb("lifecycle.cli.cases.records:replay", "从台账回放，逐条重新判定"),
        "audit": Verb("lifecycle.cli.auditing:audit", "审计：核对全部记录、状态、定义和材料"),
        "backup": Verb("lifecycle.cli.administration.database:backup", "备份整个台账"),
        "restore": Verb("lifecycle.cli.administration.database:restore", "从备份恢复到新的位置"),
        "clock": Verb("lifecycle.cli.administration.clock:clock", "系统时钟：跳动后由两人确认"),
        "upgrade": Verb("lifecycle.cli.administration.database:upgrade", "升级旧版式的数据库"),
        "db": Verb("lifecycle.cli.administration.databases:db", "抄到另一个库；查看存放"),
        "doctor": Verb("lifecycle.cli.administration.doctor:doctor", "体检：数据库存放得是否稳妥"),
        "serve": Verb("lifecycle.service.serve:serve", "开服务：多名经办人各用自己的机器账户"),
    },
    "其他": {
        "demo": Verb("lifecycle.cli.demo:demo", "演示：十个虚构的项目，办到各个环节"),
        "completion": Verb("lifecycle.cli.completion:completion", "输出 shell 补全脚本"),
    },
}


def _show_version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        say(f"lifecycle {__version__}")
        ctx.exit()


root = Group(
    "lifecycle",
    sections=SECTIONS,
    help="市区非工招商项目“5+x”全生命周期推进。",
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="显示版本",
        )
    ],
)
