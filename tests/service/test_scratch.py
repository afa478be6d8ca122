"""What requests may take up while they come in, and what a killed service leaves behind."""

from __future__ import annotations

import fcntl
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import LIMITS, Served, question, serving

from lifecycle.service.limits import Limits
from lifecycle.service.scratch import INLINE, LOCK, Room, scratch_folder
from lifecycle.wire import PATH

MEGABYTE = 1 << 20


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a temporary folder to this process and the services that it starts; its path is short,
    for Python's own sockets lie there.
    """
    with tempfile.TemporaryDirectory(prefix="lc-") as made:
        monkeypatch.setenv("TMPDIR", made)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield Path(made)


def half_sent(served: Served, size: int) -> socket.socket:
    """Announce a request of so many bytes and send half of them."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect(str(served.socket))
    first = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(first.encode() + bytes(size // 2))
    return connection


def test_an_account_takes_up_its_share_at_most(tmp_path: Path) -> None:
    """An account that is no officer's has two of the largest requests under way and no more: the
    next is turned away before its bytes are read, a small one is answered, and where one of the two
    goes away there is room again.
    """
    with serving(tmp_path, request_mb=2, receive_seconds=20) as served:
        held = [half_sent(served, 2 * MEGABYTE) for _ in range(2)]
        try:
            status, answer = served.raw(b"", length=INLINE + 1)
            assert (status, answer["message"]) == (503, "服务正忙，没有办理")
            assert served.raw(question("list"))[0] == 200
        finally:
            for connection in held:
                connection.close()
        large = question("list", files={"x": bytes(MEGABYTE)})
        assert served.raw(large)[0] == 200


def test_all_accounts_together_have_a_bound() -> None:
    """Room is held until it is given back; the bound in all goes before an account's share."""
    room = Room(Limits(**{**LIMITS, "request_mb": 4, "scratch_mb": 10}))
    with room.place_for("a", 8 * MEGABYTE) as first:
        with room.place_for("a", INLINE + 1) as more, room.place_for("b", 3 * MEGABYTE) as much:
            assert (first, more, much) == (True, False, False)
        with room.place_for("b", 2 * MEGABYTE) as rest, room.place_for("c", INLINE + 1) as none:
            assert (rest, none) == (True, False)
        with room.place_for("c", INLINE) as small:
            assert small
    with room.place_for("b", 8 * MEGABYTE) as again:
        assert again


def test_what_a_killed_service_left_is_swept(temporary: Path, tmp_path: Path) -> None:
    """The next service of the same socket removes it; while a service runs it has one folder."""
    place = tmp_path / "served"
    place.mkdir()
    with serving(place) as served:
        [first] = temporary.glob("lifecycle-service-*")
        connection = half_sent(served, 4 * MEGABYTE)
        served.kill()
        connection.close()
        assert first.exists()
        served.start()
        [second] = temporary.glob("lifecycle-service-*")
        assert second != first
        assert served.call("list").returncode == 0
        assert served.stop() == 0
    assert list(temporary.glob("lifecycle-service-*")) == []


def test_only_its_own_is_swept(temporary: Path) -> None:
    """A folder that somebody holds, one of another socket, one without a lock that names its socket
    and one that is a link stay.
    """
    here, elsewhere = Path("/run/a/s"), Path("/run/b/s")
    with scratch_folder(here) as used:
        prefix = used.name.rpartition("-")[0]
        left = {name: temporary / f"{prefix}-{name}" for name in ("own", "held", "bare", "other")}
        for name, folder in left.items():
            folder.mkdir()
            (folder / "content").touch()
            if name != "bare":
                where = elsewhere if name == "other" else here
                (folder / LOCK).write_text(str(where), "utf-8")
        target = temporary / "target"
        target.mkdir()
        (target / LOCK).write_text(str(here), "utf-8")
        link = temporary / f"{prefix}-link"
        link.symlink_to(target)
        with (left["held"] / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            with scratch_folder(here) as new:
                found = set(temporary.iterdir())
        kept = {left["held"], left["bare"], left["other"]}
        assert found == {used, new, target, link, *kept}
        assert (target / LOCK).read_text("utf-8") == str(here)
        assert {path.name for path in left["held"].iterdir()} == {"content", LOCK}
