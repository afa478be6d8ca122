"""The kept files: commands, ledger lines, surface lines, samples and the definitions that all of
them rest on.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger_office import CLOSING, CONSULTATION, with_letters
from paper_office import ASK, ISSUING, REMINDER
from tiny_office import TINY

from lifecycle import places

KEPT = Path(__file__).parent / "kept"
DEFINITIONS = "definitions.tar.gz"


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder to play in, in memory where there is such a place: nothing there has to survive
    a power cut.
    """
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def write_lines(name: str, lines: Iterable[Any]) -> None:
    """Write lines of JSON, compressed; the same lines always give the same bytes."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def read_lines(name: str) -> Iterator[dict[str, Any]]:
    """Read lines that were written by `write_lines`."""
    with gzip.open(KEPT / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def gather_definitions(folder: Path) -> None:
    """Copy the checkout's definitions: those of the city, and those of the tiny office of the
    tests.
    """
    for name in ("workflows", "notices", "calendars", "settings", "demo"):
        shutil.copytree(
            places.shipped(name),
            folder / "city" / name,
            ignore=shutil.ignore_patterns("*.py", "__*"),
        )
    tiny = folder / "tiny"
    for name in ("workflows", "notices", "demo"):
        (tiny / name).mkdir(parents=True)
    for name in ("calendars", "settings"):
        shutil.copytree(folder / "city" / name, tiny / name)
    shutil.copy(folder / "city" / "notices" / "relations.yaml", tiny / "notices")
    shutil.copy(TINY / "directory.yaml", tiny / "demo" / "office.yaml")
    visit = with_letters().replace("  - {name: note_visit,", f"{ASK}  - {{name: note_visit,", 1)
    (tiny / "workflows" / "visit.yaml").write_text(visit, encoding="utf-8")
    (tiny / "notices" / "reply-reminder.j2").write_text(REMINDER, encoding="utf-8")
    (tiny / "notices" / "issuing.yaml").write_text(ISSUING, encoding="utf-8")
    (tiny / "notices" / "consultation.j2").write_text(CONSULTATION, encoding="utf-8")
    (tiny / "notices" / "closing.j2").write_text(CLOSING, encoding="utf-8")


def keep_definitions(folder: Path) -> None:
    """Keep a folder of definitions as one compressed file; the same files always give the same
    bytes.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            body = path.read_bytes()
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    KEPT.mkdir(exist_ok=True)
    (KEPT / DEFINITIONS).write_bytes(gzip.compress(packed.getvalue(), mtime=0))


def unpack_definitions(folder: Path) -> Path:
    """Unpack the kept definitions into a folder, and give it."""
    with tarfile.open(KEPT / DEFINITIONS) as archive:
        archive.extractall(folder, filter="data")
    return folder
