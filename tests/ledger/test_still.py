"""An account that may only read, while another writes: it is told that it could not read, never
that something is wrong.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from ledger_office import Bureau
from outside import raw

from lifecycle.errors import UnavailableError
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.sqlite.still import StillConnection, lies_still, lying
from lifecycle.ledger.sqlite.store import SqliteStore
from lifecycle.office.administration.audit import Audit

NOBODY = 65_534
TOLD = "数据库正被别的账户写入，本账户只能读，这次没有读全"
MEND = "请稍后再试；要随时能读，请用服务或备份"


@contextmanager
def as_nobody() -> Iterator[None]:
    """Have no more rights than an account that owns nothing."""
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    """Give an office with a case, in a folder in which other accounts may read but not write."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can read as another account")
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-"))
    try:
        folder.chmod(0o755)
        bureau = Bureau(folder, monkeypatch).founded()
        bureau.opened(name="一")
        bureau.path.chmod(0o644)
        with as_nobody():
            if os.access(folder, os.W_OK, effective_ids=True):
                pytest.skip("here an account without rights may write everywhere")
        yield bureau
    finally:
        shutil.rmtree(folder)


def opened_as_nobody(bureau: Bureau) -> SqliteStore:
    """Open the database as an account that may only read."""
    with as_nobody():
        return SqliteStore.open(str(bureau.path))


def test_what_lies_still_is_read(shown: Bureau) -> None:
    """Where nobody writes, such an account reads and audits everything."""
    with closing(opened_as_nobody(shown)) as store:
        assert isinstance(store.connection, StillConnection)
        assert store.connection.readonly
        assert [number for (number,) in store.connection.rows("SELECT number FROM cases")] == (
            shown.numbers()
        )
    with as_nobody():
        found = shown.run("audit")
    assert (found.exit_code, "没有发现问题" in found.stdout) == (0, True)


def test_what_was_read_while_another_wrote_is_not_believed(shown: Bureau) -> None:
    """Once another has written, every further reading is refused, and so is an audit under way."""
    with as_nobody():
        office = shown.office()
    with closing(office):
        shown.opened(name="二")
        with pytest.raises(UnavailableError) as caught:
            raw(office.store).rows("SELECT * FROM entry")
        assert (caught.value.message, caught.value.mend) == (TOLD, MEND)
        with pytest.raises(UnavailableError, match=TOLD):
            raw(office.store).copy_to(shown.folder / "copy.db")
        audit = Audit(office)
        found: list[Finding] = []
        with pytest.raises(UnavailableError, match=TOLD):
            found.extend(audit.findings())
        assert found == []
    with as_nobody():
        assert shown.run("audit").exit_code == 0


def test_no_damage_is_told_of_what_another_writes(shown: Bureau) -> None:
    """An error while another writes is told as that; one of a file that lies still is damage."""
    with closing(opened_as_nobody(shown)) as store:
        whole = shown.path.read_bytes()
        shown.path.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))
        with pytest.raises(UnavailableError) as caught:
            store.connection.rows("SELECT * FROM entry")
        assert (caught.value.message, caught.value.mend) == (TOLD, MEND)
    with as_nobody():
        code, message = shown.fails("list")
    assert (code, message.startswith("数据库已损坏，或不是本系统的数据库")) == (3, True)


@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_what_has_a_journal_beside_it_does_not_lie_still(shown: Bureau, suffix: str) -> None:
    """A file lacks what stands in a journal beside it, from the opening on; an empty one holds
    nothing.
    """
    journal = shown.path.with_name(shown.path.name + suffix)
    with closing(opened_as_nobody(shown)) as store:
        journal.touch(0o644)
        assert store.case_place("none") is None
        journal.write_bytes(b"x")
        with pytest.raises(UnavailableError, match=TOLD):
            store.case_place("none")
    assert lies_still(shown.path) is None


def test_an_auditor_beside_a_busy_writer_sees_no_fault(shown: Bureau) -> None:
    """While another process opens cases without end, an audit by an account that may only read is
    clean, or says that it could not read, or what the account may not do; never a finding, never
    damage.
    """
    process = multiprocessing.get_context("fork").Process(target=_write_on, args=(shown,))
    process.start()
    shown.now += timedelta(days=1)
    try:
        told = set()
        end = time.monotonic() + 20
        while time.monotonic() < end and "not read" not in told:
            if lying(shown.path) is None:
                continue  # it would be read with locks, or not at all
            with as_nobody():
                result = shown.run("audit")
            told.add(_said(result))
    finally:
        process.kill()
        process.join()
    assert "not read" in told
    assert told <= {"clean", "not read", "no right"}


def _write_on(bureau: Bureau) -> None:
    for number in range(10_000):
        bureau.do("open", "visit", "--set", f"name=第{number}件", by="bureau01")


def _said(result: Result) -> str:
    if result.exit_code == 0:
        return "clean"
    if result.exit_code != 3:
        return result.output
    if f"未能核对完：{TOLD}" in result.stdout or result.stderr.startswith(TOLD):
        return "not read"
    rights = ("数据库不能写入：账户 nobody", "数据库打不开：账户 nobody")
    return "no right" if result.stderr.startswith(rights) else result.output
