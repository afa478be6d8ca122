"""A case's snapshot is the canonical JSON of the case, whatever of it was read before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from ledger_office import Bureau

from lifecycle.engine.case import Case, dump_case
from lifecycle.errors import UnavailableError
from lifecycle.frozen import replace
from lifecycle.ledger import snapshot
from lifecycle.ledger.record import canonical
from lifecycle.ledger.snapshot import ReadSnapshot, read_snapshot, write_snapshot


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[bytes]]:
    """Give the snapshots of cases in and after every kind of opinion and move."""
    with pytest.MonkeyPatch.context() as patch:
        bureau = Bureau(tmp_path_factory.mktemp("office"), patch).walked()
        with closing(bureau.office()) as office, bureau.sql() as database:
            ids = [case_id for (case_id,) in database.execute("SELECT id FROM cases")]
            found = [office.store.case(case_id) for case_id in ids]
            yield [one[1] for one in found if one is not None]


@pytest.fixture(params=[0, 10**9])
def large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Have every snapshot count as a large one, or none."""
    monkeypatch.setattr(snapshot, "LARGE", request.param)
    size: int = request.param
    return size


@pytest.mark.usefixtures("large")
def test_it_is_the_same_whatever_was_read_before(snapshots: list[bytes]) -> None:
    """Written after nothing was read, after itself was, and after any other case was."""
    assert len(snapshots) > 2
    read = [read_snapshot(raw) for raw in snapshots]
    for one in read:
        assert canonical(dump_case(one.case)) == one.raw
        assert {write_snapshot(one.case, other) for other in (None, *read)} == {one.raw}


def test_only_what_is_another_part_is_written_anew(
    snapshots: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that is the very one that was read stands as its text was; one that changed, came or
    went, as it now is.
    """
    monkeypatch.setattr(snapshot, "LARGE", 0)
    read = read_snapshot(snapshots[0])
    marked = ReadSnapshot(read.raw, read.case, {**read.texts, "facts": "0", "title": "0"})
    after: Case = replace(read.case, title="另一个名称", cancelled=True)
    wanted = canonical({**dump_case(after), "facts": 0})
    assert write_snapshot(after, marked) == wanted
    cancelled = read_snapshot(write_snapshot(after, read))
    assert cancelled.case == after
    assert write_snapshot(read.case, cancelled) == read.raw


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("end", [0, 1, 20, -1])
def test_what_is_cut_short_is_damaged(snapshots: list[bytes], end: int) -> None:
    """Nothing is read out of a part of a snapshot, nor out of one with something after it."""
    for raw in (snapshots[0][:end], snapshots[0] + b"}", b"[]", b"{}"):
        with pytest.raises(UnavailableError, match="存储的事项状态已损坏"):
            read_snapshot(raw)
