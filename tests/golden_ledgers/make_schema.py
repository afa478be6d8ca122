"""Make a small database with the code of the checkout that stands on the path, for tests of
`upgrade`.

    PYTHONPATH=CHECKOUT:CHECKOUT/tests python tests/golden_ledgers/make_schema.py tests/data/schemas

writes `schema-N.tar.gz`, with the database and its materials, and `schema-N.json`, with what that
version said of it when it replayed every case. The checkout's own test office makes the history, so
nothing here knows its formats. From schema 1 it writes `half-upgraded.tar.gz` as well: the same,
with the tables of schema 2 made and left empty, as an upgrade leaves it that is done statement by
statement and stopped.
"""

from __future__ import annotations

import json
import sys
import tarfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ledger_office import Bureau
from outside import outside

from lifecycle.ledger.sqlite.database import SCHEMA

LETTERS = (
    """CREATE TABLE notice (case_id VARCHAR NOT NULL, name VARCHAR NOT NULL, state VARCHAR NOT NULL,
    unit VARCHAR NOT NULL, number VARCHAR, code VARCHAR, title VARCHAR NOT NULL, issued_on VARCHAR NOT NULL,
    waiting VARCHAR NOT NULL, PRIMARY KEY (case_id, name), UNIQUE (number), UNIQUE (code))""",  # noqa: E501
    "CREATE INDEX notices_by_unit ON notice (unit, state)",
)
"""The first statements that bring schema 1 to schema 2, as the version that came after
it had them.
"""


def main() -> None:
    """Make the database of the checkout's schema."""
    target = Path(sys.argv[1]).resolve()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        bureau = _office(Path(folder), patch)
        said = [bureau.asks("replay", number) for number in bureau.numbers()]
        assert all(document["ok"] and document["same_as_stored"] for document in said)
        assert bureau.findings() == []
        (target / f"schema-{SCHEMA}.json").write_text(
            json.dumps(_told(said), ensure_ascii=False, indent=1) + "\n"
        )
        _pack(bureau, target / f"schema-{SCHEMA}.tar.gz")
        if SCHEMA == 1:
            with outside(bureau.path) as database:
                for statement in LETTERS:
                    database.execute(statement)
            _pack(bureau, target / "half-upgraded.tar.gz")


def _office(folder: Path, patch: pytest.MonkeyPatch) -> Bureau:
    """Make a history with every kind of entry that the version has; with letters signed off where
    it knows them.
    """
    with suppress(ImportError):
        from paper_office import Paper

        paper = Paper(folder, patch)
        paper.walked()
        number = paper.asked("莲都书院")
        document = str(paper.issued(number)["number"])
        paper.do("notice", "receipt", number, document, by="land01")
        reply = paper.write("复函.txt", "无意见")
        paper.do("notice", "reply", number, document, "同意", "--file", reply, by="wenwu01")
        other = paper.asked("莲都画坊")
        paper.issued(other)
        paper.do("notice", "void", other, "2-consultation", "--note", "收文单位有误", by="bureau04")
        return paper
    return Bureau(folder, patch).walked()


def _told(said: list[Any]) -> list[Any]:
    """Take of a replay what every version says alike."""
    entries = ("seq", "type", "hash", "state", "transition", "occurred_on", "recorded_at")
    facts = (
        "number",
        "state",
        "seq",
        "head",
        "facts",
        "materials",
        "opinions",
        "transitions",
        "suspended",
    )
    return [
        {
            "case": {name: document["case"][name] for name in facts},
            "entries": [{name: entry[name] for name in entries} for entry in document["entries"]],
        }
        for document in said
    ]


def _pack(bureau: Bureau, target: Path) -> None:
    with tarfile.open(target, "w:gz") as archive:
        for path in (bureau.path, bureau.path.with_name(f"{bureau.path.name}.files")):
            archive.add(path, path.name)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
