"""An entry stays small, however many cases it has read or moved."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from linked_office import LinkedOffice

from lifecycle.engine.acts import Act, Advance, Open
from lifecycle.engine.world.others import MOST_PINS
from lifecycle.ledger.record import MOST_BYTES, canonical
from lifecycle.ledger.register import Outcome, Request

MANY = 120
"""So many cases are read: a pin is a hundred bytes."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office with projects, their problems, and inspections of all of them."""
    return LinkedOffice(tmp_path, monkeypatch, rules="bureau")


def done(office: LinkedOffice, acts: list[tuple[str, str, Act]]) -> list[Outcome]:
    """Do acts one after the other in one transaction, each on the case of a number or, without one,
    opening one of a workflow.
    """
    with closing(office.office()) as opened, opened.store.writing():
        return [
            opened.register.submit(
                Request("b1"),
                None if number else opened.workflow(workflow),
                opened.case(number).id if number else None,
                act,
            )
            for workflow, number, act in acts
        ]


def size(outcome: Outcome) -> int:
    """Give the bytes that an entry has."""
    return len(canonical(outcome.body))


def numbers(outcomes: list[Outcome]) -> list[str]:
    """Give the numbers of the cases."""
    return [outcome.case.number for outcome in outcomes]


def built(office: LinkedOffice, problems: int) -> int:
    """Build a project that has had so many problems; give the size of the entry."""
    facts = {"name": "园", "area": "龙泉", "amount": "5000"}
    (project,) = numbers(done(office, [("project", "", Open(facts))]))
    raised = Open({"subject": "缺地", "project": project})
    of = numbers(done(office, [("problem", "", raised)] * problems))
    done(office, [("", number, Advance("solve")) for number in of])
    return size(done(office, [("", project, Advance("build"))])[0])


def test_whatever_links_to_a_case(office: LinkedOffice) -> None:
    """Of so many cases as are pinned one by one an entry is largest; of many more, their number and
    one digest stand in it.
    """
    most, many = built(office, MOST_PINS), built(office, MANY)
    assert many < most < MOST_BYTES // 8
    assert office.findings() == []


def test_whatever_is_collected_and_opened(office: LinkedOffice) -> None:
    """A launch that opens an inspection of every project says how many, and of each of these
    entries none is larger for the others.
    """
    open_one = Open({"name": "园", "area": "龙泉", "amount": "5000"})
    sizes = []
    for more in (2, MANY - 2):
        done(office, [("project", "", open_one)] * more)
        (batch,) = numbers(done(office, [("batch", "", Open({"title": "督查"}))]))
        (launched,) = done(office, [("", batch, Advance("launch"))])
        sizes.append((size(launched), max(map(size, launched.effects))))
    assert len(launched.effects) == MANY
    (few, of_few), (many, of_many) = sizes
    assert abs(many - few) < 20  # a number has more digits
    assert abs(of_many - of_few) < 20
    assert many < MOST_BYTES // 8
    assert office.findings() == []


def test_whatever_is_moved_or_had_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One act that moves many cases, and leaves many alone since they have ended, names neither one
    by one.
    """
    office = LinkedOffice(tmp_path, monkeypatch, rules="effects")
    facts = {"name": "园", "area": "龙泉", "amount": "5000"}
    done(office, [("works", "", Open(facts))] * MANY)
    (batch,) = numbers(done(office, [("batch", "", Open({"title": "督查", "area": "龙泉"}))]))
    (launched,) = done(office, [("", batch, Advance("launch"))])
    sheets = numbers(list(launched.effects))
    drop = Request("l1")
    with closing(office.office()) as opened, opened.store.writing():
        for number in sheets[: MANY // 2]:
            opened.register.submit(drop, None, opened.case(number).id, Advance("drop"))
    closing_act = Advance("close", "到期", {"result": "良好"})
    (closed,) = done(office, [("", batch, closing_act)])
    assert len(closed.effects) == MANY - MANY // 2
    assert size(closed) < MOST_BYTES // 8
    assert office.findings() == []
