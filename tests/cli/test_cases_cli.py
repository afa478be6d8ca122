"""What officers do to cases on the command line: full output, exit codes, one message for each
mistake.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from outside import raw
from tiny_office import Tiny

from lifecycle.office.administration.audit import Audit


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def seq(tiny: Tiny, number: str) -> int:
    """Count a case's entries."""
    return len(tiny.asks("log", number)["entries"])


def test_open_prints_the_number_alone(tiny: Tiny) -> None:
    """Standard output holds the new number and nothing else, for scripts to take; the rest is told
    beside it.
    """
    result = tiny.run(
        "open",
        "考察接待流程",
        "--set",
        "项目名称=剑瓷文化体验街区",
        "--on",
        "2026-09-01",
        by="bureau01",
    )
    assert (result.exit_code, result.stdout) == (0, "KC-2026-001\n")
    assert (
        result.stderr == "已立项：剑瓷文化体验街区　现在“考察导入”，由 市招商局 牵头，"
        "限 2026-09-15，已逾期 15 日\n"
    )


def test_refusal_shows_every_gate_at_once(tiny: Tiny) -> None:
    """A refused command exits 1, shows all gates with how to meet them and the ground, and changes
    nothing.
    """
    number = tiny.opened("investment=2000", "x_units=市文物局、xiao")
    assert tiny.fails("advance", number, "to_siting", by="land01") == (
        1,
        (
            "不能办理：KC-2026-001 剑瓷文化体验街区　考察导入 → 规划选址\n"
            "  ✗ 角色　　由 市招商局 办理；您（市自然资源局 land01）不具备该角色\n"
            "            请 市招商局 的经办人办理；受委托的，加 --for 委托人\n"
            "  ✗ 要素　　缺 业主单位    　　lifecycle set KC-2026-001 owner_unit=…\n"
            "  ✗ 材料　　缺 选址论证报告　　lifecycle attach KC-2026-001 report 文件\n"
            "  ✗ 会签　　缺 国土、市文物局、市消防救援支队 的同意意见\n"
            "            lifecycle sign KC-2026-001 to_siting agree --as …\n"
            "  ✗ 条件　　总投资 2000 万元，至少 3000 万元"
            "（总投资不足3000万元，按属地一般项目办理）\n"
            "  ✓ 要素　　总投资 2000 万元\n"
            "依据：workflows/visit.yaml:42　接待办法 第5条\n"
        ),
    )
    assert seq(tiny, number) == 1


def test_refusal_for_machines_has_the_gates(tiny: Tiny) -> None:
    """With --json a refusal is one document with every gate under stable keys."""
    number = tiny.opened()
    answer = tiny.asks("advance", number, "close", by="bureau01")
    assert answer == {
        "ok": False,
        "error": {
            "message": "不能办理：KC-2026-001 剑瓷文化体验街区　考察导入 → 终止（理由："
            "须说明理由）",
            "mend": "",
            "kind": "refused",
            "details": {
                "asked_for": "KC-2026-001 剑瓷文化体验街区　考察导入 → 终止",
                "basis": "workflows/visit.yaml:64　接待办法 第3条",
                "gates": [
                    {
                        "kind": "role",
                        "label": "角色",
                        "met": True,
                        "text": "市招商局（bureau01）",
                        "given": "",
                        "wanted": "",
                        "act": None,
                        "mend": "",
                        "basis": "",
                    },
                    {
                        "kind": "reason",
                        "label": "理由",
                        "met": False,
                        "text": "须说明理由",
                        "given": "",
                        "wanted": "",
                        "act": None,
                        "mend": "lifecycle advance KC-2026-001 close --note …",
                        "basis": "",
                    },
                ],
            },
        },
    }


def test_a_refused_attempt_is_counted(tiny: Tiny) -> None:
    """A refusal leaves a mark beside the log, also where a bulk is undone as a whole."""
    number = tiny.opened()
    tiny.fails("advance", number, "to_siting", by="land01")
    tiny.run("advance", "-", "to_siting", "--all-or-nothing", by="bureau01", text=number)
    tiny.fails("advance", number, "to_siting", "--dry-run", by="bureau01")
    office = tiny.office()
    assert [
        row[0] for row in raw(office.store).rows("SELECT officer FROM refusal ORDER BY id")
    ] == [
        "land01",
        "bureau01",
    ]
    office.close()


def test_advance_moves_the_case(tiny: Tiny) -> None:
    """The name may be left out where one forward transition leaves; the answer says who leads now
    and by when.
    """
    number = tiny.ready()
    assert tiny.do("advance", number, "--on", "2026-09-04", by="bureau01") == (
        "已办理：KC-2026-001　剑瓷文化体验街区　转入规划选址　考察导入 → 规划选址\n"
        "  现在“规划选址”，由 建设（规划） 牵头，限 2026-09-24，已逾期 6 日\n"
    )
    assert tiny.asks("show", number)["state"] == "siting"


def test_names_may_be_chinese_and_parts(tiny: Tiny) -> None:
    """Case, transition, material, fact, unit and verdict are named by identifier or
    Chinese title.
    """
    tiny.opened()
    tiny.write("a.pdf", "x")
    tiny.do(
        "set",
        "剑瓷",
        "总投资=32000万元",
        "业主单位=市文旅平台公司",
        "x 部门名单=市文物局",
        by="bureau01",
    )
    tiny.do("attach", "2026-001", "选址论证报告", "a.pdf", by="bureau01")
    tiny.do("sign", "剑瓷文化", "转入规划选址", "同意", by="land01")
    tiny.do(
        "sign",
        "剑瓷文化",
        "转入规划选址",
        "附条件同意",
        "--note",
        "先勘探",
        "--role",
        "x 部门",
        by="wenwu01",
    )
    assert "考察导入 → 规划选址" in tiny.do("advance", "剑瓷", "转入规划选址", by="bureau01")


def test_dry_run_changes_nothing(tiny: Tiny) -> None:
    """--dry-run tells whether it can be done, with the exit code of the real thing, and leaves no
    entry.
    """
    number = tiny.ready()
    assert tiny.do("advance", number, "--dry-run", by="bureau01") == (
        "KC-2026-001　剑瓷文化体验街区　可以办理（未写入），办后为“规划选址”\n"
    )
    assert tiny.fails("advance", number, "--dry-run", by="land01")[0] == 1
    assert (
        tiny.do("open", "visit", "--set", "name=乙", "--dry-run", by="bureau01")
        == "可以立项（未写入）：乙\n"
    )
    assert (seq(tiny, number), len(tiny.asks("list")["cases"])) == (4, 1)


def test_a_request_sent_twice_has_one_effect(tiny: Tiny) -> None:
    """The same --request-id gives the same answer again, even with no name; under another command
    it is refused.
    """
    number = tiny.ready()
    first = tiny.asks("advance", number, "--request-id", "r-1", by="bureau01")
    again = tiny.asks("advance", number, "--request-id", "r-1", by="bureau01")
    assert (first.pop("repeated"), again.pop("repeated")) == (False, True)
    assert again.pop("gates") == []
    first.pop("gates")
    assert again == first
    assert tiny.do("advance", number, "--request-id", "r-1", by="bureau01").endswith(
        "（此前已办，未重复写入）\n"
    )
    assert tiny.fails("set", number, "area=3", "--request-id", "r-1", by="bureau01") == (
        1,
        "--request-id r-1 已用于另一条指令\n  改法：请换一个编号\n",
    )
    opened = [
        tiny.do("open", "visit", "--set", "name=乙", "--request-id", "o-1", by="bureau01")
        for _ in range(2)
    ]
    assert opened == ["KC-2026-002\n"] * 2
    assert len(tiny.asks("list")["cases"]) == 2


def test_an_answer_for_machines_names_the_entry(tiny: Tiny) -> None:
    """--json of a done command gives case, state and entry under stable keys."""
    number = tiny.opened()
    answer = tiny.asks("set", number, "area=42.50亩", "--on", "2026-09-02", by="bureau01")
    entry = answer.pop("entry")
    assert (len(answer.pop("id")), len(entry.pop("eid")), len(entry.pop("hash"))) == (36, 36, 64)
    assert entry == {
        "type": "facts_recorded",
        "transition": None,
        "from": None,
        "to": None,
        "officer": "bureau01",
        "role": "bureau",
        "occurred_on": "2026-09-02",
        "recorded_at": "2026-09-30T02:00:00.000000Z",
    }
    assert answer == {
        "ok": True,
        "number": "KC-2026-001",
        "title": "剑瓷文化体验街区",
        "state": "scouting",
        "seq": 2,
        "dry_run": False,
        "repeated": False,
        "effects": [],
        "hints": [],
        "gates": [
            {
                "kind": "role",
                "label": "角色",
                "met": True,
                "text": "市招商局（bureau01）",
                "given": "",
                "wanted": "",
                "act": None,
                "mend": "",
                "basis": "",
            }
        ],
    }


def test_an_objection_blocks_until_withdrawn_or_resolved(tiny: Tiny) -> None:
    """An objection is the one gate left unmet; the lead's resolution or its withdrawal and consent
    meet it.
    """
    number = tiny.ready()
    tiny.do("sign", number, "to_siting", "不同意", "--note", "压占文物本体", by="wenwu01")
    assert tiny.fails("advance", number, by="bureau01")[1].splitlines()[1:3] == [
        "  ✗ 会签　　市文物局 不同意：压占文物本体",
        (
            "            由其撤回，或由牵头单位说明处理：lifecycle resolve KC-2026-001 to_siting "
            "x/wenwu --note …"
        ),
    ]
    assert tiny.do(
        "resolve", number, "to_siting", "市文物局", "--note", "已避让", "--dry-run", by="bureau01"
    )
    assert tiny.do("withdraw", number, "to_siting", "--note", "已协商", by="wenwu01") == (
        "已办理：KC-2026-001　剑瓷文化体验街区　撤回对 转入规划选址 的意见　市文物局：已协商\n"
    )
    assert "缺 市文物局 的同意意见" in tiny.fails("advance", number, by="bureau01")[1]
    tiny.do("sign", number, "to_siting", "object", "--note", "仍有异议", by="wenwu01")
    assert tiny.do(
        "resolve", number, "to_siting", "x/wenwu", "--note", "已避让", by="bureau01"
    ) == (
        "已办理：KC-2026-001　剑瓷文化体验街区　处理 市文物局 对 转入规划选址 的不同意见：已避让\n"
    )
    assert tiny.fails("resolve", number, "to_siting", "x/wenwu", "--note", "再避让", by="bureau01")[
        1
    ] == (
        "不能办理：KC-2026-001 剑瓷文化体验街区　处理不同意见：转入规划选址\n"
        "  ✗ 意见　　市文物局 对 转入规划选址 没有待处理的不同意见\n"
        "  ✓ 角色　　市招商局（bureau01）\n"
        "依据：workflows/visit.yaml　接待办法 第3条\n"
    )
    tiny.do("advance", number, by="bureau02")


def test_delegates_act_for_their_principal(tiny: Tiny) -> None:
    """--for acts with the principal's role and unit; without a delegation it is refused with what
    to do.
    """
    number = tiny.opened()
    tiny.do(
        "sign",
        number,
        "to_siting",
        "agree",
        "--for",
        "land01",
        "--on",
        "2026-09-02",
        "--because",
        "待补登",
        by="planning01",
    )
    assert tiny.do("log", number, "--after", "1") == (
        "KC-2026-001 剑瓷文化体验街区　共 2 条记录\n"
        "序号  日期        经办                     事由\n"
        "   2  2026-09-02  planning01（代 land01）  会签 转入规划选址　国土 同意"
        "（2026-09-30 补录：待补登）\n"
    )
    assert tiny.fails("sign", number, "to_siting", "agree", "--for", "land01", by="wenwu01") == (
        1,
        (
            "land01 在 2026-09-30 没有委托 wenwu01 代办\n"
            "  改法：请 land01 先办：lifecycle officer delegate wenwu01 --until 日期 --as land01\n"
        ),
    )


def test_a_delegate_of_the_same_role_is_told_once(tiny: Tiny) -> None:
    """What the delegate can do themselves is not told once more for their principal; what only the
    principal can do is.
    """
    tiny.opened("investment=32000", on="2026-09-29")
    before = tiny.asks("todo", by="bureau02")["tasks"]
    assert [task["principal"] for task in before] == [None] * len(before)
    tiny.do("officer", "delegate", "bureau02", "--until", "2026-10-31", by="bureau01")
    assert tiny.asks("todo", by="bureau02")["tasks"] == before
    tiny.do("officer", "delegate", "bureau02", "--until", "2026-10-31", by="land01")
    more = [task for task in tiny.asks("todo", by="bureau02")["tasks"] if task not in before]
    assert [(task["kind"], task["principal"]) for task in more] == [("sign", "land01")]


def test_what_was_done_before_a_delegation_is_told_how_to_be_recorded(tiny: Tiny) -> None:
    """A delegate records no act of a day before the delegation, and learns who does: not to be
    delegated to once more.
    """
    number = tiny.opened()
    tiny.do("officer", "delegate", "bureau02", "--until", "2026-10-31", by="bureau01")
    late = ("advance", number, "note_visit", "--on", "2026-09-02", "--for", "bureau01")
    assert tiny.fails(*late, by="bureau02") == (
        1,
        (
            "bureau01 在 2026-09-02 还没有委托 bureau02 代办：补录以前的事，当时也须已经委托\n"
            "  改法：由 bureau01 补录；当时是 bureau01 办的，其同单位、同角色的经办人也可补录："
            "--done-by bureau01 --because 理由\n"
        ),
    )
    done_by = ("--done-by", "bureau01", "--because", "出差")
    tiny.do(*late[:5], "--set", "people=3", *done_by, by="bureau02")


def test_suspension_and_return(tiny: Tiny) -> None:
    """A suspended case says where it goes back to; a resumed one is there again; a return needs its
    reason.
    """
    number = tiny.ready()
    tiny.do("advance", number, "--on", "2026-09-04", by="bureau01")
    assert tiny.fails("advance", number, "send_back", by="land01")[1].splitlines()[1] == (
        "  ✗ 理由　　须说明理由　　lifecycle advance KC-2026-001 send_back --note …"
    )
    tiny.do("advance", number, "suspend", "--note", "等批复", "--on", "2026-09-10", by="bureau01")
    assert "自 2026-09-10 起中止，恢复后回到“规划选址”" in tiny.do("show", number)
    tiny.do("advance", number, "go_on", "--on", "2026-09-20", by="bureau01")
    assert tiny.asks("show", number)["entered_on"] == "2026-09-04"
    tiny.do("advance", number, "退回补正", "--note", "材料不全", by="land01")
    assert {o["status"] for o in tiny.asks("show", number)["opinions"]} == {"stale"}


MISTAKES = [
    (("show", "不存在"), 1, "没有事项“不存在”\n"),
    (("show", "KC-2026-01"), 1, "没有事项“KC-2026-01”\n  改法：是否为“KC-2026-001”？\n"),
    (("advance", "剑瓷", "to_sitting"), 1, "没有流转“to_sitting”\n  改法：是否为“to_siting”？\n"),
    (
        ("advance", "剑瓷", "转入规划选"),
        1,
        "没有流转“转入规划选”\n  改法：是否为“转入规划选址”？\n",
    ),
    (("set", "剑瓷", "investmnt=3"), 1, "没有要素“investmnt”\n  改法：是否为“investment”？\n"),
    (
        ("set", "剑瓷", "investment"),
        2,
        "“investment”应写作 要素=值\n  改法：例如 investment=32000 或 总投资=32000\n",
    ),
    (
        ("set", "剑瓷", "investment=1", "investment=2"),
        1,
        "总投资（investment）只有一个值，这里写了 2 个\n  改法：只留一个；清单才可以写几项\n",
    ),
    (
        ("set", "剑瓷", "investment=2,6"),
        1,
        "总投资“2,6”中的逗号不是每三位一个的千分位\n  改法：千分位写作 32,000，小数点写作 2.6\n",
    ),
    (("set", "剑瓷"), 1, "没有写要填什么\n  改法：例如：lifecycle set 编号 investment=32000\n"),
    (
        ("set", "剑瓷", "总投资=三万"),
        1,
        "总投资“三万”不是数\n  改法：例如 investment=32000，单位是万元，只填数字\n",
    ),
    (("set", "剑瓷", "investment=-1"), 1, "总投资 -1 万元不能小于 0 万元\n"),
    (
        ("set", "剑瓷", "investment=3亿元"),
        1,
        "总投资“3亿元”不是数\n  改法：例如 investment=32000，单位是万元，只填数字\n",
    ),
    (("advance", "剑瓷", "note_visit", "--set", "people=1.5"), 1, "到访人数“1.5”应为整数\n"),
    (("advance", "剑瓷", "note_visit", "--set", "people=501"), 1, "到访人数 501 不能大于 500\n"),
    (
        ("set", "剑瓷", "announced_on=2026-02-30"),
        1,
        "公告日“2026-02-30”不是有效日期\n  改法：请写成 2026-08-01 的样子\n",
    ),
    (
        ("set", "剑瓷", "kind=文绿"),
        1,
        "类别不能是“文绿”\n  改法：可选：文旅、康养、总部（是否为“文旅”？）\n",
    ),
    (("set", "剑瓷", "foreign=也许"), 1, "是否外资应填“是”或“否”，不能是“也许”\n"),
    (("set", "剑瓷", "owner_unit=文物局"), 1, "没有单位“文物局”\n  改法：是否为“市文物局”？\n"),
    (
        ("set", "剑瓷", "name=甲\x07乙"),
        1,
        "项目名称第 2 个字符 U+0007 是不可见的控制字符\n  改法：请删去该字符后重试\n",
    ),
    (
        ("set", "剑瓷", "name=甲\u202e乙"),
        1,
        "项目名称第 2 个字符 U+202E 是不可见的控制字符\n  改法：请删去该字符后重试\n",
    ),
    (("set", "剑瓷", "name="), 1, "项目名称（name）不能为空\n"),
    (("attach", "剑瓷", "报告", "a.pdf"), 1, "没有材料“报告”\n  改法：是否为“选址论证报告”？\n"),
    (
        ("attach", "剑瓷", "report", "无.pdf"),
        1,
        "没有文件 无.pdf\n  改法：请核对文件名和所在目录\n",
    ),
    (("attach", "剑瓷", "report", "空.pdf"), 1, "文件 空.pdf 是空的\n  改法：请换一个文件\n"),
    (("attach", "剑瓷", "report", "大.pdf"), 1, "文件超过 1 MB\n  改法：请压缩或分册后再传\n"),
    (
        ("attach", "-", "report", "大.pdf"),
        2,
        "材料须一件一件上传\n  改法：写一个事项的编号，一件一件地传\n",
    ),
    (
        ("advance", "剑瓷", "close", "--note", "x", "--on", "2026-10-01"),
        1,
        "办理日 2026-10-01 在今天（2026-09-30）之后\n  改法：只能补录已发生的事\n",
    ),
    (
        ("advance", "剑瓷", "close", "--note", "x", "--on", "2026-08-31"),
        1,
        (
            "办理日 2026-08-31 早于 KC-2026-001 上一条记录的 2026-09-01\n  改法：请用 2026-09-01 "
            "或以后的日期\n"
        ),
    ),
    (("open", "vist", "--set", "name=甲"), 1, "没有流程“vist”\n  改法：是否为“visit”？\n"),
    (
        ("open", "visit", "--from", "无.yaml"),
        1,
        "没有文件 无.yaml\n  改法：请核对文件名和所在目录\n",
    ),
    (
        ("set", "剑瓷", "area=1", "--all-or-nothing"),
        2,
        "--all-or-nothing 只用于成批办理\n  改法：事项处写 - 或表格文件\n",
    ),
    (
        ("set", "剑瓷", "area=1", "--request-id", "中文"),
        1,
        "--request-id “中文”不合规\n  改法：用字母、数字与 - _ . : /，最多 64 个\n",
    ),
    (
        ("resolve", "剑瓷", "to_siting", "xx", "--note", "x"),
        1,
        "没有单位“xx”\n  改法：用 lifecycle unit list 查单位的代码和名称\n",
    ),
    (
        ("sign", "剑瓷", "to_siting", "agree", "--role", "landd"),
        1,
        "没有角色“landd”\n  改法：是否为“land”？\n",
    ),
]


@pytest.mark.parametrize(
    ("args", "code", "message"), MISTAKES, ids=[" ".join(m[0])[:40] for m in MISTAKES]
)
def test_each_mistake_has_its_one_message(
    tiny: Tiny, args: tuple[str, ...], code: int, message: str
) -> None:
    """Bad input exits with its documented code and one message, and leaves the case as it was."""
    number = tiny.opened()
    tiny.write("空.pdf", b"")
    tiny.write("大.pdf", bytes(2 << 20))
    assert tiny.fails(*args, by="bureau01") == (code, message)
    assert seq(tiny, number) == 1


def test_who_acts_must_be_said_and_known(tiny: Tiny) -> None:
    """Without an officer the error says how to name one; an unknown one and one not yet in office
    are told apart.
    """
    number = tiny.opened()
    assert tiny.fails("advance", number) == (
        2,
        "没有说明由谁办理\n  改法：加 --as 工号，或先运行 export LIFECYCLE_OFFICER=工号\n",
    )
    assert tiny.fails("set", number, "area=1", by="bureau1") == (
        1,
        "没有经办人“bureau1”\n  改法：是否为“bureau01”？\n",
    )
    assert tiny.fails("open", "visit", "--set", "name=甲", "--on", "2025-12-31", by="bureau01") == (
        1,
        (
            "bureau01（招商科经办人）在 2025-12-31 不在岗\n"
            "  改法：请由在岗的经办人办理：bureau01 自 2026-01-01 起在岗，"
            "建库时名册可写更早的 since\n"
        ),
    )


def test_a_very_long_text_is_refused(tiny: Tiny) -> None:
    """Ten megabytes of text are refused with a word about what to do instead."""
    number = tiny.opened()
    tiny.write("long.csv", "编号,项目名称\n" + number + "," + "长" * 90_000)
    assert tiny.do_not("set", "long.csv", by="bureau01") == (
        "✗ long.csv:2:2　KC-2026-001　项目名称太长：90000 字，最多 10000 字　"
        "改法：较长的内容请作为材料上传（lifecycle attach）\n"
        "已办理 0 件，未办理 1 件\n"
    )
    tiny.write("huge.csv", b"number,name\n1," + b"x" * 10_000_000)
    assert tiny.run("set", "huge.csv", by="bureau01").exit_code == 1


@pytest.mark.parametrize("name", ["大垟𡶴头村", "峃口漈下", "茶旅🍵小镇", "㵧溪"])
def test_rare_characters_are_kept(tiny: Tiny, name: str) -> None:
    """Rare characters of place names, outside the Basic Multilingual Plane too, and emoji pass
    unchanged.
    """
    number = tiny.opened(name=name)
    assert tiny.asks("show", number)["title"] == name
    assert name in tiny.do("list")
    assert tiny.asks("show", name)["number"] == number


def test_an_ambiguous_case_lists_what_it_may_mean(tiny: Tiny) -> None:
    """A part that several cases bear is refused with their numbers; a whole title that one bears is
    that one.
    """
    tiny.opened(name="剑瓷街区")
    tiny.opened(name="剑瓷街区二期")
    assert tiny.fails("show", "剑瓷") == (
        1,
        (
            "事项“剑瓷”不止一个：\n  KC-2026-001 剑瓷街区\n  KC-2026-002 剑瓷街区二期\n"
            "  改法：请写得更完整些，如：KC-2026-001\n"
        ),
    )
    assert tiny.asks("show", "剑瓷街区")["number"] == "KC-2026-001"


def test_a_late_comer_is_told_who_was_first(tiny: Tiny) -> None:
    """A transition made already says by whom and when, and what can be done now."""
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", "--on", "2026-09-04", by="bureau02")
    assert tiny.fails("advance", number, "to_siting", by="bureau01")[1].splitlines()[1] == (
        "  ✗ 环节　　现为“规划选址”，转入规划选址 须在“考察导入”办理；"
        "上一步“转入规划选址”由 bureau02 于 2026-09-04 办理"
    )
    tiny.do("advance", number, "close", "--note", "x", by="bureau01")
    assert tiny.fails("advance", number, by="bureau01") == (
        1,
        (
            "KC-2026-001 现为“终止”，没有可以推进的流转\n  改法：用 lifecycle show KC-2026-001 "
            "查看可办事项\n"
        ),
    )


def test_bulk_from_standard_input(tiny: Tiny) -> None:
    """Each line has its result; a bad one stops nothing; the exit code says that not
    all was done.
    """
    first, second = tiny.opened(name="甲"), tiny.opened(name="乙")
    text = f"# 终止\n{first}\n\n没有\n{second}\n"
    assert tiny.do_not("advance", "-", "close", "--note", "不再推进", by="bureau01", text=text) == (
        "✓ -:2　KC-2026-001　甲　终止　考察导入 → 终止：不再推进\n"
        "✗ -:4　没有　没有事项“没有”\n"
        "✓ -:5　KC-2026-002　乙　终止　考察导入 → 终止：不再推进\n"
        "已办理 2 件，未办理 1 件\n"
    )
    assert tiny.fails("advance", "-", "close", by="bureau01", text="\n") == (
        1,
        "没有读到任何事项\n  改法：每行写一个事项编号；表格的第一行写列名\n",
    )


def test_a_transition_of_another_state_is_refused_with_what_the_asker_can_do(tiny: Tiny) -> None:
    """Not what others can: of the ways out of the state those that the asker can make now, with
    what comes with the command; to sign, those on which their unit may speak.
    """
    number = tiny.opened("owner_unit=owner", "x_units=wenwu")

    def told(*args: str, by: str) -> str:
        return tiny.fails(*args, by=by)[1].splitlines()[2].strip()

    ways = "登记到访（note_visit）、中止（suspend）、终止（close）"
    advance = ("advance", number, "to_done")
    assert told(*advance, by="bureau01") == f"您现在能办的：{ways}"
    assert told(*advance, by="land01") == (f"本环节没有您现在能办的流转：lifecycle show {number}")
    assert told("sign", number, "to_done", "agree", by="land01") == (
        "您现在能会签的：转入规划选址（to_siting）"
    )
    assert told("ask", number, "to_done", by="bureau01") == (
        f"本环节没有您现在能送会签的流转：lifecycle show {number}"
    )
    resolve = ("resolve", number, "to_done", "land", "--note", "已协调")
    assert told(*resolve, by="bureau01") == (
        f"本环节没有您现在能处理不同意见的流转：lifecycle show {number}"
    )


def test_bulk_all_or_nothing(tiny: Tiny) -> None:
    """With --all-or-nothing every line is judged, and one that cannot be done undoes all."""
    first = tiny.opened(name="甲")
    args = ("sign", "-", "to_siting", "agree", "--all-or-nothing")
    assert tiny.do_not(*args, by="land01", text=f"{first}\n没有\n") == (
        "✓ -:1　KC-2026-001　甲　会签 转入规划选址　国土 同意　提示：“转入规划选址”会签要看的 "
        "总投资、业主单位、选址论证报告 还没有填报或上传，这份意见不包括它们；"
        "以后填报、上传了，意见即失效，须重新会签\n"
        "✗ -:2　没有　没有事项“没有”\n"
        "1 件不能办理，其余也未办理：没有写入任何内容\n"
    )
    assert seq(tiny, first) == 1
    assert tiny.do(*args, by="land01", text=first).endswith("已办理 1 件，未办理 0 件\n")
    assert seq(tiny, first) == 2


def test_bulk_for_machines(tiny: Tiny) -> None:
    """--json of a bulk is one document with a result for each line, gates included; a retry has no
    second effect.
    """
    number = tiny.opened(name="甲")
    args = ["advance", "-", "close", "--request-id", "b"]
    answer = tiny.asks(*args, by="bureau01", text=f"{number}\n")
    assert (answer["ok"], answer["total"], answer["done"], answer["failed"]) == (False, 1, 0, 1)
    assert [g["kind"] for g in answer["results"][0]["error"]["details"]["gates"]] == [
        "role",
        "reason",
    ]
    args += ["--note", "停"]
    results = [tiny.asks(*args, by="bureau01", text=number)["results"][0] for _ in range(2)]
    assert [(r["ok"], r["line"], r["given"], r["number"], r["repeated"]) for r in results] == [
        (True, "-:1", number, number, False),
        (True, "-:1", number, number, True),
    ]


def test_open_and_set_from_tables(tiny: Tiny) -> None:
    """CSV, XLSX and YAML open and fill many cases; heads are facts by name or title; each line
    tells its own fault.
    """
    tiny.write(
        "new.csv",
        "项目名称,总投资,x 部门名单\n甲,3000,wenwu\n乙,很多,\n丙,5,市文物局、xiao\n".encode(
            "gb18030"
        ),
    )
    assert tiny.do_not(
        "open", "visit", "--from", "new.csv", "--set", "kind=文旅", by="bureau01"
    ) == (
        "✓ new.csv:2　KC-2026-001　甲\n"
        "✗ new.csv:3:2: 总投资“很多”不是数　改法：例如 investment=32000，单位是万元，只填数字\n"
        "✓ new.csv:4　KC-2026-002　丙\n"
        "已办理 2 件，未办理 1 件\n"
    )
    book = Workbook()
    book.active.append(["编号", "用地面积", "公告日"])  # type: ignore[union-attr]
    book.active.append(["KC-2026-001", 42.5, "2026-09-01"])  # type: ignore[union-attr]
    book.active.append([None, 1, None])  # type: ignore[union-attr]
    book.save(tiny.folder / "more.xlsx")
    assert tiny.do_not("set", "more.xlsx", "foreign=否", by="bureau01") == (
        "✓ more.xlsx[Sheet]:2　KC-2026-001　甲　"
        "填报 用地面积 42.5 亩；公告日 2026-09-01；是否外资 否\n"
        "✗ more.xlsx[Sheet]:3 没有写事项编号　改法：列名用其中之一："
        "case、number、编号、事项、项目编号、事项编号\n"
        "已办理 1 件，未办理 1 件\n"
    )
    assert tiny.asks("show", "甲")["facts"] == {
        "name": "甲",
        "investment": "3000",
        "x_units": ["wenwu"],
        "kind": "文旅",
        "area": "42.5",
        "announced_on": "2026-09-01",
        "foreign": False,
    }
    tiny.write("one.yaml", "name: 丁\ninvestment: 5000\nx_units: [市文物局, xiao]\n")
    assert tiny.do("open", "visit", "--from", "one.yaml", by="bureau01") == "KC-2026-003\n"
    assert tiny.asks("show", "丁")["facts"]["x_units"] == ["wenwu", "xiao"]


def test_facts_asked_for_come_with_the_command(tiny: Tiny) -> None:
    """A transition that asks for facts takes them with --set, and refuses others."""
    number = tiny.opened()
    assert tiny.fails("advance", number, "登记到访", by="bureau01")[1].splitlines()[1] == (
        "  ✗ 要素　　须同时填 到访人数　　lifecycle advance KC-2026-001 note_visit --set people=…"
    )
    assert (
        tiny.fails(
            "advance", number, "登记到访", "--set", "area=1", "--set", "people=2", by="bureau01"
        )[0]
        == 1
    )
    assert tiny.do("advance", number, "登记到访", "--set", "到访人数=12", by="bureau01") == (
        "已办理：KC-2026-001　剑瓷文化体验街区　登记到访　填 到访人数 12\n"
        "  现在“考察导入”，由 市招商局 牵头，限 2026-09-15，已逾期 15 日\n"
    )


def test_the_audit_of_all_this_is_clean(tiny: Tiny) -> None:
    """What these commands write, an audit finds nothing wrong with."""
    number = tiny.ready()
    tiny.do("advance", number, by="bureau01")
    tiny.do("advance", number, "send_back", "--note", "补正", by="land01")
    office = tiny.office()
    assert [str(finding) for finding in Audit(office).findings()] == []
    assert json.loads(json.dumps(tiny.asks("show", number)))["seq"] == 6
    office.close()
