"""Soundness: what the checker finds in workflows that read well, and what it lets pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import Location, WorkflowError
from lifecycle.workflow.check import RESERVED, check
from lifecycle.workflow.graph import edges_of, reachable, ways_of
from lifecycle.workflow.letter_variables import LETTER_NAMES
from lifecycle.workflow.reader import examine, read_workflow
from lifecycle.workflow.supply import supplied

HEAD = """\
workflow: demo
title: 样例
version: 1
number: D-{serial}
subject: heading
opened_by: clerk
roles: {clerk: 经办, chief: 负责人, owner: {title: 业主, unit: owner_unit}}
parties: {public: 社会公众, investor: {title: 投资方, fact: investor_name}}
"""
FACTS = """\
facts:
  heading: {title: 名称, type: text, required: true}
  owner_unit: {title: 业主单位, type: unit}
  investor_name: {title: 投资方名称, type: text}
  amount: {title: 总额, type: money, unit: 万元}
  rounds: {title: 轮次, type: integer}
  listed_on: {title: 公告日, type: date}
  trade: {title: 行业, type: choice, choices: [文旅, 商贸]}
  ready: {title: 已备齐, type: yesno}
"""
STATES = """\
states:
  drafting: {title: 起草}
  review: {title: 评审}
  paused: {title: 中止}
  done: {title: 办结, final: true}
"""
MOVES = """\
transitions:
  - {name: submit, title: 送审, from: drafting, to: review, by: clerk}
  - {name: finish, title: 办结, from: review, to: done, by: chief}
  - {name: send_back, title: 退回, kind: return, from: review, to: drafting, by: chief}
  - {name: pause, title: 中止, kind: suspend, from: [drafting, review], to: paused, by: clerk}
  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: clerk}
  - {name: report, title: 月报, kind: record, from: review, by: clerk}
"""
VALID = HEAD + FACTS + STATES + MOVES


@dataclass(frozen=True)
class Letter:
    """A stand-in for a template: only what a template must have."""

    variables: tuple[tuple[str, Location], ...]
    location: Location


def letter(*names: str) -> Letter:
    """Make a template that needs these names."""
    return Letter(
        tuple((name, Location("notices/n.j2", 5)) for name in names), Location("notices/n.j2")
    )


def rules(text: str, **templates: Letter) -> list[str]:
    """Give the rules that a text breaks, with the lines."""
    _, problems, _ = examine(text, "w.yaml", templates or None)
    return [f"{problem.rule}:{problem.location.line}" for problem in problems]


def line(text: str, words: str) -> int:
    """Find the line that has these words."""
    return next(number for number, row in enumerate(text.splitlines(), 1) if words in row)


def test_a_sound_workflow_has_no_faults() -> None:
    """Suspension, resumption, return and record are all sound; what is never used is no fault."""
    assert rules(VALID) == []
    assert check(read_workflow(VALID, "w.yaml"), {}) == []


def test_a_suspended_state_ends_where_its_sources_end() -> None:
    """A state that can only be resumed is no dead end, unless what it resumes to is one."""
    assert rules(
        VALID.replace(
            "  - {name: go_on, title: 恢复, kind: resume, from: paused, to: previous, by: clerk}\n",
            "",
        )
    ) == [f"dead-end:{line(VALID, 'paused: {title')}"]
    stuck = VALID.replace("to: done", "to: drafting")
    assert [rule for rule in rules(stuck) if rule.startswith("dead-end")] == [
        f"dead-end:{line(VALID, name + ': {title')}" for name in ("drafting", "review", "paused")
    ]


def test_all_kinds_of_faults_show_in_one_run() -> None:
    """A fault of form in one place does not hide faults of sense in others."""
    text = (
        VALID.replace("version: 1", "version: eins")
        .replace("to: done", "to: dome")
        .replace("by: chief}", "by: cheif}", 1)
        .replace("  paused: {title: 中止}", "  lost: {title: 失落}\n  paused: {titel: 中止}")
        .replace("kind: return", "kind: retrun")
    )
    assert rules(text) == [
        f"wrong-number:{line(text, 'eins')}",
        f"unreachable:{line(text, 'lost')}",
        f"dead-end:{line(text, 'lost')}",
        f"unknown-key:{line(text, 'titel')}",
        f"unknown-state:{line(text, 'dome')}",
        f"unknown-role:{line(text, 'cheif')}",
        f"wrong-choice:{line(text, 'retrun')}",
    ]


def test_a_misspelt_state_is_one_fault() -> None:
    """What is meant is clear enough not to call the state unreachable as well."""
    assert rules(VALID.replace("to: review", "to: reviev")) == [
        f"unknown-state:{line(VALID, 'submit')}"
    ]


def test_a_missing_section_is_one_fault() -> None:
    """Without `facts:`, not every mention of a fact is a fault of its own."""
    assert rules(VALID.replace(FACTS, "")) == ["missing-key:1"]


def test_an_unreadable_type_is_not_judged_further() -> None:
    """A fact whose type is misspelt is reported once, not wherever it is used."""
    text = VALID.replace(
        "listed_on: {title: 公告日, type: date}", "listed_on: {title: 公告日, type: dateish}"
    ).replace(
        "from: drafting, to: review, by: clerk",
        "from: drafting, to: review, by: clerk, needs: {guards: [{when: listed_on < today, else: "
        "未到}], "
        "dwell: {at_least: 20, unit: day, since: listed_on, basis: 办法}}",
    )
    assert rules(text) == [f"wrong-choice:{line(VALID, 'listed_on')}"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("amount >= 3000 and rounds < 3", []),
        ("amount * 0.1 > rounds and days_between(listed_on, today) >= 20", []),
        ("workdays_after(listed_on, 5) <= today and months_after(listed_on, rounds) > today", []),
        ("trade == '文旅' or amount > 3 and trade in ['商贸']", []),
        ("trade == '文旅' or trade in ['商贸']", ["constant-condition"]),
        ("count.submit < 3 and last.submit <= today and state != 'done'", []),
        ("amount / (rounds - 1) > 2", []),
        ("'trade' == trade", ["unknown-choice"]),
        ("trade in ['文旅', '工业']", ["unknown-choice"]),
        ("amount > listed_on", ["wrong-expression-type"]),
        ("days_after(amount, 3) > today", ["wrong-expression-type"]),
        ("listed_on - today > 3", []),
        ("listed_on - amount > 3", ["wrong-expression-type"]),
        ("amont > 3 and ruonds > 2", ["unknown-in-expression"] * 2),
        ("sha256.report == sha256.draft", ["unknown-in-expression"] * 2),
        ("amount >", ["wrong-expression"]),
    ],
)
def test_conditions_are_tried_on_values_of_the_right_types(when: str, expected: list[str]) -> None:
    """Unknown names, impossible choices and types that do not go together are found before any case
    meets them.
    """
    guard = f'to: done, by: chief, needs: {{guards: [{{when: "{when}", else: 不行}}]}}'
    assert [
        rule.split(":")[0] for rule in rules(VALID.replace("to: done, by: chief", guard))
    ] == expected


def ways(*guards: str) -> list[str]:
    """Give what is said of a state left by as many transitions as there are guards."""
    names = ("finish", "turn_down", "hand_on")
    written = "".join(
        f"  - {{name: {name}, title: {name}, kind: terminate, from: review, to: done, by: chief, "
        f'needs: {{guards: [{{when: "{when}", else: 不行}}]}}}}\n'
        for name, when in zip(names, guards, strict=False)
    )
    own = "  - {name: finish, title: 办结, from: review, to: done, by: chief}\n"
    _, problems, _ = examine(VALID.replace(own, written), "w.yaml")
    assert all(problem.warning for problem in problems)
    return [f"{problem.rule}: {problem.message.partition('：')[2]}" for problem in problems]


AMOUNT = "要素 amount（总额）"


@pytest.mark.parametrize(
    ("guards", "told"),
    [
        (("amount >= 10000", "amount < 10000"), []),
        (
            ("amount > 10000", "amount < 10000"),
            [f"guard-gap: {AMOUNT}恰为 10000 时，“finish”、“turn_down”都不能办"],
        ),
        (
            ("amount >= 3000", "amount <= 5000"),
            [
                (
                    f"guard-overlap: {AMOUNT}恰为 3000，或大于 3000、小于 5000，或恰为 5000 时，"
                    "“finish”、“turn_down”都可以办"
                )
            ],
        ),
        (
            ("ready", "ready == true", "trade == '文旅'"),
            [],
        ),
        (
            ("rounds < 3", "3 <= rounds < 5", "rounds > 5"),
            ["guard-gap: 要素 rounds（轮次）恰为 5 时，“finish”、“turn_down”、“hand_on”都不能办"],
        ),
        (
            ("count.submit == 1", "count.submit > 1"),
            ["guard-gap: count.submit 小于 1 时，“finish”、“turn_down”都不能办"],
        ),
        (("amount >= 10000", "listed_on < today"), []),
        (("amount >= 10000 and trade == '文旅'", "amount < 5"), []),
    ],
)
def test_b13_the_ways_out_of_a_state_leave_no_value_out(
    guards: tuple[str, ...], told: list[str]
) -> None:
    """B13: where ways out compare one name with constants, the values that none or two of them let
    through are a warning; a file with warnings can be published.
    """
    assert ways(*guards) == told


def test_ways_that_another_guard_keeps_apart_do_not_overlap() -> None:
    """Two ways for the same amounts are told apart by what else their guards ask."""
    guards = "guards: [{when: amount >= %d, else: 不行}, {when: rounds %s 3, else: 不行}]"
    text = VALID.replace(
        "to: done, by: chief}",
        f"to: done, by: chief, needs: {{{guards % (5, '<')}}}}}\n"
        f"  - {{name: drop, title: 撤销, from: review, to: done, by: chief, "
        f"needs: {{{guards % (3, '>=')}}}}}",
    )
    assert [rule.partition(":")[0] for rule in rules(text)] == ["guard-gap"]


@pytest.mark.parametrize("name", ["project.yaml", "supervision.yaml"])
def test_what_is_shipped_has_no_warning(name: str) -> None:
    """The shipped workflows answer every warning in the file."""
    body = (Path(__file__).parents[2] / "workflows" / name).read_bytes()
    assert examine(body, name)[1] == ()


def test_a_file_with_warnings_is_read() -> None:
    """A warning keeps no workflow from being used; a fault beside it does."""
    path = "tests/specimens/guard-gap.yaml"
    text = Path(path).read_text(encoding="utf-8")
    assert read_workflow(text, path).name == "demo"
    with pytest.raises(WorkflowError) as caught:
        read_workflow(text.replace("amount < 10000", "amount < '5'"), path)
    assert [problem.warning for problem in caught.value.problems] == [False]


def test_a_fault_within_a_condition_is_pointed_at() -> None:
    """The carets stand under the name at fault, quoted or not; in a folded text under its
    beginning.
    """
    for quote in ("", '"', "'"):
        guard = (
            f"to: done, by: chief, needs: {{guards: [{{when: {quote}rounds < amuont{quote}, "
            f"else: 不行}}]}}"
        )
        text = VALID.replace("to: done, by: chief", guard)
        _, (problem,), _ = examine(text, "w.yaml")
        row, start = text.splitlines()[problem.location.line - 1], problem.location.column - 1
        assert row[start : start + problem.location.length] == "amuont"


@pytest.mark.parametrize(
    ("move", "excluded", "idle"),
    [
        ("finish", "submit", False),
        ("finish", "open", False),
        ("finish", "report", False),
        ("finish", "pause", False),
        ("submit", "submit", False),  # after a return it is made again
        ("report", "report", False),
        ("submit", "finish", True),
        ("finish", "finish", True),
    ],
)
def test_separation_of_duties_must_be_able_to_bite(move: str, excluded: str, idle: bool) -> None:
    """Who made something that can never come first excludes nobody: that is a slip, not a rule."""
    row = next(row for row in MOVES.splitlines() if f"name: {move}," in row)
    text = VALID.replace(row, row[:-1] + f", not_by: [{excluded}]}}")
    assert rules(text) == ([f"idle-not-by:{line(VALID, row)}"] if idle else [])


def test_reserved_words_cover_every_built_in_name() -> None:
    """No fact can hide what conditions and letters are given."""
    assert {
        "today",
        "state",
        "count",
        "sha256",
        "days_after",
        "entered",
        *LETTER_NAMES,
    } <= RESERVED


def sure(text: str) -> dict[str, set[str]]:
    """Give what is surely known when each transition is made, but for the fact that is always
    known.
    """
    workflow = read_workflow(text, "w.yaml")
    known = supplied(workflow)
    return {t.name: set(known[t.location].everywhere) - {"heading"} for t in workflow.transitions}


def gated(text: str, name: str, gates: str) -> str:
    """Put more keys into a transition."""
    row = next(row for row in text.splitlines() if f"name: {name}," in row)
    return text.replace(row, f"{row[:-1]}, {gates}}}")


def test_knowledge_gathers_along_every_path() -> None:
    """Asks, needs, dates waited for and names a guard cannot do without are known from then on, on
    every path.
    """
    text = gated(
        VALID,
        "submit",
        "asks: [listed_on], needs: {facts: [amount], guards: [{when: rounds < 3, else: 超}]}",
    )
    assert sure(text) == {
        "submit": {"listed_on", "amount", "rounds"},
        "finish": {"listed_on", "amount", "rounds"},
        "send_back": {"listed_on", "amount", "rounds"},
        "pause": set(),
        "go_on": set(),
        "report": {"listed_on", "amount", "rounds"},
    }


def test_a_second_way_in_weakens_what_is_sure() -> None:
    """What only one of two ways into a state gathers is not sure there."""
    text = gated(VALID, "submit", "needs: {facts: [amount, rounds]}").replace(
        MOVES.splitlines()[2],
        "  - {name: skip, title: 直送, from: drafting, to: review, by: clerk, asks: [amount]}\n"
        + MOVES.splitlines()[2],
    )
    assert sure(text)["finish"] == {"amount"}


def test_a_record_gives_nothing_to_rely_on() -> None:
    """What a record asks for is known when it is made, not afterwards: nobody need make it."""
    text = gated(VALID, "report", "asks: [amount]")
    assert (sure(text)["report"], sure(text)["finish"]) == ({"amount"}, set())


def test_a_fact_required_from_a_state_is_sure_in_it() -> None:
    """`required: review` makes the fact known to the transition that enters review and to all that
    leave it.
    """
    text = VALID.replace(
        "rounds: {title: 轮次, type: integer}",
        "rounds: {title: 轮次, type: integer, required: review}",
    )
    assert (sure(text)["submit"], sure(text)["finish"], sure(text)["pause"]) == (
        {"rounds"},
        {"rounds"},
        set(),
    )


def test_a_conditional_name_is_not_sure() -> None:
    """A guard that can hold without a name does not vouch for it."""
    guards = (
        "{when: rounds is undefined or rounds < 3, else: 超}, {when: amount > 1 or trade "
        "== "
        "'文旅', else: 小}"
    )
    assert sure(gated(VALID, "submit", f"needs: {{guards: [{guards}]}}"))["submit"] == {"amount"}


def test_a_dwell_vouches_for_its_date() -> None:
    """While the date that a dwell counts from is unknown, the dwell is unmet."""
    dwell = "needs: {dwell: {at_least: 20, unit: day, since: listed_on, basis: 办法}}"
    assert sure(gated(VALID, "submit", dwell))["submit"] == {"listed_on"}


def test_a_letter_is_promised_only_what_is_sure() -> None:
    """A letter may use built-in names, facts surely known, and nothing else; its recipient must be
    known too.
    """
    text = gated(VALID, "finish", "notices: [{template: n, to: [public, chief, investor]}]")
    at = line(VALID, "name: finish")
    assert rules(text, n=letter("case_title", "heading")) == [f"unsupplied:{at}"]
    known = gated(text, "submit", "asks: [investor_name, amount]")
    assert rules(known, n=letter("amount", "due_text", "heading")) == []
    assert rules(known, n=letter("rounds")) == [f"unsupplied:{at}"]
    assert rules(known, n=letter("ruonds")) == [f"unknown-in-template:{at}"]
    assert rules(known, other=letter()) == [f"unknown-template:{at}"]


def test_a_letter_nobody_can_send_is_not_judged_for_facts() -> None:
    """From an unreachable state nothing can be said of what is known; that state is the fault."""
    text = VALID.replace(STATES, STATES.replace("  paused", "  lost: {title: 失落}\n  paused")) + (
        "  - {name: stray, title: 游离, from: lost, to: done, by: clerk, notices: [{template: n, "
        "to: public}]}\n"
    )
    assert rules(text, n=letter("amount")) == [f"unreachable:{line(text, 'lost')}"]


NAMES = ("s0", "s1", "s2", "s3", "s4")


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12),
    st.sets(st.sampled_from(NAMES)),
)
def test_unreachable_and_dead_ends_are_what_a_walk_finds(
    moves: list[tuple[str, str]], finals: set[str]
) -> None:
    """On any graph the two faults name exactly the states that no walk reaches or that no walk
    leads on to an end.
    """
    text = HEAD + FACTS + "states:\n"
    text += "".join(
        f"  {name}: {{title: {name}{', final: true' if name in finals else ''}}}\n"
        for name in NAMES
    )
    text += "transitions:\n  - {name: stay, title: 记, kind: record, from: s0, by: clerk}\n"
    text += "".join(
        f"  - {{name: t{n}, title: 流转, from: {source}, to: {target}, by: clerk}}\n"
        for n, (source, target) in enumerate(moves)
    )
    workflow, problems, _ = examine(text, "w.yaml")
    assert workflow is not None
    named = {
        kind: {p.message.split()[1] for p in problems if p.rule == kind}
        for kind in ("unreachable", "dead-end")
    }
    closure = {(name, name) for name in NAMES} | set(moves)
    for middle in NAMES:
        closure |= {
            (a, b)
            for a in NAMES
            for b in NAMES
            if (a, middle) in closure and (middle, b) in closure
        }
    assert named["unreachable"] == {name for name in NAMES if ("s0", name) not in closure}
    dead = {name for name in NAMES if not any((name, final) in closure for final in finals)}
    assert named["dead-end"] == (dead if finals else set())
    assert ("no-final" in {p.rule for p in problems}) is not bool(finals)
    edges = edges_of(workflow, ways_of(workflow))
    assert reachable(edges, {"s0"}) == set(NAMES) - named["unreachable"]


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        ("", []),
        ("stands: true, ", ["missing-renews"]),
        ("stands: {until: [send_back]}, ", ["missing-renews"]),
    ],
)
def test_ways_of_which_one_is_taken_may_ask_the_same(words: str, warned: list[str]) -> None:
    """Two ways out of a state may enter the same fact, since a return to before the one undoes it;
    where it stands through the return, the other comes after it, which is warned of.
    """
    asks = f"{words}asks: [amount], needs: {{guards: [{{when: amount > 1, else: 少}}]}}"
    text = gated(VALID, "submit", asks).replace(
        MOVES.splitlines()[2],
        "  - {name: direct, title: 直送, from: drafting, to: review, by: clerk, asks: [amount]}\n"
        + MOVES.splitlines()[2],
    )
    assert [problem.rule for problem in check(read_workflow(text, "demo.yaml"))] == warned
