"""No test can touch the user's real data, and every run tries the same examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import FILES, Home, ServerHome
from hypothesis import HealthCheck, settings
from postgres_server import NO_SERVER, Server, programs, running

from lifecycle import places
from lifecycle.office.administration import init
from lifecycle.office.administration.definitions import shipped
from lifecycle.office.administration.publication import Definition

# The same examples every time, so that a red run is red again; `--hypothesis-profile=search` looks
# for new ones.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("repeatable")

_HOMES = (
    "HOME",
    "USERPROFILE",
    "LOCALAPPDATA",
    "APPDATA",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
)


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own and none of the user's settings; give that home."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("LIFECYCLE_", "_LIFECYCLE_")):
            monkeypatch.delenv(name)
    for name in _HOMES:
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    return home


_READ: dict[tuple[object, ...], list[Definition]] = {}


def _as_read_before() -> list[Definition]:
    """Give the shipped definitions; the same files are read and judged once in a test process."""
    folders = (places.notices(), places.workflows(), places.calendars())
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    stats = [(str(path), path.stat()) for path in files]
    key = tuple((name, its.st_mtime_ns, its.st_size) for name, its in stats)
    if key not in _READ:
        _READ[key] = shipped()
    return _READ[key]


@pytest.fixture(autouse=True, scope="session")
def _shipped_once() -> Iterator[None]:
    """Found many offices without judging the shipped files for each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(init, "shipped", _as_read_before)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make slow` what runs on a server of modules that say SLOW_ON_A_SERVER: they are
    about what is done with rows more than about how these are kept.
    """
    for item in items:
        given = getattr(item, "callspec", None)
        on_a_server = given is not None and given.params.get("home") == "server"
        module = item.getparent(pytest.Module)
        if on_a_server and module and getattr(module.obj, "SLOW_ON_A_SERVER", False):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Run a PostgreSQL server for the tests of this process that ask for one."""
    if programs() is None:
        pytest.skip(NO_SERVER)
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def server_home(server: Server) -> Iterator[ServerHome]:
    """Give databases of a server to offices."""
    home = ServerHome(server)
    yield home
    home.clear()


@pytest.fixture(scope="module", params=["file", "server"])
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    """Give where offices are kept: in files, and then again on a server."""
    if request.param == "file":
        yield FILES
    else:
        yield request.getfixturevalue("server_home")
