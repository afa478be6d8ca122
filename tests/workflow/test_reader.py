"""Reading a workflow file: what comes out, and what each fault says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import Location, WorkflowError
from lifecycle.expression.expression import Expression
from lifecycle.template.template import read_template
from lifecycle.workflow.check import TemplateLike
from lifecycle.workflow.model import Counter, Dwell, Guard, Limit, NoticeRule, Quorum, Workflow
from lifecycle.workflow.reader import examine, read_workflow
from lifecycle.workflow.reading.choice_lists import examine_list, read_list
from lifecycle.workflow.reading.whole import Texts
from lifecycle.workflow.yaml.fields import MOST_SHOWN

SPECIMENS = Path(__file__).parents[1] / "specimens"


LETTER = Location("notices/letter.j2")


@dataclass(frozen=True)
class Letter:
    """A stand-in for a template: what it must be given."""

    variables: tuple[tuple[str, Location], ...] = ()
    location: Location = LETTER
    optional: tuple[tuple[str, Location], ...] = ()
    paths: tuple[tuple[tuple[str, str], Location], ...] = ()


ROWS_LETTER = """\
文种：函
标题：关于费用的函
主送：{{ to }}
发文单位：{{ issuer }}
---
{% for row in fees %}
{{ row.item }}{{ row.amount }}{{ row.note | default('') }}{{ row.amuont }}{{ row.paid }}
{% endfor %}
{% for row in fees | known('paid') if row.note is defined %}
{{ row.note }}{{ row.paid }}
{% endfor %}
{{ fees.amount }}{{ fees }}
"""
TEMPLATES: dict[str, TemplateLike] = {
    "plain": Letter((("case_title", Location("notices/plain.j2", 5, 3)),)),
    "letter": Letter((("listed_on", Location("notices/letter.j2", 5, 3)),)),
    "strange": Letter(
        (("case_titel", Location("notices/strange.j2", 5, 3)),),
        optional=(("headin", Location("notices/strange.j2", 6, 3)),),
        paths=((("last", "finsh"), Location("notices/strange.j2", 7, 3)),),
    ),
    "rows": read_template("rows", ROWS_LETTER.encode(), "notices/rows.j2"),
}


WORKS = """\
workflow: works
title: 工程
version: 1
basis: 方案
number: GC-{serial}
subject: name
opened_by: clerk
roles: {clerk: 经办}
facts:
  name: {title: 名称, type: text, required: true}
  amount: {title: 总投资, type: money, unit: 万元}
  price: {title: 底价, type: money, unit: 万元, visible: clerk}
states:
  begun: {title: 开工}
  done: {title: 完工, final: true}
transitions:
  - {name: finish, title: 完工, from: begun, to: done, by: clerk}
"""
SHEET = """\
workflow: sheet
title: 督查件
version: 1
basis: 方案
number: DJ-{serial}
subject: name
opening: {by: [clerk, demo.finish], asks: [name, works]}
roles: {clerk: 经办}
facts:
  name: {title: 名称, type: text, required: true}
  works: {title: 工程, type: case, workflow: works, required: true}
  result: {title: 结论, type: text}
  score: {title: 得分, type: decimal}
states:
  open: {title: 待查}
  done: {title: 归档, final: true}
transitions:
  - {name: fill, title: 归档, from: open, to: done, by: [clerk, demo.finish], asks: [result]}
  - {name: score, title: 评分, kind: record, from: open, by: demo.finish, asks: [score]}
  - {name: explain, title: 说明, kind: record, from: open, by: demo.finish, reason: required}
  - {name: seal, title: 盖章, kind: record, from: open, by: clerk}
"""
LOOP = """\
workflow: loop
title: 回环
version: 1
basis: 方案
number: HH-{serial}
subject: name
opened_by: clerk
roles: {clerk: 经办}
facts:
  name: {title: 名称, type: text, required: true}
  back: {title: 样例, type: case, workflow: demo}
states:
  open: {title: 待办}
  done: {title: 归档, final: true}
transitions:
  - name: turn
    title: 转
    from: open
    to: done
    by: demo.finish
    does: [{on: back, transition: finish}]
"""
OTHERS = {
    "sheet": read_workflow(SHEET, "sheet.yaml"),
    "loop": read_workflow(LOOP, "loop.yaml"),
    "works": read_workflow(WORKS, "works.yaml"),
    "problem": read_workflow(WORKS.replace("workflow: works", "workflow: problem"), "problem.yaml"),
}
"""The workflows beside a specimen, to which it may link; only `loop` links to it."""
AREAS_TEXT = """\
list: areas
title: 市县区
entries:
  - {code: LD, title: 莲都区}
  - {code: QT, title: 青田县, aliases: [青田]}
"""
AREAS = read_list(AREAS_TEXT.encode(), "areas.yaml")
"""The shared list that a specimen may choose from."""


def parent_of(name: str) -> tuple[str, bytes] | None:
    """Give the workflow that a specimen extends."""
    path = SPECIMENS / "parents" / f"{name}.yaml"
    own = SPECIMENS / f"{name}.yaml"
    found = path if path.exists() else own
    return (found.name, found.read_bytes()) if found.exists() else None


@pytest.mark.parametrize("path", sorted(SPECIMENS.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_fault_says_what_the_specimen_expects(path: Path) -> None:
    """Every message stands in a small file of its own, with what an officer sees beside it."""
    body = path.read_bytes()
    _, problems, source = examine(
        body, path.name, TEMPLATES, OTHERS, lists={"areas": AREAS}, parents=parent_of
    )
    shown = "".join(problem.render(source) + "\n" for problem in problems)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert (
        not problems
        or path.stem == "several"
        or any(path.stem.startswith(problem.rule) for problem in problems)
    )


IN_FORCE = AREAS_TEXT.replace("莲都区", "龙泉市").replace("LD", "LQ")
"""The list in force, of which a specimen may have lost something."""


@pytest.mark.parametrize(
    "path", sorted((SPECIMENS / "lists").glob("*.yaml")), ids=lambda path: path.stem
)
def test_each_fault_of_a_list_says_what_the_specimen_expects(path: Path) -> None:
    """Shared lists have specimens of their own; what is gone is judged by the list in force."""
    before = read_list(IN_FORCE.encode(), "before.yaml") if path.stem == "lost-entry" else None
    _, problems, source = examine_list(path.read_bytes(), path.name, before)
    shown = "".join(problem.render(source) + "\n" for problem in problems)
    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert path.stem.startswith("several") or any(
        path.stem.startswith(problem.rule) for problem in problems
    )


def test_every_rule_has_a_specimen() -> None:
    """No message is untried: each rule that the package names has at least one specimen."""
    package = Path(__file__).parents[2] / "lifecycle" / "workflow"
    named = re.compile(
        r'(?:fault|Problem|problem)\(\s*"([a-z]+(?:-[a-z]+)*)"|(?:return|or \(|or) "(yaml-[a-z]+)"'
    )
    rules = {
        a or b
        for path in package.rglob("*.py")
        for a, b in named.findall(path.read_text(encoding="utf-8"))
    }
    tried = {path.stem for path in SPECIMENS.rglob("*.yaml")} | {
        "yaml-size",
        "yaml-encoding",
        "too-many",
        # of maps between two versions: tests/office/test_migration.py
        "unknown-mapped",
        "mapped-twice",
        "state-left-out",
    }
    assert len(rules) > 40
    assert {rule for rule in rules if not any(name.startswith(rule) for name in tried)} == set()


FULL = """\
workflow: listing
title: 挂牌
version: 3
basis: 改革方案 二（三）2
number: LS-F-{year}-{serial:03}
subject: heading
note: 说明
roles:
  land: 国土
  reform: 发改
  owner: {title: 业主, unit: owner_unit}
  x: {title: x 部门, units: x_units}
parties:
  public: 社会公众
  investor: {title: 投资方, fact: investor_name}
panel: {lead: land, core: [reform, owner], extra: x}
facts:
  heading: {title: 名称, type: text, required: true, pattern: '[^/]+'}
  owner_unit: {title: 业主单位, type: unit, required: true}
  x_units: {title: 部门, type: list, of: unit}
  investor_name: {title: 投资方名称, type: text, by: [land, reform]}
  amount: {title: 总额, type: money, unit: 万元, min: 0, max: 99.5, required: listing, basis: 方案}
  announced_on: {title: 公告日, type: date, min: 2020-01-01}
  trade: {title: 行业, type: choice, choices: [on, no]}
materials:
  report: {title: 报告, keep: 30y, max_mb: 20, by: land}
states:
  siting: {title: 选址, phase: 前期, lead: land, due: {in: 15, unit: workday, basis: 内部承诺, inner: true}}
  listing:
    title: 挂牌
    limits:
      - {title: 备案, in: 1, unit: month, basis: 办法, since: announced_on, done: report_month, roll: none}
  paused: {title: 中止}
  closed: {title: 终结, final: true}
transitions:
  - name: announce
    title: 公告
    from: {phase: 前期}
    to: listing
    by: [land, reform]
    asks: [announced_on]
    needs:
      facts: [trade]
      materials: [report]
      cosign: {roles: [reform, x], quorum: {share: 2/3}, within: {in: 3, unit: workday, basis: 内部承诺}, basis: 三定}
      guards:
        - {when: amount >= 0.5, else: 总额不足, basis: 方案}
      dwell: {at_least: 20, unit: day, since: announced_on, clear_days: true, basis: 国土资源部令第39号第8条}
      counter: {of: announce, at_most: 2, basis: 办法}
    not_by: [open]
    reason: required
    locks: [report]
    unlocks: [trade]
    notices: [{template: siting-notice, to: [public, land], cc: owner}]
    note: 备注
    basis: 依据
  - {name: report_month, title: 月报, kind: record, from: all, by: land}
  - {name: pause, title: 中止, kind: suspend, from: {all_but: paused}, to: paused, by: land}
  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: land}
  - {name: close, title: 终结, from: [listing], to: closed, by: land}
lights:
  - {light: yellow, title: 逾期一日, overdue: 1, unit: workday, basis: 内部承诺}
  - {light: red, title: 金额不足, when: amount < 1}
"""  # noqa: E501


@pytest.fixture(scope="module")
def full() -> Workflow:
    """Read a workflow that uses every key of the language."""
    return read_workflow(FULL, "listing.yaml")


def pointed(location: Location) -> str:
    """Give the words of FULL that a place points at."""
    start = location.column - 1
    return FULL.splitlines()[location.line - 1][start : start + location.length]


def test_every_scalar_stays_what_was_typed(full: Workflow) -> None:
    """`on` and `no` are choices, not booleans, and a date bound stays text."""
    assert full.facts["trade"].choices == ("on", "no")
    assert full.facts["announced_on"].min == "2020-01-01"
    assert (full.facts["amount"].min, full.facts["amount"].max) == (Decimal(0), Decimal("99.5"))


def test_the_head_is_read(full: Workflow) -> None:
    """The head gives name, version, numbering and who opens; the digest is that of the
    exact bytes.
    """
    assert (full.name, full.version, full.number, full.subject) == (
        "listing",
        3,
        "LS-F-{year}-{serial:03}",
        "heading",
    )
    assert full.opened_by == ("land",)
    assert full.initial == "siting"
    assert full.digest == read_workflow(FULL.encode(), "elsewhere.yaml").digest
    assert full.digest != read_workflow(FULL + "\n", "listing.yaml").digest


def test_roles_may_be_bound_to_a_fact(full: Workflow) -> None:
    """A role is held by function, or by the unit or units that the case names."""
    assert [full.roles[name].bound for name in ("land", "owner", "x")] == [
        None,
        "owner_unit",
        "x_units",
    ]
    assert (full.roles["x"].unit, full.roles["x"].units) == (None, "x_units")


def test_required_is_from_the_start_or_from_a_state(full: Workflow) -> None:
    """`required: true` means from the opening on, a state's name from entering that state."""
    assert [fact.required for fact in full.facts.values()] == [
        True,
        True,
        False,
        False,
        "listing",
        False,
        False,
    ]


def test_limits_name_their_unit_and_basis(full: Workflow) -> None:
    """A limit counts from entering unless it names a date, and rolls to a working day unless told
    not to.
    """
    due = full.states["siting"].due
    assert due is not None
    assert due == Limit("选址", 15, "workday", "内部承诺", due.location, inner=True)
    assert pointed(due.location) == "due"
    (within,) = full.states["listing"].limits
    assert (within.since, within.done, within.roll, within.unit) == (
        "announced_on",
        ("report_month",),
        False,
        "month",
    )


@pytest.mark.parametrize(("more", "rolls"), [("", False), (", roll: next_workday", True)])
def test_a_limit_of_nought_rolls_only_where_it_says_so(more: str, rolls: bool) -> None:
    """A day that was agreed does not move for a holiday."""
    text = (SPECIMENS / "wrong-number-within.yaml").read_text("utf-8")
    text = text.replace("within: {in: 0", "within: {in: 1").replace("in: 0", f"in: 0{more}")
    (limit,) = read_workflow(text, "x.yaml").states["drafting"].limits
    assert (limit.amount, limit.roll) == (0, rolls)


def test_a_transition_carries_its_gates(full: Workflow) -> None:
    """Every gate of the language comes out as written; a co-sign covers what the
    transition needs.
    """
    announce = full.transitions[0]
    (cosign,) = announce.cosigns
    assert cosign.quorum == Quorum("share", 2, 3)
    assert cosign.covers == ("trade", "report")
    assert cosign.within is not None
    assert cosign.within == Limit("会签", 3, "workday", "内部承诺", cosign.within.location)
    (guard,), (dwell,), (counter,) = announce.guards, announce.dwells, announce.counters
    assert guard == Guard(Expression("amount >= 0.5"), "总额不足", guard.location, "方案")
    basis = "国土资源部令第39号第8条"
    assert dwell == Dwell(20, "day", basis, dwell.location, since="announced_on", clear_days=True)
    assert counter == Counter("announce", 2, "办法", counter.location)
    (rule,) = announce.notices
    assert rule == NoticeRule("siting-notice", ("public", "land"), ("owner",), rule.location)
    assert (announce.not_by, announce.reason, announce.locks, announce.unlocks) == (
        ("open",),
        True,
        ("report",),
        ("trade",),
    )
    assert pointed(announce.location) == "announce"
    assert (pointed(guard.location), pointed(dwell.location), pointed(counter.location)) == (
        "amount >= 0.5",
        "20",
        "announce",
    )


@pytest.mark.parametrize(
    ("written", "quorum"),
    [
        ("all", Quorum()),
        ("any", Quorum("any")),
        ("majority", Quorum("majority")),
        ("{at_least: 2}", Quorum("at_least", 2)),
        ("{share: 1/2}", Quorum("share", 1, 2)),
    ],
)
def test_a_quorum_is_all_any_the_majority_a_number_or_a_share(written: str, quorum: Quorum) -> None:
    """Each way of counting opinions is read."""
    announce = read_workflow(FULL.replace("{share: 2/3}", written), "w.yaml").transitions[0]
    (cosign,) = announce.cosigns
    assert cosign.quorum == quorum


def test_co_signs_are_one_or_several_in_an_order() -> None:
    """Several have names, and each its own words; what comes before one is what its order says."""
    text = FULL.replace("cosign: {roles: [reform, x],", "cosign: {name: first, roles: [reform, x],")
    start = text.index("      cosign: {name")
    end = text.index("\n", start)
    first = text[start:end].strip().removeprefix("cosign: ")
    second = "{name: second, roles: owner, objection: counts, must: owner, covers: report}"
    both = f"      cosign: [{first}, {second}]\n      order: [second, first]"
    announce = read_workflow(text[:start] + both + text[end:], "w.yaml").transitions[0]
    one, two = announce.cosigns
    assert [(c.name, c.roles) for c in (one, two)] == [
        ("first", ("reform", "x")),
        ("second", ("owner",)),
    ]
    assert (one.objection, one.must, two.objection, two.must) == (
        "blocks",
        (),
        "counts",
        ("owner",),
    )
    assert (announce.before(one), announce.before(two)) == ((two,), ())
    assert [announce.cosign_of(role) for role in ("x", "owner", "land")] == [one, two, None]


def test_sources_are_written_out(full: Workflow) -> None:
    """`all`, a phase and `all_but` stand for states that are not final; a record goes nowhere, a
    resume back.
    """
    assert {t.name: (t.sources, t.to) for t in full.transitions} == {
        "announce": (("siting",), "listing"),
        "report_month": (("siting", "listing", "paused"), None),
        "pause": (("siting", "listing"), "paused"),
        "go_on": (("paused",), "previous"),
        "close": (("listing",), "closed"),
    }
    assert not any(transition.reason for transition in full.transitions[1:])


def test_one_value_stands_for_a_list_of_one() -> None:
    """`dwell`, `counter`, `by` and the like take one value or a list."""
    text = FULL.replace(
        "counter: {of: announce, at_most: 2, basis: 办法}", "counter: [{of: announce, at_most: 2}]"
    )
    assert read_workflow(text, "w.yaml").transitions[0].counters[0].at_most == 2


def test_unchecked_reading_skips_soundness_only() -> None:
    """`checked=False` lets an unsound workflow pass, but never one that cannot be read."""
    unsound = FULL.replace("to: closed", "to: siting")
    with pytest.raises(WorkflowError, match="到不了任何终结环节"):
        read_workflow(unsound, "w.yaml")
    assert read_workflow(unsound, "w.yaml", checked=False).states.keys() == {
        "siting",
        "listing",
        "paused",
        "closed",
    }
    with pytest.raises(WorkflowError, match="应为 1 以上的整数"):
        read_workflow(FULL.replace("version: 3", "version: 0"), "w.yaml", checked=False)


def test_too_large_and_wrongly_encoded_files_are_refused() -> None:
    """A file over 1 MB is not even parsed; one in GBK is told so, with the place."""
    with pytest.raises(WorkflowError) as caught:
        read_workflow("#" * (1 << 20) + FULL, "w.yaml")
    assert (
        caught.value.message
        == "w.yaml:1:1: 错误：文件超过 1 MB\n  改法：一个流程写一个文件，长篇说明放到别处"
    )
    with pytest.raises(WorkflowError) as caught:
        read_workflow("a: 1\ntitle: 样例".encode("gbk"), "w.yaml")
    assert str(caught.value.problems[0].location) == "w.yaml:2:8"
    assert "不是 UTF-8 编码（第 13 个字节是 0xD1）" in caught.value.message


def test_a_very_long_list_of_faults_is_cut_with_a_count() -> None:
    """Thousands of faults neither hang the reader nor fill the screen."""
    _, problems, _ = examine(
        FULL.replace("materials:\n", "materials:\n" + "  A: {}\n" * 700), "w.yaml"
    )
    assert len(problems) == MOST_SHOWN + 1
    assert problems[-1].message == "另有 501 处错误未列出"


def inside(text: Texts, location: Location) -> bool:
    """Tell whether a place lies in the text, the end of a line included."""
    assert isinstance(text, str)
    lines = text.splitlines() or [""]
    if not 1 <= location.line <= len(lines):
        return False
    return 1 <= location.column <= len(lines[location.line - 1]) + 1 and location.length >= 1


@given(st.text(max_size=200) | st.binary(max_size=60))
def test_any_text_is_read_or_refused_with_places(text: str | bytes) -> None:
    """Whatever the bytes, the reader raises nothing but WorkflowError, and each fault lies within
    the file.
    """
    workflow, problems, source = examine(text, "w.yaml")
    assert workflow is None or problems
    assert problems
    assert all(inside(source, problem.location) for problem in problems)
    with pytest.raises(WorkflowError):
        read_workflow(text, "w.yaml")


SNIPPETS = st.sampled_from(
    (
        *(
            "",
            " ",
            "\n",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "'",
            '"',
            "#",
            "&a ",
            "*a ",
            "!x ",
            "|",
            ">",
            "\t",
            "~",
            "：",
        ),
        *(
            "\u202e",
            "\x00",
            "\ud800",
            "previous",
            "all",
            "open",
            "{all_but: []}",
            "null",
            "0",
            "1e9",
            "true",
            "\u0661",
        ),
    )
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(FULL)), st.integers(0, 12), SNIPPETS), min_size=1, max_size=4
    ),
    st.booleans(),
)
def test_any_mutation_is_read_or_refused_with_places(
    edits: list[tuple[int, int, str]], by_line: bool
) -> None:
    """However a valid file is damaged, reading ends with a workflow or with faults that lie within
    the file.
    """
    text = FULL
    for start, length, snippet in edits:
        start = text.rfind(": ", 0, start) + 2 if by_line else start
        text = text[:start] + snippet + text[start + length :]
    workflow, problems, source = examine(text, "w.yaml", TEMPLATES)
    assert all(inside(source, problem.location) for problem in problems)
    assert all(problem.render(source) for problem in problems)
    assert workflow is not None or problems
