"""A way to a server that can be cut at any word: a socket in a folder of its own, which hands on
what passes.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from postgres_server import Server


@dataclass
class Cut:
    """Where the way is cut: at the nth time that something is sent to the server in which a word
    stands, before the server has it or when it has answered.
    """

    word: bytes = b""
    nth: int = 1
    answered: bool = False
    for_good: bool = False
    """Whether nobody comes through afterwards."""
    seen: int = 0
    done: bool = False


@dataclass
class Proxy:
    """Hands on between clients and a server until it is told to cut."""

    server: Server
    folder: Path
    cut: Cut | None = None
    closed: bool = False
    _listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        """Begin to listen."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen(20)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database: str) -> str:
        """Give the URL of a database on this way."""
        return f"postgresql+psycopg://root@/{database}?host={self.folder}"

    def close(self) -> None:
        """Let nobody in any more."""
        self.closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self.closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self.cut and self.cut.done and self.cut.for_good:
            client.close()
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.server.folder / f".s.PGSQL.{self.server.port}"))
        cut = threading.Event()
        back = threading.Thread(target=self._answer, args=(server, client, cut), daemon=True)
        back.start()
        with suppress(OSError):
            while sent := client.recv(1 << 16):
                if self._is_here(sent):
                    assert self.cut is not None
                    if self.cut.answered:
                        cut.set()
                        server.sendall(sent)
                        back.join(0.3)  # it has it, and answers in its own time
                    break
                server.sendall(sent)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_here(self, sent: bytes) -> bool:
        cut = self.cut
        if cut is None or cut.done or cut.word not in sent:
            return False
        cut.seen += 1
        cut.done = cut.seen == cut.nth
        return cut.done

    @staticmethod
    def _answer(server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        """Hand answers back; once it is cut, wait for one more and keep it."""
        with suppress(OSError):
            while answer := server.recv(1 << 16):
                if cut.is_set():
                    return
                client.sendall(answer)


@contextmanager
def on_the_way(server: Server) -> Iterator[Proxy]:
    """Give a way to a server that can be cut."""
    folder = Path(tempfile.mkdtemp(prefix="lcpx-", dir="/tmp"))
    proxy = Proxy(server, folder)
    try:
        yield proxy
    finally:
        proxy.close()
        shutil.rmtree(folder, ignore_errors=True)
