"""A working-day calendar in YAML (see calendars/CN.yaml) → the canonical bytes that are
published.
"""

from __future__ import annotations

import json
from pathlib import Path

from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile

_KEYS = ("name", "source", "years")
_YEAR_KEYS = ("announced", "basis", "holidays", "workdays")


def read_calendar_file(path: Path, base: bytes | None = None) -> bytes:
    """Read a calendar; with `base`, the published calendar, the file's years are added to it or
    replace its own.

    Raises WorkflowError with every fault.
    """
    file = YamlFile(path, known=_KEYS, required=("years",))
    years = dict(json.loads(base)["years"]) if base else {}
    section = file.top.inner("years", "years ", known=())
    for key, node in section.pairs.values() if section else ():
        if not (key.value.isdecimal() and len(key.value) == 4 and key.value >= "1900"):
            file.reading.fault("wrong-year", key, f"“{key.value}” 不是年份", '写作 "2027" 的样子')
            continue
        owner = f"{key.value} 年"
        fields = Fields(
            file.reading,
            node,
            owner,
            file.reading.at(key),
            known=_YEAR_KEYS,
            required=("announced",),
        )
        years[key.value] = {
            "announced": fields.flag("announced"),
            "holidays": _days(file, fields, "holidays", key.value),
            "workdays": _days(file, fields, "workdays", key.value),
        }
    file.end()
    return json.dumps({"years": years}, sort_keys=True, separators=(",", ":")).encode()


def _days(file: YamlFile, fields: Fields, key: str, year: str) -> list[str]:
    found = {}
    for scalar in fields.scalars(key):
        day = file.check_day(scalar, f"{year}-{scalar.value}")
        if day in found:
            file.reading.fault(
                "repeated",
                scalar,
                f"{fields.owner}的 {key} 重复写了 “{scalar.value}”",
                "删去重复的一处",
            )
        if day is not None:
            found[day] = day[5:]
    return sorted(found.values())
