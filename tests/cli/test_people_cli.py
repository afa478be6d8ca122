"""The office on the command line: `init`, `unit …`, `officer …`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import TINY, Tiny

from lifecycle.errors import WorkflowError
from lifecycle.people.first_unit import FirstUnit, first_unit


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a place for an office, without its database."""
    return Tiny(tmp_path, monkeypatch)


@pytest.fixture
def tiny(bare: Tiny) -> Tiny:
    """Give a small office."""
    return bare.founded()


def test_init_makes_an_office_that_works(bare: Tiny) -> None:
    """Without a directory there are one unit that leads and one administrator, who can open a case
    at once.
    """
    assert bare.do("init", by="zhang01") == (
        f"已建库：{bare.path}\n"
        "  管理员 zhang01；单位 1 个，经办人 1 名\n"
        "  已发布流程 1 个，公文模板 0 个，工作日历\n"
        "下一步：\n"
        "  以管理员身份办理  export LIFECYCLE_OFFICER=zhang01\n"
        "  登记单位          lifecycle unit add 代码 名称 --function 职能\n"
        "  登记经办人        lifecycle officer add 工号 职务 --unit 代码 --role 角色\n"
    )
    assert bare.do("open", "visit", "--set", "name=甲", by="zhang01") == "KC-2026-001\n"


def test_init_with_a_directory_says_who_can_begin(
    bare: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With everybody there, it says whose code to set, how a case is opened and with what and,
    where the database was named with the command only, how to go on using it.
    """
    monkeypatch.delenv("LIFECYCLE_DB", raising=False)
    told = bare.do("init", "--from", str(TINY / "directory.yaml"))
    assert told.partition("下一步：\n")[2] == (
        "  看有哪些单位              lifecycle unit list\n"
        "  看有哪些人，各是什么角色  lifecycle officer list\n"
        "  以其中一人的身份办理      export LIFECYCLE_OFFICER=bureau01\n"
        "                            （市招商局 招商科经办人；换人办理时换工号）\n"
        "  立第一个项                lifecycle open visit --set 项目名称=…\n"
        "  看有什么等着办            lifecycle todo\n"
    )


def test_init_with_people_but_no_roles_says_how_they_get_them(bare: Tiny) -> None:
    """A directory made from a contact list has everybody, and no functions or roles yet: nobody is
    told to add units and people again.
    """
    people = (
        "office:\n  unit: u01\n  title: 某中心\n  functions: []\n"
        "  admin: {code: admin, title: 系统管理员}\n"
        "officers:\n  - {code: u0101, title: 科员, unit: u01}\n"
    )
    told = bare.do("init", "--from", bare.write("名册.yaml", people))
    assert told.partition("下一步：\n")[2] == (
        "  以管理员身份办理          export LIFECYCLE_OFFICER=admin\n"
        "  看有哪些人，各是什么角色  lifecycle officer list\n"
        "  单位承担哪些职能（写齐）  lifecycle unit change 单位 --function 职能\n"
        "  授予角色                  lifecycle officer grant 工号 角色\n"
    )


def test_the_first_unit_is_the_settings(bare: Tiny) -> None:
    """Code and name of the first unit stand in settings/office.yaml; another name may be given."""
    assert first_unit() == FirstUnit("bureau", "市招商局")
    bare.do("init", "--unit", "某市投资促进局")
    assert bare.do("unit", "list") == (
        "代码    名称            职能                在岗\n"
        "bureau  某市投资促进局  市招商局（bureau）     1\n"
    )


def test_a_wrong_first_unit_is_told(tmp_path: Path) -> None:
    """Settings without the unit's code are refused with what is missing, where and how to mend
    it.
    """
    file = tmp_path / "office.yaml"
    file.write_text("first_unit: {title: 某局}\n", "utf-8")
    with pytest.raises(WorkflowError) as caught:
        first_unit(file)
    assert [(p.location.line, p.message, p.mend) for p in caught.value.problems] == [
        (1, "first_unit 缺少 code", "补上 code: …")
    ]


def test_init_from_a_directory(bare: Tiny) -> None:
    """A directory founds the office whole: units, functions, officers, roles by name or title,
    delegations.
    """
    assert bare.asks("init", "--from", str(TINY / "directory.yaml")) == {
        "ok": True,
        "database": str(bare.path),
        "admin": "admin",
        "units": 6,
        "officers": 8,
        "published": {"workflow": 1, "template": 0, "calendar": 1},
    }
    assert bare.do("unit", "list") == (
        "代码      名称            职能                      在岗\n"
        "bureau    市招商局        市招商局（bureau）           3\n"
        "land      市自然资源局    国土（land）                 1\n"
        "owner     市文旅平台公司  项目业主单位（owner）        1\n"
        "planning  市建设局        建设（规划）（planning）     1\n"
        "wenwu     市文物局        x 部门（x）                  1\n"
        "xiao      市消防救援支队  x 部门（x）                  1\n"
    )
    assert bare.do("officer", "list", "--unit", "市建设局") == (
        "工号        职务          单位      角色                      受委托\n"
        "planning01  用地科经办人  市建设局  建设（规划）（planning）  代 land01 至 2027-12-31\n"
    )


def test_an_office_is_founded_once(tiny: Tiny) -> None:
    """A second init is refused and changes nothing, whoever asks."""
    assert tiny.fails("init") == (1, "本单位已经建立，不能重复建立\n")
    assert tiny.fails("init", by="somebody") == (1, "本单位已经建立，不能重复建立\n")
    assert len(tiny.asks("unit", "list")["units"]) == 6


def test_all_faults_of_a_directory_at_once(bare: Tiny) -> None:
    """Every fault comes with its line and mend in one run, and no database is made."""
    bare.write(
        "d.yaml",
        [
            (
                "office: {unit: bureau, title: 市招商局, functions: [burea], admin: {code: admin, "
                "title: 管理员}}"
            ),
            "units:",
            "  - {code: 土地, title: 市自然资源局, functions: [land]}",
            "  - {code: bureau, title: 又一个, functions: [], sinse: 2026-01-01}",
            "officers:",
            "  - {code: land01, title: 经办人, unit: lnad, since: 2026-02-30}",
            "  - {code: land01, title: 经办人}",
        ],
    )
    code, message = bare.fails("init", "--from", "d.yaml")
    assert code == 1
    assert [line for line in message.splitlines() if line.startswith(("d.yaml", "  改法"))] == [
        "d.yaml:1:49: 错误：没有角色“burea”",
        "  改法：是否为“bureau”？",
        "d.yaml:3:12: 错误：单位代码“土地”不合规",
        "  改法：用字母、数字、点、横线，最多 40 个",
        "d.yaml:4:12: 错误：单位 bureau 重复，第 1 行已有",
        "  改法：改名或删去其一",
        "d.yaml:4:47: 错误：第 2 个单位有不认识的键 “sinse”",
        "  改法：是否为 “since”？可用的键：code、title、functions、divisions、since",
        "d.yaml:6:38: 错误：没有单位“lnad”",
        "  改法：可用：bureau、土地",
        "d.yaml:6:51: 错误：“2026-02-30” 不是日期",
        "  改法：写作 2026-08-01 的样子",
        "d.yaml:7:5: 错误：第 2 个经办人缺少 unit",
        "  改法：补上 unit: …",
        "d.yaml:7:12: 错误：经办人 land01 重复，第 6 行已有",
        "  改法：改名或删去其一",
    ]
    assert not bare.path.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "没有文件 d.yaml\n  改法：请核对文件名和所在目录\n"),
        ("", "d.yaml:1:1: 错误：文件是空的\n  改法：顶层写 office: 等各键\n"),
        ("- a", "顶层应为映射"),
        ("units: []", "文件缺少 office"),
    ],
)
def test_a_directory_that_is_none(bare: Tiny, content: str | None, message: str) -> None:
    """A missing, empty or shapeless file has its one message."""
    if content is not None:
        bare.write("d.yaml", content)
    code, said = bare.fails("init", "--from", "d.yaml")
    assert code == 1
    assert message in said


def test_a_role_of_ones_own_workflow_is_given_later(bare: Tiny) -> None:
    """When an office is founded no workflow but the shipped ones is there; a role of another is not
    known, and the mend says when it can be given.
    """
    admin = "admin: {code: admin, title: 管理员}"
    office = f"office: {{unit: bureau, title: 市招商局, functions: [投诉承办], {admin}}}"
    bare.write("d.yaml", [office])
    code, message = bare.fails("init", "--from", "d.yaml")
    assert (code, "错误：没有角色“投诉承办”" in message) == (1, True)
    assert message.rstrip().endswith(
        "自己写的流程的角色，发布流程以后再登记（lifecycle unit change、lifecycle officer grant）"
    )


def test_units_are_added_and_changed_by_day(tiny: Tiny) -> None:
    """A unit's new name and functions hold from their day on; what came before keeps the old."""
    tiny.do(
        "unit",
        "add",
        "shuili",
        "市水利局",
        "--function",
        "x 部门",
        "--since",
        "2026-02-01",
        by="admin",
    )
    assert tiny.do(
        "unit", "change", "shuili", "--title", "市水务局", "--since", "2026-09-01", by="admin"
    ) == ("已更改单位 shuili 市水务局\n")
    tiny.do("unit", "change", "市水务局", "--function", "land", "--since", "2026-09-20", by="admin")
    told = [
        next(u for u in tiny.asks("unit", "list", "--on", day)["units"] if u["unit"] == "shuili")
        for day in ("2026-08-31", "2026-09-01", "2026-09-30")
    ]
    assert [(u["title"], u["functions"]) for u in told] == [
        ("市水利局", ["x"]),
        ("市水务局", ["x"]),
        ("市水务局", ["land"]),
    ]


def test_roles_are_granted_and_revoked_by_day(tiny: Tiny) -> None:
    """A grant holds for its days; revoking one role of several leaves the others;
    leaving ends all.
    """
    tiny.do(
        "officer",
        "add",
        "land02",
        "副科长",
        "--unit",
        "land",
        "--role",
        "国土",
        "--role",
        "auditor",
        by="admin",
    )
    number = tiny.opened(on="2026-09-30")
    tiny.do("sign", number, "to_siting", "agree", by="land02")
    tiny.do("officer", "revoke", "land02", "land", by="admin")
    assert tiny.fails("sign", number, "to_siting", "agree", by="land02")[0] == 1
    assert [
        o["roles"] for o in tiny.asks("officer", "list")["officers"] if o["officer"] == "land02"
    ] == [["auditor"]]
    tiny.do("officer", "grant", "land02", "land", "--until", "2026-09-30", by="admin")
    tiny.do("sign", number, "to_siting", "agree", by="land02")
    assert tiny.do("officer", "leave", "land02", "--since", "2026-09-30", by="admin") == (
        "land02 自 2026-09-30 起不再在岗\n"
    )
    assert tiny.fails("sign", number, "to_siting", "agree", by="land02") == (
        1,
        "land02（副科长）在 2026-09-30 不在岗\n  改法：请由在岗的经办人办理\n",
    )
    assert "land02" not in tiny.do("officer", "list")
    assert "（不在岗）" in tiny.do("officer", "list", "--all")


def test_a_role_without_effect_is_pointed_out(tiny: Tiny) -> None:
    """Granting a role that the officer's unit has no function for is done and remarked upon."""
    assert tiny.do("officer", "grant", "land01", "x", by="admin") == (
        "已授予 land01：x 部门（x）\n"
        "注意：市自然资源局 没有职能 x 部门（x），暂不能行使；"
        "确有该职能的：lifecycle unit change land --function land --function x\n"
    )


def test_officers_delegate_and_take_back(tiny: Tiny) -> None:
    """Whoever delegates does so themselves; it ends with its day or when taken back."""
    tiny.do("officer", "add", "wenwu02", "科员", "--unit", "wenwu", by="admin")
    number = tiny.opened(on="2026-09-30")
    assert tiny.do("officer", "delegate", "wenwu02", "--until", "2026-10-31", by="wenwu01") == (
        "wenwu01 委托 wenwu02 代办至 2026-10-31\n"
    )
    tiny.do("set", number, "x_units=wenwu", by="bureau01")
    tiny.do("sign", number, "to_siting", "agree", "--for", "wenwu01", by="wenwu02")
    assert tiny.fails(
        "officer", "delegate", "land01", "--for", "bureau01", "--until", "2026-10-31", by="wenwu02"
    ) == (
        1,
        "须由管理员办理；您（wenwu02 科员）不是管理员\n  改法：请管理员办理\n",
    )
    tiny.do("officer", "revoke", "wenwu02", "--delegated-by", "wenwu01", by="wenwu01")
    assert (
        tiny.fails("sign", number, "to_siting", "agree", "--for", "wenwu01", by="wenwu02")[0] == 1
    )
    assert tiny.fails(
        "officer", "revoke", "wenwu02", "--delegated-by", "wenwu01", by="wenwu01"
    ) == (
        1,
        "wenwu02 没有这样的授权或委托\n  改法：用 lifecycle officer list 查看\n",
    )


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ("unit", "add", "land", "又一个"),
            1,
            "单位 land 已有\n  改法：改名或改职能请用 lifecycle unit change\n",
        ),
        (
            ("unit", "add", "市局", "市局"),
            1,
            "单位代码“市局”不合规\n  改法：用字母、数字、点、横线，最多 40 个，并写明名称\n",
        ),
        (("unit", "add", "a", "甲\n乙"), 1, "单位名称应为一行，不超过 100 字\n"),
        (
            ("unit", "add", "a", "甲", "--function", "国土局"),
            1,
            "没有角色“国土局”\n  改法：是否为“国土”？\n",
        ),
        (
            ("unit", "change", "land"),
            2,
            "没有写要改什么\n  改法：加 --title、--function 或 --no-functions\n",
        ),
        (
            ("officer", "add", "land01", "甲", "--unit", "land"),
            1,
            "经办人 land01 已有\n  改法：代码不可重复使用\n",
        ),
        (
            ("officer", "add", "a", "甲", "--unit", "lande"),
            1,
            "没有单位“lande”\n  改法：是否为“land”？\n",
        ),
        (("officer", "grant", "land1", "land"), 1, "没有经办人“land1”\n  改法：是否为“land01”？\n"),
        (("officer", "grant", "land01", "lend"), 1, "没有角色“lend”\n  改法：是否为“land”？\n"),
        (
            ("officer", "revoke", "land01", "x"),
            1,
            "land01 没有这样的授权或委托\n  改法：用 lifecycle officer list 查看\n",
        ),
        (("officer", "leave", "nobody"), 1, "没有经办人“nobody”\n"),
        (("officer", "delegate", "admin", "--until", "2026-12-31"), 1, "不能委托给自己\n"),
        (
            ("officer", "delegate", "land01", "--until", "2026-09-01", "--since", "2026-09-02"),
            1,
            "截止日 2026-09-01 早于起始日 2026-09-02\n",
        ),
    ],
)
def test_each_mistake_has_its_one_message(
    tiny: Tiny, args: tuple[str, ...], code: int, message: str
) -> None:
    """A wrong change to the office exits with its code and one message, and leaves no entry."""
    assert tiny.fails(*args, by="admin") == (code, message)


def test_only_the_administrator_changes_the_office(tiny: Tiny) -> None:
    """Anybody else is told who can."""
    assert tiny.fails("unit", "add", "a", "甲", by="land01") == (
        1,
        "须由管理员办理；您（land01 利用科经办人）不是管理员\n  改法：请管理员办理\n",
    )


def test_office_changes_answer_machines(tiny: Tiny) -> None:
    """--json of a change names its entry; the same request again has one effect."""
    args = ("unit", "add", "a", "甲", "--request-id", "u-1")
    first, again = tiny.asks(*args, by="admin"), tiny.asks(*args, by="admin")
    assert first == again
    assert first["entry"] == {
        "eid": "u-1",
        "seq": first["entry"]["seq"],
        "type": "unit_added",
        "data": {"unit": "a", "title": "甲", "functions": []},
        "recorded_at": "2026-09-30T02:00:00.000000Z",
    }


def test_roles_are_told_by_title_and_identifier(tiny: Tiny) -> None:
    """Adding, granting and revoking say which roles, from when where that is not today, and what
    had not begun yet; what remains of a grant begins no earlier for it.
    """
    words = ("add", "land09", "科员", "--unit", "land")
    assert tiny.do("officer", *words, "--role", "land", "--role", "auditor", by="admin") == (
        "已登记经办人 land09 科员：国土（land）、审计员（auditor）\n"
    )
    plain = ("add", "land08", "科员", "--unit", "land", "--since", "2026-10-09")
    assert tiny.do("officer", *plain, by="admin") == (
        "已登记经办人 land08 科员，还没有角色，自 2026-10-09 起\n"
    )
    later = ("grant", "land08", "land", "auditor", "--since", "2026-10-12")
    assert tiny.do("officer", *later, by="admin") == (
        "已授予 land08：国土（land）、审计员（auditor），自 2026-10-12 起\n"
    )
    assert tiny.do("officer", "revoke", "land08", "审计员", by="admin") == (
        "已撤销 land08 的授权：审计员（auditor）（原定 2026-10-12 起，不再生效）\n"
    )
    people = tiny.asks("officer", "list", "--all", by="admin")["officers"]
    grants = next(one for one in people if one["officer"] == "land08")["grants"]
    assert [(held["roles"], held["since"]) for held in grants if held["roles"]] == [
        (["land"], "2026-10-12")
    ]
    assert tiny.do("officer", "revoke", "land09", "--since", "2026-10-08", by="admin") == (
        "已撤销 land09 的授权：国土（land）、审计员（auditor），自 2026-10-08 起\n"
    )


def test_who_leaves_a_seat_empty_is_told_so(tiny: Tiny) -> None:
    """The last who held a role of a unit: its absence is told at once, by leave and by revoking;
    where somebody is left, nothing is.
    """
    told = (
        "注意：市文物局 再没有能以 x 部门（x） 身份办理的人，等 市文物局 办的事项会停住；"
        "请另行授权：lifecycle officer grant 工号 x\n"
    )
    tiny.do("officer", "add", "wenwu09", "科员", "--unit", "wenwu", "--role", "x", by="admin")
    assert "注意" not in tiny.do("officer", "leave", "wenwu01", by="admin")
    assert tiny.do("officer", "revoke", "wenwu09", "x", by="admin").endswith(told)
    tiny.do("officer", "grant", "wenwu09", "x", by="admin")
    assert tiny.do("officer", "leave", "wenwu09", by="admin").endswith(told)


def test_a_delegation_to_another_unit_says_what_it_is_not_good_for(tiny: Tiny) -> None:
    """Most roles stay in the unit; who delegates learns it now, not when an act is refused."""
    said = tiny.do("officer", "delegate", "xiao01", "--until", "2026-12-31", by="wenwu01")
    assert said.splitlines()[-1] == (
        "注意：xiao01 是别的单位的人，不能代办 x 部门（x）："
        "流程没有写明这些角色可以跨单位委托（delegate: across）"
    )
    across = tiny.do("officer", "delegate", "planning01", "--until", "2026-12-31", by="land01")
    assert "注意" not in across
