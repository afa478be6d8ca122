"""What is shipped is found in a checkout and in a wheel alike; the data folder is where each system
has it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.errors import UnavailableError


def test_a_checkout_uses_its_own_folders() -> None:
    """The files that people edit are the ones in use."""
    root = Path(__file__).resolve().parent.parent
    assert (places.workflows(), places.notices(), places.calendars(), places.settings()) == (
        root / "workflows",
        root / "notices",
        root / "calendars",
        root / "settings",
    )


def test_a_wheel_uses_the_folders_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a pyproject.toml beside the package, `workflows` beside it is somebody else's."""
    package = tmp_path / "lifecycle"
    (package / "_data" / "workflows").mkdir(parents=True)
    (tmp_path / "workflows").mkdir()
    monkeypatch.setattr(places, "_PACKAGE", package)
    assert places.workflows() == package / "_data" / "workflows"
    with pytest.raises(UnavailableError, match="安装不完整"):
        places.notices()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"HOME": "/home/a", "XDG_DATA_HOME": ""}, "/home/a/.local/share/lifecycle"),
        ("linux", {"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, "/data/lifecycle"),
        (
            "linux",
            {"HOME": "/home/a", "XDG_DATA_HOME": "relative"},
            "/home/a/.local/share/lifecycle",
        ),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Application Support/lifecycle"),
        ("win32", {"LOCALAPPDATA": "/c/a"}, "/c/a/lifecycle"),
        ("win32", {"LOCALAPPDATA": "", "HOME": "/c/a"}, "/c/a/AppData/Local/lifecycle"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the expectations are written with slashes")
def test_data_folder_follows_the_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    """XDG on Linux, Application Support on a Mac, %LOCALAPPDATA% on Windows; nothing is made by
    asking.
    """
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert places.data_folder() == Path(expected)
