"""The cases B12 and B13 through every other door: a condition that can never hold is a fault
however it is turned, and a refusal shows figures wherever it is told.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import small
from answers import answered
from tiny_office import TINY, Tiny

from lifecycle.workflow.reader import examine

GUARD = "{when: amount >= 3000, else: 金额不足3000万元}"


def rules(text: str) -> list[str]:
    """Give the rules that a workflow breaks."""
    _, problems, _ = examine(text, "w.yaml")
    return [problem.rule for problem in problems]


@pytest.mark.parametrize(
    "when",
    [
        "amount == '3000'",
        "'3000' == amount",
        "amount in ['3000', '4000']",
        "not (amount != '3000')",
        "amount > 1 and amount >= '2,6'",
        "owner_unit == '市林业局'",
        "state == 'nowhere'",
        "state in ['first', 'nowhere']",
        "not (state == 'nowhere')",
        "1 > 2",
        "amount > 1 or 1 == 1",
        "True",
        "amount > 1 if True else False",
        "amount == amount",
        "amount >= -1",
        "amount < 0",
        "since_on > 5",
        "since_on == '2026-01-01'",
        "name == 3",
        "x_units == 'u'",
        "count.tick == '1'",
        "last.tick > 3",
        "today == 5",
    ],
)
@pytest.mark.parametrize("place", ["forward", "record", "light"])
def test_b13_what_can_never_be_is_a_fault_wherever_it_stands(when: str, place: str) -> None:
    """B13: turned round, denied, in a list, as a part, in the guard of a way or a record, or in the
    condition of a light.
    """
    text = small.TEXT.replace("QUORUM", "all")
    guard = f'{{when: "{when}", else: 不行}}'
    if place == "forward":
        text = text.replace(GUARD, guard)
    elif place == "record":
        counter = "needs: {counter: {of: tick"
        assert counter in text
        text = text.replace(counter, f"needs: {{guards: [{guard}], counter: {{of: tick")
    else:
        text += f'lights:\n  - {{light: red, title: 红, when: "{when}", basis: 测试}}\n'
    assert rules(small.TEXT.replace("QUORUM", "all")) == []
    assert rules(text) != []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("basis: 测试\nnumber", "basis: 测试\nopened_by: x\nnumber", "bound-opener"),
        (
            "basis: 测试\nnumber",
            "basis: 测试\nopened_by: [bureau, owner]\nnumber",
            "bound-opener",
        ),
        ("lead: bureau, core", "lead: owner, core", "bound-opener"),
        ("[land, finance, x], quorum: all", "[land], quorum: {at_least: 2}", "impossible-quorum"),
    ],
)
def test_b13_who_can_never_is_a_fault(old: str, new: str, rule: str) -> None:
    """B13: an opener that only the case would name, written or as the panel's lead; more voices
    than there are.
    """
    text = small.TEXT.replace("QUORUM", "all")
    assert old in text
    assert rule in rules(text.replace(old, new, 1))


def test_b13_publishing_is_no_way_round_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B13: what `check` refuses is neither published, nor what a replay judges by."""
    tiny = Tiny(tmp_path, monkeypatch).founded()
    text = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    bad = text.replace("version: 1", "version: 2").replace("investment >= 3000", "investment > '1'")
    tiny.write("visit.yaml", bad)
    for words in (("workflow", "check"), ("workflow", "publish"), ("workflow", "diff", "visit")):
        result = tiny.run(*words, "visit.yaml", by="admin")
        assert (result.exit_code, "不能与文字 “1” 比大小" in result.output) == (1, True)
    number = tiny.opened("investment=5")
    assert tiny.run("replay", number, "--under", "visit.yaml").exit_code != 0


@pytest.mark.parametrize("door", ["why", "advance", "dry", "bulk", "show", "todo", "json"])
def test_b12_figures_are_told_at_every_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    """B12: given and wanted stand in the words of a judgement, a refusal, a bulk's line, the page
    of the case, the list of what waits and what machines read.
    """
    tiny = Tiny(tmp_path, monkeypatch).founded()
    facts = ("investment=2000", "owner_unit=owner")
    number = tiny.opened(*facts, on="2026-09-30")
    tiny.do("attach", number, "report", tiny.write("报告.pdf", "选址论证"), by="planning01")
    tiny.do("sign", number, "to_siting", "agree", by="land01")
    tiny.write("表.csv", f"编号\n{number}\n")
    words = {
        "why": ("why", number, "to_siting"),
        "advance": ("advance", number),
        "dry": ("advance", number, "--dry-run"),
        "bulk": ("advance", "表.csv", "to_siting"),
        "show": ("show", number),
        "todo": ("todo",),
        "json": ("why", number, "to_siting", "--json"),
    }[door]
    answer = tiny.run(*words, by="bureau01")
    told = "总投资 2000 万元，至少 3000 万元"
    assert told in answer.output
    assert "investment >=" not in answer.output
    if door == "json":
        gates = answered(answer.stdout)["gates"]
        unmet = [(gate["given"], gate["wanted"]) for gate in gates if not gate["met"]]
        assert unmet == [("总投资 2000 万元", "至少 3000 万元")]
