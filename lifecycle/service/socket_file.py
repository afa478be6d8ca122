"""The socket of a service and the database behind it: who may reach which."""

from __future__ import annotations

import errno
import os
import resource
import socket
import stat
from pathlib import Path

from lifecycle.errors import InvalidError, UnavailableError, os_reason

BACKLOG = 2048
"""How many callers may wait to be let in; more are told by the kernel to come back."""
MODE = 0o666
"""Everybody may call: the kernel says who it is, the directory whose account that is."""


def see_private(database: Path) -> None:
    """Refuse a database that another account than this one could open: then it could go round the
    service.
    """
    folder = database.absolute().parent
    files = database.with_name(database.name + ".files")
    if folder.stat().st_uid != os.geteuid():
        raise InvalidError(
            f"文件夹 {folder} 不是本账户的，服务不能独占里面的库",
            f"把库放在只归账户 {_own_name()} 的文件夹里（chmod 700），或以文件夹主人的账户运行服务",
        )
    for place in (folder, database, files):
        if not place.exists():
            continue
        found = place.stat()
        if found.st_uid != os.geteuid():
            raise InvalidError(
                f"{place} 不是本账户的，服务不能独占它",
                f"以库的主人的账户运行服务，或把库交给本账户：chown -R {_own_name()}: {place}",
            )
        if found.st_mode & 0o077:
            raise InvalidError(
                f"{place} 别的账户也能用（权限 {stat.filemode(found.st_mode)}），会绕过服务",
                f"先运行：chmod -R go= {folder}",
            )


def listen(path: Path) -> socket.socket:
    """Make the socket; one that a service left behind is replaced.

    Raises InvalidError where the folder is not safe or something else stands there, and
    UnavailableError where a service is running.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InvalidError(f"文件夹 {folder} 不存在", "请先建好，只让服务的账户可写")
    found = folder.stat()
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o022:
        raise InvalidError(
            f"文件夹 {folder} 别的账户也能改动（权限 {stat.filemode(found.st_mode)}），"
            "会有人冒充服务",
            f"换一个文件夹，或运行：chmod 755 {folder}",
        )
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(MODE)
        listener.listen(BACKLOG)  # who calls while the workers start waits for them
    except OSError as error:
        listener.close()
        raise UnavailableError(
            f"套接字 {path} 建不了：{os_reason(error)}", "请检查路径与权限（路径最长 107 字节）"
        ) from error
    return listener


def _remove_stale(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise InvalidError(
            f"{path} 已存在，不是套接字，不会覆盖", "请换一个文件名，或自己先移走原来的"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError as error:
            if error.errno != errno.ECONNREFUSED:
                raise UnavailableError(
                    f"套接字 {path} 用不了：{os_reason(error)}", "请检查套接字的权限"
                ) from error
            path.unlink()
            return
    raise UnavailableError(f"{path} 上已有服务在运行", "不必再开一个；要重开的，先停下原来的")


def allow_files(connections: int) -> None:
    """Let this process hold as many files open as its connections may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections * 2 + 256
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _own_name() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
