"""Processes that are stopped or killed at one of their own calls of the system, by strace."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat2,unlink,unlinkat,link,linkat"
"""The calls by which a process writes, and makes durable what it has written."""


@cache
def no_strace() -> str:
    """Say why faults cannot be injected into a process here; empty where they can."""
    if shutil.which("strace") is None:
        return "没有 strace"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "不许 ptrace"


def injection(calls: str, signal: str, which: int) -> tuple[str, ...]:
    """Give the words that have strace send a signal at the nth of some calls."""
    inject = f"inject={calls}:signal={signal}:when={which}"
    return ("-e", f"trace={calls}", "-e", inject)


@contextmanager
def struck(
    pid: int, log: Path, calls: str, signal: str, which: int, *, threads: bool = False
) -> Iterator[None]:
    """Have a running process get a signal at the nth of some calls of its first thread, or of any
    of its threads. What it calls is written to a log.
    """
    log.write_bytes(b"")
    told = log.with_suffix(".told")
    words = ["strace", *injection(calls, signal, which), "-o", str(log), "-p", str(pid)]
    if threads:
        words.append("-f")
    with told.open("wb") as sink:
        strace = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=sink)
    try:
        end = time.monotonic() + 30
        while "attached" not in told.read_text("utf-8"):
            assert time.monotonic() < end, told.read_text("utf-8")
            time.sleep(0.005)
        yield
    finally:
        strace.kill()  # it may wait for a thread that never ends: whom it traces is let go
        strace.wait(60)


def stopped(log: Path) -> bool:
    """Tell whether the process of a log was stopped by SIGSTOP."""
    return "SIGSTOP" in log.read_text("utf-8", errors="replace")
