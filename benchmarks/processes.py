"""Whole processes, on a file and through the service, beside `python -c pass`; many callers at the
service at once.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measure import compared, note, say, timed
from benchmarks.offices import COMMAND, MIDLIFE, example

VERBS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "--help": (("--help",), "", "5 ×"),
    "show": (("show", MIDLIFE), "≤ 12 ×", "20–25 ×"),
    "why": (("why", MIDLIFE, "remind"), "≤ 12 ×", "20–25 ×"),
    "advance": (("advance", MIDLIFE, "remind", "--note", "例行"), "≤ 12 ×", "20–25 ×"),
    "todo": (("todo",), "≤ 15 ×", "54–59 ×"),
    "list": (("list",), "≤ 15 ×", "46–49 ×"),
    "board": (("board",), "≤ 15 ×", "46–49 ×"),
}
"""Each command of the worked example, the aim on a file and what it was before."""


def bench_processes(*, quick: bool) -> None:
    """Print what whole processes take."""
    rounds = 2 if quick else 15
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = example(folder / "office")
        on_file = {"LIFECYCLE_DB": str(database), "LIFECYCLE_OFFICER": "bureau01"}
        _bench_verbs("文件", on_file, list(VERBS), rounds)
        register_me(database)
        for workers in (1, 2):
            with served(folder, database, workers) as path:
                through = {"LIFECYCLE_DB": f"unix:{path}"}
                verbs = [verb for verb in VERBS if verb != "--help"]
                _bench_verbs(f"服务，{workers} 个进程", through, verbs, rounds)
                _bench_callers(path, workers, 1.0 if quick else 5.0)


def _bench_verbs(where: str, environment: Mapping[str, str], verbs: list[str], rounds: int) -> None:
    sides = [partial(_process, [sys.executable, "-c", "pass"], environment)]
    sides += [partial(_process, [*COMMAND, *VERBS[verb][0]], environment) for verb in verbs]
    floor, *ours = compared(sides, rounds)
    for verb, taken in zip(verbs, ours, strict=True):
        _words, aim, before = VERBS[verb]
        if where.startswith("服务"):
            aim, before = "≤ 5 ×", ""
        say(f"整个进程 {verb}（{where}）", "示例", taken, floor, aim, before)


def _process(words: list[str], more: Mapping[str, str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "LIFECYCLE_OFFICER"}
    environment |= {**more, "NO_COLOR": "1"}
    run = partial(subprocess.run, words, env=environment, stdout=subprocess.DEVNULL, check=True)
    return timed(run)


def register_me(database: Path) -> None:
    """Make the account that measures one of bureau01's, and the folder its own."""
    from lifecycle.service.server import account_of

    words = ["officer", "account", "bureau01", account_of(os.geteuid()), "--as", "admin"]
    subprocess.run([*COMMAND, *words, "--db", str(database)], check=True, capture_output=True)
    database.parent.chmod(0o700)


@contextmanager
def served(folder: Path, database: Path, workers: int) -> Iterator[Path]:
    """Serve an office with so many workers, each of which has done something; give the socket."""
    import yaml

    from lifecycle import places

    limits = yaml.safe_load((places.settings() / "service.yaml").read_text("utf-8"))
    file, path = folder / "limits.yaml", folder / "s"
    file.write_text(yaml.safe_dump({**limits, "workers": workers}), "utf-8")
    words = ["serve", "--db", str(database), "--socket", str(path), "--limits", str(file)]
    with subprocess.Popen([*COMMAND, *words], stderr=subprocess.DEVNULL) as service:
        try:
            while not path.exists():
                time.sleep(0.05)
            for _ in range(4 * workers):
                _process([*COMMAND, "list"], {"LIFECYCLE_DB": f"unix:{path}"})
            yield path
        finally:
            service.terminate()


def _bench_callers(path: Path, workers: int, seconds: float) -> None:
    """Print how many questions of eight callers at once are answered in a second."""
    count = [0] * 8
    stop = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_asked, args=(path, stop, count, who)) for who in range(len(count))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    note(
        f"服务（{workers} 个进程），8 人同时 show：{sum(count) / seconds:.0f} /秒，"
        f"份额 {min(count)}–{max(count)}"
    )


def _asked(path: Path, stop: float, count: list[int], who: int) -> None:
    """Ask for a case over and over, without the start of a process."""
    from lifecycle.wire import PATH, head

    streams = [["utf-8", False], ["utf-8", False]]
    document = {"argv": ["show", MIDLIFE], "request_id": "x", "environment": {}, "files": []}
    body = head({**document, "streams": streams}, ())
    first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    while time.monotonic() < stop:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(first + body)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200")
        count[who] += 1
