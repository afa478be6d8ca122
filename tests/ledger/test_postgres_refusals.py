"""What cannot be opened on a server, or not be written to, is told in one clear message: exit 3, no
traceback, and never a password.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from homes import ServerHome
from ledger_office import Bureau
from postgres_server import NO_SERVER, Server, programs, running
from psycopg import sql
from small_disks import small_disk
from tiny_office import Tiny

from lifecycle.ledger.opening import open_store
from lifecycle.ledger.postgres import schema
from lifecycle.ledger.postgres.connection import address_of
from lifecycle.ledger.postgres.store import PostgresStore

PASSWORD = "秘密-S3cret"
IN_URL = "%E7%A7%98%E5%AF%86-S3cret"
SET = ("set", "剑瓷", "area=3", "--on", "2026-09-02", "--as", "bureau01")


def free_port() -> int:
    """Give a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """Run a server whose settings may be changed, reached through a port too, with a login that
    needs a password.
    """
    if programs() is None:
        pytest.skip(NO_SERVER)
    with running() as server:
        server.stop()
        server.port = free_port()
        server.start("-c listen_addresses=127.0.0.1")
        with closing(server.connect()) as connection:
            connection.execute("SET password_encryption TO 'scram-sha-256'")
            words = sql.SQL("CREATE ROLE clerk LOGIN PASSWORD {}").format(sql.Literal(PASSWORD))
            connection.execute(words)
            connection.execute("CREATE ROLE stranger LOGIN")
        server.let_in("host all clerk 127.0.0.1/32 scram-sha-256")
        yield server


@pytest.fixture
def bureau(own: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    """Give an office on that server, with one case, in which `clerk` may work."""
    home = ServerHome(own)
    made = Bureau(tmp_path, monkeypatch, home).founded()
    made.opened(name="剑瓷", on="2026-09-01")
    with made.sql() as database:
        database.execute(f'GRANT "{schema.office_of(named(made))}" TO clerk')
    yield made
    home.clear()


def named(bureau: Bureau) -> str:
    """Give the name of the office's database."""
    assert isinstance(bureau.home, ServerHome)
    return bureau.home.databases[bureau.path]


def by_port(bureau: Bureau, *, login: str = f"clerk:{IN_URL}", hosts: str = "") -> str:
    """Give the URL of the office's database over the port."""
    assert isinstance(bureau.home, ServerHome)
    places = hosts or f"127.0.0.1:{bureau.home.server.port}"
    return f"postgresql+psycopg://{login}@{places}/{named(bureau)}"


def told(bureau: Tiny, *words: str) -> str:
    """Run a command that cannot be done; give the first line of its message."""
    result = bureau.run(*words)
    see_clear(result)
    assert result.exit_code == 3, result.output
    return result.stderr.splitlines()[0]


def see_clear(result: Result) -> None:
    """See that a message is one that an officer can read, without anything secret in it."""
    assert "Traceback" not in result.output
    assert "程序内部出错" not in result.output
    for secret in (PASSWORD, IN_URL, "S3cret"):
        assert secret not in result.output
    assert result.stdout == ""
    first, *others = result.stderr.splitlines()
    assert first
    assert len(others) == 1, result.stderr
    assert others[0].startswith("  改法：")


def test_a_login_with_a_password_works(bureau: Bureau) -> None:
    """A login that is let in by its password, and has the office's role, records."""
    bureau.do(*SET, "--db", by_port(bureau))
    shown = bureau.do("doctor", "--db", by_port(bureau))
    assert "账户　　clerk，以 " in shown
    assert "数据库　postgresql://clerk@127.0.0.1:" in shown
    assert "S3cret" not in shown


def test_a_machine_that_goes_away_gives_up_its_turn(bureau: Bureau) -> None:
    """The server asks after a client that is silent, so that one whose machine lost its power does
    not hold the writers up for hours.
    """
    with closing(open_store(by_port(bureau))) as store:
        assert isinstance(store, PostgresStore)
        asked = ("idle", "interval", "count")
        found = [store.connection.rows(f"SHOW tcp_keepalives_{one}", {})[0][0] for one in asked]
        assert found == ["30", "10", "3"]


def test_a_wrong_password_is_told(bureau: Bureau) -> None:
    """A password that is not the login's, and none where one is asked for."""
    for login in ("clerk:S3cret", "clerk"):
        message = told(bureau, "list", "--db", by_port(bureau, login=login))
        assert message.startswith("数据库服务器不接受这个账户或口令（postgresql://clerk@127.0.0.1:")


def test_a_login_that_was_not_granted_is_told(bureau: Bureau) -> None:
    """A login of the server that has not the office's role."""
    message = told(bureau, "list", "--db", by_port(bureau, login="stranger"))
    assert message.startswith("这个数据库账户不能使用台账（")


def test_a_server_that_is_away_is_told(bureau: Bureau) -> None:
    """A port at which nobody listens, a host that there is not, a socket that there is not."""
    for hosts in (f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"):
        message = told(bureau, *SET, "--db", by_port(bureau, hosts=hosts))
        assert message.startswith("连不上数据库服务器（"), message
        assert "Connection refused" in message
    url = f"postgresql+psycopg://clerk:{IN_URL}@/x?host={bureau.folder}"
    assert told(bureau, "list", "--db", url).startswith("连不上数据库服务器（")


def test_of_several_hosts_one_is_enough(bureau: Bureau, own: Server) -> None:
    """Hosts that are down are passed over: the one that takes writes is found."""
    live = f"127.0.0.1:{own.port}"
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()},{live}"
    bureau.do(*SET, "--db", by_port(bureau, hosts=hosts))
    assert bureau.findings() == []


def test_a_database_that_is_not_there_is_told(bureau: Bureau, own: Server) -> None:
    """A name that no database bears, and a login that there is not."""
    url = own.url("nowhere")
    assert told(bureau, "list", "--db", url).startswith("服务器上没有这个库或账户（")
    url = by_port(bureau, login="nobody_here")
    assert told(bureau, "list", "--db", url).startswith("服务器上没有这个库或账户（")


def test_a_database_without_a_ledger_is_told(bureau: Bureau, own: Server) -> None:
    """An empty database, one with other things in it, and one with a schema that only has the
    ledger's name.
    """
    database = own.new_database()
    try:
        assert told(bureau, "list", "--db", own.url(database)).startswith("库里还没有台账（")
        with closing(own.connect(database)) as connection:
            connection.execute("CREATE TABLE theirs (x integer)")
            assert told(bureau, "list", "--db", own.url(database)).startswith("库里还没有台账（")
            connection.execute("CREATE SCHEMA lifecycle")
        message = told(bureau, "list", "--db", own.url(database))
        assert message.startswith("库里有一个 lifecycle 模式，但不是台账（"), message
        code, message = bureau.fails("db", "copy", bureau.url, own.url(database))
        assert (code, message.startswith("库里有一个 lifecycle 模式，但不是台账（")) == (3, True)
    finally:
        own.drop(database)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("99", "数据库由更新的版本建立（99，"),
        ("3", "数据库的版式是 3，现为 "),
        ("x", "数据库不完整（"),
    ],
)
def test_another_schema_is_told(bureau: Bureau, version: str, message: str) -> None:
    """A database of a newer or an older program, and one whose version cannot be read."""
    with bureau.sql() as database:
        database.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
    assert told(bureau, "list").startswith(message)
    assert told(bureau, "upgrade").startswith(message)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_unsafe_settings_are_refused(bureau: Bureau, own: Server, setting: str) -> None:
    """A server that may lose what it acknowledged is not worked with."""
    own.set(**{setting: "off"})
    try:
        message = told(bureau, *SET)
        assert message.startswith(f"数据库服务器的设置不安全：{setting} 应为 on")
        assert message.endswith("实为 off")
    finally:
        own.set(**{setting: "on"})
    bureau.do(*SET)


def test_another_encoding_is_refused(bureau: Bureau, own: Server) -> None:
    """A database in which not every text fits is not worked with."""
    with closing(own.connect()) as connection:
        words = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
        connection.execute(words)
    try:
        message = told(bureau, "init", "--db", own.url("latin"))
        assert message == "数据库服务器的设置不安全：server_encoding 应为 UTF8，实为 LATIN1"
    finally:
        own.drop("latin")


def test_a_database_set_to_read_only_is_read(bureau: Bureau) -> None:
    """Where an administrator lets nothing be written, looking works and writing says why not."""
    with bureau.sql() as database:
        words = f'ALTER DATABASE "{named(bureau)}" SET default_transaction_read_only TO on'
        database.execute(words)
    assert "剑瓷" in bureau.do("show", "剑瓷")
    message = told(bureau, *SET)
    assert message.startswith("数据库只读（备机，或被管理员设为只读），未写入任何内容（"), message
    assert bureau.findings() == []


def test_too_many_connections_are_told(bureau: Bureau) -> None:
    """A database that lets no more in says so."""
    with bureau.sql() as database:
        database.execute(f'ALTER DATABASE "{named(bureau)}" CONNECTION LIMIT 0')
    message = told(bureau, "list", "--db", by_port(bureau))
    assert message.startswith("数据库服务器的连接已满（")


UNREADABLE = [
    f"postgresql+psycopg://clerk:{PASSWORD}@part@host/office",
    "postgresql+psycopg://clerk:S3cret/part@host/office",
    "postgresql+psycopg://clerk:12/S3cret@host/office",
    "postgresql+psycopg://clerk:S3cret%zz@host/office",
    "postgresql+psycopg://clerk:S3cret@host:port/office",
    "postgresql+psycopg://clerk:S3cret@host/office?passwort=S3cret",
    "postgresql+psycopg://clerk:S3cret@[::1/office",
    "postgresql+psycopg://clerk:S3cret@host",
    "postgresql+psycopg://",
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_cannot_be_read_is_told_and_not_repeated(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since it may hold a password, a URL that cannot be read is not told."""
    tiny = Tiny(tmp_path, monkeypatch)
    for words in (
        ("list", "--db", url),
        ("db", "copy", url, "x.db"),
        ("restore", "x", "--db", url),
    ):
        message = told(tiny, *words)
        assert message.startswith(("数据库的地址读不懂（", "数据库的地址没有写库名"))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://me:S3cret@甲,乙:6000/台账", "postgresql://me@甲,乙:6000/台账"),
        (
            "postgresql://me:S3cret@a:1,b:2/office?sslmode=require&password=S3cret",
            "postgresql://me@a:1,b:2/office?sslmode=require",
        ),
        (
            "postgresql+psycopg://me:S3cret@/office?host=/run/x&port=3",
            "postgresql://me@/office?host=/run/x&port=3",
        ),
        ("postgresql+psycopg://me:p?S3cret@host/office", "postgresql://me@host/office"),
        ("postgresql+psycopg://me@[::1]:5433/office", "postgresql://me@[::1]:5433/office"),
        ("postgresql+psycopg://me@a,b:7/office?p%61ssword=S3cret", "postgresql://me@a,b:7/office"),
        ("postgresql+psycopg:///of%20fice", "postgresql:///of%20fice"),
    ],
)
def test_a_database_is_named_without_its_password(url: str, name: str) -> None:
    """People are told a URL that leads to the same place and holds nothing secret."""
    address = address_of(url)
    assert address.name == name
    assert address_of(name).name == name


def test_a_host_name_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that no server knows are told like a server that is away."""
    tiny = Tiny(tmp_path, monkeypatch)
    url = f"postgresql+psycopg://clerk:{IN_URL}@nowhere.invalid/office"
    assert told(tiny, "list", "--db", url).startswith("连不上数据库服务器（")


def test_a_full_disk_leaves_everything_as_it_was(
    own: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server's disk is full, an upload is told as that: exit 3, nothing written; with room
    again, all goes on.
    """
    (own.folder / "small").mkdir()
    with small_disk(own.folder / "small", 24) as place:
        account = own.account
        assert account is not None
        os.chown(place, account.pw_uid, account.pw_gid)
        home = ServerHome(own)
        bureau = Bureau(tmp_path, monkeypatch, home)
        with closing(own.connect()) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            connection.execute("CREATE DATABASE small TABLESPACE small TEMPLATE template0")
        home.databases[bureau.path] = "small"
        try:
            bureau.founded()
            number = bureau.opened(name="剑瓷", on="2026-09-01")
            before = bureau.checkpoint()
            codes = set()
            for _turn in range(40):
                (bureau.folder / "大.pdf").write_bytes(os.urandom(900_000))
                result = bureau.run("attach", number, "report", "大.pdf", "--as", "planning01")
                codes.add(result.exit_code)
                if result.exit_code:
                    break
            assert codes == {0, 3}
            see_clear(result)
            assert "磁盘已满，未写入任何内容" in result.stderr
            with bureau.sql() as database:
                database.execute("ALTER TABLE file_part SET TABLESPACE pg_default")
            bureau.do("attach", number, "report", "大.pdf", by="planning01")
            assert bureau.findings(before) == []
        finally:
            home.clear()
            with closing(own.connect()) as connection:
                connection.execute("DROP TABLESPACE small")


@contextmanager
def standby_of(server: Server) -> Iterator[Server]:
    """Run a standby that follows a server."""
    folder = server.folder / "standby"
    folder.mkdir()
    standby = Server(folder, free_port())
    if standby.account:
        os.chown(folder, standby.account.pw_uid, standby.account.pw_gid)
    standby.run(
        "pg_basebackup",
        "--pgdata=data",
        "--write-recovery-conf",
        "--checkpoint=fast",
        f"--host={server.folder}",
        f"--port={server.port}",
        "--username=root",
    )
    try:
        standby.start("-c listen_addresses=127.0.0.1")
        yield standby
    finally:
        standby.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_standby_can_be_read_and_takes_over(bureau: Bureau, own: Server) -> None:
    """On a standby looking and auditing work, and writing says why not; of several hosts the one
    that takes writes is found; and when the standby is made the primary, it is that one.
    """
    before = bureau.checkpoint()
    with standby_of(own) as standby:
        alone = f"127.0.0.1:{standby.port}"
        both = f"{alone},127.0.0.1:{own.port}"
        on_standby = by_port(bureau, hosts=alone)
        assert "剑瓷" in bureau.do("show", "剑瓷", "--db", on_standby)
        assert str(before) in bureau.do("audit", "--db", on_standby)
        assert "，备机，只读" in bureau.do("db", "check", "--db", on_standby)
        message = told(bureau, *SET, "--db", on_standby)
        assert message.startswith("数据库只读（备机，或被管理员设为只读），未写入任何内容（")
        message = told(bureau, "init", "--db", on_standby.replace(named(bureau), "postgres"))
        assert message.startswith("数据库只读（备机，或被管理员设为只读）"), message
        bureau.do(*SET, "--db", by_port(bureau, hosts=both))
        with closing(open_store(by_port(bureau, hosts=both))) as left_open:
            last = left_open.last_index()
            caught_up(standby, named(bureau), last)
            own.stop("immediate")
            standby.run("pg_ctl", "--pgdata=data", "--wait", "promote")
            assert left_open.last_index() == last
            with left_open.writing():
                assert left_open.next_number("x") == 1
        bureau.do("set", "剑瓷", "area=4", "--as", "bureau01", "--db", by_port(bureau, hosts=both))
        assert bureau.asks("show", "剑瓷", "--db", on_standby)["seq"] == 3
    own.start("-c listen_addresses=127.0.0.1")


def caught_up(standby: Server, database: str, last: int) -> None:
    """Wait until a standby has an entry."""
    with closing(standby.connect(database)) as connection:
        for _ in range(1000):
            ((found,),) = connection.execute("SELECT max(idx) FROM lifecycle.entry").fetchall()
            if found == last:
                return
    raise AssertionError("the standby does not follow")


def test_without_the_driver_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the extra is not installed, a URL of a server is told with the command that installs
    it.
    """
    monkeypatch.setitem(__import__("sys").modules, "lifecycle.ledger.postgres.store", None)
    monkeypatch.setitem(__import__("sys").modules, "lifecycle.ledger.postgres.connection", None)
    tiny = Tiny(tmp_path, monkeypatch)
    message = told(tiny, "list", "--db", "postgresql+psycopg://host/office")
    assert message == "这台机器上没有装 PostgreSQL 的驱动（psycopg）"
