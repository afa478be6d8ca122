"""What a command costs through the service, beside `python -c pass`.

python benchmarks/service.py [SECONDS]: a worked example office is made, served with one worker and
with two, and asked; sides alternate, least and median are printed.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

COMMAND = (sys.executable, "-c", "from lifecycle.cli import main; main()")
ROUNDS = 25


def run(*words: str, db: str) -> None:
    """Run a command and wait for it."""
    environment = {**os.environ, "LIFECYCLE_DB": db}
    environment.pop("LIFECYCLE_OFFICER", None)
    subprocess.run([*COMMAND, *words], env=environment, check=True, stdout=subprocess.DEVNULL)


def timed(call: object) -> float:
    """Give the milliseconds that a call takes."""
    assert callable(call)
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def told(name: str, times: list[float], floor: list[float]) -> None:
    """Print one line of the table."""
    least, middle = min(times), statistics.median(times)
    ratio = f"{least / min(floor):5.2f} x   {middle / statistics.median(floor):5.2f} x"
    print(f"{name:34} {least:8.1f} ms {middle:8.1f} ms   {ratio}")


def asked(path: Path, number: str, stop: float, count: list[int], who: int) -> None:
    """Ask the service for a case over and over, without the start of a process."""
    from lifecycle.wire import PATH, head

    streams = [["utf-8", False], ["utf-8", False]]
    document = {"argv": ["show", number], "request_id": "x", "environment": {}, "files": []}
    body = head({**document, "streams": streams}, ())
    first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    while time.monotonic() < stop:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(first + body)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200")
        count[who] += 1


def measure(folder: Path, workers: int, seconds: float) -> None:
    """Serve the office with so many workers and print what a command costs."""
    import yaml

    from lifecycle import places

    limits = yaml.safe_load((places.settings() / "service.yaml").read_text("utf-8"))
    file = folder / "limits.yaml"
    file.write_text(yaml.safe_dump({**limits, "workers": workers}), "utf-8")
    database, path = folder / "office" / "lifecycle.db", folder / "s"
    words = ["serve", "--db", str(database), "--socket", str(path), "--limits", str(file)]
    with subprocess.Popen([*COMMAND, *words], stderr=subprocess.DEVNULL) as service:
        while not path.exists():
            time.sleep(0.05)
        time.sleep(2)
        url, number = f"unix:{path}", "剑瓷"
        for _ in range(4 * workers):
            run("show", number, db=url)
        floor: list[float] = []
        through: dict[str, list[float]] = {"show": [], "todo": [], "list": []}
        for _ in range(ROUNDS):
            floor.append(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)))
            for verb, times in through.items():
                more = [number] if verb == "show" else []
                times.append(timed(lambda: run(verb, *more, db=url)))  # noqa: B023 - called at once
        print(f"{workers} worker(s)")
        told("python -c pass", floor, floor)
        for verb, times in through.items():
            told(f"lifecycle {verb} through the service", times, floor)
        count = [0] * 8
        stop = time.monotonic() + seconds
        threads = [
            threading.Thread(target=asked, args=(path, number, stop, count, who))
            for who in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"show, 8 connections at once: {sum(count) / seconds:.0f} /s, shares {sorted(count)}")
        service.terminate()


def main() -> None:
    """Make the office and measure."""
    from lifecycle.service.server import account_of

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = folder / "office"
        run("demo", "--into", str(office), db="")
        db = str(office / "lifecycle.db")
        run("officer", "account", "bureau01", account_of(os.geteuid()), "--as", "admin", db=db)
        office.chmod(0o700)
        for workers in (1, 2):
            measure(folder, workers, seconds)


if __name__ == "__main__":
    main()
