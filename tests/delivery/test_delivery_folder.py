"""A letter into a watched folder: whole or not at all, once, and nowhere else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_delivery_mail import NOW, SENDING, failure

from lifecycle.delivery.channels import deliver
from lifecycle.delivery.folder import Folder, clean_name
from lifecycle.delivery.sending import Attached, Receipt

NAMES = (
    "正文.txt",
    "丽招函〔2026〕3号 关于征求瓯江云栖康养度假综合体选址意见的函（附件1：选址论证报告）.pdf",
    "𡶴峃 _漈_; x=1.docx",
)


def listed(folder: Path) -> list[str]:
    """Give the names in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


def tree(folder: Path) -> dict[str, bytes]:
    """Give all files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_letter_lies_there_whole(tmp_path: Path) -> None:
    """One folder under the sending's id holds text, files and a manifest with their digests, and
    nothing unfinished.
    """
    receipt = deliver(SENDING, Folder(tmp_path), now=NOW)
    assert receipt == Receipt("folder", str(tmp_path), NOW, SENDING.id)
    contents = (SENDING.text.encode(), *(file.content for file in SENDING.files))
    files = tree(tmp_path)
    manifest = json.loads(files.pop(f"{SENDING.id}/manifest.json"))
    assert files == {
        f"{SENDING.id}/{name}": content for name, content in zip(NAMES, contents, strict=True)
    }
    originals = ("正文.txt", *(file.name for file in SENDING.files))
    media = ("text/plain; charset=utf-8", *(file.media for file in SENDING.files))
    assert manifest == {
        "format": "lifecycle-delivery/1",
        "id": SENDING.id,
        "number": SENDING.number,
        "title": SENDING.title,
        "kind": "函",
        "issuer": "丽水市招商局",
        "recipient": "丽水市自然资源和规划局",
        "on": "2026-03-02",
        "code": "K7QM-3F9T-X2HD",
        "files": [
            {"name": n, "original": o, "media": m, "bytes": len(c), "sha256": sha256(c).hexdigest()}
            for n, o, m, c in zip(NAMES, originals, media, contents, strict=True)
        ],
    }
    assert listed(tmp_path) == [SENDING.id]


def test_twice_is_once(tmp_path: Path) -> None:
    """The same sending again leaves the folder as it is, also where the receiver has taken a file
    out.
    """
    deliver(SENDING, Folder(tmp_path), now=NOW)
    (tmp_path / SENDING.id / NAMES[1]).unlink()
    before = tree(tmp_path)
    assert deliver(SENDING, Folder(tmp_path), now=NOW).answer == SENDING.id
    assert tree(tmp_path) == before


def test_other_content_under_one_id_is_refused(tmp_path: Path) -> None:
    """Another text under the same id, and a file changed where it lies, are errors; nothing is
    overwritten.
    """
    deliver(SENDING, Folder(tmp_path), now=NOW)
    before = tree(tmp_path)
    error = failure(lambda: deliver(replace(SENDING, text="别的"), Folder(tmp_path), now=NOW))
    assert error.message == f"送达目录里已有同名的 {SENDING.id}，内容不同，未覆盖"
    assert (error.permanent, tree(tmp_path)) == (True, before)
    (tmp_path / SENDING.id / NAMES[2]).write_bytes(b"XX")
    assert failure(lambda: deliver(SENDING, Folder(tmp_path), now=NOW)).permanent
    assert listed(tmp_path) == [SENDING.id]


def test_eight_at_once_leave_one(tmp_path: Path) -> None:
    """Senders that race with one sending all get a receipt, and one folder is left."""
    receipts: list[Receipt] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        receipts.append(deliver(SENDING, Folder(tmp_path), now=NOW))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [receipt.answer for receipt in receipts] == [SENDING.id] * 8
    assert listed(tmp_path) == [SENDING.id]


_WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from test_delivery_mail import NOW, SENDING
from lifecycle.delivery.channels import deliver
from lifecycle.delivery.folder import Folder
print("ready", flush=True)
for n in range(10**6):
    deliver(replace(SENDING, id=f"0-{n}"), Folder(Path(sys.argv[1])), now=NOW)
"""


def test_killed_while_writing(tmp_path: Path) -> None:
    """Whenever the writer is killed, each folder under a final name is whole, and the half one is
    hidden.
    """
    for pause in (0.02, 0.05, 0.11):
        path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for folder in tmp_path.iterdir():
            if not folder.name.startswith("."):
                manifest = json.loads((folder / "manifest.json").read_bytes())
                for file in manifest["files"]:
                    assert (
                        sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"]
                    )
                shutil.rmtree(folder)


def test_old_drafts_of_a_crash_are_swept(tmp_path: Path) -> None:
    """A draft of this sending older than an hour goes; a younger one, and another sending's, may be
    in the making.
    """
    now = datetime.now(UTC)
    names = [f".{SENDING.id}~1.part", f".{SENDING.id}~2.part", f".{SENDING.id}1~3.part"]
    for name, age in zip(names, (7200, 60, 7200), strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "正文.txt").touch()
        when = (now - timedelta(seconds=age)).timestamp()
        os.utime(tmp_path / name, (when, when))
    deliver(SENDING, Folder(tmp_path), now=now)
    assert listed(tmp_path) == [*sorted(names[1:]), SENDING.id]


def test_folder_must_be_there(tmp_path: Path) -> None:
    """A missing folder is not made: a share that is not mounted would be filled behind its mount
    point.
    """
    error = failure(lambda: deliver(SENDING, Folder(tmp_path / "away"), now=NOW))
    assert error.message == f"送达目录 {tmp_path / 'away'} 不存在"
    assert (error.permanent, error.shared, list(tmp_path.iterdir())) == (False, True, [])


def test_link_under_the_final_name_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link where the sending is to lie is something else, wherever it points."""
    deliver(SENDING, Folder(tmp_path), now=NOW)
    (tmp_path / SENDING.id).rename(tmp_path / "elsewhere")
    (tmp_path / SENDING.id).symlink_to(tmp_path / "elsewhere")
    assert failure(lambda: deliver(SENDING, Folder(tmp_path), now=NOW)).permanent


def test_no_name_leaves_the_folder(tmp_path: Path) -> None:
    """Names that climb, hide, collide or pose as the manifest become plain names side by side."""
    names = (
        "../../evil",
        "/etc/passwd",
        "manifest.json",
        "MANIFEST.JSON",
        "正文.txt",
        "a.pdf",
        "A.pdf",
        "..",
        "",
        "CON.txt",
    )
    sending = replace(
        SENDING,
        id="../x",
        files=tuple(Attached(name, "text/plain", name.encode()) for name in names),
    )
    share = tmp_path / "share"
    share.mkdir()
    receipt = deliver(sending, Folder(share), now=NOW)
    assert receipt.answer == f"x-{sha256(b'../x').hexdigest()[:16]}"
    assert listed(share / receipt.answer) == [
        "A-2.pdf",
        "MANIFEST-3.JSON",
        "_",
        "_-2",
        "_._evil",
        "_CON.txt",
        "_etc_passwd",
        "a.pdf",
        "manifest-2.json",
        "manifest.json",
        "正文-2.txt",
        "正文.txt",
    ]
    assert listed(tmp_path) == ["share"]


@given(st.text(max_size=300))
def test_clean_names_are_names_everywhere(text: str) -> None:
    """A cleaned name is one path component on POSIX and Windows, short enough, and cleaned again
    the same.
    """
    name = clean_name("".join(c for c in text if not "\ud800" <= c <= "\udfff"))
    assert 0 < len(name.encode()) <= 200
    assert not set(name) & set('/\\:*?"<>|\0')
    assert name.strip(" .") == name
    assert clean_name(name) == name


def test_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """Where not all bytes find room there is no folder, no draft, and a temporary failure that
    names the cause.
    """
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited here")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, usual[1]))
    try:
        error = failure(lambda: deliver(SENDING, Folder(tmp_path), now=NOW))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert error.message == f"不能写入送达目录 {tmp_path}：文件太大"
    assert (error.permanent, error.shared, list(tmp_path.iterdir())) == (False, True, [])
