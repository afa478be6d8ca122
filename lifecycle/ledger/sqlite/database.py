"""The database file: its settings, which survive a power cut, and how it is made, opened, checked
and upgraded.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from lifecycle.beside import DRAFT, JOURNAL, UPGRADED, WRITE_AHEAD, beside
from lifecycle.errors import (
    ConflictError,
    InvalidError,
    LifecycleError,
    UnavailableError,
    os_reason,
)
from lifecycle.ledger.sql import text
from lifecycle.ledger.sqlite import driver
from lifecycle.ledger.sqlite.connection import Connection, SqliteError
from lifecycle.ledger.sqlite.disk import network_of
from lifecycle.ledger.sqlite.still import StillConnection, lies_still
from lifecycle.outfile import check_place, put_new, sync_file, sync_folder
from lifecycle.sharing import (
    barrier_to,
    barrier_to_database,
    create_file,
    file_mode,
    make_folders,
    mode_beside,
)


def made_for(*tables: str) -> tuple[str, ...]:
    """Give what makes some tables and their indexes, as they are in this schema."""
    begun = tuple(f"CREATE TABLE {name} (" for name in tables)
    on = tuple(f" ON {name} (" for name in tables)
    return tuple(
        made.strip()
        for made in text.SQLITE_SCHEMA
        if made.strip().startswith(begun) or any(name in made for name in on)
    )


APPLICATION = 0x4C464359
UNFINISHED = 0x4C464358
"""The mark of a database into which another is being copied: nobody opens it by accident."""
SCHEMA = 12
WAIT_MS = 30_000
_CHANGE_MS = 2_000
STEPS: dict[int, tuple[str, ...]] = {
    1: (
        # Left by an upgrade that somebody did statement by statement: what stood in them is folded
        # anew.
        "DROP TABLE IF EXISTS form",
        "DROP TABLE IF EXISTS outbox",
        *made_for("form", "outbox"),
    ),
    2: (
        "DROP TABLE IF EXISTS notice",
        *made_for("letter"),
        "DROP TABLE IF EXISTS compiled",
        *made_for("compiled"),
        *made_for("task"),
    ),
    3: made_for("search_text", "search_gram", "fact_value"),
    4: (),  # the tables are the same; a stored case knows editions and standing steps
    5: (),  # nor are they here: letters do not move a case's last day, limits run in rounds
    6: made_for("step"),
    7: made_for("link"),
    8: (),  # the tables are the same: who is asked by when is each one's own day
    # It says who may see a case; issued letters that are to be replaced are tasks of their unit.
    9: ("DROP TABLE cases", *made_for("cases")),
    10: (),
    11: (),  # the tables are the same: nobody is asked for what cannot be shown yet
}
"""For each older schema, the statements that bring it to the next.

The rows beside the log are then folded anew.
"""
SETTINGS = {"synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
"""Synchronous FULL, with each of the safe journals (`driver.safe_journals`): no power cut loses an
acknowledged commit.
"""


def database_path(url: str) -> Path:
    """Give the file that a `sqlite:///…` URL or a plain path names.

    Raises UnavailableError for other databases.
    """
    kind, separated, _rest = url.partition("://")
    if separated and kind != "sqlite":
        raise UnavailableError(
            f"不支持这样的数据库：{kind}", "请用 sqlite:///文件路径 或 postgresql+psycopg://主机/库"
        )
    if url.startswith("unix:"):
        raise InvalidError("这里要写数据库，不是服务的套接字", "写库文件或 postgresql+psycopg://…")
    path = Path(unquote(url.removeprefix("sqlite:///"))).expanduser()
    if not path.name or path.name == "..":
        raise InvalidError(f"“{url}”不是数据库文件的名称", "写库文件，例如 lifecycle.db")
    return path


OF_THE_DATABASE = (SqliteError, UnicodeDecodeError)
"""What the driver raises: it quotes what it read, be it text or not."""


@contextlib.contextmanager
def database_errors(path: Path, outcome: str = "") -> Iterator[None]:
    """Turn the driver's errors into what an officer can act on.

    `outcome` says what became of the act, and only who knows it may say it: a transaction that was
    rolled back.
    """
    try:
        yield
    except OF_THE_DATABASE as error:
        raise told_error(path, error, outcome) from error


def told_error(path: Path, error: Exception, outcome: str = "") -> LifecycleError:
    """Give what an officer can act on of an error of the driver's; `outcome` is what became of the
    act.
    """
    said, name = str(error), getattr(error, "name", "")
    if name.startswith("SQLITE_CONSTRAINT"):
        return ConflictError("同一时刻已有另一条记录，请重试", "先用 lifecycle show 查看最新情况")
    if name == "SQLITE_READONLY_DBMOVED":
        return moved_away(path)
    barrier = barrier_to_database(path) if "readonly" in said or "unable to open" in said else None
    if barrier is not None:
        what = "数据库不能写入" if "readonly" in said else "数据库打不开"
        return UnavailableError(f"{what}：{barrier.message}", barrier.mend)
    told = {
        "locked": ("数据库正忙，等候 30 秒仍未轮到", "请稍后重试"),
        "readonly": ("数据库只读，不能写入", "请检查文件与所在文件夹的写权限"),
        "full": ("磁盘已满", "请清理磁盘后重试"),
        "unable to open": ("数据库打不开", "请检查路径与权限"),
        "disk I/O": ("磁盘读写出错", "请检查磁盘后重试"),
        "no such table": ("数据库不完整", "请从备份恢复：lifecycle restore 备份文件"),
    }
    found = next((value for key, value in told.items() if key in said), None)
    message, mend = found or (
        "数据库已损坏，或不是本系统的数据库",
        "请从备份恢复：lifecycle restore 备份文件",
    )
    return UnavailableError(f"{message}{outcome}（{path}：{said}）", mend)


def moved_away(path: Path) -> UnavailableError:
    """Say that the file is no longer the one that was opened."""
    mend = "请核对 --db 或 LIFECYCLE_DB，再办一次；原来的文件在哪里，问移动它的人"
    return UnavailableError(f"数据库文件刚刚被移走或换掉了，未写入任何内容（{path}）", mend)


def connect(path: Path, *, readonly: bool = False) -> Connection:
    """Open a connection with the safe settings applied.

    Where nobody works with the database and this account cannot write beside it, it is read as it
    lies there, and seen after each reading to lie there as before (`StillConnection`).
    """
    library = driver.library()
    try:
        return _with_settings(library.open(path, "ro" if readonly else "rw"), path)
    except SqliteError as error:
        unwritable = error.name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
        found = lies_still(path) if unwritable else None
        if found is None:
            raise
        return _with_settings(StillConnection(library, path, found), path)


def _with_settings(connection: Connection, path: Path) -> Connection:
    try:
        connection.rows(f"PRAGMA busy_timeout = {WAIT_MS}")
        for name, value in SETTINGS.items():
            connection.rows(f"PRAGMA {name} = {value}")
        (journal,) = connection.rows("PRAGMA journal_mode")[0]
        if not connection.readonly:
            _set_journal(connection, path, journal)
    except (SqliteError, UnavailableError):
        connection.close()
        raise
    return connection


def _set_journal(connection: Connection, path: Path, mode: str) -> None:
    """Set the best journal that is safe here.

    While others work with another safe one it stays; whether what came of it is safe is for
    `verify` to see.
    """
    safe = driver.safe_journals(driver.library(), on_network=bool(network_of(path)))
    if mode == safe[0]:
        return
    connection.rows(f"PRAGMA busy_timeout = {_CHANGE_MS}")
    for wanted in safe:
        with contextlib.suppress(SqliteError):
            (mode,) = connection.rows(f"PRAGMA journal_mode = {wanted}")[0]
        if mode == wanted:
            break
    connection.rows(f"PRAGMA busy_timeout = {WAIT_MS}")


def verify(connection: Connection, path: Path) -> None:
    """Read back what protects the record.

    Refuse a database that is not ours, of another schema, or unsafe to write to.
    """
    (mark,) = connection.rows("PRAGMA application_id")[0]
    if mark == UNFINISHED:
        raise UnavailableError(
            f"{path} 是没有抄完的副本", "请再运行一次同样的 lifecycle db copy，会接着抄完"
        )
    if mark != APPLICATION:
        raise UnavailableError(f"{path} 不是本系统的数据库", "请核对 --db 或 LIFECYCLE_DB")
    version = connection.rows("PRAGMA user_version")[0][0]
    if version > SCHEMA:
        raise UnavailableError(
            f"数据库由更新的版本建立（{version}，本程序支持到 {SCHEMA}）", "请升级 lifecycle 后再用"
        )
    if version < SCHEMA:
        raise UnavailableError(
            f"数据库是旧版式（{version}，现为 {SCHEMA}）",
            "请管理员运行：lifecycle upgrade（会先留一份副本）",
        )
    if connection.readonly:
        return
    safe = driver.safe_journals(driver.library(), on_network=bool(network_of(path)))
    wanted: dict[str, tuple[object, ...]] = {"journal_mode": safe}
    wanted |= {name: (value,) for name, value in SETTINGS.items()}
    for name, allowed in wanted.items():
        found = connection.rows(f"PRAGMA {name}")[0][0]
        if found not in allowed:
            should = "或".join(map(str, allowed))
            raise UnavailableError(
                f"数据库设置不安全：{name} 应为 {should}，实为 {found}", "请换到支持可靠写入的磁盘"
            )


def upgrade(path: Path, refold: Callable[[Path, Connection], None]) -> tuple[int, Path | None]:
    """Bring an older database to this schema in one transaction, keeping a copy.

    Give the old schema and the copy. `refold` writes the rows that are computed from the entries
    (see `lifecycle.ledger.copies.refold`). The copy is None where there is nothing to do. Raises
    UnavailableError for what is not an older database of ours.
    """
    if not path.exists():
        raise UnavailableError(f"没有数据库 {path}", "请核对 --db 或 LIFECYCLE_DB")
    with database_errors(path), contextlib.closing(connect(path)) as connection:
        version = int(connection.rows("PRAGMA user_version")[0][0])
        ours = connection.rows("PRAGMA application_id")[0][0] == APPLICATION
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
        connection.run("BEGIN EXCLUSIVE")
        for step in range(version, SCHEMA):
            for statement in STEPS[step]:
                connection.run(statement)
        refold(path, connection)
        connection.rows(f"PRAGMA user_version = {SCHEMA}")
        _commit_upgrade(connection, path)
    return version, copy


def _keep_copy(connection: Connection, copy: Path, mode: int, version: int) -> None:
    """Keep a copy of a database that is to be upgraded, whole.

    Over an earlier try's copy, over nothing else.
    """
    if os.path.lexists(copy) and _version_of(copy) != version:
        raise InvalidError(f"{copy} 已存在，不是升级留下的副本，不会覆盖", "请先移走该文件")
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


def _commit_upgrade(connection: Connection, path: Path) -> None:
    """Commit; where that fails, look on a fresh connection which schema the database now has."""
    try:
        connection.run("COMMIT")
    except SqliteError:
        connection.close()
        with contextlib.closing(connect(path)) as fresh:
            settle(fresh, path)
            if fresh.rows("PRAGMA user_version")[0][0] != SCHEMA:
                raise


def settle(connection: Connection, path: Path) -> None:
    """Make what the database now holds the last word, after a commit that failed.

    Its pages may stand in a write-ahead log that nobody reads, and would be read after a power cut.
    So all that counts is written into the database, and the log emptied for good. Raises
    SqliteError where that cannot be done, also because others are reading.
    """
    (busy, *_pages) = connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0]
    if busy:
        raise SqliteError("database is locked", "SQLITE_BUSY")
    log = path.with_name(path.name + "-wal")
    try:
        if log.exists():
            sync_file(log)
        sync_folder(path.parent)
    except OSError as error:
        raise SqliteError("disk I/O error", "SQLITE_IOERR_FSYNC") from error


def copy_database(connection: Connection, target: Path, mode: int) -> None:
    """Write a consistent copy of an open database to a new file, durably.

    The copy has a rollback journal: it is one file, which can be read where nothing can be written.
    """
    os.close(create_file(target, mode))
    connection.copy_to(target)
    sync_file(target)


def schema_differences(connection: Connection, path: Path) -> list[str]:
    """Say what tables, indexes, triggers and views there are too many, too few, or other than they
    should be, by the very text of their SQL.

    A trigger could rewrite entries, and an index over part of the rows could hide some.
    """
    with database_errors(path):
        rows = connection.rows("SELECT type, name, sql FROM sqlite_master")
    found = {(kind, name): _plain(sql) for kind, name, sql in rows if not _is_of_a_table(name, sql)}
    for own in _STATISTICS.items():
        if own in found.items():
            del found[own[0]]
    wanted = expected_schema()
    words = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}

    def named(objects: Iterable[tuple[str, str]]) -> list[str]:
        return [f"{words.get(kind, kind)} {name}" for kind, name in sorted(objects)]

    altered = [key for key in wanted.keys() & found.keys() if wanted[key] != found[key]]
    more = [f"多出{what}" for what in named(found.keys() - wanted.keys())]
    less = [f"缺少{what}" for what in named(wanted.keys() - found.keys())]
    return [*more, *less, *(f"{what} 的结构被改动" for what in named(altered))]


_STATISTICS = {
    ("table", "sqlite_stat1"): "CREATE TABLE sqlite_stat1 ( tbl,idx,stat )",
    ("table", "sqlite_stat4"): "CREATE TABLE sqlite_stat4 ( tbl,idx,neq,nlt,ndlt,sample )",
}
"""What ANALYZE leaves: numbers by which SQLite chooses among indexes, no more."""


def expected_schema() -> dict[tuple[str, str], str]:
    """Give the SQL text of every object there should be, by type and name."""
    found = {}
    for made in text.SQLITE_SCHEMA:
        plain = _plain(made)
        _create, kind, name = plain.split(" ", 3)[:3]
        found[kind.lower(), name] = plain
    return found


def _plain(sql: str | None) -> str:
    """Give an SQL text with its words one space apart, whoever laid it out."""
    return " ".join((sql or "").replace("(", " ( ").replace(")", " ) ").split())


def _is_of_a_table(name: str, sql: str | None) -> bool:
    """Tell whether an index is one that SQLite makes for a table's own UNIQUE or PRIMARY KEY."""
    return sql is None and name.startswith("sqlite_autoindex_")


def refuse_journal(path: Path) -> None:
    """Refuse to put a database where another one's journal lies: SQLite would play it into the new
    one.
    """
    for suffix in (JOURNAL, WRITE_AHEAD):
        left = beside(path, suffix)
        if left.exists() and left.stat().st_size:
            raise InvalidError(
                f"{left} 是别的数据库留下的，不能把数据库放在这里", "请另选一个位置，或先移走原来的"
            )


def refuse_link(path: Path) -> None:
    """Refuse to put a database where a link leads elsewhere, be it to nowhere."""
    if path.is_symlink():
        raise InvalidError(
            f"{path} 是符号链接，不会写到它所指的地方", "请用 --db 指定一个新的位置，或先移走原来的"
        )


def _opened(path: Path) -> contextlib.closing[Connection]:
    return contextlib.closing(driver.library().open(path, "rw"))


def make(path: Path, *, unfinished: bool = False) -> None:
    """Create the schema beside the name and move it into place, so that a crash leaves no half-made
    database. `unfinished`: another is to be copied into it.
    """
    from lifecycle.ledger.record import new_eid

    draft = beside(path, DRAFT, os.getpid())
    try:
        check_place(path)
        refuse_link(path)
        refuse_journal(path)
        make_folders(path.parent)
        draft.unlink(missing_ok=True)
        os.close(create_file(draft, file_mode(path.parent)))
        with database_errors(path), _opened(draft) as raw:
            raw.rows(f"PRAGMA application_id = {UNFINISHED if unfinished else APPLICATION}")
            raw.rows(f"PRAGMA user_version = {SCHEMA}")
            raw.rows("PRAGMA synchronous = EXTRA")
            raw.run("BEGIN")
            for statement in text.SQLITE_SCHEMA:
                raw.run(statement)
            if not unfinished:
                origin = {"key": "log", "value": f"lifecycle/{new_eid()}"}
                raw.run(text.PUT_META.sqlite, origin)
            raw.run("COMMIT")
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
