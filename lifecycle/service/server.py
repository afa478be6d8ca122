"""The service itself: an ASGI application on a Unix socket, whose kernel says who calls."""

from __future__ import annotations

import asyncio
import pwd
import signal
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from lifecycle.service.limits import MEGABYTE, Limits
from lifecycle.service.pool import LostError, Pool, SlowError
from lifecycle.service.scratch import INLINE, Room, scratch_folder
from lifecycle.service.socket_file import BACKLOG
from lifecycle.service.timekeeper import Timekeeper
from lifecycle.service.worker import Answer, Question, no_room, refusal
from lifecycle.version import __version__
from lifecycle.wire import CHUNK, PATH

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_CREDENTIALS = struct.Struct("3i")


class GoneError(Exception):
    """The client went away before its request was whole."""


@dataclass(slots=True)
class Turnstile:
    """Who is connected: so many in all, so many of one account."""

    limits: Limits
    connected: Counter[int] = field(default_factory=Counter)

    def admits(self, user: int) -> bool:
        """Tell whether one more connection of an account is accepted."""
        return (
            self.connected.total() < self.limits.connections
            and self.connected[user] < self.limits.per_account
        )


class Connected(H11Protocol):
    """One connection, with the account that the kernel names at its other end (SO_PEERCRED)."""

    gate: Turnstile
    """Set by `serve` for all connections of a service."""

    user: int | None = None
    counted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Read who calls; turn away what is too much, and what sends no request in time."""
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        packed = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _pid, user, _group = _CREDENTIALS.unpack(packed)
        self.user = user
        self.app_state = {"user": user}
        if not self.gate.admits(user):
            transport.write(_BUSY)
            transport.close()
            return
        self.gate.connected[user] += 1
        self.counted = True
        self.loop.call_later(self.gate.limits.receive_seconds, self._see_asking)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        if self.counted and self.user is not None:
            self.gate.connected[self.user] -= 1
            if not self.gate.connected[self.user]:
                del self.gate.connected[self.user]
            self.counted = False
        super().connection_lost(exc)

    def _see_asking(self) -> None:
        """End a connection on which no head of a request has come."""
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def _raw(answer: Answer, reason: str) -> bytes:
    """Write a whole answer of HTTP."""
    assert isinstance(answer.body, bytes)
    first = f"HTTP/1.1 {answer.status} {reason}\r\nconnection: close\r\n"
    return f"{first}content-length: {len(answer.body)}\r\n\r\n".encode() + answer.body


_BUSY_ANSWER = refusal("服务正忙，没有办理", "稍后再试", 503)
_BUSY = _raw(_BUSY_ANSWER, "Service Unavailable")


class Door:
    """The ASGI application: takes requests in, has them done, gives answers out."""

    def __init__(self, pool: Pool, limits: Limits, scratch: Path) -> None:
        self._pool = pool
        self._limits = limits
        self._scratch = scratch
        self._room = Room(limits)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.monotonic()
        account = account_of(scope["state"]["user"])
        try:
            answer = await self._answer(scope, receive, account)
        except GoneError:
            _log(f"{account}: 连接断开，请求不完整，没有办理")
            return
        try:
            await _give(answer, send)
        finally:
            if isinstance(answer.body, Path):
                answer.body.unlink(missing_ok=True)
        took = (time.monotonic() - began) * 1000
        _log(f"{account}: {answer.status} 退出码 {answer.exit} {took:.0f} ms {answer.request_id}")

    async def _answer(self, scope: Message, receive: Receive, account: str) -> Answer:
        if (scope["method"], scope["path"]) != ("POST", PATH):
            return refusal("服务没有这个地址，没有办理", f"用 lifecycle {__version__} 命令", 404)
        length = _length(scope)
        if length is None:
            return refusal("请求没有写明长度，没有办理", "用 lifecycle 命令", 411)
        most = self._limits.request_mb
        if length > most * MEGABYTE:
            told = f"请求有 {length / MEGABYTE:.0f} MB，超过 {most} MB，没有办理"
            return refusal(told, "减少或压缩文件；上限在 settings/service.yaml", 413)
        if self._pool.full(account):
            return _BUSY_ANSWER
        with self._room.place_for(account, length) as admitted:
            if not admitted:
                return _BUSY_ANSWER
            return await self._taken(receive, account, length)

    async def _taken(self, receive: Receive, account: str, length: int) -> Answer:
        """Take a request in and have it done."""
        try:
            async with asyncio.timeout(self._limits.receive_seconds):
                body = await self._body(receive, length)
        except TimeoutError:
            seconds = self._limits.receive_seconds
            return refusal(f"请求在 {seconds} 秒内没有送完，没有办理", "稍后再试", 408)
        except OSError as error:
            return no_room(error)
        try:
            return await self._pool.ask(Question(account, body))
        except SlowError:
            seconds = self._limits.command_seconds
            return refusal(f"命令超过 {seconds} 秒，已中止，不知道办了没有", _FIND_OUT, 504)
        except LostError:
            return refusal("服务在办理中出错，不知道办了没有", _FIND_OUT, 500)
        finally:
            if isinstance(body, Path):
                body.unlink(missing_ok=True)

    async def _body(self, receive: Receive, length: int) -> bytes | Path:
        """Take the whole body in: a small one in memory, a large one in a file.

        Raises GoneError where the client goes away before.
        """
        if length <= INLINE:
            return b"".join([part async for part in _parts(receive)])
        with tempfile.NamedTemporaryFile(dir=self._scratch, delete=False) as target:
            place = Path(target.name)
            try:
                async for part in _parts(receive):
                    target.write(part)
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        return place


_FIND_OUT = "只是查看的，重来即可；要写入的，用 lifecycle log 看最新的记录，查明后再决定是否重办"


async def _parts(receive: Receive) -> Any:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _length(scope: Message) -> int | None:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if len(lengths) == 1 and lengths[0].isdigit() else None


async def _give(answer: Answer, send: Send) -> None:
    """Send an answer, a large one piece by piece."""
    size = len(answer.body) if isinstance(answer.body, bytes) else answer.body.stat().st_size
    headers = [(b"content-length", str(size).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    with answer.body.open("rb") as source:
        while chunk := source.read(CHUNK):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def account_of(user: int) -> str:
    """Name the operating-system account of a user number; the number itself where it has none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _log(text: str) -> None:
    """Write a line to standard error, which systemd keeps with its time."""
    with suppress(OSError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


class _Server(uvicorn.Server):
    """A server that ends well when it is told to: with exit code 0, not by the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM and SIGINT when what is being done is done."""
        stops = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, self.handle_exit) for number in stops]
        try:
            yield
        finally:
            for number, handler in zip(stops, before, strict=True):
                signal.signal(number, handler)


def serve(
    listener: socket.socket, url: str, database: Path, limits: Limits, ready: Callable[[], None]
) -> None:
    """Answer on a socket until the process is told to stop; `ready` is called when it begins."""
    with scratch_folder(Path(listener.getsockname())) as scratch:
        pool = Pool(url, database, scratch, limits)
        pool.start()
        timekeeper = Timekeeper(url, limits.tick_seconds)
        Connected.gate = Turnstile(limits)
        door: Any = Door(pool, limits, scratch)
        config = uvicorn.Config(
            door,
            http=Connected,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=limits.stop_seconds,
        )
        ready()
        try:
            asyncio.run(_Server(config).serve(sockets=[listener]))
        finally:
            pool.end()
            timekeeper.end()
