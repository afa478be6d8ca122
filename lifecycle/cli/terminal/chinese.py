"""Click in Chinese: help aligned at 80 columns by cell width, and subcommands imported only when
called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

import click

from lifecycle.cli.terminal.failure import ended
from lifecycle.cli.terminal.text import pad, wrap, wrap_all
from lifecycle.cli.terminal.translation import shell_completion, speak_chinese
from lifecycle.errors import cell_width
from lifecycle.office.session import Session

MOST = 10**9
"""The largest page or number of an entry that may be asked for: a database holds 64 bits."""
WIDTH = 80
_TYPES = {
    "text": "文字",
    "integer": "整数",
    "integer range": "整数",
    "float": "数",
    "float range": "数",
    "boolean": "是或否",
    "filename": "文件",
}
"""Click's types whose names it does not translate, though help and complaints show them."""

speak_chinese()


class Formatter(click.HelpFormatter):
    """Lay help out by terminal cells: a Chinese character takes two."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        if width is None:
            from shutil import get_terminal_size

            width = max(40, min(get_terminal_size((WIDTH, 24)).columns, max_width or WIDTH))
        super().__init__(width=width)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        lead = f"{'用法：' if prefix is None else prefix}{prog} "
        self.write(
            wrap(args, self.width, first=lead, rest=" " * min(cell_width(lead), self.width // 2))
            + "\n"
        )

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{' ' * self.current_indent}{heading}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, wrapped anew."""
        self.write(wrap_all(text, self.width, indent=" " * self.current_indent) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms and their explanations in two aligned columns."""
        rows = list(rows)
        indent = " " * self.current_indent
        column = min(max(cell_width(term) for term, _ in rows), col_max) + col_spacing
        rest = indent + " " * column
        for term, text in rows:
            lead = indent + pad(term, column)
            if cell_width(term) + col_spacing > column:
                self.write(indent + term + "\n")
                lead = rest
            self.write(wrap(text, self.width, first=lead, rest=rest).rstrip() + "\n")


class Context(click.Context):
    """A context whose help comes out of the Chinese formatter."""

    formatter_class = Formatter


class Option(click.Option):
    """An option that says in Chinese what it defaults to, whether it is required and which variable
    sets it.
    """

    common = False
    """Whether every command has it; such options stand in a section of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = _named(self.type)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the two columns of the help."""
        if self.hidden:
            return None
        extra = self.get_help_extra(ctx)
        notes = []
        if self.required:
            notes.append("必填")
        if "default" in extra:
            notes.append(f"默认 {extra['default']}")
        if "range" in extra:
            notes.append(f"范围 {extra['range']}")
        if "envvars" in extra:
            notes.append(f"环境变量 {'、'.join(extra['envvars'])}")
        return self.get_help_spec(ctx), (self.help or "") + (
            f"（{'；'.join(notes)}）" if notes else ""
        )


class Argument(click.Argument):
    """An argument whose type is named in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = _named(self.type)


class Choice(click.Choice[str]):
    """A choice that lists what may be written without Python's quotes."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Say what else may be written."""
        return f"“{value}”不在可选之列：{'、'.join(self.choices)}"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """Say what may be written."""
        return f"可选：{'、'.join(self.choices)}"


class Number(click.IntRange):
    """A whole number of a range, which is told in words; `MOST` bounds it for machines only."""

    def _describe_range(self) -> str:
        return f"{self.min} 以上" if self.max == MOST else f"{self.min} 至 {self.max}"


def _named(kind: click.ParamType[Any]) -> click.ParamType[Any]:
    """Give the type with a Chinese name.

    Click shares its types between parameters, so ours is a copy.
    """
    if kind.name not in _TYPES:
        return kind
    kind = copy(kind)
    kind.name = _TYPES[kind.name]
    return kind


class CommonOption(Option):
    """An option that every command has."""

    common = True


class Command(click.Command):
    """A command with Chinese help; `examples` are command lines shown at the end of it.

    What it is through a service: `here` needs no office and is done where the officer sits; `alone`
    is why it is not done through a service at all; `afresh` reads the database anew, since it is to
    trust nothing that was read before.
    """

    context_class = Context

    def __init__(
        self,
        *args: Any,
        examples: Sequence[str] = (),
        here: bool = False,
        alone: str = "",
        afresh: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.here = here
        self.alone = alone
        self.afresh = afresh
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments that have an explanation."""
        rows = [
            p.get_help_record(ctx) for p in self.get_params(ctx) if isinstance(p, click.Argument)
        ]
        if any(text for _, text in rows):
            with formatter.section("参数"):
                formatter.write_dl(rows)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those that every command has."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                (common if getattr(param, "common", False) else own).append(record)
        for title, rows in (("选项", own), ("通用选项", common)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, unwrapped so that they can be copied, then the epilog."""
        if self.examples:
            with formatter.section("示例"):
                formatter.write(
                    "".join(f"{' ' * formatter.current_indent}{line}\n" for line in self.examples)
                )
        super().format_epilog(ctx, formatter)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run as a program: parse, do, tell every failure, exit.

        `obj` is the `Session` that the command goes by: its clock and its way into an office.
        `standalone_mode` of click is always on.
        """
        extra = {
            key: value
            for key, value in extra.items()
            if key not in ("standalone_mode", "windows_expand_args")
        }
        prog = prog_name or self.name or "lifecycle"
        complete(self, prog, extra)
        given = list(sys.argv[1:] if args is None else args)
        session = extra.setdefault("obj", Session())
        sys.exit(ended(lambda: self._run(prog, given, extra), given, session.deeds))

    def _run(self, prog: str, args: list[str], extra: Mapping[str, Any]) -> object:
        try:
            with self.make_context(prog, list(args), **extra) as ctx:
                return self.invoke(ctx)
        except click.exceptions.Exit as end:
            return end.exit_code


def complete(command: click.Command, prog: str, extra: Mapping[str, Any]) -> None:
    """Answer a shell that asks for completions, and exit; do nothing otherwise."""
    variable = f"_{prog}_COMPLETE".replace("-", "_").replace(".", "_").upper()
    if asked := os.environ.get(variable):
        sys.exit(shell_completion().shell_complete(command, dict(extra), prog, variable, asked))


class Verb(NamedTuple):
    """A subcommand not yet imported: where it lives as `module:name`, and its line in the help."""

    target: str
    help: str


class Group(Command, click.Group):
    """A group whose subcommands are imported when called: its help needs only their lines in
    `sections`.

    `sections` maps a heading to the verbs under it, in the order in which officers meet them.
    """

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, Verb]] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("subcommand_metavar", "命令 …")
        kwargs.setdefault("no_args_is_help", True)
        super().__init__(*args, **kwargs)
        self.sections = dict(sections or {})
        self.verbs = {
            name: verb for verbs in self.sections.values() for name, verb in verbs.items()
        }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand of this name."""
        if cmd_name in self.verbs and cmd_name not in self.commands:
            module, _, attribute = self.verbs[cmd_name].target.partition(":")
            found = getattr(import_module(module), attribute)
            assert isinstance(found, click.Command)
            self.commands[cmd_name] = found
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names in the order of the help."""
        return [*self.verbs, *(name for name in self.commands if name not in self.verbs)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands, then the options: what to do comes before how."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands section by section, without importing them."""
        listed = {
            title: [(n, v.help) for n, v in verbs.items()] for title, verbs in self.sections.items()
        }
        others = [
            (n, c.get_short_help_str())
            for n, c in self.commands.items()
            if n not in self.verbs and not c.hidden
        ]
        if others:
            listed.setdefault("命令", []).extend(others)
        for title, rows in listed.items():
            with formatter.section(title):
                # One column for all sections, so that the eye can run down.
                formatter.write_dl([(pad(name, self._column()), text) for name, text in rows])

    def _column(self) -> int:
        return max(map(cell_width, (*self.verbs, *self.commands)))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete the names of subcommands, without importing them."""
        from click.shell_completion import CompletionItem

        lines = {name: verb.help for name, verb in self.verbs.items()}
        lines |= {
            n: c.get_short_help_str()
            for n, c in self.commands.items()
            if n not in lines and not c.hidden
        }
        items = [
            CompletionItem(name, help=text)
            for name, text in lines.items()
            if name.startswith(incomplete)
        ]
        return (
            items + Command.shell_complete(self, ctx, incomplete)
            if incomplete.startswith("-")
            else items
        )


def command(
    name: str,
    *,
    help: str,  # noqa: A002 - click's own word
    examples: Sequence[str] = (),
    **kwargs: Any,
) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command; it may return its exit code."""
    return click.command(name, cls=Command, help=help, examples=examples, **kwargs)


def option(*declarations: str, **kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option, with Chinese help."""
    return click.option(*declarations, cls=Option, **kwargs)


def argument(
    name: str,
    *,
    help: str | None = None,  # noqa: A002 - click's own word
    **kwargs: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an argument, with a line of help."""
    return click.argument(name, cls=Argument, help=help, **kwargs)
