"""Rule 9: how many must agree, whether an objection blocks or counts, and who must in any case."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import (
    BUREAU,
    FINANCE,
    LAND,
    TEXT,
    Advance,
    Attach,
    Desk,
    File,
    ResolveObjection,
    SetFacts,
    Sign,
    WithdrawOpinion,
    officer,
)

from lifecycle.engine.acts.sign import Verdict
from lifecycle.engine.gates.gates import Gate
from lifecycle.engine.values import Value
from lifecycle.engine.world.moment import Officer
from lifecycle.workflow.model import Quorum
from lifecycle.workflow.reader import read_workflow

WATER, FOREST, ROADS = (officer(f"{name}1", "x", name) for name in ("water", "forest", "roads"))


def desk(quorum: str, *units: str) -> Desk:
    """Give a case with seats for land, finance and these x units, whose report is there."""
    first: dict[str, Value] = {"name": "某项目", "amount": "5000", "x_units": list(units)}
    made = Desk(quorum=quorum, first=first)
    made.do(BUREAU, Attach("report", File("r.pdf", 10, "a" * 64)))
    return made


def sign(made: Desk, verdict: Verdict, *officers: Officer) -> None:
    """Have officers say so."""
    for one in officers:
        made.do(one, Sign("go", verdict, "" if verdict == "agree" else "说明"))


def cosign(made: Desk) -> list[Gate]:
    """Judge the co-sign of `go` for somebody who has done nothing so far."""
    decision = made.ask(officer("b9", "bureau"), Advance("go"))
    return [gate for gate in decision.gates if gate.kind == "cosign"]


def texts(made: Desk) -> list[tuple[bool, str]]:
    """Give what the gates of the co-sign say."""
    return [(gate.met, gate.text) for gate in cosign(made)]


def lost(seats: int, needed: int, said: str) -> str:
    """Give the text for what cannot pass."""
    return f"已不能通过：共 {seats} 家，须 {needed} 家同意；{said}"


def passes(made: Desk) -> bool:
    """Tell whether the co-sign lets `go` be made."""
    return all(gate.met for gate in cosign(made))


# ── majority ──


@pytest.mark.parametrize(
    ("seats", "needed"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4)]
)
def test_a_majority_is_more_than_half(seats: int, needed: int) -> None:
    """Half is not enough: of four, three."""
    assert Quorum("majority").needed(seats) == needed


def test_half_is_no_majority_and_one_more_is() -> None:
    """Two of four lack one, three of four pass; the gate says the figures."""
    made = desk("majority", "water", "forest")
    sign(made, "agree", LAND, WATER)
    assert texts(made) == [(False, "缺 财政、forest 的同意意见；还需 1 家同意")]
    assert [(gate.given, gate.wanted) for gate in cosign(made)] == [("已同意 2 家", "须 3 家同意")]
    sign(made, "conditional", FOREST)  # which is agreement
    assert texts(made) == [(True, "国土、water、forest 已会签")]


def test_the_base_counts_who_was_not_asked() -> None:
    """Nobody was asked, two of five agree: three are needed all the same."""
    first: dict[str, Value] = {
        "name": "某项目",
        "amount": "5000",
        "x_units": ["water", "forest", "roads"],
    }
    made = Desk(quorum="majority", first=first)
    text = TEXT.replace("asked: entering, ", "").replace("QUORUM", "majority")
    made.workflow = read_workflow(text, "small.yaml")
    sign(made, "agree", LAND, FINANCE)
    assert texts(made) == [
        (False, "缺 water、forest、roads 的同意意见（尚未送会签）；还需 1 家同意")
    ]
    sign(made, "agree", ROADS)
    assert passes(made)


# ── objections that count ──


def test_an_objection_blocks_unless_it_counts() -> None:
    """Three of four agree: with one against, the majority passes only where objections count."""
    for words, expected in (("majority", False), ("majority, objection: counts", True)):
        made = desk(words, "water", "forest")
        sign(made, "agree", LAND, FINANCE, WATER)
        sign(made, "object", FOREST)
        assert passes(made) is expected
    assert texts(made) == [(True, "国土、财政、water、forest（不同意） 已会签")]


def test_a_resolved_objection_that_counts_is_no_agreement() -> None:
    """Resolving it does not make it a yes, not with `all` either; agreeing does."""
    made = desk("all, objection: counts")
    sign(made, "agree", LAND)
    sign(made, "object", FINANCE)
    made.do(BUREAU, ResolveObjection("go", "finance", "", "已协调"))
    assert not passes(made)
    sign(made, "agree", FINANCE)
    assert passes(made)


def test_an_objection_that_counts_ends_with_its_round() -> None:
    """A change of what it covered makes it stale, like every other opinion: its unit is asked anew
    and is silent until it speaks. One that blocks stands.
    """
    for words, stands in (("majority", True), ("majority, objection: counts", False)):
        made = desk(words, "water")
        sign(made, "object", FINANCE)
        made.do(BUREAU, SetFacts({"amount": "6000"}))
        sign(made, "agree", LAND, WATER)
        assert passes(made) is not stands


# ── It cannot pass any more ──


def test_it_cannot_pass_when_too_few_are_left() -> None:
    """Of four, three are needed: with one against it still can, with two it cannot, whoever
    remains; the gate gives the figures and what to do.
    """
    made = desk("majority, objection: counts", "water", "forest")
    sign(made, "agree", LAND)
    sign(made, "object", WATER)
    assert texts(made) == [
        (False, "缺 财政、forest 的同意意见；还需 2 家同意；不同意的有 water"),
    ]
    sign(made, "object", FOREST)
    assert texts(made) == [
        (
            False,
            lost(4, 3, "已同意 1 家，未表态 1 家，不同意 2 家（water、forest）"),
        )
    ]
    (gate,) = cosign(made)
    assert gate.mend == (
        "由不同意的单位改变意见（lifecycle sign XS-2026-001 go agree --as …）"
        "或撤回（lifecycle withdraw XS-2026-001 go --as …）"
    )
    made.do(FOREST, WithdrawOpinion("go"))
    assert texts(made)[0][1].startswith("缺 财政、forest 的同意意见")
    sign(made, "agree", FOREST, FINANCE)
    assert passes(made)


def test_the_ways_back_are_named_where_there_are_any() -> None:
    """What cannot pass can be returned."""
    vote = "    needs:\n      cosign: {roles: [bureau, finance], quorum: any, objection: counts}\n"
    text = TEXT.replace("    asks: [since_on]\n    needs:\n", f"    asks: [since_on]\n{vote}", 1)
    made = Desk(text=text)
    made.ready()
    made.do(BUREAU, Advance("go"))
    for one in (officer("b2", "bureau"), FINANCE):
        made.do(one, Sign("finish", "object", "不可"))
    gates = [gate for gate in made.ask(LAND, Advance("finish")).gates if gate.kind == "cosign"]
    assert [(gate.text, gate.mend.rpartition("；")[2]) for gate in gates] == [
        (
            lost(2, 1, "已同意 0 家，未表态 0 家，不同意 2 家（招商局、财政）"),
            "或退回：退回甲（back）",
        )
    ]


def test_where_an_objection_can_be_resolved_it_may_still_pass() -> None:
    """With `all`, a resolved objection has been heard: the gate tells of the objection, and does
    not say that nothing can be done.
    """
    made = desk("all")
    sign(made, "agree", LAND)
    sign(made, "object", FINANCE)
    assert texts(made) == [(False, "财政 不同意：说明")]
    made.do(BUREAU, ResolveObjection("go", "finance", "", "已协调"))
    assert texts(made) == [(True, "国土、财政（不同意，已处理） 已会签")]


def test_resolving_does_not_help_where_some_must_agree() -> None:
    """With `any`, both against and one resolved: it says that it cannot pass, beside the objection
    that stands.
    """
    made = desk("any")
    sign(made, "object", LAND, FINANCE)
    made.do(BUREAU, ResolveObjection("go", "finance", "", "已协调"))
    assert texts(made) == [
        (False, "国土 不同意：说明"),
        (
            False,
            lost(2, 1, "已同意 0 家，未表态 0 家，不同意 2 家（国土、财政）"),
        ),
    ]


# ── must ──


def test_who_must_agree_is_missing_though_enough_do() -> None:
    """Three of four agree, finance is silent: it is missing all the same."""
    made = desk("majority, must: [finance]", "water", "forest")
    sign(made, "agree", LAND, WATER, FOREST)
    assert texts(made) == [(False, "缺 财政 的同意意见；财政 必须同意")]
    assert [gate.wanted for gate in cosign(made)] == ["须 3 家同意，其中须有 财政"]
    sign(made, "agree", FINANCE)
    assert passes(made)


def test_every_seat_of_a_role_that_must_agree_does() -> None:
    """Of a role with several units, all of them."""
    made = desk("any, must: [x]", "water", "forest")
    sign(made, "agree", LAND, WATER)
    assert texts(made) == [(False, "缺 forest 的同意意见；forest 必须同意")]
    sign(made, "agree", FOREST)
    assert passes(made)


def test_who_must_agree_is_there() -> None:
    """Where the case names no unit of a role that must agree, nobody's agreement does for it; who
    only may be asked may be nobody.
    """
    made = desk("any, must: [x]")
    sign(made, "agree", LAND, FINANCE)
    assert texts(made) == [(False, "x 部门 尚未确定，无从会签（必须同意，至少一家）")]
    assert [gate.mend for gate in cosign(made)] == ["lifecycle set XS-2026-001 x_units=…"]
    made.do(BUREAU, SetFacts({"x_units": ["water"]}))
    sign(made, "agree", WATER)
    assert passes(made)
    made = desk("any, must: [land]")
    sign(made, "agree", LAND)
    assert passes(made)


@pytest.mark.parametrize("words", ["all", "majority", "majority, objection: counts"])
def test_who_must_agree_and_does_not_cannot_be_outvoted_nor_resolved(words: str) -> None:
    """Its objection stands in the way whatever the others say; resolved by the lead it is still no
    agreement.
    """
    made = desk(f"{words}, must: [finance]", "water")
    sign(made, "agree", LAND, WATER)
    sign(made, "object", FINANCE)
    made.do(BUREAU, ResolveObjection("go", "finance", "", "已协调"))
    needed = 3 if words == "all" else 2
    assert texts(made) == [
        (
            False,
            lost(3, needed, "已同意 2 家，未表态 0 家，不同意 1 家（财政）；财政 必须同意"),
        )
    ]
    sign(made, "agree", FINANCE)
    assert passes(made)


# ── Against a plain model ──


@dataclass
class Vote:
    """What one seat has said, in the model: a verdict or nothing, and whether it was resolved."""

    verdict: str = ""
    resolved: bool = False


KINDS = {
    "all": Fraction(1),
    "any": Fraction(0),
    "majority": Fraction(1, 2),
    "{at_least: 2}": Fraction(0),
    "{share: 2/3}": Fraction(2, 3),
    "{share: 3/4}": Fraction(3, 4),
}
"""The share of the base that must agree: reached, or for `majority` passed."""
VOTERS = {"land": LAND, "finance": FINANCE, "water": WATER, "forest": FOREST, "roads": ROADS}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(VOTERS)),
        st.sampled_from(["agree", "conditional", "object", "object", "withdraw", "resolve"]),
    ),
    max_size=14,
)


def model(kind: str, *, counts: bool, must: bool, votes: dict[str, Vote]) -> tuple[bool, bool]:
    """Tell whether the co-sign passes, and whether it can, should everybody who is silent agree and
    every objection be resolved.
    """

    def enough(votes: dict[str, Vote]) -> bool:
        heard = kind == "all" and not counts
        yes = [
            name
            for name, vote in votes.items()
            if vote.verdict in ("agree", "conditional")
            or (vote.resolved and heard and not (must and name == "finance"))
        ]
        if must and "finance" not in yes:
            return False
        if not counts and any(v.verdict == "object" and not v.resolved for v in votes.values()):
            return False
        share = Fraction(len(yes), len(votes))
        if kind == "majority":
            return share > KINDS[kind]
        least = {"any": 1, "{at_least: 2}": 2}.get(kind, 0)
        return share >= KINDS[kind] and len(yes) >= least

    best = {
        name: Vote(vote.verdict or "agree", vote.verdict == "object")
        for name, vote in votes.items()
    }
    return enough(votes), enough(best)


@given(
    st.sampled_from(list(KINDS)),
    st.booleans(),
    st.booleans(),
    st.sets(st.sampled_from(["water", "forest", "roads"])),
    STEPS,
)
@settings(max_examples=200, deadline=None)
def test_it_passes_as_a_plain_count_does(
    kind: str, counts: bool, must: bool, units: set[str], steps: list[tuple[str, str]]
) -> None:
    """Whatever is signed, withdrawn and resolved in whatever order: the gate passes exactly when a
    plain count does, and says that it cannot pass exactly when no silence and no resolving helps.
    """
    words = kind + (", objection: counts" if counts else "") + (", must: [finance]" if must else "")
    made = desk(words, *sorted(units))
    votes = {name: Vote() for name in ("land", "finance", *sorted(units))}
    for name, act in steps:
        if name not in votes:
            continue
        vote = votes[name]
        if act == "withdraw" and vote.verdict:
            made.do(VOTERS[name], WithdrawOpinion("go"))
            votes[name] = Vote()
        elif act == "resolve" and vote.verdict == "object" and not vote.resolved:
            role, unit = (name, "") if name in ("land", "finance") else ("x", name)
            made.do(BUREAU, ResolveObjection("go", role, unit, "已协调"))
            vote.resolved = True
        elif act in ("agree", "conditional", "object"):
            made.do(VOTERS[name], Sign("go", act, "说明"))  # type: ignore[arg-type]
            votes[name] = Vote(act)
        expected, possible = model(kind, counts=counts, must=must, votes=votes)
        assert passes(made) is expected
        hopeless = any(gate.text.startswith("已不能通过：") for gate in cosign(made))
        assert hopeless is not possible
