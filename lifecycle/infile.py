"""The one way to read a file that somebody names, and to say why it cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from lifecycle.errors import InvalidError, UnavailableError, os_reason

_LOOK = "请核对文件名和所在目录"
_WRONG = "请核对是否选错了文件"


def open_file(path: Path, what: str = "文件", *, missing: str = _LOOK) -> BinaryIO:
    """Open a file that somebody named.

    `what` is the file in Chinese, `missing` the mend where there is none. Raises InvalidError where
    there is no such file, UnavailableError where the system refuses.
    """
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InvalidError(f"没有{what} {path}", missing) from None
    except IsADirectoryError:
        raise InvalidError(f"{path} 是目录，不是文件", _WRONG) from None
    except OSError as error:
        raise _unread(path, what, error) from error


def read_file(
    path: Path,
    what: str = "文件",
    *,
    missing: str = _LOOK,
    most_bytes: int | None = None,
    too_large: str = _WRONG,
) -> bytes:
    """Read a file that somebody named, of so many bytes at most; raises as `open_file` does.

    `too_large` is the mend where it has more.
    """
    with open_file(path, what, missing=missing) as file:
        try:
            body = file.read() if most_bytes is None else file.read(most_bytes + 1)
        except OSError as error:
            raise _unread(path, what, error) from error
    if most_bytes is not None and len(body) > most_bytes:
        raise InvalidError(f"{what} {path} 超过 {most_bytes >> 20} MB", too_large)
    return body


def _unread(path: Path, what: str, error: OSError) -> UnavailableError:
    return UnavailableError(f"{what} {path} 读不了：{os_reason(error)}", "请检查权限与磁盘")
