"""Replay: the fold of a case's entries is its state: now, as at a day, as recorded at a time, under
other rules.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from homes import IN_A_FILE, ON_A_SERVER, Home
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, with_letters

from lifecycle.engine.acts import Verdict
from lifecycle.engine.case import dump_case
from lifecycle.errors import LifecycleError
from lifecycle.insight.document import case_document
from lifecycle.ledger.record import canonical
from lifecycle.ledger.register import Request
from lifecycle.ledger.replay import replay_case
from lifecycle.office.administration.audit import Audit
from lifecycle.office.cases import cases
from lifecycle.office.office import Office


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Bureau:
    """Give an office with a history."""
    return Bureau(tmp_path, monkeypatch, home).walked()


def test_replay_equals_show(bureau: Bureau) -> None:
    """Every case replayed has the same document as `show` gives."""
    for number in bureau.numbers():
        replayed = bureau.asks("replay", number)
        assert replayed["ok"] is True
        assert replayed["same_as_stored"] is True
        assert replayed["case"] == bureau.asks("show", number)["case"]
    everything = bureau.asks("replay")
    assert [row["case"] for row in everything["cases"]] == [
        bureau.asks("show", n)["case"] for n in bureau.numbers()
    ]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["set", "visit", "suspend", "go_on", "sign", "withdraw", "siting", "back"]),
        st.sampled_from(["bureau01", "bureau02", "land01", "planning01"]),
        st.integers(1, 600),
    ),
    max_size=25,
)


@IN_A_FILE
@settings(max_examples=30)
@given(acts=ACTS)
def test_replay_is_the_fold_of_whatever_was_accepted(
    tmp_path_factory: pytest.TempPathFactory, home: Home, acts: list[tuple[str, str, int]]
) -> None:
    """Whatever officers try, what was accepted replays to what is stored, byte for byte, and audits
    clean.
    """
    _see_the_fold(tmp_path_factory.mktemp("fold"), home, acts)


@ON_A_SERVER
@settings(max_examples=8)
@given(acts=ACTS)
def test_replay_from_a_server_is_the_fold_of_whatever_was_accepted(
    tmp_path_factory: pytest.TempPathFactory, home: Home, acts: list[tuple[str, str, int]]
) -> None:
    """So it does from a server."""
    _see_the_fold(tmp_path_factory.mktemp("fold"), home, acts)


def _see_the_fold(folder: Path, home: Home, acts: list[tuple[str, str, int]]) -> None:
    """Try to do things in a new office, and replay what was accepted."""
    with pytest.MonkeyPatch.context() as patch:
        made = Bureau(folder, patch, home).founded()
        number = made.ready()
        with closing(made.office()) as office:
            for what, who, amount in acts:
                try:
                    act(office, number, what, Request(who), amount)
                except LifecycleError:
                    continue
            case = office.case(number)
            steps = list(replay_case(office.library, office.directory, case.id))
            assert [step.problems for step in steps] == [()] * case.seq
            assert canonical(dump_case(steps[-1].after or case)) == canonical(dump_case(case))
            assert list(Audit(office).findings()) == []


def act(office: Office, number: str, what: str, request: Request, amount: int) -> None:
    """Try to do something to a case."""
    case = office.case(number)
    if what == "set":
        cases.set_facts(office, request, case, {"investment": str(amount * 10)})
    elif what == "visit":
        cases.advance(office, request, case, "note_visit", texts={"people": str(amount)})
    elif what == "sign":
        verdict: Verdict = "object" if amount % 3 == 0 else "agree"
        cases.sign(office, request, case, "to_siting", verdict, note="说明")
    elif what == "withdraw":
        cases.withdraw(office, request, case, "to_siting", note="理由")
    else:
        name = {"siting": "to_siting", "back": "send_back"}.get(what, what)
        cases.advance(office, request, case, name, note="理由")


@pytest.mark.parametrize(
    ("day", "seq", "state"),
    [
        ("2026-08-31", 0, None),
        ("2026-09-01", 1, "scouting"),
        ("2026-09-04", 8, "scouting"),
        ("2026-09-05", 9, "siting"),
        ("2026-09-11", 11, "paused"),
        ("2026-09-30", 13, "done"),
    ],
)
def test_as_at_a_day(bureau: Bureau, day: str, seq: int, state: str | None) -> None:
    """--at gives the case as what had happened by the end of that day makes it."""
    answer = bureau.asks("replay", "KC-2026-001", "--at", day)
    assert len(answer["entries"]) == seq
    assert (answer["case"]["state"] if answer["case"] else None) == state
    assert answer["same_as_stored"] is None


def test_as_recorded_at_a_time(bureau: Bureau) -> None:
    """--as-recorded-at gives what was on record by then, whenever it had happened; Beijing time if
    no zone is named.
    """
    entries = bureau.asks("replay", "KC-2026-001")["entries"]
    time = entries[4]["recorded_at"]
    answer = bureau.asks("replay", "KC-2026-001", "--as-recorded-at", time)
    assert len(answer["entries"]) == 5
    assert bureau.asks("replay", "KC-2026-001", "--as-recorded-at", "2026-09-29")["case"] is None
    assert (
        len(bureau.asks("replay", "KC-2026-001", "--as-recorded-at", "2026-09-30")["entries"]) == 13
    )
    assert (
        len(bureau.asks("replay", "KC-2026-001", "--as-recorded-at", "2026-09-30T09:59")["entries"])
        == 0
    )
    assert (
        len(
            bureau.asks("replay", "KC-2026-001", "--as-recorded-at", "2026-09-30T02:59Z")["entries"]
        )
        == 13
    )


def test_what_had_happened_and_was_known(bureau: Bureau) -> None:
    """--at and --as-recorded-at together count what had happened by the day and was on record by
    the time; a wrong time is told.
    """
    entries = bureau.asks("replay", "KC-2026-001")["entries"]
    words = ("replay", "KC-2026-001", "--as-recorded-at", entries[4]["recorded_at"])
    answer = bureau.asks(*words, "--at", "2026-09-02")
    assert [one["seq"] for one in answer["entries"]] == [1, 2]
    assert len(bureau.asks(*words, "--at", "2026-09-30")["entries"]) == 5
    code, message = bureau.fails("replay", "--as-recorded-at", "昨天")
    assert (code, "不是时间" in message) == (2, True)


def test_under_other_rules(bureau: Bureau) -> None:
    """--under judges what was done by another workflow and says what it would not have allowed;
    nothing is changed.
    """
    text = with_letters()
    assert "investment >= 3000" in text
    bureau.write("strict.yaml", text.replace("investment >= 3000", "investment >= 50000"))
    answer = bureau.asks("replay", "KC-2026-001", "--under", "strict.yaml")
    assert answer["ok"] is False
    bad = [
        (e["seq"], [p["code"] for p in e["problems"]]) for e in answer["entries"] if e["problems"]
    ]
    assert bad == [(9, ["illegal"])]
    assert bureau.run("replay", "--under", "strict.yaml").exit_code == 1
    bureau.write("same.yaml", text.replace("title: 考察接待流程", "title: 考察接待流程（修订）"))
    assert bureau.asks("replay", "KC-2026-001", "--under", "same.yaml")["ok"] is True
    assert bureau.findings() == []


def test_under_rules_with_other_states(bureau: Bureau) -> None:
    """A state that the case's own workflow has not is told by its name: for one case, for all, for
    people and for machines.
    """
    bureau.write("renamed.yaml", with_letters().replace("scouting", "looking"))
    answer = bureau.asks("replay", "KC-2026-001", "--at", "2026-09-01", "--under", "renamed.yaml")
    case = answer["case"]
    assert (case["state"], case["state_title"], case["phase"]) == ("looking", "looking", None)
    one = bureau.run("replay", "KC-2026-001", "--at", "2026-09-01", "--under", "renamed.yaml")
    assert "回放至第 1 条：looking（looking）" in one.stdout
    every = bureau.asks("replay", "--at", "2026-09-01", "--under", "renamed.yaml")["cases"]
    assert {found["case"]["state_title"] for found in every} == {"looking"}


def test_a_document_has_the_same_keys_for_every_case(bureau: Bureau) -> None:
    """A script can rely on the document's keys."""
    with closing(bureau.office()) as office:
        found = [
            case_document(office.workflow_of(c), c) for c in map(office.case, bureau.numbers())
        ]
    assert len({tuple(document) for document in found}) == 1
    assert list(found[0])[:6] == ["id", "number", "title", "workflow", "workflow_digest", "state"]
