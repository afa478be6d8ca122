"""The data that travel with this room: YAML and XML files beside the code that reads them.

They are part of the program, as its code is: what letters look like follows from them, so an office
cannot edit them, and a change raises `PRESS` or `WRITER` as a change of code does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from lifecycle.errors import InvalidError

_ROOM = Path(__file__).parent


def shipped_text(name: str) -> str:
    """Give the text of a file of this room, such as `title.yaml`."""
    return (_ROOM / name).read_text("utf-8")


def shipped_yaml(name: str) -> dict[str, Any]:
    """Read a YAML file of this room, in which every scalar is a string."""
    return plain_yaml(shipped_text(name), name)


def plain_yaml(text: str, file: str) -> dict[str, Any]:
    """Read a YAML text into mappings, lists and strings; raises InvalidError where it is none.

    Anchors, tags and repeated keys are refused by `test_shipped` with the strict reader, which
    stands above this room and would be slow to load for one letter.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        found = yaml.load(text, loader)  # a BaseLoader makes nothing but strings
    except yaml.YAMLError as error:
        wrong(file, "", f"不是合法的 YAML：{error}")
    if not isinstance(found, dict):
        wrong(file, "", "顶层不是“键: 值”")
    return found


def mapping_of(file: str, name: str, found: object) -> Mapping[str, Any]:
    """Give a section or an entry of a file as a mapping."""
    if not isinstance(found, dict):
        wrong(file, name, "应写成“键: 值”")
    return found


def entry_of(
    file: str, name: str, found: object, *, needed: tuple[str, ...], allowed: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """Give one entry of a file as a mapping that has these keys and no others."""
    found = mapping_of(file, name, found)
    missing = [key for key in needed if not found.get(key)]
    if missing:
        wrong(file, name, f"缺少 {'、'.join(missing)}")
    unknown = [key for key in found if key not in (*needed, *allowed)]
    if unknown:
        wrong(file, name, f"有不认识的键 {'、'.join(unknown)}")
    return found


def wrong(file: str, name: str, what: str) -> NoReturn:
    """Raise InvalidError for a fault in a file, at the entry of this name."""
    at = f"{file} 的 {name}" if name else file
    raise InvalidError(f"程序自带的 {at} 有误：{what}", "请改正该文件，或重新安装 lifecycle")
