"""The compiled form kept of each published workflow: commands judge by it, and the audit by the
YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from homes import Home
from ledger_office import Bureau, copied

from lifecycle.ledger.audit import definitions
from lifecycle.ledger.library import Library
from lifecycle.ledger.opening import open_store
from lifecycle.ledger.record import hash_of
from lifecycle.ledger.sql import text
from lifecycle.workflow import reader
from lifecycle.workflow.compiled import PROGRAM, compile_definition
from lifecycle.workflow.model import Workflow


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Bureau]:
    """Make the history once."""
    with pytest.MonkeyPatch.context() as patch:
        yield Bureau(tmp_path_factory.mktemp("pristine"), patch, home).walked()


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it that may be damaged."""
    return copied(pristine, tmp_path / "copy")


def rows(bureau: Bureau) -> list[tuple[str, str, bytes]]:
    """Read what is kept: digest, program, bytes."""
    with bureau.sql() as database:
        statement = "SELECT sha256, program, body FROM compiled"
        return [(row[0], row[1], row[2]) for row in database.execute(statement)]


def forge(bureau: Bureau, old: str, new: str) -> None:
    """Write something else into the compiled workflow."""
    with bureau.sql() as database:
        ((body,),) = database.execute("SELECT body FROM compiled").fetchall()
        assert old.encode() in body
        forged = body.replace(old.encode(), new.encode())
        database.execute("UPDATE compiled SET body = ?", (forged,))


def by_yaml(bureau: Bureau) -> Workflow:
    """Read the published workflow from its YAML."""
    with closing(open_store(bureau.url)) as store:
        (digest,) = [row[0] for row in store.rows(text.DEFINITIONS) if row[1] == "workflow"]
        return Library(store, unaided=True).workflow(digest)


def no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody read a workflow's YAML."""

    def refuse(*_args: object, **_kwargs: object) -> Workflow:
        raise AssertionError("the YAML was read")

    monkeypatch.setattr(reader, "read_workflow", refuse)


def test_a_published_workflow_is_kept_compiled(bureau: Bureau) -> None:
    """Founding leaves what the YAML gives, under its digest and this program's name."""
    workflow = by_yaml(bureau)
    assert rows(bureau) == [(workflow.digest, PROGRAM, compile_definition(workflow))]


def test_commands_judge_by_the_compiled_form(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case is shown, judged and moved on without a look at the YAML."""
    no_yaml(monkeypatch)
    number = bureau.opened("investment=5000", name="总部", on="2026-09-29")
    bureau.do("show", number, by="bureau01")
    bureau.run("why", number, "to_siting", by="bureau01")
    bureau.do("advance", number, "close", "--note", "资金未落实", by="bureau01")


def test_a_forged_compiled_workflow_is_one_finding(bureau: Bureau) -> None:
    """Whoever lowers a threshold in the compiled form is found, at the workflow, once; and the
    entries are judged by the YAML, so that nothing else is said.
    """
    forge(bureau, "3000", "2000")
    digest = by_yaml(bureau).digest[:12]
    assert [str(finding) for finding in bureau.findings()] == [
        f"entry 0 case office: 定义（definition）：workflow {digest}… 的编译形式与其原文不符"
    ]


def test_an_audit_that_trusts_it_misses_it(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison with the YAML is what finds it."""
    forge(bureau, "3000", "2000")
    monkeypatch.setattr(definitions, "is_as_written", lambda _store, _digest, _kind: True)
    assert bureau.findings() == []


def test_a_compiled_form_of_nothing_published_is_found(bureau: Bureau) -> None:
    """No other workflow can be slipped in."""
    digest = hash_of(b"other")
    with bureau.sql() as database:
        body = rows(bureau)[0][2]
        database.execute("INSERT INTO compiled VALUES (?, ?, ?)", (digest, PROGRAM, body))
    assert [str(finding) for finding in bureau.findings()] == [
        f"entry 0 case office: 定义（definition）：workflow {digest[:12]}… 有编译形式而未经发布"
    ]


def test_what_cannot_be_read_is_compiled_anew(bureau: Bureau) -> None:
    """Bytes that are no workflow, or another workflow's, are passed over: the YAML is there. The
    audit finds them, and the next entry puts them right.
    """
    workflow = by_yaml(bureau)
    for old, new in (('["Workflow"', '["Work"'), (workflow.digest, "0" * 64)):
        forge(bureau, old, new)
        number = bureau.numbers()[0]
        bureau.do("show", number, by="bureau01")
        assert len(bureau.findings()) == 1
        bureau.opened("investment=5000", name=f"总部{old[:3]}", on="2026-09-29")
        assert rows(bureau) == [(workflow.digest, PROGRAM, compile_definition(workflow))]
        assert bureau.findings() == []


@pytest.mark.parametrize("left", ["DELETE FROM compiled", "UPDATE compiled SET program = '0.0/1'"])
def test_it_is_a_cache(bureau: Bureau, left: str) -> None:
    """Without it, or with another program's, all goes on: what only reads leaves it so, the next
    entry writes it.
    """
    with bureau.sql() as database:
        database.execute(left)
    before = rows(bureau)
    number = bureau.numbers()[0]
    bureau.do("show", number, by="bureau01")
    assert bureau.findings() == []
    assert rows(bureau) == before
    bureau.opened("investment=5000", name="总部", on="2026-09-29")
    workflow = by_yaml(bureau)
    assert rows(bureau) == [(workflow.digest, PROGRAM, compile_definition(workflow))]


def test_it_does_not_stand_in_for_a_lost_workflow(bureau: Bureau) -> None:
    """Where the YAML is gone or altered, nothing is judged by what was compiled from it."""
    number = bureau.numbers()[0]
    with bureau.sql() as database:
        database.execute("UPDATE definition SET body = ? WHERE kind = 'workflow'", (b"\0",))
    code, told = bureau.fails("show", number, by="bureau01")
    assert (code, "被改动" in told) == (3, True)
