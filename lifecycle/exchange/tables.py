"""Rows out of and into other people's tables: XLSX, CSV and YAML, one row at a time.

A file that is no table raises; a fault in one row is that row's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from lifecycle.errors import InvalidError
from lifecycle.exchange.csvfile import read_csv, write_csv
from lifecycle.exchange.listing import read_yaml
from lifecycle.exchange.rows import SheetRow
from lifecycle.infile import open_file
from lifecycle.outfile import new_file

MOST_MB = 50
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_rows(path: Path) -> Iterator[SheetRow]:
    """Read a table by its kind: XLSX by content, YAML by extension, anything else as CSV.

    Empty rows are left out. Raises InvalidError when the file is missing, too large or no table.
    """
    if is_workbook(path):
        from lifecycle.exchange.workbook import read_xlsx

        return read_xlsx(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return read_yaml(path)
    return read_csv(path)


def is_workbook(path: Path) -> bool:
    """Tell whether a file is an XLSX workbook, by its content.

    Raises InvalidError when it is missing, too large, empty, of the old kind or under a password.
    """
    head = _opened(path)
    if head.startswith(_OLE):
        _refuse_old(path)
    return head.startswith(_ZIP)


def _refuse_old(path: Path) -> NoReturn:
    """Say of a file in the container of old Office files what it is: such a container also holds a
    workbook under a password ([MS-OFFCRYPTO] 2.3.4.4), whatever its extension.
    """
    with open_file(path) as file:
        locked = _ENCRYPTED in file.read()
    if locked:
        raise InvalidError(
            f"{path.name} 加了密码，打不开", "在 Excel 或 WPS 中打开，取消密码后另存，再试一次"
        )
    raise InvalidError(f"{path.name} 是旧的 .xls 格式", "在 Excel 或 WPS 中另存为 .xlsx，再试一次")


def write_rows(path: Path, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table as its extension says (.xlsx, else CSV) and count its rows.

    An earlier export is replaced. `kind` is what the table is, in Chinese. Raises InvalidError for
    a place that must not be written.
    """
    with new_file(path, kind) as draft:
        if path.suffix.lower() == ".xlsx":
            from lifecycle.exchange.workbook import write_xlsx

            return write_xlsx(draft, header, rows)
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            return write_csv(file, header, rows)


def _opened(path: Path) -> bytes:
    """Give the first bytes of a file that is there, is a file and is not too large."""
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(8)
    if size > MOST_MB * 1_000_000:
        raise InvalidError(
            f"{path.name} 有 {size / 1_000_000:.0f} MB，超过 {MOST_MB} MB",
            "请拆成几个文件，分次导入",
        )
    if not head:
        raise InvalidError(f"{path.name} 是空文件", "第一行写列名，以下每行一个事项")
    return head
