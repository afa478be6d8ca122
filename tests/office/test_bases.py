"""The legal grounds of an office: published, cited by letters, and what a change touches."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from homes import Home
from paper_office import Paper

from lifecycle import places
from lifecycle.correspondence import signing_off
from lifecycle.correspondence.sample import sample_letter, uses
from lifecycle.correspondence.samples_file import shipped_samples
from lifecycle.ledger.record import hash_of
from lifecycle.letter.text import to_text
from lifecycle.template.template import read_template
from lifecycle.workflow.bases import Bases
from lifecycle.workflow.reader import read_workflow
from lifecycle.workflow.reading.bases import read_bases

BASES = """\
bases: 法规依据
inner: [内部承诺]
grounds:
  - name: 公平竞争审查条例
    number: 国务院令第783号
    from: 2024-08-01
    sure: read
    articles:
      - {article: 14, says: 先行初审, sure: read, was: 国发〔2016〕34号}
      - {article: 18, says: 未经审查不得出台}
  - name: 国发〔2016〕34号
    title: 建立公平竞争审查制度的意见
    from: 2016-06-01
    to: 2024-08-01
    successor: 公平竞争审查条例
    sure: read
  - {name: 接待办法, from: 2030-01-01, sure: read}
  - {name: 办法, title: 挂牌办法, from: 2007-11-01, sure: press}
"""
"""Grounds of a small office; 接待办法, on which its workflow rests, is not in force yet."""
CITED = "一、根据{{ cite('公平竞争审查条例第14条', on) }}，请贵单位就选址提出意见。"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office that was founded with grounds and a letter that cites."""
    made = Paper(tmp_path, monkeypatch, home)
    (made.rules / "workflows" / "bases.yaml").write_text(BASES, "utf-8")
    path = made.rules / "notices" / "consultation.j2"
    text = path.read_text("utf-8").replace("一、请贵单位就选址提出意见。", CITED)
    assert CITED in text
    path.write_text(text, "utf-8")
    return made.founded()


def replaced(paper: Paper, *changes: tuple[str, str]) -> str:
    """Write the office's file of grounds with something changed; give its path."""
    text = BASES
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    Path("新").mkdir(exist_ok=True)
    return paper.write("新/bases.yaml", text)


def test_an_office_is_founded_with_its_grounds(paper: Paper) -> None:
    """They are a definition of the office's chain, with their SHA-256; the audit finds nothing."""
    answer = paper.asks("bases")
    assert answer["sha256"] == hash_of(BASES.encode())
    assert paper.findings() == []
    with paper.sql() as database:
        kept = database.execute(
            "SELECT body FROM definition WHERE sha256 = ?", (answer["sha256"],)
        ).fetchone()
    assert bytes(kept[0]) == BASES.encode()


def test_grounds_that_are_altered_in_the_store_are_found(paper: Paper) -> None:
    """Whoever changes the published bytes is found out by the audit; nothing is cited by them."""
    number = paper.asked()
    digest = paper.asks("bases")["sha256"]
    with paper.sql() as database:
        database.execute("UPDATE definition SET body = ? WHERE sha256 = ?", (b"bases: x\n", digest))
    found = [one for one in paper.findings() if "法规依据表 bases" in one.message]
    assert len(found) == 1
    assert paper.run("notice", "show", number, "2-consultation").exit_code != 0


def test_a_letter_cites_what_was_in_force_when_it_was_drafted(paper: Paper) -> None:
    """A letter keeps the grounds that were in force at its entry, whatever is published later; the
    audit writes it again from them.
    """
    number = paper.asked()
    shown = paper.do("notice", "show", number, "2-consultation")
    assert "根据《公平竞争审查条例》第十四条，请贵单位" in shown
    file = replaced(paper, ("2024-08-01", "2026-12-01"))
    paper.do("workflow", "publish", file, by="admin")
    assert paper.do("notice", "show", number, "2-consultation") == shown
    later = paper.asked("温泉康养")
    told = paper.do("notice", "show", later, "2-consultation")
    assert "根据《建立公平竞争审查制度的意见》，请贵单位" in told
    assert paper.issued(later)["number"]
    assert paper.findings() == []


def test_what_was_not_in_force_is_not_issued(paper: Paper) -> None:
    """A letter that names in its own words what is not in force yet is no template, and cannot be
    drafted; once the office knows that the law is in force, it is issued.
    """
    path = paper.rules / "notices" / "consultation.j2"
    text = path.read_text("utf-8").replace(CITED, f"{CITED}另据《接待办法》第三条办理。")
    paper.write("consultation.j2", text)
    lint = paper.run("notice", "lint", "consultation.j2")
    assert lint.exit_code == 1
    assert "《接待办法》自 2030-01-01 起施行，2026-09-30 还不能引用" in lint.stdout
    assert paper.fails("notice", "publish", "consultation.j2", by="admin")[0] == 1
    number = paper.asked()
    own = ("notice", "draft", number, "--replace", "2-consultation", "--text", "consultation.j2")
    code, message = paper.fails(*own, by="bureau01")
    assert code == 1
    assert "写着“《接待办法》第三条”，《接待办法》自 2030-01-01 起才施行" in message
    paper.do("workflow", "publish", replaced(paper, ("2030-01-01", "2020-01-01")), by="admin")
    paper.do(*own, by="bureau01")
    assert paper.issued(number, "3-consultation")["number"]
    assert paper.findings() == []


@pytest.mark.parametrize(
    "named",
    [
        "市政府根据国发〔2016〕34号文件",
        "按照国发[2016]34号",
        "依照国务院令第99号第三条",
        "依照国务院第99号令",
        "根据接待办法第三条",
        "根据《新审查办法》（国务院令第99号）",
    ],
)
def test_nor_is_what_names_it_without_its_marks(paper: Paper, named: str) -> None:
    """By the number of a document in any brackets, by the number of a decree, or by a bare name
    that an article follows: what is not in force is not drafted.
    """
    more = (
        "  - {name: 旧审查办法, title: 审查办法, number: 国务院令第99号, from: 2001-01-01,"
        " to: 2012-07-01, sure: read}\n"
        "  - {name: 新审查办法, title: 审查办法, number: 国务院令第100号, from: 2012-07-01,"
        " sure: read}\n"
    )
    last = "  - {name: 办法,"
    paper.do("workflow", "publish", replaced(paper, (last, f"{more}{last}")), by="admin")
    text = (paper.rules / "notices" / "consultation.j2").read_text("utf-8")
    number = paper.asked()
    own = ("notice", "draft", number, "--replace", "2-consultation", "--text", "own.j2")
    paper.write("own.j2", text.replace(CITED, f"一、{named}，请回复。"))
    code, message = paper.fails(*own, by="bureau01")
    assert (code, "失效" in message or "才施行" in message) == (1, True), message
    others = "丽国发〔2016〕34号、国务院令第990号、国务院令第100号第三条、本单位接待办法第三条"
    paper.write("own.j2", text.replace(CITED, f"一、{others}，请回复。"))
    paper.do(*own, by="bureau01")


def test_the_audit_finds_what_should_not_have_been_issued(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that looks away issues a letter on a law that is not in force: one finding."""
    number = paper.asked()
    path = paper.rules / "notices" / "consultation.j2"
    text = path.read_text("utf-8")
    paper.write("own.j2", text.replace(CITED, "一、根据《接待办法》第三条，请回复。"))
    with monkeypatch.context() as looking_away:
        looking_away.setattr(signing_off, "see_in_force", lambda *_given: None)
        own = ("--replace", "2-consultation", "--text", "own.j2")
        paper.do("notice", "draft", number, *own, by="bureau01")
        paper.issued(number, "3-consultation")
    (finding,) = paper.findings()
    assert finding.code == "letter"
    assert "写着“《接待办法》第三条”，《接待办法》自 2030-01-01 起才施行" in finding.message


def test_what_lapsed_before_issuing_is_not_issued(paper: Paper) -> None:
    """A letter reviewed in time and overtaken by a repeal is refused at issue, by what the office
    knows then.
    """
    text = (paper.rules / "notices" / "consultation.j2").read_text("utf-8")
    letter = "3-consultation"
    number = paper.asked()
    paper.write("own.j2", text.replace(CITED, "一、根据《挂牌办法》第八条，请回复。"))
    own = ("--replace", "2-consultation", "--text", "own.j2")
    paper.do("notice", "draft", number, *own, by="bureau01")
    paper.do("notice", "approve", number, letter, by="bureau03")
    lapsed = replaced(paper, ("from: 2007-11-01", "from: 2007-11-01, to: 2026-01-01"))
    paper.do("workflow", "publish", lapsed, by="admin")
    code, message = paper.fails("notice", "issue", number, letter, by="bureau04")
    assert code == 1
    assert "写着“《挂牌办法》第八条”，《挂牌办法》自 2026-01-01 起失效" in message


def test_a_change_of_law_shows_what_it_touches(paper: Paper) -> None:
    """Publishing tells the rules and letters that rest on what lapses; `bases` names them with each
    open case.
    """
    number = paper.asked()
    lapsed = replaced(paper, ("from: 2007-11-01", "from: 2007-11-01, to: 2026-01-01"))
    told = paper.run("workflow", "publish", lapsed, by="admin")
    assert told.exit_code == 0, told.output
    assert "已发布法规依据表 bases" in told.stdout
    assert "依据“办法”自 2026-01-01 起失效" in told.stderr
    again = paper.do("workflow", "publish", lapsed, by="admin")
    assert again == "bases 与现行的相同，未重复发布\n"
    answer = paper.asks("bases", "办法")
    (ground,) = answer["grounds"]
    assert (ground["in_force"], ground["to"], ground["rules"]) == (False, "2026-01-01", 2)
    assert [(use["name"], use["what"], use["basis"]) for use in answer["uses"]] == [
        ("visit", "环节 规划选址 时限 公告满二十日", "办法 第8条"),
        ("visit", "流转 办结 满期", "办法 第8条"),
    ]
    assert [(case["number"], case["stage"], case["now"]) for case in answer["cases"]] == [
        (number, "考察导入", False)
    ]
    assert number in paper.do("bases", "办法")
    assert paper.asks("bases", "公平竞争审查条例")["uses"][0]["what"] == "cite"


def test_each_answer_has_its_keys(paper: Paper) -> None:
    """What machines are told: the grounds with their articles, what rests on them, and the cases;
    `--unsure` only what nobody has read; `--on` the day on which they are to be in force.
    """
    paper.asked()
    answer = paper.asks("bases", "接待办法")
    assert set(answer) == {"ok", "on", "sha256", "grounds", "uses", "cases"}
    assert {key for one in answer["grounds"] for key in one} == {
        *("name", "title", "aliases", "number", "issuer", "from", "to", "successor", "sure"),
        *("note", "in_force", "rules", "letters", "articles"),
    }
    assert {key for one in answer["uses"] for key in one} == {
        *("kind", "name", "title", "version", "what", "basis", "line", "grounds", "articles"),
        "unsure",
    }
    assert {key for one in answer["cases"] for key in one} == {
        *("number", "title", "workflow", "version", "stage", "now"),
    }
    fair = paper.asks("bases", "国务院令第783号", "--on", "2024-07-31")
    assert (fair["on"], fair["grounds"][0]["in_force"]) == ("2024-07-31", False)
    assert fair["grounds"][0]["articles"][0] == {
        "article": "14", "says": "先行初审", "sure": "read", "was": "国发〔2016〕34号"
    }  # fmt: skip
    unsure = paper.asks("bases", "--unsure")
    assert [one["name"] for one in unsure["grounds"]] == ["公平竞争审查条例", "办法"]
    assert all(use["unsure"] for use in unsure["uses"])
    assert unsure["cases"] == []
    told = [line.split() for line in paper.do("bases", "--unsure").splitlines()]
    assert ["公平竞争审查条例", "18", "[自]", "未经审查不得出台"] in told
    assert paper.fails("bases", "公平竞争审查条列") == (
        1,
        "没有依据“公平竞争审查条列”\n  改法：是否为“公平竞争审查条例”？\n",
    )


def test_an_office_without_grounds_gets_them_with_what_cites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """In an office founded before there were grounds, a letter that cites is published with them;
    until then it says what to publish.
    """
    made = Paper(tmp_path, monkeypatch, home).founded()
    path = made.rules / "notices" / "consultation.j2"
    text = path.read_text("utf-8").replace("一、请贵单位就选址提出意见。", CITED)
    made.write("consultation.j2", text)
    number = made.asked()
    made.write("own.j2", text)
    own = ("--replace", "2-consultation", "--text", "own.j2")
    code, message = made.fails("notice", "draft", number, *own, by="bureau01")
    assert code == 1
    assert "法规依据表当时尚未发布，不能用 cite 引用" in message
    (made.rules / "workflows" / "bases.yaml").write_text(BASES, "utf-8")
    told = made.do("notice", "publish", "consultation.j2", by="admin")
    assert [line.split("（")[0] for line in told.splitlines()] == [
        "已发布法规依据表 bases",
        "已发布公文模板 consultation",
    ]
    assert made.findings() == []


def test_a_faulty_file_of_grounds_is_not_published(paper: Paper) -> None:
    """All its faults, each with its place; `workflow check` tells the same."""
    file = replaced(paper, ("to: 2024-08-01\n", "to: 2014-08-01\n"))
    for words in (("check", file), ("publish", file)):
        result = paper.run("workflow", *words, by="admin")
        assert result.exit_code == 1
        assert re.search(r"bases\.yaml:\d+:\d+: 错误：依据 国发〔2016〕34号 的 to", result.output)


def test_a_file_of_grounds_is_one_whatever_it_is_called(paper: Paper) -> None:
    """It is judged and published by what it begins with, not as a workflow."""
    replaced(paper, ("to: 2024-08-01\n", "to: 2024-08-02\n"))
    Path("新/bases.yaml").rename("依据.yaml")
    assert "没有错误" in paper.do("workflow", "check", "依据.yaml")
    assert paper.do("workflow", "publish", "依据.yaml", by="admin").startswith("已发布法规依据表")


def test_a_name_that_no_ground_bears_is_told_with_where_they_are_listed(paper: Paper) -> None:
    """Half a name is none."""
    _code, told = paper.fails("bases", "闲置")
    assert "没有依据“闲置”\n  改法：名称、文号写全；有哪些，用 lifecycle bases 查看" in told


def shipped() -> Bases:
    """Read the grounds that we ship."""
    path = places.workflows() / places.BASES
    return read_bases(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("day", "fair", "legal"),
    [
        (
            "2017-05-09",
            "《国务院关于在市场体系建设中建立公平竞争审查制度的意见》（国发〔2016〕34号）",
            "《浙江省重大行政决策程序规定》",
        ),
        (
            "2023-05-09",
            "《国务院关于在市场体系建设中建立公平竞争审查制度的意见》（国发〔2016〕34号）",
            "《重大行政决策程序暂行条例》第二十五条",
        ),
        ("2025-05-09", "《公平竞争审查条例》第十四条", "《重大行政决策程序暂行条例》第二十五条"),
        ("2026-05-09", "《公平竞争审查条例》第十四条", "《重大行政决策程序暂行条例》第二十五条"),
    ],
)
def test_letters_of_each_year_cite_the_law_of_their_day(
    day: str, fair: str, legal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One template, four years: the 请示 on a project's policies names what was in force then."""
    from lifecycle.correspondence import sample

    path = places.workflows() / "project.yaml"
    workflow = read_workflow(path.read_bytes(), path.name)
    body = (places.notices() / "policy-request.j2").read_bytes()
    template = read_template("policy-request", body, "policy-request.j2")
    (use,) = [
        one for one in uses([workflow], {template.name: template}) if one.transition is not None
    ]
    samples = shipped_samples()
    then = replace(samples, day=date.fromisoformat(day))
    monkeypatch.setattr(sample, "shipped_samples", lambda: then)
    text = to_text(sample_letter(use, bases=shipped())).replace("\n", "")
    assert f"政策条款依据{fair}通过公平竞争审查" in re.sub(r"[\s\u3000]", "", text)
    assert f"政策事项依据{legal}通过合法性审查" in re.sub(r"[\s\u3000]", "", text)
