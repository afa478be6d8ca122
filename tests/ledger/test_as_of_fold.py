"""What is told as of a day is what an office would tell today whose ledger ended then."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from homes import IN_A_FILE, ON_A_SERVER, Home
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, copied
from test_replay import act

from lifecycle.errors import LifecycleError
from lifecycle.ledger.copies.refold import refold
from lifecycle.ledger.reading.as_of import NOW, AsOf, case_as_of
from lifecycle.ledger.register import Request
from lifecycle.office.cases.corrections import confirm, correct
from lifecycle.office.office import Office

BESIDE = ("cases", "task", "letter", "form", "outbox", "search_text", "search_gram", "fact_value")
"""The tables that are folded from the log."""
OFFICERS = ("bureau01", "land01", "planning01", "wenwu01")
KINDS = ("set", "visit", "suspend", "go_on", "sign", "withdraw", "siting", "back", "correct")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(["bureau01", "bureau02", "land01", "planning01"]),
        st.integers(300, 600),
        st.integers(0, 3),
    ),
    min_size=6,
    max_size=25,
)
History = list[tuple[str, str, int, int]]
CORRECTED: History = [
    ("visit", "bureau01", 310, 0),
    ("siting", "bureau01", 300, 1),
    ("correct", "bureau01", 400, 3),
    ("back", "planning01", 300, 1),
    ("correct", "bureau02", 500, 2),
    ("sign", "land01", 400, 3),
    ("correct", "bureau01", 600, 3),
]
"""Goes to siting on the 5th; what that read is corrected later."""
NUMBERS = count()


@IN_A_FILE
@settings(max_examples=8)
@given(acts=ACTS)
@example(acts=CORRECTED)
def test_as_of_is_the_ledger_cut_there(
    tmp_path_factory: pytest.TempPathFactory, home: Home, acts: History
) -> None:
    """Whatever officers did: `list`, `board`, `todo` and `show` of a day, or of a time of
    recording, tell what they tell in a copy whose ledger is cut there and folded anew. Only values
    that were corrected later are others, and named.
    """
    _compare(tmp_path_factory.mktemp("cut"), home, acts)


@ON_A_SERVER
@settings(max_examples=2)
@given(acts=ACTS)
@example(acts=CORRECTED)
def test_as_of_is_the_ledger_cut_there_on_a_server(
    tmp_path_factory: pytest.TempPathFactory, home: Home, acts: History
) -> None:
    """So it is on a server."""
    _compare(tmp_path_factory.mktemp("cut"), home, acts)


def _compare(folder: Path, home: Home, acts: History) -> None:
    with pytest.MonkeyPatch.context() as patch:
        (folder / "made").mkdir()
        made = Bureau(folder / "made", patch, home).founded()
        number = made.ready()
        made.opened("investment=1000", name="温泉康养", on="2026-09-07")
        last = _play(made, number, acts)
        _see_that_the_last_day_is_now(made)
        for day in (date(2026, 9, 2), date(2026, 9, 6), last - timedelta(days=4)):
            kept = _cut(made, folder, _before(day.isoformat()))
            kept.now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            _see_same(made, ("--on", day.isoformat()), kept)
        body = made.body(_index(made) - len(acts) // 3)
        time = body["recorded_at"]
        kept = _cut(made, folder, lambda one: one["recorded_at"] <= time)
        _see_same(made, ("--as-recorded-at", time), kept)


def _play(made: Bureau, number: str, acts: History) -> date:
    """Do what can be done, days apart; give the last day."""
    day = date(2026, 9, 4)
    with closing(made.office()) as office:
        for what, who, amount, apart in acts:
            day = min(day + timedelta(days=apart), date(2026, 9, 30))
            request = Request(who, on=day)
            try:
                if what == "correct":
                    _correct(office, number, request, amount)
                else:
                    act(office, number, what, request, amount)
            except LifecycleError:
                continue
    return day


def _correct(office: Office, number: str, request: Request, amount: int) -> None:
    texts = {"investment": str(amount * 10 + 1)}
    told = correct(office, request, office.case(number), texts, note="少算一项")
    if told.proposal is not None:
        other = {"bureau01": "bureau02", "bureau02": "bureau01"}.get(request.officer, "bureau01")
        case = office.case(number)
        confirm(office, replace(request, officer=other), case, told.proposal)


def _see_that_the_last_day_is_now(made: Bureau) -> None:
    """As of the last day everything counts: it is the case as it is kept."""
    with closing(made.office()) as office:
        for number in made.numbers():
            case = office.case(number)
            for as_of in (NOW, AsOf(on=case.last_on), AsOf(at=case.last_at)):
                found = case_as_of(office.library, case.id, as_of)
                assert found is not None
                assert (found.case, found.amended) == (case, ())


def _index(made: Bureau) -> int:
    with closing(made.office()) as office:
        return office.store.last_index()


def _before(day: str) -> Callable[[Any], bool]:
    return lambda body: body["intent"]["case"] == "office" or body["intent"]["occurred_on"] <= day


def _cut(made: Bureau, folder: Path, stays: Callable[[Any], bool]) -> Bureau:
    """Copy an office, leave out the entries that do not stay, and fold what is left anew."""
    kept = copied(made, folder / f"cut-{next(NUMBERS)}")
    with kept.sql() as database:
        rows = list(database.execute("SELECT idx, body FROM entry"))
        for table in BESIDE:
            database.execute(f"DELETE FROM {table}")
        for idx, body in rows:
            if not stays(json.loads(bytes(body))):
                database.execute("DELETE FROM entry WHERE idx = ?", (idx,))
    with closing(kept.office()) as office, office.store.writing():
        refold(office.store)
    return kept


def _see_same(made: Bureau, as_of: tuple[str, str], kept: Bureau) -> None:
    rows = made.asks("list", *as_of)["cases"]
    amended = {row["number"] for row in rows if row.pop("amended")}
    wanted = kept.asks("list")["cases"]
    assert rows == wanted
    assert made.asks("board", *as_of)["workflows"] == kept.asks("board")["workflows"]
    for officer in OFFICERS:
        then, now = made.asks("todo", *as_of, by=officer), kept.asks("todo", by=officer)
        assert [then["tasks"], then["letters"]] == [now["tasks"], now["letters"]], officer
    for row in wanted:
        number = row["number"]
        then, now = made.asks("show", number, *as_of), kept.asks("show", number)
        assert _as_known_then(then, now) == (number in amended)
        assert then == now


def _as_known_then(then: Any, now: Any) -> bool:
    """Take out what is only told of a day before, and put what was before a correction in its
    place; tell whether there was any.
    """
    amended = then.pop("amended")
    del then["as_of"], then["as_recorded_at"]
    for one in amended:
        for facts in (then["facts"], then["case"]["facts"]):
            assert facts[one["name"]] == one["after"]
            facts[one["name"]] = one["before"]
    if amended:  # guards read the values as amended
        del then["transitions"], now["transitions"]
    return bool(amended)
