"""Tables and statements are defined once: the text that commands run is the compiled definition,
and each list reads an index.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ledger_office import Bureau
from sqlmodel import select

from lifecycle.ledger.queries import CaseFilter, ListedCase, conditions_of
from lifecycle.ledger.rows.case_rows import CASE_COLUMNS
from lifecycle.ledger.sql import compiling, statements, tables, text
from lifecycle.ledger.sql.statement import FILTERS, Statement
from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.store import SqliteStore

STATEMENTS = {name: value for name, value in vars(text).items() if isinstance(value, Statement)}
CONDITIONS = (
    "IN_SOME_STATE",
    "OF_WORKFLOW",
    "IN_STATE",
    "IN_PHASE",
    "NAMING_UNIT",
    "DUE_BEFORE",
    "LED_BY_OR_NAMING",
    "OPENED_BETWEEN",
    "OPENED_BY",
    "SEEN_BY",
)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office just founded."""
    return Bureau(tmp_path, monkeypatch).founded()


@pytest.fixture
def store(bureau: Bureau) -> Iterator[SqliteStore]:
    """Give its store."""
    with closing(SqliteStore.open(str(bureau.path))) as opened:
        yield opened


def test_the_text_is_the_compiled_definition() -> None:
    """`text.py` is byte for byte what `make statements` writes from tables and statements."""
    assert compiling.TEXT.read_text(encoding="utf-8") == compiling.python()


def test_the_columns_that_code_names_are_those_of_the_tables() -> None:
    """A case's row is written and a list is read in the order of the columns."""
    assert tuple(tables.CaseRow.model_fields) == CASE_COLUMNS
    assert ListedCase._fields == tuple(statements.LIST_CASES_WITH_SNAPSHOT.selected_columns.keys())
    shorter = tuple(statements.LIST_CASES.selected_columns.keys())
    assert ListedCase._fields == (*shorter, "snapshot")


def test_every_statement_can_be_run(store: SqliteStore) -> None:
    """SQLite finds every table and column that a statement names, and every value is bound by
    name.
    """
    for name, statement in STATEMENTS.items():
        words = statement.sqlite
        if not words:
            continue
        if name in CONDITIONS:
            words = text.LIST_CASES.filtered([statement]).sqlite
        words = words.replace(FILTERS, "TRUE")
        values: dict[str, object] = dict.fromkeys(re.findall(r":([a-z_0-9]+)", words), "")
        values |= {key: "[]" for key in ("roles", "seats", "seat_units", "states") if key in values}
        store.connection.rows(f"EXPLAIN {words}", values)
        assert "?" not in words, name


def test_postgresql_binds_the_same_values() -> None:
    """What a statement binds by name is the same in both databases, where both have it."""
    for name, statement in STATEMENTS.items():
        wanted = set(re.findall(r":([a-z_0-9]+)", statement.sqlite))
        found = set(re.findall(r"%\(([a-z_0-9]+)\)s", statement.postgresql))
        only_one = not statement.sqlite or not statement.postgresql
        assert found == wanted or only_one, name


@pytest.mark.parametrize("number", range(len(CONDITIONS) + 1))
def test_a_filtered_list_is_what_the_definition_composes(number: int) -> None:
    """Conditions put into a list's text give what SQLAlchemy gives for the same conditions."""
    dialects = compiling.dialects()
    for names in combinations(CONDITIONS, number):
        found = text.LIST_CASES.filtered([STATEMENTS[name] for name in names])
        wanted: list[str] = []
        for dialect in dialects:
            defined: Any = select(tables.CaseRow.number)
            for name in names:
                defined = defined.where(getattr(statements, name).self_group())
            whole = compiling.compiled(defined, dialect)
            wanted.append(whole.split("WHERE ", 1)[1] if names else "TRUE")
        for words, conditions in zip((found.sqlite, found.postgresql), wanted, strict=True):
            assert tokens(conditions) in tokens(words), names


def tokens(words: str) -> str:
    """Give the words of a statement without brackets and line ends."""
    return " ".join(re.sub(r"[()]", " ", words).split())


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        (CaseFilter(), "SEARCH cases USING INDEX sqlite_autoindex_cases_2 (number>?)"),
        (
            CaseFilter(workflow="w", state="s"),
            "SEARCH cases USING INDEX cases_by_state (workflow=? AND state=? AND number>?)",
        ),
        (CaseFilter(phase="p"), "SEARCH cases USING INDEX sqlite_autoindex_cases_2 (number>?)"),
        (CaseFilter(unit="u"), "SEARCH cases USING INDEX sqlite_autoindex_cases_2 (number>?)"),
    ],
)
def test_a_page_of_a_list_reads_an_index(store: SqliteStore, wanted: CaseFilter, plan: str) -> None:
    """A page is read from its first number on, in order: nothing is sorted."""
    conditions, values = conditions_of(wanted)
    paging = {"after": "", "most": 50, "skip": 0}
    assert plan_of(store, text.LIST_CASES.filtered(conditions), values | paging) == [plan]


def test_cases_to_date_are_read_from_indexes(store: SqliteStore) -> None:
    """Cases come in the order of their numbers, each with its last entry by its place."""
    values = {"after": "", "most": 500, "skip": 0, "opened_by": "2026-09-01"}
    found = plan_of(store, text.CASES_TO_DATE.filtered([text.OPENED_BY]), values)
    assert found == [
        "SEARCH cases USING INDEX sqlite_autoindex_cases_2 (number>?)",
        "SEARCH entry USING INDEX sqlite_autoindex_entry_1 (case_id=? AND seq=?)",
    ]


def test_the_overdue_are_read_from_an_index(store: SqliteStore) -> None:
    """Only the overdue are looked at, and put in the order of their numbers."""
    conditions, values = conditions_of(CaseFilter(overdue_on="2026-09-01"))
    paging = {"after": "", "most": 50, "skip": 0}
    assert plan_of(store, text.LIST_CASES.filtered(conditions), values | paging) == [
        "SEARCH cases USING INDEX cases_by_due (final=? AND due_on<?)",
        "USE TEMP B-TREE FOR ORDER BY",
    ]


def test_what_waits_is_read_from_an_index_in_its_order(store: SqliteStore) -> None:
    """The cases that ask something of a role are streamed by day due, from the page's first on, and
    none is sorted.
    """
    values = {"role": "land", "unit": "", "due_on": "", "number": "", "most": 200}
    where = "(role=? AND unit=? AND (due_on,number)>(?,?))"
    found = plan_of(store, text.TASKS_FOR, values)
    assert found == [f"SEARCH task USING COVERING INDEX tasks_by_role {where}"]


@pytest.mark.parametrize("wanted", [CaseFilter(), CaseFilter(year=2026)])
def test_the_board_counts_in_one_pass(store: SqliteStore, wanted: CaseFilter) -> None:
    """The board sorts nothing; without a year it does not even look at the cases themselves."""
    conditions, values = conditions_of(wanted)
    found = plan_of(store, text.BOARD.filtered(conditions), values | {"today": "2026-09-01"})
    covering = "COVERING INDEX cases_for_board" if wanted.year is None else "INDEX cases_by_state"
    assert found == [f"SCAN cases USING {covering}"]


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (text.LETTERS_WAITING_FOR, "SEARCH letter USING INDEX letters_waiting (waiting>?)"),
        (text.LETTERS_UNANSWERED, "SEARCH letter USING INDEX letters_waiting (waiting>?)"),
        (text.LETTERS_IN_STATE, "SEARCH letter USING INDEX letters_by_unit (unit=? AND state=?)"),
        (text.SENDINGS_DUE, "SEARCH outbox USING INDEX outbox_by_state (state=? AND next_at<?)"),
    ],
)
def test_letters_that_wait_are_read_from_an_index(
    store: SqliteStore, statement: Statement, first: str
) -> None:
    """What waits of letters is found by an index, and only its cases are looked up: an empty inbox
    costs the same however many cases there are.
    """
    values = {"unit": "land", "state": "draft", "most": 9, "now": "2026-09-01"}
    found = plan_of(store, statement, values)
    assert found[0] == first
    looked_up = [step.replace(" EXISTS", "") for step in found if " cases " in step]
    assert looked_up == ["SEARCH cases USING COVERING INDEX sqlite_autoindex_cases_1 (id=?)"]


def plan_of(store: SqliteStore, statement: Statement, values: dict[str, Any]) -> list[str]:
    """Give how SQLite would run a statement, a step a line."""
    bound = {name: values[name] for name in re.findall(r":([a-z_0-9]+)", statement.sqlite)}
    rows = store.connection.rows(f"EXPLAIN QUERY PLAN {statement.sqlite}", bound)
    return [str(row[3]) for row in rows]


HEAVY = {"sqlmodel", "sqlalchemy", "pydantic", "lifecycle.ledger.sql.tables"}
if driver.library().name == "apsw":
    HEAVY.add("sqlite3")
VERBS = (
    ("list",),
    ("list", "--mine", "--where", "investment > 1"),
    ("todo",),
    ("board",),
    ("search", "甲"),
    ("show", "KC-2026-001"),
    ("why", "KC-2026-001"),
    ("log", "KC-2026-001"),
    ("open", "visit", "--set", "name=乙"),
    ("set", "KC-2026-001", "area=3"),
    ("advance", "KC-2026-001", "--dry-run"),
    ("replay",),
    ("audit",),
    ("backup", "{folder}/b.tar"),
    ("restore", "{folder}/b.tar", "--db", "{folder}/again/lifecycle.db"),
    ("upgrade",),
    ("notice", "list"),
    ("notice", "outbox"),
    ("officer", "list"),
    ("workflow", "list"),
    ("init", "--db", "{folder}/new/lifecycle.db"),
)


def test_no_command_imports_sqlmodel(bureau: Bureau) -> None:
    """Whatever is asked for, the text of the statements is all that is loaded of them; nor is a
    second SQLite, whose locks on a file would undo the first one's.
    """
    bureau.opened(name="甲")
    code = (
        "import sys, json\nfrom lifecycle.cli.root import root\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    try: root.main(words, prog_name='lifecycle')\n"
        "    except SystemExit: pass\n"
        f"    print(words, sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    words = [[word.format(folder=bureau.folder) for word in verb] for verb in VERBS]
    env = {**os.environ, "LIFECYCLE_DB": str(bureau.path), "LIFECYCLE_OFFICER": "bureau01"}
    top = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=top, check=False)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("['")]
    assert told == [f"{verb} []" for verb in words]


# The schema of a database, compared with the definition by the text of its SQL (C4).

PARTIAL_INDEX = """
DROP INDEX cases_by_due;
CREATE INDEX cases_by_due ON cases (final, due_on, number) WHERE seq > 1"""
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON entry BEGIN UPDATE cases SET title = ''; END;"
DISGUISED_TRIGGER = f"""
{TRIGGER}
PRAGMA writable_schema = 1;
UPDATE sqlite_master SET name = 'sqlite_stat_1',
  sql = replace(sql, 'TRIGGER t', 'TRIGGER sqlite_stat_1') WHERE name = 't'"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("CREATE TABLE extra (x)", "多出表 extra"),
        ("CREATE VIEW v AS SELECT 1", "多出视图 v"),
        (TRIGGER, "多出触发器 t"),
        ("DROP INDEX cases_by_due", "缺少索引 cases_by_due"),
        ("ALTER TABLE cases ADD COLUMN more", "表 cases 的结构被改动"),
        (
            PARTIAL_INDEX,
            "索引 cases_by_due 的结构被改动",
        ),
        (
            DISGUISED_TRIGGER,
            "多出触发器 sqlite_stat_1",
        ),
    ],
    ids=["table", "view", "trigger", "no index", "column", "partial index", "named sqlite_stat_"],
)
def test_a_schema_that_is_not_ours_is_told(bureau: Bureau, change: str, told: str) -> None:
    """C4: what is too much, too little or other than defined is a finding of the audit, and nothing
    is recorded in such a database.
    """
    bureau.opened(name="甲")
    with bureau.sql() as opened:
        run = opened.executescript if hasattr(opened, "executescript") else opened.execute
        run(change)
    assert [f.message for f in bureau.findings() if f.code == "schema"] == [told]
    code, message = bureau.fails("set", "甲", "area=3", by="bureau01")
    assert code == 3
    assert told in message


def test_statistics_are_no_finding(bureau: Bureau) -> None:
    """What ANALYZE leaves in a database is SQLite's own and harmless."""
    bureau.opened(name="甲")
    with bureau.sql() as opened:
        opened.execute("ANALYZE")
    assert bureau.findings() == []
    bureau.do("set", "甲", "area=3", by="bureau01")
