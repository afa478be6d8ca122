"""Whether a database on a server is kept safely: its settings, its roles, who works in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifecycle.ledger.health import OpenTransaction, ServerHealth, Unsafe
from lifecycle.ledger.postgres import schema
from lifecycle.ledger.postgres.connection import server_errors
from lifecycle.ledger.postgres.store import PostgresStore

_SETTINGS = (
    "server_version",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "wal_level",
    "data_checksums",
    "ssl",
)
_LOOK = f"""
SELECT {", ".join(f"current_setting('{name}')" for name in _SETTINGS)},
       pg_is_in_recovery(), session_user, current_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
       pg_database_size(current_database()),
       pg_total_relation_size('entry'), pg_total_relation_size('file_part'),
       (SELECT count(*) FROM file_part WHERE part = 0)
"""
_TRANSACTIONS = """
SELECT pid, usename, state, extract(epoch FROM now() - xact_start)::integer
  FROM pg_stat_activity
 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
 ORDER BY xact_start
"""
_LONG_S = 60
"""A command holds its transaction for milliseconds: one of a minute holds everybody up."""


def health_of(store: PostgresStore) -> ServerHealth:
    """See how an open database is kept; raises UnavailableError where that cannot be seen."""
    with server_errors(store.name):
        (row,) = store.connection.rows(_LOOK, {})
        transactions = store.connection.rows(_TRANSACTIONS, {})
    settings = dict(zip(_SETTINGS, row, strict=False))
    standby, login, role, above, database, entries, materials, count = row[len(_SETTINGS) :]
    seen = tuple(OpenTransaction(*one) for one in transactions)
    findings = [Unsafe("schema", what, "lifecycle audit") for what in store.schema_differences()]
    findings += _settings_findings(settings)
    findings += _login_findings(store.database, login, above=above)
    findings += _transaction_findings(seen)
    return ServerHealth(
        name=store.name,
        settings=settings,
        standby=standby,
        login=login,
        role=role,
        above=above,
        database=database,
        entries=entries,
        materials=materials,
        materials_count=count,
        transactions=seen,
        findings=tuple(findings),
    )


def _settings_findings(settings: dict[str, Any]) -> Iterator[Unsafe]:
    if settings["data_checksums"] != "on":
        what = "服务器没有开数据页校验（data_checksums）：磁盘悄悄坏掉的页发现不了"
        yield Unsafe("settings", what, "停库后：pg_checksums --enable")


def _login_findings(database: str, login: str, *, above: bool) -> Iterator[Unsafe]:
    if above:
        what = f"数据库账户 {login} 是超级用户：能绕过台账的权限"
        grant = f'GRANT "{schema.office_of(database)}" TO 账户'
        mend = f"另建账户给服务用：CREATE ROLE 账户 LOGIN; {grant}"
        yield Unsafe("login", what, mend)


def _transaction_findings(seen: tuple[OpenTransaction, ...]) -> Iterator[Unsafe]:
    for one in seen:
        if one.seconds >= _LONG_S:
            what = f"账户 {one.login} 的一个事务已开 {one.seconds} 秒（{one.state}）"
            yield Unsafe("transaction", what, f"查明后：SELECT pg_terminate_backend({one.pid})")
