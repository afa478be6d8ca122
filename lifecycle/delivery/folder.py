"""A letter into a watched folder, from which an exchange system (公文交换) takes it: there whole or
not at all.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from lifecycle.delivery.sending import Attached, DeliveryError, Receipt, Sending, safe_name, unseen
from lifecycle.errors import os_reason
from lifecycle.outfile import sync_folder

FORMAT = "lifecycle-delivery/1"
MANIFEST = "manifest.json"
_TEXT = "正文.txt"
_MOST_NAME = 180
"""Bytes of a file's name: file systems hold 255, and a receiver may add to it."""
_STALE = 3600
"""Seconds after which an unfinished draft of a sending was left by a crash, not by a sender still
at work.
"""
_WINDOWS = (
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(10)),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """The channel of a receiver who watches a folder.

    The folder must be there, only what is put into it is made.
    """

    path: Path


def put_folder(sending: Sending, channel: Folder, *, now: datetime) -> Receipt:
    """Put a sending as a folder of its own.

    Raises DeliveryError. The answer is the new folder's name. It appears under its final name by
    one rename, after all its bytes are on the disk; names that begin with a dot are unfinished. The
    same sending twice leaves one folder; another content under the same id is refused.
    """
    target = channel.path / safe_name(sending.id)
    contents = dict(_contents(sending))
    try:
        if not channel.path.is_dir():
            raise DeliveryError(
                f"送达目录 {channel.path} 不存在",
                "请检查共享目录是否挂载，或先建好该目录",
                shared=True,
            )
        if not _is_there(target, contents):
            _sweep(target, now)
            _write(target, contents)
    except OSError as error:
        mend = "请检查磁盘空间与目录权限；将自动重试"
        message = f"不能写入送达目录 {channel.path}：{os_reason(error)}"
        raise DeliveryError(message, mend, shared=True) from error
    return Receipt("folder", str(channel.path), now, target.name)


def manifest_of(sending: Sending) -> dict[str, Any]:
    """Give what the manifest says: the letter's data and each file's name here, original name,
    type, size, SHA-256.
    """
    return {
        "format": FORMAT,
        "id": sending.id,
        "number": sending.number,
        "title": sending.title,
        "kind": sending.kind,
        "issuer": sending.issuer,
        "recipient": sending.recipient,
        "on": sending.on.isoformat(),
        "code": sending.code,
        "files": [
            {
                "name": name,
                "original": file.name,
                "media": file.media,
                "bytes": len(file.content),
                "sha256": sha256(file.content).hexdigest(),
            }
            for name, file in _placed(sending)
        ],
    }


def _contents(sending: Sending) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, json.dumps(manifest_of(sending), ensure_ascii=False, indent=1).encode() + b"\n"
    for name, file in _placed(sending):
        yield name, file.content


def _placed(sending: Sending) -> Iterator[tuple[str, Attached]]:
    """Give each file and the name under which it lies here.

    No two are the same where case does not count.
    """
    taken = {MANIFEST}
    for file in (
        Attached(_TEXT, "text/plain; charset=utf-8", sending.text.encode()),
        *sending.files,
    ):
        name = plain = clean_name(file.name)
        count = 1
        while name.casefold() in taken:
            count += 1
            stem, dot, suffix = plain.rpartition(".")
            name = f"{stem}-{count}.{suffix}" if dot else f"{plain}-{count}"
        taken.add(name.casefold())
        yield name, file


def clean_name(name: str) -> str:
    """Give a file's name that stays in its folder on every system: no separators, no devices, 180
    bytes at most.
    """
    text = unicodedata.normalize("NFC", name)
    text = "".join("_" if _odd(c) else c for c in text)
    text = text.strip(" .") or "_"
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = text, "", ""
    stem = (
        stem.encode()[: _MOST_NAME - len((dot + suffix).encode())]
        .decode(errors="ignore")
        .rstrip(" .")
    )
    if stem.split(".")[0].rstrip().casefold() in _WINDOWS:
        stem = "_" + stem
    return stem + dot + suffix


def _odd(c: str) -> bool:
    return c in '/\\:*?"<>|' or unseen(c) or (c.isspace() and c != " ")


def _is_there(target: Path, contents: dict[str, bytes]) -> bool:
    """Tell whether the sending was put before.

    Raises DeliveryError where something else bears its name. A file that is missing beside our
    manifest was taken by the receiver: the folder came into being whole.
    """
    if not os.path.lexists(target):
        return False
    same = not target.is_symlink() and _holds(target / MANIFEST, contents[MANIFEST])
    rest = [target / name for name in contents if os.path.lexists(target / name)]
    if not same or not all(_holds(path, contents[path.name]) for path in rest):
        message = f"送达目录里已有同名的 {target.name}，内容不同，未覆盖"
        raise DeliveryError(message, "请核对该目录是否被改动；移走后再发", True)
    return True


def _holds(path: Path, content: bytes) -> bool:
    """Tell whether a plain file holds just this.

    Its size is asked first, so nothing large is read in vain.
    """
    return (
        not path.is_symlink()
        and path.is_file()
        and path.stat().st_size == len(content)
        and (path.read_bytes() == content)
    )


def _draft_prefix(target: Path) -> str:
    return f".{target.name}~"


def _sweep(target: Path, now: datetime) -> None:
    """Remove drafts of this sending that a crash left behind."""
    for draft in target.parent.glob(f"{_draft_prefix(target)}*.part"):
        try:
            if draft.lstat().st_mtime < now.timestamp() - _STALE:
                shutil.rmtree(draft, ignore_errors=True)
        except FileNotFoundError:
            continue


def _write(target: Path, contents: dict[str, bytes]) -> None:
    draft = target.with_name(f"{_draft_prefix(target)}{token_hex(8)}.part")
    try:
        draft.mkdir()
        for name, content in contents.items():
            with (draft / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(draft)
        try:
            draft.rename(target)
        except OSError as error:
            # Somebody was first between our look and our rename: the same sending is as good,
            # another is refused.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) or not _is_there(
                target, contents
            ):
                raise
        sync_folder(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
