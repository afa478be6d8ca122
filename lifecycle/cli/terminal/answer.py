"""The one JSON document of every command: `ok`, `data`, `next` (see answer.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lifecycle.cli.terminal.output import write_json


def write_answer(data: Mapping[str, object], following: Sequence[str], *, ok: bool) -> None:
    """Write the one document of a command for machines.

    `ok` says whether all that was asked was done and nothing is wrong, `data` is the command's own,
    `next` are commands that may follow, the likeliest first. The shape is the same for every
    command, also where it fails: then `data` has an `error`.
    """
    write_json({"ok": ok, "data": data, "next": list(following)})
