"""A letter as a signed JSON document, posted to a receiver's own system."""

from __future__ import annotations

import hmac
import http.client
import json
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from lifecycle.delivery.deadline import deadline
from lifecycle.delivery.sending import (
    DeliveryError,
    Receipt,
    Sending,
    network_reason,
    one_line,
    said,
)
from lifecycle.delivery.trust import is_loopback, secret_of, trust

FORMAT = "lifecycle-delivery/1"
LEAST_SECRET = 16
"""Bytes of a secret: shorter ones can be guessed from one signed body."""
MOST_PAUSE = timedelta(days=1)
"""Longer than this no Retry-After is heeded."""
_MOST_BODY = 4096
_CHUNK = 1 << 16
_TEMPORARY = (408, 425, 429)
_BUSY = (429, 502, 503, 504)
_OURS = (401, 403, 404, 407, 410)
_MEND = "请核对 delivery.yaml 的网址与密钥，并与对方系统管理员联系"
_MEND_AGAIN = "请检查网络；将以同一编号自动重试，对方据此去重"


@dataclass(frozen=True, slots=True)
class Webhook:
    """The channel of a receiver with a system of its own; `secret` names an environment variable.

    `timeout` in seconds for each step, ten times that for a letter; `ca` as of a mail server.
    """

    url: str
    secret: str
    timeout: float = 30.0
    ca: Path | None = None


def url_fault(url: str) -> tuple[str, str] | None:
    """Say what is wrong with a webhook's address and how to mend it.

    None if nothing is. Never repeats the address.
    """
    if not re.fullmatch(r"[\x21-\x7e]{1,1000}", url):
        return (
            "网址只能有可见的 ASCII 字符",
            "中文域名写成 xn-- 的样子，路径中的中文写成 %E4… 的样子",
        )
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "网址不合规", "写成 https://主机/路径 的样子"
    if parts.scheme not in ("https", "http") or not host or parts.fragment:
        return "网址不合规", "写成 https://主机/路径 的样子"
    if parts.username is not None or parts.password is not None:
        return "网址里不能带账号或密码", "删去 “@” 及其前面的部分；身份由签名证明"
    if parts.scheme == "http" and not is_loopback(host):
        return "网址应以 https:// 开头", "只有本机（127.0.0.1、localhost）可用 http://"
    return None


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Give `v1=` and the hexadecimal HMAC-SHA256 (RFC 2104) of timestamp, a full stop
    and the body.
    """
    return "v1=" + hmac.new(secret, timestamp.encode() + b"." + body, sha256).hexdigest()


def body_of(sending: Sending) -> bytes:
    """Give the JSON document of a sending, the same on every attempt: its parts by name, files in
    base64.
    """
    document = {
        "format": FORMAT,
        "id": sending.id,
        "number": sending.number,
        "title": sending.title,
        "kind": sending.kind,
        "issuer": sending.issuer,
        "recipient": sending.recipient,
        "on": sending.on.isoformat(),
        "code": sending.code,
        "text": sending.text,
        "files": [
            {
                "name": file.name,
                "media": file.media,
                "bytes": len(file.content),
                "sha256": sha256(file.content).hexdigest(),
                "content": b64encode(file.content).decode(),
            }
            for file in sending.files
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def post_webhook(
    sending: Sending, channel: Webhook, *, now: datetime, environ: Mapping[str, str]
) -> Receipt:
    """KeptLetters a letter for one addressee.

    Raises DeliveryError. Any 2xx is a receipt, and its answer the status and the body's beginning.
    No redirect is followed and no proxy used: the letter goes to the configured host or nowhere.
    """
    fault = url_fault(channel.url)
    if fault:
        raise DeliveryError(*fault, True, shared=True)
    secret = secret_of(environ, channel.secret).encode("utf-8", "surrogateescape")
    if len(secret) < LEAST_SECRET:
        message = f"环境变量 {channel.secret} 中的密钥太短"
        raise DeliveryError(
            message,
            f"至少 {LEAST_SECRET} 字节，例如 openssl rand -hex 32 的结果",
            True,
            shared=True,
        )
    parts, body = urlsplit(channel.url), body_of(sending)
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "User-Agent": "lifecycle",
        "Idempotency-Key": sending.id,
        "X-Lifecycle-Timestamp": timestamp,
        "X-Lifecycle-Signature": sign(secret, timestamp, body),
    }
    with _told(channel, parts), closing(_connection(channel, parts)) as connection:
        connection.connect()
        sock = connection.sock  # the connection forgets it while the answer is still being read
        with deadline(channel.timeout * 10, lambda: sock):
            return _exchange(connection, channel, parts, body, headers, now)


def _connection(channel: Webhook, parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    # Always with a port: without one, http.client takes the end of an IPv6 address for it.
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port or 80, timeout=channel.timeout)
    return http.client.HTTPSConnection(
        host, parts.port or 443, timeout=channel.timeout, context=trust(channel.ca)
    )


def _exchange(
    connection: http.client.HTTPConnection,
    channel: Webhook,
    parts: SplitResult,
    body: bytes,
    headers: dict[str, str],
    now: datetime,
) -> Receipt:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pieces = (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK))
    # Who refuses a body may answer and close before it is through; that answer says more than the
    # broken pipe.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", path, pieces, headers)
    response = connection.getresponse()
    with response:
        words = _read_until_broken(response)
        answer = f"{response.status} {said(words)}".strip()
        if 200 <= response.status <= 299:
            # Without the query, in which some systems have their callers carry a key: receipts go
            # on record.
            return Receipt("webhook", parts._replace(query="").geturl(), now, answer)
        raise _refused(response.status, answer, response.headers.get("Retry-After", ""), now)


def _read_until_broken(response: http.client.HTTPResponse) -> bytes:
    """Read the beginning of an answer's body, or what of it came before it broke off.

    The status has said by then what they did with the letter.
    """
    words = b""
    with suppress(OSError, http.client.HTTPException):
        while len(words) < _MOST_BODY and (piece := response.read1(_MOST_BODY - len(words))):
            words += piece
    return words


def _refused(status: int, answer: str, retry_after: str, now: datetime) -> DeliveryError:
    if status in _TEMPORARY or 500 <= status <= 599:
        pause = pause_of(retry_after, now)
        return DeliveryError(
            f"对方系统暂不接收：{answer}", "将自动重试", shared=status in _BUSY, retry_after=pause
        )
    if 300 <= status <= 399:
        message = f"对方系统要求转到别的网址（{status}），未跟随"
        return DeliveryError(message, "请向对方核实新网址，写进 delivery.yaml", True, shared=True)
    return DeliveryError(f"对方系统拒收：{answer}", _MEND, True, shared=status in _OURS)


def pause_of(retry_after: str, now: datetime) -> timedelta | None:
    """Read a Retry-After (RFC 9110 §10.2.3: seconds or a date), at most a day.

    None where there is none to be read.
    """
    if re.fullmatch(r"[0-9]{1,9}", retry_after, re.ASCII):
        return min(timedelta(seconds=int(retry_after)), MOST_PAUSE)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), MOST_PAUSE)


@contextmanager
def _told(channel: Webhook, parts: SplitResult) -> Iterator[None]:
    """Turn whatever can go wrong between two machines into what an officer can act on."""
    where = f"对方系统 {parts.hostname}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        message = f"{where} 的证书不可信：{one_line(error.verify_message)}"
        mend = "对方自建证书的，在该单位的 webhook 旁写 ca: 证书文件；否则请对方检查"
        raise DeliveryError(message, mend, True, shared=True) from error
    except TimeoutError as error:
        raise DeliveryError(
            f"{where} 在 {channel.timeout:g} 秒内没有应答", _MEND_AGAIN, shared=True
        ) from error
    except (http.client.HTTPException, ConnectionResetError, BrokenPipeError) as error:
        raise DeliveryError(f"{where} 的应答不完整，不知是否收到", _MEND_AGAIN) from error
    except (OSError, ValueError) as error:
        mend = "请检查网址、端口与网络；将自动重试"
        raise DeliveryError(
            f"{where} 连接失败：{network_reason(error)}", mend, shared=True
        ) from error
