"""The database file: its settings, which survive a power cut, and how it is made, opened, checked
and upgraded.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from lifecycle.beside import DRAFT, JOURNAL, UPGRADED, WRITE_AHEAD, beside
from lifecycle.errors import ConflictError, InvalidError, UnavailableError, os_reason
from lifecycle.outfile import check_place, put_new, sync_file, sync_folder
from lifecycle.sharing import (
    barrier_to,
    barrier_to_database,
    create_file,
    file_mode,
    make_folders,
    mode_beside,
)

APPLICATION = 0x4C464359
SCHEMA = 3
WAIT_MS = 30_000
STEPS: dict[int, tuple[str, ...]] = {
    1: (
        # Left by an upgrade that somebody did statement by statement: what stood in them is folded
        # anew.
        "DROP TABLE IF EXISTS form",
        "DROP TABLE IF EXISTS outbox",
        """CREATE TABLE form (case_id VARCHAR NOT NULL, name VARCHAR NOT NULL,
        form VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, PRIMARY KEY (case_id, name, form))""",
        "CREATE INDEX ix_form_sha256 ON form (sha256)",
        """CREATE TABLE outbox (id VARCHAR NOT NULL, case_id VARCHAR NOT NULL,
        name VARCHAR NOT NULL, addressee VARCHAR NOT NULL, unit VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        attempts INTEGER NOT NULL, next_at VARCHAR NOT NULL, error VARCHAR NOT NULL,
        PRIMARY KEY (id))""",
        "CREATE INDEX outbox_by_case ON outbox (case_id, name)",
        "CREATE INDEX outbox_by_state ON outbox (state, next_at)",
    ),
    2: (
        "DROP TABLE IF EXISTS notice",
        """CREATE TABLE letter (case_id VARCHAR NOT NULL, name VARCHAR NOT NULL,
        seq INTEGER NOT NULL, place INTEGER NOT NULL,
        state VARCHAR NOT NULL, unit VARCHAR NOT NULL, number VARCHAR, code VARCHAR,
        title VARCHAR NOT NULL, issued_on VARCHAR NOT NULL, asks VARCHAR NOT NULL,
        waiting VARCHAR NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (case_id, name), UNIQUE (number), UNIQUE (code))""",
        "CREATE INDEX letters_by_case ON letter (case_id, seq, place)",
        "CREATE INDEX letters_by_question ON letter (case_id, asks, state)",
        "CREATE INDEX letters_by_unit ON letter (unit, state)",
        "CREATE INDEX letters_waiting ON letter (waiting)",
        "DROP TABLE IF EXISTS compiled",
        """CREATE TABLE compiled (sha256 VARCHAR NOT NULL, program VARCHAR NOT NULL,
        body BLOB NOT NULL, PRIMARY KEY (sha256))""",
    ),
}
"""For each older schema, the statements that bring it to the next.

The rows beside the log are then folded anew.
"""
SETTINGS = {"journal_mode": "truncate", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
"""Rollback journal, FULL: no power cut loses an acknowledged commit,
and the WAL-reset bug of SQLite 3.7.0–3.51.2 cannot bite."""


def database_path(url: str) -> Path:
    """Give the file that a `sqlite:///…` URL or a plain path names.

    Raises UnavailableError for other databases.
    """
    if url.startswith("sqlite:///"):
        return Path(unquote(url.removeprefix("sqlite:///"))).expanduser()
    if "://" in url:
        raise UnavailableError(
            f"本版本只支持 SQLite：{url.split('://', 1)[0]} 尚不支持", "请用 sqlite:///文件路径"
        )
    return Path(url).expanduser()


def default_url() -> str:
    """Give the database that is used where none is named."""
    from lifecycle.places import data_folder

    return os.environ.get("LIFECYCLE_DB") or f"sqlite:///{data_folder() / 'lifecycle.db'}"


def database_file(url: str | None) -> Path:
    """Give the file of a database that need not exist yet."""
    return database_path(url or default_url())


@contextlib.contextmanager
def database_errors(path: Path, outcome: str = "") -> Iterator[None]:
    """Turn the driver's errors into what an officer can act on.

    `outcome` says what became of the act, and only who knows it may say it: a transaction that was
    rolled back.
    """
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ConflictError(
            "同一时刻已有另一条记录，请重试", "先用 lifecycle show 查看最新情况"
        ) from error
    except (
        sqlite3.Error,
        UnicodeDecodeError,
    ) as error:  # the driver quotes what it read, be it text or not
        text = str(error)
        if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_DBMOVED":
            mend = "请核对 --db 或 LIFECYCLE_DB，再办一次；原来的文件在哪里，问移动它的人"
            raise UnavailableError(
                f"数据库文件刚刚被移走或换掉了，未写入任何内容（{path}）", mend
            ) from error
        barrier = (
            barrier_to_database(path) if "readonly" in text or "unable to open" in text else None
        )
        if barrier is not None:
            what = "数据库不能写入" if "readonly" in text else "数据库打不开"
            raise UnavailableError(f"{what}：{barrier.message}", barrier.mend) from error
        told = {
            "locked": ("数据库正忙，等候 30 秒仍未轮到", "请稍后重试"),
            "readonly": ("数据库只读，不能写入", "请检查文件与所在文件夹的写权限"),
            "full": ("磁盘已满", "请清理磁盘后重试"),
            "unable to open": ("数据库打不开", "请检查路径与权限"),
            "disk I/O": ("磁盘读写出错", "请检查磁盘后重试"),
            "no such table": ("数据库不完整", "请从备份恢复：lifecycle restore 备份文件"),
        }
        found = next((value for key, value in told.items() if key in text), None)
        message, mend = found or (
            "数据库已损坏，或不是本系统的数据库",
            "请从备份恢复：lifecycle restore 备份文件",
        )
        raise UnavailableError(f"{message}{outcome}（{path}：{text}）", mend) from error


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open a connection with the safe settings applied."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rw'}",
        uri=True,
        timeout=WAIT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    for name, value in SETTINGS.items():
        if not (readonly and name == "journal_mode"):
            connection.execute(f"PRAGMA {name} = {value}")
    return connection


def verify(connection: sqlite3.Connection, path: Path, *, readonly: bool = False) -> None:
    """Read back what protects the record.

    Refuse a database that is not ours, of another schema, or unsafe.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise UnavailableError(f"{path} 不是本系统的数据库", "请核对 --db 或 LIFECYCLE_DB")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise UnavailableError(
            f"数据库由更新的版本建立（{version}，本程序支持到 {SCHEMA}）", "请升级 lifecycle 后再用"
        )
    if version < SCHEMA:
        raise UnavailableError(
            f"数据库是旧版式（{version}，现为 {SCHEMA}）",
            "请管理员运行：lifecycle upgrade（会先留一份副本）",
        )
    for name, wanted in SETTINGS.items():
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != wanted and not (readonly and name == "journal_mode"):
            raise UnavailableError(
                f"数据库设置不安全：{name} 应为 {wanted}，实为 {found}", "请换到支持可靠写入的磁盘"
            )


def upgrade(
    path: Path, refold: Callable[[Path, sqlite3.Connection], None]
) -> tuple[int, Path | None]:
    """Bring an older database to this schema in one transaction, keeping a copy.

    Give the old schema and the copy. `refold` writes the rows that are computed from the entries
    (see `lifecycle.ledger.refold`). The copy is None where there is nothing to do. Raises
    UnavailableError for what is not an older database of ours.
    """
    if not path.exists():
        raise UnavailableError(f"没有数据库 {path}", "请核对 --db 或 LIFECYCLE_DB")
    with database_errors(path), contextlib.closing(connect(path)) as connection:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
        if not ours or version >= SCHEMA:
            verify(connection, path)
            return version, None
        missing = [step for step in range(version, SCHEMA) if step not in STEPS]
        if missing:
            raise UnavailableError(
                f"不知道怎样从版式 {missing[0]} 升级", "请用较早的 lifecycle 先升到中间版本"
            )
        copy = beside(path, UPGRADED, version)
        _keep_copy(connection, copy, mode_beside(path), version)
        connection.execute("BEGIN EXCLUSIVE")
        for step in range(version, SCHEMA):
            for statement in STEPS[step]:
                connection.execute(statement)
        refold(path, connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        _commit_upgrade(connection, path)
    return version, copy


def _keep_copy(connection: sqlite3.Connection, copy: Path, mode: int, version: int) -> None:
    """Keep a copy of a database that is to be upgraded, whole.

    Over an earlier try's copy, over nothing else.
    """
    if os.path.lexists(copy) and _version_of(copy) != version:
        raise InvalidError(f"{copy} 已存在，不是升级留下的副本，不会覆盖", "请先移走它")
    draft = beside(copy, DRAFT, os.getpid())
    try:
        draft.unlink(missing_ok=True)
        copy_database(connection, draft, mode)
        draft.replace(copy)
        sync_folder(copy.parent)
    except OSError as error:
        raise UnavailableError(
            f"副本 {copy} 存不了：{os_reason(error)}", "请检查权限与磁盘空间"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _version_of(path: Path) -> int | None:
    """Read from a plain file's head which schema of ours it has.

    None if it is no database of ours.
    """
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(100)
    ours = head.startswith(b"SQLite format 3\0") and head[68:72] == APPLICATION.to_bytes(4, "big")
    return int.from_bytes(head[60:64], "big") if ours else None


def _commit_upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Commit; where that fails, look on a fresh connection which schema the database now has."""
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.close()
        with contextlib.closing(connect(path)) as fresh:
            if fresh.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                raise


def copy_database(connection: sqlite3.Connection, target: Path, mode: int) -> None:
    """Write a consistent copy of an open database to a new file, durably."""
    os.close(create_file(target, mode))
    with contextlib.closing(sqlite3.connect(target)) as replica:
        connection.backup(replica)
    sync_file(target)


def schema_differences(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Say what tables, indexes, triggers and views there are too many or too few.

    A trigger could rewrite entries.
    """
    from sqlalchemy import create_engine
    from sqlmodel import SQLModel

    from lifecycle.ledger.sqlite import tables

    assert tables.Entry.__tablename__, "importing the tables is what puts them into the metadata"
    statement = "SELECT type, name FROM sqlite_master WHERE substr(name, 1, 11) <> 'sqlite_stat'"
    model = sqlite3.connect(":memory:")
    try:
        engine = create_engine("sqlite://", creator=lambda: model)
        SQLModel.metadata.create_all(engine)
        wanted = set(model.execute(statement))
        engine.dispose()
    finally:
        model.close()
    with database_errors(path):
        found = set(connection.execute(statement))
    words = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}
    more = [f"多出{words.get(kind, kind)} {name}" for kind, name in sorted(found - wanted)]
    return more + [f"缺少{words.get(kind, kind)} {name}" for kind, name in sorted(wanted - found)]


def refuse_journal(path: Path) -> None:
    """Refuse to put a database where another one's journal lies: SQLite would play it into the new
    one.
    """
    for suffix in (JOURNAL, WRITE_AHEAD):
        left = beside(path, suffix)
        if left.exists() and left.stat().st_size:
            raise InvalidError(
                f"{left} 是别的数据库留下的，不能把数据库放在这里", "请另选一个位置，或先移走它"
            )


def refuse_link(path: Path) -> None:
    """Refuse to put a database where a link leads elsewhere, be it to nowhere."""
    if path.is_symlink():
        raise InvalidError(
            f"{path} 是符号链接，不会写到它所指的地方", "请用 --db 指定一个新的位置，或先移走它"
        )


def make(path: Path) -> None:
    """Create the schema beside the name and move it into place, so that a crash leaves no half-made
    database.
    """
    from sqlalchemy import create_engine
    from sqlmodel import Session, SQLModel

    from lifecycle.ledger.record import new_eid
    from lifecycle.ledger.sqlite.tables import Meta

    draft = beside(path, DRAFT, os.getpid())
    try:
        check_place(path)
        refuse_link(path)
        refuse_journal(path)
        make_folders(path.parent)
        draft.unlink(missing_ok=True)
        os.close(create_file(draft, file_mode(path.parent)))
        with database_errors(path):
            raw = sqlite3.connect(draft)
            raw.execute(f"PRAGMA application_id = {APPLICATION}")
            raw.execute(f"PRAGMA user_version = {SCHEMA}")
            raw.execute("PRAGMA synchronous = EXTRA")
            engine = create_engine("sqlite://", creator=lambda: raw)
            SQLModel.metadata.create_all(engine)
            with Session(engine) as session:
                session.add(Meta(key="log", value=f"lifecycle/{new_eid()}"))
                session.commit()
            engine.dispose()
            raw.close()
        put_new(draft, path)
    except FileExistsError:
        draft.unlink(missing_ok=True)
        return
    except OSError as error:
        told = barrier_to(path) if isinstance(error, PermissionError) else None
        why, mend = (told.message, told.mend) if told else (os_reason(error), "请检查路径与权限")
        raise UnavailableError(f"不能在 {path.parent} 建立数据库：{why}", mend) from error
    try:
        sync_folder(path.parent)
    except OSError as error:
        made = (
            f"空的数据库 {path} 已经建好，但文件夹没能落盘：{os_reason(error)}；还没有登记任何内容"
        )
        raise UnavailableError(made, "请检查磁盘，再运行一次 lifecycle init") from error
