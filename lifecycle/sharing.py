"""Who may use the files of a ledger: private, or shared by a group where the folder is set up for
that.

A folder that its group may write and whose setgid bit is set hands its group on to what is made in
it. There the files of a ledger are made 0660 and its folders 2770, whatever the umask is; anywhere
else 0600 and 0700.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from lifecycle.beside import JOURNAL, SHARED_MEMORY, WRITE_AHEAD, beside
from lifecycle.frozen import dataclass

MANUAL = "设法见手册“多人共用一个库”（docs/handbook.md）"


def is_shared(folder: Path) -> bool:
    """Tell whether a folder is set up for a group: setgid, and the group may write."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)


def file_mode(folder: Path) -> int:
    """Give the mode of a new file of a ledger in a folder."""
    return 0o660 if is_shared(folder) else 0o600


def mode_beside(database: Path) -> int:
    """Give the mode of a file that belongs to a database: the database's own, as SQLite does for
    its journal.
    """
    try:
        return stat.S_IMODE(database.stat().st_mode) & 0o666
    except FileNotFoundError:
        return file_mode(database.parent)


def folder_mode(mode: int) -> int:
    """Give the mode of a folder whose files have a mode: who reads may enter, a group that writes
    hands itself on.
    """
    return mode | (mode & 0o444) >> 2 | (stat.S_ISGID if mode & stat.S_IWGRP else 0)


def create_file(path: Path, mode: int | None) -> int:
    """Create a file with exactly a mode whatever the umask, or as the umask has it.

    Give its handle. Raises FileExistsError.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o666 if mode is None else 0o600)
    if mode is not None and hasattr(
        os, "fchmod"
    ):  # Windows has access lists, which folders hand on by themselves
        os.fchmod(handle, mode)
    return handle


def create_folder(path: Path, mode: int) -> None:
    """Create a folder with exactly a mode where there is none."""
    try:
        path.mkdir(0o700)
    except FileExistsError:
        return
    path.chmod(mode)


def make_folders(path: Path) -> None:
    """Create a folder and those above it that are missing, each as shared as the one that it stands
    in.
    """
    if path.is_dir():
        return
    make_folders(path.parent)
    create_folder(path, folder_mode(file_mode(path.parent)))


@dataclass(frozen=True, slots=True)
class Barrier:
    """What keeps this account from a file: told, with the mend."""

    message: str
    mend: str


def barrier_to(path: Path) -> Barrier | None:
    """Find what keeps this account from reading and writing a file, or from making it.

    None if nothing is found.
    """
    for folder in reversed(path.absolute().parents):
        if not os.path.lexists(folder) or not _may(folder, os.X_OK):
            return _told(folder, os.X_OK, "进不了文件夹 ") if _is_there(folder) else None
    if _is_there(path):
        for wanted, verb in ((os.R_OK, "不能读 "), (os.W_OK, "不能写 ")):
            if not _may(path, wanted):
                return _told(path, wanted, verb)
        return None
    if not _may(path.parent, os.W_OK):
        return _told(path.parent, os.W_OK, "不能在这个文件夹里新建文件：")
    return None


def barrier_to_database(path: Path) -> Barrier | None:
    """Find what keeps this account from working with a database: the file, what SQLite keeps beside
    it, or the folder of all.
    """
    names = (beside(path, ending) for ending in (JOURNAL, WRITE_AHEAD, SHARED_MEMORY))
    return next(filter(None, map(barrier_to, (path, *names))), None)


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _may(path: Path, wanted: int) -> bool:
    return os.access(path, wanted, effective_ids=os.access in os.supports_effective_ids)


def _told(path: Path, wanted: int, verb: str) -> Barrier:
    if wanted == os.W_OK and _read_only_disk(path):
        return Barrier(f"{path} 所在的磁盘是只读的", "请换到可写的磁盘，或请管理员重新挂载")
    found = path.stat()
    who = _account()
    owner, group = _name_of_user(found.st_uid), _name_of_group(found.st_gid)
    message = (
        f"账户 {who} {verb}{path}（属主 {owner}，组 {group}，权限 {stat.filemode(found.st_mode)}）"
    )
    in_group = found.st_gid in (_own("getegid"), *_groups())
    bits = wanted << 3
    if found.st_mode & bits and not in_group:
        return Barrier(message, f"请管理员运行：usermod -aG {group} {who}，该账户重新登录后再办")
    if in_group and found.st_uid != _own("geteuid"):
        given = "g+rwxs" if stat.S_ISDIR(found.st_mode) else "g+rw"
        return Barrier(message, f"请属主 {owner} 或管理员运行：chmod {given} {path}；{MANUAL}")
    return Barrier(message, f"请属主 {owner} 或管理员给这个账户权限；{MANUAL}")


def _read_only_disk(path: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _own(name: str) -> int:
    """Ask the system for a number of this process; -1 where it has none, as on Windows."""
    ask = getattr(os, name, None)
    return int(ask()) if ask else -1


def _groups() -> Iterator[int]:
    yield from os.getgroups() if hasattr(os, "getgroups") else ()


def _account() -> str:
    number = _own("geteuid")
    return _name_of_user(number) if number >= 0 else os.environ.get("USERNAME", "")


def _name_of_user(number: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)


def _name_of_group(number: int) -> str:
    try:
        import grp

        return grp.getgrgid(number).gr_name
    except (ImportError, KeyError):
        return str(number)
