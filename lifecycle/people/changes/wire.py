"""Reading the fields of a change from an entry's intent: what is not built like one is told as
InvalidError, whatever stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from lifecycle.errors import InvalidError

Intent = Mapping[str, Any]
"""The part of an entry's body that says what was asked for."""


def data_of(intent: Intent) -> Mapping[str, Any]:
    """Give the `data` of an intent."""
    data = intent["data"]
    return data if isinstance(data, dict) else misshapen("data")


def text(data: Mapping[str, Any], key: str) -> str:
    """Read a text that must be there."""
    value = data.get(key)
    return value if isinstance(value, str) else misshapen(key)


def text_or_null(data: Mapping[str, Any], key: str) -> str | None:
    """Read a text, or the null that must stand in its place."""
    if key in data and data[key] is None:
        return None
    return text(data, key)


def optional_text(data: Mapping[str, Any], key: str) -> str | None:
    """Read a text that is left out where there is none."""
    return text(data, key) if key in data else None


def texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Read a list of texts that must be there."""
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        misshapen(key)
    return tuple(value)


def number(data: Mapping[str, Any], key: str) -> int:
    """Read a whole number that must be there."""
    value = data.get(key)
    return value if type(value) is int else misshapen(key)


def optional_number(data: Mapping[str, Any], key: str) -> int | None:
    """Read a whole number that is left out where there is none."""
    return number(data, key) if key in data else None


def yes_or_none(data: Mapping[str, Any], key: str) -> bool:
    """Read a yes that is left out where it is none."""
    return key in data and (data[key] is True or misshapen(key))


def file_of(intent: Intent) -> Mapping[str, Any]:
    """Give the first of an intent's `files`, which must be there."""
    files = intent["files"]
    if not isinstance(files, list) or not files or not isinstance(files[0], dict):
        misshapen("files")
    return files[0]


def misshapen(key: str) -> NoReturn:
    """Refuse what is not built like a change."""
    raise InvalidError(f"记录的字段不对：{key}")


def given(**fields: Any) -> dict[str, Any]:
    """Give the fields that are left out where there is none."""
    return {key: value for key, value in fields.items() if value is not None}
