"""A real SMTP server in a process of its own, which keeps what it took in a folder and can be
killed at any moment.

`MailServer(folder)` starts it; `python tests/mailserver.py FOLDER …` is the process. What it does
with a receiver is told by the address: `nobody@` is refused for ever (550), `full@` always for now
(452). Each once only, and then as any other: `busy@` is refused for now (451), `stuck@` has its
message read half and then no more, `silent@` has it read, not kept and never answered, `kept@` has
it kept and never answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "lifecycle", "correct horse battery"


@dataclass(frozen=True)
class Taken:
    """A message as the server took it: the envelope's facts, the bytes, the message."""

    sender: str
    receivers: list[str]
    options: list[str]
    tls: bool
    user: str | None
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed as a reader of mail would."""
        return message_from_bytes(self.content, policy=default)


class MailServer:
    """The server as a test holds it: `port` stays the same over `kill` and `start`; `messages`
    outlive it.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, on the port it had before if it had one; return when it answers."""
        command = [
            sys.executable,
            __file__,
            str(self.folder),
            "--port",
            str(self.port),
            *self.options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("port "), line
        self.port = int(line.split()[1])

    def kill(self) -> None:
        """Kill it with SIGKILL: nothing is tidied up."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    def messages(self) -> list[Taken]:
        """Give what was taken, in order."""
        return [self._read(path) for path in sorted((self.folder / "new").glob("*.json"))]

    def wait_for(self, name: str) -> None:
        """Wait until the server has left the mark `stuck`, `silent` or `kept`: it is where it was
        to get.
        """
        until = time.monotonic() + 20
        while not (self.folder / name).exists():
            assert time.monotonic() < until, f"no {name}"
            time.sleep(0.01)

    def commands(self) -> list[str]:
        """Give the commands that the server was told, over all its lives."""
        path = self.folder / "commands"
        return path.read_text().splitlines() if path.exists() else []

    @staticmethod
    def _read(path: Path) -> Taken:
        return Taken(
            **json.loads(path.read_text("utf-8")), content=path.with_suffix(".eml").read_bytes()
        )


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a key and a certificate of its own for 127.0.0.1 and localhost; give
    (certificate, key).
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += [
        "-subj",
        "/CN=test",
        "-days",
        "2",
        "-addext",
        names,
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


class _Handler:
    def __init__(self, folder: Path, *, dsn: bool) -> None:
        self.folder = folder
        self.dsn = dsn

    def first(self, address: str, name: str) -> bool:
        """Tell whether this is the first message to this special address, and leave the
        mark of it.
        """
        mark = self.folder / name
        if not address.startswith(f"{name}@") or mark.exists():
            return False
        mark.touch()
        return True

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if self.dsn else responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 查无此人"
        if address.startswith("full@"):
            return "452 4.2.2 信箱已满"
        if self.first(address, "busy"):
            return "451 4.7.1 请稍后再来"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.first(envelope.rcpt_tos[0], "silent"):
            await asyncio.sleep(3600)
        name = f"{time.time_ns():020}.{os.getpid()}"
        login = cast("bytes | None", session.auth_data)
        facts = {
            "sender": envelope.mail_from,
            "receivers": envelope.rcpt_tos,
            "options": server.options,
            "tls": bool(session.ssl) or server.implicit,
            "user": login.decode() if login else None,
        }
        # As a Maildir does it: whole before it has its name, and the name that is looked for comes
        # last.
        content = cast(bytes, envelope.original_content)
        for suffix, data in ((".eml", content), (".json", json.dumps(facts).encode())):
            draft = self.folder / "tmp" / (name + suffix)
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / "new" / draft.name)
        if self.first(envelope.rcpt_tos[0], "kept"):
            await asyncio.sleep(3600)
        return f"250 2.0.0 Ok: queued as {name[-8:]}"


class _Server(SMTP):
    """Notes commands, takes the parameters of RFC 3461, and stops reading half-way for `stuck@`."""

    def __init__(self, handler: _Handler, *, implicit: bool, **options: Any) -> None:
        super().__init__(handler, **options)
        self.notes = handler.folder
        self.implicit = implicit
        self.options: list[str] = []

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        self.options = []
        await super().smtp_MAIL(self._taken("MAIL", arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._taken("RCPT", arg))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        self._taken("DATA", arg)
        receivers = self.envelope.rcpt_tos if self.envelope else []
        if receivers and receivers[0].startswith("stuck@") and not (self.notes / "stuck").exists():
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n\r\n")
            (self.notes / "stuck").touch()
            await asyncio.sleep(3600)
        await super().smtp_DATA(arg)

    def _taken(self, command: str, arg: str | None) -> str | None:
        with (self.notes / "commands").open("a") as file:
            file.write(f"{command} {arg or ''}".rstrip() + "\n")
        wishes = re.findall(r" ((?:NOTIFY|ORCPT|RET|ENVID)=\S+)", arg or "")
        self.options += wishes
        return re.sub(r" (NOTIFY|ORCPT|RET|ENVID)=\S+", "", arg) if arg else arg


def _authenticate(
    _: SMTP, __: Session, ___: Envelope, ____: str, data: LoginPassword
) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right, auth_data=data.login if right else None)


async def _serve(args: argparse.Namespace) -> None:
    folder: Path = args.folder
    for name in ("tmp", "new"):
        (folder / name).mkdir(exist_ok=True)
    context = None
    if args.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.certificate, args.key)
    implicit = context is not None and args.implicit

    def connection() -> _Server:
        return _Server(
            _Handler(folder, dsn=not args.plain),
            implicit=implicit,
            hostname="test.invalid",
            tls_context=None if implicit else context,
            enable_SMTPUTF8=not args.plain,
            data_size_limit=args.most,
            auth_require_tls=not implicit,
            auth_required=args.login,
            authenticator=_authenticate,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connection, "127.0.0.1", args.port, ssl=context if implicit else None
    )
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit", action="store_true", help="TLS from the first byte")
    parser.add_argument("--plain", action="store_true", help="neither DSN nor SMTPUTF8")
    parser.add_argument("--login", action="store_true", help="no mail without a login")
    parser.add_argument("--most", type=int, default=1 << 25, help="bytes of a message")
    return parser.parse_args()


def servers(folder: Path, *options: str) -> Iterator[MailServer]:
    """Give a server to a fixture and take it away afterwards."""
    with MailServer(folder, *options) as server:
        yield server


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
