"""The values of facts over time are kept beside the log, an edition for each change, and are what
the entries say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ledger_office import Bureau, copied
from test_statements import plan_of

from lifecycle.engine.case import moved_facts
from lifecycle.ledger.reading.chain import follow
from lifecycle.ledger.rows.value_rows import value_on
from lifecycle.ledger.sql import text
from lifecycle.ledger.sqlite.store import SqliteStore


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Make an office in which facts were set, set again to the same and to another value, and asked
    by a transition.
    """
    with pytest.MonkeyPatch.context() as patch:
        bureau = Bureau(tmp_path_factory.mktemp("pristine"), patch).walked()
        bureau.opened("investment=100", "tags=甲", name="历次取值", on="2026-09-20")
        for facts, on in (
            (("investment=200", "area=1"), "2026-09-22"),
            (("investment=200", "area=2"), "2026-09-24"),
            (("investment=300",), "2026-09-24"),
        ):
            bureau.do("set", "历次取值", *facts, "--on", on, by="bureau01")
        asked = ("note_visit", "--set", "people=12", "--on", "2026-09-25")
        bureau.do("advance", "历次取值", *asked, by="bureau01")
        yield bureau


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def values_of(bureau: Bureau, title: str) -> list[Any]:
    """Read the editions that are kept of a case, in the order of facts."""
    with bureau.sql() as database:
        return list(
            database.execute(
                "SELECT fact, edition, fact_value.seq, on_day, value FROM fact_value"
                " JOIN cases ON cases.id = case_id WHERE title = ? AND fact NOT LIKE '@%'"
                " ORDER BY fact, edition",
                (title,),
            )
        )


def test_each_change_of_a_fact_is_an_edition(pristine: Bureau) -> None:
    """Editions count 1, 2 … for each fact, with the entry, its day and the value; what an entry
    leaves as it was gives none.
    """
    assert values_of(pristine, "历次取值") == [
        ("area", 1, 2, "2026-09-22", '"1"'),
        ("area", 2, 3, "2026-09-24", '"2"'),
        ("investment", 1, 1, "2026-09-20", '"100"'),
        ("investment", 2, 2, "2026-09-22", '"200"'),
        ("investment", 3, 4, "2026-09-24", '"300"'),
        ("name", 1, 1, "2026-09-20", '"历次取值"'),
        ("people", 1, 5, "2026-09-25", "12"),
        ("tags", 1, 1, "2026-09-20", '["甲"]'),
    ]


def test_the_moved_facts_of_a_chain_add_up_to_the_case(pristine: Bureau) -> None:
    """What each entry moved, put together, is what the case holds in the end."""
    with closing(pristine.office()) as office:
        for number in pristine.numbers():
            case, facts = office.case(number), dict[str, Any]()
            for step in follow(office.library, office.store.entries(case.id)):
                assert step.after is not None
                facts |= moved_facts(step.before, step.after)
                assert facts == step.after.facts
            assert facts == case.facts


def test_a_cleared_fact_has_moved_to_nothing(pristine: Bureau) -> None:
    """A fact that a case no longer has is among those that moved, as None."""
    with closing(pristine.office()) as office:
        case = office.case("历次取值")
        steps = list(follow(office.library, office.store.entries(case.id)))
    first, last = steps[0].after, steps[-1].after
    assert first is not None
    assert last is not None
    assert moved_facts(last, first) == {"area": None, "people": None, "investment": "100"}
    assert moved_facts(last, last) == {}


def test_a_value_is_read_as_of_a_day_and_a_place_in_the_log(pristine: Bureau) -> None:
    """The value is that of the latest day not after the one asked about, among the entries up to
    the index: of two on one day the later recorded, once it was recorded.
    """
    with closing(pristine.office()) as office:
        case = office.case("历次取值")
        store, idx = office.store, [row.idx for row in office.store.entries(case.id)]

        def investment(day: str, upto: int) -> object:
            return value_on(store, case.id, "investment", day, upto)

        assert investment("2026-09-19", idx[-1]) is None
        assert investment("2026-09-20", idx[-1]) == "100"
        assert investment("2026-09-21", idx[-1]) == "100"
        assert investment("2026-09-22", idx[0]) == "100"
        assert investment("2026-09-22", idx[1]) == "200"
        assert investment("2026-09-24", idx[2]) == "200"  # not yet recorded, though of that day
        assert investment("2026-09-24", idx[3]) == "300"
        assert investment("2026-12-31", idx[0] - 1) is None
        assert value_on(store, case.id, "people", "2026-09-30", idx[-1]) == 12
        assert value_on(store, case.id, "tags", "2026-09-30", idx[-1]) == ["甲"]
        assert value_on(store, case.id, "nothing", "2026-09-30", idx[-1]) is None


def test_what_is_recorded_late_counts_from_its_day(bureau: Bureau) -> None:
    """A change recorded days after it was made is read for its day, but not by who asks what was
    known before.
    """
    bureau.now = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
    bureau.do("set", "历次取值", "investment=400", "--on", "2026-09-26", by="bureau01")
    with closing(bureau.office()) as office:
        case = office.case("历次取值")
        last = office.store.last_index()
        values = [
            value_on(office.store, case.id, "investment", day, upto)
            for day, upto in (("2026-09-27", last - 1), ("2026-09-27", last), ("2026-09-25", last))
        ]
    assert values == ["300", "400", "300"]


def test_a_cleared_value_reads_as_none(bureau: Bureau) -> None:
    """An edition that cleared a fact hides the one before it."""
    with bureau.sql() as database:
        database.execute("UPDATE fact_value SET value = NULL WHERE fact = 'area' AND edition = 2")
    with closing(bureau.office()) as office:
        case, last = office.case("历次取值"), office.store.last_index()
        values = [
            value_on(office.store, case.id, "area", day, last)
            for day in ("2026-09-23", "2026-09-24")
        ]
    assert values == ["1", None]


THIS = "case_id = (SELECT id FROM cases WHERE title = '历次取值') AND fact = 'investment'"

ADDED = "INSERT INTO fact_value SELECT case_id,"


@pytest.mark.parametrize(
    ("statement", "seq", "message"),
    [
        (
            f"UPDATE fact_value SET value = '\"9\"' WHERE {THIS} AND edition = 2",
            2,
            "要素 investment 的第 2 版取值与回放结果不一致",
        ),
        (
            f"UPDATE fact_value SET on_day = '2026-01-01' WHERE {THIS} AND edition = 1",
            1,
            "要素 investment 的第 1 版取值与回放结果不一致",
        ),
        (
            f"UPDATE fact_value SET seq = 3 WHERE {THIS} AND edition = 3",
            4,
            "要素 investment 的第 3 版取值与回放结果不一致",
        ),
        (
            f"DELETE FROM fact_value WHERE {THIS} AND edition = 2",
            2,
            "要素 investment 的第 2 版取值不见了",
        ),
        (
            f"{ADDED} fact, 4, seq, on_day, value FROM fact_value WHERE {THIS} AND edition = 3",
            5,
            "要素 investment 多出第 4 版取值",
        ),
        (
            f"{ADDED} 'kind', 1, seq, on_day, '1' FROM fact_value WHERE {THIS} AND edition = 3",
            5,
            "要素 kind 多出第 1 版取值",
        ),
    ],
    ids=["value", "day", "entry", "missing", "one more", "another fact"],
)
def test_an_altered_row_is_one_finding(
    bureau: Bureau, statement: str, seq: int, message: str
) -> None:
    """A value altered, taken away or slipped in is one finding, at the entry that it belongs to; at
    the last one where it belongs to none.
    """
    with bureau.sql() as database:
        database.execute(statement)
        ((idx, number),) = database.execute(
            "SELECT entry.idx, number FROM entry JOIN cases ON id = case_id"
            " WHERE title = '历次取值' AND entry.seq = ?",
            (seq,),
        )
    assert [(f.code, f.idx, f.case, f.message) for f in bureau.findings()] == [
        ("state", idx, number, message)
    ]


def test_a_value_of_no_case_is_found(bureau: Bureau) -> None:
    """A value of a case that there is not is a finding."""
    with bureau.sql() as database:
        database.execute("INSERT INTO fact_value VALUES ('nocase', 'x', 1, 1, '2026-01-01', '1')")
    assert [f.message for f in bureau.findings()] == ["fact_value x 不属于任何事项"]


def test_an_upgrade_writes_the_rows_anew(bureau: Bureau) -> None:
    """Folding the log again gives the very editions that were written entry by entry."""
    with bureau.sql() as database:
        before = sorted(database.execute("SELECT * FROM fact_value"), key=repr)
        database.execute("PRAGMA user_version = 3")
        for table in ("search_text", "search_gram", "fact_value", "step", "link"):
            database.execute(f"DROP TABLE {table}")
    bureau.asks("upgrade")
    with bureau.sql() as database:
        assert sorted(database.execute("SELECT * FROM fact_value"), key=repr) == before
    assert bureau.findings() == []


def test_values_are_read_from_an_index(pristine: Bureau) -> None:
    """A fact of one case is looked up by its key, and a fact of all cases is read in the order of
    the cases from an index.
    """
    values = {"case_id": "c", "fact": "f", "on_day": "2026-01-01", "upto": 1}
    with closing(SqliteStore.open(str(pristine.path))) as store:
        one = plan_of(store, text.VALUE_ON, values)[0]
        over_all = (
            "SELECT case_id, value FROM fact_value WHERE fact = 'f' ORDER BY case_id, edition"
        )
        plan = store.connection.rows(f"EXPLAIN QUERY PLAN {over_all}")
    assert one.startswith("SEARCH fact_value USING ")
    assert one.count("=?") == 2
    assert [row[3] for row in plan] == ["SEARCH fact_value USING INDEX values_by_fact (fact=?)"]
