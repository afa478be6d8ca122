"""Where the product takes time, chance, fonts and shipped files: here they are taken from a
recording instead.

This is the one file to mend when the product's own seams move. What is replaced, and why:

* the clock (`Turn.session`, handed to each command): it stands still within a command and moves on between two;
* `os.urandom` and `time.time_ns`, from which ids are made: they depend on the command's number and on how many
  draws that command has made, so that one draw more or less cannot shift the ids of later commands;
* the setting of PDF and DOCX, the fonts and the versions of the libraries: those have golden files of their own
  (`tests/golden`), and here they would tie the ledger to one machine;
* the shipped folders: the definitions kept beside the recording, whatever the checkout has by now;
* the reading of a workflow file, which is remembered: every command opens the office anew.
"""  # noqa: E501

from __future__ import annotations

import importlib.metadata
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lifecycle import places
from lifecycle.correspondence import forms, press
from lifecycle.letter import fonts
from lifecycle.letter.docx import docx
from lifecycle.letter.model import Letter
from lifecycle.letter.pdf import press as pdf
from lifecycle.letter.text import to_text
from lifecycle.office.session import Session
from lifecycle.workflow import reader

DATABASE = "lifecycle.db"


class Turn:
    """Which command is being given, at what time, and how often it has drawn."""

    def __init__(self, start: datetime) -> None:
        self.number = 0
        self.draws = 0
        self.now = start

    def next(self, seconds: int) -> None:
        """Go on to the next command, so many seconds later."""
        self.number += 1
        self.draws = 0
        self.now += timedelta(seconds=seconds)

    def session(self) -> Session:
        """Give what one command goes by: this clock."""
        return Session(clock=lambda: self.now)

    def urandom(self, size: int) -> bytes:
        """Give bytes that rise from draw to draw within a command, as the ids of a real run rise
        with its clock.
        """
        self.draws += 1
        rising = (self.draws % 4096).to_bytes(2, "big")
        drawn = sha256(f"{self.number} {self.draws}".encode()).digest()
        return (rising + drawn * (size // len(drawn) + 1))[:size]

    def time_ns(self) -> int:
        """Give the clock in nanoseconds since 1970."""
        return int(self.now.timestamp()) * 1_000_000_000


class NoFonts:
    """Fonts that have every character."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}

    def glyph(self, role: str, char: str) -> str:
        """Give something for every character."""
        return char


def _set_plainly(form: str) -> Any:
    def plainly(letter: Letter, *_fonts: object) -> bytes:
        return f"{form}\n{to_text(letter)}".encode()

    return plainly


@contextmanager
def installed(turn: Turn, definitions: Path) -> Iterator[None]:
    """Replace the product's chance, fonts and shipped folders; everything is put back
    afterwards.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", turn.urandom)
        patch.setattr(time, "time_ns", turn.time_ns)
        patch.setattr(fonts.Fonts, "find", classmethod(lambda cls, folders=None: NoFonts()))
        patch.setattr(pdf, "missing_glyphs", lambda letter, found: [])
        patch.setattr(pdf, "to_pdf", _set_plainly("pdf"))
        patch.setattr(docx, "to_docx", _set_plainly("docx"))
        for module in (press, forms):
            patch.setattr(module, "made_with", lambda found: {"press": "golden"})
        patch.setattr(importlib.metadata, "version", lambda name: "golden")
        patch.setattr(places, "shipped", lambda folder: definitions / folder)
        patch.setattr(reader, "read_workflow", cache(reader.read_workflow))
        for name in list(os.environ):
            if name.startswith(("LIFECYCLE_", "_LIFECYCLE_")):
                patch.delenv(name)
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            patch.delenv(name, raising=False)
        patch.setenv("LIFECYCLE_DB", DATABASE)
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        try:
            yield
        finally:
            patch.undo()
            time.tzset()
