"""The one way to write a file that somebody names: whole or not at all, and over nothing but the
program's own.

A file is written under another name in the same folder, made durable, and moved into place. A name
that is taken is refused, unless what bears it is what this program wrote there before, byte for
byte: so neither somebody else's file nor a table that an officer has since edited is lost. Nothing
in a letter's text could tell that, and a mark inside a file survives an edit; therefore each folder
has a register of what was written into it (`REGISTER`).
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from lifecycle.beside import (
    MATERIALS,
    QUEUE,
    SHARED_MEMORY,
    WRITE_AHEAD,
    beside,
    database_beside,
)
from lifecycle.callers import CallersPath, errand
from lifecycle.errors import InvalidError, UnavailableError, os_reason
from lifecycle.sharing import barrier_to, create_file, file_mode, is_shared

REGISTER = ".lifecycle-exports"
"""Lines of SHA-256, kind and name of what was written into the folder.

All that a name ever had may be replaced.
"""
_HEAD = "# lifecycle exports 1\n"
_CHUNK = 1 << 20
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_SQLITE = b"SQLite format 3\0"
_OTHER_NAME = "请换一个文件名，或自己先移走原来的"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems without hard links say (FAT, some network drives)."""


def write_file(target: Path, body: bytes, kind: str, *, once: bool = False) -> None:
    """Write bytes to a file that somebody named; the same bytes again are no change.

    `kind` is what the file is, in Chinese: a file of another kind is not replaced. `once`: nothing
    is ever replaced. Raises InvalidError for a place that must not be written, UnavailableError
    where writing fails.
    """
    _see_file_name(target)
    if not isinstance(target, CallersPath) and not once and _holds(target, body):
        check_target(target, kind, same=True)
        return
    with new_file(target, kind, once=once) as draft:
        draft.write_bytes(body)


@contextmanager
def new_file(target: Path, kind: str, *, once: bool = False, ours: bool = False) -> Iterator[Path]:
    """Give an empty file to fill, which takes the target's place when the block ends well, and is
    removed when not.

    `ours`: a file of the ledger, such as a backup: private, or the group's where the folder is
    shared. For a caller who is elsewhere it is kept, and judged and written by them.
    """
    _see_file_name(target)
    if isinstance(target, CallersPath):
        with _sent_to_caller(target, kind, once=once) as draft:
            yield draft
        return
    before = check_target(target, kind, once=once)
    place = _real(target)
    draft = place.with_name(f".lifecycle-{os.urandom(8).hex()}{place.suffix}")
    with _write_errors(target, kind):
        os.close(create_file(draft, _mode(place.parent, before, ours=ours)))
    try:
        with _write_errors(target, kind):
            yield draft
            sync_file(draft)
            if not once:
                _register(place, _sha256(draft), kind)
            if before is None:
                put_new(draft, place)
            else:
                _put_over(draft, place, before)
            sync_folder(place.parent)
    except FileExistsError:
        raise InvalidError(f"{target} 刚刚被别人建立，没有覆盖", _OTHER_NAME) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def _sent_to_caller(target: CallersPath, kind: str, *, once: bool) -> Iterator[Path]:
    """Give an empty file to fill, which the caller gets when the block ends well."""
    now = errand()
    assert now is not None, "a caller's path is made while a command runs for that caller"
    draft = now.draft(target.suffix)
    try:
        draft.touch()
        yield draft
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    now.keep(target, kind, draft, once=once)


def put_new(draft: Path, place: Path) -> None:
    """Move a file to a name that nothing bears; raises FileExistsError if something does by now."""
    try:
        os.link(draft, place)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(
            os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        )  # takes the name, so that none is lost
        draft.replace(place)
    draft.unlink(missing_ok=True)


def check_target(
    target: Path, kind: str, *, once: bool = False, same: bool = False
) -> os.stat_result | None:
    """Refuse a place that must not be written, before any work is done.

    Give what is to be replaced there. `same`: what is there is known to hold what is to be written.
    Raises InvalidError. A caller who is elsewhere judges their own place when they write.
    """
    _see_file_name(target)
    if isinstance(target, CallersPath):
        return None
    if not target.parent.is_dir():
        raise InvalidError(f"文件夹 {target.parent} 不存在", "请先建好文件夹")
    check_place(target)
    try:
        found = target.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritten(target, kind, error) from error
    if stat.S_ISLNK(found.st_mode):
        raise InvalidError(f"{target} 是符号链接，不会写到它所指的地方", _OTHER_NAME)
    if stat.S_ISDIR(found.st_mode):
        raise InvalidError(f"{target} 是文件夹，不是文件", "请换一个文件名")
    if not stat.S_ISREG(found.st_mode):
        raise InvalidError(f"{target} 是设备或管道，不是普通文件", "请换一个文件名")
    if once:
        raise InvalidError(f"{target} 已存在，不会覆盖", "请换一个文件名")
    if not same and not _is_own(_real(target), kind):
        message = f"{target} 已存在，不是本程序存出的{kind}，或存出后被改动过，不会覆盖"
        raise InvalidError(message, _OTHER_NAME)
    return found


def _see_file_name(target: Path) -> None:
    """Refuse what names no file, wherever it lies: `.` and `/` are folders."""
    if not target.name:
        raise InvalidError(f"{target} 是文件夹，不是文件", "请换一个文件名")


def make_folder(folder: Path) -> None:
    """Make a folder that somebody named for files.

    Raises InvalidError for one among a database's materials.
    """
    now = errand()
    if isinstance(folder, CallersPath) and now is not None:
        now.folders.append(str(folder))
        return
    check_place(folder / "new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InvalidError(f"{folder} 是文件，不是文件夹", "请换一个文件夹名") from None
    except OSError as error:
        raise _unwritten(folder, "文件夹", error) from error


def check_place(target: Path) -> None:
    """Refuse a name that belongs to a database: itself, what stands beside it, anything among its
    materials.
    """
    place = _real(target)
    if place.name == REGISTER:
        raise InvalidError(f"{target} 是存出文件的登记，不能写到这里", "请换一个文件名")
    if _is_database(place):
        raise InvalidError(f"{target} 是数据库，不会覆盖", "请换一个文件名")
    owner = database_beside(place)
    if owner is not None and _is_database(owner):
        raise InvalidError(f"{target} 是数据库 {owner.name} 自己用的文件名", "请换一个文件名")
    for folder in place.parents:
        if _holds_materials(folder):
            raise InvalidError(
                f"{target} 在台账的材料文件夹 {folder.name} 里，不能写到这里", "请换一个文件夹"
            )


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Make a folder's names durable."""
    if os.name == "nt":  # folders cannot be opened there; NTFS journals their names itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _real(target: Path) -> Path:
    """Give a path whose folders are no links; its last part stays as it is."""
    return target.parent.resolve() / target.name


def _mode(folder: Path, before: os.stat_result | None, *, ours: bool) -> int | None:
    """Give a new file's mode: its predecessor's, else as the folder has it.

    None: as the umask has it.
    """
    if before is not None:
        return stat.S_IMODE(before.st_mode) | 0o600
    return file_mode(folder) if ours or is_shared(folder) else None


def _put_over(draft: Path, place: Path, before: os.stat_result) -> None:
    """Move a file over its predecessor, unless that has changed since it was recognised."""
    now = place.lstat()
    if (now.st_dev, now.st_ino, now.st_mtime_ns) != (
        before.st_dev,
        before.st_ino,
        before.st_mtime_ns,
    ):
        raise InvalidError(f"{place} 刚刚被别人改动，没有覆盖", _OTHER_NAME)
    draft.replace(place)


@contextmanager
def _write_errors(target: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, BrokenPipeError):
        raise
    except OSError as error:
        raise _unwritten(target, kind, error) from error


def _unwritten(target: Path, kind: str, error: OSError) -> UnavailableError:
    barrier = barrier_to(target) if isinstance(error, PermissionError) else None
    if barrier is not None:
        return UnavailableError(f"{kind} {target} 存不了：{barrier.message}", barrier.mend)
    return UnavailableError(
        f"{kind} {target} 存不了：{os_reason(error)}", "请检查路径、权限与磁盘空间"
    )


# What is there already.


def _open_plain(path: Path) -> BinaryIO:
    """Open a plain file; raises OSError for anything else, and never waits for a pipe."""
    handle = os.open(path, os.O_RDONLY | _SAFE)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return os.fdopen(handle, "rb")


def _sha256(path: Path) -> str:
    hashed = sha256()
    with _open_plain(path) as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def _holds(path: Path, body: bytes) -> bool:
    if _is_database(path):
        return False
    try:
        with _open_plain(path) as file:
            return os.fstat(file.fileno()).st_size == len(body) and file.read() == body
    except OSError:
        return False


def _is_database(path: Path) -> bool:
    """Tell whether a file is an SQLite database; one that may not be read is taken for one.

    One in use is not opened: to close it again would drop the locks that this process has on it.
    """
    kept = [beside(path, end) for end in (QUEUE, WRITE_AHEAD, SHARED_MEMORY)]
    if path.is_file() and any(map(os.path.lexists, kept)):
        return True
    try:
        with _open_plain(path) as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except PermissionError:
        return path.is_file()
    except OSError:
        return False


def _holds_materials(folder: Path) -> bool:
    """Tell whether a folder keeps a database's materials, even where the database itself has been
    moved away.
    """
    if not folder.name.casefold().endswith(MATERIALS) or not folder.is_dir():
        return False
    if folder.with_name(folder.name[: -len(MATERIALS)]).is_file():
        return True
    with suppress(PermissionError):
        return any(re.fullmatch("[0-9a-f]{2}", shelf.name) for shelf in folder.iterdir())
    return True


# The register.


def _is_own(place: Path, kind: str) -> bool:
    """Tell whether a file is, byte for byte, what was once written there as the same kind."""
    try:
        with _open_plain(place.with_name(REGISTER)) as file:
            lines = file.read().decode(errors="replace").splitlines()
        return _line(place, _sha256(place), kind) in lines
    except OSError:
        return False


def _register(place: Path, digest: str, kind: str) -> None:
    """Note what is about to be written: before it is, so that a crash between leaves nothing
    unrecognised.

    Where the register is another account's, as in /tmp, nothing is noted, and the file is not
    replaced later.
    """
    path = place.with_name(REGISTER)
    text = ""
    try:
        try:
            handle = create_file(path, _mode(path.parent, None, ours=False))
            text = _HEAD
        except FileExistsError:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | _SAFE)
    except PermissionError:
        return
    with os.fdopen(handle, "r+b", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode) or not (
            text or file.read(len(_HEAD)) == _HEAD.encode()
        ):
            raise InvalidError(f"{path} 不是本程序的登记文件", "请先移走该文件")
        file.write(f"{text}{_line(place, digest, kind)}\n".encode(errors="surrogateescape"))


def _line(place: Path, digest: str, kind: str) -> str:
    return f"{digest} {kind} {place.name!a}"
