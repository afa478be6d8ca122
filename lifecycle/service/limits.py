"""The limits of the service, from settings/service.yaml."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from lifecycle import places
from lifecycle.workflow.yaml.file import YamlFile

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service allows; what each is, and why so much, stands in settings/service.yaml."""

    workers: int
    waiting: int
    connections: int
    per_account: int
    request_mb: int
    answer_mb: int
    scratch_mb: int
    receive_seconds: int
    command_seconds: int
    stop_seconds: int
    tick_seconds: int
    recycle_requests: int
    recycle_mb: int


NAMES = tuple(field.name for field in fields(Limits))


def read_limits(path: Path | None = None) -> Limits:
    """Read the limits from a file, by default the shipped one.

    Raises WorkflowError with every fault of the file.
    """
    file = YamlFile(path or places.settings() / "service.yaml", known=NAMES, required=NAMES)
    values = {name: file.top.integer(name, least=1) for name in NAMES if name != "scratch_mb"}
    # A request as large as may be must find room when nothing else is there.
    values["scratch_mb"] = file.top.integer("scratch_mb", least=max(1, values["request_mb"]))
    file.end()
    return Limits(**values)
