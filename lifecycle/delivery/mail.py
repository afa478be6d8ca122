"""A letter by mail: one message to one address over SMTP (RFC 5321), with TLS that is never given
up for its lack.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from lifecycle.delivery.deadline import deadline
from lifecycle.delivery.sending import (
    DeliveryError,
    Receipt,
    Sending,
    network_reason,
    one_line,
    safe_name,
    said,
)
from lifecycle.delivery.trust import is_loopback, secret_of, trust

Security = Literal["starttls", "tls", "none"]
_ADDRESS = re.compile(
    r"([^\s\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,64})@([^\s\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,253})"
)
# A display name needs no such character, and readers of mail differ in how they take them, encoded
# or not.
_PLAIN_NAME = str.maketrans('()<>[]:;@\\,."', "（）＜＞［］：；＠＼，．＂")
_MEND_AGAIN = "请检查网络；将以同一编号自动重试，收件方据此去重"
_CHUNK = 1 << 16
_MEND_ADDRESS = "请核对对方邮箱地址，更正后重发"
_MEND_ACCOUNT = "请核对 delivery.yaml 的 smtp（user、from）和环境变量中的密码"


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server through which letters leave: `timeout` in seconds for each step, ten times
    that for a message.

    `password` names an environment variable; `ca` is a file of certificates to be trusted besides
    the system's.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 60.0
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """The channel of a receiver who is reached at a mail address."""

    address: str
    server: Server


def is_address(text: str) -> bool:
    """Tell whether a text can be a mail address (dot-atoms of RFC 5322 §3.4.1; RFC 6531 allows
    other scripts).
    """
    found = _ADDRESS.fullmatch(text)
    if not found or one_line(text, 400) != text:
        return False
    parts = [*found[1].split("."), *found[2].split(".")]
    return all(parts) and not any(part[0] == "-" or part[-1] == "-" for part in found[2].split("."))


def send_mail(
    sending: Sending, channel: Mail, *, now: datetime, environ: Mapping[str, str]
) -> Receipt:
    """Send a letter to one addressee as one message.

    Raises DeliveryError. The receipt's answer is the server's to the message. `now` is the
    message's Date. A connection that breaks after the last byte counts as a failure: the server may
    have the message, and the next attempt sends the same Message-ID.
    """
    server = channel.server
    sender, address = _ascii_domain(server.sender), _ascii_domain(channel.address)
    message = compose(sending, sender, address, now)
    password = secret_of(environ, server.password) if server.user else ""
    if not (server.user + password).isascii():
        raise DeliveryError(
            "邮件账号或密码含非 ASCII 字符，SMTP 认证不支持", _MEND_ACCOUNT, True, shared=True
        )
    with _told(server), closing(_connect(server, sender)) as client:
        with deadline(server.timeout * 10, lambda: client.sock):
            _secure(client, server)
            _log_in(client, server, password)
            answer = _hand_over(client, sending.id, sender, address, message)
        with suppress(smtplib.SMTPException, OSError):  # the message is theirs, however they part
            client.quit()
    return Receipt("mail", channel.address, now, answer)


def compose(sending: Sending, sender: str, address: str, now: datetime) -> EmailMessage:
    """Make the message. Its bytes follow from the sending, the addresses and `now`.

    All parts are in base64.
    """
    message = EmailMessage(policy=SMTP)
    message["Date"] = now
    message["From"] = _named(sending.issuer, sender)
    message["To"] = _named(sending.recipient, address)
    message["Subject"] = one_line(f"{sending.number} {sending.title}", 300)
    name = safe_name(sending.id)
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["X-Lifecycle-Delivery"] = sending.id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no "I am on holiday" in answer
    text = (
        sending.text
        if not sending.code or sending.code in sending.text
        else f"{sending.text.rstrip()}\n\n核验码：{sending.code}\n"
    )
    message.set_content(text, cte="base64")
    for file in sending.files:
        main, _, sub = file.media.partition("/")
        if not re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", file.media) or main in (
            "multipart",
            "message",
        ):
            main, sub = "application", "octet-stream"
        message.add_attachment(file.content, main, sub, cte="base64", filename=one_line(file.name))
    if message.is_multipart():
        # "=_" cannot stand in base64 (RFC 2045 §6.7), so the boundary needs no chance to be unlike
        # the content.
        message.set_boundary(f"=_lifecycle_{sha256(sending.id.encode()).hexdigest()[:32]}")
    return message


def _named(name: str, address: str) -> Address:
    return Address(
        one_line(name.translate(_PLAIN_NAME)),
        addr_spec=None,
        username=address.rpartition("@")[0],
        domain=address.rpartition("@")[2],
    )


def _ascii_domain(address: str) -> str:
    """Give an address with its domain as DNS knows it; the part before @ stays as it is."""
    if not is_address(address):
        raise DeliveryError(f"“{one_line(address)}” 不是邮箱地址", _MEND_ADDRESS, True)
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise DeliveryError(f"邮箱域名 “{domain}” 不合规", _MEND_ADDRESS, True) from None


def _connect(server: Server, sender: str) -> smtplib.SMTP:
    """Greet the server by the sender's domain: this machine's own name may take a minute to find
    and says too much.
    """
    if server.security == "none" and server.user and not is_loopback(server.host):
        raise DeliveryError(
            "未加密的连接上不发送密码",
            "把 smtp 的 security 改为 starttls 或 tls",
            True,
            shared=True,
        )
    name = sender.rpartition("@")[2]
    if server.security == "tls":
        context = trust(server.ca)
        return _TlsClient(server.host, server.port, name, timeout=server.timeout, context=context)
    return _Client(server.host, server.port, name, timeout=server.timeout)


class _Client(smtplib.SMTP):
    """A client that does not wait without end for the end of a greeting: smtplib reads that while
    it is being made.
    """

    def connect(self, *address: Any, **source: Any) -> tuple[int, bytes]:
        with deadline(self.timeout * 10, lambda: self.sock):
            return super().connect(*address, **source)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same where TLS comes first."""


def _secure(client: smtplib.SMTP, server: Server) -> None:
    """Go over to TLS where that is asked for; without it not a word more is said."""
    client.ehlo_or_helo_if_needed()
    if server.security != "starttls":
        return
    if not client.has_extn("starttls"):
        message = f"邮件服务器 {server.host} 不提供 STARTTLS 加密，未发送任何内容"
        mend = "端口 465 用 security: tls；服务器以前有加密的，请网络管理员查是否被中途截断"
        raise DeliveryError(message, mend, True, shared=True)
    client.starttls(context=trust(server.ca))
    client.ehlo_or_helo_if_needed()


def _log_in(client: smtplib.SMTP, server: Server, password: str) -> None:
    if not server.user:
        return
    try:
        client.login(server.user, password)
    except smtplib.SMTPResponseException as error:
        answer = said(_bytes(error.smtp_error))
        permanent = error.smtp_code >= 500
        raise DeliveryError(
            f"邮件服务器拒绝登录：{error.smtp_code} {answer}",
            _MEND_ACCOUNT,
            permanent,
            shared=permanent,
        ) from error
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:  # no AUTH, or none that both sides know
        raise DeliveryError(
            "邮件服务器不支持可用的登录方式", _MEND_ACCOUNT, True, shared=True
        ) from error


def _hand_over(
    client: smtplib.SMTP, sending_id: str, sender: str, address: str, message: EmailMessage
) -> str:
    """Run the mail transaction step by step: smtplib's own keeps neither the server's last words
    nor where it broke.
    """
    international = not (sender + address).isascii()
    if international and not client.has_extn("smtputf8"):
        raise DeliveryError(
            f"邮件服务器不支持含中文的邮箱地址 {address}（无 SMTPUTF8）",
            "请换一个英文邮箱地址",
            True,
        )
    data = message.as_bytes(policy=SMTP.clone(utf8=international))
    limit = client.esmtp_features.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(data):
        message_ = (
            f"邮件有 {_megabytes(len(data))} MB，超过服务器的上限 {_megabytes(int(limit))} MB"
        )
        raise DeliveryError(message_, "请改用文件夹或接口送达，或减少附件", True)
    options = [f"size={len(data)}"] if client.has_extn("size") else []
    options += ["SMTPUTF8", "BODY=8BITMIME"] if international else []
    wishes: list[str] = []
    if client.has_extn("dsn"):  # RFC 3461 §4: what becomes of it is told to the sender's address
        options += ["RET=HDRS", f"ENVID={sending_id}"]
        wishes = ["NOTIFY=SUCCESS,FAILURE,DELAY"]
    _agreed(client.mail(sender, options), f"发件人 {sender}", _MEND_ACCOUNT, ours=True)
    _agreed(client.rcpt(address, wishes), f"收件人 {address}", _MEND_ADDRESS)
    _agreed(client.docmd("DATA"), "邮件", "请稍后再试", wanted=354)
    # In pieces: Python counts a socket's timeout for one whole sendall.
    quoted = re.sub(rb"(?m)^\.", b"..", data) + b".\r\n"
    for start in range(0, len(quoted), _CHUNK):
        client.send(quoted[start : start + _CHUNK])
    return _agreed(client.getreply(), "邮件内容", "请看服务器的答复：是否太大、被判为垃圾邮件")


def _agreed(
    reply: tuple[int, bytes], what: str, mend: str, *, wanted: int = 250, ours: bool = False
) -> str:
    """Give the server's words if it agreed; 4xx may be tried again, 5xx not (RFC 5321 §4.2.1)."""
    code, answer = reply
    words = f"{code} {said(answer)}".strip()
    if code == wanted or (wanted == 250 and code == 251):  # 251: not here, but it will be forwarded
        return words
    raise DeliveryError(
        f"邮件服务器不接受{what}：{words}", mend, 500 <= code <= 599, shared=ours and code >= 500
    )


@contextmanager
def _told(server: Server) -> Iterator[None]:
    """Turn whatever can go wrong between two machines into what an officer can act on."""
    where = f"邮件服务器 {server.host}:{server.port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        message = f"{where} 的证书不可信：{one_line(error.verify_message)}"
        mend = "单位自建证书的，在 delivery.yaml 的 smtp 下写 ca: 证书文件；否则请网络管理员检查"
        raise DeliveryError(message, mend, True, shared=True) from error
    except smtplib.SMTPResponseException as error:
        words = f"{error.smtp_code} {said(_bytes(error.smtp_error))}"
        never = 500 <= error.smtp_code <= 599
        raise DeliveryError(
            f"{where} 拒绝服务：{words}", "请核对主机、端口与账号", never, shared=never
        ) from error
    except (OSError, ValueError) as error:  # smtplib's own are OSErrors
        # A read that timed out reaches us as smtplib's "disconnected".
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            raise DeliveryError(
                f"{where} 在 {server.timeout:g} 秒内没有应答", _MEND_AGAIN
            ) from error
        if isinstance(
            error, smtplib.SMTPServerDisconnected | ConnectionResetError | BrokenPipeError
        ):
            raise DeliveryError(f"{where} 中途断开连接，不知是否收到", _MEND_AGAIN) from error
        mend = "请检查主机、端口、security 与网络；将自动重试"
        raise DeliveryError(
            f"{where} 连接失败：{network_reason(error)}", mend, shared=True
        ) from error


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f}"
