"""Variants at work: their cases are read where those of the workflow are that they come from, and a
set of workflows is put into force as one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice

HILL = """\
workflow: hill
extends: works
title: 山区工程
version: 1
facts:
  slope: {title: 坡度, type: integer}
states:
  surveyed: {title: 勘察, lead: bureau, after: planned}
transitions:
  - {name: begin, to: surveyed}
  - {name: survey, title: 勘察完毕, from: surveyed, to: begun, by: bureau, asks: [slope]}
"""
HILL_PROBLEM = """\
workflow: hill_problem
extends: problem
title: 山区问题
version: 1
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with works and their problems."""
    return LinkedOffice(tmp_path, monkeypatch, home)


def published(office: LinkedOffice, *texts: str) -> str:
    """Put workflows into force as one act; give what is printed."""
    files = [
        office.write(f"{text.partition(chr(10))[0].removeprefix('workflow: ')}.yaml", text)
        for text in texts
    ]
    return office.do("workflow", "publish", *files, by="admin")


def hill(office: LinkedOffice, name: str = "云和梯田") -> str:
    """Open works of the variant, begun."""
    facts = ("--set", f"name={name}", "--set", "amount=5000")
    number = office.do("open", "hill", *facts, by="b1").strip()
    office.do("advance", number, "begin", by="b1")
    office.do("advance", number, "survey", "--set", "slope=30", by="b1")
    return number


def test_a_link_leads_to_a_variant(office: LinkedOffice) -> None:
    """A problem of works may be one of hill works: it reads them, and blocks their end."""
    published(office, HILL)
    number = hill(office)
    problem = office.problem(number)
    (told,) = office.refusal("advance", number, "finish", by="b1")
    assert told.startswith(f"条件 未终结的问题协调 1 件（{problem} 缺地）")
    office.do("advance", problem, "solve", by="b1")
    office.do("advance", number, "finish", by="b1")
    assert office.findings() == []


def test_what_links_to_a_case_are_also_cases_of_a_variant(office: LinkedOffice) -> None:
    """`linked.problem` counts the problems of a variant of problem, once each."""
    published(office, HILL_PROBLEM)
    works = office.works()
    office.problem(works)
    facts = ("--set", "subject=缺水", "--set", f"project={works}", "--set", "cost=5")
    other = office.do("open", "hill_problem", *facts, by="l1").strip()
    (told,) = office.refusal("advance", works, "finish", by="b1")
    assert told.startswith("条件 未终结的问题协调 2 件")
    for number in ("WT-2026-001", other):
        office.do("advance", number, "solve", by="b1")
    office.do("advance", works, "finish", by="b1")
    assert office.asks("show", works)["facts"]["problems"] == 2
    assert office.findings() == []


def test_collections_read_variants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """Figures over a workflow count the cases of its variants; those recorded before one was
    published stay right, whatever it calls its cases' titles.
    """
    office = LinkedOffice(tmp_path, monkeypatch, home, "collected")
    usual = {"area": "龙泉", "amount": "20000", "agreed_on": "2025-03-01", "funds": "10000"}

    def opened(workflow: str, **facts: str) -> str:
        given = [word for name, text in facts.items() for word in ("--set", f"{name}={text}")]
        return office.do("open", workflow, *given, by="b1").strip()

    def rated() -> dict[str, object]:
        number = opened("rating", title="三季度", area="龙泉", as_of="2026-09-07")
        office.do("advance", number, "approve", by="b1")
        found: dict[str, object] = office.asks("show", number)["facts"]
        return found

    opened("plan", name="甲", **usual)
    assert rated()["signed"] == 1
    text = "workflow: large\nextends: plan\ntitle: 大项目\nversion: 1\n"
    published(office, text)
    opened("large", name="乙", **usual)
    assert (rated()["signed"], rated()["total"]) == (2, "40000")
    (told,) = office.refusal("open", "plan", "--set", "name=乙", by="b1")
    assert told.startswith("条件 同名的在办项目 1 件（XM-2026-002 乙）")
    assert office.findings() == []


def test_a_set_is_published_as_one(office: LinkedOffice) -> None:
    """Two files that need each other go into force together; the one that is extended before the
    other, in whatever order they are named, and the variant of the new version.
    """
    works = (office.rules / "works.yaml").read_text("utf-8")
    second = works.replace("version: 1", "version: 2").replace("title: 开工登记", "title: 开工")
    told = published(office, HILL, second.replace("title: 工程\n", "title: 建设工程\n"))
    assert [line.split("（")[0] for line in told.splitlines()] == [
        "已发布流程 works",
        "已发布流程 hill",
    ]
    assert office.findings() == []


def test_a_set_with_one_fault_publishes_nothing(office: LinkedOffice) -> None:
    """The fault is told with its file; no workflow of the set is in force."""
    files = [
        office.write("hill.yaml", HILL),
        office.write("hill_problem.yaml", HILL_PROBLEM.replace("problem\ntitle", "problm\ntitle")),
    ]
    before = office.do("workflow", "list")
    code, told = office.fails("workflow", "publish", *files, by="admin")
    assert code == 1
    assert "找不到 extends 的流程 “problm”" in told
    assert office.do("workflow", "list") == before


def test_two_files_of_one_workflow_are_refused(office: LinkedOffice) -> None:
    """It would not be known which is meant."""
    one, two = office.write("a.yaml", HILL), office.write("b.yaml", HILL)
    code, told = office.fails("workflow", "publish", one, two, by="admin")
    assert (code, told.splitlines()[0]) == (1, f"{one} 和 {two} 写的是同一个流程 hill")


def test_readers_are_warned_of_older_versions_in_use(office: LinkedOffice) -> None:
    """A new version that reads what the older one of open cases has not, says how many these
    are; and one that takes away what a version in use reads, too.
    """
    office.works()
    works = (office.rules / "works.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    works = works.replace("facts:\n", "facts:\n  risk: {title: 风险, type: integer}\n")
    works = works.replace("name: begin,", "name: begin, asks: [risk],")
    problem = (office.rules / "problem.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    problem = problem.replace("project.amount >= 3000", "project.risk >= 3")
    files = [office.write("works.yaml", works), office.write("problem.yaml", problem)]
    office.do("workflow", "check", *files)
    told = office.asks("workflow", "publish", *files, by="admin")
    assert [(one["rule"], one["message"]) for one in told["warnings"]] == [
        (
            "left-behind",
            "流程 works 第 1 版还在办 1 件，没有 problem 要读的：要素 project 没有 “risk”",
        )
    ]


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("{unit: 元}", "要素 amount 在 works 里是 money（万元），在这个变体里是 money（元）"),
        ("{visible: bureau}", "要素 amount 在 works 里谁都可以看，在这个变体里只给部分角色看"),
    ],
)
def test_what_others_add_up_is_measured_and_seen_alike(
    office: LinkedOffice, fact: str, message: str
) -> None:
    """A sum over works counts the variant's cases: 元 are not added to 万元, nor secrets told."""
    path = office.write("hill.yaml", f"{HILL}  amount: {fact}\n".replace(HILL, HILL_ONLY))
    code, told = office.fails("workflow", "publish", path, by="admin")
    assert (code, message in told) == (1, True), told


HILL_ONLY = "workflow: hill\nextends: works\ntitle: 山区工程\nversion: 1\nfacts:\n"


def test_a_secret_of_fewer_in_a_variant_is_refused(office: LinkedOffice) -> None:
    """Who may see it of works would be told it of a variant that keeps it from them."""
    works = (office.rules / "works.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    spent = "spent: {title: 问题花费, type: money, unit: 万元"
    secret = works.replace(spent, f"{spent}, visible: [bureau, land]")
    office.do("workflow", "publish", office.write("works.yaml", secret), by="admin")
    path = office.write("hill.yaml", f"{HILL_ONLY}  spent: {{visible: bureau}}\n")
    code, told = office.fails("workflow", "publish", path, by="admin")
    message = "要素 spent 在 works 里 land 可以看，在这个变体里不可以"
    assert (code, message in told) == (1, True), told


def test_a_parent_published_anew_warns_of_its_variants(office: LinkedOffice) -> None:
    """A variant in force whose fact is now of another type than its parent's is named."""
    published(office, HILL)
    works = (office.rules / "works.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    wrong = "要素 slope 在 works 里是 text，在这个变体里是 integer"
    risk = works.replace("facts:\n", "facts:\n  slope: {title: 坡度, type: text}\n")
    told = office.asks("workflow", "publish", office.write("works.yaml", risk), by="admin")
    assert [(one["rule"], one["message"]) for one in told["warnings"]] == [
        (
            "broken-reader",
            f"现行的流程 hill（山区工程）读不成了：{wrong}",
        )
    ]


def test_a_variant_is_compared_as_it_would_be_published(office: LinkedOffice) -> None:
    """Beside what is in force it is made of what is in force, whatever file lies beside it; of two
    files it is made of the one beside.
    """
    text = (office.rules / "works.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    newer = text.replace("title: 总投资", "title: 投资总额")
    published(office, newer)
    (office.folder / "works.yaml").write_text(text, "utf-8")
    file = office.write("hill.yaml", HILL)
    told = office.do("workflow", "diff", "works", file, by="admin")
    assert "要素 slope" in told
    assert "要素 amount" not in told
    told = office.do("workflow", "diff", office.write("newer.yaml", newer), file, by="admin")
    assert "～ 要素 amount（总投资）　title：投资总额 → 总投资" in told
