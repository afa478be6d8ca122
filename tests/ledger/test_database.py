"""The database file: safe settings or none, ours or none; upgraded with a copy; what is told when
it will not do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ledger_office import Bureau
from outside import outside

from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.ledger.sqlite import database, driver
from lifecycle.ledger.sqlite.connection import Connection
from lifecycle.ledger.sqlite.database import SCHEMA, SETTINGS, database_path, schema_differences
from lifecycle.ledger.sqlite.store import SqliteStore

BEST = driver.safe_journals(driver.library(), on_network=False)[0]


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office just founded."""
    return Bureau(tmp_path, monkeypatch).founded()


@pytest.fixture
def store(bureau: Bureau) -> Iterator[SqliteStore]:
    """Give its store."""
    with closing(SqliteStore.open(str(bureau.path))) as opened:
        yield opened


def pragma(bureau: Bureau, name: str, value: int) -> None:
    """Set a number in the database's head."""
    with bureau.sql() as opened:
        opened.execute(f"PRAGMA {name} = {value}")


def test_the_settings_are_read_back(store: SqliteStore) -> None:
    """What protects the record is what SQLite says it uses, not what it was asked to use."""
    wanted = {"journal_mode": BEST, **SETTINGS}
    assert {name: store.connection.rows(f"PRAGMA {name}")[0][0] for name in wanted} == wanted


@pytest.mark.parametrize("name", ["journal_mode", *SETTINGS])
def test_an_unsafe_setting_is_refused(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where a setting does not take, nothing is done at all: exit 3."""
    asked = {key: value for key, value in SETTINGS.items() if key != name}
    unsafe = {"journal_mode": "memory", "synchronous": 1, "foreign_keys": 0, "trusted_schema": 1}[
        name
    ]
    whole = database.connect

    def careless(path: Path, *, readonly: bool = False) -> Connection:
        monkeypatch.setattr(database, "SETTINGS", asked)
        connection = whole(path, readonly=readonly)
        connection.rows(f"PRAGMA {name} = {unsafe}")
        monkeypatch.setattr(database, "SETTINGS", SETTINGS)
        return connection

    monkeypatch.setattr("lifecycle.ledger.sqlite.store.connect", careless)
    code, message = bureau.fails("list")
    assert code == 3
    assert f"数据库设置不安全：{name} 应为" in message


def test_a_journal_that_others_changed_is_set_right(bureau: Bureau) -> None:
    """A database that somebody gave another journal is given the safe one before anything is
    done.
    """
    with bureau.sql() as opened:
        opened.execute("PRAGMA journal_mode = delete")
    with closing(SqliteStore.open(str(bureau.path))) as store:
        assert store.connection.rows("PRAGMA journal_mode") == [(BEST,)]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            lambda b: pragma(b, "application_id", 1),
            "不是本系统的数据库\n  改法：请核对 --db 或 LIFECYCLE_DB\n",
        ),
        (lambda b: pragma(b, "user_version", SCHEMA + 1), "请升级 lifecycle 后再用"),
        (lambda b: pragma(b, "user_version", SCHEMA - 1), "请管理员运行：lifecycle upgrade"),
        (lambda b: b.path.write_bytes(b""), "是空文件"),
        (lambda b: b.path.write_bytes(b"PK\3\4" * 500), "数据库已损坏，或不是本系统的数据库"),
        (lambda b: b.path.unlink(), "先建库：lifecycle init"),
        (lambda b: (b.path.unlink(), b.path.mkdir()), "数据库打不开"),
    ],
    ids=["not ours", "newer", "older", "empty", "no database", "missing", "folder"],
)
def test_a_database_that_will_not_do_is_refused(bureau: Bureau, damage: object, told: str) -> None:
    """One clear message and exit code 3 for a database that is not ours, newer, older, empty,
    missing, no database.
    """
    assert callable(damage)
    damage(bureau)
    code, message = bureau.fails("list")
    assert code == 3
    assert told in message


@pytest.mark.parametrize("kept", [0.25, 0.5, 0.75])
def test_a_database_cut_short_is_refused(bureau: Bureau, kept: float) -> None:
    """A database cut short is told as damaged, whatever is asked of it, and nothing is written."""
    for name in ("一", "二", "三"):
        bureau.opened(name=name)
    raw = bureau.path.read_bytes()
    bureau.path.write_bytes(raw[: int(len(raw) * kept)])
    for args in (("list",), ("show", "KC-2026-001"), ("open", "visit", "--set", "name=四")):
        result = bureau.run(*args, by="bureau01")
        assert result.exit_code == 3, result.output
        assert "程序内部出错" not in result.output
    assert len(bureau.path.read_bytes()) == int(len(raw) * kept)


def test_other_databases_are_told() -> None:
    """A URL of another database, or of a service, is told, not taken for a file's name."""
    assert database_path("sqlite:///办公/a%20b.db") == Path("办公/a b.db")
    with pytest.raises(UnavailableError, match="不支持这样的数据库：mysql"):
        database_path("mysql://host/db")
    for none in ("", "/", "..", "unix:/run/s", "sqlite:///"):
        with pytest.raises(InvalidError):
            database_path(none)


def test_damaged_state_is_told_as_such(bureau: Bureau) -> None:
    """A stored state that cannot be read is told with what to do, not as a fault of the program."""
    number = bureau.opened()
    with bureau.sql() as opened:
        opened.execute("UPDATE cases SET snapshot = x'7b'")
    assert bureau.fails("show", number) == (
        3,
        "存储的事项状态已损坏\n  改法：请运行 lifecycle audit，并从备份恢复\n",
    )
    with bureau.sql() as opened:
        opened.execute("UPDATE office SET snapshot = x'7b', head = 'x'")
    assert bureau.fails("officer", "list")[0] == 3


def test_an_altered_workflow_is_not_worked_by(bureau: Bureau) -> None:
    """A published text that was altered decides nothing: its SHA-256 is checked before
    it is used.
    """
    number = bureau.opened()
    with bureau.sql() as opened:
        opened.execute(
            "UPDATE definition SET body = replace(body, '3000', '2000') WHERE kind = 'workflow'"
        )
    code, message = bureau.fails("advance", number, "to_siting", by="bureau01")
    assert code == 3
    assert "被改动" in message


def test_the_schema_is_compared_with_the_tables(bureau: Bureau, store: SqliteStore) -> None:
    """Too many or too few tables, indexes, triggers and views are named."""
    assert schema_differences(store.connection, bureau.path) == []
    with bureau.sql() as opened:
        opened.execute("DROP INDEX cases_by_due")
        opened.execute("CREATE VIEW v AS SELECT 1")
    assert schema_differences(store.connection, bureau.path) == [
        "多出视图 v",
        "缺少索引 cases_by_due",
    ]


# Upgrading.


def test_an_older_database_is_upgraded_with_a_copy(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`upgrade` keeps a copy, changes the schema in one transaction, and does nothing the second
    time.
    """
    monkeypatch.setattr(database, "SCHEMA", SCHEMA + 1)
    monkeypatch.setitem(database.STEPS, SCHEMA, ("ALTER TABLE meta ADD COLUMN note TEXT",))
    code, message = bureau.fails("list")
    assert (code, "lifecycle upgrade" in message) == (3, True)
    answer = bureau.asks("upgrade")
    assert (answer["from"], answer["copy"]) == (SCHEMA, f"{bureau.path}.v{SCHEMA}")
    bureau.do("list")
    assert bureau.asks("upgrade")["copy"] is None
    with outside(Path(answer["copy"])) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == SCHEMA


def test_an_upgrade_that_fails_changes_nothing(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that cannot be done leaves the database as it was; an unknown old schema is told."""
    monkeypatch.setattr(database, "SCHEMA", SCHEMA + 1)
    steps = ("ALTER TABLE meta ADD COLUMN note TEXT", "ALTER TABLE nowhere ADD COLUMN x TEXT")
    monkeypatch.setitem(database.STEPS, SCHEMA, steps)
    assert bureau.fails("upgrade")[0] == 3
    monkeypatch.delitem(database.STEPS, SCHEMA)
    code, message = bureau.fails("upgrade")
    assert (code, "不知道怎样从版式" in message) == (3, True)
    monkeypatch.setattr(database, "SCHEMA", SCHEMA)
    assert bureau.asks("upgrade")["copy"] is None
    assert bureau.findings() == []
