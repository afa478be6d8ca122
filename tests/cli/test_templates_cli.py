"""`notice catalogue|lint|diff|publish` as the administrator uses them, and who is shown which
letter by `todo`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from paper_office import ISSUING, Paper

from lifecycle.correspondence.rules.issuing_rules import read_issuing
from lifecycle.errors import InvalidError, WorkflowError


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch).founded()


def test_the_catalogue_has_a_sample_of_each_letter(paper: Paper) -> None:
    """Every letter is listed with its reply time, and written as a sample, also one that a rule
    sends.
    """
    rows = [
        (r["transition"], r["template"], r["kind"], r["reply"])
        for r in paper.asks("notice", "catalogue")["letters"]
    ]
    assert ("征求意见", "consultation", "函", "5个工作日") in rows
    assert ("转入规划选址", "consultation", "函", "") in rows
    assert (
        paper.do("notice", "catalogue", "--samples", "样张", "--text")
        == "已存 3 种公文的样张：样张\n"
    )
    assert sorted(path.name for path in Path("样张").iterdir()) == [
        ".lifecycle-exports",
        "closing.txt",
        "consultation.txt",
        "reply-reminder.txt",
    ]


def test_a_new_template_is_shown_beside_the_old(paper: Paper) -> None:
    """`notice diff` draws the last letter of that template as it is and as it would be; without a
    change it says so.
    """
    paper.asked()
    text = (paper.rules / "notices" / "consultation.j2").read_text("utf-8")
    paper.write("consultation.j2", text)
    answer = paper.asks("notice", "diff", "consultation.j2", "同.png")
    assert (answer["letter"], answer["changed_pages"]) == ("KC-2026-001 2-consultation", 0)
    paper.write(
        "consultation.j2", text.replace("请贵单位就选址提出意见", "请贵单位就选址和用地提出意见")
    )
    assert (
        paper.do("notice", "diff", "consultation.j2", "异.png")
        == "异.png　KC-2026-001 2-consultation：1 页有不同\n"
    )
    assert Path("异.png").read_bytes().startswith(b"\x89PNG")
    assert Path("异.png").stat().st_size != Path("同.png").stat().st_size
    paper.write("closing.j2", (paper.rules / "notices" / "closing.j2").read_bytes())
    assert paper.asks("notice", "diff", "closing.j2", "样.png")["letter"] == "样张"
    paper.write("别的.j2", text)
    assert paper.fails("notice", "diff", "别的.j2", "x.png")[0] == 1


def test_lint_finds_a_wrong_name_and_a_wrong_kind(paper: Paper) -> None:
    """An unknown variable and a kind that does not go to its recipients are told at their lines, in
    one run.
    """
    text = (paper.rules / "notices" / "consultation.j2").read_text("utf-8")
    paper.write(
        "consultation.j2",
        text.replace("文种：函", "文种：通知").replace("{{ contact }}", "{{ contcat }}"),
    )
    result = paper.run("notice", "lint", "consultation.j2")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert {line.split(" 错误：")[0] for line in lines[:-1]} == {
        "consultation.j2:1:4:",
        "consultation.j2:7:8:",
    }
    assert "通知" in lines[0]
    assert "是否为“contact”？" in lines[-2]
    before = paper.checkpoint()
    assert paper.fails("notice", "publish", "consultation.j2", by="admin")[0] == 1
    assert paper.checkpoint() == before


def test_issuing_rules_are_published_and_pinned(paper: Paper) -> None:
    """New rules serve later letters; what was issued keeps its number and is audited by the rules
    of its day.
    """
    first = paper.asked()
    paper.issued(first)
    paper.write("issuing.yaml", ISSUING.replace("code: 丽招商,", "code: 丽投促,"))
    assert paper.do("notice", "publish", "issuing.yaml", by="admin").startswith(
        "已发布发文规则 issuing（"
    )
    assert "未重复发布" in paper.do("notice", "publish", "issuing.yaml", by="admin")
    second = paper.asked("温泉康养")
    assert paper.issued(second)["number"] == "丽投促函〔2026〕1号"
    assert paper.findings() == []
    paper.write(
        "issuing.yaml", ISSUING.replace("template: reply-reminder", "template: reply-remindr")
    )
    assert (
        "是否为“reply-reminder”？"
        in paper.fails("notice", "publish", "issuing.yaml", by="admin")[1]
    )
    paper.write("issuing.yaml", ISSUING.replace("land: {code: 丽自然资}", "land: {code: 丽招商}"))
    assert paper.fails("notice", "publish", "issuing.yaml", by="admin")[0] == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("〔{year}〕{serial}号", "〔{year}〕{serial}", ""),
        ("{code}函〔{year}〕{serial}号", "{code}函〔{year}〕号", "不是文号的样式"),
        ("{code}函〔{year}〕{serial}号", "{code}函{serial:03}号", "不是文号的样式"),
        ("kinds: [公告]", "kinds: [函]", "归了两个系列"),
        ("kinds: [公告]", "kinds: [公高]", "没有文种"),
        ("code: 丽自然资", "code: 丽招商", "机关代字都是"),
        ("{code}告〔{year}〕{serial}号", "{code}函〔{year}〕{serial}号", "写了两次"),
        ("receipt:", "reciept:", "不认识的键"),
        ("in: 2, ", "", "缺少 in"),
    ],
)
def test_each_fault_of_the_issuing_rules(old: str, new: str, told: str) -> None:
    """Every message has its specimen."""
    text = ISSUING.replace(old, new, 1).encode()
    if not told:
        assert read_issuing(text).patterns["函"].endswith("{serial}")
        return
    with pytest.raises(WorkflowError, match=told):
        read_issuing(text)


def test_what_has_no_series_is_told() -> None:
    """A unit without 机关代字 and a kind without a series cannot be numbered, and the mend says
    where to write it.
    """
    rules = read_issuing(ISSUING.encode())
    assert rules.series("bureau", "函", 2026) == "丽招商函〔2026〕{serial}号"
    for unit, kind in (("xiao", "函"), ("bureau", "命令")):
        with pytest.raises(InvalidError) as told:
            rules.series(unit, kind, 2026)
        assert "notices/issuing.yaml" in told.value.mend


def test_todo_leads_each_letter_from_desk_to_desk(paper: Paper) -> None:
    """The checker, then the signer, then the recipients are shown what waits, with the command that
    does it.
    """
    number = paper.asked()
    assert paper.asks("todo", by="bureau04")["letters"] == []
    (errand,) = paper.asks("todo", by="bureau03")["letters"]
    paper.do(*errand["command"].split()[1:], by="bureau03")
    assert paper.asks("todo", by="bureau03")["letters"] == []
    (errand,) = paper.asks("todo", by="bureau04")["letters"]
    assert errand["command"] == f"lifecycle notice issue {number} 2-consultation"
    paper.do(*errand["command"].split()[1:], by="bureau04")
    for by, kinds in (
        ("land01", ["reply"]),
        ("wenwu01", ["reply"]),
        ("bureau01", []),
        ("xiao01", []),
    ):
        assert [row["kind"] for row in paper.asks("todo", by=by)["letters"]] == kinds
    behalf = paper.asks("todo", by="planning01")["letters"]
    assert [(row["kind"], row["principal"]) for row in behalf] == [("reply", "land01")]
    assert "公文\n  复函　lifecycle notice reply" in paper.do("todo", by="land01")


def test_letters_are_called_by_their_titles(paper: Paper) -> None:
    """What may be drafted is listed by titles, each with the name that is typed; a part of a title
    is a name too; what was drafted or found in order is told with its title; a letter that cannot
    be written says by its title which fact, by its title, is to be entered, and how.
    """
    number = paper.opened("owner_unit=owner", "x_units=wenwu", on="2026-09-29")
    code, told = paper.fails("notice", "draft", number, by="bureau01")
    assert code == 2
    assert "\n  关于征求…选址意见的函　consultation\n" in told
    assert "\n  关于终止…的公告　closing\n" in told
    code, told = paper.fails("notice", "draft", number, "选址意见", "--to", "land", by="bureau01")
    assert told.startswith(
        "《关于征求…选址意见的函》要写“总投资”，本事项还没有填（模板 consultation"
    )
    assert told.endswith(f"  改法：先填：lifecycle set {number} investment=…\n")
    paper.do("set", number, "investment=32000", by="bureau01")
    made = paper.do("notice", "draft", number, "选址意见", "--to", "land", by="bureau01")
    name = made.split("notice show ")[1].split()[1]
    title = "  标题：关于征求剑瓷文化体验街区选址意见的函\n"
    assert title in made
    assert title in paper.do("notice", "approve", number, name, by="bureau03")
    code, told = paper.fails("notice", "draft", number, "关于", "--to", "land", by="bureau01")
    assert "\n  关于征求…选址意见的函　consultation\n" in told
    told = paper.fails("notice", "draft", number, "火星", "--to", "land", by="bureau01")[1]
    assert told == f"没有公文模板“火星”\n  改法：可拟的公文：lifecycle notice draft {number}\n"
