"""A connection to a PostgreSQL server, and what its errors mean to an officer."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from lifecycle.errors import ConflictError, LifecycleError, UnavailableError
from lifecycle.frozen import dataclass

WAIT_S = 30
"""Seconds that a writer waits for its turn."""
_CONNECT_S = 10
OPTIONS = (
    "-c search_path=lifecycle",
    "-c client_min_messages=warning",
    f"-c lock_timeout={WAIT_S}s",
    # not after a pipeline: the driver ends it with a message that stops the server's clock
    "-c idle_in_transaction_session_timeout=120s",
    # a writer whose machine went away in its turn gives it up within a minute, not after two hours
    "-c tcp_keepalives_idle=30",
    "-c tcp_keepalives_interval=10",
    "-c tcp_keepalives_count=3",
)

# The driver notes what it drops when a connection is lost; officers are told by `told`.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Batch = Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is: what the driver is told, and how people are told, without a password."""

    url: str
    name: str


def address_of(url: str) -> Address:
    """Read a `postgresql+psycopg://user@host1,host2/database` URL.

    Raises UnavailableError for one that cannot be read, or names no database. A password with a
    character that ends a part of a URL would be taken for a host, a port or a database, and told:
    such a URL is refused.
    """
    plain = "postgresql://" + url.split("://", 1)[1]
    try:
        known = {key: str(value) for key, value in conninfo_to_dict(plain).items()}
    except (psycopg.ProgrammingError, ValueError) as error:
        raise _unreadable(_UNREADABLE) from error
    hosts = (known.get("host") or known.get("hostaddr") or "").split(",")
    ports = known.get("port", "").split(",")
    database = known.get("dbname", "")
    odd = [host for host in hosts if re.search("[@?#]", host)]
    odd += [port for port in ports if port and not port.isdecimal()]
    if odd or re.search("[@/?#]", database):
        raise _unreadable(_UNREADABLE)
    if not database:
        raise _unreadable("数据库的地址没有写库名")
    return Address(plain, _named(known, hosts, ports))


def _named(known: dict[str, str], hosts: list[str], ports: list[str]) -> str:
    """Write a URL that leads to the same place and holds nothing secret."""
    user = f"{_in_url(known['user'])}@" if known.get("user") else ""
    told = {key: known[key] for key in _TOLD_OF if key in known}
    if any(not host or host.startswith("/") for host in hosts):
        told = {key: known[key] for key in ("host", "port") if known.get(key)} | told
        places = ""
    else:
        if len(ports) < len(hosts):  # one port serves all
            ports = ports * len(hosts)
        hosts = [f"[{host}]" if ":" in host else host for host in hosts]
        places = ",".join(
            f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False)
        )
    query = "&".join(f"{key}={_in_url(value)}" for key, value in told.items())
    return f"postgresql://{user}{places}/{_in_url(known['dbname'])}" + (query and f"?{query}")


def _in_url(word: str) -> str:
    """Write a word so that it ends no part of a URL; Chinese stays Chinese."""
    return re.sub("[%@:?#&\\s]", lambda found: quote(found[0]), word)


_TOLD_OF = ("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "gssencmode")
"""What else of a URL says how to get there."""
_UNREADABLE = "数据库的地址读不懂（不重复它，其中可能有口令）"


def _unreadable(message: str) -> UnavailableError:
    example = "例如 postgresql+psycopg://lifecycle@主机甲,主机乙/office；口令放在 ~/.pgpass 里"
    return UnavailableError(message, example)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a statement did: how many rows it wrote or gave, and those that it gave."""

    count: int
    rows: list[Any]


class PostgresConnection:
    """One connection, each statement a transaction of its own unless one was begun."""

    def __init__(self, address: Address, *, readonly: bool = False) -> None:
        self.address = address
        attributes = "any" if readonly else "read-write"
        self._raw: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            address.url,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            application_name="lifecycle",
            target_session_attrs=attributes,
            options=" ".join(OPTIONS),
            # a server that went away without a word is noticed within a minute
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )

    @property
    def lost(self) -> bool:
        """Tell whether the server, or the way to it, went away."""
        return self._raw.closed or self._raw.info.transaction_status == TransactionStatus.UNKNOWN

    @property
    def idle(self) -> bool:
        """Tell whether no transaction is under way."""
        return self._raw.info.transaction_status == TransactionStatus.IDLE

    def rows(self, words: str, values: dict[str, Any]) -> list[Any]:
        """Run a statement and give all its rows, those of a statement without any being none."""
        cursor = self._raw.execute(words, values, binary=True)
        return cursor.fetchall() if cursor.description else []

    def run(self, words: str, values: dict[str, Any]) -> int:
        """Run a statement that writes; give how many rows it wrote."""
        return self._raw.execute(words, values).rowcount

    def together(self, batch: Batch) -> list[Answered]:
        """Send several statements in one go; give what each of them answered."""
        if not batch:
            return []
        with self._raw.pipeline():
            cursors = [self._raw.execute(words, values, binary=True) for words, values in batch]
        return [
            Answered(cursor.rowcount, cursor.fetchall() if cursor.description else [])
            for cursor in cursors
        ]

    def script(self, words: sql.Composed) -> None:
        """Run statements without values, such as those that make the schema."""
        self._raw.execute(words)

    def many(self, words: str, rows: Sequence[dict[str, Any]]) -> None:
        """Run one statement for each of many rows."""
        with self._raw.cursor() as cursor:
            cursor.executemany(words, rows)

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()


def is_lost(error: BaseException) -> bool:
    """Tell whether an error means that the server, or the way to it, went away."""
    gone = (
        errors.AdminShutdown,
        errors.CrashShutdown,
        errors.CannotConnectNow,
        errors.IdleInTransactionSessionTimeout,
    )
    if isinstance(error, gone):
        return True
    return isinstance(error, psycopg.OperationalError) and not error.sqlstate


_TOLD: tuple[tuple[type[psycopg.Error], str, str], ...] = (
    (errors.LockNotAvailable, f"数据库正忙，等候 {WAIT_S} 秒仍未轮到", "请稍后重试"),
    (errors.ReadOnlySqlTransaction, "数据库只读（备机，或被管理员设为只读）", "请改连主机后重试"),
    (errors.DiskFull, "数据库服务器的磁盘已满", "请管理员清理服务器的磁盘后重试"),
    (errors.TooManyConnections, "数据库服务器的连接已满", "请稍后重试"),
    (
        errors.InsufficientPrivilege,
        "这个数据库账户没有所需的权限",
        "请管理员授权：GRANT 库名_office TO 账户",
    ),
    (
        errors.IdleInTransactionSessionTimeout,
        "这次办理中途停顿太久，被数据库服务器结束了",
        "请重新办理",
    ),
    (errors.QueryCanceled, "这次办理被数据库管理员中止了", "请重新办理"),
    (errors.UndefinedTable, "数据库不完整", "请从备份恢复：lifecycle restore 备份文件"),
    (errors.UndefinedFunction, "数据库不完整", "请从备份恢复：lifecycle restore 备份文件"),
)
_CONSTRAINTS = (
    errors.IntegrityError,
    errors.SerializationFailure,
    errors.DeadlockDetected,
)


@contextlib.contextmanager
def server_errors(name: str, outcome: str = "") -> Iterator[None]:
    """Turn the driver's errors into what an officer can act on.

    `outcome` says what became of the act, and only who knows it may say it: a transaction that was
    rolled back.
    """
    try:
        yield
    except psycopg.Error as error:
        raise told(error, name, outcome) from error


def told(error: psycopg.Error, name: str, outcome: str = "") -> LifecycleError:
    """Say what an error of the driver means."""
    said = _said(error)
    if isinstance(error, _CONSTRAINTS):
        return ConflictError("同一时刻已有另一条记录，请重试", "先用 lifecycle show 查看最新情况")
    for kind, message, mend in _TOLD:
        if isinstance(error, kind):
            return UnavailableError(f"{message}{outcome}（{name}：{said}）", mend)
    if is_lost(error):
        return UnavailableError(
            f"数据库服务器断开了连接{outcome}（{name}：{said}）",
            "请稍后重试；一直如此的请管理员查看",
        )
    return UnavailableError(
        f"数据库服务器不能照办{outcome}（{name}：{said}）",
        "请管理员查看；可先运行 lifecycle doctor",
    )


def refused_entry(error: psycopg.Error, name: str) -> UnavailableError:
    """Say why no connection could be had.

    The server's refusals at the door carry no code that the driver hands on, only words, which are
    in the server's language; those that can be told apart are told apart.
    """
    said = _said(error)
    if "password" in said or "口令" in said or "密码" in said:
        mend = "请核对账户和口令；口令放在 ~/.pgpass（权限 0600）里，不写在地址里"
        return UnavailableError(f"数据库服务器不接受这个账户或口令（{name}：{said}）", mend)
    if "too many" in said or "connection slots" in said or "太多" in said:
        return UnavailableError(f"数据库服务器的连接已满（{name}：{said}）", "请稍后重试")
    if "does not exist" in said or "不存在" in said:
        mend = "请核对地址；库要先由管理员建好：createdb --encoding UTF8 库名"
        return UnavailableError(f"服务器上没有这个库或账户（{name}：{said}）", mend)
    if "read-write" in said or "read-only" in said:
        what = "地址里的各台主机都只读，没有主机可以写入"
        return UnavailableError(f"{what}（{name}：{said}）", "请管理员查看主备切换")
    return UnavailableError(
        f"连不上数据库服务器（{name}：{said}）", "请核对地址、网络，并请管理员查看服务器是否开着"
    )


def _said(error: psycopg.Error) -> str:
    """Give the driver's words in one line."""
    return "；".join(part.strip() for part in str(error).splitlines() if part.strip())[:400]
