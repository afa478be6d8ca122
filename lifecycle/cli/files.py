"""Parameters that name files which a command reads: through a service their bytes are asked for
before the command begins.
"""

from __future__ import annotations

from typing import Any

import click

from lifecycle.callers import want
from lifecycle.cli.bulk import is_bulk


class InputFile(click.ParamType[str]):
    """The name of a file to read, or what may be one."""

    name = "文件"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Note that it will be read."""
        want(value)
        return str(value)


class FactSetting(click.ParamType[str]):
    """A fact and its value; a table may stand in a file: `agenda=@rows.xlsx`."""

    name = "要素=值"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Note that a file will be read."""
        _, _, said = str(value).partition("=")
        if said.startswith("@"):
            want(said.removeprefix("@"))
        return str(value)


class CaseOrTable(click.ParamType[str]):
    """A case; or a table, or `-` for standard input, in which cases are listed."""

    name = "事项"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Note that a table will be read."""
        if is_bulk(value):
            want(value)
        return str(value)


INPUT = InputFile()
CASES = CaseOrTable()
SETTING = FactSetting()
