"""What a command does not need, it does not import: officers call commands all day, and starting
one is most of its time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paper_office import fonts
from tiny_office import Tiny

TOP = Path(__file__).parents[2]
RUN = """
import os, sys
told = os._exit
def ended(code):
    print(code, *sorted(sys.modules), file=sys.stderr, flush=True)
    told(0)
os._exit = ended
from lifecycle.cli import main
main()
"""
"""Runs a command as `lifecycle` does, and tells at its end how it ended and what was imported."""
HEAVY = frozenset(
    (
        "asyncio",
        "csv",
        "difflib",
        "email",
        "http",
        "importlib.metadata",
        "jinja2",
        "logging",
        "openpyxl",
        "pydantic",
        "socket",
        "sqlalchemy",
        "sqlmodel",
        "subprocess",
        "tempfile",
        "transitions",
        "typst",
        "uharfbuzz",
        "yaml",
        "lifecycle.cage",
        "lifecycle.correspondence",
        "lifecycle.delivery",
        "lifecycle.exchange",
        "lifecycle.ledger.audit",
        "lifecycle.ledger.replay",
        "lifecycle.ledger.sqlite.tables",
        "lifecycle.letter.fonts",
        "lifecycle.people.changes",
        "lifecycle.template",
        "lifecycle.workflow.check",
        "lifecycle.workflow.language",
        "lifecycle.workflow.reader",
        "lifecycle.workflow.yaml",
    )
)
"""What takes long to import, or belongs to rooms of which an ordinary command needs nothing."""
MACHINE = frozenset(("transitions", "logging"))
"""An advance fires its Machine, and `transitions` logs."""
FONTS = frozenset(("lifecycle.letter.fonts", "uharfbuzz"))
"""Whether a character beyond the usual ones can be printed, only the fonts know."""
VERBS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "help": (("--help",), frozenset()),
    "show": (("show", "KC-2026-001", "--as", "bureau01"), frozenset()),
    "show --json": (("show", "KC-2026-001", "--json"), frozenset()),
    "log": (("log", "KC-2026-001"), frozenset()),
    "why": (("why", "KC-2026-001", "close", "--as", "bureau01"), frozenset()),
    "set": (("set", "KC-2026-001", "investment=5000", "--as", "bureau01"), frozenset()),
    "sign": (("sign", "KC-2026-001", "to_siting", "agree", "--as", "land01"), frozenset()),
    "open": (("open", "visit", "--set", "name=总部", "--as", "bureau01"), frozenset()),
    "open 龘漈①": (("open", "visit", "--set", "name=龘漈①", "--as", "bureau01"), frozenset()),
    "open 🦄": (("open", "visit", "--set", "name=🦄", "--as", "bureau01"), FONTS),
    "advance": (
        ("advance", "KC-2026-001", "note_visit", "--set", "people=3", "--as", "bureau01"),
        MACHINE,
    ),
    "advance --dry-run": (
        ("advance", "KC-2026-001", "close", "--note", "无", "--dry-run", "--as", "bureau01"),
        MACHINE,
    ),
    "a refusal": (("advance", "KC-2026-001", "to_done", "--as", "land01"), frozenset()),
}
"""Command lines, and what of the heavy modules each may import."""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office with one case."""
    made = Tiny(tmp_path, monkeypatch).founded()
    made.opened("investment=3000", name="总部基地")
    return made


def imported(tiny: Tiny, command: tuple[str, ...]) -> tuple[int, set[str]]:
    """Run a command in a process of its own; give its exit code and the modules it imported."""
    env = {**os.environ, "LIFECYCLE_DB": str(tiny.path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command],
        capture_output=True,
        text=True,
        env=env,
        cwd=TOP,
        check=True,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    return int(code), set(modules)


@pytest.mark.parametrize("name", VERBS)
def test_a_command_imports_nothing_that_it_does_not_need(tiny: Tiny, name: str) -> None:
    """What officers type all day imports neither YAML nor Jinja2, nothing of letters, tables and
    audits, and `transitions` only to fire a machine.
    """
    command, allowed = VERBS[name]
    if "uharfbuzz" in allowed:
        fonts()
    code, modules = imported(tiny, command)
    assert code == (1 if name == "a refusal" else 0)
    assert sorted((HEAVY & modules) - allowed) == []
    assert allowed <= modules, "what is allowed is needed: else it is to be struck from the list"
