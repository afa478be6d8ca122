"""What is handed to one receiver, what comes back, and what it is when it could not be
handed over.
"""

from __future__ import annotations

import re
import socket
import ssl
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import ClassVar, NamedTuple

from lifecycle.errors import InvalidError, LifecycleError, os_reason

MOST_ANSWER = 200
"""So many characters of another machine's answer are kept."""
_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,90}")
# A name that no file system folds, trims or takes for a device's; also a dot-atom of RFC 5322
# §3.2.3. What ends like the other branch's digest is none, or two ids could meet in one name.
_PLAIN = re.compile(r"(?!.*-[0-9a-f]{16}\Z)[0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*")


class Attached(NamedTuple):
    """One file of a sending: its name as people see it, its media type such as application/pdf, its
    bytes.
    """

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter for one receiver.

    `id` is the same on every attempt, so that the receiver can drop a second copy. `id`: 1 to 90 of
    A–Z a–z 0–9 _ . : / -; `text`: the letter as plain text; `code`: its verification code, empty if
    it has none; `on`: the letter's day. Raises InvalidError for an id of other characters and for
    texts that UTF-8 cannot hold.
    """

    id: str
    title: str
    number: str
    kind: str
    issuer: str
    recipient: str
    text: str
    files: tuple[Attached, ...]
    code: str
    on: date

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise InvalidError("送达编号不合规", "用字母、数字与 _ . : / -，最多 90 个")
        texts = (
            self.title,
            self.number,
            self.kind,
            self.issuer,
            self.recipient,
            self.text,
            self.code,
        )
        for text in (*texts, *(part for file in self.files for part in file[:2])):
            if any("\ud800" <= c <= "\udfff" for c in text):
                raise InvalidError(
                    "公文里有不成字的代码（孤立的代理码位）", "请改正要素中的乱码后再发"
                )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the sending: by which channel (mail, folder, webhook), at which address,
    when, its answer.
    """

    channel: str
    address: str
    at: datetime
    answer: str


class DeliveryError(LifecycleError):
    """A sending was not handed over, or nobody knows whether it was.

    `permanent`: the same attempt would fail again, so none should be made before somebody mends
    something. `shared`: not this letter is at fault but the channel (password, certificate, service
    down): its other letters would fail alike now. `retry_after`: the other side asked to be left
    alone for so long.
    """

    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        message: str,
        mend: str = "",
        permanent: bool = False,
        *,
        shared: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, mend)
        self.permanent = permanent
        self.shared = shared
        self.retry_after = retry_after


def safe_name(sending_id: str) -> str:
    """Give a name for files and Message-IDs that tells every id from every other, on every file
    system.
    """
    if _PLAIN.fullmatch(sending_id):
        return sending_id
    plain = re.sub(r"[^a-z0-9_-]+", "-", sending_id.lower()).strip("-")
    return f"{plain or 'id'}-{sha256(sending_id.encode()).hexdigest()[:16]}"


def one_line(text: str, most: int = MOST_ANSWER) -> str:
    """Give a text as one line without characters that cannot be seen, at most so many characters
    long.

    Used for all that goes into a header and for all that another machine said.
    """
    seen = "".join(" " if c.isspace() else "" if unseen(c) else c for c in text)
    line = " ".join(seen.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def unseen(c: str) -> bool:
    """Tell whether a character shows nothing but may do something: controls, marks of direction,
    lone surrogates.

    Private and unassigned ones are kept: rare characters of names are written with them until fonts
    and Unicode follow.
    """
    return unicodedata.category(c) in ("Cc", "Cf", "Cs")


def said(answer: bytes) -> str:
    """Give what another machine said, whatever encoding it speaks: UTF-8, or else GB 18030."""
    try:
        return one_line(answer.decode())
    except UnicodeDecodeError:
        return one_line(answer.decode("gb18030", "replace"))


def network_reason(error: OSError | ValueError) -> str:
    """Say in Chinese why another machine could not be reached or understood."""
    if isinstance(error, ssl.SSLError):
        # Its number is OpenSSL's own, not the system's.
        return f"加密连接没有谈成（{one_line(getattr(error, 'reason', None) or 'TLS')}）"
    if isinstance(error, socket.gaierror):
        return "查不到这个主机名"
    if isinstance(error, OSError) and error.errno:
        return os_reason(error)
    return f"应答或地址不合规（{type(error).__name__}）"
