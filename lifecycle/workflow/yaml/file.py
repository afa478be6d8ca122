"""A settings file in YAML, read key by key as workflows are: all faults at once, each with its
place and mend.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from lifecycle.errors import InvalidError, Location, WorkflowError
from lifecycle.infile import read_file
from lifecycle.workflow.yaml.fields import Fields, Reading
from lifecycle.workflow.yaml.tree import Scalar, read_tree

_ZIP = b"PK\x03\x04"
"""How every XLSX, DOCX and ZIP file begins."""


def _top_keys(required: tuple[str, ...]) -> str:
    return f"顶层写 {'、'.join(f'{key}:' for key in required)} 等各键"


class YamlFile:
    """One file being read: `top` are its keys, `reading` gathers the faults, and `end` raises them.

    `body` are its bytes where they are at hand; `path` then only names it.
    """

    def __init__(
        self,
        path: Path,
        *,
        known: tuple[str, ...],
        required: tuple[str, ...],
        body: bytes | None = None,
    ) -> None:
        found = read_file(path) if body is None else body
        if found.startswith(_ZIP):
            message = f"{path} 是 XLSX 之类的压缩文件，不是 YAML"
            raise InvalidError(message, f"写成 YAML 的文本文件，{_top_keys(required)}")
        tree = read_tree(found, str(path))
        self.text = tree.text
        # The tree's reader speaks of workflows where a file as a whole is wrong.
        mend = _top_keys(required)
        whole = ("yaml-empty", "yaml-root")
        problems = tuple(replace(p, mend=mend) if p.rule in whole else p for p in tree.problems)
        self.reading = Reading(str(path), problems)
        if tree.root is None:
            self.end()
            raise InvalidError(f"{path} 读不了")
        self.top = Fields(
            self.reading, tree.root, "文件", Location(str(path)), known=known, required=required
        )

    def end(self) -> None:
        """Raise WorkflowError if there are faults."""
        if self.reading.problems:
            found = sorted(
                self.reading.problems, key=lambda p: (p.location.line, p.location.column)
            )
            raise WorkflowError(found, self.text)

    def day(self, fields: Fields, key: str) -> str | None:
        """Read a day written YYYY-MM-DD, if the key is there."""
        scalar = fields.scalar(key)
        return self.check_day(scalar, scalar.value) if scalar else None

    def check_day(self, scalar: Scalar, text: str) -> str | None:
        """Give a day of this text, or note that there is none such."""
        with suppress(ValueError):
            if len(text) == 10:
                return date.fromisoformat(text).isoformat()
        self.reading.fault(
            "wrong-date", scalar, f"“{scalar.value}” 不是日期", "写作 2026-08-01 的样子"
        )
        return None
