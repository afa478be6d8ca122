"""Click's complaints about a command line, in Chinese, each with how to mend it."""

from __future__ import annotations

import re

import click

from lifecycle.errors import nearest

# Click hands over finished English sentences; each of those in its types.py, parser.py and core.py has its line here.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"'(?P<a>.*)' is not one of (?P<b>.*)\.", "“{a}”不在可选之列：{b}"),
    (r"'(?P<a>.*)' is not '(?P<b>.*)'\.", "“{a}”只能是 {b}"),
    (r"'(?P<a>.*)' does not match the formats? (?P<b>.*)\.", "“{a}”不合格式 {b}"),
    (r"'(?P<a>.*)' is not a valid (?:integer|int range|integer range)\.", "“{a}”不是整数"),
    (r"'(?P<a>.*)' is not a valid (?:float|float range)\.", "“{a}”不是数"),
    (r"'(?P<a>.*)' is not a valid boolean\. Recognized values: (?P<b>.*)", "“{a}”不是是否值，可写：{b}"),
    (r"'(?P<a>.*)' is not a valid UUID\.", "“{a}”不是 UUID"),
    (r"'(?P<a>.*)' is not a valid .*\.", "“{a}”不合要求"),
    (r"(?P<a>.*) is not in the range (?P<b>.*)\.", "{a} 不在允许的范围 {b} 内"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' does not exist\.", "“{a}”不存在"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' is a file\.", "“{a}”是文件，这里要目录"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' is a directory\.", "“{a}”是目录，这里要文件"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' is not readable\.", "“{a}”读不了：没有权限"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' is not writable\.", "“{a}”写不了：没有权限"),
    (r"(?:File|Directory|Path) '(?P<a>.*)' is not executable\.", "“{a}”不可执行"),
    (r"'(?P<a>.*)': No such file or directory", "“{a}”不存在"),
    (r"'(?P<a>.*)': Permission denied", "“{a}”打不开：没有权限"),
    (r"'(?P<a>.*)': Is a directory", "“{a}”是目录，这里要文件"),
    (r"(?P<a>\d+) values are required, but (?P<b>\d+) (?:was|were) given\.", "要 {a} 个值，给了 {b} 个"),
    (r"Takes (?P<a>\d+) values but (?P<b>\d+) (?:was|were) given\.", "要 {a} 个值，给了 {b} 个"),
    (r"Value must be an iterable\.", "要若干个值"),
    (r"Invalid start character for option \((?P<a>.*)\)", "选项的写法不对：{a}"),
    (r"Argument '(?P<a>.*)' takes (?P<b>\d+) values\.", "参数 {a} 要 {b} 个值"),
    (r"Option '(?P<a>.*)' does not take a value\.", "选项 {a} 后面不带值"),
    (r"Option '(?P<a>.*)' requires an argument\.", "选项 {a} 后面要写一个值"),
    (r"Option '(?P<a>.*)' requires (?P<b>\d+) arguments\.", "选项 {a} 后面要写 {b} 个值"),
    (r"Got unexpected extra arguments? \((?P<a>.*)\)", "多出的参数：{a}"),
    (r"Missing command\.", "没有写命令"),
)


def translated(sentence: str) -> str:
    """Say one of Click's sentences in Chinese; a sentence of our own is Chinese already and stays."""
    for pattern, chinese in _PATTERNS:
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            parts = {key: value.replace("', '", "、").strip("'") for key, value in found.groupdict().items()}
            return chinese.format(**parts)
    return sentence


def usage_message(error: click.UsageError) -> tuple[str, str]:
    """Give message and mend for a wrong command line."""
    if isinstance(error, click.NoSuchOption):
        return f"没有选项“{error.option_name}”", _nearest_option(error)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有命令“{error.command_name}”", _nearest_command(error)
    if isinstance(error, click.MissingParameter):
        return _missing(error)
    if isinstance(error, click.BadParameter):
        hint = _hint(error)
        message = translated(error.message)
        return (f"{hint}：{message}" if hint else message), ""
    return translated(error.format_message()), ""


def _nearest_command(error: click.exceptions.NoSuchCommand) -> str:
    group = error.ctx.command if error.ctx is not None else None
    known = group.list_commands(error.ctx) if error.ctx is not None and isinstance(group, click.Group) else []
    near = nearest(error.command_name, known)
    return f"是否为“{near}”？" if near else ""


def _nearest_option(error: click.NoSuchOption) -> str:
    known = []
    if error.ctx is not None:
        known = [name for param in error.ctx.command.get_params(error.ctx) for name in param.opts if name[:1] == "-"]
    near = nearest(error.option_name, known)
    return f"是否为“{near}”？" if near else ""


def _missing(error: click.MissingParameter) -> tuple[str, str]:
    param = error.param
    choices = ""
    if param is not None and isinstance(param.type, click.Choice):
        choices = f"可选：{'、'.join(str(choice) for choice in param.type.choices)}"
    what = "缺选项 " if isinstance(param, click.Option) else "缺参数 "
    return what + _hint(error), choices


def _hint(error: click.BadParameter) -> str:
    """Name the parameter as it is written on the command line."""
    if error.param_hint is not None:
        return error.param_hint if isinstance(error.param_hint, str) else "、".join(error.param_hint)
    if error.param is None:
        return ""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.human_readable_name
