"""Reading a file that somebody names: one reader, whose every refusal is Chinese."""

from __future__ import annotations

import errno
import io
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

import lifecycle
from lifecycle.delivery.sending import network_reason
from lifecycle.errors import InvalidError, LifecycleError, UnavailableError, os_reason
from lifecycle.infile import open_file, read_file

_ENGLISH = re.compile(r"[A-Za-z]+ [a-z]+")


def told(path: Path, **given: Any) -> tuple[type[LifecycleError], str, str]:
    """Give the kind, message and mend of a reading that must be refused."""
    with pytest.raises(LifecycleError) as caught:
        read_file(path, "送达设置", **given)
    return type(caught.value), caught.value.message, caught.value.mend


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is too large are each told; else the bytes come."""
    file = tmp_path / "a.yaml"
    look = "请核对文件名和所在目录"
    assert told(file) == (InvalidError, f"没有送达设置 {file}", look)
    assert told(file, missing="请写一个") == (InvalidError, f"没有送达设置 {file}", "请写一个")
    wrong = "请核对是否选错了文件"
    assert told(tmp_path) == (InvalidError, f"{tmp_path} 是目录，不是文件", wrong)
    file.write_bytes(b"x" * ((1 << 20) + 1))
    message = f"送达设置 {file} 超过 1 MB"
    assert told(file, most_bytes=1 << 20) == (InvalidError, message, wrong)
    file.write_bytes(b"x" * (1 << 20))
    assert read_file(file, most_bytes=1 << 20) == b"x" * (1 << 20)


@pytest.mark.parametrize(
    ("number", "why"),
    [(errno.EACCES, "没有权限"), (errno.EIO, "磁盘读写出错"), (errno.ESTALE, "网络磁盘已断开")],
)
def test_why_the_system_refuses_is_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    """What the system says on opening or while reading is told in Chinese."""

    def refuses(*_: object, **__: object) -> Any:
        raise OSError(number, "the system's own English words")

    class Broken(io.BytesIO):
        read = refuses

    expected = (UnavailableError, f"送达设置 {tmp_path} 读不了：{why}", "请检查权限与磁盘")
    monkeypatch.setattr(Path, "open", refuses)
    assert told(tmp_path) == expected
    monkeypatch.setattr(Path, "open", lambda *_: Broken())
    assert told(tmp_path) == expected
    open_file(tmp_path).close()


def test_every_reason_is_chinese() -> None:
    """No number of the system and no fault of a network is told in English words."""
    for number in errno.errorcode:
        assert not _ENGLISH.search(os_reason(OSError(number, "no such luck"))), number
    assert os_reason(OSError("no such luck")) == "系统没有说明原因"
    assert os_reason(OSError(errno.EBADE, "no such luck")) == "系统错误 EBADE"
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert network_reason(unknown) == "查不到这个主机名"
    assert network_reason(ssl.SSLError(1, "wrong version number")) == "加密连接没有谈成（TLS）"
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    assert network_reason(refused) == "对方没有开放这个端口"
    assert network_reason(ValueError("no such luck")) == "应答或地址不合规（ValueError）"


def test_no_message_uses_the_systems_words() -> None:
    """Outside of what makes an error of its own, nothing in the package tells `strerror`."""
    package = Path(lifecycle.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if ".strerror" in path.read_text(encoding="utf-8")
    }
    assert found == {"cli/terminal/output.py"}
