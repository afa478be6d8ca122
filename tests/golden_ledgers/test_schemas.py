"""Databases made by earlier versions, kept as files: `upgrade` brings them to today's schema, and
nothing is lost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from click.testing import CliRunner, Result
from outside import outside

from lifecycle.cli.root import root
from lifecycle.ledger.sqlite.database import SCHEMA

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
KEPT = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
"""The schemas of which a database is kept: all that there have been. `make_schema.py` tells how to
make the next.
"""


NEW_TYPES = {
    "notice_checked": "letter_reviewed",
    "notice_frozen": "letter_frozen",
    "notice_issued": "letter_issued",
    "notice_received": "letter_received",
    "notice_replied": "letter_answered",
    "notice_voided": "letter_voided",
}
"""What schema 3 calls the types of entries that schema 2 called otherwise; the bytes are the same.
"""


class Old:
    """A kept database in a folder of its own, with its materials."""

    def __init__(self, name: str, folder: Path) -> None:
        self.path = folder / "office.db"
        with tarfile.open(SCHEMAS / f"{name}.tar.gz") as archive:
            archive.extractall(folder, filter="data")

    def run(self, *args: str) -> Result:
        """Run a command line on it."""
        return CliRunner().invoke(
            root, args, prog_name="lifecycle", env={"LIFECYCLE_DB": str(self.path)}
        )

    def asks(self, *args: str) -> Any:
        """Run a command line that must succeed, for its JSON document."""
        result = self.run(*args, "--json")
        assert result.exit_code == 0, result.output
        return answered(result.stdout)

    def row(self, statement: str) -> Any:
        """Read one row."""
        with outside(self.path) as database:
            return database.execute(statement).fetchone()

    def entries(self) -> list[Any]:
        """Read the log as it is stored."""
        with outside(self.path) as database:
            return list(database.execute("SELECT * FROM entry ORDER BY idx"))


def told(name: str) -> Any:
    """Give what the version that made a database said of each of its cases."""
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def says_the_same(old: Old, name: str) -> None:
    """See that audit is clean and that the replay of every case says all that it said when it was
    made.
    """
    audit = old.asks("audit")
    assert (audit["ok"], audit["complete"], audit["findings"]) == (True, True, [])
    for kept in told(name):
        for entry in kept["entries"]:
            entry["type"] = NEW_TYPES.get(entry["type"], entry["type"])
        came = old.asks("replay", kept["case"]["number"])
        assert (came["ok"], came["same_as_stored"]) == (True, True)
        assert {key: came["case"][key] for key in kept["case"]} == kept["case"]
        assert [
            {key: e[key] for key in k}
            for k, e in zip(kept["entries"], came["entries"], strict=True)
        ] == (kept["entries"])


def test_there_is_a_database_of_every_schema() -> None:
    """Who raises the schema keeps a database of it here."""
    assert list(range(1, SCHEMA + 1)) == KEPT
    assert [Path(SCHEMAS / f"schema-{number}.tar.gz").exists() for number in KEPT] == [True] * len(
        KEPT
    )


@pytest.mark.parametrize("schema", KEPT)
def test_a_database_of_an_earlier_version_is_upgraded(tmp_path: Path, schema: int) -> None:
    """After `upgrade` the schema is today's, the log is untouched, audit is clean, every replay
    says what it said.
    """
    old = Old(f"schema-{schema}", tmp_path)
    assert old.row("PRAGMA user_version") == (schema,)
    before = old.entries()
    if schema < SCHEMA:
        assert old.run("list").exit_code == 3
    answer = old.asks("upgrade")
    copy = f"{old.path}.v{schema}" if schema < SCHEMA else None
    assert answer == {"ok": True, "from": schema, "to": SCHEMA, "copy": copy}
    assert old.row("PRAGMA user_version") == (SCHEMA,)
    assert old.entries() == before
    assert old.row("SELECT count(*) FROM sqlite_master WHERE name = 'notice'") == (0,)
    says_the_same(old, f"schema-{schema}")


def test_work_goes_on_after_an_upgrade(tmp_path: Path) -> None:
    """A case begun under schema 1 takes another entry after the upgrade, and the audit
    stays clean.
    """
    old = Old("schema-1", tmp_path)
    old.asks("upgrade")
    entries = len(old.entries())
    assert old.asks("set", "KC-2026-003", "area=12", "--as", "bureau01")["ok"]
    assert len(old.entries()) == entries + 1
    assert old.asks("audit")["findings"] == []


def test_the_copy_that_an_upgrade_leaves_is_the_database_before_it(tmp_path: Path) -> None:
    """The copy has the old schema and the whole log, so that an earlier version can go
    on with it.
    """
    old = Old("schema-1", tmp_path)
    before = old.entries()
    old.path = Path(old.asks("upgrade")["copy"])
    assert old.row("PRAGMA user_version") == (1,)
    assert old.entries() == before
    assert old.row(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('letter', 'form', 'outbox')"
    ) == (0,)


def test_a_half_upgraded_database_is_completed(tmp_path: Path) -> None:
    """Where some of the new tables are there already and the schema is still the old one, `upgrade`
    goes through.
    """
    old = Old("half-upgraded", tmp_path)
    assert old.row("PRAGMA user_version") == (1,)
    assert old.row("SELECT count(*) FROM sqlite_master WHERE name = 'notice'") == (1,)
    before = old.entries()
    assert old.run("list").exit_code == 3
    assert old.asks("upgrade")["from"] == 1
    assert old.entries() == before
    says_the_same(old, "schema-1")


def test_an_upgrade_that_is_killed_is_done_again(tmp_path: Path) -> None:
    """Killed before its commit, an upgrade has changed nothing, and the next one goes through."""
    old = Old("schema-1", tmp_path)
    before = old.entries()
    killed = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from lifecycle.ledger.sqlite.database import upgrade\n"
        "from lifecycle.ledger.copies.refold import refold\n"
        "from lifecycle.ledger.sqlite.store import SqliteStore\n"
        "def stopped(path, connection):\n"
        "    refold(SqliteStore(path, connection, None))\n"
        "    os._exit(9)\n"
        "upgrade(Path(sys.argv[1]), stopped)\n"
    )
    checkout = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run([sys.executable, "-c", killed, str(old.path)], env=checkout, check=False)
    assert ended.returncode == 9
    assert old.entries() == before
    assert old.row("SELECT count(*) FROM sqlite_master WHERE name = 'letter'") == (0,)
    assert old.asks("upgrade")["from"] == 1
    says_the_same(old, "schema-1")
