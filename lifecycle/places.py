"""Where things lie: the shipped workflows, notices and calendars, and the user's own
data folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lifecycle.errors import UnavailableError

BASES = "bases.yaml"
"""The file beside workflows in which the legal grounds stand that they name."""
_PACKAGE = Path(__file__).resolve().parent
_FONT_ROOTS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)


def shipped(folder: str) -> Path:
    """Find a shipped folder (`workflows`, `notices` …): beside the package in a checkout, else
    inside it.
    """
    checkout = _PACKAGE.parent / folder
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    installed = _PACKAGE / "_data" / folder
    if installed.is_dir():
        return installed
    raise UnavailableError(f"安装不完整：找不到 {folder} 目录", "请重新安装 lifecycle")


def workflows() -> Path:
    """Find the folder of the workflow files."""
    return shipped("workflows")


def workflow_files(folder: Path | None = None) -> list[Path]:
    """Give the workflow files of a folder, the shipped ones if none is named."""
    return [path for path in sorted((folder or workflows()).glob("*.yaml")) if path.name != BASES]


def notices() -> Path:
    """Find the folder of the letter templates."""
    return shipped("notices")


def calendars() -> Path:
    """Find the folder of the working-day calendars."""
    return shipped("calendars")


def settings() -> Path:
    """Find the folder of the settings that a new office is founded with."""
    return shipped("settings")


def demo() -> Path:
    """Find the folder of the worked example."""
    return shipped("demo")


def fonts() -> Iterator[Path]:
    """Give the folders in which fonts may lie, the nearest first: the user's choice, the data
    folder, the system's.
    """
    chosen = os.environ.get("LIFECYCLE_FONTS")
    if chosen:
        yield Path(chosen)
    yield data_folder() / "fonts"
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        yield _PACKAGE.parent / ".venv" / "fonts"
    for root in _FONT_ROOTS:
        if Path(root).is_dir():
            yield from (Path(folder) for folder, _, _ in sorted(os.walk(root)))


def data_folder() -> Path:
    """Name the user's data folder, as each system has it; it need not exist yet.

    Linux: XDG Base Directory Specification 0.8; macOS: Application Support; Windows:
    %LOCALAPPDATA%.
    """
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else _home() / "AppData" / "Local") / "lifecycle"
    if sys.platform == "darwin":
        return _home() / "Library" / "Application Support" / "lifecycle"
    shared = os.environ.get("XDG_DATA_HOME", "")
    # "All paths set in these environment variables must be absolute"; a relative one is to be
    # ignored.
    return (
        Path(shared) if Path(shared).is_absolute() else _home() / ".local" / "share"
    ) / "lifecycle"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise UnavailableError(
            "不知道用户主目录在哪里", "请设环境变量 HOME，或用 --db 指明数据库"
        ) from None
