"""The thin client by itself: what it takes for a service, and which files it hands out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lifecycle.callers import CallersPath
from lifecycle.client import ServiceAnswer, _plain, _see_named, service_url, wants_no_service
from lifecycle.wire import socket_path


@pytest.mark.parametrize(
    ("args", "variable", "url"),
    [
        (["list"], "unix:/run/s", "unix:/run/s"),
        (["list"], "sqlite:///x.db", None),
        (["list"], "", None),
        (["--db", "unix:///run/s", "list"], "", "unix:///run/s"),
        (["list", "--db=unix:/run/s"], "x.db", "unix:/run/s"),
        (["list", "--db", "x.db"], "unix:/run/s", None),
        (["show", "--", "--db", "x.db"], "unix:/run/s", "unix:/run/s"),
    ],
)
def test_which_service_is_meant(
    monkeypatch: pytest.MonkeyPatch, args: list[str], variable: str, url: str | None
) -> None:
    """The option goes before the variable, wherever it stands; another database is no service."""
    monkeypatch.setenv("LIFECYCLE_DB", variable)
    assert service_url(args) == url


def test_a_socket_is_named_in_two_ways() -> None:
    """`unix:/path` and `unix:///path` are the same; a relative path may be given."""
    paths = [socket_path(url) for url in ("unix:/run/s", "unix:///run/s", "unix:run/s")]
    assert paths == ["/run/s", "/run/s", "run/s"]


def test_help_needs_no_service() -> None:
    """Help, version and completion are answered here; what follows `--` is no option."""
    asked = [[], ["--help"], ["show", "-h"], ["--version"], ["completion", "bash"]]
    assert [wants_no_service(args) for args in asked] == [True] * 5
    assert not wants_no_service(["show", "--", "--help"])


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["attach", "x", "y", "./a.pdf"], "a.pdf"),
        (["attach", "x", "y", "/tmp//a.pdf"], "/tmp/a.pdf"),
        (["list", "--csv=表.csv"], "表.csv"),
        (["workflow", "graph", "x", "-oa.svg"], "a.svg"),
        (["notice", "render", "x", "--into", "."], "1-x.html"),
        (["notice", "render", "x", "--into", "公文/"], "公文/1-x.html"),
        (["notice", "render", "x", "--into", "公文/"], "公文"),
        (["set", "-", "a=1"], "-"),
    ],
)
def test_files_that_are_named_are_handed_out(args: list[str], name: str) -> None:
    """What the command line names, as pathlib writes it on the service's side, and what lies in a
    folder that it names.
    """
    _see_named(name, args)


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["list"], "-"),
        (["list", "--csv", "a.csv"], "b.csv"),
        (["attach", "x", "y", "a.pdf"], "../a.pdf"),
        (["attach", "x", "y", "a.pdf"], "a.pdf/../b"),
        (["notice", "render", "x", "--into", "公文"], "公文/../.profile"),
        (["notice", "render", "x", "--into", "公文"], ".profile"),
        ([], "/etc/passwd"),
    ],
)
def test_no_other_file_is_handed_out(args: list[str], name: str) -> None:
    """A service that asks for anything else is refused."""
    with pytest.raises(ServiceAnswer, match="命令里没有写的文件"):
        _see_named(name, args)


@pytest.mark.parametrize(
    "text", ["a", "./a", "a/", "a//b/./c", "/a//b", "..", "../a", ".", "/", "a/.."]
)
def test_client_and_service_write_a_path_alike(text: str) -> None:
    """The client compares names without pathlib; it writes them as pathlib does."""
    assert _plain(text) == str(CallersPath(text))


def test_the_client_imports_next_to_nothing() -> None:
    """Before it asks, it has imported neither click nor pathlib, nor anything of the product but
    itself.
    """
    code = (
        "import sys; from lifecycle.client import forward; forward('unix:/nowhere', ['list']);"
        "print(sorted(name for name in sys.modules if name.startswith('lifecycle')"
        " or name in ('click', 'pathlib', 'typing', 'sqlite3', 'http.client', 'argparse')))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert "服务没有在运行" in done.stderr
    own = ["lifecycle", "lifecycle.client", "lifecycle.version", "lifecycle.wire"]
    assert done.stdout.strip() == str(own)
