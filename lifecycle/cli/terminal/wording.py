"""Click's complaints about a command line, in Chinese, each with how to mend it."""

from __future__ import annotations

import click

from lifecycle.errors import nearest


def usage_message(error: click.UsageError) -> tuple[str, str]:
    """Give message and mend for a wrong command line."""
    if isinstance(error, click.NoSuchOption):
        return error.message, _nearest_option(error)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return error.message, _nearest_command(error)
    if isinstance(error, click.MissingParameter):
        return _missing(error)
    if isinstance(error, click.BadParameter):
        hint = _hint(error)
        return (f"{hint}：{error.message}" if hint else error.message), ""
    return error.format_message(), ""


def _nearest_command(error: click.exceptions.NoSuchCommand) -> str:
    group = error.ctx.command if error.ctx is not None else None
    known = (
        group.list_commands(error.ctx)
        if error.ctx is not None and isinstance(group, click.Group)
        else []
    )
    near = nearest(error.command_name, known)
    return f"是否为“{near}”？" if near else ""


def _nearest_option(error: click.NoSuchOption) -> str:
    known = []
    if error.ctx is not None:
        known = [
            name
            for param in error.ctx.command.get_params(error.ctx)
            for name in param.opts
            if name[:1] == "-"
        ]
    near = nearest(error.option_name, known)
    return f"是否为“{near}”？" if near else ""


def _missing(error: click.MissingParameter) -> tuple[str, str]:
    param = error.param
    what = "缺选项" if isinstance(param, click.Option) else "缺参数"
    possible = param.type.get_missing_message(param, error.ctx) if param is not None else None
    return f"{what} {_hint(error)}", possible or ""


def _hint(error: click.BadParameter) -> str:
    """Name the parameter as it is written on the command line."""
    if error.param_hint is not None:
        return (
            error.param_hint if isinstance(error.param_hint, str) else "、".join(error.param_hint)
        )
    if error.param is None:
        return ""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.human_readable_name.strip("[]")
