"""The command as the client of a service: it sends the command line and the bytes of the files that
it names, prints what comes, and writes what is to be written with its own caller's rights.

It starts fast because it imports next to nothing: it knows no verb, the service parses.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from lifecycle.wire import CHUNK, PATH, REQUEST_MB, SCHEME, TAKEN, head, read_head, socket_path

TYPE_CHECKING = False  # as typing has it, whose import costs as much as a request
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO, Any

FAILED, INTERRUPTED, PIPE_CLOSED = 3, 130, 141
_BUSY_WAITS = (0.1, 0.3, 0.6, 1.0, 2.0, 3.0)
"""Seconds to wait before a request that a busy service turned away is sent again."""

_NOBODY_KNOWS = (500, 504)
"""With which a service says that it does not know what became of a command."""


class ServiceAnswer(Exception):  # noqa: N818 - a message for the officer with an exit code, not an error of the program
    """What ends the command: a message, how to mend it, and the exit code."""

    def __init__(self, message: str, mend: str = "", code: int = FAILED, kind: str = "unavailable"):
        super().__init__(message)
        self.message, self.mend, self.code, self.kind = message, mend, code, kind


class _Sent:
    """A file that goes with the question: its name, its size and where to read it; or the errno
    with which it could not be read.
    """

    __slots__ = ("error", "name", "size", "source")

    def __init__(self, name: str, size: int, source: IO[bytes] | None, error: int) -> None:
        self.name, self.size, self.source, self.error = name, size, source, error


def service_url(args: Sequence[str]) -> str | None:
    """Give the URL of the service that a command line or the environment names, None if none."""
    url = os.environ.get("LIFECYCLE_DB", "")
    for place, arg in enumerate(args):
        if arg == "--":
            break
        if arg == "--db" and place + 1 < len(args):
            url = args[place + 1]
        elif arg.startswith("--db="):
            url = arg[5:]
    return url if url.startswith(SCHEME) else None


def wants_no_service(args: Sequence[str]) -> bool:
    """Tell whether a command line is answered without any office: help, completion."""
    if not args or any(name.startswith("_LIFECYCLE_COMPLETE") for name in os.environ):
        return True
    own = args[: args.index("--")] if "--" in args else args
    return any(arg in ("-h", "--help", "--version") for arg in own) or own[0] == "completion"


def forward(url: str, args: Sequence[str]) -> int | None:
    """Have a command done by the service; give its exit code, or None where it needs no office and
    is to be done here.
    """
    call = _Call(socket_path(url), list(args))
    try:
        return call.done()
    except ServiceAnswer as told:
        return _tell(told, call)
    except KeyboardInterrupt:
        return _tell(ServiceAnswer("已中断", call.doubt(), INTERRUPTED, "interrupted"), call)
    except BrokenPipeError:
        return PIPE_CLOSED
    except OSError as error:
        from lifecycle.errors import os_reason

        mend = f"命令可能已经办成，不要急着重办。{call.doubt()}"
        return _tell(ServiceAnswer(f"答复没能全部输出：{os_reason(error)}", mend), call)


def _tell(told: ServiceAnswer, call: _Call) -> int:
    try:
        sys.stderr.write(told.message + (f"\n  改法：{told.mend}" if told.mend else "") + "\n")
        if "--json" in call.args:
            import json

            error = {"message": told.message, "mend": told.mend, "kind": told.kind}
            document = {"ok": False, "data": {"error": error}, "next": []}
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    except OSError:
        pass  # nobody hears it; the exit code says it
    return told.code


class _Call:
    """One command, asked of the service once or, where it wants files, twice."""

    def __init__(self, path: str, args: list[str]) -> None:
        self.path = path
        self.args = args
        self.request_id = _new_id()
        self.whole = False
        """Whether the question has left whole: then the service may have done it."""

    def doubt(self) -> str:
        """Say how to find out what became of a question that was not answered."""
        if not self.whole:
            return ""
        found = given_request_id(self.args) or self.request_id
        return (
            "只是查看的，重来即可；要写入的，可能已经写入："
            f"用 lifecycle log --request-id {found} 查明"
            f"（成批的各件编号为 {found}:1、{found}:2……），"
            f"或加 --request-id {found} 重发同一指令，只生效一次"
        )

    def done(self) -> int | None:
        """Ask, and ask again with the files that are wanted; print and write what comes."""
        answer, body = self._patiently(())
        if answer.get("here"):
            return None
        if "need" in answer:
            files = [_opened(name, self.args) for name in answer["need"]]
            answer, body = self._patiently(files)
        return self._take(answer, body)

    def _patiently(self, files: Sequence[_Sent]) -> tuple[dict[str, Any], IO[bytes]]:
        """Ask, for some seconds again and again where the service is busy."""
        for wait in (*_BUSY_WAITS, 0):
            status, answer, body = self._ask(files)
            if status == 200:
                return answer, body
            if status != 503 or not wait:
                break
            import time

            time.sleep(wait)
        mend = self.doubt() if status in _NOBODY_KNOWS else str(answer.get("mend", ""))
        raise ServiceAnswer(str(answer.get("message")), mend, int(answer.get("exit", FAILED)))

    def _ask(self, files: Sequence[_Sent]) -> tuple[int, dict[str, Any], IO[bytes]]:
        """Send the question; give status, answer and the stream of its blobs."""
        line = head(self._question(files), [file.size for file in files])
        length = len(line) + sum(file.size for file in files)
        connection = _connected(self.path)
        self.whole = False
        first = (
            f"POST {PATH} HTTP/1.1\r\nHost: lifecycle\r\nConnection: close\r\n"
            f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
        )
        try:
            try:
                connection.sendall(first.encode() + line)
                for chunk in _chunks(files):
                    connection.sendall(chunk)
                self.whole = True
            except OSError as error:
                if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                    raise  # else the service has turned it away: read why
            stream = connection.makefile("rb")
            return self._read(stream)
        except OSError as error:
            raise self._broken() from error

    def _question(self, files: Sequence[_Sent]) -> dict[str, Any]:
        environment = {name: os.environ[name] for name in TAKEN if name in os.environ}
        columns = _columns()
        if columns is not None:
            environment["COLUMNS"] = str(columns)
        streams = [(stream.encoding, stream.isatty()) for stream in (sys.stdout, sys.stderr)]
        return {
            "argv": self.args,
            "request_id": self.request_id,
            "environment": environment,
            "streams": streams,
            "files": [{"name": file.name, "error": file.error} for file in files],
        }

    def _read(self, stream: IO[bytes]) -> tuple[int, dict[str, Any], IO[bytes]]:
        status = stream.readline(200).split()
        if len(status) < 2 or not status[0].startswith(b"HTTP/1."):
            raise self._broken()
        while (line := stream.readline(65536)) not in (b"\r\n", b""):
            if not line.endswith(b"\n"):
                raise self._broken()
        try:
            return int(status[1]), read_head(stream.readline()), stream
        except ValueError as error:
            raise self._broken() from error

    def _broken(self) -> ServiceAnswer:
        if not self.whole:
            return ServiceAnswer("服务没有收到完整的指令就断开了，没有办理", "稍后再试")
        return ServiceAnswer("服务没有答复就断开了，不知道办了没有", self.doubt())

    def _blob(self, stream: IO[bytes], size: int) -> bytes:
        body = stream.read(size)
        if len(body) != size:
            raise self._broken()
        return body

    def _take(self, answer: dict[str, Any], stream: IO[bytes]) -> int:
        """Write the files, then print; a file that cannot be written is told in place of what the
        service says.
        """
        sizes = iter(answer["blobs"])
        if answer["files"] or answer["folders"]:
            told = self._write_files(answer, stream, sizes)
            if told is not None:
                return _tell(told, self)
        for number in answer["pieces"]:
            target = sys.stdout if number == 1 else sys.stderr
            target.buffer.write(self._blob(stream, next(sizes)))
            target.flush()
        return int(answer["exit"])

    def _write_files(
        self, answer: dict[str, Any], stream: IO[bytes], sizes: Iterator[int]
    ) -> ServiceAnswer | None:
        from pathlib import Path

        from lifecycle.errors import LifecycleError
        from lifecycle.outfile import make_folder, write_file

        told: ServiceAnswer | None = None
        try:
            for folder in dict.fromkeys(answer["folders"]):
                _see_named(folder, self.args)
                make_folder(Path(folder))
            for file in answer["files"]:
                body = self._blob(stream, next(sizes))
                _see_named(file["name"], self.args)
                write_file(Path(file["name"]), body, file["kind"], once=file["once"])
        except LifecycleError as error:
            told = ServiceAnswer(error.message, error.mend, error.exit_code, "invalid")
        return told


def _connected(path: str) -> Any:
    """Connect to the socket of a service that may be trusted."""
    import socket

    _see_trusted(path)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        if error.errno == errno.EACCES:
            raise _barred(path) from error
        if error.errno == errno.EAGAIN:
            raise ServiceAnswer("服务正忙，没有办理", "稍后再试") from error
        mend = "请管理员看服务是否在运行：systemctl status lifecycle"
        raise ServiceAnswer(f"服务没有在运行（{path}），没有办理", mend) from error
    return connection


def _barred(path: str) -> ServiceAnswer:
    return ServiceAnswer(f"没有权限连接服务 {path}", "请管理员核对套接字和它所在文件夹的权限")


def _see_trusted(path: str) -> None:
    """Refuse a socket that somebody other than the service's account could have put there."""
    try:
        found = os.lstat(path)
        folder = os.stat(os.path.dirname(os.path.abspath(path)))
    except PermissionError as error:
        raise _barred(path) from error
    except OSError as error:
        mend = "请核对 LIFECYCLE_DB，并请管理员看服务是否在运行：systemctl status lifecycle"
        raise ServiceAnswer(f"服务没有在运行：没有套接字 {path}", mend) from error
    if not stat.S_ISSOCK(found.st_mode):
        raise ServiceAnswer(f"{path} 不是套接字，不是服务", "请核对 LIFECYCLE_DB")
    if folder.st_uid not in (0, found.st_uid) or folder.st_mode & 0o022:
        raise ServiceAnswer(
            f"套接字 {path} 所在的文件夹别人也能改动，不能认定那里是服务",
            "请管理员把文件夹改为只有服务的账户可写：chmod 755",
        )


def _opened(name: str, args: Sequence[str]) -> _Sent:
    """Open a file that the service wants, if the command line names it."""
    _see_named(name, args)
    if name == "-":
        return _standard_input()
    try:
        # Opened without waiting, so that a pipe without a writer does not hang.
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        found = os.fstat(handle)
    except OSError as error:
        return _Sent(name, 0, None, error.errno or errno.EIO)
    if stat.S_ISDIR(found.st_mode):
        os.close(handle)
        return _Sent(name, 0, None, errno.EISDIR)
    source = os.fdopen(handle, "rb")
    if stat.S_ISREG(found.st_mode):
        return _Sent(name, found.st_size, source, 0)
    os.set_blocking(handle, True)
    return _read_whole(name, source)


def _standard_input() -> _Sent:
    return _read_whole("-", sys.stdin.buffer)


def _read_whole(name: str, source: IO[bytes]) -> _Sent:
    """Read what has no size of its own, such as a pipe; it may have no end."""
    from io import BytesIO

    most = REQUEST_MB << 20
    body = BytesIO()
    while body.tell() <= most and (chunk := source.read(CHUNK)):
        body.write(chunk)
    if body.tell() > most:
        what = "标准输入" if name == "-" else f"文件 {name}"
        mend = "减少或压缩文件；存成普通文件的，以服务的上限为准（settings/service.yaml）"
        raise ServiceAnswer(f"{what} 超过 {REQUEST_MB} MB，没有办理", mend, 1, "invalid")
    return _Sent(name, body.tell(), body, 0)


def _see_named(name: str, args: Sequence[str]) -> None:
    """Refuse a file that the command line does not name, or that is not in a folder it names: a
    service has no business with others.
    """
    folder = os.path.dirname(name) or "."
    for arg in args:
        attached = arg[2:] if arg.startswith("-") and not arg.startswith("--") else ""
        for text in (arg, arg.partition("=")[2], attached):
            if _plain(text) in (name, folder):
                return
    raise ServiceAnswer(f"服务要用命令里没有写的文件 {name}，没有照办", "请把这件事告诉管理员")


def _plain(text: str) -> str:
    """Write a path as pathlib does: no empty parts, no `.` parts."""
    if not text:
        return ""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    return ("/" if text.startswith("/") else "") + "/".join(parts) or "."


def _chunks(files: Sequence[_Sent]) -> Iterator[bytes]:
    """Read the files to be sent; one that has become shorter meanwhile is told."""
    for file in files:
        if file.source is not None:
            file.source.seek(0)
        left = file.size
        while left and file.source is not None:
            chunk = file.source.read(min(CHUNK, left))
            if not chunk:
                raise ServiceAnswer(f"文件 {file.name} 在发送时变短了，没有办理", "等文件写完再办")
            left -= len(chunk)
            yield chunk


def _columns() -> int | None:
    """Count the columns of the terminal, None where there is none."""
    for stream in (sys.stdout, sys.stderr):
        try:
            return os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError, AttributeError):
            continue
    return None


def given_request_id(args: Sequence[str]) -> str | None:
    """Give the id that a command line itself gives to its command, None if none."""
    for place, arg in enumerate(args):
        if arg == "--request-id" and place + 1 < len(args):
            return args[place + 1]
        if arg.startswith("--request-id="):
            return arg.partition("=")[2]
    return None


def _new_id() -> str:
    """Make a UUIDv7, as entries have it (see ledger/record.py: new_eid)."""
    import time

    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def main(url: str, args: Sequence[str]) -> None:
    """Forward a command and end the process; give None where it is to be done here."""
    if sys.stdout is None or sys.stderr is None:
        # Whoever closed a stream wants nothing of it.
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    code = forward(url, args)
    if code is None:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or FAILED
    os._exit(code)
