"""A real service over a small office, and its clients, for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from homes import FILES, Home
from tiny_office import Tiny

from lifecycle.service.scratch import scratch_folder
from lifecycle.service.server import account_of
from lifecycle.wire import PATH, head, read_head

COMMAND = (sys.executable, "-c", "from lifecycle.cli import main; main()")
ME = account_of(os.geteuid())
LIMITS = {
    "workers": 2,
    "waiting": 50,
    "connections": 200,
    "per_account": 40,
    "request_mb": 20,
    "answer_mb": 20,
    "scratch_mb": 100,
    "receive_seconds": 3,
    "command_seconds": 60,
    "stop_seconds": 60,
    "tick_seconds": 60,
    "recycle_requests": 1000,
    "recycle_mb": 600,
}


class Served:
    """A small office behind a service: the database is in one private folder, the socket in
    another, the clients work in a third.
    """

    def __init__(
        self,
        folder: Path,
        patch: pytest.MonkeyPatch,
        home: Home = FILES,
        office: type[Tiny] = Tiny,
    ) -> None:
        self.folder = folder
        self.data, self.run, self.desk = folder / "data", folder / "run", folder / "desk"
        for place, mode in ((self.data, 0o700), (self.run, 0o755), (self.desk, 0o755)):
            place.mkdir(exist_ok=True)
            place.chmod(mode)
        self.tiny = office(self.data, patch, home)
        self.tiny.now = datetime.now(UTC)
        self.socket = self.run / "s"
        self.process: subprocess.Popen[str] | None = None
        self.log = folder / "log"

    @property
    def url(self) -> str:
        """Give what LIFECYCLE_DB says to the clients."""
        return f"unix:{self.socket}"

    def start(self, limits: Mapping[str, int] | None = None) -> Served:
        """Start the service and wait until it answers."""
        file = self.folder / "limits.yaml"
        lines = {**LIMITS, **(limits or {})}.items()
        file.write_text("".join(f"{name}: {value}\n" for name, value in lines), "utf-8")
        words = [*COMMAND, "serve", "--db", self.tiny.url, "--socket", str(self.socket)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*words, "--limits", str(file)],
                stdout=log,
                stderr=log,
                text=True,
                cwd=self.data,
                start_new_session=True,
            )
        end = time.monotonic() + 60
        while "服务已开" not in self.log.read_text("utf-8") or not self._answers():
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < end, self.log.read_text("utf-8")
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the service a signal; give its exit code when it has ended."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def kill(self) -> None:
        """End the service and its workers as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)

    def end(self) -> None:
        """Stop the service if it still runs, and remove what killed ones left in the system's
        temporary folder.
        """
        if self.process is not None and self.process.poll() is None:
            self.stop()
        with scratch_folder(self.socket):
            pass  # the next service of a socket sweeps

    def workers(self) -> list[int]:
        """Find the processes that hold the office's database open."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                try:
                    files = [str(file.readlink()) for file in (folder / "fd").iterdir()]
                except OSError:
                    continue
                if str(self.tiny.path) in files:
                    found.append(int(folder.name))
        return found

    def call(
        self, *words: str, text: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a client."""
        kept = {name: value for name, value in os.environ.items() if name != "LIFECYCLE_OFFICER"}
        done = subprocess.run(
            [*COMMAND, *words],
            env={**kept, "LIFECYCLE_DB": self.url, **environment},
            input=text,
            capture_output=True,
            cwd=self.desk,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def on_the_file(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as bureau01 on the database itself, as its owner can."""
        environment = {"LIFECYCLE_DB": self.tiny.url, "LIFECYCLE_OFFICER": "bureau01"}
        return self.call(*words, text=b"", **environment)

    def do(self, *words: str, text: bytes = b"") -> str:
        """Run a command that must succeed; give what it prints."""
        done = self.call(*words, text=text)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout

    def asks(self, *words: str) -> Any:
        """Run a command with --json and give its document."""
        return answered(self.call(*words, "--json").stdout)

    def raw(self, body: bytes, length: int | None = None) -> tuple[int, dict[str, Any]]:
        """Send a request as it stands; give status and answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(self.socket))
            first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n"
            first += f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
            connection.sendall(first.encode() + body)
            stream = connection.makefile("rb")
            status = int(stream.readline().split()[1])
            while stream.readline().strip():
                pass
            return status, read_head(stream.readline())


def question(*argv: str, files: Mapping[str, bytes] | None = None, **more: Any) -> bytes:
    """Write a request as a client would."""
    sent = dict(files or {})
    document = {
        "argv": list(argv),
        "request_id": "q-1",
        "environment": {},
        "streams": [["utf-8", False], ["utf-8", False]],
        "files": [{"name": name, "error": 0} for name in sent],
        **more,
    }
    return head(document, [len(body) for body in sent.values()]) + b"".join(sent.values())


@contextmanager
def serving(folder: Path, home: Home = FILES, **limits: int) -> Iterator[Served]:
    """Found a small office whose bureau01 is this account's, and serve it."""
    with pytest.MonkeyPatch.context() as patch:
        served = Served(folder, patch, home)
        served.tiny.founded()
        served.tiny.do("officer", "account", "bureau01", ME, by="admin")
        served.start(limits)
        try:
            yield served
        finally:
            served.end()
