"""Cases are found by rows that say what of each is searched; the rows are what the log gives, and
finding by them is what looking at every case would find.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_office import Bureau, copied
from test_statements import plan_of

from lifecycle.ledger.rows.search_rows import (
    SearchedWord,
    SearchText,
    find,
    named,
    normalised,
    search_text,
)
from lifecycle.ledger.sql import text
from lifecycle.ledger.sqlite.store import SqliteStore

NAMES = ("瓯江茶旅小镇", "瓯江Ａ座", "ｏujiang tea town", "茶", "茶旅 小镇", "%_\\", "云和梯田云和")
WORDS = (
    "瓯江",
    "茶旅",
    "茶",
    "小",
    "镇",
    "KC-2026",
    "2026-003",
    "ＫＣ",
    "oujiang",
    "A座",
    "云和",
    "无",
)
SEARCHED = "存储的检索文字与回放结果不一致"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Make an office with cases of all kinds of names, units and texts."""
    with pytest.MonkeyPatch.context() as patch:
        bureau = Bureau(tmp_path_factory.mktemp("pristine"), patch).walked()
        for name in NAMES:
            bureau.opened("owner_unit=owner", "x_units=wenwu、xiao", "tags=瓯江流域", name=name)
        yield bureau


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


@pytest.fixture
def store(pristine: Bureau) -> Iterator[SqliteStore]:
    """Give its store."""
    with closing(SqliteStore.open(str(pristine.path))) as opened:
        yield opened


def by_looking(bureau: Bureau, words: list[SearchedWord]) -> list[str]:
    """Find what looking at every case finds, in the order that is promised."""
    found = []
    with closing(bureau.office()) as office:
        for number in reversed(bureau.numbers()):
            case = office.case(number)
            searched = search_text(office.workflow_of(case), case)
            if all(word.is_in(searched) for word in words):
                found.append((max(word.depth(searched) for word in words), case.id))
    return [case_id for _depth, case_id in sorted(found, key=lambda one: one[0])]


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(
        st.one_of(st.sampled_from(WORDS), st.text("瓯江茶旅kc-0126", min_size=1)),
        min_size=1,
        max_size=3,
    ),
    units=st.sets(st.sampled_from(("owner", "wenwu", "own", "land"))),
)
def test_the_rows_find_what_looking_finds(
    pristine: Bureau, words: list[str], units: set[str]
) -> None:
    """Any words, of one character or many, and units by their codes, find the same cases in the
    same order as looking at each case does.
    """
    sought = [SearchedWord(normalised(word), tuple(sorted(units))) for word in words]
    with closing(SqliteStore.open(str(pristine.path))) as store:
        assert find(store, sought) == by_looking(pristine, sought)


@settings(deadline=None)
@given(words=st.text("瓯江茶旅小镇KC-2026 %_\\Ａa", min_size=1, max_size=6))
def test_a_case_is_named_by_any_part_of_number_or_title(pristine: Bureau, words: str) -> None:
    """What is in the number or the title of a case, full or half width, in capitals or not, names
    it; an exact title comes first, then the numbers in their order.
    """
    with closing(SqliteStore.open(str(pristine.path))) as store:
        rows = store.connection.rows("SELECT number, title FROM cases")
        part = normalised(words)
        wanted = [row for row in rows if part and any(part in normalised(one) for one in row)]
        wanted.sort(key=lambda row: (row[1] != words, row[0]))
        assert named(store, words, most=99) == wanted


@given(words=st.text())
def test_what_is_searched_is_normal(words: str) -> None:
    """A normalised text is one line without control characters, and normal already."""
    plain = normalised(words)
    assert normalised(plain) == plain
    assert not any(sign < " " for sign in plain)


def test_the_pairs_of_a_text() -> None:
    """Each line gives the pairs of its neighbours, the line feed among them; none joins two
    lines.
    """
    kept = SearchText("a1\n", "瓯江\n", "瓯\n云\n")
    assert kept.grams == {"a1", "1\n", "瓯江", "江\n", "瓯\n", "云\n"}


def test_two_characters_are_looked_up_in_an_index(store: SqliteStore) -> None:
    """Naming a case reads neither all cases nor all searched texts, and neither does search."""
    values: dict[str, Any] = dict.fromkeys(("low", "high", "part", "text"), "茶旅")
    values |= {"grams": "[]", "blocks": "[]", "units": "[]", "many": 1, "most": 9}
    tables = ("cases", "search_text", "search_gram")
    named = text.CASES_NAMED.filtered([text.SEEN_BY])
    values["parts"] = "[]"
    for statement in (text.BLOCKS_WITH, text.BLOCKS_BETWEEN, named, text.SEARCH):
        steps = [step.split() for step in plan_of(store, statement, values)]
        assert [step for step in steps if step[0] == "SCAN" and step[1] in tables] == []
        assert [step for step in steps if step[0] == "SEARCH" and step[1] in tables] != []


def rows_of(bureau: Bureau) -> tuple[Any, ...]:
    """Read all rows that are kept for search."""
    with bureau.sql() as database:
        return tuple(
            sorted(database.execute(f"SELECT * FROM {table}"))
            for table in ("search_text", "search_gram")
        )


def test_only_what_is_searched_is_written(bureau: Bureau) -> None:
    """An entry that changes nothing searched leaves the rows alone; one that changes a title or a
    searched fact changes these rows alone.
    """
    before = rows_of(bureau)
    bureau.do("set", "云和梯田云和", "area=3", by="bureau01")
    assert rows_of(bureau) == before
    bureau.do("set", "云和梯田云和", "name=龙泉青瓷", "tags=宝剑", by="bureau01")
    texts, grams = rows_of(bureau)
    gone, new = set(before[0]) - set(texts), set(texts) - set(before[0])
    assert [row[3:] for row in gone] == [("云和梯田云和\n", "owner\nwenwu\nxiao\n瓯江流域\n")]
    assert [row[3:] for row in new] == [("龙泉青瓷\n", "owner\nwenwu\nxiao\n宝剑\n")]
    assert {gram for gram, _ in set(before[1]) - set(grams)} == {
        *("云和", "和梯", "梯田", "田云", "和\n")  # other cases of the block have 瓯江流域 as well
    }
    assert {gram for gram, _ in set(grams) - set(before[1])} == {
        *("龙泉", "泉青", "青瓷", "瓷\n", "宝剑", "剑\n")
    }
    assert bureau.findings() == []


THIS = "title = '瓯江茶旅小镇' || char(10)"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (f"DELETE FROM search_text WHERE {THIS}", SEARCHED),
        (f"UPDATE search_text SET number = 'x' WHERE {THIS}", SEARCHED),
        (f"UPDATE search_text SET title = '茶' WHERE {THIS}", SEARCHED),
        (f"UPDATE search_text SET facts = '' WHERE {THIS}", SEARCHED),
        (f"UPDATE search_text SET facts = x'00' WHERE {THIS}", SEARCHED),
        (f"UPDATE search_text SET place = 999 WHERE {THIS}", SEARCHED),
        ("DELETE FROM search_gram WHERE gram = '旅小'", SEARCHED),
    ],
)
def test_an_altered_row_is_one_finding(bureau: Bureau, statement: str, message: str) -> None:
    """Whoever hides a case from search, or lets it be found by what it has not, is found out, with
    the case and its last entry.
    """
    with bureau.sql() as database:
        database.execute(statement)
        ((number, idx),) = database.execute(
            "SELECT number, idx FROM cases JOIN entry ON case_id = id AND entry.seq = cases.seq"
            " WHERE title = '瓯江茶旅小镇'"
        )
    found = [(f.code, f.idx, f.case, f.message) for f in bureau.findings()]
    assert found == [("state", idx, number, message)]


@pytest.mark.parametrize(
    ("gram", "block"), [("假的", 0), ("瓯", 0), ("瓯江茶", 0), ("\n茶", 0), ("瓯江", 7)]
)
def test_a_pair_that_is_in_no_text_is_one_finding(bureau: Bureau, gram: str, block: int) -> None:
    """A pair of characters slipped in, or what is none, is found out, with its block."""
    with bureau.sql() as database:
        database.execute("INSERT INTO search_gram VALUES (?, ?)", (gram, block))
    assert [(f.code, f.idx, f.case, f.message) for f in bureau.findings()] == [
        ("state", 0, "-", f"检索用字“{gram}”不在第 {block} 组的检索文字中")
    ]


def test_rows_of_no_case_are_found(bureau: Bureau) -> None:
    """What is searched of a case that there is not is a finding, and search does not show it."""
    with bureau.sql() as database:
        database.execute(
            "INSERT INTO search_text VALUES (999, 'nocase', 'X-1', '假的' || char(10), '')"
        )
        database.execute("INSERT INTO search_gram VALUES ('假的', 7)")
    assert [f.message for f in bureau.findings()] == ["search_text X-1 不属于任何事项"]
    assert bureau.asks("search", "假的")["cases"] == []


def test_bytes_among_the_texts_are_told(bureau: Bureau) -> None:
    """Search says so where what it reads is no text."""
    with bureau.sql() as database:
        database.execute("UPDATE search_text SET facts = x'00'")
    code, message = bureau.fails("search", "瓯江", "流域")
    assert (code, message.split("\n")[0]) == (3, "存储的检索文字已损坏")


def test_an_upgrade_writes_the_rows_anew(bureau: Bureau) -> None:
    """Folding the log again gives the rows that were written entry by entry; only the places of the
    cases may be others.
    """
    bureau.do("set", "云和梯田云和", "name=龙泉青瓷", by="bureau01")
    texts, grams = rows_of(bureau)
    with bureau.sql() as database:
        database.execute("UPDATE search_text SET facts = ''")
        database.execute("DELETE FROM search_gram WHERE gram < 'x'")
        database.execute("PRAGMA user_version = 3")
        for table in ("search_text", "search_gram", "fact_value", "step", "link"):
            database.execute(f"DROP TABLE {table}")
    assert bureau.asks("upgrade")["from"] == 3
    texts_again, grams_again = rows_of(bureau)
    assert {row[1:] for row in texts_again} == {row[1:] for row in texts}
    assert grams_again == grams
    assert bureau.findings() == []
