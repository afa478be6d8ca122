"""The peer: `eventsourcing`, installed into an environment of its own, asked by a pipe.

It is no dependency of the product. Where it cannot be had, the bench says so and goes on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGE = "eventsourcing==9.5.6"
PLACE = Path(sys.prefix) / "bench"


class NoPeerError(Exception):
    """There is no peer to compare with; the message says why."""


class Peer:
    """A process that makes the peer's durable transitions: as shipped, or with its aggregates
    cached.
    """

    def __init__(self, folder: Path, *, cached: bool) -> None:
        name = "cached" if cached else "shipped"
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / f"{name}.db"),
        }
        if cached:
            environment["AGGREGATE_CACHE_MAXSIZE"] = "10000"
        script = Path(__file__).with_name("peer_eventsourcing.py")
        self._process = subprocess.Popen(
            [str(_python()), str(script)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def time(self, steps: int) -> float:
        """Give the seconds of a transition of an aggregate that has twenty events."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def _python() -> Path:
    return PLACE / "bin" / "python"


def install() -> None:
    """Install the peer if it is not there. Raises NoPeerError."""
    if _has_it():
        return
    try:
        venv.create(PLACE, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPeerError(f"建不了环境：{error}") from error
    words = [str(_python()), "-m", "pip", "install", "-q", "--disable-pip-version-check", PACKAGE]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not _has_it():
        reason = (done.stderr.strip().splitlines() or ["原因不明"])[-1]
        raise NoPeerError(f"{PACKAGE} 装不上：{reason}")


def _has_it() -> bool:
    words = [str(_python()), "-c", "import eventsourcing"]
    return _python().exists() and subprocess.run(words, check=False).returncode == 0
