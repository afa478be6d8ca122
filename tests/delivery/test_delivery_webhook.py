"""A letter to a receiver's own system: signed, posted once, and taken for nothing but what was
answered.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mailserver import make_certificate
from test_delivery_mail import NOW, SENDING, failure

from lifecycle.delivery.channels import deliver
from lifecycle.delivery.sending import Attached, Receipt
from lifecycle.delivery.webhook import Webhook, pause_of, sign, url_fault

SECRET = "0123456789abcdef-瓯江"
ENVIRON = {"HOOK_SECRET": SECRET}


@dataclass
class Receiver:
    """A receiver's system: answers by `status` and `headers`, and keeps what it was sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = "已收".encode()
    reads: bool = True
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    @property
    def channel(self) -> Webhook:
        """The channel to it."""
        return Webhook(self.url, "HOOK_SECRET", timeout=5)


@contextmanager
def running(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run it on loopback in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])) if receiver.reads else b""
            receiver.taken.append((self.path, dict(self.headers), body))
            self.close_connection = True
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.answer)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, *_: object) -> None:
            """A client that hangs up on a bad certificate is what some tests are about."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    receiver.url = (
        f"http{'s' if context else ''}://127.0.0.1:{server.server_port}/letters?key=hidden"
    )
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_letter_arrives_signed() -> None:
    """The receiver finds the whole letter and can prove who sent it; the receipt has status and
    answer, not the key.
    """
    with running(Receiver(202)) as receiver:
        receipt = deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON)
    ((path, headers, body),) = receiver.taken
    assert receipt == Receipt("webhook", receiver.url.removesuffix("?key=hidden"), NOW, "202 已收")
    assert path == "/letters?key=hidden"
    assert headers["Idempotency-Key"] == SENDING.id
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    document = json.loads(body)
    files = [
        Attached(f["name"], f["media"], b64decode(f["content"])) for f in document.pop("files")
    ]
    assert tuple(files) == SENDING.files
    assert document == {
        "format": "lifecycle-delivery/1",
        "id": SENDING.id,
        "number": SENDING.number,
        "title": SENDING.title,
        "kind": "函",
        "issuer": "丽水市招商局",
        "recipient": "丽水市自然资源和规划局",
        "on": "2026-03-02",
        "code": "K7QM-3F9T-X2HD",
        "text": SENDING.text,
    }
    timestamp, signature = headers["X-Lifecycle-Timestamp"], headers["X-Lifecycle-Signature"]
    assert timestamp == str(int(NOW.timestamp()))
    assert signature == sign(SECRET.encode(), timestamp, body)


def test_signature_is_the_documented_one() -> None:
    """Any HMAC tool gives the same signature over timestamp, full stop and body."""
    # printf '1772415000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
    known = "v1=e0bf01da1655b6d8309e76591f2195c160fbff9c6c5dff74dbaf58c9c7f21e57"
    assert sign(b"0123456789abcdef", "1772415000", b"{}") == known


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (401, True),
        (404, True),
        (408, False),
        (409, True),
        (413, True),
        (425, False),
        (429, False),
        (500, False),
        (503, False),
        (301, True),
        (304, True),
    ],
)
def test_answers_that_are_no_receipt(status: int, permanent: bool) -> None:
    """408, 425, 429 and 5xx may be tried again; every other answer but 2xx may not."""
    with running(Receiver(status, answer=b"")) as receiver:
        error = failure(lambda: deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON))
    assert (error.permanent, error.exit_code) == (permanent, 3)
    assert len(receiver.taken) == 1


def test_pause_that_is_asked_for() -> None:
    """Retry-After in seconds or as a date is handed on, at most a day; nonsense is none."""
    with running(Receiver(503, {"Retry-After": "120"})) as receiver:
        error = failure(lambda: deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON))
    assert (error.message, error.retry_after) == (
        "对方系统暂不接收：503 已收",
        timedelta(seconds=120),
    )
    assert pause_of("Mon, 02 Mar 2026 01:31:00 GMT", NOW) == timedelta(seconds=60)
    assert pause_of("Mon, 02 Mar 2020 01:31:00 GMT", NOW) == timedelta()
    assert pause_of("999999999", NOW) == timedelta(days=1)
    assert [pause_of(text, NOW) for text in ("", "-1", "soon", "1.5", "１", "9" * 30)] == [None] * 6


def test_redirects_are_not_followed() -> None:
    """A redirect is a refusal: the letter is not carried to an address that nobody configured."""
    with running(Receiver()) as other, running(Receiver(307, {"Location": other.url})) as receiver:
        error = failure(lambda: deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON))
    assert error.message == "对方系统要求转到别的网址（307），未跟随"
    assert (error.permanent, error.shared, other.taken) == (True, True, [])


def test_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long answer with odd characters one short line is kept; a proxy of the environment is
    not asked.
    """
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with running(Receiver(answer=b"\x1b[31mok\r\n" + b"x" * 10_000_000)) as receiver:
        receipt = deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON)
    assert receipt.answer == "200 [31mok " + "x" * 192 + "…"


def test_early_refusal_is_heard() -> None:
    """A receiver that answers before it has read a large body is understood, or tried again, never
    a traceback.
    """
    large = replace(SENDING, files=(Attached("大.pdf", "application/pdf", bytes(30_000_000)),))
    with running(Receiver(413, reads=False)) as receiver:
        error = failure(lambda: deliver(large, receiver.channel, now=NOW, environ=ENVIRON))
    assert error.message in (
        "对方系统拒收：413 已收",
        "对方系统 127.0.0.1 的应答不完整，不知是否收到",
    )


def test_certificates_are_verified(tmp_path: Path) -> None:
    """An untrusted certificate gets nothing; one that the configuration names is trusted."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with running(Receiver(), context) as receiver:
        error = failure(lambda: deliver(SENDING, receiver.channel, now=NOW, environ=ENVIRON))
        assert error.message == "对方系统 127.0.0.1 的证书不可信：self-signed certificate"
        assert (error.permanent, error.shared, receiver.taken) == (True, True, [])
        deliver(SENDING, replace(receiver.channel, ca=certificate), now=NOW, environ=ENVIRON)
    assert len(receiver.taken) == 1
    missing = replace(receiver.channel, ca=tmp_path / "none.pem")
    assert failure(lambda: deliver(SENDING, missing, now=NOW, environ=ENVIRON)).permanent
    (tmp_path / "empty.pem").touch()
    empty = replace(receiver.channel, ca=tmp_path / "empty.pem")
    assert failure(lambda: deliver(SENDING, empty, now=NOW, environ=ENVIRON)).permanent


def test_secret_must_be_there_and_long() -> None:
    """Without a secret of 16 bytes nothing is sent, and the error does not repeat it."""
    with running(Receiver()) as receiver:
        unset = failure(lambda: deliver(SENDING, receiver.channel, now=NOW, environ={}))
        short = failure(
            lambda: deliver(SENDING, receiver.channel, now=NOW, environ={"HOOK_SECRET": "hunter2"})
        )
    assert (unset.message, unset.permanent) == ("环境变量 HOOK_SECRET 没有设置", True)
    assert (short.message, short.permanent) == ("环境变量 HOOK_SECRET 中的密钥太短", True)
    assert receiver.taken == []


@contextmanager
def dripping(first: bytes, drop: bytes, pause: float) -> Iterator[str]:
    """Give the address of a server that answers `first`, then `drop` over and over if it is any."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(first)
                while drop and not done.wait(pause):
                    connection.sendall(drop)
                # Closed with a request unread, a connection is reset, and the answer lost with it.
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):
                    pass
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        done.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"HTTP/1.1 ", b"2"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"garbage\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 70_000),
        (b"HTTP/1.1 503 \r\nContent-Length: 100\r\n\r\nx", b""),
        (b"", b""),
    ],
)
def test_odd_receivers_are_told_without_a_traceback(first: bytes, drop: bytes) -> None:
    """Answers without end, garbage and broken ones are temporary failures, in bounded time."""
    with dripping(first, drop, 0.02) as url:
        error = failure(
            lambda: deliver(
                SENDING, Webhook(url, "HOOK_SECRET", timeout=0.1), now=NOW, environ=ENVIRON
            )
        )
    assert not error.permanent


@pytest.mark.parametrize(
    ("first", "drop", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", "200"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", b"", "200 x"),
        (b"HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", b"", "201"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b".", "200"),
    ],
)
def test_letter_is_theirs_once_they_said_so(first: bytes, drop: bytes, answer: str) -> None:
    """A 2xx is a receipt, also where the rest of the answer breaks off or never ends."""
    with dripping(first, drop, 0.05) as url:
        receipt = deliver(
            SENDING, Webhook(url, "HOOK_SECRET", timeout=0.1), now=NOW, environ=ENVIRON
        )
    assert receipt.answer.rstrip(" .") == answer


def test_nobody_there() -> None:
    """A refused connection is temporary and concerns all letters of the channel."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    to = Webhook(f"http://localhost:{port}", "HOOK_SECRET", timeout=1)
    error = failure(lambda: deliver(SENDING, to, now=NOW, environ=ENVIRON))
    assert (error.permanent, error.shared) == (False, True)


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://oa.example.gov.cn/letters?x=1", True),
        ("https://[2001:db8::1]:8443/", True),
        ("http://127.0.0.1:8000/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://oa.example.gov.cn/", False),
        ("http://localhost.example.cn/", False),
        ("https://user:pw@example.cn/", False),
        ("https://example.cn/#x", False),
        ("https://example.cn:99999/", False),
        ("https:///x", False),
        ("ftp://example.cn/", False),
        ("https://例.cn/", False),
        ("https://example.cn/\r\nX: y", False),
        ("https://[::1/", False),
    ],
)
def test_what_an_address_is(url: str, right: bool) -> None:
    """Only https, but for this machine; no account, no fragment, nothing that could end
    a header.
    """
    assert (url_fault(url) is None) is right
    if not right:
        error = failure(
            lambda: deliver(SENDING, Webhook(url, "HOOK_SECRET"), now=NOW, environ=ENVIRON)
        )
        assert (error.permanent, url not in error.message) == (True, True)
