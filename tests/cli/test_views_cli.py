"""Cases looked at on the command line: `show`, `why`, `todo`, `list`, `board`, `log`."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_office import Bureau
from openpyxl import load_workbook
from tiny_office import TINY, Tiny

from lifecycle.cli.terminal.refusal import gate_lines
from lifecycle.engine.gates.gates import Gate


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def test_show_is_one_screen(tiny: Tiny) -> None:
    """Where it stands, whose turn it is, by when, what is missing, opinions, holdings, last
    entries.
    """
    number = tiny.opened("investment=32000", "x_units=wenwu、xiao")
    tiny.do(
        "sign",
        number,
        "to_siting",
        "conditional",
        "--note",
        "先勘探",
        "--on",
        "2026-09-02",
        "--because",
        "待补登",
        by="wenwu01",
    )
    tiny.write("a.pdf", "x")
    tiny.do("attach", number, "letter", "a.pdf", "--on", "2026-09-03", by="bureau01")
    tiny.now += timedelta(days=14)
    assert tiny.do("show", number, by="bureau01") == (
        "KC-2026-001　剑瓷文化体验街区　　考察接待流程 第 1 版\n"
        "环节　考察导入（前期）　● 红灯（逾期十日）\n"
        "牵头  市招商局\n"
        "进入  2026-09-01，第 44 天\n"
        "期限  2026-09-15，已逾期 29 日　10 个工作日，内部承诺\n"
        "未齐　转入规划选址（to_siting）　由 市招商局 办理，您可办\n"
        "      ✗ 要素　　缺 业主单位    　　lifecycle set KC-2026-001 owner_unit=…\n"
        "      ✗ 材料　　缺 选址论证报告　　lifecycle attach KC-2026-001 report 文件\n"
        "      ✗ 会签　　缺 国土、市消防救援支队 的同意意见（逾期未反馈，限 2026-10-13；"
        "不视为同意）\n"
        "                lifecycle sign KC-2026-001 to_siting agree --as …\n"
        "另可　登记到访（note_visit，市招商局）、中止（suspend，市招商局）、终止（close，"
        "市招商局）\n"
        "会签\n"
        "  流转          单位            意见                         日期        说明\n"
        "  转入规划选址  国土            逾期未反馈（限 2026-10-13）\n"
        "  转入规划选址  市文物局        附条件同意                   2026-09-02  先勘探\n"
        "  转入规划选址  市消防救援支队  逾期未反馈（限 2026-10-13）\n"
        "材料　邀请函（a.pdf，2026-09-03）\n"
        "要素　项目名称 剑瓷文化体验街区；总投资 32000 万元；x 部门名单 市文物局、市消防救援支队\n"
        "最近记录（经办人自报身份）\n"
        "  2026-09-03　bureau01　上传 邀请函（a.pdf）（2026-09-30 补录）\n"
        "  2026-09-02　wenwu01　会签 转入规划选址　市文物局 附条件同意：先勘探"
        "（2026-09-30 补录：待补登）\n"
        "  2026-09-01　bureau01　立项 KC-2026-001（2026-09-30 补录）\n"
    )


def test_show_tells_limits_dwell_and_stale_opinions(tiny: Tiny) -> None:
    """Every limit that runs is there with its basis; a dwell says from when on; a stale opinion
    says so.
    """
    number = tiny.ready()
    tiny.do("advance", number, "--on", "2026-09-04", by="bureau01")
    tiny.do("set", number, "announced_on=2026-09-20", "--on", "2026-09-20", by="planning01")
    lines = tiny.do("show", number).splitlines()
    assert lines[1:8] == [
        "环节　规划选址（前期）　● 黄灯（逾期）",
        "牵头  建设（规划）〔市建设局〕",
        "进入  2026-09-04，第 27 天",
        "期限  2026-09-24，已逾期 6 日　15 个工作日，内部承诺",
        "时限  2026-10-10，还有 10 日　公告满二十日：20 日，办法 第8条",
        "未齐　办结（to_done）　由 建设（规划）〔市建设局〕 办理",
        "      ✗ 期限　　自公告日 2026-09-20 起须满 20 日〔办法 第8条〕",
    ]
    tiny.do("advance", number, "send_back", "--note", "补正", by="land01")
    assert "  转入规划选址  国土      同意（已失效，须重新会签）  2026-09-03\n" in tiny.do(
        "show", number
    )


def test_show_of_a_finished_case(tiny: Tiny) -> None:
    """A finished case has no light, no limit and nothing to do; in full, each fact has its line."""
    number = tiny.opened()
    tiny.do("advance", number, "close", "--note", "投资方放弃", by="bureau01")
    assert tiny.do("show", number, "--full") == (
        "KC-2026-001　剑瓷文化体验街区　　考察接待流程 第 1 版\n"
        "环节　终止　已办结\n"
        "进入  2026-09-30，第 1 天\n"
        "材料\n"
        "要素\n"
        "  项目名称  剑瓷文化体验街区　name\n"
        "最近记录（经办人自报身份）\n"
        "  2026-09-30　bureau01　终止　考察导入 → 终止：投资方放弃\n"
        "  2026-09-01　bureau01　立项 KC-2026-001（2026-09-30 补录）\n"
    )


def test_show_for_machines_has_stable_keys(tiny: Tiny) -> None:
    """--json of show has where it stands, every way out with its gates, opinions, materials, facts
    and entries.
    """
    answer = tiny.asks("show", tiny.ready(), by="bureau01")
    assert list(answer) == [
        "ok",
        "number",
        "id",
        "title",
        "workflow",
        "state",
        "stage",
        "phase",
        "final",
        "light",
        "lead",
        "opened_on",
        "taken_in",
        "entered_on",
        "last_on",
        "due_on",
        "provisional",
        "suspended",
        "seq",
        "head",
        "limits",
        "transitions",
        "opinions",
        "materials",
        "facts",
        "locked",
        "links",
        "linked",
        "entries",
        "case",
    ]
    assert answer["limits"] == [
        {
            "title": answer["limits"][0]["title"],
            "since": "2026-09-01",
            "due_on": "2026-09-15",
            "provisional": False,
            "amount": 10,
            "unit": "workday",
            "basis": "内部承诺",
            "inner": True,
            "ends": [],
        }
    ]
    ways = {way["name"]: way for way in answer["transitions"]}
    assert list(ways) == ["to_siting", "note_visit", "suspend", "close"]
    assert (ways["to_siting"]["mine"], ways["to_siting"]["ready"]) == (True, True)
    assert ways["to_siting"]["by"] == [
        {"role": "bureau", "title": "市招商局", "units": ["市招商局"]}
    ]
    assert answer["materials"]["report"]["file"] == "报告.pdf"
    assert [o["status"] for o in answer["opinions"]] == ["agree", "agree"]
    assert len(answer["entries"]) == 4


def test_why_lists_every_gate_and_changes_nothing(tiny: Tiny) -> None:
    """Met and unmet gates are all there; without an officer the role gate only says whose it is."""
    number = tiny.ready()
    assert tiny.do("why", number, "转入规划选址") == (
        "KC-2026-001 剑瓷文化体验街区　转入规划选址（to_siting）：条件已齐\n"
        "  ✓ 角色　　由 市招商局 办理\n"
        "  ✓ 要素　　总投资 32000 万元\n"
        "  ✓ 要素　　业主单位 市文旅平台公司\n"
        "  ✓ 材料　　选址论证报告（报告.pdf）\n"
        "  ✓ 会签　　国土、市文物局 已会签\n"
        "  ✓ 条件　　总投资 32000 万元，至少 3000 万元\n"
        "依据：workflows/visit.yaml:42　接待办法 第5条\n"
    )
    assert tiny.do("why", number, "to_siting", by="land01").splitlines()[:2] == [
        "KC-2026-001 剑瓷文化体验街区　转入规划选址（to_siting）：还不能办",
        "  ✗ 角色　　由 市招商局 办理；您（市自然资源局 land01）不具备该角色",
    ]
    assert tiny.do("why", number, "to_done").splitlines()[1:] == [
        (
            "  ✗ 环节　　现为“考察导入”，办结 须在“规划选址”办理；上一步“立项”由 bureau01 于 "
            "2026-09-01 办理"
        ),
        (
            "            本环节的流转：转入规划选址（to_siting）、登记到访（note_visit）、中止（suspend）"  # noqa: E501
            "、终止（close）"
        ),
    ]
    answer = tiny.asks("why", number, "to_siting", by="bureau01")
    assert (answer["allowed"], [g["kind"] for g in answer["gates"]]) == (
        True,
        ["role", "facts", "facts", "materials", "cosign", "guard"],
    )
    assert len(tiny.asks("log", number)["entries"]) == 4


def test_why_without_a_transition_looks_at_the_next_step(tiny: Tiny) -> None:
    """Where one step leads on it is judged; where none does that is told, and what to look at."""
    number = tiny.ready()
    assert tiny.do("why", number) == tiny.do("why", number, "to_siting")
    assert tiny.asks("why", number)["transition"] == "to_siting"
    tiny.do("advance", number, "close", "--note", "不办了", by="bureau01")
    assert tiny.fails("why", number) == (
        1,
        (
            f"{number} 现为“终止”，没有可以推进的流转\n"
            f"  改法：用 lifecycle show {number} 查看可办事项\n"
        ),
    )


def test_why_names_the_ground_that_a_refusal_names(tiny: Tiny) -> None:
    """A transition without a ground of its own rests on that of the workflow, in both."""
    number = tiny.opened()
    told = tiny.do("why", number, "note_visit", by="bureau01").splitlines()[-1]
    assert told.endswith("　接待办法 第3条")
    assert tiny.fails("advance", number, "note_visit", by="bureau01")[1].splitlines()[-1] == told


def test_what_was_filled_in_and_what_was_said_stand_apart(tiny: Tiny) -> None:
    """A note after facts is not read as part of the last of them."""
    number = tiny.opened()
    words = ("--set", "people=3", "--note", "下午到")
    told = tiny.do("advance", number, "note_visit", *words, by="bureau01").splitlines()[0]
    assert told.endswith("　登记到访　填 到访人数 3　说明：下午到")


def more_ways_on(tiny: Tiny, *ways: str) -> str:
    """Publish the workflow with more ways out of the first state, and open a case of it."""
    text = (TINY / "workflows" / "visit.yaml").read_text("utf-8")
    more = "".join(f"  - {{{way}, from: scouting, to: done}}\n" for way in ways)
    text = text.replace("version: 1", "version: 2").replace("  - name: to_siting\n", "\0", 1)
    tiny.write("visit.yaml", text.replace("\0", more + "  - name: to_siting\n"))
    tiny.do("workflow", "publish", "visit.yaml", by="admin")
    return tiny.opened()


DROP = "name: drop, title: 认定不办, by: planning"
CLAIM = "name: claim, title: 业主认领, by: land"
DIRECT = "name: direct, title: 直接办结, by: bureau"
NOT_AFTER_A_VISIT = "needs: {guards: [{when: count.note_visit == 0, else: 已到访}]}"


def test_of_several_ways_on_the_officers_own_one_is_meant(tiny: Tiny) -> None:
    """Where several lead on and the officer makes one of them, that one is taken."""
    number = more_ways_on(tiny, DROP)
    for officer, way in (("bureau01", "to_siting"), ("planning01", "drop")):
        assert tiny.asks("why", number, by=officer)["transition"] == way
    told = tiny.do("advance", number, "--dry-run", by="planning01")
    assert told.endswith("可以办理（未写入），办后为“办结”\n")


def test_of_several_own_ways_on_each_is_named(tiny: Tiny) -> None:
    """Where several are the officer's, only those are listed, with one as the example; what an
    earlier event has excluded is not among them.
    """
    number = more_ways_on(tiny, DROP, f"{DIRECT}, {NOT_AFTER_A_VISIT}")
    for verb in ("advance", "why"):
        assert tiny.fails(verb, number, by="bureau01") == (
            1,
            (
                f"{number} 可推进的流转不止一项：\n"
                "  直接办结（direct，市招商局）\n"
                "  转入规划选址（to_siting，市招商局）\n"
                f"  改法：写明是哪一项，如：lifecycle {verb} {number} direct\n"
            ),
        )
    tiny.do("advance", number, "note_visit", "--set", "people=3", by="bureau01")
    assert tiny.asks("why", number, by="bureau01")["transition"] == "to_siting"


def test_whoever_makes_no_way_on_is_told_who_does(tiny: Tiny) -> None:
    """An officer none of whose transitions leads on is told who makes the next step."""
    number = more_ways_on(tiny, DROP, CLAIM)
    assert tiny.fails("advance", number, by="wenwu01") == (
        1,
        (
            f"{number} 现为“考察导入”，没有由您推进的流转；"
            "下一步由 建设（规划）、国土、市招商局 办理："
            "认定不办（drop，建设（规划））、业主认领（claim，国土）、"
            "转入规划选址（to_siting，市招商局）\n"
            f"  改法：用 lifecycle show {number} 查看可办事项\n"
        ),
    )


def test_why_refuses_a_day_before_the_last_entry(tiny: Tiny) -> None:
    """What could be made on a day before the case's last entry is refused as the act would be, not
    answered by how things stand now.
    """
    number = tiny.ready()
    asked = (number, "to_siting", "--on", "2026-09-02")
    refused = tiny.fails("advance", *asked, by="bureau01")
    assert refused[1].startswith(f"办理日 2026-09-02 早于 {number} 上一条记录的 2026-09-03\n")
    assert tiny.fails("why", *asked, by="bureau01") == refused
    assert tiny.fails("why", *asked) == refused


def test_where_nothing_leads_on_the_way_back_is_named(tiny: Tiny) -> None:
    """A case that stands still goes on by a transition that has to be named: which is told."""
    number = tiny.ready()
    tiny.do("advance", number, "suspend", "--note", "等规划", by="bureau01")
    assert tiny.fails("advance", number, by="bureau01") == (
        1,
        (
            f"{number} 现为“中止”，没有可以推进的流转\n"
            f"  改法：用 lifecycle show {number} 查看可办事项；要办 恢复（go_on），写明它的名称\n"
        ),
    )


def test_one_command_for_several_gates_stands_once() -> None:
    """Gates that one command meets stand together, with the command under the last of them."""
    go = "lifecycle advance KC-2026-001 go --set a=… --set b=…"
    gates = (
        Gate("facts", False, {}, "须同时填 甲", go),
        Gate("materials", False, {}, "缺 报告", "lifecycle attach KC-2026-001 report 文件"),
        Gate("facts", False, {}, "须同时填 乙", go),
        Gate("role", True, {}, "市招商局"),
    )
    assert list(gate_lines(gates, io.StringIO(), "")) == [
        "✗ 要素　　须同时填 甲",
        f"✗ 要素　　须同时填 乙　　{go}",
        "✗ 材料　　缺 报告    　　lifecycle attach KC-2026-001 report 文件",
        "✓ 角色　　市招商局",
    ]


def test_todo_is_grouped_by_due_day(tiny: Tiny) -> None:
    """What waits for an officer comes most urgent first, with the command; a delegate sees the
    principal's too.
    """
    tiny.opened("x_units=wenwu", name="甲", on="2026-09-01")
    tiny.now += timedelta(days=14)
    tiny.opened("x_units=wenwu", name="乙", on="2026-10-14")
    assert tiny.do("todo", by="wenwu01") == (
        "已逾期\n"
        "  KC-2026-001 甲　限 2026-10-13\n"
        "    会签　lifecycle sign KC-2026-001 to_siting agree　　会签 转入规划选址（已逾期，限 "
        "2026-10-13）\n"
        "七日内到期\n"
        "  KC-2026-002 乙　限 2026-10-21\n"
        "    会签　lifecycle sign KC-2026-002 to_siting agree　　会签 转入规划选址\n"
    )
    assert tiny.do("todo", by="planning01").splitlines()[2] == (
        "    会签　lifecycle sign KC-2026-001 to_siting agree --for land01　　"
        "代 land01：会签 转入规划选址（已逾期，限 2026-10-13）"
    )
    assert tiny.do("todo", by="bureau01").splitlines()[2] == (
        "    待齐　lifecycle why KC-2026-001 to_siting　　转入规划选址 尚不能办："
        "缺 总投资；缺 业主单位；缺 选址论证报告；"
        "缺 国土、市文物局 的同意意见（逾期未反馈，限 2026-10-13；不视为同意）；"
        "总投资 未填，至少 3000 万元（尚不能判断：总投资不足3000万元，按属地一般项目办理）"
    )
    assert tiny.do("todo", by="xiao01") == "没有等 xiao01 办的事\n"
    assert tiny.asks("todo", by="wenwu01")["tasks"][1] == {
        "kind": "sign",
        "group": "week",
        "number": "KC-2026-002",
        "title": "乙",
        "state": "scouting",
        "transition": "to_siting",
        "due_on": "2026-10-21",
        "principal": None,
        "text": "会签 转入规划选址",
        "command": "lifecycle sign KC-2026-002 to_siting agree",
    }


def test_todo_says_what_can_be_done_now(tiny: Tiny) -> None:
    """A transition with nothing missing is offered to whoever may make it, and only to them."""
    number = tiny.ready()
    assert "    可办　lifecycle advance KC-2026-001 to_siting　　可办 转入规划选址\n" in tiny.do(
        "todo", by="bureau02"
    )
    tiny.do("advance", number, by="bureau02")
    assert tiny.do("todo", by="bureau02") == "没有等 bureau02 办的事\n"


def test_todo_pages(tiny: Tiny) -> None:
    """Thirty tasks make a page, and the last page says nothing of more."""
    tiny.write("new.csv", "name\n" + "\n".join(f"项目{n:02}" for n in range(35)))
    tiny.do("open", "visit", "--from", "new.csv", by="bureau01")
    first = tiny.asks("todo", by="land01")
    second = tiny.asks("todo", "--page", "2", by="land01")
    assert (len(first["tasks"]), first["more"], len(second["tasks"]), second["more"]) == (
        30,
        True,
        5,
        False,
    )
    numbers = [task["number"] for task in first["tasks"] + second["tasks"]]
    assert numbers == [f"KC-2026-{n:03}" for n in range(1, 36)]
    assert tiny.do("todo", by="land01").endswith("还有更多：lifecycle todo --page 2\n")


def many(tiny: Tiny) -> None:
    """Open 55 cases, the last without its number of investment; move one on, close one."""
    rows = [f"项目{n:02},{n * 100},{'xiao' if n % 2 else 'wenwu'}" for n in range(1, 55)]
    tiny.write("new.csv", ["name,investment,x_units", *rows, "无数,,"])
    tiny.do("open", "visit", "--from", "new.csv", "--on", "2026-09-14", by="bureau01")
    tiny.do("advance", "KC-2026-002", "close", "--note", "x", "--on", "2026-09-15", by="bureau01")


def test_list_pages_in_order_of_number(tiny: Tiny) -> None:
    """Fifty cases make a page; --after and --page both give the next."""
    many(tiny)
    lines = tiny.do("list").splitlines()
    assert lines[:3] == [
        "编号         名称    环节      牵头      进入        期限        灯",
        "KC-2026-001  项目01  考察导入  市招商局  2026-09-14  2026-09-28  ●黄",
        "KC-2026-002  项目02  终止                2026-09-15              －",
    ]
    assert (len(lines), lines[-1]) == (52, "还有更多：加 --after KC-2026-050，或 --page 2")
    second = tiny.do("list", "--page", "2")
    assert second == tiny.do("list", "--after", "KC-2026-050")
    assert [line.split()[0] for line in second.splitlines()[1:]] == [
        f"KC-2026-{n:03}" for n in range(51, 56)
    ]
    answer = tiny.asks("list")
    assert (len(answer["cases"]), answer["next_after"], answer["page"]) == (50, "KC-2026-050", 1)
    assert answer["cases"][0] == {
        "number": "KC-2026-001",
        "title": "项目01",
        "workflow": "visit",
        "state": "scouting",
        "stage": "考察导入",
        "phase": "前期",
        "lead": "市招商局",
        "final": False,
        "entered_on": "2026-09-14",
        "last_on": "2026-09-14",
        "due_on": "2026-09-28",
        "overdue": True,
        "light": "yellow",
    }


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (("--workflow", "考察接待流程"), 50),
        (("--state", "终止"), 1),
        (("--state", "siting"), 0),
        (("--phase", "前期", "--after", "KC-2026-049"), 6),
        (("--unit", "市文物局"), 27),
        (("--overdue",), 50),
        (("--overdue", "--on", "2026-09-20"), 0),
        (("--mine", "--as", "wenwu01"), 27),
        (("--mine", "--as", "planning01"), 0),
        (("--where", "investment > 5000"), 4),
        (("--where", "investment > 5000 and state == 'scouting'", "--unit", "wenwu"), 2),
        (("--where", "count.close == 1"), 1),
        (("--where", "days_after(opened_on, 20) > today", "--page", "2"), 5),
    ],
)
def test_list_filters(tiny: Tiny, args: tuple[str, ...], count: int) -> None:
    """Each filter takes identifiers and titles and leaves what it says; a case that lacks a name of
    --where is out.
    """
    many(tiny)
    assert len(tiny.asks("list", *args)["cases"]) == count


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--workflow", "vist"), 1, "没有流程“vist”\n  改法：是否为“visit”？\n"),
        (("--state", "sitting"), 1, "没有环节“sitting”\n  改法：是否为“siting”？\n"),
        (("--phase", "前"), 1, "没有阶段“前”\n  改法：是否为“前期”？\n"),
        (("--unit", "文物"), 1, "没有单位“文物”\n  改法：是否为“市文物局”？\n"),
        (("--where", "investmnt > 1"), 1, "没有要素“investmnt”\n  改法：是否为“investment”？\n"),
        (
            ("--where", "investment >"),
            1,
            (
                "--where:1:13: 错误：条件没有写完\n    1 | investment >\n      |             ^\n"
                "  改法：补全条件；检查括号是否配对\n"
            ),
        ),
        (
            ("--where", "name > 1"),
            1,
            (
                "--where:1:8: 错误：要素 name 是文字，不能与数 1 比大小\n"
                "    1 | name > 1\n      |        ^\n  改法：文字加引号\n"
            ),
        ),
        (
            ("--where", "state == 'nowhere' or owner_unit == '市文物局'"),
            1,
            (
                "--where:1:11: 错误：条件把环节 state 与它没有的选项 “nowhere” 相比\n"
                "    1 | state == 'nowhere' or owner_unit == '市文物局'\n"
                "      |           ^^^^^^^\n"
                "  改法：可选：scouting、siting、paused、done、closed\n"
                "--where:1:38: 错误：条件把要素 owner_unit 与它不会有的值 “市文物局” 相比\n"
                "    1 | state == 'nowhere' or owner_unit == '市文物局'\n"
                "      |                                      ^^^^^^^^\n"
                "  改法：单位写代码（lifecycle unit list 可查），不写名称\n"
            ),
        ),
        (
            ("--on", "2026-10-01"),
            1,
            "2026-10-01 在今天（2026-09-30）之后\n  改法：--on 只能写今天或以前的日期\n",
        ),
        (
            ("--mine",),
            2,
            "没有说明由谁办理\n  改法：加 --as 工号，或先运行 export LIFECYCLE_OFFICER=工号\n",
        ),
        (
            ("--csv", "a.xlsx"),
            2,
            (
                "文件名 a.xlsx 与格式不符\n  改法：--xlsx 的文件名以 .xlsx 结尾，--csv 的以 .csv "
                "结尾\n"
            ),
        ),
    ],
)
def test_list_mistakes(tiny: Tiny, args: tuple[str, ...], code: int, message: str) -> None:
    """Each wrong filter has its one message and exit code."""
    tiny.opened()
    assert tiny.fails("list", *args) == (code, message)


def test_list_exports_everything(tiny: Tiny) -> None:
    """--csv and --xlsx stream all that is asked for, unpaged, as spreadsheets read it."""
    many(tiny)
    assert tiny.do("list", "--csv", "all.csv") == "已导出 55 件：all.csv\n"
    with (tiny.folder / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [
        "编号",
        "名称",
        "流程",
        "环节",
        "阶段",
        "牵头",
        "进入日期",
        "最近办理",
        "期限",
        "灯",
    ]
    assert rows[1] == [
        "KC-2026-001",
        "项目01",
        "visit",
        "考察导入",
        "前期",
        "市招商局",
        "2026-09-14",
        "2026-09-14",
        "2026-09-28",
        "黄",
    ]
    assert len(rows) == 56
    assert tiny.asks("list", "--unit", "xiao", "--xlsx", "some.xlsx") == {
        "ok": True,
        "file": "some.xlsx",
        "cases": 27,
    }
    assert load_workbook(tiny.folder / "some.xlsx").worksheets[0].max_row == 28


def test_board_counts_by_stage(tiny: Tiny) -> None:
    """Stages stand in the order of the workflow with their lights; finished cases are counted
    beneath.
    """
    assert tiny.do("board") == "还没有事项；立项：lifecycle open 流程 --set 要素=值\n"
    tiny.opened(name="甲", on="2026-09-01")
    tiny.opened(name="乙", on="2026-09-28")
    tiny.do(
        "advance", tiny.opened(name="丙", on="2026-09-14"), "suspend", "--note", "x", by="bureau01"
    )
    tiny.do(
        "advance", tiny.opened(name="丁", on="2026-09-14"), "close", "--note", "x", by="bureau01"
    )
    assert tiny.do("board") == (
        "考察接待流程　共 4 件\n"
        "阶段  环节      件数  绿  黄  红\n"
        "前期  考察导入     2   1   ·   1\n"
        "前期  规划选址     0   ·   ·   ·\n"
        "前期  中止         1   1   ·   ·\n"
        "      在办合计     3   2   0   1\n"
        "      终止         1\n"
    )
    assert tiny.asks("board", "--year", "2025")["workflows"] == []
    [found] = tiny.asks("board", "--year", "2026")["workflows"]
    assert found["states"][0] == {
        "state": "scouting",
        "stage": "考察导入",
        "phase": "前期",
        "final": False,
        "count": 2,
        "lights": {"green": 1, "yellow": 0, "red": 1},
    }


def test_lights_change_as_days_pass(tiny: Tiny) -> None:
    """A case nobody touches turns yellow, then red, by the clock alone."""
    number = tiny.opened()
    late = ("--on", "2026-09-02", "--because", "当时未及录入")
    tiny.do("sign", number, "to_siting", "agree", *late, by="land01")
    lights = []
    for days in (-15, -14, -6, -5):
        tiny.now = tiny.now.replace(month=9, day=30) + timedelta(days=days)
        lights.append((tiny.asks("show", number)["light"], tiny.asks("list")["cases"][0]["light"]))
    assert lights == [("green",) * 2, ("yellow",) * 2, ("yellow",) * 2, ("red",) * 2]


def test_log_tells_every_entry(tiny: Tiny) -> None:
    """Each entry is a line; for machines the whole entries come, with their hashes."""
    number = tiny.ready()
    assert tiny.do("log", number) == (
        "KC-2026-001 剑瓷文化体验街区　共 4 条记录\n"
        "序号  日期        经办        事由\n"
        "   1  2026-09-01  bureau01    立项 KC-2026-001（2026-09-30 补录）\n"
        "   2  2026-09-02  planning01  上传 选址论证报告（报告.pdf）（2026-09-30 补录）\n"
        "   3  2026-09-03  land01      会签 转入规划选址　国土 同意"
        "（2026-09-30 补录：当时未及录入）\n"
        "   4  2026-09-03  wenwu01     会签 转入规划选址　市文物局 同意"
        "（2026-09-30 补录：当时未及录入）\n"
    )
    entries = tiny.asks("log", number)["entries"]
    assert [entry["intent"]["prev"] for entry in entries[1:]] == [
        entry["hash"] for entry in entries[:-1]
    ]


def test_whoever_may_not_go_on_learns_it_and_what_is_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who opened a case and so may not make its next step reads that in `show`, and in `todo` what
    they may still supply for it; who makes it reads what is lacking; both do in `why`.
    """
    office = Bureau(tmp_path, monkeypatch)
    path = office.rules / "workflows" / "visit.yaml"
    text = path.read_text("utf-8").replace(
        "    by: bureau\n", "    by: bureau\n    not_by: [open]\n", 1
    )
    path.write_text(text, "utf-8")
    number = office.founded().opened("x_units=wenwu", "owner_unit=owner", on="2026-09-30")
    barred = "立项 由 bureau01 办理，须换人"
    told = "转入规划选址 尚缺：缺 {}；您可补，但不能办这一步（" + barred + "）"
    tasks = office.asks("todo", by="bureau01")["tasks"]
    assert [(task["kind"], task["text"], task["command"]) for task in tasks] == [
        ("supply", told.format("总投资"), f"lifecycle set {number} investment=…"),
        ("supply", told.format("选址论证报告"), f"lifecycle attach {number} report 文件"),
    ]
    assert f"由 市招商局 办理；您须回避（{barred}）" in office.do("show", number, by="bureau01")
    for officer in ("bureau01", "bureau02"):
        assert "缺 总投资" in office.do("show", number, by=officer)
        assert "缺 总投资" in office.do("why", number, by=officer)
    assert "尚不能办：缺 总投资；缺 选址论证报告" in office.do("todo", by="bureau02")
