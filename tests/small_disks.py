"""A disk that is soon full, for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """Give a disk of so many MB, mounted on a folder that there is; or skip with the reason."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("不是 root，不能挂一块小磁盘")
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("这里不许挂磁盘")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(place: Path, *, leave: int) -> Path:
    """Fill a disk up to so many bytes, by a file of zeros; give that."""
    filler = place / "filler"
    with filler.open("wb") as target:
        left = shutil.disk_usage(place).free - leave
        while left > 0:
            part = min(left, 1 << 16)
            target.write(bytes(part))
            left -= part
    return filler
