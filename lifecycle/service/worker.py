"""A worker: a process that runs one command after the other for callers of the service.

It is the command line itself that runs: the same parser, the same words. What the caller's machine
gives a command there (streams, a little of the environment, files) comes with the question.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from lifecycle.callers import STDIN, CallersErrand, running
from lifecycle.cli.root import root
from lifecycle.cli.terminal.failure import FAILED
from lifecycle.client import given_request_id
from lifecycle.errors import LifecycleError, os_reason
from lifecycle.office.clock import Clock, now
from lifecycle.office.office import Office
from lifecycle.office.session import Caller, Session
from lifecycle.service.scratch import INLINE, in_use
from lifecycle.wire import CHUNK, TAKEN, head, read_head

MOST_HEAD = 4 << 20
"""Bytes of a question without its files: more than a command line can have on Linux (2 MB)."""

_MOST_ERRNO = 4095
"""The largest error number that Linux has room for (MAX_ERRNO in include/linux/err.h)."""
_PLAIN = "".join(map(chr, range(0x20, 0x7F))) + "\n"
_RARE = "\u4e2d\u3000\u2713\udc80\U00020000"


@dataclass(frozen=True, slots=True)
class Question:
    """One request: whose account calls, and the message, as bytes or in a file."""

    account: str
    body: bytes | Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the message, as bytes or in a file that the service removes; the exit code
    and the request's id, for the service's own log; the status of HTTP.
    """

    body: bytes | Path
    exit: int
    request_id: str
    status: int = 200


class MisshapenError(Exception):
    """A message that no client of ours sends."""


class LentOffice(Office):
    """An office that outlives the command that it is lent to."""

    def close(self) -> None:
        """Leave it open."""

    def end(self) -> None:
        """Close it indeed."""
        super().close()


@dataclass(slots=True)
class Holding:
    """The office as a worker keeps it open, so that what was read of it is not read again."""

    url: str
    database: Path
    office: LentOffice | None = None
    seen: tuple[int, int] = (0, 0)

    def open(self, url: str | None, *, clock: Clock, create: bool) -> Office:
        """Lend the office of the service; whatever a caller names, there is no other."""
        del url, create
        if self.office is None:
            self.office = LentOffice(LentOffice.open(self.url).store, clock)
            self.seen = self._file()
        return self.office

    def drop(self) -> None:
        """Close the office; the next command opens it anew."""
        office, self.office = self.office, None
        if office is not None:
            office.end()

    def settle(self, code: int) -> None:
        """Keep the office for the next command only where nothing is in doubt."""
        office = self.office
        if office is None:
            return
        if code == FAILED or office.store.in_transaction or self._file() != self.seen:
            self.drop()

    def _file(self) -> tuple[int, int]:
        """Say which file the database is; none where it is gone."""
        try:
            found = self.database.stat()
        except OSError:
            return 0, 0
        return found.st_dev, found.st_ino


@dataclass(slots=True)
class Screen:
    """What a command prints on the caller's two streams, in the order of printing."""

    most: int
    pieces: list[tuple[int, bytearray]] = field(default_factory=list)
    size: int = 0

    def add(self, stream: int, text: bytes) -> None:
        """Note what is printed; more than may be is refused as a full disk is."""
        self.size += len(text)
        if self.size > self.most:
            raise OSError(errno.EFBIG, "")
        if not self.pieces or self.pieces[-1][0] != stream:
            self.pieces.append((stream, bytearray()))
        self.pieces[-1][1].extend(text)


class Tap(io.BufferedIOBase):
    """One of the two streams, as bytes."""

    def __init__(self, screen: Screen, stream: int) -> None:
        super().__init__()
        self.name = f"<stream {stream}>"
        self._screen = screen
        self._stream = stream

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, text: Any) -> int:
        """Note what is printed."""
        body = bytes(text)
        self._screen.add(self._stream, body)
        return len(body)


class CallersScreen(io.TextIOWrapper):
    """One of the two streams, as text in the caller's encoding."""

    def __init__(self, tap: Tap, encoding: str, *, terminal: bool) -> None:
        super().__init__(tap, encoding=encoding, errors="backslashreplace", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        """Tell whether the caller's own stream is a terminal."""
        return self._terminal


def work(connection: Connection, url: str, database: str, scratch: str, most_answer: int) -> None:
    """Answer questions until the service closes the pipe."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a stop waits for what is being done
    os.umask(0o077)
    os.environ.pop("LIFECYCLE_DB", None)  # the office is given; `--db` is the caller's word
    with in_use(Path(scratch)):
        _work(connection, Holding(url, Path(database)), scratch, most_answer)


def _work(connection: Connection, holding: Holding, scratch: str, most_answer: int) -> None:
    with suppress(LifecycleError):  # told to whoever asks first
        holding.open(None, clock=now, create=False).workflows()
    while True:
        try:
            question = connection.recv()
        except EOFError:
            break
        try:
            connection.send(_in_a_folder(holding, question, scratch, most_answer))
        except BrokenPipeError:
            break
    holding.drop()


def _in_a_folder(holding: Holding, question: Question, scratch: str, most_answer: int) -> Answer:
    """Answer one question with a folder of its own for the files that come and go with it."""
    try:
        folder = Path(tempfile.mkdtemp(dir=scratch))
    except OSError as error:
        return no_room(error)
    try:
        return answered(holding, question, folder, most_answer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refusal(message: str, mend: str, status: int, request_id: str = "") -> Answer:
    """Say why a question was not answered by its command."""
    document = {"message": message, "mend": mend, "exit": FAILED}
    return Answer(head(document, ()), FAILED, request_id, status)


def no_room(error: OSError) -> Answer:
    """Say that what came with a question could not be put on the disk."""
    told = f"服务放不下送来的文件（{os_reason(error)}），没有办理"
    return refusal(told, "请管理员检查服务的磁盘", 507)


def answered(holding: Holding, question: Question, folder: Path, most_answer: int) -> Answer:
    """Run the command of one question."""
    try:
        document, errand = _read(question, folder)
    except MisshapenError:
        return refusal("服务看不懂这个请求，没有办理", "客户端与服务须是同一版本", 400)
    except OSError as error:
        return no_room(error)
    argv = document["argv"]
    caller = Caller(question.account, document["request_id"], errand, holding.drop)
    session = Session(opener=holding.open, caller=caller)
    screen = Screen(most_answer)
    with running(errand), _streams(document, errand, screen), _environment(document["environment"]):
        code = _run(argv, session)
    holding.settle(code)
    if caller.here:
        return Answer(head({"here": True}, ()), code, caller.request_id)
    missing = errand.missing()
    if missing:
        return Answer(head({"need": missing}, ()), code, caller.request_id)
    try:
        return Answer(_written(code, screen, errand, folder), code, caller.request_id)
    except OSError as error:
        told = f"命令已经办完（退出码 {code}），但答复没能送出：{os_reason(error)}"
        found = given_request_id(argv) or caller.request_id
        mend = (
            f"写入的用 lifecycle log --request-id {found} 查看"
            f"（成批的各件编号为 {found}:1、{found}:2……），不要重办"
        )
        return refusal(told, mend, 507, caller.request_id)


def _run(argv: list[str], session: Session) -> int:
    try:
        root.main(list(argv), prog_name="lifecycle", obj=session)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED


def _read(question: Question, folder: Path) -> tuple[dict[str, Any], CallersErrand]:
    """Take a message apart: the files that it brings are put into the folder.

    Raises MisshapenError.
    """
    errand = CallersErrand(folder)
    source: IO[bytes]
    if isinstance(question.body, bytes):
        source = io.BytesIO(question.body)
    else:
        source = question.body.open("rb")
    with source:
        try:
            document = read_head(source.readline(MOST_HEAD))
            _see_shape(document)
        except (LookupError, ValueError, TypeError, RecursionError) as error:
            raise MisshapenError from error
        sizes = document["blobs"]
        for number, (file, size) in enumerate(zip(document["files"], sizes, strict=True)):
            errand.sent[file["name"]] = _taken(source, folder / f"in-{number}", file["error"], size)
        if source.read(1):
            raise MisshapenError
    return document, errand


def _see_shape(document: Mapping[str, Any]) -> None:
    """Raise unless a question is shaped as a client shapes it."""
    environment = document["environment"]
    if not isinstance(document["argv"], list) or not isinstance(environment, dict):
        raise ValueError("not a question")
    texts = [*document["argv"], document["request_id"]]
    texts += [*environment, *environment.values()]
    streams = document["streams"]
    if len(streams) != 2 or len(document["files"]) != len(document["blobs"]):
        raise ValueError("not a question")
    texts += [encoding for encoding, _terminal in streams]
    texts += [file["name"] for file in document["files"]]
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise ValueError("not a question")
    for text in texts:
        os.fsencode(text)  # a system hands over bytes: each can be written as them again
    for file in document["files"]:
        error = file["error"]
        if type(error) is not int or not 0 <= error <= _MOST_ERRNO:
            raise ValueError("not a question")
        if file["name"] == STDIN and error == errno.EISDIR:
            raise ValueError("not a question")
    for encoding, _terminal in streams:
        _see_encoding(encoding)
    if not set(environment) <= set(TAKEN):
        raise ValueError("not a question")


def _see_encoding(encoding: str) -> None:
    """Raise unless a terminal can be written in an encoding: ASCII is itself in it, and what it has
    not can be escaped. Python knows others, which fail in the middle of a text (idna) or take for
    ever with a long one (punycode).
    """
    if _PLAIN.encode(encoding) != _PLAIN.encode("ascii"):
        raise ValueError("not an encoding of a terminal")
    _RARE.encode(encoding, "backslashreplace")


def _taken(source: IO[bytes], place: Path, error: int, size: int) -> Path | int:
    """Put the bytes of one file into a place; give that, or the error that the caller had."""
    if error == errno.EISDIR:
        return place.parent  # a folder stands for a folder
    if error:
        return error
    with place.open("xb") as target:
        while size:
            chunk = source.read(min(CHUNK, size))
            if not chunk:
                raise MisshapenError
            target.write(chunk)
            size -= len(chunk)
    return place


@contextmanager
def _streams(document: Mapping[str, Any], errand: CallersErrand, screen: Screen) -> Iterator[None]:
    """Put the caller's streams in the place of this process's."""
    before = sys.stdin, sys.stdout, sys.stderr
    (encoding, terminal), (error_encoding, error_terminal) = document["streams"]
    sent = errand.sent.get(STDIN)
    typed: IO[bytes] = sent.open("rb") if isinstance(sent, Path) else io.BytesIO()
    sys.stdin = io.TextIOWrapper(typed, encoding="utf-8", errors="replace")
    sys.stdout = CallersScreen(Tap(screen, 1), encoding, terminal=bool(terminal))
    sys.stderr = CallersScreen(Tap(screen, 2), error_encoding, terminal=bool(error_terminal))
    try:
        yield
    finally:
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.detach()
        typed.close()
        sys.stdin, sys.stdout, sys.stderr = before


@contextmanager
def _environment(theirs: Mapping[str, str]) -> Iterator[None]:
    """Put the few variables of the caller that a command goes by in the place of this process's."""
    before = {name: os.environ.pop(name) for name in TAKEN if name in os.environ}
    os.environ.update(theirs)
    try:
        yield
    finally:
        for name in TAKEN:
            os.environ.pop(name, None)
        os.environ.update(before)


def _written(code: int, screen: Screen, errand: CallersErrand, folder: Path) -> bytes | Path:
    """Write the answer: the files to be written, then what is to be printed."""
    sizes = [kept.place.stat().st_size for kept in errand.kept]
    document = {
        "exit": code,
        "files": [{"name": k.name, "kind": k.kind, "once": k.once} for k in errand.kept],
        "folders": errand.folders,
        "pieces": [stream for stream, _text in screen.pieces],
    }
    line = head(document, [*sizes, *(len(text) for _stream, text in screen.pieces)])
    if len(line) + sum(sizes) + screen.size <= INLINE:
        return b"".join(_parts(line, screen, errand))
    place = folder.with_suffix(".answer")
    with place.open("xb") as target:
        for part in _parts(line, screen, errand):
            target.write(part)
    return place


def _parts(line: bytes, screen: Screen, errand: CallersErrand) -> Iterator[bytes]:
    yield line
    for kept in errand.kept:
        with kept.place.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk
    for _stream, text in screen.pieces:
        yield bytes(text)
