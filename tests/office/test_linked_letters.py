"""Letters name other cases: those to which their own links, and those that link to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from linked_office import LinkedOffice

ROOT = Path(__file__).parents[2]
PLEA = """文种：函
标题：关于协调解决{{ subject }}问题的函
主送：{{ to }}
发文单位：{{ issuer }}
联系人：{{ contact }}
---
{{ project.name }}项目（{{ project }}，{{ project.amount }}万元，现为{{ project.stage }}）有问题。
由{{ project.held_by }}牵头协调{{ project.number }}。
"""
REPORT = """文种：函
标题：关于{{ name }}完工的函
主送：{{ to }}
发文单位：{{ issuer }}
联系人：{{ contact }}
---
{{ name }}完工，其间有问题{{ linked.problem | count }}件。
花费{{ linked.problem | sum('cost') }}万元：
{% for one in linked.problem %}
{{ one.subject }}（{{ one.number }}，{{ one.stage }}，{{ one.project.name }}）。
{% endfor %}
"""


def letters(office: LinkedOffice, name: str) -> str:
    """Give the text of the one letter of a case."""
    (one,) = office.asks("notice", "list", name)["letters"]
    return office.do("notice", "show", name, one["name"])


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give the office with a letter of either workflow."""
    made = LinkedOffice(tmp_path, monkeypatch)
    for name, text in (("plea", PLEA), ("report", REPORT)):
        (made.rules / "notices" / f"{name}.j2").write_text(text, "utf-8")
        made.do("notice", "publish", f"rules/notices/{name}.j2", by="admin")
    held = "  held_by: {title: 牵头单位, type: unit, required: true}\n  problems: {"
    changes = {
        "works": [
            ("  problems: {", held),
            (
                "    sets:\n      problems",
                "    notices: [{template: report, to: [land]}]\n    sets:\n      problems",
            ),
        ],
        "problem": [
            (
                "    needs: {facts: [cost]",
                "    notices: [{template: plea, to: [land]}]\n    needs: {facts: [cost]",
            )
        ],
    }
    for name, edits in changes.items():
        path = made.rules / f"{name}.yaml"
        text = path.read_text("utf-8").replace("version: 1", "version: 2")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        made.do("workflow", "publish", f"rules/{name}.yaml", by="admin")
    return made


def works(office: LinkedOffice) -> str:
    """Open works that have begun."""
    facts = ("--set", "name=剑瓷园", "--set", "amount=5000", "--set", "held_by=gt")
    number = office.do("open", "works", *facts, by="b1").strip()
    office.do("advance", number, "begin", by="b1")
    return number


def test_a_letter_names_what_its_case_links_to(office: LinkedOffice) -> None:
    """Facts of the other case, units by name, its number, the title of its state: as they stood
    when the letter was drafted, whatever came later.
    """
    number = works(office)
    problem = office.problem(number)
    office.do("advance", problem, "solve", by="b1")
    told = letters(office, problem)
    joined = told.replace("\n", "").replace("　", "")
    assert f"剑瓷园项目（{number}，5000万元，现为开工）有问题。" in joined
    assert f"由国土局牵头协调{number}。" in joined
    office.do("advance", number, "finish", by="b1")
    assert letters(office, problem) == told
    assert office.findings() == []


def test_a_letter_lists_the_cases_that_link_to_its_own(office: LinkedOffice) -> None:
    """One line each, in the order of their numbers, with figures of all; later ones are not in
    it.
    """
    number = works(office)
    first, second = office.problem(number), office.problem(number, "缺水", cost="5")
    for one in (first, second):
        office.do("advance", one, "solve", by="b1")
    office.do("advance", number, "finish", by="b1")
    told = letters(office, number).replace("\n", "")
    assert "其间有问题2件。" in told
    assert "花费15万元：" in told
    assert f"缺地（{first}，销号，剑瓷园）" in told
    assert told.index(first) < told.index(second)
    assert office.findings() == []


def test_what_another_workflow_has_not_is_told_before_it_is_published(
    office: LinkedOffice,
) -> None:
    """A fact that the linked workflow does not have, and a workflow that there is not, are faults
    with the place in the template.
    """
    path = office.rules / "notices" / "plea.j2"
    path.write_text(PLEA.replace("project.amount", "project.amont"), "utf-8")
    told = office.do_not("workflow", "check", "rules/problem.yaml")
    assert "用到 工程 没有的 “project.amont”（" in told
    assert "是否为 “amount”？" in told
    path.write_text(PLEA.replace("{{ subject }}问题", "{{ linked.probem | count }}"), "utf-8")
    told = office.do_not("workflow", "check", "rules/problem.yaml")
    assert "用到未知的流程 “linked.probem”（" in told


def test_a_sample_is_written_without_any_other_case(office: LinkedOffice) -> None:
    """What is asked of a linked case stands as 〔name〕; none links to the sample's own."""
    shipped = (str(ROOT / "notices" / name) for name in ("reply-reminder.j2", "issuing.yaml"))
    office.do("notice", "publish", *shipped, by="admin")
    texts = []
    for name in ("works", "problem"):
        office.do("notice", "catalogue", "--workflow", name, "--samples", name, "--text")
        texts += [path.read_text("utf-8") for path in Path(name).iterdir()]
    assert any("〔name〕项目（〔number〕，〔amount〕万元" in text for text in texts)
    assert any("其间有问题0件" in text for text in texts)
