"""A letter by mail, over a real server on loopback: what arrives, what is refused, and what a
killed server leaves.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import SMTP, default
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailserver import PASSWORD, USER, MailServer, make_certificate, servers

from lifecycle.delivery.channels import deliver
from lifecycle.delivery.mail import Mail, Server, compose, is_address
from lifecycle.delivery.sending import (
    Attached,
    DeliveryError,
    Receipt,
    Sending,
    one_line,
    safe_name,
)
from lifecycle.errors import InvalidError

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
PDF = b"%PDF-1.7\n.\r\n..\r\n" + bytes(range(256)) * 300
SENDING = Sending(
    id="0198c5f1-7a2b-7000-8000-00000000002a.1",
    title="关于征求瓯江云栖康养度假综合体选址意见的函",
    number="丽招函〔2026〕3号",
    kind="函",
    issuer="丽水市招商局",
    recipient="丽水市自然资源和规划局",
    text="丽水市自然资源和规划局：\n　　请于3月9日前反馈。\n.\n",
    files=(
        Attached(
            "丽招函〔2026〕3号 关于征求瓯江云栖康养度假综合体选址意见的函（附件1：选址论证报告）"
            ".pdf",
            "application/pdf",
            PDF,
        ),
        Attached(
            '𡶴峃 "漈"; x=1.docx',
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK",
        ),
    ),
    code="K7QM-3F9T-X2HD",
    on=date(2026, 3, 2),
)
SMALL = replace(SENDING, files=())


class Certificate(NamedTuple):
    """Files of a server's certificate and key."""

    certificate: Path
    key: Path

    @property
    def options(self) -> tuple[str, ...]:
        """The mail server's options that use it."""
        return ("--certificate", str(self.certificate), "--key", str(self.key))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Give a certificate for loopback that no system trusts."""
    return Certificate(*make_certificate(tmp_path_factory.mktemp("certificate")))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """Give a server without TLS."""
    yield from servers(tmp_path / "mail")


def channel(server: MailServer, address: str = "land@example.gov.cn", **changes: object) -> Mail:
    """Give the channel to an address through a server, unencrypted unless told otherwise."""
    settings = Server("127.0.0.1", server.port, "zhaoshang@example.gov.cn", "none", timeout=10)
    return Mail(address, replace(settings, **changes))  # type: ignore[arg-type]


def failure(send: Callable[[], Receipt]) -> DeliveryError:
    """Give the error that sending ends in."""
    with pytest.raises(DeliveryError) as caught:
        send()
    return caught.value


def test_letter_arrives_whole(server: MailServer) -> None:
    """Subject, sender, receiver, text and files with Chinese names arrive as they were; the receipt
    has the answer.
    """
    receipt = deliver(SENDING, channel(server), now=NOW)
    (taken,) = server.messages()
    message = taken.message
    assert (receipt.channel, receipt.address, receipt.at) == ("mail", "land@example.gov.cn", NOW)
    assert receipt.answer.startswith("250 2.0.0 Ok: queued as ")
    assert (taken.sender, taken.receivers) == ("zhaoshang@example.gov.cn", ["land@example.gov.cn"])
    assert message["Subject"] == "丽招函〔2026〕3号 关于征求瓯江云栖康养度假综合体选址意见的函"
    assert message["From"].addresses[0].display_name == "丽水市招商局"
    assert message["To"].addresses[0].display_name == "丽水市自然资源和规划局"
    assert message["Message-ID"] == "<0198c5f1-7a2b-7000-8000-00000000002a.1@example.gov.cn>"
    assert message["X-Lifecycle-Delivery"] == SENDING.id
    assert message["Date"].datetime == NOW
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == SENDING.text + "\n核验码：K7QM-3F9T-X2HD\n"
    files = [
        (part.get_filename(), part.get_content_type(), part.get_content())
        for part in message.iter_attachments()
    ]
    assert files == [tuple(file) for file in SENDING.files]


def test_lines_are_short_and_ascii(server: MailServer) -> None:
    """No line is longer than 998 octets (RFC 5322 §2.1.1) and no byte has its eighth bit set."""
    deliver(SENDING, channel(server), now=NOW)
    content = server.messages()[0].content
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_same_sending_gives_same_bytes() -> None:
    """A second attempt at the same moment is the same message to the last byte, boundaries
    included.
    """
    first, second = (
        compose(SENDING, "a@example.cn", "b@example.cn", NOW).as_bytes() for _ in range(2)
    )
    assert first == second


def test_status_notices_are_asked_for_where_the_server_has_them(
    tmp_path: Path, server: MailServer
) -> None:
    """DSN (RFC 3461) is asked for with the sending's id; a server that does not offer it is not
    asked.
    """
    deliver(SMALL, channel(server), now=NOW)
    assert server.messages()[0].options == [
        "RET=HDRS",
        f"ENVID={SENDING.id}",
        "NOTIFY=SUCCESS,FAILURE,DELAY",
    ]
    with MailServer(tmp_path / "plain", "--plain") as plain:
        deliver(SMALL, channel(plain), now=NOW)
        assert plain.messages()[0].options == []


def test_killed_in_the_middle_of_data_and_restarted(server: MailServer) -> None:
    """Killed with the message half read: a temporary failure; restarted on its port: delivered
    under the same id.
    """
    errors: list[DeliveryError] = []
    large = replace(SENDING, files=(Attached("大.pdf", "application/pdf", bytes(20_000_000)),))
    to_stuck = channel(server, "stuck@example.gov.cn")
    thread = threading.Thread(
        target=lambda: errors.append(failure(lambda: deliver(large, to_stuck, now=NOW)))
    )
    thread.start()
    server.wait_for("stuck")
    server.kill()
    thread.join()
    (error,) = errors
    assert (error.permanent, error.exit_code) == (False, 3)
    assert error.message == f"邮件服务器 127.0.0.1:{server.port} 中途断开连接，不知是否收到"
    down = failure(lambda: deliver(large, to_stuck, now=NOW))
    assert (down.permanent, down.shared) == (False, True)
    assert server.messages() == []
    server.start()
    deliver(large, to_stuck, now=NOW)
    (taken,) = server.messages()
    assert taken.message["Message-ID"] == f"<{SENDING.id}@example.gov.cn>"
    assert next(taken.message.iter_attachments()).get_content() == bytes(20_000_000)


@pytest.mark.parametrize(("receiver", "copies"), [("silent", 1), ("kept", 2)])
def test_killed_before_its_answer(server: MailServer, receiver: str, copies: int) -> None:
    """Killed between the last byte and the answer, kept or not: sent again, and both copies bear
    one id.
    """
    errors: list[DeliveryError] = []
    to = channel(server, f"{receiver}@example.gov.cn")
    thread = threading.Thread(
        target=lambda: errors.append(failure(lambda: deliver(SMALL, to, now=NOW)))
    )
    thread.start()
    server.wait_for(receiver)
    server.kill()
    thread.join()
    assert [error.permanent for error in errors] == [False]
    server.start()
    deliver(SMALL, to, now=NOW + timedelta(minutes=1))
    ids = [taken.message["Message-ID"] for taken in server.messages()]
    assert ids == [f"<{SENDING.id}@example.gov.cn>"] * copies


def test_refused_for_now_then_taken(server: MailServer) -> None:
    """451 is temporary, and the next attempt is taken."""
    busy = channel(server, "busy@example.gov.cn")
    error = failure(lambda: deliver(SMALL, busy, now=NOW))
    assert error.message == "邮件服务器不接受收件人 busy@example.gov.cn：451 4.7.1 请稍后再来"
    assert (error.permanent, error.shared) == (False, False)
    deliver(SMALL, busy, now=NOW)
    assert len(server.messages()) == 1


def test_refused_for_ever(server: MailServer) -> None:
    """550 is permanent, says what the server said and what to do."""
    error = failure(lambda: deliver(SMALL, channel(server, "nobody@example.gov.cn"), now=NOW))
    assert error.message == "邮件服务器不接受收件人 nobody@example.gov.cn：550 5.1.1 查无此人"
    assert (error.mend, error.permanent, error.shared) == (
        "请核对对方邮箱地址，更正后重发",
        True,
        False,
    )


def test_too_large_for_the_server(tmp_path: Path) -> None:
    """What is larger than the server's SIZE is refused before it is sent."""
    with MailServer(tmp_path, "--most", "50000") as server:
        error = failure(lambda: deliver(SENDING, channel(server), now=NOW))
        assert error.message == "邮件有 0.1 MB，超过服务器的上限 0.0 MB"
        assert error.permanent
        assert server.commands() == []


@pytest.mark.parametrize("implicit", [False, True])
def test_encrypted_with_login(tmp_path: Path, certificate: Certificate, implicit: bool) -> None:
    """STARTTLS and implicit TLS with a trusted certificate and a password from the environment
    deliver.
    """
    options = ("--login", *(["--implicit"] if implicit else []), *certificate.options)
    with MailServer(tmp_path, *options) as server:
        to = channel(
            server,
            security="tls" if implicit else "starttls",
            user=USER,
            password="MAIL_SECRET",
            ca=certificate.certificate,
        )
        deliver(SMALL, to, now=NOW, environ={"MAIL_SECRET": PASSWORD})
        (taken,) = server.messages()
        assert (taken.tls, taken.user) == (True, USER)
        wrong = failure(lambda: deliver(SMALL, to, now=NOW, environ={"MAIL_SECRET": "wrong"}))
        assert (wrong.permanent, wrong.shared) == (True, True)
        assert wrong.message.startswith("邮件服务器拒绝登录：535 5.7.8 ")
        unset = failure(lambda: deliver(SMALL, to, now=NOW, environ={}))
        assert (unset.message, unset.permanent) == ("环境变量 MAIL_SECRET 没有设置", True)
        assert len(server.messages()) == 1


@pytest.mark.parametrize("implicit", [False, True])
def test_untrusted_certificate_is_refused(
    tmp_path: Path, certificate: Certificate, implicit: bool
) -> None:
    """A certificate that nobody vouches for gets no letter and no password."""
    with MailServer(
        tmp_path, *(["--implicit"] if implicit else []), *certificate.options
    ) as server:
        to = channel(server, security="tls" if implicit else "starttls")
        error = failure(lambda: deliver(SMALL, to, now=NOW))
        assert (error.permanent, error.shared) == (True, True)
        assert (
            error.message
            == f"邮件服务器 127.0.0.1:{server.port} 的证书不可信：self-signed certificate"
        )
        assert server.commands() == []


def test_certificate_for_another_host_is_refused(tmp_path: Path, certificate: Certificate) -> None:
    """A trusted certificate for another name is none for this host."""
    with MailServer(tmp_path, *certificate.options) as server:
        to = channel(server, host="127.0.0.2", security="starttls", ca=certificate.certificate)
        error = failure(lambda: deliver(SMALL, to, now=NOW))
        assert not error.message.endswith("self-signed certificate")
        assert server.commands() == []


def test_stripped_starttls_is_refused(server: MailServer) -> None:
    """A server without the STARTTLS that is asked for hears neither sender nor letter."""
    error = failure(lambda: deliver(SMALL, channel(server, security="starttls"), now=NOW))
    assert error.message == "邮件服务器 127.0.0.1 不提供 STARTTLS 加密，未发送任何内容"
    assert (error.permanent, error.shared) == (True, True)
    assert server.commands() == []


def test_no_password_over_an_open_line() -> None:
    """Without encryption a password goes to this machine at most."""
    far = Mail("a@example.cn", Server("mail.example.invalid", 25, "b@example.cn", "none", "u", "P"))
    error = failure(lambda: deliver(SMALL, far, now=NOW, environ={"P": "x"}))
    assert (error.message, error.permanent) == ("未加密的连接上不发送密码", True)


@contextmanager
def talker(*lines: bytes, hang: bool = False) -> Iterator[int]:
    """Give the port of a server that says these lines, one for each it hears, and then closes or
    says nothing.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as heard:
            for line in lines:
                connection.sendall(line)
                heard.readline()
            if hang:
                done.wait(20)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        thread.join()
        listener.close()


def test_silence_ends_in_a_timeout() -> None:
    """A server that says nothing is given up after the timeout, for now."""
    with talker(hang=True) as port:
        silent = Mail(
            "a@example.cn", Server("127.0.0.1", port, "b@example.cn", "none", timeout=0.2)
        )
        error = failure(lambda: deliver(SMALL, silent, now=NOW))
    assert error.message == f"邮件服务器 127.0.0.1:{port} 在 0.2 秒内没有应答"
    assert not error.permanent


@pytest.mark.parametrize(
    ("lines", "permanent"),
    [
        ((b"421 busy\r\n",), False),
        ((b"554 no service\r\n",), True),
        ((b"garbage\r\n",), False),
        ((b"220 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"), False),
        ((b"220 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"554 no\r\n"), True),
        ((b"220 ok\r\n", b"250 ok\r\n", b"\xd3\xca\xcf\xe4\r\n"), False),
    ],
)
def test_odd_servers_are_told_without_a_traceback(
    lines: tuple[bytes, ...], permanent: bool
) -> None:
    """Refused greetings, garbage and broken conversations are errors that say whether trying again
    may help.
    """
    with talker(*lines) as port:
        to = Mail("a@example.cn", Server("127.0.0.1", port, "b@example.cn", "none", timeout=5))
        error = failure(lambda: deliver(SMALL, to, now=NOW))
    assert error.permanent is permanent


@pytest.mark.parametrize(("line", "ready"), [(b"220-wait\r\n", 0), (b"250-wait\r\n", 1)])
def test_answers_without_end_are_cut(line: bytes, ready: int) -> None:
    """A greeting and an answer that go on and on end with ten times the timeout."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 ok\r\n" * ready)
            try:
                while True:
                    connection.sendall(line)
                    time.sleep(0.02)
            except OSError:
                return

    thread = threading.Thread(target=talk)
    thread.start()
    to = Mail(
        "a@example.cn",
        Server("127.0.0.1", listener.getsockname()[1], "b@example.cn", "none", timeout=0.1),
    )
    start = time.monotonic()
    error = failure(lambda: deliver(SMALL, to, now=NOW))
    assert 0.9 < time.monotonic() - start < 5
    thread.join()
    listener.close()
    assert not error.permanent


def test_message_is_theirs_once_they_said_so() -> None:
    """A connection that breaks after the 250 is a receipt."""
    ready = b"220 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as heard:
            for line in ready:
                connection.sendall(line)
                heard.readline()
            while heard.readline() != b".\r\n":
                pass
            connection.sendall("250 已收 \r\n".encode("gb18030"))

    thread = threading.Thread(target=talk)
    thread.start()
    port = listener.getsockname()[1]
    receipt = deliver(
        SMALL,
        Mail("a@example.cn", Server("127.0.0.1", port, "b@example.cn", "none", timeout=5)),
        now=NOW,
    )
    thread.join()
    listener.close()
    assert receipt == Receipt("mail", "a@example.cn", NOW, "250 已收")


def test_addresses_in_other_scripts(tmp_path: Path, server: MailServer) -> None:
    """A Chinese domain is sent as DNS knows it, a Chinese mailbox with SMTPUTF8, and refused where
    that is missing.
    """
    deliver(SMALL, channel(server, "land@丽水.中国"), now=NOW)
    deliver(SMALL, channel(server, "国土@example.cn"), now=NOW)
    assert [taken.receivers for taken in server.messages()] == [
        ["land@xn--viq734e.xn--fiqs8s"],
        ["国土@example.cn"],
    ]
    assert b"xn--viq734e.xn--fiqs8s".decode("idna") == "丽水.中国"
    assert "<国土@example.cn>\r\n".encode() in server.messages()[1].content
    with MailServer(tmp_path / "plain", "--plain") as plain:
        error = failure(lambda: deliver(SMALL, channel(plain, "国土@example.cn"), now=NOW))
        assert (error.permanent, plain.messages()) == (True, [])


def test_nothing_gets_into_the_headers(server: MailServer) -> None:
    """Line breaks and specials in names, titles and file names add no header and no receiver."""
    evil = replace(
        SMALL,
        number="1号\r\nBcc: thief@example.cn",
        title="题\n\nX-Evil: yes",
        issuer='局"\r\nX-Evil: yes, <thief@example.cn>',
        recipient="局,(x) <thief@example.cn>\n",
        files=(Attached("a\r\nX-Evil: yes\u202e.pdf", "text/html\r\nX-Evil: yes", b"x"),),
    )
    deliver(evil, channel(server), now=NOW)
    (taken,) = server.messages()
    assert taken.receivers == ["land@example.gov.cn"]
    message = taken.message
    assert {name for part in message.walk() for name in part} == {
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "X-Lifecycle-Delivery",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
    }
    assert [len(message[name].addresses) for name in ("From", "To")] == [1, 1]
    (file,) = message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == (
        "application/octet-stream",
        "a X-Evil: yes.pdf",
    )


@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=80), st.text(max_size=300))
def test_any_text_survives_the_headers(title: str, name: str, file: str, text: str) -> None:
    """Whatever the texts are, a reader of mail finds one line of each, the file, and the body's
    characters.
    """
    sending = replace(
        SMALL,
        title=title,
        issuer=name,
        text=text,
        code="",
        files=(Attached(file, "text/plain", b"x"),),
    )
    bare = compose(replace(sending, files=()), "a@example.cn", "b@example.cn", NOW).as_bytes(
        policy=SMTP
    )
    assert bare.endswith(b"\r\n")
    data = compose(sending, "a@example.cn", "b@example.cn", NOW).as_bytes(policy=SMTP)
    message = message_from_bytes(data, policy=default)
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert message["Subject"] == one_line(f"{sending.number} {title}", 300)
    assert [a.addr_spec for a in message["From"].addresses] == ["a@example.cn"]
    assert message["To"].addresses[0].display_name == SMALL.recipient
    (part,) = message.iter_attachments()
    assert part.get_filename("") == one_line(file)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a@b", True),
        ("zhang.san+x@mail.example.gov.cn", True),
        ("国土@丽水.中国", True),
        ("a", False),
        ("a@", False),
        ("@b", False),
        ("a@b@c", False),
        ("a..b@c", False),
        (".a@c", False),
        ("a@-b.cn", False),
        ("a@b..cn", False),
        ("张三 <a@b>", False),
        ("a@b\n", False),
        ("a\r\nRCPT TO:<x@y>@b", False),
        ("a@b\u200b", False),
        ('"a"@b', False),
    ],
)
def test_what_an_address_is(text: str, right: bool) -> None:
    """One bare address and nothing beside it."""
    assert is_address(text) is right


def test_names_from_ids() -> None:
    """An id that is safe stays as it is; any other gets a digest, so that no two ids
    share a name.
    """
    assert (
        safe_name("0198c5f1-7a2b-7000-8000-00000000002a.1")
        == "0198c5f1-7a2b-7000-8000-00000000002a.1"
    )
    for odd in (
        "A/b:c.1",
        "../x",
        "con",
        "a..b",
        "-",
        "0198C5F1.1",
        f"0x-{sha256(b'x').hexdigest()[:16]}",
    ):
        name = safe_name(odd)
        assert name != odd
        assert re.fullmatch(r"[a-z0-9_-]+-[0-9a-f]{16}", name)
    with pytest.raises(InvalidError, match="送达编号不合规"):
        replace(SENDING, id="a b")


def test_texts_that_no_encoding_holds_are_refused() -> None:
    """A lone surrogate is told when the sending is made, not in the middle of sending."""
    with pytest.raises(InvalidError, match="代理码位"):
        replace(SENDING, text="\ud842")
    with pytest.raises(InvalidError, match="代理码位"):
        replace(SENDING, files=(Attached("\udfb7.pdf", "application/pdf", b""),))


def test_rare_characters_are_kept_and_unseen_ones_are_not() -> None:
    """Private and not yet assigned characters stay in names; marks of direction and controls go."""
    assert one_line("\ue863峃\U000323b0\u202e\x00 \u3000\n漈") == "\ue863峃\U000323b0 漈"


@pytest.mark.parametrize(
    ("password", "message"),
    [
        (PASSWORD, "邮件服务器不支持可用的登录方式"),
        ("密码", "邮件账号或密码含非 ASCII 字符，SMTP 认证不支持"),
    ],
)
def test_login_that_cannot_be_is_told(server: MailServer, password: str, message: str) -> None:
    """A server without login and a password that SMTP cannot carry are permanent failures of the
    channel.
    """
    login = channel(server, user=USER, password="P")
    error = failure(lambda: deliver(SMALL, login, now=NOW, environ={"P": password}))
    assert (error.message, error.permanent, error.shared) == (message, True, True)
    assert server.commands() == []


@pytest.mark.parametrize("address", ["a b@example.cn", "a@" + "x" * 64 + ".cn"])
def test_wrong_address_is_told(address: str) -> None:
    """An address that is none fails before anybody is called."""
    to = Mail(address, Server("127.0.0.1", 1, "b@example.cn", "none"))
    error = failure(lambda: deliver(SMALL, to, now=NOW))
    assert (error.permanent, error.shared) == (True, False)
